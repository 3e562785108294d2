// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/slowlog/logfiles.h"
#include "agent/slowlog/minutedigest.h"

#include <chrono>
#include <deque>

namespace zandb::agent {

/// Reads one instance's slow log as it grows and adds it up per minute.  Each batch comes with the place up to which the log is in it and
/// in those before it; from that place another follower goes on, so that each event is in one batch.
///
/// The log may be renamed and opened anew, copied and truncated, removed, or named otherwise: what was not read of the old file is looked for
/// in what rotation made of it, also compressed.  What cannot be found is told as a gap.  Nothing is ever changed.  Not thread-safe; calls block.
/// A batch is given out when its minute is over; of a file that was removed or truncated at once, since nobody can read that again.
class SlowLogFollower
{
public:
    struct Batch
    {
        std::string minute; ///< a wire::SlowMinute as JSON
        Json position;
    };
    struct Step
    {
        std::vector<Batch> batches; ///< to be made durable in this order
        bool more = false;          ///< there is more to read at once
        std::optional<Error> trouble; ///< why the log cannot be read: as of LogFiles::openLive()
    };
    struct Times
    {
        std::chrono::milliseconds lastEntry{2000}; ///< an entry with nothing behind it is complete when the log did not grow for so long
        std::chrono::milliseconds afterMinute{2000}; ///< a minute is given out so long after its end
        std::chrono::milliseconds helperPause{10'000}; ///< between two looks for a rotation where only the helper can look
    };
    /// What one step reads at most.
    static constexpr std::int64_t sliceBytes = 4 << 20;
    /// An event this much older than the newest minute is counted in that one: statements end in another order than they begin.
    static constexpr std::chrono::minutes mostLate{10};

    /// `position` is that of the newest durable batch; null: from the begin of the log.  Then the first batch is empty: its position names the file.
    SlowLogFollower(const Config &config, std::string instance, Json position) : SlowLogFollower(config, std::move(instance), std::move(position), Times{}) {}
    SlowLogFollower(const Config &config, std::string instance, Json position, Times times);

    /// Where the server writes now.
    void setPath(const std::string &path, bool inheritSchema);
    Step step(TimePoint now);
    /// Goes back to a position, since a batch could not be made durable.
    void rewind(const Json &position);
    /// Gives up what is needed only while reading, where nothing came for some seconds.  True: it was, now.
    bool rest(TimePoint now);

    std::int64_t size() const { return m_size; }
    std::int64_t offset() const { return m_parser ? m_parser->taken() : m_mark.offset; }
    /// Of the file that is read, and of those behind it.
    std::int64_t bytesBehind() const;
    TimePoint lastEvent() const { return m_lastEvent; }

private:
    enum class Live { Same, Truncated, Rotated, Gone };

    bool begin(Step &step, TimePoint now);
    bool open(OpenLog log, const LogMark &mark, Step &step, bool goOn = false);
    bool openNext(Step &step);
    LogMark markFor(const OpenLog &log) const;
    bool isCopy(const OpenLog &log) const;
    void queueNewer(std::vector<OpenLog> rotated, const OpenLog &than);
    Live look(TimePoint now, Step &step);
    bool recover(Step &step, TimePoint now);
    /// Bytes that were read; none at the end.
    std::size_t read(Step &step);
    bool isIntact() const;
    void drain(Step &step, TimePoint now);
    void flush(Step &step, std::int64_t offset);
    void finishFile(Step &step, TimePoint now);
    Json positionAt(std::int64_t offset) const;
    void noteGap(TimePoint now);
    std::unique_ptr<SlowLogParser> newParser(const LogMark &mark) const;

    const std::string m_instance;
    const Times m_times;
    LogFiles m_files;
    LogMark m_mark;           ///< from where begin() goes on
    bool m_hasMark = false;
    bool m_inheritSchema = false;
    std::string m_schema;     ///< of the newest `use`
    TimePoint m_lastEvent{};

    std::optional<OpenLog> m_log; ///< what is read now
    bool m_isLive = false;        ///< it may still grow
    bool m_isUnnamed = false;     ///< it was removed: nobody else can open it
    bool m_isLost = false;        ///< the digest holds what no file holds any more
    bool m_isFinished = false;    ///< it was read to its end for good, and the next one cannot be opened yet
    std::deque<LogMark> m_done;   ///< the files that were read last: a server may go back to one
    std::unique_ptr<LogReader> m_packed; ///< where it is read unpacked
    std::deque<OpenLog> m_queue;  ///< rotated ones to be read wholly before the one at the path
    std::unique_ptr<SlowLogParser> m_parser;
    std::int64_t m_size = 0;
    std::int64_t m_misread = 0;   ///< of the parser's count, what was told already
    TimePoint m_grew{};
    TimePoint m_looked{};
    MinuteDigest m_digest;
    std::optional<TimePoint> m_minute;
    TimePoint m_gapFrom{}, m_gapTo{};
};

} // namespace zandb::agent
