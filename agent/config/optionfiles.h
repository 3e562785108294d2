// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"
#include "agent/rules/optiontext.h"

#include <filesystem>
#include <map>
#include <vector>

namespace zandb::agent {

/// Whose groups count.
struct ServerProgram
{
    bool mariaDb = true;
    std::string series = {}; ///< "10.11", "9.7"
    std::string suffix = {}; ///< --defaults-group-suffix: its groups count too
};
/// The groups that this server reads, as its `--help --verbose` names them.
std::vector<std::string> serverGroups(const ServerProgram &program);

/// One option of one file.
struct OptionSetting
{
    std::filesystem::path file = {}; ///< empty: on the server's command line
    int line = 0;
    std::string group = {};
    std::string name = {};           ///< as written
    std::optional<std::string> value = {}; ///< as read; nullopt: without '='
    std::string variable = {};       ///< canonicalVariable()
    std::string meaning = {};        ///< what it asks for (optionMeaning)
    bool maximum = false;            ///< sets the variable's upper bound
    bool loose = false;
    bool takesEffect = false;        ///< the server that starts now has this one
    std::string why = {};            ///< why it does not: "group", or "FILE:LINE" of the one that comes later; "command line"
};

/// What is wrong with the files.  Codes: "world_writable" (the file is ignored), "unreadable", "dangling" (a link to nowhere), "missing", "no_directory",
/// "circle", "too_deep", "too_many", "too_large", "no_group", "utf8_mark", "wrong_group", "wrong_include", "unknown_directive", "relative_path", "long_line".
struct OptionProblem
{
    std::string code;
    std::filesystem::path file;
    int line = 0;
    std::string detail;
    bool fatal = false; ///< the server does not start
};

/// The change of one file: everything that stands in it before and after.
struct OptionEdit
{
    std::filesystem::path file;
    std::string before;
    std::string after;
    int line = 0; ///< the changed line, or the new one
};

/// A server's option file with all that it includes, read as the server would at its next start.  Options of other programs' groups are
/// there too, without effect.  A value; reading blocks.
class OptionFiles
{
public:
    using Contents = std::map<std::filesystem::path, std::string>;
    /// `instead` stands for what is on disk.  Never fails: what cannot be read is a problem.
    static OptionFiles read(const std::filesystem::path &main, const ServerProgram &program, const Contents &instead = {});

    /// As the server reads them: the later one wins.  A file that is read twice has its options twice.
    const std::vector<OptionSetting> &settings() const { return m_settings; }
    const std::vector<OptionProblem> &problems() const { return m_problems; }
    /// Every file that was read, with its content; ignored ones are not there.
    const Contents &files() const { return m_files; }
    /// The setting of a variable that takes effect; nullptr: none.
    const OptionSetting *effective(std::string_view variable) const;

    /// Adds options of the server's command line, which win over all files.
    void addCommandLine(const std::vector<std::string> &arguments);

    /// What changes for this variable to have this value after a start: its winning line, or a new line in [mysqld] of the main file.  Errors:
    /// config.not_editable (where, why: it stands on the command line, on a line no program should change, or the files are broken).
    Result<std::vector<OptionEdit>> set(const std::string &variable, const std::string &value) const;
    /// What changes for no line to set this variable: each of the server's becomes a comment.  Errors: config.not_editable.
    Result<std::vector<OptionEdit>> remove(const std::string &variable) const;

private:
    friend class OptionFileReader;
    void judge();
    std::pair<std::filesystem::path, std::string> placeForNew() const;
    void checkEditable(const OptionSetting &setting, std::string &why) const;

    std::filesystem::path m_main;
    ServerProgram m_program;
    Contents m_files;
    std::vector<OptionSetting> m_settings;
    std::vector<OptionProblem> m_problems;
};

/// The lines that differ, as `diff -u0` shows them: "-port=1", "+port=2" with file and line in front.
std::string diffOf(const OptionEdit &edit);

} // namespace zandb::agent
