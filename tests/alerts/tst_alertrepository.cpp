// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/alertrepository.h"

#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;

class TestAlertRepository : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }

    void raisedTwiceIsOneRowThatCounts()
    {
        VERIFY_OK(alerts::raise(*m_session, clockBackAlert, "store", Json{{"seconds", 12}}));
        QCOMPARE(changed(), std::vector<std::string>{"alert"});
        VERIFY_OK(alerts::raise(*m_session, clockBackAlert, "store", Json{{"seconds", 15}}));
        VERIFY_OK(alerts::raise(*m_session, clockForwardAlert, "store"));
        const auto all = alerts::list(*m_session);
        VERIFY_OK(all);
        QCOMPARE(all->size(), 2u);
        const auto &back = (*all)[0].kind == clockBackAlert ? (*all)[0] : (*all)[1];
        QCOMPARE(back.id, alerts::alertId("clock.back", "store"));
        QCOMPARE(back.count, 2);
        QVERIFY(back.detail == Json({{"seconds", 15}}));
        QVERIFY(back.seenAt >= back.raisedAt && !back.clearedAt);
    }

    void clearedItIsGoneUntilRaisedAgain()
    {
        VERIFY_OK(alerts::raise(*m_session, "late", "x"));
        const auto first = alerts::list(*m_session).value().at(0).raisedAt;
        VERIFY_OK(alerts::clear(*m_session, "late", "x"));
        QVERIFY(alerts::list(*m_session).value().empty());
        QCOMPARE(alerts::list(*m_session, true).value().size(), 1u);
        changed();
        VERIFY_OK(alerts::clear(*m_session, "late", "x")); // nothing to do, and nobody is told
        VERIFY_OK(alerts::clear(*m_session, "never", "x"));
        QVERIFY(changed().empty());
        VERIFY_OK(alerts::raise(*m_session, "late", "x"));
        const auto again = alerts::list(*m_session).value().at(0);
        QVERIFY(again.raisedAt > first && !again.clearedAt);
        QCOMPARE(again.count, 2);
    }

    /// Who has seen it stays written down while it holds; what comes back is unseen again.
    void acknowledgedUntilItEnds()
    {
        VERIFY_OK(alerts::raise(*m_session, "late", "x"));
        const Uuid id = alerts::alertId("late", "x");
        changed();
        VERIFY_OK(alerts::acknowledge(*m_session, id, "maria"));
        QCOMPARE(changed(), std::vector<std::string>{"alert"});
        VERIFY_OK(alerts::acknowledge(*m_session, id, "bob"));
        VERIFY_OK(alerts::raise(*m_session, "late", "x"));
        Alert alert = alerts::list(*m_session).value().at(0);
        QCOMPARE(alert.ackedBy, std::string("maria"));
        QVERIFY(alert.ackedAt && *alert.ackedAt >= alert.raisedAt);
        VERIFY_OK(alerts::clear(*m_session, "late", "x"));
        COMPARE_CODE(alerts::acknowledge(*m_session, id, "maria"), errors::notFound);
        VERIFY_OK(alerts::raise(*m_session, "late", "x"));
        alert = alerts::list(*m_session).value().at(0);
        QVERIFY(alert.ackedBy.empty() && !alert.ackedAt);
        COMPARE_CODE(alerts::acknowledge(*m_session, alerts::alertId("never", "x"), "maria"), errors::notFound);
    }
};

QTEST_GUILESS_MAIN(TestAlertRepository)
#include "tst_alertrepository.moc"
