// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/keys.h"

#include "agent/os/files.h"
#include "agent/os/sha256.h"
#include "agent/privileged/client.h"
#include "agent/protocol/base64.h"
#include "agent/protocol/errors.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace zandb::agent {
namespace {

constexpr std::size_t maxFileBytes = 4 << 20;
constexpr std::size_t maxKeyBytes = 16 << 10;
constexpr std::string_view restrictCommand = "restrict,command=\"";

Error badKey(std::string detail)
{
    return makeError(errors::protocolBadParams, {{"method", "keys"}, {"detail", std::move(detail)}});
}

std::vector<std::string_view> words(std::string_view text)
{
    std::vector<std::string_view> found;
    while (true) {
        const auto begin = text.find_first_not_of(" \t");
        if (begin == text.npos)
            return found;
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(" \t"), text.size());
        found.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

/// The strings (u32 length, bytes) a key's blob consists of; nullopt when it does not end exactly with one.
std::optional<std::vector<std::string_view>> blobFields(std::string_view blob)
{
    std::vector<std::string_view> fields;
    while (!blob.empty()) {
        if (blob.size() < 4)
            return std::nullopt;
        std::size_t size = 0;
        for (int i = 0; i < 4; ++i)
            size = size << 8 | static_cast<unsigned char>(blob[static_cast<std::size_t>(i)]);
        blob.remove_prefix(4);
        if (size > blob.size())
            return std::nullopt;
        fields.push_back(blob.substr(0, size));
        blob.remove_prefix(size);
    }
    return fields;
}

struct KeyType
{
    std::string_view name;
    std::size_t fields;      ///< strings in the blob, the type's name included
    std::size_t pointField;  ///< the one whose length is fixed
    std::size_t pointBytes;  ///< 0: RSA, checked by its size
};

constexpr std::array keyTypes{
    KeyType{"ssh-ed25519", 2, 1, 32},
    KeyType{"ssh-rsa", 3, 2, 0},
    KeyType{"ecdsa-sha2-nistp256", 3, 2, 65},
    KeyType{"ecdsa-sha2-nistp384", 3, 2, 97},
    KeyType{"ecdsa-sha2-nistp521", 3, 2, 133},
    KeyType{"sk-ssh-ed25519@openssh.com", 3, 1, 32},
    KeyType{"sk-ecdsa-sha2-nistp256@openssh.com", 4, 2, 65},
};

/// The decoded blob of "TYPE BASE64 [comment]".
Result<std::string> keyBlob(std::string_view publicKey)
{
    if (publicKey.size() > maxKeyBytes)
        return fail(badKey("the key is too long"));
    if (std::ranges::any_of(publicKey, [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
        return fail(badKey("the key must be one line of text"));
    const auto parts = words(publicKey);
    if (parts.size() < 2)
        return fail(badKey("a public key is \"TYPE BASE64\", as in a .pub file"));
    const auto type = std::ranges::find(keyTypes, parts[0], &KeyType::name);
    if (type == keyTypes.end())
        return fail(badKey("keys of type " + std::string(parts[0].substr(0, 40)) + " are not accepted"));
    auto blob = fromBase64(parts[1]);
    if (!blob)
        return fail(badKey("the key is not base64"));
    const auto fields = blobFields(*blob);
    if (!fields || fields->size() != type->fields || (*fields)[0] != type->name)
        return fail(badKey("the key is damaged, or not of the type it claims"));
    const std::string_view point = (*fields)[type->pointField];
    if (type->pointBytes != 0 ? point.size() != type->pointBytes : point.size() < 2048 / 8)
        return fail(badKey(type->pointBytes != 0 ? "the key is damaged" : "RSA keys must have at least 2048 bits"));
    return std::move(*blob);
}

/// A file of its own that nobody else may open: whoever can open a directory can lock it, and would hold up every revocation.
std::filesystem::path lockOf(const std::filesystem::path &keys) { return keys.string() + ".lock"; }

} // namespace

/// One line of the file; `ours` when it is a forced command of this agent.
struct KeysFile::Line
{
    std::string text; ///< without the line end
    std::optional<wire::KeyLine> ours;
};

KeysFile::KeysFile(const Config &config)
    : m_config(config), m_file(config.authorizedKeys), m_socket(config.socket), m_attach(config.attachPath)
{
}

bool KeysFile::isUserName(std::string_view user)
{
    if (user.empty() || user.size() > 32)
        return false;
    const auto isFirst = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
    return isFirst(user.front()) && std::ranges::all_of(user, [&](char c) {
        return isFirst(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
    });
}

bool KeysFile::isRole(std::string_view role)
{
    return role == "viewer" || role == "operator" || role == "admin" || role == "dispatcher";
}

Result<std::string> KeysFile::fingerprint(std::string_view publicKey)
{
    const auto blob = keyBlob(publicKey);
    if (!blob)
        return fail(blob.error());
    Sha256 sum;
    sum.update(blob->data(), blob->size());
    std::string text = toBase64(sum.finishBytes());
    while (text.ends_with('='))
        text.pop_back();
    return "SHA256:" + text;
}

bool KeysFile::byHelper() const
{
    return hasHelper(m_config) && ::access(m_file.parent_path().c_str(), W_OK) != 0;
}

std::string KeysFile::commandFor(const wire::KeyLine &line) const
{
    return m_attach + " --socket " + m_socket.string() + " --user " + line.user + " --role " + line.role + " --key "
        + line.fingerprint;
}

Result<std::vector<KeysFile::Line>> KeysFile::read() const
{
    std::vector<Line> lines;
    if (std::error_code error; !std::filesystem::exists(m_file, error) && !error)
        return lines;
    const auto text = readFile(m_file, maxFileBytes);
    if (!text)
        return fail(text.error());

    for (std::string_view rest = *text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        Line line{std::string(rest.substr(0, end)), std::nullopt};
        rest.remove_prefix(std::min(end + 1, rest.size()));
        std::string_view options = line.text;
        if (options.starts_with(restrictCommand)) {
            options.remove_prefix(restrictCommand.size());
            const auto quote = options.find('"');
            const auto command = words(options.substr(0, quote));
            // whoever renames the program or moves the socket still finds these lines to be ours
            if (quote != options.npos && command.size() == 9 && command[1] == "--socket" && command[3] == "--user"
                && command[5] == "--role" && command[7] == "--key" && isUserName(command[4]) && isRole(command[6])) {
                const auto key = words(options.substr(quote + 1));
                const std::string publicKey = key.size() >= 2 ? std::string(key[0]) + " " + std::string(key[1]) : std::string();
                if (auto print = fingerprint(publicKey); print && *print == command[8])
                    line.ours = wire::KeyLine{std::string(command[4]), std::string(command[6]), publicKey, std::move(*print)};
            }
        }
        lines.push_back(std::move(line));
    }
    return lines;
}

Result<void> KeysFile::write(const std::vector<Line> &lines)
{
    std::string text;
    for (const Line &line : lines)
        text += line.text + '\n';
    const FileDescriptor directory(open(m_file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
        return fail(ioError(m_file.parent_path(), errno));
    // sshd refuses a file of the wrong owner or mode
    struct stat like{};
    if (stat(m_file.c_str(), &like) != 0) {
        like.st_uid = geteuid();
        like.st_gid = getegid();
        like.st_mode = 0644;
    }
    return replaceKeepingOwner(directory.get(), m_file, text, like);
}

Result<std::vector<wire::KeyLine>> KeysFile::list() const
{
    auto lines = read();
    if (!lines)
        return fail(std::move(lines.error()));
    std::vector<wire::KeyLine> keys;
    for (Line &line : *lines) {
        if (line.ours)
            keys.push_back(std::move(*line.ours));
    }
    return keys;
}

Result<wire::KeyLine> KeysFile::add(const wire::KeyLine &wanted)
{
    if (!isUserName(wanted.user))
        return fail(badKey("a user is 1 to 32 of a-z, 0-9, '_', '.' and '-', beginning with a letter or '_'"));
    if (!isRole(wanted.role))
        return fail(badKey("a role is viewer, operator, admin or dispatcher"));
    auto print = fingerprint(wanted.publicKey);
    if (!print)
        return fail(std::move(print.error()));
    const auto parts = words(wanted.publicKey);
    wire::KeyLine key{wanted.user, wanted.role, std::string(parts[0]) + " " + std::string(parts[1]), std::move(*print)};

    if (byHelper()) {
        const auto added = askHelper(m_config, {"keys-add", {{"user", key.user}, {"role", key.role}, {"key", key.publicKey}}});
        return added ? decode<wire::KeyLine>(*added) : Result<wire::KeyLine>(fail(added.error()));
    }
    const auto lock = lockFile(lockOf(m_file), std::chrono::seconds{10});
    if (!lock)
        return fail(lock.error());
    auto lines = read();
    if (!lines)
        return fail(std::move(lines.error()));
    // sshd takes the first line that fits a key, so a key has one line
    std::erase_if(*lines, [&](const Line &line) { return line.ours && line.ours->fingerprint == key.fingerprint; });
    lines->push_back({std::string(restrictCommand) + commandFor(key) + "\" " + key.publicKey + " " + key.user, key});
    if (auto written = write(*lines); !written)
        return fail(std::move(written.error()));
    return key;
}

Result<int> KeysFile::revoke(std::string_view user, std::string_view key)
{
    if (!isUserName(user))
        return fail(badKey("no such user can exist"));
    std::string print(key);
    if (!key.empty() && !key.starts_with("SHA256:")) {
        auto computed = fingerprint(key);
        if (!computed)
            return fail(std::move(computed.error()));
        print = std::move(*computed);
    }
    if (byHelper()) {
        const auto gone = askHelper(m_config, {"keys-revoke", {{"user", std::string(user)}, {"key", print}}});
        return gone ? Result<int>(gone->value("removed", 0)) : Result<int>(fail(gone.error()));
    }
    const auto lock = lockFile(lockOf(m_file), std::chrono::seconds{10});
    if (!lock)
        return fail(lock.error());
    auto lines = read();
    if (!lines)
        return fail(std::move(lines.error()));
    const auto removed = std::erase_if(*lines, [&](const Line &line) {
        return line.ours && line.ours->user == user && (print.empty() || line.ours->fingerprint == print);
    });
    if (removed > 0) {
        if (auto written = write(*lines); !written)
            return fail(std::move(written.error()));
    }
    return static_cast<int>(removed);
}

Result<bool> KeysFile::stands(std::string_view user, std::string_view role, std::string_view print) const
{
    const auto keys = list();
    if (!keys)
        return fail(keys.error());
    return std::ranges::any_of(*keys, [&](const wire::KeyLine &key) {
        return key.user == user && key.role == role && key.fingerprint == print;
    });
}

} // namespace zandb::agent
