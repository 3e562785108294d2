// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

#include <map>

namespace zandb::store {

/// (topic, scope) -> version.  A console polls this once a second and reloads the topics that differ.
using FeedVersions = std::map<std::pair<std::string, int>, std::int64_t>;
Result<FeedVersions> loadFeed(Session &session);
/// Topics whose version differs between two polls.
std::vector<std::string> changedTopics(const FeedVersions &before, const FeedVersions &after);

} // namespace zandb::store
