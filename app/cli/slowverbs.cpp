// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/execution.h"
#include "app/cli/groups.h"
#include "app/cli/slowitems.h"
#include "app/fleet/fleetrepository.h"
#include "app/killer/killedrepository.h"
#include "app/slowlog/slowregression.h"
#include "app/slowlog/slowrepository.h"
#include "models/common/format.h"

#include <algorithm>

namespace zandb::cli {

Result<SlowChecksum> digestOf(Context &context, const std::string &text)
{
    const auto found = slowlog::findDigests(context.session(), text);
    if (!found)
        return fail(found.error());
    if (found->empty())
        return fail(errors::notFound, {{"what", "digest"}, {"name", text}});
    if (found->size() > 1)
        return fail(usageError(std::to_string(found->size()) + " digests are called " + printable(text) + "; give the whole checksum"));
    return found->front();
}

namespace {

using namespace std::chrono_literals;

constexpr std::string_view scopeUsage = "[--group G | --host H | --instance H/I] [--since TIME] [--until TIME]";
const std::set<std::string> scopeOptions{"group", "host", "instance", "since", "until"};

std::set<std::string> withScope(std::set<std::string> options)
{
    options.insert(scopeOptions.begin(), scopeOptions.end());
    return options;
}

/// An instant by how long ago it was, or by itself.
Result<TimePoint> instantOf(const Args &args, const std::string &name, TimePoint now, TimePoint fallback)
{
    if (!args.has(name))
        return fallback;
    const std::string text = args.option(name);
    if (const auto ago = parseDuration(text))
        return now - std::chrono::seconds{*ago};
    if (const auto at = fromIso(text))
        return *at;
    return fail(usageError("--" + name + " is how long ago (90s, 15m, 6h, 2d) or an instant like 2026-03-01T00:00:00Z"));
}

struct Question
{
    Fleet fleet;
    Scope scope;
    slowlog::Asked asked;
    std::string text; ///< of the scope: "production", "db1/my3306"; empty: all
};

Result<Scope> scopeOf(const Fleet &fleet, const Args &args, std::string &text)
{
    const int given = args.has("group") + args.has("host") + args.has("instance");
    if (given > 1)
        return fail(usageError("one of --group, --host and --instance"));
    if (args.has("group")) {
        text = args.option("group");
        const auto group = findGroup(fleet, text);
        return group ? Result<Scope>(Scope{Scope::Kind::Group, group->id}) : fail(group.error());
    }
    if (args.has("host")) {
        text = args.option("host");
        const Host *host = fleet.hostByName(text);
        return host ? Result<Scope>(Scope{Scope::Kind::Host, host->id}) : fail(errors::notFound, {{"what", "host"}, {"name", text}});
    }
    if (args.has("instance")) {
        text = args.option("instance");
        const InstanceRecord *record = fleet.instanceByPath(text);
        return record ? Result<Scope>(Scope{Scope::Kind::Instance, record->instance.id}) : fail(errors::notFound, {{"what", "instance"}, {"name", text}});
    }
    return Scope{};
}

Result<Question> questionOf(Context &context, const Args &args)
{
    Question question;
    auto fleet = context.fleet();
    if (!fleet)
        return fail(fleet.error());
    question.fleet = std::move(*fleet);
    const auto scope = scopeOf(question.fleet, args, question.text);
    if (!scope)
        return fail(scope.error());
    question.scope = *scope;
    const TimePoint now = question.fleet.readAt;
    const auto until = instantOf(args, "until", now, now);
    if (!until)
        return fail(until.error());
    const auto since = instantOf(args, "since", now, *until - 24h);
    if (!since)
        return fail(since.error());
    if (*since >= *until || *until - *since > std::chrono::days{3650})
        return fail(usageError("--since is before --until, and at most ten years"));
    question.asked = slowlog::askFor(question.fleet, question.scope, *since, *until);
    return question;
}

Json rangeJson(const Question &question)
{
    return {{"scope", question.text}, {"from", timeJson(question.asked.from)}, {"to", timeJson(question.asked.to)}};
}

/// Why there is nothing to show, and what would change that.
Result<void> sayWhyEmpty(Context &context, const Question &question)
{
    printLine("No slow statements are known of this time.");
    const auto sources = slowlog::loadSources(context.session(), question.asked.instances);
    if (!sources)
        return fail(sources.error());
    const auto without = std::ranges::count_if(*sources, [](const auto &row) { return row.source && row.source->state == "no_source"; });
    if (sources->empty())
        printLine("No agent has said yet where they come from. A headless instance (zandbctl serve) asks and collects.");
    else if (without > 0)
        printLine(std::to_string(without) + " of " + std::to_string(sources->size()) + " instances write no slow log: zandbctl slow source says what to set.");
    return {};
}

void warnDamaged(std::int64_t damaged)
{
    if (damaged > 0)
        warnLine(std::to_string(damaged) + " rows of the store could not be read.");
}

Result<int> showTop(Context &context, const Args &args)
{
    const auto limit = args.number("limit", 20, 1, 100'000);
    const std::string sort = args.option("sort", "time");
    const auto metric = slowMetricOf(sort);
    if (!limit || !metric)
        return fail(limit ? usageError("--sort is time, count or rows") : limit.error());
    const auto question = questionOf(context, args);
    if (!question)
        return fail(question.error());
    auto top = slowlog::loadTop(context.session(), question->asked);
    if (!top)
        return fail(top.error());
    std::ranges::stable_sort(top->digests, [&](const auto &a, const auto &b) { return valueOf(a.figures.totals(), *metric) > valueOf(b.figures.totals(), *metric); });
    Json digests = Json::array();
    Table table({"#", "DIGEST", "SHARE", "CALLS", "TOTAL", "MEAN", "P95", "EXAMINED/SENT", "CHANGE", "FIRST SEEN", "STATEMENT"}, {0, 2, 3, 4, 5, 6, 7, 8});
    for (std::size_t i = 0; i < std::min<std::size_t>(top->digests.size(), static_cast<std::size_t>(*limit)); ++i) {
        const SlowDigestRow &row = top->digests[i];
        Json json = digestJson(row, top->from, top->sum.timeUs);
        json["rank"] = i + 1;
        digests.push_back(std::move(json));
        const SlowFigures &figures = row.figures;
        const auto ratio = examinedPerSent(figures);
        const std::string checksum = checksumText(row.checksum);
        table.add({std::to_string(i + 1), checksum.size() == 32 ? checksum.substr(16) : checksum,
                   top->sum.timeUs > 0 ? percentText(100.0 * static_cast<double>(figures.time.sum) / static_cast<double>(top->sum.timeUs)).toStdString() : "-",
                   countText(figures.events).toStdString(), secondsText(static_cast<double>(figures.time.sum)), secondsText(figures.time.mean()),
                   secondsText(slowQuantileUs(figures, 0.95)), ratio ? countText(static_cast<std::int64_t>(*ratio)).toStdString() + " : 1" : "-",
                   changeText(static_cast<double>(figures.time.sum), static_cast<double>(row.before.timeUs)),
                   row.firstSeen == TimePoint{} ? "-" : timeText(row.firstSeen) + (isNew(row, top->from) ? " new" : row.acceptedBy.empty() ? "" : " accepted"),
                   fingerprintLine(row, 120)});
    }
    Json json = rangeJson(*question);
    json["sum"] = totalsJson(top->sum);
    json["before"] = totalsJson(top->before);
    json["new_digests"] = top->newDigests;
    json["digest_count"] = top->digests.size();
    json["time_unknown"] = top->timeUnknown;
    json["not_understood"] = top->notUnderstood;
    json["damaged"] = top->damaged;
    json["digests"] = std::move(digests);
    context.print(json);
    if (context.json())
        return exitOk;
    if (top->digests.empty()) {
        if (const auto said = sayWhyEmpty(context, *question); !said)
            return fail(said.error());
        return exitOk;
    }
    printLine(secondsText(static_cast<double>(top->sum.timeUs)) + " total time ("
              + changeText(static_cast<double>(top->sum.timeUs), static_cast<double>(top->before.timeUs)) + "), " + countText(top->sum.events).toStdString()
              + " statements (" + changeText(static_cast<double>(top->sum.events), static_cast<double>(top->before.events)) + "), "
              + countText(top->sum.examined).toStdString() + " rows examined, " + std::to_string(top->newDigests) + " new digests");
    table.print();
    if (top->digests.size() > static_cast<std::size_t>(*limit))
        warnLine("Only the first " + std::to_string(*limit) + " of " + std::to_string(top->digests.size()) + " digests are listed; --limit N lists more.");
    if (top->notUnderstood > 0)
        warnLine(std::to_string(top->notUnderstood) + " entries of the logs were not understood.");
    warnDamaged(top->damaged);
    return exitOk;
}

Result<int> showDigest(Context &context, const Args &args)
{
    const auto question = questionOf(context, args);
    if (!question)
        return fail(question.error());
    const auto checksum = digestOf(context, args.word(0));
    if (!checksum)
        return fail(checksum.error());
    const auto loaded = slowlog::loadDigest(context.session(), question->asked, *checksum);
    if (!loaded)
        return fail(loaded.error());
    if (!*loaded)
        return fail(errors::notFound, {{"what", "digest"}, {"name", args.word(0)}});
    const SlowDigestDetail &detail = **loaded;
    Json json = rangeJson(*question);
    json["digest"] = digestJson(detail.row, question->asked.from, 0);
    json["digest"].erase("share");
    json["digest"].erase("before");
    json["digest"].erase("change");
    json["step_s"] = std::chrono::duration<double>(detail.axis.step).count();
    Json history = Json::array();
    Table points({"TIME", "CALLS", "TOTAL", "MEAN", "P95", "EXAMINED"}, {1, 2, 3, 4, 5});
    for (std::size_t i = 0; i < detail.history.size(); ++i) {
        const SlowFigures &figures = detail.history[i];
        if (figures.events == 0)
            continue;
        Json point = figuresJson(figures);
        point["at"] = timeJson(detail.axis.at(i));
        history.push_back(std::move(point));
        points.add({timeText(detail.axis.at(i)), countText(figures.events).toStdString(), secondsText(static_cast<double>(figures.time.sum)),
                    secondsText(figures.time.mean()), secondsText(slowQuantileUs(figures, 0.95)), countText(figures.examined.sum).toStdString()});
    }
    json["history"] = std::move(history);
    Json callers = Json::array();
    Table who({"USER", "HOST", "SCHEMA", "CALLS", "TOTAL"}, {3, 4});
    const auto shown = [](const std::string &text) { return text.empty() ? std::string("-") : text; };
    for (const SlowCallerRow &caller : detail.callers) {
        Json one = totalsJson(caller.totals);
        one["user"] = caller.user;
        one["host"] = caller.host;
        one["schema"] = caller.schema;
        callers.push_back(std::move(one));
        who.add({shown(caller.user), shown(caller.host), shown(caller.schema), countText(caller.totals.events).toStdString(),
                 secondsText(static_cast<double>(caller.totals.timeUs))});
    }
    json["callers"] = std::move(callers);
    Json instances = Json::array();
    for (const auto &[id, totals] : detail.instances) {
        Json one = totalsJson(totals);
        one["instance"] = question->fleet.pathOf(id);
        instances.push_back(std::move(one));
    }
    json["instances"] = std::move(instances);
    Json samples = Json::array();
    for (const SlowExample &example : detail.examples)
        samples.push_back(sampleJson(example, question->fleet));
    json["samples"] = std::move(samples);
    const auto killed = killer::killedOf(context.session(), *checksum, question->asked.whole ? std::nullopt : std::optional(question->asked.instances), question->asked.from, question->asked.to);
    if (!killed)
        return fail(killed.error());
    const KilledDigest none;
    const KilledDigest &kills = *killed ? **killed : none;
    json["killed"] = {{"killed", kills.killed}, {"dry_run", kills.dryRuns}, {"others", kills.others}};
    context.print(json);
    if (context.json())
        return exitOk;
    printLine(detail.row.fingerprint.empty() ? fingerprintLine(detail.row, 200) : detail.row.fingerprint);
    Table facts({"checksum", checksumText(detail.row.checksum)});
    if (detail.row.firstSeen != TimePoint{})
        facts.add({"first seen", timeText(detail.row.firstSeen)});
    if (!detail.row.acceptedBy.empty())
        facts.add({"accepted", "by " + detail.row.acceptedBy + " " + timeText(detail.row.acceptedAt) + (detail.row.acceptedNote.empty() ? "" : ": " + detail.row.acceptedNote)});
    const SlowFigures &all = detail.row.figures;
    facts.add({"calls", countText(all.events).toStdString()});
    facts.add({"total time", secondsText(static_cast<double>(all.time.sum))});
    facts.add({"mean, p95, max", secondsText(all.time.mean()) + ", " + secondsText(slowQuantileUs(all, 0.95)) + ", "
                                     + (all.time.count > 0 ? secondsText(static_cast<double>(all.time.most)) : "-")});
    if (kills.killed + kills.dryRuns > 0)
        facts.add({"killed as well", std::to_string(kills.killed) + ", would have been: " + std::to_string(kills.dryRuns)});
    facts.print();
    printLine("");
    points.print();
    if (!detail.callers.empty()) {
        printLine("");
        who.print();
    }
    for (const SlowExample &example : detail.examples) {
        printLine("");
        printLine("# " + std::string(slotWord(example.slot)) + ", " + timeText(example.sample.at) + ", " + question->fleet.pathOf(example.instance) + ", "
                  + secondsText(example.sample.querySeconds * 1e6));
        printLine(example.sample.query);
    }
    warnDamaged(detail.damaged);
    return exitOk;
}

Result<int> showSeries(Context &context, const Args &args)
{
    const auto by = slowByOf(args.option("by", "digest"));
    const auto metric = slowMetricOf(args.option("metric", "time"));
    const auto count = args.number("top", 8, 1, 20);
    if (!by || !metric || !count)
        return fail(!count ? count.error() : usageError(by ? "--metric is time, count or rows" : "--by is digest, user, schema, instance or group"));
    const auto question = questionOf(context, args);
    if (!question)
        return fail(question.error());
    const auto overTime = slowlog::loadOverTime(context.session(), question->asked, *by, question->fleet);
    if (!overTime)
        return fail(overTime.error());
    const auto lines = topLines(*overTime, *metric, static_cast<std::size_t>(*count));
    Json json = rangeJson(*question);
    json["by"] = toString(*by);
    json["step_s"] = std::chrono::duration<double>(overTime->axis.step).count();
    json["begin"] = timeJson(overTime->axis.begin);
    json["sum"] = totalsJson(overTime->sum);
    json["damaged"] = overTime->damaged;
    Json array = Json::array();
    Table table({"KEY", "CALLS", "TOTAL", "EXAMINED", "NAME"}, {1, 2, 3});
    for (const SlowLine &line : lines) {
        Json points = Json::array();
        for (const SlowTotals &point : line.points)
            points.push_back(totalsJson(point));
        const bool isRest = line.key == "*";
        array.push_back({{"key", isRest ? Json() : Json(line.key)}, {"name", line.name}, {"sum", totalsJson(line.sum)}, {"points", points}});
        table.add({isRest ? "other" : line.key.empty() ? "-" : line.key, countText(line.sum.events).toStdString(), secondsText(static_cast<double>(line.sum.timeUs)),
                   countText(line.sum.examined).toStdString(), line.name.substr(0, 120)});
    }
    json["lines"] = std::move(array);
    context.print(json);
    if (context.json())
        return exitOk;
    if (lines.empty()) {
        if (const auto said = sayWhyEmpty(context, *question); !said)
            return fail(said.error());
        return exitOk;
    }
    table.print();
    printLine("");
    Table points({"TIME", "CALLS", "TOTAL", "EXAMINED"}, {1, 2, 3});
    for (std::size_t i = 0; i < overTime->axis.buckets; ++i) {
        SlowTotals all;
        for (const SlowLine &line : lines)
            all.add(line.points[i]);
        if (all.events > 0)
            points.add({timeText(overTime->axis.at(i)), countText(all.events).toStdString(), secondsText(static_cast<double>(all.timeUs)), countText(all.examined).toStdString()});
    }
    points.print();
    warnDamaged(overTime->damaged);
    return exitOk;
}

Result<int> showSources(Context &context, const Args &args)
{
    const auto question = questionOf(context, args);
    if (!question)
        return fail(question.error());
    auto sources = slowlog::loadSources(context.session(), question->asked.instances);
    if (!sources)
        return fail(sources.error());
    const auto bytes = slowlog::storedBytes(context.session());
    if (!bytes)
        return fail(bytes.error());
    for (const Uuid &id : question->asked.instances) {
        if (std::ranges::none_of(*sources, [&](const auto &row) { return row.instance == id; }))
            sources->push_back({id, {}, {}, {}, {}, 0});
    }
    std::ranges::sort(*sources, {}, [&](const SlowSourceRow &row) { return question->fleet.pathOf(row.instance); });
    Json array = Json::array();
    Table table({"INSTANCE", "STATE", "REASON", "LONG QUERY TIME", "LOG", "BEHIND", "NEWEST MINUTE", "ASKED"}, {3, 5});
    const auto time = [](TimePoint at) { return timeText(at == TimePoint{} ? std::nullopt : std::optional(at)); };
    for (const SlowSourceRow &row : *sources) {
        array.push_back(sourceJson(row, question->fleet));
        table.add({question->fleet.pathOf(row.instance), row.source ? row.source->state : "unknown", row.source && !row.source->reason.empty() ? row.source->reason : "-",
                   row.source ? secondsText(row.source->longQuerySeconds * 1e6) : "-", row.source && !row.source->path.empty() ? row.source->path : "-", sizeText(row.bytesBehind),
                   time(row.newestMinute), time(row.askedAt)});
    }
    Json stored = Json::object();
    std::int64_t all = 0;
    for (const auto &[name, size] : *bytes) {
        stored[name] = size;
        all += size;
    }
    context.print(Json{{"sources", array}, {"stored_bytes", stored}});
    if (context.json())
        return exitOk;
    table.print();
    for (const SlowSourceRow &row : *sources) {
        if (!row.source || (row.source->setGlobal.empty() && row.source->myCnf.empty()))
            continue;
        printLine("");
        printLine(question->fleet.pathOf(row.instance) + " writes a slow log from now on with:");
        for (const std::string &statement : row.source->setGlobal)
            printLine("  " + statement);
        printLine("and goes on after a restart with these lines below [mysqld]:");
        for (const std::string &line : row.source->myCnf)
            printLine("  " + line);
    }
    printLine("");
    printLine("Slow statements take about " + sizeText(all) + " of the store.");
    return exitOk;
}

Result<int> acceptDigest(Context &context, const Args &args)
{
    const auto checksum = digestOf(context, args.word(0));
    if (!checksum)
        return fail(checksum.error());
    const bool withdraw = args.flag("withdraw");
    if (withdraw && args.has("note"))
        return fail(usageError("--withdraw takes no note"));
    if (const auto done = slowlog::accept(context.session(), context.settings().person, *checksum, withdraw ? std::nullopt : std::optional(args.option("note"))); !done)
        return fail(done.error());
    context.print(Json{{"checksum", checksumText(*checksum)}, {"accepted", !withdraw}});
    if (!context.json())
        printLine("Digest " + checksumText(*checksum) + (withdraw ? " is no longer accepted." : " is known and accepted; it is not listed as new or worse any more."));
    return exitOk;
}

Json evidenceJson(const SlowFinding &finding)
{
    const SlowEvidence &evidence = finding.evidence;
    const auto seconds = [](std::int64_t us) { return static_cast<double>(us) / 1e6; };
    if (finding.kind == "slower")
        return {{"p95_before_s", seconds(evidence.p95BeforeUs)}, {"p95_limit_s", seconds(evidence.p95LimitUs)}, {"p95_s", seconds(evidence.p95Us)}, {"calls", evidence.calls},
                {"more_s_per_minute", seconds(evidence.timeUs)}, {"all_slower_by", evidence.common}};
    if (finding.kind == "more")
        return {{"calls_before", evidence.callsBefore}, {"calls_limit", evidence.callsLimit}, {"calls", evidence.calls}, {"more_s_per_minute", seconds(evidence.timeUs)}};
    return {{"calls", evidence.calls}, {"query_time_s", seconds(evidence.timeUs)}};
}

std::string evidenceLine(const SlowFinding &finding)
{
    const SlowEvidence &evidence = finding.evidence;
    const auto seconds = [](std::int64_t us) { return secondsText(static_cast<double>(us)); };
    if (finding.kind == "slower")
        return "p95 " + seconds(evidence.p95BeforeUs) + " -> " + seconds(evidence.p95Us) + ", +" + seconds(evidence.timeUs) + " a minute";
    if (finding.kind == "more")
        return "calls in 5 min " + countText(evidence.callsBefore).toStdString() + " -> " + countText(evidence.calls).toStdString() + ", +" + seconds(evidence.timeUs) + " a minute";
    return countText(evidence.calls).toStdString() + " calls, " + seconds(evidence.timeUs) + " when it came";
}

Result<int> showRegressions(Context &context, const Args &args)
{
    const auto question = questionOf(context, args);
    if (!question)
        return fail(question.error());
    auto findings = slowlog::loadFindings(context.session(), question->asked.instances, args.flag("ended") ? std::optional(question->asked.from) : std::nullopt);
    if (!findings)
        return fail(findings.error());
    if (question->asked.instances.empty())
        findings->clear(); // a scope without an instance
    // what got worse first
    std::ranges::stable_sort(*findings, [](const SlowFinding &a, const SlowFinding &b) { return a.isRegression() > b.isRegression(); });
    Json array = Json::array();
    Table table({"WHAT", "INSTANCE", "DIGEST", "SINCE", "STATE", "EVIDENCE", "STATEMENT"});
    for (const SlowFinding &finding : *findings) {
        array.push_back({{"id", finding.id.toString()}, {"what", finding.kind}, {"instance", question->fleet.pathOf(finding.instance)}, {"checksum", checksumText(finding.checksum)},
                         {"since", timeJson(finding.since)}, {"seen", timeJson(finding.seen)}, {"ended", timeJson(finding.ended)},
                         {"accepted_by", finding.acceptedBy.empty() ? Json() : Json(finding.acceptedBy)}, {"evidence", evidenceJson(finding)}, {"fingerprint", finding.fingerprint}});
        SlowDigestRow row;
        row.checksum = finding.checksum;
        row.fingerprint = finding.fingerprint;
        table.add({finding.kind, question->fleet.pathOf(finding.instance), checksumText(finding.checksum).substr(16), timeText(finding.since),
                   !finding.ended ? "holds" : finding.acceptedBy.empty() ? "ended" : "accepted", evidenceLine(finding), fingerprintLine(row, 100)});
    }
    context.print(array);
    if (context.json())
        return exitOk;
    if (findings->empty())
        printLine("No digest is new, slower or more frequent than usual.  A headless instance (zandbctl serve) looks every few seconds; it knows what is usual after some ten minutes.");
    else
        table.print();
    return exitOk;
}

} // namespace

std::vector<Verb> slowVerbs()
{
    const std::string scope(scopeUsage);
    return {
        {"slow", "top", scope + " [--sort time|count|rows] [--limit N]", "slow statements by digest, against the time before; the last day where nothing else is said",
         {withScope({"sort", "limit"}), {}}, showTop},
        {"slow", "digest", "CHECKSUM " + scope, "one digest: its history, who sends it, examples (CHECKSUM: all of it, its beginning or its end)", {withScope({}), {}}, showDigest, 1, 1},
        {"slow", "series", scope + " [--by digest|user|schema|instance|group] [--metric time|count|rows] [--top N]", "slow statements over time", {withScope({"by", "metric", "top"}), {}},
         showSeries},
        {"slow", "source", scope, "where each instance's slow statements come from, and what to set where they do not", {withScope({}), {}}, showSources},
        {"slow", "regressions", scope + " [--ended]", "digests that are new, slower or more frequent than usual, with the figures before and now; --ended: those too that ended since --since",
         {withScope({}), {"ended"}}, showRegressions},
        {"slow", "accept", "CHECKSUM [--note TEXT | --withdraw]", "say that a digest is known and accepted: that ends its findings, and how it is now is usual from then on", {{"note"}, {"withdraw"}}, acceptDigest, 1, 1},
    };
}

} // namespace zandb::cli
