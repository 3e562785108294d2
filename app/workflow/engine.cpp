// SPDX-License-Identifier: GPL-3.0-or-later
// The engine's ends towards the agents: links, watches, statuses, calls.  What becomes of runs is in enginemoves.cpp.
#include "app/workflow/engine.h"

#include "app/workflow/consent.h"
#include "app/workflow/newrun.h"

#include <algorithm>
#include <random>

namespace zandb::workflow {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Of one host, known at a time: more than any real one has, and a bound for one that makes up orders.
constexpr std::size_t maxFlights = 2000;
/// A watch has no end of its own; this only bounds how long it waits for its link.
constexpr std::chrono::seconds watchPatience{3600};

Json keyJson(const wire::OrderKey &key)
{
    return Json(key);
}

} // namespace

Engine::Engine(store::Session &session, remote::AgentPool &pool, std::shared_ptr<Mailbox> mailbox, Options options)
    : m_session(session), m_pool(pool), m_mailbox(std::move(mailbox)), m_options(std::move(options)),
      m_fleet(std::make_shared<Fleet>())
{
    if (!m_options.log)
        m_options.log = [](const std::string &) {};
    if (!m_options.random) {
        auto engine = std::make_shared<std::mt19937_64>(std::random_device{}());
        m_options.random = [engine] { return std::uniform_real_distribution<double>(0, 1)(*engine); };
    }
}

Engine::~Engine()
{
    *m_alive = false;
    for (const auto &[host, link] : m_links) {
        if (link.watching)
            m_pool.cancel(link.watch);
    }
}

void Engine::say(const std::string &line) const
{
    m_options.log(line);
}

std::string Engine::nameOf(const Run &run) const
{
    return run.kind + " " + m_fleet->pathOf(run.targetId) + " (run " + run.id.toString() + ")";
}

std::string Engine::stepText(const RunDetail &detail, const Attempt &attempt)
{
    return (detail.steps.size() > 1 ? " step " + std::to_string(attempt.step) : std::string()) + " attempt " + std::to_string(attempt.attempt);
}

bool Engine::isMine(const Run &run) const
{
    return m_options.ownOnly ? m_adopted.contains(run.id) : run.executor == m_options.executor;
}

void Engine::adopt(const Uuid &run, const std::string &consent)
{
    std::string &known = m_adopted[run];
    if (!consent.empty())
        known = consent;
    m_withheld.erase(run);
}

void Engine::endConsent(const Uuid &run)
{
    if (const auto adopted = m_adopted.find(run); adopted != m_adopted.end())
        adopted->second.clear();
}

void Engine::drop(const Uuid &run)
{
    m_adopted.erase(run);
    m_withheld.erase(run);
    std::erase_if(m_flights, [&](const auto &flight) { return flight.first.runId == run; });
}

bool Engine::withhold(const RunDetail &detail)
{
    if (!m_options.ownOnly)
        return false; // its key is a dispatcher's, and each agent judges what such a key may order
    const auto adopted = m_adopted.find(detail.run.id);
    const bool allowed = adopted != m_adopted.end() && adopted->second == consentDigest(detail, *m_fleet);
    if (allowed)
        m_withheld.erase(detail.run.id);
    else
        m_withheld.insert(detail.run.id);
    return !allowed;
}

bool Engine::isMine(const wire::OrderKey &key) const
{
    const auto open = m_open.find(key.runId);
    return open == m_open.end() ? m_flights.contains(key) : isMine(open->second.run);
}

Uuid Engine::hostOf(const RunDetail &detail, const wire::OrderKey &key)
{
    const auto sent = std::ranges::find_if(detail.attempts, [&](const Attempt &a) { return a.step == key.step && a.attempt == key.attempt; });
    if (sent != detail.attempts.end())
        return sent->hostId;
    const Step *step = stepNumbered(detail, key.step);
    return step ? step->hostId : detail.run.hostId;
}

wire::Fence Engine::fenceOf(const Uuid &host) const
{
    const auto found = m_tokens.find(host);
    return {m_epoch, host, found == m_tokens.end() ? 0 : found->second};
}

const RunDetail *Engine::run(const Uuid &id) const
{
    const auto found = m_open.find(id);
    return found == m_open.end() ? nullptr : &found->second;
}

bool Engine::settled() const
{
    for (const auto &[key, flight] : m_flights) {
        if (flight.recorded && (!flight.acked || (flight.status && flight.logCopied < flight.status->logSize)))
            return false;
    }
    return true;
}

void Engine::setHosts(const std::map<Uuid, std::int64_t> &tokens, bool trusted)
{
    const auto now = Clock::now();
    for (const auto &[host, token] : tokens) {
        const auto before = m_tokens.find(host);
        if (before != m_tokens.end() && before->second == token)
            continue;
        m_links[host].lastHeard = now; // silence counts from taking over
        for (auto &[key, flight] : m_flights) {
            if (flight.host == host)
                flight.fencedAt.reset();
        }
    }
    for (auto it = m_links.begin(); it != m_links.end();) {
        if (tokens.count(it->first)) {
            ++it;
            continue;
        }
        if (it->second.watching)
            m_pool.cancel(it->second.watch);
        for (auto flight = m_flights.begin(); flight != m_flights.end();)
            flight = flight->second.host == it->first ? m_flights.erase(flight) : std::next(flight);
        it = m_links.erase(it);
    }
    m_tokens = tokens;
    m_trusted = trusted;
    followHosts();
}

void Engine::followHosts()
{
    const auto now = Clock::now();
    for (auto &[host, link] : m_links) {
        if (!link.watching && now >= link.nextWatch)
            openWatch(host, link);
        if (link.watching && !link.asking && now >= link.nextPending && m_pool.state(host) == remote::LinkState::Up)
            askPending(host, link);
    }
}

void Engine::openWatch(const Uuid &host, Link &link)
{
    link.watching = true;
    const std::uint64_t session = ++link.session;
    link.nextPending = Clock::now();
    const auto alive = m_alive;
    const auto mailbox = m_mailbox;
    link.watch = m_pool.call(
        host, "orders.watch", Json::object(),
        [this, alive, mailbox, host, session](Result<Json> answer) {
            mailbox->post([this, alive, host, session, answer = std::move(answer)] {
                if (!*alive)
                    return;
                const auto found = m_links.find(host);
                if (found == m_links.end() || found->second.session != session)
                    return;
                found->second.watching = false;
                found->second.nextWatch = Clock::now() + 1s;
                if (!answer && !answer.error().is(errors::cancelled) && !answer.error().is(errors::sshUnreachable))
                    say("watch of " + (m_fleet->host(host) ? m_fleet->host(host)->name : host.toString()) + " ended: "
                        + describe(answer.error()));
            });
        },
        watchPatience,
        [this, alive, mailbox, host](const Json &item) {
            mailbox->post([this, alive, host, item] {
                if (*alive)
                    takeStatus(host, item);
            });
        });
}

void Engine::askPending(const Uuid &host, Link &link)
{
    link.asking = true;
    // often enough that silence tells of the agent, also where no order is out
    link.nextPending = Clock::now() + 25s;
    const auto alive = m_alive;
    const auto mailbox = m_mailbox;
    m_pool.call(host, "results.pending", Json{{"limit", 1000}}, [this, alive, mailbox, host](Result<Json> answer) {
        mailbox->post([this, alive, host, answer = std::move(answer)] {
            if (!*alive)
                return;
            const auto found = m_links.find(host);
            if (found == m_links.end())
                return;
            found->second.asking = false;
            if (!answer || !answer->is_object() || !answer->contains("results") || !(*answer)["results"].is_array()) {
                found->second.nextPending = Clock::now() + 5s;
                return;
            }
            found->second.lastHeard = Clock::now();
            if (answer->value("more", Json(false)) == Json(true))
                found->second.nextPending = Clock::now() + 2s; // the rest, once these are acknowledged
            for (const Json &status : (*answer)["results"])
                takeStatus(host, status);
        });
    });
}

void Engine::takeStatus(const Uuid &host, const Json &json, bool past)
{
    const auto status = decode<wire::OrderStatus>(json);
    if (!status || !m_links.count(host))
        return;
    if (m_options.ownOnly && !isMine(status->key))
        return;
    // a host speaks only for orders that were sent to it
    if (const auto open = m_open.find(status->key.runId); open != m_open.end() && hostOf(open->second, status->key) != host)
        return;
    Link &link = m_links[host];
    link.lastHeard = Clock::now();
    if (!m_flights.contains(status->key) && ++link.flights > maxFlights)
        return; // what is finished is offered again
    Flight &flight = m_flights[status->key];
    if (!flight.host.isNull() && flight.host != host)
        return;
    flight.host = host;
    flight.heardAt = Clock::now();
    if (status->state == "none")
        return;
    flight.heard = true;
    flight.withheld = false;
    flight.sentBefore = true;
    const bool finished = status->state == "finished" || status->state == "tombstone";
    if (finished && !flight.finishedAt)
        flight.finishedAt = Clock::now();
    if (flight.status && (flight.status->state == "finished" || flight.status->state == "tombstone") && !finished)
        return; // an older word that came late
    flight.status = *status;
    if (past && flight.status->order) {
        flight.order = std::move(flight.status->order);
        flight.orderAsked = true;
        flight.nextOrphan = {};
    }
    flight.status->order.reset();
}

void Engine::postStatus(const Uuid &host, const std::string &method, Json params, const wire::OrderKey &key,
                        std::function<void(Flight &, const Result<Json> &)> then)
{
    const auto alive = m_alive;
    const auto mailbox = m_mailbox;
    m_pool.call(host, method, std::move(params), [this, alive, mailbox, key, then = std::move(then)](Result<Json> answer) {
        mailbox->post([this, alive, key, then, answer = std::move(answer)] {
            if (!*alive)
                return;
            const auto found = m_flights.find(key);
            if (found != m_flights.end())
                then(found->second, answer);
        });
    });
}

void Engine::submit(const RunDetail &detail, const Step &step, int attempt)
{
    if (withhold(detail))
        return;
    const wire::Order order = makeOrder(m_options.kinds, detail.run, step, attempt, fenceOf(step.hostId), *m_fleet);
    Flight &flight = m_flights[order.key];
    flight.host = step.hostId;
    flight.submitting = true;
    flight.askedAt = Clock::now();
    postStatus(step.hostId, "orders.submit", Json(order), order.key,
               [this, host = step.hostId](Flight &f, const Result<Json> &answer) {
                   f.submitting = false;
                   if (answer) {
                       takeStatus(host, *answer);
                       return;
                   }
                   const Error &error = answer.error();
                   if (!isLinkError(error) && m_links.contains(host))
                       m_links[host].lastHeard = Clock::now();
                   if (error.is(errors::orderFenced) || error.is(errors::orderEpoch)) {
                       // another member has the host now, or will say so soon: the run is its business; or an administrator
                       // is just telling the agents of the store's new epoch
                       if (!f.fencedAt)
                           f.fencedAt = Clock::now();
                       if (Clock::now() - *f.fencedAt > 60s)
                           f.refused = error;
                       return;
                   }
                   if (neverSent(error) && !f.sentBefore)
                       f.refused = error;
                   else if (!isLinkError(error))
                       f.refused = error;
                   else
                       f.sentBefore = true; // it may have arrived: only the agent can tell
               });
}

void Engine::ask(const wire::OrderKey &key, Flight &flight)
{
    flight.asking = true;
    flight.askedAt = Clock::now();
    flight.session = m_links[flight.host].session;
    postStatus(flight.host, "orders.status", keyJson(key), key, [this, key](Flight &f, const Result<Json> &answer) {
        f.asking = false;
        if (!answer)
            return;
        const auto status = decode<wire::OrderStatus>(*answer);
        if (!status)
            return;
        if (m_links.contains(f.host))
            m_links[f.host].lastHeard = Clock::now();
        if (status->state != "none") {
            takeStatus(f.host, *answer);
            return;
        }
        const auto open = m_open.find(key.runId);
        if (open == m_open.end())
            return;
        const Attempt *attempt = lastAttempt(open->second, key.step);
        if (!attempt || attempt->attempt != key.attempt || attempt->endedAt)
            return;
        if (f.heard || attempt->startedAt) {
            // it was there and is gone: nobody can say whether the work was done
            f.refused = makeError(errors::orderUnknown, {{"run_id", key.runId.toString()}});
            return;
        }
        if (!isMine(open->second.run)) {
            // Its executor may be about to send it.  When it does not, it is gone, and the run would hold its place for ever:
            // a tombstone sees to it that the order cannot come after all.
            const auto seen = Clock::now();
            if (!f.missingSince)
                f.missingSince = seen;
            if (m_trusted && !m_options.ownOnly && seen - *f.missingSince >= m_options.executorPatience) {
                f.givenUp = true;
                cancelOrder(open->second, key, f);
            }
            return;
        }
        // it never arrived; the same attempt again cannot start twice
        f.withheld = withhold(open->second);
        if (!f.withheld && !f.submitting && m_trusted && m_tokens.count(f.host)) {
            for (const Step &step : open->second.steps) {
                if (step.step == key.step)
                    submit(open->second, step, key.attempt);
            }
        }
    });
}

void Engine::cancelOrder(const RunDetail &detail, const wire::OrderKey &key, Flight &flight)
{
    const auto now = Clock::now();
    if (now - flight.cancelledAt < 10s)
        return;
    flight.cancelledAt = now;
    say("cancelling " + nameOf(detail.run));
    Json params = keyJson(key);
    params["fence"] = fenceOf(flight.host);
    postStatus(flight.host, "orders.cancel", std::move(params), key, [this](Flight &f, const Result<Json> &answer) {
        if (answer)
            takeStatus(f.host, *answer);
        else
            say("cancel was not accepted: " + describe(answer.error()));
    });
}

void Engine::acknowledge(const wire::OrderKey &key, Flight &flight)
{
    if (!m_links.count(flight.host) || !flight.heard) {
        flight.acked = true; // the agent holds nothing
        return;
    }
    if (flight.asking)
        return;
    flight.asking = true;
    postStatus(flight.host, "results.ack", Json{{"keys", Json::array({keyJson(key)})}}, key,
               [](Flight &f, const Result<Json> &answer) {
                   f.asking = false;
                   f.askedAt = Clock::now();
                   if (answer || !isLinkError(answer.error()))
                       f.acked = true;
               });
}

} // namespace zandb::workflow
