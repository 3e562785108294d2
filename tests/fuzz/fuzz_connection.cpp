// SPDX-License-Identifier: GPL-3.0-or-later
// What a client may say to `serve`: whatever it is and however it is cut, no method is called before Attach and Hello, each
// request has one end, nothing is said for one that was not asked, and the connection ends with its client.
//
// The first byte of an input says in what pieces the rest comes; if it is odd, what follows the first piece comes on passed
// descriptors.
#include "agent/os/descriptors.h"
#include "agent/os/log.h"
#include "agent/serve/connection.h"
#include "tests/fuzz/require.h"

#include <asio/io_context.hpp>

#include <csignal>
#include <stdexcept>

#include <fcntl.h>

using namespace zandb;
using namespace zandb::agent;
using zandb::fuzz::require;

/// Instead of the agent's: a line for each of thousands of inputs says nothing.
void zandb::agent::logLine(std::string_view) {}

namespace {

using Kept = std::vector<Responder>;

/// Methods of every behaviour a handler may have.
Methods makeMethods(Kept &kept, int &calls)
{
    Methods methods;
    const auto add = [&](const char *name, Role least, std::function<void(const Json &, const Responder &)> act) {
        methods[name] = {least, false, [&calls, act](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
                             require(identity.user == "ann");
                             ++calls;
                             act(params, responder);
                         }};
    };
    add("now", Role::Viewer, [](const Json &params, const Responder &r) { r.respond({{"params", params}}); });
    add("later", Role::Viewer, [&kept](const Json &, const Responder &r) { kept.push_back(r); });
    add("flush", Role::Viewer, [&kept](const Json &, const Responder &r) {
        for (const Responder &other : std::exchange(kept, {}))
            other.respond(Json::object());
        r.respond(Json::object());
        r.respond(Json::object()); // the second one is dropped
    });
    add("large", Role::Viewer, [](const Json &, const Responder &r) { r.respond({{"text", std::string(200'000, 'x')}}); });
    add("throws", Role::Viewer, [](const Json &params, const Responder &) { (void)params.at("nothing"); });
    add("admin", Role::Admin, [](const Json &, const Responder &r) { r.respond(Json::object()); });
    add("stream", Role::Viewer, [](const Json &, const Responder &r) {
        auto left = std::make_shared<int>(30);
        const auto go = [left, r] {
            while (*left > 0 && r.item({{"text", std::string(10'000, 'x')}}))
                --*left;
            if (*left == 0 && r.isOpen())
                r.respond(Json::object());
        };
        r.onReady(go);
        go();
    });
    return methods;
}

/// What the agent says, held against what it was asked.
class Listener
{
public:
    explicit Listener(const std::string &asked)
    {
        wire::FrameReader reader;
        reader.feed(asked);
        for (int frames = 0;; ++frames) {
            const auto frame = reader.next();
            if (!frame || !*frame)
                break;
            const wire::FrameKind kind = (*frame)->kind;
            if (frames == 0)
                m_mayCall = kind == wire::FrameKind::Attach;
            m_hello = m_hello || kind == wire::FrameKind::Hello;
            if (kind == wire::FrameKind::Request)
                ++m_asked[(*frame)->id];
        }
        m_mayCall = m_mayCall && m_hello;
    }
    bool mayCall() const { return m_mayCall; }
    void hear(std::string_view bytes)
    {
        m_reader.feed(bytes);
        for (;;) {
            const auto frame = m_reader.next();
            require(frame.has_value());
            if (!*frame)
                return;
            take(**frame);
        }
    }

private:
    void take(const wire::Frame &frame)
    {
        using enum wire::FrameKind;
        require(!m_over && parseJson(frame.body).has_value());
        m_over = frame.kind == Failure && frame.id == 0;
        if (frame.kind == Hello) {
            require(!m_greeted);
            m_greeted = true;
        } else if (frame.kind != Failure || frame.id != 0) {
            require(m_greeted);
        }
        if (frame.kind == Item) {
            require(m_asked[frame.id] > 0);
        } else if (frame.kind == Response || (frame.kind == Failure && frame.id != 0)) {
            require(m_asked[frame.id] > 0);
            --m_asked[frame.id];
        } else {
            require(frame.kind == Hello || frame.kind == Pong || m_over);
        }
    }

    wire::FrameReader m_reader;
    std::map<std::uint32_t, int> m_asked;
    bool m_mayCall = false;
    bool m_hello = false;
    bool m_greeted = false;
    bool m_over = false;
};

/// Both sides of one connection.
class Channel
{
public:
    Channel(asio::io_context &io, const Connection::Host &host, bool passes) : m_passes(passes)
    {
        int pair[2];
        require(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) == 0);
        m_socket.reset(pair[0]);
        Connection::Socket socket(io, asio::local::stream_protocol(), pair[1]);
        std::make_shared<Connection>(std::move(socket), host)->start();
    }
    /// How many bytes were taken; less than all when the other end reads no more.
    std::size_t send(std::string_view bytes)
    {
        if (!m_passes || m_stdin) {
            const int fd = m_stdin ? m_stdin.get() : m_socket.get();
            const ssize_t n = ::write(fd, bytes.data(), bytes.size());
            return n > 0 ? static_cast<std::size_t>(n) : 0;
        }
        int in[2];
        int out[2];
        require(::pipe2(in, O_CLOEXEC | O_NONBLOCK) == 0 && ::pipe2(out, O_CLOEXEC | O_NONBLOCK) == 0);
        m_stdin.reset(in[1]);
        m_stdout.reset(out[0]);
        const FileDescriptor theirIn(in[0]);
        const FileDescriptor theirOut(out[1]);
        const int both[] = {theirIn.get(), theirOut.get()};
        const ssize_t n = sendWithDescriptors(m_socket.get(), bytes, both);
        return n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    void read(Listener &listener)
    {
        char buffer[65536];
        for (const int fd : {m_socket.get(), m_stdout.get()}) {
            for (ssize_t n = 0; fd >= 0 && (n = ::read(fd, buffer, sizeof buffer)) > 0;)
                listener.hear({buffer, static_cast<std::size_t>(n)});
        }
    }
    void end()
    {
        m_stdin.reset();
        ::shutdown(m_socket.get(), SHUT_WR);
    }

private:
    bool m_passes;
    FileDescriptor m_socket;
    FileDescriptor m_stdin;
    FileDescriptor m_stdout;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const auto ignored = ::signal(SIGPIPE, SIG_IGN);
    static asio::io_context io;
    (void)ignored;
    if (size == 0 || size > 200'000)
        return 0;
    const std::string bytes(reinterpret_cast<const char *>(data) + 1, size - 1);
    const std::size_t piece = data[0] / 2 == 0 ? bytes.size() : std::max<std::size_t>(data[0] / 2, bytes.size() / 40 + 1);

    Kept kept;
    int calls = 0;
    int ended = 0;
    const Methods methods = makeMethods(kept, calls);
    const auto admit = [](const ConnectionIdentity &identity) -> Result<void> {
        return identity.user == "ann" ? Result<void>{} : fail(errors::keyRevoked, {{"user", identity.user}});
    };
    const Connection::Host host{methods, {}, admit, [&](const auto &) { ++ended; },
                                [](const auto &, std::size_t more) { return more < 500'000; }};
    Listener listener(bytes);
    Channel channel(io, host, data[0] % 2 == 1);
    const auto turn = [&] {
        io.restart();
        io.poll();
        channel.read(listener);
    };
    for (std::size_t done = 0; done < bytes.size() && ended == 0;) {
        const std::size_t part = std::min(piece, bytes.size() - done);
        for (std::size_t sent = 0; sent < part && ended == 0;) {
            sent += channel.send(std::string_view(bytes).substr(done + sent, part - sent));
            turn();
        }
        done += part;
    }
    channel.end();
    int turns = 0;
    while (ended == 0) {
        require(++turns < 10'000);
        turn();
    }
    turn();
    require(ended == 1 && (calls == 0 || listener.mayCall()));
    for (const Responder &responder : kept)
        require(!responder.isOpen());
    return 0;
}
