// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/instances.h"
#include "agent/protocol/explain.h"

#include <stop_token>

namespace zandb::agent {

/// What one question may take and give.
struct ExplainLimits
{
    std::chrono::milliseconds time{10'000};      ///< of each EXPLAIN; looking at the tables takes as much at most
    std::chrono::seconds lockWait{3};            ///< a waiting ALTER holds up whoever opens its table
    std::size_t planBytes = 256u << 10;
    std::size_t cellBytes = 4u << 10;            ///< of EXPLAIN's table
    std::int64_t rows = 500;                     ///< of EXPLAIN's table
    std::size_t tables = 32;
    std::size_t indexes = 64;                    ///< of one table
};

/// The plan of a statement, and its tables, as the account or role `explain` in a READ ONLY transaction.  The statement itself is not run.  Blocks for
/// as long as the limits say.  Errors: explain.refused, those of StatementRunner.
Result<wire::Explained> explainStatement(const Config &config, const LocalInstance &instance, const wire::ExplainAsk &ask, const ExplainLimits &limits = {},
                                         const std::stop_token &stop = {});

} // namespace zandb::agent
