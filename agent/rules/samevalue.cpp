// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/samevalue.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace zandb::rules {
namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string lowered(std::string_view text)
{
    std::string small(text);
    std::ranges::transform(small, small.begin(), lower);
    return small;
}

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && isBlank(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back()))
        text.remove_suffix(1);
    return text;
}

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

/// A letter, digit or one of the signs that words of servers have.
bool isWordByte(char c)
{
    return isDigit(c) || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_' || c == '-' || c == '.' || c == '=' || c == '+';
}

bool isWord(std::string_view text)
{
    return !text.empty() && std::ranges::all_of(text, isWordByte);
}

std::optional<bool> truth(std::string_view text)
{
    const std::string word = lowered(text);
    for (const std::string_view yes : {"on", "1", "true", "yes"}) {
        if (word == yes)
            return true;
    }
    for (const std::string_view no : {"off", "0", "false", "no"}) {
        if (word == no)
            return false;
    }
    return std::nullopt;
}

/// A number as text that is the same for the same number: sign, digits without leading zeros, decimals without trailing ones.
std::optional<std::string> plainNumber(std::string_view text)
{
    bool negative = false;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    int shift = 0;
    if (!text.empty()) {
        constexpr std::string_view suffixes = "kmgtpe";
        if (const auto at = suffixes.find(lower(text.back())); at != suffixes.npos && text.size() > 1 && isDigit(text[text.size() - 2])) {
            shift = 10 * static_cast<int>(at + 1);
            text.remove_suffix(1);
        }
    }
    const auto dot = text.find('.');
    std::string_view whole = text.substr(0, dot);
    std::string_view decimals = dot == text.npos ? std::string_view() : text.substr(dot + 1);
    if (whole.empty() || !std::ranges::all_of(whole, isDigit) || !std::ranges::all_of(decimals, isDigit) || (dot != text.npos && decimals.empty()))
        return std::nullopt;
    while (whole.size() > 1 && whole.front() == '0')
        whole.remove_prefix(1);
    while (!decimals.empty() && decimals.back() == '0')
        decimals.remove_suffix(1);
    std::string plain(whole);
    if (shift) {
        if (!decimals.empty())
            return std::nullopt; // no server takes 1.5G
        unsigned long long number = 0;
        if (std::from_chars(whole.data(), whole.data() + whole.size(), number).ec != std::errc() || number > (~0ULL >> shift))
            return std::nullopt;
        plain = std::to_string(number << shift);
    }
    if (!decimals.empty())
        plain.append(".").append(decimals);
    return negative && plain != "0" ? '-' + plain : plain;
}

std::vector<std::string> partsOf(std::string_view text)
{
    std::vector<std::string> parts;
    for (;;) {
        const auto comma = text.find(',');
        if (const auto part = trimmed(text.substr(0, comma)); !part.empty())
            parts.push_back(lowered(part));
        if (comma == text.npos)
            break;
        text.remove_prefix(comma + 1);
    }
    std::ranges::sort(parts);
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end()); // clang 14 lacks the other form
    return parts;
}

/// A part NAME=on of optimizer_switch may be said otherwise too.
std::vector<std::string> setOf(std::string_view text, const std::vector<std::string> &words)
{
    unsigned long long bits = 0;
    if (!words.empty() && words.size() <= 64 && !text.empty() && std::ranges::all_of(text, isDigit)
        && std::from_chars(text.data(), text.data() + text.size(), bits).ec == std::errc()) {
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (bits & (1ULL << i))
                parts.push_back(lowered(words[i]));
        }
        std::ranges::sort(parts);
        return parts;
    }
    auto parts = partsOf(text);
    for (std::string &part : parts) {
        if (const auto equals = part.find('='); equals != part.npos) {
            if (const auto flag = truth(std::string_view(part).substr(equals + 1)))
                part = part.substr(0, equals) + (*flag ? "=on" : "=off");
        }
    }
    return parts;
}

std::string pathOf(std::string_view text)
{
    std::string path;
    for (const char c : text) {
        if (c == '/' && path.ends_with("/."))
            path.pop_back();
        if (c == '/' && path.ends_with('/'))
            continue;
        path += c;
    }
    if (path.size() > 2 && path.ends_with("/."))
        path.pop_back();
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    return path;
}

std::string wordOf(std::string_view text, const std::vector<std::string> &words)
{
    std::size_t at = 0;
    if (!text.empty() && std::ranges::all_of(text, isDigit) && std::from_chars(text.data(), text.data() + text.size(), at).ec == std::errc()
        && at < words.size())
        return lowered(words[at]);
    // ON where the words are OFF,ON,...
    if (const auto flag = truth(text)) {
        const std::string word = *flag ? "on" : "off";
        if (std::ranges::any_of(words, [&](const std::string &each) { return lowered(each) == word; }))
            return word;
    }
    return lowered(text);
}

bool sameUnknown(std::string_view one, std::string_view other)
{
    if (const auto a = truth(one), b = truth(other); a && b)
        return *a == *b;
    if (const auto a = plainNumber(one), b = plainNumber(other); a && b)
        return *a == *b;
    if (one.starts_with('/') && other.starts_with('/'))
        return pathOf(one) == pathOf(other);
    const auto allWords = [](std::string_view text) {
        if (text.find(',') == text.npos || text.ends_with(','))
            return false;
        const auto parts = partsOf(text);
        return !parts.empty() && std::ranges::all_of(parts, isWord);
    };
    if (allWords(one) && allWords(other))
        return setOf(one, {}) == setOf(other, {});
    return isWord(one) && isWord(other) && lowered(one) == lowered(other);
}

} // namespace

std::string variableName(std::string_view name)
{
    std::string plain = lowered(trimmed(name));
    std::ranges::replace(plain, '-', '_');
    return plain;
}

ValueMeaning meaningOf(std::string_view name)
{
    const std::string plain = variableName(name);
    static constexpr std::array<std::string_view, 15> sets{
        "sql_mode", "optimizer_switch", "log_output", "log_slow_verbosity", "log_slow_filter", "log_slow_disabled_statements", "log_disabled_statements", "tls_version",
        "admin_tls_version", "slave_type_conversions", "replica_type_conversions", "myisam_recover_options", "old_mode", "aria_recover_options", "note_verbosity"};
    static constexpr std::array<std::string_view, 13> texts{
        "init_connect", "init_slave", "init_replica", "authentication_policy", "innodb_data_file_path", "innodb_temp_data_file_path", "ft_boolean_syntax",
        "version_comment", "default_password_lifetime", "feedback_url", "wsrep_provider_options", "wsrep_sst_auth", "report_password"};
    static constexpr std::array<std::string_view, 12> paths{
        "datadir", "basedir", "tmpdir", "slave_load_tmpdir", "replica_load_tmpdir", "socket", "plugin_dir", "log_error", "log_bin_basename", "relay_log_basename",
        "secure_file_priv", "character_sets_dir"};
    if (std::ranges::find(sets, plain) != sets.end())
        return {ValueKind::Set};
    if (std::ranges::find(texts, plain) != texts.end())
        return {ValueKind::Text};
    if (std::ranges::find(paths, plain) != paths.end())
        return {ValueKind::Path};
    for (const std::string_view end : {"_file", "_dir", "_directory", "_path", "_tmpdir", "_home", "_index", "_basename"}) {
        if (plain.ends_with(end))
            return {ValueKind::Path};
    }
    return {};
}

bool sameValue(std::string_view one, std::string_view other, const ValueMeaning &meaning)
{
    if (one == other)
        return true;
    if (meaning.kind == ValueKind::Text)
        return false;
    one = trimmed(one);
    other = trimmed(other);
    switch (meaning.kind) {
    case ValueKind::Boolean: {
        const auto a = truth(one), b = truth(other);
        return a && b ? *a == *b : lowered(one) == lowered(other);
    }
    case ValueKind::Number: {
        const auto a = plainNumber(one), b = plainNumber(other);
        return a && b && *a == *b;
    }
    case ValueKind::Word:
        return wordOf(one, meaning.words) == wordOf(other, meaning.words);
    case ValueKind::Set:
        return setOf(one, meaning.words) == setOf(other, meaning.words);
    case ValueKind::Path:
        return pathOf(one) == pathOf(other);
    case ValueKind::Text:
    case ValueKind::Unknown:
        break;
    }
    return one == other || sameUnknown(one, other);
}

bool sameValueOf(std::string_view name, std::string_view one, std::string_view other)
{
    return sameValue(one, other, meaningOf(name));
}

bool wholeNumber(std::string_view text, long long &number)
{
    const auto plain = plainNumber(trimmed(text));
    if (!plain)
        return false;
    const auto end = plain->data() + plain->size();
    const auto read = std::from_chars(plain->data(), end, number);
    return read.ec == std::errc() && read.ptr == end;
}

} // namespace zandb::rules
