// SPDX-License-Identifier: GPL-3.0-or-later
// What happens to a repository's backups after they arrived: under which names they come, what `keep` removes, and that what
// is gone does not come back.
#include "agent/backups/keep.h"
#include "agent/backups/manifest.h"
#include "agent/os/sha256.h"
#include "tests/backups/receivefixture.h"
#include "tests/support/failingcalls.h"

#include <cerrno>
#include <csignal>
#include <set>

#include <fcntl.h>

using namespace zandb;
using namespace zandb::test;

class TestReceivedBackups : public QObject, private ReceiveFixture
{
    Q_OBJECT

    /// Commits a backup with a manifest, of this task, that arrived so many days ago.
    fs::path commitOfTask(const Uuid &id, const Uuid &task, int daysAgo) const
    {
        Manifest manifest;
        manifest.id = id;
        manifest.taskId = task;
        manifest.method = "mariadb-backup";
        manifest.flavour = "mariadb";
        manifest.payload = "payload.xb.zst";
        manifest.endedAt = systemNow() - std::chrono::hours{24} * daysAgo;
        manifest.payloadSha256 = Sha256::of("bytes");
        manifest.files = {{manifest.payload, 5, manifest.payloadSha256}};
        Receiver one = receiver();
        Json body = openBody(id);
        body["started_us"] = toMicros(manifest.endedAt);
        std::string code = codeOf(one, Kind::Open, body);
        code += sendFile(one, manifest.payload, "bytes");
        code += sendFile(one, std::string(manifestName), writeManifest(manifest));
        const auto done = one.handle(Kind::Commit, "{}");
        if (!code.empty() || !done)
            return {};
        const fs::path backup = done->at("path").get<std::string>();
        fs::last_write_time(backup, fs::file_time_type::clock::now() - std::chrono::hours{24} * daysAgo);
        return backup;
    }
    /// A backup without a manifest, up to its commit.
    static bool sendWhole(Receiver &receiver)
    {
        return codeOf(receiver, Kind::Open, openBody(Uuid::v7())).empty() && sendFile(receiver, "payload", "x").empty()
            && codeOf(receiver, Kind::Commit, Json::object()).empty();
    }
    /// What a sender is told that asks for `keep` after its own backup, and what it removes.
    std::vector<Uuid> keepAsSender(const Uuid &id, const Uuid &task, int keep, bool expire) const
    {
        const fs::path backup = commitOfTask(id, task, 0);
        if (backup.empty())
            return {id};
        // commitOfTask()'s receiver has ended: the same once more, on a link that goes on
        Receiver one = receiver();
        if (!sendWhole(one))
            return {id};
        const auto answer = one.handle(Kind::Keep, dumpJson(Json{{"task", task}, {"keep", keep}}));
        if (!answer)
            return {id};
        if (expire && !codeOf(one, Kind::Expire, Json::object()).empty())
            return {id};
        return answer->at("expired").get<std::vector<Uuid>>();
    }

private Q_SLOTS:
    void initTestCase() { std::signal(SIGPIPE, SIG_IGN); }
    void init() { setUp(); }

    /// What the catalogue calls a backup stays that backup, also after it was removed, by whatever means.
    void aRemovedIdDoesNotComeBack_data()
    {
        QTest::addColumn<int>("removed");
        QTest::newRow("the directory") << 0;
        QTest::newRow("the instance") << 1;
        QTest::newRow("by keep, half") << 2;
        QTest::newRow("before ids were noted") << 3;
    }
    void aRemovedIdDoesNotComeBack()
    {
        QFETCH(int, removed);
        const Uuid id = Uuid::v7();
        const fs::path backup = commit(id, "honest");
        QVERIFY(!backup.empty());
        const fs::path ledger = m_repository.path / ".received";
        if (removed == 0) {
            fs::remove_all(backup);
        } else if (removed == 1) {
            fs::remove_all(backup.parent_path().parent_path());
        } else if (removed == 2) {
            fs::rename(backup, backup.parent_path() / (".expiring-" + backup.filename().string()));
        } else {
            fs::remove_all(ledger);
            QVERIFY(!commit(Uuid::v7(), "the next").empty()); // notes what it finds
            fs::remove_all(backup);
        }
        for (const std::int64_t started : {1'700'000'000'000'000, 1'800'000'000'000'000}) {
            Json body = openBody(id);
            body["started_us"] = started;
            Receiver hostile = receiver();
            QCOMPARE(codeOf(hostile, Kind::Open, body), std::string("backup.id_used"));
        }
        if (fs::exists(backup.parent_path())) {
            for (const auto &entry : fs::directory_iterator(backup.parent_path()))
                QVERIFY2(!entry.path().filename().string().starts_with(".partial-"), entry.path().c_str());
        }
        QVERIFY(!commit(Uuid::v7(), "others are taken as before").empty());
    }
    /// Both were begun before either was committed.
    void ofTwoWithOneIdTheFirstIsTaken()
    {
        const Uuid id = Uuid::v7();
        Json later = openBody(id);
        later["started_us"] = 1'800'000'000'000'000;
        Receiver first = receiver();
        Receiver second = receiver();
        QCOMPARE(codeOf(first, Kind::Open, openBody(id)), std::string());
        QCOMPARE(codeOf(second, Kind::Open, later), std::string());
        QCOMPARE(sendFile(first, "payload", "first"), std::string());
        QCOMPARE(sendFile(second, "payload", "second"), std::string());
        QCOMPARE(codeOf(first, Kind::Commit, Json::object()), std::string());
        QCOMPARE(codeOf(second, Kind::Commit, Json::object()), std::string("backup.id_used"));
    }
    /// A crash while an id was noted costs that id and no other.
    void aTornLineOfTheNotedIds()
    {
        const Uuid before = Uuid::v7();
        const Uuid after = Uuid::v7();
        fs::remove_all(commit(before, "before"));
        std::ofstream(m_repository.path / ".received" / "db1" / "my3306", std::ios::app) << Uuid::v7().toString().substr(0, 20);
        fs::remove_all(commit(after, "after"));
        for (const Uuid &id : {before, after}) {
            Receiver hostile = receiver();
            QCOMPARE(codeOf(hostile, Kind::Open, openBody(id)), std::string("backup.id_used"));
        }
    }
    /// NFS and many FUSE file systems answer so: what took hours must arrive all the same, and replace nothing.
    void fileSystemsThatCannotRenameWithoutReplacing_data()
    {
        QTest::addColumn<int>("number");
        QTest::newRow("EINVAL") << EINVAL;
        QTest::newRow("ENOSYS") << ENOSYS;
        QTest::newRow("ENOTSUP") << ENOTSUP;
    }
    void fileSystemsThatCannotRenameWithoutReplacing()
    {
        QFETCH(int, number);
        fs::path backup;
        std::string occupied;
        std::string full;
        const auto taken = [&](bool holdsSomething) {
            Receiver late = receiver();
            const Uuid id = Uuid::v7();
            std::string code = codeOf(late, Kind::Open, openBody(id));
            code += sendFile(late, "payload", "late");
            const fs::path place = m_repository.path / "db1" / "my3306" / ("20231114T221320Z-" + id.toString());
            fs::create_directory(place);
            if (holdsSomething)
                std::ofstream(place / "payload") << "the first";
            code += codeOf(late, Kind::Commit, Json::object());
            return code + (holdsSomething ? contentOf(place / "payload") : fs::is_empty(place) ? std::string() : "replaced");
        };
        const bool ran = whereCallFails({SYS_renameat2, number}, [&] {
            backup = commit(Uuid::v7(), "whole");
            occupied = taken(false);
            full = taken(true);
        });
        if (!ran)
            QSKIP("this kernel has no seccomp");
        QVERIFY(!backup.empty());
        QCOMPARE(contentOf(backup / "payload"), std::string("whole"));
        QVERIFY(!occupied.empty() && !occupied.ends_with("replaced"));
        QVERIFY(full.ends_with("the first"));
        QVERIFY(full != "the first");
        for (const auto &entry : fs::directory_iterator(backup.parent_path()))
            QVERIFY2(!entry.path().filename().string().starts_with('.'), entry.path().c_str());
    }
    /// The last fsync failed: the sender is told so, and nothing is listed that nobody knows of.
    void aCommitThatCannotBeMadeDurable()
    {
        auto sink = localSink(m_repository);
        QVERIFY(sink->open({"db1", "my3306", Uuid::v7(), systemNow()}, 0));
        QVERIFY(sink->beginFile("payload", false));
        QVERIFY(sink->write(std::string_view("whole")));
        QVERIFY(sink->endFile({}, 5));
        std::string code;
        // the directories above it cannot be opened for their fsync any more
        const bool ran = whereCallFails({SYS_openat, EIO, 2, O_RDONLY | O_DIRECTORY | O_CLOEXEC}, [&] {
            const auto done = sink->commit();
            code = done ? "committed" : done.error().code;
        });
        if (!ran)
            QSKIP("this kernel has no seccomp");
        QCOMPARE(code, std::string("io.failed"));
        QVERIFY(sink->abort().empty()); // what could not be removed
        QVERIFY(fs::is_empty(m_repository.path / "db1" / "my3306"));
    }
    /// What a sender's task lets go is removed as far as this repository's own rule goes, and only what was announced.
    void keepFollowsTheRuleOfTheRepository()
    {
        const Uuid task = Uuid::v7();
        std::vector<Uuid> ids;
        std::vector<fs::path> backups;
        for (const int daysAgo : {40, 30, 20, 2}) {
            ids.push_back(Uuid::v7());
            backups.push_back(commitOfTask(ids.back(), task, daysAgo));
            QVERIFY(!backups.back().empty());
        }
        QVERIFY(!commitOfTask(Uuid::v7(), Uuid::v7(), 50).empty()); // of another task
        Config config;
        config.repositories = {m_repository};
        QCOMPARE(keepAsSender(Uuid::v7(), task, 2, true), std::vector<Uuid>{}); // without a rule nothing goes
        m_repository.pruneAfterDays = 10;
        QCOMPARE(keepAsSender(Uuid::v7(), task, 2, true), std::vector<Uuid>{}); // nobody has read any of them
        QVERIFY(!checkBackups(config, {}).empty());
        // what is younger stays, whatever the sender keeps: with a stolen key one could push good ones out
        const auto expired = keepAsSender(Uuid::v7(), task, 1, false);
        QCOMPARE(std::set(expired.begin(), expired.end()), std::set(ids.begin(), ids.begin() + 3));
        for (const fs::path &backup : backups)
            QVERIFY(fs::exists(backup)); // announced, and no more
        QCOMPARE(keepAsSender(Uuid::v7(), task, 1, true).size(), std::size_t(3));
        for (std::size_t i = 0; i < backups.size(); ++i)
            QCOMPARE(fs::exists(backups[i]), i == 3);
        // and they do not come back
        Receiver hostile = receiver();
        QCOMPARE(codeOf(hostile, Kind::Open, openBody(ids[0])), std::string("backup.id_used"));
    }
    void keepOutOfTurn()
    {
        const Json keep{{"task", Uuid::v7()}, {"keep", 1}};
        const std::string malformed = "protocol.malformed";
        Receiver early = receiver();
        QCOMPARE(codeOf(early, Kind::Open, openBody(Uuid::v7())), std::string());
        QCOMPARE(codeOf(early, Kind::Keep, keep), malformed);
        for (const Json &bad : {Json{{"task", Uuid::v7()}, {"keep", 0}}, Json{{"task", Uuid::v7()}, {"keep", -1}}, Json{{"task", "x"}, {"keep", 1}},
                                Json{{"task", Uuid::v7()}, {"keep", 1e300}}}) {
            Receiver one = receiver();
            QVERIFY(sendWhole(one));
            QCOMPARE(codeOf(one, Kind::Keep, bad), malformed);
            QVERIFY(one.isCommitted());
        }
        Receiver unplanned = receiver();
        QVERIFY(sendWhole(unplanned));
        QCOMPARE(codeOf(unplanned, Kind::Expire, Json::object()), malformed);
    }
};

QTEST_GUILESS_MAIN(TestReceivedBackups)
#include "tst_receivedbackups.moc"
