// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QTimer>

#include <algorithm>
#include <ctime>

namespace zandb::test {

/// How long the GUI thread was not free to answer, at worst: a timer that should fire every 5 ms says how late it came.
class Heartbeat
{
public:
    Heartbeat()
    {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(5);
        QObject::connect(&m_timer, &QTimer::timeout, [this] { beat(); });
    }
    void start()
    {
        m_cpu = threadCpuMs();
        m_wall.start();
        m_timer.start();
    }
    /// What was done since the last beat counts too.
    void stop()
    {
        beat();
        m_timer.stop();
    }
    /// The longest block by the thread's own work: what other programs take from the machine meanwhile is not the window's.
    double worstCpuMs() const { return m_worstCpu; }
    /// The same by the clock.
    double worstWallMs() const { return m_worstWall; }

private:
    static double threadCpuMs()
    {
        timespec t{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
    }
    void beat()
    {
        const double now = threadCpuMs();
        m_worstCpu = std::max(m_worstCpu, now - m_cpu);
        m_worstWall = std::max(m_worstWall, static_cast<double>(m_wall.nsecsElapsed()) / 1e6);
        m_wall.start();
        m_cpu = now;
    }
    QTimer m_timer;
    QElapsedTimer m_wall;
    double m_cpu = 0;
    double m_worstCpu = 0;
    double m_worstWall = 0;
};

} // namespace zandb::test
