// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

/// What of a statement may be shown to others.  A string that is not closed is hidden to its end.  Thread-safe.
namespace zandb {

/// The statement as it was written, with '?' for each string, ? for each number, and without comments.
std::string maskLiterals(std::string_view statement);
/// The statement as it was written, with '?' for the strings that are passwords: behind IDENTIFIED, PASSWORD, and names that end with it, as of MASTER_PASSWORD or a column.
std::string maskPasswords(std::string_view statement);

} // namespace zandb
