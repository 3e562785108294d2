// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/batchsql/sqlpreview.h"
#include "agent/batchsql/sqlwork.h"
#include "agent/rules/alterplan.h"
#include "tests/batchsql/sqlworkfixture.h"

#include <QTemporaryDir>
#include <QTest>

#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using zandb::test::Attempt;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// What only a running server can tell of statements: accounts, indexes, variables; and the preview of all that.
class TestSqlChecks : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    Config m_config;
    LocalInstance m_instance;
    bool m_maria = false;

    std::string value(const std::string &sql) { return m_server->value(sql).value_or("NULL"); }

    std::unique_ptr<Attempt> begin(const std::vector<std::string> &statements, const std::vector<std::string> &accepted) const
    {
        wire::SqlArgs args;
        args.instance = m_server->name();
        args.schema = "shop";
        args.statements = statements;
        args.confirmed = true;
        args.accepted = accepted;
        return std::make_unique<Attempt>(m_config, m_config.stateDirectory, Json(args), "admin");
    }

    /// The reason it was refused; "" when it ran, else the error.
    QByteArray ends(const std::string &statement, const std::vector<std::string> &accepted = {}, bool *online = nullptr)
    {
        const auto one = begin({statement}, accepted);
        const auto result = sqlWork(*one);
        if (online)
            *online = result && one->items().back().at("online").get<bool>();
        if (result)
            return "";
        const auto reason = result.error().fields.find("reason");
        return QByteArray::fromStdString(reason != result.error().fields.end() ? reason->second : describe(result.error()));
    }

    wire::SqlPreview preview(const std::vector<std::string> &statements, rules::GuardRole role = rules::GuardRole::Admin)
    {
        auto result = previewScript(m_config, m_instance, {m_server->name(), "shop", statements}, role);
        if (!result)
            qWarning("%s", describe(result.error()).c_str());
        return result ? std::move(*result) : wire::SqlPreview{};
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Flavour>("flavour");
        QTest::newRow("mariadb") << Flavour::MariaDb;
        QTest::newRow("mysql") << Flavour::MySql;
    }

    void init()
    {
        QFETCH_GLOBAL(Flavour, flavour);
        if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
            QSKIP(reason.c_str());
        m_maria = flavour == Flavour::MariaDb;
        const std::string user = getpwuid(geteuid())->pw_name;
        auto &server = m_servers[m_maria ? 0 : 1];
        if (!server) {
            std::string error;
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
            auto sql = test::accountsOfHost(flavour, user);
            const std::string maint = m_maria ? "maint" : "maint@localhost", backup = m_maria ? "backup" : "backup@localhost";
            sql.insert(sql.end(), {"GRANT CREATE USER, DROP ON *.* TO " + maint, "GRANT SHOW VIEW, EVENT, TRIGGER ON *.* TO " + backup,
                                   "GRANT SELECT ON *.* TO " + maint + " WITH GRANT OPTION", "CREATE DATABASE shop", "CREATE TABLE shop.parent (id INT PRIMARY KEY, code INT, UNIQUE KEY by_code (code))",
                                   "CREATE TABLE shop.t (id INT PRIMARY KEY, a INT, b VARCHAR(20), p INT, UNIQUE KEY once (a), KEY by_p (p), KEY also_p (p, b), KEY plain (b), FOREIGN KEY (p) REFERENCES shop.parent (id))",
                                   "INSERT INTO shop.t (id, a, b) VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 3, 'z')", "CREATE TABLE shop.free (id INT PRIMARY KEY, txt TEXT, g POINT NOT NULL)"});
            if (!m_maria)
                sql.insert(sql.end(), {"GRANT ROLE_ADMIN, SYSTEM_USER ON *.* TO maint@localhost", "SET GLOBAL information_schema_stats_expiry = 0"});
            QVERIFY2(server->exec(sql), server->lastError().c_str());
        }
        m_server = server.get();
        m_config = {};
        m_config.mariadbAccount = user;
        m_config.base = m_server->base();
        m_config.host = "db1";
        m_config.stateDirectory = m_directory.path().toStdString();
        const auto found = findInstance(m_config, m_server->name());
        QVERIFY(found);
        m_instance = *found;
    }

    void cleanupTestCase()
    {
        for (auto &server : m_servers)
            server.reset();
    }

    void accounts()
    {
        QVERIFY2(m_server->exec({"DROP USER IF EXISTS app@localhost, maker@localhost, bare@localhost, boss@localhost, gone@localhost", "CREATE USER app@localhost IDENTIFIED BY 'Long-enough-1'",
                                 "CREATE USER gone@localhost IDENTIFIED BY 'Long-enough-1'", "CREATE USER maker@localhost IDENTIFIED BY 'Long-enough-1'", "CREATE USER bare@localhost",
                                 "CREATE OR REPLACE DEFINER=maker@localhost VIEW shop.v AS SELECT 1"}),
                 m_server->lastError().c_str());
        QCOMPARE(ends("GRANT SELECT ON shop.* TO app@localhost"), QByteArray());
        QCOMPARE(ends("GRANT SELECT ON shop.* TO nobody@localhost"), QByteArray("no_account"));
        QCOMPARE(ends("GRANT REPLICATION SLAVE ON *.* TO app@localhost"), QByteArray("second_person"));
        QCOMPARE(ends("ALTER USER app@localhost ACCOUNT LOCK"), QByteArray());
        QCOMPARE(ends("ALTER USER app@localhost ACCOUNT UNLOCK"), QByteArray());
        QCOMPARE(ends("ALTER USER bare@localhost ACCOUNT UNLOCK"), QByteArray("no_password"));
        QCOMPARE(ends("REVOKE SELECT ON shop.* FROM app@localhost"), QByteArray());
        for (const char *sql : {"DROP USER maker@localhost", "ALTER USER maker@localhost ACCOUNT LOCK", "REVOKE SELECT ON shop.* FROM maker@localhost"})
            QCOMPARE(ends(sql), QByteArray("definer"));
        // root lets tests in under its own name on MariaDB, and is the agent's account there then
        const QByteArray root = m_maria && m_config.mariadbAccount == "root" ? "own_account" : "protected_account";
        for (const char *sql : {"DROP USER root@localhost", "ALTER USER root@localhost ACCOUNT LOCK", "REVOKE SELECT ON shop.* FROM root@localhost"})
            QCOMPARE(ends(sql), root);
        QCOMPARE(ends(m_maria ? "DROP USER 'mariadb.sys'@localhost" : "DROP USER 'mysql.session'@localhost"), QByteArray("protected_account"));
        QCOMPARE(ends(m_maria ? "REVOKE SELECT ON shop.* FROM maint" : "DROP USER maint@localhost"), QByteArray("own_account"));
        QCOMPARE(ends("DROP USER gone@localhost"), QByteArray());
        QCOMPARE(value("SELECT COUNT(*) FROM mysql.user WHERE User='gone'"), std::string("0"));
    }

    /// Where root is the agent's own account or gone, somebody else is the last one who could help.
    void theLastAdministratorStays()
    {
        QVERIFY2(m_server->exec({"DROP USER IF EXISTS boss@localhost", "CREATE USER boss@localhost IDENTIFIED BY 'Long-enough-1'", "GRANT ALL ON *.* TO boss@localhost WITH GRANT OPTION",
                                 "CREATE TABLE shop.kept AS SELECT User, Host FROM mysql.user WHERE Grant_priv='Y' AND Create_user_priv='Y' AND Select_priv='Y' AND User NOT IN ('boss', 'mariadb.sys') AND User NOT LIKE 'mysql.%'"}),
                 m_server->lastError().c_str());
        QCOMPARE(ends("ALTER USER boss@localhost PASSWORD EXPIRE"), QByteArray());
        const std::string grants = m_maria ? "UPDATE mysql.global_priv SET Priv = JSON_SET(Priv, '$.access', 1) WHERE User <> 'boss' AND (User, Host) IN (SELECT User, Host FROM shop.kept)" : "";
        if (grants.empty()) {
            // root's own connection keeps its rights until it ends; the rights of the others are what is counted
            QVERIFY2(m_server->exec("UPDATE mysql.user SET Create_user_priv = 'N' WHERE (User, Host) IN (SELECT User, Host FROM shop.kept)"), m_server->lastError().c_str());
        } else {
            QVERIFY2(m_server->exec({"CREATE TABLE shop.privs AS SELECT * FROM mysql.global_priv", grants}), m_server->lastError().c_str());
        }
        const QByteArray last = ends("ALTER USER boss@localhost ACCOUNT LOCK"), gone = ends("DROP USER boss@localhost");
        if (grants.empty())
            QVERIFY(m_server->exec("UPDATE mysql.user SET Create_user_priv = 'Y' WHERE (User, Host) IN (SELECT User, Host FROM shop.kept)"));
        else
            QVERIFY(m_server->exec({"REPLACE INTO mysql.global_priv SELECT * FROM shop.privs WHERE User <> 'boss'", "DROP TABLE shop.privs"}));
        QVERIFY(m_server->exec("DROP TABLE shop.kept"));
        QCOMPARE(last, QByteArray("last_administrator"));
        QCOMPARE(gone, QByteArray("last_administrator"));
        QCOMPARE(ends("DROP USER boss@localhost"), QByteArray());
    }

    void indexes()
    {
        bool online = false;
        QCOMPARE(ends("DROP INDEX once ON t"), QByteArray("unique_index"));
        QCOMPARE(ends("ALTER TABLE t DROP INDEX by_p"), QByteArray("foreign_key_index"));
        QCOMPARE(ends("ALTER TABLE t DROP INDEX by_p", {"foreign_key_index"}, &online), QByteArray());
        QVERIFY(online);
        QCOMPARE(ends("DROP INDEX once ON t -- away", {"unique_index"}, &online), QByteArray());
        QCOMPARE(ends("CREATE UNIQUE INDEX once ON t (a); # again", {}, &online), QByteArray());
        QVERIFY(online);
        QCOMPARE(ends("ALTER TABLE t ADD INDEX by_p (p), ALGORITHM=COPY", {}, &online), QByteArray());
        QVERIFY(!online);
        // what cannot be done online is done as it is written
        QCOMPARE(ends("ALTER TABLE free ADD FULLTEXT INDEX words (txt)", {}, &online), QByteArray());
        QVERIFY(!online);
        QCOMPARE(value("SELECT COUNT(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA='shop' AND INDEX_NAME IN ('once', 'by_p', 'words')"), std::string("3"));
    }

    /// A table that the server takes for a large one: copying it, or locking it, wants more than the confirmation.
    void largeTables()
    {
        QVERIFY2(m_server->exec({"CREATE TABLE shop.large (id INT PRIMARY KEY, txt TEXT) STATS_PERSISTENT=1 STATS_AUTO_RECALC=0", "ANALYZE TABLE shop.large",
                                 "UPDATE mysql.innodb_table_stats SET clustered_index_size = 100000 WHERE table_name = 'large'", "FLUSH TABLE shop.large"}),
                 m_server->lastError().c_str());
        if (value("SELECT DATA_LENGTH > 1 << 30 FROM information_schema.TABLES WHERE TABLE_NAME='large'") != "1") {
            QVERIFY(m_server->exec("DROP TABLE shop.large"));
            QSKIP("this server keeps its statistics of sizes, so a small table cannot stand for a large one");
        }
        QCOMPARE(ends("ALTER TABLE large FORCE, ALGORITHM=COPY"), QByteArray("copies_table"));
        QCOMPARE(ends("ALTER TABLE large ADD INDEX i (txt(5)), LOCK=EXCLUSIVE"), QByteArray("locks_table"));
        QCOMPARE(ends("ALTER TABLE large ADD FULLTEXT INDEX words (txt)"), QByteArray("copies_table"));
        QCOMPARE(ends("ALTER TABLE large ADD INDEX i (txt(5)), LOCK=EXCLUSIVE", {"locks_table"}), QByteArray());
        QCOMPARE(ends("ALTER TABLE large ADD FULLTEXT INDEX words (txt)", {"copies_table"}), QByteArray());
        QVERIFY(m_server->exec("DROP TABLE shop.large"));
    }

    /// The algorithm that the plan names is one that this server takes.
    void plans()
    {
        QVERIFY(m_server->exec({"DROP TABLE IF EXISTS shop.plan", "CREATE TABLE shop.plan (id INT PRIMARY KEY, a INT, b TEXT, g POINT NOT NULL, KEY by_a (a))"}));
        const rules::GuardContext guard{.flavour = m_maria ? rules::GuardFlavour::MariaDb : rules::GuardFlavour::MySql, .schema = "shop"};
        const int version = m_maria ? 101'100 : 90'700;
        for (const std::string &sql : std::vector<std::string>{"ALTER TABLE plan ADD INDEX x (id, a)", "ALTER TABLE plan ADD UNIQUE INDEX u (id, a)", "ALTER TABLE plan RENAME INDEX by_a TO by_b", "ALTER TABLE plan STATS_PERSISTENT=0",
                                       std::string("ALTER TABLE plan ALTER INDEX x ") + (m_maria ? "IGNORED" : "INVISIBLE"), "ALTER TABLE plan DROP INDEX x", "ALTER TABLE plan FORCE", "ALTER TABLE plan ENGINE=InnoDB",
                                       "ALTER TABLE plan ADD FULLTEXT INDEX f (b)", "ALTER TABLE plan ADD SPATIAL INDEX s (g)"}) {
            const auto verdict = rules::judge(sql, guard);
            QVERIFY2(verdict.allowed, sql.c_str());
            const auto plan = rules::planAlter(verdict.subject, guard.flavour, version);
            const std::string algorithm(rules::toString(plan.algorithm));
            QVERIFY2(!algorithm.empty(), sql.c_str());
            const std::string written = sql + ", ALGORITHM=" + algorithm + (plan.allowsWrites ? ", LOCK=" + std::string(algorithm == "instant" ? "DEFAULT" : "NONE") : ", LOCK=SHARED");
            QVERIFY2(m_server->exec("ALTER TABLE shop." + written.substr(12)), (written + ": " + m_server->lastError()).c_str());
            QVERIFY(rules::askedOnline(sql, verdict.subject).has_value());
            QVERIFY(!rules::askedOnline(written, rules::judge(written, guard).subject));
        }
        QVERIFY(!rules::askedOnline("ALTER TABLE plan REBUILD PARTITION p", rules::judge("ALTER TABLE plan REBUILD PARTITION p", guard).subject));
    }

    void variables()
    {
        QVERIFY(m_server->exec({"SET GLOBAL sync_binlog=1", "SET GLOBAL innodb_flush_log_at_trx_commit=1"}));
        QCOMPARE(ends("SET GLOBAL sync_binlog = 0"), QByteArray("durability"));
        QCOMPARE(ends("SET GLOBAL innodb_flush_log_at_trx_commit = 2"), QByteArray("durability"));
        QCOMPARE(ends("SET GLOBAL innodb_flush_log_at_trx_commit = 2", {"durability"}), QByteArray());
        QCOMPARE(ends("SET GLOBAL innodb_flush_log_at_trx_commit = 0"), QByteArray()); // it was relaxed before
        QCOMPARE(ends("SET GLOBAL innodb_flush_log_at_trx_commit = 1"), QByteArray());
        QCOMPARE(ends("SET GLOBAL long_query_time = -1"), QByteArray("range"));
        QCOMPARE(ends("SET GLOBAL innodb_io_capacity = 5"), QByteArray("range"));
        const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
        QCOMPARE(ends("SET GLOBAL innodb_buffer_pool_size = " + std::to_string(static_cast<std::int64_t>(memory * 0.81))), QByteArray("range"));
    }

    void previews()
    {
        auto holder = SqlClient::connect(m_server->name(), m_server->socket(), "root");
        QVERIFY(holder);
        QVERIFY((*holder)->query("BEGIN"));
        QVERIFY((*holder)->query("UPDATE shop.t SET b = 'held' WHERE id = 3"));
        const auto seen = preview({"SELECT * FROM t WHERE id = 1", "DELETE FROM t WHERE id <= 2 LIMIT 5", "UPDATE t SET b = 'q' WHERE b LIKE '%x' AND b > '' LIMIT 1", "ALTER TABLE t ADD INDEX n (b, a)", "DROP TABLE t",
                                   "DROP INDEX once ON t", "SELECT nothing FROM t", "OPTIMIZE TABLE t", "DELETE FROM shop.nokey WHERE a = 1 LIMIT 1"});
        QCOMPARE(seen.flavour, std::string(m_maria ? "mariadb" : "mysql"));
        QCOMPARE(seen.role, std::string("standalone"));
        QCOMPARE(seen.statements.size(), std::size_t{9});
        const auto &s = seen.statements;
        QVERIFY(s[0].allowed && s[0].statementClass == "R" && s[0].access == "const" && s[0].key == "PRIMARY" && s[0].locks == std::vector<std::string>{"metadata_shared"});
        QVERIFY2(s[1].allowed && s[1].refusal.empty() && s[1].key == "PRIMARY" && s[1].needsConfirmation, (s[1].refusal + s[1].error).c_str());
        QVERIFY(s[1].estimatedRows.value_or(0) >= 1 && s[1].tables.size() == 1 && s[1].tables[0].engine == "InnoDB" && s[1].tables[0].dataBytes.value_or(0) > 0);
        QVERIFY(s[3].allowed && s[3].algorithm == "inplace" && s[3].locks == std::vector<std::string>{"metadata_exclusive"});
        QVERIFY(!s[4].allowed && s[4].reason == "never");
        QCOMPARE(s[5].refusal, std::string("unique_index"));
        QVERIFY(s[6].error.find("nothing") != std::string::npos);
        QCOMPARE(s[7].locks, std::vector<std::string>{"metadata_exclusive"});
        QVERIFY(s[8].refusal == "not_base_table" || !s[8].error.empty());
        QVERIFY(!seen.blockers.empty());
        const auto blocker = std::ranges::find(seen.blockers, static_cast<std::int64_t>((*holder)->connectionId()), &wire::SqlPreviewBlocker::id);
        QVERIFY(blocker != seen.blockers.end());
        QCOMPARE(blocker->rowsModified, std::int64_t{1});
        QCOMPARE(QString::fromStdString(blocker->kind), m_maria ? QString::fromLatin1("transaction") : QString::fromLatin1("metadata"));
        QVERIFY((*holder)->query("ROLLBACK"));
        // nothing was done
        QCOMPARE(value("SELECT COUNT(*) FROM shop.t"), std::string("3"));
        QVERIFY(!preview({"SELECT * FROM t"}, rules::GuardRole::Viewer).statements.at(0).allowed);
        QVERIFY(!previewScript(m_config, m_instance, {m_server->name(), "", {}}, rules::GuardRole::Admin));
    }

    void readsAlone()
    {
        const auto mixed = begin({"SELECT 1", "SET GLOBAL long_query_time = 5"}, {});
        const auto refused = sqlReadWork(*mixed);
        QVERIFY(!refused);
        QCOMPARE(refused.error().fields.at("reason"), std::string("not_reading"));
        QVERIFY(mixed->items().empty());
        const auto reads = begin({"SELECT id FROM t ORDER BY id", "SHOW TABLES"}, {});
        QVERIFY(sqlReadWork(*reads));
        QCOMPARE(reads->rows(1).size(), std::size_t{3});
    }
};

QTEST_GUILESS_MAIN(TestSqlChecks)
#include "tst_sqlchecks.moc"
