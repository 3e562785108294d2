// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sessions/sessionrows.h"

#include "models/common/text.h"
#include "models/workflow/runid.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace zandb {

Uuid sessionRowId(const Uuid &instance, std::int64_t connection)
{
    return uuidV5(instance, "session|" + std::to_string(connection));
}

namespace {

SessionPart partOf(const wire::Session &session)
{
    if (!session.blockedBy.empty())
        return SessionPart::Waits;
    if (session.blocks > 0)
        return SessionPart::Head;
    if (session.command != "Sleep")
        return SessionPart::Active;
    return session.transactionSeconds ? SessionPart::InTransaction : SessionPart::Idle;
}

/// The first it waits for: a session that waits for several (a metadata lock held by readers) stands behind one of them.
std::int64_t waitsFor(const wire::Session &session)
{
    return session.blockedBy.empty() ? 0 : session.blockedBy.front().by;
}

} // namespace

std::vector<SessionRow> sessionRows(const Uuid &instance, const QString &path, const wire::SessionList &list, int firstRank)
{
    std::vector<SessionRow> rows;
    rows.reserve(list.sessions.size());
    for (const wire::Session &session : list.sessions) {
        rows.push_back({sessionRowId(instance, session.id), instance, path, session, list.at, partOf(session)});
    }
    std::map<std::int64_t, std::size_t> byId;
    std::multimap<std::int64_t, std::size_t> waiters; // in the order of the list: an equal key goes to the end
    for (std::size_t at = 0; at < rows.size(); ++at) {
        byId.emplace(rows[at].session.id, at);
        if (const auto other = waitsFor(rows[at].session))
            waiters.emplace(other, at);
    }
    std::set<std::size_t> placed;
    int rank = firstRank;
    // without recursion: a chain may be as long as the list
    const auto placeFrom = [&](std::size_t start, std::int64_t head, int depth) {
        std::vector<std::pair<std::size_t, int>> todo{{start, depth}};
        while (!todo.empty()) {
            const auto [at, level] = todo.back();
            todo.pop_back();
            if (!placed.insert(at).second)
                continue;
            SessionRow &row = rows[at];
            row.rank = rank++;
            row.depth = level;
            row.head = level > 0 ? head : 0;
            const auto [from, until] = waiters.equal_range(row.session.id);
            std::vector<std::pair<std::size_t, int>> below;
            for (auto it = from; it != until; ++it)
                below.emplace_back(it->second, level + 1);
            todo.insert(todo.end(), below.rbegin(), below.rend());
        }
    };
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (rows[at].part == SessionPart::Head)
            placeFrom(at, rows[at].session.id, 0);
    }
    for (std::size_t at = 0; at < rows.size(); ++at) { // behind a session that is not in the list
        const auto other = waitsFor(rows[at].session);
        if (other && !byId.contains(other))
            placeFrom(at, other, 1);
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (placed.contains(at) || rows[at].part != SessionPart::Waits)
            continue;
        std::size_t in = at; // who waits and stands behind no head leads into a circle
        std::set<std::size_t> seen;
        while (seen.insert(in).second)
            in = byId.at(waitsFor(rows[in].session));
        std::size_t one = in;
        do {
            rows[one].part = SessionPart::InCircle;
            one = byId.at(waitsFor(rows[one].session));
        } while (one != in);
        placeFrom(in, rows[in].session.id, 1);
    }
    for (std::size_t at = 0; at < rows.size(); ++at) {
        if (!placed.contains(at))
            placeFrom(at, 0, 0);
    }
    std::ranges::sort(rows, {}, [](const SessionRow &row) { return row.session.id; });
    return rows;
}

bool SessionFilter::accepts(const SessionRow &row) const
{
    const bool locks = row.session.blocks > 0 || !row.session.blockedBy.empty();
    if (!user.isEmpty() && qs(row.session.user) != user)
        return false;
    if (locks)
        return true;
    if (!idle && (row.part == SessionPart::Idle || row.part == SessionPart::InTransaction))
        return false;
    return row.session.seconds >= longerThan;
}

} // namespace zandb
