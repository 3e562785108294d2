// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/slowlog/slowrepository.h"
#include "app/slowlog/slowrollup.h"
#include "app/slowlog/slowstoring.h"
#include "app/workflow/retention.h"
#include "tests/slowlog/slowbatches.h"
#include "tests/store/repositorytest.h"

namespace zandb::test {

/// A store with a host of two instances in a group, and leases of it and of the store itself.
class SlowStoreTest : public RepositoryTest
{
protected:
    void prepareSlow()
    {
        const bool flavour = [] {
            QFETCH_GLOBAL(bool, mySql);
            return mySql;
        }();
        if (!m_session || m_prepared != flavour) {
            m_session.reset();
            m_prepared.reset();
            ServerOptions options;
            options.myCnf = {"innodb-flush-log-at-trx-commit=0"}; // nobody kills this server
            TestServer *server = nullptr;
            SERVER_OF_FLAVOUR(server, m_servers, options, {});
            prepare();
            if (!m_session)
                return; // the server is not to be had: that is said already
            m_prepared = flavour;
        }
        // a schema for each test would take longer than the tests
        for (const char *table : {"slow_digest", "slow_span", "slow_pending", "slow_sample", "slow_source", "slow_usual", "slow_finding", "collected", "lease", "instance", "host", "host_state", "fleet_group", "group_setting", "audit"})
            run("DELETE FROM " + std::string(table));
        (void)changed();
        m_host = addHost("db1").id;
        m_top = Uuid::v7();
        m_group = Uuid::v7();
        m_instances = {Uuid::v7(), Uuid::v7()};
        m_spool = Uuid::v7();
        m_numbers.clear();
        run("INSERT INTO fleet_group (id, parent_id, name, revision) VALUES (?,NULL,'production',1), (?,?,'shop',1)", {store::value(m_top), store::value(m_group), store::value(m_top)});
        run("UPDATE host SET group_id = ?", {store::value(m_group)});
        for (int i = 0; i < 2; ++i)
            run("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (?,?,?,?,1,1)",
                {store::value(m_instances[static_cast<std::size_t>(i)]), store::value(m_host), store::value("my330" + std::to_string(6 + i)), store::value(3306 + i)});
        run("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,5,1), (?,?,1,1)",
            {store::value(m_host), store::value(Uuid::v7()), store::value(workflow::storeHost), store::value(Uuid::v7())});
        m_now = m_session->now().value();
        m_day = std::chrono::floor<std::chrono::days>(m_now) - std::chrono::days{2}; // over, and made into a day
    }
    void run(const std::string &sql, const std::vector<store::Value> &values = {})
    {
        const auto done = m_session->execute(sql, values);
        if (!done)
            qFatal("%s", describe(done.error()).c_str());
    }
    std::int64_t number(const std::string &sql)
    {
        const auto rows = m_session->query(sql);
        return rows && !rows->empty() ? rows->front().integer(0) : -1;
    }

    /// The next batches of an instance's source.
    Result<fleet::Collected> storeMinutes(const std::vector<wire::SlowMinute> &minutes, int instance = 0)
    {
        std::vector<slowlog::SlowBatchIn> batches;
        for (const wire::SlowMinute &minute : minutes)
            batches.push_back({++m_numbers[instance], minute});
        return storeBatches(batches, instance);
    }
    Result<fleet::Collected> storeBatches(const std::vector<slowlog::SlowBatchIn> &batches, int instance = 0, std::int64_t token = 5)
    {
        return slowlog::storeBatches(*m_session, {m_host, token, m_spool, "slowlog/my330" + std::to_string(6 + instance)}, batches);
    }
    /// Until nothing is due.
    bool rollUpAll()
    {
        for (int i = 0; i < 1000; ++i) {
            const auto done = slowlog::rollUp(*m_session, workflow::storeHost);
            if (!done) {
                qWarning("%s", describe(done.error()).c_str());
                return false;
            }
            if (!done->more)
                return true;
        }
        return false;
    }
    slowlog::Asked ask(Scope scope, TimePoint from, TimePoint to)
    {
        const auto fleet = fleet::loadFleet(*m_session);
        return slowlog::askFor(fleet.value_or(Fleet{}), scope, from, to);
    }
    Scope instance(int i = 0) const { return {Scope::Kind::Instance, m_instances[static_cast<std::size_t>(i)]}; }
    /// "12 events, 3.5 s, 700 rows" of a scope.
    std::string sums(Scope scope, TimePoint from, TimePoint to)
    {
        const auto top = slowlog::loadTop(*m_session, ask(scope, from, to));
        if (!top)
            return describe(top.error());
        return (top->damaged ? "damaged " : "") + textOf(top->sum);
    }
    static std::string textOf(const SlowTotals &totals)
    {
        return std::to_string(totals.events) + " events, " + std::to_string(totals.timeUs) + " us, " + std::to_string(totals.examined) + " rows";
    }

    Uuid m_host, m_top, m_group, m_spool;
    std::vector<Uuid> m_instances;
    std::map<int, std::int64_t> m_numbers;
    std::optional<bool> m_prepared; ///< of which flavour the session is
    TimePoint m_now{}, m_day{};
};

} // namespace zandb::test
