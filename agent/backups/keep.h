// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/repository.h"

namespace zandb::agent {

/// What a repository allows `keep` to remove.
struct KeepRule
{
    bool removes = true;
    /// Only what arrived before; by this host's clock and file system, whatever a sender said of its backup.
    std::optional<TimePoint> arrivedBefore;
};
/// Of backups that other hosts send only what has lain there for prune_after_days goes, and nothing without that line: whoever
/// holds a host's key must not be able to push its good backups out at once.
KeepRule keepRuleForSenders(const RepositoryConfig &repository);

/// Which good backups of one task go: those beyond the newest `keep`, of which `newest` is one whatever the clock says.  No
/// payload is read for it.  The newest counts, since its checksums were made as it was written; others count only when they
/// were read in full lately (checked.h), and beside the newest one such always stays.  What is not known is asked to be read,
/// and is neither counted nor removed until then; the same for ever of what is not good, or was found bad.
KeepPlan planKeep(const std::filesystem::path &instanceDirectory, const Uuid &taskId, int keep, const Uuid &newest,
                  const KeepRule &rule = {});
/// Removes them, each out of sight in one step first; what a kill leaves is removed before the next backup.  Returns one
/// line for each that could not be.
std::vector<std::string> removeExpired(const KeepPlan &plan);

/// Reads in full, in all local repositories, what planKeep() wants to rely on, and notes a verdict beside what is not intact.
/// Takes hours; one process at a time per instance, others leave it to that one.  Returns one line for each backup it read.
std::vector<std::string> checkBackups(const Config &config, const std::stop_token &stop);

} // namespace zandb::agent
