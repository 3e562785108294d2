// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/replicate.h"

#include "agent/fleet/grants.h"
#include "agent/fleet/instances.h"
#include "agent/fleet/replication.h"
#include "agent/protocol/provisionerrors.h"
#include "agent/provision/check.h"
#include "agent/provision/secret.h"

#include <algorithm>
#include <thread>

namespace zandb::agent {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

bool isPlain(std::string_view text, std::string_view more)
{
    return !text.empty() && text.size() <= 255 && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || more.find(c) != more.npos;
    });
}

/// Names of accounts and addresses come from the store.
Result<wire::ProvisionSource> sourceOf(const wire::ProvisionArgs &args)
{
    if (!args.source)
        return fail(errors::orderArgs, {{"detail", "no source"}});
    const wire::ProvisionSource &source = *args.source;
    if (!isPlain(source.account, "_") || source.account.size() > 32 || !isPlain(source.from, ".:-_%") || !isPlain(source.address, ".:-_") || source.port <= 0 || source.port > 65535)
        return fail(errors::orderArgs, {{"detail", "source"}});
    return source;
}

std::string accountOf(const wire::ProvisionSource &source)
{
    return '`' + source.account + "`@`" + source.from + '`';
}

tl::unexpected<Error> failedTo(const wire::ProvisionArgs &args, std::string detail)
{
    return fail(errors::provisionFailed, {{"instance", args.instance}, {"step", "replicate"}, {"detail", std::move(detail)}});
}

/// No statement with a secret may stand in the slow log, whatever that says.
Result<void> beQuiet(SqlClient &client)
{
    const auto done = client.query(client.isMariaDb() ? "SET SESSION slow_query_log = 0" : "SET SESSION long_query_time = 31536000");
    return done ? Result<void>() : Result<void>(fail(done.error()));
}

Result<std::unique_ptr<SqlClient>> connectToSource(const Config &config, const wire::ProvisionSource &source)
{
    const auto instance = findInstance(config, source.instance);
    if (!instance)
        return fail(instance.error());
    return connectTo(config, *instance, Account::Maint);
}

class Replicating
{
public:
    Replicating(WorkContext &context, const wire::ProvisionArgs &args, wire::ProvisionSource source, std::string position, SqlClient &client)
        : m_context(context), m_args(args), m_source(std::move(source)), m_position(std::move(position)), m_client(client), m_mariaDb(client.isMariaDb())
    {
    }

    Result<bool> isSet()
    {
        const auto states = replicationStates(m_client);
        if (!states)
            return fail(states.error());
        if (states->empty())
            return false;
        const auto same = [&](const wire::ReplicationState &one) { return one.sourceHost == m_source.address && one.sourcePort == m_source.port; };
        // the account is this run's own, so what is set to it was set by this run
        return states->size() == 1 && same(states->front()) && userNow() == m_source.account;
    }

    Result<void> set()
    {
        const auto secret = secretOf(m_context.config(), m_context.order().key.runId.toString());
        if (!secret)
            return fail(secret.error());
        if (auto quiet = beQuiet(m_client); !quiet)
            return quiet;
        std::vector<std::string> statements;
        const std::string where = m_client.quote(m_source.address), port = std::to_string(m_source.port), account = m_client.quote(m_source.account), word = m_client.quote(*secret);
        if (m_mariaDb) {
            statements = {"STOP SLAVE", "RESET SLAVE ALL", "SET GLOBAL gtid_slave_pos = " + m_client.quote(m_position),
                          "CHANGE MASTER TO MASTER_HOST = " + where + ", MASTER_PORT = " + port + ", MASTER_USER = " + account + ", MASTER_PASSWORD = " + word
                              + ", MASTER_USE_GTID = slave_pos, MASTER_CONNECT_RETRY = 10",
                          "START SLAVE"};
        } else {
            const auto held = m_client.value("SELECT GTID_SUBSET(" + m_client.quote(m_position) + ", @@GLOBAL.gtid_executed)");
            const auto own = m_client.value("SELECT @@GLOBAL.gtid_executed");
            if (!held || !own)
                return fail(held ? own.error() : held.error());
            if (*held != "1" && !own->value_or("").empty())
                return failedTo(m_args, "the restored data stand at " + own->value_or("") + " and the backup at " + m_position);
            statements = {"STOP REPLICA", "RESET REPLICA ALL"};
            if (*held != "1")
                statements.push_back("SET GLOBAL gtid_purged = " + m_client.quote(m_position));
            statements.push_back("CHANGE REPLICATION SOURCE TO SOURCE_HOST = " + where + ", SOURCE_PORT = " + port + ", SOURCE_USER = " + account + ", SOURCE_PASSWORD = " + word
                                 + ", SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 1, SOURCE_CONNECT_RETRY = 10");
            statements.push_back("START REPLICA");
        }
        for (const std::string &statement : statements) {
            if (const auto done = m_client.query(statement); !done)
                return fail(done.error());
        }
        m_context.log("replicates " + m_source.address + ":" + port + " from " + (m_position.empty() ? "the beginning" : m_position));
        return {};
    }

    /// Until both threads run and nothing is behind, twice in a row.
    Result<wire::ReplicationState> wait()
    {
        auto goodSince = Clock::time_point::max();
        auto ranLast = Clock::now();
        for (;;) {
            if (m_context.stopToken().stop_requested())
                return fail(errors::cancelled);
            const auto states = replicationStates(m_client);
            if (!states)
                return fail(states.error());
            if (states->empty())
                return failedTo(m_args, "it replicates nothing");
            const wire::ReplicationState &now = states->front();
            const bool runs = now.ioRunning && now.sqlRunning;
            if (runs)
                ranLast = Clock::now();
            // an applier that stopped does not go on by itself; a receiver tries again, for a minute here
            if (!runs && now.errorNumber != 0 && (!now.sqlRunning || Clock::now() - ranLast > 60s))
                return failedTo(m_args, std::to_string(now.errorNumber) + ": " + now.errorText);
            if (!runs && Clock::now() - ranLast > 120s)
                return failedTo(m_args, "it does not run");
            const bool good = runs && now.lagSeconds && *now.lagSeconds == 0;
            if (!good)
                goodSince = Clock::time_point::max();
            else if (goodSince == Clock::time_point::max())
                goodSince = Clock::now();
            else if (Clock::now() - goodSince > 500ms)
                return now;
            wire::Progress progress;
            progress.phase = "replicating";
            progress.secondsLeft = now.lagSeconds;
            progress.at = systemNow();
            m_context.progress(progress);
            std::this_thread::sleep_for(200ms);
        }
    }

private:
    std::string userNow()
    {
        const auto told = m_client.query(m_mariaDb ? "SHOW ALL SLAVES STATUS" : m_client.versionNumber() >= 80022 ? "SHOW REPLICA STATUS" : "SHOW SLAVE STATUS");
        if (!told || told->rows.empty())
            return {};
        const auto user = told->value(0, "Source_User");
        return user ? *user : told->value(0, "Master_User").value_or("");
    }

    WorkContext &m_context;
    const wire::ProvisionArgs &m_args;
    const wire::ProvisionSource m_source;
    const std::string m_position;
    SqlClient &m_client;
    const bool m_mariaDb;
};

} // namespace

Result<std::vector<wire::PreflightCheck>> checkSource(const Config &config, const std::string &name)
{
    const auto instance = findInstance(config, name);
    if (!instance)
        return fail(instance.error());
    std::vector<wire::PreflightCheck> checks;
    const auto add = [&](const char *what, bool ok, std::string detail, std::string remedy) { checks.push_back({what, ok, std::move(detail), ok ? std::string() : std::move(remedy)}); };
    auto client = connectTo(config, *instance, Account::Maint);
    if (!client) {
        add("source.reachable", false, describe(client.error()), "start it, and give the agent its account for statements (HOST.md)");
        return checks;
    }
    SqlClient &sql = **client;
    const auto variable = [&](const char *text) {
        const auto value = sql.value(std::string("SELECT @@GLOBAL.") + text);
        return value ? value->value_or("") : std::string();
    };
    add("source.binlog", variable("log_bin") == "1", variable("log_bin") == "1" ? "it writes binlogs" : "it writes no binlogs", "set log_bin in its my.cnf and restart it");
    if (!sql.isMariaDb())
        add("source.gtid", variable("gtid_mode") == "ON", "gtid_mode is " + variable("gtid_mode"), "set gtid_mode=ON and enforce_gtid_consistency=ON");
    const auto grants = Grants::read(sql);
    const bool may = grants && grants->has("CREATE USER") && grants->has("REPLICATION SLAVE");
    const std::string grantee = sql.isMariaDb() ? roleName(config, Account::Maint) : roleName(config, Account::Maint) + "@localhost";
    add("source.account", may, may ? "the agent may make the replication account" : "the agent may not make accounts there",
        "GRANT CREATE USER, REPLICATION SLAVE ON *.* TO " + grantee + " WITH GRANT OPTION");
    return checks;
}

Result<wire::ProvisionResult> provisionSource(WorkContext &context, const wire::ProvisionArgs &args)
{
    const auto source = sourceOf(args);
    if (!source)
        return fail(source.error());
    if (!isPlain(source->verifier, "*$./"))
        return fail(errors::orderArgs, {{"detail", "verifier"}});
    auto client = connectToSource(context.config(), *source);
    if (!client)
        return fail(client.error());
    SqlClient &sql = **client;
    const std::string account = accountOf(*source), verifier = sql.quote(source->verifier);
    const std::string how = sql.isMariaDb() ? " IDENTIFIED VIA mysql_native_password USING " + verifier : " IDENTIFIED WITH caching_sha2_password AS " + verifier;
    for (const std::string &statement : {"CREATE USER IF NOT EXISTS " + account + how, "ALTER USER " + account + how, "GRANT REPLICATION SLAVE ON *.* TO " + account}) {
        if (const auto done = sql.query(statement); !done)
            return fail(done.error());
    }
    wire::ProvisionResult result;
    result.instance = source->instance;
    result.detail = source->account + '@' + source->from;
    context.log("made the replication account " + result.detail);
    return result;
}

Result<wire::ProvisionResult> provisionSourceUndo(WorkContext &context, const wire::ProvisionArgs &args)
{
    const auto source = sourceOf(args);
    if (!source)
        return fail(source.error());
    auto client = connectToSource(context.config(), *source);
    if (!client)
        return fail(client.error());
    if (const auto gone = (*client)->query("DROP USER IF EXISTS " + accountOf(*source)); !gone)
        return fail(gone.error());
    wire::ProvisionResult result;
    result.instance = source->instance;
    result.detail = "removed " + source->account + '@' + source->from;
    return result;
}

Result<wire::ProvisionResult> provisionReplicate(WorkContext &context, const wire::ProvisionArgs &args)
{
    const std::string run = context.order().key.runId.toString();
    const auto source = sourceOf(args);
    if (!source)
        return fail(source.error());
    const auto instance = findInstance(context.config(), args.instance);
    if (!instance)
        return fail(instance.error());
    const auto mark = readMark(instance->directory);
    if (!mark || mark->run != run)
        return fail(errors::provisionForeign, {{"instance", args.instance}, {"path", instance->directory.string()}});
    auto client = connectTo(context.config(), *instance, Account::Maint);
    if (!client)
        return fail(client.error());
    Replicating replicating(context, args, *source, mark->gtid, **client);
    const auto isSet = replicating.isSet();
    if (!isSet)
        return fail(isSet.error());
    if (!*isSet) {
        if (auto set = replicating.set(); !set)
            return fail(set.error());
    } else {
        const auto again = (*client)->query((*client)->isMariaDb() ? "START SLAVE" : "START REPLICA");
        (void)again; // it runs already
    }
    const auto state = replicating.wait();
    if (!state)
        return fail(state.error());
    context.afterSuccess([config = context.config(), run] { forgetSecret(config, run); });
    wire::ProvisionResult result;
    result.instance = args.instance;
    result.gtid = state->gtid;
    result.repeated = *isSet;
    result.detail = "replicates " + source->address + ":" + std::to_string(source->port);
    context.log(result.detail + ", at " + state->gtid);
    return result;
}

} // namespace zandb::agent
