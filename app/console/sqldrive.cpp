// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqldrive.h"

#include "app/batchsql/savedresults.h"
#include "app/batchsql/sqlpreview.h"
#include "app/batchsql/sqlread.h"
#include "app/batchsql/waves.h"
#include "app/headless/programkinds.h"
#include "app/workflow/items.h"
#include "app/workflow/runrepository.h"

#include <map>
#include <mutex>

namespace zandb::console {

using namespace std::chrono_literals;

namespace {

/// One instance's run, followed by a thread of its own.
struct Following
{
    std::stop_source over;        ///< the run has ended, as `state` and `error` say
    std::string state;
    std::optional<Error> error;
    std::jthread reader;
};

/// What the run's only attempt leaves, from the moment its agent knows it.
void readItems(const std::stop_token &stop, const std::stop_token &over, remote::AgentPool &pool, const Uuid &host, const Uuid &run, const std::function<void(const Json &)> &take)
{
    std::int64_t last = 0;
    for (int late = 0; !stop.stop_requested() && late < 3; late += over.stop_requested()) {
        const auto ended = workflow::followItems(pool, host, {run, 1, 1}, last, [&](std::int64_t number, const Json &item) {
            last = number;
            take(item);
            return true;
        }, stop);
        if (ended)
            return;
        std::this_thread::sleep_for(20ms); // it has not come to its agent yet
    }
}

void waitFor(const std::stop_token &stop, const std::stop_token &over)
{
    while (!stop.stop_requested() && !over.stop_requested())
        std::this_thread::sleep_for(20ms);
}

/// The instances of a plan as its drive moves on.
class Followings
{
public:
    Followings(store::Session &session, const SqlDrive::Order &order, const SqlDrive::Told &told, std::function<void(std::size_t, const Json &)> take)
        : m_session(session), m_order(order), m_told(told), m_take(std::move(take))
    {
    }

    void look(const batchsql::SqlPlan &plan)
    {
        m_told.changed(plan);
        for (std::size_t at = 0; at < plan.targets.size(); ++at) {
            const batchsql::PlanTarget &target = plan.targets[at];
            if (!target.runId)
                continue;
            auto &following = m_all[at];
            if (!following)
                following = follow(at, target);
            if (!target.hasEnded() || following->over.stop_requested())
                continue;
            following->state = target.state;
            if (target.state != "succeeded") {
                const auto run = workflow::findRun(m_session, *target.runId);
                following->error = run && *run ? (*run)->error : std::nullopt;
            }
            following->over.request_stop();
        }
    }

    /// What ended runs left is told to its end; what has not ended is left alone.
    void finish()
    {
        for (auto &[at, following] : m_all) {
            if (!following->over.stop_requested())
                following->reader.request_stop();
            following->reader.join();
        }
    }

private:
    std::unique_ptr<Following> follow(std::size_t at, const batchsql::PlanTarget &target)
    {
        auto following = std::make_unique<Following>();
        const InstanceRecord *record = m_order.fleet->instance(target.instance);
        const std::optional<Uuid> host = record ? std::optional(record->instance.hostId) : std::nullopt;
        following->reader = std::jthread([this, at, host, run = *target.runId, one = following.get()](const std::stop_token &stop) {
            const auto over = one->over.get_token();
            if (host)
                readItems(stop, over, *m_order.readers, *host, run, [&](const Json &item) { m_take(at, item); });
            waitFor(stop, over);
            if (over.stop_requested()) // what it left is told before its end
                m_told.ended(at, one->state, one->error);
        });
        return following;
    }

    store::Session &m_session;
    const SqlDrive::Order &m_order;
    const SqlDrive::Told &m_told;
    const std::function<void(std::size_t, const Json &)> m_take;
    std::map<std::size_t, std::unique_ptr<Following>> m_all;
};

} // namespace

SqlDrive::SqlDrive(Order order, Told told)
    : m_thread([order = std::move(order), told = std::move(told), cancel = m_cancel.get_token()](const std::stop_token &stop) { work(stop, cancel, order, told); })
{
}

void SqlDrive::work(const std::stop_token &stop, const std::stop_token &cancel, const Order &order, const Told &told)
{
    store::Session session(order.settings.store);
    session.setStopToken(stop);
    std::vector<Uuid> instances;
    for (const batchsql::PlanTarget &target : order.plan.targets)
        instances.push_back(target.instance);
    std::mutex saving;
    std::optional<batchsql::SavedResults> saved;
    if (!order.saveTo.empty())
        saved.emplace(order.saveTo, *order.fleet, instances);
    std::map<std::pair<std::size_t, std::int64_t>, std::int64_t> rowsTold;
    const auto take = [&](std::size_t at, const Json &item) {
        {
            const std::lock_guard lock(saving);
            if (saved)
                saved->take(at, item);
            // a window is slower than a server: what it does not show must not wait for it
            if (item.is_object() && item.contains("rows") && item.at("rows").is_array()) {
                auto &rows = rowsTold[{at, integerIn(item.value("statement", Json()), 1, 1'000'000).value_or(0)}];
                if (rows >= order.toldRows)
                    return;
                rows += static_cast<std::int64_t>(item.at("rows").size());
            }
        }
        told.item(at, item);
    };
    std::optional<Error> trouble;
    if (order.act == Act::Read) {
        std::stop_source both;
        const std::stop_callback closing(stop, [&] { both.request_stop(); });
        const std::stop_callback cancelled(cancel, [&] { both.request_stop(); });
        const auto ended = [&](std::size_t at, const std::optional<Error> &error) { told.ended(at, !error ? "succeeded" : error->is(errors::cancelled) ? "cancelled" : "failed", error); };
        const auto reads = batchsql::readScript(session, *order.readers, *order.fleet, instances, order.plan.args, both.get_token(), take, 0, ended);
        if (!reads)
            trouble = reads.error();
        else if (cancel.stop_requested())
            trouble = makeError(errors::cancelled);
    } else {
        Result<void> begun;
        if (order.act == Act::Begin) {
            // what is refused for certain is not begun, on none of them
            const auto seen = batchsql::previewScript(*order.readers, *order.fleet, instances, order.plan.args.schema, order.plan.args.statements);
            for (std::size_t at = 0; at < seen.size(); ++at) {
                const auto why = batchsql::refusalOf(seen[at], order.plan.args);
                if (!why)
                    continue;
                told.ended(at, "refused", why);
                trouble = trouble ? trouble : why;
            }
            if (trouble)
                return told.finished(trouble);
            begun = batchsql::createPlan(session, order.plan);
        }
        if (order.act != Act::Begin && order.act != Act::Show)
            begun = batchsql::takePlan(session, order.plan, order.executor, order.act == Act::Retry);
        remote::AgentPool pool(order.key);
        Followings followings(session, order, told, take);
        batchsql::WaveOptions options;
        options.kinds = &headless::programKinds();
        options.executor = order.executor;
        options.person = order.settings.person;
        options.changed = [&](const batchsql::SqlPlan &plan) { followings.look(plan); };
        options.stop = stop;
        Result<batchsql::SqlPlan> plan = order.plan;
        if (!begun)
            plan = fail(begun.error());
        else if (order.act == Act::Show)
            followings.look(order.plan);
        else
            plan = batchsql::drivePlan(session, pool, order.plan.id, options);
        followings.finish();
        trouble = !plan ? std::optional(plan.error()) : plan->state == "cancelled" ? std::optional(makeError(errors::cancelled)) : plan->reason;
        if (begun && order.act != Act::Show && stop.stop_requested()) { // the session answers nothing any more
            store::Session last(order.settings.store);
            last.setStatementLimit(2s);
            (void)batchsql::setPlanState(last, order.plan.id, order.executor, "stopped", makeError(errors::cancelled));
        }
    }
    if (saved && saved->problem() && !trouble)
        trouble = saved->problem();
    told.finished(trouble);
}

} // namespace zandb::console
