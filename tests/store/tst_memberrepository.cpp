// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/memberrepository.h"
#include "tests/store/repositorytest.h"

#include <barrier>
#include <set>
#include <thread>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::Session;
using store::value;

/// Headless instances as rows of a real store: who is alive, who wins, who has which hosts.
class TestMemberRepository : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void members();
    void twoMembersRace();
    void rendezvousSpreads();
};

void TestMemberRepository::members()
{
    QVERIFY(workflow::loadMembers(*m_session).value().members.empty());
    workflow::Member member;
    member.id = Uuid::v7();
    member.name = "night:77";
    member.program = "0.1.0";
    QCOMPARE(workflow::renewMember(*m_session, member).value(), true);
    QCOMPARE(member.revision, 1);
    QVERIFY(member.expiresAt - member.renewedAt == 15s);
    QCOMPARE(workflow::renewMember(*m_session, member).value(), true);
    QCOMPARE(member.revision, 2);
    QCOMPARE(changed(), std::vector<std::string>{"member"});
    // the answer to a renewal was lost: the row is ahead, and still this member's
    VERIFY_OK(m_session->execute("UPDATE member SET revision=revision+1"));
    QCOMPARE(workflow::renewMember(*m_session, member).value(), true);
    QCOMPARE(member.revision, 4);

    const Uuid host = Uuid::v7(), other = Uuid::v7();
    auto lease = workflow::takeLease(*m_session, host, member.id, {}).value();
    QCOMPARE(lease->token, 1);
    QVERIFY(!workflow::takeLease(*m_session, host, other, {}).value());
    QVERIFY(!workflow::takeLease(*m_session, host, other, lease).value()); // its holder lives
    auto view = workflow::loadMembers(*m_session).value();
    QVERIFY(view.alive(member.id) && !view.alive(other));
    QCOMPARE(view.leases.size(), 1u);

    VERIFY_OK(m_session->execute("UPDATE member SET expires_us = 1"));
    view = workflow::loadMembers(*m_session).value();
    QVERIFY(!view.alive(member.id));
    const auto taken = workflow::takeLease(*m_session, host, other, lease).value();
    QCOMPARE(taken->token, 2);
    VERIFY_OK(workflow::dropLease(*m_session, *lease)); // no longer its own
    QCOMPARE(workflow::loadMembers(*m_session).value().leases[0].memberId, other);
    VERIFY_OK(workflow::dropLease(*m_session, *taken));
    lease = workflow::loadMembers(*m_session).value().leases[0];
    QCOMPARE(lease->token, 2);
    QVERIFY(lease->memberId.isNull());
    QCOMPARE(workflow::takeLease(*m_session, host, member.id, lease).value()->token, 3);

    // a new one sweeps out who died long ago, and nobody else
    workflow::Member longAgo, yesterday, fresh;
    longAgo.id = Uuid::v7();
    yesterday.id = Uuid::v7();
    fresh.id = Uuid::v7();
    QCOMPARE(workflow::renewMember(*m_session, longAgo).value(), true);
    QCOMPARE(workflow::renewMember(*m_session, yesterday).value(), true);
    VERIFY_OK(m_session->execute("UPDATE member SET expires_us = expires_us - 86420000000 WHERE id=?", {value(longAgo.id)}));
    VERIFY_OK(m_session->execute("UPDATE member SET expires_us = expires_us - 80000000000 WHERE id=?", {value(yesterday.id)}));
    QCOMPARE(workflow::renewMember(*m_session, fresh).value(), true);
    std::set<Uuid> left;
    view = workflow::loadMembers(*m_session).value();
    for (const auto &one : view.members)
        left.insert(one.id);
    QVERIFY(!left.contains(longAgo.id) && left.contains(yesterday.id) && left.contains(fresh.id));

    VERIFY_OK(workflow::removeMember(*m_session, member.id));
    QCOMPARE(workflow::renewMember(*m_session, member).value(), false);
}

void TestMemberRepository::twoMembersRace()
{
    constexpr int rounds = 25;
    const std::vector<Uuid> members{Uuid::v7(), Uuid::v7()};
    for (int fresh = 0; fresh < 2; ++fresh) {
        std::vector<Uuid> hosts(rounds);
        std::vector<std::optional<workflow::Lease>> seen(rounds);
        for (int i = 0; i < rounds; ++i) {
            hosts[static_cast<std::size_t>(i)] = Uuid::v7();
            if (fresh == 0) // held by a member that is no more
                seen[static_cast<std::size_t>(i)] = workflow::takeLease(*m_session, hosts[static_cast<std::size_t>(i)], Uuid::v7(), {}).value();
        }
        std::vector<std::vector<int>> won(2, std::vector<int>(rounds));
        std::atomic<int> failures = 0;
        std::barrier<> together(2);
        const auto race = [&](std::size_t who) {
            Session session(m_settings);
            for (std::size_t i = 0; i < rounds; ++i) {
                together.arrive_and_wait();
                const auto lease = workflow::takeLease(session, hosts[i], members[who], seen[i]);
                if (!lease)
                    ++failures;
                else if (*lease)
                    won[who][i] = static_cast<int>((*lease)->token);
            }
        };
        std::thread first(race, 0), second(race, 1);
        first.join();
        second.join();
        QCOMPARE(failures.load(), 0);
        for (std::size_t i = 0; i < rounds; ++i) {
            QVERIFY((won[0][i] == 0) != (won[1][i] == 0)); // exactly one
            QCOMPARE(won[0][i] + won[1][i], fresh == 0 ? 2 : 1);
        }
    }
}

void TestMemberRepository::rendezvousSpreads()
{
    std::vector<Uuid> members;
    for (int i = 0; i < 4; ++i)
        members.push_back(Uuid::v7());
    std::map<Uuid, int> share;
    int moved = 0;
    for (int i = 0; i < 1000; ++i) {
        const Uuid host = Uuid::v7();
        const Uuid mine = workflow::rendezvous(host, members);
        ++share[mine];
        const Uuid after = workflow::rendezvous(host, {members[2], members[0], members[1]});
        if (mine != members[3])
            moved += after != mine;
    }
    for (const auto &[id, count] : share)
        QVERIFY2(count > 180 && count < 330, std::to_string(count).c_str());
    QCOMPARE(moved, 0); // only the hosts of the member that left move
    QVERIFY(workflow::rendezvous(Uuid::v7(), {}).isNull());
}

QTEST_GUILESS_MAIN(TestMemberRepository)
#include "tst_memberrepository.moc"
