// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/places.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

using namespace zandb;

/// `zandb-agent check-sql` as a program.
class TestCheckSql : public QObject
{
    Q_OBJECT

    int m_status = -1;

    std::vector<Json> answers(const QByteArray &input, const QStringList &args = {})
    {
        QProcess agent;
        agent.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandb-agent"), QStringList{QStringLiteral("check-sql")} + args);
        agent.write(input);
        agent.closeWriteChannel();
        if (!agent.waitForFinished(60'000)) {
            agent.kill();
            agent.waitForFinished();
            return {};
        }
        m_status = agent.exitCode();
        std::vector<Json> lines;
        for (const QByteArray &line : agent.readAllStandardOutput().split('\n')) {
            if (!line.isEmpty())
                lines.push_back(Json::parse(line.toStdString()));
        }
        return lines;
    }

private Q_SLOTS:
    void oneStatement()
    {
        const auto lines = answers("SELECT 1\n");
        QCOMPARE(m_status, 0);
        QCOMPARE(lines.size(), std::size_t{1});
        QCOMPARE(dumpJson(lines[0]), std::string(R"({"at":0,"class":"R","verdict":"allow","why":"G1.4R reads"})"));
        QCOMPARE(dumpJson(answers("SELECT 1 /*!50000 INTO OUTFILE '/x' */")[0]),
                 std::string(R"({"at":9,"class":null,"verdict":"deny","why":"G1.2 comment that servers execute"})"));
        QCOMPARE(dumpJson(answers("DELETE FROM t WHERE a = b LIMIT 1")[0]), std::string(R"({"at":14,"class":"D","verdict":"deny","why":"G1.4D no WHERE with a bound: WHERE"})"));
        QCOMPARE(answers("SELECT 1; DROP TABLE t").size(), std::size_t{1}); // the whole is one item
        QVERIFY(answers("SELECT 1; DROP TABLE t")[0].at("verdict") == Json("deny"));
        QCOMPARE(answers("").size(), std::size_t{1});
        QVERIFY(answers(QByteArray(200'000, 'x'))[0].at("verdict") == Json("deny"));
        QCOMPARE(m_status, 0);
    }

    void manyLines()
    {
        const auto lines = answers("{\"sql\":\"SELECT 1\"}\n"
                                   "\n"
                                   "nonsense\n"
                                   "{\"sql\":5}\n"
                                   "{\"sql_hex\":\"53454c4543542031\"}\r\n"
                                   "{\"sql_hex\":\"5345f\"}\n"
                                   "{\"sql_hex\":\"zz\"}\n"
                                   "{\"sql_hex\":\"ff\"}\n"
                                   "{\"sql\":\"SELECT 1\",\"sql_hex\":\"31\"}\n"
                                   "[\"sql\"]\n"
                                   "\xff\xfe\n"
                                   "{\"sql\":\"SELECT '\\u0000'\"}\n"
                                   "{\"sql\":\"SELECT '\\ud800'\"}\n"
                                   "{\"sql\":\"SHOW TABLES\"}",
                                   {QStringLiteral("--jsonl")});
        QCOMPARE(m_status, 0);
        std::vector<std::string> verdicts;
        for (const Json &line : lines) {
            verdicts.push_back(line.at("verdict").get<std::string>());
            QCOMPARE(line.size(), std::size_t{4});
            QVERIFY(line.at("why").get<std::string>().starts_with("G1."));
            QVERIFY(line.at("at").is_number_unsigned() && (line.at("class").is_null() || line.at("class").get<std::string>().size() == 1));
        }
        QCOMPARE(verdicts, (std::vector<std::string>{"allow", "deny", "deny", "deny", "allow", "deny", "deny", "deny", "deny", "deny", "deny", "deny", "deny", "allow"}));
    }

    void linesOfAnySize()
    {
        const QByteArray huge = "{\"sql\":\"" + QByteArray(6 << 20, 'x') + "\"}\n";
        const auto lines = answers(huge + "{\"sql\":\"SELECT 1\"}\n" + QByteArray(100'000, '[') + "\n{\"sql\":\"SELECT 1\"}\n", {QStringLiteral("--jsonl")});
        QCOMPARE(lines.size(), std::size_t{4});
        QVERIFY(lines[1].at("verdict") == Json("allow"));
        QVERIFY(lines[3].at("verdict") == Json("allow"));
    }

    /// Each answer comes when its line has come: a program can ask, read and ask again.
    void answersAtOnce()
    {
        QProcess agent;
        agent.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandb-agent"), {QStringLiteral("check-sql"), QStringLiteral("--jsonl")});
        QVERIFY(agent.waitForStarted());
        for (int i = 0; i < 3; ++i) {
            agent.write("{\"sql\":\"SELECT 1\"}\n");
            QByteArray line;
            for (QElapsedTimer timer = [] { QElapsedTimer t; t.start(); return t; }(); !line.endsWith('\n') && timer.elapsed() < 20'000;) {
                agent.waitForReadyRead(100);
                line += agent.readAllStandardOutput();
            }
            QVERIFY(line.contains("allow"));
        }
        agent.closeWriteChannel();
        QVERIFY(agent.waitForFinished());
    }

    void options()
    {
        const QByteArray read = "SELECT * FROM t";
        QVERIFY(answers(read, {QStringLiteral("--role"), QStringLiteral("viewer")})[0].at("verdict") == Json("deny"));
        QVERIFY(answers(read, {QStringLiteral("--role"), QStringLiteral("viewer")})[0].at("class") == Json("R"));
        QVERIFY(answers(read, {QStringLiteral("--role=operator")})[0].at("verdict") == Json("allow"));
        QVERIFY(answers(read, {QStringLiteral("--schema"), QStringLiteral("mysql")})[0].at("verdict") == Json("deny"));
        QVERIFY(answers("SELECT FORMAT_BYTES(1)", {QStringLiteral("--flavour"), QStringLiteral("mariadb")})[0].at("verdict") == Json("deny"));
        QVERIFY(answers("SELECT FORMAT_BYTES(1)", {QStringLiteral("--flavour"), QStringLiteral("mysql")})[0].at("verdict") == Json("allow"));
        for (const QStringList &wrong : {QStringList{QStringLiteral("--role"), QStringLiteral("king")}, {QStringLiteral("--flavour=oracle")}, {QStringLiteral("--nonsense")}, {QStringLiteral("--role")}}) {
            QVERIFY(answers(read, wrong).empty());
            QCOMPARE(m_status, 2);
        }
    }

    void filesAndScripts()
    {
        QTemporaryDir directory;
        QFile one(directory.filePath(QStringLiteral("one.sql")));
        QVERIFY(one.open(QIODevice::WriteOnly) && one.write("SHOW TABLES;\n") > 0);
        one.close();
        const auto lines = answers("", {one.fileName(), directory.filePath(QStringLiteral("missing")), one.fileName()});
        QCOMPARE(m_status, 1);
        QCOMPARE(lines.size(), std::size_t{2});
        const auto script = answers("SELECT 1;\n-- x\nDROP TABLE t;", {QStringLiteral("--script")});
        QCOMPARE(script.size(), std::size_t{2});
        QVERIFY(script[1].at("line") == Json(3));
        QVERIFY(script[1].at("verdict") == Json("deny"));
        QCOMPARE(answers("CREATE PROCEDURE p() BEGIN SELECT 1; END", {QStringLiteral("--script")}).size(), std::size_t{1});
    }
};

QTEST_GUILESS_MAIN(TestCheckSql)
#include "tst_checksql.moc"
