// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/errors.h"
#include "agent/protocol/result.h"
#include "agent/protocol/time.h"
#include "agent/protocol/uuid.h"

#include <nlohmann/json.hpp>

#include <optional>

namespace zandb {

using Json = nlohmann::json;

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

// Ids, times and optionals inside messages.
namespace nlohmann {

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
    static void from_json(const json &j, zandb::TimePoint &at) { at = zandb::fromMicros(j.get<std::int64_t>()); }
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
