// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/files.h"
#include "tests/backups/backupfixture.h"

#include <QCoreApplication>

#include <fstream>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace {

constexpr const char *agentUser = "nobody"; ///< what a worker runs as here
constexpr const char *serverUser = "daemon";

} // namespace

/// A worker whose OS user may not read the server's data directory, as Debian makes it: as that user, really.
class TestUnreadableData : public QObject
{
    Q_OBJECT

    /// The attempt's result.json and log.
    struct Attempt
    {
        Json result;
        std::string log;
    };
    Attempt work(const std::string &method)
    {
        const passwd user = *::getpwnam(agentUser);
        wire::Order order;
        order.key = {Uuid::v7(), 1, 1};
        order.kind = "backup";
        order.args = m_fixture.args(method);
        const fs::path directory = m_fixture.path("state") / "work" / order.key.runId.toString();
        fs::create_directories(directory);
        std::ofstream(directory / "order.json") << dumpJson(order);
        std::ofstream(directory / "config") << m_fixture.path("agent.toml").string();
        if (::chown(directory.c_str(), user.pw_uid, user.pw_gid) != 0)
            return {};
        QProcess worker;
        worker.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        worker.setChildProcessModifier([uid = user.pw_uid, gid = user.pw_gid] {
            if (::setgroups(0, nullptr) != 0 || ::setgid(gid) != 0 || ::setuid(uid) != 0)
                ::_exit(127);
        });
        worker.start(QString::fromStdString(m_fixture.path("zandb-agent").string()), {u"work"_s, QString::fromStdString(directory.string())});
        if (!worker.waitForFinished(120000))
            return {};
        const auto result = readFile(directory / "result.json", 4u << 20);
        return {result ? parseJson(*result).value_or(Json()) : Json(), readFile(directory / "log", 4u << 20).value_or(std::string())};
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        if (::geteuid() != 0)
            QSKIP("only root can run a worker as another user");
        if (!::getpwnam(agentUser) || !::getpwnam(serverUser))
            QSKIP("the users nobody and daemon are missing; package base-passwd makes them");
        std::string error;
        ServerOptions options;
        options.user = serverUser;
        QVERIFY2(m_fixture.start(options, error), error.c_str());
        QVERIFY2(m_fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)", "INSERT INTO shop.t VALUES (1)",
                                         "CREATE TABLE shop.m (i INT) ENGINE=MyISAM", std::string("CREATE USER ") + agentUser + "@localhost IDENTIFIED VIA unix_socket",
                                         std::string("GRANT ALL ON *.* TO ") + agentUser + "@localhost WITH GRANT OPTION"}),
                 m_fixture.server->lastError().c_str());
        QCOMPARE(::chmod(m_fixture.dir.path().toStdString().c_str(), 0755), 0);
        // the build folder may be out of the other user's reach
        fs::copy_file(fs::path(QCoreApplication::applicationDirPath().toStdString()).parent_path() / "bin" / "zandb-agent", m_fixture.path("zandb-agent"));
        fs::create_directories(m_fixture.path("state"));
        const passwd user = *::getpwnam(agentUser); // now: the next look-up overwrites it
        for (const char *name : {"state", "repository"})
            QCOMPARE(::chown(m_fixture.path(name).c_str(), user.pw_uid, user.pw_gid), 0);
        std::ofstream(m_fixture.path("agent.toml")) << "[agent]\nhost = \"db1\"\nbase = \"" << m_fixture.server->base().string() << "\"\nstate_directory = \""
                                                    << m_fixture.path("state").string() << "\"\nsocket = \"" << m_fixture.path("s").string()
                                                    << "\"\nauthorized_keys = \"" << m_fixture.path("keys").string() << "\"\n[accounts]\nmariadb = \"" << agentUser
                                                    << "\"\n[limits]\nnice = 0\nionice = \"none\"\n[[repository]]\nname = \"local\"\npath = \""
                                                    << m_fixture.path("repository").string() << "\"\nmin_free_bytes = 1048576\n";
        QCOMPARE(::chmod(m_fixture.path("agent.toml").c_str(), 0644), 0);
    }

    void physicalIsRefusedAndSaysWhy()
    {
        const Attempt attempt = work("physical");
        QVERIFY2(attempt.result.is_object() && attempt.result.value("outcome", "") == "failed", attempt.log.c_str());
        const Error error = errorFromJson(attempt.result.at("error"));
        QVERIFY2(error.is(errors::backupMethod) && !error.isTransient(), describe(error).c_str());
        QVERIFY2(error.fields.at("reason").find("data directory is not readable") != std::string::npos, describe(error).c_str());
        QVERIFY2(error.fields.at("reason").find(m_fixture.server->dataDirectory().string()) != std::string::npos, describe(error).c_str());
        QCOMPARE(m_fixture.repositoryNames(), QStringList());
    }

    void autoIsLogicalAndCompared()
    {
        const Attempt attempt = work("auto");
        QVERIFY2(attempt.result.is_object() && attempt.result.value("outcome", "") == "succeeded", attempt.log.c_str());
        QCOMPARE(attempt.result.at("data").at("method").get<std::string>(), std::string("mariadb-dump"));
        QVERIFY2(attempt.log.find("so this is a logical backup") != std::string::npos, attempt.log.c_str());
        QVERIFY2(attempt.log.find("compared with the server's own list") != std::string::npos, attempt.log.c_str());
    }

    void withoutSelectNothingCouldBeCompared()
    {
        QVERIFY(m_fixture.server->exec(std::string("REVOKE SELECT ON *.* FROM ") + agentUser + "@localhost"));
        const Attempt attempt = work("auto");
        QVERIFY2(attempt.result.is_object() && attempt.result.value("outcome", "") == "failed", attempt.log.c_str());
        const Error error = errorFromJson(attempt.result.at("error"));
        QVERIFY2(error.is(errors::notPermitted), describe(error).c_str());
        QCOMPARE(error.fields.at("right"), std::string("SELECT"));
        QVERIFY2(error.fields.at("remedy").find(m_fixture.server->dataDirectory().string()) != std::string::npos, describe(error).c_str());
    }

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestUnreadableData)
#include "tst_unreadabledata.moc"
