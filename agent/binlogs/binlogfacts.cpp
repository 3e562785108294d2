// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/binlogfacts.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <unistd.h>

namespace zandb::agent {

std::string binlogKey(TimePoint created, const std::string &server, const std::string &name)
{
    std::string text = toIso(std::chrono::floor<std::chrono::seconds>(created));
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text + '-' + server + '-' + name;
}

std::string binlogServer(bool mariaDb, std::int64_t serverId, const std::string &uuid)
{
    return mariaDb || uuid.empty() ? "id-" + std::to_string(serverId) : uuid;
}

std::int64_t binlogNumber(std::string_view name)
{
    const auto dot = name.rfind('.');
    std::int64_t number = 0;
    if (dot == std::string_view::npos || dot + 1 == name.size())
        return 0;
    const auto [end, error] = std::from_chars(name.data() + dot + 1, name.data() + name.size(), number);
    return error == std::errc() && end == name.data() + name.size() && number > 0 ? number : 0;
}

bool isBinlogName(std::string_view name)
{
    return !name.empty() && name.size() <= 200 && name[0] != '.' && binlogNumber(name) > 0 && std::ranges::all_of(name, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-';
    });
}

void clearInUse(char *bytes, std::size_t size, std::int64_t offset)
{
    constexpr std::int64_t flags = 4 + 17; // of the description, which is the first event
    if (offset <= flags && flags < offset + static_cast<std::int64_t>(size))
        bytes[flags - offset] = static_cast<char>(bytes[flags - offset] & ~1);
}

Result<std::int64_t> BinlogReader::read(std::int64_t bytes, const std::filesystem::path &path)
{
    std::vector<char> buffer(static_cast<std::size_t>(std::clamp<std::int64_t>(bytes, 1, 256 << 10)));
    std::int64_t done = 0;
    while (done < bytes && m_parser.state() == BinlogParser::State::Reading) {
        const auto wanted = std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(bytes - done));
        const ssize_t got = ::pread(m_file.get(), buffer.data(), wanted, m_offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ioError(path, errno));
        if (got == 0)
            break;
        clearInUse(buffer.data(), static_cast<std::size_t>(got), m_offset);
        m_sha.update(buffer.data(), static_cast<std::size_t>(got));
        m_parser.feed({buffer.data(), static_cast<std::size_t>(got)});
        m_offset += got;
        done += got;
    }
    return done;
}

void addFacts(wire::BinlogFile &file, const BinlogParser &parser)
{
    if (!parser.hasHead())
        return;
    file.mariaDb = parser.isMariaDb();
    file.serverId = parser.serverId();
    file.created = parser.created();
    file.transactions = parser.transactions();
    if (parser.transactions() > 0) {
        file.first = parser.first().at;
        file.last = parser.last().at;
        file.firstGtid = parser.first().gtid;
        file.lastGtid = parser.last().gtid;
    }
    file.knowsGtids = parser.knowsGtids();
    file.previousGtids = parser.previousGtids();
    file.endGtids = parser.knowsGtids() ? parser.endGtids() : std::string();
    file.wentBack = parser.wentBack();
}

} // namespace zandb::agent
