// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of a whole fleet ask of runs: zandbctl's answers, and the store's rows.  Link zandb_protocol beside
// zandb_testsupport.
#pragma once

#include "agent/protocol/json.h"
#include "tests/support/testfleet.h"

#include <string>

namespace zandb::test {

/// What zandbctl printed with --json; null when it is none.
inline Json jsonOf(const Output &output)
{
    return parseJson(output.out).value_or(Json());
}

/// A condition in SQL: the column of ids is this one, given as text.
inline std::string idIs(const std::string &column, const std::string &id)
{
    return column + "=UNHEX(REPLACE('" + id + "','-',''))";
}

} // namespace zandb::test
