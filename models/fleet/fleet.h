// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/fleet.h"

#include <map>
#include <vector>

namespace zandb {

struct Group
{
    Uuid id;
    std::optional<Uuid> parentId;
    std::string name;
    std::int64_t revision = 0;
};

struct Host
{
    Uuid id;
    std::optional<Uuid> groupId;
    std::string name;          ///< label, unique; may change
    std::string address;       ///< name or IP address sshd is reached at
    int sshPort = 22;
    std::string sshUser = "zandb";
    std::string hostKey;       ///< pinned public key "ssh-ed25519 AAAA..."; empty: nobody has accepted one yet
    TimePoint createdAt{};
    std::int64_t revision = 0;
};

/// What the store last heard of a host.
struct HostState
{
    Uuid hostId;
    std::string state = "unknown"; ///< "ok", "unreachable", "refused", "no_agent", "unknown" (never asked)
    std::optional<TimePoint> seenAt;  ///< its agent's last answer
    std::optional<TimePoint> checkedAt; ///< last try
    std::optional<wire::HostFacts> facts;
    std::optional<Error> error;
};

struct Instance
{
    Uuid id;
    Uuid hostId;
    std::string name;   ///< "my3306", unique on its host
    int port = 0;
    TimePoint createdAt{};
    std::int64_t revision = 0;
};

struct InstanceRecord
{
    Instance instance;
    std::string state = "unknown"; ///< "up", "down", "refused", "gone", "unknown"
    std::optional<TimePoint> seenAt;
    std::optional<wire::InstanceState> detail;
};

/// The whole fleet as one value: what the tree shows.
struct Fleet
{
    std::vector<Group> groups;
    std::vector<Host> hosts;
    std::map<Uuid, HostState> hostStates;
    std::vector<InstanceRecord> instances;
    /// What is said for groups, by group (the null id: the whole fleet) and name; groupsettings.h knows what holds.
    std::map<std::pair<Uuid, std::string>, Json> groupSettings;
    /// Labels of hosts and instances, sorted; instanceLabels() knows what holds for an instance.
    std::map<Uuid, std::vector<std::string>> labels;
    TimePoint readAt{};      ///< the store's clock when it was read: ages count from here

    const Host *host(const Uuid &id) const;
    const Host *hostByName(std::string_view name) const;
    const InstanceRecord *instance(const Uuid &id) const;
    /// "db1/my3306"; null when there is none.
    const InstanceRecord *instanceByPath(std::string_view path) const;
    /// "db1/my3306", or the id's text when it is not of this fleet.
    std::string pathOf(const Uuid &instanceId) const;
    /// Its own labels and its host's, sorted.
    std::vector<std::string> instanceLabels(const Uuid &instanceId) const;
};

/// Interval at which hosts are sampled; data older than twice this is stale and shown so.
inline constexpr std::chrono::seconds sampleInterval{10};

} // namespace zandb
