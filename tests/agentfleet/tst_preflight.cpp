// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/tools.h"
#include "agent/fleet/preflight.h"
#include "agent/fleet/programs.h"
#include "tests/support/testserver.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <pwd.h>
#include <unistd.h>

#include <map>

using namespace zandb;
using namespace zandb::agent;
using zandb::test::Flavour;
using zandb::test::TestServer;

namespace {

std::string osUser()
{
    return getpwuid(geteuid())->pw_name;
}

} // namespace

class TestPreflight : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_config = {};
        m_config.file = "/etc/zandb/agent.toml";
        m_config.mariadbAccount = "zandb-test";
        m_config.repositories.push_back({});
        m_config.repositories[0].name = "local";
        m_config.repositories[0].path = m_directory->path().toStdString();
        if (const char *root = std::getenv("ZANDB_MYSQL_ROOT"))
            m_config.mysqlTools = std::string(root) + "/bin.d";
    }

    /// Every failed right comes with the statement that gives it: pasted, it makes the check pass.
    void remediesWork_data()
    {
        QTest::addColumn<int>("flavour");
        QTest::newRow("mariadb") << int(Flavour::MariaDb);
        QTest::newRow("mysql") << int(Flavour::MySql);
    }

    void remediesWork()
    {
        QFETCH(int, flavour);
        const bool mySql = Flavour(flavour) == Flavour::MySql;
        auto server = start(Flavour(flavour));
        if (!server)
            return;
        auto seen = checks(*server);
        QVERIFY(seen.at("server.answers").ok);
        QVERIFY(!seen.at("login.watch").ok && !seen.at("login.backup").ok);
        QVERIFY(seen.at("login.watch").remedy.find("CREATE USER") != std::string::npos);

        // accounts and roles without any right
        const std::vector<std::string> roles{"watch", "backup", "explain", "maint"};
        for (const std::string &account : mySql ? roles : std::vector<std::string>{"zandb-test"})
            QVERIFY(server->exec("CREATE USER `" + account + "`@localhost" + (mySql ? " IDENTIFIED WITH auth_socket AS '" + osUser() + "'" : "")));
        if (!mySql) {
            seen = checks(*server);
            QVERIFY(seen.at("login.backup").ok); // an account as it was before there were roles
            for (const char *use : {"explain", "maint"}) {
                const auto &check = seen.at(std::string("login.") + use);
                QVERIFY(!check.ok);
                QVERIFY2(check.remedy.starts_with("CREATE ROLE IF NOT EXISTS `" + std::string(use) + "`; GRANT SELECT"), check.remedy.c_str());
            }
            for (const std::string &role : roles)
                QVERIFY2(server->exec({"CREATE ROLE `" + role + "`", "GRANT `" + role + "` TO `zandb-test`@localhost"}), server->lastError().c_str());
        }
        seen = checks(*server);
        for (const std::string &use : roles)
            QVERIFY2(seen.at("login." + use).ok, seen.at("login." + use).detail.c_str());
        int failed = 0;
        for (const auto &[name, check] : seen) {
            if ((!name.starts_with("mariadb.") && !name.starts_with("mysql.")) || name.ends_with(".reads_only"))
                continue;
            QVERIFY2(!check.ok, name.c_str());
            QVERIFY2(check.remedy.starts_with("GRANT ") || check.remedy.starts_with("INSTALL "), name.c_str());
            ++failed;
            std::string statement = check.remedy;
            statement.pop_back(); // the semicolon
            QVERIFY2(server->exec(statement), server->lastError().c_str());
        }
        QCOMPARE(failed, mySql ? 14 + 2 + 13 : 9 + 2 + 15);
        for (const auto &[name, check] : checks(*server)) {
            if (name.starts_with("mariadb.") || name.starts_with("mysql."))
                QVERIFY2(check.ok && check.remedy.empty(), (name + ": " + check.detail).c_str());
        }
    }

    /// A role's rights are its own: with one the account has not those of another, and the plans' has none that write.
    void rolesOfMariaDbAreKeptApart()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        QVERIFY2(server->exec({"CREATE USER `zandb-test`@localhost", "CREATE ROLE backup", "GRANT SELECT, RELOAD, PROCESS ON *.* TO backup",
                               "CREATE ROLE `explain`", "GRANT SELECT, SHOW VIEW ON *.* TO `explain`", "GRANT backup TO `zandb-test`@localhost",
                               "GRANT `explain` TO `zandb-test`@localhost", "SET DEFAULT ROLE backup FOR `zandb-test`@localhost",
                               "CREATE DATABASE shop", "CREATE TABLE shop.t (i INT)"}),
                 server->lastError().c_str());
        m_config.base = server->base();
        const LocalInstance local = findInstance(m_config, server->name()).value();
        auto backup = connectTo(m_config, local, Account::Backup);
        QVERIFY2(backup, backup ? "" : describe(backup.error()).c_str());
        QVERIFY((*backup)->query("FLUSH LOCAL BINARY LOGS"));
        auto explain = connectTo(m_config, local, Account::Explain);
        QVERIFY2(explain, explain ? "" : describe(explain.error()).c_str());
        QVERIFY((*explain)->query("EXPLAIN SELECT * FROM shop.t"));
        for (const char *sql : {"FLUSH LOCAL BINARY LOGS", "INSERT INTO shop.t VALUES (1)", "SELECT 1 INTO OUTFILE '/tmp/zandb-never'"}) {
            const auto tried = (*explain)->query(sql);
            QVERIFY2(!tried, sql);
            QCOMPARE(tried.error().code, std::string("instance.not_permitted"));
        }
        const auto maint = connectTo(m_config, local, Account::Maint);
        QVERIFY(!maint);
        QCOMPARE(maint.error().code, std::string("instance.not_permitted"));
        QCOMPARE(maint.error().fields.at("remedy"), std::string("GRANT `maint` TO `zandb-test`@`localhost`;"));
        // the tools of backups log in by themselves and have the default role
        auto tool = SqlClient::connect("x", server->socket(), "zandb-test");
        QVERIFY(tool && (*tool)->query("FLUSH LOCAL BINARY LOGS"));
        QVERIFY(!checks(*server).at("login.maint").ok);
        QVERIFY(checks(*server).at("mariadb.explain.reads_only").ok);
        QVERIFY(server->exec("GRANT EXECUTE, DELETE ON *.* TO `explain`"));
        const auto seen = checks(*server).at("mariadb.explain.reads_only");
        QVERIFY(!seen.ok);
        QCOMPARE(seen.remedy, std::string("REVOKE EXECUTE, DELETE ON *.* FROM `explain`;"));
    }

    void seesPartialRevokes()
    {
        auto server = start(Flavour::MySql);
        if (!server)
            return;
        QVERIFY2(server->exec({"SET GLOBAL partial_revokes=1", "CREATE DATABASE secret", "CREATE USER backup@localhost IDENTIFIED WITH auth_socket AS '" + osUser() + "'",
                               "GRANT SELECT ON *.* TO backup@localhost", "REVOKE SELECT ON secret.* FROM backup@localhost"}),
                 server->lastError().c_str());
        const auto seen = checks(*server);
        QVERIFY(!seen.at("mysql.backup.select").ok);
        QCOMPARE(seen.at("mysql.backup.select").remedy, std::string("GRANT SELECT ON `secret`.* TO `backup`@`localhost`;"));
    }

    /// A dump account that lacks one schema is the classic: dumps end with success and without it.
    void grantsOnSchemasAreNotEnough()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        QVERIFY(server->exec({"CREATE USER `zandb-test`@localhost", "CREATE DATABASE a", "GRANT ALL PRIVILEGES ON a.* TO `zandb-test`@localhost",
                              "GRANT SELECT ON mysql.* TO `zandb-test`@localhost"}));
        const auto seen = checks(*server);
        QVERIFY(!seen.at("mariadb.select").ok);
        QVERIFY(!seen.at("mariadb.trigger").ok);
    }

    void looksAtFilesAndTools()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        auto seen = checks(*server);
        QVERIFY2(seen.at("tool.mariadb-dump").ok, seen.at("tool.mariadb-dump").detail.c_str());
        QVERIFY2(seen.at("tool.mariadbd").ok, seen.at("tool.mariadbd").detail.c_str());
        QVERIFY(seen.at("tool.mariadb-dump").detail.find("MariaDB") != std::string::npos);
        QVERIFY(seen.at("file.mycnf_readable").ok && seen.at("file.data_readable").ok && seen.at("file.logs_readable").ok);
        QVERIFY(seen.at("repository.local").ok);
        QVERIFY(!seen.contains("tool.mysqldump"));
        for (const char *program : {"mbstream", "mariadb", "mariadb-install-db"}) // a proof needs them
            QVERIFY2(seen.contains("tool." + std::string(program)) && seen.at("tool." + std::string(program)).ok, program);

        // the wrong flavour's tool, and one of another series
        QFile tool(m_directory->filePath(QStringLiteral("mariadb-backup")));
        QVERIFY(tool.open(QFile::WriteOnly));
        tool.write("#!/bin/sh\necho 'mariadb-backup based on MariaDB server 11.4.2-MariaDB'\n");
        tool.close();
        QVERIFY(tool.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
        QFile dump(m_directory->filePath(QStringLiteral("mariadb-dump")));
        QVERIFY(dump.open(QFile::WriteOnly));
        dump.write("#!/bin/sh\necho 'mysqldump  Ver 9.7.4 for Linux'\n");
        dump.close();
        QVERIFY(dump.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
        m_config.mariadbTools = m_directory->path().toStdString();
        m_config.repositories[0].path = "/nonexistent/repository";
        m_config.repositories.push_back({});
        m_config.repositories[1].name = "vault";
        m_config.repositories[1].remote = "zandb@192.0.2.1";
        m_config.repositories[1].identity = "/nonexistent/key";
        seen = checks(*server);
        QVERIFY(!seen.at("tool.mariadb-backup").ok);
        QVERIFY(seen.at("tool.mariadb-backup").detail.find("series") != std::string::npos);
        QVERIFY(!seen.at("tool.mariadb-dump").ok);
        QVERIFY(!seen.at("repository.local").ok);
        QVERIFY(seen.at("repository.local").remedy.find("'/nonexistent/repository'") != std::string::npos);
        QVERIFY(seen.at("repository.local").detail.find("No such file") != std::string::npos);
        QVERIFY(!seen.at("repository.vault").ok);
        for (const auto &[name, check] : seen)
            QVERIFY2(check.ok == check.remedy.empty(), name.c_str());
    }

    /// What a check finds, a backup must find: whoever ran the check may have had another PATH than the service.
    void backupsFindTheSame()
    {
        QFile tool(m_directory->filePath(QStringLiteral("mariadb-zandb-test")));
        QVERIFY(tool.open(QFile::WriteOnly));
        tool.close();
        QVERIFY(tool.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
        const QByteArray path = qgetenv("PATH");
        qputenv("PATH", m_directory->path().toUtf8() + ':' + path);
        const auto checked = findProgram(m_config, true, "mariadb-zandb-test");
        const auto used = findTool(m_config, true, "mariadb-zandb-test");
        qputenv("PATH", path);
        QCOMPARE(checked.empty(), !used.has_value());
        QVERIFY(checked.empty());
        m_config.mariadbTools = m_directory->path().toStdString();
        QCOMPARE(findTool(m_config, true, "mariadb-zandb-test").value_or(""), findProgram(m_config, true, "mariadb-zandb-test"));
        QVERIFY(!findProgram(m_config, true, "mariadb-zandb-test").empty());
    }

    /// As where Debian's MariaDB logs to the journal alone.
    void directoryOfLogsIsMissing()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        std::filesystem::rename(server->directory() / "log", server->directory() / "elsewhere");
        const auto missing = checks(*server).at("file.logs_readable");
        QVERIFY(!missing.ok);
        QCOMPARE(QProcess::execute(QStringLiteral("sh"), {QStringLiteral("-c"), QString::fromStdString(missing.remedy)}), 0);
        const auto seen = checks(*server).at("file.logs_readable");
        QVERIFY2(seen.ok, seen.detail.c_str());
    }

    void answersForADeadServerToo()
    {
        auto server = start(Flavour::MariaDb);
        if (!server)
            return;
        server->stop();
        const auto seen = checks(*server);
        QVERIFY(!seen.at("server.answers").ok);
        QCOMPARE(seen.at("server.answers").remedy, "systemctl start mysql@" + std::to_string(server->port()));
        QVERIFY(!seen.contains("login.watch"));
        QVERIFY(seen.at("file.data_readable").ok);
        QVERIFY(seen.contains("tool.mariadb-backup")); // its files tell the flavour
    }

private:
    std::unique_ptr<TestServer> start(Flavour flavour)
    {
        std::unique_ptr<TestServer> server;
        [&] {
            if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
                QSKIP(reason.c_str());
            std::string error;
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
        }();
        return server;
    }
    std::map<std::string, wire::PreflightCheck> checks(const TestServer &server)
    {
        m_config.base = server.base();
        std::map<std::string, wire::PreflightCheck> byName;
        const auto local = findInstance(m_config, server.name());
        if (local) {
            for (auto &check : preflight(m_config, *local))
                byName.emplace(check.name, check);
        }
        return byName;
    }
    std::unique_ptr<QTemporaryDir> m_directory;
    Config m_config;
};

QTEST_APPLESS_MAIN(TestPreflight)
#include "tst_preflight.moc"
