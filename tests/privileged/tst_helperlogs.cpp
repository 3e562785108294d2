// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/privileged/client.h"
#include "agent/rotation/rotate.h"
#include "agent/slowlog/follower.h"
#include "tests/privileged/privilegedhost.h"

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// Logs that the agent may not touch itself, through the helper.  The directory of logs is the server's alone, as on Debian.
class TestHelperLogs : public QObject
{
    Q_OBJECT

    PrivilegedHost m_host;
    std::unique_ptr<TestServer> m_server;

    Result<Json> ask(const HelperRequest &request, std::initializer_list<int> descriptors = {})
    {
        const AsUser as(m_host.agentUid());
        return askHelper(m_host.config(), request, descriptors, 30s);
    }
    static std::string codeOf(const Result<Json> &answer) { return answer ? std::string() : answer.error().code; }
    Result<FileDescriptor> open(const std::string &log, int number = 0)
    {
        const AsUser as(m_host.agentUid());
        return openLogByHelper(m_host.config(), m_server->name(), log, number);
    }
    Result<Json> rename(int from, int to)
    {
        return ask({"log-rename", {{"instance", m_server->name()}, {"log", "slow"}, {"from", from}, {"to", to}}});
    }
    /// What stands in the log, read through the descriptor as the agent's user.
    std::string textOf(const Result<FileDescriptor> &file)
    {
        const AsUser as(m_host.agentUid());
        std::string text(1 << 20, '\0');
        const ssize_t n = file ? ::pread(file->get(), text.data(), text.size(), 0) : -1;
        text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
        return text;
    }
    fs::path slowLog() const { return m_server->logDirectory() / "slow.log"; }
    void makeServers(const fs::path &file, const std::string &text)
    {
        const passwd mysql = *::getpwnam("mysql");
        std::ofstream(file) << text;
        QCOMPARE(::chown(file.c_str(), mysql.pw_uid, mysql.pw_gid), 0);
        QCOMPARE(::chmod(file.c_str(), 0640), 0);
    }

private Q_SLOTS:
    void initTestCase()
    {
        for (const auto &why : {PrivilegedHost::unavailable(), TestServer::unavailable(Flavour::MariaDb)}) {
            if (!why.empty())
                QSKIP(why.c_str());
        }
        m_host.prepare(Flavour::MariaDb);
        std::string error;
        ServerOptions options;
        options.base = m_host.path("base");
        options.user = "mysql";
        options.myCnf = {"slow-query-log=ON", "long-query-time=0"};
        m_server = TestServer::start(options, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY2(m_server->exec({"CREATE USER games@localhost IDENTIFIED VIA unix_socket", "SELECT 'seen in the log'"}), m_server->lastError().c_str());
        QCOMPARE(::chmod(m_server->logDirectory().c_str(), 02750), 0);
        m_host.startHelper();
    }

    void logsAreHandedOverForReading()
    {
        {
            const AsUser as(m_host.agentUid());
            QVERIFY(!std::ifstream(slowLog()));
        }
        const auto slow = open("slow");
        QVERIFY2(slow, slow ? "" : describe(slow.error()).c_str());
        QVERIFY(textOf(slow).find("seen in the log") != std::string::npos);
        QCOMPARE(::fcntl(slow->get(), F_GETFL) & O_ACCMODE, O_RDONLY);
        const auto errorLog = open("error");
        QVERIFY2(errorLog, errorLog ? "" : describe(errorLog.error()).c_str());
        QVERIFY(textOf(errorLog).find("ready for connections") != std::string::npos);
        const auto absent = open("slow", 7);
        QVERIFY(!absent);
        QCOMPARE(absent.error().code, std::string("io.failed"));
    }

    void rotatesWithoutLosingAnything()
    {
        const auto answer = rename(0, 1);
        QVERIFY2(answer, answer ? "" : describe(answer.error()).c_str());
        QCOMPARE(answer->at("path").get<std::string>(), slowLog().string() + ".1");
        QVERIFY(!fs::exists(slowLog()));
        QVERIFY(m_server->exec({"FLUSH LOCAL SLOW LOGS", "SELECT 'after the rotation'"}));
        QVERIFY(textOf(open("slow", 1)).find("seen in the log") != std::string::npos);
        QVERIFY(textOf(open("slow")).find("after the rotation") != std::string::npos);
        // never over one that is there
        QCOMPARE(codeOf(rename(0, 1)), std::string("helper.refused"));
        QVERIFY(fs::exists(slowLog()));
        QVERIFY(rename(1, 2));
        QVERIFY(rename(0, 1));
        QVERIFY(fs::exists(slowLog().string() + ".1") && fs::exists(slowLog().string() + ".2"));
        QCOMPARE(codeOf(rename(1, 0)), std::string("helper.refused"));
        QCOMPARE(codeOf(rename(5, 6)), std::string("io.failed"));
        QVERIFY(m_server->exec("FLUSH LOCAL SLOW LOGS"));
    }

    void rotatedLogsAreRemovedAndNeverTheOpenOne()
    {
        const auto remove = [&](int number) { return codeOf(ask({"log-remove", {{"instance", m_server->name()}, {"log", "slow"}, {"number", number}}})); };
        QCOMPARE(remove(2), std::string());
        QVERIFY(!fs::exists(slowLog().string() + ".2"));
        QCOMPARE(remove(2), std::string("io.failed"));
        QCOMPARE(remove(0), std::string("helper.refused"));
        QVERIFY(fs::exists(slowLog()));
        QCOMPARE(remove(1), std::string());
    }

    void theRotationItselfGoesThroughTheHelper()
    {
        QVERIFY2(m_server->exec({"CREATE ROLE maint", "GRANT RELOAD ON *.* TO maint", "GRANT maint TO games@localhost", "SELECT 'first'"}), m_server->lastError().c_str());
        const auto rotate = [&] {
            const AsUser as(m_host.agentUid());
            wire::RotateArgs args;
            args.instance = m_server->name();
            args.keep = 2;
            return rotateSlowLog(m_host.config(), args, {Uuid::v7().toString(), [](const std::string &) {}, {}});
        };
        for (const char *text : {"second", "third", "fourth"}) {
            const auto done = rotate();
            QVERIFY2(done, done ? "" : describe(done.error()).c_str());
            QCOMPARE(done->rotated, std::string("slow.log.1"));
            QVERIFY(done->warnings.empty() && done->compressed.empty());
            QVERIFY(m_server->exec(std::string("SELECT '") + text + "'"));
        }
        QVERIFY(fs::exists(slowLog()) && fs::exists(slowLog().string() + ".1") && fs::exists(slowLog().string() + ".2") && !fs::exists(slowLog().string() + ".3"));
        QVERIFY(textOf(open("slow", 1)).find("third") != std::string::npos && textOf(open("slow", 2)).find("second") != std::string::npos);
        for (const int number : {1, 2})
            QCOMPARE(codeOf(ask({"log-remove", {{"instance", m_server->name()}, {"log", "slow"}, {"number", number}}})), std::string());
    }

    /// A follower whose log only the helper can open counts each statement once: over a rotation under it, and over one while nobody read.
    void aFollowerReadsThroughTheHelper()
    {
        std::map<std::string, std::int64_t> counted;
        Json position;
        TimePoint now = systemNow();
        const auto read = [&](SlowLogFollower &follower) {
            const AsUser as(m_host.agentUid());
            for (bool more = true; more;) {
                auto step = follower.step(now);
                QVERIFY2(!step.trouble, step.trouble ? describe(*step.trouble).c_str() : "");
                for (const auto &batch : step.batches) {
                    const auto minute = parseJson(batch.minute).value().get<wire::SlowMinute>();
                    QVERIFY(minute.gapTo == TimePoint{});
                    for (const wire::SlowDigest &digest : minute.digests)
                        counted[digest.fingerprint] += digest.events;
                    position = batch.position;
                }
                more = step.more;
            }
        };
        const auto settle = [&](SlowLogFollower &follower) {
            for (const auto pause : {11s, 3s, 120s, 1s}) { // the helper is asked for a rotation, the last entry is complete, the minute is over
                now += pause;
                read(follower);
            }
        };
        const auto rotate = [&] {
            const AsUser as(m_host.agentUid());
            wire::RotateArgs args;
            args.instance = m_server->name();
            args.keep = 3;
            const auto done = rotateSlowLog(m_host.config(), args, {Uuid::v7().toString(), [](const std::string &) {}, {}});
            QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        };
        const auto say = [&](const std::string &name) { QVERIFY2(m_server->exec({"SELECT 1 AS " + name, "SELECT 2 AS " + name}), m_server->lastError().c_str()); };
        {
            SlowLogFollower follower(m_host.config(), m_server->name(), nullptr);
            follower.setPath(slowLog().string(), false);
            say("before_it");
            read(follower);
            say("at_its_end");
            rotate();
            say("behind_it");
            settle(follower);
        }
        say("while_nobody_read");
        rotate();
        say("in_the_next_one");
        SlowLogFollower other(m_host.config(), m_server->name(), position);
        other.setPath(slowLog().string(), false);
        settle(other);
        for (const char *name : {"before_it", "at_its_end", "behind_it", "while_nobody_read", "in_the_next_one"})
            QCOMPARE(std::pair(std::string(name), counted[std::string("select ? as ") + name]), std::pair(std::string(name), std::int64_t{2}));
    }

    void onlyPlainLogsOfTheServerAreOpened()
    {
        const fs::path directory = m_server->logDirectory();
        // links, whatever they lead to
        makeServers(directory / "target", "secret");
        fs::create_symlink(directory / "target", slowLog().string() + ".11");
        QCOMPARE(open("slow", 11).error().code, std::string("helper.refused"));
        QCOMPARE(codeOf(rename(11, 12)), std::string("helper.refused"));
        fs::create_hard_link(directory / "target", slowLog().string() + ".13");
        QCOMPARE(open("slow", 13).error().code, std::string("helper.refused"));
        // of another user
        std::ofstream(slowLog().string() + ".14") << "root's";
        QCOMPARE(::chmod((slowLog().string() + ".14").c_str(), 0644), 0);
        QCOMPARE(open("slow", 14).error().code, std::string("helper.refused"));
        // no plain files
        const std::string fifo = slowLog().string() + ".15";
        QCOMPARE(::mkfifo(fifo.c_str(), 0640), 0);
        QCOMPARE(::chown(fifo.c_str(), ::getpwnam("mysql")->pw_uid, 0), 0);
        QCOMPARE(open("slow", 15).error().code, std::string("helper.refused"));
        for (const char *name : {"target", "slow.log.11", "slow.log.13", "slow.log.14", "slow.log.15"})
            fs::remove(directory / name);
    }

    /// What is no log must not become one by SET GLOBAL.
    void theServersWordIsChecked_data()
    {
        QTest::addColumn<QString>("file");
        QTest::newRow("no log's name") << QString::fromStdString((m_server->logDirectory() / "notes.txt").string());
        QTest::newRow("in a directory of others") << QString::fromStdString((m_host.path("open") / "slow.log").string());
        QTest::newRow("data") << QString::fromStdString((m_server->dataDirectory() / "ibdata1").string());
    }
    void theServersWordIsChecked()
    {
        QFETCH(QString, file);
        fs::create_directories(m_host.path("open"));
        QCOMPARE(::chmod(m_host.path("open").c_str(), 0777), 0);
        const std::string before = m_server->value("SELECT @@slow_query_log_file").value_or("");
        // off, so that the server does not write there
        QVERIFY2(m_server->exec({"SET GLOBAL slow_query_log=OFF", "SET GLOBAL slow_query_log_file='" + file.toStdString() + "'"}), m_server->lastError().c_str());
        const auto answer = open("slow");
        const bool reset = m_server->exec({"SET GLOBAL slow_query_log_file='" + before + "'", "SET GLOBAL slow_query_log=ON"});
        QVERIFY(reset && !answer);
        QCOMPARE(answer.error().code, std::string("helper.refused"));
        QVERIFY(open("slow"));
    }

    void theAgentCannotMakeADirectoryWider()
    {
        QCOMPARE(::chmod(m_server->logDirectory().c_str(), 0777), 0);
        const auto answer = open("slow");
        QCOMPARE(::chmod(m_server->logDirectory().c_str(), 02750), 0);
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, std::string("helper.refused"));
    }
};

QTEST_GUILESS_MAIN(TestHelperLogs)
#include "tst_helperlogs.moc"
