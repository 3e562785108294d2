// SPDX-License-Identifier: GPL-3.0-or-later
// manifest.json of a backup that somebody else may have written: as it is, and with its own checksum made right, so that
// what lies behind the checksum is reached too.
#include "agent/backups/manifest.h"
#include "agent/os/sha256.h"
#include "tests/fuzz/require.h"

using namespace zandb::agent;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const zandb::fuzz::Directory directory;
    std::string text(reinterpret_cast<const char *>(data), size);
    directory.write(std::string(manifestName), text);
    (void)readManifest(directory.path());

    const std::string key = "\"manifest_sha256\": \"";
    const std::size_t at = text.find(key);
    if (at == std::string::npos || at + key.size() + 64 > text.size())
        return 0;
    text.replace(at + key.size(), 64, 64, '0');
    text.replace(at + key.size(), 64, Sha256::of(text));
    directory.write(std::string(manifestName), text);
    if (const auto manifest = readManifest(directory.path())) {
        // what was accepted can be written and read again
        const std::string again = writeManifest(*manifest);
        directory.write(std::string(manifestName), again);
        const auto reread = readManifest(directory.path());
        require(reread && writeManifest(*reread) == again);
        // nothing but the manifest is there, so the backup it describes is never good
        require(!validateBackup(directory.path()));
    }
    return 0;
}
