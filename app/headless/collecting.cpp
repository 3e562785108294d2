// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/collecting.h"

#include <algorithm>

namespace zandb::headless {
namespace {

using namespace std::chrono_literals;

/// Of one host.  Beyond it the stream is ended and begun again later: the agent's disk has more room than this program's memory.
constexpr std::size_t maxBytes = 4u << 20;
constexpr std::size_t maxBatches = 360;
constexpr auto slice = 500ms;
constexpr auto keep = std::chrono::days{90};
constexpr std::int64_t hoursAtOnce = 200;
constexpr std::int64_t rowsAtOnce = 20'000;

} // namespace

std::uint64_t Collecting::HostStream::abandon()
{
    generation = 0;
    batches.clear();
    bytes = 0;
    return call;
}

Collecting::Collecting(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log)
    : Collecting(std::move(settings), pool, std::move(log), Times())
{
}

Collecting::Collecting(StoreSettings settings, remote::AgentPool &pool, std::function<void(const std::string &)> log, Times times)
    : m_settings(std::move(settings)), m_pool(pool), m_log(std::move(log)), m_times(times),
      m_thread([this](std::stop_token stop) { work(stop); })
{
}

Collecting::~Collecting()
{
    m_thread.request_stop();
    m_wake.notify_all();
    m_thread.join();
    std::vector<std::uint64_t> calls;
    {
        const std::lock_guard lock(m_mutex);
        for (auto &[id, stream] : m_hosts)
            calls.push_back(stream.call);
        m_hosts.clear();
    }
    for (const auto call : calls)
        m_pool.cancel(call);
}

void Collecting::setHosts(std::map<Uuid, std::int64_t> tokens)
{
    std::vector<std::uint64_t> gone;
    {
        const std::lock_guard lock(m_mutex);
        for (auto it = m_hosts.begin(); it != m_hosts.end();) {
            if (tokens.contains(it->first)) {
                ++it;
                continue;
            }
            gone.push_back(it->second.call);
            it = m_hosts.erase(it);
        }
        for (const auto &[id, token] : tokens) {
            HostStream &stream = m_hosts[id];
            if (stream.token != token && stream.open)
                gone.push_back(stream.abandon());
            stream.token = token;
        }
    }
    for (const auto call : gone)
        m_pool.cancel(call);
}

void Collecting::work(std::stop_token stop)
{
    store::Session session(m_settings);
    session.setStopToken(stop);
    session.setStatementLimit(30s);
    while (!stop.stop_requested()) {
        openStreams();
        auto done = store(session);
        if (done)
            done = keepHouse(session);
        if (!done && !m_away && !done.error().is(errors::cancelled))
            m_log("store: what agents collected is not stored: " + describe(done.error()));
        if (done && m_away)
            m_log("store: what agents collected is stored again");
        m_away = !done;
        if (!done)
            session.close();
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, stop, done ? std::chrono::milliseconds(slice) : m_times.again, [] { return false; });
    }
}

void Collecting::openStreams()
{
    std::vector<std::pair<Uuid, std::uint64_t>> wanted;
    {
        const std::lock_guard lock(m_mutex);
        const auto now = Clock::now();
        for (auto &[id, stream] : m_hosts) {
            if (stream.open || now < stream.notBefore)
                continue;
            stream.open = true;
            stream.generation = ++m_generation;
            wanted.emplace_back(id, stream.generation);
        }
    }
    for (const auto &[host, generation] : wanted) {
        const auto call = m_pool.call(
            host, "collected.watch", Json::object(), [this, host = host, generation = generation](Result<Json> answer) { ended(host, generation, answer); },
            30s, [this, host = host, generation = generation](const Json &item) { take(host, generation, item); });
        const std::lock_guard lock(m_mutex);
        const auto found = m_hosts.find(host);
        if (found != m_hosts.end() && found->second.generation == generation)
            found->second.call = call;
    }
}

void Collecting::take(const Uuid &host, std::uint64_t generation, const Json &item)
{
    auto batch = decode<wire::CollectedBatch>(item);
    std::uint64_t tooMuch = 0;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_hosts.find(host);
        if (!batch || found == m_hosts.end() || found->second.generation != generation || batch->source != wire::samplesSource)
            return; // another source is one of a later program's
        HostStream &stream = found->second;
        if (stream.batches.empty()) {
            stream.since = Clock::now();
            stream.spool = batch->spool;
        }
        if (batch->spool != stream.spool || stream.bytes > maxBytes || stream.batches.size() >= maxBatches) {
            tooMuch = stream.abandon();
        } else {
            stream.bytes += dumpJson(item).size();
            stream.batches.push_back(std::move(*batch));
            return;
        }
    }
    m_pool.cancel(tooMuch);
}

void Collecting::ended(const Uuid &host, std::uint64_t generation, const Result<Json> &answer)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_hosts.find(host);
    if (found == m_hosts.end() || (found->second.generation != generation && found->second.generation != 0))
        return;
    HostStream &stream = found->second;
    stream.abandon();
    stream.open = false;
    stream.call = 0;
    stream.notBefore = Clock::now() + m_times.again;
    if (!answer && answer.error().is(errors::protocolUnknownMethod))
        stream.notBefore = Clock::now() + std::chrono::minutes{10}; // an older agent collects nothing
}

Result<void> Collecting::store(store::Session &session)
{
    std::vector<std::pair<Uuid, HostStream>> due;
    {
        const std::lock_guard lock(m_mutex);
        const auto now = Clock::now();
        for (auto &[id, stream] : m_hosts) {
            if (stream.batches.empty() || (now - stream.since < m_times.gather && stream.batches.size() < maxBatches && stream.bytes <= maxBytes))
                continue;
            due.emplace_back(id, stream);
        }
    }
    for (const auto &[host, taken] : due) {
        const auto stored = storeHost(session, host, taken);
        if (!stored)
            return fail(stored.error());
        std::uint64_t gone = 0;
        {
            const std::lock_guard lock(m_mutex);
            const auto found = m_hosts.find(host);
            if (found == m_hosts.end() || found->second.generation != taken.generation)
                continue;
            HostStream &stream = found->second;
            if (!*stored) {
                gone = stream.abandon();
                stream.notBefore = Clock::now() + m_times.again;
            }
            while (!stream.batches.empty() && stream.batches.front().number <= taken.batches.back().number)
                stream.batches.pop_front();
            stream.since = Clock::now();
            stream.bytes = 0; // what came meanwhile is little
        }
        m_pool.cancel(gone);
    }
    return {};
}

Result<bool> Collecting::storeHost(store::Session &session, const Uuid &host, const HostStream &taken)
{
    std::vector<fleet::SamplesBatch> batches;
    for (const wire::CollectedBatch &batch : taken.batches) {
        auto payload = decode<wire::SamplesPayload>(batch.payload);
        // what cannot be read is passed over, or the host would send it for ever
        batches.push_back({batch.number, payload ? std::move(*payload) : wire::SamplesPayload{}});
    }
    const auto stored = fleet::storeSamples(session, host, taken.token, taken.spool, batches);
    if (!stored)
        return fail(stored.error());
    if (!stored->stored)
        return false;
    if (stored->lost > 0)
        m_log("host " + host.toString() + ": " + std::to_string(stored->lost) + " batches of samples gave way before they could be stored");
    const Json acks = Json::array({Json(wire::CollectedMark{std::string(wire::samplesSource), taken.spool, stored->number})});
    // nobody waits for the answer: what is not acknowledged comes again and is known
    m_pool.call(host, "collected.ack", Json{{"acks", acks}}, [](const Result<Json> &) {}, 30s);
    return true;
}

Result<void> Collecting::keepHouse(store::Session &session)
{
    const auto now = Clock::now();
    if (now < m_packedAt + m_times.pack && m_packedAt != Clock::time_point{})
        return {};
    const auto hours = fleet::packHours(session, hoursAtOnce);
    if (!hours)
        return fail(hours.error());
    if (*hours == hoursAtOnce)
        return {}; // the rest in the next round
    const auto storeNow = session.now();
    if (!storeNow)
        return fail(storeNow.error());
    if (const auto gone = fleet::expireSeries(session, *storeNow - keep, rowsAtOnce); !gone)
        return fail(gone.error());
    m_packedAt = now;
    return {};
}

} // namespace zandb::headless
