// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/binlogarchive.h"

#include "agent/backups/manifest.h"
#include "agent/binlogs/binlogstore.h"
#include "agent/fleet/programs.h"
#include "agent/os/log.h"
#include "agent/protocol/uuid.h"

#include <algorithm>
#include <cerrno>
#include <set>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char *streamPrefix = ".stream-";
constexpr auto longestPause = 60s;
constexpr auto pruneEvery = 1h;
constexpr auto readEvery = 24h;
/// Read for the audit in one tick: a terabyte in a day, and no more than a disk has left.
constexpr std::int64_t auditBytes = 64 << 20;

/// The order of an archive's files: several may be made in one second.
auto placeOf(const wire::BinlogFile &file) { return std::pair(file.created, binlogNumber(file.name)); }

std::vector<std::string> namesIn(const fs::path &directory)
{
    std::vector<std::string> names;
    std::error_code ec;
    for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        if (isBinlogName(it->path().filename().string()))
            names.push_back(it->path().filename().string());
    }
    std::ranges::sort(names, {}, [](const std::string &name) { return std::pair(binlogNumber(name), name); });
    return names;
}

} // namespace

/// A file of the archive that is read piece by piece, one tick after the other.
struct StoredReading
{
    std::string key;
    FileStamp stamp;
    FileDescriptor file;
    Sha256 sum;
};

FileStamp FileStamp::of(const fs::path &path)
{
    struct stat info{};
    if (::lstat(path.c_str(), &info) != 0)
        return {};
    return {static_cast<std::int64_t>(info.st_ino), std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec, static_cast<std::int64_t>(info.st_size)};
}

fs::path openBinlogOf(const fs::path &directory, const wire::BinlogFile &file)
{
    std::error_code ec;
    if (fs::exists(directory / "tail" / file.key, ec))
        return directory / "tail" / file.key;
    for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        if (it->path().filename().string().starts_with(streamPrefix) && fs::exists(it->path() / file.name, ec))
            return it->path() / file.name;
    }
    return {};
}

BinlogArchive::BinlogArchive(const Config &config, std::string instance, const RepositoryConfig &repository)
    : m_config(config), m_instance(std::move(instance)), m_repository(repository), m_directory(binlogArchiveDirectory(repository, config.host, m_instance))
{
    m_state.repository = repository.name;
    m_state.state = "waiting";
    for (wire::BinlogFile &file : readBinlogArchive(m_directory)) {
        file.repository = repository.name;
        m_files[file.key] = std::move(file);
    }
}

BinlogArchive::~BinlogArchive() { stop(); }

void BinlogArchive::stop()
{
    if (m_child)
        m_child->end(2s);
    m_child.reset();
    m_said.reset();
    m_open.reset();
    m_cleared = false;
    m_state.state = "waiting";
}

std::uint32_t BinlogArchive::streamServerId(const std::string &host, const std::string &instance)
{
    return 0x5a00'0000U | (crc32c(host + '/' + instance) & 0x00ff'ffffU);
}

void BinlogArchive::wait(const Error &error, const char *state)
{
    const Json json = errorToJson(error);
    if (m_state.error != json)
        logLine("binlogs of " + m_instance + " are not archived: " + describe(error));
    m_state.error = json;
    m_state.state = state;
    m_notBefore = Clock::now() + m_pause;
    m_pause = std::min<std::chrono::seconds>(2 * m_pause, longestPause);
}

void BinlogArchive::tick(const BinlogCatalogue::Look &server)
{
    if (m_child) {
        if (const auto status = m_child->poll())
            childEnded(*status);
    }
    audit(server, auditBytes);
    if (!server.asked || Clock::now() < m_notBefore) {
        measure(server);
        return;
    }
    if (!server.on) {
        wait(makeError(errors::binlogOff, {{"instance", m_instance}}), "refused");
        return;
    }
    if (std::ranges::any_of(server.files, [](const auto &file) { return file.state == "encrypted"; })) {
        stop(); // what a server streams is plain text
        wait(makeError(errors::binlogEncrypted, {{"instance", m_instance}, {"file", server.files.back().name}}), "refused");
        return;
    }
    auto done = m_cleared ? Result<void>() : clearRemains(server);
    if (done && !m_child)
        done = begin(server);
    if (done)
        done = take(server);
    if (done)
        done = settleTails(server);
    if (done && Clock::now() >= m_pruneAt) {
        m_pruneAt = Clock::now() + pruneEvery;
        prune();
    }
    measure(server);
    if (!done)
        wait(done.error());
}

void BinlogArchive::childEnded(const ExitStatus &status)
{
    std::string said;
    if (m_said) {
        m_said->join();
        said = m_said->tail(5);
    }
    m_child.reset();
    m_said.reset();
    m_open.reset();
    m_cleared = false;
    wait(makeError(errors::toolFailed, {{"tool", "binlog stream"}, {"status", status.text()}, {"detail", said}}));
}

std::string BinlogArchive::firstWanted(const BinlogCatalogue::Look &server) const
{
    const auto nameOf = [](const wire::BinlogFile &file) { return file.name + '/' + file.server + '/' + std::to_string(file.size); };
    std::map<std::string, std::vector<TimePoint>> archived;
    const wire::BinlogFile *oldest = nullptr;
    for (const auto &[key, file] : m_files) {
        if (!oldest || placeOf(file) < placeOf(*oldest))
            oldest = &file;
        if (file.state == "closed" && !m_bad.contains(key))
            archived[nameOf(file)].push_back(file.created);
    }
    // a number that begins again in the very second says nothing of its place, unless the server still has what it is compared with
    const bool sameChain = oldest && std::ranges::find(server.files, oldest->key, &wire::BinlogFile::key) != server.files.end();
    for (const wire::BinlogFile &file : server.files) {
        if (oldest && file.created != TimePoint{} && (file.created < oldest->created || (sameChain && placeOf(file) < placeOf(*oldest))))
            continue; // of before the archive began, or let go
        const auto known = archived.find(nameOf(file));
        if (known == archived.end() || (file.created != TimePoint{} && std::ranges::find(known->second, file.created) == known->second.end()))
            return file.name;
    }
    return {};
}

std::optional<BinlogArchive::Bad> BinlogArchive::lookAt(const wire::BinlogFile &file, const Bad *before) const
{
    const FileStamp now = FileStamp::of(m_directory / (file.key + ".zst"));
    if (now.size < 0)
        return Bad{"lost", {}, now};
    if (file.storedBytes > 0 && now.size != file.storedBytes)
        return Bad{"damaged", "it has " + std::to_string(now.size) + " bytes and had " + std::to_string(file.storedBytes), now};
    if (before && before->state == "damaged" && before->stamp == now)
        return *before; // what its bytes said holds until it is another file
    return {};
}

/// The bytes of one file after the other, as many as are allowed now.
void BinlogArchive::readOn(std::int64_t bytes)
{
    std::string piece(1 << 20, '\0');
    while (bytes > 0) {
        if (!m_reading) {
            const wire::BinlogFile *next = nullptr;
            for (const auto &[key, file] : m_files) {
                const auto read = m_readAt.find(key);
                const bool isDue = read == m_readAt.end() || Clock::now() - read->second > readEvery;
                if (isDue && !m_bad.contains(key) && !file.storedSha256.empty() && (!next || read == m_readAt.end()))
                    next = &file;
            }
            if (!next)
                return;
            const fs::path path = m_directory / (next->key + ".zst");
            m_reading = std::make_unique<StoredReading>();
            m_reading->key = next->key;
            m_reading->stamp = FileStamp::of(path);
            m_reading->file = FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        }
        const auto file = m_files.find(m_reading->key);
        const ssize_t got = !m_reading->file ? -1 : ::read(m_reading->file.get(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got > 0 && file != m_files.end()) {
            m_reading->sum.update(piece.data(), static_cast<std::size_t>(got));
            bytes -= got;
            continue;
        }
        m_readAt[m_reading->key] = Clock::now();
        const bool isRead = got == 0 && file != m_files.end() && m_reading->stamp == FileStamp::of(m_directory / (m_reading->key + ".zst"));
        if (isRead && m_reading->sum.finish() != file->second.storedSha256)
            m_bad[m_reading->key] = {"damaged", "its bytes are not those that were archived", m_reading->stamp};
        m_reading.reset();
    }
}

void BinlogArchive::audit(const BinlogCatalogue::Look &server, std::int64_t bytes)
{
    std::error_code ec;
    const bool isThere = fs::is_directory(m_directory, ec); // a disk that is not mounted has nothing, and gets nothing
    const auto before = std::exchange(m_bad, {});
    std::erase_if(m_readAt, [&](const auto &item) { return !m_files.contains(item.first); });
    for (const auto &[key, file] : m_files) {
        const auto known = before.find(key);
        if (auto bad = lookAt(file, known == before.end() ? nullptr : &known->second)) {
            bad->asked = known != before.end() && known->second.asked;
            m_bad[key] = std::move(*bad);
        } else if (known != before.end())
            m_readAt.erase(key); // it is there again, and another one
    }
    readOn(bytes);
    bool asksAgain = false;
    for (auto &[key, bad] : m_bad) {
        if (isThere && !bad.asked && std::ranges::find(server.files, key, &wire::BinlogFile::key) != server.files.end())
            asksAgain = bad.asked = true;
        if (before.contains(key))
            continue;
        const wire::BinlogFile &file = m_files.at(key);
        logLine("binlogs of " + m_instance + ": " + key + " in " + m_repository.name + (bad.state == "lost" ? " is lost" : " is damaged: " + bad.detail));
        if (isThere && !fs::exists(m_directory / (key + ".json"), ec))
            (void)replaceFile(m_directory / (key + ".json"), dumpJson(Json(file))); // so that the next program knows too what is missing
    }
    if (asksAgain)
        stop(); // a stream begins with the first file that is wanted
}

int BinlogArchive::prune()
{
    std::optional<std::pair<TimePoint, std::string>> oldest; ///< end and file of the oldest backup
    std::error_code ec, inner;
    for (const RepositoryConfig &repository : m_config.repositories) {
        if (repository.path.empty())
            return 0;
        for (fs::directory_iterator it(repository.path / m_config.host / m_instance, ec), end; !ec && it != end; it.increment(ec)) {
            const auto manifest = it->path().filename().string().starts_with('.') ? Result<Manifest>(fail(errors::backupInvalid)) : readManifest(it->path());
            if (manifest && !manifest->position.file.empty() && (!oldest || manifest->endedAt < oldest->first))
                oldest = std::pair(manifest->endedAt, manifest->position.file);
        }
    }
    if (!oldest)
        return 0;
    std::optional<std::pair<TimePoint, std::int64_t>> from; ///< the place of that file
    for (const auto &[key, file] : m_files) {
        if (file.name == oldest->second && file.created <= oldest->first)
            from = std::max(from.value_or(placeOf(file)), placeOf(file));
    }
    if (!from)
        return 0;
    return static_cast<int>(std::erase_if(m_files, [&](const auto &item) {
        if (placeOf(item.second) >= *from)
            return false;
        fs::remove(m_directory / (item.first + ".json"), inner); // without its facts the rest does not count
        fs::remove(m_directory / (item.first + ".zst"), inner);
        logLine("binlogs of " + m_instance + ": " + item.first + " lies before every backup and is removed");
        return true;
    }));
}

Result<void> BinlogArchive::begin(const BinlogCatalogue::Look &server)
{
    const std::string from = firstWanted(server);
    if (from.empty())
        return {};
    const auto instance = findInstance(m_config, m_instance);
    if (!instance)
        return fail(instance.error());
    const std::string program = server.mariaDb ? "mariadb-binlog" : "mysqlbinlog";
    const fs::path tool = findProgram(m_config, server.mariaDb, program);
    if (tool.empty())
        return fail(errors::toolMissing, {{"tool", program}, {"package", packageOf(server.mariaDb, program)}});
    std::error_code ec;
    const auto space = fs::space(m_repository.path, ec);
    if (!ec && static_cast<std::int64_t>(space.available) < m_repository.minFreeBytes)
        return fail(errors::diskFull, {{"path", m_repository.path.string()}, {"free", std::to_string(space.available)}, {"needed", std::to_string(m_repository.minFreeBytes)}});
    m_stream = m_directory / (streamPrefix + Uuid::v7().toString());
    fs::create_directories(m_stream, ec);
    if (!ec)
        fs::permissions(m_directory, fs::perms::owner_all, ec); // binlogs hold everybody's rows, and the tool makes its files as it likes
    if (ec)
        return fail(ioError(m_stream, ec.value()));
    auto err = makePipe();
    if (!err)
        return fail(err.error());
    const std::string id = std::to_string(streamServerId(m_config.host, m_instance));
    Command command;
    command.argv = {tool.string(), "--no-defaults", "--read-from-remote-server", "--raw", "--stop-never",
                    (server.mariaDb ? "--stop-never-slave-server-id=" : "--connection-server-id=") + id, "--socket=" + instance->socket.string(),
                    "--user=" + accountName(m_config, Account::Backup, server.mariaDb), "--result-file=" + m_stream.string() + '/', from};
    command.stderrFd = err->write.get();
    command.directory = m_stream;
    auto child = Child::start(command);
    if (!child)
        return fail(child.error());
    m_child = std::move(*child);
    m_said = std::make_unique<LineReader>(std::move(err->read));
    m_open.reset();
    logLine("binlogs of " + m_instance + ": streamed from " + from + " into " + m_repository.name);
    return {};
}

Result<void> BinlogArchive::describeFile(const fs::path &path, const BinlogCatalogue::Look &server, wire::BinlogFile &file) const
{
    BinlogReader reader(FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)));
    if (reader.descriptor() < 0)
        return fail(ioError(path, errno));
    while (true) {
        const auto done = reader.read(8 << 20, path);
        if (!done)
            return fail(done.error());
        if (*done == 0 || reader.parser().state() != BinlogParser::State::Reading)
            break;
    }
    addFacts(file, reader.parser());
    file.repository = m_repository.name;
    file.name = path.filename().string();
    file.server = binlogServer(file.mariaDb, file.serverId, server.uuid);
    file.key = reader.parser().hasHead() ? binlogKey(file.created, file.server, file.name) : std::string();
    file.size = reader.offset();
    file.state = reader.parser().state() == BinlogParser::State::Reading ? "closed" : "damaged";
    file.detail = reader.parser().detail();
    file.sha256 = reader.sha256();
    return {};
}

/// What earlier streams left: their closed files are taken, the last ones wait in tail/.
Result<void> BinlogArchive::clearRemains(const BinlogCatalogue::Look &server)
{
    std::error_code ec;
    std::vector<fs::path> left;
    for (fs::directory_iterator it(m_directory, ec), end; !ec && it != end; it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (name.starts_with(streamPrefix))
            left.push_back(it->path());
        else if (name.ends_with(".tmp"))
            fs::remove(it->path(), ec);
    }
    for (const fs::path &stream : left) {
        const auto names = namesIn(stream);
        for (std::size_t i = 0; i < names.size(); ++i) {
            wire::BinlogFile file;
            if (auto told = describeFile(stream / names[i], server, file); !told)
                return told;
            if (file.key.empty())
                continue; // not even its first event
            auto kept = i + 1 < names.size() && file.state == "closed" ? finish(stream / names[i], file, "closed") : keepTail(stream / names[i], file.key);
            if (!kept)
                return kept;
        }
        fs::remove_all(stream, ec);
    }
    m_cleared = true;
    return {};
}

Result<void> BinlogArchive::keepTail(const fs::path &from, const std::string &key)
{
    const fs::path tail = m_directory / "tail" / key;
    std::error_code ec;
    fs::create_directories(tail.parent_path(), ec);
    if (const auto had = fs::file_size(tail, ec); !ec && had >= fs::file_size(from, ec) && !ec && isPrefix(from, tail))
        return {}; // a shorter one says nothing new
    if (fs::exists(tail, ec) && !isPrefix(tail, from)) {
        // another file of the same second and name: both stay
        fs::rename(tail, tail.string() + "-other", ec);
    }
    fs::rename(from, tail, ec);
    return ec ? fail(ioError(tail, ec.value())) : Result<void>();
}

Result<void> BinlogArchive::finish(const fs::path &from, wire::BinlogFile file, const char *state)
{
    file.state = state;
    std::string key = file.key;
    for (int other = 2;; ++other) {
        const auto known = m_files.find(key);
        if (known == m_files.end())
            break;
        if (known->second.sha256 == file.sha256 && !m_bad.contains(key))
            return {}; // here already
        if (known->second.sha256 == file.sha256) { // what was lost
            file.state = known->second.state;
            break;
        }
        if (known->second.state == "cut" && known->second.size <= file.size && beginsWith(from, known->second.size, known->second.sha256))
            break; // now there is more of it
        key = file.key + "~" + std::to_string(other);
    }
    file.key = key;
    if (auto stored = storeBinlog(from, m_directory, file, m_repository.minFreeBytes); !stored)
        return stored;
    m_files[key] = std::move(file);
    m_bad.erase(key);
    m_readAt[key] = Clock::now();
    return {};
}

Result<void> BinlogArchive::take(const BinlogCatalogue::Look &server)
{
    const auto names = namesIn(m_stream);
    std::error_code ec;
    for (std::size_t i = 0; i + 1 < names.size(); ++i) {
        wire::BinlogFile file;
        if (auto told = describeFile(m_stream / names[i], server, file); !told)
            return told;
        if (file.key.empty())
            return fail(errors::binlogDamaged, {{"file", names[i]}, {"detail", file.detail}});
        if (auto kept = finish(m_stream / names[i], file, file.state == "closed" ? "closed" : "damaged"); !kept)
            return kept;
        fs::remove(m_stream / names[i], ec);
    }
    if (names.empty())
        return {};
    const std::string &name = names.back();
    if (!m_open || m_open->name != name)
        m_open = Staged{name, std::make_unique<BinlogReader>(FileDescriptor(::open((m_stream / name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW))), {}};
    if (m_open->reader->descriptor() < 0) {
        m_open.reset();
        return {};
    }
    if (const auto done = m_open->reader->read(INT64_MAX, m_stream / name); !done)
        return fail(done.error());
    const BinlogParser &parser = m_open->reader->parser();
    if (!parser.hasHead())
        return {};
    wire::BinlogFile &file = m_open->file;
    addFacts(file, parser);
    file.repository = m_repository.name;
    file.name = name;
    file.server = binlogServer(file.mariaDb, file.serverId, server.uuid);
    file.key = binlogKey(file.created, file.server, name);
    file.size = m_open->reader->offset();
    file.state = parser.state() == BinlogParser::State::Reading ? "open" : "damaged";
    file.detail = parser.detail();
    if (m_child && m_state.state != "streaming") {
        m_state.state = "streaming";
        m_state.error = nullptr;
        m_pause = 1s;
    }
    return {};
}

/// A tail is dropped once the stream has all of it, and is archived for good once nobody will bring the rest.
Result<void> BinlogArchive::settleTails(const BinlogCatalogue::Look &server)
{
    std::error_code ec;
    for (fs::directory_iterator it(m_directory / "tail", ec), end; !ec && it != end; it.increment(ec)) {
        const fs::path tail = it->path();
        const std::string key = tail.filename().string();
        std::error_code inner;
        const auto size = static_cast<std::int64_t>(fs::file_size(tail, inner));
        if (m_open && m_open->file.key == key && m_open->file.size >= size && isPrefix(tail, m_stream / m_open->name)) {
            fs::remove(tail, inner);
            continue;
        }
        if (const auto closed = m_files.find(key); closed != m_files.end() && closed->second.size >= size && !m_bad.contains(key)) {
            wire::BinlogFile file;
            if (auto told = describeFile(tail, server, file); !told)
                return told;
            const auto stored = decompressedBegin(m_directory / (key + ".zst"), size);
            if (stored && *stored == file.sha256) {
                fs::remove(tail, inner);
                continue;
            }
        } else if (!m_open || std::ranges::any_of(server.files, [&](const auto &file) { return file.key == key || file.state == "pending"; })) {
            continue; // the server may still bring it
        }
        wire::BinlogFile file;
        if (auto told = describeFile(tail, server, file); !told)
            return told;
        const auto name = key.find(file.server + '-');
        file.name = name == std::string::npos ? file.name : key.substr(name + file.server.size() + 1);
        if (file.name.ends_with("-other"))
            file.name.resize(file.name.size() - 6);
        file.key = file.created == TimePoint{} ? key : binlogKey(file.created, file.server, file.name);
        if (auto kept = finish(tail, file, "cut"); !kept)
            return kept;
        fs::remove(tail, inner);
    }
    return {};
}

void BinlogArchive::measure(const BinlogCatalogue::Look &server)
{
    m_state.files = 0;
    m_state.storedBytes = 0;
    for (const auto &[key, file] : m_files) {
        m_state.files += file.state == "closed" && !m_bad.contains(key) ? 1 : 0;
        m_state.storedBytes += file.storedBytes;
    }
    m_state.file = m_open ? m_open->name : std::string();
    m_state.offset = m_open ? m_open->file.size : 0;
    if (!server.asked)
        return;
    std::int64_t behind = 0;
    bool isBehindOpen = false;
    const std::string from = firstWanted(server);
    bool counts = false;
    for (const wire::BinlogFile &file : server.files) {
        counts |= file.name == from;
        if (!counts)
            continue;
        if (m_open && m_open->name == file.name && m_open->file.server == file.server) {
            behind += std::max<std::int64_t>(0, file.size - m_open->file.size);
            isBehindOpen = true;
        } else if (!(m_open && !isBehindOpen && binlogNumber(file.name) < binlogNumber(m_open->name))) {
            behind += file.size;
        }
    }
    m_state.behindBytes = behind;
    if (behind == 0)
        m_state.behindSince.reset();
    else if (!m_state.behindSince)
        m_state.behindSince = systemNow();
}

std::vector<wire::BinlogFile> BinlogArchive::files() const
{
    std::vector<wire::BinlogFile> all;
    for (const auto &[key, file] : m_files) {
        all.push_back(file);
        if (const auto bad = m_bad.find(key); bad != m_bad.end()) {
            all.back().state = bad->second.state;
            all.back().detail = bad->second.detail;
        }
    }
    if (m_open && !m_open->file.key.empty() && !m_files.contains(m_open->file.key))
        all.push_back(m_open->file);
    return all;
}

} // namespace zandb::agent
