// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/serverthreads.h"

#include <QTest>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;

/// Whether a server is still the one that a backup began with.
class TestServerLife : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRestartIsSeen_data()
    {
        const TimePoint began{1'000'000'000s};
        QTest::addColumn<ServerLife>("earlier");
        QTest::addColumn<ServerLife>("later");
        QTest::addColumn<bool>("ended");
        QTest::newRow("another connection of the same server") << ServerLife{began, 50, 7000, 11} << ServerLife{began, 50, 7000, 12} << false;
        QTest::newRow("its uptime is rounded") << ServerLife{began, 50, 7000, 11} << ServerLife{began + 1s, 50, 7000, 12} << false;
        QTest::newRow("started again within a second") << ServerLife{began, 50, 7000, 11} << ServerLife{began + 1s, 61, 7100, 12} << true;
        QTest::newRow("the number of the process came again") << ServerLife{began, 50, 7000, 11} << ServerLife{began + 1s, 50, 7100, 12} << true;
        QTest::newRow("its process cannot be told, ids began anew") << ServerLife{began, 0, 0, 11} << ServerLife{began + 1s, 0, 0, 5} << true;
        QTest::newRow("its process cannot be told, it began later") << ServerLife{began, 0, 0, 11} << ServerLife{began + 3s, 0, 0, 12} << true;
        QTest::newRow("systemd holds the socket, ids began anew") << ServerLife{began, 1, 2, 11} << ServerLife{began + 1s, 1, 2, 5} << true;
    }
    void aRestartIsSeen()
    {
        QFETCH(ServerLife, earlier);
        QFETCH(ServerLife, later);
        QTEST(earlier.endedBefore(later), "ended");
    }
};

QTEST_GUILESS_MAIN(TestServerLife)
#include "tst_serverlife.moc"
