// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <vector>

/// Statements that run too long and are ended.  What is killed a policy says; an agent holds the policies of its instances on disk and
/// goes on with them while nobody asks.  Methods:
///
/// `killer.set` {"instance","set":KillSet} -> KillerState: by an administrator's key.  Policies that are not in dry run may kill from now on.
/// `killer.offer` the same, by whoever keeps agents up to date: of its policies those kill that an administrator has set on this agent in
///   exactly this form; all others are in dry run ("unconfirmed").
/// `killer.renew` {"revisions":{INSTANCE: revision}} -> {"differ":[INSTANCE]}: puts off the end of validity of those that are held in this
///   revision, and names all others (those that are held and not named, too).
/// `killer.state` {} -> {"instances":[KillerState]}
///
/// Errors: killer.policy (no valid policy), killer.older_revision (a newer one is held), instance.unknown.
///
/// What was killed travels as batches of the source "kills/INSTANCE" (collected.h).  A kill is recorded before it is tried ("ordered") and
/// again with what became of it, under the same id: an agent that dies in between leaves the first.
namespace zandb::wire {

inline constexpr std::string_view killsSourcePrefix = "kills/";
/// For how long policies kill after the last word from outside; then they are in dry run.
inline constexpr std::int64_t killValiditySeconds = 86'400;

/// Which statements are ended.  Lists hold patterns with * and ?; an empty list lets everything through, one that is not empty has to have
/// a match.  What an exception matches is left alone.
struct KillPolicy
{
    std::string name;              ///< 1 to 64 characters, unique in a set
    bool dryRun = true;            ///< only say what would be killed
    std::string action = "query";  ///< "query": the statement; "connection": its connection too
    double longerThanSeconds = 0;  ///< at least 1
    std::vector<std::string> users;
    std::vector<std::string> hosts;
    std::vector<std::string> databases;
    std::vector<std::string> commands; ///< of the process list: Query, Execute, Prepare, Fetch
    std::vector<std::string> states;
    std::vector<std::string> digests;  ///< checksums of fingerprints, 32 hexadecimal digits
    std::vector<std::string> exceptUsers;
    std::vector<std::string> exceptHosts;
    std::vector<std::string> exceptDatabases;
    std::vector<std::string> exceptStates;
    std::vector<std::string> exceptDigests;
    std::int64_t maxPerMinute = 5;        ///< 1 to 600, on one instance
    std::int64_t maxModifiedRows = 1'000; ///< a transaction that changed more rows is left alone: taking them back lasts
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KillPolicy, name, dryRun, action, longerThanSeconds, users, hosts, databases, commands, states, digests,
                                                exceptUsers, exceptHosts, exceptDatabases, exceptStates, exceptDigests, maxPerMinute, maxModifiedRows)
};

inline constexpr std::size_t maxKillPolicies = 50;   ///< of one instance
inline constexpr std::size_t maxKillPatterns = 100;  ///< in one list
inline constexpr std::size_t maxKillPattern = 255;   ///< bytes of one pattern

/// Why this is no valid policy: "name", "action", "longer_than", "max_per_minute", "max_modified_rows", "digest", "command" or "patterns"; empty: it is
/// one.
std::string_view problemOf(const KillPolicy &policy);
/// Of a whole set: that of its first bad policy, "twice" for a name that comes twice, "count".
std::string_view problemOf(const std::vector<KillPolicy> &policies);

/// What policies ask about a statement.
struct KillFacts
{
    std::string_view user;
    std::string_view host; ///< without the port
    std::string_view schema;
    std::string_view command;
    std::string_view state;
    std::string_view checksum; ///< of its fingerprint; empty: not known, which a policy with digests never matches
    double seconds = 0;
    std::optional<std::int64_t> rowsModified; ///< none: not known, which no policy matches
};
/// Whether the policy means this statement: it is long enough, passes all lists and its transaction is small enough.
bool matches(const KillPolicy &policy, const KillFacts &facts);
/// * for any text, ? for one byte.
bool matchesPattern(std::string_view pattern, std::string_view text);

/// All policies of one instance.
struct KillSet
{
    std::int64_t revision = 0; ///< only grows; 0: none was ever set
    std::vector<KillPolicy> policies;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KillSet, revision, policies)
};

/// One policy as an agent applies it.
struct HeldPolicy
{
    KillPolicy policy;
    std::string dryRunWhy; ///< "policy", "unconfirmed", "expired"; empty: it kills
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(HeldPolicy, policy, dryRunWhy)
};

/// What an agent holds for an instance.
struct KillerState
{
    std::string instance;
    std::int64_t revision = 0;
    std::string setBy;       ///< the person whose key set it last; empty: nobody's, it was only offered
    TimePoint validUntil{};
    std::vector<HeldPolicy> policies;
    TimePoint lookedAt{};    ///< when the process list was read last
    std::int64_t running = 0; ///< statements it showed then
    Json error;              ///< why it cannot be read or nothing can be killed; null: no trouble
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KillerState, instance, revision, setBy, validUntil, policies, lookedAt, running, error)
};

/// One statement that was killed, or would have been.
struct KillRecord
{
    Uuid id;
    TimePoint at{};          ///< of the kill
    std::string policy;      ///< its name
    std::int64_t revision = 0;
    std::string action;      ///< "query", "connection"
    /// "dry_run"; "ordered": tried, nothing more is known; "killed"; "gone": it had ended or was another by then; "spared": looked at again
    /// just before, something forbade it (`detail` says what); "failed": the server refused (`detail`).
    std::string outcome;
    std::string detail;      ///< a stable code
    std::string statement;   ///< masked: its fingerprint, at most 4 KiB
    std::string checksum;    ///< of the fingerprint, as in slow-query digests
    std::string user;
    std::string host;
    std::string schema;
    std::string command;
    std::string state;
    std::int64_t connection = 0; ///< its id on the server
    TimePoint startedAt{};
    double seconds = 0;      ///< how long it ran
    std::optional<std::int64_t> rowsExamined; ///< none: the server does not tell
    std::optional<std::int64_t> rowsSent;
    std::optional<std::int64_t> rowsModified; ///< by its transaction
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KillRecord, id, at, policy, revision, action, outcome, detail, statement, checksum, user, host, schema,
                                                command, state, connection, startedAt, seconds, rowsExamined, rowsSent, rowsModified)
};

/// The payload of a source "kills/INSTANCE".
struct KillBatch
{
    std::string instance;
    std::vector<KillRecord> records;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(KillBatch, instance, records)
};

} // namespace zandb::wire
