// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/kinds.h"
#include "tests/support/testserver.h"

#include <QtTest>

#include <iostream>
#include <mutex>

namespace zandb::test {

/// What an attempt would have, without serve: a configuration, a directory, a log kept in memory.
class FakeContext : public agent::WorkContext
{
public:
    FakeContext(agent::Config config, std::filesystem::path directory)
        : m_config(std::move(config)), m_directory(std::move(directory))
    {
        std::filesystem::create_directories(m_directory);
    }
    const agent::Config &config() const override { return m_config; }
    const wire::Order &order() const override { return m_order; }
    std::optional<wire::OrderedBy> orderedBy() const override { return {}; }
    std::filesystem::path directory() const override { return m_directory; }
    void log(std::string_view line) override
    {
        std::lock_guard lock(m_mutex);
        m_log.emplace_back(line);
    }
    void progress(const wire::Progress &progress) override
    {
        std::lock_guard lock(m_mutex);
        m_progress.push_back(progress);
    }
    std::stop_token stopToken() const override { return m_stop.get_token(); }

    void afterSuccess(std::function<void()> work) override { m_afterSuccess = std::move(work); }
    bool item(const Json &item) override
    {
        std::lock_guard lock(m_mutex);
        m_items.push_back(item);
        return true;
    }
    agent::FeedReader &feed() override { return m_feed; }
    /// What a worker does once the result stands.
    void resultStands()
    {
        if (const auto work = std::exchange(m_afterSuccess, {}))
            work();
    }

    void requestStop() { m_stop.request_stop(); }
    std::vector<wire::Progress> progressSeen() const
    {
        std::lock_guard lock(m_mutex);
        return m_progress;
    }
    std::string logText() const
    {
        std::lock_guard lock(m_mutex);
        std::string text;
        for (const auto &line : m_log)
            text += line + '\n';
        return text;
    }
    agent::Config m_config;

private:
    wire::Order m_order;
    std::filesystem::path m_directory;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_log;
    std::vector<wire::Progress> m_progress;
    std::vector<Json> m_items;
    std::stop_source m_stop;
    agent::FeedReader m_feed{m_directory, m_stop.get_token()};
    std::function<void()> m_afterSuccess;
};

/// Why something failed, for QVERIFY2 (which makes its text in any case).
template<class T>
QByteArray why(const Result<T> &result, const FakeContext *context = nullptr)
{
    if (result)
        return {};
    return QByteArray::fromStdString(describe(result.error()) + (context ? "\n" + context->logText() : ""));
}

/// Feeds SQL to a server's own client program; whether it ended well, and what it said.
inline std::pair<bool, QByteArray> runClient(const TestServer &server, const std::filesystem::path &program, const QStringList &options, const QByteArray &sql)
{
    QProcess client;
    client.setProcessChannelMode(QProcess::MergedChannels);
    client.start(QString::fromStdString(program.string()),
                 QStringList{QStringLiteral("--no-defaults"), QStringLiteral("--default-character-set=utf8mb4"),
                             QStringLiteral("--socket=") + QString::fromStdString(server.socket().string())}
                     + options);
    client.write(sql);
    client.closeWriteChannel();
    const bool good = client.waitForFinished(60'000) && client.exitStatus() == QProcess::NormalExit && client.exitCode() == 0;
    return {good, client.readAll()};
}

/// One server, one repository, one temporary directory.
struct BackupFixture
{
    QTemporaryDir dir;
    std::unique_ptr<TestServer> server;
    agent::Config config;

    std::filesystem::path path(const char *name) const { return std::filesystem::path(dir.path().toStdString()) / name; }

    bool start(ServerOptions options, std::string &error)
    {
        server = TestServer::start(options, &error);
        if (!server)
            return false;
        config.host = "db1";
        config.base = server->base();
        config.stateDirectory = path("state");
        config.mariadbAccount = "root";
        config.mysqlWatchAccount = config.mysqlBackupAccount = "root";
        agent::RepositoryConfig local;
        local.name = "local";
        local.path = path("repository");
        std::filesystem::create_directories(local.path);
        config.repositories = {local};
        if (const char *root = std::getenv("ZANDB_MYSQL_ROOT"))
            config.mysqlTools = std::filesystem::path(root) / "bin.d";
        return true;
    }

    wire::BackupArgs args(const std::string &method = "auto") const
    {
        wire::BackupArgs args;
        args.instance = server->name();
        args.method = method;
        args.backupId = Uuid::v7();
        return args;
    }

    /// Everything in the repository, relative to it, one name a line: what a person would find.
    QStringList repositoryNames() const
    {
        QStringList names;
        const auto root = config.repositories.at(0).path;
        for (const auto &entry : std::filesystem::recursive_directory_iterator(root)) {
            if (!entry.is_directory() || entry.path().filename().string().starts_with('.'))
                names << QString::fromStdString(entry.path().lexically_relative(root).string());
        }
        return names;
    }
};

} // namespace zandb::test
