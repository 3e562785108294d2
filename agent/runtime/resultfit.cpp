// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/resultfit.h"

#include <algorithm>
#include <vector>

namespace zandb::agent {
namespace {

void fit(Json &value, std::size_t room);

void fitText(Json &value, std::size_t room)
{
    std::string text = value.get<std::string>();
    // an escaped character may take six bytes, and whoever is cut by too much for that loses nothing of worth
    while (text.size() > 16 && dumpJson(value).size() > room) {
        std::size_t keep = text.size() / 2;
        while (keep > 0 && (static_cast<unsigned char>(text[keep]) & 0xc0) == 0x80)
            --keep;
        text.resize(keep);
        value = text;
    }
}

void fitList(Json &value, std::size_t room)
{
    std::size_t used = 2, keep = 0;
    for (Json &element : value) {
        const std::size_t size = dumpJson(element).size() + 1;
        if (used + size > room)
            break;
        used += size;
        ++keep;
    }
    if (keep == 0 && !value.empty() && room > 64) {
        fit(value.front(), room - 2); // the only one that anything is known of
        keep = 1;
    }
    value.erase(value.begin() + static_cast<std::ptrdiff_t>(keep), value.end());
}

/// Small members stay whole, and large ones share what those leave.
void fitObject(Json &value, std::size_t room)
{
    std::vector<std::pair<std::size_t, std::string>> members;
    for (const auto &[name, member] : value.items())
        members.emplace_back(name.size() + 4 + dumpJson(member).size(), name);
    std::ranges::sort(members);
    std::size_t left = room > 2 ? room - 2 : 0;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const auto &[size, name] = members[i];
        const std::size_t share = left / (members.size() - i);
        if (size > share)
            fit(value[name], share > name.size() + 4 ? share - name.size() - 4 : 0);
        left -= std::min(left, std::min(size, share));
    }
}

void fit(Json &value, std::size_t room)
{
    if (value.is_string())
        fitText(value, room);
    else if (value.is_array())
        fitList(value, room);
    else if (value.is_object())
        fitObject(value, room);
}

} // namespace

std::int64_t cutToFit(Json &value, std::size_t limit)
{
    const std::size_t before = dumpJson(value).size();
    if (before <= limit)
        return 0;
    fit(value, limit);
    std::size_t after = dumpJson(value).size();
    if (after > 2 * limit) { // more names than room: nothing of it can be kept
        value = nullptr;
        after = 4;
    }
    return static_cast<std::int64_t>(before - after);
}

} // namespace zandb::agent
