// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/follower.h"

#include <algorithm>
#include <cerrno>

namespace zandb::agent {
namespace {

constexpr std::size_t mostDone = 4;
constexpr auto restAfter = std::chrono::seconds(10);

Json markJson(const LogMark &mark)
{
    return {{"device", mark.device}, {"inode", mark.inode}, {"offset", mark.offset}, {"tail", bytesToJson(mark.tail)}};
}

LogMark markOf(const Json &position)
{
    LogMark mark;
    mark.device = position.at("device").get<std::int64_t>();
    mark.inode = position.at("inode").get<std::int64_t>();
    mark.offset = position.at("offset").get<std::int64_t>();
    mark.tail = bytesFromJson(position.at("tail")).value_or("");
    return mark;
}

TimePoint minuteOf(TimePoint at) { return std::chrono::floor<std::chrono::minutes>(at); }

} // namespace

SlowLogFollower::SlowLogFollower(const Config &config, std::string instance, Json position, Times times)
    : m_instance(instance), m_times(times), m_files(config, std::move(instance))
{
    rewind(position);
}

void SlowLogFollower::setPath(const std::string &path, bool inheritSchema)
{
    m_files.setPath(path);
    m_inheritSchema = inheritSchema;
}

void SlowLogFollower::rewind(const Json &position)
{
    m_log.reset();
    m_packed.reset();
    m_parser.reset();
    m_queue.clear();
    m_digest.clear();
    m_minute.reset();
    m_gapFrom = m_gapTo = {};
    m_isFinished = m_hasMark = m_isUnnamed = m_isLost = false;
    m_mark = {};
    m_schema.clear();
    m_lastEvent = {};
    m_done.clear();
    if (!position.is_object())
        return;
    m_hasMark = true;
    m_mark = markOf(position);
    m_schema = bytesFromJson(position.at("schema")).value_or("");
    m_lastEvent = position.at("at").get<TimePoint>();
    m_minute = position.at("minute").get<TimePoint>();
    for (const Json &done : position.at("done"))
        m_done.push_back(markOf(done));
}

bool SlowLogFollower::rest(TimePoint now)
{
    // nothing is under way: the file and the place in it are all there is to know
    if (now - m_grew < restAfter || !m_log || !m_isLive || m_packed || !m_digest.isEmpty() || !m_parser || m_parser->position() != m_parser->taken())
        return false;
    m_mark = {m_log->device(), m_log->inode(), m_parser->taken(), std::string(m_parser->before(m_parser->taken()))};
    m_parser.reset();
    return true;
}

std::int64_t SlowLogFollower::bytesBehind() const
{
    std::int64_t bytes = m_log && !m_packed ? std::max<std::int64_t>(0, m_size - offset()) : 0;
    for (const OpenLog &log : m_queue)
        bytes += log.status.st_size;
    return bytes;
}

std::unique_ptr<SlowLogParser> SlowLogFollower::newParser(const LogMark &mark) const
{
    auto parser = std::make_unique<SlowLogParser>();
    parser->restart(mark.offset, mark.tail);
    return parser;
}

bool SlowLogFollower::open(OpenLog log, const LogMark &mark, Step &step, bool goOn)
{
    m_packed.reset();
    auto reader = LogFiles::readerAt(log, mark.offset);
    if (!reader) {
        step.trouble = reader.error();
        return false;
    }
    // a plain file is read where it is, so that it may grow
    if ((*reader)->isPacked())
        m_packed = std::move(*reader);
    m_size = log.status.st_size;
    m_log = std::move(log);
    if (!goOn || !m_parser) {
        m_parser = newParser(mark);
        m_misread = 0;
    }
    m_isFinished = m_isUnnamed = false;
    return true;
}

/// Where to begin in a file that is met: at its begin, unless it is one that was read before.
LogMark SlowLogFollower::markFor(const OpenLog &log) const
{
    for (const LogMark &done : m_done) {
        if (log.inode() == done.inode && log.device() == done.device && LogFiles::matches(log, done))
            return done;
    }
    return {log.device(), log.inode(), 0, {}};
}

/// Whether somebody copied the file that is read: the other one ends as this one goes on, or holds what was read last.
bool SlowLogFollower::isCopy(const OpenLog &log) const
{
    if (!m_log || !m_parser || m_packed)
        return false;
    const std::int64_t taken = m_parser->taken();
    const LogMark read{0, 0, taken, std::string(m_parser->before(taken))};
    if (!read.tail.empty() && LogFiles::matches(log, read))
        return true;
    const std::int64_t size = log.status.st_size;
    return size >= static_cast<std::int64_t>(LogFiles::tailBytes) && size <= m_log->status.st_size && LogFiles::tailOf(log.file.get(), size) == LogFiles::tailOf(m_log->file.get(), size);
}

void SlowLogFollower::noteGap(TimePoint now)
{
    m_gapFrom = m_gapFrom == TimePoint{} ? m_lastEvent : m_gapFrom;
    m_gapTo = now;
    if (m_gapFrom == TimePoint{})
        m_gapFrom = now;
}

void SlowLogFollower::queueNewer(std::vector<OpenLog> rotated, const OpenLog &than)
{
    const auto key = [](const OpenLog &log) { return std::pair(log.status.st_mtim.tv_sec, log.status.st_mtim.tv_nsec); };
    for (OpenLog &log : rotated) {
        if (key(log) > key(than) && !(log.inode() == than.inode() && log.device() == than.device()) && !isCopy(log))
            m_queue.push_back(std::move(log));
    }
}

/// Finds the file in which reading goes on.
bool SlowLogFollower::begin(Step &step, TimePoint now)
{
    auto live = m_files.openLive();
    if (!live && live.error().fields["reason"] != "missing") {
        step.trouble = live.error();
        return false;
    }
    if (!m_hasMark) {
        if (!live) {
            step.trouble = live.error();
            return false;
        }
        m_isLive = true;
        const LogMark mark{live->device(), live->inode(), 0, {}};
        if (!open(std::move(*live), mark, step))
            return false;
        // Durable before the first minute ends: a follower that ends within that minute is followed by one that knows which file was begun,
        // also when the file was rotated in between.
        flush(step, 0);
        return true;
    }
    const bool isSame = live && live->inode() == m_mark.inode && live->device() == m_mark.device && LogFiles::matches(*live, m_mark);
    if (isSame) {
        m_isLive = true;
        return open(std::move(*live), m_mark, step);
    }
    // rotated while nobody read: by its inode, else by what it holds, the newest first
    auto rotated = m_files.rotated();
    auto found = std::ranges::find_if(rotated, [&](const OpenLog &log) { return log.inode() == m_mark.inode && log.device() == m_mark.device && LogFiles::matches(log, m_mark); });
    for (auto it = rotated.rbegin(); found == rotated.end() && it != rotated.rend() && m_mark.tail.size() == LogFiles::tailBytes; ++it) {
        if (LogFiles::matches(*it, m_mark))
            found = it.base() - 1;
    }
    if (found != rotated.end()) {
        OpenLog log = std::move(*found);
        rotated.erase(found);
        queueNewer(std::move(rotated), log);
        m_isLive = false;
        return open(std::move(log), m_mark, step);
    }
    if (!live) {
        step.trouble = live.error();
        return false;
    }
    noteGap(now);
    m_isLive = true;
    const LogMark mark = markFor(*live);
    return open(std::move(*live), mark, step);
}

/// The next of the queue, or what stands at the path.
bool SlowLogFollower::openNext(Step &step)
{
    m_isFinished = true;
    const bool isQueued = !m_queue.empty();
    auto next = isQueued ? Result<OpenLog>(std::move(m_queue.front())) : m_files.openLive();
    if (isQueued)
        m_queue.pop_front();
    if (!next) {
        // not made yet; what was read last stands for it
        step.trouble = next.error();
        return false;
    }
    const LogMark read{m_log->device(), m_log->inode(), m_parser->taken(), std::string(m_parser->before(m_parser->taken()))};
    const LogMark mark = markFor(*next);
    if (!open(std::move(*next), mark, step))
        return false;
    m_isLive = !isQueued;
    if (read.inode != mark.inode || read.device != mark.device)
        m_done.push_front(read);
    if (m_done.size() > mostDone)
        m_done.pop_back();
    return true;
}

/// Whether the file still holds what was read of it last.
bool SlowLogFollower::isIntact() const
{
    return LogFiles::tailOf(m_log->file.get(), m_parser->taken()) == m_parser->before(m_parser->taken());
}

std::size_t SlowLogFollower::read(Step &step)
{
    const std::span<char> space = m_parser->space();
    if (m_packed) {
        const auto size = m_packed->read(space);
        if (!size)
            step.trouble = size.error();
        return size ? *size : 0;
    }
    for (;;) {
        const ssize_t size = ::pread(m_log->file.get(), space.data(), space.size(), m_parser->taken());
        if (size >= 0)
            return static_cast<std::size_t>(size);
        if (errno != EINTR) {
            step.trouble = ioError(m_log->path, errno);
            return 0;
        }
    }
}

Json SlowLogFollower::positionAt(std::int64_t offset) const
{
    Json position = markJson({m_log->device(), m_log->inode(), offset, std::string(m_parser->before(offset))});
    position["schema"] = bytesToJson(m_schema);
    position["at"] = m_lastEvent;
    position["minute"] = m_minute.value_or(TimePoint{});
    position["done"] = Json::array();
    for (const LogMark &done : m_done)
        position["done"].push_back(markJson(done));
    return position;
}

void SlowLogFollower::flush(Step &step, std::int64_t offset)
{
    Batch batch;
    wire::SlowMinute head;
    head.instance = m_instance;
    head.minute = m_minute.value_or(TimePoint{});
    head.bytesBehind = bytesBehind();
    head.gapFrom = std::exchange(m_gapFrom, {});
    head.gapTo = std::exchange(m_gapTo, {});
    batch.minute = m_digest.take(head);
    batch.position = positionAt(offset);
    m_isLost = m_isUnnamed;
    step.batches.push_back(std::move(batch));
}

void SlowLogFollower::drain(Step &step, TimePoint now)
{
    SlowEvent event;
    while (m_parser->next(event)) {
        const TimePoint at = event.at.value_or(now);
        TimePoint minute = minuteOf(at);
        if (m_minute && minute < *m_minute && *m_minute - minute <= mostLate)
            minute = *m_minute;
        if (m_minute && minute != *m_minute && (!m_digest.isEmpty() || m_gapTo != TimePoint{}))
            flush(step, event.offset);
        m_minute = minute;
        if (m_inheritSchema) {
            if (event.schema.empty())
                event.schema = m_schema;
            else if (event.schema != m_schema)
                m_schema = event.schema;
        }
        m_digest.add(event, at, m_log->device(), m_log->inode());
        if (!event.at)
            m_digest.addTimeUnknown();
        m_lastEvent = std::max(m_lastEvent, at);
        if (m_digest.isFull())
            flush(step, event.end);
    }
    if (const std::int64_t misread = m_parser->notUnderstood() - m_misread; misread > 0) {
        m_misread += misread;
        m_digest.addNotUnderstood(misread);
        if (!m_minute)
            m_minute = minuteOf(now);
    }
}

void SlowLogFollower::finishFile(Step &step, TimePoint now)
{
    m_parser->finish();
    drain(step, now);
}

/// What became of the file that was read to its end.
SlowLogFollower::Live SlowLogFollower::look(TimePoint now, Step &step)
{
    struct stat status{};
    if (::fstat(m_log->file.get(), &status) == 0) {
        m_log->status = status;
        m_size = status.st_size;
        m_isUnnamed = status.st_nlink == 0;
        m_isLost |= m_isUnnamed;
        if (status.st_size < m_parser->taken())
            return Live::Truncated;
    }
    if (m_files.isByHelper() && now - m_looked < m_times.helperPause)
        return Live::Same;
    m_looked = now;
    const auto live = m_files.openLive();
    if (!live) {
        if (live.error().fields.at("reason") != "missing")
            step.trouble = live.error();
        return Live::Gone;
    }
    if (live->inode() == m_log->inode() && live->device() == m_log->device())
        return Live::Same;
    // a server begins each file with a banner: while the new one is empty the old one may still grow
    return live->status.st_size > 0 ? Live::Rotated : Live::Gone;
}

/// The file was truncated under the reader: what it held may stand in a copy.
bool SlowLogFollower::recover(Step &step, TimePoint now)
{
    const LogMark read{m_log->device(), m_log->inode(), m_parser->taken(), std::string(m_parser->before(m_parser->taken()))};
    auto rotated = m_files.rotated();
    for (auto it = rotated.rbegin(); it != rotated.rend() && read.tail.size() == LogFiles::tailBytes; ++it) {
        if (!LogFiles::matches(*it, read))
            continue;
        OpenLog log = std::move(*it);
        rotated.erase(it.base() - 1);
        queueNewer(std::move(rotated), log);
        m_isLive = false;
        return open(std::move(log), read, step, true);
    }
    if (read.offset > 0) {
        noteGap(now);
        finishFile(step, now);
        m_isLost = true;
    }
    return openNext(step);
}

SlowLogFollower::Step SlowLogFollower::step(TimePoint now)
{
    Step step;
    if (m_log && !m_parser) { // rested
        m_parser = newParser(m_mark);
        m_misread = 0;
    }
    if (!m_log && !begin(step, now))
        return step;
    bool atEnd = m_isFinished && !openNext(step);
    for (std::int64_t left = sliceBytes; !atEnd && !step.trouble;) {
        if (left <= 0) {
            step.more = true;
            break;
        }
        const bool isPlain = !m_packed;
        const std::size_t size = read(step);
        if (size > 0 && isPlain && m_isLive && !isIntact()) {
            if (!recover(step, now))
                break;
            continue;
        }
        if (size > 0) {
            m_parser->take(size);
            left -= static_cast<std::int64_t>(size);
            m_grew = now;
            m_size = std::max(m_size, m_parser->taken());
            drain(step, now);
            continue;
        }
        if (step.trouble)
            break;
        if (!m_isLive) {
            finishFile(step, now);
            if (!openNext(step))
                break;
            continue;
        }
        switch (look(now, step)) {
        case Live::Same:
        case Live::Gone: atEnd = true; break;
        case Live::Truncated: atEnd = !recover(step, now); break;
        case Live::Rotated:
            // nothing is written to the old file any more; what came since the last read is still read
            m_isLive = false;
            queueNewer(m_files.rotated(), *m_log);
            break;
        }
    }
    const bool isQuiet = now - m_grew >= m_times.lastEntry;
    if (atEnd && isQuiet && m_log && m_parser->position() < m_parser->taken() && m_parser->before(m_parser->taken()).ends_with(";\n")) {
        finishFile(step, now);
        const std::int64_t taken = m_parser->taken();
        m_parser->restart(taken, std::string(m_parser->before(taken)));
        m_misread = m_parser->notUnderstood();
    }
    const bool isOver = m_minute && now >= *m_minute + std::chrono::minutes(1) + m_times.afterMinute;
    if (m_log && !step.more && (m_isLost || isOver || !m_minute) && (!m_digest.isEmpty() || m_gapTo != TimePoint{})) {
        if (!m_minute)
            m_minute = minuteOf(now);
        flush(step, m_parser->position());
    }
    return step;
}

} // namespace zandb::agent
