// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/config/driftrepository.h"

#include "agent/protocol/configerrors.h"
#include "app/platform/errors.h"
#include "app/store/audit.h"
#include "app/store/sqltext.h"

#include <algorithm>

namespace zandb::config {

using store::Row;
using store::Session;
using store::value;
using store::Value;

namespace {

/// Variables as arrays, without the lines that set them: a third of the whole.
Json slim(const wire::ConfigState &state)
{
    wire::ConfigState rest = state;
    rest.variables.clear();
    Json json = rest;
    Json variables = Json::array();
    const auto text = [](const std::optional<std::string> &one) { return one ? Json(*one) : Json(); };
    for (const wire::ConfigVariable &variable : state.variables)
        variables.push_back(Json::array({variable.name, variable.memory, text(variable.disk), text(variable.persisted), variable.agree}));
    json["variables"] = Json::array();
    json["values"] = std::move(variables);
    return json;
}

Result<wire::ConfigState> fromSlim(const Json &json)
{
    auto state = decode<wire::ConfigState>(json);
    if (!state)
        return state;
    try {
        const auto text = [](const Json &one) { return one.is_null() ? std::nullopt : std::optional(one.get<std::string>()); };
        for (const Json &one : json.at("values")) {
            wire::ConfigVariable variable;
            variable.name = one.at(0).get<std::string>();
            variable.memory = one.at(1).get<std::string>();
            variable.disk = text(one.at(2));
            variable.persisted = text(one.at(3));
            variable.agree = one.at(4).get<bool>();
            state->variables.push_back(std::move(variable));
        }
    } catch (const std::exception &e) {
        return fail(errors::protocolBadParams, {{"detail", e.what()}});
    }
    std::ranges::sort(state->variables, {}, &wire::ConfigVariable::name);
    return state;
}

} // namespace

Result<void> storeFacts(Session &session, const Uuid &instance, const wire::ConfigState &state)
{
    const auto done = session.execute("INSERT INTO drift_facts (instance_id, at_us, facts) VALUES (?," + std::string(store::nowUs)
                                          + ",?) ON DUPLICATE KEY UPDATE at_us = VALUES(at_us), facts = VALUES(facts)",
                                      {value(instance), value(slim(state))});
    return done ? store::raiseFeed(session, "drift") : fail(done.error());
}

Result<std::vector<DriftFacts>> loadFacts(Session &session)
{
    const auto rows = session.query("SELECT instance_id, at_us, facts FROM drift_facts");
    if (!rows)
        return fail(rows.error());
    std::vector<DriftFacts> all;
    for (const Row &row : *rows) {
        if (auto state = fromSlim(row.json(2)))
            all.push_back({row.uuid(0), row.time(1), std::move(*state)});
    }
    return all;
}

Result<std::vector<StandardRule>> loadStandard(Session &session)
{
    const auto rows = session.query("SELECT scope_id, name, value, editor, edited_us FROM config_standard ORDER BY scope_id, name");
    if (!rows)
        return fail(rows.error());
    std::vector<StandardRule> all;
    for (const Row &row : *rows)
        all.push_back({row.uuid(0), row.text(1), row.isNull(2) ? std::nullopt : std::optional(row.text(2)), row.text(3), row.time(4)});
    return all;
}

Result<void> setStandard(Session &session, const Uuid &scope, const std::string &name, const std::optional<std::string> &wanted)
{
    return session.transaction([&]() -> Result<void> {
        if (auto raised = store::raiseFeed(session, "drift"); !raised)
            return raised;
        if (name == "server_id" && wanted) {
            const auto alone = session.query("SELECT 1 FROM instance WHERE id = ?", {value(scope)});
            if (!alone)
                return fail(alone.error());
            if (alone->empty())
                return fail(errors::configForbidden, {{"instance", "a group"}, {"variable", name}, {"detail", "each server of a replication needs an id of its own"}});
        }
        if (wanted) {
            // a name that no server knows would differ nowhere, and nobody would notice that it is misspelt
            const auto known = session.query("SELECT COUNT(*), CAST(COALESCE(SUM(facts LIKE ?), 0) AS SIGNED) FROM drift_facts", {value("%[\"" + name + "\",%")});
            if (!known)
                return fail(known.error());
            if (known->front().integer(0) > 0 && known->front().integer(1) == 0)
                return fail(errors::configUnknownVariable, {{"instance", "the fleet"}, {"variable", name}});
        }
        if (!scope.isNull()) {
            const auto place = session.query("SELECT 1 FROM fleet_group WHERE id = ? UNION ALL SELECT 1 FROM instance WHERE id = ?", {value(scope), value(scope)});
            if (!place)
                return fail(place.error());
            if (place->empty())
                return fail(errors::notFound, {{"what", "group"}, {"name", scope.toString()}});
        }
        const auto done = session.execute("INSERT INTO config_standard (scope_id, name, value, editor, edited_us) VALUES (?,?,?,?," + std::string(store::nowUs)
                                              + ") ON DUPLICATE KEY UPDATE value = VALUES(value), editor = VALUES(editor), edited_us = VALUES(edited_us)",
                                          {value(scope), value(name), wanted ? value(*wanted) : Value(nullptr), value(session.settings().person)});
        if (!done)
            return fail(done.error());
        return store::audit(session, "drift.standard.set", name, {{"scope", scope}, {"value", wanted ? Json(*wanted) : Json()}});
    });
}

Result<void> removeStandard(Session &session, const Uuid &scope, const std::string &name)
{
    return session.transaction([&]() -> Result<void> {
        if (auto raised = store::raiseFeed(session, "drift"); !raised)
            return raised;
        const auto done = session.execute("DELETE FROM config_standard WHERE scope_id = ? AND name = ?", {value(scope), value(name)});
        if (!done)
            return fail(done.error());
        if (*done == 0)
            return fail(errors::notFound, {{"what", "standard"}, {"name", name}});
        return store::audit(session, "drift.standard.remove", name, {{"scope", scope}});
    });
}

Result<std::vector<DriftException>> loadExceptions(Session &session)
{
    const auto rows = session.query("SELECT id, instance_id, code, subject, reason, person, at_us, until_us FROM drift_exception ORDER BY at_us DESC, id");
    if (!rows)
        return fail(rows.error());
    std::vector<DriftException> all;
    for (const Row &row : *rows)
        all.push_back({row.uuid(0), row.uuid(1), row.text(2), row.text(3), row.text(4), row.text(5), row.time(6), row.time(7)});
    return all;
}

Result<void> acceptDrift(Session &session, const DriftException &exception)
{
    return session.transaction([&]() -> Result<void> {
        if (auto raised = store::raiseFeed(session, "drift"); !raised)
            return raised;
        const auto done = session.execute("INSERT INTO drift_exception (id, instance_id, code, subject, reason, person, at_us, until_us) VALUES (?,?,?,?,?,?," + std::string(store::nowUs) + ",?)",
                                          {value(exception.id), value(exception.instanceId), value(exception.code), value(exception.subject.substr(0, 255)), value(exception.reason.substr(0, 1000)),
                                           value(session.settings().person), value(exception.until)});
        if (!done)
            return fail(done.error());
        return store::audit(session, "drift.accept", exception.subject, {{"instance", exception.instanceId}, {"code", exception.code}, {"reason", exception.reason}, {"until_us", exception.until}});
    });
}

} // namespace zandb::config
