// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/workflow/kinds.h"

#include <string>
#include <vector>

/// What a person allows a program to send with the person's key.  Rows of the store are no permission: whoever may write there could
/// name somebody else's console as the executor of a run, or change what an allowed run does.  So a program remembers the digest
/// of what its person has asked for or was shown, in memory only, and compares it right before it sends.  Thread-safe.
namespace zandb::workflow {

/// Of everything the orders of a run are made from: run, target, task and author, each step's kind, host and arguments, and how
/// `fleet` says that the host is reached and the instance is named: a changed address or host key needs a new consent.
/// Not of what changes while a run is executed: states, attempts, fences.
std::string consentDigest(const RunDetail &detail, const Fleet &fleet);
/// The digest as people copy it from one command into the next: its first 40 characters.
std::string shortConsent(const RunDetail &detail, const Fleet &fleet);
/// Whether `given`, 40 characters or more, is the beginning of the run's digest.
bool isConsent(const RunDetail &detail, const Fleet &fleet, std::string_view given);

/// The step's host with the address its order is sent to: "db1 (zandb@10.0.0.1:22)".
std::string hostText(const Step &step, const Fleet &fleet);
/// "NAME: VALUE" for each argument that the step's next order has, with those that makeOrder() adds; the value as JSON.
std::vector<std::string> argumentLines(const Kinds &kinds, const Run &run, const Step &step, const Fleet &fleet);
/// What the run would do, for the person who is asked at a terminal: who asked for it, and a line for each argument of each step.
std::string consentText(const Kinds &kinds, const RunDetail &detail, const Fleet &fleet);
/// run.needs_consent: the run is executed with this program's key only after its person has seen it.  `verb`: of `zandbctl run`.
Error needsConsent(const Kinds &kinds, const RunDetail &detail, const Fleet &fleet, std::string_view verb);

} // namespace zandb::workflow
