// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/os/log.h"

#include "agent/protocol/time.h"

#include <cstdlib>
#include <string>
#include <unistd.h>

namespace zandb::agent {

void logLine(std::string_view text)
{
    static const bool underJournal = std::getenv("JOURNAL_STREAM") != nullptr;
    std::string line = underJournal ? std::string{} : toIso(systemNow()) + ' ';
    for (const char c : text)
        line += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    line += '\n';
    // one write, so that lines of threads and workers do not mix; a full log is nobody's reason to stop
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace zandb::agent
