// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/backups/backupfixture.h"

#include "agent/backups/connectionrelay.h"
#include "agent/backups/guard.h"
#include "agent/backups/job.h"
#include "agent/protocol/time.h"

#include <csignal>
#include <fstream>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Backups that are in somebody's way, or somebody in theirs, on a MariaDB whose performance_schema lists the locks.
class TestLockHolder : public QObject
{
    Q_OBJECT

    using Client = std::unique_ptr<SqlClient>;
    Client connection(const std::string &user = "root") const
    {
        auto client = SqlClient::connect("t", m_fixture.server->socket(), user, 5s, 300s);
        return client ? std::move(*client) : nullptr;
    }
    std::string stateOf(std::uint64_t id) const
    {
        return m_fixture.server->value("SELECT COALESCE(STATE, '') FROM information_schema.PROCESSLIST WHERE ID = " + std::to_string(id)).value_or("gone");
    }
    /// How many processes of this command line run.
    static int running(const std::string &words)
    {
        int count = 0;
        for (const auto &entry : fs::directory_iterator("/proc")) {
            std::string line = readFile(entry.path() / "cmdline", 4096).value_or("");
            std::ranges::replace(line, '\0', ' ');
            count += line == words + ' ';
        }
        return count;
    }
    /// A program in the tool's place, by a script.
    Config withTool(const char *tool, const std::string &script) const
    {
        Config config = m_fixture.config;
        config.mariadbTools = m_fixture.path("tools");
        fs::create_directories(config.mariadbTools);
        const fs::path file = config.mariadbTools / tool;
        std::ofstream(file) << "#!/bin/bash\n" << script;
        fs::permissions(file, fs::perms::owner_all);
        return config;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        ServerOptions options;
        options.binlog = false; // so a dump needs no lock
        options.myCnf = {"performance_schema=ON", "performance_schema_instrument='wait/lock/metadata/sql/mdl=ON'"};
        std::string error;
        QVERIFY2(m_fixture.start(options, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.aa (i INT PRIMARY KEY, x CHAR(200))", "CREATE TABLE shop.locked (i INT) ENGINE=MyISAM",
                                         "CREATE TABLE shop.zz (i INT PRIMARY KEY)", "CREATE USER app@localhost", "GRANT ALL ON shop.* TO app@localhost",
                                         "INSERT INTO shop.aa SELECT seq, REPEAT('x', 200) FROM shop.seq_1_to_50000", "INSERT INTO shop.zz SELECT seq FROM shop.seq_1_to_1000"}),
                 m_fixture.server->lastError().c_str());
    }

    void theHolderIsNamed()
    {
        const Client idle = connection(), holder = connection("app");
        QVERIFY(idle && holder);
        QVERIFY(holder->query("LOCK TABLES shop.locked WRITE"));
        auto args = m_fixture.args("physical");
        args.longStatementWaitSeconds = 6;
        FakeContext context(m_fixture.config, m_fixture.path("work"));
        const auto result = runBackup(context, args);
        QVERIFY(!result);
        // and is told of while it waits
        QVERIFY2(std::ranges::count(context.progressSeen(), std::string("waiting"), &wire::Progress::phase) > 0, context.logText().c_str());
        const std::string said = "waiting for a lock: session " + std::to_string(holder->connectionId()) + " (app@localhost, since ";
        QVERIFY2(context.logText().find(said) != std::string::npos, context.logText().c_str());
        const Error &error = result.error();
        QVERIFY2(error.is(errors::backupLockHeld) && error.isTransient(), why(result, &context).constData());
        QCOMPARE(error.fields.at("id"), std::to_string(holder->connectionId()));
        QCOMPARE(error.fields.at("user"), std::string("app"));
        QCOMPARE(error.fields.at("host"), std::string("localhost"));
        QVERIFY2(error.fields.at("statement").find("shop.locked") != std::string::npos, why(result).constData());
        const auto since = fromIso(error.fields.at("since"));
        QVERIFY(since && *since <= systemNow() && *since > systemNow() - 1h);
        QVERIFY(std::stoi(error.fields.at("seconds")) >= 1);
    }

    /// A dump waits for the lock of one table as long as it takes, and says for whom.
    void aDumpSaysWhomItWaitsFor()
    {
        const Client holder = connection("app");
        QVERIFY(holder && holder->query("LOCK TABLES shop.zz WRITE"));
        FakeContext context(m_fixture.config, m_fixture.path("work-waits"));
        const auto waits = [&] { return std::ranges::count(context.progressSeen(), std::string("waiting"), &wire::Progress::phase) > 0; };
        std::jthread other([&](const std::stop_token &stop) { // lets it go on once it has said so
            while (!stop.stop_requested() && !waits())
                std::this_thread::sleep_for(50ms);
            (void)holder->query("UNLOCK TABLES");
        });
        std::jthread limit([&](const std::stop_token &stop) { // should it never say so
            for (int i = 0; i < 600 && !stop.stop_requested(); ++i)
                std::this_thread::sleep_for(100ms);
            other.request_stop();
        });
        const auto result = runBackup(context, m_fixture.args("logical"));
        limit = {};
        other = {};
        QVERIFY2(result, why(result, &context).constData());
        QVERIFY2(waits(), context.logText().c_str());
        const std::string said = "waiting for a lock: session " + std::to_string(holder->connectionId()) + " (app@localhost, since ";
        QVERIFY2(context.logText().find(said) != std::string::npos, context.logText().c_str());
    }

    // A person's FLUSH under the account of the backups is no business of a backup's.
    void flushOfOthersIsLeftAlone()
    {
        const Client holder = connection("app");
        QVERIFY(holder && holder->query("LOCK TABLES shop.locked WRITE"));
        auto instance = findInstance(m_fixture.config, m_fixture.server->name());
        QVERIFY(instance);
        auto guard = ServerGuard::start(m_fixture.config, *instance, "root", {60s, 1s}, {});
        QVERIFY(guard);
        // the tool reaches the server through the relay, as every tool does
        const fs::path directory = m_fixture.path("a directory with a long name, as those of attempts are, so that no socket's address would hold it");
        fs::create_directories(directory);
        auto relay = ConnectionRelay::start(directory, m_fixture.server->socket(), [&](std::uint64_t id) { (*guard)->addTool(id); });
        QVERIFY(relay);
        auto tool = SqlClient::connect("t", (*relay)->socket(), "root", 5s, 60s);
        QVERIFY2(tool, why(tool).constData());
        Client person = connection();
        const auto toolId = (*tool)->connectionId(), personId = person->connectionId();
        QVERIFY(personId > toolId);
        std::atomic<bool> toolFailed = false, personWaits = true, personFailed = false;
        const std::jthread one([&] { toolFailed = !(*tool)->query("FLUSH TABLES WITH READ LOCK").has_value(); });
        const std::jthread other([&] {
            personFailed = !person->query("FLUSH TABLES WITH READ LOCK").has_value();
            personWaits = false;
        });
        const auto letGo = qScopeGuard([&] { // also when this fails: the threads are waited for
            for (const auto id : {toolId, personId, holder->connectionId()})
                m_fixture.server->exec("KILL " + std::to_string(id));
        });
        QTRY_VERIFY_WITH_TIMEOUT((*guard)->tripped().has_value(), 30000);
        QVERIFY2((*guard)->tripped()->is(errors::backupLockHeld), describe(*(*guard)->tripped()).c_str());
        QTRY_VERIFY_WITH_TIMEOUT(toolFailed, 30000);
        (*guard)->finish();
        QVERIFY2(personWaits && stateOf(personId).starts_with("Waiting"), stateOf(personId).c_str());
        QVERIFY(holder->query("UNLOCK TABLES"));
        QTRY_VERIFY_WITH_TIMEOUT(!personWaits, 30000);
        QVERIFY(!personFailed);
    }

    void definitionChanged()
    {
        // its output is not taken once the first table has begun, so it stands there with its snapshot until told to go on
        const fs::path go = m_fixture.path("go"), begun = m_fixture.path("begun");
        const Config config = withTool("mariadb-dump", "[ \"$1\" = --version ] && exec /usr/bin/mariadb-dump --version\nset -o pipefail\n"
                                                       "/usr/bin/mariadb-dump \"$@\" | (head -c 1000000; touch '" + begun.string() + "'; while [ ! -e '"
                                                           + go.string() + "' ]; do sleep 0.05; done; cat)\n");
        std::jthread other([&](const std::stop_token &stop) {
            while (!stop.stop_requested() && !fs::exists(begun))
                std::this_thread::sleep_for(5ms);
            const Client client = connection();
            if (client && client->query("ALTER TABLE shop.zz ADD COLUMN j INT, ALGORITHM=COPY"))
                std::ofstream(go).flush();
        });
        FakeContext context(config, m_fixture.path("work-dump"));
        const auto result = runBackup(context, m_fixture.args("logical"));
        other = {};
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::backupDefinitionChanged) && result.error().isTransient(), why(result, &context).constData());
        QCOMPARE(result.error().fields.at("table"), std::string("shop.zz"));
    }

    /// mydumper that has written everything and hangs is ended, as the other tools are.
    void aToolThatDoesNotEndIsEnded_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("tool");
        QTest::newRow("mariadb-dump") << QStringLiteral("logical") << QStringLiteral("mariadb-dump");
        QTest::newRow("mydumper") << QStringLiteral("mydumper") << QStringLiteral("mydumper");
    }
    void aToolThatDoesNotEndIsEnded()
    {
        QFETCH(QString, method);
        QFETCH(QString, tool);
        const std::string program = "/usr/bin/" + tool.toStdString();
        if (!fs::exists(program))
            QSKIP("mydumper is not installed (package mydumper)");
        const Config config = withTool(qPrintable(tool), "[ \"$1\" = --version ] && exec " + program + " --version\n" + program
                                                             + " \"$@\"\nexec >&- 2>&-\nexec sleep 1000.7118\n");
        setEndPatience(2s);
        const auto put = qScopeGuard([] { setEndPatience(60s); });
        FakeContext context(config, m_fixture.path("work-hangs"));
        auto args = m_fixture.args("logical");
        args.method = method.toStdString();
        const auto result = runBackup(context, args);
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::toolKilled), why(result, &context).constData());
        QTRY_COMPARE_WITH_TIMEOUT(running("sleep 1000.7118"), 0, 30'000);
    }

    /// mydumper that hangs in the middle: the server has answered everything, and it neither asks nor ends.
    void aToolThatAsksForNothingIsEnded()
    {
        if (!fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed (package mydumper)");
        // a connection that stands and is idle
        const Config config = withTool("mydumper", "[ \"$1\" = --version ] && exec /usr/bin/mydumper --version\n"
                                                   "for a; do case $a in --socket=*) s=$a ;; esac; done\n"
                                                   "sleep 1000.7119 | mariadb --no-defaults --user=root \"$s\"\n");
        setEndPatience(1s);
        const auto put = qScopeGuard([] { setEndPatience(60s); });
        FakeContext context(config, m_fixture.path("work-asks-nothing"));
        auto args = m_fixture.args("logical");
        args.method = "mydumper";
        const auto result = runBackup(context, args);
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::toolKilled) && result.error().isTransient(), why(result, &context).constData());
        QVERIFY2(context.logText().find("mydumper hangs") != std::string::npos, context.logText().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(running("sleep 1000.7119"), 0, 30'000);
    }

    void killedToolLeavesAChild_data()
    {
        QTest::addColumn<QString>("child");
        QTest::newRow("of its process group") << QStringLiteral("sleep 1000.7117");
        QTest::newRow("of a session of its own") << QStringLiteral("setsid sleep 30");
    }
    // What it started holds the pipes open that the run reads to their end.
    void killedToolLeavesAChild()
    {
        QFETCH(QString, child);
        const Config config = withTool("mariadb-backup", "[ \"$1\" = --version ] || " + child.toStdString() + " &\nexec /usr/bin/mariadb-backup \"$@\"\n");
        FakeContext context(config, m_fixture.path("work-child"));
        static const QRegularExpression started(QStringLiteral("started mariadb-backup, pid (\\d+)"));
        std::atomic<int> pid = 0;
        std::jthread killer([&](const std::stop_token &stop) {
            while (!stop.stop_requested() && context.logText().find("BACKUP STAGE START") == std::string::npos)
                std::this_thread::sleep_for(5ms);
            pid = started.match(QString::fromStdString(context.logText())).captured(1).toInt();
            if (pid > 0)
                ::kill(pid, SIGKILL);
        });
        auto args = m_fixture.args("physical");
        args.throttleBytesPerSecond = 1 << 20; // so that there is time
        const auto result = runBackup(context, args); // without an end, before
        killer = {};
        QVERIFY(!result);
        QVERIFY2(result.error().code.starts_with("tool."), why(result, &context).constData());
        QVERIFY(pid > 0);
        if (!child.startsWith(QStringLiteral("setsid")))
            QTRY_COMPARE_WITH_TIMEOUT(running(child.toStdString()), 0, 30'000);
    }

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestLockHolder)
#include "tst_lockholder.moc"
