// SPDX-License-Identifier: GPL-3.0-or-later
// Slow statements added up in a real store of each flavour: the same sums whatever they are read from, and how many bytes they take.
#include "app/fleet/grouprepository.h"
#include "app/slowlog/slowspan.h"
#include "models/fleet/groupsettings.h"
#include "tests/slowlog/slowstoretest.h"

#include <atomic>
#include <set>
#include <thread>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestSlowRollUp : public SlowStoreTest
{
    Q_OBJECT

    std::int64_t spans(int kind) { return number("SELECT COUNT(*) FROM slow_span WHERE kind = " + std::to_string(kind)); }

    /// What was sent, kept by the test in the plainest form.
    struct Event
    {
        int instance;
        TimePoint minute;
        std::string digest;
        std::int64_t us;
        std::int64_t rows;
    };
    std::vector<Event> m_events;

    wire::SlowMinute randomMinute(std::mt19937 &random, int instance, TimePoint at, int digests)
    {
        std::vector<wire::SlowDigest> list;
        std::set<int> used;
        for (int i = 0; i < digests; ++i) {
            const int which = static_cast<int>(random() % 200);
            if (!used.insert(which).second)
                continue;
            DigestEvents events(shopFingerprint(which));
            for (int n = static_cast<int>(random() % 3) + 1; n > 0; --n) {
                const auto us = static_cast<std::int64_t>(std::lognormal_distribution<>(12, 1)(random));
                const auto rows = static_cast<std::int64_t>(std::lognormal_distribution<>(6, 2)(random));
                events.event(static_cast<double>(us) / 1e6, static_cast<double>(rows), which % 4 ? "shop" : "report", which % 8 ? "shop" : "stock",
                             "10.0.0." + std::to_string(random() % 3)); // an application sends a digest from its servers
                m_events.push_back({instance, at, shopFingerprint(which), us, rows});
            }
            list.push_back(events);
        }
        return minuteOf(at, std::move(list));
    }
    std::string expected(TimePoint from, TimePoint to, int instance = -1)
    {
        SlowTotals sum;
        for (const Event &event : m_events) {
            if (event.minute >= from && event.minute < to && (instance < 0 || event.instance == instance))
                sum.add({1, event.us, event.rows});
        }
        return textOf(sum);
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        m_events.clear();
        prepareSlow();
    }

    /// At any stage, from any scope, over any range: the sums over what is read are the sums over what came.
    void sumsAreTheSameAtEveryStage()
    {
        std::mt19937 random(17);
        const Scope all, group{Scope::Kind::Group, m_group}, top{Scope::Kind::Group, m_top}, host{Scope::Kind::Host, m_host};
        const std::vector<std::pair<TimePoint, TimePoint>> ranges{
            {m_day, m_day + 24h}, {m_day + 17min, m_day + 5h + 3min}, {m_day + 2h, m_day + 3h}, {m_day + 61min, m_day + 62min}, {m_day - 24h * 20, m_now}};
        const auto check = [&](bool groupsToo) {
            for (const auto &[from, to] : ranges) {
                if (sums(instance(0), from, to) != expected(from, to, 0) || sums(instance(1), from, to) != expected(from, to, 1) || sums(host, from, to) != expected(from, to))
                    return false;
                for (const Scope &scope : groupsToo ? std::vector<Scope>{all, group, top} : std::vector<Scope>{}) {
                    if (sums(scope, from, to) != expected(from, to))
                        return false;
                }
            }
            return true;
        };
        for (int instance = 0; instance < 2; ++instance) {
            std::vector<wire::SlowMinute> minutes;
            for (int i = 0; i < 60; ++i)
                minutes.push_back(randomMinute(random, instance, m_day + 1min * static_cast<std::int64_t>(random() % 400), 8));
            VERIFY_OK(storeMinutes(minutes, instance));
        }
        QVERIFY(check(false));
        QVERIFY(rollUpAll());
        QVERIFY(check(true));
        QCOMPARE(spans(0), 0);
        QVERIFY(spans(1) > 0);
        QCOMPARE(spans(1), spans(2));
        QCOMPARE(spans(3), 5); // two instances, two groups, the fleet
        QCOMPARE(number("SELECT COUNT(*) FROM slow_pending WHERE kind <> 4"), 0);
        // an event that was read two days late joins its hour and its day
        VERIFY_OK(storeMinutes({randomMinute(random, 0, m_day + 62min, 5)}, 0));
        QVERIFY(check(false));
        QVERIFY(rollUpAll());
        QVERIFY(check(true));
        QCOMPARE(spans(0), 0);
        QCOMPARE(spans(3), 5);
        // again changes nothing
        QVERIFY(rollUpAll());
        QVERIFY(check(true));
        // quantiles over everything are those of all events
        const auto read = slowlog::loadTop(*m_session, ask(all, m_day, m_day + 24h));
        VERIFY_OK(read);
        for (const SlowDigestRow &row : read->digests) {
            std::vector<std::int64_t> times;
            for (const Event &event : m_events) {
                if (event.digest == row.fingerprint)
                    times.push_back(event.us);
            }
            std::ranges::sort(times);
            QCOMPARE(row.figures.events, static_cast<std::int64_t>(times.size()));
            QCOMPARE(row.figures.time.least, times.front());
            QCOMPARE(row.figures.time.most, times.back());
            const auto truth = static_cast<double>(times[static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(times.size()))) - 1]);
            QVERIFY(std::abs(slowQuantileUs(row.figures, 0.95).value() / truth - 1) < 0.026);
        }
    }

    /// The hour that still runs is read from pieces and from the groups' minutes.
    void theOpenHour()
    {
        std::mt19937 random(1);
        const TimePoint minute = std::chrono::floor<std::chrono::minutes>(m_now) - 1min;
        VERIFY_OK(storeMinutes({randomMinute(random, 0, minute, 5)}));
        (void)changed();
        QVERIFY(rollUpAll());
        QCOMPARE(changed(), std::vector<std::string>{"slow"});
        QCOMPARE(sums({}, m_now - 15min, m_now), expected(m_now - 15min, m_now));
        QCOMPARE(sums({}, m_now - 24h, m_now), expected(m_now - 24h, m_now));
        QCOMPARE(spans(2), minute < slowlog::hourOf(m_now - 10min) ? 4 : 0);
        QVERIFY(rollUpAll());
        QCOMPARE(changed(), std::vector<std::string>{}); // nothing new, nobody reloads
    }

    /// Two members that both think that they hold the lease, and one that is stopped in the middle.
    void twoAtOnce()
    {
        std::mt19937 random(4);
        std::vector<wire::SlowMinute> minutes;
        for (int i = 0; i < 200; ++i)
            minutes.push_back(randomMinute(random, 0, m_day + 1min * static_cast<std::int64_t>(random() % 1440), 3));
        VERIFY_OK(storeMinutes(minutes));
        std::vector<std::jthread> threads;
        std::atomic<int> failed = 0;
        for (int i = 0; i < 3; ++i) {
            threads.emplace_back([&, i] {
                store::Session session(m_settings);
                for (int round = 0; round < 30; ++round) {
                    std::stop_source stop;
                    if (i == 2)
                        stop.request_stop();
                    failed += !slowlog::rollUp(session, workflow::storeHost, stop.get_token());
                }
            });
        }
        threads.clear();
        QCOMPARE(failed.load(), 0);
        QVERIFY(rollUpAll());
        for (const Scope &scope : {Scope{}, instance(), Scope{Scope::Kind::Group, m_group}})
            QCOMPARE(sums(scope, m_day, m_day + 24h), expected(m_day, m_day + 24h));
    }

    void withoutALeaseNothingIsDone()
    {
        std::mt19937 random(4);
        VERIFY_OK(storeMinutes({randomMinute(random, 0, m_day, 3)}));
        run("DELETE FROM lease WHERE host_id = ?", {value(workflow::storeHost)});
        VERIFY_OK(slowlog::rollUp(*m_session, workflow::storeHost));
        QCOMPARE(spans(0), 1);
        QCOMPARE(spans(2), 0);
    }

    void retention()
    {
        std::mt19937 random(9);
        const auto ago = [&](int days) { return std::chrono::floor<std::chrono::hours>(m_now - std::chrono::days{days}); };
        for (const int days : {6, 8, 89, 91, 399, 401})
            VERIFY_OK(storeMinutes({randomMinute(random, 0, ago(days), 4)}));
        QVERIFY(rollUpAll());
        run("UPDATE slow_digest SET last_seen_us = ?", {value(ago(500))});
        const auto some = number("SELECT COUNT(*) FROM slow_digest");
        run("UPDATE slow_digest SET accepted_us = 1, accepted_by = 'ann' LIMIT 1");
        const auto fleet = fleet::loadFleet(*m_session);
        const auto removed = workflow::removeExpired(*m_session, *fleet, m_now);
        VERIFY_OK(removed);
        QCOMPARE(spans(1), 4); // the instance, its two groups and the fleet, of one day
        QCOMPARE(spans(2), 3 * 4);
        QCOMPARE(spans(3), 5 * 4);
        QCOMPARE(removed->at("slow_digest"), some - 1);
        // what is left says the same
        for (const int days : {6, 8, 89, 91, 399})
            QCOMPARE(sums(instance(), slowlog::dayOf(ago(days)), slowlog::dayOf(ago(days)) + 24h), expected(slowlog::dayOf(ago(days)), slowlog::dayOf(ago(days)) + 24h));
        QCOMPARE(sums({}, m_now - std::chrono::days{400}, m_now), expected(ago(400), m_now));
        VERIFY_OK(fleet::setGroupSetting(*m_session, Uuid{}, keepSlowHoursDays, Json(30), "ann"));
        VERIFY_OK(workflow::removeExpired(*m_session, *fleet::loadFleet(*m_session), m_now));
        QCOMPARE(spans(2), 2 * 4);
    }

    /// 200 digests, each active in a tenth of the minutes with one to three events: a day of one instance.
    void bytesOfADay()
    {
        std::mt19937 random(23);
        for (int hour = 0; hour < 24; ++hour) {
            std::vector<wire::SlowMinute> minutes;
            for (int minute = 0; minute < 60; ++minute)
                minutes.push_back(randomMinute(random, 0, m_day + 1h * hour + 1min * minute, 21));
            VERIFY_OK(storeMinutes(minutes));
        }
        const auto pieces = number("SELECT SUM(LENGTH(totals) + LENGTH(detail) + LENGTH(people) + LENGTH(callers)) FROM slow_span WHERE kind = 0");
        QVERIFY(rollUpAll());
        QCOMPARE(sums(instance(), m_day, m_day + 24h), expected(m_day, m_day + 24h));
        const std::string id = "(SELECT id FROM instance WHERE name = 'my3306')";
        std::string text;
        std::int64_t all = 0;
        for (const int kind : {1, 2, 3}) {
            const auto bytes = number("SELECT CAST(SUM(LENGTH(totals) + LENGTH(detail) + LENGTH(people) + LENGTH(callers) + 120) AS SIGNED) FROM slow_span WHERE kind = " + std::to_string(kind)
                                      + " AND subject_id = " + id);
            text += " kind " + std::to_string(kind) + ": " + std::to_string(bytes);
            all += bytes;
        }
        qInfo("one instance and day: %lld bytes (%s), before it was packed %lld; %zu events", static_cast<long long>(all), text.c_str(), static_cast<long long>(pieces), m_events.size());
        QVERIFY2(all <= 1'000'000, std::to_string(all).c_str());
    }
};

QTEST_GUILESS_MAIN(TestSlowRollUp)
#include "tst_slowrollup.moc"
