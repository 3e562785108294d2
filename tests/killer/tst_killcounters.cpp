// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/figures.h"
#include "models/killer/killcounters.h"
#include "tests/support/testserver.h"

#include <QTest>

#include <future>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace std::chrono_literals;

/// What servers themselves tell of statements that were ended: read from real ones of both flavours, and counted over time.
class TestKillCounters : public QObject
{
    Q_OBJECT

    static Series seriesOf(TimePoint begin, std::vector<std::optional<std::int64_t>> values)
    {
        Series series;
        series.begin = begin;
        series.step = 10s;
        series.points = values.size();
        series.columns = {std::move(values)};
        return series;
    }
    static std::optional<std::int64_t> valueOf(const Figures &figures, std::string_view name)
    {
        return figures.at(static_cast<std::size_t>(std::ranges::find(wire::instanceFigures, name) - wire::instanceFigures.begin()));
    }

private Q_SLOTS:
    void realServers_data()
    {
        QTest::addColumn<bool>("mySql");
        QTest::newRow("MariaDB") << false;
        QTest::newRow("MySQL") << true;
    }
    void realServers()
    {
        QFETCH(bool, mySql);
        ServerOptions options;
        options.flavour = mySql ? Flavour::MySql : Flavour::MariaDb;
        if (const auto reason = TestServer::unavailable(options.flavour); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        const auto server = TestServer::start(options, &error);
        QVERIFY2(server, error.c_str());
        QVERIFY2(server->exec({"CREATE USER watch@localhost", "GRANT PROCESS, REPLICATION CLIENT ON *.* TO watch@localhost", "CREATE DATABASE shop"}), server->lastError().c_str());
        auto watch = SqlClient::connect(server->name(), server->socket(), "watch");
        QVERIFY(watch);
        if (mySql) { // without the right it is not told, and nothing else is lost
            const auto without = askFigures(**watch, {});
            QVERIFY(without);
            QVERIFY(!valueOf(*without, "statements_killed") && valueOf(*without, "statements_timed_out") && valueOf(*without, "queries"));
            QVERIFY2(server->exec("GRANT SELECT ON performance_schema.events_errors_summary_global_by_error TO watch@localhost"), server->lastError().c_str());
        }
        const auto before = askFigures(**watch, {});
        QVERIFY(before && valueOf(*before, "statements_killed") && valueOf(*before, "statements_timed_out"));
        auto victim = SqlClient::connect(server->name(), server->socket(), "root", 5s, 60s);
        QVERIFY(victim);
        const std::string id = std::to_string((*victim)->connectionId());
        auto sleeping = std::async(std::launch::async, [&] { return (*victim)->query("SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c"); });
        QTRY_COMPARE_WITH_TIMEOUT(server->value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE ID = " + id + " AND COMMAND = 'Query' AND INFO LIKE 'SELECT COUNT%'").value_or("?"), std::string("1"), 20'000);
        QVERIFY(server->exec("KILL QUERY " + id));
        QCOMPARE(sleeping.wait_for(30s), std::future_status::ready);
        QVERIFY(!sleeping.get());
        // the server's own limit: an interrupted SLEEP is no error, a join is
        QVERIFY((*victim)->query(mySql ? "SET SESSION max_execution_time = 300" : "SET SESSION max_statement_time = 0.3"));
        QVERIFY(!(*victim)->query("SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c"));
        const auto after = askFigures(**watch, {});
        QVERIFY(after);
        QCOMPARE(*valueOf(*after, "statements_killed") - *valueOf(*before, "statements_killed"), 1);
        QCOMPARE(*valueOf(*after, "statements_timed_out") - *valueOf(*before, "statements_timed_out"), 1);
    }

    void overTime()
    {
        const TimePoint from{1'780'000'000s};
        const auto steps = [&](const std::vector<Series> &history) { return counterSteps(history, 0, from, 1min, 3); };
        using Steps = std::vector<std::int64_t>;
        QVERIFY(!steps({}));
        QVERIFY(!steps({seriesOf(from, {std::nullopt, std::nullopt})}));
        // 0 s, 10 s, ... : by the later reading
        QVERIFY(steps({seriesOf(from, {5, 5, 7, 7, 8, 8, 10, 10})}).value() == (Steps{3, 2, 0}));
        // over the gap between two pieces, and not over one that is too wide
        QVERIFY(steps({seriesOf(from, {5, 6}), seriesOf(from + 60s, {9})}).value() == (Steps{1, 3, 0}));
        QVERIFY(steps({seriesOf(from, {5, 6}), seriesOf(from + 150s, {9})}).value() == (Steps{1, 0, 0}));
        // started anew, not known for a moment, and before and behind the range
        QVERIFY(steps({seriesOf(from, {50, std::nullopt, 53, 1, 2})}).value() == (Steps{4, 0, 0}));
        QVERIFY(steps({seriesOf(from - 20s, {1, 2, 4}), seriesOf(from + 170s, {7, 9, 100})}).value() == (Steps{2, 0, 0}));
        QVERIFY(!counterSteps({seriesOf(from, {1, 2})}, 1, from, 1min, 3)); // an older agent has no such column
    }
};

QTEST_GUILESS_MAIN(TestKillCounters)
#include "tst_killcounters.moc"
