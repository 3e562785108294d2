// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "app/backups/storebackups.h"
#include "app/headless/storebackupwork.h"
#include "app/workflow/runrepository.h"
#include "tests/store/repositorytest.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

#include <zstd.h>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

/// The store's own backup, with the real programs on a real store of each flavour.
class TestStoreBackup : public RepositoryTest
{
    Q_OBJECT

    static constexpr const char *password = "a#\"\\ 'z\tp";

    bool isMySql() const { return m_server->flavour() == Flavour::MySql; }
    QString toolName() const { return isMySql() ? QStringLiteral("mysqldump") : QStringLiteral("mariadb-dump"); }
    QString program(const char *mariaDb, const char *mySql) const
    {
        const QString root = qEnvironmentVariable("ZANDB_MYSQL_ROOT");
        return isMySql() ? root + QStringLiteral("/bin.d/") + QLatin1String(mySql) : QStringLiteral("/usr/bin/") + QLatin1String(mariaDb);
    }
    StoreBackupSettings options(int keep = 14) const
    {
        StoreBackupSettings settings;
        settings.directory = m_dumps->path().toStdString();
        settings.keep = keep;
        settings.tools = isMySql() ? std::filesystem::path(program("", "mysqldump").toStdString()).parent_path() : std::filesystem::path();
        return settings;
    }
    /// A program of the tool's name that does `script` instead; $REAL is the real one.
    StoreBackupSettings toolThat(const QByteArray &script) const
    {
        QFile tool(m_tools->filePath(toolName()));
        if (!tool.open(QFile::WriteOnly | QFile::Truncate))
            qFatal("no tool");
        tool.write("#!/bin/sh\nREAL='" + program("mariadb-dump", "mysqldump").toUtf8() + "'\nOUT='" + m_tools->path().toUtf8() + "'\n" + script + '\n');
        tool.close();
        tool.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        StoreBackupSettings settings = options();
        settings.tools = m_tools->path().toStdString();
        return settings;
    }
    static QByteArray unpacked(const QString &name)
    {
        QFile file(name);
        if (!file.open(QFile::ReadOnly))
            return {};
        const QByteArray packed = file.readAll();
        const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx *)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
        ZSTD_inBuffer in{packed.constData(), static_cast<std::size_t>(packed.size()), 0};
        QByteArray plain, buffer(1 << 20, Qt::Uninitialized);
        std::size_t left = 1;
        while (in.pos < in.size || left != 0) {
            ZSTD_outBuffer out{buffer.data(), static_cast<std::size_t>(buffer.size()), 0};
            left = ZSTD_decompressStream(context.get(), &out, &in);
            if (ZSTD_isError(left) || (out.pos == 0 && in.pos == in.size && left != 0))
                return {};
            plain.append(buffer.constData(), static_cast<qsizetype>(out.pos));
        }
        return plain;
    }
    QStringList dumps() const { return QDir(m_dumps->path()).entryList(QDir::Files | QDir::Hidden, QDir::Name); }
    /// CHECKSUM TABLE of every table, by name.
    std::map<std::string, std::string> checksums(const std::string &schema)
    {
        std::map<std::string, std::string> sums;
        const auto tables = m_session->query("SELECT table_name FROM information_schema.tables WHERE table_schema = ?", {value(schema)});
        for (const store::Row &row : tables.value())
            sums[row.text(0)] = m_session->query("CHECKSUM TABLE `" + schema + "`.`" + row.text(0) + '`').value().front().text(1);
        return sums;
    }
    bool load(const QByteArray &sql, const QString &schema)
    {
        QProcess client;
        client.start(program("mariadb", "mysql"), {QStringLiteral("--no-defaults"), QStringLiteral("--user=root"),
                                                   QStringLiteral("--socket=") + QString::fromStdString(m_server->socket().string()), schema});
        client.write(sql);
        client.closeWriteChannel();
        const bool ended = client.waitForFinished(60'000);
        if (!ended || client.exitCode() != 0)
            qWarning("%s", client.readAllStandardError().constData());
        return ended && client.exitCode() == 0;
    }
    backups::StoreProtection protection() { return backups::storeProtection(*m_session, fleet::loadFleet(*m_session).value()).value(); }
    void age(const char *column, const char *table, std::chrono::hours by)
    {
        const auto done = m_session->execute(std::string("UPDATE ") + table + " SET " + column + " = " + column + " - ?",
                                             {value(Microseconds(by).count())});
        if (!done)
            qFatal("%s", describe(done.error()).c_str());
    }

    void waitForNextSecond(TimePoint since)
    {
        // the name of a dump has seconds
        QTRY_VERIFY(std::chrono::floor<std::chrono::seconds>(m_session->now().value()) > std::chrono::floor<std::chrono::seconds>(since));
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepare();
        if (!m_session)
            return;
        QFETCH_GLOBAL(bool, mySql);
        std::string why;
        bool skip = false;
        m_server = m_servers.get(mySql, {}, {}, why, skip);
        m_dumps = std::make_unique<QTemporaryDir>();
        m_tools = std::make_unique<QTemporaryDir>();
        // the account of a headless instance as HEADLESS.md makes it: its rights come by the role alone
        const std::string account = "headless_" + m_settings.schema;
        QVERIFY2(m_server->exec({"CREATE USER " + account + "@localhost IDENTIFIED BY 'a#\"\\\\ \\'z\\tp'", "GRANT zandb_dispatcher TO " + account + "@localhost"}),
                 m_server->lastError().c_str());
        StoreSettings settings = m_settings;
        settings.user = account;
        settings.password = password;
        settings.person = "headless";
        m_headless = std::make_unique<store::Session>(settings);
        VERIFY_OK(m_headless->checkSchema());
    }
    void cleanup() { m_headless.reset(); }

    /// What was dumped is what is loaded, byte for byte.
    void dumpsAndLoads()
    {
        const Host host = addHost("db-\xe6\x95\xb0\xe6\x8d\xae");
        VERIFY_OK(m_session->execute("INSERT INTO series (subject_id, series_set, t0_us, packed, format, step_ms, n, points) VALUES (?,'instance',0,0,1,10000,1,?)",
                                     {value(host.id), store::Value(std::string("\0\xff'\n\\\x1a`", 7))}));
        const auto before = checksums(m_settings.schema);
        const auto made = backups::backupStore(*m_headless, options());
        VERIFY_OK(made);
        QVERIFY2(!made->error, made->error ? describe(*made->error).c_str() : "");
        QCOMPARE(static_cast<std::size_t>(made->tables), before.size());
        const QString file = QString::fromStdString(made->file);
        QCOMPARE(QFile(file).size(), made->bytes);
        QCOMPARE(QFile::permissions(file) & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther), QFile::Permissions());
        QCOMPARE(dumps(), QStringList{QFileInfo(file).fileName()});
        QVERIFY(made->tool.find(isMySql() ? "mysqldump" : "MariaDB") != std::string::npos);

        const QString loaded = QString::fromStdString(m_settings.schema) + QStringLiteral("_loaded");
        QVERIFY2(m_server->exec("CREATE DATABASE " + loaded.toStdString()), m_server->lastError().c_str());
        QVERIFY(load(unpacked(file), loaded));
        QCOMPARE(checksums(loaded.toStdString()), before);

        const auto list = backups::listStoreBackups(*m_session).value();
        QCOMPARE(list.size(), std::size_t{1});
        QCOMPARE(list[0].sha256, made->sha256);
        const auto told = protection();
        QCOMPARE(std::string(told.means()), std::string("dump"));
        QVERIFY(!told.isMissing() && !told.failure && told.newest() == made->at);
    }

    void keepsTheNewest()
    {
        std::vector<std::string> names;
        for (int i = 0; i < 3; ++i) {
            const auto made = backups::backupStore(*m_headless, options(2));
            VERIFY_OK(made);
            QVERIFY2(!made->error, made->error ? describe(*made->error).c_str() : "");
            names.push_back(QFileInfo(QString::fromStdString(made->file)).fileName().toStdString());
            waitForNextSecond(made->at);
        }
        QCOMPARE(dumps(), (QStringList{QString::fromStdString(names[1]), QString::fromStdString(names[2])}));
        const auto list = backups::listStoreBackups(*m_session).value();
        QCOMPARE(list.size(), std::size_t{2});
        QVERIFY(QString::fromStdString(list[0].file).endsWith(QString::fromStdString(names[2])));
    }

    /// Neither arguments nor environment hold the password.
    void noSecretIsShown()
    {
        const auto made = backups::backupStore(*m_headless, toolThat("tr '\\0' '\\n' </proc/$$/cmdline >\"$OUT/shown\"\ntr '\\0' '\\n' </proc/$$/environ >>\"$OUT/shown\"\n"
                                                                     "exec \"$REAL\" \"$@\""));
        VERIFY_OK(made);
        QVERIFY2(!made->error, made->error ? describe(*made->error).c_str() : "");
        QFile shown(m_tools->filePath(QStringLiteral("shown")));
        QVERIFY(shown.open(QFile::ReadOnly));
        const QByteArray words = shown.readAll();
        QVERIFY2(words.contains("--single-transaction") && words.contains("LC_ALL=C"), words.constData());
        QVERIFY2(!words.contains(password), words.constData());
    }

    void whatIsNotWholeIsNoBackup_data()
    {
        QTest::addColumn<QByteArray>("script");
        QTest::addColumn<QString>("says");
        const QByteArray version = "case \"$*\" in *--version*) exec \"$REAL\" \"$@\";; esac\n";
        QTest::newRow("fails") << version + "echo 'no such luck' >&2; exit 3" << QStringLiteral("no such luck");
        QTest::newRow("killed") << version + "\"$REAL\" \"$@\" | head -c 3000; kill -9 $$" << QStringLiteral("store.backup_failed");
        QTest::newRow("cut, and ends well") << version + "\"$REAL\" \"$@\" | head -c 3000; exit 0" << QStringLiteral("end marker");
        QTest::newRow("lacks a table") << version + "\"$REAL\" \"$@\" | sed 's/^CREATE TABLE `host`/CREATE TABLE `hos_`/'" << QStringLiteral("table host");
    }
    void whatIsNotWholeIsNoBackup()
    {
        QFETCH(QByteArray, script);
        QFETCH(QString, says);
        const auto made = backups::backupStore(*m_headless, toolThat(script));
        VERIFY_OK(made);
        QVERIFY(made->error && made->file.empty());
        QVERIFY2(QString::fromStdString(describe(*made->error)).contains(says), describe(*made->error).c_str());
        QCOMPARE(dumps(), QStringList());
        const auto told = protection();
        QVERIFY(told.failure && !told.dump);
        QCOMPARE(std::string(told.means()), std::string("none"));
    }

    void aStopLeavesNothing()
    {
        std::stop_source stop;
        stop.request_stop();
        const auto made = backups::backupStore(*m_headless, options(), stop.get_token());
        COMPARE_CODE(made, errors::cancelled);
        QCOMPARE(dumps(), QStringList());
        QVERIFY(backups::listStoreBackups(*m_session).value().empty());
    }

    /// What headless does every ten minutes: nothing while the newest is of today, and an alert while there is none.
    void looksAfterIt()
    {
        const auto alerts = [&] {
            const auto all = alerts::list(*m_session).value();
            return std::ranges::count(all, storeBackupAlert, &Alert::kind);
        };
        const auto look = [&](const StoreBackupSettings &settings) { return headless::lookAfterStoreBackup(*m_headless, settings, {}); };
        VERIFY_OK(look({}));
        QCOMPARE(alerts(), 0); // the store is new
        age("created_us", "store_info", 49h);
        VERIFY_OK(look({}));
        QCOMPARE(alerts(), 1);
        QCOMPARE(look({}).value(), std::string());
        QCOMPARE(alerts::list(*m_session).value().front().count, std::int64_t{1}); // it says the same, so nothing is written

        StoreBackupSettings nowhere = options();
        nowhere.directory = "/nonexistent/place";
        QVERIFY(look(nowhere).value().find("could not be dumped") != std::string::npos);
        QVERIFY(alerts::list(*m_session).value().front().detail.contains("error"));
        QCOMPARE(look(options()).value(), std::string()); // the failure is not an hour old
        QCOMPARE(dumps().size(), 0);
        age("at_us", "store_backup", 2h);
        QVERIFY(look(options()).value().find("was dumped to") != std::string::npos);
        QCOMPARE(alerts(), 0);
        QCOMPARE(dumps().size(), 1);
        QCOMPARE(look(options()).value(), std::string());
        QCOMPARE(dumps().size(), 1);
        waitForNextSecond(backups::listStoreBackups(*m_session).value()[0].at);
        age("at_us", "store_backup", 24h);
        QVERIFY(look(options()).value().find("was dumped to") != std::string::npos);
        QCOMPARE(dumps().size(), 2);
    }

    /// The instance that the store lies on, when it is one of the fleet.
    void anOrdinaryTaskHoldsToo()
    {
        const Host host = addHost("db1");
        const auto word = [&](const char *sql) { return m_server->value(sql).value_or(""); };
        fleet::HostSample sample;
        sample.hostId = host.id;
        sample.state = "ok";
        sample.facts = wire::HostFacts{};
        sample.facts->hostName = word("SELECT @@hostname");
        wire::InstanceState state;
        state.name = m_server->name();
        state.state = "up";
        state.flavour = isMySql() ? "mysql" : "mariadb";
        state.port = std::stoi(word("SELECT @@port"));
        state.serverId = std::stoll(word("SELECT @@server_id"));
        state.dataDirectory = word("SELECT @@datadir");
        if (isMySql())
            state.serverUuid = word("SELECT @@server_uuid");
        wire::InstanceState other = state;
        other.name = "my1";
        other.port = 1;
        other.serverUuid = isMySql() ? "1ab0a1f2-0000-11ee-8000-000000000000" : "";
        sample.instances = {other, state};
        VERIFY_OK(fleet::storeSamples(*m_session, {sample}));
        auto told = protection();
        QVERIFY(told.instance);
        QCOMPARE(fleet::loadFleet(*m_session).value().pathOf(*told.instance), "db1/" + m_server->name());
        QCOMPARE(std::string(told.means()), std::string("none"));

        Task task;
        task.id = Uuid::v7();
        task.name = "nightly";
        task.kind = "backup";
        task.selector.all = true;
        task.schedule = {{"every", "day"}, {"at", "02:00"}, {"zone", "UTC"}};
        task.author = "ann";
        VERIFY_OK(workflow::addTask(*m_session, task));
        told = protection();
        QVERIFY(told.inTask);
        QCOMPARE(std::string(told.means()), std::string("task"));
        age("created_us", "store_info", 49h);
        QVERIFY(protection().isMissing()); // a task that left no backup yet
    }

private:
    TestServer *m_server = nullptr;
    std::unique_ptr<store::Session> m_headless;
    std::unique_ptr<QTemporaryDir> m_dumps;
    std::unique_ptr<QTemporaryDir> m_tools;
};

QTEST_GUILESS_MAIN(TestStoreBackup)
#include "tst_storebackup.moc"
