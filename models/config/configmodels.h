// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/common/tablemodel.h"
#include "models/config/configrevision.h"

/// The lists of the pages about configuration.  GUI thread.
namespace zandb {

/// One variable of one instance.
struct ConfigRow
{
    Uuid id; ///< configRowId(), made once: lists ask for it often
    Uuid instance;
    QString path; ///< "db1/my3306"
    wire::ConfigVariable variable;
};
Uuid configRowId(const Uuid &instance, const std::string &variable);
/// Whether a start gives what is in memory: Ok; Late: another value; Skipped: nothing sets it.
Look configLook(const wire::ConfigVariable &variable);
QString configLookText(Look look);
/// Where the value that a start takes stands: "my.cnf:12"; whole paths when `whole`.
QString configPlace(const wire::ConfigVariable &variable, bool whole);
QString configFilePlace(const wire::ConfigOutcome &outcome, bool whole);
/// "60 → 100"; the old value alone where nothing changes.  "-" stands for no option, "default" for the server's own value.
QString memoryChangeText(const wire::ConfigOutcome &outcome);
QString diskChangeText(const wire::ConfigOutcome &outcome);
/// One of ConfigOutcome::warnings: the server's own words, or what others would feel.
QString configWarning(const std::string &warning);
/// What one should know of this change, a sentence each: `sessions` of clients are there.
QStringList configNotes(const wire::ConfigOutcome &outcome, std::int64_t sessions);
/// What a private start leaves unproven, as words.
QString unprovenText(const std::vector<std::string> &unproven);

class ConfigTableModel final : public TableModel<ConfigRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { State, Instance, Variable, Memory, Disk, Where, Dynamic, Default, ColumnCount };
    explicit ConfigTableModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const ConfigRow &row) const override { return row.id; }
    bool same(const ConfigRow &a, const ConfigRow &b) const override;

protected:
    QVariant cell(const ConfigRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// One change that was made.
struct ConfigRevisionRow
{
    ConfigRevision revision;
    QString path;
};

class ConfigHistoryModel final : public TableModel<ConfigRevisionRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { At, Instance, Variable, Memory, Disk, Person, Where, ColumnCount };
    explicit ConfigHistoryModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const ConfigRevisionRow &row) const override { return row.revision.id; }
    bool same(const ConfigRevisionRow &a, const ConfigRevisionRow &b) const override;

protected:
    QVariant cell(const ConfigRevisionRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// A change of one variable of one instance, as a dialog asks for it, previews it and follows it.
struct ConfigStepRow
{
    Uuid id;
    Uuid instance;
    QString path;
    Look look = Look::Pending;
    QString state;
    std::string name;
    std::optional<wire::ConfigOutcome> outcome; ///< previewed, or carried out
    QString notes;
    QString error;
    bool operator==(const ConfigStepRow &other) const;
};

class ConfigStepModel final : public TableModel<ConfigStepRow, Uuid>
{
    Q_OBJECT
public:
    enum Column { Instance, State, Variable, Memory, Disk, Where, Notes, ColumnCount };
    explicit ConfigStepModel(QObject *parent = nullptr) : TableModel(ColumnCount, parent) {}
    Uuid key(const ConfigStepRow &row) const override { return row.id; }
    bool same(const ConfigStepRow &a, const ConfigStepRow &b) const override { return a == b; }

protected:
    QVariant cell(const ConfigStepRow &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

} // namespace zandb
