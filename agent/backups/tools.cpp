// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/tools.h"

#include "agent/fleet/programs.h"

#include <pwd.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

Result<fs::path> findTool(const Config &config, bool mariaDb, const std::string &name)
{
    if (auto program = findProgram(config, mariaDb, name); !program.empty())
        return program;
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
