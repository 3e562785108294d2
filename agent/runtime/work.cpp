// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/work.h"

#include "agent/os/files.h"
#include "agent/os/log.h"
#include "agent/os/process.h"
#include "agent/runtime/resultfit.h"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <sys/prctl.h>
#include <thread>
#include <unistd.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto progressInterval = 500ms;
constexpr std::int64_t maxLogBytes = 16LL << 20;
constexpr std::size_t maxResultBytes = 3u << 20; // fits a frame and a journal record
constexpr std::size_t roomForData = 1u << 20; // of a result that does not fit whole
constexpr off_t reservedBytes = 256 << 10;
constexpr char stopByte = 's';
constexpr char wakeByte = 'w';
constexpr char quitByte = 'q';

int signalPipe = -1;

extern "C" void onStopSignal(int)
{
    const int saved = errno;
    const char byte = stopByte;
    [[maybe_unused]] const ssize_t n = ::write(signalPipe, &byte, 1);
    errno = saved;
}

class Context final : public WorkContext
{
public:
    Context(fs::path directory, Config config, wire::Order order, std::optional<wire::OrderedBy> by)
        : m_directory(std::move(directory)), m_config(std::move(config)), m_order(std::move(order)), m_orderedBy(std::move(by)),
          m_items(m_directory / "items"), m_feed(m_directory, m_stop.get_token()), m_logFile(m_directory / "log"),
          m_log(::open(m_logFile.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600))
    {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0) {
            m_wakeRead.reset(ends[0]);
            m_wakeWrite.reset(ends[1]);
            signalPipe = ends[1];
        }
        struct sigaction action{};
        action.sa_handler = onStopSignal;
        action.sa_flags = SA_RESTART;
        ::sigaction(SIGTERM, &action, nullptr);
        ::sigaction(SIGINT, &action, nullptr);
        ::signal(SIGPIPE, SIG_IGN); // NOLINT: a tool that went away is an error to report, not our end
        m_helper = std::thread([this] { help(); });
        // serve starts us with SIGTERM blocked, so that none was lost before the handler stood
        sigset_t all;
        ::sigemptyset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    }

    ~Context() override
    {
        wake(quitByte);
        m_helper.join();
    }
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;

    const Config &config() const override { return m_config; }
    const wire::Order &order() const override { return m_order; }
    std::optional<wire::OrderedBy> orderedBy() const override { return m_orderedBy; }
    fs::path directory() const override { return m_directory; }
    std::stop_token stopToken() const override { return m_stop.get_token(); }
    void afterSuccess(std::function<void()> work) override { m_afterSuccess = std::move(work); }
    const std::function<void()> &afterSuccess() const { return m_afterSuccess; }
    bool item(const Json &item) override { return m_items.add(item); }
    void limitItems(const ItemLimits &limits) { m_items.setLimits(limits); }
    FeedReader &feed() override { return m_feed; }

    /// Makes the items durable; none when there was none to leave.
    std::optional<wire::ItemCounts> endItems()
    {
        const wire::ItemCounts counts = m_items.counts();
        if (const auto synced = m_items.sync(); !synced)
            log("the items may not outlive the host's end: " + describe(synced.error()));
        if (counts.cutCount > 0)
            log(std::to_string(counts.cutCount) + " items of " + std::to_string(counts.cutBytes) + " bytes were cut after "
                + std::to_string(counts.count) + " of " + std::to_string(counts.bytes));
        return counts.count + counts.cutCount > 0 ? std::optional(counts) : std::nullopt;
    }

    void log(std::string_view text) override
    {
        std::string line = toIso(systemNow()) + ' ';
        for (const char c : text.substr(0, 8192))
            line += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? ' ' : c;
        line += '\n';
        const std::lock_guard lock(m_mutex);
        if (m_logged > maxLogBytes)
            return;
        m_logged += static_cast<std::int64_t>(line.size());
        if (m_logged > maxLogBytes)
            line = toIso(systemNow()) + " the log is full; nothing more is written\n";
        // a full disk shows elsewhere; a log line is not worth the attempt
        [[maybe_unused]] const ssize_t n = ::write(m_log.get(), line.data(), line.size());
    }

    void progress(const wire::Progress &progress) override
    {
        const std::lock_guard lock(m_mutex);
        m_pending = progress;
        if (m_pending->at == TimePoint{})
            m_pending->at = systemNow();
        if (Clock::now() - m_progressWritten >= progressInterval)
            writeProgress();
        else
            wake(wakeByte);
    }

    void flushProgress()
    {
        const std::lock_guard lock(m_mutex);
        writeProgress();
    }

private:
    void wake(char byte)
    {
        [[maybe_unused]] const ssize_t n = ::write(m_wakeWrite.get(), &byte, 1);
    }

    void writeProgress()
    {
        if (!m_pending)
            return;
        m_progressWritten = Clock::now();
        (void)replaceFile(m_directory / "progress.json", dumpJson(*m_pending), false);
        m_pending.reset();
    }

    /// Turns signals into the stop token, and writes the newest progress when its time has come.
    void help()
    {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
        for (;;) {
            int timeout = -1;
            {
                const std::lock_guard lock(m_mutex);
                if (m_pending) {
                    const auto left = progressInterval - (Clock::now() - m_progressWritten);
                    if (left <= 0ms)
                        writeProgress();
                    else
                        timeout = static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(left).count());
                }
            }
            pollfd end{m_wakeRead.get(), POLLIN, 0};
            ::poll(&end, 1, timeout);
            char bytes[64];
            const ssize_t n = ::read(m_wakeRead.get(), bytes, sizeof bytes);
            for (ssize_t i = 0; i < n; ++i) {
                if (bytes[i] == stopByte)
                    m_stop.request_stop();
                else if (bytes[i] == quitByte)
                    return;
            }
        }
    }

    fs::path m_directory;
    Config m_config;
    wire::Order m_order;
    std::optional<wire::OrderedBy> m_orderedBy;
    std::stop_source m_stop;
    ItemWriter m_items;
    FeedReader m_feed;
    fs::path m_logFile;
    FileDescriptor m_log;
    FileDescriptor m_wakeRead;
    FileDescriptor m_wakeWrite;
    std::function<void()> m_afterSuccess;
    std::mutex m_mutex;
    std::optional<wire::Progress> m_pending;
    Clock::time_point m_progressWritten{};
    std::int64_t m_logged = 0;
    std::thread m_helper;
};

/// Room for the result is kept from the start, so that a disk the attempt filled up does not swallow it.
fs::path reserveFile(const fs::path &directory)
{
    return directory / "reserve";
}

void reserve(const fs::path &directory)
{
    const FileDescriptor file(::open(reserveFile(directory).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file)
        (void)::posix_fallocate(file.get(), 0, reservedBytes);
}

int writeResult(const fs::path &directory, Json result)
{
    std::string text = dumpJson(result);
    if (text.size() > maxResultBytes) {
        // what was done stays done, however much there is to say about it
        result["dataCutBytes"] = cutToFit(result["data"], roomForData);
        (void)cutToFit(result["error"], roomForData);
        text = dumpJson(result);
    }
    ::unlink(reserveFile(directory).c_str());
    for (int attempt = 0; attempt < 120; ++attempt) {
        if (attempt > 0)
            std::this_thread::sleep_for(5s);
        const auto written = replaceFile(directory / "result.json", text);
        if (written)
            return 0;
        if (attempt == 0)
            logLine("result of " + directory.string() + ": " + describe(written.error()));
        // a full disk has room again one day; a directory that was removed does not come back
        if (std::error_code error; !fs::exists(directory, error) && !error)
            break;
    }
    return 1;
}

Json failedResult(const Error &error, TimePoint started)
{
    return Json{{"outcome", "failed"},
                {"error", errorToJson(error)},
                {"data", nullptr},
                {"started", started},
                {"ended", systemNow()}};
}

Result<Json> callKind(const Kinds &kinds, WorkContext &context)
{
    const auto kind = kinds.find(context.order().kind);
    if (kind == kinds.end() || !kind->second.run)
        return fail(errors::orderArgs, {{"detail", "this agent knows no kind \"" + context.order().kind + '"'}});
    try {
        return kind->second.run(context);
    } catch (const std::exception &e) {
        return fail(errors::internal, {{"detail", e.what()}});
    } catch (...) {
        return fail(errors::internal, {{"detail", "an exception of no known type"}});
    }
}

struct Inputs
{
    Config config;
    wire::Order order;
    std::optional<wire::OrderedBy> by;
};

Result<Inputs> readInputs(const fs::path &directory)
{
    const auto text = readFile(directory / "order.json", 4u << 20);
    if (!text)
        return fail(text.error());
    const auto json = parseJson(*text);
    if (!json)
        return fail(json.error());
    auto order = decode<wire::Order>(*json);
    if (!order)
        return fail(order.error());
    std::optional<wire::OrderedBy> by;
    if (const auto found = json->find("orderedBy"); found != json->end()) {
        auto decoded = decode<wire::OrderedBy>(*found);
        if (!decoded)
            return fail(decoded.error());
        by = std::move(*decoded);
    }
    const auto configFile = readFile(directory / "config", 4096);
    if (!configFile)
        return fail(configFile.error());
    auto config = loadConfig(*configFile);
    if (!config)
        return fail(config.error());
    return Inputs{std::move(*config), std::move(*order), std::move(by)};
}

/// "ordered by headless (dispatcher, SHA256:...) for ann": the log tells it too, wherever it is read.
std::string orderedLine(const wire::OrderedBy &by, const std::string &author)
{
    return "ordered by " + by.user + " (" + by.role + (by.key.empty() ? "" : ", " + by.key) + ')'
           + (author.empty() || author == by.user ? "" : " for " + author);
}

/// Only the first process that works on a directory gets it.
bool claim(const fs::path &directory)
{
    const fs::path file = directory / "pid";
    const FileDescriptor fd(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd)
        return false;
    const pid_t pid = ::getpid();
    const Json text{{"pid", pid}, {"startTime", startTimeOf(pid)}, {"bootId", bootId()}};
    return writeAll(fd.get(), dumpJson(text), file).has_value();
}

} // namespace

int runWork(const fs::path &directory, const Kinds &kinds)
{
    const TimePoint started = systemNow();
    std::error_code ignored;
    const fs::path dir = fs::absolute(directory, ignored);
    if (!fs::is_directory(dir, ignored)) {
        logLine(dir.string() + ": no such work directory");
        return 2;
    }
    if (::getsid(0) != ::getpid())
        ::setsid(); // started by hand; under serve it is done
    if (!claim(dir)) {
        logLine(dir.string() + ": this attempt was started before; an attempt runs once");
        return 1;
    }
    // what a tool of ours leaves behind stays our descendant, so that serve knows it for what it is (peer.h)
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    reserve(dir);
    auto inputs = readInputs(dir);
    if (!inputs)
        return writeResult(dir, failedResult(inputs.error(), started));

    Context context(dir, std::move(inputs->config), std::move(inputs->order), std::move(inputs->by));
    context.limitItems(kindNamed(kinds, context.order().kind).items);
    if (const auto by = context.orderedBy())
        context.log(orderedLine(*by, context.order().author));
    Result<Json> answer = callKind(kinds, context);
    context.flushProgress();
    const std::optional<wire::ItemCounts> items = context.endItems();
    if (answer) {
        const int status = writeResult(dir, Json{{"outcome", "succeeded"},
                                                 {"error", nullptr},
                                                 {"data", std::move(*answer)},
                                                 {"items", items},
                                                 {"started", started},
                                                 {"ended", systemNow()}});
        if (status == 0 && context.afterSuccess())
            context.afterSuccess()();
        return status;
    }
    Error error = std::move(answer.error());
    bool cancelled = error.is(errors::cancelled);
    if (!cancelled && context.stopToken().stop_requested()) {
        // the whole session got SIGTERM: what failed did so because of it
        error = makeError(errors::cancelled, {}, std::move(error));
        cancelled = true;
    }
    context.log((cancelled ? "cancelled: " : "failed: ") + describe(error));
    Json result = failedResult(error, started);
    result["items"] = items;
    if (cancelled)
        result["outcome"] = "cancelled";
    return writeResult(dir, std::move(result));
}

} // namespace zandb::agent
