// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/restore.h"
#include "tests/backups/backupfixture.h"

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

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
