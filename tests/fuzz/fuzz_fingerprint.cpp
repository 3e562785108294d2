// SPDX-License-Identifier: GPL-3.0-or-later
// Statements as a client may have written them.
#include "agent/rules/fingerprint.h"
#include "agent/rules/masking.h"
#include "agent/rules/sqltext.h"
#include "tests/fuzz/require.h"

#include <algorithm>

using namespace zandb;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static Fingerprinter used; // keeps its memory from one input to the next, as in a digest
    const std::string statement(reinterpret_cast<const char *>(data), size);
    const std::string shape(used(statement));
    require(shape == fingerprint(statement)); // what came before does not matter
    require(shape.size() <= 3 * size + 32);
    if (!shape.starts_with("administrator command: "))
        require(std::ranges::none_of(shape, [](char c) { return c >= 'A' && c <= 'Z'; }));
    // what a string holds is never shown
    if (!statement.starts_with("administrator command: ")) {
        std::string hidden = "select 'Z";
        for (const char c : statement.substr(0, 64)) {
            if (c != '\'' && c != '\\')
                hidden += c;
        }
        require(fingerprint(hidden + "'") == "select ?" && fingerprint(hidden) == "select ?");
        require(maskLiterals(hidden) == "select '?'" && maskPasswords("set password=" + hidden.substr(7)) == "set password='?'");
    }
    sqltext::State state;
    state.feed(statement + "\n");
    require(maskPasswords(statement).size() <= 3 * size + 3 && maskLiterals(statement).size() <= 3 * size + 3);
    return 0;
}
