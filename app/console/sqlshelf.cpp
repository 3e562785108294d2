// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqlshelf.h"

#include "app/batchsql/sqlscripts.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t shownBytes = 64 << 10; ///< of a saved script in the list

SqlHistoryRow rowOf(const Fleet &fleet, const batchsql::HistoryEntry &entry)
{
    SqlHistoryRow row;
    row.id = entry.id;
    row.isPlan = entry.isPlan;
    row.author = qs(entry.author);
    row.at = entry.at;
    row.state = entry.state;
    row.schema = qs(entry.schema);
    row.script = entry.isPlan && entry.isCut ? qs(entry.script) + QStringLiteral("…") : qs(entry.script);
    row.of = static_cast<int>(entry.count);
    for (const batchsql::PlanTarget &target : entry.targets) {
        row.succeeded += target.state == "succeeded";
        row.failed += target.hasEnded() && target.state != "succeeded";
        if (fleet.instance(target.instance))
            row.instances.push_back(target.instance);
    }
    for (const std::string &path : entry.paths) {
        if (const InstanceRecord *record = fleet.instanceByPath(path))
            row.instances.push_back(record->instance.id);
    }
    return row;
}

} // namespace

SqlShelf::SqlShelf(store::Executor &executor, ConsoleState &state, std::string person, QObject *parent)
    : QObject(parent), m_executor(executor), m_state(state), m_person(std::move(person)), m_readHistory(this), m_readScripts(this), m_plan(this), m_open(this), m_write(this)
{
}

QString SqlShelf::targetsText(const Fleet &fleet, const batchsql::HistoryEntry &entry)
{
    const QString first = entry.isPlan ? (entry.targets.empty() ? QString() : qs(fleet.pathOf(entry.targets.front().instance))) : entry.paths.empty() ? QString() : qs(entry.paths.front());
    return entry.count < 2 ? first : tr("%1 and %n more", nullptr, static_cast<int>(entry.count) - 1).arg(first);
}

void SqlShelf::refreshTexts()
{
    m_history.refreshTexts();
    m_scripts.refreshTexts();
}

void SqlShelf::readHistory(bool everybody)
{
    m_everybody = everybody;
    using Entries = std::vector<batchsql::HistoryEntry>;
    ask<Entries>(
        m_executor, m_readHistory,
        [author = everybody ? std::string() : m_person, since = m_state.now() - 720h](store::Session &session) { return batchsql::listHistory(session, {author, since, {}, 500}); },
        [this](Result<Entries> entries) {
            if (!entries) {
                Q_EMIT failed(entries.error());
                return;
            }
            const auto fleet = m_state.fleet();
            std::vector<SqlHistoryRow> rows;
            for (const batchsql::HistoryEntry &entry : *entries) {
                rows.push_back(rowOf(*fleet, entry));
                rows.back().targets = targetsText(*fleet, entry);
            }
            m_history.setRows(std::move(rows));
        });
}

void SqlShelf::readScripts()
{
    using Rows = std::vector<SqlScriptRow>;
    ask<Rows>(
        m_executor, m_readScripts,
        [](store::Session &session) -> Result<Rows> {
            const auto scripts = batchsql::listScripts(session, shownBytes);
            if (!scripts)
                return fail(scripts.error());
            Rows rows;
            for (const batchsql::SavedScript &script : *scripts)
                rows.push_back({script.id, qs(script.name), qs(script.schema), qs(script.changedBy), script.changedAt, qs(script.script)});
            return rows;
        },
        [this](Result<Rows> rows) {
            if (rows)
                m_scripts.setRows(std::move(*rows));
            else
                Q_EMIT failed(rows.error());
        });
}

void SqlShelf::loadPlan(const Uuid &id, std::function<void(const batchsql::SqlPlan &)> then)
{
    ask<batchsql::SqlPlan>(
        m_executor, m_plan,
        [id](store::Session &session) -> Result<batchsql::SqlPlan> {
            auto plan = batchsql::loadPlan(session, id);
            if (!plan)
                return fail(plan.error());
            if (!*plan)
                return fail(errors::notFound, {{"what", "plan"}, {"name", id.toString()}});
            return std::move(**plan);
        },
        [this, then = std::move(then)](Result<batchsql::SqlPlan> plan) {
            if (plan)
                then(*plan);
            else
                Q_EMIT failed(plan.error());
        });
}

void SqlShelf::openHistory(const Uuid &id)
{
    const SqlHistoryRow *row = m_history.row(m_history.rowOf(id));
    if (!row)
        return;
    if (!row->isPlan) {
        Q_EMIT opened({{}, row->script.toUtf8(), row->schema, row->instances});
        return;
    }
    loadPlan(id, [this, instances = row->instances](const batchsql::SqlPlan &plan) {
        SqlDraft draft{{}, {}, qs(plan.args.schema), instances};
        for (const std::string &statement : plan.args.statements)
            draft.text += QByteArray::fromStdString(statement) + ";\n";
        Q_EMIT opened(draft);
    });
}

void SqlShelf::openScript(const Uuid &id)
{
    const SqlScriptRow *row = m_scripts.row(m_scripts.rowOf(id));
    if (!row)
        return;
    ask<SqlDraft>(
        m_executor, m_open,
        [name = row->name.toStdString()](store::Session &session) -> Result<SqlDraft> {
            const auto script = batchsql::findScript(session, name);
            if (!script)
                return fail(script.error());
            if (!*script)
                return fail(errors::notFound, {{"what", "script"}, {"name", name}});
            return SqlDraft{qs((*script)->name), QByteArray::fromStdString((*script)->script), qs((*script)->schema), {}};
        },
        [this](Result<SqlDraft> draft) {
            if (draft)
                Q_EMIT opened(*draft);
            else
                Q_EMIT failed(draft.error());
        });
}

void SqlShelf::save(const SqlDraft &draft, const QString &name, bool replace)
{
    ask<QString>(
        m_executor, m_write,
        [draft, name = name.toStdString(), replace](store::Session &session) -> Result<QString> {
            const auto there = batchsql::findScript(session, name);
            if (!there)
                return fail(there.error());
            if (*there && !replace)
                return qs((*there)->changedBy);
            batchsql::SavedScript script;
            script.name = name;
            script.schema = draft.schema.toStdString();
            script.script = draft.text.toStdString();
            script.revision = *there ? (*there)->revision : 0;
            return batchsql::saveScript(session, script).map([] { return QString(); });
        },
        [this, draft, name](Result<QString> by) {
            if (!by) {
                Q_EMIT failed(by.error());
            } else if (by->isEmpty()) {
                Q_EMIT saved(name);
                readScripts();
            } else {
                Q_EMIT exists(draft, name, *by);
            }
        });
}

void SqlShelf::remove(const Uuid &id)
{
    const SqlScriptRow *row = m_scripts.row(m_scripts.rowOf(id));
    if (!row)
        return;
    ask<QString>(
        m_executor, m_write,
        [name = row->name.toStdString()](store::Session &session) -> Result<QString> { return batchsql::removeScript(session, name).map([] { return QString(); }); },
        [this](Result<QString> removed) {
            if (removed)
                readScripts();
            else
                Q_EMIT failed(removed.error());
        });
}

} // namespace zandb::console
