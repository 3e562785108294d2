// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/killer/killermethods.h"

#include "agent/os/log.h"

#include <algorithm>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto longestPace = 5000ms;

} // namespace

KillerMethods::KillerMethods(const Config &config, asio::io_context &io, CollectMethods &collect)
    : m_config(config), m_collect(collect), m_disk(io), m_lane(io), m_timer(io), m_book(PolicyBook::open(config.stateDirectory / "killer" / "policies.json"))
{
    if (m_book)
        m_current = *m_book;
    else
        logLine("nothing is killed: " + describe(m_book.error()));
}

KillerMethods::~KillerMethods() = default;

void KillerMethods::addTo(Methods &methods)
{
    methods["killer.set"] = {Role::Admin, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
                                 change(params, responder, identity.user);
                             }};
    methods["killer.offer"] = {Role::Admin, true, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
                                   change(params, responder, {});
                               }};
    methods["killer.renew"] = {Role::Admin, true, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
                                   renew(params, responder);
                               }};
    methods["killer.state"] = {Role::Viewer, true, [this](const ConnectionIdentity &, const Json &, const Responder &responder) {
                                   responder.respond({{"instances", states()}});
                               }};
}

Json KillerMethods::stateOf(const std::string &instance) const
{
    wire::KillerState state = m_current ? m_current->state(instance, systemNow()) : wire::KillerState();
    state.instance = instance;
    if (const auto seen = m_seen.find(instance); seen != m_seen.end()) {
        state.lookedAt = seen->second.at;
        state.running = seen->second.running;
        if (seen->second.trouble)
            state.error = errorToJson(*seen->second.trouble);
    }
    if (!m_book)
        state.error = errorToJson(m_book.error());
    return Json(state);
}

Json KillerMethods::states() const
{
    Json all = Json::array();
    for (const std::string &instance : m_current ? m_current->instances() : std::vector<std::string>{})
        all.push_back(stateOf(instance));
    return all;
}

static Error heldUp()
{
    return makeError(errors::agentBusy, {{"what", "killer"}, {"limit", std::to_string(Lane::heldUpAfter.count()) + " s"}});
}

void KillerMethods::change(const Json &params, const Responder &responder, const std::string &person)
{
    const std::string name = params.at("instance").get<std::string>();
    const auto set = decode<wire::KillSet>(params.at("set"));
    const auto instance = set ? findInstance(m_config, name) : Result<LocalInstance>(fail(set.error()));
    if (!instance || !m_book) {
        responder.fail(instance ? m_book.error() : instance.error());
        return;
    }
    if (!person.empty())
        logLine("killer.set by " + person + ": " + name + ", revision " + std::to_string(set->revision) + ", " + std::to_string(set->policies.size()) + " policies");
    const bool taken = m_disk.post([this, name, set = *set, person, responder]() -> std::function<void()> {
        const auto done = person.empty() ? m_book->offer(name, set, systemNow()) : m_book->set(name, set, person, systemNow());
        return [this, name, responder, done, book = *m_book] {
            m_current = book;
            if (!done) {
                responder.fail(done.error());
                return;
            }
            responder.respond(stateOf(name));
            if (!m_looking)
                schedule();
        };
    });
    if (!taken)
        responder.fail(heldUp());
}

void KillerMethods::renew(const Json &params, const Responder &responder)
{
    const auto revisions = decode<std::map<std::string, std::int64_t>>(params.at("revisions"));
    if (!revisions || !m_book) {
        responder.fail(revisions ? m_book.error() : revisions.error());
        return;
    }
    const bool taken = m_disk.post([this, revisions = *revisions, responder]() -> std::function<void()> {
        const auto differ = m_book->renew(revisions, systemNow());
        return [this, responder, book = *m_book, answer = differ ? Result<Json>(Json{{"differ", *differ}}) : Result<Json>(fail(differ.error()))] {
            m_current = book;
            responder.answer(answer);
        };
    });
    if (!taken)
        responder.fail(heldUp());
}

void KillerMethods::start()
{
    schedule();
}

void KillerMethods::stop()
{
    m_stopping = true;
    m_timer.cancel();
}

void KillerMethods::schedule()
{
    std::optional<std::chrono::milliseconds> pace;
    for (const std::string &instance : m_current ? m_current->instances() : std::vector<std::string>{}) {
        if (m_current->hasPolicies(instance))
            pace = std::min(pace.value_or(longestPace), InstanceKiller::paceOf(m_current->state(instance, systemNow()).policies));
    }
    m_timer.cancel();
    if (!pace || m_stopping)
        return;
    m_timer.expires_after(*pace);
    m_timer.async_wait([this](const std::error_code &error) {
        if (!error)
            look();
    });
}

void KillerMethods::look()
{
    std::vector<wire::KillerState> wanted;
    for (const std::string &instance : m_current->instances()) {
        if (m_current->hasPolicies(instance))
            wanted.push_back(m_current->state(instance, systemNow()));
    }
    m_looking = m_lane.post([this, wanted = std::move(wanted)]() -> std::function<void()> {
        return [this, all = lookAt(wanted)]() mutable { found(std::move(all)); };
    });
    if (!m_looking)
        schedule();
}

std::vector<KillerMethods::Found> KillerMethods::lookAt(const std::vector<wire::KillerState> &wanted)
{
    std::vector<Found> all;
    std::set<std::string> there;
    for (const wire::KillerState &state : wanted) {
        there.insert(state.instance);
        auto &killer = m_killers[state.instance];
        const auto local = findInstance(m_config, state.instance);
        if (!local) {
            killer.reset();
            all.push_back({state.instance, {{}, {}, 0, local.error()}, systemNow()});
            continue;
        }
        if (!killer || killer->instance().socket != local->socket)
            killer = std::make_unique<InstanceKiller>(m_config, *local);
        all.push_back({state.instance, killer->look(state.policies, state.revision), systemNow()});
    }
    std::erase_if(m_killers, [&](const auto &item) { return !there.contains(item.first); });
    return all;
}

void KillerMethods::found(std::vector<Found> all)
{
    m_looking = false;
    for (Found &one : all) {
        const auto trouble = m_seen[one.instance].trouble;
        if (one.look.trouble && (!trouble || trouble->code != one.look.trouble->code))
            logLine("statements of " + one.instance + " cannot be looked at: " + describe(*one.look.trouble));
        m_seen[one.instance] = {one.at, one.look.running, one.look.trouble};
        if (!m_stopping && !(one.look.orders.empty() && one.look.dryRuns.empty()))
            record(one.instance, std::move(one.look.orders), std::move(one.look.dryRuns));
    }
    schedule();
}

void KillerMethods::record(const std::string &instance, std::vector<InstanceKiller::Order> orders, std::vector<wire::KillRecord> records)
{
    wire::KillBatch batch{instance, std::move(records)};
    for (const auto &order : orders)
        batch.records.push_back(order.record);
    m_collect.add(std::string(wire::killsSourcePrefix) + instance, Spool::Kind::Events, dumpJson(batch), nullptr,
                  [this, instance, orders](const Result<std::int64_t> &kept) {
                      if (orders.empty() || m_stopping)
                          return;
                      if (kept) {
                          carryOut(instance, orders);
                          return;
                      }
                      // what is not recorded is not done
                      m_seen[instance].trouble = kept.error();
                      m_lane.post([this, instance, orders]() -> std::function<void()> {
                          if (const auto killer = m_killers.find(instance); killer != m_killers.end() && killer->second) {
                              for (const auto &order : orders)
                                  killer->second->forget(order);
                          }
                          return [] {};
                      });
                  });
}

void KillerMethods::carryOut(const std::string &instance, std::vector<InstanceKiller::Order> orders)
{
    const bool taken = m_lane.post([this, instance, orders]() -> std::function<void()> {
        std::vector<wire::KillRecord> done;
        const auto killer = m_killers.find(instance);
        for (const auto &order : orders) {
            if (killer != m_killers.end() && killer->second) {
                done.push_back(killer->second->carryOut(order));
                logLine("killer: " + instance + ", connection " + std::to_string(order.running.connection) + " of " + order.running.user + ": " + done.back().outcome);
            }
        }
        return [this, instance, done] {
            if (!done.empty())
                record(instance, {}, done);
        };
    });
    if (!taken)
        logLine("killer: the server of " + instance + " does not answer, so nothing is killed");
}

} // namespace zandb::agent
