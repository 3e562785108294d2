// SPDX-License-Identifier: GPL-3.0-or-later
// A person's program sends with the person's key only what that person has asked for or has seen: on a real store, sshd and agent.
#include "app/backups/kinds.h"
#include "app/fleet/fleetrepository.h"
#include "app/platform/settings.h"
#include "agent/protocol/backups.h"
#include "app/workflow/consent.h"
#include "app/workflow/execution.h"
#include "app/workflow/newrun.h"
#include "app/workflow/runrepository.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <csignal>
#include <filesystem>
#include <sys/wait.h>

using namespace zandb;
using namespace std::chrono_literals;

class TestConsent : public QObject
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
        const auto backup = m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--wait", "--json"});
        QVERIFY2(backup.status == 0, backup.err.c_str());
        m_backup = jsonOf(backup)["backup"]["id"];
        auto settings = loadSettings(m_fleet->ctlWords({})[2]);
        QVERIFY(settings);
        m_settings = *settings;
        m_session = std::make_unique<store::Session>(m_settings.store);
        auto fleet = fleet::loadFleet(*m_session);
        QVERIFY(fleet && !fleet->instances.empty());
        m_known = *fleet;
    }
    void cleanupTestCase()
    {
        m_session.reset();
        m_fleet.reset();
    }

    /// Whoever may write into the store names a person's program as the executor of a run of theirs, while that program works.
    void aRowThatNamesSomebodyElsesProgram()
    {
        const pid_t program = startRestore("asked-for");
        const Uuid asked = runningRestore();
        QVERIFY(!asked.isNull());
        const RunDetail real = *workflow::loadRun(*m_session, asked).value();
        RunDetail forged = restore("forged");
        forged.run.executor = real.run.executor;
        forged.run.author = real.run.author;
        QVERIFY(workflow::createRun(*m_session, forged).value());
        QVERIFY(!workflow::loadRun(*m_session, asked).value()->attempts.at(0).endedAt); // it works still, and has rounds to come
        for (const pid_t worker : m_fleet->workers(m_fleet->host()))
            ::kill(worker, SIGCONT);
        QTRY_VERIFY_WITH_TIMEOUT(hasEnded(program), 120'000);
        QCOMPARE(toString(stateOf(asked)), toString(RunState::Succeeded));
        const RunDetail left = *workflow::loadRun(*m_session, forged.run.id).value();
        QCOMPARE(left.attempts.size(), 0U);
        QCOMPARE(toString(left.run.state), toString(RunState::Pending));
        QVERIFY(!std::filesystem::exists(m_fleet->directory() / "forged"));
        QVERIFY(workflow::requestCancel(*m_session, forged.run.id, "tester"));
    }

    /// What a program made is sent as it was made: a row that was changed meanwhile is not sent.
    void aRowThatWasChangedMeanwhile()
    {
        RunDetail made = restore("made");
        made.run.executor = "tester@here:7";
        const std::string consent = workflow::consentDigest(made, m_known);
        QVERIFY(workflow::createRun(*m_session, made).value());
        // the store gives back what was put into it
        QCOMPARE(workflow::consentDigest(*workflow::loadRun(*m_session, made.run.id).value(), m_known), consent);
        changeTarget(made.run.id, "changed");
        remote::AgentPool pool(m_settings.ssh);
        workflow::Kinds kinds;
        backups::addBackupKinds(kinds);
        workflow::OwnRuns own(*m_session, pool, kinds, made.run.executor);
        QVERIFY(own.add(made.run.id, consent));
        QTRY_VERIFY_WITH_TIMEOUT(own.round() && !own.withheld().empty(), 60'000);
        QCOMPARE(own.withheld().front().run.id, made.run.id);
        QVERIFY(workflow::loadRun(*m_session, made.run.id).value()->attempts.empty());
        // the person sees it as it is now, and agrees
        QVERIFY(own.add(made.run.id, workflow::consentDigest(own.withheld().front(), m_known)));
        QTRY_VERIFY_WITH_TIMEOUT(own.round() && own.finished(), 120'000);
        QCOMPARE(toString(stateOf(made.run.id)), toString(RunState::Succeeded));
        QVERIFY(std::filesystem::exists(m_fleet->directory() / "changed" / "data"));
        QVERIFY(!std::filesystem::exists(m_fleet->directory() / "made"));
        // what was agreed to ended with it: that somebody has it tried again is another question
        QVERIFY(m_session->execute("UPDATE run SET state='failed' WHERE id=?", {store::value(made.run.id)}));
        QVERIFY(m_session->execute("UPDATE run_step SET state='failed' WHERE run_id=?", {store::value(made.run.id)}));
        QVERIFY(workflow::requestRetry(*m_session, made.run.id, "somebody"));
        QTRY_VERIFY_WITH_TIMEOUT(own.round() && !own.withheld().empty(), 60'000);
        QCOMPARE(workflow::loadRun(*m_session, made.run.id).value()->attempts.size(), 1U);
        QVERIFY(workflow::requestCancel(*m_session, made.run.id, "tester"));
    }

    /// A colleague's retry of a run of somebody else's: with the arguments seen, and those only.
    void aRetryShowsWhatItDoes()
    {
        RunDetail failed = restore("changed"); // there is something already
        failed.run.executor = "somebody@elsewhere:1";
        failed.run.author = "somebody";
        failed.run.state = failed.steps[0].state = RunState::Failed;
        QVERIFY(workflow::createRun(*m_session, failed).value());
        QVERIFY(m_session->execute("UPDATE run SET state='failed' WHERE id=?", {store::value(failed.run.id)}));
        const std::string id = failed.run.id.toString();
        const auto unseen = m_fleet->ctl({"run", "retry", id, "--json"});
        QCOMPARE(unseen.status, 1);
        const Json refusal = jsonOf(unseen)["error"];
        QCOMPARE(refusal["code"].get<std::string>(), std::string(errors::runNeedsConsent.text));
        QVERIFY2(unseen.err.find("target: ") != std::string::npos && unseen.err.find("/changed") != std::string::npos, unseen.err.c_str());
        QVERIFY2(refusal["fields"]["steps"].get<std::string>().find("/changed") != std::string::npos, unseen.out.c_str());
        QCOMPARE(toString(stateOf(failed.run.id)), toString(RunState::Failed));
        const std::string seen = refusal["fields"]["digest"];
        changeTarget(failed.run.id, "edited");
        const auto other = m_fleet->ctl({"run", "retry", id, "--confirm", seen, "--json"});
        QCOMPARE(jsonOf(other)["error"]["code"].get<std::string>(), std::string(errors::runNeedsConsent.text));
        QCOMPARE(toString(stateOf(failed.run.id)), toString(RunState::Failed));
        QVERIFY(workflow::loadRun(*m_session, failed.run.id).value()->attempts.empty());
        const auto agreed = m_fleet->ctl({"run", "retry", id, "--confirm", jsonOf(other)["error"]["fields"]["digest"], "--json"});
        QVERIFY2(agreed.status == 0, agreed.err.c_str());
        QVERIFY(std::filesystem::exists(m_fleet->directory() / "edited" / "data"));
    }

    /// Without a headless instance nobody sends what waits, and waiting for it does not either.
    void aRunThatWaitsIsTakenOver()
    {
        RunDetail waiting = restore("taken");
        waiting.run.author = "somebody";
        QVERIFY(workflow::createRun(*m_session, waiting).value());
        const std::string id = waiting.run.id.toString();
        const auto waited = m_fleet->ctl({"run", "wait", id, "--json"});
        QCOMPARE(jsonOf(waited)["error"]["code"].get<std::string>(), std::string(errors::runNeedsConsent.text));
        QVERIFY(jsonOf(waited)["error"]["fields"]["command"].get<std::string>().starts_with("zandbctl run take-over "));
        QVERIFY(workflow::loadRun(*m_session, waiting.run.id).value()->attempts.empty());
        const auto unseen = m_fleet->ctl({"run", "take-over", id});
        QCOMPARE(unseen.status, 1);
        const std::string digest = jsonOf(waited)["error"]["fields"]["digest"];
        QVERIFY2(unseen.err.find("zandbctl run take-over " + id + " --confirm " + digest) != std::string::npos, unseen.err.c_str());
        const auto taken = m_fleet->ctl({"run", "take-over", id, "--confirm", digest});
        QVERIFY2(taken.status == 0, taken.err.c_str());
        QVERIFY(std::filesystem::exists(m_fleet->directory() / "taken" / "data"));
        // the agent says whose key it was, whoever had asked for the run
        const auto attempt = workflow::loadRun(*m_session, waiting.run.id).value()->attempts.at(0);
        QVERIFY(attempt.orderedBy && attempt.orderedBy->key.starts_with("SHA256:"));
        const Json shown = jsonOf(m_fleet->ctl({"run", "show", id, "--json"}));
        QCOMPARE(shown["author"].get<std::string>(), std::string("somebody"));
        const Json by = shown["steps"][0]["attempts"][0]["ordered_by"];
        QVERIFY2(by["user"] != "somebody" && by["user"] == attempt.orderedBy->user && by["role"] == "admin", dumpJson(by).c_str());
        QCOMPARE(m_fleet->storeValue("SELECT person FROM zandb.audit WHERE act='run.take_over' AND subject='" + id + "'"), std::string("tester"));
    }

    /// What makeOrder() adds to a step's own arguments is shown too: the row of a backup could say that it deletes all older ones.
    void aBackupShowsWhatItDeletes()
    {
        RunDetail backup = restore("none");
        backup.run.kind = backup.steps[0].kind = "backup";
        backup.run.args = backup.steps[0].args = Json{{"repository", "local"}};
        backup.run.policies.keep = 1;
        backup.run.taskId = Uuid::v7();
        backup.run.author = "somebody";
        QVERIFY(workflow::createRun(*m_session, backup).value());
        const auto unseen = m_fleet->ctl({"run", "take-over", backup.run.id.toString(), "--json"});
        QVERIFY2(unseen.err.find("keep: 1\n") != std::string::npos, unseen.err.c_str());
        QVERIFY2(unseen.err.find("taskId: \"" + backup.run.taskId->toString() + '"') != std::string::npos, unseen.err.c_str());
        QVERIFY2(unseen.err.find(m_known.hosts.front().address) != std::string::npos, unseen.err.c_str());
        const Json refusal = jsonOf(unseen)["error"]["fields"];
        QVERIFY2(refusal["steps"].get<std::string>().find("\"keep\":1") != std::string::npos, unseen.out.c_str());
        QCOMPARE(refusal["digest"].get<std::string>().size(), 40U);
        QVERIFY(workflow::requestCancel(*m_session, backup.run.id, "tester"));
    }

    /// Who was agreed to is a part of the consent, and a digest that is too short is none.
    void aChangedHostNeedsANewConsent()
    {
        const RunDetail made = restore("none");
        const std::string digest = workflow::consentDigest(made, m_known);
        QVERIFY(workflow::isConsent(made, m_known, digest.substr(0, 40)));
        QVERIFY(!workflow::isConsent(made, m_known, digest.substr(0, 39)));
        Fleet changed = m_known;
        changed.hosts.front().address = "192.0.2.1";
        QVERIFY(!workflow::isConsent(made, changed, digest));
        changed = m_known;
        changed.hosts.front().hostKey = "ssh-ed25519 AAAA";
        QVERIFY(!workflow::isConsent(made, changed, digest));
        changed = m_known;
        changed.instances.front().instance.name = "other";
        QVERIFY(!workflow::isConsent(made, changed, digest));
    }

    /// The program that sent it is gone: what is out on its host is followed by whoever waits.
    void whatIsOutIsFollowed()
    {
        const pid_t program = startRestore("followed");
        const Uuid run = runningRestore();
        QVERIFY(!run.isNull());
        test::endProgram(program, SIGKILL);
        for (const pid_t worker : m_fleet->workers(m_fleet->host()))
            ::kill(worker, SIGCONT);
        const auto waited = m_fleet->ctl({"run", "wait", run.toString()});
        QVERIFY2(waited.status == 0, waited.err.c_str());
        QCOMPARE(toString(stateOf(run)), toString(RunState::Succeeded));
    }

private:
    static Json jsonOf(const test::Output &output)
    {
        const auto json = parseJson(output.out);
        return json ? *json : Json::object();
    }
    static bool hasEnded(pid_t program) { return ::waitpid(program, nullptr, WNOHANG) != 0; }
    RunState stateOf(const Uuid &run) { return workflow::findRun(*m_session, run).value()->state; }
    pid_t startRestore(const std::string &directory)
    {
        return test::startProgram(m_fleet->ctlWords({"backup", "restore", m_backup, "--to", "db1" + (m_fleet->directory() / directory).string(), "--wait"}),
                                  m_fleet->directory() / (directory + ".log"));
    }
    /// The restore that has begun, with its worker held still.
    Uuid runningRestore()
    {
        Uuid run;
        (void)QTest::qWaitFor([&] {
            const auto workers = m_fleet->workers(m_fleet->host());
            const auto open = workflow::openRuns(*m_session, {});
            for (const RunDetail &detail : open ? *open : std::vector<RunDetail>{}) {
                if (!workers.empty() && detail.run.kind == "restore" && detail.attempts.size() == 1 && ::kill(workers.front(), SIGSTOP) == 0)
                    run = detail.run.id;
            }
            return !run.isNull();
        }, 60'000);
        return run;
    }
    RunDetail restore(const std::string &directory)
    {
        const InstanceRecord &record = m_known.instances.front();
        workflow::ByHand wish;
        wish.kind = "restore";
        wish.hostId = record.instance.hostId;
        wish.targetId = record.instance.id;
        wish.args = Json(wire::RestoreArgs{*Uuid::parse(m_backup), "local", record.instance.name, "db1", (m_fleet->directory() / directory).string()});
        wish.policies.perHost = 0;
        wish.policies.maxRetries = 0;
        wish.policies.source = "as_named";
        wish.author = "tester";
        wish.now = m_session->now().value();
        return workflow::makeRun(wish);
    }
    void changeTarget(const Uuid &run, const std::string &directory)
    {
        Json args = workflow::loadRun(*m_session, run).value()->steps.at(0).args;
        args["target"] = (m_fleet->directory() / directory).string();
        QVERIFY(m_session->execute("UPDATE run_step SET args=? WHERE run_id=?", {store::value(args), store::value(run)}));
    }

    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    std::unique_ptr<store::Session> m_session;
    Fleet m_known;
    std::string m_backup;
};

QTEST_GUILESS_MAIN(TestConsent)
#include "tst_consent.moc"
