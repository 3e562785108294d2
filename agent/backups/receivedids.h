// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/protocol/uuid.h"
#include "agent/runtime/config.h"

#include <set>

namespace zandb::agent {

/// Every backup id that ever arrived for one instance of a host, in REPOSITORY/.received/HOST/INSTANCE: one id a line, and
/// none is ever taken out.  So a key that may write cannot bring back under its id what was removed, by `keep` or by hand,
/// and what the catalogue calls a backup stays the one that it knows.  An id takes 37 bytes: of a backup every hour for ten
/// years that is 3 MB.  Used by one thread; processes exclude each other by a lock on the file.
class ReceivedIds
{
public:
    /// `host` and `instance` are names that may be parts of a path (isRepositoryName).
    ReceivedIds(const RepositoryConfig &repository, const std::string &host, const std::string &instance);

    /// Errors: backup.id_used when the id arrived before or a directory with it is there, io.failed.
    Result<void> check(const Uuid &id) const;
    /// Notes the id, durable when this returns, and keeps others out until this object goes: what is committed after it is
    /// the only one of its id.  Errors: those of check(), io.disk_full.
    Result<void> claim(const Uuid &id);

private:
    Result<std::set<std::string>> known() const;
    Result<void> refuseUsed(const Uuid &id, const std::set<std::string> &known) const;

    std::string m_repository;
    std::filesystem::path m_directory; ///< the instance's backups
    std::filesystem::path m_file;
    FileDescriptor m_lock;
};

} // namespace zandb::agent
