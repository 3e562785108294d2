// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/config/driftcheck.h"

#include "app/config/configservice.h"
#include "app/config/driftrepository.h"

#include <algorithm>
#include <mutex>
#include <thread>

namespace zandb::config {
namespace {

constexpr std::size_t atOnce = 8;

} // namespace

void checkDrift(const StoreSettings &store, remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, const std::function<void(const Uuid &, const std::optional<Error> &)> &told,
                const std::stop_token &stop)
{
    std::mutex mutex;
    std::size_t next = 0;
    const auto work = [&] {
        store::Session session(store);
        session.setStopToken(stop);
        while (!stop.stop_requested()) {
            Uuid id;
            {
                const std::lock_guard lock(mutex);
                if (next >= instances.size())
                    return;
                id = instances[next++];
            }
            const InstanceRecord *record = fleet.instance(id);
            const auto state = record ? readConfig(pool, record->instance, {}, true) : Result<wire::ConfigState>(fail(errors::notFound, {{"what", "instance"}, {"name", id.toString()}}));
            const auto stored = state ? storeFacts(session, id, *state) : Result<void>(fail(state.error()));
            const std::lock_guard lock(mutex);
            told(id, stored ? std::nullopt : std::optional(stored.error()));
        }
    };
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < std::min(atOnce, instances.size()); ++i)
        threads.emplace_back(work);
}

} // namespace zandb::config
