// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of runs whose own program has gone, on a real store, sshd and agent.
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

private:
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
        remote::AgentPool pool(m_settings.ssh);
        pool.setHosts(remote::addressesOf(*m_known));
        const auto mailbox = std::make_shared<workflow::Mailbox>();
        workflow::Engine::Options options;
        options.executorPatience = 2s;
        workflow::Engine engine(*m_session, pool, mailbox, options);
        engine.setEpoch(store::status(*m_session).value().storeEpoch);
        engine.setFleet(m_known);
        engine.setHosts({{m_known->hosts.front().id, 0}}, true);
        const auto until = std::chrono::steady_clock::now() + 100s;
        RunDetail detail;
        while (std::chrono::steady_clock::now() < until) {
            (void)engine.reload();
            (void)engine.advance(m_session->now().value());
            mailbox->waitAndRun(std::chrono::steady_clock::now() + 200ms);
            detail = workflow::loadRun(*m_session, id).value().value();
            if (isFinal(detail.run.state))
                break;
        }
        mailbox->close();
        return detail;
    }

    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    std::unique_ptr<store::Session> m_session;
    std::shared_ptr<const Fleet> m_known;
};

QTEST_GUILESS_MAIN(TestExecutorGone)
#include "tst_executorgone.moc"
