// SPDX-License-Identifier: GPL-3.0-or-later
// What an agent collects on its way into the store: a real server, agent, sshd and store, each of which dies in between.
#include "agent/runtime/spool.h"
#include "app/fleet/fleetrepository.h"
#include "app/headless/collecting.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <fstream>
#include <sstream>

using namespace std::chrono_literals;
using namespace zandb;
using namespace zandb::test;

class TestCollecting : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;
    Settings m_settings;
    std::unique_ptr<store::Session> m_session;
    std::unique_ptr<remote::AgentPool> m_pool;
    std::unique_ptr<headless::Collecting> m_collecting;
    Fleet m_state;
    std::map<Uuid, std::int64_t> m_tokens;

    void collect()
    {
        m_collecting.reset();
        m_collecting = std::make_unique<headless::Collecting>(m_settings.store, *m_pool, [](const std::string &line) { qInfo("%s", line.c_str()); },
                                                              headless::Collecting::Times{.gather = 1s, .again = 200ms, .pack = 1h});
        m_collecting->setHosts(m_tokens);
    }
    std::int64_t mark(const std::string &column) const
    {
        return std::atoll(m_fleet->storeValue("SELECT " + column + " FROM " + m_settings.store.schema + ".collected WHERE source = 'samples'").c_str());
    }
    std::int64_t number() const { return mark("number"); }
    bool reaches(std::int64_t wanted) const
    {
        const auto until = std::chrono::steady_clock::now() + 120s;
        while (number() < wanted && std::chrono::steady_clock::now() < until)
            QTest::qWait(100);
        return number() >= wanted;
    }
    /// Readings of the instance in the store, and whether one of them is no sensible one.
    std::pair<std::int64_t, bool> readings() const
    {
        const auto now = m_session->now();
        const auto history = now ? fleet::loadSeries(*m_session, m_state.instances.front().instance.id, fleet::instanceSeries, *now - 2h, *now + 1h)
                                 : Result<fleet::History>(fail(now.error()));
        std::int64_t count = 0;
        bool sensible = history && history->damaged == 0;
        for (const Series &part : history ? history->series : std::vector<Series>{}) {
            for (std::size_t i = 0; i < part.points; ++i) {
                const auto &connections = part.columns.at(1)[i];
                count += connections.has_value();
                sensible = sensible && (!connections || (*connections >= 1 && part.columns.at(3)[i].value_or(0) > 0 && part.columns.at(17)[i].value_or(0) > 0 && part.columns.at(6)[i] && part.columns.at(7)[i]));
            }
        }
        return {count, sensible};
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        m_fleet = TestFleet::start({}, &error);
        QVERIFY2(m_fleet, error.c_str());

        // a reading each second, so that the test has many of them
        auto &host = m_fleet->host();
        const auto file = host.directory / "agent.toml";
        std::stringstream text;
        text << std::ifstream(file).rdbuf();
        std::string config = text.str();
        config.replace(config.find("[agent]\n"), 8, "[agent]\nsample_seconds = 1\n");
        std::ofstream(file, std::ios::trunc) << config;
        m_fleet->killAgent(host);
        QVERIFY(m_fleet->startAgent(host));

        const auto settings = loadSettings(m_fleet->directory() / "headless.toml");
        QVERIFY(settings);
        m_settings = *settings;
        m_session = std::make_unique<store::Session>(m_settings.store);
        const auto fleet = fleet::loadFleet(*m_session);
        QVERIFY(fleet && fleet->instances.size() == 1);
        m_state = *fleet;
        m_pool = std::make_unique<remote::AgentPool>(m_settings.ssh);
        m_pool->setHosts(remote::addressesOf(m_state));
        const Uuid id = m_state.hosts.front().id;
        QVERIFY(m_session->execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,7,1)", {store::value(id), store::value(Uuid::v7())}));
        m_tokens = {{id, 7}};
    }

    void figuresReachTheStore()
    {
        collect();
        QVERIFY2(reaches(5), m_fleet->describe().c_str());
        const auto [count, sensible] = readings();
        QVERIFY(sensible);
        QVERIFY(count >= 4); // the agent's second start may have taken the same second again
        // what is stored is acknowledged: the agent keeps the rest only
        const auto shown = m_fleet->ctl({"instance", "history", m_fleet->host().path(), "--last", "60s", "--lines", "6", "--json"});
        QCOMPARE(shown.status, 0);
        const auto json = parseJson(shown.out);
        QVERIFY(json);
        const auto &points = json->at("points");
        QCOMPARE(points.size(), 6);
        QVERIFY(points.back().at("connections").is_number() || points.at(4).at("connections").is_number());
        QVERIFY(m_fleet->ctl({"instance", "history", m_fleet->host().path()}).out.find("QUERIES/S") != std::string::npos);
    }

    void nothingIsLostWhateverDies()
    {
        auto &host = m_fleet->host();
        collect();
        QVERIFY(reaches(number() + 2));
        m_fleet->killAgent(host); // SIGKILL
        QVERIFY(m_fleet->startAgent(host));
        QVERIFY(reaches(number() + 2));
        m_fleet->cutSsh(host);
        QTest::qWait(2500); // readings gather on the host
        QVERIFY(m_fleet->startSsh(host));
        QVERIFY(reaches(number() + 2));
        collect(); // the program that collects ends in the middle and begins again
        QVERIFY(reaches(number() + 2));
        m_fleet->store().kill();
        QTest::qWait(1500);
        QVERIFY(m_fleet->store().startAgain());
        QVERIFY2(reaches(number() + 2), m_fleet->describe().c_str());

        QCOMPARE(mark("lost"), 0);
        m_collecting.reset();
        const auto [count, sensible] = readings();
        QVERIFY(sensible);
        // one number a batch; a restarted agent may read the second again in which it died
        QVERIFY2(count <= number() && count >= number() - 4, qPrintable(QStringLiteral("%1 readings of %2").arg(count).arg(number())));
    }

    /// More than is kept in memory waits on the host: it comes in portions.
    void aLongBacklogDrains()
    {
        auto &host = m_fleet->host();
        const auto before = number();
        m_collecting.reset();
        m_fleet->killAgent(host);
        std::int64_t last = 0;
        {
            auto spool = agent::Spool::open(host.directory / "state" / "collected", {});
            QVERIFY(spool);
            for (int i = 0; i < 1000; ++i)
                last = (*spool)->append("samples", agent::Spool::Kind::Samples, Json::object()).value();
        }
        QVERIFY(m_fleet->startAgent(host));
        collect();
        QVERIFY(reaches(last));
        QVERIFY(last >= before + 1000);
        QCOMPARE(mark("lost"), 0);
    }

    void anotherHolderOfTheLease()
    {
        // our token is no longer the host's: nothing is written, and nothing is forgotten by the agent
        QVERIFY(m_session->execute("UPDATE lease SET token = 8"));
        const auto before = number();
        collect();
        QTest::qWait(3500);
        QCOMPARE(number(), before);
        for (auto &[id, token] : m_tokens)
            token = 8;
        m_collecting->setHosts(m_tokens);
        QVERIFY(reaches(before + 3));
        QCOMPARE(mark("lost"), 0);
    }

    /// Events, each of which counts once whatever dies meanwhile: agent, link, this program, the store.
    void slowStatementsCountOnce()
    {
        constexpr int batches = 400;
        auto &host = m_fleet->host();
        m_collecting.reset();
        m_fleet->killAgent(host);
        const std::string instance = m_state.instances.front().instance.name, source = "slowlog/" + instance;
        std::int64_t events = 0;
        {
            auto spool = agent::Spool::open(host.directory / "state" / "collected", {});
            QVERIFY(spool);
            for (int i = 0; i < batches; ++i) {
                wire::SlowMinute minute;
                minute.instance = instance;
                minute.minute = std::chrono::floor<std::chrono::minutes>(systemNow()) - 1min * (i % 50 + 1);
                wire::SlowDigest digest;
                digest.checksum = std::string(30, 'A') + std::to_string(10 + i % 20);
                digest.fingerprint = "select " + std::to_string(i % 20);
                digest.events = digest.querySeconds.count = i % 7 + 1;
                digest.querySeconds.sum = static_cast<double>(digest.events);
                events += digest.events;
                minute.digests = {digest};
                QVERIFY((*spool)->append(source, agent::Spool::Kind::Events, Json(minute)));
            }
        }
        const auto stored = [&] {
            return std::atoll(m_fleet->storeValue("SELECT SUM(events) FROM " + m_settings.store.schema + ".slow_span").c_str());
        };
        QVERIFY(m_fleet->startAgent(host));
        collect();
        QTest::qWait(300);
        m_fleet->killAgent(host);
        QVERIFY(m_fleet->startAgent(host));
        QTest::qWait(700);
        collect();
        QTest::qWait(900);
        m_fleet->store().kill();
        QVERIFY(m_fleet->store().startAgain());
        m_fleet->cutSsh(host);
        QVERIFY(m_fleet->startSsh(host));
        QTRY_COMPARE_WITH_TIMEOUT(stored(), events, 120'000);
        collect(); // nothing comes twice
        const auto before = number();
        QVERIFY(reaches(before + 3));
        QCOMPARE(stored(), events);
        QCOMPARE(std::atoll(m_fleet->storeValue("SELECT number FROM " + m_settings.store.schema + ".collected WHERE source = '" + source + "'").c_str()), batches);
    }

    void cleanupTestCase()
    {
        m_collecting.reset();
        m_pool.reset();
        m_fleet.reset();
    }
};

QTEST_GUILESS_MAIN(TestCollecting)
#include "tst_collecting.moc"
