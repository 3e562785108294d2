// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/keyscontroller.h"

#include "app/checks/checkrepository.h"
#include "models/checks/checkalerts.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {
namespace {

const QLatin1String page("keys");
constexpr std::size_t mostRows = 10'000;

} // namespace

KeysController::KeysController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent), m_list(this, [this] { return question(); }, [this](Facts facts) { show(std::move(facts)); })
{
    wantOn({QStringLiteral("check")}, {&m_list});
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_list.setActive(shows(page));
        if (before.scope == m_state.location().scope)
            return;
        Q_EMIT asked();
        m_list.restart();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_list.setActive(shows(page));
        m_list.want();
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_keys.refreshTexts();
        m_findings.refreshTexts();
    });
}

Reading<KeysController::Facts>::Job KeysController::question() const
{
    return [fleet = m_state.fleet(), scope = m_state.location().scope](store::Session &session) -> Result<Facts> {
        const auto contents = contentsOf(*fleet, scope);
        const std::vector<Uuid> instances(contents.instances.begin(), contents.instances.end());
        checks::KeyFilter filter;
        filter.instances = instances;
        const auto keys = checks::listKeys(session, filter, mostRows);
        const auto findings = checks::listFindings(session, instances, {}, mostRows);
        const auto passes = checks::listPasses(session, instances);
        if (!keys || !findings || !passes)
            return fail(!keys ? keys.error() : !findings ? findings.error() : passes.error());
        Facts facts;
        for (const KeyRecord &record : *keys) {
            const KeyThresholds thresholds = keyThresholdsOf(*fleet, record.instance);
            const bool full = record.usage.ppm >= thresholds.percent * 10'000 || (record.daysLeft && *record.daysLeft <= static_cast<double>(thresholds.days));
            facts.keys.push_back({record, qs(fleet->pathOf(record.instance)), full});
        }
        for (const CheckFindingRecord &record : *findings)
            facts.findings.push_back({record, qs(fleet->pathOf(record.instance))});
        for (const Uuid &instance : instances) {
            if (std::ranges::find(*passes, instance, &CheckPass::instance) == passes->end())
                facts.never << qs(fleet->pathOf(instance));
        }
        facts.never.sort();
        for (const CheckPass &pass : *passes)
            facts.unchecked += pass.result.uncheckedCount;
        return facts;
    };
}

void KeysController::show(Facts facts)
{
    m_keys.setRows(std::move(facts.keys));
    m_findings.setRows(std::move(facts.findings));
    Q_EMIT gapsChanged(facts.never, facts.unchecked);
    Q_EMIT loaded();
}

} // namespace zandb::console
