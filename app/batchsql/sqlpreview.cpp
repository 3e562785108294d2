// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlpreview.h"

#include "agent/protocol/sqlerrors.h"

#include <algorithm>
#include <future>

namespace zandb::batchsql {

Json previewParams(const Instance &instance, const std::string &schema, const std::vector<std::string> &statements)
{
    return Json(wire::SqlPreviewArgs{instance.name, schema, statements});
}

Result<wire::SqlPreview> previewAnswer(Result<Json> answer)
{
    return answer ? decode<wire::SqlPreview>(*answer) : Result<wire::SqlPreview>(fail(std::move(answer.error())));
}

std::vector<InstancePreview> previewScript(remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, const std::string &schema,
                                           const std::vector<std::string> &statements, std::chrono::milliseconds timeout)
{
    std::vector<std::promise<Result<Json>>> promises(instances.size());
    std::vector<InstancePreview> all;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        const InstanceRecord *record = fleet.instance(instances[i]);
        all.push_back({instances[i], record ? fleet.pathOf(instances[i]) : instances[i].toString(), wire::SqlPreview{}});
        if (!record) {
            promises[i].set_value(fail(errors::notFound, {{"what", "instance"}, {"name", all[i].path}}));
            continue;
        }
        pool.call(record->instance.hostId, previewMethod, previewParams(record->instance, schema, statements),
                  [&promise = promises[i]](Result<Json> answer) { promise.set_value(std::move(answer)); }, timeout);
    }
    for (std::size_t i = 0; i < instances.size(); ++i)
        all[i].preview = previewAnswer(promises[i].get_future().get());
    return all;
}

std::optional<Error> refusalOf(const InstancePreview &seen, const wire::SqlArgs &order)
{
    if (!seen.preview)
        return {};
    bool isAsSeen = true; // nothing before it changes tables, variables or accounts
    for (const wire::SqlPreviewStatement &one : seen.preview->statements) {
        const auto refused = [&](const std::string &reason, const std::string &rule, const std::string &detail) {
            return makeError(errors::sqlRefused, {{"instance", seen.path}, {"step", "before"}, {"statement", std::to_string(one.statement)}, {"reason", reason}, {"rule", rule}, {"at", std::to_string(one.at)}, {"detail", detail}});
        };
        if (!one.allowed)
            return refused(one.reason, one.rule, one.why);
        if (one.needsConfirmation && !order.confirmed)
            return refused("unconfirmed", one.rule, "this class needs a person's confirmation");
        if (isAsSeen && !one.refusal.empty() && std::ranges::find(order.accepted, one.refusal) == order.accepted.end())
            return refused(one.refusal, "G1.4c", one.refusalDetail.empty() ? "what the server holds now forbids it" : one.refusalDetail);
        isAsSeen = isAsSeen && (one.statementClass == "R" || one.statementClass == "D" || one.statementClass == "M");
    }
    return {};
}

} // namespace zandb::batchsql
