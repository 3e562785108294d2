// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/transport.h"

#include <random>

namespace zandb::remote {

/// One request on its way.
struct Call
{
    std::uint64_t number = 0;
    std::string method;
    std::string body;          ///< of the Request frame
    AgentPool::Answer answer;
    AgentPool::Item item;      ///< set: a stream
    std::chrono::milliseconds timeout{};
    Clock::time_point deadline;

    // flow control of a stream (bytes of Item bodies)
    std::int64_t received = 0;
    std::int64_t allowed = wire::creditWindow; ///< what the agent may have sent so far, at most
    std::int64_t consumed = 0;                 ///< not yet granted again
    std::deque<std::pair<std::uint32_t, std::int64_t>> grants; ///< Ping id, bytes: count as allowed once its Pong is here
    bool stream = false;
    bool abandoned = false;    ///< answered already (cancelled, timed out); waits for the agent's end of it
};

/// Bytes nobody asked for: a bucket that drains slowly, so that noise passes and a flood does not.
class UnaskedBytes
{
public:
    /// False when it is too much.
    bool add(std::size_t bytes, Clock::time_point now);
    std::int64_t total() const { return m_total; }

private:
    static constexpr double limit = 1024 * 1024;
    static constexpr double perSecond = 64 * 1024;
    double m_level = 0;
    Clock::time_point m_at{};
    std::int64_t m_total = 0;
};

/// The link to one host: comes up when a call wants it, comes back with backoff, and multiplexes calls.  Used on the
/// pool's thread only; never blocks.
class Link
{
public:
    Link(Connector &connector, HostAddress host, const LinkTimes &times);

    const HostAddress &host() const { return m_host; }
    LinkState state() const;
    /// Whether state() or hello() differs from what it was at the last call.
    bool changedState();
    const std::optional<wire::Hello> &hello() const { return m_hello; }

    /// A new call; its answer may be called before this returns.
    void submit(Call call);
    /// False when the call is not (or no longer) one of this link's.
    bool cancel(std::uint64_t number);
    /// Closes the link and ends all calls with `error`.
    void close(const Error &error);

    int fd() const { return m_transport ? m_transport->fd() : -1; }
    short events() const { return m_transport ? m_transport->events() : short{0}; }
    /// When step() must be called at the latest.
    Clock::time_point wakeAt() const;
    /// True when step() has more to do at once.
    bool wantsStep() const { return m_more || (m_transport && m_transport->poked()); }
    void step();

private:
    void connect();
    void connectFailed(const Error &error);
    void drop(const Error &error);
    void established();
    void expireCalls(Clock::time_point now);
    void sendWaiting();
    void begin(Call call);
    void abandon(std::uint32_t id, Call &call, Error error);
    void readBytes();
    bool handleBytes(std::string_view bytes);
    bool handleFrame(wire::Frame frame);
    bool handleItem(Call &call, const wire::Frame &frame);
    void finish(std::uint32_t id, Result<Json> result);
    bool unasked(std::size_t bytes);
    bool broken(const Error &error);
    void keepAlive(Clock::time_point now);
    void send(wire::FrameKind kind, std::uint32_t id, std::string_view body, bool urgent);
    bool writeBytes();
    /// What the host said instead of the agent's greeting.
    std::string noise() const;
    Error agentMissing(std::string detail) const;
    Error expired(const Call &call, bool wasSent) const;
    void scheduleRetry();

    enum class Stage { Down, Connecting, Preamble, Hello, Up };

    Connector &m_connector;
    const HostAddress m_host;
    const LinkTimes m_times;
    Stage m_stage = Stage::Down;
    std::shared_ptr<Transport> m_transport;
    wire::PreambleReader m_preamble;
    wire::FrameReader m_frames;
    std::optional<wire::Hello> m_hello;
    Clock::time_point m_stageDeadline = Clock::time_point::max(); // of Preamble and Hello
    Clock::time_point m_upSince{};
    Clock::time_point m_heardAt{};
    Clock::time_point m_pingedAt{};
    UnaskedBytes m_unasked;
    bool m_more = false;
    LinkState m_shownState = LinkState::Idle; ///< at the last changedState()

    std::deque<Call> m_waiting;
    std::map<std::uint32_t, Call> m_open;
    std::size_t m_abandoned = 0; // of m_open
    std::uint32_t m_lastId = 0;
    std::uint32_t m_lastPing = 0;

    std::uint64_t m_queued = 0; // frames ever given to send()
    std::deque<std::string> m_urgent;
    std::deque<std::string> m_output;
    std::string m_writing;
    std::size_t m_written = 0;

    std::optional<Error> m_lastError;   // of the last attempt, until a link is established
    Clock::time_point m_retryAt{};
    std::chrono::milliseconds m_backoff{0};
    std::minstd_rand m_random{std::random_device{}()};
};

} // namespace zandb::remote
