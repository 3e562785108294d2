// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/killpolicies.h"

#include "app/fleet/fleetrepository.h"
#include "app/killer/policyrepository.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>

namespace zandb::headless {

using namespace std::chrono_literals;

namespace {

constexpr auto answerTime = 30s;
constexpr auto tellAgain = 30s; ///< after a host could not be told

/// Calls of several hosts at once.
class Calls
{
public:
    struct Answer
    {
        Uuid host;
        std::string instance;
        Result<Json> answer;
    };
    explicit Calls(remote::AgentPool &pool) : m_pool(pool) {}
    void add(const Uuid &host, std::string instance, const std::string &method, Json params)
    {
        auto promise = std::make_shared<std::promise<Result<Json>>>();
        m_open.push_back({host, std::move(instance), promise->get_future()});
        m_pool.call(host, method, std::move(params), [promise](Result<Json> answer) { promise->set_value(std::move(answer)); }, answerTime);
    }
    std::vector<Answer> wait()
    {
        std::vector<Answer> answers;
        for (auto &[host, instance, future] : m_open)
            answers.push_back({host, instance, future.get()});
        return answers;
    }

private:
    struct Open
    {
        Uuid host;
        std::string instance;
        std::future<Result<Json>> future;
    };
    remote::AgentPool &m_pool;
    std::vector<Open> m_open;
};

} // namespace

KillPolicies::KillPolicies(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log)
    : KillPolicies(std::move(settings), pool, std::move(log), Times())
{
}

KillPolicies::KillPolicies(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log, Times times)
    : m_settings(std::move(settings)), m_pool(pool), m_log(std::move(log)), m_times(times), m_thread([this](std::stop_token stop) { work(stop); })
{
}

KillPolicies::~KillPolicies()
{
    m_thread.request_stop();
    m_wake.notify_all();
}

void KillPolicies::setHosts(std::set<Uuid> hosts)
{
    const std::lock_guard lock(m_mutex);
    if (hosts == m_hosts)
        return;
    m_hosts = std::move(hosts);
    m_wake.notify_all();
}

void KillPolicies::work(std::stop_token stop)
{
    store::Session session(m_settings);
    session.setStopToken(stop);
    session.setStatementLimit(15s);
    bool away = false;
    while (!stop.stop_requested()) {
        const auto done = look(session);
        if (!done && !away && !done.error().is(errors::cancelled))
            m_log("store: kill policies cannot be read: " + describe(done.error()));
        away = !done;
        if (!done)
            session.close();
        std::unique_lock lock(m_mutex);
        const auto hosts = m_hosts;
        m_wake.wait_for(lock, stop, m_times.look, [&] { return m_hosts != hosts; });
    }
}

Result<void> KillPolicies::look(store::Session &session)
{
    std::set<Uuid> hosts;
    {
        const std::lock_guard lock(m_mutex);
        hosts = m_hosts;
    }
    const auto now = Clock::now();
    const auto feed = session.query("SELECT topic, version FROM change_feed WHERE topic IN ('fleet', 'killer') ORDER BY topic, scope");
    if (!feed)
        return fail(feed.error());
    std::string versions;
    for (const auto &row : *feed)
        versions += row.text(0) + std::to_string(row.integer(1)) + ' ';
    const bool changed = versions != m_seen;
    std::erase_if(m_due, [&](const auto &due) { return !hosts.contains(due.first); });
    std::vector<Uuid> due;
    for (const Uuid &host : hosts) {
        if (changed || !m_due.contains(host) || m_due[host] <= now)
            due.push_back(host);
    }
    m_seen = versions;
    if (due.empty())
        return {};
    const auto fleet = fleet::loadFleet(session);
    if (!fleet)
        return fail(fleet.error());
    std::vector<Uuid> instances;
    for (const InstanceRecord &record : fleet->instances) {
        if (std::ranges::find(due, record.instance.hostId) != due.end())
            instances.push_back(record.instance.id);
    }
    const auto sets = killer::killSets(session, *fleet, instances);
    if (!sets) {
        m_seen.clear();
        return fail(sets.error());
    }
    std::map<Uuid, std::map<std::string, wire::KillSet>> byHost;
    for (const auto &[id, set] : *sets)
        byHost[fleet->instance(id)->instance.hostId][fleet->instance(id)->instance.name] = set;
    const auto told = tell(due, byHost);
    for (const Uuid &host : due)
        m_due[host] = now + (told.contains(host) ? m_times.renew : std::min<std::chrono::milliseconds>(tellAgain, m_times.renew));
    return {};
}

std::set<Uuid> KillPolicies::tell(const std::vector<Uuid> &hosts, const std::map<Uuid, std::map<std::string, wire::KillSet>> &byHost)
{
    const auto setsOf = [&](const Uuid &host) {
        const auto found = byHost.find(host);
        return found == byHost.end() ? std::map<std::string, wire::KillSet>() : found->second;
    };
    Calls calls(m_pool);
    for (const Uuid &host : hosts) {
        Json revisions = Json::object();
        for (const auto &[name, set] : setsOf(host))
            revisions[name] = set.revision;
        calls.add(host, {}, "killer.renew", {{"revisions", revisions}});
    }
    std::set<Uuid> told;
    Calls offers(m_pool);
    for (auto &[host, name, answer] : calls.wait()) {
        // an older agent kills nothing
        if (!answer && answer.error().is(errors::protocolUnknownMethod)) {
            told.insert(host);
            continue;
        }
        const auto differ = !answer || !answer->is_object() ? Result<std::vector<std::string>>(fail(answer ? makeError(errors::protocolBadParams) : answer.error()))
                                                            : decode<std::vector<std::string>>(answer->value("differ", Json::array()));
        if (!differ) {
            say(host, "not reached: " + describe(differ.error()));
            continue;
        }
        told.insert(host);
        for (const std::string &instance : *differ) {
            const auto sets = setsOf(host);
            const auto set = sets.find(instance);
            // what the store does not know any more is held no longer than a day
            if (set != sets.end())
                offers.add(host, instance, "killer.offer", {{"instance", instance}, {"set", set->second}});
        }
    }
    for (auto &[host, instance, answer] : offers.wait()) {
        if (!answer) {
            told.erase(host);
            say(host, instance + " is not told its kill policies: " + describe(answer.error()));
        }
    }
    for (const Uuid &host : told)
        m_trouble.erase(host);
    return told;
}

void KillPolicies::say(const Uuid &host, const std::string &line)
{
    if (std::exchange(m_trouble[host], line) != line)
        m_log("kill policies of host " + host.toString() + ": " + line);
}

} // namespace zandb::headless
