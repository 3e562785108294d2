// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/inventory.h"
#include "agent/backups/manifest.h"
#include "agent/backups/restore.h"
#include "agent/fleet/tablenames.h"
#include "tests/backups/backupfixture.h"

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

using Names = std::set<std::pair<std::string, std::string>>;

/// Schemas and tables whose names the file system has in another spelling, with every method; and schemas without tables.
class TestOddNames : public QObject
{
    Q_OBJECT

    static bool fill(TestServer &server, Names &names)
    {
        names = {{"naïve", "tablé"}, {"naïve", "表"}, {"naïve", "a.b"}, {"naïve", "a b"}, {"naïve", "#x"}, {"naïve", "Ä"}, {"naïve", "Ωж"},
                 {"表", "表"}, {"a.b", "c"}, {"a", "b.c"}, {"a b", "t"}, {"#x", "t"}, {"Ä", "t"}};
        std::set<std::string> made;
        for (const auto &[schema, table] : names) {
            if (made.insert(schema).second && !server.exec("CREATE DATABASE `" + schema + "`"))
                return false;
            if (!server.exec({"CREATE TABLE `" + schema + "`.`" + table + "` (i INT PRIMARY KEY)", "INSERT INTO `" + schema + "`.`" + table + "` VALUES (1)"}))
                return false;
        }
        return server.exec("CREATE DATABASE `émpty one`");
    }

private Q_SLOTS:
    void namesAreDecoded_data()
    {
        QTest::addColumn<QByteArray>("file");
        QTest::addColumn<QByteArray>("sql");
        QTest::newRow("plain") << QByteArray("orders") << QByteArray("orders");
        QTest::newRow("hex") << QByteArray("a@002eb") << QByteArray("a.b");
        QTest::newRow("short code") << QByteArray("na@0vve") << QByteArray("naïve");
        QTest::newRow("short code at the end") << QByteArray("tabl@0p") << QByteArray("tablé");
        QTest::newRow("capital") << QByteArray("@0K") << QByteArray("Ä");
        QTest::newRow("three bytes") << QByteArray("@8868") << QByteArray("表");
        QTest::newRow("cut off") << QByteArray("x@88") << QByteArray("x@88");
        QTest::newRow("not a code") << QByteArray("x@zz!!") << QByteArray("x@zz!!");
        QTest::newRow("ends with it") << QByteArray("x@") << QByteArray("x@");
        QTest::newRow("reserved") << QByteArray("aux@@@") << QByteArray("aux");
        QTest::newRow("reserved, in parts") << QByteArray("nul@@@#P#p0") << QByteArray("nul#P#p0");
        QTest::newRow("nothing") << QByteArray() << QByteArray();
    }
    void namesAreDecoded()
    {
        QFETCH(QByteArray, file);
        QFETCH(QByteArray, sql);
        QCOMPARE(QByteArray::fromStdString(decodeName(file.toStdString())), sql);
    }

    void textsAreUnambiguous()
    {
        QCOMPARE(tableText("shop", "orders"), std::string("shop.orders"));
        QCOMPARE(tableText("a.b", "c"), std::string("`a.b`.`c`"));
        QCOMPARE(tableText("a", "b.c"), std::string("`a`.`b.c`"));
        QCOMPARE(tableText("a", "b`c"), std::string("`a`.`b``c`"));
    }

    void everyMethod_data()
    {
        QTest::addColumn<bool>("mariaDb");
        QTest::addColumn<QString>("method");
        QTest::newRow("mariadb-backup") << true << u"physical"_s;
        QTest::newRow("mariadb-dump") << true << u"logical"_s;
        QTest::newRow("mydumper") << true << u"mydumper"_s;
        QTest::newRow("clone") << false << u"clone"_s;
        QTest::newRow("mysqldump") << false << u"logical"_s;
    }
    void everyMethod()
    {
        QFETCH(bool, mariaDb);
        QFETCH(QString, method);
        if (const auto why = TestServer::unavailable(mariaDb ? Flavour::MariaDb : Flavour::MySql); !why.empty())
            QSKIP(why.c_str());
        if (method == u"mydumper" && !fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed (package mydumper)");
        BackupFixture &fixture = mariaDb ? m_mariaDb : m_mySql;
        Names &names = mariaDb ? m_mariaDbNames : m_mySqlNames;
        if (!fixture.server) {
            std::string error;
            ServerOptions options;
            options.flavour = mariaDb ? Flavour::MariaDb : Flavour::MySql;
            if (!mariaDb)
                options.myCnf = {"plugin-load-add=mysql_clone.so"};
            QVERIFY2(fixture.start(options, error), error.c_str());
            QVERIFY2(fill(*fixture.server, names), fixture.server->lastError().c_str());
        }
        FakeContext context(fixture.config, fixture.path(("work-" + method.toStdString()).c_str()));
        if (method == u"mydumper") {
            // its files cannot tell `a.b`.`c` from `a`.`b.c`: it must not be trusted with them
            const auto refused = runBackup(context, fixture.args("mydumper"));
            QVERIFY(!refused);
            QVERIFY2(refused.error().is(errors::backupMethod) && refused.error().fields.at("reason").find("a.b") != std::string::npos,
                     why(refused, &context).constData());
            QVERIFY(fixture.server->exec("DROP DATABASE `a.b`"));
            names.erase({"a.b", "c"});
        }
        const auto backup = runBackup(context, fixture.args(method.toStdString()));
        QVERIFY2(backup, why(backup, &context).constData());
        const auto manifest = readManifest(backup->path);
        QVERIFY2(manifest, why(manifest).constData());
        Names listed;
        for (const auto &table : manifest->tables) {
            if (!isSystemSchema(table.schema))
                listed.emplace(table.schema, table.table);
        }
        for (const auto &[schema, table] : names)
            QVERIFY2(listed.contains({schema, table}), (tableText(schema, table) + "\n" + context.logText()).c_str());
        QCOMPARE(listed.size(), names.size());
        const fs::path target = fixture.path(("restored-" + method.toStdString()).c_str());
        const auto restored = restoreBackup(context, backup->path, target);
        QVERIFY2(restored, why(restored, &context).constData());
        QVERIFY(restored->tablesChecked >= static_cast<int>(names.size()));
        QVERIFY2(fs::is_directory(target / "data" / "@0pmpty@0020one"), "the schema without tables is missing");
        // what counts tables says so
        bool bytes = false, tables = false;
        for (const auto &progress : context.progressSeen()) {
            bytes = bytes || (progress.phase == "checking" && progress.unit == "bytes");
            tables = tables || (progress.phase == "checking" && progress.unit == "tables" && progress.bytesTotal == restored->tablesChecked);
            QVERIFY(progress.phase != "copying" || progress.unit == "bytes");
        }
        QVERIFY(bytes && tables);
    }

    void missingEmptySchema()
    {
        if (!m_mySql.server)
            QSKIP("without a MySQL");
        // an account that cannot see it: the dump leaves it out in silence
        QVERIFY2(m_mySql.server->exec({"SET GLOBAL partial_revokes = ON", "CREATE USER limited@localhost",
                                       "GRANT SELECT, RELOAD, PROCESS, LOCK TABLES, SHOW VIEW, EVENT, TRIGGER, REPLICATION CLIENT ON *.* TO limited@localhost",
                                       "GRANT BACKUP_ADMIN, SHOW_ROUTINE ON *.* TO limited@localhost",
                                       "REVOKE SELECT, LOCK TABLES, SHOW VIEW, EVENT, TRIGGER ON `émpty one`.* FROM limited@localhost"}),
                 m_mySql.server->lastError().c_str());
        auto config = m_mySql.config;
        config.mysqlBackupAccount = "limited";
        FakeContext context(config, m_mySql.path("work-limited"));
        const auto backup = runBackup(context, m_mySql.args("logical"));
        QVERIFY(!backup);
        QVERIFY2(backup.error().is(errors::backupCoverage), why(backup, &context).constData());
        QCOMPARE(QString::fromStdString(backup.error().fields.at("missing")), u"émpty one"_s);
        // and a directory that is no schema is no reason to complain
        fs::create_directory(m_mySql.server->dataDirectory() / "lost");
        FakeContext all(m_mySql.config, m_mySql.path("work-stray"));
        const auto good = runBackup(all, m_mySql.args("logical"));
        fs::remove(m_mySql.server->dataDirectory() / "lost");
        QVERIFY2(good, why(good, &all).constData());
    }

private:
    BackupFixture m_mariaDb;
    BackupFixture m_mySql;
    Names m_mariaDbNames;
    Names m_mySqlNames;
};

QTEST_GUILESS_MAIN(TestOddNames)
#include "tst_oddnames.moc"
