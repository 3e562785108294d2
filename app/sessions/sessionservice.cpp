// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sessions/sessionservice.h"

#include "app/fleet/agentcall.h"
#include "app/store/audit.h"

#include <future>

namespace zandb::sessions {
namespace {

using namespace std::chrono_literals;

struct Place
{
    Uuid host;
    std::string name;
    std::string path;
};

Result<Place> placeOf(const Fleet &fleet, const Uuid &instance)
{
    const InstanceRecord *record = fleet.instance(instance);
    if (!record)
        return fail(errors::notFound, {{"what", "instance"}, {"name", instance.toString()}});
    return Place{record->instance.hostId, record->instance.name, fleet.pathOf(instance)};
}

} // namespace

std::vector<InstanceSessions> listSessions(remote::AgentPool &pool, const Fleet &fleet, const std::vector<Uuid> &instances, const Wish &wish,
                                           std::chrono::milliseconds timeout)
{
    std::vector<std::promise<Result<Json>>> promises(instances.size());
    std::vector<InstanceSessions> all;
    for (std::size_t i = 0; i < instances.size(); ++i) {
        const auto place = placeOf(fleet, instances[i]);
        all.push_back({instances[i], place ? place->path : std::string(), wire::SessionList{}});
        if (!place) {
            promises[i].set_value(fail(place.error()));
            continue;
        }
        pool.call(place->host, "sessions.list", Json{{"instance", place->name}, {"idle", wish.idle}, {"limit", wish.limit}},
                  [&promise = promises[i]](Result<Json> result) { promise.set_value(std::move(result)); }, timeout);
    }
    for (std::size_t i = 0; i < instances.size(); ++i) {
        const auto answer = promises[i].get_future().get();
        all[i].list = answer ? decode<wire::SessionList>(*answer) : Result<wire::SessionList>(fail(answer.error()));
    }
    return all;
}

Result<std::string> readStatement(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const Uuid &instance, std::int64_t id,
                                  const std::string &user)
{
    const auto place = placeOf(fleet, instance);
    if (!place)
        return fail(place.error());
    if (const auto audited = store::audit(store, "session.text", place->path, Json{{"id", id}, {"user", user}}); !audited)
        return fail(audited.error());
    const auto answer = pool.callAndWait(place->host, "sessions.text", Json{{"instance", place->name}, {"id", id}, {"user", user}}, 15s);
    if (!answer)
        return fail(answer.error());
    if (!answer->is_object() || !answer->contains("statement"))
        return fail(errors::protocolBadParams, {{"method", "sessions.text"}, {"detail", "the answer lacks statement"}});
    return bytesFromJson(answer->at("statement"));
}

Result<void> killSession(store::Session &store, remote::AgentPool &pool, const Fleet &fleet, const Uuid &instance, const wire::Session &seen, TimePoint at,
                         bool connection)
{
    const auto place = placeOf(fleet, instance);
    if (!place)
        return fail(place.error());
    // before it is sent: what was tried is known, whatever becomes of it
    const Json what{{"id", seen.id}, {"user", seen.user}, {"host", seen.host}, {"what", connection ? "connection" : "query"}, {"statement", seen.statement}};
    if (const auto audited = store::audit(store, "session.kill", place->path, what); !audited)
        return fail(audited.error());
    const wire::SessionKill kill{place->name, seen.id, seen.queryId, seen.user, connection, at - std::chrono::seconds(seen.seconds) + 1s};
    const auto answer = pool.callAndWait(place->host, "sessions.kill", Json(kill), 15s);
    return answer ? Result<void>() : fail(answer.error());
}

} // namespace zandb::sessions
