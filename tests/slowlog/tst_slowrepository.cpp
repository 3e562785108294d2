// SPDX-License-Identifier: GPL-3.0-or-later
// Slow statements in a real store of each flavour: stored once, and found again.
#include "app/store/roles.h"
#include "tests/slowlog/slowstoretest.h"

#include <numeric>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestSlowRepository : public SlowStoreTest
{
    Q_OBJECT

    /// A minute with n events of 1 s and 100 rows of digest "a".
    wire::SlowMinute simple(TimePoint at, int n = 1) const
    {
        DigestEvents events(shopFingerprint(0));
        for (int i = 0; i < n; ++i)
            events.event(1, 100);
        return minuteOf(at, {events});
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepareSlow(); }

    void eachBatchOnce()
    {
        auto stored = storeMinutes({simple(m_day), simple(m_day + 1min, 2)});
        VERIFY_OK(stored);
        QVERIFY(stored->stored);
        QCOMPARE(stored->number, 2);
        QCOMPARE(sums(instance(), m_day, m_day + 1h), "3 events, 3000000 us, 300 rows");
        // the second comes again, changed, with a new one: what is stored already counts
        stored = storeBatches({{2, simple(m_day + 1min, 9)}, {3, simple(m_day + 2min)}});
        QCOMPARE(stored->number, 3);
        QCOMPARE(sums(instance(), m_day, m_day + 1h), "4 events, 4000000 us, 400 rows");
        stored = storeBatches({{1, simple(m_day)}});
        QVERIFY(stored->stored);
        QCOMPARE(stored->number, 3); // so that the agent can forget it
        // another batch of a minute that has one: an event that was read late
        stored = storeBatches({{4, simple(m_day, 5)}});
        QCOMPARE(sums(instance(), m_day, m_day + 1h), "9 events, 9000000 us, 900 rows");
        QCOMPARE(sums(instance(), m_day, m_day + 1min), "6 events, 6000000 us, 600 rows");
        QCOMPARE(sums(instance(1), m_day, m_day + 1h), "0 events, 0 us, 0 rows");
    }

    void onlyTheHolderOfTheLease()
    {
        const auto stored = storeBatches({{1, simple(m_day)}}, 0, 4);
        QVERIFY(stored && !stored->stored);
        QCOMPARE(number("SELECT COUNT(*) FROM slow_span"), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM collected"), 0);
    }

    /// An instance that the store has not heard of yet: its batches come again, and count then.
    void anUnknownInstanceWaits()
    {
        const auto early = storeBatches({{1, simple(m_day)}}, 3);
        QVERIFY(early && !early->stored);
        run("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (?,?,'my3309',3309,1,1)", {value(Uuid::v7()), value(m_host)});
        const auto later = storeBatches({{1, simple(m_day)}}, 3);
        QVERIFY(later && later->stored);
        QCOMPARE(sums({Scope::Kind::Host, m_host}, m_day, m_day + 1h), "1 events, 1000000 us, 100 rows");
    }

    void aNewSpoolBeginsAgain()
    {
        QVERIFY(storeBatches({{7, simple(m_day)}}));
        m_spool = Uuid::v7();
        const auto stored = storeBatches({{1, simple(m_day)}});
        QCOMPARE(stored->number, 1);
        QCOMPARE(stored->lost, 0);
        QCOMPARE(sums(instance(), m_day, m_day + 1h), "2 events, 2000000 us, 200 rows");
    }

    /// A transaction that fails in the middle leaves nothing, and the batch counts when it comes again.
    void allOrNothing()
    {
        run("ALTER TABLE slow_source RENAME TO slow_away");
        QVERIFY(!storeBatches({{1, simple(m_day)}}));
        QCOMPARE(number("SELECT COUNT(*) FROM slow_span"), 0);
        QCOMPARE(number("SELECT COUNT(*) FROM slow_digest"), 0);
        run("ALTER TABLE slow_away RENAME TO slow_source");
        VERIFY_OK(storeBatches({{1, simple(m_day)}}));
        QCOMPARE(sums(instance(), m_day, m_day + 1h), "1 events, 1000000 us, 100 rows");
    }

    void digestsAndTheTimeBefore()
    {
        const TimePoint at = m_now - 30min;
        DigestEvents known(shopFingerprint(1)), fresh(shopFingerprint(2));
        VERIFY_OK(storeMinutes({minuteOf(at - 70min, {known.event(2, 10)})}));
        known.event(4, 30).event(6, 50);
        wire::SlowMinute minute = minuteOf(at, {known, fresh.event(1, 1000), DigestEvents::other().event(0.5, 5)});
        minute.timeUnknown = 1;
        minute.notUnderstood = 2;
        minute.bytesBehind = 4711;
        VERIFY_OK(storeMinutes({minute}));
        const auto top = slowlog::loadTop(*m_session, ask(instance(), m_now - 1h, m_now));
        VERIFY_OK(top);
        QCOMPARE(textOf(top->sum), "5 events, 13500000 us, 1095 rows");
        QCOMPARE(textOf(top->before), "1 events, 2000000 us, 10 rows");
        QCOMPARE(top->timeUnknown, 1);
        QCOMPARE(top->notUnderstood, 2);
        QCOMPARE(top->newDigests, 1);
        QCOMPARE(top->digests.size(), 3);
        const SlowDigestRow &first = top->digests.front();
        QCOMPARE(first.fingerprint, shopFingerprint(1));
        QCOMPARE(checksumText(first.checksum), md5Of(shopFingerprint(1)));
        QCOMPARE(first.figures.events, 3);
        QCOMPARE(first.figures.time.least, 2'000'000);
        QCOMPARE(first.figures.time.most, 6'000'000);
        QCOMPARE(first.before.timeUs, 2'000'000);
        QVERIFY(!isNew(first, m_now - 1h));
        QCOMPARE(std::ranges::count_if(first.trend, [](double v) { return v > 0; }), 1);
        QCOMPARE(std::accumulate(first.trend.begin(), first.trend.end(), 0.0), 12.0);
        QCOMPARE(std::accumulate(first.trendBefore.begin(), first.trendBefore.end(), 0.0), 2.0);
        QVERIFY(isNew(top->digests[1], m_now - 1h));
        QCOMPARE(examinedPerSent(top->digests[1].figures).value(), 100.0);
        QCOMPARE(top->digests[2].checksum, slowOther);
        const auto sources = slowlog::loadSources(*m_session, {});
        QVERIFY(sources && sources->size() == 1);
        QCOMPARE(sources->front().bytesBehind, 4711);
        QVERIFY(!sources->front().source);
    }

    void overTimeByEverything()
    {
        const TimePoint from = m_day + 3h;
        VERIFY_OK(storeMinutes({minuteOf(from, {DigestEvents("a").event(1, 10, "shop", "shop").event(1, 10, "report", "stock"), DigestEvents("b").event(5, 1, "report", "shop")}),
                                minuteOf(from + 7min, {DigestEvents("a").event(2, 10, "shop", "shop")})}));
        VERIFY_OK(storeMinutes({minuteOf(from + 1min, {DigestEvents("b").event(8, 1, "", "")})}, 1));
        QVERIFY(rollUpAll());
        const auto fleet = fleet::loadFleet(*m_session).value();
        const auto text = [&](Scope scope, SlowBy by, TimePoint to) {
            const auto overTime = slowlog::loadOverTime(*m_session, ask(scope, from, to), by, fleet);
            if (!overTime)
                return describe(overTime.error());
            std::string all;
            for (const SlowLine &line : topLines(*overTime, SlowMetric::Time, 8)) {
                all += (all.empty() ? "" : "; ") + (line.name.empty() ? line.key.empty() ? "-" : line.key : line.name) + ":";
                for (std::size_t i = 0; i < line.points.size(); ++i)
                    all += line.points[i].timeUs ? " " + std::to_string(i) + "=" + std::to_string(line.points[i].timeUs / 1'000'000) : "";
            }
            return all;
        };
        const Scope all, group{Scope::Kind::Group, m_group}, top{Scope::Kind::Group, m_top}, host{Scope::Kind::Host, m_host};
        for (const Scope &scope : {all, group, top, host}) {
            QCOMPARE(text(scope, SlowBy::Digest, from + 15min), "b: 0=5 1=8; a: 0=2 7=2");
            QCOMPARE(text(scope, SlowBy::User, from + 15min), "-: 1=8; report: 0=6; shop: 0=1 7=2");
            QCOMPARE(text(scope, SlowBy::Schema, from + 15min), "-: 1=8; shop: 0=6 7=2; stock: 0=1");
            QCOMPARE(text(scope, SlowBy::Instance, from + 15min), "db1/my3306: 0=7 7=2; db1/my3307: 1=8");
            QCOMPARE(text(scope, SlowBy::Digest, from + 24h * 20), "b: 0=13; a: 0=4");
            QCOMPARE(text(scope, SlowBy::Instance, from + 24h * 20), "db1/my3306: 0=9; db1/my3307: 0=8");
        }
        QCOMPARE(text(all, SlowBy::Group, from + 15min), "production: 0=7 1=8 7=2");
        QCOMPARE(text(top, SlowBy::Group, from + 24h), "production/shop: 0=17");
        QCOMPARE(text(group, SlowBy::Group, from + 24h), "*: 0=17"); // hosts of the group itself
        QCOMPARE(text(instance(), SlowBy::Digest, from + 15min), "b: 0=5; a: 0=2 7=2");
    }

    void oneDigest()
    {
        const TimePoint from = m_day + 3h;
        DigestEvents events("select ?");
        events.event(1, 10, "shop", "shop", "10.0.0.7").event(3, 70, "report", "shop", "10.0.0.9").sample(from + 5s, 1, 10).sample(from + 9s, 3, 70);
        VERIFY_OK(storeMinutes({minuteOf(from, {events, DigestEvents("another").event(9, 9)})}));
        const auto checksum = checksumOf(md5Of("select ?")).value();
        for (int round = 0; round < 2; ++round) {
            const auto loaded = slowlog::loadDigest(*m_session, ask(instance(), from, from + 30min), checksum);
            VERIFY_OK(loaded);
            QVERIFY(*loaded);
            const SlowDigestDetail &detail = **loaded;
            QCOMPARE(detail.row.fingerprint, "select ?");
            QCOMPARE(detail.row.figures.events, 2);
            QCOMPARE(detail.history.front().events, 2);
            QCOMPARE(detail.callers.size(), 2);
            QCOMPARE(detail.callers.front().user, "report");
            QCOMPARE(detail.callers.front().host, "10.0.0.9");
            QCOMPARE(detail.callers.front().totals.timeUs, 3'000'000);
            QCOMPARE(detail.examples.size(), 3);
            QCOMPARE(detail.instances.size(), 1);
            QVERIFY(rollUpAll()); // and the same when it is added up
        }
        QVERIFY(!slowlog::loadDigest(*m_session, ask(instance(), from, from + 1h), Uuid::v7()).value());
        QCOMPARE(slowlog::findDigests(*m_session, md5Of("select ?")).value().size(), 1);
        QCOMPARE(slowlog::findDigests(*m_session, md5Of("select ?").substr(16)).value().front(), checksum);
        QVERIFY(slowlog::findDigests(*m_session, "' OR 1=1 -- ").value().empty());
    }

    void samplesAreBounded()
    {
        std::vector<wire::SlowMinute> minutes;
        for (int i = 0; i < 100; ++i) {
            DigestEvents events("s");
            events.event(1, 1).sample(m_day + 1min * i, 1 + (i * 37 % 100) / 100.0, i * 53 % 100);
            minutes.push_back(minuteOf(m_day + 1min * i, {events}));
        }
        for (const auto &minute : minutes)
            VERIFY_OK(storeMinutes({minute}));
        QCOMPARE(number("SELECT COUNT(*) FROM slow_sample"), 3);
        QCOMPARE(number("SELECT query_us FROM slow_sample WHERE slot = 0"), 1'990'000);
        QCOMPARE(number("SELECT rows_examined FROM slow_sample WHERE slot = 1"), 99);
        QVERIFY(number("SELECT at_us FROM slow_sample WHERE slot = 2") > toMicros(m_day + 39min)); // at most an hour old
        // a record of last week gives way
        DigestEvents later("s");
        later.event(1, 1).sample(m_day + 24h * 8, 0.1, 0);
        VERIFY_OK(storeMinutes({minuteOf(m_now, {later})}));
        QCOMPARE(number("SELECT query_us FROM slow_sample WHERE slot = 0"), 100'000);
    }

    void acceptedByAPerson()
    {
        VERIFY_OK(storeMinutes({simple(m_day)}));
        const auto checksum = checksumOf(md5Of(shopFingerprint(0))).value();
        (void)changed();
        VERIFY_OK(slowlog::accept(*m_session, "ann", checksum, "nightly report"));
        QCOMPARE(changed(), std::vector<std::string>{"slow"});
        const auto row = slowlog::loadTop(*m_session, ask(instance(), m_day, m_day + 1h)).value().digests.front();
        QCOMPARE(row.acceptedNote, "nightly report");
        QVERIFY(row.acceptedAt);
        QCOMPARE(number("SELECT COUNT(*) FROM audit WHERE act = 'slow.accept' AND subject = '" + md5Of(shopFingerprint(0)) + "'"), 1);
        VERIFY_OK(slowlog::accept(*m_session, "ann", checksum, std::nullopt));
        QVERIFY(!slowlog::loadTop(*m_session, ask(instance(), m_day, m_day + 1h)).value().digests.front().acceptedAt);
        COMPARE_CODE(slowlog::accept(*m_session, "ann", Uuid::v7(), ""), errors::notFound);
    }

    void sourcesAsAgentsSay()
    {
        wire::SlowSource source;
        source.instance = "my3306";
        source.state = "no_source";
        source.reason = "off";
        source.setGlobal = {"SET GLOBAL slow_query_log = ON"};
        source.myCnf = {"slow_query_log = ON"};
        wire::SlowSource unknown = source;
        unknown.instance = "nobody";
        VERIFY_OK(slowlog::storeSources(*m_session, m_host, {source, unknown}));
        auto sources = slowlog::loadSources(*m_session, {m_instances[0]});
        QVERIFY(sources && sources->size() == 1 && sources->front().source);
        QCOMPARE(sources->front().source->setGlobal, source.setGlobal);
        VERIFY_OK(storeMinutes({simple(m_day)})); // keeps what was said
        source.state = "following";
        VERIFY_OK(slowlog::storeSources(*m_session, m_host, {source}));
        sources = slowlog::loadSources(*m_session, {});
        QCOMPARE(sources->front().source->state, "following");
        QVERIFY(sources->front().storedAt != TimePoint{});
    }

    void goesWithItsHost()
    {
        DigestEvents events("s");
        VERIFY_OK(storeMinutes({minuteOf(m_day, {events.event(1, 1).sample(m_day, 1, 1)})}));
        VERIFY_OK(fleet::removeHost(*m_session, m_host));
        for (const char *table : {"slow_span", "slow_pending", "slow_sample", "slow_source"})
            QCOMPARE(number("SELECT COUNT(*) FROM " + std::string(table)), 0);
    }
};

QTEST_GUILESS_MAIN(TestSlowRepository)
#include "tst_slowrepository.moc"
