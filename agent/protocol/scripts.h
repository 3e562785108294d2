// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <map>
#include <string>
#include <vector>

/// Orders of kind `script`, and the method `scripts.list`: programs that the host's administrator offers by name.
namespace zandb::wire {

/// What a script takes.  `type`: "integer" (least, most), "word" (letters, digits and "_.-"), "text" (one line), "choice" (choices), "boolean" ("true",
/// "false").  No word and no text begins with "-": it would be taken for an option.
struct ScriptParameter
{
    std::string name;
    std::string type;
    std::string description;
    std::int64_t least = 0;
    std::int64_t most = 0;
    std::vector<std::string> choices;
    std::optional<std::string> fallback; ///< none: the value must be given
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ScriptParameter, name, type, description, least, most, choices, fallback)
};

/// Why the value cannot stand for the parameter, in English ("must be between 1 and 365"); "": it can.
std::string whyNoValue(const ScriptParameter &parameter, std::string_view value);

/// An entry of the catalogue.
struct ScriptEntry
{
    std::string name;
    std::string description;
    std::string program;
    std::string role;            ///< the least role that may run it: "operator", "admin"
    bool scheduled = false;      ///< a dispatcher may order it
    bool forInstance = false;    ///< it is run for one instance of the host
    std::int64_t timeoutSeconds = 0;
    std::vector<ScriptParameter> parameters;
    std::string unusable;        ///< why it cannot be run now, in English; "": it can
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ScriptEntry, name, description, program, role, scheduled, forInstance, timeoutSeconds, parameters, unusable)
};

struct ScriptArgs
{
    std::string script;
    std::string instance;        ///< "": none
    std::map<std::string, std::string> parameters;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ScriptArgs, script, instance, parameters)
};

/// The result of an order.  What the program said stands in the attempt's log.
struct ScriptResult
{
    int status = 0;              ///< its exit status
    std::int64_t lines = 0;      ///< that it wrote, to standard output and standard error
    std::string tail;            ///< the last lines of standard output
    std::int64_t tookMs = 0;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ScriptResult, status, lines, tail, tookMs)
};

} // namespace zandb::wire
