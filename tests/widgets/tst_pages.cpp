// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/sampledata.h"
#include "tests/widgets/scripteddialogs.h"

#include "models/fleet/fleettreemodel.h"
#include "widgets/backups/backupspage.h"
#include "widgets/backups/backuptimelineview.h"
#include "widgets/backups/todaypage.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/fleet/fleetpage.h"
#include "widgets/fleet/fleettree.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QCheckBox>
#include <QClipboard>
#include <QDialog>
#include <QDir>
#include <QGraphicsLineItem>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolTip>

#include <memory>

using namespace zandb;

class TestPages : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        m_settings = std::make_unique<QSettings>(m_dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
        QVERIFY(QDir().mkpath(m_pictures));
        m_fleet = sample::fleet();
        m_runs = sample::runs(m_fleet);
        m_rows = joinBackups(m_runs, sample::backups(m_runs));
        for (const InstanceRecord &record : m_fleet.instances)
            m_instances.emplace_back(record.instance.id, QString::fromStdString(m_fleet.pathOf(record.instance.id)));
    }

    void backups_data()
    {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void backups()
    {
        QFETCH(bool, dark);
        m_theme->apply(dark ? Theme::Choice::Dark : Theme::Choice::Light);
        BackupTableModel table;
        QAbstractItemModelTester tester(&table);
        BackupTimelineModel timeline;
        QAbstractItemModelTester timelineTester(&timeline);
        BackupsPage page(ui(), &table, &timeline);
        table.setNow(sample::now());
        fill(page, table, timeline);
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        QCOMPARE(view->model()->rowCount(), 40);

        // a chip narrows the table, Esc takes it back
        QTest::mouseClick(page.findChild<QWidget *>(QStringLiteral("chip-failed")), Qt::LeftButton);
        QCOMPARE(view->model()->rowCount(), 1);
        view->setCurrentIndex(view->model()->index(0, 0));
        grab(page).save(m_pictures + QStringLiteral("/backups-%1.png").arg(QLatin1String(dark ? "dark" : "light")));
        QSignalSpy retry(&page, &BackupsPage::retryRequested);
        press(page, QStringLiteral("backupRetry"));
        QCOMPARE(retry.count(), 1);
        QCOMPARE(retry[0][0].value<Uuid>(), m_runs[1].run.id);
        QVERIFY(page.escape());
        QCOMPARE(view->model()->rowCount(), 40);

        // the timeline's bar and the table share the selection
        auto *bars = page.findChild<BackupTimelineView *>();
        const Uuid running = m_runs[3].run.id;
        QTest::mouseClick(bars->viewport(), Qt::LeftButton, {}, bars->barRect(running).center());
        QCOMPARE(page.findChild<TablePane *>()->currentId(), running);
        QVERIFY(page.findChild<QPushButton *>(QStringLiteral("backupCancel"))->isVisible());
        grab(page).save(m_pictures + QStringLiteral("/backups-running-%1.png").arg(QLatin1String(dark ? "dark" : "light")));
        QTest::keyClick(bars, Qt::Key_Left);
        QVERIFY(page.findChild<TablePane *>()->currentId() != running);
    }

    /// Under the pointer the chart says a day's exact values; while the store is away it is greyed as the rest is.
    void theCrosshairSaysTheDaysValues()
    {
        m_theme->apply(Theme::Choice::Light);
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        fill(page, table, timeline);
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QChartView *>();
        QTRY_VERIFY(view->chart()->plotArea().width() > 100);
        const QRectF plot = view->chart()->mapRectToScene(view->chart()->plotArea());
        const auto cross = [&]() -> QGraphicsItem * {
            for (QGraphicsItem *item : view->chart()->childItems()) {
                if (item->type() == QGraphicsLineItem::Type && item->isVisible())
                    return item;
            }
            return nullptr;
        };
        QVERIFY(!cross());
        QTest::mouseMove(view->viewport(), view->mapFromScene(plot.topLeft() + QPointF(12, plot.height() / 2)));
        QTRY_VERIFY(cross());
        QVERIFY2(QToolTip::text().contains(QStringLiteral("8 good, 0 failed, 0 other")), qPrintable(QToolTip::text()));
        grab(page).save(m_pictures + QStringLiteral("/backups-crosshair.png"));
        QTest::mouseMove(view->viewport(), view->mapFromScene(plot.bottomLeft() + QPointF(12, 12))); // on the axis
        QTRY_VERIFY(!cross());
        QCOMPARE(view->chart()->opacity(), 1.0);
        page.setAway(true);
        QVERIFY(view->chart()->opacity() < 0.6);
    }

    /// Half a version or half a name says something wrong: where a window is narrow, long texts give way first.
    void namesStayWhole_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<QList<int>>("whole");
        QTest::newRow("in a window of 1440 px") << 1128 << QList<int>{InstanceTableModel::Name, InstanceTableModel::Version, InstanceTableModel::RoleColumn};
        QTest::newRow("in a window of 1280 px") << 968 << QList<int>{InstanceTableModel::Name, InstanceTableModel::Version};
    }
    void namesStayWhole()
    {
        QFETCH(int, width);
        QFETCH(QList<int>, whole);
        HostTableModel hosts;
        InstanceTableModel instances;
        FleetPage page(ui(), &hosts, &instances);
        page.resize(width, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        // as it comes: first the instances' names, then what their agents tell of them
        Fleet heard = m_fleet;
        heard.instances.front().detail->version = "10.11.19-MariaDB-0+deb12u1-log";
        Fleet named = heard;
        for (InstanceRecord &record : named.instances)
            record.detail.reset();
        instances.setRows(InstanceTableModel::rowsOf(named, {}, sample::now()));
        auto *view = page.findChild<QTableView *>(QStringLiteral("instancesTable"));
        QTRY_COMPARE(view->columnWidth(InstanceTableModel::Version), QFontMetrics(view->font()).horizontalAdvance(QStringLiteral("Version")) + 30);
        for (InstanceRecord &record : heard.instances)
            record.detail->sampledAt += std::chrono::seconds{1};
        instances.setRows(InstanceTableModel::rowsOf(heard, {}, sample::now()));
        const auto cut = [&] {
            QStringList texts;
            for (const int column : whole) {
                for (int row = 0; row < view->model()->rowCount(); ++row) {
                    const QString text = view->model()->index(row, column).data().toString();
                    if (view->columnWidth(column) < QFontMetrics(view->font()).horizontalAdvance(text) + 2 * unit)
                        texts << text;
                }
            }
            return texts.join(QLatin1String(", "));
        };
        QTRY_COMPARE(cut(), QString());
        QVERIFY(view->horizontalHeader()->length() <= view->viewport()->width());
    }

    void filterAndCopy()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        table.setNow(sample::now());
        fill(page, table, timeline);
        page.resize(1128, 820);
        page.show();
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        page.focusFilter();
        QTest::keyClicks(page.findChild<QLineEdit *>(QStringLiteral("backupsFilter")), QStringLiteral("db1/ state:ok"));
        QCOMPARE(view->model()->rowCount(), 8); // 2 instances x 5 nights, one failed, one missed
        view->setFocus();
        view->selectRow(0);
        QTest::keyClick(view, Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
        const QStringList lines = QGuiApplication::clipboard()->text().split(QLatin1Char('\n'));
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].startsWith(QStringLiteral("State\tInstance")));
        QVERIFY2(lines[1].contains(QStringLiteral("2026-11-22T01:30:00Z")), qPrintable(lines[1]));
    }

    void today()
    {
        m_theme->apply(Theme::Choice::Light);
        AttentionModel attention;
        QAbstractItemModelTester tester(&attention);
        TodayPage page(&attention);
        page.setLoading(false);
        const BoardDay day = boardDayOf(sample::now(), "UTC");
        std::vector<BackupRow> night;
        BoardCounts counts;
        for (const BackupRow &row : m_rows) {
            if (row.run.run.due < day.from)
                continue;
            night.push_back(row);
            counts.add(boardState(row.run.run, sample::now(), std::chrono::minutes{40}));
        }
        page.setNight(day, counts);
        attention.setRows(attentionOf(m_fleet, night, sample::now()));
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        grab(page).save(m_pictures + QStringLiteral("/today-light.png"));
        QSignalSpy gone(&page, &Page::goToRequested);
        QTest::mouseClick(page.findChild<QWidget *>(QStringLiteral("chip-failed")), Qt::LeftButton);
        QCOMPARE(gone.count(), 1);
        const auto to = gone[0][0].value<Location>();
        QCOMPARE(to.page, QStringLiteral("backups"));
        QCOMPARE(to.look, std::optional(Look::Failed));
    }

    /// A noon has the date of where it is noon.
    void todayOfABoardFarAway()
    {
        AttentionModel attention;
        TodayPage page(&attention);
        page.setLoading(false);
        const auto *when = page.findChild<QLabel *>(QStringLiteral("todayWhen"));
        for (const auto &[zone, dates] : {std::pair{"Pacific/Auckland", "From noon 2026-11-22 to noon 2026-11-23 (Pacific/Auckland)"},
                                          std::pair{"Pacific/Honolulu", "From noon 2026-11-21 to noon 2026-11-22 (Pacific/Honolulu)"}}) {
            const BoardDay day = boardDayOf(*fromIso("2026-11-22T12:00:00Z"), zone);
            page.setNight(day, {});
            QCOMPARE(when->text(), QLatin1String(dates));
            QCOMPARE(dayText({day}), when->text().mid(15, 5));
        }
    }

    void fleet()
    {
        HostTableModel hosts;
        InstanceTableModel instances;
        QAbstractItemModelTester a(&hosts);
        QAbstractItemModelTester b(&instances);
        FleetPage page(ui(), &hosts, &instances);
        hosts.setRows(HostTableModel::rowsOf(m_fleet, {}, sample::now()));
        instances.setRows(InstanceTableModel::rowsOf(m_fleet, {}, sample::now()));
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("instancesTable"));
        view->setFocus();
        view->setCurrentIndex(view->model()->index(2, 0));
        grab(page).save(m_pictures + QStringLiteral("/fleet-light.png"));
        QSignalSpy backup(&page, &FleetPage::backupRequested);
        press(page, QStringLiteral("fleetBackup"));
        QCOMPARE(backup.count(), 1);

        // a click shows what was clicked, also on the row that table had as its current one before
        auto *hostView = page.findChild<QTableView *>(QStringLiteral("hostsTable"));
        const auto clickFirst = [](QTableView *table) {
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(table->model()->index(0, 0)).center());
        };
        auto *backupButton = page.findChild<QPushButton *>(QStringLiteral("fleetBackup"));
        for (int round = 0; round < 2; ++round) {
            clickFirst(hostView);
            QVERIFY(!backupButton->isVisible());
            QVERIFY(!view->selectionModel()->hasSelection());
            clickFirst(view);
            QVERIFY(backupButton->isVisible());
            QVERIFY(!hostView->selectionModel()->hasSelection());
        }

        FleetTreeModel treeModel;
        treeModel.setFleet(m_fleet);
        FleetTree tree(&treeModel);
        tree.resize(240, 500);
        tree.show();
        grab(tree).save(m_pictures + QStringLiteral("/tree-light.png"));
    }

    /// Nothing is done by a mere Return; what production asks for must be typed.
    void dialogsAskFirst()
    {
        QWidget window;
        window.resize(800, 600);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        RealDialogs dialogs;
        int agreed = 0;
        int ticked = 0;
        Dialogs::Question question;
        question.title = QStringLiteral("Give up waiting — production");
        question.text = QStringLiteral("How the run of db1/my3306 ended is unknown, because its host cannot be asked.");
        question.accept = QStringLiteral("Count the run of db1/my3306 as failed");
        question.dismiss = QStringLiteral("Go on waiting");
        question.tick = QStringLiteral("Do not ask again");
        question.ticked = [&] { ++ticked; };
        const auto ask = [&]() -> QDialog * {
            dialogs.confirm(&window, question, [&] { ++agreed; });
            auto *dialog = window.findChild<QDialog *>();
            return dialog && QTest::qWaitForWindowActive(dialog) ? dialog : nullptr;
        };
        const auto button = [](QDialog *dialog, const char *name) { return dialog->findChild<QPushButton *>(QString::fromLatin1(name)); };
        QPointer<QDialog> dialog = ask();
        QVERIFY(dialog);
        QCOMPARE(button(dialog, "confirmDismiss")->text(), question.dismiss);
        grab(*dialog).save(m_pictures + QStringLiteral("/confirm.png"));
        QTest::keyClick(dialog->focusWidget(), Qt::Key_Return);
        QTRY_VERIFY(!dialog);
        QCOMPARE(agreed, 0);
        dialog = ask();
        QVERIFY(dialog);
        dialog->findChild<QCheckBox *>()->click();
        QTest::mouseClick(button(dialog, "confirmAccept"), Qt::LeftButton);
        QCOMPARE(std::pair(agreed, ticked), std::pair(1, 1));
        QTRY_VERIFY(!dialog);

        question.tick.clear();
        question.typeToConfirm = QStringLiteral("db1/my3306");
        dialog = ask();
        QVERIFY(dialog);
        QVERIFY(!button(dialog, "confirmAccept")->isEnabled());
        QTest::keyClicks(dialog->focusWidget(), question.typeToConfirm);
        QVERIFY(button(dialog, "confirmAccept")->isEnabled());
        grab(*dialog).save(m_pictures + QStringLiteral("/confirm-production.png"));
        QTest::mouseClick(button(dialog, "confirmAccept"), Qt::LeftButton);
        QCOMPARE(agreed, 2);
    }

    void emptyPages()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        page.setRange(sample::now() - std::chrono::hours{120}, sample::now(), "UTC");
        page.setInstances({});
        page.setLoading(false);
        page.resize(1128, 820);
        page.show();
        grab(page).save(m_pictures + QStringLiteral("/backups-empty.png"));
        QVERIFY(!page.findChild<QPushButton *>(QStringLiteral("backupScope"))->isEnabled());
    }

private:
    /// A button that a selection has just brought: it is there for a person once it has its place.
    static void press(QWidget &page, const QString &name)
    {
        auto *button = page.findChild<QPushButton *>(name);
        QTRY_VERIFY(!button->visibleRegion().isEmpty());
        QTest::mouseClick(button, Qt::LeftButton);
    }
    /// Once layouts have settled.
    static QPixmap grab(QWidget &widget)
    {
        QTest::qWait(50);
        return widget.grab();
    }
    Ui ui() { return {m_dialogs, *m_settings}; }
    void fill(BackupsPage &page, BackupTableModel &table, BackupTimelineModel &timeline)
    {
        const TimePoint from = sample::now() - std::chrono::hours{120};
        table.setRows(m_rows);
        timeline.setBackups(m_instances, m_rows, sample::now());
        page.setRange(from, sample::now() + std::chrono::hours{2}, "UTC");
        page.setDays(backupDays(m_rows, from, sample::now(), "UTC"));
        page.setInstances(m_instances);
        BoardCounts counts;
        for (const BackupRow &row : m_rows)
            counts.add(boardState(row.run.run, sample::now(), std::chrono::minutes{40}));
        page.setBoard(counts);
        page.setLoading(false);
    }

    QTemporaryDir m_dir;
    QString m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/pages");
    test::ScriptedDialogs m_dialogs;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<Theme> m_theme;
    Fleet m_fleet;
    std::vector<RunRow> m_runs;
    std::vector<BackupRow> m_rows;
    std::vector<std::pair<Uuid, QString>> m_instances;
};

QTEST_MAIN(TestPages)
#include "tst_pages.moc"
