// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/workflow.h"
#include "agent/runtime/config.h"
#include "agent/runtime/feedfile.h"
#include "agent/runtime/itemsfile.h"
#include "agent/runtime/kind.h"

#include <functional>
#include <stop_token>

/// One attempt in its own process: `zandb-agent work DIR`.
///
/// DIR holds order.json (the order and, as "orderedBy", who sent it; written by serve before the start), config (the path of the configuration),
/// progress.json (replaced atomically), log and items (appended), feed (appended by serve), pid, and result.json (fsynced last; its presence means the
/// attempt has ended).  The process is the leader of its own session; SIGTERM to that session asks it to stop.
namespace zandb::agent {

/// What a kind's code gets.  Used from the worker's main thread; log(), progress() and item() also from others.
class WorkContext
{
public:
    virtual ~WorkContext() = default;
    virtual const Config &config() const = 0;
    virtual const wire::Order &order() const = 0;
    /// Who ordered it, with which key and role; none: not known, and then no role may be taken for granted.  `order().author` may be
    /// somebody else.
    virtual std::optional<wire::OrderedBy> orderedBy() const = 0;
    /// A directory of this attempt's own for small files; removed by serve when the result is old enough.
    virtual std::filesystem::path directory() const = 0;
    /// One line for people, in English, without secrets: time-stamped, appended to the attempt's log.
    virtual void log(std::string_view line) = 0;
    /// At most twice a second is written; the newest wins.
    virtual void progress(const wire::Progress &progress) = 0;
    /// Leaves one item, of at most maxItemBytes as JSON, which clients get at once and in order (`orders.items`).  False when it was
    /// cut and only counted: it is too long, or beyond Kind::items.  A result that may be large goes here, since one beyond 3 MiB is cut.
    virtual bool item(const Json &item) = 0;
    /// What is sent into this attempt while it runs (`orders.feed`).
    virtual FeedReader &feed() = 0;
    /// Requested by SIGTERM (a cancel).  Whoever waits for a child or a lock polls it at least every 200 ms.
    virtual std::stop_token stopToken() const = 0;
    /// Has `work` done once the result stands on disk, and only if it is a success: what may not happen unless it is known
    /// to have.  Must end within seconds; a worker killed meanwhile leaves the rest of it undone.  Replaces an earlier one.
    virtual void afterSuccess(std::function<void()> work) = 0;
};

/// The body of `zandb-agent work DIR`.  Returns the process's exit status; the truth is in result.json.
int runWork(const std::filesystem::path &directory, const Kinds &kinds);

} // namespace zandb::agent
