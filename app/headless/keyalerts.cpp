// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/keyalerts.h"

#include "app/alerts/alertrepository.h"
#include "app/checks/checkrepository.h"
#include "app/fleet/fleetrepository.h"
#include "models/checks/checkalerts.h"

#include <algorithm>

namespace zandb::headless {

Result<TimePoint> tellOfFullKeys(store::Session &session, const Fleet &fleet, TimePoint since)
{
    const auto passes = checks::checkedSince(session, since);
    if (!passes)
        return fail(passes.error());
    TimePoint newest = since;
    for (const auto &[instance, at] : *passes) {
        newest = std::max(newest, at);
        const KeyThresholds thresholds = keyThresholdsOf(fleet, instance);
        checks::KeyFilter filter;
        filter.instances = std::vector{instance};
        filter.leastPpm = thresholds.percent * 10'000;
        filter.mostDaysLeft = static_cast<double>(thresholds.days);
        const auto full = checks::listKeys(session, filter, 1000);
        if (!full)
            return fail(full.error());
        const auto told = full->empty() ? alerts::clear(session, keyOverflowAlert, instance.toString())
                                        : alerts::raise(session, keyOverflowAlert, instance.toString(), keyAlertDetail(*full, fleet));
        if (!told)
            return fail(told.error());
    }
    return newest;
}

StoreWork::Work tellingOfFullKeys(const StoreSettings &settings)
{
    auto session = std::make_shared<store::Session>(settings);
    return [session, since = TimePoint{}](std::stop_token stop) mutable -> Result<std::string> {
        session->setStopToken(stop);
        const auto fleet = fleet::loadFleet(*session);
        const auto newest = fleet ? tellOfFullKeys(*session, *fleet, since) : Result<TimePoint>(fail(fleet.error()));
        session->close(); // it is idle for most of the time
        if (!newest && newest.error().is(errors::cancelled))
            return std::string();
        if (!newest)
            return fail(makeError(errors::internal, {{"detail", "keys that come near their end could not be looked after"}}, newest.error()));
        since = *newest;
        return std::string();
    };
}

} // namespace zandb::headless
