// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/boundedchange.h"

#include "agent/protocol/sqlerrors.h"

#include <algorithm>
#include <charconv>
#include <map>

namespace zandb::agent {
namespace {

constexpr std::size_t keysAtOnce = 500; ///< conditions of one question

Error refusedBy(const std::string &name, const std::string &detail)
{
    return makeError(errors::sqlRefused, {{"reason", name}, {"detail", detail}});
}

std::int64_t number(const std::optional<std::string> &text)
{
    std::int64_t value = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), value);
    return value;
}

bool sameColumn(const std::string &a, const std::string &b)
{
    return std::ranges::equal(a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The values that name a row.
RowValues keyOf(const RowTable &table, const RowValues &row)
{
    RowValues key;
    for (const std::string &name : table.keys.front())
        key.push_back(row[table.indexOf(name)]);
    return key;
}

} // namespace

Result<Explained> explainStatement(SqlClient &client, const std::string &sql)
{
    // MySQL 9 may explain as a tree unless it is told otherwise
    const auto plan = client.query((client.isMariaDb() ? "EXPLAIN " : "EXPLAIN FORMAT=TRADITIONAL ") + sql);
    if (!plan)
        return fail(plan.error());
    Explained explained;
    for (std::size_t i = 0; i < plan->rows.size(); ++i) {
        const std::string access = plan->value(i, "type").value_or("");
        if (i == 0 || access == "ALL") {
            explained.access = access;
            explained.key = plan->value(i, "key").value_or("");
        }
        if (const auto rows = plan->value(i, "rows"))
            explained.rows = std::max(explained.rows.value_or(0), number(rows));
    }
    return explained;
}

Result<Refusal> inspectBounded(SqlClient &client, const std::string &sql, const rules::GuardSubject &subject, RowTable *table, std::vector<std::string> *key)
{
    const auto &name = subject.tables.front();
    const auto engine = client.value("SELECT ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA=" + client.quote(name.schema) + " AND TABLE_NAME=" + client.quote(name.table));
    if (!engine)
        return fail(engine.error());
    if (!*engine || !sameColumn(**engine, "InnoDB"))
        return Refusal{"not_innodb", engine->value_or("")};
    const auto binlog = client.value("SELECT IF(@@global.log_bin, @@session.binlog_format, 'ROW')");
    if (!binlog)
        return fail(binlog.error());
    if (*binlog != "ROW")
        return Refusal{"not_row_binlog", "binlog_format is " + binlog->value_or("")};
    auto read = readTable(client, name);
    if (!read)
        return fail(read.error());
    for (const RowColumn &column : read->columns) {
        if (column.form == RowColumn::Form::Unknown)
            return Refusal{"column_type", column.name + " " + column.type};
    }
    if (read->keys.empty())
        return Refusal{"no_key", "neither a primary key nor a unique one without NULL"};
    const auto isSet = [&](const std::string &column) { return std::ranges::any_of(subject.setColumns, [&](const std::string &set) { return sameColumn(set, column); }); };
    const auto usable = std::ranges::find_if(read->keys, [&](const auto &columns) { return std::ranges::none_of(columns, isSet); });
    if (usable == read->keys.end())
        return Refusal{"key_changed", "it sets a column of the key that names its rows"};
    const auto plan = explainStatement(client, sql);
    if (!plan)
        return fail(plan.error());
    if (plan->key.empty() || plan->access.empty() || plan->access == "ALL")
        return Refusal{"no_index", "EXPLAIN: type " + (plan->access.empty() ? std::string("none") : plan->access) + ", no key"};
    if (plan->rows.value_or(0) > maxExplainedRows)
        return Refusal{"too_many_rows", "EXPLAIN: " + std::to_string(*plan->rows) + " rows"};
    *key = *usable;
    *table = std::move(*read);
    return Refusal{};
}

BoundedChange::BoundedChange(const Config &config, BeforeImage image, rules::GuardSubject subject, ImageLimits limits)
    : m_config(config), m_image(std::move(image)), m_subject(std::move(subject)), m_limits(limits)
{
    m_image.deletes = m_subject.deletes;
}

Error BoundedChange::otherRows(const std::string &detail) const
{
    return makeError(errors::sqlOtherRows, {{"instance", m_image.instance}, {"table", m_subject.tables.front().schema + '.' + m_subject.tables.front().table}, {"detail", detail}});
}

Result<void> BoundedChange::before(SqlClient &client)
{
    std::vector<std::string> key;
    const auto refusal = inspectBounded(client, m_image.sql, m_subject, &m_image.table, &key);
    if (!refusal)
        return fail(refusal.error());
    if (*refusal)
        return fail(refusedBy(refusal->name, refusal->detail));
    m_image.table.keys = {key};
    // behind LIMIT n there may be a comment, which would hide FOR UPDATE
    const std::string tail = m_image.sql.substr(m_subject.where, m_subject.limitEnd - m_subject.where) + " FOR UPDATE";
    auto rows = readRows(client, m_image.table, tail, m_limits.bytes);
    if (!rows)
        return fail(rows.error());
    if (!*rows)
        return fail(refusedBy("image_too_large", "the rows hold more than " + std::to_string(m_limits.bytes) + " bytes, or the server could not give them whole"));
    // a reverse statement has each byte as two digits at most
    const auto packet = client.value("SELECT @@max_allowed_packet");
    if (!packet)
        return fail(packet.error());
    for (RowValues &row : **rows) {
        std::int64_t bytes = 0;
        for (const auto &value : row)
            bytes += value ? static_cast<std::int64_t>(value->size()) * 2 + 64 : 64;
        if (bytes > number(*packet))
            return fail(refusedBy("image_too_large", "a row is too long for one statement of max_allowed_packet"));
        m_image.rows.push_back({std::move(row), {}});
    }
    return {};
}

/// The recorded rows as they are now, as many as there are, in the order of the record.
Result<std::optional<std::vector<RowValues>>> BoundedChange::readAgain(SqlClient &client) const
{
    std::vector<RowValues> all;
    std::int64_t bytes = m_limits.bytes + (m_limits.bytes >> 2);
    for (std::size_t at = 0; at < m_image.rows.size(); at += keysAtOnce) {
        std::string tail;
        for (std::size_t i = at; i < std::min(m_image.rows.size(), at + keysAtOnce); ++i)
            tail += (tail.empty() ? "WHERE (" : " OR (") + keyCondition(client, m_image.table, m_image.table.keys.front(), m_image.rows[i].before) + ')';
        auto rows = readRows(client, m_image.table, tail + " FOR UPDATE", bytes);
        if (!rows || !*rows)
            return rows;
        for (RowValues &row : **rows)
            all.push_back(std::move(row));
    }
    return std::optional(std::move(all));
}

Result<void> BoundedChange::after(SqlClient &client, const StatementOutcome &outcome)
{
    const auto now = readAgain(client);
    if (!now)
        return fail(now.error());
    if (!*now)
        return fail(refusedBy("image_too_large", "the changed rows hold too many bytes"));
    if (m_image.deletes) {
        if (outcome.affectedRows != static_cast<std::int64_t>(m_image.rows.size()) || !(*now)->empty())
            return fail(otherRows(std::to_string(outcome.affectedRows) + " rows were deleted, " + std::to_string(m_image.rows.size()) + " recorded, "
                                  + std::to_string((*now)->size()) + " of these are still there"));
    } else {
        std::map<RowValues, RowValues> byKey;
        for (RowValues row : **now) {
            RowValues key = keyOf(m_image.table, row);
            byKey.emplace(std::move(key), std::move(row));
        }
        std::vector<ChangedRow> changed;
        for (ChangedRow &row : m_image.rows) {
            const auto found = byKey.find(keyOf(m_image.table, row.before));
            if (found == byKey.end())
                return fail(otherRows("a recorded row cannot be found after the statement"));
            if (found->second != row.before)
                changed.push_back({std::move(row.before), std::move(found->second)});
        }
        if (outcome.affectedRows != static_cast<std::int64_t>(changed.size()))
            return fail(otherRows(std::to_string(outcome.affectedRows) + " rows were changed, " + std::to_string(changed.size()) + " of them recorded"));
        m_image.rows = std::move(changed);
    }
    if (m_image.rows.empty())
        return {};
    const auto written = writeImage(m_config, m_image, m_limits);
    if (!written)
        return fail(written.error());
    if (!*written)
        return fail(refusedBy("image_budget", "the rows kept on this host for undo already take " + std::to_string(m_limits.budget >> 20) + " MiB"));
    m_written = true;
    return {};
}

void BoundedChange::discard()
{
    if (m_written)
        removeImage(m_config, m_image.id());
    m_written = false;
}

} // namespace zandb::agent
