// SPDX-License-Identifier: GPL-3.0-or-later
// What attempts leave and take, over the whole chain: AgentPool, sshd, zandb-attach, serve, worker.
#include "app/workflow/items.h"
#include "agent/os/files.h"
#include "agent/os/sha256.h"
#include "tests/remote/realagent.h"

#include <QTest>

#include <fstream>
#include <future>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace zandb;
using remote::AgentPool;

class TestFollowItems : public QObject
{
    Q_OBJECT

    std::unique_ptr<KeyRing> m_keys;
    std::unique_ptr<RealAgent> m_agent;
    remote::HostAddress m_host;
    std::unique_ptr<AgentPool> m_pool;
    QTemporaryDir m_dir;
    const wire::Fence m_fence{Uuid::v7(), Uuid::v7(), 1};

    wire::OrderKey submit(const Json &args)
    {
        wire::Order order;
        order.key = {Uuid::v7(), 1, 1};
        order.fence = m_fence;
        order.kind = "sample";
        order.args = args;
        order.argsSha256 = agent::Sha256::of(dumpJson(args));
        const auto answer = m_pool->callAndWait(m_host.id, "orders.submit", order);
        if (!answer)
            qWarning("%s", describe(answer.error()).c_str());
        return order.key;
    }
    wire::OrderStatus status(const wire::OrderKey &key)
    {
        const auto answer = m_pool->callAndWait(m_host.id, "orders.status", key);
        return answer ? answer->get<wire::OrderStatus>() : wire::OrderStatus{};
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_keys = std::make_unique<KeyRing>();
        if (!m_keys->valid())
            QSKIP(qPrintable(m_keys->problem()));
        m_agent = std::make_unique<RealAgent>(*m_keys);
        m_agent->useTestAgent();
        QVERIFY2(m_agent->start(u"user"_s), m_agent->log());
        m_host = {Uuid::v7(), "db1", "127.0.0.1", m_agent->sshd().port(), currentUser(), m_keys->publicKey(u"host"_s)};
        m_pool = std::make_unique<AgentPool>(SshSettings{m_keys->path(u"user"_s).toStdString(), {}});
        m_pool->setHosts({m_host});
    }
    void cleanupTestCase()
    {
        m_pool.reset();
        m_agent.reset();
    }

    /// Also over an agent that is killed meanwhile.
    void everyItemOnceAndInOrder()
    {
        const wire::OrderKey key = submit({{"items", 600}, {"every", 5}});
        std::vector<std::int64_t> numbers;
        bool killed = false, again = false;
        // QProcess belongs to its thread, so this one kills and starts, and another one follows
        auto following = std::async(std::launch::async, [&] {
            return workflow::followItems(*m_pool, m_host.id, key, 0, [&](std::int64_t number, const Json &item) {
                numbers.push_back(number == item.value("i", -1) ? number : -1);
                return true;
            });
        });
        std::this_thread::sleep_for(700ms);
        killed = following.wait_for(0ms) == std::future_status::timeout;
        m_agent->killAgent();
        again = m_agent->startAgent();
        const auto end = following.get();
        QVERIFY2(end, end ? "" : describe(end.error()).c_str());
        QVERIFY(killed && again);
        QCOMPARE(end->last, 600);
        QCOMPARE(numbers.size(), std::size_t{600});
        for (std::size_t i = 0; i < numbers.size(); ++i)
            QCOMPARE(numbers[i], static_cast<std::int64_t>(i) + 1);
        QCOMPARE(end->counts.count, 600);
    }

    void whoIsSlowIsWaitedFor()
    {
        const wire::OrderKey key = submit({{"items", 300}, {"itemPad", 60'000}}); // 18 MB, far more than is held
        std::int64_t seen = 0;
        const auto end = workflow::followItems(*m_pool, m_host.id, key, 0, [&](std::int64_t, const Json &) {
            if (++seen % 50 == 0)
                std::this_thread::sleep_for(300ms);
            return true;
        });
        QVERIFY2(end, end ? "" : describe(end.error()).c_str());
        QCOMPARE(seen, 300);
        // and nobody is waited for who has enough
        std::int64_t some = 0;
        const auto cut = workflow::followItems(*m_pool, m_host.id, key, 0, [&](std::int64_t, const Json &) { return ++some < 10; });
        QVERIFY(!cut);
        QCOMPARE(cut.error().code, std::string("cancelled"));
        QCOMPARE(some, 10);
        QCOMPARE(workflow::followItems(*m_pool, m_host.id, {Uuid::v7(), 1, 1}, 0, [](std::int64_t, const Json &) { return true; }).error().code,
                 std::string("order.unknown"));
    }

    /// Items of one attempt go into another one, as they do between two hosts.
    void itemsOfOneAreTheFeedOfTheOther()
    {
        const std::string out = m_dir.filePath(u"out"_s).toStdString();
        const wire::OrderKey source = submit({{"items", 500}, {"itemPad", 500}});
        const wire::OrderKey sink = submit({{"feedTo", out}, {"patience", 60'000}});
        {
            workflow::FeedSender sender(*m_pool, m_host.id, sink, m_fence);
            Result<void> sent;
            const auto end = workflow::followItems(*m_pool, m_host.id, source, 0, [&](std::int64_t number, const Json &item) {
                sent = sender.add(item);
                return sent && number < 200; // this sender goes away here
            });
            QVERIFY(!end && sent);
        }
        workflow::FeedSender sender(*m_pool, m_host.id, sink, m_fence);
        const auto from = sender.resume();
        QVERIFY2(from, from ? "" : describe(from.error()).c_str());
        QVERIFY(*from > 0 && *from <= 200);
        const auto end = workflow::followItems(*m_pool, m_host.id, source, *from, [&](std::int64_t, const Json &item) {
            return sender.add(item).has_value();
        });
        QVERIFY2(end, end ? "" : describe(end.error()).c_str());
        const auto ended = sender.end();
        QVERIFY2(ended, ended ? "" : describe(ended.error()).c_str());
        QCOMPARE(sender.acknowledged(), 500);
        QTRY_COMPARE_WITH_TIMEOUT(status(sink).state, std::string("finished"), 20'000);
        QCOMPARE(status(sink).data.value("taken", 0), 500);
        std::ifstream in(out);
        int expected = 0;
        for (int got = 0; in >> got;)
            QCOMPARE(got, ++expected);
        QCOMPARE(expected, 500);

        const wire::OrderKey aborted = submit({{"feedTo", out}});
        workflow::FeedSender other(*m_pool, m_host.id, aborted, m_fence);
        QVERIFY(other.add("x"));
        QVERIFY(other.abort("no more"));
        QTRY_COMPARE_WITH_TIMEOUT(status(aborted).state, std::string("finished"), 20'000);
        QCOMPARE(status(aborted).error->code, std::string("order.feed_aborted"));
    }
};

QTEST_GUILESS_MAIN(TestFollowItems)
#include "tst_followitems.moc"
