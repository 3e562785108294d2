// SPDX-License-Identifier: GPL-3.0-or-later
// One backup from order to committed directory: what all methods have in common.
#include "agent/backups/accounts.h"
#include "agent/backups/clone.h"
#include "agent/backups/job.h"
#include "agent/backups/kinds.h"
#include "agent/backups/remotesink.h"
#include "agent/backups/toollosses.h"
#include "agent/fleet/readable.h"
#include "agent/os/sha256.h"
#include "agent/privileged/client.h"

#include <algorithm>

#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

Result<void> checkArgs(const wire::BackupArgs &args)
{
    const auto bad = [](const std::string &detail) { return fail(errors::orderArgs, {{"detail", detail}}); };
    if (args.compressionLevel < 1 || args.compressionLevel > 19)
        return bad("compressionLevel must be 1 to 19");
    if (args.compressionThreads < 0 || args.compressionThreads > 16)
        return bad("compressionThreads must be 0 to 16");
    if (args.longStatementSeconds < 1 || args.longStatementWaitSeconds < 0 || args.longStatementWaitSeconds > 86400)
        return bad("longStatementSeconds and longStatementWaitSeconds must be positive, the latter at most a day");
    if (args.holdUpSeconds < 1 || args.holdUpSeconds > 3600)
        return bad("holdUpSeconds must be 1 to 3600");
    if (args.throttleBytesPerSecond < 0 || args.keep < 0)
        return bad("throttleBytesPerSecond and keep must not be negative");
    if (args.backupId.isNull())
        return bad("backupId is missing");
    if (!isRepositoryName(args.instance))
        return bad("instance is not a usable name");
    return {};
}

bool flag(SqlClient &client, const std::string &expression)
{
    const auto value = client.value("SELECT " + expression);
    return value && *value && **value == "1";
}

std::string roleOf(SqlClient &client)
{
    const char *sql = client.isMariaDb() ? "SHOW ALL SLAVES STATUS"
                      : client.versionNumber() >= 80022 ? "SHOW REPLICA STATUS"
                                                        : "SHOW SLAVE STATUS";
    if (auto rows = client.query(sql); rows && !rows->rows.empty())
        return "replica";
    if (auto threads = processList(client)) {
        if (std::ranges::any_of(*threads, [](const ServerThread &t) { return t.command.starts_with("Binlog Dump"); }))
            return "primary";
    }
    return "single";
}

struct Choice
{
    std::string name;
    Method method;
    bool locks = true; ///< asks for a lock that others could queue behind
    bool logical = false; ///< the tool sees no more than the account may see
};

// A dump by an account without these leaves out what it is not shown, and says nothing.
Error rightsMissing(const BackupJob &job)
{
    std::string rights;
    for (const auto &right : job.objects.lacking)
        rights += (rights.empty() ? "" : ", ") + right;
    return makeError(errors::notPermitted, {{"instance", job.instance.name},
                                            {"account", job.account},
                                            {"right", rights},
                                            {"remedy", "GRANT " + rights + " ON *.* TO '" + job.account + "'@'localhost'"},
                                            {"detail", "objects could be missing in the dump without anybody noticing"}});
}

std::string warningNames(const wire::BackupWarning &warning)
{
    std::string text;
    for (const auto &name : warning.names)
        text += (text.empty() ? "" : ", ") + name;
    const auto more = warning.count - static_cast<std::int64_t>(warning.names.size());
    return more > 0 ? text + " and " + std::to_string(more) + " more" : text;
}

tl::unexpected<Error> noMethod(const wire::BackupArgs &args, bool mariaDb, const std::string &reason)
{
    return fail(errors::backupMethod,
                {{"method", args.method}, {"flavour", mariaDb ? "mariadb" : "mysql"}, {"reason", reason}});
}

Result<Choice> chooseMethod(BackupJob &job)
{
    const Choice physical{"mariadb-backup", backupWithMariadbBackup};
    const Choice logical{job.mariaDb ? "mariadb-dump" : "mysqldump", backupWithDump, job.mariaDb, true};
    const Choice clone{"clone", backupWithClone, false};
    const std::string &wanted = job.args.method;
    const bool plugin = !job.mariaDb && flag(*job.client, "COUNT(*) FROM information_schema.PLUGINS WHERE PLUGIN_NAME = "
                                                          "'clone' AND PLUGIN_STATUS = 'ACTIVE'");
    if (wanted == "logical" || wanted == logical.name)
        return logical;
    if (wanted == "mydumper") {
        if (!job.mariaDb && job.client->versionNumber() >= 80400)
            return noMethod(job.args, job.mariaDb, "mydumper records no position on MySQL 8.4 and later");
        return Choice{"mydumper", backupWithMydumper, true, true};
    }
    if (job.mariaDb) {
        const bool readable = !job.before.unreadable;
        if (wanted == "physical" || wanted == physical.name) {
            if (!readable)
                return noMethod(job.args, true, "the data directory is not readable: " + describe(*job.before.unreadable));
            return physical;
        }
        if (wanted == "auto") {
            if (!readable)
                job.context.log("the data directory is not readable, so this is a logical backup");
            return readable ? physical : logical;
        }
    } else {
        if (wanted == "physical" || wanted == "clone") {
            if (job.client->versionNumber() < 80017)
                return noMethod(job.args, false, "clone needs MySQL 8.0.17");
            if (!plugin)
                return noMethod(job.args, false, "the clone plugin is not active: INSTALL PLUGIN clone SONAME 'mysql_clone.so'");
            return clone;
        }
        if (wanted == "auto")
            return plugin && nonInnodbTables(job.before).empty() && !job.before.unreadable ? clone : logical;
    }
    return noMethod(job.args, job.mariaDb, "not a method of this flavour");
}

// One small file of the backup.
Result<StoredFile> storeText(BackupSink &sink, const std::string &name, const std::string &text, bool secret)
{
    StoredFile file{name, static_cast<std::int64_t>(text.size()), Sha256::of(text)};
    if (auto done = sink.beginFile(name, secret); !done)
        return fail(done.error());
    if (auto done = sink.write(text); !done)
        return fail(done.error());
    if (auto done = sink.endFile(file.sha256, file.bytes); !done)
        return fail(done.error());
    return file;
}

std::map<std::string, std::string> settingsOf(SqlClient &client)
{
    std::map<std::string, std::string> settings;
    for (const char *name : {"innodb_page_size", "lower_case_table_names", "innodb_data_file_path", "innodb_undo_tablespaces",
                             "character_set_server", "collation_server", "sql_mode", "log_bin", "server_id"}) {
        if (auto value = client.value(std::string("SELECT @@GLOBAL.") + name); value && *value)
            settings[name] = **value;
    }
    return settings;
}

// What the last good backup of this kind took, else half of the data: to know early that it cannot fit.
std::int64_t expectedStored(const BackupJob &job, const RepositoryConfig &repository, const std::string &host,
                            const std::string &method)
{
    std::optional<Manifest> newest;
    std::error_code ec;
    if (repository.remote.empty()) {
        for (fs::directory_iterator it(repository.path / host / job.instance.name, ec), end; !ec && it != end; it.increment(ec)) {
            if (it->path().filename().string().starts_with('.'))
                continue;
            auto manifest = readManifest(it->path());
            if (manifest && manifest->method == method && (!newest || manifest->endedAt > newest->endedAt))
                newest = std::move(*manifest);
        }
    }
    if (!newest)
        return job.estimate / 2;
    std::int64_t bytes = 0;
    for (const auto &file : newest->files)
        bytes += file.bytes;
    return bytes + bytes / 10;
}

Result<wire::BackupResult> withSink(BackupJob &job, const Choice &choice, const RepositoryConfig &repository,
                                    const BackupPlace &place)
{
    const Config &config = job.context.config();
    const auto role = job.role;
    job.estimate = job.before.bytes;
    const std::int64_t need = expectedStored(job, repository, place.host, choice.name);
    if (auto opened = job.sink->open(place, need); !opened)
        return fail(opened.error());

    Manifest manifest;
    manifest.settings = settingsOf(*job.client);
    auto accounts = accountStatements(*job.client);
    if (!accounts)
        return fail(accounts.error());
    auto stored = storeText(*job.sink, "accounts.sql", *accounts, true);
    if (!stored)
        return fail(stored.error());
    manifest.files.push_back(*stored);
    if (!job.instance.myCnf.empty()) {
        if (auto text = readFile(job.instance.myCnf, 1 << 20)) {
            // an option file may hold passwords too
            stored = storeText(*job.sink, "my.cnf", *text, true);
            if (!stored)
                return fail(stored.error());
            manifest.files.push_back(*stored);
        } else {
            job.context.log("my.cnf is not in the backup: " + describe(text.error()));
        }
    }

    auto guard = ServerGuard::start(config, job.instance, job.account,
                                    {std::chrono::seconds(job.args.holdUpSeconds), std::chrono::seconds(job.args.longStatementWaitSeconds)},
                                    {job.client->connectionId()},
                                    job.byHelper && choice.method == backupWithMariadbBackup ? ToolBy::Account : ToolBy::Id);
    if (!guard)
        return fail(guard.error());
    job.guard = std::move(*guard);
    auto result = choice.method(job);
    job.guard->finish();
    if (auto error = job.guard->tripped())
        return fail(*error);
    if (!result)
        return fail(result.error());

    auto client = connectionOf(job);
    if (!client)
        return fail(client.error());
    auto after = takeInventory(**client, job.instance, config);
    if (!after)
        return fail(after.error());
    if (after->unreadable)
        job.context.log("tables of other engines than InnoDB were compared with the server's own list, since the data directory is "
                        "not readable: " + describe(*after->unreadable));
    if (auto covered = result->checkCoverage(*after); !covered)
        return fail(covered.error());
    const auto objectsAfter = listObjects(**client);
    if (!objectsAfter)
        return fail(objectsAfter.error());
    if (job.binlog && result->position.file.empty() && result->position.gtid.empty())
        return fail(errors::backupNoPosition, {{"tool", choice.name}});

    manifest.id = job.args.backupId;
    manifest.host = place.host;
    manifest.instance = place.instance;
    manifest.taskId = job.args.taskId;
    manifest.method = choice.name;
    manifest.payload = result->payload;
    manifest.toolVersion = result->toolVersion;
    manifest.serverVersion = job.client->version();
    manifest.flavour = job.mariaDb ? "mariadb" : "mysql";
    manifest.compressionLevel = job.args.compressionLevel;
    manifest.compressionThreads = job.args.compressionThreads;
    manifest.startedAt = place.startedAt;
    manifest.endedAt = systemNow();
    manifest.position = result->position;
    manifest.sourceRole = role;
    manifest.files.push_back({result->payload, result->summary.storedBytes, result->summary.sha256});
    manifest.tables = std::move(result->tables);
    manifest.objects = backedUpObjects(job.objects, *objectsAfter);
    manifest.warnings = warningsOf(*manifest.objects);
    if (!objectsAfter->lacking.empty())
        manifest.warnings.push_back(makeWarning(wire::warnings::rightsMissing, objectsAfter->lacking));
    std::ranges::move(result->warnings, std::back_inserter(manifest.warnings));
    for (const auto &warning : manifest.warnings)
        job.context.log("note " + warning.code + ": " + warningNames(warning));
    manifest.uncompressedBytes = result->summary.bytes;
    manifest.payloadSha256 = result->summary.sha256;
    const std::string text = writeManifest(manifest);
    if (auto done = storeText(*job.sink, std::string(manifestName), text, false); !done)
        return fail(done.error());
    auto path = job.sink->commit();
    if (!path)
        return fail(path.error());

    wire::BackupResult out;
    out.backupId = manifest.id;
    out.instance = manifest.instance;
    out.method = manifest.method;
    out.repository = repository.name;
    out.path = *path;
    out.bytes = manifest.uncompressedBytes;
    for (const auto &file : manifest.files)
        out.storedBytes += file.bytes;
    out.storedBytes += static_cast<std::int64_t>(text.size());
    out.sha256 = manifest.payloadSha256;
    out.manifestSha256 = Sha256::of(text);
    out.position = manifest.position;
    out.tableCount = static_cast<int>(manifest.tables.size());
    out.objects = manifest.objects->counts();
    out.warnings = manifest.warnings;
    out.sourceRole = role;
    out.toolVersion = manifest.toolVersion;
    out.serverVersion = manifest.serverVersion;
    out.flavour = manifest.flavour;
    out.startedAt = manifest.startedAt;
    return out;
}

void keepOnly(WorkContext &context, const std::shared_ptr<BackupSink> &sink, const wire::BackupArgs &args, wire::BackupResult &result)
{
    if (args.keep <= 0 || !args.taskId)
        return;
    const auto plan = sink->planKeep(*args.taskId, args.keep);
    for (const auto &line : plan.log)
        context.log(line);
    for (const auto &id : plan.expired)
        context.log("keep: backup " + id.toString() + " goes");
    result.expired = plan.expired;
    result.found = plan.found;
    if (plan.expired.empty())
        return;
    // the store must know of it, or it would list for ever what is gone: first the result, then the removal
    context.afterSuccess([&context, sink] {
        for (const auto &line : sink->removeExpired())
            context.log(line);
    });
}

} // namespace

Result<SqlClient *> connectionOf(BackupJob &job)
{
    const auto lives = job.client->query("DO 0");
    if (!lives && lives.error().is(errors::instanceDown)) {
        auto again = connectTo(job.context.config(), job.instance, Account::Backup);
        if (!again)
            return fail(again.error());
        job.context.log("connected again: " + describe(lives.error()));
        job.client = std::move(*again);
    }
    return job.client.get();
}

Result<wire::BackupResult> runBackup(WorkContext &context, const wire::BackupArgs &args)
{
    const TimePoint startedAt = systemNow();
    const auto begin = std::chrono::steady_clock::now();
    if (auto good = checkArgs(args); !good)
        return fail(good.error());
    const Config &config = context.config();
    const RepositoryConfig *repository = config.repository(args.repository);
    if (!repository)
        return fail(errors::repositoryUnknown, {{"repository", args.repository}});
    auto instance = findInstance(config, args.instance);
    if (!instance)
        return fail(instance.error());
    auto client = connectTo(config, *instance, Account::Backup);
    if (!client)
        return fail(client.error());

    BackupJob job{context, args, *instance, std::move(*client), false, {}, {}, false, {}, {}, {}, {}, 0};
    job.mariaDb = job.client->isMariaDb();
    job.account = job.mariaDb ? config.mariadbAccount : config.mysqlBackupAccount;
    for (const auto &path : cleanCloneRemains(config))
        context.log("removed what an earlier clone left: " + path);
    job.role = roleOf(*job.client);
    job.byHelper = hasHelper(config) && !firstUnreadable(instance->dataDirectory).empty();
    job.binlog = flag(*job.client, "@@GLOBAL.log_bin");
    auto before = takeInventory(*job.client, *instance, config);
    if (!before)
        return fail(before.error());
    job.before = std::move(*before);
    auto choice = chooseMethod(job);
    if (!choice)
        return fail(choice.error());
    auto objects = listObjects(*job.client);
    if (!objects)
        return fail(objects.error());
    job.objects = std::move(*objects);
    if (choice->logical && !job.objects.lacking.empty())
        return fail(rightsMissing(job));
    const auto losses = toolLosses(*job.client, choice->name, job.objects, job.before);
    if (!losses)
        return fail(losses.error());
    if (!losses->empty())
        return fail(errors::backupToolLoses, {{"tool", choice->name}, {"objects", warningNames(makeWarning("", *losses))}, {"count", std::to_string(losses->size())}});
    if (job.byHelper && choice->method == backupWithMariadbBackup) {
        // MariaDB lets the tool in under the name of the OS user it runs as, and the guard has to know it by that
        const auto answer = askHelper(config, {"check", {{"instance", instance->name}}});
        if (!answer)
            return fail(answer.error());
        job.account = answer->value("account", job.account);
    }
    context.log("backup " + args.backupId.toString() + " of " + instance->name + " (" + job.client->version() + ", "
                + job.role + ") with " + choice->name + " into " + repository->name);
    if (args.throttleBytesPerSecond > 0 && choice->name != "mariadb-backup")
        context.log("not throttled: " + choice->name + " has no option for it");

    if (choice->locks) {
        if (auto free = waitForLongStatements(*job.client, std::chrono::seconds(args.longStatementSeconds),
                                              std::chrono::seconds(args.longStatementWaitSeconds), context);
            !free)
            return fail(free.error());
    }

    job.sink = repository->remote.empty() ? localSink(*repository) : remoteSink(config, *repository);
    const BackupPlace place{config.host, instance->name, args.backupId, startedAt};
    auto result = withSink(job, *choice, *repository, place);
    if (!result) {
        Error error = result.error();
        std::string remains;
        for (const auto &path : job.sink->abort())
            remains += (remains.empty() ? "" : ", ") + path;
        if (!remains.empty()) {
            error.fields["remains"] = remains;
            context.log("could not be removed: " + remains);
        }
        context.log("failed: " + describe(error));
        return fail(std::move(error));
    }
    result->endedAt = systemNow();
    result->durationSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    context.log("good: " + result->path + ", " + std::to_string(result->tableCount) + " tables");
    keepOnly(context, job.sink, args, *result);
    return result;
}

} // namespace zandb::agent
