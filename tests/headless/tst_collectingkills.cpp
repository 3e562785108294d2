// SPDX-License-Identifier: GPL-3.0-or-later
// kill -9 of the agent, the headless instance and the store at random moments while a long backlog travels: what was spooled is in the
// store afterwards, all of it and each reading with its own value.
#include "agent/runtime/spool.h"
#include "app/fleet/fleetrepository.h"
#include "app/fleet/seriesrepository.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <csignal>
#include <random>

using namespace std::chrono_literals;
using namespace zandb;
using namespace zandb::test;

/// ZANDB_KILLS: how many; 6, and 60 with tests/run --full.
class TestCollectingKills : public QObject
{
    Q_OBJECT

    static constexpr std::int64_t perKill = 1667; ///< readings for each kill: 100,000 of 60

    std::unique_ptr<TestFleet> m_fleet;
    Settings m_settings;
    std::unique_ptr<store::Session> m_session;
    Fleet m_state;
    TimePoint m_begin{};
    std::int64_t m_spooled = 0;   ///< readings
    std::int64_t m_lastBatch = 0; ///< number of the newest of ours

    /// The value that stands for a reading, so that none can be taken for another one.
    static std::int64_t valueOf(std::int64_t reading) { return reading * 7 + 3; }

    /// While the agent is dead.
    void spool(std::int64_t count)
    {
        auto spool = agent::Spool::open(m_fleet->host().directory / "state" / "collected", {});
        QVERIFY2(spool, spool ? "" : zandb::describe(spool.error()).c_str());
        for (std::int64_t i = 0; i < count; ++i, ++m_spooled) {
            wire::SamplesPayload payload;
            payload.at = m_begin + 1s * m_spooled;
            payload.stepMs = 1000;
            payload.columns = {"connections"};
            payload.instances = {{m_fleet->host().servers.front()->name(), {valueOf(m_spooled)}}};
            const auto number = (*spool)->append("samples", agent::Spool::Kind::Samples, Json(payload));
            QVERIFY2(number, number ? "" : zandb::describe(number.error()).c_str());
            m_lastBatch = *number;
        }
    }
    std::int64_t stored() const
    {
        return std::atoll(m_fleet->storeValue("SELECT COALESCE(MAX(number), 0) FROM " + m_settings.store.schema + ".collected").c_str());
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        m_fleet = TestFleet::start({}, &error);
        QVERIFY2(m_fleet, error.c_str());
        const auto settings = loadSettings(m_fleet->directory() / "headless.toml");
        QVERIFY(settings);
        m_settings = *settings;
        m_session = std::make_unique<store::Session>(m_settings.store);
        const auto fleet = fleet::loadFleet(*m_session);
        QVERIFY(fleet && fleet->instances.size() == 1);
        m_state = *fleet;
        m_begin = std::chrono::floor<std::chrono::hours>(m_session->now().value()) - 48h; // over by now: hours are packed meanwhile
    }

    void eachReadingIsThere()
    {
        const int kills = qEnvironmentVariableIntValue("ZANDB_KILLS") > 0 ? qEnvironmentVariableIntValue("ZANDB_KILLS") : 6;
        const unsigned seed = std::random_device{}();
        qInfo("seed %u, %d kills", seed, kills);
        std::minstd_rand random(seed);
        const auto pick = [&](int from, int to) { return std::uniform_int_distribution(from, to)(random); };
        auto &host = m_fleet->host();
        int killed[3] = {};
        m_fleet->killAgent(host);
        spool(perKill * kills / 2);
        QVERIFY(m_fleet->startAgent(host));
        pid_t headless = m_fleet->startHeadless();
        QVERIFY(headless > 0);
        QTRY_VERIFY_WITH_TIMEOUT(stored() > 0, 60'000);
        for (int i = 0; i < kills; ++i) {
            QTest::qWait(pick(0, 2500));
            const int victim = i < 3 ? i : pick(0, 2);
            ++killed[victim];
            switch (victim) {
            case 0:
                m_fleet->killAgent(host);
                spool(perKill * kills / 2 / std::max(1, kills / 3));
                if (QTest::currentTestFailed())
                    return;
                QVERIFY(m_fleet->startAgent(host));
                break;
            case 1:
                m_fleet->killHeadless(headless, SIGKILL);
                headless = m_fleet->startHeadless();
                QVERIFY(headless > 0);
                break;
            default:
                m_fleet->store().kill();
                QVERIFY(m_fleet->store().startAgain());
            }
        }
        // the last ones, while the agent is dead for the last time
        m_fleet->killAgent(host);
        spool(std::max<std::int64_t>(0, perKill * kills - m_spooled));
        if (QTest::currentTestFailed())
            return;
        QVERIFY(m_fleet->startAgent(host));
        QTRY_VERIFY2_WITH_TIMEOUT(stored() >= m_lastBatch, m_fleet->describe().c_str(), 15 * 60'000);
        qInfo("killed: agent %d, headless %d, store %d times; %lld readings", killed[0] + 2, killed[1], killed[2], static_cast<long long>(m_spooled));

        QCOMPARE(m_fleet->storeValue("SELECT lost FROM " + m_settings.store.schema + ".collected"), std::string("0"));
        const auto history = fleet::loadSeries(*m_session, m_state.instances.front().instance.id, fleet::instanceSeries, m_begin, m_begin + 1s * m_spooled);
        QVERIFY2(history, history ? "" : zandb::describe(history.error()).c_str());
        QCOMPARE(history->damaged, std::int64_t{0});
        std::int64_t seen = 0, wrong = 0;
        for (const Series &part : history->series) {
            for (std::size_t p = 0; p < part.points; ++p) {
                const auto &value = part.columns.at(1)[p];
                if (!value)
                    continue;
                const std::int64_t reading = (part.at(p) - m_begin) / 1s;
                ++seen;
                wrong += *value != valueOf(reading);
            }
        }
        QCOMPARE(seen, m_spooled);
        QCOMPARE(wrong, std::int64_t{0});
    }

    void cleanupTestCase() { m_fleet.reset(); }
};

QTEST_GUILESS_MAIN(TestCollectingKills)
#include "tst_collectingkills.moc"
