// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlundo.h"

#include "agent/batchsql/beforeimage.h"
#include "agent/batchsql/sqlchecks.h"
#include "agent/fleet/sqlparts.h"
#include "agent/protocol/batchsql.h"
#include "agent/protocol/sqlerrors.h"

#include <algorithm>

namespace zandb::agent {
namespace {

constexpr std::int64_t maxTimeMs = 86'400'000;
constexpr std::int64_t rowBytes = 1LL << 30; ///< of one row that is read

enum : int { LockWait = 1205, Deadlock = 1213, Killed = 1317 };

/// Whether nothing more can be done in this transaction.
bool endsAll(const Error &error)
{
    const int number = serverErrno(error);
    return error.is(errors::instanceDown) || number == LockWait || number == Deadlock || number == Killed;
}

class Undo
{
public:
    Undo(WorkContext &context, const wire::SqlUndoArgs &args, LocalInstance instance)
        : m_context(context), m_args(args), m_instance(std::move(instance)), m_checks(context.config(), m_instance)
    {
    }

    Result<Json> run()
    {
        const auto images = readImages(m_context.config(), m_args.runId, m_instance.name);
        if (!images)
            return fail(images.error());
        if (images->empty())
            return fail(errors::sqlNothingKept, {{"instance", m_instance.name}, {"run", m_args.runId.toString()}});
        if (auto may = check(*images); !may)
            return fail(may.error());
        if (auto opened = open(); !opened)
            return fail(opened.error());
        m_until = std::chrono::steady_clock::now() + std::chrono::milliseconds(m_args.timeMs);
        m_result.instance = m_instance.name;
        m_result.preview = m_args.preview;
        for (const BeforeImage &image : *images) {
            wire::Progress progress;
            progress.phase = "running";
            progress.unit = "statements";
            progress.bytesDone = m_result.statements;
            progress.bytesTotal = static_cast<std::int64_t>(images->size());
            m_context.progress(progress);
            if (auto done = undoOne(image); !done) {
                m_context.log("statement " + std::to_string(image.statement) + " was not undone: " + describe(done.error()));
                return fail(done.error());
            }
            ++m_result.statements;
        }
        if (m_result.left > 0 && !m_args.preview) {
            m_context.log(dumpJson(Json(m_result)));
            return fail(errors::sqlUndoIncomplete, {{"instance", m_instance.name}, {"restored", std::to_string(m_result.restored)}, {"left", std::to_string(m_result.left)}});
        }
        return Json(m_result);
    }

private:
    Result<void> check(const std::vector<BeforeImage> &images)
    {
        const auto refused = [&](const Refusal &refusal) {
            return fail(errors::sqlRefused, {{"instance", m_instance.name}, {"statement", std::to_string(images.front().statement)}, {"reason", refusal.name}, {"rule", "G1.4c"},
                                             {"at", "0"}, {"detail", refusal.detail.empty() ? "what the server holds now forbids it" : refusal.detail}});
        };
        auto refusal = m_checks.checkReplica();
        for (const BeforeImage &image : images) {
            if (refusal && !*refusal)
                refusal = m_checks.checkTables({image.table.name});
        }
        if (!refusal)
            return fail(refusal.error());
        return *refusal ? refused(*refusal) : Result<void>{};
    }

    Result<void> open()
    {
        const auto silence = std::chrono::seconds(m_args.lockWaitSeconds + 60);
        auto client = connectTo(m_context.config(), m_instance, Account::Maint, std::chrono::seconds{5}, silence);
        if (!client)
            return fail(client.error());
        m_client = std::move(*client);
        const std::string wait = std::to_string(m_args.lockWaitSeconds);
        // what was there was allowed once: zero dates, an id of 0, an ENUM's empty value
        for (const std::string &sql : {std::string("SET NAMES utf8mb4"),
                                       "SET SESSION autocommit=1, time_zone='+00:00', sql_mode='NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES', foreign_key_checks=1, unique_checks=1,"
                                       " lock_wait_timeout=" + wait + ", innodb_lock_wait_timeout=" + wait,
                                       std::string("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")}) {
            if (auto set = m_client->query(sql); !set)
                return fail(set.error());
        }
        (void)m_client->query("SET SESSION binlog_format=ROW"); // rows, as the change itself went; not every account may
        return {};
    }

    /// A failed question, told as kind `sql` tells it.
    Error told(const Error &error) const
    {
        const std::map<std::string, std::string> fields{{"instance", m_instance.name}, {"errno", std::to_string(serverErrno(error))},
                                                        {"detail", error.fields.contains("detail") ? error.fields.at("detail") : ""}};
        if (error.is(errors::instanceDown))
            return makeError(errors::sqlConnectionLost, fields);
        return serverErrno(error) == LockWait ? makeError(errors::sqlLockWait, fields) : serverErrno(error) == Deadlock ? makeError(errors::sqlDeadlock, fields) : error;
    }

    Result<void> undoOne(const BeforeImage &image)
    {
        if (!m_args.preview) {
            if (auto begun = m_client->query("START TRANSACTION"); !begun)
                return fail(told(begun.error()));
        }
        std::vector<wire::SqlUndoRow> rows;
        auto done = undoRows(image, rows);
        if (!done) {
            (void)m_client->query("ROLLBACK");
            return done;
        }
        if (!m_args.preview) {
            if (auto committed = m_client->query("COMMIT"); !committed) {
                Error error = told(committed.error());
                if (error.is(errors::sqlConnectionLost))
                    error.errorClass = ErrorClass::Unknown;
                return fail(std::move(error));
            }
        }
        for (const wire::SqlUndoRow &row : rows) {
            (row.outcome == "restored" ? m_result.restored : row.outcome == "already" ? m_result.already : m_result.left) += 1;
            m_context.item(Json(row));
        }
        return {};
    }

    Result<void> undoRows(const BeforeImage &image, std::vector<wire::SqlUndoRow> &rows)
    {
        const auto table = readTable(*m_client, image.table.name);
        if (!table)
            return fail(told(table.error()));
        const bool same = std::ranges::all_of(image.table.columns, [&](const RowColumn &column) { return std::ranges::find(table->columns, column) != table->columns.end(); });
        for (auto it = image.rows.rbegin(); it != image.rows.rend(); ++it) {
            if (m_context.stopToken().stop_requested() || std::chrono::steady_clock::now() > m_until)
                return m_context.stopToken().stop_requested()
                    ? fail(errors::cancelled, {{"instance", m_instance.name}, {"undone", "rolled back"}})
                    : fail(errors::sqlTimedOut, {{"instance", m_instance.name}, {"seconds", std::to_string(m_args.timeMs / 1000)}});
            wire::SqlUndoRow row;
            row.statement = image.statement;
            row.table = image.table.name.schema + '.' + image.table.name.table;
            row.key = keyCondition(*m_client, image.table, image.table.keys.front(), it->before);
            if (!same) {
                row.outcome = "refused";
                row.detail = "the table has other columns now";
            } else if (auto done = undoRow(image, *it, row); !done) {
                return done;
            }
            rows.push_back(std::move(row));
        }
        return {};
    }

    Result<void> undoRow(const BeforeImage &image, const ChangedRow &change, wire::SqlUndoRow &row)
    {
        const std::string where = "WHERE " + row.key;
        const auto now = readRows(*m_client, image.table, where + (m_args.preview ? "" : " FOR UPDATE"), rowBytes);
        if (!now)
            return fail(told(now.error()));
        const bool isThere = *now && !(*now)->empty();
        const RowValues current = isThere ? (*now)->front() : RowValues{};
        std::vector<std::size_t> changed;
        for (std::size_t i = 0; !image.deletes && i < change.before.size(); ++i) {
            if (change.before[i] != change.after[i])
                changed.push_back(i);
        }
        row.sql = image.deletes ? insertOf(image, change) : updateOf(image, change, changed, where);
        if (image.deletes) {
            row.outcome = !isThere ? "restored" : current == change.before ? "already" : "exists";
        } else if (!isThere) {
            row.outcome = "gone";
        } else {
            const auto equals = [&](const RowValues &values) { return std::ranges::all_of(changed, [&](std::size_t i) { return current[i] == values[i]; }); };
            row.outcome = equals(change.after) ? "restored" : equals(change.before) ? "already" : "differs";
        }
        if (row.outcome != "restored" || m_args.preview)
            return {};
        return write(image, change, where, row);
    }

    /// Writes the row and compares what is there then; what is not exactly as before is taken back.
    Result<void> write(const BeforeImage &image, const ChangedRow &change, const std::string &where, wire::SqlUndoRow &row)
    {
        if (auto mark = m_client->query("SAVEPOINT row_before"); !mark)
            return fail(told(mark.error()));
        if (auto done = m_client->query(row.sql); !done) {
            if (endsAll(done.error()))
                return fail(told(done.error()));
            row.outcome = "refused";
            row.detail = done.error().fields.contains("detail") ? done.error().fields.at("detail") : describe(done.error());
            return {};
        }
        const auto now = readRows(*m_client, image.table, where, rowBytes);
        if (!now)
            return fail(told(now.error()));
        const bool isThere = *now && (*now)->size() == 1;
        bool exact = isThere;
        for (std::size_t i = 0; exact && i < change.before.size(); ++i)
            exact = (!image.deletes && change.before[i] == change.after[i]) || (*now)->front()[i] == change.before[i];
        if (exact)
            return {};
        row.outcome = "refused";
        row.detail = "the server would store other values than those that were there";
        if (auto back = m_client->query("ROLLBACK TO SAVEPOINT row_before"); !back)
            return fail(told(back.error()));
        return {};
    }

    std::string insertOf(const BeforeImage &image, const ChangedRow &change) const
    {
        std::string names, values;
        for (std::size_t i = 0; i < change.before.size(); ++i) {
            names += (i ? ", " : "") + quotedName(image.table.columns[i].name);
            values += (i ? ", " : "") + literalOf(*m_client, image.table.columns[i], change.before[i]);
        }
        return "INSERT INTO " + quoteTable(image.table.name) + " (" + names + ") VALUES (" + values + ')';
    }

    std::string updateOf(const BeforeImage &image, const ChangedRow &change, const std::vector<std::size_t> &changed, const std::string &where) const
    {
        std::string sets;
        for (std::size_t i = 0; i < image.table.columns.size(); ++i) {
            const RowColumn &column = image.table.columns[i];
            const bool isChanged = std::ranges::find(changed, i) != changed.end();
            if (!isChanged && !column.onUpdate)
                continue;
            sets += (sets.empty() ? "" : ", ") + quotedName(column.name) + '=' + (isChanged ? literalOf(*m_client, column, change.before[i]) : quotedName(column.name));
        }
        return "UPDATE " + quoteTable(image.table.name) + " SET " + sets + ' ' + where + " LIMIT 1";
    }

    WorkContext &m_context;
    const wire::SqlUndoArgs &m_args;
    const LocalInstance m_instance;
    SqlChecks m_checks;
    std::unique_ptr<SqlClient> m_client;
    std::chrono::steady_clock::time_point m_until;
    wire::SqlUndoResult m_result;
};

} // namespace

Result<Json> sqlUndoWork(WorkContext &context)
{
    const auto args = decode<wire::SqlUndoArgs>(context.order().args);
    if (!args)
        return fail(args.error());
    if (args->timeMs < 1 || args->timeMs > maxTimeMs || args->lockWaitSeconds < 1 || args->lockWaitSeconds > 86'400 || args->runId.isNull())
        return fail(errors::orderArgs, {{"detail", "timeMs is from 1 to a day, lockWaitSeconds too, and runId names a run"}});
    if (!args->confirmed && !args->preview)
        return fail(errors::sqlRefused, {{"instance", args->instance}, {"statement", "1"}, {"reason", "unconfirmed"}, {"rule", "G1.4c"}, {"at", "0"},
                                         {"detail", "undo needs a person's confirmation"}});
    auto instance = findInstance(context.config(), args->instance);
    if (!instance)
        return fail(instance.error());
    return Undo(context, *args, std::move(*instance)).run();
}

} // namespace zandb::agent
