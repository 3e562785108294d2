// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/restore.h"

#include "agent/backups/containment.h"
#include "agent/backups/copycheck.h"
#include "agent/backups/privateserver.h"
#include "agent/backups/repository.h"
#include "agent/backups/roomwatch.h"
#include "agent/backups/unpack.h"
#include "agent/fleet/instances.h"
#include "agent/fleet/programs.h"

#include <algorithm>
#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

bool isPhysical(const Manifest &manifest)
{
    return manifest.method == "mariadb-backup" || manifest.method == "clone";
}

// No server opens the files of a later series.  What tells no version is tried.
Result<void> checkSeries(const Config &config, const Manifest &manifest)
{
    const auto wanted = seriesNumbers(manifest.serverVersion);
    const bool mariaDb = manifest.flavour == "mariadb";
    const std::vector<const char *> programs = mariaDb ? std::vector{"mariadb-backup", "mariadbd"} : std::vector{"mysqld"};
    for (const char *name : programs) {
        const fs::path program = findProgram(config, mariaDb, name);
        const auto version = program.empty() ? Result<std::string>(fail(errors::toolMissing)) : programVersion(program);
        if (!version)
            continue; // the step that needs it says so
        const auto here = seriesNumbers(*version);
        if (here != std::pair{0, 0} && here < wanted)
            return fail(errors::restoreOlderServer, {{"backup", manifest.serverVersion}, {"here", *version}});
    }
    return {};
}

tl::unexpected<Error> notAbsolute(const fs::path &target)
{
    return fail(errors::orderArgs, {{"detail", "target: not an absolute path: " + target.string()}});
}

class Restore
{
public:
    Restore(WorkContext &context, fs::path backup, fs::path target, CataloguedSums catalogued)
        : m_context(context), m_backup(std::move(backup)), m_target(std::move(target)), m_data(m_target / "data"),
          m_catalogued(std::move(catalogued))
    {
    }

    Result<wire::RestoreResult> run()
    {
        const auto begin = std::chrono::steady_clock::now();
        auto manifest = validateBackup(m_backup, m_context.stopToken(),
                                       [this](std::int64_t done, std::int64_t total) { report("checking", done, total); }, m_catalogued);
        if (!manifest)
            return fail(manifest.error());
        m_manifest = std::move(*manifest);
        m_server.mariaDb = m_manifest.flavour == "mariadb";
        m_server.dataDirectory = m_data;
        m_server.scratch = m_target;
        m_server.run = m_target / "run";
        m_server.settings = m_manifest.settings;
        if (!isPhysical(m_manifest))
            m_server.settings.erase("innodb_data_file_path"); // where its rows lay before says nothing of where they go
        else if (auto usable = checkSeries(m_context.config(), m_manifest); !usable)
            return fail(usable.error());
        m_server.errorLog = m_target / "restore.log";
        if (auto ready = makeTarget(); !ready)
            return fail(ready.error());
        m_context.log("restoring " + m_manifest.id.toString() + " (" + m_manifest.method + ") into " + m_target.string());
        m_context.log(confinementText());
        wire::RestoreResult result;
        RoomWatch room(m_target, reservedOnDisks, m_context.stopToken());
        m_stop = room.token();
        auto done = unpack();
        if (done)
            done = check(result);
        if (!done) {
            // a program that found no room says so in its own words, and that is nothing the backup is to blame for
            const bool asked = m_context.stopToken().stop_requested();
            const auto lacking = asked || !result.tablesDamaged.empty() ? std::nullopt : room.lacking();
            Error error = lacking ? makeError(errors::diskFull, lacking->fields, done.error()) : done.error();
            if (result.tablesDamaged.empty()) {
                std::error_code ec;
                // what somebody else put there meanwhile is not ours to remove
                for (const char *name : {"data", "mydumper", "run", "restore.log"}) {
                    fs::remove_all(m_target / name, ec);
                    if (ec)
                        error.fields["remains"] = (m_target / name).string();
                }
                if (m_madeTarget)
                    fs::remove(m_target, ec); // only while it is empty
            } else {
                error.fields["remains"] = m_target.string();
            }
            m_context.log("failed: " + describe(error));
            return fail(std::move(error));
        }
        std::error_code ec;
        fs::remove_all(m_server.run, ec);
        result.backupId = m_manifest.id;
        result.target = m_target.string();
        result.level = 2;
        result.durationSeconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        if (auto written = writeRecord(result); !written)
            return fail(written.error());
        m_context.log("good: " + std::to_string(result.tablesChecked) + " tables checked in "
                      + std::to_string(result.durationSeconds) + " s");
        return result;
    }

private:
    void report(const char *phase, std::int64_t done, std::int64_t total, const char *unit = "bytes")
    {
        wire::Progress progress;
        progress.phase = phase;
        progress.bytesDone = done;
        progress.bytesTotal = total;
        progress.unit = unit;
        if (total > 0)
            progress.percent = 100.0 * static_cast<double>(done) / static_cast<double>(total);
        progress.at = systemNow();
        m_context.progress(progress);
    }

    // A new directory in a server's data directory is a schema to that server, and one in a repository a backup of somebody.
    Result<void> checkPlace() const
    {
        std::error_code ec;
        const fs::path place = fs::weakly_canonical(m_target, ec);
        if (ec)
            return fail(ioError(m_target, ec.value()));
        const auto refuse = [&](const char *what, const fs::path &where) {
            return fail(errors::orderArgs, {{"detail", m_target.string() + " lies in " + what + " " + where.string() + ": choose a directory elsewhere"}});
        };
        const auto isBelow = [&](const fs::path &directory) {
            const fs::path real = directory.empty() ? fs::path() : fs::weakly_canonical(directory, ec);
            return !real.empty() && !ec && std::ranges::mismatch(real, place).in1 == real.end();
        };
        const Config &config = m_context.config();
        for (const LocalInstance &instance : findInstances(config)) {
            if (isBelow(instance.dataDirectory))
                return refuse("a server's data directory", instance.dataDirectory);
        }
        for (const RepositoryConfig &repository : config.repositories) {
            if (isBelow(repository.path))
                return refuse("the repository", repository.path);
        }
        for (fs::path above = place.parent_path(); above != above.root_path(); above = above.parent_path()) {
            if (fs::exists(above / "ibdata1", ec) || fs::exists(above / "mysql.ibd", ec))
                return refuse("a server's data directory", above);
        }
        return {};
    }

    Result<void> makeTarget()
    {
        if (auto place = checkPlace(); !place)
            return place;
        std::error_code ec;
        const auto status = fs::symlink_status(m_target, ec);
        if (fs::exists(status)) {
            if (!fs::is_directory(status) || !fs::is_empty(m_target, ec) || ec)
                return fail(errors::restoreTarget, {{"path", m_target.string()}});
        } else {
            fs::create_directory(m_target, ec);
            if (ec)
                return fail(ioError(m_target, ec.value()));
            m_madeTarget = true;
        }
        if (auto room = checkRoom(m_target, roomNeeded()); !room)
            return room;
        if (::mkdir(m_data.c_str(), 0750) != 0)
            return fail(ioError(m_data, errno));
        return {};
    }

    // What is unpacked, what is loaded from it, and what a server that starts on it writes itself.
    std::int64_t roomNeeded() const
    {
        constexpr std::int64_t emptyServer = 256 << 20; // with its redo log
        const std::int64_t unpacked = m_manifest.uncompressedBytes;
        const int copies = m_manifest.method == "mydumper" ? 2 : 1; // its files are there while they are loaded
        return copies * unpacked + emptyServer + reservedOnDisks;
    }

    Result<void> unpack()
    {
        return unpackBackup({m_context, m_manifest, m_backup, m_server, m_stop,
                             [this](const char *phase, std::int64_t done, std::int64_t total) { report(phase, done, total); }});
    }

    Result<void> check(wire::RestoreResult &result)
    {
        report("starting", 0, 0);
        auto server = PrivateServer::start(m_context.config(), m_server, m_stop);
        if (!server)
            return fail(server.error());
        const CopyCheck copy{m_manifest, **server, m_stop,
                             [this](std::int64_t done, std::int64_t total) { report("checking", done, total, "tables"); },
                             [this](std::string_view line) { m_context.log(line); }};
        if (auto good = checkCopy(copy, result); !good)
            return good;
        return (*server)->shutdown();
    }

    Result<void> writeRecord(const wire::RestoreResult &result)
    {
        Json record(result);
        record["instance"] = m_manifest.instance;
        record["host"] = m_manifest.host;
        record["method"] = m_manifest.method;
        record["position"] = m_manifest.position;
        record["server_version"] = m_manifest.serverVersion;
        record["at_us"] = systemNow();
        const std::string text = record.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
        const fs::path path = m_target / "restore.json";
        const FileDescriptor fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
        if (!fd)
            return fail(ioError(path, errno));
        if (const int number = writeBytes(fd.get(), text); number != 0 || ::fsync(fd.get()) != 0)
            return fail(ioError(path, number ? number : errno));
        return syncDirectory(m_target);
    }

    WorkContext &m_context;
    const fs::path m_backup;
    const fs::path m_target;
    const fs::path m_data;
    const CataloguedSums m_catalogued;
    bool m_madeTarget = false;
    Manifest m_manifest;
    PrivateServerOptions m_server;
    std::stop_token m_stop; ///< somebody's wish, or too little room left
};

} // namespace

Result<wire::RestoreResult> restoreBackup(WorkContext &context, const fs::path &backup, const fs::path &target,
                                          const CataloguedSums &catalogued)
{
    std::signal(SIGPIPE, SIG_IGN); // a program that ends early is noticed by its status
    if (!target.is_absolute())
        return notAbsolute(target);
    fs::path clean = target.lexically_normal();
    if (!clean.has_filename())
        clean = clean.parent_path();
    return Restore(context, backup, clean, catalogued).run();
}

static Result<fs::path> whichBackup(WorkContext &context, const wire::RestoreArgs &args)
{
    const RepositoryConfig *repository = context.config().repository(args.repository);
    if (!repository)
        return fail(errors::repositoryUnknown, {{"repository", args.repository}});
    if (!repository->remote.empty())
        return fail(errors::repositoryElsewhere, {{"repository", args.repository}, {"remote", repository->remote}});
    const std::string host = args.host.empty() ? context.config().host : args.host;
    auto found = findBackup(*repository, host, args.instance, args.backupId);
    if (!found)
        found.error().fields["where"] = context.config().host;
    return found;
}

/// Whether a failure tells of the backup's bytes; others say something of this host.
static bool tellsOfBytes(const Error &error)
{
    return error.is(errors::backupInvalid) || error.is(errors::backupReplaced) || error.is(errors::restoreFailed);
}

/// Restores, and notes beside the backup what that told of its bytes; a failure names the backup then (badBackupField).
static Result<wire::RestoreResult> proveBackup(WorkContext &context, const fs::path &backup, const wire::RestoreArgs &args, const fs::path &target)
{
    auto result = restoreBackup(context, backup, target, {args.manifestSha256, args.sha256});
    const bool bad = !result && tellsOfBytes(result.error());
    if (!result && !bad)
        return result;
    if (auto noted = recordVerdict(backup, bad ? std::optional(result.error()) : std::nullopt); !noted)
        context.log("the verdict could not be noted beside the backup: " + describe(noted.error()));
    if (bad)
        result.error().fields[wire::badBackupField] = args.backupId.toString();
    return result;
}

Result<wire::RestoreResult> runRestore(WorkContext &context, const wire::RestoreArgs &args)
{
    if (!fs::path(args.target).is_absolute())
        return notAbsolute(args.target);
    auto backup = whichBackup(context, args);
    if (!backup)
        return fail(backup.error());
    return proveBackup(context, *backup, args, args.target);
}

Result<wire::RestoreResult> runVerify(WorkContext &context, const wire::RestoreArgs &args)
{
    auto backup = whichBackup(context, args);
    if (!backup)
        return fail(backup.error());
    const fs::path parent = context.config().stateDirectory / "verify";
    std::error_code ec;
    fs::create_directories(parent, ec);
    removeStaleScratch(parent);
    const fs::path scratch = parent / Uuid::v7().toString();
    const FileDescriptor lock = lockScratch(scratch);
    if (!lock)
        return fail(ioError(scratch, errno));
    auto result = proveBackup(context, *backup, args, scratch / "restore");
    fs::remove_all(scratch, ec);
    if (ec)
        context.log("could not be removed: " + scratch.string());
    if (result)
        result->target.clear();
    else
        result.error().fields.erase("remains");
    if (!result && ec)
        result.error().fields["remains"] = scratch.string();
    return result;
}

} // namespace zandb::agent
