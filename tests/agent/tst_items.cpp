// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/servefixture.h"

#include <signal.h>

using namespace zandb;
using namespace zandb::agent;
using wire::FrameKind;
using namespace zandb::test;
namespace fs = std::filesystem;

/// What attempts give and take while they run, over the wire of a real serve.
class TestItems : public QObject, private ServeFixture
{
    Q_OBJECT

    struct Followed
    {
        std::vector<std::int64_t> numbers;
        std::vector<Json> items;
        Json end;         ///< the answer
        std::string code; ///< of the failure, "" without
        std::int64_t bytes = 0; ///< of the bodies
    };
    /// Follows to the end, or to `count` items.
    static Followed follow(Client &client, const Json &key, std::int64_t from = 0, std::size_t count = SIZE_MAX, bool grant = true)
    {
        static std::uint32_t id = 1000;
        Followed found;
        Json params = key;
        params["from"] = from;
        client.send(FrameKind::Request, ++id, {{"method", "orders.items"}, {"params", params}});
        while (found.items.size() < count) {
            const auto frame = client.receive(grant ? 30'000 : 1000);
            if (!frame) {
                found.code = "nothing";
                break;
            }
            if (frame->id != id)
                continue;
            const Json body = parseJson(frame->body, 64).value();
            if (frame->kind == FrameKind::Response)
                found.end = body;
            else if (frame->kind == FrameKind::Failure)
                found.code = body.value("code", std::string());
            if (frame->kind != FrameKind::Item)
                break;
            found.numbers.push_back(body.at("n").get<std::int64_t>());
            found.items.push_back(body.at("item"));
            found.bytes += static_cast<std::int64_t>(frame->body.size());
            if (grant)
                client.send(FrameKind::Credit, id, {{"bytes", frame->body.size()}});
        }
        return found;
    }
    static bool isFrom(const Followed &followed, std::int64_t first)
    {
        for (std::size_t i = 0; i < followed.numbers.size(); ++i) {
            if (followed.numbers[i] != first + static_cast<std::int64_t>(i) || followed.items[i].at("i") != followed.numbers[i])
                return false;
        }
        return true;
    }
    Json feedParams(const Json &o, std::int64_t from, std::int64_t count, bool end = false) const
    {
        Json params = o.at("key");
        params["fence"] = o.at("fence");
        params["from"] = from;
        params["items"] = Json::array();
        for (std::int64_t i = 0; i < count; ++i)
            params["items"].push_back({{"i", from + i}, {"pad", std::string(1000, 'f')}});
        if (end)
            params["end"] = true;
        return params;
    }
    fs::path directoryOf(const Json &o) const
    {
        return m_root / "state" / "work" / (o.at("key").get<wire::OrderKey>().runId.toString() + ".1.1");
    }
    pid_t workerOf(const Json &o) const
    {
        pid_t pid = 0;
        (void)QTest::qWaitFor([&] {
            const auto text = readFile(directoryOf(o) / "pid", 1000);
            const auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
            pid = json ? json->value("pid", 0) : 0;
            return pid > 0;
        }, 10'000);
        return pid;
    }
    static int lines(const fs::path &file)
    {
        std::ifstream in(file);
        int count = 0;
        for (std::string line; std::getline(in, line);)
            ++count;
        return count;
    }

private Q_SLOTS:
    void init() { startFresh(); }
    void cleanup() { end(); }

    void itemsComeWhileItWorksAndAfterwards()
    {
        const auto client = enter("operator");
        const fs::path hold = m_root / "hold";
        std::ofstream(hold) << "x";
        const Json o = order({{"items", 300}, {"while", hold.string()}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        // the attempt does not end before the file is gone, so these came while it worked
        const Followed live = follow(*client, o.at("key"), 0, 300);
        QCOMPARE(live.code, std::string());
        QVERIFY(isFrom(live, 1));
        QCOMPARE(stateOf(*client, o), std::string("started"));
        const auto second = enter("dispatcher");
        fs::remove(hold);
        const Followed later = follow(*second, o.at("key"), 290);
        QCOMPARE(later.items.size(), std::size_t{10});
        QVERIFY(isFrom(later, 291));
        QCOMPARE(later.end.at("next").get<int>(), 300);
        QCOMPARE(later.end.at("counts").at("count").get<int>(), 300);
        QCOMPARE(follow(*second, o.at("key")).items.size(), std::size_t{300});
        const auto status = second->call("orders.status", o.at("key"))->get<wire::OrderStatus>();
        QVERIFY(status.items && status.items->count == 300 && status.items->cutCount == 0);
    }

    void onlyThoseWhoMayOrderSeeRows()
    {
        const auto client = enter("operator");
        const Json o = order({{"items", 1}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        QCOMPARE(client->errorOf("orders.items", wire::OrderKey{Uuid::v7(), 1, 1}), std::string("order.unknown"));
        const auto viewer = enter("viewer");
        QCOMPARE(viewer->errorOf("orders.items", o.at("key")), std::string("access.denied"));
        QCOMPARE(viewer->errorOf("orders.feed", feedParams(o, 1, 1)), std::string("access.denied"));
    }

    void creditIsKept()
    {
        const auto client = enter("operator");
        const Json o = order({{"items", 100}, {"itemPad", 10'000}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        const Followed starved = follow(*client, o.at("key"), 0, SIZE_MAX, false);
        QCOMPARE(starved.code, std::string("nothing"));
        QVERIFY2(starved.bytes >= wire::creditWindow && starved.bytes < wire::creditWindow + 11'000, qPrintable(QString::number(starved.bytes)));
        const auto other = enter("operator");
        QCOMPARE(follow(*other, o.at("key")).items.size(), std::size_t{100});
    }

    void whatIsCutIsCounted()
    {
        const auto client = enter("operator");
        const Json o = order({{"items", 50}}, "glance");
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        const Followed all = follow(*client, o.at("key"));
        QCOMPARE(all.items.size(), std::size_t{20});
        QCOMPARE(all.end.at("counts").at("cutCount").get<int>(), 30);
        const auto status = client->call("orders.status", o.at("key"))->get<wire::OrderStatus>();
        QCOMPARE(status.outcome, std::string("succeeded"));
        QVERIFY(status.items && status.items->cutCount == 30 && status.items->cutBytes > 0);
    }

    /// It was a failure once, although all of the work was done.
    void aLargeResultStaysASuccess()
    {
        const auto client = enter("operator");
        const Json o = order({{"bytes", 5'000'000}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, o), std::string("finished"), 20'000);
        const auto status = client->call("orders.status", o.at("key"))->get<wire::OrderStatus>();
        QCOMPARE(status.outcome, std::string("succeeded"));
        QVERIFY(!status.error);
        QVERIFY(status.dataCutBytes > 3'000'000);
        QVERIFY(status.data.at("text").get<std::string>().starts_with("xxx"));
        QVERIFY(status.data.contains("bytesDone"));
        const auto pending = client->call("results.pending", Json::object());
        QCOMPARE(pending->at("results").size(), std::size_t{1});
    }

    void survivesTheEndOfServeAndOfTheWorker()
    {
        auto client = enter("operator");
        const Json o = order({{"items", 100'000}, {"every", 2}, {"itemPad", 100}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        const Followed first = follow(*client, o.at("key"), 0, 50);
        QVERIFY(isFrom(first, 1));
        killServe();
        startServe();
        client = enter("operator");
        const Followed second = follow(*client, o.at("key"), 50, 100);
        QCOMPARE(second.items.size(), std::size_t{100});
        QVERIFY(isFrom(second, 51));
        QCOMPARE(::kill(workerOf(o), SIGKILL), 0);
        client = enter("operator");
        const Followed rest = follow(*client, o.at("key"), 150);
        QCOMPARE(rest.code, std::string());
        QVERIFY(isFrom(rest, 151));
        const auto next = rest.end.at("next").get<std::int64_t>();
        QVERIFY(next >= 150 && next < 100'000);
        const auto status = client->call("orders.status", o.at("key"))->get<wire::OrderStatus>();
        QCOMPARE(status.outcome, std::string("failed"));
        QVERIFY(status.items); // counted by serve, since the worker did not live to say it
        QCOMPARE(status.items->count, next);
        // they go when the order's directory goes, not before
        QVERIFY(lines(directoryOf(o) / "items") >= next);
    }

    void aFeedReachesTheWorkerInOrderAndOnce()
    {
        const auto client = enter("operator");
        const fs::path out = m_root / "out";
        const Json o = order({{"feedTo", out.string()}});
        QCOMPARE(client->errorOf("orders.feed", feedParams(o, 1, 1)), std::string("order.unknown"));
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        auto answer = client->call("orders.feed", feedParams(o, 1, 10));
        QVERIFY2(answer, answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(answer->at("acknowledged").get<int>(), 10);
        QCOMPARE(client->errorOf("orders.feed", feedParams(o, 12, 1)), std::string("order.feed_gap"));
        QCOMPARE(client->call("orders.feed", feedParams(o, 5, 10))->at("acknowledged").get<int>(), 14);
        QTRY_COMPARE_WITH_TIMEOUT(lines(out), 14, 10'000); // while it waits for more
        Json stale = feedParams(o, 15, 1);
        stale["fence"]["token"] = 0;
        QCOMPARE(client->errorOf("orders.feed", stale), std::string("order.fenced"));
        answer = client->call("orders.feed", feedParams(o, 15, 6, true));
        QVERIFY(answer && answer->at("ended").get<bool>());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, o), std::string("finished"), 10'000);
        const auto status = client->call("orders.status", o.at("key"))->get<wire::OrderStatus>();
        QCOMPARE(status.outcome, std::string("succeeded"));
        QCOMPARE(status.data.at("taken").get<int>(), 20);
        std::ifstream in(out);
        for (int expected = 1, got = 0; in >> got; ++expected)
            QCOMPARE(got, expected);
        QCOMPARE(client->errorOf("orders.feed", feedParams(o, 21, 1)), std::string("order.feed_closed"));
    }

    void aFeedGoesOnAfterTheEndOfServe()
    {
        auto client = enter("operator");
        const fs::path out = m_root / "out";
        const Json o = order({{"feedTo", out.string()}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        std::int64_t sent = 0;
        for (int round = 0; round < 3; ++round) {
            QVERIFY(client->call("orders.feed", feedParams(o, sent + 1, 40)));
            client->send(FrameKind::Request, 77, {{"method", "orders.feed"}, {"params", feedParams(o, sent + 41, 40)}}); // its answer is lost
            killServe();
            startServe();
            client = enter("operator");
            QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, o), std::string("started"), 10'000);
            const auto now = client->call("orders.feed", feedParams(o, 1, 0));
            QVERIFY2(now, now ? "" : describe(now.error()).c_str());
            sent = now->at("acknowledged").get<std::int64_t>();
            QVERIFY(sent == (round + 1) * 40 || sent > round * 40);
        }
        QVERIFY(client->call("orders.feed", feedParams(o, sent + 1, 1, true))->at("ended").get<bool>());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, o), std::string("finished"), 10'000);
        std::ifstream in(out);
        std::int64_t expected = 0;
        for (int got = 0; in >> got;)
            QCOMPARE(got, ++expected);
        QCOMPARE(expected, sent + 1);
    }

    void anAbortedFeedFailsTheWorkAndASlowOneHoldsTheSender()
    {
        const auto client = enter("operator");
        const Json aborted = order({{"feedTo", (m_root / "a").string()}});
        QCOMPARE(client->errorOf("orders.submit", aborted), std::string());
        Json params = feedParams(aborted, 1, 2);
        params["abort"] = "the other host is gone";
        QVERIFY(client->call("orders.feed", params)->at("ended").get<bool>());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, aborted), std::string("finished"), 10'000);
        const auto status = client->call("orders.status", aborted.at("key"))->get<wire::OrderStatus>();
        QCOMPARE(status.outcome, std::string("failed"));
        QCOMPARE(status.error->code, std::string("order.feed_aborted"));
        QCOMPARE(lines(m_root / "a"), 2);

        // 1 kB each, 10 ms each: the window is full long before the worker is through
        const Json slow = order({{"feedTo", (m_root / "b").string()}, {"slow", 3}});
        QCOMPARE(client->errorOf("orders.submit", slow), std::string());
        std::int64_t sent = 0;
        bool held = false;
        while (sent < 2000) {
            const auto answer = client->call("orders.feed", feedParams(slow, sent + 1, std::min<std::int64_t>(2000 - sent, 1500)));
            QVERIFY2(answer, answer ? "" : describe(answer.error()).c_str());
            const auto acknowledged = answer->at("acknowledged").get<std::int64_t>();
            held = held || acknowledged < 1500;
            QVERIFY(acknowledged > sent);
            sent = acknowledged;
        }
        QVERIFY(held);
        QVERIFY(client->call("orders.feed", feedParams(slow, sent + 1, 0, true))->at("ended").get<bool>());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, slow), std::string("finished"), 30'000);
        QCOMPARE(lines(m_root / "b"), 2000);
    }
};

QTEST_GUILESS_MAIN(TestItems)
#include "tst_items.moc"
