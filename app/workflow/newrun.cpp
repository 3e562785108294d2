// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/newrun.h"

#include "models/workflow/runid.h"

#include <QCryptographicHash>

namespace zandb::workflow {

std::string sha256Hex(std::string_view bytes)
{
    const QByteArrayView view(bytes.data(), static_cast<qsizetype>(bytes.size()));
    return QCryptographicHash::hash(view, QCryptographicHash::Sha256).toHex().toStdString();
}

std::string definitionSha256(const Task &task)
{
    // nlohmann's objects are sorted by key, which makes the text canonical
    return sha256Hex(dumpJson(Json{{"kind", task.kind},
                                   {"args", task.args},
                                   {"selector", task.selector},
                                   {"schedule", task.schedule},
                                   {"policies", task.policies}}));
}

RunDetail makeRun(const ByHand &wish)
{
    RunDetail detail;
    Run &run = detail.run;
    run.id = Uuid::v7();
    run.occurrence = wish.now;
    run.due = wish.now;
    run.kind = wish.kind;
    run.hostId = wish.hostId;
    run.targetId = wish.targetId;
    run.args = wish.args;
    run.policies = wish.policies;
    run.executor = wish.executor;
    run.author = wish.author;
    run.createdAt = wish.now;
    Step step;
    step.runId = run.id;
    step.name = wish.kind;
    step.kind = wish.kind;
    step.hostId = wish.hostId;
    step.args = wish.args;
    detail.steps.push_back(std::move(step));
    return detail;
}

RunDetail makeTaskRun(const Task &task, TimePoint occurrence, TimePoint startAt, const Uuid &host, const Uuid &target)
{
    ByHand wish;
    wish.kind = task.kind;
    wish.hostId = host;
    wish.targetId = target;
    wish.args = task.args;
    wish.policies = task.policies;
    wish.author = task.author;
    wish.now = occurrence;
    RunDetail detail = makeRun(wish);
    detail.run.id = runIdFor(task.id, occurrence, target);
    detail.run.taskId = task.id;
    detail.run.taskRevision = task.revision;
    detail.run.due = startAt;
    detail.run.definitionSha256 = task.definitionSha256;
    detail.run.signer = task.signer;
    detail.run.signature = task.signature;
    for (Step &step : detail.steps)
        step.runId = detail.run.id;
    return detail;
}

wire::Order makeOrder(const Kinds &kinds, const Run &run, const Step &step, int attempt, const wire::Fence &fence, const Fleet &fleet)
{
    wire::Order order;
    order.key = {run.id, step.step, attempt};
    order.fence = fence;
    order.kind = step.kind;
    order.args = step.args.is_object() ? step.args : Json::object();
    if (const auto &makeArgs = kindNamed(kinds, step.kind).makeArgs)
        makeArgs(run, step, attempt, fleet, order.args);
    order.argsSha256 = sha256Hex(dumpJson(order.args));
    order.author = run.author;
    order.definitionSha256 = run.definitionSha256;
    order.signer = run.signer;
    order.signature = run.signature;
    return order;
}

} // namespace zandb::workflow
