// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/crontab.h"
#include "models/schedule/schedule.h"

#include <QTest>

using namespace zandb;

class TestCrontab : public QObject
{
    Q_OBJECT

    static crontab::Line only(const char *text, bool isSystem = false)
    {
        auto lines = crontab::read(text, {isSystem, "Europe/Berlin"});
        return lines.size() == 1 ? lines.front() : crontab::Line();
    }

private Q_SLOTS:
    void schedules_data()
    {
        QTest::addColumn<QByteArray>("times");
        QTest::addColumn<QByteArray>("schedule"); ///< or why there is none
        const auto row = [](const char *times, const char *schedule) { QTest::newRow(times) << QByteArray(times) << QByteArray(schedule); };
        row("30 2 * * *", R"({"every":"day","at":"02:30","zone":"Europe/Berlin"})");
        row("0 8,20 * * *", R"({"every":"day","at":["08:00","20:00"],"zone":"Europe/Berlin"})");
        row("15 */6 * * *", R"({"every":"day","at":["00:15","06:15","12:15","18:15"],"zone":"Europe/Berlin"})");
        row("0 4 * * mon,thu", R"({"every":"week","on":["mon","thu"],"at":"04:00","zone":"Europe/Berlin"})");
        row("0 4 * * 1-5", R"({"every":"week","on":["mon","tue","wed","thu","fri"],"at":"04:00","zone":"Europe/Berlin"})");
        row("0 4 * * 7", R"({"every":"week","on":["sun"],"at":"04:00","zone":"Europe/Berlin"})");
        row("5 1 1,15 * *", R"({"every":"month","on":[1,15],"at":"01:05","zone":"Europe/Berlin"})");
        row("*/15 * * * *", R"({"every":"interval","seconds":900,"anchor":"2026-01-01T00:00:00Z"})");
        row("5-59/15 * * * *", R"({"every":"interval","seconds":900,"anchor":"2026-01-01T00:05:00Z"})");
        row("7 * * * *", R"({"every":"interval","seconds":3600,"anchor":"2026-01-01T00:07:00Z"})");
        row("* * * * *", R"({"every":"interval","seconds":60,"anchor":"2026-01-01T00:00:00Z"})");
        row("@daily", R"({"every":"day","at":"00:00","zone":"Europe/Berlin"})");
        row("@weekly", R"({"every":"week","on":["sun"],"at":"00:00","zone":"Europe/Berlin"})");
        row("@hourly", R"({"every":"interval","seconds":3600,"anchor":"2026-01-01T00:00:00Z"})");
        row("@reboot", "reboot");
        row("@yearly", "yearly");
        row("0 4 * 1,7 *", "months");
        row("0 4 13 * fri", "day_or_weekday");
        row("*/7 * * * *", "uneven");
        row("61 2 * * *", "not_understood");
        row("0 4 * * someday", "not_understood");
        row("5-1 2 * * *", "not_understood");
        row("*/0 2 * * *", "not_understood");
        row("0 2", "not_understood");
    }
    void schedules()
    {
        QFETCH(QByteArray, times);
        QFETCH(QByteArray, schedule);
        const auto line = only((times + " /usr/local/bin/x").constData());
        if (!schedule.startsWith('{')) {
            QCOMPARE(line.verdict, std::string("no"));
            QCOMPARE(line.why, schedule.toStdString());
            return;
        }
        QCOMPARE(line.verdict, std::string("task"));
        // the same schedule, however its members are ordered
        const auto expected = Schedule::fromJson(parseJson(schedule.toStdString()).value());
        const auto found = Schedule::fromJson(line.schedule);
        QVERIFY(expected && found);
        QCOMPARE(dumpJson(found->toJson()), dumpJson(expected->toJson()));
    }

    void commands_data()
    {
        QTest::addColumn<QByteArray>("command");
        QTest::addColumn<QByteArray>("kind"); ///< or why there is none
        QTest::addColumn<QByteArray>("words");
        const auto row = [](const char *command, const char *kind, const char *words) { QTest::newRow(command) << QByteArray(command) << QByteArray(kind) << QByteArray(words); };
        row("/usr/bin/mariabackup --backup --target-dir=/b", "backup", "/usr/bin/mariabackup|--backup|--target-dir=/b");
        row("mysqldump --all-databases > /b/all.sql 2>&1", "backup", "mysqldump|--all-databases");
        row("/usr/sbin/logrotate /etc/logrotate.d/mysql", "rotate", "/usr/sbin/logrotate|/etc/logrotate.d/mysql");
        row("/opt/purge 'two words' \"a \\\"b\\\"\" c\\ d >>/var/log/purge.log", "script", "/opt/purge|two words|a \"b\"|c d");
        row("/opt/purge file2 &>/dev/null", "script", "/opt/purge|file2");
        row("purge --all", "no_path", "");
        row("/opt/a | gzip > /b", "shell", "");
        row("cd /opt && ./purge", "shell", "");
        row("/opt/a $HOME", "shell", "");
        row("/opt/a *.log", "shell", "");
        row("A=b /opt/a", "shell", "");
        row("/opt/a \"unclosed", "shell", "");
        row("/opt/a > /b ; /opt/c", "shell", "");
        row("/opt/a < /b", "shell", "");
        row("/opt/a +%Y", "percent", "");
    }
    void commands()
    {
        QFETCH(QByteArray, command);
        QFETCH(QByteArray, kind);
        QFETCH(QByteArray, words);
        const auto line = only(("30 2 * * * " + command).constData());
        if (words.isEmpty()) {
            QCOMPARE(line.verdict, std::string("no"));
            QCOMPARE(line.why, kind.toStdString());
            return;
        }
        QCOMPARE(line.why, std::string());
        QCOMPARE(line.kind, kind.toStdString());
        std::string joined;
        for (const std::string &word : line.words)
            joined += (joined.empty() ? "" : "|") + word;
        QCOMPARE(joined, words.toStdString());
        QCOMPARE(std::ranges::count(line.notes, "output_dropped") > 0, command.contains('>'));
    }

    void oneNameForOneCommand()
    {
        const auto lines = crontab::read("0 1 * * * /opt/t.sh --days 5\n0 2 * * * /opt/t.sh --days 5\n0 3 * * * /opt/t.sh\n0 4 * * * /usr/t.sh\n", {});
        std::vector<std::string> names;
        for (const crontab::Line &line : lines) {
            names.push_back(line.scriptName);
            QCOMPARE(line.args["script"].get<std::string>(), line.scriptName);
        }
        QCOMPARE(names, (std::vector<std::string>{"t.sh", "t.sh", "t.sh-2", "t.sh-3"}));
    }

    void passwordsAreNotShown_data()
    {
        QTest::addColumn<QByteArray>("command");
        for (const char *command : {"/usr/bin/mysqldump -uroot -psecret --all-databases", "/usr/bin/mysql --password=secret -e x", "MYSQL_PWD=secret mysqldump x | gzip > y",
                                    "cd /b && mysqldump -psecret shop > x", "/opt/x --db-password=secret", "/usr/bin/pt-archiver -psecret"})
            QTest::newRow(command) << QByteArray(command);
    }
    void passwordsAreNotShown()
    {
        QFETCH(QByteArray, command);
        const auto line = only(("30 2 * * * " + command).constData());
        QVERIFY2(line.text.find("secret") == std::string::npos, line.text.c_str());
        for (const std::string &word : line.words)
            QVERIFY2(word.find("secret") == std::string::npos, word.c_str());
        QVERIFY(line.verdict == "no" || std::ranges::count(line.notes, "password") == 1);
    }

    void settingsAndUsers()
    {
        const auto lines = crontab::read("# comment\n\nMAILTO=\"dba@example.org\"\nCRON_TZ=Asia/Shanghai\nRETRIES = 3\n30 2 * * * mysql /opt/purge\n30 2 * * *\n", {true, "Europe/Berlin"});
        QCOMPARE(lines.size(), std::size_t{5});
        QCOMPARE(lines[0].notes, std::vector<std::string>{"mailto"});
        QCOMPARE(lines[3].number, 6);
        QCOMPARE(lines[3].user, std::string("mysql"));
        QCOMPARE(lines[3].schedule["zone"].get<std::string>(), std::string("Asia/Shanghai"));
        QCOMPARE(lines[3].notes, (std::vector<std::string>{"other_user", "environment"}));
        QCOMPARE(lines[4].why, std::string("no_command"));
        QCOMPARE(only("CRON_TZ=Nowhere/City").verdict, std::string("setting"));
        QCOMPARE(crontab::read("CRON_TZ=Nowhere/City\n30 2 * * * /opt/a\n", {}).at(1).why, std::string("zone"));
    }
};

QTEST_APPLESS_MAIN(TestCrontab)
#include "tst_crontab.moc"
