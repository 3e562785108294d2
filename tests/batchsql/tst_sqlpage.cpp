// SPDX-License-Identifier: GPL-3.0-or-later
// The SQL page in the window, on a real fleet: store, sshd, agents, MariaDB.
#include "tests/batchsql/sqlpagefixture.h"

using namespace zandb;

class TestSqlPage : public test::SqlPageTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { startFleet(); }
    void init() { openAnew(); }
    void cleanup() { close(); }
    void cleanupTestCase() { m_fleet.reset(); }

    void readsFromAllIntoOneTable()
    {
        chooseAll();
        type("SELECT id, note FROM sqltest.t ORDER BY id;\nSELECT @@server_id + 1 AS other;\nSHOW WARNINGS;\n");
        QTRY_VERIFY(editor()->judged() && editor()->judged()->statements.size() == 3);
        editor()->setCursorPosition(0, 5);
        QTest::keyClick(editor(), Qt::Key_Return, Qt::ControlModifier); // the statement at the cursor
        QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("2 of 2 done")), qPrintable(said() + m_dialogs.messages.join(QLatin1Char('\n')) + QString::fromUtf8(editor()->bytes())), 15'000);
        QTRY_COMPARE(result()->model()->rowCount(), 6);
        QCOMPARE(result()->model()->headerData(1, Qt::Horizontal).toString(), QStringLiteral("id"));
        // each instance's rows stand together; which instance answers first is not certain
        const std::size_t first = result()->model()->index(0, 0).data().toString() == qs(m_fleet->host(0).path()) ? 0 : 1;
        QCOMPARE(result()->model()->index(0, 0).data().toString(), qs(m_fleet->host(first).path()));
        QCOMPARE(result()->model()->index(3, 0).data().toString(), qs(m_fleet->host(1 - first).path()));
        QCOMPARE(result()->model()->index(1, 2).data().toString(), QStringLiteral("NULL"));
        QCOMPARE(grid()->model()->rowCount(), 2);
        QVERIFY(m_dialogs.questions.isEmpty()); // reading is not asked about
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
        picture("light");
        m_theme->apply(Theme::Choice::Dark);
        picture("dark");
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("zh_CN"));
        picture("zh");
        m_language.set(QStringLiteral("en"));
        window().resize(1024, 700);
        picture("small");
        window().resize(1280, 800);
    }

    void whatWasRunIsInTheHistory()
    {
        auto *results = find<QTabWidget>("sqlResults");
        results->setCurrentIndex(4);
        auto *history = find<QTableView>("sqlHistoryTable");
        QTRY_COMPARE_WITH_TIMEOUT(history->model()->rowCount(), 1, 10'000); // the read of the test before
        picture("history");
        const int before = find<QTabWidget>("sqlEditors")->count();
        history->setFocus();
        history->setCurrentIndex(history->model()->index(0, 0));
        QTest::keyClick(history, Qt::Key_Return);
        QTRY_COMPARE(find<QTabWidget>("sqlEditors")->count(), before + 1);
        QCOMPARE(editor()->bytes(), QByteArray("SELECT id, note FROM sqltest.t ORDER BY id;\n"));
        QTRY_VERIFY(find<QLabel>("sqlTargets")->text().contains(QStringLiteral("2 targets")));
        auto *filter = find<QLineEdit>("sqlHistoryFilter");
        filter->setText(QStringLiteral("no such words"));
        QTRY_COMPARE(history->model()->rowCount(), 0);
        filter->setText(QStringLiteral("sqltest.t"));
        QTRY_COMPARE(history->model()->rowCount(), 1);
        filter->clear();
        QVERIFY(test::click(find<QTabWidget>("sqlEditors")->tabBar()->tabButton(before, QTabBar::RightSide)));
        QTRY_COMPARE(find<QTabWidget>("sqlEditors")->count(), before);
    }

    void whatTheGuardDeniesIsMarkedAndNotRun()
    {
        type("SELECT 1;\nDELETE FROM sqltest.t;\n");
        QTRY_VERIFY(editor()->judged() && editor()->judged()->statements.size() == 2);
        QVERIFY(editor()->markText(0).startsWith(QStringLiteral("Allowed")));
        QVERIFY2(editor()->markText(1).startsWith(QStringLiteral("Denied: G1.4")), qPrintable(editor()->markText(1)));
        QTest::keyClick(editor(), Qt::Key_Return, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY2(said().startsWith(QStringLiteral("Line 2 is not run")), qPrintable(said()));
        picture("denied");
        QCOMPARE(m_fleet->host().servers[0]->value("SELECT COUNT(*) FROM sqltest.t").value_or(""), std::string("3"));
    }

    /// Rows that one instance has and the other lacks; NULL and '' stay apart in each export.
    void instancesAreComparedAndExported()
    {
        type("SELECT id, note FROM sqltest.t ORDER BY id;");
        QTRY_VERIFY(editor()->judged());
        QVERIFY(test::click(find<QPushButton>("sqlRunAll")));
        QTRY_VERIFY_WITH_TIMEOUT(said().startsWith(QStringLiteral("2 of 2 done")), 15'000);
        auto *differences = model("sqlDifferencesTable");
        QTRY_COMPARE(differences->rowCount(), 2);
        QCOMPARE(column(differences, 1), QStringLiteral("only here\nmissing here"));
        QCOMPARE(column(differences, 2), QStringLiteral("2\n1"));
        QVERIFY2(find<QLabel>("sqlComparison")->text().contains(QStringLiteral("1 instance differ")), qPrintable(find<QLabel>("sqlComparison")->text()));
        find<QTabWidget>("sqlResults")->setCurrentIndex(1);
        picture("differences");
        find<QTabWidget>("sqlResults")->setCurrentIndex(0);
        QTRY_COMPARE(result()->model()->rowCount(), 6);
        const QByteArray path = QByteArray::fromStdString(m_fleet->host(0).path());
        const QByteArray csv = exported(0);
        QVERIFY2(csv.startsWith("Instance,id,note\r\n") && csv.contains("\r\n" + path + ",1,own\r\n" + path + ",10,\r\n" + path + ",11,\"\"\r\n"), csv.constData());
        const auto json = QJsonDocument::fromJson(exported(1)).object();
        QCOMPARE(json.value(QStringLiteral("columns")).toArray().at(2).toString(), QStringLiteral("note"));
        const auto rows = json.value(QStringLiteral("rows")).toArray();
        QCOMPARE(rows.size(), 6);
        QVERIFY(rows.at(1).toArray().at(2).isNull() && rows.at(2).toArray().at(2).isString());
        // what the export says is what the server held
        QVERIFY(server(0).exec({"CREATE TABLE sqltest.result (Instance VARCHAR(100), id INT, note VARCHAR(20))"}));
        QByteArray sql = exported(2);
        QVERIFY(server(0).exec(std::string("INSERT INTO sqltest.") + sql.mid(sql.indexOf("`result`")).chopped(2).toStdString()));
        QCOMPARE(server(0).value("SELECT GROUP_CONCAT(CONCAT(id, '=', COALESCE(note, 'NULL')) ORDER BY id, Instance) FROM sqltest.result").value_or(""),
                 std::string("1=own,2=own,10=NULL,10=NULL,11=,11="));
        QVERIFY(server(0).exec("DROP TABLE sqltest.result"));
    }

    /// Names of the instances in front are offered while one types, part by part.
    void namesAreCompleted()
    {
        // the names come from the agents, so the list may close and open again while one types
        const auto completed = [&](const char *text) {
            type("");
            QTest::keyClicks(editor(), QString::fromLatin1(text));
            if (!editor()->isListActive())
                return QByteArray();
            QTest::keyClick(editor(), Qt::Key_Tab);
            return editor()->bytes();
        };
        QVERIFY(QTest::qWaitFor([&] { return completed("SELECT * FROM sqlt") == "SELECT * FROM sqltest"; }, 15'000));
        QVERIFY(QTest::qWaitFor([&] { return completed("SELECT t.no") == "SELECT t.note"; }, 15'000));
        type("");
    }

    /// A script that the team shares: saved by a name, found, opened, replaced after a question, removed after one.
    void scriptsAreShared()
    {
        type("SELECT 'shared';");
        find<QTabWidget>("sqlResults")->setCurrentIndex(5);
        const auto save = [&](const char *name) {
            QVERIFY(test::click(find<QPushButton>("sqlSaveScript")));
            QDialog *dialog = nullptr;
            QTRY_VERIFY((dialog = window().findChild<QDialog *>(QStringLiteral("scriptNameDialog"))) && dialog->isVisible());
            test::find<QLineEdit>(*dialog, "scriptName")->setText(QString::fromLatin1(name));
            QVERIFY(test::click(test::find<QPushButton>(*dialog, "scriptNameAccept")));
        };
        save("daily look");
        auto *scripts = model("sqlScriptsTable");
        QTRY_COMPARE_WITH_TIMEOUT(scripts->rowCount(), 1, 10'000);
        QVERIFY(m_dialogs.questions.isEmpty());
        picture("scripts");
        type("SELECT 'shared again';");
        save("daily look");
        QTRY_COMPARE_WITH_TIMEOUT(m_dialogs.questions.size(), 1, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(qs(m_fleet->storeValue("SELECT script FROM zandb.sql_script WHERE name = 'daily look'")), QStringLiteral("SELECT 'shared again';"), 10'000);
        const test::Output shown = m_fleet->ctl({"sql", "run", m_fleet->host(0).path(), "--saved", "daily look", "--csv"});
        QVERIFY2(shown.out.find("shared again") != std::string::npos, (shown.out + shown.err).c_str());
        const int before = find<QTabWidget>("sqlEditors")->count();
        auto *view = find<QTableView>("sqlScriptsTable");
        view->setFocus();
        view->setCurrentIndex(scripts->index(0, 0));
        QTest::keyClick(view, Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(find<QTabWidget>("sqlEditors")->count(), before + 1, 10'000);
        QCOMPARE(editor()->bytes(), QByteArray("SELECT 'shared again';"));
        QVERIFY(test::click(find<QTabWidget>("sqlEditors")->tabBar()->tabButton(before, QTabBar::RightSide)));
        QTRY_COMPARE(find<QTabWidget>("sqlEditors")->count(), before);
        view->setCurrentIndex(scripts->index(0, 0));
        QVERIFY(test::click(find<QPushButton>("sqlRemoveScript")));
        QTRY_COMPARE_WITH_TIMEOUT(scripts->rowCount(), 0, 10'000);
    }

    void cancelKillsTheStatement()
    {
        type("SELECT COUNT(*) FROM information_schema.COLUMNS a JOIN information_schema.COLUMNS b JOIN information_schema.COLUMNS c JOIN information_schema.COLUMNS d;");
        QTRY_VERIFY(editor()->judged());
        QVERIFY(test::click(find<QPushButton>("sqlRunAll")));
        const auto running = [this] {
            return m_fleet->host().servers[0]->value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%COLUMNS a JOIN%' AND TIME_MS > 500 AND ID <> CONNECTION_ID()").value_or("0");
        };
        // the agent prepares it first, which shows for a moment too: only the statement itself runs for long
        QVERIFY(QTest::qWaitFor([&] { return running() == "1"; }, 30'000));
        QVERIFY(test::click(find<QPushButton>("sqlStop")));
        QTRY_COMPARE_WITH_TIMEOUT(running(), std::string("0"), 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("sqlRunAll")->isEnabled(), 20'000);
    }

    void editing()
    {
        type("SELECT 1;\nSELECT 2;\n");
        editor()->setSelection(0, 0, 1, 3);
        QTest::keyClick(editor(), Qt::Key_Slash, Qt::ControlModifier);
        QCOMPARE(editor()->bytes(), QByteArray("-- SELECT 1;\n-- SELECT 2;\n"));
        QTest::keyClick(editor(), Qt::Key_Slash, Qt::ControlModifier);
        QCOMPARE(editor()->bytes(), QByteArray("SELECT 1;\nSELECT 2;\n"));
        type("cnt");
        editor()->setCursorPosition(0, 3);
        QTest::keyClick(editor(), Qt::Key_Tab);
        QCOMPARE(editor()->bytes(), QByteArray("SELECT COUNT(*) FROM ;"));
        type("one two one");
        QTest::keyClick(editor(), Qt::Key_H, Qt::ControlModifier);
        QLineEdit *what = nullptr;
        QTRY_VERIFY((what = test::findVisible<QLineEdit>(window(), "sqlFind")));
        QTest::keyClicks(what, QStringLiteral("one"));
        test::findVisible<QLineEdit>(window(), "sqlReplace")->setText(QStringLiteral("three"));
        QVERIFY(test::click(test::findVisible<QToolButton>(window(), "sqlReplaceAll")));
        QCOMPARE(editor()->bytes(), QByteArray("three two three"));
        QTest::keyClick(&window(), Qt::Key_Escape);
        QTRY_VERIFY(!what->isVisible());
    }

    /// Editors, their texts and targets are there again, after an end as after a crash: they are written while one types.
    void editorsAreKept()
    {
        type("SELECT 'kept';");
        QVERIFY(test::click(find<QToolButton>("sqlNew")));
        QTRY_COMPARE(find<QTabWidget>("sqlEditors")->count(), 2);
        type("SELECT 'kept too';");
        const QString file = m_dir.filePath(QStringLiteral("state/zandb/production_fleet/sql/script-2.sql"));
        const auto written = [&] {
            QFile read(file);
            return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray();
        };
        QTRY_COMPARE_WITH_TIMEOUT(written(), QByteArray("SELECT 'kept too';"), 10'000);
        m_context.reset();
        open();
        QTRY_COMPARE(find<QTabWidget>("sqlEditors")->count(), 2);
        QCOMPARE(editor()->bytes(), QByteArray("SELECT 'kept too';"));
        QTRY_VERIFY(find<QLabel>("sqlTargets")->text().contains(QStringLiteral("2 targets")));
    }
};

QTEST_MAIN(TestSqlPage)
#include "tst_sqlpage.moc"
