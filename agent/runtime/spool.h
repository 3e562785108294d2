// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/collected.h"
#include "agent/runtime/journal.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace zandb::agent {

/// What was collected and not yet taken away, on disk.  Each source has numbered batches in files of its own ("segments", in the form of
/// Journal); a batch and the place up to which its source was read are one record, so that they are durable together:
/// after any crash position() is exactly the place behind the newest batch.
///
/// When the budget is used up, the oldest samples give way (a gap in their numbers shows how many); events never do: append() then
/// fails with spool.full, and whoever collects them reads on later from the same position.
///
/// Not thread-safe; append() blocks for one fsync, next() for reading at most one segment.
class Spool
{
public:
    enum class Kind { Samples, Events };
    struct Limits
    {
        std::int64_t bytes = 256LL << 20;       ///< all segments together
        std::int64_t segmentBytes = 256LL << 10; ///< a new one is begun behind this
    };

    /// Opens or makes the directory.  A record that a crash cut off is removed.  A damaged segment is kept beside as *.damaged
    /// and what can be read of it stays.  Errors: io.failed, io.disk_full.
    static Result<std::unique_ptr<Spool>> open(std::filesystem::path directory, Limits limits);

    /// Makes a batch durable and returns its number.  Errors: spool.full, io.disk_full, io.failed.  On failure nothing was appended.
    Result<std::int64_t> append(const std::string &source, Kind kind, const Json &payload, const Json &position = nullptr) { return appendText(source, kind, dumpJson(payload), position); }
    /// The same with the JSON text of the payload.
    Result<std::int64_t> appendText(const std::string &source, Kind kind, std::string_view payload, const Json &position = nullptr);
    /// The position that came with the newest batch of a source; null when there is none.
    Json position(const std::string &source) const;
    /// The oldest batch of the source that waits and has a number above `after`; none when there is none.  Errors: io.failed.
    Result<std::optional<wire::CollectedBatch>> next(const std::string &source, std::int64_t after);
    /// All batches of the source up to this number are somebody else's care.  Another spool's mark is ignored.
    void acknowledge(const wire::CollectedMark &mark);

    std::vector<std::string> sources() const;
    const Uuid &id() const { return m_id; }
    std::int64_t bytes() const { return m_bytes; }

private:
    struct Segment
    {
        std::filesystem::path path;
        std::int64_t first = 0; ///< number of its first batch
        std::int64_t bytes = 0;
    };
    struct Source
    {
        Kind kind = Kind::Samples;
        std::vector<Segment> closed; ///< oldest first
        std::optional<Journal> open; ///< the newest
        std::int64_t openFirst = 1;
        std::vector<std::pair<std::int64_t, std::int64_t>> places; ///< number and place of the batches in `open`
        std::int64_t next = 1;       ///< number of the next batch
        std::int64_t acknowledged = 0;
        Json position;
    };
    struct Loaded
    {
        std::filesystem::path path;
        std::vector<Json> records;
    };

    Spool(std::filesystem::path directory, Limits limits) : m_directory(std::move(directory)), m_limits(limits) {}
    Result<void> load();
    Result<void> loadSource(const std::string &name, std::vector<Segment> segments);
    /// False: the segment holds nothing, since a crash came before its head or damage took all of it.
    Result<bool> openNewest(Source &source, const std::filesystem::path &path);
    Result<void> beginSegment(const std::string &name, Source &source);
    Result<void> makeRoom(std::int64_t wanted);
    bool dropOldestSamples();
    void removeFirst(Source &source);
    void removeAcknowledged(Source &source);
    std::filesystem::path pathOf(const std::string &name, std::int64_t first) const;

    std::filesystem::path m_directory;
    Limits m_limits;
    Uuid m_id;
    std::int64_t m_bytes = 0;
    std::map<std::string, Source, std::less<>> m_sources;
    Loaded m_loaded; ///< the closed segment that was read last
};

} // namespace zandb::agent
