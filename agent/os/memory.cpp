// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/memory.h"

#include <cstdint>

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

namespace zandb::agent {
namespace {

/// A piece of a program or library that nothing was ever written to: the file still holds what is dropped.
int forgetObject(dl_phdr_info *object, std::size_t, void *)
{
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    for (int i = 0; i < object->dlpi_phnum; ++i) {
        const ElfW(Phdr) &segment = object->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W))
            continue;
        const std::uintptr_t begin = (object->dlpi_addr + segment.p_vaddr) & ~(page - 1);
        const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
        void *const at = reinterpret_cast<void *>(begin); // an address the loader names as a number
        (void)::madvise(at, end - begin, MADV_DONTNEED);
    }
    return 0;
}

} // namespace

void keepMemorySmall()
{
    ::mallopt(M_ARENA_MAX, 1);
    // once it is named glibc no longer raises it to the size of the largest piece that was freed
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

void forgetUnusedCode() { ::dl_iterate_phdr(forgetObject, nullptr); }

} // namespace zandb::agent
