// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/zabbix.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace zandb {
std::string textIn(const Json &json, const char *key)
{
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

namespace {

/// What stands between the brackets of an item's key, by commas, without quotes: `vfs.fs.size["/data",total]`.
std::vector<std::string> parametersOf(std::string_view key)
{
    std::vector<std::string> parameters;
    const auto open = key.find('[');
    if (open == key.npos || !key.ends_with(']'))
        return parameters;
    std::string_view rest = key.substr(open + 1, key.size() - open - 2);
    std::string word;
    bool quoted = false;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        if (quoted && rest[i] == '\\' && i + 1 < rest.size() && rest[i + 1] == '"')
            word += rest[++i];
        else if (rest[i] == '"')
            quoted = !quoted;
        else if (rest[i] == ',' && !quoted)
            parameters.push_back(std::exchange(word, {}));
        else
            word += rest[i];
    }
    parameters.push_back(std::move(word));
    return parameters;
}

/// Zabbix gives every number as text.
std::optional<double> numberIn(const Json &json, const char *key)
{
    const std::string text = textIn(json, key);
    double number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || code != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
        return std::nullopt;
    return number;
}

struct Reading
{
    double value = 0;
    TimePoint at{};
};

/// Bytes and counts: whole, not negative, exact in a double.
std::optional<std::int64_t> whole(const std::optional<Reading> &reading)
{
    constexpr double most = 9007199254740992.0; // 2^53
    return reading && reading->value >= 0 && reading->value <= most ? std::optional(static_cast<std::int64_t>(std::llround(reading->value))) : std::nullopt;
}

bool isFar(std::int64_t a, std::int64_t b)
{
    return std::abs(static_cast<double>(a) - static_cast<double>(b)) > 0.02 * static_cast<double>(std::max(a, b));
}

} // namespace

ZabbixFacts zabbixFactsOf(const Json &items)
{
    struct FileSystem
    {
        std::optional<Reading> total, free, used, freeShare, usedShare;
    };
    std::map<std::string, FileSystem> fileSystems;
    std::optional<Reading> cores, memory, available, availableShare;
    ZabbixFacts facts;
    if (!items.is_array())
        return facts;
    for (const Json &item : items) {
        if (!item.is_object())
            continue;
        const std::string key = textIn(item, "key_");
        const auto value = numberIn(item, "lastvalue");
        const auto clock = numberIn(item, "lastclock");
        if (!value || !clock || *clock < 1 || *clock > 1e11 || textIn(item, "status") == "1") // disabled ones keep their last value for ever
            continue;
        const Reading reading{*value, TimePoint{std::chrono::seconds{static_cast<std::int64_t>(*clock)}}};
        const std::string name = key.substr(0, key.find('['));
        const auto parameters = parametersOf(key);
        const std::string mode = parameters.empty() ? std::string() : parameters.back();
        std::optional<Reading> *into = nullptr;
        if (name == "system.cpu.num") {
            into = &cores;
        } else if (name == "vm.memory.size" && parameters.size() <= 1) {
            into = mode.empty() || mode == "total" ? &memory : mode == "available" ? &available : mode == "pavailable" ? &availableShare : nullptr;
        } else if ((name == "vfs.fs.size" || name == "vfs.fs.dependent.size") && !parameters.empty() && parameters.size() <= 2 && parameters[0].starts_with('/')) {
            FileSystem &at = fileSystems[parameters[0]];
            into = parameters.size() == 1 || mode.empty() || mode == "total" ? &at.total
                : mode == "free"                                             ? &at.free
                : mode == "used"                                             ? &at.used
                : mode == "pfree"                                            ? &at.freeShare
                : mode == "pused"                                            ? &at.usedShare
                                                                             : nullptr;
        }
        if (!into)
            continue;
        *into = reading;
        facts.at = std::max(facts.at, reading.at);
    }
    facts.cores = whole(cores);
    facts.memoryBytes = whole(memory);
    facts.memoryAvailableBytes = whole(available);
    if (!facts.memoryAvailableBytes && facts.memoryBytes && availableShare)
        facts.memoryAvailableBytes = whole(Reading{static_cast<double>(*facts.memoryBytes) * availableShare->value / 100, {}});
    for (const auto &[mount, at] : fileSystems) {
        const auto total = whole(at.total);
        if (!total || *total == 0)
            continue;
        ZabbixDisk disk{mount, *total, whole(at.free), at.total->at};
        const auto &other = at.free ? at.free : at.freeShare ? at.freeShare : at.usedShare ? at.usedShare : at.used;
        const auto size = static_cast<double>(*total);
        if (!disk.freeBytes && at.freeShare)
            disk.freeBytes = whole(Reading{size * at.freeShare->value / 100, {}});
        if (!disk.freeBytes && at.usedShare)
            disk.freeBytes = whole(Reading{size * (1 - at.usedShare->value / 100), {}});
        if (!disk.freeBytes && at.used)
            disk.freeBytes = whole(Reading{size - at.used->value, {}});
        if (disk.freeBytes)
            disk.freeBytes = std::min(*disk.freeBytes, disk.totalBytes);
        if (other)
            disk.at = std::min(disk.at, other->at);
        facts.disks.push_back(std::move(disk));
    }
    return facts;
}

const ZabbixHost *zabbixMatch(const std::vector<ZabbixHost> &hosts, const std::string &name, const std::string &address)
{
    const ZabbixHost *best = nullptr;
    int bestRank = 0;
    bool isTied = false;
    for (const ZabbixHost &host : hosts) {
        const bool hasName = host.host == name || host.name == name;
        const bool hasAddress = std::ranges::find(host.addresses, address) != host.addresses.end();
        const int rank = hasName && hasAddress ? 3 : hasAddress ? 2 : hasName ? 1 : 0;
        if (rank > bestRank) {
            best = &host;
            bestRank = rank;
            isTied = false;
        } else if (rank == bestRank) {
            isTied = true;
        }
    }
    return isTied ? nullptr : best;
}

std::vector<FactDifference> factDifferences(const wire::HostFacts &agent, const ZabbixFacts &zabbix)
{
    std::vector<FactDifference> differences;
    if (zabbix.cores && agent.cores > 0 && *zabbix.cores != agent.cores)
        differences.push_back({"cores", {}, agent.cores, *zabbix.cores});
    if (zabbix.memoryBytes && agent.memoryBytes > 0 && isFar(agent.memoryBytes, *zabbix.memoryBytes))
        differences.push_back({"memory", {}, agent.memoryBytes, *zabbix.memoryBytes});
    for (const wire::Disk &disk : agent.disks) {
        const auto same = std::ranges::find(zabbix.disks, disk.mount, &ZabbixDisk::mount);
        if (same != zabbix.disks.end() && disk.totalBytes > 0 && isFar(disk.totalBytes, same->totalBytes))
            differences.push_back({"disk", disk.mount, disk.totalBytes, same->totalBytes});
    }
    return differences;
}

} // namespace zandb
