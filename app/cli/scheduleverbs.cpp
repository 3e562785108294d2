// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/platform/input.h"
#include "models/schedule/schedule.h"

#include <iostream>

namespace zandb::cli {
namespace {

constexpr std::int64_t maxCount = 100'000;
constexpr std::size_t maxLineBytes = 64 * 1024;

/// The last instant that is written with four digits for its year, which is what `from` can say.
const TimePoint lastInstant = *fromIso("9999-12-31T23:59:59.999999Z");

Json preview(const std::string &line)
{
    if (line.find_first_not_of(" \t\r") == std::string::npos)
        return {{"error", "the line is empty"}};
    const auto json = parseJson(line);
    if (!json)
        return {{"error", "the line is not JSON"}};
    if (!json->is_object() || !json->contains("schedule"))
        return {{"error", "schedule is missing"}};
    const auto schedule = Schedule::fromJson((*json)["schedule"]);
    if (!schedule) {
        const auto &fields = schedule.error().fields;
        return {{"error", fields.at("field") + ": " + fields.at("detail")}};
    }
    const auto from = json->contains("from") && (*json)["from"].is_string() ? fromIso((*json)["from"].get_ref<const std::string &>())
                                                                              : std::nullopt;
    if (!from)
        return {{"error", "from must be an instant like 2026-03-01T00:00:00Z"}};
    const auto count = integerIn(json->value("count", Json(10)), 0, maxCount);
    if (!count)
        return {{"error", "count must be a whole number from 0 to " + std::to_string(maxCount)}};
    Json occurrences = Json::array();
    TimePoint after = *from;
    for (std::int64_t i = 0; i < *count; ++i) {
        const auto next = schedule->next(after);
        if (!next || *next > lastInstant)
            break;
        occurrences.push_back(toIso(*next));
        after = *next;
    }
    return {{"occurrences", std::move(occurrences)}};
}

Result<int> previewSchedules(Context &, const Args &args)
{
    if (!args.flag("jsonl"))
        return fail(usageError("schedules are read as lines of JSON: give --jsonl"));
    std::ios::sync_with_stdio(false);
    while (outputLost() == 0) {
        const auto line = readLine(std::cin, maxLineBytes);
        if (!line)
            break;
        printLine(dumpJson(line->tooLong ? Json{{"error", "the line is longer than " + std::to_string(maxLineBytes) + " bytes"}} : preview(line->text)));
    }
    return exitOk;
}

} // namespace

std::vector<Verb> scheduleVerbs()
{
    return {{"schedule", "preview", "--jsonl", "reads {\"schedule\":{...},\"from\":\"...Z\",\"count\":10} lines, answers with occurrences",
             {{}, {"jsonl"}}, previewSchedules, 0, 0, false}};
}

} // namespace zandb::cli
