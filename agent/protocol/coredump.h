// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/prctl.h>
#include <sys/resource.h>

namespace zandb {

/// A crash leaves no memory image on disk: passwords, keys and rows of databases stand in it.  For the whole process and all it starts
/// later; called first in main().
inline void disableCoreFiles()
{
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
}

/// For programs that hold a person's secrets: neither does the kernel hand the image to a collector of crashes, nor may other processes of
/// the same user read this one's memory.
inline void protectMemory()
{
    disableCoreFiles();
#if !defined(__SANITIZE_ADDRESS__) // the leak sanitizer reads its own process as a debugger does
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

} // namespace zandb
