// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/provisionverbs.h"

#include "agent/protocol/printable.h"
#include "agent/rules/samevalue.h"
#include "app/cli/execution.h"
#include "app/provision/provisioning.h"
#include "app/store/audit.h"

#include <fstream>
#include <thread>

namespace zandb::cli {
namespace {

using namespace std::chrono_literals;

/// A template of this computer, or the name of one on the host.
Result<void> readTemplate(const std::string &said, const std::string &hostName, provision::ProvisionWish &wish)
{
    if (said.empty())
        return {};
    if (said.find('/') == std::string::npos || said.starts_with(hostName + "/my")) {
        wish.templateName = said.substr(said.rfind('/') + 1);
        return {};
    }
    std::ifstream file(said, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(file)), {});
    if (!file.is_open() || text.empty() || text.size() > (64u << 10))
        return fail(usageError("--template names an instance of the host, or a file of at most 64 KiB that is here: " + said));
    wish.templateText = std::move(text);
    return {};
}

void printChecks(const wire::ProvisionCheck &check)
{
    Table table({"CHECK", "", "SEEN"});
    for (const wire::PreflightCheck &one : check.checks)
        table.add({printable(one.name), one.ok ? "ok" : "CLASH", printable(one.detail)});
    table.print();
    for (const wire::PreflightCheck &one : check.checks) {
        if (!one.ok && !one.remedy.empty())
            printLine("For " + printable(one.name) + ": " + printable(one.remedy) + ".");
    }
}

/// So that the store knows it as it is: the agent looks at its instances every few seconds.
Result<void> waitUntilKnown(Context &context, const Host &host, const std::string &path, bool isReplica)
{
    for (int round = 0; round < 40; ++round) {
        if (const auto sampled = sampleHost(context, host); !sampled)
            return sampled;
        const auto fleet = context.fleet();
        if (!fleet)
            return fail(fleet.error());
        const InstanceRecord *record = fleet->instanceByPath(path);
        if (record && record->state == "up" && (!isReplica || (record->detail && !record->detail->replication.empty())))
            return {};
        std::this_thread::sleep_for(500ms);
    }
    return {};
}

Result<int> createInstance(Context &context, const Args &args)
{
    const auto named = context.host(args.word(0));
    if (!named)
        return fail(named.error());
    // what the fleet has now decides about ports, server_ids and repositories
    if (const auto sampled = sampleHost(context, *named); !sampled)
        return fail(sampled.error());
    const auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    const Host *host = fleet->host(named->id);
    if (!host)
        return fail(errors::notFound, {{"what", "host"}, {"name", args.word(0)}});
    provision::ProvisionWish wish;
    wish.host = host->id;
    wish.author = context.settings().person;
    const auto port = parseDuration(args.word(1)); // digits alone
    if (!port || args.word(1).find_first_not_of("0123456789") != std::string::npos || *port < 1 || *port > 65535)
        return fail(usageError("PORT is a number of at most 65535"));
    wish.port = static_cast<int>(*port);
    wish.flavour = args.option("flavour");
    if (!wish.flavour.empty() && wish.flavour != "mariadb" && wish.flavour != "mysql")
        return fail(usageError("--flavour is mariadb or mysql"));
    const auto serverId = args.number("server-id", 0, 1, 4294967295LL);
    if (!serverId)
        return fail(serverId.error());
    wish.serverId = *serverId;
    if (long long bytes = 0; args.has("buffer-pool")) {
        if (!rules::wholeNumber(args.option("buffer-pool"), bytes) || bytes < (5 << 20))
            return fail(usageError("--buffer-pool is a size of at least 5M, for example 2G"));
        wish.bufferPoolBytes = bytes;
    }
    if (const auto read = readTemplate(args.option("template"), host->name, wish); !read)
        return fail(read.error());
    const auto state = fleet->hostStates.find(host->id);
    const wire::HostFacts *facts = state == fleet->hostStates.end() || !state->second.facts ? nullptr : &*state->second.facts;
    if (args.has("repository"))
        wish.repository = args.option("repository");
    else if (!args.flag("no-backup") && facts && !facts->repositories.empty())
        wish.repository = facts->repositories.front();

    const Host *primaryHost = nullptr;
    if (args.has("replica-of")) {
        const auto primary = findInstance(context, args.option("replica-of"));
        if (!primary)
            return fail(primary.error());
        wish.replicaOf = primary->id;
        primaryHost = fleet->host(primary->hostId);
    }
    if (args.has("from-backup")) {
        wish.backup = Uuid::parse(args.option("from-backup"));
        if (!wish.backup)
            return fail(usageError("--from-backup takes a backup's id; \"zandbctl backup list\" names them"));
    }

    auto prepared = provision::prepareProvision(context.session(), *fleet, wish);
    if (!prepared)
        return fail(prepared.error());
    if (primaryHost && primaryHost->id != host->id)
        context.pool().setHosts({remote::addressOf(*host), remote::addressOf(*primaryHost)});
    else
        context.pool().setHosts({remote::addressOf(*host)});
    const auto answer = context.pool().callAndWait(host->id, "provision.check", Json(prepared->args), 120s);
    if (!answer)
        return fail(answer.error());
    auto check = decode<wire::ProvisionCheck>(*answer);
    if (!check)
        return fail(check.error());
    check->checks.insert(check->checks.begin(), prepared->checks.begin(), prepared->checks.end());
    if (primaryHost) {
        const auto asked = context.pool().callAndWait(primaryHost->id, "provision.source", Json{{"instance", prepared->args.source->instance}}, 60s);
        const auto source = asked ? decode<std::vector<wire::PreflightCheck>>(asked->is_object() ? asked->value("checks", Json()) : Json())
                                  : Result<std::vector<wire::PreflightCheck>>(fail(asked.error()));
        if (!source)
            return fail(source.error());
        check->checks.insert(check->checks.end(), source->begin(), source->end());
    }
    const std::string path = host->name + '/' + prepared->args.instance;
    Json json{{"instance", path}, {"ok", check->ok()}, {"server_id", prepared->args.serverId}, {"flavour", check->flavour}, {"version", check->version}, {"directory", check->directory},
              {"checks", check->checks}, {"my_cnf", check->myCnf}};
    if (args.flag("dry-run") || !check->ok()) {
        context.print(json);
        if (!context.json()) {
            printChecks(*check);
            if (args.flag("dry-run") && !check->myCnf.empty())
                printLine("\n" + printable(check->myCnf, true));
            if (!check->ok())
                warnLine("Nothing was touched.");
        }
        return check->ok() ? exitOk : exitFailed;
    }
    if (const auto audited = store::audit(context.session(), "instance.create", path, Json(prepared->args)); !audited)
        return fail(audited.error());
    if (primaryHost) {
        const auto secret = context.pool().callAndWait(host->id, "provision.secret", Json{{"run", prepared->run.run.id}, {"flavour", check->flavour}}, 30s);
        if (!secret)
            return fail(secret.error());
        if (!secret->is_object() || !secret->value("verifier", Json()).is_string())
            return fail(errors::protocolMalformed, {{"detail", "verifier"}});
        provision::setVerifier(*prepared, secret->value("verifier", std::string()));
    }
    if (const auto reserved = provision::reserveInstance(context.session(), *prepared); !reserved)
        return fail(reserved.error());
    const auto begun = beginRun(context, prepared->run);
    const auto ended = begun ? followBegun(context, *begun) : Result<RunDetail>(fail(begun.error()));
    if (!ended)
        return fail(ended.error());
    const std::string id = ended->run.id.toString();
    json["run_id"] = id;
    json["state"] = toString(ended->run.state);
    Json steps = Json::array();
    for (const Step &step : ended->steps)
        steps.push_back({{"step", step.step}, {"kind", step.kind}, {"state", toString(step.state)}, {"attempts", step.attempts}});
    json["steps"] = steps;
    const bool good = ended->run.state == RunState::Succeeded;
    if (!good) {
        warnLine("Run " + id + ": " + std::string(toString(ended->run.state)) + (ended->run.error ? ": " + errorLine(*ended->run.error) : std::string()));
        warnLine("\"zandbctl run retry " + id + "\" goes on from the step that did not succeed.");
    } else if (const auto known = waitUntilKnown(context, *host, path, primaryHost != nullptr); !known) {
        warnLine("The host was not asked again: " + errorLine(known.error()));
    }
    context.print(json);
    if (!context.json() && good)
        printLine(path + " is there: " + check->version + ", server_id " + std::to_string(prepared->args.serverId) + (wish.repository.empty() ? ", not backed up." : ", backed up once."));
    return good ? exitOk : exitFailed;
}

} // namespace

std::vector<Verb> provisionVerbs()
{
    return {
        {"instance", "create",
         "HOST PORT [--replica-of HOST/INSTANCE] [--from-backup ID] [--template NAME|FILE] [--flavour mariadb|mysql] [--buffer-pool SIZE] [--server-id N] [--repository NAME|--no-backup] [--dry-run]",
         "make a new instance: everything is checked first, then it is initialised or restored, started, made a replica, backed up (with your key)",
         {{"replica-of", "from-backup", "template", "flavour", "buffer-pool", "server-id", "repository"}, {"dry-run", "no-backup"}}, createInstance, 2, 2},
    };
}

} // namespace zandb::cli
