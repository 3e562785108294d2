// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/errors.h"
#include "agent/protocol/result.h"

#include <QFutureWatcher>
#include <QObject>
#include <QPromise>

#include <functional>
#include <memory>
#include <stop_token>

/// The only way results of other threads reach objects.  A QFutureWatcher owned by the receiver brings them to the
/// receiver's thread; when the receiver is gone, nothing arrives and nothing crashes.
namespace zandb {

/// The end of a job that promised a Result<T>: whoever holds the last copy has answered, or `cancelled` is.
/// Thread-safe as far as one thread answers once; later answers are dropped.
template<class T>
class Answer
{
public:
    explicit Answer(QPromise<Result<T>> promise) : m_shared(std::make_shared<Shared>(std::move(promise))) {}
    void operator()(Result<T> result) const { m_shared->finish(std::move(result)); }

private:
    struct Shared
    {
        explicit Shared(QPromise<Result<T>> p) : promise(std::move(p)) {}
        ~Shared() { finish(fail(errors::cancelled)); }
        void finish(Result<T> result)
        {
            if (done)
                return;
            done = true;
            promise.addResult(std::move(result));
            promise.finish();
        }
        QPromise<Result<T>> promise;
        bool done = false;
    };
    std::shared_ptr<Shared> m_shared;
};

/// Starts a job and hands its result to `handle` on the receiver's thread, unless the receiver dies before.  `start`
/// gets the Answer and sees to it that some thread calls it.
template<class T, class Start>
void deliver(QObject *receiver, Start &&start, std::function<void(Result<T>)> handle)
{
    QPromise<Result<T>> promise;
    promise.start();
    auto *watcher = new QFutureWatcher<Result<T>>(receiver);
    QObject::connect(watcher, &QFutureWatcherBase::finished, receiver, [watcher, handle = std::move(handle)] {
        watcher->deleteLater();
        QFuture<Result<T>> future = watcher->future();
        if (future.resultCount() > 0)
            handle(future.takeResult()); // ten thousand rows are moved, not copied, on the receiver's thread
    });
    watcher->setFuture(promise.future());
    start(Answer<T>(std::move(promise)));
}

/// The newest of many questions wins: asking again stops the job under way (its stop_token is set, so a query is
/// killed on the server too) and its late result is never seen.  Belongs to the receiver's thread.
template<class T>
class Latest
{
public:
    explicit Latest(QObject *receiver) : m_receiver(receiver) {}
    ~Latest() { stop(); }
    Latest(const Latest &) = delete;

    /// `start(answer, stop)` begins the job; `handle` gets its result.
    template<class Start>
    void ask(Start &&start, std::function<void(Result<T>)> handle)
    {
        stop();
        m_stop = std::stop_source();
        m_busy = true;
        deliver<T>(
            m_receiver, [&](Answer<T> answer) { start(std::move(answer), m_stop.get_token()); },
            [this, alive = std::weak_ptr<int>(m_alive), number = m_number, handle = std::move(handle)](Result<T> result) {
                if (alive.expired() || number != m_number)
                    return;
                m_busy = false;
                handle(std::move(result));
            });
    }
    void stop()
    {
        ++m_number;
        m_busy = false;
        m_stop.request_stop();
    }
    bool busy() const { return m_busy; }

private:
    QObject *m_receiver;
    std::stop_source m_stop{std::nostopstate};
    std::shared_ptr<int> m_alive = std::make_shared<int>(0);
    std::uint64_t m_number = 0;
    bool m_busy = false;
};

} // namespace zandb
