// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/binlogs.h"
#include "agent/runtime/config.h"

#include <chrono>
#include <filesystem>
#include <map>

namespace zandb::agent {

/// Which backups of one instance lie in the repositories of this host, so that a lost one changes at once what can be restored.  Sizes only: whether the bytes are
/// right is the matter of validate, verify and check-backups.  Blocks; used by one thread.
class BaseBackups
{
public:
    BaseBackups(const Config &config, std::string instance) : m_config(config), m_instance(std::move(instance)) {}
    /// Fills `looked` and `bases`.
    void look(wire::BinlogReport &report);

private:
    struct Known
    {
        std::int64_t changedNs = 0; ///< of the directory
        std::chrono::steady_clock::time_point readAt{};
        Uuid id;                    ///< null: it is not whole
    };
    const Config &m_config;
    const std::string m_instance;
    std::map<std::filesystem::path, Known> m_known;
};

} // namespace zandb::agent
