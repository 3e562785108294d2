// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/platform/savesettings.h"

#include "app/platform/channelsettings.h"
#include "app/platform/errors.h"
#include "app/platform/zabbixsettings.h"

#include <QSaveFile>

#include <sstream>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace zandb {
namespace {

namespace fs = std::filesystem;

Result<void> replaceFile(const fs::path &path, const std::string &bytes)
{
    const auto invalid = [&](const std::string &detail) { return fail(errors::settingsInvalid, {{"path", path.string()}, {"detail", detail}}); };
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error)
        return invalid("the directory cannot be made: " + error.message());
    QSaveFile file(QString::fromStdString(path.string()));
    // closed to others before the first byte is in it
    if (!file.open(QIODevice::WriteOnly) || !file.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner)
        || file.write(bytes.data(), static_cast<qint64>(bytes.size())) != static_cast<qint64>(bytes.size()) || !file.commit())
        return invalid("cannot be written: " + file.errorString().toStdString());
    return {};
}

} // namespace

Result<void> saveSettings(const fs::path &file, const Settings &settings)
{
    // what a console does not show stays
    const auto channels = loadChannelsSettings(file).value_or(ChannelsSettings());
    toml::table programs;
    for (const auto &[name, program] : channels.programs)
        programs.insert(name, program.string());
    toml::table all{
        {"profile", toml::table{{"name", settings.profile}, {"colour", settings.colour}, {"production", settings.production}, {"person", settings.person}}},
        {"store", toml::table{{"host", settings.store.host}, {"port", settings.store.port}, {"socket", settings.store.socket.string()},
                              {"user", settings.store.user}, {"password_file", settings.store.passwordFile.string()},
                              {"schema", settings.store.schema}, {"tls", settings.store.tls}, {"tls_ca", settings.store.tlsCa.string()}}},
        {"ssh", toml::table{{"identity", settings.ssh.identity.string()}, {"passphrase_file", settings.ssh.passphraseFile.string()}}},
        {"store_backup", toml::table{{"directory", settings.storeBackup.directory.string()}, {"keep", settings.storeBackup.keep},
                                     {"tools", settings.storeBackup.tools.string()}}},
    };
    if (std::error_code ignored; fs::exists(file, ignored) && (!channels.keyFile.empty() || !channels.proxy.empty() || !channels.tlsCa.empty() || !programs.empty()))
        all.insert("channels", toml::table{{"key_file", channels.keyFile.string()}, {"proxy", channels.proxy}, {"tls_ca", channels.tlsCa.string()},
                                           {"timeout_seconds", channels.timeout.count()}, {"programs", std::move(programs)}});
    if (const auto zabbix = loadZabbixSettings(file); zabbix && !zabbix->url.empty())
        all.insert("zabbix", toml::table{{"url", zabbix->url}, {"token_file", zabbix->tokenFile.string()}, {"proxy", zabbix->proxy}, {"tls_ca", zabbix->tlsCa.string()},
                                         {"timeout_seconds", zabbix->timeout.count()}});
    std::ostringstream out;
    out << all << '\n';
    return replaceFile(file, out.str());
}

Result<void> saveSecret(const fs::path &file, const std::string &secret)
{
    return replaceFile(file, secret + '\n');
}

} // namespace zandb
