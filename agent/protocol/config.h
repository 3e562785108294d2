// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"

#include <string>
#include <string_view>
#include <vector>

/// Messages about the configuration of servers.
///
/// Methods: `config.read` ConfigWish -> ConfigState (viewer); `config.preview` ConfigArgs -> ConfigResult (operator), which touches nothing.
/// Orders: kind `configure`, ConfigArgs -> ConfigResult, only with a person's key; kind `drift`, ConfigWish -> ConfigState, by schedules too.
namespace zandb::wire {

/// What shall become of one variable.
struct ConfigChange
{
    std::string name;                     ///< of a variable, `-` and `_` alike
    std::optional<std::string> value;     ///< none: back to the server's default; on disk the option goes
    std::string where = "both";           ///< "memory", "disk", "both"
    std::optional<std::string> expectedMemory; ///< nothing is changed when it is another one by now
    std::optional<std::string> expectedDisk;   ///< the same of what a start would take; "" also means: no option
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigChange, name, value, where, expectedMemory, expectedDisk)
};

/// Args of kind `configure`: all changes, or none.
struct ConfigArgs
{
    std::string instance;
    std::vector<ConfigChange> changes; ///< at most 100; a name stands once for memory and once for disk
    bool trial = true;                 ///< a private server is started with the new files before they are written
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigArgs, instance, changes, trial)
};

/// What became, or would become, of one variable.
struct ConfigOutcome
{
    std::string name;
    std::string where;                     ///< as asked
    std::optional<std::string> asked;      ///< none: the default
    std::string oldMemory;
    std::string newMemory;                 ///< what the server took; of a preview what was asked
    std::optional<std::string> oldDisk;    ///< what a start took before; none: no option
    std::optional<std::string> newDisk;
    bool persisted = false;                ///< it stands in mysqld-auto.cnf, and was changed there
    std::string file;                      ///< the option file; "": none, or mysqld-auto.cnf
    int line = 0;
    bool afterRestart = false;             ///< the value on disk takes effect with the next start only
    bool clipped = false;                  ///< the server took another value than asked
    bool sessionsKeepOld = false;          ///< sessions that are there keep the old value
    /// The server's words for this statement; and before it is carried out, what others would feel: "hazard.read_only" (of one that is no replica), "hazard.skip_networking",
    /// "hazard.port", "hazard.gtid_mode".
    std::vector<std::string> warnings;
    bool takenBack = false;                ///< a crash cut it off, and the old values stand there again
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigOutcome, name, where, asked, oldMemory, newMemory, oldDisk, newDisk, persisted, file, line, afterRestart,
                                                clipped, sessionsKeepOld, warnings, takenBack)
};

struct ConfigEdit
{
    std::string file;
    int line = 0;
    std::string diff; ///< lines with - and + in front
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigEdit, file, line, diff)
};

struct ConfigResult
{
    std::string instance;
    std::vector<ConfigOutcome> changes;
    std::vector<ConfigEdit> edits;
    std::int64_t sessions = 0;             ///< of clients that are there now
    std::string trial;                     ///< "started", "not_needed", "not_wanted", "not_yet" (a preview)
    std::vector<std::string> unproven;     ///< what the trial does not show: options it ran without, and words
    std::vector<std::string> recovered;    ///< changes that a crash had cut in two before, and which were taken back
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigResult, instance, changes, edits, sessions, trial, unproven, recovered)
};

/// What was cut off in the middle, by the death of an agent, a server or a host, and was taken back by the agent: collected from the source `config/INSTANCE`.
struct ConfigRecovered
{
    std::string runId;
    std::string instance;
    std::string by;                        ///< who had ordered the change
    std::vector<ConfigOutcome> changes;    ///< as they were to be, `takenBack`
    std::vector<std::string> said;         ///< what had to be done for it, in words of the agent's log
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigRecovered, runId, instance, by, changes, said)
};
inline constexpr std::string_view configSourcePrefix = "config/";

struct ConfigWish
{
    std::string instance;
    std::vector<std::string> names; ///< none: all
    std::string after;              ///< go on behind this variable (ConfigState::next)
    bool program = false;           ///< the sum of the program that runs is wanted too, which costs reading it
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigWish, instance, names, after, program)
};

/// One option of a file that sets a variable.
struct ConfigLine
{
    std::string file; ///< "": the command line of the server that runs
    int line = 0;
    std::string group;
    std::string text; ///< the value as read
    bool takesEffect = false;
    std::string why;  ///< why not
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigLine, file, line, group, text, takesEffect, why)
};

struct ConfigVariable
{
    std::string name;
    std::string memory;
    std::optional<std::string> disk;      ///< what a start takes from files or the command line; none: the default
    std::optional<std::string> persisted; ///< of mysqld-auto.cnf, which wins over files
    bool agree = true;                    ///< a start gives what is in memory, as far as the texts tell; always where nothing is set
    std::string least, most;              ///< of numbers, as the server tells; "": not told
    std::optional<std::string> standard;  ///< the server's own default, where it tells
    std::string dynamic;                  ///< "yes", "no" (a change takes effect with the next start); "": the server does not tell before it is asked to
    std::vector<ConfigLine> lines;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigVariable, name, memory, disk, persisted, agree, least, most, standard, dynamic, lines)
};

struct ConfigProblem
{
    std::string code; ///< of agent/config/optionfiles.h
    std::string file;
    int line = 0;
    std::string detail;
    bool fatal = false;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigProblem, code, file, line, detail, fatal)
};

/// An option file as it lies there.
struct ConfigFile
{
    std::string path;
    std::string owner; ///< "root:zandb"
    std::string mode;  ///< "0640"
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigFile, path, owner, mode)
};

struct ConfigState
{
    std::string instance;
    std::string flavour; ///< "mariadb", "mysql"
    std::string version;
    std::vector<ConfigVariable> variables; ///< by name
    std::vector<ConfigLine> unknown;       ///< options of the server's groups that are no variable; `text` is NAME or NAME=VALUE
    std::vector<ConfigProblem> problems;
    std::vector<ConfigFile> files;
    std::int64_t pending = 0;              ///< changes that are not taken back yet
    std::string programSha256;             ///< of the program that runs; of kind `drift`, and where it was asked for
    std::string next;                      ///< not all fitted: ask again with this as `after`
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ConfigState, instance, flavour, version, variables, unknown, problems, files, pending, programSha256, next)
};

} // namespace zandb::wire
