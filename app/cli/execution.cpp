// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/execution.h"

#include "app/fleet/fleetrepository.h"
#include "app/store/migrations.h"
#include "app/workflow/engine.h"
#include "app/workflow/memberrepository.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <thread>
#include <unistd.h>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Progress on one line of a terminal, or a line every 10 s elsewhere.
class ProgressLine
{
public:
    void show(const Run &run)
    {
        std::string text;
        if (run.state == RunState::Pending && run.nextTry) {
            text = "waiting, next try at " + timeText(run.nextTry) + (run.error ? " after: " + errorLine(*run.error) : "");
        } else if (run.state == RunState::Running && run.progress) {
            const auto &p = *run.progress;
            text = p.phase;
            if (p.percent) {
                char percent[16];
                std::snprintf(percent, sizeof percent, " %.0f %%", *p.percent);
                text += percent;
            }
            const auto amount = [&](std::int64_t n) { return p.unit == "bytes" ? sizeText(n) : std::to_string(n); };
            if (p.bytesDone > 0)
                text += ", " + amount(p.bytesDone) + (p.bytesTotal > 0 ? " of " + amount(p.bytesTotal) : "")
                        + (p.unit == "bytes" ? "" : ' ' + p.unit);
            if (p.secondsLeft)
                text += ", " + spanText(std::chrono::seconds{*p.secondsLeft}) + " left";
        } else {
            text = toString(run.state);
        }
        const auto now = Clock::now();
        if (m_terminal) {
            if (text != m_last)
                std::fprintf(stderr, "\r\033[K%s", text.c_str());
        } else if (text != m_last && now - m_at > 10s) {
            std::fprintf(stderr, "%s\n", text.c_str());
            m_at = now;
        }
        m_last = text;
        std::fflush(stderr);
    }
    ~ProgressLine()
    {
        if (m_terminal && !m_last.empty())
            std::fprintf(stderr, "\r\033[K");
    }

private:
    bool m_terminal = isatty(STDERR_FILENO);
    std::string m_last;
    Clock::time_point m_at{};
};

Result<std::map<Uuid, std::int64_t>> tokensFor(Context &context, const std::vector<Uuid> &hosts)
{
    const auto view = workflow::loadMembers(context.session());
    if (!view)
        return fail(view.error());
    std::map<Uuid, std::int64_t> tokens;
    for (const Uuid &host : hosts) {
        tokens[host] = 0; // no lease was ever taken: the lowest there is
        for (const auto &lease : view->leases) {
            if (lease.hostId == host)
                tokens[host] = lease.token;
        }
    }
    return tokens;
}

/// One run executed by this process, to its end.
class Execution
{
public:
    Execution(Context &context, const Uuid &run)
        : m_context(context), m_run(run), m_mailbox(std::make_shared<workflow::Mailbox>()),
          m_engine(context.session(), context.pool(), m_mailbox, {executorName(context), run, {}, {}})
    {
    }
    ~Execution() { m_mailbox->close(); }

    Result<void> begin(const RunDetail &detail)
    {
        auto fleet = m_context.fleet();
        if (!fleet)
            return fail(fleet.error());
        const auto status = store::status(m_context.session());
        if (!status)
            return fail(status.error());
        for (const Step &step : detail.steps)
            m_hosts.push_back(step.hostId);
        m_hosts.push_back(detail.run.hostId);
        std::vector<remote::HostAddress> addresses;
        for (const Host &host : fleet->hosts) {
            if (std::find(m_hosts.begin(), m_hosts.end(), host.id) != m_hosts.end())
                addresses.push_back(remote::addressOf(host));
        }
        m_context.pool().setHosts(std::move(addresses));
        m_engine.setEpoch(status->storeEpoch);
        m_engine.setFleet(std::make_shared<const Fleet>(std::move(*fleet)));
        return {};
    }
    /// A second or less of work.
    Result<void> round()
    {
        const auto wall = Clock::now();
        if (wall - m_tokensAt > 2s) {
            const auto tokens = tokensFor(m_context, m_hosts);
            if (!tokens)
                return fail(tokens.error());
            m_engine.setHosts(*tokens, true);
            m_tokensAt = wall;
        }
        if (const auto done = m_engine.reload(); !done)
            return done;
        const auto now = m_context.session().now();
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
    Context &m_context;
    Uuid m_run;
    std::shared_ptr<workflow::Mailbox> m_mailbox;
    workflow::Engine m_engine;
    std::vector<Uuid> m_hosts;
    Clock::time_point m_tokensAt{};
};

} // namespace

Result<bool> headlessAlive(Context &context)
{
    const auto view = workflow::loadMembers(context.session());
    if (!view)
        return fail(view.error());
    return std::any_of(view->members.begin(), view->members.end(), [&](const auto &m) { return view->alive(m.id); });
}

std::string executorName(const Context &context)
{
    char host[128] = "";
    gethostname(host, sizeof host - 1);
    std::string name = context.settings().person + "@" + host;
    name.resize(std::min<std::size_t>(name.size(), 80));
    return name + ":" + std::to_string(getpid());
}

Result<RunDetail> beginRun(Context &context, RunDetail detail, bool byPerson)
{
    const auto now = context.session().now();
    if (!now)
        return fail(now.error());
    detail.run.occurrence = detail.run.due = detail.run.createdAt = *now;
    bool here = byPerson;
    if (!here) {
        const auto alive = headlessAlive(context);
        if (!alive)
            return fail(alive.error());
        here = !*alive;
        if (here)
            warnLine("No headless instance is alive, so this program executes the run itself with your key.");
    }
    if (here)
        detail.run.executor = executorName(context);
    const auto created = workflow::createRun(context.session(), detail);
    if (!created)
        return fail(created.error());
    return detail;
}

Result<RunDetail> followRun(Context &context, const Uuid &id, bool adopt)
{
    std::unique_ptr<Execution> execution;
    ProgressLine progress;
    Clock::time_point endedAt = Clock::time_point::max();
    Clock::time_point storeAway = Clock::time_point::max();
    for (;;) {
        auto detail = workflow::loadRun(context.session(), id);
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
            progress.show(run);
            if (!execution && (adopt || run.executor == executorName(context))) {
                execution = std::make_unique<Execution>(context, id);
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
}

Result<void> sampleHost(Context &context, const Host &host)
{
    context.pool().setHosts({remote::addressOf(host)});
    fleet::HostSample sample;
    sample.hostId = host.id;
    sample.state = "ok";
    std::optional<Error> failed;
    const auto facts = context.pool().callAndWait(host.id, "fleet.facts", Json::object(), 15s);
    if (facts) {
        if (auto decoded = decode<wire::HostFacts>(*facts))
            sample.facts = std::move(*decoded);
        else
            failed = decoded.error();
        const auto instances = context.pool().callAndWait(host.id, "fleet.instances", Json::object(), 15s);
        if (instances) {
            if (auto decoded = decode<std::vector<wire::InstanceState>>(instances->value("instances", Json())))
                sample.instances = std::move(*decoded);
            else
                failed = decoded.error();
        } else {
            failed = instances.error();
        }
    } else {
        failed = facts.error();
        sample.state = workflow::hostStateOf(*failed);
    }
    sample.error = failed;
    const auto tokens = tokensFor(context, {host.id});
    if (!tokens)
        return fail(tokens.error());
    sample.fence = tokens->at(host.id);
    if (const auto stored = fleet::storeSamples(context.session(), {sample}); !stored)
        return stored;
    return failed ? Result<void>(fail(*failed)) : Result<void>{};
}

Result<Instance> findInstance(Context &context, const std::string &path)
{
    const auto slash = path.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == path.size())
        return fail(usageError("an instance is named HOST/INSTANCE, for example db1/my3306"));
    for (int round = 0; round < 16; ++round) {
        const auto fleet = context.fleet();
        if (!fleet)
            return fail(fleet.error());
        if (const InstanceRecord *record = fleet->instanceByPath(path))
            return record->instance;
        const Host *host = fleet->hostByName(path.substr(0, slash));
        if (!host)
            return fail(errors::notFound, {{"what", "host"}, {"name", path.substr(0, slash)}});
        const auto state = fleet->hostStates.find(host->id);
        const bool known = state != fleet->hostStates.end() && state->second.seenAt;
        if (known || round == 15)
            break;
        const auto alive = headlessAlive(context);
        if (!alive)
            return fail(alive.error());
        if (!*alive) {
            if (const auto sampled = sampleHost(context, *host); !sampled)
                return fail(sampled.error());
            continue;
        }
        // a headless instance is about to sample it for the first time
        std::this_thread::sleep_for(1s);
    }
    return fail(errors::notFound, {{"what", "instance"}, {"name", path}});
}

Result<Uuid> findRunId(Context &context, const std::string &text)
{
    if (const auto id = Uuid::parse(text))
        return *id;
    if (text.size() < 4)
        return fail(usageError("a run is named by its id or by at least 4 characters of its end or beginning"));
    workflow::RunFilter filter;
    filter.limit = 1000;
    const auto runs = workflow::listRuns(context.session(), filter);
    if (!runs)
        return fail(runs.error());
    std::set<Uuid> found;
    for (const Run &run : *runs) {
        const std::string id = run.id.toString();
        if (id.rfind(text, 0) == 0 || (id.size() > text.size() && id.compare(id.size() - text.size(), text.size(), text) == 0))
            found.insert(run.id);
    }
    if (found.size() > 1)
        return fail(usageError("\"" + text + "\" is the id of several runs; give more of it"));
    if (found.empty())
        return fail(errors::notFound, {{"what", "run"}, {"name", text}});
    return *found.begin();
}

} // namespace zandb::cli
