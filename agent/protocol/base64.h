// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Base64 of RFC 4648, section 4, with padding and without line ends.  Thread-safe.
namespace zandb {

std::string toBase64(std::string_view bytes);
/// Nothing when a character, the padding or the length is wrong.
std::optional<std::string> fromBase64(std::string_view text);

} // namespace zandb
