// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"
#include "app/fleet/grouprepository.h"
#include "app/store/audit.h"
#include "app/store/restored.h"
#include "app/store/roles.h"
#include "app/workflow/runrepository.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::Session;
using store::value;

/// Who did what: each act leaves a row with person and account, the account cannot be made up, and roles have no more rights than the
/// list says, on each flavour that can be had.
class TestAudit : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void everyActIsWritten();
    void whatIsUndoneLeavesNoRow();
    void filters();
    void theAccountIsTheServersWord();
    void rowsOfEarlierVersions();
    void migratingTakesWhatIsTooMuch();
    void anAccountThatDoesNotSeeGrants();
    void grantsAsServersWriteThem();
    void whoOrderedAnAttempt();

private:
    std::unique_ptr<Session> as(const std::string &role)
    {
        const std::string user = role.substr(6) + "1";
        const auto run = [&](const std::string &sql) {
            const auto done = m_session->execute(sql);
            if (!done)
                qWarning("%s: %s", sql.c_str(), describe(done.error()).c_str());
            return done.has_value();
        };
        const std::string account = user + "@localhost";
        const bool made = run("DROP USER IF EXISTS " + account) && run("CREATE USER " + account + " IDENTIFIED BY 'pw'")
            && run("GRANT " + role + " TO " + account) && run(m_session->server()->mariaDb ? "SET DEFAULT ROLE " + role + " FOR " + account : "SET DEFAULT ROLE ALL TO " + account);
        StoreSettings settings = m_settings;
        settings.user = user;
        settings.password = "pw";
        settings.person = "ann";
        return made ? std::make_unique<Session>(settings) : nullptr;
    }
    std::vector<std::string> acts()
    {
        std::vector<std::string> list;
        const auto entries = store::listAudit(*m_session, {});
        for (const auto &entry : entries.value_or(std::vector<store::AuditEntry>{}))
            list.insert(list.begin(), entry.act + " " + entry.subject + " " + entry.person);
        return list;
    }
};

void TestAudit::everyActIsWritten()
{
    StoreSettings settings = m_settings;
    settings.person = "ann";
    Session session(settings);
    Host host;
    host.id = Uuid::v7();
    host.name = "db1";
    host.address = "10.0.0.1";
    host.sshUser = "zandb";
    VERIFY_OK(fleet::ensureGroup(session, "production"));
    VERIFY_OK(fleet::addHost(session, host));
    host.revision = 1;
    host.address = "10.0.0.2";
    VERIFY_OK(fleet::updateHost(session, host));
    auto known = fleet::loadFleet(session);
    VERIFY_OK(known);
    const Group group = known->groups.front();
    VERIFY_OK(fleet::setGroupSetting(session, group.id, "backup-age-days", Json(3), "bob"));
    VERIFY_OK(fleet::renameGroup(session, group, "prod"));
    Task task;
    task.id = Uuid::v7();
    task.name = "nightly";
    task.kind = "backup";
    task.schedule = Json{{"every", "day"}};
    task.author = "carl";
    VERIFY_OK(workflow::addTask(session, task));
    task.revision = 1;
    VERIFY_OK(workflow::updateTask(session, task, "dora"));
    VERIFY_OK(workflow::removeTask(session, task.id, "dora"));
    const RunDetail run = makeRun(host.id, host.id, fromMicros(1'700'000'000'000'000));
    QVERIFY(workflow::createRun(session, run).value());
    VERIFY_OK(workflow::requestCancel(session, run.run.id, "eve"));
    VERIFY_OK(alerts::raise(session, "clock.jump", "store"));
    const Uuid alert = alerts::alertId("clock.jump", "store");
    VERIFY_OK(alerts::acknowledge(session, alert, "fred"));
    VERIFY_OK(store::setBoardZone(session, "Europe/Berlin"));
    VERIFY_OK(fleet::removeHost(session, host.id));
    const auto renamed = fleet::loadFleet(session);
    VERIFY_OK(renamed);
    VERIFY_OK(fleet::removeGroup(session, renamed->groups.front()));
    const auto status = store::status(session);
    VERIFY_OK(status);
    VERIFY_OK(store::beginEpoch(session, status->storeEpoch, fromMicros(1), "gina"));

    const std::string id = run.run.id.toString();
    const std::vector<std::string> wanted{"store.migrate store ", "group.add production ann", "host.add db1 ann", "host.edit db1 ann",
                                          "group.set " + group.id.toString() + " bob", "group.rename production ann", "task.add nightly carl",
                                          "task.edit nightly dora", "task.remove nightly dora", "run.begin " + id + " ann", "run.cancel " + id + " eve",
                                          "alert.ack " + alert.toString() + " fred", "store.board_zone Europe/Berlin ann", "host.remove db1 ann",
                                          "group.remove prod ann", "store.restored store gina"};
    const auto found = acts();
    for (std::size_t i = 0; i < std::min(found.size(), wanted.size()); ++i)
        QCOMPARE(QString::fromStdString(found[i]), QString::fromStdString(wanted[i]));
    QCOMPARE(found.size(), wanted.size());
    const auto entries = store::listAudit(session, {});
    VERIFY_OK(entries);
    for (const auto &entry : *entries)
        QCOMPARE(QString::fromStdString(entry.account), QStringLiteral("root@localhost"));
}

void TestAudit::whatIsUndoneLeavesNoRow()
{
    const auto before = acts();
    Host host;
    host.id = Uuid::v7();
    host.name = "db1";
    host.address = "10.0.0.1";
    host.sshUser = "zandb";
    COMPARE_CODE(fleet::updateHost(*m_session, host), errors::notFound);
    COMPARE_CODE(fleet::removeHost(*m_session, host.id), errors::notFound);
    COMPARE_CODE(workflow::removeTask(*m_session, Uuid::v7(), "ann"), errors::notFound);
    COMPARE_CODE(alerts::acknowledge(*m_session, Uuid::v7(), "ann"), errors::notFound);
    QCOMPARE(acts(), before);
}

void TestAudit::filters()
{
    VERIFY_OK(store::auditAs(*m_session, "ann", "run.begin", "a"));
    VERIFY_OK(store::auditAs(*m_session, "bob", "runaway", "b"));
    VERIFY_OK(m_session->execute("UPDATE audit SET at_us = at_us - 3600000000 WHERE subject = 'a'"));
    const auto subjects = [&](const store::AuditFilter &filter) {
        std::string list;
        for (const auto &entry : store::listAudit(*m_session, filter).value_or(std::vector<store::AuditEntry>{}))
            list += entry.subject + ' ';
        return list;
    };
    QCOMPARE(subjects({}), std::string("b store a "));
    QCOMPARE(subjects({{}, "ann", {}, 10}), std::string("a "));
    QCOMPARE(subjects({{}, {}, "run", 10}), std::string("a "));
    QCOMPARE(subjects({m_session->now().value() - 30min, {}, {}, 10}), std::string("b store "));
    QCOMPARE(subjects({{}, {}, {}, 1}), std::string("b "));
    // never longer than the column, and no character is cut in two
    VERIFY_OK(store::auditAs(*m_session, "ann", "x", std::string(254, 'x') + "\u4e2d\u4e2d"));
    QCOMPARE(subjects({{}, {}, "x", 1}), std::string(254, 'x') + "\u4e2d ");
}

void TestAudit::theAccountIsTheServersWord()
{
    for (const char *role : {"zandb_operator", "zandb_dispatcher"}) {
        const auto session = as(role);
        QVERIFY(session);
        VERIFY_OK(store::audit(*session, "test", role));
        const auto entries = store::listAudit(*session, {{}, {}, "test", 1});
        VERIFY_OK(entries);
        QCOMPARE(entries->size(), std::size_t{1});
        QCOMPARE(entries->front().person, std::string("ann"));
        QCOMPARE(entries->front().account, std::string(role).substr(6) + "1@localhost");
        // the person is the program's word; the account is not
        COMPARE_CODE(session->execute("INSERT INTO audit (id, at_us, person, account, act, subject, detail) VALUES (?,1,'bob','bob@localhost','x','x','{}')",
                                      {value(Uuid::v7())}),
                     errors::storeDenied);
        COMPARE_CODE(session->execute("UPDATE audit SET person='bob'"), errors::storeDenied);
        // a headless instance removes what is no longer kept, and nobody else anything
        const auto removed = session->execute("DELETE FROM audit WHERE 1=0");
        if (std::string_view(role) == "zandb_dispatcher")
            VERIFY_OK(removed);
        else
            COMPARE_CODE(removed, errors::storeDenied);
    }
}

void TestAudit::rowsOfEarlierVersions()
{
    StoreSettings settings = m_settings;
    settings.schema += "_old";
    Session session(settings);
    VERIFY_OK(store::migrate(session, 6));
    VERIFY_OK(session.execute("INSERT INTO audit (id, at_us, person, act, subject, detail) VALUES (?,1,'ann','old','x','{}')", {value(Uuid::v7())}));
    VERIFY_OK(store::migrate(session));
    const auto entries = store::listAudit(session, {{}, {}, "old", 10});
    VERIFY_OK(entries);
    QCOMPARE(entries->size(), std::size_t{1});
    QCOMPARE(entries->front().account, std::string()); // not the account that has migrated
    VERIFY_OK(session.execute("DROP DATABASE " + settings.schema));
}

void TestAudit::migratingTakesWhatIsTooMuch()
{
    const auto operatorSession = as("zandb_operator");
    const auto viewer = as("zandb_viewer");
    QVERIFY(operatorSession && viewer);
    const std::string schema = m_settings.schema;
    VERIFY_OK(m_session->execute("CREATE TABLE IF NOT EXISTS stranger (id INT PRIMARY KEY)"));
    VERIFY_OK(m_session->execute("CREATE DATABASE IF NOT EXISTS elsewhere"));
    for (const std::string &grant : {"DELETE, UPDATE ON " + schema + ".audit TO zandb_operator", "INSERT ON " + schema + ".audit TO zandb_operator",
                                     "UPDATE (token) ON " + schema + ".lease TO zandb_operator", "SELECT ON " + schema + ".stranger TO zandb_viewer",
                                     "CREATE, DROP ON " + schema + ".* TO zandb_viewer", std::string("PROCESS ON *.* TO zandb_viewer"),
                                     std::string("zandb_admin TO zandb_dispatcher"), "INSERT ON " + schema + ".host TO zandb_viewer WITH GRANT OPTION",
                                     std::string("SELECT ON elsewhere.* TO zandb_viewer")})
        VERIFY_OK(m_session->execute("GRANT " + grant));
    const auto may = [](Session &session, const std::string &sql) {
        session.close();
        const auto done = session.execute(sql);
        if (!done && !done.error().is(errors::storeDenied))
            qWarning("%s", describe(done.error()).c_str());
        return done.has_value();
    };
    const std::string forged = "INSERT INTO audit (id, at_us, person, account, act, subject, detail) VALUES (UNHEX(REPLACE(UUID(),'-','')),1,'b','b','x','x','{}')";
    QVERIFY(may(*operatorSession, "DELETE FROM audit WHERE 1=0") && may(*operatorSession, forged) && may(*viewer, "CREATE TABLE mine (id INT PRIMARY KEY)"));

    std::vector<Error> notDone;
    VERIFY_OK(store::migrate(*m_session, 0, &notDone));
    QVERIFY2(notDone.empty(), notDone.empty() ? "" : describe(notDone.front()).c_str());
    for (const std::string &sql : {std::string("DELETE FROM audit WHERE 1=0"), std::string("UPDATE audit SET person='b' WHERE 1=0"), forged,
                                   std::string("UPDATE lease SET token=1 WHERE 1=0")})
        QVERIFY2(!may(*operatorSession, sql), sql.c_str());
    QVERIFY(may(*operatorSession, "INSERT INTO audit (id, at_us, person, act, subject, detail) VALUES (UNHEX(REPLACE(UUID(),'-','')),1,'b','x','x','{}')"));
    QVERIFY(may(*operatorSession, "UPDATE run SET revision=revision WHERE 1=0"));
    for (const std::string &sql : {std::string("CREATE TABLE mine2 (id INT PRIMARY KEY)"), std::string("INSERT INTO host (id) VALUES ('x')")})
        QVERIFY2(!may(*viewer, sql), sql.c_str());
    const auto stranger = viewer->query("SELECT * FROM stranger");
    COMPARE_CODE(stranger, errors::storeDenied);
    VERIFY_OK(viewer->query("SELECT COUNT(*) FROM run"));
    // what a role may do elsewhere is not this store's business
    VERIFY_OK(viewer->query("SELECT table_name FROM information_schema.tables WHERE table_schema='elsewhere'"));

    // nothing is left to be taken, and that there was something is written down
    for (const std::string &role : store::roleNames()) {
        const auto left = store::surplusOf(*m_session, role, true);
        VERIFY_OK(left);
        QVERIFY2(left->empty(), left->empty() ? "" : left->front().c_str());
    }
    const auto entries = store::listAudit(*m_session, {{}, {}, "store.migrate", 1});
    VERIFY_OK(entries);
    QVERIFY2(entries->front().detail.at("revoked").size() >= 7, dumpJson(entries->front().detail).c_str());
    // once more has nothing to do
    const std::size_t before = acts().size();
    VERIFY_OK(store::migrate(*m_session));
    QCOMPARE(acts().size(), before);
    VERIFY_OK(m_session->execute("REVOKE SELECT ON elsewhere.* FROM zandb_viewer"));
}

void TestAudit::anAccountThatDoesNotSeeGrants()
{
    const std::string schema = m_settings.schema;
    VERIFY_OK(m_session->execute("DROP USER IF EXISTS modest@localhost"));
    VERIFY_OK(m_session->execute("CREATE USER modest@localhost IDENTIFIED BY 'pw'"));
    VERIFY_OK(m_session->execute("GRANT ALL ON " + schema + ".* TO modest@localhost WITH GRANT OPTION"));
    VERIFY_OK(m_session->execute(std::string("GRANT CREATE USER") + (m_session->server()->mariaDb ? "" : ", ROLE_ADMIN") + " ON *.* TO modest@localhost"));
    StoreSettings settings = m_settings;
    settings.user = "modest";
    settings.password = "pw";
    Session modest(settings);
    VERIFY_OK(m_session->execute("REVOKE SELECT ON " + schema + ".run FROM zandb_viewer"));
    VERIFY_OK(m_session->execute("GRANT DELETE ON " + schema + ".run TO zandb_viewer"));
    std::vector<Error> notDone;
    VERIFY_OK(store::migrate(modest, 0, &notDone));
    // what it may grant is granted all the same, and what was not taken is said
    QCOMPARE(notDone.size(), std::size_t{1});
    QCOMPARE(notDone.front().fields.at("what"), std::string("surplus"));
    const auto viewer = as("zandb_viewer");
    QVERIFY(viewer);
    VERIFY_OK(viewer->query("SELECT COUNT(*) FROM run"));
    VERIFY_OK(viewer->execute("DELETE FROM run WHERE 1=0"));
    VERIFY_OK(store::migrate(*m_session));
    viewer->close();
    COMPARE_CODE(viewer->execute("DELETE FROM run WHERE 1=0"), errors::storeDenied);
}

void TestAudit::grantsAsServersWriteThem()
{
    const auto column = store::parseGrant("GRANT SELECT, INSERT (`act`, `at``us`), UPDATE ON `zan.db`.`au``dit` TO `zandb_operator`@`%` WITH GRANT OPTION");
    QVERIFY(column);
    QCOMPARE(column->database, std::string("zan.db"));
    QCOMPARE(column->table, std::string("au`dit"));
    QCOMPARE(column->grantee, std::string("zandb_operator"));
    QVERIFY(column->grantOption);
    QVERIFY((column->rights == store::Rights{{"SELECT", ""}, {"INSERT", "act"}, {"INSERT", "at`us"}, {"UPDATE", ""}}));
    QVERIFY((store::parseGrant("GRANT INSERT, INSERT (a) ON `z`.`t` TO `r`")->rights == store::Rights{{"INSERT", ""}, {"INSERT", "a"}}));
    const auto everything = store::parseGrant("GRANT ALL PRIVILEGES ON `zan\\_db`.* TO `zandb_admin`");
    QVERIFY(everything && everything->table.empty() && everything->rights.contains({"ALL PRIVILEGES", ""}));
    const auto role = store::parseGrant("GRANT `zandb_admin`@`%`,`b`@`%` TO `zandb_viewer`@`%`");
    QVERIFY(role && role->roles == "`zandb_admin`@`%`,`b`@`%`" && role->grantee == "zandb_viewer");
    const auto routine = store::parseGrant("GRANT EXECUTE ON PROCEDURE `zandb`.`p` TO `zandb_viewer`@`%`");
    QVERIFY(routine && routine->object == "PROCEDURE `zandb`.`p`" && routine->table == "p");
    QVERIFY(store::parseGrant("GRANT USAGE ON *.* TO `zandb_viewer`@`%`")->database.empty());
    for (const char *other : {"", "GRANT", "REVOKE SELECT ON `a`.* FROM `b`", "GRANT PROXY ON ''@'' TO 'root'@'localhost'", "GRANT SELECT ON `a TO `b`", "GRANT SELECT ON `a`.`b`"})
        QVERIFY2(!store::parseGrant(other), other);
}

void TestAudit::whoOrderedAnAttempt()
{
    RunDetail made = makeRun(addHost("db1").id, Uuid::v7(), fromMicros(1'700'000'000'000'000));
    QVERIFY(workflow::createRun(*m_session, made).value());
    const auto now = [&] { return *workflow::loadRun(*m_session, made.run.id).value(); };
    Run run = now().run;
    Step step = now().steps.front();
    Attempt attempt;
    attempt.runId = run.id;
    attempt.hostId = run.hostId;
    QVERIFY(workflow::beginAttempt(*m_session, run, step, attempt).value());
    QVERIFY(!now().attempts.at(0).orderedBy);
    const wire::OrderedBy by{"headless", "dispatcher", "SHA256:abc"};
    VERIFY_OK(workflow::storeStarted(*m_session, {run.id, 1, 1}, fromMicros(5), by));
    QVERIFY(now().attempts.at(0).orderedBy == by);
    // an agent that does not say it at the end takes nothing back; one that says too much is cut
    workflow::AttemptEnd end;
    end.attempt = now().attempts.at(0);
    end.attempt.state = RunState::Failed;
    end.attempt.endedAt = fromMicros(9);
    end.attempt.orderedBy.reset();
    run.state = step.state = RunState::Failed;
    QVERIFY(workflow::endAttempt(*m_session, run, step, end).value());
    QVERIFY(now().attempts.at(0).orderedBy == by);
    run.state = step.state = RunState::Pending;
    QVERIFY(workflow::updateRun(*m_session, run).value());
    attempt.attempt = 2;
    QVERIFY(workflow::beginAttempt(*m_session, run, step, attempt).value());
    VERIFY_OK(workflow::storeStarted(*m_session, {run.id, 1, 2}, fromMicros(5), wire::OrderedBy{std::string(10'000, 'x'), "admin", ""}));
    QCOMPARE(now().attempts.at(1).orderedBy->user.size(), std::size_t{128});
}

QTEST_GUILESS_MAIN(TestAudit)
#include "tst_audit.moc"
