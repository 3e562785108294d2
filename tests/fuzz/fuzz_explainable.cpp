// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever is asked about: what would be explained is a statement that the guard lets an operator read with.
#include "agent/rules/explainable.h"
#include "tests/fuzz/require.h"

using namespace zandb::rules;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    for (const GuardFlavour flavour : {GuardFlavour::MariaDb, GuardFlavour::MySql}) {
        GuardContext context;
        context.flavour = flavour;
        context.schema = "shop";
        const Explainable made = explainable(text, context);
        if (!made.allowed) {
            require(!made.reason.empty() && !made.detail.empty() && made.text.empty());
            continue;
        }
        context.role = GuardRole::Operator;
        const Verdict verdict = judge(made.text, context);
        require(verdict.allowed && verdict.statementClass == 'R');
        // what is explained is explained as it is
        const Explainable again = explainable(made.text, context);
        require(again.allowed && again.as == ExplainedAs::Itself && again.text == made.text && again.tables == made.tables);
    }
    return 0;
}
