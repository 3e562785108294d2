// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/instancekiller.h"
#include "agent/killer/statementdigest.h"
#include "tests/support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <future>
#include <pwd.h>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

namespace {

/// A client that runs one statement after the other on a thread of its own.
class Talker
{
public:
    Talker(TestServer &server, const std::string &user, std::vector<std::string> before, const std::string &statement)
    {
        auto client = SqlClient::connect("t", server.socket(), user, 5s, 100s);
        if (!client)
            qFatal("%s: %s", user.c_str(), describe(client.error()).c_str());
        m_client = std::move(*client);
        for (const auto &sql : before) {
            if (const auto done = m_client->query(sql); !done)
                qFatal("%s: %s", sql.c_str(), describe(done.error()).c_str());
        }
        begin(statement);
    }
    ~Talker()
    {
        if (m_answer.valid())
            m_answer.wait(); // the test has ended its server by now
    }
    void begin(const std::string &statement)
    {
        m_answer = std::async(std::launch::async, [this, statement] { return m_client->query(statement); });
    }
    bool isRunning() const { return m_answer.wait_for(0s) != std::future_status::ready; }
    Result<SqlResult> take() { return m_answer.get(); }
    std::uint64_t id() const { return m_client->connectionId(); }

private:
    std::unique_ptr<SqlClient> m_client;
    std::future<Result<SqlResult>> m_answer;
};

wire::HeldPolicy policy(const char *why = "")
{
    wire::HeldPolicy held;
    held.policy.name = "long";
    held.policy.dryRun = *why != '\0';
    held.policy.longerThanSeconds = 1;
    held.policy.maxPerMinute = 100;
    held.dryRunWhy = why;
    return held;
}

} // namespace

/// Statements of real servers are killed as a policy says, and nothing else is.
class TestKiller : public QObject
{
    Q_OBJECT

    struct Pair
    {
        std::unique_ptr<TestServer> primary, replica;
    };
    Pair m_pairs[2];
    bool m_mariaDb = false;
    Pair *m_pair = nullptr;
    Config m_config;
    std::vector<std::unique_ptr<Talker>> m_talkers; ///< ended before the next test

    /// A replica gets its accounts from its source.
    std::unique_ptr<TestServer> start(Flavour flavour, bool withAccounts)
    {
        std::string error;
        auto server = TestServer::start({.flavour = flavour, .networking = true, .myCnf = {"event_scheduler=ON"}}, &error);
        if (!server) {
            qWarning("%s", error.c_str());
            return nullptr;
        }
        const std::string user = getpwuid(geteuid())->pw_name;
        std::vector<std::string> statements{"CREATE USER app@localhost", "GRANT ALL ON shop.* TO app@localhost"};
        if (flavour == Flavour::MariaDb)
            statements.insert(statements.end(), {"CREATE USER IF NOT EXISTS " + user + "@localhost IDENTIFIED VIA unix_socket", "CREATE ROLE maint",
                                                 "GRANT PROCESS, CONNECTION ADMIN ON *.* TO maint", "GRANT maint TO " + user + "@localhost"});
        else
            statements.insert(statements.end(), {"CREATE USER maint@localhost IDENTIFIED WITH auth_socket AS '" + user + "'",
                                                 "GRANT PROCESS, CONNECTION_ADMIN, SELECT ON *.* TO maint@localhost"});
        if (withAccounts && !server->exec(statements)) {
            qWarning("%s", server->lastError().c_str());
            return nullptr;
        }
        return server;
    }
    LocalInstance local(const TestServer &server) const
    {
        return {server.name(), server.port(), server.directory(), server.dataDirectory(), server.logDirectory(), server.socket(), server.myCnf()};
    }
    Talker &talk(TestServer &server, const std::string &user, const std::string &statement, std::vector<std::string> before = {})
    {
        before.insert(before.begin(), "USE shop");
        m_talkers.push_back(std::make_unique<Talker>(server, user, std::move(before), statement));
        return *m_talkers.back();
    }
    TestServer &server() { return *m_pair->primary; }
    /// All orders of looks until there are so many.
    static bool collect(InstanceKiller &killer, const wire::HeldPolicy &held, std::vector<InstanceKiller::Order> &orders, std::size_t wanted)
    {
        if (orders.size() < wanted) {
            for (auto &order : killer.look({held}, 1).orders)
                orders.push_back(order);
        }
        return orders.size() == wanted;
    }
    /// How many sessions with this condition the server shows.
    static int count(TestServer &server, const std::string &condition)
    {
        return std::stoi(server.value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE " + condition).value_or("-1"));
    }

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
        m_config.mariadbAccount = getpwuid(geteuid())->pw_name;
        m_pair = &m_pairs[!m_mariaDb];
        if (!m_pair->primary) {
            m_pair->primary = start(flavour, true);
            m_pair->replica = start(flavour, false);
            QVERIFY(m_pair->primary && m_pair->replica);
            QVERIFY2(server().exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (i INT PRIMARY KEY, n INT)",
                                    "CREATE TABLE shop.big (i INT PRIMARY KEY AUTO_INCREMENT, n INT)", "INSERT INTO shop.t VALUES (1,1),(2,2),(3,3),(4,4),(5,5)",
                                    "INSERT INTO shop.big (n) SELECT a.i FROM shop.t a, shop.t b, shop.t c, shop.t d, shop.t e"}),
                     server().lastError().c_str());
        }
    }
    void cleanup()
    {
        for (auto *one : {m_pair->primary.get(), m_pair->replica.get()}) {
            const auto ids = one ? one->value("SELECT GROUP_CONCAT(ID) FROM information_schema.PROCESSLIST WHERE USER IN ('app','maint')") : std::nullopt;
            for (std::string rest = ids.value_or(""); !rest.empty();) {
                const auto comma = std::min(rest.find(','), rest.size());
                one->exec("KILL " + rest.substr(0, comma));
                rest.erase(0, std::min(comma + 1, rest.size()));
            }
        }
        if (m_pair->primary && m_mariaDb) { // sessions of root, like the killer's own account
            const auto ids = server().value("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE '%own session%' AND ID <> CONNECTION_ID()");
            if (ids)
                server().exec("KILL " + *ids);
        }
        m_talkers.clear();
    }
    void cleanupTestCase()
    {
        for (auto &pair : m_pairs) {
            for (auto *server : {pair.primary.get(), pair.replica.get()}) {
                if (server)
                    server->kill();
            }
            pair.primary.reset();
            pair.replica.reset();
        }
    }

    void killsWhatThePolicySaysAndNothingElse()
    {
        TestServer &replica = *m_pair->replica;
        const std::string port = std::to_string(server().port());
        QVERIFY2(server().exec({"CREATE USER repl@'%' IDENTIFIED BY 'secret'", "GRANT REPLICATION SLAVE ON *.* TO repl@'%'"}), server().lastError().c_str());
        if (m_mariaDb)
            QVERIFY2(replica.exec({"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + port
                                       + ", MASTER_USER='repl', MASTER_PASSWORD='secret', MASTER_USE_GTID=slave_pos", "START SLAVE"}),
                     replica.lastError().c_str());
        else
            QVERIFY2(replica.exec({"CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=" + port
                                       + ", SOURCE_USER='repl', SOURCE_PASSWORD='secret', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1", "START REPLICA"}),
                     replica.lastError().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(replica.value("SELECT COUNT(*) FROM shop.big").value_or(""), std::string("3125"), 30'000);

        // the applier waits for a row on the replica
        talk(replica, "app", "SELECT 1", {"BEGIN", "SELECT * FROM t WHERE i = 1 FOR UPDATE"});
        QVERIFY(server().exec("UPDATE shop.t SET n = 100 WHERE i = 1"));
        std::vector<std::pair<const char *, Talker *>> bystanders;
        const auto stay = [&](const char *name, Talker &talker) { bystanders.emplace_back(name, &talker); };
        stay("event scheduler's definer", talk(server(), "app", "SELECT SLEEP(90), 'excepted'", {"SET @x = 1"}));
        QVERIFY2(server().exec("CREATE EVENT shop.slow ON SCHEDULE AT CURRENT_TIMESTAMP DO SELECT SLEEP(80) INTO @a"), server().lastError().c_str());
        stay("dump", talk(server(), "app", "SELECT /*!40001 SQL_NO_CACHE */ SLEEP(90) FROM t"));
        stay("own session", talk(server(), m_mariaDb ? m_config.mariadbAccount : "maint", "SELECT SLEEP(90), 'own session'"));
        stay("big transaction", talk(server(), "app", "SELECT SLEEP(90), 'big'", {"BEGIN", "UPDATE big SET n = n + 1"}));
        // a definition that waits for another session's transaction
        talk(server(), "app", "SELECT 1", {"CREATE TABLE held (i INT)", "BEGIN", "SELECT * FROM held"});
        stay("definition", talk(server(), "app", "ALTER TABLE held ADD COLUMN a INT"));
        // statements that are short, of a session whose clock stands in 1970
        std::atomic<bool> moved{true}, interrupted{false};
        std::thread old([&] {
            auto client = SqlClient::connect("t", server().socket(), "app", 5s, 30s);
            (*client)->query("SET timestamp = 1000");
            while (moved)
                interrupted = interrupted || !(*client)->query("SELECT SLEEP(0.2), 'old clock' FROM shop.t LIMIT 1");
        });

        // "app" is meant, and this alone of all that it runs
        Talker &victim = talk(server(), "app", "SELECT SLEEP(90) FROM t -- victim");
        Talker &writer = talk(server(), "app", "INSERT INTO big (n) SELECT SLEEP(90) FROM t");
        auto held = policy();
        held.policy.maxModifiedRows = 3000;
        held.policy.exceptDigests = {digestOf("SELECT SLEEP(90), 'excepted'").checksum};
        QTRY_COMPARE_WITH_TIMEOUT(count(server(), "INFO LIKE 'SELECT SLEEP(80)%' AND TIME >= 1"), 1, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(count(replica, "USER = 'system user' AND TIME >= 2") > 0, 30'000);
        InstanceKiller onPrimary(m_config, local(server())), onReplica(m_config, local(replica));

        std::vector<wire::KillRecord> records;
        QElapsedTimer timer;
        timer.start();
        int after = 0; // looks after both have ended
        while (after < 8 && timer.elapsed() < 30'000) {
            for (auto *killer : {&onPrimary, &onReplica}) {
                const auto look = killer->look({held}, 7);
                QVERIFY2(!look.trouble, look.trouble ? describe(*look.trouble).c_str() : "");
                for (const auto &order : look.orders) {
                    QCOMPARE(order.record.outcome, std::string("ordered"));
                    records.push_back(killer->carryOut(order));
                }
            }
            after += !victim.isRunning() && !writer.isRunning();
            std::this_thread::sleep_for(200ms);
        }
        moved = false;
        old.join();
        QVERIFY(!victim.isRunning() && !writer.isRunning());
        QVERIFY(!interrupted);
        for (const auto &[name, talker] : bystanders)
            QVERIFY2(talker->isRunning(), name);
        QCOMPARE(count(server(), "INFO LIKE 'SELECT SLEEP(80)%'"), 1); // the event
        QVERIFY(count(replica, "USER = 'system user' AND TIME >= 2") > 0);
        QVERIFY(count(server(), "COMMAND LIKE 'Binlog Dump%'") > 0);
        QCOMPARE(records.size(), std::size_t(2));
        for (const auto &record : records) {
            QCOMPARE(record.outcome, std::string("killed"));
            QCOMPARE(record.policy, std::string("long"));
            QCOMPARE(record.revision, 7);
            QCOMPARE(record.user, std::string("app"));
            QCOMPARE(record.host, std::string("localhost"));
            QCOMPARE(record.schema, std::string("shop"));
            QVERIFY2(record.seconds > 1 && record.seconds < 60, std::to_string(record.seconds).c_str());
            QVERIFY(record.rowsModified.has_value());
            QCOMPARE(record.checksum.size(), std::size_t(32));
            QVERIFY2(record.statement.find("90") == record.statement.npos, record.statement.c_str());
        }
        QVERIFY(server().exec("DROP EVENT IF EXISTS shop.slow"));
    }

    void dryRunKillsNothingAndSaysItOnce()
    {
        Talker &talker = talk(server(), "app", "SELECT SLEEP(90) FROM t");
        InstanceKiller killer(m_config, local(server()));
        std::vector<wire::KillRecord> said;
        QElapsedTimer timer;
        timer.start();
        for (int more = 0; more < 5 && timer.elapsed() < 20'000; std::this_thread::sleep_for(150ms)) {
            const auto look = killer.look({policy("policy"), [] { auto second = policy("expired"); second.policy.name = "second"; return second; }()}, 1);
            QVERIFY(!look.trouble && look.orders.empty());
            said.insert(said.end(), look.dryRuns.begin(), look.dryRuns.end());
            more += !said.empty();
        }
        QCOMPARE(said.size(), std::size_t(2)); // once for each policy
        QCOMPARE(said[0].outcome, std::string("dry_run"));
        QCOMPARE(said[1].detail, std::string("expired"));
        QVERIFY(talker.isRunning());
    }

    void atMostSoManyAMinute()
    {
        for (int i = 0; i < 5; ++i)
            talk(server(), "app", "SELECT SLEEP(90) FROM t");
        QTRY_COMPARE_WITH_TIMEOUT(count(server(), "USER = 'app' AND TIME >= 2 AND COMMAND = 'Query'"), 5, 20'000);
        auto held = policy();
        held.policy.maxPerMinute = 2;
        InstanceKiller killer(m_config, local(server()));
        std::size_t orders = 0;
        for (int i = 0; i < 5; ++i) {
            for (const auto &order : killer.look({held}, 1).orders) {
                QCOMPARE(killer.carryOut(order).outcome, std::string("killed"));
                ++orders;
            }
        }
        QCOMPARE(orders, std::size_t(2));
        QTRY_COMPARE_WITH_TIMEOUT(std::ranges::count_if(m_talkers, [](const auto &talker) { return talker->isRunning(); }), 3, 10'000);
    }

    void looksAgainBeforeItKills()
    {
        Talker &first = talk(server(), "app", "SELECT SLEEP(90) FROM t");
        Talker &second = talk(server(), "app", "SELECT SLEEP(90), i FROM t");
        InstanceKiller killer(m_config, local(server()));
        std::vector<InstanceKiller::Order> orders;
        QTRY_VERIFY_WITH_TIMEOUT(collect(killer, policy(), orders, 2), 20'000);
        if (orders[0].running.connection != first.id())
            std::swap(orders[0], orders[1]);
        // the same text again, by the same connection: another statement; and a connection that has gone
        QVERIFY(server().exec({"KILL QUERY " + std::to_string(first.id()), "KILL " + std::to_string(second.id())}));
        QTRY_VERIFY_WITH_TIMEOUT(!first.isRunning() && !second.isRunning(), 10'000);
        first.take();
        first.begin("SELECT SLEEP(90) FROM t");
        QTRY_COMPARE_WITH_TIMEOUT(count(server(), "ID = " + std::to_string(first.id()) + " AND COMMAND = 'Query'"), 1, 10'000);
        QCOMPARE(killer.carryOut(orders[0]).outcome, std::string("gone"));
        QCOMPARE(killer.carryOut(orders[1]).outcome, std::string("gone"));
        QVERIFY(first.isRunning());
    }

    void connectionsToo()
    {
        Talker &talker = talk(server(), "app", "SELECT SLEEP(90) FROM t");
        auto held = policy();
        held.policy.action = "connection";
        InstanceKiller killer(m_config, local(server()));
        std::vector<InstanceKiller::Order> orders;
        QTRY_VERIFY_WITH_TIMEOUT(collect(killer, held, orders, 1), 20'000);
        QCOMPARE(killer.carryOut(orders[0]).outcome, std::string("killed"));
        QTRY_VERIFY_WITH_TIMEOUT(!talker.isRunning(), 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(count(server(), "ID = " + std::to_string(talker.id())), 0, 10'000);
    }

    void withoutTheRightItSaysSo()
    {
        if (m_mariaDb)
            QSKIP("the account of this process is root's, which has every right");
        QVERIFY2(server().exec("REVOKE CONNECTION_ADMIN ON *.* FROM maint@localhost"), server().lastError().c_str());
        Talker &talker = talk(server(), "app", "SELECT SLEEP(90) FROM t");
        {
            InstanceKiller killer(m_config, local(server()));
            std::vector<InstanceKiller::Order> orders;
            QTRY_VERIFY_WITH_TIMEOUT(collect(killer, policy(), orders, 1), 20'000);
            const auto record = killer.carryOut(orders[0]);
            QCOMPARE(record.outcome, std::string("failed"));
            QCOMPARE(record.detail, std::string("instance.not_permitted"));
        }
        // without PROCESS a server shows no others and says nothing of it
        QVERIFY2(server().exec("REVOKE PROCESS ON *.* FROM maint@localhost"), server().lastError().c_str());
        InstanceKiller killer(m_config, local(server()));
        const auto look = killer.look({policy()}, 1);
        QVERIFY(look.trouble && look.trouble->is(errors::notPermitted));
        QCOMPARE(look.trouble->fields.at("remedy"), std::string("GRANT PROCESS ON *.* TO `maint`@`localhost`;"));
        QVERIFY(talker.isRunning());
        QVERIFY2(server().exec("GRANT PROCESS, CONNECTION_ADMIN ON *.* TO maint@localhost"), server().lastError().c_str());
    }

    void aServerThatIsGoneIsLeftAlone()
    {
        if (!m_mariaDb)
            return;
        InstanceKiller killer(m_config, local(server()));
        QVERIFY(!killer.look({policy()}, 1).trouble);
        server().kill();
        const auto look = killer.look({policy()}, 1);
        QVERIFY(look.trouble && look.trouble->is(errors::instanceDown));
        QElapsedTimer timer;
        timer.start();
        QVERIFY(killer.look({policy()}, 1).trouble); // not asked again so soon
        QVERIFY(timer.elapsed() < 1000);
        QVERIFY(server().startAgain());
        QTRY_VERIFY_WITH_TIMEOUT(!killer.look({policy()}, 1).trouble, 20'000);
    }
};

QTEST_MAIN(TestKiller)
#include "tst_killer.moc"
