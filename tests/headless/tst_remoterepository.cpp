// SPDX-License-Identifier: GPL-3.0-or-later
// A backup whose repository lies on another host, reached by the agent's own ssh: proved there, and restored there.
#include "agent/backups/receiveprotocol.h"
#include "tests/places.h"
#include "tests/support/runs.h"
#include "tests/support/same.h"

#include <QProcess>
#include <QTest>

#include <csignal>
#include <filesystem>
#include <fstream>

using namespace zandb;
using namespace zandb::test;

class TestRemoteRepository : public QObject
{
    Q_OBJECT

    std::unique_ptr<TestFleet> m_fleet;
    std::string m_backup;

    static void append(const std::filesystem::path &file, const std::string &text) { std::ofstream(file, std::ios::app) << text; }
    static std::string firstLine(const std::filesystem::path &file)
    {
        std::ifstream in(file);
        std::string line;
        std::getline(in, line);
        return line;
    }
    /// Where the repository's host has it; empty when it has not.
    std::filesystem::path directoryOf(const std::string &backup) const
    {
        for (const auto &entry : std::filesystem::recursive_directory_iterator(m_fleet->host(1).directory / "safe" / "db1")) {
            if (entry.is_directory() && entry.path().filename().string().ends_with(backup))
                return entry.path();
        }
        return {};
    }
    bool restartAgent(std::size_t host)
    {
        m_fleet->killAgent(m_fleet->host(host));
        return m_fleet->startAgent(m_fleet->host(host));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto why = TestFleet::unavailable(); !why.empty())
            QSKIP(why.c_str());
        std::string error;
        FleetOptions options;
        options.hosts = 2;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        // db2 holds the repository "safe", which db1 calls "vault"
        const auto &source = m_fleet->host(0);
        const auto &holder = m_fleet->host(1);
        const std::string key = (source.directory / "vault_key").string();
        QCOMPARE(runProgram({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "db1", "-f", key}).status, 0);
        append(holder.directory / "authorized_keys", "restrict,command=\"" ZANDB_BINARY_DIR "/bin/zandb-agent receive --config "
                                                         + (holder.directory / "agent.toml").string() + " --repo safe --host db1\" "
                                                         + firstLine(key + ".pub") + "\n");
        append(source.directory / "known_hosts", "[127.0.0.1]:" + std::to_string(holder.sshPort) + ' ' + firstLine(m_fleet->directory() / "hostkey.pub") + '\n');
        const char *user = getenv("USER");
        append(source.directory / "agent.toml", "\n[[repository]]\nname = \"vault\"\nremote = \"" + std::string(geteuid() == 0 ? "root" : user)
                                                    + "@127.0.0.1\"\nssh_port = " + std::to_string(holder.sshPort) + "\nidentity = \"" + key
                                                    + "\"\nknown_hosts = \"" + (source.directory / "known_hosts").string() + "\"\nremote_name = \"safe\"\n");
        std::filesystem::create_directory(holder.directory / "safe");
        append(holder.directory / "agent.toml", "\n[[repository]]\nname = \"safe\"\npath = \"" + (holder.directory / "safe").string()
                                                    + "\"\naccept_from = [\"db1\"]\n");
        QVERIFY(restartAgent(0));
        QVERIFY(restartAgent(1));
        m_fleet->startHeadless();
        QTRY_COMPARE_WITH_TIMEOUT(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.host_state WHERE facts LIKE '%\"safe\"%'"), std::string("2"), 30000);
        const Output made = m_fleet->ctl({"backup", "run", source.path(), "--repository", "vault", "--wait", "--json"});
        QVERIFY2(made.status == 0, (made.out + made.err).c_str());
        m_backup = jsonOf(made)["backup"]["id"].get<std::string>();
        QVERIFY(!std::filesystem::is_empty(holder.directory / "safe" / "db1"));
    }
    void cleanupTestCase() { m_fleet.reset(); }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet)
            qWarning("%s", m_fleet->describe().c_str());
    }

    void isVerifiedWhereItLies()
    {
        const Output verified = m_fleet->ctl({"backup", "verify", m_backup, "--wait", "--json"});
        QVERIFY2(verified.status == 0, (verified.out + verified.err).c_str());
        SAME(jsonOf(verified)["level"], Json(2));
        SAME(jsonOf(m_fleet->ctl({"backup", "show", m_backup, "--json"}))["level"], Json(2));
        QCOMPARE(m_fleet->storeValue("SELECT h.name FROM zandb.run r JOIN zandb.host h ON h.id = r.host_id WHERE r.kind = 'verify'"), std::string("db2"));
    }

    void restoreNamesTheHostThatHasIt()
    {
        const std::string directory = (m_fleet->directory() / "restored").string();
        const Output refused = m_fleet->ctl({"backup", "restore", m_backup, "--to", "db1/" + directory, "--wait", "--json"});
        QVERIFY(refused.status != 0);
        SAME(jsonOf(refused)["error"]["code"], Json("backup.elsewhere"));
        SAME(jsonOf(refused)["error"]["fields"]["host"], Json("db2"));
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.run WHERE kind = 'restore'"), std::string("0"));
        const Output restored = m_fleet->ctl({"backup", "restore", m_backup, "--to", "db2/" + directory, "--wait", "--json"});
        QVERIFY2(restored.status == 0, (restored.out + restored.err).c_str());
        QVERIFY(std::filesystem::exists(directory + "/data/ibdata1"));
    }

    /// A backup that is sound in itself lies where the catalogued one lay.
    void anotherBackupInItsPlaceIsRefused()
    {
        const std::filesystem::path honest = directoryOf(m_backup);
        QVERIFY(!honest.empty());
        const auto kept = m_fleet->directory() / "kept";
        std::filesystem::rename(honest, kept);
        const Output made = m_fleet->ctl({"backup", "run", m_fleet->host(0).path(), "--repository", "vault", "--wait", "--json"});
        QVERIFY2(made.status == 0, (made.out + made.err).c_str());
        std::filesystem::rename(directoryOf(jsonOf(made)["backup"]["id"].get<std::string>()), honest);

        const Output verified = m_fleet->ctl({"backup", "verify", m_backup, "--wait", "--json"});
        QVERIFY(verified.status != 0);
        SAME(jsonOf(verified)["error"]["code"], Json("backup.replaced"));
        const auto shown = [&] { return jsonOf(m_fleet->ctl({"backup", "show", m_backup, "--json"})); };
        SAME(shown()["finding"]["code"], Json("backup.replaced"));
        QVERIFY(shown()["found"].is_string());
        QVERIFY(m_fleet->ctl({"backup", "list"}).out.find(" BAD ") != std::string::npos);
        const std::string directory = (m_fleet->directory() / "never").string();
        const Output restored = m_fleet->ctl({"backup", "restore", m_backup, "--to", "db2/" + directory, "--wait", "--json"});
        QVERIFY(restored.status != 0);
        SAME(jsonOf(restored)["error"]["code"], Json("backup.replaced"));
        QVERIFY(!std::filesystem::exists(directory));
        std::filesystem::remove_all(honest);
        std::filesystem::rename(kept, honest);
        const Output again = m_fleet->ctl({"backup", "verify", m_backup, "--wait", "--json"});
        QVERIFY2(again.status == 0, (again.out + again.err).c_str());
        SAME(shown()["finding"], Json(nullptr));
    }

    /// Whoever holds db1's key cannot fill the place of what was removed.
    void aRemovedIdIsNotReceivedAgain()
    {
        const auto &holder = m_fleet->host(1);
        const std::filesystem::path honest = directoryOf(m_backup);
        const auto kept = m_fleet->directory() / "kept";
        std::filesystem::rename(honest, kept);
        const std::string body = dumpJson(Json{{"host", "db1"},
                                               {"instance", m_fleet->host(0).servers.at(0)->name()},
                                               {"id", m_backup},
                                               {"started_us", 1'700'000'000'000'000},
                                               {"need_bytes", 1}});
        const std::string frame = agent::receive::header(agent::receive::Kind::Open, body.size()) + body;
        QProcess sender;
        sender.start(QStringLiteral("/usr/bin/ssh"),
                     {QStringLiteral("-F"), QStringLiteral("none"), QStringLiteral("-T"), QStringLiteral("-o"), QStringLiteral("BatchMode=yes"),
                      QStringLiteral("-o"), QStringLiteral("IdentitiesOnly=yes"), QStringLiteral("-o"),
                      QStringLiteral("UserKnownHostsFile=") + QString::fromStdString((m_fleet->host(0).directory / "known_hosts").string()),
                      QStringLiteral("-i"), QString::fromStdString((m_fleet->host(0).directory / "vault_key").string()), QStringLiteral("-p"),
                      QString::number(holder.sshPort), QStringLiteral("127.0.0.1"), QStringLiteral("zandb-agent receive --repo safe")});
        QVERIFY2(sender.waitForStarted(), qPrintable(sender.errorString()));
        sender.write(frame.data(), static_cast<qint64>(frame.size()));
        sender.closeWriteChannel();
        QVERIFY(sender.waitForFinished(30'000));
        const QByteArray said = sender.readAllStandardOutput();
        QVERIFY2(said.contains("backup.id_used"), (said + sender.readAllStandardError()).constData());
        QVERIFY(directoryOf(m_backup).empty());
        std::filesystem::rename(kept, honest);
    }

    /// The source is not there any more at all, which is what such a repository is for.
    void alsoWhenTheSourceIsDown()
    {
        m_fleet->cutSsh(m_fleet->host(0));
        m_fleet->killAgent(m_fleet->host(0));
        const Output verified = m_fleet->ctl({"backup", "verify", m_backup, "--wait", "--json"});
        QVERIFY2(verified.status == 0, (verified.out + verified.err).c_str());
    }
};

QTEST_GUILESS_MAIN(TestRemoteRepository)
#include "tst_remoterepository.moc"
