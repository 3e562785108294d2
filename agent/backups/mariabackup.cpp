// SPDX-License-Identifier: GPL-3.0-or-later
// Physical backups of MariaDB: mariadb-backup, streamed.
#include "agent/backups/job.h"
#include "agent/backups/mariabackuptool.h"
#include "agent/backups/readpace.h"
#include "agent/fleet/tablenames.h"
#include "agent/backups/tools.h"
#include "agent/backups/xbstream.h"
#include "agent/privileged/client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

// "binlog.000001\t13456221\t0-7-10\n"
wire::BackupPosition readPosition(const XbstreamScanner &scanner)
{
    wire::BackupPosition position;
    for (const char *name : {"xtrabackup_binlog_info", "mariadb_backup_binlog_info"}) {
        if (const std::string *text = scanner.content(name)) {
            std::istringstream in(*text);
            in >> position.file >> position.offset >> position.gtid;
        }
    }
    for (const char *name : {"xtrabackup_slave_info", "mariadb_backup_slave_info"}) {
        const std::string *text = scanner.content(name);
        if (!text)
            continue;
        const auto quoted = [&](std::string_view key) {
            const auto at = text->find(key);
            if (at == std::string::npos)
                return std::string{};
            const auto from = at + key.size();
            return text->substr(from, text->find('\'', from) - from);
        };
        position.sourceFile = quoted("MASTER_LOG_FILE='");
        position.sourceGtid = quoted("gtid_slave_pos = '");
        if (const auto at = text->find("MASTER_LOG_POS="); at != std::string::npos)
            std::from_chars(text->data() + at + 15, text->data() + text->size(), position.sourceOffset);
    }
    return position;
}

// Files in the stream, tablespaces created while it ran under their own names.
std::set<std::string> streamedFiles(const XbstreamScanner &scanner)
{
    std::set<std::string> names;
    for (const auto &[name, bytes] : scanner.files()) {
        if (name.find('/') == std::string::npos || isHelperFile(name))
            continue;
        names.insert(name.ends_with(".new") ? name.substr(0, name.size() - 4) + ".ibd" : name);
    }
    return names;
}

std::string engineOf(std::string_view extension)
{
    static constexpr std::array<std::array<std::string_view, 2>, 6> engines{{{".ibd", "InnoDB"},
                                                                            {".MYD", "MyISAM"},
                                                                            {".MAD", "Aria"},
                                                                            {".CSV", "CSV"},
                                                                            {".ARZ", "ARCHIVE"},
                                                                            {".MRG", "MRG_MyISAM"}}};
    for (const auto &[known, engine] : engines) {
        if (extension == known)
            return std::string(engine);
    }
    return {};
}

std::vector<BackedUpTable> streamedTables(const XbstreamScanner &scanner)
{
    std::map<std::pair<std::string, std::string>, BackedUpTable> found;
    for (const auto &[stored, bytes] : scanner.files()) {
        const auto slash = stored.find('/');
        const auto dot = stored.rfind('.');
        if (slash == std::string::npos || dot == std::string::npos || dot < slash || isHelperFile(stored))
            continue;
        const std::string extension = stored.ends_with(".new") ? ".ibd" : stored.substr(dot);
        const std::string schema = stored.substr(0, slash);
        const std::string table = withoutPartition(stored.substr(slash + 1, dot - slash - 1));
        if (extension == ".opt" || extension == ".TRG" || extension == ".TRN" || extension == ".par"
            || scanner.isView(schema + '/' + table + ".frm"))
            continue;
        BackedUpTable &entry = found[{schema, table}];
        entry.bytes += bytes;
        if (const auto engine = engineOf(extension); !engine.empty())
            entry.engine = engine;
    }
    std::vector<BackedUpTable> tables;
    for (auto &[key, entry] : found) {
        entry.schema = decodeName(key.first);
        entry.table = decodeName(key.second);
        tables.push_back(std::move(entry));
    }
    return tables;
}

// Compares the stream's files with those of the server and with InnoDB's own list.
std::function<Result<void>(const Inventory &after)> coverageOf(BackupJob &job, const XbstreamScanner &scanner)
{
    return [&job, problem = scanner.problem(), files = streamedFiles(scanner)](const Inventory &after) -> Result<void> {
        if (!problem.empty())
            return fail(errors::backupCoverage, {{"missing", "the stream " + problem}, {"extra", ""}});
        if (after.unreadable) // a schema made meanwhile, with a mode of its own
            return fail(*after.unreadable);
        const CoverageGap gap = compareNames(tableFiles(job.before), tableFiles(after), files);
        // what is extra in a physical copy is no loss: only its table files are compared
        CoverageGap ofTables = gap;
        std::erase_if(ofTables.extra, [](const std::string &name) { return !name.ends_with(".ibd") && !name.ends_with(".frm"); });
        if (!ofTables.empty())
            return fail(ofTables.error());
        // and InnoDB's own list, which names tables in shared tablespaces too
        std::set<std::string> definitions;
        for (const auto &name : files) {
            if (name.ends_with(".frm"))
                definitions.insert(name.substr(0, name.size() - 4));
        }
        CoverageGap byEngine = compareNames(job.before.innodb, after.innodb, definitions);
        byEngine.extra.clear();
        if (!byEngine.empty())
            return fail(byEngine.error());
        return {};
    };
}

} // namespace

Result<MethodResult> backupWithMariadbBackup(BackupJob &job)
{
    const Config &config = job.context.config();
    auto tool = findTool(config, true, "mariadb-backup");
    if (!tool)
        return fail(tool.error());
    auto version = toolVersion(*tool, job.context.stopToken());
    if (!version)
        return fail(version.error());
    if (auto right = checkFlavour(*version, true, "mariadb-backup"); !right)
        return fail(right.error());

    const fs::path target = job.context.directory() / "target";
    std::error_code ec;
    fs::create_directories(target, ec);
    StreamRequest request;
    request.tool = "mariadb-backup";
    request.payload = "payload.xb.zst";
    request.endMarker = "completed OK!";
    request.directory = job.context.directory();
    MariadbBackupCall call;
    call.tool = *tool;
    if (!job.instance.myCnf.empty() && ::access(job.instance.myCnf.c_str(), R_OK) == 0)
        call.myCnf = job.instance.myCnf;
    call.account = job.account;
    call.socket = job.instance.socket;
    call.dataDirectory = job.instance.dataDirectory;
    call.target = target;
    call.slaveInfo = job.role == "replica";
    const std::int64_t throttle = job.args.throttleBytesPerSecond;
    if (throttle > 0)
        job.context.log("throttled: it reads InnoDB's files at " + std::to_string(throttle) + " bytes a second until it asks for locks");
    auto untilLocks = makePipe();
    if (!untilLocks)
        return fail(untilLocks.error());
    // they outlive the tool, which has ended when streamTool returns
    std::unique_ptr<ReadPace> pace;
    std::unique_ptr<ConnectionRelay> relay;
    if (!job.byHelper) {
        auto started = relayFor(job, request.directory);
        if (!started)
            return fail(started.error());
        relay = std::move(*started);
        call.socket = relay->socket();
    }
    request.start = [&](int out, int err) -> Result<std::unique_ptr<ToolRun>> {
        if (job.byHelper)
            return startHelperTool(config, {"physical-backup", {{"instance", job.instance.name},
                                                                {"slave_info", call.slaveInfo},
                                                                {"throttle_bytes", std::min(throttle, std::int64_t{1} << 40)}}},
                                   out, err, untilLocks->read.get());
        Command command;
        command.argv = call.argv();
        command.stdoutFd = out;
        command.stderrFd = err;
        command.directory = request.directory;
        command.temporary = request.directory;
        return startPaced(std::move(command), throttle, std::move(untilLocks->read), pace);
    };
    request.listener = [&untilLocks](std::string_view line) {
        if (announcesLocks(line))
            untilLocks->write.reset();
    };
    XbstreamScanner scanner({"xtrabackup_binlog_info", "mariadb_backup_binlog_info", "xtrabackup_slave_info",
                             "mariadb_backup_slave_info"});
    request.scanner = &scanner;
    auto summary = streamTool(job, request);
    fs::remove_all(target, ec);
    if (!summary)
        return fail(summary.error());

    MethodResult result;
    result.payload = request.payload;
    result.toolVersion = *version;
    result.summary = *summary;
    result.position = readPosition(scanner);
    result.tables = streamedTables(scanner);
    result.checkCoverage = coverageOf(job, scanner);
    return result;
}

} // namespace zandb::agent
