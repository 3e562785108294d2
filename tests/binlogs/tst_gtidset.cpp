// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/gtidset.h"

#include <QTest>

using namespace zandb;

/// Sets of GTIDs of both flavours.
class TestGtidSet : public QObject
{
    Q_OBJECT

    static std::string a(const std::string &rest) { return "3e11fa47-71ca-11e1-9e33-c80aa9429562:" + rest; }

private Q_SLOTS:
    void texts_data()
    {
        QTest::addColumn<std::string>("text");
        QTest::addColumn<std::string>("canonical"); // "-": no set
        QTest::newRow("empty") << std::string() << std::string();
        QTest::newRow("one") << a("5") << a("5");
        QTest::newRow("joined") << a("1-3:4:6-7:5") << a("1-7");
        QTest::newRow("spaces and upper case") << std::string("3E11FA47-71CA-11E1-9E33-C80AA9429562:1-3,\n ") + a("9") << a("1-3:9");
        QTest::newRow("a tag") << a("1-3:tag:5-6") << a("1-3,") + a("tag:5-6");
        QTest::newRow("zero") << a("0") << std::string("-");
        QTest::newRow("backwards") << a("7-3") << std::string("-");
        QTest::newRow("no number") << a("") << std::string("-");
        QTest::newRow("no uuid") << std::string("shop:1") << std::string("-");
        QTest::newRow("too large") << a("18446744073709551616") << std::string("-");
    }
    void texts()
    {
        QFETCH(std::string, text);
        QFETCH(std::string, canonical);
        const auto set = GtidSet::parse(text);
        QCOMPARE(set ? set->text() : std::string("-"), canonical);
    }

    void differences()
    {
        const auto minus = [](const std::string &x, const std::string &y) { return GtidSet::parse(x)->minus(*GtidSet::parse(y)).text(); };
        QCOMPARE(minus(a("1-10"), a("3-4:7")), a("1-2:5-6:8-10"));
        QCOMPARE(minus(a("1-10"), a("1-20")), std::string());
        QCOMPARE(minus(a("1-10"), std::string()), a("1-10"));
        QCOMPARE(minus(a("5-6"), a("1-5")), a("6"));
        QVERIFY(GtidSet::parse(a("1-10:20"))->contains("3e11fa47-71ca-11e1-9e33-c80aa9429562", 20));
        QVERIFY(!GtidSet::parse(a("1-10:20"))->contains("3e11fa47-71ca-11e1-9e33-c80aa9429562", 11));
    }

    void whatIsMissing()
    {
        QCOMPARE(missingBetween(a("1-10"), a("1-14"), false), a("11-14"));
        QCOMPARE(missingBetween(a("1-10"), a("1-10"), false), std::string());
        QCOMPARE(missingBetween("0-77-3", "0-77-9", true), std::string("0-77-4 to 0-77-9"));
        QCOMPARE(missingBetween("0-77-3,1-2-5", "0-78-4,1-2-5", true), std::string("0-78-4"));
        QCOMPARE(missingBetween("0-77-3", "0-77-3", true), std::string());
    }
};

QTEST_APPLESS_MAIN(TestGtidSet)
#include "tst_gtidset.moc"
