// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/optionfile.h"
#include "agent/os/sha256.h"
#include "agent/privileged/client.h"
#include "tests/privileged/privilegedhost.h"

#include <atomic>
#include <thread>

using namespace zandb;
using namespace zandb::agent;
using namespace zandb::test;
namespace fs = std::filesystem;

/// New content for the option files of a server, through the helper that root runs.
class TestHelperOptionFile : public QObject
{
    Q_OBJECT

    static std::string textOf(const fs::path &file) { return readFile(file, 1 << 20).value_or("?"); }
    static constexpr const char *instance = "adopted";

    fs::path cnf() const { return m_host.path("etc") / "my.cnf"; }
    fs::path extra() const { return m_host.path("etc") / "conf.d" / "zandb.cnf"; }
    Result<std::string> write(int number, const std::string &old, const std::string &content)
    {
        const AsUser as(m_host.agentUid());
        return writeOptionFileByHelper(m_host.config(), instance, number, Sha256::of(old), content);
    }
    std::string refusal(int number, const std::string &old, const std::string &content)
    {
        const auto answer = write(number, old, content);
        return answer ? "done" : answer.error().code + " " + (answer.error().fields.contains("detail") ? answer.error().fields.at("detail") : "");
    }
    /// The agent's configuration with or without the switch.
    void allow(bool yes)
    {
        std::string text = m_allowed;
        if (!yes)
            text.erase(text.find("config = true\n"), std::string("config = true\n").size());
        std::ofstream(m_host.config().file, std::ios::trunc) << text;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = PrivilegedHost::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        const auto place = [&](const char *name) { return m_host.path(name).string(); };
        m_host.prepare(Flavour::MariaDb, "[[instance]]\nname = \"adopted\"\nsocket = \"" + place("none.sock") + "\"\ndata_directory = \"" + place("data")
                                             + "\"\nmy_cnf = \"" + place("etc/my.cnf") + "\"\noption_files = [\"" + place("etc/conf.d/zandb.cnf") + "\", \""
                                             + place("etc/link.cnf") + "\"]\n");
        QVERIFY(!QTest::currentTestFailed());
        const passwd *server = ::getpwnam("mysql");
        m_serverUid = server->pw_uid;
        m_serverGid = server->pw_gid;
        fs::create_directory(m_host.path("data"));
        QCOMPARE(::chown(m_host.path("data").c_str(), m_serverUid, m_serverGid), 0);
        fs::create_directory(m_host.path("etc") / "conf.d");
        m_allowed = textOf(m_host.config().file);
        const std::string line = "provisioning"; // none was asked for
        QVERIFY(m_allowed.find(line) == m_allowed.npos);
        const std::string helper = "[helper]\n";
        m_allowed.insert(m_allowed.find(helper) + helper.size(), "config = true\n");
        allow(true);
        m_host.startHelper();
    }
    void init()
    {
        if (m_allowed.empty())
            return;
        std::ofstream(cnf()) << "[mysqld]\nport = 3306\n!includedir /etc/mysql/conf.d/\n";
        std::ofstream(extra()) << "[mysqld]\n";
        QCOMPARE(::chown(cnf().c_str(), 0, m_serverGid), 0);
        QCOMPARE(::chmod(cnf().c_str(), 0640), 0);
        QCOMPARE(::chmod(extra().c_str(), 0644), 0);
        fs::remove(m_host.path("etc") / "link.cnf");
        fs::create_symlink("conf.d/zandb.cnf", m_host.path("etc") / "link.cnf");
    }

    void replacesAndKeepsOwnerAndMode()
    {
        const std::string old = textOf(cnf()), content = old + "max_connections = 500\n";
        struct stat before{}, after{};
        QCOMPARE(::stat(cnf().c_str(), &before), 0);
        const auto sum = write(0, old, content);
        QVERIFY2(sum, sum ? "" : describe(sum.error()).c_str());
        QCOMPARE(*sum, Sha256::of(content));
        QCOMPARE(textOf(cnf()), content);
        QCOMPARE(::stat(cnf().c_str(), &after), 0);
        QCOMPARE(after.st_uid, uid_t{0});
        QCOMPARE(after.st_gid, m_serverGid);
        QCOMPARE(after.st_mode & 07777, mode_t{0640});
        QVERIFY(after.st_ino != before.st_ino); // another file took the name
        // nothing else is left but the lock, which nobody else may open
        for (const auto &entry : fs::directory_iterator(m_host.path("etc"))) {
            const std::string name = entry.path().filename();
            QVERIFY2(!name.starts_with(".my.cnf") || name == ".my.cnf.zandb-lock", name.c_str());
        }
        QCOMPARE(fs::status(m_host.path("etc") / ".my.cnf.zandb-lock").permissions(), fs::perms::owner_read | fs::perms::owner_write);
    }

    /// As many bytes as a file may have: the pipe holds them.
    void aLongOne()
    {
        std::string content = "[mysqld]\n";
        while (content.size() + 21 <= maxOptionFile)
            content += "# " + std::string(18, 'x') + '\n';
        content += std::string(maxOptionFile - content.size() - 1, '#') + '\n';
        QCOMPARE(content.size(), maxOptionFile);
        const auto sum = write(1, textOf(extra()), content);
        QVERIFY2(sum, sum ? "" : describe(sum.error()).c_str());
        QCOMPARE(textOf(extra()), content);
        QCOMPARE(refusal(1, content, content + "#\n").substr(0, 19), std::string("protocol.bad_params"));
    }

    void aLinkLeadsToItsFile()
    {
        const auto sum = write(2, "[mysqld]\n", "[mysqld]\nport = 1\n");
        QVERIFY2(sum, sum ? "" : describe(sum.error()).c_str());
        QVERIFY(fs::is_symlink(m_host.path("etc") / "link.cnf"));
        QCOMPARE(textOf(extra()), std::string("[mysqld]\nport = 1\n"));
    }

    void onlyOverWhatWasRead()
    {
        const std::string before = textOf(cnf());
        const auto answer = write(0, before + "#", "[mysqld]\n");
        QVERIFY(!answer);
        QCOMPARE(answer.error().code, std::string("helper.file_changed"));
        QCOMPARE(answer.error().fields.at("path"), cnf().string());
        QCOMPARE(textOf(cnf()), before);
    }

    void onlyWithTheSwitch()
    {
        allow(false);
        const std::string said = refusal(0, textOf(cnf()), "[mysqld]\n");
        allow(true);
        QCOMPARE(said, std::string("helper.refused the configuration does not say config = true in [helper]"));
    }

    void whatIsRefused()
    {
        const std::string before = textOf(cnf());
        const auto says = [&](const std::string &said, const char *words) {
            QVERIFY2(said.starts_with("helper.refused ") && said.find(words) != said.npos, said.c_str());
        };
        says(refusal(3, before, "[mysqld]\n"), "no option file 3");
        says(refusal(0, before, before + "!include /etc/shadow\n"), "include another file: !include /etc/shadow");
        says(refusal(0, before, before + "  !includedir\t/tmp \n"), "include another file");
        says(refusal(0, before, "[mysqld]\nport = 1"), "ends within a line");
        says(refusal(0, before, std::string("[mysqld]\n\0\n", 11)), "byte 0");
        QCOMPARE(textOf(cnf()), before);
        // an include that was there may stay, also moved
        QVERIFY(write(0, before, "!includedir /etc/mysql/conf.d/\n[mysqld]\n"));
    }

    /// Root acts only where nobody else can exchange what it acts on.
    void placesOfOthersAreRefused()
    {
        const std::string old = textOf(extra());
        QCOMPARE(::chown(extra().parent_path().c_str(), m_serverUid, m_serverGid), 0);
        QVERIFY(refusal(1, old, "[mysqld]\nport = 1\n").find("others than root may change") != std::string::npos);
        QCOMPARE(::chown(extra().parent_path().c_str(), 0, 0), 0);
        QCOMPARE(::chmod(extra().parent_path().c_str(), 0777), 0);
        QVERIFY(refusal(1, old, "[mysqld]\nport = 1\n").find("others than root may change") != std::string::npos);
        QCOMPARE(::chmod(extra().parent_path().c_str(), 0755), 0);
        QCOMPARE(::chown(extra().c_str(), m_host.agentUid(), 0), 0);
        QVERIFY(refusal(1, old, "[mysqld]\nport = 1\n").find("belongs neither to root nor to mysql") != std::string::npos);
        QCOMPARE(::chown(extra().c_str(), 0, 0), 0);
        fs::create_hard_link(extra(), m_host.path("etc") / "another-name");
        QVERIFY(refusal(1, old, "[mysqld]\nport = 1\n").find("one name") != std::string::npos);
        fs::remove(m_host.path("etc") / "another-name");
        QCOMPARE(textOf(extra()), old);
        QVERIFY(write(1, old, "[mysqld]\nport = 1\n"));
    }

    /// Of many that start from the same content one comes through, and the file is whole all the time.
    void oneOfMany()
    {
        const std::string old = textOf(extra());
        std::atomic<int> done = 0, changed = 0;
        std::atomic<bool> stop = false;
        std::atomic<bool> torn = false;
        std::thread reader([&] {
            while (!stop) {
                const std::string seen = textOf(extra());
                if (seen != old && !(seen.starts_with("[mysqld]\n# ") && seen.size() == 20'011))
                    torn = true;
            }
        });
        const AsUser as(m_host.agentUid()); // of the whole process
        std::vector<std::thread> writers;
        for (char c = 'a'; c < 'i'; ++c) {
            writers.emplace_back([&, c] {
                const auto sum = writeOptionFileByHelper(m_host.config(), instance, 1, Sha256::of(old), "[mysqld]\n# " + std::string(19'999, c) + '\n');
                done += sum.has_value();
                changed += !sum && sum.error().is(errors::helperFileChanged);
            });
        }
        for (std::thread &writer : writers)
            writer.join();
        stop = true;
        reader.join();
        QCOMPARE(done.load(), 1);
        QCOMPARE(changed.load(), 7);
        QVERIFY(!torn);
    }

private:
    PrivilegedHost m_host;
    std::string m_allowed;
    uid_t m_serverUid = 0;
    gid_t m_serverGid = 0;
};

QTEST_GUILESS_MAIN(TestHelperOptionFile)
#include "tst_helperoptionfile.moc"
