// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/explainable.h"

#include <QTest>

using namespace zandb::rules;

/// Which text goes behind EXPLAIN, and what is refused.
class TestExplainable : public QObject
{
    Q_OBJECT

    static Explainable ask(const QByteArray &statement, GuardFlavour flavour = GuardFlavour::MariaDb)
    {
        GuardContext context;
        context.flavour = flavour;
        context.schema = "shop";
        return explainable(statement.toStdString(), context);
    }

private Q_SLOTS:
    void built_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QByteArray>("as");
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char *statement, const char *as, const char *text) { QTest::newRow(statement) << QByteArray(statement) << QByteArray(as) << QByteArray(text); };
        row("SELECT id FROM o WHERE note LIKE '%x%';", "itself", "SELECT id FROM o WHERE note LIKE '%x%'");
        row("/* app */ SELECT 1 -- end", "itself", "SELECT 1");
        row("WITH x AS (SELECT 1 a FROM o) SELECT a FROM x", "itself", "WITH x AS (SELECT 1 a FROM o) SELECT a FROM x");
        row("(SELECT a FROM o) UNION (SELECT b FROM c)", "itself", "(SELECT a FROM o) UNION (SELECT b FROM c)");
        row("SELECT a FROM o USE INDEX FOR JOIN (u)", "itself", "SELECT a FROM o USE INDEX FOR JOIN (u)");
        row("SELECT a FROM o WHERE id = 3 FOR UPDATE", "without_lock", "SELECT a FROM o WHERE id = 3");
        row("SELECT a FROM o LIMIT 3 FOR SHARE OF o SKIP LOCKED;", "without_lock", "SELECT a FROM o LIMIT 3");
        row("SELECT a FROM o LOCK IN SHARE MODE", "without_lock", "SELECT a FROM o");
        row("UPDATE o SET note = 'x', total = total + 1 WHERE id > 5 ORDER BY id LIMIT 10", "update", "SELECT * FROM o WHERE id > 5 ORDER BY id LIMIT 10");
        row("UPDATE LOW_PRIORITY IGNORE o JOIN c ON c.id = o.c SET o.note = 'x' WHERE c.city = 'y'", "update", "SELECT * FROM o JOIN c ON c.id = o.c WHERE c.city = 'y'");
        row("UPDATE o SET note = f(note)", "update", "SELECT * FROM o"); // what is set is not run
        row("UPDATE o, (SELECT id FROM c WHERE city = 'y') d SET note = 'x' WHERE d.id = o.c", "update", "SELECT * FROM o, (SELECT id FROM c WHERE city = 'y') d WHERE d.id = o.c");
        row("DELETE FROM o WHERE total < 5 ORDER BY id LIMIT 10", "delete", "SELECT * FROM o WHERE total < 5 ORDER BY id LIMIT 10");
        row("DELETE QUICK IGNORE FROM shop.o PARTITION (p0) WHERE id IN (SELECT c FROM c)", "delete", "SELECT * FROM shop.o PARTITION (p0) WHERE id IN (SELECT c FROM c)");
        row("DELETE o, x.* FROM o JOIN c x ON x.id = o.c WHERE x.city = 'y'", "delete", "SELECT * FROM o JOIN c x ON x.id = o.c WHERE x.city = 'y'");
        row("DELETE FROM o USING o JOIN c USING (id) WHERE c.city = 'y'", "delete", "SELECT * FROM o JOIN c USING (id) WHERE c.city = 'y'");
        row("DELETE FROM o", "delete", "SELECT * FROM o");
        row("INSERT INTO arch (a, b) SELECT id, note FROM o WHERE total > 3", "insert", "SELECT id, note FROM o WHERE total > 3");
        row("INSERT IGNORE shop.arch SELECT a FROM o JOIN duplicate ON duplicate.id = o.id ON DUPLICATE KEY UPDATE b = 'x'", "insert",
            "SELECT a FROM o JOIN duplicate ON duplicate.id = o.id");
        row("REPLACE INTO arch PARTITION (p0, p1) (a) (SELECT a FROM o)", "insert", "(SELECT a FROM o)");
        row("INSERT INTO arch (SELECT a FROM o)", "insert", "(SELECT a FROM o)");
        row("INSERT INTO arch WITH x AS (SELECT 1 a FROM o) SELECT a FROM x", "insert", "WITH x AS (SELECT 1 a FROM o) SELECT a FROM x");
    }
    void built()
    {
        QFETCH(QByteArray, statement);
        QFETCH(QByteArray, as);
        QFETCH(QByteArray, text);
        const Explainable made = ask(statement);
        QVERIFY2(made.allowed, (made.reason + ": " + made.detail).c_str());
        QCOMPARE(QByteArray::fromStdString(std::string(toString(made.as))), as);
        QCOMPARE(QByteArray::fromStdString(made.text), text);
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QByteArray>("reason");
        const auto row = [](const char *statement, const char *reason) { QTest::newRow(statement) << QByteArray(statement) << QByteArray(reason); };
        row("SELECT /*! 1 */ 2", "lexing.server_comment");
        row("SELECT /*M! 1 */ 2", "lexing.server_comment");
        row("SELECT /*!80000 a INTO OUTFILE '/tmp/x' */ FROM o", "lexing.server_comment");
        row("SELECT 1 INTO OUTFILE '/tmp/x'", "reads.into");
        row("SELECT 1 INTO @a", "lexing.user_variable");
        row("SELECT 1 FOR UPDATE INTO OUTFILE '/tmp/x'", "reads.locks");
        row("SELECT a INTO DUMPFILE 'x' FROM o FOR UPDATE", "reads.into");
        row("SELECT f(1)", "function.not_pure");
        row("SELECT shop.f(1) FROM o", "function.qualified");
        row("SELECT SLEEP(5)", "function.not_pure");
        row("SELECT * FROM o WHERE id = ?", "lexing.placeholder");
        row("SELECT 1; SELECT 2", "lexing.several_statements");
        row("SELECT 'half of a sec", "lexing.open_string");
        row("SELECT * FROM mysql.user", "reads.secret_table");
        row("INSERT INTO t VALUES (1)", "explain.values");
        row("INSERT INTO t (a, b) VALUES (1, 2), (3, 4) ON DUPLICATE KEY UPDATE a = 1", "explain.values");
        row("INSERT t SET a = 1", "explain.values");
        row("INSERT INTO t SELECT a FROM o RETURNING id", "explain.form");
        row("UPDATE o SET note = (SELECT name FROM c LIMIT 1) WHERE id = 1", "explain.set_subquery");
        row("UPDATE o FOR PORTION OF p FROM 1 TO 2 SET note = 'x'", "explain.form");
        row("DELETE FROM o WHERE id = 3 RETURNING id", "explain.form");
        row("DELETE HISTORY FROM o", "explain.form");
        row("UPDATE o SET note = 'x' WHERE f(id) = 3", "function.not_pure");
        row("WITH x AS (SELECT 1) DELETE FROM o", "reads.with");
        row("DROP TABLE o", "explain.kind");
        row("CREATE TABLE x AS SELECT * FROM o", "explain.kind");
        row("SHOW TABLES", "explain.kind");
        row("EXPLAIN SELECT 1", "explain.kind");
        row("ANALYZE SELECT * FROM o", "explain.kind");
        row("CALL p()", "explain.kind");
        row("administrator command: Quit", "lexing.label");
        row("", "bytes.nothing");
    }
    void refused()
    {
        QFETCH(QByteArray, statement);
        QFETCH(QByteArray, reason);
        const Explainable made = ask(statement);
        QVERIFY(!made.allowed);
        QCOMPARE(QByteArray::fromStdString(made.reason), reason);
        QVERIFY(!made.detail.empty());
    }

    void tables()
    {
        const auto tablesOf = [](const char *statement) {
            QByteArray text;
            for (const GuardRead &read : ask(statement).tables)
                text += QByteArray::fromStdString(read.schema + "." + read.table + (read.alias == read.table ? "" : " " + read.alias)) + "; ";
            return text;
        };
        QCOMPARE(tablesOf("SELECT 1"), QByteArray());
        QCOMPARE(tablesOf("SELECT * FROM o"), QByteArray("shop.o; "));
        QCOMPARE(tablesOf("SELECT * FROM o a JOIN o AS b ON a.id = b.id LEFT JOIN hr.`c d` USING (id) WHERE 1"), QByteArray("hr.c d; shop.o a; shop.o b; "));
        QCOMPARE(tablesOf("SELECT * FROM o, c USE INDEX (u), d PARTITION (p0) x WHERE o.id IN (SELECT id FROM e WHERE e.x = (SELECT MAX(a) FROM `f`))"),
                 QByteArray("shop.c; shop.d x; shop.e; shop.f; shop.o; "));
        QCOMPARE(tablesOf("WITH x AS (SELECT 1 a FROM o) SELECT * FROM x JOIN (SELECT 1 FROM c) y"), QByteArray("shop.c; shop.o; "));
        QCOMPARE(tablesOf("SELECT * FROM o UNION SELECT * FROM o"), QByteArray("shop.o; "));
        QCOMPARE(tablesOf("UPDATE o SET a = 1 WHERE b = 2"), QByteArray("shop.o; "));
        QCOMPARE(tablesOf("SELECT EXTRACT FROM o"), QByteArray("shop.o; "));
        // nobody pays for it who does not ask
        QVERIFY(judge("SELECT * FROM o").subject.reads.empty());
    }
};

QTEST_APPLESS_MAIN(TestExplainable)
#include "tst_explainable.moc"
