// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/storebackupwork.h"

#include "app/alerts/alertrepository.h"
#include "app/backups/storebackups.h"
#include "app/fleet/fleetrepository.h"

#include <algorithm>

namespace zandb::headless {

using namespace std::chrono_literals;

namespace {

constexpr auto dumpEvery = 24h - 10min; ///< so that a look every ten minutes does not make it later each day
constexpr auto againAfterFailure = 1h;

/// Raises or clears the alert, and writes nothing while it says the same.
Result<void> tellWhetherMissing(store::Session &session, const backups::StoreProtection &told, bool hasDirectory)
{
    if (!told.isMissing())
        return alerts::clear(session, storeBackupAlert, "store");
    Json detail{{"has_directory", hasDirectory}, {"newest", told.newest() ? Json(toIso(*told.newest())) : Json(nullptr)}};
    if (told.failure)
        detail["error"] = errorToJson(*told.failure->error);
    const auto known = alerts::list(session);
    if (!known)
        return fail(known.error());
    const bool said = std::ranges::any_of(*known, [&](const Alert &alert) { return alert.kind == storeBackupAlert && alert.detail == detail; });
    return said ? Result<void>() : alerts::raise(session, storeBackupAlert, "store", detail);
}

} // namespace

Result<std::string> lookAfterStoreBackup(store::Session &session, const StoreBackupSettings &options, const std::stop_token &stop)
{
    const auto fleet = fleet::loadFleet(session);
    if (!fleet)
        return fail(fleet.error());
    auto told = backups::storeProtection(session, *fleet);
    if (!told)
        return fail(told.error());
    std::string line;
    const bool due = !told->dump || told->now - told->dump->at >= dumpEvery;
    const bool waits = told->failure && told->now - told->failure->at < againAfterFailure;
    if (!options.directory.empty() && due && !waits) {
        const auto backup = backups::backupStore(session, options, stop);
        if (!backup)
            return fail(backup.error());
        line = backup->error ? "the store could not be dumped: " + describe(*backup->error)
                             : "the store was dumped to " + backup->file + " (" + std::to_string(backup->bytes) + " bytes)";
        (backup->error ? told->failure : told->dump) = *backup;
        told->now = backup->at;
    }
    if (const auto written = tellWhetherMissing(session, *told, !options.directory.empty()); !written)
        return fail(written.error());
    return line;
}

StoreWork::Work lookingAfterStoreBackup(const Settings &settings)
{
    return [store = settings.store, options = settings.storeBackup](std::stop_token stop) -> Result<std::string> {
        store::Session session(store); // not kept, as it does nothing for most of the time
        session.setStatementLimit(60s);
        auto line = lookAfterStoreBackup(session, options, stop);
        if (!line && line.error().is(errors::cancelled))
            return std::string();
        if (!line)
            return fail(makeError(errors::internal, {{"detail", "the store's own backup could not be looked after"}}, line.error()));
        return line;
    };
}

} // namespace zandb::headless
