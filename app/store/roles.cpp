// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/roles.h"

#include "app/store/sqltext.h"

#include <algorithm>
#include <array>

namespace zandb::store {
namespace {

struct TableRights
{
    std::string_view table;
    std::string_view console;    ///< beside SELECT
    std::string_view dispatcher; ///< beside SELECT
};

// A console writes what people decide, and the runs it sends itself; who sends to a host (member, lease) only headless
// instances decide.
constexpr std::array tables{
    TableRights{"store_info", "", ""},
    TableRights{"schema_migration", "", ""},
    TableRights{"fleet_group", "INSERT, UPDATE, DELETE", ""},
    TableRights{"host", "INSERT, UPDATE, DELETE", ""},
    TableRights{"host_state", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"host_heard", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"instance", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"instance_state", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"task", "INSERT, UPDATE, DELETE", "UPDATE"},
    TableRights{"task_revision", "INSERT", "UPDATE"},
    TableRights{"group_setting", "INSERT, UPDATE, DELETE", ""},
    TableRights{"label", "INSERT, DELETE", "DELETE"},
    TableRights{"occurrence", "", "INSERT, UPDATE, DELETE"},
    TableRights{"run", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"run_step", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"attempt", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"attempt_log", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"member", "", "INSERT, UPDATE, DELETE"},
    TableRights{"lease", "", "INSERT, UPDATE, DELETE"},
    TableRights{"resource_lock", "INSERT, UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"backup", "INSERT, UPDATE", "INSERT, UPDATE"},
    TableRights{"change_feed", "INSERT, UPDATE", "INSERT, UPDATE"},
    TableRights{"outbox", "INSERT", "INSERT, UPDATE, DELETE"},
    // not the account, which the server fills in; what is no longer kept is removed by a headless instance
    TableRights{"audit", "INSERT (id, at_us, person, act, subject, detail)", "INSERT (id, at_us, person, act, subject, detail), DELETE"},
    TableRights{"alert", "UPDATE", "INSERT, UPDATE, DELETE"},
    TableRights{"collected", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"series", "DELETE", "INSERT, UPDATE, DELETE"},
    // a person says that a digest is known; the rest goes with a host that is removed
    TableRights{"slow_digest", "UPDATE (accepted_by, accepted_us, accepted_note)", "INSERT, UPDATE, DELETE"},
    TableRights{"slow_span", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"slow_pending", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"slow_sample", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"slow_source", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"slow_usual", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"slow_finding", "UPDATE (ended_us, accepted_by), DELETE", "INSERT, UPDATE, DELETE"},
    // a console that sends orders itself stores what they leave
    TableRights{"snapshot", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"snapshot_part", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"snapshot_size", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"snapshot_pending", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"binlog_file", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"binlog_status", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"store_backup", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"kill_policy", "INSERT, UPDATE, DELETE", ""},
    TableRights{"kill_policy_revision", "INSERT", ""},
    TableRights{"kill_set", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    // channels, their secrets and rules are an administrator's; anybody who operates may try one
    TableRights{"channel", "", ""},
    TableRights{"channel_key", "", ""},
    TableRights{"alert_rule", "", ""},
    TableRights{"alert_message", "INSERT", "INSERT, UPDATE, DELETE"},
    TableRights{"channel_message", "", "INSERT, UPDATE, DELETE"},
    TableRights{"delivery", "", "INSERT, UPDATE, DELETE"},
    TableRights{"delivery_try", "", "INSERT, UPDATE, DELETE"},
    TableRights{"zabbix_host", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"disk_reading", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"task_skip", "INSERT, DELETE", "DELETE"},
    TableRights{"task_follow", "INSERT, UPDATE, DELETE", ""},
    TableRights{"killed", "DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"config_standard", "INSERT, UPDATE, DELETE", ""},
    TableRights{"drift_facts", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"drift_exception", "INSERT, DELETE", "DELETE"},
    TableRights{"config_change", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"key_usage", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"check_finding", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"check_pass", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"consistency_check", "INSERT, UPDATE, DELETE", "INSERT, UPDATE, DELETE"},
    TableRights{"consistency_table", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"consistency_row", "INSERT, DELETE", "INSERT, DELETE"},
    TableRights{"sql_plan", "INSERT, UPDATE", "UPDATE, DELETE"},
    TableRights{"sql_plan_target", "INSERT, UPDATE", "UPDATE, DELETE"},
    TableRights{"sql_script", "INSERT, UPDATE, DELETE", ""},
    TableRights{"shard_rule", "INSERT, UPDATE, DELETE", ""},
    TableRights{"shard", "INSERT, UPDATE, DELETE", ""},
};

/// What one role may do with a table of the list; null: the table is not on it.
const TableRights *rightsOn(std::string_view table)
{
    const auto found = std::ranges::find(tables, table, &TableRights::table);
    return found == tables.end() ? nullptr : found;
}

std::string_view writingRights(const TableRights &rights, std::string_view role)
{
    return role == "zandb_operator" ? rights.console : role == "zandb_dispatcher" ? rights.dispatcher : std::string_view();
}

/// Reads from the front of a text: names in backticks, and what stands outside of them and of parentheses.
class Cursor
{
public:
    explicit Cursor(std::string_view text) : m_rest(text) {}
    std::string_view rest() const { return m_rest; }
    bool skip(std::string_view word)
    {
        if (!m_rest.starts_with(word))
            return false;
        m_rest.remove_prefix(word.size());
        return true;
    }
    /// Up to the first of the words that stands outside; all of the rest when none does.
    std::string_view until(std::initializer_list<std::string_view> words)
    {
        int depth = 0;
        bool quoted = false;
        std::size_t at = 0;
        for (; at < m_rest.size(); ++at) {
            const auto here = m_rest.substr(at);
            if (!quoted && depth == 0 && std::ranges::any_of(words, [&](std::string_view word) { return here.starts_with(word); }))
                break;
            const char c = m_rest[at];
            quoted = quoted != (c == '`');
            depth += quoted ? 0 : c == '(' ? 1 : c == ')' ? -1 : 0;
        }
        const auto before = m_rest.substr(0, at);
        m_rest.remove_prefix(at);
        return before;
    }
    /// "`name`", "name" or "*", which is empty; none: something else.
    std::optional<std::string> name()
    {
        std::string name;
        if (skip("*"))
            return name;
        if (!skip("`")) {
            const auto end = std::min(m_rest.find_first_of(" .@`'"), m_rest.size());
            name = m_rest.substr(0, end);
            m_rest.remove_prefix(end);
            return name.empty() ? std::nullopt : std::optional(name);
        }
        while (!m_rest.empty()) {
            if (skip("``"))
                name += '`';
            else if (skip("`"))
                return name;
            else {
                name += m_rest.front();
                m_rest.remove_prefix(1);
            }
        }
        return std::nullopt;
    }

private:
    std::string_view m_rest;
};

std::string_view trimmed(std::string_view text)
{
    while (text.starts_with(' '))
        text.remove_prefix(1);
    while (text.ends_with(' '))
        text.remove_suffix(1);
    return text;
}

/// "SELECT, INSERT (`a`, b)".
Rights rightsIn(std::string_view text)
{
    Rights rights;
    Cursor cursor(text);
    do {
        Cursor one(trimmed(cursor.until({","})));
        const std::string right(trimmed(one.until({"("})));
        if (!one.skip("(")) {
            rights.emplace(right, "");
            continue;
        }
        Cursor inner(one.rest().substr(0, one.rest().rfind(')')));
        do {
            Cursor column(trimmed(inner.until({","})));
            rights.emplace(right, column.name().value_or(""));
        } while (inner.skip(","));
    } while (cursor.skip(","));
    return rights;
}

/// As the server compares the name of a database in a GRANT.
bool isLike(std::string_view text, std::string_view pattern)
{
    if (pattern.empty())
        return text.empty();
    if (pattern[0] == '%')
        return isLike(text, pattern.substr(1)) || (!text.empty() && isLike(text.substr(1), pattern));
    if (pattern[0] == '\\' && pattern.size() > 1)
        pattern.remove_prefix(1);
    else if (pattern[0] == '_')
        return !text.empty() && isLike(text.substr(1), pattern.substr(1));
    return !text.empty() && text[0] == pattern[0] && isLike(text.substr(1), pattern.substr(1));
}

/// What a grant gives beyond `wanted`, as REVOKE names it.
std::string beyond(const Grant &grant, const Rights &wanted)
{
    std::string surplus;
    for (const auto &[right, column] : grant.rights) {
        if (right != "USAGE" && right != "GRANT OPTION" && !wanted.contains({right, ""}) && !wanted.contains({right, column}))
            surplus += (surplus.empty() ? "" : ", ") + right + (column.empty() ? "" : " (" + identifier(column) + ')');
    }
    return surplus;
}

} // namespace

std::vector<std::string> roleNames()
{
    return {"zandb_viewer", "zandb_operator", "zandb_dispatcher", "zandb_admin"};
}

std::optional<Grant> parseGrant(std::string_view line)
{
    Cursor cursor(line);
    if (!cursor.skip("GRANT "))
        return std::nullopt;
    Grant grant;
    const std::string_view what = cursor.until({" ON ", " TO "});
    if (cursor.skip(" ON ")) {
        grant.rights = rightsIn(what);
        grant.object = cursor.until({" TO "});
        Cursor object(grant.object);
        for (const std::string_view kind : {"TABLE ", "PROCEDURE ", "FUNCTION ", "PACKAGE BODY ", "PACKAGE "}) {
            if (object.skip(kind))
                break;
        }
        auto database = object.name();
        auto table = object.skip(".") ? object.name() : std::nullopt;
        if (!database || !table || !object.rest().empty())
            return std::nullopt;
        grant.database = std::move(*database);
        grant.table = std::move(*table);
    } else {
        grant.roles = what;
    }
    if (!cursor.skip(" TO "))
        return std::nullopt;
    const auto grantee = cursor.name();
    if (!grantee)
        return std::nullopt;
    grant.grantee = *grantee;
    grant.grantOption = cursor.rest().find("WITH GRANT OPTION") != std::string_view::npos;
    return grant;
}

Result<std::vector<std::string>> surplusOf(Session &session, const std::string &role, bool escapeWildcards)
{
    const auto rows = session.query("SHOW GRANTS FOR " + role);
    if (!rows)
        return fail(rows.error());
    const std::string &schema = session.settings().schema;
    const bool admin = role == "zandb_admin";
    std::vector<std::string> statements;
    for (const Row &row : *rows) {
        const auto grant = parseGrant(row.text(0));
        if (!grant || grant->grantee != role) // MariaDB lists what the roles of a role may, too
            continue;
        if (!grant->roles.empty()) {
            statements.push_back("REVOKE " + grant->roles + " FROM " + role);
            continue;
        }
        const bool global = grant->database.empty();
        const bool ours = grant->database == schema || (grant->table.empty() && escapeWildcards && isLike(schema, grant->database));
        if (!global && !ours)
            continue;
        if (grant->grantOption)
            statements.push_back("REVOKE GRANT OPTION ON " + grant->object + " FROM " + role);
        if (admin && !global)
            continue; // it may everything there
        Rights wanted;
        const bool isTable = !grant->table.empty() && grant->object.starts_with('`');
        if (const TableRights *rights = isTable ? rightsOn(grant->table) : nullptr) {
            const std::string_view writing = writingRights(*rights, role);
            wanted = rightsIn("SELECT" + (writing.empty() ? std::string() : ", " + std::string(writing)));
        }
        if (const std::string surplus = beyond(*grant, wanted); !surplus.empty())
            statements.push_back("REVOKE " + surplus + " ON " + grant->object + " FROM " + role);
    }
    return statements;
}

std::vector<std::string> roleStatements(const std::string &schema, bool escapeWildcards)
{
    std::vector<std::string> statements;
    const auto grant = [&](std::string_view rights, std::string_view table, std::string_view role) {
        statements.push_back("GRANT SELECT" + (rights.empty() ? std::string() : ", " + std::string(rights)) + " ON "
                             + identifier(schema) + '.' + identifier(table) + " TO " + std::string(role));
    };
    for (const TableRights &rights : tables) {
        grant("", rights.table, "zandb_viewer");
        grant(rights.console, rights.table, "zandb_operator");
        grant(rights.dispatcher, rights.table, "zandb_dispatcher");
    }

    std::string pattern; // the name of a database in GRANT is a pattern
    for (const char c : schema) {
        if (escapeWildcards && (c == '_' || c == '%' || c == '\\'))
            pattern += '\\';
        pattern += c;
    }
    statements.push_back("GRANT ALL PRIVILEGES ON " + identifier(pattern) + ".* TO zandb_admin");
    return statements;
}

} // namespace zandb::store
