// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/remote/agentpool.h"

#include <libssh/libssh.h>

/// What app/remote does with SSH sessions and host keys before anybody logs in.
namespace zandb::remote {

struct SessionCloser
{
    void operator()(ssh_session session) const
    {
        ssh_disconnect(session);
        ssh_free(session);
    }
};
using SessionPtr = std::unique_ptr<ssh_session_struct, SessionCloser>;

/// A non-blocking session over a connected socket, which it owns from then on.  No configuration file and no
/// known_hosts file is read.  With a pinned key only signatures of its type are offered, so that a server with several
/// host keys shows the pinned one.  Null when libssh has no memory or refuses a value.
SessionPtr makeSession(int fd, const HostAddress &host, bool onlyPinnedType);

/// The key the server has proved to own; after ssh_connect() has succeeded.
std::optional<HostKey> shownKey(ssh_session session);

/// "type base64" without options, comment or surplus space; empty when it is not a public key.
std::string normalisedKey(std::string_view text);
/// "SHA256:..." of "type base64"; empty when it is not a public key.
std::string fingerprintOf(const std::string &key);

} // namespace zandb::remote
