// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/config/drift.h"

#include "agent/rules/samevalue.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <tuple>

namespace zandb {
namespace {

/// What the agents tell instead of a password.
constexpr std::string_view hiddenValue = "***";

/// With fewer of a kind nobody can say who is right.
constexpr std::size_t leastPeers = 3;

/// "10.11" of "10.11.6-MariaDB".
std::string seriesOf(const std::string &version)
{
    const auto first = version.find('.');
    const auto second = first == version.npos ? first : version.find_first_not_of("0123456789", first + 1);
    return version.substr(0, second);
}

std::string replaced(std::string text, const std::string &what, const std::string &by)
{
    for (std::size_t at = 0; !what.empty() && (at = text.find(what, at)) != text.npos; at += by.size())
        text.replace(at, what.size(), by);
    return text;
}

/// Options that servers know though no variable has their name; `text` is NAME or NAME=VALUE.
bool isKnownOption(const std::string &text)
{
    static constexpr auto names = std::to_array<std::string_view>({
        "user", "console", "daemonize", "bootstrap", "plugin_load", "plugin_load_add", "early_plugin_load", "grant_tables", "symbolic_links", "memlock", "core_file", "chroot", "external_locking",
        "character_set_client_handshake", "default_time_zone", "language", "log_short_format", "temp_pool", "verbose", "gdb", "init_rpl_role", "show_slave_auth_info", "show_replica_auth_info",
        "safe_user_create", "host_cache", "show_database", "stack_trace", "transaction_isolation", "transaction_read_only", "tc_heuristic_recover", "sporadic_binlog_dump_fail",
        "abort_slave_event_count", "abort_replica_event_count", "disconnect_slave_event_count", "max_binlog_dump_events", "master_info_file", "master_retry_count", "binlog_do_db", "binlog_ignore_db",
        "old_style_user_limits", "des_key_file", "log_tc", "ssl", "upgrade", "no_dd_upgrade", "flashback", "debug_no_sync", "ndbcluster", "federated", "archive", "blackhole", "csv", "innodb", "partition",
        "innodb_status_file", "mysqlx", "wsrep_new_cluster", "server_id_bits", "unix_socket", "clone", "ed25519", "server_audit", "aria", "feedback", "spider", "rocksdb"});
    std::string name = rules::variableName(text.substr(0, text.find('=')));
    for (const std::string_view start : {"loose_", "skip_", "enable_", "disable_"}) {
        if (name.starts_with(start))
            name.erase(0, start.size());
    }
    return std::ranges::find(names, name) != names.end() || name.starts_with("performance_schema_") || name.starts_with("replicate_");
}

const wire::ConfigVariable *variableNamed(const wire::ConfigState &state, std::string_view name)
{
    const auto found = std::ranges::lower_bound(state.variables, name, {}, &wire::ConfigVariable::name);
    return found != state.variables.end() && found->name == name ? &*found : nullptr;
}

/// A server among its peers.
struct Server
{
    const DriftFacts *facts = nullptr;
    const InstanceRecord *record = nullptr;
    std::map<std::string, StandardRule> standard;
    std::string host;
};

/// Its value as it compares with those of others: without what is its own in a path.
std::string comparable(const Server &server, const std::string &name, const std::string &value)
{
    if (rules::meaningOf(name).kind != rules::ValueKind::Path)
        return value;
    std::string text = replaced(value, server.record->instance.name, "{name}");
    if (server.record->instance.port > 0)
        text = replaced(text, std::to_string(server.record->instance.port), "{port}");
    return replaced(text, server.host, "{host}");
}

class Comparison
{
public:
    explicit Comparison(const DriftInput &input) : m_input(input) {}

    std::vector<DriftFinding> run()
    {
        std::map<std::tuple<std::optional<Uuid>, std::string, std::string>, std::vector<Server>> peers;
        for (const DriftFacts &facts : m_input.facts) {
            Server server;
            server.facts = &facts;
            server.record = m_input.fleet.instance(facts.instanceId);
            const Host *host = server.record ? m_input.fleet.host(server.record->instance.hostId) : nullptr;
            if (!host)
                continue;
            server.host = host->name;
            server.standard = standardOf(m_input.fleet, m_input.standard, facts.instanceId);
            alone(server);
            peers[{host->groupId, facts.state.flavour, seriesOf(facts.state.version)}].push_back(std::move(server));
        }
        for (const auto &[key, servers] : peers)
            among(servers);
        serverIds();
        accept();
        std::ranges::stable_sort(m_findings, {}, [&](const DriftFinding &finding) { return std::tuple(m_input.fleet.pathOf(finding.instanceId), finding.code, finding.subject); });
        return std::move(m_findings);
    }

private:
    void add(const Uuid &instance, const char *code, std::string subject, std::string found, std::string wanted)
    {
        m_findings.push_back({instance, code, std::move(subject), std::move(found), std::move(wanted), nullptr});
    }

    /// Against its own files and its standard.
    void alone(const Server &server)
    {
        const wire::ConfigState &state = server.facts->state;
        const Uuid &id = server.facts->instanceId;
        for (const wire::ConfigVariable &variable : state.variables) {
            if (!variable.agree)
                add(id, "memory_disk", variable.name, variable.memory, variable.persisted ? *variable.persisted : variable.disk.value_or(""));
        }
        for (const auto &[name, rule] : server.standard) {
            if (!rule.value)
                continue;
            const wire::ConfigVariable *variable = variableNamed(state, name);
            if (!variable)
                add(id, "standard_unknown", name, "", *rule.value);
            else if (!rules::sameValueOf(name, variable->memory, *rule.value))
                add(id, "standard", name, variable->memory, *rule.value);
        }
        for (const wire::ConfigProblem &problem : state.problems)
            add(id, "file", problem.code, problem.file + (problem.line ? ':' + std::to_string(problem.line) : std::string()), problem.detail);
        for (const wire::ConfigLine &line : state.unknown) {
            if (isKnownOption(line.text))
                continue;
            add(id, "unknown_option", line.text, line.file + ':' + std::to_string(line.line), "");
        }
    }

    /// The value that more than half of them have; none: there is no such one.
    static std::optional<std::string> usual(const std::string &name, const std::vector<std::optional<std::string>> &values)
    {
        std::map<std::string, std::size_t> texts; // there are few of them
        std::size_t known = 0;
        for (const auto &value : values) {
            if (value) {
                ++known;
                ++texts[*value];
            }
        }
        if (known < leastPeers)
            return std::nullopt;
        std::vector<std::pair<std::string, std::size_t>> meanings;
        for (const auto &[text, count] : texts) {
            const auto same = std::ranges::find_if(meanings, [&, one = std::string_view(text)](const auto &each) { return rules::sameValueOf(name, each.first, one); });
            if (same == meanings.end())
                meanings.emplace_back(text, count);
            else
                same->second += count;
        }
        for (const auto &[text, count] : meanings) {
            if (count * 2 > known)
                return text;
        }
        return std::nullopt;
    }

    void compare(const std::vector<Server> &servers, const char *code, const std::string &subject, const std::vector<std::optional<std::string>> &values)
    {
        const auto wanted = usual(subject, values);
        if (!wanted)
            return;
        for (std::size_t i = 0; i < servers.size(); ++i) {
            if (values[i] && !rules::sameValueOf(subject, *values[i], *wanted))
                add(servers[i].facts->instanceId, code, subject, *values[i], *wanted);
        }
    }

    /// Against the others of its group, flavour and series.
    void among(const std::vector<Server> &servers)
    {
        if (servers.size() < leastPeers)
            return;
        std::set<std::string> names;
        for (const Server &server : servers) {
            for (const wire::ConfigVariable &variable : server.facts->state.variables)
                names.insert(variable.name);
        }
        std::vector<std::optional<std::string>> values(servers.size());
        for (const std::string &name : names) {
            if (differsByNature(name))
                continue;
            for (std::size_t i = 0; i < servers.size(); ++i) {
                const wire::ConfigVariable *variable = servers[i].standard.contains(name) ? nullptr : variableNamed(servers[i].facts->state, name);
                values[i] = variable ? std::optional(comparable(servers[i], name, variable->memory)) : std::nullopt;
            }
            compare(servers, rules::meaningOf(name).kind == rules::ValueKind::Path ? "layout" : "peers", name, values);
        }
        const auto each = [&](const char *code, const char *subject, const std::function<std::optional<std::string>(const Server &)> &what) {
            for (std::size_t i = 0; i < servers.size(); ++i)
                values[i] = what(servers[i]);
            compare(servers, code, subject, values);
        };
        const auto text = [](const std::string &value) { return value.empty() ? std::nullopt : std::optional(value); };
        each("version", "version", [&](const Server &server) { return text(server.facts->state.version); });
        each("program", "program", [&](const Server &server) { return text(server.facts->state.programSha256.empty() ? "" : server.facts->state.version + ' ' + server.facts->state.programSha256); });
        each("owner", "my.cnf", [&](const Server &server) { return server.facts->state.files.empty() ? std::nullopt : text(server.facts->state.files.front().owner); });
        each("mode", "my.cnf", [&](const Server &server) { return server.facts->state.files.empty() ? std::nullopt : text(server.facts->state.files.front().mode); });
        // another version has another binary: that is one finding
        std::set<Uuid> versions;
        for (const DriftFinding &finding : m_findings) {
            if (finding.code == "version")
                versions.insert(finding.instanceId);
        }
        std::erase_if(m_findings, [&](const DriftFinding &finding) { return finding.code == "program" && versions.contains(finding.instanceId); });
    }

    void serverIds()
    {
        std::map<std::string, std::vector<Uuid>> seen;
        for (const DriftFacts &facts : m_input.facts) {
            const wire::ConfigVariable *variable = variableNamed(facts.state, "server_id");
            if (variable && variable->memory != "0" && m_input.fleet.instance(facts.instanceId))
                seen[variable->memory].push_back(facts.instanceId);
        }
        for (const auto &[id, instances] : seen) {
            for (std::size_t i = 0; instances.size() > 1 && i < instances.size(); ++i)
                add(instances[i], "server_id", "server_id", id, m_input.fleet.pathOf(instances[i == 0 ? 1 : 0]));
        }
    }

    void accept()
    {
        for (DriftFinding &finding : m_findings) {
            for (const DriftException &exception : m_input.exceptions) {
                if (exception.instanceId == finding.instanceId && exception.code == finding.code && exception.subject == finding.subject && exception.until > m_input.now)
                    finding.accepted = &exception;
            }
        }
    }

    const DriftInput &m_input;
    std::vector<DriftFinding> m_findings;
};

} // namespace

std::vector<DriftFinding> findDrift(const DriftInput &input)
{
    return Comparison(input).run();
}

bool isRepairable(const DriftFinding &finding)
{
    return finding.code == "standard" || finding.code == "peers" || (finding.code == "memory_disk" && finding.found != hiddenValue);
}

std::map<Uuid, std::vector<wire::ConfigChange>> repairsOf(const DriftInput &input, const std::vector<DriftFinding> &findings)
{
    std::map<Uuid, std::map<std::string, wire::ConfigChange>> changes;
    for (const DriftFinding &finding : findings) {
        if (finding.accepted || !isRepairable(finding))
            continue;
        wire::ConfigChange change;
        change.name = finding.subject;
        change.value = finding.wanted;
        if (finding.code == "memory_disk") {
            const auto standard = standardOf(input.fleet, input.standard, finding.instanceId);
            const auto rule = standard.find(finding.subject);
            if (rule != standard.end() && rule->second.value)
                change.value = rule->second.value; // the disk may be what is wrong
            else
                change.where = "memory";
        }
        auto &mine = changes[finding.instanceId];
        const auto there = mine.find(change.name);
        if (there == mine.end() || there->second.where == "memory")
            mine[change.name] = std::move(change);
    }
    std::map<Uuid, std::vector<wire::ConfigChange>> all;
    for (auto &[instance, byName] : changes) {
        for (auto &[name, change] : byName)
            all[instance].push_back(std::move(change));
    }
    return all;
}

bool differsByNature(std::string_view name)
{
    static constexpr std::array<std::string_view, 34> names{
        "server_id", "innodb_buffer_pool_size", "innodb_buffer_pool_chunk_size", "innodb_buffer_pool_instances", "port", "report_host", "report_port", "hostname", "server_uuid", "server_uid", "bind_address",
        "mysqlx_port", "admin_port", "auto_increment_offset", "read_only", "super_read_only", "identity", "last_insert_id", "insert_id", "timestamp", "error_count", "warning_count", "rand_seed1",
        "rand_seed2", "pseudo_thread_id", "pseudo_slave_mode", "proxy_user", "external_user", "version", "innodb_version", "event_scheduler", "rpl_semi_sync_master_enabled", "rpl_semi_sync_source_enabled",
        "in_transaction"};
    if (std::ranges::find(names, name) != names.end())
        return true;
    if (name == "gtid_mode" || name == "gtid_strict_mode")
        return false;
    return std::ranges::any_of(std::array<std::string_view, 8>{"gtid_", "wsrep_", "version_", "have_", "last_gtid", "group_replication_", "replicate_", "debug"},
                               [&](std::string_view start) { return name.starts_with(start); });
}

std::map<std::string, StandardRule> standardOf(const Fleet &fleet, const std::vector<StandardRule> &rules, const Uuid &instance)
{
    std::vector<Uuid> places{Uuid()}; // the farthest first
    const InstanceRecord *record = fleet.instance(instance);
    const Host *host = record ? fleet.host(record->instance.hostId) : nullptr;
    std::vector<Uuid> groups;
    for (auto group = host ? host->groupId : std::nullopt; group && groups.size() < 64;) {
        groups.push_back(*group);
        const auto found = std::ranges::find(fleet.groups, *group, &Group::id);
        group = found == fleet.groups.end() ? std::nullopt : found->parentId;
    }
    places.insert(places.end(), groups.rbegin(), groups.rend());
    places.push_back(instance);
    std::map<std::string, StandardRule> holds;
    for (const Uuid &place : places) {
        for (const StandardRule &rule : rules) {
            if (rule.scope == place)
                holds[rule.name] = rule;
        }
    }
    return holds;
}

} // namespace zandb
