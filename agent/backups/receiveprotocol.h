// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/protocol/json.h"

/// How a backup travels to a remote repository, over stdin and stdout of `zandb-agent receive`.
///
/// The receiver first writes the preamble (what comes before it is a login shell's noise).  Then frames both ways:
/// u32 big-endian length of the body, u8 kind, body.  The sender: Open {host, instance, id, started_us, need_bytes},
/// then per file File {name, secret}, Data (bytes, at most 1 MiB), End {sha256, bytes}, and at last Commit {} (or
/// Abort {}).  The receiver answers Open, File, End, Commit and Abort with Done {...} or Failed (an Error, after which
/// it removes the partial directory and ends); Failed may come at any time.  End is answered after fsync, when the
/// receiver's own count and SHA-256 agree.  Done of Commit holds {path}.  If the stream ends before Commit the partial
/// directory is removed.
///
/// After Commit the sender may ask Keep {task, keep}: what may go by the repository's own rule (keep.h).  Done of Keep holds
/// {expired: [ids], found: [BackupFinding], log: [lines]}, and Expire {} removes just that; Done of Expire holds {log: [lines]}.  In between the sender
/// makes its result durable, so that nobody lists what is gone.  An older receiver ends after Commit, which removes nothing.
/// There is no other way to remove anything, and none to read or replace.
namespace zandb::agent::receive {

inline constexpr std::string_view preamble{"\0ZANDB-RECEIVE/1\n", 17};
inline constexpr std::uint32_t maxBody = 1u << 20;

enum class Kind : char { Open = 'O', File = 'F', Data = 'D', End = 'E', Commit = 'C', Keep = 'K', Expire = 'P', Abort = 'A', Done = 'R', Failed = 'X' };

struct Frame
{
    Kind kind = Kind::Abort;
    std::string body;
};

/// The 5 bytes before a body.
inline std::string header(Kind kind, std::size_t size)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8)
        bytes += static_cast<char>(size >> shift & 0xff);
    bytes += static_cast<char>(kind);
    return bytes;
}

} // namespace zandb::agent::receive
