// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backup.h"
#include "models/fleet/fleet.h"

/// Which backups a task of the kind `verify` proves, and on which host.  Pure.
namespace zandb::backups {

/// Arguments of such a task.
struct ProofArgs
{
    int withinDays = 7;       ///< every instance's proof is younger than this; those marked as core are proved at each occurrence
    std::vector<Uuid> on;     ///< verification hosts; empty: each backup on the host that holds it
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ProofArgs, withinDays, on)
};

/// The newest good backup of an instance, and when one of its backups was last proved.
struct Provable
{
    Backup backup;
    std::optional<TimePoint> lastProved;
};
struct PlannedProof
{
    Uuid instance;
    Uuid host;
    wire::RestoreArgs args;
};
/// A backup that should be proved and cannot: no host that reads its repository has room for it.
struct UnplacedProof
{
    Uuid instance;
    std::int64_t neededBytes = 0;
};
struct ProofPlan
{
    std::vector<PlannedProof> proofs;
    std::vector<UnplacedProof> unplaced;
};
/// Instances without a good backup are left out (they are too old, which is said elsewhere), as are backups that are proved already.  A host is
/// fit when it answers, reads the repository, and has the room: the copy and a tenth of it on a disk, and the memory of a small server.  Of several
/// the one with fewest proofs of this plan, then with most room.
ProofPlan planProofs(const ProofArgs &args, const std::vector<Uuid> &instances, const std::map<Uuid, Provable> &provable, const Fleet &fleet, TimePoint now);

/// What a restored copy of it needs at most.
std::int64_t neededBytes(const Backup &backup);
/// What the server that is started on it needs.
inline constexpr std::int64_t neededMemory = 512LL << 20;
/// The order that proves a backup which lies in `repository` of the host it is sent to.
wire::RestoreArgs proofArgsOf(const Backup &backup, const std::string &repository);

} // namespace zandb::backups
