// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/kinds.h"
#include "agent/backups/restore.h"
#include "agent/backups/snapshotrelay.h"
#include "agent/fleet/sqlclient.h"
#include "tests/backups/backupfixture.h"
#include "tests/backups/writers.h"

#include <QRegularExpression>

#include <atomic>
#include <fstream>
#include <thread>

#include <fcntl.h>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
using namespace Qt::StringLiterals;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// The sum of the counters in a logical backup; -1 when they are not all there.
std::int64_t countedIn(const std::string &backup, const fs::path &scratch)
{
    {
        const FileDescriptor out(::open(scratch.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        if (!decompressTo(fs::path(backup) / "payload.sql.zst", out.get(), {}, [](std::int64_t) {}))
            return -1;
    }
    std::ifstream in(scratch);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    const auto at = text.find("INSERT INTO `counter` VALUES");
    const QString rows = QString::fromStdString(text.substr(at, text.find(';', at) - at));
    static const QRegularExpression row(u"\\((\\d),(\\d+)\\)"_s);
    std::int64_t sum = 0;
    int found = 0;
    for (auto it = row.globalMatch(rows); it.hasNext(); ++found)
        sum += it.next().captured(2).toLongLong();
    return found == Writers::count ? sum : -1;
}

/// "uuid:1-57" -> 57; several intervals or sources -> -1.
std::int64_t lastOf(const std::string &gtid)
{
    static const QRegularExpression one(u"^[^:,]+:1-(\\d+)$"_s);
    const auto match = one.match(QString::fromStdString(gtid));
    return match.hasMatch() ? match.captured(1).toLongLong() : -1;
}

} // namespace

/// Where a logical backup stands in the binlogs, and that nobody waits for it: on real servers under real writes.
class TestDumpPosition : public QObject
{
    Q_OBJECT

    bool startMySql(BackupFixture &fixture, bool networking = false)
    {
        std::string error;
        ServerOptions options;
        options.flavour = Flavour::MySql;
        options.networking = networking;
        options.myCnf = {"plugin-load-add=mysql_clone.so"};
        if (fixture.start(options, error))
            return true;
        qWarning("%s", error.c_str());
        return false;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MySql); !why.empty()) {
            m_noMySql = why;
            return;
        }
        QVERIFY(startMySql(m_mysql, true));
        QVERIFY2(makeCounter(*m_mysql.server) && m_mysql.server->exec({"CREATE TABLE shop.big (id INT PRIMARY KEY, a VARCHAR(200))", "INSERT INTO shop.big VALUES (1, 'x'), (2, 'y')"}),
                 m_mysql.server->lastError().c_str());
        m_base = lastOf(m_mysql.server->value("SELECT @@GLOBAL.gtid_executed").value_or(""));
        QVERIFY(m_base > 0);
    }

    void positionIsExactUnderWrites()
    {
        if (!m_noMySql.empty())
            QSKIP(m_noMySql.c_str());
        for (int round = 0; round < 4; ++round) {
            Writers writers(*m_mysql.server);
            std::this_thread::sleep_for(200ms);
            const int before = writers.done();
            FakeContext context(m_mysql.config, m_mysql.path("work-exact"));
            const auto backup = runBackup(context, m_mysql.args("logical"));
            const int during = writers.done() - before;
            writers.stop();
            QVERIFY2(backup, why(backup, &context).constData());
            QVERIFY2(during > 0, "nobody wrote, so this proves nothing");
            const std::int64_t last = lastOf(backup->position.gtid);
            const std::int64_t counted = countedIn(backup->path, m_mysql.path("dump.sql"));
            QVERIFY(counted > 0);
            QCOMPARE(counted, last - m_base); // each transaction added one
            // file and offset point at the transaction that comes next
            const auto rows = SqlClient::connect("t", m_mysql.server->socket(), "root").value()->query(
                "SHOW BINLOG EVENTS IN '" + backup->position.file + "' FROM " + std::to_string(backup->position.offset) + " LIMIT 1");
            QVERIFY2(rows && rows->rows.size() == 1, why(rows).constData());
            const std::string next = rows->value(0, "Info").value_or("");
            QVERIFY2(next.ends_with(':' + std::to_string(last + 1) + '\''), (next + " after " + std::to_string(last)).c_str());
        }
    }

    void nobodyWaitsForTheDump_data()
    {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("holder");
        // one statement that reads the writers' table for long, and a transaction that wrote and does not end
        for (const char *method : {"logical", "clone"}) {
            QTest::addRow("%s, long SELECT", method) << QString::fromLatin1(method) << u"SELECT SLEEP(100) FROM shop.counter"_s;
            QTest::addRow("%s, open transaction", method) << QString::fromLatin1(method) << u"UPDATE shop.big SET a = 'z' WHERE id = 1"_s;
        }
    }
    void nobodyWaitsForTheDump()
    {
        if (!m_noMySql.empty())
            QSKIP(m_noMySql.c_str());
        QFETCH(QString, method);
        QFETCH(QString, holder);
        auto session = SqlClient::connect("t", m_mysql.server->socket(), "root", 5s, 60s);
        QVERIFY2(session, why(session).constData());
        const std::uint64_t id = (*session)->connectionId();
        QVERIFY((*session)->query("BEGIN"));
        std::atomic<bool> held = true;
        std::thread holding([&] {
            (void)(*session)->query(holder.toStdString());
            while (held)
                std::this_thread::sleep_for(10ms);
            session->reset();
        });
        std::this_thread::sleep_for(300ms);
        Writers writers(*m_mysql.server, 5ms);
        FakeContext context(m_mysql.config, m_mysql.path("work-waits"));
        const auto backup = runBackup(context, m_mysql.args(method.toStdString()));
        std::this_thread::sleep_for(500ms); // whatever it left behind is in the writers' way now
        const bool still = m_mysql.server->value("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = " + std::to_string(id)) == "1"
                           || m_mysql.server->value("SELECT COUNT(*) FROM performance_schema.processlist WHERE COMMAND = 'Query' AND ID = " + std::to_string(id)) == "1";
        writers.stop();
        held = false;
        m_mysql.server->exec("KILL " + std::to_string(id));
        holding.join();
        QVERIFY2(backup, why(backup, &context).constData());
        QVERIFY2(still, "the holder had ended, so this proves nothing");
        // whoever waits for the holder waits as long as it lives
        QVERIFY2(writers.worst() < 30s, std::to_string(writers.worst().count()).c_str());
        QVERIFY(writers.done() > 0);
    }

    void noMomentBetweenTransactions()
    {
        if (!m_noMySql.empty())
            QSKIP(m_noMySql.c_str());
        // a probe that tells of something new whenever it is asked: the relay gives up, and lets go of the program
        const fs::path directory = m_mysql.path("relay");
        fs::create_directories(directory);
        std::int64_t count = 0;
        auto relay = SnapshotRelay::start({directory, m_mysql.server->socket(),
                                           [&count] {
                                               wire::BackupPosition position;
                                               position.offset = ++count;
                                               return Result<wire::BackupPosition>(position);
                                           },
                                           false, 300ms});
        QVERIFY2(relay, why(relay).constData());
        auto program = SqlClient::connect("t", directory / SnapshotRelay::socketName, "root", 5s, 10s);
        QVERIFY2(program, why(program).constData());
        QCOMPARE((*program)->value("SELECT 1").value().value_or(""), std::string("1"));
        const auto begun = (*program)->query("START TRANSACTION /*!40100 WITH CONSISTENT SNAPSHOT */");
        QVERIFY2(!begun && begun.error().is(errors::instanceDown), why(begun).constData());
        const auto outcome = (*relay)->finish();
        QVERIFY2(!outcome && outcome.error().is(errors::backupNoQuietMoment) && outcome.error().isTransient(), why(outcome).constData());
        QVERIFY((*relay)->tries() > 3);
        relay->reset();
        QVERIFY(!fs::exists(directory / SnapshotRelay::socketName));
    }

    void replicaOfMySql()
    {
        if (!m_noMySql.empty())
            QSKIP(m_noMySql.c_str());
        BackupFixture replica;
        QVERIFY(startMySql(replica));
        QVERIFY2(m_mysql.server->exec({"CREATE USER IF NOT EXISTS repl IDENTIFIED BY 'r'", "GRANT REPLICATION SLAVE ON *.* TO repl"}),
                 m_mysql.server->lastError().c_str());
        QVERIFY2(replica.server->exec({"CHANGE REPLICATION SOURCE TO SOURCE_HOST='127.0.0.1', SOURCE_PORT=" + std::to_string(m_mysql.server->port())
                                           + ", SOURCE_USER='repl', SOURCE_PASSWORD='r', GET_SOURCE_PUBLIC_KEY=1, SOURCE_AUTO_POSITION=1",
                                       "START REPLICA"}),
                 replica.server->lastError().c_str());
        const auto sourceGtid = [&] { return m_mysql.server->value("SELECT @@GLOBAL.gtid_executed").value_or("?"); };
        QTRY_COMPARE_WITH_TIMEOUT(replica.server->value("SELECT @@GLOBAL.gtid_executed").value_or(""), sourceGtid(), 90000);
        {
            FakeContext context(replica.config, replica.path("work-idle"));
            const auto backup = runBackup(context, replica.args("logical"));
            QVERIFY2(backup, why(backup, &context).constData());
            QCOMPARE(backup->sourceRole, std::string("replica"));
            QCOMPARE(backup->position.sourceGtid, sourceGtid());
            const auto status = SqlClient::connect("t", m_mysql.server->socket(), "root").value()->query("SHOW BINARY LOG STATUS");
            QVERIFY(status);
            QCOMPARE(backup->position.sourceFile, status->value(0, "File").value_or(""));
            QCOMPARE(std::to_string(backup->position.sourceOffset), status->value(0, "Position").value_or(""));
        }
        Writers writers(*m_mysql.server);
        std::this_thread::sleep_for(300ms);
        FakeContext context(replica.config, replica.path("work-busy"));
        const auto backup = runBackup(context, replica.args("logical"));
        writers.stop();
        QVERIFY2(backup, why(backup, &context).constData());
        // the users made for replication count too
        const std::int64_t last = lastOf(backup->position.sourceGtid);
        QCOMPARE(countedIn(backup->path, replica.path("dump.sql")), last - m_base - 2);
        if (!backup->position.sourceFile.empty()) {
            const auto rows = SqlClient::connect("t", m_mysql.server->socket(), "root").value()->query(
                "SHOW BINLOG EVENTS IN '" + backup->position.sourceFile + "' FROM " + std::to_string(backup->position.sourceOffset) + " LIMIT 1");
            QVERIFY2(rows && rows->rows.size() == 1, why(rows).constData());
            QVERIFY(rows->value(0, "Info").value_or("").ends_with(':' + std::to_string(last + 1) + '\''));
        }
    }

    void replicaOfMariaDb()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        ServerOptions options;
        options.networking = true;
        const auto source = TestServer::start(options, &error);
        QVERIFY2(source, error.c_str());
        BackupFixture replica;
        QVERIFY2(replica.start({}, error), error.c_str());
        QVERIFY2(makeCounter(*source) && source->exec({"CREATE USER repl IDENTIFIED BY 'r'", "GRANT REPLICATION SLAVE ON *.* TO repl"}),
                 source->lastError().c_str());
        QVERIFY2(replica.server->exec({"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=" + std::to_string(source->port())
                                           + ", MASTER_USER='repl', MASTER_PASSWORD='r', MASTER_USE_GTID=slave_pos",
                                       "START SLAVE"}),
                 replica.server->lastError().c_str());
        const auto number = [](const std::string &gtid) { return QString::fromStdString(gtid).section(u'-', 2).toLongLong(); };
        const std::int64_t base = number(source->value("SELECT @@gtid_binlog_pos").value_or(""));
        QTRY_COMPARE_WITH_TIMEOUT(number(replica.server->value("SELECT @@gtid_slave_pos").value_or("")), base, 30'000);
        for (int round = 0; round < 3; ++round) {
            Writers writers(*source);
            std::this_thread::sleep_for(300ms);
            FakeContext context(replica.config, replica.path("work"));
            const auto backup = runBackup(context, replica.args("logical"));
            writers.stop();
            QVERIFY2(backup, why(backup, &context).constData());
            QCOMPARE(backup->sourceRole, std::string("replica"));
            const std::int64_t counted = countedIn(backup->path, replica.path("dump.sql"));
            QVERIFY(counted > 0);
            QCOMPARE(number(backup->position.sourceGtid) - base, counted);
        }
    }

private:
    BackupFixture m_mysql;
    std::string m_noMySql;
    std::int64_t m_base = 0;
};

QTEST_GUILESS_MAIN(TestDumpPosition)
#include "tst_dumpposition.moc"
