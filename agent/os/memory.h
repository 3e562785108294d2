// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

/// For a process that lives for months beside a database and does little.
namespace zandb::agent {

/// All threads take from one heap, and what is large goes back to the system as soon as it is freed.  Called before the first thread.
void keepMemorySmall();

/// Gives up the pages of the program and its libraries that were needed until now, to start or for some work that is over.  What is needed again comes back
/// from the system's cache, or from the disk.  Thread-safe.
void forgetUnusedCode();

} // namespace zandb::agent
