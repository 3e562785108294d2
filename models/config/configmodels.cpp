// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/config/configmodels.h"

#include "models/common/cell.h"
#include "models/workflow/runid.h"

#include <QCoreApplication>


namespace zandb {
namespace {

struct ConfigText
{
    Q_DECLARE_TR_FUNCTIONS(ConfigText)
};

const QString dash = QStringLiteral("–");

QString fileName(const std::string &file)
{
    return qs(file).section(QLatin1Char('/'), -1);
}

QString placeText(const std::string &file, int line, bool whole)
{
    if (file.empty())
        return {};
    const QString name = whole ? qs(file) : fileName(file);
    return line > 0 ? name + QLatin1Char(':') + QString::number(line) : name;
}

QString valueText(const std::string &value)
{
    return value.empty() ? QStringLiteral("\"\"") : qs(value);
}

QVariant valueAnswer(const QString &text, int role)
{
    return answer({text.simplified().left(200), {}, text, text.left(2000), false}, role);
}

} // namespace

Look configLook(const wire::ConfigVariable &variable)
{
    return !variable.agree ? Look::Late : variable.disk || variable.persisted ? Look::Ok : Look::Skipped;
}

QString configLookText(Look look)
{
    return look == Look::Late ? ConfigText::tr("a start changes it") : look == Look::Ok ? ConfigText::tr("set, agrees") : ConfigText::tr("not set");
}

QString configPlace(const wire::ConfigVariable &variable, bool whole)
{
    if (variable.persisted)
        return QStringLiteral("mysqld-auto.cnf");
    for (auto line = variable.lines.rbegin(); line != variable.lines.rend(); ++line) {
        if (line->takesEffect)
            return line->file.empty() ? ConfigText::tr("command line") : placeText(line->file, line->line, whole);
    }
    return {};
}

QString configFilePlace(const wire::ConfigOutcome &outcome, bool whole)
{
    return outcome.where == "memory" ? QString() : outcome.persisted ? QStringLiteral("mysqld-auto.cnf") : placeText(outcome.file, outcome.line, whole);
}

QString memoryChangeText(const wire::ConfigOutcome &outcome)
{
    const QString before = valueText(outcome.oldMemory);
    if (outcome.where == "disk" || outcome.afterRestart)
        return before;
    return before + QStringLiteral(" → ") + (outcome.newMemory == "DEFAULT" ? ConfigText::tr("default") : valueText(outcome.newMemory));
}

QString diskChangeText(const wire::ConfigOutcome &outcome)
{
    if (outcome.where == "memory")
        return dash;
    return (outcome.oldDisk ? valueText(*outcome.oldDisk) : dash) + QStringLiteral(" → ") + (outcome.newDisk ? valueText(*outcome.newDisk) : ConfigText::tr("default"));
}

QStringList configNotes(const wire::ConfigOutcome &outcome, std::int64_t sessions)
{
    QStringList notes;
    if (outcome.takenBack)
        notes << ConfigText::tr("Cut off by a crash; the agent took it back.");
    if (outcome.afterRestart)
        notes << ConfigText::tr("Takes effect with the next start.");
    if (outcome.clipped)
        notes << ConfigText::tr("The server took another value than asked.");
    if (outcome.sessionsKeepOld && sessions > 0)
        notes << ConfigText::tr("%n session(s) that are there keep the old value.", nullptr, static_cast<int>(std::min<std::int64_t>(sessions, 1'000'000'000)));
    for (const std::string &warning : outcome.warnings)
        notes << configWarning(warning);
    return notes;
}

QString configWarning(const std::string &warning)
{
    if (warning == "hazard.read_only")
        return ConfigText::tr("This is no replica: applications cannot write any more.");
    if (warning == "hazard.skip_networking")
        return ConfigText::tr("Nobody reaches the server over the network after its next start, replicas neither.");
    if (warning == "hazard.port")
        return ConfigText::tr("Applications, replicas and monitoring look for the server where it was, until they are told.");
    if (warning == "hazard.gtid_mode")
        return ConfigText::tr("Replication needs the same mode on all members: change it one step at a time, everywhere.");
    return qs(warning);
}

QString unprovenText(const std::vector<std::string> &unproven)
{
    QStringList parts;
    for (const std::string &one : unproven)
        parts << (one == "data" ? ConfigText::tr("how it goes with this server's data") : qs(one));
    return parts.join(QStringLiteral(", "));
}

Uuid configRowId(const Uuid &instance, const std::string &variable)
{
    return uuidV5(instance, variable);
}

bool ConfigTableModel::same(const ConfigRow &a, const ConfigRow &b) const
{
    const wire::ConfigVariable &one = a.variable, &other = b.variable;
    return a.path == b.path && one.memory == other.memory && one.disk == other.disk && one.persisted == other.persisted && one.agree == other.agree && one.standard == other.standard
        && one.dynamic == other.dynamic && configPlace(one, true) == configPlace(other, true);
}

QVariant ConfigTableModel::cell(const ConfigRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(key(row));
    const wire::ConfigVariable &variable = row.variable;
    switch (column) {
    case State:
        return lookAnswer(configLook(variable), [&] { return configLookText(configLook(variable)); }, role);
    case Instance:
        return answer({row.path, {}, {}, {}, false}, role);
    case Variable:
        return answer(textCell(variable.name), role);
    case Memory:
        return valueAnswer(qs(variable.memory), role);
    case Disk:
        return valueAnswer(variable.persisted ? qs(*variable.persisted) : variable.disk ? qs(*variable.disk) : QString(), role);
    case Where:
        return answer({configPlace(variable, false), {}, configPlace(variable, true), configPlace(variable, true), false}, role);
    case Dynamic:
        return answer({variable.dynamic == "yes" ? ConfigText::tr("at once") : variable.dynamic == "no" ? ConfigText::tr("after a restart") : QString(), {}, {}, {}, false}, role);
    case Default:
        return valueAnswer(variable.standard ? qs(*variable.standard) : QString(), role);
    default:
        return {};
    }
}

QVariant ConfigTableModel::header(int column, int role) const
{
    switch (column) {
    case State:
        return headerAnswer(ConfigText::tr("State"), false, role);
    case Instance:
        return headerAnswer(ConfigText::tr("Instance"), false, role);
    case Variable:
        return headerAnswer(ConfigText::tr("Variable"), false, role);
    case Memory:
        return headerAnswer(ConfigText::tr("In memory"), false, role);
    case Disk:
        return headerAnswer(ConfigText::tr("On disk"), false, role);
    case Where:
        return headerAnswer(ConfigText::tr("File and line"), false, role);
    case Dynamic:
        return headerAnswer(ConfigText::tr("Changes"), false, role);
    case Default:
        return headerAnswer(ConfigText::tr("Default"), false, role);
    default:
        return {};
    }
}

bool ConfigHistoryModel::same(const ConfigRevisionRow &a, const ConfigRevisionRow &b) const
{
    return a.path == b.path && a.revision.at == b.revision.at && a.revision.outcome.takenBack == b.revision.outcome.takenBack;
}

QVariant ConfigHistoryModel::cell(const ConfigRevisionRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.revision.id);
    const wire::ConfigOutcome &outcome = row.revision.outcome;
    switch (column) {
    case At:
        return timeAnswer(row.revision.at, role);
    case Instance:
        return answer({row.path, {}, {}, {}, false}, role);
    case Variable:
        return answer(textCell(outcome.name), role);
    case Memory:
        return valueAnswer(memoryChangeText(outcome), role);
    case Disk:
        return valueAnswer(diskChangeText(outcome), role);
    case Person:
        return answer(textCell(row.revision.person), role);
    case Where:
        return answer({outcome.takenBack ? ConfigText::tr("taken back after a crash") : configFilePlace(outcome, false), {}, configFilePlace(outcome, true), configFilePlace(outcome, true), false}, role);
    default:
        return {};
    }
}

QVariant ConfigHistoryModel::header(int column, int role) const
{
    switch (column) {
    case At:
        return headerAnswer(ConfigText::tr("Time"), false, role, inUtc);
    case Instance:
        return headerAnswer(ConfigText::tr("Instance"), false, role);
    case Variable:
        return headerAnswer(ConfigText::tr("Variable"), false, role);
    case Memory:
        return headerAnswer(ConfigText::tr("In memory"), false, role);
    case Disk:
        return headerAnswer(ConfigText::tr("On disk"), false, role);
    case Person:
        return headerAnswer(ConfigText::tr("Who"), false, role);
    case Where:
        return headerAnswer(ConfigText::tr("File and line"), false, role);
    default:
        return {};
    }
}

bool ConfigStepRow::operator==(const ConfigStepRow &other) const
{
    return id == other.id && path == other.path && look == other.look && state == other.state && name == other.name && notes == other.notes && error == other.error
        && outcome.has_value() == other.outcome.has_value() && (!outcome || Json(*outcome) == Json(*other.outcome));
}

QVariant ConfigStepModel::cell(const ConfigStepRow &row, int column, int role) const
{
    if (role == IdRole)
        return QVariant::fromValue(row.id);
    switch (column) {
    case Instance:
        return answer({row.path, {}, {}, {}, false}, role);
    case State:
        return lookAnswer(row.look, [&] { return row.state; }, role);
    case Variable:
        return answer(textCell(row.name), role);
    case Memory:
        return valueAnswer(row.outcome ? memoryChangeText(*row.outcome) : QString(), role);
    case Disk:
        return valueAnswer(row.outcome ? diskChangeText(*row.outcome) : QString(), role);
    case Where:
        return row.outcome ? answer({configFilePlace(*row.outcome, false), {}, configFilePlace(*row.outcome, true), configFilePlace(*row.outcome, true), false}, role) : answer({}, role);
    case Notes:
        return valueAnswer(row.error.isEmpty() ? row.notes : row.error, role);
    default:
        return {};
    }
}

QVariant ConfigStepModel::header(int column, int role) const
{
    switch (column) {
    case Instance:
        return headerAnswer(ConfigText::tr("Instance"), false, role);
    case State:
        return headerAnswer(ConfigText::tr("State"), false, role);
    case Variable:
        return headerAnswer(ConfigText::tr("Variable"), false, role);
    case Memory:
        return headerAnswer(ConfigText::tr("In memory"), false, role);
    case Disk:
        return headerAnswer(ConfigText::tr("On disk"), false, role);
    case Where:
        return headerAnswer(ConfigText::tr("File and line"), false, role);
    case Notes:
        return headerAnswer(ConfigText::tr("Notes"), false, role);
    default:
        return {};
    }
}

} // namespace zandb
