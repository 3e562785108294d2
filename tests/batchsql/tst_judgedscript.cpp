// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/batchsql/judgedscript.h"

#include <QTest>

using namespace zandb;

/// The guard's verdicts as an editor has them.
class TestJudgedScript : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void verdictsByLine()
    {
        GuardCache cache;
        const auto script = cache.judge("SELECT 1;\n\nDROP TABLE t;\nSELECT 2; SELECT 3;\n", "shop");
        QCOMPARE(script.statements.size(), std::size_t{4});
        QVERIFY(script.statements[0].mark.allowed && script.statements[0].mark.statementClass == 'R');
        QVERIFY(!script.statements[1].mark.allowed && script.statements[1].mark.why.starts_with("G1.5"));
        QCOMPARE(script.statements[1].line, 2);
        QCOMPARE(script.firstFrom(3)->offset, script.statements[2].offset);
        QCOMPARE(script.statements[3].line, 3);
        QCOMPARE(cache.judge(script.text, {}).statements.size(), std::size_t{4});
        QCOMPARE(cache.judgedAnew(), std::size_t{4}); // another default schema: names mean other things
    }

    void onlyWhatChangedIsJudgedAgain()
    {
        GuardCache cache;
        QByteArray text;
        for (int i = 0; i < 5000; ++i)
            text += "SELECT " + QByteArray::number(i) + ";\n";
        QCOMPARE(cache.judge(text, {}).statements.size(), std::size_t{5000});
        QCOMPARE(cache.judgedAnew(), std::size_t{5000});
        text.replace("SELECT 77;", "SELECT 777777;");
        (void)cache.judge(text, {});
        QCOMPARE(cache.judgedAnew(), std::size_t{1});
        // what is gone is forgotten
        (void)cache.judge("SELECT 1;", {});
        (void)cache.judge(text, {});
        QCOMPARE(cache.judgedAnew(), std::size_t{4999});
    }

    void theStatementAtTheCursor()
    {
        GuardCache cache;
        const auto script = cache.judge("SELECT 1;\nSELECT 2;\n", {});
        QCOMPARE(script.at(0), &script.statements[0]);
        QCOMPARE(script.at(8), &script.statements[0]);
        QCOMPARE(script.at(10), &script.statements[1]);
        QCOMPARE(script.at(1000), &script.statements[1]);
        QVERIFY(!cache.judge("-- nothing\n", {}).at(3));
    }

    void whatCannotBeSplitSaysWhere()
    {
        GuardCache cache;
        const auto script = cache.judge("SELECT 1;\nSELECT 'never closed\n", {});
        QVERIFY(script.statements.empty() && !script.problem.isEmpty());
        QCOMPARE(script.problemLine, 1);
    }
};

QTEST_GUILESS_MAIN(TestJudgedScript)
#include "tst_judgedscript.moc"
