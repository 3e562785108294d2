// SPDX-License-Identifier: GPL-3.0-or-later
// zandbctl as a program, as far as it needs no store: options, exit statuses, schedule preview.
#include "agent/protocol/json.h"
#include "app/cli/args.h"
#include "app/cli/backupargs.h"
#include "app/cli/command.h"
#include "app/cli/output.h"
#include "tests/support/same.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>

#include <algorithm>

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
    if (process.waitForFinished(30000) && process.exitStatus() == QProcess::NormalExit)
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
        SAME(sizeText(1000), "1.0 kB");
        SAME(sizeText(1'400'000'000), "1.4 GB");
        SAME(sizeText(123'456'789), "123 MB");
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
        SAME(printable("a\x1b[2Jb\n\xc2\x9b" "c\xc3\xa4"), "a [2Jb   c\xc3\xa4");
        SAME(printable("a\x1b\n\tb", true), "a \n\tb");
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
        QVERIFY(process.waitForFinished(5000));
    }

    void previewIsFast()
    {
        QByteArray input;
        for (int i = 0; i < 2000; ++i)
            input += R"({"schedule":{"every":"month","on":[1,15,"last"],"at":"02:30","zone":"Europe/Berlin"},"from":"2026-03-01T00:00:00Z","count":10})"
                     "\n";
        QElapsedTimer timer;
        timer.start();
        const Ran ran = ctl({QStringLiteral("schedule"), QStringLiteral("preview"), QStringLiteral("--jsonl")}, input);
        SAME(ran.out.count('\n'), 2000);
        QVERIFY2(timer.elapsed() < 10000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestCli)
#include "tst_cli.moc"
