// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/errors.h"
#include "agent/runtime/config.h"
#include "agent/serve/checkconfig.h"
#include "tests/places.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;

namespace {

/// A small correct file; tests append to it or replace a line of it.
const QByteArray goodFile = R"([agent]
host = "db1"
base = "/srv/mysql/"
state_directory = "/var/lib/zandb"
socket = "/run/zandb/agent.sock"
authorized_keys = "/etc/zandb/authorized_keys"

[[repository]]
name = "local"
path = "/var/backups/zandb"
)";

} // namespace

class TestAgentConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_directory = std::make_unique<QTemporaryDir>(); }

    void readsTheCommentedExample()
    {
        const auto config = loadConfig(ZANDB_SOURCE_DIR "/packaging/agent.toml");
        QVERIFY2(config, config ? "" : describe(config.error()).c_str());
        QCOMPARE(config->host, std::string("db1"));
        QCOMPARE(config->base, std::filesystem::path("/srv/mysql"));
        QCOMPARE(config->sampleSeconds, 10);
        QCOMPARE(config->ionice, std::string("best-effort:7"));
        QVERIFY(config->cgroup.empty());
        QCOMPARE(config->stagingBytes, std::int64_t{1073741824});
        QVERIFY(!config->dispatcherKinds);
        QVERIFY(config->repository("local"));
        QCOMPARE(config->repository("local")->minFreeBytes, std::int64_t{1073741824});
        QVERIFY(!config->repository("vault"));
    }

    /// Every key that the example shows only in comments is known as well.
    void readsWhatTheExampleCommentsOut()
    {
        QFile example(QStringLiteral(ZANDB_SOURCE_DIR "/packaging/agent.toml"));
        QVERIFY(example.open(QFile::ReadOnly));
        QByteArray text;
        int vaults = 0;
        for (QByteArray line : example.readAll().split('\n')) {
            if (line.startsWith("# [[") || (line.startsWith("# ") && line.contains(" = ")))
                line.remove(0, 2);
            if (line == "name = \"vault\"" && ++vaults == 2)
                line = "name = \"vault-here\"";
            text += line + '\n';
        }
        const auto config = load(text);
        QVERIFY2(config, config ? "" : describe(config.error()).c_str());
        QCOMPARE(config->repositories.size(), std::size_t{3});
        QCOMPARE(config->repository("vault")->remote, std::string("zandb@backup1.example.org"));
        QCOMPARE(config->repository("vault")->sshPort, 22);
        QCOMPARE(config->repository("vault")->knownHosts, std::filesystem::path("/etc/zandb/known_hosts"));
        QCOMPARE(config->repository("vault")->remoteName, std::string("vault"));
        QCOMPARE(config->repository("vault-here")->acceptFrom, (std::vector<std::string>{"db1", "db2"}));
        QCOMPARE(config->repository("vault-here")->pruneAfterDays, 14);
        QCOMPARE(config->repository("local")->pruneAfterDays, 0);
        QCOMPARE(config->dispatcherKinds, (std::vector<std::string>{"backup", "facts", "verify"}));
        QCOMPARE(config->instances.size(), std::size_t{1});
        QCOMPARE(config->instances[0].name, std::string("main"));
        QCOMPARE(config->instances[0].myCnf, std::filesystem::path("/etc/mysql/my.cnf"));
    }

    void keepsDefaults()
    {
        const auto config = load(goodFile);
        QVERIFY2(config, config ? "" : describe(config.error()).c_str());
        QCOMPARE(config->base, std::filesystem::path("/srv/mysql"));
        QCOMPARE(config->mariadbAccount, std::string("zandb"));
        QCOMPARE(config->maxWorkers, 4);
        QCOMPARE(config->maxShortWorkers, 8);
        QCOMPARE(config->attachPath, std::string("zandb-attach"));
        QCOMPARE(config->repository("local")->remoteName, std::string("local"));
    }

    void namesMistakes_data()
    {
        QTest::addColumn<QByteArray>("replaced"); // a line of the good file; empty: append
        QTest::addColumn<QByteArray>("with");
        QTest::addColumn<int>("line");
        QTest::addColumn<QByteArray>("detail");
        const auto row = [](const char *name, const char *replaced, const char *with, int line, const char *detail) {
            QTest::newRow(name) << QByteArray(replaced) << QByteArray(with) << line << QByteArray(detail);
        };
        row("provisioning that is neither true nor false", "", "[helper]\nprovisioning = \"yes\"", 12, "helper.provisioning must be true or false, not text");
        row("config that is neither true nor false", "", "[helper]\nconfig = 1", 12, "helper.config must be true or false, not a number");
        row("not toml", "host = \"db1\"", "host = db1", 2, "");
        row("unknown key", "host = \"db1\"", "host = \"db1\"\nhots = 1", 3, "unknown key agent.hots");
        row("unknown section", "", "[limit]\nnice = 1", 11, "unknown section limit");
        row("unknown root key", "[agent]", "verbose = true\n[agent]", 1, "unknown key verbose");
        row("unknown key in a list", "name = \"local\"", "name = \"local\"\nkeep = 3", 10, "unknown key repository[local].keep");
        row("wrong type", "host = \"db1\"", "host = 1", 2, "agent.host must be text, not a number");
        row("section as value", "", "[limits]\n[limits.nice]\nx = 1", 12, "limits.nice must be a number, not a table");
        row("value as section", "[agent]", "limits = 3\n[agent]", 1, "limits must be a section");
        row("single bracket", "[[repository]]", "[repository]", 8, "must be written [[repository]]");
        row("fraction", "", "[limits]\nnice = 1.5", 12, "not a fraction");
        row("missing host", "host = \"db1\"", "", 1, "agent.host is missing");
        row("missing state directory", "state_directory = \"/var/lib/zandb\"", "", 1, "agent.state_directory is missing");
        row("relative path", "base = \"/srv/mysql/\"", "base = \"srv/mysql\"", 3, "agent.base must be an absolute path");
        row("empty path", "base = \"/srv/mysql/\"", "base = \"\"", 3, "agent.base must be an absolute path");
        row("path with a line break", "base = \"/srv/mysql/\"", "base = \"/srv\\n\"", 3, "agent.base must be an absolute path");
        row("host with a slash", "host = \"db1\"", "host = \"../db1\"", 2, "agent.host must be a label");
        row("host with a leading dot", "host = \"db1\"", "host = \"..\"", 2, "agent.host must be a label");
        row("socket too long", "socket = \"/run/zandb/agent.sock\"",
            ("socket = \"/" + QByteArray(120, 'x') + "\"").constData(), 5, "must not be longer than 107 bytes");
        row("socket a shell would read", "socket = \"/run/zandb/agent.sock\"", "socket = \"/run/$(id)\"", 5, "agent.socket must consist of");
        row("attach a shell would read", "host = \"db1\"", "host = \"db1\"\nattach = \"/bin/sh -c x\"", 3, "agent.attach must be");
        row("relative attach", "host = \"db1\"", "host = \"db1\"\nattach = \"bin/attach\"", 3, "agent.attach must be");
        row("too frequent", "host = \"db1\"", "host = \"db1\"\nsample_seconds = 0", 3, "between 1 and 3600");
        row("nice", "", "[limits]\nnice = 20", 12, "limits.nice must be between 0 and 19");
        row("ionice", "", "[limits]\nionice = \"best-effort:8\"", 12, "limits.ionice must be");
        row("spool within its reserve", "", "[limits]\nspool_bytes = 67108864", 12, "limits.spool_bytes must be between");
        row("account", "", "[accounts]\nmariadb = \"a'b\"", 12, "accounts.mariadb must be an account name");
        row("kind", "", "[dispatcher]\nkinds = [\"backup\", 3]", 12, "dispatcher.kinds must hold");
        row("kind twice", "", "[dispatcher]\nkinds = [\"backup\", \"backup\"]", 12, "names backup twice");
        row("path and remote", "path = \"/var/backups/zandb\"", "path = \"/b\"\nremote = \"a@b\"\nidentity = \"/i\"\nknown_hosts = \"/k\"", 8,
            "has both a path and a remote");
        row("neither", "path = \"/var/backups/zandb\"", "", 8, "has neither a path nor a remote");
        row("remote without a pinned key", "path = \"/var/backups/zandb\"", "remote = \"a@b\"\nidentity = \"/i\"", 8,
            "repository[local].known_hosts is missing");
        row("remote that is an option", "path = \"/var/backups/zandb\"", "remote = \"-oProxyCommand=x@b\"\nidentity = \"/i\"\nknown_hosts = \"/k\"", 10, "must be \"user@host\"");
        row("remote host that is an option", "path = \"/var/backups/zandb\"", "remote = \"a@-b\"\nidentity = \"/i\"\nknown_hosts = \"/k\"", 10, "must be \"user@host\"");
        row("local with an identity", "path = \"/var/backups/zandb\"", "path = \"/b\"\nidentity = \"/i\"", 11, "is for a repository with a remote");
        row("a rule for senders without any", "path = \"/var/backups/zandb\"", "path = \"/b\"\nprune_after_days = 14", 11, "is for a repository with accept_from");
        row("no days", "path = \"/var/backups/zandb\"", "path = \"/b\"\naccept_from = [\"a\"]\nprune_after_days = 0", 12, "must be between 1 and 36500");
        row("repository without a name", "name = \"local\"", "", 8, "repository.name is missing");
        row("two repositories", "", "[[repository]]\nname = \"local\"\npath = \"/x\"", 12, "two repositories are called local");
        row("two instances", "", "[[instance]]\nname = \"a\"\nsocket = \"/x\"\n[[instance]]\nname = \"a\"\nsocket = \"/y\"", 15,
            "two instances are called a");
        row("instance without a socket", "", "[[instance]]\nname = \"a\"", 11, "instance[a].socket is missing");
    }

    void namesMistakes()
    {
        QFETCH(QByteArray, replaced);
        QFETCH(QByteArray, with);
        QFETCH(int, line);
        QFETCH(QByteArray, detail);
        QByteArray text = goodFile;
        if (replaced.isEmpty())
            text += with + '\n';
        else
            text.replace(replaced, with);
        const auto config = load(text);
        QVERIFY(!config);
        QVERIFY(config.error().is(errors::configInvalid));
        QCOMPARE(config.error().fields.at("path"), file().toStdString());
        const QByteArray seen = QByteArray::fromStdString(config.error().fields.at("detail"));
        QVERIFY2(seen.contains(detail), seen.constData());
        QCOMPARE(QByteArray::fromStdString(config.error().fields.at("line")), QByteArray::number(line));
    }

    void namesAllMistakesInOrder()
    {
        QByteArray text = goodFile;
        text.replace("host = \"db1\"", "host = 1");
        text.replace("base = \"/srv/mysql/\"", "base = \"x\"");
        text += "extra = true\n[nonsense]\n";
        write(text);
        std::vector<std::string> lines;
        for (const Error &error : checkConfig(file().toStdString()))
            lines.push_back(error.fields.at("line"));
        QCOMPARE(lines, (std::vector<std::string>{"2", "3", "11", "12"}));
    }

    void refusesWhatIsNoFile()
    {
        for (const std::string path : {"/nonexistent/agent.toml", "/tmp"}) {
            const auto config = loadConfig(path);
            QVERIFY(!config);
            QVERIFY(config.error().is(errors::ioFailed));
            QCOMPARE(config.error().fields.at("path"), path);
        }
        write(QByteArray(2 << 20, '#'));
        const auto config = loadConfig(file().toStdString());
        QVERIFY(!config && config.error().is(errors::configInvalid));
    }

    /// Bytes that are no TOML, and TOML cut anywhere, are refused or read, never worse.
    void survivesDamage()
    {
        QFile example(QStringLiteral(ZANDB_SOURCE_DIR "/packaging/agent.toml"));
        QVERIFY(example.open(QFile::ReadOnly));
        const QByteArray whole = example.readAll();
        int refused = 0;
        for (const char *header : {"[@x]", "[", "[[", "[ \n", "[[ #\n", "[\xc3\xa4]", "[\x01]\n", "[=1]"}) {
            QVERIFY2(!load(whole + header), header);
            QVERIFY2(!load(whole + header + "\n"), header);
        }
        for (int at = 0; at < whole.size(); at += 7)
            refused += load(whole.left(at)) ? 0 : 1;
        for (int at = 0; at < whole.size(); at += 11) {
            QByteArray damaged = whole;
            damaged[at] = static_cast<char>(damaged[at] ^ (1 << at % 8));
            refused += load(damaged) ? 0 : 1;
        }
        QVERIFY(refused > 50);
    }

    void checkConfigJudgesTheSurroundings()
    {
        const QString state = m_directory->filePath(QStringLiteral("state"));
        const QString repository = m_directory->filePath(QStringLiteral("repository"));
        QByteArray text = goodFile;
        text.replace("/var/lib/zandb", state.toUtf8());
        text.replace("/var/backups/zandb", repository.toUtf8());
        text.replace("/srv/mysql/", m_directory->path().toUtf8());
        text.replace("/run/zandb/agent.sock", m_directory->filePath(QStringLiteral("agent.sock")).toUtf8());
        text.replace("/etc/zandb/", m_directory->path().toUtf8() + '/');
        write(text);
        const std::vector<std::string> args{file().toStdString()};
        QCOMPARE(checkConfigMain(args), 1); // neither directory is there
        QVERIFY(QDir().mkpath(state) && QDir().mkpath(repository));
        QCOMPARE(::chmod(state.toUtf8(), 0700), 0);
        QCOMPARE(checkConfigMain(args), 0);
        QCOMPARE(checkConfigMain(std::vector<std::string>{"--json", file().toStdString()}), 0);
        QCOMPARE(::chmod(state.toUtf8(), 0770), 0); // somebody else could forge orders
        QCOMPARE(checkConfigMain(args), 1);
        QCOMPARE(::chmod(state.toUtf8(), 0700), 0);
        QCOMPARE(::chmod(file().toUtf8(), 0664), 0); // somebody else could give himself any role
        QCOMPARE(checkConfigMain(args), 1);
        QCOMPARE(::chmod(file().toUtf8(), 0644), 0);
        write(text + "x = 1\n");
        QCOMPARE(checkConfigMain(args), 1);
        QCOMPARE(checkConfigMain(std::vector<std::string>{"--yaml"}), 2);
        QCOMPARE(checkConfigMain(std::vector<std::string>{"a", "b"}), 2);
    }

    void ownerDecides()
    {
        write(goodFile);
        const std::string path = file().toStdString();
        const QByteArray directory = m_directory->path().toUtf8();
        QVERIFY(checkConfigOwner(path));
        QVERIFY(!checkConfigOwner(path + ".absent"));
        QCOMPARE(::chmod(path.c_str(), 0646), 0);
        QCOMPARE(checkConfigOwner(path).error().code, std::string("config.invalid"));
        QCOMPARE(::chmod(path.c_str(), 0644), 0);
        QCOMPARE(::chmod(directory, 0777), 0);
        QVERIFY(!checkConfigOwner(path)); // it could be replaced
        QCOMPARE(::chmod(directory, 01777), 0);
        QVERIFY(checkConfigOwner(path));
        if (::geteuid() != 0)
            return;
        QCOMPARE(::chown(path.c_str(), 1, 0), 0);
        QVERIFY(!checkConfigOwner(path));
        QCOMPARE(::chown(path.c_str(), 0, 0), 0);
        // under systemd nothing but root's will do, not even group-writable
        qputenv("SYSTEMD_EXEC_PID", QByteArray::number(::getpid()));
        QCOMPARE(::chmod(path.c_str(), 0664), 0);
        QVERIFY(!checkConfigOwner(path));
        QCOMPARE(::chmod(path.c_str(), 0644), 0);
        QVERIFY(checkConfigOwner(path));
        qunsetenv("SYSTEMD_EXEC_PID");
    }

private:
    QString file() const { return m_directory->filePath(QStringLiteral("agent.toml")); }
    void write(const QByteArray &text)
    {
        QFile out(file());
        QVERIFY(out.open(QFile::WriteOnly));
        out.write(text);
    }
    Result<Config> load(const QByteArray &text)
    {
        write(text);
        return loadConfig(file().toStdString());
    }
    std::unique_ptr<QTemporaryDir> m_directory;
};

QTEST_APPLESS_MAIN(TestAgentConfig)
#include "tst_agentconfig.moc"
