// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/chore.h"

#include "agent/os/log.h"

#include <csignal>
#include <cstring>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace zandb::agent {

void Chore::start()
{
    m_again = m_pid > 0;
    if (m_words.empty() || m_pid > 0)
        return;
    std::vector<char *> words;
    for (std::string &word : m_words)
        words.push_back(word.data());
    words.push_back(nullptr);
    if (const int error = ::posix_spawn(&m_pid, words[0], nullptr, nullptr, words.data(), environ); error != 0) {
        m_pid = -1;
        logLine(m_what + ": " + std::strerror(error));
    }
}

void Chore::reap()
{
    if (m_pid <= 0 || ::waitpid(m_pid, nullptr, WNOHANG) != m_pid)
        return;
    m_pid = -1;
    if (m_again)
        start();
}

void Chore::end()
{
    m_again = false;
    if (m_pid > 0)
        ::kill(m_pid, SIGTERM);
}

} // namespace zandb::agent
