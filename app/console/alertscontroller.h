// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "app/platform/settings.h"
#include "models/alerts/alertmodels.h"
#include "widgets/common/ui.h"

namespace zandb::console {

/// Keeps the Alerts page at what the store says.  GUI thread; the reading is done on the store's threads.
class AlertsController final : public ListController
{
    Q_OBJECT
public:
    AlertsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, QWidget *window, QObject *parent = nullptr);
    AlertTableModel *table() { return &m_table; }
    void setEnded(bool on);
    void acknowledge(const std::vector<Uuid> &alerts);

Q_SIGNALS:
    /// For the status line.
    void accepted(const QString &what);

private:
    void show(std::vector<Alert> alerts);

    const Settings &m_settings;
    Ui m_ui;
    QWidget *m_window;
    Reading<std::vector<Alert>> m_list;
    AlertTableModel m_table;
    bool m_ended = false;
};

/// Keeps the page of channels, rules and messages at what the store says, and writes what an administrator changes.
class ChannelsController final : public ListController
{
    Q_OBJECT
public:
    ChannelsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, StoreWatch &watch, QWidget *window, QObject *parent = nullptr);
    ChannelTableModel *channels() { return &m_channels; }
    RuleTableModel *rules() { return &m_rules; }
    DeliveryTableModel *deliveries() { return &m_deliveries; }
    /// Opens the dialog; a null id: for a new one.
    void editChannel(const Uuid &channel);
    void removeChannel(const Uuid &channel);
    void editRule(const Uuid &rule);
    void removeRule(const Uuid &rule);
    /// Sends a message by the headless instance, and tells what the gateway answered.
    void test(const Uuid &channel);

Q_SIGNALS:
    void adminOnly(const QString &why);
    void testing(const zandb::Uuid &channel);
    /// For the status line.
    void accepted(const QString &what);

private:
    struct Facts
    {
        std::vector<ChannelRow> channels;
        std::vector<AlertRule> rules;
        std::vector<Delivery> deliveries;
    };
    static Result<Facts> read(store::Session &session);
    void show(Facts facts);
    void write(const QString &what, std::function<Result<void>(store::Session &)> job);
    void lookForAnswer(int left);
    const ChannelRow *channel(const Uuid &id) const { return m_channels.row(m_channels.rowOf(id)); }
    const RuleRow *rule(const Uuid &id) const { return m_rules.row(m_rules.rowOf(id)); }

    const Settings &m_settings;
    Ui m_ui;
    QWidget *m_window;
    Reading<Facts> m_list;
    Latest<std::vector<Delivery>> m_answer;
    Latest<Uuid> m_test;
    ChannelTableModel m_channels;
    RuleTableModel m_rules;
    DeliveryTableModel m_deliveries;
    QString m_tested;   ///< the name of the channel under test
    Uuid m_message;
    QTimer m_poll;
};

} // namespace zandb::console
