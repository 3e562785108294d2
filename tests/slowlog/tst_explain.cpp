// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sqlclient.h"
#include "agent/protocol/explainerrors.h"
#include "agent/slowlog/explain.h"
#include "tests/agent/servefixture.h"
#include "tests/support/testserver.h"

#include <future>
#include <pwd.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace std::chrono_literals;

/// Plans from real servers of both flavours, as the account or role `explain`.
class TestExplain : public QObject, private ServeFixture
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    LocalInstance m_local;
    bool m_mariaDb = false;

    static std::vector<std::string> accounts(Flavour flavour)
    {
        const std::string user = getpwuid(geteuid())->pw_name;
        if (flavour == Flavour::MySql)
            return {"CREATE USER 'explain'@localhost", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'@localhost", "CREATE USER watch@localhost"};
        return {"CREATE USER zandb@localhost", "CREATE ROLE `explain`", "GRANT SELECT, SHOW VIEW ON *.* TO `explain`", "GRANT `explain` TO zandb@localhost"};
    }

    Result<wire::Explained> ask(const std::string &statement, const std::string &schema = "shop", const ExplainLimits &limits = {})
    {
        return explainStatement(m_config, m_local, {m_server->name(), schema, statement}, limits);
    }
    QByteArray refusalOf(const std::string &statement, const std::string &schema = "shop")
    {
        const auto answer = ask(statement, schema);
        if (answer)
            return "explained";
        return QByteArray::fromStdString(answer.error().is(errors::explainRefused) ? answer.error().fields.at("reason") : answer.error().code);
    }
    std::string count(const char *table) { return m_server->value("SELECT COUNT(*) FROM shop." + std::string(table)).value_or("?"); }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<int>("flavour");
        QTest::newRow("MariaDB") << static_cast<int>(Flavour::MariaDb);
        QTest::newRow("MySQL") << static_cast<int>(Flavour::MySql);
    }
    void initTestCase() { startFresh(); }
    void cleanupTestCase()
    {
        end();
        for (auto &server : m_servers)
            server.reset();
    }
    void init()
    {
        QFETCH_GLOBAL(int, flavour);
        const auto of = static_cast<Flavour>(flavour);
        if (const auto reason = TestServer::unavailable(of); !reason.empty())
            QSKIP(reason.c_str());
        auto &server = m_servers[flavour];
        m_mariaDb = of == Flavour::MariaDb;
        if (!server) {
            std::string error;
            ServerOptions options;
            options.flavour = of;
            options.base = m_root / "base";
            server = TestServer::start(options, &error);
            QVERIFY2(server, error.c_str());
            QVERIFY2(server->exec(accounts(of)), server->lastError().c_str());
            QVERIFY2(server->exec({"CREATE DATABASE shop",
                                   "CREATE TABLE shop.c (id INT PRIMARY KEY, name VARCHAR(50), city VARCHAR(20), KEY city (city(10)))",
                                   "CREATE TABLE shop.o (id INT PRIMARY KEY, c INT, note VARCHAR(100), total INT, UNIQUE KEY u (total, id))",
                                   "INSERT INTO shop.c VALUES (1, 'a', 'x')",
                                   "INSERT INTO shop.c SELECT id + 1, 'b', 'y' FROM shop.c", "INSERT INTO shop.c SELECT id + 2, 'b', 'y' FROM shop.c",
                                   "INSERT INTO shop.c SELECT id + 4, 'b', 'y' FROM shop.c", "INSERT INTO shop.c SELECT id + 8, 'b', 'y' FROM shop.c",
                                   "INSERT INTO shop.c SELECT id + 16, 'b', 'y' FROM shop.c", "INSERT INTO shop.c SELECT id + 32, 'b', 'y' FROM shop.c",
                                   "INSERT INTO shop.o SELECT a.id * 64 + b.id, b.id, 'note', a.id FROM shop.c a JOIN shop.c b", "ANALYZE TABLE shop.o, shop.c",
                                   "CREATE VIEW shop.v AS SELECT o.id, c.name FROM shop.o o JOIN shop.c c ON c.id = o.c",
                                   "CREATE TABLE shop.written (i INT)", "SET GLOBAL log_bin_trust_function_creators = 1",
                                   "CREATE FUNCTION shop.writes() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN INSERT INTO shop.written VALUES (1); RETURN 1; END"}),
                     server->lastError().c_str());
        }
        m_server = server.get();
        m_local = findInstance(m_config, m_server->name()).value();
    }

    void treeTableAndTables()
    {
        const auto answer = ask("SELECT o.id, x.name FROM o JOIN c AS x ON x.id = o.c WHERE o.note = 'a' ORDER BY x.name LIMIT 10;");
        QVERIFY2(answer, answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(answer->as, std::string("itself"));
        QCOMPARE(answer->flavour, std::string(m_mariaDb ? "mariadb" : "mysql"));
        QVERIFY(answer->version.starts_with(m_mariaDb ? "10." : "9."));
        const auto json = parseJson(answer->plan, 100);
        QVERIFY2(json && (json->contains("query_block") || json->contains("query_plan")), answer->plan.c_str());
        QVERIFY(answer->planProblem.empty());
        // the table's form, whatever the server's own default is
        QCOMPARE(answer->columns.front(), std::string("id"));
        QCOMPARE(answer->rows.size(), 2u);
        QCOMPARE(answer->tables.size(), 2u);
        const wire::ExplainedTable &c = answer->tables[0], &o = answer->tables[1];
        QCOMPARE(c.schema + "." + c.name + " " + c.aliases.at(0), std::string("shop.c x"));
        QCOMPARE(c.kind + " " + c.engine, std::string("table InnoDB"));
        QVERIFY(c.rows && *c.rows > 30 && *c.rows < 128);
        QVERIFY(o.rows && *o.rows > 2'000 && *o.rows < 8'192);
        QVERIFY(o.dataBytes.value_or(0) > 100'000 && o.indexBytes.value_or(0) > 10'000);
        QCOMPARE(o.indexes.size(), 2u);
        QCOMPARE(o.indexes[0].name, std::string("PRIMARY"));
        QVERIFY(o.indexes[0].unique && o.indexes[1].unique && !o.indexes[1].hidden);
        QCOMPARE(o.indexes[1].columns.size(), 2u);
        QCOMPARE(o.indexes[1].columns[0].name + "," + o.indexes[1].columns[1].name, std::string("total,id"));
        QVERIFY(o.indexes[1].columns[0].cardinality.value_or(0) > 10 && o.indexes[1].columns[0].cardinality.value_or(0) < 200);
        QCOMPARE(c.indexes.at(1).columns.at(0).prefix.value_or(0), 10);
        QVERIFY(!c.indexes[1].unique);
    }

    void bothVersionsOfMySqlsJson()
    {
        if (m_mariaDb)
            return;
        const auto before = m_server->value("SELECT @@GLOBAL.explain_json_format_version");
        for (const char *version : {"1", "2"}) {
            QVERIFY2(m_server->exec("SET GLOBAL explain_json_format_version = " + std::string(version)), m_server->lastError().c_str());
            const auto answer = ask("SELECT * FROM o");
            QVERIFY2(answer, answer ? "" : describe(answer.error()).c_str());
            QVERIFY(parseJson(answer->plan, 100)->contains(*version == '1' ? "query_block" : "query_plan"));
            QCOMPARE(answer->rows.size(), 1u);
        }
        QVERIFY(m_server->exec("SET GLOBAL explain_json_format_version = " + before.value()));
    }

    void whatWritesIsShownAsTheSelectInIt()
    {
        const std::string before = count("o");
        for (const auto &[statement, as] : {std::pair{"UPDATE o SET note = 'z' WHERE total = 3", "update"}, std::pair{"DELETE o FROM o JOIN c ON c.id = o.c WHERE c.city = 'y'", "delete"},
                                            std::pair{"INSERT INTO c SELECT id + 1000, note, 'z' FROM o WHERE total = 3", "insert"},
                                            std::pair{"SELECT id FROM o WHERE total = 3 FOR UPDATE", "without_lock"}}) {
            const auto answer = ask(statement);
            QVERIFY2(answer, answer ? "" : describe(answer.error()).c_str());
            QCOMPARE(answer->as, std::string(as));
            QVERIFY(answer->statement.starts_with("SELECT "));
            QVERIFY(!answer->plan.empty() && !answer->rows.empty());
        }
        QCOMPARE(count("o"), before);
        QCOMPARE(count("c"), std::string("64"));
    }

    void viewsAndUnknownTables()
    {
        const auto view = ask("SELECT name FROM v WHERE id = 100");
        QVERIFY2(view, view ? "" : describe(view.error()).c_str());
        QCOMPARE(view->tables.at(0).kind, std::string("view"));
        const auto system = ask("SELECT * FROM information_schema.TABLES", "");
        QVERIFY2(system, system ? "" : describe(system.error()).c_str());
        const auto unknown = ask("SELECT * FROM nowhere");
        QVERIFY(!unknown);
        QCOMPARE(unknown.error().code, std::string("sql.failed"));
        QCOMPARE(unknown.error().fields.at("errno"), std::string("1146"));
        QVERIFY(!ask("SELECT 1", "no_such_schema"));
    }

    void whatServersWouldExecuteIsRefused()
    {
        QCOMPARE(refusalOf("SELECT /*! writes() */ 1"), QByteArray("lexing.server_comment"));
        QCOMPARE(refusalOf("SELECT /*M! writes() */ 1"), QByteArray("lexing.server_comment"));
        QCOMPARE(refusalOf("SELECT id INTO OUTFILE '/tmp/zandb-never' FROM o"), QByteArray("reads.into"));
        QCOMPARE(refusalOf("SELECT writes()"), QByteArray("function.not_pure"));
        QCOMPARE(refusalOf("SELECT * FROM o WHERE id = shop.writes()"), QByteArray("function.qualified"));
        QCOMPARE(refusalOf("SELECT * FROM (SELECT SLEEP(30)) d"), QByteArray("function.not_pure"));
        QCOMPARE(refusalOf("DROP TABLE o"), QByteArray("explain.kind"));
        QCOMPARE(refusalOf("SELECT * FROM t", "mysql"), QByteArray("schema.system_default"));
        QCOMPARE(count("written"), std::string("0"));
    }

    /// The second wall: whatever got past the rule, the account may not execute what writes, nor write files or rows.
    void theAccountItselfCanWriteNothing()
    {
        auto client = connectTo(m_config, m_local, Account::Explain);
        QVERIFY2(client, client ? "" : describe(client.error()).c_str());
        for (const char *sql : {"SELECT shop.writes()", "SELECT id FROM shop.o WHERE id = shop.writes()", "SELECT * FROM (SELECT shop.writes() AS w) d", "SELECT 1 INTO OUTFILE '/tmp/zandb-never'",
                                "INSERT INTO shop.written VALUES (1)", "DELETE FROM shop.o LIMIT 1", "SELECT id FROM shop.o FOR UPDATE"}) {
            const auto done = (*client)->query(sql);
            if (std::string_view(sql).ends_with("FOR UPDATE") && m_mariaDb)
                continue; // MariaDB lets SELECT lock; nothing is written
            QVERIFY2(!done, sql);
            QVERIFY2(done.error().code == "instance.not_permitted", (sql + (": " + describe(done.error()))).c_str());
        }
        for (const char *sql : {"EXPLAIN SELECT * FROM shop.o WHERE id = shop.writes()", "EXPLAIN SELECT * FROM (SELECT shop.writes() AS w) d", "EXPLAIN FORMAT=JSON SELECT shop.writes()"})
            (void)(*client)->query(sql);
        QCOMPARE(count("written"), std::string("0"));
        // a view runs with its owner's rights; inside of READ ONLY nothing is written either
        QVERIFY2(m_server->exec("CREATE OR REPLACE VIEW shop.w AS SELECT shop.writes() AS w"), m_server->lastError().c_str());
        (void)ask("SELECT * FROM w");
        (void)ask("SELECT * FROM o WHERE id = (SELECT MAX(w) FROM w)");
        QCOMPARE(count("written"), std::string("0"));
    }

    void caps()
    {
        std::string long_ = "SELECT * FROM o WHERE id IN (0";
        for (int i = 1; i < 8'000; ++i)
            long_ += "," + std::to_string(i);
        ExplainLimits limits;
        limits.planBytes = 256;
        limits.tables = 1;
        limits.indexes = 1;
        limits.rows = 1;
        const auto cut = ask("SELECT * FROM o JOIN c ON c.id = o.c WHERE o.note = 'x'", "shop", limits);
        QVERIFY2(cut, cut ? "" : describe(cut.error()).c_str());
        QCOMPARE(cut->planProblem, std::string("too_large"));
        QVERIFY(cut->plan.empty() && cut->moreRows);
        QCOMPARE(cut->tables.size(), 1u);
        QCOMPARE(cut->moreTables, 1);
        QCOMPARE(cut->tables[0].moreIndexes, 1);
        QVERIFY(ask(long_ + ")"));
        QCOMPARE(refusalOf(long_ + std::string(70'000, ' ') + ")"), QByteArray("bytes.too_long"));
        // an ALTER that waits holds up whoever opens the table, but not for long
        auto holder = SqlClient::connect(m_server->name(), m_server->socket(), "root"), alter = SqlClient::connect(m_server->name(), m_server->socket(), "root");
        QVERIFY(holder && alter);
        QVERIFY((*holder)->query("START TRANSACTION") && (*holder)->query("SELECT COUNT(*) FROM shop.o"));
        auto waiting = std::async(std::launch::async, [&] { return (*alter)->query("ALTER TABLE shop.o ADD x INT"); });
        QTRY_COMPARE_WITH_TIMEOUT(m_server->value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for table metadata lock'").value_or("?"), std::string("1"), 20'000);
        ExplainLimits patient;
        patient.lockWait = 1s;
        const auto held = ask("SELECT * FROM o", "shop", patient);
        QVERIFY(!held);
        QCOMPARE(held.error().code, std::string("sql.lock_wait"));
        QVERIFY((*holder)->query("ROLLBACK"));
        QVERIFY(waiting.get());
        QVERIFY2(m_server->exec("ALTER TABLE shop.o DROP x"), m_server->lastError().c_str());
    }

    void theMethodIsForOperators()
    {
        const Json params = wire::ExplainAsk{m_server->name(), "shop", "DELETE FROM o WHERE total = 3"};
        QCOMPARE(enter("viewer")->errorOf("slowlog.explain", params), std::string("access.denied"));
        QCOMPARE(enter("dispatcher")->errorOf("slowlog.explain", params), std::string("access.denied"));
        auto client = enter("operator");
        const auto answer = client->call("slowlog.explain", params);
        QVERIFY2(answer, answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(answer->get<wire::Explained>().as, std::string("delete"));
        Json other = params;
        other["instance"] = "my1";
        QCOMPARE(client->errorOf("slowlog.explain", other), std::string("instance.unknown"));
        other = params;
        other["statement"] = "DROP TABLE o";
        QCOMPARE(client->errorOf("slowlog.explain", other), std::string("explain.refused"));
        QCOMPARE(client->errorOf("slowlog.explain", {{"instance", 3}}), std::string("protocol.bad_params"));
    }
};

QTEST_GUILESS_MAIN(TestExplain)
#include "tst_explain.moc"
