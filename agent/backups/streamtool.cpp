// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/blame.h"
#include "agent/backups/job.h"
#include "agent/fleet/statementtext.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include <poll.h>
#include <sys/ioctl.h>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

constexpr auto outputPatience = 5s;

bool isErrorLine(std::string_view line)
{
    if (line.find("[ERROR]") != std::string_view::npos || line.find("[FATAL]") != std::string_view::npos
        || (line.starts_with("** (") && line.find("CRITICAL") != std::string_view::npos))
        return true;
    // "mariadb-dump: Got error: ...", "mysqldump: Error 2013: ...", "mysqldump: Couldn't execute ..."
    const auto colon = line.find(": ");
    if (colon == std::string_view::npos)
        return false;
    const std::string_view tool = line.substr(0, colon);
    const std::string_view said = line.substr(colon + 2);
    return (tool.ends_with("dump") || tool.ends_with("backup") || tool.ends_with("mariabackup"))
           && (said.starts_with("Error") || said.starts_with("Got error") || said.starts_with("Couldn't"));
}

/// What mariadb-backup says of every single file and second, which the progress tells better.
bool isChatter(std::string_view line)
{
    return line.empty() || line.ends_with("...done") || line.find(" Streaming ") != std::string_view::npos
           || line.find(">> log scanned up to") != std::string_view::npos;
}

bool isLockTimeout(std::string_view line)
{
    return line.find("Unable to obtain lock") != std::string_view::npos
           || line.find("Lock wait timeout exceeded") != std::string_view::npos;
}

/// Whether somebody could still write into this pipe and nothing is in it: what is there is only slow to be taken, and after the
/// end the repository may need its time.
bool isHeldOpen(int pipe)
{
    pollfd end{pipe, POLLIN, 0};
    int queued = 0;
    return ::poll(&end, 1, 0) == 0 || (!(end.revents & POLLHUP) && ::ioctl(pipe, FIONREAD, &queued) == 0 && queued == 0);
}

/// What models/workflow/waitingline.h finds again in the log.
std::string waitingText(const std::map<std::string, std::string> &inTheWay)
{
    const auto field = [&](const char *name) {
        const auto it = inTheWay.find(name);
        return it == inTheWay.end() ? std::string() : it->second;
    };
    if (inTheWay.contains("id"))
        return "waiting for a lock: session " + field("id") + " (" + field("user") + "@" + field("host") + ", since " + field("since") + ") is in the way: " + field("statement");
    std::string text = "waiting for a lock";
    if (!field("sessions").empty())
        text += " that one of these sessions holds: " + field("sessions");
    if (!field("tables").empty())
        text += "; tables in use: " + field("tables");
    return text;
}

} // namespace

namespace {
std::atomic<std::chrono::milliseconds> patienceAtEnd{60s};
} // namespace

std::chrono::milliseconds endPatience() { return patienceAtEnd; }
void setEndPatience(std::chrono::milliseconds patience) { patienceAtEnd = patience; }

void RateMeter::add(std::int64_t bytes, Clock::time_point at)
{
    if (!m_seen.empty() && (bytes < m_seen.back().second || at < m_seen.back().first))
        m_seen.clear(); // something else is counted from here on
    if (m_seen.size() > 1 && at - m_seen[m_seen.size() - 2].first < 1s)
        m_seen.pop_back();
    m_seen.emplace_back(at, bytes);
    while (m_seen.size() > 2 && at - m_seen.front().first > 1min)
        m_seen.pop_front();
}

std::optional<std::int64_t> RateMeter::secondsFor(std::int64_t left) const
{
    if (m_seen.empty())
        return std::nullopt;
    const double seconds = std::chrono::duration<double>(m_seen.back().first - m_seen.front().first).count();
    const auto bytes = static_cast<double>(m_seen.back().second - m_seen.front().second);
    if (seconds < 1 || bytes <= 0)
        return std::nullopt;
    return static_cast<std::int64_t>(std::ceil(static_cast<double>(left) * seconds / bytes));
}

void reportProgress(BackupJob &job, const std::string &phase, std::int64_t done)
{
    wire::Progress progress;
    progress.phase = phase;
    progress.bytesDone = done;
    progress.bytesTotal = std::max(job.estimate, done);
    progress.at = systemNow();
    job.rate.add(done, RateMeter::Clock::now());
    if (job.estimate > 0) {
        progress.percent = std::min(99.9, 100.0 * static_cast<double>(done) / static_cast<double>(progress.bytesTotal));
        if (progress.bytesTotal > done)
            progress.secondsLeft = job.rate.secondsFor(progress.bytesTotal - done);
    }
    const auto inTheWay = job.guard ? job.guard->waitsFor() : std::nullopt;
    if (inTheWay) {
        progress.phase = "waiting";
        progress.secondsLeft.reset();
    }
    // once for each who is in the way: how long it takes stands in the lines' times
    const std::string whom = !inTheWay ? std::string() : inTheWay->contains("id") ? inTheWay->at("id") : "somebody";
    if (whom != job.waitSaid)
        job.context.log(inTheWay ? waitingText(*inTheWay) : std::string("goes on: it waits for no lock any more"));
    job.waitSaid = whom;
    job.context.progress(progress);
}

Result<std::unique_ptr<ConnectionRelay>> relayFor(BackupJob &job, const std::filesystem::path &directory)
{
    return ConnectionRelay::start(directory, job.instance.socket, [&job](std::uint64_t id) { job.guard->addTool(id); });
}

Result<PipelineSummary> streamTool(BackupJob &job, const StreamRequest &request)
{
    constexpr int pipeBytes = 1 << 20;
    auto out = makePipe(pipeBytes);
    auto err = makePipe();
    if (!out || !err)
        return fail(out ? err.error() : out.error());
    auto started = [&]() -> Result<std::unique_ptr<ToolRun>> {
        if (request.start)
            return request.start(out->write.get(), err->write.get());
        Command command;
        command.argv = request.argv;
        command.stdoutFd = out->write.get();
        command.stderrFd = err->write.get();
        command.directory = request.directory;
        command.temporary = request.directory;
        return Child::start(command);
    }();
    if (!started)
        return fail(started.error());
    ToolRun &child = **started;
    out->write.reset();
    err->write.reset();
    job.context.log("started " + request.tool + ", " + child.description());
    job.guard->onTrip([&child] { child.kill(); });

    bool marker = false;
    std::string errorLine;
    std::string lockLine;
    const auto heard = [&](std::string_view line) {
        if (request.listener)
            request.listener(line);
        if (!isChatter(line))
            job.context.log("  " + std::string(line));
        if (!request.endMarker.empty() && line.find(request.endMarker) != std::string_view::npos)
            marker = true;
        if (errorLine.empty() && isErrorLine(line))
            errorLine = line;
        if (isLockTimeout(line))
            lockLine = line;
    };
    LineReader lines(std::move(err->read), heard, [fitting = ToolLines()](std::string_view line) mutable { return fitting.fit(line); });

    PipelineOptions options;
    options.fileName = request.payload;
    options.level = job.args.compressionLevel;
    options.threads = job.args.compressionThreads;
    options.repository = job.args.repository;
    options.stagingFile = job.context.directory() / "staging";
    options.stagingBytes = job.context.config().stagingBytes;
    Pipeline pipeline(options, *job.sink, request.scanner);
    std::int64_t before = -1;
    std::optional<std::chrono::steady_clock::time_point> silentSince; // while it has ended and its output has not
    auto summary = pipeline.run(out->read.get(), job.context.stopToken(), [&](std::int64_t bytes) -> Result<void> {
        const bool silent = bytes == std::exchange(before, bytes) && child.wait(0ms).has_value() && isHeldOpen(out->read.get());
        silentSince = silent ? silentSince.value_or(std::chrono::steady_clock::now()) : std::optional<std::chrono::steady_clock::time_point>();
        if (silent && std::chrono::steady_clock::now() - *silentSince > outputPatience)
            return fail(errors::toolFailed, {{"tool", request.tool}, {"status", child.wait(0ms)->text()},
                                             {"detail", "it has ended, and something it started still holds its output"}});
        reportProgress(job, request.phase, bytes);
        if (auto error = job.guard->tripped())
            return fail(*error);
        return {};
    });
    ExitStatus status;
    if (!summary) {
        status = child.end(2s);
    } else if (auto ended = child.wait(endPatience(), job.context.stopToken())) {
        status = *ended;
    } else {
        status = child.end(2s);
    }
    job.guard->onTrip({});
    lines.join();

    const auto spoiled = [&](Error error) -> tl::unexpected<Error> {
        job.context.log(request.tool + " ended with status " + status.text() + "; the last it said, in full:");
        for (const auto &line : lines.last())
            job.context.log("  " + line);
        return fail(std::move(error));
    };
    // the first cause first: a guard that tripped makes the tool fail, not the other way round
    if (auto error = job.guard->tripped())
        return spoiled(*error);
    if (!summary)
        return spoiled(summary.error());
    if (job.context.stopToken().stop_requested())
        return spoiled(makeError(errors::cancelled));
    if (const auto error = child.problem())
        return spoiled(*error);
    if (!status.ok() && !lockLine.empty())
        return spoiled(makeError(errors::backupLockUnknown, {{"seconds", std::to_string(job.args.longStatementWaitSeconds)},
                                                             {"sessions", lockLine}, {"tables", ""}}));
    if (!status.ok())
        return spoiled(toolError(request.tool, status, lines.tail(5)));
    if (request.watchErrors && !errorLine.empty())
        return spoiled(makeError(errors::toolFailed, {{"tool", request.tool}, {"status", status.text()}, {"detail", errorLine}}));
    if (!request.endMarker.empty() && !marker)
        return spoiled(makeError(errors::backupNoEndMarker, {{"tool", request.tool}}));
    job.context.log(request.tool + " ended well: " + std::to_string(summary->bytes) + " bytes, stored "
                    + std::to_string(summary->storedBytes)
                    + (summary->spilledBytes ? ", through the staging file " + std::to_string(summary->spilledBytes) : ""));
    return summary;
}

} // namespace zandb::agent
