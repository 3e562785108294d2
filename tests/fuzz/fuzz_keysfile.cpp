// SPDX-License-Identifier: GPL-3.0-or-later
// authorized_keys with lines of other people: what is not ours is kept byte for byte, and a key that is not in the file
// never counts as standing there.
#include "agent/fleet/keys.h"
#include "tests/fuzz/require.h"

using namespace zandb::agent;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const zandb::fuzz::Directory directory;
    static const std::string publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
    const std::string text(reinterpret_cast<const char *>(data), size);
    Config config;
    config.authorizedKeys = directory.write("authorized_keys", text);
    config.socket = "/run/zandb/agent.sock";
    config.attachPath = "/usr/bin/zandb-attach";
    KeysFile keys(config);
    const auto before = keys.list();
    if (!before)
        return 0; // too large, or not a text
    require(!keys.stands("nobody", "admin", "SHA256:none").value());

    const std::string user = "fuzz.user";
    for (const auto &line : *before) {
        if (line.user == user || line.publicKey.starts_with(publicKey))
            return 0;
    }
    const auto added = keys.add({user, "operator", publicKey, {}});
    require(added.has_value() && keys.stands(user, "operator", added->fingerprint).value());
    require(keys.list()->size() == before->size() + 1);
    require(keys.revoke(user).value() == 1);
    require(keys.list()->size() == before->size());
    const std::string after = zandb::fuzz::Directory::read(config.authorizedKeys);
    require(after == text || after == text + "\n"); // a last line without its end gets one
    return 0;
}
