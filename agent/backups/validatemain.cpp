// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/commands.h"
#include "agent/backups/manifest.h"
#include "agent/protocol/printable.h"

#include <cstdio>

namespace zandb::agent {

int validateBackupMain(std::span<const std::string> args)
{
    std::string directory;
    bool json = false;
    bool usage = args.empty();
    for (const auto &arg : args) {
        if (arg == "--json")
            json = true;
        else if (directory.empty() && !arg.starts_with("-") && !arg.empty())
            directory = arg;
        else
            usage = true;
    }
    if (usage || directory.empty()) {
        std::fputs("usage: zandb-agent validate-backup DIR [--json]\n", stderr);
        return 2;
    }
    const auto manifest = validateBackup(directory);
    if (!manifest) {
        const Error &error = manifest.error();
        const auto field = [&](const char *name) {
            const auto it = error.fields.find(name);
            return it == error.fields.end() ? std::string{} : it->second;
        };
        if (json)
            std::printf("%s\n", dumpJson({{"ok", false}, {"path", directory}, {"error", errorToJson(error)}}).c_str());
        else
            std::printf("bad: %s\n", printable(field("path") + ": " + field("detail")).c_str());
        return 1;
    }
    std::int64_t stored = 0;
    for (const auto &file : manifest->files)
        stored += file.bytes;
    if (json)
        std::printf("%s\n", dumpJson({{"ok", true},
                                      {"path", directory},
                                      {"id", manifest->id},
                                      {"host", manifest->host},
                                      {"instance", manifest->instance},
                                      {"method", manifest->method},
                                      {"files", manifest->files.size()},
                                      {"tables", manifest->tables.size()},
                                      {"stored_bytes", stored},
                                      {"sha256", manifest->payloadSha256}})
                                .c_str());
    else
        std::printf("good: %s, %zu files, %lld bytes, %zu tables\n",
                    printable(manifest->method + " of " + manifest->host + "/" + manifest->instance).c_str(), manifest->files.size(),
                    static_cast<long long>(stored), manifest->tables.size());
    return 0;
}

} // namespace zandb::agent
