// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/collected.h"
#include "agent/protocol/slowlog.h"
#include "tests/agent/servefixture.h"
#include "tests/support/testserver.h"

#include <atomic>
#include <fstream>
#include <mutex>
#include <thread>

#include <sys/stat.h>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// The whole agent beside real servers that write slow logs under load, while logs are rotated and the agent is killed: each statement is counted once in what was
/// acknowledged.
class TestSlowFollowAgent : public QObject, private ServeFixture
{
    Q_OBJECT

    /// One server and statements that each have a digest of their own.
    struct Load
    {
        std::unique_ptr<TestServer> server;
        std::thread thread;
        std::mutex pause;
        std::atomic<int> sent{0};
        std::atomic<bool> stop{false};
        std::string failed;

        fs::path log() const { return server->logDirectory() / "slow.log"; }
        /// "g" to "v" for the digits of n: names without digits, which a fingerprint would hide.
        static std::string name(int n)
        {
            std::string letters;
            for (int left = n; left > 0; left /= 16)
                letters += static_cast<char>('g' + left % 16);
            return "q_" + letters;
        }
        void run()
        {
            const auto client = agent::SqlClient::connect("t", server->socket(), "root", 5s, 100s);
            while (!stop) {
                const std::lock_guard lock(pause);
                const int n = sent + 1;
                const auto done = client ? (*client)->query("SELECT 1 AS " + name(n)) : Result<agent::SqlResult>(fail(client.error()));
                if (!done) {
                    failed = describe(done.error());
                    return;
                }
                sent = n;
                std::this_thread::sleep_for(5ms);
            }
        }
    };
    std::vector<std::unique_ptr<Load>> m_loads;
    std::map<std::string, std::int64_t> m_numbers;                    ///< acknowledged, by source
    std::map<std::string, std::map<std::string, std::int64_t>> m_counts; ///< by source and fingerprint
    int m_gaps = 0;

    /// Takes what waits, as a store would, until nothing comes for a second.
    void collect()
    {
        auto client = enter("dispatcher");
        QVERIFY(client);
        std::uint32_t request = 900; // each acknowledgement is one of its own
        client->send(wire::FrameKind::Request, 900, {{"method", "collected.watch"}, {"params", Json::object()}});
        while (const auto frame = client->receive(1'000)) {
            if (frame->id != 900 || frame->kind != wire::FrameKind::Item)
                continue;
            const auto batch = parseJson(frame->body, 64).value().get<wire::CollectedBatch>();
            client->send(wire::FrameKind::Credit, 900, {{"bytes", frame->body.size()}});
            if (!batch.source.starts_with(wire::slowlogSourcePrefix))
                continue;
            if (batch.number > m_numbers[batch.source]) {
                m_numbers[batch.source] = batch.number;
                const auto minute = batch.payload.get<wire::SlowMinute>();
                m_gaps += minute.gapTo != TimePoint{};
                for (const wire::SlowDigest &digest : minute.digests)
                    m_counts[batch.source][digest.fingerprint] += digest.events;
            }
            client->send(wire::FrameKind::Request, ++request, {{"method", "collected.ack"}, {"params", {{"acks", std::vector<wire::CollectedMark>{{batch.source, batch.spool, batch.number}}}}}});
        }
    }
    wire::SlowSource sourceOf(const Load &load)
    {
        const auto answer = enter("viewer")->call("slowlog.source", {{"instance", load.server->name()}});
        return answer && !answer->at("sources").empty() ? answer->at("sources").at(0).get<wire::SlowSource>() : wire::SlowSource{};
    }
    std::int64_t found(const Load &load) { return countOf(load, true); }
    std::int64_t countOf(const Load &load, bool distinct)
    {
        std::int64_t all = 0;
        for (const auto &[shape, events] : m_counts["slowlog/" + load.server->name()])
            all += shape.starts_with("select ? as q_") ? (distinct ? 1 : events) : 0;
        return all;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const Flavour flavour : {Flavour::MariaDb, Flavour::MySql}) {
            if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
                QSKIP(reason.c_str());
        }
        startFresh();
        for (const Flavour flavour : {Flavour::MariaDb, Flavour::MySql}) {
            auto load = std::make_unique<Load>();
            std::string error;
            ServerOptions options;
            options.flavour = flavour;
            options.base = m_root / "base";
            options.myCnf = {"slow_query_log=1", "long_query_time=0"};
            load->server = TestServer::start(options, &error);
            QVERIFY2(load->server, error.c_str());
            QVERIFY2(load->server->exec(flavour == Flavour::MariaDb ? "CREATE USER zandb@localhost" : "CREATE USER watch@localhost"), load->server->lastError().c_str());
            QVERIFY2(load->server->exec("SET GLOBAL slow_query_log_file = '" + load->log().string() + "'"), load->server->lastError().c_str());
            m_loads.push_back(std::move(load));
        }
    }
    void cleanupTestCase()
    {
        for (auto &load : m_loads) {
            load->stop = true;
            if (load->thread.joinable())
                load->thread.join();
        }
        m_loads.clear();
        end();
    }

    void eachStatementOnce()
    {
        // from here on nothing may be lost: the agent has made durable which files it reads
        QElapsedTimer sources;
        for (sources.start(); m_numbers.size() < m_loads.size() && sources.elapsed() < 60'000;)
            collect();
        QCOMPARE(m_numbers.size(), m_loads.size());
        for (auto &load : m_loads)
            load->thread = std::thread([&one = *load] { one.run(); });
        for (int round = 0; round < 6; ++round) {
            QTest::qWait(1500 + 700 * (round % 3)); // the load goes on; somewhere between two looks
            killServe();
            for (auto &load : m_loads) {
                const fs::path log = load->log();
                if (round == 1) { // while nobody reads
                    fs::rename(log, log.string() + ".1");
                    QVERIFY(load->server->exec("FLUSH LOCAL SLOW LOGS"));
                }
            }
            startServe();
            for (auto &load : m_loads) {
                const auto written = static_cast<std::int64_t>(fs::file_size(load->log()));
                QVERIFY(QTest::qWaitFor([&] { return sourceOf(*load).offset >= written; }, 60'000)); // it reads
            }
            for (auto &load : m_loads) {
                const fs::path log = load->log();
                if (round == 2) {
                    fs::rename(log, log.string() + ".2");
                    QTest::qWait(1500); // the server still writes to the old one
                    QVERIFY(load->server->exec("FLUSH LOCAL SLOW LOGS"));
                } else if (round == 3) {
                    // what the server writes between copying and truncating is lost to everybody
                    const std::lock_guard lock(load->pause);
                    fs::copy_file(log, log.string() + ".3");
                    fs::resize_file(log, 0);
                } else if (round == 4) {
                    const std::int64_t before = sourceOf(*load).offset;
                    fs::remove(log);
                    QVERIFY(load->server->exec("FLUSH LOCAL SLOW LOGS"));
                    // what is gone cannot be found by another agent: this one has to come to its end
                    QVERIFY(QTest::qWaitFor([&] { return sourceOf(*load).offset < before; }, 60'000));
                } else if (round == 5) {
                    QVERIFY(load->server->exec("SET GLOBAL slow_query_log_file = '" + log.string() + ".new'"));
                }
            }
            collect();
        }
        for (auto &load : m_loads) {
            load->stop = true;
            load->thread.join();
            QVERIFY2(load->failed.empty(), load->failed.c_str());
            QVERIFY(load->sent > 1000);
        }
        const auto isComplete = [&] {
            collect();
            return std::ranges::all_of(m_loads, [&](const auto &load) { return found(*load) == load->sent; });
        };
        QElapsedTimer timer;
        timer.start();
        while (!isComplete() && timer.elapsed() < 150'000) {}
        for (const auto &load : m_loads) {
            QStringList wrong;
            auto &counts = m_counts["slowlog/" + load->server->name()];
            for (int n = 1; n <= load->sent; ++n) {
                const std::int64_t count = counts["select ? as " + Load::name(n)];
                if (count != 1)
                    wrong << QStringLiteral("%1 was counted %2 times").arg(n).arg(count);
            }
            QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("%1 of %2: ").arg(wrong.size()).arg(load->sent.load()) + wrong.mid(0, 10).join(QStringLiteral(", "))));
        }
        QCOMPARE(m_gaps, 0);
    }

    void sourcesAreTold()
    {
        for (const auto &load : m_loads) {
            const auto source = sourceOf(*load);
            QCOMPARE(source.state, "following");
            QCOMPARE(source.path, load->log().string() + ".new");
            QVERIFY(source.offset > 0 && source.lastEvent > TimePoint{});
        }
        QCOMPARE(enter("viewer")->errorOf("slowlog.source", {{"instance", "my1"}}), std::string("instance.unknown"));
        QVERIFY(m_loads[0]->server->exec("SET GLOBAL log_output = 'TABLE'"));
        QVERIFY(m_loads[1]->server->exec("SET GLOBAL slow_query_log = OFF"));
        QTRY_COMPARE_WITH_TIMEOUT(sourceOf(*m_loads[0]).reason, "log_output_table", 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(sourceOf(*m_loads[1]).reason, "off", 60'000);
        // what the remedy says works
        for (const auto &load : m_loads) {
            const auto source = sourceOf(*load);
            QCOMPARE(source.state, "no_source");
            QVERIFY(!source.setGlobal.empty() && !source.myCnf.empty());
            QVERIFY2(load->server->exec(source.setGlobal), load->server->lastError().c_str());
            QTRY_COMPARE_WITH_TIMEOUT(sourceOf(*load).state, "following", 60'000);
        }
    }

    void rawEntriesAreForOperators()
    {
        const auto &load = m_loads[0];
        struct stat status{};
        const std::string path = load->log().string() + ".new";
        QCOMPARE(::stat(path.c_str(), &status), 0);
        std::ifstream in(path, std::ios::binary);
        const std::string text((std::istreambuf_iterator<char>(in)), {});
        const auto place = text.find("# User@Host: ");
        QVERIFY(place != text.npos);
        Json params = {{"instance", load->server->name()}, {"device", status.st_dev}, {"inode", status.st_ino}, {"offset", place}, {"length", 100}};
        QCOMPARE(enter("viewer")->errorOf("slowlog.raw", params), std::string("access.denied"));
        QCOMPARE(enter("dispatcher")->errorOf("slowlog.raw", params), std::string("access.denied"));
        auto client = enter("operator");
        const auto raw = client->call("slowlog.raw", params);
        QVERIFY(raw.has_value());
        QCOMPARE(bytesFromJson(raw->at("text")).value(), text.substr(place, 100));
        params["offset"] = place + 1;
        QCOMPARE(client->errorOf("slowlog.raw", params), std::string("slowlog.gone"));
        params["inode"] = 1;
        QCOMPARE(client->errorOf("slowlog.raw", params), std::string("slowlog.gone"));
    }
};

QTEST_GUILESS_MAIN(TestSlowFollowAgent)
#include "tst_slowfollowagent.moc"
