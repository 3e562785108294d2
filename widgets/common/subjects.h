// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/uuid.h"

#include <QString>

#include <vector>

class QPushButton;

namespace zandb {

class Inspector;

/// What an act would be done to.
struct Subjects
{
    std::vector<Uuid> ids;
    QString whyNone; ///< why it can be done to none of them; empty: it can, or they have different reasons
};
/// What becomes of a button: it acts on those of the subjects that can be acted on, says how many, or is disabled with the
/// reason.  `one` and `many` are its words; `many` has %1 for the number.
void offer(Inspector *inspector, QPushButton *button, const Subjects &subjects, std::size_t shown, const QString &one, const QString &many,
           const QString &forbidden);

} // namespace zandb
