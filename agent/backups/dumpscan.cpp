// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/dumpscan.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace zandb::agent {

namespace {
constexpr std::size_t maxLine = 4096;

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
        m_counter.feed({at, size + (feedAt ? 1 : 0)});
        const std::size_t room = maxLine - std::min(maxLine, m_line.size());
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
    if (m_inSlavePos)
        slavePosRows(text);
    if (text.starts_with("/*!40000 ALTER TABLE ") && text.ends_with(" ENABLE KEYS */;"))
        endRows(); // after the last row; what follows may be a trigger with statements of its own
    if (text.empty() || (text[0] != '-' && text[0] != 'U' && text[0] != 'C' && text[0] != 'S'))
        return;
    if (auto schema = quotedAfter(text, "-- Current Database: ")) {
        m_schema = *schema;
        m_schemas.insert(m_schema);
        endRows();
        m_current = nullptr;
        m_inSlavePos = false;
    } else if (auto table = quotedAfter(text, "-- Table structure for table ")) {
        endRows();
        m_current = &m_tables[{m_schema, *table}];
        m_inSlavePos = m_schema == "mysql" && table->starts_with("gtid_slave_pos");
    } else if (auto filled = quotedAfter(text, "-- Dumping data for table ")) {
        endRows();
        m_table = {m_schema, *filled};
        m_counter.begin(*filled);
    } else if (auto sequence = quotedAfter(text, "-- Sequence structure for ")) {
        endRows();
        m_current = &m_tables[{m_schema, *sequence}];
    } else if (text.starts_with("-- Dumping routines") || text.starts_with("-- Dumping events")
               || text.starts_with("-- Temporary ") || text.starts_with("-- Final view")
               || text.starts_with("-- Dump completed")) {
        endRows();
        m_current = nullptr;
    } else if (m_file.empty() && text.find("_LOG_FILE='") != std::string_view::npos
               && (text.find("CHANGE MASTER TO") != std::string_view::npos
                   || text.find("CHANGE REPLICATION SOURCE TO") != std::string_view::npos)) {
        m_file = between(text, "_LOG_FILE='", "'");
        const std::string_view offset = between(text, "_LOG_POS=", ";, ");
        std::from_chars(offset.data(), offset.data() + offset.size(), m_offset);
    }
}

void DumpScanner::endRows()
{
    if (const auto rows = m_counter.rows(); rows && !m_table.second.empty())
        m_rows[m_table] = *rows;
    m_table = {};
    m_counter.end();
}

void DumpScanner::slavePosRows(std::string_view text)
{
    if (text.size() >= maxLine)
        m_slavePosUsable = false;
    if (text.starts_with(") ENGINE=") && !text.starts_with(") ENGINE=InnoDB "))
        m_slavePosUsable = false;
    if (!text.starts_with('(') && !text.starts_with("INSERT INTO `gtid_slave_pos"))
        return;
    // (domain, sub id, server, sequence number), one row a line or all in one
    for (auto at = text.find('('); at != std::string_view::npos; at = text.find('(', at)) {
        std::uint64_t fields[4];
        const char *from = text.data() + at;
        const char *const end = text.data() + text.size();
        for (auto &field : fields) {
            const auto read = std::from_chars(std::min(from + 1, end), end, field);
            if (read.ec != std::errc() || read.ptr == end || *read.ptr != (&field == &fields[3] ? ')' : ',')) {
                m_slavePosUsable = false;
                return;
            }
            from = read.ptr;
        }
        Applied &newest = m_slavePos[fields[0]];
        if (newest.gtid.empty() || fields[1] > newest.order)
            newest = {fields[1], std::to_string(fields[0]) + '-' + std::to_string(fields[2]) + '-' + std::to_string(fields[3])};
        at = static_cast<std::size_t>(from - text.data());
    }
}

std::string DumpScanner::gtidSlavePos() const
{
    std::string text;
    if (m_slavePosUsable) {
        for (const auto &[domain, applied] : m_slavePos)
            text += (text.empty() ? "" : ",") + applied.gtid;
    }
    return text;
}

bool DumpScanner::completed() const
{
    const auto at = m_tail.rfind("\n-- Dump completed");
    return at != std::string::npos && m_tail.find('\n', at + 1) == m_tail.size() - 1;
}

} // namespace zandb::agent
