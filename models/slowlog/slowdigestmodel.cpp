// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/slowdigestmodel.h"

#include "models/common/cell.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace zandb {
namespace {

struct SlowQueryText
{
    Q_DECLARE_TR_FUNCTIONS(SlowQueryText)
};

constexpr qsizetype longestCell = 400; ///< characters of a fingerprint in a table; all of it stands beside

QVariant microsAnswer(const std::optional<double> &us, int role)
{
    if (!us)
        return answer({{}, {}, {}, {}, true}, role);
    return numberAnswer(*us, *us / 1e6, role, true, [&] { return shortDurationText(*us); }, [&] { return exactDurationText(Microseconds{static_cast<std::int64_t>(std::llround(*us))}); });
}

QVariant countAnswer(std::int64_t count, int role)
{
    const auto number = static_cast<qlonglong>(count);
    return numberAnswer(number, number, role, true, [&] { return countText(count); }, [&] { return QLocale().toString(number); });
}

QVariantList listOf(const std::vector<double> &values)
{
    QVariantList list;
    for (const double value : values)
        list << value;
    return list;
}

} // namespace

QString digestLine(const SlowDigestRow &row)
{
    if (row.checksum == slowOther)
        return SlowQueryText::tr("(rare digests together)");
    return row.fingerprint.empty() ? SlowQueryText::tr("(its text is not known)") : qs(row.fingerprint).simplified();
}

QString changeText(double now, double before)
{
    const auto change = changeOf(now, before);
    if (!change)
        return now > 0 ? SlowQueryText::tr("new") : QString();
    const double percent = std::round(*change * 100);
    if (percent >= 1000)
        return SlowQueryText::tr("%1 times").arg(QLocale().toString(*change + 1, 'f', 0));
    return (percent > 0 ? QStringLiteral("+") : QString()) + QLocale().toString(percent, 'f', 0) + QStringLiteral("\u00a0%");
}

QString metricText(SlowMetric metric)
{
    return metric == SlowMetric::Time ? SlowQueryText::tr("Total time") : metric == SlowMetric::Count ? SlowQueryText::tr("Count") : SlowQueryText::tr("Rows examined");
}

QString byText(SlowBy by)
{
    switch (by) {
    case SlowBy::Digest:
        return SlowQueryText::tr("Digest");
    case SlowBy::User:
        return SlowQueryText::tr("User");
    case SlowBy::Schema:
        return SlowQueryText::tr("Schema");
    case SlowBy::Instance:
        return SlowQueryText::tr("Instance");
    case SlowBy::Group:
        return SlowQueryText::tr("Group");
    }
    return {};
}

QString lineText(const SlowLine &line, SlowBy by)
{
    if (line.key == "*")
        return by == SlowBy::Group ? SlowQueryText::tr("in no group below") : SlowQueryText::tr("other");
    if (!line.name.empty())
        return qs(line.name).simplified();
    return line.key.empty() ? SlowQueryText::tr("not known") : by == SlowBy::Digest ? qs(line.key).right(16) : qs(line.key);
}

ChartUnit slowChartUnit(SlowMetric metric)
{
    return metric == SlowMetric::Time ? ChartUnit::Seconds : ChartUnit::PerSecond;
}

ChartData slowChart(const SlowOverTime &overTime, SlowMetric metric, std::size_t lines)
{
    ChartData data{overTime.axis.begin, overTime.axis.end(), {}};
    const double seconds = std::chrono::duration<double>(overTime.axis.step).count();
    for (const SlowLine &line : topLines(overTime, metric, lines)) {
        ChartLine drawn{qs(line.key.empty() ? "-" : line.key), lineText(line, overTime.by), {}};
        drawn.values.reserve(line.points.size());
        for (const SlowTotals &point : line.points) {
            const double value = static_cast<double>(valueOf(point, metric)) / (metric == SlowMetric::Time ? 1e6 : 1) / seconds;
            drawn.values.push_back(Spread{value, value, value});
        }
        data.lines.push_back(std::move(drawn));
    }
    return data;
}

SlowDigestModel::SlowDigestModel(QObject *parent) : TableModel(ColumnCount, parent) {}

void SlowDigestModel::setTop(const SlowTop &top, SlowMetric metric)
{
    std::vector<SlowDigestCells> rows;
    rows.reserve(top.digests.size());
    for (const SlowDigestRow &row : top.digests)
        rows.push_back({row, 0, top.sum.timeUs, top.from});
    std::ranges::stable_sort(rows, [&](const SlowDigestCells &a, const SlowDigestCells &b) {
        const bool left = a.row.checksum == slowOther, right = b.row.checksum == slowOther; // no digest: it comes last
        return left != right ? right : valueOf(a.row.figures.totals(), metric) > valueOf(b.row.figures.totals(), metric);
    });
    for (std::size_t i = 0; i < rows.size(); ++i)
        rows[i].rank = static_cast<int>(i) + 1;
    setRows(std::move(rows));
}

bool SlowDigestModel::same(const SlowDigestCells &a, const SlowDigestCells &b) const
{
    return a.rank == b.rank && a.allUs == b.allUs && a.from == b.from && a.row.figures == b.row.figures && a.row.before == b.row.before
        && a.row.fingerprint == b.row.fingerprint && a.row.acceptedAt == b.row.acceptedAt && a.row.acceptedNote == b.row.acceptedNote && a.row.firstSeen == b.row.firstSeen
        && a.row.trend == b.row.trend && a.row.trendBefore == b.row.trendBefore;
}

QVariant SlowDigestModel::cell(const SlowDigestCells &cells, int column, int role) const
{
    const SlowDigestRow &row = cells.row;
    const SlowFigures &figures = row.figures;
    if (role == IdRole)
        return QVariant::fromValue(row.checksum);
    switch (column) {
    case Rank:
        return integerAnswer(cells.rank, role);
    case Digest: {
        if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != SortRole && role != ExactRole)
            return answer({}, role);
        const QString line = digestLine(row);
        return answer({line.left(longestCell), line, row.fingerprint.empty() ? line : qs(row.fingerprint), line.left(2000), false}, role);
    }
    case Share: {
        const double share = cells.allUs > 0 ? 100.0 * static_cast<double>(figures.time.sum) / static_cast<double>(cells.allUs) : 0;
        if (role == PercentRole)
            return share;
        return numberAnswer(share, share, role, false, [&] { return percentText(share); }, [&] { return percentText(share); });
    }
    case Calls:
        return countAnswer(figures.events, role);
    case Total:
        return microsAnswer(static_cast<double>(figures.time.sum), role);
    case Mean:
        return microsAnswer(figures.time.mean(), role);
    case P95:
        return microsAnswer(slowQuantileUs(figures, 0.95), role);
    case Ratio: {
        const auto ratio = examinedPerSent(figures);
        if (!ratio)
            return answer({{}, {}, {}, {}, true}, role);
        return numberAnswer(*ratio, *ratio, role, true, [&] { return countText(static_cast<std::int64_t>(std::llround(*ratio))) + QStringLiteral("\u00a0:\u00a01"); },
                            [&] { return tr("%1 rows examined, %2 rows sent").arg(QLocale().toString(static_cast<qlonglong>(figures.examined.sum)),
                                                                                     QLocale().toString(static_cast<qlonglong>(figures.sent.sum))); });
    }
    case Examined:
        return countAnswer(figures.examined.sum, role);
    case Trend:
        if (role == TrendRole)
            return QVariantList{QVariant(listOf(row.trendBefore)), QVariant(listOf(row.trend))};
        [[fallthrough]];
    case Change: {
        const double now = static_cast<double>(figures.time.sum), before = static_cast<double>(row.before.timeUs);
        const auto change = changeOf(now, before);
        const QString tip = tr("%1 in this time range, %2 in the one of the same length before it").arg(shortDurationText(now), shortDurationText(before));
        return answer({column == Trend ? QString() : changeText(now, before), change ? QVariant(*change) : QVariant(1e300), change ? QVariant(*change) : QVariant(), tip, true}, role);
    }
    case FirstSeen:
        return timeAnswer(row.firstSeen, role);
    case Note:
        if (!row.acceptedBy.empty() || row.acceptedAt)
            return answer({tr("accepted"), {}, {}, tr("By %1: %2").arg(qs(row.acceptedBy), qs(row.acceptedNote)), false, QStringLiteral("accepted")}, role);
        return answer({isNew(row, cells.from) ? tr("new") : QString(), {}, {}, {}, false, isNew(row, cells.from) ? QStringLiteral("new") : QString()}, role);
    case Checksum:
        return answer(textCell(checksumText(row.checksum)), role);
    default:
        return {};
    }
}

QVariant SlowDigestModel::header(int column, int role) const
{
    const bool isTime = column == Total || column == Mean || column == P95;
    const bool isNumber = isTime || column == Rank || column == Calls || column == Ratio || column == Examined || column == Change;
    const auto title = [&](const QString &text) { return headerAnswer(text, isNumber, role, isTime ? inSeconds : column == FirstSeen ? inUtc : QLatin1String()); };
    switch (column) {
    case Rank:
        return title(QStringLiteral("#"));
    case Digest:
        return title(tr("Digest"));
    case Share:
        return title(tr("Share"));
    case Calls:
        return title(tr("Calls"));
    case Total:
        return title(tr("Total"));
    case Mean:
        return title(tr("Mean"));
    case P95:
        return title(tr("p95"));
    case Ratio:
        return title(tr("Examined / sent"));
    case Examined:
        return title(tr("Examined"));
    case Trend:
        return title(tr("Trend"));
    case Change:
        return title(tr("Change"));
    case FirstSeen:
        return title(tr("First seen"));
    case Note:
        return title(tr("Note"));
    case Checksum:
        return title(tr("Checksum"));
    default:
        return {};
    }
}

QList<Fact> factsOf(const SlowDigestRow &row, std::int64_t allUs)
{
    const SlowFigures &figures = row.figures;
    QList<Fact> facts;
    const auto add = [&](const QString &label, const QString &value, const QString &tip = {}, bool fixed = false) {
        if (!value.isEmpty())
            facts.push_back({label, value, tip, fixed});
    };
    const auto time = [](const std::optional<double> &us) { return us ? shortDurationText(*us) : QString(); };
    if (allUs > 0)
        add(SlowQueryText::tr("Share of total time"), percentText(100.0 * static_cast<double>(figures.time.sum) / static_cast<double>(allUs)));
    add(SlowQueryText::tr("Calls"), countText(figures.events));
    add(SlowQueryText::tr("Total time"), time(static_cast<double>(figures.time.sum)));
    add(SlowQueryText::tr("Change"), changeText(static_cast<double>(figures.time.sum), static_cast<double>(row.before.timeUs)));
    add(SlowQueryText::tr("Mean"), time(figures.time.mean()));
    add(SlowQueryText::tr("Median"), time(slowQuantileUs(figures, 0.5)));
    add(SlowQueryText::tr("p95"), time(slowQuantileUs(figures, 0.95)));
    if (figures.time.count > 0)
        add(SlowQueryText::tr("Longest"), time(static_cast<double>(figures.time.most)));
    if (figures.lock.count > 0)
        add(SlowQueryText::tr("Waiting for locks"), time(static_cast<double>(figures.lock.sum)));
    if (figures.examined.count > 0)
        add(SlowQueryText::tr("Rows examined"), countText(figures.examined.sum));
    if (figures.sent.count > 0)
        add(SlowQueryText::tr("Rows sent"), countText(figures.sent.sum));
    if (const auto ratio = examinedPerSent(figures))
        add(SlowQueryText::tr("Examined / sent"), countText(static_cast<std::int64_t>(std::llround(*ratio))) + QStringLiteral("\u00a0:\u00a01"));
    if (figures.bytes.count > 0)
        add(SlowQueryText::tr("Sent"), bytesText(figures.bytes.sum), exactBytesText(figures.bytes.sum));
    if (row.firstSeen != TimePoint{})
        add(SlowQueryText::tr("First seen"), localTimeText(row.firstSeen).left(16), exactTimeText(row.firstSeen));
    if (row.acceptedAt) {
        add(SlowQueryText::tr("Accepted"), SlowQueryText::tr("by %1, %2").arg(qs(row.acceptedBy), localTimeText(*row.acceptedAt).left(16)), exactTimeText(*row.acceptedAt));
        add(SlowQueryText::tr("Why"), qs(row.acceptedNote));
    }
    if (row.checksum != slowOther)
        add(SlowQueryText::tr("Checksum"), qs(checksumText(row.checksum)), {}, true);
    return facts;
}

QString ticketText(const SlowDigestRow &row, std::int64_t allUs, const QString &place, const SlowDigestDetail *detail)
{
    QStringList lines{SlowQueryText::tr("Slow statement %1").arg(qs(checksumText(row.checksum))), place, QString()};
    for (const Fact &fact : factsOf(row, allUs)) {
        if (!fact.fixedWidth)
            lines << fact.label + QStringLiteral(": ") + QString(fact.value).replace(QChar(0xa0), QLatin1Char(' '));
    }
    lines << QString() << SlowQueryText::tr("Fingerprint:") << (row.fingerprint.empty() ? digestLine(row) : qs(row.fingerprint));
    if (detail && !detail->callers.empty()) {
        lines << QString() << SlowQueryText::tr("Sent by:");
        for (std::size_t i = 0; i < std::min<std::size_t>(10, detail->callers.size()); ++i) {
            const SlowCallerRow &caller = detail->callers[i];
            lines << QStringLiteral("  %1@%2 %3: ").arg(qs(caller.user), qs(caller.host), qs(caller.schema))
                    + SlowQueryText::tr("%1 calls, %2").arg(countText(caller.totals.events), shortDurationText(static_cast<double>(caller.totals.timeUs)));
        }
    }
    if (detail && !detail->examples.empty()) {
        const wire::SlowSample &sample = detail->examples.front().sample;
        lines << QString() << SlowQueryText::tr("Example (masked), %1, %2:").arg(exactTimeText(sample.at), shortDurationText(sample.querySeconds * 1e6)) << qs(sample.query);
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

} // namespace zandb
