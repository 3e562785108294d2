// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/instances.h"
#include "agent/fleet/mycnf.h"
#include "agent/protocol/errors.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <random>

using namespace zandb;
using namespace zandb::agent;
namespace fs = std::filesystem;

namespace {

void write(const fs::path &file, std::string_view text)
{
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
}

} // namespace

class TestMyCnf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value"); // null: not set
        const auto row = [](const char *what, const char *text, const char *name, const char *value) {
            QTest::newRow(what) << QByteArray(text) << QByteArray(name) << QByteArray(value);
        };
        row("plain", "[mysqld]\nport=3306\n", "port", "3306");
        row("blanks", "  [mysqld]\n  port \t=  3306  \r\n", "port", "3306");
        row("dash for underscore", "[mysqld]\nslow-query-log-file=/a\n", "slow_query_log_file", "/a");
        row("underscore for dash", "[mysqld]\nslow_query_log_file=/a\n", "slow-query-log-file", "/a");
        row("loose", "[mysqld]\nloose-port=1\n", "port", "1");
        row("double quotes", "[mysqld]\nsocket=\"/a b/#c\" # where\n", "socket", "/a b/#c");
        row("single quotes", "[mysqld]\nsocket = '/a;b'\n", "socket", "/a;b");
        row("comment behind", "[mysqld]\nport=3306 # the usual\n", "port", "3306");
        row("semicolon is no comment behind", "[mysqld]\ninit_connect=a;b\n", "init_connect", "a;b");
        row("comment lines", "# x\n; port=1\n[mysqld]\n#port=1\n;port=2\n", "port", nullptr);
        row("apostrophe", "[mysqld]\nname=it's # so\n", "name", "it's # so"); // a quote that is never closed
        row("escapes", "[mysqld]\nname=a\\sb\\\\c\\td\\q\n", "name", "a b\\c\td\\q");
        row("no value", "[mysqld]\nskip-networking\n", "skip_networking", "");
        row("last wins", "[mysqld]\nport=1\nport=2\n", "port", "2");
        row("last section wins", "[mysqld]\nport=1\n[mariadb]\nport=2\n[mysqld]\n", "port", "2");
        row("server", "[server]\nport=1\n", "port", "1");
        row("versioned", "[mariadb-10.11]\nport=1\n", "port", "1");
        row("versioned mysqld", "[mysqld-8.0]\nport=1\n", "port", "1");
        row("another program", "[mysqldump]\nport=1\n[mysqld_safe]\nport=2\n[client]\nport=3\n", "port", nullptr);
        row("another program that looks versioned", "[mysqld-backup]\nport=1\n", "port", nullptr);
        row("before any section", "port=1\n[mysqld]\n", "port", nullptr);
        row("include", "!include /etc/other\n[mysqld]\n!includedir /etc/d\nport=5\n", "port", "5");
        row("no end of line", "[mysqld]\nport=5", "port", "5");
        row("unclosed section", "[mysqld]\nport=1\n[client\nport=2\n", "port", "1");
        row("empty section name", "[]\nport=2\n", "port", nullptr);
        row("only an equals sign", "[mysqld]\n=\n==\nport==\n", "port", "=");
        row("byte order mark", "\xef\xbb\xbf[mysqld]\nport=5", "port", "5");
    }

    void reads()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        const auto seen = MyCnf::parse(text.toStdString()).server(name.toStdString());
        QCOMPARE(seen.has_value(), !value.isNull());
        if (seen)
            QCOMPARE(QByteArray::fromStdString(*seen), value);
    }

    void readsOtherSections()
    {
        const auto cnf = MyCnf::parse("[client]\nuser=a\n[mysqld]\nuser=b\n");
        QCOMPARE(cnf.value("client", "user"), std::optional<std::string>("a"));
        QCOMPARE(cnf.value("mysqld", "user"), std::optional<std::string>("b"));
        QVERIFY(!cnf.value("mysql", "user"));
    }

    void boundsWhatItReads()
    {
        QVERIFY(!MyCnf::parse("[mysqld]\nport=" + std::string(100'000, '1') + "\n").server("port"));
        QVERIFY(!MyCnf::parse("[mysqld]\n" + std::string(2 << 20, '\n') + "port=1\n").server("port"));
    }

    /// Nothing in it is an error, whatever it is.
    void survivesNoise()
    {
        std::mt19937 random(20261122);
        static constexpr char letters[] = "[]=#;!'\"\\-_ \t\r\n\0mysqldport139";
        const std::string alphabet(letters, sizeof letters);
        for (int round = 0; round < 20'000; ++round) {
            std::string text = round % 2 ? "[mysqld]\n" : "";
            for (std::size_t n = random() % 60; n > 0; --n)
                text += round % 5 ? alphabet[random() % alphabet.size()] : static_cast<char>(random());
            (void)MyCnf::parse(text).server("port");
        }
    }

    void findsTheStandardLayout()
    {
        QTemporaryDir directory;
        const fs::path base = directory.path().toStdString();
        write(base / "my3306/my.cnf", "[mysqld]\nport=3306\n");
        write(base / "my3307/my.cnf", "[mysqld]\nport=13307\ndatadir=/data/7\nsocket=sock\nlog-error=/logs/7/error.log\n");
        write(base / "my3308/other.cnf", "");                   // no my.cnf: not an instance
        write(base / "my03309/my.cnf", "");                     // no such port
        write(base / "my99999/my.cnf", "");
        write(base / "my3310x/my.cnf", "");
        write(base / "mysql/my.cnf", "");
        write(base / "elsewhere.cnf", "[mariadb]\nport = 4000\ndatadir = /var/lib/x\nlog_error = error.log\nslow_query_log_file=/var/log/x/slow.log\n");
        Config config;
        config.base = base;
        config.instances.push_back({"main", "/run/x.sock", {}, {}, base / "elsewhere.cnf", {}, {}});

        const auto found = findInstances(config);
        QCOMPARE(found.size(), std::size_t{3});
        QCOMPARE(found[0].name, std::string("main"));
        QCOMPARE(found[0].port, 4000);
        QCOMPARE(found[0].socket, fs::path("/run/x.sock"));
        QCOMPARE(found[0].dataDirectory, fs::path("/var/lib/x"));
        QCOMPARE(found[0].logDirectory, fs::path("/var/log/x")); // error.log lies in the data directory
        QVERIFY(found[0].directory.empty());
        QCOMPARE(found[1].name, std::string("my3306"));
        QCOMPARE(found[1].port, 3306);
        QCOMPARE(found[1].directory, base / "my3306");
        QCOMPARE(found[1].dataDirectory, base / "my3306/data");
        QCOMPARE(found[1].logDirectory, base / "my3306/log");
        QCOMPARE(found[1].socket, base / "my3306/run/mysqld.sock");
        QCOMPARE(found[1].myCnf, base / "my3306/my.cnf");
        QCOMPARE(found[2].port, 13307);
        QCOMPARE(found[2].dataDirectory, fs::path("/data/7"));
        QCOMPARE(found[2].socket, fs::path("/data/7/sock"));
        QCOMPARE(found[2].logDirectory, fs::path("/logs/7"));

        QVERIFY(findInstance(config, "my3306"));
        const auto unknown = findInstance(config, "my1");
        QVERIFY(!unknown && unknown.error().is(errors::instanceUnknown));
        config.base = base / "absent";
        QCOMPARE(findInstances(config).size(), std::size_t{1});
    }
};

QTEST_APPLESS_MAIN(TestMyCnf)
#include "tst_mycnf.moc"
