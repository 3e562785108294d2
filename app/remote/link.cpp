// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/remote/link.h"

#include <algorithm>

namespace zandb::remote {

using wire::FrameKind;

bool UnaskedBytes::add(std::size_t bytes, Clock::time_point now)
{
    const double seconds = std::chrono::duration<double>(now - m_at).count();
    m_level = std::max(0.0, m_level - seconds * perSecond) + static_cast<double>(bytes);
    m_at = now;
    m_total += static_cast<std::int64_t>(bytes);
    return m_level <= limit;
}

Link::Link(Connector &connector, HostAddress host, const LinkTimes &times)
    : m_connector(connector), m_host(std::move(host)), m_times(times)
{
}

LinkState Link::state() const
{
    if (m_stage == Stage::Up)
        return LinkState::Up;
    if (m_stage != Stage::Down)
        return LinkState::Connecting;
    return m_waiting.empty() ? LinkState::Idle : LinkState::Waiting;
}

bool Link::changedState()
{
    const LinkState now = state();
    const bool changed = now != m_shownState;
    m_shownState = now;
    return changed;
}

void Link::submit(Call call)
{
    if (m_stage == Stage::Up) {
        begin(std::move(call));
        m_more = true;
        return;
    }
    // a permanent error is not tried again with every call that comes
    if (m_stage == Stage::Down && m_lastError && !m_lastError->isTransient() && Clock::now() < m_retryAt) {
        call.answer(fail(*m_lastError));
        return;
    }
    m_waiting.push_back(std::move(call));
    m_more = true;
}

bool Link::cancel(std::uint64_t number)
{
    const auto waits = std::ranges::find(m_waiting, number, &Call::number);
    if (waits != m_waiting.end()) {
        const Call call = std::move(*waits);
        m_waiting.erase(waits);
        call.answer(fail(errors::cancelled));
        return true;
    }
    const auto open = std::ranges::find_if(m_open, [&](const auto &entry) { return entry.second.number == number; });
    if (open == m_open.end() || open->second.abandoned)
        return false;
    m_more = true;
    abandon(open->first, open->second, makeError(errors::cancelled));
    return true;
}

void Link::close(const Error &error)
{
    m_lastError.reset();
    drop(error);
    std::deque<Call> waiting;
    waiting.swap(m_waiting);
    for (const Call &call : waiting)
        call.answer(fail(error));
}

Clock::time_point Link::wakeAt() const
{
    Clock::time_point at = Clock::time_point::max();
    for (const Call &call : m_waiting)
        at = std::min(at, call.deadline);
    for (const auto &[id, call] : m_open) {
        if (!call.stream && !call.abandoned)
            at = std::min(at, call.deadline);
    }
    switch (m_stage) {
    case Stage::Down: return m_waiting.empty() ? at : std::min(at, m_retryAt);
    case Stage::Connecting: return std::min(at, m_transport->deadline());
    case Stage::Preamble:
    case Stage::Hello: return std::min(at, m_stageDeadline);
    case Stage::Up: return std::min({at, std::max(m_heardAt, m_pingedAt) + m_times.ping, m_heardAt + m_times.dead});
    }
    return at;
}

void Link::step()
{
    m_more = false;
    const auto now = Clock::now();
    expireCalls(now);
    if (m_stage == Stage::Down && !m_waiting.empty() && now >= m_retryAt)
        connect();
    if (m_stage == Stage::Connecting) {
        switch (m_transport->step()) {
        case Transport::State::Connecting: return;
        case Transport::State::Failed: return connectFailed(Error(m_transport->error()));
        case Transport::State::Open:
            m_stage = Stage::Preamble;
            m_stageDeadline = now + m_times.preamble;
            break;
        }
    }
    if (m_stage == Stage::Down)
        return;
    if (m_stage == Stage::Up)
        sendWaiting();
    // Writing comes first: libssh reads while it writes, and what it took from the socket then would never make poll()
    // return.  It also keeps the look at the socket out of a request's way.
    const bool writable = writeBytes();
    const std::uint64_t queuedBefore = m_queued;
    readBytes();
    if (m_queued != queuedBefore)
        m_more = true; // a step writes once: the answers to what was read are the next step's
    if (m_stage == Stage::Down)
        return;
    if (!writable) {
        broken(makeError(errors::sshLost, {{"host", m_host.name}, {"detail", m_transport->lostDetail()}}));
    } else if (m_stage == Stage::Up) {
        keepAlive(now);
    } else if (now >= m_stageDeadline && m_stage == Stage::Hello) {
        // it is there, only slow or stopped: that may pass
        connectFailed(makeError(errors::sshLost, {{"host", m_host.name}, {"detail", "the agent was reached but did not greet within "
                                                  + std::to_string(m_times.hello.count() / 1000) + " s"}}));
    } else if (now >= m_stageDeadline) {
        // the channel is open, so somebody is there who has neither begun the command nor ended
        connectFailed(makeError(errors::sshLoginShell, {{"host", m_host.name},
                                                        {"seconds", std::to_string(m_times.preamble.count() / 1000)},
                                                        {"noise", noise()}}));
    }
}

void Link::connect()
{
    m_transport = std::make_shared<Transport>(m_connector, m_host, m_times);
    m_preamble = {};
    m_frames = {};
    m_unasked = {};
    m_urgent.clear();
    m_output.clear();
    m_writing.clear();
    m_written = 0;
    m_stage = Stage::Connecting;
}

void Link::scheduleRetry()
{
    m_backoff = std::clamp(m_backoff * 2, m_times.backoffMin, m_times.backoffMax);
    // a fleet whose network came back must not log in everywhere in the same instant
    const double jitter = std::uniform_real_distribution<>(0.75, 1.25)(m_random);
    m_retryAt = Clock::now() + std::chrono::duration_cast<Clock::duration>(m_backoff * jitter);
}

void Link::connectFailed(const Error &error)
{
    m_lastError = error;
    m_transport.reset();
    m_stage = Stage::Down;
    m_hello.reset();
    scheduleRetry();
    if (error.isTransient())
        return;
    std::deque<Call> waiting;
    waiting.swap(m_waiting);
    for (const Call &call : waiting)
        call.answer(fail(error));
}

void Link::drop(const Error &error)
{
    if (m_stage == Stage::Up && Clock::now() - m_upSince >= m_times.steady)
        m_backoff = std::chrono::milliseconds(0);
    m_transport.reset();
    m_stage = Stage::Down;
    m_hello.reset();
    scheduleRetry();
    std::map<std::uint32_t, Call> open;
    open.swap(m_open);
    m_abandoned = 0;
    for (const auto &[id, call] : open) {
        if (!call.abandoned)
            call.answer(fail(error));
    }
}

void Link::established()
{
    m_stage = Stage::Up;
    m_shownState = LinkState::Connecting; // a link that was down for less than a round has a new hello
    m_upSince = m_heardAt = Clock::now();
    m_pingedAt = m_heardAt;
    m_lastError.reset();
    m_more = true;
}

Error Link::expired(const Call &call, bool wasSent) const
{
    const auto seconds = std::to_string((call.timeout.count() + 999) / 1000);
    if (wasSent)
        return makeError(errors::timeout, {{"what", m_host.name + ": " + call.method}, {"seconds", seconds}});
    if (m_lastError)
        return *m_lastError;
    const std::string detail = m_transport ? m_transport->waitingFor() : "the next try";
    return makeError(errors::sshUnreachable, {{"host", m_host.name},
                                              {"address", m_host.address + ':' + std::to_string(m_host.port)},
                                              {"detail", "after " + seconds + " s still waiting for " + detail}});
}

void Link::expireCalls(Clock::time_point now)
{
    std::vector<std::pair<Call, Error>> ended;
    for (auto at = m_waiting.begin(); at != m_waiting.end();) {
        if (now < at->deadline) {
            ++at;
            continue;
        }
        Error error = expired(*at, false);
        ended.emplace_back(std::move(*at), std::move(error));
        at = m_waiting.erase(at);
    }
    for (auto &[id, call] : m_open) {
        if (!call.stream && !call.abandoned && now >= call.deadline)
            abandon(id, call, expired(call, true));
    }
    for (const auto &[call, error] : ended)
        call.answer(fail(error));
}

void Link::sendWaiting()
{
    while (!m_waiting.empty()) {
        Call call = std::move(m_waiting.front());
        m_waiting.pop_front();
        begin(std::move(call));
    }
}

void Link::begin(Call call)
{
    do {
        ++m_lastId;
    } while (m_lastId == 0 || m_open.contains(m_lastId));
    send(FrameKind::Request, m_lastId, std::exchange(call.body, {}), false);
    m_open.emplace(m_lastId, std::move(call));
}

void Link::abandon(std::uint32_t id, Call &call, Error error)
{
    call.abandoned = true;
    ++m_abandoned;
    send(FrameKind::Cancel, id, "{}", true);
    call.item = {};
    std::exchange(call.answer, {})(fail(std::move(error)));
}

void Link::send(FrameKind kind, std::uint32_t id, std::string_view body, bool urgent)
{
    ++m_queued;
    (urgent ? m_urgent : m_output).push_back(wire::encodeFrame(kind, id, body));
}

bool Link::writeBytes()
{
    for (;;) {
        if (m_written == m_writing.size()) {
            auto &queue = m_urgent.empty() ? m_output : m_urgent;
            if (queue.empty())
                return true;
            m_writing = std::move(queue.front());
            m_written = 0;
            queue.pop_front();
        }
        const int taken = m_transport->write(m_writing.data() + m_written, m_writing.size() - m_written);
        if (taken < 0)
            return false;
        if (taken == 0)
            return true;
        m_written += static_cast<std::size_t>(taken);
    }
}

void Link::keepAlive(Clock::time_point now)
{
    if (now - m_heardAt >= m_times.dead) {
        broken(makeError(errors::sshLost, {{"host", m_host.name}, {"detail", "silent for "
                                           + std::to_string(m_times.dead.count() / 1000) + " s"}}));
        return;
    }
    // an agent that never ends what it was told to cancel must not fill our memory
    if (m_abandoned > 1000) {
        broken(makeError(errors::sshLost, {{"host", m_host.name}, {"detail", "1000 requests were never ended"}}));
        return;
    }
    if (now - std::max(m_heardAt, m_pingedAt) < m_times.ping)
        return;
    send(FrameKind::Ping, ++m_lastPing, "{}", true);
    m_pingedAt = now;
    m_more = true;
}

bool Link::broken(const Error &error)
{
    if (m_stage == Stage::Up)
        drop(error);
    else
        connectFailed(error);
    return false;
}

std::string Link::noise() const
{
    const std::string said = m_preamble.noise();
    return said.empty() ? m_transport->standardError() : said;
}

Error Link::agentMissing(std::string detail) const
{
    return makeError(errors::agentMissing, {{"host", m_host.name}, {"noise", noise()}, {"detail", std::move(detail)}});
}

} // namespace zandb::remote
