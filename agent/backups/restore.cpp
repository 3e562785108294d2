// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/restore.h"

#include "agent/backups/copyaccounts.h"
#include "agent/backups/copycheck.h"
#include "agent/backups/privateserver.h"
#include "agent/backups/repository.h"
#include "agent/backups/roomwatch.h"
#include "agent/backups/tablenames.h"
#include "agent/backups/tools.h"

#include <csignal>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

tl::unexpected<Error> failed(const char *step, std::string detail)
{
    return fail(errors::restoreFailed, {{"step", step}, {"detail", std::move(detail)}});
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
        m_server.settings = m_manifest.settings;
        m_server.errorLog = m_target / "restore.log";
        if (auto ready = makeTarget(); !ready)
            return fail(ready.error());
        m_context.log("restoring " + m_manifest.id.toString() + " (" + m_manifest.method + ") into " + m_target.string());
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
                for (const char *name : {"data", "mydumper", "restore.log"}) {
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

    Result<void> makeTarget()
    {
        std::error_code ec;
        const auto status = fs::symlink_status(m_target, ec);
        if (fs::exists(status)) {
            if (!fs::is_directory(status) || !fs::is_empty(m_target, ec) || ec)
                return fail(errors::restoreTarget, {{"path", m_target.string()}});
        } else {
            fs::create_directory(m_target, ec);
            if (ec)
                return fail(fileError(m_target, ec.value()));
            m_madeTarget = true;
        }
        if (auto room = checkRoom(m_target, roomNeeded()); !room)
            return room;
        if (::mkdir(m_data.c_str(), 0750) != 0)
            return fail(fileError(m_data, errno));
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

    // Feeds the payload to a program's stdin and waits for its end.
    Result<void> feed(const char *phase, const std::vector<std::string> &argv)
    {
        auto in = makePipe(1 << 20);
        auto err = makePipe();
        if (!in || !err)
            return fail(in ? err.error() : in.error());
        Command command;
        command.argv = argv;
        command.stdinFd = in->read.get();
        command.stderrFd = err->write.get();
        command.directory = m_data;
        auto child = Child::start(command);
        if (!child)
            return fail(child.error());
        in->read.reset();
        err->write.reset();
        LineReader lines(std::move(err->read));
        const fs::path payload = m_backup / m_manifest.payload;
        std::error_code ec;
        const auto total = static_cast<std::int64_t>(fs::file_size(payload, ec));
        auto fed = decompressTo(payload, in->write.get(), m_stop,
                                [&](std::int64_t done) { report(phase, done, total); });
        in->write.reset();
        if (!fed && fed.error().is(errors::cancelled))
            (*child)->end(1s);
        const auto status = (*child)->wait(24h, m_stop);
        if (!status) {
            (*child)->end(1s);
            lines.join();
            return fail(errors::cancelled);
        }
        lines.join();
        if (!status->ok()) {
            for (const auto &line : lines.last())
                m_context.log("  " + line);
            if (!fed && fed.error().is(errors::cancelled))
                return fed;
            // what a server refuses of a dump is another thing than bytes that cannot be unpacked
            return failed(std::string_view(phase) == "loading" ? "load" : "unpack", argv.at(0) + " ended with status " + status->text() + ": " + lines.tail(5));
        }
        return fed;
    }

    Result<void> unpack()
    {
        const Config &config = m_context.config();
        const std::string &payload = m_manifest.payload;
        if (payload == "payload.sql.zst")
            return load();
        if (payload == "payload.tar.zst") {
            auto tar = findTool(config, m_server.mariaDb, "tar");
            if (!tar)
                return fail(tar.error());
            if (m_manifest.method == "mydumper")
                return loadMydumper(*tar);
            return feed("unpacking", {tar->string(), "-x", "-C", m_data.string(), "-f", "-"});
        }
        if (payload != "payload.xb.zst")
            return failed("unpack", "unknown payload " + payload);
        auto mbstream = findTool(config, true, "mbstream");
        auto backup = findTool(config, true, "mariadb-backup");
        if (!mbstream || !backup)
            return fail(mbstream ? backup.error() : mbstream.error());
        if (auto fed = feed("unpacking", {mbstream->string(), "-x", "-C", m_data.string()}); !fed)
            return fed;
        if (auto removed = removeLinks(); !removed)
            return removed;
        report("preparing", 0, 0);
        auto prepared = capture({backup->string(), "--no-defaults", "--prepare", "--target-dir=" + m_data.string()}, 24h,
                                m_stop);
        if (!prepared)
            return fail(prepared.error());
        if (!prepared->status.ok() || prepared->err.find("completed OK!") == std::string::npos) {
            m_context.log(prepared->err);
            return failed("prepare", "status " + prepared->status.text() + ": " + prepared->err.substr(prepared->err.size() > 600 ? prepared->err.size() - 600 : 0));
        }
        return {};
    }

    // A link to a tablespace elsewhere would lead to the live server's own file.
    Result<void> removeLinks()
    {
        std::error_code ec;
        std::vector<fs::path> links;
        for (fs::recursive_directory_iterator it(m_data, ec), end; !ec && it != end; it.increment(ec)) {
            if (it->path().extension() == ".isl")
                links.push_back(it->path());
        }
        for (const auto &link : links) {
            if (!ec)
                fs::remove(link, ec);
        }
        return ec ? Result<void>(fail(fileError(m_data, ec.value()))) : Result<void>{};
    }

    Result<std::unique_ptr<PrivateServer>> emptyServer()
    {
        report("preparing", 0, 0);
        if (auto made = initialiseDataDirectory(m_context.config(), m_server, m_stop); !made)
            return fail(made.error());
        PrivateServerOptions options = m_server;
        options.grants = true;
        return PrivateServer::start(m_context.config(), options, m_stop);
    }

    Result<void> load()
    {
        auto server = emptyServer();
        if (!server)
            return fail(server.error());
        auto client = findTool(m_context.config(), m_server.mariaDb, m_server.mariaDb ? "mariadb" : "mysql");
        if (!client)
            return fail(client.error());
        // begun before the dump brings other accounts
        auto connection = (*server)->connect();
        if (!connection)
            return fail(connection.error());
        if (auto fed = feed("loading", {client->string(), "--no-defaults", "--socket=" + (*server)->socket().string(),
                                        "--user=" + (*server)->account(), "--default-character-set=utf8mb4",
                                        "--max-allowed-packet=1G", "--binary-mode"});
            !fed)
            return fed;
        makeBrokenViews(**connection);
        connection->reset();
        return (*server)->shutdown();
    }

    Result<void> loadMydumper(const fs::path &tar)
    {
        auto loader = findTool(m_context.config(), m_server.mariaDb, "myloader");
        if (!loader)
            return fail(loader.error());
        const fs::path files = m_target / "mydumper";
        std::error_code ec;
        fs::create_directory(files, ec);
        if (auto fed = feed("unpacking", {tar.string(), "-x", "-C", files.string(), "-f", "-"}); !fed)
            return fed;
        auto server = emptyServer();
        if (!server)
            return fail(server.error());
        report("loading", 0, 0);
        auto connection = (*server)->connect();
        if (!connection)
            return fail(connection.error());
        const std::function<void(std::string_view)> log = [this](std::string_view line) { m_context.log(line); };
        CopyAccounts accounts(**connection, (*server)->account(), log);
        const auto statements = readWhole(m_backup / "accounts.sql", 64u << 20);
        if (!statements)
            return fail(statements.error());
        if (auto made = accounts.load(*statements, m_manifest.objects ? m_manifest.objects->missingDefiners : std::vector<MissingDefiner>{}); !made)
            return made;
        auto done = capture({loader->string(), "--socket=" + (*server)->socket().string(), "--user=" + (*server)->account(),
                             "--directory=" + files.string(), "--overwrite-tables", "--threads=2"},
                            24h, m_stop);
        if (!done)
            return fail(done.error());
        if (!done->status.ok() || done->err.find("CRITICAL") != std::string::npos)
            return failed("load", "myloader: status " + done->status.text() + ": " + done->err);
        if (auto made = makeEmptySchemas(**server, files); !made)
            return made;
        makeBrokenViews(**connection);
        if (auto finished = accounts.finish(); !finished)
            return finished;
        fs::remove_all(files, ec);
        connection->reset();
        return (*server)->shutdown();
    }

    // The source could not read them, or only the account that made the backup could not.
    void makeBrokenViews(SqlClient &client)
    {
        if (!m_manifest.objects)
            return;
        for (const auto &view : m_manifest.objects->broken) {
            if (view.definition.empty())
                continue;
            const auto made = client.query(view.definition);
            m_context.log("the view " + tableText(view.schema, view.name) + ", broken at the source, "
                          + (made ? "was made" : "cannot be made: " + describe(made.error())));
        }
    }

    // myloader makes only the schemas that have tables
    static Result<void> makeEmptySchemas(PrivateServer &server, const fs::path &files)
    {
        constexpr int exists = 1007;
        auto client = server.connect();
        if (!client)
            return fail(client.error());
        std::error_code ec;
        for (fs::directory_iterator it(files, ec), end; !ec && it != end; it.increment(ec)) {
            if (!it->path().filename().string().ends_with("-schema-create.sql"))
                continue;
            auto statement = readWhole(it->path(), 65536);
            if (!statement)
                return fail(statement.error());
            auto made = (*client)->query(*statement);
            if (!made && made.error().fields["errno"] != std::to_string(exists))
                return fail(makeError(errors::restoreFailed, {{"step", "load"}, {"detail", it->path().filename().string()}}, made.error()));
        }
        return {};
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
        const Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
        if (!fd)
            return fail(fileError(path, errno));
        if (const int number = writeBytes(fd.get(), text.data(), text.size()); number != 0 || ::fsync(fd.get()) != 0)
            return fail(fileError(path, number ? number : errno));
        return syncDir(m_target);
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
        return failed("target", "not an absolute path: " + target.string());
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
    const Fd lock = lockScratch(scratch);
    if (!lock)
        return fail(fileError(scratch, errno));
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
