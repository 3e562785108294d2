// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/tools.h"

#include <pwd.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

static std::string packageOf(bool mariaDb, const std::string &name)
{
    if (name == "mariadb-backup" || name == "mbstream")
        return "mariadb-backup";
    if (name == "mydumper" || name == "myloader")
        return "mydumper";
    if (name == "tar" || name == "ssh")
        return name == "tar" ? "tar" : "openssh-client";
    const bool server = name == "mariadbd" || name == "mysqld" || name == "mariadb-install-db";
    return std::string(mariaDb ? "mariadb-" : "mysql-") + (server ? "server" : "client");
}

Result<fs::path> findTool(const Config &config, bool mariaDb, const std::string &name)
{
    const fs::path &first = mariaDb ? config.mariadbTools : config.mysqlTools;
    std::vector<fs::path> places;
    if (!first.empty())
        places.push_back(first);
    for (const char *place : {"/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin"})
        places.emplace_back(place);
    for (const auto &place : places) {
        const fs::path path = place / name;
        std::error_code ec;
        if (fs::is_regular_file(path, ec) && ::access(path.c_str(), X_OK) == 0)
            return path;
    }
    return fail(errors::toolMissing, {{"tool", name}, {"package", packageOf(mariaDb, name)}});
}

Result<std::string> toolVersion(const fs::path &tool, const std::stop_token &stop)
{
    auto said = capture({tool.string(), "--version"}, 20s, stop);
    if (!said)
        return fail(said.error());
    const std::string &text = said->out.empty() ? said->err : said->out;
    if (!said->status.ok())
        return fail(errors::toolFailed, {{"tool", tool.string()}, {"status", said->status.text()}, {"detail", said->err}});
    return text.substr(0, text.find('\n'));
}

Result<void> checkFlavour(const std::string &version, bool mariaDb, const std::string &tool)
{
    const bool isMariaDb = version.find("MariaDB") != std::string::npos;
    if (isMariaDb == mariaDb)
        return {};
    return fail(errors::backupMethod, {{"method", tool},
                                       {"flavour", mariaDb ? "mariadb" : "mysql"},
                                       {"reason", "the program found is the other flavour's: " + version}});
}

std::string userName()
{
    passwd entry{};
    passwd *found = nullptr;
    char buffer[4096];
    if (::getpwuid_r(::geteuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        return found->pw_name;
    return std::to_string(::geteuid());
}

} // namespace zandb::agent
