// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/optiontext.h"

#include <algorithm>
#include <array>
#include <utility>

namespace zandb::rules {
namespace {

/// As the servers' latin1 has it: 0xA0 is a blank too.
bool isBlank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == '\xa0';
}

std::size_t firstOf(std::string_view text, std::size_t at, std::size_t end)
{
    while (at < end && isBlank(text[at]))
        ++at;
    return at;
}

std::size_t lastOf(std::string_view text, std::size_t begin, std::size_t end)
{
    while (end > begin && isBlank(text[end - 1]))
        --end;
    return end;
}

/// One piece of a line.  `text[begin, end)` has neither a line break nor a byte 0.
class Reader
{
public:
    explicit Reader(std::string_view text) : m_text(text) {}

    OptionLine read(std::size_t begin, std::size_t end)
    {
        OptionLine line;
        const std::size_t at = firstOf(m_text, begin, end);
        if (at == end || m_text[at] == '#' || m_text[at] == ';')
            return line;
        if (m_text[at] == '!')
            readDirective(line, at + 1, end);
        else if (m_text[at] == '[')
            readGroup(line, at + 1, end);
        else
            readOption(line, at, end);
        return line;
    }

private:
    static void breakAt(OptionLine &line, const char *why)
    {
        line.kind = OptionLine::Kind::Broken;
        line.why = why;
    }

    void readDirective(OptionLine &line, std::size_t at, std::size_t end) const
    {
        at = firstOf(m_text, at, end);
        const std::string_view rest = m_text.substr(at, end - at);
        line.kind = OptionLine::Kind::Unknown;
        for (const auto &[word, kind] : {std::pair{std::string_view("includedir"), OptionLine::Kind::IncludeDirectory},
                                         std::pair{std::string_view("include"), OptionLine::Kind::Include}}) {
            if (!rest.starts_with(word) || rest.size() <= word.size() || !isBlank(rest[word.size()]))
                continue;
            const std::size_t begin = firstOf(m_text, at + word.size(), end);
            line.kind = kind;
            line.name = m_text.substr(begin, lastOf(m_text, begin, end) - begin);
            if (line.name.empty())
                breakAt(line, "wrong_include");
            return;
        }
    }

    void readGroup(OptionLine &line, std::size_t at, std::size_t end)
    {
        const auto close = m_text.substr(at, end - at).find(']');
        if (close == std::string_view::npos)
            return breakAt(line, "wrong_group");
        line.kind = OptionLine::Kind::Group;
        line.group = m_text.substr(at, lastOf(m_text, at, at + close) - at);
        m_group = line.group;
        m_inGroup = true;
    }

    void readOption(OptionLine &line, std::size_t at, std::size_t end) const
    {
        if (!m_inGroup)
            return breakAt(line, m_text.substr(at).starts_with("\xef\xbb\xbf") ? "utf8_mark" : "no_group");
        end = at + withoutOptionComment(m_text.substr(at, end - at)).size();
        const auto equals = m_text.substr(at, end - at).find('=');
        line.kind = OptionLine::Kind::Option;
        line.group = m_group;
        line.nameEnd = lastOf(m_text, at, equals == std::string_view::npos ? end : at + equals);
        line.name = m_text.substr(at, line.nameEnd - at);
        line.valueBegin = line.valueEnd = line.nameEnd;
        if (equals == std::string_view::npos)
            return;
        line.valueBegin = firstOf(m_text, at + equals + 1, end);
        line.valueEnd = lastOf(m_text, line.valueBegin, end);
        line.value = optionValue(m_text.substr(line.valueBegin, line.valueEnd - line.valueBegin));
    }

    std::string_view m_text;
    std::string m_group;
    bool m_inGroup = false;
};

bool takePrefix(std::string &name, std::string_view prefix)
{
    if (!name.starts_with(prefix) || name.size() == prefix.size())
        return false;
    name.erase(0, prefix.size());
    return true;
}

// Variables and options whose own name begins with skip_.
constexpr std::array<std::string_view, 13> skipNames{
    "skip_name_resolve", "skip_networking", "skip_external_locking", "skip_show_database", "skip_slave_start", "skip_replica_start", "skip_grant_tables",
    "skip_parallel_replication", "skip_replication", "skip_host_cache", "skip_stack_trace", "skip_new", "skip_symlink"};

// The line break that the text uses.
std::string_view lineBreak(std::string_view text)
{
    const auto at = text.find('\n');
    return at != text.npos && at > 0 && text[at - 1] == '\r' ? "\r\n" : "\n";
}

} // namespace

std::vector<OptionLine> readOptionText(std::string_view text, std::size_t pieceBytes)
{
    std::vector<OptionLine> lines;
    Reader reader(text);
    int number = 0;
    for (std::size_t at = 0; at < text.size();) {
        ++number;
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const bool isLong = end - at > pieceBytes;
        for (std::size_t piece = at; piece < end || piece == at; piece += pieceBytes) {
            const std::size_t pieceEnd = std::min(end, piece + pieceBytes);
            // servers see a line up to its first byte 0
            const std::size_t seen = std::min(text.substr(0, pieceEnd).find('\0', piece), pieceEnd);
            OptionLine line = reader.read(piece, seen);
            line.line = number;
            line.begin = piece;
            line.end = pieceEnd;
            line.isPiece = isLong || seen != pieceEnd;
            lines.push_back(std::move(line));
            if (lines.back().kind == OptionLine::Kind::Broken)
                return lines;
        }
        at = end + 1;
    }
    return lines;
}

std::string_view withoutOptionComment(std::string_view line)
{
    char quote = 0;
    bool escaped = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if ((c == '\'' || c == '"') && !escaped) {
            if (!quote)
                quote = c;
            else if (quote == c)
                quote = 0;
        }
        if (!quote && c == '#')
            return line.substr(0, i);
        escaped = quote && c == '\\' && !escaped;
    }
    return line;
}

std::string optionValue(std::string_view written)
{
    if (written.size() >= 2 && (written.front() == '"' || written.front() == '\'') && written.back() == written.front())
        written = written.substr(1, written.size() - 2);
    std::string plain;
    plain.reserve(written.size());
    for (std::size_t i = 0; i < written.size(); ++i) {
        if (written[i] != '\\' || i + 1 == written.size()) {
            plain += written[i];
            continue;
        }
        constexpr std::string_view letters = "ntrbs\"'\\";
        constexpr std::string_view meanings = "\n\t\r\b \"'\\";
        const auto known = letters.find(written[++i]);
        if (known == letters.npos)
            plain.append(1, '\\').append(1, written[i]);
        else
            plain += meanings[known];
    }
    return plain;
}

std::string writtenOptionValue(std::string_view value)
{
    constexpr std::string_view plainBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:,;+*@%~^|()&$!<>{}?=";
    const bool plain = !value.empty() && value.find_first_not_of(plainBytes) == value.npos;
    if (plain)
        return std::string(value);
    std::string written = "\"";
    for (const char c : value) {
        switch (c) {
        case '\n':
            written += "\\n";
            break;
        case '\t':
            written += "\\t";
            break;
        case '\r':
            written += "\\r";
            break;
        case '\b':
            written += "\\b";
            break;
        case '"':
        case '\\':
            written.append(1, '\\').append(1, c);
            break;
        default:
            written += c;
        }
    }
    return written + '"';
}

OptionName optionName(std::string_view written)
{
    OptionName name;
    name.variable = written;
    std::ranges::replace(name.variable, '-', '_');
    for (bool more = true; more;) {
        if (std::ranges::find(skipNames, name.variable) != skipNames.end())
            break;
        more = false;
        for (const auto &[prefix, flag] : {std::pair{"loose_", &OptionName::loose}, std::pair{"maximum_", &OptionName::maximum},
                                           std::pair{"skip_", &OptionName::turnsOff}, std::pair{"disable_", &OptionName::turnsOff},
                                           std::pair{"enable_", &OptionName::turnsOn}}) {
            if (takePrefix(name.variable, prefix)) {
                name.*flag = true;
                more = prefix == std::string_view("loose_");
                break;
            }
        }
    }
    return name;
}

std::string optionMeaning(const OptionName &name, const std::optional<std::string> &value)
{
    if (name.turnsOff)
        return value == "0" ? "ON" : "OFF";
    if (name.turnsOn)
        return value == "0" ? "OFF" : "ON";
    return value ? *value : "ON";
}

std::string canonicalVariable(std::string_view variable, bool mariaDb)
{
    if (mariaDb) {
        for (const auto &[alias, one] : {std::pair{"log_slow_query", "slow_query_log"}, std::pair{"log_slow_query_time", "long_query_time"},
                                         std::pair{"log_slow_query_file", "slow_query_log_file"},
                                         std::pair{"log_slow_min_examined_row_limit", "min_examined_row_limit"},
                                         std::pair{"log_slow_replica_statements", "log_slow_slave_statements"},
                                         std::pair{"skip_replica_start", "skip_slave_start"}, std::pair{"key_buffer", "key_buffer_size"}}) {
            if (variable == alias)
                return one;
        }
        return std::string(variable);
    }
    // MySQL 8.0.26 named them anew; both names set the same
    std::string one(variable);
    for (const auto &[old, now] : {std::pair{std::string_view("slave"), std::string_view("replica")}, std::pair{std::string_view("master"), std::string_view("source")}}) {
        if (const auto at = one.find(old); at != one.npos && !one.starts_with("rpl_"))
            one.replace(at, old.size(), now);
    }
    return one;
}

std::string withOptionValue(std::string_view text, const OptionLine &line, std::string_view value)
{
    const std::size_t nameBegin = line.nameEnd - line.name.size();
    std::string changed(text.substr(0, nameBegin));
    std::string name = line.name;
    const OptionName meant = optionName(name);
    const char first = meant.variable.empty() ? ' ' : meant.variable.front();
    if ((meant.turnsOff || meant.turnsOn) && ((first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z'))) {
        // the dashes of what stays are as they were written
        name = (meant.loose ? name.substr(0, 6) : std::string()) + name.substr(name.size() - meant.variable.size());
    }
    changed += name;
    if (line.value)
        changed += text.substr(line.nameEnd, line.valueBegin - line.nameEnd);
    else
        changed += '=';
    changed += writtenOptionValue(value);
    return changed.append(text.substr(line.valueEnd));
}

std::string withoutOption(std::string_view text, const OptionLine &line)
{
    return std::string(text.substr(0, line.begin)).append("#").append(text.substr(line.begin));
}

std::string withNewOption(std::string_view text, std::string_view group, std::string_view name, std::string_view value)
{
    const std::string_view ending = lineBreak(text);
    std::string option = std::string(name) + '=' + writtenOptionValue(value);
    const auto lines = readOptionText(text);
    std::optional<std::size_t> at;
    bool inside = false;
    for (const OptionLine &line : lines) {
        if (line.kind == OptionLine::Kind::Group)
            inside = line.group == group;
        if (inside && (line.kind != OptionLine::Kind::Nothing || firstOf(text, line.begin, line.end) != line.end))
            at = std::min(text.find('\n', line.end), text.size());
    }
    std::string changed(text);
    if (!at) {
        if (!changed.empty() && changed.back() != '\n')
            changed += ending;
        return changed.append("[").append(group).append("]").append(ending).append(option).append(ending);
    }
    if (*at == text.size()) // the last line has no line break
        return changed.append(ending).append(option).append(ending);
    return changed.insert(*at + 1, option.append(text[*at - 1] == '\r' ? "\r\n" : "\n"));
}

} // namespace zandb::rules
