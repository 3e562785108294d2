// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/fleet/instancepage.h"

#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/statetext.h"
#include "widgets/common/icons.h"
#include "widgets/common/pageparts.h"
#include "widgets/common/theme.h"
#include "widgets/fleet/historyview.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>

namespace zandb {

InstancePage::InstancePage(QWidget *parent)
    : Page(parent), m_name(new QLabel(this)), m_state(new QLabel(this)), m_facts(new QLabel(this)), m_backups(new QPushButton(this)),
      m_runs(new QPushButton(this)), m_rights(new QPushButton(this)), m_history(new HistoryView(HistoryView::Size::Full, this)), m_tabs(new QTabBar(this)),
      m_views(new QStackedWidget(this))
{
    setObjectName(QStringLiteral("instancePage"));
    setMinimumHeight(38 * unit); // a page that is not in front must not keep the window high
    m_name->setObjectName(QStringLiteral("instanceName"));
    m_state->setObjectName(QStringLiteral("instanceState"));
    m_facts->setObjectName(QStringLiteral("instanceFacts"));
    m_backups->setObjectName(QStringLiteral("instanceBackups"));
    m_runs->setObjectName(QStringLiteral("instanceRuns"));
    m_rights->setObjectName(QStringLiteral("instanceRights"));
    m_name->setProperty("title", true);
    m_name->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_name->setWordWrap(true); // a long one must not keep a window wide
    m_facts->setProperty("muted", true);
    m_facts->setWordWrap(true);
    setIconBeside(m_backups, QStringLiteral("page-backups"));
    setIconBeside(m_runs, QStringLiteral("page-runs"));
    auto *head = new QHBoxLayout;
    head->setSpacing(unit);
    head->addWidget(m_name, 1);
    head->addWidget(m_rights);
    head->addWidget(m_backups);
    head->addWidget(m_runs);
    auto *facts = new QHBoxLayout; // on a line of their own: beside the buttons they would stand in a narrow column
    facts->setSpacing(unit);
    facts->addWidget(m_state);
    facts->addWidget(m_facts, 1);
    QVBoxLayout *layout = makePageLayout(this);
    layout->addLayout(head);
    layout->addLayout(facts);
    m_tabs->setObjectName(QStringLiteral("instanceViews"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    layout->addWidget(m_tabs);
    layout->addWidget(m_views, 1);
    connect(m_tabs, &QTabBar::currentChanged, m_views, &QStackedWidget::setCurrentIndex);
    addView(QStringLiteral("figures"), m_history, [] { return tr("Figures"); });
    for (const auto &[button, page] : {std::pair{m_backups, QStringLiteral("backups")}, {m_runs, QStringLiteral("runs")}}) {
        connect(button, &QPushButton::clicked, this, [this, page = page] {
            if (!m_row)
                return;
            Location to;
            to.page = page;
            to.scope = {Scope::Kind::Instance, m_row->record.instance.id};
            Q_EMIT goToRequested(to);
        });
    }
    connect(m_rights, &QPushButton::clicked, this, [this] {
        if (m_row)
            Q_EMIT rightsRequested(m_row->record.instance.id);
    });
    showHead();
}

void InstancePage::setChecking(bool checking)
{
    m_checking = checking;
    showHead();
}

void InstancePage::addView(const QString &name, QWidget *view, std::function<QString()> title)
{
    m_views->addWidget(view);
    m_tabs->addTab(title());
    m_titles.emplace_back(name, std::move(title));
    m_tabs->setVisible(m_titles.size() > 1 && !m_gone);
}

void InstancePage::showView(const QString &name)
{
    for (std::size_t at = 0; at < m_titles.size(); ++at) {
        if (m_titles[at].first == name)
            m_tabs->setCurrentIndex(static_cast<int>(at));
    }
}

QString InstancePage::title() const
{
    return m_row ? m_row->host + QLatin1Char('/') + qs(m_row->record.instance.name) : tr("Instance");
}

QString InstancePage::help() const
{
    return tr("<p>The figures of one instance over the time range of all pages. A headless instance collects them every 10 seconds, also while no window is "
              "open. A band goes from the least to the greatest value of its time, the line is the mean; where nothing is known there is a gap.</p>"
              "<p>Drag over a chart to zoom all of them, double click to go back. Under the pointer stand the values of that time, in all charts. With the "
              "keyboard: left and right, plus and minus. Click an entry of a legend to hide its line. Each chart can be copied as picture and as data; the same "
              "figures come from <code>zandbctl instance history</code>.</p>"
              "<p><b>Check rights</b> asks the agent what it may not do on this instance, as <code>zandbctl instance preflight</code> does.</p>");
}

void InstancePage::setAway(bool away)
{
    m_history->setAway(away);
}

void InstancePage::setInstance(const InstanceRow &row)
{
    m_row = row;
    m_gone = false;
    showHead();
}

void InstancePage::setGone()
{
    m_row.reset();
    m_gone = true;
    showHead();
}

void InstancePage::showHead()
{
    m_name->setText(title());
    m_backups->setText(tr("Show its backups"));
    m_runs->setText(tr("Show its runs"));
    m_rights->setText(m_checking ? tr("Asking the agent…") : tr("Check rights"));
    m_rights->setToolTip(tr("Asks the agent, with your key, what it may not do on this instance and what would give it the right."));
    m_rights->setEnabled(m_row.has_value() && !m_checking);
    m_backups->setEnabled(m_row.has_value());
    m_runs->setEnabled(m_row.has_value());
    m_state->setVisible(m_row.has_value());
    m_views->setVisible(!m_gone);
    m_tabs->setVisible(m_titles.size() > 1 && !m_gone);
    for (std::size_t at = 0; at < m_titles.size(); ++at)
        m_tabs->setTabText(static_cast<int>(at), m_titles[at].second());
    if (!m_row) {
        m_facts->setText(m_gone ? tr("The fleet has no such instance any more.") : QString());
        return;
    }
    const LookColours colours = lookColours(m_row->condition.look, isDark(palette()));
    m_state->setText(QStringLiteral("<span style=\"color:%1\">●</span> %2").arg(colours.solid.name(), m_row->condition.text.toHtmlEscaped()));
    QStringList facts{m_row->role, versionText(m_row->record)};
    if (const auto &detail = m_row->record.detail) {
        if (detail->uptimeSeconds > 0)
            facts << tr("up for %1").arg(durationText(std::chrono::seconds{detail->uptimeSeconds}));
        if (detail->dataBytes)
            facts << tr("%1 of data").arg(bytesText(*detail->dataBytes));
    }
    facts.removeAll(QString());
    m_facts->setText(facts.join(QStringLiteral(" · ")));
}

void InstancePage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::PaletteChange)
        showHead();
}

} // namespace zandb
