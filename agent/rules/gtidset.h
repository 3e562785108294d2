// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zandb {

/// A set of MySQL's GTIDs: for each source a list of intervals.  A value.
class GtidSet
{
public:
    using Interval = std::pair<std::uint64_t, std::uint64_t>; ///< first and last, both in it

    /// "UUID:1-5:7, UUID:3"; sources may carry a tag ("UUID:tag:1-5").  Nothing when it is no such text or has more than `maxIntervals`.
    static std::optional<GtidSet> parse(std::string_view text);
    static constexpr std::size_t maxIntervals = 1'000'000;

    void add(const std::string &source, std::uint64_t first, std::uint64_t last);
    /// What is in this one and not in the other.
    GtidSet minus(const GtidSet &other) const;
    bool contains(const std::string &source, std::uint64_t number) const;
    bool isEmpty() const { return m_sources.empty(); }
    std::size_t intervals() const { return m_intervals; }
    /// In one form only: equal sets have equal texts.
    std::string text() const;
    bool operator==(const GtidSet &other) const { return m_sources == other.m_sources; }

private:
    std::map<std::string, std::vector<Interval>> m_sources; ///< apart from each other, ascending
    std::size_t m_intervals = 0;
};

/// Where MariaDB's binlog stands: the last GTID of each domain.  A value.
class GtidPlace
{
public:
    struct Last
    {
        std::uint32_t server = 0;
        std::uint64_t number = 0;
        bool operator==(const Last &) const = default;
    };
    /// "0-77-3,1-78-9".  Nothing when it is no such text.
    static std::optional<GtidPlace> parse(std::string_view text);
    void set(std::uint32_t domain, std::uint32_t server, std::uint64_t number) { m_domains[domain] = {server, number}; }
    const std::map<std::uint32_t, Last> &domains() const { return m_domains; }
    std::string text() const;
    bool operator==(const GtidPlace &) const = default;

private:
    std::map<std::uint32_t, Last> m_domains;
};

/// What lies between the end of one file and what the next one says came before it, as text for people: "" where nothing does or nobody can tell.
/// MySQL: the set of missing GTIDs; MariaDB: "0-77-4 to 0-77-9" for each domain.
std::string missingBetween(std::string_view end, std::string_view previous, bool mariaDb);

} // namespace zandb
