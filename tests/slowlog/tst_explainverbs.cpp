// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/slowlog/explainfleet.h"
#include "tests/support/same.h"

using namespace zandb;
using namespace std::chrono_literals;
using zandb::test::TestFleet;

/// `zandbctl slow explain` and `slow raw` through a real agent over SSH, of an entry that a real server wrote into its slow log.
class TestExplainVerbs : public QObject
{
    Q_OBJECT

    zandb::test::ExplainFleet m_explained;
    TestFleet *m_fleet = nullptr;
    std::string m_path;

    Json ctl(std::vector<std::string> words)
    {
        words.insert(words.begin(), "--json");
        const auto output = m_fleet->ctl(words);
        const auto json = parseJson(output.out);
        if (!json)
            qWarning("%s\n%s", output.out.c_str(), output.err.c_str());
        return json ? *json : Json();
    }
    static std::string codeOf(const Json &json) { return json.contains("error") ? json.at("error").at("code").get<std::string>() : std::string("none"); }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        m_explained.start();
        if (QTest::currentTestFailed())
            return;
        m_fleet = m_explained.fleet.get();
        m_path = m_explained.path();
    }

    void aDigestsPlan()
    {
        const std::string checksum = zandb::test::md5Of(zandb::test::ExplainFleet::update);
        Json json;
        // the agent asks servers for their logs every 30 s
        QTRY_VERIFY_WITH_TIMEOUT(codeOf(json = ctl({"slow", "explain", checksum.substr(16)})) == "none", 60'000);
        SAME(json["instance"], Json(m_path));
        SAME(json["as"], Json("update"));
        SAME(json["statement"], Json("SELECT * FROM o WHERE note = 'hidden'"));
        SAME(json["schema"], Json("trade"));
        SAME(json["tree"]["format"], Json("mariadb"));
        QVERIFY(json["plan"].contains("query_block"));
        SAME(json["tables"][0]["name"], Json("o"));
        SAME(json["used_indexes"], (Json{{{"table", "o"}, {"index", "note"}}}));
        QVERIFY(json["rows"].size() == 1);

        const auto text = m_fleet->ctl({"slow", "explain", checksum});
        QCOMPARE(text.status, 0);
        for (const char *piece : {"UPDATE", "SELECT * FROM o WHERE note = 'hidden'", "-> table o", "note (note)", "used by o"})
            QVERIFY2(text.out.find(piece) != std::string::npos, text.out.c_str());

        const Json raw = ctl({"slow", "raw", checksum});
        SAME(raw["statement"], Json("UPDATE o SET note = 'secret' WHERE note = 'hidden'"));
        QVERIFY(raw["text"].get<std::string>().starts_with("# User@Host: app"));
        QVERIFY(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'slow.raw' AND subject = '" + m_path + "' AND person = 'tester'") >= "3");
        QVERIFY(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE act = 'slow.explain' AND subject = '" + m_path + "'") >= "2");
        QCOMPARE(m_fleet->storeValue("SELECT COUNT(*) FROM zandb.audit WHERE detail LIKE '%hidden%'"), std::string("0"));
        // what has no plan says so
        const Json insert = ctl({"slow", "explain", zandb::test::md5Of(zandb::test::ExplainFleet::insert)});
        QCOMPARE(codeOf(insert), std::string("explain.refused"));
        SAME(insert["error"]["fields"]["reason"], Json("explain.values"));
        QCOMPARE(m_fleet->host().servers[0]->value("SELECT COUNT(*) FROM trade.o").value_or("?"), std::string("3"));
    }

    void aTextsPlan()
    {
        const Json json = ctl({"slow", "explain", "--sql", "SELECT note FROM o ORDER BY note", "--instance", m_path, "--schema", "trade"});
        QCOMPARE(codeOf(json), std::string("none"));
        SAME(json["used_indexes"], (Json{{{"table", "o"}, {"index", "note"}}}));
        QCOMPARE(codeOf(ctl({"slow", "explain", "--sql", "SELECT 1 INTO OUTFILE '/tmp/zandb-never'", "--instance", m_path})), std::string("explain.refused"));
        QCOMPARE(m_fleet->ctl({"slow", "explain", "--sql", "SELECT 1"}).status, 2);
        QCOMPARE(m_fleet->ctl({"slow", "explain"}).status, 2);
        QCOMPARE(m_fleet->ctl({"slow", "explain", "ABCD", "--sql", "SELECT 1", "--instance", m_path}).status, 2);
        QCOMPARE(codeOf(ctl({"slow", "explain", "--sql", "SELECT 1", "--instance", "db1/my1"})), std::string("not_found"));
        QCOMPARE(codeOf(ctl({"slow", "raw", "00000000000000000000000000000001"})), std::string("not_found"));
    }

    void anEntryThatIsGone()
    {
        std::filesystem::resize_file(m_fleet->host().servers[0]->logDirectory() / "slow.log", 0);
        QCOMPARE(codeOf(ctl({"slow", "explain", zandb::test::md5Of(zandb::test::ExplainFleet::update)})), std::string("slowlog.gone"));
    }
};

QTEST_GUILESS_MAIN(TestExplainVerbs)
#include "tst_explainverbs.moc"
