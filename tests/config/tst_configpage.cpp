// SPDX-License-Identifier: GPL-3.0-or-later
// Configuration and Standards in the window, on a real fleet: store, sshd, agents, MariaDB.
#include "app/console/consolecontext.h"
#include "app/console/language.h"
#include "app/console/mainwindow.h"
#include "models/common/roles.h"
#include "models/common/text.h"
#include "models/config/configmodels.h"
#include "models/config/driftmodels.h"
#include "tests/console/hand.h"
#include "tests/places.h"
#include "tests/support/testfleet.h"
#include "tests/widgets/scripteddialogs.h"
#include "widgets/config/configdialog.h"
#include "widgets/config/driftdialogs.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTabBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>

#include <fstream>

using namespace zandb;
using namespace zandb::console;

class TestConfigPage : public QObject
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
    const QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/config");

    MainWindow &window() { return m_context->window(); }
    template<class T>
    T *find(const char *name)
    {
        return test::find<T>(window(), name);
    }
    test::TestServer &server(std::size_t host) { return *m_fleet->host(host).servers.at(0); }
    std::string global(std::size_t host, const char *name) { return server(host).value(std::string("SELECT @@GLOBAL.") + name).value_or(""); }
    void goTo(const char *page)
    {
        Location to = m_context->state().location();
        to.page = QString::fromLatin1(page);
        to.subject.reset();
        m_context->state().goTo(to);
    }
    QString cell(const char *table, int row, int column) { return find<QTableView>(table)->model()->index(row, column).data().toString(); }
    int rows(const char *table) { return find<QTableView>(table)->model()->rowCount(); }
    ConfigDialog *dialog()
    {
        auto *dialog = window().findChild<ConfigDialog *>(QStringLiteral("configDialog"));
        return dialog && dialog->isVisible() ? dialog : nullptr;
    }
    QString said() { return test::find<QLabel>(*dialog(), "configMessage")->text(); }
    /// In all languages and colours, for those who want to look: ZANDB_PICTURES=all; else once.
    void picture(const char *name, QWidget *what = nullptr)
    {
        const bool all = qEnvironmentVariable("ZANDB_PICTURES") == QLatin1String("all");
        for (const char *language : {"zh_CN", "en"}) {
            for (const Theme::Choice theme : {Theme::Choice::Dark, Theme::Choice::Light}) {
                const bool last = QLatin1String(language) == QLatin1String("en") && theme == Theme::Choice::Light;
                if (!all && !last)
                    continue;
                m_language.set(QString::fromLatin1(language));
                m_theme->apply(theme);
                for (const QSize size : {QSize(1024, 700), QSize(1440, 900)}) {
                    if (!what)
                        window().resize(size);
                    else if (size.width() > 1024)
                        continue;
                    QTest::qWait(150);
                    QVERIFY((what ? what : &window())->grab().save(QStringLiteral("%1/%2-%3-%4-%5.png").arg(m_pictures, QLatin1String(name), QLatin1String(language),
                                                                                                       theme == Theme::Choice::Dark ? QStringLiteral("dark") : QStringLiteral("light")).arg(size.width())));
                }
            }
        }
    }

private Q_SLOTS:
    void initTestCase()
    {
        if (const auto reason = test::TestFleet::unavailable(); !reason.empty())
            QSKIP(reason.c_str());
        std::string error;
        test::FleetOptions options;
        options.hosts = 2;
        m_fleet = test::TestFleet::start(options, &error);
        QVERIFY2(m_fleet, error.c_str());
        for (std::size_t i = 0; i < 2; ++i) {
            QVERIFY2(server(i).exec({"CREATE ROLE maint", "GRANT SELECT, PROCESS, RELOAD, SUPER, CONNECTION ADMIN ON *.* TO maint", "GRANT maint TO root@localhost", "SET GLOBAL long_query_time = 10"}),
                     server(i).lastError().c_str());
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
        m_context = std::make_unique<ConsoleContext>(m_settings, Ui{m_dialogs, *m_ui}, *m_theme, m_language);
        window().resize(1280, 800);
        window().show();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        m_context->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_context->state().fleetKnown() && m_context->state().role() != StoreRole::Unknown, 10'000);
    }
    void cleanup()
    {
        if (QTest::currentTestFailed() && m_fleet) {
            window().grab().save(m_pictures + QStringLiteral("/failed.png"));
            qWarning("%s\n%s", dialog() ? qPrintable(said()) : "", m_fleet->describe().c_str());
        }
        m_context.reset();
    }
    void cleanupTestCase() { m_fleet.reset(); }

    /// One variable on two instances: preview, one first and then the other, history, and back.
    void aVariableIsChangedOnAllAndTakenBack()
    {
        goTo("config");
        QTRY_VERIFY2_WITH_TIMEOUT(find<QLabel>("configFacts")->text().startsWith(QStringLiteral("2 of 2")), qPrintable(find<QLabel>("configFacts")->text()), 30'000);
        QVERIFY(rows("configTable") > 1000);
        find<QComboBox>("configShow")->setCurrentIndex(1);
        Q_EMIT find<QComboBox>("configShow")->activated(1);
        QTRY_VERIFY(rows("configTable") < 200 && rows("configTable") > 2);
        picture("variables");

        QVERIFY(test::click(find<QPushButton>("configChange")));
        QTRY_VERIFY(dialog());
        QVERIFY(!test::find<QPushButton>(*dialog(), "configPreview")->isEnabled());
        test::find<QLineEdit>(*dialog(), "configName")->setText(QStringLiteral("long_query_time"));
        test::find<QLineEdit>(*dialog(), "configValue")->setText(QStringLiteral("abc"));
        QVERIFY(!test::find<QPushButton>(*dialog(), "configAccept")->isEnabled());
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configPreview")));
        QTRY_VERIFY2_WITH_TIMEOUT(said().contains(QStringLiteral("refused")), qPrintable(said()), 30'000);
        QVERIFY(!test::find<QPushButton>(*dialog(), "configAccept")->isEnabled());
        test::find<QLineEdit>(*dialog(), "configValue")->setText(QStringLiteral("1.5"));
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configPreview")));
        QTRY_VERIFY2_WITH_TIMEOUT(test::find<QPushButton>(*dialog(), "configAccept")->isEnabled(), qPrintable(said()), 30'000);
        auto *steps = test::find<QTableView>(*dialog(), "configStepsTable");
        QCOMPARE(steps->model()->rowCount(), 2);
        QCOMPARE(steps->model()->index(0, ConfigStepModel::Memory).data().toString(), QStringLiteral("10.000000 → 1.5"));
        QVERIFY(test::find<QPlainTextEdit>(*dialog(), "configDetail")->toPlainText().contains(QStringLiteral("+long_query_time=1.5")));
        QCOMPARE(global(0, "long_query_time"), std::string("10.000000")); // nothing has changed
        picture("preview", dialog());

        m_dialogs.agree = true;
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configAccept")));
        QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Changed on 2")), qPrintable(said()), 90'000);
        QCOMPARE(m_dialogs.questions, QStringList{QStringLiteral("Change 2 instances")}); // production: the name was to be typed
        QCOMPARE(m_dialogs.last.typeToConfirm, QStringLiteral("production fleet"));
        for (std::size_t i = 0; i < 2; ++i)
            QCOMPARE(global(i, "long_query_time"), std::string("1.500000"));
        picture("changed", dialog());
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configClose")));

        find<QTabBar>("configViews")->setCurrentIndex(1);
        QTRY_COMPARE_WITH_TIMEOUT(rows("configHistoryTable"), 2, 10'000);
        QCOMPARE(cell("configHistoryTable", 0, ConfigHistoryModel::Variable), QStringLiteral("long_query_time"));
        find<QTableView>("configHistoryTable")->selectAll();
        QTRY_VERIFY(find<QPushButton>("configRevert")->isEnabled());
        picture("history");
        QVERIFY(test::click(find<QPushButton>("configRevert")));
        QTRY_VERIFY(dialog());
        test::find<QCheckBox>(*dialog(), "configTrial")->setChecked(false);
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configPreview")));
        QTRY_VERIFY2_WITH_TIMEOUT(test::find<QPushButton>(*dialog(), "configAccept")->isEnabled(), qPrintable(said()), 30'000);
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configAccept")));
        QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Changed on 2")), qPrintable(said()), 60'000);
        QCOMPARE(global(0, "long_query_time"), std::string("10.000000"));
        QCOMPARE(global(1, "long_query_time"), std::string("10.000000"));
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configClose")));
    }

    /// A rule, a check, an exception, a repair.
    void whatDiffersIsAcceptedOrRepaired()
    {
        QVERIFY(server(0).exec("SET GLOBAL max_connections = 71"));
        QVERIFY(server(1).exec("SET GLOBAL max_connections = 72"));
        goTo("standards");
        QTRY_VERIFY(find<QPushButton>("standardsCheck")->isVisible());
        picture("standards-empty");
        find<QTabBar>("standardsViews")->setCurrentIndex(1);
        QVERIFY(test::click(find<QPushButton>("standardsAdd")));
        StandardDialog *rule = nullptr;
        QTRY_VERIFY((rule = window().findChild<StandardDialog *>(QStringLiteral("standardDialog"))) && rule->isVisible());
        test::find<QLineEdit>(*rule, "standardName")->setText(QStringLiteral("max-connections"));
        test::find<QLineEdit>(*rule, "standardValue")->setText(QStringLiteral("73"));
        picture("rule", rule);
        QVERIFY(test::click(test::find<QPushButton>(*rule, "standardAccept")));
        QTRY_COMPARE_WITH_TIMEOUT(rows("standardTable"), 1, 10'000);
        QCOMPARE(cell("standardTable", 0, StandardModel::Variable), QStringLiteral("max_connections"));
        picture("rules");
        find<QTabBar>("standardsViews")->setCurrentIndex(0);
        QVERIFY(test::click(find<QPushButton>("standardsCheck")));
        const auto findings = [&] {
            int count = 0;
            for (int row = 0; row < rows("driftTable"); ++row)
                count += cell("driftTable", row, DriftModel::Subject) == QStringLiteral("max_connections");
            return count;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(findings() >= 2, qPrintable(find<QLabel>("standardsFacts")->text()), 30'000);
        QTRY_VERIFY(find<QPushButton>("standardsCheck")->isEnabled());
        picture("standards");

        // the first one of them is accepted
        const auto choose = [&](const QString &instance) {
            auto *table = find<QTableView>("driftTable");
            for (int row = 0; row < rows("driftTable"); ++row) {
                if (cell("driftTable", row, DriftModel::Subject) == QStringLiteral("max_connections") && cell("driftTable", row, DriftModel::Instance) == instance
                    && cell("driftTable", row, DriftModel::What) == QStringLiteral("other than the standard"))
                    table->setCurrentIndex(table->model()->index(row, DriftModel::Instance));
            }
        };
        const QString one = qs(m_fleet->host(0).path()), two = qs(m_fleet->host(1).path());
        choose(one);
        QTRY_VERIFY(find<QPushButton>("driftAccept")->isEnabled());
        QVERIFY(test::click(find<QPushButton>("driftAccept")));
        AcceptDialog *accept = nullptr;
        QTRY_VERIFY((accept = window().findChild<AcceptDialog *>(QStringLiteral("acceptDialog"))) && accept->isVisible());
        QVERIFY(!test::find<QPushButton>(*accept, "acceptAccept")->isEnabled());
        test::find<QLineEdit>(*accept, "acceptReason")->setText(QStringLiteral("load test"));
        picture("accept", accept);
        QVERIFY(test::click(test::find<QPushButton>(*accept, "acceptAccept")));
        QTRY_VERIFY2_WITH_TIMEOUT(find<QLabel>("standardsFacts")->text().contains(QStringLiteral("1 accepted")), qPrintable(find<QLabel>("standardsFacts")->text()), 10'000);

        // the other is repaired through the same dialog
        choose(two);
        QTRY_VERIFY(find<QPushButton>("driftRepair")->isEnabled());
        QVERIFY(test::click(find<QPushButton>("driftRepair")));
        QTRY_VERIFY(dialog());
        test::find<QCheckBox>(*dialog(), "configTrial")->setChecked(false);
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configPreview")));
        QTRY_VERIFY2_WITH_TIMEOUT(test::find<QPushButton>(*dialog(), "configAccept")->isEnabled(), qPrintable(said()), 30'000);
        m_dialogs.agree = true;
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configAccept")));
        QTRY_VERIFY2_WITH_TIMEOUT(said().startsWith(QStringLiteral("Changed on 1")), qPrintable(said()), 60'000);
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configClose")));
        QCOMPARE(global(1, "max_connections"), std::string("73"));
        QCOMPARE(global(0, "max_connections"), std::string("71"));
        QTRY_VERIFY_WITH_TIMEOUT(findings() == 0, 30'000); // it was read again; what is accepted is not listed
        QVERIFY(test::click(find<QCheckBox>("standardsAccepted")));
        QTRY_COMPARE(findings(), 1);
        picture("standards-accepted");
    }

    void theThresholdOfSlowQueriesIsChangedFromTheirPage()
    {
        goTo("slow");
        QTRY_VERIFY(find<QPushButton>("slowThresholds")->isEnabled());
        QVERIFY(test::click(find<QPushButton>("slowThresholds")));
        QTRY_VERIFY(dialog());
        QCOMPARE(test::find<QLineEdit>(*dialog(), "configName")->text(), QStringLiteral("long_query_time"));
        QVERIFY(test::click(test::find<QPushButton>(*dialog(), "configClose")));
        picture("slow");
    }
};

QTEST_MAIN(TestConfigPage)
#include "tst_configpage.moc"
