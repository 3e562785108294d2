// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/names.h"

#include "agent/protocol/printable.h"

#include <algorithm>

namespace zandb::names {
namespace {

constexpr std::size_t longest = 100;

bool isPlain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// ASCII letters, digits and `others`, of which none stands first but those in `first`.
bool isWord(std::string_view text, std::size_t most, std::string_view others, std::string_view first = {})
{
    return !text.empty() && text.size() <= most && (isPlain(text.front()) || first.find(text.front()) != first.npos)
        && std::ranges::all_of(text, [&](char c) { return isPlain(c) || others.find(c) != others.npos; });
}

bool isLabel(std::string_view text, std::string_view without)
{
    return !text.empty() && text.size() <= longest && isPrintable(text) && text.front() != ' ' && text.back() != ' ' && text.front() != '-'
        && text.find_first_of(without) == text.npos;
}

Result<void> refuse(bool fits, std::string_view wanted)
{
    return fits ? Result<void>{} : fail(ErrorCode{"usage", ErrorClass::Permanent}, {{"detail", std::string(wanted)}});
}

} // namespace

Result<void> checkHost(std::string_view name)
{
    return refuse(isLabel(name, " /"), "a host's name has 1 to 100 visible characters, without blanks and slashes, and does not begin with \"-\"");
}

Result<void> checkGroup(std::string_view name)
{
    return refuse(isLabel(name, "/"), "a group's name has 1 to 100 visible characters, without slashes, and does not begin with \"-\" or a blank");
}

Result<void> checkTask(std::string_view name)
{
    return refuse(isLabel(name, ""), "a task's name has 1 to 100 visible characters, and does not begin with \"-\" or a blank");
}

Result<void> checkLabel(std::string_view label)
{
    return refuse(isLabel(label, " ,"), "a label has 1 to 100 visible characters, without blanks and commas, and does not begin with \"-\"");
}

Result<void> checkAddress(std::string_view address)
{
    return refuse(isWord(address, 255, ".-_:%", ":"), "an address is a host name or an IP address, such as db1.example.org, 192.0.2.7 or 2001:db8::7");
}

Result<void> checkLogin(std::string_view user)
{
    return refuse(isWord(user, 64, "._-@", "_"), "a login has 1 to 64 letters, digits, \".\", \"_\", \"-\" and \"@\", and begins with a letter, a digit or \"_\"");
}

Result<void> checkPerson(std::string_view person)
{
    return refuse(isLabel(person, ""), "a person's name has 1 to 100 visible characters, and does not begin with \"-\" or a blank");
}

Result<void> checkRepository(std::string_view name)
{
    return refuse(isWord(name, 64, "._-", "_"), "a repository is named as in the agent's configuration, by letters, digits, \".\", \"_\" and \"-\"; never by a path");
}

} // namespace zandb::names
