// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/optionfiles.h"

#include "agent/os/files.h"
#include "agent/protocol/configerrors.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using rules::OptionLine;

namespace {

constexpr int maxDepth = 10; // of the servers
constexpr std::size_t maxReads = 2000;
constexpr std::size_t maxFileBytes = 1 << 20;
constexpr std::size_t maxSettings = 100'000;
constexpr std::size_t maxEntries = 10'000;

std::size_t pieceBytes(const ServerProgram &program)
{
    return program.mariaDb ? rules::optionPieceBytes : maxFileBytes + 1;
}

std::string lowered(std::string_view text)
{
    std::string small(text);
    std::ranges::transform(small, small.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return small;
}

} // namespace

std::vector<std::string> serverGroups(const ServerProgram &program)
{
    std::vector<std::string> names{"mysqld", "server"};
    const auto versioned = [&](const char *name) {
        if (!program.series.empty())
            names.push_back(std::string(name) + '-' + program.series);
    };
    versioned("mysqld");
    if (program.mariaDb) {
        names.push_back("mariadb");
        versioned("mariadb");
        names.push_back("mariadbd");
        versioned("mariadbd");
    }
    if (!program.suffix.empty()) {
        for (std::size_t i = 0, count = names.size(); i < count; ++i)
            names.push_back(names[i] + program.suffix);
    }
    return names;
}

/// Follows includes as servers do, to a depth of ten, reading a file again each time it is included.
class OptionFileReader
{
public:
    OptionFileReader(OptionFiles &files, const OptionFiles::Contents &instead) : m_files(files), m_instead(instead), m_groups(serverGroups(files.m_program)) {}

    void readMain(const fs::path &path)
    {
        if (!read(path, 0, {}, 0))
            m_files.m_problems.back().fatal = true;
    }

private:
    void problem(const char *code, const fs::path &file, int line, std::string detail = {}, bool fatal = false)
    {
        const OptionProblem found{code, file, line, std::move(detail), fatal};
        const auto same = [&](const OptionProblem &each) { return each.code == found.code && each.file == found.file && each.line == found.line; };
        if (m_files.m_problems.size() < 1000 && std::ranges::none_of(m_files.m_problems, same))
            m_files.m_problems.push_back(found);
    }

    /// False with a problem when the file is not read.
    bool load(const fs::path &path, const fs::path &by, int line, std::string &content)
    {
        if (const auto known = m_instead.find(path); known != m_instead.end()) {
            content = known->second;
            return true;
        }
        const std::string from = by.empty() ? std::string() : "included by " + by.string() + ":" + std::to_string(line);
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0) {
            const int why = errno;
            struct stat link{};
            const bool dangling = why == ENOENT && ::lstat(path.c_str(), &link) == 0;
            problem(dangling ? "dangling" : why == ENOENT ? "missing" : "unreadable", path, 0, from.empty() ? errnoText(why) : from);
            return false;
        }
        if (!S_ISREG(info.st_mode)) {
            problem("unreadable", path, 0, "no regular file");
            return false;
        }
        if (info.st_mode & S_IWOTH) {
            problem("world_writable", path, 0, "servers ignore it: chmod o-w");
            return false;
        }
        if (const auto done = m_files.m_files.find(path); done != m_files.m_files.end()) {
            content = done->second;
            return true;
        }
        if (info.st_size > static_cast<off_t>(maxFileBytes)) {
            problem("too_large", path, 0, "more than 1 MiB");
            return false;
        }
        auto text = readFile(path, maxFileBytes);
        if (!text) {
            const auto detail = text.error().fields.find("detail");
            problem("unreadable", path, 0, detail == text.error().fields.end() ? from : detail->second);
            return false;
        }
        content = std::move(*text);
        return true;
    }

    bool read(const fs::path &path, int depth, const fs::path &by, int line)
    {
        if (++m_reads > maxReads) {
            problem("too_many", path, 0, "more than " + std::to_string(maxReads) + " includes");
            return false;
        }
        std::string content;
        if (!load(path, by, line, content))
            return false;
        m_files.m_files[path] = content;
        m_open.push_back(path);
        for (const OptionLine &each : rules::readOptionText(content, pieceBytes(m_files.m_program)))
            take(path, each, depth);
        m_open.pop_back();
        return true;
    }

    void take(const fs::path &path, const OptionLine &line, int depth)
    {
        if (line.isPiece)
            problem("long_line", path, line.line, "servers see the rest of it as another line");
        switch (line.kind) {
        case OptionLine::Kind::Option:
            addOption(path, line);
            break;
        case OptionLine::Kind::Include:
        case OptionLine::Kind::IncludeDirectory:
        case OptionLine::Kind::Unknown:
            if (depth >= maxDepth)
                problem("too_deep", path, line.line, "servers follow " + std::to_string(maxDepth) + " levels");
            else
                include(path, line, depth);
            break;
        case OptionLine::Kind::Broken:
            problem(line.why.c_str(), path, line.line, "servers read no further", depth == 0);
            break;
        case OptionLine::Kind::Nothing:
        case OptionLine::Kind::Group:
            break;
        }
    }

    void include(const fs::path &path, const OptionLine &line, int depth)
    {
        if (line.kind == OptionLine::Kind::Unknown)
            return problem("unknown_directive", path, line.line);
        const fs::path other = line.name;
        if (other.is_relative()) // to the directory in which the server is started
            return problem("relative_path", path, line.line, line.name);
        if (line.kind == OptionLine::Kind::Include) {
            if (std::ranges::find(m_open, other) != m_open.end())
                problem("circle", path, line.line, line.name);
            read(other, depth + 1, path, line.line);
            return;
        }
        std::error_code ec;
        std::vector<std::string> names;
        for (auto it = fs::directory_iterator(other, ec); !ec && it != fs::directory_iterator() && names.size() < maxEntries; it.increment(ec)) {
            if (it->path().native().ends_with(".cnf"))
                names.push_back(it->path().filename());
        }
        if (ec)
            return problem("no_directory", path, line.line, line.name + ": " + ec.message());
        std::ranges::sort(names); // by bytes
        for (const std::string &name : names) {
            if (std::ranges::find(m_open, other / name) != m_open.end())
                problem("circle", path, line.line, (other / name).string());
            read(other / name, depth + 1, path, line.line);
        }
    }

    void addOption(const fs::path &path, const OptionLine &line)
    {
        if (m_files.m_settings.size() >= maxSettings || line.name.empty())
            return;
        const rules::OptionName name = rules::optionName(line.name);
        OptionSetting setting;
        setting.file = path;
        setting.line = line.line;
        setting.group = line.group;
        setting.name = line.name;
        setting.value = line.value;
        setting.variable = rules::canonicalVariable(name.variable, m_files.m_program.mariaDb);
        setting.meaning = rules::optionMeaning(name, line.value);
        setting.maximum = name.maximum;
        setting.loose = name.loose;
        setting.takesEffect = std::ranges::find(m_groups, lowered(line.group)) != m_groups.end();
        if (!setting.takesEffect)
            setting.why = "group";
        m_files.m_settings.push_back(std::move(setting));
    }

    OptionFiles &m_files;
    const OptionFiles::Contents &m_instead;
    const std::vector<std::string> m_groups;
    std::vector<fs::path> m_open;
    std::size_t m_reads = 0;
};

OptionFiles OptionFiles::read(const fs::path &main, const ServerProgram &program, const Contents &instead)
{
    OptionFiles files;
    files.m_main = main;
    files.m_program = program;
    OptionFileReader(files, instead).readMain(main);
    files.judge();
    return files;
}

/// Of the server's settings of one variable the last one takes effect.
void OptionFiles::judge()
{
    std::map<std::string, const OptionSetting *, std::less<>> last;
    for (auto it = m_settings.rbegin(); it != m_settings.rend(); ++it) {
        if (it->why == "group")
            continue;
        const auto [winner, isLast] = last.try_emplace(it->variable + (it->maximum ? " maximum" : ""), &*it);
        it->takesEffect = isLast;
        if (isLast)
            it->why.clear();
        else
            it->why = winner->second->file.empty() ? "command line" : winner->second->file.string() + ':' + std::to_string(winner->second->line);
    }
}

const OptionSetting *OptionFiles::effective(std::string_view variable) const
{
    const std::string canonical = rules::canonicalVariable(variable, m_program.mariaDb);
    for (auto it = m_settings.rbegin(); it != m_settings.rend(); ++it) {
        if (it->takesEffect && !it->maximum && it->variable == canonical)
            return &*it;
    }
    return nullptr;
}

void OptionFiles::addCommandLine(const std::vector<std::string> &arguments)
{
    for (const std::string &argument : arguments) {
        if (!argument.starts_with("--") || argument.size() < 3)
            continue;
        const auto equals = argument.find('=');
        OptionSetting setting;
        setting.name = argument.substr(2, equals == argument.npos ? argument.npos : equals - 2);
        if (setting.name == "defaults-file" || setting.name == "defaults-extra-file" || setting.name == "no-defaults" || setting.name == "defaults-group-suffix")
            continue;
        if (equals != argument.npos)
            setting.value = argument.substr(equals + 1);
        const rules::OptionName name = rules::optionName(setting.name);
        setting.variable = rules::canonicalVariable(name.variable, m_program.mariaDb);
        setting.meaning = rules::optionMeaning(name, setting.value);
        setting.maximum = name.maximum;
        setting.loose = name.loose;
        m_settings.push_back(std::move(setting));
    }
    judge();
}

void OptionFiles::checkEditable(const OptionSetting &setting, std::string &why) const
{
    if (setting.file.empty()) {
        why = "command line";
        return;
    }
    for (const OptionProblem &problem : m_problems) {
        if (problem.file == setting.file && problem.code == "long_line")
            why = problem.code;
    }
}

namespace {

tl::unexpected<Error> notEditable(const std::string &variable, const std::string &where, const std::string &why)
{
    return fail(errors::configNotEditable, {{"variable", variable}, {"where", where}, {"detail", why}});
}

const OptionLine *lineOf(const std::vector<OptionLine> &lines, int number)
{
    const auto found = std::ranges::find_if(lines, [&](const OptionLine &line) { return line.line == number && line.kind == OptionLine::Kind::Option; });
    return found == lines.end() ? nullptr : &*found;
}

} // namespace

/// Beside the server's other options: in the main file when it has any, in [mysqld] when there is one.
std::pair<fs::path, std::string> OptionFiles::placeForNew() const
{
    const auto isServers = [](const OptionSetting &setting) { return setting.why != "group" && !setting.file.empty(); };
    std::pair<fs::path, std::string> place{m_main, {}};
    const bool inMain = std::ranges::any_of(m_settings, [&](const OptionSetting &setting) { return isServers(setting) && setting.file == m_main; });
    if (!inMain) {
        for (const OptionSetting &setting : m_settings) {
            if (isServers(setting))
                place.first = setting.file;
        }
    }
    for (const OptionSetting &setting : m_settings) {
        if (isServers(setting) && setting.file == place.first && lowered(place.second) != "mysqld")
            place.second = setting.group;
    }
    if (place.second.empty())
        place.second = "mysqld";
    return place;
}

Result<std::vector<OptionEdit>> OptionFiles::set(const std::string &variable, const std::string &value) const
{
    if (value.find('\0') != value.npos || value.size() > 2000)
        return notEditable(variable, m_main, "the value is too long for a line, or has a byte 0");
    for (const OptionProblem &problem : m_problems) {
        if (problem.fatal)
            return notEditable(variable, problem.file.string() + ':' + std::to_string(problem.line), problem.code);
    }
    OptionEdit edit;
    if (const OptionSetting *setting = effective(variable)) {
        std::string why;
        checkEditable(*setting, why);
        if (!why.empty())
            return notEditable(variable, setting->file.string(), why);
        edit.file = setting->file;
        edit.before = m_files.at(setting->file);
        const auto lines = rules::readOptionText(edit.before, pieceBytes(m_program));
        const OptionLine *line = lineOf(lines, setting->line);
        if (!line)
            return notEditable(variable, edit.file, "line");
        edit.after = rules::withOptionValue(edit.before, *line, value);
        edit.line = setting->line;
    } else {
        const auto [file, group] = placeForNew();
        edit.file = file;
        if (!m_files.contains(edit.file)) // servers ignore it, or it cannot be read
            return notEditable(variable, edit.file.string(), m_problems.empty() ? "unreadable" : m_problems.front().code);
        edit.before = m_files.at(edit.file);
        edit.after = rules::withNewOption(edit.before, group, variable, value);
        const auto differs = std::ranges::mismatch(edit.before, edit.after).in2;
        edit.line = 1 + static_cast<int>(std::count(edit.after.cbegin(), edit.after.cbegin() + (differs - edit.after.begin()), '\n'));
    }
    // what the server would read then
    OptionFiles then = read(m_main, m_program, [&] {
        Contents files = m_files;
        files[edit.file] = edit.after;
        return files;
    }());
    const OptionSetting *now = then.effective(variable);
    if (!now || now->meaning != value)
        return notEditable(variable, edit.file.string() + ':' + std::to_string(edit.line), "without_effect");
    edit.line = now->file == edit.file ? now->line : edit.line;
    return std::vector<OptionEdit>{std::move(edit)};
}

Result<std::vector<OptionEdit>> OptionFiles::remove(const std::string &variable) const
{
    const std::string canonical = rules::canonicalVariable(variable, m_program.mariaDb);
    std::map<fs::path, OptionEdit> edits;
    std::map<fs::path, std::vector<int>> lines;
    for (const OptionSetting &setting : m_settings) {
        if (setting.variable != canonical || setting.maximum || setting.why == "group")
            continue;
        std::string why;
        checkEditable(setting, why);
        if (!why.empty())
            return notEditable(variable, setting.file.string(), why);
        auto &numbers = lines[setting.file];
        if (std::ranges::find(numbers, setting.line) == numbers.end())
            numbers.push_back(setting.line);
    }
    for (auto &[file, numbers] : lines) {
        OptionEdit edit{file, m_files.at(file), m_files.at(file), numbers.back()};
        for (const int number : numbers) {
            const auto read = rules::readOptionText(edit.after, pieceBytes(m_program));
            if (const OptionLine *line = lineOf(read, number))
                edit.after = rules::withoutOption(edit.after, *line);
        }
        edits[file] = std::move(edit);
    }
    std::vector<OptionEdit> all;
    for (auto &[file, edit] : edits)
        all.push_back(std::move(edit));
    return all;
}

std::string diffOf(const OptionEdit &edit)
{
    const auto linesOf = [](std::string_view text) {
        std::vector<std::string_view> lines;
        while (!text.empty()) {
            const auto end = std::min(text.find('\n'), text.size());
            lines.push_back(text.substr(0, end));
            text.remove_prefix(std::min(end + 1, text.size()));
        }
        return lines;
    };
    const auto before = linesOf(edit.before), after = linesOf(edit.after);
    std::size_t first = 0;
    while (first < before.size() && first < after.size() && before[first] == after[first])
        ++first;
    std::size_t last = 0;
    while (last < before.size() - first && last < after.size() - first && before[before.size() - 1 - last] == after[after.size() - 1 - last])
        ++last;
    std::string text = edit.file.string() + ':' + std::to_string(first + 1) + '\n';
    for (std::size_t i = first; i + last < before.size(); ++i)
        text.append("-").append(before[i]).append("\n");
    for (std::size_t i = first; i + last < after.size(); ++i)
        text.append("+").append(after[i]).append("\n");
    return text;
}

} // namespace zandb::agent
