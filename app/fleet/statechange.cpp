// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/statechange.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace zandb::fleet {
namespace {

/// A figure, and by how much it may move before that is a change, whatever its size.
struct Figure
{
    std::string_view name;
    double least;
};
constexpr std::array figures{Figure{"memoryAvailableBytes", 16e6}, Figure{"load1", 0.5}, Figure{"freeBytes", 64e6},
                             Figure{"dataBytes", 16e6},            Figure{"logBytes", 64e6}, Figure{"lagSeconds", 5}};
constexpr std::array<std::string_view, 2> passing{"sampledAt", "gtid"};

bool isNumber(const Json &json)
{
    const auto type = json.type();
    return type == Json::value_t::number_integer || type == Json::value_t::number_unsigned || type == Json::value_t::number_float;
}

Change changeOfFigure(const Figure &figure, const Json &before, const Json &after)
{
    if (!isNumber(before) || !isNumber(after)) // a figure that can no longer be told, or now can
        return before == after ? Change::None : Change::Facts;
    const double a = before.get<double>();
    const double b = after.get<double>();
    const double moved = std::abs(a - b);
    return moved > figure.least && moved > 0.02 * std::max(std::abs(a), std::abs(b)) ? Change::Figures : Change::None;
}

Change changeOfField(std::string_view name, const Json &before, const Json &after)
{
    if (std::ranges::find(passing, name) != passing.end())
        return Change::None;
    if (name == "uptimeSeconds")
        return isNumber(before) && isNumber(after) && after.get<double>() >= before.get<double>() ? Change::None : Change::Facts;
    const auto figure = std::ranges::find(figures, name, &Figure::name);
    return figure != figures.end() ? changeOfFigure(*figure, before, after) : changeOf(before, after);
}

} // namespace

Change changeOf(const Json &before, const Json &after)
{
    if (before.type() != after.type() && !(isNumber(before) && isNumber(after)))
        return Change::Facts;
    if (!after.is_structured())
        return before == after ? Change::None : Change::Facts;
    if (before.size() != after.size())
        return Change::Facts;
    Change change = Change::None;
    if (after.is_array()) {
        for (std::size_t i = 0; i < after.size() && change != Change::Facts; ++i)
            change = std::max(change, changeOf(before[i], after[i]));
        return change;
    }
    for (const auto &[name, field] : after.items()) {
        const auto old = before.find(name);
        if (old == before.end())
            return Change::Facts;
        change = std::max(change, changeOfField(name, *old, field));
        if (change == Change::Facts)
            break;
    }
    return change;
}

} // namespace zandb::fleet
