// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

/// Members (headless instances) and their leases on hosts.  15 s to live, renewed every 5 s,
/// trusted locally until the monotonic time of sending + 13 s.  Errors: those of Session.
namespace zandb::workflow {

struct Member
{
    Uuid id;
    std::string name;      ///< host name and pid, for people
    std::string program;
    TimePoint startedAt{};
    TimePoint renewedAt{};
    TimePoint expiresAt{};
    std::int64_t revision = 0;
};
struct Lease
{
    Uuid hostId;
    Uuid memberId;
    std::int64_t token = 0;
};

/// All rows and the store's clock in the same moment.
struct MemberView
{
    TimePoint now{};
    std::vector<Member> members;
    std::vector<Lease> leases;
    bool alive(const Uuid &memberId) const; ///< its row has not expired at `now`
};
Result<MemberView> loadMembers(store::Session &session);
/// Inserts or renews this member's row by compare-and-set on its revision; inserting removes those that expired a day ago.  False: somebody removed or took it.
Result<bool> renewMember(store::Session &session, Member &member);
Result<void> removeMember(store::Session &session, const Uuid &memberId);
/// Takes a host whose lease is absent (token 1) or whose holder has expired (token + 1), by compare-and-set.  The
/// lease held now, or nullopt when somebody else was faster.
Result<std::optional<Lease>> takeLease(store::Session &session, const Uuid &hostId, const Uuid &memberId,
                                       const std::optional<Lease> &seen);
/// Hands a host over to a living member that should have it by rendezvous hash (token + 1 by that member's take).
Result<void> dropLease(store::Session &session, const Lease &lease);
/// The member that should serve a host: highest hash of (host, member).
Uuid rendezvous(const Uuid &hostId, const std::vector<Uuid> &members);

} // namespace zandb::workflow
