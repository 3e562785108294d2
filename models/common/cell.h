// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/format.h"
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
    case Qt::TextAlignmentRole:
        return QVariant::fromValue((cell.number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default:
        return {};
    }
}

inline Cell textCell(const std::string &text)
{
    return {qs(text), {}, {}, {}, false};
}

inline Cell numberCell(std::int64_t number)
{
    return {QString::number(number), static_cast<qlonglong>(number), static_cast<qlonglong>(number), {}, true};
}

inline Cell bytesCell(std::int64_t bytes)
{
    return {bytesText(bytes), static_cast<qlonglong>(bytes), static_cast<qlonglong>(bytes), exactBytesText(bytes), true};
}

inline Cell secondsCell(std::int64_t seconds)
{
    return {durationText(std::chrono::seconds{seconds}), static_cast<qlonglong>(seconds), static_cast<qlonglong>(seconds), {}, true};
}

/// An instant: local time shown, UTC in tooltip and copies.
inline Cell timeCell(const std::optional<TimePoint> &at)
{
    if (!at || toMicros(*at) == 0)
        return {};
    return {localTimeText(*at), static_cast<qlonglong>(toMicros(*at)), qs(toIso(*at)), exactTimeText(*at), false};
}

inline Cell durationCell(Microseconds duration)
{
    return {durationText(duration), static_cast<qlonglong>(duration.count()), static_cast<double>(duration.count()) / 1e6,
            exactDurationText(duration), true};
}

} // namespace zandb
