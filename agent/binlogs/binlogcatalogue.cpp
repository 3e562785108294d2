// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/binlogcatalogue.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

struct BinlogCatalogue::Known
{
    wire::BinlogFile file;
    std::int64_t inode = 0;
    std::unique_ptr<BinlogReader> reader; ///< while it is read
};

BinlogCatalogue::BinlogCatalogue(const Config &config, std::string instance) : m_config(config), m_instance(std::move(instance)) { load(); }
BinlogCatalogue::~BinlogCatalogue() = default;

static fs::path stateFile(const Config &config, const std::string &instance) { return config.stateDirectory / "binlogs" / (instance + ".json"); }

void BinlogCatalogue::load()
{
    const auto text = agent::readFile(stateFile(m_config, m_instance));
    const auto json = text ? parseJson(*text) : Result<Json>(fail(errors::internal));
    if (!json || !json->is_array())
        return; // everything is read anew
    for (const Json &one : *json) {
        const auto inode = one.is_object() ? integerIn(one.value("inode", Json()), 0, INT64_MAX) : std::nullopt;
        auto file = one.is_object() ? decode<wire::BinlogFile>(one.value("file", Json())) : Result<wire::BinlogFile>(fail(errors::internal));
        if (!file || !inode || !isBinlogName(file->name))
            continue;
        auto &known = m_known[file->name];
        known = std::make_unique<Known>();
        known->inode = *inode;
        known->file = std::move(*file);
    }
}

void BinlogCatalogue::save()
{
    Json all = Json::array();
    for (const auto &[name, known] : m_known) {
        if (known->file.state == "closed" && !known->reader)
            all.push_back({{"inode", known->inode}, {"file", known->file}});
    }
    std::error_code ignored;
    fs::create_directories(stateFile(m_config, m_instance).parent_path(), ignored);
    m_changed = !replaceFile(stateFile(m_config, m_instance), dumpJson(all), false);
}

Result<void> BinlogCatalogue::ask(Look &look)
{
    if (!m_client) {
        const auto instance = findInstance(m_config, m_instance);
        if (!instance)
            return fail(instance.error());
        auto client = connectTo(m_config, *instance, Account::Watch, 5s, 20s);
        if (!client)
            return fail(client.error());
        m_client = std::move(*client);
    }
    look.mariaDb = m_client->isMariaDb();
    const int version = m_client->versionNumber();
    const bool seconds = !look.mariaDb || version >= 100601;
    const auto row = m_client->query(std::string("SELECT @@log_bin, COALESCE(@@log_bin_basename, ''), @@server_id, ")
                                     + (seconds ? "@@binlog_expire_logs_seconds" : "@@expire_logs_days * 86400") + (look.mariaDb ? ", ''" : ", @@server_uuid"));
    if (!row)
        return fail(row.error());
    if (row->rows.empty())
        return fail(errors::sqlFailed, {{"instance", m_instance}, {"errno", "0"}, {"detail", "no variables"}});
    const SqlRow &values = row->rows[0];
    look.asked = true;
    look.on = values[0].value_or("0") == "1";
    m_directory = fs::path(values[1].value_or("")).parent_path();
    look.serverId = std::atoll(values[2].value_or("0").c_str());
    look.expireSeconds = std::atoll(values[3].value_or("0").c_str());
    look.uuid = values[4].value_or("");
    look.server = binlogServer(look.mariaDb, look.serverId, look.uuid);
    m_listed.clear();
    if (!look.on)
        return {};
    const auto logs = m_client->query("SHOW BINARY LOGS");
    if (!logs)
        return fail(logs.error());
    for (std::size_t i = 0; i < logs->rows.size(); ++i) {
        const std::string name = logs->rows[i][0].value_or("");
        if (isBinlogName(name))
            m_listed.push_back({name, std::atoll(logs->value(i, "File_size").value_or("0").c_str()), logs->value(i, "Encrypted").value_or("No") == "Yes"});
    }
    return {};
}

void BinlogCatalogue::readFile(Look &look, Known &known, const fs::path &path, bool isLast, std::int64_t &bytes)
{
    if (!known.reader) {
        FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!fd) {
            if (errno == ENOENT)
                known.file.state = "pending"; // it was purged just now
            else
                known.file.state = "unreadable", known.file.detail = errnoText(errno);
            return;
        }
        known.reader = std::make_unique<BinlogReader>(std::move(fd));
    }
    BinlogReader &reader = *known.reader;
    const auto done = reader.read(bytes, path);
    if (!done) {
        known.file.state = "unreadable";
        known.file.detail = describe(done.error());
        known.reader.reset();
        return;
    }
    bytes -= *done;
    const BinlogParser &parser = reader.parser();
    addFacts(known.file, parser);
    known.file.server = binlogServer(look.mariaDb, parser.hasHead() ? parser.serverId() : look.serverId, look.uuid);
    known.file.key = binlogKey(known.file.created, known.file.server, known.file.name);
    switch (parser.state()) {
    case BinlogParser::State::Encrypted: known.file.state = "encrypted"; break;
    case BinlogParser::State::NoBinlog:
    case BinlogParser::State::Damaged:
        known.file.state = "damaged";
        known.file.detail = parser.state() == BinlogParser::State::NoBinlog ? "no binlog" : parser.detail();
        break;
    case BinlogParser::State::Reading: {
        struct stat info{};
        const bool atEnd = ::fstat(reader.descriptor(), &info) == 0 && reader.offset() >= info.st_size;
        known.file.size = std::max(known.file.size, reader.offset());
        if (!atEnd) {
            known.file.state = "pending";
            look.more = true;
        } else if (isLast) {
            known.file.state = "open";
        } else {
            known.file.state = "closed";
            known.file.sha256 = reader.sha256();
            known.reader.reset();
            m_changed = true;
        }
        return;
    }
    }
    if (!isLast)
        known.reader.reset();
}

BinlogCatalogue::Look BinlogCatalogue::look(std::int64_t bytes)
{
    Look look;
    if (auto asked = ask(look); !asked) {
        m_client.reset();
        look.trouble = asked.error();
        return look;
    }
    std::set<std::string> there;
    for (const Listed &one : m_listed)
        there.insert(one.name);
    m_changed |= std::erase_if(m_known, [&](const auto &item) { return !there.contains(item.first); }) > 0;
    for (std::size_t i = 0; i < m_listed.size(); ++i) {
        const Listed &listed = m_listed[i];
        const bool isLast = i + 1 == m_listed.size();
        auto &known = m_known[listed.name];
        struct stat info{};
        const fs::path path = m_directory / listed.name;
        const bool seen = ::stat(path.c_str(), &info) == 0;
        const auto inode = seen ? static_cast<std::int64_t>(info.st_ino) : 0;
        // RESET gives the name to another file, which may even get the inode: then it is smaller than what was read, or was closed and grows
        const std::int64_t had = !known ? 0 : known->reader ? known->reader->offset() : known->file.size;
        if (!known || known->inode != inode || (seen && info.st_size < had) || (known->file.state == "closed" && (isLast || (seen && info.st_size != had)))) {
            known = std::make_unique<Known>();
            known->inode = inode;
            known->file.name = listed.name;
            known->file.state = "pending";
            known->file.server = look.server;
        }
        known->file.mariaDb = look.mariaDb;
        known->file.size = std::max(known->file.size, listed.size);
        const bool final = known->file.state == "closed" || (known->file.state == "encrypted" && !isLast) || (known->file.state == "damaged" && !isLast && !known->reader);
        if (listed.encrypted)
            known->file.state = "encrypted";
        else if (!final && bytes > 0)
            readFile(look, *known, path, isLast, bytes);
        else if (!final)
            look.more = true;
        if (known->file.key.empty()) // nothing of it could be read: its name has to do
            known->file.key = "unread-" + known->file.server + '-' + known->file.name;
        look.files.push_back(known->file);
    }
    if (m_changed)
        save();
    return look;
}

} // namespace zandb::agent
