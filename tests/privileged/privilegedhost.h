// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/fleet/keys.h"
#include "agent/os/sha256.h"
#include "agent/protocol/backups.h"
#include "agent/runtime/config.h"
#include "tests/support/agentclient.h"
#include "tests/support/testserver.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <fstream>
#include <csignal>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::test {

/// Makes this process's requests those of another user while it lives.
class AsUser
{
public:
    explicit AsUser(uid_t uid) { m_done = ::seteuid(uid) == 0; }
    ~AsUser()
    {
        if (::seteuid(0) != 0)
            ::abort();
    }
    AsUser(const AsUser &) = delete;
    AsUser &operator=(const AsUser &) = delete;
    bool isDone() const { return m_done; }

private:
    bool m_done;
};

/// A host as it is outside of the sandbox: the server runs as mysql and lets nobody into its data directory, the agent
/// runs as another user, the configuration is root's, and a helper of root's stands between.  Accounts that every Debian
/// has are taken, so that none needs to be made.
class PrivilegedHost
{
public:
    static constexpr const char *agentName = "games";
    static constexpr const char *strangerName = "man";

    /// Why such a host cannot be here; empty when it can.
    static std::string unavailable()
    {
        if (::geteuid() != 0)
            return "only root can run programs as other users";
        for (const char *name : {"mysql", agentName, strangerName}) {
            if (!::getpwnam(name))
                return std::string("there is no user ") + name + " (mysql comes with the package mariadb-server)";
        }
        return {};
    }

    std::filesystem::path root() const { return m_dir.path().toStdString(); }
    std::filesystem::path path(const char *name) const { return root() / name; }
    uid_t agentUid() const { return ::getpwnam(agentName)->pw_uid; }
    const agent::Config &config() const { return m_config; }
    std::filesystem::path socketPath() const { return path("helper.sock"); }

    /// Directories, configuration, programs.  QVERIFY inside: check QTest::currentTestFailed().
    void prepare(Flavour flavour, const std::string &more = {}, bool provisioning = false)
    {
        QVERIFY(m_dir.isValid());
        QCOMPARE(::chmod(root().c_str(), 0755), 0);
        // a checkout below /root would be out of the other users' reach
        const std::filesystem::path programs = std::filesystem::path(QCoreApplication::applicationDirPath().toStdString()).parent_path() / "bin";
        std::filesystem::create_directories(path("bin"));
        for (const char *name : {"zandb-agent", "zandb-helper"})
            std::filesystem::copy_file(programs / name, path("bin") / name);
        std::filesystem::create_directories(path("base"));
        const passwd *user = ::getpwnam(agentName);
        for (const char *name : {"state", "run", "repository"}) {
            std::filesystem::create_directories(path(name));
            QCOMPARE(::chown(path(name).c_str(), user->pw_uid, user->pw_gid), 0);
            QCOMPARE(::chmod(path(name).c_str(), 0700), 0);
        }
        std::filesystem::create_directories(path("etc"));
        std::ofstream(path("etc") / "authorized_keys") << "# kept as it is\n";
        const char *tools = std::getenv("ZANDB_MYSQL_ROOT");
        std::ofstream(path("etc") / "agent.toml")
            << "[agent]\nhost = \"db1\"\nbase = \"" << path("base").string() << "\"\nstate_directory = \"" << path("state").string()
            << "\"\nsocket = \"" << (path("run") / "agent.sock").string() << "\"\nauthorized_keys = \""
            << (path("etc") / "authorized_keys").string() << "\"\n[accounts]\nmariadb = \"" << agentName
            << "\"\n[helper]\nsocket = \"" << socketPath().string() << "\"\nuser = \"" << agentName << "\"\n" << (provisioning ? "provisioning = true\n" : "")
            << (flavour == Flavour::MySql && tools ? "[tools]\nmysql = \"" + std::string(tools) + "/bin.d\"\n" : "")
            << "[[repository]]\nname = \"local\"\npath = \"" << path("repository").string() << "\"\n" << more;
        for (const char *name : {"etc/agent.toml", "etc/authorized_keys"})
            QCOMPARE(::chmod(path(name).c_str(), 0644), 0);
        const auto config = agent::loadConfig(path("etc") / "agent.toml");
        QVERIFY2(config, config ? "" : describe(config.error()).c_str());
        m_config = *config;
    }

    void startHelper()
    {
        m_helper.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_helper.setChildProcessModifier([] { ::prctl(PR_SET_PDEATHSIG, SIGKILL); });
        m_helper.start(QString::fromStdString((path("bin") / "zandb-helper").string()),
                       {QStringLiteral("serve"), QStringLiteral("--socket"), QString::fromStdString(socketPath().string()),
                        QStringLiteral("--config"), QString::fromStdString(m_config.file.string())});
        QVERIFY(m_helper.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::is_socket(socketPath()), 30'000);
    }
    void killHelper()
    {
        m_helper.kill();
        QVERIFY(m_helper.waitForFinished());
        std::filesystem::remove(socketPath());
    }
    qint64 helperPid() const { return m_helper.processId(); }

    void startAgent()
    {
        runAsAgent(m_agent, {QStringLiteral("serve"), QStringLiteral("--config"), QString::fromStdString(m_config.file.string())});
        QVERIFY(m_agent.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(std::filesystem::is_socket(m_config.socket), 30'000);
    }
    /// What serve has done when a worker of its was killed.
    void cleanRemains()
    {
        QProcess cleaner;
        runAsAgent(cleaner, {QStringLiteral("clean-remains"), QStringLiteral("--config"), QString::fromStdString(m_config.file.string())});
        QVERIFY(cleaner.waitForFinished(60'000));
        QCOMPARE(cleaner.exitCode(), 0);
    }

    /// A client of the agent with this key, which must be in the file.
    std::unique_ptr<AgentClient> enter(const wire::KeyLine &key)
    {
        const AsUser as(agentUid());
        auto client = std::make_unique<AgentClient>(m_config.socket);
        return client->enter(key.user, key.role, key.fingerprint).empty() ? std::move(client) : nullptr;
    }

    Json order(const std::string &kind, const Json &args) const
    {
        wire::Order result;
        result.key = {Uuid::v7(), 1, 1};
        result.fence = m_fence;
        result.kind = kind;
        result.args = args;
        result.argsSha256 = agent::Sha256::of(dumpJson(args));
        return result;
    }
    wire::BackupArgs backupArgs(const TestServer &server) const
    {
        wire::BackupArgs args;
        args.instance = server.name();
        args.method = "physical";
        args.backupId = Uuid::v7();
        return args;
    }
    wire::OrderStatus ended(AgentClient &client, const Json &o)
    {
        wire::OrderStatus status;
        (void)QTest::qWaitFor([&] {
            const auto answer = client.call("orders.status", o.at("key"));
            if (answer)
                status = answer->get<wire::OrderStatus>();
            return status.state == "finished";
        }, 90'000);
        return status;
    }
    /// The end of an order, for messages.
    QByteArray story(const wire::OrderStatus &status) const
    {
        std::string text = status.state + " " + status.outcome + (status.error ? " " + describe(*status.error) : "");
        std::error_code ec;
        for (std::filesystem::recursive_directory_iterator it(path("state") / "work", ec), end; !ec && it != end; it.increment(ec)) {
            if (it->path().filename() == "log")
                text += "\n" + agent::readFile(it->path(), 1 << 20).value_or("?");
        }
        return QByteArray::fromStdString(text);
    }
    int goodBackups() const
    {
        int count = 0;
        for (const auto &entry : std::filesystem::recursive_directory_iterator(path("repository")))
            count += entry.path().filename() == agent::manifestName ? 1 : 0;
        return count;
    }

    ~PrivilegedHost()
    {
        for (QProcess *process : {&m_agent, &m_helper}) {
            process->kill();
            process->waitForFinished();
        }
    }

private:
    void runAsAgent(QProcess &process, const QStringList &words) const
    {
        const passwd user = *::getpwnam(agentName);
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.setChildProcessModifier([uid = user.pw_uid, gid = user.pw_gid] {
            if (::setgroups(0, nullptr) != 0 || ::setgid(gid) != 0 || ::setuid(uid) != 0)
                ::_exit(127);
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        });
        process.start(QString::fromStdString((path("bin") / "zandb-agent").string()), words);
    }

    const wire::Fence m_fence{Uuid::v7(), Uuid::v7(), 1};
    QTemporaryDir m_dir;
    agent::Config m_config;
    QProcess m_helper;
    QProcess m_agent;
};

} // namespace zandb::test
