// SPDX-License-Identifier: GPL-3.0-or-later
// The services for hosts and keys over the whole chain: AgentPool, sshd, zandb-attach, zandb-agent serve.
#include "app/fleet/hostservice.h"
#include "app/fleet/keyservice.h"
#include "tests/places.h"
#include "tests/remote/realagent.h"

#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <future>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace zandb;
using remote::AgentPool;

class TestRealAgent : public QObject
{
    Q_OBJECT

    std::unique_ptr<KeyRing> m_keys;
    std::unique_ptr<RealAgent> m_agent;
    remote::HostAddress m_host;

    SshSettings settings(const QString &key) const { return {m_keys->path(key).toStdString(), {}}; }

private Q_SLOTS:
    void initTestCase()
    {
        m_keys = std::make_unique<KeyRing>();
        if (!m_keys->valid())
            QSKIP(qPrintable(m_keys->problem()));
        m_agent = std::make_unique<RealAgent>(*m_keys);
        QVERIFY2(m_agent->start(u"user"_s), m_agent->log());
        m_host = {Uuid::v7(), "db1", "127.0.0.1", m_agent->sshd().port(), currentUser(), m_keys->publicKey(u"host"_s)};
    }
    void cleanupTestCase() { m_agent.reset(); }

    void probe()
    {
        const auto key = fleet::probeHost(m_host.address, m_host.port);
        QVERIFY(key);
        QCOMPARE(key->key, m_host.hostKey);
        const auto read = fleet::readHostKey(" " + m_host.hostKey + " root@db1\n");
        QVERIFY(read);
        QCOMPARE(read->key, key->key);
        QCOMPARE(read->fingerprint, key->fingerprint);
        QVERIFY(fleet::probeHost("db 1", 22).error().is(errors::usage));
        QVERIFY(fleet::probeHost("db1", 0).error().is(errors::usage));
        QVERIFY(fleet::readHostKey("ssh-ed25519 AAAA").error().is(errors::usage));
        QVERIFY(fleet::readHostKey("nonsense").error().is(errors::usage));
    }

    /// Paths and manifests of strangers do not steer the terminal of who looks at them.
    void terminalsAreNotSteered()
    {
        QProcess agent;
        agent.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandb-agent"), {u"validate-backup"_s, u"/nowhere/\x1b[2J\u202e"_s});
        QVERIFY(agent.waitForFinished(60'000));
        const QByteArray said = agent.readAllStandardOutput();
        QVERIFY2(said.startsWith("bad: /nowhere/\\u001b[2J\\u202e/manifest.json"), said.constData());
    }

    /// What the agent reads of databases stands in its memory, and in that of its workers, which inherit this.
    void aCrashLeavesNoMemoryImage()
    {
        QFile limits(u"/proc/%1/limits"_s.arg(m_agent->processId()));
        QVERIFY(limits.open(QIODevice::ReadOnly));
        const QByteArray text = limits.readAll();
        static const QRegularExpression none(u"Max core file size\\s+0\\s+0\\s"_s);
        QVERIFY2(none.match(QString::fromLatin1(text)).hasMatch(), text.constData());
    }

    void hostTest()
    {
        AgentPool pool(settings(u"user"_s));
        pool.setHosts({m_host});
        const auto test = fleet::testHost(pool, m_host.id);
        QVERIFY2(test, test ? "" : describe(test.error()).c_str());
        QCOMPARE(test->agent.host, std::string("db1"));
        QVERIFY(test->agent.program.starts_with("zandb-agent"));
        QVERIFY(test->facts.cores > 0 && test->facts.memoryBytes > 0);
        QVERIFY(test->instances.empty());
        QVERIFY(test->ready());
    }

    void keysOfAHost()
    {
        AgentPool admin(settings(u"user"_s));
        admin.setHosts({m_host});
        const auto before = fleet::listKeys(admin, m_host.id);
        QVERIFY2(before, before ? "" : describe(before.error()).c_str());
        QCOMPARE(before->size(), std::size_t{1});
        QCOMPARE(before->front().role, std::string("admin"));

        const std::string stranger = m_keys->publicKey(u"stranger"_s);
        QVERIFY(fleet::addKey(admin, m_host.id, "bob", "king", stranger).error().is(errors::usage));
        QVERIFY(fleet::addKey(admin, m_host.id, "bob", "viewer", "no key").error().is(errors::usage));
        const auto added = fleet::addKey(admin, m_host.id, "bob", "viewer", stranger + " bob@laptop");
        QVERIFY2(added, added ? "" : describe(added.error()).c_str());
        QCOMPARE(fleet::listKeys(admin, m_host.id)->size(), std::size_t{2});

        AgentPool viewer(settings(u"stranger"_s));
        viewer.setHosts({m_host});
        QVERIFY(viewer.callAndWait(m_host.id, "fleet.facts", {}));
        const auto refused = fleet::addKey(viewer, m_host.id, "bob", "admin", stranger);
        QVERIFY(!refused);
        QVERIFY2(refused.error().is(errors::denied), describe(refused.error()).c_str());

        // a revoked key's live channel ends within 60 s and it does not come in again
        const auto removed = fleet::revokeKeys(admin, m_host.id, "bob");
        QVERIFY2(removed, removed ? "" : describe(removed.error()).c_str());
        QCOMPARE(*removed, 1);
        QVERIFY(fleet::revokeKeys(admin, m_host.id, "bob").error().is(errors::notFound));
        QTRY_VERIFY_WITH_TIMEOUT(viewer.state(m_host.id) != remote::LinkState::Up, 60000);
        const auto after = viewer.callAndWait(m_host.id, "fleet.facts", {}, 20s);
        QVERIFY(!after);
        QVERIFY2(after.error().is(errors::sshAuthentication), describe(after.error()).c_str());
    }

    void agentKilledAndBack()
    {
        AgentPool pool(settings(u"user"_s));
        pool.setHosts({m_host});
        QVERIFY(pool.callAndWait(m_host.id, "fleet.facts", {}));
        m_agent->killAgent();
        QTRY_VERIFY(pool.state(m_host.id) != remote::LinkState::Up);
        const auto down = pool.callAndWait(m_host.id, "fleet.facts", {}, 4s);
        QVERIFY(!down);
        QVERIFY2(down.error().isTransient(), describe(down.error()).c_str());
        std::promise<Result<Json>> answer;
        pool.call(m_host.id, "fleet.facts", {}, [&](Result<Json> result) { answer.set_value(std::move(result)); }, 60s);
        QVERIFY2(m_agent->startAgent(), m_agent->log());
        const auto back = answer.get_future().get();
        QVERIFY2(back, back ? "" : describe(back.error()).c_str());
    }
};

QTEST_GUILESS_MAIN(TestRealAgent)
#include "tst_realagent.moc"
