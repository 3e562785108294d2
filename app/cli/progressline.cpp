// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/progressline.h"

#include "agent/protocol/printable.h"

#include <cstdio>
#include <unistd.h>

namespace zandb::cli {

using namespace std::chrono_literals;

ProgressLine::ProgressLine() : m_terminal(isatty(STDERR_FILENO)) { }

ProgressLine::~ProgressLine()
{
    if (m_terminal && !m_last.empty())
        std::fprintf(stderr, "\r\033[K");
}

void ProgressLine::show(std::string text)
{
    text = printable(std::move(text));
    const auto now = std::chrono::steady_clock::now();
    if (m_terminal) {
        if (text != m_last)
            std::fprintf(stderr, "\r\033[K%s", text.c_str());
    } else if (text != m_last && now - m_at > 10s) {
        std::fprintf(stderr, "%s\n", text.c_str());
        m_at = now;
    }
    m_last = std::move(text);
    std::fflush(stderr);
}

} // namespace zandb::cli
