// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <thread>
#include <vector>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

namespace zandb::test {

/// A system call that is to fail: with this error, and only where its argument number `argument` is `value` (-1: always).
struct FailingCall
{
    int number = 0;
    int error = 0;
    int argument = -1;
    unsigned value = 0;
};

/// Runs `work` in a thread of its own in which that call fails, as it would on another file system or kernel.  False when the
/// kernel has no seccomp; then nothing was run.
template<class Work>
bool whereCallFails(const FailingCall &call, Work work)
{
    const auto load = [](std::size_t offset) { return sock_filter BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<unsigned>(offset)); };
    std::vector<sock_filter> filter{load(offsetof(seccomp_data, nr))};
    const bool always = call.argument < 0;
    filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call.number), 0, static_cast<unsigned char>(always ? 1 : 3)));
    if (!always) {
        filter.push_back(load(offsetof(seccomp_data, args) + static_cast<std::size_t>(call.argument) * sizeof(__u64)));
        filter.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call.value, 0, 1));
    }
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(call.error)));
    filter.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    bool installed = false;
    std::thread thread([&] {
        installed = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
        if (installed)
            work();
    });
    thread.join();
    return installed;
}

} // namespace zandb::test
