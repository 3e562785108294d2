// SPDX-License-Identifier: GPL-3.0-or-later
// Runs of several steps over two hosts: a real store, sshd and agents, with kinds of work made for tests.
#include "app/fleet/fleetrepository.h"
#include "app/platform/settings.h"
#include "app/store/migrations.h"
#include "app/workflow/engine.h"
#include "app/workflow/newrun.h"
#include "tests/support/runs.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <csignal>
#include <fstream>

using namespace zandb;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class TestSteps : public QObject
{
    Q_OBJECT

    /// An engine that holds the leases of some hosts, moved on by hand.
    struct Member
    {
        Member(TestSteps &test, const std::map<Uuid, std::int64_t> &tokens)
            : session(test.m_settings.store), pool(test.m_settings.ssh), engine(session, pool, mailbox, options())
        {
            pool.setHosts(remote::addressesOf(*test.m_known));
            engine.setEpoch(test.m_epoch);
            engine.setFleet(test.m_known);
            engine.setHosts(tokens, true);
        }
        ~Member() { mailbox->close(); }
        static workflow::Engine::Options options()
        {
            workflow::Engine::Options options;
            options.kinds["sample"] = {.needsPerson = false, .compensation = "glance"};
            options.kinds["glance"] = {.needsPerson = false};
            options.kinds["rebuild"] = {.needsPerson = false, .lock = workflow::Lock::Instance};
            return options;
        }
        void round()
        {
            (void)engine.reload();
            (void)engine.advance(session.now().value());
            mailbox->waitAndRun(std::chrono::steady_clock::now() + 100ms);
        }

        store::Session session;
        remote::AgentPool pool;
        std::shared_ptr<workflow::Mailbox> mailbox = std::make_shared<workflow::Mailbox>();
        workflow::Engine engine;
    };

    fs::path file(const std::string &name) const { return m_fleet->directory() / (m_name + name); }
    void hold(int step) { std::ofstream(file("hold" + std::to_string(step))) << "x"; }
    void letGo(int step) { fs::remove(file("hold" + std::to_string(step))); }
    /// How often the step's work was begun, its compensation's too.
    int begun(int step) const
    {
        std::ifstream in(file("step" + std::to_string(step)));
        int count = 0;
        for (std::string line; std::getline(in, line);)
            ++count;
        return count;
    }

    /// Four steps, on db1, db2, db1, db2, each with what it waits for.  The run stands for one instance, made up.
    RunDetail fourSteps(const std::array<const char *, 4> &dependsOn)
    {
        workflow::ByHand wish;
        wish.kind = "rebuild";
        wish.hostId = m_hosts[0];
        wish.targetId = Uuid::v7();
        wish.policies.maxRetries = 0;
        wish.policies.source = "as_named";
        wish.author = "tester";
        wish.now = m_session->now().value();
        RunDetail detail = workflow::makeRun(wish);
        const Step first = detail.steps.front();
        detail.steps.clear();
        for (int number = 1; number <= 4; ++number) {
            const std::string n = std::to_string(number);
            Step step = first;
            step.step = number;
            step.name = "step " + n;
            step.kind = "sample";
            step.hostId = m_hosts[number % 2 ? 0 : 1];
            step.dependsOn = dependsOn[static_cast<std::size_t>(number - 1)];
            step.args = Json{{"file", file("step" + n).string()}, {"while", file("hold" + n).string()}, {"failWhile", file("fail" + n).string()}};
            detail.steps.push_back(std::move(step));
        }
        return detail;
    }
    Uuid create(const RunDetail &detail)
    {
        const auto created = workflow::createRun(*m_session, detail);
        return created && *created ? detail.run.id : Uuid{};
    }
    RunDetail now(const Uuid &id) { return workflow::loadRun(*m_session, id).value().value(); }
    RunState state(const Uuid &id) { return workflow::findRun(*m_session, id).value()->state; }
    std::string holder(const RunDetail &detail)
    {
        return m_fleet->storeValue("SELECT HEX(run_id) FROM zandb.resource_lock WHERE " + test::idIs("instance_id", detail.run.targetId.toString()));
    }
    static std::string hex(const Uuid &id)
    {
        std::string text = id.toString();
        std::erase(text, '-');
        std::ranges::transform(text, text.begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
        return text;
    }
    template<class Reached>
    bool until(std::vector<Member *> members, std::chrono::seconds limit, Reached reached)
    {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < end) {
            for (Member *member : members)
                member->round();
            if (reached())
                return true;
        }
        return false;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = test::TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        test::FleetOptions options;
        options.hosts = 2;
        options.instancesPerHost = 0;
        options.testAgent = true;
        m_fleet = test::TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        const auto settings = loadSettings(m_fleet->ctlWords({})[2]);
        QVERIFY(settings);
        m_settings = *settings;
        m_session = std::make_unique<store::Session>(m_settings.store);
        m_epoch = store::status(*m_session).value().storeEpoch;
        auto fleet = fleet::loadFleet(*m_session);
        QVERIFY(fleet && fleet->hosts.size() == 2);
        m_known = std::make_shared<const Fleet>(*fleet);
        for (const char *name : {"db1", "db2"})
            m_hosts.push_back(std::ranges::find(m_known->hosts, name, &Host::name)->id);
    }
    void init() { m_name = QTest::currentTestFunction(); }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet)
            qWarning("%s", m_fleet->describe().c_str());
    }
    void cleanupTestCase()
    {
        m_session.reset();
        m_fleet.reset();
    }

    /// At each step the headless instance and the step's agent die of SIGKILL; the run goes on where it was.
    void killedAtEachStepItEndsOnceAndInOrder()
    {
        RunDetail made = fourSteps({"", "1", "2", "3"});
        made.run.kind = "backup"; // of the product's kinds the one that holds its instance
        for (int number = 1; number <= 4; ++number)
            hold(number);
        const Uuid id = create(made);
        pid_t headless = m_fleet->startHeadless();
        for (int number = 1; number <= 4; ++number) {
            QTRY_COMPARE_WITH_TIMEOUT(begun(number), 1, 90'000);
            QCOMPARE(holder(made), hex(id));
            m_fleet->killHeadless(headless, SIGKILL);
            test::TestFleet::Host &host = m_fleet->host(number % 2 ? 0 : 1);
            m_fleet->killAgent(host);
            letGo(number); // the worker may end while nobody looks
            QVERIFY(m_fleet->startAgent(host));
            headless = m_fleet->startHeadless();
        }
        QTRY_VERIFY_WITH_TIMEOUT(isFinal(state(id)), 90'000);
        const RunDetail ended = now(id);
        QCOMPARE(toString(ended.run.state), toString(RunState::Succeeded));
        QCOMPARE(ended.attempts.size(), 4u);
        for (std::size_t i = 0; i < 4; ++i) {
            QCOMPARE(begun(static_cast<int>(i) + 1), 1);
            QCOMPARE(toString(ended.attempts[i].state), toString(RunState::Succeeded));
            QCOMPARE(ended.attempts[i].attempt, 1);
            if (i > 0)
                QVERIFY(*ended.attempts[i].startedAt >= *ended.attempts[i - 1].endedAt);
        }
        QTRY_COMPARE_WITH_TIMEOUT(holder(made), std::string(), 10'000);
        m_fleet->killHeadless(headless, SIGKILL);
    }

    /// Two members hold one lease each, with tokens that have nothing to do with each other, and higher ones than
    /// those of the headless instances before.
    void eachHostsOwnMemberSendsItsSteps()
    {
        const RunDetail made = fourSteps({"", "1", "2", "3"});
        const Uuid id = create(made);
        QVERIFY(!id.isNull());
        Member first(*this, {{m_hosts[0], 1007}}), second(*this, {{m_hosts[1], 1003}});
        QVERIFY(until({&first, &second}, 90s, [&] { return isFinal(state(id)); }));
        const RunDetail ended = now(id);
        QCOMPARE(toString(ended.run.state), toString(RunState::Succeeded));
        QCOMPARE(ended.attempts.size(), 4u);
        QCOMPARE(ended.run.fence, std::int64_t{1007});
        for (int number = 1; number <= 4; ++number) {
            const Attempt &attempt = ended.attempts[static_cast<std::size_t>(number - 1)];
            QCOMPARE(begun(number), 1);
            QCOMPARE(attempt.fence, std::int64_t{number % 2 ? 1007 : 1003});
            QCOMPARE(ended.steps[static_cast<std::size_t>(number - 1)].fence, attempt.fence);
            if (number > 1)
                QVERIFY(attempt.sentAt >= ended.attempts[static_cast<std::size_t>(number - 2)].sentAt);
        }
        QCOMPARE(holder(made), std::string());
    }

    /// 2 and 3 run side by side, the instance is the run's until its end, and a retry goes on from what failed.
    void independentStepsRunSideBySideAndRetryGoesOn()
    {
        const RunDetail made = fourSteps({"", "1", "1", "2,3"});
        for (const int number : {2, 3})
            hold(number);
        std::ofstream(file("fail3")) << "x";
        const Uuid id = create(made);
        Member member(*this, {{m_hosts[0], 1007}, {m_hosts[1], 1003}});
        QVERIFY(until({&member}, 60s, [&] { return begun(2) == 1 && begun(3) == 1; }));
        QCOMPARE(holder(made), hex(id));
        RunDetail other = fourSteps({"", "1", "2", "3"});
        other.run.targetId = made.run.targetId;
        QVERIFY(!create(other).isNull());
        letGo(3); // it fails, and the other one goes on
        QVERIFY(until({&member}, 60s, [&] { return now(id).steps[2].state == RunState::Failed; }));
        QCOMPARE(toString(state(id)), toString(RunState::Running));
        QCOMPARE(toString(state(other.run.id)), toString(RunState::Pending));
        letGo(2);
        QVERIFY(until({&member}, 60s, [&] { return isFinal(state(id)); }));
        RunDetail failed = now(id);
        QCOMPARE(toString(failed.run.state), toString(RunState::Failed));
        QVERIFY(failed.run.error && failed.run.error->is(errors::backupBlocked));
        QCOMPARE(begun(4), 0);
        const auto cancelled = workflow::requestCancel(*m_session, other.run.id, "tester");
        QVERIFY(cancelled);
        QVERIFY(until({&member}, 60s, [&] { return isFinal(state(other.run.id)); }));
        fs::remove(file("fail3"));
        QVERIFY(workflow::requestRetry(*m_session, id, "tester"));
        QVERIFY(until({&member}, 60s, [&] { return isFinal(state(id)); }));
        const RunDetail ended = now(id);
        QCOMPARE(toString(ended.run.state), toString(RunState::Succeeded));
        QVERIFY(begun(2) == 1 && begun(3) == 2 && begun(4) == 1);
        QCOMPARE(holder(made), std::string());
    }

    /// What has succeeded is undone, the last one first; and after that the run can be tried again from its beginning.
    void cancelUndoesWhatHasSucceeded()
    {
        const RunDetail made = fourSteps({"", "1", "2", "3"});
        hold(3);
        const Uuid id = create(made);
        Member member(*this, {{m_hosts[0], 1007}, {m_hosts[1], 1003}});
        QVERIFY(until({&member}, 60s, [&] { return begun(3) == 1; }));
        QVERIFY(workflow::requestCancel(*m_session, id, "tester"));
        QVERIFY(until({&member}, 60s, [&] { return isFinal(state(id)); }));
        const RunDetail ended = now(id);
        QCOMPARE(toString(ended.run.state), toString(RunState::Cancelled));
        QCOMPARE(ended.steps.size(), 6u);
        for (const std::size_t index : {0u, 1u, 2u})
            QCOMPARE(toString(ended.steps[index].state), toString(RunState::Cancelled));
        std::map<int, TimePoint> sent;
        for (const Attempt &attempt : ended.attempts)
            sent[attempt.step] = attempt.sentAt;
        QVERIFY(sent.contains(workflow::firstCompensation + 1) && sent.contains(workflow::firstCompensation + 2));
        QVERIFY(sent[workflow::firstCompensation + 2] < sent[workflow::firstCompensation + 1]);
        QVERIFY(begun(1) == 2 && begun(2) == 2 && begun(3) == 1 && begun(4) == 0);
        QCOMPARE(holder(made), std::string());
        letGo(3);
        QVERIFY(workflow::requestRetry(*m_session, id, "tester"));
        QVERIFY(until({&member}, 60s, [&] { return isFinal(state(id)); }));
        QCOMPARE(toString(state(id)), toString(RunState::Succeeded));
        QVERIFY(begun(1) == 3 && begun(2) == 3 && begun(3) == 2 && begun(4) == 1);
    }

private:
    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    std::unique_ptr<store::Session> m_session;
    std::shared_ptr<const Fleet> m_known;
    std::vector<Uuid> m_hosts;
    Uuid m_epoch;
    std::string m_name;
};

QTEST_GUILESS_MAIN(TestSteps)
#include "tst_steps.moc"
