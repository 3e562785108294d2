// SPDX-License-Identifier: GPL-3.0-or-later
// Agents with more results than fit one answer, and agents that tell of more than anybody ordered: a real store and sshd, a
// scripted agent.
#include "app/workflow/engine.h"
#include "tests/remote/poolfixture.h"
#include "tests/store/storeserver.h"

using namespace std::chrono_literals;
using namespace zandb;

class TestManyResults : public PoolFixture
{
    Q_OBJECT

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<store::Session> m_session;
    int m_schemas = 0;

    /// An engine that holds the lease of one host behind a sshd of its own.
    struct Host
    {
        Host(const KeyRing &keys, const QString &agent, store::Session &session, const SshSettings &settings)
            : sshd(keys, agent, {QStringLiteral("host")}), pool(settings), engine(session, pool, mailbox, {})
        {
        }
        ~Host() { mailbox->close(); }

        Sshd sshd;
        remote::AgentPool pool;
        std::shared_ptr<workflow::Mailbox> mailbox = std::make_shared<workflow::Mailbox>();
        workflow::Engine engine;
        Uuid id;
    };
    std::unique_ptr<Host> startHost(const QString &options)
    {
        auto host = std::make_unique<Host>(*m_keys, testAgent() + options, *m_session, settings());
        if (!host->sshd.start())
            return nullptr;
        const auto address = this->host(host->sshd.port());
        host->id = address.id;
        host->pool.setHosts({address});
        host->engine.setEpoch(Uuid::v7());
        host->engine.setHosts({{address.id, 0}}, true);
        return host;
    }
    bool roundsUntil(Host &host, std::chrono::seconds limit, const std::function<bool()> &reached)
    {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < end) {
            if (!host.engine.reload() || !host.engine.advance(m_session->now().value()))
                return false;
            host.mailbox->waitAndRun(std::chrono::steady_clock::now() + 200ms);
            if (reached())
                return true;
        }
        return false;
    }
    std::int64_t countOf(Host &host, const char *what)
    {
        const auto counts = host.pool.callAndWait(host.id, "orderCounts", Json::object());
        return counts ? counts->at(what).get<std::int64_t>() : -1;
    }
    std::int64_t selects()
    {
        return std::stoll(m_server->value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'COM_SELECT'").value_or("0"));
    }

private Q_SLOTS:
    void init()
    {
        if (const auto why = test::TestServer::unavailable(test::Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        if (!m_server)
            m_server = test::TestServer::start({}, &error);
        QVERIFY2(m_server, error.c_str());
        m_session = std::make_unique<store::Session>(test::rootSettings(*m_server, "s" + std::to_string(++m_schemas)));
        VERIFY_OK(store::migrate(*m_session));
    }
    void cleanup() { m_session.reset(); }

    /// The store knows how they ended; their agent was never told so.  It is asked for the next page at once, not after the
    /// time in which an agent with nothing to say is asked again.
    void moreThanOnePage()
    {
        constexpr int results = 1500;
        const auto host = startHost(QStringLiteral(" --pending %1").arg(results));
        QVERIFY(host);
        for (int i = 1; i <= results; ++i) {
            const Uuid id = *Uuid::parse(QStringLiteral("00000000-0000-7000-8000-%1").arg(i, 12, 10, QLatin1Char('0')).toStdString());
            RunDetail detail = test::makeRun(host->id, Uuid::v7(), fromMicros(1'700'000'000'000'000));
            detail.run.id = id;
            detail.run.state = RunState::Failed;
            for (Step &step : detail.steps) {
                step.runId = id;
                step.state = RunState::Failed;
            }
            QVERIFY(workflow::createRun(*m_session, detail).value());
        }
        VERIFY_OK(m_session->execute("INSERT INTO attempt (run_id, step, attempt, host_id, state, fence, sent_us, ended_us, log_size) "
                                     "SELECT id, 1, 1, host_id, 'failed', 0, created_us, created_us, 0 FROM run"));
        QVERIFY(roundsUntil(*host, 120s, [&] { return countOf(*host, "asked") >= 2; }));
        const auto gap = countOf(*host, "gapMs");
        QVERIFY2(gap < 20'000, qPrintable(QString::number(gap)));
        QVERIFY(roundsUntil(*host, 120s, [&] { return countOf(*host, "acknowledged") == results; }));
    }

    /// A host that makes up orders costs a bounded part of the memory, and of the store's time.
    void anAgentThatMakesUpOrders()
    {
        const auto host = startHost(QStringLiteral(" --told 6000"));
        QVERIFY(host);
        const auto before = selects();
        auto seen = before;
        int quietRounds = 0;
        // each that is taken in is looked up in the store once; a round by itself asks for less than ten things
        QVERIFY(roundsUntil(*host, 120s, [&] {
            const auto now = selects();
            quietRounds = now - seen < 50 ? quietRounds + 1 : 0;
            seen = now;
            return seen - before > 1500 && quietRounds >= 10;
        }));
        QVERIFY2(seen - before < 4000, qPrintable(QString::number(seen - before)));
    }
};

QTEST_GUILESS_MAIN(TestManyResults)
#include "tst_manyresults.moc"
