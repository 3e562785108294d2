// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/sqlhistory.h"
#include "app/batchsql/sqlscripts.h"
#include "app/store/audit.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

/// Saved scripts and the history of what was run, in a real store of each flavour.
class TestSqlShelf : public RepositoryTest
{
    Q_OBJECT

    static batchsql::SavedScript script(const std::string &name, const std::string &text, std::int64_t revision = 0)
    {
        batchsql::SavedScript one;
        one.name = name;
        one.schema = "shop";
        one.script = text;
        one.revision = revision;
        return one;
    }
    std::string code(const Result<void> &result) { return result ? "" : result.error().code; }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        prepare();
        if (!m_session)
            return;
        m_settings.person = "ann";
        m_session = std::make_unique<store::Session>(m_settings);
    }

    void scriptsAreSavedOnceUnderAName()
    {
        const std::string text = "-- 每日\nSELECT ';', '\\'' FROM t;\n";
        VERIFY_OK(batchsql::saveScript(*m_session, script("每日检查", text)));
        const auto there = batchsql::findScript(*m_session, "每日检查");
        QVERIFY(there && *there);
        QCOMPARE((*there)->script, text);
        QCOMPARE((*there)->author, std::string("ann"));
        QCOMPARE(code(batchsql::saveScript(*m_session, script("每日检查", "x"))), std::string("store.conflict")); // somebody was first
        VERIFY_OK(batchsql::saveScript(*m_session, script("每日检查", "SELECT 2;", 1)));
        QCOMPARE(code(batchsql::saveScript(*m_session, script("每日检查", "SELECT 3;", 1))), std::string("store.conflict")); // changed meanwhile
        QCOMPARE(batchsql::listScripts(*m_session, 6)->at(0).script, std::string("SELECT"));
        QCOMPARE(batchsql::listScripts(*m_session)->at(0).revision, std::int64_t{2});
        for (const std::string &bad : {std::string(), std::string(101, 'n'), std::string("a\nb")})
            QCOMPARE(code(batchsql::saveScript(*m_session, script(bad, "SELECT 1"))), std::string("usage"));
        QCOMPARE(code(batchsql::saveScript(*m_session, script("large", std::string((1 << 20) + 1, 'x')))), std::string("usage"));
        VERIFY_OK(batchsql::saveScript(*m_session, script("largest", std::string(1 << 20, 'x'))));
        VERIFY_OK(batchsql::removeScript(*m_session, "每日检查"));
        QCOMPARE(code(batchsql::removeScript(*m_session, "每日检查")), std::string("not_found"));
        std::string acts;
        const auto audited = store::listAudit(*m_session, {{}, "ann", "sql.script", 10});
        VERIFY_OK(audited);
        for (const auto &entry : *audited)
            acts += entry.act + ' ';
        QCOMPARE(acts, std::string("sql.script.remove sql.script.save sql.script.save sql.script.save "));
    }

    void historyHasPlansAndReads()
    {
        const Host host = addHost("db1");
        batchsql::SqlPlan plan;
        plan.id = Uuid::v7();
        plan.author = "ann";
        plan.executor = "ann@here";
        plan.args.schema = "shop";
        plan.args.statements = {"UPDATE Orders SET note = 'x' WHERE id = 1 LIMIT 1", "ANALYZE TABLE orders"};
        plan.targets = workflow::planWaves({host.id, Uuid::v7()}, {});
        VERIFY_OK(batchsql::createPlan(*m_session, plan));
        VERIFY_OK(store::audit(*m_session, "sql.read", "db1/my1", {{"instances", Json::array({"db1/my1"})}, {"count", 1}, {"schema", ""}, {"script", "SELECT 1;\n"}}));
        VERIFY_OK(store::auditAs(*m_session, "bob", "sql.read", "db1/my1", {{"instances", Json::array({"db1/my1"})}, {"count", 1}, {"schema", ""}, {"script", "SELECT 2;\n"}}));
        const auto scripts = [&](const batchsql::HistoryFilter &filter) {
            std::string text;
            for (const auto &entry : batchsql::listHistory(*m_session, filter).value_or(std::vector<batchsql::HistoryEntry>()))
                text += entry.script + '|';
            return text;
        };
        const std::string changed = "UPDATE Orders SET note = 'x' WHERE id = 1 LIMIT 1;\nANALYZE TABLE orders;\n|";
        QCOMPARE(scripts({"ann", {}, {}, 10}), "SELECT 1;\n|" + changed);
        QCOMPARE(scripts({"", {}, {}, 10}), "SELECT 2;\n|SELECT 1;\n|" + changed);
        QCOMPARE(scripts({"", {}, {}, 1}), std::string("SELECT 2;\n|"));
        QCOMPARE(scripts({"", {}, "from orders", 10}), std::string());
        QCOMPARE(scripts({"", {}, "update orders", 10}), changed);
        QCOMPARE(scripts({"", *m_session->now() + 1h, {}, 10}), std::string());
        const auto entries = batchsql::listHistory(*m_session, {"ann", {}, "analyze", 10});
        QCOMPARE(entries->at(0).targets.size(), std::size_t{2});
        QCOMPARE(entries->at(0).state, std::string("running"));
        // the script of a very long plan is read only when somebody opens it
        plan.id = Uuid::v7();
        plan.args.statements.assign(400, "SELECT '" + std::string(1000, 'y') + "'");
        VERIFY_OK(batchsql::createPlan(*m_session, plan));
        QVERIFY(batchsql::listHistory(*m_session, {"ann", {}, {}, 1})->at(0).isCut);
    }
};

QTEST_GUILESS_MAIN(TestSqlShelf)
#include "tst_sqlshelf.moc"
