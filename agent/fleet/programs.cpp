// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/programs.h"

#include "agent/os/child.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

constexpr auto limit = std::chrono::seconds{5};

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isProgram(const fs::path &file)
{
    struct stat info{};
    return stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) && access(file.c_str(), X_OK) == 0;
}

/// The first line that holds a version of three parts; a program may warn before that, with a date.  Else the first with
/// any number.
std::string lineWithVersion(std::string_view text)
{
    std::string numbered;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end).substr(0, 500);
        if (!versionSeries(line).empty())
            return std::string(line);
        if (numbered.empty() && std::ranges::any_of(line, isDigit))
            numbered = line;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return numbered;
}

} // namespace

fs::path findProgram(const Config &config, bool mariaDb, const std::string &name)
{
    // not PATH: a person's is another than that of a service, and both must find the same
    for (const fs::path &directory : {mariaDb ? config.mariadbTools : config.mysqlTools, fs::path("/usr/local/bin"), fs::path("/usr/bin"),
                                      fs::path("/bin"), fs::path("/usr/local/sbin"), fs::path("/usr/sbin"), fs::path("/sbin"), fs::path("/usr/libexec")}) {
        if (directory.is_absolute() && isProgram(directory / name))
            return directory / name;
    }
    return {};
}

std::string packageOf(bool mariaDb, std::string_view name)
{
    if (name == "mariadb-backup" || name == "mbstream")
        return "mariadb-backup";
    if (name == "mydumper" || name == "myloader")
        return "mydumper";
    if (name == "tar")
        return "tar";
    if (name == "ssh")
        return "openssh-client";
    const bool server = name == "mariadbd" || name == "mysqld" || name == "mariadb-install-db";
    return std::string(mariaDb ? "mariadb-" : "mysql-") + (server ? "server-core" : mariaDb ? "client" : "client-core");
}

Result<std::string> programVersion(const fs::path &program)
{
    // stdout and stderr one after the other: some say it here and some there
    Command command;
    command.argv = {program.string(), "--version"};
    command.bare = true;
    auto said = capture(std::move(command), limit);
    if (!said)
        return fail(std::move(said.error()));
    const std::string output = said->out + '\n' + said->err;
    std::string line = lineWithVersion(output);
    if (!said->status.ok() || line.empty())
        return fail(errors::toolFailed,
                    {{"tool", program.string()}, {"status", said->status.text()}, {"detail", output.substr(0, 500)}});
    return line;
}

std::string versionSeries(std::string_view text)
{
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isDigit(text[i]) || (i > 0 && (isDigit(text[i - 1]) || text[i - 1] == '.')))
            continue;
        std::size_t dots = 0, second = 0, end = i;
        while (end < text.size() && (isDigit(text[end]) || (text[end] == '.' && end + 1 < text.size() && isDigit(text[end + 1])))) {
            if (text[end] == '.' && ++dots == 2)
                second = end;
            ++end;
        }
        if (dots >= 2)
            return std::string(text.substr(i, second - i));
        i = end;
    }
    return {};
}

std::pair<int, int> seriesNumbers(std::string_view version)
{
    const std::string series = versionSeries(version);
    std::pair<int, int> numbers;
    const char *end = series.data() + series.size();
    const auto first = std::from_chars(series.data(), end, numbers.first);
    if (first.ptr != end)
        std::from_chars(first.ptr + 1, end, numbers.second);
    return numbers;
}

} // namespace zandb::agent
