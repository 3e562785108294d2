// SPDX-License-Identifier: GPL-3.0-or-later
// `zandbctl slow ...` as a person or a script calls it.
#include "tests/places.h"
#include "tests/slowlog/slowstoretest.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestSlowVerbs : public SlowStoreTest
{
    Q_OBJECT

    QTemporaryDir m_directory;

    struct Ran
    {
        int status = -1;
        QString out;
        QString err;
        Json json() const { return parseJson(out.toStdString()).value_or(Json()); }
    };
    Ran ctl(const QStringList &words) const
    {
        QFile profile(m_directory.filePath(QStringLiteral("zandb.toml")));
        if (!profile.open(QFile::WriteOnly))
            return {};
        profile.write("[store]\nsocket = \"" + QByteArray::fromStdString(m_settings.socket) + "\"\nuser = \"root\"\nschema = \"" + QByteArray::fromStdString(m_settings.schema) + "\"\n");
        profile.close();
        QProcess process;
        process.start(QStringLiteral(ZANDB_BINARY_DIR "/bin/zandbctl"), QStringList{QStringLiteral("--config"), profile.fileName(), QStringLiteral("slow")} + words);
        Ran ran;
        if (process.waitForFinished(60'000) && process.exitStatus() == QProcess::NormalExit)
            ran.status = process.exitCode();
        ran.out = QString::fromUtf8(process.readAllStandardOutput());
        ran.err = QString::fromUtf8(process.readAllStandardError());
        return ran;
    }
    Ran ctl(const char *words) const { return ctl(QString::fromLatin1(words).split(QLatin1Char(' '))); }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("mySql");
        QTest::newRow("MariaDB") << false; // what differs by flavour is below the verbs
    }
    void initTestCase() {}
    void init()
    {
        prepareSlow();
        if (!m_session)
            return;
        const TimePoint at = m_now - 30min;
        VERIFY_OK(storeMinutes({minuteOf(at - 24h, {DigestEvents("select 1").event(2, 10)})}));
        VERIFY_OK(storeMinutes({minuteOf(at, {DigestEvents("select 1").event(4, 90, "shop", "shop").event(2, 10, "report", "shop").sample(at, 4, 90),
                                              DigestEvents("update t set a=?\nwhere b=?").event(1, 1'500'000)})}));
        QVERIFY(rollUpAll());
    }

    void top()
    {
        const auto ran = ctl("top --json");
        QCOMPARE(ran.status, 0);
        const Json json = ran.json();
        QCOMPARE(dumpJson(json.at("sum").at("events")), dumpJson(Json(3)));
        QCOMPARE(dumpJson(json.at("sum").at("query_time_s")), dumpJson(Json(7.0)));
        QCOMPARE(dumpJson(json.at("before").at("query_time_s")), dumpJson(Json(2.0)));
        QCOMPARE(dumpJson(json.at("new_digests")), dumpJson(Json(1)));
        const Json &first = json.at("digests").at(0);
        QCOMPARE(dumpJson(first.at("checksum")), dumpJson(Json(md5Of("select 1"))));
        QCOMPARE(dumpJson(first.at("query_time").at("sum")), dumpJson(Json(6.0)));
        QCOMPARE(dumpJson(first.at("query_time").at("max")), dumpJson(Json(4.0)));
        QVERIFY(std::abs(first.at("query_time").at("p95").get<double>() / 4 - 1) < 0.026);
        QVERIFY(std::abs(first.at("share").get<double>() - 6.0 / 7) < 1e-9);
        QCOMPARE(dumpJson(first.at("change")), dumpJson(Json(2.0)));
        QCOMPARE(dumpJson(first.at("bytes_sent")), dumpJson(Json())); // no log said it
        QCOMPARE(dumpJson(first.at("new")), dumpJson(Json(false)));
        QCOMPARE(dumpJson(json.at("digests").at(1).at("new")), dumpJson(Json(true)));

        const auto text = ctl("top");
        QCOMPARE(text.status, 0);
        QVERIFY2(text.out.contains(QLatin1String("7.00 s total time (+250 %), 3 statements (+200 %)")), qPrintable(text.out));
        QVERIFY(text.out.contains(QLatin1String("select 1")));
        QVERIFY(text.out.contains(QLatin1String("update t set a=? where b=?"))); // on one line
        QCOMPARE(dumpJson(ctl("top --sort rows --limit 1 --json").json().at("digests").at(0).at("fingerprint")), dumpJson(Json("update t set a=?\nwhere b=?")));
        QVERIFY(ctl("top --limit 1").err.contains(QLatin1String("--limit N lists more")));
    }

    void scopesAndTimes()
    {
        for (const char *scope : {"--group production", "--group production/shop", "--host db1", "--instance db1/my3306"})
            QCOMPARE(dumpJson(ctl((QLatin1String("top --json ") + QLatin1String(scope)).split(QLatin1Char(' '))).json().at("sum").at("events")), dumpJson(Json(3)));
        QCOMPARE(dumpJson(ctl("top --json --instance db1/my3307").json().at("sum").at("events")), dumpJson(Json(0)));
        QCOMPARE(dumpJson(ctl("top --json --since 20m").json().at("sum").at("events")), dumpJson(Json(0)));
        QCOMPARE(dumpJson(ctl("top --json --since 48h").json().at("sum").at("events")), dumpJson(Json(4)));
        const auto until = QString::fromStdString(toIso(m_now - 12h));
        QCOMPARE(ctl(QStringList{QStringLiteral("top"), QStringLiteral("--json"), QStringLiteral("--since"), QStringLiteral("48h"), QStringLiteral("--until"), until})
                     .json().at("sum").at("events").get<int>(), 1);
        for (const char *wrong : {"top --since soon", "top --since 1h --until 2h", "top --host db1 --group production", "top --sort size", "series --by day", "top extra"}) {
            const auto ran = ctl(wrong);
            QCOMPARE(ran.status, 2);
            QVERIFY2(ran.err.contains(QLatin1String("Usage: zandbctl slow")), qPrintable(ran.err));
        }
        QCOMPARE(ctl("top --host db9").status, 2);
    }

    void digest()
    {
        const QString checksum = QString::fromStdString(md5Of("select 1"));
        for (const QString &name : {checksum, checksum.left(8).toLower(), checksum.right(16)}) {
            const auto ran = ctl(QStringList{QStringLiteral("digest"), name, QStringLiteral("--json")});
            QCOMPARE(ran.status, 0);
            const Json json = ran.json();
            QCOMPARE(dumpJson(json.at("digest").at("events")), dumpJson(Json(2)));
            QCOMPARE(json.at("history").size(), 1);
            QCOMPARE(json.at("callers").size(), 2);
            QCOMPARE(dumpJson(json.at("callers").at(0).at("user")), dumpJson(Json("shop")));
            QCOMPARE(dumpJson(json.at("samples").at(0).at("query")), dumpJson(Json("select 1")));
        }
        const auto text = ctl(QStringList{QStringLiteral("digest"), checksum});
        QVERIFY(text.out.contains(QLatin1String("# slowest, ")) && text.out.contains(QLatin1String("report")));
        QCOMPARE(ctl("digest 0000").status, 2);
        const auto hostile = ctl(QStringList{QStringLiteral("digest"), QStringLiteral("' OR 1=1 -- ")});
        QCOMPARE(hostile.status, 2);
        QCOMPARE(number("SELECT COUNT(*) FROM slow_digest"), 2);
    }

    void series()
    {
        const Json json = ctl("series --json --since 1h --by user").json();
        QCOMPARE(json.at("lines").size(), 2);
        QCOMPARE(dumpJson(json.at("lines").at(0).at("key")), dumpJson(Json("shop")));
        QCOMPARE(dumpJson(json.at("lines").at(0).at("sum").at("query_time_s")), dumpJson(Json(5.0)));
        double sum = 0;
        for (const Json &point : json.at("lines").at(0).at("points"))
            sum += point.at("query_time_s").get<double>();
        QCOMPARE(sum, 5.0);
        QCOMPARE(dumpJson(json.at("step_s")), dumpJson(Json(60.0)));
        QCOMPARE(dumpJson(ctl("series --json --top 1").json().at("lines").at(1).at("key")), dumpJson(Json())); // all others
        QCOMPARE(ctl("series --by instance").status, 0);
    }

    void sources()
    {
        wire::SlowSource source;
        source.instance = "my3307";
        source.state = "no_source";
        source.reason = "off";
        source.setGlobal = {"SET GLOBAL slow_query_log = ON"};
        source.myCnf = {"slow_query_log = ON", "long_query_time = 1"};
        VERIFY_OK(slowlog::storeSources(*m_session, m_host, {source}));
        const auto ran = ctl("source");
        QVERIFY2(ran.out.contains(QLatin1String("db1/my3307 writes a slow log from now on with:\n  SET GLOBAL slow_query_log = ON\n")), qPrintable(ran.out));
        QVERIFY(ran.out.contains(QLatin1String("  long_query_time = 1\n")));
        const Json json = ctl("source --json").json();
        QCOMPARE(json.at("sources").size(), 2);
        QCOMPARE(dumpJson(json.at("sources").at(0).at("state")), dumpJson(Json("unknown")));
        QCOMPARE(dumpJson(json.at("sources").at(1).at("my_cnf").at(1)), dumpJson(Json("long_query_time = 1")));
        QVERIFY(json.at("stored_bytes").at("slow_span").get<std::int64_t>() > 0);
        // an empty answer says where to look
        const auto empty = ctl("top --instance db1/my3307");
        QVERIFY2(empty.out.contains(QLatin1String("zandbctl slow source says what to set")), qPrintable(empty.out));
    }

    void accepted()
    {
        const QString checksum = QString::fromStdString(md5Of("select 1"));
        QCOMPARE(ctl(QStringList{QStringLiteral("accept"), checksum, QStringLiteral("--note"), QStringLiteral("known for years")}).status, 0);
        QCOMPARE(dumpJson(ctl("top --json").json().at("digests").at(0).at("accepted").at("note")), dumpJson(Json("known for years")));
        QVERIFY(ctl("top").out.contains(QLatin1String("accepted")));
        QCOMPARE(ctl(QStringList{QStringLiteral("accept"), checksum, QStringLiteral("--withdraw")}).status, 0);
        QCOMPARE(dumpJson(ctl("top --json").json().at("digests").at(0).at("accepted")), dumpJson(Json()));
        QCOMPARE(number("SELECT COUNT(*) FROM audit WHERE act LIKE 'slow.%'"), 2);
    }
};

QTEST_GUILESS_MAIN(TestSlowVerbs)
#include "tst_slowverbs.moc"
