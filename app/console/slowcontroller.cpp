// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/slowcontroller.h"

#include "app/killer/killedrepository.h"
#include "app/slowlog/slowregression.h"
#include "app/slowlog/slowrepository.h"
#include "models/common/text.h"

#include <algorithm>
#include <set>

namespace zandb::console {
namespace {

const QLatin1String listPage("slow");
const QLatin1String digestPage("digest");

} // namespace

SlowController::SlowController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, std::string person, QObject *parent)
    : ListController(executor, state, watch, parent), m_person(std::move(person)), m_latestAccept(this),
      m_chart(this, [this] { return chartQuestion(); }, [this](const SlowOverTime &overTime) { Q_EMIT overTimeShown(overTime); }),
      m_top(this, [this] { return topQuestion(); },
            [this](const SlowTop &top) {
                Q_EMIT topShown(top);
                Q_EMIT loaded();
            }),
      m_sources(this, [this] { return sourcesQuestion(); }, [this](const Sources &sources) { Q_EMIT sourcesShown(sources); },
                [](const Error &) {}), // the table's own reading says what failed
      m_findings(this, [] { return Reading<std::vector<SlowFinding>>::Job([](store::Session &session) { return slowlog::loadFindings(session, {}); }); },
                 [this](const std::vector<SlowFinding> &findings) { countRegressed(findings); }, [](const Error &) {}),
      m_digest(this, [this] { return digestQuestion(); }, [this](const Shown &shown) { showDigest(shown); },
               [this](const Error &error) { Q_EMIT digestFailed(error); })
{
    wantOn({QStringLiteral("slow")}, {&m_chart, &m_top, &m_sources, &m_findings, &m_digest});
    connect(&state, &ConsoleState::locationChanged, this, &SlowController::follow);
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        follow();
        for (Reload *reading : std::initializer_list<Reload *>{&m_chart, &m_top, &m_sources, &m_findings, &m_digest})
            reading->want();
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
    const bool isList = m_at.page == listPage, isDigest = m_at.page == digestPage;
    for (Reload *reading : std::initializer_list<Reload *>{&m_chart, &m_top, &m_sources, &m_findings})
        reading->setActive(shows(listPage));
    m_digest.setActive(shows(digestPage));
    const bool moved = before.scope != m_at.scope || before.range != m_at.range;
    if (moved) {
        const auto [from, until] = m_at.range.at(m_state.now());
        Q_EMIT rangeChanged(from, until);
        Q_EMIT placeChanged(place());
    }
    if (moved || (isList && before.page != m_at.page)) {
        if (moved)
            Q_EMIT asked();
        m_chart.restart();
        m_top.restart();
        m_sources.restart();
        m_findings.restart();
    }
    const bool another = isDigest && (before.page != m_at.page || before.idOf(digestSubject) != m_at.idOf(digestSubject));
    if (another)
        Q_EMIT digestAsked();
    if (another || (isDigest && moved))
        m_digest.restart();
}

void SlowController::setBy(SlowBy by)
{
    if (std::exchange(m_by, by) != by)
        m_chart.restart();
}

Reading<SlowOverTime>::Job SlowController::chartQuestion() const
{
    const auto [from, until] = m_at.range.at(m_state.now());
    return [fleet = m_state.fleet(), scope = m_at.scope, from = from, until = until, by = m_by](store::Session &session) {
        return slowlog::loadOverTime(session, slowlog::askFor(*fleet, scope, from, until), by, *fleet);
    };
}

Reading<SlowTop>::Job SlowController::topQuestion() const
{
    const auto [from, until] = m_at.range.at(m_state.now());
    return [fleet = m_state.fleet(), scope = m_at.scope, from = from, until = until](store::Session &session) {
        return slowlog::loadTop(session, slowlog::askFor(*fleet, scope, from, until));
    };
}

void SlowController::countRegressed(const std::vector<SlowFinding> &findings)
{
    const auto contents = contentsOf(*m_state.fleet(), m_at.scope);
    std::set<SlowChecksum> regressed;
    for (const SlowFinding &finding : findings) {
        if (finding.isRegression() && contents.instances.contains(finding.instance))
            regressed.insert(finding.checksum);
    }
    Q_EMIT regressedCounted(static_cast<int>(regressed.size()));
}

Reading<SlowController::Sources>::Job SlowController::sourcesQuestion() const
{
    return [fleet = m_state.fleet(), scope = m_at.scope](store::Session &session) -> Result<Sources> {
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
    };
}

Reading<SlowController::Shown>::Job SlowController::digestQuestion() const
{
    const auto digest = m_at.idOf(digestSubject);
    if (!digest)
        return {};
    const auto [from, until] = m_at.range.at(m_state.now());
    return [fleet = m_state.fleet(), scope = m_at.scope, from = from, until = until, digest = *digest](store::Session &session) -> Result<Shown> {
        const slowlog::Asked asked = slowlog::askFor(*fleet, scope, from, until);
        auto detail = slowlog::loadDigest(session, asked, digest);
        auto killed = detail ? killer::killedOf(session, digest, asked.whole ? std::nullopt : std::optional(asked.instances), from, until)
                             : Result<std::optional<KilledDigest>>(fail(detail.error()));
        if (!killed)
            return fail(killed.error());
        return Shown{std::move(*detail), std::move(*killed)};
    };
}

void SlowController::showDigest(const Shown &shown)
{
    const auto &detail = shown.detail;
    m_callers.setRows(detail ? detail->callers : std::vector<SlowCallerRow>{});
    m_examples.setExamples(detail ? detail->examples : std::vector<SlowExample>{}, *m_state.fleet());
    Q_EMIT killedShown(shown.killed);
    if (detail)
        Q_EMIT digestShown(*detail);
    else
        Q_EMIT digestGone();
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
            m_top.wantNow();
            m_digest.wantNow();
        });
}

} // namespace zandb::console
