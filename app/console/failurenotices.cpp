// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/failurenotices.h"

#include "app/console/runnames.h"
#include "app/workflow/runrepository.h"
#include "models/alerts/alerttext.h"
#include "models/alerts/severity.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/workflow/runtext.h"

#include <QSettings>

#include <algorithm>

namespace zandb::console {
namespace {

constexpr int gatherMs = 3000;
constexpr int mostRead = 100;  ///< at once; a night in which all fails is no list
constexpr std::chrono::seconds overlap{30};
constexpr int mostNamed = 3;   ///< in one notice

} // namespace

FailureNotices::FailureNotices(store::Executor &executor, ConsoleState &state, StoreWatch &watch, const Ui &ui, QWidget *window, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_ui(ui), m_window(window), m_latest(this), m_reload([this] { load(); }, this)
{
    m_gather.setSingleShot(true);
    m_gather.setInterval(gatherMs);
    connect(&m_gather, &QTimer::timeout, this, [this] { tell(std::exchange(m_waiting, {})); });
    connect(&m_state, &ConsoleState::healthChanged, this, &FailureNotices::tellHealth);
    connect(&m_state, &ConsoleState::alertsChanged, this, &FailureNotices::tellAlerts);
    connect(&watch, &StoreWatch::beat, this, [this](TimePoint now) {
        if (!m_opened)
            m_opened = now; // what failed before the window was opened stands on Today
    });
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool) {
        if (m_opened && topics.contains(QLatin1String("run")))
            m_reload.want();
    });
}

void FailureNotices::tellHealth()
{
    const ScheduleHealth health = m_state.health();
    if (health.state == ScheduleHealth::State::Unknown)
        return;
    const auto before = std::exchange(m_health, health.state);
    // what was so when the window was opened stands on Today
    if (before == ScheduleHealth::State::Fine && health.isBad() && m_ui.settings.value(setting(), true).toBool())
        m_ui.dialogs.notify(m_window, healthText(health), healthDetail(health));
}

void FailureNotices::tellAlerts()
{
    std::vector<const Alert *> news;
    std::set<std::pair<Uuid, TimePoint>> known;
    for (const Alert &alert : m_state.alerts()) {
        if (alert.clearedAt || severityOf(alert.kind, alert.detail) != Severity::Critical || !m_opened || alert.raisedAt <= *m_opened)
            continue;
        known.emplace(alert.id, alert.raisedAt);
        if (!m_toldAlerts.contains({alert.id, alert.raisedAt}))
            news.push_back(&alert);
    }
    m_toldAlerts = std::move(known);
    if (news.empty() || !m_ui.settings.value(setting(), true).toBool())
        return;
    const auto fleet = m_state.fleet();
    QStringList lines;
    for (std::size_t i = 1; i < news.size() && i < mostNamed; ++i)
        lines << alertTitle(*news[i], *fleet);
    if (news.size() > mostNamed)
        lines << tr("and others: see Today");
    m_ui.dialogs.notify(m_window, alertTitle(*news.front(), *fleet), lines.isEmpty() ? alertDetail(*news.front()) : lines.join(QLatin1Char('\n')));
}

QString FailureNotices::setting() { return QStringLiteral("notifications/failedRuns"); }

void FailureNotices::load()
{
    // who writes a run's end later than another one may have begun to earlier
    TimePoint since = *m_opened;
    for (const auto &[id, ended] : m_known)
        since = std::max(since, ended - overlap);
    ask<std::vector<Run>>(
        m_executor, m_latest,
        [since](store::Session &session) { return workflow::failedRuns(session, since, mostRead); },
        [this, since](Result<std::vector<Run>> result) {
            if (!result)
                return m_reload.failed();
            m_reload.finished();
            std::erase_if(m_known, [since](const auto &entry) { return entry.second <= since; });
            for (Run &run : *result) {
                const auto [known, isNew] = m_known.try_emplace(run.id, *run.endedAt);
                if (isNew || std::exchange(known->second, *run.endedAt) != *run.endedAt)
                    m_waiting.push_back(std::move(run));
            }
            if (result->size() == static_cast<std::size_t>(mostRead)) // so many at one moment: the rest of them is asked for next
                m_opened = m_known.empty() ? *m_opened : std::ranges::max_element(m_known, {}, &std::pair<const Uuid, TimePoint>::second)->second;
            if (!m_waiting.empty() && !m_gather.isActive())
                m_gather.start();
        });
}

void FailureNotices::tell(const std::vector<Run> &failed)
{
    if (failed.empty() || !m_ui.settings.value(setting(), true).toBool())
        return;
    const auto fleet = m_state.fleet();
    const RunNames names(fleet ? *fleet : Fleet(), m_state.tasks());
    const auto what = [&](const Run &run) { return tr("%1 of %2").arg(kindText(run.kind), names.target(run.targetId)); };
    const auto why = [](const Run &run) { return run.error ? errorSummary(*run.error) : QString(); };
    if (failed.size() == 1)
        return m_ui.dialogs.notify(m_window, tr("%1 has failed").arg(what(failed.front())), why(failed.front()));
    QStringList lines;
    for (std::size_t i = 0; i < failed.size() && i < mostNamed; ++i)
        lines << what(failed[i]);
    if (failed.size() > mostNamed)
        lines << tr("and others: see Today");
    m_ui.dialogs.notify(m_window, tr("%n runs have failed", nullptr, static_cast<int>(failed.size())), lines.join(QLatin1Char('\n')));
}

} // namespace zandb::console
