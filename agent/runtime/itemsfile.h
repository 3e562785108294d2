// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/files.h"
#include "agent/protocol/workflow.h"
#include "agent/runtime/kind.h"

#include <mutex>
#include <vector>

/// The items of an attempt: DIR/items, one line of JSON each, numbered from 1 by their place.  Only the worker writes them; a
/// line without its end is none, so whatever dies in between leaves whole items.
namespace zandb::agent {

/// One item is not longer, written as JSON; the wire's frames hold it.
inline constexpr std::size_t maxItemBytes = 1u << 20;

/// Appends to the file.  Thread-safe.
class ItemWriter
{
public:
    explicit ItemWriter(std::filesystem::path file) : m_file(std::move(file)) {}
    /// Before the first item.
    void setLimits(ItemLimits limits);
    /// False when the item was cut: it is too long, the limits are reached, or the disk refuses it.  Once one was cut for want
    /// of room, all later ones are, so that what is there is the beginning.
    bool add(const Json &item);
    wire::ItemCounts counts() const;
    /// Makes durable what was added.  Errors: io.*.
    Result<void> sync();

private:
    mutable std::mutex m_mutex;
    const std::filesystem::path m_file;
    FileDescriptor m_fd;
    ItemLimits m_limits;
    wire::ItemCounts m_counts;
    bool m_full = false;
};

/// Reads the file while it grows.  Not thread-safe.
class ItemReader
{
public:
    /// Gives what comes after item `after`.
    ItemReader(std::filesystem::path file, std::int64_t after) : m_file(std::move(file)), m_after(after) {}
    /// Whole lines, without their ends, that are there and not given yet: about `bytes` of them, at least one if there is
    /// one.  Empty: there is nothing more now.  Errors: io.failed (a line longer than an item may be, too).
    Result<std::vector<std::string>> next(std::size_t bytes);
    /// Of the last line given or passed over.
    std::int64_t number() const { return m_number; }

private:
    const std::filesystem::path m_file;
    const std::int64_t m_after;
    FileDescriptor m_fd;
    std::int64_t m_offset = 0; ///< of the file, behind m_buffer
    std::int64_t m_number = 0;
    std::string m_buffer;
};

/// What stands in the file of a worker that did not live to say it.
wire::ItemCounts countItems(const std::filesystem::path &file);

} // namespace zandb::agent
