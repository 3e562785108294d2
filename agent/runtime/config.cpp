// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/config.h"

#include "agent/protocol/errors.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <set>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

constexpr std::size_t maxFileBytes = 1 << 20;
constexpr std::int64_t reservedForResults = 64LL << 20;
constexpr std::size_t maxSocketPath = 107; // sockaddr_un

bool consistsOf(std::string_view text, std::string_view extra)
{
    return std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || extra.find(c) != extra.npos;
    });
}

/// Labels become directory names in repositories.
bool isLabel(std::string_view text)
{
    return !text.empty() && text.size() <= 64 && consistsOf(text, "_.-") && text.front() != '.' && text.front() != '-';
}

/// What may stand unquoted in the forced command of a key, which a login shell reads.
bool isShellSafe(std::string_view text)
{
    return consistsOf(text, "/_.+@-") && !text.starts_with('-');
}

/// OS users, never root's number in disguise.
bool isOsUser(std::string_view text)
{
    return !text.empty() && text.size() <= 32 && consistsOf(text, "_-") && text.front() != '-'
        && !(text.front() >= '0' && text.front() <= '9') && text != "root";
}

bool isUnit(std::string_view text)
{
    return text.size() > 8 && text.size() <= 128 && text.ends_with(".service") && consistsOf(text, "_.@:-") && text.front() != '-'
        && text.front() != '.';
}

bool isRemote(std::string_view text)
{
    const auto at = text.find('@');
    if (at == text.npos || at == 0 || at + 1 == text.size())
        return false;
    const auto user = text.substr(0, at), host = text.substr(at + 1);
    return user.size() <= 32 && consistsOf(user, "_.-") && user.front() != '-' && host.size() <= 253 && consistsOf(host, ".:-")
        && host.front() != '-';
}

std::string_view typeName(toml::node_type type)
{
    switch (type) {
    case toml::node_type::table:
        return "a table";
    case toml::node_type::array:
        return "a list";
    case toml::node_type::string:
        return "text";
    case toml::node_type::integer:
        return "a number";
    case toml::node_type::floating_point:
        return "a fraction";
    case toml::node_type::boolean:
        return "true or false";
    default:
        return "a date or time";
    }
}

/// Reads a parsed file into a Config and collects every mistake on the way.
class Reader
{
public:
    Reader(const fs::path &file, Config &config) : m_file(file), m_config(config) { }

    std::vector<Error> read(const toml::table &root);
    Error mistakeAt(toml::source_index line, std::string detail) const
    {
        return makeError(errors::configInvalid, {{"path", m_file.string()}, {"line", std::to_string(line)}, {"detail", std::move(detail)}});
    }

private:
    /// One table of the file, its name for messages and the keys asked of it so far.
    struct Section
    {
        const toml::table *table;
        std::string name;
        std::set<std::string, std::less<>> known;
        toml::source_index line() const { return table && table->source().begin ? table->source().begin.line : 1; }
    };

    void mistake(toml::source_index line, std::string detail) { m_mistakes.emplace_back(line, std::move(detail)); }
    void mistake(const toml::node &node, std::string detail) { mistake(node.source().begin.line, std::move(detail)); }
    static std::string label(const Section &section, std::string_view key) { return section.name + "." + std::string(key); }

    Section section(const toml::table &root, std::string_view name);
    std::vector<Section> sections(const toml::table &root, std::string_view name);
    void finish(const Section &section);
    const toml::node *node(Section &section, std::string_view key, toml::node_type type);
    /// True when the key is there and is text, acceptable or not.
    bool text(Section &section, std::string_view key, std::string &out, const std::function<bool(std::string_view)> &accept,
              std::string_view expected);
    bool path(Section &section, std::string_view key, fs::path &out, bool mayBeEmpty = false);
    template<class T>
    void number(Section &section, std::string_view key, T &out, std::int64_t least, std::int64_t most);
    void list(Section &section, std::string_view key, std::vector<std::string> &out,
              const std::function<bool(std::string_view)> &accept, std::string_view expected);
    void required(const Section &section, bool present, std::string_view key)
    {
        if (!present && !(section.table && section.table->contains(key)))
            mistake(section.line(), label(section, key) + " is missing");
    }
    void readAgent(Section section);
    void readLimits(Section section);
    void readRepository(Section section);
    void readInstance(Section section);
    void readScript(Section section);
    void readParameter(Section section, wire::ScriptEntry &entry);
    void flag(Section &section, std::string_view key, bool &out)
    {
        if (const toml::node *found = node(section, key, toml::node_type::boolean))
            out = found->value_or(false);
    }

    const fs::path &m_file;
    Config &m_config;
    std::vector<std::pair<toml::source_index, std::string>> m_mistakes;
};

Reader::Section Reader::section(const toml::table &root, std::string_view name)
{
    Section section{nullptr, std::string(name), {}};
    if (const toml::node *node = root.get(name)) {
        section.table = node->as_table();
        if (!section.table)
            mistake(*node, section.name + " must be a section [" + section.name + "]");
    }
    return section;
}

std::vector<Reader::Section> Reader::sections(const toml::table &root, std::string_view name)
{
    std::vector<Section> found;
    const toml::node *node = root.get(name);
    if (!node)
        return found;
    const toml::array *array = node->as_array();
    if (!array) {
        mistake(*node, std::string(name) + " must be written [[" + std::string(name) + "]]");
        return found;
    }
    for (const toml::node &element : *array) {
        if (element.is_table())
            found.push_back({element.as_table(), std::string(name), {}});
        else
            mistake(element, std::string(name) + " must be written [[" + std::string(name) + "]]");
    }
    return found;
}

void Reader::finish(const Section &section)
{
    if (!section.table)
        return;
    for (const auto &[key, value] : *section.table) {
        if (!section.known.contains(key.str()))
            mistake(key.source().begin.line, "unknown key " + label(section, key.str()));
    }
}

const toml::node *Reader::node(Section &section, std::string_view key, toml::node_type type)
{
    section.known.emplace(key);
    const toml::node *found = section.table ? section.table->get(key) : nullptr;
    if (found && found->type() != type) {
        mistake(*found, label(section, key) + " must be " + std::string(typeName(type)) + ", not "
                            + std::string(typeName(found->type())));
        return nullptr;
    }
    return found;
}

bool Reader::text(Section &section, std::string_view key, std::string &out,
                  const std::function<bool(std::string_view)> &accept, std::string_view expected)
{
    const toml::node *found = node(section, key, toml::node_type::string);
    if (!found)
        return false;
    const std::string &value = found->as_string()->get();
    if (accept(value))
        out = value;
    else
        mistake(*found, label(section, key) + " must be " + std::string(expected));
    return true;
}

bool Reader::path(Section &section, std::string_view key, fs::path &out, bool mayBeEmpty)
{
    std::string value;
    const bool present = text(section, key, value, [&](std::string_view candidate) {
        const bool printable = std::ranges::none_of(candidate, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
        return candidate.empty() ? mayBeEmpty : printable && candidate.front() == '/' && candidate.size() < 4096;
    }, "an absolute path");
    if (!value.empty()) {
        out = fs::path(value).lexically_normal();
        if (!out.has_filename() && out.has_relative_path())
            out = out.parent_path(); // "/srv/mysql/" means "/srv/mysql"
    }
    return present;
}

template<class T>
void Reader::number(Section &section, std::string_view key, T &out, std::int64_t least, std::int64_t most)
{
    const toml::node *found = node(section, key, toml::node_type::integer);
    if (!found)
        return;
    const std::int64_t value = found->as_integer()->get();
    if (value < least || value > most)
        mistake(*found, label(section, key) + " must be between " + std::to_string(least) + " and " + std::to_string(most));
    else
        out = static_cast<T>(value);
}

void Reader::list(Section &section, std::string_view key, std::vector<std::string> &out,
                  const std::function<bool(std::string_view)> &accept, std::string_view expected)
{
    const toml::node *found = node(section, key, toml::node_type::array);
    if (!found)
        return;
    out.clear();
    for (const toml::node &element : *found->as_array()) {
        const auto *value = element.as_string();
        if (!value || !accept(value->get()))
            mistake(element, label(section, key) + " must hold " + std::string(expected));
        else if (std::ranges::find(out, value->get()) != out.end())
            mistake(element, label(section, key) + " names " + value->get() + " twice");
        else
            out.push_back(value->get());
    }
}

void Reader::readAgent(Section section)
{
    const bool host = text(section, "host", m_config.host, isLabel, "a label of letters, digits, '_', '.' and '-'");
    required(section, host, "host");
    required(section, path(section, "base", m_config.base), "base");
    required(section, path(section, "state_directory", m_config.stateDirectory), "state_directory");
    required(section, path(section, "socket", m_config.socket), "socket");
    const auto &socket = m_config.socket.native();
    if (socket.size() > maxSocketPath)
        mistake(*section.table->get("socket"), "agent.socket must not be longer than " + std::to_string(maxSocketPath) + " bytes");
    else if (!isShellSafe(socket))
        mistake(*section.table->get("socket"), "agent.socket must consist of letters, digits and '/_.+@-'");
    required(section, path(section, "authorized_keys", m_config.authorizedKeys), "authorized_keys");
    text(section, "attach", m_config.attachPath, [](std::string_view value) {
        return !value.empty() && isShellSafe(value) && (value.front() == '/' || value.find('/') == value.npos);
    }, "an absolute path or a program's name, of letters, digits and '/_.+@-'");
    number(section, "sample_seconds", m_config.sampleSeconds, 1, 3600);
    finish(section);
}

void Reader::readLimits(Section section)
{
    number(section, "nice", m_config.nice, 0, 19);
    text(section, "ionice", m_config.ionice, [](std::string_view value) {
        return value == "none" || value == "idle"
            || (value.size() == 13 && value.starts_with("best-effort:") && value[12] >= '0' && value[12] <= '7');
    }, "\"none\", \"idle\" or \"best-effort:0\" to \"best-effort:7\"");
    path(section, "cgroup", m_config.cgroup, true);
    number(section, "staging_bytes", m_config.stagingBytes, 0, std::int64_t{1} << 50);
    number(section, "spool_bytes", m_config.spoolBytes, reservedForResults + 1, std::int64_t{1} << 50);
    number(section, "max_workers", m_config.maxWorkers, 1, 64);
    number(section, "max_short_workers", m_config.maxShortWorkers, 1, 64);
    finish(section);
}

void Reader::readRepository(Section section)
{
    RepositoryConfig repository;
    required(section, text(section, "name", repository.name, isLabel, "a label of letters, digits, '_', '.' and '-'"), "name");
    if (!repository.name.empty()) {
        if (m_config.repository(repository.name))
            mistake(*section.table->get("name"), "two repositories are called " + repository.name);
        section.name += "[" + repository.name + "]";
    }
    const bool local = path(section, "path", repository.path);
    const bool remote = text(section, "remote", repository.remote, isRemote, "\"user@host\"");
    if (local == remote)
        mistake(section.line(), section.name + (local ? " has both a path and a remote; it needs one of them"
                                                      : " has neither a path nor a remote"));
    number(section, "min_free_bytes", repository.minFreeBytes, 0, std::int64_t{1} << 60);
    list(section, "accept_from", repository.acceptFrom, isLabel, "host labels");
    number(section, "prune_after_days", repository.pruneAfterDays, 1, 36500);
    if (const toml::node *found = section.table->get("prune_after_days"); found && repository.acceptFrom.empty())
        mistake(*found, label(section, "prune_after_days") + " is for a repository with accept_from");
    number(section, "ssh_port", repository.sshPort, 1, 65535);
    const bool identity = path(section, "identity", repository.identity);
    const bool knownHosts = path(section, "known_hosts", repository.knownHosts);
    text(section, "remote_name", repository.remoteName, isLabel, "a label of letters, digits, '_', '.' and '-'");
    if (remote) {
        required(section, identity, "identity");
        required(section, knownHosts, "known_hosts"); // the remote end is pinned, never trusted at first sight
        for (const char *key : {"accept_from", "min_free_bytes", "prune_after_days"}) {
            if (const toml::node *found = section.table->get(key))
                mistake(*found, label(section, key) + " is for a repository with a path; the remote end has its own");
        }
    } else {
        for (const char *key : {"ssh_port", "identity", "known_hosts", "remote_name"}) {
            if (const toml::node *found = section.table->get(key))
                mistake(*found, label(section, key) + " is for a repository with a remote");
        }
    }
    if (repository.remoteName.empty())
        repository.remoteName = repository.name;
    finish(section);
    m_config.repositories.push_back(std::move(repository));
}

void Reader::readInstance(Section section)
{
    AdoptedInstance instance;
    required(section, text(section, "name", instance.name, isLabel, "a label of letters, digits, '_', '.' and '-'"), "name");
    if (!instance.name.empty()) {
        if (std::ranges::find(m_config.instances, instance.name, &AdoptedInstance::name) != m_config.instances.end())
            mistake(*section.table->get("name"), "two instances are called " + instance.name);
        section.name += "[" + instance.name + "]";
    }
    required(section, path(section, "socket", instance.socket), "socket");
    path(section, "data_directory", instance.dataDirectory);
    path(section, "log_directory", instance.logDirectory);
    path(section, "my_cnf", instance.myCnf);
    std::vector<std::string> optionFiles;
    list(section, "option_files", optionFiles, [](std::string_view value) { return value.starts_with('/') && value.size() < 4096; }, "absolute paths");
    instance.optionFiles.assign(optionFiles.begin(), optionFiles.end());
    text(section, "unit", instance.unit, isUnit, "the name of a systemd service, like \"mariadb.service\"");
    finish(section);
    m_config.instances.push_back(std::move(instance));
}

bool isOneLine(std::string_view text)
{
    return text.size() <= 1000 && std::ranges::none_of(text, [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}
constexpr std::string_view oneLine = "one line of at most 1000 bytes";

/// What stands for a value of the instance, beside the script's own parameters.
constexpr std::array<std::string_view, 5> instanceWords{"instance", "socket", "data_directory", "log_directory", "port"};

void Reader::readParameter(Section section, wire::ScriptEntry &entry)
{
    wire::ScriptParameter parameter;
    required(section, text(section, "name", parameter.name, isLabel, "a label of letters, digits, '_', '.' and '-'"), "name");
    if (!parameter.name.empty()) {
        const toml::node &name = *section.table->get("name");
        if (std::ranges::find(instanceWords, parameter.name) != instanceWords.end())
            mistake(name, label(section, "name") + ": {" + parameter.name + "} stands for the instance's own");
        if (std::ranges::find(entry.parameters, parameter.name, &wire::ScriptParameter::name) != entry.parameters.end())
            mistake(name, "two parameters of " + entry.name + " are called " + parameter.name);
    }
    required(section, text(section, "type", parameter.type, [](std::string_view value) {
        return value == "integer" || value == "word" || value == "text" || value == "choice" || value == "boolean";
    }, "\"integer\", \"word\", \"text\", \"choice\" or \"boolean\""), "type");
    text(section, "description", parameter.description, isOneLine, oneLine);
    constexpr auto widest = std::numeric_limits<std::int64_t>::max();
    if (parameter.type == "integer") {
        parameter.least = std::numeric_limits<std::int64_t>::min();
        parameter.most = widest;
        number(section, "least", parameter.least, parameter.least, widest);
        number(section, "most", parameter.most, parameter.least, widest);
    }
    if (parameter.type == "choice") {
        list(section, "choices", parameter.choices, [&](std::string_view value) { return !value.empty() && isOneLine(value) && !value.starts_with('-'); },
             "words that do not begin with '-'");
        if (parameter.choices.empty())
            mistake(section.line(), label(section, "choices") + " is missing");
    }
    if (std::string fallback; text(section, "default", fallback, isOneLine, oneLine)) {
        if (const std::string wrong = wire::whyNoValue(parameter, fallback); !wrong.empty())
            mistake(*section.table->get("default"), label(section, "default") + " " + wrong);
        parameter.fallback = fallback;
    }
    finish(section);
    entry.parameters.push_back(std::move(parameter));
}

void Reader::readScript(Section section)
{
    ScriptConfig script;
    wire::ScriptEntry &entry = script.entry;
    required(section, text(section, "name", entry.name, isLabel, "a label of letters, digits, '_', '.' and '-'"), "name");
    if (!entry.name.empty()) {
        if (m_config.script(entry.name))
            mistake(*section.table->get("name"), "two scripts are called " + entry.name);
        section.name += "[" + entry.name + "]";
    }
    fs::path program;
    required(section, path(section, "program", program), "program");
    entry.program = program;
    text(section, "description", entry.description, isOneLine, oneLine);
    entry.role = "operator";
    text(section, "role", entry.role, [](std::string_view value) { return value == "operator" || value == "admin"; }, "\"operator\" or \"admin\"");
    flag(section, "scheduled", entry.scheduled);
    entry.timeoutSeconds = 3600;
    number(section, "timeout_seconds", entry.timeoutSeconds, 1, 7 * 86400);
    if (const toml::node *found = node(section, "success", toml::node_type::array)) {
        script.success.clear();
        for (const toml::node &element : *found->as_array()) {
            const auto *value = element.as_integer();
            if (!value || value->get() < 0 || value->get() > 255)
                mistake(element, label(section, "success") + " must hold exit statuses from 0 to 255");
            else
                script.success.push_back(value->get());
        }
    }
    if (const toml::node *found = node(section, "parameters", toml::node_type::array)) {
        for (const toml::node &element : *found->as_array()) {
            if (element.is_table())
                readParameter({element.as_table(), section.name + ".parameters", {}}, entry);
            else
                mistake(element, label(section, "parameters") + " must hold tables like {name = \"days\", type = \"integer\"}");
        }
    }
    std::set<std::string> used;
    // the same word may stand twice in a command line, so this is no list() of names
    if (const toml::node *found = node(section, "arguments", toml::node_type::array)) {
        for (const toml::node &element : *found->as_array()) {
            const auto *value = element.as_string();
            const auto words = value && isOneLine(value->get()) ? placeholdersOf(value->get()) : std::nullopt;
            if (!words) {
                mistake(element, label(section, "arguments") + " must hold lines of text, with parameters as {name}");
                continue;
            }
            for (const std::string &word : *words) {
                const bool isInstances = std::ranges::find(instanceWords, word) != instanceWords.end();
                entry.forInstance |= isInstances;
                if (!isInstances && std::ranges::find(entry.parameters, word, &wire::ScriptParameter::name) == entry.parameters.end())
                    mistake(element, label(section, "arguments") + " names {" + word + "}, which is no parameter of it");
                used.insert(word);
            }
            script.arguments.push_back(value->get());
        }
    }
    for (const wire::ScriptParameter &parameter : entry.parameters) {
        if (!parameter.name.empty() && !used.contains(parameter.name))
            mistake(section.line(), section.name + " has a parameter " + parameter.name + " that none of its arguments names");
    }
    finish(section);
    m_config.scripts.push_back(std::move(script));
}

std::vector<Error> Reader::read(const toml::table &root)
{
    readAgent(section(root, "agent"));

    Section accounts = section(root, "accounts");
    const auto isAccount = [](std::string_view value) { return !value.empty() && value.size() <= 32 && consistsOf(value, "_.-"); };
    constexpr std::string_view anAccount = "an account name of letters, digits, '_', '.' and '-'";
    text(accounts, "mariadb", m_config.mariadbAccount, isAccount, anAccount);
    text(accounts, "mysql_watch", m_config.mysqlWatchAccount, isAccount, anAccount);
    text(accounts, "mysql_backup", m_config.mysqlBackupAccount, isAccount, anAccount);
    finish(accounts);

    Section tools = section(root, "tools");
    path(tools, "mariadb", m_config.mariadbTools, true);
    path(tools, "mysql", m_config.mysqlTools, true);
    finish(tools);

    readLimits(section(root, "limits"));

    Section helper = section(root, "helper");
    path(helper, "socket", m_config.helperSocket, true);
    if (m_config.helperSocket.native().size() > maxSocketPath)
        mistake(*helper.table->get("socket"), "helper.socket must not be longer than " + std::to_string(maxSocketPath) + " bytes");
    text(helper, "user", m_config.helperUser, isOsUser, "the name of the agent's OS user, which is not root");
    list(helper, "server_users", m_config.serverUsers, isOsUser, "names of OS users that servers run as, root not among them");
    if (m_config.serverUsers.empty())
        mistake(helper.line(), "helper.server_users must not be empty");
    flag(helper, "provisioning", m_config.provisioning);
    flag(helper, "config", m_config.changesOptionFiles);
    finish(helper);

    Section provision = section(root, "provision");
    std::string start;
    text(provision, "start", start, [](std::string_view value) { return value == "unit" || value == "direct"; }, "\"unit\" or \"direct\"");
    m_config.startsDirectly = start == "direct";
    number(provision, "memory_bytes", m_config.memoryBytes, 0, std::int64_t{1} << 50);
    finish(provision);

    Section dispatcher = section(root, "dispatcher");
    if (node(dispatcher, "kinds", toml::node_type::array))
        m_config.dispatcherKinds.emplace();
    std::vector<std::string> noKinds;
    list(dispatcher, "kinds", m_config.dispatcherKinds ? *m_config.dispatcherKinds : noKinds, [](std::string_view value) {
        return !value.empty() && value.size() <= 32
            && std::ranges::all_of(value, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
    }, "kinds of orders, like \"backup\"");
    finish(dispatcher);

    for (Section &repository : sections(root, "repository"))
        readRepository(std::move(repository));
    for (Section &instance : sections(root, "instance"))
        readInstance(std::move(instance));
    for (Section &script : sections(root, "script"))
        readScript(std::move(script));

    constexpr std::string_view known[] = {"agent", "accounts", "tools", "limits", "helper", "provision", "dispatcher", "repository", "instance", "script"};
    for (const auto &[key, value] : root) {
        if (std::ranges::find(known, key.str()) == std::end(known))
            mistake(key.source().begin.line, (value.is_table() ? "unknown section " : "unknown key ") + std::string(key.str()));
    }

    std::ranges::stable_sort(m_mistakes, {}, &std::pair<toml::source_index, std::string>::first);
    std::vector<Error> errors;
    for (auto &[line, detail] : m_mistakes)
        errors.push_back(mistakeAt(line, std::move(detail)));
    return errors;
}

/// The first line with a header like "[@x]" or "[" alone, 0 when there is none: toml++ takes for granted that a name follows
/// the brackets and does not survive when none does.
toml::source_index headerWithoutName(std::string_view text)
{
    toml::source_index line = 0;
    while (!text.empty()) {
        ++line;
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view rest = text.substr(0, end);
        const bool last = end == text.size();
        text.remove_prefix(last ? end : end + 1);
        const auto skipBlanks = [&] { rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size())); };
        skipBlanks();
        if (!rest.starts_with('['))
            continue;
        for (int bracket = 0; bracket < 2 && rest.starts_with('['); ++bracket) {
            rest.remove_prefix(1);
            skipBlanks();
        }
        if (rest.empty() ? !last : !consistsOf(rest.substr(0, 1), "_-\"'[]"))
            return line;
    }
    return 0;
}

std::vector<Error> readConfig(const fs::path &file, Config &config)
{
    config = Config{};
    config.file = file;
    const auto cannotRead = [&](std::string detail) {
        return std::vector<Error>{makeError(errors::ioFailed, {{"path", file.string()}, {"detail", std::move(detail)}})};
    };
    std::error_code failure;
    if (fs::is_directory(file, failure))
        return cannotRead("is a directory");
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return cannotRead(std::strerror(errno));
    std::string text(maxFileBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.bad())
        return cannotRead("cannot be read");
    text.resize(static_cast<std::size_t>(in.gcount()));

    Reader reader(file, config);
    if (text.size() > maxFileBytes)
        return {reader.mistakeAt(1, "the file is larger than 1 MiB")};
    if (const auto line = headerWithoutName(text))
        return {reader.mistakeAt(line, "a section needs a name of letters, digits, '_' and '-'")};
    const toml::parse_result parsed = toml::parse(text);
    if (!parsed)
        return {reader.mistakeAt(parsed.error().source().begin.line, std::string(parsed.error().description()))};
    return reader.read(parsed.table());
}

} // namespace

const RepositoryConfig *Config::repository(std::string_view name) const
{
    const auto it = std::ranges::find(repositories, name, &RepositoryConfig::name);
    return it == repositories.end() ? nullptr : &*it;
}

const ScriptConfig *Config::script(std::string_view name) const
{
    const auto it = std::ranges::find_if(scripts, [&](const ScriptConfig &script) { return script.entry.name == name; });
    return it == scripts.end() ? nullptr : &*it;
}

std::optional<std::vector<std::string>> placeholdersOf(std::string_view text)
{
    std::vector<std::string> names;
    while (!text.empty()) {
        const auto brace = text.find_first_of("{}");
        if (brace == text.npos)
            return names;
        const auto end = text.find('}', brace);
        if (text[brace] == '}' || end == text.npos || !isLabel(text.substr(brace + 1, end - brace - 1)))
            return std::nullopt;
        names.emplace_back(text.substr(brace + 1, end - brace - 1));
        text.remove_prefix(end + 1);
    }
    return names;
}

Result<Config> loadConfig(const fs::path &file)
{
    Config config;
    auto mistakes = readConfig(file, config);
    if (!mistakes.empty())
        return fail(std::move(mistakes.front()));
    return config;
}

std::vector<Error> checkConfig(const fs::path &file)
{
    Config config;
    return readConfig(file, config);
}

} // namespace zandb::agent
