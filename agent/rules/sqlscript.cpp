// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqlscript.h"

#include "agent/rules/sqlwords.h"

#include <algorithm>

namespace zandb::rules {
namespace {

constexpr std::size_t longestDelimiter = 16;

bool isBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

class Splitter
{
public:
    explicit Splitter(std::string_view script) : m_script(script) {}

    SplitScript run()
    {
        while (m_at < m_script.size() && !m_result.problem)
            step();
        if (!m_result.problem)
            endItem();
        if (m_result.problem)
            m_result.items.clear();
        return std::move(m_result);
    }

private:
    char peek(std::size_t ahead = 0) const { return m_at + ahead < m_script.size() ? m_script[m_at + ahead] : '\0'; }
    bool isNext(std::string_view text) const { return m_script.substr(m_at, text.size()) == text; }

    void refuse(std::string_view code, std::string_view text, std::size_t at)
    {
        if (!m_result.problem)
            m_result.problem = ScriptProblem{code, text, at, lineOf(at)};
    }

    /// Offsets are asked for in rising order, but for problems.
    std::size_t lineOf(std::size_t offset)
    {
        if (offset < m_counted) {
            m_counted = 0;
            m_line = 1;
        }
        m_line += static_cast<std::size_t>(std::count(m_script.begin() + static_cast<std::ptrdiff_t>(m_counted),
                                                      m_script.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
        m_counted = offset;
        return m_line;
    }

    void step()
    {
        const char c = peek();
        if (isNext(m_delimiter) && !isBlank(c)) {
            endItem();
            m_at += m_delimiter.size();
        } else if (isBlank(c)) {
            ++m_at;
        } else if (c == '#' || (c == '-' && peek(1) == '-' && (m_at + 2 >= m_script.size() || isBlank(peek(2))))) {
            m_at = std::min(m_script.find('\n', m_at), m_script.size());
        } else if (c == '/' && peek(1) == '*') {
            comment();
        } else if (wordCodes[static_cast<unsigned char>(c)] != 0) {
            word();
        } else {
            begin();
            if (c == '\'' || c == '"' || c == '`') {
                quoted(c);
            } else {
                m_label = m_label || (c == ':' && peek(1) != '=' && m_words.size() == 1);
                ++m_at;
            }
            m_end = m_at;
        }
    }

    void begin()
    {
        if (!m_open) {
            m_open = true;
            m_begin = m_at;
            m_words.clear();
            m_compound = m_label = false;
        }
    }

    /// Executable comments are part of the statement: so that the guard sees them.
    void comment()
    {
        const std::size_t end = m_script.find("*/", m_at + 2);
        if (end == std::string_view::npos)
            return refuse("script.open_comment", "the comment has no end", m_at);
        const bool executed = peek(2) == '!' || (peek(2) != '\0' && peek(3) == '!') || peek(2) == '+';
        if (executed)
            begin();
        m_at = end + 2;
        if (executed)
            m_end = m_at;
    }

    void quoted(char quote)
    {
        const std::size_t from = m_at;
        for (++m_at; m_at < m_script.size(); ++m_at) {
            if (m_script[m_at] == '\\' && quote != '`') {
                ++m_at;
            } else if (m_script[m_at] == quote) {
                ++m_at;
                if (peek() != quote)
                    return;
            }
        }
        m_at = m_script.size();
        refuse(quote == '`' ? "script.open_name" : "script.open_string", "the script ends inside of quotes", from);
    }

    void word()
    {
        std::size_t end = m_at;
        // a delimiter such as $$ may stand right behind a word
        while (end < m_script.size() && wordCodes[static_cast<unsigned char>(m_script[end])] != 0
               && (end == m_at || m_script.substr(end, m_delimiter.size()) != m_delimiter))
            ++end;
        const Word found = wordOf(m_script.substr(m_at, end - m_at));
        if (found == "DELIMITER"_w && isLineStart(m_at) && (end == m_script.size() || isBlank(m_script[end])))
            return delimiter(end);
        begin();
        if (m_words.size() < 16)
            m_words.push_back(found);
        m_compound = m_compound || isAny(found, "BEGIN"_w, "LOOP"_w, "REPEAT"_w, "WHILE"_w, "THEN"_w);
        m_end = m_at = end;
    }

    bool isLineStart(std::size_t at) const
    {
        while (at > 0 && (m_script[at - 1] == ' ' || m_script[at - 1] == '\t'))
            --at;
        return at == 0 || m_script[at - 1] == '\n';
    }

    void delimiter(std::size_t from)
    {
        if (m_open)
            return refuse("script.delimiter_inside", "DELIMITER in the middle of a statement", m_at);
        const std::size_t end = std::min(m_script.find('\n', from), m_script.size());
        std::string_view name = m_script.substr(from, end - from);
        while (!name.empty() && isBlank(name.front()))
            name.remove_prefix(1);
        while (!name.empty() && isBlank(name.back()))
            name.remove_suffix(1);
        if (name.empty() || name.size() > longestDelimiter || name.find_first_of("\\'\"` \t") != std::string_view::npos)
            return refuse("script.delimiter", "DELIMITER names no delimiter: up to 16 characters without space, quotes and backslash", m_at);
        m_delimiter = name;
        m_at = end;
    }

    void endItem()
    {
        if (!m_open)
            return;
        m_open = false;
        if (m_delimiter == ";" && isAmbiguous())
            return refuse("script.ambiguous", "a compound statement: put it between DELIMITER lines, else nobody can say where it ends", m_begin);
        m_result.items.push_back({m_begin, m_end - m_begin, lineOf(m_begin)});
    }

    bool isAmbiguous() const
    {
        if (m_label)
            return true;
        if (m_words.empty())
            return false;
        const Word first = m_words[0];
        if (first == "BEGIN"_w)
            return m_words.size() > 1 && m_words[1] != "WORK"_w;
        if (isAny(first, "IF"_w, "CASE"_w, "LOOP"_w, "WHILE"_w, "REPEAT"_w, "FOR"_w, "DECLARE"_w, "END"_w, "LEAVE"_w, "ITERATE"_w, "ELSE"_w, "ELSEIF"_w, "UNTIL"_w))
            return true;
        if (!isAny(first, "CREATE"_w, "ALTER"_w) || !m_compound)
            return false;
        // the first word that says what is made
        for (const Word &word : m_words) {
            if (isAny(word, "PROCEDURE"_w, "FUNCTION"_w, "TRIGGER"_w, "EVENT"_w, "PACKAGE"_w))
                return true;
            if (isAny(word, "TABLE"_w, "DATABASE"_w, "SCHEMA"_w, "INDEX"_w, "VIEW"_w, "USER"_w, "ROLE"_w, "SERVER"_w, "TABLESPACE"_w, "SEQUENCE"_w))
                return false;
        }
        return false;
    }

    const std::string_view m_script;
    SplitScript m_result;
    std::string_view m_delimiter = ";";
    std::size_t m_at = 0;
    bool m_open = false;      ///< a statement has begun
    std::size_t m_begin = 0;
    std::size_t m_end = 0;
    std::vector<Word> m_words; ///< its first ones
    bool m_compound = false;
    bool m_label = false;
    std::size_t m_counted = 0;
    std::size_t m_line = 1;
};

} // namespace

SplitScript splitScript(std::string_view script)
{
    return Splitter(script).run();
}

} // namespace zandb::rules
