// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/session.h"

#include <charconv>

namespace zandb::store {
namespace {

template<class T>
T number(const std::string &text)
{
    T value{};
    std::from_chars(text.data(), text.data() + text.size(), value); // what is no number is the type's zero
    return value;
}

} // namespace

bool Row::isNull(std::size_t column) const
{
    return column >= m_columns.size() || std::holds_alternative<std::nullptr_t>(m_columns[column]);
}

std::int64_t Row::integer(std::size_t column) const
{
    if (isNull(column))
        return 0;
    if (const auto *value = std::get_if<std::int64_t>(&m_columns[column]))
        return *value;
    if (const auto *value = std::get_if<double>(&m_columns[column]))
        return *value > -9.2e18 && *value < 9.2e18 ? static_cast<std::int64_t>(*value) : 0;
    return number<std::int64_t>(std::get<std::string>(m_columns[column]));
}

double Row::real(std::size_t column) const
{
    if (isNull(column))
        return 0;
    if (const auto *value = std::get_if<double>(&m_columns[column]))
        return *value;
    if (const auto *value = std::get_if<std::int64_t>(&m_columns[column]))
        return static_cast<double>(*value);
    return number<double>(std::get<std::string>(m_columns[column]));
}

std::string Row::text(std::size_t column) const
{
    if (isNull(column))
        return {};
    if (const auto *value = std::get_if<std::string>(&m_columns[column]))
        return *value;
    if (const auto *value = std::get_if<std::int64_t>(&m_columns[column]))
        return std::to_string(*value);
    return std::to_string(std::get<double>(m_columns[column]));
}

Uuid Row::uuid(std::size_t column) const
{
    return Uuid::fromBytes(text(column)).value_or(Uuid{});
}

TimePoint Row::time(std::size_t column) const
{
    return fromMicros(integer(column));
}

std::optional<Uuid> Row::optionalUuid(std::size_t column) const
{
    return isNull(column) ? std::nullopt : Uuid::fromBytes(text(column));
}

std::optional<TimePoint> Row::optionalTime(std::size_t column) const
{
    return isNull(column) ? std::nullopt : std::optional(time(column));
}

Json Row::json(std::size_t column) const
{
    if (isNull(column))
        return nullptr;
    auto parsed = parseJson(text(column));
    return parsed ? std::move(*parsed) : Json(nullptr);
}

std::optional<Error> Row::optionalError(std::size_t column) const
{
    const Json value = json(column);
    return value.is_object() ? std::optional(errorFromJson(value)) : std::nullopt;
}

} // namespace zandb::store
