// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/printable.h"
#include "agent/slowlog/commands.h"
#include "agent/slowlog/digestreport.h"
#include "agent/slowlog/logreader.h"
#include "agent/slowlog/slowlogfields.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace zandb::agent {
namespace {

constexpr const char *help = R"(Usage: zandb-agent digest [OPTION...] [FILE...]

What the statements of slow logs add up to, by their shape.  FILE is a slow log of MySQL, MariaDB or Percona Server, plain or
compressed with gzip or zstd; "-", or no FILE, is standard input.

  --format text|json   for people (default) or for programs
  --since TIME         only events at TIME or later
  --until TIME         only events before TIME
  --database NAME      only events of this database; may be given more than once, and as a list with commas
  --user NAME          only events of this user; likewise
  --inherit-database   an event that names no database has that of the one before it, as MySQL writes its logs
  --limit N|N%|N%:M    the first N digests; those that hold N % of the figure that orders them; and at most M of these
                       (default: all as JSON, 95%:20 as text)
  --order-by COLUMN:FIGURE
                       COLUMN is query_time (default), lock_time, rows_sent, rows_examined or bytes_sent;
                       FIGURE is sum (default), min, max, median, p95 or count
  --help

TIME is "2026-09-03", "2026-09-03 07:05:09" or "2026-09-03T05:05:09Z" (UTC where no offset is given), or an age: 90s, 15m, 6h, 7d.
Events whose time is unknown are left out where --since or --until is given.
)";

int wrongUsage(const std::string &what)
{
    std::fprintf(stderr, "zandb-agent digest: %s (see zandb-agent digest --help)\n", printable(what).c_str());
    return 2;
}

struct Options
{
    bool json = false;
    bool hasLimit = false;
    bool inherit = false;
    std::optional<TimePoint> since, until;
    std::vector<std::string> databases, users, files;
    DigestChoice choice;
};

std::optional<TimePoint> readTime(std::string_view text)
{
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() - 1 && number >= 0 && number < 1'000'000'000) {
        const std::int64_t unit = *parsed.ptr == 's' ? 1 : *parsed.ptr == 'm' ? 60 : *parsed.ptr == 'h' ? 3600 : *parsed.ptr == 'd' ? 86'400 : 0;
        return unit ? std::optional(systemNow() - std::chrono::seconds(number * unit)) : std::nullopt;
    }
    const bool isShort = text.size() == 6 || text.size() == 10; // a date without a time
    const std::string whole = std::string(text) + (isShort ? " 00:00:00" : "");
    // nothing may follow what a log's time holds
    if (whole.find_first_not_of("0123456789-+:.TZ ") != whole.npos)
        return std::nullopt;
    return slowLogTime(whole);
}

void addNames(std::vector<std::string> &names, std::string_view list)
{
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (comma > 0)
            names.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
}

bool readLimit(std::string_view text, DigestChoice &choice)
{
    const auto number = [&](double &value) {
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
        if (parsed.ec != std::errc() || value < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
        return true;
    };
    double value = 0;
    if (!number(value))
        return false;
    if (text.starts_with('%')) {
        choice.share = value / 100;
        choice.most = SIZE_MAX;
        text.remove_prefix(1);
        if (text.empty())
            return choice.share <= 1;
        if (!text.starts_with(':'))
            return false;
        text.remove_prefix(1);
        if (!number(value))
            return false;
    }
    if (!text.empty() || value != std::floor(value) || value > 1e15)
        return false;
    choice.most = static_cast<std::size_t>(value);
    return choice.share <= 1;
}

bool readOrder(std::string_view text, DigestChoice &choice)
{
    const std::size_t colon = std::min(text.find(':'), text.size());
    choice.column = text.substr(0, colon);
    if (colon < text.size())
        choice.figure = text.substr(colon + 1);
    constexpr auto isOneOf = [](const std::string &word, std::initializer_list<const char *> words) { return std::ranges::find(words, word) != words.end(); };
    return isOneOf(choice.column, {"query_time", "lock_time", "rows_sent", "rows_examined", "bytes_sent"})
        && isOneOf(choice.figure, {"sum", "min", "max", "median", "p95", "count"});
}

/// The exit status where it is known already.
std::optional<int> readOptions(std::span<const std::string> args, Options &options)
{
    bool onlyFiles = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
        const std::string &arg = args[i];
        if (onlyFiles || arg == "-" || !arg.starts_with('-')) {
            options.files.push_back(arg);
            continue;
        }
        if (arg == "--") {
            onlyFiles = true;
            continue;
        }
        if (arg == "--help" || arg == "-h") {
            std::fputs(help, stdout);
            return 0;
        }
        if (arg == "--inherit-database") {
            options.inherit = true;
            continue;
        }
        const std::size_t equals = arg.find('=');
        const std::string name = arg.substr(0, equals);
        if (name != "--format" && name != "--since" && name != "--until" && name != "--database" && name != "--user" && name != "--limit" && name != "--order-by")
            return wrongUsage("unknown option \"" + arg + '"');
        if (equals == arg.npos && i + 1 == args.size())
            return wrongUsage(name + " needs a value");
        const std::string value = equals == arg.npos ? args[++i] : arg.substr(equals + 1);
        const auto bad = [&](const char *wanted) { return wrongUsage(name + " \"" + value + "\" is not " + wanted); };
        if (name == "--format") {
            if (value != "json" && value != "text")
                return bad("json or text");
            options.json = value == "json";
        } else if (name == "--since" || name == "--until") {
            const auto at = readTime(value);
            if (!at)
                return bad("a time such as 2026-09-03T05:05:09Z or an age such as 6h");
            (name == "--since" ? options.since : options.until) = at;
        } else if (name == "--limit") {
            if (!readLimit(value, options.choice))
                return bad("a number, a share such as 95% or both as in 95%:20");
            options.hasLimit = true;
        } else if (name == "--order-by") {
            if (!readOrder(value, options.choice))
                return bad("a column and a figure such as query_time:sum");
        } else {
            addNames(name == "--database" ? options.databases : options.users, value);
        }
    }
    if (options.files.empty())
        options.files.emplace_back("-");
    if (!options.json && !options.hasLimit) {
        options.choice.share = 0.95;
        options.choice.most = 20;
    }
    return std::nullopt;
}

bool isWanted(const SlowEvent &event, const Options &options)
{
    if ((options.since && (!event.at || *event.at < *options.since)) || (options.until && (!event.at || *event.at >= *options.until)))
        return false;
    return (options.databases.empty() || std::ranges::find(options.databases, event.schema) != options.databases.end())
        && (options.users.empty() || std::ranges::find(options.users, event.user) != options.users.end());
}

Result<void> digestFile(const std::string &path, const Options &options, SlowDigest &digest)
{
    auto reader = LogReader::open(path);
    if (!reader)
        return fail(reader.error());
    SlowLogParser parser;
    SlowEvent event;
    std::string schema;
    for (bool more = true; more;) {
        const auto size = (*reader)->read(parser.space());
        if (!size)
            return fail(size.error());
        more = *size > 0;
        more ? parser.take(*size) : parser.finish();
        while (parser.next(event)) {
            if (options.inherit) {
                if (event.schema.empty())
                    event.schema = schema;
                else if (event.schema != schema)
                    schema = event.schema;
            }
            if (isWanted(event, options))
                digest.add(event);
        }
    }
    return {};
}

} // namespace

int digestMain(std::span<const std::string> args)
{
    Options options;
    if (const auto status = readOptions(args, options))
        return *status;
    SlowDigest digest;
    for (const std::string &file : options.files) {
        if (const auto done = digestFile(file, options, digest); !done) {
            const auto &fields = done.error().fields;
            std::fprintf(stderr, "zandb-agent digest: %s: %s\n", file == "-" ? "standard input" : printable(file).c_str(),
                         fields.contains("detail") ? printable(fields.at("detail")).c_str() : printable(describe(done.error())).c_str());
            return 1;
        }
    }
    if (options.json)
        printDigestJson(stdout, digest, options.choice);
    else
        printDigestText(stdout, digest, options.choice, options.files);
    if (std::fflush(stdout) != 0 || std::ferror(stdout)) {
        std::fputs("zandb-agent digest: the report cannot be written\n", stderr);
        return 1;
    }
    return 0;
}

} // namespace zandb::agent
