// SPDX-License-Identifier: GPL-3.0-or-later
// How pages come together in the window: figures of an instance, tabs, acts by name, settings.
#include "app/alerts/alertrepository.h"
#include "models/alerts/watch.h"
#include "app/console/pagetabs.h"
#include "app/fleet/fleetrepository.h"
#include "app/fleet/seriesrepository.h"
#include "models/common/text.h"
#include "tests/console/seed.h"
#include "tests/console/windowfixture.h"
#include "tests/places.h"
#include "tests/widgets/sampledata.h"
#include "widgets/common/timechart.h"
#include "widgets/fleet/historyview.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSettings>
#include <QTest>
#include <QToolButton>

#include <cmath>

using namespace zandb;
using namespace zandb::console;
using namespace std::chrono_literals;

namespace {

class PlainPage final : public Page
{
public:
    QString title() const override { return QStringLiteral("Plain"); }
    QString help() const override { return {}; }
};

} // namespace

class TestWindowPages : public test::WindowFixture
{
    Q_OBJECT

    Uuid m_instance; ///< has figures of the last days, with an hour's gap
    Uuid m_quiet;    ///< has none
    TimePoint m_gap{};

    void openInstance(const Uuid &id, int hours = 24)
    {
        Location to = m_context->state().location();
        to.page = QStringLiteral("instance");
        to.subject = Subject(instanceSubject, id);
        to.range = TimeRange::last(hours);
        m_context->state().goTo(to);
    }
    ChartPlot *plotOf(const char *chart)
    {
        auto *page = window().page(QStringLiteral("instance"));
        auto *view = page->findChild<TimeChart *>(QStringLiteral("history-") + QLatin1String(chart));
        return view ? view->plot() : nullptr;
    }
    bool hasFigures() { return QTest::qWaitFor([this] { return plotOf("queries")->isVisible() && !plotOf("queries")->data().isEmpty(); }, 10'000); }
    QStringList tabs()
    {
        QStringList texts;
        auto *bar = find<QTabBar>("pageTabs");
        for (int at = 0; bar->isVisible() && at < bar->count(); ++at)
            texts << bar->tabText(at);
        return texts;
    }
    QString path(const Uuid &id) { return qs(m_context->state().fleet()->pathOf(id)); }
    /// Types into Ctrl+K and takes what is found first.
    void goTo(const QString &words)
    {
        window().activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window()));
        press(Qt::Key_K, Qt::ControlModifier);
        auto *edit = find<QLineEdit>("goToEdit");
        QVERIFY(edit);
        QTest::keyClicks(edit, words);
        QTest::keyClick(edit, Qt::Key_Return);
        QTRY_VERIFY(!find<QLineEdit>("goToEdit"));
    }

private Q_SLOTS:
    /// The inspector shows the main figures, the page all of them: the same that `zandbctl instance history` prints.
    void figuresOfAnInstance()
    {
        press(Qt::Key_2, Qt::ControlModifier);
        auto *table = find<QTableView>("instancesTable");
        QTRY_VERIFY_WITH_TIMEOUT(table->model()->rowCount() > 3, 10'000);
        table->setCurrentIndex(table->model()->index(0, 0));
        QTRY_VERIFY(find<QPushButton>("fleetOpenInstance")->isVisible());
        Location to = m_context->state().location();
        to.page = QStringLiteral("fleet");
        to.scope = {Scope::Kind::Instance, m_instance};
        m_context->state().goTo(to);
        QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 10'000);
        table->setCurrentIndex(table->model()->index(0, 0));
        auto *small = find<HistoryView>("historySmall");
        auto *chart = small->findChild<TimeChart *>(QStringLiteral("history-connections"));
        QTRY_VERIFY_WITH_TIMEOUT(chart->isVisible() && !chart->plot()->data().isEmpty(), 10'000);
        picture("fleet-history");

        QVERIFY(test::click(find<QPushButton>("fleetOpenInstance")));
        QCOMPARE(m_context->state().location().page, QStringLiteral("instance"));
        QVERIFY(hasFigures());
        picture("instance");
        QTRY_COMPARE(find<QLabel>("instanceName")->text(), path(m_instance));
        const ChartData shown = plotOf("queries")->data();
        const auto read = fleet::loadFigures(*m_session, m_instance, Uuid(), shown.from, shown.until, shown.buckets());
        QVERIFY(read && !read->isEmpty);
        const auto all = instanceFigures();
        const auto at = static_cast<std::size_t>(std::ranges::find(all, std::string_view("queries_per_s"), &Figure::name) - all.begin());
        QVERIFY(shown.lines[0].values == read->instance[at]);
        double most = 0;
        for (const auto &value : shown.lines[0].values)
            most = std::max(most, value ? value->mean : 0.0);
        QVERIFY2(std::abs(most - 150) < 1, qPrintable(QString::number(most))); // what fillStore() counts
        // a gap stays a gap
        // (as many columns as there are buckets: one wide column on the grid may hold figures from before the gap)
        const ChartColumns columns = chartColumns(shown, m_gap + 20min, m_gap + 40min, shown.buckets());
        QVERIFY(columns.count > 0);
        for (const auto &value : columnValues(shown.lines[0].values, columns))
            QVERIFY(!value);
    }
    void anEmptyHistorySaysWhatToDo()
    {
        openInstance(m_quiet);
        auto *view = window().page(QStringLiteral("instance"))->findChild<HistoryView *>();
        const auto says = [&](const char *text) {
            for (const QLabel *label : view->findChildren<QLabel *>()) {
                if (label->isVisible() && label->text().contains(QLatin1String(text)))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY_WITH_TIMEOUT(says("No headless instance collects figures") || says("No figures in this time range"), 10'000);
        const bool alive = m_context->state().members().value_or(0) > 0;
        QVERIFY(says(alive ? "once a minute" : "zandbctl serve"));
        picture("instance-empty");
    }
    void chartsZoomTheRangeOfAllPages()
    {
        openInstance(m_instance);
        QVERIFY(hasFigures());
        const TimeRange before = m_context->state().location().range;
        ChartPlot *plot = plotOf("connections");
        plot->setFocus();
        QTest::keyClick(plot, Qt::Key_Left);
        QVERIFY(plotOf("rows")->cross() && plotOf("rows")->cross() == plot->cross());
        QTest::keyClick(plot, Qt::Key_Plus);
        QTRY_VERIFY(m_context->state().location().range != before);
        const auto [from, until] = m_context->state().location().range.at(m_context->state().now());
        QVERIFY(until - from < 13h);
        QTRY_VERIFY_WITH_TIMEOUT(plotOf("rows")->data().from == from && plotOf("rows")->data().until == until, 10'000);
        QTest::mouseDClick(plot, Qt::LeftButton, {}, plot->plotRect().center());
        QCOMPARE(m_context->state().location().range, before);
    }
    void whatIsOpenInFullIsATab()
    {
        m_ui->remove(QStringLiteral("window/tabs")); // of the tests before
        open(m_settings);
        m_context->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_context->state().fleetKnown(), 10'000);
        press(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(tabs(), (QStringList{QStringLiteral("Fleet"), QStringLiteral("Process list"), QStringLiteral("Configuration")}));
        openInstance(m_instance);
        QTRY_COMPARE(tabs(), (QStringList{QStringLiteral("Fleet"), QStringLiteral("Process list"), QStringLiteral("Configuration"), path(m_instance)}));
        openInstance(m_quiet);
        QTRY_COMPARE(tabs(), (QStringList{QStringLiteral("Fleet"), QStringLiteral("Process list"), QStringLiteral("Configuration"), path(m_instance), path(m_quiet)}));
        // another start has them again
        open(m_settings);
        m_context->start();
        QTRY_VERIFY_WITH_TIMEOUT(m_context->state().fleetKnown(), 10'000);
        press(Qt::Key_3, Qt::ControlModifier);
        QCOMPARE(tabs(), (QStringList{QStringLiteral("Backups"), QStringLiteral("Binlogs")})); // the others are tabs of Fleet
        press(Qt::Key_2, Qt::ControlModifier);
        QCOMPARE(tabs().size(), 5);
        auto *bar = find<QTabBar>("pageTabs");
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(3).center());
        QCOMPARE(m_context->state().location().idOf(instanceSubject), std::optional(m_instance));
        QVERIFY(find<QToolButton>("rail-fleet")->isChecked());
        press(Qt::Key_W, Qt::ControlModifier);
        QCOMPARE(m_context->state().location().page, QStringLiteral("fleet"));
        QCOMPARE(tabs(), (QStringList{QStringLiteral("Fleet"), QStringLiteral("Process list"), QStringLiteral("Configuration"), path(m_quiet)}));
        press(Qt::Key_W, Qt::ControlModifier); // the list itself does not close
        QCOMPARE(tabs().size(), 4);
        QVERIFY(test::click(test::findVisible<QToolButton>(*bar, "closeTab")));
        QTRY_COMPARE(tabs(), (QStringList{QStringLiteral("Fleet"), QStringLiteral("Process list"), QStringLiteral("Configuration")}));
        QCOMPARE(m_context->state().location().page, QStringLiteral("fleet"));
    }
    void placesTheWindowDoesNotHave()
    {
        const Location before = m_context->state().location();
        for (const char *place : {"zandb:nowhere?range=5d", "zandb:run?range=5d", "zandb:instance?range=5d&subject=task:x"}) {
            QGuiApplication::clipboard()->setText(QLatin1String(place));
            press(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
            QCOMPARE(m_context->state().location(), before);
        }
        QGuiApplication::clipboard()->setText(QStringLiteral("zandb:instance?range=2d&subject=instance:") + qs(m_instance.toString()));
        press(Qt::Key_V, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(m_context->state().location().page, QStringLiteral("instance"));
    }
    void actsByName()
    {
        goTo(QStringLiteral("dark action"));
        QVERIFY(isDark(QApplication::palette()));
        goTo(QStringLiteral("light action"));
        QVERIFY(!isDark(QApplication::palette()));
        // what a button of the page does
        openInstance(m_instance);
        QTRY_COMPARE(find<QLabel>("instanceName")->text(), path(m_instance));
        goTo(QStringLiteral("show its runs"));
        QCOMPARE(m_context->state().location().page, QStringLiteral("runs"));
        QCOMPARE(m_context->state().location().scope.id, m_instance);
    }
    void settingsHoldAtOnce()
    {
        press(Qt::Key_Comma, Qt::ControlModifier);
        QCOMPARE(m_context->state().location().page, QStringLiteral("settings"));
        auto *theme = find<QComboBox>("settingsTheme");
        QTRY_VERIFY(theme->isVisible());
        QVERIFY(!find<QWidget>("rangeChoice")->isVisible()); // no time range means anything here
        picture("settings");
        bool says = false;
        for (const QLabel *label : window().page(QStringLiteral("settings"))->findChildren<QLabel *>())
            says = says || label->text() == QStringLiteral("zandb@127.0.0.1:%1/zandb").arg(m_settings.store.port);
        QVERIFY(says);
        theme->setFocus();
        QTest::keyClick(theme, Qt::Key_End);
        QTRY_VERIFY(isDark(QApplication::palette()));
        QCOMPARE(m_ui->value(QStringLiteral("theme")).toInt(), static_cast<int>(Theme::Choice::Dark));
        auto *language = find<QComboBox>("settingsLanguage");
        language->setFocus();
        QTest::keyClick(language, Qt::Key_End);
        QTRY_COMPARE(m_language.name(), QStringLiteral("zh_CN"));
        QTRY_VERIFY(window().windowTitle().startsWith(window().page(QStringLiteral("settings"))->title()));
        QVERIFY(window().page(QStringLiteral("settings"))->title() != QStringLiteral("Settings"));
        QVERIFY(find<QAction>("language-zh_CN")->isChecked()); // the menu says the same
        picture("settings-dark-zh");
        QTest::keyClick(language, Qt::Key_Home);
        QTRY_COMPARE(m_language.name(), QStringLiteral("en"));
        QVERIFY(test::click(find<QPushButton>("settingsShortcuts")));
        QTRY_VERIFY(find<QDialog>("shortcutsDialog"));
        find<QDialog>("shortcutsDialog")->reject();
        m_ui->setValue(QStringLiteral("window/closeQuietly"), true); // as a question's box sets it
        press(Qt::Key_1, Qt::ControlModifier);
        press(Qt::Key_Comma, Qt::ControlModifier);
        auto *ask = find<QAbstractButton>("settingsAsk");
        QTRY_VERIFY(ask->isVisible() && !ask->isChecked());
        ask->click();
        QVERIFY(!m_ui->value(QStringLiteral("window/closeQuietly")).toBool());
    }
    /// Runs that fail while the window is open are told through the desktop, together and as long as the person wants it.
    void failuresAreToldThroughTheDesktop()
    {
        QTRY_VERIFY(m_context->state().clockKnown() && m_context->state().fleetKnown());
        const auto rows = m_session->query("SELECT id, state, ended_us, error FROM run WHERE state = 'succeeded' AND kind = 'backup' ORDER BY id LIMIT 5");
        QVERIFY(rows && rows->size() == 5);
        const auto fail = [&](std::initializer_list<std::size_t> which) {
            for (const std::size_t at : which) {
                const Uuid id = rows->at(at).uuid(0);
                QVERIFY(m_session->execute("UPDATE run SET state='failed', ended_us=" + std::string(store::nowUs) + ", error=?, revision=revision+1 WHERE id=?",
                                           {store::value(errorToJson(makeError(errors::cancelled))), store::value(id)}));
                QVERIFY(store::raiseFeed(*m_session, "run", store::feedShard(id)));
            }
        };
        QCOMPARE(m_dialogs.notices, QStringList()); // what had failed before the window was opened
        fail({0});
        QTRY_COMPARE_WITH_TIMEOUT(m_dialogs.notices.size(), 1, 15'000);
        QVERIFY2(m_dialogs.notices[0].contains(QStringLiteral("Backup of ")) && m_dialogs.notices[0].contains(QStringLiteral(" has failed\nCancelled")),
                 qPrintable(m_dialogs.notices[0]));
        fail({1, 2});
        QTRY_COMPARE_WITH_TIMEOUT(m_dialogs.notices.size(), 2, 15'000);
        QVERIFY2(m_dialogs.notices[1].startsWith(QStringLiteral("2 runs have failed\nBackup of ")), qPrintable(m_dialogs.notices[1]));

        press(Qt::Key_Comma, Qt::ControlModifier);
        auto *tells = find<QAbstractButton>("settingsFailures");
        QTRY_VERIFY(tells->isVisible() && tells->isChecked());
        tells->click();
        QCOMPARE(m_ui->value(QStringLiteral("notifications/failedRuns")), QVariant(false));
        fail({3});
        QTest::qWait(6000); // nothing may come, which no condition can tell
        QCOMPARE(m_dialogs.notices.size(), 2);
        tells->click();
        fail({4});
        QTRY_COMPARE_WITH_TIMEOUT(m_dialogs.notices.size(), 3, 15'000);
        QVERIFY2(m_dialogs.notices[2].contains(QStringLiteral(" has failed")), qPrintable(m_dialogs.notices[2])); // only the last one
        // critical alerts too, others not
        QVERIFY(alerts::raise(*m_session, "host.odd", "x"));
        QVERIFY(alerts::raise(*m_session, instanceDownAlert, "y", {{"name", "db9/my1"}}));
        QTRY_COMPARE_WITH_TIMEOUT(m_dialogs.notices.size(), 4, 15'000);
        QVERIFY2(m_dialogs.notices[3].startsWith(QStringLiteral("db9/my1 is down")), qPrintable(m_dialogs.notices[3]));
        QVERIFY(alerts::clear(*m_session, "host.odd", "x") && alerts::clear(*m_session, instanceDownAlert, "y"));
        for (const store::Row &row : *rows) {
            QVERIFY(m_session->execute("UPDATE run SET state='succeeded', ended_us=?, error=NULL, revision=revision+1 WHERE id=?",
                                       {store::value(row.time(2)), store::value(row.uuid(0))}));
        }
    }
    void thePagesOfTheRailHaveKeys()
    {
        QStringList keys;
        for (int at = 0; at < 7; ++at) {
            const QString name = QStringLiteral("plain-") + QLatin1Char(static_cast<char>('a' + at));
            window().addPage({.name = name, .icon = QStringLiteral("page-runs"), .factory = [] { return new PlainPage; }});
            for (const QAction *action : window().findChildren<QAction *>()) {
                if (action->text() == QStringLiteral("Plain") && !keys.contains(action->shortcut().toString()))
                    keys << action->shortcut().toString();
            }
        }
        // today, fleet, backups, slow queries, SQL, runs, tasks, standards, alerts and settings come first, so these are the pages 11 to 17
        QCOMPARE(keys, QStringList{QString()});
        press(Qt::Key_9, Qt::ControlModifier);
        QCOMPARE(m_context->state().location().page, QStringLiteral("alerts"));
    }

    /// What was made here in the usual sizes, languages and colours, for those who want to look: ZANDB_PICTURES=all.
    void pictures()
    {
        if (qEnvironmentVariable("ZANDB_PICTURES") != QLatin1String("all"))
            QSKIP("set ZANDB_PICTURES=all for pictures of every page, size, language and colour");
        for (const char *language : {"en", "zh_CN"}) {
            for (const Theme::Choice theme : {Theme::Choice::Light, Theme::Choice::Dark}) {
                m_language.set(QString::fromLatin1(language));
                m_theme->apply(theme);
                for (const QSize size : {QSize(1024, 700), QSize(1440, 900), QSize(1920, 1080)}) {
                    window().resize(size);
                    const auto save = [&](const char *name) {
                        QTest::qWait(300);
                        QVERIFY(window().grab().save(m_pictures + QStringLiteral("/%1-%2-%3-%4.png").arg(QLatin1String(name)).arg(size.width()).arg(QLatin1String(language), QLatin1String(theme == Theme::Choice::Dark ? "dark" : "light"))));
                    };
                    openInstance(m_instance);
                    QVERIFY(hasFigures());
                    QTest::mouseMove(plotOf("queries"), plotOf("queries")->plotRect().center());
                    save("instance");
                    Location to = m_context->state().location();
                    to.page = QStringLiteral("fleet");
                    to.subject.reset();
                    to.scope = {Scope::Kind::Instance, m_instance};
                    m_context->state().goTo(to);
                    auto *table = find<QTableView>("instancesTable");
                    QTRY_COMPARE_WITH_TIMEOUT(table->model()->rowCount(), 1, 10'000);
                    table->setCurrentIndex(table->model()->index(0, 0));
                    QTest::qWait(700);
                    save("fleet");
                    to.page = QStringLiteral("settings");
                    m_context->state().goTo(to);
                    save("settings");
                }
            }
        }
    }

protected:
    Result<void> fillStore() override
    {
        m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/pages-window");
        if (auto seeded = test::seed(*m_session, sample::fleet(), 5); !seeded)
            return seeded;
        const auto stored = fleet::loadFleet(*m_session); // with ids of its own
        if (!stored)
            return fail(stored.error());
        const Fleet &fleet = *stored;
        m_instance = fleet.instances[0].instance.id;
        m_quiet = fleet.instances[2].instance.id;
        const auto now = m_session->now();
        if (!now)
            return fail(now.error());
        const TimePoint last = std::chrono::floor<std::chrono::hours>(*now);
        m_gap = last - 6h;
        for (int hour = 48; hour >= 0; --hour) {
            const TimePoint begin = last - std::chrono::hours(hour);
            const auto points = hour > 0 ? 360 : (*now - begin) / std::chrono::seconds{10};
            if (begin == m_gap || points < 2)
                continue;
            if (auto done = storeHour(m_instance, begin, static_cast<std::size_t>(points)); !done)
                return done;
            if (auto done = storeHostHour(fleet.instances[0].instance.hostId, begin, static_cast<std::size_t>(points)); !done)
                return done;
        }
        return {};
    }

private:
    /// Counters go by the time since 1970, so that rates go over the seams; 50 queries a second at night, 150 at most by day.
    Result<void> storeHour(const Uuid &id, TimePoint begin, std::size_t points)
    {
        Series series{begin, 10s, points, {}};
        for (const std::string_view name : wire::instanceFigures) {
            auto &column = series.columns.emplace_back(points);
            for (std::size_t at = 0; at < points; ++at) {
                const double t = std::chrono::duration<double>(series.at(at) - TimePoint{1'700'000'000s}).count();
                const double wave = std::sin(t / 13'000);                                  // of a day or so
                const double summed = 100 * t - 50 * 13'000 * std::cos(t / 13'000);        // its integral: 50 to 150 a second
                const double noise = static_cast<double>((at * 7919) % 97) / 97;
                const std::map<std::string_view, double> values{
                    {"uptime_s", 900'000 + t - 80'000'000}, {"connections", 60 + 25 * wave + 6 * noise}, {"threads_running", 4 + 2 * wave + 5 * noise * noise},
                    {"queries", summed}, {"commits", summed / 4}, {"rollbacks", summed / 300}, {"rows_read", summed * 900}, {"rows_written", summed * 12},
                    {"pool_reads", summed * 4000}, {"pool_misses", summed * 3 + t * 20}, {"redo_bytes", summed * 2'500}, {"data_read_bytes", summed * 40'000 + t * 300'000},
                    {"data_written_bytes", summed * 21'000}, {"temporary_tables", summed / 9}, {"temporary_on_disk", summed / 70}, {"slow_queries", summed / 800},
                    {"lag_ms", wave > 0.8 ? 90'000 * (wave - 0.8) : 0}, {"disk_free_bytes", 4e11 - (t - 80'000'000) * 1e3}, {"disk_bytes", 1e12},
                    {"statements_killed", summed / 9000}, {"statements_timed_out", summed / 20'000}};
                column[at] = static_cast<std::int64_t>(values.at(name));
            }
        }
        return insert(id, fleet::instanceSeries, series);
    }
    Result<void> storeHostHour(const Uuid &id, TimePoint begin, std::size_t points)
    {
        Series series{begin, 10s, points, {}};
        for (int column = 0; column < 4; ++column) {
            auto &values = series.columns.emplace_back(points);
            for (std::size_t at = 0; at < points; ++at) {
                const double t = std::chrono::duration<double>(series.at(at) - TimePoint{1'700'000'000s}).count();
                const double figures[] = {1000 * (2.4 * t - 1.2 * 13'000 * std::cos(t / 13'000)), 8000 * t, 20e9 - 3e9 * std::sin(t / 13'000), 64e9};
                values[at] = static_cast<std::int64_t>(figures[column]);
            }
        }
        return insert(id, fleet::hostSeries, series);
    }
    Result<void> insert(const Uuid &id, std::string_view set, const Series &series)
    {
        const auto blob = series::pack(series);
        if (!blob)
            return fail(errors::cancelled);
        const auto done = m_session->execute("INSERT INTO series (subject_id, series_set, t0_us, packed, format, step_ms, n, points) VALUES (?,?,?,1,?,10000,?,?)",
                                             {store::value(id), store::value(set), store::value(series.begin), store::value(series::format),
                                              store::value(static_cast<std::int64_t>(series.points)), *blob});
        return done ? Result<void>{} : fail(done.error());
    }
};

QTEST_MAIN(TestWindowPages)
#include "tst_windowpages.moc"
