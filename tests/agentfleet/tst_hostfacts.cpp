// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/facts.h"
#include "agent/fleet/grants.h"
#include "agent/fleet/programs.h"
#include "agent/protocol/errors.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <sys/statvfs.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;

class TestHostFacts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsThisHost()
    {
        QTemporaryDir directory;
        Config config;
        config.host = "db7";
        config.stateDirectory = directory.path().toStdString();
        config.repositories.push_back({});
        config.repositories.back().name = "local";
        config.repositories.back().path = directory.filePath(QStringLiteral("not/there/yet")).toStdString();
        config.repositories.push_back({});
        config.repositories.back().name = "vault";
        config.repositories.back().remote = "zandb@backup1.example.org";
        config.repositories.back().sshPort = 2222;
        config.repositories.back().remoteName = "safe";
        const auto facts = hostFacts(config);
        QCOMPARE(facts.hostName, std::string("db7"));
        QCOMPARE(facts.agentVersion, std::string(ZANDB_VERSION));
        QCOMPARE(facts.cores, QThread::idealThreadCount());
        QCOMPARE(facts.memoryBytes / 4096, sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 4096);
        QVERIFY(facts.memoryAvailableBytes > 0 && facts.memoryAvailableBytes <= facts.memoryBytes);
        QVERIFY(facts.uptimeSeconds > 0);
        QVERIFY(facts.load1 >= 0);
        QFile boot(QStringLiteral("/proc/sys/kernel/random/boot_id"));
        QVERIFY(boot.open(QFile::ReadOnly));
        QCOMPARE(QByteArray::fromStdString(facts.bootId), boot.readAll().trimmed());
        QVERIFY(!facts.kernel.empty() && !facts.os.empty());
        QCOMPARE(facts.repositories, (std::vector<std::string>{"local", "vault"}));
        QCOMPARE(facts.remoteRepositories.size(), std::size_t{1});
        const wire::RemoteRepository &vault = facts.remoteRepositories.front();
        QCOMPARE(vault.name, std::string("vault"));
        QCOMPARE(vault.host, std::string("backup1.example.org"));
        QCOMPARE(vault.sshPort, 2222);
        QCOMPARE(vault.remoteName, std::string("safe"));
        // the state directory and the repository share one file system
        QCOMPARE(facts.disks.size(), std::size_t{1});
        struct statvfs space{};
        QCOMPARE(::statvfs(config.stateDirectory.c_str(), &space), 0);
        QCOMPARE(facts.disks[0].totalBytes, static_cast<std::int64_t>(space.f_blocks) * static_cast<std::int64_t>(space.f_frsize));
        QVERIFY(facts.disks[0].freeBytes > 0 && facts.disks[0].freeBytes <= facts.disks[0].totalBytes);
        QVERIFY(directory.path().startsWith(QString::fromStdString(facts.disks[0].mount)));
    }

    void namesEachFileSystemOnce()
    {
        struct stat root{}, shm{};
        if (::stat("/", &root) != 0 || ::stat("/dev/shm", &shm) != 0 || root.st_dev == shm.st_dev)
            QSKIP("/dev/shm is not a file system of its own here");
        Config config;
        config.stateDirectory = "/";
        std::vector<LocalInstance> instances(2);
        instances[0].dataDirectory = "/dev/shm/a/data";
        instances[0].logDirectory = "/dev/shm/a/log";
        instances[1].dataDirectory = "/dev/shm";
        const auto facts = hostFacts(config, instances);
        QCOMPARE(facts.disks.size(), std::size_t{2});
        QCOMPARE(facts.disks[0].mount, std::string("/dev/shm"));
        QCOMPARE(facts.disks[1].mount, std::string("/"));
    }

    void readsGrants()
    {
        const auto mariaDb = Grants::parse({"GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO `zandb`@`localhost` IDENTIFIED VIA unix_socket",
                                            "GRANT SELECT, SHOW VIEW ON `a ON *.* TO b`.* TO `zandb`@`localhost`", "nonsense", "GRANT"});
        QVERIFY(mariaDb.has("PROCESS") && mariaDb.has("process"));
        QVERIFY(mariaDb.has("REPLICATION CLIENT") && mariaDb.has("REPLICA MONITOR"));
        QVERIFY(!mariaDb.has("SELECT") && !mariaDb.has("SHOW VIEW") && !mariaDb.has("RELOAD"));
        QVERIFY(Grants::parse({"GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"}).has("BACKUP_ADMIN"));
        const auto mySql = Grants::parse({"GRANT SELECT, RELOAD ON *.* TO `b`@`localhost`", "GRANT BACKUP_ADMIN,SHOW_ROUTINE ON *.* TO `b`@`localhost`",
                                          "REVOKE SELECT ON `secret`.* FROM `b`@`localhost`"});
        QVERIFY(mySql.has("SELECT") && mySql.has("BACKUP_ADMIN") && mySql.has("SHOW_ROUTINE"));
        QCOMPARE(mySql.revokedOn("SELECT"), (std::vector<std::string>{"`secret`"}));
        QVERIFY(mySql.revokedOn("RELOAD").empty());
    }

    void findsPrograms()
    {
        QTemporaryDir directory;
        Config config;
        config.mariadbTools = directory.path().toStdString();
        QVERIFY(!findProgram(config, true, "sh").empty());
        QVERIFY(findProgram(config, true, "zandb-no-such-program").empty());
        QFile tool(directory.filePath(QStringLiteral("sh")));
        QVERIFY(tool.open(QFile::WriteOnly));
        // mariadbd of a host without a network card begins so
        tool.write("#!/bin/sh\necho '2026-11-25 18:07:48 0 [Warning] failed to retrieve the MAC address' >&2\necho \"tool Ver 1.2 Distrib 10.11.7-MariaDB $0 $1 <$HOME>\" >&2\n");
        tool.close();
        QVERIFY(findProgram(config, true, "sh") != directory.filePath(QStringLiteral("sh")).toStdString()); // not executable yet
        QVERIFY(tool.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
        const auto program = findProgram(config, true, "sh");
        QCOMPARE(QString::fromStdString(program), directory.filePath(QStringLiteral("sh")));
        QVERIFY(findProgram(config, false, "sh") != program);
        const auto version = programVersion(program);
        QVERIFY2(version, version ? "" : describe(version.error()).c_str());
        QCOMPARE(*version, "tool Ver 1.2 Distrib 10.11.7-MariaDB " + program.string() + " --version <>");
        QCOMPARE(versionSeries(*version), std::string("10.11"));
        QCOMPARE(versionSeries("mysqldump  Ver 9.7.4-2 for Linux"), std::string("9.7"));
        QCOMPARE(versionSeries("no 10.11 here"), std::string());
        QVERIFY(tool.open(QFile::WriteOnly));
        tool.write("#!/bin/sh\necho 'a tool'\necho 'version 7'\n");
        tool.close();
        QCOMPARE(programVersion(program).value(), std::string("version 7"));
        const auto failed = programVersion("/bin/false");
        QVERIFY(!failed && failed.error().is(errors::toolFailed));
        QVERIFY(!programVersion("/nonexistent/tool"));
    }
};

QTEST_APPLESS_MAIN(TestHostFacts)
#include "tst_hostfacts.moc"
