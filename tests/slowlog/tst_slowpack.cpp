// SPDX-License-Identifier: GPL-3.0-or-later
// Figures of slow statements that are added up, folded and packed.
#include "models/common/packing.h"
#include "models/slowlog/slowpack.h"
#include "models/slowlog/slowreport.h"
#include "tests/slowlog/slowbatches.h"

#include <QTest>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

class TestSlowPack : public QObject
{
    Q_OBJECT

    static constexpr TimePoint noon{1'780'000'000s - 1'780'000'000s % 3600};

    static SlowBlock randomBlock(std::mt19937 &random, int digests)
    {
        std::vector<wire::SlowDigest> list;
        for (int i = 0; i < digests; ++i) {
            DigestEvents events(shopFingerprint(static_cast<int>(random() % 60)));
            for (int n = static_cast<int>(random() % 4) + 1; n > 0; --n)
                events.event(std::lognormal_distribution<>(-1, 1.5)(random), static_cast<double>(random() % 100'000), random() % 3 ? "shop" : "report",
                             random() % 2 ? "shop" : "stock");
            list.push_back(events);
        }
        return slowBatchOf(minuteOf(noon, std::move(list)), noon).block;
    }
    static SlowBlock withoutCallers(SlowBlock block)
    {
        block.callers.clear();
        return block;
    }

private Q_SLOTS:
    void packedAndBack()
    {
        std::mt19937 random(7);
        for (int round = 0; round < 20; ++round) {
            const SlowBlock block = randomBlock(random, 30);
            const auto blobs = slowpack::pack({{0, block}}, 3, true);
            QVERIFY(blobs);
            const auto back = slowpack::unpack(*blobs);
            QVERIFY(back && back->size() == 1);
            QVERIFY(back->front().block == block);
        }
        std::vector<slowpack::Slot> hour;
        for (std::uint8_t minute = 0; minute < 60; minute = static_cast<std::uint8_t>(minute + 1 + random() % 3))
            hour.push_back({minute, withoutCallers(randomBlock(random, 20))});
        const auto blobs = slowpack::pack(hour, 12, false);
        QVERIFY(blobs);
        const auto back = slowpack::unpack(*blobs);
        QVERIFY(back && back->size() == hour.size());
        for (std::size_t i = 0; i < hour.size(); ++i) {
            QCOMPARE((*back)[i].minute, hour[i].minute);
            QVERIFY((*back)[i].block == hour[i].block);
        }
        QVERIFY(slowpack::unpack(slowpack::pack({}, 3, true).value())->empty());
    }

    void vectors()
    {
        // one digest with one event of 2 s that examined 5 rows, in minute 3
        SlowBlock block;
        SlowFigures figures;
        figures.events = 1;
        figures.time = {1, 2'000'000, 2'000'000, 2'000'000};
        figures.examined = {1, 5, 0, 0};
        figures.times = {{15, 1}};
        block.digests[checksumOf("000102030405060708090A0B0C0D0E0F").value()] = figures;
        block.people[{"a", "b"}] = {1, 2'000'000, 5};
        const auto blobs = slowpack::pack({{3, block}}, 3, false);
        QVERIFY(blobs);
        const auto content = [](const std::string &blob) { return QByteArray::fromStdString(packing::decompress(blob, 1000).value()).toHex(' '); };
        QCOMPARE(content(blobs->totals), QByteArray("01 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 01 03 01 80 89 7a 05"));
        QCOMPARE(content(blobs->detail), QByteArray("00 00 00 02 00 02 00 00 02 00 01 1e 01"));
        QCOMPARE(content(blobs->people), QByteArray("02 01 61 01 62 01 03 00 01 01 80 89 7a 05"));
        QVERIFY(blobs->callers.empty());
    }

    /// Whatever stands in the store: no crash, and nothing guessed.
    void damaged()
    {
        std::mt19937 random(3);
        const SlowBlock block = randomBlock(random, 10);
        const auto blobs = slowpack::pack({{0, block}}, 3, true).value();
        const std::string content = packing::decompress(blobs.totals, 1 << 20).value();
        for (std::size_t cut = 0; cut < content.size(); ++cut) {
            auto shorter = blobs;
            shorter.totals = packing::compress(std::string_view(content).substr(0, cut), 1).value();
            QVERIFY(!slowpack::unpack(shorter));
        }
        auto longer = blobs;
        longer.totals = packing::compress(content + '\0', 1).value();
        QVERIFY(!slowpack::unpack(longer));
        auto mixed = blobs;
        std::swap(mixed.detail, mixed.people);
        QVERIFY(!slowpack::unpack(mixed));
    }

    void tooMuchIsFolded()
    {
        std::mt19937 random(5);
        SlowBlock block = randomBlock(random, 60);
        const SlowTotals before = block.totals();
        const auto figuresBefore = [&] {
            SlowFigures all;
            for (const auto &[digest, figures] : block.digests)
                all.add(figures);
            return all;
        };
        const SlowFigures all = figuresBefore();
        fold(block, {5, 1, 1});
        QCOMPARE(block.digests.size(), 6);
        QVERIFY(block.digests.contains(slowOther));
        QVERIFY(block.totals() == before);
        QVERIFY(figuresBefore() == all); // the histogram too
        QCOMPARE(block.people.size(), 2);
        SlowTotals people, callers;
        for (const auto &[person, totals] : block.people)
            people.add(totals);
        for (const auto &[caller, totals] : block.callers)
            callers.add(totals);
        // each caller's seconds are made whole microseconds by themselves
        for (const SlowTotals &sum : {people, callers}) {
            QCOMPARE(sum.events, before.events);
            QCOMPARE(sum.examined, before.examined);
            QVERIFY(std::abs(sum.timeUs - before.timeUs) < 200);
        }
        std::map<SlowChecksum, int> each;
        for (const auto &[caller, totals] : block.callers)
            ++each[caller.digest];
        for (const auto &[digest, count] : each)
            QVERIFY(count <= 2);
        // the largest stay
        for (const auto &[digest, figures] : block.digests) {
            if (digest != slowOther)
                QVERIFY(figures.time.sum > 0);
        }
    }

    /// Adding histograms of parts gives the quantiles of the whole.
    void quantiles()
    {
        std::mt19937 random(11);
        for (const double sigma : {0.3, 1.0, 2.0}) {
            std::vector<double> all;
            SlowFigures sum;
            for (int part = 0; part < 20; ++part) {
                DigestEvents events("q");
                for (int i = 0; i < 100; ++i) {
                    all.push_back(std::lognormal_distribution<>(-2, sigma)(random));
                    events.event(all.back(), 1);
                }
                sum.add(slowBatchOf(minuteOf(noon, {events}), noon).block.digests.begin()->second);
            }
            std::ranges::sort(all);
            QCOMPARE(sum.events, 2000);
            for (const double share : {0.0, 0.5, 0.95, 1.0}) {
                const double truth = all[static_cast<std::size_t>(std::max(1.0, std::ceil(share * 2000)) - 1)];
                const double estimate = slowQuantileUs(sum, share).value() / 1e6;
                QVERIFY2(std::abs(estimate / truth - 1) < 0.026, qPrintable(QStringLiteral("%1 of %2: %3 for %4").arg(share).arg(sigma).arg(estimate).arg(truth)));
            }
        }
        SlowFigures zero = slowBatchOf(minuteOf(noon, {DigestEvents("q").event(0, 0)}), noon).block.digests.begin()->second;
        QCOMPARE(slowQuantileUs(zero, 0.95).value(), 0.0);
        QVERIFY(!slowQuantileUs(SlowFigures{}, 0.95));
    }

    /// An agent says what it likes.
    void hostileBatches()
    {
        wire::SlowDigest wild = DigestEvents("x").event(1, 1);
        wild.checksum = "not a checksum";
        wild.querySeconds.sum = std::numeric_limits<double>::infinity();
        wild.rowsExamined.sum = std::nan("");
        wild.lockSeconds.count = -4;
        wild.buckets = {{5, 1}, {5, 2}, {-99999, 7}, {1, -3}, {wire::slowBucketZero, 1}};
        wild.callers.assign(100, wire::SlowCaller{"\x1b[2J", std::string(9000, 'h'), "", -5, -1, 1e300});
        const SlowBatch batch = slowBatchOf(minuteOf(TimePoint{1s}, {wild}), noon);
        QCOMPARE(batch.minute, noon); // no such minute
        QCOMPARE(batch.block.timeUnknown, 1);
        QCOMPARE(batch.block.digests.size(), 1);
        const auto &[digest, figures] = *batch.block.digests.begin();
        QCOMPARE(digest, slowOther);
        QCOMPARE(figures.events, 1);
        QCOMPARE(figures.lock.count, 0);
        QCOMPARE(figures.times.size(), 3);
        for (const auto &[caller, totals] : batch.block.callers)
            QVERIFY(caller.host.size() <= 255 && caller.user.find('\x1b') == std::string::npos && totals.events >= 0);
        QVERIFY(slowpack::pack({{0, batch.block}}, 3, true));
        SlowBlock twice = batch.block;
        twice.add(batch.block); // sums that leave the range stay at its end
        QVERIFY(twice.totals().timeUs > 0);
        const SlowBatch ahead = slowBatchOf(minuteOf(noon + 48h, {DigestEvents("x").event(1, 1)}), noon);
        QCOMPARE(ahead.minute, noon);
    }

    void checksums()
    {
        const auto checksum = checksumOf(md5Of("select ?")).value();
        QCOMPARE(checksumText(checksum), md5Of("select ?"));
        QCOMPARE(checksumText(slowOther), "other");
        QCOMPARE(checksumOf("other").value(), slowOther);
        QVERIFY(!checksumOf("12"));
        QVERIFY(!checksumOf(std::string(32, 'g')));
    }

    void axes()
    {
        const SlowAxis quarter = slowAxis(noon + 90s, noon + 15min, noon - 24h);
        QCOMPARE(quarter.step, 1min);
        QCOMPARE(quarter.begin, noon + 1min);
        QCOMPARE(quarter.end(), noon + 15min);
        QCOMPARE(slowAxis(noon, noon + 24h, noon - 24h).step, 10min);
        QCOMPARE(slowAxis(noon, noon + 24h, noon + 1h).step, 1h); // known by the hour only
        QCOMPARE(slowAxis(noon, noon + 24h * 30, noon).step, 6h);
        for (const auto length : {1min, 15min, 60min, 10000min, 1440min * 90, 1440min * 400, 1440min * 3650}) {
            const SlowAxis axis = slowAxis(noon + 7s, noon + 7s + length, noon - 24h);
            QVERIFY(axis.buckets > 0 && axis.buckets <= 200);
            QVERIFY(axis.begin <= noon + 7s && axis.end() >= noon + 7s + length);
            QCOMPARE(axis.begin.time_since_epoch() % axis.step, Microseconds{0});
        }
    }

    void topAndRest()
    {
        SlowOverTime overTime;
        overTime.axis = {noon, 1min, 2};
        const auto line = [](const std::string &key, std::int64_t time, std::int64_t rows) {
            return SlowLine{key, {}, {2, time * 2, rows * 2}, {{1, time, rows}, {1, time, rows}}};
        };
        overTime.lines = {line("a", 5, 1), line("b", 9, 0), line("c", 1, 9), line("*", 100, 0), line("other", 50, 0), {"d", {}, {}, {{}, {}}}};
        const auto byTime = topLines(overTime, SlowMetric::Time, 2);
        QCOMPARE(byTime.size(), 3);
        QCOMPARE(byTime[0].key, "b");
        QCOMPARE(byTime[1].key, "a");
        QCOMPARE(byTime[2].key, "*");
        QCOMPARE(byTime[2].sum.timeUs, 302); // c, the folded tail and the rest
        QCOMPARE(byTime[2].points[1].timeUs, 151);
        QCOMPARE(topLines(overTime, SlowMetric::Rows, 1)[0].key, "c");
        QCOMPARE(topLines(overTime, SlowMetric::Time, 10).size(), 4);
    }
};

QTEST_GUILESS_MAIN(TestSlowPack)
#include "tst_slowpack.moc"
