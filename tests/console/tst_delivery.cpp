// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/delivery.h"
#include "app/platform/elapsed.h"

#include <QTest>

#include <thread>

using namespace zandb;

class TestDelivery : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void bringsResultsToTheReceiversThread()
    {
        QObject receiver;
        std::thread thread;
        std::optional<int> got;
        deliver<int>(
            &receiver, [&](Answer<int> answer) { thread = std::thread([answer] { answer(42); }); },
            [&](Result<int> result) {
                QCOMPARE(QThread::currentThread(), receiver.thread());
                got = *result;
            });
        QVERIFY(!got);
        QTRY_COMPARE(got, std::optional(42));
        thread.join();
    }
    /// Ten thousand rows copied on the window's thread would hold it up.
    void resultsAreMovedNotCopied()
    {
        struct Counted
        {
            Counted() = default;
            Counted(const Counted &) { ++copies(); }
            Counted(Counted &&) noexcept = default;
            Counted &operator=(const Counted &) = delete;
            Counted &operator=(Counted &&) noexcept = default;
            static int &copies()
            {
                static int count = 0;
                return count;
            }
        };
        QObject receiver;
        Latest<Counted> latest(&receiver);
        bool heard = false;
        latest.ask([](Answer<Counted> answer, std::stop_token) { answer(Counted()); }, [&](Result<Counted> result) { heard = result.has_value(); });
        QTRY_VERIFY(heard);
        QCOMPARE(Counted::copies(), 0);
    }
    void forgottenJobsEndAsCancelled()
    {
        QObject receiver;
        std::optional<Error> error;
        deliver<int>(&receiver, [](Answer<int>) {}, [&](Result<int> result) { error = result.error(); });
        QTRY_VERIFY(error);
        QVERIFY(error->is(errors::cancelled));
    }
    void aDeadReceiverHearsNothing()
    {
        std::optional<Answer<int>> kept;
        bool heard = false;
        {
            QObject receiver;
            deliver<int>(&receiver, [&](Answer<int> answer) { kept = answer; }, [&](Result<int>) { heard = true; });
        }
        (*kept)(1);
        kept.reset();
        QTest::qWait(20);
        QVERIFY(!heard);
    }
    void theNewestWins()
    {
        QObject receiver;
        Latest<int> latest(&receiver);
        std::optional<Answer<int>> first;
        std::stop_token firstStop;
        QList<int> seen;
        latest.ask(
            [&](Answer<int> answer, std::stop_token stop) {
                first = answer;
                firstStop = stop;
            },
            [&](Result<int> result) { seen << *result; });
        QVERIFY(latest.busy());
        QVERIFY(!firstStop.stop_requested());
        latest.ask([](Answer<int> answer, std::stop_token) { answer(2); }, [&](Result<int> result) { seen << *result; });
        QVERIFY(firstStop.stop_requested());
        (*first)(1);
        QTRY_COMPARE(seen, QList<int>{2});
        QTest::qWait(20);
        QCOMPARE(seen, QList<int>{2});
        QVERIFY(!latest.busy());
    }
    /// A laptop's lid was down for an hour: its monotonic clock slept too.
    void timePassesDuringASuspend()
    {
        using namespace std::chrono_literals;
        static auto steady = std::chrono::steady_clock::time_point{100s};
        static TimePoint wall{1000s};
        Elapsed elapsed({[] { return steady; }, [] { return wall; }});
        QCOMPARE(elapsed.passed().count(), 0);
        elapsed.start();
        steady += 2s;
        wall += 2s;
        QCOMPARE(elapsed.passed(), Microseconds{2s});
        wall += 1h;
        QCOMPARE(elapsed.passed(), Microseconds{1h + 2s});
        wall -= 5h; // set back by hand: then the other one counts
        QCOMPARE(elapsed.passed(), Microseconds{2s});
    }
    void aLatestMayGoWhileItsJobRuns()
    {
        QObject receiver;
        std::optional<Answer<int>> kept;
        bool heard = false;
        {
            Latest<int> latest(&receiver);
            latest.ask([&](Answer<int> answer, std::stop_token) { kept = answer; }, [&](Result<int>) { heard = true; });
        }
        (*kept)(1);
        QTest::qWait(20);
        QVERIFY(!heard);
    }
    void manyThreadsAtOnce()
    {
        QObject receiver;
        int sum = 0;
        std::vector<std::thread> threads;
        for (int at = 1; at <= 100; ++at)
            deliver<int>(&receiver, [&](Answer<int> answer) { threads.emplace_back([answer, at] { answer(at); }); }, [&](Result<int> r) { sum += *r; });
        QTRY_COMPARE(sum, 5050);
        for (std::thread &thread : threads)
            thread.join();
    }
};

QTEST_GUILESS_MAIN(TestDelivery)
#include "tst_delivery.moc"
