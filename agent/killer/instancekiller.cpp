// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/instancekiller.h"

#include "agent/fleet/grants.h"
#include "agent/killer/statementdigest.h"
#include "agent/protocol/errors.h"

#include <algorithm>
#include <cmath>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t maxText = 4096; ///< of a recorded statement
constexpr auto longestWait = 60s;
/// Two instants of one statement's start that were computed from rounded durations.
constexpr auto sameStart = 1500ms;

std::string cutText(std::string text)
{
    if (text.size() <= maxText)
        return text;
    text.resize(maxText);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80)
        text.pop_back(); // no half characters
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xc0)
        text.pop_back();
    return text;
}

wire::KillRecord recordOf(const RunningStatement &running, const StatementDigest &digest, const wire::KillPolicy &policy, std::int64_t revision)
{
    wire::KillRecord record;
    record.id = Uuid::v7();
    record.at = systemNow();
    record.policy = policy.name;
    record.revision = revision;
    record.action = policy.action;
    record.statement = cutText(digest.fingerprint);
    record.checksum = digest.checksum;
    record.user = running.user;
    record.host = running.host;
    record.schema = running.schema;
    record.command = running.command;
    record.state = running.state;
    record.connection = static_cast<std::int64_t>(running.connection);
    record.startedAt = running.startedAt;
    record.seconds = running.seconds;
    record.rowsExamined = running.rowsExamined;
    record.rowsSent = running.rowsSent;
    record.rowsModified = running.rowsModified;
    return record;
}

bool isSame(const RunningStatement &before, const RunningStatement &now)
{
    const auto apart = std::chrono::abs(before.startedAt - now.startedAt);
    return before.statement == now.statement && before.user == now.user && before.host == now.host
        && (before.statement != 0 || apart <= sameStart) && digestOf(before.text).checksum == digestOf(now.text).checksum;
}

} // namespace

InstanceKiller::InstanceKiller(const Config &config, LocalInstance instance) : m_config(config), m_instance(std::move(instance)) { }

std::chrono::milliseconds InstanceKiller::paceOf(const std::vector<wire::HeldPolicy> &policies)
{
    double shortest = 20;
    for (const auto &held : policies)
        shortest = std::min(shortest, held.policy.longerThanSeconds);
    return std::chrono::milliseconds{std::clamp<std::int64_t>(std::llround(shortest * 250), 500, 5'000)};
}

std::vector<std::string> InstanceKiller::ownAccounts(bool mariaDb) const
{
    std::vector<std::string> accounts;
    for (const Account use : {Account::Watch, Account::Backup, Account::Explain, Account::Maint})
        accounts.push_back(accountName(m_config, use, mariaDb));
    // the helper's tools log in as the servers' own users
    accounts.insert(accounts.end(), m_config.serverUsers.begin(), m_config.serverUsers.end());
    return accounts;
}

Result<SqlClient *> InstanceKiller::client()
{
    if (m_client)
        return m_client.get();
    auto made = connectTo(m_config, m_instance, Account::Maint, 2s, 5s);
    if (!made)
        return fail(made.error());
    // looking never waits for anybody, and ends itself before it is given up
    const auto limits = (*made)->query((*made)->isMariaDb() ? "SET SESSION wait_timeout=3600, lock_wait_timeout=2, max_statement_time=4"
                                                            : "SET SESSION wait_timeout=3600, lock_wait_timeout=2, max_execution_time=4000");
    if (!limits && limits.error().is(errors::instanceDown))
        return fail(limits.error());
    const auto grants = Grants::read(**made);
    if (!grants)
        return fail(grants.error());
    if (!grants->has("PROCESS")) { // a server shows no others then and says nothing of it
        const std::string &role = roleName(m_config, Account::Maint);
        return fail(errors::notPermitted, {{"instance", m_instance.name},
                                           {"account", role},
                                           {"right", "PROCESS"},
                                           {"remedy", "GRANT PROCESS ON *.* TO `" + role + ((*made)->isMariaDb() ? "`;" : "`@`localhost`;")}});
    }
    m_client = std::move(*made);
    m_list.emplace(*m_client);
    return m_client.get();
}

void InstanceKiller::stumbled(const Error &error)
{
    if (error.is(errors::instanceDown) || error.is(errors::instanceAccess) || error.is(errors::notPermitted)) {
        m_list.reset();
        m_client.reset();
    }
    m_wait = std::clamp<std::chrono::seconds>(m_wait * 2, 2s, longestWait);
    m_notBefore = Clock::now() + m_wait;
    m_trouble = error;
}

Result<std::vector<ProcessList::Entry>> InstanceKiller::read(double seconds)
{
    const auto connected = client();
    if (!connected)
        return fail(connected.error());
    return m_list->longerThan(seconds);
}

InstanceKiller::Known &InstanceKiller::known(const ProcessList::Entry &entry)
{
    Known &known = m_known[entry.running.connection];
    if (known.firstSeen == Clock::time_point{} || known.statement != entry.running.statement || known.text != entry.running.text)
        known = {entry.running.statement, entry.running.text, Clock::now(), {}, false, false};
    known.seen = true;
    return known;
}

double InstanceKiller::sureSeconds(const ProcessList::Entry &entry, const Known &known) const
{
    // what a session may have set counts no further back than what was seen here
    return entry.timeIsSure ? entry.running.seconds
                            : std::min(entry.running.seconds, std::chrono::duration<double>(Clock::now() - known.firstSeen).count());
}

bool InstanceKiller::mayStill(const wire::KillPolicy &policy)
{
    auto &times = m_lastMinute[policy.name];
    while (!times.empty() && Clock::now() - times.front() >= 60s)
        times.pop_front();
    return static_cast<std::int64_t>(times.size()) < policy.maxPerMinute;
}

Result<void> InstanceKiller::judge(ProcessList::Entry entry, const std::vector<wire::HeldPolicy> &policies, std::int64_t revision, Look &look)
{
    Known &what = known(entry);
    entry.running.seconds = sureSeconds(entry, what);
    const auto own = ownAccounts(m_client->isMariaDb());
    // whether it is worth a closer look: with no word on its transaction yet
    RunningStatement supposed = entry.running;
    supposed.rowsModified = 0;
    std::vector<const wire::HeldPolicy *> fitting;
    for (const wire::HeldPolicy &held : policies) {
        wire::KillPolicy roughly = held.policy;
        roughly.digests.clear();
        roughly.exceptDigests.clear();
        const bool done = held.dryRunWhy.empty() ? what.ordered : what.dryRuns.contains(held.policy.name);
        if (!done && matches(roughly, supposed, {}) && mayStill(held.policy))
            fitting.push_back(&held);
    }
    if (fitting.empty() || protectionOf(supposed, own) != Protected::No)
        return {};
    const auto found = m_list->of(entry.running.connection);
    if (!found)
        return fail(found.error());
    if (!*found || (*found)->running.statement != entry.running.statement)
        return {};
    RunningStatement running = (*found)->running;
    if (!(*found)->timeIsSure)
        running.seconds = std::min(running.seconds, entry.running.seconds);
    if (protectionOf(running, own) != Protected::No)
        return {};
    const StatementDigest digest = digestOf(running.text);
    for (const wire::HeldPolicy *held : fitting) {
        const bool kills = held->dryRunWhy.empty();
        if ((kills && what.ordered) || !matches(held->policy, running, digest.checksum))
            continue;
        m_lastMinute[held->policy.name].push_back(Clock::now());
        wire::KillRecord record = recordOf(running, digest, held->policy, revision);
        record.outcome = kills ? "ordered" : "dry_run";
        record.detail = held->dryRunWhy;
        if (kills) {
            what.ordered = true;
            look.orders.push_back({std::move(record), running, held->policy});
        } else {
            what.dryRuns.insert(held->policy.name);
            look.dryRuns.push_back(std::move(record));
        }
    }
    return {};
}

InstanceKiller::Look InstanceKiller::look(const std::vector<wire::HeldPolicy> &policies, std::int64_t revision)
{
    Look look;
    if (policies.empty())
        return look;
    if (Clock::now() < m_notBefore) {
        look.trouble = m_trouble;
        return look;
    }
    double shortest = policies.front().policy.longerThanSeconds;
    for (const auto &held : policies)
        shortest = std::min(shortest, held.policy.longerThanSeconds);
    // where times are not sure a statement has to be seen before its time is up
    const auto entries = read(shortest / 2);
    Result<void> done = entries ? Result<void>() : Result<void>(fail(entries.error()));
    for (auto &[connection, known] : m_known)
        known.seen = false;
    for (const auto &entry : entries ? *entries : std::vector<ProcessList::Entry>{}) {
        look.running += 1;
        if (done)
            done = judge(entry, policies, revision, look);
        else
            known(entry);
    }
    if (entries)
        std::erase_if(m_known, [](const auto &item) { return !item.second.seen; });
    if (done) {
        m_wait = 0s;
        m_trouble.reset();
    } else {
        stumbled(done.error());
        look.trouble = done.error();
    }
    return look;
}

wire::KillRecord InstanceKiller::carryOut(const Order &order)
{
    wire::KillRecord record = order.record;
    const auto ended = [&](std::string outcome, std::string detail = {}) {
        record.outcome = std::move(outcome);
        record.detail = std::move(detail);
        return record;
    };
    const auto connected = client();
    if (!connected)
        return ended("failed", connected.error().code);
    const auto now = m_list->of(order.running.connection);
    if (!now) {
        stumbled(now.error());
        return ended("failed", now.error().code);
    }
    if (!*now || !isSame(order.running, (*now)->running))
        return ended("gone");
    const RunningStatement &running = (*now)->running;
    if (const auto reason = protectionOf(running, ownAccounts(m_client->isMariaDb())); reason != Protected::No)
        return ended("spared", std::string(toString(reason)));
    if (*running.rowsModified > order.policy.maxModifiedRows)
        return ended("spared", "modified_rows");
    record.at = systemNow();
    record.seconds = std::max(record.seconds, (*now)->timeIsSure ? running.seconds : 0);
    record.rowsExamined = running.rowsExamined;
    record.rowsSent = running.rowsSent;
    record.rowsModified = running.rowsModified;
    const auto killed = m_list->kill(running, order.policy.action == "connection");
    if (!killed) {
        if (killed.error().is(errors::instanceDown))
            stumbled(killed.error());
        return ended("failed", killed.error().code);
    }
    return *killed ? ended("killed") : ended("gone");
}

void InstanceKiller::forget(const Order &order)
{
    const auto found = m_known.find(order.running.connection);
    if (found != m_known.end() && found->second.statement == order.running.statement)
        found->second.ordered = false;
    auto &times = m_lastMinute[order.policy.name];
    if (!times.empty())
        times.pop_back();
}

} // namespace zandb::agent
