// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/trial.h"
#include "agent/protocol/configerrors.h"
#include "tests/config/configserver.h"
#include "agent/rules/samevalue.h"
#include "tests/support/smalldisk.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <sys/xattr.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::content;
using zandb::test::Flavour;
using zandb::test::put;
using zandb::test::TestServer;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(zandb::test::Flavour)

/// Changes of configurations of real servers, with the account of packaging/HOST.md.
class TestConfigChange : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<TestServer> m_servers[2];
    TestServer *m_server = nullptr;
    Config m_config;
    bool m_maria = false;
    std::string m_standards[2];
    std::string m_standard; ///< my.cnf as the server was started with

    static wire::ConfigChange to(const char *name, std::optional<std::string> value, const char *where = "both") { return {name, std::move(value), where, {}, {}}; }

    ConfigAct act(std::vector<wire::ConfigChange> changes, Role role = Role::Admin, bool trial = false, std::function<void(const char *)> at = [](const char *) {})
    {
        ConfigAct::Options options;
        options.role = role;
        options.by = "kim";
        options.runId = Uuid::v7().toString();
        options.at = std::move(at);
        const auto instance = findInstance(m_config, m_server->name());
        return ConfigAct(m_config, *instance, {m_server->name(), std::move(changes), trial}, std::move(options));
    }
    std::string value(const std::string &sql) { return m_server->value(sql).value_or("NULL"); }
    std::string memory(const std::string &name) { return value("SELECT @@GLOBAL." + name); }
    static QByteArray codeOf(const Result<wire::ConfigResult> &result) { return result ? QByteArray() : QByteArray::fromStdString(result.error().code); }
    std::string cnf() { return content(m_server->myCnf()); }
    void add(const std::string &lines) { put(m_server->myCnf(), m_standard + lines); }

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
        m_maria = flavour == Flavour::MariaDb;
        auto &server = m_servers[m_maria ? 0 : 1];
        if (!server) {
            std::string error;
            server = TestServer::start({.flavour = flavour}, &error);
            QVERIFY2(server, error.c_str());
            QVERIFY2(server->exec(test::maintAccount(m_maria, getpwuid(geteuid())->pw_name)), server->lastError().c_str());
            m_standards[m_maria ? 0 : 1] = content(server->myCnf());
        }
        m_server = server.get();
        m_standard = m_standards[m_maria ? 0 : 1];
        put(m_server->myCnf(), m_standard);
        m_config = test::configFor(m_server->base(), fs::path(m_directory.path().toStdString()) / (m_maria ? "a" : "b"));
        QVERIFY(m_server->exec("SET GLOBAL max_connections = 90") && m_server->exec("SET GLOBAL long_query_time = 10"));
    }
    void cleanupTestCase()
    {
        for (auto &server : m_servers)
            server.reset();
    }

    void bothChangeAsOne()
    {
        add("# mine\n max-connections = 50   # note\n[client]\nmax_connections=1\n");
        ::chmod(m_server->myCnf().c_str(), 0640);
        const auto done = act({to("max-connections", "70"), to("long_query_time", "2.5")}).run();
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        QCOMPARE(memory("max_connections"), std::string("70"));
        QCOMPARE(memory("long_query_time"), std::string("2.500000"));
        const std::string now = cnf();
        QVERIFY(now.find("# mine\n max-connections = 70   # note\nlong_query_time=2.5\n[client]\nmax_connections=1\n") != now.npos);
        struct stat info{};
        QCOMPARE(::stat(m_server->myCnf().c_str(), &info), 0);
        QCOMPARE(info.st_mode & 07777, 0640u);
        QCOMPARE(done->changes.size(), std::size_t(2));
        const auto &first = done->changes[0];
        QCOMPARE(first.oldMemory, std::string("90"));
        QCOMPARE(first.newMemory, std::string("70"));
        QCOMPARE(first.oldDisk, std::optional<std::string>("50"));
        QCOMPARE(first.newDisk, std::optional<std::string>("70"));
        QCOMPARE(first.file, m_server->myCnf().string());
        QVERIFY(!first.clipped && !first.afterRestart && !first.sessionsKeepOld && first.warnings.empty());
        QVERIFY(done->changes[1].sessionsKeepOld);
        QCOMPARE(done->edits.size(), std::size_t(2));
        QVERIFY(done->edits[0].diff.find("- max-connections = 50   # note\n+ max-connections = 70   # note\n") != std::string::npos);
        QVERIFY(ChangeRecords(m_config).pending().empty());
        // back to the default: the line becomes a comment
        const auto reset = act({to("long_query_time", std::nullopt)}).run();
        QVERIFY2(reset, reset ? "" : describe(reset.error()).c_str());
        QCOMPARE(memory("long_query_time"), std::string("10.000000"));
        QVERIFY(cnf().find("\n#long_query_time=2.5\n") != std::string::npos);
        QVERIFY(!reset->changes[0].newDisk);
    }

    void anAclStays()
    {
        // user::rw-, user:1:r--, group::r--, mask::r--, other::---
        const unsigned char acl[] = {2, 0, 0, 0, 1, 0, 6, 0, 0xff, 0xff, 0xff, 0xff, 2, 0, 4, 0, 1, 0, 0, 0, 4, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, 0x10, 0, 4, 0, 0xff, 0xff, 0xff, 0xff, 0x20, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
        if (::setxattr(m_server->myCnf().c_str(), "system.posix_acl_access", acl, sizeof acl, 0) != 0)
            QSKIP("this file system has no access lists");
        QVERIFY(act({to("long_query_time", "3", "disk")}).run());
        char now[128];
        QCOMPARE(::getxattr(m_server->myCnf().c_str(), "system.posix_acl_access", now, sizeof now), static_cast<ssize_t>(sizeof acl));
        QVERIFY(memcmp(now, acl, sizeof acl) == 0);
        QVERIFY(::removexattr(m_server->myCnf().c_str(), "system.posix_acl_access") == 0);
    }

    void aPreviewTouchesNothing()
    {
        const auto seen = act({to("max_connections", "70"), to("table_open_cache_instances", "4")}, Role::Admin, true).preview();
        QVERIFY2(seen, seen ? "" : describe(seen.error()).c_str());
        QCOMPARE(cnf(), m_standard);
        QCOMPARE(memory("max_connections"), std::string("90"));
        QVERIFY(!seen->changes[0].afterRestart && seen->changes[1].afterRestart); // read-only while it runs
        QCOMPARE(seen->trial, std::string("not_yet"));
        QVERIFY(seen->edits[0].diff.find("+max_connections=70\n") != std::string::npos);
        // what the server would clip is said beforehand
        const auto clipped = act({to("max_connections", "200000", "memory")}).preview();
        QVERIFY(clipped && clipped->changes[0].warnings.size() == 1);
    }

    void whatTheServerTakesIsShown()
    {
        auto done = act({to("max_connections", "200000", "memory")}).run();
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        QCOMPARE(done->changes[0].newMemory, std::string("100000"));
        QVERIFY(done->changes[0].clipped);
        QCOMPARE(done->changes[0].warnings.size(), std::size_t(1));
        QVERIFY(done->changes[0].warnings[0].starts_with("1292"));
        // the next statement has no warning of its own
        done = act({to("max_connections", "80", "memory"), to("long_query_time", "0.0000001", "memory")}).run();
        QVERIFY(done);
        QVERIFY(done->changes[0].warnings.empty() && !done->changes[0].clipped);
        QVERIFY(done->changes[1].clipped);
        QCOMPARE(cnf(), m_standard);
        // by meaning: 1K is 1024, ON is 1
        done = act({to("max_connections", "1K", "memory"), to("slow_query_log", "1", "memory")}).run();
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        QVERIFY(!done->changes[0].clipped && !done->changes[1].clipped);
        QCOMPARE(done->changes[0].newMemory, std::string("1024"));
        QCOMPARE(done->changes[1].newMemory, std::string("ON"));
    }

    void whatIsWrongChangesNothing_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("where");
        QTest::addColumn<int>("role");
        QTest::addColumn<QByteArray>("code");
        const auto row = [](const char *name, const char *value, const char *where, Role role, const char *code) {
            QTest::newRow(qPrintable(QStringLiteral("%1=%2 %3 %4").arg(QLatin1String(name), QLatin1String(value), QLatin1String(where)).arg(static_cast<int>(role))))
                << QByteArray(name) << QByteArray(value) << QByteArray(where) << static_cast<int>(role) << QByteArray(code);
        };
        row("max_connections", "abc", "both", Role::Admin, "config.out_of_range");
        row("max_connections", "1.5G", "disk", Role::Admin, "config.out_of_range");
        row("max_connectons", "10", "both", Role::Admin, "config.unknown_variable");
        row("table_open_cache_instances", "4", "memory", Role::Admin, "config.not_dynamic");
        row("innodb_data_file_path", "ibdata1:12M", "disk", Role::Admin, "config.forbidden");
        row("slow_query_log_file", "/tmp/x", "both", Role::Admin, "config.forbidden");
        row("init_connect", "DROP DATABASE x", "both", Role::Admin, "config.forbidden");
        row("log_bin", "OFF", "disk", Role::Admin, "config.forbidden"); // it would name the files OFF
        row("log-bin", "1", "disk", Role::Admin, "config.forbidden");
        row("plugin_dir", "/tmp", "disk", Role::Admin, "config.forbidden");
        row("binlog_expire_logs_seconds", "1", "both", Role::Admin, "config.forbidden");
        row("sql_mode", "", "both", Role::Operator, "config.forbidden"); // an administrator's
        row("innodb_buffer_pool_size", "900G", "both", Role::Admin, "config.out_of_range");
        row("max_connections", "0; DROP TABLE x", "both", Role::Admin, "config.out_of_range");
        row("max_connections`; DROP", "1", "both", Role::Admin, "order.args");
        row("max_connections", "1", "nowhere", Role::Admin, "order.args");
        row("character_set_server", "klingon", "both", Role::Admin, "config.out_of_range");
    }
    void whatIsWrongChangesNothing()
    {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, where);
        QFETCH(int, role);
        QFETCH(QByteArray, code);
        // beside a change that is right: none of both
        const auto done = act({to("long_query_time", "4"), {name.toStdString(), value.toStdString(), where.toStdString(), {}, {}}}, static_cast<Role>(role)).run();
        QCOMPARE(codeOf(done), code);
        QCOMPARE(cnf(), m_standard);
        QCOMPARE(memory("long_query_time"), std::string("10.000000"));
        QVERIFY(ChangeRecords(m_config).pending().empty());
    }

    void operatorsChangeTheirList()
    {
        QVERIFY(act({to("long_query_time", "4", "memory")}, Role::Operator).run());
        QVERIFY(mayOperatorChange("slow_query_log") && !mayOperatorChange("sql_mode") && !mayOperatorChange("read_only"));
    }

    void anotherOldValueStopsIt()
    {
        wire::ConfigChange change = to("max_connections", "70");
        change.expectedMemory = "91";
        QCOMPARE(codeOf(act({change}).run()), QByteArray("config.changed"));
        change.expectedMemory = "90";
        change.expectedDisk = "5";
        QCOMPARE(codeOf(act({change}).run()), QByteArray("config.changed"));
        change.expectedDisk = "";
        const auto done = act({change}).run();
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
    }

    void theFileThatCountsIsChanged()
    {
        const fs::path included = m_server->directory() / "more.cnf";
        put(included, "[mysqld]\nmax_connections=55");
        add("max_connections=50\n!include " + included.string() + "\n");
        const std::string before = cnf();
        const auto done = act({to("max_connections", "70", "disk")}).run();
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        QCOMPARE(content(included), std::string("[mysqld]\nmax_connections=70"));
        QCOMPARE(cnf(), before);
        QVERIFY(done->changes[0].afterRestart);
        QCOMPARE(memory("max_connections"), std::string("90"));
        // where everybody may write it servers ignore it, and so do we
        ::chmod(included.c_str(), 0666);
        const auto other = act({to("max_connections", "71", "disk")}).run();
        QVERIFY(other);
        QCOMPARE(other->changes[0].file, m_server->myCnf().string());
        ::chmod(m_server->myCnf().c_str(), 0666);
        QCOMPARE(codeOf(act({to("max_connections", "72", "disk")}).run()), QByteArray("config.not_editable"));
        ::chmod(m_server->myCnf().c_str(), 0644);
        fs::remove(included);
    }

    void bothOrNeither()
    {
        // somebody writes the file meanwhile: memory goes back
        auto done = act({to("max_connections", "70")}, Role::Admin, false, [&](const char *stage) {
                        if (std::string_view(stage) == "disk") {
                            QCOMPARE(memory("max_connections"), std::string("70"));
                            put(m_server->myCnf(), m_standard + "# by hand\n");
                        }
                    }).run();
        QCOMPARE(codeOf(done), QByteArray("config.rolled_back"));
        QCOMPARE(done.error().cause->code, std::string("helper.file_changed"));
        QCOMPARE(memory("max_connections"), std::string("90"));
        QCOMPARE(cnf(), m_standard + "# by hand\n");
        QVERIFY(ChangeRecords(m_config).pending().empty());
    }

    void aFullDiskChangesNothing()
    {
        test::SmallDisk disk(fs::path(m_directory.path().toStdString()) / (m_maria ? "small" : "small2"), 1 << 20);
        if (!disk.mounted())
            QSKIP("a disk of its own needs root");
        const fs::path included = disk.path() / "more.cnf";
        put(included, "[mysqld]\nmax_connections=90\n# " + std::string(3000, 'x') + '\n');
        add("!include " + included.string() + "\n");
        const std::string before = content(included);
        QVERIFY(disk.leave(0));
        put(disk.path() / "rest", std::string(200'000, 'x')); // what is left
        const auto done = act({to("max_connections", "70")}).run();
        QCOMPARE(codeOf(done), QByteArray("config.rolled_back"));
        QCOMPARE(done.error().cause->code, std::string("io.disk_full"));
        QCOMPARE(content(included), before);
        QCOMPARE(memory("max_connections"), std::string("90"));
        QCOMPARE(std::distance(fs::directory_iterator(disk.path()), fs::directory_iterator()), 2); // nothing is left behind
    }

    void persistedValues()
    {
        if (m_maria)
            QSKIP("MariaDB has no mysqld-auto.cnf");
        QVERIFY(m_server->exec("SET PERSIST long_query_time = 5"));
        add("long_query_time=7\n");
        const std::string before = cnf();
        const auto persisted = [&] { return value("SELECT VARIABLE_VALUE FROM performance_schema.persisted_variables WHERE VARIABLE_NAME='long_query_time'"); };
        auto done = act({to("long_query_time", "2")}).run();
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        QVERIFY(done->changes[0].persisted);
        QVERIFY(rules::sameValueOf("long_query_time", persisted(), "2"));
        QCOMPARE(memory("long_query_time"), std::string("2.000000"));
        QCOMPARE(cnf(), before); // mysqld-auto.cnf wins
        // only on disk
        QVERIFY(act({to("long_query_time", "3", "disk")}).run());
        QVERIFY(rules::sameValueOf("long_query_time", persisted(), "3"));
        QCOMPARE(memory("long_query_time"), std::string("2.000000"));
        // a failure brings it back
        done = act({to("long_query_time", "4"), to("max_connections", "70")}, Role::Admin, false, [&](const char *stage) {
                   if (std::string_view(stage) == "disk")
                       put(m_server->myCnf(), before + "# by hand\n");
               }).run();
        QCOMPARE(codeOf(done), QByteArray("config.rolled_back"));
        QVERIFY(rules::sameValueOf("long_query_time", persisted(), "3"));
        QCOMPARE(memory("long_query_time"), std::string("2.000000"));
        // reset takes it out of both
        QVERIFY(act({to("long_query_time", std::nullopt)}).run());
        QCOMPARE(persisted(), std::string("NULL"));
        QVERIFY2(cnf().find("#long_query_time=7\n") != std::string::npos, cnf().c_str());
    }

    void theStateSaysWhereValuesComeFrom()
    {
        add("max_connections=50\nlong_query_time=10\nno_such_option=1\nsort_buffer_size=256K\nloose-other_thing\n");
        QVERIFY(m_server->exec("SET GLOBAL sort_buffer_size = 262144"));
        const auto instance = findInstance(m_config, m_server->name());
        auto server = ServerConfig::open(m_config, *instance);
        QVERIFY2(server, server ? "" : describe(server.error()).c_str());
        const auto state = server->state({});
        QVERIFY2(state, state ? "" : describe(state.error()).c_str());
        const auto variable = [&](std::string_view name) { return *std::ranges::find(state->variables, name, &wire::ConfigVariable::name); };
        QCOMPARE(variable("max_connections").memory, std::string("90"));
        QCOMPARE(variable("max_connections").disk.value_or("none"), std::string("50"));
        QVERIFY(!variable("max_connections").agree);
        QVERIFY(variable("long_query_time").agree && variable("sort_buffer_size").agree);
        QCOMPARE(variable("max_connections").most, std::string("100000"));
        QVERIFY(std::ranges::any_of(state->unknown, [](const wire::ConfigLine &line) { return line.text == "no_such_option=1"; }));
        QVERIFY(std::ranges::any_of(state->files, [&](const wire::ConfigFile &file) { return file.path == m_server->myCnf().string() && file.mode == "0644"; }));
        // a server that was just started agrees with its files in all that they set
        std::string differing;
        for (const auto &each : state->variables) {
            if (!each.agree && each.name != "max_connections")
                differing += each.name + "=" + each.memory + "/" + each.persisted.value_or(each.disk.value_or("")) + " ";
        }
        QCOMPARE(QByteArray::fromStdString(differing), QByteArray());
    }

    void whatAStartWouldClipTooAgrees()
    {
        add("max_connections=200000\nlong_query_time=0.0000001\ninnodb_buffer_pool_size=100M\n");
        QVERIFY(m_server->exec("SET GLOBAL max_connections = 100000") && m_server->exec("SET GLOBAL long_query_time = 0"));
        const auto instance = findInstance(m_config, m_server->name());
        auto server = ServerConfig::open(m_config, *instance);
        QVERIFY(server);
        const auto state = server->state({"max_connections", "long_query_time", "innodb_buffer_pool_size"});
        QVERIFY(state);
        for (const auto &variable : state->variables)
            QCOMPARE(variable.agree, variable.name != "innodb_buffer_pool_size"); // whose 32 MiB are another value
    }

    void aTrialFindsWhatOnlyAStartFinds()
    {
        auto done = act({to("table_open_cache_instances", "4", "disk")}, Role::Admin, true).run();
        QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        QCOMPARE(done->trial, std::string("started"));
        QVERIFY(std::ranges::find(done->unproven, "data") != done->unproven.end());
        QVERIFY(std::ranges::find(done->unproven, "port") != done->unproven.end());
        const std::string before = cnf();
        done = act({to("table_open_cache_instances", "abc", "disk")}, Role::Admin, true).run();
        QCOMPARE(codeOf(done), QByteArray("config.trial_failed"));
        QVERIFY2(done.error().fields.at("detail").find("abc") != std::string::npos, done.error().fields.at("detail").c_str());
        QCOMPARE(cnf(), before);
        QVERIFY(!fs::exists(m_config.stateDirectory / "trial" / m_server->name()));
    }

    void theServersRefuse_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<int>("refusedBy"); // 1 MariaDB, 2 MySQL, 3 both
        const auto row = [](const char *line, int by) { QTest::newRow(line) << QByteArray(line) << by; };
        row("query_cache_size=64M", 2);
        row("innodb_buffer_pool_size=1.5G", 3);
        row("max_connections=abc", 3);
        row("max_connectons=10", 3);
        row("expire_logs_days=7", 2);
        row("default_authentication_plugin=mysql_native_password", 2); // MariaDB ignores it
    }
    /// Lines that somebody wrote by hand.
    void theServersRefuse()
    {
        QFETCH(QByteArray, line);
        QFETCH(int, refusedBy);
        if (!(refusedBy & (m_maria ? 1 : 2)))
            QSKIP("this server takes it");
        const fs::path file = fs::path(m_directory.path().toStdString()) / "tried.cnf";
        put(file, "[mysqld]\n" + line.toStdString() + '\n');
        const auto tried = tryOptions(m_config, "x", OptionFiles::read(file, {m_maria, m_maria ? "10.11" : "9.7", {}}), m_maria, m_config.stateDirectory / "trial" / "x", {});
        QVERIFY(!tried);
        QCOMPARE(tried.error().code, std::string("config.trial_failed"));
        QVERIFY(!tried.error().fields.at("detail").empty());
    }
};

QTEST_GUILESS_MAIN(TestConfigChange)
#include "tst_configchange.moc"
