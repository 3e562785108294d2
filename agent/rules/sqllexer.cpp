// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqllexer.h"

#include "agent/rules/guardreasons.h"

#include <algorithm>

namespace zandb::rules {
namespace {

unsigned char byteAt(std::string_view text, std::size_t i)
{
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
}

bool isDigit(unsigned char c)
{
    return c >= '0' && c <= '9';
}

bool isHexDigit(unsigned char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// What may stand in an unquoted name on some server.
bool isNameByte(unsigned char c)
{
    return wordCodes[c] != 0 || c >= 0x80;
}

bool isSpace(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

class Lexer
{
public:
    Lexer(std::string_view text, LexMode mode, std::vector<Token> &tokens) : m_text(text), m_mode(mode), m_tokens(tokens) {}

    std::optional<Denial> run()
    {
        m_tokens.clear();
        m_tokens.reserve(m_text.size() / 4 + 8);
        while (!m_denial && m_at < m_text.size())
            step();
        if (m_denial)
            return m_denial;
        if (m_depth != 0)
            return Denial{reasons::unbalanced, m_text.size()};
        const auto end = static_cast<std::uint32_t>(m_text.size());
        m_tokens.push_back({TokenKind::End, m_spaced, m_commented, end, end, 0, {}});
        return std::nullopt;
    }
    bool escapes() const { return m_escapes; }

private:
    unsigned char peek(std::size_t ahead = 0) const { return byteAt(m_text, m_at + ahead); }

    void deny(const GuardReason &reason, std::size_t at)
    {
        if (!m_denial)
            m_denial = Denial{reason, at};
    }

    void add(TokenKind kind, std::size_t end, Word word = {}, Op op = 0)
    {
        m_tokens.push_back({kind, m_spaced, m_commented, static_cast<std::uint32_t>(m_at), static_cast<std::uint32_t>(end), op, word});
        m_spaced = m_commented = false;
        m_at = end;
    }

    const Token *last() const { return m_tokens.empty() ? nullptr : &m_tokens.back(); }
    bool isBehind(TokenKind kind) const { return !m_spaced && last() && last()->kind == kind; }
    bool isBehindOp(Op op) const { return isBehind(TokenKind::Operator) && last()->op == op; }

    void step()
    {
        const unsigned char c = peek();
        if (isSpace(c)) {
            m_spaced = true;
            ++m_at;
            return;
        }
        if (c == '/' && peek(1) == '*') {
            blockComment();
            return;
        }
        if (c == '#') {
            lineComment();
            return;
        }
        if (c == '-' && peek(1) == '-') {
            if (m_at + 2 < m_text.size() && !isSpace(peek(2)))
                return deny(reasons::dashes, m_at);
            lineComment();
            return;
        }
        if (!m_tokens.empty() && last()->kind == TokenKind::Operator && last()->op == ";"_op)
            return deny(reasons::severalStatements, last()->begin);
        if (isBehind(TokenKind::At))
            host();
        else if (isDigit(c) || (c == '.' && isDigit(peek(1)) && !isBehindName()))
            number();
        else if (isNameByte(c))
            name();
        else if (c == '`')
            backtick();
        else if (c == '\'' || c == '"')
            string(c);
        else
            symbol(c);
    }

    bool isBehindName() const { return isBehind(TokenKind::Name) || isBehind(TokenKind::Backtick); }

    void blockComment()
    {
        const unsigned char next = peek(2);
        // MariaDB's is /*M!, another server's /*T!; nobody writes a comment like that by chance
        if (next == '!' || (((next | 0x20u) >= 'a') && ((next | 0x20u) <= 'z') && peek(3) == '!'))
            return deny(reasons::serverComment, m_at);
        const std::size_t end = m_text.find("*/", m_at + 2);
        if (end == std::string_view::npos)
            return deny(reasons::openComment, m_at);
        if (const std::size_t inner = m_text.substr(m_at + 2, end - m_at - 1).find("/*"); inner != std::string_view::npos)
            return deny(reasons::nested, m_at + 2 + inner);
        if (next == '+') {
            // a server reads it as a hint only where nothing but space stands between it and the word
            if (!last() || last()->kind != TokenKind::Name || last()->word != "SELECT"_w || m_commented)
                return deny(reasons::hintPlace, m_at);
            add(TokenKind::Hint, end + 2);
            return;
        }
        m_at = end + 2;
        m_spaced = m_commented = true;
    }

    void lineComment()
    {
        const std::size_t end = std::min(m_text.find('\n', m_at), m_text.size());
        const std::string_view line = m_text.substr(m_at, end - m_at);
        for (const char *mark : {"/*", "*/"}) {
            if (const std::size_t inner = line.find(mark); inner != std::string_view::npos)
                return deny(reasons::nested, m_at + inner);
        }
        m_at = end;
        m_spaced = m_commented = true;
    }

    void host()
    {
        const unsigned char c = peek();
        if (c == '\'')
            return string(c);
        if (c == '`')
            return backtick();
        if (c == '"')
            return deny(reasons::doubleQuotes, m_at);
        std::size_t end = m_at;
        while (end < m_text.size() && (wordCodes[byteAt(m_text, end)] != 0 || m_text[end] == '.'))
            ++end;
        const unsigned char next = byteAt(m_text, end);
        if (end == m_at || next == '\'' || next == '"' || next == '`' || next >= 0x80)
            return deny(reasons::userVariable, m_tokens.back().begin);
        add(TokenKind::Host, end);
    }

    void number()
    {
        const std::size_t begin = m_at;
        std::size_t i = begin;
        const auto digits = [&] {
            const std::size_t from = i;
            while (isDigit(byteAt(m_text, i)))
                ++i;
            return i - from;
        };
        if (isBehind(TokenKind::Number) || isBehind(TokenKind::Bits) || (isBehindOp("."_op)))
            return deny(reasons::number, begin);
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'b')) {
            const bool hex = peek(1) == 'x';
            for (i = begin + 2; hex ? isHexDigit(byteAt(m_text, i)) : (byteAt(m_text, i) == '0' || byteAt(m_text, i) == '1'); ++i) { }
            if (i == begin + 2 || isNameByte(byteAt(m_text, i)) || byteAt(m_text, i) == '.')
                return deny(reasons::number, begin);
            checkIntroducer();
            add(TokenKind::Bits, i);
            return;
        }
        const std::size_t whole = digits();
        std::size_t fraction = 0;
        bool point = false;
        if (byteAt(m_text, i) == '.') {
            point = true;
            ++i;
            fraction = digits();
        }
        if ((byteAt(m_text, i) | 0x20) == 'e') {
            if (point && fraction == 0)
                return deny(reasons::number, begin); // 1.e5 and its like: servers read what comes behind differently
            ++i;
            if (byteAt(m_text, i) == '+' || byteAt(m_text, i) == '-')
                ++i;
            if (digits() == 0)
                return deny(reasons::number, begin);
        }
        if (byteAt(m_text, i) >= 0x80)
            return deny(reasons::lookAlike, i);
        if ((whole == 0 && fraction == 0) || isNameByte(byteAt(m_text, i)) || byteAt(m_text, i) == '.')
            return deny(reasons::number, begin);
        add(TokenKind::Number, i);
    }

    void name()
    {
        const unsigned char first = peek();
        if (first >= 0x80)
            return deny(reasons::lookAlike, m_at);
        if (first == '$')
            return deny(reasons::dollar, m_at);
        std::size_t end = m_at;
        Word word;
        for (unsigned char c = first; wordCodes[c] != 0; c = byteAt(m_text, ++end)) {
            const std::size_t i = end - m_at;
            if (i < longestWord)
                (i < 10 ? word.head : word.tail) |= std::uint64_t{wordCodes[c]} << (6 * (i < 10 ? 9 - i : 19 - i));
        }
        if (end - m_at > longestWord)
            word = {};
        const unsigned char next = byteAt(m_text, end);
        if (next >= 0x80)
            return deny(reasons::lookAlike, end);
        if (isBehind(TokenKind::Number) || isBehind(TokenKind::Bits))
            return deny(reasons::number, last()->begin);
        if (next == '\'' && end == m_at + 1) {
            const unsigned char kind = first | 0x20u;
            if (kind == 'n')
                return deny(reasons::national, m_at);
            if (kind == 'x' || kind == 'b')
                return bits(kind == 'x');
        }
        add(TokenKind::Name, end, word);
    }

    void bits(bool hex)
    {
        std::size_t i = m_at + 2;
        while (hex ? isHexDigit(byteAt(m_text, i)) : (byteAt(m_text, i) == '0' || byteAt(m_text, i) == '1'))
            ++i;
        // a quote behind it begins a string on servers; other readers take two quotes for one inside
        if (byteAt(m_text, i) != '\'' || byteAt(m_text, i + 1) == '\'' || (hex && (i - m_at) % 2 != 0))
            return deny(reasons::number, m_at);
        checkIntroducer();
        add(TokenKind::Bits, i + 1);
    }

    void backtick()
    {
        std::size_t end = m_at + 1;
        while (true) {
            end = m_text.find('`', end);
            if (end == std::string_view::npos)
                return deny(reasons::openName, m_at);
            if (byteAt(m_text, end + 1) != '`')
                break;
            end += 2;
        }
        if (end == m_at + 1)
            return deny(reasons::emptyName, m_at);
        add(TokenKind::Backtick, end + 1);
    }

    void string(unsigned char quote)
    {
        const bool escaping = !m_mode.noBackslashEscapes && !(quote == '"' && m_mode.ansiQuotes);
        std::size_t i = m_at + 1;
        for (;; ++i) {
            if (i >= m_text.size())
                return deny(reasons::openString, m_at);
            const unsigned char c = byteAt(m_text, i);
            if (c == '\\') {
                m_escapes = true;
                if (escaping)
                    ++i; // all of UTF-8's further bytes are above 0x7f, so the next byte alone is enough
            } else if (c == quote) {
                if (byteAt(m_text, i + 1) != quote)
                    break;
                ++i;
            }
        }
        if (i + 1 < m_text.size() && quote == '"' && m_text[i + 1] == '@')
            return deny(reasons::doubleQuotes, m_at);
        checkIntroducer();
        add(quote == '"' ? TokenKind::Double : TokenKind::Single, i + 1);
    }

    /// A literal comes: a name with _ in front of it is its character set.
    void checkIntroducer()
    {
        const Token *before = last();
        if (before && before->kind == TokenKind::Name && m_text[before->begin] == '_' && !isAny(before->word, "_utf8mb4"_w, "_binary"_w))
            deny(reasons::introducer, before->begin);
    }

    void symbol(unsigned char c)
    {
        switch (c) {
        case '\\':
            return deny(reasons::backslash, m_at);
        case '{':
        case '}':
            return deny(reasons::brace, m_at);
        case '?':
            return deny(reasons::placeholder, m_at);
        case ':':
            return deny(peek(1) == '=' ? reasons::assignment : reasons::colon, m_at);
        case '@':
            if (peek(1) == '@') {
                if (wordCodes[peek(2)] == 0 && peek(2) != '`')
                    return deny(reasons::userVariable, m_at);
                return add(TokenKind::System, m_at + 2);
            }
            if (!isBehindName() && !isBehind(TokenKind::Single))
                return deny(reasons::userVariable, m_at);
            return add(TokenKind::At, m_at + 1);
        case '*':
            if (peek(1) == '/')
                return deny(reasons::strayEnd, m_at);
            return add(TokenKind::Operator, m_at + 1, {}, "*"_op);
        case '(':
            if (m_depth == maxParentheses)
                return deny(reasons::parentheses, m_at);
            ++m_depth;
            return add(TokenKind::Operator, m_at + 1, {}, "("_op);
        case ')':
            if (m_depth == 0)
                return deny(reasons::unbalanced, m_at);
            --m_depth;
            return add(TokenKind::Operator, m_at + 1, {}, ")"_op);
        case '<':
        case '>':
        case '!':
        case '&':
        case '|':
        case '-':
            return longOperator();
        case '+':
        case ',':
        case '.':
        case ';':
        case '/':
        case '%':
        case '=':
        case '^':
        case '~':
            return add(TokenKind::Operator, m_at + 1, {}, c);
        default:
            return deny(reasons::character, m_at);
        }
    }

    void longOperator()
    {
        static constexpr std::string_view longOnes[] = {"<=>", "->>", "<=", "<>", ">=", "!=", "&&", "||", "<<", ">>", "->"};
        for (const std::string_view longOne : longOnes) {
            if (m_text.substr(m_at, longOne.size()) == longOne) {
                Op op = 0;
                for (std::size_t i = longOne.size(); i-- > 0;)
                    op = op << 8 | static_cast<unsigned char>(longOne[i]);
                return add(TokenKind::Operator, m_at + longOne.size(), {}, op);
            }
        }
        add(TokenKind::Operator, m_at + 1, {}, peek());
    }

    const std::string_view m_text;
    const LexMode m_mode;
    std::vector<Token> &m_tokens;
    std::size_t m_at = 0;
    std::size_t m_depth = 0;
    bool m_spaced = false;
    bool m_commented = false;
    bool m_escapes = false;
    std::optional<Denial> m_denial;
};

bool sameBoundaries(const std::vector<Token> &a, const std::vector<Token> &b)
{
    if (a.size() != b.size())
        return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (a[i].kind != b[i].kind || a[i].begin != b[i].begin || a[i].end != b[i].end)
            return false;
    }
    return true;
}

std::size_t firstDifference(const std::vector<Token> &a, const std::vector<Token> &b)
{
    std::size_t i = 0;
    while (i < a.size() && i < b.size() && a[i].end == b[i].end)
        ++i;
    return a[std::min(i, a.size() - 1)].begin;
}

} // namespace

std::optional<Denial> lex(std::string_view text, LexMode mode, std::vector<Token> &tokens, bool *escapes)
{
    Lexer lexer(text, mode, tokens);
    auto denial = lexer.run();
    if (escapes)
        *escapes = lexer.escapes();
    return denial;
}

std::optional<Denial> lexInAllModes(std::string_view text, std::vector<Token> &tokens)
{
    bool escapes = false;
    if (auto denial = lex(text, {}, tokens, &escapes))
        return denial;
    if (tokens.size() == 1)
        return Denial{reasons::nothing, 0};
    if (tokens.size() == 2 && tokens[0].op == ";"_op)
        return Denial{reasons::nothing, 0};
    // The modes differ only in what a backslash does inside of quotes.
    if (!escapes)
        return std::nullopt;
    std::vector<Token> others;
    for (const LexMode mode : {LexMode{true, false}, LexMode{false, true}, LexMode{true, true}}) {
        const auto denial = lex(text, mode, others);
        if (denial || !sameBoundaries(tokens, others))
            return Denial{reasons::modes, firstDifference(tokens, others)};
    }
    return std::nullopt;
}

std::string nameOf(std::string_view text, const Token &token)
{
    const std::string_view raw = text.substr(token.begin, token.end - token.begin);
    if (token.kind != TokenKind::Backtick)
        return std::string(raw);
    std::string name;
    for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
        name += raw[i];
        if (raw[i] == '`')
            ++i;
    }
    return name;
}

} // namespace zandb::rules
