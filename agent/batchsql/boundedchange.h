// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/batchsql/beforeimage.h"
#include "agent/batchsql/sqlchecks.h"
#include "agent/fleet/statementrunner.h"

namespace zandb::agent {

/// What EXPLAIN says of a bounded UPDATE or DELETE, or of a SELECT: the worst of its tables.
struct Explained
{
    std::string access;   ///< "range", "ALL"; "" where there is no table
    std::string key;
    std::optional<std::int64_t> rows; ///< the largest estimate
};
/// Errors: those of the query.
Result<Explained> explainStatement(SqlClient &client, const std::string &sql);

/// At most so many rows may the server expect to read for one bounded statement.
inline constexpr std::int64_t maxExplainedRows = 100'000;
/// At most so many rows may all bounded statements of an order change together: the sum of their LIMITs.
inline constexpr std::uint64_t maxOrderedRows = 100'000;

/// Why rows of this statement could not be put back, or are found by no index.  Names: `no_index`, `too_many_rows`, `not_row_binlog`, `not_innodb`, `no_key`,
/// `key_changed` (no usable key but one that the UPDATE sets), `column_type`.  `key`: the index by which rows are named.
/// Nothing is locked but the table's definition.  Errors: those of the queries.
Result<Refusal> inspectBounded(SqlClient &client, const std::string &sql, const rules::GuardSubject &subject, RowTable *table, std::vector<std::string> *key);

/// The frame of a bounded UPDATE or DELETE (rule 4c): the keys and old values of its rows are read FOR UPDATE with the same WHERE, ORDER BY and LIMIT;
/// after the statement exactly those must have changed, and they stand in a file before COMMIT.
///
/// Errors: sql.refused with a reason of inspectBounded(), `image_too_large`, `image_budget`; sql.other_rows (it changed others than
/// those recorded); io.failed, io.disk_full; those of the queries.
class BoundedChange final : public StatementFrame
{
public:
    /// `sql` as it is sent; the subject's offsets are of it.
    BoundedChange(const Config &config, BeforeImage image, rules::GuardSubject subject, ImageLimits limits = {});

    Result<void> before(SqlClient &client) override;
    Result<void> after(SqlClient &client, const StatementOutcome &outcome) override;

    /// Id of what was recorded; "" when nothing has changed.
    std::string image() const { return m_written ? m_image.id() : std::string(); }
    /// The change was taken back.
    void discard();

private:
    Result<std::optional<std::vector<RowValues>>> readAgain(SqlClient &client) const;
    Error otherRows(const std::string &detail) const;

    const Config &m_config;
    BeforeImage m_image;
    const rules::GuardSubject m_subject;
    const ImageLimits m_limits;
    bool m_written = false;
};

} // namespace zandb::agent
