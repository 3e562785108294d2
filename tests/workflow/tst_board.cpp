// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/workflow/board.h"
#include "models/workflow/runid.h"

#include <QTest>

using namespace zandb;
using namespace std::chrono_literals;

namespace {

TimePoint at(const char *iso)
{
    return fromIso(iso).value();
}

Run run(RunState state, TimePoint due, std::optional<TimePoint> started = {})
{
    Run r;
    r.id = Uuid::v7();
    r.taskId = Uuid{};
    r.state = state;
    r.due = due;
    r.startedAt = started;
    return r;
}

} // namespace

class TestBoard : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// RFC 9562, appendix A.4: the version 5 example of www.example.com in the DNS namespace.
    void uuidV5OfTheStandard()
    {
        const Uuid dns = *Uuid::parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        QCOMPARE(uuidV5(dns, "www.example.com").toString(), std::string("2ed6657d-e927-568b-95e1-2665a8aea6a2"));
    }

    /// The vectors of contracts: whoever derives run ids elsewhere must get these.
    void runIds()
    {
        const Uuid task = *Uuid::parse("0192f0c4-0000-7000-8000-000000000001");
        const Uuid target = *Uuid::parse("0192f0c4-0000-7000-8000-000000000002");
        const TimePoint due = at("2026-03-29T01:00:00Z");
        QVERIFY(runIdFor(task, due, target)
                == uuidV5(runNamespace(), "0192f0c4-0000-7000-8000-000000000001|1774746000000000|0192f0c4-0000-7000-8000-000000000002"));
        QCOMPARE(runIdFor(task, due, target).toString(), std::string("18bf0dee-7b77-51e7-9825-786912a2124f"));
        QVERIFY(runIdFor(task, due + 1us, target) != runIdFor(task, due, target));
        QVERIFY(runIdFor(target, due, task) != runIdFor(task, due, target));
    }

    void boardDaysRunFromNoonToNoon()
    {
        const BoardDay day = boardDayOf(at("2026-03-29T01:00:00Z"), "Europe/Berlin");
        QCOMPARE(toIso(day.from), std::string("2026-03-28T11:00:00Z"));
        QCOMPARE(toIso(day.until), std::string("2026-03-29T10:00:00Z")); // 23 hours: summer time began in this night
        QVERIFY(boardDayOf(day.from, "Europe/Berlin") == day);
        QVERIFY(boardDayOf(day.until - 1us, "Europe/Berlin") == day);
        QVERIFY(boardDayOf(day.until, "Europe/Berlin") != day);
        QCOMPARE(day.zone, std::string("Europe/Berlin"));
        QCOMPARE(toIso(boardDayOf(at("2026-03-29T01:00:00Z"), "No/Where").from), std::string("2026-03-28T12:00:00Z"));
        QCOMPARE(boardDayOf(at("2026-03-29T01:00:00Z"), "No/Where").zone, std::string("UTC"));
    }

    void lateness()
    {
        const TimePoint now = at("2026-03-29T12:00:00Z");
        QCOMPARE(toString(boardState(run(RunState::Pending, now - 15min), now, {})), toString(BoardState::Pending));
        QCOMPARE(toString(boardState(run(RunState::Pending, now - 15min - 1us), now, {})), toString(BoardState::Late));
        QCOMPARE(toString(boardState(run(RunState::Running, now, now - 1h), now, {})), toString(BoardState::Running));
        QCOMPARE(toString(boardState(run(RunState::Running, now, now - 1h - 1us), now, {})), toString(BoardState::Late));
        QCOMPARE(toString(boardState(run(RunState::Running, now, now - 1h - 1us), now, 31min)), toString(BoardState::Running));
        QCOMPARE(toString(boardState(run(RunState::Running, now, now - 63min), now, 31min)), toString(BoardState::Late));
        QCOMPARE(toString(boardState(run(RunState::Unknown, now - 24h), now, {})), toString(BoardState::Unknown));
    }

    void aMissedSeriesIsCountedDayByDay()
    {
        // every 15 minutes from the 1st, 18:00 to the 3rd, 18:00
        MissedSeries series{at("2026-03-01T18:00:00Z"), at("2026-03-03T18:00:00Z"), 193, {}};
        const auto day = [&](const char *from) { return missedWithin(series, at(from), at(from) + 24h); };
        for (const Json &schedule : {Json(), Json{{"every", "interval"}, {"seconds", 900}, {"anchor", "2026-01-01T00:00:00Z"}}}) {
            series.schedule = schedule;
            QCOMPARE(day("2026-02-28T12:00:00Z"), 0);
            QCOMPARE(day("2026-03-01T12:00:00Z"), 72);
            QCOMPARE(day("2026-03-02T12:00:00Z"), 96);
            QCOMPARE(day("2026-03-03T12:00:00Z"), 25);
            QCOMPARE(day("2026-03-04T12:00:00Z"), 0);
        }
        // Mondays and Thursdays are not evenly spaced, the schedule knows them
        series = {at("2026-03-02T02:30:00Z"), at("2026-03-12T02:30:00Z"), 4,
                  Json{{"every", "week"}, {"on", {"mon", "thu"}}, {"at", "02:30"}, {"zone", "UTC"}}};
        QCOMPARE(day("2026-03-04T12:00:00Z"), 1);
        QCOMPARE(day("2026-03-05T12:00:00Z"), 0);
        QCOMPARE(day("2026-03-08T12:00:00Z"), 1);
        series = {at("2026-03-02T02:30:00Z"), at("2026-03-02T02:30:00Z"), 1, {}};
        QCOMPARE(day("2026-03-01T12:00:00Z"), 1);
        QCOMPARE(day("2026-03-02T12:00:00Z"), 0);
    }

    void everyRunIsCountedOnce()
    {
        const TimePoint now = at("2026-03-29T12:00:00Z");
        std::vector<Run> runs;
        for (const RunState state : {RunState::Pending, RunState::Running, RunState::Succeeded, RunState::Failed, RunState::Cancelled,
                                     RunState::Skipped, RunState::Missed, RunState::Unknown})
            runs.push_back(run(state, now, now));
        runs.push_back(run(RunState::Pending, now - 1h));
        const BoardCounts counts = countBoard(runs, now, {}, 3, 2);
        QCOMPARE(counts.total, 14);
        QCOMPARE(counts.done + counts.running + counts.failed + counts.late + counts.unknown + counts.skipped + counts.cancelled
                     + counts.missed + counts.pending,
                 counts.total);
        QCOMPARE(counts.late, 1);
        QCOMPARE(counts.pending, 1);
        QCOMPARE(counts.missed, 4);
        QCOMPARE(counts.skipped, 3);
        QCOMPARE(counts.done, 1);
    }
};

QTEST_GUILESS_MAIN(TestBoard)
#include "tst_board.moc"
