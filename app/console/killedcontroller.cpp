// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/killedcontroller.h"

#include "app/killer/killedbyothers.h"
#include "app/killer/killedrepository.h"
#include "app/slowlog/slowrepository.h"
#include "models/common/text.h"

namespace zandb::console {
namespace {

const QLatin1String page("killed");
constexpr std::int64_t mostBars = 120;
constexpr std::size_t mostDigests = 200;

} // namespace

KilledController::KilledController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent), m_list(this, [this] { return question(); }, [this](Facts facts) { show(std::move(facts)); })
{
    wantOn({QStringLiteral("killed")}, {&m_list});
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_list.setActive(shows(page));
        const Location &at = m_state.location();
        if (before.scope == at.scope && before.range == at.range)
            return;
        if (before.scope != at.scope)
            Q_EMIT asked();
        const auto [from, until] = at.range.at(m_state.now());
        Q_EMIT rangeChanged(from, until);
        m_list.restart();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_list.setActive(shows(page));
        m_list.want();
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_digests.refreshTexts();
        m_statements.refreshTexts();
    });
}

void KilledController::chooseDigest(const QString &checksum)
{
    if (checksum == m_digest)
        return;
    m_digest = checksum;
    Q_EMIT digestChanged(checksum);
    m_list.restart();
}

Result<KilledController::Facts> KilledController::read(store::Session &session, const Question &question)
{
    killer::KilledFilter filter;
    filter.from = question.from;
    filter.to = question.until;
    if (question.scope.kind != Scope::Kind::All) {
        const auto contents = contentsOf(*question.fleet, question.scope);
        filter.instances = std::vector<Uuid>(contents.instances.begin(), contents.instances.end());
    }
    Facts facts;
    facts.from = question.from;
    facts.until = question.until;
    const std::chrono::seconds step = std::max(std::chrono::seconds{1}, std::chrono::ceil<std::chrono::seconds>((question.until - question.from) / mostBars));
    auto steps = killer::killedOverTime(session, filter, step);
    if (!steps)
        return fail(steps.error());
    facts.steps = std::move(*steps);
    const auto all = contentsOf(*question.fleet, question.scope);
    const auto counters = killer::addByOthers(session, {all.instances.begin(), all.instances.end()}, facts.steps, step);
    if (!counters)
        return fail(counters.error());
    facts.counters = *counters;
    auto digests = killer::topKilled(session, filter, mostDigests);
    if (!digests)
        return fail(digests.error());
    facts.digests = std::move(*digests);
    if (!facts.digests.empty()) {
        const auto top = slowlog::loadTop(session, slowlog::askFor(*question.fleet, question.scope, question.from, question.until));
        if (!top)
            return fail(top.error());
        const auto slow = totalsByDigest(*top);
        for (KilledDigest &digest : facts.digests) {
            if (const auto found = slow.find(digest.checksum); found != slow.end()) {
                digest.slowCalls = found->second.events;
                digest.slowSeconds = static_cast<double>(found->second.timeUs) / 1e6;
            }
        }
    }
    filter.checksum = question.digest;
    auto killed = killer::listKilled(session, filter, static_cast<std::size_t>(rowLimit) + 1); // one more than shown tells whether there are more
    if (!killed)
        return fail(killed.error());
    facts.cut = killed->size() > static_cast<std::size_t>(rowLimit);
    if (facts.cut)
        killed->resize(static_cast<std::size_t>(rowLimit));
    for (Killed &one : *killed) {
        const QString instance = qs(question.fleet->pathOf(one.instance));
        facts.rows.push_back({std::move(one), instance});
    }
    return facts;
}

Reading<KilledController::Facts>::Job KilledController::question() const
{
    const Location &at = m_state.location();
    const auto [from, until] = at.range.at(m_state.now());
    const Question question{m_state.fleet(), at.scope, from, until, m_digest.toStdString()};
    return [question](store::Session &session) { return read(session, question); };
}

void KilledController::show(Facts facts)
{
    m_digests.setRows(std::move(facts.digests));
    m_statements.setRows(std::move(facts.rows));
    Q_EMIT countersChanged(facts.counters);
    Q_EMIT stepsChanged(facts.steps, facts.from, facts.until);
    Q_EMIT cutTo(facts.cut ? rowLimit : 0);
    Q_EMIT loaded();
}

} // namespace zandb::console
