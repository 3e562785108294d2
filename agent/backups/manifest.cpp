// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/manifest.h"

#include "agent/os/child.h"
#include "agent/os/sha256.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <set>
#include <tuple>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view sumKey = "\"manifest_sha256\": \"";
constexpr std::size_t sumDigits = 64;

tl::unexpected<Error> invalid(const fs::path &path, std::string detail)
{
    return fail(errors::backupInvalid, {{"path", path.string()}, {"detail", std::move(detail)}});
}

bool isHex(std::string_view text)
{
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A name we would have written ourselves; anything else is not ours to open.
bool plainName(std::string_view name)
{
    return !name.empty() && name.size() <= 200 && name.front() != '.' && name.find('/') == std::string_view::npos
           && name.find('\0') == std::string_view::npos && name != manifestName;
}

constexpr const char *notPlain = "changed: not a plain file";

// Somebody may have put a link, a pipe or a device there: none of them is followed or waited for.  ELOOP when it is no plain file.
FileDescriptor openPlain(const fs::path &path)
{
    FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    struct stat info{};
    if (fd && ::fstat(fd.get(), &info) == 0 && S_ISREG(info.st_mode))
        return fd;
    if (fd || errno == ENXIO) { // a socket cannot even be opened
        fd.reset();
        errno = ELOOP;
    }
    return fd;
}

// A field of later versions of the manifest: its value where it stands.
template<class T>
void optionalField(const Json &j, const char *key, T &value)
{
    if (const auto it = j.find(key); it != j.end() && !it->is_null())
        it->get_to(value);
}

Json objectsToJson(const BackedUpObjects &objects)
{
    return {{"counts", objects.counts()}, {"names", objects.names}, {"brokenViews", objects.broken}, {"missingDefiners", objects.missingDefiners}};
}

BackedUpObjects objectsFromJson(const Json &j)
{
    BackedUpObjects objects;
    j.at("names").get_to(objects.names);
    j.at("brokenViews").get_to(objects.broken);
    j.at("missingDefiners").get_to(objects.missingDefiners);
    return objects;
}

Result<Manifest> fromJson(const Json &j, const fs::path &path)
{
    try {
        Manifest m;
        m.format = j.at("format").get<int>();
        if (m.format != manifestFormat)
            return invalid(path, "format " + std::to_string(m.format) + " is not known to this version");
        m.id = j.at("id").get<Uuid>();
        j.at("host").get_to(m.host);
        j.at("instance").get_to(m.instance);
        m.taskId = j.at("task_id").get<std::optional<Uuid>>();
        j.at("method").get_to(m.method);
        j.at("payload").get_to(m.payload);
        j.at("tool_version").get_to(m.toolVersion);
        j.at("server_version").get_to(m.serverVersion);
        j.at("flavour").get_to(m.flavour);
        j.at("compression").at("level").get_to(m.compressionLevel);
        j.at("compression").at("threads").get_to(m.compressionThreads);
        j.at("started_us").get_to(m.startedAt);
        j.at("ended_us").get_to(m.endedAt);
        j.at("position").get_to(m.position);
        j.at("source_role").get_to(m.sourceRole);
        j.at("settings").get_to(m.settings);
        j.at("files").get_to(m.files);
        j.at("tables").get_to(m.tables);
        if (const auto it = j.find("objects"); it != j.end())
            m.objects = objectsFromJson(*it);
        optionalField(j, "warnings", m.warnings);
        j.at("uncompressed_bytes").get_to(m.uncompressedBytes);
        j.at("payload_sha256").get_to(m.payloadSha256);
        m.parent = j.at("parent");
        m.encryption = j.at("encryption");
        return m;
    } catch (const std::exception &e) {
        return invalid(path, std::string("unreadable: ") + e.what());
    }
}

} // namespace

void to_json(Json &json, const BackedUpTable &table)
{
    json = {{"schema", table.schema}, {"table", table.table}, {"engine", table.engine}, {"bytes", table.bytes}};
    if (table.rows)
        json["rows"] = *table.rows;
    if (table.history)
        json["history"] = true;
}

void from_json(const Json &json, BackedUpTable &table)
{
    json.at("schema").get_to(table.schema);
    json.at("table").get_to(table.table);
    json.at("engine").get_to(table.engine);
    json.at("bytes").get_to(table.bytes);
    if (const auto it = json.find("rows"); it != json.end())
        table.rows = it->get<std::int64_t>();
    optionalField(json, "history", table.history);
}

std::map<std::string, std::int64_t> BackedUpObjects::counts() const
{
    std::map<std::string, std::int64_t> counts;
    for (const auto &object : names)
        ++counts[object.kind];
    return counts;
}

std::string writeManifest(const Manifest &m)
{
    Json j{{"format", m.format},
           {"id", m.id},
           {"host", m.host},
           {"instance", m.instance},
           {"task_id", m.taskId},
           {"method", m.method},
           {"payload", m.payload},
           {"tool_version", m.toolVersion},
           {"server_version", m.serverVersion},
           {"flavour", m.flavour},
           {"compression", {{"level", m.compressionLevel}, {"threads", m.compressionThreads}}},
           {"started_us", m.startedAt},
           {"ended_us", m.endedAt},
           {"position", m.position},
           {"source_role", m.sourceRole},
           {"settings", m.settings},
           {"files", m.files},
           {"tables", m.tables},
           {"warnings", m.warnings},
           {"uncompressed_bytes", m.uncompressedBytes},
           {"payload_sha256", m.payloadSha256},
           {"parent", m.parent},
           {"encryption", m.encryption},
           {"manifest_sha256", std::string(sumDigits, '0')}};
    if (m.objects)
        j["objects"] = objectsToJson(*m.objects);
    std::string text = j.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
    // unique: inside a JSON string the quotes of this key would be escaped
    const std::size_t at = text.find(sumKey) + sumKey.size();
    text.replace(at, sumDigits, Sha256::of(text));
    return text;
}

// What no backup of ours says, however well its checksums fit; empty where there is nothing.
static std::string impossible(const Manifest &m)
{
    // sums of them must not overflow
    constexpr std::int64_t mostBytes = std::int64_t{1} << 50;
    constexpr std::size_t mostFiles = 1000;
    const auto isSize = [](std::int64_t bytes) { return bytes >= 0 && bytes <= mostBytes; };
    const auto areSizes = [&](const auto &all) {
        std::int64_t left = mostBytes;
        return std::ranges::all_of(all, [&](const auto &one) { return isSize(one.bytes) && (left -= one.bytes) >= 0; });
    };
    struct Known
    {
        std::string_view method;
        std::string_view payload;
        std::string_view flavour; ///< empty: both have it
    };
    static constexpr std::array<Known, 5> methods{{{"mariadb-backup", "payload.xb.zst", "mariadb"},
                                                   {"mariadb-dump", "payload.sql.zst", "mariadb"},
                                                   {"mysqldump", "payload.sql.zst", "mysql"},
                                                   {"mydumper", "payload.tar.zst", ""},
                                                   {"clone", "payload.tar.zst", "mysql"}}};
    const auto known = std::ranges::find(methods, m.method, &Known::method);
    if (known == methods.end())
        return "its method " + dumpJson(m.method) + " is not known to this version";
    if (m.payload != known->payload)
        return "its payload is not that of a backup by " + m.method;
    if (known->flavour.empty() ? m.flavour != "mysql" && m.flavour != "mariadb" : m.flavour != known->flavour)
        return "its flavour is not that of a backup by " + m.method;
    if (!isSize(m.uncompressedBytes) || !areSizes(m.files) || !areSizes(m.tables))
        return "it names an impossible size";
    if (m.files.size() > mostFiles)
        return "it names " + std::to_string(m.files.size()) + " files";
    // they are parts of paths where the backup lies, and are printed
    const auto isLabel = [](const std::string &name) {
        return !name.starts_with('.') && std::ranges::none_of(name, [](unsigned char c) { return c == '/' || c < 0x20 || c == 0x7f; });
    };
    if (!isLabel(m.host) || !isLabel(m.instance))
        return "its host or instance is no name";
    if (std::ranges::any_of(m.tables, [](const BackedUpTable &table) { return table.rows.value_or(0) < 0; }))
        return "it names an impossible number of rows";
    const auto page = m.settings.find("innodb_page_size");
    if (page != m.settings.end() && page->second.find_first_not_of("0123456789kK") != std::string::npos)
        return "its innodb_page_size is no size";
    return {};
}

Result<Manifest> readManifest(const fs::path &directory)
{
    const fs::path path = directory / manifestName;
    const FileDescriptor fd = openPlain(path);
    if (!fd && errno == ENOENT)
        return invalid(path, "missing");
    if (!fd && errno == ELOOP)
        return invalid(path, notPlain);
    if (!fd)
        return fail(ioError(path, errno));
    auto text = readOpen(fd.get(), path, 256u << 20);
    if (!text)
        return fail(text.error());
    const std::size_t key = text->find(sumKey);
    if (key == std::string::npos || text->find(sumKey, key + 1) != std::string::npos
        || key + sumKey.size() + sumDigits > text->size())
        return invalid(path, "has no checksum of its own");
    const std::size_t at = key + sumKey.size();
    const std::string sum = text->substr(at, sumDigits);
    std::string zeroed = *text;
    zeroed.replace(at, sumDigits, std::string(sumDigits, '0'));
    if (!isHex(sum) || Sha256::of(zeroed) != sum)
        return invalid(path, "changed: its own checksum does not match");
    auto json = parseJson(*text);
    if (!json)
        return invalid(path, "not JSON");
    auto manifest = fromJson(*json, path);
    if (!manifest)
        return manifest;
    if (const std::string problem = impossible(*manifest); !problem.empty())
        return invalid(path, problem);
    manifest->fileSha256 = Sha256::of(*text);
    return manifest;
}

static Result<void> compareCatalogued(const Manifest &manifest, const fs::path &directory, const CataloguedSums &catalogued)
{
    for (const auto &[expected, found, name] : {std::tuple(&catalogued.manifest, &manifest.fileSha256, std::string(manifestName)),
                                                std::tuple(&catalogued.payload, &manifest.payloadSha256, manifest.payload)}) {
        if (!expected->empty() && *expected != *found)
            return fail(errors::backupReplaced, {{"path", (directory / name).string()}, {"expected", *expected}, {"found", *found}});
    }
    return {};
}

Result<Manifest> validateBackup(const fs::path &directory, const std::stop_token &stop,
                                const std::function<void(std::int64_t, std::int64_t)> &progress, const CataloguedSums &catalogued)
{
    auto manifest = readManifest(directory);
    if (!manifest)
        return manifest;
    if (auto same = compareCatalogued(*manifest, directory, catalogued); !same)
        return fail(same.error());
    std::set<std::string> expected;
    std::int64_t total = 0;
    for (const auto &file : manifest->files) {
        if (!plainName(file.name) || !expected.insert(file.name).second)
            return invalid(directory / manifestName, "names an impossible file");
        total += file.bytes;
    }
    if (!expected.contains(manifest->payload))
        return invalid(directory / manifestName, "its payload is not among its files");

    std::error_code ec;
    for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        const std::string name = it->path().filename().string();
        if (name != manifestName && !expected.contains(name))
            return invalid(it->path(), "extra: not in the manifest");
    }
    if (ec)
        return fail(ioError(directory, ec.value()));

    std::int64_t done = 0;
    std::vector<char> buffer(1u << 20);
    for (const auto &file : manifest->files) {
        const fs::path path = directory / file.name;
        const FileDescriptor fd = openPlain(path);
        if (!fd && errno == ENOENT)
            return invalid(path, "missing");
        if (!fd && errno == ELOOP)
            return invalid(path, notPlain);
        struct stat info{};
        if (!fd || ::fstat(fd.get(), &info) != 0)
            return fail(ioError(path, errno));
        if (info.st_size != file.bytes)
            return invalid(path, "changed: " + std::to_string(info.st_size) + " bytes instead of " + std::to_string(file.bytes));
        Sha256 sum;
        for (;;) {
            if (stop.stop_requested())
                return fail(errors::cancelled);
            const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return fail(ioError(path, errno));
            if (got == 0)
                break;
            sum.update(buffer.data(), static_cast<std::size_t>(got));
            done += got;
            if (progress)
                progress(done, total);
        }
        const std::string digest = sum.finish();
        if (digest != file.sha256 || (file.name == manifest->payload && digest != manifest->payloadSha256))
            return invalid(path, "changed: its checksum does not match");
    }
    return manifest;
}

} // namespace zandb::agent
