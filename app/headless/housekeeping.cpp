// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/housekeeping.h"

#include "app/fleet/fleetrepository.h"
#include "app/slowlog/slowrollup.h"
#include "app/workflow/follow.h"
#include "app/workflow/retention.h"

#include <memory>

namespace zandb::headless {

using namespace std::chrono_literals;

namespace {

/// The same trouble with what it is about.
Error about(const std::string &what, const Error &error) { return makeError(errors::internal, {{"detail", what}}, error); }

} // namespace

StoreWork::Work removingExpired(StoreSettings settings)
{
    return [settings = std::move(settings)](std::stop_token stop) -> Result<std::string> {
        store::Session session(settings); // not kept: an hour is a long time for a connection that does nothing
        session.setStatementLimit(60s);
        const auto fleet = fleet::loadFleet(session);
        const auto removed = fleet ? workflow::removeExpired(session, *fleet, fleet->readAt, stop) : Result<workflow::RemovedRows>(fail(fleet.error()));
        if (!removed)
            return fail(about("what is no longer kept could not be removed from the store", removed.error()));
        std::string line;
        for (const auto &[table, rows] : *removed)
            line += (line.empty() ? "removed from the store what is no longer kept: " : ", ") + std::to_string(rows) + " of " + table;
        return line;
    };
}

StoreWork::Work rollingUp(StoreSettings settings)
{
    const auto session = std::make_shared<store::Session>(std::move(settings)); // of the one thread that works
    return [session](std::stop_token stop) -> Result<std::string> {
        session->setStopToken(stop);
        while (!stop.stop_requested()) {
            const auto done = slowlog::rollUp(*session, workflow::storeHost, stop);
            if (!done && done.error().is(errors::cancelled))
                break;
            if (!done) {
                session->close();
                return fail(about("slow statements could not be added up", done.error()));
            }
            if (!done->more)
                break;
        }
        return std::string();
    };
}

StoreWork::Work following(StoreSettings settings, workflow::Kinds kinds)
{
    const auto session = std::make_shared<store::Session>(std::move(settings)); // of the one thread that works
    return [session, kinds = std::move(kinds)](std::stop_token stop) -> Result<std::string> {
        session->setStopToken(stop);
        // most of the time there is nothing, which one cheap statement tells
        const auto waits = session->query("SELECT 1 FROM outbox WHERE done_us IS NULL LIMIT 1");
        const auto fleet = waits && !waits->empty() ? fleet::loadFleet(*session) : Result<Fleet>(Fleet());
        auto made = !waits ? Result<int>(fail(waits.error())) : waits->empty() ? Result<int>(0) : !fleet ? Result<int>(fail(fleet.error()))
                                                                                           : workflow::runFollowers(*session, kinds, *fleet);
        if (made)
            return *made > 0 ? "follow-up tasks: " + std::to_string(*made) + " runs" : std::string();
        session->close();
        return made.error().is(errors::cancelled) ? Result<std::string>(std::string()) : fail(about("follow-up tasks could not be run", made.error()));
    };
}

} // namespace zandb::headless
