// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/policybook.h"
#include "agent/protocol/killererrors.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace zandb;
using namespace zandb::agent;
using namespace std::chrono_literals;

/// What an agent holds on disk: revisions, who confirmed, the end of validity.
class TestPolicyBook : public QObject
{
    Q_OBJECT

    QTemporaryDir m_dir;
    std::filesystem::path m_file;
    const TimePoint m_now = fromMicros(1'800'000'000'000'000);

    static wire::KillPolicy policy(const std::string &name, bool dryRun = false)
    {
        wire::KillPolicy result;
        result.name = name;
        result.dryRun = dryRun;
        result.longerThanSeconds = 1.5;
        return result;
    }
    PolicyBook open()
    {
        auto book = PolicyBook::open(m_file);
        if (!book)
            qFatal("%s", describe(book.error()).c_str());
        return std::move(*book);
    }
    static std::string why(const PolicyBook &book, TimePoint at, std::size_t index = 0, const std::string &instance = "my1")
    {
        const auto policies = book.state(instance, at).policies;
        return policies.size() > index ? policies[index].dryRunWhy : "none";
    }
    static std::string codeOf(const Result<void> &result) { return result ? std::string() : result.error().code; }

private Q_SLOTS:
    void init() { m_file = std::filesystem::path(m_dir.path().toStdString()) / Uuid::v7().toString() / "policies.json"; }

    void outlivesTheAgent()
    {
        {
            auto book = open();
            QVERIFY(book.instances().empty());
            QCOMPARE(codeOf(book.set("my1", {5, {policy("a"), policy("b", true)}}, "ann", m_now)), std::string());
        }
        const auto book = open();
        const auto state = book.state("my1", m_now);
        QCOMPARE(state.revision, 5);
        QCOMPARE(state.setBy, std::string("ann"));
        QCOMPARE(why(book, m_now, 0), std::string());
        QCOMPARE(why(book, m_now, 1), std::string("policy"));
        QCOMPARE(state.policies[0].policy.longerThanSeconds, 1.5);
        QVERIFY(book.hasPolicies("my1") && !book.hasPolicies("my2"));
    }
    void revisionsOnlyGrow()
    {
        auto book = open();
        QCOMPARE(codeOf(book.set("my1", {5, {policy("a")}}, "ann", m_now)), std::string());
        QCOMPARE(codeOf(book.set("my1", {4, {}}, "ann", m_now)), std::string("killer.older_revision"));
        QCOMPARE(codeOf(book.offer("my1", {4, {}}, m_now)), std::string("killer.older_revision"));
        QCOMPARE(codeOf(book.set("my1", {0, {}}, "ann", m_now)), std::string("killer.older_revision"));
        QVERIFY(book.hasPolicies("my1"));
        QCOMPARE(codeOf(book.set("my2", {1, {}}, "ann", m_now)), std::string()); // each instance counts for itself
        QCOMPARE(codeOf(book.set("my1", {6, {}}, "ann", m_now)), std::string());
        QVERIFY(!book.hasPolicies("my1"));
    }
    void onlyWhatAnAdministratorSetKills()
    {
        auto book = open();
        QCOMPARE(codeOf(book.offer("my1", {1, {policy("a")}}, m_now)), std::string());
        QCOMPARE(why(book, m_now), std::string("unconfirmed"));
        QCOMPARE(codeOf(book.set("my1", {2, {policy("a")}}, "ann", m_now)), std::string());
        QCOMPARE(why(book, m_now), std::string());
        // the same in another revision with one more: the confirmed one goes on
        QCOMPARE(codeOf(book.offer("my1", {3, {policy("b"), policy("a")}}, m_now)), std::string());
        QCOMPARE(why(book, m_now, 0), std::string("unconfirmed"));
        QCOMPARE(why(book, m_now, 1), std::string());
        // changed by whoever offers
        auto changed = policy("a");
        changed.longerThanSeconds = 1;
        QCOMPARE(codeOf(book.offer("my1", {4, {changed}}, m_now)), std::string());
        QCOMPARE(why(book, m_now), std::string("unconfirmed"));
        // an administrator's later set takes back what the earlier one allowed
        QCOMPARE(codeOf(book.set("my1", {5, {policy("c")}}, "ann", m_now)), std::string());
        QCOMPARE(codeOf(book.offer("my1", {6, {policy("a")}}, m_now)), std::string());
        QCOMPARE(why(book, m_now), std::string("unconfirmed"));
    }
    void withoutContactItIsADryRun()
    {
        auto book = open();
        QCOMPARE(codeOf(book.set("my1", {5, {policy("a")}}, "ann", m_now)), std::string());
        QCOMPARE(why(book, m_now + 24h - 1s), std::string());
        QCOMPARE(why(book, m_now + 24h), std::string("expired"));
        const auto differ = book.renew({{"my1", 5}}, m_now + 23h);
        QVERIFY(differ && differ->empty());
        QCOMPARE(why(book, m_now + 46h), std::string());
        QCOMPARE(why(book, m_now + 47h), std::string("expired"));
        // another revision is no contact
        const auto other = book.renew({{"my1", 6}, {"my2", 1}, {"my3", 0}}, m_now + 46h);
        QCOMPARE(*other, (std::vector<std::string>{"my1", "my2"}));
        QCOMPARE(why(book, m_now + 47h), std::string("expired"));
        QCOMPARE(*book.renew({}, m_now), std::vector<std::string>{"my1"});
        QCOMPARE(why(open(), m_now + 46h + 59min), std::string()); // as on the disk
        // a clock that was put back must not prolong it
        QCOMPARE(why(book, m_now + 22h), std::string("expired"));
    }
    void badSetsChangeNothing()
    {
        auto book = open();
        QCOMPARE(codeOf(book.set("my1", {5, {policy("a")}}, "ann", m_now)), std::string());
        QCOMPARE(codeOf(book.set("my1", {6, {policy("")}}, "ann", m_now)), std::string("killer.policy"));
        QCOMPARE(codeOf(book.offer("my1", {6, {policy("x"), policy("x")}}, m_now)), std::string("killer.policy"));
        QCOMPARE(book.state("my1", m_now).revision, 5);
    }
    void aDamagedFileKillsNothing()
    {
        QCOMPARE(codeOf(open().set("my1", {5, {policy("a")}}, "ann", m_now)), std::string());
        std::ofstream(m_file, std::ios::trunc) << "{\"my1\": {\"set\": ";
        const auto book = open();
        QVERIFY(book.instances().empty());
        QVERIFY(std::filesystem::exists(m_file.string() + ".damaged"));
    }
};

QTEST_APPLESS_MAIN(TestPolicyBook)
#include "tst_policybook.moc"
