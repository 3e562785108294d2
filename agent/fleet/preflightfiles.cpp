// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/preflightfiles.h"

#include "agent/fleet/programs.h"
#include "agent/fleet/readable.h"
#include "agent/privileged/client.h"

#include <sys/statvfs.h>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

std::string groupName()
{
    group entry{};
    group *found = nullptr;
    char buffer[16384];
    if (getgrgid_r(getegid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        return found->gr_name;
    return "zandb";
}

std::string ownerName()
{
    passwd entry{};
    passwd *found = nullptr;
    char buffer[16384];
    if (getpwuid_r(geteuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        return found->pw_name;
    return "zandb";
}

/// A path as a word of a shell command for people.
std::string shellWord(const fs::path &path)
{
    std::string word = "'";
    for (const char c : path.native())
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

class FileChecks
{
public:
    FileChecks(const Config &config, const LocalInstance &instance, std::vector<wire::PreflightCheck> &checks)
        : m_config(config), m_instance(instance), m_checks(checks) { }

    /// Whether the helper acts for this instance; told only where there is one.
    void checkHelper()
    {
        if (!hasHelper(m_config))
            return;
        const auto answer = askHelper(m_config, {"check", {{"instance", m_instance.name}}}, {}, std::chrono::seconds{10});
        m_helped = answer.has_value();
        if (m_helped) {
            add("helper.answers", true, m_config.helperSocket.string() + ": acts as " + answer->value("owner", ""));
            return;
        }
        const auto &fields = answer.error().fields;
        add("helper.answers", false, m_config.helperSocket.string() + ": " + (fields.contains("detail") ? fields.at("detail") : answer.error().code),
            answer.error().is(errors::helperUnreachable)
                ? "systemctl enable --now zandb-helper.socket  # its SocketUser must be " + ownerName()
                : "correct [helper] of " + m_config.file.string() + ": user = \"" + ownerName()
                      + "\", server_users = the owners of the data directories");
    }

    void checkFiles()
    {
        if (!m_instance.myCnf.empty()) {
            const std::string why = whyNot(m_instance.myCnf, R_OK);
            const std::string file = shellWord(m_instance.myCnf);
            add("file.mycnf_readable", why.empty(), m_instance.myCnf.string() + (why.empty() ? "" : ": ") + why,
                "chgrp " + groupName() + " " + file + " && chmod 0640 " + file);
        }
        if (m_instance.dataDirectory.empty()) {
            add("file.data_readable", false, "the data directory is not known",
                "name it: data_directory = \"...\" in [[instance]] of " + m_config.file.string());
        } else {
            const std::string directory = shellWord(m_instance.dataDirectory);
            const std::string problem = firstUnreadable(m_instance.dataDirectory);
            const bool ok = problem.empty() || m_helped;
            // mysqld makes new schemas' directories 0700 unless told otherwise
            add("file.data_readable", ok, (problem.empty() ? m_instance.dataDirectory.string() : problem) + (ok && !problem.empty() ? "; the helper can" : ""),
                "set socket in [helper] of " + m_config.file.string() + " and: systemctl enable --now zandb-helper.socket  # or: "
                    + "chgrp -R " + groupName() + " " + directory + " && find " + directory + " -type d -exec chmod 2750 {} + && find "
                    + directory + " -type f -exec chmod 0640 {} +  # and let the server start with UMASK=0640 UMASK_DIR=0750");
        }
        if (!m_instance.logDirectory.empty()) {
            const std::string directory = shellWord(m_instance.logDirectory);
            const std::string problem = firstUnreadable(m_instance.logDirectory);
            std::error_code ignored;
            const bool isThere = fs::exists(fs::symlink_status(m_instance.logDirectory, ignored));
            add("file.logs_readable", problem.empty(), problem.empty() ? m_instance.logDirectory.string() : problem,
                isThere ? "chgrp -R " + groupName() + " " + directory + " && chmod 2770 " + directory + " && chmod -R g+rX " + directory
                        : "install -d -o \"$(stat -c %U " + shellWord(m_instance.dataDirectory) + ")\" -g " + groupName() + " -m 2770 "
                              + directory + "  # or: correct or leave out log_directory in [[instance]] of " + m_config.file.string());
        }
    }

    /// A program whose version tells nothing of the flavour.
    void checkPresence(bool mariaDb, const std::string &name)
    {
        const fs::path program = findProgram(m_config, mariaDb, name);
        add("tool." + name, !program.empty(), program.empty() ? "not found" : program.string(), "apt-get install " + packageOf(mariaDb, name));
    }

    bool has(bool mariaDb, const std::string &name) const { return !findProgram(m_config, mariaDb, name).empty(); }

    void checkProgram(bool mariaDb, const std::string &name, const std::string &sameSeriesAs = {})
    {
        const std::string package = packageOf(mariaDb, name);
        const std::string check = "tool." + name;
        const fs::path program = findProgram(m_config, mariaDb, name);
        const std::string key = mariaDb ? "mariadb" : "mysql";
        const std::string elsewhere = "set " + key + " = \"/directory/of/it\" in [tools] of " + m_config.file.string();
        if (program.empty()) {
            add(check, false, "not found", "apt-get install " + package + "  # or " + elsewhere);
            return;
        }
        const auto version = programVersion(program);
        if (!version) {
            const auto &fields = version.error().fields;
            add(check, false, program.string() + ": " + (fields.contains("detail") ? fields.at("detail") : "cannot be run"),
                "apt-get install --reinstall " + package);
            return;
        }
        const std::string seen = program.string() + ": " + *version;
        if ((version->find("MariaDB") != std::string::npos || version->find("mariadb") != std::string::npos) != mariaDb) {
            add(check, false, seen + (mariaDb ? " is not MariaDB's" : " is not MySQL's"), elsewhere);
            return;
        }
        const std::string wanted = versionSeries(sameSeriesAs), series = versionSeries(*version);
        if (!wanted.empty() && series != wanted) {
            add(check, false, seen + "; the server is of series " + wanted, "install " + name + " of series " + wanted + ", or " + elsewhere);
            return;
        }
        add(check, true, seen);
    }

    void checkRepositories()
    {
        for (const RepositoryConfig &repository : m_config.repositories) {
            const std::string name = "repository." + repository.name;
            if (repository.path.empty())
                checkRemote(name, repository);
            else
                checkLocal(name, repository);
        }
    }

private:
    void add(std::string name, bool ok, std::string detail, std::string remedy = {})
    {
        m_checks.push_back({std::move(name), ok, std::move(detail), ok ? std::string() : std::move(remedy)});
    }

    void checkLocal(const std::string &name, const RepositoryConfig &repository)
    {
        const std::string directory = shellWord(repository.path);
        if (const std::string why = whyNot(repository.path, R_OK | W_OK | X_OK); !why.empty()) {
            add(name, false, repository.path.string() + ": " + why,
                "install -d -o " + ownerName() + " -g " + groupName() + " -m 0750 " + directory);
            return;
        }
        struct statvfs space{};
        if (statvfs(repository.path.c_str(), &space) != 0) {
            add(name, false, repository.path.string() + ": " + std::strerror(errno), "look at the mount of " + directory);
            return;
        }
        const auto free = static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize);
        const bool enough = free >= repository.minFreeBytes;
        add(name, enough, repository.path.string() + ": " + std::to_string(free >> 20) + " MiB free"
                + (enough ? "" : ", min_free_bytes is " + std::to_string(repository.minFreeBytes >> 20) + " MiB"),
            "make room in " + directory + " or lower min_free_bytes in " + m_config.file.string());
    }

    void checkRemote(const std::string &name, const RepositoryConfig &repository)
    {
        if (findProgram(m_config, true, "ssh").empty()) {
            add(name, false, "ssh is not installed", "apt-get install openssh-client");
        } else if (const std::string noKey = whyNot(repository.identity, R_OK); !noKey.empty()) {
            add(name, false, repository.identity.string() + ": " + noKey,
                "ssh-keygen -t ed25519 -N '' -f " + shellWord(repository.identity));
        } else if (const std::string noHosts = whyNot(repository.knownHosts, R_OK); !noHosts.empty()) {
            const auto host = repository.remote.substr(repository.remote.find('@') + 1);
            add(name, false, repository.knownHosts.string() + ": " + noHosts,
                "ssh-keyscan -p " + std::to_string(repository.sshPort) + " " + host + " >> " + shellWord(repository.knownHosts)
                    + "  # and compare its fingerprints with the host's own");
        } else {
            add(name, true, repository.remote + ": key and pinned host keys are here; the other end was not asked");
        }
    }

    bool m_helped = false;
    const Config &m_config;
    const LocalInstance &m_instance;
    std::vector<wire::PreflightCheck> &m_checks;
};

} // namespace

void preflightFiles(const Config &config, const LocalInstance &instance, std::optional<bool> mariaDb,
                    const std::string &serverVersion, std::vector<wire::PreflightCheck> &checks)
{
    if (!mariaDb) {
        std::error_code ignored;
        if (fs::exists(instance.dataDirectory / "aria_log_control", ignored))
            mariaDb = true;
        else if (fs::exists(instance.dataDirectory / "mysql.ibd", ignored))
            mariaDb = false;
    }
    FileChecks files(config, instance, checks);
    files.checkHelper();
    files.checkFiles();
    if (mariaDb && *mariaDb) {
        // another series may misread the files, and mariadb-backup then refuses or, worse, does not
        files.checkProgram(true, "mariadb-backup", serverVersion);
        files.checkProgram(true, "mariadb-dump");
        files.checkProgram(true, "mariadbd", serverVersion);
        // what restores and proofs unpack and load with
        files.checkPresence(true, "mbstream");
        files.checkPresence(true, "mariadb-install-db");
        files.checkProgram(true, "mariadb");
    } else if (mariaDb) {
        files.checkProgram(false, "mysqldump");
        files.checkProgram(false, "mysqld", serverVersion);
        files.checkProgram(false, "mysql");
        files.checkPresence(false, "tar");
    }
    if (mariaDb && files.has(*mariaDb, "mydumper")) {
        // another method where it is installed
        files.checkPresence(*mariaDb, "myloader");
        if (*mariaDb)
            files.checkPresence(true, "tar");
    }
    files.checkRepositories();
}

} // namespace zandb::agent
