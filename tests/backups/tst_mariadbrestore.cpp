// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/accounts.h"
#include "agent/backups/checked.h"
#include "agent/backups/keep.h"
#include "agent/backups/manifest.h"
#include "agent/backups/repository.h"
#include "agent/backups/restore.h"
#include "tests/backups/backupfixture.h"

#include <fstream>

#include <fcntl.h>
#include <sys/file.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

/// Every method of MariaDB there and back again: what a restore holds and what it refuses.
class TestMariadbRestore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        QVERIFY2(m_fixture.start({}, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE DATABASE `we-ird`", "CREATE DATABASE empty_one",
                                         "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200)) ENGINE=InnoDB",
                                         "INSERT INTO shop.orders (a) SELECT REPEAT(MD5(seq), 4) FROM shop.seq_1_to_20000",
                                         "CREATE TABLE shop.`my-isam` (i INT) ENGINE=MyISAM", "INSERT INTO shop.`my-isam` VALUES (1)",
                                         "CREATE TABLE `we-ird`.ar (i INT) ENGINE=Aria", "CREATE VIEW shop.v AS SELECT * FROM shop.orders",
                                         "CREATE TABLE shop.parts (i INT PRIMARY KEY) PARTITION BY HASH (i) PARTITIONS 3",
                                         "CREATE SEQUENCE shop.numbers", "CREATE USER app@localhost IDENTIFIED BY 'x'",
                                         "CREATE FUNCTION shop.f() RETURNS INT DETERMINISTIC RETURN 1",
                                         "CREATE EVENT shop.e ON SCHEDULE EVERY 1 DAY DO SELECT 1"}),
                 m_fixture.server->lastError().c_str());
    }

    void methods_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("used");
        QTest::newRow("physical") << u"physical"_s << u"mariadb-backup"_s;
        QTest::newRow("logical") << u"logical"_s << u"mariadb-dump"_s;
        if (fs::exists("/usr/bin/mydumper"))
            QTest::newRow("mydumper") << u"mydumper"_s << u"mydumper"_s;
    }
    void methods()
    {
        QFETCH(QString, method);
        QFETCH(QString, used);
        FakeContext context(m_fixture.config, m_fixture.path(("work-" + method.toStdString()).c_str()));
        const auto backup = runBackup(context, m_fixture.args(method.toStdString()));
        QVERIFY2(backup, why(backup, &context).constData());
        QCOMPARE(QString::fromStdString(backup->method), used);
        QVERIFY(!backup->position.file.empty() && backup->position.offset > 0);
        QVERIFY(!backup->position.gtid.empty());
        const auto manifest = validateBackup(backup->path);
        QVERIFY2(manifest, why(manifest).constData());

        const fs::path target = m_fixture.path(("restored-" + method.toStdString()).c_str());
        const auto restored = restoreBackup(context, backup->path, target);
        QVERIFY2(restored, why(restored, &context).constData());
        QCOMPARE(restored->level, 2);
        QVERIFY(restored->tablesChecked >= 5);
        QVERIFY(restored->tablesDamaged.empty());
        QVERIFY(fs::exists(target / "restore.json"));
        QVERIFY(fs::exists(target / "data" / "shop" / "orders.ibd"));
        QVERIFY(fs::exists(target / "data" / "we@002dird" / "ar.MAD"));

        // not into a directory that holds something
        const auto again = restoreBackup(context, backup->path, target);
        QVERIFY(!again && again.error().is(errors::restoreTarget));
        QVERIFY(fs::exists(target / "restore.json"));

        // nor where it would be a schema of a live server, or a backup, also behind a link
        fs::create_directory_symlink(m_fixture.server->dataDirectory(), m_fixture.path("link"));
        for (const fs::path &wrong : {m_fixture.server->dataDirectory() / "new", m_fixture.path("link") / "new", m_fixture.config.repositories[0].path / "new"}) {
            const auto refused = restoreBackup(context, backup->path, wrong);
            QVERIFY2(!refused && refused.error().is(errors::orderArgs), why(refused).constData());
            QVERIFY(!fs::exists(wrong));
        }
        fs::remove(m_fixture.path("link"));
    }

    void verifyLeavesNothing()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work-verify"));
        const auto backup = runBackup(context, m_fixture.args());
        QVERIFY2(backup, why(backup, &context).constData());
        const wire::RestoreArgs args{backup->backupId, "local", m_fixture.server->name(), "db1", ""};
        const auto verified = runVerify(context, args);
        QVERIFY2(verified, why(verified, &context).constData());
        QCOMPARE(verified->level, 2);
        QVERIFY(fs::is_empty(m_fixture.config.stateDirectory / "verify"));
        QVERIFY(std::ranges::any_of(context.progressSeen(), [](const auto &p) { return p.phase == "preparing"; }));
    }

    /// Views on views made by somebody else, in an order that mydumper's loader does not know; and a schema that only its
    /// letters tell from a system schema.
    void viewsOnViewsOfAnotherAccount()
    {
        if (!fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed (package mydumper)");
        std::vector<std::string> statements{"CREATE DATABASE layers", "CREATE TABLE layers.t (i INT)", "CREATE USER maker@localhost IDENTIFIED BY 'secret'",
                                            "GRANT ALL ON layers.* TO maker@localhost", "CREATE DATABASE SYS", "CREATE TABLE SYS.t (i INT)"};
        for (const auto &[view, of] : {std::pair{"b", "t"}, {"a", "b"}, {"c", "b"}, {"d", "a"}, {"e", "d"}})
            statements.push_back(std::string("CREATE DEFINER=maker@localhost VIEW layers.") + view + " AS SELECT * FROM layers." + of);
        QVERIFY2(m_fixture.server->exec(statements), m_fixture.server->lastError().c_str());
        FakeContext context(m_fixture.config, m_fixture.path("work-layers"));
        const auto refused = runBackup(context, m_fixture.args("logical"));
        const auto backup = runBackup(context, m_fixture.args("mydumper"));
        QVERIFY(m_fixture.server->exec({"DROP DATABASE layers", "DROP DATABASE SYS", "DROP USER maker@localhost"}));
        QVERIFY(!refused && refused.error().is(errors::backupToolLoses));
        QCOMPARE(refused.error().fields.at("objects"), std::string("schema SYS (named like a system schema)"));
        QVERIFY2(backup, why(backup, &context).constData());
        const auto restored = restoreBackup(context, backup->path, m_fixture.path("restored-layers"));
        QVERIFY2(restored, why(restored, &context).constData());
        QCOMPARE(restored->objectsCompared.at("view"), std::int64_t(6));
        QVERIFY(fs::exists(m_fixture.path("restored-layers") / "data" / "SYS" / "t.ibd"));
        QVERIFY2(restored->warnings.empty(), context.logText().c_str()); // the definers are there
        QVERIFY(context.logText().find("secret") == std::string::npos);
    }

    /// What accounts.sql holds can be loaded, and the accounts let people in.
    void accountsLoadBack()
    {
        QVERIFY2(m_fixture.server->exec({"CREATE ROLE readers", "GRANT SELECT ON shop.* TO readers", "CREATE USER ann@localhost IDENTIFIED BY 'it\\'s'",
                                         "GRANT readers TO ann@localhost", "SET DEFAULT ROLE readers FOR ann@localhost"}),
                 m_fixture.server->lastError().c_str());
        auto client = SqlClient::connect("test", m_fixture.server->socket(), "root");
        QVERIFY2(client, why(client).constData());
        const auto text = accountStatements(**client);
        QVERIFY2(text, why(text).constData());
        QVERIFY(m_fixture.server->exec({"DROP USER ann@localhost", "DROP ROLE readers"}));
        QVERIFY2(runClient(*m_fixture.server, "mariadb", {u"--user=root"_s}, QByteArray::fromStdString(*text)).first, text->c_str());
        const auto in = runClient(*m_fixture.server, "mariadb", {u"--user=ann"_s, u"--password=it's"_s}, "SELECT COUNT(*) FROM shop.orders");
        QVERIFY2(in.first && in.second.contains("20000"), in.second.constData());
        QVERIFY(m_fixture.server->exec({"DROP USER ann@localhost", "DROP ROLE readers"}));
    }

    /// Sound in itself, with the id that the catalogue knows, and not what was catalogued.
    void anotherBackupUnderTheSameIdIsRefused()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work-replaced"));
        auto args = m_fixture.args("logical");
        const auto honest = runBackup(context, args);
        QVERIFY2(honest, why(honest, &context).constData());
        wire::RestoreArgs order{honest->backupId, "local", m_fixture.server->name(), "db1", "", honest->manifestSha256, honest->sha256};
        const auto good = runVerify(context, order);
        QVERIFY2(good, why(good, &context).constData());
        fs::remove_all(honest->path);
        QVERIFY(m_fixture.server->exec("INSERT INTO shop.`my-isam` VALUES (2)"));
        const auto hostile = runBackup(context, args);
        QVERIFY2(hostile, why(hostile, &context).constData());
        QVERIFY(hostile->manifestSha256 != honest->manifestSha256);
        // nothing of it but the manifest is opened: a file that cannot be told apart from a missing one is not even looked for
        fs::remove(fs::path(hostile->path) / "accounts.sql");
        const auto verified = runVerify(context, order);
        QVERIFY(!verified);
        QCOMPARE(verified.error().code, std::string("backup.replaced"));
        QCOMPARE(verified.error().fields.at(wire::badBackupField), honest->backupId.toString());
        QCOMPARE(verified.error().fields.at("expected"), honest->manifestSha256);
        QCOMPARE(verified.error().fields.at("found"), hostile->manifestSha256);
        QVERIFY(isFoundBad(hostile->path)); // and `keep` does not count it
        order.target = m_fixture.path("restored-replaced").string();
        QCOMPARE(runRestore(context, order).error().code, std::string("backup.replaced"));
        QVERIFY(!fs::exists(order.target));
        // a catalogue of an older version knows the payload's checksum only
        order.manifestSha256.clear();
        QCOMPARE(runRestore(context, order).error().code, std::string("backup.replaced"));
        fs::remove_all(hostile->path);
        QVERIFY(m_fixture.server->exec("DELETE FROM shop.`my-isam` WHERE i = 2"));
    }

    void accountWithoutASchemaFails()
    {
        QVERIFY2(m_fixture.server->exec({"CREATE USER dumper@localhost", "GRANT PROCESS, RELOAD, BINLOG MONITOR, REPLICA MONITOR, SHOW "
                                         "CREATE ROUTINE ON *.* TO dumper@localhost",
                                         "GRANT ALL ON shop.* TO dumper@localhost", "GRANT ALL ON mysql.* TO dumper@localhost"})
                     || m_fixture.server->exec({"GRANT PROCESS, RELOAD, BINLOG MONITOR, REPLICA MONITOR ON *.* TO dumper@localhost",
                                                "GRANT ALL ON shop.* TO dumper@localhost", "GRANT ALL ON mysql.* TO dumper@localhost"}),
                 m_fixture.server->lastError().c_str());
        auto config = m_fixture.config;
        config.mariadbAccount = "dumper";
        FakeContext context(config, m_fixture.path("work-lacking"));
        const QStringList before = m_fixture.repositoryNames();
        const auto backup = runBackup(context, m_fixture.args("logical"));
        QVERIFY(!backup);
        // said beforehand: the tool would leave out what it is not shown
        QVERIFY2(backup.error().is(errors::notPermitted), why(backup, &context).constData());
        QCOMPARE(backup.error().fields.at("right"), std::string("SELECT, SHOW VIEW, TRIGGER, EVENT"));
        QCOMPARE(m_fixture.repositoryNames(), before); // nothing is listed, nothing is left
    }

    void damagedPayloadIsRefused()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work-damaged"));
        const auto backup = runBackup(context, m_fixture.args());
        QVERIFY2(backup, why(backup, &context).constData());
        const fs::path payload = fs::path(backup->path) / "payload.xb.zst";
        fs::permissions(payload, fs::perms::owner_all);
        std::fstream file(payload, std::ios::in | std::ios::out | std::ios::binary);
        file.seekg(1000);
        const char there = static_cast<char>(file.get()); // of 256 payloads one has any given byte there
        file.seekp(1000);
        file.put(static_cast<char>(there ^ 0x55));
        file.close();
        const fs::path target = m_fixture.path("never");
        const auto restored = restoreBackup(context, backup->path, target);
        QVERIFY(!restored && restored.error().is(errors::backupInvalid));
        QVERIFY(!fs::exists(target));
    }

    /// Every host may have a repository "local": a backup that is not in this one is not a damaged backup.
    void backupOfAnotherHostIsNotCalledDamaged()
    {
        auto config = m_fixture.config;
        config.host = "db2";
        agent::RepositoryConfig vault;
        vault.name = "vault";
        vault.remote = "zandb@backup1";
        config.repositories.push_back(vault);
        FakeContext context(config, m_fixture.path("work-elsewhere"));
        wire::RestoreArgs args{Uuid::v7(), "local", m_fixture.server->name(), "db1", m_fixture.path("nowhere").string()};
        const auto missing = runRestore(context, args);
        QVERIFY(!missing);
        QCOMPARE(missing.error().code, std::string("backup.not_here"));
        QVERIFY(missing.error().errorClass == ErrorClass::Permanent);
        QCOMPARE(missing.error().fields, (std::map<std::string, std::string>{{"backup", args.backupId.toString()},
                                                                            {"repository", "local"}, {"where", "db2"}, {"host", "db1"}}));
        args.repository = "vault";
        const auto elsewhere = runVerify(context, args);
        QVERIFY(!elsewhere);
        QCOMPARE(elsewhere.error().code, std::string("backup.repository_elsewhere"));
        QVERIFY(elsewhere.error().errorClass == ErrorClass::Permanent);
        QCOMPARE(elsewhere.error().fields.at("remote"), std::string("zandb@backup1"));
    }

    std::vector<wire::BackupResult> makeBackups(FakeContext &context, const Uuid &task, int count)
    {
        auto args = m_fixture.args("logical");
        args.taskId = task;
        std::vector<wire::BackupResult> backups;
        for (int i = 0; i < count; ++i) {
            args.backupId = Uuid::v7();
            const auto backup = runBackup(context, args);
            if (!backup)
                qWarning("%s", why(backup, &context).constData());
            else
                backups.push_back(*backup);
        }
        return backups;
    }
    /// Another byte in a file of the same size and time.
    static void flip(const fs::path &backup)
    {
        const fs::path payload = backup / "payload.sql.zst";
        const auto time = fs::last_write_time(payload);
        {
            std::fstream file(payload, std::ios::in | std::ios::out | std::ios::binary);
            file.seekp(200);
            const char byte = static_cast<char>(file.peek());
            file.seekp(200);
            file.put(static_cast<char>(byte ^ 1));
        }
        fs::last_write_time(payload, time);
    }

    /// A backup's result does not wait for anything to be read: what `keep` relies on is read afterwards, as work of its own,
    /// and counts from then on.
    void keepNewest()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work-keep"));
        auto args = m_fixture.args("logical");
        args.taskId = Uuid::v7();
        args.keep = 2;
        std::vector<Uuid> ids;
        const auto next = [&] {
            args.backupId = Uuid::v7();
            ids.push_back(args.backupId);
            const auto backup = runBackup(context, args);
            if (!backup)
                qWarning("%s", why(backup, &context).constData());
            return backup ? backup->expired : std::vector<Uuid>{args.backupId};
        };
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(next(), std::vector<Uuid>{});
            context.resultStands();
        }
        QVERIFY(context.logText().find("is not counted until it has been read in full") != std::string::npos);
        QCOMPARE(checkBackups(m_fixture.config, {}).size(), std::size_t(3)); // all were asked for while nobody had read them
        QCOMPARE(next(), (std::vector<Uuid>{ids[1], ids[0]}));
        // a worker killed before its result stands has removed nothing: the store would list it for ever
        QVERIFY(m_fixture.repositoryNames().join(u' ').contains(QString::fromStdString(ids[0].toString())));
        context.resultStands();
        const QString names = m_fixture.repositoryNames().join(u' ');
        for (std::size_t i = 0; i < ids.size(); ++i)
            QCOMPARE(names.contains(QString::fromStdString(ids[i].toString())), i >= 2);
    }

    void keepReadsOnlyWhatItMust()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work-keep"));
        const Uuid task = Uuid::v7();
        const auto backups = makeBackups(context, task, 3);
        QCOMPARE(backups.size(), std::size_t(3));
        const fs::path place = fs::path(backups[0].path).parent_path();
        const auto reads = [&] { return checkBackups(m_fixture.config, {}).size(); };
        const auto plan = [&](int count) { return planKeep(place, task, count, backups[2].backupId).expired; };
        (void)reads(); // of other tests
        QCOMPARE(reads(), std::size_t(0)); // nobody relies on these yet
        QCOMPARE(plan(2), std::vector<Uuid>{});
        QCOMPARE(reads(), std::size_t(3));
        QCOMPARE(plan(2), std::vector<Uuid>{backups[0].backupId});
        QCOMPARE(reads(), std::size_t(0));
        QCOMPARE(plan(1), (std::vector<Uuid>{backups[1].backupId, backups[0].backupId}));
        // what changed is not known any more; the newest counts unread, and one that was read stays beside it
        flip(backups[2].path);
        QCOMPARE(plan(1), std::vector<Uuid>{backups[0].backupId});
        QVERIFY(!isFoundBad(backups[2].path));
        QCOMPARE(reads(), std::size_t(1));
        QVERIFY(isFoundBad(backups[2].path)); // and does not count from now on
        QCOMPARE(plan(1), std::vector<Uuid>{backups[0].backupId});
        QCOMPARE(plan(2), std::vector<Uuid>{});
        // and what was read long ago is read again, some time before it counts no more
        const auto age = [&](std::chrono::hours hours) {
            auto json = parseJson(readFile(place / CheckedBackups::fileName).value()).value();
            json[fs::path(backups[1].path).filename().string()]["at_us"] = toMicros(systemNow() - hours);
            std::ofstream(place / CheckedBackups::fileName) << json.dump();
        };
        age(CheckedBackups::validity - std::chrono::hours{1});
        QCOMPARE(plan(1), std::vector<Uuid>{backups[0].backupId});
        QCOMPARE(reads(), std::size_t(1));
        age(CheckedBackups::validity + std::chrono::hours{1});
        QCOMPARE(plan(1), std::vector<Uuid>{}); // the first would be removed for one that nobody knows
        QVERIFY(reads() >= 1);
        QCOMPARE(plan(1), std::vector<Uuid>{backups[0].backupId});
        for (const auto &backup : backups)
            fs::remove_all(backup.path);
    }

    void keepReliesOnWhatIsSound()
    {
        FakeContext context(m_fixture.config, m_fixture.path("work-sound"));
        const Uuid task = Uuid::v7();
        const auto backups = makeBackups(context, task, 4);
        QCOMPARE(backups.size(), std::size_t(4));
        const fs::path place = fs::path(backups[0].path).parent_path();
        const auto plan = [&](int count, std::size_t newest) {
            (void)planKeep(place, task, count, backups[newest].backupId);
            (void)checkBackups(m_fixture.config, {});
            return planKeep(place, task, count, backups[newest].backupId).expired;
        };
        flip(backups[2].path); // of the same size as before
        QCOMPARE(plan(2, 3), std::vector<Uuid>{backups[0].backupId});
        // what a verify found bad does not count either
        QVERIFY(recordVerdict(backups[3].path, makeError(errors::restoreFailed, {{"step", "check"}})));
        QCOMPARE(plan(1, 3), std::vector<Uuid>{backups[0].backupId});
        // and the catalogue is told of both
        std::map<Uuid, std::string> found;
        for (const wire::BackupFinding &finding : planKeep(place, task, 1, backups[3].backupId).found)
            found[finding.backupId] = errorFromJson(finding.error).code;
        QCOMPARE(found, (std::map<Uuid, std::string>{{backups[2].backupId, "backup.invalid"}, {backups[3].backupId, "restore.failed"}}));
        QVERIFY(recordVerdict(backups[3].path, std::nullopt));
        // a clock that went back makes the new one look old
        QCOMPARE(plan(1, 0), (std::vector<Uuid>{backups[3].backupId, backups[1].backupId}));
        // another reader is at work: it is left to that one
        fs::remove(place / CheckedBackups::fileName);
        (void)planKeep(place, task, 1, backups[0].backupId);
        {
            const FileDescriptor other(::open((place / ".checking").c_str(), O_RDWR | O_CLOEXEC));
            QVERIFY(other && ::flock(other.get(), LOCK_EX) == 0);
            QVERIFY(checkBackups(m_fixture.config, {}).empty());
        }
        QVERIFY(!checkBackups(m_fixture.config, {}).empty());
        for (const auto &backup : backups)
            fs::remove_all(backup.path);
    }

    void tableElsewhere()
    {
        const fs::path elsewhere = m_fixture.path("elsewhere");
        fs::create_directories(elsewhere);
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE far", "CREATE TABLE far.away (i INT PRIMARY KEY) ENGINE=InnoDB DATA DIRECTORY='" + elsewhere.string() + "'",
                                         "INSERT INTO far.away VALUES (7)"}),
                 m_fixture.server->lastError().c_str());
        QVERIFY(fs::exists(m_fixture.server->dataDirectory() / "far" / "away.isl"));
        FakeContext context(m_fixture.config, m_fixture.path("work-far"));
        const auto backup = runBackup(context, m_fixture.args("physical"));
        QVERIFY2(backup, why(backup, &context).constData());
        const auto before = fs::last_write_time(elsewhere / "far" / "away.ibd");
        const fs::path target = m_fixture.path("restored-far");
        const auto restored = restoreBackup(context, backup->path, target);
        QVERIFY2(restored, why(restored, &context).constData());
        QVERIFY(fs::exists(target / "data" / "far" / "away.ibd") && !fs::exists(target / "data" / "far" / "away.isl"));
        QVERIFY(fs::last_write_time(elsewhere / "far" / "away.ibd") == before);
        QVERIFY(m_fixture.server->exec("DROP DATABASE far"));
    }

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestMariadbRestore)
#include "tst_mariadbrestore.moc"
