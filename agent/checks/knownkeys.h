// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"
#include "agent/protocol/time.h"
#include "agent/rules/keyrange.h"

#include <chrono>
#include <filesystem>
#include <unordered_map>

namespace zandb::agent {

/// What was read of a key and when.
struct KnownKey
{
    KeyValue used = 0;
    TimePoint at{};
    KeyValue perDay = 0;     ///< how much it grew in a day between the last two readings; 0: not known, or it did not
};

/// The last reading of each key of one instance, kept in a file between the days, so that a day reads only what could come near its end.
/// Not thread-safe.
class KnownKeys
{
public:
    /// What cannot be read counts as not known; then everything is read anew.
    static KnownKeys load(std::filesystem::path file);
    bool isEmpty() const { return m_keys.empty(); }
    /// Null: never read.
    const KnownKey *find(const std::string &schema, const std::string &table, const std::string &column) const;
    void set(const std::string &schema, const std::string &table, const std::string &column, KeyValue used, TimePoint at);
    /// Whether the key has to be read: it never was, it is or would be half full within 30 days at its speed, or it is its day of the week, which
    /// its name decides.
    bool isDue(const std::string &schema, const std::string &table, const std::string &column, KeyValue limit, TimePoint now) const;
    /// Writes the file; what was not set or found since load() is forgotten.  Errors: io.*.
    Result<void> save() const;

private:
    struct Entry
    {
        KnownKey key;
        mutable bool seen = false;
    };
    std::filesystem::path m_file;
    std::unordered_map<std::uint64_t, Entry> m_keys; ///< by a hash of the three names
};

} // namespace zandb::agent
