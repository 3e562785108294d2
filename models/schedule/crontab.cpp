// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/schedule/crontab.h"

#include "models/schedule/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>

namespace zandb::crontab {
namespace {

constexpr std::size_t mostBytes = 1 << 20;

bool isBlank(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (isBlank(text.front()) || text.front() == '\r'))
        text.remove_prefix(1);
    while (!text.empty() && (isBlank(text.back()) || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// The first word; `text` begins with the next one.
std::string_view takeWord(std::string_view &text)
{
    const auto end = std::min(text.find_first_of(" \t"), text.size());
    const std::string_view word = text.substr(0, end);
    text = trimmed(text.substr(end));
    return word;
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

constexpr std::array<std::string_view, 12> monthNames{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> dayNames{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field
{
    std::set<int> values;
    bool isAny = false; ///< "*", without a step
    int step = 0;       ///< of "*/N" alone
};

template<std::size_t n>
std::optional<int> numberOf(std::string_view text, const std::array<std::string_view, n> &names, int first)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (!text.empty() && error == std::errc() && end == text.data() + text.size())
        return value;
    const auto name = std::ranges::find(names, lower(text));
    return name == names.end() ? std::nullopt : std::optional(static_cast<int>(name - names.begin()) + first);
}

template<std::size_t n>
std::optional<Field> readField(std::string_view text, int least, int most, const std::array<std::string_view, n> &names)
{
    Field field;
    field.isAny = text == "*";
    for (bool isLast = false; !isLast;) {
        const auto comma = text.find(',');
        isLast = comma == text.npos;
        std::string_view part = text.substr(0, comma);
        text.remove_prefix(isLast ? text.size() : comma + 1);
        int step = 1;
        bool hasStep = false;
        if (const auto slash = part.find('/'); slash != part.npos) {
            const std::string_view digits = part.substr(slash + 1);
            const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), step);
            if (digits.empty() || error != std::errc() || end != digits.data() + digits.size() || step < 1 || step > most)
                return std::nullopt;
            part = part.substr(0, slash);
            hasStep = true;
        }
        int from = least, to = most;
        if (part != "*") {
            const auto dash = part.find('-');
            const auto low = numberOf(part.substr(0, dash), names, least);
            const auto high = dash == part.npos ? (hasStep ? std::optional(most) : low) : numberOf(part.substr(dash + 1), names, least);
            if (!low || !high || *low < least || *high > most || *low > *high)
                return std::nullopt;
            from = *low;
            to = *high;
        } else if (hasStep && isLast && field.values.empty()) {
            field.step = step;
        }
        for (int value = from; value <= to; value += step)
            field.values.insert(value);
    }
    return field;
}

constexpr std::array<std::string_view, 0> noNames{};

std::string twoDigits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

/// The schedule of the five fields; else why there is none.
std::string readTimes(std::string_view (&fields)[5], const std::string &zone, Json &schedule)
{
    const auto minutes = readField(fields[0], 0, 59, noNames), hours = readField(fields[1], 0, 23, noNames), days = readField(fields[2], 1, 31, noNames),
               months = readField(fields[3], 1, 12, monthNames);
    auto weekdays = readField(fields[4], 0, 7, dayNames);
    if (!minutes || !hours || !days || !months || !weekdays)
        return "not_understood";
    if (weekdays->values.contains(7)) { // Sunday as well
        weekdays->values.erase(7);
        weekdays->values.insert(0);
    }
    if (months->values.size() != 12)
        return "months";
    const bool everyDay = days->values.size() == 31, everyWeekday = weekdays->values.size() == 7;
    if (!everyDay && !everyWeekday)
        return "day_or_weekday";
    const bool isAllDay = everyDay && everyWeekday && hours->values.size() == 24;
    const auto interval = [&](int seconds, int minute) {
        schedule = {{"every", "interval"}, {"seconds", seconds}, {"anchor", "2026-01-01T00:" + twoDigits(minute) + ":00Z"}};
        return std::string();
    };
    if (isAllDay && minutes->values.size() == 1)
        return interval(3600, *minutes->values.begin());
    if (isAllDay && minutes->values.size() > 1) {
        const int gap = *std::next(minutes->values.begin()) - *minutes->values.begin();
        int expected = *minutes->values.begin();
        const bool isEven = 60 % gap == 0 && static_cast<int>(minutes->values.size()) == 60 / gap
            && std::ranges::all_of(minutes->values, [&](int value) { return value == std::exchange(expected, expected + gap); });
        if (isEven)
            return interval(gap * 60, *minutes->values.begin());
        if (minutes->step > 0)
            return "uneven";
    }
    Json at = Json::array();
    for (const int hour : hours->values) {
        for (const int minute : minutes->values)
            at.push_back(twoDigits(hour) + ":" + twoDigits(minute));
    }
    schedule = {{"every", "day"}, {"at", at.size() == 1 ? at.front() : at}, {"zone", zone}};
    if (!everyWeekday) {
        schedule["every"] = "week";
        schedule["on"] = Json::array();
        for (const int day : weekdays->values)
            schedule["on"].push_back(std::string(dayNames[static_cast<std::size_t>(day)]));
    } else if (!everyDay) {
        schedule["every"] = "month";
        schedule["on"] = days->values;
    }
    return {};
}

std::string baseName(std::string_view path) { return std::string(path.substr(path.rfind('/') == path.npos ? 0 : path.rfind('/') + 1)); }

struct Tool
{
    std::string_view program;
    std::string_view kind;
    std::string_view method;
};
constexpr auto tools = std::to_array<Tool>({
    {"mariabackup", "backup", "physical"}, {"mariadb-backup", "backup", "physical"}, {"xtrabackup", "backup", "physical"}, {"innobackupex", "backup", "physical"},
    {"mysqldump", "backup", "logical"}, {"mariadb-dump", "backup", "logical"}, {"mysqlpump", "backup", "logical"}, {"mydumper", "backup", "mydumper"},
    {"logrotate", "rotate", ""},
});
constexpr auto databaseTools = std::to_array<std::string_view>({"mysql", "mariadb", "mysqladmin", "mariadb-admin", "mysqlcheck", "mariadb-check", "mysqlbinlog", "mariadb-binlog"});

/// Whether the word gives a password, and the word without it.
bool hidePassword(std::string &word, bool isDatabaseTool)
{
    const auto equals = word.find('=');
    if (word.starts_with("--") && equals != word.npos && lower(word.substr(0, equals)).find("pass") != std::string::npos) {
        word.replace(equals + 1, word.npos, "***");
        return true;
    }
    if (isDatabaseTool && word.starts_with("-p") && word.size() > 2) {
        word.replace(2, word.npos, "***");
        return true;
    }
    return false;
}

bool isToolOfDatabases(const std::string &name)
{
    return name.starts_with("pt-") || std::ranges::find(tools, name, &Tool::program) != tools.end() || std::ranges::find(databaseTools, name) != databaseTools.end();
}

/// The text with the passwords of its words replaced, for showing; also of a line that is not understood.
std::string withoutPasswords(std::string_view text)
{
    bool isDatabaseTool = false;
    std::string out;
    while (!text.empty()) {
        const auto begin = std::min(text.find_first_not_of(" \t;|&()"), text.size());
        out += text.substr(0, begin);
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(" \t;|&()"), text.size());
        std::string word(text.substr(0, end));
        text.remove_prefix(end);
        isDatabaseTool = isDatabaseTool || isToolOfDatabases(baseName(word));
        hidePassword(word, isDatabaseTool);
        if (const auto equals = word.find('='); equals != word.npos && !word.starts_with('-') && lower(word.substr(0, equals)).find("pass") != std::string::npos)
            word.replace(equals + 1, word.npos, "***"); // PASSWORD=secret mysqldump ...
        if (const auto equals = word.find('='); equals != word.npos && lower(word.substr(0, equals)).ends_with("_pwd"))
            word.replace(equals + 1, word.npos, "***"); // MYSQL_PWD=secret
        out += word;
    }
    return out;
}

/// "/usr/local/bin/purge-cache.sh" becomes "purge-cache.sh": a name that the catalogue takes.
std::string nameFor(std::string_view program)
{
    std::string name = baseName(program);
    for (char &c : name) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
        c = fits ? c : '_';
    }
    return name.substr(0, 64);
}

void readCommand(std::string_view command, Line &line)
{
    if (command.empty()) {
        line.why = "no_command";
        return;
    }
    // cron turns an unescaped % into the end of the command
    for (std::size_t i = 0; i < command.size(); ++i) {
        if (command[i] == '%' && (i == 0 || command[i - 1] != '\\')) {
            line.why = "percent";
            return;
        }
    }
    bool hasRedirection = false;
    auto words = splitCommand(command, hasRedirection);
    if (!words || words->empty()) {
        line.why = "shell";
        return;
    }
    if (hasRedirection)
        line.notes.emplace_back("output_dropped");
    const std::string program = baseName(words->front());
    bool hasPassword = false;
    for (std::string &word : *words)
        hasPassword |= hidePassword(word, isToolOfDatabases(program));
    if (hasPassword)
        line.notes.emplace_back("password");
    line.words = std::move(*words);
    if (const auto tool = std::ranges::find(tools, program, &Tool::program); tool != tools.end()) {
        line.kind = tool->kind;
        if (!tool->method.empty())
            line.args["method"] = tool->method;
    } else if (!line.words.front().starts_with('/')) {
        line.why = "no_path";
        return;
    } else {
        line.kind = "script";
        line.scriptName = nameFor(line.words.front()); // read() makes it unique
    }
    line.verdict = "task";
}

/// NAME=VALUE of a variable; nothing for every other line.
std::optional<std::pair<std::string, std::string>> settingOf(std::string_view text)
{
    const auto equals = text.find('=');
    if (equals == text.npos)
        return std::nullopt;
    const std::string_view name = trimmed(text.substr(0, equals));
    const bool isName = !name.empty() && !(name.front() >= '0' && name.front() <= '9') && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    });
    if (!isName)
        return std::nullopt;
    std::string_view value = trimmed(text.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
        value = value.substr(1, value.size() - 2);
    return std::pair(std::string(name), std::string(value));
}

void readTask(std::string_view text, const Options &options, const std::string &zone, bool hasEnvironment, Line &line)
{
    line.verdict = "no";
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> names{{{"@hourly", "0 * * * *"}, {"@daily", "0 0 * * *"}, {"@midnight", "0 0 * * *"},
                                                                                  {"@weekly", "0 0 * * 0"}, {"@monthly", "0 0 1 * *"}, {"@yearly", ""}}};
    std::string_view times = text;
    if (text.starts_with('@')) {
        const std::string name = lower(takeWord(text));
        const auto known = std::ranges::find(names, name, &std::pair<std::string_view, std::string_view>::first);
        if (name == "@reboot" || name == "@yearly" || name == "@annually" || known == names.end()) {
            line.why = name == "@reboot" ? "reboot" : name == "@yearly" || name == "@annually" ? "yearly" : "not_understood";
            return;
        }
        times = known->second;
    }
    const bool isNamed = times.data() != text.data();
    std::string_view fields[5];
    for (std::string_view &field : fields)
        field = takeWord(isNamed ? times : text);
    if (options.isSystem)
        line.user = takeWord(text);
    if (line.why = readTimes(fields, zone, line.schedule); !line.why.empty())
        return;
    if (!Schedule::fromJson(line.schedule)) {
        line.why = "zone";
        return;
    }
    readCommand(text, line);
    if (line.verdict != "task")
        return;
    if (options.isSystem)
        line.notes.emplace_back("other_user");
    if (hasEnvironment && !line.scriptName.empty())
        line.notes.emplace_back("environment");
}

} // namespace

std::optional<std::vector<std::string>> splitCommand(std::string_view command, bool &hasRedirection)
{
    std::vector<std::string> words;
    hasRedirection = false;
    std::string word;
    bool isInWord = false;
    for (std::size_t i = 0; i < command.size(); ++i) {
        const char c = command[i];
        if (isBlank(c)) {
            if (isInWord)
                words.push_back(std::exchange(word, {}));
            isInWord = false;
        } else if (c == '\'' || c == '"') {
            isInWord = true;
            for (++i; i < command.size() && command[i] != c; ++i) {
                if (c == '"' && (command[i] == '$' || command[i] == '`'))
                    return std::nullopt;
                if (c == '"' && command[i] == '\\' && i + 1 < command.size() && (command[i + 1] == '"' || command[i + 1] == '\\' || command[i + 1] == '$' || command[i + 1] == '`'))
                    ++i;
                word += command[i];
            }
            if (i >= command.size())
                return std::nullopt;
        } else if (c == '\\' && i + 1 < command.size()) {
            isInWord = true;
            word += command[++i];
        } else if (c == '>' || (c == '&' && i + 1 < command.size() && command[i + 1] == '>')) {
            // "> FILE", ">> FILE", "2>&1", "&> FILE" up to the end of the command: a run keeps what a program says
            if (isInWord && !(word == "1" || word == "2"))
                words.push_back(word);
            hasRedirection = true;
            const std::string_view rest = command.substr(i);
            const bool isOnlyOutput = rest.find_first_of("|;<`$()'\"\\\n") == rest.npos && [&] {
                // every word left is a redirection or the file of one; an ampersand stands only beside ">"
                bool wantsFile = false;
                for (std::size_t at = 0; at < rest.size(); ++at) {
                    if (rest[at] == '&' && !((at > 0 && rest[at - 1] == '>') || (at + 1 < rest.size() && rest[at + 1] == '>')))
                        return false;
                }
                std::string_view left = rest;
                while (!left.empty()) {
                    std::string_view part = takeWord(left);
                    if (wantsFile) {
                        wantsFile = false;
                        continue;
                    }
                    const auto arrow = part.find('>');
                    if (arrow == part.npos || (arrow > 0 && part.substr(0, arrow) != "1" && part.substr(0, arrow) != "2" && part.substr(0, arrow) != "&"))
                        return false;
                    wantsFile = part.back() == '>';
                }
                return !wantsFile;
            }();
            if (!isOnlyOutput)
                return std::nullopt;
            return words;
        } else if (std::string_view("|;&<`$()*?[]{}~#!\n").find(c) != std::string_view::npos) {
            return std::nullopt;
        } else {
            isInWord = true;
            word += c;
        }
    }
    if (isInWord)
        words.push_back(word);
    // NAME=VALUE before the program is a shell's work
    if (!words.empty() && settingOf(words.front()))
        return std::nullopt;
    return words;
}

std::string reasonText(std::string_view code)
{
    constexpr std::array<std::pair<std::string_view, std::string_view>, 16> texts{{
        {"not_understood", "the times cannot be read"},
        {"reboot", "it runs when the host starts: that is a service's work, not a task's"},
        {"yearly", "a task is due at least once a month"},
        {"months", "it runs in some months only"},
        {"day_or_weekday", "cron runs it on these days of the month and on these weekdays: define two tasks"},
        {"uneven", "its times are not evenly apart: choose an interval that divides the hour"},
        {"shell", "it needs a shell: put the command into a script file and offer that in the catalogue"},
        {"percent", "what stands after % is given to the program as input: put the command into a script file"},
        {"no_path", "the program has no path: give it with its whole path"},
        {"no_command", "there is no command"},
        {"zone", "there is no such time zone"},
        {"output_dropped", "the file of its output is left out: the log of each run keeps what it says"},
        {"mailto", "cron's mail becomes an alert: zandbctl channel add"},
        {"environment", "scripts get PATH and LC_ALL only: set variables in the script"},
        {"other_user", "it runs as the agent's user from then on"},
        {"password", "a password stands on its command line, where others can read it: put it into an option file"},
    }};
    const auto found = std::ranges::find(texts, code, &std::pair<std::string_view, std::string_view>::first);
    return std::string(found == texts.end() ? code : found->second);
}

std::vector<Line> read(std::string_view text, const Options &options)
{
    std::vector<Line> lines;
    std::map<std::string, std::vector<std::string>> scripts; ///< by name, their words
    std::string zone = options.zone;
    bool hasEnvironment = false;
    text = text.substr(0, mostBytes);
    for (int number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const std::string_view one = trimmed(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        if (one.empty() || one.front() == '#')
            continue;
        Line line;
        line.number = number;
        line.text = withoutPasswords(one);
        if (const auto setting = settingOf(one)) {
            line.verdict = "setting";
            if (setting->first == "CRON_TZ" || setting->first == "TZ")
                zone = setting->second;
            else if (setting->first == "MAILTO" || setting->first == "MAILFROM")
                line.notes.emplace_back("mailto");
            else if (setting->first != "SHELL" && setting->first != "PATH" && setting->first != "HOME" && setting->first != "LOGNAME")
                hasEnvironment = true;
        } else {
            readTask(one, options, zone, hasEnvironment, line);
        }
        // the same program with other words is another entry of the catalogue
        if (!line.scriptName.empty()) {
            const std::string name = line.scriptName;
            for (int other = 2; scripts.contains(line.scriptName) && scripts[line.scriptName] != line.words; ++other)
                line.scriptName = name.substr(0, 60) + '-' + std::to_string(other);
            scripts.emplace(line.scriptName, line.words);
            line.args["script"] = line.scriptName;
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

} // namespace zandb::crontab
