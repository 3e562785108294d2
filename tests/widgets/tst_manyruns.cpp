// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/heartbeat.h"
#include "tests/widgets/sampledata.h"
#include "tests/widgets/scripteddialogs.h"

#include "models/workflow/runtablemodel.h"
#include "widgets/backups/backupspage.h"
#include "widgets/common/tablepane.h"
#include "widgets/common/theme.h"
#include "widgets/workflow/runspage.h"

#include <QApplication>
#include <QHeaderView>
#include <QLineEdit>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <memory>

using namespace zandb;

/// As many runs as a list ever holds (10,000): nothing of what a person does with them keeps the GUI thread for 50 ms.
class TestManyRuns : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        m_settings = std::make_unique<QSettings>(m_dir.filePath(QStringLiteral("ui.ini")), QSettings::IniFormat);
        constexpr int instances = 100;
        for (int at = 0; at < instances; ++at)
            m_instances.emplace_back(sample::id(3, at), QStringLiteral("db%1/my3306").arg(at));
        for (int n = 0; n < 10'000; ++n) {
            BackupRow row;
            Run &run = row.run.run;
            run.id = sample::id(4, n);
            run.kind = "backup";
            run.targetId = m_instances[static_cast<std::size_t>(n % instances)].first;
            run.occurrence = run.due = sample::now() - std::chrono::minutes{(n + 1) * 60 / instances};
            run.startedAt = run.due;
            run.endedAt = run.due + std::chrono::minutes{3 + n % 50};
            run.state = n % 40 ? RunState::Succeeded : RunState::Failed;
            if (run.state == RunState::Failed)
                run.error = Error{"backup.coverage", ErrorClass::Permanent, {{"missing", "shop.orders"}, {"extra", ""}}, nullptr};
            row.run.look = n % 40 ? Look::Ok : Look::Failed;
            row.run.target = m_instances[static_cast<std::size_t>(n % instances)].second;
            row.run.task = QStringLiteral("hourly");
            if (n % 40) {
                Backup backup;
                backup.runId = run.id;
                backup.method = "mariadb-backup";
                backup.bytes = 1'000'000'000LL + n * 7919;
                backup.storedBytes = backup.bytes / 4;
                row.backup = backup;
            }
            m_rows.push_back(row);
            m_runs.push_back(row.run);
        }
    }

    void theBackupsPage()
    {
        BackupTableModel table;
        BackupTimelineModel timeline;
        BackupsPage page({m_dialogs, *m_settings}, &table, &timeline);
        table.setNow(sample::now());
        const TimePoint from = sample::now() - std::chrono::hours{120};
        page.setRange(from, sample::now(), "UTC");
        page.setInstances(m_instances);
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto bars = BackupTimelineModel::build(m_instances, m_rows, sample::now()); // another thread's work, as in the controller
        const auto days = backupDays(m_rows, from, sample::now(), "UTC");
        auto *view = page.findChild<QTableView *>(QStringLiteral("backupsTable"));
        auto loaded = m_rows; // the controller moves what it has read, too
        measure("loading the table", [&] {
            table.setRows(std::move(loaded));
            page.setLoading(false);
            QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), 10'000, 10'000);
        });
        measure("loading the timeline", [&] {
            timeline.setRows(std::move(bars), sample::now());
            QTest::qWait(100);
        });
        measure("loading the chart", [&] {
            page.setDays(days);
            QTest::qWait(100);
        });
        theTable(page, view, QStringLiteral("backupsFilter"), BackupTableModel::Duration, BackupTableModel::Target);
        measure("a click on a count", [&] {
            QTest::mouseClick(page.findChild<QWidget *>(QStringLiteral("chip-failed")), Qt::LeftButton);
            QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), 250, 10'000);
            page.escape();
            QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), 10'000, 10'000);
        });
        auto again = m_rows; // what the next read brings: some have ended since
        for (std::size_t at = 0; at < again.size(); at += 9)
            again[at].run.run.endedAt = *again[at].run.run.endedAt + std::chrono::seconds{5};
        measure("reading anew", [&] {
            table.setRows(std::move(again));
            QTest::qWait(500);
        });
    }

    void theRunsPage()
    {
        RunTableModel table;
        RunsPage page({m_dialogs, *m_settings}, &table);
        table.setNow(sample::now());
        page.resize(1128, 820);
        page.show();
        QVERIFY(QTest::qWaitForWindowExposed(&page));
        auto *view = page.findChild<QTableView *>(QStringLiteral("runsTable"));
        auto loaded = m_runs;
        measure("loading", [&] {
            table.setRows(std::move(loaded));
            page.setLoading(false);
            QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), 10'000, 10'000);
        });
        theTable(page, view, QStringLiteral("runsFilter"), RunTableModel::Duration, RunTableModel::Target);
    }

private:
    void theTable(Page &page, QTableView *view, const QString &filter, int number, int text)
    {
        auto *edit = page.findChild<QLineEdit *>(filter);
        measure("filtering", [&] {
            for (const QChar key : QStringLiteral("failed db7")) {
                QTest::keyClick(edit, key.toLatin1());
                QTest::qWait(1);
            }
            QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() < 250, 10'000);
            edit->clear();
            QTRY_COMPARE_WITH_TIMEOUT(view->model()->rowCount(), 10'000, 10'000);
        });
        for (const int column : {number, text}) {
            measure("sorting", [&] {
                for (int turns = 0; turns < 2; ++turns) {
                    const QPoint at(view->columnViewportPosition(column) + 20, 10);
                    QTest::mouseClick(view->horizontalHeader()->viewport(), Qt::LeftButton, {}, at);
                    QTest::qWait(300);
                }
                QCOMPARE(view->horizontalHeader()->sortIndicatorSection(), column);
            });
        }
        measure("scrolling and walking", [&] {
            view->setFocus();
            QTest::keyClick(view, Qt::Key_End, Qt::ControlModifier);
            QTest::qWait(50);
            for (int steps = 0; steps < 20; ++steps) {
                QTest::keyClick(view, Qt::Key_PageUp);
                QTest::qWait(1);
            }
        });
    }
    template<class Act>
    void measure(const char *what, Act act)
    {
        QTest::qWait(50); // what came before is not its doing
        test::Heartbeat heart;
        heart.start();
        act();
        heart.stop();
        qInfo("%s, %s: at most %.1f ms of work, %.1f ms by the clock", QTest::currentTestFunction(), what, heart.worstCpuMs(), heart.worstWallMs());
        QVERIFY2(heart.worstCpuMs() < 50, qPrintable(QStringLiteral("%1: %2 ms").arg(QLatin1String(what)).arg(heart.worstCpuMs())));
    }

    QTemporaryDir m_dir;
    test::ScriptedDialogs m_dialogs;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<Theme> m_theme;
    std::vector<std::pair<Uuid, QString>> m_instances;
    std::vector<BackupRow> m_rows;
    std::vector<RunRow> m_runs;
};

QTEST_MAIN(TestManyRuns)
#include "tst_manyruns.moc"
