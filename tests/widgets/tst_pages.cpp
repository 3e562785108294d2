// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/sampledata.h"
#include "tests/widgets/scripteddialogs.h"

#include "models/fleet/fleettreemodel.h"
#include "models/common/roles.h"
#include "tests/places.h"
#include "widgets/backups/backupdayschart.h"
#include "widgets/backups/backupdialog.h"
#include "widgets/backups/backupspage.h"
#include "widgets/backups/backuptimelineview.h"
#include "widgets/backups/todaypage.h"
#include "widgets/common/inspector.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/fleet/fleetpage.h"
#include "widgets/fleet/fleettree.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QChart>
#include <QChartView>
#include <QCheckBox>
#include <QComboBox>
#include <QClipboard>
#include <QDialog>
#include <QDir>
#include <QGraphicsLineItem>
#include <QGraphicsSimpleTextItem>
#include <QGraphicsTextItem>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QSignalSpy>
#include <QSplitter>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
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
        QCOMPARE(retry[0][0].value<std::vector<Uuid>>(), std::vector{m_runs[1].run.id});
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

    /// A date that is cut says nothing: in a small chart some are left out, and none is shortened.
    void datesOfTheChartAreWhole()
    {
        std::vector<BackupDay> days;
        for (int i = 0; i < 14; ++i) {
            BackupDay day;
            day.day = boardDayOf(sample::now() - std::chrono::hours{24 * (14 - i)}, "UTC");
            day.good = 5;
            days.push_back(day);
        }
        BackupDaysChart chart;
        chart.resize(230, 200);
        chart.setDays(days);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        auto *view = chart.findChild<QChartView *>();
        static const QRegularExpression date(QStringLiteral("^\\d\\d-\\d\\d$"));
        std::vector<QRectF> places;
        for (QGraphicsItem *item : view->chart()->childItems()) {
            if (auto *label = qgraphicsitem_cast<QGraphicsSimpleTextItem *>(item)) {
                QVERIFY2(date.match(label->text()).hasMatch(), qPrintable(label->text()));
                places.push_back(label->sceneBoundingRect());
            }
        }
        QVERIFY2(places.size() >= 2 && places.size() < days.size(), qPrintable(QString::number(places.size())));
        const QRectF whole = view->chart()->sceneBoundingRect();
        for (std::size_t at = 0; at < places.size(); ++at) {
            QVERIFY(whole.contains(places[at]));
            QVERIFY(at == 0 || places[at].left() > places[at - 1].right());
        }
        // and neither is a number beside it, in the smallest window
        // nor where the legend takes one line, two or three
        static const QRegularExpression cut(QStringLiteral("\u2026|\\.\\.\\."));
        int fewest = 99, most = 0;
        for (const int width : {234, 330, 700}) {
            for (int height = 160; height <= 330; height += 10) {
                chart.resize(width, height);
                QTest::qWait(1);
                QStringList numbers;
                for (QGraphicsItem *item : view->scene()->items()) {
                    if (auto *text = qgraphicsitem_cast<QGraphicsTextItem *>(item); text && text->isVisible())
                        numbers << text->toPlainText();
                }
                QVERIFY2(numbers.contains(QStringLiteral("0")) && numbers.filter(cut).isEmpty(),
                         qPrintable(QStringLiteral("%1 x %2: %3").arg(width).arg(height).arg(numbers.join(QLatin1Char(' ')))));
                fewest = std::min(fewest, static_cast<int>(numbers.size()));
                most = std::max(most, static_cast<int>(numbers.size()));
            }
        }
        QVERIFY(most > fewest); // a high one has more of them
    }

    /// What stands in red is read on dark too.
    void theRedLineFollowsTheTheme()
    {
        AttentionModel attention;
        TodayPage page(&attention);
        page.setHealth(scheduleHealth(0, sample::now(), {}, {}, 2));
        page.show();
        auto *line = page.findChild<QLabel *>(QStringLiteral("healthLine"));
        m_theme->apply(Theme::Choice::Dark);
        const auto put = qScopeGuard([this] { m_theme->apply(Theme::Choice::Light); });
        QTRY_COMPARE(line->palette().color(QPalette::WindowText), lookColours(Look::Failed, true).text);
    }

    /// A path without a place to break is broken all the same: cut at the edge it hid the reason.
    void theErrorCardBreaksLongPaths()
    {
        Inspector inspector;
        inspector.resize(inspector.minimumWidth(), 600);
        inspector.show();
        QVERIFY(QTest::qWaitForWindowExposed(&inspector));
        Inspector::Content content;
        content.title = QStringLiteral("db1/my3306");
        const QString path = QLatin1Char('/') + QString(90, QLatin1Char('a')) + QStringLiteral("/20260301T023000Z-0195533f7ab07cc3b1d0e4a1b2c3d4e5");
        content.error = QStringLiteral("The backup in %1 was replaced.").arg(path);
        content.advice = QStringLiteral("Look at %1.").arg(path);
        content.ids = {sample::id(1, 1)};
        inspector.setContent(content);
        for (const char *name : {"inspectorError", "inspectorAdvice"}) {
            auto *label = inspector.findChild<QLabel *>(QLatin1String(name));
            QTRY_VERIFY(label->isVisible());
            QVERIFY2(label->minimumSizeHint().width() <= label->width(), qPrintable(QStringLiteral("%1 > %2").arg(label->minimumSizeHint().width()).arg(label->width())));
            QCOMPARE(label->text().remove(QChar(0x200b)).contains(path), true);
        }
        // what is copied is the path as it is
        auto *error = inspector.findChild<QLabel *>(QStringLiteral("inspectorError"));
        error->setFocus();
        error->setSelection(0, static_cast<int>(error->text().size()));
        QTest::keyClick(error, Qt::Key_C, Qt::ControlModifier);
        QTRY_COMPARE(QGuiApplication::clipboard()->text(), content.error);
        QTest::keyClick(error, Qt::Key_End); // Ctrl is up again for who comes next
    }

    /// Of another row one wants to see first what went wrong, wherever one had scrolled to.
    void theInspectorBeginsAtTheTop()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        table.setNow(sample::now());
        fill(page, table, timeline);
        page.resize(1000, 560);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        view->selectRow(0);
        auto *bar = page.findChild<Inspector *>()->findChild<QScrollArea *>()->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        bar->setValue(bar->maximum());
        table.setNow(sample::now()); // the same row, told anew
        QVERIFY(bar->value() > 0);
        view->selectRow(view->model()->rowCount() - 1);
        QCOMPARE(bar->value(), 0);
    }

    /// What the buttons act on is what is marked: never a row that a filter has taken away.
    void whatIsNotMarkedIsNotActedOn()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        table.setNow(sample::now());
        fill(page, table, timeline);
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        auto *pane = page.findChild<TablePane *>();
        const auto marked = [&] {
            const auto rows = view->selectionModel()->selectedRows();
            return rows.size() == 1 ? std::optional(rows.front().data(IdRole).value<Uuid>()) : std::nullopt;
        };
        page.focusFilter();
        auto *filter = page.findChild<QLineEdit *>(QStringLiteral("backupsFilter"));
        for (const char *words : {"state:failed", "state:cancelled", "state:running", "db10", ""}) {
            filter->setText(QLatin1String(words));
            QTRY_VERIFY2(marked() && marked() == pane->currentId(), words);
            // another scope: the rows of before are gone
            auto rows = m_rows;
            std::erase_if(rows, [&](const BackupRow &row) { return row.run.run.id == pane->currentId(); });
            table.setRows(rows);
            QTRY_VERIFY2(view->model()->rowCount() == 0 || (marked() && marked() == pane->currentId()), words);
            if (view->model()->rowCount() == 0)
                QVERIFY(!page.findChild<QPushButton *>(QStringLiteral("backupRetry"))->isVisible());
            table.setRows(m_rows);
        }
        view->clearSelection(); // as Ctrl and a click do
        QVERIFY(!pane->currentId());
        QVERIFY(!page.findChild<QPushButton *>(QStringLiteral("backupAgain"))->isVisible());
    }

    /// Several rows can be chosen, and the buttons say how many of them they act on.
    void actsAreOnAllThatAreChosen()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        table.setNow(sample::now());
        fill(page, table, timeline);
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        page.findChild<QLineEdit *>(QStringLiteral("backupsFilter"))->setText(QStringLiteral("-state:running -state:late"));
        view->selectAll();
        auto *retry = page.findChild<QPushButton *>(QStringLiteral("backupRetry"));
        QCOMPARE(retry->text(), QStringLiteral("Retry 4")); // failed, unknown, cancelled, missed
        QVERIFY2(retry->toolTip().contains(QStringLiteral("4")), qPrintable(retry->toolTip()));
        grab(page).save(m_pictures + QStringLiteral("/backups-many.png"));
        QSignalSpy asked(&page, &BackupsPage::retryRequested);
        press(page, QStringLiteral("backupRetry"));
        QCOMPARE(asked.count(), 1);
        const auto runs = asked[0][0].value<std::vector<Uuid>>();
        QCOMPARE(runs.size(), std::size_t(4));
        for (const Uuid &id : runs)
            QVERIFY(whyNotRetry(table.row(table.rowOf(id))->run.run).isEmpty());
        QCOMPARE(page.findChild<QPushButton *>(QStringLiteral("backupAgain"))->text(), QStringLiteral("Back up 8 instance(s)…")); // plurals come with a language
        QSignalSpy backup(&page, &BackupsPage::backupRequested);
        press(page, QStringLiteral("backupAgain"));
        QCOMPARE(backup[0][0].value<std::vector<Uuid>>().size(), m_instances.size());
        QVERIFY(!page.findChild<QPushButton *>(QStringLiteral("backupRestore"))->isVisible()); // to one directory only one
        view->selectRow(0);
        QCOMPARE(retry->text(), QStringLiteral("Retry"));
    }

    /// One long name does not push the other columns out of sight, and where only what failed is shown one sees why it did.
    void columnsHaveTheirRoom_data()
    {
        QTest::addColumn<int>("width");
        QTest::newRow("in a window of 1440 px") << 1128;
        QTest::newRow("in a window of 1280 px") << 968;
        QTest::newRow("in a window of 1024 px") << 780;
    }
    void columnsHaveTheirRoom()
    {
        QFETCH(int, width);
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        table.setNow(sample::now());
        fill(page, table, timeline);
        auto rows = m_rows;
        rows[1].run.target = QStringLiteral("payments-primary-database-07.frankfurt.example-company.internal/my3306");
        table.setRows(rows);
        page.resize(width, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        const auto beyond = [&] { return view->horizontalHeader()->length() - view->viewport()->width(); };
        const auto widths = [&] {
            QStringList all;
            for (int column = 0; column < view->model()->columnCount(); ++column)
                all << QString::number(view->columnWidth(column));
            return QStringLiteral("%1 of %2, own widths: %3").arg(all.join(QLatin1Char(' '))).arg(view->viewport()->width())
                .arg(m_settings->value(QStringLiteral("tables/backups-widths")).toBool());
        };
        QTRY_VERIFY2(beyond() <= 0 && view->columnWidth(BackupTableModel::Target) <= 30 * unit, qPrintable(widths()));
        QTest::mouseClick(page.findChild<QWidget *>(QStringLiteral("chip-failed")), Qt::LeftButton);
        QTRY_VERIFY2(view->columnWidth(BackupTableModel::Trouble) >= 20 * unit, qPrintable(widths()));
        QVERIFY2(view->columnViewportPosition(BackupTableModel::Trouble) + 20 * unit <= view->viewport()->width(), qPrintable(widths()));
        grab(page).save(m_pictures + QStringLiteral("/backups-failed-%1.png").arg(width));
        // what has no room is not what the person has hidden: it is exported, and there again in a wider window
        QVERIFY(page.findChild<TablePane *>()->shownRows(false).columns.contains(BackupTableModel::Stored));
        QTest::mouseClick(page.findChild<QWidget *>(QStringLiteral("chip-failed")), Qt::LeftButton);
        page.resize(1600, 820);
        QTRY_VERIFY(!view->isColumnHidden(BackupTableModel::Stored));
    }

    void splittersAreRemembered()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        const auto widths = [](const BackupsPage &page) { return page.findChild<Inspector *>()->width(); };
        int chosen = 0;
        {
            BackupsPage page(ui(), &table, &timeline);
            page.resize(1300, 820);
            page.show();
            QVERIFY(QTest::qWaitForWindowExposed(&page));
            auto *split = qobject_cast<QSplitter *>(page.findChild<Inspector *>()->parentWidget()->parentWidget());
            QVERIFY(split);
            QWidget *handle = split->handle(1);
            QTest::mousePress(handle, Qt::LeftButton, {}, QPoint(2, 50));
            QTest::mouseMove(handle, QPoint(-98, 50));
            QTest::mouseRelease(handle, Qt::LeftButton, {}, QPoint(-98, 50));
            chosen = widths(page);
            QVERIFY(chosen > 36 * unit);
        }
        BackupsPage page(ui(), &table, &timeline);
        page.resize(1300, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        QCOMPARE(widths(page), chosen);
        m_settings->remove(QStringLiteral("splitters"));
    }

    /// A backup by hand says what, where and how much, and asks how and where to.
    void theBackupDialogAsks()
    {
        BackupDialog::Question question;
        question.profile = QStringLiteral("production");
        question.production = true;
        question.typeToConfirm = QStringLiteral("production");
        for (int at = 0; at < 12; ++at) {
            const QString host = QStringLiteral("db%1").arg(at / 2 + 1);
            question.instances << BackupDialog::Instance{sample::id(3, at), host + QStringLiteral("/my330%1").arg(at % 2), host,
                                                         at == 11 ? std::nullopt : std::optional<qint64>(100LL << 30),
                                                         at < 2 ? QStringList{QStringLiteral("vault")} : QStringList{QStringLiteral("local"), QStringLiteral("vault")}};
        }
        auto *dialog = new BackupDialog(question);
        QPointer<BackupDialog> watched = dialog;
        dialog->show();
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        const auto text = dialog->findChild<QLabel *>(QStringLiteral("backupSummary"))->text();
        QVERIFY2(text.contains(QStringLiteral("6 host")) && text.contains(QStringLiteral("1.07 TiB")) && text.contains(QStringLiteral("1 of them")),
                 qPrintable(text));
        auto *repository = dialog->findChild<QComboBox *>(QStringLiteral("backupRepository"));
        QCOMPARE(repository->currentText(), QStringLiteral("vault")); // the one that all hosts have
        auto *accept = dialog->findChild<QPushButton *>(QStringLiteral("backupAccept"));
        QCOMPARE(accept->text(), QStringLiteral("Back up 12 instance(s)"));
        QVERIFY(!accept->isEnabled() && !accept->isDefault());
        auto *method = dialog->findChild<QComboBox *>(QStringLiteral("backupMethod"));
        method->setCurrentIndex(method->findData(QStringLiteral("logical")));
        QTest::keyClicks(dialog->findChild<QLineEdit *>(QStringLiteral("backupType")), QStringLiteral("production"));
        QVERIFY(accept->isEnabled());
        grab(*dialog).save(m_pictures + QStringLiteral("/backup-production.png"));
        QSignalSpy wished(dialog, &BackupDialog::backupRequested);
        QTest::mouseClick(accept, Qt::LeftButton);
        const auto wish = wished[0][0].value<BackupWish>();
        QCOMPARE(wish.method, std::string("logical"));
        QCOMPARE(wish.repository, std::string("vault"));
        QCOMPARE(wish.instances.size(), std::size_t(12));
        QTRY_VERIFY(!watched);
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
        QCOMPARE(to.look(), std::optional(Look::Failed));
    }

    /// A night in which nothing failed is good only as far as backups were made in it.
    void aNightOfSkippedBackupsIsNotGood()
    {
        AttentionModel attention;
        TodayPage page(&attention);
        page.setLoading(false);
        const auto *verdict = page.findChild<QLabel *>(QStringLiteral("verdict"));
        const BoardDay day = boardDayOf(systemNow() - std::chrono::hours{24 * 10}, "UTC");
        const auto said = [&](int done, int skipped, int cancelled, bool cut = false) {
            BoardCounts counts;
            counts.add(BoardState::Done, done);
            counts.add(BoardState::Skipped, skipped);
            counts.add(BoardState::Cancelled, cancelled);
            page.setNight(day, counts, 0, cut);
            return verdict->text();
        };
        QCOMPARE(said(8, 0, 0), QStringLiteral("This night was good"));
        QCOMPARE(said(0, 8, 0), QStringLiteral("No backup was made in this night"));
        QCOMPARE(said(0, 0, 3), QStringLiteral("No backup was made in this night"));
        QCOMPARE(said(5, 2, 1), QStringLiteral("This night: 5 done, 2 skipped, 1 cancelled"));
        QVERIFY(page.findChild<QLabel *>(QStringLiteral("todayWhen"))->text().endsWith(QStringLiteral("(UTC)")));
        said(5, 0, 0, true);
        QVERIFY(page.findChild<QLabel *>(QStringLiteral("todayWhen"))->text().contains(QStringLiteral("not all are counted")));
        QVERIFY(said(0, 0, 0, true).contains(QStringLiteral("before what was read")));
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

    /// Beside an older failure of the same task and instance the newest one counts.
    void theVerdictCountsWhatIsListed()
    {
        AttentionModel attention;
        TodayPage page(&attention);
        BoardCounts counts;
        counts.total = 10;
        counts.done = 6;
        counts.failed = 4;
        page.setNight(boardDayOf(systemNow() - std::chrono::hours{24}, "UTC"), counts, 0, false, 1);
        const QString verdict = page.findChild<QLabel *>(QStringLiteral("verdict"))->text();
        QVERIFY2(verdict.startsWith(QLatin1String("3 ")), qPrintable(verdict));
        QVERIFY(page.findChild<QLabel *>(QStringLiteral("todayWhen"))->text().contains(QStringLiteral("followed by another bad one")));
        for (const char *arrow : {"todayEarlier", "todayLater"}) {
            const auto *button = page.findChild<QToolButton *>(QLatin1String(arrow));
            QVERIFY(!button->accessibleName().isEmpty() && !button->toolTip().isEmpty());
        }
    }

    /// How old the last good backup is stands in the table as long as it can, and beside it always; "never" stands under the ages.
    void theLastGoodBackupIsInSight()
    {
        HostTableModel hosts;
        InstanceTableModel instances;
        FleetPage page(ui(), &hosts, &instances);
        BackupAges ages;
        ages[m_fleet.instances[0].instance.id].lastGood = sample::now() - std::chrono::hours{30};
        ages[m_fleet.instances[1].instance.id].tooOld = true; // never
        instances.setRows(InstanceTableModel::rowsOf(m_fleet, {}, sample::now(), ages));
        page.resize(968, 700); // in a window of 1280 px
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("instancesTable"));
        QTRY_VERIFY(!view->isColumnHidden(InstanceTableModel::LastBackup) && view->columnWidth(InstanceTableModel::LastBackup) > 0);
        QTRY_VERIFY(view->columnViewportPosition(InstanceTableModel::LastBackup) + view->columnWidth(InstanceTableModel::LastBackup) <= view->viewport()->width());
        const auto said = [&] {
            QStringList texts;
            for (const QLabel *label : page.findChild<Inspector *>()->findChildren<QLabel *>())
                texts << label->text();
            return texts.join(QLatin1Char('|'));
        };
        int never = -1;
        for (int row = 0; row < view->model()->rowCount(); ++row) {
            const QModelIndex cell = view->model()->index(row, InstanceTableModel::LastBackup);
            if (cell.data().toString() == QLatin1String("never"))
                never = row;
            else if (cell.data().toString() != QLatin1String("30 h ago"))
                continue;
            view->selectRow(row);
            QTRY_VERIFY2(said().contains(QStringLiteral("Backed up|") + (never == row ? QStringLiteral("never") : QString())), qPrintable(said()));
            QVERIFY2(never == row || said().contains(QStringLiteral("(30 h ago)")), qPrintable(said()));
        }
        QVERIFY(never >= 0);
        view->clearSelection();
        const QRect cell = view->visualRect(view->model()->index(never, InstanceTableModel::LastBackup));
        const QImage image = view->viewport()->grab(cell).toImage();
        const auto painted = [&](int x) {
            int count = 0;
            for (int y = 0; y < image.height(); ++y)
                count += image.pixelColor(x, y) != image.pixelColor(0, 0);
            return count;
        };
        const double scale = image.devicePixelRatio();
        QCOMPARE(painted(static_cast<int>(unit * scale) + 4), 0);                       // not at the left edge
        QVERIFY(painted(image.width() - 1 - static_cast<int>((unit + 3) * scale)) > 8); // but at the right one
    }

    /// When a run was due tells two of one instance apart: it goes after all else, but for what failed where only that is asked for.
    void rowsOfOneInstanceAreToldApart()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page(ui(), &table, &timeline);
        table.setNow(sample::now());
        fill(page, table, timeline);
        page.resize(676, 420); // in a window of 952 x 500
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        using Table = BackupTableModel;
        const auto inSight = [&](int column) {
            return !view->isColumnHidden(column) && view->columnViewportPosition(column) + view->columnWidth(column) <= view->viewport()->width();
        };
        QTRY_VERIFY(inSight(Table::State) && inSight(Table::Target) && inSight(Table::Due));
        const QString due = view->model()->index(0, Table::Due).data().toString();
        QVERIFY(view->columnWidth(Table::Due) >= QFontMetrics(view->font()).horizontalAdvance(due) + 2 * unit);
        QTest::mouseClick(page.findChild<QWidget *>(QStringLiteral("chip-failed")), Qt::LeftButton);
        QTRY_VERIFY(inSight(Table::Trouble) && view->columnWidth(Table::Trouble) >= 16 * unit);
        // half an example is none
        const auto *filter = page.findChild<QLineEdit *>(QStringLiteral("backupsFilter"));
        QVERIFY2(filter->fontMetrics().horizontalAdvance(filter->placeholderText()) < filter->width() - 5 * unit, qPrintable(filter->placeholderText()));
        // what went wrong can be read in a low panel, and the words on the buttons are whole
        view->selectRow(0);
        auto *inspector = page.findChild<Inspector *>();
        QTRY_VERIFY(inspector->findChild<QScrollArea *>()->height() >= inspector->height() - 4);
        for (const int width : {676, 740, 968}) {
            page.resize(width, 620);
            for (int row = 0; row < std::min(view->model()->rowCount(), 8); ++row) {
                view->selectRow(row);
                const auto cut = [&] {
                    QStringList texts;
                    for (const QPushButton *button : inspector->findChildren<QPushButton *>()) {
                        if (button->isVisible() && (button->width() < button->sizeHint().width() || button->height() < button->sizeHint().height()))
                            texts << button->text();
                    }
                    return texts.join(QLatin1String(", "));
                };
                QTest::qWait(1);
                QTRY_COMPARE(cut(), QString());
            }
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
        question.dismiss = QStringLiteral("Keep waiting");
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
