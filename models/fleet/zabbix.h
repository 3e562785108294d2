// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

/// What Zabbix knows of a host, beside what its agent says.  Pure.
namespace zandb {

/// A host of Zabbix that may be the one that is meant.
struct ZabbixHost
{
    std::string id;                       ///< Zabbix's own number
    std::string host;                     ///< its technical name
    std::string name;                     ///< the name people see there
    std::vector<std::string> addresses;   ///< of its interfaces: names and addresses
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ZabbixHost, id, host, name, addresses)
};

struct ZabbixDisk
{
    std::string mount;
    std::int64_t totalBytes = 0;
    std::optional<std::int64_t> freeBytes; ///< none: Zabbix has no item for it
    TimePoint at{};                        ///< when Zabbix read the older of the two
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ZabbixDisk, mount, totalBytes, freeBytes, at)
};

/// The newest values of a host's items.  What has no item, or no value yet, is none, never 0.
struct ZabbixFacts
{
    std::optional<std::int64_t> cores;
    std::optional<std::int64_t> memoryBytes;
    std::optional<std::int64_t> memoryAvailableBytes;
    std::vector<ZabbixDisk> disks;         ///< by mount
    TimePoint at{};                        ///< the newest value's time; the epoch: no value at all
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ZabbixFacts, cores, memoryBytes, memoryAvailableBytes, disks, at)
};

/// What the store holds about a host and Zabbix.
struct ZabbixRecord
{
    Uuid hostId;
    std::string name;                      ///< asked for by this name
    std::string address;                   ///< and this address
    std::string chosen;                    ///< the host of Zabbix that a person has chosen, by its number; empty: the only match
    TimePoint requestedAt{};               ///< somebody wants an answer since then; the epoch: nobody did
    TimePoint askedAt{};                   ///< the last answer's time; the epoch: never asked
    std::string state;                     ///< "found", "none", "several", "failed", "off" (no Zabbix is configured), "" (never asked)
    std::vector<ZabbixHost> matches;
    std::optional<ZabbixFacts> facts;      ///< the last ones that were got, also when asking failed since
    std::optional<Error> error;            ///< why it failed

    bool isWaiting() const { return requestedAt > askedAt; }
};

/// The items of Zabbix's templates for Linux: memory, cores, file systems.  `items`: what the method item.get returned, with key_, lastvalue, lastclock,
/// status.  What is no item, or has a value that is no number, is passed over.
ZabbixFacts zabbixFactsOf(const Json &items);

/// Of those that have the name or the address, the host that is meant; null: none, or several of which none fits better than the others.  One that
/// has both fits best, then one that has the address alone, then the name alone.
const ZabbixHost *zabbixMatch(const std::vector<ZabbixHost> &hosts, const std::string &name, const std::string &address);

/// Where the two disagree by more than readings at different times may.
struct FactDifference
{
    std::string what;    ///< "cores", "memory", "disk"
    std::string mount;   ///< of a disk
    std::int64_t agent = 0;
    std::int64_t zabbix = 0;
    bool operator==(const FactDifference &) const = default;
};
/// Cores that differ; sizes of memory or of the same disk that differ by more than 2 %.  What one of them does not know is no difference.
std::vector<FactDifference> factDifferences(const wire::HostFacts &agent, const ZabbixFacts &zabbix);

/// A text of what Zabbix answers; "" where it is none.
std::string textIn(const Json &json, const char *key);

} // namespace zandb
