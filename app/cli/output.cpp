// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output.h"

#include "models/schedule/schedule.h"

#include "app/cli/groups.h"
#include "app/platform/errors.h"
#include "app/schedule/decide.h"

#include "models/common/errortext.h"
#include "models/fleet/statetext.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace zandb::cli {
namespace {

using namespace std::chrono;

Json optionalJson(const auto &value)
{
    return value ? Json(*value) : Json(nullptr);
}

/// Columns are counted in characters, not in bytes.
std::size_t widthOf(const std::string &text)
{
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

int lostWith = 0;

/// Whole seconds; null when it was never seen, or at a time that has not come.
Json ageJson(const std::optional<TimePoint> &seenAt, TimePoint now)
{
    if (!seenAt || *seenAt > now + sampleInterval)
        return nullptr;
    return std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(now - *seenAt).count());
}

} // namespace

Json timeJson(const std::optional<TimePoint> &at)
{
    return at ? Json(toIso(floor<milliseconds>(*at))) : Json(nullptr);
}

Json idJson(const std::optional<Uuid> &id)
{
    return id && !id->isNull() ? Json(id->toString()) : Json(nullptr);
}

Json errorsJson(const std::optional<Error> &error)
{
    return error ? errorToJson(*error) : Json(nullptr);
}

namespace {

Json labelsJson(const Fleet &fleet, const Uuid &subject)
{
    const auto found = fleet.labels.find(subject);
    return found == fleet.labels.end() ? Json::array() : Json(found->second);
}

} // namespace

Json hostJson(const Host &host, const Fleet &fleet)
{
    const auto found = fleet.hostStates.find(host.id);
    const HostState state = found == fleet.hostStates.end() ? HostState{} : found->second;
    Json json{{"id", host.id.toString()},       {"name", host.name},
              {"address", host.address},        {"port", host.sshPort},
              {"user", host.sshUser},           {"group", groupPath(fleet, host.groupId)},
              {"labels", labelsJson(fleet, host.id)},
              {"host_key", host.hostKey},       {"state", state.state},
              {"seen", timeJson(state.seenAt)}, {"checked", timeJson(state.checkedAt)},
              {"error", errorsJson(state.error)}};
    json["age_s"] = ageJson(state.seenAt, fleet.readAt);
    json["stale"] = isStale(state.seenAt, fleet.readAt);
    if (state.facts) {
        const auto &f = *state.facts;
        json["agent_version"] = f.agentVersion;
        json["host_name"] = f.hostName;
        json["kernel"] = f.kernel;
        json["os"] = f.os;
        json["cores"] = f.cores;
        json["memory_bytes"] = f.memoryBytes;
        json["memory_available_bytes"] = f.memoryAvailableBytes;
        json["load1"] = f.load1;
        json["uptime_s"] = f.uptimeSeconds;
        json["repositories"] = f.repositories;
        json["remote_repositories"] = Json::array();
        for (const auto &remote : f.remoteRepositories)
            json["remote_repositories"].push_back({{"name", remote.name}, {"host", remote.host}, {"port", remote.sshPort}, {"remote_name", remote.remoteName}});
        json["disks"] = Json::array();
        for (const auto &disk : f.disks)
            json["disks"].push_back({{"mount", disk.mount}, {"device", disk.device}, {"total_bytes", disk.totalBytes}, {"free_bytes", disk.freeBytes}});
    }
    return json;
}

Json instanceJson(const InstanceRecord &record, const Fleet &fleet)
{
    const Host *host = fleet.host(record.instance.hostId);
    Json json{{"id", record.instance.id.toString()},
              {"path", fleet.pathOf(record.instance.id)},
              {"host", host ? host->name : ""},
              {"name", record.instance.name},
              {"port", record.instance.port},
              {"labels", fleet.instanceLabels(record.instance.id)},
              {"state", record.state},
              {"seen", timeJson(record.seenAt)}};
    json["age_s"] = ageJson(record.seenAt, fleet.readAt);
    json["stale"] = isStale(record.seenAt, fleet.readAt);
    if (record.detail) {
        const auto &d = *record.detail;
        json["flavour"] = d.flavour;
        json["version"] = d.version;
        json["socket"] = d.socket;
        json["data_directory"] = d.dataDirectory;
        json["server_id"] = d.serverId;
        json["role"] = d.role;
        json["read_only"] = optionalJson(d.readOnly);
        json["super_read_only"] = optionalJson(d.superReadOnly);
        json["data_bytes"] = optionalJson(d.dataBytes);
        json["log_bytes"] = optionalJson(d.logBytes);
        json["uptime_s"] = d.uptimeSeconds;
        json["replicas"] = d.replicaCount;
        json["not_permitted"] = d.notPermitted;
        json["error"] = errorsJson(d.error);
        json["replication"] = Json::array();
        for (const auto &r : d.replication) {
            json["replication"].push_back({{"source", r.sourceHost + ":" + std::to_string(r.sourcePort)},
                                           {"io_running", r.ioRunning},
                                           {"sql_running", r.sqlRunning},
                                           {"lag_s", optionalJson(r.lagSeconds)},
                                           {"gtid", r.gtid},
                                           {"errno", r.errorNumber},
                                           {"error", r.errorText}});
        }
    }
    return json;
}

Json runJson(const Run &run, const Fleet &fleet, const std::string &taskName)
{
    const Host *host = fleet.host(run.hostId);
    Json json{{"run_id", run.id.toString()},
              {"task_id", idJson(run.taskId)},
              {"task", taskName.empty() ? Json(nullptr) : Json(taskName)},
              {"kind", run.kind},
              {"host", host ? host->name : run.hostId.toString()},
              {"target_id", run.targetId.toString()},
              {"target", run.targetId == run.hostId ? Json(host ? host->name : run.hostId.toString()) : Json(fleet.pathOf(run.targetId))},
              {"state", toString(run.state)},
              {"occurrence", timeJson(run.occurrence)},
              {"due", timeJson(run.due)},
              {"created", timeJson(run.createdAt)},
              {"started", timeJson(run.startedAt)},
              {"ended", timeJson(run.endedAt)},
              {"attempts", run.attempts},
              {"next_try", timeJson(run.nextTry)},
              {"cancel_requested", run.cancelRequested},
              {"executor", run.executor.empty() ? Json(nullptr) : Json(run.executor)},
              {"author", run.author},
              {"error", errorsJson(run.error)}};
    if (run.progress && !isFinal(run.state)) {
        json["progress"] = {{"phase", run.progress->phase},
                            {"bytes_done", run.progress->bytesDone},
                            {"bytes_total", run.progress->bytesTotal},
                            {"unit", run.progress->unit},
                            {"percent", optionalJson(run.progress->percent)},
                            {"left_s", optionalJson(run.progress->secondsLeft)}};
    } else {
        json["progress"] = nullptr;
    }
    return json;
}

/// null: the agent did not say.
static Json orderedByJson(const std::optional<wire::OrderedBy> &by)
{
    return by ? Json{{"user", by->user}, {"role", by->role}, {"key", by->key}} : Json();
}

Json runDetailJson(const RunDetail &detail, const Fleet &fleet, const std::string &taskName)
{
    Json json = runJson(detail.run, fleet, taskName);
    json["args"] = detail.run.args;
    json["steps"] = Json::array();
    for (const Step &step : detail.steps) {
        Json one{{"step", step.step}, {"name", step.name}, {"kind", step.kind}, {"state", toString(step.state)},
                 {"attempts", Json::array()}};
        for (const Attempt &a : detail.attempts) {
            if (a.step != step.step)
                continue;
            one["attempts"].push_back({{"attempt", a.attempt},
                                       {"state", toString(a.state)},
                                       {"sent", timeJson(a.sentAt)},
                                       {"started", timeJson(a.startedAt)},
                                       {"ended", timeJson(a.endedAt)},
                                       {"error", errorsJson(a.error)},
                                       {"result", a.result},
                                       {"log_bytes", a.logSize},
                                       {"ordered_by", orderedByJson(a.orderedBy)}});
        }
        json["steps"].push_back(std::move(one));
    }
    return json;
}

Json alertJson(const Alert &alert)
{
    return {{"id", alert.id.toString()},
            {"kind", alert.kind},
            {"subject", alert.subject},
            {"detail", alert.detail},
            {"since", timeJson(alert.raisedAt)},
            {"seen", timeJson(alert.seenAt)},
            {"cleared", timeJson(alert.clearedAt)},
            {"count", alert.count},
            {"acknowledged_by", alert.ackedBy.empty() ? Json() : Json(alert.ackedBy)},
            {"acknowledged", timeJson(alert.ackedAt)}};
}

std::optional<TimePoint> nextDueOf(const Task &task, TimePoint now)
{
    if (!task.enabled || schedule::whyUnreadable(task))
        return std::nullopt;
    const auto schedule = Schedule::fromJson(task.schedule);
    return schedule ? schedule::nextOf(*schedule, task.skips, now) : std::nullopt;
}

Json taskJson(const Task &task, const Fleet &fleet, TimePoint now)
{
    // names, as the options take them; an id stands for what is no longer there
    const auto names = [](const std::vector<Uuid> &list, const auto &nameOf) {
        Json json = Json::array();
        for (const Uuid &id : list) {
            const std::string name = nameOf(id);
            json.push_back(name.empty() ? id.toString() : name);
        }
        return json;
    };
    const auto group = [&](const Uuid &id) { return groupPath(fleet, id); };
    const auto host = [&](const Uuid &id) { return fleet.host(id) ? fleet.host(id)->name : std::string{}; };
    const auto instance = [&](const Uuid &id) { return fleet.pathOf(id); };
    Json skips = Json::array();
    for (const TimePoint due : task.skips)
        skips.push_back(timeJson(due));
    return {{"id", task.id.toString()},
            {"name", task.name},
            {"kind", task.kind},
            {"left_out", skips},
            {"args", task.args},
            {"selector",
             {{"all", task.selector.all},
              {"groups", names(task.selector.groups, group)},
              {"hosts", names(task.selector.hosts, host)},
              {"instances", names(task.selector.instances, instance)},
              {"except", names(task.selector.except, instance)},
              {"labels", task.selector.labels},
              {"flavours", task.selector.flavours},
              {"role", task.selector.role},
              {"names", task.selector.names},
              {"core", task.selector.core ? Json(*task.selector.core) : Json()}}},
            {"schedule", task.schedule},
            // defaults in place of what cannot be read would be taken for what the task says
            {"policies", task.unreadable ? Json() : Json(task.policies)},
            {"unreadable", errorsJson(schedule::whyUnreadable(task))},
            {"enabled", task.enabled},
            {"author", task.author},
            {"revision", task.revision},
            {"edited", timeJson(task.editedAt)},
            {"next_due", timeJson(nextDueOf(task, now))}};
}

Json backupJson(const Backup &backup, const Fleet &fleet)
{
    const auto &p = backup.position;
    return {{"id", backup.id.toString()},
            {"instance", fleet.pathOf(backup.instanceId)},
            {"instance_id", backup.instanceId.toString()},
            {"host_id", backup.hostId.toString()},
            {"run_id", backup.runId.toString()},
            {"task_id", idJson(backup.taskId)},
            {"method", backup.method},
            {"repository", backup.repository},
            {"path", backup.path},
            {"bytes", backup.bytes},
            {"stored_bytes", backup.storedBytes},
            {"duration_s", static_cast<double>(backup.duration.count()) / 1e6},
            {"sha256", backup.sha256},
            {"manifest_sha256", backup.detail.manifestSha256.empty() ? Json(nullptr) : Json(backup.detail.manifestSha256)},
            {"position",
             {{"file", p.file},
              {"offset", p.offset},
              {"gtid", p.gtid},
              {"source_file", p.sourceFile},
              {"source_offset", p.sourceOffset},
              {"source_gtid", p.sourceGtid}}},
            {"tables", backup.detail.tableCount},
            {"objects", backup.detail.objects},
            {"warnings", backup.detail.warnings},
            {"source_role", backup.detail.sourceRole},
            {"server_version", backup.detail.serverVersion},
            {"tool_version", backup.detail.toolVersion},
            {"level", backup.level},
            {"started", timeJson(backup.startedAt)},
            {"ended", timeJson(backup.endedAt)},
            {"verified", timeJson(backup.verifiedAt)},
            {"restore_duration_s",
             backup.restoreDuration ? Json(static_cast<double>(backup.restoreDuration->count()) / 1e6) : Json(nullptr)},
            {"expired", timeJson(backup.expiredAt)},
            {"finding", errorsJson(backup.finding)},
            {"found", timeJson(backup.foundAt)}};
}

std::string sizeText(std::int64_t bytes)
{
    static constexpr const char *units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = static_cast<double>(bytes);
    int unit = 0;
    while (value >= 1023.5 && unit < 5) {
        value /= 1024;
        ++unit;
    }
    char text[40];
    std::snprintf(text, sizeof text, unit == 0 || value >= 99.95 ? "%.0f %s" : "%.1f %s", value, units[unit]);
    return text;
}

std::string spanText(seconds span)
{
    const auto s = std::max<std::int64_t>(span.count(), 0); // of a clock that went back
    if (s < 120)
        return std::to_string(s) + " s";
    if (s < 7200)
        return std::to_string(s / 60) + " min";
    if (s < 172800)
        return std::to_string(s / 3600) + " h";
    return std::to_string(s / 86400) + " d";
}

std::string agoText(TimePoint at, TimePoint now)
{
    return at - now > 2 * sampleInterval ? "clock ahead" : spanText(duration_cast<seconds>(now - at)) + " ago";
}

std::string stateText(const std::string &state, const std::optional<TimePoint> &seenAt, TimePoint now)
{
    if ((state != "ok" && state != "up") || !isStale(seenAt, now))
        return state;
    return "unknown (was " + state + (seenAt && *seenAt <= now ? " " + spanText(duration_cast<seconds>(now - *seenAt)) + " ago)" : ")");
}

std::string timeText(const std::optional<TimePoint> &at)
{
    if (!at)
        return "-";
    std::string text = toIso(floor<seconds>(*at));
    if (const auto t = text.find('T'); t != std::string::npos)
        text[t] = ' ';
    return text;
}

std::string errorLine(const Error &error)
{
    if (error.is(errors::usage)) {
        const auto found = error.fields.find("detail");
        if (found != error.fields.end())
            return printable(found->second);
    }
    return printable(errorText(error).toStdString());
}

void Table::print() const
{
    std::vector<std::size_t> widths;
    for (const auto &row : m_rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], widthOf(printable(row[i])));
    }
    for (const auto &row : m_rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string cell = printable(row[i]);
            const std::string pad(widths[i] - widthOf(cell), ' ');
            const bool last = i + 1 == row.size();
            if (m_right.count(i))
                line += pad + cell + (last ? "" : "  ");
            else
                line += cell + (last ? "" : pad + "  ");
        }
        printLine(line);
    }
}

void printBytes(std::string_view bytes)
{
    if ((std::fwrite(bytes.data(), 1, bytes.size(), stdout) != bytes.size() || std::fflush(stdout) != 0) && lostWith == 0)
        lostWith = errno ? errno : EIO;
}

void printLine(const std::string &line)
{
    printBytes(printable(line, true) + '\n');
}

int outputLost()
{
    return lostWith;
}

void warnLine(const std::string &text)
{
    const std::string line = printable(text, true);
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fputc('\n', stderr);
    std::fflush(stderr);
}

} // namespace zandb::cli
