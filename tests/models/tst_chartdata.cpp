// SPDX-License-Identifier: GPL-3.0-or-later
// What charts over time are made of: columns, axes, copied text.
#include "models/common/chartdata.h"

#include <QLocale>
#include <QTest>
#include <QTimeZone>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint noon = TimePoint{1'780'056'000s}; // 2026-05-29 12:00 UTC
constexpr auto none = std::nullopt;

Spreads plain(std::initializer_list<std::optional<double>> values)
{
    Spreads spreads;
    for (const auto &value : values)
        spreads.push_back(value ? std::optional(Spread{*value, *value, *value}) : none);
    return spreads;
}

ChartData dataOf(Spreads values, std::chrono::seconds length)
{
    return {noon, noon + length, {{QStringLiteral("a"), QStringLiteral("A"), std::move(values)}}};
}

QString texts(const ValueAxis &axis)
{
    QStringList list;
    for (const ValueTick &tick : axis.ticks)
        list << tick.text;
    return (list << axis.unit).join(QLatin1Char('|'));
}

QString texts(const std::vector<TimeTick> &ticks)
{
    QStringList list;
    for (const TimeTick &tick : ticks)
        list << tick.text;
    return list.join(QLatin1Char('|'));
}

TimePoint utc(int month, int day, int hour, int minute = 0)
{
    return fromMicros(QDateTime(QDate(2026, month, day), QTime(hour, minute), Qt::UTC).toMSecsSinceEpoch() * 1000);
}

} // namespace

class TestChartData : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }

    void aPeakIsNeverLostAndAGapStays()
    {
        const ChartData data = dataOf(plain({1, 2, 90, 4, none, none, none, none, 5, none, 7, 7}), 120s);
        const ChartColumns columns = chartColumns(data, data.from, data.until, 3);
        QCOMPARE(columns.count, std::size_t{3});
        QCOMPARE(columns.width, std::size_t{4});
        const Spreads values = columnValues(data.lines[0].values, columns);
        QVERIFY(values[0] == std::optional(Spread{1, 97.0 / 4, 90}));
        QVERIFY(!values[1]);
        QVERIFY(values[2] == std::optional(Spread{5, 19.0 / 3, 7}));
    }
    void columnsKeepToTheirGrid()
    {
        const ChartData data = dataOf(Spreads(1000), 1000s);
        QCOMPARE(chartColumns(data, data.from, data.until, 5000).count, std::size_t{1000}); // no more than there are
        // moved by a bucket, a column holds the same buckets
        const ChartColumns a = chartColumns(data, noon + 100s, noon + 300s, 50);
        const ChartColumns b = chartColumns(data, noon + 101s, noon + 301s, 50);
        QCOMPARE(a.first % a.width, std::size_t{0});
        QCOMPARE(b.first % b.width, std::size_t{0});
        QVERIFY(a.count <= 50 && b.count <= 50);
        QVERIFY(a.first <= 100 && a.first + a.count * a.width >= 300);
        QCOMPARE(chartColumns(data, noon - 500s, noon - 1s, 50).count, std::size_t{0});
        QCOMPARE(chartColumns({}, noon, noon + 1s, 50).count, std::size_t{0});
    }
    void axesHavePlainNumbers()
    {
        QCOMPARE(texts(valueAxis(0, 17, ChartUnit::Count, 5)), QStringLiteral("0|5|10|15|20|"));
        QCOMPARE(texts(valueAxis(0, 3, ChartUnit::Count, 6)), QStringLiteral("0|1|2|3|")); // no half connections
        QCOMPARE(texts(valueAxis(0, 0, ChartUnit::Count, 5)), QStringLiteral("0|1|"));
        QCOMPARE(texts(valueAxis(0, 12'345, ChartUnit::PerSecond, 4)), QStringLiteral("0|5|10|15|k/s"));
        QCOMPARE(texts(valueAxis(0, 300.0 * 1024 * 1024, ChartUnit::BytesPerSecond, 5)), QStringLiteral("0|100|200|300|MiB/s"));
        QCOMPARE(texts(valueAxis(0, 1, ChartUnit::Share, 3)), QStringLiteral("0|50|100|%"));
        QCOMPARE(texts(valueAxis(0, 0.25, ChartUnit::Seconds, 4)), QStringLiteral("0|100|200|300|ms"));
        QCOMPARE(texts(valueAxis(0, 4 * 3600, ChartUnit::Seconds, 3)), QStringLiteral("0|2|4|h"));
        // begins at zero unless said otherwise, and a share ends at its whole
        QCOMPARE(valueAxis(90, 100, ChartUnit::Count, 5).bottom, 0.0);
        const ValueAxis hits = valueAxis(0.9912, 1, ChartUnit::Share, 5, false);
        QVERIFY(hits.bottom > 0.98 && hits.bottom <= 0.9912);
        QCOMPARE(hits.top, 1.0);
        // whatever the values are, they lie on the axis and the ticks have room
        for (double high = 0.003; high < 1e13; high *= 3.7) {
            for (const int most : {2, 3, 5, 6}) {
                const ValueAxis axis = valueAxis(0, high, ChartUnit::Bytes, most);
                QVERIFY(axis.top >= high * (1 - 1e-9));
                QVERIFY2(axis.ticks.size() >= 2 && static_cast<int>(axis.ticks.size()) <= most, qPrintable(texts(axis)));
            }
        }
    }
    void valuesAsPeopleReadThem()
    {
        const auto text = [](double value, ChartUnit unit) { return chartValueText(value, unit).replace(QChar(0xa0), QLatin1Char(' ')); };
        QCOMPARE(text(1.5 * 1024 * 1024, ChartUnit::BytesPerSecond), QStringLiteral("1.5 MiB/s"));
        QCOMPARE(text(0.99981, ChartUnit::Share), QStringLiteral("99.98 %"));
        QCOMPARE(text(12.34, ChartUnit::PerSecond), QStringLiteral("12.3/s"));
        QCOMPARE(text(0.0412, ChartUnit::Seconds), QStringLiteral("41.2 ms"));
        QCOMPARE(text(0, ChartUnit::Count), QStringLiteral("0"));
        QCOMPARE(text(1234, ChartUnit::Count), QStringLiteral("1,234"));
    }
    void ticksFollowTheWall()
    {
        const QTimeZone berlin("Europe/Berlin");
        QCOMPARE(texts(timeTicks(utc(5, 29, 9, 50), utc(5, 29, 10, 40), berlin, 6)), QStringLiteral("11:50|12:00|12:10|12:20|12:30|12:40"));
        QCOMPARE(texts(timeTicks(utc(5, 29, 20), utc(5, 30, 8), berlin, 5)), QStringLiteral("05-30|03:00|06:00|09:00"));
        // the night of 29 March has no 02:00, that of 25 October has two
        QCOMPARE(texts(timeTicks(utc(3, 28, 23), utc(3, 29, 3), berlin, 8)), QStringLiteral("03-29|01:00|03:00|04:00|05:00"));
        const auto autumn = timeTicks(utc(10, 24, 22), utc(10, 25, 3), berlin, 12);
        for (std::size_t at = 1; at < autumn.size(); ++at)
            QVERIFY(autumn[at - 1].at < autumn[at].at);
        // never more than there is room for, and never none over a long time
        for (const auto length : {90s, 3600s, 86400s, 604800s, 7776000s, 34560000s}) {
            for (const int most : {1, 3, 10}) {
                const auto ticks = timeTicks(noon - 17s, noon - 17s + length, berlin, most);
                QVERIFY2(static_cast<int>(ticks.size()) <= most, qPrintable(texts(ticks)));
                QVERIFY(most < 3 || ticks.size() >= 1);
            }
        }
        QVERIFY(timeTicks(noon, noon, berlin, 5).empty());
    }
    void copiedText()
    {
        ChartData data = dataOf(plain({1.5, none}), 20s);
        data.lines.push_back({QStringLiteral("b"), QStringLiteral("B"), plain({7, 8})});
        QCOMPARE(chartText(data, {}), QStringLiteral("at\ta\tb\n2026-05-29T12:00:00Z\t1.5\t7\n2026-05-29T12:00:10Z\t\t8"));
        QCOMPARE(chartText(data, {false, true}), QStringLiteral("at\tb\n2026-05-29T12:00:00Z\t7\n2026-05-29T12:00:10Z\t8"));
    }
};

QTEST_APPLESS_MAIN(TestChartData)
#include "tst_chartdata.moc"
