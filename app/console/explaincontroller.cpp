// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/explaincontroller.h"

#include "app/console/storewatch.h"
#include "app/slowlog/explainservice.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {

ExplainController::ExplainController(store::Executor &executor, ConsoleState &state, AgentCalls &calls, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_calls(calls), m_planAudit(this), m_planAnswer(this), m_rawAudit(this), m_rawAnswer(this)
{
    connect(&state, &ConsoleState::languageChanged, this, [this] {
        m_tree.refreshTexts();
        m_rows.refreshTexts();
        m_indexes.refreshTexts();
    });
}

void ExplainController::setDetail(const SlowDigestDetail &detail)
{
    if (detail.row.checksum != m_digest)
        clear();
    m_digest = detail.row.checksum;
    m_examples = detail.examples;
    const Fleet &fleet = *m_state.fleet();
    Instances instances;
    const auto add = [&](const Uuid &id) {
        if (fleet.instance(id) && std::ranges::find(instances, id, &std::pair<Uuid, QString>::first) == instances.end())
            instances.emplace_back(id, qs(fleet.pathOf(id)));
    };
    if (const SlowExample *newest = slowlog::exampleOf(detail))
        add(slowlog::explainInstance(fleet, newest->instance));
    for (const SlowExample &example : m_examples) {
        add(slowlog::explainInstance(fleet, example.instance));
        add(example.instance);
    }
    Q_EMIT instancesShown(instances);
}

void ExplainController::clear()
{
    m_planAudit.stop();
    m_planAnswer.stop();
    m_rawAudit.stop();
    m_rawAnswer.stop();
    m_digest = {};
    m_examples.clear();
    m_tree.setPlan(std::nullopt);
    m_rows.setRows({});
    m_indexes.setRows({});
    Q_EMIT cleared();
}

void ExplainController::ask(Latest<bool> &audit, Latest<Json> &latest, Audit write, const Uuid &instance, const std::string &method, Json params,
                            std::function<void(Result<Json>)> handle)
{
    console::ask<bool>(
        m_executor, audit, [write = std::move(write)](store::Session &session) { return write(session).map([] { return true; }); },
        [this, &latest, instance, method, params = std::move(params), handle = std::move(handle)](Result<bool> written) {
            const InstanceRecord *record = m_state.fleet()->instance(instance);
            if (!written)
                handle(fail(written.error()));
            else if (!record)
                handle(fail(errors::notFound, {{"what", "instance"}, {"name", instance.toString()}}));
            else
                m_calls.ask(latest, record->instance.hostId, method, params, handle, slowlog::explainTimeout);
        });
}

void ExplainController::askRaw(Latest<bool> &audit, Latest<Json> &latest, const SlowExample &example, std::function<void(Result<Json>)> handle)
{
    const auto fleet = m_state.fleet();
    ask(
        audit, latest, [fleet, example, digest = m_digest](store::Session &session) { return slowlog::auditRaw(session, *fleet, example, digest); }, example.instance, "slowlog.raw",
        slowlog::rawParams(*fleet, example), std::move(handle));
}

void ExplainController::explain(const Uuid &instance)
{
    const auto newest = std::ranges::max_element(m_examples, {}, [](const SlowExample &example) { return example.sample.at; });
    if (newest == m_examples.end())
        return;
    Q_EMIT asking();
    askRaw(m_planAudit, m_planAnswer, *newest, [this, instance, schema = newest->sample.schema](Result<Json> answer) {
        const auto entry = answer ? slowlog::rawEntryOf(*answer) : Result<slowlog::RawEntry>(fail(answer.error()));
        if (!entry)
            Q_EMIT planFailed(entry.error());
        else if (!entry->statement)
            Q_EMIT planFailed(makeError(errors::notFound, {{"what", "whole statement of digest"}, {"name", checksumText(m_digest)}}));
        else
            askPlan(instance, entry->schema.empty() ? schema : entry->schema, *entry->statement);
    });
}

void ExplainController::askPlan(const Uuid &instance, const std::string &schema, const std::string &statement)
{
    const auto fleet = m_state.fleet();
    const InstanceRecord *record = fleet->instance(instance);
    const Json params = wire::ExplainAsk{record ? record->instance.name : std::string(), schema, statement};
    ask(
        m_planAudit, m_planAnswer, [fleet, instance, digest = m_digest](store::Session &session) { return slowlog::auditExplain(session, *fleet, instance, digest); }, instance, "slowlog.explain",
        params, [this, instance](Result<Json> answer) {
            const auto plan = answer ? decode<wire::Explained>(*answer) : Result<wire::Explained>(fail(answer.error()));
            if (!plan) {
                Q_EMIT planFailed(plan.error());
                return;
            }
            m_tree.setPlan(planOf(plan->plan, plan->flavour));
            m_rows.setExplained(*plan);
            m_indexes.setExplained(*plan);
            Q_EMIT explained(*plan, qs(m_state.fleet()->pathOf(instance)));
        });
}

void ExplainController::showRaw(int example)
{
    if (m_examples.empty())
        return;
    const auto chosen = example >= 0 && static_cast<std::size_t>(example) < m_examples.size()
        ? m_examples.begin() + example
        : std::ranges::max_element(m_examples, {}, [](const SlowExample &one) { return one.sample.at; });
    Q_EMIT rawAsked();
    askRaw(m_rawAudit, m_rawAnswer, *chosen, [this](Result<Json> answer) {
        const auto entry = answer ? slowlog::rawEntryOf(*answer) : Result<slowlog::RawEntry>(fail(answer.error()));
        if (entry)
            Q_EMIT rawShown(qs(entry->text));
        else
            Q_EMIT rawFailed(entry.error());
    });
}

} // namespace zandb::console
