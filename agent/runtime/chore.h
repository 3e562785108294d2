// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace zandb::agent {

/// A program that `serve` runs beside itself, at most once at a time, since what it does may take long and a server that does
/// not answer would be worse.  Used from the loop's thread.
class Chore
{
public:
    /// `words` is the program and its arguments; empty: nothing is ever run.  `what` goes to the log when it cannot begin.
    Chore(std::vector<std::string> words, std::string what) : m_words(std::move(words)), m_what(std::move(what)) {}
    Chore(const Chore &) = delete;
    Chore &operator=(const Chore &) = delete;

    /// Runs it, or once more after the running one: that may have looked too early.
    void start();
    /// To be called when a child has ended.
    void reap();
    /// SIGTERM to the running one.
    void end();

private:
    std::vector<std::string> m_words;
    std::string m_what;
    pid_t m_pid = -1;
    bool m_again = false;
};

} // namespace zandb::agent
