// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/basebackups.h"

#include "agent/backups/manifest.h"
#include "agent/backups/repository.h"

#include <algorithm>

#include <sys/stat.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

/// A file that goes or comes changes its directory's time; one that is cut short does not.
constexpr auto readAgain = 10min;

Uuid idOfWhole(const fs::path &backup)
{
    const auto manifest = readManifest(backup);
    if (!manifest)
        return {};
    const bool whole = std::ranges::all_of(manifest->files, [&](const StoredFile &file) {
        std::error_code ec;
        return fs::file_size(backup / file.name, ec) == static_cast<std::uintmax_t>(file.bytes) && !ec;
    });
    return whole ? manifest->id : Uuid();
}

} // namespace

void BaseBackups::look(wire::BinlogReport &report)
{
    const auto now = std::chrono::steady_clock::now();
    std::map<fs::path, Known> seen;
    for (const RepositoryConfig &repository : m_config.repositories) {
        if (repository.path.empty())
            continue; // on another host
        report.looked.push_back(repository.name);
        std::error_code ec;
        for (fs::directory_iterator it(repository.path / m_config.host / m_instance, ec), end; !ec && it != end; it.increment(ec)) {
            struct stat info{};
            if (it->path().filename().string().starts_with('.') || ::stat(it->path().c_str(), &info) != 0 || !S_ISDIR(info.st_mode))
                continue;
            const std::int64_t changed = std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
            const auto before = m_known.find(it->path());
            Known &known = seen[it->path()];
            if (before != m_known.end() && before->second.changedNs == changed && now - before->second.readAt < readAgain)
                known = before->second;
            else
                known = {changed, now, idOfWhole(it->path())};
            if (!known.id.isNull())
                report.bases.push_back({repository.name, known.id});
        }
    }
    std::ranges::sort(report.bases, {}, [](const wire::BinlogBaseHere &base) { return std::pair(base.repository, base.backupId.toString()); });
    m_known = std::move(seen);
}

} // namespace zandb::agent
