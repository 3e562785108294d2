// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/support/testfleet.h"

#include <QTest>

using namespace zandb;
using namespace zandb::test;

/// Keys of a real instance, through zandbctl, ssh, agent and store.
class TestCheckFleet : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    Json json(const std::vector<std::string> &words)
    {
        std::vector<std::string> all{"--json"};
        all.insert(all.end(), words.begin(), words.end());
        const auto output = m_fleet->ctl(all);
        if (output.status != 0)
            qWarning("%s%s", output.out.c_str(), output.err.c_str());
        return parseJson(output.out).value_or(Json());
    }

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
        TestServer &server = *m_fleet->host().servers[0];
        QVERIFY2(server.exec({"CREATE DATABASE keys_shop", "CREATE TABLE keys_shop.orders (id TINYINT UNSIGNED AUTO_INCREMENT PRIMARY KEY)", "INSERT INTO keys_shop.orders VALUES (250)",
                              "CREATE TABLE keys_shop.bare (a INT)"}),
                 server.lastError().c_str());
    }

    void nobodyHasLooked()
    {
        Output output;
        QTRY_VERIFY_WITH_TIMEOUT( // once its host was asked for the first time, the instance is known
            (output = m_fleet->ctl({"check", "keys"})).err.find("Never checked: " + m_fleet->host().path()) != std::string::npos, 60'000);
        QCOMPARE(output.status, 0);
    }

    /// preview, skip, pause, resume and history of a task, as verbs.
    void theVerbsOfTasks()
    {
        const std::string host = m_fleet->host().path();
        QCOMPARE(m_fleet->ctl({"task", "add", "nightly", "--kind", "keycheck", "--all", "--every", "day", "--at", "03:00", "--zone", "Europe/Berlin"}).status, 0);
        const auto preview = json({"task", "preview", "nightly", "--count", "3", "--zone", "Europe/Berlin"});
        QCOMPARE(preview["occurrences"].size(), std::size_t{3});
        QCOMPARE(preview["targets"].size(), std::size_t{1});
        QCOMPARE(preview["targets"][0].get<std::string>(), host);
        QCOMPARE(preview["misses"].size(), std::size_t{0});
        const std::string next = preview["occurrences"][0]["due"].get<std::string>();
        // twice is once
        const auto skipped = json({"task", "skip", "nightly"}), again = json({"task", "skip", "nightly"});
        QCOMPARE(skipped["already"].get<bool>(), false);
        QCOMPARE(again["already"].get<bool>(), true);
        QCOMPARE(again["left_out"].get<std::string>(), skipped["left_out"].get<std::string>());
        QCOMPARE(skipped["left_out"].get<std::string>(), next);
        QCOMPARE(json({"task", "preview", "nightly"})["occurrences"][0]["left_out"].get<bool>(), true);
        QCOMPARE(json({"task", "skip", "nightly", "--undo"})["restored"].get<int>(), 1);
        // what rests has nothing to leave out
        QCOMPARE(json({"task", "pause", "nightly"})["enabled"].get<bool>(), false);
        const auto rests = m_fleet->ctl({"task", "skip", "nightly"});
        QVERIFY2(rests.status == 2 && rests.err.find("nightly rests") != std::string::npos, rests.err.c_str());
        QCOMPARE(json({"task", "resume", "nightly"})["enabled"].get<bool>(), true);
        const auto history = json({"task", "history", "nightly"});
        QVERIFY2(dumpJson(history).find("\"enabled\"") != std::string::npos, dumpJson(history).c_str());
        QCOMPARE(m_fleet->ctl({"task", "preview", "nosuch"}).status, 2);
        QCOMPARE(m_fleet->ctl({"task", "remove", "nightly"}).status, 0);
    }

    void aCheckByHand()
    {
        const auto done = json({"check", "run", m_fleet->host().path()});
        QVERIFY2(done.is_object() && done.value("keys", 0) == 2, m_fleet->describe().c_str());
        const auto keys = json({"check", "keys", m_fleet->host().path(), "--above", "90"});
        QCOMPARE(keys["keys"].size(), std::size_t{1});
        const Json &key = keys["keys"][0];
        QCOMPARE(key["table"].get<std::string>() + ' ' + key["used"].get<std::string>() + '/' + key["limit"].get<std::string>(), std::string("orders 250/255"));
        QCOMPARE(keys["passes"][0]["tables"].get<int>(), 3);
        const auto findings = json({"check", "list", "--kind", "no_primary_key"});
        QCOMPARE(findings.size(), std::size_t{1});
        QCOMPARE(findings[0]["table"].get<std::string>(), std::string("bare"));
        QCOMPARE(json({"check", "keys", "--above", "99"})["keys"].size(), std::size_t{0});
        QVERIFY(m_fleet->ctl({"check", "list", "--kind", "nonsense"}).status == 2);
    }

    // A task runs it by the headless instance's own key, and the headless instance tells of what is nearly full.
    void aTaskAndItsAlert()
    {
        const auto added = m_fleet->ctl({"task", "add", "keys", "--kind", "keycheck", "--all", "--every", "day", "--at", "03:00"});
        QVERIFY2(added.status == 0, (added.out + added.err).c_str());
        QTRY_VERIFY_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.alert WHERE kind = 'key.overflow' AND cleared_us IS NULL") == "1", 90'000);
        const auto alerts = m_fleet->ctl({"--json", "alert", "list"});
        QVERIFY2(alerts.out.find("keys_shop.orders.id") != std::string::npos && alerts.out.find("980392") != std::string::npos, alerts.out.c_str());
    }
};

QTEST_GUILESS_MAIN(TestCheckFleet)
#include "tst_checkfleet.moc"
