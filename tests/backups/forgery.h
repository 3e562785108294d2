// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/manifest.h"
#include "agent/os/child.h"
#include "agent/os/sha256.h"
#include "agent/protocol/uuid.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <zstd.h>

namespace zandb::test {

/// A zstd frame of these bytes.
inline std::string packed(const std::string &bytes)
{
    std::string out(ZSTD_compressBound(bytes.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 1));
    return out;
}

/// What somebody with a writer's key to the repository could put there: a backup beside `original` with another payload (zstd
/// already) and a manifest changed by `change`, all checksums made to fit.  Returns its directory.
template<class Change>
std::filesystem::path forge(const std::filesystem::path &original, const std::string &payload, Change change)
{
    namespace fs = std::filesystem;
    auto manifest = agent::readManifest(original).value();
    manifest.id = Uuid::v7();
    const std::string name = original.filename().string();
    const fs::path forged = original.parent_path() / (name.substr(0, name.find('-') + 1) + manifest.id.toString());
    fs::copy(original, forged, fs::copy_options::recursive);
    fs::remove(forged / agent::manifestName);
    fs::remove(forged / manifest.payload);
    std::erase_if(manifest.files, [&](const agent::StoredFile &file) { return file.name == manifest.payload; });
    change(manifest);
    std::ofstream(forged / manifest.payload, std::ios::binary) << payload;
    manifest.payloadSha256 = agent::Sha256::of(payload);
    manifest.files.push_back({manifest.payload, static_cast<std::int64_t>(payload.size()), manifest.payloadSha256});
    std::ofstream(forged / agent::manifestName, std::ios::binary) << agent::writeManifest(manifest);
    return forged;
}

} // namespace zandb::test
