// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/memberrepository.h"

#include <algorithm>

namespace zandb::workflow {
namespace {

using store::Row;
using store::Session;
using store::value;

constexpr std::int64_t lifeMicros = 15'000'000;
constexpr std::chrono::seconds longestLife{60};
/// Rows of the dead are shown for a day: somebody may ask when they died.
constexpr std::int64_t deadFor = 86'400'000'000;
const std::string now{store::nowUs};

/// Reads this member's row back; nullopt when it is gone or somebody else's.
Result<std::optional<Member>> readMember(Session &session, const Member &member)
{
    const auto rows = session.query("SELECT id, name, program, started_us, renewed_us, expires_us, revision FROM member "
                                    "WHERE id=? AND started_us=?", {value(member.id), value(member.startedAt)});
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return std::nullopt;
    const Row &row = rows->front();
    return Member{row.uuid(0), row.text(1), row.text(2), row.time(3), row.time(4), row.time(5), row.integer(6)};
}

} // namespace

bool MemberView::alive(const Uuid &memberId) const
{
    // nobody lives longer than that at a time: a later end was written by a clock that was wrong
    return std::ranges::any_of(members, [&](const Member &m) { return m.id == memberId && m.expiresAt > now && m.expiresAt <= now + longestLife; });
}

Result<MemberView> loadMembers(Session &session)
{
    MemberView view;
    // leases first: a member that takes one in between is then seen with its renewed row, never the other way round
    const auto leases = session.query("SELECT host_id, member_id, token FROM lease");
    if (!leases)
        return fail(leases.error());
    for (const Row &row : *leases)
        view.leases.push_back({row.uuid(0), row.uuid(1), row.integer(2)});
    const auto rows = session.query("SELECT " + now + ", m.id, m.name, m.program, m.started_us, m.renewed_us, m.expires_us, m.revision "
                                    "FROM (SELECT 1 AS one) o LEFT JOIN member m ON o.one = 1 ORDER BY m.started_us, m.id");
    if (!rows)
        return fail(rows.error());
    for (const Row &row : *rows) {
        view.now = row.time(0);
        if (!row.isNull(1))
            view.members.push_back({row.uuid(1), row.text(2), row.text(3), row.time(4), row.time(5), row.time(6), row.integer(7)});
    }
    return view;
}

Result<bool> renewMember(Session &session, Member &member)
{
    std::optional<Member> renewed;
    const auto done = session.transaction([&]() -> Result<void> {
        renewed.reset();
        Member mine = member;
        if (mine.revision == 0) {
            if (toMicros(mine.startedAt) == 0) {
                const auto at = session.now();
                if (!at)
                    return fail(at.error());
                mine.startedAt = *at;
            }
            const auto inserted = session.execute(
                "INSERT INTO member (id, name, program, started_us, renewed_us, expires_us, revision) VALUES (?,?,?,?," + now + ','
                    + now + "+?,1)",
                {value(mine.id), value(mine.name), value(mine.program), value(mine.startedAt), value(lifeMicros)});
            if (!inserted && !store::isDuplicate(inserted.error()))
                return fail(inserted.error());
            if (inserted) {
                // rows of members that were killed; a lease that names one is free as if it had expired
                const auto dead = session.execute("DELETE FROM member WHERE expires_us < " + now + " - ?", {value(deadFor)});
                if (!dead)
                    return fail(dead.error());
                auto back = readMember(session, mine);
                if (!back)
                    return fail(back.error());
                renewed = std::move(*back);
                return store::raiseFeed(session, "member");
            }
        }
        // When a commit's answer was lost the row is a revision ahead of what this member knows; its id and start
        // still say that it is its own.
        for (int tries = 0; tries < 2; ++tries) {
            const auto matched = session.execute(
                "UPDATE member SET renewed_us=" + now + ", expires_us=" + now + "+?, revision=revision+1 WHERE id=? AND revision=?",
                {value(lifeMicros), value(mine.id), value(mine.revision)});
            if (!matched)
                return fail(matched.error());
            auto back = readMember(session, mine);
            if (!back)
                return fail(back.error());
            if (!*back)
                return {};
            if (*matched == 1) {
                renewed = std::move(*back);
                return store::raiseFeed(session, "member");
            }
            mine.revision = (*back)->revision;
        }
        return {};
    });
    if (!done)
        return fail(done.error());
    if (renewed)
        member = std::move(*renewed);
    return renewed.has_value();
}

Result<void> removeMember(Session &session, const Uuid &memberId)
{
    return session.transaction([&]() -> Result<void> {
        const auto done = session.execute("DELETE FROM member WHERE id=?", {value(memberId)});
        if (!done)
            return fail(done.error());
        return *done == 0 ? Result<void>() : store::raiseFeed(session, "member");
    });
}

Result<std::optional<Lease>> takeLease(Session &session, const Uuid &hostId, const Uuid &memberId, const std::optional<Lease> &seen)
{
    std::optional<Lease> taken;
    const auto done = session.transaction([&]() -> Result<void> {
        taken.reset();
        if (!seen) {
            const auto inserted = session.execute("INSERT INTO lease (host_id, member_id, token, taken_us) VALUES (?,?,1," + now + ')',
                                                  {value(hostId), value(memberId)});
            if (!inserted)
                return store::isDuplicate(inserted.error()) ? Result<void>() : fail(inserted.error());
            taken = Lease{hostId, memberId, 1};
        } else {
            const auto matched = session.execute(
                "UPDATE lease SET member_id=?, token=token+1, taken_us=" + now + " WHERE host_id=? AND member_id=? AND token=? AND "
                "NOT EXISTS (SELECT 1 FROM member m WHERE m.id=? AND m.expires_us > " + now + " AND m.expires_us <= " + now + " + ?)",
                {value(memberId), value(hostId), value(seen->memberId), value(seen->token), value(seen->memberId),
                 value(std::chrono::microseconds(longestLife).count())});
            if (!matched)
                return fail(matched.error());
            if (*matched == 0)
                return {};
            taken = Lease{hostId, memberId, seen->token + 1};
        }
        return store::raiseFeed(session, "member");
    });
    if (!done)
        return fail(done.error());
    return taken;
}

Result<void> dropLease(Session &session, const Lease &lease)
{
    return session.transaction([&]() -> Result<void> {
        // the row stays, held by nobody: a token never begins again
        const auto matched = session.execute("UPDATE lease SET member_id=? WHERE host_id=? AND member_id=? AND token=?",
                                             {value(Uuid{}), value(lease.hostId), value(lease.memberId), value(lease.token)});
        if (!matched)
            return fail(matched.error());
        return *matched == 0 ? Result<void>() : store::raiseFeed(session, "member");
    });
}

Uuid rendezvous(const Uuid &hostId, const std::vector<Uuid> &members)
{
    // FNV-1a over both ids and a final mix (splitmix64): the same in every program that shares the store
    const auto hash = [&](const Uuid &member) {
        std::uint64_t h = 0xcbf29ce484222325u;
        for (const Uuid *id : {&hostId, &member}) {
            for (const std::uint8_t byte : id->bytes)
                h = (h ^ byte) * 0x100000001b3u;
        }
        h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
        h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
        return h ^ (h >> 31);
    };
    Uuid best;
    std::uint64_t bestHash = 0;
    for (const Uuid &member : members) {
        const std::uint64_t h = hash(member);
        if (best.isNull() || h > bestHash || (h == bestHash && member > best)) {
            best = member;
            bestHash = h;
        }
    }
    return best;
}

} // namespace zandb::workflow
