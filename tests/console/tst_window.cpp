// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "models/backups/backuptablemodel.h"
#include "tests/console/windowfixture.h"
#include "widgets/backups/backuptimelineview.h"
#include "widgets/common/page.h"

#include <QAction>
#include <QApplication>
#include <QBarSet>
#include <QChart>
#include <QChartView>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDialog>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStackedBarSeries>
#include <QToolButton>
#include <QToolTip>
#include <QTreeView>

using namespace zandb;
using namespace zandb::console;

/// Going about in the window as a person would.
class TestWindow : public test::WindowFixture
{
    Q_OBJECT
private Q_SLOTS:
    void pagesShowTheStore()
    {
        QTRY_COMPARE_WITH_TIMEOUT(find<QLabel>("boardTotal")->text().isEmpty(), false, 5000);
        QTRY_VERIFY(find<QLabel>("verdict")->text().contains(QStringLiteral("need")));
        picture("today");
        QTest::keyClick(&window(), Qt::Key_2, Qt::ControlModifier);
        QTRY_COMPARE(find<QTableView>("instancesTable")->model()->rowCount(), 8);
        find<QTableView>("instancesTable")->selectRow(1);
        picture("fleet");
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_COMPARE(backups->model()->rowCount(), 40);
        QVERIFY(test::click(visible<QWidget>("chip-failed")));
        QTRY_COMPARE(backups->model()->rowCount(), 1);
        backups->selectRow(0);
        QVERIFY(visible<QLabel>("inspectorError")->text().contains(QStringLiteral("shop.orders")));
        picture("backups");
        QTest::keyClick(&window(), Qt::Key_Escape);
        QTRY_COMPARE(backups->model()->rowCount(), 40);
        QTest::keyClick(&window(), Qt::Key_6, Qt::ControlModifier);
        QTRY_COMPARE(find<QTableView>("runsTable")->model()->rowCount(), 40);
        picture("runs");
        QVERIFY(find<QLabel>("statusStore")->text().startsWith(QStringLiteral("store ok")));
        QVERIFY(find<QLabel>("statusHeadless")->text().contains(QStringLiteral("no headless instance")));
        QTRY_VERIFY(find<QToolButton>("statusRunning")->text().contains(QStringLiteral("61")));
    }

    /// Where nobody schedules that is said first, in red; alerts stand in the list and in the status line until somebody takes them.
    void nobodySchedulesAndAlertsAreSaid()
    {
        auto *first = find<QLabel>("healthLine");
        QTRY_VERIFY_WITH_TIMEOUT(first->isVisible(), 10'000);
        QVERIFY2(first->text().startsWith(QStringLiteral("Schedules do not run: no headless instance")), qPrintable(first->text()));
        const QColor red = first->palette().color(QPalette::WindowText);
        QVERIFY(red.red() > red.green() + 60 && red.red() > red.blue() + 60);
        auto *list = find<QListView>("attentionList");
        QTRY_VERIFY(list->model()->rowCount() > 0);
        QCOMPARE(list->model()->index(0, 0).data().toString(), first->text());
        QVERIFY(alerts::raise(*m_session, "task.unreadable", Uuid::v7().toString(), Json{{"name", "weekly"}, {"field", "policies"}, {"detail", "odd"}}));
        auto *count = find<QToolButton>("statusAlerts");
        QTRY_VERIFY_WITH_TIMEOUT(count->isVisible(), 10'000);
        QCOMPARE(count->text(), QStringLiteral("1 alert"));
        const auto row = [&] {
            for (int at = 0; at < list->model()->rowCount(); ++at) {
                if (list->model()->index(at, 0).data().toString().contains(QStringLiteral("weekly")))
                    return at;
            }
            return -1;
        };
        QTRY_COMPARE(row(), 1);
        auto *acknowledge = find<QPushButton>("alertAcknowledge");
        QTRY_VERIFY(acknowledge->isVisible());
        QVERIFY(!acknowledge->isEnabled()); // none is chosen
        list->setCurrentIndex(list->model()->index(1, 0));
        picture("today-alert");
        QVERIFY(test::click(acknowledge));
        QTRY_VERIFY_WITH_TIMEOUT(row() == list->model()->rowCount() - 1, 10'000); // to the end, until it has ended
        QCOMPARE(alerts::list(*m_session).value().at(0).ackedBy, std::string("maria"));
        QTRY_VERIFY(count->property("muted").toBool());
        QVERIFY(m_session->execute("DELETE FROM alert"));
        QVERIFY(store::raiseFeed(*m_session, "alert"));
        QTRY_VERIFY_WITH_TIMEOUT(!count->isVisible(), 10'000);
    }

    /// After noon, too, the nights before can be seen: by the buttons, and by the range all pages share.
    void todayShowsOlderNights()
    {
        auto *when = find<QLabel>("todayWhen");
        QTRY_VERIFY_WITH_TIMEOUT(when->text().startsWith(QStringLiteral("From noon")), 10'000);
        const bool begun = find<QToolButton>("todayLater")->isEnabled(); // from noon on there is a later night than the one that is shown
        const QString newest = when->text();
        QVERIFY(test::click(find<QToolButton>("todayEarlier")));
        QTRY_VERIFY_WITH_TIMEOUT(when->text() != newest, 10'000);
        QVERIFY2(newest.mid(10, 10) == when->text().mid(29, 10), qPrintable(when->text())); // it ends when the newest began
        QTRY_VERIFY(find<QLabel>("verdict")->text().contains(QStringLiteral("night")));
        picture("today-before");
        QVERIFY(test::click(find<QToolButton>("todayLater")));
        QTRY_COMPARE_WITH_TIMEOUT(when->text(), newest, 10'000);
        QTRY_COMPARE(find<QToolButton>("todayLater")->isEnabled(), begun);
        QCOMPARE(m_context->state().location().range, TimeRange{});
    }

    /// At the usual size of a window nothing of a table lies beyond its edge.
    void everyColumnIsSeen()
    {
        for (const auto &[key, name] : {std::pair{Qt::Key_3, "backupsTable"}, {Qt::Key_6, "runsTable"}, {Qt::Key_2, "instancesTable"}, {Qt::Key_2, "hostsTable"}}) {
            press(key, Qt::ControlModifier);
            auto *table = find<QTableView>(name);
            QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 0, 5000);
            const auto beyond = [&] {
                const QHeaderView *header = table->horizontalHeader();
                return header->length() - table->viewport()->width();
            };
            QTRY_VERIFY2_WITH_TIMEOUT(beyond() <= 0, qPrintable(QStringLiteral("%1: %2 px").arg(QLatin1String(name)).arg(beyond())), 2000);
        }
        // a wider window has room for whole texts
        press(Qt::Key_3, Qt::ControlModifier);
        const int before = find<QTableView>("backupsTable")->columnWidth(BackupTableModel::Trouble);
        window().resize(1920, 1080);
        QTRY_VERIFY(find<QTableView>("backupsTable")->columnWidth(BackupTableModel::Trouble) > before + 200);
        picture("backups-1920");
    }

    void filteringTheTreeKeepsTheScope()
    {
        auto *tree = find<QTreeView>("fleetTree");
        const Fleet &fleet = *m_context->state().fleet();
        Location to = m_context->state().location();
        to.page = QStringLiteral("backups");
        to.scope = {Scope::Kind::Host, fleet.hosts.front().id};
        m_context->state().goTo(to);
        QVERIFY(tree->currentIndex().isValid());
        auto *filter = find<QLineEdit>("fleetTreeFilter");
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("db10"));
        QCOMPARE(m_context->state().location(), to);
        QVERIFY(!tree->currentIndex().isValid());
        QTest::keyClick(filter, Qt::Key_Escape);
        QVERIFY(filter->text().isEmpty());
        QCOMPARE(m_context->state().location(), to);
        QCOMPARE(tree->currentIndex().data().toString(), QString::fromStdString(fleet.hosts.front().name));
    }

    void zoomingIsTakenBack()
    {
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        const Location before = m_context->state().location();
        auto *bars = find<BackupTimelineView>("backupTimeline");
        QTRY_VERIFY(bars->isVisible());
        bars->setFocus();
        QTRY_VERIFY(find<QTableView>("backupsTable")->model()->rowCount() >= 40);
        QTest::keyClick(bars, Qt::Key_Plus);
        QTRY_VERIFY(m_context->state().location().range != before.range);
        QTest::keyClick(bars, Qt::Key_Plus);
        m_context->state().zoomBack();
        QCOMPARE(m_context->state().location(), before);
        m_context->state().forward();
        m_context->state().back();
        QCOMPARE(m_context->state().location(), before);

        // by the mouse: drag over empty ground, double click back
        QWidget *ground = bars->viewport();
        QPoint from(ground->width() / 3, ground->height() / 2);
        const auto onABar = [&] {
            QTest::mouseMove(ground, from);
            return ground->cursor().shape() == Qt::PointingHandCursor;
        };
        while (onABar())
            from += QPoint(6, 0);
        QTest::mousePress(ground, Qt::LeftButton, {}, from);
        QTest::mouseMove(ground, from + QPoint(60, 0));
        QTest::mouseRelease(ground, Qt::LeftButton, {}, from + QPoint(120, 0));
        QTRY_VERIFY(m_context->state().location().range != before.range);
        const auto [begin, end] = m_context->state().location().range.at(m_context->state().now());
        QVERIFY(end - begin < std::chrono::hours{60}); // of the five days
        while (onABar())
            from += QPoint(6, 0);
        QTest::mouseDClick(ground, Qt::LeftButton, {}, from);
        QCOMPARE(m_context->state().location(), before);
    }

    void goAnywhere()
    {
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        QTest::keyClick(&window(), Qt::Key_K, Qt::ControlModifier);
        auto *edit = find<QLineEdit>("goToEdit");
        QVERIFY(edit);
        QTest::keyClicks(edit, QStringLiteral("db1/my3307"));
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_COMPARE(m_context->state().location().scope.kind, Scope::Kind::Instance);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_VERIFY_WITH_TIMEOUT(backups->model()->rowCount() >= 5 && backups->model()->rowCount() < 8, 5000);
        QGuiApplication::clipboard()->clear();
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        QTest::keyClick(&window(), Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(!QGuiApplication::clipboard()->text().isEmpty());
        const QString place = QGuiApplication::clipboard()->text();
        QCOMPARE(place, QStringLiteral("zandb:backups?scope=db1/my3307&range=5d"));
        const Location there = m_context->state().location();
        QTest::keyClick(&window(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_context->state().location().scope.kind, Scope::Kind::All);
        QGuiApplication::clipboard()->setText(place);
        QTest::keyClick(&window(), Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(m_context->state().location(), there);
        QTest::keyClick(&window(), Qt::Key_Left, Qt::AltModifier);
        QTest::keyClick(&window(), Qt::Key_Left, Qt::AltModifier);
        QCOMPARE(m_context->state().location().page, QStringLiteral("today"));
        QTest::keyClick(&window(), Qt::Key_Right, Qt::AltModifier);
        QCOMPARE(m_context->state().location().page, QStringLiteral("backups"));
    }

    /// What has the keyboard shows it; filters lead on to what they found.
    void theKeyboardIsSeenAndLeadsOn()
    {
        press(Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_VERIFY_WITH_TIMEOUT(backups->model()->rowCount() >= 40, 5000);
        auto *bars = find<BackupTimelineView>("backupTimeline");
        auto *chart = window().findChild<QChartView *>();
        auto *tree = find<QTreeView>("fleetTree");
        for (QWidget *widget : std::initializer_list<QWidget *>{bars, chart, backups, tree}) {
            backups->clearSelection();
            widget->setFocus();
            auto *ring = widget->findChild<QWidget *>(QStringLiteral("focusRing"));
            QVERIFY2(ring, widget->metaObject()->className());
            QTRY_VERIFY(ring->isVisible() && ring->size() == widget->size());
            find<QLineEdit>("backupsFilter")->setFocus();
            QVERIFY(!ring->isVisible());
        }
        for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Return}) {
            auto *filter = find<QLineEdit>("backupsFilter");
            filter->setFocus();
            filter->setText(QStringLiteral("state:failed"));
            QTRY_COMPARE(backups->model()->rowCount(), 1);
            QTest::keyClick(filter, key);
            QVERIFY(backups->hasFocus());
            QVERIFY(backups->selectionModel()->isRowSelected(0, {}));
            press(Qt::Key_Escape);
        }
        // the tree's: Enter goes to the first that is found, Down walks
        auto *filter = find<QLineEdit>("fleetTreeFilter");
        filter->setFocus();
        QTest::keyClicks(filter, QStringLiteral("db4"));
        QTest::keyClick(filter, Qt::Key_Return);
        QCOMPARE(scopeTitle(*m_context->state().fleet(), m_context->state().location().scope), QStringLiteral("db4"));
        QTest::keyClick(filter, Qt::Key_Down);
        QVERIFY(tree->hasFocus());
        QTest::keyClick(tree, Qt::Key_Down);
        QCOMPARE(m_context->state().location().scope.kind, Scope::Kind::Instance);
        // the chart's crosshair goes by the arrow keys
        filter->clear();
        m_context->state().goTo(Location{QStringLiteral("backups"), {}, m_context->state().location().range, {}});
        QTRY_VERIFY_WITH_TIMEOUT(backups->model()->rowCount() >= 40, 5000);
        chart->setFocus();
        QTest::keyClick(chart, Qt::Key_Left);
        QTRY_VERIFY(QToolTip::isVisible());
        const QString last = QToolTip::text();
        QTest::keyClick(chart, Qt::Key_Left);
        QTRY_VERIFY(QToolTip::text() != last);
    }

    void theTreeHasAMenu()
    {
        auto *tree = find<QTreeView>("fleetTree");
        const Fleet &fleet = *m_context->state().fleet();
        const auto open = [&](const char *name) -> QMenu * {
            const auto found = tree->model()->match(tree->model()->index(0, 0), Qt::DisplayRole, QLatin1String(name), 1, Qt::MatchExactly | Qt::MatchRecursive);
            if (found.isEmpty())
                return nullptr;
            const QPoint at = tree->visualRect(found.front()).center();
            QContextMenuEvent event(QContextMenuEvent::Mouse, at, tree->viewport()->mapToGlobal(at));
            QApplication::sendEvent(tree->viewport(), &event);
            return qobject_cast<QMenu *>(QApplication::activePopupWidget());
        };
        const auto choose = [](QMenu *menu, const QString &text) {
            for (QAction *action : menu->actions()) {
                if (action->text() == text) {
                    action->trigger();
                    menu->close();
                    return true;
                }
            }
            return false;
        };
        QMenu *menu = open("db4");
        QVERIFY(menu && choose(menu, QStringLiteral("Show its runs")));
        QCOMPARE(m_context->state().location().page, QStringLiteral("runs"));
        QCOMPARE(scopeTitle(fleet, m_context->state().location().scope), QStringLiteral("db4"));
        menu = open("db4");
        QVERIFY(menu && choose(menu, QStringLiteral("Copy the name")));
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("db4"));
        menu = open("db4");
        QVERIFY(menu && choose(menu, QStringLiteral("Back up 2 instances…")));
        QTRY_VERIFY(find<QDialog>("backupDialog"));
        QCOMPARE(find<QPushButton>("backupAccept")->text(), QStringLiteral("Back up 2 instances"));
        find<QDialog>("backupDialog")->reject();
    }

    void nothingFoundIsSaid()
    {
        press(Qt::Key_K, Qt::ControlModifier);
        auto *edit = find<QLineEdit>("goToEdit");
        QVERIFY(edit);
        QVERIFY(!find<QLabel>("goToNothing")->isVisible());
        QTest::keyClicks(edit, QStringLiteral("nowhere"));
        QTRY_VERIFY(find<QLabel>("goToNothing")->isVisible()); // the store was asked for shards too
        QVERIFY2(find<QLabel>("goToNothing")->text().contains(QStringLiteral("nowhere")), qPrintable(find<QLabel>("goToNothing")->text()));
        QTest::keyClick(edit, Qt::Key_Escape);
        find<QAction>("about")->trigger();
        QVERIFY2(m_dialogs.messages.last().contains(QStringLiteral("General Public License")), qPrintable(m_dialogs.messages.last()));
        press(Qt::Key_Q, Qt::ControlModifier);
        QTRY_VERIFY(!window().isVisible() || m_dialogs.questions.contains(QStringLiteral("Close the window")));
    }

    void legendEntriesSwitchTheirSeries()
    {
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        auto *view = window().findChild<QChartView *>();
        QVERIFY(view);
        const auto counts = [&] {
            double sum = 0;
            for (QAbstractSeries *series : view->chart()->series()) {
                if (const auto *bars = qobject_cast<QStackedBarSeries *>(series)) {
                    for (const QBarSet *set : bars->barSets())
                        sum += set->sum();
                }
            }
            return sum;
        };
        QTRY_VERIFY(counts() > 30);
        QCOMPARE(view->chart()->series().size(), 2);
        QVERIFY(test::click(find<QToolButton>("legend-stored")));
        QCOMPARE(view->chart()->series().size(), 1);
        QVERIFY(test::click(find<QToolButton>("legend-good")));
        QVERIFY(counts() < 20);
        picture("backups-legend");
        QVERIFY(test::click(find<QToolButton>("legend-good")));
        QVERIFY(counts() > 30);
    }

    void everyPageExplainsItself()
    {
        for (const char *name : {"today", "fleet", "backups", "runs", "run"}) {
            Page *page = window().page(QString::fromLatin1(name));
            QVERIFY(page);
            const QString english = page->help();
            QVERIFY2(english.size() > 100 && english.startsWith(QStringLiteral("<p>")), name);
            m_language.set(QStringLiteral("zh_CN"));
            QVERIFY2(page->help() != english, name);
            m_language.set(QStringLiteral("en"));
        }
        QTest::keyClick(&window(), Qt::Key_F1);
        auto *text = find<QLabel>("helpText");
        QVERIFY(text);
        QVERIFY(text->text().contains(QStringLiteral("in the morning")));
        QVERIFY(find<QDialog>("helpBox")->grab().save(m_pictures + QStringLiteral("/help.png")));
        find<QPushButton>("helpClose")->click();
        QTRY_VERIFY(!find<QDialog>("helpBox"));
    }

    void shortcutsCanBeChanged()
    {
        QTest::keyClick(&window(), Qt::Key_F1, Qt::ControlModifier);
        auto *dialog = find<QDialog>("shortcutsDialog");
        QVERIFY(dialog);
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        auto *key = dialog->findChild<QKeySequenceEdit *>(QStringLiteral("key-goto"));
        QVERIFY(key);
        const auto press = [&](QKeySequenceEdit *edit, int code, Qt::KeyboardModifiers modifiers) {
            edit->setFocus();
            QTest::keyClick(edit, static_cast<Qt::Key>(code), modifiers);
            QSignalSpy(edit, &QKeySequenceEdit::editingFinished).wait(3000);
        };
        press(key, Qt::Key_F5, Qt::NoModifier); // taken by Refresh
        QVERIFY(dialog->findChild<QLabel *>(QStringLiteral("shortcutsTrouble"))->text().contains(QStringLiteral("Refresh")));
        QCOMPARE(key->keySequence(), QKeySequence(Qt::CTRL | Qt::Key_K));
        press(key, Qt::Key_J, Qt::ControlModifier);
        QCOMPARE(key->keySequence(), QKeySequence(Qt::CTRL | Qt::Key_J));
        QVERIFY(dialog->grab().save(m_pictures + QStringLiteral("/shortcuts.png")));
        dialog->close();
        QTRY_VERIFY(!find<QDialog>("shortcutsDialog"));
        // kept: the next window has it too
        m_context.reset();
        open(m_settings);
        QTest::keyClick(&window(), Qt::Key_J, Qt::ControlModifier);
        QVERIFY(find<QLineEdit>("goToEdit"));
        m_ui->remove(QStringLiteral("shortcuts/goto"));
    }

    void languagesAndThemesSwitch()
    {
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        auto *backups = find<QTableView>("backupsTable");
        QTRY_VERIFY(backups->model()->rowCount() >= 40);
        window().findChild<QAction *>(QStringLiteral("language-zh_CN"))->trigger();
        QTRY_COMPARE(find<QToolButton>("rail-backups")->text(), QStringLiteral("备份"));
        QCOMPARE(backups->model()->headerData(0, Qt::Horizontal).toString(), QStringLiteral("状态"));
        backups->selectionModel()->setCurrentIndex(backups->model()->index(2, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
        QTRY_VERIFY(backups->horizontalHeader()->length() <= backups->viewport()->width());
        picture("backups-zh");
        m_theme->apply(Theme::Choice::Dark);
        QTest::keyClick(&window(), Qt::Key_1, Qt::ControlModifier);
        picture("today-zh-dark");
        window().findChild<QAction *>(QStringLiteral("language-en"))->trigger();
        QTRY_COMPARE(find<QToolButton>("rail-backups")->text(), QStringLiteral("Backups"));
        QTest::keyClick(&window(), Qt::Key_3, Qt::ControlModifier);
        QTest::qWait(600);
        picture("backups-dark");
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
