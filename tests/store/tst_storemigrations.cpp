// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/fleet/fleetrepository.h"
#include "app/store/changefeed.h"
#include "app/workflow/runrepository.h"
#include "models/schedule/zonetable.h"
#include "tests/store/storeserver.h"

using namespace zandb;
using namespace zandb::test;
using store::Session;
using store::value;

/// Walks up to today's schema from nothing, from every older version with data, and from every point at which a
/// migration can have been cut off; and what each role may then do.
class TestStoreMigrations : public QObject
{
    Q_OBJECT

    FlavourServers m_servers;
    TestServer *m_server = nullptr;
    StoreSettings m_settings;

    /// Table, column, type and index of the whole schema as text.
    std::string shape()
    {
        Session session(m_settings);
        std::string text;
        for (const char *sql : {"SELECT table_name, column_name, column_type, is_nullable, collation_name FROM information_schema.columns "
                                "WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position",
                                "SELECT table_name, index_name, column_name, non_unique, 0 FROM information_schema.statistics "
                                "WHERE table_schema = DATABASE() ORDER BY table_name, index_name, seq_in_index"}) {
            const auto rows = session.query(sql);
            if (!rows)
                return describe(rows.error());
            for (const store::Row &row : *rows) {
                for (std::size_t i = 0; i < 5; ++i)
                    text += row.text(i) + ' ';
                text += '\n';
            }
        }
        return text;
    }
    StoreSettings account(const std::string &name)
    {
        StoreSettings settings = m_settings;
        settings.socket.clear();
        settings.host = "127.0.0.1";
        settings.port = m_server->port();
        settings.user = name;
        settings.password = "pw";
        return settings;
    }
    bool addAccount(const std::string &name, const std::string &grant)
    {
        return m_server->exec({"DROP USER IF EXISTS " + name + "@'127.0.0.1'", "CREATE USER " + name + "@'127.0.0.1' IDENTIFIED BY 'pw'",
                               "GRANT " + grant + " TO " + name + "@'127.0.0.1'"});
    }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init();
    void fromNothing();
    void fromEveryVersionWithData();
    void fromEveryCutOff();
    void refusals();
    void roles();
    void accountWithoutTheRightToMakeRoles();
};

void TestStoreMigrations::init()
{
    ServerOptions options;
    options.networking = true;
    options.myCnf = {"innodb-flush-log-at-trx-commit=0"};
    SERVER_OF_FLAVOUR(m_server, m_servers, options, {});
    m_settings = rootSettings(*m_server, "zan_db%1");
    QVERIFY(m_server->exec("DROP DATABASE IF EXISTS `zan_db%1`"));
}

void TestStoreMigrations::fromNothing()
{
    Session session(m_settings);
    auto status = store::status(session);
    VERIFY_OK(status);
    QCOMPARE(status->version, 0);
    QCOMPARE(status->newest, store::programVersion());
    COMPARE_CODE(session.checkSchema(), errors::storeSchemaMissing);

    std::vector<Error> notDone;
    const auto applied = store::migrate(session, 0, &notDone);
    VERIFY_OK(applied);
    QCOMPARE(applied->size(), store::migrations().size());
    QVERIFY2(notDone.empty(), notDone.empty() ? "" : describe(notDone.front()).c_str());
    VERIFY_OK(session.checkSchema());
    status = store::status(session);
    VERIFY_OK(status);
    QCOMPARE(status->version, store::programVersion());
    QCOMPARE(status->minProgram, 1);
    QVERIFY(!status->storeId.isNull() && !status->storeEpoch.isNull() && status->storeId != status->storeEpoch);
    QVERIFY(!status->serverVersion.empty());
    QVERIFY(std::abs(status->clockOffsetSeconds) < 2);
    const auto rows = session.query("SELECT version, name, sha256 FROM schema_migration ORDER BY version").value();
    for (std::size_t i = 0; i < rows.size(); ++i)
        QCOMPARE(rows[i].text(2), store::migrations()[i].sha256);
    QCOMPARE(store::loadFeed(session).value().size(), 27u);
    QCOMPARE(session.query("SELECT board_zone FROM store_info").value().front().text(0), systemZone()); // aliases too: "Etc/UTC"

    // a second time changes nothing
    QVERIFY(store::migrate(session).value().empty());
    QCOMPARE(store::status(session).value().storeId, status->storeId);
    QCOMPARE(session.query("SELECT @@session.innodb_lock_wait_timeout").value().front().integer(0), 5); // the usual limits again
}

void TestStoreMigrations::fromEveryVersionWithData()
{
    Session session(m_settings);
    VERIFY_OK(store::migrate(session));
    const std::string wanted = shape();
    for (const store::Migration &migration : store::migrations()) { // a number may be left out
        const int version = migration.version;
        QVERIFY(m_server->exec("DROP DATABASE `zan_db%1`"));
        session.close();
        VERIFY_OK(store::migrate(session, version));
        QCOMPARE(store::status(session).value().version, version);
        Host host;
        host.id = Uuid::v7();
        host.name = "db1";
        host.address = "127.0.1.1";
        VERIFY_OK(session.execute("INSERT INTO host (id, name, address, ssh_port, ssh_user, host_key, created_us, revision) "
                                  "VALUES (?,'db1','a',22,'zandb','',1,1)", {value(host.id)}));
        VERIFY_OK(session.execute("UPDATE change_feed SET version = 77 WHERE topic = 'fleet'"));
        VERIFY_OK(session.execute("INSERT INTO host_state (host_id, state, seen_us, checked_us, fence) VALUES (?,'ok',5,6,7)", {value(host.id)}));
        // by column names, as a program of the first version writes them: it works on beside a newer one
        const Uuid run = Uuid::v7();
        VERIFY_OK(session.execute("INSERT INTO run (id, task_revision, occurrence_us, due_us, kind, host_id, target_id, args, policies, state, "
                                  "executor, author, definition_sha256, signer, signature, cancel_requested, retry_requested, attempts, "
                                  "created_us, fence, revision) VALUES (?,0,1,1,'backup',?,?,'{}','{}','failed','','bob','','','',0,0,1,1,3,2)",
                                  {value(run), value(host.id), value(host.id)}));
        VERIFY_OK(session.execute("INSERT INTO outbox (id, run_id, event, action, created_us, attempts, fence, revision) "
                                  "VALUES (?,?,'failure','{}',1,0,1,1)", {value(run), value(run)}));
        const Uuid task = Uuid::v7();
        VERIFY_OK(session.execute("INSERT INTO task (id, name, kind, args, selector, schedule, policies, enabled, author, definition_sha256, signer, "
                                  "signature, revision, edited_us) VALUES (?,'nightly','backup','{}','{\"all\":true}','{\"every\":\"x\"}','{}',1,'bob','',"
                                  "'','',4,55)", {value(task)}));
        VERIFY_OK(session.execute("INSERT INTO occurrence (task_id, due_us, task_revision, state, reason, targets, missed_count, created_us) "
                                  "VALUES (?,60,4,'missed','deadline',2,1,61)", {value(task)}));
        VERIFY_OK(session.execute("INSERT INTO audit (id, at_us, person, act, subject, detail) VALUES (?,1,'bob','run.cancel','x','{}')",
                                  {value(run)}));
        const Uuid storeId = store::status(session).value().storeId;
        if (version < store::programVersion())
            COMPARE_CODE(session.checkSchema(), errors::storeSchemaTooOld);
        VERIFY_OK(store::migrate(session));
        VERIFY_OK(session.checkSchema());
        QCOMPARE(shape(), wanted);
        const auto fleet = fleet::loadFleet(session);
        VERIFY_OK(fleet);
        QCOMPARE(fleet->hosts.size(), 1u);
        QCOMPARE(fleet->hosts[0].id, host.id);
        QCOMPARE((store::loadFeed(session).value().at({"fleet", 0})), 77);
        QCOMPARE(store::status(session).value().storeId, storeId);
        const auto after = session.query("SELECT r.author, r.fence, r.caused_by, o.host_id, o.next_try_us, o.error, a.person, s.fence, s.resumed_epoch, "
                                       "i.resume_from_us FROM run r JOIN outbox o ON o.run_id = r.id JOIN audit a ON a.id = r.id "
                                       "JOIN host_state s ON s.host_id = r.host_id JOIN store_info i");
        VERIFY_OK(after);
        QCOMPARE(after->size(), 1u);
        const store::Row &row = after->front();
        QCOMPARE(row.text(0) + row.text(6), std::string("bobbob"));
        QCOMPARE(row.integer(1), 3);
        QCOMPARE(row.integer(7), 7);
        for (const std::size_t added : {2u, 3u, 4u, 5u, 8u, 9u})
            QVERIFY(row.isNull(added));
        // what the task says now, since its schedule began to count; a row an older program wrote beside a newer schema reads the same
        const auto revisions = workflow::loadTaskRevisions(session, fromMicros(100));
        VERIFY_OK(revisions);
        QCOMPARE(revisions->size(), 1u);
        const TaskRevision &said = revisions->front();
        QVERIFY(said.taskId == task && said.revision == 4 && toMicros(said.from) == 55 && said.enabled && said.selector.all);
        QCOMPARE(said.name + said.kind + said.editor, std::string("nightlybackupbob"));
        QCOMPARE(session.query("SELECT COUNT(*) FROM task_revision").value().front().integer(0), version < 3 ? 1 : 0);
        QVERIFY(!workflow::listOccurrences(session, fromMicros(0), fromMicros(100)).value().at(0).targetIds);
    }
}

/// A migration does not change once it is out (its hash is recorded), so what is cut off in an old one was tried when it was new: each walk from nothing costs as much
/// as there are migrations.  With --full all of them are tried.
void TestStoreMigrations::fromEveryCutOff()
{
    const int oldest = qEnvironmentVariableIsSet("ZANDB_ALL_MIGRATIONS") ? 1 : store::programVersion() - 5;
    Session session(m_settings);
    VERIFY_OK(store::migrate(session));
    const std::string wanted = shape();
    for (const store::Migration &migration : store::migrations()) {
        if (migration.version < oldest)
            continue;
        const auto statements = store::splitStatements(migration.sql);
        for (std::size_t done = 0; done <= statements.size(); ++done) {
            QVERIFY(m_server->exec("DROP DATABASE `zan_db%1`"));
            session.close();
            if (migration.version > 1)
                VERIFY_OK(store::migrate(session, migration.version - 1));
            else
                VERIFY_OK(session.createSchema());
            for (std::size_t i = 0; i < done; ++i)
                VERIFY_OK(session.execute(statements[i]));
            QVERIFY(!session.checkSchema());
            const auto applied = store::migrate(session);
            VERIFY_OK(applied);
            QCOMPARE(applied->front(), migration.version);
            VERIFY_OK(session.checkSchema());
            QCOMPARE(shape(), wanted);
        }
    }
}

void TestStoreMigrations::refusals()
{
    Session session(m_settings);
    VERIFY_OK(store::migrate(session));
    VERIFY_OK(session.execute("UPDATE store_info SET min_program = 99"));
    const auto tooNew = session.checkSchema();
    COMPARE_CODE(tooNew, errors::storeSchemaTooNew);
    QCOMPARE(tooNew.error().fields.at("min_program"), std::string("99"));
    COMPARE_CODE(store::migrate(session), errors::storeSchemaTooNew);
    // newer, and still kind to this program
    VERIFY_OK(session.execute("UPDATE store_info SET min_program = 1"));
    VERIFY_OK(session.execute("INSERT INTO schema_migration VALUES (98, 'later', '', 1, 'x')"));
    VERIFY_OK(session.checkSchema());
    QVERIFY(store::migrate(session).value().empty());
    VERIFY_OK(session.execute("DELETE FROM schema_migration"));
    COMPARE_CODE(session.checkSchema(), errors::storeSchemaMissing);
    VERIFY_OK(session.execute("INSERT INTO schema_migration VALUES (0, 'older', '', 1, 'x')"));
    const auto tooOld = session.checkSchema();
    COMPARE_CODE(tooOld, errors::storeSchemaTooOld);
    QCOMPARE(tooOld.error().fields.at("needed"), std::to_string(store::programVersion()));
}

void TestStoreMigrations::roles()
{
    Session root(m_settings);
    std::vector<Error> notDone;
    VERIFY_OK(store::migrate(root, 0, &notDone));
    QVERIFY(notDone.empty());
    for (const char *role : {"viewer", "operator", "dispatcher", "admin"})
        QVERIFY2(addAccount(role, std::string("zandb_") + role), m_server->lastError().c_str());
    const auto may = [&](const char *who, const std::string &sql) {
        Session session(account(who));
        const auto done = session.execute(sql);
        if (!done && !done.error().is(errors::storeDenied))
            qWarning("%s: %s", who, describe(done.error()).c_str());
        return done.has_value();
    };
    const std::string host = "INSERT INTO host (id, name, address, ssh_port, ssh_user, host_key, created_us, revision) VALUES "
                             "(UNHEX(REPLACE(UUID(),'-','')), UUID(), 'a', 22, 'z', '', 1, 1)";
    const std::string lease = "UPDATE lease SET token = token + 1";
    const std::string member = "DELETE FROM member";
    const std::string run = "UPDATE run SET cancel_requested = 1";
    const std::string alert = "UPDATE alert SET acked_by = 'ann'";
    const std::string setting = "REPLACE INTO group_setting VALUES (UNHEX(REPLACE(UUID(),'-','')), 'backup-age-days', '3', 'ann', 1)";
    const std::string table = "CREATE TABLE IF NOT EXISTS mine (id INT PRIMARY KEY)";

    Session viewer(account("viewer"));
    VERIFY_OK(viewer.checkSchema());
    VERIFY_OK(fleet::loadFleet(viewer));
    for (const std::string &sql : {host, lease, member, run, alert, setting, table})
        QVERIFY2(!may("viewer", sql), sql.c_str());
    for (const std::string &sql : {host, run, alert, setting})
        QVERIFY2(may("operator", sql), sql.c_str());
    for (const std::string &sql : {lease, member, table, std::string("DELETE FROM run"), std::string("DELETE FROM alert"),
                                   std::string("UPDATE task_revision SET enabled=0"), std::string("DELETE FROM task_revision"), std::string("UPDATE store_info SET min_program=2"),
                                   std::string("UPDATE audit SET person='x'")})
        QVERIFY2(!may("operator", sql), sql.c_str());
    for (const std::string &sql : {lease, member, run})
        QVERIFY2(may("dispatcher", sql), sql.c_str());
    for (const std::string &sql : {host, table, setting, std::string("DELETE FROM backup"), std::string("DELETE FROM task_revision")})
        QVERIFY2(!may("dispatcher", sql), sql.c_str());
    for (const std::string &sql : {host, lease, member, run, table})
        QVERIFY2(may("admin", sql), sql.c_str());
    // an administrator's rights end at this schema
    QVERIFY(m_server->exec("CREATE DATABASE IF NOT EXISTS zanXdb51"));
    StoreSettings other = account("admin");
    other.schema = "zanXdb51";
    Session foreign(other);
    COMPARE_CODE(foreign.query("SELECT 1"), errors::storeDenied);
}

void TestStoreMigrations::accountWithoutTheRightToMakeRoles()
{
    QVERIFY2(addAccount("modest", "ALL ON `zan\\_db\\%1`.*"), m_server->lastError().c_str());
    Session session(account("modest"));
    std::vector<Error> notDone;
    const auto applied = store::migrate(session, 0, &notDone);
    VERIFY_OK(applied);
    QCOMPARE(applied->size(), store::migrations().size());
    VERIFY_OK(session.checkSchema());
    QCOMPARE(notDone.size(), 1u);
    QCOMPARE(notDone[0].code, std::string("store.denied"));
    QCOMPARE(notDone[0].fields.at("what"), std::string("roles"));
    QVERIFY(notDone[0].cause);

    QVERIFY(m_server->exec(std::vector<std::string>{"DROP USER IF EXISTS none@'127.0.0.1'", "CREATE USER none@'127.0.0.1' IDENTIFIED BY 'pw'"}));
    Session without(account("none"));
    COMPARE_CODE(store::migrate(without), errors::storeDenied);
}

QTEST_GUILESS_MAIN(TestStoreMigrations)
#include "tst_storemigrations.moc"
