// SPDX-License-Identifier: GPL-3.0-or-later
// The order book where its journal is damaged or cannot be written, and where the system has too little of something.
#include "agent/workflow/repair.h"
#include "tests/agent/ordersfixture.h"

#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::test;

class TestOrderFaults : public QObject, private OrdersFixture
{
    Q_OBJECT

    /// The first record of this type is not what was written any more.
    void damage(const char *type)
    {
        std::string bytes = readFile(journalFile(m_config), 1 << 20).value();
        const auto at = bytes.find("\"t\":\"" + std::string(type) + '"');
        QVERIFY(at != std::string::npos);
        bytes[at + 6] = '!';
        std::ofstream(journalFile(m_config), std::ios::binary) << bytes;
    }

private Q_SLOTS:
    void init() { setUp(); }
    void cleanup() { endAll(); }

    void damagedJournalIsRefused()
    {
        for (int i = 0; i < 3; ++i) {
            const wire::Order o = order();
            QCOMPARE(submitError(o), std::string());
            ended(o.key);
        }
        m_book.reset();
        const fs::path file = m_config.stateDirectory / "orders.journal";
        std::string bytes = readFile(file, 1 << 20).value();
        bytes[200] = static_cast<char>(bytes[200] ^ 4);
        std::ofstream(file, std::ios::binary) << bytes;
        const auto book = OrderBook::open(m_config, m_options);
        QVERIFY(!book);
        QCOMPARE(book.error().code, std::string("journal.damaged"));
        QVERIFY(book.error().fields.contains("offset"));
    }

    /// Of an order that had begun, the damage took every record that says so.
    void anOrderWhoseStartIsLostDoesNotBeginAgain_data()
    {
        QTest::addColumn<bool>("directory");
        QTest::addColumn<QString>("outcome");
        QTest::newRow("its worker's directory tells") << true << QStringLiteral("succeeded");
        QTest::newRow("nothing tells") << false << QStringLiteral("failed");
    }
    void anOrderWhoseStartIsLostDoesNotBeginAgain()
    {
        QFETCH(bool, directory);
        QFETCH(QString, outcome);
        const fs::path runs = m_root / "runs";
        const wire::Order o = order({{"ms", 10}, {"file", runs.string()}}, "restore");
        QCOMPARE(submitError(o), std::string());
        QCOMPARE(ended(o.key).outcome, std::string("succeeded"));
        const wire::Order last = order();
        QCOMPARE(submitError(last), std::string());
        ended(last.key);
        m_book.reset();
        damage("started");
        damage("finished");
        if (!directory)
            fs::remove_all(OrdersFixture::directory(o.key));
        const auto repair = repairJournal(m_config, m_options.kinds);
        QVERIFY(repair && !repair->wasIntact);
        QCOMPARE(repair->interrupted, std::size_t(directory ? 0 : 1));
        open();
        const wire::OrderStatus status = ended(o.key);
        QCOMPARE(QString::fromStdString(status.outcome), outcome);
        if (!directory) {
            QCOMPARE(status.error->code, std::string("order.interrupted"));
            QVERIFY(status.error->errorClass == ErrorClass::Unknown); // a person decides
        }
        QCOMPARE(lines(runs), 1);
        QCOMPARE(ended(last.key).outcome, std::string("succeeded"));
    }

    /// A bad last record looks like a torn write and is cut; here it was the start of what still runs.
    void aCutStartIsTakenUpWhereItRuns()
    {
        const fs::path runs = m_root / "runs";
        const fs::path hold = m_root / "hold";
        std::ofstream{hold};
        const wire::Order o = order({{"while", hold.string()}, {"file", runs.string()}});
        QCOMPARE(submitError(o), std::string());
        const pid_t worker = workerOf(o.key);
        QVERIFY(worker > 0);
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(runs), 10'000);
        m_book.reset();
        damage("started");
        open();
        QCOMPARE(m_book->status(o.key).state, std::string("started"));
        QCOMPARE(m_book->workers().at(0).pid, worker);
        fs::remove(hold);
        QCOMPARE(ended(o.key).outcome, std::string("succeeded"));
        QCOMPARE(lines(runs), 1);
    }

    /// Without a free descriptor /proc cannot be read, and nothing is known of anybody.
    void nobodyIsTakenForDeadWithoutDescriptors()
    {
        const fs::path runs = m_root / "runs";
        const fs::path hold = m_root / "hold";
        std::ofstream{hold};
        const wire::Order running = order({{"while", hold.string()}, {"file", runs.string()}});
        const wire::Order finished = order({{"ms", 1}, {"file", runs.string()}});
        const wire::Order waiting = order({{"ms", 1}, {"file", runs.string()}});
        for (const wire::Order *o : {&running, &finished, &waiting})
            QCOMPARE(submitError(*o), std::string());
        QCOMPARE(m_book->status(waiting.key).state, std::string("accepted"));
        const pid_t worker = workerOf(running.key);
        QTRY_VERIFY_WITH_TIMEOUT(fs::exists(directory(finished.key) / "result.json"), 10'000);
        rlimit normal{};
        QCOMPARE(::getrlimit(RLIMIT_NOFILE, &normal), 0);
        const rlimit none{0, normal.rlim_max};
        const ProcessIdentity identity = m_book->workers().at(0);
        QCOMPARE(::setrlimit(RLIMIT_NOFILE, &none), 0);
        m_book->tick();
        const bool alive = isRunning(identity);
        const bool gone = isRunning({99'999'999, 1, identity.bootId});
        const bool told = signalSession(identity, SIGKILL).has_value();
        ::setrlimit(RLIMIT_NOFILE, &normal);
        QVERIFY(alive && !gone && !told);
        QCOMPARE(m_book->status(running.key).state, std::string("started"));
        QVERIFY(startTimeOf(worker) != 0);
        fs::remove(hold);
        for (const wire::Order *o : {&running, &finished, &waiting})
            QCOMPARE(ended(o->key).outcome, std::string("succeeded"));
        QCOMPARE(lines(runs), 3);
    }

    /// A start that the journal cannot note is undone; the next one waits, and does not come with every look.
    void aJournalThatCannotBeWrittenForksNothingAgainAndAgain()
    {
        const fs::path runs = m_root / "runs";
        const wire::Order o = order({{"file", runs.string()}});
        m_config.maxWorkers = 0;
        reopen();
        QCOMPARE(submitError(o), std::string());
        m_book.reset();
        m_config.maxWorkers = 1;
        m_options.startRetry = std::chrono::hours{1};
        // no file grows beyond what the journal has now
        const auto handler = ::signal(SIGXFSZ, SIG_IGN);
        rlimit normal{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &normal), 0);
        const rlimit tight{fs::file_size(journalFile(m_config)) + 10, normal.rlim_max};
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &tight), 0);
        auto book = OrderBook::open(m_config, m_options); // tries once
        const std::string error = book ? std::string() : describe(book.error());
        std::string state;
        bool tried = false;
        bool again = false;
        if (book) {
            state = (*book)->status(o.key).state;
            tried = fs::remove_all(directory(o.key)) > 0;
            for (int i = 0; i < 5; ++i)
                (*book)->tick();
            again = fs::exists(directory(o.key));
            book->reset();
        }
        ::setrlimit(RLIMIT_FSIZE, &normal);
        ::signal(SIGXFSZ, handler);
        QCOMPARE(error, std::string());
        QCOMPARE(state, std::string("accepted"));
        QVERIFY(tried);
        QVERIFY(!again);
        open();
        QCOMPARE(ended(o.key).outcome, std::string("succeeded"));
        QCOMPARE(lines(runs), 1);
    }

    /// One that no frame holds would be asked for again for ever, and nothing after it.
    void aResultThatNoFrameHoldsIsCut()
    {
        const wire::Order large = order({{"bytes", 2'500'000}, {"pad", std::string(2'000'000, 'p')}});
        QCOMPARE(submitError(large), std::string());
        QCOMPARE(ended(large.key).outcome, std::string("succeeded"));
        const wire::Order next = order();
        QCOMPARE(submitError(next), std::string());
        ended(next.key);
        const auto page = m_book->since({}, 10);
        QVERIFY(page);
        QCOMPARE(page->results.size(), std::size_t{2});
        QVERIFY(page->results[0].key == large.key && page->results[0].order);
        QVERIFY(page->results[1].key == next.key);
        QVERIFY(dumpJson(Json(page->results)).size() < (4u << 20) - 1000);
        QCOMPARE(m_book->status(large.key).data.at("text").get<std::string>().size(), std::size_t{2'500'000});
    }

    static std::size_t memory(const char *what)
    {
        std::ifstream in("/proc/self/status");
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with(what))
                return static_cast<std::size_t>(std::atoll(line.c_str() + std::strlen(what))) << 10;
        }
        return 0;
    }
    /// As values the records of this journal take eight times their text.
    void compactionHoldsOneRecordAtATime()
    {
        // large blocks go back to the system at once, whatever tests before did: else the heap keeps what was freed
        ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
        m_config.maxWorkers = 0;
        reopen();
        for (int i = 0; i < 6; ++i)
            QCOMPARE(submitError(order({{"numbers", std::vector<int>(500'000, 1)}})), std::string());
        m_book.reset();
        const std::size_t bytes = fs::file_size(journalFile(m_config));
        QVERIFY(bytes > (5u << 20));
        std::ofstream("/proc/self/clear_refs") << '5'; // the peak begins anew
        const std::size_t before = memory("VmRSS:");
        open(); // compacts
        const std::size_t peak = memory("VmHWM:");
        QVERIFY2(peak < before + 6 * bytes, qPrintable(QStringLiteral("%1 more for a journal of %2").arg(peak - before).arg(bytes)));
        QCOMPARE(fs::file_size(journalFile(m_config)), bytes);
        QCOMPARE(m_book->openKeys().size(), std::size_t{6});
    }

    void aRepairedJournalStartsNothingTwice()
    {
        const fs::path runs = m_root / "runs";
        const wire::Order lost = order({{"ms", 10}, {"file", runs.string()}});
        const wire::Order kept = order({{"ms", 10}, {"file", runs.string()}});
        for (const wire::Order &o : {lost, kept}) {
            QCOMPARE(submitError(o), std::string());
            QCOMPARE(ended(o.key).outcome, std::string("succeeded"));
        }
        {
            const auto serving = lockStateDirectory(m_config); // as `serve` does
            QVERIFY(serving && !repairJournal(m_config, m_options.kinds));
        }
        m_book.reset();
        QVERIFY(repairJournal(m_config, m_options.kinds).value().wasIntact);

        const fs::path file = journalFile(m_config);
        std::string bytes = readFile(file, 1 << 20).value();
        const auto accepted = bytes.find("accepted");
        QVERIFY(accepted != std::string::npos);
        bytes[accepted] = 'A';
        std::ofstream(file, std::ios::binary) << bytes;
        QVERIFY(!OrderBook::open(m_config, m_options));

        const auto repair = repairJournal(m_config, m_options.kinds);
        QVERIFY(repair && !repair->wasIntact);
        QCOMPARE(repair->closed, std::size_t{1});
        QVERIFY(repair->lostBytes > 0);
        QVERIFY(readFile(repair->saved, 1 << 20).value() == bytes);
        open();
        QCOMPARE(m_book->status(kept.key).state, std::string("finished"));
        QVERIFY(submitError(lost) != std::string());
        QCOMPARE(lines(runs), 2);
    }

    /// What is left of it is that it was accepted and that its cancel was wanted.
    void anOrderOfWhichOnlyTheCancelIsLeftDoesNotBeginAgain_data()
    {
        QTest::addColumn<bool>("damaged");
        QTest::newRow("a repaired journal") << true;
        QTest::newRow("a journal that never had its start") << false;
    }
    void anOrderOfWhichOnlyTheCancelIsLeftDoesNotBeginAgain()
    {
        QFETCH(bool, damaged);
        const fs::path runs = m_root / "runs";
        const wire::Order o = order({{"ms", 10}, {"file", runs.string()}}, "restore");
        QCOMPARE(submitError(o), std::string());
        QCOMPARE(ended(o.key).outcome, std::string("succeeded"));
        m_book.reset();
        fs::remove_all(OrdersFixture::directory(o.key));
        const auto records = Journal::salvage(journalFile(m_config)).value().records;
        fs::remove(journalFile(m_config));
        {
            auto journal = Journal::open(journalFile(m_config), [](std::int64_t, const Json &) {});
            QVERIFY(journal);
            for (const Json &record : records) {
                const std::string type = record.value("t", std::string());
                if (type != "finished" && (damaged || type != "started"))
                    QVERIFY(journal->append(record));
            }
            QVERIFY(journal->append({{"t", "cancel"}, {"key", o.key}, {"at", systemNow()}}));
        }
        if (damaged) {
            damage("started");
            const auto repair = repairJournal(m_config, m_options.kinds);
            QVERIFY(repair);
            QCOMPARE(repair->interrupted, std::size_t(1));
        }
        open();
        const wire::OrderStatus status = ended(o.key);
        QCOMPARE(status.outcome, std::string("failed"));
        QCOMPARE(status.error->code, std::string("order.interrupted"));
        QVERIFY(status.error->errorClass == ErrorClass::Unknown);
        QCOMPARE(lines(runs), 1);
    }
};

QTEST_GUILESS_MAIN(TestOrderFaults)
#include "tst_orderfaults.moc"
