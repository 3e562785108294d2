// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/os/child.h"

/// What the helper believes, and whom it acts as.  All functions are for one thread.
namespace zandb::agent {

struct OsUser
{
    std::string name;
    uid_t uid = 0;
    gid_t gid = 0;
};
/// Errors: helper.refused (there is no such user, or it is root).
Result<OsUser> osUser(const std::string &name);
/// The user a server runs as: its data directory's owner, who must be among [helper] server_users.  Errors:
/// helper.refused, io.failed.
Result<OsUser> serverUser(const Config &config, const LocalInstance &instance);

/// Becomes this user for good: groups (and this one more), ids, no way back.  Errors: helper.refused.
Result<void> become(const OsUser &user, std::optional<gid_t> alsoIn = std::nullopt);
/// The kernel ends this process when its parent ends; kept over become().
void dieWithParent();

/// Nobody but root may change what this path leads to: it and every directory above belong to root (the last may belong
/// to `owner`) and are writable by nobody else, sticky directories aside.  Links are followed first; returns where they
/// lead.  As anyone but root it only follows links.  Errors: helper.refused, io.failed.
Result<std::filesystem::path> trustedPath(const std::filesystem::path &path, uid_t owner = 0);
/// Opens a directory that nobody but root may exchange for another one: no part of the path is a link, all of them belong to root (the
/// last may belong to `owner`) and are writable by nobody else, sticky directories aside.  As anyone but root it looks only for
/// links.  Errors: helper.refused, io.failed.
Result<FileDescriptor> openStrictly(const std::filesystem::path &directory, uid_t owner);
/// Reads the agent's configuration if only root can have written it.  Its helperSocket is empty: the helper asks no
/// helper.  Errors: helper.refused, those of loadConfig.
Result<Config> loadTrustedConfig(const std::filesystem::path &file);

/// helper.refused; the verb is filled in by who answers.
tl::unexpected<Error> refused(std::string detail);

} // namespace zandb::agent
