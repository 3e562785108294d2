// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/schedule/due.h"
#include "models/schedule/schedule.h"

#include "tests/support/same.h"

#include <QElapsedTimer>

using namespace zandb;
using namespace zandb::schedule;
using namespace std::chrono_literals;

namespace {

TimePoint at(const char *text)
{
    return *fromIso(text);
}

const char *nightly = R"({"every":"day","at":"02:30","zone":"Europe/Berlin"})";
const char *minutely = R"({"every":"interval","seconds":60,"anchor":"2026-01-01T00:00:00Z"})";

Uuid id(std::uint8_t number)
{
    Uuid uuid;
    uuid.bytes[15] = number;
    return uuid;
}

/// "missed 2026-03-28T01:30:00Z x1 on 2", one line each.
std::string told(const std::vector<Unrun> &rows)
{
    std::string text;
    for (const Unrun &row : rows) {
        text += std::string(toString(row.state)) + ' ' + toIso(row.since);
        if (row.last != row.since)
            text += ".." + toIso(row.last);
        text += " x" + std::to_string(row.count) + " on " + std::to_string(row.targetCount) + '\n';
    }
    return text;
}

} // namespace

/// What was due and has no row.
class TestDue : public QObject
{
    Q_OBJECT

    Fleet m_fleet;

    TaskRevision revision(const char *schedule, const char *from, std::int64_t number = 1)
    {
        TaskRevision one;
        one.taskId = id(1);
        one.revision = number;
        one.name = "nightly";
        one.kind = "backup";
        one.selector.all = true;
        one.policies.source = "as_named";
        one.schedule = *parseJson(schedule);
        one.from = at(from);
        return one;
    }
    void instance(std::uint8_t number, const char *created)
    {
        InstanceRecord record;
        record.instance = {id(number), m_fleet.hosts.front().id, "my" + std::to_string(number), 3306, at(created), 1};
        record.state = "up";
        m_fleet.instances.push_back(record);
    }
    std::string due(const std::vector<TaskRevision> &revisions, const char *from, const char *until, const char *now,
                    const std::vector<Written> &written = {}, const char *horizon = "2020-01-01T00:00:00Z")
    {
        return told(unwritten(revisions, {{id(1), written}}, m_fleet, {at(from), at(until), at(now), at(horizon)}));
    }

private Q_SLOTS:
    void init()
    {
        m_fleet = {};
        Host host;
        host.id = id(200);
        host.name = "db1";
        m_fleet.hosts.push_back(host);
        instance(10, "2025-01-01T00:00:00Z");
        instance(11, "2025-01-01T00:00:00Z");
    }

    void itIsPendingThenLateThenMissed()
    {
        const auto tasks = std::vector{revision(nightly, "2026-03-01T00:00:00Z")};
        const auto tell = [&](const char *now) { return due(tasks, "2026-03-09T12:00:00Z", "2026-03-10T12:00:00Z", now); };
        SAME(tell("2026-03-10T01:29:59Z"), "");
        SAME(tell("2026-03-10T01:30:00Z"), "pending 2026-03-10T01:30:00Z x1 on 2\n");
        SAME(tell("2026-03-10T01:45:00Z"), "pending 2026-03-10T01:30:00Z x1 on 2\n");
        SAME(tell("2026-03-10T01:45:01Z"), "late 2026-03-10T01:30:00Z x1 on 2\n");
        SAME(tell("2026-03-10T07:30:00Z"), "late 2026-03-10T01:30:00Z x1 on 2\n");
        SAME(tell("2026-03-10T07:30:01Z"), "missed 2026-03-10T01:30:00Z x1 on 2\n");
        SAME(tell("2026-06-01T00:00:00Z"), "missed 2026-03-10T01:30:00Z x1 on 2\n");
    }

    void whatHasARowIsLeftOut()
    {
        const auto tasks = std::vector{revision(nightly, "2026-03-01T00:00:00Z")};
        SAME(due(tasks, "2026-03-07T12:00:00Z", "2026-03-10T12:00:00Z", "2026-03-10T12:00:00Z", {{at("2026-03-09T01:30:00Z"), at("2026-03-09T01:30:00Z")}}),
             "missed 2026-03-08T01:30:00Z x1 on 2\nmissed 2026-03-10T01:30:00Z x1 on 2\n");
        // a missed series accounts for all it stands for
        SAME(due(tasks, "2026-03-07T12:00:00Z", "2026-03-10T12:00:00Z", "2026-03-10T12:00:00Z", {{at("2026-03-08T01:30:00Z"), at("2026-03-10T01:30:00Z")}}), "");
        const auto often = std::vector{revision(minutely, "2026-03-01T00:00:00Z")};
        SAME(due(often, "2026-03-10T00:00:00Z", "2026-03-10T01:00:00Z", "2026-03-11T00:00:00Z",
                 {{at("2026-03-10T00:10:00Z"), at("2026-03-10T00:10:00Z")}, {at("2026-03-10T00:20:00Z"), at("2026-03-10T00:59:00Z")}}),
             "missed 2026-03-10T00:00:00Z..2026-03-10T00:09:00Z x10 on 2\nmissed 2026-03-10T00:11:00Z..2026-03-10T00:19:00Z x9 on 2\n");
    }

    void daylightSaving()
    {
        // 02:30 does not exist on the 29th: due at 03:00 summer time; and it exists twice on 25 October: due at the first
        const auto tasks = std::vector{revision(nightly, "2026-01-01T00:00:00Z")};
        SAME(due(tasks, "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z", "2026-04-30T00:00:00Z"), "missed 2026-03-28T01:30:00Z..2026-03-30T00:30:00Z x3 on 2\n");
        const auto rows = unwritten(tasks, {}, m_fleet, {at("2026-03-28T00:00:00Z"), at("2026-03-31T00:00:00Z"), at("2026-04-30T00:00:00Z"), {}});
        SAME(rows.front().dues, (std::vector{at("2026-03-28T01:30:00Z"), at("2026-03-29T01:00:00Z"), at("2026-03-30T00:30:00Z")}));
        SAME(due(tasks, "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z", "2026-11-30T00:00:00Z"), "missed 2026-10-25T00:30:00Z x1 on 2\n");
    }

    /// Each revision counts for its own time, also one that was made in the middle of the night.
    void editsInTheNight()
    {
        const auto tell = [&](const std::vector<TaskRevision> &tasks) {
            return due(tasks, "2026-03-09T12:00:00Z", "2026-03-10T12:00:00Z", "2026-03-12T12:00:00Z");
        };
        auto later = revision(R"({"every":"day","at":["02:30","04:00"],"zone":"UTC"})", "2026-03-10T03:00:00Z", 2);
        SAME(tell({revision(nightly, "2026-03-01T00:00:00Z"), later}), "missed 2026-03-10T01:30:00Z x1 on 2\nmissed 2026-03-10T04:00:00Z x1 on 2\n");
        // before its time: only the new one
        later.from = at("2026-03-10T01:29:59Z");
        SAME(tell({revision(nightly, "2026-03-01T00:00:00Z"), later}), "missed 2026-03-10T02:30:00Z..2026-03-10T04:00:00Z x2 on 2\n");
        // in the very moment: it was due by the old one
        later.from = at("2026-03-10T01:30:00Z");
        SAME(tell({revision(nightly, "2026-03-01T00:00:00Z"), later}), "missed 2026-03-10T01:30:00Z x1 on 2\nmissed 2026-03-10T02:30:00Z..2026-03-10T04:00:00Z x2 on 2\n");
        // a task that is new
        SAME(tell({revision(nightly, "2026-03-10T01:30:00Z")}), "");
        SAME(tell({revision(nightly, "2026-03-10T01:29:59Z")}), "missed 2026-03-10T01:30:00Z x1 on 2\n");
    }

    void disabledRemovedAndUnreadable()
    {
        auto off = revision(nightly, "2026-03-09T00:00:00Z", 2);
        off.enabled = false;
        auto on = revision(nightly, "2026-03-11T00:00:00Z", 3);
        SAME(due({revision(nightly, "2026-03-01T00:00:00Z"), off, on}, "2026-03-08T00:00:00Z", "2026-03-13T00:00:00Z", "2026-04-01T00:00:00Z"),
             "missed 2026-03-08T01:30:00Z x1 on 2\nmissed 2026-03-11T01:30:00Z..2026-03-12T01:30:00Z x2 on 2\n");
        auto odd = revision(nightly, "2026-03-01T00:00:00Z");
        odd.unreadable = makeError(errors::scheduleInvalid);
        SAME(due({odd}, "2026-03-08T00:00:00Z", "2026-03-13T00:00:00Z", "2026-04-01T00:00:00Z"), "");
        odd = revision(R"({"every":"never"})", "2026-03-01T00:00:00Z");
        SAME(due({odd}, "2026-03-08T00:00:00Z", "2026-03-13T00:00:00Z", "2026-04-01T00:00:00Z"), "");
    }

    /// An instance is no target of what was due before it was there.
    void instancesAddedLater()
    {
        instance(12, "2026-03-09T10:00:00Z");
        const auto tasks = std::vector{revision(nightly, "2026-03-01T00:00:00Z")};
        SAME(due(tasks, "2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z", "2026-04-01T00:00:00Z"),
             "missed 2026-03-08T01:30:00Z..2026-03-09T01:30:00Z x2 on 2\nmissed 2026-03-10T01:30:00Z x1 on 3\n");
        m_fleet.instances.erase(m_fleet.instances.begin(), m_fleet.instances.begin() + 2);
        SAME(due(tasks, "2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z", "2026-04-01T00:00:00Z"), "missed 2026-03-10T01:30:00Z x1 on 1\n");
        m_fleet.instances.clear();
        SAME(due(tasks, "2026-03-08T00:00:00Z", "2026-03-11T00:00:00Z", "2026-04-01T00:00:00Z"), "");
    }

    void onceAndTheHorizon()
    {
        const auto once = std::vector{revision(R"({"every":"once","at":"2026-03-10T02:30:00","zone":"UTC"})", "2026-03-01T00:00:00Z")};
        SAME(due(once, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z"), "missed 2026-03-10T02:30:00Z x1 on 2\n");
        SAME(due(once, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-03-10T02:29:59Z"), "");
        const auto tasks = std::vector{revision(nightly, "2026-01-01T00:00:00Z")};
        SAME(due(tasks, "2026-03-01T00:00:00Z", "2026-03-11T00:00:00Z", "2026-03-30T00:00:00Z", {}, "2026-03-10T01:30:00Z"),
             "missed 2026-03-10T01:30:00Z x1 on 2\n");
    }

    /// With a window it is late only when it could have started.
    void windows()
    {
        auto task = revision(R"({"every":"day","at":"20:00","zone":"UTC"})", "2026-03-01T00:00:00Z");
        task.policies.windowFrom = "22:00";
        task.policies.windowTo = "23:00";
        task.policies.windowZone = "UTC";
        const auto tell = [&](const char *now) { return due({task}, "2026-03-09T12:00:00Z", "2026-03-10T12:00:00Z", now); };
        SAME(tell("2026-03-09T21:59:00Z"), "pending 2026-03-09T20:00:00Z x1 on 2\n");
        SAME(tell("2026-03-09T22:15:01Z"), "late 2026-03-09T20:00:00Z x1 on 2\n");
        SAME(tell("2026-03-09T23:00:00Z"), "missed 2026-03-09T20:00:00Z x1 on 2\n"); // the next opening is beyond its deadline
        task.policies.startDeadlineSeconds = 3600;
        SAME(tell("2026-03-09T20:00:01Z"), "missed 2026-03-09T20:00:00Z x1 on 2\n");
    }

    /// A year of nobody scheduling costs no more than a day of it.
    void intervalsAreCountedNotWalked()
    {
        auto every = revision(R"({"every":"interval","seconds":1,"anchor":"2026-01-01T00:00:00Z"})", "2026-01-01T00:00:00Z");
        QElapsedTimer timer;
        timer.start();
        const auto rows = unwritten({every}, {}, m_fleet, {at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"), {}});
        SAME(told(rows), "missed 2026-01-01T00:00:01Z..2026-01-01T23:49:59Z x85799 on 2\npending 2026-01-01T23:50:00Z..2026-01-02T00:00:00Z x601 on 2\n");
        QVERIFY(rows.front().dues.empty());
        const auto year = unwritten({every}, {}, m_fleet, {at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z"), {}});
        QCOMPARE(year.front().count, maxCounted);
        auto daily = revision(R"({"every":"day","at":"02:30","zone":"UTC"})", "1970-01-02T00:00:00Z");
        QVERIFY(unwritten({daily}, {}, m_fleet, {{}, at("2200-01-01T00:00:00Z"), at("2100-01-01T00:00:00Z"), {}}).front().count <= maxCounted);
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestDue)
#include "tst_due.moc"
