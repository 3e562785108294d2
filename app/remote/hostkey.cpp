// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/remote/hostkey.h"

#include "app/remote/sockets.h"

namespace zandb::remote {
namespace {

struct KeyDeleter
{
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
using KeyPtr = std::unique_ptr<ssh_key_struct, KeyDeleter>;

KeyPtr importKey(const std::string &text)
{
    const auto space = text.find(' ');
    if (space == std::string::npos)
        return {};
    const ssh_keytypes_e type = ssh_key_type_from_name(text.substr(0, space).c_str());
    ssh_key key = nullptr;
    if (type == SSH_KEYTYPE_UNKNOWN || ssh_pki_import_pubkey_base64(text.substr(space + 1).c_str(), type, &key) != SSH_OK)
        return {};
    return KeyPtr(key);
}

std::string fingerprint(ssh_key key)
{
    unsigned char *hash = nullptr;
    std::size_t length = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &length) != 0)
        return {};
    char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, length);
    std::string result = text ? text : "";
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    return result;
}

/// The signature algorithms of a key type, SHA-1 left out.
std::string algorithmsOf(const std::string &key)
{
    const std::string type = key.substr(0, key.find(' '));
    return type == "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type;
}

} // namespace

SessionPtr makeSession(int fd, const HostAddress &host, bool onlyPinnedType)
{
    SessionPtr session(ssh_new());
    if (!session) {
        closeSocket(fd);
        return {};
    }
    bool good = true;
    const auto set = [&](ssh_options_e option, const void *value) {
        good = ssh_options_set(session.get(), option, value) == SSH_OK && good;
    };
    const bool off = false;
    const unsigned int port = static_cast<unsigned int>(host.port);
    set(SSH_OPTIONS_PROCESS_CONFIG, &off);
    set(SSH_OPTIONS_HOST, host.address.c_str());
    set(SSH_OPTIONS_PORT, &port);
    set(SSH_OPTIONS_USER, host.user.c_str());
    set(SSH_OPTIONS_KNOWNHOSTS, "/dev/null");
    set(SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null");
    if (onlyPinnedType && !host.hostKey.empty())
        set(SSH_OPTIONS_HOSTKEYS, algorithmsOf(host.hostKey).c_str());
    if (!good) {
        closeSocket(fd);
        return {};
    }
    set(SSH_OPTIONS_FD, &fd);
    ssh_set_blocking(session.get(), 0);
    return session;
}

std::optional<HostKey> shownKey(ssh_session session)
{
    ssh_key raw = nullptr;
    if (ssh_get_server_publickey(session, &raw) != SSH_OK)
        return {};
    const KeyPtr key(raw);
    char *base64 = nullptr;
    if (ssh_pki_export_pubkey_base64(key.get(), &base64) != SSH_OK)
        return {};
    HostKey shown;
    shown.key = std::string(ssh_key_type_to_char(ssh_key_type(key.get()))) + ' ' + base64;
    shown.fingerprint = fingerprint(key.get());
    ssh_string_free_char(base64);
    return shown;
}

std::string normalisedKey(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
        return {};
    text.remove_prefix(begin);
    const auto gap = text.find_first_of(" \t");
    if (gap == std::string_view::npos)
        return {};
    const auto body = text.find_first_not_of(" \t", gap);
    if (body == std::string_view::npos)
        return {};
    const auto end = text.find_first_of(" \t\r\n", body);
    const std::string key = std::string(text.substr(0, gap)) + ' '
        + std::string(text.substr(body, end == std::string_view::npos ? end : end - body));
    return importKey(key) ? key : std::string();
}

std::string fingerprintOf(const std::string &key)
{
    const KeyPtr imported = importKey(key);
    return imported ? fingerprint(imported.get()) : std::string();
}

std::optional<HostKey> parseHostKey(std::string_view text)
{
    HostKey key;
    key.key = normalisedKey(text);
    if (key.key.empty())
        return {};
    key.fingerprint = fingerprintOf(key.key);
    return key;
}

Result<HostKey> fetchHostKey(const std::string &address, int port, std::chrono::seconds timeout)
{
    const auto deadline = Clock::now() + timeout;
    const auto left = [&] {
        return std::max(std::chrono::milliseconds(0),
                        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()));
    };
    const auto unreachable = [&](std::string detail) {
        return fail(errors::sshUnreachable, {{"host", address}, {"address", address + ':' + std::to_string(port)},
                                             {"detail", std::move(detail)}});
    };
    const Lookup found = lookUp(address, port, false);
    std::string error = found.error;
    int fd = -1;
    for (const Endpoint &endpoint : found.endpoints) {
        fd = beginConnect(endpoint, error);
        if (fd < 0)
            continue;
        error = waitFor(fd, true, left()) ? connectError(fd) : "no answer within " + std::to_string(timeout.count()) + " s";
        if (error.empty())
            break;
        closeSocket(fd);
        fd = -1;
    }
    if (fd < 0)
        return unreachable(error);
    HostAddress host;
    host.address = address;
    host.port = port;
    host.user = "zandb";
    const SessionPtr session = makeSession(fd, host, false);
    if (!session)
        return unreachable("libssh refuses the address");
    int status = SSH_AGAIN;
    while ((status = ssh_connect(session.get())) == SSH_AGAIN) {
        if (left().count() == 0)
            return unreachable("connected, but no SSH greeting within " + std::to_string(timeout.count()) + " s");
        waitFor(ssh_get_fd(session.get()), (ssh_get_poll_flags(session.get()) & SSH_WRITE_PENDING) != 0, left());
    }
    if (status != SSH_OK)
        return unreachable(ssh_get_error(session.get()));
    auto shown = shownKey(session.get());
    if (!shown)
        return unreachable("the server showed no host key");
    return std::move(*shown);
}

} // namespace zandb::remote
