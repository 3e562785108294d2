// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/slowcontroller.h"

#include "app/killer/killedrepository.h"
#include "app/slowlog/slowrepository.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {
namespace {

const QLatin1String listPage("slow");
const QLatin1String digestPage("digest");

} // namespace

SlowController::SlowController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, std::string person, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_person(std::move(person)), m_latestChart(this), m_latestTop(this), m_latestSources(this), m_latestDigest(this), m_latestAccept(this),
      m_reloadChart([this] { loadChart(); }, this), m_reloadTop([this] { loadTop(); }, this), m_reloadDigest([this] { loadDigest(); }, this)
{
    for (Reload *reload : {&m_reloadChart, &m_reloadTop, &m_reloadDigest})
        reload->setActive(false);
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool all) {
        if (!topics.contains(QLatin1String("slow")))
            return;
        for (Reload *reload : {&m_reloadChart, &m_reloadTop, &m_reloadDigest})
            all ? reload->wantNow() : reload->want();
    });
    connect(&state, &ConsoleState::locationChanged, this, &SlowController::follow);
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        follow();
        for (Reload *reload : {&m_reloadChart, &m_reloadTop, &m_reloadDigest})
            reload->want();
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_table.refreshTexts();
        m_callers.refreshTexts();
        m_examples.refreshTexts();
        Q_EMIT placeChanged(place());
    });
}

QString SlowController::place() const
{
    return scopeTitle(*m_state.fleet(), m_at.scope) + QStringLiteral(", ") + m_at.range.title();
}

/// What has changed decides what is read: the range zooms what is there at once, another scope is another question.
void SlowController::follow()
{
    const Location before = std::exchange(m_at, m_state.location());
    const bool known = m_state.fleetKnown();
    const bool isList = m_at.page == listPage, isDigest = m_at.page == digestPage;
    m_reloadChart.setActive(known && isList);
    m_reloadTop.setActive(known && isList);
    m_reloadDigest.setActive(known && isDigest);
    const bool moved = before.scope != m_at.scope || before.range != m_at.range;
    if (moved) {
        const auto [from, until] = m_at.range.at(m_state.now());
        Q_EMIT rangeChanged(from, until);
        Q_EMIT placeChanged(place());
    }
    if (moved || (isList && before.page != m_at.page)) {
        if (moved)
            Q_EMIT asked();
        m_reloadChart.restart();
        m_reloadTop.restart();
    }
    const bool another = isDigest && (before.page != m_at.page || before.idOf(digestSubject) != m_at.idOf(digestSubject));
    if (another)
        Q_EMIT digestAsked();
    if (another || (isDigest && moved))
        m_reloadDigest.restart();
}

void SlowController::setBy(SlowBy by)
{
    if (std::exchange(m_by, by) != by)
        m_reloadChart.restart();
}

void SlowController::loadChart()
{
    const auto [from, until] = m_at.range.at(m_state.now());
    ask<SlowOverTime>(
        m_executor, m_latestChart,
        [fleet = m_state.fleet(), scope = m_at.scope, from = from, until = until, by = m_by](store::Session &session) {
            return slowlog::loadOverTime(session, slowlog::askFor(*fleet, scope, from, until), by, *fleet);
        },
        [this](Result<SlowOverTime> result) {
            if (!result) {
                m_reloadChart.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reloadChart.finished();
            Q_EMIT overTimeShown(*result);
        });
}

void SlowController::loadTop()
{
    const auto [from, until] = m_at.range.at(m_state.now());
    ask<SlowTop>(
        m_executor, m_latestTop,
        [fleet = m_state.fleet(), scope = m_at.scope, from = from, until = until](store::Session &session) {
            return slowlog::loadTop(session, slowlog::askFor(*fleet, scope, from, until));
        },
        [this](Result<SlowTop> result) {
            if (!result) {
                m_reloadTop.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reloadTop.finished();
            Q_EMIT topShown(*result);
            Q_EMIT loaded();
        });
    ask<Sources>(
        m_executor, m_latestSources,
        [fleet = m_state.fleet(), scope = m_at.scope](store::Session &session) -> Result<Sources> {
            const auto contents = contentsOf(*fleet, scope);
            const auto rows = slowlog::loadSources(session, {});
            if (!rows)
                return fail(rows.error());
            Sources sources;
            for (const Uuid &id : contents.instances) {
                const auto found = std::ranges::find(*rows, id, &SlowSourceRow::instance);
                sources.emplace_back(qs(fleet->pathOf(id)), found == rows->end() ? SlowSourceRow{id, {}, {}, {}, {}, 0} : *found);
            }
            std::ranges::sort(sources, {}, [](const auto &one) { return one.first; });
            return sources;
        },
        [this](Result<Sources> result) {
            if (result) // the table's own reading says what failed
                Q_EMIT sourcesShown(*result);
        });
}

void SlowController::loadDigest()
{
    const auto digest = m_at.idOf(digestSubject);
    if (!digest) {
        m_reloadDigest.finished();
        return;
    }
    const auto [from, until] = m_at.range.at(m_state.now());
    ask<Shown>(
        m_executor, m_latestDigest,
        [fleet = m_state.fleet(), scope = m_at.scope, from = from, until = until, digest = *digest](store::Session &session) -> Result<Shown> {
            const slowlog::Asked asked = slowlog::askFor(*fleet, scope, from, until);
            auto detail = slowlog::loadDigest(session, asked, digest);
            auto killed = detail ? killer::killedOf(session, digest, asked.whole ? std::nullopt : std::optional(asked.instances), from, until)
                                 : Result<std::optional<KilledDigest>>(fail(detail.error()));
            if (!killed)
                return fail(killed.error());
            return Shown{std::move(*detail), std::move(*killed)};
        },
        [this](Result<Shown> result) {
            if (!result) {
                m_reloadDigest.failed();
                Q_EMIT digestFailed(result.error());
                return;
            }
            m_reloadDigest.finished();
            const auto &detail = result->detail;
            m_callers.setRows(detail ? detail->callers : std::vector<SlowCallerRow>{});
            m_examples.setExamples(detail ? detail->examples : std::vector<SlowExample>{}, *m_state.fleet());
            Q_EMIT killedShown(result->killed);
            if (detail)
                Q_EMIT digestShown(*detail);
            else
                Q_EMIT digestGone();
        });
}

void SlowController::accept(const std::vector<Uuid> &digests, bool accepted)
{
    ask<bool>(
        m_executor, m_latestAccept,
        [digests, accepted, person = m_person](store::Session &session) -> Result<bool> {
            for (const Uuid &digest : digests) {
                if (const auto done = slowlog::accept(session, person, digest, accepted ? std::optional<std::string>("") : std::nullopt); !done)
                    return fail(done.error());
            }
            return true;
        },
        [this](Result<bool> result) {
            if (!result)
                Q_EMIT refused(result.error());
            m_reloadTop.wantNow();
            m_reloadDigest.wantNow();
        });
}

} // namespace zandb::console
