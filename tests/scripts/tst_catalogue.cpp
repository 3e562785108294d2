// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/scripterrors.h"
#include "agent/scripts/catalogue.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include <sys/stat.h>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

class TestCatalogue : public QObject
{
    Q_OBJECT

    QTemporaryDir m_directory;
    fs::path path(const char *name) const { return fs::path(m_directory.path().toStdString()) / name; }
    std::string configText(const std::string &scripts) const
    {
        const std::string top = m_directory.path().toStdString();
        return "[agent]\nhost = \"db1\"\nbase = \"" + top + "/base\"\nstate_directory = \"" + top + "/state\"\nsocket = \"" + top + "/s\"\nauthorized_keys = \"" + top + "/keys\"\n" + scripts;
    }
    fs::path write(const std::string &text) const
    {
        std::ofstream(path("agent.toml")) << text;
        return path("agent.toml");
    }
    static constexpr const char *purge = R"(
[[script]]
name = "purge"
program = "/usr/local/bin/purge"
arguments = ["--socket={socket}", "--days", "{days}", "{mode}", "{note}", "--days"]
scheduled = true
parameters = [
    {name = "days", type = "integer", least = 1, most = 30},
    {name = "mode", type = "choice", choices = ["soft", "hard"], default = "soft"},
    {name = "note", type = "text", default = "none"},
]
)";

private Q_SLOTS:
    void anEntryIsRead()
    {
        const auto config = loadConfig(write(configText(purge)));
        QVERIFY2(config, config ? "" : describe(config.error()).c_str());
        const ScriptConfig *script = config->script("purge");
        QVERIFY(script && !config->script("other"));
        QVERIFY(script->entry.forInstance && script->entry.scheduled);
        QCOMPARE(script->entry.role, std::string("operator"));
        QCOMPARE(script->entry.timeoutSeconds, std::int64_t{3600});
        LocalInstance instance;
        instance.name = "my3306";
        instance.socket = "/run/my.sock";
        const auto words = scriptCommand(*script, {"purge", "my3306", {{"days", "7"}, {"note", "a b; rm -rf /"}}}, &instance);
        QVERIFY2(words, words ? "" : describe(words.error()).c_str());
        QCOMPARE(*words, (std::vector<std::string>{"/usr/local/bin/purge", "--socket=/run/my.sock", "--days", "7", "soft", "a b; rm -rf /", "--days"}));
    }

    void wrongValues_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::newRow("below") << "days" << "0";
        QTest::newRow("above") << "days" << "31";
        QTest::newRow("no number") << "days" << "7d";
        QTest::newRow("empty number") << "days" << "";
        QTest::newRow("no choice") << "mode" << "gentle";
        QTest::newRow("an option") << "note" << "--all";
        QTest::newRow("two lines") << "note" << "a\nb";
        QTest::newRow("unknown") << "socket" << "/tmp/s";
    }
    void wrongValues()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        const auto config = loadConfig(write(configText(purge)));
        QVERIFY(config);
        LocalInstance instance;
        std::map<std::string, std::string> values{{"days", "7"}};
        values[name.toStdString()] = value.toStdString();
        const auto words = scriptCommand(*config->script("purge"), {"purge", "my3306", values}, &instance);
        QVERIFY(!words && words.error().is(errors::scriptParameter));
        QCOMPARE(words.error().fields.at("parameter"), name.toStdString());
    }
    void missingValues()
    {
        const auto config = loadConfig(write(configText(purge)));
        QVERIFY(config);
        LocalInstance instance;
        const auto missing = scriptCommand(*config->script("purge"), {"purge", "my3306", {}}, &instance);
        QVERIFY(!missing && missing.error().fields.at("parameter") == "days");
        const auto where = scriptCommand(*config->script("purge"), {"purge", "", {{"days", "7"}}}, nullptr);
        QVERIFY(!where && where.error().fields.at("parameter") == "instance");
    }

    void wrongEntries_data()
    {
        QTest::addColumn<QString>("entry");
        QTest::addColumn<QString>("said");
        const auto row = [](const char *name, const char *entry, const char *said) { QTest::newRow(name) << QString::fromLatin1(entry) << QString::fromLatin1(said); };
        row("no program", "name = \"a\"", "script[a].program is missing");
        row("no path", "name = \"a\"\nprogram = \"purge\"", "must be an absolute path");
        row("unknown parameter", "name = \"a\"\nprogram = \"/p\"\narguments = [\"{days}\"]", "names {days}, which is no parameter");
        row("open brace", "name = \"a\"\nprogram = \"/p\"\narguments = [\"{days\"]", "must hold lines of text");
        row("unused", "name = \"a\"\nprogram = \"/p\"\nparameters = [{name = \"days\", type = \"integer\"}]", "none of its arguments names");
        row("type", "name = \"a\"\nprogram = \"/p\"\narguments = [\"{d}\"]\nparameters = [{name = \"d\", type = \"path\"}]", "\"integer\", \"word\"");
        row("default", "name = \"a\"\nprogram = \"/p\"\narguments = [\"{d}\"]\nparameters = [{name = \"d\", type = \"integer\", most = 5, default = \"6\"}]", "must be between");
        row("the instance's own", "name = \"a\"\nprogram = \"/p\"\narguments = [\"{socket}\"]\nparameters = [{name = \"socket\", type = \"text\"}]", "the instance's own");
        row("role", "name = \"a\"\nprogram = \"/p\"\nrole = \"root\"", "\"operator\" or \"admin\"");
        row("shell", "name = \"a\"\nprogram = \"/p\"\nshell = true", "unknown key script[a].shell");
    }
    void wrongEntries()
    {
        QFETCH(QString, entry);
        QFETCH(QString, said);
        const auto mistakes = checkConfig(write(configText("[[script]]\n" + entry.toStdString() + "\n")));
        QVERIFY(!mistakes.empty());
        QVERIFY2(QString::fromStdString(mistakes.front().fields.at("detail")).contains(said), mistakes.front().fields.at("detail").c_str());
    }

    /// A program that somebody else could change is not run.
    void whoMayChangeTheProgram()
    {
        ScriptConfig script;
        const fs::path config = write(configText("")), program = path("program");
        std::ofstream(program) << "#!/bin/sh\n";
        script.entry.program = program;
        QVERIFY(whyUnusable(script, config).find("no program") != std::string::npos);
        QCOMPARE(::chmod(program.c_str(), 0755), 0);
        QCOMPARE(whyUnusable(script, config), std::string());
        QCOMPARE(::chmod(program.c_str(), 0775), 0);
        QVERIFY(whyUnusable(script, config).find("can be changed by others") != std::string::npos);
        QCOMPARE(::chmod(program.c_str(), 0755), 0);
        fs::create_directory(path("open"));
        fs::copy_file(program, path("open") / "program");
        QCOMPARE(::chmod(path("open").c_str(), 0777), 0);
        script.entry.program = path("open") / "program";
        QVERIFY(whyUnusable(script, config).find("can be changed by others") != std::string::npos);
        // a link counts as what it leads to
        fs::create_symlink(path("open") / "program", path("link"));
        script.entry.program = path("link");
        QVERIFY(whyUnusable(script, config).find("can be changed by others") != std::string::npos);
        script.entry.program = path("nothing");
        QVERIFY(!whyUnusable(script, config).empty());
    }
};

QTEST_GUILESS_MAIN(TestCatalogue)
#include "tst_catalogue.moc"
