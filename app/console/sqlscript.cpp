// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqlscript.h"

#include "app/batchsql/sqlrun.h"
#include "app/headless/programkinds.h"
#include "app/workflow/consent.h"
#include "app/workflow/execution.h"
#include "app/workflow/items.h"
#include "app/workflow/runrepository.h"

#include <algorithm>

namespace zandb::console {

using namespace std::chrono_literals;

namespace {

/// One instance of the wave that is under way.
struct Going
{
    std::size_t at = 0;
    Uuid run;
    std::stop_source over;  ///< the run has ended
    std::jthread reader;
    bool ended = false;
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

} // namespace

SqlScript::SqlScript(Order order, Told told)
    : m_thread([order = std::move(order), told = std::move(told), cancel = m_cancel.get_token()](const std::stop_token &stop) { work(stop, cancel, order, told); })
{
}

void SqlScript::work(const std::stop_token &stop, const std::stop_token &cancel, const Order &order, const Told &told)
{
    store::Session session(order.settings.store);
    session.setStopToken(stop);
    remote::AgentPool pool(order.key);
    const auto &kinds = headless::programKinds();
    workflow::OwnRuns own(session, pool, kinds, order.executor);
    std::optional<Error> trouble;
    std::size_t next = 0;
    while (next < order.instances.size() && !trouble && !cancel.stop_requested() && !stop.stop_requested()) {
        const std::size_t until = next == 0 ? 1 : std::min(order.instances.size(), next + static_cast<std::size_t>(std::max(1, order.wave)));
        std::vector<std::unique_ptr<Going>> wave;
        for (; next < until && !trouble; ++next) {
            const InstanceRecord *record = order.fleet->instance(order.instances[next]);
            if (!record) {
                trouble = makeError(errors::notFound, {{"what", "instance"}, {"name", order.instances[next].toString()}});
                break;
            }
            const auto begun = workflow::beginByHand(session, kinds, batchsql::makeSqlRun(record->instance, order.args, order.settings.person, order.fleet->readAt), order.executor);
            const auto added = begun ? own.add(begun->run.id, workflow::consentDigest(*begun, *order.fleet)) : Result<void>(fail(begun.error()));
            if (!added) {
                trouble = added.error();
                break;
            }
            told.begun(next);
            auto going = std::make_unique<Going>();
            going->at = next;
            going->run = begun->run.id;
            going->reader = std::jthread([&told, at = next, run = going->run, host = record->instance.hostId, readers = order.readers, over = going->over.get_token()](const std::stop_token &end) {
                readItems(end, over, *readers, host, run, [&](const Json &item) { told.item(at, item); });
            });
            wave.push_back(std::move(going));
        }
        bool cancelled = false;
        while (!stop.stop_requested() && std::ranges::any_of(wave, [](const auto &going) { return !going->ended; })) {
            if (cancel.stop_requested() && !cancelled) {
                cancelled = true;
                for (const auto &going : wave) {
                    if (!going->ended)
                        (void)workflow::requestCancel(session, going->run, order.settings.person);
                }
            }
            (void)own.round(); // a store that is away is waited for
            for (const auto &going : wave) {
                const auto run = going->ended ? Result<std::optional<Run>>(std::nullopt) : workflow::findRun(session, going->run);
                if (going->ended || !run || !*run || !isFinal((*run)->state))
                    continue;
                going->ended = true;
                going->over.request_stop();
                going->reader.join(); // what it left is told before its end
                told.ended(going->at, (*run)->state, (*run)->error);
                if ((*run)->state != RunState::Succeeded && !trouble)
                    trouble = (*run)->error ? *(*run)->error : makeError(errors::cancelled);
            }
        }
        for (int i = 0; i < 20 && !own.finished() && !stop.stop_requested(); ++i)
            (void)own.round();
    }
    told.finished(cancel.stop_requested() ? std::optional(makeError(errors::cancelled)) : trouble);
}

} // namespace zandb::console
