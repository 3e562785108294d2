// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/chartdata.h"
#include "models/common/look.h"
#include "models/common/tablemodel.h"
#include "models/killer/killed.h"

#include <QString>

namespace zandb {

/// A killed statement as lists show it.
struct KilledRow
{
    Killed killed;
    QString instance; ///< "db1/my3306"
};

/// How an outcome looks, and its word.
Look outcomeLook(const wire::KillRecord &record);
QString killOutcomeText(const wire::KillRecord &record);
/// Why it is only a dry run, or was not killed; empty: nothing more to say.
QString killDetailText(const wire::KillRecord &record);
/// A statement on one line of a table.
QString oneLine(const std::string &statement);

/// Statements that were killed or would have been, newest first as they come.
class KilledTableModel final : public TableModel<KilledRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Outcome, At, Instance, Policy, Ran, User, Client, Schema, Examined, Modified, Digest, Statement, ColumnCount };
    explicit KilledTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const KilledRow &row) const override { return row.killed.record.id; }
    bool same(const KilledRow &a, const KilledRow &b) const override;

protected:
    QVariant cell(const KilledRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// Their digests, killed most often first as they come.
class KilledDigestModel final : public TableModel<KilledDigest, Uuid>
{
    Q_OBJECT
public:
    enum Column { Statement, KilledCount, DryRuns, Others, Longest, Total, SlowCalls, SlowTime, Instances, Users, Last, Digest, ColumnCount };
    explicit KilledDigestModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    /// A digest's checksum has as many bytes as an id.
    static Uuid idOf(const std::string &checksum);
    Uuid key(const KilledDigest &row) const override { return idOf(row.checksum); }
    bool same(const KilledDigest &a, const KilledDigest &b) const override;

protected:
    QVariant cell(const KilledDigest &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// Which servers do not tell what others killed; empty: all tell.
QString countersText(const KillCounters &counters);
/// For a chart of bars.  What the servers themselves count is a line of its own where any of them tells.
ChartData killedChart(const std::vector<KilledStep> &steps, TimePoint from, TimePoint until);

} // namespace zandb
