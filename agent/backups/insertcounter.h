// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

namespace zandb::agent {

/// Counts the rows of a table's INSERT statements in the text of a dump, so that the number belongs to the dump's own
/// snapshot and costs no statement on the server.  Statements begin at the start of a line; literals are in single or
/// double quotes with backslashes as escapes and hold no line feeds, as all dump programs write them.
class InsertCounter
{
public:
    /// From here on, which is the start of a line, the rows of this table count; what was counted before is forgotten.
    void begin(std::string_view table);
    /// No table's rows count any more.
    void end();
    void feed(std::span<const char> bytes);
    /// Of the table of the last begin(); nullopt when there was none.
    std::optional<std::int64_t> rows() const { return m_rows; }

private:
    enum class State { OtherLine, LineStart, Columns, Name, Values, Quoted };
    const char *statementStart(const char *at, const char *end);
    const char *columns(const char *at, const char *end);
    const char *values(const char *at, const char *end);
    const char *quoted(const char *at, const char *end);
    std::string m_prefix;     ///< what the table's statements begin with
    std::size_t m_matched = 0; ///< of it
    State m_state = State::OtherLine;
    bool m_active = false;
    std::string m_word;       ///< the last letters before the values
    char m_quote = '\0';
    bool m_escaped = false;
    int m_depth = 0;
    std::optional<std::int64_t> m_rows;
};

/// The rows of a table in a file that mydumper wrote for it.  Errors: io.failed, cancelled.
Result<std::int64_t> countRows(const std::filesystem::path &file, std::string_view table, const std::stop_token &stop);

} // namespace zandb::agent
