// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rotation/compress.h"
#include "agent/rotation/rotate.h"
#include "agent/os/files.h"
#include "agent/slowlog/logreader.h"
#include "tests/support/testserver.h"

#include <QTemporaryDir>
#include <QTest>

#include <atomic>
#include <fstream>
#include <pwd.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::Flavour;
using zandb::test::TestServer;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Slow logs of real servers are rotated: nothing is lost, nothing comes twice, replicas see nothing of it.
class TestRotate : public QObject
{
    Q_OBJECT

    struct Pair
    {
        std::unique_ptr<TestServer> primary, replica;
    };
    Pair m_pairs[2];
    Pair *m_pair = nullptr;
    bool m_mariaDb = false;
    std::unique_ptr<QTemporaryDir> m_state;
    Config m_config;

    TestServer &server() { return *m_pair->primary; }
    std::filesystem::path log() { return server().logDirectory() / "slow.log"; }
    /// Names beside the log that begin as it does, sorted.
    std::string names(TestServer &one)
    {
        std::set<std::string> found;
        for (const auto &entry : std::filesystem::directory_iterator(one.logDirectory())) {
            if (entry.path().filename().string().starts_with("slow.log"))
                found.insert(entry.path().filename());
        }
        std::string text;
        for (const auto &name : found)
            text += (text.empty() ? "" : " ") + name;
        return text;
    }
    /// Everything in the logs, oldest first, whatever compressed them.
    std::string everything(TestServer &one)
    {
        std::string text;
        for (int number = 20; number >= 0; --number) {
            for (const char *suffix : {"", ".gz", ".zst"}) {
                const std::string path = (one.logDirectory() / "slow.log").string() + (number ? "." + std::to_string(number) : "") + suffix;
                if (!std::filesystem::exists(path))
                    continue;
                auto reader = LogReader::open(path);
                std::vector<char> buffer(1 << 16);
                while (reader) {
                    const auto n = (*reader)->read(buffer);
                    if (!n || *n == 0)
                        break;
                    text.append(buffer.data(), *n);
                }
            }
        }
        return text;
    }
    Result<wire::RotateResult> rotate(TestServer &one, wire::RotateArgs args = {}, const std::string &run = Uuid::v7().toString())
    {
        m_config.base = one.base();
        m_config.stateDirectory = m_state->path().toStdString();
        args.instance = one.name();
        return rotateSlowLog(m_config, args, {run, [](const std::string &line) { qInfo("%s", line.c_str()); }, {}});
    }
    static wire::RotateArgs how(int keep, const std::string &compress)
    {
        wire::RotateArgs args;
        args.keep = keep;
        args.compress = compress;
        return args;
    }
    static wire::RotateArgs forced()
    {
        wire::RotateArgs args;
        args.force = true;
        return args;
    }
    std::string executed(TestServer &one)
    {
        return one.value(m_mariaDb ? "SELECT CONCAT(@@gtid_current_pos, ' ', @@gtid_binlog_pos)" : "SELECT @@gtid_executed").value_or("?");
    }
    void removeLogs(TestServer &one)
    {
        for (const auto &entry : std::filesystem::directory_iterator(one.logDirectory())) {
            if (entry.path().filename().string().starts_with("slow.log."))
                std::filesystem::remove(entry.path());
        }
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
        m_mariaDb = flavour == Flavour::MariaDb;
        const std::string user = getpwuid(geteuid())->pw_name;
        m_config.mariadbAccount = user;
        m_state = std::make_unique<QTemporaryDir>();
        m_pair = &m_pairs[!m_mariaDb];
        if (!m_pair->primary) {
            std::string error;
            for (auto *one : {&m_pair->primary, &m_pair->replica}) {
                *one = TestServer::start({.flavour = flavour, .networking = true, .myCnf = {"log_output=FILE", "long_query_time=0"}}, &error);
                QVERIFY2(*one, error.c_str());
            }
            const bool made = m_mariaDb
                ? server().exec({"CREATE USER IF NOT EXISTS " + user + "@localhost IDENTIFIED VIA unix_socket", "CREATE ROLE maint",
                                 "GRANT RELOAD, PROCESS ON *.* TO maint", "GRANT maint TO " + user + "@localhost"})
                : server().exec({"CREATE USER maint@localhost IDENTIFIED WITH auth_socket AS '" + user + "'", "GRANT RELOAD, PROCESS, SELECT ON *.* TO maint@localhost"});
            QVERIFY2(made, server().lastError().c_str());
            QVERIFY2(server().exec({"CREATE USER repl@'%' IDENTIFIED BY 'secret'", "GRANT REPLICATION SLAVE ON *.* TO repl@'%'"}), server().lastError().c_str());
            const std::string port = std::to_string(server().port());
            const bool begun = m_mariaDb
                ? m_pair->replica->exec({"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + port + ", MASTER_USER='repl', MASTER_PASSWORD='secret', MASTER_USE_GTID=slave_pos", "START SLAVE"})
                : m_pair->replica->exec({"CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=" + port
                                             + ", SOURCE_USER='repl', SOURCE_PASSWORD='secret', SOURCE_AUTO_POSITION=1, GET_SOURCE_PUBLIC_KEY=1", "START REPLICA"});
            QVERIFY2(begun, m_pair->replica->lastError().c_str());
        }
        for (auto *one : {m_pair->primary.get(), m_pair->replica.get()}) {
            removeLogs(*one);
            QVERIFY2(one->exec({"SET GLOBAL slow_query_log_file='" + (one->logDirectory() / "slow.log").string() + "'", "SET GLOBAL log_output='FILE'", "SET GLOBAL slow_query_log=1",
                                "SET GLOBAL long_query_time=0"}),
                     one->lastError().c_str());
        }
    }
    void cleanupTestCase()
    {
        for (auto &pair : m_pairs) {
            for (auto *one : {pair.primary.get(), pair.replica.get()}) {
                if (one)
                    one->kill();
            }
            pair.primary.reset();
            pair.replica.reset();
        }
    }

    void nothingIsLostUnderLoad()
    {
        constexpr int writers = 4;
        std::atomic<bool> going{true};
        std::atomic<int> failures{0};
        std::vector<int> written(writers, 0);
        std::vector<std::thread> threads;
        for (int w = 0; w < writers; ++w) {
            threads.emplace_back([&, w] {
                auto client = SqlClient::connect("t", server().socket(), "root", 5s, 30s);
                while (client && going) {
                    if ((*client)->query("SELECT 'event " + std::to_string(w) + "/" + std::to_string(written[static_cast<std::size_t>(w)]) + ";'"))
                        ++written[static_cast<std::size_t>(w)];
                    else
                        ++failures;
                }
            });
        }
        std::string bad;
        for (int i = 0; i < 10 && bad.empty(); ++i) {
            std::this_thread::sleep_for(150ms);
            const auto done = rotate(server(), how(12, i % 2 ? "zstd" : "gzip"));
            if (!done)
                bad = describe(done.error());
            else if (done->rotated != "slow.log.1" || done->bytes == 0 || !done->warnings.empty() || done->compressed.size() != (i > 0 ? 1u : 0u))
                bad = "rotation " + std::to_string(i) + ": " + dumpJson(Json(*done));
        }
        going = false;
        for (auto &thread : threads)
            thread.join();
        QVERIFY2(bad.empty(), bad.c_str());
        QCOMPARE(failures.load(), 0);
        // a server writes behind the answer: the last ones are there once a later statement is
        QVERIFY(server().exec("SELECT 'the end'"));
        std::string text;
        QTRY_VERIFY_WITH_TIMEOUT((text = everything(server())).find("the end") != text.npos, 10'000);
        std::map<std::string, int> seen;
        for (std::size_t at = text.find("SELECT 'event "); at != text.npos; at = text.find("SELECT 'event ", at + 1))
            ++seen[text.substr(at + 14, text.find(';', at) - at - 14)];
        int events = 0;
        for (int w = 0; w < writers; ++w) {
            for (int n = 0; n < written[static_cast<std::size_t>(w)]; ++n, ++events) {
                const std::string name = std::to_string(w) + "/" + std::to_string(n);
                QVERIFY2(seen[name] == 1, (name + " is there " + std::to_string(seen[name]) + " times").c_str());
            }
        }
        QCOMPARE(static_cast<int>(seen.size()), events);
        qInfo("%d statements over 10 rotations", events);
        QVERIFY(events > 1000);
        // the newest stays plain, since somebody may still read it
        QVERIFY(std::filesystem::exists(log().string() + ".1") && std::filesystem::exists(log().string() + ".2.zst") && std::filesystem::exists(log().string() + ".3.gz"));
        QVERIFY(!std::filesystem::exists(log().string() + ".11") && names(server()).find(".10.") != std::string::npos);
    }

    void aReplicasPositionIsUnchanged()
    {
        TestServer &replica = *m_pair->replica;
        QVERIFY(server().exec("CREATE DATABASE IF NOT EXISTS shop"));
        QTRY_COMPARE_WITH_TIMEOUT(replica.value("SELECT COUNT(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'shop'").value_or(""), std::string("1"), 20'000);
        const std::string before = executed(replica), source = executed(server());
        const auto onReplica = rotate(replica);
        QVERIFY2(onReplica, onReplica ? "" : describe(onReplica.error()).c_str());
        QCOMPARE(onReplica->rotated, std::string("slow.log.1"));
        const auto onSource = rotate(server());
        QVERIFY2(onSource, onSource ? "" : describe(onSource.error()).c_str());
        QCOMPARE(executed(replica), before);
        QCOMPARE(executed(server()), source);
    }

    void keepsSoManyAndRemovesTheRest()
    {
        for (int i = 0; i < 4; ++i) {
            QVERIFY(server().exec("SELECT 1"));
            const auto done = rotate(server(), how(4, "none"));
            QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        }
        QCOMPARE(names(server()), std::string("slow.log slow.log.1 slow.log.2 slow.log.3 slow.log.4"));
        const auto fewer = rotate(server(), how(2, "none"));
        QVERIFY(fewer && fewer->removed.size() == 3);
        QCOMPARE(names(server()), std::string("slow.log slow.log.1 slow.log.2"));
    }

    void theSameOrderRotatesOnce()
    {
        QVERIFY(server().exec("SELECT 1"));
        const auto first = rotate(server(), {}, "one");
        const auto again = rotate(server(), {}, "one");
        QVERIFY(first && again && Json(*first) == Json(*again));
        QCOMPARE(names(server()), std::string("slow.log slow.log.1"));
    }

    void goesOnWhereAKilledAttemptStopped()
    {
        QVERIFY(server().exec("SELECT 1"));
        QVERIFY(rotate(server()));
        // as killed between the renaming and the FLUSH
        QVERIFY(server().exec("SELECT 'before the crash'"));
        struct stat info{};
        QCOMPARE(::stat(log().c_str(), &info), 0);
        const std::filesystem::path memory = std::filesystem::path(m_state->path().toStdString()) / "rotation" / (server().name() + ".json");
        Json noted = parseJson(readFile(memory, 1 << 16).value()).value();
        noted["pending"] = info.st_ino;
        noted["pendingDevice"] = info.st_dev;
        QVERIFY(replaceFile(memory, dumpJson(noted)));
        std::filesystem::rename(log().string() + ".1", log().string() + ".2");
        std::filesystem::rename(log(), log().string() + ".1");
        const auto done = rotate(server(), how(14, "none"));
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        QCOMPARE(done->rotated, std::string("slow.log.1"));
        QCOMPARE(names(server()), std::string("slow.log slow.log.1 slow.log.2"));
        QVERIFY(everything(server()).find("before the crash") != std::string::npos);
        // as killed before the renaming
        QCOMPARE(::stat(log().c_str(), &info), 0);
        noted = parseJson(readFile(memory, 1 << 16).value()).value();
        noted["pending"] = info.st_ino;
        noted["pendingDevice"] = info.st_dev;
        QVERIFY(replaceFile(memory, dumpJson(noted)));
        QVERIFY(server().exec("SELECT 2"));
        const auto next = rotate(server(), how(14, "none"));
        QVERIFY(next && next->rotated == "slow.log.1");
        QCOMPARE(names(server()), std::string("slow.log slow.log.1 slow.log.2 slow.log.3"));
    }

    void leavesAloneWhatOthersRotate()
    {
        QVERIFY(server().exec("SELECT 1"));
        QVERIFY(rotate(server())->left.empty());
        // as logrotate does
        QVERIFY(server().exec("SELECT 1"));
        std::filesystem::rename(log(), log().string() + ".old");
        QVERIFY(server().exec("FLUSH LOCAL SLOW LOGS"));
        QVERIFY(server().exec("SELECT 1"));
        QCOMPARE(rotate(server())->left, std::string("rotated_elsewhere"));
        QCOMPARE(rotate(server())->left, std::string("rotated_elsewhere")); // and from then on
        QCOMPARE(names(server()), std::string("slow.log slow.log.1 slow.log.old"));
        QCOMPARE(rotate(server(), forced())->rotated, std::string("slow.log.1"));
    }
    void leavesAloneWhatWasCopiedAndTruncated()
    {
        QVERIFY(server().exec({"SELECT 1", "SELECT 2"}));
        QVERIFY(rotate(server())->left.empty());
        std::filesystem::rename(log().string() + ".1", log().string() + ".2");
        std::filesystem::copy_file(log(), log().string() + ".1");
        std::filesystem::resize_file(log(), 0);
        QVERIFY(server().exec({"SELECT 1", "SELECT 2"}));
        QCOMPARE(rotate(server())->left, std::string("rotated_elsewhere"));
    }
    void leavesAloneAtTheFirstLookWhatHasYoungNumbers()
    {
        std::ofstream(log().string() + ".1.gz") << "x";
        QVERIFY(server().exec("SELECT 1"));
        QCOMPARE(rotate(server())->left, std::string("rotated_elsewhere"));
    }

    void serversThatWriteNone()
    {
        QVERIFY(server().exec("SET GLOBAL slow_query_log=0"));
        QCOMPARE(rotate(server())->left, std::string("off"));
        QVERIFY(server().exec({"SET GLOBAL slow_query_log=1", "SET GLOBAL log_output='TABLE'"}));
        QCOMPARE(rotate(server())->left, std::string("log_output_table"));
        QVERIFY(server().exec("SET GLOBAL log_output='FILE'"));
        QCOMPARE(rotate(server(), how(0, "zstd")).error().code, std::string("order.args"));
        QCOMPARE(rotate(server(), how(14, "lz4")).error().code, std::string("order.args"));
    }

    void aServerThatMayNotFlushKeepsItsLog()
    {
        if (m_mariaDb)
            QSKIP("the account of this process is root's, which has every right");
        QVERIFY(server().exec({"SELECT 'kept'", "REVOKE RELOAD ON *.* FROM maint@localhost"}));
        const auto done = rotate(server());
        QVERIFY(!done);
        QCOMPARE(done.error().code, std::string("instance.not_permitted"));
        QCOMPARE(names(server()), std::string("slow.log"));
        QVERIFY(server().exec({"GRANT RELOAD ON *.* TO maint@localhost", "SELECT 'after'"}));
        QTRY_VERIFY(everything(server()).find("after") != std::string::npos);
        QCOMPARE(rotate(server())->rotated, std::string("slow.log.1"));
    }

    void compressingKeepsTheFileWhenItFails()
    {
        if (!m_mariaDb)
            return;
        const std::filesystem::path file = std::filesystem::path(m_state->path().toStdString()) / "log";
        std::ofstream(file) << std::string(3'000'000, 'x') << "end";
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(compressFile(file, Compression::Zstd, stop.get_token()).error().code, std::string("cancelled"));
        QVERIFY(std::filesystem::file_size(file) == 3'000'003 && !std::filesystem::exists(file.string() + ".zst.part"));
        std::filesystem::create_symlink(file, file.string() + ".link");
        QVERIFY(!compressFile(file.string() + ".link", Compression::Gzip, {}));
        std::ofstream(file.string() + ".gz.part") << "of an attempt that was killed";
        QVERIFY(compressFile(file, Compression::Gzip, {}));
        QVERIFY(!std::filesystem::exists(file) && !std::filesystem::exists(file.string() + ".gz.part"));
        auto reader = LogReader::open(file.string() + ".gz");
        std::string text;
        std::vector<char> buffer(1 << 16);
        for (auto n = (*reader)->read(buffer); n && *n > 0; n = (*reader)->read(buffer))
            text.append(buffer.data(), *n);
        QVERIFY(text.size() == 3'000'003 && text.ends_with("xend"));
    }
};

QTEST_MAIN(TestRotate)
#include "tst_rotate.moc"
