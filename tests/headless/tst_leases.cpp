// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/leases.h"

#include "tests/support/same.h"

using namespace zandb;
using namespace zandb::headless;
using namespace std::chrono_literals;

namespace {

const TimePoint noon = *fromIso("2026-03-01T12:00:00Z");

workflow::Member member(TimePoint expires)
{
    workflow::Member m;
    m.id = Uuid::v7();
    m.expiresAt = expires;
    return m;
}

} // namespace

class TestLeases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLoneMemberTakesEverything()
    {
        workflow::MemberView view;
        view.now = noon;
        view.members = {member(noon + 15s)};
        const std::vector<Uuid> hosts{Uuid::v7(), Uuid::v7(), Uuid::v7()};
        const auto plan = planLeases(view, view.members[0].id, hosts);
        SAME(plan.take.size(), 3u);
        QVERIFY(!plan.take[0].second);
        QVERIFY(plan.held.empty());
    }

    void theLivingTakeOverFromTheDeadAndTokensAreSeen()
    {
        workflow::MemberView view;
        view.now = noon;
        const auto dead = member(noon - 1s);
        const auto alive = member(noon + 10s);
        view.members = {dead, alive};
        const Uuid host = Uuid::v7();
        view.leases = {{host, dead.id, 7}};
        const auto plan = planLeases(view, alive.id, {host});
        SAME(plan.take.size(), 1u);
        SAME(plan.take[0].second->token, std::int64_t{7});
        QVERIFY(planLeases(view, dead.id, {host}).take.empty()); // who has expired takes nothing
    }

    void nothingIsTakenFromTheLiving()
    {
        workflow::MemberView view;
        view.now = noon;
        view.members = {member(noon + 10s), member(noon + 10s)};
        const Uuid a = view.members[0].id;
        const Uuid b = view.members[1].id;
        std::vector<Uuid> hosts;
        for (int i = 0; i < 200; ++i) {
            hosts.push_back(Uuid::v7());
            view.leases.push_back({hosts.back(), a, 1});
        }
        QVERIFY(planLeases(view, b, hosts).take.empty());
        // their holder gives up those that belong to the other: about half
        const auto plan = planLeases(view, a, hosts);
        SAME(plan.drop.size() + plan.held.size(), 200u);
        QVERIFY(plan.drop.size() > 60 && plan.drop.size() < 140);
        // and once they are free the other takes exactly these
        for (auto &lease : view.leases) {
            if (!plan.held.count(lease.hostId))
                lease.memberId = Uuid{};
        }
        SAME(planLeases(view, b, hosts).take.size(), plan.drop.size());
        QVERIFY(planLeases(view, a, hosts).take.empty());
    }
};

QTEST_GUILESS_MAIN(TestLeases)
#include "tst_leases.moc"
