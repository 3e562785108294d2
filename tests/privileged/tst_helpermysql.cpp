// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/privileged/client.h"
#include "tests/privileged/privilegedhost.h"

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
namespace fs = std::filesystem;

/// Clones of a MySQL that runs as a user of its own and may not write beside its data directory.
class TestHelperMySql : public QObject
{
    Q_OBJECT

    PrivilegedHost m_host;
    std::unique_ptr<TestServer> m_server;
    wire::KeyLine m_admin;

    QStringList besideTheData() const
    {
        QStringList names;
        for (const auto &entry : fs::directory_iterator(m_server->directory())) {
            if (entry.path().filename().string().starts_with("zandb-clone-"))
                names << QString::fromStdString(entry.path().string());
        }
        return names;
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &why : {PrivilegedHost::unavailable(), TestServer::unavailable(Flavour::MySql)}) {
            if (!why.empty())
                QSKIP(why.c_str());
        }
        {
            const AsUser as(::getpwnam("mysql")->pw_uid);
            const fs::path program = fs::path(std::getenv("ZANDB_MYSQL_ROOT")) / "bin.d" / "mysqld";
            if (::faccessat(AT_FDCWD, program.c_str(), X_OK, AT_EACCESS) != 0)
                QSKIP("the user mysql cannot reach the programs below ZANDB_MYSQL_ROOT");
        }
        m_host.prepare(Flavour::MySql);
        std::string error;
        ServerOptions options;
        options.flavour = Flavour::MySql;
        options.base = m_host.path("base");
        options.user = "mysql";
        options.myCnf = {"plugin-load-add=mysql_clone.so"};
        m_server = TestServer::start(options, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY2(m_server->exec({"CREATE USER watch@localhost IDENTIFIED WITH auth_socket AS 'games'",
                                 "GRANT PROCESS, REPLICATION CLIENT ON *.* TO watch@localhost",
                                 "CREATE USER backup@localhost IDENTIFIED WITH auth_socket AS 'games'",
                                 "GRANT PROCESS, REPLICATION CLIENT, RELOAD, LOCK TABLES, SELECT, SHOW VIEW, EVENT, TRIGGER, BACKUP_ADMIN, "
                                 "SHOW_ROUTINE ON *.* TO backup@localhost",
                                 "CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200))",
                                 "INSERT INTO shop.orders (a) VALUES ('x'), ('y'), ('z')"}),
                 m_server->lastError().c_str());
        m_host.startHelper();
        const auto added = KeysFile(m_host.config()).add({"ann", "admin",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb0RfyaYFUqxVjXi9QbqX4T0eltIbHJsOmGcv+xRLpF", {}});
        QVERIFY2(added, added ? "" : describe(added.error()).c_str());
        m_admin = *added;
        m_host.startAgent();
    }

    void cloneAndRestore()
    {
        const auto client = m_host.enter(m_admin);
        QVERIFY(client);
        const Json o = m_host.order("backup", m_host.backupArgs(*m_server));
        const auto submitted = client->call("orders.submit", o);
        QVERIFY2(submitted, submitted ? "" : describe(submitted.error()).c_str());
        const auto status = m_host.ended(*client, o);
        QVERIFY2(status.outcome == "succeeded", m_host.story(status).constData());
        const auto backup = status.data.get<wire::BackupResult>();
        QCOMPARE(backup.method, std::string("clone"));
        QVERIFY(!backup.position.gtid.empty());
        QCOMPARE(besideTheData(), QStringList());

        wire::RestoreArgs args;
        args.backupId = backup.backupId;
        args.repository = "local";
        args.instance = m_server->name();
        args.host = "db1";
        args.target = (m_host.path("state") / "restored").string();
        const Json restore = m_host.order("restore", args);
        QVERIFY(client->call("orders.submit", restore));
        const auto restored = m_host.ended(*client, restore);
        QVERIFY2(restored.outcome == "succeeded", m_host.story(restored).constData());
        QCOMPARE(restored.data.get<wire::RestoreResult>().level, 2);
    }

    void remainsOfAKilledWorkerAreRemoved()
    {
        // what a worker leaves that is killed between the clone and its end: a marker nobody holds, the server's files
        const Uuid id = Uuid::v7();
        {
            const AsUser as(m_host.agentUid());
            const auto made = askHelperAs(HelperRequest{"clone-stage-make", {{"instance", m_server->name()}, {"id", id.toString()}}});
            QVERIFY2(made, made ? "" : describe(made.error()).c_str());
            fs::create_directories(m_host.path("state") / "clones");
            std::ofstream(m_host.path("state") / "clones" / id.toString())
                << (m_server->directory() / ("zandb-clone-" + id.toString())).string() << "\n" << m_server->name() << "\nhelper\n";
        }
        QCOMPARE(besideTheData().size(), 1);
        const fs::path stage = besideTheData().first().toStdString();
        struct stat info{};
        QCOMPARE(::stat(stage.c_str(), &info), 0);
        QCOMPARE(info.st_uid, uid_t{0});
        QCOMPARE(info.st_mode & 07777u, 0711u);
        QCOMPARE(::stat((stage / "work").c_str(), &info), 0);
        QCOMPARE(info.st_uid, ::getpwnam("mysql")->pw_uid);
        QCOMPARE(info.st_mode & 07777u, 02750u);
        // links lead nowhere: neither what they point to nor a file with a second name changes hands
        const fs::path secret = m_host.path("secret");
        std::ofstream(secret) << "root's\n";
        fs::create_directories(stage / "work" / "data" / "shop");
        fs::create_symlink(m_host.path("etc"), stage / "work" / "data" / "link");
        fs::create_hard_link(secret, stage / "work" / "data" / "shop" / "hard");
        std::ofstream(stage / "work" / "data" / "shop" / "orders.ibd") << "x";
        const uid_t server = ::getpwnam("mysql")->pw_uid;
        for (const char *name : {"work/data", "work/data/shop", "work/data/shop/orders.ibd"})
            QCOMPARE(::chown((stage / name).c_str(), server, server), 0);
        {
            const AsUser as(m_host.agentUid());
            const auto taken = askHelperAs(HelperRequest{"clone-stage-take", {{"instance", m_server->name()}, {"id", id.toString()}}});
            QVERIFY2(taken, taken ? "" : describe(taken.error()).c_str());
        }
        QCOMPARE(::stat((stage / "work/data/shop/orders.ibd").c_str(), &info), 0);
        QCOMPARE(info.st_uid, m_host.agentUid());
        for (const fs::path &untouched : {secret, m_host.path("etc"), m_host.path("etc") / "agent.toml"}) {
            QCOMPARE(::stat(untouched.c_str(), &info), 0);
            QCOMPARE(info.st_uid, uid_t{0});
        }
        m_host.cleanRemains();
        QCOMPARE(besideTheData(), QStringList());
        QVERIFY(fs::exists(secret) && fs::exists(m_host.path("etc") / "agent.toml"));
        QVERIFY(fs::is_empty(m_host.path("state") / "clones"));
    }

private:
    Result<Json> askHelperAs(const HelperRequest &request) { return askHelper(m_host.config(), request); }
};

QTEST_GUILESS_MAIN(TestHelperMySql)
#include "tst_helpermysql.moc"
