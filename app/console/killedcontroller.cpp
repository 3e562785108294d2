// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/killedcontroller.h"

#include "app/killer/killedbyothers.h"
#include "app/killer/killedrepository.h"
#include "app/slowlog/slowrepository.h"
#include "models/common/text.h"

namespace zandb::console {
namespace {

const QString pageName = QStringLiteral("killed");
constexpr std::int64_t mostBars = 120;
constexpr std::size_t mostDigests = 200;

} // namespace

KilledController::KilledController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_latest(this), m_reload([this] { load(); }, this)
{
    m_reload.setActive(false);
    connect(&watch, &StoreWatch::changed, this, [this](const QStringList &topics, bool all) {
        if (all)
            m_reload.wantNow();
        else if (topics.contains(QLatin1String("killed")))
            m_reload.want();
    });
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_reload.setActive(m_state.fleetKnown() && m_state.location().page == pageName);
        const Location &at = m_state.location();
        if (before.scope == at.scope && before.range == at.range)
            return;
        if (before.scope != at.scope)
            Q_EMIT asked();
        const auto [from, until] = at.range.at(m_state.now());
        Q_EMIT rangeChanged(from, until);
        m_reload.restart();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_reload.setActive(m_state.fleetKnown() && m_state.location().page == pageName);
        m_reload.want();
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
    m_reload.restart();
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

void KilledController::load()
{
    const Location &at = m_state.location();
    const auto [from, until] = at.range.at(m_state.now());
    const Question question{m_state.fleet(), at.scope, from, until, m_digest.toStdString()};
    ask<Facts>(
        m_executor, m_latest, [question](store::Session &session) { return read(session, question); },
        [this, from = from, until = until](Result<Facts> result) {
            if (!result) {
                m_reload.failed();
                Q_EMIT failed(result.error());
                return;
            }
            m_reload.finished();
            m_digests.setRows(std::move(result->digests));
            m_statements.setRows(std::move(result->rows));
            Q_EMIT countersChanged(result->counters);
            Q_EMIT stepsChanged(result->steps, from, until);
            Q_EMIT cutTo(result->cut ? rowLimit : 0);
            Q_EMIT loaded();
        });
}

} // namespace zandb::console
