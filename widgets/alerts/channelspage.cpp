// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/alerts/channelspage.h"

#include "widgets/common/pageparts.h"
#include "widgets/common/parts.h"
#include "widgets/common/tablecolumns.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QSplitter>
#include <QVBoxLayout>

namespace zandb {

ChannelsPage::ChannelsPage(const Ui &ui, ChannelTableModel *channels, RuleTableModel *rules, DeliveryTableModel *deliveries, QWidget *parent)
    : Page(parent), m_channels(new TablePane(ui, QStringLiteral("channels"), this)), m_rules(new TablePane(ui, QStringLiteral("alertRules"), this)),
      m_deliveries(new TablePane(ui, QStringLiteral("deliveries"), this)), m_channelsTitle(new QLabel(this)), m_rulesTitle(new QLabel(this)), m_deliveriesTitle(new QLabel(this)),
      m_add(new QPushButton(this)), m_change(new QPushButton(this)), m_test(new QPushButton(this)), m_remove(new QPushButton(this)), m_addRule(new QPushButton(this)),
      m_changeRule(new QPushButton(this)), m_removeRule(new QPushButton(this))
{
    setObjectName(QStringLiteral("channelsPage"));
    setMinimumHeight(38 * unit);
    const std::pair<QPushButton *, const char *> names[] = {{m_add, "channelAdd"}, {m_change, "channelChange"}, {m_test, "channelTest"}, {m_remove, "channelRemove"},
                                                            {m_addRule, "ruleAdd"}, {m_changeRule, "ruleChange"}, {m_removeRule, "ruleRemove"}};
    for (const auto &[button, name] : names)
        button->setObjectName(QString::fromLatin1(name));
    m_channels->columns()->setFolding({ChannelTableModel::LastSent, ChannelTableModel::Waiting, ChannelTableModel::To});
    m_channels->setModel(channels, ChannelTableModel::State, ChannelTableModel::Name, Qt::AscendingOrder);
    m_rules->columns()->setFolding({RuleTableModel::Recovery, RuleTableModel::Groups, RuleTableModel::Quiet, RuleTableModel::Modules});
    m_rules->setModel(rules, -1, RuleTableModel::Name, Qt::AscendingOrder);
    m_deliveries->columns()->setFolding({DeliveryTableModel::Tries, DeliveryTableModel::Messages});
    m_deliveries->setModel(deliveries, DeliveryTableModel::State, DeliveryTableModel::Made, Qt::DescendingOrder);
    m_deliveries->setChoosesFirst(false);
    auto *upper = new QSplitter(Qt::Horizontal, this);
    upper->addWidget(makeCard(m_channelsTitle, m_channels, this, {m_test, m_change, m_remove, m_add}));
    upper->addWidget(makeCard(m_rulesTitle, m_rules, this, {m_changeRule, m_removeRule, m_addRule}));
    upper->setHandleWidth(unit);
    upper->setChildrenCollapsible(false);
    auto *split = new QSplitter(Qt::Vertical, this);
    split->addWidget(upper);
    split->addWidget(makeCard(m_deliveriesTitle, m_deliveries, this));
    split->setHandleWidth(unit);
    split->setChildrenCollapsible(false);
    keepSizes(upper, ui.settings, QStringLiteral("channels-upper"));
    keepSizes(split, ui.settings, QStringLiteral("channels"));
    makePageLayout(this)->addWidget(split);

    const auto chosen = [](TablePane *pane) { return pane->currentId().value_or(Uuid{}); };
    connect(m_add, &QPushButton::clicked, this, [this] { Q_EMIT channelRequested(Uuid{}); });
    connect(m_change, &QPushButton::clicked, this, [this, chosen] { Q_EMIT channelRequested(chosen(m_channels)); });
    connect(m_test, &QPushButton::clicked, this, [this, chosen] { Q_EMIT testRequested(chosen(m_channels)); });
    connect(m_remove, &QPushButton::clicked, this, [this, chosen] { Q_EMIT channelRemoveRequested(chosen(m_channels)); });
    connect(m_addRule, &QPushButton::clicked, this, [this] { Q_EMIT ruleRequested(Uuid{}); });
    connect(m_changeRule, &QPushButton::clicked, this, [this, chosen] { Q_EMIT ruleRequested(chosen(m_rules)); });
    connect(m_removeRule, &QPushButton::clicked, this, [this, chosen] { Q_EMIT ruleRemoveRequested(chosen(m_rules)); });
    connect(m_channels, &TablePane::activated, this, [this] { m_change->click(); });
    connect(m_rules, &TablePane::activated, this, [this] { m_changeRule->click(); });
    connect(m_channels->emptyState(), &EmptyState::actionRequested, m_add, &QPushButton::click);
    connect(m_channels, &TablePane::currentChanged, this, &ChannelsPage::showButtons);
    connect(m_rules, &TablePane::currentChanged, this, &ChannelsPage::showButtons);
    retranslate();
}

QString ChannelsPage::title() const
{
    return tr("Channels");
}

void ChannelsPage::retranslate()
{
    m_channelsTitle->setText(tr("Channels"));
    m_rulesTitle->setText(tr("Rules"));
    m_deliveriesTitle->setText(tr("Messages"));
    m_add->setText(tr("Add…"));
    m_change->setText(tr("Change…"));
    m_test->setText(tr("Test"));
    m_remove->setText(tr("Remove…"));
    m_addRule->setText(tr("Add…"));
    m_changeRule->setText(tr("Change…"));
    m_removeRule->setText(tr("Remove…"));
    m_channels->emptyState()->setTexts(tr("Nobody is told"), tr("A channel sends messages about alerts: WeChat Work, DingTalk, Feishu, SMS, e-mail, a webhook, a program."), tr("Add…"));
    m_rules->emptyState()->setTexts(tr("No rules"), tr("Every channel is told each alert that is at least a warning."));
    m_deliveries->emptyState()->setTexts(tr("Nothing was sent yet"), tr("Each message stands here with what the gateway answered."));
    showButtons();
}

void ChannelsPage::changeEvent(QEvent *event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void ChannelsPage::setLoading(bool loading)
{
    m_channels->setLoading(loading);
    m_rules->setLoading(loading);
    m_deliveries->setLoading(loading);
}

void ChannelsPage::focusFilter()
{
    m_channels->focusFilter();
}

bool ChannelsPage::escape()
{
    return m_channels->clearFilter() || m_rules->clearFilter() || m_deliveries->clearFilter();
}

QString ChannelsPage::help() const
{
    return tr("<p>A headless instance tells channels what begins and ends. Alerts that come together are one message; while a channel fails they are kept and "
              "sent later.</p><p>Rules say which alerts a channel gets, by level, module and group, and when it is to be quiet. A channel that no rule names "
              "gets every warning and worse.</p><p>Secrets are sealed for the headless instances and never shown again. <b>Test</b> sends a message and shows "
              "what the gateway answered.</p>");
}

void ChannelsPage::setAdminOnly(const QString &why)
{
    m_adminOnly = why;
    showButtons();
}

void ChannelsPage::setTesting(const Uuid &channel)
{
    m_testing = channel;
    showButtons();
}

void ChannelsPage::showButtons()
{
    const QString why = forbidden().isEmpty() ? m_adminOnly : forbidden();
    const QString noChannel = m_channels->currentId() ? QString() : tr("Select a channel.");
    const QString noRule = m_rules->currentId() ? QString() : tr("Select a rule.");
    permit(m_add, why);
    permit(m_addRule, why);
    permit(m_change, why.isEmpty() ? noChannel : why);
    permit(m_remove, why.isEmpty() ? noChannel : why);
    permit(m_changeRule, why.isEmpty() ? noRule : why);
    permit(m_removeRule, why.isEmpty() ? noRule : why);
    permit(m_test, !forbidden().isEmpty() ? forbidden() : !m_testing.isNull() ? tr("A test is under way.") : noChannel);
}

} // namespace zandb
