// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/inventory.h"
#include "agent/backups/keep.h"
#include "agent/backups/manifest.h"
#include "agent/backups/repository.h"
#include "agent/backups/restore.h"
#include "agent/backups/tools.h"
#include "agent/fleet/sqlclient.h"
#include "tests/backups/backupfixture.h"
#include "tests/backups/slowlink.h"
#include "tests/support/smalldisk.h"
#include "tests/support/testfleet.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QRegularExpression>

#include <atomic>
#include <csignal>
#include <fstream>
#include <thread>

#include <fcntl.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t mega = 1000 * 1000;
constexpr std::int64_t incompressible = 90 * mega; ///< bytes of random data in the server

} // namespace

/// Slow and full disks, here and at the far end of a real sshd, and what may be done to a backup under way.
class TestBackupDisks : public QObject
{
    Q_OBJECT

    struct Outcome
    {
        Result<wire::BackupResult> result;
        std::string log;
        double seconds = 0;
    };
    Outcome run(Config config, const wire::BackupArgs &args, const fs::path &directory)
    {
        FakeContext context(std::move(config), directory);
        QElapsedTimer timer;
        timer.start();
        auto result = runBackup(context, args);
        return {std::move(result), context.logText(), static_cast<double>(timer.elapsed()) / 1000};
    }
    wire::BackupArgs args(const std::string &repository = "local") const
    {
        auto made = m_fixture.args("physical");
        made.repository = repository;
        return made;
    }

    // A repository behind a real sshd and a line of this speed.
    bool startRemote(const fs::path &path, std::string &why)
    {
        const fs::path bin = fs::path(QCoreApplication::applicationDirPath().toStdString()).parent_path() / "bin" / "zandb-agent";
        if (!fs::exists("/usr/sbin/sshd") || !fs::exists("/usr/bin/ssh") || !fs::exists(bin)) {
            why = "sshd, ssh or zandb-agent is missing";
            return false;
        }
        const fs::path dir = m_fixture.path("sshd");
        fs::remove_all(dir);
        fs::create_directories(dir);
        fs::create_directories(path);
        if (::geteuid() == 0)
            fs::create_directories("/run/sshd");
        for (const char *key : {"hostkey", "identity"}) {
            if (runProgram({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", (dir / key).string()}).status != 0) {
                why = "ssh-keygen failed";
                return false;
            }
        }
        std::ofstream(dir / "agent.toml") << "[agent]\nhost = \"vault\"\nbase = \"" << dir.string() << "\"\nstate_directory = \"" << (dir / "state").string()
                                          << "\"\nsocket = \"" << (dir / "s").string() << "\"\nauthorized_keys = \"" << (dir / "keys").string()
                                          << "\"\n[[repository]]\nname = \"vault\"\npath = \"" << path.string() << "\"\naccept_from = [\"db1\"]\nprune_after_days = 1\n";
        std::ofstream(dir / "keys") << "restrict,command=\"" << bin.string() << " receive --repo vault --host db1 --config " << (dir / "agent.toml").string()
                                    << "\" " << readFile(dir / "identity.pub").value_or("");
        {
            // a port nobody listens on
            SlowLink free(1, 1);
            m_sshPort = free.port();
        }
        std::ofstream(dir / "sshd_config") << "ListenAddress 127.0.0.1\nPort " << m_sshPort
                                           << "\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                                              "PermitRootLogin prohibit-password\nPrintMotd no\nAuthorizedKeysFile " << (dir / "keys").string()
                                           << "\nHostKey " << (dir / "hostkey").string() << '\n';
        endSshd();
        m_sshd = startProgram({"/usr/sbin/sshd", "-D", "-e", "-f", (dir / "sshd_config").string()}, dir / "sshd.log");
        m_link = std::make_unique<SlowLink>(m_sshPort, 10 * mega);
        std::ofstream(dir / "known_hosts") << "[127.0.0.1]:" << m_link->port() << ' ' << readFile(dir / "hostkey.pub").value_or("");
        RepositoryConfig remote;
        remote.name = "vault";
        remote.remote = userName() + "@127.0.0.1";
        remote.sshPort = m_link->port();
        remote.identity = dir / "identity";
        remote.knownHosts = dir / "known_hosts";
        m_fixture.config.repositories.resize(1);
        m_fixture.config.repositories.push_back(remote);
        for (int i = 0; i < 100; ++i) { // until it listens
            if (runProgram({"/usr/bin/ssh-keyscan", "-T", "1", "-p", std::to_string(m_sshPort), "127.0.0.1"}).out.size() > 20)
                return true;
            std::this_thread::sleep_for(50ms);
        }
        why = "sshd did not start: " + readFile(dir / "sshd.log").value_or("");
        return false;
    }
    void endSshd()
    {
        m_link.reset();
        if (m_sshd > 0)
            endProgram(std::exchange(m_sshd, -1), SIGTERM);
    }

    static QStringList namesIn(const fs::path &root)
    {
        QStringList names;
        for (const auto &entry : fs::recursive_directory_iterator(root)) {
            if (!entry.is_directory() || entry.path().filename().string().find("Z-") != std::string::npos)
                names << QString::fromStdString(entry.path().lexically_relative(root).string());
        }
        return names;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        QVERIFY2(m_fixture.start({}, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.blobs (id INT AUTO_INCREMENT PRIMARY KEY, b BLOB)",
                                         "CREATE TABLE shop.news (id INT AUTO_INCREMENT PRIMARY KEY, b BLOB)", "SET GLOBAL innodb_flush_log_at_trx_commit=0"}),
                 m_fixture.server->lastError().c_str());
        for (int i = 0; i < 3; ++i) {
            QVERIFY2(m_fixture.server->exec("INSERT INTO shop.blobs (b) SELECT CONCAT(RANDOM_BYTES(1000), RANDOM_BYTES(1000)) FROM shop.seq_1_to_"
                                            + std::to_string(incompressible / 6000)),
                     m_fixture.server->lastError().c_str());
        }
    }
    void cleanupTestCase() { endSshd(); }

    void writesDuringASlowRepository()
    {
        std::string reason;
        const fs::path vault = m_fixture.path("vault");
        if (!startRemote(vault, reason))
            QSKIP(reason.c_str());
        auto config = m_fixture.config;
        config.stagingBytes = 128 * mega;
        // about 3 MB of redo a second against a redo log of 16 MB: a tool that is held back is overrun
        std::atomic<int> written = 0;
        std::jthread writer([&](const std::stop_token &stop) {
            auto client = SqlClient::connect("t", m_fixture.server->socket(), "root", 5s, 60s);
            while (client && !stop.stop_requested()) {
                if ((*client)->query("INSERT INTO shop.news (b) SELECT CONCAT(RANDOM_BYTES(1000), RANDOM_BYTES(1000)) FROM shop.seq_1_to_30"))
                    ++written;
                std::this_thread::sleep_for(20ms);
            }
        });
        const fs::path work = m_fixture.path("work-slow");
        std::uintmax_t staging = 0;
        std::jthread watch([&](const std::stop_token &stop) {
            while (!stop.stop_requested()) {
                std::error_code ec;
                for (const auto &open : fs::directory_iterator("/proc/self/fd", ec)) {
                    if (fs::read_symlink(open.path(), ec).string().starts_with((work / "staging").string()))
                        staging = std::max(staging, fs::file_size(open.path(), ec));
                }
                std::this_thread::sleep_for(20ms);
            }
        });
        const Outcome outcome = run(config, args("vault"), work);
        writer = {};
        watch = {};
        QVERIFY2(outcome.result, (describe(outcome.result ? Error{} : outcome.result.error()) + '\n' + outcome.log).c_str());
        QVERIFY2(outcome.result->storedBytes > incompressible, outcome.log.c_str());
        QVERIFY2(static_cast<double>(outcome.result->storedBytes) / outcome.seconds < 11.5 * mega, "the line was not slow, so this proves nothing");
        QVERIFY2(written > 60, "nobody wrote, so this proves nothing");
        QVERIFY(staging > 0);
        QVERIFY2(staging <= static_cast<std::uintmax_t>(config.stagingBytes), std::to_string(staging).c_str());
        QVERIFY(!fs::exists(work / "staging"));
        const auto manifest = validateBackup(outcome.result->path);
        QVERIFY2(manifest, why(manifest).constData());

        // and where not even the staging file is enough, it says so and leaves nothing
        fs::remove_all(vault);
        fs::create_directories(vault);
        config.stagingBytes = 2 * mega;
        m_link->setRate(2 * mega);
        const Outcome tooSlow = run(config, args("vault"), m_fixture.path("work-slower"));
        QVERIFY(!tooSlow.result);
        QVERIFY2(tooSlow.result.error().is(errors::backupStagingFull) && tooSlow.result.error().isTransient(), why(tooSlow.result).constData());
        QCOMPARE(namesIn(vault), QStringList());
        QVERIFY(!fs::exists(m_fixture.path("work-slower") / "staging"));
        QVERIFY(m_fixture.server->exec("TRUNCATE shop.news"));
    }

    void repositoryWithoutRoom_data()
    {
        QTest::addColumn<bool>("remote");
        QTest::addColumn<bool>("midWay");
        QTest::newRow("here, too little from the start") << false << false;
        QTest::newRow("here, fills up") << false << true;
        QTest::newRow("remote, too little from the start") << true << false;
        QTest::newRow("remote, fills up") << true << true;
    }
    void repositoryWithoutRoom()
    {
        QFETCH(bool, remote);
        QFETCH(bool, midWay);
        auto client = SqlClient::connect("t", m_fixture.server->socket(), "root");
        QVERIFY(client);
        const auto instance = findInstance(m_fixture.config, m_fixture.server->name());
        const std::int64_t bytes = takeInventory(**client, *instance, m_fixture.config)->bytes;
        // half of the data is thought to be enough at first, and is not for these
        const std::int64_t size = midWay ? incompressible * 9 / 10 : bytes / 4;
        QVERIFY(!midWay || size > bytes / 2);
        const SmallDisk disk(m_fixture.path("disk"), size);
        if (!disk.mounted())
            QSKIP("no tmpfs can be mounted here: run the tests as root");
        auto config = m_fixture.config;
        if (remote) {
            std::string reason;
            if (!startRemote(disk.path(), reason))
                QSKIP(reason.c_str());
            m_link->setRate(1000 * mega);
            config = m_fixture.config;
        } else {
            config.repositories.resize(1);
            config.repositories[0].path = disk.path();
        }
        const Outcome outcome = run(config, args(remote ? "vault" : "local"), m_fixture.path("work-full"));
        QVERIFY(!outcome.result);
        const Error &error = outcome.result.error();
        QVERIFY2(error.is(errors::diskFull) && error.isTransient(), outcome.log.c_str());
        QCOMPARE(error.fields.at("path"), disk.path().string());
        QVERIFY(!error.fields.at("free").empty() && !error.fields.at("needed").empty());
        QCOMPARE(outcome.log.find("started mariadb-backup") != std::string::npos, midWay);
        QVERIFY(!error.fields.contains("remains"));
        QTRY_COMPARE_WITH_TIMEOUT(namesIn(disk.path()), QStringList(), 30'000);
        endSshd();
    }

    void hostWithoutRoomForStaging()
    {
        std::string reason;
        if (!startRemote(m_fixture.path("vault"), reason))
            QSKIP(reason.c_str());
        const SmallDisk disk(m_fixture.path("disk"), 8 * mega);
        if (!disk.mounted())
            QSKIP("no tmpfs can be mounted here: run the tests as root");
        m_link->setRate(2 * mega);
        const Outcome outcome = run(m_fixture.config, args("vault"), disk.path() / "work");
        QVERIFY(!outcome.result);
        QVERIFY2(outcome.result.error().is(errors::diskFull), (describe(outcome.result.error()) + '\n' + outcome.log).c_str());
        QCOMPARE(outcome.result.error().fields.at("path"), (disk.path() / "work" / "staging").string());
        // before the disk is full to the last byte: others live there too
        QVERIFY2(std::stoll(outcome.result.error().fields.at("needed")) > reservedOnDisks, why(outcome.result).constData());
        QVERIFY2(std::stoll(outcome.result.error().fields.at("free")) > 0, why(outcome.result).constData());
        QVERIFY(!fs::exists(disk.path() / "work" / "staging"));
        QTRY_COMPARE_WITH_TIMEOUT(namesIn(m_fixture.path("vault")), QStringList(), 30'000);
        endSshd();
    }

    void scratchWithoutRoom_data()
    {
        QTest::addColumn<bool>("midWay");
        QTest::newRow("too little from the start") << false;
        QTest::newRow("fills up") << true;
    }
    // mydumper cannot stream, so what it writes lies on the host's disk first.
    void scratchWithoutRoom()
    {
        if (!fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed (package mydumper)");
        QFETCH(bool, midWay);
        const SmallDisk disk(m_fixture.path("scratch-disk"), (midWay ? 600 : 100) * mega);
        if (!disk.mounted())
            QSKIP("no tmpfs can be mounted here: run the tests as root");
        auto config = m_fixture.config;
        config.stateDirectory = disk.path();
        FakeContext context(config, m_fixture.path("work-scratch"));
        std::atomic<bool> begun = false;
        std::jthread other([&](const std::stop_token &stop) {
            while (midWay && !stop.stop_requested() && !begun) {
                std::error_code ec;
                for (const auto &entry : fs::recursive_directory_iterator(disk.path() / "scratch", ec))
                    begun = begun || entry.path().filename().string().starts_with("shop.");
            }
            if (begun)
                disk.leave(reservedOnDisks - 10 * mega);
        });
        auto wanted = args();
        wanted.method = "mydumper";
        const auto result = runBackup(context, wanted);
        other = {};
        QVERIFY(!result);
        QCOMPARE(begun.load(), midWay);
        QVERIFY2(result.error().is(errors::diskFull) && result.error().isTransient(), why(result, &context).constData());
        QVERIFY(result.error().fields.at("path").starts_with(disk.path().string()));
        QVERIFY(std::stoll(result.error().fields.at("free")) < std::stoll(result.error().fields.at("needed")));
        QVERIFY(fs::is_empty(disk.path() / "scratch"));
        QCOMPARE(namesIn(m_fixture.config.repositories[0].path), QStringList());
    }

    void verifyWithoutRoom_data()
    {
        QTest::addColumn<bool>("midWay");
        QTest::newRow("too little from the start") << false;
        QTest::newRow("fills up") << true;
    }
    void verifyWithoutRoom()
    {
        QFETCH(bool, midWay);
        const Outcome backup = run(m_fixture.config, args(), m_fixture.path("work-verify"));
        QVERIFY2(backup.result, backup.log.c_str());
        const SmallDisk disk(m_fixture.path("state-disk"), backup.result->bytes + (midWay ? 400 : 100) * mega);
        if (!disk.mounted())
            QSKIP("no tmpfs can be mounted here: run the tests as root");
        auto config = m_fixture.config;
        config.stateDirectory = disk.path();
        wire::RestoreArgs verify;
        verify.backupId = backup.result->backupId;
        verify.repository = "local";
        verify.instance = backup.result->instance;
        FakeContext context(config, m_fixture.path("work-verify"));
        std::jthread other([&](const std::stop_token &stop) { // somebody else's file, as soon as room was found enough
            while (midWay && !stop.stop_requested() && context.logText().find("restoring") == std::string::npos)
                std::this_thread::sleep_for(1ms);
            if (midWay)
                disk.leave(reservedOnDisks + 20 * mega);
        });
        const auto result = runVerify(context, verify);
        other = {};
        QVERIFY(!result);
        // neither the backup's fault nor for ever
        QVERIFY2(result.error().is(errors::diskFull) && result.error().isTransient(), why(result, &context).constData());
        const auto free = std::stoll(result.error().fields.at("free"));
        QVERIFY(free < std::stoll(result.error().fields.at("needed")));
        QVERIFY2(free > 2 * mega, "others on this disk had nothing left");
        QVERIFY(!isFoundBad(backup.result->path));
        QVERIFY(fs::is_empty(disk.path() / "verify"));
        QCOMPARE(context.logText().find("restoring") != std::string::npos, midWay);
        fs::remove_all(backup.result->path);
    }

    /// A task's `keep` reaches the repository of another host, by that one's rule, and after the result stands.
    void keepInARemoteRepository()
    {
        std::string reason;
        const fs::path vault = m_fixture.path("vault-keep");
        if (!startRemote(vault, reason))
            QSKIP(reason.c_str());
        m_link->setRate(1000 * mega);
        const auto vaultConfig = loadConfig(m_fixture.path("sshd") / "agent.toml");
        QVERIFY2(vaultConfig, why(vaultConfig).constData());
        auto order = args("vault");
        order.method = "logical";
        order.taskId = Uuid::v7();
        order.keep = 1;
        std::vector<fs::path> made;
        std::vector<Uuid> ids;
        for (int i = 0; i < 3; ++i) {
            order.backupId = Uuid::v7();
            FakeContext context(m_fixture.config, m_fixture.path("work-keep"));
            const auto backup = runBackup(context, order);
            QVERIFY2(backup, why(backup, &context).constData());
            made.emplace_back(backup->path);
            ids.push_back(backup->backupId);
            QVERIFY2((backup->expired == (i == 2 ? std::vector<Uuid>{ids[0]} : std::vector<Uuid>{})), context.logText().c_str());
            QVERIFY(fs::exists(made[0]));
            context.resultStands();
            QCOMPARE(fs::exists(made[0]), i != 2);
            // the holder's agent reads it, and two days pass
            fs::last_write_time(made.back(), fs::file_time_type::clock::now() - std::chrono::hours{48});
            const auto read = checkBackups(*vaultConfig, {});
            QCOMPARE(std::ranges::count_if(read, [&](const std::string &line) { return line.starts_with(made.back().string()); }), 1);
        }
        QVERIFY(fs::exists(made[1]) && fs::exists(made[2]));
        fs::remove_all(vault);
    }

    void throttled()
    {
        auto config = m_fixture.config;
        const fs::path tools = m_fixture.path("tools");
        fs::create_directories(tools);
        std::ofstream(tools / "mariadb-backup") << "#!/bin/bash\necho \"$@\" >> '" << (tools / "words").string() << "'\nexec /usr/bin/mariadb-backup \"$@\"\n";
        fs::permissions(tools / "mariadb-backup", fs::perms::owner_all);
        config.mariadbTools = tools;
        const Outcome free = run(config, args(), m_fixture.path("work-free"));
        QVERIFY2(free.result, free.log.c_str());
        auto slow = args();
        slow.throttleBytesPerSecond = 25 << 20;
        const Outcome throttled = run(config, slow, m_fixture.path("work-throttled"));
        QVERIFY2(throttled.result, throttled.log.c_str());
        const std::string words = readFile(tools / "words").value_or("");
        QVERIFY(words.find("--throttle") == std::string::npos); // it would count files under the lock that stops every ALTER
        const double wanted = static_cast<double>(throttled.result->bytes) / (25 << 20);
        QVERIFY2(throttled.seconds > 0.7 * wanted, std::to_string(throttled.seconds).c_str());
        fs::remove_all(throttled.result->path);
        fs::remove_all(free.result->path);
    }

    void cancelled()
    {
        auto slow = args();
        slow.throttleBytesPerSecond = 2 << 20;
        FakeContext context(m_fixture.config, m_fixture.path("work-cancel"));
        std::jthread canceller([&] {
            while (context.logText().find("started mariadb-backup") == std::string::npos)
                std::this_thread::sleep_for(20ms);
            std::this_thread::sleep_for(1s);
            context.requestStop();
        });
        const auto result = runBackup(context, slow);
        canceller.join();
        QVERIFY(!result);
        QVERIFY2(result.error().is(errors::cancelled), why(result, &context).constData());
        QVERIFY(!result.error().fields.contains("remains"));
        QCOMPARE(namesIn(m_fixture.config.repositories[0].path), QStringList());
        static const QRegularExpression started(u"started mariadb-backup, pid (\\d+)"_s);
        const int tool = started.match(QString::fromStdString(context.logText())).captured(1).toInt();
        QVERIFY(tool > 0);
        QVERIFY(::kill(tool, 0) != 0);
    }

private:
    BackupFixture m_fixture;
    std::unique_ptr<SlowLink> m_link;
    pid_t m_sshd = -1;
    int m_sshPort = 0;
};

QTEST_GUILESS_MAIN(TestBackupDisks)
#include "tst_backupdisks.moc"
