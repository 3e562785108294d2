// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include "app/cli/channels.h"
#include "app/cli/provisionverbs.h"
#include "app/cli/snapshotverbs.h"
#include "app/cli/storeoptions.h"
#include "app/fleet/fleetrepository.h"
#include "app/headless/serve.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

namespace zandb::cli {

std::vector<Verb> allVerbs()
{
    std::vector<Verb> all;
    for (auto list : {storeVerbs, hostVerbs, zabbixVerbs, groupVerbs, instanceVerbs, provisionVerbs, snapshotVerbs, keyVerbs, memberVerbs, taskVerbs, runVerbs, backupVerbs,
                      overviewVerbs, alertVerbs, channelVerbs, auditVerbs, scheduleVerbs, sessionVerbs, slowVerbs, explainVerbs, killerVerbs,
                      killedVerbs, checkVerbs, consistencyVerbs, binlogVerbs, scriptVerbs, sqlVerbs, sqlPlanVerbs, sqlShelfVerbs, sqlPreviewVerbs, sqlUndoVerbs, configVerbs, driftVerbs, shardVerbs}) {
        for (Verb &verb : list())
            all.push_back(std::move(verb));
    }
    all.push_back(healthVerb());
    return all;
}

namespace {

bool isNoun(const std::vector<Verb> &verbs, const std::string &noun)
{
    return noun == "serve" || std::any_of(verbs.begin(), verbs.end(), [&](const Verb &v) { return v.noun == noun; });
}

/// All of it, of one noun, or of one verb.
void printHelp(const std::string &noun, const std::string &only)
{
    if (noun.empty()) {
        printLine("zandbctl " ZANDB_VERSION ": runs and watches the backups of a MySQL and MariaDB fleet.");
        printLine("Usage: zandbctl [--config FILE] [--json] NOUN VERB ...");
        printLine("");
    }
    std::vector<std::pair<std::string, std::string>> lines;
    for (const Verb &verb : allVerbs()) {
        if ((noun.empty() || verb.noun == noun) && (only.empty() || verb.verb == only))
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
        printLine("With --json a failure is {\"error\":{\"code\",\"class\",\"fields\",\"cause\"}} on standard output; its words stand on");
        printLine("standard error in any case.");
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
                                            errors::sshLoginShell,    errors::agentMissing,      errors::agentVersion,      errors::timeout};
    return std::any_of(std::begin(unreachable), std::end(unreachable), [&](const ErrorCode &code) { return error.is(code); }) ? exitUnreachable
                                                                                                                     : exitFailed;
}

namespace {

/// What stands before and among a verb's own words.
struct Call
{
    std::filesystem::path config = defaultSettingsFile();
    bool configGiven = false;
    bool configLacks = false; ///< --config without a file
    bool json = false;
    bool help = false;
    std::vector<std::string> words;
};

Call readCall(const std::vector<std::string> &all)
{
    Call call;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string &word = all[i];
        if (word == "--") {
            call.words.insert(call.words.end(), all.begin() + static_cast<std::ptrdiff_t>(i), all.end());
            break;
        }
        if (word == "--json") {
            call.json = true;
        } else if (word == "--help" || word == "-h") {
            call.help = true;
        } else if (word == "--config" || word.rfind("--config=", 0) == 0) {
            std::string file = word == "--config" ? (i + 1 < all.size() ? all[++i] : std::string{}) : word.substr(9);
            call.configLacks = call.configLacks || file.empty();
            call.config = std::move(file);
            call.configGiven = true;
        } else {
            call.words.push_back(word);
        }
    }
    return call;
}

int report(const Call &call, const Error &error, const Verb *verb = nullptr)
{
    if (call.json)
        printLine(dumpJson(Json{{"error", errorToJson(error)}}));
    warnLine("zandbctl: " + errorLine(error));
    if (verb && error.is(errors::usage))
        warnLine("Usage: zandbctl " + verb->noun + (verb->verb.empty() ? "" : " " + verb->verb) + (verb->usage.empty() ? "" : " " + verb->usage));
    return exitStatus(error);
}

int runVerb(const Call &call, const Verb &verb)
{
    const auto args = Args::parse({call.words.begin() + (verb.verb.empty() ? 1 : 2), call.words.end()}, verb.spec);
    if (!args)
        return report(call, args.error(), &verb);
    const auto count = args->words().size();
    if (count > verb.mostWords)
        return report(call, usageError("what is \"" + args->word(verb.mostWords) + "\"?"), &verb);
    if (count < verb.leastWords)
        return report(call, usageError("too few words"), &verb);
    Settings settings;
    if (verb.takesStore && hasStoreOptions(*args)) {
        auto given = settingsByOptions(call.config, *args);
        if (!given)
            return report(call, given.error(), &verb);
        settings = std::move(*given);
    } else if (verb.takesStore && !call.configGiven && !std::filesystem::exists(call.config)) {
        return report(call, usageError("there is no settings file " + call.config.string() + " yet; say where the store is, for example with --host "
                                       "db.example.com --user root"), &verb);
    } else if (verb.needsSettings) {
        auto loaded = loadSettings(call.config);
        if (!loaded)
            return report(call, loaded.error());
        settings = std::move(*loaded);
    }
    // the store's rows and the agents' answers may be anything; what nobody thought of must not end in an abort
    try {
        Context context(std::move(settings), call.json);
        const auto status = verb.run(context, *args);
        return status ? *status : report(call, status.error(), &verb);
    } catch (const std::exception &e) {
        return report(call, makeError(errors::internal, {{"detail", e.what()}}));
    }
}

int runCall(Call call)
{
    auto &words = call.words;
    if (call.configLacks)
        return report(call, usageError("--config needs a file"));
    if (words.size() == 1 && (words[0] == "--version" || words[0] == "version")) {
        printLine("zandbctl " ZANDB_VERSION);
        return exitOk;
    }
    if (!words.empty() && words[0] == "help") {
        call.help = true;
        words.erase(words.begin());
    }
    const std::string noun = words.empty() ? "" : words[0];
    const auto verbs = allVerbs();
    if (!noun.empty() && !isNoun(verbs, noun))
        return report(call, usageError("there is no \"" + noun + "\"; zandbctl --help lists what there is"));
    const auto found = std::find_if(verbs.begin(), verbs.end(), [&](const Verb &v) {
        return v.noun == noun && (v.verb.empty() || (words.size() > 1 && v.verb == words[1]));
    });
    if (words.empty() || (call.help && (words.size() == 1 || noun == "serve" || found != verbs.end()))) {
        printHelp(noun, found == verbs.end() ? "" : found->verb);
        return call.help ? exitOk : exitUsage;
    }
    if (noun == "serve") {
        std::vector<std::string> rest(words.begin() + 1, words.end());
        if (call.configGiven)
            rest.insert(rest.begin(), {"--config", call.config.string()});
        return headless::runServe(rest);
    }
    if (found == verbs.end())
        return report(call, usageError(noun + (words.size() > 1 ? " has no verb \"" + words[1] + "\"" : " needs a verb") + "; zandbctl " + noun
                                       + " --help lists them"));
    return runVerb(call, *found);
}

} // namespace

int run(const std::vector<std::string> &all)
{
    std::signal(SIGPIPE, SIG_IGN);
    const int status = runCall(readCall(all));
    const int lost = outputLost();
    // a reader that has seen enough (EPIPE) needs no words, but has not seen all either
    if (lost != 0 && lost != EPIPE)
        warnLine(std::string("zandbctl: the output could not be written: ") + std::strerror(lost));
    return lost != 0 && status == exitOk ? exitFailed : status;
}

} // namespace zandb::cli
