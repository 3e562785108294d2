// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/optionfiles.h"
#include "agent/os/child.h"
#include "agent/protocol/configerrors.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

#include <sys/stat.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

namespace {

void put(const fs::path &file, std::string_view text)
{
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

/// What my_print_defaults of a flavour prints, one line for each option; nullopt: there is no such program here.
std::optional<std::string> printed(bool mariaDb, const fs::path &file)
{
    std::vector<std::string> argv;
    if (mariaDb) {
        argv = {"/usr/bin/my_print_defaults"};
    } else {
        const char *root = std::getenv("ZANDB_MYSQL_ROOT");
        if (!root)
            return std::nullopt;
        const std::string top(root);
        for (const char *loader : {"/usr/lib64/ld-linux-x86-64.so.2", "/lib64/ld-linux-x86-64.so.2"}) {
            if (argv.empty() && fs::exists(top + loader))
                argv = {top + loader, "--library-path", top + "/usr/lib/x86_64-linux-gnu:" + top + "/lib/x86_64-linux-gnu", top + "/usr/bin/my_print_defaults"};
        }
    }
    if (argv.empty() || !fs::exists(argv.back()))
        return std::nullopt;
    argv.push_back("--defaults-file=" + file.string());
    for (const std::string &group : serverGroups({mariaDb, mariaDb ? "10.11" : "9.7", {}}))
        argv.push_back(group);
    const auto done = capture(argv, std::chrono::seconds(20));
    return done ? done->out : describe(done.error());
}

/// The same from our reading.
std::string ours(const OptionFiles &files)
{
    std::string text;
    if (std::ranges::any_of(files.problems(), &OptionProblem::fatal))
        return text;
    for (const OptionSetting &setting : files.settings()) {
        if (setting.why == "group")
            continue;
        text += "--" + setting.name;
        if (setting.value)
            text += '=' + *setting.value;
        text += '\n';
    }
    return text;
}

bool has(const OptionFiles &files, std::string_view code, const fs::path &file)
{
    return std::ranges::any_of(files.problems(), [&](const OptionProblem &problem) { return problem.code == code && problem.file == file; });
}

/// Somebody else, for as long as it lives.
struct Nobody
{
    const int trouble = ::seteuid(65534);
    ~Nobody() { (void)!::seteuid(0); }
};

const ServerProgram mariaDb{true, "10.11", {}};

} // namespace

class TestOptionFiles : public QObject
{
    Q_OBJECT

    QTemporaryDir m_temporary;
    fs::path m_dir;

    void compareWithServers(const fs::path &file)
    {
        int compared = 0;
        for (const bool flavour : {true, false}) {
            const auto theirs = printed(flavour, file);
            if (!theirs)
                continue;
            ++compared;
            const auto files = OptionFiles::read(file, {flavour, flavour ? "10.11" : "9.7", {}});
            QCOMPARE(QByteArray::fromStdString(ours(files)), QByteArray::fromStdString(*theirs));
        }
        if (compared < 2)
            qWarning("compared with %d of two my_print_defaults", compared);
        QVERIFY(compared > 0);
    }

private Q_SLOTS:
    void init()
    {
        m_dir = fs::path(m_temporary.path().toStdString()) / QTest::currentTestFunction() / (QTest::currentDataTag() ? std::to_string(qHash(QByteArray(QTest::currentDataTag()))) : "x");
        fs::create_directories(m_dir);
    }

    void readsLikeTheServers_data()
    {
        QTest::addColumn<QByteArray>("text");
        const auto row = [](const char *what, const QByteArray &text) { QTest::newRow(what) << text; };
        row("options without a value, tabs, dashes",
            "[mysqld]\nskip-name-resolve\n\tlog_bin\nmax-connections = 50   # note\nmax_connections=60\nloose-new_thing=1\nmaximum-max_connections=500\n"
            "[mariadb-10.11]\nmax_connections=70\n[mysqld-9.7]\nmax_connections=80\n[mysqld-8.0]\nmax_connections=90\n");
        row("quotes and comments", "[mysqld]\na=don't # x\nb=\"a # b\" # c\nc='it\\'s' x\nd=\"half\ne=\\s\\tx\\qz\\\nf = 'a' 'b'\ng=\"\"\nh=a;b\ni = x = y\n");
        row("groups", "[ server ]\na=1\n[server]\nb=1\n[mysqld ]\nc=1\n[MYSQLD]\nd=1\n[mysqld] trailing\ne=1\n[client]\nf=1\n[mariadbd]\ng=1\n");
        row("sections twice", "[mysqld]\nport=1\n[client]\nport=2\n[mysqld]\nport=3\n");
        row("CRLF", "[mysqld]\r\nport=1\r\nskip-networking\r\nsocket=\"/a b\"\r\n\r\n[server]\r\nx=2\r\n");
        row("no break at the end", "[mysqld]\nport=1");
        row("a mark of UTF-8", "\xef\xbb\xbf[mysqld]\nport=1\n");
        row("no group", "port=1\n[mysqld]\nport=2\n");
        row("a broken group", "[mysqld]\nport=1\n[broken\nport=2\n");
        row("blanks of latin1", "[mysqld]\na=voil\xc3\xa0\nb=\xc2\xa0x\n");
        row("unknown directives", "[mysqld]\n!foo bar\n!includedirx /tmp\nport=1\n");
        row("a long line", "[mysqld]\na=" + QByteArray(5000, 'x') + "\nport=1\n");
        row("long names", "[mysqld]\n" + QByteArray(4092, 'y') + "=1\nport=1\n");
    }
    void readsLikeTheServers()
    {
        QFETCH(QByteArray, text);
        const fs::path file = m_dir / "my.cnf";
        put(file, text.toStdString());
        compareWithServers(file);
    }

    void includesLikeTheServers()
    {
        const fs::path file = m_dir / "my.cnf", d = m_dir / "conf.d";
        put(d / "10.cnf", "[mysqld]\nmax_connections=10\n");
        put(d / "9.cnf", "[mysqld]\nmax_connections=20\n");
        put(d / "my.local.cnf", "[mysqld]\nmax_connections=77");
        put(d / "zz.cnf.bak", "[mysqld]\nmax_connections=99\n");
        put(d / "a.ini", "[mysqld]\nini=1\n");
        put(d / ".hidden.cnf", "[mysqld]\nhidden=1\n");
        put(d / "nogroup.cnf", "max_connections=5\n");
        put(d / "broken.cnf", "[mysqld]\nbefore=1\n[broken\nafter=1\n");
        put(d / "mark.cnf", "\xef\xbb\xbf[mysqld]\nmark=1\n");
        put(d / "writable.cnf", "[mysqld]\nmax_connections=666\n");
        ::chmod((d / "writable.cnf").c_str(), 0666);
        fs::create_symlink("/nowhere/at/all.cnf", d / "dangling.cnf");
        fs::create_directory(d / "directory.cnf");
        put(m_dir / "other.cnf", "[server]\nother=1\nsort_buffer_size=1M\n");
        const std::string includes = "!includedir " + d.string() + "  \n!include " + (m_dir / "other.cnf").string() + "\n!include " + (m_dir / "none.cnf").string() + '\n';
        put(file, "[mysqld]\nmax_connections=1\n" + includes + "sort_buffer_size=2M\n");
        compareWithServers(file);

        const auto files = OptionFiles::read(file, mariaDb);
        const OptionSetting *setting = files.effective("max_connections");
        QVERIFY(setting);
        QCOMPARE(setting->meaning, std::string("77"));
        QCOMPARE(setting->file, d / "my.local.cnf");
        QCOMPARE(setting->line, 2);
        // the others say who overrides them
        for (const OptionSetting &each : files.settings()) {
            if (each.variable == "max_connections" && &each != setting)
                QCOMPARE(each.why, (d / "my.local.cnf").string() + ":2");
        }
        QCOMPARE(files.effective("sort_buffer_size")->meaning, std::string("2M")); // behind the includes
        QCOMPARE(files.effective("sort_buffer_size")->file, file);
        QVERIFY(has(files, "world_writable", d / "writable.cnf"));
        QVERIFY(has(files, "dangling", d / "dangling.cnf"));
        QVERIFY(has(files, "no_group", d / "nogroup.cnf"));
        QVERIFY(has(files, "utf8_mark", d / "mark.cnf"));
        QVERIFY(has(files, "wrong_group", d / "broken.cnf"));
        QVERIFY(has(files, "missing", m_dir / "none.cnf"));
        QVERIFY(std::ranges::none_of(files.problems(), &OptionProblem::fatal));
    }

    void aCircleEndsAsWithTheServers()
    {
        const fs::path file = m_dir / "my.cnf", other = m_dir / "other.cnf";
        put(file, "[mysqld]\na=1\n!include " + other.string() + "\nb=1\n");
        put(other, "[mysqld]\nc=1\n!include " + file.string() + "\nd=1\n");
        compareWithServers(file);
        const auto files = OptionFiles::read(file, mariaDb);
        QVERIFY(has(files, "circle", other) && (has(files, "too_deep", file) || has(files, "too_deep", other)));
        // many includes of itself would take a server for ever; ours ends
        std::string many = "[mysqld]\na=1\n";
        for (int i = 0; i < 20; ++i)
            many += "!include " + file.string() + '\n';
        put(file, many);
        const auto ended = OptionFiles::read(file, mariaDb);
        QVERIFY(std::ranges::any_of(ended.problems(), [](const OptionProblem &problem) { return problem.code == "too_many"; }));
    }

    /// For whom the file is closed: it is said, nothing of it is guessed, and nothing is written.
    void whatCannotBeReadIsSaid()
    {
        if (::geteuid() != 0)
            QSKIP("only root can become somebody who may not read a file");
        for (fs::path directory = m_dir; directory != fs::path("/tmp") && directory != directory.root_path(); directory = directory.parent_path())
            ::chmod(directory.c_str(), 0755);
        const fs::path file = m_dir / "my.cnf", other = m_dir / "other.cnf";
        put(other, "[mysqld]\nport=2\n");
        put(file, "[mysqld]\nport=1\n!include " + other.string() + "\nsort_buffer_size=1M\n");
        ::chmod(file.c_str(), 0644);
        ::chmod(other.c_str(), 0600);
        {
            const Nobody nobody;
            compareWithServers(file); // as the server of that user would
            const auto files = OptionFiles::read(file, mariaDb);
            QVERIFY(has(files, "unreadable", other));
            QCOMPARE(files.effective("port")->meaning, std::string("1"));
        }
        ::chmod(file.c_str(), 0600);
        const Nobody nobody;
        const auto files = OptionFiles::read(file, mariaDb);
        QVERIFY(has(files, "unreadable", file) && files.problems().at(0).fatal);
        QVERIFY(files.settings().empty());
        QCOMPARE(files.set("port", "2").error().code, std::string(errors::configNotEditable.text));
    }

    void whatKeepsAServerFromStartingIsFatal()
    {
        const fs::path file = m_dir / "my.cnf";
        QVERIFY(OptionFiles::read(file, mariaDb).problems().at(0).fatal); // missing
        put(file, "\xef\xbb\xbf[mysqld]\nport=1\n");
        const auto files = OptionFiles::read(file, mariaDb);
        QVERIFY(files.problems().at(0).fatal && files.problems().at(0).code == "utf8_mark");
        QCOMPARE(files.set("port", "2").error().code, std::string(errors::configNotEditable.text));
    }

    void prefixes_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QByteArray>("variable");
        QTest::addColumn<QByteArray>("meaning");
        const auto row = [](const char *line, const char *variable, const char *meaning) { QTest::newRow(line) << QByteArray(line) << QByteArray(variable) << QByteArray(meaning); };
        row("skip-name-resolve", "skip_name_resolve", "ON");
        row("skip_name_resolve=0", "skip_name_resolve", "0");
        row("skip-log-bin", "log_bin", "OFF");
        row("loose-skip-slow_query_log", "slow_query_log", "OFF");
        row("disable_slow-query-log", "slow_query_log", "OFF");
        row("skip-slow-query-log=0", "slow_query_log", "ON");
        row("enable-slow-query-log", "slow_query_log", "ON");
        row("log_bin", "log_bin", "ON");
        row("loose_innodb-io-capacity=5", "innodb_io_capacity", "5");
        row("log-slow-query-time=3", "long_query_time", "3");
        row("sql_mode=", "sql_mode", "");
    }
    void prefixes()
    {
        QFETCH(QByteArray, line);
        QFETCH(QByteArray, variable);
        QFETCH(QByteArray, meaning);
        put(m_dir / "my.cnf", "[mysqld]\n" + line.toStdString() + '\n');
        const auto files = OptionFiles::read(m_dir / "my.cnf", mariaDb);
        const OptionSetting *setting = files.effective(variable.toStdString());
        QVERIFY(setting);
        QCOMPARE(QByteArray::fromStdString(setting->meaning), meaning);
    }

    void maximumIsAnotherOption()
    {
        put(m_dir / "my.cnf", "[mysqld]\nmaximum-max_connections=500\nmax_connections=60\nmaximum-sort_buffer_size=1M\n");
        const auto files = OptionFiles::read(m_dir / "my.cnf", mariaDb);
        QCOMPARE(files.effective("max_connections")->meaning, std::string("60"));
        QVERIFY(!files.effective("sort_buffer_size"));
    }

    void anEditChangesOneLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value"); // null: removed
        QTest::addColumn<QByteArray>("then");
        const auto row = [](const char *what, const char *text, const char *name, const char *value, const char *then) {
            QTest::newRow(what) << QByteArray(text) << QByteArray(name) << QByteArray(value) << QByteArray(then);
        };
        row("the last one, with its comment", "# top\n[mysqld]\n max-connections = 50   # note\n max-connections\t= 60 # two\n\n[client]\nmax-connections=1\n", "max_connections", "70",
            "# top\n[mysqld]\n max-connections = 50   # note\n max-connections\t= 70 # two\n\n[client]\nmax-connections=1\n");
        row("CRLF", "[mysqld]\r\nport=1\r\nx=2\r\n", "port", "3", "[mysqld]\r\nport=3\r\nx=2\r\n");
        row("a new one", "[mysqld]\nport=1\n\n# c\n[client]\nx=2\n", "max_connections", "70", "[mysqld]\nport=1\n\n# c\nmax_connections=70\n[client]\nx=2\n");
        row("a new one, CRLF", "[mysqld]\r\nport=1\r\n\r\n[client]\r\nx=2\r\n", "a", "70", "[mysqld]\r\nport=1\r\na=70\r\n\r\n[client]\r\nx=2\r\n");
        row("a new one at the end", "[mysqld]\nport=1", "a", "70", "[mysqld]\nport=1\na=70\n");
        row("a new section", "[client]\nx=2", "a", "70", "[client]\nx=2\n[mysqld]\na=70\n");
        row("an empty file", "", "a", "70", "[mysqld]\na=70\n");
        row("no value before", "[mysqld]\nskip-name-resolve\n", "skip_name_resolve", "OFF", "[mysqld]\nskip-name-resolve=OFF\n");
        row("skip- turned on", "[mysqld]\nskip-slow-query-log # why\n", "slow_query_log", "ON", "[mysqld]\nslow-query-log=ON # why\n");
        row("loose-skip-", "[mysqld]\nloose-skip-slow_query-log\n", "slow_query_log", "ON", "[mysqld]\nloose-slow_query-log=ON\n");
        row("quotes where they are needed", "[mysqld]\na=1\n", "a", "x # \"y\\z\" ", "[mysqld]\na=\"x # \\\"y\\\\z\\\" \"\n");
        row("quotes taken away", "[mysqld]\na=\"1\" # \"q\"\n", "a", "2", "[mysqld]\na=2 # \"q\"\n");
        row("empty", "[mysqld]\na=1\n", "a", "", "[mysqld]\na=\"\"\n");
        row("removed, everywhere", "[mysqld]\n port=1 # x\nb=2\n[server]\nport=3\n[client]\nport=4\n", "port", nullptr, "[mysqld]\n# port=1 # x\nb=2\n[server]\n#port=3\n[client]\nport=4\n");
        row("in the version's group", "[mysqld]\na=1\n[mariadb-10.11]\na=2\n[mariadb-10.6]\na=3\n", "a", "5", "[mysqld]\na=1\n[mariadb-10.11]\na=5\n[mariadb-10.6]\na=3\n");
    }
    void anEditChangesOneLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, then);
        const fs::path file = m_dir / "my.cnf";
        put(file, text.toStdString());
        const auto files = OptionFiles::read(file, mariaDb);
        const auto edits = value.isNull() ? files.remove(name.toStdString()) : files.set(name.toStdString(), value.toStdString());
        QVERIFY2(edits, edits ? "" : describe(edits.error()).c_str());
        QCOMPARE(edits->size(), std::size_t(1));
        QCOMPARE(QByteArray::fromStdString(edits->at(0).after), then);
        QCOMPARE(QByteArray::fromStdString(edits->at(0).before), text);
        put(file, edits->at(0).after);
        compareWithServers(file);
        QVERIFY(diffOf(edits->at(0)).find('+') != std::string::npos || value.isNull());
    }

    void theLineThatTakesEffectIsChanged()
    {
        const fs::path file = m_dir / "my.cnf", included = m_dir / "conf.d" / "50.cnf";
        put(included, "[mysqld]\nlong_query_time=5\n");
        put(file, "[mysqld]\nlong_query_time=10\n!includedir " + (m_dir / "conf.d").string() + '\n');
        auto edits = OptionFiles::read(file, mariaDb).set("long_query_time", "2");
        QVERIFY(edits);
        QCOMPARE(edits->at(0).file, included);
        QCOMPARE(edits->at(0).line, 2);
        QCOMPARE(diffOf(edits->at(0)), included.string() + ":2\n-long_query_time=5\n+long_query_time=2\n");
        // with the alias of MariaDB
        put(included, "[mysqld]\nlog_slow_query_time=5\n");
        edits = OptionFiles::read(file, mariaDb).set("long_query_time", "2");
        QVERIFY(edits);
        QCOMPARE(edits->at(0).after, std::string("[mysqld]\nlog_slow_query_time=2\n"));
        // both files are cleaned by a reset
        edits = OptionFiles::read(file, mariaDb).remove("long_query_time");
        QVERIFY(edits && edits->size() == 2);
        // a main file without options of the server leads to the included one
        put(file, "[client]\nport=1\n!includedir " + (m_dir / "conf.d").string() + '\n');
        edits = OptionFiles::read(file, mariaDb).set("max_connections", "7");
        QVERIFY(edits);
        QCOMPARE(edits->at(0).file, included);
    }

    void theCommandLineWins()
    {
        const fs::path file = m_dir / "my.cnf";
        put(file, "[mysqld]\nport=1\n");
        auto files = OptionFiles::read(file, mariaDb);
        files.addCommandLine({"/usr/sbin/mariadbd", "--defaults-file=/x", "--port=7", "--skip-networking"});
        QCOMPARE(files.effective("port")->meaning, std::string("7"));
        QCOMPARE(files.settings().at(0).why, std::string("command line"));
        const auto refused = files.set("port", "2");
        QVERIFY(!refused && refused.error().is(errors::configNotEditable));
        QCOMPARE(refused.error().fields.at("detail"), std::string("command line"));
    }

    void aLongLineIsNotEdited()
    {
        const fs::path file = m_dir / "my.cnf";
        put(file, "[mysqld]\na=" + std::string(5000, 'x') + "\nport=1\n");
        QVERIFY(!OptionFiles::read(file, mariaDb).set("port", "2"));
    }
};

QTEST_APPLESS_MAIN(TestOptionFiles)
#include "tst_optionfiles.moc"
