// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/alerttext.h"

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
    return qs(alert.kind) + QStringLiteral(": ") + alertSubject(alert, fleet);
}

QString alertDetail(const Alert &alert)
{
    QString text;
    if (alert.kind == clockBackAlert || alert.kind == clockForwardAlert)
        text = AlertText::tr("Schedules are held until the clock is believed again. Check the time of the metadata store's server.");
    else if (alert.kind == taskUnreadableAlert)
        text = AlertText::tr("Its definition is wrong at \"%1\": %2. Define it again as a whole with \"zandbctl task edit\".").arg(fieldOf(alert, "field"), fieldOf(alert, "detail"));
    if (!alert.ackedBy.empty())
        text += (text.isEmpty() ? QString() : QStringLiteral(" "))
            + AlertText::tr("Acknowledged by %1, %2.").arg(qs(alert.ackedBy), alert.ackedAt ? localTimeText(*alert.ackedAt).left(16) : QString());
    return text;
}

} // namespace zandb
