// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/remains.h"
#include "agent/backups/repository.h"
#include "agent/fleet/sqlclient.h"
#include "agent/os/child.h"
#include "agent/os/sha256.h"
#include "agent/workflow/orders.h"
#include "tests/backups/backupfixture.h"
#include "tests/support/testfleet.h"

#include <QCoreApplication>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <numeric>
#include <sstream>
#include <thread>

#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// A host whose orders run in real workers (`zandb-agent work`) on one real server.
struct WorkerHost
{
    BackupFixture fixture;
    std::unique_ptr<OrderBook> book;
    wire::Fence fence{Uuid::v7(), Uuid::v7(), 5};

    bool start(const ServerOptions &options, const fs::path &cgroup, std::string &error)
    {
        if (!fixture.start(options, error))
            return false;
        Config &config = fixture.config;
        config.file = fixture.path("agent.toml");
        config.cgroup = cgroup;
        config.nice = 0;
        config.ionice = "none";
        fs::create_directories(config.stateDirectory);
        std::ofstream(config.file) << "[agent]\nhost = \"db1\"\nbase = \"" << config.base.string() << "\"\nstate_directory = \"" << config.stateDirectory.string()
                                   << "\"\nsocket = \"" << fixture.path("s").string() << "\"\nauthorized_keys = \"" << fixture.path("keys").string()
                                   << "\"\n[accounts]\nmariadb = \"root\"\nmysql_watch = \"root\"\nmysql_backup = \"root\"\n[tools]\nmysql = \""
                                   << config.mysqlTools.string() << "\"\n[[repository]]\nname = \"local\"\npath = \"" << config.repositories[0].path.string() << "\"\n";
        OrderOptions orders;
        orders.workerProgram = fs::path(QCoreApplication::applicationDirPath().toStdString()).parent_path() / "bin" / "zandb-agent";
        if (!fs::exists(orders.workerProgram)) {
            error = "no " + orders.workerProgram.string();
            return false;
        }
        addBackupKinds(orders.kinds);
        orders.kinds.at("backup").exclusive = false; // two at once on the one server stand for those of two servers
        auto opened = OrderBook::open(config, orders);
        if (!opened) {
            error = describe(opened.error());
            return false;
        }
        book = std::move(*opened);
        return true;
    }

    wire::OrderKey submit(const wire::BackupArgs &args, std::string &error)
    {
        wire::Order order;
        order.key = {Uuid::v7(), 1, 1};
        order.fence = fence;
        order.kind = "backup";
        order.args = args;
        order.argsSha256 = Sha256::of(dumpJson(order.args));
        if (const auto status = book->submit(order); !status)
            error = describe(status.error());
        return order.key;
    }
    fs::path directory(const wire::OrderKey &key) const
    {
        return fixture.config.stateDirectory / "work" / (key.runId.toString() + ".1.1");
    }
    std::string log(const wire::OrderKey &key) const { return readFile(directory(key) / "log").value_or(""); }
    pid_t worker(const wire::OrderKey &key) const
    {
        const auto json = parseJson(readFile(directory(key) / "pid").value_or(""));
        return json ? json->value("pid", 0) : 0;
    }
    /// False where there is no worker: a signal to process 0 would reach this test and all beside it.
    bool killWorker(const wire::OrderKey &key) const
    {
        const pid_t pid = worker(key);
        return pid > 1 && ::kill(pid, SIGKILL) == 0;
    }
    bool waitForLog(const wire::OrderKey &key, const char *text)
    {
        return QTest::qWaitFor([&] {
            book->tick();
            return log(key).find(text) != std::string::npos || book->status(key).state == "finished";
        }, 60000) && log(key).find(text) != std::string::npos;
    }
    wire::OrderStatus ended(const wire::OrderKey &key)
    {
        (void)QTest::qWaitFor([&] {
            book->tick();
            return book->status(key).state == "finished";
        }, 120000);
        return book->status(key);
    }
};

std::set<pid_t> processesIn(const fs::path &cgroup)
{
    std::istringstream in(readFile(cgroup / "cgroup.procs").value_or(""));
    std::set<pid_t> pids;
    for (pid_t pid; in >> pid;)
        pids.insert(pid);
    return pids;
}

QStringList stagingBeside(const TestServer &server)
{
    QStringList names;
    for (const auto &entry : fs::directory_iterator(server.directory())) {
        if (entry.path().filename().string().starts_with("zandb-clone-"))
            names << QString::fromStdString(entry.path().filename().string());
    }
    return names;
}

} // namespace

/// Backups in real workers: cancelled, killed, and inside a cgroup.
class TestBackupWorker : public QObject
{
    Q_OBJECT

    // An own cgroup v2 directory to put workers into; empty with the reason when there can be none.
    static fs::path makeCgroup(std::string &why)
    {
        for (const char *root : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
            if (!fs::exists(fs::path(root) / "cgroup.controllers"))
                continue;
            const fs::path path = fs::path(root) / ("zandb-test-" + std::to_string(::getpid()));
            std::error_code ec;
            fs::create_directory(path, ec);
            if (!ec && ::access((path / "cgroup.procs").c_str(), W_OK) == 0)
                return path;
            why = "no cgroup can be made below " + std::string(root);
        }
        if (why.empty())
            why = "no cgroup v2 here";
        return {};
    }

    // what a person would take for backups
    static QStringList listed(const WorkerHost &host)
    {
        QStringList names;
        for (const auto &name : host.fixture.repositoryNames()) {
            if (!name.contains(u".partial"_s))
                names << name.section(u'/', 0, 2);
        }
        names.removeDuplicates();
        return names;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        m_cgroup = makeCgroup(m_noCgroup);
        std::string error;
        QVERIFY2(m_host.start({}, m_cgroup, error), error.c_str());
        QVERIFY2(m_host.fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, a VARCHAR(200))",
                                              "INSERT INTO shop.t (a) SELECT REPEAT(MD5(RAND()), 6) FROM shop.seq_1_to_100000"}),
                 m_host.fixture.server->lastError().c_str());
    }
    void cleanupTestCase()
    {
        m_host.book.reset();
        m_mySql.book.reset();
        if (!m_cgroup.empty()) // an rmdir: the files inside are the kernel's
            QTRY_VERIFY_WITH_TIMEOUT(::rmdir(m_cgroup.c_str()) == 0 || errno == ENOENT, 30'000);
    }

    void cancelled()
    {
        auto args = m_host.fixture.args("physical");
        args.throttleBytesPerSecond = 1 << 16;
        std::string error;
        const auto key = m_host.submit(args, error);
        QVERIFY2(error.empty(), error.c_str());
        QVERIFY2(m_host.waitForLog(key, "started mariadb-backup"), m_host.log(key).c_str());
        const pid_t worker = m_host.worker(key);
        QTest::qWait(500);
        QVERIFY(!processesWith({"mariadb-backup", "--datadir=" + m_host.fixture.server->dataDirectory().string()}).empty());
        QVERIFY(m_host.book->cancel(key, m_host.fence));
        const auto status = m_host.ended(key);
        QCOMPARE(status.outcome, std::string("cancelled"));
        QVERIFY2(status.error && status.error->is(errors::cancelled) && !status.error->fields.contains("remains"), m_host.log(key).c_str());
        QVERIFY(::kill(worker, 0) != 0);
        QCOMPARE(processesWith({"mariadb-backup", "--datadir=" + m_host.fixture.server->dataDirectory().string()}).size(), std::size_t(0));
        QCOMPARE(m_host.fixture.repositoryNames(), QStringList());
        for (const auto &entry : fs::recursive_directory_iterator(m_host.fixture.config.repositories[0].path))
            QVERIFY2(!entry.path().filename().string().starts_with(".partial"), entry.path().c_str());
    }

    void remainsOfTheKilledOnly()
    {
        const auto partials = [&] {
            QStringList names;
            for (const auto &entry : fs::recursive_directory_iterator(m_host.fixture.config.repositories[0].path)) {
                if (entry.path().filename().string().starts_with(".partial-"))
                    names << QString::fromStdString(entry.path().filename().string());
            }
            return names;
        };
        const fs::path verify = m_host.fixture.config.stateDirectory / "verify";
        fs::create_directories(verify);
        const FileDescriptor lives = lockScratch(verify / "lives");
        QVERIFY(lives);
        { const FileDescriptor gone = lockScratch(verify / "gone"); }
        auto args = m_host.fixture.args("physical");
        args.throttleBytesPerSecond = 1 << 16;
        auto other = args;
        other.backupId = Uuid::v7();
        std::string error;
        const auto killed = m_host.submit(args, error);
        QVERIFY2(m_host.waitForLog(killed, "started mariadb-backup"), m_host.log(killed).c_str());
        const auto going = m_host.submit(other, error);
        QVERIFY2(m_host.waitForLog(going, "started mariadb-backup"), m_host.log(going).c_str());
        QCOMPARE(partials().size(), 2);
        QVERIFY(m_host.killWorker(killed));
        QCOMPARE(m_host.ended(killed).outcome, std::string("failed"));
        QCOMPARE(partials().size(), 2);
        const auto clean = [&] { return cleanRemains(m_host.fixture.config).size(); };
        QCOMPARE(clean(), std::size_t(2));
        QCOMPARE(partials().size(), 1);
        QVERIFY(partials()[0].contains(QString::fromStdString(other.backupId.toString())));
        QVERIFY(fs::exists(verify / "lives") && !fs::exists(verify / "gone"));
        QCOMPARE(clean(), std::size_t(0));
        QVERIFY(m_host.book->cancel(going, m_host.fence));
        QCOMPARE(m_host.ended(going).outcome, std::string("cancelled"));
        QCOMPARE(partials(), QStringList());
        fs::remove_all(verify);
    }

    // The server keeps a lock request of a client that is gone, and everybody waits behind it.
    void killedWhileItsToolWaitsForALock()
    {
        if (!fs::exists("/usr/bin/mydumper"))
            QSKIP("mydumper is not installed (package mydumper)");
        auto holder = SqlClient::connect("t", m_host.fixture.server->socket(), "root", 5s, 120s);
        QVERIFY(holder);
        const std::uint64_t id = (*holder)->connectionId();
        QVERIFY((*holder)->query("CREATE TABLE IF NOT EXISTS shop.m (i INT) ENGINE=MyISAM"));
        std::jthread writing([&] { (void)(*holder)->query("INSERT INTO shop.m SELECT SLEEP(100)"); });
        auto args = m_host.fixture.args("mydumper");
        args.longStatementSeconds = 60;
        args.holdUpSeconds = 60; // so that the guard does not end it first
        std::string error;
        const auto key = m_host.submit(args, error);
        const auto waiting = [&] {
            return m_host.fixture.server->value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE STATE LIKE 'Waiting for%' AND INFO LIKE 'FLUSH%'").value_or("?");
        };
        const bool waits = QTest::qWaitFor([&] { m_host.book->tick(); return waiting() == "1"; }, 30'000);
        const bool signalled = m_host.killWorker(key);
        const auto status = m_host.ended(key);
        const std::string left = waiting();
        const auto done = cleanRemains(m_host.fixture.config);
        const bool ended = QTest::qWaitFor([&] { return waiting() == "0"; }, 30'000);
        m_host.fixture.server->exec("KILL " + std::to_string(id));
        writing.join();
        QVERIFY2(waits, m_host.log(key).c_str());
        QVERIFY(signalled);
        QCOMPARE(status.outcome, std::string("failed"));
        QCOMPARE(left, std::string("1"));
        QVERIFY(ended);
        QVERIFY(std::ranges::any_of(done, [](const std::string &line) { return line.find("FLUSH TABLES") != std::string::npos; }));
        QVERIFY(fs::is_empty(m_host.fixture.config.stateDirectory / "guards"));
    }

    void insideACgroup()
    {
        if (m_cgroup.empty())
            QSKIP(m_noCgroup.c_str());
        auto args = m_host.fixture.args("physical");
        args.throttleBytesPerSecond = 2 << 20;
        std::string error;
        const auto key = m_host.submit(args, error);
        QVERIFY2(error.empty(), error.c_str());
        QVERIFY2(m_host.waitForLog(key, "started mariadb-backup"), m_host.log(key).c_str());
        // the worker and what it has started
        const auto pids = processesIn(m_cgroup);
        QVERIFY(pids.contains(m_host.worker(key)));
        QVERIFY2(pids.size() >= 2, m_host.log(key).c_str());
        QCOMPARE(m_host.ended(key).outcome, std::string("succeeded"));
        QTRY_COMPARE_WITH_TIMEOUT(processesIn(m_cgroup).size(), std::size_t(0), 30'000);
    }

    void killedDuringAClone_data()
    {
        QTest::addColumn<bool>("copied");
        QTest::addColumn<QString>("next"); // a backup by this method; empty: what serve starts
        // the server itself is still copying; and it has, and another is being started on the copy
        QTest::newRow("while the server copies") << false << u"clone"_s;
        QTest::newRow("while the copy is looked into") << true << u"logical"_s;
        QTest::newRow("while the server copies, cleaned up by serve") << false << QString();
    }
    void killedDuringAClone()
    {
        QFETCH(bool, copied);
        QFETCH(QString, next);
        if (const auto why = TestServer::unavailable(Flavour::MySql); !why.empty())
            QSKIP(why.c_str());
        WorkerHost &host = m_mySql;
        std::string error;
        if (!host.book) {
            ServerOptions options;
            options.flavour = Flavour::MySql;
            options.myCnf = {"plugin-load-add=mysql_clone.so"};
            QVERIFY2(host.start(options, {}, error), error.c_str());
            QVERIFY(host.fixture.server->exec({"CREATE DATABASE shop", "CREATE TABLE shop.t (id INT PRIMARY KEY)"}));
        }
        const QStringList before = listed(host);
        const auto key = host.submit(host.fixture.args("clone"), error);
        QVERIFY2(error.empty(), error.c_str());
        if (copied)
            QVERIFY2(host.waitForLog(key, "cloned into"), host.log(key).c_str());
        else
            QVERIFY(QTest::qWaitFor([&] {
                host.book->tick();
                return !stagingBeside(*host.fixture.server).empty();
            }, 60000));
        QCOMPARE(stagingBeside(*host.fixture.server).size(), 1);
        QVERIFY(host.killWorker(key));
        const auto status = host.ended(key);
        QCOMPARE(status.outcome, std::string("failed"));
        QVERIFY(status.error && status.error->is(errors::interrupted));
        QCOMPARE(listed(host), before);
        // nobody works there any more
        QTRY_COMPARE_WITH_TIMEOUT(processesWith({"mysqld", (host.fixture.server->directory() / "zandb-clone-").string()}).size(), std::size_t(0), 30'000);
        const QStringList left = stagingBeside(*host.fixture.server);
        QCOMPARE(left.size(), 1);
        if (next.isEmpty()) {
            const auto done = cleanRemains(host.fixture.config);
            QVERIFY2(std::ranges::any_of(done, [](const std::string &line) { return line.find("zandb-clone-") != std::string::npos; }),
                     std::accumulate(done.begin(), done.end(), std::string()).c_str());
            QCOMPARE(stagingBeside(*host.fixture.server), QStringList());
            QCOMPARE(host.fixture.server->value("SELECT COUNT(*) FROM performance_schema.processlist WHERE INFO LIKE 'CLONE%'"), std::optional<std::string>("0"));
            return;
        }
        // the next backup, of any method, removes it and says so
        const auto again = host.submit(host.fixture.args(next.toStdString()), error);
        const auto good = host.ended(again);
        QVERIFY2(good.outcome == "succeeded", host.log(again).c_str());
        QCOMPARE(stagingBeside(*host.fixture.server), QStringList());
        QCOMPARE(host.fixture.repositoryNames().filter(u".partial"_s), QStringList());
        QCOMPARE(listed(host).size(), before.size() + 1);
        QVERIFY(host.log(again).find("removed what an earlier clone left") != std::string::npos);
    }

private:
    WorkerHost m_host;
    WorkerHost m_mySql;
    fs::path m_cgroup;
    std::string m_noCgroup;
};

QTEST_GUILESS_MAIN(TestBackupWorker)
#include "tst_backupworker.moc"
