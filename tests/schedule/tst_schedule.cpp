// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/schedule.h"

#include <QTest>

using namespace zandb;

namespace {

TimePoint at(const char *iso)
{
    return fromIso(iso).value();
}

Schedule schedule(const char *json)
{
    auto result = Schedule::fromJson(Json::parse(json));
    if (!result)
        qFatal("%s", describe(result.error()).c_str());
    return *result;
}

/// The next occurrences, as text.
QStringList nextOnes(const Schedule &schedule, const char *from, int count)
{
    QStringList list;
    TimePoint after = at(from);
    for (int i = 0; i < count; ++i) {
        const auto due = schedule.next(after);
        if (!due)
            break;
        list << QString::fromStdString(toIso(*due));
        after = *due;
    }
    return list;
}

} // namespace

class TestSchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void occurrences_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("from");
        QTest::addColumn<QStringList>("expected");

        const auto row = [](const char *name, const char *json, const char *from, std::initializer_list<const char *> expected) {
            QStringList list;
            for (const char *text : expected)
                list << QString::fromLatin1(text);
            QTest::newRow(name) << QByteArray(json) << QByteArray(from) << list;
        };
        row("daily in winter", R"({"every":"day","at":"02:30","zone":"Europe/Berlin"})", "2026-01-10T00:00:00Z",
            {"2026-01-10T01:30:00Z", "2026-01-11T01:30:00Z"});
        row("strictly after", R"({"every":"day","at":"02:30","zone":"UTC"})", "2026-01-10T02:30:00Z", {"2026-01-11T02:30:00Z"});
        row("Berlin's gap: 02:30 fires at 03:00 summer time", R"({"every":"day","at":"02:30","zone":"Europe/Berlin"})",
            "2026-03-28T00:00:00Z",
            {"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"});
        row("two times in one gap fire once", R"({"every":"day","at":["02:15","02:45"],"zone":"Europe/Berlin"})",
            "2026-03-28T12:00:00Z", {"2026-03-29T01:00:00Z", "2026-03-30T00:15:00Z", "2026-03-30T00:45:00Z"});
        row("Berlin's repeated hour: the first of both", R"({"every":"day","at":"02:30","zone":"Europe/Berlin"})",
            "2026-10-24T12:00:00Z", {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"});
        row("Lord Howe's gap of half an hour", R"({"every":"day","at":"02:15","zone":"Australia/Lord_Howe"})",
            "2026-10-02T16:00:00Z", {"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"});
        row("Lord Howe's repeated half hour", R"({"every":"day","at":"01:45","zone":"Australia/Lord_Howe"})",
            "2026-04-04T00:00:00Z", {"2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"});
        row("Apia's missing day", R"({"every":"day","at":"02:30","zone":"Pacific/Apia"})", "2011-12-29T00:00:00Z",
            {"2011-12-29T12:30:00Z", "2011-12-30T10:00:00Z", "2011-12-30T12:30:00Z"});
        row("Casablanca around Ramadan", R"({"every":"day","at":"02:30","zone":"Africa/Casablanca"})", "2026-02-14T00:00:00Z",
            {"2026-02-14T01:30:00Z", "2026-02-15T01:30:00Z", "2026-02-16T02:30:00Z"});
        row("Casablanca's gap", R"({"every":"day","at":"02:30","zone":"Africa/Casablanca"})", "2026-03-21T12:00:00Z",
            {"2026-03-22T02:00:00Z", "2026-03-23T01:30:00Z"});
        row("Berlin in 2038", R"({"every":"day","at":"02:30","zone":"Europe/Berlin"})", "2038-03-27T00:00:00Z",
            {"2038-03-27T01:30:00Z", "2038-03-28T01:00:00Z", "2038-03-29T00:30:00Z"});
        row("Berlin's autumn of 2038", R"({"every":"day","at":"02:30","zone":"Europe/Berlin"})", "2038-10-30T12:00:00Z",
            {"2038-10-31T00:30:00Z", "2038-11-01T01:30:00Z"});
        row("Berlin in 2060", R"({"every":"day","at":"12:00","zone":"Europe/Berlin"})", "2060-03-27T00:00:00Z",
            {"2060-03-27T11:00:00Z", "2060-03-28T10:00:00Z"});
        row("New York in 2038", R"({"every":"day","at":"02:30","zone":"America/New_York"})", "2038-03-13T00:00:00Z",
            {"2038-03-13T07:30:00Z", "2038-03-14T07:00:00Z", "2038-03-15T06:30:00Z"});
        row("New York's autumn of 2060", R"({"every":"day","at":"01:30","zone":"America/New_York"})", "2060-11-06T12:00:00Z",
            {"2060-11-07T05:30:00Z", "2060-11-08T06:30:00Z"});
        row("weekly", R"({"every":"week","on":["mon","thu"],"at":"23:00","zone":"America/New_York"})", "2026-03-05T00:00:00Z",
            {"2026-03-06T04:00:00Z", "2026-03-10T03:00:00Z", "2026-03-13T03:00:00Z"});
        row("the 31st skips shorter months", R"({"every":"month","on":[31],"at":"12:00","zone":"UTC"})", "2026-01-31T12:00:00Z",
            {"2026-03-31T12:00:00Z", "2026-05-31T12:00:00Z", "2026-07-31T12:00:00Z", "2026-08-31T12:00:00Z"});
        row("last day of the month", R"({"every":"month","on":[1,15,"last"],"at":"12:00","zone":"UTC"})", "2028-02-01T12:00:00Z",
            {"2028-02-15T12:00:00Z", "2028-02-29T12:00:00Z", "2028-03-01T12:00:00Z"});
        row("31 and last are one day", R"({"every":"month","on":[31,"last"],"at":"12:00","zone":"UTC"})", "2026-01-30T00:00:00Z",
            {"2026-01-31T12:00:00Z", "2026-02-28T12:00:00Z"});
        row("interval follows elapsed time", R"({"every":"interval","seconds":900,"anchor":"2026-01-01T00:00:07Z"})",
            "2026-03-29T00:55:00Z", {"2026-03-29T01:00:07Z", "2026-03-29T01:15:07Z"});
        row("interval begins at its anchor", R"({"every":"interval","seconds":60,"anchor":"2026-01-01T00:00:00Z"})",
            "2025-12-01T00:00:00Z", {"2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"});
        row("once", R"({"every":"once","at":"2026-03-29T02:30:00","zone":"Europe/Berlin"})", "2026-03-01T00:00:00Z",
            {"2026-03-29T01:00:00Z"});
        row("once is over", R"({"every":"once","at":"2026-03-29T02:30:00","zone":"Europe/Berlin"})", "2026-03-29T01:00:00Z", {});
    }
    void occurrences()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, from);
        QFETCH(QStringList, expected);
        QCOMPARE(nextOnes(schedule(json.constData()), from.constData(), qMax(1, static_cast<int>(expected.size()))), expected);
    }

    void zones_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("noon"); ///< local noon of 2026-07-01 in UTC; empty: no such zone
        const auto row = [](const char *name, const char *noon) { QTest::newRow(name) << QByteArray(name) << QByteArray(noon); };
        row("UTC", "2026-07-01T12:00:00Z");
        row("Etc/UTC", "2026-07-01T12:00:00Z");
        row("Zulu", "2026-07-01T12:00:00Z");
        row("GMT", "2026-07-01T12:00:00Z");
        row("US/Eastern", "2026-07-01T16:00:00Z");
        row("EST5EDT", "2026-07-01T16:00:00Z");
        row("Etc/GMT+5", "2026-07-01T17:00:00Z");
        row("Asia/Calcutta", "2026-07-01T06:30:00Z");
        row("Europe/Kiev", "2026-07-01T09:00:00Z");
        row("CET", "2026-07-01T10:00:00Z");
        row("PRC", "2026-07-01T04:00:00Z");
        row("America/Argentina/Buenos_Aires", "2026-07-01T15:00:00Z");
        for (const char *none : {"", "Europe", "Europ", "Abc", "America/Argentina", "Europe/", "/etc/localtime", "/usr/share/zoneinfo/UTC",
                                 "../zoneinfo/UTC", "Europe/../UTC", "Europe/../Europe/Berlin", "Europe//Berlin", "UTC0", "UTC+1", "UTC+01:00",
                                 "CET-1", "CET-1CEST,M3.5.0,M10.5.0/3", "right/UTC", "posix/UTC", "posixrules", "localtime", "Mars/Olympus"})
            QTest::newRow(*none ? none : "empty") << QByteArray(none) << QByteArray();
    }
    void zones()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, noon);
        const auto table = ZoneTable::find(name.toStdString());
        QCOMPARE(table != nullptr, !noon.isEmpty());
        if (!table)
            return;
        const LocalTime wall{std::chrono::local_days{std::chrono::year{2026} / 7 / 1}.time_since_epoch() + std::chrono::hours{12}};
        QCOMPARE(QByteArray::fromStdString(toIso(table->resolve(wall))), noon);
    }
    void theSystemsZoneIsOneThatIsKnown()
    {
        QVERIFY(ZoneTable::find(systemZone()) != nullptr);
        const QByteArray before = qgetenv("TZ");
        const auto restore = qScopeGuard([&] { before.isNull() ? qunsetenv("TZ") : qputenv("TZ", before); });
        qputenv("TZ", "US/Eastern");
        QCOMPARE(systemZone(), std::string("US/Eastern"));
        qputenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3");
        QCOMPARE(systemZone(), std::string("UTC"));
    }

    /// next() and latest() are each other's inverse, in every zone and around every transition.
    void latestIsTheLastOfNext()
    {
        for (const char *zone : {"Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "UTC"}) {
            for (const char *kind : {R"("every":"day","at":["00:00","02:30"])", R"("every":"week","on":["sun"],"at":"02:30")",
                                     R"("every":"month","on":[30,"last"],"at":"23:59")"}) {
                const std::string json = std::string("{") + kind + ",\"zone\":\"" + zone + "\"}";
                const Schedule s = schedule(json.c_str());
                const TimePoint begin = at("2011-11-01T00:00:00Z");
                TimePoint previous = *s.next(begin);
                for (int i = 0; i < 300; ++i) {
                    const TimePoint due = *s.next(previous);
                    QVERIFY(due > previous);
                    QCOMPARE(toIso(*s.latest(due, begin)), toIso(due));
                    QCOMPARE(toIso(*s.latest(due - Microseconds{1}, begin)), toIso(previous));
                    QVERIFY(!s.latest(due - Microseconds{1}, previous));
                    previous = due;
                }
            }
        }
    }

    void countsWithoutWalkingIntervals()
    {
        const Schedule s = schedule(R"({"every":"interval","seconds":60,"anchor":"2026-01-01T00:00:00Z"})");
        QCOMPARE(s.count(at("2026-01-01T00:00:00Z"), at("2026-01-15T00:00:00Z"), 1'000'000), 14 * 24 * 60);
        QCOMPARE(s.count(at("2026-01-01T00:00:00Z"), at("2026-01-15T00:00:00Z"), 100), 100);
        QCOMPARE(s.count(at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:59Z"), 100), 0);
        const Schedule daily = schedule(R"({"every":"day","at":"02:30","zone":"UTC"})");
        QCOMPARE(daily.count(at("2026-01-01T00:00:00Z"), at("2026-01-15T00:00:00Z"), 100), 14);
    }

    void roundTrip_data()
    {
        QTest::addColumn<QByteArray>("json");
        for (const char *json : {R"({"at":"02:30","every":"day","zone":"Europe/Berlin"})",
                                 R"({"at":["02:30","04:00:05"],"every":"week","on":["mon","sun"],"zone":"UTC"})",
                                 R"({"at":"02:30","every":"month","on":[1,15,"last"],"zone":"Asia/Shanghai"})",
                                 R"({"anchor":"2026-01-01T00:00:00Z","every":"interval","seconds":900})",
                                 R"({"at":"2026-03-29T02:30:00","every":"once","zone":"Europe/Berlin"})"})
            QTest::newRow(json) << QByteArray(json);
    }
    void roundTrip()
    {
        QFETCH(QByteArray, json);
        QCOMPARE(QByteArray::fromStdString(schedule(json.constData()).toJson().dump()), json);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("field");
        const auto row = [](const char *json, const char *field) { QTest::newRow(json) << QByteArray(json) << QByteArray(field); };
        row(R"([])", "schedule");
        row(R"({})", "every");
        row(R"({"every":"hour"})", "every");
        row(R"({"every":1})", "every");
        row(R"({"every":"day","at":"02:30"})", "zone");
        row(R"({"every":"day","at":"02:30","zone":"Mars/Olympus"})", "zone");
        row(R"({"every":"day","at":"02:30","zone":""})", "zone");
        row(R"({"every":"day","at":"24:00","zone":"UTC"})", "at");
        row(R"({"every":"day","at":"2:30","zone":"UTC"})", "at");
        row(R"({"every":"day","at":[],"zone":"UTC"})", "at");
        row(R"({"every":"day","at":230,"zone":"UTC"})", "at");
        row(R"({"every":"day","at":"02:30","zone":"UTC","on":["mon"]})", "on");
        row(R"({"every":"week","at":"02:30","zone":"UTC","on":[]})", "on");
        row(R"({"every":"week","at":"02:30","zone":"UTC","on":["monday"]})", "on");
        row(R"({"every":"week","at":"02:30","zone":"UTC"})", "on");
        row(R"({"every":"month","at":"02:30","zone":"UTC","on":[0]})", "on");
        row(R"({"every":"month","at":"02:30","zone":"UTC","on":[32]})", "on");
        row(R"({"every":"month","at":"02:30","zone":"UTC","on":[1.5]})", "on");
        row(R"({"every":"interval","seconds":0})", "seconds");
        row(R"({"every":"interval","seconds":-5})", "seconds");
        row(R"({"every":"interval","seconds":"900"})", "seconds");
        row(R"({"every":"interval","seconds":900,"anchor":"yesterday"})", "anchor");
        row(R"({"every":"interval","seconds":900,"zone":"UTC"})", "zone");
        row(R"({"every":"once","at":"2026-02-30T00:00:00","zone":"UTC"})", "at");
        row(R"({"every":"once","at":"02:30","zone":"UTC"})", "at");
        row(R"({"every":"once","at":["2026-02-03T00:00:00"],"zone":"UTC"})", "at");
    }
    void refused()
    {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, field);
        const auto result = Schedule::fromJson(Json::parse(json.toStdString()));
        QVERIFY(!result);
        QCOMPARE(result.error().code, std::string("schedule.invalid"));
        QCOMPARE(QByteArray::fromStdString(result.error().fields.at("field")), field);
        QVERIFY(!result.error().fields.at("detail").empty());
    }

    void windows()
    {
        const Window night = *Window::make("22:00", "06:00", "Europe/Berlin");
        QVERIFY(night.contains(at("2026-01-10T21:00:00Z"))); // 22:00 local
        QVERIFY(night.contains(at("2026-01-11T04:59:59Z")));
        QVERIFY(!night.contains(at("2026-01-11T05:00:00Z")));
        QVERIFY(!night.contains(at("2026-01-11T12:00:00Z")));
        QCOMPARE(toIso(night.nextOpen(at("2026-01-11T12:00:00Z"))), std::string("2026-01-11T21:00:00Z"));
        QCOMPARE(toIso(night.nextOpen(at("2026-01-11T22:00:00Z"))), std::string("2026-01-11T22:00:00Z"));
        QCOMPARE(toIso(*night.closesAfter(at("2026-03-28T23:00:00Z"))), std::string("2026-03-29T04:00:00Z")); // summer time began
        QVERIFY(!night.closesAfter(at("2026-03-29T12:00:00Z")));
        const Window noon = *Window::make("11:00", "13:00", "UTC");
        QVERIFY(noon.contains(at("2026-01-10T11:00:00Z")));
        QVERIFY(!noon.contains(at("2026-01-10T13:00:00Z")));
        QVERIFY(!Window::make("25:00", "06:00", "UTC"));
        QVERIFY(!Window::make("22:00", "06:00", "Nowhere"));
    }
};

QTEST_GUILESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
