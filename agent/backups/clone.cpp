// SPDX-License-Identifier: GPL-3.0-or-later
// Physical backups of MySQL: the clone plugin, staged beside the data directory.
#include "agent/backups/clone.h"

#include "agent/backups/job.h"
#include "agent/backups/privateserver.h"
#include "agent/fleet/tablenames.h"
#include "agent/backups/tools.h"
#include "agent/privileged/client.h"

#include <charconv>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

std::int64_t bytesIn(const fs::path &directory)
{
    std::int64_t bytes = 0;
    std::error_code ec;
    for (fs::recursive_directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        std::error_code inner;
        const auto size = it->file_size(inner);
        bytes += inner ? 0 : static_cast<std::int64_t>(size);
    }
    return bytes;
}

// Of a clone that was ended the server removes the same files at the same time, and either finds some gone.
bool removeStaging(const fs::path &path)
{
    std::error_code ec;
    for (int tries = 0; tries < 50; ++tries) {
        if (tries > 0)
            std::this_thread::sleep_for(100ms);
        fs::remove_all(path, ec);
        if (!fs::exists(fs::symlink_status(path, ec)))
            return true;
    }
    return false;
}

// The staging directory's name is on record before it exists, and is forgotten after it is gone.
class Staging
{
public:
    static Result<std::unique_ptr<Staging>> make(const Config &config, const LocalInstance &instance, const Uuid &id)
    {
        const fs::path markers = config.stateDirectory / "clones";
        std::error_code ec;
        fs::create_directories(markers, ec);
        std::unique_ptr<Staging> staging(new Staging(config));
        staging->m_path = instance.dataDirectory.parent_path() / (std::string(cloneStagingPrefix) + id.toString());
        staging->m_marker = markers / id.toString();
        staging->m_lock = FileDescriptor(::open(staging->m_marker.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        const bool byHelper = needsHelper(config, instance.dataDirectory);
        const std::string text = staging->m_path.string() + '\n' + instance.name + '\n' + (byHelper ? "helper\n" : "");
        if (!staging->m_lock || ::flock(staging->m_lock.get(), LOCK_EX) != 0)
            return fail(ioError(staging->m_marker, errno));
        if (const int number = writeBytes(staging->m_lock.get(), text);
            number != 0 || ::fsync(staging->m_lock.get()) != 0)
            return fail(ioError(staging->m_marker, number ? number : errno));
        if (byHelper) {
            // the server may not write beside its data directory, nor we read what it writes
            staging->m_byHelper = {{"instance", instance.name}, {"id", id.toString()}};
            auto made = askHelper(config, {"clone-stage-make", staging->m_byHelper});
            if (!made)
                return fail(made.error());
            staging->m_path = made->value("path", std::string());
        }
        return staging;
    }
    /// After the server has cloned: what it wrote becomes ours.
    Result<void> take()
    {
        if (m_byHelper.is_null())
            return {};
        const auto taken = askHelper(m_config, {"clone-stage-take", m_byHelper}, {}, 600s);
        return taken ? Result<void>{} : fail(taken.error());
    }
    ~Staging() { remove(); }
    const fs::path &path() const { return m_path; }
    /// What could not be removed; the marker stays for the next try then.
    std::optional<fs::path> remove()
    {
        if (m_marker.empty())
            return std::nullopt;
        if (!(m_byHelper.is_null() ? removeStaging(m_path) : askHelper(m_config, {"clone-stage-remove", m_byHelper}, {}, 600s).has_value()))
            return m_path;
        std::error_code ec;
        fs::remove(std::exchange(m_marker, {}), ec);
        return std::nullopt;
    }

private:
    explicit Staging(const Config &config) : m_config(config) {}
    const Config &m_config;
    Json m_byHelper; ///< what names it to the helper; null: it is in our own hands
    fs::path m_path;
    fs::path m_marker;
    FileDescriptor m_lock;
};

Result<std::set<std::string>> otherEngines(BackupJob &job)
{
    std::set<std::string> tables;
    for (const auto &path : nonInnodbTables(job.before))
        tables.insert(path.substr(0, path.find('/')) + '.' + path.substr(path.find('/') + 1));
    auto rows = job.client->query("SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE = 'BASE TABLE' "
                                  "AND ENGINE <> 'InnoDB'");
    if (!rows)
        return fail(rows.error());
    for (const auto &row : rows->rows) {
        if (!isSystemSchema(row.at(0).value_or("")))
            tables.insert(row.at(0).value_or("") + '.' + row.at(1).value_or(""));
    }
    return tables;
}

std::string cloneStatement(const SqlClient &client, const fs::path &staging)
{
    return "CLONE LOCAL DATA DIRECTORY = " + client.quote(staging.string());
}

Result<void> runClone(BackupJob &job, const fs::path &staging)
{
    auto connection = SqlClient::connect(job.instance.name, job.instance.socket, job.account, 5s, 24h * 7);
    if (!connection)
        return fail(connection.error());
    const std::uint64_t id = (*connection)->connectionId();
    job.guard->addTool(id);
    std::optional<Result<SqlResult>> outcome;
    std::atomic<bool> done = false;
    std::thread runner([&] {
        outcome = (*connection)->query(cloneStatement(**connection, staging));
        done = true;
    });
    bool killed = false;
    Result<void> room;
    for (int round = 0; !done; ++round) {
        std::this_thread::sleep_for(100ms);
        if (room) // the server itself lives on this disk: it must never be full because of us
            room = checkRoom(staging.parent_path(), reservedOnDisks);
        if (!killed && (!room || job.context.stopToken().stop_requested() || job.guard->tripped())) {
            (void)job.client->query("KILL " + std::to_string(id));
            killed = true;
        }
        if (round % 10 == 9)
            reportProgress(job, "copying", bytesIn(staging));
    }
    runner.join();
    if (auto error = job.guard->tripped())
        return fail(*error);
    if (job.context.stopToken().stop_requested())
        return fail(errors::cancelled);
    if (!room)
        return room;
    if (!*outcome)
        return fail(outcome->error());
    return {};
}

struct Cloned
{
    wire::BackupPosition position;
    std::set<std::string> schemas;
    std::set<std::string> tables; ///< as in Inventory::innodb
};

// What ended the server on the clone is nothing a backup is to blame for: there is none yet.
Error errorOfClone(const Error &error)
{
    if (!error.is(errors::restoreFailed) && !error.is(errors::restoreHindered))
        return error;
    const auto field = [&](const char *name) {
        const auto it = error.fields.find(name);
        return it == error.fields.end() ? std::string() : it->second;
    };
    return makeError(errors::toolFailed, {{"tool", "mysqld"}, {"status", field("step")}, {"detail", field("detail")}});
}

// Starts a server on the clone: this recovers it, and only then it tells its position and what it holds.
Result<Cloned> lookInto(BackupJob &job, const fs::path &staging)
{
    PrivateServerOptions options;
    options.mariaDb = false;
    options.dataDirectory = staging;
    options.scratch = staging;
    options.run = staging / "#zandb-run"; // gone before the clone is packed
    options.errorLog = options.run / "error.log";
    options.more = {"--plugin-load-add=mysql_clone.so"};
    for (const char *name : {"innodb_page_size", "lower_case_table_names", "innodb_data_file_path"}) {
        if (auto value = job.client->value(std::string("SELECT @@GLOBAL.") + name); value && *value)
            options.settings[name] = **value;
    }
    auto server = PrivateServer::start(job.context.config(), options, job.context.stopToken());
    if (!server)
        return fail(errorOfClone(server.error()));
    auto client = (*server)->connect();
    if (!client)
        return fail(client.error());
    Cloned cloned;
    wire::BackupPosition &position = cloned.position;
    if (auto status = (*client)->query("SELECT BINLOG_FILE, BINLOG_POSITION, GTID_EXECUTED FROM performance_schema.clone_status")) {
        if (!status->rows.empty()) {
            position.file = status->value(0, "BINLOG_FILE").value_or("");
            const std::string offset = status->value(0, "BINLOG_POSITION").value_or("0");
            std::from_chars(offset.data(), offset.data() + offset.size(), position.offset);
            position.gtid = status->value(0, "GTID_EXECUTED").value_or("");
        }
    } else {
        job.context.log("the clone tells no binlog file: " + describe(status.error()));
    }
    if (auto gtid = (*client)->value("SELECT @@GLOBAL.gtid_executed"); gtid && *gtid && !(*gtid)->empty())
        position.gtid = **gtid;
    std::erase(position.gtid, '\n');
    if (job.role == "replica")
        position.sourceGtid = position.gtid;
    auto schemas = (*client)->query("SELECT SCHEMA_NAME FROM information_schema.SCHEMATA");
    if (!schemas)
        return fail(schemas.error());
    for (const auto &row : schemas->rows)
        cloned.schemas.insert(row.at(0).value_or(""));
    auto tables = innodbTables(**client);
    if (!tables)
        return fail(tables.error());
    cloned.tables = std::move(*tables);
    client->reset();
    if (auto down = (*server)->shutdown(); !down)
        return fail(errorOfClone(down.error()));
    return cloned;
}

} // namespace

// The server goes on with a statement whose client was killed.  False while it may still run.
static bool endStatementsAbout(const Config &config, const std::string &name, const fs::path &staging)
{
    const auto instance = findInstance(config, name);
    if (!instance)
        return true; // no such server any more
    const auto client = connectTo(config, *instance, Account::Backup);
    if (!client)
        return client.error().is(errors::instanceDown);
    const std::string statement = cloneStatement(**client, staging);
    for (int round = 0; round < 100; ++round) {
        const auto threads = processList(**client);
        if (!threads)
            return false;
        bool found = false;
        for (const auto &thread : *threads) {
            if (thread.info != statement)
                continue;
            found = true;
            if (round == 0)
                (void)(*client)->query("KILL " + std::to_string(thread.id));
        }
        if (!found)
            return true;
        std::this_thread::sleep_for(100ms);
    }
    return false;
}

std::vector<std::string> cleanCloneRemains(const Config &config)
{
    std::vector<std::string> removed;
    std::error_code ec;
    std::vector<fs::path> markers;
    for (fs::directory_iterator it(config.stateDirectory / "clones", ec), end; !ec && it != end; it.increment(ec))
        markers.push_back(it->path());
    for (const auto &marker : markers) {
        const FileDescriptor lock(::open(marker.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
            continue; // its worker lives
        const auto text = readFile(marker, 8192);
        if (!text || text->empty()) // being written
            continue;
        std::istringstream lines(*text);
        std::string staging, instance, helper;
        std::getline(lines, staging);
        std::getline(lines, instance);
        std::getline(lines, helper);
        const fs::path path = staging;
        // never anything but what a clone made
        if (path.is_absolute() && path.filename().string().starts_with(cloneStagingPrefix)) {
            if (!endStatementsAbout(config, instance, path))
                continue;
            const Json arguments{{"instance", instance}, {"id", marker.filename().string()}};
            if (!(helper.empty() ? removeStaging(path) : askHelper(config, {"clone-stage-remove", arguments}, {}, 600s).has_value()))
                continue;
            removed.push_back(path.string());
        }
        fs::remove(marker, ec);
    }
    return removed;
}

Result<MethodResult> backupWithClone(BackupJob &job)
{
    const Config &config = job.context.config();
    auto others = otherEngines(job);
    if (!others)
        return fail(others.error());
    if (!others->empty()) {
        std::string names;
        for (const auto &name : *others)
            names += (names.empty() ? "" : ", ") + name;
        return fail(errors::backupNonTransactional, {{"tables", names}});
    }
    auto tool = findTool(config, false, "mysqld");
    auto tar = findTool(config, false, "tar");
    if (!tool || !tar)
        return fail(tool ? tar.error() : tool.error());
    auto version = toolVersion(*tool, job.context.stopToken());
    if (!version)
        return fail(version.error());
    if (auto room = checkRoom(job.instance.dataDirectory.parent_path(), job.before.bytes + job.before.bytes / 10 + reservedOnDisks); !room)
        return fail(room.error());

    auto staging = Staging::make(config, job.instance, job.args.backupId);
    if (!staging)
        return fail(staging.error());
    const fs::path &path = (*staging)->path();
    const auto work = [&]() -> Result<MethodResult> {
        if (auto done = runClone(job, path); !done)
            return fail(done.error());
        job.context.log("cloned into " + path.string());
        if (auto taken = (*staging)->take(); !taken)
            return fail(taken.error());
        const auto cloned = lookInto(job, path);
        if (!cloned)
            return fail(cloned.error());

        MethodResult result;
        result.payload = "payload.tar.zst";
        result.toolVersion = *version;
        result.position = cloned->position;
        std::set<std::string> files;
        std::map<std::pair<std::string, std::string>, std::int64_t> tables;
        std::error_code ec;
        for (fs::recursive_directory_iterator it(path, ec), end; !ec && it != end; it.increment(ec)) {
            const std::string name = it->path().lexically_relative(path).string();
            const auto slash = name.find('/');
            if (slash == std::string::npos || name.starts_with('#') || !name.ends_with(".ibd") || isHelperFile(name))
                continue;
            files.insert(name);
            const std::string table = withoutPartition(name.substr(slash + 1, name.size() - slash - 5));
            std::error_code inner;
            tables[{name.substr(0, slash), table}] += static_cast<std::int64_t>(it->file_size(inner));
        }
        for (const auto &[key, bytes] : tables)
            result.tables.push_back({decodeName(key.first), decodeName(key.second), "InnoDB", bytes});
        result.checkCoverage = [&job, files, cloned = *cloned](const Inventory &after) -> Result<void> {
            const auto tablespaces = [](const Inventory &inventory) {
                std::set<std::string> wanted;
                for (const auto &name : tableFiles(inventory)) {
                    if (name.ends_with(".ibd"))
                        wanted.insert(name);
                }
                return wanted;
            };
            CoverageGap gap = compareNames(job.before.innodb, after.innodb, cloned.tables);
            gap.extra.clear();
            if (!job.before.unreadable && !after.unreadable) {
                CoverageGap ofFiles = compareNames(tablespaces(job.before), tablespaces(after), files);
                gap.missing.merge(ofFiles.missing);
                gap.extra = std::move(ofFiles.extra);
            }
            auto had = userSchemas(*job.client, job.before);
            auto has = userSchemas(*job.client, after);
            if (!had || !has)
                return fail(had ? has.error() : had.error());
            gap.missing.merge(compareNames(*had, *has, cloned.schemas).missing);
            if (!gap.empty())
                return fail(gap.error());
            return {};
        };

        StreamRequest request;
        request.tool = "tar";
        request.payload = result.payload;
        request.directory = path;
        request.phase = "packing";
        // a restored server makes its own identity
        request.argv = {tar->string(), "--format=gnu", "-C", path.string(), "--exclude=./auto.cnf", "--exclude=./#innodb_temp",
                        "-cf", "-", "."};
        job.estimate = bytesIn(path);
        auto summary = streamTool(job, request);
        if (!summary)
            return fail(summary.error());
        result.summary = *summary;
        return result;
    };
    auto result = work();
    if (const auto left = (*staging)->remove()) {
        job.context.log("could not be removed: " + left->string());
        if (!result)
            result.error().fields["remains"] = left->string();
        else
            return fail(ioError(*left, EBUSY));
    }
    return result;
}

} // namespace zandb::agent
