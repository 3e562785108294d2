// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of runs whose own program has gone, on a real store, sshd and agent.
#include "app/backups/kinds.h"
#include "app/fleet/fleetrepository.h"
#include "app/platform/settings.h"
#include "app/store/migrations.h"
#include "app/workflow/engine.h"
#include "app/workflow/newrun.h"
#include "tests/support/testfleet.h"

#include <QTest>

using namespace zandb;
using namespace std::chrono_literals;

class TestExecutorGone : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = test::TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        m_fleet = test::TestFleet::start({}, &error);
        QVERIFY2(m_fleet, error.c_str());
        const auto backup = m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--wait"}); // the store learns the instance
        QVERIFY2(backup.status == 0, backup.err.c_str());
        auto settings = loadSettings(m_fleet->ctlWords({})[2]);
        QVERIFY(settings);
        m_settings = *settings;
        m_session = std::make_unique<store::Session>(m_settings.store);
        auto fleet = fleet::loadFleet(*m_session);
        QVERIFY(fleet && !fleet->instances.empty());
        m_known = std::make_shared<const Fleet>(*fleet);
    }
    void cleanupTestCase()
    {
        m_session.reset();
        m_fleet.reset();
    }

    /// A window that died between the row and the order: the agent never heard of it.
    void anOrderThatNeverLeft()
    {
        RunDetail detail = wish("restore");
        const auto created = workflow::createRun(*m_session, detail);
        QVERIFY2(created, created ? "" : describe(created.error()).c_str());
        const RunDetail stored = workflow::loadRun(*m_session, detail.run.id).value().value();
        Run run = stored.run;
        Step step = stored.steps[0];
        run.state = step.state = RunState::Running;
        step.attempts = 1;
        Attempt attempt;
        attempt.runId = run.id;
        attempt.hostId = run.hostId;
        attempt.sentAt = run.createdAt;
        const auto begun = workflow::beginAttempt(*m_session, run, step, attempt);
        QVERIFY(begun && *begun);
        const RunDetail ended = executeUntilFinal(run.id);
        QCOMPARE(toString(ended.run.state), toString(RunState::Failed));
        QVERIFY(ended.run.error);
        QCOMPARE(ended.run.error->code, std::string(errors::noExecutor.text));
        QVERIFY(ended.attempts.at(0).endedAt);
    }

    /// A cancel that was faster than its order: the agent refuses the order, and the run is cancelled, not failed.
    void aCancelBeforeTheOrder()
    {
        RunDetail detail = wish("backup");
        detail.run.executor.clear();
        const Uuid host = detail.run.hostId;
        {
            remote::AgentPool pool(m_settings.ssh);
            pool.setHosts(remote::addressesOf(*m_known));
            Json params = Json(wire::OrderKey{detail.run.id, 1, 1});
            params["fence"] = wire::Fence{store::status(*m_session).value().storeEpoch, host, 0};
            const auto buried = pool.callAndWait(host, "orders.cancel", params, 20s);
            QVERIFY2(buried, buried ? "" : describe(buried.error()).c_str());
        }
        const auto created = workflow::createRun(*m_session, detail);
        QVERIFY2(created, created ? "" : describe(created.error()).c_str());
        const RunDetail ended = executeUntilFinal(detail.run.id);
        QCOMPARE(toString(ended.run.state), toString(RunState::Cancelled));
        QCOMPARE(ended.attempts.size(), 1u);
        QCOMPARE(ended.attempts[0].error->code, std::string(errors::cancelled.text));
    }

    /// Nothing of it was sent, and it needs nobody's key: the lease holder does it.
    void aBackupThatWaits()
    {
        RunDetail detail = wish("backup");
        const auto created = workflow::createRun(*m_session, detail);
        QVERIFY2(created, created ? "" : describe(created.error()).c_str());
        const RunDetail ended = executeUntilFinal(detail.run.id);
        QCOMPARE(toString(ended.run.state), toString(RunState::Succeeded));
        QCOMPARE(ended.run.executor, std::string());
    }

    /// The attempt that was given up is at work all the same: the next one waits for its end, and both are told of.
    void aRetryWhileTheGivenUpAttemptIsAtWork()
    {
        auto &server = *m_fleet->host().servers[0];
        QVERIFY2(server.exec("INSERT INTO shop.orders (note) SELECT REPEAT(MD5(RAND()), 6) FROM shop.seq_1_to_100000"), server.lastError().c_str());
        RunDetail detail = wish("backup");
        detail.run.executor.clear();
        detail.run.args["throttleBytesPerSecond"] = 4'000'000;
        detail.steps[0].args = detail.run.args;
        const Uuid id = detail.run.id;
        QVERIFY(workflow::createRun(*m_session, detail).value());
        Rounds rounds(*this);
        QVERIFY(rounds.until(20s, [&] { return !m_fleet->workers(m_fleet->host()).empty() && rounds.heardOfStart(id); }));
        QVERIFY(workflow::giveUp(*m_session, id, "somebody", true));
        QVERIFY(workflow::requestRetry(*m_session, id, "somebody", std::string()));
        // as long as the first works there is no second
        QVERIFY(rounds.until(120s, [&] {
            const bool atWork = !m_fleet->workers(m_fleet->host()).empty();
            const auto now = workflow::loadRun(*m_session, id).value().value();
            return now.attempts.size() > 1 || (!atWork && now.attempts[0].state == RunState::Succeeded);
        }));
        RunDetail now = workflow::loadRun(*m_session, id).value().value();
        QCOMPARE(toString(now.attempts[0].state), toString(RunState::Succeeded));
        QVERIFY(rounds.until(120s, [&] { return isFinal(workflow::findRun(*m_session, id).value()->state); }));
        now = workflow::loadRun(*m_session, id).value().value();
        QCOMPARE(toString(now.run.state), toString(RunState::Succeeded));
        QCOMPARE(now.attempts.size(), 2u);
        QVERIFY(now.attempts[1].sentAt >= *now.attempts[0].endedAt);
        const auto backups = m_session->query("SELECT COUNT(*) FROM backup WHERE run_id = ?", {store::value(id)});
        QVERIFY(backups);
        QCOMPARE(backups->front().integer(0), std::int64_t{2});
    }

private:
    /// An engine that holds the host's lease, moved on by hand.
    class Rounds
    {
    public:
        explicit Rounds(TestExecutorGone &test)
            : m_session(*test.m_session), m_pool(test.m_settings.ssh), m_mailbox(std::make_shared<workflow::Mailbox>()),
              m_engine(m_session, m_pool, m_mailbox, options())
        {
            m_pool.setHosts(remote::addressesOf(*test.m_known));
            m_engine.setEpoch(store::status(m_session).value().storeEpoch);
            m_engine.setFleet(test.m_known);
            m_engine.setHosts({{test.m_known->hosts.front().id, 0}}, true);
        }
        ~Rounds() { m_mailbox->close(); }
        bool until(std::chrono::seconds limit, const std::function<bool()> &reached)
        {
            const auto end = std::chrono::steady_clock::now() + limit;
            while (std::chrono::steady_clock::now() < end) {
                (void)m_engine.reload();
                (void)m_engine.advance(m_session.now().value());
                m_mailbox->waitAndRun(std::chrono::steady_clock::now() + 200ms);
                if (reached())
                    return true;
            }
            return false;
        }
        bool heardOfStart(const Uuid &run)
        {
            const auto now = workflow::loadRun(m_session, run).value().value();
            return now.attempts.size() == 1 && now.attempts[0].startedAt;
        }

    private:
        static workflow::Engine::Options options()
        {
            workflow::Engine::Options options;
            options.executorPatience = 2s;
            workflow::addHostKinds(options.kinds);
            backups::addBackupKinds(options.kinds);
            return options;
        }
        store::Session &m_session;
        remote::AgentPool m_pool;
        std::shared_ptr<workflow::Mailbox> m_mailbox;
        workflow::Engine m_engine;
    };
    RunDetail wish(const char *kind)
    {
        const InstanceRecord &record = m_known->instances.front();
        workflow::ByHand wish;
        wish.kind = kind;
        wish.hostId = record.instance.hostId;
        wish.targetId = record.instance.id;
        wish.args = Json{{"instance", record.instance.name}};
        wish.policies.maxRetries = 0;
        wish.policies.source = "as_named";
        wish.author = "somebody";
        wish.executor = "somebody@elsewhere:1";
        wish.now = m_session->now().value();
        return workflow::makeRun(wish);
    }
    RunDetail executeUntilFinal(const Uuid &id)
    {
        Rounds rounds(*this);
        (void)rounds.until(100s, [&] { return isFinal(workflow::findRun(*m_session, id).value()->state); });
        return workflow::loadRun(*m_session, id).value().value();
    }

    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    std::unique_ptr<store::Session> m_session;
    std::shared_ptr<const Fleet> m_known;
};

QTEST_GUILESS_MAIN(TestExecutorGone)
#include "tst_executorgone.moc"
