// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/manifest.h"
#include "tests/backups/backupfixture.h"

#include <sys/stat.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

/// Physical backups of a real MariaDB.
class TestMariadbBackup : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        QVERIFY2(m_fixture.start({}, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE DATABASE `we-ird`",
                                         "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200)) ENGINE=InnoDB",
                                         "INSERT INTO shop.orders (a) SELECT REPEAT(MD5(seq), 4) FROM shop.seq_1_to_20000",
                                         "CREATE TABLE shop.`my-isam` (i INT) ENGINE=MyISAM", "INSERT INTO shop.`my-isam` VALUES (1)",
                                         "CREATE TABLE `we-ird`.ar (i INT) ENGINE=Aria", "CREATE VIEW shop.v AS SELECT * FROM shop.orders",
                                         "CREATE TABLE shop.parts (i INT PRIMARY KEY) PARTITION BY HASH (i) PARTITIONS 3",
                                         "CREATE TABLE shop.ft (i INT PRIMARY KEY, x TEXT, FULLTEXT(x)) ENGINE=InnoDB",
                                         "CREATE SEQUENCE shop.numbers"}),
                 m_fixture.server->lastError().c_str());
    }

    void goodPath()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work"));
        const auto result = runBackup(context, m_fixture.args());
        QVERIFY2(result, why(result, &context).constData());
        QCOMPARE(result->method, std::string("mariadb-backup"));
        QVERIFY(!result->position.file.empty() && result->position.offset > 0 && !result->position.gtid.empty());
        QVERIFY(result->storedBytes > 0 && result->bytes > result->storedBytes);
        // what the tool says is in the log while it says it, without its line for every file
        QVERIFY(context.logText().find("completed OK!") != std::string::npos);
        QVERIFY(context.logText().find("...done") == std::string::npos);
        QCOMPARE(result->level, 0);
        const fs::path path = result->path;
        QCOMPARE(path.parent_path(), m_fixture.config.repositories[0].path / "db1" / m_fixture.server->name());
        const auto manifest = validateBackup(path);
        QVERIFY2(manifest, why(manifest).constData());
        QCOMPARE(manifest->payloadSha256, result->sha256);
        QStringList tables;
        for (const auto &table : manifest->tables) {
            if (table.schema == "shop" || table.schema == "we-ird")
                tables << QString::fromStdString(table.schema + "." + table.table + " " + table.engine);
        }
        QCOMPARE(tables.join(u", "_s), QStringLiteral("shop.ft InnoDB, shop.my-isam MyISAM, shop.numbers InnoDB, shop.orders InnoDB, "
                                            "shop.parts InnoDB, we-ird.ar Aria"));
        struct stat info{};
        QCOMPARE(::stat((path / "accounts.sql").c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777u, 0600u);
        // the payload is what it says, by tools that are not ours
        QProcess zstd;
        zstd.start(u"zstd"_s, {u"-tq"_s, QString::fromStdString((path / "payload.xb.zst").string())});
        QVERIFY(zstd.waitForFinished() && zstd.exitCode() == 0);
        QProcess sum;
        sum.start(u"sha256sum"_s, {QString::fromStdString((path / "payload.xb.zst").string())});
        QVERIFY(sum.waitForFinished());
        QCOMPARE(sum.readAllStandardOutput().left(64), QByteArray::fromStdString(result->sha256));
    }

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestMariadbBackup)
#include "tst_mariadbbackup.moc"
