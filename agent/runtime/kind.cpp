// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/kind.h"

namespace zandb::agent {

const Kind &kindNamed(const Kinds &kinds, std::string_view name)
{
    static const Kind unknown;
    const auto found = kinds.find(name);
    return found == kinds.end() ? unknown : found->second;
}

} // namespace zandb::agent
