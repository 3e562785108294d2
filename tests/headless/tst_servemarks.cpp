// SPDX-License-Identifier: GPL-3.0-or-later
// What a headless instance sets right when it starts, and what it tells: a real store, no hosts.
#include "app/alerts/alertrepository.h"
#include "app/headless/serve.h"
#include "app/workflow/runrepository.h"
#include "tests/store/repositorytest.h"

#include <thread>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

class TestServeMarks : public RepositoryTest
{
    Q_OBJECT

    /// The alerts that hold, "kind subject" each.
    QStringList holding()
    {
        QStringList all;
        for (const Alert &alert : alerts::list(*m_session).value_or(std::vector<Alert>{}))
            all << QString::fromStdString(alert.kind + ' ' + alert.subject);
        return all;
    }

private Q_SLOTS:
    void initTestCase_data()
    {
        QTest::addColumn<bool>("mySql");
        QTest::newRow("MariaDB") << false;
    }
    void initTestCase() {}
    void init() { prepare(); }

    /// One that was killed while the clock was held leaves its alert, and one whose clock was ahead its rows: the next one
    /// clears both.  A task that cannot be read is an alert until it can.
    void theNextOneSetsItRight()
    {
        Task task;
        task.id = Uuid::v7();
        task.name = "nightly";
        task.kind = "backup";
        task.selector.all = true;
        task.schedule = Json{{"every", "day"}, {"at", "02:30"}, {"zone", "UTC"}};
        task.author = "ann";
        VERIFY_OK(workflow::addTask(*m_session, task));
        VERIFY_OK(alerts::raise(*m_session, clockBackAlert, "store"));
        VERIFY_OK(alerts::raise(*m_session, clockForwardAlert, "store"));
        const TimePoint ahead = m_session->now().value() + 48h;
        VERIFY_OK(m_session->execute("UPDATE task SET edited_us=?", {store::value(ahead)}));
        VERIFY_OK(m_session->execute("INSERT INTO occurrence (task_id, due_us, task_revision, state, reason, targets, missed_count, created_us) "
                                     "VALUES (?,?,1,'missed','deadline',2,1,1)", {store::value(task.id), store::value(ahead)}));
        Settings settings;
        settings.store = m_settings;
        headless::ServeOptions options;
        options.name = "one";
        options.log = [](const std::string &) {};
        std::jthread serving([&](std::stop_token stop) { (void)headless::serve(settings, options, stop); });
        QTRY_COMPARE_WITH_TIMEOUT(holding(), QStringList(), 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(m_session->query("SELECT COUNT(*) FROM occurrence").value().front().integer(0), 0, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(workflow::loadTasks(*m_session).value().front().nextDue.value_or(ahead) < ahead - 23h, 30'000);

        VERIFY_OK(m_session->execute("UPDATE task SET policies='7', revision=revision+1"));
        VERIFY_OK(store::raiseFeed(*m_session, "task"));
        QTRY_COMPARE_WITH_TIMEOUT(holding(), QStringList(QString::fromStdString("task.unreadable " + task.id.toString())), 30'000);
        QCOMPARE(alerts::list(*m_session).value().at(0).detail.value("name", std::string()), std::string("nightly"));
        VERIFY_OK(m_session->execute("UPDATE task SET policies='{}', revision=revision+1"));
        VERIFY_OK(store::raiseFeed(*m_session, "task"));
        QTRY_COMPARE_WITH_TIMEOUT(holding(), QStringList(), 30'000);
    }
};

QTEST_GUILESS_MAIN(TestServeMarks)
#include "tst_servemarks.moc"
