// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/format.h"

#include "models/common/text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>

#include <array>
#include <cmath>
#include <cstdio>

namespace zandb {
namespace {

struct FormatText
{
    Q_DECLARE_TR_FUNCTIONS(FormatText)
};

QString two(std::int64_t number)
{
    return QStringLiteral("%1").arg(number, 2, 10, QLatin1Char('0'));
}

} // namespace

QString bytesText(std::int64_t bytes)
{
    static constexpr std::array<const char *, 6> units{"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    double value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (std::abs(value) >= 1024 && unit + 1 < units.size()) {
        value /= 1024;
        ++unit;
    }
    const int decimals = unit == 0 || std::abs(value) >= 100 ? 0 : std::abs(value) >= 10 ? 1 : 2;
    return QLocale().toString(value, 'f', decimals) + QChar(0xa0) + QLatin1String(units[unit]);
}

QString exactBytesText(std::int64_t bytes)
{
    return FormatText::tr("%1 bytes").arg(QLocale().toString(static_cast<qlonglong>(bytes)));
}

QString durationText(Microseconds duration)
{
    const std::int64_t us = duration.count();
    if (us < 0)
        return QStringLiteral("0 s");
    if (us < 1'000'000)
        return FormatText::tr("%1 ms").arg(us / 1000);
    const std::int64_t s = us / 1'000'000;
    if (s < 60)
        return FormatText::tr("%1 s").arg(QLocale().toString(static_cast<double>(us) / 1e6, 'f', 1));
    if (s < 3600)
        return FormatText::tr("%1 min %2 s").arg(s / 60).arg(two(s % 60));
    if (s < 86400)
        return FormatText::tr("%1 h %2 min").arg(s / 3600).arg(two(s / 60 % 60));
    return FormatText::tr("%1 d %2 h").arg(s / 86400).arg(s / 3600 % 24);
}

QString shortDurationText(double us)
{
    struct Unit
    {
        double us;
        QString text;
    };
    const std::array<Unit, 6> units{Unit{1, FormatText::tr("%1 µs")}, Unit{1e3, FormatText::tr("%1 ms")}, Unit{1e6, FormatText::tr("%1 s")},
                                    Unit{60e6, FormatText::tr("%1 min")}, Unit{3600e6, FormatText::tr("%1 h")}, Unit{86400e6, FormatText::tr("%1 d")}};
    std::size_t unit = 0;
    // what rounds to the next unit is shown in it
    while (unit + 1 < units.size() && us >= units[unit + 1].us * 0.9995)
        ++unit;
    const double value = us / units[unit].us;
    return units[unit].text.arg(QLocale().toString(value, 'f', unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2));
}

QString exactDurationText(Microseconds duration)
{
    return FormatText::tr("%1 s").arg(QLocale().toString(static_cast<double>(duration.count()) / 1e6, 'f', 6));
}

QString clockText(std::int64_t seconds)
{
    seconds = std::max<std::int64_t>(seconds, 0);
    if (seconds < 3600)
        return QStringLiteral("%1:%2").arg(seconds / 60).arg(two(seconds % 60));
    return QStringLiteral("%1:%2:%3").arg(seconds / 3600).arg(two(seconds / 60 % 60), two(seconds % 60));
}

QString ageText(Microseconds age)
{
    const std::int64_t s = std::max<std::int64_t>(age.count() / 1'000'000, 0);
    if (s < 60)
        return FormatText::tr("%1 s ago").arg(s);
    if (s < 3600)
        return FormatText::tr("%1 min ago").arg(s / 60);
    if (s < 2 * 86400)
        return FormatText::tr("%1 h ago").arg(s / 3600);
    return FormatText::tr("%1 d ago").arg(s / 86400);
}

QString localTimeText(TimePoint at)
{
    // QDateTime takes microseconds of time for each and lists ask for thousands: remember the zone's offset, which
    // changes at quarters of an hour only
    constexpr std::int64_t quarter = 15 * 60;
    thread_local std::int64_t knownQuarter = -1;
    thread_local int knownOffset = 0;
    const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    if (const std::int64_t here = seconds / quarter; here != knownQuarter) {
        knownOffset = QDateTime::fromSecsSinceEpoch(seconds).offsetFromUtc();
        knownQuarter = here;
    }
    const std::chrono::sys_seconds local{std::chrono::seconds{seconds + knownOffset}};
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{local - day};
    char text[32];
    const int size = std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                                   static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return QString::fromLatin1(text, size);
}

QString exactTimeText(TimePoint at)
{
    const QDateTime local = QDateTime::fromMSecsSinceEpoch(toMicros(at) / 1000);
    return FormatText::tr("%1 local (%2)\n%3 UTC").arg(local.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")),
                                            local.timeZoneAbbreviation(), qs(toIso(at)));
}

QString countText(std::int64_t count)
{
    if (std::abs(count) < 1'000'000)
        return QLocale().toString(static_cast<qlonglong>(count));
    static constexpr std::array<const char *, 5> units{"M", "G", "T", "P", "E"};
    double value = static_cast<double>(count) / 1e6;
    std::size_t unit = 0;
    for (; std::abs(value) >= 999.5 && unit + 1 < units.size(); ++unit)
        value /= 1000;
    return QLocale().toString(value, 'f', std::abs(value) >= 99.95 ? 0 : std::abs(value) >= 9.995 ? 1 : 2) + QChar(0xa0) + QLatin1String(units[unit]);
}

QString percentText(double percent)
{
    return QLocale().toString(std::floor(percent), 'f', 0) + QChar(0xa0) + QLatin1Char('%');
}

} // namespace zandb
