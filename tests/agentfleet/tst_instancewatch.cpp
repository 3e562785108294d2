// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sizes.h"
#include "agent/fleet/watch.h"
#include "agent/protocol/errors.h"
#include "tests/support/testserver.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>
#include <sys/stat.h>

#include <fstream>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using zandb::test::Flavour;
using zandb::test::TestServer;
using std::chrono::seconds;

namespace {

double cpuMilliseconds()
{
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return static_cast<double>(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e3
        + static_cast<double>(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e3;
}

bool contains(const std::vector<std::string> &names, const char *name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

class TestInstanceWatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_base = std::make_unique<QTemporaryDir>();
        m_config = {};
        m_config.base = m_base->path().toStdString();
        m_config.mariadbAccount = "root"; // without password on the test server, and with every right
    }

    void tellsAnInstanceAlone()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        QVERIFY(server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.m (i INT) ENGINE=MyISAM", "INSERT INTO shop.m VALUES (1),(2)",
                              "CREATE TABLE shop.big (i INT PRIMARY KEY, s LONGTEXT)", "INSERT INTO shop.big VALUES (1, REPEAT('x', 4000000))"}));
        InstanceWatch watch(m_config);
        const auto state = one(watch);
        QCOMPARE(state.name, server->name());
        QCOMPARE(state.state, std::string("up"));
        QCOMPARE(state.flavour, std::string("mariadb"));
        QCOMPARE(state.version, *server->value("SELECT VERSION()"));
        QCOMPARE(state.port, server->port());
        QCOMPARE(state.serverId, std::int64_t{server->port()});
        QCOMPARE(state.dataDirectory, server->dataDirectory().string());
        QCOMPARE(state.socket, server->socket().string());
        QCOMPARE(state.readOnly, std::optional<bool>(false));
        QVERIFY(!state.superReadOnly);
        QCOMPARE(state.role, std::string("single"));
        QCOMPARE(state.replicaCount, 0);
        QVERIFY(state.notPermitted.empty());
        QVERIFY(!state.error);
        QVERIFY(state.uptimeSeconds >= 0 && state.uptimeSeconds < 100);
        // what the server counts, and what the other engines' files hold
        const auto innodb = std::stoll(*server->value("SELECT SUM(FILE_SIZE) FROM information_schema.INNODB_SYS_TABLESPACES WHERE NAME<>'innodb_temporary'"));
        QVERIFY(state.dataBytes && *state.dataBytes > innodb + 14 && *state.dataBytes < innodb + (20 << 20));
        QVERIFY(*state.dataBytes > 16'000'000);
        QVERIFY(state.logBytes && *state.logBytes >= (16 << 20) + std::stoll(*server->value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME='BINLOG_SNAPSHOT_POSITION'")));

        QVERIFY(server->exec("SET GLOBAL read_only=1"));
        QCOMPARE(one(watch).readOnly, std::optional<bool>(true));
    }

    void seesGrowth()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        InstanceWatch watch(m_config, seconds{0});
        const auto before = one(watch);
        QVERIFY(server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.m (s LONGTEXT) ENGINE=MyISAM", "INSERT INTO shop.m VALUES (REPEAT('x', 3000000))"}));
        std::ofstream(server->logDirectory() / "slow.log") << std::string(1'000'000, 'x');
        // measuring takes its share of time only, so it may not be due at once
        QTRY_VERIFY_WITH_TIMEOUT(*one(watch).dataBytes - *before.dataBytes >= 3'000'000, 30'000);
        QVERIFY(*one(watch).logBytes - *before.logBytes >= 1'000'000);
    }

    void tellsPrimaryAndReplica()
    {
        auto primary = start(Flavour::MariaDb, true);
        if (!primary)
            return;
        auto replica = start(Flavour::MariaDb, true);
        QVERIFY(replica);
        QVERIFY(primary->exec({"CREATE USER repl@'%' IDENTIFIED BY 'secret'", "GRANT REPLICATION SLAVE ON *.* TO repl@'%'"}));
        QVERIFY2(replica->exec({"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + std::to_string(primary->port())
                                    + ", MASTER_USER='repl', MASTER_PASSWORD='secret', MASTER_USE_GTID=slave_pos",
                                "START SLAVE", "SET GLOBAL read_only=1"}),
                 replica->lastError().c_str());
        InstanceWatch watch(m_config);
        const auto find = [&](const TestServer &server) {
            for (auto &state : watch.sample()) {
                if (state.name == server.name())
                    return state;
            }
            return wire::InstanceState{};
        };
        QTRY_VERIFY_WITH_TIMEOUT(find(*replica).replication.size() == 1 && find(*replica).replication[0].sqlRunning && find(*replica).replication[0].ioRunning
                                     && find(*replica).replication[0].lagSeconds == 0, 20000);
        QTRY_COMPARE_WITH_TIMEOUT(find(*primary).replicaCount, 1, 30'000);
        QCOMPARE(find(*primary).role, std::string("primary"));
        QVERIFY(primary->exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (i INT PRIMARY KEY)"}));
        const auto position = primary->value("SELECT @@gtid_binlog_pos");
        QTRY_COMPARE_WITH_TIMEOUT(find(*replica).replication[0].gtid, *position, 30'000);
        auto state = find(*replica);
        QCOMPARE(state.role, std::string("replica"));
        QCOMPARE(state.replication[0].sourceHost, std::string("127.0.0.1"));
        QCOMPARE(state.replication[0].sourcePort, primary->port());
        QCOMPARE(state.readOnly, std::optional<bool>(true));

        // a conflict stops the applier: its error is told, and the lag is unknown, not 0
        QVERIFY(replica->exec("INSERT INTO shop.t VALUES (1)"));
        QVERIFY(primary->exec("INSERT INTO shop.t VALUES (1)"));
        QTRY_VERIFY_WITH_TIMEOUT(find(*replica).replication[0].errorNumber == 1062, 30'000);
        state = find(*replica);
        QVERIFY(!state.replication[0].sqlRunning);
        QVERIFY(!state.replication[0].lagSeconds);
        QVERIFY(state.replication[0].errorText.find("Duplicate") != std::string::npos);
        QCOMPARE(state.role, std::string("replica"));

        // the primary is gone: the receiver says so, and the replica still answers
        primary->stop();
        QTRY_VERIFY_WITH_TIMEOUT(!find(*replica).replication[0].ioRunning, 30'000);
        QCOMPARE(find(*primary).state, std::string("down"));
        QCOMPARE(find(*replica).state, std::string("up"));
    }

    void namesWhatItMayNotRead_data() { flavours(); }
    void namesWhatItMayNotRead()
    {
        QFETCH(int, flavour);
        auto server = start(Flavour(flavour));
        if (!server)
            return;
        const bool mySql = Flavour(flavour) == Flavour::MySql;
        const std::string account = mySql ? "watch@localhost" : "bare@localhost";
        QVERIFY2(server->exec("CREATE USER " + account + (mySql ? " IDENTIFIED WITH auth_socket AS '" + std::string(getpwuid(geteuid())->pw_name) + "'" : "")),
                 server->lastError().c_str());
        m_config.mariadbAccount = "bare";
        InstanceWatch watch(m_config, seconds{0});
        auto state = one(watch);
        QCOMPARE(state.state, std::string("up"));
        QVERIFY(contains(state.notPermitted, "replication"));
        QVERIFY(contains(state.notPermitted, "replicas"));
        QVERIFY(state.role.empty());
        QVERIFY(state.replication.empty());
        QVERIFY(state.readOnly); // anybody may know

        QVERIFY(server->exec("GRANT PROCESS ON *.* TO " + account));
        QVERIFY(server->exec((mySql ? "GRANT REPLICATION CLIENT ON *.* TO " : "GRANT BINLOG MONITOR, REPLICA MONITOR ON *.* TO ") + account));
        // a session keeps the rights it began with: the watch opens another by itself
        QTRY_VERIFY_WITH_TIMEOUT((state = one(watch), !contains(state.notPermitted, "replication") && !contains(state.notPermitted, "replicas")), 30'000);
        QCOMPARE(state.role, std::string("single"));
        QVERIFY(state.dataBytes && state.logBytes);
    }

    /// What neither the server nor the files tell stays absent: it is never 0.
    void missesSizesWithoutRightsAndFiles()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        QVERIFY(server->exec("CREATE USER bare@localhost"));
        m_config.mariadbAccount = "bare";
        // as somebody who may connect, but not look into the directories
        const bool root = geteuid() == 0;
        QCOMPARE(::chmod(m_config.base.c_str(), 0755), 0);
        for (const auto &directory : {server->dataDirectory(), server->logDirectory()})
            QCOMPARE(::chmod(directory.c_str(), root ? 0700 : 0300), 0);
        QVERIFY(!root || ::seteuid(65534) == 0);
        const auto blind = one(*std::make_unique<InstanceWatch>(m_config));
        const bool granted = server->exec("GRANT PROCESS, BINLOG MONITOR ON *.* TO bare@localhost");
        const auto seeing = one(*std::make_unique<InstanceWatch>(m_config));
        QVERIFY(!root || ::seteuid(0) == 0);
        for (const auto &directory : {server->dataDirectory(), server->logDirectory()})
            QCOMPARE(::chmod(directory.c_str(), 0755), 0);
        QCOMPARE(blind.state, std::string("up"));
        QVERIFY(!blind.dataBytes);
        QVERIFY(contains(blind.notPermitted, "data_bytes"));
        QVERIFY(contains(blind.notPermitted, "log_bytes.binlogs"));
        QVERIFY2(granted, server->lastError().c_str());
        QVERIFY(seeing.dataBytes && *seeing.dataBytes > 10'000'000);
        QVERIFY(contains(seeing.notPermitted, "data_bytes.non_innodb"));
        QVERIFY(seeing.logBytes && *seeing.logBytes > (16 << 20));
        QVERIFY(!contains(seeing.notPermitted, "log_bytes.binlogs"));
    }

    void tellsMySql()
    {
        auto server = start(Flavour::MySql);
        if (!server)
            return;
        const std::string me = getpwuid(geteuid())->pw_name;
        QVERIFY2(server->exec({"CREATE USER watch@localhost IDENTIFIED WITH auth_socket AS '" + me + "'",
                               "GRANT PROCESS, REPLICATION CLIENT ON *.* TO watch@localhost"}),
                 server->lastError().c_str());
        InstanceWatch watch(m_config);
        const auto state = one(watch);
        QCOMPARE(state.state, std::string("up"));
        QCOMPARE(state.flavour, std::string("mysql"));
        QCOMPARE(state.serverUuid, *server->value("SELECT @@server_uuid"));
        QCOMPARE(state.superReadOnly, std::optional<bool>(false));
        QCOMPARE(state.role, std::string("single"));
        QVERIFY(state.notPermitted.empty());
        QVERIFY(state.dataBytes && *state.dataBytes > (20 << 20));
        QVERIFY(state.logBytes && *state.logBytes >= (32 << 20));
        QVERIFY(server->exec("SET GLOBAL super_read_only=1"));
        QCOMPARE(one(watch).superReadOnly, std::optional<bool>(true));
        // one login, not one per sample and account
        const auto aborted = [&] { return std::stoi(*server->value("SELECT VARIABLE_VALUE FROM performance_schema.global_status WHERE VARIABLE_NAME='Aborted_connects'")); };
        const int before = aborted();
        for (int i = 0; i < 20; ++i)
            watch.sample();
        QCOMPARE(aborted(), before);
    }

    void tellsMySqlReplication()
    {
        auto primary = start(Flavour::MySql, true);
        if (!primary)
            return;
        auto replica = start(Flavour::MySql, true);
        QVERIFY(replica);
        const std::string me = getpwuid(geteuid())->pw_name;
        QVERIFY(primary->exec({"CREATE USER repl@'%' IDENTIFIED BY 'secret'", "GRANT REPLICATION SLAVE ON *.* TO repl@'%'"}));
        for (TestServer *server : {primary.get(), replica.get()})
            QVERIFY(server->exec({"SET sql_log_bin=0"}) && server->exec({"CREATE USER watch@localhost IDENTIFIED WITH auth_socket AS '" + me + "'",
                                                                          "GRANT PROCESS, REPLICATION CLIENT ON *.* TO watch@localhost", "RESET BINARY LOGS AND GTIDS"}));
        QVERIFY2(replica->exec({"CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=" + std::to_string(primary->port())
                                    + ", SOURCE_USER='repl', SOURCE_PASSWORD='secret', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1",
                                "START REPLICA"}),
                 replica->lastError().c_str());
        InstanceWatch watch(m_config);
        wire::InstanceState seenPrimary, seenReplica;
        const auto look = [&] {
            for (auto &state : watch.sample())
                (state.name == primary->name() ? seenPrimary : seenReplica) = state;
            return seenReplica.replication.size() == 1 && seenReplica.replication[0].ioRunning && seenReplica.replication[0].sqlRunning
                && seenReplica.replication[0].lagSeconds == 0 && seenPrimary.replicaCount == 1;
        };
        QTRY_VERIFY_WITH_TIMEOUT(look(), 30'000);
        QCOMPARE(seenReplica.role, std::string("replica"));
        QCOMPARE(seenPrimary.role, std::string("primary"));
        QCOMPARE(seenReplica.replication[0].sourcePort, primary->port());
        QVERIFY(primary->exec("CREATE DATABASE shop"));
        const auto gtid = primary->value("SELECT @@gtid_executed");
        QTRY_VERIFY_WITH_TIMEOUT((look(), seenReplica.replication[0].gtid == *gtid), 30'000);
    }

    void findsARestartedServerAgain()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        InstanceWatch watch(m_config);
        QCOMPARE(one(watch).state, std::string("up"));
        server->kill();
        auto state = one(watch);
        QCOMPARE(state.state, std::string("down"));
        QVERIFY(state.error && state.error->is(errors::instanceDown));
        QCOMPARE(state.flavour, std::string("mariadb")); // as last seen
        QVERIFY(!state.version.empty());
        QVERIFY(!state.dataBytes && !state.readOnly && state.role.empty());
        QVERIFY(server->startAgain());
        QCOMPARE(one(watch).state, std::string("up"));
        server->stop();
        QVERIFY(server->startAgain()); // between two samples: nobody need ever see it down
        state = one(watch);
        QCOMPARE(state.state, std::string("up"));
        QVERIFY(state.uptimeSeconds <= 2);
    }

    void tellsARefusedLogin()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        QVERIFY(server->exec("CREATE USER locked@localhost IDENTIFIED BY 'x'"));
        m_config.mariadbAccount = "locked";
        InstanceWatch watch(m_config);
        const auto state = one(watch);
        QCOMPARE(state.state, std::string("refused"));
        QCOMPARE(state.flavour, std::string("mariadb"));
        QVERIFY(!state.version.empty());
        QVERIFY(state.error && state.error->is(errors::instanceAccess));
        // the server's log is not filled with failed logins
        const auto refused = [&] { return std::stoi(*server->value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME='ACCESS_DENIED_ERRORS'")); };
        const int before = refused();
        QCOMPARE(before, 1);
        for (int i = 0; i < 20; ++i)
            watch.sample();
        QCOMPARE(refused(), before);
        QVERIFY(server->exec("ALTER USER locked@localhost IDENTIFIED BY ''"));
        QTRY_COMPARE_WITH_TIMEOUT(one(watch).state, std::string("up"), 30'000);
    }

    void aHangingInstanceDoesNotStarveTheOthers()
    {
        auto good = start(Flavour::MariaDb);
        if (!good)
            return;
        auto hanging = start(Flavour::MariaDb);
        QVERIFY(hanging);
        InstanceWatch watch(m_config);
        QCOMPARE(watch.sample().size(), std::size_t{2});
        hanging->freeze();
        QElapsedTimer clock;
        clock.start();
        const auto states = watch.sample();
        const auto first = clock.restart();
        watch.sample();
        const auto second = clock.elapsed();
        hanging->thaw();
        // the first waits for its answer, the second knows
        QVERIFY2(second < first / 2, qPrintable(QStringLiteral("%1 and %2 ms").arg(first).arg(second)));
        for (const auto &state : states)
            QCOMPARE(state.state, std::string(state.name == good->name() ? "up" : "down"));
        QTRY_VERIFY_WITH_TIMEOUT([&] {
            for (const auto &state : watch.sample()) {
                if (state.state != "up")
                    return false;
            }
            return true;
        }(), 30000);
    }

    void noticesInstancesThatComeAndGo()
    {
        InstanceWatch watch(m_config);
        QVERIFY(watch.sample().empty());
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        QCOMPARE(watch.sample().size(), std::size_t{1});
        server.reset(); // with its directory
        QVERIFY(watch.sample().empty());
    }

    /// Four instances, ten samples a second for a while: the agent's whole budget is 0.2 % of a core at one per 10 s.
    void costsLittle()
    {
        std::vector<std::unique_ptr<TestServer>> servers;
        for (int i = 0; i < 4; ++i) {
            servers.push_back(start(Flavour::MariaDb));
            if (!servers.back())
                return;
        }
        InstanceWatch watch(m_config);
        QCOMPARE(watch.sample().size(), std::size_t{4});
        constexpr int rounds = 50;
        const double before = cpuMilliseconds();
        for (int i = 0; i < rounds; ++i)
            watch.sample();
        const double each = (cpuMilliseconds() - before) / rounds;
        qInfo("a sample of four instances costs %.2f ms of CPU", each);
        QVERIFY2(each < 5, qPrintable(QStringLiteral("%1 ms").arg(each)));
        const auto local = findInstance(m_config, servers[0]->name());
        auto client = connectTo(m_config, *local, Account::Watch);
        QVERIFY(client);
        const double beforeSizes = cpuMilliseconds();
        for (int i = 0; i < rounds; ++i)
            QVERIFY(measureSizes(**client, *local));
        qInfo("measuring the sizes of one costs %.2f ms of CPU, once a minute", (cpuMilliseconds() - beforeSizes) / rounds);
    }

private:
    static void flavours()
    {
        QTest::addColumn<int>("flavour");
        QTest::newRow("mariadb") << int(Flavour::MariaDb);
        QTest::newRow("mysql") << int(Flavour::MySql);
    }
    /// Null after a skip or a failure.
    std::unique_ptr<TestServer> start(Flavour flavour, bool networking = false)
    {
        std::unique_ptr<TestServer> server;
        [&] {
            if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
                QSKIP(reason.c_str());
            std::string error;
            server = TestServer::start({.flavour = flavour, .base = m_config.base, .networking = networking}, &error);
            QVERIFY2(server, error.c_str());
        }();
        return server;
    }
    static wire::InstanceState one(InstanceWatch &watch)
    {
        const auto states = watch.sample();
        return states.size() == 1 ? states.front() : wire::InstanceState{};
    }
    std::unique_ptr<QTemporaryDir> m_base;
    Config m_config;
};

QTEST_APPLESS_MAIN(TestInstanceWatch)
#include "tst_instancewatch.moc"
