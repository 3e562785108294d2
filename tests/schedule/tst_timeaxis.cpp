// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/timeaxis.h"

#include <QTest>

#include <algorithm>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

TimePoint utc(int year, int month, int day, int hour = 0, int minute = 0)
{
    using namespace std::chrono;
    return sys_days{std::chrono::year{year} / month / day} + hours{hour} + minutes{minute};
}

/// "10-25 00:00, 06:00, ...": days with their date.
QString printed(const std::vector<AxisMark> &marks)
{
    QStringList lines;
    for (const AxisMark &mark : marks)
        lines << (mark.dayBegins ? wallDate(mark.wall).toString(QStringLiteral("MM-dd ")) : QString()) + wallHourText(mark.wall);
    return lines.join(QStringLiteral(", "));
}

} // namespace

/// Days of 23 and 25 hours, on the wall of the board's zone and not on this computer's.
class TestTimeAxis : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void aDayOf25Hours()
    {
        const auto zone = ZoneTable::find("Europe/Berlin");
        QVERIFY(zone);
        const auto marks = axisMarks(utc(2026, 10, 24, 22), utc(2026, 10, 25, 23), *zone, 6);
        QCOMPARE(printed(marks), QStringLiteral("10-25 00:00, 06:00, 12:00, 18:00, 10-26 00:00"));
        QVERIFY(marks[1].at - marks[0].at == 7h); // the hour that comes twice
        QVERIFY(marks[2].at - marks[1].at == 6h);
        QVERIFY(marks[4].at - marks[0].at == 25h);
        const auto hourly = axisMarks(utc(2026, 10, 24, 22), utc(2026, 10, 25, 3), *zone, 1);
        QCOMPARE(printed(hourly), QStringLiteral("10-25 00:00, 01:00, 02:00, 03:00, 04:00"));
        QVERIFY(hourly[2].at == utc(2026, 10, 25, 0)); // the first of the two
        QVERIFY(hourly[3].at == utc(2026, 10, 25, 2));
    }

    void aDayOf23Hours()
    {
        const auto zone = ZoneTable::find("Europe/Berlin");
        const auto marks = axisMarks(utc(2026, 3, 28, 23), utc(2026, 3, 29, 22), *zone, 6);
        QCOMPARE(printed(marks), QStringLiteral("03-29 00:00, 06:00, 12:00, 18:00, 03-30 00:00"));
        QVERIFY(marks[1].at - marks[0].at == 5h);
        QVERIFY(marks[4].at - marks[0].at == 23h);
        const auto hourly = axisMarks(utc(2026, 3, 28, 23), utc(2026, 3, 29, 3), *zone, 1);
        QCOMPARE(printed(hourly), QStringLiteral("03-29 00:00, 01:00, 03:00, 04:00, 05:00")); // 02:00 does not exist
    }

    /// From the day that holds the beginning: its name stands on the axis although its midnight does not.
    void beginsWithTheDayThatIsUnderWay()
    {
        const auto zone = ZoneTable::find("Asia/Kolkata"); // half an hour off
        const auto marks = axisMarks(utc(2026, 11, 22, 3), utc(2026, 11, 22, 20), *zone, 12);
        QCOMPARE(printed(marks), QStringLiteral("11-22 00:00, 12:00, 11-23 00:00"));
        QVERIFY(marks[1].at == utc(2026, 11, 22, 6, 30));
    }

    /// Midnight itself may be what does not exist.
    void aDayBeginsWithoutMidnight()
    {
        const auto zone = ZoneTable::find("America/Sao_Paulo");
        const auto marks = axisMarks(utc(2018, 11, 4, 1), utc(2018, 11, 4, 8), *zone, 1);
        const auto begin = std::ranges::find_if(marks, [](const AxisMark &m) { return wallDate(m.wall) == QDate(2018, 11, 4); });
        QVERIFY(begin != marks.end());
        QVERIFY(begin->dayBegins);
        QCOMPARE(wallHourText(begin->wall), QStringLiteral("01:00"));
        QVERIFY((begin + 1)->at - begin->at == 1h);
    }
};

QTEST_GUILESS_MAIN(TestTimeAxis)
#include "tst_timeaxis.moc"
