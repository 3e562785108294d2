// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Reads a crontab (crontab(5) of cron and cronie) and says which of its lines become tasks.  Nothing is run.  Pure.
namespace zandb::crontab {

struct Options
{
    bool isSystem = false;   ///< a file of /etc/cron.d or /etc/crontab: a user's name stands before each command
    std::string zone = "UTC"; ///< of the times, until a line CRON_TZ= or TZ= says another
};

/// A line that is neither empty nor a comment.
struct Line
{
    int number = 0;
    std::string text;          ///< as it stands, with passwords of database tools replaced by "***"
    /// "task": it can become one; "setting": a variable for the lines below; "no": it cannot, as it is.
    std::string verdict;
    std::string user;          ///< of a system's file
    std::string kind;          ///< of the task: "backup", "rotate", "script"
    Json args = Json::object(); ///< of the task
    Json schedule;             ///< as in Schedule::fromJson
    std::string scriptName;    ///< of a script, which must then stand in the host's catalogue
    std::vector<std::string> words; ///< of its command line, the program first; with passwords replaced
    std::string why;           ///< "no": a code, see reasons() below
    std::vector<std::string> notes; ///< what is different afterwards: codes
};

/// Codes of Line::why and Line::notes, with what they say in English:
///  - no: "not_understood", "reboot" (@reboot: a service's work), "yearly", "months" (only in some months), "day_or_weekday" (cron runs on either: two tasks),
///    "uneven" (like */7: not the same time apart over the hour), "shell" (pipes, variables and other work of a shell), "percent" (text after % is the program's
///    input), "no_path" (a program without its path), "no_command", "zone";
///  - notes: "output_dropped" (a redirection: the log of a run keeps what a program says), "mailto" (alerts and channels do that), "environment" (scripts get PATH and
///    LC_ALL only), "other_user" (scripts run as the agent's user), "password" (a password on the command line, which others can read).
std::string reasonText(std::string_view code);

/// Every line of the file.  `text` is at most 1 MiB; what lies beyond is not read.
std::vector<Line> read(std::string_view text, const Options &options);

/// Words of a command line as a shell would split them, where no work of a shell is left; redirections of output at its end are left out and told by
/// `hasRedirection`.  Nothing when a shell would do more.
std::optional<std::vector<std::string>> splitCommand(std::string_view command, bool &hasRedirection);

} // namespace zandb::crontab
