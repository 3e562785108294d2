// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <string>

namespace zandb::cli {

/// Progress on standard error: on one line of a terminal, or a line every 10 s elsewhere.
class ProgressLine
{
public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine &) = delete;
    /// `text` is made printable.
    void show(std::string text);

private:
    const bool m_terminal;
    std::string m_last;
    std::chrono::steady_clock::time_point m_at{};
};

} // namespace zandb::cli
