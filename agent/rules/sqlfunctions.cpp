// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rules/sqlfunctions.h"

#include <algorithm>
#include <array>

namespace zandb::rules {
namespace {

constexpr std::uint8_t group = Aggregate | SpaceMatters;

template<std::size_t N>
constexpr std::array<PureFunction, N> sorted(std::array<PureFunction, N> list)
{
    std::ranges::sort(list, {}, &PureFunction::name);
    return list;
}

constexpr auto functions = sorted(std::to_array<PureFunction>({
    // aggregates, and window functions
    {"COUNT"_w, group}, {"SUM"_w, group}, {"AVG"_w, group}, {"MIN"_w, group}, {"MAX"_w, group}, {"BIT_AND"_w, group}, {"BIT_OR"_w, group},
    {"BIT_XOR"_w, group}, {"GROUP_CONCAT"_w, group}, {"JSON_ARRAYAGG"_w, group}, {"JSON_OBJECTAGG"_w, group}, {"STD"_w, group},
    {"STDDEV"_w, group}, {"STDDEV_POP"_w, group}, {"STDDEV_SAMP"_w, group}, {"VAR_POP"_w, group}, {"VAR_SAMP"_w, group}, {"VARIANCE"_w, group},
    {"ROW_NUMBER"_w, group}, {"RANK"_w, group}, {"DENSE_RANK"_w, group}, {"PERCENT_RANK"_w, group}, {"CUME_DIST"_w, group}, {"NTILE"_w, group},
    {"LAG"_w, group}, {"LEAD"_w, group}, {"FIRST_VALUE"_w, group}, {"LAST_VALUE"_w, group}, {"NTH_VALUE"_w, group},
    // time
    {"NOW"_w, SpaceMatters | DateValue}, {"CURRENT_TIMESTAMP"_w, DateValue}, {"UTC_TIMESTAMP"_w, DateValue}, {"CURDATE"_w, SpaceMatters | DateValue},
    {"UNIX_TIMESTAMP"_w, DateValue}, {"FROM_UNIXTIME"_w, DateValue}, {"DATE"_w, DateValue}, {"DATE_SUB"_w, SpaceMatters | DateValue},
    {"DATE_ADD"_w, SpaceMatters | DateValue}, {"DATE_FORMAT"_w, SpaceMatters | DateValue}, {"DATEDIFF"_w, 0}, {"TIMESTAMPDIFF"_w, 0}, {"TIMEDIFF"_w, 0},
    // numbers
    {"ABS"_w, 0}, {"ROUND"_w, 0}, {"FLOOR"_w, 0}, {"CEIL"_w, 0}, {"MOD"_w, 0}, {"GREATEST"_w, 0}, {"LEAST"_w, 0},
    // text
    {"CONCAT"_w, 0}, {"CONCAT_WS"_w, 0}, {"LENGTH"_w, 0}, {"CHAR_LENGTH"_w, 0}, {"LEFT"_w, 0}, {"RIGHT"_w, 0}, {"LOWER"_w, 0}, {"UPPER"_w, 0},
    {"SUBSTR"_w, SpaceMatters}, {"SUBSTRING"_w, SpaceMatters}, {"SUBSTRING_INDEX"_w, 0}, {"TRIM"_w, SpaceMatters}, {"REPLACE"_w, 0}, {"FORMAT"_w, 0},
    {"HEX"_w, 0},
    // choice and conversion
    {"IF"_w, 0}, {"IFNULL"_w, 0}, {"NULLIF"_w, 0}, {"COALESCE"_w, 0}, {"CAST"_w, SpaceMatters}, {"CONVERT"_w, 0},
    // the session
    {"VERSION"_w, 0}, {"USER"_w, 0}, {"CURRENT_USER"_w, 0}, {"DATABASE"_w, 0}, {"CONNECTION_ID"_w, 0},
    // GTIDs, figures, JSON
    {"GTID_SUBSET"_w, MySqlOnly}, {"GTID_SUBTRACT"_w, MySqlOnly}, {"FORMAT_BYTES"_w, MySqlOnly}, {"FORMAT_PICO_TIME"_w, MySqlOnly},
    {"JSON_EXTRACT"_w, 0}, {"JSON_UNQUOTE"_w, 0},
}));

} // namespace

const PureFunction *pureFunction(const Word &name)
{
    const auto found = std::ranges::lower_bound(functions, name, {}, &PureFunction::name);
    return found != functions.end() && found->name == name ? &*found : nullptr;
}

bool isDateWord(const Word &word)
{
    return isAny(word, "CURRENT_TIMESTAMP"_w, "CURRENT_DATE"_w, "CURRENT_TIME"_w, "LOCALTIME"_w, "LOCALTIMESTAMP"_w, "UTC_DATE"_w, "UTC_TIME"_w,
                 "UTC_TIMESTAMP"_w);
}

bool isValueWord(const Word &word)
{
    return isDateWord(word)
        || isAny(word, "NULL"_w, "TRUE"_w, "FALSE"_w, "DEFAULT"_w, "MAXVALUE"_w, "CURRENT_USER"_w, "CURRENT_ROLE"_w, "SYSDATE"_w, "ROWNUM"_w, "NOT"_w,
                 "BINARY"_w, "INTERVAL"_w, "CASE"_w, "EXISTS"_w, "MATCH"_w, "ROW"_w, "SELECT"_w, "DISTINCT"_w, "ALL"_w, "ANY"_w, "SOME"_w, "PRIOR"_w,
                 "AND"_w, "OR"_w, "XOR"_w, "DIV"_w, "MOD"_w, "IN"_w, "IS"_w, "LIKE"_w, "BETWEEN"_w, "REGEXP"_w, "RLIKE"_w, "FROM"_w, "WHERE"_w, "SET"_w,
                 "ORDER"_w, "GROUP"_w, "LIMIT"_w, "VALUES"_w, "TABLE"_w, "NEXT"_w, "PREVIOUS"_w, "COLLATE"_w, "ESCAPE"_w, "THEN"_w, "WHEN"_w, "ELSE"_w);
}

bool isIntervalUnit(const Word &word)
{
    return isAny(word, "MICROSECOND"_w, "SECOND"_w, "MINUTE"_w, "HOUR"_w, "DAY"_w, "WEEK"_w, "MONTH"_w, "QUARTER"_w, "YEAR"_w, "SECOND_MICROSECOND"_w,
                 "MINUTE_MICROSECOND"_w, "MINUTE_SECOND"_w, "HOUR_MICROSECOND"_w, "HOUR_SECOND"_w, "HOUR_MINUTE"_w, "DAY_MICROSECOND"_w, "DAY_SECOND"_w,
                 "DAY_MINUTE"_w, "DAY_HOUR"_w, "YEAR_MONTH"_w);
}

bool isCastType(const Word &word)
{
    return isAny(word, "BINARY"_w, "CHAR"_w, "NCHAR"_w, "VARCHAR"_w, "DATE"_w, "DATETIME"_w, "TIME"_w, "YEAR"_w, "DECIMAL"_w, "SIGNED"_w, "UNSIGNED"_w,
                 "INTEGER"_w, "INT"_w, "DOUBLE"_w, "FLOAT"_w, "REAL"_w, "JSON"_w);
}

} // namespace zandb::rules
