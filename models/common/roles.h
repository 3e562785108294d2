// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <Qt>

namespace zandb {

/// What our item models answer beyond Qt's own roles.
enum Role {
    SortRole = Qt::UserRole + 1, ///< typed: numbers, instants as integers, text
    ExactRole,                   ///< what copies and exports hold: words as they are shown, numbers in the unit of the header's
                                 ///< UnitRole, instants as ISO 8601 UTC
    RawRole,                     ///< for programs: what the word stands for, such as a state's or an error's stable name; invalid: as ExactRole
    UnitRole,                    ///< of a header: the unit of the column's exact values; empty: none
    LookRole,                    ///< int of Look, where a cell is a state
    IdRole,                      ///< Uuid of the row's subject
    StaleRole,                   ///< bool: older than twice its interval, to be greyed
    PercentRole,                 ///< double 0..100, where a cell is progress
    TrendRole,                   ///< QVariantList of two QVariantLists of double, where a cell is a trend: the time before, and this time
    FirstFreeRole,
};

} // namespace zandb
