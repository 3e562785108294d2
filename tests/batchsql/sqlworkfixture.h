// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/batchsql/kinds.h"
#include "agent/protocol/batchsql.h"
#include "agent/runtime/work.h"
#include "tests/support/testserver.h"

#include <mutex>

/// For tests of people's SQL on real servers.
namespace zandb::test {

using namespace zandb::agent;

/// An attempt in this process: it keeps what the worker's process would write to its directory.
class Attempt final : public WorkContext
{
public:
    Attempt(const Config &config, const std::filesystem::path &directory, Json args, std::string role, std::string kind = "sql")
        : m_config(config), m_directory(directory)
    {
        m_order.key = {Uuid::v7(), 1, 1};
        m_order.kind = std::move(kind);
        m_order.args = std::move(args);
        if (!role.empty())
            m_by = wire::OrderedBy{"kim", std::move(role), "SHA256:x"};
    }
    const Config &config() const override { return m_config; }
    const wire::Order &order() const override { return m_order; }
    std::optional<wire::OrderedBy> orderedBy() const override { return m_by; }
    std::filesystem::path directory() const override { return m_directory; }
    void log(std::string_view) override {}
    void progress(const wire::Progress &) override {}
    bool item(const Json &item) override
    {
        std::lock_guard lock(m_mutex);
        m_items.push_back(item);
        return true;
    }
    FeedReader &feed() override { return m_feed; }
    std::stop_token stopToken() const override { return m_stop.get_token(); }
    void afterSuccess(std::function<void()>) override {}

    void stop() { m_stop.request_stop(); }
    std::vector<Json> items() const
    {
        std::lock_guard lock(m_mutex);
        return m_items;
    }
    /// All rows of a statement.
    Json rows(int statement) const
    {
        Json all = Json::array();
        for (const Json &item : items()) {
            if (item.at("statement") == statement && item.contains("rows"))
                all.insert(all.end(), item.at("rows").begin(), item.at("rows").end());
        }
        return all;
    }

private:
    const Config &m_config;
    const std::filesystem::path m_directory;
    wire::Order m_order;
    std::optional<wire::OrderedBy> m_by;
    mutable std::mutex m_mutex;
    std::vector<Json> m_items;
    std::stop_source m_stop;
    FeedReader m_feed{m_directory, m_stop.get_token()};
};


/// The accounts of packaging/HOST.md for the OS user `user`.
inline std::vector<std::string> accountsOfHost(Flavour flavour, const std::string &user)
{
    if (flavour == Flavour::MariaDb)
        return {"CREATE USER IF NOT EXISTS " + user + "@localhost IDENTIFIED VIA unix_socket", "CREATE ROLE 'explain'", "CREATE ROLE maint", "CREATE ROLE backup",
                "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'", "GRANT PROCESS, REPLICA MONITOR, SELECT, TRIGGER ON *.* TO backup",
                "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, BINLOG MONITOR, REPLICA MONITOR, CONNECTION ADMIN, REPLICATION SLAVE ADMIN, READ_ONLY ADMIN, SUPER ON *.* TO maint",
                "GRANT 'explain' TO " + user + "@localhost", "GRANT maint TO " + user + "@localhost", "GRANT backup TO " + user + "@localhost"};
    std::vector<std::string> sql;
    for (const char *account : {"watch", "backup", "'explain'", "maint"})
        sql.push_back(std::string("CREATE USER IF NOT EXISTS ") + account + "@localhost IDENTIFIED WITH auth_socket AS '" + user + "'");
    sql.insert(sql.end(), {"GRANT PROCESS, REPLICATION CLIENT, SELECT, TRIGGER ON *.* TO backup@localhost", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'@localhost",
                           "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, REPLICATION CLIENT, CONNECTION_ADMIN, REPLICATION_SLAVE_ADMIN, SYSTEM_VARIABLES_ADMIN ON *.* TO maint@localhost",
                           "GRANT OPTIMIZE_LOCAL_TABLE ON *.* TO maint@localhost"});
    return sql;
}

} // namespace zandb::test
