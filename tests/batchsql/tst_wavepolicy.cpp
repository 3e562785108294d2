// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/scripttext.h"
#include "app/batchsql/waves.h"
#include "models/batchsql/resultcomparison.h"

#include <QTest>

using namespace zandb;
using namespace zandb::batchsql;
using namespace zandb::workflow;

/// How a script goes over instances, and how files of scripts are read: pure rules.
class TestWavePolicy : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theCanaryGoesAlone()
    {
        std::vector<Uuid> ids;
        for (int i = 0; i < 6; ++i)
            ids.push_back(Uuid::v7());
        WavePolicy policy;
        policy.canary = ids[3];
        policy.wave = 2;
        const auto targets = planWaves(ids, policy);
        std::string waves;
        for (const PlanTarget &target : targets)
            waves += std::to_string(target.wave);
        QCOMPARE(waves, std::string("011223"));
        QVERIFY(targets[0].instance == ids[3] && targets[1].instance == ids[0] && targets[5].instance == ids[5]);
        policy.canary.reset();
        policy.noCanary = true;
        policy.wave = 4;
        QCOMPARE(planWaves(ids, policy)[4].wave, 1);
        QCOMPARE(planWaves(ids, policy)[3].wave, 0);
        QVERIFY(planWaves({}, policy).empty());
    }

    void whatStops()
    {
        std::vector<PlanTarget> targets(10);
        WavePolicy policy;
        QVERIFY(!hasFailedTooOften(targets, policy));
        for (int i = 0; i < 9; ++i)
            targets[static_cast<std::size_t>(i)].state = "succeeded";
        QVERIFY(!hasFailedTooOften(targets, policy));
        targets[9].state = "unknown";
        QVERIFY(hasFailedTooOften(targets, policy));
        policy.stopPercent = 10;
        QVERIFY(!hasFailedTooOften(targets, policy)); // 10 % is allowed
        targets[8].state = "failed";
        QVERIFY(hasFailedTooOften(targets, policy));
        QCOMPARE(stopPercentOf("first"), std::optional(0));
        QCOMPARE(stopPercentOf("10%"), std::optional(10));
        for (const char *bad : {"", "10", "101%", "-1%", "%", "x%"})
            QVERIFY2(!stopPercentOf(bad), bad);
    }

    void replicasAreFoundByTheirSource()
    {
        Fleet fleet;
        const auto host = [&](const char *name, const char *address) {
            Host one;
            one.id = Uuid::v7();
            one.name = name;
            one.address = address;
            fleet.hosts.push_back(one);
            return one.id;
        };
        const auto instance = [&](const Uuid &on, int port, const char *source, int sourcePort) {
            InstanceRecord record;
            record.instance.id = Uuid::v7();
            record.instance.hostId = on;
            record.instance.port = port;
            record.detail.emplace();
            if (source) {
                wire::ReplicationState state;
                state.sourceHost = source;
                state.sourcePort = sourcePort;
                record.detail->replication.push_back(state);
            }
            fleet.instances.push_back(record);
            return record.instance.id;
        };
        const Uuid a = host("db1", "10.0.0.1"), b = host("db2", "10.0.0.2");
        const Uuid primary = instance(a, 3306, nullptr, 0), byAddress = instance(b, 3306, "10.0.0.1", 3306), local = instance(a, 3307, "127.0.0.1", 3306);
        instance(b, 3307, "10.0.0.1", 3307);
        instance(b, 3308, "127.0.0.1", 3306);
        QCOMPARE(replicasOf(fleet, primary), (std::vector<Uuid>{byAddress, local}));
    }

    void thisInstanceDiffers()
    {
        const auto rows = [](const char *json) { return parseJson(json).value().get<std::vector<Json>>(); };
        const std::vector<std::string> columns{"name", "value"};
        const AnsweredRows one{columns, rows(R"([["a","1"],["b",null],["b",null]])"), false}, same{columns, rows(R"([["b",null],["a","1"],["b",null]])"), false},
            other{columns, rows(R"([["a","1.0"],["b",""],["b",null]])"), false}, cut{columns, rows(R"([["a","1"]])"), true}, apart{{"x"}, rows(R"([["a"]])"), false};
        const auto seen = compareAnswers({&other, &one, nullptr, &same, &cut, &apart});
        QCOMPARE(seen.common, std::optional<std::size_t>(1));
        QCOMPARE(seen.agreeing, std::size_t{2});
        QCOMPARE(seen.different.size(), std::size_t{4});
        const auto &first = seen.different[0];
        QVERIFY(first.instance == 0 && first.extra == (std::vector<std::size_t>{0, 1}) && first.missing == (std::vector<std::size_t>{0, 2}));
        QVERIFY(seen.different[1].instance == 2 && seen.different[1].hasNoAnswer);
        QVERIFY(seen.different[2].instance == 4 && seen.different[2].extra.empty() && seen.different[2].missing.empty());
        QVERIFY(seen.different[3].otherColumns);
        QVERIFY(!compareAnswers({}).common);
        QVERIFY(!compareAnswers({nullptr}).common && compareAnswers({nullptr}).different.size() == 1);
        QVERIFY(compareAnswers({&one, &same}).different.empty());
    }

    void encodings()
    {
        const auto good = [](std::string bytes, const char *encoding, const char *text, bool noted) {
            const ScriptText read = textOfScript(std::move(bytes), encoding);
            return read.problem.empty() && read.text == text && read.note.empty() != noted;
        };
        QVERIFY(good("SELECT 1", "", "SELECT 1", false));
        QVERIFY(good("\xef\xbb\xbfSELECT 1", "", "SELECT 1", true));
        QVERIFY(good(std::string("\xff\xfeS\0\xe9\0", 6), "", "S\xc3\xa9", true));
        QVERIFY(good(std::string("\xfe\xff\0S\0\xe9", 6), "", "S\xc3\xa9", true));
        QVERIFY(good(std::string("S\0\xe9\0", 4), "utf-16le", "S\xc3\xa9", true));
        QVERIFY(good("SELECT '\xe9'", "latin1", "SELECT '\xc3\xa9'", true));
        QVERIFY2(good("SELECT '\xd6\xd0'", "gbk", "SELECT '\xe4\xb8\xad'", true), textOfScript("SELECT '\xd6\xd0'", "gbk").problem.c_str());
        const auto problem = [](std::string bytes, const char *encoding = "") { return QByteArray::fromStdString(textOfScript(std::move(bytes), encoding).problem); };
        QVERIFY(problem(std::string("SELECT 1;\nSELECT '\0'", 20)).startsWith("line 2 has a NUL byte"));
        QVERIFY(problem(std::string("S\0E\0L\0", 6)).contains("utf-16le"));
        QVERIFY(problem("SELECT 1;\n\nSELECT '\xd6\xd0'").startsWith("line 3 is no UTF-8"));
        QVERIFY(problem("SELECT 1", "klingon").contains("not known"));
    }
};

QTEST_GUILESS_MAIN(TestWavePolicy)
#include "tst_wavepolicy.moc"
