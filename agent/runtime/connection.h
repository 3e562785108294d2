// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/frame.h"
#include "agent/runtime/files.h"
#include "agent/runtime/methods.h"

#include <asio/local/stream_protocol.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include <array>
#include <chrono>
#include <deque>
#include <memory>

namespace zandb::agent {

/// One client behind one zandb-attach: the order of frames (Attach, Hello, then requests), credit, cancel, bounded
/// queues.  Lives on the loop's thread; kept alive by its own reads and writes, and by the server's list.
///
/// zandb-attach sends its stdin and stdout with Attach, and frames then travel on those; the socket only says, by being
/// open at either end, that the channel lives.  A peer that sends no descriptors goes on over the socket.
///
/// What a client can make the agent hold is bounded: maxOpenRequests requests, and while more than pauseAt bytes wait
/// to be sent nothing more is read from it.
class Connection : public std::enable_shared_from_this<Connection>
{
public:
    using Socket = asio::local::stream_protocol::socket;
    using Clock = std::chrono::steady_clock;

    static constexpr std::size_t maxOpenRequests = 256;
    static constexpr std::size_t pauseAt = 512 * 1024;  ///< queued bytes at which reading pauses
    static constexpr std::size_t resumeAt = 128 * 1024; ///< and below which it goes on, and streams too

    /// What the connection needs of the server; outlives it.
    struct Host
    {
        const Methods &methods;
        wire::Hello hello;
        /// Whether this key may come in now.
        std::function<Result<void>(const ConnectionIdentity &)> admit;
        std::function<void(const std::shared_ptr<Connection> &)> ended;
    };

    Connection(Socket socket, const Host &host);
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
    void finishRequest(std::uint32_t id);

    Socket m_socket;
    std::vector<FileDescriptor> m_passed; ///< came with Attach: its stdin and stdout
    asio::posix::stream_descriptor m_in;
    asio::posix::stream_descriptor m_out;
    const Host &m_host;
    Stage m_stage = Stage::Attach;
    ConnectionIdentity m_identity;
    wire::FrameReader m_reader;
    std::array<char, 8 * 1024> m_input{};
    bool m_reading = false;
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
