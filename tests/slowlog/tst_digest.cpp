// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/slowlog/digestcompare.h"
#include "tests/support/testserver.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <random>

#include <zlib.h>
#include <zstd.h>

using namespace zandb;
using namespace zandb::test;

namespace {

const std::string entryHead = "# User@Host: shop[shop] @ app1 [10.0.0.1]  Id: 5\n# Query_time: %  Lock_time: 0.000100 Rows_sent: 2  Rows_examined: 30\nuse shop;\n";

std::string entry(const std::string &statement, const std::string &seconds = "0.000300", std::int64_t at = 1788411909, const std::string &schema = "shop")
{
    std::string head = entryHead;
    head.replace(head.find('%'), 1, seconds);
    head.replace(head.find("use shop"), 8, "use " + schema);
    return head + "SET timestamp=" + std::to_string(at) + ";\n" + statement + ";\n";
}

/// A statement made of pieces that matter to a fingerprint.  No comments and no quotes in strings of the other kind: there pt-query-digest is wrong.
std::string randomStatement(std::mt19937 &random)
{
    static const std::vector<std::string> pieces{"SELECT", "select", "a.b1", "FROM t_1", "WHERE", "x=5", "AND y = 'text'", "in (1,2,3)", "IN ('a', 'b')", "NOT IN (SELECT 1)", "-1",
        "+2.5", "1e-5", "0x1F", "x'00'", "_utf8'a'", "'it''s'", "\"two words\"", "NULL", "null", "TRUE", "false", "`Name 7`", "ORDER BY a ASC", "b asc, c DESC", "LIMIT 5", "LIMIT 5, 6",
        "LIMIT 5 OFFSET 6", "UNION ALL", "UNION", "select 1 union select 2", "VALUES (1,'a',NULL)", ", (2,'b',now())", "VALUE (3)", "INSERT INTO t", "REPLACE INTO t", "ON DUPLICATE KEY UPDATE a=1",
        "a-b", "a - b", "tab12", "12abc", "abcdef", "a->'$.x'", "@v:=3", "<=>", "(", ")", ",", "\n", "\t", "*", "/*!40001 SQL_NO_CACHE */", "é", "'5'+3", "1.5.6", "--1"};
    std::string statement;
    for (unsigned left = 1 + random() % 9; left > 0; --left) {
        if (!statement.empty())
            statement += " ";
        statement += pieces[random() % (pieces.size() - 1)]; // "--1" is the last: a comment to pt-query-digest
    }
    return statement;
}

} // namespace

class TestDigest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;

    QString write(const QString &name, const std::string &text) const
    {
        const QString path = m_directory.filePath(name);
        std::ofstream(path.toStdString(), std::ios::binary) << text;
        return path;
    }
    static Json onlyClass(const Json &report)
    {
        return report.is_object() && report.at("classes").size() == 1 ? report.at("classes").at(0) : Json(nullptr);
    }

private Q_SLOTS:
    void json()
    {
        const QString log = write(QStringLiteral("plain.log"), entry("SELECT a FROM t WHERE b = 1", "0.25") + entry("SELECT a FROM t WHERE b = 2", "1.5", 1788411999)
                                                                  + "# User@Host: crm[crm] @  [10.0.0.9]\n# Query_time: 0.5\nselect A from T where B = 3;\n");
        const Json report = digestOf({log});
        QCOMPARE(report.at("query_count").get<int>(), 3);
        const Json one = onlyClass(report);
        QVERIFY(one.is_object());
        QCOMPARE(one.at("fingerprint").get<std::string>(), "select a from t where b = ?");
        QCOMPARE(one.at("checksum").get<std::string>(), "AAF5C8A1B0F5F52105E7465FD18D02CD"); // md5sum's
        QCOMPARE(one.at("query_count").get<int>(), 3);
        QCOMPARE(one.at("query_time").at("sum").get<double>(), 2.25);
        QCOMPARE(one.at("query_time").at("min").get<double>(), 0.25);
        QCOMPARE(one.at("query_time").at("max").get<double>(), 1.5);
        QCOMPARE(one.at("query_time").at("median").get<double>(), 0.5);
        QCOMPARE(one.at("query_time").at("p95").get<double>(), 1.5);
        QCOMPARE(one.at("lock_time").at("sum").get<double>(), 0.0002);
        QCOMPARE(one.at("rows_sent").at("sum").get<int>(), 4);
        QCOMPARE(one.at("rows_examined").at("max").get<int>(), 30);
        QVERIFY(one.at("bytes_sent").is_null());
        QCOMPARE(one.at("databases").get<std::vector<std::string>>(), (std::vector<std::string>{"shop"}));
        QCOMPARE(one.at("users").get<std::vector<std::string>>(), (std::vector<std::string>{"crm", "shop"}));
        QCOMPARE(one.at("hosts").get<std::vector<std::string>>(), (std::vector<std::string>{"10.0.0.9", "app1"}));
        QCOMPARE(one.at("first_seen").get<std::string>(), "2026-09-03T05:05:09Z");
        QCOMPARE(one.at("last_seen").get<std::string>(), "2026-09-03T05:06:39Z");
        QCOMPARE(one.at("sample").at("query").get<std::string>(), "SELECT a FROM t WHERE b = 2");
        QCOMPARE(one.at("sample").at("query_time").get<double>(), 1.5);
        QCOMPARE(one.at("sample").at("timestamp").get<std::string>(), "2026-09-03T05:06:39Z");
    }

    void inputs()
    {
        const std::string first = entry("SELECT 1"), second = entry("SELECT 2") + entry("SELECT 'a'");
        const QString plain = write(QStringLiteral("a.log"), first + second);
        const Json right = digestOf({plain});
        QCOMPARE(right.at("query_count").get<int>(), 3);
        const auto gzip = [](const std::string &text) {
            z_stream stream{};
            deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
            std::string out(text.size() + 1000, '\0');
            stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
            stream.avail_in = static_cast<uInt>(text.size());
            stream.next_out = reinterpret_cast<Bytef *>(out.data());
            stream.avail_out = static_cast<uInt>(out.size());
            deflate(&stream, Z_FINISH);
            out.resize(stream.total_out);
            deflateEnd(&stream);
            return out;
        };
        const auto zstd = [](const std::string &text) {
            std::string out(ZSTD_compressBound(text.size()), '\0');
            out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
            return out;
        };
        // names say nothing, the first bytes do; several pieces follow each other as log rotation appends them
        QVERIFY(digestOf({write(QStringLiteral("gzip.log"), gzip(first) + gzip(second))}) == right);
        QVERIFY(digestOf({write(QStringLiteral("zstd.log"), zstd(first) + zstd(second))}) == right);
        QString error;
        QVERIFY(digestOf({}, &error, QByteArray::fromStdString(first + second)) == right);
        QVERIFY(digestOf({QStringLiteral("-")}, &error, QByteArray::fromStdString(gzip(first + second))) == right);
        QVERIFY(digestOf({write(QStringLiteral("1.log"), first), write(QStringLiteral("2.log"), second)}) == right);
        QCOMPARE(digestOf({write(QStringLiteral("empty.log"), "")}).at("query_count").get<int>(), 0);
        // 5 MB, so that the buffers of all readers are filled several times
        std::string large;
        for (int i = 0; large.size() < 5'000'000; ++i)
            large += entry("SELECT " + std::to_string(i) + " FROM t" + std::string(static_cast<std::size_t>(i % 3), 'x'));
        const Json all = digestOf({write(QStringLiteral("large.log"), large)});
        QVERIFY(all.at("query_count").get<int>() > 10'000);
        QVERIFY(digestOf({write(QStringLiteral("large.gz"), gzip(large))}) == all);
        QVERIFY(digestOf({write(QStringLiteral("large.zst"), zstd(large))}) == all);
        // a piece that ends too early is no log that ends there
        for (const std::string &bytes : {gzip(large), zstd(large)}) {
            const Ran ran = runDigest({write(QStringLiteral("cut"), bytes.substr(0, bytes.size() / 2))});
            QCOMPARE(ran.status, 1);
            QVERIFY2(ran.error.contains("too early"), ran.error.constData());
            QVERIFY(ran.out.isEmpty());
        }
    }

    void options()
    {
        const QString log = write(QStringLiteral("options.log"),
                                  entry("SELECT 1", "3", 1788411000) + entry("SELECT a", "2", 1788412000, "crm") + entry("SELECT b", "1", 1788413000)
                                      + "# User@Host: x[x] @ h []\n# Query_time: 9.0\nSELECT c;\n");
        const auto shapes = [&](const QStringList &arguments) {
            QString error;
            const Json report = digestOf(QStringList(arguments) << log, &error);
            QStringList found;
            if (report.is_null())
                return QStringList{error};
            for (const Json &one : report.at("classes"))
                found << QString::fromStdString(one.at("fingerprint").get<std::string>());
            return QStringList{QString::number(report.at("query_count").get<int>())} + found;
        };
        const auto words = [](const char *text) { return QString::fromLatin1(text).split(QLatin1Char('|')); };
        QCOMPARE(shapes({}), words("4|select c|select ?|select a|select b"));
        QCOMPARE(shapes(words("--limit|2")), words("4|select c|select ?"));
        QCOMPARE(shapes(words("--limit|75%")), words("4|select c|select ?"));
        QCOMPARE(shapes(words("--limit|95%:1")), words("4|select c"));
        QCOMPARE(shapes(words("--limit=0")), words("4"));
        QCOMPARE(shapes(words("--database|crm")), words("1|select a"));
        QCOMPARE(shapes(words("--database|crm,shop")), words("3|select ?|select a|select b"));
        QCOMPARE(shapes(words("--database|shop|--inherit-database")), words("3|select c|select ?|select b"));
        QCOMPARE(shapes(words("--user|x")), words("1|select c"));
        QCOMPARE(shapes(words("--since|2026-09-03T05:06:40Z")), words("2|select a|select b"));
        QCOMPARE(shapes(words("--until|2026-09-03T05:06:40Z")), words("1|select ?"));
        QCOMPARE(shapes(words("--since|2026-09-03 04:50:00|--until|2026-09-03T07:20:00+02:00")), words("2|select ?|select a"));
        QCOMPARE(shapes(words("--since|2026-09-03|--until|260904")), words("3|select ?|select a|select b"));
        QCOMPARE(shapes(words("--since|1d")), words("0"));
        QCOMPARE(shapes(words("--order-by|query_time:min|--limit|1")), words("4|select c"));
        QCOMPARE(shapes(words("--order-by|rows_examined|--limit|3")).size(), 4);
        for (const char *wrong : {"--format|xml", "--limit|x", "--limit|101%", "--limit|1.5", "--since|yesterday", "--since|1y", "--order-by|x", "--order-by|query_time:x", "--wrong", "--format"}) {
            const Ran ran = runDigest(words(wrong) << log);
            QVERIFY2(ran.status == 2 && !ran.error.isEmpty(), wrong);
            QVERIFY(ran.out.isEmpty());
        }
        QCOMPARE(runDigest({QStringLiteral("--help")}).status, 0);
        QVERIFY(runDigest({QStringLiteral("--help")}).out.contains("--order-by"));
    }

    void unreadable()
    {
        const Ran none = runDigest({m_directory.filePath(QStringLiteral("none.log"))});
        QCOMPARE(none.status, 1);
        QVERIFY2(none.error.contains("none.log: No such file"), none.error.constData());
        const Ran directory = runDigest({m_directory.path()});
        QCOMPARE(directory.status, 1);
        QVERIFY2(directory.error.contains("Is a directory"), directory.error.constData());
    }

    void text()
    {
        const QString log = write(QStringLiteral("text.log"), entry("SELECT a FROM t WHERE b = 1", "0.25") + entry("CREATE USER u IDENTIFIED BY 'secret'", "1.5"));
        const Ran ran = runDigest({log});
        QCOMPARE(ran.status, 0);
        for (const char *part : {"Profile", "Distribution of query times", "select a from t where b = ?", "create user u identified by ?", "IDENTIFIED BY '?'", "shop", "app1", "2026-09-03T05:05:09Z"})
            QVERIFY2(ran.out.contains(part), part);
        QVERIFY(!ran.out.contains("secret"));
    }

    void badBytes()
    {
        std::string text = std::string("\0\0\n", 3) + entry(std::string("SELECT '\0\xff', \xc3\x28", 15)) + "# Query_time: \n# User@Host: \n;;;\n" + entry("SELECT '" + std::string(64u << 20, 'x') + "'")
            + entry("SELECT 2 FROM t") + "# Time: 2026";
        const Json report = digestOf({write(QStringLiteral("bad.log"), text)});
        QVERIFY(report.is_object());
        QCOMPARE(report.at("query_count").get<int>(), 3);
    }

    void agreesOnGeneratedLogs()
    {
        if (ptQueryDigest().isEmpty())
            QSKIP("pt-query-digest is not installed (package percona-toolkit)");
        std::mt19937 random(20);
        std::string text;
        std::int64_t at = 1788411909;
        for (int i = 0; i < 6000; ++i) {
            std::string statement = randomStatement(random);
            statement.erase(0, statement.find_first_not_of(" \n\t"));
            if (statement.empty())
                continue;
            at += random() % 3;
            text += "# Time: 260903  7:05:09\n# User@Host: u" + std::to_string(random() % 4) + "[u] @ host" + std::to_string(random() % 4) + " []\n";
            if (random() % 3 == 0)
                text += "# Thread_id: 3  Schema: db" + std::to_string(random() % 3) + "  QC_hit: No\n";
            text += "# Query_time: " + std::to_string(static_cast<double>(random() % 5'000'000) / 1e6) + "  Lock_time: 0.00" + std::to_string(random() % 9000 + 1000)
                + "  Rows_sent: " + std::to_string(random() % 100) + "  Rows_examined: " + std::to_string(random() % 100'000) + "\n";
            text += "# Rows_affected: 0  Bytes_sent: " + std::to_string(random() % 10'000) + "\n";
            if (random() % 10 == 0)
                text += "use shop;\n";
            text += "SET timestamp=" + std::to_string(at) + ";\n" + (random() % 20 == 0 ? "# administrator command: Ping" : statement) + ";\n";
        }
        const QStringList differences = differencesToPt(write(QStringLiteral("generated.log"), text));
        QVERIFY2(differences.isEmpty(), qPrintable(QString::number(differences.size()) + QLatin1Char('\n') + differences.mid(0, 20).join(QLatin1Char('\n'))));
    }

    void agreesOnRealServers_data()
    {
        QTest::addColumn<int>("flavour");
        QTest::newRow("MariaDB") << static_cast<int>(Flavour::MariaDb);
        QTest::newRow("MySQL") << static_cast<int>(Flavour::MySql);
    }
    void agreesOnRealServers()
    {
        QFETCH(int, flavour);
        const auto of = static_cast<Flavour>(flavour);
        if (const std::string why = TestServer::unavailable(of); !why.empty())
            QSKIP(why.c_str());
        if (ptQueryDigest().isEmpty())
            QSKIP("pt-query-digest is not installed (package percona-toolkit)");
        ServerOptions options;
        options.flavour = of;
        options.myCnf = {"slow_query_log=1", "long_query_time=0", of == Flavour::MariaDb ? "log_slow_verbosity=query_plan,explain" : "log_slow_extra=ON", "log_slow_admin_statements=1"};
        std::string why;
        const auto server = TestServer::start(options, &why);
        QVERIFY2(server, why.c_str());
        const auto log = QString::fromStdString(server->value("SELECT IF(LEFT(@@slow_query_log_file, 1) = '/', @@slow_query_log_file, CONCAT(@@datadir, @@slow_query_log_file))").value_or(""));
        QVERIFY2(server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(90), total DECIMAL(9,2), note TEXT, KEY (name))"}),
                 server->lastError().c_str());
        for (int i = 0; i < 60; ++i) {
            const std::string n = std::to_string(i);
            QVERIFY2(server->exec({"INSERT INTO shop.orders (name, total, note) VALUES ('n" + n + "', " + n + ".5, NULL), ('it''s', -" + n + ", 'a\\'b\nc')",
                                   "SELECT * FROM shop.orders WHERE id IN (1, 2, " + n + ") OR name = 'n" + n + "' ORDER BY id ASC, name DESC LIMIT " + n + ", 5",
                                   "UPDATE shop.orders SET total = total + 1.5, note = x'41' WHERE id = " + n,
                                   "SELECT COUNT(*), MAX(total) FROM shop.orders WHERE name LIKE '%" + n + "%'\n GROUP BY name HAVING COUNT(*) > " + n,
                                   "SELECT /* request " + n + " */ 1 UNION SELECT 2 UNION SELECT 3", "SET @a = " + n,
                                   "DELETE FROM shop.orders WHERE id = " + n, "SHOW TABLES FROM shop", "BEGIN", "COMMIT"}),
                     server->lastError().c_str());
        }
        QVERIFY(server->exec("CREATE PROCEDURE shop.p(a INT) BEGIN SELECT a;\nSELECT a + 1; END"));
        QVERIFY(server->exec("CALL shop.p(5)"));
        const Ran client = run(QStringLiteral("mariadb"), {QStringLiteral("-uroot"), QStringLiteral("--socket=") + QString::fromStdString(server->socket().string())},
                               "use shop; SET @a = 5; PREPARE p FROM 'SELECT ? + 1, name FROM orders WHERE id = ?'; EXECUTE p USING @a, @a; EXECUTE p USING @a, @a; DEALLOCATE PREPARE p;\n"
                               "SELECT DATABASE(); SELECT 'two\nlines', \"three\n\nlines\";\n");
        QVERIFY2(client.status == 0, client.error.constData());
        // without FLUSH SLOW LOGS: pt-query-digest 3.2.1 takes the banner of mariadbd for a statement
        const QString copy = m_directory.filePath(QStringLiteral("server%1.log").arg(flavour));
        QVERIFY(QFile::copy(log, copy));
        const Json report = digestOf({copy});
        QVERIFY2(report.is_object() && report.at("query_count").get<int>() > 600, "the server logged too little");
        const QStringList differences = differencesToPt(copy);
        QVERIFY2(differences.isEmpty(), qPrintable(differences.join(QLatin1Char('\n'))));
        QFile::remove(copy);

        // what a client writes into a statement is no entry of somebody else
        const std::string forged = "\n# User@Host: root[root] @ localhost []\n# Query_time: 900.0  Lock_time: 0  Rows_sent: 1  Rows_examined: 1\nSET timestamp=1;\nDROP TABLE salaries;";
        QVERIFY(server->exec({"SELECT 'a" + forged + "'", "SELECT 1 /* " + forged + " */", "SELECT 'end'"}));
        QVERIFY(QFile::copy(log, copy));
        const Json after = digestOf({copy});
        QVERIFY(after.is_object());
        for (const Json &one : after.at("classes")) {
            QVERIFY(one.at("fingerprint").get<std::string>().find("salaries") == std::string::npos);
            QVERIFY(one.at("query_time").at("max").get<double>() < 100);
        }
    }
};

QTEST_GUILESS_MAIN(TestDigest)
#include "tst_digest.moc"
