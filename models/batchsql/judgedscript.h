// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace zandb {

/// What the guard says of a statement, as far as an editor shows it.
struct GuardMark
{
    bool allowed = false;
    bool needsConfirmation = false;
    char statementClass = 0; ///< 'R' reads; 0: none
    std::string why;         ///< with the rule, in plain English
    std::size_t at = 0;      ///< offset in the statement of what it is about
};

struct JudgedStatement
{
    std::size_t offset = 0; ///< in bytes of the script
    std::size_t length = 0;
    int line = 0;           ///< of its first word, from 0
    GuardMark mark;
};

/// A script with the guard's verdicts.
struct JudgedScript
{
    QByteArray text;                         ///< what was judged
    std::vector<JudgedStatement> statements; ///< by offset
    QString problem;                         ///< why it cannot be split, in plain English; then there are no statements
    int problemLine = 0;                     ///< from 0

    /// The statement that the cursor is in or behind; null: there is none.
    const JudgedStatement *at(std::size_t offset) const;
    /// Those that begin in these lines.
    std::vector<JudgedStatement>::const_iterator firstFrom(int line) const;
};

/// Verdicts of the statements that a script had when it was last judged, so that only changed ones are judged again.  For one thread at a time.
class GuardCache
{
public:
    /// Judges the script with the same code that agents run.  `schema`: the default schema, "": none.
    JudgedScript judge(const QByteArray &script, const std::string &schema);
    /// How many statements the last judge() had to look at anew.
    std::size_t judgedAnew() const { return m_anew; }

private:
    std::unordered_map<std::string, GuardMark> m_known;
    std::string m_schema;
    std::size_t m_anew = 0;
};

} // namespace zandb
