// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/descriptors.h"
#include "agent/os/files.h"
#include "agent/protocol/frame.h"
#include "agent/protocol/workflow.h"

#include <QElapsedTimer>

#include <poll.h>

namespace zandb::test {

/// A client straight on the socket, without zandb-attach unless given its descriptors.
class AgentClient
{
public:
    explicit AgentClient(const std::filesystem::path &socket)
    {
        m_fd.reset(agent::connectToSocket(socket.native()));
        m_connected = m_fd.get() >= 0;
    }
    bool isConnected() const { return m_connected; }
    int fd() const { return m_fd.get(); }
    bool raw(std::string_view bytes) { return ::send(m_fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()); }
    bool send(wire::FrameKind kind, std::uint32_t id, const Json &body) { return raw(wire::encodeFrame(kind, id, body)); }

    /// The next frame; nullopt at the end of the connection or after the time.
    std::optional<wire::Frame> receive(int timeoutMs = 30'000)
    {
        QElapsedTimer timer;
        timer.start();
        for (;;) {
            auto frame = m_reader.next();
            if (!frame)
                return std::nullopt;
            if (*frame)
                return **frame;
            pollfd end{m_fd.get(), POLLIN, 0};
            const int left = timeoutMs - static_cast<int>(timer.elapsed());
            if (left <= 0 || ::poll(&end, 1, left) <= 0)
                return std::nullopt;
            char buffer[65536];
            const ssize_t n = ::read(m_fd.get(), buffer, sizeof buffer);
            if (n <= 0)
                return std::nullopt;
            m_reader.feed({buffer, static_cast<std::size_t>(n)});
        }
    }
    bool isClosed(int timeoutMs = 30'000)
    {
        pollfd end{m_fd.get(), POLLIN, 0};
        char byte;
        return ::poll(&end, 1, timeoutMs) > 0 && ::read(m_fd.get(), &byte, 1) <= 0;
    }

    /// Attach and Hello.  "" when let in, else the code of the failure.
    std::string enter(const std::string &user, const std::string &role, const std::string &key)
    {
        send(wire::FrameKind::Attach, 0, {{"user", user}, {"role", role}, {"key", key}});
        send(wire::FrameKind::Hello, 0, wire::Hello{});
        const auto frame = receive();
        if (!frame)
            return "nothing";
        const Json body = parseJson(frame->body).value();
        return frame->kind == wire::FrameKind::Hello ? std::string() : body.value("code", std::string("?"));
    }
    Result<Json> call(const std::string &method, const Json &params = Json::object())
    {
        const std::uint32_t id = ++m_id;
        send(wire::FrameKind::Request, id, {{"method", method}, {"params", params}});
        while (const auto frame = receive()) {
            if (frame->id != id)
                continue;
            const Json body = parseJson(frame->body, 64).value();
            if (frame->kind == wire::FrameKind::Response)
                return body;
            return fail(errorFromJson(body));
        }
        return fail(errors::internal, {{"detail", "no answer"}});
    }
    std::string errorOf(const std::string &method, const Json &params = Json::object())
    {
        const auto answer = call(method, params);
        return answer ? std::string() : answer.error().code;
    }

private:
    agent::FileDescriptor m_fd;
    bool m_connected = false;
    wire::FrameReader m_reader;
    std::uint32_t m_id = 0;
};

} // namespace zandb::test
