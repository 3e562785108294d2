// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/config.h"
#include "models/fleet/fleet.h"

#include <map>

/// Drift: what of servers differs from what it should be.  Pure and thread-safe.
namespace zandb {

/// What was last read of an instance.
struct DriftFacts
{
    Uuid instanceId;
    TimePoint at{};
    wire::ConfigState state;
};

/// What the standard says of a variable at one place: the whole fleet (null id), a group or an instance.  Nearer ones win.
struct StandardRule
{
    Uuid scope;
    std::string name;
    std::optional<std::string> value; ///< none: it may differ
    std::string editor;
    TimePoint editedAt{};
};

/// The standard that holds for an instance, by variable.
std::map<std::string, StandardRule> standardOf(const Fleet &fleet, const std::vector<StandardRule> &rules, const Uuid &instance);

/// Somebody has accepted that something differs, up to a time.
struct DriftException
{
    Uuid id;
    Uuid instanceId;
    std::string code;    ///< of a finding
    std::string subject;
    std::string reason;
    std::string person;
    TimePoint at{};
    TimePoint until{};
};

/// One thing that is not as it should be.  Codes: "memory_disk" (a restart changes it), "standard", "standard_unknown" (the server has no such variable),
/// "peers" (most of the same group, flavour and series have another value), "layout" (the same of paths, whose port does not count), "version", "program" (another
/// binary of the same version), "server_id" (another instance has it too), "owner", "mode" (of the option file), "file" (of an option file: subject is the code
/// of the problem), "unknown_option".
struct DriftFinding
{
    Uuid instanceId;
    std::string code;
    std::string subject; ///< a variable, or a file
    std::string found;
    std::string wanted;
    const DriftException *accepted = nullptr; ///< of the list that was given
};

struct DriftInput
{
    const Fleet &fleet;
    const std::vector<DriftFacts> &facts;
    const std::vector<StandardRule> &standard;
    const std::vector<DriftException> &exceptions;
    TimePoint now{};
};
/// By instance's path, code and subject.
std::vector<DriftFinding> findDrift(const DriftInput &input);

/// The changes that would take findings away, by instance; nothing for findings that no change of a variable mends, nor for accepted ones.  What the standard names gets that
/// value in memory and on disk, what differs from peers theirs, and a memory that differs from the disk what stands there.  The findings are those of `input`.
std::map<Uuid, std::vector<wire::ConfigChange>> repairsOf(const DriftInput &input, const std::vector<DriftFinding> &findings);
/// Whether such a change can mend it.
bool isRepairable(const DriftFinding &finding);

/// Whether a variable is another one on each server by its nature (port, server_id, GTID positions) or by its role (read_only); those
/// are not compared with peers.
bool differsByNature(std::string_view name);

} // namespace zandb
