// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/keys.h"
#include "agent/os/files.h"
#include "agent/os/sha256.h"
#include "agent/protocol/workflow.h"
#include "tests/support/agentclient.h"

#include <QCoreApplication>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <fstream>

namespace zandb::test {

inline constexpr const char *publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb0RfyaYFUqxVjXi9QbqX4T0eltIbHJsOmGcv+xRLpF";
inline constexpr const char *otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHb0RfyaYFUqxVjXi9QbqX4T0eltIbHJsOmGcv+xRLpF";

/// A `serve` of its own (zandb-testagent, whose workers do what an order's args ask for) and what tests do with it.
struct ServeFixture
{
    using Client = AgentClient;

    QTemporaryDir m_dir;
    std::filesystem::path m_root;
    std::filesystem::path m_socket;
    agent::Config m_config;
    QProcess m_serve;
    std::string m_print;
    wire::Fence m_fence;

    static QString besides(const char *name) { return QCoreApplication::applicationDirPath() + QLatin1Char('/') + QLatin1String(name); }

    void startServe()
    {
        m_serve.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_serve.start(besides("zandb-testagent"),
                      {QStringLiteral("serve"), QString::fromStdString(m_config.file.string()), QStringLiteral("400"),
                       QStringLiteral("200"), QStringLiteral("1500")});
        QVERIFY(m_serve.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(Client(m_socket).isConnected(), 30'000);
    }
    void killServe()
    {
        m_serve.kill();
        QVERIFY(m_serve.waitForFinished());
    }
    void addKey(const std::string &user, const std::string &role, const char *key = publicKey)
    {
        wire::KeyLine line;
        line.user = user;
        line.role = role;
        line.publicKey = key;
        const auto added = agent::KeysFile(m_config).add(line);
        QVERIFY2(added, added ? "" : describe(added.error()).c_str());
        m_print = added->fingerprint;
    }
    Json order(const Json &args, const std::string &kind = "sample") const
    {
        wire::Order result;
        result.key = {Uuid::v7(), 1, 1};
        result.fence = m_fence;
        result.kind = kind;
        result.args = args;
        result.argsSha256 = agent::Sha256::of(dumpJson(args));
        return result;
    }
    /// A client with this role.
    std::unique_ptr<Client> enter(const std::string &role)
    {
        addKey("ann", role);
        auto client = std::make_unique<Client>(m_socket);
        if (client->enter("ann", role, m_print) != "")
            return nullptr;
        return client;
    }
    std::string stateOf(Client &client, const Json &o)
    {
        return client.call("orders.status", o.at("key")).map([](const Json &status) {
            return status.at("state").get<std::string>();
        }).value_or("?");
    }

    void startFresh()
    {
        QVERIFY(m_dir.isValid());
        m_root = std::filesystem::path(m_dir.path().toStdString()) / Uuid::v7().toString();
        std::filesystem::create_directories(m_root / "base");
        m_socket = m_root / "s";
        const std::filesystem::path file = m_root / "agent.toml";
        std::ofstream(file) << "[agent]\nhost = \"t\"\nbase = \"" << (m_root / "base").string()
                            << "\"\nstate_directory = \"" << (m_root / "state").string() << "\"\nsocket = \""
                            << m_socket.string() << "\"\nauthorized_keys = \"" << (m_root / "keys").string()
                            << "\"\n[dispatcher]\nkinds = [\"backup\", \"sample\", \"config\"]\n";
        const auto config = agent::loadConfig(file);
        QVERIFY2(config, config ? "" : describe(config.error()).c_str());
        m_config = *config;
        m_fence = {Uuid::v7(), Uuid::v7(), 1};
        startServe();
    }
    void end()
    {
        if (m_serve.state() != QProcess::NotRunning)
            killServe();
    }
};

} // namespace zandb::test
