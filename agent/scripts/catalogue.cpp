// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/scripts/catalogue.h"

#include "agent/os/files.h"
#include "agent/protocol/scripterrors.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

std::string withValues(std::string_view text, const std::map<std::string, std::string> &values)
{
    std::string out;
    while (!text.empty()) {
        const auto brace = text.find('{');
        out += text.substr(0, brace);
        if (brace == text.npos)
            break;
        const auto end = text.find('}', brace);
        out += values.at(std::string(text.substr(brace + 1, end - brace - 1)));
        text.remove_prefix(end + 1);
    }
    return out;
}

/// Whether anybody but root and `owner` could exchange or change it.
bool isOpenToOthers(const struct stat &status, uid_t owner)
{
    if (status.st_uid != 0 && status.st_uid != owner)
        return true;
    const bool isSticky = S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX);
    return (status.st_mode & (S_IWGRP | S_IWOTH)) && !isSticky;
}

} // namespace

Result<std::vector<std::string>> scriptCommand(const ScriptConfig &script, const wire::ScriptArgs &args, const LocalInstance *instance)
{
    const auto wrong = [&](const std::string &parameter, const std::string &detail) {
        return fail(errors::scriptParameter, {{"script", script.entry.name}, {"parameter", parameter}, {"detail", detail}});
    };
    std::map<std::string, std::string> values;
    for (const wire::ScriptParameter &parameter : script.entry.parameters) {
        const auto given = args.parameters.find(parameter.name);
        if (given == args.parameters.end() && !parameter.fallback)
            return wrong(parameter.name, "must be given");
        const std::string &value = given == args.parameters.end() ? *parameter.fallback : given->second;
        if (const std::string why = wire::whyNoValue(parameter, value); !why.empty())
            return wrong(parameter.name, why);
        values[parameter.name] = value;
    }
    for (const auto &[name, value] : args.parameters) {
        if (!values.contains(name))
            return wrong(name.substr(0, 64), "is no parameter of it");
    }
    if (script.entry.forInstance) {
        if (!instance)
            return wrong("instance", "must be given: it is run for one instance");
        values["instance"] = instance->name;
        values["socket"] = instance->socket;
        values["data_directory"] = instance->dataDirectory;
        values["log_directory"] = instance->logDirectory;
        values["port"] = std::to_string(instance->port);
    }
    std::vector<std::string> command{script.entry.program};
    for (const std::string &argument : script.arguments)
        command.push_back(withValues(argument, values));
    return command;
}

std::string whyUnusable(const ScriptConfig &script, const fs::path &configuration)
{
    std::error_code error;
    const fs::path program = fs::canonical(script.entry.program, error);
    if (error)
        return script.entry.program + ": " + error.message();
    struct stat status{};
    if (::stat(program.c_str(), &status) != 0)
        return program.string() + ": " + errnoText(errno);
    if (!S_ISREG(status.st_mode) || ::access(program.c_str(), X_OK) != 0)
        return program.string() + " is no program that the agent may execute";
    struct stat own{};
    const uid_t owner = ::stat(configuration.c_str(), &own) == 0 ? own.st_uid : 0;
    for (fs::path path = program;; path = path.parent_path()) {
        if (::stat(path.c_str(), &status) != 0 || isOpenToOthers(status, owner))
            return path.string() + " can be changed by others than root";
        if (path == path.root_path())
            return {};
    }
}

std::vector<wire::ScriptEntry> listScripts(const Config &config)
{
    std::vector<wire::ScriptEntry> entries;
    for (const ScriptConfig &script : config.scripts) {
        entries.push_back(script.entry);
        entries.back().unusable = whyUnusable(script, config.file);
    }
    return entries;
}

void addScriptMethods(const Config &config, Methods &methods)
{
    methods["scripts.list"] = {Role::Viewer, true, [&config](const ConnectionIdentity &, const Json &, const Responder &responder) {
                                   responder.respond({{"scripts", listScripts(config)}});
                               }};
}

} // namespace zandb::agent
