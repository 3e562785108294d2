// SPDX-License-Identifier: GPL-3.0-or-later
// Calls, streams and links of AgentPool over a real sshd on 127.0.0.1, with a scripted agent behind its forced command.
#include "tests/remote/poolfixture.h"

#include <atomic>
#include <mutex>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace zandb;
using remote::AgentPool;
using remote::HostAddress;
using remote::LinkState;
using remote::LinkTimes;

namespace {

std::int64_t residentKb()
{
    QFile status(u"/proc/self/status"_s);
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toLongLong();
    }
    return 0;
}

} // namespace

class TestAgentPool : public PoolFixture
{
    Q_OBJECT

private Q_SLOTS:
    void echo();
    void manyRequestsOnOneChannel();
    void failureOfTheAgent();
    void streamWithCredit();
    void cancelCallAndStream();
    void timeoutOfACall();
    void unknownHostAndTooLargeParams();
    void badAnswers_data();
    void badAnswers();
    void linkCutAndReconnect();
    void backoffOfALinkThatIsCut();
    void deadLink();
    void idleLinkStaysOpen();
    void floods_data();
    void floods();
    void sixtyHosts();
    void changedAddressesCloseLinks();
    void destructor_data();
    void destructor();
};

void TestAgentPool::echo()
{
    const auto address = host(m_sshd->port());
    AgentPool pool(settings());
    pool.setHosts({address});
    QCOMPARE(pool.state(address.id), LinkState::Idle);
    const Json params{{"text", "grüße"}, {"numbers", {1, 2, 3}}};
    const auto result = pool.callAndWait(address.id, "echo", params);
    QVERIFY2(result, result ? "" : describe(result.error()).c_str());
    QCOMPARE(dumpJson(*result), dumpJson(params));
    QTRY_COMPARE(pool.state(address.id), LinkState::Up);
    const auto hello = pool.hello(address.id);
    QVERIFY(hello);
    QCOMPARE(hello->program, std::string("testagent"));
    QCOMPARE(hello->features, std::vector<std::string>{"echo"});
    const auto waits = pool.callAndWait(address.id, "echo", nullptr);
    QVERIFY(waits);
    QVERIFY(waits->is_object());
}

void TestAgentPool::manyRequestsOnOneChannel()
{
    const auto address = host(m_sshd->port());
    AgentPool pool(settings());
    pool.setHosts({address});
    const auto first = pool.callAndWait(address.id, "pid", {});
    QVERIFY(first);
    std::atomic<int> right{0};
    std::atomic<int> answered{0};
    // 2,000 of them, small and large, from four threads
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 500; ++i) {
                const Json params{{"n", t * 1000 + i}, {"pad", std::string(i % 50 == 0 ? 200000 : 10, 'p')}};
                pool.call(address.id, "echo", params, [&, params](Result<Json> result) {
                    right += result && *result == params;
                    ++answered;
                });
            }
        });
    }
    for (auto &thread : threads)
        thread.join();
    QTRY_COMPARE_WITH_TIMEOUT(answered.load(), 2000, 20000);
    QCOMPARE(right.load(), 2000);
    const auto last = pool.callAndWait(address.id, "pid", {});
    QVERIFY(last);
    QCOMPARE(dumpJson(*last), dumpJson(*first));
}

void TestAgentPool::failureOfTheAgent()
{
    const auto address = host(m_sshd->port());
    AgentPool pool(settings());
    pool.setHosts({address});
    const auto result = pool.callAndWait(address.id, "fail", {});
    QVERIFY(!result);
    QVERIFY(result.error().is(errors::denied));
    QVERIFY(result.error().errorClass == ErrorClass::Permanent);
    QCOMPARE(result.error().fields.at("user"), std::string("ann"));
    const auto unknown = pool.callAndWait(address.id, "no.such.method", {});
    QVERIFY(!unknown);
    QVERIFY(unknown.error().is(errors::protocolUnknownMethod));
}

void TestAgentPool::streamWithCredit()
{
    const auto address = host(m_sshd->port());
    AgentPool pool(settings());
    pool.setHosts({address});
    // 40 MB through a window of 256 KiB: it ends only if credit is granted
    std::promise<Result<Json>> ended;
    std::int64_t bytes = 0;
    int items = 0;
    pool.call(address.id, "stream", {{"items", 1000}, {"size", 40000}}, [&](Result<Json> r) { ended.set_value(std::move(r)); },
              5s, [&](const Json &item) {
                  ++items;
                  bytes += static_cast<std::int64_t>(dumpJson(item).size());
              });
    // requests go on beside it
    for (int i = 0; i < 20; ++i)
        QVERIFY(pool.callAndWait(address.id, "echo", {{"i", i}}));
    auto future = ended.get_future();
    QCOMPARE(future.wait_for(30s), std::future_status::ready);
    const auto result = future.get();
    QVERIFY2(result, result ? "" : describe(result.error()).c_str());
    QCOMPARE(result->at("sent").get<int>(), 1000);
    QCOMPARE(items, 1000);
    QCOMPARE(bytes, std::int64_t{40'000'000});
}

void TestAgentPool::cancelCallAndStream()
{
    const auto address = host(m_sshd->port());
    AgentPool pool(settings());
    pool.setHosts({address});
    QVERIFY(pool.callAndWait(address.id, "echo", {}));
    std::atomic<int> cancelled{0};
    std::atomic<int> answers{0};
    const auto answer = [&](Result<Json> result) {
        ++answers;
        cancelled += !result && result.error().is(errors::cancelled);
    };
    std::atomic<int> items{0};
    const auto hangs = pool.call(address.id, "hang", {}, answer);
    const auto stream = pool.call(address.id, "stream", {{"items", 100'000'000}, {"size", 1000}}, answer, 30s,
                                  [&](const Json &) { ++items; });
    QTRY_VERIFY(items > 1000);
    pool.cancel(hangs);
    pool.cancel(stream);
    pool.cancel(stream);
    pool.cancel(999999);
    QTRY_COMPARE(answers.load(), 2);
    QCOMPARE(cancelled.load(), 2);
    const int seen = items;
    const auto counts = pool.callAndWait(address.id, "counts", {});
    QVERIFY(counts);
    QCOMPARE(counts->at("cancels").get<int>(), 2);
    QCOMPARE(items.load(), seen);
    // a call that still waits for its link is cancelled too
    const auto dead = host(freePort());
    pool.setHosts({address, dead});
    pool.cancel(pool.call(dead.id, "echo", {}, answer));
    QTRY_COMPARE(cancelled.load(), 3);
}

void TestAgentPool::timeoutOfACall()
{
    const auto address = host(m_sshd->port());
    AgentPool pool(settings());
    pool.setHosts({address});
    QVERIFY(pool.callAndWait(address.id, "echo", {}));
    const auto result = pool.callAndWait(address.id, "hang", {}, 300ms); // without a limit it would wait for ever
    QVERIFY(!result);
    QVERIFY(result.error().is(errors::timeout));
    QCOMPARE(result.error().fields.at("what"), std::string("db1: hang"));
    const auto counts = pool.callAndWait(address.id, "counts", {});
    QVERIFY(counts);
    QCOMPARE(counts->at("cancels").get<int>(), 1);
}

void TestAgentPool::unknownHostAndTooLargeParams()
{
    const auto address = host(m_sshd->port());
    AgentPool pool(settings());
    const auto unknown = pool.callAndWait(address.id, "echo", {});
    QVERIFY(!unknown && unknown.error().is(errors::notFound));
    pool.setHosts({address});
    const auto large = pool.callAndWait(address.id, "echo", {{"text", std::string(5 * 1024 * 1024, 'x')}});
    QVERIFY(!large && large.error().is(errors::protocolTooLarge));
    QVERIFY(pool.callAndWait(address.id, "echo", {{"text", std::string(3 * 1024 * 1024, 'x')}}));
}

void TestAgentPool::badAnswers_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("code");
    QTest::newRow("frame of 4 GB") << u"hugeFrame"_s << u"protocol.too_large"_s;
    QTest::newRow("cut JSON") << u"badJson"_s << u"protocol.malformed"_s;
    QTest::newRow("deep JSON") << u"deepJson"_s << u"protocol.malformed"_s;
}

void TestAgentPool::badAnswers()
{
    QFETCH(QString, method);
    QFETCH(QString, code);
    const auto address = host(m_sshd->port());
    AgentPool pool(settings(), quick());
    pool.setHosts({address});
    const auto result = pool.callAndWait(address.id, method.toStdString(), {}, 30s);
    QVERIFY(!result);
    QCOMPARE(QString::fromStdString(result.error().code), code);
    QVERIFY(pool.callAndWait(address.id, "echo", {}, 30s));
}

void TestAgentPool::linkCutAndReconnect()
{
    Sshd sshd(*m_keys, testAgent(), {u"host"_s});
    QVERIFY2(sshd.start(), sshd.log());
    const auto address = host(sshd.port());
    AgentPool pool(settings(), quick());
    pool.setHosts({address});
    QVERIFY(pool.callAndWait(address.id, "echo", {}));
    for (int round = 0; round < 3; ++round) {
        std::mutex mutex;
        std::vector<std::string> codes;
        const auto note = [&](Result<Json> result) {
            const std::lock_guard lock(mutex);
            codes.push_back(result ? "good" : result.error().code);
        };
        pool.call(address.id, "hang", {}, note);
        pool.call(address.id, "hang", {}, note);
        pool.call(address.id, "stream", {{"items", 0x7fffffff}, {"size", 1000}}, note, 30s, [](const Json &) {});
        QVERIFY(pool.callAndWait(address.id, "echo", {}));
        QVERIFY(sshd.killSessions() > 0);
        QTRY_VERIFY((std::lock_guard(mutex), codes.size() == 3));
        QCOMPARE(codes, (std::vector<std::string>{"ssh.lost", "ssh.lost", "ssh.lost"}));
        const auto again = pool.callAndWait(address.id, "echo", {{"round", round}}, 30s);
        QVERIFY2(again, again ? "" : describe(again.error()).c_str());
    }
    // the agent ends the link and says why
    const auto revoked = pool.callAndWait(address.id, "revoke", {}, 30s);
    QVERIFY(!revoked);
    QVERIFY2(revoked.error().is(errors::keyRevoked), describe(revoked.error()).c_str());
    // the agent alone ends
    const auto ended = pool.callAndWait(address.id, "exit", {}, 30s);
    QVERIFY(!ended && ended.error().is(errors::sshLost));
    QVERIFY2(ended.error().fields.at("detail").starts_with("the remote command ended"), ended.error().fields.at("detail").c_str());
    QVERIFY(pool.callAndWait(address.id, "echo", {}, 30s));
}

void TestAgentPool::backoffOfALinkThatIsCut()
{
    const auto address = host(m_sshd->port());
    LinkTimes times;
    times.backoffMin = 200ms;
    times.backoffMax = 60s;
    times.steady = 3s;
    AgentPool pool(settings(), times);
    pool.setHosts({address});
    /// Lets the link be up for a while, cuts it, and says how long it then waited before it tried again.
    const auto cutAfter = [&](std::chrono::milliseconds up) -> std::chrono::milliseconds {
        if (!pool.callAndWait(address.id, "echo", {}))
            return -1ms;
        std::this_thread::sleep_for(up);
        const auto answer = pool.callAndWait(address.id, "exit", {});
        const auto cut = std::chrono::steady_clock::now();
        if (answer || !answer.error().is(errors::sshLost))
            return -2ms;
        pool.call(address.id, "echo", {}, [](const Result<Json> &) {}); // somebody wants it back
        for (bool waiting = false;;) { // it is seen to be cut a moment after its calls
            const LinkState state = pool.state(address.id);
            if (waiting && state != LinkState::Waiting)
                break;
            waiting = state == LinkState::Waiting;
            if (std::chrono::steady_clock::now() - cut > 60s)
                return -3ms;
            std::this_thread::sleep_for(5ms);
        }
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - cut);
    };
    // 200, 400, 800, 1600 ms, each a quarter more or less
    for (const auto least : {150, 300, 600, 1200}) {
        const auto waited = cutAfter(0ms);
        QVERIFY2(waited.count() >= least - 10, qPrintable(QString::number(waited.count())));
    }
    // up for longer than `steady`, though not for as long as it last waited: from the beginning
    const auto afterSteady = cutAfter(3200ms);
    QVERIFY2(afterSteady > 0ms && afterSteady < 2400ms, qPrintable(QString::number(afterSteady.count()))); // doubled once more: 2400 at least
    // up for longer than it last waited, and not for long: it goes on doubling
    const auto afterShort = cutAfter(300ms);
    QVERIFY2(afterShort >= 290ms, qPrintable(QString::number(afterShort.count())));
}

void TestAgentPool::deadLink()
{
    const auto address = host(m_sshd->port());
    LinkTimes times = quick();
    times.ping = 300ms;
    times.dead = 900ms;
    AgentPool pool(settings(), times);
    pool.setHosts({address});
    QVERIFY(pool.callAndWait(address.id, "echo", {}));
    // the link is given up long before the call's own time
    const auto result = pool.callAndWait(address.id, "mute", {}, 300s);
    QVERIFY(!result);
    QVERIFY2(result.error().is(errors::sshLost), describe(result.error()).c_str());
}

void TestAgentPool::idleLinkStaysOpen()
{
    const auto address = host(m_sshd->port());
    LinkTimes times = quick();
    times.ping = 200ms;
    times.dead = 800ms;
    AgentPool pool(settings(), times);
    pool.setHosts({address});
    const auto first = pool.callAndWait(address.id, "pid", {});
    QVERIFY(first);
    QTest::qWait(2500);
    QCOMPARE(pool.state(address.id), LinkState::Up);
    const auto last = pool.callAndWait(address.id, "pid", {});
    QVERIFY(last);
    QCOMPARE(dumpJson(*last), dumpJson(*first));
    const auto counts = pool.callAndWait(address.id, "counts", {});
    QVERIFY(counts);
    QVERIFY(counts->at("pings").get<int>() >= 4);
    QVERIFY(counts->at("pings").get<int>() <= 13);
}

void TestAgentPool::floods_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<bool>("stream");
    QTest::newRow("items beyond credit") << u"floodStream"_s << true;
    QTest::newRow("items of a plain call") << u"floodStream"_s << false;
    QTest::newRow("items nobody asked for") << u"floodUnknown"_s << false;
    QTest::newRow("pings") << u"floodPings"_s << false;
    QTest::newRow("standard error") << u"floodErrors"_s << false;
}

void TestAgentPool::floods()
{
    QFETCH(QString, method);
    QFETCH(bool, stream);
    const auto address = host(m_sshd->port());
    AgentPool pool(settings(), quick());
    pool.setHosts({address});
    QVERIFY(pool.callAndWait(address.id, "echo", {}));
    const std::int64_t before = residentKb();
    std::promise<Result<Json>> answer;
    std::atomic<std::int64_t> most{before};
    pool.call(address.id, method.toStdString(), {}, [&](Result<Json> result) { answer.set_value(std::move(result)); }, 60s,
              stream ? AgentPool::Item([](const Json &) {}) : AgentPool::Item());
    auto future = answer.get_future();
    while (future.wait_for(20ms) != std::future_status::ready)
        most = std::max(most.load(), residentKb());
    const auto result = future.get();
    QVERIFY(!result);
    QVERIFY2(result.error().is(errors::agentFlood), describe(result.error()).c_str());
    QVERIFY2(std::stoll(result.error().fields.at("bytes")) < 16 * 1024 * 1024, result.error().fields.at("bytes").c_str());
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
    QVERIFY2(most - before < 32 * 1024, qPrintable(QString::number(most - before)));
#endif
    QVERIFY(pool.callAndWait(address.id, "echo", {}, 30s));
}

void TestAgentPool::sixtyHosts()
{
    std::vector<HostAddress> hosts;
    for (int i = 0; i < 60; ++i) {
        hosts.push_back(host(m_sshd->port()));
        hosts.back().name = "db" + std::to_string(i);
    }
    // one that is silent must not hold up the others
    SilentServer silent;
    auto all = hosts;
    all.push_back(host(silent.port()));
    AgentPool pool(settings());
    pool.setHosts(all);
    pool.call(all.back().id, "echo", {}, [](Result<Json>) {});
    std::atomic<int> good{0};
    std::atomic<int> answered{0};
    QElapsedTimer since;
    since.start();
    const auto round = [&] {
        good = answered = 0;
        since.restart();
        for (const auto &address : hosts) {
            pool.call(address.id, "echo", {{"host", address.name}}, [&, name = address.name](Result<Json> result) {
                good += result && result->at("host") == name;
                ++answered;
            });
        }
    };
    round();
    QTRY_COMPARE_WITH_TIMEOUT(answered.load(), 60, 60000);
    QCOMPARE(good.load(), 60);
    qInfo("60 logins: %lld ms", static_cast<long long>(since.elapsed()));
    round();
    while (answered < 60 && since.elapsed() < 60'000)
        std::this_thread::sleep_for(200us);
    QCOMPARE(good.load(), 60);
    qInfo("60 requests on warm links: %.1f ms", static_cast<double>(since.nsecsElapsed()) / 1e6);
}

void TestAgentPool::changedAddressesCloseLinks()
{
    const auto first = host(m_sshd->port());
    auto second = host(m_sshd->port());
    AgentPool pool(settings(), quick());
    pool.setHosts({first, second});
    const auto pid = pool.callAndWait(first.id, "pid", {});
    QVERIFY(pid && pool.callAndWait(second.id, "pid", {}));
    std::promise<Result<Json>> removed;
    pool.call(second.id, "hang", {}, [&](Result<Json> result) { removed.set_value(std::move(result)); });
    pool.setHosts({first});
    auto future = removed.get_future();
    QCOMPARE(future.wait_for(60s), std::future_status::ready);
    QVERIFY(future.get().error().is(errors::sshLost));
    QVERIFY(pool.callAndWait(second.id, "pid", {}).error().is(errors::notFound));
    const auto same = pool.callAndWait(first.id, "pid", {});
    QVERIFY(same);
    QCOMPARE(dumpJson(*same), dumpJson(*pid));
    // a newly pinned key counts at once, however the last attempt ended
    second.hostKey.clear();
    pool.setHosts({first, second});
    QVERIFY(pool.callAndWait(second.id, "echo", {}).error().is(errors::sshHostKeyUnknown));
    second.hostKey = first.hostKey;
    pool.setHosts({first, second});
    QVERIFY(pool.callAndWait(second.id, "echo", {}));
}

void TestAgentPool::destructor_data()
{
    QTest::addColumn<int>("wait");
    for (const int wait : {0, 1, 5, 20, 40, 80, 300})
        QTest::addRow("%d ms", wait) << wait;
}

void TestAgentPool::destructor()
{
    QFETCH(int, wait);
    SilentServer silent;
    auto nameless = host(22);
    nameless.address = "no-such-host.invalid";
    std::atomic<int> answered{0};
    std::atomic<int> other{0};
    {
        std::vector<HostAddress> hosts{host(silent.port()), host(freePort()), nameless, host(m_sshd->port()), host(m_sshd->port())};
        AgentPool pool(settings(), quick());
        pool.setHosts(hosts);
        for (const auto &address : hosts) {
            pool.call(address.id, "hang", {}, [&](Result<Json> result) {
                ++answered;
                other += result || !result.error().is(errors::cancelled);
            });
        }
        QTest::qSleep(wait);
    } // waits for none of them: they would never end by themselves
    QCOMPARE(answered.load(), 5);
    QCOMPARE(other.load(), 0);
}

QTEST_GUILESS_MAIN(TestAgentPool)
#include "tst_agentpool.moc"
