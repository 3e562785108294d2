// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/snapshots/snapshotdiff.h"

#include "agent/rules/samevalue.h"

#include <algorithm>
#include <array>

namespace zandb {
namespace {

/// Where replication stands, clocks and counters: never the same twice.
constexpr std::array moving{"gtid_binlog_pos", "gtid_binlog_state", "gtid_current_pos", "gtid_slave_pos", "gtid_executed", "gtid_purged", "gtid_owned", "timestamp", "rand_seed1", "rand_seed2",
                            "last_insert_id", "identity", "insert_id", "pseudo_thread_id", "last_gtid", "error_count", "warning_count", "gtid_seq_no", "in_transaction"};
/// What each server has for itself.
constexpr std::array own{"server_id", "server_uuid", "server_uid", "hostname", "port", "socket", "pid_file", "report_host", "report_port", "datadir", "mysqlx_port", "mysqlx_socket",
                         "admin_port", "wsrep_node_name", "wsrep_node_address", "gtid_domain_id"};

template<class List>
bool isIn(const List &list, const std::string &name)
{
    return std::ranges::find(list, name) != list.end();
}

bool isOwn(const std::string &name, const std::string &text) { return isIn(own, name) || text.starts_with('/') || text.starts_with("./"); }

template<class Map, class Same>
void compareTexts(const std::string &kind, const Map &before, const Map &after, const Same &same, std::vector<SnapshotTextChange> &changes)
{
    auto a = before.begin();
    auto b = after.begin();
    while (a != before.end() || b != after.end()) {
        if (b == after.end() || (a != before.end() && a->first < b->first)) {
            changes.push_back({SnapshotChange::Removed, kind, a->first, a->second, ""});
            ++a;
        } else if (a == before.end() || b->first < a->first) {
            changes.push_back({SnapshotChange::Added, kind, b->first, "", b->second});
            ++b;
        } else {
            if (!same(a->first, a->second, b->second))
                changes.push_back({SnapshotChange::Changed, kind, a->first, a->second, b->second});
            ++a;
            ++b;
        }
    }
}

std::map<std::string, std::string> variablesOf(const Snapshot &snapshot, bool otherInstance)
{
    std::map<std::string, std::string> variables;
    for (const auto &[name, text] : snapshot.variables) {
        if (!isIn(moving, name) && !(otherInstance && isOwn(name, text)))
            variables.emplace(name, text);
    }
    return variables;
}

std::map<std::string, std::string> accountsOf(const Snapshot &snapshot)
{
    std::map<std::string, std::string> accounts;
    for (const SnapshotAccount &account : *snapshot.accounts) {
        std::string text = account.isRole ? "role" : account.plugin;
        if (account.locked.value_or(false))
            text += text.empty() ? "locked" : ", locked";
        if (account.hasPassword)
            text += std::string(text.empty() ? "" : ", ") + (*account.hasPassword ? "password" : "no password");
        accounts[account.isRole && account.host.empty() ? account.user : account.user + '@' + account.host] = text;
    }
    return accounts;
}

std::map<std::string, std::string> pluginsOf(const Snapshot &snapshot)
{
    std::map<std::string, std::string> plugins;
    for (const SnapshotPlugin &plugin : snapshot.plugins)
        plugins[plugin.name] = plugin.version + ' ' + plugin.status;
    return plugins;
}

std::map<std::string, std::string> directoriesOf(const Snapshot &snapshot)
{
    std::map<std::string, std::string> directories;
    for (const auto &[name, bytes] : snapshot.directories) {
        if (bytes)
            directories[name] = std::to_string(*bytes);
    }
    return directories;
}

void compareTables(const Snapshot &before, const Snapshot &after, std::vector<SnapshotSizeChange> &changes)
{
    const auto sum = [](const SnapshotTable &table) {
        SnapshotSum one;
        one.add(table);
        return one;
    };
    const auto key = [](const SnapshotTable &table) { return std::tie(table.schema, table.table); };
    const auto isTable = [](const SnapshotTable &table) { return !table.table.empty(); };
    auto a = before.tables.begin();
    auto b = after.tables.begin();
    while (a != before.tables.end() || b != after.tables.end()) {
        if (b == after.tables.end() || (a != before.tables.end() && key(*a) < key(*b))) {
            if (isTable(*a))
                changes.push_back({SnapshotChange::Removed, a->schema, a->table, a->engine, sum(*a), {}});
            ++a;
        } else if (a == before.tables.end() || key(*b) < key(*a)) {
            if (isTable(*b))
                changes.push_back({SnapshotChange::Added, b->schema, b->table, b->engine, {}, sum(*b)});
            ++b;
        } else {
            if (isTable(*a) && (*a != *b))
                changes.push_back({SnapshotChange::Changed, b->schema, b->table, a->engine == b->engine ? b->engine : a->engine + " -> " + b->engine, sum(*a), sum(*b)});
            ++a;
            ++b;
        }
    }
}

void compareSchemas(const Snapshot &before, const Snapshot &after, std::vector<SnapshotSizeChange> &changes)
{
    const auto first = sumsBySchema(before), second = sumsBySchema(after);
    for (const auto &[name, sum] : first) {
        const auto now = second.find(name);
        if (now == second.end())
            changes.push_back({SnapshotChange::Removed, name, "", "", sum, {}});
        else if (now->second != sum)
            changes.push_back({SnapshotChange::Changed, name, "", "", sum, now->second});
    }
    for (const auto &[name, sum] : second) {
        if (!first.contains(name))
            changes.push_back({SnapshotChange::Added, name, "", "", {}, sum});
    }
}

void sortByGrowth(std::vector<SnapshotSizeChange> &changes)
{
    std::ranges::stable_sort(changes, [](const SnapshotSizeChange &a, const SnapshotSizeChange &b) { return a.grown() > b.grown(); });
}

} // namespace

std::string_view toString(SnapshotChange change)
{
    return change == SnapshotChange::Added ? "added" : change == SnapshotChange::Removed ? "removed" : "changed";
}

SnapshotDiff diffOf(const Snapshot &before, const Snapshot &after, bool otherInstance)
{
    SnapshotDiff diff;
    diff.before = sumOf(before);
    diff.after = sumOf(after);
    compareSchemas(before, after, diff.schemas);
    compareTables(before, after, diff.tables);
    sortByGrowth(diff.schemas);
    sortByGrowth(diff.tables);
    const auto bytes = [](const std::string &, const std::string &a, const std::string &b) { return a == b; };
    if (before.version != after.version)
        diff.texts.push_back({SnapshotChange::Changed, "version", "version", before.version, after.version});
    compareTexts("variable", variablesOf(before, otherInstance), variablesOf(after, otherInstance),
                 [](const std::string &name, const std::string &a, const std::string &b) { return rules::sameValueOf(name, a, b); }, diff.texts);
    compareTexts("plugin", pluginsOf(before), pluginsOf(after), bytes, diff.texts);
    diff.accountsKnown = before.accounts && after.accounts;
    if (diff.accountsKnown)
        compareTexts("account", accountsOf(before), accountsOf(after), bytes, diff.texts);
    compareTexts("directory", directoriesOf(before), directoriesOf(after), bytes, diff.texts);
    return diff;
}

} // namespace zandb
