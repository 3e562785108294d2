// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/statementrunner.h"

namespace zandb::agent {

/// A line of SHOW GRANTS without hashes of passwords: `IDENTIFIED BY PASSWORD '***'`, `VIA plugin USING '***'`, `WITH plugin AS '***'`.
std::string maskGrants(std::string_view line);

/// Hands on what it gets with all text masked by maskGrants().
class GrantMask final : public StatementSink
{
public:
    explicit GrantMask(StatementSink &next) : m_next(next) {}
    void columns(const std::vector<SqlColumn> &columns) override { m_next.columns(columns); }
    void row(const std::vector<SqlCell> &row) override;

private:
    StatementSink &m_next;
};

} // namespace zandb::agent
