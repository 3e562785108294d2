// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlparts.h"

#include <charconv>

namespace zandb::agent {

std::string quotedName(std::string_view name)
{
    std::string text = "`";
    for (const char c : name)
        text += c == '`' ? std::string("``") : std::string(1, c);
    return text + '`';
}

int serverErrno(const Error &error)
{
    const auto found = error.fields.find("errno");
    int number = 0;
    if (found != error.fields.end())
        std::from_chars(found->second.data(), found->second.data() + found->second.size(), number); // what is no number stays 0
    return number;
}

} // namespace zandb::agent
