// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/delivery.h"

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
