// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/keep.h"

#include "agent/backups/checked.h"
#include "agent/backups/commands.h"
#include "agent/backups/manifest.h"
#include "agent/os/child.h"
#include "agent/os/log.h"
#include "agent/os/process.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

struct Good
{
    fs::path path;
    Uuid id;
    TimePoint endedAt;
};

/// The good backups of the task, the newest first; why others are none goes to the log.
std::vector<Good> goodOf(const fs::path &instanceDirectory, const Uuid &taskId, const Uuid &newest, KeepPlan &plan)
{
    constexpr std::size_t maxFound = 100;
    std::vector<std::string> &log = plan.log;
    std::vector<Good> good;
    std::error_code ec;
    for (fs::directory_iterator it(instanceDirectory, ec), end; !ec && it != end; it.increment(ec)) {
        if (it->path().filename().string().starts_with('.'))
            continue;
        const auto manifest = readManifest(it->path());
        // a sender may write any id into its manifest; the directory has the one that was checked
        if (!manifest || !it->path().filename().string().ends_with('-' + manifest->id.toString())) {
            log.push_back("keep: " + it->path().string() + " is not good and is neither counted nor removed");
            continue;
        }
        const bool whole = std::ranges::all_of(manifest->files, [&](const StoredFile &file) {
            std::error_code ignored;
            return fs::file_size(it->path() / file.name, ignored) == static_cast<std::uintmax_t>(file.bytes) && !ignored;
        });
        if (auto finding = findingOf(it->path(), manifest->id)) {
            log.push_back("keep: " + it->path().string() + " was found bad and is neither counted nor removed");
            if (manifest->taskId == taskId && plan.found.size() < maxFound)
                plan.found.push_back(std::move(*finding));
        } else if (!whole) {
            log.push_back("keep: " + it->path().string() + " lacks files and is neither counted nor removed");
        } else if (manifest->taskId == taskId) {
            good.push_back({it->path(), manifest->id, manifest->endedAt});
        }
    }
    std::ranges::sort(good, [&](const Good &a, const Good &b) {
        return (a.id == newest) != (b.id == newest) ? a.id == newest : a.endedAt > b.endedAt;
    });
    return good;
}

/// When the last of a backup's files was made; renaming the directory does not change it.
std::optional<TimePoint> arrivedAt(const fs::path &backup)
{
    struct stat info{};
    if (::lstat(backup.c_str(), &info) != 0)
        return std::nullopt;
    return fromMicros(std::int64_t{info.st_mtim.tv_sec} * 1'000'000 + info.st_mtim.tv_nsec / 1000);
}

} // namespace

KeepRule keepRuleForSenders(const RepositoryConfig &repository)
{
    if (repository.pruneAfterDays <= 0)
        return {.removes = false, .arrivedBefore = {}};
    return {.removes = true, .arrivedBefore = systemNow() - std::chrono::hours{24} * repository.pruneAfterDays};
}

KeepPlan planKeep(const fs::path &instanceDirectory, const Uuid &taskId, int keep, const Uuid &newest, const KeepRule &rule)
{
    KeepPlan plan;
    if (!rule.removes) {
        plan.log.emplace_back("keep: the repository has no prune_after_days, so nothing is removed from it");
        return plan;
    }
    const std::vector<Good> good = goodOf(instanceDirectory, taskId, newest, plan);
    const auto wanted = static_cast<std::size_t>(std::max(keep, 1));
    CheckedBackups checked(instanceDirectory);
    std::vector<fs::path> reliedOn;
    std::size_t counted = 0;
    std::size_t read = 0;
    std::size_t first = 0;
    for (; first < good.size() && (counted < wanted || read == 0); ++first) {
        const Good &backup = good[first];
        reliedOn.push_back(backup.path);
        const bool sound = checked.isSound(backup.path);
        read += sound ? 1 : 0;
        counted += sound || backup.id == newest ? 1 : 0;
        if (!sound && backup.id != newest && good.size() > wanted)
            plan.log.push_back("keep: " + backup.path.string() + " is not counted until it has been read in full; check-backups does that after this backup");
    }
    checked.want(reliedOn);
    for (std::size_t i = first; i < good.size(); ++i) {
        const auto arrived = rule.arrivedBefore ? arrivedAt(good[i].path) : std::nullopt;
        if (rule.arrivedBefore && (!arrived || *arrived >= *rule.arrivedBefore)) {
            plan.log.push_back("keep: " + good[i].path.string() + " has not lain there for prune_after_days");
            continue;
        }
        plan.expired.push_back(good[i].id);
        plan.paths.push_back(good[i].path);
    }
    return plan;
}

std::vector<std::string> removeExpired(const KeepPlan &plan)
{
    std::vector<std::string> failures;
    std::vector<fs::path> away;
    const auto failed = [&](const fs::path &path, const std::error_code &ec) {
        if (ec)
            failures.push_back("keep: cannot remove " + path.string() + ": " + ec.message());
        return static_cast<bool>(ec);
    };
    std::error_code ec;
    for (const auto &path : plan.paths) {
        // out of sight in one step, so that a half removed backup is never listed
        const fs::path hidden = path.parent_path() / (std::string(".expiring-") + path.filename().string());
        fs::rename(path, hidden, ec);
        if (!failed(path, ec))
            away.push_back(hidden);
    }
    for (const auto &hidden : away) {
        fs::remove_all(hidden, ec);
        failed(hidden, ec);
    }
    return failures;
}

std::vector<std::string> checkBackups(const Config &config, const std::stop_token &stop)
{
    std::vector<std::string> lines;
    std::error_code ec;
    for (const RepositoryConfig &repository : config.repositories) {
        if (repository.path.empty())
            continue;
        for (fs::directory_iterator host(repository.path, ec), end; !ec && host != end; host.increment(ec)) {
            if (!isRepositoryName(host->path().filename().string()))
                continue;
            std::error_code inner;
            for (fs::directory_iterator instance(host->path(), inner); !inner && instance != end; instance.increment(inner)) {
                CheckedBackups checked(instance->path());
                if (checked.due().empty())
                    continue;
                const fs::path lockFile = instance->path() / ".checking";
                const FileDescriptor lock(::open(lockFile.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
                if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
                    continue;
                for (const fs::path &backup : checked.due()) {
                    const auto intact = checked.read(backup, stop);
                    if (stop.stop_requested())
                        return lines;
                    lines.push_back(backup.string() + (intact ? " was read in full and is intact" : ": " + describe(intact.error())));
                    if (!intact && intact.error().is(errors::backupInvalid)) {
                        if (const auto noted = recordVerdict(backup, intact.error()); !noted)
                            lines.push_back(describe(noted.error()));
                    }
                }
            }
        }
    }
    return lines;
}

int checkBackupsMain(std::span<const std::string> args)
{
    if (args.size() != 2 || args[0] != "--config") {
        logLine("usage: zandb-agent check-backups --config FILE");
        return 2;
    }
    const auto config = loadConfig(args[1]);
    if (!config) {
        logLine(describe(config.error()));
        return 1;
    }
    setPriorities(config->nice, ioPriorityNumber("idle"));
    for (const auto &line : checkBackups(*config, {}))
        logLine(line);
    return 0;
}

} // namespace zandb::agent
