// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlscripts.h"

#include "app/platform/errors.h"
#include "app/store/audit.h"

#include <algorithm>

namespace zandb::batchsql {
namespace {

using store::value;

const std::string now(store::nowUs);
const std::string columns = "id, name, schema_name, script, revision, author, changed_by, created_us, changed_us";

SavedScript scriptOf(const store::Row &row)
{
    return {row.uuid(0), row.text(1), row.text(2), row.text(3), row.integer(4), row.text(5), row.text(6), row.time(7), row.time(8)};
}

Result<void> check(const SavedScript &script)
{
    const auto bad = [](const std::string &detail) { return fail(errors::usage, {{"detail", detail}}); };
    const auto characters = std::ranges::count_if(script.name, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
    const bool hasControls = std::ranges::any_of(script.name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    if (script.name.empty() || hasControls || static_cast<std::size_t>(characters) > savedScriptName)
        return bad("a script's name has 1 to 100 characters and none that controls");
    if (script.schema.size() > 64)
        return bad("a schema's name has at most 64 bytes");
    return script.script.size() > savedScriptBytes ? bad("a saved script has at most 1 MiB") : Result<void>();
}

} // namespace

Result<std::vector<SavedScript>> listScripts(store::Session &session, std::size_t bytes)
{
    const auto rows = session.query("SELECT id, name, schema_name, LEFT(script, ?), revision, author, changed_by, created_us, changed_us FROM sql_script ORDER BY name LIMIT 10000",
                                    {value(static_cast<std::int64_t>(bytes))});
    if (!rows)
        return fail(rows.error());
    std::vector<SavedScript> scripts;
    for (const auto &row : *rows)
        scripts.push_back(scriptOf(row));
    return scripts;
}

Result<std::optional<SavedScript>> findScript(store::Session &session, const std::string &name)
{
    const auto rows = session.query("SELECT " + columns + " FROM sql_script WHERE name = ?", {value(name)});
    if (!rows)
        return fail(rows.error());
    return rows->empty() ? std::optional<SavedScript>() : std::optional(scriptOf(rows->front()));
}

Result<void> saveScript(store::Session &session, const SavedScript &script)
{
    if (auto good = check(script); !good)
        return good;
    const std::string &person = session.settings().person;
    return session.transaction([&]() -> Result<void> {
        Result<std::int64_t> written = 0;
        if (script.revision == 0)
            written = session.execute("INSERT INTO sql_script (" + columns + ") VALUES (?,?,?,?,1,?,?," + now + ',' + now + ')',
                                      {value(Uuid::v7()), value(script.name), value(script.schema), value(script.script), value(person), value(person)});
        else
            written = session.execute("UPDATE sql_script SET schema_name = ?, script = ?, revision = revision + 1, changed_by = ?, changed_us = " + now + " WHERE name = ? AND revision = ?",
                                      {value(script.schema), value(script.script), value(person), value(script.name), value(script.revision)});
        if (!written && !store::isDuplicate(written.error()))
            return fail(written.error());
        if (!written || *written != 1)
            return fail(errors::storeConflict, {{"what", script.name}});
        return store::audit(session, "sql.script.save", script.name, {{"bytes", script.script.size()}, {"revision", script.revision + 1}});
    });
}

Result<void> removeScript(store::Session &session, const std::string &name)
{
    return session.transaction([&]() -> Result<void> {
        const auto removed = session.execute("DELETE FROM sql_script WHERE name = ?", {value(name)});
        if (!removed)
            return fail(removed.error());
        return *removed == 1 ? store::audit(session, "sql.script.remove", name) : fail(errors::notFound, {{"what", "script"}, {"name", name}});
    });
}

} // namespace zandb::batchsql
