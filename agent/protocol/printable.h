// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace zandb {

/// Text from outside as a terminal or a dialog may show it: what would steer a terminal (control characters, U+0080 to U+009F) or
/// reorder and hide other text (bidirectional controls, line and paragraph separators, the zero-width space) is shown as \uXXXX,
/// which in JSON text means the same character.  Line ends and tabs become spaces, or stay with `keepLines`.  Bytes that are not
/// UTF-8 become U+FFFD.  Thread-safe.
std::string printable(std::string_view text, bool keepLines = false);
/// Whether printable() would leave it as it is.
bool isPrintable(std::string_view text);

} // namespace zandb
