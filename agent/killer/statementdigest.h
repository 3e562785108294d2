// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace zandb::agent {

/// A statement without its literals, and the name that slow-query digests have for it.
struct StatementDigest
{
    std::string fingerprint;
    std::string checksum; ///< MD5 of the fingerprint, 32 upper-case hexadecimal digits
};

/// Thread-safe.
StatementDigest digestOf(std::string_view statement);

} // namespace zandb::agent
