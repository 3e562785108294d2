// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include "app/fleet/fleetrepository.h"
#include "app/headless/serve.h"

#include <algorithm>
#include <csignal>

namespace zandb::cli {
namespace {

std::vector<Verb> allVerbs()
{
    std::vector<Verb> all;
    for (auto list : {storeVerbs, hostVerbs, instanceVerbs, keyVerbs, taskVerbs, runVerbs, backupVerbs, overviewVerbs, scheduleVerbs}) {
        for (Verb &verb : list())
            all.push_back(std::move(verb));
    }
    return all;
}

void printHelp(const std::string &noun)
{
    if (noun.empty()) {
        printLine("zandbctl " ZANDB_VERSION ": runs and watches the backups of a MySQL and MariaDB fleet.");
        printLine("Usage: zandbctl [--config FILE] [--json] NOUN VERB ...");
        printLine("");
    }
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Verb &verb : allVerbs()) {
        if (noun.empty() || verb.noun == noun)
            lines.emplace_back("  " + verb.noun + (verb.verb.empty() ? "" : " " + verb.verb) + (verb.usage.empty() ? "" : " " + verb.usage),
                               verb.summary);
    }
    if (noun.empty() || noun == "serve")
        lines.emplace_back("  serve [--name NAME]", "run schedules and execute runs until SIGTERM (the headless mode)");
    for (const auto &[left, right] : lines) {
        printLine(left);
        printLine("      " + right);
    }
    if (noun.empty()) {
        printLine("");
        printLine("Exit status: 0 done, 1 failed, 2 wrong usage, 3 store or agent not reachable.");
    }
}

} // namespace

store::Session &Context::session()
{
    if (!m_session)
        m_session = std::make_unique<store::Session>(m_settings.store);
    return *m_session;
}

remote::AgentPool &Context::pool()
{
    if (!m_pool)
        m_pool = std::make_unique<remote::AgentPool>(m_settings.ssh);
    return *m_pool;
}

Result<Fleet> Context::fleet()
{
    return fleet::loadFleet(session());
}

Result<Host> Context::host(const std::string &name)
{
    const auto all = fleet();
    if (!all)
        return fail(all.error());
    const Host *found = all->hostByName(name);
    if (!found)
        return fail(errors::notFound, {{"what", "host"}, {"name", name}});
    return *found;
}

void Context::print(const Json &json) const
{
    if (m_json)
        printLine(dumpJson(json));
}

int exitStatus(const Error &error)
{
    if (error.is(errors::usage) || error.is(errors::settingsInvalid) || error.is(errors::notFound) || error.code == "schedule.invalid")
        return exitUsage;
    static const ErrorCode unreachable[] = {errors::storeUnreachable, errors::storePassword,     errors::storeUnknownHost, errors::storeTls,
                                            errors::sshUnreachable,   errors::sshHostKeyUnknown, errors::sshHostKeyChanged,
                                            errors::sshAuthentication, errors::sshIdentity,      errors::sshPassphrase,    errors::sshLost,
                                            errors::agentMissing,     errors::agentVersion,      errors::timeout};
    return std::any_of(std::begin(unreachable), std::end(unreachable), [&](const ErrorCode &code) { return error.is(code); }) ? exitUnreachable
                                                                                                                     : exitFailed;
}

int run(const std::vector<std::string> &all)
{
    std::signal(SIGPIPE, SIG_IGN);
    std::filesystem::path config = defaultSettingsFile();
    bool json = false;
    bool help = false;
    bool configGiven = false;
    std::vector<std::string> words;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string &word = all[i];
        if (word == "--json")
            json = true;
        else if (word == "--help" || word == "-h")
            help = true;
        else if (word == "--config" && i + 1 < all.size())
            config = all[++i], configGiven = true;
        else if (word.rfind("--config=", 0) == 0)
            config = word.substr(9), configGiven = true;
        else
            words.push_back(word);
    }
    if (!words.empty() && (words[0] == "--version" || words[0] == "version")) {
        printLine("zandbctl " ZANDB_VERSION);
        return exitOk;
    }
    const std::string noun = words.empty() ? "" : words[0];
    if (help || words.empty()) {
        printHelp(help ? noun : "");
        return help ? exitOk : exitUsage;
    }
    if (noun == "serve") {
        std::vector<std::string> rest(words.begin() + 1, words.end());
        if (configGiven)
            rest.insert(rest.begin(), {"--config", config.string()});
        return headless::runServe(rest);
    }
    const auto verbs = allVerbs();
    const auto knows = std::any_of(verbs.begin(), verbs.end(), [&](const Verb &v) { return v.noun == noun; });
    const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const Verb &v) {
        return v.noun == noun && (v.verb.empty() || (words.size() > 1 && v.verb == words[1]));
    });
    if (found == verbs.end()) {
        if (!knows)
            warnLine("zandbctl: there is no \"" + noun + "\"; zandbctl --help lists what there is.");
        else
            warnLine("zandbctl: " + noun + (words.size() > 1 ? " has no verb \"" + words[1] + "\"" : " needs a verb") + "; zandbctl "
                     + noun + " --help lists them.");
        return exitUsage;
    }
    const auto report = [&](const Error &error) {
        warnLine("zandbctl: " + errorLine(error));
        if (error.is(errors::usage))
            warnLine("Usage: zandbctl " + found->noun + (found->verb.empty() ? "" : " " + found->verb) + " " + found->usage);
        return exitStatus(error);
    };
    const auto args = Args::parse({words.begin() + (found->verb.empty() ? 1 : 2), words.end()}, found->spec);
    if (!args)
        return report(args.error());
    Settings settings;
    if (found->needsSettings) {
        auto loaded = loadSettings(config);
        if (!loaded)
            return report(loaded.error());
        settings = std::move(*loaded);
    }
    Context context(std::move(settings), json);
    const auto status = found->run(context, *args);
    return status ? *status : report(status.error());
}

} // namespace zandb::cli
