// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/restore.h"
#include "agent/fleet/sqlclient.h"
#include "tests/backups/backupfixture.h"

#include <atomic>
#include <thread>

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

    void ourDumpNeverHoldsOthersUp()
    {
        // the dump's FLUSH TABLES waits for the long SELECT, and every write on that table waits for the dump
        auto reader = SqlClient::connect("t", m_fixture.server->socket(), "root", 5s, 60s);
        QVERIFY2(reader, why(reader).constData());
        const std::uint64_t readerId = (*reader)->connectionId();
        std::thread reading([&] { (void)(*reader)->query("SELECT SLEEP(8) FROM shop.orders"); });
        std::this_thread::sleep_for(500ms);
        std::atomic<bool> stop = false;
        std::chrono::steady_clock::duration worst{};
        std::thread writer([&] {
            auto client = SqlClient::connect("t", m_fixture.server->socket(), "root", 5s, 60s);
            while (client && !stop) {
                const auto begin = std::chrono::steady_clock::now();
                (void)(*client)->query("INSERT INTO shop.orders (a) VALUES ('w')");
                worst = std::max(worst, std::chrono::steady_clock::now() - begin);
                std::this_thread::sleep_for(20ms);
            }
        });
        auto args = m_fixture.args("logical");
        args.longStatementSeconds = 60; // so that the dump does run into its lock
        FakeContext context(m_fixture.config, m_fixture.path("work-heldup"));
        const auto backup = runBackup(context, args);
        stop = true;
        writer.join();
        m_fixture.server->exec("KILL " + std::to_string(readerId));
        reading.join();
        QVERIFY(!backup);
        QVERIFY2(backup.error().is(errors::backupHeldUp), why(backup, &context).constData());
        // FLUSH TABLES marks the table even when it is killed: who wants it next waits for the SELECT, not for us
        QEXPECT_FAIL("", "MySQL keeps a table that mysqldump began to flush closed until the old statement ends", Continue);
        QVERIFY2(worst < 5s, std::to_string(std::chrono::duration<double>(worst).count()).c_str());
        QVERIFY2(worst > 1s, "the lock was never in anybody's way, so this proves nothing");
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

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestMySqlBackup)
#include "tst_mysqlbackup.moc"
