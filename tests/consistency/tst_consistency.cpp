// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/consistency/chunks.h"
#include "agent/protocol/errors.h"
#include "app/consistency/comparison.h"
#include "tests/consistency/replicapair.h"

#include <QElapsedTimer>
#include <QTest>

#include <atomic>
#include <map>
#include <pwd.h>
#include <set>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Real primaries with real replicas, compared while they are written to.
class TestConsistency : public QObject
{
    Q_OBJECT

    struct Servers
    {
        std::unique_ptr<TestServer> primary;
        std::unique_ptr<TestServer> replica;
    };
    Servers m_servers[2];
    Servers *m_pair = nullptr;
    bool m_mariaDb = false;

    struct Found
    {
        Result<CheckSums> sums = fail(errors::internal);
        std::map<std::string, TableVerdict> tables;
        std::map<std::string, std::vector<RowDifference>> rows;
    };

    TestServer &primary() { return *m_pair->primary; }
    TestServer &replica() { return *m_pair->replica; }

    static std::string osUser()
    {
        const passwd *entry = ::getpwuid(::geteuid());
        return entry ? entry->pw_name : "root";
    }

    /// The agent's part without a wire.
    static consistency::End endOf(const TestServer &server)
    {
        Config config;
        config.base = server.base();
        config.mariadbAccount = osUser();
        return {server.name(), [config](const std::string &method, Json params, const std::stop_token &stop) -> Result<Json> {
            const auto answer = [&]<class Ask, class Answer>(Result<Answer> (*function)(const Config &, const Ask &, const std::stop_token &)) -> Result<Json> {
                const auto ask = decode<Ask>(params);
                return ask ? function(config, *ask, stop).map([](const Answer &given) { return Json(given); }) : Result<Json>(fail(ask.error()));
            };
            if (method == "consistency.tables")
                return answer(consistencyTables);
            if (method == "consistency.state")
                return answer(consistencyState);
            return method == "consistency.chunk" ? answer(consistencyChunk) : answer(consistencyRows);
        }};
    }

    /// With patience: a slow machine's replica may be behind all the time.
    static consistency::CompareOptions patient()
    {
        consistency::CompareOptions options;
        options.mostLagSeconds = 3600;
        options.mostThreads = 1000;
        return options;
    }
    Found compare(consistency::CompareOptions options = patient(), const std::stop_token &stop = {}, std::function<void(const CheckProgress &)> progress = [](const CheckProgress &) {})
    {
        Found found;
        consistency::CompareSink sink;
        sink.progress = std::move(progress);
        sink.table = [&](const TableVerdict &table, const std::vector<RowDifference> &rows) {
            found.tables[table.schema + '.' + table.table] = table;
            found.rows[table.schema + '.' + table.table] = rows;
            return Result<void>();
        };
        found.sums = consistency::compare(endOf(primary()), endOf(replica()), options, sink, stop);
        if (!found.sums)
            qInfo("%s", describe(found.sums.error()).c_str());
        for (const auto &[name, table] : found.tables) {
            if (table.state != "equal")
                qInfo("%s: %s %s %s %lld differences, %lld unsettled", name.c_str(), table.state.c_str(), table.why.c_str(), table.detail.c_str(), static_cast<long long>(table.differences),
                      static_cast<long long>(table.unsettled));
        }
        return found;
    }
    static consistency::CompareOptions only(const std::string &table)
    {
        auto options = patient();
        options.tables = {{"shop", table}};
        return options;
    }

    static std::string valuesOf(const RowDifference &row)
    {
        std::string text = row.kind + ':';
        for (const Json &value : row.key)
            text += (text.back() == ':' ? "" : ",") + (value.is_string() ? value.get<std::string>() : value.dump());
        for (const std::string &column : row.columns)
            text += ' ' + column;
        return text;
    }
    static std::set<std::string> wordsOf(const std::vector<RowDifference> &rows)
    {
        std::set<std::string> words;
        for (const RowDifference &row : rows)
            words.insert(valuesOf(row));
        return words;
    }

    /// Statements on the replica alone.
    bool onReplica(const std::vector<std::string> &statements)
    {
        auto client = SqlClient::connect("t", replica().socket(), "root");
        if (!client || !(*client)->query("SET SESSION sql_log_bin = 0, sql_mode = ''"))
            return false;
        for (const std::string &sql : statements) {
            if (const auto done = (*client)->query(sql); !done) {
                qWarning("%s: %s", sql.c_str(), describe(done.error()).c_str());
                return false;
            }
        }
        return true;
    }

    bool isCaughtUp()
    {
        return primary().exec("REPLACE INTO shop.mark VALUES (1, UUID())")
            && QTest::qWaitFor([&] { return replica().value("SELECT note FROM shop.mark WHERE id = 1") == primary().value("SELECT note FROM shop.mark WHERE id = 1"); }, 60'000);
    }

    /// Changes, adds and removes rows of shop.big with even ids until it is destroyed.
    class Writers
    {
    public:
        explicit Writers(const TestServer &server)
        {
            for (int i = 0; i < 2; ++i) {
                m_threads.emplace_back([this, socket = server.socket(), i](std::stop_token stop) {
                    const auto client = SqlClient::connect("t", socket, "root");
                    unsigned n = 17U + static_cast<unsigned>(i);
                    const auto id = [&] {
                        n = n * 1664525U + 1013904223U;
                        return std::to_string((n >> 8) % 16'000 / 4 * 4 + 2 * static_cast<unsigned>(i));
                    };
                    while (client && !stop.stop_requested()) {
                        const bool done = (*client)->query("UPDATE shop.big SET note = CONCAT('w', RAND()), n = n + 1 WHERE id = " + id()) && (*client)->query("DELETE FROM shop.big WHERE id = " + id())
                            && (*client)->query("REPLACE INTO shop.big (id, note, n) VALUES (" + id() + ", 'new', 1)") && (*client)->query("UPDATE shop.hot SET n = n + 1 WHERE id = " + std::to_string(i));
                        m_done += done ? 4 : 0;
                        std::this_thread::sleep_for(15ms); // a replica that never comes near is not what is tried here
                    }
                });
            }
        }
        int done() const { return m_done; }

    private:
        std::atomic<int> m_done = 0;
        std::vector<std::jthread> m_threads;
    };

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Flavour>("flavour");
        QTest::newRow("mariadb") << Flavour::MariaDb;
        QTest::newRow("mysql") << Flavour::MySql;
    }

    void init()
    {
        QFETCH_GLOBAL(Flavour, flavour);
        if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
            QSKIP(reason.c_str());
        m_mariaDb = flavour == Flavour::MariaDb;
        m_pair = &m_servers[m_mariaDb ? 0 : 1];
        if (m_pair->primary)
            return;
        for (auto *server : {&m_pair->primary, &m_pair->replica}) {
            test::ServerOptions options;
            options.flavour = flavour;
            options.networking = true;
            options.myCnf = {server == &m_pair->primary ? "default_time_zone=+01:00" : "default_time_zone=-05:00", "innodb_flush_log_at_trx_commit=2", "sync_binlog=0"};
            std::string error;
            *server = TestServer::start(options, &error);
            QVERIFY2(*server, error.c_str());
        }
        QVERIFY2(test::replicate(primary(), replica()), (primary().lastError() + replica().lastError()).c_str());
        if (!m_mariaDb) {
            for (TestServer *server : {&primary(), &replica()}) {
                (void)server->exec("INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'"); // its copy may have it
                QVERIFY2(onServer(*server, {"CREATE USER backup@localhost IDENTIFIED WITH auth_socket AS '" + osUser() + "'",
                                            "GRANT PROCESS, REPLICATION CLIENT, SELECT, SHOW VIEW ON *.* TO backup@localhost"}), "accounts");
            }
        }
        std::vector<std::string> statements{
            "CREATE DATABASE shop CHARACTER SET utf8mb4",
            "CREATE TABLE shop.mark (id INT PRIMARY KEY, note VARCHAR(50))",
            "CREATE TABLE shop.hot (id INT PRIMARY KEY, n INT NOT NULL)",
            "INSERT INTO shop.hot VALUES (0, 0), (1, 0)",
            "CREATE TABLE shop.big (id INT UNSIGNED PRIMARY KEY, note VARCHAR(100), n INT NOT NULL, price DECIMAL(8,2), at TIMESTAMP(6) NULL, share FLOAT, ratio DOUBLE, extra JSON, "
            "half INT GENERATED ALWAYS AS (n DIV 2) VIRTUAL, twice INT GENERATED ALWAYS AS (n * 2) STORED, raw VARBINARY(40))",
            "INSERT INTO shop.big (id, note, n, price, at, share, ratio, extra, raw) VALUES (1, 'x', 1, 1.5, '2026-01-01 00:00:01', 1.1, 1e100/3, '{\"a\": 1}', x'00ff27')",
        };
        for (int i = 0; i < 14; ++i)
            statements.push_back("INSERT INTO shop.big (id, note, n, price, at, share, ratio, extra, raw) SELECT id + " + std::to_string(1 << i) + ", note, id, price, at, id / 7, id / 7, extra, raw FROM shop.big");
        for (const char *sql : {"CREATE TABLE shop.pairs (tenant INT NOT NULL, name VARCHAR(30) CHARACTER SET latin1 NOT NULL, day DATE NOT NULL, note VARCHAR(20), PRIMARY KEY (tenant, name, day))",
                                "INSERT INTO shop.pairs SELECT id MOD 7, CONCAT(IF(id MOD 2, 'Ab', 'aC'), id), DATE '2020-01-01' + INTERVAL id MOD 400 DAY, 'x' FROM shop.big WHERE id <= 3000",
                                "CREATE TABLE shop.raw (id BINARY(8) PRIMARY KEY, v INT)", "INSERT INTO shop.raw SELECT LEFT(UNHEX(SHA2(id, 256)), 8), id FROM shop.big WHERE id <= 2000",
                                "CREATE TABLE shop.uniq (a INT NULL, b BIGINT NOT NULL, c INT, UNIQUE (a), UNIQUE (b))", "INSERT INTO shop.uniq SELECT NULL, id, id FROM shop.big WHERE id <= 1000",
                                "CREATE TABLE shop.nokey (a INT, b INT, KEY (a))", "INSERT INTO shop.nokey VALUES (1, 1)",
                                "CREATE TABLE shop.nullable (a INT NULL, UNIQUE (a))",
                                "CREATE TABLE shop.chosen (a ENUM('x', 'y') PRIMARY KEY)",
                                "CREATE TABLE shop.oldengine (a INT PRIMARY KEY) ENGINE=MyISAM",
                                "CREATE TABLE shop.empty (id INT PRIMARY KEY)",
                                "CREATE TABLE shop.`odd ``näme` (`k ``x` VARCHAR(20) CHARACTER SET utf8mb4 PRIMARY KEY)", "INSERT INTO shop.`odd ``näme` VALUES ('ä'), ('日本'), ('a''b'), ('')",
                                "CREATE TABLE shop.prices (id INT PRIMARY KEY, price DECIMAL(8,2))", "INSERT INTO shop.prices VALUES (1,140),(2,140),(3,140),(4,140)",
                                "CREATE TABLE shop.odd (id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20), f FLOAT, d DOUBLE, at TIMESTAMP(6) NULL, z DATE)",
                                "INSERT INTO shop.odd VALUES (1, NULL, 'same', 0, 0, NULL, NULL), (2, 'a', 'b,c', 0, 0, NULL, NULL), (3, 'x', 'x', 1.00000012, 0, NULL, NULL), "
                                "(4, 'x', 'x', 0, 0.1, NULL, NULL), (5, 'x', 'x', 0, 0, NULL, NULL), (6, 'trail', 'x', 0, 0, NULL, NULL), (7, 'case', 'x', 0, 0, NULL, NULL)"})
            statements.emplace_back(sql);
        QVERIFY2(primary().exec(statements), primary().lastError().c_str());
        QVERIFY2(isCaughtUp(), replica().value("SELECT 1").value_or("the replica is away").c_str());
    }

    /// Without the binlog, on either.
    static bool onServer(TestServer &server, const std::vector<std::string> &statements)
    {
        auto client = SqlClient::connect("t", server.socket(), "root");
        if (!client || !(*client)->query("SET SESSION sql_log_bin = 0"))
            return false;
        return std::ranges::all_of(statements, [&](const std::string &sql) { return (*client)->query(sql).has_value(); });
    }

    void equalTablesUnderWrites()
    {
        const Writers writers(primary());
        for (int i = 0; i < 2; ++i) {
            const int before = writers.done();
            auto options = patient();
            options.firstRows = 300;
            options.chunkTime = 5ms; // many chunks
            std::int64_t told = 0;
            const auto found = compare(options, {}, [&](const CheckProgress &progress) { told = std::max(told, progress.rowsDone); });
            QVERIFY(found.sums);
            QVERIFY(writers.done() > before);
            QCOMPARE(found.sums->differences, std::int64_t{0});
            QCOMPARE(found.sums->differing, std::int64_t{0});
            QCOMPARE(found.sums->unsettled, std::int64_t{0});
            QCOMPARE(found.sums->state(), std::string("incomplete"));
            std::map<std::string, std::string> unchecked;
            for (const auto &[name, table] : found.tables) {
                if (table.state == "unchecked")
                    unchecked[name] = table.why;
            }
            QCOMPARE(unchecked, (std::map<std::string, std::string>{{"shop.nokey", "no_key"}, {"shop.nullable", "no_key"}, {"shop.chosen", "key_type"}, {"shop.oldengine", "engine"}}));
            QCOMPARE(found.tables.at("shop.pairs").rows, std::int64_t{3000});
            QCOMPARE(found.tables.at("shop.raw").rows, std::int64_t{2000});
            QCOMPARE(found.tables.at("shop.uniq").rows, std::int64_t{1000});
            QCOMPARE(found.tables.at("shop.odd `näme").rows, std::int64_t{4});
            QCOMPARE(found.tables.at("shop.empty").rows, std::int64_t{0});
            QVERIFY(found.tables.at("shop.big").rows > 10'000 && told > 10'000);
        }
        // nothing was written, neither here nor there
        QCOMPARE(replica().value("SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE '%zandb%' OR TABLE_NAME LIKE '%zandb%'").value_or(""), std::string("0"));
    }

    void seededDifferencesUnderWrites()
    {
        std::set<std::string> wanted;
        std::vector<std::string> seeds;
        for (int i = 0; i < 70; ++i) {
            const auto changed = std::to_string(101 + 220 * i), gone = std::to_string(103 + 220 * i), added = std::to_string(20'001 + 2 * i);
            seeds.push_back(i % 2 ? "UPDATE shop.big SET note = 'other' WHERE id = " + changed : "UPDATE shop.big SET n = -5, price = NULL WHERE id = " + changed);
            wanted.insert("differs:" + changed + (i % 2 ? " note" : " n price twice"));
            seeds.push_back("DELETE FROM shop.big WHERE id = " + gone);
            wanted.insert("missing:" + gone);
            if (i < 60) {
                seeds.push_back("INSERT INTO shop.big (id, n) VALUES (" + added + ", 7)");
                wanted.insert("extra:" + added);
            }
        }
        QCOMPARE(wanted.size(), std::size_t{200});
        QVERIFY(onReplica(seeds));
        {
            const Writers writers(primary());
            auto options = patient();
            options.firstRows = 1000;
            const auto found = compare(options);
            QVERIFY(found.sums);
            QCOMPARE(wordsOf(found.rows.at("shop.big")), wanted);
            QCOMPARE(found.sums->differences, std::int64_t{200});
            QCOMPARE(found.sums->differing, std::int64_t{1});
            QVERIFY(writers.done() > 0);
        }
        // no more than is wished for, and that there are more is said
        auto few = only("big");
        few.mostDifferences = 10;
        const auto cut = compare(few);
        QVERIFY(cut.sums);
        QCOMPARE(cut.tables.at("shop.big").differences, std::int64_t{10});
        QVERIFY(cut.tables.at("shop.big").more);
        // the primary's rows again
        std::vector<std::string> back{"DELETE FROM shop.big WHERE id > 20000"};
        QVERIFY(onReplica(back));
        const auto client = SqlClient::connect("t", primary().socket(), "root");
        for (const std::string &word : wanted) {
            const std::string id = word.substr(word.find(':') + 1, word.find(' ') - word.find(':') - 1);
            if (word.starts_with("extra"))
                continue;
            const auto row = (*client)->query("SELECT note, n, price, at, share + 0e0, ratio, extra, HEX(raw) FROM shop.big WHERE id = " + id);
            QVERIFY(row && row->rows.size() == 1);
            const auto &v = row->rows[0];
            QVERIFY(onReplica({"SET time_zone = '+00:00'",
                               "REPLACE INTO shop.big (id, note, n, price, at, share, ratio, extra, raw) VALUES (" + id + ", '" + *v[0] + "', " + *v[1] + ", " + *v[2] + ", '" + *v[3] + "', " + *v[4] + ", "
                                   + *v[5] + ", '" + *v[6] + "', x'" + *v[7] + "')"}));
        }
        QVERIFY(isCaughtUp());
        QCOMPARE(compare(only("big")).sums->state(), std::string("equal"));
    }

    // What BIT_XOR(CRC32(...)), CONCAT_WS and text of six digits would not see.
    void smallAndOddDifferences()
    {
        QVERIFY(onReplica({"UPDATE shop.prices SET price = 190", "SET time_zone = '+00:00'", "UPDATE shop.odd SET a = '' WHERE id = 1", "UPDATE shop.odd SET a = 'a,b', b = 'c' WHERE id = 2",
                           "UPDATE shop.odd SET f = 1.00000024 WHERE id = 3", "UPDATE shop.odd SET d = 0.1 + 1e-16 WHERE id = 4", "UPDATE shop.odd SET z = '0000-00-00' WHERE id = 5",
                           "UPDATE shop.odd SET a = 'trail ' WHERE id = 6", "UPDATE shop.odd SET a = 'Case' WHERE id = 7", "UPDATE shop.`odd ``näme` SET `k ``x` = 'A''b' WHERE `k ``x` = 'a''b'",
                           "DELETE FROM shop.raw WHERE v = 5", "UPDATE shop.pairs SET name = UPPER(name) WHERE tenant = 3 AND name = 'aC10'"}));
        const auto found = compare();
        QVERIFY(found.sums);
        QCOMPARE(wordsOf(found.rows.at("shop.prices")), (std::set<std::string>{"differs:1 price", "differs:2 price", "differs:3 price", "differs:4 price"}));
        QCOMPARE(wordsOf(found.rows.at("shop.odd")),
                 (std::set<std::string>{"differs:1 a", "differs:2 a b", "differs:3 f", "differs:4 d", "differs:5 z", "differs:6 a", "differs:7 a"}));
        QCOMPARE(wordsOf(found.rows.at("shop.odd `näme")), (std::set<std::string>{"missing:a'b", "extra:A'b"}));
        QCOMPARE(found.rows.at("shop.raw").size(), std::size_t{1});
        QCOMPARE(found.rows.at("shop.pairs").size(), std::size_t{2});
        QVERIFY(onReplica({"UPDATE shop.prices SET price = 140", "DELETE FROM shop.odd"}));
        QVERIFY(primary().exec("DELETE FROM shop.odd WHERE id > 100"));
    }

    // Summer time ends: two instants have the same text in Berlin.
    void theDoubledHour()
    {
        QVERIFY2(primary().exec({"CREATE TABLE shop.hours (id INT PRIMARY KEY, at TIMESTAMP(6) NULL)",
                                 "INSERT INTO shop.hours SELECT id, FROM_UNIXTIME(1792886400 + 600 * id) FROM shop.big WHERE id <= 12"}),
                 primary().lastError().c_str());
        QVERIFY(isCaughtUp());
        QCOMPARE(compare(only("hours")).sums->state(), std::string("equal"));
        QVERIFY(onReplica({"UPDATE shop.hours SET at = at + INTERVAL 1 HOUR WHERE id = 5"}));
        QCOMPARE(wordsOf(compare(only("hours")).rows.at("shop.hours")), (std::set<std::string>{"differs:5 at"}));
    }

    void tablesThatAreOnOneSideOnlyOrOtherwise()
    {
        QVERIFY(primary().exec({"CREATE TABLE shop.gone (id INT PRIMARY KEY)", "CREATE TABLE shop.wider (id INT PRIMARY KEY, a INT)", "INSERT INTO shop.gone VALUES (1)"}));
        QVERIFY(isCaughtUp());
        QVERIFY(onReplica({"DROP TABLE shop.gone", "CREATE TABLE shop.strange (id INT PRIMARY KEY)", "ALTER TABLE shop.wider MODIFY a BIGINT"}));
        auto options = patient();
        options.tables = {{"shop", "gone"}, {"shop", "strange"}, {"shop", "wider"}};
        const auto found = compare(options);
        QVERIFY(found.sums);
        const auto word = [&](const char *name) { return found.tables.at(name).state + ' ' + found.tables.at(name).why; };
        QCOMPARE(word("shop.gone"), std::string("differs missing"));
        QCOMPARE(word("shop.strange"), std::string("differs extra"));
        QCOMPARE(word("shop.wider"), std::string("unchecked definition"));
        QCOMPARE(found.tables.size(), std::size_t{3});
        // a name that stands on neither side is a mistake, not an equal table
        options.tables.emplace_back("shop", "nosuch");
        const auto mistaken = compare(options);
        QVERIFY(!mistaken.sums && mistaken.sums.error().code == "not_found" && mistaken.sums.error().fields.at("name") == "shop.nosuch");
        QVERIFY(onReplica({"CREATE TABLE shop.gone (id INT PRIMARY KEY)", "INSERT INTO shop.gone VALUES (1)", "DROP TABLE shop.strange", "ALTER TABLE shop.wider MODIFY a INT"}));
    }

    void aCheckIsCancelled()
    {
        // held up by the load
        auto options = only("big");
        options.mostThreads = 0;
        std::stop_source source;
        std::string pause;
        const auto paused = compare(options, source.get_token(), [&](const CheckProgress &progress) {
            pause = progress.pause;
            if (!pause.empty())
                source.request_stop();
        });
        QVERIFY(!paused.sums && paused.sums.error().is(errors::cancelled));
        QCOMPARE(pause, std::string("load"));

        // while the replica's applier waits, and so the check
        const auto holder = SqlClient::connect("t", replica().socket(), "root");
        QVERIFY(holder && (*holder)->query("LOCK TABLES shop.mark WRITE"));
        QVERIFY(primary().exec("REPLACE INTO shop.mark VALUES (2, 'held')"));
        std::stop_source second;
        std::jthread stopper([&] {
            std::this_thread::sleep_for(1500ms);
            second.request_stop();
        });
        QElapsedTimer timer;
        timer.start();
        const auto waiting = compare(only("big"), second.get_token());
        QVERIFY(!waiting.sums && waiting.sums.error().is(errors::cancelled));
        QVERIFY2(timer.elapsed() < 15'000, std::to_string(timer.elapsed()).c_str());

        // and a replica that comes to nothing is given up
        auto hasty = only("big");
        hasty.patience = 2s;
        const auto behind = compare(hasty);
        QVERIFY(!behind.sums && behind.sums.error().is(errors::consistencyBehind));
        QVERIFY((*holder)->query("UNLOCK TABLES"));
        QVERIFY(isCaughtUp());
    }

    void brokenReplication()
    {
        QVERIFY(onReplica({"INSERT INTO shop.empty VALUES (7)"}));
        QVERIFY(primary().exec("INSERT INTO shop.empty VALUES (7)"));
        const auto found = compare(only("big"));
        QVERIFY(!found.sums && found.sums.error().is(errors::consistencyReplication));
        QVERIFY2(found.sums.error().fields.at("detail").find("1062") != std::string::npos, describe(found.sums.error()).c_str());
        QVERIFY(onReplica({"DELETE FROM shop.empty", m_mariaDb ? "START SLAVE" : "START REPLICA"}));
        QVERIFY(isCaughtUp());

        QVERIFY(replica().exec(m_mariaDb ? "STOP SLAVE" : "STOP REPLICA"));
        const auto stopped = compare(only("big"));
        QVERIFY(!stopped.sums && stopped.sums.error().is(errors::consistencyReplication));
        QVERIFY(replica().exec(m_mariaDb ? "START SLAVE" : "START REPLICA"));
        QVERIFY(isCaughtUp());
        QCOMPARE(compare(only("big")).sums->state(), std::string("equal"));
    }
};

QTEST_GUILESS_MAIN(TestConsistency)
#include "tst_consistency.moc"
