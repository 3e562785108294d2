// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/statetext.h"

#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace zandb {
namespace {

struct FleetStateText
{
    Q_DECLARE_TR_FUNCTIONS(FleetStateText)
};

/// A replica this far behind is worth a look.
constexpr std::int64_t lagWorthALook = 60;

Condition withAge(Look look, const QString &text, const std::optional<TimePoint> &seenAt, TimePoint now)
{
    Condition condition{look, text, false, std::nullopt};
    if (!seenAt) {
        condition.look = look == Look::Ok ? Look::Unknown : look;
        return condition;
    }
    if (*seenAt - now > 2 * sampleInterval) {
        // written by a clock that was ahead: how old it is nobody knows
        condition.stale = true;
        condition.look = look == Look::Ok || look == Look::Late ? Look::Unknown : look;
        condition.text = FleetStateText::tr("%1, age unknown").arg(text);
        return condition;
    }
    condition.age = std::max(now - *seenAt, Microseconds{0});
    if (*condition.age > 2 * sampleInterval) {
        condition.stale = true;
        // what was fine then may not be now
        if (look == Look::Ok || look == Look::Late)
            condition.look = Look::Unknown;
        condition.text = FleetStateText::tr("%1, seen %2").arg(text, ageText(*condition.age));
    }
    return condition;
}

} // namespace

Condition hostCondition(const Fleet &fleet, const Host &host, TimePoint now)
{
    const auto found = fleet.hostStates.find(host.id);
    if (found == fleet.hostStates.end())
        return {Look::Unknown, FleetStateText::tr("never asked"), false, std::nullopt};
    const HostState &state = found->second;
    if (state.state == "ok")
        return withAge(Look::Ok, FleetStateText::tr("ok"), state.seenAt, now);
    if (state.state == "unreachable")
        return withAge(Look::Failed, FleetStateText::tr("unreachable"), state.seenAt, now);
    if (state.state == "refused")
        return withAge(Look::Failed, FleetStateText::tr("login refused"), state.seenAt, now);
    if (state.state == "no_agent")
        return withAge(Look::Failed, FleetStateText::tr("no agent"), state.seenAt, now);
    return withAge(Look::Unknown, state.checkedAt ? FleetStateText::tr("unknown") : FleetStateText::tr("never asked"), state.seenAt, now);
}

Condition instanceCondition(const InstanceRecord &record, TimePoint now)
{
    if (record.state == "up") {
        Look look = Look::Ok;
        QString text = FleetStateText::tr("up");
        if (record.detail) {
            if (replicationStopped(record)) {
                look = Look::Failed;
                text = FleetStateText::tr("replication stopped");
            }
            if (look == Look::Ok && lagSeconds(record).value_or(0) > lagWorthALook) {
                look = Look::Late;
                text = FleetStateText::tr("lagging");
            }
        }
        return withAge(look, text, record.seenAt, now);
    }
    if (record.state == "down")
        return withAge(Look::Failed, FleetStateText::tr("down"), record.seenAt, now);
    if (record.state == "refused")
        return withAge(Look::Failed, FleetStateText::tr("no access"), record.seenAt, now);
    if (record.state == "gone")
        return {Look::Missed, FleetStateText::tr("gone"), true,
                record.seenAt && *record.seenAt <= now ? std::optional<Microseconds>(now - *record.seenAt) : std::nullopt};
    return withAge(Look::Unknown, FleetStateText::tr("unknown"), record.seenAt, now);
}

Look worse(Look a, Look b)
{
    const auto rank = [](Look look) {
        switch (look) {
        case Look::Failed:
            return 4;
        case Look::Unknown:
            return 3;
        case Look::Late:
            return 2;
        case Look::Ok:
            return 1;
        default:
            return 0;
        }
    };
    return rank(a) >= rank(b) ? a : b;
}

SourceNames sourceNames(const Fleet &fleet)
{
    std::map<Uuid, const Host *> hosts;
    for (const Host &host : fleet.hosts)
        hosts.emplace(host.id, &host);
    SourceNames names;
    for (const InstanceRecord &record : fleet.instances) {
        const auto host = hosts.find(record.instance.hostId);
        if (host == hosts.end())
            continue;
        const QString path = qs(host->second->name + '/' + record.instance.name);
        for (const std::string &address : {host->second->address, host->second->name})
            names.try_emplace({address, record.instance.port}, path);
    }
    return names;
}

QString roleText(const InstanceRecord &record, const SourceNames &names)
{
    if (!record.detail || record.detail->role.empty())
        return {};
    const wire::InstanceState &detail = *record.detail;
    if (detail.role == "replica") {
        QStringList sources;
        for (const wire::ReplicationState &source : detail.replication) {
            const auto known = names.find({source.sourceHost, source.sourcePort});
            sources << (known != names.end() ? known->second : QStringLiteral("%1:%2").arg(qs(source.sourceHost)).arg(source.sourcePort));
        }
        return sources.isEmpty() ? FleetStateText::tr("replica") : FleetStateText::tr("replica of %1").arg(sources.join(QLatin1String(", ")));
    }
    if (detail.role == "primary") {
        return detail.replicaCount > 0 ? FleetStateText::tr("primary, %n replica(s)", nullptr, detail.replicaCount)
                                       : FleetStateText::tr("primary");
    }
    return detail.role == "single" ? FleetStateText::tr("single") : qs(detail.role);
}

QString versionText(const InstanceRecord &record)
{
    if (!record.detail || record.detail->version.empty())
        return {};
    QString version = qs(record.detail->version);
    version.truncate(version.indexOf(QLatin1Char('-')) < 0 ? version.size() : version.indexOf(QLatin1Char('-')));
    if (record.detail->flavour == "mariadb")
        return QStringLiteral("MariaDB ") + version;
    return record.detail->flavour == "mysql" ? QStringLiteral("MySQL ") + version : version;
}

std::optional<std::int64_t> lagSeconds(const InstanceRecord &record)
{
    std::optional<std::int64_t> worst;
    if (!record.detail)
        return worst;
    for (const wire::ReplicationState &source : record.detail->replication) {
        if (source.lagSeconds)
            worst = std::max(worst.value_or(0), *source.lagSeconds);
    }
    return worst;
}

bool replicationStopped(const InstanceRecord &record)
{
    return record.detail
        && std::ranges::any_of(record.detail->replication, [](const wire::ReplicationState &source) { return !source.ioRunning || !source.sqlRunning; });
}

QString replicationTrouble(const InstanceRecord &record)
{
    QStringList told;
    if (!record.detail)
        return {};
    for (const wire::ReplicationState &source : record.detail->replication) {
        if (source.ioRunning && source.sqlRunning)
            continue;
        QString one = source.ioRunning ? FleetStateText::tr("SQL thread stopped")
            : source.sqlRunning        ? FleetStateText::tr("IO thread not connected")
                                       : FleetStateText::tr("IO and SQL threads stopped");
        if (record.detail->replication.size() > 1)
            one.prepend(QStringLiteral("%1:%2: ").arg(qs(source.sourceHost)).arg(source.sourcePort));
        if (source.errorNumber != 0)
            one = FleetStateText::tr("%1: error %2, %3").arg(one, QString::number(source.errorNumber), qs(source.errorText).simplified());
        else
            one = FleetStateText::tr("%1, the server reports no error").arg(one);
        told << one;
    }
    return told.join(QStringLiteral("; "));
}

} // namespace zandb
