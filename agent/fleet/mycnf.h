// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zandb::agent {

/// What stands in one option file of a server, read tolerantly: this is input from outside, so nothing in it is an
/// error.  `-` and `_` are the same in names; quotes, escapes and comments are as the servers read them; `!include`
/// and `!includedir` are ignored; a `loose-` prefix is dropped; the last of several settings wins.  A value.
class MyCnf
{
public:
    /// Text beyond 1 MiB, and lines beyond 64 KiB, are ignored.
    static MyCnf parse(std::string_view text);
    /// An unreadable or absent file is an empty one.
    static MyCnf read(const std::filesystem::path &file);

    /// The server's setting, from [mysqld], [server], [mariadb], [mariadbd] and their versioned forms (whichever
    /// stands last).  An option without a value is "".  nullopt: not set here.
    std::optional<std::string> server(std::string_view name) const;
    /// The setting of one section exactly as named.
    std::optional<std::string> value(std::string_view section, std::string_view name) const;

private:
    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> m_sections;
    std::map<std::string, std::string, std::less<>> m_server;
};

} // namespace zandb::agent
