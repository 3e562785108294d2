// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/command.h"

/// How zandbctl starts runs and follows them.
namespace zandb::cli {

/// Whether any headless instance is alive.
Result<bool> headlessAlive(Context &context);
/// Says on standard error when none is: how hosts and instances are is then as old as it says.  The exit status of the verb.
Result<int> sayWhoWatches(Context &context);
/// Who is named as executor when this process sends a run's orders: "person@host:pid".
std::string executorName(const Context &context);

/// Writes the run's row.  When its kind needs a person's key this process executes it; otherwise it does only when no
/// headless instance is alive, and says so on standard error.  The run then names it as executor.
Result<RunDetail> beginRun(Context &context, RunDetail detail);
/// Follows a run until it has ended, with its progress on standard error, and executes it when `consent` is the consentDigest() of what
/// the person wants.  Without one nothing of it is sent; `adopt` says that no headless instance lives, so that what is out on a host
/// is followed from here.  The run as it ended.  Errors: run.needs_consent, whose arguments then stand on standard error.
Result<RunDetail> followRun(Context &context, const Uuid &id, const std::string &consent = {}, bool adopt = false);
/// Follows what beginRun() has made, and executes it when it names this process.
Result<RunDetail> followBegun(Context &context, const RunDetail &begun);
/// Says on standard error what the run would do; run.needs_consent, whose remedy is `zandbctl run VERB`.
Error refuseWithoutConsent(Context &context, const RunDetail &detail, const std::string &verb);

/// Asks a host's agent with the caller's own key and stores what it says, so that a fleet without a headless instance
/// is known too.  Errors: ssh.*, agent.*, those of the store.
Result<void> sampleHost(Context &context, const Host &host);
/// The instance "HOST/NAME"; asks the host when the store does not know it yet.  Errors: usage, not_found, ....
Result<Instance> findInstance(Context &context, const std::string &path);
/// A run's id, or the beginning of one that is unique among the newest 1,000.  Errors: usage, not_found.
Result<Uuid> findRunId(Context &context, const std::string &text);

} // namespace zandb::cli
