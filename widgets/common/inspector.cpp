// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/inspector.h"

#include "widgets/common/delegates.h"
#include "widgets/common/icons.h"
#include "widgets/common/identifier.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/theme.h"

#include <QClipboard>
#include <QEvent>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace zandb {
namespace {

class Pill final : public QWidget
{
public:
    using QWidget::QWidget;
    void set(const QString &text, Look look, bool stale)
    {
        m_text = text;
        m_look = look;
        m_stale = stale;
        setAccessibleName(text);
        setVisible(!text.isEmpty());
        setFixedHeight(26);
        update();
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        paintPill(painter, rect(), m_text, m_look, m_stale || isAway(this), palette(), font());
    }

private:
    QString m_text;
    Look m_look = Look::Unknown;
    bool m_stale = false;
};

constexpr QChar mayBreak{0x200b};

/// A long name or path may break behind its dots and slashes, and anywhere when it has none; without that it would be cut at the edge.
QString breakable(const QString &text)
{
    constexpr qsizetype longest = 20; // fits into the narrowest panel
    const auto isWord = [](QChar c) { return !c.isSpace() && c.unicode() < 0x2e80; }; // Chinese breaks by itself
    QString out;
    for (qsizetype at = 0; at < text.size();) {
        qsizetype end = at;
        while (end < text.size() && isWord(text[end]))
            ++end;
        qsizetype whole = 0;
        for (qsizetype i = at; i < end; ++i) {
            out += text[i];
            const bool behind = QStringView(u"./_:=,-").contains(text[i]);
            if (end - at <= longest || i + 1 == end || (!behind && ++whole < longest))
                continue;
            out += mayBreak;
            whole = 0;
        }
        if (end < text.size())
            out += text[end++];
        at = end;
    }
    return out;
}

constexpr auto selectable = Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard;

} // namespace

Inspector::Inspector(QWidget *parent)
    : QWidget(parent), m_scroll(new QScrollArea(this)), m_body(new QWidget(this)), m_title(new QLabel(m_body)), m_copy(new QToolButton(m_body)), m_pill(new Pill(m_body)), m_trouble(new QFrame(m_body)),
      m_error(new QLabel(m_trouble)), m_adviceTitle(new QLabel(m_trouble)), m_advice(new QLabel(m_trouble)), m_hint(new QLabel(m_body)),
      m_lines(new QGridLayout), m_rows(new QVBoxLayout), m_actionArea(new QWidget(this)), m_why(new QLabel(m_actionArea))
{
    setObjectName(QStringLiteral("inspector"));
    m_body->setObjectName(QStringLiteral("inspectorBody"));
    setAttribute(Qt::WA_StyledBackground);
    m_title->setProperty("title", true);
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(selectable);
    m_copy->setObjectName(QStringLiteral("inspectorCopy"));
    m_copy->setIcon(themedIcon("copy"));
    m_copy->setToolTip(tr("Copy all details"));
    connect(m_copy, &QToolButton::clicked, this, &Inspector::copyAll);
    m_hint->setProperty("muted", true);
    m_hint->setWordWrap(true);
    m_trouble->setObjectName(QStringLiteral("banner"));
    auto *trouble = new QVBoxLayout(m_trouble);
    trouble->setContentsMargins(unit + 4, unit, unit + 4, unit + 2);
    trouble->setSpacing(unit / 2);
    m_adviceTitle->setProperty("section", true);
    for (QLabel *label : {m_error, m_adviceTitle, m_advice}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(selectable);
        trouble->addWidget(label);
    }
    m_error->setObjectName(QStringLiteral("inspectorError"));
    m_advice->setObjectName(QStringLiteral("inspectorAdvice"));
    m_lines->setHorizontalSpacing(2 * unit);
    m_lines->setVerticalSpacing(unit - 2);
    m_lines->setColumnStretch(1, 1);
    m_lines->setContentsMargins(0, 0, 0, 0);

    auto *body = new QVBoxLayout(m_body);
    m_parts = body;
    body->setContentsMargins(2 * unit, 2 * unit, 2 * unit, 2 * unit);
    body->setSpacing(unit + 4);
    body->addWidget(m_hint);
    auto *head = new QHBoxLayout;
    head->addWidget(m_title, 1);
    head->addWidget(m_copy, 0, Qt::AlignTop);
    body->addLayout(head);
    body->addWidget(m_pill);
    body->addWidget(m_trouble);
    body->addLayout(m_lines);
    body->addStretch();

    m_scroll->setWidget(m_body);
    m_scroll->setWidgetResizable(true);
    m_scroll->setMinimumHeight(5 * unit);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_body->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);

    m_rows->setContentsMargins(2 * unit, unit, 2 * unit, 2 * unit);
    m_rows->setSpacing(unit);
    m_actionArea->setLayout(m_rows);
    m_why->setObjectName(QStringLiteral("inspectorWhy"));
    m_why->setProperty("muted", true);
    m_why->setWordWrap(true);
    m_why->hide();
    m_rows->addWidget(m_why);
    m_actionArea->installEventFilter(this); // other words on a button need another room
    connect(QGuiApplication::clipboard(), &QClipboard::changed, this, &Inspector::takeMarksOut);
    m_arrange.setSingleShot(true);
    m_arrange.setInterval(0);
    connect(&m_arrange, &QTimer::timeout, this, &Inspector::arrange);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_outer = layout;
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_actionArea);
    setMinimumWidth(32 * unit);
    clear({});
}

QPushButton *Inspector::addAction(const QString &name, const QString &icon, const std::function<void(const std::vector<Uuid> &)> &act, bool primary)
{
    auto *button = new QPushButton(m_actionArea);
    button->setObjectName(name);
    if (!primary) // on the accent the themed icon would not stand out
        setIconBeside(button, icon);
    button->setProperty("primary", primary);
    button->installEventFilter(this);
    connect(button, &QPushButton::pressed, this, [this, button] { m_pressed = actionOf(button)->ids; });
    connect(button, &QPushButton::clicked, this, [this, act] {
        if (!m_pressed.empty())
            act(m_pressed);
    });
    m_actions.push_back({button, primary, {}});
    m_arrange.start();
    return button;
}

Inspector::Action *Inspector::actionOf(const QPushButton *button)
{
    const auto it = std::ranges::find(m_actions, button, &Action::button);
    return it == m_actions.end() ? nullptr : &*it;
}

void Inspector::narrow(QPushButton *button, const std::vector<Uuid> &ids)
{
    if (Action *action = actionOf(button))
        action->ids = ids;
}

void Inspector::addActionsTo(QMenu *menu)
{
    for (const auto &[button, primary, ids] : m_actions) {
        if (button->isHidden() || m_actionArea->isHidden())
            continue;
        QAction *action = menu->addAction(button->icon(), button->text());
        action->setEnabled(button->isEnabled());
        action->setToolTip(button->toolTip());
        // nothing when the list has moved on under the open menu
        connect(action, &QAction::triggered, button, [this, button = button, ids = ids] {
            if (actionOf(button)->ids == ids)
                button->click();
        });
    }
    menu->setToolTipsVisible(true);
}

void Inspector::copyAll()
{
    const Content &at = m_content;
    QStringList lines;
    for (const QString &part : {at.title, at.state, at.error, at.cause, at.advice}) {
        if (!part.isEmpty())
            lines << part;
    }
    for (const Line &line : at.lines)
        lines << line.label + QStringLiteral(": ") + (line.tip.isEmpty() ? line.value : line.tip);
    QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

/// What is copied from a label is the text without the marks where it may break.
void Inspector::takeMarksOut(QClipboard::Mode mode)
{
    QClipboard *clipboard = QGuiApplication::clipboard();
    QString text = clipboard->text(mode);
    if (!text.contains(mayBreak))
        return;
    const auto isCopied = [&](const QLabel *label) {
        QString chosen = label->selectedText();
        return chosen.replace(QChar::ParagraphSeparator, QLatin1Char('\n')).replace(QChar::LineSeparator, QLatin1Char('\n')) == text;
    };
    if (std::ranges::any_of(m_body->findChildren<QLabel *>(), isCopied))
        clipboard->setText(text.remove(mayBreak), mode);
}

void Inspector::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        m_copy->setToolTip(tr("Copy all details"));
}

bool Inspector::eventFilter(QObject *watched, QEvent *event)
{
    switch (event->type()) {
    case QEvent::ShowToParent:
    case QEvent::HideToParent:
    case QEvent::EnabledChange:
    case QEvent::ToolTipChange:
    case QEvent::FontChange:
    case QEvent::LayoutRequest:
        if (!m_arrange.isActive())
            m_arrange.start();
        break;
    default:
        break;
    }
    return QWidget::eventFilter(watched, event);
}

void Inspector::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    const bool low = height() < 33 * unit;
    if (low != m_low) {
        m_low = low;
        placeActions();
    }
    m_arrange.start();
}

/// Below what is read; in a low panel they scroll with it, or one could read no more than a line.
void Inspector::placeActions()
{
    const bool shown = !m_actionArea->isHidden();
    (m_low ? m_outer : m_parts)->removeWidget(m_actionArea);
    (m_low ? m_parts : m_outer)->addWidget(m_actionArea);
    m_rows->setContentsMargins(m_low ? 0 : 2 * unit, unit, m_low ? 0 : 2 * unit, m_low ? 0 : 2 * unit);
    m_actionArea->setVisible(shown);
    for (QLayout *layout : {m_parts, m_outer})
        layout->activate();
}

void Inspector::arrange()
{
    const int room = width() - 4 * unit - (m_low ? m_scroll->verticalScrollBar()->sizeHint().width() : 0);
    QString why;
    QList<QList<QPushButton *>> lines;
    int left = 0;
    for (const auto &[button, primary, ids] : m_actions) {
        if (button->isHidden())
            continue;
        if (primary && !button->isEnabled())
            why = button->toolTip();
        button->setAccessibleDescription(button->toolTip());
        const int needed = button->sizeHint().width();
        if (!lines.isEmpty() && !primary && lines.back().size() == 1 && left >= needed + unit) {
            lines.back() << button;
            left = 0;
        } else {
            lines.push_back({button});
            left = primary ? 0 : room - needed;
        }
    }
    m_why->setText(why);
    m_why->setVisible(!why.isEmpty());
    if (lines == m_arranged)
        return;
    m_arranged = lines;
    while (m_rows->count() > 1) { // the buttons stay, their lines go
        QLayoutItem *item = m_rows->takeAt(1);
        if (QLayout *line = item->layout()) {
            while (QLayoutItem *inner = line->takeAt(0))
                delete inner;
        }
        delete item;
    }
    for (const QList<QPushButton *> &line : lines) {
        auto *box = new QHBoxLayout;
        box->setSpacing(unit);
        for (QPushButton *button : line)
            box->addWidget(button, 1);
        m_rows->addLayout(box);
    }
    // at once: a request that met the buttons while they moved (placeActions) is lost, and no further one is posted after it
    m_rows->activate();
    (m_low ? m_parts : m_outer)->activate();
}

void Inspector::setExtra(QWidget *widget)
{
    m_parts->insertWidget(m_parts->count() - (m_low ? 2 : 1), widget); // before the stretch
}

void Inspector::clear(const QString &hint)
{
    setContent({});
    m_hint->setText(hint);
    m_hint->setVisible(true);
}

void Inspector::setContent(const Content &content)
{
    if (content.ids != m_content.ids) // what went wrong stands at the top, and is what another row is looked at for
        m_scroll->verticalScrollBar()->setValue(0);
    m_content = content;
    for (Action &action : m_actions)
        action.ids = content.ids;
    m_hint->setVisible(false);
    m_actionArea->setVisible(!content.ids.empty());
    m_title->setText(breakable(content.title));
    m_title->setVisible(!content.title.isEmpty());
    m_copy->setVisible(!content.title.isEmpty());
    static_cast<Pill *>(m_pill)->set(content.state, content.look, content.stale);
    m_trouble->setVisible(!content.error.isEmpty());
    m_error->setText(breakable(content.cause.isEmpty() ? content.error : content.error + QLatin1Char('\n') + content.cause));
    m_adviceTitle->setText(tr("What to do now"));
    m_adviceTitle->setVisible(!content.advice.isEmpty());
    m_advice->setText(breakable(content.advice));
    m_advice->setVisible(!content.advice.isEmpty());

    // labels are used again: a reload once a second must not rebuild the panel
    for (int row = 0; row < std::max<int>(static_cast<int>(content.lines.size()), m_lines->rowCount()); ++row) {
        if (row < content.lines.size()) {
            showLine(row, content.lines[row]);
            continue;
        }
        for (const int column : {0, 1}) {
            if (QLayoutItem *item = m_lines->itemAtPosition(row, column))
                item->widget()->hide();
        }
    }
}

void Inspector::showLine(int row, const Line &line)
{
    const auto widgetAt = [&](int column) {
        QLayoutItem *item = m_lines->itemAtPosition(row, column);
        return item ? item->widget() : nullptr;
    };
    auto *label = qobject_cast<QLabel *>(widgetAt(0));
    if (!label) {
        label = new QLabel(m_body);
        label->setProperty("muted", true);
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        m_lines->addWidget(label, row, 0);
    }
    label->setText(line.label);
    label->show();
    QWidget *value = widgetAt(1);
    if (value && (qobject_cast<Identifier *>(value) != nullptr) != line.fixedWidth) {
        m_lines->removeWidget(value);
        value->deleteLater();
        value->hide();
        value = nullptr;
    }
    if (!value && line.fixedWidth)
        value = new Identifier(m_body);
    if (!value) {
        auto *text = new QLabel(m_body);
        text->setWordWrap(true);
        text->setTextInteractionFlags(selectable);
        text->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        value = text;
    }
    if (!widgetAt(1))
        m_lines->addWidget(value, row, 1);
    if (auto *identifier = qobject_cast<Identifier *>(value))
        identifier->setText(line.value);
    else
        static_cast<QLabel *>(value)->setText(breakable(line.value));
    value->setToolTip(line.tip);
    value->setAccessibleName(line.label);
    value->show();
}

} // namespace zandb
