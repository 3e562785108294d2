// SPDX-License-Identifier: GPL-3.0-or-later
// Digests that left what is usual of them, in a real store of each flavour.
#include "app/slowlog/slowregression.h"
#include "app/fleet/fleetrepository.h"
#include "tests/slowlog/slowstoretest.h"

#include <QElapsedTimer>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestSlowRegression : public SlowStoreTest
{
    Q_OBJECT

    TimePoint m_begin{};

    TimePoint minute(int number) const { return m_begin + std::chrono::minutes{number}; }
    /// So many calls of a digest around this time.
    static wire::SlowDigest calls(const std::string &fingerprint, int count, double seconds)
    {
        DigestEvents events(fingerprint);
        for (int i = 0; i < count; ++i)
            events.event(seconds * (0.8 + 0.05 * (i % 9)), 10);
        return events;
    }
    std::string judge()
    {
        std::string text;
        for (bool more = true; more;) {
            const auto done = slowlog::judgePieces(*m_session, workflow::storeHost);
            if (!done)
                return describe(done.error());
            more = done->more;
            if (done->opened + done->ended > 0)
                text += std::to_string(done->opened) + " opened, " + std::to_string(done->ended) + " ended ";
        }
        return text;
    }
    /// "slower SELECT ..." of what holds.
    std::set<std::string> open(int instance = 0)
    {
        std::set<std::string> all;
        const auto found = slowlog::loadFindings(*m_session, {m_instances[static_cast<std::size_t>(instance)]});
        for (const SlowFinding &finding : found.value_or(std::vector<SlowFinding>{}))
            all.insert(finding.kind + ' ' + finding.fingerprint);
        return all;
    }
    /// Steady minutes of ten digests, the first one this many times slower.
    void play(int from, int to, double slower = 1, int instance = 0)
    {
        std::vector<wire::SlowMinute> minutes;
        for (int i = from; i < to; ++i) {
            std::vector<wire::SlowDigest> digests;
            for (int digest = 0; digest < 10; ++digest)
                digests.push_back(calls(shopFingerprint(digest), 20, digest == 0 ? 0.01 * slower : 0.02));
            minutes.push_back(minuteOf(minute(i), std::move(digests)));
        }
        VERIFY_OK(storeMinutes(minutes, instance));
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepareSlow();
        m_begin = std::chrono::floor<std::chrono::minutes>(m_now) - 120min;
    }

    void steadyIsQuietAndADroppedIndexIsFound()
    {
        play(0, 100);
        QCOMPARE(judge(), std::string());
        for (int i = 100; i < 115; ++i) {
            play(i, i + 1);
            QCOMPARE(judge(), std::string());
        }
        QCOMPARE(number("SELECT COUNT(*) FROM slow_usual"), 11);
        QCOMPARE(number("SELECT COUNT(*) FROM slow_pending WHERE kind = 4"), 0);
        play(115, 116, 30);
        QCOMPARE(judge(), std::string("1 opened, 0 ended "));
        QVERIFY(open() == std::set<std::string>{"slower " + shopFingerprint(0)});
        const auto found = slowlog::loadFindings(*m_session, {});
        QVERIFY(found && found->size() == 1);
        const SlowEvidence &evidence = found->front().evidence;
        QVERIFY2(evidence.p95BeforeUs < 15'000 && evidence.p95Us > 250'000 && evidence.calls >= 10, dumpJson(Json(evidence)).c_str());
        // it goes on, is no second one, and ends when the index has been back for ten minutes
        play(116, 117, 30);
        QCOMPARE(judge(), std::string());
        play(117, 122);
        QCOMPARE(judge(), std::string());
        play(122, 130);
        QCOMPARE(judge(), std::string());
        play(130, 132); // these minutes are a little ahead of the clock, as those of a host may be
        QCOMPARE(judge(), std::string("0 opened, 1 ended "));
        QVERIFY(open().empty());
        QCOMPARE(slowlog::loadFindings(*m_session, {}, m_now - 24h).value().size(), std::size_t(1));
    }

    /// Accepting ends a finding, and what is slow now is what is usual from then on.
    void accepted()
    {
        play(0, 115);
        QCOMPARE(judge(), std::string());
        play(115, 117, 30);
        QCOMPARE(judge(), std::string("1 opened, 0 ended "));
        VERIFY_OK(slowlog::accept(*m_session, "ann", *checksumOf(md5Of(shopFingerprint(0))), "index is gone for good"));
        QVERIFY(open().empty());
        QCOMPARE(slowlog::loadFindings(*m_session, {}, m_now - 24h).value().front().acceptedBy, std::string("ann"));
        play(117, 122, 30);
        QCOMPARE(judge(), std::string());
        QVERIFY(open().empty());
    }

    /// New on the instance and in its group, not within the first half hour.
    void newDigests()
    {
        play(0, 20);
        VERIFY_OK(storeMinutes({minuteOf(minute(20), {calls("select early", 3, 0.1)})}));
        QCOMPARE(judge(), std::string());
        play(21, 116);
        play(0, 116, 1, 1);
        QCOMPARE(judge(), std::string());
        VERIFY_OK(storeMinutes({minuteOf(minute(116), {calls("select brand new", 3, 0.1), calls("select early", 3, 0.1)})}));
        QCOMPARE(judge(), std::string("1 opened, 0 ended "));
        QVERIFY(open() == std::set<std::string>{"new select brand new"});
        // on the other instance of the group it is known
        VERIFY_OK(storeMinutes({minuteOf(minute(116), {calls("select brand new", 3, 0.1), calls("select early", 3, 0.1)})}, 1));
        QCOMPARE(judge(), std::string());
        QVERIFY(open(1).empty());
        // a day later it is new no more
        run("UPDATE slow_finding SET since_us = since_us - 90000000000");
        QCOMPARE(judge(), std::string("0 opened, 1 ended "));
    }

    /// What stood in the store before anything was judged is not new, whenever it comes again.
    void knownBeforeJudging()
    {
        VERIFY_OK(storeMinutes({minuteOf(minute(0) - 48h, {calls("select rare", 3, 0.1)})}));
        run("DELETE FROM slow_pending");
        play(0, 116);
        QCOMPARE(judge(), std::string());
        VERIFY_OK(storeMinutes({minuteOf(minute(116), {calls("select rare", 3, 0.1)})}));
        QCOMPARE(judge(), std::string());
    }

    /// Pieces that went into their hour before somebody could judge them, backlogs, and damaged memory do no harm.
    void faults()
    {
        play(0, 30);
        QVERIFY(rollUpAll());
        run("UPDATE slow_usual SET content = 'nonsense'");
        QCOMPARE(judge(), std::string());
        play(30, 116);
        QCOMPARE(judge(), std::string());
        run("UPDATE slow_usual SET content = 'nonsense', format = 77");
        play(116, 117, 30);
        QCOMPARE(judge(), std::string()); // nothing is known any more
        play(117, 118, 30);
        run("DELETE FROM lease");
        QCOMPARE(judge(), std::string());
        QVERIFY(number("SELECT COUNT(*) FROM slow_pending WHERE kind = 4") > 0); // whoever holds the lease does it
    }

    /// A hundred instances' worth of history costs nothing when a few digests are active.
    void costGrowsWithWhatIsActive()
    {
        play(0, 115);
        QCOMPARE(judge(), std::string());
        const auto measure = [&](int at) {
            play(at, at + 1);
            QElapsedTimer timer;
            timer.start();
            (void)judge();
            return static_cast<double>(timer.nsecsElapsed()) / 1e6;
        };
        const double before = measure(115);
        // MySQL 9.7 has no MD5()
        std::string sql = "INSERT INTO slow_usual (instance_id, checksum, first_us, last_us, format, content) SELECT UNHEX(LEFT(SHA2(CONCAT(a.n, '-', b.n), 256), 32)), UNHEX(LEFT(SHA2(CONCAT(b.n, 'x', a.n), 256), 32)), first_us, last_us, "
                          "format, content FROM (SELECT * FROM slow_usual WHERE LENGTH(content) > 100 LIMIT 1) u, (";
        std::string numbers = "SELECT 0 n";
        for (int i = 1; i < 150; ++i)
            numbers += " UNION ALL SELECT " + std::to_string(i);
        run(sql + numbers + ") a, (" + numbers + ") b");
        QVERIFY(number("SELECT COUNT(*) FROM slow_usual") > 20'000);
        const double after = std::min(measure(116), measure(117));
        qInfo("a minute of ten digests: %.1f ms; beside 22,500 other digests of history: %.1f ms", before, after);
        QVERIFY(after < before * 5 + 50);
    }

    void removedWithTheHost()
    {
        play(0, 115);
        (void)judge();
        play(115, 116, 30);
        QVERIFY(!judge().empty());
        VERIFY_OK(fleet::removeHost(*m_session, m_host));
        QCOMPARE(number("SELECT (SELECT COUNT(*) FROM slow_usual) + (SELECT COUNT(*) FROM slow_finding) + (SELECT COUNT(*) FROM slow_pending)"), 0);
    }
};

QTEST_GUILESS_MAIN(TestSlowRegression)
#include "tst_slowregression.moc"
