// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"

#include <cstdint>
#include <functional>
#include <span>

/// What stands between a program and its server has in common.  Waits end when a stop is asked for.
namespace zandb::agent {

/// True when there is something to do; false when asked to stop.
bool waitFor(int fd, short events, const std::stop_token &stop);
/// Sends all of it; false when asked to stop or when the other end is gone.
bool sendAll(int fd, std::span<const char> bytes, const std::stop_token &stop);
/// A listening socket of mode 0600; the path may be of any length.  Errors: io.failed.
Result<FileDescriptor> listenOn(const std::filesystem::path &path);
/// The next connection of a program of this OS user; nothing when asked to stop.
FileDescriptor acceptOwn(int listener, const std::stop_token &stop);
/// A connection to a socket whose path may be of any length.  Errors: io.failed.
Result<FileDescriptor> connectToServer(const std::filesystem::path &socket);
/// The connection's id in the first packet that a server sends; nullopt while there is too little of it, 0 where it is no
/// greeting.
std::optional<std::uint64_t> idInGreeting(std::string_view bytes);
/// Passes everything on in both ways until one end closes or a stop is asked for.  `passed` hears of every piece, after it
/// was passed on: true when the server sent it.
void passAll(int program, int server, const std::stop_token &stop, const std::function<void(bool fromServer)> &passed = {});

} // namespace zandb::agent
