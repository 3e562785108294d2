// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <functional>

namespace zandb::console {

/// When to reload: at once when it is wanted and idle, never more often than five times a second, again after the
/// answer when something changed meanwhile, and not at all while nobody looks.
class Reload final : public QObject
{
    Q_OBJECT
public:
    Reload(std::function<void()> load, QObject *parent) : QObject(parent), m_load(std::move(load))
    {
        m_timer.setSingleShot(true);
        connect(&m_timer, &QTimer::timeout, this, &Reload::run);
    }
    /// Something changed; what is under way still answers an honest question.
    void want()
    {
        m_wanted = true;
        schedule();
    }
    /// Another question: what is under way is useless.
    void restart()
    {
        m_busy = false;
        want();
    }
    void finished()
    {
        m_busy = false;
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
        const qint64 since = m_last.isValid() ? m_last.elapsed() : leastMs;
        m_timer.start(static_cast<int>(std::max<qint64>(0, leastMs - since)));
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
    QElapsedTimer m_last;
    bool m_wanted = false;
    bool m_busy = false;
    bool m_active = true;
};

} // namespace zandb::console
