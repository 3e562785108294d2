// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/recovery.h"

#include "agent/backups/manifest.h"
#include "agent/backups/privateserver.h"
#include "agent/backups/repository.h"
#include "agent/backups/restore.h"
#include "agent/backups/tools.h"
#include "agent/binlogs/binlogarchive.h"
#include "agent/binlogs/binlogstore.h"
#include "agent/binlogs/recoveryplan.h"
#include "agent/fleet/sqlparts.h"

#include <algorithm>
#include <csignal>

#include <fcntl.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// A directory of this attempt's, gone with this object.
class Scratch
{
public:
    explicit Scratch(fs::path path) : m_path(std::move(path)), m_lock(lockScratch(m_path)) {}
    ~Scratch()
    {
        std::error_code ec;
        fs::remove_all(m_path, ec);
    }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;
    bool isThere() const { return static_cast<bool>(m_lock); }
    const fs::path &path() const { return m_path; }

private:
    fs::path m_path;
    FileDescriptor m_lock;
};

class Recovery
{
public:
    Recovery(WorkContext &context, const wire::RecoverArgs &args) : m_context(context), m_args(args), m_stop(context.stopToken()) {}

    Result<wire::RecoverResult> run()
    {
        const RepositoryConfig *repository = m_context.config().repository(m_args.repository);
        if (!repository)
            return fail(errors::repositoryUnknown, {{"repository", m_args.repository}});
        if (repository->path.empty())
            return fail(errors::repositoryElsewhere, {{"repository", m_args.repository}, {"remote", repository->remote}});
        const std::string host = m_args.base.host.empty() ? m_context.config().host : m_args.base.host;
        if (!isRepositoryName(host) || !isRepositoryName(m_args.base.instance))
            return fail(errors::orderArgs, {{"detail", "host or instance"}});
        m_archive = binlogArchiveDirectory(*repository, host, m_args.base.instance);
        if (!m_args.planOnly && !fs::path(m_args.base.target).is_absolute())
            return fail(errors::orderArgs, {{"detail", "target: not an absolute path: " + m_args.base.target}});
        // not in the target, which has to be empty for the restore
        const fs::path parent = m_context.config().stateDirectory / "recover";
        std::error_code ec;
        fs::create_directories(parent, ec);
        removeStaleScratch(parent);
        Scratch scratch(parent / Uuid::v7().toString());
        if (!scratch.isThere())
            return fail(ioError(scratch.path(), errno));
        if (auto here = gather(scratch.path()); !here)
            return fail(here.error());
        auto plan = planRecovery(m_files, m_args.position, m_args.target, m_stop);
        // what lies behind the first transaction that is not kept need not be there
        if (m_notHere && (!plan || !plan->firstLost))
            return fail(*m_notHere);
        if (!plan)
            return fail(plan.error());
        m_result = std::move(*plan);
        m_result.backupId = m_args.base.backupId;
        m_result.planOnly = m_args.planOnly;
        say();
        if (m_args.planOnly)
            return m_result;
        auto begin = Clock::now();
        if (auto restored = runRestore(m_context, m_args.base); !restored)
            return fail(restored.error());
        m_result.restoreSeconds = secondsSince(begin);
        m_target = fs::path(m_args.base.target).lexically_normal();
        if (!m_target.has_filename())
            m_target = m_target.parent_path();
        m_result.target = m_target.string();
        begin = Clock::now();
        auto played = replay();
        m_result.replaySeconds = secondsSince(begin);
        if (!played) {
            // what is there is neither the backup nor what was asked for
            for (const char *name : {"data", "binlogs", "run", "restore.log", "restore.json", "recover.log"})
                fs::remove_all(m_target / name, ec);
            fs::remove(m_target, ec);
            m_context.log("failed: " + describe(played.error()));
            return fail(played.error());
        }
        m_result.level = 4;
        const std::string text = Json(m_result).dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
        if (auto written = replaceFile(m_target / "recover.json", text); !written)
            return fail(written.error());
        return m_result;
    }

private:
    void report(const char *phase, std::int64_t done, std::int64_t total)
    {
        wire::Progress progress;
        progress.phase = phase;
        progress.bytesDone = done;
        progress.bytesTotal = total;
        progress.unit = "bytes";
        if (total > 0)
            progress.percent = 100.0 * static_cast<double>(done) / static_cast<double>(total);
        progress.at = systemNow();
        m_context.progress(progress);
    }

    void say()
    {
        m_context.log("binlogs from " + m_result.startFile + ':' + std::to_string(m_result.startOffset) + " to " + m_result.stopFile + ':' + std::to_string(m_result.stopOffset) + ", "
                      + std::to_string(m_result.transactions) + " transactions, " + std::to_string(m_result.bytes) + " bytes");
        for (const auto &[what, mark] : {std::pair{"last kept", m_result.lastKept}, std::pair{"first lost", m_result.firstLost}}) {
            if (mark)
                m_context.log(std::string(what) + ": " + (mark->gtid.empty() ? mark->name + ':' + std::to_string(mark->offset) : mark->gtid) + ", committed " + toIso(mark->at));
        }
    }

    /// The files of the chain, uncompressed and compared with what was archived; up to the first that is not here or not whole, which m_notHere tells.
    Result<void> gather(const fs::path &directory)
    {
        std::int64_t total = 0, done = 0;
        for (const wire::BinlogFile &file : m_args.files)
            total += file.size;
        if (auto room = checkRoom(directory, total + reservedOnDisks); !room)
            return room;
        for (std::size_t i = 0; i < m_args.files.size(); ++i) {
            const wire::BinlogFile &file = m_args.files[i];
            if (m_stop.stop_requested())
                return fail(errors::cancelled);
            if (!isBinlogName(file.name) || file.key.empty() || file.key.size() > 400 || file.key.find('/') != std::string::npos || file.key[0] == '.')
                return fail(errors::orderArgs, {{"detail", "a file's name"}});
            report("unpacking_binlogs", done, total);
            done += file.size;
            const fs::path to = directory / (std::to_string(100000 + i) + '-' + file.name);
            std::error_code ec;
            const bool isStored = fs::exists(m_archive / (file.key + ".zst"), ec);
            if (isStored) {
                wire::BinlogFile stored = file;
                if (file.state == "open") { // it was closed since the order was made
                    const auto known = readBinlogArchive(m_archive);
                    const auto closed = std::ranges::find(known, file.key, &wire::BinlogFile::key);
                    if (closed != known.end())
                        stored = *closed;
                }
                if (auto unpacked = unpackBinlog(m_archive, stored, to); !unpacked) {
                    if (!unpacked.error().is(errors::binlogDamaged))
                        return unpacked;
                    m_notHere = unpacked.error();
                    return {};
                }
                m_files.push_back({stored, to});
                continue;
            }
            const fs::path open = openBinlogOf(m_archive, file);
            if (file.state == "closed" || open.empty()) {
                m_notHere = makeError(errors::binlogNotHere, {{"file", file.name}, {"repository", m_args.repository}});
                return {};
            }
            fs::copy_file(open, to, ec);
            if (ec)
                return fail(ioError(to, ec.value()));
            wire::BinlogFile copied = file;
            copied.size = static_cast<std::int64_t>(fs::file_size(to, ec));
            m_files.push_back({copied, to});
        }
        return {};
    }

    Result<void> replay()
    {
        const auto manifestOf = [&]() -> Result<Manifest> {
            const RepositoryConfig *repository = m_context.config().repository(m_args.base.repository);
            const std::string host = m_args.base.host.empty() ? m_context.config().host : m_args.base.host;
            const auto backup = repository ? findBackup(*repository, host, m_args.base.instance, m_args.base.backupId) : Result<fs::path>(fail(errors::backupNotHere));
            return backup ? readManifest(*backup) : Result<Manifest>(fail(backup.error()));
        };
        const auto manifest = manifestOf();
        if (!manifest)
            return fail(manifest.error());
        // into what the server and the tools may see
        const fs::path place = m_target / "binlogs";
        std::error_code ec;
        fs::create_directory(place, ec);
        fs::permissions(place, fs::perms::owner_all, ec);
        for (PlayableBinlog &one : m_files) {
            const fs::path to = place / one.path.filename();
            fs::rename(one.path, to, ec);
            if (ec) // on another disk
                fs::copy_file(one.path, to, ec);
            if (ec)
                return fail(ioError(to, ec.value()));
            one.path = to;
        }
        PrivateServerOptions options;
        options.mariaDb = manifest->flavour == "mariadb";
        options.dataDirectory = m_target / "data";
        options.scratch = m_target;
        options.run = m_target / "run";
        options.settings = manifest->settings;
        if (manifest->method != "mariadb-backup" && manifest->method != "clone")
            options.settings.erase("innodb_data_file_path");
        options.errorLog = m_target / "recover.log";
        // without GTIDs the binlogs' transactions are anonymous, which a server with GTIDs refuses
        const bool gtids = std::ranges::any_of(m_files, [](const PlayableBinlog &one) { return !one.file.firstGtid.empty(); });
        if (!options.mariaDb && !gtids)
            options.more = {"--gtid-mode=OFF", "--enforce-gtid-consistency=OFF"};
        auto server = PrivateServer::start(m_context.config(), options, m_stop);
        if (!server)
            return fail(server.error());
        if (m_result.transactions > 0) {
            if (auto played = play(**server, options.mariaDb); !played)
                return played;
            // accounts count since play(), so nobody can log in to this one any more
            if (auto down = (*server)->shutdown(); !down)
                return down;
            server->reset(); // it removes its socket, which the next one's would be
            server = PrivateServer::start(m_context.config(), options, m_stop);
            if (!server)
                return fail(server.error());
        }
        if (auto good = check(**server, options.mariaDb); !good)
            return good;
        if (auto down = (*server)->shutdown(); !down)
            return down;
        fs::remove_all(place, ec);
        fs::remove_all(options.run, ec);
        return {};
    }

    /// One tool reads all files, one client sends all of it in one session.
    Result<void> play(PrivateServer &server, bool mariaDb)
    {
        const auto reader = findTool(m_context.config(), mariaDb, mariaDb ? "mariadb-binlog" : "mysqlbinlog");
        const auto client = findTool(m_context.config(), mariaDb, mariaDb ? "mariadb" : "mysql");
        if (!reader || !client)
            return fail(reader ? client.error() : reader.error());
        auto pipe = makePipe(1 << 20);
        auto readerErrors = makePipe(), clientErrors = makePipe();
        if (!pipe || !readerErrors || !clientErrors)
            return fail(!pipe ? pipe.error() : !readerErrors ? readerErrors.error() : clientErrors.error());
        std::vector<std::string> words{reader->string(), "--no-defaults", "--start-position=" + std::to_string(std::max<std::int64_t>(m_result.startOffset, 4)),
                                       "--stop-position=" + std::to_string(m_result.stopOffset)};
        for (const PlayableBinlog &one : m_files)
            words.push_back(one.path.string());
        Command from = server.client(words);
        from.stdoutFd = pipe->write.get();
        from.stderrFd = readerErrors->write.get();
        // a server that loaded no accounts refuses CREATE USER, GRANT and the like; this session keeps all its rights when they are loaded
        Command to = server.client({client->string(), "--no-defaults", "--init-command=FLUSH LOCAL PRIVILEGES", "--binary-mode", "--batch", std::string("--socket=") + PrivateServer::socketName, "--user=" + server.account(),
                                    "--max-allowed-packet=1G", "--default-character-set=utf8mb4"});
        to.stdinFd = pipe->read.get();
        to.stderrFd = clientErrors->write.get();
        auto playing = Child::start(to);
        auto reading = playing ? Child::start(from) : Result<std::unique_ptr<Child>>(fail(playing.error()));
        if (!reading)
            return fail(reading.error());
        pipe->read.reset();
        pipe->write.reset();
        readerErrors->write.reset();
        clientErrors->write.reset();
        LineReader readerSaid(std::move(readerErrors->read)), clientSaid(std::move(clientErrors->read));
        m_context.log("playing " + std::to_string(m_files.size()) + " files");
        for (;;) {
            report("replaying", 0, m_result.bytes);
            const auto ended = (*playing)->wait(500ms, m_stop);
            if (m_stop.stop_requested()) {
                (*reading)->kill();
                (*playing)->kill();
                return fail(errors::cancelled);
            }
            if (!ended)
                continue;
            // a client that fails leaves a reader with nobody to write to
            const ExitStatus readerStatus = (*reading)->end(ended->ok() ? 10s : 1s);
            readerSaid.join();
            clientSaid.join();
            if (!ended->ok()) {
                if (auto end = server.ended("replay"))
                    return fail(*end);
                return fail(errors::restoreFailed, {{"step", "replay"}, {"detail", clientSaid.tail(5)}});
            }
            if (!readerStatus.ok())
                return fail(errors::toolFailed, {{"tool", reader->filename().string()}, {"status", readerStatus.text()}, {"detail", readerSaid.tail(5)}});
            return {};
        }
    }

    Result<void> check(PrivateServer &server, bool mariaDb)
    {
        auto sql = server.connect();
        if (!sql)
            return fail(server.blameFor("check", "the recovered server", sql.error()));
        const auto tables = (*sql)->query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' "
                                          "AND TABLE_SCHEMA NOT IN ('information_schema', 'performance_schema', 'sys')");
        if (!tables)
            return fail(server.blameFor("check", "the list of tables", tables.error()));
        for (const SqlRow &row : tables->rows) {
            if (m_stop.stop_requested())
                return fail(errors::cancelled);
            const std::string table = quotedName(row[0].value_or("")) + '.' + quotedName(row[1].value_or(""));
            const auto said = (*sql)->query("CHECK TABLE " + table + (row[0] == "mysql" ? " QUICK" : ""));
            if (!said)
                return fail(server.blameFor("check", table, said.error()));
            for (std::size_t i = 0; i < said->rows.size(); ++i) {
                const std::string kind = said->value(i, "Msg_type").value_or("");
                if (kind == "error" || (kind == "status" && i + 1 == said->rows.size() && said->value(i, "Msg_text").value_or("") != "OK" && row[0] != "mysql"))
                    return fail(errors::restoreFailed, {{"step", "check"}, {"detail", table + ": " + said->value(i, "Msg_text").value_or("")}});
            }
            ++m_result.tablesChecked;
        }
        if (!mariaDb) {
            const auto gtid = (*sql)->value("SELECT @@GLOBAL.gtid_executed");
            m_result.gtidAfter = gtid ? gtid->value_or("") : std::string();
        }
        return {};
    }

    WorkContext &m_context;
    const wire::RecoverArgs &m_args;
    const std::stop_token m_stop;
    fs::path m_archive;
    fs::path m_target;
    std::vector<PlayableBinlog> m_files;
    std::optional<Error> m_notHere; ///< why the chain ends behind m_files
    wire::RecoverResult m_result;
};

} // namespace

Result<wire::RecoverResult> runRecover(WorkContext &context, const wire::RecoverArgs &args)
{
    std::signal(SIGPIPE, SIG_IGN);
    return Recovery(context, args).run();
}

void addBinlogKinds(Kinds &kinds)
{
    Kind recover;
    recover.run = [](WorkContext &context) -> Result<Json> {
        auto args = decode<wire::RecoverArgs>(context.order().args);
        if (!args)
            return fail(errors::orderArgs, {{"detail", args.error().fields["detail"]}});
        const auto result = runRecover(context, *args);
        return result ? Result<Json>(Json(*result)) : Result<Json>(fail(result.error()));
    };
    recover.leastRole = Role::Operator;
    recover.pool = Pool::Long;
    kinds["recover"] = std::move(recover);
}

} // namespace zandb::agent
