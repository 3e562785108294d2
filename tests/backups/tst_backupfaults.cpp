// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/manifest.h"
#include "agent/backups/tools.h"
#include "agent/fleet/sqlclient.h"
#include "tests/backups/backupfixture.h"

#include <fstream>
#include <thread>

#include <sys/mount.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// What goes wrong during backups of a real MariaDB, and what is left of them.
class TestBackupFaults : public QObject
{
    Q_OBJECT

    // a directory of tools where one is a script of ours in front of the real one
    fs::path toolWith(const char *name, const std::string &script, const std::string &tool = "mariadb-backup")
    {
        const fs::path tools = m_fixture.path(name);
        fs::create_directories(tools);
        std::ofstream(tools / tool) << "#!/bin/bash\n[ \"$1\" = --version ] && exec /usr/bin/" << tool << " --version\n" << script;
        fs::permissions(tools / tool, fs::perms::owner_all);
        return tools;
    }

    Result<wire::BackupResult> run(Config config, const wire::BackupArgs &args, std::string *log = nullptr)
    {
        FakeContext context(std::move(config), m_fixture.path("work"));
        auto result = runBackup(context, args);
        if (log)
            *log = context.logText();
        return result;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        QVERIFY2(m_fixture.start({}, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200))",
                                         "INSERT INTO shop.t (a) SELECT REPEAT(MD5(RAND()), 4) FROM shop.seq_1_to_100000",
                                         "CREATE TABLE shop.m (i INT) ENGINE=MyISAM", "INSERT INTO shop.m VALUES (1)"}),
                 m_fixture.server->lastError().c_str());
    }

    void cleanup()
    {
        // whatever happened: no backup is listed and no remains are left
        if (m_fixture.server)
            QCOMPARE(m_fixture.repositoryNames().filter(u"Z-"_s), QStringList());
    }

    void toolMissing()
    {
        const auto tool = findTool(m_fixture.config, true, "mariadb-nosuchtool");
        QVERIFY(!tool && tool.error().is(errors::toolMissing));
        QVERIFY(!tool.error().fields.at("package").empty());
    }

    void toolKilledMidWay()
    {
        auto config = m_fixture.config;
        config.mariadbTools = toolWith("tools-killed", "/usr/bin/mariadb-backup \"$@\" | head -c 3000000\nkill -9 $$\n");
        std::string log;
        const auto result = run(config, m_fixture.args(), &log);
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::toolKilled) && result.error().isTransient(), log.c_str());
        QCOMPARE(result.error().fields.at("signal"), std::string("9"));
        QVERIFY(!result.error().fields.contains("remains"));
    }

    void toolThatLies()
    {
        auto config = m_fixture.config;
        // exit status 0 and the end marker, but half of the stream
        config.mariadbTools = toolWith("tools-lying", "/usr/bin/mariadb-backup \"$@\" 2>/dev/null | head -c 3000000\necho 'completed OK!' >&2\n");
        const auto half = run(config, m_fixture.args());
        QVERIFY(!half && half.error().is(errors::backupCoverage));
        // everything, but no end marker
        config.mariadbTools = toolWith("tools-silent", "exec /usr/bin/mariadb-backup \"$@\" 2>/dev/null\n");
        const auto silent = run(config, m_fixture.args());
        QVERIFY(!silent && silent.error().is(errors::backupNoEndMarker));
        // everything, and an error on the way
        config.mariadbTools = toolWith("tools-error", "echo '[ERROR] page is corrupted' >&2\nexec /usr/bin/mariadb-backup \"$@\"\n");
        const auto error = run(config, m_fixture.args());
        QVERIFY(!error && error.error().is(errors::toolFailed));
    }

    void ourDumpNeverHoldsOthersUp()
    {
        // mariadb-dump and mariadb-backup need no global read lock here; mydumper takes one
        if (!fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed (package mydumper)");
        QProcess reader;
        const QStringList login{u"--no-defaults"_s, u"-uroot"_s, u"-S"_s, QString::fromStdString(m_fixture.server->socket().string()), u"-e"_s};
        reader.start(u"mariadb"_s, login + QStringList{u"INSERT INTO shop.m SELECT SLEEP(25)"_s});
        QVERIFY(reader.waitForStarted());
        QTest::qWait(500);
        // somebody who writes all the time, and measures how long each write took
        std::atomic<bool> stop = false;
        std::chrono::steady_clock::duration worst{};
        std::thread writer([&] {
            auto client = SqlClient::connect("t", m_fixture.server->socket(), "root", 5s, 60s);
            while (client && !stop) {
                const auto begin = std::chrono::steady_clock::now();
                (void)(*client)->query("INSERT INTO shop.t (a) VALUES ('x')");
                worst = std::max(worst, std::chrono::steady_clock::now() - begin);
                std::this_thread::sleep_for(20ms);
            }
        });
        auto args = m_fixture.args("mydumper");
        args.longStatementSeconds = 60; // so that the dump does run into its lock
        std::string log;
        const auto result = run(m_fixture.config, args, &log);
        stop = true;
        writer.join();
        reader.kill();
        reader.waitForFinished();
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::backupHeldUp), why(result).constData());
        QVERIFY2(worst < 20s, std::to_string(std::chrono::duration<double>(worst).count()).c_str()); // the reader has 25
        QVERIFY2(worst > 1s, "the lock was never in anybody's way, so this proves nothing");
    }

    void instanceDown_data()
    {
        QTest::addColumn<bool>("killed");
        QTest::newRow("shut down") << false;
        QTest::newRow("killed, its socket left") << true;
    }
    void instanceDown()
    {
        QFETCH(bool, killed);
        TestServer &server = *m_fixture.server;
        killed ? server.kill() : server.stop();
        QCOMPARE(fs::exists(server.socket()), killed);
        for (const char *method : {"physical", "logical"}) {
            std::string log;
            const auto result = run(m_fixture.config, m_fixture.args(method), &log);
            QVERIFY(!result);
            QVERIFY2(result.error().is(errors::instanceDown) && result.error().isTransient(), why(result).constData());
            QCOMPARE(result.error().fields.at("instance"), server.name());
            QCOMPARE(result.error().fields.at("socket"), server.socket().string());
            QVERIFY2(log.find("started ") == std::string::npos, log.c_str());
        }
        QVERIFY2(server.startAgain(), server.lastError().c_str());
        const auto good = run(m_fixture.config, m_fixture.args());
        QVERIFY2(good, why(good).constData());
        fs::remove_all(good->path);
    }

    void serverRestartedMidWay_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("tool"); // in front of the real one
        QTest::addColumn<QString>("script");
        QTest::newRow("while files are copied") << u"physical"_s << QString() << QString();
        QTest::newRow("when the tool has all it wants") << u"physical"_s << u"mariadb-backup"_s << u"/usr/bin/mariadb-backup \"$@\"\ns=$?\nsleep 30\nexit $s\n"_s;
        QTest::newRow("while rows are dumped") << u"logical"_s << u"mariadb-dump"_s
                                               << u"set -o pipefail\n/usr/bin/mariadb-dump \"$@\" | (head -c 200000; sleep 30; cat)\n"_s;
    }
    void serverRestartedMidWay()
    {
        QFETCH(QString, method);
        QFETCH(QString, tool);
        QFETCH(QString, script);
        auto config = m_fixture.config;
        if (!tool.isEmpty())
            config.mariadbTools = toolWith("tools-restart", script.toStdString(), tool.toStdString());
        auto args = m_fixture.args(method.toStdString());
        if (tool.isEmpty())
            args.throttleBytesPerSecond = 1 << 20;
        FakeContext context(config, m_fixture.path("work"));
        std::optional<Result<wire::BackupResult>> result;
        std::atomic<bool> ended = false;
        std::jthread backup([&] {
            result = runBackup(context, args);
            ended = true;
        });
        const auto copied = [&] {
            const auto seen = context.progressSeen();
            return !seen.empty() && seen.back().bytesDone > 100000;
        };
        QVERIFY2(QTest::qWaitFor([&] { return copied() || ended; }, 30'000) && !ended, context.logText().c_str());
        m_fixture.server->stop();
        QVERIFY2(!ended || !*result, "it had ended before the server did, so this proves nothing");
        QVERIFY2(m_fixture.server->startAgain(), m_fixture.server->lastError().c_str());
        QVERIFY2(QTest::qWaitFor([&] { return ended.load(); }, 30'000), context.logText().c_str());
        backup.join();
        QVERIFY(!*result);
        QVERIFY2(result->error().is(errors::backupServerRestarted) && result->error().isTransient(), why(*result, &context).constData());
        QVERIFY(!result->error().fields.contains("remains"));
        QCOMPARE(m_fixture.repositoryNames(), QStringList());
        const auto next = run(m_fixture.config, m_fixture.args(method.toStdString()));
        QVERIFY2(next, why(next).constData());
        const auto valid = validateBackup(next->path);
        QVERIFY2(valid, why(valid).constData());
        fs::remove_all(next->path);
    }

    void impatientServer()
    {
        // what the agent asks at the end is asked on a connection that was idle all the time
        QVERIFY(m_fixture.server->exec("SET GLOBAL wait_timeout=2"));
        auto config = m_fixture.config;
        config.mariadbTools = toolWith("tools-late", "/usr/bin/mariadb-backup \"$@\"\ns=$?\nsleep 5\nexit $s\n");
        std::string log;
        const auto slow = run(config, m_fixture.args(), &log);
        QVERIFY2(slow, (log + why(slow).toStdString()).c_str());
        fs::remove_all(slow->path);
        // and when somebody ends that connection all the same
        FakeContext context(config, m_fixture.path("work-idle"));
        std::jthread killer([&](const std::stop_token &stop) {
            while (!stop.stop_requested() && context.logText().find("started mariadb-backup") == std::string::npos)
                std::this_thread::sleep_for(5ms);
            const auto first = m_fixture.server->value("SELECT MIN(ID) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Sleep'");
            if (first)
                m_fixture.server->exec("KILL " + *first);
        });
        const auto killed = runBackup(context, m_fixture.args());
        killer = {};
        log = context.logText();
        QVERIFY(m_fixture.server->exec("SET GLOBAL wait_timeout=DEFAULT"));
        QVERIFY2(killed, (log + why(killed).toStdString()).c_str());
        fs::remove_all(killed->path);
        QVERIFY2(log.find("connected again") != std::string::npos, log.c_str());
    }

    void diskFull()
    {
        const fs::path small = m_fixture.path("small");
        fs::create_directories(small);
        if (::mount("tmpfs", small.c_str(), "tmpfs", 0, "size=2m") != 0)
            QSKIP("no tmpfs can be mounted here: run the tests as root");
        auto config = m_fixture.config;
        config.repositories[0].path = small;
        std::string log;
        const auto tooSmall = run(config, m_fixture.args(), &log);
        const bool before = !tooSmall && tooSmall.error().is(errors::diskFull);
        bool empty = true;
        for (const auto &entry : fs::recursive_directory_iterator(small))
            empty = empty && entry.is_directory() && entry.path().filename().string().find("Z-") == std::string::npos;
        ::umount(small.c_str());
        QVERIFY2(before, why(tooSmall).constData());
        QVERIFY(empty);
        // and when it fills up on the way: staging counts too
        config = m_fixture.config;
        config.repositories[0].minFreeBytes = std::int64_t(1) << 60;
        const auto refused = run(config, m_fixture.args());
        QVERIFY(!refused && refused.error().is(errors::diskFull));
    }

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestBackupFaults)
#include "tst_backupfaults.moc"
