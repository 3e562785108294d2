// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace zandb::fuzz {

/// What must hold for every input; without it the target ends as a crash, which is what a fuzzer looks for.
inline void require(bool right)
{
    if (!right)
        std::abort();
}

/// A directory for the parsers that read files; one per process, removed at its end.  In memory where that can be had,
/// since what is tested fsyncs each time.
class Directory
{
public:
    Directory()
    {
        const std::filesystem::path memory = "/dev/shm";
        m_path = (::access(memory.c_str(), W_OK) == 0 ? memory : std::filesystem::temp_directory_path())
                 / ("zandb-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(m_path);
    }
    ~Directory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Directory(const Directory &) = delete;
    Directory &operator=(const Directory &) = delete;

    std::filesystem::path write(const std::string &name, const std::string &bytes) const
    {
        std::ofstream(m_path / name, std::ios::binary | std::ios::trunc) << bytes;
        return m_path / name;
    }
    static std::string read(const std::filesystem::path &file)
    {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

} // namespace zandb::fuzz
