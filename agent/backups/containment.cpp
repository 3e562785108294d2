// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/containment.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

tl::unexpected<Error> failed(const char *step, std::string detail)
{
    return fail(errors::restoreFailed, {{"step", step}, {"detail", std::move(detail)}});
}

// A setting is no evidence about the bytes.
tl::unexpected<Error> notUsable(std::string detail)
{
    return fail(errors::restoreHindered, {{"step", "settings"}, {"detail", std::move(detail)}});
}

// Parts of a directory of programs: beside them there may be a server's data (/usr/local/mysql/data).
constexpr std::array<std::string_view, 10> parts{"bin", "bin.d", "sbin", "lib", "lib32", "lib64", "libexec", "share", "scripts", "usr"};

constexpr std::array<const char *, 16> systemPlaces{
    // what programs ask the system for; servers look up the user they run as
    "/etc/ld.so.cache", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/localtime", "/etc/ssl/openssl.cnf", "/proc/meminfo",
    "/proc/cpuinfo", "/proc/stat", "/proc/filesystems", "/sys/devices/system", "/sys/dev/block", "/dev/zero", "/dev/full", "/dev/random",
    "/dev/urandom"};

void addParts(std::vector<fs::path> &places, const fs::path &directory)
{
    for (const auto part : parts) {
        if (directory != "/" || part != "usr") // whose own parts count, since /usr/local may hold data too
            places.push_back(directory / part);
    }
}

bool isFileName(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-'
           && std::ranges::all_of(name, [](char c) {
                  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
              });
}

bool isSize(std::string_view text)
{
    if (!text.empty() && std::string_view("kKmMgG").find(text.back()) != std::string_view::npos)
        text.remove_suffix(1);
    return !text.empty() && text.size() <= 15 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<std::string> split(const std::string &text, char mark)
{
    std::vector<std::string> words;
    std::istringstream in(text);
    for (std::string word; std::getline(in, word, mark);)
        words.push_back(word);
    return words;
}

} // namespace

Command confined(const Config &config, std::vector<std::string> argv, const fs::path &scratch)
{
    Confinement confinement;
    confinement.readable.assign(systemPlaces.begin(), systemPlaces.end());
    for (const char *system : {"/", "/usr", "/usr/local"})
        addParts(confinement.readable, system);
    for (const auto &tools : {config.mariadbTools, config.mysqlTools}) {
        if (tools.empty())
            continue;
        confinement.readable.push_back(tools);
        addParts(confinement.readable, tools.parent_path());
    }
    confinement.writable = {scratch, "/dev/null"};
    Command command;
    command.argv = std::move(argv);
    command.temporary = scratch / "run" / "tmp";
    command.confinement = std::move(confinement);
    return command;
}

std::string confinementText()
{
    if (const int version = landlockVersion(); version > 0)
        return "programs are kept in its directory by their options and by the kernel (Landlock " + std::to_string(version) + ")";
    return "this kernel has no usable Landlock: programs are kept in its directory by their options alone";
}

Result<std::string> withoutDirectories(const std::string &dataFilePath)
{
    std::string list;
    std::set<std::string> names;
    for (const auto &file : split(dataFilePath, ';')) {
        auto words = split(file, ':');
        if (words.size() < 2 || words.size() > 5)
            return notUsable("innodb_data_file_path: " + file);
        words[0].erase(0, words[0].find_last_of("/\\") + 1);
        const bool grows = words.size() == 2 || (words[2] == "autoextend" && (words.size() == 3 || words[3] == "max"));
        if (!isFileName(words[0]) || !isSize(words[1]) || !grows || (words.size() > 3 && (words.size() != 5 || !isSize(words[4]))))
            return notUsable("innodb_data_file_path: " + file);
        if (!names.insert(words[0]).second)
            return notUsable("innodb_data_file_path names two files " + words[0] + ", which cannot lie in one directory");
        for (std::size_t i = 0; i < words.size(); ++i)
            list += (i ? ":" : list.empty() ? "" : ";") + words[i];
    }
    return list;
}

Result<void> checkUnpacked(const fs::path &directory)
{
    std::error_code ec;
    for (fs::recursive_directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        const auto status = it->symlink_status(ec);
        if (ec || fs::is_directory(status))
            continue;
        const std::string name = it->path().lexically_relative(directory).string();
        if (!fs::is_regular_file(status))
            return failed("unpack", name + " is not a file but something that leads elsewhere");
        if (fs::hard_link_count(it->path(), ec) > 1 && !ec)
            return failed("unpack", name + " is a second name of another file");
    }
    return ec ? Result<void>(fail(ioError(directory, ec.value()))) : Result<void>{};
}

Result<void> checkSystemFiles(const fs::path &directory, bool mariaDb, const std::string &dataFilePath)
{
    const auto list = withoutDirectories(dataFilePath.empty() ? "ibdata1:12M:autoextend" : dataFilePath);
    if (!list)
        return fail(list.error());
    std::vector<std::string> wanted;
    for (const auto &file : split(*list, ';'))
        wanted.push_back(split(file, ':').front());
    wanted.emplace_back(mariaDb ? "ib_logfile0" : "mysql.ibd");
    wanted.emplace_back("mysql");
    std::error_code ec;
    for (const auto &name : wanted) {
        const auto status = fs::symlink_status(directory / name, ec);
        if (status.type() == fs::file_type::not_found || (name == "mysql") != fs::is_directory(status))
            return failed("unpack", name + " is missing, and no server starts without it");
        if (fs::is_regular_file(status) && fs::file_size(directory / name, ec) == 0)
            return failed("unpack", name + " is empty, and no server starts with it");
    }
    return {};
}

Result<void> tameToolSettings(const fs::path &directory)
{
    static constexpr std::array<std::string_view, 6> kept{"innodb_checksum_algorithm", "innodb_data_file_path", "innodb_log_file_size",
                                                          "innodb_page_size", "innodb_undo_tablespaces", "innodb_compression_level"};
    const fs::path file = directory / "backup-my.cnf";
    std::error_code ec;
    if (!fs::exists(file, ec) && !ec)
        return failed("unpack", "backup-my.cnf is missing");
    const auto text = readFile(file, 1 << 16);
    if (!text)
        return fail(text.error());
    std::string settings = "[mysqld]\n";
    for (const auto &line : split(*text, '\n')) {
        const auto equals = line.find('=');
        if (equals == std::string::npos || !std::ranges::count(kept, std::string_view(line).substr(0, equals)))
            continue;
        std::string value = line.substr(equals + 1);
        if (line.starts_with("innodb_data_file_path")) {
            auto own = withoutDirectories(value);
            if (!own)
                return fail(own.error());
            value = std::move(*own);
        } else if (!isFileName(value)) {
            return failed("unpack", "backup-my.cnf: " + line);
        }
        settings += line.substr(0, equals + 1) + value + '\n';
    }
    return replaceFile(file, settings, false);
}

} // namespace zandb::agent
