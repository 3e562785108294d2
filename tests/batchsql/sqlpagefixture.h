// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "models/batchsql/sqlgridmodel.h"
#include "models/batchsql/sqlhistorymodel.h"
#include "models/batchsql/sqlpreviewmodel.h"
#include "models/common/text.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/support/testfleet.h"
#include "tests/widgets/scripteddialogs.h"
#include "widgets/batchsql/sqleditor.h"
#include "widgets/batchsql/targetdialog.h"

#include <QAction>
#include <QApplication>
#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

namespace zandb::test {

using namespace zandb::console;

/// A window on a fleet of two hosts, each with a server that has `sqltest.t`.
class SqlPageTest : public QObject
{
protected:
    std::unique_ptr<test::TestFleet> m_fleet;
    Settings m_settings;
    test::ScriptedDialogs m_dialogs;
    Language m_language;
    std::unique_ptr<Theme> m_theme;
    QTemporaryDir m_dir;
    std::unique_ptr<QSettings> m_ui;
    std::unique_ptr<ConsoleContext> m_context;
    const bool m_isChild = qEnvironmentVariableIsSet("ZANDB_SQLPAGE_CHILD"); ///< the window that is killed
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
    QAbstractItemModel *model(const char *name) { return find<QTableView>(name)->model(); }
    test::TestServer &server(std::size_t host) { return *m_fleet->host(host).servers.at(0); }
    /// All texts of a column, one a line.
    static QString column(const QAbstractItemModel *model, int at)
    {
        QStringList cells;
        for (int row = 0; row < model->rowCount(); ++row)
            cells << model->index(row, at).data().toString();
        return cells.join(QLatin1Char('\n'));
    }
    QByteArray exported(int format)
    {
        m_dialogs.path = m_dir.filePath(QStringLiteral("exported"));
        find<QToolButton>("sqlResultExport")->menu()->actions().at(format)->trigger();
        QFile file(m_dialogs.path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    QString plan(const char *what) { return qs(m_fleet->storeValue(std::string("SELECT ") + what + " FROM zandb.sql_plan ORDER BY created_us DESC LIMIT 1")); }
    /// A session that holds the row of a host until its transaction ends.
    std::unique_ptr<QProcess> hold(std::size_t host)
    {
        auto client = std::make_unique<QProcess>();
        client->start(QStringLiteral("mariadb"), {QStringLiteral("--no-defaults"), QStringLiteral("-uroot"), QStringLiteral("-S"), qs(server(host).socket().string()), QStringLiteral("-e"),
                                                  QStringLiteral("BEGIN; SELECT * FROM sqltest.t WHERE id = 10 FOR UPDATE; SELECT SLEEP(300)")});
        const auto holds = [&] { return server(host).value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(300)'").value_or("0") == "1"; };
        return QTest::qWaitFor(holds, 20'000) ? std::move(client) : nullptr;
    }
    void release(std::size_t host) { (void)server(host).exec("KILL " + server(host).value("SELECT MIN(ID) FROM information_schema.PROCESSLIST WHERE INFO = 'SELECT SLEEP(300)'").value_or("0")); }
    bool waits(std::size_t host) { return server(host).value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT `id`,%'").value_or("0") != "0"; }
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

    void takeSettings(const std::string &file)
    {
        auto settings = loadSettings(file);
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

    void startFleet()
    {
        if (const auto reason = test::TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        qputenv("XDG_STATE_HOME", m_dir.filePath(QStringLiteral("state")).toUtf8());
        if (m_isChild) {
            takeSettings(qgetenv("ZANDB_SQLPAGE_CHILD").toStdString());
            return;
        }
        std::string error;
        test::FleetOptions options;
        options.hosts = 2;
        m_fleet = test::TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        for (std::size_t i = 0; i < 2; ++i) {
            auto &server = *m_fleet->host(i).servers.at(0);
            QVERIFY2(server.exec({"CREATE ROLE 'explain'", "CREATE ROLE maint", "GRANT SELECT, SHOW VIEW ON *.* TO 'explain'",
                                  "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, PROCESS, RELOAD, SUPER, CONNECTION ADMIN ON *.* TO maint", "GRANT 'explain' TO root@localhost",
                                  "GRANT maint TO root@localhost", "CREATE DATABASE sqltest", "CREATE TABLE sqltest.t (id INT PRIMARY KEY, note VARCHAR(20), n INT NOT NULL DEFAULT 0)",
                                  "INSERT INTO sqltest.t (id, note) VALUES (" + std::to_string(i + 1) + ", 'own'), (10, NULL), (11, '')"}),
                     server.lastError().c_str());
        }
        takeSettings(m_fleet->ctlWords({})[2]);
    }
    void openAnew()
    {
        m_dialogs = {};
        open();
    }
    void close()
    {
        if (QTest::currentTestFailed() && m_fleet) {
            picture("failed");
            qWarning("%s\n%s", qPrintable(said()), m_fleet->describe().c_str());
        }
        m_context.reset();
    }
};

} // namespace zandb::test
