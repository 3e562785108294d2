// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/sessions/sessions.h"

#include <QTest>

using namespace zandb;
using namespace zandb::agent;

/// What is decided about sessions without a server.
class TestSessionList : public QObject
{
    Q_OBJECT

    static wire::Session session(std::int64_t id, const char *command, std::int64_t seconds, std::vector<std::int64_t> blockedBy = {})
    {
        wire::Session s;
        s.id = id;
        s.user = "app";
        s.command = command;
        s.seconds = seconds;
        for (const std::int64_t by : blockedBy)
            s.blockedBy.push_back({by, "row", "shop.t"});
        return s;
    }
    static std::vector<std::int64_t> ids(const wire::SessionList &list)
    {
        std::vector<std::int64_t> result;
        for (const auto &s : list.sessions)
            result.push_back(s.id);
        return result;
    }

private Q_SLOTS:
    void whoBlocksMostComesFirst()
    {
        wire::SessionList list;
        // 3 waits for 2, 2 waits for 1, 4 waits for 1; 5 works, 6 and 7 are idle
        list.sessions = {session(5, "Query", 90), session(2, "Query", 20, {1}), session(3, "Query", 10, {2}), session(1, "Sleep", 30), session(4, "Query", 5, {1}),
                         session(6, "Sleep", 1000), session(7, "Sleep", 5)};
        list.sessions.back().transactionSeconds = 700;
        arrangeSessions(list, {});
        QCOMPARE(ids(list), (std::vector<std::int64_t>{1, 2, 3, 4, 5, 7}));
        QCOMPARE(list.sessions[0].blocks, 3);
        QCOMPARE(list.sessions[1].blocks, 1);
        QCOMPARE(list.idle, 1);
        QCOMPARE(list.more, 0);
    }
    void aCircleOfWaitersEnds()
    {
        wire::SessionList list;
        list.sessions = {session(1, "Query", 1, {2}), session(2, "Query", 2, {1}), session(3, "Query", 3, {99})};
        arrangeSessions(list, {});
        QCOMPARE(ids(list), (std::vector<std::int64_t>{2, 1, 3}));
        QCOMPARE(list.sessions[0].blocks, 1);
        QCOMPARE(list.sessions[1].blocks, 1);
    }
    void whatHasNoRoomIsCounted()
    {
        wire::SessionList list;
        for (int i = 1; i <= 50; ++i)
            list.sessions.push_back(session(i, "Query", i));
        arrangeSessions(list, {.idle = true, .most = 10});
        QCOMPARE(list.sessions.size(), std::size_t{10});
        QCOMPARE(list.sessions.front().seconds, 50); // the longest
        QCOMPARE(list.more, 40);
    }

    void locks_data()
    {
        QTest::addColumn<QByteArray>("wanted");
        QTest::addColumn<QByteArray>("held");
        QTest::addColumn<bool>("conflict");
        const auto row = [](const char *wanted, const char *held, bool conflict) {
            QTest::addRow("%s behind %s", wanted, held) << QByteArray(wanted) << QByteArray(held) << conflict;
        };
        row("SHARED_READ", "SHARED_WRITE", false);
        row("SHARED_READ", "SHARED_NO_READ_WRITE", true);
        row("SHARED_READ", "EXCLUSIVE", true);
        row("SHARED_WRITE", "SHARED_READ", false);
        row("SHARED_WRITE", "SHARED_WRITE", false);
        row("SHARED_WRITE", "SHARED_READ_ONLY", true);
        row("SHARED_WRITE", "SHARED_UPGRADABLE", false);
        row("SHARED_UPGRADABLE", "SHARED_UPGRADABLE", true);
        row("SHARED_UPGRADABLE", "SHARED_WRITE", false);
        row("SHARED_NO_WRITE", "SHARED_READ", false);
        row("SHARED_NO_WRITE", "SHARED_WRITE", true);
        row("SHARED_NO_READ_WRITE", "SHARED_READ", true);
        row("EXCLUSIVE", "SHARED_READ", true);
        row("EXCLUSIVE", "SHARED_HIGH_PRIO", true);
        row("SHARED_HIGH_PRIO", "SHARED_NO_READ_WRITE", false);
        row("SHARED", "EXCLUSIVE", true);
        row("INTENTION_EXCLUSIVE", "INTENTION_EXCLUSIVE", false);
        row("INTENTION_EXCLUSIVE", "SHARED", true); // a statement that writes, behind FLUSH TABLES WITH READ LOCK
        row("SHARED", "INTENTION_EXCLUSIVE", true);
    }
    void locks()
    {
        QFETCH(QByteArray, wanted);
        QFETCH(QByteArray, held);
        QTEST(metadataLocksConflict(wanted.toStdString(), held.toStdString()), "conflict");
    }

    void protection_data()
    {
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("schema");
        QTest::addColumn<QByteArray>("protection");
        const auto row = [](const char *name, const char *user, const char *command, const char *schema, const char *protection) {
            QTest::newRow(name) << QByteArray(user) << QByteArray(command) << QByteArray(schema) << QByteArray(protection);
        };
        row("a person", "app", "Query", "shop", "");
        row("the scheduler", "event_scheduler", "Daemon", "", "scheduler");
        row("a replica's reader", "repl", "Binlog Dump", "", "replication");
        row("a replica's reader with GTIDs", "repl", "Binlog Dump GTID", "", "replication");
        row("MySQL's applier", "system user", "Query", "", "replication");
        row("MariaDB's applier", "system user", "Slave_SQL", "", "replication");
        row("MariaDB's purge", "system user", "Daemon", "", "system");
        row("Group Replication", "system user", "Group Replication data receiver", "", "replication");
        row("a replica that copies tables", "repl", "Table Dump", "", "replication");
        row("an account of MySQL's own", "mysql.session", "Query", "", "system");
        row("MariaDB's own account", "mariadb.sys", "Query", "", "system");
        row("who has not logged in", "unauthenticated user", "Connect", "", "system");
        row("the agent", "zandb", "Query", "information_schema", "own");
        row("somebody else under the agent's account", "zandb", "Query", "shop", "");
        row("a person in information_schema", "app", "Query", "information_schema", "");
    }
    void protection()
    {
        QFETCH(QByteArray, user);
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, schema);
        QFETCH(QByteArray, protection);
        wire::Session s;
        s.user = user.toStdString();
        s.command = command.toStdString();
        s.schema = schema.toStdString();
        QCOMPARE(protectionOf(s, {"zandb", "watch"}), protection.toStdString());
    }
};

QTEST_GUILESS_MAIN(TestSessionList)
#include "tst_sessionlist.moc"
