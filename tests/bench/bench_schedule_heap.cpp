// SPDX-License-Identifier: GPL-3.0-or-later
// The next due among 10,000 tasks: cost of taking one out and putting it back, against the same with 100 tasks.  To
// reach: O(log n), so a factor of about log(10000)/log(100) = 2, and far from 100.
#include "app/schedule/dueheap.h"
#include "models/schedule/schedule.h"

#include <chrono>
#include <cstdio>

using namespace zandb;

namespace {

/// Nanoseconds per round: take what is due, ask its schedule, put it back.
double measure(int tasks, int rounds)
{
    const auto schedule = Schedule::fromJson(Json::parse(R"({"every":"interval","seconds":900,"anchor":"2026-01-01T00:00:00Z"})")).value();
    schedule::DueHeap heap;
    const TimePoint begin = *fromIso("2026-03-01T00:00:00Z");
    for (int i = 0; i < tasks; ++i)
        heap.set(Uuid::v7(), begin + std::chrono::milliseconds{i * 900'000LL / tasks});
    int served = 0;
    const auto start = std::chrono::steady_clock::now();
    while (served < rounds) {
        const TimePoint now = *heap.next();
        for (const Uuid &task : heap.takeDue(now)) {
            heap.set(task, std::max(*schedule.next(now), now + std::chrono::milliseconds{1}) + std::chrono::microseconds{served % 1000});
            ++served;
        }
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return took.count() / served;
}

} // namespace

int main()
{
    measure(10'000, 100'000); // warm
    const double small = measure(100, 1'000'000);
    const double large = measure(10'000, 1'000'000);
    std::printf("{\"bench\":\"schedule_heap\",\"tasks\":10000,\"ns_per_due\":%.0f,\"ns_per_due_100_tasks\":%.0f,\"ratio\":%.2f}\n", large, small,
                large / small);
    return 0;
}
