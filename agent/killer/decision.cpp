// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/decision.h"

#include "agent/fleet/serverthreads.h"

#include <algorithm>
#include <array>

namespace zandb::agent {
namespace {

constexpr std::array killableCommands{std::string_view("Query"), std::string_view("Execute"), std::string_view("Prepare"), std::string_view("Fetch")};

// Plain reading and changing of rows.  What is not named here is left alone: definitions, administration, the ends of transactions, CALL and
// EXECUTE, which may run any of them (what a procedure runs at the moment stands in the process list under its own text).
constexpr std::array killableWords{
    std::string_view("SELECT"), std::string_view("WITH"),    std::string_view("TABLE"),   std::string_view("VALUES"),
    std::string_view("INSERT"), std::string_view("UPDATE"),  std::string_view("DELETE"),  std::string_view("REPLACE"),
    std::string_view("DO"),     std::string_view("SHOW"),    std::string_view("EXPLAIN"), std::string_view("DESCRIBE"),
    std::string_view("DESC"),   std::string_view("HANDLER"), std::string_view("LOAD"),
};

// As clients name themselves, or the beginning of it.
constexpr std::array backupPrograms{
    std::string_view("mysqldump"), std::string_view("mariadb-dump"),   std::string_view("mydumper"),      std::string_view("mysqlpump"),
    std::string_view("xtrabackup"), std::string_view("mariadb-backup"), std::string_view("mariabackup"),  std::string_view("mysqlsh"),
    std::string_view("mysqlbackup"), std::string_view("mariadb-binlog"), std::string_view("mysqlbinlog"),
};

template<class Range>
bool contains(const Range &range, std::string_view text)
{
    return std::ranges::find(range, text) != std::ranges::end(range);
}

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

std::string uppered(std::string_view text)
{
    std::string result(text);
    std::ranges::transform(result, result.begin(), upper);
    return result;
}

/// What dumps send to be told from others by the server, and by us.
bool isDumpText(std::string_view text)
{
    const std::string head = uppered(text.substr(0, 4096));
    return head.find("/*!40001 SQL_NO_CACHE */") != head.npos || head.find("/*!50084 SQL_NO_FCACHE */") != head.npos;
}

bool isBackupState(std::string_view state)
{
    return state.starts_with("Backup") || state.starts_with("backup") || state.find("clone") != state.npos;
}

} // namespace

std::string_view toString(Protected reason)
{
    switch (reason) {
    case Protected::No:
        break;
    case Protected::Replication:
        return "replication";
    case Protected::System:
        return "system";
    case Protected::EventScheduler:
        return "event";
    case Protected::Own:
        return "own";
    case Protected::Backup:
        return "backup";
    case Protected::NotAStatement:
        return "no_statement";
    case Protected::Definition:
        return "definition";
    case Protected::ModifiedUnknown:
        return "modified_unknown";
    }
    return {};
}

std::string leadingWord(std::string_view text)
{
    std::size_t at = 0;
    const auto rest = [&] { return text.substr(at); };
    while (at < text.size()) {
        const char c = text[at];
        if (c == ' ' || (c >= '\t' && c <= '\r') || c == '(' || c == ';') {
            ++at;
        } else if (c == '#' || rest().starts_with("-- ") || rest().starts_with("--\t") || rest().starts_with("--\n")) {
            at = std::min(text.find('\n', at), text.size());
        } else if (rest().starts_with("/*!") || rest().starts_with("/*M!")) {
            return {}; // what of it is run depends on the server
        } else if (rest().starts_with("/*")) {
            const auto end = text.find("*/", at + 2);
            at = end == text.npos ? text.size() : end + 2;
        } else {
            break;
        }
    }
    std::string word;
    while (at < text.size() && word.size() < 32 && upper(text[at]) >= 'A' && upper(text[at]) <= 'Z')
        word += upper(text[at++]);
    return word;
}

Protected protectionOf(const RunningStatement &running, const std::vector<std::string> &ownAccounts)
{
    switch (serverThreadOf(running.user, running.command, running.thread)) {
    case ServerThread::Replication:
        return Protected::Replication;
    case ServerThread::System:
        return Protected::System;
    case ServerThread::EventScheduler:
        return Protected::EventScheduler;
    case ServerThread::No:
        break;
    }
    if (running.host == "localhost" && contains(ownAccounts, running.user))
        return Protected::Own;
    if (std::ranges::any_of(backupPrograms, [&](std::string_view program) { return running.program.starts_with(program); }) || isDumpText(running.text)
        || isBackupState(running.state))
        return Protected::Backup;
    // events of MariaDB and MySQL run as "Connect"
    if (running.command == "Connect")
        return Protected::EventScheduler;
    if (!contains(killableCommands, running.command) || running.text.empty())
        return Protected::NotAStatement;
    const std::string word = leadingWord(running.text);
    if (!contains(killableWords, word))
        return Protected::Definition;
    if (!running.rowsModified)
        return Protected::ModifiedUnknown;
    return Protected::No;
}

bool matches(const wire::KillPolicy &policy, const RunningStatement &running, std::string_view checksum)
{
    return wire::matches(policy, {running.user, running.host, running.schema, running.command, running.state, checksum, running.seconds, running.rowsModified});
}

} // namespace zandb::agent
