// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/execution.h"

#include "app/fleet/fleetrepository.h"
#include "app/store/migrations.h"
#include "app/workflow/consent.h"
#include "app/workflow/engine.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/newrun.h"

#include <QCoreApplication>
#include <QSysInfo>

#include <algorithm>
#include <set>
#include <thread>

namespace zandb::workflow {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

std::set<Uuid> hostsOf(const RunDetail &run)
{
    std::set<Uuid> hosts{run.run.hostId};
    for (const Step &step : run.steps)
        hosts.insert(step.hostId);
    return hosts;
}

/// All hosts that the run still needs are in the fleet; else no run stays open that needs one of these.  Errors: not_found.
Result<void> needHosts(store::Session &session, RunDetail run)
{
    std::erase_if(run.steps, [](const Step &step) { return step.state == RunState::Succeeded; });
    for (const Uuid &id : hostsOf(run)) {
        const auto host = session.query("SELECT 1 FROM host WHERE id = ?", {store::value(id)});
        if (!host)
            return fail(host.error());
        if (!host->empty())
            continue;
        if (const auto ended = endRunsWithoutHost(session); !ended)
            return fail(ended.error());
        return fail(errors::notFound, {{"what", "host"}, {"name", id.toString()}});
    }
    return {};
}

Engine::Options optionsOf(const Kinds &kinds, const std::string &executor)
{
    Engine::Options options;
    options.executor = executor;
    options.ownOnly = true;
    options.kinds = kinds;
    return options;
}

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

Result<std::string> executorFor(store::Session &session, const Kinds &kinds, std::string_view kind, const std::string &executor)
{
    if (kindNamed(kinds, kind).needsPerson)
        return executor;
    const auto alive = headlessAlive(session);
    if (!alive)
        return fail(alive.error());
    return *alive ? std::string() : executor;
}

Result<RunDetail> beginByHand(store::Session &session, const Kinds &kinds, RunDetail detail, const std::string &executor)
{
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    detail.run.occurrence = detail.run.due = detail.run.createdAt = *now;
    // a person who wants the own key used has named this process
    auto sender = !executor.empty() && detail.run.executor == executor ? Result<std::string>(executor) : executorFor(session, kinds, detail.run.kind, executor);
    if (!sender)
        return fail(sender.error());
    detail.run.executor = std::move(*sender);
    if (const auto created = createRun(session, detail); !created)
        return fail(created.error());
    // a host that is removed in this moment: its remover has looked for runs before this one was there
    if (const auto there = needHosts(session, detail); !there)
        return fail(there.error());
    return detail;
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

struct OwnRuns::Private
{
    Private(store::Session &s, remote::AgentPool &p, const Kinds &kinds, const std::string &executor)
        : session(s), pool(p), engine(s, p, mailbox, optionsOf(kinds, executor))
    {
    }

    store::Session &session;
    remote::AgentPool &pool;
    std::shared_ptr<Mailbox> mailbox = std::make_shared<Mailbox>();
    Engine engine;
    std::map<Uuid, std::set<Uuid>> hostsOf; ///< of every run that is not known to have ended
    std::vector<Uuid> hosts;                ///< of all runs so far
    Clock::time_point tokensAt{};
    Clock::time_point endedAt{};
};

OwnRuns::OwnRuns(store::Session &session, remote::AgentPool &pool, const Kinds &kinds, const std::string &executor)
    : d(std::make_unique<Private>(session, pool, kinds, executor))
{
}

OwnRuns::~OwnRuns()
{
    d->mailbox->close();
}

std::size_t OwnRuns::open() const
{
    return d->hostsOf.size();
}

Result<void> OwnRuns::add(const Uuid &run, const std::string &consent)
{
    const auto detail = loadRun(d->session, run);
    if (!detail)
        return fail(detail.error());
    if (!*detail)
        return fail(errors::notFound, {{"what", "run"}, {"name", run.toString()}});
    if (const auto there = needHosts(d->session, **detail); !there)
        return there;
    auto fleet = fleet::loadFleet(d->session);
    if (!fleet)
        return fail(fleet.error());
    const auto status = store::status(d->session);
    if (!status)
        return fail(status.error());
    for (const Uuid &host : d->hostsOf[run] = hostsOf(**detail)) {
        if (std::ranges::find(d->hosts, host) == d->hosts.end())
            d->hosts.push_back(host);
    }
    std::vector<remote::HostAddress> addresses;
    for (const Host &host : fleet->hosts) {
        if (std::ranges::find(d->hosts, host.id) != d->hosts.end())
            addresses.push_back(remote::addressOf(host));
    }
    d->pool.setHosts(std::move(addresses));
    d->engine.adopt(run, consent);
    d->engine.setEpoch(status->storeEpoch);
    d->engine.setFleet(std::make_shared<const Fleet>(std::move(*fleet)));
    d->tokensAt = {};
    return {};
}

void OwnRuns::drop(const Uuid &run)
{
    d->engine.drop(run);
    if (d->hostsOf.erase(run) > 0)
        d->endedAt = Clock::now();
}

std::vector<RunDetail> OwnRuns::withheld() const
{
    std::vector<RunDetail> runs;
    for (const Uuid &id : d->engine.withheld()) {
        if (const RunDetail *run = d->engine.run(id))
            runs.push_back(*run);
    }
    return runs;
}

Result<void> OwnRuns::round()
{
    const auto wall = Clock::now();
    if (wall - d->tokensAt > 2s) {
        const auto tokens = leaseTokens(d->session, d->hosts);
        if (!tokens)
            return fail(tokens.error());
        d->engine.setHosts(*tokens, true);
        d->tokensAt = wall;
    }
    if (const auto done = d->engine.reload(); !done)
        return done;
    for (auto it = d->hostsOf.begin(); it != d->hostsOf.end();) {
        if (d->engine.run(it->first)) {
            ++it;
            continue;
        }
        d->engine.endConsent(it->first);
        it = d->hostsOf.erase(it);
        d->endedAt = wall;
    }
    const auto now = d->session.now();
    if (!now)
        return fail(now.error());
    if (const auto done = d->engine.advance(*now); !done)
        return done;
    d->mailbox->waitAndRun(Clock::now() + 500ms);
    std::this_thread::sleep_for(20ms); // what comes together is handled together
    d->mailbox->waitAndRun(Clock::now());
    return d->engine.advance(*now);
}

bool OwnRuns::finished()
{
    // the log's rest and the acknowledgement; a run that is recorded is recorded
    return d->hostsOf.empty() && (d->engine.settled() || Clock::now() - d->endedAt > 5s);
}

Result<RunDetail> followRun(store::Session &session, const Uuid &id, const FollowOptions &options)
{
    // another program of its person may be about to send it
    constexpr auto patience = 10s;
    std::unique_ptr<OwnRuns> own;
    auto withheldSince = Clock::time_point::max();
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
            if (!own || own->finished())
                return **detail;
        } else {
            if (options.progress)
                options.progress(run);
            if (!own && (options.adopt || !options.consent.empty())) {
                own = std::make_unique<OwnRuns>(session, options.pool(), options.kinds, options.executor);
                if (const auto begun = own->add(id, options.consent); !begun)
                    return fail(begun.error());
            }
        }
        if (own) {
            if (const auto done = own->round(); !done && !done.error().isTransient() && done.error().code.rfind("store.", 0) != 0)
                return fail(done.error());
            const auto withheld = own->withheld();
            withheldSince = withheld.empty() ? Clock::time_point::max() : std::min(withheldSince, Clock::now());
            if (!withheld.empty()) {
                const bool mayBeSent = options.consent.empty() && !withheld.front().run.executor.empty();
                if (!mayBeSent || Clock::now() - withheldSince > patience) {
                    const auto fleet = fleet::loadFleet(session);
                    return fail(fleet ? needsConsent(options.kinds, withheld.front(), *fleet, "take-over") : fleet.error());
                }
            }
        } else {
            std::this_thread::sleep_for(500ms);
        }
    }
    return fail(errors::cancelled);
}

} // namespace zandb::workflow
