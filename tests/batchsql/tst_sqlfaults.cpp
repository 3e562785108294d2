// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/support/testfleet.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <csignal>
#include <fstream>

using namespace zandb;
using namespace zandb::test;

/// Batch SQL while servers end, replicas lag, and scripts and results are far too large.
class TestSqlFaults : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;

    TestServer &server(std::size_t i) { return *m_fleet->host(i).servers.at(0); }
    std::string path(std::size_t i) { return m_fleet->host(i).path(); }
    Json parsed(const Output &output)
    {
        const auto json = parseJson(output.out);
        if (!json)
            qWarning("%s%s", output.out.c_str(), output.err.c_str());
        return json ? *json : Json::array();
    }
    Json newestPlan()
    {
        const Json plans = parsed(m_fleet->ctl({"sql", "plans", "--json", "--limit", "1"}));
        return plans.empty() ? Json::object() : parsed(m_fleet->ctl({"sql", "plans", plans.at(0).at("plan_id").get<std::string>(), "--json"})).at(0);
    }
    static std::string states(const Json &targets)
    {
        std::string text;
        for (const Json &one : targets)
            text += (text.empty() ? "" : " ") + one.at("state").get<std::string>();
        return text;
    }
    static int peakKilobytes(qint64 pid)
    {
        QFile status(QStringLiteral("/proc/%1/status").arg(pid));
        static const QRegularExpression peak(QStringLiteral("VmHWM:\\s+(\\d+) kB"));
        return status.open(QIODevice::ReadOnly) ? peak.match(QString::fromLatin1(status.readAll())).captured(1).toInt() : 0;
    }
    struct Ran
    {
        int status = -1;
        int peak = 0; ///< kB
        QByteArray out;
        QByteArray err;
    };
    /// With the most memory that it had.
    Ran run(const std::vector<std::string> &words, int seconds)
    {
        QStringList arguments;
        for (const std::string &word : m_fleet->ctlWords(words))
            arguments << QString::fromStdString(word);
        QProcess process;
        process.start(arguments.takeFirst(), arguments);
        Ran ran;
        QElapsedTimer since;
        since.start();
        while (process.state() != QProcess::NotRunning && since.elapsed() < 1000LL * seconds) {
            process.waitForFinished(20);
            ran.peak = std::max(ran.peak, peakKilobytes(process.processId()));
            ran.out += process.readAllStandardOutput();
            ran.err += process.readAllStandardError();
        }
        ran.status = process.state() == QProcess::NotRunning ? process.exitCode() : -1;
        return ran;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        FleetOptions options;
        options.hosts = 2;
        options.serve = true; // the store hears who replicates from whom
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        for (std::size_t i = 0; i < 2; ++i)
            QVERIFY2(server(i).exec({"CREATE ROLE 'explain'", "CREATE ROLE maint", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'",
                                     "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, SUPER, CONNECTION ADMIN ON *.* TO maint", "GRANT 'explain' TO root@localhost",
                                     "GRANT maint TO root@localhost", "CREATE DATABASE w", "CREATE TABLE w.t (id INT PRIMARY KEY, n INT)", "INSERT INTO w.t VALUES (1, 0)"}),
                     server(i).lastError().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.instance_state WHERE state = 'up'"), std::string("2"), 60'000);
    }
    void cleanupTestCase() { m_fleet.reset(); }

    /// The server ends and starts again while the second statement of a script runs: the first has been carried out once, of the second nobody knows, and nothing
    /// repeats either of them.
    void aServerRestartsMidScript()
    {
        const pid_t holder = startProgram({"/usr/bin/mariadb", "--no-defaults", "-uroot", "-S", server(0).socket().string(), "-e", "BEGIN; SELECT * FROM w.t; SELECT SLEEP(300)"}, m_fleet->directory() / "hold.log");
        QTRY_COMPARE_WITH_TIMEOUT(server(0).value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(300)'").value_or(""), std::string("1"), 20'000);
        const pid_t ctl = startProgram(m_fleet->ctlWords({"sql", "run", path(0), path(1), "--confirmed", "--schema", "w", "--canary", path(0), "--lock-wait", "300s", "--timeout", "300s", "--sql",
                                                          "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1; ALTER TABLE t ADD INDEX by_n (n)"}), m_fleet->directory() / "restart.log");
        const auto said = [&] {
            QFile file(QString::fromStdString((m_fleet->directory() / "restart.log").string()));
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        QTRY_VERIFY2_WITH_TIMEOUT(server(0).value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'ALTER TABLE t%'").value_or("") == "1", said().constData(), 30'000);
        server(0).kill();
        endProgram(holder, SIGKILL);
        QVERIFY2(server(0).startAgain(), server(0).lastError().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(newestPlan().value("state", ""), std::string("stopped"), 60'000);
        endProgram(ctl, SIGTERM);
        const Json plan = newestPlan();
        QCOMPARE(states(plan.at("targets")), std::string("unknown pending"));
        const std::string id = plan.at("plan_id").get<std::string>();
        const Output shown = m_fleet->ctl({"sql", "resume", id});
        const auto at = shown.err.find("--confirm ");
        QVERIFY2(at != std::string::npos, shown.err.c_str());
        const Output again = m_fleet->ctl({"sql", "resume", id, "--json", "--confirm", shown.err.substr(at + 10, 16), "--retry-failed"});
        QCOMPARE(states(parsed(again)), std::string("unknown not_run"));
        QCOMPARE(server(0).value("SELECT n FROM w.t").value_or(""), std::string("1"));
        QCOMPARE(server(0).value("SELECT COUNT(*) FROM information_schema.STATISTICS WHERE INDEX_NAME = 'by_n'").value_or(""), std::string("0"));
        QCOMPARE(server(1).value("SELECT n FROM w.t").value_or(""), std::string("0"));
    }

    /// No wave begins while a replica of an instance is too far behind, or its server cannot tell how far.
    void aLaggingReplicaStops()
    {
        TestServer &source = server(0), &replica = server(1);
        QVERIFY2(source.exec({"CREATE USER repl@'%' IDENTIFIED BY 'secret'", "GRANT REPLICATION SLAVE ON *.* TO repl@'%'", "RESET MASTER"}), source.lastError().c_str());
        QVERIFY2(replica.exec({"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + std::to_string(source.port()) + ", MASTER_USER='repl', MASTER_PASSWORD='secret', MASTER_USE_GTID=slave_pos", "START SLAVE"}),
                 replica.lastError().c_str());
        QVERIFY(source.exec("UPDATE w.t SET n = 10"));
        QTRY_COMPARE_WITH_TIMEOUT(replica.value("SELECT n FROM w.t").value_or(""), std::string("10"), 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.instance_state WHERE detail LIKE '%\"sourcePort\":" + std::to_string(source.port()) + "%'"), std::string("1"), 60'000);
        const auto change = [&](const std::string &limit) {
            return m_fleet->ctl({"sql", "run", path(0), "--json", "--confirmed", "--schema", "w", "--max-lag", limit, "--sql", "UPDATE t SET n = n + 1 WHERE id = 1 LIMIT 1"});
        };
        const Output good = change("5s");
        QVERIFY2(good.status == 0, good.err.c_str());
        QCOMPARE(source.value("SELECT n FROM w.t").value_or(""), std::string("11"));
        QTRY_COMPARE_WITH_TIMEOUT(replica.value("SELECT n FROM w.t").value_or(""), std::string("11"), 30'000);
        // it cannot tell
        QVERIFY(replica.exec("STOP SLAVE SQL_THREAD"));
        const Output stopped = change("5s");
        QVERIFY2(states(parsed(stopped)) == "not_run", (stopped.out + stopped.err).c_str());
        Json reason = newestPlan().at("reason");
        QCOMPARE(reason.at("code").get<std::string>(), std::string("sql.replicas_lag"));
        QCOMPARE(reason.at("fields").at("instance").get<std::string>(), path(1));
        QCOMPARE(reason.at("fields").at("seconds").get<std::string>(), std::string("?"));
        // it is behind: what comes is held back for an hour
        QVERIFY2(replica.exec({"STOP SLAVE", "CHANGE MASTER TO MASTER_DELAY=3600", "START SLAVE"}), replica.lastError().c_str());
        QVERIFY(source.exec("UPDATE w.t SET n = 20"));
        QTRY_VERIFY_WITH_TIMEOUT([&] {
            (void)change("1s");
            const Json why = newestPlan().value("reason", Json());
            return why.is_object() && why.at("code") == "sql.replicas_lag" && why.at("fields").at("seconds") != "?" && why.at("fields").at("seconds") != "0";
        }(), 30'000);
        // caught up, the same plan goes on
        const std::string id = newestPlan().at("plan_id").get<std::string>(), before = source.value("SELECT n FROM w.t").value_or("");
        QVERIFY2(replica.exec({"STOP SLAVE", "CHANGE MASTER TO MASTER_DELAY=0", "START SLAVE"}), replica.lastError().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(replica.value("SELECT n FROM w.t").value_or(""), before, 30'000);
        const Output shown = m_fleet->ctl({"sql", "resume", id});
        const auto at = shown.err.find("--confirm ");
        QVERIFY2(at != std::string::npos, shown.err.c_str());
        const Output resumed = m_fleet->ctl({"sql", "resume", id, "--json", "--confirm", shown.err.substr(at + 10, 16)});
        QCOMPARE(states(parsed(resumed)), std::string("succeeded"));
        QCOMPARE(std::stoi(source.value("SELECT n FROM w.t").value_or("")), std::stoi(before) + 1);
    }

    /// A result of many rows goes to a file while it comes; neither zandbctl nor the agent grows with it.  10 million with ZANDB_RESULT_ROWS.
    void aHugeResultIsSaved()
    {
        const std::string rows = qEnvironmentVariable("ZANDB_RESULT_ROWS", QStringLiteral("400000")).toStdString();
        const auto directory = m_fleet->directory() / "saved";
        std::filesystem::create_directory(directory);
        const int before = peakKilobytes(m_fleet->host(0).agent);
        const Ran ran = run({"sql", "run", path(0), "--csv", "--schema", "shop", "--timeout", "1800s", "--save", directory.string(), "--sql", "SELECT seq, seq * 3, 'row of a large result' FROM seq_1_to_" + rows}, 1800);
        QVERIFY2(ran.status == 0, ran.err.constData());
        QCOMPARE(ran.out.count('\n'), 1'001); // shown are the first ones
        QVERIFY2(ran.err.contains("more rows in its file"), ran.err.constData());
        std::size_t lines = 0;
        std::string last;
        for (const auto &entry : std::filesystem::directory_iterator(directory)) {
            std::ifstream file(entry.path());
            for (std::string line; std::getline(file, line); ++lines)
                last = line;
        }
        QCOMPARE(lines, std::stoul(rows) + 1);
        QVERIFY2(last.starts_with(rows + ","), last.c_str());
        qInfo("zandbctl %d MB, agent %d MB more", ran.peak / 1024, (peakKilobytes(m_fleet->host(0).agent) - before) / 1024);
        QVERIFY2(ran.peak > 1000 && ran.peak < 120'000, qPrintable(QString::number(ran.peak)));
        QVERIFY(peakKilobytes(m_fleet->host(0).agent) - before < 60'000);
        // without a file it is capped, and that is said
        const Ran capped = run({"sql", "run", path(0), "--csv", "--schema", "shop", "--timeout", "1800s", "--sql", "SELECT seq FROM seq_1_to_" + rows}, 600);
        QCOMPARE(capped.out.count('\n'), 10'001);
        QVERIFY2(capped.err.contains("more rows than --rows allows"), capped.err.constData());
    }

    /// A script of 50 MB is judged in a bounded room, and is not run: why is said.
    void aScriptOfFiftyMegabytes()
    {
        const auto file = m_fleet->directory() / "large.sql";
        {
            std::ofstream out(file);
            const std::string statement = "SELECT id, note FROM orders WHERE note = '" + std::string(900, 'x') + "';\n";
            for (std::size_t bytes = 0; bytes + statement.size() < 50u << 20; bytes += statement.size())
                out << statement;
        }
        const Ran checked = run({"sql", "check", "--schema", "shop", "--file", file.string()}, 120);
        QVERIFY2(checked.status == 0, checked.err.constData());
        qInfo("zandbctl %d MB", checked.peak / 1024);
        QVERIFY2(checked.peak < 600'000, qPrintable(QString::number(checked.peak)));
        const Ran refused = run({"sql", "run", path(0), "--schema", "shop", "--file", file.string()}, 120);
        QCOMPARE(refused.status, 2);
        QVERIFY2(refused.err.contains("at most 10000 statements"), refused.err.constData());
        std::ofstream(file, std::ios::app) << std::string(2u << 20, ' ');
        const Ran tooLong = run({"sql", "check", "--file", file.string()}, 60);
        QCOMPARE(tooLong.status, 2);
        QVERIFY2(tooLong.err.contains("longer than 50 MiB"), tooLong.err.constData());
    }
};

QTEST_GUILESS_MAIN(TestSqlFaults)
#include "tst_sqlfaults.moc"
