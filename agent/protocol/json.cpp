// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"

#include "agent/protocol/base64.h"

namespace zandb {
namespace {

bool isUtf8(std::string_view bytes)
{
    try {
        (void)Json(std::string(bytes)).dump();
        return true;
    } catch (const Json::type_error &) {
        return false;
    }
}

Error errorFromJson(const Json &json, int depth)
{
    Error error{std::string(errors::internal.text), ErrorClass::Unknown, {}, nullptr};
    if (!json.is_object())
        return error;
    if (const auto code = json.find("code"); code != json.end() && code->is_string())
        error.code = code->get<std::string>().substr(0, 100);
    if (const auto cls = json.find("class"); cls != json.end() && cls->is_string())
        error.errorClass = errorClassFromString(cls->get_ref<const std::string &>());
    if (const auto fields = json.find("fields"); fields != json.end() && fields->is_object()) {
        for (const auto &[name, value] : fields->items()) {
            if (value.is_string())
                error.fields.emplace(name, value.get<std::string>());
        }
    }
    if (const auto cause = json.find("cause"); cause != json.end() && cause->is_object() && depth < 8)
        error.cause = std::make_shared<const Error>(errorFromJson(*cause, depth + 1));
    return error;
}

} // namespace

std::optional<std::int64_t> integerIn(const Json &json, std::int64_t least, std::int64_t most)
{
    std::int64_t number = 0;
    if (!json.is_number_integer() || (json.is_number_unsigned() && !std::in_range<std::int64_t>(json.get<std::uint64_t>())))
        return std::nullopt;
    json.get_to(number);
    return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

Result<Json> parseJson(std::string_view text, int maxDepth)
{
    bool tooDeep = false;
    const auto guard = [&](int depth, Json::parse_event_t event, Json &) {
        if (depth >= maxDepth && (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start)) {
            tooDeep = true;
            throw std::length_error("nested too deeply");
        }
        return true;
    };
    try {
        return Json::parse(text.begin(), text.end(), guard);
    } catch (const std::exception &e) {
        return fail(errors::protocolMalformed, {{"detail", tooDeep ? "nested too deeply" : std::string(e.what()).substr(0, 200)}});
    }
}

std::string dumpJson(const Json &json)
{
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json errorToJson(const Error &error)
{
    Json json{{"code", error.code}, {"class", toString(error.errorClass)}};
    if (!error.fields.empty())
        json["fields"] = error.fields;
    if (error.cause)
        json["cause"] = errorToJson(*error.cause);
    return json;
}

Error errorFromJson(const Json &json)
{
    return errorFromJson(json, 0);
}

Json bytesToJson(std::string_view bytes)
{
    if (isUtf8(bytes))
        return std::string(bytes);
    return Json{{"b64", toBase64(bytes)}};
}

Result<std::string> bytesFromJson(const Json &json)
{
    if (json.is_string())
        return json.get<std::string>();
    if (json.is_object() && json.contains("b64") && json["b64"].is_string()) {
        if (auto bytes = fromBase64(json["b64"].get_ref<const std::string &>()))
            return *bytes;
    }
    return fail(errors::protocolMalformed, {{"detail", "neither text nor b64"}});
}

} // namespace zandb
