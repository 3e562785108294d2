// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/sqleditor.h"

#include "models/common/text.h"
#include "widgets/batchsql/scriptjudge.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QEvent>
#include <QFontInfo>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <array>

namespace zandb {
namespace {

constexpr int marginOfNumbers = 0;
constexpr int marginOfGuard = 1;
enum Marker { Allowed, Confirm, Denied };
constexpr int markerMask = 1 << Allowed | 1 << Confirm | 1 << Denied;
constexpr int pauseMs = 150;

struct Snippet
{
    const char *word;
    const char *text; ///< "|" is the place to type
};
constexpr std::array<Snippet, 9> snippets{{
    {"sel", "SELECT * FROM | LIMIT 100;"},
    {"cnt", "SELECT COUNT(*) FROM |;"},
    {"upd", "UPDATE | SET  WHERE id =  LIMIT 1;"},
    {"del", "DELETE FROM | WHERE id =  LIMIT 1;"},
    {"sv", "SHOW GLOBAL VARIABLES LIKE '|';"},
    {"ss", "SHOW GLOBAL STATUS LIKE '|';"},
    {"sg", "SET GLOBAL | = ;"},
    {"ana", "ANALYZE TABLE |;"},
    {"exp", "EXPLAIN SELECT |;"},
}};

/// Words that the lexer's own list does not have in its completion: QScintilla colours them, but offers only what it is told.
constexpr const char *words =
    "ADD ALGORITHM ALTER ANALYZE AND AS ASC AUTO_INCREMENT AVG BEGIN BETWEEN BINLOG BY CASE CHECK COALESCE COLUMN COLUMNS COMMIT CONCAT COUNT CREATE CURRENT_TIMESTAMP "
    "DATABASE DATABASES DATE_ADD DATE_FORMAT DATE_SUB DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ELSE END ENGINE EXISTS EXPLAIN FLUSH FORCE FORMAT FROM FULL GLOBAL "
    "GRANT GRANTS GROUP GROUP_CONCAT HAVING IF IFNULL IN INDEX INNER INSERT INTERVAL INTO IS JOIN JSON_EXTRACT JSON_VALUE KEY KILL LEFT LENGTH LIKE LIMIT LOCAL LOCK "
    "LOWER MAX MIN NOT NOW NULL OFFSET ON OPTIMIZE OR ORDER OUTER PARTITION PERSIST PRIMARY PROCESSLIST REPLICA REPLICAS RESET REVOKE RIGHT ROUND SELECT SESSION SET "
    "SHOW SLAVE START STATUS STOP SUBSTRING SUM TABLE TABLES THEN TRUNCATE UNION UNIQUE UPDATE UPPER USE USING VALUES VARIABLES WARNINGS WHEN WHERE";

/// QScintilla's own interface for screen readers counts all characters before the cursor with each key and each paint, also when nobody reads the screen:
/// 30 ms in the middle of 10 MB.  Ours names the editor and no more.
QAccessibleInterface *makeAccessible(const QString &name, QObject *object)
{
    auto *editor = name == QLatin1String("zandb::SqlEditor") ? qobject_cast<SqlEditor *>(object) : nullptr;
    return editor ? new QAccessibleWidget(editor, QAccessible::EditableText) : nullptr;
}

/// Names are completed part by part: after "product." its columns.
class Lexer final : public QsciLexerSQL
{
public:
    using QsciLexerSQL::QsciLexerSQL;
    QStringList autoCompletionWordSeparators() const override { return {QStringLiteral(".")}; }
};

QPixmap markPicture(Look look, bool dark)
{
    const int side = 14;
    QPixmap picture(side, side);
    picture.fill(Qt::transparent);
    QPainter painter(&picture);
    paintIcon(painter, QRectF(1, 1, side - 2, side - 2), lookIcon(look), lookColours(look, dark).text);
    return picture;
}

} // namespace

SqlEditor::SqlEditor(QWidget *parent)
    : QsciScintilla(parent), m_lexer(new Lexer(this)), m_names(new QsciAPIs(m_lexer)), m_judge(new ScriptJudge(this))
{
    static const bool known = (QAccessible::installFactory(makeAccessible), true);
    Q_UNUSED(known)
    setUtf8(true);
    SendScintilla(SCI_SETMODEVENTMASK, 0UL); // for the same reason; that the text has changed is told by SCEN_CHANGE
    setEolMode(QsciScintilla::EolUnix);
    m_lexer->setBackslashEscapes(true);
    m_lexer->setHashComments(true);
    m_lexer->setQuotedIdentifiers(true);
    setLexer(m_lexer);
    setBraceMatching(QsciScintilla::SloppyBraceMatch);
    setAutoIndent(true);
    setIndentationsUseTabs(false);
    setTabWidth(4);
    setWrapMode(QsciScintilla::WrapNone);
    SendScintilla(SCI_SETSCROLLWIDTHTRACKING, 1UL);
    SendScintilla(SCI_SETSCROLLWIDTH, 1UL);
    setScrollWidth(1);
    setMarginType(marginOfNumbers, QsciScintilla::NumberMargin);
    setMarginType(marginOfGuard, QsciScintilla::SymbolMargin);
    setMarginWidth(marginOfGuard, 2 * unit + 2);
    setMarginMarkerMask(marginOfGuard, markerMask);
    setMarginMarkerMask(marginOfNumbers, 0);
    setMarginWidth(2, 0);
    setCaretLineVisible(true);
    setFrameShape(QFrame::NoFrame);
    setAutoCompletionSource(QsciScintilla::AcsAPIs);
    setAutoCompletionThreshold(2);
    setAutoCompletionCaseSensitivity(false);
    setAutoCompletionReplaceWord(true);
    setAutoCompletionUseSingle(QsciScintilla::AcusNever);
    // what a list of names offers is chosen with Tab or Enter; Ctrl+Enter runs
    SendScintilla(SCI_AUTOCSETORDER, 1UL);
    setNames({});
    // these run and comment, or belong to the window
    SendScintilla(SCI_CLEARCMDKEY, static_cast<unsigned long>(SCK_RETURN | (SCMOD_CTRL << 16)));
    SendScintilla(SCI_CLEARCMDKEY, static_cast<unsigned long>('/' | (SCMOD_CTRL << 16)));
    SendScintilla(SCI_CLEARCMDKEY, static_cast<unsigned long>('L' | (SCMOD_CTRL << 16)));
    SendScintilla(SCI_CLEARCMDKEY, static_cast<unsigned long>('T' | (SCMOD_CTRL << 16)));
    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseMs);
    connect(&m_pause, &QTimer::timeout, this, [this] { m_judge->judge(bytes(), m_schema.toStdString()); });
    connect(this, &QsciScintillaBase::SCEN_CHANGE, this, [this] {
        if (const auto digits = QString::number(std::max(99, lines())).size(); digits != m_digits) {
            m_digits = digits;
            setMarginWidth(marginOfNumbers, QString(digits + 1, QLatin1Char('9')));
        }
        judgeSoon();
        Q_EMIT edited();
    });
    connect(m_judge, &ScriptJudge::judged, this, [this](const std::shared_ptr<const JudgedScript> &script) {
        m_judged = script;
        m_firstMarked = -1;
        showMarks();
        Q_EMIT marksChanged();
    });
    connect(this, &QsciScintillaBase::SCN_UPDATEUI, this, [this](int what) {
        if (what & SC_UPDATE_V_SCROLL)
            showMarks();
    });
    viewport()->installEventFilter(this);
    applyLook();
    setMarginWidth(marginOfNumbers, QStringLiteral("990"));
}

SqlEditor::~SqlEditor() = default;

void SqlEditor::applyLook()
{
    const QPalette &colours = palette();
    const bool dark = isDark(colours);
    // QScintilla knows one family and sizes in points only
    QFont font(QFontInfo(fixedFont()).family());
    font.setPointSizeF(QFontInfo(fixedFont()).pixelSize() * 72.0 / std::max(1, logicalDpiY()));
    const QColor text = colours.color(QPalette::Text), base = colours.color(QPalette::Base);
    m_lexer->setFont(font);
    m_lexer->setDefaultFont(font);
    m_lexer->setDefaultColor(text);
    m_lexer->setDefaultPaper(base);
    m_lexer->setPaper(base);
    m_lexer->setColor(text);
    const auto colour = [&](std::initializer_list<int> styles, const char *light, const char *night, bool bold = false) {
        for (const int style : styles) {
            m_lexer->setColor(QColor(QLatin1String(dark ? night : light)), style);
            QFont own = font;
            own.setBold(bold);
            m_lexer->setFont(own, style);
        }
    };
    using Sql = QsciLexerSQL;
    colour({Sql::Keyword}, "#005a9e", "#7ec0f5", true);
    colour({Sql::KeywordSet5, Sql::KeywordSet6, Sql::KeywordSet7, Sql::KeywordSet8}, "#6b3fa0", "#c9a7f5");
    colour({Sql::Number}, "#8a4b00", "#f0b070");
    colour({Sql::SingleQuotedString, Sql::DoubleQuotedString}, "#006b4f", "#7fd6b4");
    colour({Sql::QuotedIdentifier}, "#5c5200", "#e0d27a");
    colour({Sql::Comment, Sql::CommentLine, Sql::CommentLineHash, Sql::CommentDoc, Sql::PlusComment}, "#5d6670", "#98a3ad");
    setCaretForegroundColor(text);
    setCaretLineBackgroundColor(dark ? base.lighter(118) : QColor(QLatin1String("#f2f6fa")));
    setSelectionBackgroundColor(colours.color(QPalette::Highlight));
    setSelectionForegroundColor(colours.color(QPalette::HighlightedText));
    setMarginsBackgroundColor(colours.color(QPalette::Window));
    setMarginsForegroundColor(mutedText(colours));
    setMarginsFont(font);
    setMatchedBraceForegroundColor(accentColour(colours));
    setMatchedBraceBackgroundColor(base);
    setUnmatchedBraceForegroundColor(lookColours(Look::Failed, dark).text);
    setUnmatchedBraceBackgroundColor(base);
    markerDefine(markPicture(Look::Ok, dark), Allowed);
    markerDefine(markPicture(Look::Late, dark), Confirm);
    markerDefine(markPicture(Look::Failed, dark), Denied);
}

void SqlEditor::changeEvent(QEvent *event)
{
    QsciScintilla::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange)
        applyLook();
}

QByteArray SqlEditor::bytes() const
{
    // copied from both sides of Scintilla's gap: the pointer to all of it would move the gap, and the next key would move it back
    auto *self = const_cast<SqlEditor *>(this); // asking Scintilla is not const
    const auto length = static_cast<qsizetype>(self->SendScintilla(SCI_GETLENGTH));
    QByteArray text(length + 1, Qt::Uninitialized);
    self->SendScintilla(SCI_GETTEXT, static_cast<unsigned long>(length + 1), static_cast<void *>(text.data()));
    text.chop(1);
    return text;
}

void SqlEditor::setBytes(const QByteArray &text)
{
    SendScintilla(SCI_SETTEXT, text.constData());
    SendScintilla(SCI_EMPTYUNDOBUFFER);
    m_judge->judge(bytes(), m_schema.toStdString());
}

void SqlEditor::setSchema(const QString &schema)
{
    if (schema == m_schema)
        return;
    m_schema = schema;
    judgeSoon();
}

void SqlEditor::judgeSoon()
{
    m_pause.start();
}

void SqlEditor::showMarks()
{
    if (!m_judged)
        return;
    const auto visible = [this](int line) { return static_cast<int>(SendScintilla(SCI_DOCLINEFROMVISIBLE, static_cast<unsigned long>(line))); };
    const int top = firstVisibleLine();
    const int first = visible(top), last = visible(top + static_cast<int>(SendScintilla(SCI_LINESONSCREEN)) + 1);
    if (first == m_firstMarked && last == m_lastMarked)
        return;
    m_firstMarked = first;
    m_lastMarked = last;
    // only the lines on the screen have marks: a script may have a hundred thousand statements
    markerDeleteAll(-1);
    if (!m_judged->problem.isEmpty()) {
        markerAdd(m_judged->problemLine, Denied);
        return;
    }
    for (auto it = m_judged->firstFrom(first); it != m_judged->statements.end() && it->line <= last; ++it)
        markerAdd(it->line, !it->mark.allowed ? Denied : it->mark.needsConfirmation ? Confirm : Allowed);
}

QString SqlEditor::markText(int line) const
{
    if (!m_judged)
        return {};
    if (!m_judged->problem.isEmpty())
        return line == m_judged->problemLine ? tr("Not run: %1").arg(m_judged->problem) : QString();
    QStringList texts;
    for (auto it = m_judged->firstFrom(line); it != m_judged->statements.end() && it->line == line; ++it) {
        const GuardMark &mark = it->mark;
        texts << (!mark.allowed ? tr("Denied: %1").arg(qs(mark.why)) : mark.needsConfirmation ? tr("Allowed after a confirmation: %1").arg(qs(mark.why)) : tr("Allowed: %1").arg(qs(mark.why)));
    }
    return texts.join(QLatin1Char('\n'));
}

bool SqlEditor::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == viewport() && event->type() == QEvent::ToolTip) {
        const auto *help = static_cast<QHelpEvent *>(event);
        const auto position = SendScintilla(SCI_POSITIONFROMPOINT, static_cast<unsigned long>(std::max(0, help->pos().x())), static_cast<long>(help->pos().y()));
        const int margins = marginWidth(marginOfNumbers) + marginWidth(marginOfGuard);
        const QString text = help->pos().x() <= margins ? markText(static_cast<int>(SendScintilla(SCI_LINEFROMPOSITION, static_cast<unsigned long>(position)))) : QString();
        if (text.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help->globalPos(), text, viewport());
        return true;
    }
    return QsciScintilla::eventFilter(watched, event);
}

void SqlEditor::statements(Part part, std::function<void(const JudgedScript &)> then)
{
    if (part == Part::Selection && hasSelectedText()) {
        const QByteArray selected = selectedText().toUtf8();
        m_judge->judge(selected, m_schema.toStdString(), [then = std::move(then)](const std::shared_ptr<const JudgedScript> &script) { then(*script); });
        judgeSoon(); // the marks are of the whole text again
        return;
    }
    const auto cursor = static_cast<std::size_t>(SendScintilla(SCI_GETCURRENTPOS));
    m_judge->judge(bytes(), m_schema.toStdString(), [part, cursor, then = std::move(then)](const std::shared_ptr<const JudgedScript> &script) {
        if (part != Part::Statement || !script->problem.isEmpty()) {
            then(*script);
            return;
        }
        JudgedScript one;
        one.text = script->text;
        if (const auto *here = script->at(cursor))
            one.statements.push_back(*here);
        then(one);
    });
}

void SqlEditor::toggleComment()
{
    int from = 0, fromIndex = 0, until = 0, untilIndex = 0;
    if (hasSelectedText()) {
        getSelection(&from, &fromIndex, &until, &untilIndex);
        if (untilIndex == 0 && until > from)
            --until;
    } else {
        getCursorPosition(&from, &fromIndex);
        until = from;
    }
    const bool selected = hasSelectedText();
    bool all = true;
    for (int line = from; all && line <= until; ++line)
        all = text(line).trimmed().isEmpty() || text(line).trimmed().startsWith(QLatin1String("--"));
    beginUndoAction();
    for (int line = from; line <= until; ++line) {
        const QString content = text(line);
        if (content.trimmed().isEmpty())
            continue;
        const auto at = static_cast<int>(content.indexOf(QLatin1String("--")));
        if (all) {
            const int length = content.mid(at).startsWith(QLatin1String("-- ")) ? 3 : 2;
            const long start = positionFromLineIndex(line, at);
            SendScintilla(SCI_DELETERANGE, static_cast<unsigned long>(start), static_cast<long>(length));
        } else {
            insertAt(QStringLiteral("-- "), line, 0);
        }
    }
    endUndoAction();
    if (selected) // whole lines, so that the next time takes them again
        setSelection(from, 0, until, static_cast<int>(text(until).remove(QLatin1Char('\n')).size()));
}

void SqlEditor::setNames(const QStringList &names)
{
    m_names->clear();
    for (const QString &word : QString::fromLatin1(words).split(QLatin1Char(' ')))
        m_names->add(word);
    for (const QString &name : names)
        m_names->add(name);
    m_names->prepare(); // on a thread of QScintilla's
}

bool SqlEditor::expandSnippet()
{
    int line = 0, index = 0;
    getCursorPosition(&line, &index);
    const QString before = text(line).left(index);
    for (const Snippet &snippet : snippets) {
        const QString word = QString::fromLatin1(snippet.word);
        if (!before.endsWith(word) || (before.size() > word.size() && (before[before.size() - word.size() - 1].isLetterOrNumber() || before[before.size() - word.size() - 1] == QLatin1Char('_'))))
            continue;
        QString content = QString::fromLatin1(snippet.text);
        const auto place = static_cast<int>(content.indexOf(QLatin1Char('|')));
        content.remove(place, 1);
        beginUndoAction();
        setSelection(line, index - static_cast<int>(word.size()), line, index);
        replaceSelectedText(content);
        setCursorPosition(line, index - static_cast<int>(word.size()) + place);
        endUndoAction();
        return true;
    }
    return false;
}

void SqlEditor::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Tab && event->modifiers() == Qt::NoModifier && !isListActive() && !hasSelectedText() && expandSnippet())
        return;
    if (const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter; enter && (event->modifiers() & Qt::ControlModifier)) {
        Q_EMIT runRequested(event->modifiers() & Qt::ShiftModifier);
        return;
    }
    if (event->key() == Qt::Key_Slash && event->modifiers() == Qt::ControlModifier) {
        toggleComment();
        return;
    }
    QsciScintilla::keyPressEvent(event);
}

} // namespace zandb
