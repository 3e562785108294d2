// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/copyaccounts.h"

#include "agent/fleet/sqlparts.h"

#include <algorithm>
#include <set>

namespace zandb::agent {

namespace {

constexpr int accountExists = 1396;

// One statement a line; comments and empty lines are none.
std::vector<std::string> statementsIn(std::string_view text)
{
    std::vector<std::string> statements;
    while (!text.empty()) {
        const auto line = text.starts_with("--");
        const std::string_view mark = line ? "\n" : ";\n";
        const auto end = std::min(text.find(mark), text.size());
        if (!line && end > 0)
            statements.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + mark.size()));
    }
    return statements;
}

// What may stand in a log: nothing after the account's name.
std::string withoutSecrets(const std::string &statement)
{
    return statement.substr(0, std::min(statement.find(" IDENTIFIED "), std::size_t(200)));
}

} // namespace

Result<void> CopyAccounts::run(const std::string &statement)
{
    const auto done = m_client.query(statement);
    if (done)
        return {};
    if (done.error().is(errors::instanceDown))
        return fail(done.error());
    const int number = serverErrno(done.error());
    if (number != accountExists)
        m_log("refused with " + (number == 0 ? done.error().code : std::to_string(number)) + ": " + withoutSecrets(statement));
    return {};
}

Result<void> CopyAccounts::load(std::string_view accountsSql, const std::vector<MissingDefiner> &missing)
{
    for (const auto &statement : statementsIn(accountsSql)) {
        if (statement.find('`' + m_own + "`@`localhost`") != std::string::npos
            || statement.find('\'' + m_own + "'@'localhost'") != std::string::npos)
            m_later.push_back(statement);
        else if (auto done = run(statement); !done)
            return done;
    }
    std::set<std::string> definers;
    for (const auto &one : missing) {
        if (one.definer.find('@') != std::string::npos)
            definers.insert(one.definer);
    }
    for (const auto &definer : definers) {
        const auto at = definer.rfind('@');
        const std::string account = m_client.quote(definer.substr(0, at)) + '@' + m_client.quote(definer.substr(at + 1));
        for (const auto &statement : {"CREATE USER " + account, "GRANT ALL ON *.* TO " + account}) {
            if (auto done = run(statement); !done)
                return done;
        }
        m_later.push_back("DROP USER " + account);
    }
    return {};
}

Result<void> CopyAccounts::finish()
{
    for (const auto &statement : m_later) {
        if (auto done = run(statement); !done)
            return done;
    }
    return {};
}

} // namespace zandb::agent
