// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/config/changerecord.h"
#include "agent/config/serverconfig.h"
#include "agent/runtime/role.h"

#include <functional>
#include <stop_token>

namespace zandb::agent {

/// A change of one server's configuration as one act: all of it, or nothing.
///
/// Order: everything is checked, also by the server (an assignment that cannot succeed tells whether the value would be taken); a private server is
/// started with the new files; a record of all that was there before is made durable; memory; mysqld-auto.cnf; the files; what stands there is read
/// back; the record goes.  What fails before the end is taken back, what a crash cuts in two the agent takes back at its next start.  Blocks; for one thread.
class ConfigAct
{
public:
    struct Options
    {
        Role role = Role::Operator;
        std::string by = {};                    ///< for the record
        std::string runId = {};
        std::function<void(const std::string &)> log = [](const std::string &) {};
        std::stop_token stop = {};              ///< heeded until the record is written
        std::function<void(const char *)> at = [](const char *) {}; ///< for tests: called before "record", "memory", "persist", "disk", "done"
    };
    ConfigAct(const Config &config, LocalInstance instance, wire::ConfigArgs args, Options options)
        : m_config(config), m_instance(std::move(instance)), m_args(std::move(args)), m_options(std::move(options)), m_records(config)
    {
    }

    /// What run() would do; nothing is touched.  Errors: order.args, config.*, those of the server.
    Result<wire::ConfigResult> preview();
    /// Errors: those of preview(), config.trial_failed, config.rolled_back and config.not_rolled_back with their cause.
    Result<wire::ConfigResult> run();

private:
    struct Step
    {
        const wire::ConfigChange *change;
        bool memory = false;
        bool disk = false;
        bool persisted = false;
        std::size_t outcome = 0;
    };
    Result<void> checkArgs() const;
    Result<void> prepare();
    Result<Step> prepareOne(const wire::ConfigChange &change);
    Result<void> checkAllowed(const std::string &name, const wire::ConfigChange &change);
    /// Whether the server would take the value, without its taking it.  Sets Step::memory to false where it is read-only.
    Result<void> probe(Step &step, wire::ConfigOutcome &outcome);
    Result<void> planDisk(Step &step, wire::ConfigOutcome &outcome);
    Result<void> tryOut();
    ChangeRecord record() const;
    Result<void> apply(const ChangeRecord &record);
    Result<void> applyMemory(const Step &step);
    Result<void> readBack();
    Error takenBack(const ChangeRecord &record, Error cause);

    const Config &m_config;
    const LocalInstance m_instance;
    const wire::ConfigArgs m_args;
    const Options m_options;
    const ChangeRecords m_records;
    std::optional<ServerConfig> m_server;
    OptionFiles::Contents m_changed; ///< files with their new content
    std::vector<Step> m_steps;
    wire::ConfigResult m_result;
};

/// Why this variable is not changed from here: "data", "path", "program", "security", "no_catalogue"; "" where it may be.
std::string_view whyForbidden(std::string_view name);
/// Whether operators may change it: those of list V of the guard; all others need an administrator.
bool mayOperatorChange(const std::string &name);

} // namespace zandb::agent
