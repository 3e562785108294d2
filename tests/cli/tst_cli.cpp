// SPDX-License-Identifier: GPL-3.0-or-later
// zandbctl as a program, as far as it needs no store: options, exit statuses, schedule preview.
#include "agent/protocol/json.h"
#include "app/cli/args.h"
#include "app/cli/backupargs.h"
#include "app/cli/command.h"
#include "app/cli/output.h"
#include "models/common/names.h"
#include "tests/places.h"
#include "tests/support/same.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <algorithm>
#include <csignal>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::cli;

namespace {

struct Ran
{
    int status = -1;
    QByteArray out;
    QByteArray err;
};

Ran ctl(const QStringList &words, const QByteArray &input = {})
{
    QProcess process;
    process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), words);
    process.write(input);
    process.closeWriteChannel();
    Ran ran;
    if (process.waitForFinished(120'000) && process.exitStatus() == QProcess::NormalExit)
        ran.status = process.exitCode();
    ran.out = process.readAllStandardOutput();
    ran.err = process.readAllStandardError();
    return ran;
}

} // namespace

class TestCli : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void argsAreTakenApart()
    {
        const Args::Spec spec{{"at", "keep"}, {"all"}};
        const auto args = Args::parse({"nightly", "--at", "02:30,14:00", "--at=18:00", "--all", "--keep", "3", "--", "--not-an-option"}, spec);
        QVERIFY(args);
        SAME(args->words(), (std::vector<std::string>{"nightly", "--not-an-option"}));
        SAME(args->list("at"), (std::vector<std::string>{"02:30", "14:00", "18:00"}));
        SAME(args->option("at"), "18:00");
        QVERIFY(args->flag("all"));
        SAME(*args->number("keep", 0, 0, 10), 3);
        QVERIFY(!args->number("keep", 0, 4, 10));
        QVERIFY(!Args::parse({"--what"}, spec));
        QVERIFY(!Args::parse({"--at"}, spec));
        QVERIFY(!Args::parse({"--all=yes"}, spec));
    }

    void durations()
    {
        SAME(*parseDuration("90"), 90);
        SAME(*parseDuration("90s"), 90);
        SAME(*parseDuration("15m"), 900);
        SAME(*parseDuration("6h"), 21600);
        SAME(*parseDuration("2d"), 172800);
        for (const char *bad : {"", "m", "-1", "1w", "1h30m", "99999999999999999999"})
            QVERIFY2(!parseDuration(bad), bad);
    }

    void backupOptionsBecomeArgs()
    {
        const Args::Spec spec{backupOptions(), {}};
        const auto json = readBackupArgs(*Args::parse({"--method", "logical", "--level", "9", "--long-statement", "1m"}, spec));
        QVERIFY(json);
        SAME(*json, (Json{{"method", "logical"}, {"compressionLevel", 9}, {"longStatementSeconds", 60}}));
        QVERIFY(!readBackupArgs(*Args::parse({"--method", "xtra"}, spec)));
        QVERIFY(!readBackupArgs(*Args::parse({"--level", "20"}, spec)));
    }

    void sizesForPeople()
    {
        SAME(sizeText(0), "0 B");
        SAME(sizeText(999), "999 B");
        SAME(sizeText(1000), "1000 B");
        SAME(sizeText(1024), "1.0 KiB");
        SAME(sizeText(1'400'000'000), "1.3 GiB");
        SAME(sizeText(123'456'789), "118 MiB");
        SAME(sizeText((1LL << 20) - 1), "1.0 MiB");
    }

    void wrongUsageIsTwo()
    {
        SAME(ctl({}).status, 2);
        SAME(ctl({QStringLiteral("nonsense")}).status, 2);
        SAME(ctl({QStringLiteral("host"), QStringLiteral("nonsense")}).status, 2);
        SAME(ctl({QStringLiteral("--config"), QStringLiteral("/nonexistent"), QStringLiteral("host"), QStringLiteral("list")}).status, 2);
        SAME(ctl({QStringLiteral("schedule"), QStringLiteral("preview")}).status, 2);
        const Ran help = ctl({QStringLiteral("--help")});
        SAME(help.status, 0);
        QVERIFY(help.out.contains("backup run"));
    }

    void wrongArgumentsAreRefused_data()
    {
        QTest::addColumn<QStringList>("words");
        for (const char *line : {"nonsense --help", "help nonsense", "host nonsense --help", "--config", "host list --config", "host list extra",
                                 "version extra", "schedule preview --jsonl extra", "task show", "group rename a", "overview now"})
            QTest::newRow(line) << QString::fromLatin1(line).split(QLatin1Char(' '));
    }
    void wrongArgumentsAreRefused()
    {
        QFETCH(QStringList, words);
        const Ran ran = ctl(words);
        SAME(ran.status, 2);
        QVERIFY(ran.out.isEmpty());
        QVERIFY(ran.err.startsWith("zandbctl: "));
    }

    void helpIsACommandToo()
    {
        SAME(ctl({QStringLiteral("help")}).out, ctl({QStringLiteral("--help")}).out);
        const Ran one = ctl({QStringLiteral("help"), QStringLiteral("task")});
        SAME(one.status, 0);
        QVERIFY(one.out.contains("task edit") && !one.out.contains("host add"));
        const Ran verb = ctl({QStringLiteral("task"), QStringLiteral("edit"), QStringLiteral("--help")});
        QVERIFY(verb.out.contains("task edit") && !verb.out.contains("task add"));
    }

    void failuresAreJsonToo()
    {
        const Ran ran = ctl({QStringLiteral("--json"), QStringLiteral("--config"), QStringLiteral("/nonexistent"), QStringLiteral("host"), QStringLiteral("list")});
        SAME(ran.status, 2);
        const auto json = parseJson(ran.out.toStdString());
        QVERIFY2(json, ran.out.constData());
        SAME((*json)["error"]["code"], "settings.invalid");
        SAME((*json)["error"]["class"], "permanent");
        SAME((*json)["error"]["fields"]["path"], "/nonexistent");
        SAME((*parseJson(ctl({QStringLiteral("nonsense"), QStringLiteral("--json")}).out.toStdString()))["error"]["code"], "usage");
    }

    void lostOutputIsAFailure()
    {
        QProcess process;
        process.setStandardOutputFile(QStringLiteral("/dev/full"));
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), {QStringLiteral("--help")});
        QVERIFY(process.waitForFinished(30000));
        SAME(process.exitCode(), 1);
        QVERIFY(process.readAllStandardError().contains("could not be written"));
    }

    void textsNameVerbsThatExist()
    {
        const auto verbs = allVerbs();
        static const QRegularExpression said(QStringLiteral("zandbctl ([a-z]+)(?: ([a-z][a-z-]*[a-z]))?"));
        int seen = 0;
        for (const char *path : {"/models/common/errortext.cpp", "/translations/zandb_zh_CN.ts", "/README.md", "/packaging/HOST.md",
                                 "/packaging/HEADLESS.md", "/packaging/STORE.md"}) {
            QFile file(QStringLiteral(ZANDB_SOURCE_DIR) + QLatin1String(path));
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString text = QString::fromUtf8(file.readAll());
            for (auto it = said.globalMatch(text); it.hasNext();) {
                const auto match = it.next();
                const std::string noun = match.captured(1).toStdString();
                const std::string verb = match.captured(2).toStdString();
                // prose goes on after "zandbctl"; what it names as a noun is to have the verb
                const bool isNoun = noun == "serve" || std::any_of(verbs.begin(), verbs.end(), [&](const Verb &v) { return v.noun == noun; });
                if (!isNoun && QLatin1String(path).endsWith(QLatin1String(".md")))
                    continue;
                ++seen;
                QVERIFY2(noun == "serve" || std::any_of(verbs.begin(), verbs.end(), [&](const Verb &v) {
                             return v.noun == noun && (v.verb.empty() || v.verb == verb);
                         }),
                         qPrintable(match.captured(0)));
            }
        }
        QVERIFY(seen > 10);
    }

    void terminalsAreNotSteered()
    {
        SAME(printable("a\x1b[2Jb\n\xc2\x9b" "c\xc3\xa4"), "a\\u001b[2Jb \\u009bc\xc3\xa4");
        SAME(printable("a\x1b\n\tb", true), "a\\u001b\n\tb");
        SAME(printable("x\xe2\x80\xae" "y\xe2\x81\xa6z\xff"), "x\\u202ey\\u2066z\xef\xbf\xbd");
    }

    /// Nobody may ever write into a pipe: it is refused and not waited for.
    void aPipeIsNoSettingsFile()
    {
        QTemporaryDir directory;
        const QString pipe = directory.filePath(QStringLiteral("pipe"));
        QCOMPARE(::mkfifo(qPrintable(pipe), 0600), 0);
        QProcess process;
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), {QStringLiteral("--config"), pipe, QStringLiteral("task"), QStringLiteral("list")});
        QVERIFY2(process.waitForFinished(30'000), "it waits for somebody to write");
        SAME(process.exitCode(), exitUsage);
        QVERIFY(process.readAllStandardError().contains("is no regular file"));
    }

    /// What is not a settings file must not fill the memory: a device has no size and no end.
    void aDeviceIsNoSettingsFile()
    {
        const Ran zero = ctl({QStringLiteral("--config"), QStringLiteral("/dev/zero"), QStringLiteral("task"), QStringLiteral("list"), QStringLiteral("--json")});
        SAME(zero.status, exitUsage);
        SAME(parseJson(zero.out.toStdString()).value()["error"]["code"], Json("settings.invalid"));
        QVERIFY2(zero.err.contains("is no regular file"), zero.err.constData());
        const Ran directory = ctl({QStringLiteral("--config"), QStringLiteral("/tmp"), QStringLiteral("task"), QStringLiteral("list")});
        SAME(directory.status, exitUsage);
        QVERIFY2(directory.err.contains("is a directory"), directory.err.constData());
    }

    /// One line of 300 MB cost 0.5 GB; the next line is answered all the same.
    void aLongLineIsNotKept()
    {
        QProcess process;
        process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), {QStringLiteral("schedule"), QStringLiteral("preview"), QStringLiteral("--jsonl")});
        QVERIFY(process.waitForStarted());
        const QByteArray piece(1 << 20, 'x');
        for (int i = 0; i < 64; ++i) {
            process.write(piece);
            while (process.bytesToWrite() > 0)
                QVERIFY(process.waitForBytesWritten(30'000));
        }
        process.write("\nnot json\n");
        while (process.peek(100'000).count('\n') < 2)
            QVERIFY(process.waitForReadyRead(60'000));
        QVERIFY(process.readLine().contains("longer than 65536 bytes"));
        QVERIFY(process.readLine().contains("not JSON"));
        QFile status(QStringLiteral("/proc/%1/status").arg(process.processId()));
        QVERIFY(status.open(QIODevice::ReadOnly));
        static const QRegularExpression peak(QStringLiteral("VmHWM:\\s+(\\d+) kB"));
        const int kilobytes = peak.match(QString::fromLatin1(status.readAll())).captured(1).toInt();
        QVERIFY2(kilobytes > 1000 && kilobytes < 100'000, qPrintable(QString::number(kilobytes)));
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(30'000));
    }

    /// Passwords and keys stand in the memory of these programs: a crash writes it nowhere.
    void aCrashLeavesNoMemoryImage()
    {
        QTemporaryDir directory;
        int in[2];
        int out[2];
        QVERIFY(::pipe(in) == 0 && ::pipe(out) == 0);
        const pid_t pid = ::fork();
        if (pid == 0) {
            const rlimit all{RLIM_INFINITY, RLIM_INFINITY};
            ::setrlimit(RLIMIT_CORE, &all);
            ::dup2(in[0], STDIN_FILENO);
            ::dup2(out[1], STDOUT_FILENO);
            ::close(in[1]);
            if (::chdir(qPrintable(directory.path())) == 0)
                ::execl(ZANDB_BINARY_DIR "/bin/zandbctl", "zandbctl", "schedule", "preview", "--jsonl", nullptr);
            ::_exit(1);
        }
        ::close(in[0]);
        ::close(out[1]);
        QVERIFY(::write(in[1], "x\n", 2) == 2);
        char answer[100];
        QVERIFY(::read(out[0], answer, sizeof answer) > 0); // it is at work
        QFile limits(QStringLiteral("/proc/%1/limits").arg(pid));
        QVERIFY(limits.open(QIODevice::ReadOnly));
        static const QRegularExpression none(QStringLiteral("Max core file size\\s+0\\s+0"));
        QVERIFY(none.match(QString::fromLatin1(limits.readAll())).hasMatch());
        int status = 0;
        QVERIFY(::kill(pid, SIGQUIT) == 0 && ::waitpid(pid, &status, 0) == pid);
        QVERIFY(WIFSIGNALED(status) && !WCOREDUMP(status));
        QVERIFY(QDir(directory.path()).isEmpty());
        ::close(in[1]);
        ::close(out[0]);
    }

    /// Names that steer a terminal, begin an option or climb out of a directory: no noun takes them.
    void namesThatAreNone_data()
    {
        QTest::addColumn<QByteArray>("name");
        for (const char *name : {"", "-oProxyCommand=x", "-oX\nY", "a\nb", "a\tb", "a\x1b[2Jb", "a\x7f", "a\xc2\x9b" "b", "a\xe2\x80\xae" "b", "a\xe2\x81\xa6" "b",
                                 "a\xe2\x80\x8b" "b", "\xff", " a", "a "})
            QTest::addRow("%s", QByteArray(name).toPercentEncoding().constData()) << QByteArray(name);
        QTest::newRow("long") << QByteArray(101, 'a');
    }
    void namesThatAreNone()
    {
        QFETCH(QByteArray, name);
        const std::string text = name.toStdString();
        for (const auto check : {names::checkHost, names::checkGroup, names::checkTask, names::checkPerson, names::checkLogin, names::checkRepository}) {
            const auto fits = check(text);
            QVERIFY(!fits);
            SAME(fits.error().code, std::string("usage"));
        }
        if (name.size() < 101)
            QVERIFY(!names::checkAddress(text));
    }

    void namesThatAreSome()
    {
        for (const char *name : {"db1", "db1.example.org", "\xe6\x95\xb0\xe6\x8d\xae\xe5\xba\x93", "ä-1"})
            QVERIFY2(names::checkHost(name) && names::checkGroup(name) && names::checkTask(name), name);
        QVERIFY(names::checkTask("nightly backups / all") && names::checkGroup("the shop") && !names::checkHost("the shop"));
        QVERIFY(!names::checkGroup("a/b") && !names::checkHost("a/b"));
        for (const char *address : {"db1", "127.0.0.1", "::1", "fe80::1%eth0", "db_1.example.org"})
            QVERIFY2(names::checkAddress(address), address);
        QVERIFY(names::checkLogin("zandb") && names::checkLogin("_svc-1") && !names::checkLogin("a b") && !names::checkLogin("a;b"));
        QVERIFY(names::checkRepository("local") && !names::checkRepository("../../x") && !names::checkRepository("a/b") && !names::checkRepository(".."));
    }

    /// The verbs refuse such names before they ask store or host for anything.
    void verbsRefuseBadNames_data()
    {
        QTest::addColumn<QStringList>("words");
        QTest::newRow("login") << QStringList{QStringLiteral("host"), QStringLiteral("add"), QStringLiteral("db1"), QStringLiteral("--user"), QStringLiteral("-oX\nY")};
        QTest::newRow("address") << QStringList{QStringLiteral("host"), QStringLiteral("add"), QStringLiteral("db1"), QStringLiteral("--address=-oX")};
        QTest::newRow("host") << QStringList{QStringLiteral("host"), QStringLiteral("add"), QStringLiteral("db1\x1b[2J")};
        QTest::newRow("repository") << QStringList{QStringLiteral("backup"), QStringLiteral("run"), QStringLiteral("db1/my3306"),
                                                   QStringLiteral("--repository"), QStringLiteral("../../x\n")};
        QTest::newRow("task") << QStringList{QStringLiteral("task"), QStringLiteral("add"), QStringLiteral("night\u202ely")};
        QTest::newRow("group") << QStringList{QStringLiteral("group"), QStringLiteral("rename"), QStringLiteral("shop"), QStringLiteral("a\x1b")};
    }
    void verbsRefuseBadNames()
    {
        QFETCH(QStringList, words);
        QTemporaryDir directory;
        QFile settings(directory.filePath(QStringLiteral("zandb.toml")));
        QVERIFY(settings.open(QIODevice::WriteOnly) && settings.write("[store]\nsocket = \"/nonexistent/x.sock\"\nuser = \"u\"\n") > 0);
        settings.close();
        const Ran ran = ctl(QStringList{QStringLiteral("--config"), settings.fileName(), QStringLiteral("--json")} + words);
        QVERIFY2(ran.status == exitUsage, (ran.out + ran.err).constData());
        SAME(parseJson(ran.out.toStdString()).value()["error"]["code"], Json("usage"));
    }

    void previewAnswersLineByLine()
    {
        const QByteArray input = R"({"schedule":{"every":"day","at":"02:30","zone":"Europe/Berlin"},"from":"2026-03-28T00:00:00Z","count":3}
not json
{"schedule":{"every":"week","on":["mon","thu"],"at":["02:30","14:00"],"zone":"UTC"},"from":"2026-03-01T00:00:00Z","count":2}
{"schedule":{"every":"fortnight"},"from":"2026-03-01T00:00:00Z","count":2}
{"schedule":{"every":"interval","seconds":900,"anchor":"2026-01-01T00:00:00Z"},"from":"2026-03-01T00:00:00Z","count":2}
{"schedule":{"every":"once","at":"2026-03-29T02:30:00","zone":"Europe/Berlin"},"from":"2026-03-01T00:00:00Z","count":5}
{"schedule":{"every":"day","at":"02:30","zone":"UTC"},"count":1}

{"schedule":{"every":"day","at":"02:30","zone":"UTC"},"from":"9999-12-30T12:00:00Z","count":3}
)";
        const Ran ran = ctl({QStringLiteral("schedule"), QStringLiteral("preview"), QStringLiteral("--jsonl")}, input);
        SAME(ran.status, 0);
        const auto lines = ran.out.trimmed().split('\n');
        SAME(lines.size(), 9);
        const auto line = [&](int i) { return *parseJson(lines[i].toStdString()); };
        // the gap: 02:30 does not exist on the 29th and fires at the first instant after it
        SAME(line(0)["occurrences"], (Json{"2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}));
        QVERIFY(line(1).contains("error"));
        SAME(line(2)["occurrences"], (Json{"2026-03-02T02:30:00Z", "2026-03-02T14:00:00Z"}));
        QVERIFY(line(3).contains("error"));
        SAME(line(4)["occurrences"], (Json{"2026-03-01T00:15:00Z", "2026-03-01T00:30:00Z"}));
        SAME(line(5)["occurrences"], Json::array({"2026-03-29T01:00:00Z"}));
        QVERIFY(line(6).contains("error"));
        QVERIFY(line(7).contains("error")); // each line has its answer, an empty one too
        SAME(line(8)["occurrences"], Json::array({"9999-12-31T02:30:00Z"})); // and no year that nobody can read back
        for (const int i : {1, 3, 6, 7})
            QVERIFY2(!lines[i].contains("exception") && !lines[i].contains("detail="), lines[i].constData());
    }

    void previewFlushesEveryLine()
    {
        QProcess process;
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"),
                      {QStringLiteral("schedule"), QStringLiteral("preview"), QStringLiteral("--jsonl")});
        QVERIFY(process.waitForStarted());
        for (int i = 0; i < 3; ++i) {
            process.write("{\"schedule\":{\"every\":\"day\",\"at\":\"02:30\",\"zone\":\"UTC\"},\"from\":\"2026-03-01T00:00:00Z\",\"count\":1}\n");
            QTRY_VERIFY_WITH_TIMEOUT(process.canReadLine(), 5000); // answered although the input goes on
            QVERIFY(process.readLine().contains("2026-03-01T02:30:00Z"));
        }
        process.closeWriteChannel();
        QVERIFY(process.waitForFinished(60'000));
    }

    void previewIsFast()
    {
        QByteArray input;
        for (int i = 0; i < 2000; ++i)
            input += R"({"schedule":{"every":"month","on":[1,15,"last"],"at":"02:30","zone":"Europe/Berlin"},"from":"2026-03-01T00:00:00Z","count":10})"
                     "\n";
        rusage before{};
        rusage after{};
        ::getrusage(RUSAGE_CHILDREN, &before);
        const Ran ran = ctl({QStringLiteral("schedule"), QStringLiteral("preview"), QStringLiteral("--jsonl")}, input);
        SAME(ran.out.count('\n'), 2000);
        ::getrusage(RUSAGE_CHILDREN, &after);
        const auto worked = after.ru_utime.tv_sec - before.ru_utime.tv_sec;
        QVERIFY2(worked < 10, qPrintable(QString::number(worked)));
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
