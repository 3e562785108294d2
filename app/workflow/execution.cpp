// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/execution.h"

#include "app/fleet/fleetrepository.h"
#include "app/store/migrations.h"
#include "app/workflow/engine.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/newrun.h"

#include <QCoreApplication>
#include <QSysInfo>

#include <algorithm>
#include <thread>

namespace zandb::workflow {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// One run executed by this process, to its end.
class Execution
{
public:
    Execution(store::Session &session, remote::AgentPool &pool, const std::string &executor, const Uuid &run)
        : m_session(session), m_pool(pool), m_mailbox(std::make_shared<Mailbox>()), m_engine(session, pool, m_mailbox, {executor, run, {}, {}})
    {
    }
    ~Execution() { m_mailbox->close(); }

    Result<void> begin(const RunDetail &detail)
    {
        auto fleet = fleet::loadFleet(m_session);
        if (!fleet)
            return fail(fleet.error());
        const auto status = store::status(m_session);
        if (!status)
            return fail(status.error());
        for (const Step &step : detail.steps)
            m_hosts.push_back(step.hostId);
        m_hosts.push_back(detail.run.hostId);
        std::vector<remote::HostAddress> addresses;
        for (const Host &host : fleet->hosts) {
            if (std::ranges::find(m_hosts, host.id) != m_hosts.end())
                addresses.push_back(remote::addressOf(host));
        }
        m_pool.setHosts(std::move(addresses));
        m_engine.setEpoch(status->storeEpoch);
        m_engine.setFleet(std::make_shared<const Fleet>(std::move(*fleet)));
        return {};
    }
    /// A second or less of work.
    Result<void> round()
    {
        const auto wall = Clock::now();
        if (wall - m_tokensAt > 2s) {
            const auto tokens = leaseTokens(m_session, m_hosts);
            if (!tokens)
                return fail(tokens.error());
            m_engine.setHosts(*tokens, true);
            m_tokensAt = wall;
        }
        if (const auto done = m_engine.reload(); !done)
            return done;
        const auto now = m_session.now();
        if (!now)
            return fail(now.error());
        if (const auto done = m_engine.advance(*now); !done)
            return done;
        m_mailbox->waitAndRun(Clock::now() + 500ms);
        std::this_thread::sleep_for(20ms); // what comes together is handled together
        m_mailbox->waitAndRun(Clock::now());
        return m_engine.advance(*now);
    }
    bool settled() const { return m_engine.settled(); }

private:
    store::Session &m_session;
    remote::AgentPool &m_pool;
    std::shared_ptr<Mailbox> m_mailbox;
    Engine m_engine;
    std::vector<Uuid> m_hosts;
    Clock::time_point m_tokensAt{};
};

} // namespace

std::string executorName(const std::string &person)
{
    std::string name = person + '@' + QSysInfo::machineHostName().toStdString();
    name.resize(std::min<std::size_t>(name.size(), 80));
    return name + ':' + std::to_string(QCoreApplication::applicationPid());
}

Result<bool> headlessAlive(store::Session &session)
{
    const auto view = loadMembers(session);
    if (!view)
        return fail(view.error());
    return std::ranges::any_of(view->members, [&](const auto &member) { return view->alive(member.id); });
}

Result<std::string> executorFor(store::Session &session, std::string_view kind, const std::string &executor)
{
    if (needsPerson(kind))
        return executor;
    const auto alive = headlessAlive(session);
    if (!alive)
        return fail(alive.error());
    return *alive ? std::string() : executor;
}

Result<std::map<Uuid, std::int64_t>> leaseTokens(store::Session &session, const std::vector<Uuid> &hosts)
{
    const auto view = loadMembers(session);
    if (!view)
        return fail(view.error());
    std::map<Uuid, std::int64_t> tokens;
    for (const Uuid &host : hosts)
        tokens[host] = 0;
    for (const auto &lease : view->leases) {
        if (const auto at = tokens.find(lease.hostId); at != tokens.end())
            at->second = lease.token;
    }
    return tokens;
}

Result<RunDetail> followRun(store::Session &session, const Uuid &id, const FollowOptions &options)
{
    std::unique_ptr<Execution> execution;
    auto endedAt = Clock::time_point::max();
    auto storeAway = Clock::time_point::max();
    while (!options.stop.stop_requested()) {
        auto detail = loadRun(session, id);
        if (!detail) {
            // the run goes on without us: be patient with the store
            if (!detail.error().isTransient())
                return fail(detail.error());
            storeAway = std::min(storeAway, Clock::now());
            if (Clock::now() - storeAway > 120s)
                return fail(detail.error());
            std::this_thread::sleep_for(1s);
            continue;
        }
        storeAway = Clock::time_point::max();
        if (!*detail)
            return fail(errors::notFound, {{"what", "run"}, {"name", id.toString()}});
        const Run &run = (*detail)->run;
        if (isFinal(run.state)) {
            endedAt = std::min(endedAt, Clock::now());
            // the log's rest and the acknowledgement; a run that is recorded is recorded
            if (!execution || execution->settled() || Clock::now() - endedAt > 5s)
                return **detail;
        } else {
            if (options.progress)
                options.progress(run);
            if (!execution && (options.adopt || run.executor == options.executor)) {
                execution = std::make_unique<Execution>(session, options.pool(), options.executor, id);
                if (const auto begun = execution->begin(**detail); !begun)
                    return fail(begun.error());
            }
        }
        if (execution) {
            if (const auto done = execution->round(); !done && !done.error().isTransient() && done.error().code.rfind("store.", 0) != 0)
                return fail(done.error());
        } else {
            std::this_thread::sleep_for(500ms);
        }
    }
    return fail(errors::cancelled);
}

} // namespace zandb::workflow
