// SPDX-License-Identifier: GPL-3.0-or-later
// Kill policies and killed statements in a real store: each flavour that can be had.
#include "agent/protocol/killererrors.h"
#include "app/fleet/grouprepository.h"
#include "app/fleet/seriesrepository.h"
#include "app/killer/killedbyothers.h"
#include "app/killer/killedrepository.h"
#include "app/killer/policyrepository.h"
#include "app/workflow/retention.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestKillRepository : public RepositoryTest
{
    Q_OBJECT

    static constexpr TimePoint noon = TimePoint{1'780'000'000s - 1'780'000'000s % 3600};
    std::unique_ptr<store::Session> m_kept[2]; ///< one schema for all functions: making it takes seconds
    Host m_host;
    Uuid m_instance;

    static wire::KillPolicy policy(double seconds, bool dryRun = true)
    {
        wire::KillPolicy result;
        result.longerThanSeconds = seconds;
        result.dryRun = dryRun;
        return result;
    }
    Uuid addInstance(const std::string &name)
    {
        const Uuid id = Uuid::v7();
        const auto added = m_session->execute("INSERT INTO instance (id, host_id, name, port, created_us, revision) VALUES (?,?,?,3306,1,1)", {value(id), value(m_host.id), value(name)});
        return added ? id : Uuid{};
    }
    Fleet fleet() { return fleet::loadFleet(*m_session).value_or(Fleet{}); }
    std::map<Uuid, wire::KillSet> sets() { return killer::killSets(*m_session, fleet(), {m_instance}).value_or(std::map<Uuid, wire::KillSet>{}); }
    std::int64_t count(const std::string &sql) { return m_session->query(sql)->front().integer(0); }

    static wire::KillRecord record(TimePoint at, const std::string &outcome, double seconds = 90, const std::string &user = "app")
    {
        wire::KillRecord r;
        r.id = Uuid::v7();
        r.at = at;
        r.policy = "long";
        r.revision = 7;
        r.action = "query";
        r.outcome = outcome;
        r.statement = "select sleep(?)";
        r.checksum = std::string(32, user == "app" ? 'A' : 'B');
        r.user = user;
        r.host = "10.0.0.1";
        r.schema = "shop";
        r.command = "Query";
        r.state = "User sleep";
        static std::int64_t connection = 0;
        r.connection = ++connection;
        r.startedAt = at - 90s;
        r.seconds = seconds;
        r.rowsModified = 0;
        return r;
    }
    Result<void> write(const std::vector<wire::KillRecord> &records)
    {
        return m_session->transaction([&] { return killer::writeKilled(*m_session, m_instance, records); });
    }
    killer::KilledFilter day() const { return {std::nullopt, noon - 1h, noon + 24h, {}, {}, {}}; }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void init()
    {
        QFETCH_GLOBAL(bool, mySql);
        m_session = std::move(m_kept[mySql]);
        if (!m_session)
            prepare();
        if (!m_session || QTest::currentTestFailed())
            return;
        for (const char *table : {"kill_policy", "kill_policy_revision", "kill_set", "killed", "instance", "host", "fleet_group", "audit"})
            VERIFY_OK(m_session->execute(std::string("DELETE FROM ") + table));
        m_host = addHost("db1");
        m_instance = addInstance("my3306");
        QVERIFY(!m_instance.isNull());
        changed();
    }

    /// What servers count themselves, less what policies killed; servers that do not tell are counted.
    void killedByOthers()
    {
        VERIFY_OK(m_session->execute("REPLACE INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,5,1)", {value(m_host.id), value(Uuid::v7())}));
        const Uuid silent = addInstance("my3399");
        std::vector<fleet::SamplesBatch> batches;
        for (int i = 0; i < 18; ++i) {
            wire::SamplesPayload payload;
            payload.at = noon + i * 10s;
            payload.stepMs = 10'000;
            payload.columns = {"uptime_s", "statements_killed", "statements_timed_out"};
            payload.instances = {{"my3306", {1'000 + i * 10, 100 + i / 3, i >= 12 ? 7 : 6}}, {"my3399", {5 + i * 10, std::nullopt, std::nullopt}}};
            batches.push_back({i + 1, payload});
        }
        VERIFY_OK(fleet::storeSamples(*m_session, m_host.id, 5, Uuid::v7(), batches));
        VERIFY_OK(write({record(noon + 35s, "killed")}));
        const auto filter = killer::KilledFilter{std::nullopt, noon, noon + 3min, {}, {}, {}};
        auto steps = killer::killedOverTime(*m_session, filter, 60s);
        VERIFY_OK(steps);
        const auto counters = killer::addByOthers(*m_session, {m_instance, silent}, *steps, 60s);
        VERIFY_OK(counters);
        QCOMPARE(counters->instances, 2);
        QCOMPARE(counters->tellKilled, 1);
        QCOMPARE(counters->tellTimedOut, 1);
        QCOMPARE(steps->size(), 3u);
        // one more every 30 s: 1 in the first minute, 2 in each behind; one of the first was a policy's
        QCOMPARE((*steps)[0].byOthers.value_or(-1), 0);
        QCOMPARE((*steps)[1].byOthers.value_or(-1), 2);
        QCOMPARE((*steps)[2].byOthers.value_or(-1), 2);
        QCOMPARE((*steps)[0].timedOut.value_or(-1), 0);
        QCOMPARE((*steps)[2].timedOut.value_or(-1), 1);
        auto alone = killer::killedOverTime(*m_session, filter, 60s);
        VERIFY_OK(alone);
        QCOMPARE(killer::addByOthers(*m_session, {silent}, *alone, 60s).value().tellKilled, 0);
        QVERIFY(!(*alone)[0].byOthers && !(*alone)[0].timedOut);
    }

    void cleanup()
    {
        QFETCH_GLOBAL(bool, mySql);
        m_kept[mySql] = std::move(m_session);
    }

    void policiesHaveRevisionsAndAnEditor()
    {
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Fleet, {}, "long", policy(60)));
        QCOMPARE(changed(), std::vector<std::string>{"killer"});
        COMPARE_CODE(killer::setPolicy(*m_session, KillScope::Fleet, {}, "long", policy(50), 0), errors::storeConflict);
        COMPARE_CODE(killer::setPolicy(*m_session, KillScope::Fleet, {}, "long", policy(0.5)), errors::killerPolicy);
        COMPARE_CODE(killer::setPolicy(*m_session, KillScope::Fleet, {}, "", policy(5)), errors::killerPolicy);
        COMPARE_CODE(killer::setPolicy(*m_session, KillScope::Group, Uuid::v7(), "long", policy(5)), errors::notFound);
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Fleet, {}, "long", policy(30, false), 1));
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Instance, m_instance, "long", std::nullopt));
        const auto rows = killer::loadPolicies(*m_session);
        QVERIFY(rows && rows->size() == 2);
        const KillPolicyRow &whole = (*rows)[0].kind == KillScope::Fleet ? (*rows)[0] : (*rows)[1];
        QCOMPARE(whole.revision, 2);
        QCOMPARE(whole.policy->longerThanSeconds, 30.0);
        QCOMPARE(whole.policy->name, std::string("long"));
        QVERIFY(!whole.policy->dryRun);
        COMPARE_CODE(killer::removePolicy(*m_session, {}, "long", 1), errors::storeConflict);
        VERIFY_OK(killer::removePolicy(*m_session, {}, "long", 2));
        COMPARE_CODE(killer::removePolicy(*m_session, {}, "long"), errors::notFound);
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Fleet, {}, "long", policy(60)));
        QCOMPARE(count("SELECT MAX(revision) FROM kill_policy WHERE scope_kind = 0"), 4); // goes on behind the removal
        QCOMPARE(count("SELECT COUNT(*) FROM kill_policy_revision"), 5);
        QCOMPARE(count("SELECT COUNT(*) FROM audit WHERE act LIKE 'killer.policy%'"), 5);
    }

    void aSetHasARevisionThatGrowsWithItsContent()
    {
        QVERIFY(sets().empty());
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Fleet, {}, "long", policy(60)));
        const auto first = sets();
        QCOMPARE(first.size(), std::size_t(1));
        const std::int64_t revision = first.begin()->second.revision;
        QVERIFY(revision > 1'700'000'000'000'000);
        QCOMPARE(sets().begin()->second.revision, revision);
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Fleet, {}, "long", policy(60))); // the same again
        QCOMPARE(sets().begin()->second.revision, revision);
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Instance, m_instance, "long", policy(30)));
        const auto second = sets().begin()->second;
        QVERIFY(second.revision > revision);
        QCOMPARE(second.policies.at(0).longerThanSeconds, 30.0);
        // a store that was restored from before
        QVERIFY(m_session->execute("UPDATE kill_set SET revision = 5, sha256 = ''"));
        QVERIFY(sets().begin()->second.revision > second.revision);
        // one that knows a revision from the future still goes on
        QVERIFY(m_session->execute("UPDATE kill_set SET revision = 9000000000000000000, sha256 = ''"));
        QCOMPARE(sets().begin()->second.revision, 9'000'000'000'000'000'001);
        const auto raised = killer::raiseRevision(*m_session, m_instance, sets().begin()->second);
        VERIFY_OK(raised);
        QCOMPARE(raised->revision, 9'000'000'000'000'000'002);
        VERIFY_OK(killer::removePolicy(*m_session, m_instance, "long"));
        VERIFY_OK(killer::removePolicy(*m_session, {}, "long"));
        QVERIFY(sets().begin()->second.policies.empty()); // its agent has to be told
    }

    void whatGoesWithAGroupOrAHost()
    {
        const auto group = fleet::ensureGroup(*m_session, "shop");
        VERIFY_OK(group);
        QVERIFY(group->has_value());
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Group, **group, "long", policy(60)));
        VERIFY_OK(killer::setPolicy(*m_session, KillScope::Instance, m_instance, "short", policy(10)));
        sets();
        VERIFY_OK(write({record(noon, "killed")}));
        const auto groups = fleet().groups;
        VERIFY_OK(fleet::removeGroup(*m_session, groups.at(0)));
        QCOMPARE(count("SELECT COUNT(*) FROM kill_policy"), 1);
        VERIFY_OK(fleet::removeHost(*m_session, m_host.id));
        QCOMPARE(count("SELECT (SELECT COUNT(*) FROM kill_policy) + (SELECT COUNT(*) FROM kill_set) + (SELECT COUNT(*) FROM killed)"), 0);
    }

    void laterWordsReplaceEarlierOnes()
    {
        auto ordered = record(noon, "ordered");
        VERIFY_OK(write({ordered}));
        QCOMPARE(changed(), std::vector<std::string>{"killed"});
        auto killed = ordered;
        killed.outcome = "killed";
        killed.seconds = 91;
        killed.rowsExamined = 5;
        VERIFY_OK(write({ordered, killed}));
        const auto rows = killer::listKilled(*m_session, day(), 10);
        QVERIFY(rows && rows->size() == 1);
        const auto &r = rows->front().record;
        QCOMPARE(dumpJson(Json(r)), dumpJson(Json(killed)));
        QCOMPARE(rows->front().instance, m_instance);
    }

    void eachBatchOnceUnderTheLease()
    {
        QVERIFY(m_session->execute("DELETE FROM collected"));
        QVERIFY(m_session->execute("DELETE FROM lease"));
        QVERIFY(m_session->execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,5,1)", {value(m_host.id), value(Uuid::v7())}));
        const Uuid spool = Uuid::v7();
        const fleet::CollectedFrom from{m_host.id, 5, spool, "kills/my3306"};
        const auto first = record(noon, "ordered"), second = record(noon + 1s, "dry_run");
        auto ended = first;
        ended.outcome = "killed";
        auto stored = killer::storeKilled(*m_session, from, {{1, {first}}, {2, {second, ended}}});
        VERIFY_OK(stored);
        QVERIFY(stored->stored && stored->number == 2 && stored->lost == 0);
        // again, as after a lost answer, and with one more: a batch that is stored changes nothing any more
        stored = killer::storeKilled(*m_session, from, {{1, {first}}, {2, {second, ended}}, {4, {record(noon + 2s, "killed")}}});
        VERIFY_OK(stored);
        QVERIFY(stored->number == 4 && stored->lost == 1);
        QCOMPARE(count("SELECT COUNT(*) FROM killed"), 3);
        QCOMPARE(count("SELECT COUNT(*) FROM killed WHERE outcome = 'ordered'"), 0);
        // another's lease, an instance nobody knows
        QVERIFY(!killer::storeKilled(*m_session, {m_host.id, 6, spool, "kills/my3306"}, {{5, {record(noon, "killed")}}})->stored);
        QVERIFY(!killer::storeKilled(*m_session, {m_host.id, 5, spool, "kills/my1"}, {{1, {record(noon, "killed")}}})->stored);
        QCOMPARE(count("SELECT COUNT(*) FROM killed"), 3);
    }

    void hostileTextsAreKept()
    {
        auto odd = record(noon, "killed");
        static constexpr char bytes[] = "select '\xff\xfe' \0 \xf0\x9f\x98\x80 \\ ' \"";
        odd.statement = std::string(bytes, sizeof bytes - 1) + std::string(10'000, 'x');
        odd.user = std::string(1000, 'u');
        odd.seconds = std::numeric_limits<double>::infinity();
        odd.rowsSent = -1;
        VERIFY_OK(write({odd}));
        const auto rows = killer::listKilled(*m_session, day(), 10);
        QVERIFY(rows && rows->size() == 1);
        QCOMPARE(rows->front().record.user.size(), std::size_t(128));
        QVERIFY(rows->front().record.statement.size() > 4000);
        QCOMPARE(rows->front().record.seconds, 0.0);
        QVERIFY(!dumpJson(Json(rows->front().record)).empty());
    }

    void listsTopsAndSteps()
    {
        VERIFY_OK(write({record(noon, "killed", 90), record(noon + 1min, "killed", 100), record(noon + 2min, "dry_run"), record(noon + 61min, "failed"),
                         record(noon + 62min, "killed", 70, "web"), record(noon + 63min, "gone", 70, "web")}));
        auto filter = day();
        QCOMPARE(killer::listKilled(*m_session, filter, 4)->size(), std::size_t(4));
        QCOMPARE(killer::listKilled(*m_session, filter, 10)->front().record.outcome, std::string("gone"));
        filter.outcome = "other";
        QCOMPARE(killer::listKilled(*m_session, filter, 10)->size(), std::size_t(2));
        filter.outcome = "killed";
        filter.checksum = std::string(32, 'B');
        QCOMPARE(killer::listKilled(*m_session, filter, 10)->size(), std::size_t(1));
        filter.policy = "another";
        QCOMPARE(killer::listKilled(*m_session, filter, 10)->size(), std::size_t(0));
        filter = day();
        filter.instances = std::vector<Uuid>{};
        QCOMPARE(killer::listKilled(*m_session, filter, 10)->size(), std::size_t(0));
        filter.instances = std::vector{Uuid::v7(), m_instance};
        const auto top = killer::topKilled(*m_session, filter, 10);
        QVERIFY2(top, top ? "" : describe(top.error()).c_str());
        QCOMPARE(top->size(), std::size_t(2));
        const KilledDigest &first = top->front();
        QCOMPARE(first.checksum, std::string(32, 'A'));
        QCOMPARE(first.killed, 2);
        QCOMPARE(first.dryRuns, 1);
        QCOMPARE(first.others, 1);
        QCOMPARE(first.longest, 100.0);
        QCOMPARE(first.seconds, 370.0);
        QCOMPARE(first.instances, 1);
        QVERIFY(first.first == noon && first.last == noon + 61min);
        filter.from = noon;
        filter.to = noon + 3h;
        const auto steps = killer::killedOverTime(*m_session, filter, 1h);
        QVERIFY2(steps, steps ? "" : describe(steps.error()).c_str());
        QCOMPARE(steps->size(), std::size_t(3));
        QVERIFY((*steps)[0].killed == 2 && (*steps)[0].dryRuns == 1 && (*steps)[0].others == 0);
        QVERIFY((*steps)[1].killed == 1 && (*steps)[1].others == 2 && (*steps)[1].begin == noon + 1h);
        QVERIFY((*steps)[2].killed == 0);
    }

    void aPreviewCountsEachStatementOnce()
    {
        auto noted = record(noon, "dry_run", 90);
        auto again = noted; // by another policy
        again.id = Uuid::v7();
        again.policy = "other";
        again.seconds = 95;
        VERIFY_OK(write({noted, again, record(noon + 1min, "killed", 61), record(noon + 2min, "dry_run", 90, "web"), record(noon + 3min, "dry_run", 30)}));
        auto asked = policy(60);
        asked.name = "preview";
        asked.users = {"app"};
        const auto preview = killer::previewPolicy(*m_session, asked, day(), 1);
        VERIFY_OK(preview);
        QCOMPARE(preview->looked, 5);
        QCOMPARE(preview->matching, 2);
        QCOMPARE(preview->statements.size(), std::size_t(1));
    }

    void oldOnesAreRemoved()
    {
        const auto now = m_session->now();
        VERIFY_OK(now);
        VERIFY_OK(write({record(*now - std::chrono::days{401}, "killed"), record(*now - std::chrono::days{399}, "killed")}));
        const auto removed = workflow::removeExpired(*m_session, fleet(), *now);
        VERIFY_OK(removed);
        QCOMPARE(killer::listKilled(*m_session, {std::nullopt, *now - std::chrono::days{1000}, *now, {}, {}, {}}, 10)->size(), std::size_t(1));
    }
};

QTEST_MAIN(TestKillRepository)
#include "tst_killrepository.moc"
