// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/files.h"

#include <vector>

/// Landlock: a process gives up rights to files for itself and for whatever it starts, without being root.
namespace zandb::agent {

/// The only places that a program may use.  Everything else is closed to it: no file elsewhere can be opened, made, renamed or
/// removed.  Where the kernel's version knows how, TCP, abstract sockets and signals to others are closed too.  A
/// connection to a Unix socket with a path is not: what a live server grants is up to its accounts.
struct Confinement
{
    std::vector<std::filesystem::path> readable; ///< these files, and all that is below these directories; programs may be executed
    std::vector<std::filesystem::path> writable; ///< what is below may be read, written, made and removed, but not executed
};

/// The version of Landlock in use, asked of the kernel once.  0: it has none, or only version 1, under which no file can be
/// renamed from one directory to another, as servers do.
int landlockVersion();
/// From now on as on a kernel with at most this version (0: without any).  For tests; thread-safe.
void limitLandlock(int version);

/// Makes the rules; without Landlock the descriptor is invalid.  A readable place that does not exist is left out.
/// Errors: io.failed (a writable place cannot be opened, or the kernel refuses).
Result<FileDescriptor> makeRuleset(const Confinement &confinement);
/// For this process and what it starts, without a way back.  Only system calls: may stand between fork and exec.  False with errno.
bool enterRuleset(int ruleset) noexcept;

} // namespace zandb::agent
