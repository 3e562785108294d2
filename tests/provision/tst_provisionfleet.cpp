// SPDX-License-Identifier: GPL-3.0-or-later
// zandbctl instance create: a real store, sshd, agent and servers.
#include "agent/protocol/json.h"
#include "agent/provision/serverprocess.h"
#include "tests/support/testfleet.h"

#include <QtTest>

#include <csignal>
#include <fstream>

using namespace zandb;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

class TestProvisionFleet : public QObject
{
    Q_OBJECT

    static Json json(const test::Output &output)
    {
        const auto parsed = parseJson(output.out);
        return parsed ? *parsed : Json();
    }
    Json call(const std::vector<std::string> &words, int status = 0)
    {
        m_last = m_fleet->ctl(words);
        m_said = m_last.out + m_last.err;
        return m_last.status == status ? json(m_last) : Json();
    }
    /// For a failure: what clashes, else what was said.
    std::string told() const
    {
        std::string text = m_last.err;
        const Json answer = json(m_last);
        for (const Json &one : answer.is_object() && answer.contains("checks") ? answer["checks"] : Json::array()) {
            if (!one["ok"].get<bool>())
                text += one.dump() + '\n';
        }
        return text + m_last.out.substr(m_last.out.size() > 600 ? m_last.out.size() - 600 : 0);
    }
    fs::path base() const { return m_fleet->host().directory / "base"; }
    static const Json *check(const Json &answer, const std::string &name)
    {
        for (const Json &one : answer["checks"]) {
            if (one["name"] == name)
                return &one;
        }
        return nullptr;
    }
    static std::string portText()
    {
        static int next = 29000 + static_cast<int>(::getpid() % 2000);
        return std::to_string(next++);
    }
    void end(const std::string &port) { QVERIFY(agent::endServer("my" + port, base() / ("my" + port) / "my.cnf", 30s)); }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = test::TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        test::FleetOptions options;
        options.agentToml = "[provision]\nstart = \"direct\"\n";
        if (const char *root = std::getenv("ZANDB_MYSQL_ROOT"))
            options.agentToml += "[tools]\nmysql = \"" + std::string(root) + "/bin.d\"\n";
        std::string error;
        m_fleet = test::TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
    }
    void cleanupTestCase()
    {
        if (!m_fleet)
            return;
        for (const auto &entry : fs::directory_iterator(base()))
            (void)agent::endServer("", entry.path() / "my.cnf", 10s);
        m_fleet.reset();
    }

    void clashesAreToldAndNothingIsTouched()
    {
        const std::string there = std::to_string(m_fleet->host().servers[0]->port());
        const Json clash = call({"--json", "instance", "create", "db1", there}, 1);
        QVERIFY2(clash.is_object(), m_said.c_str());
        QVERIFY(!clash["ok"].get<bool>());
        for (const char *name : {"port.listening", "directory", "fleet.instance"}) {
            const Json *one = check(clash, name);
            QVERIFY2(one && !(*one)["ok"].get<bool>() && !(*one)["remedy"].get<std::string>().empty(), name);
        }
        const std::string port = portText();
        const Json planned = call({"--json", "instance", "create", "db1", port, "--buffer-pool", "32M", "--dry-run"});
        QVERIFY2(planned.is_object() && planned["ok"].get<bool>(), m_said.c_str());
        QVERIFY(planned["my_cnf"].get<std::string>().find("port = " + port) != std::string::npos);
        QVERIFY(!fs::exists(base() / ("my" + port)));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run"), std::string("0"));
        const test::Output text = m_fleet->ctl({"instance", "create", "db1", there});
        QVERIFY2(text.status == 1 && text.out.find("CLASH") != std::string::npos && text.err.find("Nothing was touched") != std::string::npos, text.out.c_str());
    }

    void oneIsMadeAndBackedUp()
    {
        const std::string port = portText(), path = "db1/my" + port;
        const Json made = call({"--json", "instance", "create", "db1", port, "--buffer-pool", "32M", "--template", m_fleet->host().path()});
        QVERIFY2(made.is_object(), told().c_str());
        QCOMPARE(made["state"], Json("succeeded"));
        QCOMPARE(made["steps"].size(), std::size_t(5));
        const Json list = call({"--json", "instance", "list"});
        const auto found = std::ranges::find_if(list, [&](const Json &one) { return one["path"] == path; });
        QVERIFY2(found != list.end(), m_said.c_str());
        QCOMPARE((*found)["state"], Json("up"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.backup b JOIN zandb.instance i ON i.id = b.instance_id WHERE i.name = 'my" + port + "'"), std::string("1"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'instance.create'"), std::string("1"));
        // the same again is a clash
        const Json again = call({"--json", "instance", "create", "db1", port, "--buffer-pool", "32M"}, 1);
        QVERIFY2(again.is_object() && !again["ok"].get<bool>(), m_said.c_str());
        QVERIFY(!(*check(again, "fleet.instance"))["ok"].get<bool>());
        end(port);
    }

    void aReplicaFromABackup()
    {
        test::TestServer &primary = *m_fleet->host().servers[0];
        const std::string port = portText();
        // the agent makes the replication account with its use for statements
        QVERIFY(primary.exec({"CREATE ROLE maint", "GRANT ALL ON *.* TO maint WITH GRANT OPTION", "GRANT maint TO root@localhost"}));
        // nothing to begin with yet
        const test::Output none = m_fleet->ctl({"--json", "instance", "create", "db1", port, "--replica-of", m_fleet->host().path()});
        QVERIFY2(none.status != 0 && (none.out + none.err).find("provision.no_backup") != std::string::npos, (none.out + none.err).c_str());
        QCOMPARE(m_fleet->ctl({"backup", "run", m_fleet->host().path(), "--wait"}).status, 0);
        QVERIFY(primary.exec("INSERT INTO shop.orders (note) VALUES ('after the backup')"));
        const Json made = call({"--json", "instance", "create", "db1", port, "--buffer-pool", "32M", "--replica-of", m_fleet->host().path(), "--no-backup"});
        QVERIFY2(made.is_object(), told().c_str());
        QCOMPARE(made["steps"].size(), std::size_t(6));
        const Json list = call({"--json", "instance", "list"});
        const auto found = std::ranges::find_if(list, [&](const Json &one) { return one["path"] == "db1/my" + port; });
        QVERIFY2(found != list.end(), m_said.c_str());
        QCOMPARE((*found)["role"], Json("replica"));
        // it goes on
        QVERIFY(primary.exec("INSERT INTO shop.orders (note) VALUES ('while it replicates')"));
        const auto rows = [&] {
            const test::Output output = test::runProgram({"/usr/bin/mariadb", "--no-defaults", "-uroot", "-S", (base() / ("my" + port) / "run/mysqld.sock").string(), "-Ne", "SELECT COUNT(*) FROM shop.orders; SELECT @@GLOBAL.read_only"});
            return QString::fromStdString(output.out + output.err);
        };
        QTRY_COMPARE_WITH_TIMEOUT(rows(), QStringLiteral("5002\n1\n"), 30000);
        // the secret is nowhere but in the replication itself
        QVERIFY(fs::is_empty(m_fleet->host().directory / "state/provision") || !fs::exists(m_fleet->host().directory / "state/provision" / (made["run_id"].get<std::string>() + ".secret")));
        end(port);
    }

    /// kill -9 of the agent while data are made; then a cancel, which leaves nothing.
    void agentKilledAndRunCancelled()
    {
        const auto stepState = [&](int step) {
            return m_fleet->storeValue("SELECT s.state FROM zandb.run_step s JOIN zandb.run r ON r.id = s.run_id WHERE r.kind = 'new_instance' AND s.step = " + std::to_string(step)
                                       + " ORDER BY r.created_us DESC LIMIT 1");
        };
        const auto runState = [&] { return m_fleet->storeValue("SELECT state FROM zandb.run WHERE kind = 'new_instance' ORDER BY created_us DESC LIMIT 1"); };
        const auto begin = [&](const std::string &port) {
            const std::string before = m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE kind = 'new_instance'");
            const pid_t pid = test::startProgram(m_fleet->ctlWords({"instance", "create", "db1", port, "--buffer-pool", "32M", "--no-backup"}), m_fleet->directory() / "create.log");
            if (!QTest::qWaitFor([&] { return m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE kind = 'new_instance'") != before && stepState(3) == "running"; }, 60'000))
                return pid_t(-1);
            return pid;
        };
        const std::string port = portText();
        pid_t creating = begin(port);
        QVERIFY(creating > 0);
        m_fleet->killAgent(m_fleet->host());
        QVERIFY(m_fleet->startAgent(m_fleet->host()));
        QTRY_COMPARE_WITH_TIMEOUT(runState(), std::string("succeeded"), 120'000);
        test::endProgram(creating, SIGTERM);
        QVERIFY(agent::serverOf(base() / ("my" + port) / "my.cnf") > 0);
        end(port);

        const std::string other = portText();
        creating = begin(other);
        QVERIFY(creating > 0);
        const Json runs = call({"--json", "run", "list", "--limit", "1"});
        QVERIFY2(runs.is_array() && runs.size() == 1, m_said.c_str());
        const std::string id = runs[0].contains("run_id") ? runs[0]["run_id"].get<std::string>() : runs[0]["id"].get<std::string>();
        QCOMPARE(m_fleet->ctl({"run", "cancel", id}).status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(runState(), std::string("cancelled"), 120'000);
        test::endProgram(creating, SIGTERM);
        QVERIFY(!fs::exists(base() / ("my" + other)));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.instance WHERE name = 'my" + other + "'"), std::string("0"));
    }

    /// A MySQL, and a replica of it: its account's verifier is computed here, and the server has to take it.
    void aReplicaOnMySql()
    {
        if (const auto why = test::TestServer::unavailable(test::Flavour::MySql); !why.empty())
            QSKIP(why.c_str());
        const std::string port = portText(), replica = portText();
        const Json made = call({"--json", "instance", "create", "db1", port, "--buffer-pool", "32M", "--flavour", "mysql"});
        QVERIFY2(made.is_object() && made["state"] == "succeeded", told().c_str());
        const auto sql = [&](const std::string &where, const std::string &text) {
            return test::runProgram({std::string(std::getenv("ZANDB_MYSQL_ROOT")) + "/bin.d/mysql", "--no-defaults", "-uroot", "-S", (base() / ("my" + where) / "run/mysqld.sock").string(), "-Ne", text});
        };
        QCOMPARE(sql(port, "GRANT CREATE USER, REPLICATION SLAVE ON *.* TO maint@localhost WITH GRANT OPTION; CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY); "
                           "INSERT INTO shop.t VALUES (1)").status, 0);
        // the first backup is of a server that had written nothing, so that it has no position to begin with
        QCOMPARE(call({"--json", "instance", "create", "db1", replica, "--buffer-pool", "32M", "--replica-of", "db1/my" + port, "--no-backup"}, 1)["ok"], Json(false));
        QCOMPARE(m_fleet->ctl({"backup", "run", "db1/my" + port, "--wait"}).status, 0);
        const Json copy = call({"--json", "instance", "create", "db1", replica, "--buffer-pool", "32M", "--replica-of", "db1/my" + port, "--no-backup"});
        QVERIFY2(copy.is_object() && copy["state"] == "succeeded", told().c_str());
        QCOMPARE(sql(port, "INSERT INTO shop.t VALUES (2)").status, 0);
        QTRY_COMPARE_WITH_TIMEOUT(QString::fromStdString(sql(replica, "SELECT COUNT(*) FROM shop.t; SELECT @@GLOBAL.super_read_only").out), QStringLiteral("2\n1\n"), 30000);
        const auto uuid = [&](const std::string &where) { return QString::fromStdString(sql(where, "SELECT @@server_uuid").out); };
        QVERIFY(!uuid(port).isEmpty() && uuid(port) != uuid(replica));
        end(replica);
        end(port);
    }

private:
    std::unique_ptr<test::TestFleet> m_fleet;
    test::Output m_last;
    std::string m_said;
};

QTEST_GUILESS_MAIN(TestProvisionFleet)
#include "tst_provisionfleet.moc"
