// SPDX-License-Identifier: GPL-3.0-or-later
// The window on a bad night: 120 hosts, 230 instances, some of every trouble, and nobody who runs the schedules.
#include "models/common/roles.h"
#include "models/workflow/steptreemodel.h"
#include "tests/console/seed.h"
#include "tests/console/windowfixture.h"
#include "tests/places.h"
#include "tests/widgets/sampledata.h"
#include "widgets/common/inspector.h"
#include "widgets/common/page.h"
#include "widgets/common/theme.h"

#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QHeaderView>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QRegularExpression>
#include <QScreen>
#include <QSettings>
#include <QTabBar>
#include <QToolButton>
#include <QTreeView>

using namespace zandb;
using namespace zandb::console;

class TestBadNight : public test::WindowFixture
{
    Q_OBJECT
private Q_SLOTS:
    /// On the smallest screen, and at scale 2 on one of 1920 x 1080, everything lies within the window.
    void fitsTheScreen_data()
    {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QSize>("size");
        for (const char *language : {"en", "zh_CN"}) {
            QTest::addRow("1024x700 %s", language) << QString::fromLatin1(language) << QSize(1024, 700);
            QTest::addRow("1920x1080 at scale 2, %s", language) << QString::fromLatin1(language) << QSize(952, 500);
        }
    }
    void fitsTheScreen()
    {
        QFETCH(QString, language);
        QFETCH(QSize, size);
        m_language.set(language);
        for (const char *name : pages) {
            show(name);
            window().resize(size);
            QTRY_VERIFY2(window().size() == size, qPrintable(QStringLiteral("%1: the window is %2 x %3; %4").arg(QLatin1String(name)).arg(window().width()).arg(window().height()).arg(wishes())));
            QTest::qWait(50);
            const QWidget *page = window().page(QString::fromLatin1(name));
            for (const QWidget *part : page->findChildren<QWidget *>()) {
                const QPoint end = part->mapTo(&window(), QPoint(part->width(), part->height()));
                const bool inScroller = hasScroller(part);
                if (part->isVisible() && !inScroller)
                    QVERIFY2(end.x() <= size.width() && end.y() <= size.height(),
                             qPrintable(QStringLiteral("%1: %2 %3 ends at %4, %5").arg(QLatin1String(name), QLatin1String(part->metaObject()->className()), part->objectName()).arg(end.x()).arg(end.y())));
            }
            for (const QPushButton *button : page->findChildren<QPushButton *>()) {
                if (button->isVisible())
                    QTRY_VERIFY2(button->width() >= button->sizeHint().width() && button->height() >= button->sizeHint().height(), qPrintable(QStringLiteral("%1: \"%2\" is cut").arg(QLatin1String(name), button->text())));
            }
            // of a list one sees more than a line, and of a run why it failed
            if (const auto *list = page->findChild<QListView *>(QStringLiteral("attentionList")))
                QVERIFY2(list->viewport()->height() >= 3 * 56 - 8, // the last line may lose its margin
                          qPrintable(QString::number(list->viewport()->height())));
            if (const auto *steps = page->findChild<QTreeView *>(QStringLiteral("runSteps"))) {
                QTRY_VERIFY2(!steps->isColumnHidden(StepTreeModel::Trouble) && steps->header()->length() <= steps->viewport()->width()
                                 && steps->columnWidth(StepTreeModel::Trouble) >= 10 * unit,
                             qPrintable(QStringLiteral("%1 of %2, the error has %3").arg(steps->header()->length()).arg(steps->viewport()->width()).arg(steps->columnWidth(StepTreeModel::Trouble))));
                QVERIFY(steps->viewport()->height() >= 2 * 32);
            }
        }
    }

    /// A tab that is not in front speaks the new language too, and again when the window opens in it.
    void tabsSpeakTheLanguage()
    {
        static const QRegularExpression han(QStringLiteral("\\p{Han}"));
        m_language.set(QStringLiteral("en"));
        show("run");
        show("runs");
        const auto title = [this] { return find<QTabBar>("pageTabs")->tabText(1); };
        QTRY_VERIFY2(title().startsWith(QStringLiteral("Backup of ")), qPrintable(title()));
        m_language.set(QStringLiteral("zh_CN"));
        QTRY_VERIFY2(title().contains(han) && !title().contains(QStringLiteral("Backup")), qPrintable(title()));
        m_language.set(QStringLiteral("en"));
        QTRY_VERIFY2(title().startsWith(QStringLiteral("Backup of ")), qPrintable(title()));
    }

    void theFirstSizeIsTheScreens()
    {
        QCOMPARE(MainWindow::firstSize({3840, 2100}), QSize(1600, 1000));
        for (const QSize room : {QSize(1920, 1040), QSize(1280, 760), QSize(1024, 700), QSize(960, 520)}) {
            const QSize first = MainWindow::firstSize(room);
            QVERIFY(first.width() <= room.width() && first.height() <= room.height());
            QVERIFY(first.width() >= std::min(room.width() - 32, 1600));
        }
        m_ui->remove(QStringLiteral("window/geometry"));
        ConsoleContext fresh(m_settings, Ui{m_dialogs, *m_ui}, *m_theme, m_language);
        QCOMPARE(fresh.window().size(), MainWindow::firstSize(fresh.window().screen()->availableSize()).expandedTo(fresh.window().minimumSizeHint()));
    }

    void aBackupOfAllSaysHowMuch()
    {
        show("backups");
        QVERIFY(test::click(find<QPushButton>("backupScope")));
        QTRY_VERIFY(find<QDialog>("backupDialog"));
        auto *dialog = find<QDialog>("backupDialog");
        QVERIFY(QTest::qWaitForWindowExposed(dialog));
        const QString text = find<QLabel>("backupSummary")->text();
        QVERIFY2(text.contains(QStringLiteral("120 hosts")) && text.contains(QStringLiteral("TiB")), qPrintable(text));
        QCOMPARE(find<QPushButton>("backupAccept")->text(), QStringLiteral("Back up 230 instances"));
        QVERIFY(dialog->grab().save(m_pictures + QStringLiteral("/backup-dialog.png")));
        dialog->reject();
    }

    /// All pages in the usual sizes, languages and colours, for those who want to look: ZANDB_PICTURES=all.
    void pictures()
    {
        if (qEnvironmentVariable("ZANDB_PICTURES") != QLatin1String("all"))
            QSKIP("set ZANDB_PICTURES=all for pictures of every page, size, language and colour");
        for (const char *language : {"en", "zh_CN"}) {
            for (const Theme::Choice theme : {Theme::Choice::Light, Theme::Choice::Dark}) {
                m_language.set(QString::fromLatin1(language));
                m_theme->apply(theme);
                for (const QSize size : {QSize(1024, 700), QSize(1280, 800), QSize(1920, 1080), QSize(952, 500)}) {
                    for (const char *name : pages) {
                        show(name);
                        window().resize(size);
                        QTest::qWait(200);
                        QVERIFY(window().grab().save(m_pictures + QStringLiteral("/%1-%2-%3-%4.png").arg(QLatin1String(name)).arg(size.width()).arg(QLatin1String(language), QLatin1String(theme == Theme::Choice::Dark ? "dark" : "light"))));
                    }
                }
            }
        }
    }

protected:
    Result<void> fillStore() override
    {
        m_pictures = QStringLiteral(ZANDB_BINARY_DIR "/screenshots/badnight");
        return test::seed(*m_session, sample::badNight(), 1);
    }

private:
    static constexpr const char *pages[] = {"today", "fleet", "backups", "runs", "run"};

    void show(const char *name)
    {
        auto *runs = find<QTableView>("runsTable");
        Location to = m_context->state().location();
        to.page = QString::fromLatin1(name);
        to.subject.reset();
        if (to.page == QLatin1String("run")) {
            show("runs");
            for (int row = 0; row < runs->model()->rowCount() && !to.subject; ++row) {
                if (runs->model()->index(row, 0).data(LookRole).toInt() == static_cast<int>(Look::Failed))
                    to.subject = Subject(runSubject, runs->model()->index(row, 0).data(IdRole).value<Uuid>());
            }
        }
        m_context->state().goTo(to);
        Page *page = window().page(to.page);
        QTRY_VERIFY(page->isVisible());
        for (const char *table : {"backupsTable", "runsTable", "instancesTable"}) {
            if (auto *view = page->findChild<QTableView *>(QLatin1String(table)))
                QTRY_VERIFY_WITH_TIMEOUT(view->model()->rowCount() >= 200, 20'000);
        }
        if (to.page == QLatin1String("run"))
            QTRY_VERIFY_WITH_TIMEOUT(find<QPushButton>("runRetry")->isEnabled(), 20'000);
    }
    QString wishes()
    {
        QStringList wishes;
        for (const Page *page : window().findChildren<Page *>()) { // those that are not in front, too: they share the window's room
            const QSize least = page->minimumSizeHint().expandedTo(page->minimumSize());
            wishes << QStringLiteral("%1 wants %2 x %3").arg(page->objectName()).arg(least.width()).arg(least.height());
        }
        return wishes.join(QLatin1String(", "));
    }
    /// What lies in something that scrolls may be longer than what is seen of it.
    static bool hasScroller(const QWidget *part)
    {
        for (const QWidget *above = part->parentWidget(); above; above = above->parentWidget()) {
            if (above->inherits("QAbstractScrollArea"))
                return true;
        }
        return false;
    }
};

QTEST_MAIN(TestBadNight)
#include "tst_badnight.moc"
