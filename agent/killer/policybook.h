// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/killer.h"

#include <filesystem>
#include <map>
#include <set>

namespace zandb::agent {

/// The kill policies of this host's instances, in one file of the state directory, so that they outlive the agent.  Not thread-safe;
/// changes block for an fsync, and a change that fails has changed nothing.
class PolicyBook
{
public:
    /// Reads what there is.  A damaged file is kept beside as *.damaged, and there are no policies then: nothing is killed.
    /// Errors: io.failed.
    static Result<PolicyBook> open(std::filesystem::path file);

    /// By an administrator: these policies kill from now on.  A set of this revision again only puts off the end of validity.
    /// Errors: killer.policy, killer.older_revision, io.failed, io.disk_full.
    Result<void> set(const std::string &instance, const wire::KillSet &set, const std::string &person, TimePoint now);
    /// By a program: those kill that the administrator's last set holds in exactly this form.  Errors as of set().
    Result<void> offer(const std::string &instance, const wire::KillSet &set, TimePoint now);
    /// Puts off the end of validity of what is held in these revisions; returns the instances whose revision is another (0: none held).
    Result<std::vector<std::string>> renew(const std::map<std::string, std::int64_t> &revisions, TimePoint now);

    /// Instances something is held for.
    std::vector<std::string> instances() const;
    /// As it applies at this instant.
    wire::KillerState state(const std::string &instance, TimePoint now) const;
    /// Whether the instance has any policy.
    bool hasPolicies(const std::string &instance) const;

    struct Held
    {
        wire::KillSet set;
        std::string setBy;
        TimePoint heardAt{};
        TimePoint validUntil{};
        std::set<std::string> confirmed; ///< SHA-256 of policies as an administrator set them
        NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Held, set, setBy, heardAt, validUntil, confirmed)
    };

private:
    explicit PolicyBook(std::filesystem::path file) : m_file(std::move(file)) {}
    Result<void> check(const std::string &instance, const wire::KillSet &set) const;
    Result<void> write(std::map<std::string, Held> held);

    std::filesystem::path m_file;
    std::map<std::string, Held> m_held;
};

} // namespace zandb::agent
