// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/config.h"

#include <algorithm>

namespace zandb::agent {

const RepositoryConfig *Config::repository(std::string_view name) const
{
    const auto it = std::ranges::find(repositories, name, &RepositoryConfig::name);
    return it == repositories.end() ? nullptr : &*it;
}

} // namespace zandb::agent
