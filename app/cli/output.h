// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/alert.h"
#include "models/backups/backup.h"
#include "agent/protocol/printable.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

#include <set>

/// What zandbctl prints: stable JSON (ids as text, times ISO 8601 with Z, sizes in bytes, no translated text), and
/// aligned columns for people.
namespace zandb::cli {

Json timeJson(const std::optional<TimePoint> &at);
Json idJson(const std::optional<Uuid> &id);
Json errorsJson(const std::optional<Error> &error);
Json hostJson(const Host &host, const Fleet &fleet);
Json instanceJson(const InstanceRecord &record, const Fleet &fleet);
/// `taskName` may be empty.
Json runJson(const Run &run, const Fleet &fleet, const std::string &taskName);
Json runDetailJson(const RunDetail &detail, const Fleet &fleet, const std::string &taskName);
Json alertJson(const Alert &alert);
/// `now`: the store's clock; a next due time that has passed is not shown.
Json taskJson(const Task &task, const Fleet &fleet, TimePoint now);
/// When an enabled task that can be read is due next, by its schedule and not by what the scheduler wrote down.
std::optional<TimePoint> nextDueOf(const Task &task, TimePoint now);
/// The object of `backup run`: id, method, path, bytes, stored_bytes, duration_s, sha256, position, level and more.
Json backupJson(const Backup &backup, const Fleet &fleet);

/// "1.4 GiB"; sizes for people, in the window's units.
std::string sizeText(std::int64_t bytes);
/// "35 s", "4 min", "3 h", "12 d".
std::string spanText(std::chrono::seconds span);
/// "3 h ago"; "clock ahead" where the clock that wrote it was, so that nobody knows how old it is.
std::string agoText(TimePoint at, TimePoint now);
/// "2026-03-01 02:30:00Z"; "-" for none.
std::string timeText(const std::optional<TimePoint> &at);
/// What the store last heard of a host or an instance, as of now: "up"; "unknown (was up 3 h ago)" where it is too old to hold.
std::string stateText(const std::string &state, const std::optional<TimePoint> &seenAt, TimePoint now);
/// One sentence for people.
std::string errorLine(const Error &error);

/// Aligned columns.  Numbers stand right.
class Table
{
public:
    explicit Table(std::vector<std::string> heads, std::set<std::size_t> right = {}) : m_right(std::move(right)) { add(std::move(heads)); }
    void add(std::vector<std::string> cells) { m_rows.push_back(std::move(cells)); }
    /// To standard output.
    void print() const;

private:
    std::vector<std::vector<std::string>> m_rows;
    std::set<std::size_t> m_right;
};

void printLine(const std::string &line);
/// Bytes to standard output as they are.
void printBytes(std::string_view bytes);
/// Why something for standard output was lost (errno), 0 when nothing was.
int outputLost();
void warnLine(const std::string &line);

} // namespace zandb::cli
