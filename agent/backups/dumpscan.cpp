// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/dumpscan.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace zandb::agent {

namespace {
constexpr std::size_t maxLine = 4096;
constexpr std::size_t maxGtid = 1u << 20;

// "`a``b`" after `prefix` -> "a`b"; nullopt when the line is something else
std::optional<std::string> quotedAfter(std::string_view line, std::string_view prefix)
{
    if (!line.starts_with(prefix))
        return std::nullopt;
    line.remove_prefix(prefix.size());
    if (!line.starts_with('`'))
        return std::nullopt;
    std::string name;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] != '`') {
            name += line[i];
        } else if (i + 1 < line.size() && line[i + 1] == '`') {
            name += '`';
            ++i;
        } else {
            return name;
        }
    }
    return std::nullopt;
}

std::string_view between(std::string_view text, std::string_view before, std::string_view after)
{
    const auto from = text.find(before);
    if (from == std::string_view::npos)
        return {};
    text.remove_prefix(from + before.size());
    return text.substr(0, text.find_first_of(after));
}
} // namespace

void DumpScanner::feed(std::span<const char> bytes)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    while (at != end) {
        const char *const feedAt = static_cast<const char *>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
        const char *const stop = feedAt ? feedAt : end;
        const auto size = static_cast<std::size_t>(stop - at);
        if (m_current)
            *m_current += static_cast<std::int64_t>(size + (feedAt ? 1 : 0));
        const std::size_t room = maxLine - std::min(maxLine, m_line.size());
        if (m_inGtid && m_gtid.size() < maxGtid)
            m_gtid.append(at, size);
        m_line.append(at, std::min(room, size));
        if (feedAt) {
            line(m_line);
            m_line.clear();
        }
        at = feedAt ? feedAt + 1 : end;
    }
    constexpr std::size_t kept = 256;
    if (bytes.size() >= kept) {
        m_tail.assign(bytes.data() + bytes.size() - kept, kept);
    } else {
        m_tail.append(bytes.data(), bytes.size());
        if (m_tail.size() > kept)
            m_tail.erase(0, m_tail.size() - kept);
    }
}

void DumpScanner::line(std::string_view text)
{
    if (m_inGtid) {
        if (text.ends_with(';')) {
            m_inGtid = false;
            std::string sets;
            bool quoted = false;
            for (const char c : m_gtid) {
                if (c == '\'')
                    quoted = !quoted;
                else if (quoted && c != '\n' && c != ' ' && c != '+')
                    sets += c;
            }
            m_gtid = sets;
        }
        return;
    }
    if (text.empty() || (text[0] != '-' && text[0] != 'U' && text[0] != 'C' && text[0] != 'S'))
        return;
    if (auto schema = quotedAfter(text, "-- Current Database: ")) {
        m_schema = *schema;
        m_schemas.insert(m_schema);
        m_current = nullptr;
    } else if (auto table = quotedAfter(text, "-- Table structure for table ")) {
        m_current = &m_tables[{m_schema, *table}];
    } else if (auto sequence = quotedAfter(text, "-- Sequence structure for ")) {
        m_current = &m_tables[{m_schema, *sequence}];
    } else if (text.starts_with("-- Dumping routines") || text.starts_with("-- Dumping events")
               || text.starts_with("-- Temporary ") || text.starts_with("-- Final view")) {
        m_current = nullptr;
    } else if (m_file.empty() && text.find("_LOG_FILE='") != std::string_view::npos
               && (text.find("CHANGE MASTER TO") != std::string_view::npos
                   || text.find("CHANGE REPLICATION SOURCE TO") != std::string_view::npos)) {
        m_file = between(text, "_LOG_FILE='", "'");
        const std::string_view offset = between(text, "_LOG_POS=", ";, ");
        std::from_chars(offset.data(), offset.data() + offset.size(), m_offset);
    } else if (m_gtid.empty() && text.starts_with("SET @@GLOBAL.GTID_PURGED=")) {
        // one set per line until the semicolon
        m_gtid = text.substr(text.find('=') + 1);
        m_inGtid = true;
        if (text.ends_with(';'))
            line(text);
    }
}

bool DumpScanner::completed() const
{
    const auto at = m_tail.rfind("\n-- Dump completed");
    return at != std::string::npos && m_tail.find('\n', at + 1) == m_tail.size() - 1;
}

} // namespace zandb::agent
