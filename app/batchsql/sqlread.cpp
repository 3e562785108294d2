// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlread.h"

#include "app/store/audit.h"

#include <condition_variable>
#include <mutex>

namespace zandb::batchsql {
namespace {

constexpr std::size_t auditedBytes = 8'000; ///< of the script

std::string scriptOf(const wire::SqlArgs &args)
{
    std::string text;
    for (const std::string &statement : args.statements) {
        if (text.size() > auditedBytes)
            break;
        text += statement + ";\n";
    }
    if (text.size() > auditedBytes) {
        text.resize(auditedBytes);
        while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80)
            text.pop_back();
        text += "...";
    }
    return text;
}

} // namespace

Result<std::vector<InstanceRead>> readScript(store::Session &session, remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, wire::SqlArgs args,
                                             const std::stop_token &stop, const std::function<void(std::size_t, const Json &)> &took, std::size_t keptRows,
                                             const std::function<void(std::size_t, const std::optional<Error> &)> &ended)
{
    Json paths = Json::array();
    std::vector<InstanceRead> all;
    for (const Uuid &id : instances) {
        all.push_back({id, fleet.pathOf(id), {}, SqlResults(keptRows)});
        if (paths.size() < 100)
            paths.push_back(all.back().path);
    }
    const std::string subject = all.size() == 1 ? all.front().path : std::to_string(all.size()) + " instances";
    if (const auto audited = store::audit(session, "sql.read", subject, {{"instances", paths}, {"count", all.size()}, {"schema", args.schema}, {"script", scriptOf(args)}}); !audited)
        return fail(audited.error());

    std::mutex mutex;
    std::condition_variable changed;
    std::size_t open = 0;
    std::vector<std::uint64_t> calls;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const InstanceRecord *record = fleet.instance(all[i].instance);
        if (!record) {
            all[i].error = makeError(errors::notFound, {{"what", "instance"}, {"name", all[i].path}});
            if (ended)
                ended(i, all[i].error);
            continue;
        }
        args.instance = record->instance.name;
        {
            const std::lock_guard lock(mutex);
            ++open;
        }
        calls.push_back(pool.call(record->instance.hostId, readMethod, Json(args),
                                  [&, i](Result<Json> answer) {
                                      const std::lock_guard lock(mutex);
                                      if (!answer)
                                          all[i].error = answer.error();
                                      if (ended)
                                          ended(i, all[i].error);
                                      --open;
                                      changed.notify_all();
                                  },
                                  std::chrono::seconds{30},
                                  [&, i](const Json &item) {
                                      const std::lock_guard lock(mutex);
                                      all[i].results.add(item);
                                      if (took)
                                          took(i, item);
                                  }));
    }
    const std::stop_callback cancel(stop, [&] {
        for (const std::uint64_t call : calls)
            pool.cancel(call);
    });
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return open == 0; });
    return all;
}

} // namespace zandb::batchsql
