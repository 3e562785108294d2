// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace zandb {

/// The shape of a statement: literals are `?`, lists of them `(?+)`, words are in lower case, comments are gone.  Statements with the same shape are one class, the digest.
///
/// The text is the one that pt-query-digest 3.2.1 makes, to the byte, so that figures of both tools can be compared.  It is another one only where
/// that tool shows a part of a literal, or takes code for a comment or a comment for code:
/// - `--` begins a comment only before white space or the end, and a comment may hold quotes; what looks like a comment in a string or a quoted name is none;
/// - `/*!`, `/*M!` and a hint `/*+` behind its verb are code; an empty comment ends where it ends;
/// - white space before a comment at the end is gone with it;
/// - quotes in strings of the other kind, escaped backslashes and quotes in `names` begin nothing; a string that is not closed is hidden to its end;
/// - arguments of CALL that hold literals are never shown.
///
/// Linear in the text's length apart from repeated UNIONs, whose search is limited.  An object keeps its memory between
/// calls and then allocates no more.  Not thread-safe; each thread has its own.
class Fingerprinter
{
public:
    /// Stays valid until the next call.
    std::string_view operator()(std::string_view statement);

private:
    std::string_view shape(std::string_view text, bool withComments);
    void run(const char *from, const char *end, bool plain);
    void emitQuestion(char before);
    void endWord(const char *wordBegin, const char *wordEnd, const char *end);
    void takeComment(const char *&p, const char *end);
    bool isCutHere(const char *close, const char *end) const;
    void collapse();
    void collapseLists();
    void collapseLimit();
    void collapseUnions();
    void dropAscending();
    std::string stripped(std::string_view text) const;

    std::unique_ptr<char[]> m_buffer;
    std::size_t m_capacity = 0;
    const char *m_source = nullptr; ///< begin of what is read
    const char *m_sourceEnd = nullptr;
    char *m_begin = nullptr;        ///< of what is written
    char *m_out = nullptr;
    std::vector<std::size_t> m_lists; ///< places behind IN, VALUE and VALUES
    std::size_t m_limit = 0;          ///< place behind the first LIMIT; 0 when there is none
    bool m_union = false;
    bool m_order = false;
    bool m_withComments = true;
    bool m_glued = false;    ///< a comment stood between two things that its absence would join
    bool m_done = false;     ///< the rest is not looked at
    bool m_isInsert = false; ///< INSERT or REPLACE INTO, of which only the first row is looked at
    bool m_values = false;   ///< VALUES and its parenthesis were seen
    bool m_commentLast = false;
    bool m_toolkit = false;
    bool m_inCode = false;   ///< in a comment that is carried out
    bool m_unclosed = false; ///< no block comment is closed from here on
    std::string m_text; ///< the answer where it is not in the buffer
    std::string m_spare;
};

/// For a single statement.
std::string fingerprint(std::string_view statement);

} // namespace zandb
