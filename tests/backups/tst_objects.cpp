// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/dumpscan.h"
#include "agent/backups/manifest.h"
#include "agent/backups/restore.h"
#include "agent/os/sha256.h"
#include "tests/backups/backupfixture.h"

#include <fstream>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace {

// Writes the backup's payload anew, as `change` makes it, and a manifest that fits: the work of somebody who may write the
// repository.
void rewritePayload(const fs::path &backup, const std::function<void(QByteArray &)> &change)
{
    auto manifest = readManifest(backup).value();
    const auto path = QString::fromStdString((backup / manifest.payload).string());
    QProcess zstd;
    zstd.start(u"zstd"_s, {u"-dcq"_s, path});
    QVERIFY(zstd.waitForFinished() && zstd.exitCode() == 0);
    QByteArray text = zstd.readAllStandardOutput();
    change(text);
    zstd.start(u"zstd"_s, {u"-cq"_s});
    zstd.write(text);
    zstd.closeWriteChannel();
    QVERIFY(zstd.waitForFinished() && zstd.exitCode() == 0);
    const std::string packed = zstd.readAllStandardOutput().toStdString();
    fs::permissions(backup / manifest.payload, fs::perms::owner_all);
    std::ofstream(backup / manifest.payload, std::ios::binary) << packed;
    for (auto &file : manifest.files) {
        if (file.name == manifest.payload)
            file = {file.name, static_cast<std::int64_t>(packed.size()), Sha256::of(packed)};
    }
    manifest.payloadSha256 = Sha256::of(packed);
    fs::permissions(backup / manifestName, fs::perms::owner_all);
    std::ofstream(backup / manifestName, std::ios::binary) << writeManifest(manifest);
    QVERIFY(validateBackup(backup));
}

QString warnings(const std::vector<wire::BackupWarning> &list)
{
    QStringList lines;
    for (const auto &warning : list) {
        QStringList names;
        for (const auto &name : warning.names)
            names << QString::fromStdString(name);
        lines << QString::fromStdString(warning.code) + u": "_s + names.join(u", "_s);
    }
    return lines.join(u'\n');
}

std::optional<std::int64_t> rowsOf(const Manifest &manifest, const std::string &schema, const std::string &table)
{
    for (const auto &entry : manifest.tables) {
        if (entry.schema == schema && entry.table == table)
            return entry.rows;
    }
    return std::nullopt;
}

} // namespace

/// What a backup says it holds, and that its proof finds what is gone.
class TestObjects : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        QVERIFY2(m_fixture.start({}, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY, a TEXT)",
                                         "INSERT INTO shop.orders VALUES (1, 'a),(b'), (2, '\\'\\\\'), (3, '\"(;\\n'), (4, NULL)",
                                         "CREATE TABLE shop.`od)d` (`c('ol` INT, g INT AS (`c('ol` + 1) VIRTUAL)", "INSERT INTO shop.`od)d` (`c('ol`) VALUES (1), (2)",
                                         "CREATE TABLE shop.none (i INT)",
                                         "CREATE TABLE shop.log (i INT)", "CREATE TABLE shop.fleeting (i INT) ENGINE=MEMORY", "INSERT INTO shop.fleeting VALUES (1)",
                                         "CREATE SEQUENCE shop.numbers",
                                         "CREATE TABLE shop.numbered (id BIGINT DEFAULT NEXTVAL(shop.numbers) PRIMARY KEY, x INT)",
                                         "INSERT INTO shop.numbered (x) VALUES (1), (2), (3)",
                                         "CREATE TABLE shop.past (id INT PRIMARY KEY, x INT) WITH SYSTEM VERSIONING",
                                         "INSERT INTO shop.past VALUES (1, 1)", "UPDATE shop.past SET x = 2", "DELETE FROM shop.past",
                                         "INSERT INTO shop.past VALUES (2, 2)",
                                         "CREATE TRIGGER shop.logged AFTER INSERT ON shop.orders FOR EACH ROW BEGIN\n"
                                         "INSERT INTO `log` VALUES (1);\nEND",
                                         "CREATE VIEW shop.good AS SELECT * FROM shop.orders",
                                         "CREATE TABLE shop.gone (i INT)", "CREATE VIEW shop.broken AS SELECT i FROM shop.gone", "DROP TABLE shop.gone",
                                         "CREATE USER left_us@localhost", "GRANT ALL ON shop.* TO left_us@localhost",
                                         "CREATE DEFINER=left_us@localhost PROCEDURE shop.orphan() SELECT 1", "DROP USER left_us@localhost",
                                         "CREATE FUNCTION shop.f() RETURNS INT DETERMINISTIC RETURN 1",
                                         "CREATE EVENT shop.e ON SCHEDULE EVERY 1 DAY DO SELECT 1"}),
                 m_fixture.server->lastError().c_str());
        QVERIFY2(m_fixture.server->exec({"SET GLOBAL sql_mode = 'ORACLE'", "CREATE PACKAGE shop.pkg AS FUNCTION f RETURN INT; END",
                                         "SET GLOBAL sql_mode = DEFAULT"}),
                 m_fixture.server->lastError().c_str());
    }

    void rowsAreCountedInTheDump_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("rows");
        QTest::newRow("one line") << QByteArray("INSERT INTO `t` VALUES (1,'a'),(2,'b');\n") << 2;
        QTest::newRow("a line each") << QByteArray("INSERT INTO `t` VALUES\n(1,'a'),\n(2,'b');\nINSERT INTO `t` VALUES\n(3,0x28);\n") << 3;
        QTest::newRow("none") << QByteArray("/*!40000 ALTER TABLE `t` DISABLE KEYS */;\n") << 0;
        QTest::newRow("literals") << QByteArray("INSERT INTO `t` VALUES ('),(\\'),(','\"(;'),(\"'),(\",';\\\\'),('it''s (');\n") << 3;
        QTest::newRow("columns") << QByteArray("INSERT INTO `t` (`a VALUES (`, `b`) VALUES (1,2);\n") << 1;
        QTest::newRow("of another table") << QByteArray("INSERT INTO `tt` VALUES (1);\nINSERT INTO `s` VALUES (1);\n") << 0;
        QTest::newRow("after the data") << QByteArray("INSERT INTO `t` VALUES (1);\n/*!40000 ALTER TABLE `t` ENABLE KEYS */;\nINSERT INTO `t` VALUES (2);\n") << 1;
    }
    void rowsAreCountedInTheDump()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, rows);
        const QByteArray dump = "-- Current Database: `s`\n-- Dumping data for table `t`\n--\n" + text + "-- Dump completed on 2026-11-29\n";
        for (const qsizetype step : {qsizetype(1), qsizetype(7), dump.size()}) {
            DumpScanner scanner;
            for (qsizetype at = 0; at < dump.size(); at += step)
                scanner.feed({dump.data() + at, static_cast<std::size_t>(std::min(step, dump.size() - at))});
            QCOMPARE(scanner.rows().at({"s", "t"}), std::int64_t(rows));
        }
    }

    void whatTheManifestSays_data() { methods(); }
    void whatTheManifestSays()
    {
        QFETCH(QString, method);
        FakeContext context(m_fixture.config, m_fixture.path(("work-" + method.toStdString()).c_str()));
        const auto backup = runBackup(context, m_fixture.args(method.toStdString()));
        QVERIFY2(backup, why(backup, &context).constData());
        const auto manifest = validateBackup(backup->path);
        QVERIFY2(manifest && manifest->objects, why(manifest).constData());
        const std::map<std::string, std::int64_t> counts{{"event", 1}, {"function", 1}, {"package", 1}, {"procedure", 1}, {"sequence", 1},
                                                         {"table", 7}, {"trigger", 1}, {"view", 2}};
        QCOMPARE(manifest->objects->counts(), counts);
        QCOMPARE(backup->objects, counts);
        QCOMPARE(warnings(backup->warnings), u"views.broken: shop.broken\ndefiners.missing: procedure shop.orphan: left_us@localhost"_s);
        QCOMPARE(warnings(manifest->warnings), warnings(backup->warnings));
        if (method == u"logical") {
            QCOMPARE(rowsOf(*manifest, "shop", "orders"), std::optional<std::int64_t>(4));
            QCOMPARE(rowsOf(*manifest, "shop", "od)d"), std::optional<std::int64_t>(2));
            QCOMPARE(rowsOf(*manifest, "shop", "none"), std::optional<std::int64_t>(0));
            QCOMPARE(rowsOf(*manifest, "shop", "log"), std::optional<std::int64_t>(0));
            QCOMPARE(rowsOf(*manifest, "shop", "past"), std::optional<std::int64_t>(3)); // two of them history
            QCOMPARE(rowsOf(*manifest, "shop", "numbers"), std::optional<std::int64_t>());
        } else {
            QVERIFY(std::ranges::none_of(manifest->tables, [](const auto &table) { return table.rows.has_value(); }));
        }
        const auto restored = restoreBackup(context, backup->path, m_fixture.path(("restored-" + method.toStdString()).c_str()));
        QVERIFY2(restored, why(restored, &context).constData());
        QCOMPARE(restored->level, 2);
        QCOMPARE(restored->rowsCompared, std::int64_t(method == u"logical" ? 12 : 0));
        QCOMPARE(warnings(restored->warnings), method == u"logical" ? QString() : u"proof.not_compared: rows"_s);
        (method == u"logical" ? m_logical : m_physical) = backup->path;
    }

    void whatIsGoneIsFound_data()
    {
        using Changes = QList<QPair<QByteArray, QByteArray>>;
        QTest::addColumn<Changes>("changes");
        QTest::addColumn<QStringList>("found");
        QTest::newRow("rows") << Changes{{"/*!40000 ALTER TABLE `orders` ENABLE KEYS */;", "DELETE FROM `orders`;"},
                                         {"/*!40000 ALTER TABLE `past` ENABLE KEYS */;", "DELETE HISTORY FROM `past`;"}}
                              << QStringList{u"shop.orders has 0 rows instead of 4"_s, u"shop.past has 1 rows instead of 3"_s};
        QTest::newRow("objects") << Changes{{" TRIGGER shop.logged", " TRIGGER shop.logge2"}, {" EVENT `e`", " EVENT `e2`"}, {"FUNCTION `f`()", "FUNCTION `f2`()"},
                                            {"PACKAGE \"pkg\"", "PACKAGE \"pk2\""}, {"`good`", "`goo2`"}}
                                 << QStringList{u"trigger shop.logged"_s, u"event shop.e"_s, u"function shop.f"_s, u"package shop.pkg"_s, u"view shop.good"_s};
    }
    void whatIsGoneIsFound()
    {
        using Changes = QList<QPair<QByteArray, QByteArray>>;
        QFETCH(Changes, changes);
        QFETCH(QStringList, found);
        QVERIFY2(!m_logical.empty(), "no dump to change");
        const fs::path changed = m_fixture.path("changed");
        fs::remove_all(changed);
        fs::copy(m_logical, changed, fs::copy_options::recursive);
        rewritePayload(changed, [&](QByteArray &text) {
            for (const auto &[from, to] : changes) {
                QVERIFY2(text.contains(from), from.constData());
                text.replace(from, to);
            }
        });
        FakeContext context(m_fixture.config, m_fixture.path("work-changed"));
        const fs::path target = m_fixture.path("restored-changed");
        fs::remove_all(target);
        const auto restored = restoreBackup(context, changed, target);
        QVERIFY2(!restored, context.logText().c_str());
        QVERIFY2(restored.error().is(errors::restoreFailed), why(restored, &context).constData());
        for (const QString &one : found)
            QVERIFY2(QString::fromStdString(restored.error().fields.at("detail")).contains(one), why(restored, &context).constData());
    }

    /// What mydumper loses although it ends well, by name, before anything is begun.
    void mydumperIsRefused()
    {
        if (!fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed (package mydumper)");
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE lossy CHARACTER SET latin1", "CREATE TABLE lossy.menu (dish ENUM('p\xc3\xa2t\xc3\xa9', 'x'), extras SET('\xc3\xa9', 'x'))",
                                         "CREATE TABLE lossy.fine (dish ENUM('p\xc3\xa2t\xc3\xa9', 'x') CHARACTER SET utf8mb4, plain ENUM('a'))",
                                         "CREATE TABLE lossy.visits (id UUID PRIMARY KEY, a INET6, b INET4)",
                                         "CREATE TABLE lossy.`a-schema` (id INT PRIMARY KEY)", "CREATE TABLE lossy.`a-schemas` (id INT PRIMARY KEY)",
                                         "CREATE VIEW lossy.v AS SELECT id FROM lossy.visits",
                                         "CREATE TABLE lossy.hidden (id INT PRIMARY KEY, secret INT INVISIBLE DEFAULT 3)",
                                         "CREATE TABLE lossy.named (id INT PRIMARY KEY, secret INT INVISIBLE DEFAULT 3, g INT AS (id + 1) VIRTUAL)",
                                         "SET GLOBAL sql_mode = 'ANSI_QUOTES'", "CREATE PROCEDURE lossy.quoted() SELECT 1", "SET GLOBAL sql_mode = DEFAULT"}),
                 m_fixture.server->lastError().c_str());
        FakeContext context(m_fixture.config, m_fixture.path("work-refused"));
        const auto refused = runBackup(context, m_fixture.args("mydumper"));
        QVERIFY(m_fixture.server->exec("DROP DATABASE lossy"));
        QVERIFY(!refused);
        QVERIFY2(refused.error().is(errors::backupToolLoses), why(refused, &context).constData());
        QCOMPARE(QString::fromStdString(refused.error().fields.at("objects")),
                 u"lossy.hidden.secret (INVISIBLE), lossy.menu.dish (ENUM with labels beyond ASCII), lossy.menu.extras (SET with labels beyond ASCII), "
                 "lossy.visits.a (INET6), lossy.visits.b (INET4), lossy.visits.id (UUID), shop.numbered.id (DEFAULT NEXTVAL), package shop.pkg, "
                 "table lossy.a-schema (its name ends like those of mydumper's own files), "
                 "shop.past (history), procedure lossy.quoted (sql_mode ANSI_QUOTES)"_s);
    }

    /// Backups of earlier versions stay good; what cannot be compared is said.
    void earlierManifests()
    {
        QVERIFY2(!m_physical.empty(), "no backup to change");
        auto manifest = readManifest(m_physical).value();
        manifest.objects.reset();
        manifest.warnings.clear();
        fs::permissions(m_physical / manifestName, fs::perms::owner_all);
        std::ofstream(m_physical / manifestName, std::ios::binary) << writeManifest(manifest);
        FakeContext context(m_fixture.config, m_fixture.path("work-earlier"));
        const auto restored = restoreBackup(context, m_physical, m_fixture.path("restored-earlier"));
        QVERIFY2(restored, why(restored, &context).constData());
        QCOMPARE(restored->level, 2);
        const QString said = warnings(restored->warnings);
        QVERIFY2(said.contains(u"proof.not_compared: objects, rows"_s), qPrintable(said));
        QVERIFY2(said.contains(u"proof.views_unreadable: shop.broken"_s), qPrintable(said));
    }

private:
    static void methods()
    {
        QTest::addColumn<QString>("method");
        QTest::newRow("logical") << u"logical"_s;
        QTest::newRow("physical") << u"physical"_s;
    }
    BackupFixture m_fixture;
    fs::path m_logical;
    fs::path m_physical;
};

QTEST_GUILESS_MAIN(TestObjects)
#include "tst_objects.moc"
