// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/executor.h"
#include "tests/store/storeserver.h"

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
        // each waits for the other: one after the other they would wait for ever
        std::promise<void> one, two;
        std::atomic<int> met = 0;
        Executor executor(m_settings, 2);
        executor.post([&](Session &) { one.set_value(); met += two.get_future().wait_for(60s) == std::future_status::ready; });
        executor.post([&](Session &) { two.set_value(); met += one.get_future().wait_for(60s) == std::future_status::ready; });
        QTRY_COMPARE(met.load(), 2);
    }

    /// How many of these statements are being executed now.
    std::string executing(const std::string &sql)
    {
        return m_server->value("SELECT COUNT(*) FROM information_schema.processlist WHERE info = '" + sql + "'").value_or("unknown");
    }

    void ownStopTokenEndsOnlyItsJob()
    {
        Executor executor(m_settings, 2);
        std::stop_source stop;
        std::promise<std::string> stopped, other, later;
        std::promise<void> goOn;
        executor.post([&](Session &session) {
            const auto rows = session.query("SELECT SLEEP(3600)");
            stopped.set_value(rows ? "ran" : rows.error().code);
        }, stop.get_token());
        executor.post([&](Session &session) {
            goOn.get_future().wait(); // it is at work while the other one is stopped
            const auto rows = session.query("SELECT 1");
            other.set_value(rows ? "ran" : rows.error().code);
        });
        QTRY_COMPARE(executing("SELECT SLEEP(3600)"), std::string("1"));
        stop.request_stop();
        QCOMPARE(stopped.get_future().get(), std::string("cancelled"));
        goOn.set_value();
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
        {
            Executor executor(m_settings, 2);
            for (int i = 0; i < 50; ++i) {
                executor.post([&](Session &session) {
                    const auto rows = session.query("SELECT SLEEP(3600)");
                    ++(!rows && rows.error().is(errors::cancelled) ? cancelled : others);
                });
            }
            QTRY_COMPARE(executing("SELECT SLEEP(3600)"), std::string("2")); // two run, the others wait
        } // which would take 25 hours
        QCOMPARE(cancelled.load(), 50);
        QCOMPARE(others.load(), 0);
        QTRY_COMPARE(executing("SELECT SLEEP(3600)"), std::string("0"));
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
