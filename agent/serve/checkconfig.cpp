// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/serve/checkconfig.h"

#include "agent/config/optionfiles.h"
#include "agent/fleet/instances.h"
#include "agent/fleet/readable.h"
#include "agent/os/descriptors.h"
#include "agent/os/files.h"
#include "agent/os/process.h"
#include "agent/protocol/json.h"
#include "agent/runtime/config.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

struct Problem
{
    bool isError;
    std::string path;
    int line; ///< of the configuration; 0: none
    std::string detail;
};

std::string userOf(uid_t uid)
{
    passwd entry{};
    passwd *found = nullptr;
    char buffer[16384];
    if (getpwuid_r(uid, &entry, buffer, sizeof buffer, &found) == 0 && found)
        return found->pw_name;
    return std::to_string(uid);
}

bool may(const fs::path &path, int mode)
{
    return whyNot(path, mode).empty();
}

bool inPath(const std::string &program)
{
    const char *path = std::getenv("PATH");
    for (std::string_view rest = path ? path : "/usr/bin:/bin"; !rest.empty();) {
        const auto end = std::min(rest.find(':'), rest.size());
        if (may(fs::path(rest.substr(0, end)) / program, X_OK))
            return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

/// What the configuration names, looked at as the calling user.
class Surroundings
{
public:
    Surroundings(const Config &config, std::vector<Problem> &problems) : m_config(config), m_problems(problems) { }

    void check()
    {
        if (const auto why = whyNot(m_config.base, R_OK | X_OK); !why.empty())
            warn(m_config.base, "agent.base: " + why + "; no instances of the standard layout will be found");
        checkState();
        if (const fs::path directory = m_config.socket.parent_path(); !fs::exists(directory))
            warn(directory, "agent.socket: the directory does not exist (systemd makes /run/zandb when it starts the agent)");
        else if (!may(directory, W_OK | X_OK))
            error(directory, "agent.socket: the directory is not writable for " + user());
        checkKeys();
        checkHelper();
        const std::string &attach = m_config.attachPath;
        if (attach.front() == '/' ? !may(attach, X_OK) : !inPath(attach))
            warn(attach, "agent.attach: there is no such program, so no key could attach");
        for (const auto &[name, directory] : {std::pair{"mariadb", m_config.mariadbTools}, std::pair{"mysql", m_config.mysqlTools}}) {
            if (!directory.empty() && !fs::is_directory(directory, m_ignored))
                warn(directory, "tools." + std::string(name) + " is not a directory");
        }
        if (const auto why = m_config.cgroup.empty() ? std::string() : whyNot(m_config.cgroup / "cgroup.procs", W_OK); !why.empty())
            error(m_config.cgroup, "limits.cgroup: cgroup.procs is not writable for " + user() + ": " + why);
        for (const RepositoryConfig &repository : m_config.repositories)
            checkRepository(repository);
        for (const AdoptedInstance &instance : m_config.instances) {
            const std::string name = "instance[" + instance.name + "].";
            for (const auto &[key, path] : {std::pair{"socket", instance.socket}, std::pair{"data_directory", instance.dataDirectory},
                                            std::pair{"log_directory", instance.logDirectory}, std::pair{"my_cnf", instance.myCnf}}) {
                if (const auto why = path.empty() ? std::string() : whyNot(path, F_OK); !why.empty())
                    warn(path, name + key + ": " + why);
            }
        }
        for (const LocalInstance &instance : findInstances(m_config))
            checkOptionFiles(instance);
    }

private:
    static std::string user() { return userOf(geteuid()); }
    void error(const fs::path &path, std::string detail) { m_problems.push_back({true, path.string(), 0, std::move(detail)}); }
    void warn(const fs::path &path, std::string detail) { m_problems.push_back({false, path.string(), 0, std::move(detail)}); }

    /// What of an instance's option files a server ignores, or would not start with.
    void checkOptionFiles(const LocalInstance &instance)
    {
        if (instance.myCnf.empty() || !may(instance.myCnf, R_OK))
            return;
        const OptionFiles files = OptionFiles::read(instance.myCnf, {});
        for (const OptionProblem &problem : files.problems()) {
            const std::string what = problem.code == "world_writable" ? "ignored: world-writable (chmod o-w)" : problem.code + (problem.detail.empty() ? "" : ": " + problem.detail);
            m_problems.push_back({problem.fatal, problem.file.string(), problem.line, instance.name + " reads it: " + what});
        }
    }

    void checkState()
    {
        const fs::path &directory = m_config.stateDirectory;
        struct stat info{};
        if (stat(directory.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
            error(directory, "agent.state_directory is not there; make it: install -d -o zandb -g zandb -m 0700 " + directory.string());
            return;
        }
        if (!may(directory, R_OK | W_OK | X_OK))
            error(directory, "agent.state_directory is not writable for " + user());
        if ((info.st_mode & S_IWOTH) || (info.st_mode & S_IWGRP))
            error(directory, "agent.state_directory may be written by others than its owner: orders could be forged; chmod 0700");
        else if (info.st_mode & S_IROTH)
            warn(directory, "agent.state_directory may be read by everybody; chmod 0700");
        if (info.st_uid != geteuid() && geteuid() != 0)
            warn(directory, "agent.state_directory belongs to " + userOf(info.st_uid) + ", not to " + user());
    }

    void checkKeys()
    {
        const fs::path &file = m_config.authorizedKeys;
        struct stat info{};
        if (stat(file.c_str(), &info) != 0) {
            warn(file, "agent.authorized_keys: " + whyNot(file, F_OK) + "; nobody can attach until a key is added");
            return;
        }
        if (info.st_mode & (S_IWGRP | S_IWOTH))
            error(file, "agent.authorized_keys may be written by group or others: sshd refuses it; chmod 0644");
        if (info.st_uid != 0)
            warn(file, "agent.authorized_keys belongs to " + userOf(info.st_uid) + ", not to root: who runs as that user can give himself any role");
    }

    void checkHelper()
    {
        const fs::path &helper = m_config.helperSocket;
        if (helper.empty()) {
            if (geteuid() != 0 && fs::exists(m_config.authorizedKeys, m_ignored) && !may(m_config.authorizedKeys.parent_path(), W_OK))
                warn(m_config.file, "without [helper] socket, " + user() + " can neither add keys to " + m_config.authorizedKeys.string()
                                        + " nor back up files that only their server may read");
            return;
        }
        if (geteuid() == 0) { // root is not whom it obeys
            if (!fs::is_socket(helper, m_ignored))
                warn(helper, "helper.socket is not there; systemctl enable --now zandb-helper.socket");
            return;
        }
        if (m_config.helperUser != user())
            error(m_config.file, "helper.user is " + m_config.helperUser + ", so the helper refuses " + user());
        const FileDescriptor link(connectToSocket(helper.native()));
        if (!link)
            error(helper, "helper.socket: " + std::string(std::strerror(errno)) + "; systemctl enable --now zandb-helper.socket");
    }

    void checkRepository(const RepositoryConfig &repository)
    {
        const std::string name = "repository[" + repository.name + "].";
        if (!repository.path.empty()) {
            struct statvfs space{};
            if (const auto why = whyNot(repository.path, R_OK | W_OK | X_OK); !why.empty())
                error(repository.path, name + "path: " + why + " (as " + user() + ")");
            else if (statvfs(repository.path.c_str(), &space) == 0
                     && static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize) < repository.minFreeBytes)
                warn(repository.path, name + "min_free_bytes: less than that is free now, so no backup would begin");
            if (!repository.acceptFrom.empty() && repository.pruneAfterDays == 0)
                warn(repository.path, name + "prune_after_days is not set, so nothing that other hosts write here is ever removed");
            return;
        }
        struct stat info{};
        if (const auto why = whyNot(repository.identity, R_OK); !why.empty())
            error(repository.identity, name + "identity: " + why);
        else if (stat(repository.identity.c_str(), &info) == 0 && (info.st_mode & 077))
            error(repository.identity, name + "identity may be read by others: ssh refuses it; chmod 0600");
        if (const auto why = whyNot(repository.knownHosts, R_OK); !why.empty())
            error(repository.knownHosts, name + "known_hosts: " + why);
    }

    const Config &m_config;
    std::vector<Problem> &m_problems;
    std::error_code m_ignored;
};

void checkOwnership(const fs::path &file, std::vector<Problem> &problems)
{
    struct stat info{};
    if (stat(file.c_str(), &info) != 0)
        return;
    if (info.st_mode & (S_IWGRP | S_IWOTH))
        problems.push_back({true, file.string(), 0, "the file may be written by group or others; chmod 0644"});
    if (info.st_uid != 0)
        problems.push_back({false, file.string(), 0, "the file belongs to " + userOf(info.st_uid) + ", not to root: what it forbids, its owner can allow"});
}

void printText(const fs::path &file, const std::vector<Problem> &problems, std::size_t errors)
{
    for (const Problem &problem : problems) {
        const std::string where = problem.line > 0 ? problem.path + ":" + std::to_string(problem.line) : problem.path;
        std::printf("%s: %s: %s\n", where.c_str(), problem.isError ? "error" : "warning", problem.detail.c_str());
    }
    std::printf("%s: %zu errors, %zu warnings (checked as %s)\n", file.c_str(), errors, problems.size() - errors,
                userOf(geteuid()).c_str());
}

void printJson(const fs::path &file, const std::vector<Problem> &problems, std::size_t errors)
{
    Json list = Json::array();
    for (const Problem &problem : problems) {
        Json entry{{"severity", problem.isError ? "error" : "warning"}, {"path", problem.path}, {"detail", problem.detail}};
        if (problem.line > 0)
            entry["line"] = problem.line;
        list.push_back(std::move(entry));
    }
    const Json answer{{"file", file.string()}, {"ok", errors == 0}, {"checked_as", userOf(geteuid())}, {"problems", std::move(list)}};
    std::puts(dumpJson(answer).c_str());
}

} // namespace

Result<void> checkConfigOwner(const fs::path &file)
{
    std::error_code ignored;
    const fs::path real = fs::weakly_canonical(file, ignored);
    for (const fs::path &path : {real, real.parent_path()}) {
        const auto bad = [&](const std::string &detail) {
            return fail(errors::configInvalid, {{"path", path.string()}, {"line", "0"}, {"detail", detail}});
        };
        struct stat info{};
        if (stat(path.c_str(), &info) != 0)
            return bad(std::strerror(errno));
        const bool own = info.st_uid == geteuid() && !isSystemdService();
        if (info.st_uid != 0 && !own)
            return bad("belongs to " + userOf(info.st_uid) + "; chown root");
        // a user's own group is often his alone
        const mode_t others = own ? S_IWOTH : S_IWGRP | S_IWOTH;
        if ((info.st_mode & others) && !(S_ISDIR(info.st_mode) && (info.st_mode & S_ISVTX)))
            return bad("may be written by others than its owner; chmod go-w");
    }
    return {};
}

int checkConfigMain(std::span<const std::string> args)
{
    fs::path file;
    bool json = false;
    for (const std::string &arg : args) {
        if (arg == "--json") {
            json = true;
        } else if (!arg.empty() && arg.front() != '-' && file.empty()) {
            file = arg;
        } else {
            std::fputs("usage: zandb-agent check-config [--json] [FILE]\n", stderr);
            return 2;
        }
    }
    if (file.empty())
        file = "/etc/zandb/agent.toml";

    std::vector<Problem> problems;
    const auto field = [](const Error &error, const char *name) {
        const auto it = error.fields.find(name);
        return it == error.fields.end() ? std::string() : it->second;
    };
    for (const Error &mistake : checkConfig(file))
        problems.push_back({true, file.string(), std::atoi(field(mistake, "line").c_str()), field(mistake, "detail")});
    checkOwnership(file, problems);
    if (const auto config = loadConfig(file))
        Surroundings(*config, problems).check();
    const auto errors = static_cast<std::size_t>(std::ranges::count_if(problems, &Problem::isError));
    if (json)
        printJson(file, problems, errors);
    else
        printText(file, problems, errors);
    return errors == 0 ? 0 : 1;
}

} // namespace zandb::agent
