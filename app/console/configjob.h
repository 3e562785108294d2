// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/config/configwaves.h"
#include "app/platform/settings.h"

#include <memory>
#include <stop_token>
#include <thread>

namespace zandb::console {

/// A change of configuration that goes over instances with the person's key (config::changeInWaves), on a thread of its own with a connection and links of its own.
/// What it tells comes on that thread.
class ConfigJob
{
public:
    struct Order
    {
        Settings settings;                  ///< of store and person
        SshSettings key;                    ///< with the passphrase
        std::string executor;               ///< this window
        std::shared_ptr<const Fleet> fleet;
        std::vector<config::ConfigTarget> targets;
        workflow::WavePolicy policy;
    };
    struct Told
    {
        std::function<void(std::size_t at, const config::ConfigTarget &target)> changed;
        std::function<void(const std::optional<Error> &why)> finished; ///< last
    };
    ConfigJob(Order order, Told told);
    /// Waits for the thread; what is out on hosts goes on there.
    ~ConfigJob() = default;
    /// What runs is cancelled, and taken back where it cannot be finished; no further wave begins.
    void cancel() { m_cancel.request_stop(); }

private:
    std::stop_source m_cancel;
    std::jthread m_thread;
};

} // namespace zandb::console
