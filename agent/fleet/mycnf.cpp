// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/mycnf.h"

#include "agent/rules/optiontext.h"

#include <algorithm>
#include <fstream>

namespace zandb::agent {
namespace {

constexpr std::size_t maxFileBytes = 1 << 20;
constexpr std::size_t maxLineBytes = 64 << 10;

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

std::string normalName(std::string_view name)
{
    std::string normal(trimmed(name));
    std::ranges::replace(normal, '-', '_');
    if (normal.starts_with("loose_"))
        normal.erase(0, 6);
    return normal;
}

bool isServerSection(std::string_view name)
{
    for (const std::string_view section : {"mysqld", "server", "mariadb", "mariadbd"}) {
        if (name == section)
            return true;
        // [mysqld-8.0], [mariadb-10.11]
        if (name.starts_with(section) && name.size() > section.size() + 1 && name[section.size()] == '-'
            && name[section.size() + 1] >= '0' && name[section.size() + 1] <= '9')
            return true;
    }
    return false;
}

} // namespace

MyCnf MyCnf::parse(std::string_view text)
{
    MyCnf file;
    text = text.substr(0, maxFileBytes);
    if (text.starts_with("\xef\xbb\xbf"))
        text.remove_prefix(3);
    std::string section;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.size() > maxLineBytes)
            continue;
        line = trimmed(line);
        if (line.empty() || line.front() == '#' || line.front() == ';' || line.front() == '!')
            continue;
        if (line.front() == '[') {
            const auto close = line.find(']');
            section = close == line.npos ? std::string() : std::string(trimmed(line.substr(1, close - 1)));
            continue;
        }
        line = trimmed(rules::withoutOptionComment(line));
        const auto equals = line.find('=');
        std::string name = normalName(line.substr(0, equals));
        if (name.empty() || section.empty())
            continue;
        std::string value = equals == line.npos ? std::string() : rules::optionValue(trimmed(line.substr(equals + 1)));
        if (isServerSection(section))
            file.m_server[name] = value;
        file.m_sections[section][std::move(name)] = std::move(value);
    }
    return file;
}

MyCnf MyCnf::read(const std::filesystem::path &path)
{
    std::error_code failure;
    if (!std::filesystem::is_regular_file(path, failure))
        return {};
    std::ifstream in(path, std::ios::binary);
    std::string text(maxFileBytes, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(0, in.gcount())));
    return parse(text);
}

std::optional<std::string> MyCnf::server(std::string_view name) const
{
    const auto it = m_server.find(normalName(name));
    return it == m_server.end() ? std::nullopt : std::optional(it->second);
}

std::optional<std::string> MyCnf::value(std::string_view section, std::string_view name) const
{
    const auto found = m_sections.find(section);
    if (found == m_sections.end())
        return std::nullopt;
    const auto it = found->second.find(normalName(name));
    return it == found->second.end() ? std::nullopt : std::optional(it->second);
}

} // namespace zandb::agent
