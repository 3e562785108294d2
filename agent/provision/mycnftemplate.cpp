// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/mycnftemplate.h"

#include "agent/fleet/mycnf.h"
#include "agent/os/files.h"
#include "agent/protocol/provisionerrors.h"
#include "agent/rules/optiontext.h"
#include "agent/rules/samevalue.h"

#include <algorithm>
#include <array>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view directoryMark = "{{directory}}";

// What a server writes: two servers that share one of these ruin each other's data.
constexpr std::array<std::string_view, 20> ownFiles{
    "datadir", "socket", "pid_file", "log_error", "log_bin", "log_bin_index", "relay_log", "relay_log_index", "slow_query_log_file", "general_log_file", "tmpdir",
    "slave_load_tmpdir", "replica_load_tmpdir", "innodb_data_home_dir", "innodb_log_group_home_dir", "innodb_undo_directory", "innodb_tmpdir", "aria_log_dir_path",
    "log_basename", "innodb_doublewrite_dir"};

bool isServerGroup(std::string_view group)
{
    return group == "mysqld" || group == "server" || group.starts_with("mariadb") || group.starts_with("mysqld-");
}

bool isSecret(std::string_view variable)
{
    return variable.find("password") != variable.npos || variable.find("secret") != variable.npos || variable.ends_with("_key");
}

tl::unexpected<Error> wrong(const std::string &name, std::string detail)
{
    return fail(errors::provisionTemplate, {{"template", name}, {"detail", std::move(detail)}});
}

/// The last option of the server that sets the variable gets this value; a new one where there is none.
std::string withServerOption(const std::string &text, std::string_view variable, const std::string &name, const std::string &value, bool mariaDb, bool add)
{
    const auto lines = rules::readOptionText(text);
    const auto last = std::find_if(lines.rbegin(), lines.rend(), [&](const rules::OptionLine &line) {
        return line.kind == rules::OptionLine::Kind::Option && isServerGroup(line.group) && rules::canonicalVariable(rules::optionName(line.name).variable, mariaDb) == variable;
    });
    if (last != lines.rend())
        return rules::withOptionValue(text, *last, value);
    return add ? rules::withNewOption(text, "mysqld", name, value) : text;
}

void replaceAll(std::string &text, std::string_view from, const std::string &to)
{
    for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

} // namespace

std::string builtInTemplate(bool mariaDb)
{
    std::string text = "# Written by ZanDB.\n[mysqld]\n"
                       "user = {{user}}\nport = {{port}}\nserver-id = {{server_id}}\n"
                       "datadir = {{directory}}/data\nsocket = {{directory}}/run/mysqld.sock\npid-file = {{directory}}/run/mysqld.pid\n"
                       "tmpdir = {{directory}}/run\nlog-error = {{directory}}/log/error.log\n"
                       "slow-query-log = ON\nslow-query-log-file = {{directory}}/log/slow.log\nlong-query-time = 1\n"
                       "log-bin = {{directory}}/log/binlog\nrelay-log = {{directory}}/log/relay\nbinlog-format = ROW\nsync-binlog = 1\nbinlog-expire-logs-seconds = 604800\n"
                       "innodb-buffer-pool-size = {{buffer_pool}}\ncharacter-set-server = utf8mb4\nskip-name-resolve\nlocal-infile = OFF\n";
    if (mariaDb)
        text += "log-slave-updates = ON\ngtid-strict-mode = ON\n";
    else
        text += "gtid-mode = ON\nenforce-gtid-consistency = ON\nmysqlx = OFF\nsecure-file-priv = NULL\n";
    return text;
}

Result<std::string> templateOf(const LocalInstance &instance)
{
    if (instance.directory.empty())
        return wrong(instance.name, "it is outside of the standard layout");
    auto read = readFile(instance.myCnf, 1u << 20);
    if (!read)
        return fail(read.error());
    std::string text = std::move(*read);
    const std::string directory = instance.directory.lexically_normal().string();
    for (auto at = text.find(directory); at != text.npos; at = text.find(directory, at + 1)) {
        const std::size_t end = at + directory.size(); // BASE/my3306 is no part of BASE/my33060
        if (end == text.size() || text[end] == '/' || text[end] == '\n' || text[end] == '"' || text[end] == '\'' || text[end] == ' ')
            text.replace(at, directory.size(), directoryMark);
    }
    const bool mariaDb = false; // these names are the same on both
    for (const auto &[variable, mark] : {std::pair{"port", "{{port}}"}, std::pair{"report_port", "{{port}}"}, std::pair{"server_id", "{{server_id}}"},
                                         std::pair{"innodb_buffer_pool_size", "{{buffer_pool}}"}})
        text = withServerOption(text, variable, variable, mark, mariaDb, false);
    return text;
}

Result<std::string> renderTemplate(const std::string &templateText, const std::string &name, const TemplateValues &values)
{
    std::string text = templateText;
    const std::int64_t pool = values.bufferPoolBytes > 0 ? values.bufferPoolBytes : 128LL << 20;
    for (const auto &[mark, value] : {std::pair{"{{port}}", std::to_string(values.port)}, std::pair{"{{server_id}}", std::to_string(values.serverId)},
                                      std::pair{"{{directory}}", values.directory.string()}, std::pair{"{{user}}", values.user}, std::pair{"{{buffer_pool}}", std::to_string(pool)}})
        replaceAll(text, mark, value);
    if (const auto at = text.find("{{"); at != text.npos)
        return wrong(name, "there is no placeholder " + text.substr(at, std::min<std::size_t>(text.find("}}", at) + 2 - at, 40)));
    const std::string directory = values.directory.string();
    const bool mariaDb = false;
    text = withServerOption(text, "port", "port", std::to_string(values.port), mariaDb, true);
    text = withServerOption(text, "server_id", "server-id", std::to_string(values.serverId), mariaDb, true);
    if (values.bufferPoolBytes > 0)
        text = withServerOption(text, "innodb_buffer_pool_size", "innodb-buffer-pool-size", std::to_string(values.bufferPoolBytes), mariaDb, true);
    for (const auto &[variable, option, file] : {std::tuple{"datadir", "datadir", "/data"}, std::tuple{"socket", "socket", "/run/mysqld.sock"}, std::tuple{"pid_file", "pid-file", "/run/mysqld.pid"},
                                                 std::tuple{"tmpdir", "tmpdir", "/run"}, std::tuple{"log_error", "log-error", "/log/error.log"}}) {
        if (!MyCnf::parse(text).server(variable))
            text = withServerOption(text, variable, option, directory + file, mariaDb, true);
    }
    for (const rules::OptionLine &line : rules::readOptionText(text)) {
        if (line.kind == rules::OptionLine::Kind::Broken)
            return wrong(name, "line " + std::to_string(line.line) + ": servers stop reading here");
        if (line.kind == rules::OptionLine::Kind::Include || line.kind == rules::OptionLine::Kind::IncludeDirectory)
            return wrong(name, "line " + std::to_string(line.line) + ": it includes other files");
        if (line.kind != rules::OptionLine::Kind::Option || !line.value || !line.value->starts_with('/'))
            continue;
        const std::string variable = rules::optionName(line.name).variable;
        const fs::path path = fs::path(*line.value).lexically_normal();
        const bool isInside = std::ranges::mismatch(values.directory, path).in1 == values.directory.end();
        if (!isInside && isServerGroup(line.group) && std::ranges::find(ownFiles, variable) != ownFiles.end())
            return wrong(name, "line " + std::to_string(line.line) + ": " + variable + " is outside of " + directory);
    }
    if (MyCnf::parse(text).server("datadir") != directory + "/data")
        return wrong(name, "datadir has to be " + directory + "/data");
    return text;
}

std::string withoutSecrets(const std::string &myCnf)
{
    std::string text = myCnf;
    const auto lines = rules::readOptionText(text);
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) { // from the end, so that what is before stays where it is
        if (line->kind == rules::OptionLine::Kind::Option && line->value && isSecret(rules::optionName(line->name).variable))
            text = rules::withOptionValue(text, *line, "***");
    }
    return text;
}

bool hasSecrets(const std::string &myCnf)
{
    return std::ranges::any_of(rules::readOptionText(myCnf), [](const rules::OptionLine &line) {
        return line.kind == rules::OptionLine::Kind::Option && line.value && rules::optionName(line.name).variable.find("password") != std::string::npos;
    });
}

} // namespace zandb::agent
