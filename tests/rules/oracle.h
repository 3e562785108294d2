// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace zandb::test {

/// A second reading of steps 1 and 2 of the rule, written apart from the guard and slowly: it paints each byte with what it belongs to, once
/// per sql_mode, and then looks for what is forbidden with regular expressions.
struct OracleReading
{
    bool allowed = false;
    /// One letter per byte, with sql_mode '': ' ' space, 'c' comment, 's' '...', 'd' "...", 'b' `...`, 'h' hint, 'x' anything else.
    std::string paint;
};

OracleReading oracle(const std::string &text);

} // namespace zandb::test
