// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/changerecord.h"

#include "agent/config/serverconfig.h"
#include "agent/fleet/sqlparts.h"
#include "agent/os/sha256.h"
#include "agent/privileged/client.h"
#include "agent/protocol/configerrors.h"
#include "agent/rules/samevalue.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t maxOptionFileBytes = 1 << 20;
constexpr std::size_t maxRecordBytes = 64u << 20;

Json toJson(const ChangeRecord &record)
{
    Json files = Json::array();
    for (const ChangeRecord::File &file : record.files)
        files.push_back({{"path", file.path}, {"before", bytesToJson(file.before)}, {"after", bytesToJson(file.after)}});
    return {{"id", record.id}, {"instance", record.instance}, {"by", record.by}, {"at_us", record.atUs}, {"files", files}, {"persisted", record.persisted}, {"memory", record.memory},
            {"changes", record.changes}};
}

Result<ChangeRecord> fromJson(const Json &json)
{
    try {
        ChangeRecord record{json.at("id").get<std::string>(), json.at("instance").get<std::string>(), json.at("by").get<std::string>(), json.at("at_us").get<std::int64_t>(), {},
                            json.at("persisted").get<std::vector<RecordedValue>>(), json.at("memory").get<std::vector<RecordedValue>>(), {}};
        if (const auto changes = json.find("changes"); changes != json.end()) // older agents wrote none
            record.changes = changes->get<std::vector<wire::ConfigOutcome>>();
        for (const Json &file : json.at("files")) {
            auto before = bytesFromJson(file.at("before")), after = bytesFromJson(file.at("after"));
            if (!before || !after)
                return fail(errors::protocolBadParams);
            record.files.push_back({file.at("path").get<std::string>(), std::move(*before), std::move(*after)});
        }
        return record;
    } catch (const std::exception &e) {
        return fail(errors::protocolBadParams, {{"detail", e.what()}});
    }
}

/// What a writer that was killed before its rename left beside the file (replaceKeepingOwner).  As far as this user may.
void removeHalves(const fs::path &file)
{
    std::error_code ec;
    const fs::path real = fs::canonical(file, ec);
    const std::string start = '.' + real.filename().string() + '.';
    std::vector<fs::path> halves;
    for (auto it = fs::directory_iterator(real.parent_path(), ec); !ec && it != fs::directory_iterator(); it.increment(ec)) {
        const std::string name = it->path().filename();
        if (name.starts_with(start) && Uuid::parse(name.substr(start.size())))
            halves.push_back(it->path());
    }
    for (const fs::path &half : halves)
        fs::remove(half, ec);
}

/// Which of the helper's files it is: 0 my.cnf, N the N-th of option_files; -1: none that it may write.
int helperNumber(const Config &config, const LocalInstance &instance, const fs::path &file)
{
    std::error_code ec;
    const auto same = [&](const fs::path &other) { return file == other || fs::equivalent(file, other, ec); };
    if (same(instance.myCnf))
        return 0;
    for (const AdoptedInstance &adopted : config.instances) {
        if (adopted.name != instance.name)
            continue;
        for (std::size_t i = 0; i < adopted.optionFiles.size(); ++i) {
            if (same(adopted.optionFiles[i]))
                return static_cast<int>(i) + 1;
        }
    }
    return -1;
}

} // namespace

Result<FileDescriptor> ChangeRecords::lock(const std::string &instance, std::chrono::milliseconds limit) const
{
    std::error_code ec;
    fs::create_directories(m_directory, ec);
    ::chmod(m_directory.c_str(), 0700);
    return lockFile(m_directory / (instance + ".lock"), limit);
}

fs::path ChangeRecords::pathOf(const ChangeRecord &record) const
{
    return m_directory / (record.instance + '.' + record.id + ".json");
}

Result<void> ChangeRecords::write(const ChangeRecord &record) const
{
    return replaceFile(pathOf(record), dumpJson(toJson(record)));
}

Result<void> ChangeRecords::remove(const ChangeRecord &record) const
{
    if (::unlink(pathOf(record).c_str()) != 0 && errno != ENOENT)
        return fail(ioError(pathOf(record), errno));
    return syncDirectory(m_directory);
}

std::vector<ChangeRecord> ChangeRecords::pending(const std::string &instance, std::string *trouble) const
{
    std::vector<ChangeRecord> records;
    std::error_code ec;
    for (auto it = fs::directory_iterator(m_directory, ec); !ec && it != fs::directory_iterator(); it.increment(ec)) {
        if (it->path().extension() != ".json" || it->path().filename().string().starts_with('.'))
            continue;
        const auto text = readFile(it->path(), maxRecordBytes);
        const auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
        auto record = json ? fromJson(*json) : Result<ChangeRecord>(fail(json.error()));
        if (!record) {
            if (trouble)
                *trouble = it->path().string() + ": " + describe(record.error());
        } else if (instance.empty() || record->instance == instance) {
            records.push_back(std::move(*record));
        }
    }
    std::ranges::sort(records, {}, &ChangeRecord::atUs);
    return records;
}

Result<void> ChangeRecords::takeBack(const ChangeRecord &record, std::vector<std::string> &said) const
{
    const auto instance = findInstance(m_config, record.instance);
    if (!instance)
        return fail(instance.error());
    for (const ChangeRecord::File &file : record.files) {
        removeHalves(file.path);
        const auto now = readFile(file.path, maxOptionFileBytes);
        if (!now)
            return fail(now.error());
        if (*now == file.before || *now == file.before + '\n') // the helper ends the last line
            continue;
        if (*now != file.after) {
            said.push_back(file.path + " was changed by somebody else since; it stays as it is");
            continue;
        }
        if (auto written = writeOptionFile(m_config, *instance, file.path, file.after, file.before); !written)
            return fail(written.error());
        said.push_back(file.path + " is as it was");
    }
    if (record.memory.empty() && record.persisted.empty())
        return {};
    auto server = ServerConfig::open(m_config, *instance);
    if (!server)
        return fail(server.error());
    for (const RecordedValue &value : record.persisted) {
        const auto now = server->persisted(value.name);
        if (!now)
            return fail(now.error());
        if (*now == value.before)
            continue;
        if (auto set = setVariable(server->client(), "PERSIST_ONLY", value.name, value.before); !set)
            return set;
        said.push_back(value.name + " in mysqld-auto.cnf is as it was");
    }
    for (const RecordedValue &value : record.memory) {
        const auto now = server->memory(value.name);
        if (!now)
            return fail(now.error());
        if (!value.before || rules::sameValueOf(value.name, *now, *value.before))
            continue;
        if (auto set = setVariable(server->client(), "GLOBAL", value.name, value.before); !set)
            return set;
        said.push_back(value.name + " in memory is as it was");
    }
    return {};
}

Result<void> ChangeRecords::note(const ChangeRecord &record, std::vector<std::string> said) const
{
    wire::ConfigRecovered note{record.id, record.instance, record.by, record.changes, std::move(said)};
    for (wire::ConfigOutcome &change : note.changes)
        change.takenBack = true;
    std::error_code ec;
    fs::create_directories(m_directory / "recovered", ec);
    return replaceFile(m_directory / "recovered" / (record.instance + '.' + record.id + ".json"), dumpJson(Json(note)));
}

std::vector<std::pair<fs::path, wire::ConfigRecovered>> ChangeRecords::recovered() const
{
    std::vector<std::pair<fs::path, wire::ConfigRecovered>> notes;
    std::error_code ec;
    for (auto it = fs::directory_iterator(m_directory / "recovered", ec); !ec && it != fs::directory_iterator(); it.increment(ec)) {
        if (it->path().extension() != ".json" || it->path().filename().string().starts_with('.'))
            continue;
        const auto text = readFile(it->path(), maxRecordBytes);
        const auto json = text ? parseJson(*text, 32) : Result<Json>(fail(text.error()));
        if (auto note = json ? decode<wire::ConfigRecovered>(*json) : Result<wire::ConfigRecovered>(fail(json.error())))
            notes.emplace_back(it->path(), std::move(*note));
    }
    return notes;
}

Result<void> writeOptionFile(const Config &config, const LocalInstance &instance, const fs::path &file, const std::string &before, const std::string &after)
{
    std::error_code ec;
    const fs::path real = fs::canonical(file, ec);
    if (ec)
        return fail(ioError(file, ec.value()));
    struct stat info{};
    if (::stat(real.c_str(), &info) != 0)
        return fail(ioError(real, errno));
    const bool mayWrite = ::geteuid() == 0 || (info.st_uid == ::geteuid() && ::access(real.parent_path().c_str(), W_OK) == 0);
    if (!mayWrite && hasHelper(config)) {
        const int number = helperNumber(config, instance, file);
        if (number < 0)
            return fail(errors::configNotEditable, {{"variable", instance.name}, {"where", file.string()}, {"detail", "the agent's configuration names it not (option_files in [[instance]])"}});
        // the helper takes whole lines only
        const std::string whole = after.empty() || after.back() == '\n' ? after : after + '\n';
        const auto written = writeOptionFileByHelper(config, instance.name, number, Sha256::of(before), whole);
        return written ? Result<void>{} : fail(written.error());
    }
    const FileDescriptor directory(::open(real.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        return fail(ioError(real.parent_path(), errno));
    const auto now = readFile(real, maxOptionFileBytes);
    if (!now)
        return fail(now.error());
    if (*now != before)
        return fail(errors::helperFileChanged, {{"path", real.string()}});
    return replaceKeepingOwner(directory.get(), real, after, info);
}

std::vector<std::string> literalsOf(SqlClient &client, const std::optional<std::string> &value)
{
    if (!value)
        return {"DEFAULT"};
    std::vector<std::string> literals;
    long long number = 0;
    if (rules::wholeNumber(*value, number))
        literals.push_back(std::to_string(number));
    else if (!value->empty() && value->size() < 40 && value->find_first_not_of("0123456789.") == value->npos && std::ranges::count(*value, '.') <= 1 && value->front() != '.' && value->back() != '.')
        literals.push_back(*value); // a decimal, or beyond 63 bits
    literals.push_back(client.quote(*value));
    return literals;
}

Result<void> setVariable(SqlClient &client, const char *scope, const std::string &name, const std::optional<std::string> &value)
{
    if (!isVariableName(name))
        return fail(errors::configUnknownVariable, {{"variable", name}});
    if (!value && std::string_view(scope) == "PERSIST_ONLY") {
        const auto reset = client.query("RESET PERSIST IF EXISTS " + quotedVariable(name));
        return reset ? Result<void>{} : fail(reset.error());
    }
    std::optional<Error> first;
    for (const std::string &literal : literalsOf(client, value)) {
        const auto set = client.query("SET " + std::string(scope) + ' ' + quotedVariable(name) + " = " + literal);
        if (set)
            return {};
        if (!first)
            first = set.error();
        if (serverErrno(set.error()) != 1232) // another type is needed
            break;
    }
    return fail(*first);
}

std::vector<std::string> recoverChanges(const Config &config, std::chrono::seconds patience)
{
    const ChangeRecords records(config);
    std::vector<std::string> said;
    const auto until = std::chrono::steady_clock::now() + patience;
    for (;;) {
        bool again = false;
        std::string trouble;
        for (const ChangeRecord &record : records.pending({}, &trouble)) {
            const auto lock = records.lock(record.instance, 0ms);
            if (!lock) { // whoever changes something is at work
                again = true;
                continue;
            }
            const auto still = records.pending(record.instance);
            if (std::ranges::none_of(still, [&](const ChangeRecord &each) { return each.id == record.id; }))
                continue;
            std::vector<std::string> done;
            const auto back = records.takeBack(record, done);
            for (const std::string &line : done)
                said.push_back(record.instance + ": the change of run " + record.id + " was cut off: " + line);
            if (!back) {
                again = true;
                trouble = record.instance + ": " + describe(back.error());
            } else if (auto noted = records.note(record, done); !noted) {
                again = true; // nobody would hear of it
                trouble = record.instance + ": " + describe(noted.error());
            } else if (auto removed = records.remove(record); !removed) {
                trouble = describe(removed.error());
            } else if (done.empty()) {
                said.push_back(record.instance + ": the change of run " + record.id + " was cut off before it changed anything");
            }
        }
        if (!again || std::chrono::steady_clock::now() >= until) {
            if (!trouble.empty())
                said.push_back(trouble);
            return said;
        }
        std::this_thread::sleep_for(500ms);
    }
}

} // namespace zandb::agent
