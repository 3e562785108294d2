// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/files.h"
#include "agent/protocol/json.h"

#include <chrono>
#include <stop_token>
#include <vector>

/// What is sent into a running attempt: DIR/feed, one line {"n":number,"item":...} each, numbered from 1, then a last line
/// {"n":number,"end":true} or {"n":number,"abort":"why"} with the number of the last item.  serve appends, the worker reads,
/// gives back the room behind itself, and notes in DIR/feed.read how far it has come, so that neither needs the other to live.
namespace zandb::agent {

/// Bytes that may wait for the worker.  An item is taken while there is any room, so one may go beyond.
inline constexpr std::int64_t feedWindow = 1 << 20;

/// How far a feed has come.
struct FeedState
{
    std::int64_t acknowledged = 0; ///< the last item that stands in the file
    std::int64_t credit = feedWindow;
    bool ended = false;            ///< by an end or an abort: there will be no more
};

/// A piece that somebody sends.
struct FeedPiece
{
    std::int64_t from = 1;          ///< number of the first of `items`
    std::vector<Json> items;
    bool end = false;               ///< after these there are no more
    std::optional<std::string> abort; ///< after these there will be no more, and the whole is worth nothing; why
};

/// Appends what of the piece is new and finds room; an end or an abort is noted once all items before it are there.  One at a
/// time for one directory.  Errors: order.feed_gap, order.feed_closed (items after the end), protocol.too_large (an item), io.*.
Result<FeedState> appendToFeed(const std::filesystem::path &directory, const FeedPiece &piece);

/// The worker's end.  For one thread.
class FeedReader
{
public:
    /// `patience`: so long nothing may come.
    FeedReader(std::filesystem::path directory, std::stop_token stop, std::chrono::milliseconds patience = std::chrono::minutes{10});
    void setPatience(std::chrono::milliseconds patience) { m_patience = patience; }
    /// Waits for the next item; none at the end of the feed, and from then on.  Errors: order.feed_aborted, order.feed_stalled,
    /// cancelled, io.failed.
    Result<std::optional<Json>> next();

private:
    Result<std::optional<std::string>> line();
    void noteProgress(bool nothingWaits);

    const std::filesystem::path m_directory;
    const std::stop_token m_stop;
    std::chrono::milliseconds m_patience;
    FileDescriptor m_fd;
    std::int64_t m_offset = 0; ///< of the file, behind m_buffer
    std::int64_t m_noted = 0;
    std::int64_t m_freed = 0;
    std::string m_buffer;
    std::size_t m_used = 0; ///< of m_buffer
    bool m_ended = false;
    std::optional<Error> m_aborted;
};

} // namespace zandb::agent
