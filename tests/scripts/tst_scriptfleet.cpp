// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/json.h"
#include "tests/support/testfleet.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include <sys/stat.h>

using namespace zandb;
using namespace zandb::test;
namespace fs = std::filesystem;

/// Scripts of a host's catalogue, through zandbctl, ssh, agent and store.
class TestScriptFleet : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    std::unique_ptr<TestFleet> m_fleet;

    fs::path path(const char *name) const { return fs::path(m_directory.path().toStdString()) / name; }
    void program(const char *name, const char *text) const
    {
        std::ofstream(path(name)) << "#!/bin/sh\n" << text;
        ::chmod(path(name).c_str(), 0755);
    }
    std::string read(const char *name) const
    {
        std::ifstream in(path(name));
        return {std::istreambuf_iterator<char>(in), {}};
    }
    std::string entry(const char *name, const std::string &more) const
    {
        return "[[script]]\nname = \"" + std::string(name) + "\"\nprogram = \"" + path(name).string() + "\"\n" + more;
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        // what a script gets is written beside it; "$@" keeps the words apart
        program("purge", "for word in \"$@\"; do echo \"word: $word\"; done\necho complaint >&2\nenv > ${0%/*}/environment\n");
        program("broken", "echo first; echo cause >&2; exit 3\n");
        program("busy", "test -e ${0%/*}/ready || { touch ${0%/*}/ready; exit 75; }\n");
        program("slow", "echo begun > ${0%/*}/slow.begun\nsleep 600\n");
        program("nightly", "echo x >> ${0%/*}/nights\n");
        FleetOptions options;
        options.serve = true;
        options.agentToml = entry("purge", "arguments = [\"{instance}\", \"--days\", \"{days}\", \"{note}\"]\nparameters = [{name = \"days\", type = \"integer\", least = 1, most = 30}, "
                                           "{name = \"note\", type = \"text\", default = \"a b\"}]\n")
            + entry("broken", "") + entry("busy", "") + entry("slow", "timeout_seconds = 2\n") + entry("nightly", "scheduled = true\n") + entry("admins", "role = \"admin\"\n");
        std::string error;
        m_fleet = TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
    }

    void whatThereIs()
    {
        const auto output = m_fleet->ctl({"--json", "script", "list"});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
        const auto scripts = parseJson(output.out).value();
        QCOMPARE(scripts.size(), std::size_t{6});
        QCOMPARE(scripts[0]["name"].get<std::string>(), std::string("purge"));
        QVERIFY(scripts[0]["forInstance"].get<bool>() && !scripts[1]["forInstance"].get<bool>());
        QVERIFY(!scripts[5]["unusable"].get<std::string>().empty()); // its program is not there
    }

    void oneIsRun()
    {
        const auto output = m_fleet->ctl({"script", "run", m_fleet->host().path(), "purge", "--set", "days=7"});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
        const std::string name = m_fleet->host().path().substr(m_fleet->host().path().find('/') + 1);
        QVERIFY2(output.out.find("word: " + name + "\nword: --days\nword: 7\nword: a b\n") != std::string::npos, output.out.c_str());
        // nothing of the agent's environment reaches it
        const std::string environment = read("environment");
        QVERIFY2(environment.find("PATH=") != std::string::npos && environment.find("HOME=") == std::string::npos && environment.find("ZANDB") == std::string::npos, environment.c_str());
    }

    void wrongWishes()
    {
        const std::string target = m_fleet->host().path();
        const auto said = [&](const std::vector<std::string> &words, const char *expected) {
            const auto output = m_fleet->ctl(words);
            const bool fits = output.status != 0 && (output.out + output.err).find(expected) != std::string::npos;
            if (!fits)
                qWarning("%d %s%s", output.status, output.out.c_str(), output.err.c_str());
            return fits;
        };
        QVERIFY(said({"script", "run", target, "nothing"}, "has no script"));
        QVERIFY(said({"script", "run", target, "purge"}, "must be given"));
        QVERIFY(said({"script", "run", target, "purge", "--set", "days=99"}, "between 1 and 30"));
        QVERIFY(said({"script", "run", target, "purge", "--set", "days"}, "NAME=VALUE"));
        QVERIFY(said({"script", "run", "db1", "purge", "--set", "days=7"}, "one instance"));
        QVERIFY(said({"script", "run", "db1", "admins"}, "was not started"));
        QVERIFY(said({"script", "run", "db1", "broken"}, "cause"));
        QVERIFY(said({"script", "run", "db1", "slow"}, "was ended"));
        QVERIFY(!read("slow.begun").empty());
    }

    // 75 means "not now": the engine tries again by itself
    void aTemporaryFailureIsRetried()
    {
        const auto output = m_fleet->ctl({"script", "run", "db1", "busy"});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
    }

    void aTaskRunsIt()
    {
        // only what its administrator marked may be scheduled
        const auto refused = m_fleet->ctl({"task", "add", "no", "--kind", "script", "--script", "purge", "--set", "days=7", "--all", "--every", "day", "--at", "03:00"});
        QVERIFY2(refused.status == 2 && refused.err.find("scheduled = true") != std::string::npos, (refused.out + refused.err).c_str());
        const auto added = m_fleet->ctl({"task", "add", "nights", "--kind", "script", "--script", "nightly", "--each", "host", "--all", "--every", "day", "--at", "03:00"});
        QVERIFY2(added.status == 0, (added.out + added.err).c_str());
        const auto begun = m_fleet->ctl({"task", "run", "nights", "--wait"});
        QVERIFY2(begun.status == 0, (begun.out + begun.err).c_str());
        QCOMPARE(read("nights"), std::string("x\n"));
        const auto edited = m_fleet->ctl({"task", "edit", "nights", "--every", "2s"});
        QVERIFY2(edited.status == 0, (edited.out + edited.err).c_str());
        QVERIFY2(QTest::qWaitFor([&] { return read("nights").size() >= 4; }, 60'000), m_fleet->describe().c_str()); // by the headless instance's own key
        QCOMPARE(m_fleet->ctl({"task", "disable", "nights"}).status, 0);
    }

    void aCrontabIsReported()
    {
        std::ofstream(path("crontab")) << "30 2 * * * /usr/bin/mariabackup --backup >/dev/null\n*/10 * * * * " << path("nightly").string() << " --all\n0 3 * * * a | b\n";
        const auto output = m_fleet->ctl({"task", "crontab", path("crontab").string(), "--zone", "Europe/Berlin"});
        QVERIFY2(output.status == 0, (output.out + output.err).c_str());
        for (const char *expected : {"--kind backup --method physical", "--kind script --script nightly", "arguments = [\"--all\"]", "no task: it needs a shell", "2 lines become tasks, 1 cannot."})
            QVERIFY2(output.out.find(expected) != std::string::npos, output.out.c_str());
        QVERIFY(m_fleet->ctl({"task", "crontab", path("nothing").string()}).status != 0);
        QVERIFY(m_fleet->ctl({"task", "crontab", m_directory.path().toStdString()}).status != 0);
    }
};

QTEST_GUILESS_MAIN(TestScriptFleet)
#include "tst_scriptfleet.moc"
