// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/commands.h"
#include "agent/backups/dumpscan.h"
#include "agent/backups/inventory.h"
#include "agent/backups/manifest.h"
#include "agent/backups/mydumpermetadata.h"
#include "agent/backups/spillqueue.h"
#include "agent/fleet/tablenames.h"
#include "agent/backups/xbstream.h"
#include "agent/os/sha256.h"

#include <QtTest>

#include <fstream>
#include <functional>
#include <limits>
#include <random>

#include <sys/stat.h>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(std::function<void(zandb::agent::Manifest &)>)

/// A backup at rest against everything that may happen to it, and the rules that judge one while it is made.
class TestManifest : public QObject
{
    Q_OBJECT

    static void write(const fs::path &path, const std::string &bytes)
    {
        std::ofstream file(path, std::ios::binary | std::ios::trunc);
        file << bytes;
    }
    static std::string read(const fs::path &path)
    {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    // a backup's directory with a payload of random bytes
    static fs::path make(const QTemporaryDir &dir)
    {
        const fs::path path = fs::path(dir.path().toStdString()) / "backup";
        fs::create_directories(path);
        std::mt19937 random(7);
        Manifest manifest;
        manifest.id = Uuid::v7();
        manifest.method = "mariadb-backup";
        manifest.flavour = "mariadb";
        manifest.payload = "payload.xb.zst";
        manifest.tables = {{"shop", "manifest_sha256\": \"x", "InnoDB", 1}};
        for (const auto &[name, size] : {std::pair{"payload.xb.zst", 200000}, {"my.cnf", 300}, {"accounts.sql", 2000}}) {
            std::string bytes;
            for (int i = 0; i < size; ++i)
                bytes += static_cast<char>(random());
            write(path / name, bytes);
            manifest.files.push_back({name, size, Sha256::of(bytes)});
        }
        manifest.payloadSha256 = manifest.files[0].sha256;
        write(path / manifestName, writeManifest(manifest));
        return path;
    }

private Q_SLOTS:
    /// Whoever writes a manifest by hand makes its checksums fit too.
    void whatNoBackupSaysIsRefused_data()
    {
        QTest::addColumn<std::function<void(Manifest &)>>("forge");
        const auto row = [](const char *name, std::function<void(Manifest &)> forge) { QTest::newRow(name) << std::move(forge); };
        row("negative size", [](Manifest &m) { m.uncompressedBytes = -1; });
        row("endless size", [](Manifest &m) { m.uncompressedBytes = std::numeric_limits<std::int64_t>::max(); });
        row("negative file", [](Manifest &m) { m.files[1].bytes = -300; });
        row("endless files together", [](Manifest &m) { m.files[0].bytes = m.files[1].bytes = std::int64_t{1} << 50; });
        row("endless tables together", [](Manifest &m) {
            m.tables.resize(1u << 14, m.tables[0]);
            for (auto &table : m.tables)
                table.bytes = std::int64_t{1} << 50;
        });
        row("endless number of files", [](Manifest &m) { m.files.resize(1001, m.files[2]); });
        row("negative table", [](Manifest &m) { m.tables[0].bytes = -1; });
        row("unknown method", [](Manifest &m) { m.method = "copy"; });
        row("no method", [](Manifest &m) { m.method.clear(); });
        row("payload my.cnf", [](Manifest &m) { m.payload = "my.cnf"; m.payloadSha256 = m.files[1].sha256; });
        row("payload of another method", [](Manifest &m) { m.method = "mariadb-dump"; });
        row("another flavour", [](Manifest &m) { m.flavour = "mysql"; });
        row("a host that is a path", [](Manifest &m) { m.host = "../x"; });
        row("an instance with a line break", [](Manifest &m) { m.instance = "my3306\nx"; });
        row("negative rows", [](Manifest &m) { m.tables[0].rows = -1; });
        row("a page size with an option", [](Manifest &m) { m.settings["innodb_page_size"] = "4096 --x"; });
        row("no flavour", [](Manifest &m) { m.flavour.clear(); });
    }
    void whatNoBackupSaysIsRefused()
    {
        QFETCH(std::function<void(Manifest &)>, forge);
        QTemporaryDir dir;
        const fs::path path = make(dir);
        auto manifest = readManifest(path);
        QVERIFY2(manifest, manifest ? "" : describe(manifest.error()).c_str());
        forge(*manifest);
        write(path / manifestName, writeManifest(*manifest));
        const auto read = readManifest(path);
        QVERIFY(!read && read.error().is(errors::backupInvalid));
        const auto validated = validateBackup(path);
        QVERIFY(!validated && validated.error().is(errors::backupInvalid));
    }

    void everyDamageIsCaught()
    {
        QTemporaryDir dir;
        const fs::path path = make(dir);
        const auto good = validateBackup(path);
        QVERIFY(good.has_value());
        QCOMPARE(good->files.size(), std::size_t(3));
        std::mt19937 random(42);
        const std::vector<std::string> names{"payload.xb.zst", "my.cnf", "accounts.sql", "manifest.json"};
        int caught = 0;
        for (int i = 0; i < 100; ++i) {
            const fs::path victim = path / names[random() % names.size()];
            const std::string before = read(victim);
            fs::path added;
            std::string what;
            switch (i % 4) {
            case 0:
                what = "truncated";
                write(victim, before.substr(0, random() % before.size()));
                break;
            case 1: {
                what = "flipped";
                std::string bytes = before;
                bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
                write(victim, bytes);
                break;
            }
            case 2:
                what = "removed";
                fs::remove(victim);
                break;
            default:
                what = "added";
                added = path / (".hidden" + std::to_string(i));
                write(added, "x");
            }
            const auto verdict = validateBackup(path);
            if (!verdict && verdict.error().is(errors::backupInvalid))
                ++caught;
            else
                qWarning("not caught: %s %s", what.c_str(), victim.c_str());
            write(victim, before);
            if (!added.empty())
                fs::remove(added);
        }
        QCOMPARE(caught, 100);
        QVERIFY(validateBackup(path).has_value());
    }

    void everyBitOfTheManifestCounts()
    {
        QTemporaryDir dir;
        const fs::path path = make(dir);
        const std::string before = read(path / manifestName);
        for (std::size_t i = 0; i < before.size(); ++i) {
            std::string bytes = before;
            bytes[i] ^= static_cast<char>(1 << i % 8);
            write(path / manifestName, bytes);
            QVERIFY2(!readManifest(path), std::to_string(i).c_str());
        }
    }

    void linksAndDirectoriesAreNotFiles()
    {
        QTemporaryDir dir;
        const fs::path path = make(dir);
        fs::rename(path / "my.cnf", path.parent_path() / "elsewhere");
        fs::create_symlink(path.parent_path() / "elsewhere", path / "my.cnf");
        QVERIFY(!validateBackup(path));
        fs::remove(path / "my.cnf");
        fs::create_directory(path / "my.cnf");
        QVERIFY(!validateBackup(path));
    }

    void theManifestIsAPlainFile()
    {
        QTemporaryDir dir;
        const fs::path path = make(dir);
        const fs::path elsewhere = path.parent_path() / "elsewhere";
        fs::rename(path / manifestName, elsewhere);
        const auto refused = [&] {
            const auto verdict = validateBackup(path);
            return !verdict && verdict.error().is(errors::backupInvalid);
        };
        QVERIFY(refused());
        fs::create_symlink(elsewhere, path / manifestName);
        QVERIFY(refused());
        fs::remove(path / manifestName);
        QCOMPARE(::mkfifo((path / manifestName).c_str(), 0600), 0); // whoever waits for a writer hangs here
        QVERIFY(refused());
        fs::remove(path / manifestName);
        fs::create_directory(path / manifestName);
        QVERIFY(refused());
        fs::remove(path / manifestName);
        fs::rename(elsewhere, path / manifestName);
        QVERIFY(validateBackup(path).has_value());
    }

    void namesAreEncodedAndDecoded()
    {
        for (const std::string name : {"shop", "we-ird.ar", "a@0041", "na\xc3\xafve", "x/y"}) {
            QCOMPARE(decodeName(encodeName(name)), name);
            QVERIFY(encodeName(name).find_first_of("/.-") == std::string::npos);
        }
    }

    void onlySystemSchemasAreLeftOut()
    {
        for (const char *name : {"mysql", "sys", "performance_schema", "information_schema", "INFORMATION_SCHEMA"})
            QVERIFY2(isSystemSchema(name), name);
        for (const char *name : {"SYS", "Sys", "MYSQL", "Performance_Schema", "shop", ""})
            QVERIFY2(!isSystemSchema(name), name);
    }

    void gtidsGoOverSeveralLines()
    {
        const auto position = positionInMetadata("Started dump at: 2026-11-29 23:00:00\nSHOW MASTER STATUS:\n\tLog: binlog.000003\n\tPos: 1234\n"
                                                 "\tGTID:3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,\n3e11fa47-71ca-11e1-9e33-c80aa9429563:1-7\n\n"
                                                 "SHOW SLAVE STATUS:\n\tHost: db1\n\tLog: binlog.000001\n\tPos: 99\n\tGTID:\n\nFinished dump at: 2026\n");
        QCOMPARE(position.gtid, std::string("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5,3e11fa47-71ca-11e1-9e33-c80aa9429563:1-7"));
        QCOMPARE(position.file, std::string("binlog.000003"));
        QCOMPARE(position.offset, std::int64_t(1234));
        QCOMPARE(position.sourceFile, std::string("binlog.000001"));
        QCOMPARE(position.sourceGtid, std::string());
    }

    void filesElsewhereCountAsTablespaces()
    {
        Inventory inventory;
        inventory.files = {{"shop/t.isl", 20}, {"shop/t.frm", 900}, {"shop/db.opt", 60}};
        QCOMPARE(tableFiles(inventory), (std::set<std::string>{"shop/t.ibd", "shop/t.frm", "shop/db.opt"}));
    }

    void exitStatus()
    {
        QTemporaryDir dir;
        const std::string path = make(dir).string();
        const std::vector<std::string> good{path, "--json"};
        QCOMPARE(validateBackupMain(good), 0);
        fs::remove(fs::path(path) / "my.cnf");
        QCOMPARE(validateBackupMain(good), 1);
        const std::vector<std::string> none;
        QCOMPARE(validateBackupMain(none), 2);
        const std::vector<std::string> two{path, path};
        QCOMPARE(validateBackupMain(two), 2);
    }

    void dumpIsRead()
    {
        const std::string dump = "-- MariaDB dump\n-- CHANGE MASTER TO MASTER_LOG_FILE='binlog.000001', MASTER_LOG_POS=134;\n--\n"
                                 "-- Current Database: `sh``op`\n--\n\nUSE `sh``op`;\n--\n-- Table structure for table `a b`\n--\n"
                                 "CREATE TABLE `a b` (x int);\nINSERT INTO `a b` VALUES ('-- Table structure for table `no`');\n"
                                 "-- Temporary table structure for view `v`\n-- Dump completed on 2026-11-22 20:00:00\n";
        for (std::size_t piece : {1u, 7u, 100000u}) {
            DumpScanner scanner;
            for (std::size_t at = 0; at < dump.size(); at += piece)
                scanner.feed({dump.data() + at, std::min(piece, dump.size() - at)});
            QVERIFY(scanner.completed());
            QCOMPARE(scanner.binlogFile(), std::string("binlog.000001"));
            QCOMPARE(scanner.binlogOffset(), std::int64_t(134));
            QCOMPARE(scanner.tables().size(), std::size_t(1));
            QVERIFY(scanner.tables().contains({"sh`op", "a b"}));
        }
        DumpScanner cut;
        cut.feed({dump.data(), dump.size() - 5});
        QVERIFY(!cut.completed());
    }

    void appliedGtidsOfMariaDb_data()
    {
        QTest::addColumn<QByteArray>("table");
        QTest::addColumn<QByteArray>("gtid");
        const QByteArray innodb = ") ENGINE=InnoDB DEFAULT CHARSET=latin1;\n";
        QTest::newRow("a row a line") << innodb + "INSERT INTO `gtid_slave_pos` VALUES\n(0,7,1,99),\n(0,8,1,100),\n(3,2,7,55);\n" << QByteArray("0-1-100,3-7-55");
        QTest::newRow("one line") << innodb + "INSERT INTO `gtid_slave_pos` VALUES (0,8,1,100),(0,7,2,99);\n" << QByteArray("0-1-100");
        QTest::newRow("empty") << innodb << QByteArray();
        QTest::newRow("not transactional") << QByteArray(") ENGINE=MyISAM DEFAULT CHARSET=latin1;\nINSERT INTO `gtid_slave_pos` VALUES (0,8,1,100);\n") << QByteArray();
        QTest::newRow("unreadable") << innodb + "INSERT INTO `gtid_slave_pos` VALUES (0,8,1,'x');\n" << QByteArray();
        QTest::newRow("too long") << innodb + "INSERT INTO `gtid_slave_pos` VALUES " + QByteArray("(0,8,1,100),").repeated(500) + "(0,9,1,101);\n" << QByteArray();
    }
    void appliedGtidsOfMariaDb()
    {
        QFETCH(QByteArray, table);
        QFETCH(QByteArray, gtid);
        const std::string dump = "-- Current Database: `mysql`\n-- Table structure for table `gtid_slave_pos`\nCREATE TABLE `gtid_slave_pos` (\n"
                                 "  `domain_id` int(10) unsigned NOT NULL\n" + table.toStdString()
                                 + "-- Current Database: `shop`\n-- Table structure for table `t`\nINSERT INTO `t` VALUES\n(5,900,5,5);\n";
        DumpScanner scanner;
        scanner.feed(dump);
        QCOMPARE(scanner.gtidSlavePos(), gtid.toStdString());
    }

    void streamIsFollowed()
    {
        const auto chunk = [](char type, const std::string &name, const std::string &payload = {}) {
            std::string bytes = "XBSTCK01";
            bytes += '\0';
            bytes += type;
            const auto little = [&](std::uint64_t value, int count) {
                for (int i = 0; i < count; ++i)
                    bytes += static_cast<char>(value >> 8 * i & 0xff);
            };
            little(name.size(), 4);
            bytes += name;
            if (type == 'P') {
                little(payload.size(), 8);
                little(0, 8);
                little(0, 4);
                bytes += payload;
            }
            return bytes;
        };
        const std::string stream = chunk('P', "shop/t.ibd", std::string(3000, 'x')) + chunk('P', "xtrabackup_binlog_info", "binlog.1\t7\t0-1-2\n")
                                   + chunk('P', "shop/v.frm", "TYPE=VIEW\nquery=") + chunk('E', "shop/t.ibd")
                                   + chunk('E', "xtrabackup_binlog_info") + chunk('E', "shop/v.frm");
        for (std::size_t piece : {1u, 13u, 100000u}) {
            XbstreamScanner scanner({"xtrabackup_binlog_info"});
            for (std::size_t at = 0; at < stream.size(); at += piece)
                scanner.feed({stream.data() + at, std::min(piece, stream.size() - at)});
            QCOMPARE(scanner.problem(), std::string());
            QCOMPARE(scanner.files().at("shop/t.ibd"), std::int64_t(3000));
            QVERIFY(scanner.isView("shop/v.frm"));
            QCOMPARE(*scanner.content("xtrabackup_binlog_info"), std::string("binlog.1\t7\t0-1-2\n"));
        }
        for (std::size_t cut = 1; cut < stream.size(); cut += 11) {
            XbstreamScanner scanner({});
            scanner.feed({stream.data(), stream.size() - cut});
            QVERIFY(!scanner.problem().empty());
        }
    }

    void slowConsumerSpillsAndTheFileIsBounded()
    {
        QTemporaryDir dir;
        const fs::path file = fs::path(dir.path().toStdString()) / "staging";
        std::string sent, got;
        {
            SpillQueue queue(1000, file, 5000);
            for (int i = 0; i < 60; ++i) {
                std::vector<char> block(100 + static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
                sent.append(block.data(), block.size());
                const auto pushed = queue.push(block);
                QVERIFY(pushed.has_value() && *pushed);
                if (i % 3) { // slower than the producer, so that the ring goes round
                    const auto taken = queue.pop();
                    QVERIFY(taken.has_value());
                    got.append(taken->data(), taken->size());
                }
            }
            QVERIFY(queue.spilledBytes() > 0);
            QVERIFY(!fs::exists(file)); // it has no name, so that nothing is left of it after any end
            queue.close();
            for (;;) {
                const auto taken = queue.pop();
                QVERIFY(taken.has_value());
                if (taken->empty())
                    break;
                got.append(taken->data(), taken->size());
            }
        }
        QVERIFY(sent == got);
        QVERIFY(!fs::exists(file));
        SpillQueue full(0, file, 5000);
        QVERIFY(*full.push(std::vector<char>(4000)));
        QVERIFY(!*full.push(std::vector<char>(4000)));
    }

    void namesComeAndGo()
    {
        // dropped, created, there all the time
        QVERIFY(compareNames({"a", "b"}, {"b", "c"}, {"b"}).empty());
        QVERIFY(compareNames({"a", "b"}, {"b", "c"}, {"a", "b", "c"}).empty());
        QCOMPARE(compareNames({"a", "b"}, {"b", "c"}, {"a"}).missing, std::set<std::string>{"b"});
        QCOMPARE(compareNames({"a"}, {"a"}, {"a", "x"}).extra, std::set<std::string>{"x"});
    }
};

QTEST_GUILESS_MAIN(TestManifest)
#include "tst_manifest.moc"
