// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/errors.h"
#include "agent/protocol/result.h"
#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"

#include <nlohmann/json.hpp>

#include <concepts>
#include <limits>
#include <optional>
#include <utility>

namespace zandb {

using Json = nlohmann::json;

/// The integer types that JSON numbers are read into; characters and bool are none.
template<class T>
concept JsonInteger = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> && !std::same_as<T, wchar_t>
    && !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// `json` as an integer from `least` to `most`; none when it is anything else: no number, one with a fraction or an exponent
/// (6.0, 1e3), one out of range.  For values that are asked about; what must be right is read by get<T>(), which throws.
std::optional<std::int64_t> integerIn(const Json &json, std::int64_t least, std::int64_t most);

/// From year 1 to year 9999: the instants that text can name.  Sums of two of them are far from the end of their type.
inline constexpr std::int64_t firstJsonMicros = -62135596800'000000;
inline constexpr std::int64_t lastJsonMicros = 253402300799'999999;

/// Parses JSON text from outside: at most `maxDepth` levels of nesting (checked while parsing, before memory is
/// spent), no comments, UTF-8 only, no duplicate trust.  Errors: protocol.malformed.
Result<Json> parseJson(std::string_view text, int maxDepth = 32);
/// One line; bytes that are not UTF-8 are replaced (they should have travelled as {"b64":...}).
std::string dumpJson(const Json &json);

/// Error as wire JSON: {"code","class","fields"?,"cause"?}.
Json errorToJson(const Error &error);
/// The other way; whatever is missing or of another type becomes `internal`.  Causes deeper than 8 are cut.
Error errorFromJson(const Json &json);

/// Bytes not known to be UTF-8: a JSON string when they are UTF-8, else {"b64":"..."}.
Json bytesToJson(std::string_view bytes);
Result<std::string> bytesFromJson(const Json &json);

/// Turns untrusted JSON into a message struct: the struct's from_json may throw, callers get a Result.
/// Errors: protocol.bad_params with the parser's detail.
template<class T>
Result<T> decode(const Json &json)
{
    try {
        return json.get<T>();
    } catch (const std::exception &e) {
        return fail(errors::protocolBadParams, {{"detail", std::string(e.what()).substr(0, 200)}});
    }
}

} // namespace zandb

// Integers, ids, times and optionals inside messages.
namespace nlohmann {

/// nlohmann's own conversion casts whatever number is there: a fraction is cut off, what does not fit wraps, and -2.2e22 as int is
/// undefined.  This one is taken by every get<T>(), get_to(), value() and generated from_json in its place, so that no
/// integer can be read from JSON without a check of its type and its range.  Throws std::invalid_argument.
template<zandb::JsonInteger T>
struct adl_serializer<T>
{
    static void to_json(json &j, T value) { ::nlohmann::to_json(j, value); }
    static void from_json(const json &j, T &value)
    {
        const auto *positive = j.get_ptr<const json::number_unsigned_t *>();
        const auto *any = j.get_ptr<const json::number_integer_t *>();
        if (!positive && !any)
            throw std::invalid_argument("an integer is needed, not " + j.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 64));
        if (positive ? !std::in_range<T>(*positive) : !std::in_range<T>(*any))
            throw std::invalid_argument("the integer " + j.dump() + " is out of range");
        value = positive ? static_cast<T>(*positive) : static_cast<T>(*any);
    }
};

template<>
struct adl_serializer<zandb::Uuid>
{
    static void to_json(json &j, const zandb::Uuid &id) { j = id.toString(); }
    static void from_json(const json &j, zandb::Uuid &id)
    {
        const auto parsed = zandb::Uuid::parse(j.get_ref<const std::string &>());
        if (!parsed)
            throw std::invalid_argument("not an id: " + j.get<std::string>().substr(0, 64));
        id = *parsed;
    }
};

template<>
struct adl_serializer<zandb::TimePoint>
{
    static void to_json(json &j, const zandb::TimePoint &at) { j = zandb::toMicros(at); }
    static void from_json(const json &j, zandb::TimePoint &at)
    {
        const auto micros = zandb::integerIn(j, zandb::firstJsonMicros, zandb::lastJsonMicros);
        if (!micros)
            throw std::invalid_argument("no time: " + j.dump(-1, ' ', true, json::error_handler_t::replace).substr(0, 64));
        at = zandb::fromMicros(*micros);
    }
};

template<class T>
struct adl_serializer<std::optional<T>>
{
    static void to_json(json &j, const std::optional<T> &value)
    {
        if (value)
            j = *value;
        else
            j = nullptr;
    }
    static void from_json(const json &j, std::optional<T> &value)
    {
        if (j.is_null())
            value.reset();
        else
            value = j.get<T>();
    }
};

} // namespace nlohmann
