// SPDX-License-Identifier: GPL-3.0-or-later
// Crontabs of users and of the system: every line that becomes a task has a schedule that is due, and no password is shown.
#include "models/schedule/crontab.h"
#include "models/schedule/schedule.h"
#include "tests/fuzz/require.h"

using namespace zandb;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    const TimePoint now{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
    for (const bool isSystem : {false, true}) {
        int before = 0;
        for (const crontab::Line &line : crontab::read(text, {isSystem, "UTC"})) {
            require(line.number > before);
            before = line.number;
            require(line.verdict == "task" || line.verdict == "setting" || (line.verdict == "no" && !line.why.empty()));
            for (const std::string &note : line.notes)
                require(crontab::reasonText(note) != note);
            require(line.why.empty() || crontab::reasonText(line.why) != line.why);
            if (line.verdict != "task")
                continue;
            require(!line.kind.empty() && !line.words.empty());
            const auto schedule = Schedule::fromJson(line.schedule);
            require(schedule && schedule->next(now));
        }
    }
    return 0;
}
