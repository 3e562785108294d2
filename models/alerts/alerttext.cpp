// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/alerttext.h"

#include "models/alerts/channel.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct AlertText
{
    Q_DECLARE_TR_FUNCTIONS(AlertText)
};

QString fieldOf(const Alert &alert, const char *name)
{
    const auto it = alert.detail.is_object() ? alert.detail.find(name) : alert.detail.end();
    return it != alert.detail.end() && it->is_string() ? qs(it->get<std::string>()) : QString();
}

QString storeBackupText(const Alert &alert)
{
    const auto newest = fromIso(fieldOf(alert, "newest").toStdString());
    QString text = newest ? AlertText::tr("Its newest one is of %1.").arg(localTimeText(*newest).left(16)) : AlertText::tr("It was never backed up.");
    const Json *detail = alert.detail.is_object() ? &alert.detail : nullptr;
    if (detail && detail->contains("error"))
        text += QLatin1Char(' ') + AlertText::tr("The last dump failed: %1").arg(errorSummary(errorFromJson((*detail)["error"])));
    else if (!detail || !detail->contains("has_directory") || (*detail)["has_directory"] != true)
        text += QLatin1Char(' ') + AlertText::tr("Name a directory for its dumps under [store_backup] in the headless instance's settings file, or put the "
                                                 "instance it lies on into a backup task.");
    return text;
}

} // namespace

QString alertSubject(const Alert &alert, const Fleet &fleet)
{
    if (const QString name = fieldOf(alert, "name"); !name.isEmpty())
        return name;
    const auto id = Uuid::parse(alert.subject);
    if (!id)
        return qs(alert.subject);
    if (const Host *host = fleet.host(*id))
        return qs(host->name);
    return qs(fleet.pathOf(*id));
}

QString alertTitle(const Alert &alert, const Fleet &fleet)
{
    if (alert.kind == clockBackAlert)
        return AlertText::tr("The store's clock went back");
    if (alert.kind == clockForwardAlert)
        return AlertText::tr("The store's clock jumped ahead");
    if (alert.kind == taskUnreadableAlert)
        return AlertText::tr("Task %1 does not run: it cannot be read").arg(fieldOf(alert, "name"));
    if (alert.kind == storeBackupAlert)
        return AlertText::tr("The metadata store has no recent backup");
    if (alert.kind == channelFailingAlert)
        return AlertText::tr("Messages to %1 cannot be delivered").arg(fieldOf(alert, "name"));
    return qs(alert.kind) + QStringLiteral(": ") + alertSubject(alert, fleet);
}

QString alertDetail(const Alert &alert)
{
    QString text;
    if (alert.kind == clockBackAlert || alert.kind == clockForwardAlert)
        text = AlertText::tr("Schedules are held until the clock is believed again. Check the time of the metadata store's server.");
    else if (alert.kind == taskUnreadableAlert)
        text = AlertText::tr("Its definition is wrong at \"%1\": %2. Define it again as a whole with \"zandbctl task edit\".").arg(fieldOf(alert, "field"), fieldOf(alert, "detail"));
    else if (alert.kind == storeBackupAlert)
        text = storeBackupText(alert);
    else if (alert.kind == channelFailingAlert && alert.detail.is_object() && alert.detail.contains("error"))
        text = errorSummary(errorFromJson(alert.detail["error"])) + QLatin1Char(' ')
            + AlertText::tr("They are kept and sent later. See \"zandbctl channel log\".");
    if (!alert.ackedBy.empty())
        text += (text.isEmpty() ? QString() : QStringLiteral(" "))
            + AlertText::tr("Acknowledged by %1, %2.").arg(qs(alert.ackedBy), alert.ackedAt ? localTimeText(*alert.ackedAt).left(16) : QString());
    return text;
}

} // namespace zandb
