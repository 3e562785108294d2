// SPDX-License-Identifier: GPL-3.0-or-later
// zandbctl's first steps: what it says on a server that has no store yet, and to an account that may not make roles;
// the accounts of packaging/STORE.md.
#include "app/store/session.h"
#include "tests/places.h"
#include "tests/support/testserver.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

using namespace zandb;
using namespace zandb::test;

class TestStoreVerbs : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestServer> m_server;
    QTemporaryDir m_directory;

    struct Ran
    {
        int status = -1;
        QString out;
        QString err;
    };

    /// The statements of each block of SQL, for an account on this computer.
    static QList<QStringList> documentedSql()
    {
        QFile document(QStringLiteral(ZANDB_SOURCE_DIR "/packaging/STORE.md"));
        if (!document.open(QFile::ReadOnly))
            return {};
        QList<QStringList> blocks;
        const QStringList parts = QString::fromUtf8(document.readAll()).split(QStringLiteral("```sql\n")).mid(1);
        for (QString sql : parts) {
            sql = sql.section(QStringLiteral("```"), 0, 0).trimmed();
            sql.replace(QLatin1String("'10.0.0.%'"), QLatin1String("localhost")).replace(QLatin1String("'...'"), QLatin1String("'secret'"));
            blocks << sql.split(QStringLiteral(";"), Qt::SkipEmptyParts);
        }
        return blocks;
    }

    Ran ctl(const TestServer &server, const char *account, const QStringList &words) const
    {
        QFile profile(m_directory.filePath(QStringLiteral("zandb.toml")));
        if (!profile.open(QFile::WriteOnly))
            return {};
        profile.write("[store]\nsocket = \"" + QByteArray::fromStdString(server.socket()) + "\"\nuser = \"" + account
                      + "\"\npassword_file = \"password\"\n");
        profile.close();
        QProcess process;
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), QStringList{QStringLiteral("--config"), profile.fileName()} + words);
        Ran ran;
        if (process.waitForFinished(30000) && process.exitStatus() == QProcess::NormalExit)
            ran.status = process.exitCode();
        ran.out = QString::fromUtf8(process.readAllStandardOutput());
        ran.err = QString::fromUtf8(process.readAllStandardError());
        return ran;
    }

    /// Of somebody who has no settings yet.
    QProcessEnvironment nowhere() const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(QStringLiteral("ZANDB_CONFIG"));
        environment.insert(QStringLiteral("HOME"), m_directory.path());
        environment.insert(QStringLiteral("XDG_CONFIG_HOME"), m_directory.filePath(QStringLiteral("none")));
        return environment;
    }

    /// Without a settings file and without a terminal.
    Ran bare(const QStringList &words) const
    {
        QProcess process;
        process.setProcessEnvironment(nowhere());
        process.setChildProcessModifier([] { ::setsid(); });
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), words);
        Ran ran;
        if (process.waitForFinished(30000) && process.exitStatus() == QProcess::NormalExit)
            ran.status = process.exitCode();
        ran.out = QString::fromUtf8(process.readAllStandardOutput());
        ran.err = QString::fromUtf8(process.readAllStandardError());
        return ran;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestServer::unavailable(Flavour::MariaDb); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        m_server = TestServer::start({}, &error);
        QVERIFY2(m_server, error.c_str());
        QVERIFY2(m_server->exec({"CREATE USER plain@localhost IDENTIFIED BY 'secret'", "GRANT ALL ON zandb.* TO plain@localhost"}),
                 m_server->lastError().c_str());
        QFile password(m_directory.filePath(QStringLiteral("password")));
        QVERIFY(password.open(QFile::WriteOnly));
        password.write("secret\n");
        QVERIFY(password.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    }

    void statusBeforeThereIsASchema()
    {
        const Ran ran = ctl(*m_server, "plain", {QStringLiteral("store"), QStringLiteral("status")});
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        QVERIFY(ran.out.contains(QLatin1String("zandbctl store migrate")));
        // nothing that was not learnt
        for (const char *word : {"Server", "TLS", "Clock"})
            QVERIFY2(!ran.out.contains(QLatin1String(word)), qPrintable(ran.out));
    }

    void rolesThatCouldNotBeMadeAreNamed()
    {
        const Ran ran = ctl(*m_server, "plain", {QStringLiteral("store"), QStringLiteral("migrate")});
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        QVERIFY2(ran.err.contains(QLatin1String("zandb_dispatcher")) && ran.err.contains(QLatin1String("CREATE USER")), qPrintable(ran.err));
    }

    /// Before there is a settings file: the options name the store; the password never stands among them.
    void theStoresPlaceByOptions()
    {
        const auto words = [&](const char *verb, const QStringList &more) {
            return QStringList{QStringLiteral("store"), QLatin1String(verb)} + more;
        };
        Ran ran = bare(words("migrate", {}));
        QVERIFY2(ran.status == 2 && ran.err.contains(QLatin1String("--host")), qPrintable(ran.err));
        const QStringList place{QStringLiteral("--socket"), QString::fromStdString(m_server->socket()), QStringLiteral("--user"), QStringLiteral("plain"),
                                QStringLiteral("--schema"), QStringLiteral("zandb")};
        ran = bare(words("migrate", place));
        QVERIFY2(ran.status == 2 && ran.err.contains(QLatin1String("--password-file")), qPrintable(ran.err)); // there is no terminal
        ran = bare(words("migrate", place + QStringList{QStringLiteral("--password"), QStringLiteral("secret")}));
        QVERIFY2(ran.status == 2 && !ran.err.contains(QLatin1String("secret")), qPrintable(ran.err));
        const QStringList file{QStringLiteral("--password-file"), m_directory.filePath(QStringLiteral("password"))};
        ran = bare(words("migrate", place + file));
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        ran = bare(words("status", place + file));
        QVERIFY2(ran.status == 0 && ran.out.contains(QLatin1String("Clock")), qPrintable(ran.err));
        ran = bare(words("status", place + file + QStringList{QStringLiteral("--tls"), QStringLiteral("perhaps")}));
        QCOMPARE(ran.status, 2);
    }

    /// At a terminal the password is asked for, and not shown.
    void thePasswordIsAskedForAtTheTerminal()
    {
        const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
        QVERIFY(terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0);
        const std::string name = ::ptsname(terminal);
        QProcess process;
        process.setProcessEnvironment(nowhere());
        process.setChildProcessModifier([name] {
            ::setsid();
            ::ioctl(::open(name.c_str(), O_RDWR), TIOCSCTTY, 0);
        });
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"),
                      {QStringLiteral("store"), QStringLiteral("status"), QStringLiteral("--socket"), QString::fromStdString(m_server->socket()),
                       QStringLiteral("--user"), QStringLiteral("plain")});
        QByteArray shown;
        const auto read = [&](const char *until) {
            char bytes[512];
            while (!shown.contains(until)) {
                pollfd one{terminal, POLLIN, 0};
                if (::poll(&one, 1, 20'000) <= 0)
                    return false;
                const auto got = ::read(terminal, bytes, sizeof bytes);
                if (got <= 0)
                    return false;
                shown.append(bytes, static_cast<int>(got));
            }
            return true;
        };
        QVERIFY2(read("Password of plain at"), shown.constData());
        QCOMPARE(::write(terminal, "secret\n", 7), 7);
        QVERIFY(process.waitForFinished(30'000));
        QCOMPARE(process.exitCode(), 0);
        QVERIFY(QString::fromUtf8(process.readAllStandardOutput()).contains(QLatin1String("Schema version")));
        read("\n");
        QVERIFY2(!shown.contains("secret"), shown.constData());
        ::close(terminal);
    }

    /// What the window's Today says, zandbctl says too: nobody schedules, what was due, coverage, alerts, tasks that cannot be read.
    void theBoardInWords()
    {
        StoreSettings settings;
        settings.socket = m_server->socket();
        settings.user = "plain";
        settings.password = "secret";
        store::Session session(settings);
        const auto sql = [&](const char *text) {
            const auto done = session.execute(text);
            QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        };
        const auto json = [&](const QStringList &words) {
            const Ran ran = ctl(*m_server, "plain", words + QStringList{QStringLiteral("--json")});
            const auto parsed = parseJson(ran.out.toStdString());
            if (ran.status != 0 || !parsed)
                qWarning("%s", qPrintable(ran.out + ran.err));
            return parsed.value_or(Json());
        };
        // a host with an instance, there for two days, and an hourly task nobody runs
        sql("INSERT INTO host (id, name, address, ssh_port, ssh_user, host_key, created_us, revision) VALUES (REPEAT('h',16),'db1','a',22,'z','',1,1)");
        sql("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (REPEAT('i',16),REPEAT('h',16),'my3306',3306,1,1)");
        sql("INSERT INTO instance_state (instance_id, host_id, state, seen_us) VALUES (REPEAT('i',16),REPEAT('h',16),'up',1)");
        sql("UPDATE store_info SET created_us=1");
        Ran ran = ctl(*m_server, "plain", QStringLiteral("task add often --all --every 1h").split(QLatin1Char(' ')));
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        sql("UPDATE task SET edited_us=edited_us-90000000000");
        sql("UPDATE task_revision SET from_us=from_us-90000000000");
        Json told = json({QStringLiteral("overview")});
        QCOMPARE(told["schedules"]["state"], Json("no_headless"));
        QVERIFY(told["total"].get<int>() > 0);
        QCOMPARE(told["missed"].get<int>() + told["late"].get<int>() + told["pending"].get<int>(), told["total"].get<int>());
        QCOMPARE(told["coverage"]["never"], Json(1));
        ran = ctl(*m_server, "plain", {QStringLiteral("overview")});
        QVERIFY2(ran.out.startsWith(QLatin1String("Schedules do not run: no headless instance is alive")), qPrintable(ran.out));

        // backups only, as on Today; what else is due is counted apart
        ran = ctl(*m_server, "plain", QStringLiteral("task add look --all --every 1h").split(QLatin1Char(' ')));
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        sql("UPDATE task SET kind='facts' WHERE name='look'");
        sql("UPDATE task_revision SET kind='facts' WHERE task_id=(SELECT id FROM task WHERE name='look')");
        sql("UPDATE task_revision SET from_us=from_us-90000000000 WHERE task_id=(SELECT id FROM task WHERE name='look')");
        const Json both = json({QStringLiteral("overview")});
        QCOMPARE(both["total"], told["total"]);
        QVERIFY(both["other_runs"]["total"].get<int>() > 0);
        // nobody has asked since: what was well then is not told as well now, and what was wrong is
        sql("INSERT INTO host_state (host_id, state, seen_us, checked_us, fence) VALUES (REPEAT('h',16),'ok',1000000,1000000,1)");
        ran = ctl(*m_server, "plain", {QStringLiteral("overview")});
        QVERIFY2(ran.out.contains(QLatin1String("0 of 1 hosts answer, 1 answered when last asked (1970-01-01 00:00:01Z)"))
                     && ran.out.contains(QLatin1String("0 of 1 instances up, 1 were up when last asked")),
                 qPrintable(ran.out));
        QCOMPARE(json({QStringLiteral("overview")})["hosts_ok"], Json(0));
        for (const char *noun : {"host", "instance"}) {
            ran = ctl(*m_server, "plain", {QString::fromLatin1(noun), QStringLiteral("list")});
            QVERIFY2(ran.out.contains(QLatin1String("unknown (was ")) && ran.err.contains(QLatin1String("Nobody watches the hosts")), qPrintable(ran.out + ran.err));
            QCOMPARE(json({QString::fromLatin1(noun), QStringLiteral("list")})[0]["stale"], Json(true));
        }
        sql("UPDATE host_state SET seen_us = (UNIX_TIMESTAMP() + 172800) * 1000000"); // by a clock that was two days ahead
        ran = ctl(*m_server, "plain", {QStringLiteral("host"), QStringLiteral("list")});
        QVERIFY2(ran.out.contains(QLatin1String("clock ahead")) && !ran.out.contains(QLatin1String(" ago")), qPrintable(ran.out));
        sql("UPDATE host_state SET seen_us = 1000000");
        sql("UPDATE instance_state SET detail='{\"name\":\"my3306\",\"state\":\"up\",\"role\":\"replica\",\"replication\":[{\"sourceHost\":\"a\",\"sourcePort\":3306,"
            "\"ioRunning\":false,\"sqlRunning\":true,\"errorNumber\":2003,\"errorText\":\"no route\"}]}'");
        ran = ctl(*m_server, "plain", {QStringLiteral("overview")});
        QVERIFY2(ran.err.contains(QLatin1String("db1/my3306: replication stopped")) && ran.err.contains(QLatin1String("IO thread not connected: error 2003, no route")), qPrintable(ran.err));
        QCOMPARE(json({QStringLiteral("overview")})["replication_stopped"].size(), std::size_t{1});

        sql("DELETE FROM task_revision WHERE task_id=(SELECT id FROM task WHERE name='look')");
        sql("DELETE FROM task WHERE name='look'");
        QCOMPARE(json({QStringLiteral("group"), QStringLiteral("list")})[0]["settings"]["backup-age-days"]["value"], Json(2));

        // a repository that no host of the task has: before the host was heard of only by force, and then not at all
        const auto add = [&](const char *words) { return ctl(*m_server, "plain", QString::fromLatin1(words).split(QLatin1Char(' '))); };
        ran = add("task add vaulted --all --every 1d --repository nonesuch");
        QVERIFY2(ran.status == 2 && ran.err.contains(QLatin1String("--force goes on")), qPrintable(ran.err));
        QCOMPARE(add("task add vaulted --all --every 1d --repository nonesuch --force").status, 0);
        sql("UPDATE host_state SET facts='{\"hostName\":\"db1\",\"repositories\":[\"local\",\"vault\"]}'");
        ran = add("task edit vaulted --repository nonesuch2 --force");
        QVERIFY2(ran.status == 2 && ran.err.contains(QLatin1String("local, vault")) && !ran.err.contains(QLatin1String("--force goes on")), qPrintable(ran.err));
        QCOMPARE(add("task edit vaulted --repository vault").status, 0);
        QCOMPARE(add("task remove vaulted").status, 0);

        QCOMPARE(json({QStringLiteral("backup"), QStringLiteral("coverage")})[0]["max_age_days"], Json(2));
        ran = ctl(*m_server, "plain", QStringLiteral("group set --all backup-age-days 5").split(QLatin1Char(' ')));
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        const Json covered = json({QStringLiteral("backup"), QStringLiteral("coverage")})[0];
        QCOMPARE(covered["max_age_days"], Json(5));
        QVERIFY(covered["too_old"] == Json(true) && covered["in_task"] == Json(true) && covered["last_good"].is_null());
        for (const char *words : {"group set --all backup-age-days 0", "group set --all backup-age-days soon", "group set --all other 3",
                                  "group set nowhere backup-age-days 3", "group set --all backup-age-days"})
            QVERIFY2(ctl(*m_server, "plain", QString::fromLatin1(words).split(QLatin1Char(' '))).status != 0, words);

        // a row somebody broke: said by the list, in words and in a field, without defaults in place of what it says
        sql("UPDATE task SET policies='{\"keep\":\"x\"}', next_due_us=1000000");
        told = json({QStringLiteral("task"), QStringLiteral("list")})[0];
        QCOMPARE(told["unreadable"]["code"], Json("schedule.invalid"));
        QVERIFY(told["policies"].is_null() && told["next_due"].is_null());
        ran = ctl(*m_server, "plain", {QStringLiteral("task"), QStringLiteral("list")});
        QVERIFY2(ran.out.contains(QLatin1String("cannot be read")) && ran.err.contains(QLatin1String("policies.keep")) && !ran.out.contains(QLatin1String("1970")),
                 qPrintable(ran.out + ran.err));

        // it is mended by defining it as a whole; a part alone would be a guess at the rest
        const std::string broken = told["name"].get<std::string>();
        ran = ctl(*m_server, "plain", {QStringLiteral("task"), QStringLiteral("edit"), QString::fromStdString(broken), QStringLiteral("--keep"), QStringLiteral("3")});
        QVERIFY2(ran.status == 2 && ran.err.contains(QLatin1String("policies.keep")) && ran.err.contains(QLatin1String("defined as a whole")), qPrintable(ran.err));
        ran = ctl(*m_server, "plain", QStringLiteral("task edit %1 --all --every day --at 00:00 --keep 3").arg(QString::fromStdString(broken)).split(QLatin1Char(' ')));
        QVERIFY2(ran.status == 0 && ran.err.contains(QLatin1String("has its default")), qPrintable(ran.err));
        told = json({QStringLiteral("task"), QStringLiteral("list")})[0];
        QVERIFY(told["unreadable"].is_null());
        QCOMPARE(told["policies"]["keep"], Json(3));

        // what was due and made no run can be listed
        sql("UPDATE task_revision SET from_us=from_us-90000000000");
        const Json missed = json(QStringLiteral("run list --state skipped,missed --limit 5").split(QLatin1Char(' ')));
        QVERIFY(missed.size() == 1 || missed.size() == 2);
        QVERIFY2(missed[0]["run_id"].is_null() && missed[0]["state"] == Json("missed") && missed[0]["error"]["code"] == Json("schedule.unwritten"), dumpJson(missed[0]).c_str());
        QCOMPARE(json(QStringLiteral("run list --state succeeded").split(QLatin1Char(' '))).size(), std::size_t{0});

        sql("INSERT INTO alert (id, kind, subject, detail, raised_us, seen_us, count, revision) VALUES (REPEAT('a',16),'clock.back','store','{}',5,6,1,1)");
        QCOMPARE(json({QStringLiteral("alert"), QStringLiteral("list")})[0]["acknowledged_by"], Json());
        ran = ctl(*m_server, "plain", {QStringLiteral("overview")});
        QVERIFY2(ran.err.contains(QLatin1String(": The store's clock went back. ")) && !ran.err.contains(QLatin1String("clock.back")), qPrintable(ran.err));
        QVERIFY(!json({QStringLiteral("alert"), QStringLiteral("ack"), QStringLiteral("clock.back")})["acknowledged_by"].is_null());
        QVERIFY(!json({QStringLiteral("alert"), QStringLiteral("list")})[0]["acknowledged"].is_null());
        QVERIFY(ctl(*m_server, "plain", {QStringLiteral("alert"), QStringLiteral("ack"), QStringLiteral("never.was")}).status != 0);
    }

    void documentedAccounts_data()
    {
        QTest::addColumn<int>("flavour");
        QTest::newRow("mariadb") << int(Flavour::MariaDb);
        QTest::newRow("mysql") << int(Flavour::MySql);
    }

    /// The statements of packaging/STORE.md, as whom it says: the account that migrates, and one that works then.
    void documentedAccounts()
    {
        QFETCH(int, flavour);
        if (const auto reason = TestServer::unavailable(Flavour(flavour)); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        const auto server = TestServer::start({.flavour = Flavour(flavour)}, &error);
        QVERIFY2(server, error.c_str());
        const auto blocks = documentedSql();
        QCOMPARE(blocks.size(), 2);
        for (const QString &statement : blocks[0]) {
            if (Flavour(flavour) == Flavour::MySql || !statement.contains(QLatin1String("ROLE_ADMIN")))
                QVERIFY2(server->exec(statement.toStdString()), server->lastError().c_str());
        }
        Ran ran = ctl(*server, "zandb_setup", {QStringLiteral("store"), QStringLiteral("migrate")});
        QVERIFY2(ran.status == 0 && ran.err.isEmpty(), qPrintable(ran.err));
        StoreSettings setup;
        setup.socket = server->socket();
        setup.user = "zandb_setup";
        setup.password = "secret";
        store::Session session(setup);
        for (const QString &statement : blocks[1]) {
            const auto done = session.execute(statement.toStdString());
            QVERIFY2(done, done ? "" : describe(done.error()).c_str());
        }
        ran = ctl(*server, "ann", {QStringLiteral("store"), QStringLiteral("set"), QStringLiteral("board-zone"), QStringLiteral("Europe/Berlin")});
        QVERIFY2(ran.status == 0, qPrintable(ran.err));
        ran = ctl(*server, "ann", {QStringLiteral("audit"), QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--since"), QStringLiteral("1h"),
                                   QStringLiteral("--limit"), QStringLiteral("1")});
        const auto audit = parseJson(ran.out.toStdString());
        QVERIFY2(audit && audit->size() == 1, qPrintable(ran.out));
        const Json &newest = audit->at(0);
        QCOMPARE(newest["act"].get<std::string>(), std::string("store.board_zone"));
        QCOMPARE(newest["subject"].get<std::string>(), std::string("Europe/Berlin"));
        QVERIFY2(newest["account"].get<std::string>().starts_with("ann@"), qPrintable(ran.out));
        ran = ctl(*server, "ann", {QStringLiteral("store"), QStringLiteral("status")});
        for (const char *word : {"Server", "TLS", "Clock"})
            QVERIFY2(ran.out.contains(QLatin1String(word)), qPrintable(ran.out));
    }
};

QTEST_GUILESS_MAIN(TestStoreVerbs)
#include "tst_storeverbs.moc"
