// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/statementrunner.h"

#include "agent/fleet/statementwatch.h"
#include "agent/protocol/errors.h"
#include "agent/protocol/sqlerrors.h"

#include <mysql.h>

#include <algorithm>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto connectTime = 5s;
constexpr std::size_t maxPacket = 64u << 20; ///< of one row: what does not fit is no row of a person's

enum : unsigned {
    ErrorLockWait = 1205,
    ErrorDeadlock = 1213,
    ErrorInterrupted = 1317,
    ErrorTableChanged = 1412,
    ErrorTimeMariaDb = 1969,
    ErrorTimeMySql = 3024,
    ErrorShutdown = 1053,
    ErrorConnectionKilled = 1927,
    ErrorClientTimeout = 4031,
    ClientGone = 2006,
    ClientLost = 2013,
    ClientLostExtended = 2055,
    ClientTimeout = 2066,
    ClientPacketTooLarge = 2020,
    ServerAborting = 1152,
    ServerPacketFirst = 1153,
    ServerPacketLast = 1161,
    TypeJson = 245, // MYSQL_TYPE_JSON: MySQL's, unknown to older libraries
    BinaryCharset = 63
};

bool isLost(unsigned number)
{
    switch (number) {
    case ErrorShutdown:
    case ErrorConnectionKilled:
    case ErrorClientTimeout:
    case ClientGone:
    case ClientLost:
    case ClientLostExtended:
    case ClientTimeout:
    case ClientPacketTooLarge:
    case ServerAborting:
        return true;
    default:
        return number >= ServerPacketFirst && number <= ServerPacketLast;
    }
}

std::string typeOf(const MYSQL_FIELD &field)
{
    if (field.flags & ENUM_FLAG)
        return "enum";
    if (field.flags & SET_FLAG)
        return "set";
    switch (static_cast<unsigned>(field.type)) {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
        return "integer";
    case MYSQL_TYPE_DECIMAL:
    case MYSQL_TYPE_NEWDECIMAL:
        return "decimal";
    case MYSQL_TYPE_FLOAT:
    case MYSQL_TYPE_DOUBLE:
        return "float";
    case MYSQL_TYPE_BIT:
        return "bit";
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
        return "date";
    case MYSQL_TYPE_TIME:
    case MYSQL_TYPE_TIME2:
        return "time";
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_DATETIME2:
        return "datetime";
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
        return "timestamp";
    case MYSQL_TYPE_YEAR:
        return "year";
    case MYSQL_TYPE_GEOMETRY:
        return "geometry";
    case MYSQL_TYPE_NULL:
        return "null";
    case TypeJson:
        return "json";
    default:
        return field.charsetnr == BinaryCharset ? "binary" : "text";
    }
}

bool isBytes(const std::string &type)
{
    return type == "binary" || type == "geometry";
}

/// Without the half of a character at its end.
std::string_view wholeCharacters(std::string_view text)
{
    for (std::size_t back = 1; back <= std::min<std::size_t>(4, text.size()); ++back) {
        const auto c = static_cast<unsigned char>(text[text.size() - back]);
        if (c >= 0xc0)
            return back < (c >= 0xf0 ? 4u : c >= 0xe0 ? 3u : 2u) ? text.substr(0, text.size() - back) : text;
        if (c < 0x80)
            return text;
    }
    return text;
}

} // namespace

struct StatementRunner::Private
{
    Config config;
    LocalInstance instance;
    Account account;
    StatementOptions options;
    std::unique_ptr<SqlClient> client;
    bool broken = false;

    MYSQL *link() const { return client->native(); }
    Error errorOf(unsigned number, const std::string &message) const;
    Error endedBy(const StatementWatch &watch, Error otherwise, bool lost) const;
    Result<void> pin();
    Result<void> execute(const std::string &sql);
    void readRows(MYSQL_RES *result, StatementSink &sink, StatementOutcome &outcome, StatementWatch &watch) const;
    Result<StatementOutcome> perform(const std::string &sql, StatementSink &sink, StatementWatch &watch) const;
    void readWarnings(StatementOutcome &outcome) const;
    Error frameError(Error error) const;
    Result<StatementOutcome> performFramed(const std::string &sql, StatementSink &sink, StatementWatch &watch, StatementFrame &frame);
};

Error StatementRunner::Private::errorOf(unsigned number, const std::string &message) const
{
    std::map<std::string, std::string> fields{{"instance", instance.name}, {"errno", std::to_string(number)}, {"detail", message}};
    switch (number) {
    case ErrorLockWait:
        return makeError(errors::sqlLockWait, std::move(fields));
    case ErrorDeadlock:
        return makeError(errors::sqlDeadlock, std::move(fields));
    case ErrorTableChanged:
        return makeError(errors::sqlTableChanged, std::move(fields));
    case ErrorInterrupted:
        return makeError(errors::sqlKilled, std::move(fields));
    case ErrorTimeMariaDb:
    case ErrorTimeMySql:
        return makeError(errors::sqlTimedOut,
                         {{"instance", instance.name}, {"seconds", std::to_string(std::chrono::ceil<std::chrono::seconds>(options.limits.time).count())}});
    default:
        break;
    }
    if (!isLost(number))
        return client->lastError();
    Error lost = makeError(errors::sqlConnectionLost, std::move(fields));
    if (!options.readOnly)
        lost.errorClass = ErrorClass::Unknown;
    return lost;
}

Error StatementRunner::Private::endedBy(const StatementWatch &watch, Error otherwise, bool lost) const
{
    if (watch.why() == StatementWatch::Why::Nothing || watch.why() == StatementWatch::Why::Rows)
        return otherwise;
    const bool told = watch.isKilled() && !lost;
    Error error = watch.why() == StatementWatch::Why::Time
        ? makeError(errors::sqlTimedOut, {{"instance", instance.name},
                                          {"seconds", std::to_string(std::chrono::ceil<std::chrono::seconds>(options.limits.time).count())}})
        : makeError(errors::cancelled, {{"instance", instance.name}});
    error.fields["killed"] = told ? "KILL QUERY " + std::to_string(client->connectionId()) : "no";
    if (!told)
        error.fields["detail"] = watch.trouble().empty() ? "the connection was lost" : watch.trouble();
    error.cause = std::make_shared<const Error>(std::move(otherwise));
    if (!told && !options.readOnly)
        error.errorClass = ErrorClass::Unknown; // it may go on, and may come to its end
    return error;
}

Result<void> StatementRunner::Private::execute(const std::string &sql)
{
    if (mysql_real_query(link(), sql.data(), static_cast<unsigned long>(sql.size())) == 0)
        return {};
    const unsigned number = mysql_errno(link());
    broken = broken || isLost(number);
    return fail(errorOf(number, mysql_error(link())));
}

Result<void> StatementRunner::Private::pin()
{
    if (mysql_reset_connection(link()) != 0) {
        broken = true;
        return fail(errorOf(mysql_errno(link()), mysql_error(link())));
    }
    const StatementLimits &limits = options.limits;
    const std::string lockWait = std::to_string(std::max<std::int64_t>(1, limits.lockWait.count()));
    const auto milliseconds = std::to_string(std::max<std::int64_t>(1, limits.time.count()));
    std::string settings = "SET SESSION autocommit=1, time_zone='+00:00', sql_mode=" + client->quote(options.sqlMode + (client->isMariaDb() ? ",NO_AUTO_CREATE_USER" : "")) + ", lock_wait_timeout=" + lockWait
        + ", innodb_lock_wait_timeout=" + lockWait + ", net_write_timeout=600, wait_timeout=604800";
    settings += client->isMariaDb() ? ", max_statement_time=" + std::to_string(static_cast<double>(limits.time.count()) / 1000)
                                    : ", max_execution_time=" + milliseconds;
    if (auto done = execute("SET NAMES utf8mb4"); !done)
        return done;
    if (auto done = execute(settings); !done)
        return done;
    if (auto role = takeRole(*client, config, instance.name, account); !role)
        return role;
    if (options.rowBinlog)
        (void)client->query("SET SESSION binlog_format=ROW"); // whoever needs it looks at it again
    if (!options.schema.empty() && mysql_select_db(link(), options.schema.c_str()) != 0)
        return fail(errorOf(mysql_errno(link()), mysql_error(link())));
    return options.readOnly ? execute("START TRANSACTION READ ONLY") : Result<void>{};
}

void StatementRunner::Private::readRows(MYSQL_RES *result, StatementSink &sink, StatementOutcome &outcome, StatementWatch &watch) const
{
    const unsigned count = mysql_num_fields(result);
    std::vector<SqlColumn> columns;
    for (unsigned i = 0; i < count; ++i) {
        const MYSQL_FIELD *field = mysql_fetch_field_direct(result, i);
        columns.push_back({std::string(field->name, field->name_length), typeOf(*field), (field->flags & UNSIGNED_FLAG) != 0});
    }
    sink.columns(columns);
    std::vector<SqlCell> cells(count);
    while (const MYSQL_ROW row = mysql_fetch_row(result)) {
        if (outcome.rows >= options.limits.rows || outcome.bytes >= options.limits.bytes) {
            outcome.moreRows = true;
            if (options.readOnly)
                watch.enough(); // the rest is not worth the server's work
            continue;
        }
        const unsigned long *lengths = mysql_fetch_lengths(result);
        for (unsigned i = 0; i < count; ++i) {
            SqlCell &cell = cells[i];
            cell = {};
            if (!row[i])
                continue;
            cell.size = static_cast<std::int64_t>(lengths[i]);
            std::string_view bytes(row[i], lengths[i]);
            if (bytes.size() > options.limits.cellBytes) {
                bytes = bytes.substr(0, options.limits.cellBytes);
                if (!isBytes(columns[i].type))
                    bytes = wholeCharacters(bytes);
                ++outcome.cutCells;
            }
            cell.bytes = bytes;
            outcome.bytes += static_cast<std::int64_t>(bytes.size());
        }
        ++outcome.rows;
        sink.row(cells);
    }
}

Result<StatementOutcome> StatementRunner::Private::perform(const std::string &sql, StatementSink &sink, StatementWatch &watch) const
{
    StatementOutcome outcome;
    const auto since = Clock::now();
    const auto failed = [&] { return fail(errorOf(mysql_errno(link()), mysql_error(link()))); };
    if (mysql_real_query(link(), sql.data(), static_cast<unsigned long>(sql.size())) != 0)
        return failed();
    for (bool first = true;; first = false) {
        const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_use_result(link()), &mysql_free_result);
        if (result) {
            if (first) {
                outcome.hasResult = true;
                readRows(result.get(), sink, outcome, watch);
            } else {
                outcome.moreResults = true;
                while (mysql_fetch_row(result.get())) { }
            }
        }
        if (mysql_errno(link()) != 0) {
            if (outcome.moreRows && !isLost(mysql_errno(link())) && watch.why() == StatementWatch::Why::Rows)
                break; // ended by us since there was enough
            return failed();
        }
        if (!result && first) {
            outcome.affectedRows = static_cast<std::int64_t>(mysql_affected_rows(link()));
            outcome.insertId = mysql_insert_id(link());
            const char *info = mysql_info(link());
            outcome.info = info ? info : "";
        }
        outcome.warningCount = mysql_warning_count(link());
        const int more = mysql_next_result(link());
        if (more < 0)
            break;
        if (more > 0)
            return failed();
    }
    outcome.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - since);
    return outcome;
}

void StatementRunner::Private::readWarnings(StatementOutcome &outcome) const
{
    if (outcome.warningCount == 0 || options.limits.warnings == 0)
        return;
    const auto rows = client->query("SHOW WARNINGS LIMIT " + std::to_string(options.limits.warnings));
    for (std::size_t i = 0; rows && i < rows->rows.size(); ++i)
        outcome.warnings.push_back({rows->value(i, "Level").value_or(""), std::atoi(rows->value(i, "Code").value_or("0").c_str()),
                                    rows->value(i, "Message").value_or("")});
}

/// A frame's question that failed, told as the statement's own failure would be.
Error StatementRunner::Private::frameError(Error error) const
{
    if ((error.is(errors::sqlFailed) || error.is(errors::instanceDown)) && mysql_errno(link()) != 0)
        return errorOf(mysql_errno(link()), mysql_error(link()));
    return error;
}

Result<StatementOutcome> StatementRunner::Private::performFramed(const std::string &sql, StatementSink &sink, StatementWatch &watch, StatementFrame &frame)
{
    Result<StatementOutcome> outcome = fail(errors::internal);
    auto done = execute("START TRANSACTION");
    if (done)
        done = frame.before(*client);
    if (done) {
        outcome = perform(sql, sink, watch);
        if (outcome)
            readWarnings(*outcome);
        done = outcome ? frame.after(*client, *outcome) : Result<void>(fail(outcome.error()));
    }
    // a stop that came between two of its statements hit none of them
    if (done && watch.why() != StatementWatch::Why::Nothing)
        done = fail(errors::sqlKilled, {{"instance", instance.name}, {"errno", "0"}, {"detail", "it was taken back"}});
    if (done) {
        done = execute("COMMIT");
        return done ? std::move(outcome) : fail(done.error());
    }
    Error error = frameError(std::move(done.error()));
    if (error.is(errors::sqlConnectionLost)) {
        broken = true;
        error.errorClass = ErrorClass::Transient; // without COMMIT the server takes it back
    } else if (!broken) {
        const auto back = execute("ROLLBACK");
        if (back && watch.why() == StatementWatch::Why::Nothing)
            (void)client->query("DO 0");
    }
    return fail(std::move(error));
}

StatementRunner::StatementRunner(std::unique_ptr<Private> p) : d(std::move(p)) {}

StatementRunner::~StatementRunner() = default;

Result<std::unique_ptr<StatementRunner>> StatementRunner::open(const Config &config, const LocalInstance &instance, Account account,
                                                               StatementOptions options)
{
    const auto silence = std::chrono::ceil<std::chrono::seconds>(options.limits.time) + 60s;
    auto client = connectTo(config, instance, account, connectTime, silence, maxPacket);
    if (!client)
        return fail(client.error());
    auto p = std::make_unique<Private>(Private{config, instance, account, std::move(options), std::move(*client)});
    std::unique_ptr<StatementRunner> runner(new StatementRunner(std::move(p)));
    if (auto pinned = runner->d->pin(); !pinned)
        return fail(pinned.error());
    return runner;
}

Result<StatementOutcome> StatementRunner::run(const std::string &sql, StatementSink &sink, const std::stop_token &stop, StatementFrame *frame)
{
    if (stop.stop_requested())
        return fail(errors::cancelled, {{"instance", d->instance.name}, {"killed", "before it began"}});
    auto pinned = d->broken ? Result<void>(fail(d->errorOf(ClientGone, "the connection was lost before"))) : d->pin();
    if (!pinned) {
        if (pinned.error().is(errors::sqlConnectionLost))
            pinned.error().errorClass = ErrorClass::Transient; // the statement was never sent
        return fail(pinned.error());
    }
    StatementWatch::Plan plan;
    plan.connect = [this] { return connectTo(d->config, d->instance, d->account, connectTime, connectTime); };
    plan.connectionId = d->client->connectionId();
    plan.socket = mysql_get_socket(d->link());
    // the server's own limit comes first where it has one, and says more
    plan.time = d->options.limits.time + (d->client->isMariaDb() ? 1000ms : 200ms);
    StatementWatch watch(std::move(plan), stop);
    auto outcome = frame ? d->performFramed(sql, sink, watch, *frame) : d->perform(sql, sink, watch);
    const unsigned number = mysql_errno(d->link());
    watch.finish();
    d->broken = d->broken || (!outcome && isLost(number));
    const bool asked = watch.why() == StatementWatch::Why::Stop || watch.why() == StatementWatch::Why::Time;
    // SLEEP() and its like end quietly when they are killed, with a result that is none
    if (outcome && asked && outcome->hasResult)
        outcome = fail(errors::sqlKilled, {{"instance", d->instance.name}, {"errno", "0"}, {"detail", "it ended early"}});
    if (!outcome)
        outcome = fail(d->endedBy(watch, std::move(outcome.error()), d->broken));
    if (!outcome && frame && !d->broken)
        outcome.error().fields["undone"] = "rolled back";
    if (d->broken)
        return outcome;
    if (watch.why() != StatementWatch::Why::Nothing) {
        for (int i = 0; i < 2; ++i) // a kill that came too late would hit the next statement
            (void)d->client->query("DO 0");
    } else if (outcome && !frame) {
        d->readWarnings(*outcome);
    }
    if (d->options.readOnly)
        (void)d->execute("ROLLBACK");
    return outcome;
}

std::uint64_t StatementRunner::connectionId() const
{
    return d->client->connectionId();
}

bool StatementRunner::isMariaDb() const
{
    return d->client->isMariaDb();
}

} // namespace zandb::agent
