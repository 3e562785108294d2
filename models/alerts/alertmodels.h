// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/channel.h"
#include "models/common/look.h"
#include "models/common/tablemodel.h"
#include "models/fleet/location.h"

#include "agent/protocol/uuid.h"

#include <QString>

/// Alerts, channels, rules and deliveries as lists show them.
namespace zandb {

/// Critical is failed, a warning is late, the rest waits.
Look lookOf(Severity severity);
QString severityText(Severity severity);
/// The page that leads to the cause of an alert; an empty page: there is none.
Location placeOfAlert(const Alert &alert, const Fleet &fleet);

struct AlertRow
{
    Alert alert;
    QString title;
    QString subject;
    QString detail;
    Location cause;
};

/// Alerts, one a row, newest first as they come.
class AlertTableModel final : public TableModel<AlertRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Level, Title, Subject, Since, Times, Acknowledged, Ended, Kind, ColumnCount };
    explicit AlertTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const AlertRow &row) const override { return row.alert.id; }
    bool same(const AlertRow &a, const AlertRow &b) const override;

protected:
    QVariant cell(const AlertRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

struct ChannelRow
{
    Channel channel;
    std::int64_t waiting = 0;
    QString missing;                      ///< secrets that are not set
    std::optional<Delivery> last;
};
/// "https://...", "+49..., ...": where it sends to.
QString channelTarget(const Channel &channel);

class ChannelTableModel final : public TableModel<ChannelRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Name, Kind, To, Waiting, LastSent, ColumnCount };
    explicit ChannelTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const ChannelRow &row) const override { return row.channel.id; }
    bool same(const ChannelRow &a, const ChannelRow &b) const override;
    static Look look(const ChannelRow &row);
    static QString stateText(const ChannelRow &row);

protected:
    QVariant cell(const ChannelRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

struct RuleRow
{
    Uuid id;            ///< made of the name, for lists
    AlertRule rule;
    QString groups;     ///< names; empty: all
    QString channels;
};
Uuid ruleId(const std::string &name);

class RuleTableModel final : public TableModel<RuleRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Name, Least, Modules, Groups, Channels, Quiet, Recovery, ColumnCount };
    explicit RuleTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const RuleRow &row) const override { return row.id; }
    bool same(const RuleRow &a, const RuleRow &b) const override { return a.rule.revision == b.rule.revision && a.groups == b.groups && a.channels == b.channels; }

protected:
    QVariant cell(const RuleRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

class DeliveryTableModel final : public TableModel<Delivery, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Made, ChannelName, Messages, Title, Tries, Answer, ColumnCount };
    explicit DeliveryTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const Delivery &row) const override { return row.id; }
    bool same(const Delivery &a, const Delivery &b) const override { return a.state == b.state && a.attempts == b.attempts && a.status == b.status && a.answer == b.answer; }

protected:
    QVariant cell(const Delivery &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
