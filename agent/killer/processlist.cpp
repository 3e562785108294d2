// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/processlist.h"

#include "agent/fleet/sqlparts.h"
#include "agent/protocol/errors.h"

#include <charconv>
#include <cmath>

namespace zandb::agent {
namespace {

constexpr const char *killable = "('Query','Execute','Prepare','Fetch')";
constexpr int noSuchThread = 1094, noSuchQuery = 1957; // ER_NO_SUCH_THREAD, MariaDB's ER_NO_SUCH_QUERY

std::optional<std::int64_t> numberOf(const std::optional<std::string> &text)
{
    std::int64_t number = 0;
    if (!text)
        return std::nullopt;
    const auto read = std::from_chars(text->data(), text->data() + text->size(), number);
    return read.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::string withoutPort(std::string host)
{
    const auto colon = host.rfind(':');
    if (colon != host.npos && colon + 1 < host.size() && host.find_first_not_of("0123456789", colon + 1) == host.npos)
        host.resize(colon);
    return host;
}

std::string milliseconds(double seconds)
{
    return std::to_string(std::llround(seconds * 1000));
}

} // namespace

Result<void> ProcessList::prepare()
{
    if (m_prepared)
        return {};
    if (m_client.isMariaDb()) {
        const auto column = m_client.value("SELECT 1 FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'information_schema' "
                                           "AND TABLE_NAME = 'PROCESSLIST' AND COLUMN_NAME = 'SENT_ROWS'");
        if (!column)
            return fail(column.error());
        m_hasSentRows = column->has_value();
    } else {
        const auto shown = m_client.value("SELECT COUNT(*) FROM performance_schema.threads WHERE PROCESSLIST_ID = CONNECTION_ID()");
        if (!shown && shown.error().is(errors::instanceDown))
            return fail(shown.error());
        m_hasSchema = shown && *shown == "1";
    }
    m_prepared = true;
    return {};
}

Result<std::vector<ProcessList::Entry>> ProcessList::read(const std::string &condition)
{
    const std::string sql = m_client.isMariaDb()
        ? "SELECT ID id, QUERY_ID statement, USER user, HOST host, DB db, COMMAND command, STATE state, LEFT(INFO, 65536) info, TIME_MS ms, "
          "EXAMINED_ROWS examined" + std::string(m_hasSentRows ? ", SENT_ROWS sent" : "") + " FROM information_schema.PROCESSLIST WHERE " + condition
        : m_hasSchema
        ? "SELECT t.PROCESSLIST_ID id, e.EVENT_ID statement, t.PROCESSLIST_USER user, t.PROCESSLIST_HOST host, t.PROCESSLIST_DB db, "
          "t.PROCESSLIST_COMMAND command, t.PROCESSLIST_STATE state, t.PROCESSLIST_INFO info, e.TIMER_WAIT DIV 1000000000 ms, "
          "t.PROCESSLIST_TIME * 1000 loose, t.NAME thread, e.ROWS_EXAMINED examined, e.ROWS_SENT sent "
          "FROM performance_schema.threads t LEFT JOIN performance_schema.events_statements_current e "
          "ON e.THREAD_ID = t.THREAD_ID AND e.NESTING_EVENT_LEVEL = 0 AND e.END_EVENT_ID IS NULL WHERE " + condition
        : "SELECT ID id, USER user, HOST host, DB db, COMMAND command, STATE state, INFO info, TIME * 1000 loose "
          "FROM information_schema.PROCESSLIST WHERE " + condition;
    const auto rows = m_client.query(sql);
    if (!rows)
        return fail(rows.error());
    const TimePoint now = systemNow();
    std::vector<Entry> entries;
    for (std::size_t row = 0; row < rows->rows.size(); ++row) {
        const auto text = [&](const char *column) { return rows->value(row, column).value_or(std::string()); };
        Entry entry;
        RunningStatement &running = entry.running;
        running.connection = static_cast<std::uint64_t>(numberOf(rows->value(row, "id")).value_or(0));
        running.statement = static_cast<std::uint64_t>(numberOf(rows->value(row, "statement")).value_or(0));
        running.user = text("user");
        running.host = withoutPort(text("host"));
        running.schema = text("db");
        running.command = text("command");
        running.state = text("state");
        running.text = text("info");
        running.thread = text("thread");
        auto ms = numberOf(rows->value(row, "ms"));
        if (!ms) {
            entry.timeIsSure = false;
            ms = numberOf(rows->value(row, "loose"));
        }
        running.seconds = static_cast<double>(std::max<std::int64_t>(0, ms.value_or(0))) / 1000;
        running.startedAt = now - std::chrono::milliseconds{std::max<std::int64_t>(0, ms.value_or(0))};
        running.rowsExamined = numberOf(rows->value(row, "examined"));
        running.rowsSent = numberOf(rows->value(row, "sent"));
        entries.push_back(std::move(entry));
    }
    return entries;
}

Result<std::vector<ProcessList::Entry>> ProcessList::longerThan(double seconds)
{
    if (auto ready = prepare(); !ready)
        return fail(ready.error());
    if (m_client.isMariaDb())
        return read("COMMAND IN " + std::string(killable) + " AND ID <> CONNECTION_ID() AND TIME_MS >= " + milliseconds(seconds));
    if (m_hasSchema)
        return read("t.PROCESSLIST_COMMAND IN " + std::string(killable) + " AND t.PROCESSLIST_ID <> CONNECTION_ID() AND "
                    "COALESCE(e.TIMER_WAIT DIV 1000000000, t.PROCESSLIST_TIME * 1000) >= " + milliseconds(seconds));
    return read("COMMAND IN " + std::string(killable) + " AND ID <> CONNECTION_ID() AND TIME * 1000 >= " + milliseconds(seconds));
}

Result<std::optional<ProcessList::Entry>> ProcessList::of(std::uint64_t connection)
{
    if (auto ready = prepare(); !ready)
        return fail(ready.error());
    const std::string id = std::to_string(connection);
    auto entries = read((!m_client.isMariaDb() && m_hasSchema ? "t.PROCESSLIST_ID = " : "ID = ") + id);
    if (!entries)
        return fail(entries.error());
    if (entries->empty() || entries->front().running.command == "Sleep")
        return std::nullopt;
    Entry &entry = entries->front();
    RunningStatement &running = entry.running;
    if (!m_client.isMariaDb() && m_hasSchema) {
        // performance_schema cuts texts at 1,024 bytes
        const auto whole = m_client.value("SELECT INFO FROM information_schema.PROCESSLIST WHERE ID = " + id);
        if (!whole && whole.error().is(errors::instanceDown))
            return fail(whole.error());
        if (whole && *whole && (*whole)->starts_with(std::string_view(running.text).substr(0, 1000)))
            running.text = **whole;
    }
    const auto program = m_client.value("SELECT ATTR_VALUE FROM performance_schema.session_connect_attrs WHERE ATTR_NAME = 'program_name' AND PROCESSLIST_ID = " + id);
    if (!program && program.error().is(errors::instanceDown))
        return fail(program.error());
    if (program && *program)
        running.program = **program;
    // last, since it is what changes
    const auto modified = m_client.value("SELECT CAST(COALESCE(SUM(trx_rows_modified), 0) AS SIGNED) FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id = " + id);
    if (!modified && modified.error().is(errors::instanceDown))
        return fail(modified.error());
    if (modified)
        running.rowsModified = numberOf(*modified);
    return std::move(entry);
}

Result<bool> ProcessList::kill(const RunningStatement &running, bool connection)
{
    const std::string what = connection ? "KILL CONNECTION " + std::to_string(running.connection)
        : m_client.isMariaDb()          ? "KILL QUERY ID " + std::to_string(running.statement)
                                        : "KILL QUERY " + std::to_string(running.connection);
    const auto done = m_client.query(what);
    if (done)
        return true;
    if (const int number = serverErrno(done.error()); number == noSuchThread || number == noSuchQuery)
        return false;
    return fail(done.error());
}

} // namespace zandb::agent
