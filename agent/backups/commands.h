// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>

namespace zandb::agent {

/// `zandb-agent validate-backup DIR [--json]`: exit 0 good, 1 bad (the reason is printed), 2 usage.
int validateBackupMain(std::span<const std::string> args);
/// `zandb-agent restore BACKUP DIR [--json] [--config FILE]`: exit 0 when level 2 was reached, 1 failed, 2 usage.
int restoreMain(std::span<const std::string> args);
/// `zandb-agent receive --repo NAME [--host HOST] [--config FILE]`: the far end of a remote repository, on stdin and
/// stdout (receiveprotocol.h).  `--host`, given in the forced command of a key, pins the prefix that may be written; it
/// may be left out where accept_from names one host only.
int receiveMain(std::span<const std::string> args);
/// `zandb-agent clean-remains --config FILE`: what killed workers left (remains.h), in a process of its own since it may
/// take long; started by serve.
int cleanRemainsMain(std::span<const std::string> args);
/// `zandb-agent check-backups --config FILE`: reads in full what `keep` wants to rely on (keep.h); started by serve.  It may be
/// ended at any time: what it has read so far is known.
int checkBackupsMain(std::span<const std::string> args);

} // namespace zandb::agent
