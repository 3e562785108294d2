// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/slowlogfields.h"
#include "agent/slowlog/slowlogparser.h"

#include <QTest>

#include <cstring>
#include <string>
#include <vector>

using namespace zandb;
using namespace zandb::agent;

namespace {

struct Entry
{
    std::string statement, user, host, schema;
    std::optional<TimePoint> at;
    double seconds = -1, lock = -1, sent = -1, examined = -1, bytes = -1;
    std::int64_t offset = 0, end = 0;
    bool hasStatement = true, isCut = false;
};

struct Log
{
    std::vector<Entry> entries;
    std::int64_t notUnderstood = 0;
};

Log parse(const std::string &text, std::size_t step = 1u << 20, SlowLogParser::Limits limits = {})
{
    SlowLogParser parser(limits);
    SlowEvent event;
    Log log;
    const auto drain = [&] {
        while (parser.next(event))
            log.entries.push_back({std::string(event.statement), std::string(event.user), std::string(event.host), std::string(event.schema), event.at,
                                   event.querySeconds.value_or(-1), event.lockSeconds.value_or(-1), event.rowsSent.value_or(-1), event.rowsExamined.value_or(-1),
                                   event.bytesSent.value_or(-1), event.offset, event.end, event.hasStatement, event.isCut});
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto space = parser.space();
        const std::size_t size = std::min({step, text.size() - at, space.size()});
        std::memcpy(space.data(), text.data() + at, size);
        parser.take(size);
        at += size;
        drain();
    }
    parser.finish();
    drain();
    log.notUnderstood = parser.notUnderstood();
    return log;
}

std::string head(int id, const char *seconds = "0.000300")
{
    return "# User@Host: u[u] @ localhost []  Id: " + std::to_string(id) + "\n# Query_time: " + seconds
        + "  Lock_time: 0.000100 Rows_sent: 2  Rows_examined: 3\nSET timestamp=1788411909;\n";
}

const std::string forged = "\n# User@Host: root[root] @ localhost []\n# Query_time: 900.0  Lock_time: 0  Rows_sent: 1  Rows_examined: 1\nSET timestamp=1;\nDROP TABLE salaries;";
const std::string forgedWithTime = "\n# Time: 2026-09-03T05:05:09.000123Z" + forged;
const std::string banner = "/usr/sbin/mariadbd, Version: 10.11.19-MariaDB-0+deb12u1 (Debian 12). started with:\nTcp port: 3306  Unix socket: /run/mysqld/mysqld.sock\n"
                           "Time\t\t    Id Command\tArgument\n";

} // namespace

class TestSlowLogParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void explainLines()
    {
        const Log log = parse("# User@Host: shop[shop] @ app7 [10.9.0.7]\n# Thread_id: 71  Schema: shop  QC_hit: No\n"
                              "# Query_time: 1.250000  Lock_time: 0.000100  Rows_sent: 3  Rows_examined: 90000\n# Rows_affected: 0  Bytes_sent: 411\n#\n"
                              "# explain: id\tselect_type\ttable\ttype\tpossible_keys\tkey\tkey_len\tref\trows\tr_rows\tfiltered\tr_filtered\tExtra\n"
                              "# explain: 1\tSIMPLE\torders\tALL\tNULL\tNULL\tNULL\tNULL\t91000\t90000.00\t100.00\t0.01\tUsing where\n#\n"
                              "use `shop`;\nSET timestamp=1780000000;\nSELECT id FROM orders WHERE note LIKE '%x%';\n");
        QCOMPARE(log.entries.size(), std::size_t{1});
        const Entry &entry = log.entries[0];
        QCOMPARE(entry.statement, "SELECT id FROM orders WHERE note LIKE '%x%'");
        QCOMPARE(entry.user, "shop");
        QCOMPARE(entry.host, "app7");
        QCOMPARE(entry.schema, "shop");
        QCOMPARE(entry.seconds, 1.25);
        QCOMPARE(entry.lock, 0.0001);
        QCOMPARE(entry.sent, 3.0);
        QCOMPARE(entry.examined, 90000.0);
        QCOMPARE(entry.bytes, 411.0);
        QCOMPARE(toIso(entry.at.value()), "2026-05-28T20:26:40Z");
        QCOMPARE(log.notUnderstood, 0);
    }

    /// Where pt-query-digest splits such a statement in two, we do not.
    void headersInLiterals_data()
    {
        QTest::addColumn<QByteArray>("statement");
        const auto row = [](const char *what, const std::string &statement) { QTest::newRow(what) << QByteArray::fromStdString(statement); };
        row("string", "SELECT 'a" + forged + "'");
        row("string behind a semicolon", "SELECT 'a;" + forgedWithTime + "'");
        row("double quotes", "SELECT \"a;" + forged + "\"");
        row("quoted name", "SELECT 1 AS `a;" + forged + "`");
        row("comment", "SELECT /* x;" + forgedWithTime + " */ 2");
        row("escaped quote", "SELECT 'a\\';" + forged + "'");
        row("doubled quote", "SELECT 'a'';" + forged + "'");
        row("a quote in a comment before", "SELECT 1 -- it's\n, 'a;" + forged + "'");
        row("comment at the begin", "# User@Host: root[root] @ localhost []\n# Query_time: 900.0  Lock_time: 0  Rows_sent: 1  Rows_examined: 1\nSELECT 1");
        row("comment of one line inside", "SELECT 1\n# User@Host: root[root] @ localhost []\n# Query_time: 900.0  Lock_time: 0\nFROM t");
        row("banner", "SELECT 'a;\n" + banner + "'");
    }
    void headersInLiterals()
    {
        QFETCH(QByteArray, statement);
        const std::string text = statement.toStdString();
        const std::string whole = head(1) + text + ";\n" + head(2) + "SELECT 2;\n";
        for (const std::size_t step : {std::size_t{1} << 20, std::size_t{7}, std::size_t{1}}) {
            const Log log = parse(whole, step);
            QCOMPARE(log.entries.size(), std::size_t{2});
            QCOMPARE(log.entries[0].statement, text);
            QCOMPARE(log.entries[0].seconds, 0.0003);
            QCOMPARE(log.entries[0].user, "u");
            QCOMPARE(log.entries[1].statement, "SELECT 2");
        }
    }

    void times_data()
    {
        QTest::addColumn<QByteArray>("lines");
        QTest::addColumn<QByteArray>("time"); // empty: unknown
        const auto row = [](const char *what, const char *lines, const char *time) { QTest::newRow(what) << QByteArray(lines) << QByteArray(time); };
        const char *right = "2026-09-03T05:05:09Z";
        row("old, with the timestamp", "# Time: 260903  7:05:09\n|SET timestamp=1788411909;\n", right);
        row("none, with the timestamp", "|SET timestamp=1788411909;\n", right);
        row("RFC 3339", "# Time: 2026-09-03T05:05:09.000123Z\n|SET timestamp=1788411909;\n", right);
        row("with an offset", "# Time: 2026-09-03T07:05:09.000123+02:00\n|SET timestamp=1788411909;\n", right);
        row("with -00:00", "# Time: 2026-09-03T05:05:09.000123-00:00\n|SET timestamp=1788411909;\n", right);
        row("with insert ids", "# Time: 260903  7:05:09\n|SET last_insert_id=5,insert_id=7,timestamp=1788411909;\n", right);
        row("timestamp with a fraction", "|SET timestamp=1788411909.250000;\n", "2026-09-03T05:05:09.250000Z");
        row("RFC 3339 alone", "# Time: 2026-09-03T07:05:09.000123+02:00\n|", "2026-09-03T05:05:09.000123Z");
        row("old alone", "# Time: 260903  7:05:09\n|", "2026-09-03T07:05:09Z");
        row("neither", "|", "");
        row("no date", "# Time: 261303  7:05:09\n|", "");
        row("beyond all years", "|SET timestamp=99999999999999999999;\n", "");
        row("the first second", "|SET timestamp=1;\n", "1970-01-01T00:00:01Z");
    }
    void times()
    {
        QFETCH(QByteArray, lines);
        QFETCH(QByteArray, time);
        const QList<QByteArray> parts = lines.split('|');
        const Log log = parse(parts[0].toStdString() + "# User@Host: u[u] @ localhost []\n# Query_time: 1.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 1\n"
                              + parts[1].toStdString() + "SELECT 1;\n");
        QCOMPARE(log.entries.size(), std::size_t{1});
        QCOMPARE(QByteArray::fromStdString(log.entries[0].at ? toIso(*log.entries[0].at) : ""), time);
    }

    void timeIsNotInherited()
    {
        const std::string entry = "# User@Host: u[u] @ localhost []\n# Query_time: 1.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 1\nSELECT 1;\n";
        const Log log = parse("# Time: 260903  7:05:09\n" + entry + entry);
        QCOMPARE(log.entries.size(), std::size_t{2});
        QVERIFY(log.entries[0].at && !log.entries[1].at);
    }

    void banners()
    {
        const Log log = parse(banner + head(1) + "SELECT 1;\n" + banner + banner + banner + head(2) + "SELECT a FROM b;");
        QCOMPARE(log.entries.size(), std::size_t{2});
        QCOMPARE(log.entries[0].statement, "SELECT 1");
        QCOMPARE(log.entries[1].statement, "SELECT a FROM b");
        QCOMPARE(log.notUnderstood, 0);
        const Log windows = parse("C:\\mysql\\bin\\mysqld.exe, Version: 5.7.1-log (MySQL). started with:\nTCP Port: 3306, Named Pipe: MySQL\nTime                 Id Command    Argument\n"
                                  + head(1) + "SELECT 1;\n");
        QCOMPARE(windows.entries.size(), std::size_t{1});
        QCOMPARE(windows.notUnderstood, 0);
    }

    void commandsAndEmptyEvents()
    {
        const Log log = parse("# User@Host: mon[mon] @ localhost []  Id:     9\n# Query_time: 0.000004  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0\n"
                              "SET timestamp=1780000001;\n# administrator command: Quit;\n"
                              "# User@Host: mon[mon] @ localhost []  Id:    10\n# Query_time: 2.000000  Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0\n"
                              "use shop;\nSET timestamp=1780000002;\n"
                              "# User@Host: mon[mon] @ localhost []  Id:    11\n# Query_time: 3.000000  Lock_time: 0.000000 Rows_sent: 1  Rows_examined: 1\n"
                              "SET timestamp=1780000003;\nSELECT 3;\n");
        QCOMPARE(log.entries.size(), std::size_t{3});
        QCOMPARE(log.entries[0].statement, "administrator command: Quit");
        QVERIFY(!log.entries[1].hasStatement);
        QCOMPARE(log.entries[1].seconds, 2.0);
        QCOMPARE(log.entries[1].schema, "shop");
        QCOMPARE(log.entries[2].statement, "SELECT 3");
        QCOMPARE(log.entries[2].seconds, 3.0);
        QCOMPARE(log.entries[2].schema, "");
    }

    void statementsThatLookLikeHeads()
    {
        const Log log = parse(head(1) + "use shop;\n" + head(2) + "SET timestamp=5;\n" + head(3) + "\n\nSELECT 1;\n");
        QCOMPARE(log.entries.size(), std::size_t{3});
        QCOMPARE(log.entries[0].statement, "use shop");
        QCOMPARE(log.entries[1].statement, "SET timestamp=5");
        QCOMPARE(toIso(log.entries[1].at.value()), "2026-09-03T05:05:09Z");
        QCOMPARE(log.entries[2].statement, "\n\nSELECT 1");
    }

    void userAndHost_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("user");
        QTest::addColumn<QByteArray>("host");
        const auto row = [](const char *text, const char *user, const char *host) { QTest::newRow(text) << QByteArray(text) << QByteArray(user) << QByteArray(host); };
        row("root[root] @ localhost []  Id:   12", "root", "localhost");
        row("root[root] @  [10.0.0.1]", "root", "10.0.0.1");
        row("root[root] @ app [10.0.0.1]", "root", "app");
        row("[SQL_SLAVE] @  []", "[SQL_SLAVE]", "");
        row("a b[a b] @ h []", "a b", "h");
        row("proxy[real] @ h []", "proxy", "h");
        row("no brackets", "", "");
        row("[", "", "");
        row("a[a] @ ", "", "");
    }
    void userAndHost()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, user);
        QFETCH(QByteArray, host);
        const SlowLogUser found = slowLogUser(std::string_view(text.constData(), static_cast<std::size_t>(text.size())));
        QCOMPARE(QByteArray(found.user.data(), static_cast<qsizetype>(found.user.size())), user);
        QCOMPARE(QByteArray(found.host.data(), static_cast<qsizetype>(found.host.size())), host);
    }

    void percona()
    {
        const Log log = parse("# Time: 071218 11:48:27\n# User@Host: [SQL_SLAVE] @  []\n# Thread_id: 10  Schema:   Last_errno: 0  Killed: 0\n"
                              "# Query_time: 0.000012  Lock_time: 0.000000  Rows_sent: 0  Rows_examined: 0  Rows_affected: 1  Rows_read: 4\n"
                              "# Bytes_sent: 11  Tmp_tables: 0\n# InnoDB_trx_id: 1500\n# QC_Hit: No  Full_scan: No\n#   InnoDB_IO_r_ops: 0\n"
                              "# No InnoDB statistics available for this query\nSET timestamp=1788411909;\nBEGIN;\n"
                              "# User@Host: a[a] @ h []\n# Thread_id: 3  Schema: `x`\n# Query_time: 18446744073709.550781  Lock_time: 1.5\nSELECT\r\n1;\r\n");
        QCOMPARE(log.entries.size(), std::size_t{2});
        QCOMPARE(log.entries[0].schema, "");
        QCOMPARE(log.entries[0].bytes, 11.0);
        QCOMPARE(log.entries[0].user, "[SQL_SLAVE]");
        QCOMPARE(log.entries[1].schema, "x");
        QCOMPARE(log.entries[1].seconds, 18446744073709.550781);
        QCOMPARE(log.entries[1].statement, "SELECT\r\n1");
    }

    void cutStatements()
    {
        // a literal that nothing closes: the next header is believed, with and without the semicolon that the server writes
        for (const char *end : {";\n", "\n"}) {
            const Log log = parse(head(1) + "SELECT 'half of a sec" + end + head(2) + "SELECT 2;\n" + head(3) + "SELECT 3;\n");
            QCOMPARE(log.entries.size(), std::size_t{3});
            QCOMPARE(log.entries[0].statement, "SELECT 'half of a sec");
            QCOMPARE(log.entries[2].statement, "SELECT 3");
        }
        // torn in the middle, then a restart
        const Log torn = parse(head(1) + "SELECT a FROM t WHE\n" + banner + head(2) + "SELECT 2;\n");
        QCOMPARE(torn.entries.size(), std::size_t{2});
        QCOMPARE(torn.entries[0].statement, "SELECT a FROM t WHE");
        // a head and nothing else
        const Log headOnly = parse("# Time: 2026-09-03T05:05:09Z\n# User@Host: u[u] @ localhost []\n" + head(2) + "SELECT 2;\n# Time: 2026-09-");
        QCOMPARE(headOnly.entries.size(), std::size_t{1});
        QVERIFY(headOnly.notUnderstood >= 1);
    }

    void beginsInTheMiddle()
    {
        const Log log = parse("x' FROM t\nWHERE 1;\n" + head(1) + "SELECT 1;\n");
        QCOMPARE(log.entries.size(), std::size_t{1});
        QCOMPARE(log.entries[0].statement, "SELECT 1");
        QCOMPARE(log.notUnderstood, 1);
    }

    /// What is skipped ends at a banner only where the header's reader knows it for one; else both would go round for ever.
    void almostABanner()
    {
        for (const char *line : {"Xmysqld, Version: 9.7.4 (x). started with:", "Tcp ", "TCP Port", "Time", "Time  x", "/", "C:\\", "/ , Version: x embedded library"}) {
            const Log log = parse("rest of an entry\n" + std::string(line) + "\n" + head(1) + "SELECT 1;\n" + line + "\n");
            QCOMPARE(log.entries.size(), std::size_t{1});
        }
    }

    void longStatements()
    {
        const SlowLogParser::Limits limits{.statementBytes = 100'000, .literalBytes = 200'000};
        const std::string text = head(1) + "SELECT '" + std::string(3'000'000, 'x') + "'" + forged.substr(0, 5) + ";\n" + head(2) + "SELECT 2;\n"
            + head(3) + "SELECT 'a\\\n" + std::string(1'000'000, '\\') + forged + "';\n" + head(4) + "SELECT 4;\n";
        const Log log = parse(text, 65'536, limits);
        QCOMPARE(log.entries.size(), std::size_t{4});
        QVERIFY(log.entries[0].isCut && !log.entries[1].isCut && log.entries[2].isCut);
        QCOMPARE(log.entries[0].statement.size(), std::size_t{100'000});
        QCOMPARE(log.entries[1].statement, "SELECT 2");
        QCOMPARE(log.entries[3].statement, "SELECT 4");
    }

    void anyBytes()
    {
        const std::string odd("SELECT '\0\xff\xfe', \x80", 16);
        const Log log = parse(head(1) + odd + ";\n" + std::string("\0\0\0", 3) + "\n" + head(2) + "SELECT 2;\n");
        QCOMPARE(log.entries.size(), std::size_t{2});
        QVERIFY(log.entries[0].statement.starts_with(odd));
    }

    /// However the bytes come, the entries are the same, and so are their places.
    void piecesDoNotMatter()
    {
        std::string text = "rest of an entry\n" + banner;
        for (int i = 0; i < 20; ++i) {
            if (i % 5 == 0)
                text += "# Time: 2026-09-03T05:05:09.000123Z\n";
            text += head(i) + (i % 3 == 0 ? "SELECT 'a;" + forged + "'" : i % 3 == 1 ? "INSERT INTO t\nVALUES (" + std::to_string(i) + ")" : "# administrator command: Ping") + ";\n";
        }
        text += banner;
        const Log whole = parse(text);
        QCOMPARE(whole.entries.size(), std::size_t{20});
        for (const std::size_t step : {1u, 2u, 3u, 13u, 100u}) {
            const Log log = parse(text, step);
            QCOMPARE(log.entries.size(), whole.entries.size());
            for (std::size_t i = 0; i < log.entries.size(); ++i) {
                QCOMPARE(log.entries[i].statement, whole.entries[i].statement);
                QCOMPARE(log.entries[i].offset, whole.entries[i].offset);
                QCOMPARE(log.entries[i].end, whole.entries[i].end);
            }
        }
        // an entry read from its own place is the same
        for (const Entry &entry : whole.entries) {
            const Log one = parse(text.substr(static_cast<std::size_t>(entry.offset), static_cast<std::size_t>(entry.end - entry.offset)));
            QCOMPARE(one.entries.size(), std::size_t{1});
            QCOMPARE(one.entries[0].statement, entry.statement);
        }
    }

    void goesOnFromItsPosition()
    {
        const std::string text = head(1) + "SELECT 1;\n" + head(2) + "SELECT 2;\n" + head(3) + "SELECT 3;\n";
        for (std::size_t cut = 0; cut <= text.size(); ++cut) {
            SlowLogParser parser;
            SlowEvent event;
            std::vector<std::string> statements;
            const auto feed = [&](std::string_view bytes) {
                const auto space = parser.space();
                std::memcpy(space.data(), bytes.data(), bytes.size());
                parser.take(bytes.size());
                while (parser.next(event))
                    statements.emplace_back(event.statement);
            };
            feed(std::string_view(text).substr(0, cut));
            const std::int64_t place = parser.position();
            parser.restart(place);
            feed(std::string_view(text).substr(static_cast<std::size_t>(place)));
            parser.finish();
            while (parser.next(event))
                statements.emplace_back(event.statement);
            QCOMPARE(statements, (std::vector<std::string>{"SELECT 1", "SELECT 2", "SELECT 3"}));
        }
    }

    void numbers()
    {
        QCOMPARE(slowLogNumber("0.000001").value(), 0.000001);
        QCOMPARE(slowLogNumber("12").value(), 12.0);
        QCOMPARE(slowLogNumber("1.5.6").value(), 1.5);
        QCOMPARE(slowLogNumber("123456789012.123456").value(), 123456789012.123456);
        QVERIFY(!slowLogNumber("").has_value());
        QVERIFY(!slowLogNumber("x1").has_value());
        QVERIFY(!slowLogNumber("-1").has_value());
    }
};

QTEST_GUILESS_MAIN(TestSlowLogParser)
#include "tst_slowlogparser.moc"
