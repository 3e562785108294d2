// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/fingerprint.h"
#include "agent/rules/sqltext.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <string>

using namespace zandb;

/// The shape of statements.  "as pt" are checked against pt-query-digest 3.2.1 by tst_digest too; "right" are those where that tool is wrong.
class TestFingerprint : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void shapes_data()
    {
        QTest::addColumn<QByteArray>("statement");
        QTest::addColumn<QByteArray>("shape");
        const auto row = [](const char *what, const char *statement, const char *shape) {
            QTest::newRow(what) << QByteArray(statement) << QByteArray(shape);
        };
        // as pt
        row("numbers", "SELECT 1, -2, +3.5, 1e-5 FROM t WHERE a=0x1f", "select ?, ?, ?, ? from t where a=?");
        row("numbers in names", "SELECT tab1, t_2, box3, 4x FROM db5.t6", "select ta?, t_?, bo?, ? from d?t?");
        row("upper-case hex digits stay", "SELECT 0xAB", "select ?ab");
        row("minus", "SELECT a - b, c-d", "select a ? b, c?");
        row("strings", R"(SELECT 'a', "b", 'it\'s', '', x'00', b'1', _utf8'x', N'y')", "select ?, ?, ?, ?, ?, ?, _utf??, n?");
        row("doubled quotes", "SELECT 'it''s'", "select ??");
        row("strings over lines", "SELECT 'a\nb'", "select ?");
        row("true, false, null", "SELECT TRUE, false, NULL, truex, nullx, xnull", "select ?, ?, ?, truex, nullx, xnull");
        row("white space", "  SELECT\t1\n\n FROM\r\n t\n", "select ? from t");
        row("white space at the end", "SELECT 1 \n", "select ? ");
        row("comments", "SELECT /* a */ 1 # b\n, 2 -- c\n, 3", "select ? , ? , ?");
        row("comment that joins", "SEL/* a */ECT 1", "select ?");
        row("versioned comment", "SELECT /*!40001 SQL_NO_CACHE */ a", "select /*!? sql_no_cache */ a");
        row("lists", "SELECT a FROM t WHERE a IN (1,2,3) AND b in ('x') AND c IN (SELECT 1)", "select a from t where a in(?+) and b in(?+) and c in (select ?)");
        row("values", "INSERT INTO t (a,b) VALUES (1,'x'), (2,'y')", "insert into t (a,b) values(?+)");
        row("first row only", "INSERT INTO t VALUES (1,now()), (2,now()) ON DUPLICATE KEY UPDATE a=1", "insert into t values (?,now())");
        row("all rows where it is no plain INSERT", "INSERT LOW_PRIORITY INTO t VALUES (1),(2) ON DUPLICATE KEY UPDATE a=1",
            "insert low_priority into t values(?+) on duplicate key update a=?");
        row("empty list", "INSERT INTO t VALUES ()", "insert into t values(?+)");
        row("limit", "SELECT a FROM t LIMIT 10, 20", "select a from t limit ?");
        row("limit with offset", "SELECT a FROM t LIMIT 10 OFFSET 20", "select a from t limit ?");
        row("only the first limit", "(SELECT 1 LIMIT 1,2) UNION (SELECT 2 LIMIT 1,2)", "(select ? limit ?) union (select ? limit ?,?)");
        row("union", "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3", "select ? /*repeat union all*/");
        row("union of others", "SELECT a FROM t UNION SELECT b FROM t", "select a from t union select b from t");
        row("ascending", "SELECT a FROM t ORDER BY a ASC, b DESC, c asc", "select a from t order by a, b desc, c");
        row("ascending elsewhere", "SELECT asc FROM t", "select asc from t");
        row("call", "CALL Foo(1, 'x')", "call foo");
        row("use", "use `Shop`", "use ?");
        row("command", "administrator command: Init DB", "administrator command: Init DB");
        row("mysqldump", "SELECT /*!40001 SQL_NO_CACHE */ * FROM `t`", "mysqldump");
        row("pt-table-checksum", "REPLACE /*shop.items:3/9*/ INTO t SELECT 1", "percona-toolkit");
        row("bytes that are no ASCII", "SELECT \xc3\x89t\xc3\xa9", "select \xc3\x89t\xc3\xa9");
        row("JSON path", "SELECT a->'$.x'", "select a?>?");
        row("nothing", "", "");
        // right: comments are comments, code is code
        row("comment at the end", "SELECT 1 /* x */", "select ?");
        row("comment with quotes", "SELECT a -- it's\nFROM t # \"\nWHERE b=1", "select a from t where b=?");
        row("comment that cannot close so soon", "/*/x*/SELECT 1", "select ?");
        row("empty comment", "SELECT /**/ a /* b */ c", "select a c");
        row("two minus signs at the end", "SELECT a FROM t WHERE b=4--\n", "select a from t where b=?");
        row("two minus signs that are arithmetic", "SELECT a FROM t WHERE b=5--1", "select a from t where b=??");
        row("hint", "SELECT /*+ MAX_EXECUTION_TIME(9) */ a", "select /*? max_execution_time(?) */ a");
        row("hint elsewhere is a comment", "SELECT a /*+ x */ FROM t", "select a from t");
        row("code of MariaDB", "SELECT /*M!100000 1 */ a", "select /*m!? ? */ a");
        row("hash in a name", "SELECT `a#b`, c FROM t", "select `a#b`, c from t");
        row("comment begin in a string", "SELECT '/*', a, '*/'", "select ?, a, ?");
        row("comment that was cut off", "SELECT a /* x", "select a /* x");
        // right: literals are hidden
        row("escaped backslash", R"(SELECT 'a\\', b)", "select ?, b");
        row("quotes of the other kind", R"(SELECT 'a"b' , c, 'd"e')", "select ? , c, ?");
        row("cut in a string", "SELECT 'half of a sec", "select ?");
        row("cut behind a backslash", "SELECT 'half\\", "select ?");
        row("quote in a name", "SELECT `it's` FROM t WHERE a='x'", "select `it's` from t where a=?");
        row("name that was cut off", "SELECT `a 'secret'", "select `a ?");
        row("row with a parenthesis in a string", "INSERT INTO t VALUES ('a),(b', 2), ('c', 3)", "insert into t values(?+)");
        row("call with an inner call", "CALL f('x',(1+2))", "call f");
        row("passwords", "CREATE USER u IDENTIFIED BY 'pw1'", "create user u identified by ?");
        row("binary strings", R"(INSERT INTO k VALUES (_binary'top\'secret', x'00'))", "insert into k values (_binary?, ?)");
    }
    void shapes()
    {
        QFETCH(QByteArray, statement);
        QFETCH(QByteArray, shape);
        QCOMPARE(QByteArray::fromStdString(fingerprint(statement.toStdString())), shape);
        // an object that was used before gives the same
        Fingerprinter used;
        used("INSERT INTO t VALUES ('a', 1), (2) UNION SELECT `x` LIMIT 1 ORDER BY a ASC /*!1 */");
        const std::string_view again = used(std::string_view(statement.constData(), static_cast<std::size_t>(statement.size())));
        QCOMPARE(QByteArray(again.data(), static_cast<qsizetype>(again.size())), shape);
    }

    void emptyBytesAreOrdinary()
    {
        const std::string statement("SELECT '\0', a\0b", 15);
        QCOMPARE(fingerprint(statement), std::string("select ?, a\0b", 13));
    }

    /// What an attacker may send as a statement costs no more than its length.
    void isLinear_data()
    {
        QTest::addColumn<QByteArray>("piece");
        for (const char *piece : {"/*", "/*!", "'", "`", "\\'", "a/**/", "--", "in (", "in(1)", " asc", "values ((", ") ,", "union select 1 ", "select union ", "call ((", "-- \n", "limit 1,", "/*!*/*"})
            QTest::newRow(piece) << QByteArray(piece);
    }
    void isLinear()
    {
        QFETCH(QByteArray, piece);
        const auto cost = [&](qsizetype bytes) {
            const std::string statement = "INSERT INTO t VALUES (order by a" + piece.repeated(bytes / piece.size()).toStdString();
            qint64 best = std::numeric_limits<qint64>::max();
            for (int i = 0; i < 3; ++i) {
                QElapsedTimer timer;
                timer.start();
                Fingerprinter()(statement);
                best = std::min(best, timer.nsecsElapsed());
            }
            return best;
        };
        const qint64 small = cost(100'000), large = cost(1'600'000);
        // 16 times the text: what grows with the square would take 256 times as long; small times are noise
        QVERIFY2(large < 64 * small + 50'000'000, qPrintable(QStringLiteral("%1 us, then %2 us").arg(small / 1000).arg(large / 1000)));
    }

    void literalsLeaveAStatementOpen_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("open");
        const auto row = [](const char *text, bool open) { QTest::newRow(text) << QByteArray(text) << open; };
        row("SELECT 'a'\n", false);
        row("SELECT 'a\n", true);
        row("SELECT \"a\n", true);
        row("SELECT `a\n", true);
        row("SELECT 'a\\'\n", true);
        row("SELECT 'a\\\\'\n", false);
        row("SELECT 'a''\n", true);
        row("SELECT '\"'\n", false);
        row("SELECT /* '\n", true);
        row("SELECT /* ' */ 1\n", false);
        row("SELECT 1 -- it's\n", false);
        row("SELECT 1 # it's\n", false);
        row("SELECT 1--'\n", true);
        row("SELECT /*!1 '*/\n", true);
        row("SELECT 5/2, 'x'\n", false);
    }
    void literalsLeaveAStatementOpen()
    {
        QFETCH(QByteArray, text);
        QFETCH(bool, open);
        sqltext::State state;
        state.feed(text.toStdString());
        QCOMPARE(state.isOpen(), open);
    }

    /// Words of every length beside every byte that is nearly a letter: letters are read sixteen at once.
    void longWords()
    {
        const std::string letters = "Az_ZaQ_mSELECTinG_xyZ_AbCdEfGhIjKlMnOpQrStUvWxYz_";
        for (std::size_t size = 1; size <= letters.size(); ++size) {
            for (const std::string behind : {"", " ", "[b", "@b", "{b", "~b", "\x80z", "\xc1z", "\xdfz", "(b)"}) {
                const std::string word = letters.substr(0, size);
                std::string expected = "select " + word + behind;
                std::ranges::transform(expected, expected.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
                QCOMPARE(fingerprint("SELECT " + word + behind), expected);
                QCOMPARE(fingerprint("SELECT " + word + behind + " FROM a_table_with_a_long_name"), expected + (behind == " " ? "from" : " from") + " a_table_with_a_long_name");
            }
        }
    }
};

QTEST_GUILESS_MAIN(TestFingerprint)
#include "tst_fingerprint.moc"
