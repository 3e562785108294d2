// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/unpack.h"

#include "agent/backups/blame.h"
#include "agent/backups/containment.h"
#include "agent/backups/copyaccounts.h"
#include "agent/backups/dumprewriter.h"
#include "agent/backups/restore.h"
#include "agent/fleet/sqlparts.h"
#include "agent/fleet/statementtext.h"
#include "agent/fleet/tablenames.h"
#include "agent/backups/tools.h"

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

tl::unexpected<Error> failed(const char *step, std::string detail)
{
    return fail(errors::restoreFailed, {{"step", step}, {"detail", std::move(detail)}});
}

std::string lastOf(const std::string &text, std::size_t bytes = 600)
{
    return text.substr(text.size() > bytes ? text.size() - bytes : 0);
}

// An error in a step that no byte of the backup has a part in.
Error notByTheBackup(Error error)
{
    return error.is(errors::restoreFailed) ? makeError(errors::restoreHindered, error.fields) : error;
}

class Unpacker
{
public:
    explicit Unpacker(const Unpacking &unpacking)
        : m_u(unpacking), m_config(unpacking.context.config()), m_data(unpacking.server.dataDirectory), m_mariaDb(unpacking.server.mariaDb)
    {
    }

    Result<void> run()
    {
        const std::string &payload = m_u.manifest.payload;
        if (payload == "payload.sql.zst")
            return loadDump();
        if (payload == "payload.tar.zst") {
            auto tar = findTool(m_config, m_mariaDb, "tar");
            if (!tar)
                return fail(tar.error());
            if (m_u.manifest.method == "mydumper")
                return loadMydumper(*tar);
            auto unpacked = unpackInto(m_data, {tar->string(), "-x", "-C", m_data.string(), "-f", "-"});
            return unpacked ? checkSystem() : unpacked;
        }
        if (payload == "payload.xb.zst")
            return prepare();
        return failed("unpack", "unknown payload " + payload);
    }

private:
    Command confinedIn(const fs::path &directory, std::vector<std::string> argv) const
    {
        Command command = confined(m_config, std::move(argv), m_u.server.scratch);
        command.directory = directory;
        return command;
    }

    // Feeds the payload to a program's stdin and waits for its end.
    Result<void> feed(const char *phase, const char *step, Command command, DumpRewriter *rewriter = nullptr)
    {
        auto in = makePipe(1 << 20);
        auto err = makePipe();
        if (!in || !err)
            return fail(in ? err.error() : in.error());
        command.stdinFd = in->read.get();
        command.stderrFd = err->write.get();
        auto child = Child::start(command);
        if (!child)
            return fail(child.error());
        in->read.reset();
        err->write.reset();
        LineReader lines(std::move(err->read));
        const fs::path payload = m_u.backup / m_u.manifest.payload;
        std::error_code ec;
        const auto total = static_cast<std::int64_t>(fs::file_size(payload, ec));
        auto fed = decompressTo(payload, in->write.get(), m_u.stop, [&](std::int64_t done) { m_u.report(phase, done, total); }, rewriter);
        in->write.reset();
        if (!fed && fed.error().is(errors::cancelled))
            (*child)->end(1s);
        const auto status = (*child)->wait(24h, m_u.stop);
        if (!status) {
            (*child)->end(1s);
            lines.join();
            if (m_u.stop.stop_requested())
                return fail(errors::cancelled);
            return fail(errors::restoreHindered, {{"step", step}, {"detail", command.argv.at(0) + " did not end within 24 hours"}});
        }
        lines.join();
        if (!status->ok()) {
            for (const auto &line : lines.last())
                m_u.context.log("  " + line);
            if (!fed && fed.error().is(errors::cancelled))
                return fed;
            return fail(blame(step, command.argv.at(0), *status, lines.tail(5)));
        }
        return fed;
    }

    Result<void> unpackInto(const fs::path &directory, const std::vector<std::string> &argv)
    {
        std::error_code ec;
        fs::create_directories(m_u.server.run / "tmp", ec);
        if (ec)
            return fail(ioError(m_u.server.run, ec.value()));
        if (auto fed = feed("unpacking", "unpack", confinedIn(directory, argv)); !fed)
            return fed;
        return checkUnpacked(directory);
    }

    Result<void> checkSystem() const
    {
        const auto path = m_u.manifest.settings.find("innodb_data_file_path");
        return checkSystemFiles(m_data, m_mariaDb, path == m_u.manifest.settings.end() ? std::string() : path->second);
    }

    Result<void> prepare()
    {
        auto mbstream = findTool(m_config, true, "mbstream");
        auto backup = findTool(m_config, true, "mariadb-backup");
        if (!mbstream || !backup)
            return fail(mbstream ? backup.error() : mbstream.error());
        if (auto unpacked = unpackInto(m_data, {mbstream->string(), "-x", "-C", m_data.string()}); !unpacked)
            return unpacked;
        if (auto whole = checkSystem(); !whole)
            return whole;
        if (auto removed = removeLinks(); !removed)
            return removed;
        if (auto tamed = tameToolSettings(m_data); !tamed)
            return tamed;
        m_u.report("preparing", 0, 0);
        auto prepared = capture(confinedIn(m_data, {backup->string(), "--no-defaults", "--prepare", "--target-dir=" + m_data.string(),
                                                    "--tmpdir=" + (m_u.server.run / "tmp").string()}),
                                24h, m_u.stop);
        if (!prepared)
            return fail(prepared.error());
        if (!prepared->status.ok() || prepared->err.find("completed OK!") == std::string::npos) {
            m_u.context.log(prepared->err);
            if (prepared->status.ok() && speaksOfDamage(prepared->err))
                return failed("prepare", lastOf(prepared->err));
            if (prepared->status.ok())
                return fail(errors::restoreHindered, {{"step", "prepare"}, {"detail", lastOf(prepared->err)}});
            return fail(blame("prepare", backup->string(), prepared->status, lastOf(prepared->err)));
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
        return ec ? Result<void>(fail(ioError(m_data, ec.value()))) : Result<void>{};
    }

    Result<std::unique_ptr<PrivateServer>> emptyServer()
    {
        m_u.report("preparing", 0, 0);
        if (auto made = initialiseDataDirectory(m_config, m_u.server, m_u.stop); !made)
            return fail(made.error());
        PrivateServerOptions options = m_u.server;
        options.grants = true;
        auto server = PrivateServer::start(m_config, options, m_u.stop);
        return server ? std::move(server) : fail(notByTheBackup(server.error()));
    }

    // A loader fails too when the server it loads into was ended.
    static Error loadError(PrivateServer &server, Error error)
    {
        if (error.is(errors::cancelled) || error.is(errors::toolKilled))
            return error;
        if (auto ended = server.ended("load"))
            return *ended;
        return error;
    }

    void logRewriting(const DumpRewriter &rewriter)
    {
        if (rewriter.removed() > 0)
            m_u.context.log("left out, since here all data lies in one directory: DATA DIRECTORY, INDEX DIRECTORY or TABLESPACE, "
                            + std::to_string(rewriter.removed()) + (rewriter.removed() == 1 ? " time" : " times"));
    }

    Result<void> loadDump()
    {
        auto server = emptyServer();
        if (!server)
            return fail(server.error());
        auto client = findTool(m_config, m_mariaDb, m_mariaDb ? "mariadb" : "mysql");
        if (!client)
            return fail(client.error());
        // begun before the dump brings other accounts
        auto connection = (*server)->connect();
        if (!connection)
            return fail(notByTheBackup(connection.error()));
        DumpRewriter rewriter;
        auto fed = feed("loading", "load",
                        (*server)->client({client->string(), "--no-defaults", std::string("--socket=") + PrivateServer::socketName,
                                           "--user=" + (*server)->account(), "--default-character-set=utf8mb4",
                                           "--max-allowed-packet=1G", "--binary-mode", "--local-infile=0"}),
                        &rewriter);
        if (!fed)
            return fail(loadError(**server, fed.error()));
        logRewriting(rewriter);
        makeBrokenViews(**connection);
        connection->reset();
        return (*server)->shutdown();
    }

    Result<void> loadMydumper(const fs::path &tar)
    {
        auto loader = findTool(m_config, m_mariaDb, "myloader");
        if (!loader)
            return fail(loader.error());
        const fs::path files = m_u.server.scratch / "mydumper";
        std::error_code ec;
        fs::create_directory(files, ec);
        if (auto unpacked = unpackInto(files, {tar.string(), "-x", "-C", files.string(), "-f", "-"}); !unpacked)
            return unpacked;
        if (auto rewrote = rewriteSchemas(files); !rewrote)
            return rewrote;
        auto server = emptyServer();
        if (!server)
            return fail(server.error());
        m_u.report("loading", 0, 0);
        auto connection = (*server)->connect();
        if (!connection)
            return fail(notByTheBackup(connection.error()));
        const std::function<void(std::string_view)> log = [this](std::string_view line) { m_u.context.log(line); };
        CopyAccounts accounts(**connection, (*server)->account(), log);
        const auto statements = readFile(m_u.backup / "accounts.sql", 64u << 20);
        if (!statements)
            return fail(statements.error());
        const auto &objects = m_u.manifest.objects;
        if (auto made = accounts.load(*statements, objects ? objects->missingDefiners : std::vector<MissingDefiner>{}); !made)
            return fail(loadError(**server, made.error()));
        auto done = capture((*server)->client({loader->string(), std::string("--socket=") + PrivateServer::socketName,
                                               "--user=" + (*server)->account(), "--directory=" + files.string(), "--overwrite-tables",
                                               "--threads=2"}),
                            24h, m_u.stop);
        if (!done)
            return fail(done.error());
        if (!done->status.ok() || done->err.find("CRITICAL") != std::string::npos) {
            const ExitStatus status = done->status.ok() ? ExitStatus{1, 0} : done->status;
            return fail(loadError(**server, blame("load", "myloader", status, done->err)));
        }
        if (auto made = makeEmptySchemas(**server, files); !made)
            return fail(loadError(**server, made.error()));
        makeBrokenViews(**connection);
        if (auto finished = accounts.finish(); !finished)
            return fail(loadError(**server, finished.error()));
        fs::remove_all(files, ec);
        connection->reset();
        return (*server)->shutdown();
    }

    // The source could not read them, or only the account that made the backup could not.
    void makeBrokenViews(SqlClient &client)
    {
        if (!m_u.manifest.objects)
            return;
        for (const auto &view : m_u.manifest.objects->broken) {
            if (view.definition.empty())
                continue;
            if (!isViewDefinition(view.definition)) { // whoever writes a manifest by hand can put any statement there
                m_u.context.log("the view " + tableText(view.schema, view.name) + ", broken at the source, is left out: its definition makes no view");
                continue;
            }
            const auto made = client.query(view.definition);
            m_u.context.log("the view " + tableText(view.schema, view.name) + ", broken at the source, "
                            + (made ? "was made" : "cannot be made: " + describe(made.error())));
        }
    }

    // The rows of a table called x-schema are in a file that is named like the definition of a table x.
    static bool holdsRows(const fs::path &file)
    {
        std::error_code ec;
        return fs::exists(file.parent_path() / (file.stem().string() + "-schema.sql"), ec);
    }

    Result<void> rewriteSchemas(const fs::path &files)
    {
        constexpr std::size_t most = 32u << 20;
        DumpRewriter rewriter;
        std::error_code ec;
        for (fs::directory_iterator it(files, ec), end; !ec && it != end; it.increment(ec)) {
            if (!it->path().filename().string().ends_with("-schema.sql") || holdsRows(it->path()))
                continue;
            const auto before = readFile(it->path(), most);
            if (!before)
                return fail(before.error());
            std::string after;
            rewriter.feed(*before, after);
            rewriter.finish(after);
            if (after == *before)
                continue;
            if (auto written = replaceFile(it->path(), after, false); !written)
                return written;
        }
        if (ec)
            return fail(ioError(files, ec.value()));
        logRewriting(rewriter);
        return {};
    }

    // myloader makes only the schemas that have tables
    static Result<void> makeEmptySchemas(PrivateServer &server, const fs::path &files)
    {
        constexpr int exists = 1007;
        auto client = server.connect();
        if (!client)
            return fail(notByTheBackup(client.error()));
        std::error_code ec;
        for (fs::directory_iterator it(files, ec), end; !ec && it != end; it.increment(ec)) {
            if (!it->path().filename().string().ends_with("-schema-create.sql") || holdsRows(it->path()))
                continue;
            auto statement = readFile(it->path(), 65536);
            if (!statement)
                return fail(statement.error());
            auto made = (*client)->query(*statement);
            if (!made && serverErrno(made.error()) != exists)
                return fail(blameStatement("load", it->path().filename().string(), made.error()));
        }
        return {};
    }

    const Unpacking &m_u;
    const Config &m_config;
    const fs::path m_data;
    const bool m_mariaDb;
};

} // namespace

Result<void> unpackBackup(const Unpacking &unpacking) { return Unpacker(unpacking).run(); }

} // namespace zandb::agent
