// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/insertcounter.h"

#include "agent/fleet/sqlparts.h"
#include "agent/os/child.h"
#include "agent/os/files.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace zandb::agent {

void InsertCounter::begin(std::string_view table)
{
    m_prefix = "INSERT INTO " + quotedName(table);
    m_rows = 0;
    m_active = true;
    m_state = State::LineStart;
    m_matched = 0;
}

void InsertCounter::end() { m_active = false; }

void InsertCounter::feed(std::span<const char> bytes)
{
    if (!m_active)
        return;
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    while (at != end) {
        switch (m_state) {
        case State::OtherLine: {
            const auto *feed = static_cast<const char *>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
            at = feed ? feed + 1 : end;
            if (feed) {
                m_state = State::LineStart;
                m_matched = 0;
            }
            break;
        }
        case State::LineStart: at = statementStart(at, end); break;
        case State::Columns:
        case State::Name: at = columns(at, end); break;
        case State::Values: at = values(at, end); break;
        case State::Quoted: at = quoted(at, end); break;
        }
    }
}

const char *InsertCounter::statementStart(const char *at, const char *end)
{
    for (; at != end && m_matched < m_prefix.size(); ++at, ++m_matched) {
        if (*at != m_prefix[m_matched]) {
            m_state = State::OtherLine;
            return at; // it may be the line feed itself
        }
    }
    if (m_matched == m_prefix.size()) {
        m_state = State::Columns;
        m_word.clear();
    }
    return at;
}

// Names of columns may stand before VALUES, and any character may stand in a name.
const char *InsertCounter::columns(const char *at, const char *end)
{
    for (; at != end; ++at) {
        if (*at == '`') {
            m_state = m_state == State::Name ? State::Columns : State::Name;
        } else if (m_state == State::Columns) {
            if (*at >= 'A' && *at <= 'Z')
                m_word += *at;
            else
                m_word.clear();
            if (m_word == "VALUES") {
                m_state = State::Values;
                m_depth = 0;
                return at + 1;
            }
        }
    }
    return at;
}

const char *InsertCounter::values(const char *at, const char *end)
{
    for (; at != end; ++at) {
        switch (*at) {
        case '\'':
        case '"':
            m_quote = *at;
            m_escaped = false;
            m_state = State::Quoted;
            return at + 1;
        case '(':
            if (m_depth++ == 0)
                ++*m_rows;
            break;
        case ')': --m_depth; break;
        case ';':
            if (m_depth == 0) {
                m_state = State::OtherLine;
                return at + 1;
            }
            break;
        default: break;
        }
    }
    return at;
}

// A doubled quote ends this literal and begins the next, which comes to the same.
const char *InsertCounter::quoted(const char *at, const char *end)
{
    for (; at != end; ++at) {
        if (m_escaped) {
            m_escaped = false;
        } else if (*at == '\\') {
            m_escaped = true;
        } else if (*at == m_quote) {
            m_state = State::Values;
            return at + 1;
        }
    }
    return at;
}

Result<std::int64_t> countRows(const std::filesystem::path &path, std::string_view table, const std::stop_token &stop)
{
    const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return fail(ioError(path, errno));
    InsertCounter counter;
    counter.begin(table);
    std::vector<char> buffer(1u << 20);
    for (;;) {
        if (stop.stop_requested())
            return fail(errors::cancelled);
        const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ioError(path, errno));
        if (got == 0)
            return counter.rows().value_or(0);
        counter.feed({buffer.data(), static_cast<std::size_t>(got)});
    }
}

} // namespace zandb::agent
