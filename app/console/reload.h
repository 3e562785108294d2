// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <algorithm>
#include <functional>

namespace zandb::console {

/// When to reload: at once when it is wanted and idle, never more often than five times a second, again after the
/// answer when something changed meanwhile, and not at all while nobody looks.  What failed is tried again by itself,
/// after 1 s, then after twice as long each time up to half a minute.
class Reload : public QObject
{
    Q_OBJECT
public:
    Reload(std::function<void()> load, QObject *parent) : QObject(parent), m_load(std::move(load))
    {
        m_timer.setSingleShot(true);
        connect(&m_timer, &QTimer::timeout, this, &Reload::run);
    }
    /// Something changed; what is under way still answers an honest question.  Waits out a pause after a failure.
    void want()
    {
        m_wanted = true;
        schedule();
    }
    /// As want(), and at once: the person asked, or the store is back.
    void wantNow()
    {
        m_pauseMs = 0;
        m_timer.stop();
        want();
    }
    /// Another question: what is under way is useless.
    void restart()
    {
        m_busy = false;
        wantNow();
    }
    /// Nothing is to be asked until it is wanted again.
    void forget()
    {
        m_busy = m_wanted = false;
        m_pauseMs = 0;
        m_timer.stop();
    }
    void finished()
    {
        m_busy = false;
        m_pauseMs = 0;
        schedule();
    }
    void failed()
    {
        m_busy = false;
        m_wanted = true;
        m_last.start();
        m_pauseMs = std::clamp<qint64>(2 * m_pauseMs, 1000, 30'000);
        schedule();
    }
    void setActive(bool active)
    {
        m_active = active;
        schedule();
    }

private:
    void schedule()
    {
        if (!m_wanted || m_busy || !m_active || m_timer.isActive())
            return;
        const qint64 pause = std::max(leastMs, m_pauseMs);
        const qint64 since = m_last.isValid() ? m_last.elapsed() : pause;
        m_timer.start(static_cast<int>(std::max<qint64>(0, pause - since)));
    }
    void run()
    {
        if (!m_wanted || m_busy || !m_active)
            return;
        m_wanted = false;
        m_busy = true;
        m_last.start();
        m_load();
    }
    static constexpr qint64 leastMs = 200;
    std::function<void()> m_load;
    QTimer m_timer;
    QElapsedTimer m_last; ///< since it was last begun, or failed
    qint64 m_pauseMs = 0;
    bool m_wanted = false;
    bool m_busy = false;
    bool m_active = true;
};

} // namespace zandb::console
