// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/killer/policyrepository.h"

#include "agent/protocol/killererrors.h"
#include "app/platform/errors.h"
#include "app/store/audit.h"
#include "app/store/sqltext.h"

#include <QCryptographicHash>

#include <algorithm>
#include <set>

namespace zandb::killer {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

std::string sha256(const std::string &text)
{
    return QCryptographicHash::hash(QByteArray::fromStdString(text), QCryptographicHash::Sha256).toHex().toStdString();
}

Result<std::optional<std::int64_t>> revisionOf(Session &session, const Uuid &scope, const std::string &name)
{
    const auto rows = session.query("SELECT revision FROM kill_policy WHERE scope_id = ? AND name = ? FOR UPDATE", {value(scope), value(name)});
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? std::optional<std::int64_t>() : rows->front().integer(0);
}

/// The newest there ever was: one that was removed and set again goes on counting.
Result<std::int64_t> lastRevision(Session &session, const Uuid &scope, const std::string &name)
{
    const auto rows = session.query("SELECT COALESCE(MAX(revision), 0) FROM kill_policy_revision WHERE scope_id = ? AND name = ?", {value(scope), value(name)});
    if (!rows)
        return fail(rows.error());
    return rows->front().integer(0);
}

Result<void> writeRevision(Session &session, const Uuid &scope, const std::string &name, std::int64_t revision, bool removed, const Value &definition)
{
    const auto kept = session.execute("INSERT INTO kill_policy_revision (scope_id, name, revision, removed, definition, editor, edited_us) VALUES (?,?,?,?,?,?,"
                                          + std::string(store::nowUs) + ')',
                                      {value(scope), value(name), value(revision), value(removed ? 1 : 0), definition, value(session.settings().person)});
    return kept ? Result<void>() : fail(kept.error());
}

Result<void> checkKnown(const std::optional<std::int64_t> &there, std::optional<std::int64_t> known, const std::string &name)
{
    if (known && there.value_or(0) != *known)
        return fail(errors::storeConflict, {{"what", name}});
    return {};
}

Result<void> checkPlace(Session &session, KillScope kind, const Uuid &scope)
{
    if (kind == KillScope::Fleet)
        return {};
    const bool group = kind == KillScope::Group;
    const auto rows = session.query(group ? "SELECT 1 FROM fleet_group WHERE id = ?" : "SELECT 1 FROM instance WHERE id = ?", {value(scope)});
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? Result<void>(fail(errors::notFound, {{"what", group ? "group" : "instance"}, {"name", scope.toString()}})) : Result<void>();
}

Result<std::int64_t> newRevision(Session &session, const Uuid &instance, const std::string &digest, bool always)
{
    std::int64_t revision = 0;
    const auto changed = session.transaction([&]() -> Result<void> {
        const std::string now(store::nowUs);
        const auto made = session.execute(
            "INSERT INTO kill_set (instance_id, revision, sha256, changed_us) VALUES (?," + now + ",?," + now
                + ") ON DUPLICATE KEY UPDATE revision = IF(" + (always ? "0 = 1" : "sha256 = VALUES(sha256)") + ", revision, GREATEST(revision + 1, VALUES(revision))), "
                  "changed_us = VALUES(changed_us), sha256 = VALUES(sha256)",
            {value(instance), value(digest)});
        if (!made)
            return fail(made.error());
        const auto rows = session.query("SELECT revision FROM kill_set WHERE instance_id = ?", {value(instance)});
        if (!rows)
            return fail(rows.error());
        revision = rows->empty() ? 0 : rows->front().integer(0);
        return {};
    });
    return changed ? Result<std::int64_t>(revision) : Result<std::int64_t>(fail(changed.error()));
}

} // namespace

Result<std::vector<KillPolicyRow>> loadPolicies(Session &session)
{
    const auto rows = session.query("SELECT scope_id, name, scope_kind, definition, revision, editor, edited_us FROM kill_policy ORDER BY scope_id, name");
    if (!rows)
        return fail(rows.error());
    std::vector<KillPolicyRow> policies;
    for (const Row &row : *rows) {
        KillPolicyRow policy;
        policy.scope = row.uuid(0);
        policy.name = row.text(1);
        policy.kind = static_cast<KillScope>(std::clamp<std::int64_t>(row.integer(2), 0, 2));
        if (const auto read = row.isNull(3) ? Result<wire::KillPolicy>(fail(errors::notFound)) : decode<wire::KillPolicy>(row.json(3)); read) {
            policy.policy = *read;
            policy.policy->name = policy.name;
        }
        policy.revision = row.integer(4);
        policy.editor = row.text(5);
        policy.editedAt = row.time(6);
        policies.push_back(std::move(policy));
    }
    return policies;
}

Result<void> setPolicy(Session &session, KillScope kind, const Uuid &scope, const std::string &name, const std::optional<wire::KillPolicy> &policy,
                       std::optional<std::int64_t> known)
{
    wire::KillPolicy checked;
    checked.longerThanSeconds = 1;
    if (policy)
        checked = *policy;
    checked.name = name;
    if (const auto problem = wire::problemOf(checked); !problem.empty())
        return fail(errors::killerPolicy, {{"detail", std::string(problem)}});
    return session.transaction([&]() -> Result<void> {
        // the feed's row first: who edits policies takes turns
        if (auto raised = store::raiseFeed(session, "killer"); !raised)
            return raised;
        if (auto there = checkPlace(session, kind, scope); !there)
            return there;
        const auto before = revisionOf(session, scope, name);
        if (!before)
            return fail(before.error());
        if (auto right = checkKnown(*before, known, name); !right)
            return right;
        const auto last = lastRevision(session, scope, name);
        if (!last)
            return fail(last.error());
        const Value definition = policy ? value(Json(checked)) : Value(nullptr);
        const auto done = session.execute(
            "INSERT INTO kill_policy (scope_id, name, scope_kind, definition, revision, editor, edited_us) VALUES (?,?,?,?,?,?," + std::string(store::nowUs)
                + ") ON DUPLICATE KEY UPDATE scope_kind = VALUES(scope_kind), definition = VALUES(definition), revision = VALUES(revision), "
                  "editor = VALUES(editor), edited_us = VALUES(edited_us)",
            {value(scope), value(name), value(static_cast<int>(kind)), definition, value(*last + 1), value(session.settings().person)});
        if (!done)
            return fail(done.error());
        if (auto kept = writeRevision(session, scope, name, *last + 1, false, definition); !kept)
            return kept;
        return store::audit(session, "killer.policy.set", name, {{"scope", scope}, {"revision", *last + 1}, {"policy", policy ? Json(checked) : Json()}});
    });
}

Result<void> removePolicy(Session &session, const Uuid &scope, const std::string &name, std::optional<std::int64_t> known)
{
    return session.transaction([&]() -> Result<void> {
        if (auto raised = store::raiseFeed(session, "killer"); !raised)
            return raised;
        const auto before = revisionOf(session, scope, name);
        if (!before)
            return fail(before.error());
        if (!*before)
            return fail(errors::notFound, {{"what", "policy"}, {"name", name}});
        if (auto right = checkKnown(*before, known, name); !right)
            return right;
        const auto done = session.execute("DELETE FROM kill_policy WHERE scope_id = ? AND name = ?", {value(scope), value(name)});
        if (!done)
            return fail(done.error());
        if (auto kept = writeRevision(session, scope, name, **before + 1, true, Value(nullptr)); !kept)
            return kept;
        return store::audit(session, "killer.policy.remove", name, {{"scope", scope}});
    });
}

Result<std::map<Uuid, wire::KillSet>> killSets(Session &session, const Fleet &fleet, const std::vector<Uuid> &instances)
{
    const auto rows = loadPolicies(session);
    if (!rows)
        return fail(rows.error());
    const auto known = session.query("SELECT instance_id, revision, sha256 FROM kill_set");
    if (!known)
        return fail(known.error());
    std::map<Uuid, std::pair<std::int64_t, std::string>> held;
    for (const Row &row : *known)
        held[row.uuid(0)] = {row.integer(1), row.text(2)};
    std::map<Uuid, wire::KillSet> sets;
    for (const Uuid &instance : instances) {
        wire::KillSet set;
        for (auto &holds : killPoliciesOf(fleet, *rows, instance))
            set.policies.push_back(std::move(holds.policy));
        const auto before = held.find(instance);
        if (set.policies.empty() && before == held.end())
            continue;
        const std::string digest = sha256(dumpJson(Json(set.policies)));
        if (before != held.end() && before->second.second == digest) {
            set.revision = before->second.first;
        } else {
            // by the clock, so that a store that was restored does not begin again below what agents hold
            const auto revision = newRevision(session, instance, digest, false);
            if (!revision)
                return fail(revision.error());
            set.revision = *revision;
        }
        sets.emplace(instance, std::move(set));
    }
    return sets;
}

Result<wire::KillSet> raiseRevision(Session &session, const Uuid &instance, wire::KillSet set)
{
    const auto revision = newRevision(session, instance, sha256(dumpJson(Json(set.policies))), true);
    if (!revision)
        return fail(revision.error());
    set.revision = *revision;
    return set;
}

} // namespace zandb::killer
