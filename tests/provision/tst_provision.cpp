// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of making an instance, with real servers: what is checked before, what is made, what is left after a kill at any moment, what undo removes.
#include "agent/backups/tools.h"
#include "agent/fleet/mycnf.h"
#include "agent/fleet/preflight.h"
#include "agent/os/process.h"
#include "agent/protocol/provisionerrors.h"
#include "agent/provision/check.h"
#include "agent/provision/serverprocess.h"
#include "agent/provision/steps.h"
#include "tests/backups/backupfixture.h"

#include <QtTest>

#include <csignal>
#include <fstream>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

namespace {

/// An attempt of a step of one run.
class StepContext final : public test::FakeContext
{
public:
    StepContext(Config config, fs::path directory, const Uuid &run) : FakeContext(std::move(config), std::move(directory)) { m_stepOrder.key.runId = run; }
    const wire::Order &order() const override { return m_stepOrder; }

private:
    wire::Order m_stepOrder;
};

using StepFunction = Result<wire::ProvisionResult> (*)(WorkContext &, const wire::ProvisionArgs &);

const wire::PreflightCheck *named(const wire::ProvisionCheck &check, std::string_view name)
{
    const auto found = std::ranges::find(check.checks, name, &wire::PreflightCheck::name);
    return found == check.checks.end() ? nullptr : &*found;
}

} // namespace

class TestProvision : public QObject
{
    Q_OBJECT

    Config config() const
    {
        Config config;
        config.file = m_root / "agent.toml";
        config.host = "db1";
        config.base = m_root / "base";
        config.stateDirectory = m_root / "state";
        config.mariadbAccount = userName();
        config.startsDirectly = true;
        config.ionice = "none";
        config.nice = 0;
        if (const char *root = std::getenv("ZANDB_MYSQL_ROOT"))
            config.mysqlTools = fs::path(root) / "bin.d";
        return config;
    }
    static int freePort()
    {
        static int next = 20000 + static_cast<int>(::getpid() % 9000);
        return next++;
    }
    static wire::ProvisionArgs argsFor(int port, const std::string &flavour = "mariadb")
    {
        wire::ProvisionArgs args;
        args.port = port;
        args.instance = "my" + std::to_string(port);
        args.flavour = flavour;
        args.serverId = port;
        args.bufferPoolBytes = 32 << 20;
        return args;
    }
    Result<wire::ProvisionResult> step(StepFunction function, const wire::ProvisionArgs &args, const Uuid &run)
    {
        StepContext context(config(), m_root / "work" / Uuid::v7().toString(), run);
        auto result = function(context, args);
        m_log = context.logText() + (result ? std::string() : describe(result.error()));
        return result;
    }
    /// The step in a process of its own, which is killed after `delay`.
    void stepKilledAfter(std::chrono::milliseconds delay, StepFunction function, const wire::ProvisionArgs &args, const Uuid &run)
    {
        const pid_t pid = ::fork();
        if (pid == 0) {
            ::setsid();
            (void)step(function, args, run);
            ::_exit(0);
        }
        const auto until = Clock::now() + delay;
        while (Clock::now() < until && ::waitpid(pid, nullptr, WNOHANG) == 0)
            ::usleep(1000);
        // as serve does: with all that is of the worker's session
        const ProcessIdentity worker{pid, startTimeOf(pid), bootId()};
        ::kill(pid, SIGKILL);
        ::waitpid(pid, nullptr, 0);
        if (worker.startTime != 0)
            QTRY_COMPARE_WITH_TIMEOUT(signalSession(worker, SIGKILL).value_or(-1), 0, 20'000);
    }
    fs::path directoryOf(const wire::ProvisionArgs &args) const { return m_root / "base" / args.instance; }
    /// What stands in the directory, without what a server makes at will.
    std::set<std::string> namesIn(const fs::path &directory) const
    {
        std::set<std::string> names;
        for (const auto &entry : fs::directory_iterator(directory))
            names.insert(entry.path().filename());
        return names;
    }
    void checkRunning(const wire::ProvisionArgs &args, bool mariaDb)
    {
        const auto instance = findInstance(config(), args.instance);
        QVERIFY(instance);
        auto watch = connectTo(config(), *instance, Account::Watch);
        QVERIFY2(watch, watch ? "" : describe(watch.error()).c_str());
        QCOMPARE((*watch)->value("SELECT @@GLOBAL.server_id").value().value_or(""), std::to_string(args.serverId));
        QCOMPARE((*watch)->isMariaDb(), mariaDb);
        for (const wire::PreflightCheck &check : preflight(config(), *instance)) {
            // root, as whom tests may run, is the server's administrator too
            if (check.name == "mariadb.explain.reads_only" && userName() == "root")
                continue;
            if (check.name.starts_with("mariadb.") || check.name.starts_with("mysql.") || check.name.starts_with("login"))
                QVERIFY2(check.ok, (check.name + ": " + check.detail).c_str());
        }
        QCOMPARE(namesIn(directoryOf(args)), (std::set<std::string>{".zandb-provision.json", "data", "log", "my.cnf", "run"}));
        if (mariaDb) {
            auto maint = connectTo(config(), *instance, Account::Maint);
            QVERIFY(maint);
            const auto grants = (*maint)->value("SHOW GRANTS FOR 'explain'");
            QVERIFY(grants);
            QCOMPARE(grants->value_or(""), std::string("GRANT SELECT, SHOW VIEW ON *.* TO `explain`"));
        }
        // nobody gets in without being the OS user
        auto maint = connectTo(config(), *instance, Account::Backup);
        QVERIFY(maint);
        const auto open = mariaDb ? (*maint)->value("SELECT GROUP_CONCAT(CONCAT(User, '@', Host)) FROM mysql.global_priv WHERE Host <> '' AND User <> 'mariadb.sys' "
                                                    "AND JSON_VALUE(Priv, '$.plugin') = 'mysql_native_password' AND COALESCE(JSON_VALUE(Priv, '$.authentication_string'), '') = ''")
                                  : (*maint)->value("SELECT GROUP_CONCAT(CONCAT(User, '@', Host)) FROM mysql.user WHERE plugin <> 'auth_socket' AND authentication_string = '' AND account_locked = 'N'");
        QVERIFY2(open, open ? "" : describe(open.error()).c_str());
        QVERIFY2(open->value_or("").empty(), open->value_or("").c_str());
    }
    void undo(const wire::ProvisionArgs &args, const Uuid &run)
    {
        QVERIFY2(step(provisionUndo, args, run), m_log.c_str());
        QVERIFY(!fs::exists(directoryOf(args)));
        QCOMPARE(serverOf(directoryOf(args) / "my.cnf"), 0);
    }

private Q_SLOTS:
    void init()
    {
        if (const auto why = test::TestServer::unavailable(test::Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        char pattern[] = "/tmp/zandb-provision-XXXXXX";
        QVERIFY(::mkdtemp(pattern));
        m_root = pattern;
        for (const char *name : {"base", "state", "work"})
            fs::create_directories(m_root / name);
    }
    void cleanup()
    {
        if (m_root.empty())
            return;
        for (const auto &entry : fs::directory_iterator(m_root / "base"))
            (void)endServer("", entry.path() / "my.cnf", 0s);
        std::error_code ec;
        fs::remove_all(m_root, ec);
    }

    void everythingIsCheckedBefore()
    {
        const int port = freePort();
        wire::ProvisionArgs args = argsFor(port);
        const auto look = [&] { return checkProvision(config(), args, {}, m_root / "look", {}).value().check; };
        auto check = look();
        QVERIFY2(check.ok(), clashesOf(check).c_str());
        QVERIFY(fs::is_empty(m_root / "base") && !fs::exists(m_root / "look"));
        QVERIFY(check.myCnf.find("innodb-buffer-pool-size = 33554432") != std::string::npos);

        // another instance that is configured and does not run: its port, server_id and memory count
        const fs::path other = m_root / "base" / ("my" + std::to_string(port + 5000));
        fs::create_directories(other);
        std::ofstream(other / "my.cnf") << "[mysqld]\nport=" << port << "\nserver-id=" << port << "\ninnodb-buffer-pool-size=900T\n";
        check = look();
        for (const char *name : {"port.configured", "server_id", "memory"})
            QVERIFY2(!named(check, name)->ok && !named(check, name)->remedy.empty(), name);
        fs::remove_all(other);

        const fs::path mine = directoryOf(args);
        fs::create_directories(mine);
        QVERIFY(named(look(), "directory")->ok);
        std::ofstream(mine / "something") << "x";
        QVERIFY(!named(look(), "directory")->ok);
        QVERIFY(step(provisionLayout, args, Uuid::v7()).error().is(errors::provisionClash));
        QCOMPARE(namesIn(mine), std::set<std::string>{"something"});
        fs::remove_all(mine);

        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        QCOMPARE(::bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
        QCOMPARE(::listen(listener, 1), 0);
        QVERIFY(!named(look(), "port.listening")->ok);
        ::close(listener);

        args.templateText = "[mysqld]\nno-such-option=1\n";
        check = look();
        QVERIFY(named(check, "template")->ok && !named(check, "template.accepted")->ok);
        QVERIFY(named(check, "template.accepted")->detail.find("no-such-option") != std::string::npos);
        args.templateText = "[mysqld]\nlog-bin=/var/lib/mysql/binlog\n";
        QVERIFY(!named(look(), "template")->ok);
        args.templateText = "[mysqld]\nport={{potr}}\n";
        QVERIFY(!named(look(), "template")->ok);

        Config unit = config();
        unit.startsDirectly = false;
        QVERIFY(!named(checkProvision(unit, argsFor(port), {}, m_root / "look", {}).value().check, "start")->ok);
    }

    void likeAnotherInstance()
    {
        const int port = freePort();
        const fs::path other = m_root / "base" / ("my" + std::to_string(port));
        fs::create_directories(other);
        std::ofstream(other / "my.cnf") << "# ours\n[mysqld]\nport=" << port << "\nserver-id=7\ndatadir=" << other.string() << "/data\nsocket=" << other.string() << "/run/s.sock\nlog-bin=" << other.string()
                                        << "/log/binlog\ninnodb-buffer-pool-size=32M\nmax-connections=77\n[client]\nport=" << port << "\n";
        wire::ProvisionArgs args = argsFor(port + 1);
        args.templateName = "my" + std::to_string(port);
        args.bufferPoolBytes = 48 << 20;
        const auto seen = checkProvision(config(), args, {}, m_root / "look", {});
        QVERIFY2(seen && seen->check.ok(), seen ? clashesOf(seen->check).c_str() : "");
        const MyCnf cnf = MyCnf::parse(seen->plan.myCnf);
        const std::string mine = directoryOf(args).string();
        QCOMPARE(cnf.server("port").value_or(""), std::to_string(port + 1));
        QCOMPARE(cnf.server("server_id").value_or(""), std::to_string(port + 1));
        QCOMPARE(cnf.server("datadir").value_or(""), mine + "/data");
        QCOMPARE(cnf.server("socket").value_or(""), mine + "/run/s.sock");
        QCOMPARE(cnf.server("log_bin").value_or(""), mine + "/log/binlog");
        QCOMPARE(cnf.server("max_connections").value_or(""), std::string("77"));
        QCOMPARE(cnf.server("innodb_buffer_pool_size").value_or(""), std::to_string(48 << 20));
        QVERIFY(seen->plan.myCnf.find(other.string() + "/") == std::string::npos);
    }

    void madeAndUndone_data()
    {
        QTest::addColumn<bool>("mariaDb");
        QTest::newRow("MariaDB") << true;
        QTest::newRow("MySQL") << false;
    }
    void madeAndUndone()
    {
        QFETCH(const bool, mariaDb);
        if (const auto why = test::TestServer::unavailable(mariaDb ? test::Flavour::MariaDb : test::Flavour::MySql); !why.empty())
            QSKIP(why.c_str());
        const wire::ProvisionArgs args = argsFor(freePort(), mariaDb ? "mariadb" : "mysql");
        const Uuid run = Uuid::v7();
        for (StepFunction function : {provisionCheck, provisionLayout, provisionData, provisionStart})
            QVERIFY2(step(function, args, run), m_log.c_str());
        checkRunning(args, mariaDb);
        const pid_t server = serverOf(directoryOf(args) / "my.cnf");
        QVERIFY(server > 0);
        QVERIFY(::getsid(server) != ::getsid(0));
        // all of it once more: nothing changes
        for (StepFunction function : {provisionCheck, provisionLayout, provisionData, provisionStart})
            QVERIFY2(step(function, args, run), m_log.c_str());
        QCOMPARE(serverOf(directoryOf(args) / "my.cnf"), server);
        // another run touches nothing of it
        const Uuid stranger = Uuid::v7();
        for (StepFunction function : {provisionLayout, provisionData, provisionStart})
            QVERIFY(step(function, args, stranger).error().is(errors::provisionForeign));
        QVERIFY(step(provisionUndo, args, stranger));
        QCOMPARE(serverOf(directoryOf(args) / "my.cnf"), server);
        undo(args, run);
    }

    /// kill -9 at many moments of each step; the next attempt comes to the same end.
    void killedAtAnyMoment()
    {
        const wire::ProvisionArgs args = argsFor(freePort());
        const Uuid run = Uuid::v7();
        const auto killedOften = [&](StepFunction function, std::chrono::milliseconds whole) {
            for (const int percent : {10, 60, 90})
                stepKilledAfter(whole * percent / 100, function, args, run);
        };
        // how long each takes here
        std::map<StepFunction, std::chrono::milliseconds> took;
        const wire::ProvisionArgs other = argsFor(freePort());
        const Uuid otherRun = Uuid::v7();
        for (StepFunction function : {provisionLayout, provisionData, provisionStart}) {
            const auto begin = Clock::now();
            QVERIFY2(step(function, other, otherRun), m_log.c_str());
            took[function] = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
        }
        for (StepFunction function : {provisionLayout, provisionData, provisionStart}) {
            killedOften(function, took[function]);
            QVERIFY2(step(function, args, run), m_log.c_str());
        }
        checkRunning(args, true);
        QCOMPARE(namesIn(directoryOf(args)), namesIn(directoryOf(other)));
        QCOMPARE(namesIn(m_root / "base"), (std::set<std::string>{args.instance, other.instance}));
        stepKilledAfter(100ms, provisionUndo, args, run);
        undo(args, run);
        undo(other, otherRun);
        QVERIFY(fs::is_empty(m_root / "base"));
    }

    /// A directory that was there before stays there.
    void undoLeavesWhatWasThere()
    {
        const wire::ProvisionArgs args = argsFor(freePort());
        const Uuid run = Uuid::v7();
        fs::create_directories(directoryOf(args));
        QVERIFY2(step(provisionLayout, args, run), m_log.c_str());
        QVERIFY(fs::exists(directoryOf(args) / "my.cnf"));
        QVERIFY2(step(provisionUndo, args, run), m_log.c_str());
        QVERIFY(fs::exists(directoryOf(args)) && fs::is_empty(directoryOf(args)));
    }

private:
    fs::path m_root;
    std::string m_log;
};

QTEST_GUILESS_MAIN(TestProvision)
#include "tst_provision.moc"
