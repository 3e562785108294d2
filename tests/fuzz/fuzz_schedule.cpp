// SPDX-License-Identifier: GPL-3.0-or-later
// Schedules from the store's rows and from `zandbctl schedule preview`: refused, or with occurrences that go forward.
#include "models/schedule/schedule.h"
#include "tests/fuzz/require.h"

using namespace zandb;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto json = parseJson(std::string(reinterpret_cast<const char *>(data), size));
    if (!json)
        return 0;
    const auto schedule = Schedule::fromJson(*json);
    if (!schedule)
        return 0;
    const auto again = Schedule::fromJson(schedule->toJson());
    require(again && again->toJson() == schedule->toJson());
    TimePoint at{std::chrono::sys_days{std::chrono::year{2026} / 3 / 1}};
    const TimePoint begin = at;
    for (int i = 0; i < 20; ++i) {
        const auto next = schedule->next(at);
        require(next == again->next(at));
        if (!next)
            break;
        require(*next > at);
        require(schedule->latest(*next, at) == next);
        require(schedule->count(begin, *next, 100) == i + 1);
        at = *next;
    }
    return 0;
}
