// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workflow/runpage.h"

#include "models/backups/outcometext.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/workflow/waitingline.h"
#include "widgets/common/delegates.h"
#include "widgets/common/focusring.h"
#include "widgets/common/icons.h"
#include "widgets/common/inspector.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/tableheader.h"
#include "widgets/common/theme.h"
#include "widgets/workflow/runcontent.h"

#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QTextOption>
#include <QSplitter>
#include <QStyle>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace zandb {

RunPage::RunPage(const Ui &ui, StepTreeModel *steps, QWidget *parent)
    : Page(parent), m_steps(steps), m_title(new QLabel(this)), m_progressText(new QLabel(this)), m_progress(new QProgressBar(this)),
      m_retry(new QPushButton(this)), m_cancel(new QPushButton(this)), m_giveUp(new QPushButton(this)), m_takeOver(new QPushButton(this)), m_stepsTitle(new QLabel(this)), m_tree(new QTreeView(this)),
      m_logTitle(new QLabel(this)), m_logNote(new QLabel(this)), m_find(new QLineEdit(this)), m_copyLog(new QToolButton(this)), m_follow(new QToolButton(this)), m_log(new QPlainTextEdit(this)),
      m_inspector(new Inspector(this))
{
    setObjectName(QStringLiteral("runPage"));
    m_tree->setObjectName(QStringLiteral("runSteps"));
    m_log->setObjectName(QStringLiteral("log"));
    m_retry->setObjectName(QStringLiteral("runRetry"));
    m_cancel->setObjectName(QStringLiteral("runCancel"));
    m_giveUp->setObjectName(QStringLiteral("runGiveUp"));
    m_takeOver->setObjectName(QStringLiteral("runTakeOver"));
    setIconBeside(m_retry, QStringLiteral("retry"));
    setIconBeside(m_cancel, QStringLiteral("close"));
    setIconBeside(m_giveUp, QStringLiteral("look-unknown"));
    setIconBeside(m_takeOver, QStringLiteral("right"));
    m_title->setProperty("title", true);
    m_progressText->setProperty("muted", true);
    m_progressText->setObjectName(QStringLiteral("runProgressText"));
    m_progressText->setTextFormat(Qt::PlainText);
    m_progressText->setWordWrap(true); // for whom it waits may be long
    m_progress->setTextVisible(false);
    m_progress->setFixedHeight(6);
    m_logNote->setProperty("muted", true);
    m_tree->setHeader(new TableHeader(m_tree));
    m_tree->setModel(steps);
    m_tree->setItemDelegate(new CellDelegate(m_tree));
    m_tree->setRootIsDecorated(false);
    new FocusRing(m_tree);
    m_tree->setUniformRowHeights(true);
    m_tree->setItemsExpandable(false);
    m_tree->header()->setStretchLastSection(true);
    for (int column = 0; column < StepTreeModel::Trouble; ++column)
        m_tree->header()->setSectionResizeMode(column, QHeaderView::ResizeToContents);
    m_tree->setMinimumHeight(13 * unit); // a step and its attempt
    m_tree->viewport()->installEventFilter(this);
    m_log->setReadOnly(true);
    m_log->setFont(fixedFont());
    m_log->setLineWrapMode(QPlainTextEdit::WidgetWidth);
    m_log->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    m_log->setMaximumBlockCount(20'000);
    m_follow->setCheckable(true);
    m_follow->setChecked(true);
    m_follow->setObjectName(QStringLiteral("logFollow"));
    m_find->setObjectName(QStringLiteral("logFind"));
    m_find->setClearButtonEnabled(true);
    m_find->addAction(themedIcon("search"), QLineEdit::LeadingPosition);
    m_find->setFixedWidth(24 * unit);
    m_copyLog->setObjectName(QStringLiteral("logCopy"));
    m_copyLog->setIcon(themedIcon("copy"));

    auto *head = new QFrame(this);
    head->setObjectName(QStringLiteral("card"));
    auto *headBox = new QVBoxLayout(head);
    headBox->setContentsMargins(2 * unit, unit + 4, 2 * unit, unit + 4);
    headBox->setSpacing(unit / 2);
    auto *headLine = new QHBoxLayout;
    headLine->setSpacing(unit);
    headLine->addWidget(m_title, 1);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred); // a long name must not keep a window wide
    m_title->installEventFilter(this);
    headLine->addWidget(m_retry);
    headLine->addWidget(m_cancel);
    headLine->addWidget(m_giveUp);
    headLine->addWidget(m_takeOver);
    headBox->addLayout(headLine);
    headBox->addWidget(m_progress);
    headBox->addWidget(m_progressText);

    auto *left = new QSplitter(Qt::Vertical, this);
    left->addWidget(makeCard(m_stepsTitle, m_tree, this));
    left->addWidget(makeCard(m_logTitle, m_log, this, {m_logNote, m_find, m_copyLog, m_follow}));
    left->setStretchFactor(0, 1);
    left->setStretchFactor(1, 2);
    left->setSizes({220, 400});
    left->setHandleWidth(unit);
    auto *layout = makePageLayout(this);
    layout->addWidget(head);
    auto *split = besideInspector(left, m_inspector, this);
    keepSizes(left, ui.settings, QStringLiteral("run"));
    keepSizes(split, ui.settings, QStringLiteral("run-inspector"));
    layout->addWidget(split, 1);

    connect(m_retry, &QPushButton::clicked, this, [this] { Q_EMIT retryRequested(m_row.run.id); });
    connect(m_cancel, &QPushButton::clicked, this, [this] { Q_EMIT cancelRequested(m_row.run.id); });
    connect(m_giveUp, &QPushButton::clicked, this, [this] { Q_EMIT giveUpRequested(m_row.run.id); });
    connect(m_takeOver, &QPushButton::clicked, this, [this] { Q_EMIT takeOverRequested(m_row.run.id); });
    connect(m_find, &QLineEdit::textChanged, this, [this] { find(Find::Here); });
    m_find->installEventFilter(this);
    connect(m_copyLog, &QToolButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_log->toPlainText()); });
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex &index) {
        const Attempt *attempt = m_steps->attemptAt(index);
        if (!attempt)
            return;
        const wire::OrderKey key{attempt->runId, attempt->step, attempt->attempt};
        if (key == m_attempt)
            return;
        m_attempt = key;
        m_logOffset = -1;
        m_logBytes.clear();
        m_log->clear();
        showState();
        Q_EMIT attemptChosen(key);
    });
    connect(steps, &QAbstractItemModel::modelReset, this, &RunPage::chooseNewest);
    connect(steps, &QAbstractItemModel::rowsInserted, this, &RunPage::chooseNewest);
    // scrolling up is reading, by whatever means: the log must not run away under one's eyes
    connect(m_log->verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] { m_scrolled.start(); });
    m_log->installEventFilter(this);
    m_log->viewport()->installEventFilter(this);
    m_scrolled.setSingleShot(true);
    m_scrolled.setInterval(0); // once the bar has moved
    connect(&m_scrolled, &QTimer::timeout, this, [this] {
        m_follow->setChecked(m_log->verticalScrollBar()->value() == m_log->verticalScrollBar()->maximum());
    });
    connect(m_follow, &QToolButton::toggled, this, [this](bool on) {
        if (on)
            m_log->verticalScrollBar()->setValue(m_log->verticalScrollBar()->maximum());
    });
    retranslate();
}

QString RunPage::title() const
{
    return m_known ? titleFrom(titleKey()) : tr("Run");
}

QString RunPage::titleKey() const
{
    return m_known ? qs(m_row.run.kind) + QLatin1Char(' ') + m_row.target : QString();
}

QString RunPage::titleFrom(const QString &key) const
{
    const qsizetype kind = key.indexOf(QLatin1Char(' ')); // a kind is one word
    return tr("%1 of %2").arg(kindText(key.left(kind).toStdString()), key.mid(kind + 1));
}

void RunPage::focusFilter()
{
    m_find->setFocus(Qt::ShortcutFocusReason);
    m_find->selectAll();
}

/// Goes round at the log's end.
void RunPage::find(Find which)
{
    const QString words = m_find->text();
    const auto flags = which == Find::Previous ? QTextDocument::FindBackward : QTextDocument::FindFlags();
    QTextCursor from = m_log->textCursor();
    if (which == Find::Here) // more of the same word may stand where less of it was found
        from.setPosition(from.selectionStart());
    QTextCursor found = m_log->document()->find(words, from, flags);
    if (found.isNull()) {
        from.movePosition(which == Find::Previous ? QTextCursor::End : QTextCursor::Start);
        found = m_log->document()->find(words, from, flags);
    }
    m_find->setProperty("missing", !words.isEmpty() && found.isNull());
    style()->polish(m_find);
    if (found.isNull())
        return;
    m_follow->setChecked(false);
    m_log->setTextCursor(found);
}

bool RunPage::escape()
{
    if (!m_find->text().isEmpty()) {
        m_find->clear();
        m_log->setFocus();
        return true;
    }
    Q_EMIT backRequested();
    return true;
}

QString RunPage::help() const
{
    return tr("<p>One run in full. On the left its steps, each with its attempts; below, the log of the selected attempt, which grows while it "
              "runs; Ctrl+F finds words in it, Enter the next. On the right what is known of it, and when it failed, why and what to do.</p>"
              "<p><b>Retry</b> starts a new attempt of the failed step. <b>Cancel</b> ends the work on the host: it is asked to stop, and made to "
              "after 30 seconds; what it leaves behind is named in the result. <b>Give up waiting</b> is for a run whose outcome nobody will "
              "learn: it counts as failed from then on. <b>Take over</b> is for a run that a person's program executes which has ended: you see what it does, "
              "and this window executes it with your key. Esc leads back.</p>");
}

void RunPage::retranslate()
{
    m_retry->setText(tr("Retry"));
    m_cancel->setText(tr("Cancel this run"));
    m_giveUp->setText(tr("Give up waiting…"));
    m_takeOver->setText(tr("Take over…"));
    m_stepsTitle->setText(tr("Steps and attempts"));
    m_logTitle->setText(tr("Log"));
    m_find->setPlaceholderText(tr("Find in the log"));
    m_find->setToolTip(tr("Enter finds the next match, Shift+Enter the previous one (Ctrl+F)"));
    m_copyLog->setToolTip(tr("Copy the whole log"));
    m_follow->setText(tr("Follow"));
    m_follow->setToolTip(tr("Keep the newest lines in view"));
    m_log->setPlaceholderText(tr("Nothing has been logged yet."));
    showState();
}

void RunPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

bool RunPage::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_find && event->type() == QEvent::KeyPress) {
        const auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            find(key->modifiers() & Qt::ShiftModifier ? Find::Previous : Find::Next);
            return true;
        }
        return Page::eventFilter(watched, event);
    }
    if (watched == m_title && event->type() == QEvent::Resize)
        showTitle();
    if (watched == m_tree->viewport() && event->type() == QEvent::Resize)
        fitSteps();
    if (event->type() == QEvent::Wheel || (watched == m_log && event->type() == QEvent::KeyPress))
        m_scrolled.start();
    return Page::eventFilter(watched, event);
}

void RunPage::enter(const Location &location)
{
    if (!m_known || location.idOf(runSubject) != m_row.run.id)
        clear({}); // nothing of the run before may stand under this one's name, or be acted on
}

/// Why a step failed must be in sight: where there is no room, who ordered it and when it began give way.
void RunPage::fitSteps()
{
    if (m_fitting) // hiding a column may take a scroll bar away
        return;
    m_fitting = true;
    QHeaderView *header = m_tree->header();
    constexpr std::array folding{StepTreeModel::OrderedBy, StepTreeModel::Started};
    for (const int column : folding)
        header->setSectionHidden(column, false);
    for (int column = 0; column < StepTreeModel::Trouble; ++column)
        m_tree->resizeColumnToContents(column);
    const auto lacks = [&] {
        int needed = 20 * unit; // of the error
        for (int column = 0; column < StepTreeModel::Trouble; ++column)
            needed += header->sectionSize(column);
        return needed > m_tree->viewport()->width();
    };
    for (const int column : folding) {
        if (lacks())
            header->setSectionHidden(column, true);
    }
    m_fitting = false;
}

void RunPage::chooseNewest()
{
    m_tree->expandAll();
    fitSteps();
    for (int row = m_steps->rowCount() - 1; row >= 0; --row) {
        const QModelIndex step = m_steps->index(row, 0);
        const int attempts = m_steps->rowCount(step);
        if (attempts > 0) {
            m_tree->setCurrentIndex(m_steps->index(attempts - 1, 0, step));
            return;
        }
    }
}

void RunPage::clear(const QString &why)
{
    m_known = false;
    m_attempt = {};
    m_follow->setChecked(true);
    m_log->clear();
    m_logNote->clear();
    m_logOffset = -1;
    m_logBytes.clear();
    showState();
    m_inspector->clear(why);
}

void RunPage::setRun(const RunRow &row, TimePoint now)
{
    m_known = true;
    m_row = row;
    m_now = now;
    showState();
}

void RunPage::showTitle()
{
    const QString whole = title();
    m_title->setText(m_title->fontMetrics().elidedText(whole, Qt::ElideMiddle, m_title->width()));
    m_title->setToolTip(whole);
}

void RunPage::showState()
{
    showTitle();
    const Run &run = m_row.run;
    const auto unlessForbidden = [this](const QString &why) { return !m_known ? tr("No run is shown.") : forbidden().isEmpty() ? why : forbidden(); };
    permit(m_retry, unlessForbidden(whyNotRetry(run)));
    permit(m_cancel, unlessForbidden(whyNotCancel(run)));
    permit(m_giveUp, unlessForbidden(whyNotGiveUp(run)));
    m_takeOver->setVisible(m_known && !run.executor.empty() && !isFinal(run.state));
    permit(m_takeOver, unlessForbidden(whyNotTakeOver(run)));
    const bool running = m_known && run.state == RunState::Running;
    m_progress->setVisible(running);
    m_progressText->setVisible(running);
    if (running) {
        const bool known = run.progress && run.progress->percent;
        // without a percentage an endless bar would only cost time to draw: it stays empty
        m_progress->setRange(0, 1000);
        m_progress->setValue(known ? static_cast<int>(std::clamp(*run.progress->percent, 0.0, 100.0) * 10) : 0);
        QString text = known ? percentText(*run.progress->percent) : QString();
        QString rest = progressText(run);
        if (run.progress && run.progress->phase == "waiting") {
            if (const std::string whom = lastWaiting(m_logBytes); !whom.empty())
                rest += QStringLiteral("  \u00b7  ") + qs(whom);
        }
        if (!text.isEmpty() && !rest.isEmpty())
            text += QStringLiteral("  \u00b7  ");
        m_progressText->setText(text + rest);
    }
    if (!m_known)
        return;
    Inspector::Content content = runContent(m_row, m_now);
    addFacts(content, factsOf(m_row, m_now));
    if (const Attempt *attempt = m_steps->attemptAt(m_steps->indexOfAttempt(m_attempt.step, m_attempt.attempt));
        attempt && attempt->runId == run.id) { // what went wrong and what came out is the selected attempt's
        content.error.clear();
        content.advice.clear();
        content.cause.clear();
        if (attempt->error && attempt->state != RunState::Succeeded && attempt->state != RunState::Cancelled) {
            content.error = errorSummary(*attempt->error);
            content.advice = errorAdvice(toldError(*attempt->error, run));
            content.cause = causeText(*attempt->error);
        }
        addFacts(content, outcomeOf(*attempt, run.kind));
    }
    m_inspector->setContent(content);
}

void RunPage::setLog(const wire::OrderKey &key, std::int64_t offset, const std::string &bytes)
{
    if (key != m_attempt) // it was asked for before another was chosen
        return;
    if (offset == m_logOffset && bytes.size() == m_logBytes.size())
        return;
    m_logNote->setText(offset > 0 ? tr("The first %1 are on the host only").arg(bytesText(offset)) : QString());
    QScrollBar *bar = m_log->verticalScrollBar();
    const int was = bar->value();
    if (offset == m_logOffset && bytes.size() > m_logBytes.size() && bytes.starts_with(m_logBytes)) {
        QTextCursor end(m_log->document());
        end.movePosition(QTextCursor::End);
        end.insertText(qs(std::string_view(bytes).substr(m_logBytes.size())));
    } else {
        m_log->setPlainText(qs(bytes));
    }
    m_logOffset = offset;
    m_logBytes = bytes;
    if (m_row.run.progress && m_row.run.progress->phase == "waiting")
        showState(); // the log says for whom
    bar->setValue(m_follow->isChecked() ? bar->maximum() : was);
}

} // namespace zandb
