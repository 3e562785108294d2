// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/readable.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

static constexpr int maxFilesTried = 50'000;

std::string whyNot(const fs::path &path, int mode)
{
    return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0 ? std::string() : std::strerror(errno);
}

std::string firstUnreadable(const fs::path &directory)
{
    if (const std::string why = whyNot(directory, R_OK | X_OK); !why.empty())
        return directory.string() + ": " + why;
    int tried = 0;
    const auto walk = [&](const fs::path &at, auto &&self, int depth) -> std::string {
        std::error_code failure;
        for (fs::directory_iterator it(at, failure), end; !failure && it != end; it.increment(failure)) {
            if (++tried > maxFilesTried)
                return {};
            std::error_code ignored;
            const bool isDirectory = it->is_directory(ignored);
            const std::string why = whyNot(it->path(), isDirectory ? R_OK | X_OK : R_OK);
            if (!why.empty() && it->exists(ignored)) { // not a temporary file that is gone again
                return it->path().string() + ": " + why;
            } else if (why.empty() && isDirectory && depth > 0) {
                if (std::string found = self(it->path(), self, depth - 1); !found.empty())
                    return found;
            }
        }
        return failure ? at.string() + ": " + failure.message() : std::string();
    };
    return walk(directory, walk, 1);
}

} // namespace zandb::agent
