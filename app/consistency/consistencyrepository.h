// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/consistency/consistency.h"

/// Comparisons in the store.  Every function blocks and uses the session of its caller; what writes is a transaction of its own and raises `consistency`.
/// Errors: those of Session.
namespace zandb::consistency {

/// Checks kept of one replica; those before are removed when a new one begins.
inline constexpr int checksKept = 50;

/// A check that begins now; the id is the caller's.
Result<void> beginCheck(store::Session &session, const ConsistencyCheck &check);
/// What a check has come to.  True: somebody wishes that it ends.
Result<bool> noteProgress(store::Session &session, const Uuid &check, const CheckProgress &progress, const CheckSums &sums);
/// What was found of one table.
Result<void> storeTable(store::Session &session, const Uuid &check, const TableVerdict &table, const std::vector<RowDifference> &rows);
/// state, sums, progress and error of `check`.
Result<void> endCheck(store::Session &session, const ConsistencyCheck &check);
/// Asks whoever compares to end.  False: there is no such check that runs.
Result<bool> wishCancel(store::Session &session, const Uuid &check);

/// The newest first.  `replicas` none: of all.
Result<std::vector<ConsistencyCheck>> listChecks(store::Session &session, const std::optional<std::vector<Uuid>> &replicas, std::size_t limit);
/// The newest of each replica.
Result<std::vector<ConsistencyCheck>> newestChecks(store::Session &session);
Result<std::optional<ConsistencyCheck>> loadCheck(store::Session &session, const Uuid &check);
/// Those that are not equal first.
Result<std::vector<TableVerdict>> listTables(store::Session &session, const Uuid &check, std::size_t limit);

struct StoredDifference
{
    std::string schema;
    std::string table;
    RowDifference row;
};
/// By table, in the order they were found.
Result<std::vector<StoredDifference>> listDifferences(store::Session &session, const Uuid &check, std::size_t limit);

} // namespace zandb::consistency
