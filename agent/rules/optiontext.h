// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The text of one option file (my.cnf), read as servers read it: as my_print_defaults of MariaDB 10.11 and MySQL 9.7 do, compared in
/// tests.  Pure and thread-safe; nothing in the text is an error, since it comes from outside.
namespace zandb::rules {

/// MariaDB reads a line in pieces of at most so many bytes; the rest of a longer one is a line of its own to it.  MySQL 9.7 reads all.
inline constexpr std::size_t optionPieceBytes = 4094;

struct OptionLine
{
    enum class Kind {
        Nothing,          ///< blank, or a comment
        Group,            ///< [name]
        Option,
        Include,          ///< !include PATH
        IncludeDirectory, ///< !includedir PATH
        Unknown,          ///< another line with '!': servers skip it
        Broken            ///< here they stop reading this file
    };
    Kind kind = Kind::Nothing;
    int line = 0;                       ///< from 1; pieces of one line share its number
    std::size_t begin = 0, end = 0;     ///< bytes of the line in the text, without '\n'
    std::string group = {};             ///< of Group, and where an Option stands
    std::string name = {};              ///< of an Option, as written; of an include, its path
    std::optional<std::string> value = {}; ///< without quotes and escapes; nullopt: there is no '='
    std::size_t nameEnd = 0;            ///< where the name ends in the text
    std::size_t valueBegin = 0, valueEnd = 0; ///< with its quotes, without a comment and blanks; equal when there is none
    bool isPiece = false;               ///< of a line longer than a piece, or with a byte 0: nobody should change it
    std::string why = {};               ///< of Broken: "utf8_mark", "no_group", "wrong_group", "wrong_include"
};

/// All lines, in their order; nothing behind a Broken one.
std::vector<OptionLine> readOptionText(std::string_view text, std::size_t pieceBytes = optionPieceBytes);

/// The line up to a comment that begins within it: '#' outside of quotes.  A quote that is never closed goes to the end.
std::string_view withoutOptionComment(std::string_view line);
/// What a written value means: quotes around it are taken off, escapes are read; of those that servers do not know the backslash stays.
std::string optionValue(std::string_view written);
/// How a value is to be written so that servers read it back: as it is, or in quotes with escapes.  It must have no byte 0.
std::string writtenOptionValue(std::string_view value);

/// What an option's name says: prefixes taken off, `_` for `-`.  Servers keep apart upper and lower case.
struct OptionName
{
    std::string variable;     ///< "max_connections"
    bool loose = false;       ///< a server that does not know it goes on
    bool maximum = false;     ///< sets the upper bound of the variable, not its value
    bool turnsOff = false;    ///< skip-, disable-: without a value, or with another than 0, it means 0
    bool turnsOn = false;     ///< enable-
};
OptionName optionName(std::string_view written);
/// The variable's value that an option asks for: an option without a value means ON, skip- OFF.
std::string optionMeaning(const OptionName &name, const std::optional<std::string> &value);
/// One name for the spellings that are one variable of a server: MariaDB's log_slow_query_time is long_query_time.
std::string canonicalVariable(std::string_view variable, bool mariaDb);

/// The text with the value of its line `line` (of readOptionText, an Option) replaced; nothing else changes.  A name with skip- or
/// disable- is written without it.
std::string withOptionValue(std::string_view text, const OptionLine &line, std::string_view value);
/// The text with this line made a comment.
std::string withoutOption(std::string_view text, const OptionLine &line);
/// The text with a new option behind the last line of the group's last part (which is made at the end where there is none).
std::string withNewOption(std::string_view text, std::string_view group, std::string_view name, std::string_view value);

} // namespace zandb::rules
