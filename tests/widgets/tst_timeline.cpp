// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/places.h"
#include "tests/widgets/sampledata.h"

#include "widgets/backups/backuptimelineview.h"
#include "widgets/common/elide.h"
#include "widgets/common/theme.h"

#include <QApplication>
#include <QHelpEvent>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>

#include <ctime>
#include <memory>
#include <set>

using namespace zandb;

/// The timeline alone: its axis, and what a mouse does on it.
class TestTimeline : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        m_theme = std::make_unique<Theme>(*qApp);
        m_theme->apply(Theme::Choice::Light);
        const Fleet fleet = sample::fleet();
        const auto runs = sample::runs(fleet);
        for (const InstanceRecord &record : fleet.instances)
            m_instances.emplace_back(record.instance.id, QString::fromStdString(fleet.pathOf(record.instance.id)));
        m_model.setBackups(m_instances, joinBackups(runs, sample::backups(runs)), sample::now());
        m_running = runs[3].run.id;
    }
    void init()
    {
        m_view = std::make_unique<BackupTimelineView>();
        m_view->setModel(&m_model);
        m_view->setRange(sample::now() - std::chrono::hours{120}, sample::now() + std::chrono::hours{2}, "UTC");
        m_view->resize(900, 360);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }
    void cleanup() { m_view.reset(); }

    /// What tells names apart stays visible, wherever in them it stands, and all keep to their room.
    void shortenedNamesStayApart_data()
    {
        QTest::addColumn<QStringList>("names");
        QTest::newRow("in the middle") << QStringList{QStringLiteral("orders-database-11.frankfurt.example/my3306"), QStringLiteral("orders-database-12.frankfurt.example/my3306"),
                                                      QStringLiteral("orders-database-21.frankfurt.example/my3306"), QStringLiteral("orders-database-121.frankfurt.example/my3306")};
        QTest::newRow("by words") << QStringList{QStringLiteral("payments-primary-eu-west/my3306"), QStringLiteral("payments-replica-eu-west/my3306"), QStringLiteral("payments-standby-eu-west/my3306")};
        QTest::newRow("at the end") << QStringList{QStringLiteral("orders-database-11.frankfurt/my3306"), QStringLiteral("orders-database-11.frankfurt/my3307")};
        QTest::newRow("one within the other") << QStringList{QStringLiteral("aaaaaaaaaaaaaaaaaaaaaaaa"), QStringLiteral("aaaaaaaaaaaaaaaaaaaaaaaaaa")};
        QTest::newRow("two groups") << QStringList{QStringLiteral("orders-database-11.frankfurt/my3306"), QStringLiteral("orders-database-12.frankfurt/my3306"),
                                                   QStringLiteral("stock-database-0000001.zurich/my3306"), QStringLiteral("stock-database-0000002.zurich/my3306")};
    }
    void shortenedNamesStayApart()
    {
        QFETCH(QStringList, names);
        const QFontMetrics metrics(QApplication::font());
        for (const int width : {100, 120, 160}) {
            const QStringList shown = elidedApart(names, metrics, width);
            QCOMPARE(shown.size(), names.size());
            QVERIFY2(std::set<QString>(shown.begin(), shown.end()).size() == static_cast<std::size_t>(names.size()), qPrintable(shown.join(QLatin1String(", "))));
            for (const QString &text : shown)
                QVERIFY2(metrics.horizontalAdvance(text) <= width, qPrintable(QStringLiteral("%1: %2 of %3").arg(text).arg(metrics.horizontalAdvance(text)).arg(width)));
        }
        QCOMPARE(elidedApart(names, metrics, 2000), names); // with room they are whole
        const QStringList twice{names[0], names[0]};
        QCOMPARE(elidedApart(twice, metrics, 100)[0], elidedApart(twice, metrics, 100)[1]); // of the same name nothing differs
    }

    /// In a narrow timeline every row is told from the others, and says its whole name under the pointer.
    void rowsOfANarrowTimelineAreToldApart()
    {
        std::vector<std::pair<Uuid, QString>> rows;
        for (int at = 0; at < 4; ++at)
            rows.emplace_back(sample::id(3, 900 + at), QStringLiteral("orders-database-%1.frankfurt.example/my3306").arg(11 + at));
        BackupTimelineModel model;
        model.setBackups(rows, {}, sample::now());
        BackupTimelineView view;
        view.setModel(&model);
        view.setRange(sample::now() - std::chrono::hours{120}, sample::now() + std::chrono::hours{2}, "UTC");
        view.resize(400, 300);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        std::set<QString> shown;
        for (int row = 0; row < 4; ++row)
            shown.insert(view.shownName(row));
        QCOMPARE(shown.size(), std::size_t(4));
        QVERIFY(!shown.contains(rows[0].second));
        QHelpEvent help(QEvent::ToolTip, QPoint(30, 55), view.viewport()->mapToGlobal(QPoint(30, 55)));
        QApplication::sendEvent(view.viewport(), &help);
        QTRY_COMPARE(QToolTip::text(), rows[0].second);
        QToolTip::hideText();
    }

    /// The axis reads as the board's wall does, whatever zone this computer is in, and a day is as long as it was.
    void theAxisIsInTheBoardsZone_data()
    {
        QTest::addColumn<QDateTime>("from"); // local midnight in Berlin
        QTest::addColumn<int>("hours");
        QTest::addColumn<int>("untilSix"); // elapsed hours from midnight to 06:00
        QTest::addColumn<QString>("day");
        const auto utc = [](int month, int day, int hour) { return QDateTime(QDate(2026, month, day), QTime(hour, 0), Qt::UTC); };
        QTest::newRow("25 hours") << utc(10, 24, 22) << 25 << 7 << QStringLiteral("Sun, 25 Oct");
        QTest::newRow("23 hours") << utc(3, 28, 23) << 23 << 5 << QStringLiteral("Sun, 29 Mar");
        QTest::newRow("24 hours") << utc(3, 29, 22) << 24 << 6 << QStringLiteral("Mon, 30 Mar");
    }
    void theAxisIsInTheBoardsZone()
    {
        QFETCH(QDateTime, from);
        QFETCH(int, hours);
        QFETCH(int, untilSix);
        QFETCH(QString, day);
        QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
        const TimePoint begin = fromMicros(from.toMSecsSinceEpoch() * 1000);
        m_view->setRange(begin - std::chrono::hours{3}, begin + std::chrono::hours{hours + 3}, "Europe/Berlin");
        QStringList names;
        QMap<QString, double> at;
        for (const auto &label : m_view->axisLabels()) {
            if (label.day)
                names << label.text;
            else if (!at.contains(label.text)) // midnight stands at both ends
                at[label.text] = label.x;
        }
        QVERIFY2(names.contains(day), qPrintable(names.join(QLatin1String("; "))));
        QVERIFY2(at.contains(QStringLiteral("06:00")) && at.contains(QStringLiteral("12:00")), qPrintable(QStringList(at.keys()).join(QLatin1Char(' '))));
        // six hours on the wall after 06:00 are six hours; those before are as many as there were
        const double hour = (at[QStringLiteral("12:00")] - at[QStringLiteral("06:00")]) / 6;
        QVERIFY(hour > 10);
        QVERIFY2(std::abs((at[QStringLiteral("06:00")] - at[QStringLiteral("00:00")]) / hour - untilSix) < 0.01,
                 qPrintable(QString::number((at[QStringLiteral("06:00")] - at[QStringLiteral("00:00")]) / hour)));
        m_view->grab().save(QStringLiteral(ZANDB_BINARY_DIR "/screenshots/pages/timeline-%1-hours.png").arg(hours));
    }

    /// Press, move, release over empty ground: the range between becomes the window's.
    void dragZooms()
    {
        QSignalSpy wanted(m_view.get(), &BackupTimelineView::rangeRequested);
        QWidget *ground = m_view->viewport();
        const int y = m_view->barRect(m_running).bottom() + 10; // between two rows of bars
        const auto labels = m_view->axisLabels();
        const auto noon = std::ranges::find_if(labels, [](const auto &label) { return label.text == QStringLiteral("12:00"); });
        QVERIFY(noon != labels.end());
        const QPoint from(static_cast<int>(noon->x), y);
        QTest::mousePress(ground, Qt::LeftButton, {}, from);
        QTest::mouseMove(ground, from + QPoint(40, 3));
        QTest::mouseMove(ground, from + QPoint(120, 5));
        QTest::mouseRelease(ground, Qt::LeftButton, {}, from + QPoint(120, 5));
        QCOMPARE(wanted.count(), 1);
        const auto [begin, end] = wanted[0][0].value<TimeRange>().at(sample::now());
        const Microseconds perPixel = (end - begin) / 120;
        const auto wall = QDateTime::fromMSecsSinceEpoch(toMicros(begin) / 1000, Qt::UTC).time();
        QVERIFY2(std::abs(wall.secsTo(QTime(12, 0))) < 2 * std::chrono::duration_cast<std::chrono::seconds>(perPixel).count(), qPrintable(wall.toString()));
        QVERIFY(end - begin > std::chrono::hours{12} && end - begin < std::chrono::hours{36});
        // backwards is the same range; a tremble is none
        QTest::mousePress(ground, Qt::LeftButton, {}, from + QPoint(120, 0));
        QTest::mouseMove(ground, from);
        QTest::mouseRelease(ground, Qt::LeftButton, {}, from);
        QCOMPARE(wanted.count(), 2);
        QVERIFY(wanted[1][0].value<TimeRange>() == wanted[0][0].value<TimeRange>());
        QTest::mousePress(ground, Qt::LeftButton, {}, from);
        QTest::mouseRelease(ground, Qt::LeftButton, {}, from + QPoint(3, 0));
        QCOMPARE(wanted.count(), 2);
    }

    void aDoubleClickGoesBackOrOpens()
    {
        QSignalSpy back(m_view.get(), &BackupTimelineView::rangeBackRequested);
        QSignalSpy opened(m_view.get(), &BackupTimelineView::runActivated);
        QSignalSpy zoomed(m_view.get(), &BackupTimelineView::rangeRequested);
        QWidget *ground = m_view->viewport();
        const QRect bar = m_view->barRect(m_running);
        QTest::mouseDClick(ground, Qt::LeftButton, {}, QPoint(bar.center().x() - 60, bar.bottom() + 8));
        QCOMPARE(back.count(), 1);
        QCOMPARE(opened.count(), 0);
        QTest::mouseDClick(ground, Qt::LeftButton, {}, bar.center());
        QCOMPARE(back.count(), 1);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].value<Uuid>(), m_running);
        QCOMPARE(zoomed.count(), 0);
    }

    void timelineIsQuick()
    {
        // 2,000 bars in 40 rows, all on the screen
        const TimePoint now = sample::now();
        std::vector<std::pair<Uuid, QString>> instances;
        std::vector<BackupRow> rows;
        for (int at = 0; at < 40; ++at) {
            instances.emplace_back(sample::id(3, at), QStringLiteral("host%1/my3306").arg(at));
            for (int n = 0; n < 50; ++n) {
                BackupRow row;
                row.run.run.id = sample::id(4, at * 50 + n);
                row.run.run.targetId = sample::id(3, at);
                row.run.run.due = now - std::chrono::minutes{140 * (n + 1)};
                row.run.run.startedAt = row.run.run.due;
                row.run.run.endedAt = row.run.run.due + std::chrono::minutes{90};
                row.run.run.state = n % 17 ? RunState::Succeeded : RunState::Failed;
                row.run.look = n % 17 ? Look::Ok : Look::Failed;
                rows.push_back(row);
            }
        }
        BackupTimelineModel model;
        model.setBackups(instances, rows, now);
        BackupTimelineView view;
        view.setModel(&model);
        view.setRange(now - std::chrono::hours{120}, now, "Europe/Berlin");
        view.resize(1200, 40 * 28 + 60);
        view.show();
        QVERIFY(QTest::qWaitForWindowExposed(&view));
        QImage image(view.size(), QImage::Format_ARGB32_Premultiplied);
        view.viewport()->render(&image);
        // the thread's own time: what other programs do meanwhile is not the timeline's
        const auto cpu = [] {
            timespec t{};
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
            return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
        };
        double ms = 1000; // the best of five: a shared core's caches are not the timeline's doing either
        for (int batch = 0; batch < 5; ++batch) {
            const double before = cpu();
            constexpr int frames = 10;
            for (int at = 0; at < frames; ++at)
                view.viewport()->render(&image);
            ms = std::min(ms, (cpu() - before) / frames);
        }
        qInfo("2000 bars: %.2f ms a frame", ms);
        QVERIFY2(ms < 5, qPrintable(QString::number(ms)));
    }

private:
    std::unique_ptr<Theme> m_theme;
    std::vector<std::pair<Uuid, QString>> m_instances;
    BackupTimelineModel m_model;
    Uuid m_running;
    std::unique_ptr<BackupTimelineView> m_view;
};

QTEST_MAIN(TestTimeline)
#include "tst_timeline.moc"
