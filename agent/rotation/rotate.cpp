// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rotation/rotate.h"

#include "agent/privileged/client.h"
#include "agent/rotation/compress.h"
#include "agent/os/files.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto elsewhereCounts = std::chrono::days{35}; ///< longer than a month between two rotations of logrotate
constexpr int mostNumber = 999;
constexpr std::size_t maxMemory = 64u << 10;

/// What the last look left: one file an instance in the state directory.
struct Memory
{
    std::string path;
    std::int64_t device = 0;
    std::int64_t inode = 0;      ///< of the log the server wrote then
    std::int64_t first = 0;      ///< inode of what was number 1 then; 0: there was none
    TimePoint elsewhere{};       ///< when somebody else was last seen to have rotated it
    std::string run;             ///< the order that rotated last
    wire::RotateResult result;   ///< and what it did
    std::int64_t pendingDevice = 0;
    std::int64_t pending = 0;    ///< inode of a log that is being renamed; 0: none
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Memory, path, device, inode, first, elsewhere, run, result, pendingDevice, pending)
};

struct Log
{
    bool exists = false;
    struct stat info{};
    bool is(std::int64_t device, std::int64_t inode) const
    {
        return exists && static_cast<std::int64_t>(info.st_ino) == inode && static_cast<std::int64_t>(info.st_dev) == device;
    }
};

std::string numbered(const fs::path &path, int number)
{
    return number == 0 ? path.string() : path.string() + '.' + std::to_string(number);
}

/// Renames and removes logs, itself or through the helper.
class Hands
{
public:
    Hands(const Config &config, const std::string &instance, fs::path path) : m_config(config), m_instance(instance), m_path(std::move(path))
    {
        const std::string directory = m_path.parent_path().string();
        m_own = ::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) == 0 || !hasHelper(config);
    }
    /// The agent changes the directory itself.
    bool own() const { return m_own; }
    /// The plain log of this number.
    Log look(int number) const
    {
        Log log;
        if (m_own) {
            log.exists = ::lstat(numbered(m_path, number).c_str(), &log.info) == 0 && S_ISREG(log.info.st_mode);
        } else if (const auto file = openLogByHelper(m_config, m_instance, "slow", number)) {
            log.exists = ::fstat(file->get(), &log.info) == 0;
        }
        return log;
    }
    Result<void> rename(int from, int to, const std::string &suffix = {}) const
    {
        if (m_own) {
            const std::string before = numbered(m_path, from) + suffix, after = numbered(m_path, to) + suffix;
            return ::renameat2(AT_FDCWD, before.c_str(), AT_FDCWD, after.c_str(), RENAME_NOREPLACE) == 0 || renamedWithoutFlags(before, after)
                ? Result<void>()
                : fail(ioError(before, errno));
        }
        return askHelper(m_config, {"log-rename", {{"instance", m_instance}, {"log", "slow"}, {"from", from}, {"to", to}}}).map([](const Json &) {});
    }
    Result<void> remove(int number, const std::string &suffix = {}) const
    {
        if (m_own) {
            const std::string name = numbered(m_path, number) + suffix;
            return ::unlink(name.c_str()) == 0 || errno == ENOENT ? Result<void>() : fail(ioError(name, errno));
        }
        return askHelper(m_config, {"log-remove", {{"instance", m_instance}, {"log", "slow"}, {"number", number}}}).map([](const Json &) {});
    }

private:
    /// NFS and older ZFS know no flags.
    static bool renamedWithoutFlags(const std::string &before, const std::string &after)
    {
        if (errno != EINVAL)
            return false;
        if (::access(after.c_str(), F_OK) == 0) {
            errno = EEXIST;
            return false;
        }
        return ::rename(before.c_str(), after.c_str()) == 0;
    }

    const Config &m_config;
    std::string m_instance;
    fs::path m_path;
    bool m_own = true;
};

class Rotation
{
public:
    Rotation(const Config &config, const wire::RotateArgs &args, const RotateContext &context) : m_config(config), m_args(args), m_context(context) { }

    Result<wire::RotateResult> run()
    {
        if (auto ready = prepare(); !ready)
            return fail(ready.error());
        if (m_memory.run == m_context.run && !m_context.run.empty() && m_memory.pending == 0)
            return m_memory.result;
        if (!m_result.left.empty())
            return m_result;
        m_hands.emplace(m_config, m_args.instance, m_path);
        if (m_memory.pending != 0) {
            if (auto ended = endWhatWasBegun(); !ended)
                return fail(ended.error());
            if (!m_result.rotated.empty()) {
                tidy();
                return remember();
            }
        }
        m_log = m_hands->look(0);
        if (leaveAlone())
            return remember();
        if (auto rotated = rotate(); !rotated)
            return fail(rotated.error());
        tidy();
        return remember();
    }

private:
    Result<void> prepare()
    {
        if (m_args.keep < 1 || m_args.keep > 365)
            return fail(errors::orderArgs, {{"detail", "keep is from 1 to 365"}});
        if (m_args.compress != "none" && m_args.compress != "gzip" && m_args.compress != "zstd")
            return fail(errors::orderArgs, {{"detail", "compress is none, gzip or zstd"}});
        const auto instance = findInstance(m_config, m_args.instance);
        if (!instance)
            return fail(instance.error());
        const fs::path directory = m_config.stateDirectory / "rotation";
        std::error_code error;
        fs::create_directories(directory, error);
        m_memoryFile = directory / (m_args.instance + ".json");
        m_lock = FileDescriptor(::open((directory / (m_args.instance + ".lock")).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        if (!m_lock || ::flock(m_lock.get(), LOCK_EX) != 0)
            return fail(ioError(m_memoryFile, errno));
        if (const auto text = readFile(m_memoryFile, maxMemory); text) {
            const auto json = parseJson(*text);
            m_memory = json ? decode<Memory>(*json).value_or(Memory{}) : Memory{};
        }
        auto client = connectTo(m_config, *instance, Account::Maint, 5s, 30s);
        if (!client)
            return fail(client.error());
        m_client = std::move(*client);
        const auto said = m_client->query("SELECT @@global.slow_query_log AS is_on, @@global.log_output AS output, @@global.slow_query_log_file AS path, @@global.datadir AS data");
        if (!said)
            return fail(said.error());
        const std::string output = said->value(0, "output").value_or("");
        m_path = said->value(0, "path").value_or("");
        if (m_path.is_relative())
            m_path = fs::path(said->value(0, "data").value_or("")) / m_path;
        m_path = m_path.lexically_normal();
        m_result.path = m_path.string();
        const std::string on = said->value(0, "is_on").value_or("0");
        if (on == "0" || on == "OFF")
            m_result.left = "off";
        else if (output.find("FILE") == output.npos)
            m_result.left = "log_output_table";
        if (m_memory.path != m_path.string() && m_memory.pending == 0) {
            m_memory = {};
            m_memory.path = m_path.string();
        }
        return {};
    }

    /// Nothing to rotate, or somebody else does it.
    bool leaveAlone()
    {
        const TimePoint now = systemNow();
        if (!m_log.exists) {
            m_result.left = "empty";
            return true;
        }
        const bool known = m_memory.inode != 0;
        const bool another = known && !m_log.is(m_memory.device, m_memory.inode);
        if (another || (known ? hasAnotherFirst() : hasOthersNumbers(now)))
            m_memory.elsewhere = now;
        if (!m_args.force && m_memory.elsewhere != TimePoint{} && now - m_memory.elsewhere < elsewhereCounts) {
            m_context.log("somebody else rotates " + m_path.string() + ": it is left alone");
            m_result.left = "rotated_elsewhere";
            return true;
        }
        if (m_log.info.st_size == 0) {
            m_result.left = "empty";
            return true;
        }
        return false;
    }

    /// Somebody else has made a number 1, by renaming or by copying and truncating.
    bool hasAnotherFirst() const
    {
        const Log first = m_hands->look(1);
        if (first.exists && static_cast<std::int64_t>(first.info.st_ino) != m_memory.first)
            return true;
        return m_hands->own() && (::access((m_path.string() + ".1.gz").c_str(), F_OK) == 0 || ::access((m_path.string() + ".1.zst").c_str(), F_OK) == 0);
    }

    /// At the first look: a rotated log that is not old was not made here.
    bool hasOthersNumbers(TimePoint now) const
    {
        const auto isYoung = [&](const struct stat &info) { return now - TimePoint{std::chrono::seconds{info.st_mtime}} < elsewhereCounts; };
        if (!m_hands->own()) {
            const Log first = m_hands->look(1);
            return first.exists && isYoung(first.info);
        }
        for (const char *name : {".1", ".1.gz", ".1.zst", ".0", "-old"}) {
            struct stat info{};
            if (::lstat((m_path.string() + name).c_str(), &info) == 0 && isYoung(info))
                return true;
        }
        return false;
    }

    /// Makes room for number 1 by moving what stands without a gap; what goes beyond `keep` is removed first.
    Result<void> shift()
    {
        int last = 0;
        while (last < mostNumber - 1 && isThere(last + 1))
            ++last;
        for (int number = last; number >= 1; --number) {
            for (const char *suffix : suffixes()) {
                if (::access((numbered(m_path, number) + suffix).c_str(), F_OK) != 0 && m_hands->own())
                    continue;
                if (number >= m_args.keep) {
                    if (auto removed = m_hands->remove(number, suffix); !removed)
                        return removed;
                    m_result.removed.push_back(fs::path(numbered(m_path, number) + suffix).filename());
                } else if (auto moved = m_hands->rename(number, number + 1, suffix); !moved) {
                    return moved;
                }
            }
        }
        return {};
    }
    std::vector<const char *> suffixes() const
    {
        return m_hands->own() ? std::vector<const char *>{"", ".gz", ".zst"} : std::vector<const char *>{""};
    }
    bool isThere(int number) const
    {
        if (!m_hands->own())
            return m_hands->look(number).exists;
        return std::ranges::any_of(suffixes(), [&](const char *suffix) { return ::access((numbered(m_path, number) + suffix).c_str(), F_OK) == 0; });
    }

    Result<void> rotate()
    {
        if (auto moved = shift(); !moved)
            return moved;
        // a crash from here on is found by the inode that is being renamed
        m_memory.pendingDevice = static_cast<std::int64_t>(m_log.info.st_dev);
        m_memory.pending = static_cast<std::int64_t>(m_log.info.st_ino);
        if (auto noted = writeMemory(); !noted)
            return noted;
        if (auto renamed = m_hands->rename(0, 1); !renamed) {
            m_memory.pending = 0;
            (void)writeMemory();
            return renamed;
        }
        return reopen();
    }

    Result<void> reopen()
    {
        const auto flushed = m_client->query("FLUSH LOCAL SLOW LOGS");
        const auto until = std::chrono::steady_clock::now() + 10s;
        while (flushed && !m_hands->look(0).exists && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(20ms);
        if (!flushed || !m_hands->look(0).exists) {
            // it goes on writing into what was renamed, which gets its name again
            if (!m_hands->look(0).exists && m_hands->rename(1, 0)) {
                m_memory.pending = 0;
                (void)writeMemory();
            }
            return fail(flushed ? makeError(errors::ioFailed, {{"path", m_path.string()}, {"detail", "the server has not opened its log again"}}) : flushed.error());
        }
        m_result.rotated = fs::path(numbered(m_path, 1)).filename();
        m_result.bytes = m_hands->look(1).info.st_size;
        m_memory.pending = 0;
        m_context.log("rotated " + m_path.string() + " (" + std::to_string(m_result.bytes) + " bytes)");
        return {};
    }

    /// An attempt was killed between noting and opening anew.
    Result<void> endWhatWasBegun()
    {
        const auto isPending = [&](const Log &log) { return log.is(m_memory.pendingDevice, m_memory.pending); };
        if (isPending(m_hands->look(0)) || !isPending(m_hands->look(1))) {
            m_memory.pending = 0; // it was not renamed, or somebody has moved it since
            return {};
        }
        m_context.log("ending the rotation that was begun");
        return reopen();
    }

    /// Compressing and removing may fail without harm: said, and done at the next time.
    void tidy()
    {
        const auto warn = [&](const Error &error, const fs::path &path) { m_result.warnings.push_back(error.code + " " + path.filename().string()); };
        const Compression compression = m_args.compress == "gzip" ? Compression::Gzip : m_args.compress == "zstd" ? Compression::Zstd : Compression::None;
        if (compression != Compression::None && !m_hands->own())
            m_context.log("the agent may not change the directory of " + m_path.string() + ": nothing is compressed there");
        for (int number = 2; number <= m_args.keep && compression != Compression::None && m_hands->own() && !m_context.stop.stop_requested(); ++number) {
            const fs::path path = numbered(m_path, number);
            if (!m_hands->look(number).exists)
                continue;
            const auto made = compressFile(path, compression, m_context.stop);
            if (made)
                m_result.compressed.push_back(made->filename());
            else
                warn(made.error(), path);
        }
        // what was kept when more was asked for
        for (int number = m_args.keep + 1; number < mostNumber && isThere(number); ++number) {
            for (const char *suffix : suffixes()) {
                const fs::path path = numbered(m_path, number) + suffix;
                if (m_hands->own() && ::access(path.c_str(), F_OK) != 0)
                    continue;
                if (auto removed = m_hands->remove(number, suffix); removed)
                    m_result.removed.push_back(path.filename());
                else
                    warn(removed.error(), path);
            }
        }
    }

    Result<wire::RotateResult> remember()
    {
        const Log log = m_hands->look(0);
        m_memory.device = log.exists ? static_cast<std::int64_t>(log.info.st_dev) : 0;
        m_memory.inode = log.exists ? static_cast<std::int64_t>(log.info.st_ino) : 0;
        const Log first = m_hands->look(1);
        m_memory.first = first.exists ? static_cast<std::int64_t>(first.info.st_ino) : 0;
        m_memory.run = m_context.run;
        m_memory.result = m_result;
        if (auto written = writeMemory(); !written)
            return fail(written.error());
        return m_result;
    }
    Result<void> writeMemory() const { return replaceFile(m_memoryFile, dumpJson(Json(m_memory))); }

    const Config &m_config;
    const wire::RotateArgs &m_args;
    const RotateContext &m_context;
    std::unique_ptr<SqlClient> m_client;
    fs::path m_memoryFile;
    FileDescriptor m_lock;
    Memory m_memory;
    fs::path m_path;
    Log m_log;
    std::optional<Hands> m_hands;
    wire::RotateResult m_result;
};

} // namespace

Result<wire::RotateResult> rotateSlowLog(const Config &config, const wire::RotateArgs &args, const RotateContext &context)
{
    return Rotation(config, args, context).run();
}

} // namespace zandb::agent
