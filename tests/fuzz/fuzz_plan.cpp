// SPDX-License-Identifier: GPL-3.0-or-later
// Any text as a server's plan: what is read has bounds, and can be written and printed.
#include "models/slowlog/explaintext.h"
#include "models/slowlog/orderedjson.h"
#include "tests/fuzz/require.h"

#include <cmath>

using namespace zandb;
using zandb::fuzz::require;

namespace {

int walk(const PlanNode &node)
{
    int count = 1;
    require(!node.kind.empty());
    for (const auto &number : {node.rows, node.produced, node.filtered, node.cost})
        require(!number || (!std::isnan(*number) && *number >= 0));
    require(!node.share || (*node.share >= 0 && *node.share <= 1));
    for (const PlanNode &child : node.children)
        count += walk(child);
    return count;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    for (const char *flavour : {"mariadb", "mysql"}) {
        const auto plan = planOf(text, flavour);
        if (!plan)
            continue;
        require(walk(plan->root) <= 2 * 5'000 + 1);
        (void)planText(*plan);
        (void)dumpJson(planJson(*plan));
    }
    const std::string once = withoutRepeatedNames(text);
    require(!nlohmann::json::accept(text) || nlohmann::json::accept(once));
    return 0;
}
