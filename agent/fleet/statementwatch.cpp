// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/statementwatch.h"

#include <sys/socket.h>

namespace zandb::agent {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto tellWithin = 10s; ///< then the connection is given up
constexpr auto tellAgain = 1s;

} // namespace

StatementWatch::StatementWatch(Plan plan, const std::stop_token &stop) : m_plan(std::move(plan))
{
    m_thread = std::thread([this] { watch(); });
    m_stop.emplace(stop, [this] { ask(Why::Stop); });
}

StatementWatch::~StatementWatch()
{
    finish();
}

void StatementWatch::ask(Why why)
{
    const std::lock_guard lock(m_mutex);
    if (m_why == Why::Nothing && !m_finished)
        m_why = why;
    m_changed.notify_all();
}

void StatementWatch::finish()
{
    m_stop.reset();
    {
        const std::lock_guard lock(m_mutex);
        m_finished = true;
        m_changed.notify_all();
    }
    if (m_thread.joinable())
        m_thread.join();
}

void StatementWatch::watch()
{
    std::unique_lock lock(m_mutex);
    if (!m_changed.wait_for(lock, m_plan.time, [&] { return m_finished || m_why != Why::Nothing; }))
        m_why = Why::Time;
    if (m_finished)
        return;
    lock.unlock();
    kill();
}

void StatementWatch::kill()
{
    const auto until = Clock::now() + tellWithin;
    for (;;) {
        auto client = m_plan.connect();
        const auto told = client ? (*client)->query("KILL QUERY " + std::to_string(m_plan.connectionId)).map([](const SqlResult &) {})
                                 : Result<void>(fail(client.error()));
        std::unique_lock lock(m_mutex);
        m_killed = m_killed || told;
        m_trouble = told ? std::string() : describe(told.error());
        // again, since a statement between two of its phases may not have heard it; taking back what it did may last
        if (m_changed.wait_for(lock, tellAgain, [&] { return m_finished; }))
            return;
        if (!m_killed && Clock::now() > until)
            break;
    }
    ::shutdown(m_plan.socket, SHUT_RDWR); // nobody can say any more what becomes of it
}

} // namespace zandb::agent
