// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/accounts.h"
#include "agent/backups/clone.h"
#include "agent/backups/repository.h"
#include "agent/backups/restore.h"
#include "tests/backups/backupfixture.h"
#include "tests/support/smalldisk.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include <fcntl.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Backups of a real MySQL, there and back again.
class TestMySqlBackup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MySql); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        ServerOptions options;
        options.flavour = Flavour::MySql;
        options.myCnf = {"plugin-load-add=mysql_clone.so"};
        QVERIFY2(m_fixture.start(options, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE DATABASE `we-ird`",
                                         "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200), j JSON)",
                                         "INSERT INTO shop.orders (a) VALUES ('x'), ('y'), ('z')",
                                         "CREATE TABLE `we-ird`.`a-b` (i INT PRIMARY KEY) PARTITION BY HASH (i) PARTITIONS 2",
                                         "CREATE VIEW shop.v AS SELECT * FROM shop.orders",
                                         "CREATE EVENT shop.e ON SCHEDULE EVERY 1 DAY DO SELECT 1"}),
                 m_fixture.server->lastError().c_str());
    }

    void methods_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("used");
        QTest::newRow("clone") << u"clone"_s << u"clone"_s;
        QTest::newRow("auto") << u"auto"_s << u"clone"_s;
        QTest::newRow("logical") << u"logical"_s << u"mysqldump"_s;
    }
    void methods()
    {
        QFETCH(QString, method);
        QFETCH(QString, used);
        FakeContext context(m_fixture.config, m_fixture.path(("work-" + method.toStdString()).c_str()));
        const auto backup = runBackup(context, m_fixture.args(method.toStdString()));
        QVERIFY2(backup, why(backup, &context).constData());
        QCOMPARE(QString::fromStdString(backup->method), used);
        const auto executed = m_fixture.server->value("SELECT @@GLOBAL.gtid_executed");
        QCOMPARE(backup->position.gtid, executed.value_or("?"));
        QVERIFY2(!backup->position.file.empty() && backup->position.offset > 0, context.logText().c_str());
        const fs::path target = m_fixture.path(("restored-" + method.toStdString()).c_str());
        const auto restored = restoreBackup(context, backup->path, target);
        QVERIFY2(restored, why(restored, &context).constData());
        QCOMPARE(restored->level, 2);
        QVERIFY(fs::exists(target / "data" / "shop" / "orders.ibd"));
        // nothing of a clone stays beside the data directory
        for (const auto &entry : fs::directory_iterator(m_fixture.server->directory()))
            QVERIFY2(!entry.path().filename().string().starts_with("zandb-clone"), entry.path().c_str());
    }

    /// Hashes of caching_sha2_password hold any byte; what accounts.sql holds can be loaded, and the accounts let people in.
    void accountsLoadBack()
    {
        std::vector<std::string> statements{"CREATE ROLE zz_readers", "GRANT SELECT ON shop.* TO zz_readers"};
        for (int i = 0; i < 8; ++i) {
            const std::string user = "ann" + std::to_string(i) + "@localhost";
            statements.push_back("CREATE USER " + user + " IDENTIFIED WITH caching_sha2_password BY 'it\\'s" + std::to_string(i) + "'");
            statements.push_back("GRANT zz_readers TO " + user);
            statements.push_back("ALTER USER " + user + " DEFAULT ROLE zz_readers");
        }
        QVERIFY2(m_fixture.server->exec(statements), m_fixture.server->lastError().c_str());
        auto client = SqlClient::connect("test", m_fixture.server->socket(), "root");
        QVERIFY2(client, why(client).constData());
        const auto text = accountStatements(**client);
        QVERIFY2(text, why(text).constData());
        QVERIFY(std::ranges::all_of(*text, [](unsigned char c) { return (c >= 0x20 && c < 0x7f) || c == '\n'; }));
        for (int i = 0; i < 8; ++i)
            QVERIFY(m_fixture.server->exec("DROP USER ann" + std::to_string(i) + "@localhost"));
        QVERIFY(m_fixture.server->exec("DROP ROLE zz_readers"));
        const auto program = m_fixture.config.mysqlTools / "mysql";
        const auto loaded = runClient(*m_fixture.server, program, {u"--user=root"_s}, QByteArray::fromStdString(*text));
        QVERIFY2(loaded.first, loaded.second.constData());
        for (int i = 0; i < 8; ++i) {
            const auto in = runClient(*m_fixture.server, program, {u"--user=ann%1"_s.arg(i), u"--password=it's%1"_s.arg(i)}, "SELECT COUNT(*) FROM shop.orders");
            QVERIFY2(in.first, in.second.constData());
            QVERIFY(m_fixture.server->exec("DROP USER ann" + std::to_string(i) + "@localhost"));
        }
        QVERIFY(m_fixture.server->exec("DROP ROLE zz_readers"));
    }

    void mydumperIsRefused()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work-mydumper"));
        const auto backup = runBackup(context, m_fixture.args("mydumper"));
        QVERIFY(!backup && backup.error().is(errors::backupMethod));
    }

    void otherEnginesAreRefusedByClone()
    {
        QVERIFY(m_fixture.server->exec("CREATE TABLE shop.old (i INT) ENGINE=MyISAM"));
        FakeContext context(m_fixture.config, m_fixture.path("work-myisam"));
        const auto backup = runBackup(context, m_fixture.args("clone"));
        QVERIFY(!backup);
        QVERIFY2(backup.error().is(errors::backupNonTransactional), why(backup, &context).constData());
        QCOMPARE(backup.error().fields.at("tables"), std::string("shop.old"));
        QVERIFY(m_fixture.server->exec("DROP TABLE shop.old"));
    }

    void cloneWithoutRoom_data()
    {
        QTest::addColumn<bool>("midWay");
        QTest::newRow("too little from the start") << false;
        QTest::newRow("fills up") << true;
    }
    // The clone is staged on the server's own disk, and the server must live.
    void cloneWithoutRoom()
    {
        QFETCH(bool, midWay);
        const SmallDisk disk(m_fixture.path("disk"), std::int64_t(2) << 30);
        if (!disk.mounted())
            QSKIP("no tmpfs can be mounted here: run the tests as root");
        BackupFixture fixture;
        ServerOptions options;
        options.flavour = Flavour::MySql;
        options.base = disk.path();
        options.myCnf = {"plugin-load-add=mysql_clone.so"};
        std::string error;
        QVERIFY2(fixture.start(options, error), error.c_str());
        QVERIFY2(fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.blobs (id INT AUTO_INCREMENT PRIMARY KEY, b LONGBLOB)",
                                       "INSERT INTO shop.blobs (b) VALUES (REPEAT('x', 30000000)), (REPEAT('y', 30000000))",
                                       "INSERT INTO shop.blobs (b) SELECT b FROM shop.blobs", "INSERT INTO shop.blobs (b) SELECT b FROM shop.blobs"}),
                 fixture.server->lastError().c_str());
        const auto staged = [&] {
            return std::ranges::any_of(fs::directory_iterator(fixture.server->directory()), [](const auto &entry) {
                return entry.path().filename().string().starts_with(cloneStagingPrefix);
            });
        };
        if (!midWay)
            QVERIFY(disk.leave(reservedOnDisks + (20 << 20)));
        FakeContext context(fixture.config, fixture.path("work"));
        std::atomic<bool> wasStaged = false;
        std::jthread other([&](const std::stop_token &stop) {
            while (!stop.stop_requested() && !(wasStaged = staged()))
                std::this_thread::sleep_for(1ms);
            if (!wasStaged)
                return;
            fixture.server->freeze(); // it is at work on the clone, and must not have ended before the room is gone
            disk.leave(reservedOnDisks - (10 << 20));
            fixture.server->thaw();
        });
        const auto backup = runBackup(context, fixture.args("clone"));
        other = {};
        QVERIFY(!backup);
        QVERIFY2(backup.error().is(errors::diskFull) && backup.error().isTransient(), why(backup, &context).constData());
        QCOMPARE(backup.error().fields.at("path"), fixture.server->directory().string());
        QCOMPARE(wasStaged.load(), midWay);
        QVERIFY(!staged() && !backup.error().fields.contains("remains"));
        QCOMPARE(fixture.repositoryNames(), QStringList());
        QVERIFY2(fixture.server->exec("INSERT INTO shop.blobs (b) VALUES ('still here')"), fixture.server->lastError().c_str());
    }

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestMySqlBackup)
#include "tst_mysqlbackup.moc"
