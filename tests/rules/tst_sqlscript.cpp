// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqlscript.h"

#include <QElapsedTimer>
#include <QTest>

#include <string>

using namespace zandb::rules;

/// Scripts are cut where their writer sees the end of a statement, or refused.
class TestSqlScript : public QObject
{
    Q_OBJECT

    static std::vector<std::string> texts(const std::string &script)
    {
        const SplitScript split = splitScript(script);
        if (split.problem)
            return {"problem " + std::string(split.problem->code) + " line " + std::to_string(split.problem->line)};
        std::vector<std::string> found;
        for (const ScriptItem &item : split.items)
            found.push_back(std::to_string(item.line) + ": " + script.substr(item.offset, item.length));
        return found;
    }
    using Texts = std::vector<std::string>;

private Q_SLOTS:
    void delimiters()
    {
        const std::string script = R"(DELIMITER $$
CREATE PROCEDURE p() BEGIN
  DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;
  IF EXISTS (SELECT 1) THEN SELECT CASE WHEN 1 THEN 'a;b' ELSE "c$$d" END; END IF;
  lp: LOOP LEAVE lp; END LOOP lp;
END$$
DELIMITER ;
DROP TABLE IF EXISTS x; -- ;
SELECT `a;b` FROM t /* ; */ WHERE c = ';' # ;
;CREATE TABLE begin_end (`begin` INT, `end` INT);
)";
        const Texts found = texts(script);
        QCOMPARE(found.size(), std::size_t{4});
        QVERIFY(found[0].starts_with("2: CREATE PROCEDURE p() BEGIN\n") && found[0].ends_with("END LOOP lp;\nEND"));
        QCOMPARE(found[1], std::string("8: DROP TABLE IF EXISTS x"));
        QCOMPARE(found[2], std::string("9: SELECT `a;b` FROM t /* ; */ WHERE c = ';'"));
        QCOMPARE(found[3], std::string("10: CREATE TABLE begin_end (`begin` INT, `end` INT)"));
        std::string without;
        for (std::size_t at = 0; at < script.size();) {
            const std::size_t end = script.find('\n', at) + 1;
            if (!script.substr(at, end - at).starts_with("DELIMITER"))
                without += script.substr(at, end - at);
            at = end;
        }
        QCOMPARE(texts(without), (Texts{"problem script.ambiguous line 1"}));
    }

    void splits_data()
    {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *name, const char *script, const QStringList &expected) { QTest::newRow(name) << QString::fromUtf8(script) << expected; };
        row("one", "SELECT 1", {QStringLiteral("1: SELECT 1")});
        row("none", " ;; -- x\n ; /* ; */", {});
        row("empty", "", {});
        row("comment behind", "SELECT 10 ; -- note", {QStringLiteral("1: SELECT 10")});
        row("comment behind 2", "SELECT 10 ; /* note */", {QStringLiteral("1: SELECT 10")});
        row("blank line inside", "DELETE FROM t\n\nWHERE id=5;", {QStringLiteral("1: DELETE FROM t\n\nWHERE id=5")});
        row("where in a comment", "UPDATE t SET v=1 -- WHERE id=5\n;SELECT 1", {QStringLiteral("1: UPDATE t SET v=1"), QStringLiteral("2: SELECT 1")});
        row("crlf", "SELECT 1;\r\nSELECT 2;\r\n", {QStringLiteral("1: SELECT 1"), QStringLiteral("2: SELECT 2")});
        row("leading comments", "-- a\n/* b\n */ SELECT 1", {QStringLiteral("3: SELECT 1")});
        row("executable comment is kept", "/*!50000 DROP TABLE t */; SELECT 1", {QStringLiteral("1: /*!50000 DROP TABLE t */"), QStringLiteral("1: SELECT 1")});
        row("quotes", "SELECT ';', \";\", `;`, 'it''s;', '\\';'; SELECT 2", {QStringLiteral("1: SELECT ';', \";\", `;`, 'it''s;', '\\';'"), QStringLiteral("1: SELECT 2")});
        row("minus minus", "SELECT 5--1; SELECT 2", {QStringLiteral("1: SELECT 5--1"), QStringLiteral("1: SELECT 2")});
        row("lower case", "delimiter //\nSELECT 1; SELECT 2//\nDeLiMiTeR ;\nSELECT 3;", {QStringLiteral("2: SELECT 1; SELECT 2"), QStringLiteral("4: SELECT 3")});
        row("a delimiter of letters", "DELIMITER go\nSELECT 1 go\nSELECT 2 go", {QStringLiteral("2: SELECT 1"), QStringLiteral("3: SELECT 2")});
        row("a word is no line", "SELECT delimiter FROM t; SELECT 2", {QStringLiteral("1: SELECT delimiter FROM t"), QStringLiteral("1: SELECT 2")});
        row("transaction", "BEGIN; COMMIT; BEGIN WORK;", {QStringLiteral("1: BEGIN"), QStringLiteral("1: COMMIT"), QStringLiteral("1: BEGIN WORK")});
        row("simple routine", "CREATE FUNCTION f() RETURNS INT RETURN 1; SELECT 2", {QStringLiteral("1: CREATE FUNCTION f() RETURNS INT RETURN 1"), QStringLiteral("1: SELECT 2")});
        row("words in names", "CREATE TABLE t (loop_x INT, `BEGIN` INT); SELECT 1", {QStringLiteral("1: CREATE TABLE t (loop_x INT, `BEGIN` INT)"), QStringLiteral("1: SELECT 1")});
        for (const char *script : {"SELECT 'a", "SELECT \"a", "SELECT 1; SELECT 'it''s", "SELECT 'a\\'"})
            row(script, script, {QStringLiteral("problem script.open_string line 1")});
        row("open name", "SELECT `a", {QStringLiteral("problem script.open_name line 1")});
        row("open comment", "SELECT 1;\nSELECT /* a", {QStringLiteral("problem script.open_comment line 2")});
        for (const char *script : {"BEGIN NOT ATOMIC DELETE FROM t; END", "CREATE PROCEDURE p() BEGIN SELECT 1; END", "CREATE DEFINER=a@b TRIGGER t BEFORE INSERT ON u FOR EACH ROW BEGIN SET @a=1; END",
                                   "CREATE OR REPLACE EVENT e ON SCHEDULE EVERY 1 DAY DO BEGIN DELETE FROM t; END", "lp: LOOP SELECT 1; END LOOP", "IF 1 THEN DELETE FROM t; END IF",
                                   "ALTER EVENT e DO BEGIN DELETE FROM t; END"})
            row(script, script, {QStringLiteral("problem script.ambiguous line 1")});
        row("second is compound", "SELECT 1;\n\nWHILE 1 DO SELECT 1; END WHILE", {QStringLiteral("problem script.ambiguous line 3")});
        row("delimiter inside", "SELECT 1\nDELIMITER //\n", {QStringLiteral("problem script.delimiter_inside line 2")});
        for (const char *script : {"DELIMITER", "DELIMITER  \n", "DELIMITER \\\n", "DELIMITER '\n", "DELIMITER a b\n", "DELIMITER 12345678901234567\n"})
            row(script, script, {QStringLiteral("problem script.delimiter line 1")});
    }
    void splits()
    {
        QFETCH(QString, script);
        QFETCH(QStringList, expected);
        QStringList found;
        for (const std::string &text : texts(script.toStdString()))
            found << QString::fromStdString(text);
        QCOMPARE(found, expected);
    }

    void greatScripts()
    {
        std::string script;
        while (script.size() < 50u << 20)
            script += "INSERT INTO t VALUES (1, 'a;b', \"c\") /* ; */;\n";
        QElapsedTimer timer;
        timer.start();
        const SplitScript split = splitScript(script);
        QVERIFY(!split.problem);
        QCOMPARE(split.items.size(), script.size() / std::string("INSERT INTO t VALUES (1, 'a;b', \"c\") /* ; */;\n").size());
        QCOMPARE(split.items.back().line, split.items.size());
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
    }

    void anyBytes()
    {
        const std::string bytes("\0\xff;'\0;' \x80", 9);
        QCOMPARE(splitScript(bytes).items.size(), std::size_t{2});
    }
};

QTEST_GUILESS_MAIN(TestSqlScript)
#include "tst_sqlscript.moc"
