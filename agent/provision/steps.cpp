// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/steps.h"

#include "agent/backups/manifest.h"
#include "agent/backups/privateserver.h"
#include "agent/backups/repository.h"
#include "agent/backups/restore.h"
#include "agent/fleet/mycnf.h"
#include "agent/protocol/provisionerrors.h"
#include "agent/provision/accounts.h"
#include "agent/provision/check.h"
#include "agent/provision/secret.h"
#include "agent/provision/serverprocess.h"

#include <csignal>

#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

std::string runOf(const WorkContext &context)
{
    return context.order().key.runId.toString();
}

fs::path directoryOf(const WorkContext &context, const wire::ProvisionArgs &args)
{
    return (context.config().base / args.instance).lexically_normal();
}

void report(WorkContext &context, const char *phase)
{
    wire::Progress progress;
    progress.phase = phase;
    progress.at = systemNow();
    context.progress(progress);
}

Result<ProvisionSeen> look(WorkContext &context, const wire::ProvisionArgs &args)
{
    return checkProvision(context.config(), args, runOf(context), context.directory() / "look", context.stopToken());
}

tl::unexpected<Error> foreign(const wire::ProvisionArgs &args, const fs::path &directory)
{
    return fail(errors::provisionForeign, {{"instance", args.instance}, {"path", directory.string()}});
}

/// Only what this run has made.
Result<ProvisionMark> ownMark(const WorkContext &context, const wire::ProvisionArgs &args)
{
    if (args.port <= 0 || portOfName(args.instance) != args.port)
        return fail(errors::orderArgs, {{"detail", "instance has to be called my and its port"}});
    const fs::path directory = directoryOf(context, args);
    const auto mark = readMark(directory);
    if (!mark || mark->run != runOf(context))
        return foreign(args, directory);
    return *mark;
}

/// The instance as its own my.cnf says.
Result<LocalInstance> madeInstance(const WorkContext &context, const wire::ProvisionArgs &args)
{
    return findInstance(context.config(), args.instance);
}

/// What its files depend on and a private server has to be told too.
std::map<std::string, std::string> settingsOf(const MyCnf &cnf)
{
    std::map<std::string, std::string> settings;
    for (const char *name : {"innodb_page_size", "innodb_data_file_path", "lower_case_table_names", "character_set_server", "collation_server"}) {
        if (const auto value = cnf.server(name))
            settings[name] = *value;
    }
    return settings;
}

Result<void> makeDirectory(const fs::path &path, mode_t mode)
{
    if ((::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) || ::chmod(path.c_str(), mode) != 0)
        return fail(ioError(path, errno));
    return {};
}

class DataStep
{
public:
    DataStep(WorkContext &context, const wire::ProvisionArgs &args, ProvisionMark mark, ProvisionSeen seen)
        : m_context(context), m_args(args), m_mark(std::move(mark)), m_seen(std::move(seen)), m_directory(directoryOf(context, args))
    {
    }

    Result<wire::ProvisionResult> run()
    {
        std::error_code ec;
        // an earlier attempt may have left these half done
        const fs::path place = m_directory / "private";
        for (const fs::path &path : {m_directory / "data", place}) {
            fs::remove_all(path, ec);
            if (ec)
                return fail(ioError(path, ec.value()));
        }
        m_options.mariaDb = m_seen.plan.mariaDb;
        m_options.scratch = place;
        m_options.dataDirectory = place / "data";
        m_options.run = place / "run";
        m_options.errorLog = place / "provision.log";
        m_options.settings = settingsOf(MyCnf::read(m_directory / "my.cnf"));
        auto filled = m_args.backup ? restore() : initialise();
        if (!filled)
            return fail(filled.error());
        report(m_context, "preparing");
        if (auto made = accounts(); !made)
            return fail(made.error());
        fs::rename(m_options.dataDirectory, m_directory / "data", ec);
        if (ec)
            return fail(ioError(m_directory / "data", ec.value()));
        fs::remove_all(place, ec);
        if (auto synced = syncDirectory(m_directory); !synced)
            return fail(synced.error());
        m_mark.stage = "data";
        if (auto marked = writeMark(m_directory, m_mark); !marked)
            return fail(marked.error());
        wire::ProvisionResult result;
        result.instance = m_args.instance;
        result.version = m_seen.plan.version;
        result.gtid = m_mark.gtid;
        result.detail = m_args.backup ? "restored from " + m_args.backup->backupId.toString() : "initialised";
        return result;
    }

private:
    Result<void> initialise()
    {
        report(m_context, "preparing");
        m_context.log("initialising " + m_options.dataDirectory.string() + " with " + m_seen.plan.program.string());
        for (const auto &[path, mode] : {std::pair{m_options.scratch, mode_t(0700)}, std::pair{m_options.dataDirectory, mode_t(0750)}}) {
            if (auto made = makeDirectory(path, mode); !made)
                return made;
        }
        m_options.grants = true;
        return initialiseDataDirectory(m_context.config(), m_options, m_context.stopToken());
    }

    Result<void> restore()
    {
        wire::RestoreArgs args = *m_args.backup;
        args.target = m_options.scratch.string();
        const RepositoryConfig *repository = m_context.config().repository(args.repository);
        const auto path = repository ? findBackup(*repository, args.host.empty() ? m_context.config().host : args.host, args.instance, args.backupId)
                                     : Result<fs::path>(fail(errors::backupNotHere));
        const auto manifest = path ? readManifest(*path) : Result<Manifest>(fail(path.error()));
        if (!manifest)
            return fail(manifest.error());
        if (auto restored = runRestore(m_context, args); !restored)
            return fail(restored.error());
        std::error_code ec;
        // a copy that calls itself by its original's name is no server of its own
        fs::remove(m_options.dataDirectory / "auto.cnf", ec);
        fs::remove(m_options.dataDirectory / "mysqld-auto.cnf", ec);
        m_mark.gtid = manifest->position.gtid;
        m_options.settings = manifest->settings; // of the data as they are; half of them with half of my.cnf's fit together only by chance
        if (manifest->method != "mariadb-backup" && manifest->method != "clone")
            m_options.settings.erase("innodb_data_file_path");
        m_options.grants = false; // its accounts are the original's
        if (!m_options.mariaDb)
            m_options.more = {"--plugin-load-add=auth_socket.so"};
        return {};
    }

    /// On a server that nobody else reaches: the new one never listens with open accounts.
    Result<void> accounts()
    {
        auto server = PrivateServer::start(m_context.config(), m_options, m_context.stopToken());
        if (!server)
            return fail(server.error());
        auto client = (*server)->connect();
        if (!client)
            return fail((*server)->blameFor("accounts", "the new server", client.error()));
        const auto failed = [&](const Error &error) { return fail(errors::provisionFailed, {{"instance", m_args.instance}, {"step", "accounts"}, {"detail", describe(error)}}); };
        if (!m_options.grants) {
            const auto setup = makeSetupAccount(**client, m_context.config());
            if (!setup)
                return failed(setup.error());
            client = (*server)->connect(*setup);
            if (!client)
                return failed(client.error());
        }
        if (const auto made = makeAccounts(**client, m_context.config()); !made)
            return failed(made.error());
        if (!m_options.grants) {
            if (const auto dropped = dropSetupAccount(**client); !dropped)
                return failed(dropped.error());
        }
        m_context.log("the agent's accounts are made");
        client->reset();
        return (*server)->shutdown();
    }

    WorkContext &m_context;
    const wire::ProvisionArgs &m_args;
    ProvisionMark m_mark;
    const ProvisionSeen m_seen;
    const fs::path m_directory;
    PrivateServerOptions m_options;
};

} // namespace

Result<wire::ProvisionResult> provisionCheck(WorkContext &context, const wire::ProvisionArgs &args)
{
    report(context, "checking");
    const auto seen = look(context, args);
    if (!seen)
        return fail(seen.error());
    for (const wire::PreflightCheck &check : seen->check.checks)
        context.log((check.ok ? "ok: " : "clash: ") + check.name + ": " + check.detail);
    if (!seen->check.ok())
        return fail(errors::provisionClash, {{"instance", args.instance}, {"clashes", clashesOf(seen->check)}});
    wire::ProvisionResult result;
    result.instance = args.instance;
    result.version = seen->check.version;
    result.detail = std::to_string(seen->check.checks.size()) + " checks passed";
    return result;
}

Result<wire::ProvisionResult> provisionLayout(WorkContext &context, const wire::ProvisionArgs &args)
{
    report(context, "preparing");
    // two runs that look at the same memory at the same moment would both find it free
    const auto lock = lockFile(context.config().stateDirectory / "provision.lock", 60s);
    if (!lock)
        return fail(lock.error());
    const auto seen = look(context, args);
    if (!seen)
        return fail(seen.error());
    wire::ProvisionResult result;
    result.instance = args.instance;
    result.version = seen->check.version;
    result.detail = seen->check.directory;
    const fs::path directory = directoryOf(context, args);
    if (const auto mark = readMark(directory)) {
        if (mark->run != runOf(context))
            return foreign(args, directory);
        result.repeated = true;
        return result;
    }
    if (!seen->check.ok())
        return fail(errors::provisionClash, {{"instance", args.instance}, {"clashes", clashesOf(seen->check)}});
    // everything is made aside and appears at once: the agent's other work takes a directory with a my.cnf for an instance
    const fs::path aside = context.config().base / ("." + args.instance + "." + runOf(context));
    std::error_code ec;
    fs::remove_all(aside, ec);
    for (const auto &[path, mode] : {std::pair{aside, mode_t(0755)}, std::pair{aside / "log", mode_t(0770)}, std::pair{aside / "run", mode_t(0755)}}) {
        if (auto made = makeDirectory(path, mode); !made)
            return fail(made.error());
    }
    ProvisionMark mark;
    mark.run = runOf(context);
    mark.madeDirectory = !fs::exists(directory, ec);
    mark.stage = "layout";
    if (auto marked = writeMark(aside, mark); !marked)
        return fail(marked.error());
    if (auto written = replaceFile(aside / "my.cnf", seen->plan.myCnf); !written)
        return fail(written.error());
    ::chmod((aside / "my.cnf").c_str(), 0640);
    fs::rename(aside, directory, ec); // over an empty directory too
    if (ec) {
        const int number = ec.value();
        fs::remove_all(aside, ec);
        return fail(ioError(directory, number));
    }
    if (auto synced = syncDirectory(directory.parent_path()); !synced)
        return fail(synced.error());
    context.log("made " + directory.string());
    return result;
}

Result<wire::ProvisionResult> provisionData(WorkContext &context, const wire::ProvisionArgs &args)
{
    std::signal(SIGPIPE, SIG_IGN);
    const auto mark = ownMark(context, args);
    if (!mark)
        return fail(mark.error());
    if (mark->stage == "data") {
        wire::ProvisionResult result;
        result.instance = args.instance;
        result.gtid = mark->gtid;
        result.repeated = true;
        return result;
    }
    auto seen = look(context, args);
    if (!seen)
        return fail(seen.error());
    if (seen->plan.program.empty())
        return fail(errors::provisionClash, {{"instance", args.instance}, {"clashes", clashesOf(seen->check)}});
    return DataStep(context, args, *mark, std::move(*seen)).run();
}

Result<wire::ProvisionResult> provisionStart(WorkContext &context, const wire::ProvisionArgs &args)
{
    const auto mark = ownMark(context, args);
    if (!mark)
        return fail(mark.error());
    const auto instance = madeInstance(context, args);
    if (!instance)
        return fail(instance.error());
    if (mark->stage != "data")
        return fail(errors::provisionFailed, {{"instance", args.instance}, {"step", "start"}, {"detail", "it has no data yet"}});
    const auto seen = look(context, args);
    if (!seen)
        return fail(seen.error());
    report(context, "starting");
    wire::ProvisionResult result;
    result.instance = args.instance;
    result.repeated = serverOf(instance->myCnf) != 0;
    if (!result.repeated) {
        if (seen->plan.program.empty())
            return fail(errors::provisionClash, {{"instance", args.instance}, {"clashes", clashesOf(seen->check)}});
        if (auto started = startDetached(seen->plan.program, instance->myCnf, instance->logDirectory / "stderr.log"); !started)
            return fail(started.error());
    }
    const auto greeting = waitForServer(*instance, instance->logDirectory / "error.log", 600s, context.stopToken());
    if (!greeting)
        return fail(greeting.error());
    result.version = greeting->version;
    // what answers has to be what was made
    auto client = connectTo(context.config(), *instance, Account::Watch);
    if (!client)
        return fail(client.error());
    const auto told = (*client)->query("SELECT @@GLOBAL.datadir AS d, @@GLOBAL.port AS p, @@GLOBAL.server_id AS s");
    if (!told)
        return fail(told.error());
    const fs::path data = fs::path(told->value(0, "d").value_or("")).lexically_normal();
    const bool same = (data == instance->dataDirectory || data == instance->dataDirectory / "") && told->value(0, "p") == std::to_string(args.port)
        && told->value(0, "s") == std::to_string(args.serverId);
    if (!same)
        return fail(errors::provisionNotStarted, {{"instance", args.instance}, {"detail", "the server at its socket has the data directory " + data.string() + ", port "
                                                      + told->value(0, "p").value_or("") + " and server_id " + told->value(0, "s").value_or("")}});
    result.detail = "process " + std::to_string(serverOf(instance->myCnf));
    context.log("started: " + greeting->version + ", " + result.detail);
    return result;
}

Result<wire::ProvisionResult> provisionUndo(WorkContext &context, const wire::ProvisionArgs &args)
{
    wire::ProvisionResult result;
    result.instance = args.instance;
    std::error_code ec;
    if (portOfName(args.instance) != args.port || args.port <= 0)
        return fail(errors::orderArgs, {{"detail", "instance has to be called my and its port"}});
    fs::remove_all(context.config().base / ("." + args.instance + "." + runOf(context)), ec);
    forgetSecret(context.config(), runOf(context)); // its account on the primary goes too
    const fs::path directory = directoryOf(context, args);
    const auto mark = readMark(directory);
    if (!mark || mark->run != runOf(context)) {
        result.detail = "nothing of this run is there";
        return result;
    }
    if (auto ended = endServer(args.instance, directory / "my.cnf", 60s); !ended)
        return fail(ended.error());
    // the mark goes last: without it nobody would know whose the rest is
    for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        std::error_code failed;
        if (it->path().filename() != provisionMarkName)
            fs::remove_all(it->path(), failed);
        if (failed)
            return fail(ioError(it->path(), failed.value()));
    }
    fs::remove(directory / provisionMarkName, ec);
    if (mark->madeDirectory)
        fs::remove(directory, ec);
    if (ec)
        return fail(ioError(directory, ec.value()));
    result.detail = "removed " + directory.string();
    context.log(result.detail);
    return result;
}

} // namespace zandb::agent
