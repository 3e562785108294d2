// SPDX-License-Identifier: GPL-3.0-or-later
// Logical backups: each flavour's own dump program, and mydumper.
#include "agent/backups/dumpscan.h"
#include "agent/backups/job.h"
#include "agent/backups/tools.h"

#include <charconv>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// "schema/table" as in the file system -> "schema.table" as in SQL.
Result<std::set<std::string>> spelled(SqlClient &client, const std::set<std::string> &paths)
{
    std::set<std::string> parts;
    for (const auto &path : paths) {
        parts.insert(path.substr(0, path.find('/')));
        if (path.find('/') != std::string::npos)
            parts.insert(path.substr(path.find('/') + 1));
    }
    auto decoded = decodeNames(client, parts);
    if (!decoded)
        return fail(decoded.error());
    std::set<std::string> names;
    for (const auto &path : paths) {
        const auto slash = path.find('/');
        names.insert(slash == std::string::npos ? decoded->at(path)
                                                : decoded->at(path.substr(0, slash)) + '.' + decoded->at(path.substr(slash + 1)));
    }
    return names;
}

// Every user table of the server, by the sources that grants do not hide.
Result<void> coverLogical(BackupJob &job, const Inventory &after, const std::set<std::string> &tables,
                          const std::set<std::string> &schemas)
{
    auto wasThere = spelled(*job.client, userTables(job.before));
    auto isThere = spelled(*job.client, userTables(after));
    if (!wasThere || !isThere)
        return fail(wasThere ? isThere.error() : wasThere.error());
    CoverageGap gap = compareNames(*wasThere, *isThere, tables);
    gap.extra.clear(); // engines without files of their own (MEMORY, ...) are in the dump only
    if (job.mariaDb && !schemas.empty()) {
        // on MariaDB a directory is a schema, so that an empty one is missed too
        std::set<std::string> before, now;
        for (const auto &schema : job.before.schemas) {
            if (!isSystemSchema(schema))
                before.insert(schema);
        }
        for (const auto &schema : after.schemas) {
            if (!isSystemSchema(schema))
                now.insert(schema);
        }
        auto had = spelled(*job.client, before);
        auto has = spelled(*job.client, now);
        if (!had || !has)
            return fail(had ? has.error() : had.error());
        for (const auto &schema : compareNames(*had, *has, schemas).missing)
            gap.missing.insert(schema);
    }
    if (!gap.empty())
        return fail(gap.error());
    return {};
}

void addGtid(BackupJob &job, wire::BackupPosition &position)
{
    if (!job.mariaDb || position.file.empty())
        return;
    auto gtid = job.client->value("SELECT BINLOG_GTID_POS(" + job.client->quote(position.file) + ", "
                                  + std::to_string(position.offset) + ")");
    if (gtid && *gtid)
        position.gtid = **gtid;
}

} // namespace

Result<MethodResult> backupWithDump(BackupJob &job)
{
    const std::string name = job.mariaDb ? "mariadb-dump" : "mysqldump";
    auto tool = findTool(job.context.config(), job.mariaDb, name);
    if (!tool)
        return fail(tool.error());
    auto version = toolVersion(*tool, job.context.stopToken());
    if (!version)
        return fail(version.error());
    if (auto right = checkFlavour(*version, job.mariaDb, name); !right)
        return fail(right.error());

    StreamRequest request;
    request.tool = name;
    request.payload = "payload.sql.zst";
    request.directory = job.context.directory();
    request.argv = {tool->string(),         "--no-defaults",
                    "--user=" + job.account, "--socket=" + job.instance.socket.string(),
                    "--all-databases",      "--single-transaction",
                    "--quick",              "--routines",
                    "--events",             "--triggers",
                    "--hex-blob",           "--default-character-set=utf8mb4",
                    "--max-allowed-packet=1G"};
    const int server = job.client->versionNumber();
    if (job.binlog)
        request.argv.push_back(job.mariaDb || server < 80026 ? "--master-data=2" : "--source-data=2");
    if (!job.mariaDb) {
        auto mode = job.client->value("SELECT @@GLOBAL.gtid_mode");
        request.argv.push_back(std::string("--set-gtid-purged=") + (mode && *mode && **mode == "ON" ? "ON" : "OFF"));
    } else {
        request.argv.push_back("--flush-privileges");
    }
    DumpScanner scanner;
    request.scanner = &scanner;
    auto summary = streamTool(job, request);
    if (!summary)
        return fail(summary.error());
    if (!scanner.completed())
        return fail(errors::backupNoEndMarker, {{"tool", name}});

    MethodResult result;
    result.payload = request.payload;
    result.toolVersion = *version;
    result.summary = *summary;
    result.position.file = scanner.binlogFile();
    result.position.offset = scanner.binlogOffset();
    result.position.gtid = scanner.gtidPurged();
    addGtid(job, result.position);
    std::set<std::string> tables;
    for (const auto &[key, bytes] : scanner.tables()) {
        result.tables.push_back({key.first, key.second, "", bytes});
        tables.insert(key.first + '.' + key.second);
    }
    result.checkCoverage = [&job, tables, schemas = scanner.schemas()](const Inventory &after) {
        return coverLogical(job, after, tables, schemas);
    };
    return result;
}

Result<MethodResult> backupWithMydumper(BackupJob &job)
{
    const Config &config = job.context.config();
    auto tool = findTool(config, job.mariaDb, "mydumper");
    auto tar = findTool(config, job.mariaDb, "tar");
    if (!tool || !tar)
        return fail(tool ? tar.error() : tool.error());
    auto version = toolVersion(*tool, job.context.stopToken());
    if (!version)
        return fail(version.error());

    // it cannot stream: its files are written here first
    const fs::path files = job.context.directory() / "mydumper";
    struct Cleanup
    {
        const fs::path &path;
        ~Cleanup()
        {
            std::error_code ec;
            fs::remove_all(path, ec);
        }
    } cleanup{files};
    std::error_code ec;
    fs::create_directories(files, ec);
    if (const auto free = freeBytes(files); free && *free < job.before.bytes)
        return fail(errors::diskFull, {{"path", files.string()}, {"free", std::to_string(*free)}, {"needed", std::to_string(job.before.bytes)}});

    auto err = makePipe();
    if (!err)
        return fail(err.error());
    Command command;
    command.argv = {tool->string(), "--user=" + job.account, "--socket=" + job.instance.socket.string(),
                    "--outputdir=" + files.string(), "--routines", "--events", "--triggers", "--build-empty-files",
                    "--threads=2", "--long-query-guard=" + std::to_string(job.args.longStatementSeconds + 1),
                    "--regex=^(?!(mysql|sys|performance_schema|information_schema)\\.)"};
    command.stderrFd = err->write.get();
    command.stdoutFd = err->write.get();
    command.directory = files;
    auto child = Child::start(command);
    if (!child)
        return fail(child.error());
    err->write.reset();
    job.guard->onTrip([raw = child->get()] { raw->kill(); });
    bool critical = false;
    LineReader lines(std::move(err->read), [&](std::string_view line) {
        critical = critical || line.find("CRITICAL") != std::string_view::npos || line.find("ERROR") != std::string_view::npos;
    });
    const TimePoint since = systemNow();
    std::optional<ExitStatus> status;
    while (!(status = (*child)->wait(500ms, job.context.stopToken()))) {
        if (job.context.stopToken().stop_requested() || job.guard->tripped())
            status = (*child)->end(2s);
        reportProgress(job, "copying", 0, since);
    }
    job.guard->onTrip({});
    lines.join();
    if (auto error = job.guard->tripped())
        return fail(*error);
    if (job.context.stopToken().stop_requested())
        return fail(errors::cancelled);
    if (!status->ok() || critical) {
        for (const auto &line : lines.last())
            job.context.log("  " + line);
        return fail(errors::toolFailed, {{"tool", "mydumper"}, {"status", status->text()}, {"detail", lines.tail(5)}});
    }
    const std::string metadata = readWhole(files / "metadata", 1 << 20).value_or("");
    if (metadata.find("Finished dump at") == std::string::npos)
        return fail(errors::backupNoEndMarker, {{"tool", "mydumper"}});

    MethodResult result;
    result.payload = "payload.tar.zst";
    result.toolVersion = *version;
    const auto field = [](std::string_view part, std::string_view key) {
        const auto at = part.find(key);
        if (at == std::string_view::npos)
            return std::string{};
        const auto from = at + key.size();
        return std::string(part.substr(from, part.find('\n', from) - from));
    };
    std::string_view master = metadata;
    std::string_view slave;
    if (const auto at = master.find("SHOW MASTER STATUS"); at != std::string_view::npos)
        master = master.substr(at);
    else
        master = {};
    if (const auto at = master.find("SHOW SLAVE STATUS"); at != std::string_view::npos) {
        slave = master.substr(at);
        master = master.substr(0, at);
    }
    const auto number = [](const std::string &text) {
        std::int64_t value = 0;
        std::from_chars(text.data(), text.data() + text.size(), value);
        return value;
    };
    result.position.file = field(master, "Log: ");
    result.position.offset = number(field(master, "Pos: "));
    result.position.gtid = field(master, "GTID:");
    result.position.sourceFile = field(slave, "Log: ");
    result.position.sourceOffset = number(field(slave, "Pos: "));
    result.position.sourceGtid = field(slave, "GTID:");
    addGtid(job, result.position);

    auto expected = spelled(*job.client, userTables(job.before));
    if (!expected)
        return fail(expected.error());
    std::set<std::string> tables;
    for (const auto &name : *expected) {
        if (!fs::exists(files / (name + "-schema.sql"), ec))
            continue;
        tables.insert(name);
        const auto size = fs::file_size(files / (name + ".sql"), ec);
        const auto dot = name.find('.');
        result.tables.push_back({name.substr(0, dot), name.substr(dot + 1), "", ec ? 0 : static_cast<std::int64_t>(size)});
    }
    result.checkCoverage = [&job, tables](const Inventory &after) { return coverLogical(job, after, tables, {}); };

    StreamRequest request;
    request.tool = "tar";
    request.payload = result.payload;
    request.directory = files;
    request.phase = "packing";
    request.argv = {tar->string(), "--format=gnu", "-C", files.string(), "-cf", "-", "."};
    auto summary = streamTool(job, request);
    if (!summary)
        return fail(summary.error());
    result.summary = *summary;
    return result;
}

} // namespace zandb::agent
