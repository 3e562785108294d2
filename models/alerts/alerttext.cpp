// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/alerttext.h"

#include "models/alerts/channel.h"
#include "models/alerts/watch.h"
#include "models/alerts/binlogalert.h"
#include "models/alerts/slowalert.h"
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

QString numberOf(const Alert &alert, const char *name)
{
    const auto it = alert.detail.is_object() ? alert.detail.find(name) : alert.detail.end();
    const auto number = it != alert.detail.end() ? integerIn(*it, -(1LL << 53), 1LL << 53) : std::nullopt;
    return number ? QString::number(*number) : QStringLiteral("?");
}

QString timeOf(const Alert &alert, const char *name)
{
    const auto at = fromIso(fieldOf(alert, name).toStdString());
    return at ? localTimeText(*at).left(16) : AlertText::tr("never");
}

/// The titles of what watches the fleet; empty for other kinds.
QString watchedTitle(const Alert &alert, const QString &subject)
{
    if (alert.kind == hostAwayAlert)
        return AlertText::tr("Host %1 does not answer").arg(subject);
    if (alert.kind == instanceDownAlert)
        return AlertText::tr("%1 is down").arg(subject);
    if (alert.kind == replicationBrokenAlert)
        return AlertText::tr("Replication of %1 is broken").arg(subject);
    if (alert.kind == replicationBehindAlert)
        return AlertText::tr("%1 is behind its source").arg(subject);
    if (alert.kind == diskFullAlert)
        return AlertText::tr("Disk %1 is filling up").arg(subject);
    if (alert.kind == backupOldAlert)
        return AlertText::tr("%1 has no recent good backup").arg(subject);
    if (alert.kind == backupUnprovedAlert)
        return AlertText::tr("The backups of %1 were not proved lately").arg(subject);
    if (alert.kind == memberAwayAlert)
        return AlertText::tr("The headless instance on %1 has stopped").arg(subject);
    if (alert.kind == memberFewAlert)
        return AlertText::tr("Fewer headless instances run than should");
    const QString kind = qs(alert.kind.substr(0, alert.kind.rfind('.')));
    if (alert.kind.ends_with(".failed"))
        return AlertText::tr("%1 of %2 has failed").arg(kind, subject);
    if (alert.kind.ends_with(".late"))
        return AlertText::tr("%1 of %2 is late").arg(kind, subject);
    if (alert.kind.ends_with(".missed"))
        return AlertText::tr("%1 of %2 was missed").arg(kind, subject);
    return {};
}

QString watchedDetail(const Alert &alert)
{
    if (alert.kind == hostAwayAlert)
        return AlertText::tr("Last heard of: %1. Look whether its sshd and agent run.").arg(timeOf(alert, "since"));
    if (alert.kind == replicationBrokenAlert)
        return AlertText::tr("Source %1, error %2: %3").arg(fieldOf(alert, "source"), numberOf(alert, "errno"), fieldOf(alert, "text"));
    if (alert.kind == replicationBehindAlert)
        return AlertText::tr("%1 s behind").arg(numberOf(alert, "lag_s"));
    if (alert.kind == diskFullAlert) {
        const QString days = numberOf(alert, "days");
        const QString when = days != QStringLiteral("?") ? AlertText::tr("Full in about %1 days.").arg(days) : QString();
        return AlertText::tr("%1 of %2 bytes are free.").arg(numberOf(alert, "free"), numberOf(alert, "total")) + (when.isEmpty() ? when : QLatin1Char(' ') + when);
    }
    if (alert.kind == backupOldAlert || alert.kind == backupUnprovedAlert)
        return AlertText::tr("The last one: %1. Allowed are %2 days.").arg(timeOf(alert, "newest"), numberOf(alert, "days"));
    if (alert.kind == memberAwayAlert)
        return AlertText::tr("Since %1. Look at its journal, and start it again.").arg(timeOf(alert, "since"));
    if (alert.kind == memberFewAlert)
        return AlertText::tr("%1 run, %2 should.").arg(numberOf(alert, "alive"), numberOf(alert, "wanted"));
    if (alert.detail.is_object() && alert.detail.contains("error") && alert.detail["error"].is_object())
        return errorSummary(errorFromJson(alert.detail["error"]));
    return {};
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

std::int64_t integerOf(const Alert &alert, const char *name, std::int64_t otherwise)
{
    const auto it = alert.detail.is_object() ? alert.detail.find(name) : alert.detail.end();
    constexpr std::int64_t most = 1'000'000'000;
    return it == alert.detail.end() ? otherwise : integerIn(*it, 0, most).value_or(otherwise);
}

QString binlogTitle(const Alert &alert, const QString &subject)
{
    if (alert.kind == binlogHoleAlert)
        return AlertText::tr("The archived binlogs of %1 have a hole").arg(subject);
    if (alert.kind == binlogLostAlert)
        return AlertText::tr("Backups or archived binlogs of %1 are lost").arg(subject);
    if (alert.kind == binlogExpiryAlert)
        return AlertText::tr("%1 will soon remove binlogs that are still needed").arg(subject);
    if (alert.kind == binlogArchiveAlert)
        return AlertText::tr("The binlogs of %1 are not archived").arg(subject);
    return {};
}

QString binlogDetail(const Alert &alert)
{
    if (alert.kind == binlogHoleAlert) {
        const QString missing = fieldOf(alert, "missing");
        return AlertText::tr("Nothing later than %1 can be restored, until a backup is taken: after %2 the next file does not follow.").arg(timeOf(alert, "from"), fieldOf(alert, "after"))
            + (missing.isEmpty() ? QString() : QLatin1Char(' ') + AlertText::tr("Missing: %1.").arg(missing));
    }
    if (alert.kind == binlogLostAlert)
        return AlertText::tr("Archived files that are lost or damaged: %1. Backups that their repository has no longer whole: %2. The first is %3; \"zandbctl binlog window\" names them all and says what can "
                             "still be restored.").arg(numberOf(alert, "files"), numberOf(alert, "backups"), fieldOf(alert, "first"));
    if (alert.kind == binlogExpiryAlert) {
        const auto hours = numberOf(alert, "expire_h");
        return fieldOf(alert, "archived") == QLatin1String("yes")
            ? AlertText::tr("The archive is behind since %1, and the server removes its files after %2 h.").arg(timeOf(alert, "since"), hours)
            : AlertText::tr("The newest good backup is of %1, and the server removes its files after %2 h. Take a backup, archive the binlogs, or keep them longer.").arg(timeOf(alert, "since"), hours);
    }
    if (alert.kind == binlogArchiveAlert && alert.detail.is_object() && alert.detail.contains("error") && alert.detail["error"].is_object())
        return errorSummary(errorFromJson(alert.detail["error"]));
    return AlertText::tr("Since %1.").arg(timeOf(alert, "since"));
}

QString keyOverflowText(const Alert &alert)
{
    const QString percent = QString::number(static_cast<double>(integerOf(alert, "ppm", 0)) / 10'000, 'f', 1);
    const std::int64_t days = integerOf(alert, "days_left", -1);
    QString text = days == 0  ? AlertText::tr("%1 has no value left: inserts fail.").arg(fieldOf(alert, "key"))
        : days > 0 ? AlertText::tr("%1 has used %2 % of its values; at its growth they last %n more day(s).", nullptr, static_cast<int>(days))
                         .arg(fieldOf(alert, "key"), percent)
                   : AlertText::tr("%1 has used %2 % of its values.").arg(fieldOf(alert, "key"), percent);
    if (const int others = static_cast<int>(integerOf(alert, "count", 1)) - 1; others > 0)
        text += QLatin1Char(' ') + AlertText::tr("%n more key(s) of this instance are above the threshold.", nullptr, others);
    return text + QLatin1Char(' ') + AlertText::tr("\"zandbctl check keys\" lists them. A larger type needs ALTER TABLE, which writes the table anew.");
}

QString regressionText(const Alert &alert)
{
    const auto number = [&](const char *name) {
        return static_cast<double>(alert.detail.is_object() ? integerIn(alert.detail.value(name, Json()), 0, std::int64_t{1} << 52).value_or(0) : 0);
    };
    const QString figures = fieldOf(alert, "what") == QLatin1String("more")
        ? AlertText::tr("%1 calls in five minutes, usually %2.").arg(countText(static_cast<std::int64_t>(number("calls"))), countText(static_cast<std::int64_t>(number("callsBefore"))))
        : AlertText::tr("p95 %1, usually %2.").arg(shortDurationText(number("p95Us")), shortDurationText(number("p95BeforeUs")));
    return figures + QLatin1Char(' ') + fieldOf(alert, "fingerprint");
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
    if (alert.kind == slowRegressionAlert)
        return (fieldOf(alert, "what") == QLatin1String("more") ? AlertText::tr("%1: a statement is sent much more often than usual") : AlertText::tr("%1: a statement is slower than usual"))
            .arg(alertSubject(alert, fleet));
    if (alert.kind == channelFailingAlert)
        return AlertText::tr("Messages to %1 cannot be delivered").arg(fieldOf(alert, "name"));
    if (const QString title = watchedTitle(alert, alertSubject(alert, fleet)); !title.isEmpty())
        return title;
    if (alert.kind == keyOverflowAlert)
        return AlertText::tr("Keys of %1 come near their end").arg(alertSubject(alert, fleet));
    if (alert.kind.starts_with("binlog."))
        return binlogTitle(alert, alertSubject(alert, fleet));
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
    else if (alert.kind == slowRegressionAlert)
        text = regressionText(alert);
    else if (alert.kind == channelFailingAlert && alert.detail.is_object() && alert.detail.contains("error"))
        text = errorSummary(errorFromJson(alert.detail["error"])) + QLatin1Char(' ')
            + AlertText::tr("They are kept and sent later. See \"zandbctl channel log\".");
    else if (alert.kind == keyOverflowAlert)
        text = keyOverflowText(alert);
    else if (alert.kind.starts_with("binlog."))
        text = binlogDetail(alert);
    else
        text = watchedDetail(alert);
    if (!alert.ackedBy.empty())
        text += (text.isEmpty() ? QString() : QStringLiteral(" "))
            + AlertText::tr("Acknowledged by %1, %2.").arg(qs(alert.ackedBy), alert.ackedAt ? localTimeText(*alert.ackedAt).left(16) : QString());
    return text;
}

} // namespace zandb
