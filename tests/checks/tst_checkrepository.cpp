// SPDX-License-Identifier: GPL-3.0-or-later
// Keys and findings in a real store: each flavour that can be had.
#include "app/alerts/alertrepository.h"
#include "app/checks/checkrepository.h"
#include "app/fleet/grouprepository.h"
#include "app/headless/keyalerts.h"
#include "models/alerts/alerttext.h"
#include "models/fleet/groupsettings.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestCheckRepository : public RepositoryTest
{
    Q_OBJECT

    static constexpr TimePoint noon = TimePoint{1'780'000'000s};
    std::unique_ptr<store::Session> m_kept[2]; ///< one schema for all functions: making it takes seconds
    Host m_host;
    Uuid m_instance;

    Fleet fleet() { return fleet::loadFleet(*m_session).value_or(Fleet{}); }

    static wire::KeyUsage key(const std::string &table, const std::string &used, TimePoint at, const std::string &limit = "1000000")
    {
        wire::KeyUsage usage;
        usage.schema = "shop";
        usage.table = table;
        usage.column = "id";
        usage.type = "int(11)";
        usage.kind = "auto_increment";
        usage.used = used;
        usage.limit = limit;
        usage.at = at;
        return usage;
    }
    Result<void> storePass(TimePoint at, const std::vector<wire::KeyUsage> &keys, const std::vector<wire::CheckFinding> &findings = {})
    {
        wire::KeyCheckResult result;
        result.tables = 10;
        result.usages = keys;
        result.findings = findings;
        result.unchecked = {{"shop", "busy", "locked"}};
        result.uncheckedCount = 1;
        return m_session->transaction([&] { return checks::storePass(*m_session, m_instance, Uuid::v7(), at, result); });
    }
    std::vector<KeyRecord> keys(const checks::KeyFilter &filter = {}) { return checks::listKeys(*m_session, filter, 100).value_or(std::vector<KeyRecord>{}); }
    std::vector<Alert> alertsNow()
    {
        auto all = alerts::list(*m_session).value_or(std::vector<Alert>{});
        std::erase_if(all, [](const Alert &alert) { return alert.kind != keyOverflowAlert; });
        return all;
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void init()
    {
        QFETCH_GLOBAL(bool, mySql);
        m_session = std::move(m_kept[mySql]);
        if (!m_session)
            prepare();
        if (!m_session || QTest::currentTestFailed())
            return;
        for (const char *table : {"key_usage", "check_finding", "check_pass", "alert", "instance", "host", "group_setting"})
            QVERIFY(m_session->execute(std::string("DELETE FROM ") + table));
        m_host = addHost("db1");
        m_instance = Uuid::v7();
        QVERIFY(m_session->execute("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (?,?,?,3306,1,1)",
                                   {value(m_instance), value(m_host.id), value("my3306")}));
    }
    void cleanup()
    {
        QFETCH_GLOBAL(bool, mySql);
        m_kept[mySql] = std::move(m_session);
    }

    void growth()
    {
        std::vector<KeyPoint> points;
        addKeyPoint(points, noon, 100);
        QVERIFY(!growthOf(points));
        addKeyPoint(points, noon + 1h, 110); // of the same day: it takes the place of the first
        QCOMPARE(points.size(), std::size_t{1});
        for (int day = 1; day <= 20; ++day)
            addKeyPoint(points, noon + day * 24h, 110 + day * 10);
        QCOMPARE(qRound(*growthOf(points)), 10);
        for (int day = 21; day <= 27; ++day) // a load that began a week ago counts, and not the quiet month before
            addKeyPoint(points, noon + day * 24h, 310 + (day - 20) * 1000);
        QCOMPARE(qRound(*growthOf(points)), 1000);
        for (int day = 28; day <= 200; ++day)
            addKeyPoint(points, noon + day * 24h, 7310);
        QCOMPARE(points.size(), keyPointsKept);
        QCOMPARE(*growthOf(points), 0.0);
        QCOMPARE(*daysLeftOf(key("t", "900000", noon), 1000.0), 100.0);
        QCOMPARE(*daysLeftOf(key("t", "1000000", noon), 0.0), 0.0);
        QVERIFY(!daysLeftOf(key("t", "900000", noon), 0.0) && !daysLeftOf(key("t", "900000", noon), std::nullopt));
    }

    void passesFollowEachOther()
    {
        const wire::CheckFinding bare{"no_primary_key", "shop", "bare", "", {{"rows", 5}}}, weak{"no_password", "", "", "nobody@localhost", Json::object()};
        QVERIFY(storePass(noon, {key("a", "500000", noon), key("b", "18446744073709551614", noon, "18446744073709551615")}, {bare, weak}));
        auto found = keys();
        QCOMPARE(found.size(), std::size_t{2});
        QCOMPARE(found[0].usage.table + ' ' + found[0].usage.used + '/' + found[0].usage.limit + ' ' + std::to_string(found[0].usage.ppm),
                 std::string("b 18446744073709551614/18446744073709551615 999999"));
        QVERIFY(!found[1].perDay);
        // the next day: one has grown, one is gone, a finding is gone
        QVERIFY(storePass(noon + 24h, {key("a", "510000", noon + 24h)}, {weak}));
        found = keys();
        QCOMPARE(found.size(), std::size_t{1});
        QCOMPARE(qRound(found[0].perDay.value_or(0)), 10'000);
        QCOMPARE(qRound(found[0].daysLeft.value_or(0)), 49);
        QCOMPARE(found[0].points.size(), std::size_t{2});
        const auto findings = checks::listFindings(*m_session, std::vector{m_instance}, "", 100);
        QVERIFY(findings && findings->size() == 1);
        QCOMPARE(findings->front().finding.name, std::string("nobody@localhost"));
        QCOMPARE(findings->front().firstAt, noon);
        QCOMPARE(findings->front().seenAt, noon + 24h);
        const auto passes = checks::listPasses(*m_session, std::nullopt);
        QVERIFY(passes && passes->size() == 1);
        QCOMPARE(passes->front().result.unchecked.at(0).table, std::string("busy"));
        checks::KeyFilter filter;
        filter.leastPpm = 600'000;
        QVERIFY(keys(filter).empty());
        filter.mostDaysLeft = 50;
        QCOMPARE(keys(filter).size(), std::size_t{1});
        filter.instances = std::vector<Uuid>{};
        QVERIFY(keys(filter).empty());
        QVERIFY(fleet::removeHost(*m_session, m_host.id));
        QVERIFY(keys().empty() && checks::listPasses(*m_session, std::nullopt)->empty());
    }

    void fullKeysAreToldOf()
    {
        QVERIFY(storePass(noon, {key("a", "500000", noon), key("b", "760000", noon)}));
        const auto newest = headless::tellOfFullKeys(*m_session, fleet(), {});
        QVERIFY2(newest, newest ? "" : newest.error().code.c_str());
        QCOMPARE(*newest, noon);
        QCOMPARE(alertsNow().size(), std::size_t{1});
        QCOMPARE(alertsNow()[0].detail["key"].get<std::string>(), std::string("shop.b.id"));
        QVERIFY2(alertDetail(alertsNow()[0]).startsWith(QStringLiteral("shop.b.id has used 76.0 % of its values.")), qPrintable(alertDetail(alertsNow()[0])));
        QVERIFY(alertTitle(alertsNow()[0], fleet()).contains(QStringLiteral("db1/my3306")));
        // a threshold of the fleet that is higher ends it, at the next pass; few days left count whatever the share
        QVERIFY(fleet::setGroupSetting(*m_session, Uuid{}, keyPercent, Json(90), "ann"));
        QCOMPARE(*headless::tellOfFullKeys(*m_session, fleet(), *newest), noon); // nothing new
        QCOMPARE(alertsNow().size(), std::size_t{1});
        QVERIFY(storePass(noon + 24h, {key("a", "500100", noon + 24h), key("b", "760001", noon + 24h)}));
        QVERIFY(headless::tellOfFullKeys(*m_session, fleet(), *newest));
        QCOMPARE(alertsNow().size(), std::size_t{0});
        QVERIFY(storePass(noon + 48h, {key("a", "520000", noon + 48h), key("b", "760001", noon + 48h)}));
        QVERIFY(headless::tellOfFullKeys(*m_session, fleet(), noon + 24h));
        QCOMPARE(alertsNow().size(), std::size_t{1});
        QVERIFY2(alertDetail(alertsNow()[0]).contains(QStringLiteral("they last 48 more day")), qPrintable(alertDetail(alertsNow()[0])));
    }
};

QTEST_GUILESS_MAIN(TestCheckRepository)
#include "tst_checkrepository.moc"
