// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/runrepository.h"
#include "models/workflow/tasktablemodel.h"
#include "tests/console/windowfixture.h"
#include "widgets/workflow/taskcalendarview.h"

#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QTreeWidget>
#include <QTreeWidgetItemIterator>

using namespace zandb;
using namespace zandb::console;

/// The page of tasks: defining, changing, pausing, skipping, running and deleting them in the window.
class TestWindowTasks : public test::WindowFixture
{
    Q_OBJECT

    QTableView *openPage()
    {
        if (!test::click(find<QToolButton>("rail-tasks")))
            return nullptr;
        return find<QTableView>("tasksTable");
    }
    int rowOf(const char *name)
    {
        auto *table = find<QTableView>("tasksTable");
        for (int row = 0; row < table->model()->rowCount(); ++row) {
            if (table->model()->index(row, TaskTableModel::Name).data().toString() == QLatin1String(name))
                return row;
        }
        return -1;
    }
    void choose(const char *name)
    {
        auto *table = find<QTableView>("tasksTable");
        table->selectionModel()->setCurrentIndex(table->model()->index(rowOf(name), 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    QDialog *dialog(const char *name)
    {
        QDialog *found = nullptr;
        (void)QTest::qWaitFor([&] { return (found = window().findChild<QDialog *>(QLatin1String(name))) && found->isVisible(); }, 10'000);
        return found;
    }
    std::optional<Task> stored(const std::string &name)
    {
        const auto tasks = workflow::loadTasks(*m_session);
        for (const Task &task : tasks.value_or(std::vector<Task>())) {
            if (task.name == name)
                return task;
        }
        return std::nullopt;
    }
    void save(QDialog *shown, const QString &name)
    {
        QTest::qWait(200);
        QVERIFY(shown->grab().save(m_pictures + QLatin1Char('/') + name + QStringLiteral(".png")));
    }

private Q_SLOTS:
    void aTaskIsDefinedWithItsPreview()
    {
        QVERIFY(openPage());
        QVERIFY(test::click(find<QPushButton>("taskNew")));
        QDialog *form = dialog("taskDialog");
        QVERIFY(form);
        auto *accept = test::find<QPushButton>(*form, "taskAccept");
        QVERIFY(!accept->isEnabled()); // it has no name
        test::find<QLineEdit>(*form, "taskName")->setText(QStringLiteral("weekly backup"));
        auto *dues = test::find<QListWidget>(*form, "taskDues");
        QTRY_COMPARE_WITH_TIMEOUT(dues->count(), 10, 10'000);
        QTRY_VERIFY(accept->isEnabled());
        auto *every = test::find<QComboBox>(*form, "taskEvery");
        every->setCurrentIndex(every->findData(QStringLiteral("week")));
        QVERIFY(!accept->isEnabled()); // no day is chosen
        for (const char *day : {"taskDay-mon", "taskDay-thu"})
            test::find<QToolButton>(*form, day)->setChecked(true);
        test::find<QLineEdit>(*form, "taskAt")->setText(QStringLiteral("02:30, 14:00"));
        test::find<QComboBox>(*form, "taskZone")->setCurrentText(QStringLiteral("Europe/Berlin"));
        test::find<QSpinBox>(*form, "taskKeep")->setValue(4);
        QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 10'000);
        save(form, QStringLiteral("task-when"));
        // only what is of the core, which is nothing: it may be saved, and says that it does nothing
        auto *tabs = test::find<QTabWidget>(*form, "taskTabs");
        tabs->setCurrentIndex(1);
        test::find<QLineEdit>(*form, "taskLabels")->setText(QStringLiteral("pci"));
        auto *title = test::find<QLabel>(*form, "taskHitsTitle");
        QTRY_VERIFY2_WITH_TIMEOUT(title->text().startsWith(QStringLiteral("0 targets now")), qPrintable(title->text()), 10'000);
        QTRY_VERIFY(test::find<QLabel>(*form, "taskMissing")->text().contains(QStringLiteral("no target now")));
        save(form, QStringLiteral("task-whom"));
        test::find<QLineEdit>(*form, "taskLabels")->setText(QStringLiteral("two words"));
        QTRY_VERIFY_WITH_TIMEOUT(!accept->isEnabled() && !test::find<QLabel>(*form, "taskMissing")->text().contains(QStringLiteral("Looking")), 10'000);
        test::find<QLineEdit>(*form, "taskLabels")->clear();
        tabs->setCurrentIndex(2);
        save(form, QStringLiteral("task-rules"));
        QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 10'000);
        QVERIFY(test::click(accept));
        QTRY_VERIFY_WITH_TIMEOUT(stored("weekly backup"), 10'000);
        const Task task = *stored("weekly backup");
        QVERIFY(task.schedule == Json::parse(R"({"every":"week","on":["mon","thu"],"at":["02:30","14:00"],"zone":"Europe/Berlin"})"));
        QVERIFY(task.selector.all && !task.selector.hasConditions());
        QCOMPARE(task.policies.keep, 4);
        QCOMPARE(task.author, std::string("maria"));
        QCOMPARE(task.kind, std::string("backup"));
        QVERIFY(task.nextDue);
        QTRY_VERIFY_WITH_TIMEOUT(rowOf("weekly backup") >= 0, 10'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    /// A task that runs a script of the hosts' catalogues.
    void aScriptIsScheduled()
    {
        QVERIFY(openPage());
        QVERIFY(test::click(find<QPushButton>("taskNew")));
        QDialog *form = dialog("taskDialog");
        QVERIFY(form);
        test::find<QLineEdit>(*form, "taskName")->setText(QStringLiteral("purge"));
        auto *kind = test::find<QComboBox>(*form, "taskKind");
        kind->setCurrentIndex(kind->findData(QStringLiteral("script")));
        auto *accept = test::find<QPushButton>(*form, "taskAccept");
        QVERIFY(!accept->isEnabled()); // which script is not said
        auto *script = test::find<QLineEdit>(*form, "taskScript");
        QVERIFY(script->isVisible() && !test::find<QComboBox>(*form, "taskMethod")->isVisible());
        script->setText(QStringLiteral("purge-sessions"));
        auto *values = test::find<QLineEdit>(*form, "taskValues");
        values->setText(QStringLiteral("days"));
        QVERIFY(!accept->isEnabled());
        values->setText(QStringLiteral("days=7; note=a b"));
        auto *each = test::find<QComboBox>(*form, "taskEach");
        each->setCurrentIndex(1);
        QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 10'000);
        save(form, QStringLiteral("task-script"));
        QVERIFY(test::click(accept));
        QTRY_VERIFY_WITH_TIMEOUT(stored("purge"), 10'000);
        QVERIFY(stored("purge")->args == Json::parse(R"({"script":"purge-sessions","parameters":{"days":"7","note":"a b"},"each":"host"})"));
    }

    void itIsChangedAndItsHistoryTells()
    {
        QVERIFY(openPage());
        QTRY_VERIFY_WITH_TIMEOUT(rowOf("weekly backup") >= 0, 10'000);
        choose("weekly backup");
        auto *edit = find<QPushButton>("taskEdit");
        QTRY_VERIFY(edit->isVisible());
        picture("tasks");
        QVERIFY(test::click(edit));
        QDialog *form = dialog("taskDialog");
        QVERIFY(form);
        QVERIFY(!test::find<QComboBox>(*form, "taskKind")->isEnabled());
        QVERIFY(test::find<QToolButton>(*form, "taskDay-thu")->isChecked());
        QCOMPARE(test::find<QLineEdit>(*form, "taskAt")->text(), QStringLiteral("02:30, 14:00"));
        test::find<QLineEdit>(*form, "taskAt")->setText(QStringLiteral("03:30"));
        test::find<QComboBox>(*form, "taskRole")->setCurrentIndex(3);
        auto *accept = test::find<QPushButton>(*form, "taskAccept");
        QTRY_VERIFY_WITH_TIMEOUT(accept->isEnabled(), 10'000);
        QVERIFY(test::click(accept));
        QTRY_VERIFY_WITH_TIMEOUT(stored("weekly backup")->revision == 2, 10'000);
        QCOMPARE(stored("weekly backup")->selector.role, std::string("least_lag"));
        QTRY_VERIFY(find<QPushButton>("taskHistoryOpen")->isVisible());
        QVERIFY(test::click(find<QPushButton>("taskHistoryOpen")));
        QDialog *history = dialog("taskHistoryDialog");
        QVERIFY(history);
        auto *tree = test::find<QTreeWidget>(*history, "taskHistory");
        QCOMPARE(tree->topLevelItemCount(), 2);
        QStringList said;
        for (int row = 0; row < tree->topLevelItem(0)->childCount(); ++row)
            said << tree->topLevelItem(0)->child(row)->text(0) + QLatin1Char('=') + tree->topLevelItem(0)->child(row)->text(2);
        QVERIFY2(said.contains(QStringLiteral("At=03:30")), qPrintable(said.join(QLatin1Char('\n'))));
        QVERIFY2(said.contains(QStringLiteral("Role=least_lag")), qPrintable(said.join(QLatin1Char('\n'))));
        save(history, QStringLiteral("task-history"));
        QVERIFY(test::click(test::find<QPushButton>(*history, "taskHistoryClose")));
    }

    void itIsSkippedPausedRunAndDeleted()
    {
        QVERIFY(openPage());
        QTRY_VERIFY_WITH_TIMEOUT(rowOf("weekly backup") >= 0, 10'000);
        choose("weekly backup");
        auto *skip = find<QPushButton>("taskSkip");
        QTRY_VERIFY(skip->isVisible() && skip->isEnabled());
        const auto next = [&] { return find<QTableView>("tasksTable")->model()->index(rowOf("weekly backup"), TaskTableModel::Next).data().toString(); };
        const QString before = next();
        QVERIFY(test::click(skip));
        QTRY_VERIFY_WITH_TIMEOUT(stored("weekly backup")->skips.size() == 1, 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(next() != before, 10'000);
        QTRY_COMPARE(skip->text(), QStringLiteral("Do not skip"));
        QVERIFY(test::click(skip));
        QTRY_VERIFY_WITH_TIMEOUT(stored("weekly backup")->skips.empty(), 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(next(), before, 10'000);

        auto *pause = find<QPushButton>("taskPause");
        QVERIFY(test::click(pause));
        QTRY_VERIFY_WITH_TIMEOUT(!stored("weekly backup")->enabled, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(pause->text(), QStringLiteral("Resume"), 10'000);
        QCOMPARE(next(), QString());
        QVERIFY(test::click(pause));
        QTRY_VERIFY_WITH_TIMEOUT(stored("weekly backup")->enabled, 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(pause->text(), QStringLiteral("Pause"), 10'000);

        m_dialogs.agree = false; // looked at and not agreed to
        QVERIFY(test::click(find<QPushButton>("taskRun")));
        QTRY_VERIFY_WITH_TIMEOUT(!m_dialogs.questions.isEmpty(), 10'000);
        QVERIFY2(m_dialogs.questions.last().startsWith(QStringLiteral("Begin ")), qPrintable(m_dialogs.questions.last()));
        QVERIFY(test::click(find<QPushButton>("taskRemove")));
        QTRY_VERIFY_WITH_TIMEOUT(m_dialogs.questions.last() == QStringLiteral("Delete weekly backup"), 10'000);
        QCOMPARE(m_dialogs.last.typeToConfirm, QStringLiteral("weekly backup")); // a backup that silently stops is what hurts
        QVERIFY(stored("weekly backup"));
        m_dialogs.agree = true;
        QVERIFY(test::click(find<QPushButton>("taskRemove")));
        QTRY_VERIFY_WITH_TIMEOUT(!stored("weekly backup"), 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(rowOf("weekly backup") < 0, 10'000);
        QVERIFY2(m_dialogs.messages.isEmpty(), qPrintable(m_dialogs.messages.join(QLatin1Char('\n'))));
    }

    void whatComesIsOnTheCalendar()
    {
        Task task;
        task.id = Uuid::v7();
        task.name = "often";
        task.kind = "backup";
        task.selector.all = true;
        task.policies.source = "as_named";
        task.schedule = {{"every", "interval"}, {"seconds", 1800}, {"anchor", "2026-01-01T00:00:00Z"}};
        task.author = "maria";
        QVERIFY(workflow::addTask(*m_session, task));
        QVERIFY(openPage());
        auto *calendar = find<TaskCalendarView>("taskCalendar");
        QTRY_VERIFY_WITH_TIMEOUT(!calendar->calendar().rows.empty(), 10'000);
        QVERIFY2(calendar->cellText(0, 5).contains(QStringLiteral("often")), qPrintable(calendar->cellText(0, 5)));
        // the tree is the scope
        const auto rows = calendar->calendar().rows.size();
        Location to = m_context->state().location();
        to.scope = {Scope::Kind::Host, m_context->state().fleet()->hosts.front().id};
        m_context->state().goTo(to);
        QTRY_VERIFY_WITH_TIMEOUT(calendar->calendar().rows.size() <= 1, 10'000);
        QVERIFY(rows > 1);
        to.scope = {};
        m_context->state().goTo(to);
        QTRY_COMPARE_WITH_TIMEOUT(calendar->calendar().rows.size(), rows, 10'000);
        choose("often");
        window().resize(1024, 700);
        picture("tasks-low");
        window().resize(1440, 900);
        m_theme->apply(Theme::Choice::Dark);
        picture("tasks-dark");
        m_theme->apply(Theme::Choice::Light);
        m_language.set(QStringLiteral("zh_CN"));
        QTRY_COMPARE(find<QToolButton>("rail-tasks")->text(), QStringLiteral("任务"));
        picture("tasks-zh");
        QVERIFY(test::click(find<QPushButton>("taskEdit")));
        QDialog *form = dialog("taskDialog");
        QVERIFY(form);
        QTest::qWait(500);
        save(form, QStringLiteral("task-zh"));
        form->close();
    }
};

QTEST_MAIN(TestWindowTasks)
#include "tst_windowtasks.moc"
