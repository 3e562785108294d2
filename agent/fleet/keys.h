// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/fleet.h"
#include "agent/runtime/config.h"

namespace zandb::agent {

/// The root-owned authorized_keys file.  Lines of ours are
/// `restrict,command="ATTACH --socket SOCK --user U --role R --key SHA256:..." TYPE KEY [comment]`;
/// everything else in the file is kept byte for byte.
///
/// Each call reads the file anew, so several programs may change it; add and revoke hold a lock on FILE.lock
/// while they replace the file (temporary file, fsync, rename; mode and owner are kept, a new file gets 0644).
/// Thread-safe between objects; one object is used by one thread at a time.
class KeysFile
{
public:
    /// Where the file's directory is not writable, changes go through the root-owned helper if there is one, and have
    /// its errors too.  Reads helperSocket, attachPath, socket and authorizedKeys of the configuration.
    explicit KeysFile(const Config &config);

    /// Our lines, in file order; a missing file has none.  Lines of ours that do not parse are left out.
    /// Errors: io.failed.
    Result<std::vector<wire::KeyLine>> list() const;
    /// Adds the key, or replaces user and role of the same key.  `publicKey` may carry a trailing comment, which is
    /// dropped; `fingerprint` is ignored and computed.  Returns the line as it stands now.
    /// Errors: protocol.bad_params (user, role or key is not acceptable), io.failed.
    Result<wire::KeyLine> add(const wire::KeyLine &line);
    /// Removes the user's keys; only the given one when `key` (a fingerprint or "TYPE KEY") is not empty.  Returns how
    /// many lines went.  Errors: protocol.bad_params, io.failed.
    Result<int> revoke(std::string_view user, std::string_view key = {});
    /// Whether this user's key still stands in the file with this role: what `serve` asks to end revoked channels.
    /// Errors: io.failed.
    Result<bool> stands(std::string_view user, std::string_view role, std::string_view fingerprint) const;

    /// "SHA256:..." of "TYPE BASE64 [comment]" as `ssh-keygen -lf` prints it.  The key must be of a type we accept
    /// (ed25519, ecdsa, rsa of at least 2048 bits, their sk- forms) and its blob must say the same type.
    /// Errors: protocol.bad_params (detail).
    static Result<std::string> fingerprint(std::string_view publicKey);
    /// Pattern [a-z_][a-z0-9_.-]{0,31}.
    static bool isUserName(std::string_view user);
    /// "viewer", "operator", "admin", "dispatcher".
    static bool isRole(std::string_view role);

private:
    struct Line;
    std::string commandFor(const wire::KeyLine &line) const;
    bool byHelper() const;
    Result<std::vector<Line>> read() const;
    Result<void> write(const std::vector<Line> &lines);
    Config m_config;
    std::filesystem::path m_file;
    std::filesystem::path m_socket;
    std::string m_attach;
};

} // namespace zandb::agent
