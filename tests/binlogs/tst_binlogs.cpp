// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/basebackups.h"
#include "agent/binlogs/binlogarchive.h"
#include "agent/binlogs/binlogstore.h"
#include "agent/binlogs/recovery.h"
#include "agent/binlogs/recoveryplan.h"
#include "agent/backups/privateserver.h"
#include "tests/backups/backupfixture.h"

#include <random>
#include <thread>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// Binlogs of real servers of both flavours: read, archived and played.
class TestBinlogs : public QObject
{
    Q_OBJECT

    /// What the test itself wrote down after each commit.
    struct Commit
    {
        std::string file;
        std::int64_t offset = 0;
        std::string gtid;      ///< all that was executed then
        int rows = 0;
        std::int64_t sum = 0;
        TimePoint after{};     ///< a moment between this commit and the next
    };
    struct Fleet
    {
        BackupFixture fixture;
        std::unique_ptr<BinlogCatalogue> catalogue;
        std::unique_ptr<BinlogArchive> archive;
        std::vector<Commit> commits;
        std::optional<wire::BackupResult> backup;
        std::size_t base = 0; ///< commits before the backup
        std::int64_t sum = 0;
        int rows = 0;
        bool mariaDb = true;
        TestServer &server() { return *fixture.server; }
    };
    std::map<QString, std::unique_ptr<Fleet>> m_fleets;
    std::mt19937 m_random{20261130};

    static void flavours()
    {
        QTest::addColumn<QString>("flavour");
        QTest::newRow("mariadb") << QStringLiteral("mariadb");
        QTest::newRow("mysql") << QStringLiteral("mysql");
    }

    Fleet *fleet(const QString &flavour)
    {
        auto &fleet = m_fleets[flavour];
        if (fleet)
            return fleet.get();
        auto made = std::make_unique<Fleet>();
        made->mariaDb = flavour == QLatin1String("mariadb");
        std::string error;
        ServerOptions options;
        options.flavour = made->mariaDb ? Flavour::MariaDb : Flavour::MySql;
        if (!made->fixture.start(options, error)) {
            qWarning("%s", error.c_str());
            return nullptr;
        }
        made->catalogue = std::make_unique<BinlogCatalogue>(made->fixture.config, made->server().name());
        made->archive = std::make_unique<BinlogArchive>(made->fixture.config, made->server().name(), made->fixture.config.repositories[0]);
        if (!made->server().exec({"CREATE DATABASE shop", "CREATE TABLE shop.log (n INT PRIMARY KEY, v BIGINT NOT NULL)"}))
            return nullptr;
        fleet = std::move(made);
        return fleet.get();
    }

    static void tick(Fleet &fleet)
    {
        auto look = fleet.catalogue->look(INT64_MAX);
        fleet.archive->tick(look);
    }
    static bool isCaughtUp(Fleet &fleet)
    {
        tick(fleet);
        return fleet.archive->state().state == "streaming" && fleet.archive->state().behindBytes == 0;
    }

    bool commit(Fleet &fleet)
    {
        TestServer &server = fleet.server();
        const int n = static_cast<int>(fleet.commits.size()) + 1;
        const auto v = static_cast<std::int64_t>(m_random() % 1000);
        bool done = true;
        if (n % 7 == 0) {
            done = server.exec("CREATE TABLE shop.t" + std::to_string(n) + " (id INT PRIMARY KEY)");
        } else if (n % 11 == 0) {
            done = server.exec("CREATE USER u" + std::to_string(n) + "@localhost");
        } else if (n % 5 == 0 && fleet.rows > 0) {
            done = server.exec("UPDATE shop.log SET v = v + 3");
            fleet.sum += 3 * fleet.rows;
        } else {
            done = server.exec("INSERT INTO shop.log VALUES (" + std::to_string(n) + ", " + std::to_string(v) + ")");
            fleet.sum += v;
            ++fleet.rows;
        }
        const auto position = server.value(fleet.mariaDb ? "SELECT CONCAT(@@gtid_binlog_pos)" : "SELECT @@GLOBAL.gtid_executed");
        Commit commit;
        commit.gtid = position.value_or("");
        commit.rows = fleet.rows;
        commit.sum = fleet.sum;
        std::this_thread::sleep_for(2ms);
        commit.after = systemNow();
        std::this_thread::sleep_for(2ms);
        fleet.commits.push_back(commit);
        return done;
    }

    /// The archive's files from that of the backup on.
    static std::vector<wire::BinlogFile> chain(Fleet &fleet)
    {
        auto files = fleet.archive->files();
        std::ranges::sort(files, {}, [](const auto &file) { return std::pair(file.created, binlogNumber(file.name)); });
        std::erase_if(files, [&](const auto &file) { return binlogNumber(file.name) < binlogNumber(fleet.backup->position.file) || file.state == "cut"; });
        return files;
    }

    static std::string lastGtidOf(const Fleet &fleet, std::size_t commit)
    {
        const std::string &all = fleet.commits[commit].gtid;
        if (fleet.mariaDb)
            return all;
        return all.substr(0, all.find(':') + 1) + all.substr(all.rfind('-') + 1);
    }

    static wire::RecoverArgs argsFor(Fleet &fleet, const wire::RecoverTarget &target, bool planOnly = true)
    {
        wire::RecoverArgs args;
        args.base.backupId = fleet.backup->backupId;
        args.base.repository = "local";
        args.base.instance = fleet.server().name();
        args.base.host = "db1";
        args.position = fleet.backup->position;
        args.repository = "local";
        args.files = chain(fleet);
        args.target = target;
        args.planOnly = planOnly;
        return args;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const Flavour flavour : {Flavour::MariaDb, Flavour::MySql}) {
            if (const auto why = TestServer::unavailable(flavour); !why.empty())
                QSKIP(why.c_str());
        }
    }

    // A history with DDL, rotations and a restart, a backup in the middle of it, streamed all the time.
    void history_data() { flavours(); }
    void history()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f);
        QTRY_VERIFY_WITH_TIMEOUT(isCaughtUp(*f), 30'000);
        for (int i = 0; i < 12; ++i)
            QVERIFY2(commit(*f), f->server().lastError().c_str());
        QVERIFY(f->server().exec("FLUSH BINARY LOGS"));
        for (int i = 0; i < 4; ++i)
            QVERIFY(commit(*f));
        FakeContext context(f->fixture.config, f->fixture.path("backup"));
        auto backup = runBackup(context, f->fixture.args(f->mariaDb ? "physical" : "logical"));
        QVERIFY2(backup, why(backup, &context).constData());
        f->backup = *backup;
        f->base = f->commits.size();
        for (int i = 0; i < 20; ++i)
            QVERIFY(commit(*f));
        QVERIFY(f->server().exec("FLUSH BINARY LOGS"));
        for (int i = 0; i < 10; ++i)
            QVERIFY(commit(*f));
        f->server().stop();
        tick(*f);
        QVERIFY2(f->server().startAgain(), f->server().lastError().c_str());
        for (int i = 0; i < 15; ++i)
            QVERIFY(commit(*f));
        QTRY_VERIFY2_WITH_TIMEOUT(isCaughtUp(*f), dumpJson(Json(f->archive->state())).c_str(), 60'000);
    }

    void theCatalogueSaysWhatTheServerSays_data() { flavours(); }
    void theCatalogueSaysWhatTheServerSays()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f && f->backup);
        const auto look = f->catalogue->look(INT64_MAX);
        QVERIFY(look.on && !look.trouble && look.files.size() >= 4);
        QCOMPARE(look.files.back().endGtids, f->commits.back().gtid);
        for (std::size_t i = 0; i < look.files.size(); ++i) {
            const wire::BinlogFile &file = look.files[i];
            QCOMPARE(file.state, std::string(i + 1 < look.files.size() ? "closed" : "open"));
            QVERIFY(file.knowsGtids && file.created > TimePoint{} && !file.key.empty());
            if (i > 0)
                QCOMPARE(file.previousGtids, look.files[i - 1].endGtids);
            QCOMPARE(file.sha256.empty(), i + 1 == look.files.size());
        }
        // a stream has the very bytes of the server's files
        const auto archived = f->archive->files();
        for (const wire::BinlogFile &file : look.files) {
            if (file.state == "closed") {
                const auto same = std::ranges::find(archived, file.key, &wire::BinlogFile::key);
                QVERIFY2(same != archived.end(), file.key.c_str());
                QCOMPARE(same->sha256, file.sha256);
                QVERIFY(fs::exists(binlogArchiveDirectory(f->fixture.config.repositories[0], "db1", f->server().name()) / (file.key + ".zst")));
            }
        }
        // nobody but the agent reads what is in them
        QVERIFY((fs::status(binlogArchiveDirectory(f->fixture.config.repositories[0], "db1", f->server().name())).permissions() & fs::perms(077)) == fs::perms::none);
        // what was read once is known to the next program
        BinlogCatalogue again(f->fixture.config, f->server().name());
        const auto known = again.look(0);
        QCOMPARE(known.files.front().sha256, look.files.front().sha256);
    }

    // Ten targets of each kind, against what was written down after each commit.
    void plans_data() { flavours(); }
    void plans()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f && f->backup);
        for (int i = 0; i < 10; ++i) {
            const std::size_t kept = f->base + m_random() % (f->commits.size() - 1 - f->base);
            wire::RecoverTarget target;
            if (i % 2 == 0 && !f->mariaDb) { // MariaDB tells whole seconds only
                target.kind = "time";
                target.at = f->commits[kept].after;
            } else if (i % 3 == 0) {
                target.kind = "before_gtid";
                target.gtid = lastGtidOf(*f, kept + 1);
            } else {
                target.kind = "gtid";
                target.gtid = lastGtidOf(*f, kept);
            }
            FakeContext context(f->fixture.config, f->fixture.path("plan"));
            const auto plan = runRecover(context, argsFor(*f, target));
            QVERIFY2(plan, why(plan, &context).constData());
            QCOMPARE(plan->transactions, static_cast<std::int64_t>(kept + 1 - f->base));
            QVERIFY(plan->lastKept && plan->firstLost);
            QCOMPARE(plan->lastKept->gtid, lastGtidOf(*f, kept));
            QCOMPARE(plan->firstLost->gtid, lastGtidOf(*f, kept + 1));
        }
        QVERIFY(fs::is_empty(f->fixture.config.stateDirectory / "recover"));
    }

    void recoveries_data() { flavours(); }
    void recoveries()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f && f->backup);
        for (int i = 0; i < 2; ++i) {
            const std::size_t kept = i == 0 ? f->commits.size() - 1 : f->base + m_random() % (f->commits.size() - 1 - f->base);
            wire::RecoverTarget target;
            if (i > 0) {
                target.kind = "gtid";
                target.gtid = lastGtidOf(*f, kept);
            }
            wire::RecoverArgs args = argsFor(*f, target, false);
            args.base.target = f->fixture.path(("recovered" + std::to_string(i)).c_str()).string();
            FakeContext context(f->fixture.config, f->fixture.path("recover"));
            const auto done = runRecover(context, args);
            QVERIFY2(done, why(done, &context).constData());
            QCOMPARE(done->level, 4);
            QVERIFY(done->tablesChecked > 0 && fs::exists(fs::path(args.base.target) / "recover.json") && !fs::exists(fs::path(args.base.target) / "binlogs"));
            PrivateServerOptions options;
            options.mariaDb = f->mariaDb;
            options.dataDirectory = fs::path(args.base.target) / "data";
            options.scratch = args.base.target;
            options.run = fs::path(args.base.target) / "run";
            options.errorLog = fs::path(args.base.target) / "look.log";
            auto server = PrivateServer::start(f->fixture.config, options, {});
            QVERIFY2(server, why(server).constData());
            auto sql = (*server)->connect();
            QVERIFY(sql);
            const auto row = (*sql)->query("SELECT COUNT(*), COALESCE(SUM(v), 0) FROM shop.log");
            QVERIFY(row);
            QCOMPARE(row->rows[0][0].value_or(""), std::to_string(f->commits[kept].rows));
            QCOMPARE(row->rows[0][1].value_or(""), std::to_string(f->commits[kept].sum));
            int tables = 1; // and one for each seventh commit
            for (std::size_t n = 0; n <= kept; ++n)
                tables += (n + 1) % 7 == 0 ? 1 : 0;
            QCOMPARE((*sql)->value("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'shop'")->value_or(""), std::to_string(tables));
            QVERIFY((*server)->shutdown());
            fs::remove_all(args.base.target);
        }
    }

    // Whatever is wrong with the files is said before anything is restored.
    void injectedGaps_data() { flavours(); }
    void injectedGaps()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f && f->backup);
        const wire::RecoverArgs good = argsFor(*f, {}, false);
        QVERIFY2(good.files.size() >= 3, std::to_string(good.files.size()).c_str());
        const fs::path archive = binlogArchiveDirectory(f->fixture.config.repositories[0], "db1", f->server().name());
        const auto refused = [&](wire::RecoverArgs args) {
            args.base.target = f->fixture.path("never").string();
            FakeContext context(f->fixture.config, f->fixture.path("refused"));
            const auto done = runRecover(context, args);
            if (fs::exists(args.base.target))
                return std::string("something was restored");
            return done ? std::string("done") : std::string(done.error().code);
        };
        auto args = good;
        args.files.erase(args.files.begin() + 1);
        QCOMPARE(refused(args), std::string("binlog.gap"));
        args = good;
        std::swap(args.files[1], args.files[2]);
        QCOMPARE(refused(args), std::string("binlog.gap"));
        args = good;
        args.files.insert(args.files.begin() + 1, args.files[1]);
        QCOMPARE(refused(args), std::string("binlog.gap"));
        args = good;
        args.files.erase(args.files.begin());
        QCOMPARE(refused(args), std::string("binlog.target")); // it does not begin where the backup ends
        args = good;
        args.position.offset += 1;
        QCOMPARE(refused(args), std::string("binlog.target"));
        args = good;
        args.target.kind = "gtid";
        args.target.gtid = f->mariaDb ? "0-1-4000000" : "3e11fa47-71ca-11e1-9e33-c80aa9429562:7";
        QCOMPARE(refused(args), std::string("binlog.target"));
        // bytes of the archive itself
        const fs::path stored = archive / (good.files[1].key + ".zst");
        fs::copy_file(stored, f->fixture.path("saved"), fs::copy_options::overwrite_existing);
        fs::resize_file(stored, fs::file_size(stored) - 20);
        QCOMPARE(refused(good), std::string("binlog.damaged"));
        fs::resize_file(stored, 0);
        QCOMPARE(refused(good), std::string("binlog.damaged"));
        fs::copy_file(archive / (good.files[0].key + ".zst"), stored, fs::copy_options::overwrite_existing);
        QCOMPARE(refused(good), std::string("binlog.damaged"));
        fs::remove(stored);
        QCOMPARE(refused(good), std::string("binlog.not_here"));
        // what lies behind the target is not needed
        args = good;
        args.planOnly = true;
        args.target.kind = "position";
        args.target.key = good.files[0].key;
        args.target.offset = good.position.offset;
        FakeContext early(f->fixture.config, f->fixture.path("early"));
        const auto before = runRecover(early, args);
        QVERIFY2(before, before ? "" : describe(before.error()).c_str());
        QCOMPARE(before->transactions, 0);
        QVERIFY(before->firstLost.has_value());
        fs::copy_file(f->fixture.path("saved"), stored);
        args = good;
        args.planOnly = true;
        FakeContext context(f->fixture.config, f->fixture.path("refused"));
        QVERIFY(runRecover(context, args));
    }

    // What goes from the archive is said in the next look, and is fetched again from a server that still has it.
    void whatIsLost_data() { flavours(); }
    void whatIsLost()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f && f->backup);
        const fs::path archive = binlogArchiveDirectory(f->fixture.config.repositories[0], "db1", f->server().name());
        const wire::BinlogFile victim = argsFor(*f, {}).files[1];
        const fs::path stored = archive / (victim.key + ".zst"), saved = f->fixture.path("audited");
        const auto stateOf = [&] {
            const auto all = f->archive->files();
            const auto it = std::ranges::find(all, victim.key, &wire::BinlogFile::key);
            return it == all.end() ? std::string("none") : it->state;
        };
        const BinlogCatalogue::Look nobody; // the server is asked for nothing
        fs::copy_file(stored, saved, fs::copy_options::overwrite_existing);
        fs::remove(stored);
        fs::remove(archive / (victim.key + ".json"));
        f->archive->audit(nobody, 0);
        QCOMPARE(stateOf(), std::string("lost"));
        QVERIFY(fs::exists(archive / (victim.key + ".json"))); // so that the next program knows of it
        BinlogArchive next(f->fixture.config, f->server().name(), f->fixture.config.repositories[0]);
        next.audit(nobody, 0);
        const auto seen = next.files();
        QCOMPARE(std::ranges::find(seen, victim.key, &wire::BinlogFile::key)->state, std::string("lost"));
        // one byte less, and one that is another: the size is seen at once, the byte when the file is read
        fs::copy_file(saved, stored);
        f->archive->audit(nobody, 0);
        QCOMPARE(stateOf(), std::string("closed"));
        fs::resize_file(stored, fs::file_size(stored) - 1);
        f->archive->audit(nobody, 0);
        QCOMPARE(stateOf(), std::string("damaged"));
        fs::copy_file(saved, stored, fs::copy_options::overwrite_existing);
        auto bytes = readFile(stored).value_or("");
        bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
        QVERIFY(replaceFile(stored, bytes));
        f->archive->audit(nobody, INT64_MAX);
        QCOMPARE(stateOf(), std::string("damaged"));
        f->archive->audit(nobody, 0);
        QCOMPARE(stateOf(), std::string("damaged"));
        // the server still has it
        QTRY_VERIFY_WITH_TIMEOUT((tick(*f), stateOf() == "closed"), 60'000);
        QTRY_VERIFY_WITH_TIMEOUT(isCaughtUp(*f), 60'000);
        QCOMPARE(Sha256::of(readFile(stored).value_or("")), victim.storedSha256);
        // the base of it all
        BaseBackups bases(f->fixture.config, f->server().name());
        wire::BinlogReport report;
        bases.look(report);
        QCOMPARE(report.looked, std::vector<std::string>{"local"});
        QCOMPARE(report.bases.size(), std::size_t{1});
        QCOMPARE(report.bases[0].backupId.toString(), f->backup->backupId.toString());
        const fs::path manifest = fs::path(f->backup->path) / "manifest.json";
        fs::rename(manifest, f->fixture.path("manifest"));
        report = {};
        bases.look(report);
        QVERIFY(report.bases.empty());
        fs::rename(f->fixture.path("manifest"), manifest);
        report = {};
        bases.look(report);
        QCOMPARE(report.bases.size(), std::size_t{1});
    }

    // What lies before the oldest backup is let go, and not brought again although the server still has it.
    void whatNoBackupNeeds_data() { flavours(); }
    void whatNoBackupNeeds()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f && f->backup);
        f->archive->prune(); // an hour may have begun
        const auto kept = f->archive->files();
        QVERIFY(std::ranges::none_of(kept, [](const auto &file) { return file.name == "binlog.000001"; }));
        QVERIFY(std::ranges::any_of(kept, [&](const auto &file) { return file.name == f->backup->position.file; }));
        f->archive = std::make_unique<BinlogArchive>(f->fixture.config, f->server().name(), f->fixture.config.repositories[0]);
        QTRY_VERIFY_WITH_TIMEOUT(isCaughtUp(*f), 60'000);
        QCOMPARE(f->archive->files().size(), kept.size());
        FakeContext context(f->fixture.config, f->fixture.path("kept"));
        const auto plan = runRecover(context, argsFor(*f, {}));
        QVERIFY2(plan, why(plan, &context).constData());
        auto config = f->fixture.config;
        agent::RepositoryConfig remote;
        remote.name = "remote";
        remote.remote = "backup@elsewhere";
        config.repositories.push_back(remote);
        QCOMPARE(BinlogArchive(config, f->server().name(), config.repositories[0]).prune(), 0);
    }

    // The stream is killed and begins the open file again; the same name comes again after RESET and is another file.
    void anArchiveThroughTroubles_data() { flavours(); }
    void anArchiveThroughTroubles()
    {
        QFETCH(QString, flavour);
        Fleet *f = fleet(flavour);
        QVERIFY(f && f->backup);
        const fs::path directory = binlogArchiveDirectory(f->fixture.config.repositories[0], "db1", f->server().name());
        for (int round = 0; round < 4; ++round) {
            QVERIFY(commit(*f));
            QTRY_VERIFY_WITH_TIMEOUT(isCaughtUp(*f), 60'000);
            // gone with everything it knew, as after a SIGKILL of its program
            f->archive = std::make_unique<BinlogArchive>(f->fixture.config, f->server().name(), f->fixture.config.repositories[0]);
            QVERIFY(commit(*f));
            if (round % 2 == 1)
                QVERIFY(f->server().exec("FLUSH BINARY LOGS"));
        }
        QTRY_VERIFY2_WITH_TIMEOUT(isCaughtUp(*f), dumpJson(Json(f->archive->state())).c_str(), 60'000);
        tick(*f);
        QVERIFY(!fs::exists(directory / "tail") || fs::is_empty(directory / "tail"));
        const auto before = f->archive->files();
        QVERIFY(std::ranges::none_of(before, [](const auto &file) { return file.state == "cut" || file.key.find('~') != std::string::npos; }));
        QVERIFY(f->server().exec(f->mariaDb ? "RESET MASTER" : "RESET BINARY LOGS AND GTIDS"));
        QVERIFY(commit(*f));
        QTRY_VERIFY2_WITH_TIMEOUT(isCaughtUp(*f), dumpJson(Json(f->archive->state())).c_str(), 60'000);
        QTRY_VERIFY_WITH_TIMEOUT((tick(*f), f->archive->files().size() >= before.size() + 1), 30'000);
        const auto after = f->archive->files();
        const auto firsts = std::ranges::count_if(after, [](const auto &file) { return binlogNumber(file.name) == 1; });
        QCOMPARE(firsts, 1); // that of the new chain: the old one's lies before the backup
        QVERIFY(std::ranges::count_if(after, [](const auto &file) { return file.name == "binlog.000002"; }) >= 1); // and the old chain is still there
        for (const wire::BinlogFile &file : before) {
            const auto kept = std::ranges::find(after, file.key, &wire::BinlogFile::key);
            QVERIFY2(kept != after.end(), file.key.c_str());
            QVERIFY(kept->size >= file.size);
        }
        f->archive.reset();
    }
};

QTEST_GUILESS_MAIN(TestBinlogs)
#include "tst_binlogs.moc"
