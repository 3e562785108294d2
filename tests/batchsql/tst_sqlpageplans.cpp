// SPDX-License-Identifier: GPL-3.0-or-later
// The SQL page in the window, on a real fleet: store, sshd, agents, MariaDB.  Scripts that change something: preview, waves, retries, a window that is killed.
#include "tests/batchsql/sqlpagefixture.h"

using namespace zandb;

class TestSqlPagePlans : public test::SqlPageTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startFleet(); }
    void init() { openAnew(); }
    void cleanup() { close(); }
    void cleanupTestCase() { m_fleet.reset(); }

    /// Verdict, rows, sizes, locks, role and who is in the way, of a statement that is allowed and of one that is not.
    void previewTellsWhatWouldHappen()
    {
        chooseAll();
        const auto holder = hold(1);
        QVERIFY(holder);
        type("UPDATE sqltest.t SET note = 'x' WHERE id = 10 LIMIT 1;\nALTER TABLE sqltest.t ADD INDEX by_note (note);\nDELETE FROM sqltest.absent WHERE id = 1 LIMIT 1;");
        QTRY_VERIFY(editor()->judged() && editor()->judged()->statements.size() == 3);
        QVERIFY(test::click(find<QPushButton>("sqlPreviewButton")));
        auto *preview = model("sqlPreviewTable");
        QTRY_COMPARE_WITH_TIMEOUT(preview->rowCount(), 6, 20'000);
        const auto cell = [&](std::size_t host, int statement, int at) {
            for (int row = 0; row < preview->rowCount(); ++row) {
                if (preview->index(row, SqlPreviewModel::Instance).data().toString() == qs(m_fleet->host(host).path()) && preview->index(row, SqlPreviewModel::Number).data().toInt() == statement)
                    return preview->index(row, at).data().toString();
            }
            return QStringLiteral("?");
        };
        using Model = SqlPreviewModel;
        QCOMPARE(cell(0, 1, Model::Verdict), QStringLiteral("after a confirmation (D)"));
        QCOMPARE(cell(0, 1, Model::Rows), QStringLiteral("1"));
        QVERIFY2(cell(0, 1, Model::Size).contains(QStringLiteral("KiB")), qPrintable(cell(0, 1, Model::Size)));
        QVERIFY2(cell(0, 1, Model::Locks).contains(QStringLiteral("rows")), qPrintable(cell(0, 1, Model::Locks)));
        QCOMPARE(cell(0, 1, Model::Role), QStringLiteral("alone"));
        QVERIFY2(cell(0, 1, Model::Notes).contains(QStringLiteral("PRIMARY")), qPrintable(cell(0, 1, Model::Notes)));
        QCOMPARE(cell(0, 1, Model::Blockers), QString());
        QVERIFY2(cell(1, 1, Model::Blockers).startsWith(QStringLiteral("session ")), qPrintable(cell(1, 1, Model::Blockers)));
        QVERIFY2(cell(0, 2, Model::Notes).contains(QStringLiteral("done in place")), qPrintable(cell(0, 2, Model::Notes)));
        QVERIFY2(cell(0, 2, Model::Locks).contains(QStringLiteral("metadata, exclusive")), qPrintable(cell(0, 2, Model::Locks)));
        QVERIFY2(cell(0, 3, Model::Verdict).startsWith(QStringLiteral("refused")), qPrintable(cell(0, 3, Model::Verdict)));
        QVERIFY2(said().contains(QStringLiteral("would not run on 2")), qPrintable(said()));
        picture("preview");
        m_language.set(QStringLiteral("zh_CN"));
        picture("preview-zh");
        m_language.set(QStringLiteral("en"));
        release(1);
        QVERIFY(holder->waitForFinished());
    }

    /// The first instance fails, and the other one is not touched; mended, what failed is repeated and the rest follows.
    void aFailureStopsAndIsRetried()
    {
        QVERIFY(server(0).exec("ALTER TABLE sqltest.t RENAME COLUMN note TO away"));
        type("UPDATE sqltest.t SET note = 'waves' WHERE id = 11 LIMIT 1;");
        QTRY_VERIFY(editor()->judged() && editor()->judged()->statements.size() == 1);
        QVERIFY(test::click(find<QPushButton>("sqlRules")));
        QDialog *rules = nullptr;
        QTRY_VERIFY((rules = window().findChild<QDialog *>(QStringLiteral("sqlRulesDialog"))) && rules->isVisible());
        test::find<QCheckBox>(*rules, "rulesLagLimited")->setChecked(true);
        test::find<QSpinBox>(*rules, "rulesWave")->setValue(3);
        QVERIFY(rules->grab().save(m_pictures + QStringLiteral("/rules.png")));
        QVERIFY(test::click(test::find<QPushButton>(*rules, "rulesAccept")));
        QTRY_COMPARE(find<QSpinBox>("sqlWave")->value(), 3);
        QVERIFY(test::click(find<QPushButton>("sqlRunAll")));
        QTRY_VERIFY2_WITH_TIMEOUT(said().contains(QStringLiteral("0 of 2 done · 1 failed")) && find<QPushButton>("sqlRetryFailed")->isEnabled(), qPrintable(said()), 30'000);
        QCOMPARE(plan("state"), QStringLiteral("stopped"));
        QVERIFY(plan("policy").contains(QStringLiteral("\"maxLagSeconds\":30")));
        QCOMPARE(column(grid()->model(), SqlGridModel::Wave), QStringLiteral("1\n2"));
        picture("stopped");
        QVERIFY(server(0).exec("ALTER TABLE sqltest.t RENAME COLUMN away TO note"));
        m_dialogs.questions.clear();
        QVERIFY(test::click(find<QPushButton>("sqlRetryFailed")));
        QTRY_VERIFY2_WITH_TIMEOUT(said().contains(QStringLiteral("2 of 2 done · 0 failed")) && find<QPushButton>("sqlRunAll")->isEnabled(), qPrintable(said()), 30'000);
        QCOMPARE(m_dialogs.questions.size(), 1); // whoever goes on with a plan is shown what it does
        QCOMPARE(m_dialogs.last.typeToConfirm, QStringLiteral("production fleet"));
        QCOMPARE(plan("state"), QStringLiteral("finished"));
        for (std::size_t host = 0; host < 2; ++host)
            QCOMPARE(server(host).value("SELECT note FROM sqltest.t WHERE id = 11").value_or(""), std::string("waves"));
    }

    /// For the test below: the window that is killed.
    void theWindowThatIsKilled()
    {
        if (!m_isChild)
            QSKIP("is run by the next test");
        chooseAll();
        QVERIFY(test::click(find<QPushButton>("sqlRules")));
        QDialog *rules = nullptr;
        QTRY_VERIFY((rules = window().findChild<QDialog *>(QStringLiteral("sqlRulesDialog"))) && rules->isVisible());
        test::find<QSpinBox>(*rules, "rulesLockWait")->setValue(100);
        test::find<QSpinBox>(*rules, "rulesTimeout")->setValue(100);
        QVERIFY(test::click(test::find<QPushButton>(*rules, "rulesAccept")));
        type("UPDATE sqltest.t SET n = n + 1 WHERE id = 10 LIMIT 1;");
        QTRY_VERIFY(editor()->judged() && editor()->judged()->statements.size() == 1);
        QVERIFY(test::click(find<QPushButton>("sqlRunAll")));
        QTest::qWait(120'000);
    }

    /// The window is killed while its second wave waits for a lock: nothing is repeated, and another window goes on from the history.
    void aKilledWindowsPlanGoesOn()
    {
        const auto holder = hold(1);
        QVERIFY(holder);
        QProcess child;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("ZANDB_SQLPAGE_CHILD"), qs(m_fleet->ctlWords({})[2]));
        child.setProcessEnvironment(environment);
        child.setStandardOutputFile(QProcess::nullDevice());
        child.setStandardErrorFile(QProcess::nullDevice());
        child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("theWindowThatIsKilled")});
        QTRY_VERIFY_WITH_TIMEOUT(waits(1), 60'000);
        child.kill();
        QVERIFY(child.waitForFinished());
        QCOMPARE(plan("state"), QStringLiteral("running"));
        QCOMPARE(server(0).value("SELECT n FROM sqltest.t WHERE id = 10").value_or(""), std::string("1"));
        find<QTabWidget>("sqlResults")->setCurrentIndex(4);
        auto *history = find<QTableView>("sqlHistoryTable");
        QTRY_VERIFY_WITH_TIMEOUT(history->model()->rowCount() > 0 && history->model()->index(0, SqlHistoryModel::Progress).data().toString() == QStringLiteral("1 of 2"), 10'000);
        history->setCurrentIndex(history->model()->index(0, 0));
        QTRY_VERIFY(find<QPushButton>("sqlResume")->isEnabled());
        picture("history-running");
        release(1);
        QVERIFY(holder->waitForFinished());
        QVERIFY(test::click(find<QPushButton>("sqlResume")));
        QTRY_VERIFY2_WITH_TIMEOUT(said().contains(QStringLiteral("2 of 2 done")), qPrintable(said()), 60'000);
        QVERIFY(m_dialogs.last.text.contains(QStringLiteral("UPDATE sqltest.t")));
        QTRY_COMPARE(plan("state"), QStringLiteral("finished"));
        for (std::size_t host = 0; host < 2; ++host)
            QCOMPARE(server(host).value("SELECT n FROM sqltest.t WHERE id = 10").value_or(""), std::string("1"));
    }

    /// What changes data is asked about; on production the name is typed.
    void aChangeIsConfirmed()
    {
        m_dialogs.agree = false;
        type("UPDATE sqltest.t SET note = 'changed' WHERE id = 10 LIMIT 1;");
        QTRY_VERIFY(editor()->judged() && editor()->judged()->statements.size() == 1);
        QVERIFY(test::click(find<QPushButton>("sqlRunAll")));
        QTRY_COMPARE(m_dialogs.questions.size(), 1);
        QCOMPARE(m_dialogs.last.typeToConfirm, QStringLiteral("production fleet"));
        QVERIFY(m_dialogs.last.text.contains(qs(m_fleet->host(1).path())) && m_dialogs.last.text.contains(QStringLiteral("UPDATE sqltest.t")));
        QCOMPARE(m_fleet->host().servers[0]->value("SELECT note FROM sqltest.t WHERE id = 10").value_or("NULL"), std::string("NULL"));
    }

    /// A group that is marked as production wants a name typed, also where profile and rule do not.
    void aProductionGroupIsConfirmed()
    {
        m_dialogs.agree = false;
        m_settings.production = false;
        for (const char *mark : {"0", "1"}) {
            QCOMPARE(m_fleet->ctl({"group", "set", "--all", "production", mark}).status, 0);
            m_context.reset();
            open();
            type("ANALYZE TABLE sqltest.t;");
            QTRY_VERIFY(editor()->judged() && editor()->judged()->statements.size() == 1);
            m_dialogs.questions.clear();
            QVERIFY(test::click(find<QPushButton>("sqlRunAll")));
            QTRY_COMPARE(m_dialogs.questions.size(), 1);
            QCOMPARE(m_dialogs.last.typeToConfirm, *mark == '1' ? QStringLiteral("production fleet") : QString());
        }
        m_settings.production = true;
    }
};

QTEST_MAIN(TestSqlPagePlans)
#include "tst_sqlpageplans.moc"
