// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/agentcalls.h"
#include "app/console/rightscheck.h"
#include "app/fleet/fleetrepository.h"
#include "tests/support/testfleet.h"
#include "tests/widgets/scripteddialogs.h"

#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

using namespace std::chrono_literals;
using namespace zandb;
using namespace zandb::console;

/// The window's own questions, over a real sshd to a real agent.
class TestAgentCalls : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    std::unique_ptr<ConsoleState> m_state;
    Uuid m_host;

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = test::TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        m_fleet = test::TestFleet::start({}, &error);
        QVERIFY2(m_fleet, error.c_str());
        auto settings = loadSettings(m_fleet->ctlWords({})[2]);
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        m_settings = std::move(*settings);
        store::Session session(m_settings.store);
        auto fleet = fleet::loadFleet(session);
        QVERIFY(fleet && fleet->hosts.size() == 1);
        m_host = fleet->hosts.front().id;
        m_state = std::make_unique<ConsoleState>();
        m_state->setFleet(std::make_shared<Fleet>(std::move(*fleet)));
    }

    void answersComeToTheWindow()
    {
        AgentCalls calls(m_settings.ssh, *m_state);
        QVERIFY(!calls.isOpen()); // links come with the first question
        QObject receiver;
        Latest<Json> latest(&receiver);
        std::optional<Result<Json>> got;
        calls.ask(latest, m_host, "fleet.facts", Json::object(), [&](Result<Json> answer) {
            QCOMPARE(QThread::currentThread(), qApp->thread());
            got = std::move(answer);
        });
        QTRY_VERIFY_WITH_TIMEOUT(got, 20'000);
        QVERIFY2(*got, *got ? "" : describe(got->error()).c_str());
        QVERIFY((*got)->contains("hostName"));
        QVERIFY(calls.isOpen());

        got.reset();
        calls.ask(latest, Uuid::v7(), "fleet.facts", Json::object(), [&](Result<Json> answer) { got = std::move(answer); });
        QTRY_VERIFY(got);
        QVERIFY(!*got && got->error().is(errors::notFound));
        got.reset();
        calls.ask(latest, m_host, "no.such.method", Json::object(), [&](Result<Json> answer) { got = std::move(answer); });
        QTRY_VERIFY_WITH_TIMEOUT(got, 20'000);
        QVERIFY(!*got && got->error().is(errors::protocolUnknownMethod));
    }

    /// The newest question wins, and one whose receiver has gone is answered to nobody.
    void whatIsNoLongerWantedIsEnded()
    {
        AgentCalls calls(m_settings.ssh, *m_state);
        auto receiver = std::make_unique<QObject>();
        auto latest = std::make_unique<Latest<Json>>(receiver.get());
        int answers = 0;
        for (int i = 0; i < 20; ++i)
            calls.ask(*latest, m_host, "fleet.facts", Json::object(), [&](const Result<Json> &answer) { answers += answer.has_value(); });
        QTRY_VERIFY_WITH_TIMEOUT(answers > 0, 20'000);
        QVERIFY(!latest->busy());
        calls.ask(*latest, m_host, "fleet.facts", Json::object(), [&](const Result<Json> &) { ++answers; });
        latest.reset();
        receiver.reset();
        QObject other;
        Latest<Json> last(&other);
        bool ended = false;
        calls.ask(last, m_host, "fleet.facts", Json::object(), [&](const Result<Json> &answer) { ended = answer.has_value(); });
        QTRY_VERIFY_WITH_TIMEOUT(ended, 20'000); // whatever was asked before it on this link has been answered
        QCOMPARE(answers, 1);
    }

    void linksGoWhenNothingIsAsked()
    {
        AgentCalls calls(m_settings.ssh, *m_state, 300ms);
        auto job = calls.pool();
        const auto facts = job->callAndWait(m_host, "fleet.facts", Json::object(), 20s);
        QVERIFY2(facts, facts ? "" : describe(facts.error()).c_str());
        QTest::qWait(700); // longer than the pause: a job that holds the pool keeps it
        QVERIFY(calls.isOpen() && job->state(m_host) == remote::LinkState::Up);
        job.reset();
        QTRY_VERIFY_WITH_TIMEOUT(!calls.isOpen(), 10'000);
        QVERIFY(calls.pool()->callAndWait(m_host, "fleet.facts", Json::object(), 20s)); // and they come again
        calls.setPassphrase("of another try");
        QVERIFY(!calls.isOpen());
    }

    /// The instance page's question: what may the agent not do there?
    void rightsAreAskedOfTheAgent()
    {
        AgentCalls calls(m_settings.ssh, *m_state);
        test::ScriptedDialogs dialogs;
        QTemporaryDir directory;
        QSettings settings(directory.filePath(QStringLiteral("s.ini")), QSettings::IniFormat);
        RightsCheck rights({dialogs, settings}, *m_state, calls, [](const std::function<void()> &then) { then(); }, nullptr);
        QList<bool> busy;
        connect(&rights, &RightsCheck::busyChanged, &rights, [&](bool now) { busy << now; });
        rights.ask(Uuid::v7()); // not of this fleet: nobody is asked
        QVERIFY(!calls.isOpen());
        Fleet known = *m_state->fleet(); // no headless instance has told the store of any
        InstanceRecord record;
        record.instance.id = Uuid::v7();
        record.instance.hostId = m_host;
        record.instance.name = m_fleet->host().servers.front()->name();
        known.instances.push_back(record);
        m_state->setFleet(std::make_shared<Fleet>(known));
        rights.ask(record.instance.id);
        QTRY_COMPARE_WITH_TIMEOUT(dialogs.messages.size(), 1, 30'000);
        QCOMPARE(busy, (QList<bool>{true, false}));
        // a server of tests has no account "maint", so something is missing, and is named with its remedy
        QVERIFY2(dialogs.messages.front().contains(QStringLiteral("lacks")), qPrintable(dialogs.messages.front()));
    }

    void cleanupTestCase() { m_fleet.reset(); }
};

QTEST_GUILESS_MAIN(TestAgentCalls)
#include "tst_agentcalls.moc"
