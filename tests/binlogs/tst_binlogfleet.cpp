// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/support/testfleet.h"

#include <QTest>

using namespace zandb;
using namespace zandb::test;
namespace fs = std::filesystem;

/// Binlogs of a real instance, through zandbctl, ssh, agent and store.
class TestBinlogFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    Json json(const std::vector<std::string> &words, bool good = true)
    {
        std::vector<std::string> all{"--json"};
        all.insert(all.end(), words.begin(), words.end());
        const auto output = m_fleet->ctl(all);
        if (good && output.status != 0)
            qWarning("%s%s", output.out.c_str(), output.err.c_str());
        return parseJson(output.out).value_or(Json());
    }
    TestServer &server() { return *m_fleet->host().servers[0]; }
    std::string path() { return m_fleet->host().path(); }
    std::string archiveState() { return m_fleet->storeValue("SELECT JSON_VALUE(report, '$.archive.state') FROM zandb.binlog_status LIMIT 1"); }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        FleetOptions options;
        options.serve = true;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        QVERIFY2(server().exec({"CREATE TABLE shop.log (n INT PRIMARY KEY)", "INSERT INTO shop.log VALUES (1)", "FLUSH BINARY LOGS", "INSERT INTO shop.log VALUES (2)"}),
                 server().lastError().c_str());
    }

    void theCatalogue()
    {
        QTRY_VERIFY2_WITH_TIMEOUT(std::stoi('0' + m_fleet->storeValue("SELECT COUNT(*) FROM zandb.binlog_file WHERE repository = '' AND state IN ('open', 'closed')")) >= 2,
                                  m_fleet->describe().c_str(), 120'000);
        const auto files = json({"binlog", "list", path()});
        QVERIFY(files.is_array() && files.size() >= 2);
        QCOMPARE(files.back()["state"].get<std::string>(), std::string("open"));
        QCOMPARE(files.front()["sha256"].get<std::string>().size(), std::size_t{64});
        const auto status = json({"binlog", "status"});
        QVERIFY(status.is_array() && status.size() == 1 && status[0]["binlogs"] == true);
        QCOMPARE(m_fleet->ctl({"binlog", "plan", path()}).status, 1); // nothing is archived
        QVERIFY(m_fleet->ctl({"binlog", "list", "--place", "nowhere"}).status == 2);
        QVERIFY(m_fleet->ctl({"binlog", "archive", path()}).status == 2);
        // the wall showed it twice, once, never
        const auto twice = m_fleet->ctl({"binlog", "plan", path(), "--time", "2026-11-01 01:30", "--zone", "America/New_York"});
        QVERIFY2(twice.status == 2 && twice.err.find("2026-11-01T05:30:00Z or 2026-11-01T06:30:00Z") != std::string::npos, twice.err.c_str());
        const auto once = m_fleet->ctl({"binlog", "plan", path(), "--time", "2026-11-01T03:30:00", "--zone", "America/New_York"});
        QVERIFY2(once.status == 1 && once.err.find("is 2026-11-01T08:30:00Z") != std::string::npos, once.err.c_str());
        const auto never = m_fleet->ctl({"binlog", "plan", path(), "--time", "2026-03-08 02:30", "--zone", "America/New_York"});
        QVERIFY2(never.status == 2 && never.err.find("never showed") != std::string::npos, never.err.c_str());
        QVERIFY(m_fleet->ctl({"binlog", "archive", path(), "--repository", "nowhere"}).status == 1);
    }

    void anArchiveAndARecovery()
    {
        QVERIFY(json({"binlog", "archive", path(), "--repository", "local"}).is_object());
        const auto backup = json({"backup", "run", path(), "--wait"});
        QVERIFY2(backup.is_object() && backup.value("state", "") == "succeeded", m_fleet->describe().c_str());
        QVERIFY(server().exec({"INSERT INTO shop.log VALUES (3)", "FLUSH BINARY LOGS", "INSERT INTO shop.log VALUES (4)"}));
        const std::string kept = server().value("SELECT @@gtid_binlog_pos").value_or("");
        QVERIFY(server().exec("DROP TABLE shop.log"));
        const std::string lost = server().value("SELECT @@gtid_binlog_pos").value_or("");
        QTRY_VERIFY2_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.binlog_file WHERE repository = 'local' AND last_gtid = '" + lost + "'") == "1",
                                  m_fleet->describe().c_str(), 120'000);
        const auto window = json({"binlog", "window", path()});
        QVERIFY2(window.is_array() && window[0]["ranges"].size() == 1 && window[0]["holes"].empty(), dumpJson(window).c_str());
        const auto plan = json({"binlog", "plan", path(), "--before-gtid", lost});
        QVERIFY2(plan.is_object() && plan.contains("last_kept"), dumpJson(plan).c_str());
        QCOMPARE(plan["last_kept"]["gtid"].get<std::string>(), kept);
        QCOMPARE(plan["first_lost"]["gtid"].get<std::string>(), lost);
        const std::string directory = (m_fleet->directory() / "recovered").string();
        const auto done = json({"binlog", "recover", path(), "--gtid", kept, "--to", directory});
        QVERIFY2(done.is_object() && done.value("level", 0) == 4, (dumpJson(done) + m_fleet->describe()).c_str());
        QCOMPARE(done["transactions"].get<int>(), plan["transactions"].get<int>());
        QVERIFY(fs::exists(fs::path(directory) / "data" / "shop" / "log.ibd"));
        QCOMPARE(m_fleet->storeValue("SELECT MAX(level) FROM zandb.backup"), std::string("4"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'binlog.archive'"), std::string("2")); // with the one that was refused
    }

    // The archive is looked after all the time: what goes from it changes what can be restored at once.
    void whatIsLost()
    {
        const std::string last = server().value("SHOW MASTER STATUS").value_or("");
        QVERIFY(server().exec("FLUSH BINARY LOGS"));
        const auto firstOf = [&] { return json({"binlog", "window", path()})[0]; };
        const std::string file = m_fleet->storeValue("SELECT CONCAT(file_key, '.zst') FROM zandb.binlog_file WHERE repository = 'local' AND state = 'closed' ORDER BY file_key DESC LIMIT 1");
        const std::string backup = m_fleet->storeValue("SELECT path FROM zandb.backup WHERE expired_us IS NULL ORDER BY ended_us DESC LIMIT 1");
        QVERIFY(!file.empty() && !backup.empty());
        const fs::path archive = fs::path(backup).parent_path() / ".binlogs", away = m_fleet->directory() / "away";
        QVERIFY2(fs::exists(archive / file), file.c_str());
        // the server has it no more, so that it stays lost
        QVERIFY2(server().exec("PURGE BINARY LOGS TO '" + last + "'"), server().lastError().c_str());
        fs::rename(archive / file, away);
        QTRY_VERIFY2_WITH_TIMEOUT(firstOf()["files_lost"].size() == 1, m_fleet->describe().c_str(), 90'000);
        QVERIFY2(firstOf()["holes"].size() + firstOf()["backups_alone"].size() >= 1, dumpJson(firstOf()).c_str());
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.alert WHERE kind = 'binlog.lost' AND cleared_us IS NULL") == "1", 90'000);
        fs::rename(away, archive / file);
        QTRY_VERIFY2_WITH_TIMEOUT(firstOf()["files_lost"].empty(), m_fleet->describe().c_str(), 90'000);
        QVERIFY(firstOf()["ranges"].size() == 1);
        fs::rename(backup, away);
        QTRY_VERIFY2_WITH_TIMEOUT(firstOf()["backups_lost"].size() == 1, m_fleet->describe().c_str(), 90'000);
        QVERIFY2(firstOf()["ranges"].empty(), dumpJson(firstOf()).c_str());
        fs::rename(away, backup);
        QTRY_VERIFY2_WITH_TIMEOUT(firstOf()["backups_lost"].empty() && firstOf()["ranges"].size() == 1, m_fleet->describe().c_str(), 90'000);
    }

    // A purge while nobody streams: the hole is named, told of, and nothing behind it is offered until there is a backup.
    void aHole()
    {
        QVERIFY(json({"binlog", "archive", path(), "--off"}).is_object());
        QTRY_VERIFY2_WITH_TIMEOUT(archiveState() == "off", m_fleet->describe().c_str(), 90'000);
        QVERIFY(server().exec({"CREATE TABLE shop.more (n INT PRIMARY KEY)", "INSERT INTO shop.more VALUES (1)", "FLUSH BINARY LOGS", "INSERT INTO shop.more VALUES (2)", "FLUSH BINARY LOGS",
                               "INSERT INTO shop.more VALUES (3)"}));
        const std::string last = server().value("SHOW MASTER STATUS").value_or("");
        QVERIFY2(server().exec("PURGE BINARY LOGS TO '" + last + "'"), server().lastError().c_str());
        QVERIFY(json({"binlog", "archive", path(), "--repository", "local"}).is_object());
        QTRY_VERIFY2_WITH_TIMEOUT(json({"binlog", "window", path()})[0]["holes"].size() == 1, m_fleet->describe().c_str(), 90'000);
        const auto hole = json({"binlog", "window", path()})[0]["holes"][0];
        QVERIFY2(hole["missing"].is_string() && hole["before"].is_null(), dumpJson(hole).c_str());
        const auto refused = json({"binlog", "plan", path()}, false);
        QCOMPARE(refused["error"]["code"].get<std::string>(), std::string("binlog.gap"));
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.alert WHERE kind = 'binlog.hole' AND cleared_us IS NULL") == "1", 90'000);
        const auto alerts = m_fleet->ctl({"alert", "list"});
        QVERIFY2(alerts.out.find("have a hole") != std::string::npos, alerts.out.c_str());
    }
};

QTEST_GUILESS_MAIN(TestBinlogFleet)
#include "tst_binlogfleet.moc"
