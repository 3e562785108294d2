// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/runtime/role.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace zandb::agent {

/// Who is at the other end of a connection, as the forced command of the key says.
struct ConnectionIdentity
{
    std::string user;
    std::string role; ///< "viewer", "operator", "admin", "dispatcher"
    std::string key;  ///< fingerprint "SHA256:..."
};

/// The answer to one request.  A value; copies share it.  Used on the loop's thread only.  What is said after the end
/// of the request or of the connection is dropped.
class Responder
{
public:
    /// What a connection offers; implemented by Connection.
    class Sink
    {
    public:
        virtual ~Sink() = default;
        virtual void respond(const Json &body) = 0;
        virtual void fail(const Error &error) = 0;
        virtual bool item(const Json &body) = 0;
        virtual bool canSendItem() const = 0;
        virtual bool isOpen() const = 0;
        virtual void onReady(std::function<void()> callback) = 0;
        virtual void onEnd(std::function<void()> callback) = 0;
    };

    explicit Responder(std::shared_ptr<Sink> sink) : m_sink(std::move(sink)) {}
    void respond(const Json &body) const { m_sink->respond(body); }
    void fail(const Error &error) const { m_sink->fail(error); }
    void answer(const Result<Json> &result) const { result ? respond(*result) : fail(result.error()); }
    /// One item of a stream.  False, and nothing sent, while there is no credit or the connection's queue is full.
    bool item(const Json &body) const { return m_sink->item(body); }
    bool canSendItem() const { return m_sink->canSendItem(); }
    bool isOpen() const { return m_sink->isOpen(); }
    /// Called whenever items may be sent again.
    void onReady(std::function<void()> callback) const { m_sink->onReady(std::move(callback)); }
    /// Called once when the request is over: cancelled by the client or the connection gone.
    void onEnd(std::function<void()> callback) const { m_sink->onEnd(std::move(callback)); }

private:
    std::shared_ptr<Sink> m_sink;
};

/// One method of the wire.
struct Method
{
    /// Runs on the loop's thread and must not block; longer work is posted elsewhere.
    using Handler = std::function<void(const ConnectionIdentity &, const Json &params, const Responder &)>;
    Role least = Role::Viewer;      ///< of a person
    bool forDispatcher = false;
    Handler handler;
};
using Methods = std::map<std::string, Method, std::less<>>;

/// Looks the method up, checks the role and calls it.  Errors go to the responder: protocol.unknown_method,
/// access.denied, protocol.bad_params, internal (a handler threw).
void callMethod(const Methods &methods, const ConnectionIdentity &identity, const std::string &name, const Json &params,
                const Responder &responder);

} // namespace zandb::agent
