// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"

namespace zandb::agent {

/// A directory of this process's own in /tmp, gone when the tool has ended.  A helper that is killed leaves its own behind:
/// the next one of the same user removes it.
class Scratch
{
public:
    Scratch();
    ~Scratch();
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;
    /// Empty when it could not be made; errno says why.
    const std::filesystem::path &path() const { return m_path; }

private:
    std::filesystem::path m_path;
    FileDescriptor m_lock; ///< held as long as we live: whoever can lock it knows that we do not
};

} // namespace zandb::agent
