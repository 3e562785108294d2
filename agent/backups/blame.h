// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"

namespace zandb::agent {

/// Whether the words of a program or server tell of trouble of this host: no room, memory, descriptors or rights, a disk, a
/// connection that somebody ended, a program older than the data, an engine or a key that is not here.
bool isTroubleOfHost(std::string_view said);

/// Whether the words of a server or of a program that prepares data tell of damaged pages or logs, outside of quoted names.
bool speaksOfDamage(std::string_view said);

/// What a program's bad end says of the backup whose bytes it handled in this step.
/// restore.failed (step, detail): it read the bytes and refused them; this alone is evidence against the backup.  In the
/// steps "start", "prepare" and "shutdown" only when it speaks of damage.
/// tool.killed (tool, signal): it was ended by a signal, and it did not speak of corruption before.
/// restore.hindered (step, detail): it ran into trouble of this host, or gave up without a word about damage.
Error blame(const char *step, const std::string &tool, const ExitStatus &status, const std::string &said);

/// The same for a statement that failed, whose server may have ended meanwhile.
Error blameStatement(const char *step, const std::string &what, const Error &cause);

/// A tool that failed where no backup can be to blame: tool.killed after a signal, else tool.failed.
Error toolError(const std::string &tool, const ExitStatus &status, const std::string &said);

} // namespace zandb::agent
