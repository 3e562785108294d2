// SPDX-License-Identifier: GPL-3.0-or-later
// What the agents did after the moment a store was restored to: asked for again, and put into the rows that lack it.
#include "app/workflow/engine.h"
#include "app/workflow/newrun.h"
#include "models/schedule/schedule.h"
#include "models/workflow/runid.h"

#include <algorithm>

namespace zandb::workflow {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t resultsPerPage = 200;
/// What else may be known of a host while the next page is asked for.
constexpr std::size_t flightsMeanwhile = 500;

/// The occurrence a scheduled run was made for, from its derived id; none when the schedule was another one then.
std::optional<TimePoint> occurrenceOf(const Task &task, const Uuid &target, const Uuid &run, TimePoint accepted)
{
    constexpr int most = 20'000;
    constexpr auto longestWait = std::chrono::days{8}; // start deadline, window, retries
    constexpr auto clocksDiffer = 15min;
    const auto schedule = Schedule::fromJson(task.schedule);
    if (!schedule)
        return {};
    auto due = schedule->next(accepted - longestWait);
    for (int i = 0; i < most && due && *due <= accepted + clocksDiffer; ++i) {
        if (runIdFor(task.id, *due, target) == run)
            return due;
        due = schedule->next(*due);
    }
    return {};
}

} // namespace

void Engine::setEpoch(const Uuid &storeEpoch, std::optional<TimePoint> resumeFrom)
{
    if (storeEpoch == m_epoch && resumeFrom == m_resumeFrom)
        return;
    m_epoch = storeEpoch;
    m_resumeFrom = resumeFrom;
    m_resumed.clear();
    m_resumedReadAt = {};
    for (auto &[host, link] : m_links) {
        link.resumed = false;
        link.askFrom.reset();
    }
}

bool Engine::isResuming() const
{
    return m_resumeFrom && std::ranges::any_of(m_fleet->hosts, [&](const Host &host) { return !m_resumed.contains(host.id); });
}

Result<void> Engine::resume()
{
    if (m_options.ownOnly || !m_resumeFrom)
        return {};
    const auto now = Clock::now();
    if (isResuming() && now - m_resumedReadAt > 10s) {
        // other members may have asked, and so may this one in an earlier life
        const auto rows = m_session.query("SELECT host_id FROM host_state WHERE resumed_epoch = ?", {store::value(m_epoch)});
        if (!rows)
            return fail(rows.error());
        for (const store::Row &row : *rows)
            m_resumed.insert(row.uuid(0));
        m_resumedReadAt = now;
    }
    for (auto &[host, link] : m_links) {
        const bool known = m_resumed.contains(host);
        if (!known && !link.resumed) {
            link.resumed = true;
            link.askFrom = m_resumeFrom;
        }
        if (link.askFrom) {
            if (!link.askingSince && now >= link.nextSince && link.flights <= flightsMeanwhile
                && m_pool.state(host) == remote::LinkState::Up)
                askSince(host, link);
            continue;
        }
        if (known || !m_trusted)
            continue;
        const bool all = std::ranges::none_of(m_flights, [&, &id = host](const auto &entry) {
            return entry.second.host == id && entry.second.order && !entry.second.recorded;
        });
        if (!all)
            continue;
        const auto marked = m_session.execute("UPDATE host_state SET resumed_epoch = ? WHERE host_id = ?",
                                              {store::value(m_epoch), store::value(host)});
        if (!marked)
            return fail(marked.error());
        m_resumed.insert(host);
        say("what " + (m_fleet->host(host) ? m_fleet->host(host)->name : host.toString()) + " has ended since "
            + toIso(*m_resumeFrom) + " is in the store");
    }
    return {};
}

void Engine::askSince(const Uuid &host, Link &link)
{
    link.askingSince = true;
    const TimePoint from = *link.askFrom;
    const auto alive = m_alive;
    const auto mailbox = m_mailbox;
    m_pool.call(host, "results.since", Json{{"at", from}, {"limit", resultsPerPage}},
                [this, alive, mailbox, host, from, epoch = m_epoch](Result<Json> answer) {
        mailbox->post([this, alive, host, from, epoch, answer = std::move(answer)] {
            const auto found = *alive ? m_links.find(host) : m_links.end();
            if (!*alive || found == m_links.end())
                return;
            Link &asked = found->second;
            asked.askingSince = false;
            asked.nextSince = Clock::now() + 2s;
            if (epoch != m_epoch)
                return;
            if (!answer || !answer->is_object() || !answer->contains("results") || !(*answer)["results"].is_array()) {
                asked.nextSince = Clock::now() + 30s;
                return;
            }
            asked.lastHeard = Clock::now();
            const Json &results = (*answer)["results"];
            for (const Json &status : results)
                takeStatus(host, status, true);
            if (asked.askFrom != from)
                return; // earlier ones are wanted meanwhile
            const auto last = results.empty() ? Result<wire::OrderStatus>(fail(errors::notFound)) : decode<wire::OrderStatus>(results.back());
            if (!last || answer->value("more", Json(false)) != Json(true)) {
                asked.askFrom.reset();
                return;
            }
            // those of the last instant come twice; a whole page of one instant must not come for ever
            asked.askFrom = std::max(from + Microseconds{1}, last->endedAt.value_or(from));
        });
    });
}

/// The run of an order this store knows nothing of, where its kind says that it must not be lost.
Result<std::optional<RunDetail>> Engine::makeLost(const wire::OrderKey &key, const Flight &flight)
{
    const wire::Order &order = *flight.order;
    const auto &lostRun = kindNamed(m_options.kinds, order.kind).lostRun;
    const auto lost = lostRun ? lostRun(order, flight.host, *m_fleet) : std::nullopt;
    if (!lost)
        return std::nullopt;
    ByHand wish;
    wish.kind = order.kind;
    wish.hostId = flight.host;
    wish.targetId = lost->targetId;
    wish.args = lost->args;
    wish.policies.keep = lost->keep;
    wish.policies.maxRetries = 0; // what was not tried again then is not begun now
    wish.author = order.author.substr(0, 100);
    wish.now = flight.status->startedAt.value_or(flight.status->acceptedAt);
    RunDetail detail = makeRun(wish);
    detail.run.id = key.runId;
    detail.run.taskId = lost->taskId;
    detail.run.definitionSha256 = order.definitionSha256.substr(0, 64);
    for (Step &step : detail.steps)
        step.runId = key.runId;
    if (!lost->taskId)
        return detail;
    const auto tasks = loadTasks(m_session);
    if (!tasks)
        return fail(tasks.error());
    const auto task = std::ranges::find(*tasks, *lost->taskId, &Task::id);
    if (task == tasks->end())
        return detail;
    if (const auto due = occurrenceOf(*task, detail.run.targetId, key.runId, flight.status->acceptedAt)) {
        detail.run.occurrence = detail.run.due = *due;
        detail.run.taskRevision = task->revision;
    }
    return detail;
}

/// An attempt that this store does not know, or of a run that it does not know.
Result<void> Engine::recordLost(std::optional<RunDetail> detail, const wire::OrderKey &key, Flight &flight, TimePoint now)
{
    if (!detail) {
        const auto made = makeLost(key, flight);
        if (!made)
            return fail(made.error());
        if (!*made) {
            flight.order.reset(); // it stays with the agent
            return {};
        }
        const Run &run = (*made)->run;
        bool created = false;
        if (run.taskRevision > 0) {
            // with its occurrence, so that the scheduler goes on behind it
            Occurrence occurrence;
            occurrence.taskId = *run.taskId;
            occurrence.due = run.occurrence;
            occurrence.taskRevision = run.taskRevision;
            occurrence.state = "ran";
            occurrence.targets = 1;
            const auto written = createOccurrence(m_session, occurrence, {**made});
            if (!written)
                return fail(written.error());
            created = *written;
        }
        if (!created) {
            if (const auto written = createRun(m_session, **made); !written)
                return fail(written.error());
        }
        auto loaded = loadRun(m_session, key.runId);
        if (!loaded)
            return fail(loaded.error());
        if (!*loaded)
            return {};
        detail = std::move(*loaded);
    }
    Step *step = stepNumbered(*detail, key.step);
    const Attempt *last = step ? lastAttempt(*detail, key.step) : nullptr;
    if (last && !last->endedAt)
        return {}; // first that one
    if (!step || step->kind != flight.order->kind || detail->run.state == RunState::Succeeded || (last && last->attempt > key.attempt)) {
        flight.order.reset();
        return {};
    }
    Attempt attempt;
    attempt.runId = key.runId;
    attempt.step = key.step;
    attempt.attempt = key.attempt;
    attempt.hostId = flight.host;
    attempt.fence = fenceOf(flight.host).token;
    attempt.sentAt = std::min(flight.status->acceptedAt, now);
    step->attempts = std::max(step->attempts, key.attempt);
    step->startedAt = flight.status->startedAt;
    detail->run.attempts = std::max(detail->run.attempts, key.attempt);
    detail->run.startedAt = flight.status->startedAt;
    const auto recorded = finish(*detail, *step, endOf(detail->run, *step, attempt, flight, now), now);
    if (!recorded)
        return fail(recorded.error());
    if (!*recorded)
        return {}; // somebody changed the row meanwhile
    flight.order.reset();
    flight.recorded = true;
    acknowledge(key, flight);
    return {};
}

} // namespace zandb::workflow
