// SPDX-License-Identifier: GPL-3.0-or-later
// Agents and servers that are killed at any moment of a change: memory and files agree once it was taken back or is whole.
#include "agent/rules/samevalue.h"
#include "tests/config/configserver.h"
#include "tests/support/testfleet.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <random>
#include <thread>

#include <csignal>
#include <sys/wait.h>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;
using zandb::test::content;
using zandb::test::Flavour;
using zandb::test::put;
using zandb::test::TestServer;
namespace fs = std::filesystem;

Q_DECLARE_METATYPE(zandb::test::Flavour)

namespace {

constexpr int defaultRounds = 20;

/// The part of a worker's process: `--act BASE STATE INSTANCE A B`; it takes its time at each stage.
int actMain(char **words)
{
    const Config config = test::configFor(words[2], words[3]);
    const auto instance = findInstance(config, words[4]);
    if (!instance)
        return 3;
    ConfigAct::Options options;
    options.role = Role::Admin;
    options.runId = Uuid::v7().toString();
    options.at = [](const char *) { std::this_thread::sleep_for(4ms); };
    wire::ConfigArgs args{words[4], {{"max_connections", words[5], "both", {}, {}}, {"long_query_time", words[6], "both", {}, {}}, {"wait_timeout", words[5], "both", {}, {}}}, false};
    const auto done = ConfigAct(config, *instance, std::move(args), std::move(options)).run();
    return done ? 0 : 1;
}

int rounds()
{
    const char *text = std::getenv("ZANDB_ROUNDS");
    return text ? std::max(1, std::atoi(text)) : defaultRounds;
}

} // namespace

class TestConfigFaults : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<TestServer> m_server;
    Config m_config;
    bool m_maria = false;

    pid_t begin(const std::string &a, const std::string &b) const
    {
        return test::startProgram({QCoreApplication::applicationFilePath().toStdString(), "--act", m_server->base().string(), m_config.stateDirectory.string(), m_server->name(), a, b},
                                  m_config.stateDirectory / "act.log");
    }

    /// Memory and what a start would take, of all three variables: "70 2 70".  "" when they differ.
    std::string agreed()
    {
        const auto instance = findInstance(m_config, m_server->name());
        auto server = ServerConfig::open(m_config, *instance);
        if (!server)
            return {};
        std::string all;
        for (const char *name : {"max_connections", "long_query_time", "wait_timeout"}) {
            const auto memory = server->memory(name);
            const auto persisted = server->persisted(name);
            const OptionSetting *setting = server->options().effective(name);
            if (!memory || !persisted || !setting)
                return {};
            const std::string disk = persisted->value_or(setting->meaning);
            if (!rules::sameValueOf(name, *memory, disk)) {
                qWarning("%s: %s in memory, %s on disk", name, memory->c_str(), disk.c_str());
                return {};
            }
            all += disk + ' ';
        }
        return all;
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<Flavour>("flavour");
        QTest::newRow("mariadb") << Flavour::MariaDb;
        QTest::newRow("mysql") << Flavour::MySql;
    }

    void whateverIsKilledMemoryAndDiskAgree()
    {
        QFETCH_GLOBAL(Flavour, flavour);
        if (const auto reason = TestServer::unavailable(flavour); !reason.empty())
            QSKIP(reason.c_str());
        m_maria = flavour == Flavour::MariaDb;
        m_server.reset();
        std::string error;
        m_server = TestServer::start({.flavour = flavour, .myCnf = {"max_connections=60", "long_query_time=1", "wait_timeout=60"}}, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY2(m_server->exec(test::maintAccount(m_maria, getpwuid(geteuid())->pw_name)), m_server->lastError().c_str());
        if (!m_maria) // one of them stands in mysqld-auto.cnf
            QVERIFY(m_server->exec("SET PERSIST wait_timeout = 60"));
        m_config = test::configFor(m_server->base(), fs::path(m_directory.path().toStdString()) / (m_maria ? "a" : "b"));
        fs::create_directories(m_config.stateDirectory);
        QCOMPARE(agreed(), std::string("60 1 60 "));

        // how long one takes that nobody kills
        QElapsedTimer timer;
        timer.start();
        const pid_t whole = begin("61", "2");
        int status = 0;
        QCOMPARE(::waitpid(whole, &status, 0), whole);
        QVERIFY2(WIFEXITED(status) && WEXITSTATUS(status) == 0, content(m_config.stateDirectory / "act.log").c_str());
        const auto length = std::max<qint64>(20, timer.elapsed());
        QCOMPARE(agreed(), std::string("61 2 61 "));

        std::mt19937 random(20261130);
        std::string now = "61 2 61 ";
        int kept = 0, back = 0;
        const int all = rounds();
        for (int round = 0; round < all; ++round) {
            const std::string a = std::to_string(62 + round), b = std::to_string(3 + round);
            const std::string then = a + ' ' + b + ' ' + a + ' ';
            const bool server = round % 5 == 4;
            const pid_t pid = begin(a, b);
            std::this_thread::sleep_for(std::chrono::microseconds(random() % static_cast<unsigned>(length * 1000)));
            if (server)
                m_server->kill();
            else
                ::kill(pid, SIGKILL);
            if (server)
                QVERIFY2(m_server->startAgain(), m_server->lastError().c_str());
            QCOMPARE(::waitpid(pid, &status, 0), pid);
            const auto said = recoverChanges(m_config, 30s);
            QVERIFY(ChangeRecords(m_config).pending().empty());
            const std::string found = agreed();
            QVERIFY2(found == now || found == then, qPrintable(QStringLiteral("round %1: %2").arg(round).arg(QString::fromStdString(found))));
            ++(found == then ? kept : back);
            now = found;
            // nothing half written lies beside the file
            for (const auto &entry : fs::directory_iterator(m_server->directory()))
                QVERIFY2(!entry.path().filename().string().starts_with(".my.cnf"), entry.path().c_str());
        }
        qInfo("%d changes were whole, %d taken back", kept, back);
        m_server.reset();
    }
};

int main(int argc, char **argv)
{
    if (argc == 7 && std::string_view(argv[1]) == "--act")
        return actMain(argv);
    QCoreApplication app(argc, argv);
    TestConfigFaults test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_configfaults.moc"
