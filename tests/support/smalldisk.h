// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>

#include <sys/mount.h>
#include <sys/statvfs.h>

namespace zandb::test {

/// A file system of its own size, as a disk would be; mounting it needs root.
class SmallDisk
{
public:
    SmallDisk(std::filesystem::path path, std::int64_t bytes) : m_path(std::move(path))
    {
        std::filesystem::create_directories(m_path);
        m_mounted = ::mount("tmpfs", m_path.c_str(), "tmpfs", 0, ("size=" + std::to_string(bytes)).c_str()) == 0;
    }
    ~SmallDisk()
    {
        if (m_mounted)
            ::umount(m_path.c_str());
    }
    SmallDisk(const SmallDisk &) = delete;
    SmallDisk &operator=(const SmallDisk &) = delete;
    bool mounted() const { return m_mounted; }
    /// From now on so many bytes are free, at once: as if somebody else had taken the rest.
    bool leave(std::int64_t bytes) const
    {
        struct statvfs space{};
        if (::statvfs(m_path.c_str(), &space) != 0)
            return false;
        const auto used = static_cast<std::int64_t>((space.f_blocks - space.f_bfree) * space.f_frsize);
        return ::mount("tmpfs", m_path.c_str(), "tmpfs", MS_REMOUNT, ("size=" + std::to_string(used + bytes)).c_str()) == 0;
    }
    const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
    bool m_mounted = false;
};

} // namespace zandb::test
