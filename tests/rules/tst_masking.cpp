// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/masking.h"

#include <QTest>

using namespace zandb;

class TestMasking : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void literals_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QByteArray>("masked");
        const auto row = [](const char *statement, const char *masked) { QTest::newRow(statement) << QByteArray(statement) << QByteArray(masked); };
        row("SELECT a FROM T1 WHERE b = 5 AND c='it''s'", "SELECT a FROM T1 WHERE b = ? AND c='?'");
        row("SELECT 1.5, 0x1f, 1e5, x'ab', \"q\"", "SELECT ?, ?, ?, x'?', '?'");
        row("SELECT /* user 7 */ a -- 8\nFROM t", "SELECT a \nFROM t");
        row("SELECT /*!40001 SQL_NO_CACHE */ a", "SELECT /*!? SQL_NO_CACHE */ a");
        row("SELECT 'half of a sec", "SELECT '?'");
        row("SELECT `a 1`, 2nd FROM t", "SELECT `a 1`, 2nd FROM t");
        row("INSERT INTO k VALUES (_binary'top\\'secret', x'00')", "INSERT INTO k VALUES (_binary'?', x'?')");
    }
    void literals()
    {
        QFETCH(QByteArray, statement);
        QFETCH(QByteArray, masked);
        QCOMPARE(QByteArray::fromStdString(maskLiterals(statement.toStdString())), masked);
    }

    void passwords_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QByteArray>("masked");
        const auto row = [](const char *statement, const char *masked) { QTest::newRow(statement) << QByteArray(statement) << QByteArray(masked); };
        row("CREATE USER u IDENTIFIED BY 'pw'", "CREATE USER u IDENTIFIED BY '?'");
        row("CREATE USER 'u'@'h' IDENTIFIED BY 'pw', 'v'@'h' IDENTIFIED BY \"pw\"", "CREATE USER 'u'@'h' IDENTIFIED BY '?', 'v'@'h' IDENTIFIED BY '?'");
        row("ALTER USER u IDENTIFIED WITH p AS '*AB'", "ALTER USER u IDENTIFIED WITH p AS '?'");
        row("ALTER USER u IDENTIFIED BY 'new' REPLACE 'old'", "ALTER USER u IDENTIFIED BY '?' REPLACE '?'");
        row("SET PASSWORD = 'pw'", "SET PASSWORD = '?'");
        row("SET PASSWORD FOR 'u'@'h' = PASSWORD('pw')", "SET PASSWORD FOR 'u'@'h' = PASSWORD('?')");
        row("CHANGE MASTER TO MASTER_HOST='h', MASTER_PASSWORD='pw'", "CHANGE MASTER TO MASTER_HOST='h', MASTER_PASSWORD='?'");
        row("CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = 'pw'", "CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = '?'");
        row("START SLAVE USER='u' PASSWORD='pw'", "START SLAVE USER='u' PASSWORD='?'");
        row("CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'u', PASSWORD 'pw')", "CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (USER 'u', PASSWORD '?')");
        row("UPDATE users SET password='pw' WHERE name='bob'", "UPDATE users SET password='?' WHERE name='bob'");
        row("SELECT 1 FROM users WHERE name='bob' AND `passwd` = 'pw'", "SELECT 1 FROM users WHERE name='bob' AND `passwd` = '?'");
        row("CREATE USER u IDENTIFIED BY 'cut", "CREATE USER u IDENTIFIED BY '?'");
        row("SELECT 'password', 'x'", "SELECT 'password', 'x'");
    }
    void passwords()
    {
        QFETCH(QByteArray, statement);
        QFETCH(QByteArray, masked);
        QCOMPARE(QByteArray::fromStdString(maskPasswords(statement.toStdString())), masked);
    }
};

QTEST_GUILESS_MAIN(TestMasking)
#include "tst_masking.moc"
