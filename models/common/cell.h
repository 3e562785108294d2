// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/format.h"
#include "models/common/look.h"
#include "models/common/roles.h"
#include "models/common/text.h"

#include <QVariant>

#include <chrono>

namespace zandb {

/// A cell of its kind: what each role answers.
struct Cell
{
    QString text;
    QVariant sort;  ///< invalid: as the text
    QVariant exact; ///< invalid: as the text
    QString tip;
    bool number = false;
    QVariant raw = {}; ///< invalid: as `exact`
};

inline QVariant answer(const Cell &cell, int role)
{
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.tip.isEmpty() ? cell.text : cell.tip;
    case SortRole:
        return cell.sort.isValid() ? cell.sort : cell.text.isEmpty() ? QVariant() : QVariant(cell.text);
    case ExactRole:
        return cell.exact.isValid() ? cell.exact : QVariant(cell.text);
    case RawRole:
        return cell.raw;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((cell.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

// What follows answers one role without making the texts of the others: a sort of 100,000 rows asks for SortRole a
// few million times.

inline Cell textCell(const std::string &text)
{
    return {qs(text), {}, {}, {}, false};
}

template<class MakeText, class MakeTip>
QVariant numberAnswer(const QVariant &sort, const QVariant &exact, int role, bool right, MakeText text, MakeTip tip)
{
    switch (role) {
    case Qt::DisplayRole:
        return text();
    case Qt::ToolTipRole:
        return tip();
    case SortRole:
        return sort;
    case ExactRole:
        return exact;
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

/// A state: its word, sorted and coloured by its look.
template<class MakeText>
QVariant lookAnswer(Look look, MakeText text, int role)
{
    if (role == LookRole)
        return static_cast<int>(look);
    if (role == RawRole)
        return lookName(look);
    return numberAnswer(static_cast<qlonglong>(look), role == ExactRole ? QVariant(text()) : QVariant(), role, false, text, text);
}

/// Units of exact values, as headings of exports name them.
inline constexpr QLatin1String inBytes("bytes");
inline constexpr QLatin1String inSeconds("s");
inline constexpr QLatin1String inUtc("UTC");

/// How a header answers: its title, aligned as its column is, and the unit of its exact values.
inline QVariant headerAnswer(const QString &title, bool number, int role, QLatin1String unit = {})
{
    if (role == UnitRole)
        return QString(unit);
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    return role == Qt::DisplayRole ? QVariant(title) : QVariant();
}

inline QVariant integerAnswer(std::int64_t number, int role)
{
    const auto text = [&] { return QString::number(number); };
    return numberAnswer(static_cast<qlonglong>(number), static_cast<qlonglong>(number), role, true, text, text);
}

inline QVariant bytesAnswer(std::int64_t bytes, int role)
{
    return numberAnswer(static_cast<qlonglong>(bytes), static_cast<qlonglong>(bytes), role, true, [&] { return bytesText(bytes); },
                        [&] { return exactBytesText(bytes); });
}

inline QVariant durationAnswer(Microseconds duration, int role)
{
    return numberAnswer(static_cast<qlonglong>(duration.count()), static_cast<double>(duration.count()) / 1e6, role, true,
                        [&] { return durationText(duration); }, [&] { return exactDurationText(duration); });
}

/// An instant: local time, to the minute in long lists; all of it, and UTC, in tooltip and copies.
inline QVariant timeAnswer(const std::optional<TimePoint> &at, int role, bool seconds = false)
{
    if (!at || toMicros(*at) == 0)
        return answer({}, role);
    if (role == ExactRole)
        return qs(toIso(*at));
    return numberAnswer(static_cast<qlonglong>(toMicros(*at)), {}, role, false, [&] { return seconds ? localTimeText(*at) : localTimeText(*at).left(16); },
                        [&] { return exactTimeText(*at); });
}

} // namespace zandb
