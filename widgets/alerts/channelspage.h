// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/alertmodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QLabel;
class QPushButton;

namespace zandb {

class TablePane;

/// Where messages about alerts go, by which rules, and what became of each message.
class ChannelsPage final : public Page
{
    Q_OBJECT
public:
    ChannelsPage(const Ui &ui, ChannelTableModel *channels, RuleTableModel *rules, DeliveryTableModel *deliveries, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void focusFilter() override;
    bool escape() override;
    QString help() const override;
    /// Why channels and rules cannot be changed, beside what forbids everything; empty: they can.
    void setAdminOnly(const QString &why);
    /// A test of this channel is under way; null: of none.
    void setTesting(const Uuid &channel);

Q_SIGNALS:
    void channelRequested(const zandb::Uuid &channel); ///< null: a new one
    void channelRemoveRequested(const zandb::Uuid &channel);
    void testRequested(const zandb::Uuid &channel);
    void ruleRequested(const zandb::Uuid &rule); ///< null: a new one
    void ruleRemoveRequested(const zandb::Uuid &rule);

protected:
    void changeEvent(QEvent *event) override;
    void showForbidden() override { showButtons(); }

private:
    void retranslate();
    void showButtons();

    TablePane *m_channels;
    TablePane *m_rules;
    TablePane *m_deliveries;
    QLabel *m_channelsTitle;
    QLabel *m_rulesTitle;
    QLabel *m_deliveriesTitle;
    QPushButton *m_add;
    QPushButton *m_change;
    QPushButton *m_test;
    QPushButton *m_remove;
    QPushButton *m_addRule;
    QPushButton *m_changeRule;
    QPushButton *m_removeRule;
    QString m_adminOnly;
    Uuid m_testing;
};

} // namespace zandb
