// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/objects.h"

#include "agent/backups/inventory.h"
#include "agent/fleet/sqlparts.h"
#include "agent/fleet/tablenames.h"
#include "agent/fleet/grants.h"

#include <algorithm>
#include <cctype>

namespace zandb::agent {

namespace {

constexpr int lockWaitTimeout = 1205;

// Whoever lacks one of these is shown fewer objects, and no error.
Result<std::vector<std::string>> lackingRights(SqlClient &client)
{
    const auto grants = Grants::read(client);
    if (!grants && grants.error().is(errors::sqlFailed)) // a server without grant tables asks nobody
        return std::vector<std::string>{};
    if (!grants)
        return fail(grants.error());
    std::vector<std::string> lacking;
    for (const char *right : {"SELECT", "SHOW VIEW", "TRIGGER", "EVENT"}) {
        if (!grants->has(right))
            lacking.emplace_back(right);
    }
    return lacking;
}

std::string routineKind(std::string_view type)
{
    if (type == "PACKAGE BODY")
        return "packageBody";
    std::string kind(type);
    std::ranges::transform(kind, kind.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return kind;
}

Result<void> listTables(SqlClient &client, ServerObjects &objects)
{
    auto rows = client.query("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE FROM information_schema.TABLES");
    if (!rows)
        return fail(rows.error());
    for (const auto &row : rows->rows) {
        const std::string schema = row.at(0).value_or(""), name = row.at(1).value_or(""), type = row.at(2).value_or("");
        if (isSystemSchema(schema) || type == "SYSTEM VIEW" || type.starts_with("TEMPORARY"))
            continue;
        objects.definers[{type == "VIEW" ? "view" : type == "SEQUENCE" ? "sequence" : "table", schema, name}];
        if (type == "SYSTEM VERSIONED")
            objects.versioned.insert(tableText(schema, name));
    }
    if (objects.versioned.empty())
        return {};
    rows = client.query("SELECT DISTINCT TABLE_SCHEMA, TABLE_NAME FROM information_schema.COLUMNS WHERE GENERATION_EXPRESSION = "
                        "'ROW START' AND DATA_TYPE = 'bigint'");
    if (!rows)
        return fail(rows.error());
    for (const auto &row : rows->rows)
        objects.byTransaction.insert(tableText(row.at(0).value_or(""), row.at(1).value_or("")));
    return {};
}

// What has a definer.  MariaDB's own tables of routines and events are asked, since its lists hide what one may not see.
Result<void> listDefined(SqlClient &client, ServerObjects &objects)
{
    const bool mariaDb = client.isMariaDb();
    for (const std::string sql :
         {"SELECT 'view', TABLE_SCHEMA, TABLE_NAME, DEFINER FROM information_schema.VIEWS",
          "SELECT 'trigger', TRIGGER_SCHEMA, TRIGGER_NAME, DEFINER FROM information_schema.TRIGGERS",
          mariaDb ? "SELECT type, db, name, definer FROM mysql.proc"
                  : "SELECT ROUTINE_TYPE, ROUTINE_SCHEMA, ROUTINE_NAME, DEFINER FROM information_schema.ROUTINES",
          mariaDb ? "SELECT 'event', db, name, definer FROM mysql.event"
                  : "SELECT 'event', EVENT_SCHEMA, EVENT_NAME, DEFINER FROM information_schema.EVENTS"}) {
        const auto rows = client.query(sql);
        if (!rows)
            return fail(rows.error());
        for (const auto &row : rows->rows) {
            const std::string schema = row.at(1).value_or("");
            if (!isSystemSchema(schema))
                objects.definers[{routineKind(row.at(0).value_or("")), schema, row.at(2).value_or("")}] = row.at(3).value_or("");
        }
    }
    return {};
}

Result<void> findMissingDefiners(SqlClient &client, ServerObjects &objects)
{
    const auto rows = client.query("SELECT User, Host FROM mysql.user");
    if (!rows)
        return fail(rows.error());
    const auto known = [](std::string user, std::string host) { // hosts compare without case
        std::ranges::transform(host, host.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        return user + '@' + host;
    };
    std::set<std::string> accounts;
    for (const auto &row : rows->rows)
        accounts.insert(known(row.at(0).value_or(""), row.at(1).value_or("")));
    for (const auto &[object, definer] : objects.definers) {
        const auto at = definer.rfind('@');
        if (definer.empty() || accounts.contains(at == std::string::npos ? definer + '@' : known(definer.substr(0, at), definer.substr(at + 1))))
            continue;
        objects.missingDefiners.push_back({definer, object.kind, object.schema, object.name});
    }
    return {};
}

// Nothing of a view is read: the server only resolves the names in it.
Result<void> tryViews(SqlClient &client, ServerObjects &objects)
{
    std::vector<ServerObject> views;
    for (const auto &[object, definer] : objects.definers) {
        if (object.kind == "view")
            views.push_back(object);
    }
    if (views.empty())
        return {};
    if (auto set = client.query("SET SESSION lock_wait_timeout = 1"); !set)
        return fail(set.error());
    constexpr int mostWaits = 5; // on a server whose tables are locked the rest count as sound
    int waits = 0;
    Result<void> done;
    for (const auto &view : views) {
        if (waits >= mostWaits)
            break;
        const std::string name = quotedName(view.schema) + '.' + quotedName(view.name);
        const auto fields = client.query("SHOW FIELDS FROM " + name); // what the dump programs begin with
        auto prepared = fields ? client.query("PREPARE zandb_view FROM " + client.quote("SELECT * FROM " + name)) : Result<SqlResult>(fail(fields.error()));
        if (prepared) {
            (void)client.query("DEALLOCATE PREPARE zandb_view");
            continue;
        }
        Error &error = prepared.error();
        if (error.is(errors::instanceDown)) {
            done = fail(error);
            break;
        }
        if (serverErrno(error) == lockWaitTimeout) {
            ++waits;
            continue;
        }
        BrokenView broken{view.schema, view.name, error.fields["detail"], ""};
        if (!fields) { // no dump will hold it, so its definition is kept here
            if (auto text = client.query("SHOW CREATE VIEW " + name))
                broken.definition = text->value(0, "Create View").value_or("");
        }
        objects.broken.push_back(std::move(broken));
    }
    (void)client.query("SET SESSION lock_wait_timeout = DEFAULT");
    return done;
}

} // namespace

std::string objectText(const ServerObject &object)
{
    return (object.kind == "packageBody" ? "package body" : object.kind) + ' ' + tableText(object.schema, object.name);
}

wire::BackupWarning makeWarning(std::string_view code, const std::vector<std::string> &names)
{
    constexpr std::size_t most = 50;
    wire::BackupWarning warning{std::string(code), names, static_cast<std::int64_t>(names.size())};
    warning.names.resize(std::min(warning.names.size(), most));
    return warning;
}

Result<ServerObjects> listObjects(SqlClient &client)
{
    ServerObjects objects;
    auto lacking = lackingRights(client);
    if (!lacking)
        return fail(lacking.error());
    objects.lacking = std::move(*lacking);
    for (const auto step : {listTables, listDefined, findMissingDefiners, tryViews}) {
        if (auto done = step(client, objects); !done)
            return fail(done.error());
    }
    return objects;
}

BackedUpObjects backedUpObjects(const ServerObjects &before, const ServerObjects &after)
{
    BackedUpObjects objects;
    for (const auto &[object, definer] : before.definers) {
        if (after.definers.contains(object))
            objects.names.push_back(object);
    }
    objects.broken = before.broken;
    for (const auto &view : after.broken) {
        if (std::ranges::find(objects.broken, std::tie(view.schema, view.name),
                              [](const BrokenView &b) { return std::tie(b.schema, b.name); }) == objects.broken.end())
            objects.broken.push_back(view);
    }
    objects.missingDefiners = after.missingDefiners;
    return objects;
}

std::vector<wire::BackupWarning> warningsOf(const BackedUpObjects &objects)
{
    std::vector<wire::BackupWarning> warnings;
    std::vector<std::string> broken, missing;
    for (const auto &view : objects.broken)
        broken.push_back(tableText(view.schema, view.name));
    for (const auto &one : objects.missingDefiners)
        missing.push_back(objectText({one.kind, one.schema, one.name}) + ": " + one.definer);
    if (!broken.empty())
        warnings.push_back(makeWarning(wire::warnings::brokenViews, broken));
    if (!missing.empty())
        warnings.push_back(makeWarning(wire::warnings::missingDefiners, missing));
    return warnings;
}

} // namespace zandb::agent
