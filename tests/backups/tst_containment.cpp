// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/containment.h"
#include "agent/backups/repository.h"
#include "agent/backups/restore.h"
#include "agent/os/landlock.h"
#include "tests/backups/backupfixture.h"
#include "tests/backups/forgery.h"

#include <algorithm>
#include <fstream>

#include <csignal>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// Names and contents of everything below.
std::map<std::string, std::string> contentsOf(const fs::path &directory)
{
    std::map<std::string, std::string> contents;
    for (const auto &entry : fs::recursive_directory_iterator(directory)) {
        contents[entry.path().lexically_relative(directory).string()]
            = entry.is_regular_file() && !entry.is_symlink() ? Sha256::of(readFile(entry.path(), 256u << 20).value_or("?")) : "";
    }
    return contents;
}

bool isSomewhereIn(const fs::path &directory, const std::string &text)
{
    return std::ranges::any_of(fs::recursive_directory_iterator(directory), [&](const auto &entry) {
        return entry.is_regular_file() && readFile(entry.path(), 256u << 20).value_or("").find(text) != std::string::npos;
    });
}

/// The child of this process that was started with this word; -1 when there is none.
pid_t childWith(const std::string &word)
{
    for (const auto &entry : fs::directory_iterator("/proc")) {
        const std::string status = readFile(entry.path() / "status", 1 << 16).value_or("");
        if (status.find("\nPPid:\t" + std::to_string(::getpid()) + "\n") == std::string::npos)
            continue;
        if (readFile(entry.path() / "cmdline", 1 << 16).value_or("").find(word) != std::string::npos)
            return std::stoi(entry.path().filename().string());
    }
    return -1;
}

/// What a forged payload holds is not what the original held.
void withoutLists(Manifest &manifest)
{
    manifest.tables.clear();
    manifest.objects.reset();
}

/// Does something when the first table was checked.
class WatchingContext : public FakeContext
{
public:
    using FakeContext::FakeContext;
    void progress(const wire::Progress &progress) override
    {
        FakeContext::progress(progress);
        if (progress.phase == "checking" && progress.unit == "tables" && atFirstTable)
            std::exchange(atFirstTable, {})();
    }
    std::function<void()> atFirstTable;
};

} // namespace

/// A restore stays in its directory, whatever manifest, payload or dump say; and only bytes make a backup bad.
class TestContainment : public QObject
{
    Q_OBJECT

    struct Side
    {
        BackupFixture fixture;
        wire::BackupResult logical;
        wire::BackupResult physical;
        bool usable = false;
    };

    bool startSide(Side &side, Flavour flavour, std::string &error)
    {
        ServerOptions options;
        options.flavour = flavour;
        fs::create_directories(m_fast);
        if (flavour == Flavour::MySql)
            options.myCnf = {"plugin-load-add=mysql_clone.so", "innodb-directories=" + m_fast.string()};
        if (!side.fixture.start(options, error))
            return false;
        // a path to it has more than 108 bytes: no socket of a private server could have it
        side.fixture.config.stateDirectory = side.fixture.path((std::string(100, 's')).c_str());
        if (!side.fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (i INT PRIMARY KEY, a TEXT)",
                                        "INSERT INTO shop.t VALUES (1, 'one'), (2, 'two')", "CREATE TABLE shop.u (i INT PRIMARY KEY)"})) {
            error = side.fixture.server->lastError();
            return false;
        }
        FakeContext context(side.fixture.config, side.fixture.path("work"));
        for (auto [method, place] : {std::pair{"logical", &side.logical}, std::pair{"physical", &side.physical}}) {
            auto backup = runBackup(context, side.fixture.args(method));
            if (!backup) {
                error = describe(backup.error()) + context.logText();
                return false;
            }
            *place = *backup;
        }
        return side.usable = true;
    }

    /// Why a side has no server, and what to set or install.
    static const char *noServer(bool mysql)
    {
        static const std::string why[] = {TestServer::unavailable(Flavour::MariaDb), TestServer::unavailable(Flavour::MySql)};
        return why[mysql].c_str();
    }
    Side &side(bool mysql) { return mysql ? m_mysql : m_mariadb; }

    static Result<wire::RestoreResult> verify(Side &side, const wire::BackupResult &backup, FakeContext &context)
    {
        return runVerify(context, {backup.backupId, "local", side.fixture.server->name(), "db1", ""});
    }

    static void flavours()
    {
        QTest::addColumn<bool>("mysql");
        QTest::newRow("MariaDB") << false;
        QTest::newRow("MySQL") << true;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        m_fast = fs::path(m_dir.path().toStdString()) / "fast";
        std::string error;
        QVERIFY2(startSide(m_mariadb, Flavour::MariaDb, error), error.c_str());
        if (TestServer::unavailable(Flavour::MySql).empty())
            QVERIFY2(startSide(m_mysql, Flavour::MySql, error), error.c_str());
        // where programs put temporary files by themselves: in place of /tmp, which others use meanwhile
        m_shared = fs::path(m_dir.path().toStdString()) / "tmp";
        fs::create_directories(m_shared);
        std::ofstream(m_shared / "#sql-temptable-ffff-1-0.MAD") << "an ALTER of a live server";
        m_inShared = contentsOf(m_shared);
        qputenv("TMPDIR", m_shared.c_str());
    }
    void cleanup()
    {
        limitLandlock(100);
        if (!m_shared.empty())
            QCOMPARE(contentsOf(m_shared), m_inShared);
    }
    void cleanupTestCase() { qunsetenv("TMPDIR"); }

    void landlock_data()
    {
        QTest::addColumn<int>("version");
        QTest::newRow("as it is") << 100;
        QTest::newRow("Debian 12") << 2;
    }
    /// The kernel's wall by itself: a program that means no good gets nowhere.
    void landlock()
    {
        QFETCH(int, version);
        limitLandlock(version);
        if (landlockVersion() == 0)
            QSKIP("this kernel has no usable Landlock");
        QVERIFY(landlockVersion() <= version);
        const fs::path place = fs::path(m_dir.path().toStdString()) / ("landlock-" + std::to_string(version));
        const fs::path inside = place / "inside", outside = place / "outside";
        fs::create_directories(inside / "run" / "tmp");
        fs::create_directories(inside / "a");
        fs::create_directories(inside / "b");
        fs::create_directories(outside);
        std::ofstream(outside / "kept") << "kept";
        fs::create_symlink(outside / "kept", inside / "link");
        const auto before = contentsOf(outside);
        const auto works = [&](const std::string &script) {
            auto done = capture(confined({}, {"/bin/sh", "-c", "cd " + inside.string() + " && " + script}, inside), 20s);
            return done && done->status.ok();
        };
        QVERIFY(works("echo x > a/file && cat a/file && mv a/file b/file && rm b/file && mkdir c && rmdir c && : > /dev/null"));
        QVERIFY(works("f=$(mktemp) && case $f in " + (inside / "run" / "tmp").string() + "/*) ;; *) false ;; esac"));
        QVERIFY(works("cat /etc/passwd > /dev/null")); // a server looks up its user there
        for (const std::string &script :
             {std::string("echo x > ../outside/new"), std::string("echo x >> ../outside/kept"), std::string("rm ../outside/kept"),
              std::string("mkdir ../outside/d"), std::string("cat ../outside/kept"), std::string("ls ../outside"), std::string("cat link"),
              std::string("echo x > link"), std::string("mv ../outside/kept a/"), std::string("ln ../outside/kept a/"),
              std::string("cp /bin/true a/ && a/true"), std::string("cat /etc/shadow"), std::string("ln -s / a/root"),
              "kill -0 " + std::to_string(::getpid()) + (landlockVersion() < 6 ? " && false" : "")})
            QVERIFY2(!works(script), script.c_str());
        QCOMPARE(contentsOf(outside), before);
    }

    void systemTablespaceElsewhere_data()
    {
        QTest::addColumn<bool>("mysql");
        QTest::addColumn<QString>("name");
        QTest::newRow("MariaDB, absolute") << false << u"/elsewhere/ibdata1"_s;
        QTest::newRow("MariaDB, relative") << false << u"../elsewhere/ibdata1"_s;
        QTest::newRow("MySQL, absolute") << true << u"/elsewhere/ibdata1"_s;
    }
    /// The live server's own file is named in the manifest, and must never be opened.
    void systemTablespaceElsewhere()
    {
        QFETCH(bool, mysql);
        QFETCH(QString, name);
        if (!side(mysql).usable)
            QSKIP(noServer(mysql));
        BackupFixture fixture;
        ServerOptions options;
        options.flavour = mysql ? Flavour::MySql : Flavour::MariaDb;
        if (mysql)
            options.myCnf = {"plugin-load-add=mysql_clone.so"};
        std::string error;
        QVERIFY2(fixture.start(options, error), error.c_str());
        TestServer &server = *fixture.server;
        server.stop();
        const fs::path elsewhere = server.directory() / "elsewhere";
        fs::create_directories(elsewhere);
        fs::rename(server.dataDirectory() / "ibdata1", elsewhere / "ibdata1");
        const bool absolute = name.startsWith(u'/');
        std::ofstream(server.myCnf(), std::ios::app) << "innodb_data_home_dir=" << (absolute ? "" : server.dataDirectory().string())
                                                     << "\ninnodb_data_file_path=" << (absolute ? server.directory().string() : "")
                                                     << name.toStdString() << ":12M:autoextend\n";
        QVERIFY2(server.startAgain(), server.lastError().c_str());
        QVERIFY2(server.exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (i INT)", "INSERT INTO shop.t VALUES (7)"}),
                 server.lastError().c_str());
        FakeContext context(fixture.config, fixture.path("work"));
        const auto backup = runBackup(context, fixture.args("physical"));
        QVERIFY2(backup, why(backup, &context).constData());
        QVERIFY2(server.exec("INSERT INTO shop.t VALUES (8)"), server.lastError().c_str()); // the live server lives
        server.kill();
        const auto before = contentsOf(server.directory());
        const fs::path target = fixture.path("restored");
        const auto restored = restoreBackup(context, backup->path, target);
        QVERIFY2(restored, why(restored, &context).constData());
        QCOMPARE(contentsOf(server.directory()), before);
        QVERIFY(fs::exists(target / "data" / "ibdata1"));
        QVERIFY2(server.startAgain(), server.lastError().c_str());
        QCOMPARE(server.value("SELECT COUNT(*) FROM shop.t").value_or("?"), std::string("2"));
    }

    void forgedSettings_data() { flavours(); }
    /// The same from a manifest and a payload that somebody made up.
    void forgedSettings()
    {
        QFETCH(bool, mysql);
        Side &s = side(mysql);
        if (!s.usable)
            QSKIP(noServer(mysql));
        limitLandlock(0); // the options alone
        const fs::path victim = s.fixture.path("victim");
        fs::create_directories(victim);
        fs::copy_file(s.fixture.server->dataDirectory() / "ibdata1", victim / "ibdata1");
        const auto before = contentsOf(victim);
        const std::string payload = readFile(fs::path(s.physical.path) / (mysql ? "payload.tar.zst" : "payload.xb.zst")).value();
        std::vector<std::string> paths{(victim / "ibdata1").string() + ":12M:autoextend"};
        if (!mysql)
            paths.insert(paths.end(), {(victim / "new").string() + ":12M", "/dev/sda:1Gnewraw"});
        for (const std::string &path : paths) {
            const auto forged = forge(s.physical.path, payload, [&](Manifest &manifest) { manifest.settings["innodb_data_file_path"] = path; });
            FakeContext context(s.fixture.config, s.fixture.path("work"));
            (void)restoreBackup(context, forged, s.fixture.path("forged-restore"));
            QCOMPARE(contentsOf(victim), before);
            fs::remove_all(s.fixture.path("forged-restore"));
            fs::remove_all(forged);
        }
        for (const auto &[name, value] : {std::pair{"character_set_server", "utf8mb4 --general-log=1"}, std::pair{"lower_case_table_names", "1\n2"}}) {
            const auto forged = forge(s.physical.path, payload, [&](Manifest &manifest) { manifest.settings[name] = value; });
            FakeContext context(s.fixture.config, s.fixture.path("work"));
            const auto refused = restoreBackup(context, forged, s.fixture.path("forged-restore"));
            QVERIFY(!refused && refused.error().is(errors::restoreHindered)); // no evidence about the bytes
            QCOMPARE(refused.error().fields.at("step"), std::string("settings"));
            fs::remove_all(forged);
        }
        // where the system tablespace of the source lay says nothing of where a dump goes
        const auto dump = forge(s.logical.path, packed("CREATE DATABASE d;\n"), [](Manifest &manifest) {
            withoutLists(manifest);
            manifest.settings["innodb_data_file_path"] = "/dev/sda:1Gnewraw";
        });
        FakeContext context(s.fixture.config, s.fixture.path("work"));
        const auto restored = restoreBackup(context, dump, s.fixture.path("dump-restore"));
        QVERIFY2(restored, why(restored, &context).constData());
        fs::remove_all(dump);
    }

    void hostileDump_data()
    {
        QTest::addColumn<bool>("mysql");
        QTest::addColumn<int>("version");
        QTest::newRow("MariaDB") << false << 100;
        QTest::newRow("MariaDB on Debian 12's kernel") << false << 2;
        QTest::newRow("MySQL on Debian 12's kernel") << true << 2;
    }
    /// Statements that no dump program writes: they write nowhere, and read nothing that is not theirs.
    void hostileDump()
    {
        QFETCH(bool, mysql);
        QFETCH(int, version);
        Side &s = side(mysql);
        if (!s.usable)
            QSKIP(noServer(mysql));
        limitLandlock(version);
        if (landlockVersion() == 0)
            QSKIP("this kernel has no usable Landlock, and a server's log files can be set by statements");
        const fs::path victim = s.fixture.path("victim-of-dump");
        fs::remove_all(victim);
        fs::create_directories(victim);
        std::ofstream(victim / "payload.sql.zst") << "another host's backup";
        fs::permissions(victim, fs::perms::all);
        fs::permissions(victim / "payload.sql.zst", fs::perms::all);
        const auto before = contentsOf(victim);
        const std::string place = victim.string();
        // each by itself, so that one which fails does not keep the next from being tried
        std::string dump = "CREATE DATABASE hostile;\nUSE hostile;\nCREATE TABLE words (w TEXT);\n";
        int number = 0;
        for (const std::string &statement :
             {"SELECT 'x' INTO OUTFILE '" + place + "/outfile'", "SELECT 'x' INTO DUMPFILE '" + place + "/dumpfile'",
              "SET GLOBAL general_log_file = '" + place + "/payload.sql.zst'", std::string("SET GLOBAL log_output = 'FILE'"),
              std::string("SET GLOBAL general_log = 1"), "SET GLOBAL slow_query_log_file = '" + place + "/slow'",
              std::string("SET GLOBAL slow_query_log = 1"), "INSERT INTO words SELECT LOAD_FILE('" + place + "/payload.sql.zst')",
              std::string("INSERT INTO words SELECT LOAD_FILE('/etc/passwd')"),
              "CREATE TABLE away (i INT) ENGINE=InnoDB DATA DIRECTORY='" + place + "'",
              "CREATE TABLE away2 (i INT) ENGINE=MyISAM DATA DIRECTORY='" + place + "' INDEX DIRECTORY='" + place + "'",
              "CREATE TABLE away3 (i INT PRIMARY KEY) PARTITION BY HASH (i) (PARTITION p DATA DIRECTORY='" + place + "')"}) {
            const std::string name = "p" + std::to_string(++number);
            dump += "DELIMITER ;;\nCREATE PROCEDURE " + name + "()\nBEGIN\nDECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;\n" + statement
                    + ";\nEND ;;\nDELIMITER ;\nCALL " + name + "();\n";
        }
        FakeContext context(s.fixture.config, s.fixture.path("work"));
        const fs::path target = s.fixture.path("hostile-restore");
        const auto forged = forge(s.logical.path, packed(dump), withoutLists);
        const auto restored = restoreBackup(context, forged, target);
        QVERIFY2(restored, why(restored, &context).constData());
        QCOMPARE(contentsOf(victim), before);
        QVERIFY(!isSomewhereIn(target, "root:x:0:0"));
        QVERIFY(!isSomewhereIn(target, "another host's"));
        QVERIFY(isSomewhereIn(target, "away3")); // they were tried
        fs::remove_all(target);
        fs::remove_all(forged);
    }

    void hostileLoad_data() { flavours(); }
    /// A procedure may not hold this one.
    void hostileLoad()
    {
        QFETCH(bool, mysql);
        Side &s = side(mysql);
        if (!s.usable)
            QSKIP(noServer(mysql));
        limitLandlock(0); // the server's options must be enough
        const auto forged = forge(s.logical.path, packed("CREATE DATABASE d;\nCREATE TABLE d.t (w TEXT);\nLOAD DATA INFILE '/etc/passwd' INTO TABLE d.t;\n"),
                                  withoutLists);
        FakeContext context(s.fixture.config, s.fixture.path("work"));
        const auto restored = restoreBackup(context, forged, s.fixture.path("load-restore"));
        QVERIFY(!restored);
        QVERIFY2(restored.error().is(errors::restoreFailed), why(restored, &context).constData());
        QVERIFY2(restored.error().fields.at("detail").find("secure-file-priv") != std::string::npos, why(restored, &context).constData());
        QVERIFY2(context.logText().find("no usable Landlock") != std::string::npos, context.logText().c_str());
        fs::remove_all(forged);
    }

    void payloadThatLeadsElsewhere_data()
    {
        QTest::addColumn<int>("version");
        QTest::newRow("the kernel sees to it") << 100;
        QTest::newRow("without it") << 0;
    }
    /// A clone whose ibdata1 is a link to somebody's file.
    void payloadThatLeadsElsewhere()
    {
        QFETCH(int, version);
        if (!m_mysql.usable)
            QSKIP(noServer(true));
        limitLandlock(version);
        const fs::path place = m_mysql.fixture.path("tar");
        fs::remove_all(place);
        fs::create_directories(place / "data");
        const fs::path victim = m_mysql.fixture.path("victim-of-tar");
        fs::create_directories(victim);
        const auto run = [](const std::vector<std::string> &argv) {
            const auto done = capture(argv, 60s);
            return done && done->status.ok();
        };
        const std::string payload = (fs::path(m_mysql.physical.path) / "payload.tar.zst").string();
        QVERIFY(run({"/usr/bin/tar", "--zstd", "-C", (place / "data").string(), "-xf", payload}));
        fs::copy_file(place / "data" / "ibdata1", victim / "ibdata1", fs::copy_options::overwrite_existing);
        fs::remove(place / "data" / "ibdata1");
        fs::create_symlink(victim / "ibdata1", place / "data" / "ibdata1");
        QVERIFY(run({"/usr/bin/tar", "-C", (place / "data").string(), "-cf", (place / "hostile.tar").string(), "."}));
        const auto before = contentsOf(victim);
        const auto forged = forge(m_mysql.physical.path, packed(readFile(place / "hostile.tar", 256u << 20).value()), [](Manifest &) {});
        FakeContext context(m_mysql.fixture.config, m_mysql.fixture.path("work"));
        const auto restored = restoreBackup(context, forged, m_mysql.fixture.path("tar-restore"));
        QVERIFY(!restored);
        QCOMPARE(contentsOf(victim), before);
        QVERIFY2(version > 0 || restored.error().is(errors::restoreFailed), why(restored, &context).constData());
        fs::remove_all(forged);
    }

    /// A MariaDB removes temporary tables of whoever shares its directory for them when it starts; cleanup() looks for them.
    void temporaryFilesOfOthers()
    {
        FakeContext context(m_mariadb.fixture.config, m_mariadb.fixture.path("work"));
        for (const auto *backup : {&m_mariadb.logical, &m_mariadb.physical}) {
            const auto verified = verify(m_mariadb, *backup, context);
            QVERIFY2(verified, why(verified, &context).constData());
        }
    }

    void dataDirectory_data() { flavours(); }
    /// Tables that lie elsewhere on the live server are proved elsewhere, whether they are still there or not.
    void dataDirectory()
    {
        QFETCH(bool, mysql);
        Side &s = side(mysql);
        if (!s.usable)
            QSKIP(noServer(mysql));
        const std::string fast = m_fast.string();
        std::vector<std::string> statements{
            "CREATE DATABASE far", "CREATE TABLE far.ex (i INT PRIMARY KEY) DATA DIRECTORY='" + fast + "'", "INSERT INTO far.ex VALUES (7)",
            "CREATE TABLE far.parts (i INT PRIMARY KEY) PARTITION BY HASH (i) (PARTITION p0 DATA DIRECTORY='" + fast + "', PARTITION p1)"};
        if (mysql) {
            statements.push_back("CREATE TABLESPACE mine ADD DATAFILE '" + fast + "/mine.ibd'");
            statements.push_back("CREATE TABLE far.general (i INT PRIMARY KEY) TABLESPACE mine");
        } else {
            statements.push_back("CREATE TABLE far.my (i INT) ENGINE=MyISAM DATA DIRECTORY='" + fast + "'");
        }
        QVERIFY2(s.fixture.server->exec(statements), s.fixture.server->lastError().c_str());
        FakeContext context(s.fixture.config, s.fixture.path("work"));
        const auto backup = runBackup(context, s.fixture.args("logical"));
        QVERIFY2(backup, why(backup, &context).constData());
        limitLandlock(0); // the loader's own doing must be enough
        s.fixture.server->stop(); // which writes there too, whenever it likes
        const auto there = contentsOf(m_fast);
        QVERIFY(!there.empty());
        auto verified = verify(s, *backup, context);
        QVERIFY2(verified, why(verified, &context).constData());
        QVERIFY2(context.logText().find("DATA DIRECTORY") != std::string::npos, context.logText().c_str());
        QCOMPARE(contentsOf(m_fast), there);
        QVERIFY2(s.fixture.server->startAgain(), s.fixture.server->lastError().c_str());
        // once they are dropped, nothing comes back that would keep the live server from making them again
        QVERIFY(s.fixture.server->exec("DROP DATABASE far"));
        if (mysql) {
            QVERIFY(s.fixture.server->exec("DROP TABLESPACE mine"));
            return;
        }
        const auto gone = contentsOf(m_fast);
        verified = verify(s, *backup, context);
        QVERIFY2(verified, why(verified, &context).constData());
        QCOMPARE(contentsOf(m_fast), gone);
    }

    /// The same from the files of mydumper.
    void dataDirectoryOfMydumper()
    {
        if (!fs::exists("/usr/bin/myloader"))
            QSKIP("myloader is not installed (package mydumper)");
        const fs::path place = m_mariadb.fixture.path("mydumper");
        const fs::path files = place / "files";
        fs::create_directories(files);
        std::ofstream(files / "metadata") << "Started dump at: 2026-11-29 00:00:00\nFinished dump at: 2026-11-29 00:00:01\n";
        std::ofstream(files / "away-schema-create.sql") << "CREATE DATABASE `away`;\n";
        std::ofstream(files / "away.ex-schema.sql") << "/*!40101 SET NAMES binary*/;\n\nCREATE TABLE `ex` (\n  `i` int(11) NOT NULL\n) ENGINE=InnoDB DATA DIRECTORY='"
                                                    << m_fast.string() << "/';\n";
        std::ofstream(files / "away.ex.sql") << "/*!40101 SET NAMES binary*/;\nINSERT INTO `ex` VALUES\n(7);\n";
        const auto packing = capture({"/usr/bin/tar", "-C", files.string(), "-cf", (place / "files.tar").string(), "."}, 60s);
        QVERIFY(packing && packing->status.ok());
        const auto forged = forge(m_mariadb.logical.path, packed(readFile(place / "files.tar").value()), [](Manifest &manifest) {
            manifest.method = "mydumper";
            manifest.payload = "payload.tar.zst";
            withoutLists(manifest);
        });
        limitLandlock(0);
        const auto before = contentsOf(m_fast);
        FakeContext context(m_mariadb.fixture.config, m_mariadb.fixture.path("work"));
        const auto restored = restoreBackup(context, forged, m_mariadb.fixture.path("mydumper-restore"));
        QVERIFY2(restored, why(restored, &context).constData());
        QVERIFY2(context.logText().find("TABLESPACE, 1 time") != std::string::npos, context.logText().c_str());
        QCOMPARE(contentsOf(m_fast), before);
        QVERIFY(fs::exists(m_mariadb.fixture.path("mydumper-restore") / "data" / "away" / "ex.ibd"));
        fs::remove_all(forged);
    }

    void killedHelpers_data()
    {
        QTest::addColumn<QString>("tool");
        QTest::addColumn<bool>("logical");
        QTest::newRow("the private server while it checks") << QString() << false;
        QTest::newRow("the private server, by its administrator") << u"TERM"_s << false;
        QTest::newRow("unpacking") << u"mbstream"_s << false;
        QTest::newRow("preparing") << u"mariadb-backup"_s << false;
        QTest::newRow("loading") << u"mariadb"_s << true;
        QTest::newRow("the empty server") << u"mariadbd"_s << true;
        QTest::newRow("the empty directory") << u"mariadb-install-db"_s << true;
    }
    /// The kernel kills when memory is short: that says nothing about the backup, and is tried again.
    void killedHelpers()
    {
        QFETCH(QString, tool);
        QFETCH(bool, logical);
        auto config = m_mariadb.fixture.config;
        WatchingContext context(config, m_mariadb.fixture.path("work"));
        bool found = true;
        if (tool.isEmpty() || tool == u"TERM"_s) {
            context.atFirstTable = [&] {
                const pid_t server = childWith("--skip-grant-tables");
                found = server > 0 && ::kill(server, tool.isEmpty() ? SIGKILL : SIGTERM) == 0;
                while (found && ::kill(server, 0) == 0 && readFile("/proc/" + std::to_string(server) + "/status").value_or("").find("State:\tZ") == std::string::npos)
                    std::this_thread::sleep_for(5ms);
            };
        } else {
            const fs::path tools = m_mariadb.fixture.path(("killed-" + tool.toStdString()).c_str()) / "bin";
            fs::create_directories(tools);
            std::ofstream(tools / tool.toStdString()) << "#!/bin/sh\nkill -9 $$\n";
            fs::permissions(tools / tool.toStdString(), fs::perms::owner_all);
            context.m_config.mariadbTools = tools;
        }
        const auto &backup = logical ? m_mariadb.logical : m_mariadb.physical;
        const auto verified = verify(m_mariadb, backup, context);
        QVERIFY(found);
        QVERIFY(!verified);
        QCOMPARE(verified.error().code, std::string("tool.killed"));
        QVERIFY(verified.error().isTransient());
        QVERIFY2(!isFoundBad(backup.path), why(verified, &context).constData());
        QVERIFY(fs::is_empty(config.stateDirectory / "verify"));
    }

    void olderProgramsAreNoEvidence_data() { flavours(); }
    /// A server's files are not for an older one, and no target is read before it is a place.
    void olderProgramsAreNoEvidence()
    {
        QFETCH(bool, mysql);
        Side &s = side(mysql);
        if (!s.usable)
            QSKIP(noServer(mysql));
        const std::string payload = readFile(fs::path(s.physical.path) / (mysql ? "payload.tar.zst" : "payload.xb.zst")).value();
        const auto forged = forge(s.physical.path, payload, [](Manifest &manifest) { manifest.serverVersion = "99.10.1-of-the-future"; });
        FakeContext context(s.fixture.config, s.fixture.path("work"));
        wire::BackupResult backup = s.physical;
        backup.backupId = readManifest(forged)->id;
        const auto verified = verify(s, backup, context);
        QVERIFY2(!verified && verified.error().is(errors::restoreOlderServer), why(verified, &context).constData());
        QCOMPARE(verified.error().fields.at("backup"), std::string("99.10.1-of-the-future"));
        const auto nowhere = runRestore(context, {backup.backupId, "local", s.fixture.server->name(), "db1", "restored/here"});
        QVERIFY(!nowhere && nowhere.error().is(errors::orderArgs));
        QVERIFY(!isFoundBad(forged));
        fs::remove_all(forged);
    }

    /// MariaDB's tool that makes an empty directory is a shell script: when its server is killed, it ends with status 1 and no signal.
    void killedServerOfTheEmptyDirectory()
    {
        const fs::path base = m_mariadb.fixture.path("killed-bootstrap");
        fs::create_directories(base / "bin");
        fs::create_directories(base / "share");
        fs::create_directory_symlink("/usr/share/mysql", base / "share" / "mysql");
        for (const char *tool : {"my_print_defaults", "resolveip"})
            fs::create_symlink(fs::path("/usr/bin") / tool, base / "bin" / tool);
        const auto script = [](const fs::path &path, const std::string &text) {
            std::ofstream(path) << "#!/bin/sh\n" << text;
            fs::permissions(path, fs::perms::owner_all);
        };
        fs::create_directories(base / "sbin");
        script(base / "sbin" / "mariadbd", "kill -9 $$\n");
        const fs::path tools = m_mariadb.fixture.path("killed-bootstrap-tools") / "bin";
        fs::create_directories(tools);
        script(tools / "mariadb-install-db", "exec /usr/bin/mariadb-install-db \"$@\" --basedir='" + base.string() + "'\n");
        WatchingContext context(m_mariadb.fixture.config, m_mariadb.fixture.path("work"));
        context.m_config.mariadbTools = tools;
        const auto verified = verify(m_mariadb, m_mariadb.logical, context);
        QVERIFY(!verified);
        QCOMPARE(verified.error().code, std::string("restore.hindered"));
        QCOMPARE(verified.error().fields.at("step"), std::string("initialise"));
        QVERIFY2(verified.error().fields.at("detail").find("Installation of system tables failed") != std::string::npos, why(verified, &context).constData());
        QVERIFY(verified.error().isTransient());
        QVERIFY(!isFoundBad(m_mariadb.logical.path));
    }

    /// What the bytes say still counts.
    void badBytesMakeABackupBad()
    {
        const auto lacking = forge(m_mariadb.logical.path, packed("CREATE DATABASE shop;\n"), [](Manifest &) {});
        FakeContext context(m_mariadb.fixture.config, m_mariadb.fixture.path("work"));
        wire::BackupResult backup = m_mariadb.logical;
        backup.backupId = readManifest(lacking)->id;
        const auto verified = verify(m_mariadb, backup, context);
        QVERIFY(!verified && verified.error().is(errors::restoreFailed));
        QVERIFY(isFoundBad(lacking));
        fs::remove_all(lacking);
    }

private:
    const QTemporaryDir m_dir;
    fs::path m_fast;
    fs::path m_shared;
    std::map<std::string, std::string> m_inShared;
    Side m_mariadb;
    Side m_mysql;
};

QTEST_GUILESS_MAIN(TestContainment)
#include "tst_containment.moc"
