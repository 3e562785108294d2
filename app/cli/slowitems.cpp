// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/slowitems.h"

#include "models/common/format.h"

#include <cstdio>

namespace zandb::cli {
namespace {

Json secondsJson(const std::optional<double> &us) { return us ? Json(*us / 1e6) : Json(); }

/// A column in its own unit, or in seconds.
Json sumJson(const SlowSum &sum, bool isTime)
{
    if (sum.count == 0)
        return Json();
    const auto mean = sum.mean();
    return {{"events", sum.count},
            {"sum", isTime ? Json(static_cast<double>(sum.sum) / 1e6) : Json(sum.sum)},
            {"mean", isTime ? secondsJson(mean) : Json(*mean)}};
}

} // namespace

Json totalsJson(const SlowTotals &totals)
{
    return {{"events", totals.events}, {"query_time_s", static_cast<double>(totals.timeUs) / 1e6}, {"rows_examined", totals.examined}};
}

Json figuresJson(const SlowFigures &figures)
{
    Json time = sumJson(figures.time, true);
    if (!time.is_null()) {
        time["min"] = static_cast<double>(figures.time.least) / 1e6;
        time["max"] = static_cast<double>(figures.time.most) / 1e6;
        time["median"] = secondsJson(slowQuantileUs(figures, 0.5));
        time["p95"] = secondsJson(slowQuantileUs(figures, 0.95));
    }
    const auto ratio = examinedPerSent(figures);
    return {{"events", figures.events},
            {"query_time", time},
            {"lock_time", sumJson(figures.lock, true)},
            {"rows_sent", sumJson(figures.sent, false)},
            {"rows_examined", sumJson(figures.examined, false)},
            {"bytes_sent", sumJson(figures.bytes, false)},
            {"examined_per_sent", ratio ? Json(*ratio) : Json()}};
}

Json digestJson(const SlowDigestRow &row, TimePoint from, std::int64_t allUs)
{
    Json json = figuresJson(row.figures);
    json["checksum"] = checksumText(row.checksum);
    json["fingerprint"] = row.checksum == slowOther ? Json() : Json(row.fingerprint);
    json["share"] = allUs > 0 ? Json(static_cast<double>(row.figures.time.sum) / static_cast<double>(allUs)) : Json();
    json["before"] = totalsJson(row.before);
    const auto change = changeOf(static_cast<double>(row.figures.time.sum), static_cast<double>(row.before.timeUs));
    json["change"] = change ? Json(*change) : Json();
    const bool isKnown = row.firstSeen != TimePoint{};
    json["first_seen"] = timeJson(isKnown ? std::optional(row.firstSeen) : std::nullopt);
    json["last_seen"] = timeJson(isKnown ? std::optional(row.lastSeen) : std::nullopt);
    json["new"] = isNew(row, from);
    json["accepted"] = row.acceptedAt ? Json{{"by", row.acceptedBy}, {"at", timeJson(row.acceptedAt)}, {"note", row.acceptedNote}} : Json();
    return json;
}

Json sampleJson(const SlowExample &example, const Fleet &fleet)
{
    const wire::SlowSample &sample = example.sample;
    const auto optional = [](const auto &value) { return value ? Json(*value) : Json(); };
    return {{"why", slotWord(example.slot)},
            {"instance", fleet.pathOf(example.instance)},
            {"at", timeJson(sample.at)},
            {"query", sample.query},
            {"user", sample.user},
            {"host", sample.host},
            {"schema", sample.schema},
            {"query_time_s", sample.querySeconds},
            {"lock_time_s", optional(sample.lockSeconds)},
            {"rows_sent", optional(sample.rowsSent)},
            {"rows_examined", optional(sample.rowsExamined)}};
}

Json sourceJson(const SlowSourceRow &row, const Fleet &fleet)
{
    const auto time = [](TimePoint at) { return timeJson(at == TimePoint{} ? std::nullopt : std::optional(at)); };
    Json json{{"instance", fleet.pathOf(row.instance)}, {"state", "unknown"}, {"asked", time(row.askedAt)}, {"stored", time(row.storedAt)},
              {"newest_minute", time(row.newestMinute)}, {"bytes_behind", row.bytesBehind}};
    if (row.source) {
        const wire::SlowSource &source = *row.source;
        json["state"] = source.state;
        json["path"] = source.path;
        json["reason"] = source.reason;
        json["set_global"] = source.setGlobal;
        json["my_cnf"] = source.myCnf;
        json["long_query_time_s"] = source.longQuerySeconds;
        json["size"] = source.size;
        json["offset"] = source.offset;
        json["last_event"] = time(source.lastEvent);
    }
    return json;
}

std::string secondsText(const std::optional<double> &us)
{
    return us ? shortDurationText(*us).toStdString() : "-";
}

std::string changeText(double now, double before)
{
    const auto change = changeOf(now, before);
    if (!change)
        return now > 0 ? "new" : "-";
    char text[32];
    std::snprintf(text, sizeof text, "%+.0f %%", *change * 100);
    return text;
}

std::string fingerprintLine(const SlowDigestRow &row, std::size_t most)
{
    if (row.checksum == slowOther)
        return "(rare digests, folded)";
    std::string line = row.fingerprint.empty() ? "(its text is not known)" : row.fingerprint;
    if (line.size() > most) {
        std::size_t end = most;
        while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80)
            --end;
        line = line.substr(0, end) + "...";
    }
    return line;
}

} // namespace zandb::cli
