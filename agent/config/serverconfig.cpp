// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/serverconfig.h"

#include "agent/fleet/programs.h"
#include "agent/os/files.h"
#include "agent/protocol/configerrors.h"
#include "agent/rules/samevalue.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr const char *hiddenValue = "***";

bool isSecret(std::string_view name)
{
    return name.find("password") != name.npos || name == "wsrep_sst_auth" || name == "wsrep_provider_options";
}

std::string ownerOf(const struct stat &info)
{
    char buffer[16384];
    passwd user{}, *foundUser = nullptr;
    std::string text = ::getpwuid_r(info.st_uid, &user, buffer, sizeof buffer, &foundUser) == 0 && foundUser ? foundUser->pw_name : std::to_string(info.st_uid);
    group unit{}, *foundGroup = nullptr;
    text += ':';
    return text + (::getgrgid_r(info.st_gid, &unit, buffer, sizeof buffer, &foundGroup) == 0 && foundGroup ? std::string(foundGroup->gr_name) : std::to_string(info.st_gid));
}

wire::ConfigLine lineOf(const OptionSetting &setting)
{
    return {setting.file.string(), setting.line, setting.group, setting.value.value_or(setting.meaning), setting.takesEffect, setting.why};
}

/// Servers make another value of it (a path of a name, port 0 without a network), so memory differs from the files for ever.
bool isDerived(std::string_view name)
{
    for (const std::string_view each : {"log_bin", "relay_log", "log_error", "log_bin_index", "relay_log_index", "pid_file", "plugin_dir", "port", "log_slow_query_file", "general_log_file", "slow_query_log_file"}) {
        if (name == each)
            return true;
    }
    return false;
}

/// Whether a start with `text` gives what is in memory: servers clip to the range, keep six decimals, and round the buffer pool up to whole chunks.
bool givesMemory(const wire::ConfigVariable &variable, const std::string &text, long long poolStep)
{
    if (rules::sameValueOf(variable.name, text, variable.memory))
        return true;
    long long asked = 0, memory = 0, least = 0, most = 0;
    if (rules::wholeNumber(text, asked) && rules::wholeNumber(variable.memory, memory)) {
        if (rules::wholeNumber(variable.least, least) && asked < least)
            return memory == least;
        if (rules::wholeNumber(variable.most, most) && asked > most)
            return memory == most;
        return variable.name == "innodb_buffer_pool_size" && memory > asked && memory - asked < poolStep;
    }
    char *end = nullptr;
    const double one = std::strtod(text.c_str(), &end);
    const bool isDecimal = !text.empty() && *end == '\0' && text.find_first_not_of("0123456789.") == text.npos;
    const double other = std::strtod(variable.memory.c_str(), &end);
    return isDecimal && !variable.memory.empty() && *end == '\0' && variable.memory.find('.') != std::string::npos && one - other < 1e-6 && other - one < 1e-6;
}

} // namespace

bool isVariableName(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && name.front() != '.' && name.back() != '.' && std::ranges::count(name, '.') <= 1
        && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == name.npos;
}

std::string quotedVariable(const std::string &name)
{
    const auto dot = name.find('.');
    return dot == name.npos ? '`' + name + '`' : '`' + name.substr(0, dot) + "`.`" + name.substr(dot + 1) + '`';
}

ServerConfig::ServerConfig(LocalInstance instance, std::unique_ptr<SqlClient> client) : m_instance(std::move(instance)), m_client(std::move(client))
{
    m_program.mariaDb = m_client->isMariaDb();
    m_program.series = versionSeries(m_client->version());
    readCommandLine();
    readFiles();
}

Result<ServerConfig> ServerConfig::open(const Config &config, const LocalInstance &instance)
{
    auto client = connectTo(config, instance, Account::Maint);
    if (!client)
        return fail(client.error());
    return ServerConfig(instance, std::move(*client));
}

/// What the server was started with, as far as this user may see it.
void ServerConfig::readCommandLine()
{
    const pid_t pid = m_client->serverPid();
    if (pid <= 0)
        return;
    const auto text = readFile("/proc/" + std::to_string(pid) + "/cmdline", 1 << 20);
    if (!text)
        return;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\0'), rest.size());
        std::string word(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (word.starts_with("--defaults-group-suffix="))
            m_program.suffix = word.substr(word.find('=') + 1);
        m_commandLine.push_back(std::move(word));
    }
}

OptionFiles ServerConfig::optionsWith(const OptionFiles::Contents &instead) const
{
    OptionFiles files = OptionFiles::read(m_instance.myCnf, m_program, instead);
    files.addCommandLine(m_commandLine);
    return files;
}

Result<std::string> ServerConfig::memory(const std::string &name)
{
    const auto rows = m_client->query("SHOW GLOBAL VARIABLES WHERE Variable_name = " + m_client->quote(name));
    if (!rows)
        return fail(rows.error());
    if (rows->rows.empty())
        return fail(errors::configUnknownVariable, {{"instance", m_instance.name}, {"variable", name}});
    return rows->value(0, "Value").value_or("");
}

Result<std::optional<std::string>> ServerConfig::persisted(const std::string &name)
{
    if (isMariaDb())
        return std::nullopt;
    return m_client->value("SELECT VARIABLE_VALUE FROM performance_schema.persisted_variables WHERE VARIABLE_NAME = " + m_client->quote(name));
}

bool ServerConfig::hasSessionValue(const std::string &name)
{
    return m_client->query("SELECT @@SESSION." + quotedVariable(name)).has_value();
}

Result<std::map<std::string, std::string>> ServerConfig::variables()
{
    const auto rows = m_client->query("SHOW GLOBAL VARIABLES");
    if (!rows)
        return fail(rows.error());
    std::map<std::string, std::string> values;
    for (const SqlRow &row : rows->rows)
        values[rules::variableName(row.at(0).value_or(""))] = row.at(1).value_or("");
    return values;
}

void ServerConfig::readNature(std::map<std::string, wire::ConfigVariable> &variables)
{
    // MySQL tells the default only of what nobody has set, and not whether a variable is dynamic
    const auto rows = m_client->query(isMariaDb() ? "SELECT VARIABLE_NAME, NUMERIC_MIN_VALUE, NUMERIC_MAX_VALUE, DEFAULT_VALUE, IF(READ_ONLY = 'YES', 'no', 'yes') FROM information_schema.SYSTEM_VARIABLES"
                                                  : "SELECT VARIABLE_NAME, IF(MAX_VALUE = '0', '', MIN_VALUE), IF(MAX_VALUE = '0', '', MAX_VALUE), IF(VARIABLE_SOURCE = 'COMPILED', 'yes', NULL), '' "
                                                    "FROM performance_schema.variables_info");
    if (!rows)
        return; // it is only for people
    for (const SqlRow &row : rows->rows) {
        const auto it = variables.find(rules::variableName(row.at(0).value_or("")));
        if (it == variables.end())
            continue;
        it->second.least = row.at(1).value_or("");
        it->second.most = row.at(2).value_or("");
        if (row.at(3) && !isSecret(it->first))
            it->second.standard = isMariaDb() ? *row.at(3) : it->second.memory;
        it->second.dynamic = row.at(4).value_or("");
    }
}

Result<wire::ConfigState> ServerConfig::state(const std::vector<std::string> &names)
{
    const auto values = variables();
    if (!values)
        return fail(values.error());
    wire::ConfigState state;
    state.instance = m_instance.name;
    state.flavour = isMariaDb() ? "mariadb" : "mysql";
    state.version = m_client->version();
    std::map<std::string, wire::ConfigVariable> variables;
    std::vector<std::string> wanted;
    for (const std::string &name : names)
        wanted.push_back(rules::variableName(name));
    for (const auto &[name, value] : *values) {
        if (!wanted.empty() && std::ranges::find(wanted, name) == wanted.end())
            continue;
        wire::ConfigVariable variable;
        variable.name = name;
        variable.memory = isSecret(name) ? hiddenValue : value;
        variables[name] = std::move(variable);
    }
    for (const std::string &name : wanted) {
        if (!variables.contains(name))
            return fail(errors::configUnknownVariable, {{"instance", m_instance.name}, {"variable", name}});
    }
    readNature(variables);
    if (!isMariaDb()) {
        if (const auto rows = m_client->query("SELECT VARIABLE_NAME, VARIABLE_VALUE FROM performance_schema.persisted_variables")) {
            for (const SqlRow &row : rows->rows) {
                if (const auto it = variables.find(rules::variableName(row.at(0).value_or(""))); it != variables.end())
                    it->second.persisted = row.at(1).value_or("");
            }
        }
    }
    std::map<std::string, std::vector<std::string>> spelt; // canonical name to the server's names
    for (const auto &[name, value] : *values)
        spelt[rules::canonicalVariable(name, isMariaDb())].push_back(name);
    for (const OptionSetting &setting : m_options.settings()) {
        if (setting.why == "group")
            continue;
        wire::ConfigLine line = lineOf(setting);
        if (isSecret(setting.variable))
            line.text = hiddenValue;
        const auto known = spelt.find(setting.variable);
        if (known == spelt.end()) {
            line.text = setting.value ? setting.name + '=' + line.text : setting.name;
            if (wanted.empty())
                state.unknown.push_back(std::move(line));
            continue;
        }
        for (const std::string &name : known->second) {
            if (const auto it = variables.find(name); it != variables.end()) {
                it->second.lines.push_back(line);
                if (setting.takesEffect && !setting.maximum)
                    it->second.disk = line.text == hiddenValue ? line.text : setting.meaning;
            }
        }
    }
    const auto whole = [&](const char *name, long long otherwise) {
        long long number = 0;
        const auto it = values->find(name);
        return it != values->end() && rules::wholeNumber(it->second, number) ? number : otherwise;
    };
    const long long poolStep = whole("innodb_buffer_pool_chunk_size", 128LL << 20) * whole("innodb_buffer_pool_instances", 1);
    for (auto &[name, variable] : variables) {
        const auto &next = variable.persisted ? variable.persisted : variable.disk;
        variable.agree = !next || isDerived(name) || givesMemory(variable, *next, poolStep);
        state.variables.push_back(std::move(variable));
    }
    for (const OptionProblem &problem : m_options.problems())
        state.problems.push_back({problem.code, problem.file.string(), problem.line, problem.detail, problem.fatal});
    for (const auto &[path, content] : m_options.files()) {
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0)
            continue;
        char mode[8];
        std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(info.st_mode & 07777));
        state.files.push_back({path.string(), ownerOf(info), mode});
    }
    return state;
}

} // namespace zandb::agent
