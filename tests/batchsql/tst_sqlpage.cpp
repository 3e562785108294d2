// SPDX-License-Identifier: GPL-3.0-or-later
// The SQL page in the window, on a real fleet: store, sshd, agents, MariaDB.
#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "models/batchsql/sqlgridmodel.h"
#include "models/common/text.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/support/testfleet.h"
#include "tests/widgets/scripteddialogs.h"
#include "widgets/batchsql/sqleditor.h"
#include "widgets/batchsql/targetdialog.h"

#include <QApplication>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

using namespace zandb;
using namespace zandb::console;

class TestSqlPage : public QObject
{
    Q_OBJECT

    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    test::ScriptedDialogs m_dialogs;
    Language m_language;
    std::unique_ptr<Theme> m_theme;
    QTemporaryDir m_dir;
    std::unique_ptr<QSettings> m_ui;
    std::unique_ptr<ConsoleContext> m_context;
    const QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/sql");

    MainWindow &window() { return m_context->window(); }
    template<class T>
    T *find(const char *name)
    {
        return test::find<T>(window(), name);
    }
    SqlEditor *editor() { return test::findVisible<SqlEditor>(window(), "sqlEditor"); }
    QString said() { return find<QLabel>("sqlSaid")->text(); }
    QTableView *result() { return find<QTableView>("sqlResultTable"); }
    QTableView *grid() { return find<QTableView>("sqlStatementsTable"); }
    void picture(const char *name)
    {
        QTest::qWait(200);
        QVERIFY(window().grab().save(m_pictures + QLatin1Char('/') + QLatin1String(name) + QStringLiteral(".png")));
    }
    void open()
    {
        m_context = std::make_unique<ConsoleContext>(m_settings, Ui{m_dialogs, *m_ui}, *m_theme, m_language);
        window().resize(1280, 800);
        window().show();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        m_context->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_context->state().fleetKnown() && m_context->state().role() != StoreRole::Unknown, 10'000);
        QVERIFY(test::click(find<QToolButton>("rail-sql")));
        QTRY_VERIFY(editor());
    }
    void type(const char *sql)
    {
        editor()->setBytes(sql);
        editor()->setFocus();
    }
    void chooseAll()
    {
        QVERIFY(test::click(find<QPushButton>("sqlChoose")));
        TargetDialog *dialog = nullptr;
        QTRY_VERIFY((dialog = window().findChild<TargetDialog *>(QStringLiteral("targetDialog"))) && dialog->isVisible());
        QVERIFY(test::click(test::find<QPushButton>(*dialog, "targetNone")));
        test::find<QPlainTextEdit>(*dialog, "targetList")->setPlainText(QStringLiteral("db2\nnowhere\n"));
        QVERIFY(test::click(test::find<QPushButton>(*dialog, "targetPaste")));
        QCOMPARE(dialog->chosen().size(), std::size_t{1});
        QVERIFY(test::find<QLabel>(*dialog, "targetUnknown")->text().contains(QStringLiteral("nowhere")));
        test::find<QLineEdit>(*dialog, "targetPattern")->setText(QStringLiteral("db1/*"));
        QVERIFY(test::click(test::find<QPushButton>(*dialog, "targetAll")));
        QCOMPARE(dialog->chosen().size(), std::size_t{2});
        test::find<QLineEdit>(*dialog, "targetPattern")->clear();
        QVERIFY(dialog->grab().save(m_pictures + QStringLiteral("/targets.png")));
        QVERIFY(test::click(test::find<QPushButton>(*dialog, "targetAccept")));
        QTRY_VERIFY2(find<QLabel>("sqlTargets")->text().contains(QStringLiteral("2 targets")), qPrintable(find<QLabel>("sqlTargets")->text()));
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = test::TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        qputenv("XDG_STATE_HOME", m_dir.filePath(QStringLiteral("state")).toUtf8());
        std::string error;
        test::FleetOptions options;
        options.hosts = 2;
        m_fleet = test::TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        for (std::size_t i = 0; i < 2; ++i) {
            auto &server = *m_fleet->host(i).servers.at(0);
            QVERIFY2(server.exec({"CREATE ROLE 'explain'", "CREATE ROLE maint", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'",
                                  "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, SUPER, CONNECTION ADMIN ON *.* TO maint", "GRANT 'explain' TO root@localhost",
                                  "GRANT maint TO root@localhost", "CREATE DATABASE sqltest", "CREATE TABLE sqltest.t (id INT PRIMARY KEY, note VARCHAR(20))",
                                  "INSERT INTO sqltest.t VALUES (" + std::to_string(i + 1) + ", 'own'), (10, NULL), (11, '')"}),
                     server.lastError().c_str());
        }
        auto settings = loadSettings(m_fleet->ctlWords({})[2]);
        QVERIFY2(settings, settings ? "" : describe(settings.error()).c_str());
        m_settings = std::move(*settings);
        m_settings.profile = "production fleet";
        m_settings.production = true;
        m_settings.colour = "#C00000";
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("en"));
        m_ui = std::make_unique<QSettings>(m_dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
        QVERIFY(QDir().mkpath(m_pictures));
    }
    void init()
    {
        m_dialogs = {};
        open();
    }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet) {
            picture("failed");
            qWarning("%s\n%s", qPrintable(said()), m_fleet->describe().c_str());
        }
        m_context.reset();
    }
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
        QCOMPARE(result()->model()->index(0, 0).data().toString(), qs(m_fleet->host(0).path()));
        QCOMPARE(result()->model()->index(3, 0).data().toString(), qs(m_fleet->host(1).path()));
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
        results->setCurrentIndex(3);
        auto *history = find<QTableView>("sqlHistoryTable");
        QTRY_COMPARE_WITH_TIMEOUT(history->model()->rowCount(), 2, 10'000); // of the script before this test
        picture("history");
        const int before = find<QTabWidget>("sqlEditors")->count();
        history->setFocus();
        history->setCurrentIndex(history->model()->index(0, 0));
        QTest::keyClick(history, Qt::Key_Return);
        QTRY_COMPARE(find<QTabWidget>("sqlEditors")->count(), before + 1);
        QCOMPARE(editor()->bytes(), QByteArray("SELECT id, note FROM sqltest.t ORDER BY id;\n"));
        QTRY_VERIFY(find<QLabel>("sqlTargets")->text().contains(QStringLiteral("1 target")));
        QVERIFY(find<QTabWidget>("sqlEditors")->tabText(before).contains(QStringLiteral("db")));
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

    /// What changes data is asked about; on production the name is typed.  The first failure ends the script.
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

    void cancelKillsTheStatement()
    {
        type("SELECT COUNT(*) FROM information_schema.COLUMNS a JOIN information_schema.COLUMNS b JOIN information_schema.COLUMNS c JOIN information_schema.COLUMNS d;");
        QTRY_VERIFY(editor()->judged());
        QVERIFY(test::click(find<QPushButton>("sqlRunAll")));
        const auto sleeping = [this] { return m_fleet->host().servers[0]->value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE '%COLUMNS a JOIN%' AND ID <> CONNECTION_ID()").value_or("0"); };
        // the agent prepares it first, which shows for a moment too
        QTRY_VERIFY_WITH_TIMEOUT(sleeping() == "1", 20'000);
        QTest::qWait(500);
        QTRY_VERIFY_WITH_TIMEOUT(sleeping() == "1", 20'000);
        QVERIFY(test::click(find<QPushButton>("sqlStop")));
        QTRY_COMPARE_WITH_TIMEOUT(sleeping(), std::string("0"), 20'000);
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
