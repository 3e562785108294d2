// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/kinds.h"

namespace zandb::workflow {

const Kind &kindNamed(const Kinds &kinds, std::string_view name)
{
    static const Kind unknown;
    const auto found = kinds.find(name);
    return found == kinds.end() ? unknown : found->second;
}

void addHostKinds(Kinds &kinds)
{
    kinds["facts"] = {.needsPerson = false};
}

} // namespace zandb::workflow
