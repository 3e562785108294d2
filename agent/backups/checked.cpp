// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/checked.h"

#include "agent/backups/manifest.h"
#include "agent/backups/process.h"
#include "agent/backups/sha256.h"
#include "agent/runtime/files.h"

#include <set>

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
    const auto manifest = readWhole(backup / manifestName, 256u << 20);
    if (ec || !manifest)
        return {};
    Sha256 sum;
    for (const auto &entry : entries)
        sum.update(entry.c_str(), entry.size() + 1);
    sum.update(manifest->data(), manifest->size());
    return sum.finish();
}

} // namespace

CheckedBackups::CheckedBackups(fs::path instanceDirectory) : m_directory(std::move(instanceDirectory)), m_known(Json::object())
{
    const auto text = readWhole(m_directory / fileName, 4u << 20);
    auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
    if (json && json->is_object())
        m_known = std::move(*json);
}

CheckedBackups::~CheckedBackups()
{
    if (m_read == 0)
        return;
    std::error_code ec;
    for (auto it = m_known.begin(); it != m_known.end();)
        it = fs::exists(m_directory / it.key(), ec) ? std::next(it) : m_known.erase(it);
    (void)replaceFile(m_directory / fileName, dumpJson(m_known), false);
}

Result<void> CheckedBackups::check(const fs::path &backup, const std::stop_token &stop)
{
    const std::string name = backup.filename().string();
    const std::string state = stateOf(backup);
    const auto now = toMicros(systemNow());
    if (const auto known = m_known.find(name); known != m_known.end() && known->is_object() && !state.empty()) {
        const auto at = known->find("at_us");
        const auto was = known->find("state");
        const auto checkedAt = at != known->end() ? integerIn(*at, firstJsonMicros, lastJsonMicros) : std::nullopt;
        const std::int64_t age = checkedAt ? now - *checkedAt : -1;
        if (was != known->end() && *was == state && age >= 0 && std::chrono::microseconds(age) < validity)
            return {};
    }
    ++m_read;
    m_known.erase(name);
    if (auto intact = validateBackup(backup, stop); !intact)
        return fail(intact.error());
    // told before it was read: what changes meanwhile is read again
    if (!state.empty())
        m_known[name] = {{"state", state}, {"at_us", now}};
    return {};
}

} // namespace zandb::agent
