// SPDX-License-Identifier: GPL-3.0-or-later
// The agent's spool of collected facts: numbers, positions, restarts, damage and its budget.
#include "agent/runtime/spool.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <random>

#include <sys/wait.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

class TestSpool : public QObject
{
    Q_OBJECT

    using Kind = Spool::Kind;
    std::unique_ptr<QTemporaryDir> m_dir;
    fs::path m_path;
    Spool::Limits m_limits;

    std::unique_ptr<Spool> open()
    {
        auto spool = Spool::open(m_path, m_limits);
        if (!spool)
            qWarning("%s", describe(spool.error()).c_str());
        return spool ? std::move(*spool) : nullptr;
    }
    static Json payload(std::int64_t n, std::size_t bytes = 0) { return {{"n", n}, {"filler", std::string(bytes, 'x')}}; }
    /// Appends payloads n, n+1, ... and expects their numbers to go on from `number`.
    static bool fill(Spool &spool, const std::string &source, Kind kind, std::int64_t from, std::int64_t to, std::size_t bytes = 0)
    {
        for (std::int64_t n = from; n <= to; ++n) {
            if (spool.append(source, kind, payload(n, bytes), Json{{"offset", n * 10}}) != n)
                return false;
        }
        return true;
    }
    /// Numbers of all that waits, in the order it comes.
    static std::vector<std::int64_t> waiting(Spool &spool, const std::string &source, std::int64_t after = 0)
    {
        std::vector<std::int64_t> numbers;
        for (;;) {
            const auto batch = spool.next(source, after);
            if (!batch || !*batch)
                return numbers;
            if ((*batch)->payload.value("n", std::int64_t{-1}) != (*batch)->number)
                return {-1};
            after = (*batch)->number;
            numbers.push_back(after);
        }
    }
    static std::vector<std::int64_t> range(std::int64_t from, std::int64_t to)
    {
        std::vector<std::int64_t> numbers;
        for (; from <= to; ++from)
            numbers.push_back(from);
        return numbers;
    }
    std::vector<fs::path> files(const std::string &suffix = ".segment") const
    {
        std::vector<fs::path> found;
        for (const auto &entry : fs::directory_iterator(m_path)) {
            if (entry.path().string().ends_with(suffix))
                found.push_back(entry.path());
        }
        std::ranges::sort(found);
        return found;
    }

private Q_SLOTS:
    void init()
    {
        m_dir = std::make_unique<QTemporaryDir>();
        m_path = fs::path(m_dir->path().toStdString()) / "spool";
        m_limits = {.bytes = 1 << 20, .segmentBytes = 2000};
    }

    void batchesWaitUntilTheyAreAcknowledged()
    {
        const auto spool = open();
        QVERIFY(spool);
        QVERIFY(waiting(*spool, "samples").empty());
        QVERIFY(fill(*spool, "samples", Kind::Samples, 1, 100));
        QVERIFY(fill(*spool, "slowlog/my3306", Kind::Events, 1, 5));
        QCOMPARE(waiting(*spool, "samples"), range(1, 100));
        QCOMPARE(waiting(*spool, "samples", 90), range(91, 100));
        QCOMPARE(waiting(*spool, "slowlog/my3306"), range(1, 5));
        const auto before = files().size();
        spool->acknowledge({"samples", spool->id(), 60});
        QCOMPARE(waiting(*spool, "samples"), range(61, 100));
        QVERIFY(files().size() < before);
        spool->acknowledge({"samples", spool->id(), 40}); // late
        QCOMPARE(waiting(*spool, "samples").front(), 61);
        spool->acknowledge({"samples", Uuid::v7(), 100}); // of another spool
        QCOMPARE(waiting(*spool, "samples").front(), 61);
        spool->acknowledge({"samples", spool->id(), 1000}); // more than there are
        QVERIFY(waiting(*spool, "samples").empty());
        QVERIFY(fill(*spool, "samples", Kind::Samples, 101, 103));
        QCOMPARE(waiting(*spool, "samples"), range(101, 103));
    }

    void goesOnAfterARestart()
    {
        Uuid id;
        {
            const auto spool = open();
            QVERIFY(fill(*spool, "slowlog/a b/é", Kind::Events, 1, 100));
            spool->acknowledge({"slowlog/a b/é", spool->id(), 100});
            QVERIFY(fill(*spool, "slowlog/a b/é", Kind::Events, 101, 102));
            id = spool->id();
        }
        const auto spool = open();
        QVERIFY(spool->id() == id);
        QCOMPARE(spool->sources(), std::vector<std::string>{"slowlog/a b/é"});
        QCOMPARE(dumpJson(spool->position("slowlog/a b/é")), dumpJson({{"offset", 1020}}));
        // what was acknowledged may come again, what was not must
        const auto numbers = waiting(*spool, "slowlog/a b/é");
        QVERIFY(numbers.size() < 30);
        QCOMPARE(numbers, range(103 - static_cast<std::int64_t>(numbers.size()), 102));
        QVERIFY(fill(*spool, "slowlog/a b/é", Kind::Events, 103, 104));
    }

    void thePositionOutlivesItsBatches()
    {
        {
            const auto spool = open();
            QVERIFY(fill(*spool, "log", Kind::Events, 1, 50));
            spool->acknowledge({"log", spool->id(), 50});
            QVERIFY(fill(*spool, "log", Kind::Events, 51, 51)); // begins a segment of its own
            QCOMPARE(files().size(), 1);
        }
        // a crash right after the new segment has its head
        const auto file = files().front();
        const auto place = fs::file_size(file);
        QVERIFY(place > 0);
        const auto spool = open();
        QCOMPARE(dumpJson(spool->position("log")), dumpJson({{"offset", 510}}));
    }

    void aCrashAnywhereLeavesAPrefix()
    {
        {
            const auto spool = open();
            QVERIFY(fill(*spool, "log", Kind::Events, 1, 30));
        }
        const auto newest = files().back();
        std::ifstream in(newest, std::ios::binary);
        const std::string content{std::istreambuf_iterator<char>(in), {}};
        for (std::size_t cut = content.size(); cut > 11; cut -= 11) {
            std::ofstream(newest, std::ios::binary | std::ios::trunc) << content.substr(0, cut);
            fs::copy(m_path, m_path.string() + ".try", fs::copy_options::recursive);
            auto spool = Spool::open(m_path.string() + ".try", m_limits);
            QVERIFY(spool);
            const auto numbers = waiting(**spool, "log");
            QVERIFY(!numbers.empty());
            QCOMPARE(numbers, range(1, numbers.back()));
            // the position is that of the newest batch: what is read again is what is missing
            QCOMPARE(dumpJson((*spool)->position("log")), dumpJson({{"offset", numbers.back() * 10}}));
            QCOMPARE((*spool)->append("log", Kind::Events, payload(numbers.back() + 1)).value(), numbers.back() + 1);
            fs::remove_all(m_path.string() + ".try");
        }
    }

    void damageLosesWhatIsDamagedOnly()
    {
        m_limits.segmentBytes = 700;
        std::int64_t last = 30;
        {
            const auto spool = open();
            QVERIFY(fill(*spool, "log", Kind::Events, 1, last));
            // damage is what has whole batches behind it
            for (; fs::file_size(files().back()) < 400; ++last)
                QVERIFY(fill(*spool, "log", Kind::Events, last + 1, last + 1));
        }
        const auto all = files();
        QVERIFY(all.size() > 2);
        for (const fs::path &file : {all.front(), all.back()}) {
            std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
            out.seekp(150); // in the first batch
            out << "damaged";
        }
        const auto spool = open();
        QVERIFY(spool);
        const auto numbers = waiting(*spool, "log");
        QCOMPARE(numbers.size(), last - 2);
        QCOMPARE(files(".damaged").size(), 1); // closed segments are read when their turn comes
        // no number that was given to another batch
        QVERIFY(spool->append("log", Kind::Events, payload(0)).value() > last);
    }

    void samplesGiveWayAndEventsDoNot()
    {
        m_limits.bytes = 20'000;
        const auto spool = open();
        QVERIFY(fill(*spool, "log", Kind::Events, 1, 20, 200));
        QVERIFY(fill(*spool, "samples", Kind::Samples, 1, 200, 200));
        QVERIFY(spool->bytes() <= m_limits.bytes);
        QCOMPARE(waiting(*spool, "log"), range(1, 20));
        const auto samples = waiting(*spool, "samples");
        QVERIFY(samples.front() > 100);
        QCOMPARE(samples, range(samples.front(), 200));

        // events take the samples' room, then they are refused, and nothing of them is lost
        std::int64_t n = 21;
        Result<std::int64_t> appended = 0;
        while (n < 1000 && (appended = spool->append("log", Kind::Events, payload(n, 200))))
            ++n;
        QVERIFY(!appended);
        QVERIFY(appended.error().is(errors::spoolFull));
        QCOMPARE(waiting(*spool, "log"), range(1, n - 1));
        QVERIFY(waiting(*spool, "samples").size() < 10);
        spool->acknowledge({"log", spool->id(), n - 1});
        QVERIFY(spool->append("log", Kind::Events, payload(n)) == n);
    }

    void killedWhileItWrites()
    {
        // a process that appends events and is killed: every number it was told is there afterwards, with its position
        std::mt19937 random(std::random_device{}());
        m_limits.segmentBytes = 500;
        std::int64_t last = 0;
        for (int round = 0; round < 10; ++round) {
            int ends[2];
            QCOMPARE(::pipe(ends), 0);
            const pid_t child = ::fork();
            if (child == 0) {
                auto spool = Spool::open(m_path, m_limits);
                while (spool) {
                    const auto position = (*spool)->position("log");
                    const std::int64_t n = position.is_null() ? 1 : position.value("offset", std::int64_t{0}) / 10 + 1;
                    const auto number = (*spool)->append("log", Kind::Events, payload(n), Json{{"offset", n * 10}});
                    if (!number || *number != n || ::write(ends[1], &n, sizeof n) != sizeof n)
                        break;
                }
                ::_exit(1);
            }
            ::close(ends[1]);
            std::int64_t told = last;
            for (auto left = random() % 40 + 1; left > 0 && ::read(ends[0], &told, sizeof told) == sizeof told; --left)
                ;
            ::kill(child, SIGKILL);
            int status = 0;
            ::waitpid(child, &status, 0);
            QVERIFY(WIFSIGNALED(status));
            while (::read(ends[0], &told, sizeof told) == sizeof told)
                ;
            ::close(ends[0]);
            const auto spool = open();
            const auto numbers = waiting(*spool, "log");
            QCOMPARE(numbers, range(1, numbers.back()));
            QVERIFY(numbers.back() >= told && numbers.back() <= told + 1);
            QCOMPARE(dumpJson(spool->position("log")), dumpJson({{"offset", numbers.back() * 10}}));
            last = numbers.back();
        }
    }
};

QTEST_APPLESS_MAIN(TestSpool)
#include "tst_spool.moc"
