// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/runcontroller.h"

#include "app/console/runnames.h"

namespace zandb::console {

RunController::RunController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent), m_reading(this, [this] { return question(); }, [this](const Facts &facts) { show(facts); }),
      m_log(this, [this] { return logQuestion(); }, [this](const Log &log) { Q_EMIT logShown(log.first, log.second.offset, log.second.bytes); })
{
    wantOn({QStringLiteral("run")}, {&m_reading});
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &) {
        const Location &now = m_state.location();
        const bool here = now.page == QLatin1String("run");
        m_reading.setActive(here);
        m_log.setActive(here);
        if (here && now.idOf(runSubject) != m_run) {
            m_run = now.idOf(runSubject);
            m_running = false;
            m_attempt.reset();
            m_log.stop(); // what it would bring is another run's
            m_log.forget();
            m_steps.setDetail({}, m_state.now());
            m_reading.restart();
        }
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_steps.refreshTexts();
        m_reading.want();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] { m_reading.want(); });
    // pieces of log do not raise the feed: while it runs one asks
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (m_running)
            m_reading.want();
        if (m_running || !m_lastLines.hasExpired())
            m_log.want();
    });
    m_clock.start();
}

void RunController::chooseAttempt(const wire::OrderKey &key)
{
    m_attempt = key;
    m_log.restart();
}

Reading<RunController::Facts>::Job RunController::question() const
{
    if (!m_run)
        return {};
    return [id = *m_run, fleet = m_state.fleet(), tasks = m_state.tasks(), now = m_state.now()](store::Session &session) -> Result<Facts> {
        auto detail = workflow::loadRun(session, id);
        if (!detail)
            return fail(detail.error());
        Facts facts{std::move(*detail), {}};
        if (facts.detail) {
            const RunNames names(*fleet, tasks);
            facts.rows.push_back(names.row(facts.detail->run, now));
            if (auto done = explainWaiting(session, *fleet, names, facts.rows); !done)
                return fail(done.error());
        }
        return facts;
    };
}

void RunController::show(const Facts &facts)
{
    if (!facts.detail) {
        m_running = false;
        Q_EMIT runGone();
        Q_EMIT loaded();
        return;
    }
    const TimePoint now = m_state.now();
    const bool was = m_running;
    m_running = facts.detail->run.state == RunState::Running;
    Q_EMIT runShown(facts.rows.front(), now);
    m_steps.setDetail(*facts.detail, now);
    if (was || m_running)
        m_log.want();
    // a log's last lines come into the store after the result, and do not raise the feed
    const auto ended = facts.detail->run.endedAt;
    if (ended && now - *ended < std::chrono::seconds{30})
        m_lastLines.setRemainingTime(10'000);
    Q_EMIT loaded();
}

Reading<RunController::Log>::Job RunController::logQuestion() const
{
    if (!m_attempt)
        return {};
    return [key = *m_attempt](store::Session &session) {
        return workflow::loadLog(session, key).map([&](workflow::LogText &&log) { return Log{key, std::move(log)}; });
    };
}

} // namespace zandb::console
