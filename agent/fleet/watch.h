// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/figures.h"
#include "agent/fleet/instances.h"

#include <chrono>
#include <memory>
#include <stop_token>
#include <vector>

namespace zandb::agent {

/// Watches all instances of this host: one persistent connection each, a few cheap queries per sample.
///
/// Not thread-safe; one thread owns it and calls sample() every Config::sampleSeconds.  sample() blocks: a healthy
/// instance answers in about a millisecond, one that hangs costs at most 5 s and is then asked less and less often
/// (up to once a minute), so that it does not starve the others.  A server that went away is found again by itself.
/// Instances that appear or vanish in the standard layout are noticed at the next sample.
class InstanceWatch
{
public:
    /// Sizes are asked for only every `sizesEvery`: with many tables they are expensive.
    explicit InstanceWatch(Config config, std::chrono::seconds sizesEvery = std::chrono::seconds{60});
    ~InstanceWatch();
    InstanceWatch(const InstanceWatch &) = delete;
    InstanceWatch &operator=(const InstanceWatch &) = delete;

    /// The state of every instance, by name.  Never fails: what is wrong with an instance stands in its state
    /// ("down", "refused", error).  What the account may not read is named in notPermitted and its figure is absent.
    /// Flavour and version of a server that is down are those it had when last seen up.  When a stop is requested,
    /// instances not reached yet come back as they were last seen.
    std::vector<wire::InstanceState> sample(std::stop_token stop = {});
    /// Names and figures of the instances that were up at the last sample(); they were read in the same round.
    std::vector<std::pair<std::string, Figures>> figures() const;

private:
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace zandb::agent
