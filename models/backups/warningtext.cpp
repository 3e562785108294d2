// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/backups/warningtext.h"

#include "models/common/text.h"

#include <QCoreApplication>
#include <QStringList>

namespace zandb {
namespace {

struct Named
{
    std::string_view code;
    const char *text;
};
constexpr Named warnings[] = {
    {wire::warnings::brokenViews, QT_TRANSLATE_NOOP("BackupWarning", "The server itself could not read these views: %1")},
    {wire::warnings::missingDefiners, QT_TRANSLATE_NOOP("BackupWarning", "The server has no such account as the definer of: %1")},
    {wire::warnings::historyLost, QT_TRANSLATE_NOOP("BackupWarning", "Only the current rows, without the history of system versioning: %1")},
    {wire::warnings::sqlModesLost, QT_TRANSLATE_NOOP("BackupWarning", "Restored with the default sql_mode instead of their own: %1")},
    {wire::warnings::rightsMissing, QT_TRANSLATE_NOOP("BackupWarning", "The account lacks these rights, so not all objects may have been listed: %1")},
    {wire::warnings::notCompared, QT_TRANSLATE_NOOP("BackupWarning", "This backup does not allow to compare: %1")},
    {wire::warnings::extraObjects, QT_TRANSLATE_NOOP("BackupWarning", "In the copy, but not in the list of the backup: %1")},
    {wire::warnings::unreadableViews, QT_TRANSLATE_NOOP("BackupWarning", "These views could not be read in the copy: %1")},
    {wire::warnings::definersNotRestored, QT_TRANSLATE_NOOP("BackupWarning", "The copy lacks the account of the definer of: %1")},
};
constexpr Named kinds[] = {
    {"table", QT_TRANSLATE_NOOP("BackupObjects", "tables: %1")},
    {"view", QT_TRANSLATE_NOOP("BackupObjects", "views: %1")},
    {"sequence", QT_TRANSLATE_NOOP("BackupObjects", "sequences: %1")},
    {"function", QT_TRANSLATE_NOOP("BackupObjects", "functions: %1")},
    {"procedure", QT_TRANSLATE_NOOP("BackupObjects", "procedures: %1")},
    {"package", QT_TRANSLATE_NOOP("BackupObjects", "packages: %1")},
    {"packageBody", QT_TRANSLATE_NOOP("BackupObjects", "package bodies: %1")},
    {"trigger", QT_TRANSLATE_NOOP("BackupObjects", "triggers: %1")},
    {"event", QT_TRANSLATE_NOOP("BackupObjects", "events: %1")},
};

QString nameText(std::string_view code, const std::string &name)
{
    if (code != wire::warnings::notCompared)
        return qs(name);
    return name == "rows" ? QCoreApplication::translate("BackupWarning", "numbers of rows")
        : name == "objects" ? QCoreApplication::translate("BackupWarning", "names of objects") : qs(name);
}

} // namespace

QString warningText(const wire::BackupWarning &warning)
{
    QStringList names;
    for (const std::string &name : warning.names)
        names << nameText(warning.code, name);
    if (const auto more = warning.count - static_cast<std::int64_t>(warning.names.size()); more > 0)
        names << QCoreApplication::translate("BackupWarning", "and %1 more").arg(more);
    const QString list = names.join(QCoreApplication::translate("BackupWarning", ", "));
    for (const Named &known : warnings) {
        if (known.code == warning.code)
            return QCoreApplication::translate("BackupWarning", known.text).arg(list);
    }
    return qs(warning.code) + QStringLiteral(": ") + list;
}

QString objectCountsText(const std::map<std::string, std::int64_t> &counts)
{
    QStringList list;
    for (const Named &kind : kinds) {
        if (const auto found = counts.find(std::string(kind.code)); found != counts.end())
            list << QCoreApplication::translate("BackupObjects", kind.text).arg(found->second);
    }
    return list.join(QCoreApplication::translate("BackupWarning", ", "));
}

} // namespace zandb
