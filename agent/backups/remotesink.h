// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/repository.h"

namespace zandb::agent {

/// A repository on another host, behind `ssh ... zandb-agent receive --repo NAME` (protocol: receiveprotocol.h).
std::unique_ptr<BackupSink> remoteSink(const Config &config, const RepositoryConfig &repository);

} // namespace zandb::agent
