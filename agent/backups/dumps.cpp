// SPDX-License-Identifier: GPL-3.0-or-later
// Logical backups: each flavour's own dump program, and mydumper.
#include "agent/backups/blame.h"
#include "agent/backups/dumpscan.h"
#include "agent/backups/job.h"
#include "agent/backups/mydumpermetadata.h"
#include "agent/backups/snapshotrelay.h"
#include "agent/backups/standing.h"
#include "agent/fleet/tablenames.h"
#include "agent/backups/toollosses.h"
#include "agent/backups/tools.h"

#include <algorithm>
#include <charconv>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// "schema/table" as in the file system -> schema and table as in SQL.
std::set<std::pair<std::string, std::string>> spelled(const std::set<std::string> &paths)
{
    std::set<std::pair<std::string, std::string>> names;
    for (const auto &path : paths) {
        const auto slash = path.find('/');
        names.emplace(decodeName(path.substr(0, slash)), decodeName(path.substr(slash + 1)));
    }
    return names;
}

std::set<std::string> tableTexts(const std::set<std::pair<std::string, std::string>> &names)
{
    std::set<std::string> texts;
    for (const auto &[schema, table] : names)
        texts.insert(tableText(schema, table));
    return texts;
}

// Every user table of the server, by the sources that grants do not hide.
Result<void> coverLogical(BackupJob &job, const Inventory &after, const std::set<std::string> &tables,
                          const std::set<std::string> &schemas)
{
    CoverageGap gap = compareNames(tableTexts(spelled(userTables(job.before))), tableTexts(spelled(userTables(after))), tables);
    gap.extra.clear(); // engines without files of their own (MEMORY, ...) are in the dump only
    auto had = userSchemas(*job.client, job.before);
    auto has = userSchemas(*job.client, after);
    if (!had || !has)
        return fail(had ? has.error() : had.error());
    for (const auto &schema : compareNames(*had, *has, schemas).missing)
        gap.missing.insert(schema);
    if (!gap.empty())
        return fail(gap.error());
    return {};
}

void addGtid(BackupJob &job, wire::BackupPosition &position)
{
    if (!job.mariaDb || position.file.empty())
        return;
    const auto client = connectionOf(job);
    const auto gtid = client ? (*client)->value("SELECT BINLOG_GTID_POS(" + (*client)->quote(position.file) + ", "
                                                + std::to_string(position.offset) + ")")
                             : Result<std::optional<std::string>>(fail(client.error()));
    if (!gtid)
        job.context.log("the position's GTID could not be asked: " + describe(gtid.error()));
    else if (*gtid)
        position.gtid = **gtid;
}

// Whether there is history of system versioning to dump, and the tool can: it ends at a table whose history counts
// transactions.
Result<bool> keepsHistory(BackupJob &job, const fs::path &tool)
{
    if (job.objects.versioned.empty())
        return false;
    if (!job.objects.byTransaction.empty()) {
        job.context.log("without history: the tool cannot dump it for " + *job.objects.byTransaction.begin());
        return false;
    }
    const auto help = capture({tool.string(), "--no-defaults", "--help"}, 20s, job.context.stopToken());
    if (!help)
        return fail(help.error());
    const bool can = help->out.find("--dump-history") != std::string::npos;
    if (!can)
        job.context.log("without history: this version of the tool cannot dump it");
    return can;
}

// The tools end at the first view they cannot open.
void leaveOutBrokenViews(const BackupJob &job, std::vector<std::string> &argv)
{
    for (const auto &view : job.objects.broken) {
        if (!view.definition.empty())
            argv.push_back("--ignore-table=" + view.schema + '.' + view.name);
    }
}

// What the dump held, as its own text tells; returns the tables' names.
std::set<std::string> addTables(const BackupJob &job, const DumpScanner &scanner, bool history, MethodResult &result)
{
    std::set<std::string> names;
    for (const auto &[key, bytes] : scanner.tables()) {
        const std::string name = tableText(key.first, key.second);
        BackedUpTable table{key.first, key.second, "", bytes};
        if (const auto counted = scanner.rows().find(key); counted != scanner.rows().end())
            table.rows = counted->second;
        table.history = history && job.objects.versioned.contains(name);
        result.tables.push_back(std::move(table));
        names.insert(name);
    }
    if (!history && !job.objects.versioned.empty())
        result.warnings.push_back(makeWarning(wire::warnings::historyLost, {job.objects.versioned.begin(), job.objects.versioned.end()}));
    return names;
}

// "mariadb-dump: Error 1412: Table definition has changed, please retry transaction when dumping table `t` at row: 0"
// "Could not read data from shop.t: Table definition has changed, please retry transaction"
std::string changedTable(std::string_view line)
{
    if (line.find("Table definition has changed") == line.npos)
        return {};
    for (const auto &[before, after] : {std::pair<std::string_view, std::string_view>{"dumping table `", "` at row"}, {"read data from ", ": "}}) {
        const auto at = line.find(before);
        if (at == line.npos)
            continue;
        const auto from = at + before.size();
        if (const auto to = line.find(after, from); to != line.npos)
            return std::string(line.substr(from, to - from));
    }
    return "?";
}

/// mydumper's last word is in a file.
bool hasFinished(const fs::path &files)
{
    return readFile(files / "metadata", 1 << 20).value_or("").find("Finished dump at") != std::string::npos;
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
    // MySQL's own way to a position is FLUSH TABLES WITH READ LOCK, which keeps others waiting behind any long
    // statement, even after it was given up.  MariaDB's snapshot tells its position by itself.
    std::unique_ptr<SnapshotRelay> relay;
    bool history = false;
    std::unique_ptr<ConnectionRelay> connections;
    if (!job.mariaDb) {
        request.argv.insert(request.argv.end(), {"--set-gtid-purged=OFF", "--ssl-mode=DISABLED"});
        if (job.binlog) {
            if (auto told = mysqlStanding(*job.client, false); !told) // before anything is begun: may we ask?
                return fail(told.error());
            // nobody else uses job.client until the tool has ended
            auto started = SnapshotRelay::start({request.directory, job.instance.socket,
                                                 [&job] { return mysqlStanding(*job.client, job.role == "replica"); },
                                                 job.role == "replica", std::chrono::seconds(10),
                                                 [&job](std::uint64_t id) { job.guard->addTool(id); }});
            if (!started)
                return fail(started.error());
            relay = std::move(*started);
            std::ranges::replace(request.argv, "--socket=" + job.instance.socket.string(),
                                 std::string("--socket=") + SnapshotRelay::socketName);
        }
    } else {
        if (job.binlog)
            request.argv.push_back("--master-data=2");
        // a lock on one table would forbid the load to use the sequence that a column's default names
        request.argv.insert(request.argv.end(), {"--flush-privileges", "--skip-add-locks"});
        const auto kept = keepsHistory(job, *tool);
        if (!kept)
            return fail(kept.error());
        history = *kept;
        if (history)
            request.argv.push_back("--dump-history");
    }
    leaveOutBrokenViews(job, request.argv);
    if (!relay) {
        auto started = relayFor(job, request.directory);
        if (!started)
            return fail(started.error());
        connections = std::move(*started);
        std::ranges::replace(request.argv, "--socket=" + job.instance.socket.string(), "--socket=" + connections->socket().string());
    }
    DumpScanner scanner;
    request.scanner = &scanner;
    std::string changed;
    request.listener = [&changed](std::string_view line) {
        if (changed.empty())
            changed = changedTable(line);
    };
    auto summary = streamTool(job, request);
    const auto standing = relay ? relay->finish() : Result<wire::BackupPosition>{};
    if (!summary) {
        if (!changed.empty() && summary.error().is(errors::toolFailed)) // the tool names it without its schema
            return fail(errors::backupDefinitionChanged, {{"tool", name}, {"table", scanner.schema() + '.' + changed}});
        // a relay that gave up is why the tool lost its connection
        const bool because = relay && !standing && !standing.error().is(errors::backupNoPosition)
                             && summary.error().is(errors::toolFailed);
        return fail(because ? standing.error() : summary.error());
    }
    if (!scanner.completed())
        return fail(errors::backupNoEndMarker, {{"tool", name}});
    if (!standing)
        return fail(standing.error());
    if (relay)
        job.context.log("the snapshot's position is exact; it was begun " + std::to_string(relay->tries())
                        + (relay->tries() == 1 ? " time" : " times"));

    MethodResult result;
    result.payload = request.payload;
    result.toolVersion = *version;
    result.summary = *summary;
    if (job.mariaDb) {
        result.position.file = scanner.binlogFile();
        result.position.offset = scanner.binlogOffset();
        addGtid(job, result.position);
        if (job.role == "replica") // in the dump itself, so of the same snapshot
            result.position.sourceGtid = scanner.gtidSlavePos();
    } else {
        result.position = *standing;
    }
    const std::set<std::string> tables = addTables(job, scanner, history, result);
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

    auto expected = userSchemas(*job.client, job.before);
    if (!expected)
        return fail(expected.error());
    // its files are named SCHEMA.TABLE, and the first dot is where they are taken apart again
    for (const auto &schema : *expected) {
        if (schema.find('.') != std::string::npos)
            return fail(errors::backupMethod, {{"method", "mydumper"}, {"flavour", job.mariaDb ? "mariadb" : "mysql"},
                                               {"reason", "it cannot tell where the name of the schema " + schema + " ends"}});
    }

    // it cannot stream: its files are written here first, outside of the attempt's directory, which counts as spool
    const fs::path scratches = config.stateDirectory / "scratch";
    std::error_code ec;
    fs::create_directories(scratches, ec);
    removeStaleScratch(scratches);
    const fs::path scratch = scratches / job.args.backupId.toString();
    const FileDescriptor lock = lockScratch(scratch);
    if (!lock)
        return fail(ioError(scratch, errno));
    struct Cleanup
    {
        const fs::path &path;
        ~Cleanup()
        {
            std::error_code ec;
            fs::remove_all(path, ec);
        }
    } cleanup{scratch};
    const fs::path files = scratch / "mydumper";
    fs::create_directories(files, ec);
    if (auto room = checkRoom(files, job.before.bytes + reservedOnDisks); !room)
        return fail(room.error());

    auto err = makePipe();
    const auto relay = relayFor(job, scratch); // it outlives the tool
    if (!err || !relay)
        return fail(err ? relay.error() : err.error());
    Command command;
    command.argv = {tool->string(), "--user=" + job.account, "--socket=" + (*relay)->socket().string(),
                    "--outputdir=" + files.string(), "--routines", "--events", "--triggers", "--build-empty-files",
                    "--threads=2", "--long-query-guard=" + std::to_string(job.args.longStatementSeconds + 1),
                    // its expressions do not look at case, but SYS is a schema like any other
                    "--regex=^(?!(?-i:mysql|sys|performance_schema|information_schema)\\.)"};
    command.stderrFd = err->write.get();
    command.stdoutFd = err->write.get();
    command.directory = files;
    command.temporary = scratch;
    auto child = Child::start(command);
    if (!child)
        return fail(child.error());
    err->write.reset();
    job.guard->onTrip([raw = child->get()] { raw->kill(); });
    bool critical = false;
    std::string changed;
    LineReader lines(std::move(err->read), [&](std::string_view line) {
        if (changed.empty())
            changed = changedTable(line);
        critical = critical || line.find("CRITICAL") != std::string_view::npos || line.find("ERROR") != std::string_view::npos;
    });
    std::optional<ExitStatus> status;
    Result<void> room;
    std::optional<std::chrono::steady_clock::time_point> writtenAt; // all of it, as its last file says
    while (!(status = (*child)->wait(500ms, job.context.stopToken()))) {
        room = checkRoom(files, reservedOnDisks);
        if (!writtenAt && hasFinished(files))
            writtenAt = std::chrono::steady_clock::now();
        const bool overdue = writtenAt && std::chrono::steady_clock::now() - *writtenAt > endPatience();
        if (overdue)
            job.context.log("mydumper has written all and does not end");
        // mydumper 0.10 hangs in about one of sixty runs: its threads wait for each other (mydumper's issue 539)
        const bool hangs = !writtenAt && (*relay)->quietFor() > 5 * endPatience();
        if (hangs)
            job.context.log("mydumper hangs: the server has answered everything, and it asks for nothing more");
        if (!room || overdue || hangs || job.context.stopToken().stop_requested() || job.guard->tripped())
            status = (*child)->end(2s);
        reportProgress(job, "copying", 0);
    }
    job.guard->onTrip({});
    lines.join();
    if (auto error = job.guard->tripped())
        return fail(*error);
    if (job.context.stopToken().stop_requested())
        return fail(errors::cancelled);
    if (room && (!status->ok() || critical)) // it may have filled the disk between two looks
        room = checkRoom(files, reservedOnDisks);
    if (!room)
        return fail(room.error());
    if (!status->ok() || critical) {
        for (const auto &line : lines.last())
            job.context.log("  " + line);
        if (!changed.empty())
            return fail(errors::backupDefinitionChanged, {{"tool", "mydumper"}, {"table", changed}});
        return fail(toolError("mydumper", *status, lines.tail(5)));
    }
    if (!hasFinished(files))
        return fail(errors::backupNoEndMarker, {{"tool", "mydumper"}});
    const std::string metadata = readFile(files / "metadata", 1 << 20).value_or("");

    MethodResult result;
    result.payload = "payload.tar.zst";
    result.toolVersion = *version;
    result.position = positionInMetadata(metadata);
    addGtid(job, result.position);
    auto modes = lostSqlModes(*job.client);
    if (!modes)
        return fail(modes.error());
    if (!modes->empty())
        result.warnings.push_back(makeWarning(wire::warnings::sqlModesLost, *modes));

    std::set<std::string> tables, schemas;
    for (const auto &[schema, table] : spelled(userTables(job.before))) {
        const std::string name = schema + '.' + table; // its files' names are not escaped
        if (!fs::exists(files / (name + "-schema.sql"), ec))
            continue;
        tables.insert(tableText(schema, table));
        const fs::path data = files / (name + ".sql");
        const auto size = fs::file_size(data, ec);
        result.tables.push_back({schema, table, "", ec ? 0 : static_cast<std::int64_t>(size)});
        if (ec)
            continue;
        auto rows = countRows(data, table, job.context.stopToken());
        if (!rows)
            return fail(rows.error());
        result.tables.back().rows = *rows;
    }
    for (const auto &schema : *expected) {
        if (fs::exists(files / (schema + "-schema-create.sql"), ec))
            schemas.insert(schema);
    }
    result.checkCoverage = [&job, tables, schemas](const Inventory &after) { return coverLogical(job, after, tables, schemas); };

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
