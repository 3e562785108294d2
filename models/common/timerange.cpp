// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/timerange.h"

#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>

namespace zandb {
namespace {

struct TimeRangeText
{
    Q_DECLARE_TR_FUNCTIONS(TimeRangeText)
};

} // namespace

std::pair<TimePoint, TimePoint> TimeRange::at(TimePoint now) const
{
    if (lastHours > 0)
        return {now - std::chrono::hours{lastHours}, now};
    return {from, until};
}

TimeRange TimeRange::moved(int steps, TimePoint now) const
{
    const auto [a, b] = at(now);
    const auto by = (b - a) * steps;
    return fixed(a + by, b + by);
}

QString TimeRange::title() const
{
    if (lastHours <= 0)
        return TimeRangeText::tr("%1 to %2").arg(localTimeText(from).left(16), localTimeText(until).left(16));
    if (lastHours % 24 == 0 && lastHours > 24)
        return TimeRangeText::tr("last %n day(s)", nullptr, lastHours / 24);
    return TimeRangeText::tr("last %n hour(s)", nullptr, lastHours);
}

QString TimeRange::toText() const
{
    if (lastHours <= 0)
        return qs(toIso(from)) + QLatin1Char('~') + qs(toIso(until));
    if (lastHours % 24 == 0)
        return QStringLiteral("%1d").arg(lastHours / 24);
    return QStringLiteral("%1h").arg(lastHours);
}

std::optional<TimeRange> TimeRange::parse(const QString &text)
{
    const auto tilde = text.indexOf(QLatin1Char('~'));
    if (tilde >= 0) {
        const auto a = fromIso(text.left(tilde).toStdString());
        const auto b = fromIso(text.mid(tilde + 1).toStdString());
        if (!a || !b || *a >= *b)
            return std::nullopt;
        return fixed(*a, *b);
    }
    bool ok = false;
    const int number = text.chopped(text.isEmpty() ? 0 : 1).toInt(&ok);
    if (!ok || number <= 0 || number > 10'000)
        return std::nullopt;
    if (text.endsWith(QLatin1Char('d')))
        return last(number * 24);
    if (text.endsWith(QLatin1Char('h')))
        return last(number);
    return std::nullopt;
}

} // namespace zandb
