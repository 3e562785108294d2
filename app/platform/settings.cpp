// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/settings.h"

#include "app/platform/channelsettings.h"
#include "app/platform/errors.h"
#include "app/platform/input.h"
#include "app/platform/zabbixsettings.h"
#include "models/common/names.h"

#include <QFileInfo>
#include <QStandardPaths>

#include <array>
#include <cstdlib>
#include <set>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace zandb {
namespace {

namespace fs = std::filesystem;

/// Reads one table; the first thing wrong is kept, and keys nobody asked for are wrong.
class Reader
{
public:
    Reader(const fs::path &file, const toml::table &table, std::string prefix)
        : m_file(file), m_table(table), m_prefix(std::move(prefix))
    {
    }
    void read(const char *key, std::string &into)
    {
        if (const auto *node = known(key))
            node->is_string() ? void(into = **node->as_string()) : wrong(key, "must be text");
    }
    void read(const char *key, bool &into)
    {
        if (const auto *node = known(key))
            node->is_boolean() ? void(into = **node->as_boolean()) : wrong(key, "must be true or false");
    }
    void read(const char *key, int &into, int least, int most)
    {
        const auto *node = known(key);
        if (!node)
            return;
        const auto number = node->is_integer() ? **node->as_integer() : std::int64_t{least} - 1;
        if (number < least || number > most)
            return wrong(key, "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
        into = static_cast<int>(number);
    }
    /// `~/` is the home directory; a relative path counts from the file's directory.
    void read(const char *key, fs::path &into)
    {
        std::string text;
        read(key, text);
        if (text.empty())
            return;
        if (text.starts_with("~/")) {
            const char *home = std::getenv("HOME");
            into = fs::path(home ? home : "/") / text.substr(2);
        } else {
            into = fs::path(text).is_absolute() ? fs::path(text) : fs::absolute(m_file).parent_path() / text;
        }
        into = into.lexically_normal();
    }
    void oneOf(const char *key, const std::string &value, std::initializer_list<std::string_view> words)
    {
        std::string list;
        for (const std::string_view word : words) {
            if (word == value)
                return;
            list += (list.empty() ? "" : ", ") + std::string(word);
        }
        wrong(key, "must be one of " + list);
    }
    void table(const char *key) { m_known.insert(key); }
    void wrong(const std::string &key, const std::string &what)
    {
        if (!m_problem)
            m_problem = m_prefix + key + ' ' + what;
    }
    std::optional<std::string> finish()
    {
        for (const auto &[key, node] : m_table) {
            if (!m_known.contains(std::string(key.str())))
                wrong(std::string(key.str()), "is not known (line " + std::to_string(node.source().begin.line) + ')');
        }
        return m_problem;
    }

private:
    const toml::node *known(const char *key)
    {
        m_known.insert(key);
        return m_table.get(key);
    }
    const fs::path &m_file;
    const toml::table &m_table;
    std::string m_prefix;
    std::set<std::string> m_known;
    std::optional<std::string> m_problem;
};

std::string loginName()
{
    for (const char *name : {"USER", "LOGNAME", "USERNAME"}) {
        if (const char *value = std::getenv(name); value && *value)
            return value;
    }
    return "unknown";
}

tl::unexpected<Error> invalid(const fs::path &path, const std::string &detail)
{
    return fail(errors::settingsInvalid, {{"path", path.string()}, {"detail", detail}});
}

constexpr std::size_t maxFileBytes = 1 << 20;

/// The whole file, parsed.
Result<toml::table> parsedFile(const fs::path &file)
{
    if (!QFileInfo::exists(QString::fromStdString(file.string())))
        return invalid(file, "the file does not exist; make it from the example zandb.toml that comes with the program, "
                             "or name another by $ZANDB_CONFIG");
    // a pipe or a terminal may never end
    if (std::error_code ignored; !fs::is_regular_file(file, ignored))
        return invalid(file, fs::is_directory(file, ignored) ? "is a directory" : "is no regular file");
    const auto text = readFile(file, maxFileBytes);
    if (!text)
        return fail(text.error());
    auto parsed = toml::parse(*text);
    if (!parsed)
        return invalid(file, "line " + std::to_string(parsed.error().source().begin.line) + ": "
                                 + std::string(parsed.error().description()));
    return std::move(parsed).table(); // a copy would forget its lines
}

const toml::table &sectionOf(const toml::table &root, const char *name)
{
    static const toml::table none;
    const auto *node = root.get(name);
    return node && node->is_table() ? *node->as_table() : none;
}

Result<ChannelsSettings> channelsOf(const fs::path &file, const toml::table &table)
{
    ChannelsSettings channels;
    Reader reader(file, table, "channels.");
    int timeout = static_cast<int>(channels.timeout.count());
    reader.read("key_file", channels.keyFile);
    reader.read("proxy", channels.proxy);
    reader.read("tls_ca", channels.tlsCa);
    reader.read("timeout_seconds", timeout, 1, 120);
    channels.timeout = std::chrono::seconds{timeout};
    reader.table("programs");
    if (const auto *node = table.get("programs"); node && node->is_table()) {
        for (const auto &[name, program] : *node->as_table()) {
            if (program.is_string() && fs::path(**program.as_string()).is_absolute())
                channels.programs[std::string(name.str())] = **program.as_string();
            else
                reader.wrong("programs." + std::string(name.str()), "must be the absolute path of a program");
        }
    } else if (node) {
        reader.wrong("programs", "must be a table");
    }
    if (const auto problem = reader.finish())
        return invalid(file, *problem);
    return channels;
}

Result<ZabbixSettings> zabbixOf(const fs::path &file, const toml::table &table)
{
    ZabbixSettings zabbix;
    Reader reader(file, table, "zabbix.");
    int timeout = static_cast<int>(zabbix.timeout.count());
    reader.read("url", zabbix.url);
    reader.read("token_file", zabbix.tokenFile);
    reader.read("proxy", zabbix.proxy);
    reader.read("tls_ca", zabbix.tlsCa);
    reader.read("timeout_seconds", timeout, 1, 120);
    zabbix.timeout = std::chrono::seconds{timeout};
    if (!zabbix.url.empty() && !zabbix.url.starts_with("https://") && !zabbix.url.starts_with("http://"))
        reader.wrong("url", "must begin with https:// or http://");
    if (const auto problem = reader.finish())
        return invalid(file, *problem);
    return zabbix;
}

} // namespace

Result<ZabbixSettings> loadZabbixSettings(const fs::path &file)
{
    const auto root = parsedFile(file);
    return root ? zabbixOf(file, sectionOf(*root, "zabbix")) : fail(root.error());
}

Result<ChannelsSettings> loadChannelsSettings(const fs::path &file)
{
    const auto root = parsedFile(file);
    return root ? channelsOf(file, sectionOf(*root, "channels")) : fail(root.error());
}

Result<Settings> loadSettings(const std::filesystem::path &file)
{
    const auto parsed = parsedFile(file);
    if (!parsed)
        return fail(parsed.error());
    const toml::table &root = *parsed;
    const auto section = [&](const char *name) -> const toml::table & { return sectionOf(root, name); };

    Settings settings;
    settings.file = fs::absolute(file);
    Reader top(file, root, "");
    for (const char *name : {"profile", "store", "ssh", "store_backup", "channels", "zabbix"}) {
        top.table(name);
        if (const auto *node = root.get(name); node && !node->is_table())
            top.wrong(name, "must be a table");
    }
    Reader profile(file, section("profile"), "profile.");
    profile.read("name", settings.profile);
    profile.read("colour", settings.colour);
    profile.read("production", settings.production);
    profile.read("person", settings.person);
    if (settings.person.empty())
        settings.person = loginName();
    if (const auto fits = names::checkPerson(settings.person); !fits)
        profile.wrong("person", "does not fit: " + fits.error().fields.at("detail"));
    settings.store.person = settings.person;

    Reader store(file, section("store"), "store.");
    store.read("host", settings.store.host);
    store.read("port", settings.store.port, 1, 65535);
    store.read("socket", settings.store.socket);
    store.read("user", settings.store.user);
    store.read("password_file", settings.store.passwordFile);
    store.read("schema", settings.store.schema);
    store.read("tls", settings.store.tls);
    store.read("tls_ca", settings.store.tlsCa);
    store.oneOf("tls", settings.store.tls, {"auto", "required", "off"});
    if (settings.store.user.empty())
        store.wrong("user", "is missing");
    if (settings.store.schema.empty() || settings.store.schema.size() > 64)
        store.wrong("schema", "must have 1 to 64 characters");

    Reader ssh(file, section("ssh"), "ssh.");
    ssh.read("identity", settings.ssh.identity);
    ssh.read("passphrase_file", settings.ssh.passphraseFile);

    Reader backup(file, section("store_backup"), "store_backup.");
    backup.read("directory", settings.storeBackup.directory);
    backup.read("keep", settings.storeBackup.keep, 1, 10'000);
    backup.read("tools", settings.storeBackup.tools);

    for (Reader *reader : std::array{&top, &profile, &store, &ssh, &backup}) {
        if (const auto problem = reader->finish())
            return invalid(file, *problem);
    }
    if (const auto channels = channelsOf(file, section("channels")); !channels)
        return fail(channels.error());
    if (const auto zabbix = zabbixOf(file, section("zabbix")); !zabbix)
        return fail(zabbix.error());
    return settings;
}

std::filesystem::path defaultSettingsFile()
{
    if (const char *file = std::getenv("ZANDB_CONFIG"); file && *file)
        return file;
    return fs::path(QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation).toStdString()) / "zandb" / "zandb.toml";
}

Result<std::string> readSecret(const std::filesystem::path &file, const std::string &credentialName)
{
    fs::path path = file;
    if (path.empty()) {
        const char *directory = std::getenv("CREDENTIALS_DIRECTORY");
        if (!directory || !*directory)
            return std::string();
        path = fs::path(directory) / credentialName;
        std::error_code ignored;
        if (!fs::exists(path, ignored))
            return std::string();
    }
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (error || !fs::exists(status))
        return invalid(path, "the file with the secret does not exist");
    if (!fs::is_regular_file(status))
        return invalid(path, "is not a regular file");
#ifndef _WIN32
    constexpr auto others = fs::perms::group_all | fs::perms::others_all;
    // systemd hands credentials out as 0440 to the service's own group in a directory of the service's own
    if (!file.empty() && (status.permissions() & others) != fs::perms::none)
        return invalid(path, "others than its owner may read it; chmod 600");
#endif
    auto read = readFile(path, 64 * 1024);
    if (!read)
        return fail(read.error());
    std::string secret = std::move(*read);
    while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r'))
        secret.pop_back();
    return secret;
}

} // namespace zandb
