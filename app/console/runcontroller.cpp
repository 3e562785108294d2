// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/runcontroller.h"

#include "app/console/runnames.h"

namespace zandb::console {

RunController::RunController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_latest(this), m_latestLog(this), m_reload([this] { load(); }, this),
      m_reloadLog([this] { loadLog(); }, this)
{
    m_reload.setActive(false);
    m_reloadLog.setActive(false);
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool all) {
        if (topics.contains(QLatin1String("run")))
            all ? m_reload.wantNow() : m_reload.want();
    });
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &) {
        const Location &now = m_state.location();
        const bool here = now.page == QLatin1String("run");
        m_reload.setActive(here);
        m_reloadLog.setActive(here);
        if (here && now.idOf(runSubject) != m_run) {
            m_run = now.idOf(runSubject);
            m_running = false;
            m_attempt.reset();
            m_latestLog.stop(); // what it would bring is another run's
            m_reloadLog.forget();
            m_steps.setDetail({}, m_state.now());
            m_reload.restart();
        }
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_steps.refreshTexts();
        m_reload.want();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] { m_reload.want(); });
    // pieces of log do not raise the feed: while it runs one asks
    m_clock.setInterval(1000);
    connect(&m_clock, &QTimer::timeout, this, [this] {
        if (m_running)
            m_reload.want();
        if (m_running || !m_lastLines.hasExpired())
            m_reloadLog.want();
    });
    m_clock.start();
}

void RunController::chooseAttempt(const wire::OrderKey &key)
{
    m_attempt = key;
    m_reloadLog.restart();
}

void RunController::load()
{
    if (!m_run) {
        m_reload.finished();
        return;
    }
    ask<Facts>(
        m_executor, m_latest,
        [id = *m_run, fleet = m_state.fleet(), tasks = m_state.tasks(), now = m_state.now()](store::Session &session) -> Result<Facts> {
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
        },
        [this](Result<Facts> result) {
            if (!result) {
                m_reload.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reload.finished();
            if (!result->detail) {
                m_running = false;
                Q_EMIT runGone();
                Q_EMIT loaded();
                return;
            }
            const TimePoint now = m_state.now();
            const bool was = m_running;
            m_running = result->detail->run.state == RunState::Running;
            Q_EMIT runShown(result->rows.front(), now);
            m_steps.setDetail(*result->detail, now);
            if (was || m_running)
                m_reloadLog.want();
            // a log's last lines come into the store after the result, and do not raise the feed
            const auto ended = result->detail->run.endedAt;
            if (ended && now - *ended < std::chrono::seconds{30})
                m_lastLines.setRemainingTime(10'000);
            Q_EMIT loaded();
        });
}

void RunController::loadLog()
{
    if (!m_attempt) {
        m_reloadLog.finished();
        return;
    }
    ask<workflow::LogText>(
        m_executor, m_latestLog, [key = *m_attempt](store::Session &session) { return workflow::loadLog(session, key); },
        [this, key = *m_attempt](Result<workflow::LogText> result) {
            if (!result) {
                m_reloadLog.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reloadLog.finished();
            Q_EMIT logShown(key, result->offset, result->bytes);
        });
}

} // namespace zandb::console
