// SPDX-License-Identifier: GPL-3.0-or-later
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

    // a directory of tools where mariadb-backup is a script of ours in front of the real one
    fs::path toolWith(const char *name, const std::string &script)
    {
        const fs::path tools = m_fixture.path(name);
        fs::create_directories(tools);
        std::ofstream(tools / "mariadb-backup") << "#!/bin/bash\n[ \"$1\" = --version ] && exec /usr/bin/mariadb-backup --version\n" << script;
        fs::permissions(tools / "mariadb-backup", fs::perms::owner_all);
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
        QVERIFY2(result.error().is(errors::toolFailed), log.c_str());
        QCOMPARE(result.error().fields.at("status"), std::string("signal 9"));
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

    void longStatementBlocks()
    {
        QProcess reader;
        reader.start(u"mariadb"_s, {u"--no-defaults"_s, u"-uroot"_s, u"-S"_s, QString::fromStdString(m_fixture.server->socket().string()), u"-e"_s, u"SELECT SLEEP(20) FROM shop.m"_s});
        QVERIFY(reader.waitForStarted());
        QTest::qWait(3500);
        auto args = m_fixture.args();
        args.longStatementSeconds = 2;
        args.longStatementWaitSeconds = 2;
        const auto result = run(m_fixture.config, args);
        reader.kill();
        reader.waitForFinished();
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::backupBlocked) && result.error().isTransient(), why(result).constData());
    }

    void ourDumpNeverHoldsOthersUp()
    {
        // mariadb-dump and mariadb-backup need no global read lock here; mydumper takes one
        if (!fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed");
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
        QVERIFY2(worst < 5s, std::to_string(std::chrono::duration<double>(worst).count()).c_str());
        QVERIFY2(worst > 1s, "the lock was never in anybody's way, so this proves nothing");
    }

    void serverRestartedMidWay()
    {
        auto config = m_fixture.config;
        config.mariadbTools = toolWith("tools-slow", "/usr/bin/mariadb-backup \"$@\"\ns=$?\nsleep 6\nexit $s\n");
        std::thread restart([&] {
            std::this_thread::sleep_for(4s);
            m_fixture.server->stop();
        });
        const auto result = run(config, m_fixture.args());
        restart.join();
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::backupServerRestarted), why(result).constData());
        QVERIFY(m_fixture.server->startAgain());
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
        std::thread killer([&] {
            std::this_thread::sleep_for(3s);
            const auto first = m_fixture.server->value("SELECT MIN(ID) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Sleep'");
            if (first)
                m_fixture.server->exec("KILL " + *first);
        });
        const auto killed = run(config, m_fixture.args(), &log);
        killer.join();
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
