// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/job.h"
#include "agent/backups/readpace.h"
#include "tests/backups/backupfixture.h"

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A throttled physical backup of a real MariaDB: slower, and nobody notices but the disks.
class TestThrottle : public QObject
{
    Q_OBJECT

    static constexpr std::int64_t logBytes = 4 << 20; // the smallest redo log that the server takes

    using Client = std::unique_ptr<SqlClient>;
    Client connection() const
    {
        auto client = SqlClient::connect("t", m_fixture.server->socket(), "root", 5s, 300s);
        return client ? std::move(*client) : nullptr;
    }

    /// Changes a table's definition again and again, and measures the longest wait.
    class Alters
    {
    public:
        explicit Alters(Client client)
        {
            m_thread = std::jthread([this, own = std::move(client)](const std::stop_token &stop) {
                for (int i = 0; own && !stop.stop_requested(); ++i) {
                    const auto begin = std::chrono::steady_clock::now();
                    if (!own->query("ALTER TABLE shop.altered COMMENT '" + std::to_string(i) + "'"))
                        return;
                    m_worst = std::max(m_worst, std::chrono::steady_clock::now() - begin);
                    ++m_done;
                    std::this_thread::sleep_for(20ms);
                }
            });
        }
        int done() const { return m_done; }
        std::chrono::duration<double> worst()
        {
            m_thread = {};
            return m_worst;
        }

    private:
        std::chrono::steady_clock::duration m_worst{};
        std::atomic<int> m_done = 0;
        std::jthread m_thread;
    };

    static std::int64_t status(SqlClient &client, const std::string &name)
    {
        const auto rows = client.query("SHOW GLOBAL STATUS LIKE '" + name + "'");
        return rows && !rows->rows.empty() ? std::stoll(rows->rows[0].at(1).value_or("0")) : 0;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
            QSKIP(why.c_str());
        ServerOptions options;
        options.myCnf = {"innodb_log_file_size=" + std::to_string(logBytes)};
        std::string error;
        QVERIFY2(m_fixture.start(options, error), error.c_str());
        std::vector<std::string> statements{"CREATE DATABASE shop", "CREATE TABLE shop.altered (i INT PRIMARY KEY)",
                                            "CREATE TABLE shop.written (i INT PRIMARY KEY, x LONGTEXT)"};
        for (int i = 0; i < 300; ++i)
            statements.push_back("CREATE TABLE shop.t" + std::to_string(i) + " (i INT PRIMARY KEY)");
        QVERIFY2(m_fixture.server->exec(statements), m_fixture.server->lastError().c_str());
    }

    // Its rate holds while InnoDB's files are copied; whoever waits for its locks waits no longer for it, and the redo log
    // that is written meanwhile, more than the server keeps, is read in time.
    void nobodyWaitsLonger()
    {
        QVERIFY2(ReadPace::unavailable().empty(), ReadPace::unavailable().c_str());
        double unthrottled = 0;
        {
            Alters alters(connection());
            FakeContext context(m_fixture.config, m_fixture.path("work-free"));
            const auto result = runBackup(context, m_fixture.args("physical"));
            unthrottled = alters.worst().count();
            QVERIFY2(result, why(result, &context).constData());
        }
        Alters alters(connection());
        FakeContext context(m_fixture.config, m_fixture.path("work"));
        std::atomic<bool> copying = false, locked = false;
        std::int64_t written = 0;
        std::jthread writer([&](const std::stop_token &stop) {
            const Client client = connection();
            const std::int64_t begin = client ? status(*client, "Innodb_lsn_current") : 0;
            while (client && !stop.stop_requested()) {
                (void)client->query("REPLACE INTO shop.written VALUES (1, REPEAT(UUID(), 2500))");
                std::this_thread::sleep_for(100ms);
                const std::string log = context.logText();
                copying = log.find("Acquired locks for BACKUP STAGE START") != log.npos;
                locked = locked || log.find("BACKUP STAGE FLUSH") != log.npos;
                if (copying && !locked)
                    written = status(*client, "Innodb_lsn_current") - begin;
            }
        });
        auto args = m_fixture.args("physical");
        args.throttleBytesPerSecond = 12'000'000;
        const Client counting = connection();
        const std::int64_t lookedBefore = status(*counting, "Com_show_processlist");
        const auto begin = std::chrono::steady_clock::now();
        const auto result = runBackup(context, args);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        writer = {};
        QVERIFY2(result, why(result, &context).constData());
        const double worst = alters.worst().count();
        QVERIFY2(alters.done() > 20 && worst < unthrottled + 2,
                 qPrintable(QStringLiteral("%1 ALTERs, the longest took %2 s, without throttling %3 s").arg(alters.done()).arg(worst).arg(unthrottled)));
        // the guard looks once a second, and more often only while somebody waits for a lock
        const auto looks = status(*counting, "Com_show_processlist") - lookedBefore;
        QVERIFY2(static_cast<double>(looks) < 2.5 * seconds + 20, qPrintable(QStringLiteral("%1 looks in %2 s").arg(looks).arg(seconds)));
        std::int64_t bytes = 0;
        for (const auto &entry : fs::recursive_directory_iterator(m_fixture.server->dataDirectory())) {
            if (entry.path().extension() == ".ibd" || entry.path().filename() == "ibdata1")
                bytes += static_cast<std::int64_t>(entry.file_size());
        }
        QVERIFY2(seconds > 0.7 * static_cast<double>(bytes) / 12e6, qPrintable(QStringLiteral("%1 bytes in %2 s").arg(bytes).arg(seconds)));
        QVERIFY2(written > logBytes, qPrintable(QStringLiteral("only %1 bytes of redo log were written meanwhile").arg(written)));
        qInfo("longest ALTER: %.2f s throttled, %.2f s not; %.1f MB in %.1f s; redo log %.1f MB", worst, unthrottled,
              static_cast<double>(bytes) / 1e6, seconds, static_cast<double>(written) / 1e6);
    }

    void timeLeftIsOfWhatIsLeft()
    {
        const RateMeter::Clock::time_point begin{};
        RateMeter meter;
        QVERIFY(!meter.secondsFor(100)); // nothing was seen
        meter.add(0, begin);
        meter.add(1000, begin + 500ms);
        QVERIFY(!meter.secondsFor(100)); // not for long enough
        for (int i = 1; i <= 100; ++i)
            meter.add(1000 * i, begin + std::chrono::seconds(i));
        QCOMPARE(meter.secondsFor(50'000).value_or(-1), 50);
        for (int i = 101; i <= 200; ++i) // ten times slower from here on: what was before counts no more
            meter.add(100'000 + 100 * (i - 100), begin + std::chrono::seconds(i));
        QCOMPARE(meter.secondsFor(5'000).value_or(-1), 50);
        for (int i = 201; i <= 300; ++i)
            meter.add(110'000, begin + std::chrono::seconds(i));
        QVERIFY(!meter.secondsFor(5'000)); // it stands still
        meter.add(10, begin + 301s); // another phase
        QVERIFY(!meter.secondsFor(5'000));
    }

private:
    BackupFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestThrottle)
#include "tst_throttle.moc"
