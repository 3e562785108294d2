// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "app/platform/errors.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace zandb::cli {

/// The words of one command, taken apart: "--name value", "--name=value" and flags may stand anywhere; everything
/// after "--" is a word.
class Args
{
public:
    struct Spec
    {
        std::set<std::string> options; ///< take a value; may be given several times
        std::set<std::string> flags;
    };
    /// Errors: usage (detail) for an unknown option or a missing value.
    static Result<Args> parse(const std::vector<std::string> &words, const Spec &spec);

    const std::vector<std::string> &words() const { return m_words; }
    /// The n-th word; empty when there are fewer.
    std::string word(std::size_t n) const { return n < m_words.size() ? m_words[n] : std::string{}; }
    /// No option and no flag was given.
    bool bare() const { return m_options.empty() && m_flags.empty(); }
    bool has(const std::string &name) const { return m_options.count(name) || m_flags.count(name); }
    bool flag(const std::string &name) const { return m_flags.count(name) > 0; }
    /// The last value given; `fallback` when none.
    std::string option(const std::string &name, const std::string &fallback = {}) const;
    /// All values, as they were given.
    std::vector<std::string> values(const std::string &name) const;
    /// All values, commas separating several.
    std::vector<std::string> list(const std::string &name) const;
    /// Errors: usage when it is no whole number within the range.
    Result<std::int64_t> number(const std::string &name, std::int64_t fallback, std::int64_t least, std::int64_t most) const;
    /// "90", "90s", "15m", "6h", "2d" in seconds.  Errors: usage.
    Result<std::optional<std::int64_t>> duration(const std::string &name) const;

private:
    std::vector<std::string> m_words;
    std::map<std::string, std::vector<std::string>> m_options;
    std::set<std::string> m_flags;
};

/// "90", "90s", "15m", "6h", "2d" in seconds; nullopt when it is none of these.
std::optional<std::int64_t> parseDuration(std::string_view text);
std::vector<std::string> splitList(std::string_view text, char separator = ',');
inline Error usageError(const std::string &detail) { return makeError(errors::usage, {{"detail", detail}}); }

} // namespace zandb::cli
