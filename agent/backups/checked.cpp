// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/checked.h"

#include "agent/backups/manifest.h"
#include "agent/os/child.h"
#include "agent/os/files.h"
#include "agent/os/sha256.h"

#include <algorithm>
#include <set>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

// Of everything in the directory, and of the manifest's bytes; empty when it cannot be told.
std::string stateOf(const fs::path &backup)
{
    std::set<std::string> entries;
    std::error_code ec;
    for (fs::directory_iterator it(backup, ec), end; !ec && it != end; it.increment(ec)) {
        struct stat info{};
        if (::lstat(it->path().c_str(), &info) != 0)
            return {};
        std::string entry = it->path().filename().string();
        for (const auto number : {static_cast<std::int64_t>(info.st_mode), static_cast<std::int64_t>(info.st_size),
                                  static_cast<std::int64_t>(info.st_dev), static_cast<std::int64_t>(info.st_ino),
                                  static_cast<std::int64_t>(info.st_mtim.tv_sec), static_cast<std::int64_t>(info.st_mtim.tv_nsec),
                                  static_cast<std::int64_t>(info.st_ctim.tv_sec), static_cast<std::int64_t>(info.st_ctim.tv_nsec)})
            entry += '|' + std::to_string(number);
        entries.insert(std::move(entry));
    }
    const auto manifest = readFile(backup / manifestName, 256u << 20);
    if (ec || !manifest)
        return {};
    Sha256 sum;
    for (const auto &entry : entries)
        sum.update(entry.c_str(), entry.size() + 1);
    sum.update(manifest->data(), manifest->size());
    return sum.finish();
}

} // namespace

static std::optional<std::chrono::microseconds> ageOf(const Json &entry)
{
    const auto at = entry.find("at_us");
    const auto micros = at == entry.end() ? std::nullopt : integerIn(*at, firstJsonMicros, lastJsonMicros);
    if (!micros)
        return std::nullopt;
    const std::chrono::microseconds age{toMicros(systemNow()) - *micros};
    return age.count() < 0 ? std::nullopt : std::optional(age); // the clock went back: nobody knows
}

Json CheckedBackups::load() const
{
    const auto text = readFile(m_directory / fileName, 4u << 20);
    auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
    return json && json->is_object() ? std::move(*json) : Json::object();
}

void CheckedBackups::change(const std::function<void(Json &)> &edit)
{
    const FileDescriptor lock(::open(m_directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!lock || ::flock(lock.get(), LOCK_EX) != 0)
        return;
    Json known = load();
    edit(known);
    std::error_code ec;
    for (auto it = known.begin(); it != known.end();)
        it = it->is_object() && fs::exists(m_directory / it.key(), ec) ? std::next(it) : known.erase(it);
    (void)replaceFile(m_directory / fileName, dumpJson(known), false);
}

bool CheckedBackups::isSound(const fs::path &backup) const
{
    const Json known = load();
    const auto entry = known.find(backup.filename().string());
    if (entry == known.end() || !entry->is_object())
        return false;
    const auto age = ageOf(*entry);
    const auto was = entry->find("state");
    if (!age || *age >= validity || was == entry->end())
        return false;
    const std::string state = stateOf(backup);
    return !state.empty() && *was == state;
}

void CheckedBackups::want(const std::vector<fs::path> &backups)
{
    change([&](Json &known) {
        for (const auto &backup : backups) {
            Json &entry = known[backup.filename().string()];
            if (!entry.is_object())
                entry = Json::object();
            entry["wanted"] = true;
        }
    });
}

std::vector<fs::path> CheckedBackups::due() const
{
    std::vector<fs::path> due;
    const Json known = load();
    for (auto it = known.begin(); it != known.end(); ++it) {
        const std::string &name = it.key();
        if (!it->is_object() || !it->value("wanted", Json(false)).is_boolean() || it->value("wanted", Json(false)) != Json(true)
            || name.starts_with('.') || name.find('/') != std::string::npos)
            continue;
        const auto age = ageOf(*it);
        if (!age || *age >= validity - readAhead || !isSound(m_directory / name))
            due.push_back(m_directory / name);
    }
    std::ranges::sort(due, std::ranges::greater{});
    return due;
}

Result<void> CheckedBackups::read(const fs::path &backup, const std::stop_token &stop)
{
    const std::string name = backup.filename().string();
    // told before it is read: what changes meanwhile is read again
    const std::string state = stateOf(backup);
    const auto now = toMicros(systemNow());
    const auto intact = validateBackup(backup, stop);
    if (!intact && intact.error().is(errors::cancelled))
        return fail(intact.error());
    change([&](Json &known) {
        known.erase(name);
        if (intact && !state.empty())
            known[name] = {{"state", state}, {"at_us", now}};
    });
    return intact ? Result<void>{} : fail(intact.error());
}

} // namespace zandb::agent
