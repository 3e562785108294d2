// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/checks/knownkeys.h"

#include "agent/os/files.h"
#include "agent/protocol/time.h"

#include <charconv>
#include <vector>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view firstLine = "keys 1";
constexpr std::size_t largestFile = 256u << 20;
constexpr auto ahead = std::chrono::days{30};
constexpr std::int64_t halfPpm = 500'000;
constexpr int week = 7;

/// FNV-1a of the three names with a zero byte between them.
std::uint64_t hashOf(const std::string &schema, const std::string &table, const std::string &column)
{
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto add = [&](unsigned char byte) { hash = (hash ^ byte) * 0x100000001b3; };
    for (const std::string *name : {&schema, &table, &column}) {
        for (const char c : *name)
            add(static_cast<unsigned char>(c));
        add(0);
    }
    return hash;
}

std::string_view takeWord(std::string_view &line)
{
    const auto space = std::min(line.find(' '), line.size());
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(std::min(space + 1, line.size()));
    return word;
}

template<class T>
bool parse(std::string_view word, T &value, int base = 10)
{
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    return error == std::errc() && end == word.data() + word.size();
}

} // namespace

KnownKeys KnownKeys::load(std::filesystem::path file)
{
    KnownKeys known;
    known.m_file = std::move(file);
    const auto text = readFile(known.m_file, largestFile);
    if (!text || !text->starts_with(firstLine))
        return known;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        std::uint64_t hash = 0;
        std::int64_t at = 0;
        const std::string_view name = takeWord(line);
        const auto used = parseKeyValue(takeWord(line));
        const std::string_view when = takeWord(line);
        const auto perDay = parseKeyValue(takeWord(line));
        if (parse(name, hash, 16) && used && parse(when, at) && perDay)
            known.m_keys[hash] = {{*used, fromMicros(at), *perDay}};
    }
    return known;
}

const KnownKey *KnownKeys::find(const std::string &schema, const std::string &table, const std::string &column) const
{
    const auto it = m_keys.find(hashOf(schema, table, column));
    if (it == m_keys.end())
        return nullptr;
    it->second.seen = true;
    return &it->second.key;
}

void KnownKeys::set(const std::string &schema, const std::string &table, const std::string &column, KeyValue used, TimePoint at)
{
    Entry &entry = m_keys[hashOf(schema, table, column)];
    const auto passed = at - entry.key.at;
    KeyValue perDay = 0;
    if (entry.key.at != TimePoint{} && passed >= 1h && used > entry.key.used)
        perDay = (used - entry.key.used) * std::chrono::microseconds(24h).count() / std::chrono::microseconds(passed).count();
    else if (entry.key.at != TimePoint{} && passed < 1h)
        perDay = entry.key.perDay; // too short to tell
    entry = {{used, at, perDay}, true};
}

bool KnownKeys::isDue(const std::string &schema, const std::string &table, const std::string &column, KeyValue limit, TimePoint now) const
{
    const std::uint64_t hash = hashOf(schema, table, column);
    const auto it = m_keys.find(hash);
    if (it == m_keys.end())
        return true;
    const KnownKey &key = it->second.key;
    const auto today = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
    const bool itsDay = static_cast<std::int64_t>(hash % week) == today % week;
    const auto age = now - key.at;
    return age < 0s || age >= std::chrono::days{week} || (itsDay && age >= 20h) || sharePpm(key.used + key.perDay * ahead.count(), limit) >= halfPpm;
}

Result<void> KnownKeys::save() const
{
    std::string text(firstLine);
    text += '\n';
    for (const auto &[hash, entry] : m_keys) {
        if (!entry.seen)
            continue;
        char name[17];
        text.append(name, std::to_chars(name, name + sizeof name, hash, 16).ptr);
        text += ' ' + keyValueText(entry.key.used) + ' ' + std::to_string(toMicros(entry.key.at)) + ' ' + keyValueText(entry.key.perDay) + '\n';
    }
    std::error_code ec;
    std::filesystem::create_directories(m_file.parent_path(), ec);
    return replaceFile(m_file, text);
}

} // namespace zandb::agent
