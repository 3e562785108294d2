// SPDX-License-Identifier: GPL-3.0-or-later
// The order book's hands: starting attempts, watching their processes, collecting their results.

#include "agent/os/log.h"
#include "agent/workflow/launcher.h"
#include "agent/workflow/orderentry.h"

#include <csignal>
#include <fcntl.h>
#include <limits>
#include <sys/wait.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t maxResultFile = 3u << 20;
constexpr std::size_t maxProgressFile = 64 << 10;
constexpr auto exitGrace = 10s; ///< for a worker to end after it wrote its result

/// Without one nothing can be told of a worker, and none be started.
bool hasDescriptor()
{
    return static_cast<bool>(FileDescriptor(::open("/", O_PATH | O_CLOEXEC)));
}

/// Who claimed the directory, as it noted itself (work.h); nothing when nobody did.
std::optional<ProcessIdentity> claimedBy(const fs::path &directory)
{
    const fs::path file = directory / "pid";
    std::error_code error;
    if (!fs::exists(fs::symlink_status(file, error)))
        return std::nullopt;
    ProcessIdentity process;
    const auto text = readFile(file, 4096);
    const auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
    if (json && json->is_object()) {
        const auto number = [&](const char *name, std::int64_t most) { return integerIn(json->value(name, Json()), 0, most).value_or(0); };
        process.pid = static_cast<pid_t>(number("pid", std::numeric_limits<pid_t>::max()));
        process.startTime = static_cast<std::uint64_t>(number("startTime", std::numeric_limits<std::int64_t>::max()));
        if (const auto boot = json->find("bootId"); boot != json->end() && boot->is_string())
            process.bootId = boot->get<std::string>();
    }
    return process; // one that cannot be read tells that it began, and then nobody is found running
}

/// What the worker says, or why that cannot be used.
Result<Json> readResult(const fs::path &directory)
{
    const auto text = readFile(directory / "result.json", maxResultFile + 4096);
    if (!text)
        return fail(text.error());
    auto json = parseJson(*text, 64);
    if (!json)
        return fail(json.error());
    const bool right = json->is_object() && json->contains("outcome") && (*json)["outcome"].is_string()
        && integerIn(json->value("ended", Json()), firstJsonMicros, lastJsonMicros);
    if (!right)
        return fail(errors::internal, {{"detail", "result.json is not a result"}});
    const std::string outcome = (*json)["outcome"];
    if (outcome != "succeeded" && outcome != "failed" && outcome != "cancelled")
        return fail(errors::internal, {{"detail", "outcome \"" + outcome.substr(0, 100) + '"'}});
    return json;
}

} // namespace

/// Of an attempt whose record `started` was lost, a worker's own note in its directory tells: it must not begin again.
Result<void> OrderBook::adoptStarted()
{
    for (const wire::OrderKey &key : openKeys()) {
        Entry &entry = m_entries.at(key);
        const auto process = entry.state == State::Accepted ? claimedBy(directoryOf(key)) : std::nullopt;
        if (!process)
            continue;
        const TimePoint now = systemNow();
        const auto written = m_journal->append(startedRecord(key, now, *process));
        if (!written)
            return fail(written.error());
        entry.state = State::Started;
        entry.startedAt = now;
        entry.worker = *process;
        logLine("order " + directoryOf(key).filename().string() + " had begun although the journal does not say so");
    }
    return {};
}

/// Only what has begun gets a record of its cancel: where none says that it began, that one was lost.
void OrderBook::endWithoutStart(const wire::OrderKey &key, Entry &entry)
{
    Error error = makeError(errors::interrupted, {{"detail", "it was cancelled, and the journal does not say whether the work began"}});
    if (!kindOf(entry).isIdempotent)
        error.errorClass = ErrorClass::Unknown;
    finishWith(key, entry, "failed", error);
}

void OrderBook::tick()
{
    if (!hasDescriptor()) {
        if (!m_shortLogged)
            logLine("no descriptor is left: workers are looked after later");
        m_shortLogged = true;
        return;
    }
    m_shortLogged = false;
    const std::vector<wire::OrderKey> keys = openKeys();
    for (const wire::OrderKey &key : keys) {
        Entry &entry = m_entries.at(key);
        if (entry.state == State::Started)
            look(key, entry);
        else if (entry.cancelledAt)
            endWithoutStart(key, entry);
    }
    startWaiting();
}

std::vector<ProcessIdentity> OrderBook::workers() const
{
    std::vector<ProcessIdentity> found;
    for (const wire::OrderKey &key : m_open) {
        if (const Entry &entry = m_entries.at(key); entry.state == State::Started)
            found.push_back(entry.worker);
    }
    return found;
}

void OrderBook::startWaiting()
{
    const bool canStart = hasDescriptor() && m_journal->isUsable();
    std::map<Pool, int> running;
    std::set<std::string> taken; ///< instances that an exclusive attempt works for
    std::vector<std::pair<std::int64_t, wire::OrderKey>> waiting;
    for (const wire::OrderKey &key : m_open) {
        const Entry &entry = m_entries.at(key);
        if (entry.state == State::Started) {
            ++running[kindOf(entry).pool];
            if (kindOf(entry).exclusive)
                taken.insert(entry.instance);
        } else if (!entry.cancelledAt)
            waiting.emplace_back(entry.sequence, key);
    }
    std::ranges::sort(waiting);
    for (const auto &[sequence, key] : waiting) {
        Entry &entry = m_entries.at(key);
        if (Entry::Clock::now() >= entry.startBy) {
            finishWith(key, entry, "failed",
                       makeError(errors::orderExpired, {{"ttl_s", std::to_string(entry.ttlSeconds)}}));
            continue;
        }
        const Kind &kind = kindOf(entry);
        const bool mayStart = running[kind.pool] < workersOf(kind.pool) && !(kind.exclusive && taken.contains(entry.instance));
        if (!mayStart || !canStart || Entry::Clock::now() < entry.startAgain)
            continue;
        start(key, entry);
        if (entry.state == State::Started) {
            ++running[kind.pool];
            if (kind.exclusive)
                taken.insert(entry.instance);
        }
    }
}

int OrderBook::workersOf(Pool pool) const
{
    return pool == Pool::Short ? m_config.maxShortWorkers : m_config.maxWorkers;
}

Result<void> OrderBook::prepareDirectory(const wire::OrderKey &key, const Entry &entry) const
{
    const auto record = m_journal->read(entry.orderPlace);
    if (!record)
        return fail(record.error());
    const fs::path directory = directoryOf(key);
    std::error_code error;
    fs::remove_all(directory, error); // of a start that a crash cut off before the journal knew of it
    if (!error)
        fs::create_directory(directory, error);
    if (!error)
        fs::permissions(directory, fs::perms::owner_all, error);
    if (error)
        return fail(errors::ioFailed, {{"path", directory.string()}, {"detail", error.message()}});
    // not fsynced: after a crash of the host nobody reads them again; the directory must outlive it for its result
    Json order = record->at("order");
    if (entry.orderedBy)
        order["orderedBy"] = *entry.orderedBy;
    if (auto done = replaceFile(directory / "order.json", dumpJson(order), false); !done)
        return done;
    if (auto done = replaceFile(directory / "config", fs::absolute(m_config.file, error).string(), false); !done)
        return done;
    return syncDirectory(m_workRoot);
}

void OrderBook::start(const wire::OrderKey &key, Entry &entry)
{
    Result<ProcessIdentity> worker = prepareDirectory(key, entry).and_then([&]() -> Result<ProcessIdentity> {
        const LaunchSpec spec{m_options.workerProgram, m_options.workerArguments, directoryOf(key), m_config.nice,
                              m_config.ionice,         m_config.cgroup};
        return launchWorker(spec, [&](const ProcessIdentity &process) -> Result<void> {
            const TimePoint now = systemNow();
            const auto written = m_journal->append(startedRecord(key, now, process));
            if (!written) {
                entry.startAgain = Entry::Clock::now() + m_options.startRetry;
                return fail(written.error());
            }
            entry.state = State::Started;
            entry.startedAt = now;
            entry.worker = process;
            return {};
        });
    });
    if (worker) {
        notify(key);
        return;
    }
    logLine("order " + directoryOf(key).filename().string() + " cannot start: " + describe(worker.error()));
    // what cannot be noted stays open, and is not forked again and again meanwhile
    if (!finishWith(key, entry, "failed", worker.error()))
        entry.startAgain = Entry::Clock::now() + m_options.startRetry;
}

void OrderBook::look(const wire::OrderKey &key, Entry &entry)
{
    ::waitpid(entry.worker.pid, nullptr, WNOHANG); // ours or not: a zombie counts as gone either way
    // in this order: a worker writes its result before it ends
    const bool running = isRunning(entry.worker);
    const fs::path directory = directoryOf(key);
    std::error_code ignored;
    if (fs::exists(directory / "result.json", ignored)) {
        if (!entry.resultSeenAt)
            entry.resultSeenAt = Entry::Clock::now();
        if (running && Entry::Clock::now() - *entry.resultSeenAt < exitGrace)
            return;
        const auto result = readResult(directory);
        if (!result && !hasDescriptor())
            return; // it stands there, and is read when it can be
        endSession(key, entry, SIGKILL);
        if (running && m_workerGone)
            m_workerGone(); // it was still removing what its result let go
        readProgress(key, entry);
        if (result)
            finish(key, entry, *result);
        else
            finishWith(key, entry, "failed", makeError(errors::internal, {{"path", directory.string()}}, result.error()));
        return;
    }
    if (running) {
        readProgress(key, entry);
        if (entry.cancelledAt && !entry.asked)
            entry.asked = endSession(key, entry, SIGTERM); // nobody could be found when the cancel came
        if (entry.cancelledAt && !entry.killed && Entry::Clock::now() >= entry.killAt)
            entry.killed = endSession(key, entry, SIGKILL);
        return;
    }

    endSession(key, entry, SIGKILL);
    readProgress(key, entry);
    if (m_workerGone)
        m_workerGone();
    if (entry.cancelledAt) {
        const std::string how = entry.killed ? "killed after the time to end was over" : "ended without a result";
        finishWith(key, entry, "cancelled",
                   makeError(errors::cancelled, {{"detail", how}, {"left_behind", directory.string()}}));
        return;
    }
    const std::string why = entry.worker.bootId == bootId() ? "the worker is gone without a result"
                                                            : "the host was restarted";
    Error error = makeError(errors::interrupted, {{"detail", why}, {"left_behind", directory.string()}});
    if (!kindOf(entry).isIdempotent)
        error.errorClass = ErrorClass::Unknown;
    finishWith(key, entry, "failed", error);
}

void OrderBook::readProgress(const wire::OrderKey &key, Entry &entry)
{
    const fs::path file = directoryOf(key) / "progress.json";
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (error || time == entry.progressTime)
        return;
    entry.progressTime = time;
    const auto progress = readFile(file, maxProgressFile)
                              .and_then([](const std::string &text) { return parseJson(text); })
                              .and_then([](const Json &json) { return decode<wire::Progress>(json); });
    if (!progress)
        return;
    entry.progress = *progress;
    notify(key);
}

bool OrderBook::endSession(const wire::OrderKey &key, Entry &entry, int signal)
{
    const auto count = signalSession(entry.worker, signal);
    if (count.value_or(0) > 0)
        logLine("order " + directoryOf(key).filename().string() + ": sent " + (signal == SIGKILL ? "SIGKILL" : "SIGTERM")
                + " to " + std::to_string(*count) + " process(es) of session " + std::to_string(entry.worker.pid));
    return count.has_value();
}

bool OrderBook::finish(const wire::OrderKey &key, Entry &entry, const Json &result)
{
    const Json record = finishedRecord(key, entry, result);
    const auto place = m_journal->append(record);
    if (!place) {
        // the order stays open and is looked at again; its result is in its directory meanwhile
        if (!entry.settleFailureLogged)
            logLine("the end of order " + directoryOf(key).filename().string() + " cannot be noted: " + describe(place.error()));
        entry.settleFailureLogged = true;
        return false;
    }
    entry.state = State::Finished;
    entry.outcome = record["outcome"].get<std::string>();
    entry.endedAt = record["endedAt"].get<TimePoint>();
    entry.resultPlace = *place;
    entry.directoryBytes = bytesBelow(directoryOf(key));
    m_finishedBytes += entry.directoryBytes;
    m_open.erase(key);
    notify(key);
    if (m_ended)
        m_ended(kindOf(entry));
    return true;
}

bool OrderBook::finishWith(const wire::OrderKey &key, Entry &entry, std::string_view outcome, const Error &error)
{
    return finish(key, entry,
                  Json{{"outcome", outcome}, {"error", errorToJson(error)}, {"data", nullptr}, {"ended", systemNow()}});
}

} // namespace zandb::agent
