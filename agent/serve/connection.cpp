// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/serve/connection.h"

#include "agent/os/descriptors.h"
#include "agent/os/log.h"

#include <asio/buffer.hpp>
#include <asio/post.hpp>

#include <cerrno>
#include <limits>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

using wire::FrameKind;

namespace {

Error heldTooMuch()
{
    return makeError(errors::agentBusy, {{"what", "bytes"}, {"limit", std::to_string(Connection::maxHeldOfKey)}});
}

/// Whoever passed a pipe shares its flags with us, and could make our writes wait by clearing one.  A pipe can be opened
/// once more for ourselves; what cannot be stays as it came.
FileDescriptor ownDescription(FileDescriptor passed, int access)
{
    struct stat info{};
    if (::fstat(passed.get(), &info) != 0 || !S_ISFIFO(info.st_mode))
        return passed;
    const std::string path = "/proc/self/fd/" + std::to_string(passed.get());
    FileDescriptor own(::open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    return own ? std::move(own) : std::move(passed);
}

} // namespace

/// An open request, as its handler sees it.
class Connection::Request final : public Responder::Sink
{
public:
    Request(std::weak_ptr<Connection> connection, std::uint32_t id, std::size_t bytes)
        : m_connection(std::move(connection)), m_id(id), m_bytes(bytes)
    {
    }

    void respond(const Json &body) override
    {
        std::string text = dumpJson(body);
        if (text.size() + 5 > wire::maxFrame) {
            fail(makeError(errors::protocolTooLarge,
                           {{"bytes", std::to_string(text.size())}, {"limit", std::to_string(wire::maxFrame)}}));
            return;
        }
        // a short answer always finds room, since the work it speaks of is done: agent.busy must mean that nothing was
        const auto connection = m_connection.lock();
        if (connection && m_open && text.size() > wire::usualFrame && !connection->m_host.mayHold(connection->m_identity, text.size())) {
            fail(heldTooMuch());
            return;
        }
        end(FrameKind::Response, text);
    }
    void fail(const Error &error) override { end(FrameKind::Failure, dumpJson(errorToJson(error))); }
    bool item(const Json &body) override
    {
        const auto connection = m_connection.lock();
        if (!connection || !m_open)
            return false;
        const std::string text = dumpJson(body);
        // one item may go beyond the credit: a client that returns it in portions would otherwise never see the window whole
        if (!canSendItem())
            return false;
        m_credit -= static_cast<std::int64_t>(text.size());
        connection->send(FrameKind::Item, m_id, text);
        return true;
    }
    bool canSendItem() const override
    {
        const auto connection = m_connection.lock();
        if (!connection || !m_open)
            return false;
        if (connection->m_queuedBytes > resumeAt)
            connection->m_streamsWait = true;
        return m_credit > 0 && connection->m_queuedBytes <= resumeAt;
    }
    bool isOpen() const override { return m_open; }
    void onReady(std::function<void()> callback) override { m_ready = std::move(callback); }
    void onEnd(std::function<void()> callback) override { m_end = std::move(callback); }

    void grant(std::int64_t bytes)
    {
        m_credit = std::min(m_credit + std::clamp<std::int64_t>(bytes, 0, wire::maxFrame), wire::creditWindow);
        ready();
    }
    void ready()
    {
        if (const auto callback = m_ready)
            callback();
    }
    /// No answer is wanted any more.
    void abandon()
    {
        if (!m_open)
            return;
        m_open = false;
        m_ready = {};
        if (const auto callback = std::exchange(m_end, {}))
            callback();
    }

private:
    void end(FrameKind kind, const std::string &text)
    {
        const auto connection = m_connection.lock();
        if (!connection || !m_open)
            return;
        connection->send(kind, m_id, text);
        abandon();
        connection->finishRequest(m_id, m_bytes);
    }

    std::weak_ptr<Connection> m_connection;
    std::uint32_t m_id;
    std::size_t m_bytes; ///< of its body
    bool m_open = true;
    std::int64_t m_credit = wire::creditWindow;
    std::function<void()> m_ready;
    std::function<void()> m_end;
};

Connection::Connection(Socket socket, const Host &host, std::optional<Error> refusal)
    : m_socket(std::move(socket)), m_in(m_socket.get_executor()), m_out(m_socket.get_executor()), m_host(host),
      m_refusal(std::move(refusal))
{
    m_reader.setLimit(wire::usualFrame);
}
Connection::~Connection() = default;

void Connection::start()
{
    receiveAttach();
}

void Connection::receiveAttach()
{
    m_socket.async_wait(Socket::wait_read, [self = shared_from_this()](const std::error_code &error) {
        if (error || self->m_stage != Stage::Attach) {
            self->close();
            return;
        }
        const ssize_t n = receiveWithDescriptors(self->m_socket.native_handle(), self->m_input,
                                                 [&](int fd) { self->m_passed.emplace_back(fd); });
        const bool wasClosed = n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
        if (n < 0 && errno == EMFILE)
            logLine("a connection ends: it passed more descriptors than two, or this process has no room for them");
        if (wasClosed || self->m_passed.size() > 2)
            self->close();
        else
            self->take(n > 0 ? static_cast<std::size_t>(n) : 0);
    });
}

/// Where the frames go from here on.
void Connection::openStreams()
{
    if (m_out.is_open())
        return;
    const bool passed = m_passed.size() == 2;
    if (!passed)
        m_passed.clear();
    const auto open = [&](asio::posix::stream_descriptor &stream, std::size_t index) {
        const int fd = passed ? ownDescription(std::move(m_passed[index]), index == 0 ? O_RDONLY : O_WRONLY).release()
                              : ::fcntl(m_socket.native_handle(), F_DUPFD_CLOEXEC, 0);
        std::error_code error;
        stream.assign(fd, error);
        if (error && fd >= 0)
            ::close(fd);
    };
    open(m_in, 0);
    open(m_out, 1);
    std::error_code ignored;
    m_out.native_non_blocking(true, ignored);
    struct stat info{};
    m_outIsSocket = ::fstat(m_out.native_handle(), &info) == 0 && S_ISSOCK(info.st_mode);
    if (passed)
        watchSocket();
    m_passed.clear();
}

/// Its end is the end of zandb-attach: killed, or cut off by sshd.
void Connection::watchSocket()
{
    m_socket.async_wait(Socket::wait_read, [self = shared_from_this()](const std::error_code &error) {
        if (error != asio::error::operation_aborted)
            self->close();
    });
}

void Connection::read()
{
    if (m_stage == Stage::Attach) {
        receiveAttach();
        return;
    }
    if (m_reading || m_stage >= Stage::Ending || m_queuedBytes > pauseAt)
        return;
    m_reading = true;
    m_in.async_read_some(asio::buffer(m_input), [self = shared_from_this()](const std::error_code &error, std::size_t n) {
        self->m_reading = false;
        if (error)
            self->close();
        else
            self->take(n);
    });
}

void Connection::take(std::size_t bytes)
{
    if (m_stage >= Stage::Ending)
        return;
    m_reader.feed(std::string_view(m_input.data(), bytes));
    proceed();
}

void Connection::proceed()
{
    // an answer that went out at once comes here from within the request it answers
    if (m_handling || m_stage >= Stage::Ending)
        return;
    m_handling = true;
    bool goOn = true;
    while (goOn && m_queuedBytes <= pauseAt) {
        auto frame = m_reader.next();
        if (!frame) {
            endWith(frame.error());
            goOn = false;
        } else if (*frame) {
            goOn = handle(std::move(**frame));
        } else {
            m_handling = false;
            read();
            return;
        }
    }
    m_handling = false;
}

bool Connection::handle(wire::Frame frame)
{
    if (m_stage == Stage::Attach)
        return handleAttach(frame);
    if (frame.kind == FrameKind::Ping) {
        m_control.push_back(wire::encodeFrame(FrameKind::Pong, frame.id, std::string_view("{}")));
        m_queuedBytes += m_control.back().size();
        write();
        return true;
    }
    if (m_stage == Stage::Hello)
        return handleHello(frame);
    switch (frame.kind) {
    case FrameKind::Request:
        return handleRequest(frame);
    case FrameKind::Credit: {
        const auto body = parseJson(frame.body);
        const auto bytes = body && body->is_object()
            ? integerIn(body->value("bytes", Json()), std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max())
            : std::nullopt;
        if (!bytes)
            return malformed("credit without bytes");
        if (const auto it = m_requests.find(frame.id); it != m_requests.end()) {
            const auto request = it->second;
            request->grant(*bytes);
        }
        return m_stage == Stage::Ready;
    }
    case FrameKind::Cancel:
        if (const auto it = m_requests.find(frame.id); it != m_requests.end()) {
            const auto request = it->second;
            request->fail(makeError(errors::cancelled));
        }
        return m_stage == Stage::Ready;
    case FrameKind::Pong:
        return true;
    default:
        return malformed("frame kind " + std::to_string(static_cast<int>(frame.kind)) + " is not for a client to send now");
    }
}

bool Connection::handleAttach(const wire::Frame &frame)
{
    openStreams();
    if (frame.kind != FrameKind::Attach)
        return malformed("a frame before attach");
    if (m_refusal) {
        endWith(*m_refusal);
        return false;
    }
    const auto body = parseJson(frame.body);
    if (!body || !body->is_object())
        return malformed("attach is no object");
    const auto text = [&](const char *name) {
        const auto it = body->find(name);
        return it != body->end() && it->is_string() ? it->get<std::string>().substr(0, 128) : std::string{};
    };
    m_identity = {text("user"), text("role"), text("key")};
    if (m_identity.user.empty() || roleFromString(m_identity.role) == Role::None) {
        endWith(makeError(errors::denied, {{"user", m_identity.user}, {"role", m_identity.role}, {"what", "attach"}}));
        return false;
    }
    if (auto admitted = m_host.admit(m_identity); !admitted) {
        endWith(admitted.error());
        return false;
    }
    m_stage = Stage::Hello;
    m_control.push_back(wire::encodeFrame(FrameKind::Hello, 0, Json(m_host.hello)));
    m_queuedBytes += m_control.back().size();
    write();
    return true;
}

bool Connection::handleHello(const wire::Frame &frame)
{
    if (frame.kind != FrameKind::Hello)
        return malformed("a frame before hello");
    const auto body = parseJson(frame.body);
    const auto hello = body ? decode<wire::Hello>(*body) : Result<wire::Hello>(fail(body.error()));
    if (!hello)
        return malformed("hello is not one");
    // this version and its neighbours understand each other
    if (hello->protocol < 1 || std::abs(hello->protocol - wire::protocolVersion) > 1) {
        endWith(makeError(errors::protocolVersion, {{"mine", std::to_string(wire::protocolVersion)},
                                                    {"theirs", std::to_string(hello->protocol)}}));
        return false;
    }
    m_stage = Stage::Ready;
    // orders and what goes with them may be large; who only reads has nothing large to say
    if (roleFromString(m_identity.role) != Role::Viewer)
        m_reader.setLimit(wire::maxFrame);
    return true;
}

bool Connection::handleRequest(const wire::Frame &frame)
{
    if (frame.id == 0 || m_requests.contains(frame.id))
        return malformed("request id " + std::to_string(frame.id) + " is not free");
    const auto body = parseJson(frame.body);
    if (!body) {
        endWith(body.error());
        return false;
    }
    const auto request = std::make_shared<Request>(weak_from_this(), frame.id, frame.body.size());
    if (m_requests.size() >= maxOpenRequests) {
        request->fail(makeError(errors::protocolMalformed, {{"detail", "too many open requests"}}));
        return m_stage == Stage::Ready;
    }
    if (!m_host.mayHold(m_identity, frame.body.size())) {
        request->fail(heldTooMuch());
        return m_stage == Stage::Ready;
    }
    m_requests.emplace(frame.id, request);
    m_requestBytes += frame.body.size();
    if (!body->is_object() || !body->contains("method") || !(*body)["method"].is_string())
        request->fail(makeError(errors::protocolBadParams, {{"detail", "a request without method"}}));
    else
        callMethod(m_host.methods, m_identity, (*body)["method"].get<std::string>(), body->value("params", Json::object()),
                   Responder(request));
    return m_stage == Stage::Ready;
}

bool Connection::malformed(std::string detail)
{
    endWith(makeError(errors::protocolMalformed, {{"detail", std::move(detail)}}));
    return false;
}

void Connection::send(FrameKind kind, std::uint32_t id, std::string_view body)
{
    if (m_stage != Stage::Ready)
        return;
    m_queue.push_back(wire::encodeFrame(kind, id, body));
    m_queuedBytes += m_queue.back().size();
    write();
}

/// Writes at once; the loop is asked only when the other end takes no more.  An answer is out before anything else happens.
void Connection::write()
{
    if (m_writing || m_stage == Stage::Closed)
        return;
    for (;;) {
        if (m_outputDone == m_output.size()) {
            std::deque<std::string> &next = m_control.empty() ? m_queue : m_control;
            if (next.empty()) {
                m_output = {};
                m_outputDone = 0;
                drained();
                return;
            }
            m_output = std::move(next.front());
            next.pop_front();
            m_outputDone = 0;
        }
        const ssize_t n = writeSome(m_output.data() + m_outputDone, m_output.size() - m_outputDone);
        if (n > 0) {
            m_outputDone += static_cast<std::size_t>(n);
            m_queuedBytes -= static_cast<std::size_t>(n);
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        m_writing = true;
        m_writeSince = Clock::now();
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
            closeSoon();
            return;
        }
        m_out.async_wait(asio::posix::stream_descriptor::wait_write, [self = shared_from_this()](const std::error_code &error) {
            self->m_writing = false;
            if (error)
                self->close();
            else
                self->write();
        });
        return;
    }
}

/// What goes without waiting.
ssize_t Connection::writeSome(const char *data, std::size_t size)
{
    return m_outIsSocket ? ::send(m_out.native_handle(), data, size, MSG_DONTWAIT | MSG_NOSIGNAL)
                         : ::write(m_out.native_handle(), data, size);
}

/// Not from within what still uses this connection: a handler, or the server's walk over all of them.
void Connection::closeSoon()
{
    asio::post(m_out.get_executor(), [self = shared_from_this()] { self->close(); });
}

void Connection::drained()
{
    if (m_stage == Stage::Ending && m_queuedBytes == 0) {
        closeSoon();
        return;
    }
    if (m_stage == Stage::Closed || m_queuedBytes > resumeAt)
        return;
    if (std::exchange(m_streamsWait, false)) {
        const auto requests = m_requests; // a stream may end while it is told
        for (const auto &[id, request] : requests)
            request->ready();
    }
    proceed();
}

void Connection::finishRequest(std::uint32_t id, std::size_t bytes)
{
    if (m_requests.erase(id) > 0)
        m_requestBytes -= bytes;
}

void Connection::endWith(const Error &error)
{
    if (m_stage >= Stage::Ending)
        return;
    logLine("connection of " + (m_identity.user.empty() ? std::string("nobody yet") : m_identity.user) + " ends: "
            + describe(error));
    openStreams();
    m_stage = Stage::Ending;
    m_requestBytes = 0;
    for (const auto &[id, request] : std::exchange(m_requests, {}))
        request->abandon();
    // what waits is dropped, but a frame half sent must be finished before another begins
    if (!m_writing && m_outputDone == 0)
        m_output = {};
    m_queue.clear();
    m_control.clear();
    m_control.push_back(wire::encodeFrame(FrameKind::Failure, 0, errorToJson(error)));
    m_queuedBytes = m_output.size() - m_outputDone + m_control.back().size();
    write();
}

void Connection::close()
{
    if (m_stage == Stage::Closed)
        return;
    m_stage = Stage::Closed;
    m_requestBytes = 0;
    for (const auto &[id, request] : std::exchange(m_requests, {}))
        request->abandon();
    std::error_code ignored;
    m_in.close(ignored);
    m_out.close(ignored);
    m_socket.close(ignored);
    m_host.ended(shared_from_this());
}

} // namespace zandb::agent
