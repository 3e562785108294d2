// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/dumprewriter.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string_view>

namespace zandb::agent {

namespace {

constexpr std::string_view createTable = "CREATE TABLE ";
constexpr std::string_view delimiter = "DELIMITER ";
constexpr std::size_t maxStatement = 16u << 20; // a table of 4,096 columns with long comments has some 5 MiB

bool isWordCharacter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

/// Reads on in a statement, outside of literals.
struct Reader
{
    std::string_view text;
    std::size_t at = 0;

    void skipBlanks()
    {
        while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])))
            ++at;
    }
    bool takeWord(std::string_view word)
    {
        skipBlanks();
        if (text.size() - at < word.size()
            || !std::ranges::equal(text.substr(at, word.size()), word, [](unsigned char a, unsigned char b) { return std::toupper(a) == b; })
            || (at + word.size() < text.size() && isWordCharacter(text[at + word.size()])))
            return false;
        at += word.size();
        return true;
    }
    /// 'text', "text" or `text` with its quotes; empty when there is none.
    std::string_view takeQuoted()
    {
        const std::size_t begin = at;
        if (at >= text.size() || (text[at] != '\'' && text[at] != '"' && text[at] != '`'))
            return {};
        const char quote = text[at++];
        for (; at < text.size(); ++at) {
            if (text[at] == '\\' && quote != '`')
                ++at;
            else if (text[at] == quote && at + 1 < text.size() && text[at + 1] == quote)
                ++at;
            else if (text[at] == quote)
                break;
        }
        at = std::min(at + 1, text.size());
        return text.substr(begin, at - begin);
    }
};

/// The length of a clause that tells where data lies, at the beginning of the text; 0 when there is none.
std::size_t placeClause(std::string_view text)
{
    Reader reader{text};
    const bool directory = (reader.takeWord("DATA") || reader.takeWord("INDEX")) && reader.takeWord("DIRECTORY");
    if (!directory) {
        reader.at = 0;
        if (!reader.takeWord("TABLESPACE"))
            return 0;
    }
    reader.skipBlanks();
    if (reader.at < text.size() && text[reader.at] == '=')
        ++reader.at;
    reader.skipBlanks();
    const std::string_view value = reader.takeQuoted();
    // every server has these
    static constexpr std::array<std::string_view, 4> common{"`mysql`", "`innodb_system`", "`innodb_file_per_table`", "`innodb_temporary`"};
    if (value.size() < 2 || (directory ? value[0] != '\'' : value[0] != '`' || std::ranges::count(common, value)))
        return 0;
    return reader.at;
}

} // namespace

void DumpRewriter::feed(std::span<const char> bytes, std::string &out)
{
    const char *at = bytes.data();
    const char *const end = at + bytes.size();
    while (at != end) {
        switch (m_state) {
        case State::Begin:
            m_held += *at++;
            if (m_held.back() == '\n' || m_held.size() == createTable.size())
                beginLine(out);
            break;
        case State::Line: {
            const char *const feedAt = static_cast<const char *>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
            const char *const stop = feedAt ? feedAt + 1 : end;
            out.append(at, stop);
            at = stop;
            if (feedAt)
                m_state = State::Begin;
            break;
        }
        case State::Delimiter:
            m_held += *at++;
            if (m_held.back() == '\n' || m_held.size() > 64)
                beginLine(out);
            break;
        case State::Statement:
            inStatement(*at++, out);
            break;
        }
    }
}

// Enough of a line is known to tell what it is.
void DumpRewriter::beginLine(std::string &out)
{
    const bool whole = m_held.back() == '\n';
    if (m_held.starts_with(delimiter)) {
        if (!whole && m_state == State::Begin) {
            m_state = State::Delimiter;
            return;
        }
        m_delimited = m_held != "DELIMITER ;\n";
    } else if (!m_delimited && m_held == createTable) {
        m_state = State::Statement;
        m_quote = 0;
        m_escaped = false;
        return;
    }
    out += m_held;
    m_held.clear();
    m_state = whole ? State::Begin : State::Line;
}

void DumpRewriter::inStatement(char c, std::string &out)
{
    m_held += c;
    if (m_escaped) {
        m_escaped = false;
    } else if (m_quote) {
        if (c == '\\' && m_quote != '`')
            m_escaped = true;
        else if (c == m_quote) // a doubled one closes and opens again
            m_quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
        m_quote = c;
    }
    if (m_quote == 0 && c == ';') {
        out += rewritten();
        m_held.clear();
        m_state = State::Line;
    } else if (m_held.size() > maxStatement) { // nothing a server could take
        out += m_held;
        m_held.clear();
        m_state = State::Line;
    }
}

std::string DumpRewriter::rewritten()
{
    std::string statement;
    Reader reader{m_held};
    while (reader.at < m_held.size()) {
        if (const auto quoted = reader.takeQuoted(); !quoted.empty()) {
            statement += quoted;
            continue;
        }
        const bool begins = reader.at == 0 || !isWordCharacter(m_held[reader.at - 1]);
        if (const std::size_t clause = begins && isWordCharacter(m_held[reader.at]) ? placeClause(reader.text.substr(reader.at)) : 0) {
            reader.at += clause;
            ++m_removed;
        } else {
            statement += m_held[reader.at++];
        }
    }
    return statement;
}

void DumpRewriter::finish(std::string &out)
{
    out += m_held;
    m_held.clear();
    m_state = State::Begin;
}

} // namespace zandb::agent
