// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/grouprepository.h"

#include "app/store/audit.h"
#include "app/store/sqltext.h"
#include "models/common/names.h"

namespace zandb::fleet {
namespace {

using store::Session;
using store::value;

Result<bool> isThere(Session &session, const std::string &sql, const std::vector<store::Value> &arguments)
{
    const auto rows = session.query(sql, arguments);
    if (!rows)
        return fail(rows.error());
    return !rows->empty();
}

/// Why a compare-and-set of this group matched no row.
Error notMatched(Session &session, const Group &group)
{
    const auto there = isThere(session, "SELECT 1 FROM fleet_group WHERE id=?", {value(group.id)});
    if (!there)
        return there.error();
    return *there ? makeError(errors::storeConflict, {{"what", group.name}})
                  : makeError(errors::notFound, {{"what", "group"}, {"name", group.name}});
}

} // namespace

Result<void> renameGroup(Session &session, const Group &group, const std::string &name)
{
    if (auto fits = names::checkGroup(name); !fits)
        return fits;
    return session.transaction([&]() -> Result<void> {
        // the feed's row first: who creates or renames groups takes turns (as ensureGroup does)
        if (auto raised = store::raiseFeed(session, "fleet"); !raised)
            return raised;
        const auto taken = isThere(session, "SELECT 1 FROM fleet_group WHERE parent_id <=> ? AND name = ? AND id <> ?",
                                   {value(group.parentId), value(name), value(group.id)});
        if (!taken)
            return fail(taken.error());
        if (*taken)
            return fail(errors::alreadyExists, {{"what", "group"}, {"name", name}});
        const auto matched = session.execute("UPDATE fleet_group SET name=?, revision=revision+1 WHERE id=? AND revision=?",
                                             {value(name), value(group.id), value(group.revision)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return fail(notMatched(session, group));
        return store::audit(session, "group.rename", group.name, {{"id", group.id}, {"name", name}});
    });
}

namespace {

/// `table` holds whoever says it; `act` is the audit's.
Result<void> writeSetting(Session &session, const char *table, const char *what, const Uuid &id, std::string_view name, const std::optional<Json> &setting,
                          const std::string &editor)
{
    if (setting && !isGroupSetting(name, *setting))
        return fail(errors::internal, {{"detail", "not a value of the setting " + std::string(name)}});
    return session.transaction([&]() -> Result<void> {
        if (auto raised = store::raiseFeed(session, "fleet"); !raised)
            return raised;
        if (!id.isNull()) {
            const auto there = isThere(session, "SELECT 1 FROM " + std::string(table) + " WHERE id=?", {value(id)});
            if (!there)
                return fail(there.error());
            if (!*there)
                return fail(errors::notFound, {{"what", what}, {"name", id.toString()}});
        }
        const auto done = setting
            ? session.execute("INSERT INTO group_setting (group_id, name, setting, editor, edited_us) VALUES (?,?,?,?," + std::string(store::nowUs)
                                  + ") ON DUPLICATE KEY UPDATE setting=VALUES(setting), editor=VALUES(editor), edited_us=VALUES(edited_us)",
                              {value(id), value(name), value(*setting), value(editor)})
            : session.execute("DELETE FROM group_setting WHERE group_id=? AND name=?", {value(id), value(name)});
        if (!done)
            return fail(done.error());
        return store::auditAs(session, editor, std::string(what) + ".set", id.isNull() ? "fleet" : id.toString(),
                              {{"name", name}, {"setting", setting ? *setting : Json()}});
    });
}

} // namespace

Result<void> setGroupSetting(Session &session, const Uuid &group, std::string_view name, const std::optional<Json> &setting, const std::string &editor)
{
    return writeSetting(session, "fleet_group", "group", group, name, setting, editor);
}

Result<void> setInstanceSetting(Session &session, const Uuid &instance, std::string_view name, const std::optional<Json> &setting, const std::string &editor)
{
    if (name != coreMark || instance.isNull())
        return fail(errors::internal, {{"detail", "an instance has no setting " + std::string(name)}});
    return writeSetting(session, "instance", "instance", instance, name, setting, editor);
}

Result<void> changeLabels(Session &session, const Uuid &subject, const std::vector<std::string> &add, const std::vector<std::string> &remove, const std::string &editor)
{
    constexpr std::size_t most = 50;
    for (const std::string &label : add) {
        if (auto fits = names::checkLabel(label); !fits)
            return fits;
    }
    return session.transaction([&]() -> Result<void> {
        if (auto raised = store::raiseFeed(session, "fleet"); !raised)
            return raised;
        const auto there = isThere(session, "SELECT 1 FROM host WHERE id=? UNION ALL SELECT 1 FROM instance WHERE id=?", {value(subject), value(subject)});
        if (!there)
            return fail(there.error());
        if (!*there)
            return fail(errors::notFound, {{"what", "host"}, {"name", subject.toString()}});
        for (const std::string &label : remove) {
            if (const auto gone = session.execute("DELETE FROM label WHERE subject_id=? AND label=?", {value(subject), value(label)}); !gone)
                return fail(gone.error());
        }
        for (const std::string &label : add) {
            // INSERT IGNORE would hide more than the label that is there
            const auto has = isThere(session, "SELECT 1 FROM label WHERE subject_id=? AND label=?", {value(subject), value(label)});
            if (!has)
                return fail(has.error());
            if (*has)
                continue;
            const auto put = session.execute("INSERT INTO label (subject_id, label, editor, edited_us) VALUES (?,?,?," + std::string(store::nowUs) + ')',
                                             {value(subject), value(label), value(editor)});
            if (!put)
                return fail(put.error());
        }
        const auto all = session.query("SELECT COUNT(*) FROM label WHERE subject_id=?", {value(subject)});
        if (!all)
            return fail(all.error());
        if (all->front().integer(0) > static_cast<std::int64_t>(most))
            return fail(errors::usage, {{"detail", "a host or an instance has at most " + std::to_string(most) + " labels"}});
        return store::auditAs(session, editor, "label.set", subject.toString(), {{"added", add}, {"removed", remove}});
    });
}

Result<void> removeGroup(Session &session, const Group &group)
{
    return session.transaction([&]() -> Result<void> {
        if (auto raised = store::raiseFeed(session, "fleet"); !raised)
            return raised;
        for (const char *sql : {"SELECT 1 FROM host WHERE group_id=? LIMIT 1", "SELECT 1 FROM fleet_group WHERE parent_id=? LIMIT 1"}) {
            const auto used = isThere(session, sql, {value(group.id)});
            if (!used)
                return fail(used.error());
            if (*used)
                return fail(errors::storeConflict, {{"what", group.name}});
        }
        const auto matched = session.execute("DELETE FROM fleet_group WHERE id=? AND revision=?", {value(group.id), value(group.revision)});
        if (!matched)
            return fail(matched.error());
        if (*matched == 0)
            return fail(notMatched(session, group));
        for (const char *sql : {"DELETE FROM group_setting WHERE group_id=?", "DELETE FROM kill_policy WHERE scope_id=?", "DELETE FROM slow_pending WHERE subject_id=?",
                                "DELETE FROM slow_span WHERE subject_id=?"}) {
            if (const auto gone = session.execute(sql, {value(group.id)}); !gone)
                return fail(gone.error());
        }
        return store::audit(session, "group.remove", group.name, {{"id", group.id}});
    });
}

} // namespace zandb::fleet
