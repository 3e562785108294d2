// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/common/inspector.h"

#include "widgets/common/delegates.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

#include <QGridLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

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
        paintPill(painter, rect(), m_text, m_look, m_stale, palette(), font());
    }

private:
    QString m_text;
    Look m_look = Look::Unknown;
    bool m_stale = false;
};

} // namespace

Inspector::Inspector(QWidget *parent)
    : QWidget(parent), m_body(new QWidget(this)), m_title(new QLabel(m_body)), m_pill(new Pill(m_body)), m_trouble(new QFrame(m_body)),
      m_error(new QLabel(m_trouble)), m_adviceTitle(new QLabel(m_trouble)), m_advice(new QLabel(m_trouble)), m_hint(new QLabel(m_body)),
      m_lines(new QGridLayout), m_actions(new QVBoxLayout), m_actionArea(new QWidget(this))
{
    setObjectName(QStringLiteral("inspector"));
    m_body->setObjectName(QStringLiteral("inspectorBody"));
    setAttribute(Qt::WA_StyledBackground);
    m_title->setProperty("title", true);
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_hint->setProperty("muted", true);
    m_hint->setWordWrap(true);
    m_trouble->setObjectName(QStringLiteral("banner"));
    auto *trouble = new QVBoxLayout(m_trouble);
    trouble->setContentsMargins(unit + 4, unit, unit + 4, unit + 2);
    trouble->setSpacing(unit / 2);
    m_adviceTitle->setProperty("section", true);
    for (QLabel *label : {m_error, m_adviceTitle, m_advice}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        trouble->addWidget(label);
    }
    m_error->setObjectName(QStringLiteral("inspectorError"));
    m_advice->setObjectName(QStringLiteral("inspectorAdvice"));
    m_lines->setHorizontalSpacing(2 * unit);
    m_lines->setVerticalSpacing(unit - 2);
    m_lines->setColumnStretch(1, 1);
    m_lines->setContentsMargins(0, 0, 0, 0);

    auto *body = new QVBoxLayout(m_body);
    body->setContentsMargins(2 * unit, 2 * unit, 2 * unit, 2 * unit);
    body->setSpacing(unit + 4);
    body->addWidget(m_hint);
    body->addWidget(m_title);
    body->addWidget(m_pill);
    body->addWidget(m_trouble);
    body->addLayout(m_lines);
    body->addStretch();

    auto *scroll = new QScrollArea(this);
    scroll->setWidget(m_body);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_body->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);

    m_actions->setContentsMargins(2 * unit, unit, 2 * unit, 2 * unit);
    m_actions->setSpacing(unit);
    m_actionArea->setLayout(m_actions);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(scroll, 1);
    layout->addWidget(m_actionArea);
    setMinimumWidth(36 * unit);
    clear({});
}

QPushButton *Inspector::addAction(const QString &name, const QString &icon, bool primary)
{
    auto *button = new QPushButton(m_actionArea);
    button->setObjectName(name);
    if (!primary) // on the accent the themed icon would not stand out
        button->setIcon(themedIcon(icon));
    button->setProperty("primary", primary);
    m_actions->addWidget(button);
    return button;
}

void Inspector::clear(const QString &hint)
{
    m_shown = false;
    setContent({});
    m_shown = false;
    m_hint->setText(hint);
    m_hint->setVisible(true);
    m_actionArea->setVisible(false);
}

void Inspector::setContent(const Content &content)
{
    m_content = content;
    m_shown = true;
    m_hint->setVisible(false);
    m_actionArea->setVisible(true);
    m_title->setText(content.title);
    m_title->setVisible(!content.title.isEmpty());
    static_cast<Pill *>(m_pill)->set(content.state, content.look, content.stale);
    m_trouble->setVisible(!content.error.isEmpty());
    m_error->setText(content.cause.isEmpty() ? content.error : content.error + QLatin1Char('\n') + content.cause);
    m_adviceTitle->setText(tr("What to do now"));
    m_adviceTitle->setVisible(!content.advice.isEmpty());
    m_advice->setText(content.advice);
    m_advice->setVisible(!content.advice.isEmpty());

    // labels are used again: a reload once a second must not rebuild the panel
    for (int row = 0; row < std::max<int>(static_cast<int>(content.lines.size()), m_lines->rowCount()); ++row) {
        auto *label = m_lines->itemAtPosition(row, 0) ? qobject_cast<QLabel *>(m_lines->itemAtPosition(row, 0)->widget()) : nullptr;
        auto *value = m_lines->itemAtPosition(row, 1) ? qobject_cast<QLabel *>(m_lines->itemAtPosition(row, 1)->widget()) : nullptr;
        if (row >= content.lines.size()) {
            if (label)
                label->hide();
            if (value)
                value->hide();
            continue;
        }
        if (!label) {
            label = new QLabel(m_body);
            label->setProperty("muted", true);
            label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
            value = new QLabel(m_body);
            value->setWordWrap(true);
            value->setTextInteractionFlags(Qt::TextSelectableByMouse);
            value->setAlignment(Qt::AlignTop | Qt::AlignLeft);
            m_lines->addWidget(label, row, 0);
            m_lines->addWidget(value, row, 1);
        }
        const Line &line = content.lines[row];
        label->setText(line.label);
        QString text = line.value;
        if (line.fixedWidth) { // long identifiers must be able to break somewhere
            QString breakable;
            for (qsizetype at = 0; at < text.size(); ++at) {
                breakable += text[at];
                if (at % 4 == 3 || text[at] == QLatin1Char('/') || text[at] == QLatin1Char(','))
                    breakable += QChar(0x200b);
            }
            text = breakable;
        }
        value->setFont(line.fixedWidth ? fixedFont() : font());
        value->setText(text);
        value->setToolTip(line.tip);
        label->show();
        value->show();
    }
}

} // namespace zandb
