// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/collecting.h"

#include "app/binlogs/binlogrepository.h"
#include "app/config/configrepository.h"
#include "app/killer/killedrepository.h"
#include "app/slowlog/slowstoring.h"

#include <algorithm>
#include <utility>

namespace zandb::headless {
namespace {

using namespace std::chrono_literals;

/// Of one host.  Beyond it the stream is ended and begun again later: the agent's disk has more room than this program's memory.
constexpr std::size_t maxBytes = 4u << 20;
constexpr std::size_t maxBatches = 360;
constexpr auto slice = 500ms;
constexpr std::int64_t hoursAtOnce = 200;

Result<fleet::Collected> storeSamples(store::Session &session, const fleet::CollectedFrom &from, const CollectedBatches &batches)
{
    std::vector<fleet::SamplesBatch> decoded;
    for (const auto &batch : batches) {
        auto payload = decode<wire::SamplesPayload>(batch->payload);
        // what cannot be read is passed over, or the host would send it for ever
        decoded.push_back({batch->number, payload ? std::move(*payload) : wire::SamplesPayload{}});
    }
    return fleet::storeSamples(session, from.host, from.token, from.spool, decoded);
}

Result<fleet::Collected> storeSlow(store::Session &session, const fleet::CollectedFrom &from, const CollectedBatches &batches)
{
    std::vector<slowlog::SlowBatchIn> decoded;
    for (const auto &batch : batches) {
        auto minute = decode<wire::SlowMinute>(batch->payload);
        decoded.push_back({batch->number, minute ? std::move(*minute) : wire::SlowMinute{}});
    }
    return slowlog::storeBatches(session, from, decoded);
}

Result<fleet::Collected> storeKilled(store::Session &session, const fleet::CollectedFrom &from, const CollectedBatches &batches)
{
    std::vector<killer::KilledBatch> decoded;
    for (const auto &batch : batches) {
        auto payload = decode<wire::KillBatch>(batch->payload);
        decoded.push_back({batch->number, payload ? std::move(payload->records) : std::vector<wire::KillRecord>{}});
    }
    return killer::storeKilled(session, from, decoded);
}

Result<fleet::Collected> storeRecovered(store::Session &session, const fleet::CollectedFrom &from, const CollectedBatches &batches)
{
    std::vector<config::RecoveredBatch> decoded;
    for (const auto &batch : batches) {
        auto payload = decode<wire::ConfigRecovered>(batch->payload);
        decoded.push_back({batch->number, payload ? std::move(*payload) : wire::ConfigRecovered{}});
    }
    return config::storeRecovered(session, from, decoded);
}

Result<fleet::Collected> storeBinlogs(store::Session &session, const fleet::CollectedFrom &from, const CollectedBatches &batches)
{
    std::vector<binlogs::ReportBatch> decoded;
    for (const auto &batch : batches) {
        auto report = decode<wire::BinlogReport>(batch->payload);
        decoded.push_back({batch->number, report ? std::optional(std::move(*report)) : std::nullopt});
    }
    return binlogs::storeReports(session, from, decoded);
}

/// Slow statements, changes that were taken back, and binlogs: they are few, and somebody waits for them.
bool isPrompt(const wire::CollectedBatch &batch)
{
    return batch.source.starts_with(wire::slowlogSourcePrefix) || batch.source.starts_with(wire::configSourcePrefix)
        || batch.source.starts_with(wire::binlogsSourcePrefix);
}

/// About how long its text is.
std::size_t sizeOf(const Json &json)
{
    if (json.is_string())
        return json.get_ref<const std::string &>().size() + 2;
    std::size_t bytes = json.is_structured() ? 2 : 6;
    if (json.is_object()) {
        for (auto member = json.begin(); member != json.end(); ++member)
            bytes += member.key().size() + sizeOf(*member) + 4;
    } else if (json.is_array()) {
        for (const Json &element : json)
            bytes += sizeOf(element) + 1;
    }
    return bytes;
}

} // namespace

const std::vector<CollectedKind> &collectedKinds()
{
    static const std::vector<CollectedKind> kinds{
        {std::string(wire::samplesSource), "samples", storeSamples},
        {std::string(wire::slowlogSourcePrefix), "slow statements", storeSlow},
        {std::string(wire::killsSourcePrefix), "killed statements", storeKilled},
        {std::string(wire::configSourcePrefix), "changes of configuration that were taken back", storeRecovered},
        {std::string(wire::binlogsSourcePrefix), "binlogs", storeBinlogs},
    };
    return kinds;
}

const CollectedKind *collectedKindOf(std::string_view source)
{
    for (const CollectedKind &kind : collectedKinds()) {
        const bool isPrefix = kind.source.ends_with('/');
        if (isPrefix ? source.starts_with(kind.source) && source.size() > kind.source.size() && source.size() <= 128 : source == kind.source)
            return &kind;
    }
    return nullptr;
}

std::uint64_t Collecting::HostStream::abandon()
{
    taking = full = false;
    batches.clear();
    slowSince.reset();
    bytes = 0;
    return call;
}

Collecting::HostStream *Collecting::Shared::find(const Uuid &host, std::uint64_t generation)
{
    const auto found = hosts.find(host);
    return found == hosts.end() || found->second.generation != generation ? nullptr : &found->second;
}

std::uint64_t Collecting::Shared::take(const Uuid &host, std::uint64_t generation, const Json &item)
{
    auto batch = decode<wire::CollectedBatch>(item);
    const std::lock_guard lock(mutex);
    HostStream *stream = find(host, generation);
    if (!batch || !stream || !stream->taking || !collectedKindOf(batch->source))
        return 0; // another source is one of a later program's
    if (stream->batches.empty()) {
        stream->since = Clock::now();
        stream->spool = batch->spool;
    }
    if (batch->spool != stream->spool)
        return stream->abandon();
    if (stream->bytes > maxBytes || stream->batches.size() >= maxBatches) {
        stream->taking = false;
        stream->full = true;
        return stream->call;
    }
    const std::size_t bytes = sizeOf(item);
    stream->bytes += bytes;
    if (!stream->slowSince && isPrompt(*batch))
        stream->slowSince = Clock::now();
    stream->batches.emplace_back(std::make_shared<const wire::CollectedBatch>(std::move(*batch)), bytes);
    return 0;
}

void Collecting::Shared::ended(const Uuid &host, std::uint64_t generation, const Result<Json> &answer, std::chrono::milliseconds again)
{
    const std::lock_guard lock(mutex);
    HostStream *stream = find(host, generation);
    if (!stream)
        return;
    stream->open = false;
    stream->call = 0;
    if (stream->full)
        return; // what it brought is stored, then it goes on
    stream->abandon();
    stream->notBefore = Clock::now() + again;
    if (!answer && answer.error().is(errors::protocolUnknownMethod))
        stream->notBefore = Clock::now() + std::chrono::minutes{10}; // an older agent collects nothing
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
        const std::lock_guard lock(m_shared->mutex);
        for (auto &[id, stream] : m_shared->hosts)
            calls.push_back(stream.call);
        m_shared->hosts.clear();
    }
    for (const auto call : calls)
        m_pool.cancel(call);
}

void Collecting::setHosts(std::map<Uuid, std::int64_t> tokens)
{
    std::vector<std::uint64_t> gone;
    {
        auto &hosts = m_shared->hosts;
        const std::lock_guard lock(m_shared->mutex);
        for (auto it = hosts.begin(); it != hosts.end();) {
            if (tokens.contains(it->first)) {
                ++it;
                continue;
            }
            gone.push_back(it->second.call);
            it = hosts.erase(it);
        }
        for (const auto &[id, token] : tokens) {
            HostStream &stream = hosts[id];
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
        askSources();
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
        std::unique_lock lock(m_shared->mutex);
        m_wake.wait_for(lock, stop, done ? std::chrono::milliseconds(slice) : m_times.again, [] { return false; });
    }
}

void Collecting::openStreams()
{
    std::vector<std::pair<Uuid, std::uint64_t>> wanted;
    {
        const std::lock_guard lock(m_shared->mutex);
        const auto now = Clock::now();
        for (auto &[id, stream] : m_shared->hosts) {
            if (stream.open || stream.full || now < stream.notBefore)
                continue;
            stream.open = stream.taking = true;
            stream.generation = ++m_generation;
            wanted.emplace_back(id, stream.generation);
        }
    }
    for (const auto &[host, generation] : wanted)
        openStream(host, generation);
}

void Collecting::openStream(const Uuid &host, std::uint64_t generation)
{
    const std::weak_ptr<Shared> weak = m_shared;
    const auto call = m_pool.call(
        host, "collected.watch", Json::object(),
        [weak, host, generation, again = m_times.again](const Result<Json> &answer) {
            if (const auto shared = weak.lock())
                shared->ended(host, generation, answer, again);
        },
        30s,
        [weak, host, generation, pool = &m_pool](const Json &item) {
            const auto shared = weak.lock();
            if (const auto tooMuch = shared ? shared->take(host, generation, item) : 0)
                pool->cancel(tooMuch); // the pool is there: it calls
        });
    bool wanted = false;
    {
        const std::lock_guard lock(m_shared->mutex);
        if (HostStream *stream = m_shared->find(host, generation)) {
            stream->call = stream->open ? call : 0;
            wanted = stream->taking || !stream->open;
        }
    }
    if (!wanted)
        m_pool.cancel(call);
}

Result<void> Collecting::store(store::Session &session)
{
    std::vector<std::pair<Uuid, HostStream>> due;
    std::vector<std::pair<Uuid, std::vector<wire::SlowSource>>> told;
    {
        const std::lock_guard lock(m_shared->mutex);
        const auto now = Clock::now();
        for (auto &[id, stream] : m_shared->hosts) {
            const bool slow = stream.slowSince && now - *stream.slowSince >= std::min(m_times.slow, m_times.gather);
            if (!stream.batches.empty() && (stream.full || slow || now - stream.since >= m_times.gather))
                due.emplace_back(id, stream);
            if (stream.sources)
                told.emplace_back(id, std::move(*std::exchange(stream.sources, std::nullopt)));
        }
    }
    for (const auto &[host, sources] : told) {
        if (auto stored = slowlog::storeSources(session, host, sources); !stored)
            return stored;
    }
    for (const auto &[host, taken] : due) {
        const auto stored = storeHost(session, host, taken);
        if (!stored)
            return fail(stored.error());
        std::uint64_t gone = 0;
        {
            const std::lock_guard lock(m_shared->mutex);
            HostStream *stream = m_shared->find(host, taken.generation);
            if (!stream)
                continue;
            if (!*stored) {
                gone = stream->abandon();
                stream->notBefore = Clock::now() + m_times.again;
            }
            // those that came meanwhile stand behind
            for (std::size_t i = 0; i < taken.batches.size() && !stream->batches.empty(); ++i) {
                stream->bytes -= stream->batches.front().second;
                stream->batches.pop_front();
            }
            stream->full = stream->full && !stream->batches.empty();
            stream->since = Clock::now();
            stream->slowSince = std::ranges::any_of(stream->batches, [](const auto &one) { return isPrompt(*one.first); }) ? std::optional(stream->since) : std::nullopt;
        }
        m_pool.cancel(gone);
    }
    return {};
}

Result<bool> Collecting::storeHost(store::Session &session, const Uuid &host, const HostStream &taken)
{
    std::map<std::string, CollectedBatches> bySource;
    for (const auto &[batch, bytes] : taken.batches)
        bySource[batch->source].push_back(batch);
    bool all = true;
    Json acks = Json::array();
    for (const auto &[source, batches] : bySource) {
        const CollectedKind *kind = collectedKindOf(source);
        if (!kind)
            continue;
        const auto stored = kind->store(session, {host, taken.token, taken.spool, source}, batches);
        if (!stored)
            return fail(stored.error());
        all = all && stored->stored;
        if (!stored->stored)
            continue;
        if (stored->lost > 0)
            m_log("host " + host.toString() + ": " + std::to_string(stored->lost) + " batches of " + kind->what + " gave way before they could be stored");
        acks.push_back(Json(wire::CollectedMark{source, taken.spool, stored->number}));
    }
    // nobody waits for the answer: what is not acknowledged comes again and is known
    if (!acks.empty())
        m_pool.call(host, "collected.ack", Json{{"acks", acks}}, [](const Result<Json> &) {}, 30s);
    return all;
}

void Collecting::askSources()
{
    std::vector<Uuid> due;
    {
        const std::lock_guard lock(m_shared->mutex);
        const auto now = Clock::now();
        for (auto &[id, stream] : m_shared->hosts) {
            if (!stream.open || now < stream.askAt)
                continue;
            stream.askAt = now + m_times.ask;
            due.push_back(id);
        }
    }
    const std::weak_ptr<Shared> weak = m_shared;
    for (const Uuid &host : due) {
        m_pool.call(host, "slowlog.source", Json::object(), [weak, host](const Result<Json> &answer) {
            const auto shared = weak.lock();
            auto sources = answer && answer->is_object() ? decode<std::vector<wire::SlowSource>>(answer->value("sources", Json())) : Result<std::vector<wire::SlowSource>>(fail(errors::internal));
            if (!shared || !sources)
                return; // an older agent, or one that is away: asked again
            const std::lock_guard lock(shared->mutex);
            if (const auto found = shared->hosts.find(host); found != shared->hosts.end())
                found->second.sources = std::move(*sources);
        }, 30s);
    }
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
    m_packedAt = now;
    return {};
}

} // namespace zandb::headless
