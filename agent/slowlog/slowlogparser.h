// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/rules/sqltext.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace zandb::agent {

/// One entry of a slow log.  Texts point into the parser and are valid until its next call.
struct SlowEvent
{
    std::string_view statement; ///< without `use`, `SET timestamp` and the final semicolon; of a command "administrator command: Quit"
    std::string_view user;      ///< who logged in, before the brackets; empty: the log does not say
    std::string_view host;      ///< its name, or the address where the log has no name
    std::string_view schema;    ///< of `use` or `Schema:`
    std::optional<TimePoint> at;
    std::optional<double> querySeconds;
    std::optional<double> lockSeconds;
    std::optional<double> rowsSent;
    std::optional<double> rowsExamined;
    std::optional<double> bytesSent;
    std::int64_t offset = 0;  ///< in the file: where its first header line begins
    std::int64_t end = 0;     ///< in the file: behind its last line
    bool hasStatement = true; ///< false: the log has a header and nothing else
    bool isCut = false;       ///< longer than the parser keeps; `statement` is its begin
};

/// Reads the slow logs of MySQL 5.0 and later, MariaDB and Percona Server piece by piece.
///
///     while (read into parser.space()) { parser.take(n); while (parser.next(event)) ...; }
///     parser.finish(); while (parser.next(event)) ...;
///
/// A line that looks like a header is one only outside of strings, quoted names and comments of the statement before it; so a statement cannot
/// write an entry of somebody else into the log.  Where a literal is never closed the statement was cut off, and the first header behind it is believed: at the end
/// of the log, or when `literalBytes` follow it.  A file may begin and end anywhere.  What is no entry is counted and skipped.
///
/// Memory is that of the longest statement, at most `statementBytes` and `literalBytes`.  Time is linear.  Not thread-safe.
class SlowLogParser
{
public:
    struct Limits
    {
        std::size_t statementBytes = 8u << 20;
        std::size_t literalBytes = 16u << 20;
        std::size_t firstBytes = 128u << 10; ///< of the buffer, which should fit a core's cache; it grows for longer entries
    };
    /// So many bytes before an entry are kept, for before().
    static constexpr std::size_t bytesBefore = 128;

    SlowLogParser() : SlowLogParser(Limits{}) {}
    explicit SlowLogParser(Limits limits, std::int64_t offset = 0);

    /// Room for the next bytes of the log, at least 64 KiB; valid until the next call of anything.
    std::span<char> space();
    /// So many bytes were written there.
    void take(std::size_t bytes);
    /// There is no more: what waits is given out as it is.
    void finish() { m_finished = true; }
    /// The next complete entry; false when more bytes are needed.
    bool next(SlowEvent &event);

    /// The parser reads another log, or from another place, from now on; what was not given out is dropped.  `before` are the bytes before that place.
    void restart(std::int64_t offset, std::string_view before = {});
    /// At most bytesBefore bytes before a place in the file, which is position(), taken() or the begin or the end of the last entry given out.
    std::string_view before(std::int64_t offset) const;
    /// In the file: the begin of the entry that is not complete yet.  A parser that starts there finds the same entries.
    std::int64_t position() const { return m_base + static_cast<std::int64_t>(m_entry); }
    /// In the file: behind the last byte taken.
    std::int64_t taken() const { return m_base + static_cast<std::int64_t>(m_end); }
    /// Pieces that are no entries so far.
    std::int64_t notUnderstood() const { return m_notUnderstood; }

private:
    enum class Where { Header, Statement, Skip };
    enum class Answer { Yes, No, Unknown };
    /// A text in the buffer, from the begin of the entry.
    struct Piece
    {
        std::uint32_t at = 0;
        std::uint32_t size = 0;
    };

    std::string_view window(std::size_t from, std::size_t to) const { return {m_data.get() + from, to - from}; }
    std::size_t lineEnd(std::size_t from) const;
    bool readHeader(SlowEvent &event);
    void readHash(std::string_view line);
    void readUserHost(std::string_view text);
    void readProperties(std::string_view line);
    void readSet(std::string_view line);
    bool readStatement(SlowEvent &event);
    bool skip();
    Answer isWholeHeader(std::size_t begin) const;
    Answer isBanner(std::size_t begin, bool alone) const;
    Answer isEndAt(std::size_t begin);
    bool emit(std::size_t statementEnd, std::size_t next, bool cut, SlowEvent &event);
    void emitEmpty(std::size_t next, SlowEvent &event);
    void fill(SlowEvent &event, std::size_t next) const;
    void beginEntry(std::size_t at);
    Piece piece(std::string_view text) const;
    std::string_view text(Piece piece) const { return {m_data.get() + m_entry + piece.at, piece.size}; }

    Limits m_limits;
    std::unique_ptr<char[]> m_data;
    std::size_t m_capacity = 0;
    std::size_t m_end = 0;   ///< behind the last byte in the buffer
    std::size_t m_entry = 0; ///< begin of the entry that is being read
    std::size_t m_at = 0;    ///< what is read next
    std::int64_t m_base = 0; ///< the file's offset of the buffer's begin
    bool m_finished = false;
    Where m_where = Where::Header;
    std::int64_t m_notUnderstood = 0;

    // the entry
    Piece m_user, m_host, m_schema, m_time;
    bool m_hasHeader = false, m_hasTime = false, m_hasUser = false, m_hasSchema = false, m_hasSet = false;
    std::optional<double> m_query, m_lock, m_sent, m_examined, m_bytes;
    std::optional<TimePoint> m_timestamp;
    std::size_t m_statement = 0; ///< where it begins
    std::size_t m_scanned = 0;   ///< no line ends between m_at and here
    std::size_t m_lexed = 0;     ///< so far m_state knows it
    std::size_t m_candidate = 0; ///< the first header in an open literal; 0: none
    sqltext::State m_state;
    bool m_skipsStatement = false; ///< what is skipped is the rest of a statement, and m_state knows it
};

} // namespace zandb::agent
