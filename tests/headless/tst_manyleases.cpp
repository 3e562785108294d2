// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/leases.h"
#include "app/workflow/runrepository.h"
#include "tests/store/repositorytest.h"

#include <thread>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

/// A member that takes over all hosts of one that died, in a real store: each flavour that can be had.
class TestManyLeases : public RepositoryTest
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init() { prepare(); }
    void takesOverAll();
};

void TestManyLeases::takesOverAll()
{
    constexpr std::size_t count = 200;
    const Uuid dead = Uuid::v7();
    std::vector<Uuid> hosts;
    VERIFY_OK(m_session->transaction([&]() -> Result<void> {
        hosts.clear();
        for (std::size_t i = 0; i < count; ++i) {
            hosts.push_back(Uuid::v7());
            const auto row = m_session->execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,7,1)",
                                                {value(hosts.back()), value(dead)});
            if (!row)
                return fail(row.error());
        }
        return {};
    }));
    const RunDetail open = makeRun(hosts.back(), Uuid::v7(), fromMicros(1'700'000'000'000'000));
    QCOMPARE(workflow::createRun(*m_session, open).value(), true);

    headless::LeaseKeeper keeper(m_settings, "many", [](const std::string &) {}, [] {});
    keeper.setHosts(hosts);
    const auto until = std::chrono::steady_clock::now() + 120s;
    bool wasTrusted = false;
    bool lapsed = false;
    headless::LeaseKeeper::Held held;
    do {
        std::this_thread::sleep_for(20ms);
        held = keeper.held();
        lapsed = lapsed || (wasTrusted && !held.trusted);
        wasTrusted = held.trusted;
    } while (held.tokens.size() < count && std::chrono::steady_clock::now() < until);
    QCOMPARE(held.tokens.size(), count);
    QVERIFY(!lapsed); // it went on renewing its own row meanwhile
    for (const auto &[host, token] : held.tokens)
        QCOMPARE(token, 8);
    const auto view = workflow::loadMembers(*m_session).value();
    QVERIFY(view.alive(held.self));
    // the fence stands on what is open before anything is ordered under it
    QCOMPARE(workflow::findRun(*m_session, open.run.id).value()->fence, 8);
}

QTEST_GUILESS_MAIN(TestManyLeases)
#include "tst_manyleases.moc"
