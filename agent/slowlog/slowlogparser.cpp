// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/slowlogparser.h"

#include "agent/slowlog/slowlogfields.h"

#include <algorithm>
#include <cstring>

namespace zandb::agent {
namespace {

constexpr std::size_t leastSpace = 64u << 10;
/// A header line that is longer is none.
constexpr std::size_t headerLineBytes = 64u << 10;
constexpr int headerLines = 64;

} // namespace

SlowLogParser::SlowLogParser(Limits limits, std::int64_t offset) : m_limits(limits), m_base(offset) {}

void SlowLogParser::restart(std::int64_t offset, std::string_view before)
{
    const std::string kept(before.substr(before.size() - std::min(before.size(), bytesBefore)));
    m_end = m_entry = m_at = 0;
    m_base = offset - static_cast<std::int64_t>(kept.size());
    if (!kept.empty()) {
        std::memcpy(space().data(), kept.data(), kept.size());
        m_end = kept.size();
    }
    m_finished = false;
    m_where = Where::Header;
    m_at = m_end;
    beginEntry(m_end);
}

std::string_view SlowLogParser::before(std::int64_t offset) const
{
    const std::int64_t place = offset - m_base;
    if (place <= 0 || place > static_cast<std::int64_t>(m_end))
        return {};
    const auto end = static_cast<std::size_t>(place);
    return window(end - std::min(end, bytesBefore), end);
}

std::span<char> SlowLogParser::space()
{
    if (m_capacity - m_end < leastSpace) {
        const std::size_t first = m_entry - std::min(m_entry, bytesBefore);
        const std::size_t kept = m_end - first;
        if (m_capacity < kept + leastSpace) {
            const std::size_t capacity = std::max(std::max(m_limits.firstBytes, 2 * leastSpace), m_capacity * 2);
            std::unique_ptr<char[]> grown(new char[capacity]);
            if (kept)
                std::memcpy(grown.get(), m_data.get() + first, kept);
            m_data = std::move(grown);
            m_capacity = capacity;
        } else if (kept) {
            std::memmove(m_data.get(), m_data.get() + first, kept);
        }
        m_base += static_cast<std::int64_t>(first);
        for (std::size_t *place : {&m_entry, &m_at, &m_statement, &m_scanned, &m_lexed, &m_candidate})
            *place = *place > first ? *place - first : 0;
        m_end = kept;
    }
    return {m_data.get() + m_end, m_capacity - m_end};
}

void SlowLogParser::take(std::size_t bytes) { m_end += bytes; }

std::size_t SlowLogParser::lineEnd(std::size_t from) const
{
    const void *feed = from < m_end ? std::memchr(m_data.get() + from, '\n', m_end - from) : nullptr;
    return feed ? static_cast<std::size_t>(static_cast<const char *>(feed) - m_data.get()) : m_end;
}

bool SlowLogParser::next(SlowEvent &event)
{
    for (;;) {
        switch (m_where) {
        case Where::Header:
            if (readHeader(event))
                return true;
            if (m_where == Where::Header)
                return false;
            break;
        case Where::Statement:
            return readStatement(event);
        case Where::Skip:
            if (!skip())
                return false;
            break;
        }
    }
}

void SlowLogParser::beginEntry(std::size_t at)
{
    m_entry = at;
    m_user = m_host = m_schema = m_time = {};
    m_hasHeader = m_hasTime = m_hasUser = m_hasSchema = m_hasSet = false;
    m_query.reset();
    m_lock.reset();
    m_sent.reset();
    m_examined.reset();
    m_bytes.reset();
    m_timestamp.reset();
}

/// Reads lines up to the statement.  True: an event without one was found.  False: more is needed, or m_where is another.
bool SlowLogParser::readHeader(SlowEvent &event)
{
    for (;;) {
        const std::size_t begin = m_at;
        if (!m_hasHeader)
            m_entry = begin;
        if (begin == m_end) {
            if (!m_finished || !m_hasHeader)
                return false;
            if (m_hasSet || m_query) {
                emitEmpty(begin, event);
                return true;
            }
            ++m_notUnderstood;
            beginEntry(begin);
            return false;
        }
        const std::size_t feed = lineEnd(begin);
        const bool isLong = feed == m_end && m_end - begin > headerLineBytes;
        if (feed == m_end && !m_finished && !isLong)
            return false;
        const std::size_t next = std::min(feed + 1, m_end);
        const std::string_view line = isLong ? std::string_view() : withoutReturn(window(begin, feed));
        bool isStatement = isLong;
        if (line.starts_with('#')) {
            const bool isNext = beginsSlowLogEntry(line);
            if (line.starts_with(slowLogCommandBegin)) { // also without a header, where the log begins in the middle
                m_statement = begin + 2;
                return emit(feed, next, false, event);
            }
            if (m_hasSet && isNext) {
                // the next entry, or a comment with which the statement begins
                const Answer whole = isWholeHeader(begin);
                if (whole == Answer::Unknown)
                    return false;
                isStatement = whole == Answer::No;
            } else {
                isStatement = m_hasSet;
            }
            if (!isStatement) {
                const bool isUser = line.starts_with(slowLogUserBegin);
                if (isNext && (m_hasSet || m_query || (isUser && m_hasUser))) {
                    if (m_hasSet || m_query) {
                        emitEmpty(begin, event);
                        return true;
                    }
                    ++m_notUnderstood;
                    beginEntry(begin);
                }
                if (isNext || m_hasHeader || line.find(": ") != line.npos) {
                    m_hasHeader = true;
                    readHash(line);
                }
            }
        } else if (isSlowLogBanner(line)) {
            if (m_hasHeader && (m_hasSet || m_query)) {
                emitEmpty(begin, event);
                return true;
            }
            m_notUnderstood += m_hasHeader;
            beginEntry(next);
        } else if (!m_hasSet && m_hasHeader && line.starts_with("use ")) {
            const std::size_t end = std::min(line.find(';'), line.size());
            m_schema = piece(withoutTicks(line.substr(4, end - 4)));
            m_hasSchema = true;
        } else if (!m_hasSet && m_hasHeader && isSlowLogSet(line)) {
            m_hasSet = true;
            readSet(line);
        } else if (!isLong && line.empty() && !m_hasSet) {
            // between entries
        } else {
            isStatement = true;
        }
        if (isStatement) {
            if (m_hasHeader && (m_query || m_hasUser || m_hasSet)) {
                m_where = Where::Statement;
                m_at = m_statement = m_scanned = m_lexed = begin;
                m_candidate = 0;
            } else {
                ++m_notUnderstood;
                m_where = Where::Skip;
                m_skipsStatement = false;
                m_lexed = begin;
            }
            m_state = {};
            return false;
        }
        m_at = next;
    }
}

void SlowLogParser::readHash(std::string_view line)
{
    if (line.starts_with(slowLogTimeBegin)) {
        m_hasTime = true;
        m_time = piece(line.substr(slowLogTimeBegin.size()));
        if (const std::size_t user = line.find("User@Host: "); user != line.npos)
            readUserHost(line.substr(user + 11));
    } else if (line.starts_with(slowLogUserBegin)) {
        readUserHost(line.substr(slowLogUserBegin.size()));
    } else if (line.size() > 2 && line[1] == ' ' && !line.starts_with("# explain:")) {
        const std::string_view rest = takeSlowLogFigures(line.substr(2), {&m_query, &m_lock, &m_sent, &m_examined});
        if (!rest.empty())
            readProperties(rest);
    }
}

void SlowLogParser::readUserHost(std::string_view rest)
{
    const SlowLogUser found = slowLogUser(rest);
    if (!found.isValid || m_hasUser)
        return;
    m_hasUser = true;
    m_user = piece(found.user);
    m_host = piece(found.host);
}

void SlowLogParser::readProperties(std::string_view line)
{
    forEachProperty(line, [this](std::string_view key, std::string_view value) {
        const auto set = [&](std::optional<double> &column) {
            if (const auto number = slowLogNumber(value))
                column = number;
        };
        switch (key.size()) {
        case 6:
            if (key == "Schema" && !m_hasSchema) {
                m_schema = piece(withoutTicks(value));
                m_hasSchema = true;
            }
            break;
        case 9:
            if (key == "Lock_time")
                set(m_lock);
            else if (key == "Rows_sent")
                set(m_sent);
            break;
        case 10:
            if (key == "Query_time")
                set(m_query);
            else if (key == "Bytes_sent")
                set(m_bytes);
            break;
        case 13:
            if (key == "Rows_examined")
                set(m_examined);
            break;
        default: break;
        }
    });
}

void SlowLogParser::readSet(std::string_view line)
{
    const std::size_t at = line.find("timestamp=");
    if (at != line.npos)
        m_timestamp = slowLogSeconds(line.substr(at + 10));
}

/// Whether the lines from `begin` on are a complete header: whose entry it is, its figures, and the time or the command that follows.
SlowLogParser::Answer SlowLogParser::isWholeHeader(std::size_t begin) const
{
    bool hasUser = false, hasTime = false;
    for (int lines = 0; lines < headerLines; ++lines) {
        const std::size_t feed = lineEnd(begin);
        if (feed == m_end && !m_finished)
            return m_end - begin > headerLineBytes ? Answer::No : Answer::Unknown;
        const std::string_view line = window(begin, feed);
        if (line.starts_with('#')) {
            if (line.starts_with(slowLogCommandBegin))
                return hasUser && hasTime ? Answer::Yes : Answer::No;
            hasUser |= line.starts_with(slowLogUserBegin);
            hasTime |= line.find("Query_time: ") != line.npos;
        } else if (isSlowLogSet(line)) {
            return hasUser && hasTime ? Answer::Yes : Answer::No;
        } else if (!line.starts_with("use ")) {
            return Answer::No;
        }
        if (feed == m_end)
            return Answer::No;
        begin = feed + 1;
    }
    return Answer::No;
}

/// Whether a server's banner begins at this line; `alone`: one line of the three is enough.
SlowLogParser::Answer SlowLogParser::isBanner(std::size_t begin, bool alone) const
{
    const std::size_t feed = lineEnd(begin);
    if (feed == m_end && !m_finished)
        return m_end - begin > headerLineBytes ? Answer::No : Answer::Unknown;
    if (!isSlowLogBanner(withoutReturn(window(begin, feed))))
        return Answer::No;
    if (alone)
        return Answer::Yes;
    if (m_data[begin] == 'T')
        return Answer::No;
    const std::size_t second = std::min(feed + 1, m_end);
    const std::size_t secondFeed = lineEnd(second);
    if (secondFeed == m_end && !m_finished)
        return Answer::Unknown;
    const std::string_view line = withoutReturn(window(second, secondFeed));
    return line.starts_with('T') && isSlowLogBanner(line) ? Answer::Yes : Answer::No;
}

/// Whether the statement ends before the line at `begin`.
SlowLogParser::Answer SlowLogParser::isEndAt(std::size_t begin)
{
    const std::string_view rest = window(begin, std::min(m_end, begin + 16));
    const bool isHash = rest[0] == '#';
    if (!isHash && !mayBeSlowLogBanner(rest))
        return Answer::No;
    if (rest.size() < 16 && !m_finished && lineEnd(begin) == m_end)
        return Answer::Unknown;
    if (isHash && !beginsSlowLogEntry(rest) && !continuesSlowLogEntry(rest))
        return Answer::No;
    const std::string_view before = withoutReturn(window(m_statement, begin - 1));
    const bool isTerminated = before.ends_with(';');
    Answer answer = Answer::Yes;
    if (!isHash)
        answer = isBanner(begin, isTerminated);
    else if (!isTerminated) // a statement that was cut off, or a comment of it
        answer = beginsSlowLogEntry(rest) ? isWholeHeader(begin) : Answer::No;
    if (answer != Answer::Yes)
        return answer;
    m_state.feed(window(m_lexed, begin));
    m_lexed = begin;
    if (!m_state.isOpen())
        return Answer::Yes;
    if (!m_candidate)
        m_candidate = begin;
    return Answer::No;
}

bool SlowLogParser::readStatement(SlowEvent &event)
{
    for (;;) {
        const std::size_t feed = lineEnd(std::max(m_at, m_scanned));
        const std::size_t next = feed + 1;
        if (feed == m_end || (next == m_end && !m_finished)) {
            m_scanned = std::max(m_scanned, feed == m_end ? m_end : feed);
            if (m_finished) {
                if (m_candidate) // the literal that was open there is not closed: the statement was cut off
                    return emit(m_candidate, m_candidate, false, event);
                return emit(m_end, m_end, false, event);
            }
            if (m_candidate && m_end - m_candidate > m_limits.literalBytes)
                return emit(m_candidate, m_candidate, false, event);
            if (!m_candidate && m_end - m_statement > m_limits.statementBytes)
                return emit(m_end, m_end, true, event);
            return false;
        }
        if (next == m_end) {
            if (m_candidate) {
                m_state.feed(window(m_lexed, m_end));
                m_lexed = m_end;
                if (m_state.isOpen())
                    return emit(m_candidate, m_candidate, false, event);
            }
            return emit(m_end, m_end, false, event);
        }
        switch (isEndAt(next)) {
        case Answer::Yes: return emit(next, next, false, event);
        case Answer::Unknown: m_scanned = feed; return false;
        case Answer::No: break;
        }
        m_at = m_scanned = next;
        if (m_candidate && m_at - m_candidate > m_limits.literalBytes)
            return emit(m_candidate, m_candidate, false, event);
    }
}

/// Drops lines up to one that begins an entry.
bool SlowLogParser::skip()
{
    for (;;) {
        const std::size_t begin = m_at;
        if (begin == m_end)
            return false;
        const std::size_t feed = lineEnd(begin);
        if (feed == m_end) {
            if (m_finished) {
                m_entry = m_at = m_end;
            } else if (m_end - begin > headerLineBytes) {
                // not behind a byte that belongs to the next one
                std::size_t end = m_end;
                while (end > begin + 1 && std::strchr("\\*/-\r;", m_data[end - 1]))
                    --end;
                if (m_lexed < end)
                    m_state.feed(window(m_lexed, end));
                m_entry = m_at = m_lexed = end;
            }
            return false;
        }
        if (beginsSlowLogEntry(window(begin, feed)) || isSlowLogBanner(withoutReturn(window(begin, feed)))) {
            const Answer whole = m_data[begin] == '#' ? isWholeHeader(begin) : Answer::Yes;
            if (whole == Answer::Unknown)
                return false;
            if (whole == Answer::Yes && !(m_skipsStatement && m_state.isOpen())) {
                m_where = Where::Header;
                beginEntry(begin);
                return true;
            }
        }
        m_state.feed(window(begin, feed + 1));
        m_entry = m_at = m_lexed = feed + 1;
    }
}

void SlowLogParser::fill(SlowEvent &event, std::size_t next) const
{
    event.user = text(m_user);
    event.host = text(m_host);
    event.schema = text(m_schema);
    event.at = m_timestamp;
    if (!event.at && m_hasTime)
        event.at = slowLogTime(text(m_time));
    event.querySeconds = m_query;
    event.lockSeconds = m_lock;
    event.rowsSent = m_sent;
    event.rowsExamined = m_examined;
    event.bytesSent = m_bytes;
    event.offset = m_base + static_cast<std::int64_t>(m_entry);
    event.end = m_base + static_cast<std::int64_t>(next);
    event.hasStatement = true;
    event.isCut = false;
}

/// `next` is where reading goes on.
bool SlowLogParser::emit(std::size_t statementEnd, std::size_t next, bool cut, SlowEvent &event)
{
    fill(event, next);
    std::string_view statement = window(m_statement, statementEnd);
    if (cut) {
        statement = statement.substr(0, m_limits.statementBytes);
    } else {
        // the server writes ";" and a line feed behind each statement; somebody may have left empty lines there
        std::string_view line = statement;
        while (line.ends_with('\n') || line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.ends_with(';'))
            statement = line.substr(0, line.size() - 1);
        else if (statement.ends_with('\n'))
            statement.remove_suffix(1);
    }
    event.statement = statement;
    event.isCut = cut;
    m_where = cut ? Where::Skip : Where::Header;
    const std::size_t lexed = m_statement;
    const sqltext::State state;
    beginEntry(next);
    m_at = next;
    if (cut) {
        m_state = state;
        m_skipsStatement = true;
        std::size_t end = next;
        while (end > lexed + 1 && std::strchr("\\*/-\r;", m_data[end - 1]))
            --end;
        m_state.feed(window(lexed, end));
        m_entry = m_at = m_lexed = end;
    }
    return true;
}

void SlowLogParser::emitEmpty(std::size_t next, SlowEvent &event)
{
    fill(event, next);
    event.statement = {};
    event.hasStatement = false;
    beginEntry(next);
    m_at = next;
}

SlowLogParser::Piece SlowLogParser::piece(std::string_view part) const
{
    return {static_cast<std::uint32_t>(part.data() - (m_data.get() + m_entry)), static_cast<std::uint32_t>(part.size())};
}

} // namespace zandb::agent
