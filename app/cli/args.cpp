// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/args.h"

#include <charconv>

namespace zandb::cli {

std::vector<std::string> splitList(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto at = text.find(separator);
        const auto part = text.substr(0, at);
        if (!part.empty())
            parts.emplace_back(part);
        text = at == std::string_view::npos ? std::string_view{} : text.substr(at + 1);
    }
    return parts;
}

std::optional<std::int64_t> parseDuration(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || value < 0 || value > 100'000'000)
        return std::nullopt;
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    if (unit.empty() || unit == "s")
        return value;
    if (unit == "m")
        return value * 60;
    if (unit == "h")
        return value * 3600;
    if (unit == "d")
        return value * 86400;
    return std::nullopt;
}

Result<Args> Args::parse(const std::vector<std::string> &words, const Spec &spec)
{
    Args args;
    bool onlyWords = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string &word = words[i];
        if (onlyWords || word.size() < 2 || word[0] != '-') {
            args.m_words.push_back(word);
            continue;
        }
        if (word == "--") {
            onlyWords = true;
            continue;
        }
        if (word == "-f" && spec.flags.count("follow")) {
            args.m_flags.insert("follow");
            continue;
        }
        const auto equals = word.find('=');
        const std::string name = word.rfind("--", 0) == 0 ? word.substr(2, equals == std::string::npos ? equals : equals - 2) : word;
        if (spec.flags.count(name)) {
            if (equals != std::string::npos)
                return fail(usageError("--" + name + " takes no value"));
            args.m_flags.insert(name);
        } else if (spec.options.count(name)) {
            if (equals != std::string::npos)
                args.m_options[name].push_back(word.substr(equals + 1));
            else if (i + 1 < words.size())
                args.m_options[name].push_back(words[++i]);
            else
                return fail(usageError("--" + name + " needs a value"));
        } else {
            return fail(usageError("unknown option " + word.substr(0, equals)));
        }
    }
    return args;
}

std::string Args::option(const std::string &name, const std::string &fallback) const
{
    const auto found = m_options.find(name);
    return found == m_options.end() ? fallback : found->second.back();
}

std::vector<std::string> Args::values(const std::string &name) const
{
    const auto found = m_options.find(name);
    return found == m_options.end() ? std::vector<std::string>() : found->second;
}

std::vector<std::string> Args::list(const std::string &name) const
{
    std::vector<std::string> all;
    if (const auto found = m_options.find(name); found != m_options.end()) {
        for (const std::string &value : found->second) {
            for (std::string &part : splitList(value))
                all.push_back(std::move(part));
        }
    }
    return all;
}

Result<std::int64_t> Args::number(const std::string &name, std::int64_t fallback, std::int64_t least, std::int64_t most) const
{
    if (!has(name))
        return fallback;
    const std::string text = option(name);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most)
        return fail(usageError("--" + name + " must be a whole number from " + std::to_string(least) + " to " + std::to_string(most)));
    return value;
}

Result<std::optional<std::int64_t>> Args::duration(const std::string &name) const
{
    if (!has(name))
        return std::optional<std::int64_t>{};
    const auto seconds = parseDuration(option(name));
    if (!seconds)
        return fail(usageError("--" + name + " must be a time like 90s, 15m or 6h"));
    return std::optional<std::int64_t>{*seconds};
}

} // namespace zandb::cli
