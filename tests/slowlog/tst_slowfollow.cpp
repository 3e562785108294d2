// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/follower.h"
#include "tests/slowlog/digestcompare.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include <sys/stat.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

constexpr TimePoint start = TimePoint{1788411909s};

std::string entry(int n, TimePoint at = start, const std::string &schema = {})
{
    return "# User@Host: shop[shop] @ app1 [10.0.0.1]  Id: 5\n# Query_time: 0.500000  Lock_time: 0.000100 Rows_sent: 2  Rows_examined: " + std::to_string(n) + "\n"
        + (schema.empty() ? "" : "use " + schema + ";\n") + "SET timestamp=" + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count())
        + ";\nSELECT " + std::to_string(n) + " FROM t" + std::string(static_cast<std::size_t>(n % 3), 'x') + " WHERE secret = 'classified';\n";
}

} // namespace

/// A log that grows and is rotated while it is read, without a server: what each step brings, and where another follower goes on.
class TestSlowFollow : public QObject
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_directory;
    Config m_config;
    std::unique_ptr<SlowLogFollower> m_follower;
    Json m_position;
    TimePoint m_now;
    std::vector<wire::SlowMinute> m_minutes;
    int m_next = 1;

    fs::path log(const std::string &suffix = {}) const { return m_directory->filePath(QStringLiteral("slow.log")).toStdString() + suffix; }
    void append(const std::string &text, const std::string &suffix = {}) const { std::ofstream(log(suffix), std::ios::app | std::ios::binary) << text; }
    void write(int count, const std::string &suffix = {})
    {
        std::string text;
        for (; count > 0; --count)
            text += entry(m_next++, m_now);
        append(text, suffix);
    }
    static wire::SlowMinute minuteOf(const SlowLogFollower::Batch &batch) { return parseJson(batch.minute).value().get<wire::SlowMinute>(); }
    void startFollower()
    {
        m_follower = std::make_unique<SlowLogFollower>(m_config, "my1", m_position);
        m_follower->setPath(log().string(), false);
    }
    /// What a step gives is as durable as the spool makes it.
    void step()
    {
        for (bool more = true; more;) {
            auto step = m_follower->step(m_now);
            for (auto &batch : step.batches) {
                m_position = batch.position;
                const wire::SlowMinute minute = minuteOf(batch);
                if (!minute.digests.empty() || minute.timeUnknown || minute.notUnderstood || minute.gapTo != TimePoint{}) // else only the place is new
                    m_minutes.push_back(minute);
            }
            more = step.more;
        }
    }
    /// Until everything is out: the last entry is complete, and the minute over.
    void settle()
    {
        step();
        m_now += 3s;
        step();
        m_now += 90s;
        step();
        step();
    }
    /// Each event added its number to rows_examined, so that both the count and the sum tell what is missing or twice.
    std::pair<std::int64_t, std::int64_t> counted() const
    {
        std::pair<std::int64_t, std::int64_t> all{0, 0};
        for (const wire::SlowMinute &minute : m_minutes) {
            for (const wire::SlowDigest &digest : minute.digests) {
                all.first += digest.events;
                all.second += static_cast<std::int64_t>(digest.rowsExamined.sum);
            }
        }
        return all;
    }
    void verifyOnce() const
    {
        const std::int64_t n = m_next - 1;
        const auto [events, sum] = counted();
        QCOMPARE(events, n);
        QCOMPARE(sum, n * (n + 1) / 2);
        for (const wire::SlowMinute &minute : m_minutes)
            QVERIFY(minute.gapTo == TimePoint{});
    }

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_follower.reset();
        m_position = nullptr;
        m_now = start;
        m_minutes.clear();
        m_next = 1;
    }

    void countsPerMinute()
    {
        write(5);
        startFollower();
        step();
        QVERIFY(m_minutes.empty()); // the minute goes on
        m_now += 60s;
        write(3);
        step();
        QCOMPARE(m_minutes.size(), std::size_t{1});
        QCOMPARE(m_minutes[0].minute, std::chrono::floor<std::chrono::minutes>(start));
        QCOMPARE(m_minutes[0].instance, "my1");
        settle();
        QCOMPARE(m_minutes.size(), std::size_t{2});
        verifyOnce();
        const wire::SlowDigest &digest = m_minutes[0].digests.at(0);
        QCOMPARE(digest.checksum.size(), std::size_t{32});
        QCOMPARE(digest.callers.at(0).user, "shop");
        QVERIFY(!digest.samples.empty());
        std::int64_t inBuckets = 0;
        for (const auto &[bucket, count] : digest.buckets)
            inBuckets += count;
        QCOMPARE(inBuckets, digest.querySeconds.count);
        // no literal leaves the host
        for (const wire::SlowMinute &minute : m_minutes)
            QVERIFY(dumpJson(Json(minute)).find("classified") == std::string::npos);
        // a sample is found where it says
        const wire::SlowSample &sample = digest.samples.at(0);
        std::ifstream in(log(), std::ios::binary);
        std::string raw(static_cast<std::size_t>(sample.length), '\0');
        in.seekg(sample.offset);
        in.read(raw.data(), sample.length);
        QVERIFY(raw.starts_with("# User@Host: shop") && raw.ends_with("classified';\n"));
    }

    /// Of a digest three events are kept, and each once: the slowest, that with most rows examined, the most recent.
    void eachSampleIsKeptOnce()
    {
        struct Case
        {
            std::vector<std::pair<std::string, int>> events; ///< query time, rows examined
            std::vector<int> kept;                           ///< numbers of the events
        };
        const std::vector<Case> cases{{{{"0.5", 5}}, {0}},
                                      {{{"0.5", 5}, {"0.4", 4}}, {0, 1}},
                                      {{{"0.5", 5}, {"0.4", 9}, {"0.3", 1}}, {0, 1, 2}},
                                      {{{"0.5", 5}, {"0.4", 9}, {"0.3", 1}, {"0.9", 2}}, {3, 1}}, // the slowest and the most recent
                                      {{{"0.5", 5}, {"0.4", 9}, {"0.3", 1}, {"0.9", 20}}, {3}},
                                      {{{"0.5", 5}, {"0.4", 9}, {"0.9", 20}, {"0.3", 1}, {"0.2", 30}, {"0.1", 0}}, {2, 4, 5}},
                                      {{{"0.5", 5}, {"0.5", 5}, {"0.5", 5}}, {0, 2}}};
        for (const Case &one : cases) {
            init();
            std::vector<std::int64_t> places;
            std::int64_t at = 0;
            for (const auto &[time, rows] : one.events) {
                places.push_back(at);
                const std::string text = "# User@Host: shop[shop] @ app1 [10.0.0.1]  Id: 5\n# Query_time: " + time + "  Lock_time: 0.000100 Rows_sent: 2  Rows_examined: " + std::to_string(rows)
                    + "\nSET timestamp=1788411909;\nSELECT * FROM t WHERE secret = 'classified';\n";
                append(text);
                at += static_cast<std::int64_t>(text.size());
            }
            startFollower();
            settle();
            const auto &samples = m_minutes.at(0).digests.at(0).samples;
            QCOMPARE(samples.size(), one.kept.size());
            for (std::size_t i = 0; i < samples.size(); ++i) {
                const auto n = static_cast<std::size_t>(one.kept[i]);
                QCOMPARE(samples[i].offset, places[n]);
                QCOMPARE(samples[i].querySeconds, std::stod(one.events[n].first));
                QCOMPARE(samples[i].rowsExamined, std::optional<std::int64_t>(one.events[n].second));
                QCOMPARE(QString::fromStdString(samples[i].query), QStringLiteral("SELECT * FROM t WHERE secret = '?'"));
            }
        }
    }

    /// A log whose digests come again and again gives out each once a minute, not whenever the batch is full.
    void fiveHundredDigestsAreOneBatchAMinute()
    {
        for (int i = 0; i < 1500; ++i) {
            std::string name;
            for (int n = i % 500 + 1; n > 0; n /= 20)
                name += static_cast<char>('g' + n % 20);
            append("# User@Host: shop[shop] @ app" + std::to_string(i % 5) + " [10.0.0.1]  Id: 5\n# Query_time: 0.5  Lock_time: 0.0001 Rows_sent: 2  Rows_examined: " + std::to_string(m_next++)
                   + "\nSET timestamp=1788411909;\nSELECT a FROM t_" + name + " WHERE a = 5 AND b LIKE '" + std::string(100, 'x') + "';\n");
        }
        startFollower();
        settle();
        QCOMPARE(m_minutes.size(), std::size_t{1});
        QCOMPARE(m_minutes[0].digests.size(), std::size_t{500});
        verifyOnce();
    }

    void entryInPieces()
    {
        startFollower();
        const std::string text = entry(1) + entry(2);
        m_next = 3;
        for (std::size_t at = 0; at < text.size(); at += 7) {
            append(text.substr(at, 7));
            m_now += 100ms;
            step();
        }
        settle();
        verifyOnce();
    }

    void lateEventsAndUnknownTimes()
    {
        m_now += 120s;
        write(2);
        m_now -= 90s;
        write(2); // began earlier, ended later
        m_now += 90s;
        append("# User@Host: a[a] @ h []\n# Query_time: 1.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 5\nSELECT 5;\n");
        m_next = 6;
        startFollower();
        settle();
        QCOMPARE(m_minutes.size(), std::size_t{1});
        QCOMPARE(m_minutes[0].timeUnknown, 1);
        verifyOnce();
        // a clock that goes back is another minute
        m_now -= 3600s;
        write(1);
        m_now += 3600s;
        settle();
        QCOMPARE(m_minutes.size(), std::size_t{2});
        verifyOnce();
    }

    void renamedAndOpenedAnew()
    {
        write(3);
        startFollower();
        step();
        fs::rename(log(), log(".1"));
        step();
        write(3, ".1"); // the server still writes there
        step();
        append(""); // logrotate made the new one, the server has not come yet
        step();
        write(2, ".1");
        append("/usr/sbin/mysqld, Version: 9.7.4 (Debian). started with:\nTcp port: 0  Unix socket: x\nTime                 Id Command    Argument\n");
        write(3);
        settle();
        verifyOnce();
    }

    void copiedAndTruncated()
    {
        write(5);
        startFollower();
        step();
        write(4); // not read before the truncation
        fs::copy_file(log(), log(".1"));
        fs::resize_file(log(), 0);
        write(2);
        settle();
        verifyOnce();
        // and when it has grown beyond the old place before anybody looks
        write(1);
        settle();
        fs::copy_file(log(), log(".2"));
        fs::resize_file(log(), 0);
        write(40);
        settle();
        verifyOnce();
    }

    void truncatedWithoutACopy()
    {
        write(5);
        startFollower();
        settle();
        fs::resize_file(log(), 0);
        write(3);
        settle();
        const auto [events, sum] = counted();
        QCOMPARE(events, 8); // what was there is read; that something may be missing is told
        QVERIFY(std::ranges::any_of(m_minutes, [](const wire::SlowMinute &minute) { return minute.gapTo != TimePoint{} && minute.gapFrom <= minute.gapTo; }));
    }

    void removed()
    {
        write(3);
        startFollower();
        step();
        fs::remove(log());
        step();
        append("Time                 Id Command    Argument\n");
        write(3);
        settle();
        verifyOnce();
    }

    void anotherFileAndBack()
    {
        write(3);
        startFollower();
        step();
        write(3, ".other");
        m_follower->setPath(log(".other").string(), false);
        step();
        write(2, ".other");
        step();
        write(2);
        m_follower->setPath(log().string(), false);
        settle();
        verifyOnce();
    }

    void throughALink()
    {
        fs::create_symlink(log(".real"), log());
        write(3, ".real");
        startFollower();
        step();
        fs::remove(log());
        QTest::qSleep(20); // so that the next file is newer by the file system's clock
        write(2, ".next");
        fs::create_symlink(log(".next"), log());
        settle();
        verifyOnce();
    }

    void anotherFollowerGoesOn_data()
    {
        QTest::addColumn<int>("rotations");
        QTest::addColumn<bool>("packed");
        for (const int rotations : {0, 1, 2})
            for (const bool packed : {false, true})
                QTest::addRow("%d rotations%s", rotations, packed ? ", packed" : "") << rotations << packed;
    }
    /// Killed at any step, with rotations while nobody reads.
    void anotherFollowerGoesOn()
    {
        QFETCH(int, rotations);
        QFETCH(bool, packed);
        write(10);
        startFollower();
        step();
        m_now += 61s;
        write(10);
        step(); // the first minute is durable, the second is not
        QVERIFY(m_position.is_object());
        m_follower.reset();
        write(5);
        for (int i = 0; i < rotations; ++i) {
            for (int n = i; n > 0; --n)
                fs::rename(log("." + std::to_string(n)), log("." + std::to_string(n + 1)));
            fs::rename(log(), log(".1"));
            fs::last_write_time(log(".1"), fs::file_time_type::clock::now() - 10s * (rotations - i)); // as if each had been written for a while
            write(5);
        }
        if (packed && rotations > 0) {
            const QString oldest = QString::fromStdString(log("." + std::to_string(rotations)).string());
            QCOMPARE(test::run(QStringLiteral("gzip"), {oldest}).status, 0);
        }
        startFollower();
        settle();
        verifyOnce();
    }

    void rotatedBeforeTheFirstMinuteEnds()
    {
        write(5);
        startFollower();
        step();
        m_follower.reset(); // killed: none of the five is in a batch
        QVERIFY(m_position.is_object());
        fs::rename(log(), log(".1"));
        write(4);
        startFollower();
        settle();
        verifyOnce();
    }

    /// Nobody can read again what has no name any more: it is durable as soon as it was read, not when its minute ends.
    void removedFilesAreDurableAtOnce_data()
    {
        QTest::addColumn<bool>("hasNext");
        QTest::newRow("the server opened the next file") << true;
        QTest::newRow("the server still writes to the removed one") << false;
    }
    void removedFilesAreDurableAtOnce()
    {
        QFETCH(bool, hasNext);
        std::ofstream out(log(), std::ios::app | std::ios::binary);
        startFollower();
        step();
        const auto writeOpen = [&](int count) {
            for (; count > 0; --count)
                out << entry(m_next++, m_now);
            out.flush();
        };
        writeOpen(5);
        step();
        fs::remove(log());
        writeOpen(4);
        if (hasNext)
            write(3);
        step();
        m_now += 3s;
        step();
        m_follower.reset(); // killed within the minute
        write(6);
        startFollower();
        settle();
        const auto [events, sum] = counted();
        QCOMPARE(events, m_next - 1);
        QCOMPARE(sum, std::int64_t{m_next} * (m_next - 1) / 2);
        if (hasNext)
            verifyOnce();
    }

    /// As copytruncate with a copy elsewhere: what was read is nowhere that a follower looks.
    void truncatedFilesAreDurableAtOnce()
    {
        write(20);
        startFollower();
        step();
        m_now += 3s;
        step(); // the newest entry is complete
        fs::resize_file(log(), 0);
        step();
        write(3);
        step();
        m_follower.reset();
        write(4);
        startFollower();
        settle();
        const auto [events, sum] = counted();
        QCOMPARE(events, m_next - 1);
        QCOMPARE(sum, std::int64_t{m_next} * (m_next - 1) / 2);
    }

    void sameInodeAgain()
    {
        write(30);
        startFollower();
        settle();
        m_follower.reset();
        // another file takes the place and, as it happens, the inode; it is longer than what was read
        std::ofstream(log(), std::ios::trunc) << std::string(50, '\n');
        write(60);
        startFollower();
        settle();
        const auto [events, sum] = counted();
        QCOMPARE(events, 90);
        QVERIFY(std::ranges::any_of(m_minutes, [](const wire::SlowMinute &minute) { return minute.gapTo != TimePoint{}; }));
    }

    void badPlaces()
    {
        startFollower();
        auto step = m_follower->step(m_now);
        QVERIFY(step.trouble && step.trouble->fields.at("reason") == "missing");
        fs::create_directory(log());
        step = m_follower->step(m_now);
        QVERIFY(step.trouble && step.trouble->fields.at("reason") == "not_a_file");
        fs::remove(log());
        QCOMPARE(::mkfifo(log().c_str(), 0600), 0);
        step = m_follower->step(m_now);
        QVERIFY(step.trouble && step.trouble->fields.at("reason") == "not_a_file");
        fs::remove(log());
        write(3);
        settle();
        verifyOnce();
    }

    void backlogComesInSlices()
    {
        std::string text;
        while (text.size() < 20'000'000)
            text += entry(m_next++);
        append(text);
        startFollower();
        auto step = m_follower->step(m_now);
        QVERIFY(step.more);
        QVERIFY(m_follower->bytesBehind() > 10'000'000);
        for (auto &batch : step.batches) {
            m_minutes.push_back(minuteOf(batch));
            m_position = batch.position;
        }
        settle();
        QCOMPARE(m_follower->bytesBehind(), 0);
        verifyOnce();
    }

    void batchesStaySmall()
    {
        std::string text;
        for (int i = 0; i < 9000; ++i) { // more digests than a batch holds
            std::string name;
            for (int n = i; n > 0; n /= 20)
                name += static_cast<char>('g' + n % 20);
            text += "# User@Host: u" + std::to_string(i % 100) + "[u] @ h" + std::to_string(i % 7) + " []\n# Query_time: 0.1  Lock_time: 0.0 Rows_sent: 1  Rows_examined: " + std::to_string(m_next++)
                + "\nSET timestamp=1788411909;\nSELECT " + name + " FROM t WHERE a = '" + std::string(3000, 'x') + "';\n";
        }
        append(text);
        startFollower();
        settle();
        for (const wire::SlowMinute &minute : m_minutes) {
            QVERIFY(dumpJson(Json(minute)).size() < (3u << 20));
            QVERIFY(minute.digests.size() <= MinuteDigest::mostDigests + 1);
        }
        verifyOnce();
    }

    void schemaIsInherited()
    {
        append(entry(1, start, "shop") + entry(2));
        m_next = 3;
        startFollower();
        m_follower->setPath(log().string(), true);
        settle();
        for (const wire::SlowDigest &digest : m_minutes.at(0).digests)
            QCOMPARE(digest.callers.at(0).schema, "shop");
        verifyOnce();
    }

    void goesBackWhenABatchIsLost()
    {
        write(5);
        startFollower();
        m_now += 100s;
        auto lost = m_follower->step(m_now);
        m_now += 3s;
        lost = m_follower->step(m_now);
        QVERIFY(!lost.batches.empty());
        m_follower->rewind(m_position);
        settle();
        verifyOnce();
    }
};

QTEST_GUILESS_MAIN(TestSlowFollow)
#include "tst_slowfollow.moc"
