// SPDX-License-Identifier: GPL-3.0-or-later
// next(schedule, from): one million calls over mixed zones and kinds.  To reach: 5 s.
#include "models/schedule/schedule.h"

#include <chrono>
#include <cstdio>
#include <random>

using namespace zandb;

int main()
{
    std::vector<Schedule> schedules;
    for (const char *zone : {"Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Pacific/Apia",
                             "Africa/Casablanca", "UTC", "America/Sao_Paulo"}) {
        for (const char *kind : {R"("every":"day","at":["02:30","14:00"])", R"("every":"week","on":["mon","thu"],"at":"02:30")",
                                 R"("every":"month","on":[1,15,"last"],"at":"02:30")", R"("every":"month","on":[31],"at":"02:30")"}) {
            schedules.push_back(Schedule::fromJson(Json::parse(std::string("{") + kind + ",\"zone\":\"" + zone + "\"}")).value());
        }
    }
    schedules.push_back(Schedule::fromJson(Json::parse(R"({"every":"interval","seconds":900})")).value());

    constexpr int calls = 1'000'000;
    std::mt19937_64 random(1);
    std::uniform_int_distribution<std::int64_t> instants(toMicros(*fromIso("2000-01-01T00:00:00Z")), toMicros(*fromIso("2040-01-01T00:00:00Z")));
    std::int64_t sum = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i)
        sum += toMicros(*schedules[static_cast<std::size_t>(i) % schedules.size()].next(fromMicros(instants(random))));
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::printf("{\"bench\":\"schedule_next\",\"calls\":%d,\"seconds\":%.3f,\"reach_seconds\":5,\"checksum\":%lld}\n", calls, took.count(),
                static_cast<long long>(sum));
    return 0;
}
