// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/mydumpermetadata.h"

#include <algorithm>
#include <charconv>

namespace zandb::agent {

namespace {

// The rest of the key's line, and of the next ones while a comma says that the value goes on.
std::string field(std::string_view part, std::string_view key)
{
    const auto at = part.find(key);
    if (at == std::string_view::npos)
        return {};
    part.remove_prefix(at + key.size());
    std::string value;
    do {
        const auto end = std::min(part.find('\n'), part.size());
        std::string_view line = part.substr(0, end);
        if (!value.empty())
            line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
        value += line;
        part.remove_prefix(std::min(end + 1, part.size()));
    } while (value.ends_with(',') && !part.empty());
    return value;
}

std::int64_t number(const std::string &text)
{
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

} // namespace

wire::BackupPosition positionInMetadata(std::string_view metadata)
{
    std::string_view master, slave;
    if (const auto at = metadata.find("SHOW MASTER STATUS"); at != std::string_view::npos)
        master = metadata.substr(at);
    if (const auto at = master.find("SHOW SLAVE STATUS"); at != std::string_view::npos) {
        slave = master.substr(at);
        master = master.substr(0, at);
    }
    wire::BackupPosition position;
    position.file = field(master, "Log: ");
    position.offset = number(field(master, "Pos: "));
    position.gtid = field(master, "GTID:");
    position.sourceFile = field(slave, "Log: ");
    position.sourceOffset = number(field(slave, "Pos: "));
    position.sourceGtid = field(slave, "GTID:");
    return position;
}

} // namespace zandb::agent
