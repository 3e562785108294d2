// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/growthcontroller.h"

#include "app/snapshots/snapshotrepository.h"

namespace zandb::console {
namespace {

constexpr std::chrono::days leastShown{90};

} // namespace

GrowthController::GrowthController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_latest(this), m_latestDiff(this), m_reload([this] { load(); }, this)
{
    m_reload.setActive(false);
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool all) {
        if (topics.contains(QLatin1String("snapshot")))
            all ? m_reload.wantNow() : m_reload.want();
    });
    connect(&state, &ConsoleState::locationChanged, this, &GrowthController::follow);
    connect(&state, &ConsoleState::fleetChanged, this, &GrowthController::follow);
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_growth.refreshTexts();
        m_diff.refreshTexts();
        m_reload.want();
    });
}

void GrowthController::follow()
{
    const Location &at = m_state.location();
    const bool isHere = at.page == instanceSubject && m_state.fleetKnown();
    m_reload.setActive(isHere);
    if (!isHere)
        return;
    const auto instance = at.idOf(instanceSubject);
    const bool another = std::exchange(m_instance, instance) != instance;
    const bool moved = std::exchange(m_range, at.range) != at.range;
    if (!another && !moved)
        return;
    if (another) {
        m_latest.stop();
        m_latestDiff.stop();
        m_growth.setGrowth({});
        m_diff.setDiff({});
        Q_EMIT asked();
    }
    m_reload.restart();
}

void GrowthController::load()
{
    if (!m_instance) {
        m_reload.finished();
        return;
    }
    const auto [from, until] = m_range.at(m_state.now());
    ask<Facts>(
        m_executor, m_latest,
        [id = *m_instance, from = snapshotDayOf(std::min(from, until - leastShown)), to = snapshotDayOf(until)](store::Session &session) -> Result<Facts> {
            auto days = snapshots::listDays(session, id, from, to);
            if (!days)
                return fail(days.error());
            if (auto counted = snapshots::addStatements(session, id, *days); !counted)
                return fail(counted.error());
            auto growth = snapshots::loadGrowth(session, id, from, to);
            if (!growth)
                return fail(growth.error());
            return Facts{std::move(*days), std::move(*growth)};
        },
        [this](Result<Facts> result) {
            if (!result) {
                m_reload.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reload.finished();
            m_growth.setGrowth(result->growth);
            if (result->days.size() < 2)
                m_diff.setDiff({});
            Q_EMIT daysShown(result->days, result->growth);
        });
}

void GrowthController::compare(SnapshotDay from, SnapshotDay to)
{
    if (!m_instance)
        return;
    ask<SnapshotDiff>(
        m_executor, m_latestDiff,
        [id = *m_instance, from, to](store::Session &session) -> Result<SnapshotDiff> {
            const auto before = snapshots::load(session, id, from);
            const auto after = before ? snapshots::load(session, id, to) : before;
            if (!before || !after)
                return fail(before ? after.error() : before.error());
            return *before && *after ? diffOf(**before, **after) : SnapshotDiff{};
        },
        [this](Result<SnapshotDiff> result) {
            if (!result) {
                Q_EMIT failed(result.error());
                return;
            }
            m_diff.setDiff(*result);
            Q_EMIT diffShown(*result);
        });
}

} // namespace zandb::console
