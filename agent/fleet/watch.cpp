// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/watch.h"

#include "agent/fleet/grants.h"
#include "agent/fleet/ownsessions.h"
#include "agent/fleet/replication.h"
#include "agent/fleet/sizes.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace zandb::agent {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr seconds connectTimeout{2};
constexpr seconds readTimeout{5};
constexpr seconds longestWait{60};
constexpr auto slowAnswer = std::chrono::milliseconds{1000};
// a hundredth of a core at most goes into measuring sizes
constexpr int sizesShare = 100;

std::int64_t toNumber(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

/// read_only is a number, or a word since MariaDB 12.
std::optional<bool> toSwitch(const std::optional<std::string> &text)
{
    if (!text)
        return std::nullopt;
    return !(*text == "0" || *text == "OFF" || text->empty());
}

} // namespace

struct InstanceWatch::Private
{
    /// One instance with its connection and what need not be asked each time.
    struct Watched
    {
        LocalInstance local;
        wire::InstanceState last;
        std::optional<Figures> figures; ///< of the last sample
        std::unique_ptr<SqlClient> client;
        std::optional<bool> mariaDb; ///< as last seen
        bool hasProcess = false;     ///< of this session
        std::int64_t uptimeAtConnect = 0;
        Clock::time_point connectedAt{};
        Clock::time_point sizesDue{};
        InstanceSizes sizes;
        Clock::time_point notBefore{}; ///< an instance that hangs or refuses is left alone until then
        seconds wait{0};
    };

    Config config;
    seconds sizesEvery;
    std::map<std::string, Watched> watched;

    Result<void> connect(Watched &w);
    Result<void> ask(Watched &w, wire::InstanceState &state);
    Result<void> askSizes(Watched &w);
    void sample(Watched &w);
    void refresh();
};

Result<void> InstanceWatch::Private::connect(Watched &w)
{
    Result<std::unique_ptr<SqlClient>> client;
    // the flavour seen last time is tried first, so that a known server is not greeted in vain
    const bool known = w.mariaDb.has_value();
    if (known)
        client = SqlClient::connect(w.local.name, w.local.socket, accountName(config, Account::Watch, *w.mariaDb), connectTimeout, readTimeout);
    if (!known || (!client && client.error().is(errors::instanceAccess))) {
        const auto greeting = greet(w.local, connectTimeout);
        if (!greeting)
            return fail(greeting.error());
        const bool changed = w.mariaDb != greeting->isMariaDb();
        w.mariaDb = greeting->isMariaDb();
        w.last.flavour = *w.mariaDb ? "mariadb" : "mysql";
        w.last.version = greeting->version;
        if (changed)
            client = SqlClient::connect(w.local.name, w.local.socket, accountName(config, Account::Watch, *w.mariaDb), connectTimeout, readTimeout);
    }
    if (!client)
        return fail(std::move(client.error()));

    SqlClient &link = **client;
    w.mariaDb = link.isMariaDb();
    w.last.flavour = *w.mariaDb ? "mariadb" : "mysql";
    w.last.version = link.version();
    if (const auto role = takeRole(link, config, w.local.name, Account::Watch); !role)
        return fail(role.error());
    // watching never waits for anybody's lock, and ends itself before we give up on it
    if (const auto marked = link.query("USE " + std::string(ownSchema)); !marked && marked.error().is(errors::instanceDown))
        return fail(marked.error());
    const auto limits = link.query(link.isMariaDb() ? "SET SESSION wait_timeout=3600, lock_wait_timeout=2, max_statement_time=4"
                                                    : "SET SESSION wait_timeout=3600, lock_wait_timeout=2, max_execution_time=4000");
    if (!limits && limits.error().is(errors::instanceDown))
        return fail(limits.error());
    const auto grants = Grants::read(link);
    if (!grants)
        return fail(grants.error());
    w.hasProcess = grants->has("PROCESS");
    const auto uptime = link.query("SHOW GLOBAL STATUS LIKE 'Uptime'");
    if (!uptime)
        return fail(uptime.error());
    w.uptimeAtConnect = toNumber(uptime->value(0, uptime->columns.size() > 1 ? uptime->columns[1] : "Value"));
    w.connectedAt = Clock::now();
    w.sizesDue = w.connectedAt;
    w.client = std::move(*client);
    return {};
}

Result<void> InstanceWatch::Private::ask(Watched &w, wire::InstanceState &state)
{
    SqlClient &client = *w.client;
    state.state = "up";
    state.flavour = w.last.flavour;
    state.version = w.last.version;
    const auto variables = client.query(client.isMariaDb()
        ? "SELECT @@global.read_only ro, @@global.server_id id, @@global.port port, @@global.datadir datadir"
        : "SELECT @@global.read_only ro, @@global.super_read_only sro, @@global.server_id id, @@global.server_uuid uuid, "
          "@@global.port port, @@global.datadir datadir");
    if (!variables)
        return fail(variables.error());
    state.readOnly = toSwitch(variables->value(0, "ro"));
    state.superReadOnly = toSwitch(variables->value(0, "sro"));
    state.serverId = toNumber(variables->value(0, "id"));
    state.serverUuid = variables->value(0, "uuid").value_or("");
    // a server without networking may say 0; the layout's number is then its name
    if (const auto port = toNumber(variables->value(0, "port")); port > 0)
        state.port = static_cast<int>(port);
    if (auto directory = variables->value(0, "datadir"); directory && !directory->empty()) {
        while (directory->size() > 1 && directory->ends_with('/'))
            directory->pop_back();
        state.dataDirectory = *directory;
    }
    state.uptimeSeconds = w.uptimeAtConnect + std::chrono::duration_cast<seconds>(Clock::now() - w.connectedAt).count();

    auto sources = replicationStates(client);
    if (!sources && sources.error().is(errors::instanceDown))
        return fail(std::move(sources.error()));
    if (!sources && sources.error().is(errors::notPermitted))
        state.notPermitted.emplace_back("replication");
    if (sources)
        state.replication = std::move(*sources);

    // without PROCESS a server shows no other threads and says nothing of it
    bool knowsReplicas = w.hasProcess;
    if (!w.hasProcess) {
        state.notPermitted.emplace_back("replicas");
    } else {
        const auto count = connectedReplicas(client);
        if (!count && count.error().is(errors::instanceDown))
            return fail(count.error());
        knowsReplicas = count.has_value();
        state.replicaCount = count.value_or(0);
    }
    if (!state.replication.empty())
        state.role = "replica";
    else if (state.replicaCount > 0 && sources)
        state.role = "primary";
    else if (sources && knowsReplicas)
        state.role = "single";

    if (Clock::now() >= w.sizesDue) {
        if (auto done = askSizes(w); !done)
            return done;
    }
    state.dataBytes = w.sizes.dataBytes;
    state.logBytes = w.sizes.logBytes;
    state.notPermitted.insert(state.notPermitted.end(), w.sizes.notPermitted.begin(), w.sizes.notPermitted.end());

    auto figures = askFigures(client, state);
    if (!figures && figures.error().is(errors::instanceDown))
        return fail(std::move(figures.error()));
    if (figures)
        w.figures = std::move(*figures);
    return {};
}

Result<void> InstanceWatch::Private::askSizes(Watched &w)
{
    const auto begin = Clock::now();
    auto sizes = measureSizes(*w.client, w.local);
    const auto end = Clock::now();
    if (!sizes && sizes.error().is(errors::instanceDown))
        return fail(std::move(sizes.error()));
    if (sizes)
        w.sizes = std::move(*sizes);
    w.sizesDue = end + std::max<Clock::duration>(sizesEvery, (end - begin) * sizesShare);
    return {};
}

void InstanceWatch::Private::sample(Watched &w)
{
    const auto begin = Clock::now();
    w.figures.reset();
    if (!w.client && begin < w.notBefore)
        return;
    wire::InstanceState state;
    Result<void> done;
    // a server that was restarted since has closed our connection: that alone does not make it down
    for (int attempt = w.client ? 0 : 1; attempt < 2; ++attempt) {
        state = {};
        state.name = w.local.name;
        state.port = w.local.port;
        state.socket = w.local.socket.string();
        state.dataDirectory = w.local.dataDirectory.string();
        done = w.client ? Result<void>{} : connect(w);
        if (done)
            done = ask(w, state);
        if (done)
            break;
        w.client.reset();
        if (Clock::now() - begin > slowAnswer)
            break;
    }
    if (done) {
        w.wait = seconds{0};
    } else {
        state.flavour = w.last.flavour;
        state.version = w.last.version;
        state.replication.clear();
        state.notPermitted.clear();
        state.readOnly.reset();
        state.superReadOnly.reset();
        state.role.clear();
        state.serverId = w.last.serverId;
        state.serverUuid = w.last.serverUuid;
        state.uptimeSeconds = 0;
        state.replicaCount = 0;
        const bool refused = done.error().is(errors::instanceAccess);
        state.state = refused ? "refused" : "down";
        // failed logins fill the server's log, and a hanging server holds up the others
        if (refused || Clock::now() - begin > slowAnswer) {
            w.wait = std::clamp(w.wait * 2, seconds{5}, longestWait);
            w.notBefore = Clock::now() + w.wait;
        }
        state.error = std::move(done.error());
    }
    state.sampledAt = systemNow();
    w.last = std::move(state);
    // a session keeps the rights it began with: what was granted since is seen by a new one
    if (w.client && !w.last.notPermitted.empty() && Clock::now() - w.connectedAt > sizesEvery)
        w.client.reset();
}

void InstanceWatch::Private::refresh()
{
    std::map<std::string, Watched> now;
    for (LocalInstance &local : findInstances(config)) {
        const auto old = watched.find(local.name);
        const bool same = old != watched.end() && old->second.local.socket == local.socket;
        Watched &w = now[local.name];
        if (same)
            w = std::move(old->second);
        w.local = std::move(local);
    }
    watched = std::move(now);
}

InstanceWatch::InstanceWatch(Config config, seconds sizesEvery) : d(std::make_unique<Private>())
{
    d->config = std::move(config);
    d->sizesEvery = sizesEvery;
}

InstanceWatch::~InstanceWatch() = default;

std::vector<wire::InstanceState> InstanceWatch::sample(std::stop_token stop)
{
    d->refresh();
    std::vector<wire::InstanceState> states;
    for (auto &[name, w] : d->watched) {
        if (!stop.stop_requested())
            d->sample(w);
        if (!w.last.name.empty())
            states.push_back(w.last);
    }
    return states;
}

std::vector<std::pair<std::string, Figures>> InstanceWatch::figures() const
{
    std::vector<std::pair<std::string, Figures>> all;
    for (const auto &[name, w] : d->watched) {
        if (w.figures && w.last.state == "up")
            all.emplace_back(name, *w.figures);
    }
    return all;
}

} // namespace zandb::agent
