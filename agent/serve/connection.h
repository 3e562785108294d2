// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/files.h"
#include "agent/protocol/frame.h"
#include "agent/runtime/methods.h"

#include <asio/local/stream_protocol.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>

namespace zandb::agent {

/// One client behind one zandb-attach: the order of frames (Attach, Hello, then requests), credit, cancel, bounded
/// queues.  Lives on the loop's thread; kept alive by its own reads and writes, and by the server's list.
///
/// zandb-attach sends its stdin and stdout with Attach, and frames then travel on those; the socket only says, by being
/// open at either end, that the channel lives.  A peer that sends no descriptors goes on over the socket.
///
/// What a client can make the agent hold is bounded: maxOpenRequests requests, and while more than pauseAt bytes wait
/// to be sent nothing more of what it asks is looked at.  Before Hello, and of a viewer always, a frame may have
/// wire::usualFrame bytes only.  What all connections of one key hold together is bounded by Host::mayHold.
class Connection : public std::enable_shared_from_this<Connection>
{
public:
    using Socket = asio::local::stream_protocol::socket;
    using Clock = std::chrono::steady_clock;

    static constexpr std::size_t maxOpenRequests = 256;
    static constexpr std::size_t pauseAt = 512 * 1024;  ///< queued bytes at which reading pauses
    static constexpr std::size_t resumeAt = 128 * 1024; ///< and below which it goes on, and streams too
    static constexpr std::size_t maxHeldOfKey = 16 * 1024 * 1024; ///< bytes of requests and answers, all its connections together

    /// What the connection needs of the server; outlives it.
    struct Host
    {
        const Methods &methods;
        wire::Hello hello;
        /// Whether this key may come in now.
        std::function<Result<void>(const ConnectionIdentity &)> admit;
        std::function<void(const std::shared_ptr<Connection> &)> ended;
        /// Whether connections with this key may hold so many bytes more.
        std::function<bool(const ConnectionIdentity &, std::size_t more)> mayHold;
    };

    /// With a refusal it is only told why, where it can hear it: on the streams that come with Attach.
    Connection(Socket socket, const Host &host, std::optional<Error> refusal = std::nullopt);
    ~Connection();
    Connection(const Connection &) = delete;
    Connection &operator=(const Connection &) = delete;

    void start();
    /// Sends the error with id 0 ahead of everything queued, and closes.
    void endWith(const Error &error);
    /// At once, without a word.
    void close();

    const ConnectionIdentity &identity() const { return m_identity; }
    bool isReady() const { return m_stage == Stage::Ready; }
    bool isRefused() const { return m_refusal.has_value(); }
    /// Bytes of open requests, of answers that wait to be sent, and of what came and was not looked at.
    std::size_t heldBytes() const { return m_requestBytes + m_queuedBytes + m_reader.bufferedBytes(); }
    /// Not yet through Attach and Hello since then.
    bool isLate(Clock::time_point since) const { return m_stage < Stage::Ready && m_since < since; }
    /// Nothing could be sent since then although something waits.
    bool isStalled(Clock::time_point since) const { return m_writing && m_writeSince < since; }

private:
    class Request;
    enum class Stage { Attach, Hello, Ready, Ending, Closed };

    void receiveAttach();
    void openStreams();
    void watchSocket();
    void read();
    void take(std::size_t bytes);
    /// Handles the frames that are there and reads on, unless too much waits to be sent.
    void proceed();
    /// False when the connection is over.
    bool handle(wire::Frame frame);
    bool handleAttach(const wire::Frame &frame);
    bool handleHello(const wire::Frame &frame);
    bool handleRequest(const wire::Frame &frame);
    bool malformed(std::string detail);
    void send(wire::FrameKind kind, std::uint32_t id, std::string_view body);
    void write();
    void closeSoon();
    void drained();
    void finishRequest(std::uint32_t id, std::size_t bytes);
    ssize_t writeSome(const char *data, std::size_t size);

    Socket m_socket;
    std::vector<FileDescriptor> m_passed; ///< came with Attach: its stdin and stdout
    asio::posix::stream_descriptor m_in;
    asio::posix::stream_descriptor m_out;
    bool m_outIsSocket = false;
    const Host &m_host;
    const std::optional<Error> m_refusal;
    Stage m_stage = Stage::Attach;
    ConnectionIdentity m_identity;
    wire::FrameReader m_reader;
    std::array<char, 8 * 1024> m_input{};
    bool m_reading = false;
    bool m_handling = false;
    std::size_t m_requestBytes = 0; ///< bodies of open requests
    std::deque<std::string> m_control; ///< sent first: Hello, Pong, the last Failure
    std::deque<std::string> m_queue;
    std::string m_output;              ///< being written
    std::size_t m_outputDone = 0;
    std::size_t m_queuedBytes = 0;
    bool m_writing = false;
    bool m_streamsWait = false;
    Clock::time_point m_since = Clock::now();
    Clock::time_point m_writeSince{};
    std::map<std::uint32_t, std::shared_ptr<Request>> m_requests;
};

} // namespace zandb::agent
