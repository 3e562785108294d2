// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/privileged/request.h"

#include "agent/protocol/errors.h"

#include <algorithm>
#include <array>

namespace zandb::agent {
namespace {

enum class Form { Label, Id, Text, Action, Flag, Number, Log, Sha256 };

struct Argument
{
    std::string_view name;
    Form form = Form::Text;
    std::int64_t most = 0; ///< of a number, which is not below 0; of a text, its bytes
};

struct Verb
{
    std::string_view name;
    std::size_t descriptors = 0;
    std::array<Argument, 4> arguments{};
};

constexpr Argument instance{"instance", Form::Label};
constexpr Argument id{"id", Form::Id};

constexpr Verb verbs[] = {
    {"check", 0, {instance}},
    {"physical-backup", 3, {instance, {"slave_info", Form::Flag}, {"throttle_bytes", Form::Number, std::int64_t{1} << 40}}},
    {"data-files", 1, {instance}},
    {"clone-stage-make", 0, {instance, id}},
    {"clone-stage-take", 0, {instance, id}},
    {"clone-stage-remove", 0, {instance, id}},
    {"keys-add", 0, {{{"user", Form::Text, 32}, {"role", Form::Text, 32}, {"key", Form::Text, 16 << 10}}}},
    {"keys-revoke", 0, {{{"user", Form::Text, 32}, {"key", Form::Text, 16 << 10}}}},
    {"service", 0, {instance, {"action", Form::Action}}},
    {"layout", 0, {instance}},
    {"copy-back", 0, {instance, {"restore", Form::Label}}},
    {"log-open", 0, {instance, {"log", Form::Log}, {"number", Form::Number, 999}}},
    {"option-file-write", 1, {instance, {"number", Form::Number, 99}, {"old_sha256", Form::Sha256}, {"bytes", Form::Number, 256 << 10}}},
    {"log-remove", 0, {instance, {"log", Form::Log}, {"number", Form::Number, 999}}},
    {"log-rename", 0, {instance, {"log", Form::Log}, {"from", Form::Number, 999}, {"to", Form::Number, 999}}},
};

const Verb *findVerb(std::string_view name)
{
    const auto found = std::ranges::find(verbs, name, &Verb::name);
    return found == std::end(verbs) ? nullptr : found;
}

/// As in the configuration: never a path, never hidden, never an option.
bool isLabel(std::string_view text)
{
    const auto isPlain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
    };
    return !text.empty() && text.size() <= 64 && text.front() != '.' && text.front() != '-' && std::ranges::all_of(text, isPlain);
}

bool isPrintable(std::string_view text)
{
    return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

/// Empty when the value is what the argument wants.
std::string_view whatIsWrong(const Argument &argument, const Json &value)
{
    if (argument.form == Form::Flag)
        return value.is_boolean() ? "" : "must be true or false";
    if (argument.form == Form::Number)
        return integerIn(value, 0, argument.most) ? "" : "must be a number within its bounds";
    if (!value.is_string())
        return "must be text";
    const auto &text = value.get_ref<const std::string &>();
    switch (argument.form) {
    case Form::Label:
        return isLabel(text) ? "" : "must be a name, never a path";
    case Form::Id:
        return Uuid::parse(text) && Uuid::parse(text)->toString() == text ? "" : "must be an id";
    case Form::Action:
        return text == "start" || text == "stop" || text == "restart" || text == "status" ? "" : "must be start, stop, restart or status";
    case Form::Sha256:
        return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == text.npos ? "" : "must be a SHA-256 in lower-case hex";
    case Form::Log:
        return text == "slow" || text == "error" ? "" : "must be slow or error";
    default:
        return text.size() <= static_cast<std::size_t>(argument.most) && isPrintable(text) ? "" : "must be one short line";
    }
}

} // namespace

Result<HelperRequest> parseHelperRequest(std::string_view line)
{
    if (line.size() > maxHelperRequest)
        return fail(errors::protocolTooLarge, {{"bytes", std::to_string(line.size())}, {"limit", std::to_string(maxHelperRequest)}});
    auto json = parseJson(line, 3);
    if (!json)
        return fail(json.error());
    if (!json->is_object() || !json->contains("verb") || !(*json)["verb"].is_string())
        return fail(errors::protocolMalformed, {{"detail", "not a request of the helper"}});
    HelperRequest request;
    request.verb = (*json)["verb"].get<std::string>();
    const Verb *verb = findVerb(request.verb);
    if (!verb)
        return fail(errors::protocolUnknownMethod, {{"method", dumpJson(request.verb.substr(0, 64))}});
    const auto bad = [&](std::string_view name, std::string_view why) {
        return fail(errors::protocolBadParams, {{"method", request.verb}, {"detail", std::string(name.substr(0, 64)) + " " + std::string(why)}});
    };
    json->erase("verb");
    for (const Argument &argument : verb->arguments) {
        if (argument.name.empty())
            break;
        const auto value = json->find(argument.name);
        if (value == json->end())
            return bad(argument.name, "is missing");
        if (const auto wrong = whatIsWrong(argument, *value); !wrong.empty())
            return bad(argument.name, wrong);
        request.arguments[std::string(argument.name)] = *value;
    }
    if (json->size() != request.arguments.size())
        return bad("an argument", "is not one of this verb");
    return request;
}

std::string encodeHelperRequest(const HelperRequest &request)
{
    Json json = request.arguments;
    json["verb"] = request.verb;
    return dumpJson(json) + '\n';
}

std::size_t descriptorsOf(std::string_view name)
{
    const Verb *verb = findVerb(name);
    return verb ? verb->descriptors : 0;
}

} // namespace zandb::agent
