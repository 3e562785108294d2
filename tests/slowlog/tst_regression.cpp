// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/regression.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace zandb;
using namespace std::chrono_literals;

/// The rule for digests that left their band, over synthetic series.
class TestRegression : public QObject
{
    Q_OBJECT

    std::mt19937_64 m_random{42};

    static std::int16_t bucketOf(double us)
    {
        return us <= 0 ? static_cast<std::int16_t>(wire::slowBucketZero) : static_cast<std::int16_t>(std::ceil(std::log(us / 1e6) / std::log(wire::slowBucketBase)));
    }
    /// Calls with times around a median, log-normal, as query times are.
    SlowFigures calls(int count, double medianUs, double spread = 0.4)
    {
        std::lognormal_distribution<double> times(std::log(medianUs), spread);
        SlowFigures figures;
        std::map<std::int16_t, std::int64_t> buckets;
        for (int i = 0; i < count; ++i) {
            const double us = times(m_random);
            figures.time.add({1, static_cast<std::int64_t>(us), static_cast<std::int64_t>(us), static_cast<std::int64_t>(us)});
            ++buckets[bucketOf(us)];
        }
        figures.events = count;
        figures.times.assign(buckets.begin(), buckets.end());
        return figures;
    }
    int poisson(double mean) { return std::poisson_distribution<int>(mean)(m_random); }
    static TimePoint minute(int number) { return TimePoint{std::chrono::hours{24 * 20'000}} + std::chrono::minutes{number}; }

    struct Seen
    {
        int slower = 0;
        int more = 0;
        int first = -1; ///< minute
    };
    /// `at` gives what happened in a minute; judged from minute `from` on.
    Seen play(regression::Usual &usual, int begin, int end, int from, const std::function<SlowFigures(int)> &at, double common = 1)
    {
        Seen seen;
        for (int i = begin; i < end; ++i) {
            const SlowFigures figures = at(i);
            if (figures.events > 0)
                regression::learn(usual, minute(i), figures, false);
            if (i < from)
                continue;
            const auto time = regression::judgeTime(usual, minute(i), common);
            const auto count = regression::judgeCalls(usual, minute(i));
            const bool slower = time && time->isOut, more = count && count->isOut;
            seen.slower += slower;
            seen.more += more;
            if ((slower || more) && seen.first < 0)
                seen.first = i;
        }
        return seen;
    }

private Q_SLOTS:
    /// Steady load of many digests, frequent and rare, fast and slow, after a day and after ten minutes: nothing in an hour.
    void steadyLoadIsQuiet()
    {
        int findings = 0;
        for (int digest = 0; digest < 120; ++digest) {
            const double rate = std::pow(10, digest % 5 - 1);         // 0.1 to 1,000 a minute
            const double median = std::pow(10, 2 + digest / 5 % 5);   // 0.1 ms to 1 s
            regression::Usual usual;
            const int before = digest % 2 ? 24 * 60 : 10;
            const auto steady = [&](int) { return calls(std::min(poisson(rate), 300), median, 0.3 + 0.1 * (digest % 4)); };
            const Seen seen = play(usual, 0, before + 60, before, steady);
            findings += seen.slower + seen.more;
            if (seen.slower + seen.more)
                qWarning("digest %d: rate %g, median %g us: %d slower, %d more", digest, rate, median, seen.slower, seen.more);
        }
        QCOMPARE(findings, 0);
    }

    /// Short stalls of a host: a few of the calls of a minute take a second.
    void stallsAreNone()
    {
        regression::Usual usual;
        const auto stalling = [&](int i) {
            SlowFigures figures = calls(60, 1000);
            if (i % 7 == 3)
                figures.add(calls(4, 1'000'000));
            return figures;
        };
        QCOMPARE(play(usual, 0, 180, 15, stalling).slower, 0);
    }

    /// Twenty times slower from one minute on: found in that minute or the next, at any age of the history.
    void droppedIndexIsFound()
    {
        for (const int before : {15, 60, 24 * 60}) {
            for (const auto &[rate, median] : {std::pair{60, 2000.0}, std::pair{12, 5000.0}, std::pair{600, 500.0}, std::pair{6, 200'000.0}}) {
                regression::Usual usual;
                const auto at = [&, r = rate, m = median](int i) { return calls(poisson(r), i < before ? m : 20 * m); };
                const Seen seen = play(usual, 0, before + 10, before - 10, at);
                QVERIFY2(seen.first >= before && seen.first <= before + 1, qPrintable(QStringLiteral("after %1 minutes, %2 a minute: %3").arg(before).arg(rate).arg(seen.first)));
            }
        }
    }

    /// A minute that is half before and half after is enough.
    void foundInAHalfMinute()
    {
        regression::Usual usual;
        const auto at = [&](int i) {
            SlowFigures figures = calls(i < 30 ? 60 : 30, 1000);
            if (i == 30)
                figures.add(calls(30, 40'000));
            return figures;
        };
        QCOMPARE(play(usual, 0, 31, 10, at).first, 30);
    }

    /// What costs nothing is no finding: microseconds that become more microseconds.
    void smallEffectsAreNone()
    {
        regression::Usual usual;
        QCOMPARE(play(usual, 0, 90, 20, [&](int i) { return calls(60, i < 60 ? 50 : 1000); }).slower, 0);
        regression::Usual rare;
        QCOMPARE(play(rare, 0, 90, 20, [&](int i) { return calls(i % 10 == 0, i < 60 ? 1000 : 100'000); }).slower, 0); // a call in ten minutes
    }

    /// Everything of the instance is slower: that is no regression of each statement.
    void commonSlowness()
    {
        regression::Usual usual;
        (void)play(usual, 0, 60, 1000, [&](int) { return calls(60, 5000); });
        regression::learn(usual, minute(60), calls(60, 30'000), false);
        QVERIFY(regression::judgeTime(usual, minute(60))->isOut);
        QVERIFY(!regression::judgeTime(usual, minute(60), 6)->isOut);
        QCOMPARE(regression::commonFactor({5, 6, 7}), 1.0); // too few to tell
        QCOMPARE(regression::commonFactor({5, 6, 7, 6, 6, 6, 6, 6, 1}), 6.0);
        QCOMPARE(regression::commonFactor(std::vector<double>(20, 0.5)), 1.0);
    }

    void moreCallsAreFound()
    {
        regression::Usual usual;
        const Seen seen = play(usual, 0, 24 * 60 + 10, 60, [&](int i) { return calls(poisson(i < 24 * 60 ? 40 : 240), 5000); });
        QCOMPARE(seen.slower, 0);
        QVERIFY(seen.first >= 24 * 60 && seen.first <= 24 * 60 + 4);
        // a job that runs once an hour is usual after its first hours, and quicker calls cost nothing
        regression::Usual hourly;
        const Seen jobs = play(hourly, 0, 12 * 60, 90, [&](int i) { return calls(i % 60 < 5 ? poisson(100) : 0, 5000); });
        QCOMPARE(jobs.more + jobs.slower, 0);
    }

    /// A nightly job is usual on the next night, also half an hour later.
    void nightlyJob()
    {
        regression::Usual usual;
        const auto at = [&](int i) {
            const bool night = (i >= 600 && i < 630) || (i >= 600 + 1470 && i < 630 + 1470);
            return calls(night ? 200 : 10, 5000);
        };
        QCOMPARE(play(usual, 0, 630 + 1500, 1000, at).more, 0);
    }

    void calmAgain()
    {
        regression::Usual usual;
        (void)play(usual, 0, 60, 1000, [&](int) { return calls(60, 5000); });
        for (int i = 60; i < 90; ++i)
            regression::learn(usual, minute(i), calls(60, 100'000), true); // open: nothing is learnt
        auto judgement = regression::judgeTime(usual, minute(89));
        QVERIFY(judgement && judgement->isOut && !judgement->isCalm);
        QVERIFY(judgement->median < 20'000);
        regression::learn(usual, minute(90), calls(60, 5000), true);
        judgement = regression::judgeTime(usual, minute(90));
        QVERIFY(judgement && !judgement->isOut && judgement->isCalm);
        // accepted: the new level becomes what is usual
        regression::Usual accepted = usual;
        regression::restart(accepted, minute(91));
        QVERIFY(!regression::judgeTime(accepted, minute(91)));
        (void)play(accepted, 91, 121, 1000, [&](int) { return calls(60, 100'000); });
        judgement = regression::judgeTime(accepted, minute(120));
        QVERIFY(judgement && !judgement->isOut && judgement->median > 50'000);
    }

    /// Late minutes and clocks that go back do no harm, and the memory is bounded.
    void oddTimes()
    {
        regression::Usual usual;
        for (int i = 0; i < 60 * 24 * 4; ++i)
            regression::learn(usual, minute(i), calls(2, 1000), false);
        QVERIFY(usual.buckets.size() <= 26 * 12 && usual.recent.size() <= 11);
        const auto before = usual;
        regression::learn(usual, minute(100), calls(50, 9'000'000), false);
        QVERIFY(usual == before);
        regression::learn(usual, minute(60 * 24 * 365), calls(1, 1000), false); // a year later
        QVERIFY(usual.buckets.empty());
        QVERIFY(!regression::judgeTime({}, minute(1)) && !regression::judgeCalls({}, minute(1)));
    }

    void packs()
    {
        regression::Usual usual;
        (void)play(usual, 0, 26 * 60, 10'000, [&](int i) { return calls(i % 3 ? 20 : 0, 1000.0 * (1 + i % 50)); });
        const std::string blob = regression::pack(usual);
        QVERIFY2(blob.size() < 4096, qPrintable(QString::number(blob.size())));
        const auto again = regression::unpack(blob);
        QVERIFY(again && *again == usual);
        QVERIFY(regression::unpack(regression::pack({})).has_value());
        for (std::size_t cut = 0; cut < blob.size(); cut += 7)
            QVERIFY(!regression::unpack(std::string_view(blob).substr(0, cut)));
        QVERIFY(!regression::unpack(blob + "x"));
        std::string wild = blob;
        for (int i = 0; i < 20'000; ++i) {
            wild[m_random() % wild.size()] = static_cast<char>(m_random());
            if (const auto read = regression::unpack(wild)) {
                (void)regression::judgeTime(*read, minute(26 * 60));
                (void)regression::judgeCalls(*read, minute(26 * 60));
            }
            if (i % 10 == 9)
                wild = blob;
        }
    }
};

QTEST_GUILESS_MAIN(TestRegression)
#include "tst_regression.moc"
