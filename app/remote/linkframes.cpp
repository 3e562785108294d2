// SPDX-License-Identifier: GPL-3.0-or-later
// The part of Link that reads: from bytes of the channel to answers of calls.
#include "app/remote/link.h"
#include "app/remote/namedon.h"

#include <algorithm>
#include <cstdlib>

namespace zandb::remote {

using wire::FrameKind;

namespace {

constexpr std::size_t readSize = 32 * 1024;
constexpr std::size_t shortRead = 4096;
constexpr std::size_t bytesPerStep = 256 * 1024; // then other links have their turn
constexpr std::int64_t grantFrom = wire::creditWindow / 4;

} // namespace

void Link::readBytes()
{
    char buffer[readSize];
    std::size_t total = 0;
    while (m_stage != Stage::Down) {
        if (total >= bytesPerStep) {
            m_more = true;
            return;
        }
        const int got = m_transport->read(buffer, sizeof buffer);
        if (const std::size_t bytes = m_transport->takeStandardErrorBytes(); bytes > 0 && !unasked(bytes))
            return;
        if (got == 0)
            return;
        if (got < 0) {
            if (m_stage == Stage::Up)
                broken(makeError(errors::sshLost, {{"host", m_host.name}, {"detail", m_transport->lostDetail()}}));
            else if (m_stage == Stage::Preamble && m_transport->commandEnded())
                broken(agentMissing(m_transport->lostDetail()));
            else // an agent that is just being restarted
                broken(makeError(errors::sshLost, {{"host", m_host.name}, {"detail", "before the agent's greeting: "
                                                   + m_transport->lostDetail() + ' ' + m_transport->standardError()}}));
            return;
        }
        m_heardAt = Clock::now();
        total += static_cast<std::size_t>(got);
        if (!handleBytes(std::string_view(buffer, static_cast<std::size_t>(got))))
            return;
        // A short read was all that libssh held, and more of it makes poll() return: asking the socket once more would only
        // cost every answer three system calls.  But an end that came with it would not be heard of again.
        if (static_cast<std::size_t>(got) < shortRead) {
            m_more = m_more || (m_stage != Stage::Down && m_transport->ended());
            return;
        }
    }
}

/// False when the link has been ended.
bool Link::handleBytes(std::string_view bytes)
{
    std::string rest;
    if (m_stage == Stage::Preamble) {
        const auto seen = m_preamble.feed(bytes);
        if (!seen)
            return broken(agentMissing("more than 64 KiB came, and no agent"));
        if (!*seen)
            return true;
        m_stage = Stage::Hello;
        m_stageDeadline = Clock::now() + m_times.hello;
        wire::Hello mine;
        mine.program = "zandb " ZANDB_VERSION;
        send(FrameKind::Hello, 0, dumpJson(mine), false);
        rest = m_preamble.takeRest();
        bytes = rest;
    }
    m_frames.feed(bytes);
    for (;;) {
        auto frame = m_frames.next();
        if (!frame) {
            Error error = frame.error();
            error.fields["host"] = m_host.name;
            return broken(error);
        }
        if (!*frame)
            return true;
        if (!handleFrame(std::move(**frame)))
            return false;
    }
}

bool Link::unasked(std::size_t bytes)
{
    if (m_unasked.add(bytes, Clock::now()))
        return true;
    return broken(makeError(errors::agentFlood, {{"host", m_host.name}, {"bytes", std::to_string(m_unasked.total())}}));
}

bool Link::handleFrame(wire::Frame frame)
{
    const std::size_t size = frame.body.size() + 9;
    if (m_stage == Stage::Hello) {
        const auto body = parseJson(frame.body);
        if (frame.kind == FrameKind::Failure && body) {
            // the agent's door refuses us, or zandb-attach found no agent
            Error error = errorFromJson(*body);
            error.fields.emplace("host", m_host.name);
            return broken(error);
        }
        auto theirs = body ? decode<wire::Hello>(*body) : Result<wire::Hello>(fail(body.error()));
        if (frame.kind != FrameKind::Hello || !theirs)
            return broken(makeError(errors::protocolMalformed, {{"host", m_host.name}, {"detail", "the first frame is no Hello"}}));
        // the current and the previous version work together, whichever side is ahead
        if (theirs->protocol < 1 || std::abs(theirs->protocol - wire::protocolVersion) > 1) {
            return broken(makeError(errors::agentVersion, {{"host", m_host.name},
                                                           {"mine", std::to_string(wire::protocolVersion)},
                                                           {"theirs", std::to_string(theirs->protocol)}}));
        }
        m_hello = std::move(*theirs);
        established();
        return true;
    }
    if (frame.kind == FrameKind::Failure && frame.id == 0) {
        // the agent ends the whole link and says why: a revoked key, a new version
        const auto body = parseJson(frame.body);
        Error error = body ? errorFromJson(*body) : body.error();
        error.fields.emplace("host", m_host.name);
        return broken(error);
    }
    switch (frame.kind) {
    case FrameKind::Ping:
        if (!unasked(size))
            return false;
        send(FrameKind::Pong, frame.id, "{}", true);
        return true;
    case FrameKind::Pong: {
        if (!unasked(size))
            return false;
        for (auto &[id, call] : m_open) {
            while (!call.grants.empty() && call.grants.front().first == frame.id) {
                call.allowed += call.grants.front().second;
                call.grants.pop_front();
            }
        }
        return true;
    }
    case FrameKind::Response:
    case FrameKind::Failure:
    case FrameKind::Item: break;
    default: return unasked(size);
    }
    const auto open = m_open.find(frame.id);
    if (open == m_open.end())
        return unasked(size);
    if (frame.kind == FrameKind::Item)
        return handleItem(open->second, frame);
    auto body = parseJson(frame.body);
    if (!body) {
        finish(frame.id, fail(body.error()));
        return true;
    }
    if (frame.kind == FrameKind::Failure)
        finish(frame.id, fail(namedOn(errorFromJson(*body), m_host.name)));
    else
        finish(frame.id, std::move(*body));
    return true;
}

bool Link::handleItem(Call &call, const wire::Frame &frame)
{
    if (!call.stream)
        return unasked(frame.body.size() + 9);
    const auto size = static_cast<std::int64_t>(frame.body.size());
    call.received += size;
    // one frame may begin within the window and end beyond it
    if (call.received > call.allowed + static_cast<std::int64_t>(wire::maxFrame)) {
        return broken(makeError(errors::agentFlood, {{"host", m_host.name}, {"bytes", std::to_string(call.received)}}));
    }
    if (call.abandoned)
        return true;
    const auto body = parseJson(frame.body);
    if (!body) {
        abandon(frame.id, call, body.error());
        return true;
    }
    call.item(*body);
    call.consumed += size;
    if (call.consumed >= grantFrom) {
        // A Pong overtakes everything queued, so whatever comes before the Pong was sent without this grant: that is
        // how an agent that ignores its credit is told from a quick one.
        send(FrameKind::Ping, ++m_lastPing, "{}", true);
        send(FrameKind::Credit, frame.id, dumpJson(Json{{"bytes", call.consumed}}), true);
        call.grants.emplace_back(m_lastPing, call.consumed);
        call.consumed = 0;
    }
    return true;
}

void Link::finish(std::uint32_t id, Result<Json> result)
{
    auto node = m_open.extract(id);
    if (node.mapped().abandoned)
        --m_abandoned;
    else
        node.mapped().answer(std::move(result));
}

} // namespace zandb::remote
