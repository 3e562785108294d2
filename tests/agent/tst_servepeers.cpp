// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/servefixture.h"

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
namespace fs = std::filesystem;

/// Whoever works for an order runs as the agent's own user and finds its socket; it is not let in.
class TestServePeers : public QObject, private ServeFixture
{
    Q_OBJECT

    /// What the process of the worker was told when it came with an administrator's key.
    std::string toldTo(const fs::path &file) const
    {
        return readFile(file, 4096).value_or(std::string());
    }

private Q_SLOTS:
    void init() { startFresh(); }
    void cleanup() { end(); }

    void workersAndTheirToolsAreRefused_data()
    {
        QTest::addColumn<QString>("who");
        QTest::newRow("the worker itself") << QStringLiteral("self");
        QTest::newRow("a tool it started") << QStringLiteral("child");
        QTest::newRow("one of its own session") << QStringLiteral("session");
        QTest::newRow("one whose parent is gone") << QStringLiteral("orphan");
        QTest::newRow("of its own session and whose parent is gone") << QStringLiteral("daemon");
    }
    void workersAndTheirToolsAreRefused()
    {
        QFETCH(QString, who);
        const auto client = enter("admin");
        const fs::path told = m_root / "told";
        const Json o = order({{"connect", who.toStdString()}, {"user", "ann"}, {"key", m_print}, {"told", told.string()}, {"ms", 1500}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        QTRY_VERIFY_WITH_TIMEOUT(!toldTo(told).empty(), 30'000);
        QCOMPARE(toldTo(told), std::string("access.denied"));
    }
    /// Where a container's or a CI's runner starts everything, the session's leader is outside of the pid namespace, and
    /// /proc tells session 0 of agent and clients alike.  They are no workers for that.
    void sessionFromOutsideOfTheNamespaceIsLetIn()
    {
        QProcess inside;
        QStringList args{QStringLiteral("--pid"), QStringLiteral("--fork"), QStringLiteral("--mount-proc"), QStringLiteral("--kill-child")};
        if (::geteuid() != 0)
            args.prepend(QStringLiteral("--map-root-user"));
        inside.setProcessChannelMode(QProcess::MergedChannels);
        inside.start(QStringLiteral("unshare"), args + QStringList{QStringLiteral("true")});
        QVERIFY(inside.waitForFinished());
        if (inside.exitCode() != 0)
            QSKIP(("no pid namespace can be made here: " + inside.readAll()).constData());
        inside.start(QStringLiteral("unshare"), args + QStringList{besides("tst_serve"), QStringLiteral("rolesAreHeld")});
        QVERIFY(inside.waitForFinished(120'000));
        const QByteArray said = inside.readAll();
        QVERIFY2(inside.exitCode() == 0 && said.contains("PASS   : TestServe::rolesAreHeld()"), said.constData());
    }
    /// A worker of the serve before this one.
    void workersOfAnEarlierServeAreRefused()
    {
        const fs::path told = m_root / "told";
        {
            const auto client = enter("admin");
            const Json o = order({{"connect", "again"}, {"user", "ann"}, {"key", m_print}, {"told", told.string()}, {"ms", 4000}});
            QCOMPARE(client->errorOf("orders.submit", o), std::string());
            QTRY_COMPARE_WITH_TIMEOUT(toldTo(told), std::string("access.denied"), 30'000);
        }
        killServe();
        QTRY_COMPARE_WITH_TIMEOUT(toldTo(told), std::string("not running"), 30'000);
        startServe();
        QTRY_VERIFY_WITH_TIMEOUT(toldTo(told) != "not running", 30'000);
        QCOMPARE(toldTo(told), std::string("access.denied"));
    }
};

QTEST_GUILESS_MAIN(TestServePeers)
#include "tst_servepeers.moc"
