// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/chartdata.h"

#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QStringList>
#include <QTimeZone>

#include <algorithm>
#include <array>
#include <cmath>

namespace zandb {
namespace {

struct ChartText
{
    Q_DECLARE_TR_FUNCTIONS(ChartText)
};

/// Of 1, 2 and 5 times a power of ten the smallest that is not below `value`.
double plainStep(double value)
{
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (step * power >= value * (1 - 1e-9))
            return step * power;
    }
    return 10 * power;
}

struct Prefix
{
    double size = 1;
    QString unit;
};

/// The unit in which values up to `high` have short numbers.
Prefix prefixOf(double high, ChartUnit unit)
{
    static constexpr std::array bytes{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    static constexpr std::array thousands{"", "k", "M", "G"};
    std::size_t power = 0;
    switch (unit) {
    case ChartUnit::Bytes:
    case ChartUnit::BytesPerSecond:
        while (power + 1 < bytes.size() && high >= std::pow(1024, power + 1))
            ++power;
        return {std::pow(1024, power), QLatin1String(bytes[power]) + QLatin1String(unit == ChartUnit::Bytes ? "" : "/s")};
    case ChartUnit::Count:
    case ChartUnit::PerSecond:
        while (power + 1 < thousands.size() && high >= 10 * std::pow(1000, power + 1))
            ++power;
        return {std::pow(1000, power), QLatin1String(thousands[power]) + QLatin1String(unit == ChartUnit::Count ? "" : "/s")};
    case ChartUnit::Share:
        return {0.01, QStringLiteral("%")};
    case ChartUnit::Seconds:
        if (high >= 3 * 86400)
            return {86400, ChartText::tr("d", "days, beside an axis")};
        if (high >= 3 * 3600)
            return {3600, ChartText::tr("h", "hours, beside an axis")};
        if (high >= 3 * 60)
            return {60, ChartText::tr("min", "minutes, beside an axis")};
        return high >= 1 || high <= 0 ? Prefix{1, QStringLiteral("s")} : Prefix{0.001, QStringLiteral("ms")};
    }
    return {};
}

int decimalsOf(double step)
{
    return step >= 1 ? 0 : std::min(6, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
}

/// Three significant figures, and no noughts behind the point.
QString shortNumber(double value)
{
    const double size = std::abs(value);
    const int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : std::min(6, 2 - static_cast<int>(std::floor(std::log10(size))));
    QLocale locale;
    QString text = locale.toString(value, 'f', decimals);
    if (const QString point = QString(locale.decimalPoint()); text.contains(point)) {
        while (text.endsWith(QLatin1Char('0')))
            text.chop(1);
        if (text.endsWith(point))
            text.chop(point.size());
    }
    return text;
}

constexpr std::int64_t secondsOfDay = 86400;
constexpr std::array<std::int64_t, 21> tickSteps{
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 2 * 3600, 3 * 3600, 6 * 3600, 12 * 3600, secondsOfDay, 2 * secondsOfDay, 7 * secondsOfDay, 14 * secondsOfDay};

QDateTime wallTime(TimePoint at, const QTimeZone &zone)
{
    return QDateTime::fromMSecsSinceEpoch(toMicros(at) / 1000, zone);
}

TimeTick tickAt(const QDateTime &wall, std::int64_t step)
{
    TimeTick tick;
    tick.at = fromMicros(wall.toMSecsSinceEpoch() * 1000);
    tick.dayBegins = wall.time() == QTime(0, 0) || step >= secondsOfDay;
    tick.text = tick.dayBegins ? wall.date().toString(QStringLiteral("MM-dd")) : wall.time().toString(step < 60 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
    return tick;
}

/// Every `step` seconds of each day's wall clock; every so many days for longer steps.
std::vector<TimeTick> ticksEvery(std::int64_t step, TimePoint from, TimePoint until, const QTimeZone &zone)
{
    std::vector<TimeTick> ticks;
    const auto add = [&](const QDateTime &wall) {
        const TimeTick tick = tickAt(wall, step);
        if (tick.at >= from && tick.at <= until && (ticks.empty() || ticks.back().at < tick.at))
            ticks.push_back(tick);
    };
    if (step <= 900) { // every zone's clock differs from UTC by whole quarters of an hour, so that also an hour that comes twice has its ticks
        for (std::int64_t at = toMicros(from) / 1'000'000 / step * step; at <= toMicros(until) / 1'000'000; at += step)
            add(wallTime(TimePoint{std::chrono::seconds{at}}, zone));
        return ticks;
    }
    for (QDate day = wallTime(from, zone).date(); day <= wallTime(until, zone).date(); day = day.addDays(1)) {
        if (step >= secondsOfDay) {
            if (day.toJulianDay() % (step / secondsOfDay) == 0)
                add(day.startOfDay(zone));
            continue;
        }
        for (std::int64_t second = 0; second < secondsOfDay; second += step) {
            const QTime time = QTime(0, 0).addSecs(static_cast<int>(second));
            const QDateTime wall(day, time, zone);
            if (wall.isValid() && wall.time() == time)
                add(wall);
        }
    }
    return ticks;
}

} // namespace

TimePoint ChartData::at(std::size_t bucket) const
{
    const std::size_t count = std::max<std::size_t>(1, buckets());
    return from + Microseconds(static_cast<std::int64_t>(static_cast<double>((until - from).count()) * static_cast<double>(bucket) / static_cast<double>(count)));
}

bool ChartData::isEmpty() const
{
    return std::ranges::none_of(lines, [](const ChartLine &line) {
        return std::ranges::any_of(line.values, [](const auto &value) { return value.has_value(); });
    });
}

ChartColumns chartColumns(const ChartData &data, TimePoint from, TimePoint until, std::size_t most)
{
    const std::size_t buckets = data.buckets();
    const double length = static_cast<double>((data.until - data.from).count());
    if (buckets == 0 || length <= 0 || until <= from || most == 0)
        return {};
    const auto place = [&](TimePoint at) { return static_cast<double>((at - data.from).count()) / length * static_cast<double>(buckets); };
    const auto begin = static_cast<std::size_t>(std::clamp(std::floor(place(from) + 1e-6), 0.0, static_cast<double>(buckets)));
    const auto end = static_cast<std::size_t>(std::clamp(std::ceil(place(until) - 1e-6), 0.0, static_cast<double>(buckets)));
    if (end <= begin)
        return {};
    ChartColumns columns;
    for (columns.width = (end - begin + most - 1) / most;; ++columns.width) {
        columns.first = begin / columns.width * columns.width;
        columns.count = (end - columns.first + columns.width - 1) / columns.width;
        if (columns.count <= most)
            return columns;
    }
}

Spreads columnValues(const Spreads &values, const ChartColumns &columns)
{
    Spreads result(columns.count);
    for (std::size_t column = 0; column < columns.count; ++column) {
        const std::size_t begin = columns.first + column * columns.width;
        const std::size_t end = std::min(values.size(), begin + columns.width);
        Spread sum;
        int known = 0;
        for (std::size_t at = begin; at < end; ++at) {
            const auto &value = values[at];
            if (!value)
                continue;
            sum.low = known == 0 ? value->low : std::min(sum.low, value->low);
            sum.high = known == 0 ? value->high : std::max(sum.high, value->high);
            sum.mean += value->mean;
            ++known;
        }
        if (known > 0) {
            sum.mean /= known;
            result[column] = sum;
        }
    }
    return result;
}

ValueAxis valueAxis(double low, double high, ChartUnit unit, int mostTicks, bool fromZero)
{
    ValueAxis axis;
    const Prefix prefix = prefixOf(std::max(std::abs(low), std::abs(high)), unit);
    axis.unit = prefix.unit;
    double bottom = (fromZero ? std::min(0.0, low) : low) / prefix.size;
    double top = high / prefix.size;
    if (top <= bottom) {
        if (unit == ChartUnit::Share && !fromZero)
            bottom = std::max(0.0, top - 1);
        top = bottom + 1;
    }
    const int parts = std::max(1, mostTicks - 1);
    const double least = unit == ChartUnit::Count && prefix.size == 1 ? 1 : 0;
    double step = std::max(least, plainStep((top - bottom) / parts));
    const auto lower = [&] { return std::floor(bottom / step + 1e-9) * step; };
    const auto upper = [&] { return std::ceil(top / step - 1e-9) * step; };
    while ((upper() - lower()) / step > parts + 1e-9) // rounding outwards may need one part more than there is room for
        step = plainStep(step * 1.5);
    axis.bottom = lower() * prefix.size;
    axis.top = upper() * prefix.size;
    if (unit == ChartUnit::Share)
        axis.top = std::min(axis.top, std::max(1.0, high));
    const int count = static_cast<int>(std::lround((upper() - lower()) / step));
    for (int at = 0; at <= count; ++at) {
        const double value = lower() + at * step;
        if (value * prefix.size <= axis.top * (1 + 1e-9))
            axis.ticks.push_back({value * prefix.size, QLocale().toString(value, 'f', decimalsOf(step))});
    }
    return axis;
}

QString chartValueText(double value, ChartUnit unit)
{
    const QChar space(0xa0);
    if (unit == ChartUnit::Share)
        return QLocale().toString(value * 100, 'f', value < 0.1 || value > 0.99 ? 2 : 1) + space + QLatin1Char('%');
    if (unit == ChartUnit::Seconds && value >= 180)
        return durationText(Microseconds(static_cast<std::int64_t>(value * 1e6)));
    const Prefix prefix = prefixOf(std::abs(value), unit);
    const QString number = shortNumber(value / prefix.size);
    return prefix.unit.isEmpty() ? number : prefix.unit == QLatin1String("/s") ? number + prefix.unit : number + space + prefix.unit;
}

std::vector<TimeTick> timeTicks(TimePoint from, TimePoint until, const QTimeZone &zone, int mostTicks)
{
    const std::int64_t seconds = (toMicros(until) - toMicros(from)) / 1'000'000;
    if (seconds <= 0)
        return {};
    for (const std::int64_t step : tickSteps) {
        if (seconds / step > mostTicks)
            continue;
        auto ticks = ticksEvery(step, from, until, zone);
        if (static_cast<int>(ticks.size()) <= mostTicks)
            return ticks;
    }
    for (std::int64_t days = 28;; days *= 2) {
        auto ticks = ticksEvery(days * secondsOfDay, from, until, zone);
        if (static_cast<int>(ticks.size()) <= std::max(1, mostTicks))
            return ticks;
    }
}

QString chartText(const ChartData &data, const std::vector<bool> &shown)
{
    const auto isShown = [&](std::size_t line) { return line >= shown.size() || shown[line]; };
    QStringList head{QStringLiteral("at")};
    for (std::size_t line = 0; line < data.lines.size(); ++line) {
        if (isShown(line))
            head << data.lines[line].key;
    }
    QStringList rows{head.join(QLatin1Char('\t'))};
    for (std::size_t bucket = 0; bucket < data.buckets(); ++bucket) {
        QStringList cells{qs(toIso(data.at(bucket)))};
        for (std::size_t line = 0; line < data.lines.size(); ++line) {
            if (const auto &value = data.lines[line].values[bucket]; isShown(line))
                cells << (value ? QString::number(value->mean, 'g', 12) : QString());
        }
        rows << cells.join(QLatin1Char('\t'));
    }
    return rows.join(QLatin1Char('\n'));
}

} // namespace zandb
