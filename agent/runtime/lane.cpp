// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/lane.h"

#include <asio/post.hpp>

namespace zandb::agent {

bool Lane::post(std::function<std::function<void()>()> work)
{
    if (m_jobs == 0)
        m_since = Clock::now();
    else if (m_jobs >= maxJobs || Clock::now() - m_since > heldUpAfter)
        return false;
    ++m_jobs;
    asio::post(m_thread, [this, work = std::move(work)] {
        asio::post(m_io, [this, then = work()] {
            --m_jobs;
            m_since = Clock::now();
            then();
        });
    });
    return true;
}

} // namespace zandb::agent
