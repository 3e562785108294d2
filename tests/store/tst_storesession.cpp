// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/connection.h"
#include "tests/store/sessiontest.h"

#include <QTemporaryDir>

#include <barrier>
#include <csignal>
#include <fstream>
#include <limits>
#include <thread>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::Session;
using store::value;

/// A session against real servers of each flavour that can be had: what it says of every trouble, what it repeats
/// and what it does not, and how it is stopped.
class TestStoreSession : public SessionTest
{
    Q_OBJECT

    QTemporaryDir m_dir;

    std::int64_t connectionId(Session &session)
    {
        return session.query("SELECT CONNECTION_ID()").value().front().integer(0);
    }

    /// Whether the server has begun with it.  Not on the test's own thread, which waits for the answer.
    bool waitUntilExecuted(const std::string &sql)
    {
        for (const QDeadlineTimer until(60'000); !until.hasExpired(); std::this_thread::sleep_for(20ms)) {
            if (m_server->value("SELECT COUNT(*) FROM information_schema.processlist WHERE info = '" + sql + "'") == "1")
                return true;
        }
        return false;
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void sessionIsSetUp();
    void valuesComeBack();
    void oneStatementOnly();
    void denied();
    void readOnly();
    void full();
    void serverRestarts();
    void deadConnection();
    void rollsBack();
    void commitUnknown();
    void deadlocksAreRepeated();
    void stopKillsAtOnce();
    void stopInTransaction();
    void statementLimit();
};

void TestStoreSession::sessionIsSetUp()
{
    Session session(m_root);
    QFETCH_GLOBAL(bool, mySql);
    const auto rows = session.query(
        "SELECT @@session.time_zone, @@session.sql_mode, @@session.innodb_lock_wait_timeout, @@session.lock_wait_timeout, "
        "@@session.character_set_client, @@session.character_set_connection, DATABASE(), "
            + std::string(mySql ? "@@session.transaction_isolation, @@session.max_execution_time / 1000"
                                : "@@session.tx_isolation, @@session.max_statement_time"));
    VERIFY_OK(rows);
    const store::Row &row = rows->front();
    QCOMPARE(row.text(0), std::string("+00:00"));
    QVERIFY(row.text(1).find("STRICT_TRANS_TABLES") != std::string::npos);
    QVERIFY(row.text(1).find("BACKSLASH") == std::string::npos);
    QCOMPARE(row.integer(2), 5);
    QCOMPARE(row.integer(3), 5);
    QCOMPARE(row.text(4), std::string("utf8mb4"));
    QCOMPARE(row.text(5), std::string("utf8mb4"));
    QCOMPARE(row.text(6), std::string("s"));
    QCOMPARE(row.text(7), std::string("READ-COMMITTED"));
    QCOMPARE(row.integer(8), 60);
    const auto now = session.now();
    VERIFY_OK(now);
    QVERIFY(std::chrono::abs(*now - systemNow()) < 5s);
    QVERIFY(toMicros(*now) % 1000 != 0 || toMicros(session.now().value()) % 1000 != 0); // microseconds, not more
}

void TestStoreSession::valuesComeBack()
{
    Session session(tcp());
    std::vector<std::string> bytes{"", "it's", "\"\\'; DROP TABLE t; -- ", std::string("a\0b\x1a\n\r\t", 7), "\xff\xfe\x80", "\xf0\x9f\x90\xac \xe4\xb8\xad",
                                   "?", "%s %n", Uuid::v7().raw()};
    std::string all, big(1 << 20, ' ');
    for (int i = 0; i < 256; ++i)
        all += static_cast<char>(i);
    for (std::size_t i = 0; i < big.size(); ++i)
        big[i] = static_cast<char>(i * 2654435761u >> 11);
    bytes.push_back(all);
    bytes.push_back(big);
    for (const char *mode : {"", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES"}) { // the literals mean the same in every mode
        VERIFY_OK(session.execute("SET SESSION sql_mode = ?", {value(mode)}));
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            const bool text = store::Row({bytes[i]}).json(0).is_null() && i != 4 && i < bytes.size() - 3;
            VERIFY_OK(session.execute("REPLACE INTO t (id, b, c) VALUES (?,?,?)",
                                      {value(static_cast<int>(i)), value(bytes[i]), text ? value(bytes[i]) : store::Value(nullptr)}));
            const auto rows = session.query("SELECT b, c FROM t WHERE id=? AND b=?", {value(static_cast<int>(i)), value(bytes[i])});
            VERIFY_OK(rows);
            QCOMPARE(rows->size(), 1u);
            QVERIFY(rows->front().text(0) == bytes[i]);
            QCOMPARE(rows->front().isNull(1), !text);
            if (text)
                QVERIFY(rows->front().text(1) == bytes[i]);
        }
    }
    VERIFY_OK(session.execute("SET SESSION sql_mode = 'STRICT_ALL_TABLES'"));
    // bytes that are no text are refused by a text column, not changed in silence
    COMPARE_CODE(session.execute("REPLACE INTO t (id, c) VALUES (1, ?)", {value("\xff\xfe")}), errors::storeSql);

    using Limits = std::numeric_limits<std::int64_t>;
    const auto numbers = session.query("SELECT ?, ?, ?, ?, ?, CAST(7 AS DECIMAL(20,3)), 18446744073709551615",
                                       {value(Limits::min()), value(Limits::max()), value(0.1), value(-1e-300), nullptr});
    VERIFY_OK(numbers);
    const store::Row &row = numbers->front();
    QCOMPARE(row.integer(0), Limits::min());
    QCOMPARE(row.integer(1), Limits::max());
    QVERIFY(row.real(2) == 0.1);
    QVERIFY(row.real(3) == -1e-300);
    QVERIFY(row.isNull(4));
    QCOMPARE(row.integer(5), 7);
}

void TestStoreSession::oneStatementOnly()
{
    Session session(m_root);
    COMPARE_CODE(session.execute("DELETE FROM t; DROP TABLE t"), errors::storeSql);
    COMPARE_CODE(session.query("SELECT 1; SELECT 2"), errors::storeSql);
    const QString file = m_dir.filePath(QStringLiteral("local"));
    std::ofstream(file.toStdString()) << "1\n";
    (void)m_server->exec("SET GLOBAL local_infile=1");
    const auto loaded = session.execute("LOAD DATA LOCAL INFILE '" + file.toStdString() + "' INTO TABLE t (id)");
    QVERIFY(!loaded);
    QCOMPARE(m_server->value("SELECT COUNT(*) FROM s.t").value(), std::string("0"));
    VERIFY_OK(session.query("SELECT 1")); // and the session is still of use
    // matched rows count, changed or not
    VERIFY_OK(session.execute("INSERT INTO t (id) VALUES (1)"));
    QCOMPARE(session.execute("UPDATE t SET id=1 WHERE id=1").value(), 1);
}

void TestStoreSession::denied()
{
    QVERIFY2(m_server->exec({"DROP USER IF EXISTS looker@'127.0.0.1'", "CREATE USER looker@'127.0.0.1' IDENTIFIED BY 'x'",
                             "GRANT SELECT ON s.t TO looker@'127.0.0.1'"}), m_server->lastError().c_str());
    StoreSettings settings = tcp("x");
    settings.user = "looker";
    Session session(settings);
    VERIFY_OK(session.query("SELECT * FROM t"));
    COMPARE_CODE(session.execute("DELETE FROM t"), errors::storeDenied);
    StoreSettings other = tcp();
    other.schema = "mysql";
    Session foreign(other);
    COMPARE_CODE(foreign.query("SELECT 1"), errors::storeDenied);
}

void TestStoreSession::readOnly()
{
    Session session(tcp());
    VERIFY_OK(session.execute("INSERT INTO t (id) VALUES (1)"));
    QVERIFY2(m_server->exec("SET GLOBAL read_only=1"), m_server->lastError().c_str());
    COMPARE_CODE(session.execute("INSERT INTO t (id) VALUES (2)"), errors::storeReadOnly);
    VERIFY_OK(session.query("SELECT * FROM t"));
    QVERIFY(m_server->exec("SET GLOBAL read_only=0"));
    VERIFY_OK(session.execute("INSERT INTO t (id) VALUES (2)"));
    VERIFY_OK(session.transaction([&]() -> Result<void> {
        // 1792 is what a session says that is read-only by itself
        return {};
    }));
    VERIFY_OK(session.execute("SET SESSION TRANSACTION READ ONLY"));
    COMPARE_CODE(session.execute("INSERT INTO t (id) VALUES (3)"), errors::storeReadOnly);
}

void TestStoreSession::full()
{
    // the same error as of a tablespace that may not grow
    Session session(m_root);
    VERIFY_OK(session.execute("SET SESSION max_heap_table_size = 16384"));
    VERIFY_OK(session.execute("CREATE TABLE IF NOT EXISTS full_one (v CHAR(250)) ENGINE=MEMORY"));
    Result<std::int64_t> answer = 0;
    for (int i = 0; i < 1000 && answer; ++i)
        answer = session.execute("INSERT INTO full_one VALUES ('x'),('x'),('x'),('x'),('x'),('x'),('x'),('x')");
    COMPARE_CODE(answer, errors::storeFull);
    QVERIFY(answer.error().isTransient());
    VERIFY_OK(session.execute("DROP TABLE full_one"));
}

void TestStoreSession::serverRestarts()
{
    Session reader(tcp()), writer(tcp()), worker(m_root);
    VERIFY_OK(reader.query("SELECT 1"));
    VERIFY_OK(writer.execute("INSERT INTO t (id) VALUES (1)"));
    VERIFY_OK(worker.query("SELECT 1"));
    m_server->stop();
    COMPARE_CODE(reader.query("SELECT 1"), errors::storeUnreachable);
    COMPARE_CODE(writer.execute("INSERT INTO t (id) VALUES (2)"), errors::storeUnreachable);
    QVERIFY2(m_server->startAgain(), m_server->lastError().c_str());
    VERIFY_OK(reader.query("SELECT 1"));
    VERIFY_OK(writer.execute("INSERT INTO t (id) VALUES (2)"));
    VERIFY_OK(worker.transaction([&]() -> Result<void> { // it never noticed the restart
        const auto done = worker.execute("INSERT INTO t (id) VALUES (3)");
        return done ? Result<void>() : fail(done.error());
    }));
    QCOMPARE(m_server->value("SELECT COUNT(*) FROM s.t").value(), std::string("3"));
    m_server->kill();
    COMPARE_CODE(reader.query("SELECT 1"), errors::storeUnreachable);
    QVERIFY2(m_server->startAgain(), m_server->lastError().c_str());
    VERIFY_OK(reader.query("SELECT 1"));
}

void TestStoreSession::deadConnection()
{
    Session session(m_root), other(m_root);
    VERIFY_OK(other.execute("KILL " + std::to_string(connectionId(session))));
    VERIFY_OK(session.query("SELECT 1")); // once more, on a new one
    VERIFY_OK(other.execute("KILL " + std::to_string(connectionId(session))));
    QCOMPARE(session.execute("INSERT INTO t (id) VALUES (1)").value(), 1);
    QCOMPARE(session.query("SELECT COUNT(*) FROM t").value().front().integer(0), 1);
    VERIFY_OK(other.execute("KILL " + std::to_string(connectionId(session))));
    VERIFY_OK(session.transaction([&]() -> Result<void> {
        const auto done = session.execute("INSERT INTO t (id) VALUES (2)");
        return done ? Result<void>() : fail(done.error());
    }));
    // in the middle of one nothing is repeated, and nothing is half done
    int calls = 0;
    const auto broken = session.transaction([&]() -> Result<void> {
        ++calls;
        (void)session.execute("INSERT INTO t (id) VALUES (3)");
        (void)other.execute("KILL " + std::to_string(connectionId(session)));
        const auto first = session.execute("INSERT INTO t (id) VALUES (4)");
        const auto second = session.execute("INSERT INTO t (id) VALUES (5)");
        return first || second ? Result<void>() : fail(first.error());
    });
    COMPARE_CODE(broken, errors::storeUnreachable);
    QCOMPARE(calls, 1);
    QCOMPARE(session.query("SELECT COUNT(*) FROM t").value().front().integer(0), 2);
}

void TestStoreSession::rollsBack()
{
    Session session(m_root);
    const auto answer = session.transaction([&]() -> Result<void> {
        (void)session.execute("INSERT INTO t (id) VALUES (1)");
        return fail(errors::notFound, {{"what", "x"}});
    });
    COMPARE_CODE(answer, errors::notFound);
    COMPARE_CODE(session.transaction([&]() -> Result<void> {
        (void)session.execute("INSERT INTO t (id) VALUES (1)");
        throw std::runtime_error("a fault");
    }), errors::internal);
    QCOMPARE(session.query("SELECT COUNT(*) FROM t").value().front().integer(0), 0);
    // one inside another is a part of it
    const auto outer = session.transaction([&]() -> Result<void> {
        (void)session.transaction([&]() -> Result<void> {
            (void)session.execute("INSERT INTO t (id) VALUES (1)");
            return {};
        });
        return fail(errors::cancelled);
    });
    COMPARE_CODE(outer, errors::cancelled);
    QCOMPARE(session.query("SELECT COUNT(*) FROM t").value().front().integer(0), 0);
}

void TestStoreSession::commitUnknown()
{
    Session session(m_root), other(m_root);
    const auto answer = session.transaction([&]() -> Result<void> {
        (void)session.execute("INSERT INTO t (id) VALUES (1)");
        (void)other.execute("KILL " + std::to_string(connectionId(session)));
        return {};
    });
    COMPARE_CODE(answer, errors::storeUnreachable);
    QCOMPARE(answer.error().fields.at("commit"), std::string("unknown"));
    QCOMPARE(session.query("SELECT COUNT(*) FROM t").value().front().integer(0), 0);
}

void TestStoreSession::deadlocksAreRepeated()
{
    Session setup(m_root);
    VERIFY_OK(setup.execute("INSERT INTO t (id, c) VALUES (1, ''), (2, '')"));
    std::barrier<> both(2);
    std::atomic<int> bodies = 0;
    std::vector<std::string> problems(2);
    const auto work = [&](int who) {
        Session session(m_root);
        bool first = true;
        const auto done = session.transaction([&]() -> Result<void> {
            ++bodies;
            for (const int id : {who == 0 ? 1 : 2, who == 0 ? 2 : 1}) {
                const auto changed = session.execute("UPDATE t SET c = CONCAT(c, 'x') WHERE id = ?", {value(id)});
                if (!changed)
                    return fail(changed.error());
                if (std::exchange(first, false))
                    both.arrive_and_wait();
            }
            return {};
        });
        if (!done)
            problems[static_cast<std::size_t>(who)] = describe(done.error());
    };
    std::thread one(work, 0), two(work, 1);
    one.join();
    two.join();
    QCOMPARE(problems[0] + problems[1], std::string());
    QVERIFY2(bodies >= 3, "there was no deadlock");
    QCOMPARE(setup.query("SELECT GROUP_CONCAT(c) FROM t").value().front().text(0), std::string("xx,xx"));
}

void TestStoreSession::stopKillsAtOnce()
{
    Session session(m_root);
    VERIFY_OK(session.query("SELECT 1"));
    // MySQL answers a killed SLEEP with a row, other statements with an error
    for (const char *sql : {"SELECT SLEEP(3600)", "SELECT COUNT(*) FROM information_schema.collations a, information_schema.collations b, "
                                                "information_schema.collations c, information_schema.collations d WHERE a.id + b.id * c.id = d.id + 0.5"}) {
        std::stop_source stop;
        session.setStopToken(stop.get_token());
        std::thread asker([&] {
            if (!waitUntilExecuted(sql))
                return; // it runs to its end, and the test says so
            // asking must not block, it may be the GUI's thread: a server that stands still does not hold it up
            ::kill(m_server->pid(), SIGSTOP);
            stop.request_stop();
            ::kill(m_server->pid(), SIGCONT);
        });
        const auto answer = session.query(sql); // an hour's work
        asker.join();
        COMPARE_CODE(answer, errors::cancelled);
        COMPARE_CODE(session.query("SELECT 1"), errors::cancelled); // until it gets another token
        session.setStopToken({});
        QCOMPARE(session.query("SELECT 7").value().front().integer(0), 7);
    }
    QCOMPARE(m_server->value("SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE '%SLEEP(3600)%' AND info NOT LIKE '%processlist%'").value(),
             std::string("0"));
    // a request during the answer's arrival, again and again
    for (int i = 0; i < 30; ++i) {
        std::stop_source stop;
        session.setStopToken(stop.get_token());
        std::thread asker([&] { std::this_thread::sleep_for(std::chrono::microseconds(100 * i)); stop.request_stop(); });
        (void)session.query("SELECT COUNT(*) FROM information_schema.collations");
        asker.join();
        session.setStopToken({});
        QCOMPARE(session.query("SELECT 7").value().front().integer(0), 7);
    }
}

void TestStoreSession::stopInTransaction()
{
    Session session(m_root);
    std::stop_source stop;
    session.setStopToken(stop.get_token());
    std::jthread asker([&] {
        (void)waitUntilExecuted("SELECT SLEEP(3600)");
        stop.request_stop();
    });
    COMPARE_CODE(session.transaction([&]() -> Result<void> {
        (void)session.execute("INSERT INTO t (id) VALUES (1)");
        const auto rows = session.query("SELECT SLEEP(3600)");
        return rows ? Result<void>() : fail(rows.error());
    }), errors::cancelled);
    session.setStopToken({});
    QCOMPARE(session.query("SELECT COUNT(*) FROM t").value().front().integer(0), 0);
}

void TestStoreSession::statementLimit()
{
    Session session(m_root);
    session.setStatementLimit(1s);
    const auto answer = session.query("SELECT COUNT(*) FROM information_schema.collations a, information_schema.collations b, "
                                      "information_schema.collations c, information_schema.collations d WHERE a.id + b.id * c.id = d.id + 0.5");
    COMPARE_CODE(answer, errors::storeSql);
    VERIFY_OK(session.query("SELECT 1"));
}

QTEST_GUILESS_MAIN(TestStoreSession)
#include "tst_storesession.moc"
