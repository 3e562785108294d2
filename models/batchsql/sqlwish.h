// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/wavepolicy.h"

#include <QByteArray>
#include <QString>

namespace zandb {

/// What an editor holds; it outlives the program.
struct SqlDraft
{
    QString name;
    QByteArray text;
    QString schema;
    std::vector<Uuid> targets;
};

/// How a script is to run.
struct SqlRules
{
    workflow::WavePolicy policy;
    std::int64_t timeoutSeconds = 60;      ///< of each statement
    std::int64_t lockWaitSeconds = 3; ///< whoever waits for a table holds up all who come after
    std::int64_t rows = 10'000;            ///< shown of each result
    QString saveTo;                        ///< directory for whole results as files of CSV; empty: what goes beyond `rows` is not read
    std::vector<std::string> accepted;     ///< refusals that the person accepts, by name
};

/// What a person wants to have run or previewed.
struct SqlWish
{
    QString schema;
    std::vector<Uuid> targets;
    std::vector<std::string> statements;
    bool needsConfirmation = false; ///< the guard wants it for one of them
    bool readsOnly = false;         ///< all are of class R
    SqlRules rules;
};

} // namespace zandb
