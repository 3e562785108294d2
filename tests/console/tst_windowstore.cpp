// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/console/windowfixture.h"
#include "tests/widgets/heartbeat.h"
#include "widgets/common/page.h"
#include "widgets/common/parts.h"

#include <QAbstractButton>
#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

using namespace zandb;
using namespace zandb::console;

/// What the window does about its store: rights, absence, slowness.
class TestWindowStore : public test::WindowFixture
{
    Q_OBJECT
private Q_SLOTS:
    void aViewerSeesWhyNot()
    {
        QVERIFY2(m_server->exec("CREATE OR REPLACE USER looker@'%' IDENTIFIED BY 'only'"), m_server->lastError().c_str());
        QVERIFY2(m_server->exec("GRANT SELECT ON zandb.* TO looker@'%'"), m_server->lastError().c_str());
        Settings viewer = m_settings;
        viewer.store.user = "looker";
        viewer.store.password = "only";
        open(viewer);
        m_context->start();
        QTRY_COMPARE_WITH_TIMEOUT(m_context->state().role(), StoreRole::Viewer, 5000);
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_VERIFY_WITH_TIMEOUT(backups->model()->rowCount() >= 40, 5000);
        QVERIFY(!find<QPushButton>("backupScope")->isEnabled());
        QVERIFY(find<QPushButton>("backupScope")->toolTip().contains(QStringLiteral("viewer")));
        QVERIFY(test::click(visible<QWidget>("chip-ok")));
        backups->selectRow(0);
        QTRY_VERIFY(find<QPushButton>("backupAgain")->isVisible());
        QVERIFY(!find<QPushButton>("backupAgain")->isEnabled());
        QVERIFY(find<QPushButton>("backupAgain")->toolTip().contains(QStringLiteral("operator")));
        QTRY_VERIFY(find<QToolButton>("statusCancel")->isVisible() && !find<QToolButton>("statusCancel")->isEnabled());
        picture("backups-viewer");
        find<QToolButton>("statusRunning")->click();
        QTRY_COMPARE(m_context->state().location().page, QStringLiteral("run"));
        QVERIFY(!find<QPushButton>("runGiveUp")->isEnabled());
        QTRY_VERIFY(find<QPushButton>("runGiveUp")->toolTip().contains(QStringLiteral("operator")));
    }

    /// One page's trouble is that page's: the others go on, and it ends by itself.
    void aPageThatCannotBeReadSaysSo()
    {
        press(Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_VERIFY(backups->model()->rowCount() >= 40);
        QVERIFY2(m_server->exec("RENAME TABLE zandb.backup TO zandb.backup_away"), m_server->lastError().c_str());
        press(Qt::Key_F5);
        const auto trouble = [&](const char *page) { return window().page(QString::fromLatin1(page))->findChild<Banner *>(); };
        QTRY_VERIFY_WITH_TIMEOUT(trouble("backups") && trouble("backups")->isVisible(), 10'000);
        QVERIFY2(trouble("backups")->text().contains(QStringLiteral("could not be refreshed")), qPrintable(trouble("backups")->text()));
        QVERIFY(backups->model()->rowCount() >= 40); // what was read stays
        QVERIFY(!window().property("away").toBool());
        picture("page-trouble");
        press(Qt::Key_6, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(find<QTableView>("runsTable")->model()->rowCount(), 40, 5000);
        QVERIFY(!trouble("runs") || !trouble("runs")->isVisible());
        QVERIFY2(m_server->exec("RENAME TABLE zandb.backup_away TO zandb.backup"), m_server->lastError().c_str());
        press(Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(!trouble("backups")->isVisible(), 15'000); // nobody asked again
    }

    /// What was known stays in view, greyed; what the store would have to hear of is not offered, with the reason.
    void aStoreThatGoesComesBack()
    {
        press(Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_VERIFY(backups->model()->rowCount() >= 40);
        auto *chart = window().findChild<QChartView *>();
        QTRY_VERIFY_WITH_TIMEOUT(find<QToolButton>("statusCancel")->isVisible() && find<QToolButton>("statusCancel")->isEnabled(), 5000);
        QVERIFY(find<QPushButton>("backupScope")->isEnabled());
        QCOMPARE(chart->chart()->opacity(), 1.0);
        m_server->stop();
        auto *banner = window().findChild<Banner *>();
        QTRY_VERIFY_WITH_TIMEOUT(banner->isVisible(), 15'000);
        QVERIFY2(banner->text().contains(QStringLiteral("cannot be reached")), qPrintable(banner->text()));
        QCOMPARE(find<QLabel>("statusStore")->text(), QStringLiteral("store unreachable"));
        QVERIFY(backups->model()->rowCount() >= 40);
        QVERIFY(isAway(backups));
        QVERIFY(chart->chart()->opacity() < 0.6);
        for (QAbstractButton *act : std::initializer_list<QAbstractButton *>{find<QToolButton>("statusCancel"), find<QPushButton>("backupScope"),
                                                                             find<QPushButton>("backupVerify"), find<QPushButton>("backupAgain")}) {
            QVERIFY2(!act->isEnabled(), qPrintable(act->objectName()));
            QVERIFY2(act->toolTip().contains(QStringLiteral("does not answer")), qPrintable(act->objectName() + QStringLiteral(": ") + act->toolTip()));
        }
        QVERIFY(find<QPushButton>("backupOpenRun")->isEnabled()); // looking is always possible
        QTest::mouseClick(find<QToolButton>("statusCancel"), Qt::LeftButton);
        QVERIFY(m_dialogs.questions.isEmpty());
        auto *why = window().page(QStringLiteral("backups"))->findChild<QLabel *>(QStringLiteral("pageWhy"));
        QVERIFY(!why || !why->isVisible()); // the banner says it, once
        picture("store-away");
        QVERIFY2(m_server->startAgain(), m_server->lastError().c_str());
        QTRY_VERIFY_WITH_TIMEOUT(!banner->isVisible(), 15'000);
        QVERIFY(!isAway(backups));
        QCOMPARE(chart->chart()->opacity(), 1.0);
        QVERIFY(find<QPushButton>("backupScope")->isEnabled());
        QTRY_VERIFY(find<QToolButton>("statusCancel")->isEnabled());
        m_session = std::make_unique<store::Session>(m_settings.store);
    }

    /// Nothing is known of a store that has never answered, and nothing is not zero.
    void aStoreThatNeverAnswersShowsNoZeros()
    {
        Settings nowhere = m_settings;
        nowhere.store.port = 1;
        open(nowhere);
        m_context->start();
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>("statusStore")->text(), QStringLiteral("store unreachable"), 15'000);
        QCOMPARE(visible<QLabel>("boardTotal")->text(), QStringLiteral("\u2013"));
        QVERIFY(!visible<QWidget>("chip-ok") && !visible<QWidget>("chip-failed"));
        QVERIFY2(find<QLabel>("verdict")->text().contains(QStringLiteral("Nothing is known")), qPrintable(find<QLabel>("verdict")->text()));
        QVERIFY(find<QLabel>("healthLine")->isHidden());
        QCOMPARE(find<QLabel>("statusAgents")->text(), QStringLiteral("agents unknown"));
        QCOMPARE(find<QLabel>("statusHeadless")->text(), QStringLiteral("headless: unknown"));
        picture("store-never");
    }

    void aSlowStoreBlocksNothing()
    {
        m_proxy->setDelay(500);
        test::Heartbeat heart;
        heart.start();
        for (int round = 0; round < 2; ++round) {
            for (const auto key : {Qt::Key_2, Qt::Key_3, Qt::Key_4, Qt::Key_6, Qt::Key_1}) {
                QTest::keyClick(&window(), key, Qt::ControlModifier);
                QTest::qWait(900);
                QTest::keyClick(&window(), Qt::Key_F5);
                QTest::qWait(1500);
            }
        }
        heart.stop();
        qInfo("store with 500 ms a query: longest block of the GUI thread %.1f ms of its own work, %.0f ms by the clock", heart.worstCpuMs(),
              heart.worstWallMs());
        QVERIFY2(heart.worstCpuMs() <= 50, qPrintable(QStringLiteral("%1 ms").arg(heart.worstCpuMs())));
        // by the clock too when nothing else keeps the machine busy; in any case no query's time shows
        QVERIFY2(heart.worstWallMs() < 400, qPrintable(QStringLiteral("%1 ms").arg(heart.worstWallMs())));
    }
};

QTEST_MAIN(TestWindowStore)
#include "tst_windowstore.moc"
