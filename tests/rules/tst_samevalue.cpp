// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/samevalue.h"

#include <QTest>

using namespace zandb::rules;

class TestSameValue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void byName_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        QTest::addColumn<bool>("same");
        int number = 0;
        const auto row = [&](const char *name, const char *one, const char *other, bool same) {
            QTest::newRow(qPrintable(QStringLiteral("%1: %2: %3 / %4").arg(++number).arg(QLatin1String(name), QLatin1String(one), QLatin1String(other))))
                << QByteArray(name) << QByteArray(one) << QByteArray(other) << same;
        };
        row("slow_query_log", "ON", "1", true);
        row("slow_query_log", "yes", "TRUE", true);
        row("slow_query_log", "OFF", "0", true);
        row("slow_query_log", "ON", "0", false);
        row("innodb_buffer_pool_size", "16M", "16777216", true);
        row("innodb_buffer_pool_size", "1G", "1073741824", true);
        row("innodb_buffer_pool_size", "1g", "1024M", true);
        row("innodb_buffer_pool_size", "104857605", "100M", false);
        row("innodb_buffer_pool_size", "1.5G", "1610612736", false); // no server takes it
        row("innodb_buffer_pool_size", "99999999999999G", "1", false);
        row("long_query_time", "10", "10.000000", true);
        row("long_query_time", "0.5", ".5", false);
        row("long_query_time", "0.0000001", "0.000000", false);
        row("long_query_time", "-1", "1", false);
        row("max_allowed_packet", "007", "7", true);
        row("sql_mode", "STRICT_TRANS_TABLES,NO_ZERO_DATE", "no_zero_date, STRICT_TRANS_TABLES", true);
        row("sql_mode", "STRICT_TRANS_TABLES", "STRICT_TRANS_TABLES,NO_ZERO_DATE", false);
        row("sql_mode", "", "STRICT_TRANS_TABLES", false);
        row("optimizer_switch", "index_merge=on,mrr=off", "mrr=OFF,index_merge=1", true);
        row("optimizer_switch", "index_merge=on,mrr=off", "mrr=on,index_merge=on", false);
        row("log_output", "FILE,TABLE", "table,file", true);
        row("datadir", "/var/lib/mysql", "/var/lib/mysql/", true);
        row("datadir", "/var//lib/./mysql", "/var/lib/mysql", true);
        row("datadir", "/", "//", true);
        row("datadir", "/var/lib/MySQL", "/var/lib/mysql", false);
        row("slow_query_log_file", "Slow.log", "slow.log", false);
        row("tmpdir", "/tmp", "/tmp/x", false);
        row("character_set_server", "UTF8MB4", "utf8mb4", true);
        row("init_connect", "SET a=1", "set a=1", false);
        row("authentication_policy", "*,,", ",*,", false);
        row("replicate_do_db", "b,a", "a,b", true);
        row("innodb_data_file_path", "ibdata1:12M:autoextend", "ibdata1:12m:autoextend", false);
        row("max_connections", "ON", "on", true);
        row("max_connections", "", "0", false);
    }
    void byName()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        QFETCH(bool, same);
        QCOMPARE(sameValueOf(name.toStdString(), one.toStdString(), other.toStdString()), same);
        QCOMPARE(sameValueOf(name.toStdString(), other.toStdString(), one.toStdString()), same);
        QVERIFY(sameValueOf(name.toStdString(), one.toStdString(), one.toStdString()));
    }

    void byMeaning()
    {
        QVERIFY(!sameValue("ON", "1", {ValueKind::Number}));
        QVERIFY(sameValue("1", "DEMAND", {ValueKind::Word, {"OFF", "demand"}}));
        QVERIFY(sameValue("TRUE", "on", {ValueKind::Word, {"OFF", "ON", "DEMAND"}}));
        QVERIFY(!sameValue("2", "ON", {ValueKind::Word, {"OFF", "ON", "DEMAND"}}));
        QVERIFY(sameValue("3", "b,A", {ValueKind::Set, {"a", "b", "c"}}));
        QVERIFY(!sameValue("A", "a", {ValueKind::Text}));
        QCOMPARE(variableName(" Max-Connections "), std::string("max_connections"));
    }

    void wholeNumbers()
    {
        long long number = 0;
        QVERIFY(wholeNumber("16M", number));
        QCOMPARE(number, 16777216LL);
        QVERIFY(wholeNumber("-5", number));
        QCOMPARE(number, -5LL);
        QVERIFY(!wholeNumber("1.5", number) && !wholeNumber("abc", number) && !wholeNumber("", number) && !wholeNumber("M", number));
        QVERIFY(!wholeNumber("18446744073709551615", number));
    }
};

QTEST_APPLESS_MAIN(TestSameValue)
#include "tst_samevalue.moc"
