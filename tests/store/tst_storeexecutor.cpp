// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/executor.h"
#include "tests/store/storeserver.h"

#include <QElapsedTimer>

#include <atomic>
#include <future>
#include <set>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::Executor;
using store::Session;

class TestStoreExecutor : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_server;
    StoreSettings m_settings;

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestServer::unavailable(Flavour::MariaDb); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        ServerOptions options;
        options.binlog = false;
        m_server = TestServer::start(options, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY(m_server->exec("CREATE DATABASE s"));
        m_settings = rootSettings(*m_server, "s");
    }

    void manyJobs()
    {
        Executor executor(m_settings, 3);
        std::atomic<int> good = 0, done = 0;
        std::mutex mutex;
        std::set<std::int64_t> connections;
        for (int i = 0; i < 300; ++i) {
            executor.post([&](Session &session) {
                if (const auto rows = session.query("SELECT CONNECTION_ID()")) {
                    ++good;
                    const std::lock_guard lock(mutex);
                    connections.insert(rows->front().integer(0));
                }
                ++done;
            });
        }
        QTRY_COMPARE(done.load(), 300);
        QCOMPARE(good.load(), 300);
        QVERIFY(connections.size() >= 1 && connections.size() <= 3); // one each, kept
    }

    void jobsRunSideBySide()
    {
        Executor executor(m_settings, 2);
        QElapsedTimer timer;
        timer.start();
        std::promise<void> one, two;
        executor.post([&](Session &session) { (void)session.query("SELECT SLEEP(1)"); one.set_value(); });
        executor.post([&](Session &session) { (void)session.query("SELECT SLEEP(1)"); two.set_value(); });
        one.get_future().wait();
        two.get_future().wait();
        QVERIFY2(timer.elapsed() < 1800, std::to_string(timer.elapsed()).c_str());
    }

    void ownStopTokenEndsOnlyItsJob()
    {
        Executor executor(m_settings, 2);
        std::stop_source stop;
        std::promise<std::string> stopped, other, later;
        QElapsedTimer timer;
        timer.start();
        executor.post([&](Session &session) {
            const auto rows = session.query("SELECT SLEEP(30)");
            stopped.set_value(rows ? "ran" : rows.error().code);
        }, stop.get_token());
        executor.post([&](Session &session) {
            const auto rows = session.query("SELECT SLEEP(0.5)");
            other.set_value(rows ? "ran" : rows.error().code);
        });
        std::this_thread::sleep_for(200ms);
        stop.request_stop();
        QCOMPARE(stopped.get_future().get(), std::string("cancelled"));
        QVERIFY2(timer.elapsed() < 1200, std::to_string(timer.elapsed()).c_str());
        QCOMPARE(other.get_future().get(), std::string("ran"));
        executor.post([&](Session &session) {
            const auto rows = session.query("SELECT 1");
            later.set_value(rows ? "ran" : rows.error().code);
        });
        QCOMPARE(later.get_future().get(), std::string("ran"));
    }

    void destructionEndsWhatRunsAndRunsWhatWaits()
    {
        std::atomic<int> cancelled = 0, others = 0;
        QElapsedTimer timer;
        {
            Executor executor(m_settings, 2);
            for (int i = 0; i < 50; ++i) {
                executor.post([&](Session &session) {
                    const auto rows = session.query("SELECT SLEEP(30)");
                    ++(!rows && rows.error().is(errors::cancelled) ? cancelled : others);
                });
            }
            std::this_thread::sleep_for(500ms);
            timer.start();
        }
        QVERIFY2(timer.elapsed() < 1500, std::to_string(timer.elapsed()).c_str());
        QCOMPARE(cancelled.load(), 50);
        QCOMPARE(others.load(), 0);
        QTRY_COMPARE(m_server->value("SELECT COUNT(*) FROM information_schema.processlist WHERE info = 'SELECT SLEEP(30)'").value(), std::string("0"));
    }

    void destructionAtOnce()
    {
        for (int i = 0; i < 20; ++i) {
            std::atomic<int> ran = 0;
            {
                Executor executor(m_settings, 3);
                for (int k = 0; k < i; ++k)
                    executor.post([&](Session &session) { (void)session.query("SELECT 1"); ++ran; });
            }
            QCOMPARE(ran.load(), i);
        }
    }

    void faultyJobsHarmNobody()
    {
        Executor executor(m_settings, 1);
        executor.post([](Session &) { throw std::runtime_error("a fault"); });
        std::promise<bool> next;
        executor.post([&](Session &session) { next.set_value(session.query("SELECT 1").has_value()); });
        QVERIFY(next.get_future().get());
    }

    void withoutStore()
    {
        StoreSettings nowhere;
        nowhere.socket = "/nonexistent/x.sock";
        nowhere.user = "u";
        std::promise<std::string> code;
        {
            Executor executor(nowhere);
            executor.post([&](Session &session) {
                const auto rows = session.query("SELECT 1");
                code.set_value(rows ? "" : rows.error().code);
            });
            QCOMPARE(code.get_future().get(), std::string("store.unreachable"));
        }
    }
};

QTEST_GUILESS_MAIN(TestStoreExecutor)
#include "tst_storeexecutor.moc"
