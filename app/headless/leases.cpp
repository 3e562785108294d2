// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/leases.h"

#include "app/workflow/runrepository.h"

#include <algorithm>
#include <utility>

namespace zandb::headless {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

} // namespace

LeasePlan planLeases(const workflow::MemberView &view, const Uuid &self, const std::vector<Uuid> &hosts)
{
    std::vector<Uuid> alive;
    for (const auto &member : view.members) {
        if (view.alive(member.id))
            alive.push_back(member.id);
    }
    LeasePlan plan;
    if (std::find(alive.begin(), alive.end(), self) == alive.end())
        return plan; // our row is gone or has expired: nothing is ours before it is renewed
    for (const Uuid &host : hosts) {
        const Uuid wanted = workflow::rendezvous(host, alive);
        const auto lease = std::find_if(view.leases.begin(), view.leases.end(), [&](const auto &l) { return l.hostId == host; });
        if (lease != view.leases.end() && lease->memberId == self) {
            if (wanted == self)
                plan.held.emplace(host, lease->token);
            else
                plan.drop.push_back(*lease);
            continue;
        }
        const bool free = lease == view.leases.end()
            || std::find(alive.begin(), alive.end(), lease->memberId) == alive.end();
        if (free && wanted == self)
            plan.take.emplace_back(host, lease == view.leases.end() ? std::nullopt : std::optional{*lease});
    }
    return plan;
}

LeaseKeeper::LeaseKeeper(StoreSettings settings, std::string name, std::function<void(const std::string &)> log,
                         std::function<void()> changed)
    : m_settings(std::move(settings)), m_log(std::move(log)), m_changed(std::move(changed))
{
    m_member.id = Uuid::v7();
    m_member.name = std::move(name);
    m_member.program = "zandb " ZANDB_VERSION;
    m_held.self = m_member.id;
    m_thread = std::jthread([this](std::stop_token stop) { work(stop); });
}

LeaseKeeper::~LeaseKeeper()
{
    m_thread.request_stop();
    m_wake.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

void LeaseKeeper::setHosts(std::vector<Uuid> hosts)
{
    const std::lock_guard lock(m_mutex);
    if (hosts == m_hosts)
        return;
    m_hosts = std::move(hosts);
    m_hostsChanged = true;
    m_wake.notify_all();
}

LeaseKeeper::Held LeaseKeeper::held() const
{
    const std::lock_guard lock(m_mutex);
    Held copy = m_held;
    copy.trusted = Clock::now() < m_trustedUntil;
    return copy;
}

void LeaseKeeper::work(std::stop_token stop)
{
    store::Session session(m_settings);
    session.setStatementLimit(keeperStatementLimit);
    Steady nextRenew{};
    Steady nextLook{};
    while (!stop.stop_requested()) {
        const auto now = Clock::now();
        Result<void> done;
        const bool asked = now >= nextRenew || now >= nextLook;
        if (now >= nextRenew) {
            done = renew(session);
            nextRenew = now + (done ? renewEvery : 1s);
            if (done)
                nextLook = now;
        }
        if (done && now >= nextLook) {
            const auto looked = look(session);
            if (!looked)
                done = fail(looked.error());
            const auto rest = !looked ? std::chrono::seconds{1} : *looked ? std::chrono::seconds{0} : lookEvery;
            nextLook = Clock::now() + rest;
        }
        if (!done && !m_away)
            m_log("leases: " + describe(done.error()));
        if (asked)
            m_away = !done;
        std::unique_lock lock(m_mutex);
        m_wake.wait_until(lock, stop, std::min(nextRenew, nextLook), [&] { return m_hostsChanged; });
        if (m_hostsChanged) {
            m_hostsChanged = false;
            nextLook = Clock::now();
        }
    }
    // a short goodbye, so that others need not wait until the row expires; without the store they do
    (void)workflow::removeMember(session, m_member.id);
}

Result<void> LeaseKeeper::renew(store::Session &session)
{
    const auto sent = Clock::now();
    const auto renewed = workflow::renewMember(session, m_member);
    if (!renewed)
        return fail(renewed.error());
    if (!*renewed) {
        // somebody removed or took the row: begin again as a new member, holding nothing
        m_log("member: our row was taken away; joining anew");
        const std::lock_guard lock(m_mutex);
        m_member.id = Uuid::v7();
        m_member.revision = 0;
        m_held = {};
        m_held.self = m_member.id;
        m_trustedUntil = {};
        return fail(errors::storeConflict, {{"what", "member"}});
    }
    const std::lock_guard lock(m_mutex);
    m_trustedUntil = sent + trustFor;
    return {};
}

Result<bool> LeaseKeeper::look(store::Session &session)
{
    const auto view = workflow::loadMembers(session);
    if (!view)
        return fail(view.error());
    std::vector<Uuid> hosts;
    {
        const std::lock_guard lock(m_mutex);
        hosts = m_hosts;
    }
    LeasePlan plan = planLeases(*view, m_member.id, hosts);
    const auto publish = [&] {
        std::vector<Uuid> alive;
        for (const auto &member : view->members) {
            if (view->alive(member.id))
                alive.push_back(member.id);
        }
        bool differs = false;
        {
            const std::lock_guard lock(m_mutex);
            differs = m_held.tokens != plan.held || m_held.members != alive;
            m_held.tokens = plan.held;
            m_held.members = std::move(alive);
        }
        if (differs)
            m_changed();
    };
    // the new fence stands on all open rows before any order goes out under it
    const auto stamp = [&](const Uuid &host, std::int64_t token) -> Result<void> {
        if (const auto found = m_stamped.find(host); found != m_stamped.end() && found->second == token)
            return {};
        const auto stamped = workflow::stampFence(session, host, token);
        if (stamped)
            m_stamped[host] = token;
        return stamped;
    };
    const auto until = Clock::now() + takeFor;
    bool more = false;
    const auto late = [&] { return more = more || Clock::now() > until; };
    const auto all = std::exchange(plan.held, {});
    Result<void> done;
    for (const auto &[host, token] : all) {
        const auto found = m_stamped.find(host);
        const bool known = found != m_stamped.end() && found->second == token;
        if (!known && (!done || late()))
            continue; // not without its stamp: the next look makes up for it
        if (const auto stamped = stamp(host, token); !stamped)
            done = stamped;
        else
            plan.held.emplace(host, token);
    }
    // first stop using what is handed over, then hand it over
    publish();
    for (const auto &lease : plan.drop) {
        if (!done || late())
            break;
        done = workflow::dropLease(session, lease);
        if (done)
            m_log("lease: handed over host " + lease.hostId.toString());
    }
    for (const auto &[host, seen] : plan.take) {
        if (!done || late())
            break;
        const auto taken = workflow::takeLease(session, host, m_member.id, seen);
        if (!taken) {
            done = fail(taken.error());
            break;
        }
        if (!*taken)
            continue;
        m_log("lease: took host " + host.toString() + " with token " + std::to_string((*taken)->token));
        done = stamp(host, (*taken)->token);
        if (done)
            plan.held.emplace(host, (*taken)->token);
    }
    // what was taken is used, also when the rest failed or has to wait
    if (!plan.take.empty())
        publish();
    if (!done)
        return fail(done.error());
    return more;
}

} // namespace zandb::headless
