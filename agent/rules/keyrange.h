// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// How far the values of an integer key have come, by exact arithmetic: a bigint has more digits than a double.  Pure.
namespace zandb {

/// A value of any integer column: -2^63 to 2^64 - 1.
__extension__ typedef __int128 KeyValue; // NOLINT(modernize-use-using): -Wpedantic takes it in this form only

/// An integer type by its name: "int(10) unsigned", "bigint", "mediumint unsigned zerofill".
struct IntegerType
{
    int bytes = 4; ///< 1 tinyint, 2 smallint, 3 mediumint, 4 int, 8 bigint
    bool isUnsigned = false;
};
/// Nothing for what is no integer type.  zerofill means unsigned, as on the servers.
std::optional<IntegerType> integerType(std::string_view columnType);
/// The largest value of the type: 2^(8n) - 1 unsigned, 2^(8n-1) - 1 signed.
KeyValue largestValue(const IntegerType &type);

/// The used part of the positive values in millionths, rounded down; so 1,000,000 means that no value is left, and nothing else does.  0 for
/// used <= 0 and where the limit is no positive number.
std::int64_t sharePpm(KeyValue used, KeyValue limit);

/// A decimal number with an optional sign; nothing for anything else, or beyond a KeyValue of 2^64.
std::optional<KeyValue> parseKeyValue(std::string_view text);
std::string keyValueText(KeyValue value);

} // namespace zandb
