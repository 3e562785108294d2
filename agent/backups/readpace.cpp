// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/readpace.h"

#include "agent/os/descriptors.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>

namespace zandb::agent {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

// A read of less is no copying of a data file: headers of tablespaces, Aria's blocks.
constexpr std::uint32_t leastBytes = 64u << 10;
constexpr auto lookEvery = 100ms;

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0;
#endif

/// A read that waits for its answer.
struct Held
{
    std::uint64_t id = 0;
    Clock::time_point due;
};

void letRead(int filter, std::uint64_t id)
{
    seccomp_notif_resp answer{};
    answer.id = id;
    answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    // it fails where the thread that asked is gone, and then nobody waits for it
    (void)::ioctl(filter, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

/// What a thread's descriptor stands for; empty where it cannot be told.
std::string nameOf(std::uint32_t thread, std::uint64_t descriptor)
{
    const std::string link = "/proc/" + std::to_string(thread) + "/fd/" + std::to_string(descriptor);
    std::array<char, 4096> name{};
    const ssize_t size = ::readlink(link.c_str(), name.data(), name.size());
    return size > 0 ? std::string(name.data(), static_cast<std::size_t>(size)) : std::string();
}

bool isDataFile(const std::string &path)
{
    const std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
    return !name.empty() && !name.starts_with("ib_logfile") && !name.starts_with("aria_log");
}

} // namespace

std::string ReadPace::unavailable()
{
    if (architecture == 0)
        return "this processor's kernel is not known to do it";
    // the answer "let it read" came with 5.5
    utsname system{};
    int major = 0;
    int minor = 0;
    if (::uname(&system) != 0 || std::sscanf(system.release, "%d.%d", &major, &minor) != 2)
        return "the kernel does not tell its version";
    if (major < 5 || (major == 5 && minor < 5))
        return std::string("it needs Linux 5.5 or later, and this is ") + system.release;
    std::uint32_t action = SECCOMP_RET_USER_NOTIF;
    if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) != 0)
        return "seccomp notifications: " + errnoText(errno);
    return {};
}

Result<std::unique_ptr<ReadPace>> ReadPace::make(std::int64_t bytesPerSecond, FileDescriptor until)
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fail(ioError("socketpair", errno));
    std::unique_ptr<ReadPace> pace(new ReadPace(bytesPerSecond, std::move(until)));
    pace->m_ourEnd.reset(ends[0]);
    pace->m_childEnd.reset(ends[1]);
    return pace;
}

Result<void> ReadPace::begin(pid_t pid)
{
    m_childEnd.reset();
    m_pid = pid;
    // it was sent before the program could begin
    char byte = 0;
    const ssize_t got = receiveWithDescriptors(m_ourEnd.get(), {&byte, 1}, [this](int fd) { m_filter.reset(fd); });
    if (got != 1 || !m_filter)
        return fail(ioError("seccomp notifications", got < 0 ? errno : EPIPE));
    m_ourEnd.reset();
    m_thread = std::jthread([this](const std::stop_token &stop) { run(stop); });
    return {};
}

void ReadPace::run(const std::stop_token &stop)
{
    std::vector<Held> held;
    Clock::time_point nextFree{};
    bool released = false;
    while (!stop.stop_requested()) {
        auto wait = std::chrono::milliseconds(lookEvery);
        for (const Held &read : held)
            wait = std::clamp(std::chrono::ceil<std::chrono::milliseconds>(read.due - Clock::now()), 0ms, wait);
        pollfd events[2] = {{m_filter.get(), POLLIN, 0}, {released ? -1 : m_until.get(), 0, 0}}; // its end is always told
        (void)::poll(events, 2, static_cast<int>(wait.count()));
        released = released || (events[1].revents & (POLLHUP | POLLERR | POLLNVAL));
        if (events[0].revents & POLLIN) {
            seccomp_notif asked{};
            if (::ioctl(m_filter.get(), SECCOMP_IOCTL_NOTIF_RECV, &asked) == 0) {
                const bool counts = !released && static_cast<pid_t>(asked.pid) != m_pid && isDataFile(nameOf(asked.pid, asked.data.args[0]));
                if (counts) {
                    const auto bytes = static_cast<std::int64_t>(asked.data.args[2]);
                    const auto begin = std::max(nextFree, Clock::now());
                    nextFree = begin + std::chrono::duration_cast<Clock::duration>(
                                           std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(m_bytesPerSecond)));
                    m_counted += bytes;
                    held.push_back({asked.id, begin});
                } else {
                    letRead(m_filter.get(), asked.id);
                }
            }
        } else if (events[0].revents & (POLLHUP | POLLERR)) {
            return; // nobody is left under the filter
        }
        const auto now = Clock::now();
        std::erase_if(held, [&](const Held &read) {
            if (!released && read.due > now)
                return false;
            letRead(m_filter.get(), read.id);
            return true;
        });
    }
}

Result<std::unique_ptr<Child>> startPaced(Command command, std::int64_t bytesPerSecond, FileDescriptor until, std::unique_ptr<ReadPace> &pace)
{
    if (bytesPerSecond <= 0)
        return Child::start(command);
    if (const std::string why = ReadPace::unavailable(); !why.empty())
        return fail(errors::backupMethod, {{"method", "mariadb-backup"}, {"flavour", "mariadb"},
                                           {"reason", "its reads cannot be slowed here, so back up without a limit: " + why}});
    auto made = ReadPace::make(bytesPerSecond, std::move(until));
    if (!made)
        return fail(made.error());
    command.enter = enterReadFilter;
    command.enterWith = (*made)->childEnd();
    auto child = Child::start(command);
    if (!child)
        return fail(child.error());
    if (auto begun = (*made)->begin((*child)->pid()); !begun)
        return fail(begun.error());
    pace = std::move(*made);
    return child;
}

bool enterReadFilter(int socket)
{
    constexpr auto word = [](std::size_t offset) { return static_cast<std::uint32_t>(offset); };
    // little-endian, as both known processors are: the lower half comes first
    sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word(offsetof(seccomp_data, arch))),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word(offsetof(seccomp_data, nr))),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pread64, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, word(offsetof(seccomp_data, args[2]))),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, leastBytes, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    sock_fprog program{std::size(steps), steps};
    // without it only root may set a filter
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    const int filter = static_cast<int>(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program));
    if (filter < 0)
        return false;
    const bool sent = sendWithDescriptors(socket, "f", std::span<const int>(&filter, 1)) == 1;
    const int number = errno;
    ::close(filter);
    errno = number;
    return sent;
}

bool announcesLocks(std::string_view line)
{
    // BACKUP STAGE START lets every statement pass; old versions ask for what stops others right after it
    static constexpr std::array<std::string_view, 6> words{"BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL", "BACKUP STAGE BLOCK_COMMIT",
                                                           "FLUSH TABLES", "FLUSH NO_WRITE_TO_BINLOG TABLES", "Starting to backup non-InnoDB"};
    return std::ranges::any_of(words, [&](std::string_view word) { return line.find(word) != line.npos; });
}

} // namespace zandb::agent
