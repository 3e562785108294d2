// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace zandb {

/// An identity: 16 bytes, BINARY(16) in the store, lower-case text with dashes everywhere else.
/// A value; thread-safe like an integer.  The null id (all zero) means "none".
struct Uuid
{
    std::array<std::uint8_t, 16> bytes{};

    /// A new random id of version 7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then 74 random bits.
    static Uuid v7();
    /// Reads the 36-character form, either case.  Anything else is nullopt.
    static std::optional<Uuid> parse(std::string_view text);
    /// From exactly 16 raw bytes (a BINARY(16) column); nullopt for any other length.
    static std::optional<Uuid> fromBytes(std::string_view raw);

    std::string toString() const;
    /// The raw 16 bytes, as a BINARY(16) parameter.
    std::string raw() const { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }
    bool isNull() const { return *this == Uuid{}; }

    auto operator<=>(const Uuid &) const = default;
};

} // namespace zandb

template<>
struct std::hash<zandb::Uuid>
{
    std::size_t operator()(const zandb::Uuid &id) const noexcept
    {
        // ids are random in their last eight bytes
        std::uint64_t value = 0;
        for (int i = 8; i < 16; ++i)
            value = value << 8 | id.bytes[static_cast<std::size_t>(i)];
        return static_cast<std::size_t>(value);
    }
};
