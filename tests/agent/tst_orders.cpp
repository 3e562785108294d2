// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/sha256.h"
#include "tests/agent/ordersfixture.h"

#include <csignal>
#include <fstream>
#include <limits>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::test;

/// The order book with real workers, looked after by hand.
class TestOrders : public QObject, private OrdersFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { endAll(); }

    void succeedsOnceWhateverIsSent()
    {
        const fs::path file = m_root / "runs";
        const wire::Order o = order({{"file", file.string()}});
        for (int i = 0; i < 3; ++i)
            QCOMPARE(submitError(o), std::string());
        const wire::OrderStatus status = ended(o.key);
        QCOMPARE(status.outcome, std::string("succeeded"));
        QCOMPARE(status.data.at("text").get<std::string>(), std::string("xx"));
        QVERIFY(status.startedAt && status.endedAt && status.acceptedAt <= *status.startedAt);
        QCOMPARE(m_book->submit(o)->outcome, std::string("succeeded"));
        reopen();
        QCOMPARE(m_book->submit(o)->outcome, std::string("succeeded"));
        m_book->tick();
        QCOMPARE(lines(file), 1);
        const auto log = m_book->log(o.key, 0, 10'000);
        QVERIFY(log && log->bytes.find("began") != std::string::npos && log->bytes.ends_with("ended\n"));
        QCOMPARE(m_book->log(o.key, log->size, 100)->bytes, std::string());
    }

    void refusals()
    {
        const wire::Order o = order();
        QCOMPARE(submitError(o), std::string());
        wire::Order other = o;
        other.args = {{"ms", 1}};
        other.argsSha256 = Sha256::of(dumpJson(other.args));
        QCOMPARE(submitError(other), std::string("order.conflict"));
        other = order();
        other.argsSha256 = Sha256::of("no");
        QCOMPARE(submitError(other), std::string("order.args_digest"));
        other = order();
        other.key.attempt = 0;
        QCOMPARE(submitError(other), std::string("order.args"));
        other = order();
        other.fence = {};
        QCOMPARE(submitError(other), std::string("order.args"));
        QCOMPARE(submitError(order({}, "unheard_of")), std::string("order.args"));
        QCOMPARE(m_book->status({Uuid::v7(), 1, 1}).state, std::string("none"));
    }

    void fencesAndEpochsArePersisted()
    {
        wire::Order o = order();
        QCOMPARE(submitError(o), std::string());
        wire::Order newer = order();
        newer.fence.token = 9;
        QCOMPARE(submitError(newer), std::string());
        QCOMPARE(submitError(order()), std::string("order.fenced"));
        QCOMPARE(submitError(o), std::string("order.fenced")); // also for what is known
        reopen();
        QCOMPARE(submitError(order()), std::string("order.fenced"));
        QCOMPARE(m_book->cancel(o.key, m_fence).error().code, std::string("order.fenced"));
        m_fence.token = 9;
        wire::Order foreign = order();
        foreign.fence.storeEpoch = Uuid::v7();
        foreign.fence.token = 1;
        QCOMPARE(submitError(foreign), std::string("order.epoch"));
        QVERIFY(m_book->acceptEpoch(foreign.fence.storeEpoch));
        QCOMPARE(submitError(foreign), std::string());
        reopen();
        QCOMPARE(submitError(order()), std::string("order.epoch"));
        ended(foreign.key);
        m_fence = foreign.fence;
    }

    /// One order with the highest token would otherwise lock the host for good.
    void anAcceptedEpochForgetsFences()
    {
        wire::Order o = order();
        o.fence.token = std::numeric_limits<std::int64_t>::max();
        QCOMPARE(submitError(o), std::string());
        QCOMPARE(submitError(order()), std::string("order.fenced"));
        QVERIFY(m_book->acceptEpoch(m_fence.storeEpoch));
        QCOMPARE(submitError(order()), std::string());
        reopen();
        QCOMPARE(submitError(order()), std::string());
    }

    /// The book opens, and a torn record is cut, where not a byte can be written.
    void opensOnAFullDisk()
    {
        const fs::path disk = m_root / "disk";
        fs::create_directories(disk);
        if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=1m") != 0)
            QSKIP("no tmpfs can be mounted here: run the tests as root");
        m_book.reset();
        m_config.stateDirectory = disk / "state";
        fs::create_directories(m_config.stateDirectory);
        m_options.reservedForResults = 0;
        open();
        const wire::Order o = order();
        const std::string first = submitError(o);
        const std::string outcome = ended(o.key).outcome;
        m_book.reset();
        std::ofstream(journalFile(m_config), std::ios::app | std::ios::binary) << std::string("\0\0\0\7torn", 8);
        {
            std::ofstream filler(disk / "filler", std::ios::binary);
            const std::string block(4096, 'f');
            while (filler.write(block.data(), 4096).flush()) { }
        }
        std::string error, state;
        {
            auto book = OrderBook::open(m_config, m_options);
            error = book ? "" : describe(book.error());
            state = book ? (*book)->status(o.key).state : "";
        }
        fs::remove(disk / "filler");
        open();
        const std::string after = submitError(order());
        for (const wire::OrderKey &key : m_book->openKeys())
            ended(key);
        m_book.reset();
        ::umount2(disk.c_str(), MNT_DETACH);
        QCOMPARE(first, std::string());
        QCOMPARE(outcome, std::string("succeeded"));
        QCOMPARE(error, std::string());
        QCOMPARE(state, std::string("finished"));
        QCOMPARE(after, std::string());
    }

    void tombstone()
    {
        const wire::Order o = order({{"file", (m_root / "runs").string()}});
        QCOMPARE(m_book->cancel(o.key, m_fence)->state, std::string("tombstone"));
        QCOMPARE(submitError(o), std::string("order.tombstone"));
        reopen();
        QCOMPARE(submitError(o), std::string("order.tombstone"));
        QVERIFY(!fs::exists(m_root / "runs"));
    }

    void waitsForAFreeWorkerAndExpires()
    {
        const wire::Order first = order({{"ms", 2500}});
        const wire::Order second = order({{"ms", 2500}});
        wire::Order third = order();
        third.ttlSeconds = 1;
        const wire::Order fourth = order();
        for (const wire::Order *o : {&first, &second, &std::as_const(third), &fourth})
            QCOMPARE(submitError(*o), std::string());
        QCOMPARE(m_book->status(second.key).state, std::string("started"));
        QCOMPARE(m_book->status(third.key).state, std::string("accepted"));
        const wire::OrderStatus expired = ended(third.key);
        QCOMPARE(expired.error->code, std::string("order.expired"));
        QVERIFY(expired.error->isTransient() && !expired.startedAt);
        QCOMPARE(m_book->status(fourth.key).state, std::string("accepted"));
        QCOMPARE(ended(fourth.key).outcome, std::string("succeeded"));
    }

    /// Each pool has its own workers: a short order starts at once, however many long ones wait.
    void longWorkNeverHoldsUpAShortOrder()
    {
        const fs::path hold = m_root / "hold";
        std::ofstream(hold) << "x";
        std::vector<wire::OrderKey> longOnes;
        for (int i = 0; i < 12; ++i) {
            const wire::Order o = order({{"while", hold.string()}}, i % 2 ? "restore" : "backup");
            QCOMPARE(submitError(o), std::string());
            longOnes.push_back(o.key);
        }
        const auto inState = [&](const char *state) {
            return std::ranges::count_if(longOnes, [&](const auto &key) { return m_book->status(key).state == state; });
        };
        QCOMPARE(inState("started"), 2);
        const wire::Order glance = order(Json::object(), "glance");
        const auto status = m_book->submit(glance);
        QVERIFY(status);
        QCOMPARE(status->state, std::string("started")); // with the very answer
        const wire::OrderStatus end = ended(glance.key);
        QVERIFY2(end.outcome == "succeeded", end.error ? describe(*end.error).c_str() : end.state.c_str());
        QCOMPARE(inState("accepted"), 10);
        // and the short ones have a limit of their own
        m_config.maxShortWorkers = 1;
        reopen();
        const wire::Order first = order({{"while", hold.string()}}, "glance"), second = order(Json::object(), "glance");
        QCOMPARE(m_book->submit(first)->state, std::string("started"));
        QCOMPARE(m_book->submit(second)->state, std::string("accepted"));
        fs::remove(hold);
        QCOMPARE(ended(second.key).outcome, std::string("succeeded"));
    }

    /// Of an exclusive kind one attempt at a time works for an instance, also after the journal was read again.
    void exclusiveKindsTakeTurnsOnAnInstance()
    {
        m_config.maxWorkers = 8;
        reopen();
        const fs::path hold = m_root / "hold";
        std::ofstream(hold) << "x";
        const wire::Order first = order({{"instance", "a"}, {"while", hold.string()}}, "rebuild");
        const wire::Order second = order({{"instance", "a"}}, "rebuild");
        const wire::Order other = order({{"instance", "b"}}, "rebuild");
        QCOMPARE(m_book->submit(first)->state, std::string("started"));
        QCOMPARE(m_book->submit(second)->state, std::string("accepted"));
        QCOMPARE(m_book->submit(other)->state, std::string("started"));
        QCOMPARE(ended(other.key).outcome, std::string("succeeded"));
        reopen();
        m_book->tick();
        QCOMPARE(m_book->status(first.key).state, std::string("started"));
        QCOMPARE(m_book->status(second.key).state, std::string("accepted"));
        fs::remove(hold);
        const wire::OrderStatus after = ended(second.key);
        QCOMPARE(after.outcome, std::string("succeeded"));
        QVERIFY(after.startedAt >= m_book->status(first.key).endedAt);
    }

    void cancelsWhatWaitsAndWhatRuns()
    {
        m_config.maxWorkers = 1;
        reopen();
        const wire::Order running = order({{"ms", 60'000}});
        const wire::Order waiting = order();
        QCOMPARE(submitError(running), std::string());
        QCOMPARE(submitError(waiting), std::string());
        QCOMPARE(m_book->cancel(waiting.key, m_fence)->outcome, std::string("cancelled"));
        QVERIFY(workerOf(running.key) > 0);
        QCOMPARE(m_book->cancel(running.key, m_fence)->state, std::string("started"));
        const wire::OrderStatus status = ended(running.key);
        QCOMPARE(status.outcome, std::string("cancelled"));
        QCOMPARE(status.error->code, std::string("cancelled"));
        QVERIFY(!status.error->fields.contains("left_behind"));
    }

    void killsWhoDoesNotListen()
    {
        const wire::Order o = order({{"ms", 60'000}, {"deaf", true}, {"child", true}});
        QCOMPARE(submitError(o), std::string());
        QTRY_VERIFY_WITH_TIMEOUT(lines(directory(o.key) / "child") == 1, 30'000);
        pid_t child = 0;
        std::ifstream(directory(o.key) / "child") >> child;
        const pid_t worker = workerOf(o.key);
        QCOMPARE(::getsid(child), worker);
        QVERIFY(m_book->cancel(o.key, m_fence));
        QTest::qWait(150);
        m_book->tick();
        QVERIFY(startTimeOf(child) != 0); // the grace is not over
        const wire::OrderStatus status = ended(o.key);
        QCOMPARE(status.outcome, std::string("cancelled"));
        QCOMPARE(status.error->fields.at("left_behind"), directory(o.key).string());
        QTRY_COMPARE_WITH_TIMEOUT(startTimeOf(child), std::uint64_t{0}, 30'000);
        QCOMPARE(startTimeOf(worker), std::uint64_t{0});
    }

    void killedWorkerIsInterruptedAndNotRunAgain()
    {
        for (const char *kind : {"sample", "restore"}) {
            const fs::path file = m_root / kind;
            const wire::Order o = order({{"ms", 60'000}, {"child", true}, {"file", file.string()}}, kind);
            QCOMPARE(submitError(o), std::string());
            QTRY_VERIFY_WITH_TIMEOUT(lines(directory(o.key) / "child") == 1, 30'000);
            pid_t child = 0;
            std::ifstream(directory(o.key) / "child") >> child;
            const pid_t worker = workerOf(o.key);
            QCOMPARE(::getpriority(PRIO_PROCESS, static_cast<id_t>(worker)), 7);
            ::kill(worker, SIGKILL);
            const wire::OrderStatus status = ended(o.key);
            QCOMPARE(status.outcome, std::string("failed"));
            QCOMPARE(status.error->code, std::string("order.interrupted"));
            QVERIFY(status.error->errorClass == (kind == std::string("sample") ? ErrorClass::Transient : ErrorClass::Unknown));
            QTRY_COMPARE_WITH_TIMEOUT(startTimeOf(child), std::uint64_t{0}, 30'000); // its session went with it
            QCOMPARE(m_book->submit(o)->outcome, std::string("failed"));
            m_book->tick();
            QCOMPARE(lines(file), 1);
        }
    }

    /// Nobody would ever read its result.
    void aWorkerWhoseDirectoryIsRemovedEnds()
    {
        const fs::path hold = m_root / "hold"; // it works as long as this stands, however slow the machine is
        std::ofstream(hold).flush();
        const wire::Order o = order({{"while", hold.string()}});
        QCOMPARE(submitError(o), std::string());
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(directory(o.key) / "log"), 30'000);
        const pid_t worker = workerOf(o.key);
        QVERIFY(worker > 0);
        fs::remove_all(directory(o.key));
        QVERIFY(startTimeOf(worker) != 0);
        fs::remove(hold);
        QTRY_COMPARE_WITH_TIMEOUT(startTimeOf(worker), std::uint64_t{0}, 30'000);
    }

    void throwingFailingAndTooBig()
    {
        const wire::Order thrower = order({{"throw", true}});
        const wire::Order failing = order({{"fail", true}});
        const wire::Order big = order({{"bytes", 5'000'000}});
        m_options.kinds["unheard_of"] = {}; // of this serve, and not of its workers
        reopen();
        const wire::Order unknown = order({}, "unheard_of");
        for (const wire::Order *o : {&thrower, &failing, &big, &unknown})
            QCOMPARE(submitError(*o), std::string());
        QCOMPARE(ended(thrower.key).error->code, std::string("internal"));
        QCOMPARE(ended(thrower.key).error->fields.at("detail"), std::string("thrown on purpose"));
        QCOMPARE(ended(failing.key).error->code, std::string("backup.blocked"));
        QVERIFY(ended(failing.key).error->isTransient());
        QCOMPARE(ended(big.key).outcome, std::string("succeeded")); // what was done stays done
        QVERIFY(ended(big.key).dataCutBytes > 3'000'000 && !ended(big.key).error);
        QCOMPARE(ended(unknown.key).error->code, std::string("order.args"));
    }

    void missingWorkerProgramFailsTheOrder()
    {
        m_options.workerProgram = m_root / "not-there";
        reopen();
        const wire::Order o = order();
        QCOMPARE(submitError(o), std::string());
        QCOMPARE(m_book->status(o.key).error->code, std::string("io.failed"));
    }

    void resultsWaitForTheStore()
    {
        const wire::Order first = order();
        const wire::Order second = order();
        QCOMPARE(submitError(first), std::string());
        ended(first.key);
        QCOMPARE(submitError(second), std::string());
        ended(second.key);
        QCOMPARE(m_book->pending(10)->results.size(), std::size_t{2});
        QVERIFY(m_book->pending(10)->results[0].key == first.key);
        QVERIFY(m_book->pending(1)->more);
        QVERIFY(m_book->acknowledge({first.key, {Uuid::v7(), 1, 1}}));
        reopen();
        QCOMPARE(m_book->pending(10)->results.size(), std::size_t{1});
        const auto since = m_book->since({}, 10);
        QCOMPARE(since->results.size(), std::size_t{2});
        // with what was ordered, for a store that lost it; only there, since it may be long
        QVERIFY(since->results[1].order && since->results[1].order->key == second.key);
        QCOMPARE(since->results[1].order->argsSha256, second.argsSha256);
        QVERIFY(decode<wire::OrderStatus>(Json(since->results[1]))->order);
        QVERIFY(!m_book->pending(10)->results[0].order);
        QCOMPARE(m_book->since(systemNow(), 10)->results.size(), std::size_t{0});

        // kept until the time after the acknowledgement is over; what is not acknowledged stays
        m_options.keep = 0us;
        reopen();
        QCOMPARE(m_book->status(first.key).state, std::string("none"));
        QVERIFY(!fs::exists(directory(first.key)));
        QCOMPARE(m_book->status(second.key).outcome, std::string("succeeded"));
        QCOMPARE(m_book->pending(10)->results.size(), std::size_t{1});
    }

    void keepsWhoOrdered()
    {
        const wire::OrderedBy headless{"headless", "dispatcher", "SHA256:abc"};
        wire::Order o = order();
        o.author = "ann";
        QVERIFY(m_book->submit(o, headless));
        const wire::OrderedBy other{"bob", "admin", "SHA256:def"};
        QVERIFY(m_book->submit(o, other)->orderedBy == headless); // the first to send it
        const wire::OrderStatus status = ended(o.key);
        QVERIFY(status.orderedBy == headless);
        QVERIFY(status.data.at("orderedBy").get<wire::OrderedBy>() == headless); // the worker knows it
        const auto log = m_book->log(o.key, 0, 10'000);
        QVERIFY(log && log->bytes.find(" ordered by headless (dispatcher, SHA256:abc) for ann\n") != std::string::npos);
        QVERIFY(decode<wire::OrderStatus>(Json(status))->orderedBy == headless);

        // once more out of a journal that was compacted twice
        reopen();
        reopen();
        QVERIFY(m_book->status(o.key).orderedBy == headless);
        QVERIFY(m_book->pending(10)->results.at(0).orderedBy == headless);
        const auto since = m_book->since({}, 10);
        QVERIFY(since->results.at(0).orderedBy == headless);
        QCOMPARE(since->results.at(0).order->author, std::string("ann"));
    }

    void ordersOfAJournalWithoutWhoOrdered()
    {
        const wire::Order o = order();
        QCOMPARE(submitError(o), std::string());
        const auto records = [&] {
            std::vector<Json> all;
            (void)Journal::open(journalFile(m_config), [&](std::int64_t, const Json &record) { all.push_back(record); });
            return all;
        }();
        const auto accepted = std::ranges::find(records, "accepted", [](const Json &r) { return r.at("t").get<std::string>(); });
        QVERIFY(accepted != records.end() && !accepted->contains("orderedBy")); // as earlier versions wrote it
        QVERIFY(ended(o.key).data.at("orderedBy").is_null());
        reopen();
        QCOMPARE(m_book->status(o.key).outcome, std::string("succeeded"));
        QVERIFY(!m_book->status(o.key).orderedBy);
        QVERIFY(!Json(m_book->status(o.key)).contains("orderedBy"));
    }

    void fullSpoolRefusesOrdersAndKeepsResults()
    {
        const wire::Order running = order({{"ms", 300}});
        QCOMPARE(submitError(running), std::string());
        m_config.spoolBytes = (64 << 20) + 1;
        reopen();
        QCOMPARE(submitError(order()), std::string("spool.full"));
        QCOMPARE(m_book->cancel({Uuid::v7(), 1, 1}, m_fence).error().code, std::string("spool.full"));
        QCOMPARE(submitError(running), std::string()); // known: its answer
        QCOMPARE(ended(running.key).outcome, std::string("succeeded"));
    }

    void workerOutlivesTheBook()
    {
        const fs::path file = m_root / "runs";
        const fs::path hold = m_root / "hold";
        std::ofstream(hold).flush();
        const wire::Order stays = order({{"while", hold.string()}, {"file", file.string()}});
        const wire::Order ends = order({{"ms", 50}, {"file", file.string()}});
        QCOMPARE(submitError(stays), std::string());
        QCOMPARE(submitError(ends), std::string());
        const pid_t worker = workerOf(stays.key);
        m_book.reset();
        QTest::qWait(400);
        open();
        QVERIFY(startTimeOf(worker) != 0);
        QCOMPARE(m_book->status(stays.key).state, std::string("started"));
        QCOMPARE(ended(ends.key).outcome, std::string("succeeded"));
        fs::remove(hold);
        QCOMPARE(ended(stays.key).outcome, std::string("succeeded"));
        QVERIFY(ended(stays.key).progress.bytesDone > 0);
        QCOMPARE(lines(file), 2);
    }

};

QTEST_GUILESS_MAIN(TestOrders)
#include "tst_orders.moc"
