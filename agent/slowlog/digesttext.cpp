// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/printable.h"
#include "agent/slowlog/digestreport.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace zandb::agent {
namespace {

constexpr std::size_t shownSampleBytes = 1024, shownNames = 5, barWidth = 60;

std::string formatted(const char *format, double value)
{
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), format, value);
    return text.data();
}

std::string seconds(double value)
{
    if (value >= 100)
        return formatted("%.0fs", value);
    if (value >= 1)
        return formatted("%.2fs", value);
    if (value >= 1e-3)
        return formatted("%.1fms", value * 1e3);
    return value > 0 ? formatted("%.0fus", value * 1e6) : "0";
}

std::string amount(double value)
{
    constexpr std::array<const char *, 5> units{"", "k", "M", "G", "T"};
    std::size_t unit = 0;
    while (value >= 1000 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    return (unit == 0 && value == std::floor(value) ? formatted("%.0f", value) : formatted("%.2f", value)) + units[unit];
}

void columnLine(std::FILE *out, const char *name, const SlowColumn &column, const SlowColumn &all, std::string (*text)(double))
{
    if (column.count == 0)
        return;
    const double share = all.sum > 0 ? column.sum / all.sum * 100 : 0;
    std::fprintf(out, "# %-14s %5.1f%% %9s %9s %9s %9s %9s %9s %9s\n", name, share, text(column.sum).c_str(), text(column.min).c_str(),
                 text(column.max).c_str(), text(column.sum / static_cast<double>(column.count)).c_str(), text(column.percentile95()).c_str(),
                 text(column.deviation()).c_str(), text(column.median()).c_str());
}

void columnLines(std::FILE *out, const SlowClass &of, const SlowClass &all)
{
    std::fprintf(out, "# %-14s %6s %9s %9s %9s %9s %9s %9s %9s\n", "Attribute", "share", "total", "min", "max", "mean", "95%", "stddev", "median");
    std::fputs("# -------------- ------ --------- --------- --------- --------- --------- --------- ---------\n", out);
    columnLine(out, "Query time", of.query, all.query, seconds);
    columnLine(out, "Lock time", of.lock, all.lock, seconds);
    columnLine(out, "Rows sent", of.sent, all.sent, amount);
    columnLine(out, "Rows examined", of.examined, all.examined, amount);
    columnLine(out, "Bytes sent", of.bytes, all.bytes, amount);
}

void namesLine(std::FILE *out, const char *title, const std::vector<std::uint32_t> &ids, const SlowNames &names)
{
    if (ids.empty())
        return;
    std::string line;
    for (std::size_t i = 0; i < std::min(ids.size(), shownNames); ++i)
        line += (i ? ", " : "") + printable(names.name(ids[i]));
    if (ids.size() > shownNames)
        line += " and " + std::to_string(ids.size() - shownNames) + " more";
    std::fprintf(out, "# %-14s %s\n", title, line.c_str());
}

/// Query times by powers of ten.
void distribution(std::FILE *out, const SlowColumn &query)
{
    constexpr std::array<const char *, 8> titles{"  1us", " 10us", "100us", "  1ms", " 10ms", "100ms", "   1s", " 10s+"};
    std::array<std::int64_t, titles.size()> counts{};
    for (const auto &[bucket, count] : query.sketch.buckets()) {
        const double value = SlowSketch::upperEnd(bucket);
        const double power = value > 0 ? std::floor(std::log10(value) + 1e-9) + 6 : 0;
        counts[static_cast<std::size_t>(std::clamp(power, 0.0, titles.size() - 1.0))] += count;
    }
    const std::int64_t most = std::max<std::int64_t>(1, *std::ranges::max_element(counts));
    std::fputs("# Distribution of query times\n", out);
    for (std::size_t i = 0; i < titles.size(); ++i) {
        const auto width = static_cast<std::size_t>((counts[i] * static_cast<std::int64_t>(barWidth) + most - 1) / most);
        std::fprintf(out, "# %s%s%s\n", titles[i], width ? "  " : "", std::string(width, '#').c_str());
    }
}

std::string range(const std::optional<TimePoint> &first, const std::optional<TimePoint> &last)
{
    return first ? toIso(*first) + (*first == *last ? "" : " to " + toIso(*last)) : "unknown";
}

/// Events a second, and how many ran at once on average.
std::string rates(double events, double busy, const std::optional<TimePoint> &first, const std::optional<TimePoint> &last)
{
    if (!first || *first == *last)
        return "";
    const double length = std::chrono::duration<double>(*last - *first).count();
    return ", " + formatted("%.2f", events / length) + " a second, concurrency " + formatted("%.2f", busy / length);
}

std::string shortened(std::string_view text, std::size_t size)
{
    return text.size() <= size ? std::string(text) : std::string(text.substr(0, size)) + "...";
}

} // namespace

void printDigestText(std::FILE *out, const SlowDigest &digest, const DigestChoice &choice, const std::vector<std::string> &names)
{
    const auto ordered = orderedClasses(digest, choice);
    const std::size_t shown = shownClasses(ordered, choice);
    SlowClass all;
    for (const SlowClass *of : ordered) {
        all.events += of->events;
        all.query.add(of->query);
        all.lock.add(of->lock);
        all.sent.add(of->sent);
        all.examined.add(of->examined);
        all.bytes.add(of->bytes);
    }
    std::fputs("# Files         ", out);
    for (const std::string &name : names)
        std::fprintf(out, " %s", name == "-" ? "standard input" : printable(name).c_str());
    std::fprintf(out, "\n# Overall        %lld events, %zu digests%s\n# Time range     %s\n#\n", static_cast<long long>(all.events), ordered.size(),
                 rates(static_cast<double>(all.events), all.query.sum, digest.first(), digest.last()).c_str(), range(digest.first(), digest.last()).c_str());
    columnLines(out, all, all);

    std::fputs("\n# Profile\n# Rank Digest                            Total time   Share     Calls     Mean  Statement\n"
               "# ==== ================================ ============ ======= ========= ========  =========\n",
               out);
    const auto profileLine = [&](const std::string &rank, const std::string &checksum, const SlowClass &of, const std::string &statement) {
        std::fprintf(out, "# %4s %-32s %12s %6.1f%% %9lld %8s  %s\n", rank.c_str(), checksum.c_str(), seconds(of.query.sum).c_str(),
                     all.query.sum > 0 ? of.query.sum / all.query.sum * 100 : 0.0, static_cast<long long>(of.events),
                     of.query.count ? seconds(of.query.sum / static_cast<double>(of.query.count)).c_str() : "", statement.c_str());
    };
    for (std::size_t i = 0; i < shown; ++i)
        profileLine(std::to_string(i + 1), slowChecksum(ordered[i]->fingerprint), *ordered[i], printable(shortened(ordered[i]->fingerprint, 60)));
    if (shown < ordered.size()) {
        SlowClass rest;
        for (std::size_t i = shown; i < ordered.size(); ++i) {
            rest.events += ordered[i]->events;
            rest.query.add(ordered[i]->query);
        }
        profileLine("", "", rest, std::to_string(ordered.size() - shown) + " more digests");
    }

    for (std::size_t i = 0; i < shown; ++i) {
        const SlowClass &of = *ordered[i];
        std::fprintf(out, "\n# Digest %zu: %s\n# Calls          %lld, %.1f%% of all%s\n# Time range     %s\n", i + 1, slowChecksum(of.fingerprint).c_str(),
                     static_cast<long long>(of.events), static_cast<double>(of.events) / static_cast<double>(all.events) * 100,
                     rates(static_cast<double>(of.events), of.query.sum, of.first, of.last).c_str(), range(of.first, of.last).c_str());
        columnLines(out, of, all);
        namesLine(out, "Databases", of.databases, digest.databases());
        namesLine(out, "Users", of.users, digest.users());
        namesLine(out, "Hosts", of.hosts, digest.hosts());
        if (of.query.count)
            distribution(out, of.query);
        std::fprintf(out, "# Fingerprint\n#    %s\n", printable(shortened(of.fingerprint, shownSampleBytes)).c_str());
        if (!of.sample.empty())
            std::fprintf(out, "# Slowest%s%s\n%s\\G\n", of.sampleSeconds ? (", " + seconds(*of.sampleSeconds)).c_str() : "",
                         of.sampleAt ? (", " + toIso(*of.sampleAt)).c_str() : "", printable(shortened(of.sample, shownSampleBytes), true).c_str());
    }
}

} // namespace zandb::agent
