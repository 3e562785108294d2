// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/statementtext.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace zandb::agent {

namespace {

struct Token
{
    enum Kind { Word, Quoted, Mark } kind = Mark;
    std::string text;
};

bool sameText(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) {
        return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y));
    });
}

bool isNameByte(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// Words, quoted names and marks; literals and comments leave nothing, the code inside version comments stays.
std::vector<Token> tokensOf(std::string_view text)
{
    std::vector<Token> tokens;
    const auto skipTo = [&](std::string_view end, std::size_t from) {
        const auto at = text.find(end, from);
        return at == std::string_view::npos ? text.size() : at + end.size();
    };
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        const std::string_view rest = text.substr(i);
        if (rest.starts_with("/*!") || rest.starts_with("/*M!")) {
            i += rest[2] == 'M' ? 4 : 3;
            while (i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])))
                ++i;
        } else if (rest.starts_with("/*")) {
            i = skipTo("*/", i + 2);
        } else if (rest.starts_with("*/")) {
            i += 2;
        } else if (c == '#' || rest.starts_with("-- ")) {
            i = skipTo("\n", i);
        } else if (c == '\'' || c == '"') {
            for (++i; i < text.size() && text[i] != c; ++i) {
                if (text[i] == '\\')
                    ++i;
            }
            ++i;
        } else if (c == '`') {
            Token token{Token::Quoted, {}};
            for (++i; i < text.size(); ++i) {
                if (text[i] == '`' && (i + 1 == text.size() || text[i + 1] != '`'))
                    break;
                if (text[i] == '`')
                    ++i;
                token.text += text[i];
            }
            ++i;
            tokens.push_back(std::move(token));
        } else if (isNameByte(c)) {
            Token token{Token::Word, {}};
            while (i < text.size() && isNameByte(text[i]))
                token.text += text[i++];
            tokens.push_back(std::move(token));
        } else {
            if (!std::isspace(static_cast<unsigned char>(c)))
                tokens.push_back({Token::Mark, std::string(1, c)});
            ++i;
        }
    }
    return tokens;
}

bool isWord(const Token &token, std::string_view word)
{
    return token.kind == Token::Word && sameText(token.text, word);
}

template<std::size_t N>
bool isOneOf(const Token &token, const std::array<std::string_view, N> &words)
{
    return std::ranges::any_of(words, [&](std::string_view word) { return isWord(token, word); });
}

// "`a`.b" at this place and how many tokens that is; no table where there is no name.
TableName nameAt(const std::vector<Token> &tokens, std::size_t &at, std::string_view schema)
{
    if (at >= tokens.size() || tokens[at].kind == Token::Mark)
        return {};
    TableName name{std::string(schema), tokens[at++].text};
    if (at + 1 < tokens.size() && tokens[at].text == "." && tokens[at].kind == Token::Mark && tokens[at + 1].kind != Token::Mark) {
        name = {name.table, tokens[at + 1].text};
        at += 2;
    }
    return name;
}

} // namespace

std::string withoutLiterals(std::string_view statement)
{
    std::string out;
    for (std::size_t i = 0; i < statement.size() && out.size() < 200; ++i) {
        const char c = statement[i];
        if (c == '\'' || c == '"') {
            for (++i; i < statement.size() && statement[i] != c; ++i) {
                if (statement[i] == '\\')
                    ++i;
            }
            out += '?';
        } else if (c >= '0' && c <= '9' && (out.empty() || !(std::isalnum(static_cast<unsigned char>(out.back())) || out.back() == '_' || out.back() == '?'))) {
            while (i + 1 < statement.size() && std::isalnum(static_cast<unsigned char>(statement[i + 1])))
                ++i;
            out += '?';
        } else {
            out += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
        }
    }
    return out;
}

TableName tableDumped(std::string_view statement, std::string_view schema)
{
    // what mariadb-dump, mysqldump and mydumper begin with, and people do not
    if (!statement.starts_with("SELECT /*!40001 SQL_NO_CACHE */"))
        return {};
    const auto tokens = tokensOf(statement);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (isWord(tokens[i], "FROM"))
            return nameAt(tokens, ++i, schema);
    }
    return {};
}

bool isViewDefinition(std::string_view statement)
{
    constexpr std::array<std::string_view, 12> before{"CREATE", "OR", "REPLACE", "ALGORITHM", "UNDEFINED", "MERGE", "TEMPTABLE",
                                                      "DEFINER", "SQL", "SECURITY", "INVOKER", "CURRENT_USER"};
    const auto tokens = tokensOf(statement);
    if (tokens.empty() || tokens[0].kind != Token::Word || !sameText(tokens[0].text, "CREATE"))
        return false;
    const auto view = std::ranges::find_if(tokens, [&](const Token &token) {
        return token.kind == Token::Word && std::ranges::none_of(before, [&](std::string_view word) { return sameText(word, token.text); });
    });
    if (view == tokens.end() || !sameText(view->text, "VIEW"))
        return false;
    const auto end = std::find_if(view, tokens.end(), [](const Token &token) { return token.kind == Token::Mark && token.text == ";"; });
    return end == tokens.end() || std::next(end) == tokens.end();
}

bool namesTable(std::string_view statement, std::string_view schema, const TableName &table)
{
    // a table's name follows one of these, or a comma in a list that does
    static constexpr std::array<std::string_view, 12> before{"FROM", "JOIN", "INTO", "UPDATE", "TABLE", "TABLES", "TRUNCATE", "ON", "TO",
                                                             "REFERENCES", "INSERT", "REPLACE"};
    static constexpr std::array<std::string_view, 8> between{"IF", "NOT", "EXISTS", "IGNORE", "LOW_PRIORITY", "DELAYED", "ONLY", "ONLINE"};
    const auto tokens = tokensOf(statement);
    for (std::size_t i = 0; i < tokens.size();) {
        if (!isOneOf(tokens[i++], before))
            continue;
        for (;;) {
            while (i < tokens.size() && (isOneOf(tokens[i], between) || tokens[i].text == "("))
                ++i;
            if (i < tokens.size() && isOneOf(tokens[i], before))
                break; // INSERT INTO, TRUNCATE TABLE
            const TableName name = nameAt(tokens, i, schema);
            if (sameText(name.table, table.table) && (name.schema.empty() || table.schema.empty() || sameText(name.schema, table.schema)))
                return true;
            if (name.table.empty())
                break;
            // an alias and a kind of lock may stand before the next of a list: "AS x LOW_PRIORITY WRITE"
            for (int words = 0; words < 4 && i < tokens.size() && tokens[i].kind != Token::Mark && !isOneOf(tokens[i], before); ++words)
                ++i;
            if (i >= tokens.size() || tokens[i].text != "," || tokens[i].kind != Token::Mark)
                break;
            ++i;
        }
    }
    return false;
}

std::string ToolLines::fit(std::string_view line)
{
    // "[00] 2026-11-25 14:35:04 Waiting for query 38 (duration 0 sec): SELECT ..."
    constexpr std::string_view beginning = "Waiting for query ";
    constexpr std::string_view colon = " sec): ";
    const auto from = line.find(beginning);
    const auto statement = from == std::string_view::npos ? from : line.find(colon, from);
    if (statement != std::string_view::npos) {
        m_inStatement = true;
        const auto at = statement + colon.size();
        return std::string(line.substr(0, at)) + withoutLiterals(line.substr(at));
    }
    if (m_inStatement && !line.starts_with('['))
        return {};
    m_inStatement = false;
    return std::string(line);
}

} // namespace zandb::agent
