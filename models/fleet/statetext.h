// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/fleet/fleet.h"

#include <QString>

namespace zandb {

/// Never seen, too long ago for what was seen to hold now, or at a time that has not come.
inline bool isStale(const std::optional<TimePoint> &seenAt, TimePoint now)
{
    return !seenAt || now - *seenAt > 2 * sampleInterval || *seenAt - now > 2 * sampleInterval;
}

/// What is to be shown of a host's or instance's state at one moment of the store's clock.
struct Condition
{
    Look look = Look::Unknown;
    QString text;               ///< "up", "no answer, last seen 3 min ago"
    bool stale = false;         ///< older than twice the sample interval: never green
    std::optional<Microseconds> age; ///< since it was last seen; none: never
};
Condition hostCondition(const Fleet &fleet, const Host &host, TimePoint now);
Condition instanceCondition(const InstanceRecord &record, TimePoint now);
/// The worse of two looks, for a group: failed, unknown, late, ok.
Look worse(Look a, Look b);

/// What the fleet calls a server that a replica names by address and port: {"10.0.0.7", 3306} -> "db1/my3306".
using SourceNames = std::map<std::pair<std::string, int>, QString>;
SourceNames sourceNames(const Fleet &fleet);
/// "primary", "replica of db1/my3306", "single"; empty when nothing is known.  A source that is not of the fleet reads
/// "10.0.0.7:3306".
QString roleText(const InstanceRecord &record, const SourceNames &sources);
/// "MariaDB 10.11.9".
QString versionText(const InstanceRecord &record);
/// Worst lag over its sources; none: not a replica, or the server cannot tell.
std::optional<std::int64_t> lagSeconds(const InstanceRecord &record);
/// Whether one of its sources is not read or not applied.
bool replicationStopped(const InstanceRecord &record);
/// Which threads have stopped and the server's last error: "SQL thread stopped: error 1062, Duplicate entry ..."; with the
/// source in front where there are several.  Empty: nothing has stopped, or it is no replica.
QString replicationTrouble(const InstanceRecord &record);

} // namespace zandb
