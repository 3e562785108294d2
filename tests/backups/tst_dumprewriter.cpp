// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/blame.h"
#include "agent/backups/containment.h"
#include "agent/backups/dumprewriter.h"

#include <QTemporaryDir>
#include <QtTest>

#include <filesystem>
#include <fstream>

using namespace zandb;
using namespace zandb::agent;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

/// What is made harmless before a program sees it, and how a program's end is understood: pure rules.
class TestDumpRewriter : public QObject
{
    Q_OBJECT

    static std::string rewrite(const std::string &dump, std::size_t part)
    {
        DumpRewriter rewriter;
        std::string out;
        for (std::size_t at = 0; at < dump.size(); at += part)
            rewriter.feed(std::string_view(dump).substr(at, part), out);
        rewriter.finish(out);
        return out;
    }

private Q_SLOTS:
    void clauses_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::newRow("table") << u"CREATE TABLE `t` (\n  `i` int\n) ENGINE=InnoDB DATA DIRECTORY='/fast/';\n"_s
                               << u"CREATE TABLE `t` (\n  `i` int\n) ENGINE=InnoDB ;\n"_s;
        QTest::newRow("both, other letters, a quote in the path")
            << u"CREATE TABLE `t` (`i` int) data directory = '/it''s \\' here' Index Directory '/b';\nINSERT INTO `t` VALUES (1);\n"_s
            << u"CREATE TABLE `t` (`i` int)  ;\nINSERT INTO `t` VALUES (1);\n"_s;
        QTest::newRow("partition") << u"CREATE TABLE `t` (`i` int)\n/*!50100 PARTITION BY HASH (`i`)\n(PARTITION p0 DATA DIRECTORY = '/a' ENGINE = InnoDB) */;\n"_s
                                   << u"CREATE TABLE `t` (`i` int)\n/*!50100 PARTITION BY HASH (`i`)\n(PARTITION p0  ENGINE = InnoDB) */;\n"_s;
        QTest::newRow("tablespace") << u"CREATE TABLE `t` (`i` int) /*!50100 TABLESPACE `mine` */ ENGINE=InnoDB;\n"_s
                                    << u"CREATE TABLE `t` (`i` int) /*!50100  */ ENGINE=InnoDB;\n"_s;
        for (const char *same :
             {"CREATE TABLE `t` (`i` int) /*!50100 TABLESPACE `mysql` */ ENGINE=InnoDB;\n",
              "CREATE TABLE `t` (`DATA DIRECTORY='/x'` int COMMENT 'it''s \\' DATA DIRECTORY=\\'/x\\'; no') COMMENT=';\nDATA DIRECTORY';\n",
              "INSERT INTO `t` VALUES ('CREATE TABLE x (i INT) DATA DIRECTORY=\\'/x\\'');\n", "-- CREATE TABLE t DATA DIRECTORY='/x'\n",
              "DELIMITER ;;\nCREATE PROCEDURE p()\nBEGIN\nCREATE TABLE x (i INT) DATA DIRECTORY='/x';\nEND ;;\nDELIMITER ;\n",
              "CREATE TABLE `t` (`index` int, `data` int, KEY `directory` (`data`), metadata directory)"})
            QTest::newRow(same) << QString::fromUtf8(same) << QString::fromUtf8(same);
    }
    /// However the bytes arrive.
    void clauses()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        for (const std::size_t part : {1, 3, 7, 1000})
            QCOMPARE(QString::fromStdString(rewrite(before.toStdString(), part)), after);
    }

    void dataFilePath_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after"); // empty: refused
        QTest::newRow("plain") << u"ibdata1:12M:autoextend"_s << u"ibdata1:12M:autoextend"_s;
        QTest::newRow("absolute") << u"/fast/a/ibdata1:12M;/b/ibdata2:10M:autoextend:max:500M"_s << u"ibdata1:12M;ibdata2:10M:autoextend:max:500M"_s;
        QTest::newRow("relative") << u"../../x/ibdata1:12M"_s << u"ibdata1:12M"_s;
        QTest::newRow("same name") << u"/a/ibdata1:12M;/b/ibdata1:12M"_s << QString();
        QTest::newRow("raw") << u"/dev/sdb1:3Gnewraw"_s << QString();
        QTest::newRow("raw, short") << u"/dev/sdb1:3G:raw"_s << QString();
        QTest::newRow("no name") << u"/a/:12M"_s << QString();
        QTest::newRow("parent") << u"a/..:12M"_s << QString();
        QTest::newRow("an option") << u"ibdata1:12M\n--tmpdir=/x"_s << QString();
        QTest::newRow("nothing") << u"ibdata1"_s << QString();
    }
    void dataFilePath()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        const auto result = withoutDirectories(before.toStdString());
        QCOMPARE(result.has_value(), !after.isEmpty());
        if (result)
            QCOMPARE(QString::fromStdString(*result), after);
        else
            QVERIFY(result.error().is(errors::restoreHindered)); // no evidence about the bytes
    }

    void toolSettings()
    {
        const QTemporaryDir dir;
        const fs::path place = dir.path().toStdString();
        const auto write = [&](const std::string &text) { std::ofstream(place / "backup-my.cnf") << text; };
        QVERIFY(!tameToolSettings(place));
        write("# made by\n[mysqld]\ninnodb_page_size=16384\ninnodb_data_file_path=/live/ibdata1:12M:autoextend\n"
              "innodb_undo_directory=/live\ninnodb_log_group_home_dir=/live\nplugin_load=evil.so\ninnodb_undo_tablespaces=3\n!include /etc/passwd\n");
        QVERIFY(tameToolSettings(place));
        QCOMPARE(readFile(place / "backup-my.cnf").value_or(""),
                 std::string("[mysqld]\ninnodb_page_size=16384\ninnodb_data_file_path=ibdata1:12M:autoextend\ninnodb_undo_tablespaces=3\n"));
        write("innodb_page_size=1 2\n");
        QVERIFY(!tameToolSettings(place));
    }

    void unpackedTrees()
    {
        const QTemporaryDir dir;
        const fs::path place = fs::path(dir.path().toStdString()) / "data";
        fs::create_directories(place / "shop");
        std::ofstream(place / "shop" / "t.ibd") << "x";
        QVERIFY(checkUnpacked(place));
        fs::create_symlink("/etc/passwd", place / "shop" / "link");
        const auto link = checkUnpacked(place);
        QVERIFY(!link && link.error().is(errors::restoreFailed) && link.error().fields.at("detail").starts_with("shop/link"));
        fs::remove(place / "shop" / "link");
        std::ofstream(place / ".." / "other") << "x";
        fs::create_hard_link(place / ".." / "other", place / "second");
        QVERIFY(!checkUnpacked(place));
        fs::remove(place / "second");
        fs::create_directory_symlink("/tmp", place / "away");
        QVERIFY(!checkUnpacked(place));
    }

    void whoIsToBlame_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("signal");
        QTest::addColumn<QString>("said");
        QTest::addColumn<QString>("error");
        QTest::newRow("refused bytes") << u"load"_s << 1 << 0 << u"ERROR 1064 at line 3: You have an error in your SQL syntax"_s << u"restore.failed"_s;
        QTest::newRow("killed") << u"check"_s << -1 << 9 << u"ready for connections"_s << u"tool.killed"_s;
        QTest::newRow("crashed") << u"check"_s << -1 << 11 << u"mysqld got signal 11; one of the libraries it was linked against is corrupt, improperly built"_s
                                 << u"tool.killed"_s;
        QTest::newRow("a damaged page") << u"check"_s << -1 << 6 << u"InnoDB: Database page corruption on disk or a failed read of file t.ibd"_s << u"restore.failed"_s;
        QTest::newRow("no memory") << u"start"_s << 1 << 0 << u"InnoDB: Cannot allocate memory for the buffer pool"_s << u"restore.hindered"_s;
        QTest::newRow("no room") << u"unpack"_s << 2 << 0 << u"tar: ./ibdata1: Cannot write: No space left on device"_s << u"restore.hindered"_s;
        QTest::newRow("asked to end") << u"check"_s << 0 << 0 << u"Normal shutdown"_s << u"tool.killed"_s;
        QTest::newRow("an older server") << u"start"_s << 1 << 0 << u"InnoDB: Unsupported redo log format. The redo log was created with MariaDB 12.1.1."_s
                                         << u"restore.hindered"_s;
        QTest::newRow("an older MySQL") << u"start"_s << 1 << 0 << u"Invalid MySQL server downgrade: Cannot downgrade from 90700 to 80400."_s
                                        << u"restore.hindered"_s;
        QTest::newRow("no asynchronous reads") << u"prepare"_s << 1 << 0 << u"InnoDB: io_setup() failed with EAGAIN: the log was corrupted before"_s
                                               << u"restore.failed"_s;
        QTest::newRow("no asynchronous reads alone") << u"start"_s << 1 << 0 << u"InnoDB: io_setup() failed after 5 attempts."_s << u"restore.hindered"_s;
        QTest::newRow("nobody knows why") << u"start"_s << 1 << 0 << u"[ERROR] unknown variable 'innodb_x=1'; Aborting"_s << u"restore.hindered"_s;
        QTest::newRow("a damaged log") << u"prepare"_s << 1 << 0 << u"InnoDB: Invalid log header checksum"_s << u"restore.failed"_s;
        QTest::newRow("a corrupted table") << u"shutdown"_s << 1 << 0 << u"InnoDB: Table `shop`.`t` is corrupted."_s << u"restore.failed"_s;
        QTest::newRow("the option for checksums") << u"start"_s << 1 << 0 << u"innodb_checksum_algorithm=crc32"_s << u"restore.hindered"_s;
        QTest::newRow("a table with this name") << u"check"_s << -1 << 9 << u"InnoDB: loading `shop`.`corrupt` and \"corrupted\""_s << u"tool.killed"_s;
        QTest::newRow("a file with this name") << u"check"_s << -1 << 9 << u"InnoDB: can't open file ./corrupt/corrupted.ibd, it isn't there"_s << u"tool.killed"_s;
        QTest::newRow("an engine that is not here") << u"load"_s << 1 << 0 << u"ERROR 1286 (42000) at line 9: Unknown storage engine 'ROCKSDB'"_s
                                                    << u"restore.hindered"_s;
    }
    /// Only evidence about the bytes makes a backup bad.
    void whoIsToBlame()
    {
        QFETCH(QString, step);
        QFETCH(int, code);
        QFETCH(int, signal);
        QFETCH(QString, said);
        QFETCH(QString, error);
        const Error blamed = blame(step.toUtf8().constData(), "tool", ExitStatus{code, signal}, said.toStdString());
        QCOMPARE(QString::fromStdString(blamed.code), error);
        QCOMPARE(blamed.isTransient(), error != "restore.failed"_L1);
    }
};

QTEST_GUILESS_MAIN(TestDumpRewriter)
#include "tst_dumprewriter.moc"
