// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store/changefeed.h"

#include <set>

namespace zandb::store {

Result<FeedVersions> loadFeed(Session &session)
{
    const auto rows = session.query("SELECT topic, scope, version FROM change_feed");
    if (!rows)
        return fail(rows.error());
    FeedVersions versions;
    for (const Row &row : *rows)
        versions[{row.text(0), static_cast<int>(row.integer(1))}] = row.integer(2);
    return versions;
}

std::vector<std::string> changedTopics(const FeedVersions &before, const FeedVersions &after)
{
    std::set<std::string> topics;
    for (const auto &[key, version] : after) {
        const auto old = before.find(key);
        if (old == before.end() || old->second != version)
            topics.insert(key.first);
    }
    for (const auto &[key, version] : before) {
        if (!after.contains(key))
            topics.insert(key.first);
    }
    return {topics.begin(), topics.end()};
}

} // namespace zandb::store
