// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/batchsql/scriptjudge.h"

#include <QFutureWatcher>
#include <QPromise>
#include <QThreadPool>

namespace zandb {

ScriptJudge::ScriptJudge(QObject *parent) : QObject(parent) {}

ScriptJudge::~ScriptJudge() = default;

void ScriptJudge::judge(const QByteArray &script, const std::string &schema, std::function<void(const std::shared_ptr<const JudgedScript> &)> then)
{
    Wanted wanted{script, schema, m_next ? std::move(m_next->then) : decltype(Wanted::then){}};
    if (then)
        wanted.then.push_back(std::move(then));
    m_next = std::move(wanted);
    if (!m_busy)
        start();
}

void ScriptJudge::start()
{
    using Answer = std::shared_ptr<const JudgedScript>;
    m_busy = true;
    auto *watcher = new QFutureWatcher<Answer>(this);
    auto promise = std::make_shared<QPromise<Answer>>();
    connect(watcher, &QFutureWatcherBase::finished, this, [this, watcher, then = std::move(m_next->then)] {
        watcher->deleteLater();
        m_busy = false;
        const Answer answer = watcher->result();
        for (const auto &one : then)
            one(answer);
        Q_EMIT judged(answer);
        if (m_next && !m_busy)
            start();
    });
    promise->start();
    watcher->setFuture(promise->future());
    // the cache belongs to one job at a time: the next one begins when this one has ended
    QThreadPool::globalInstance()->start([promise, cache = m_cache, script = m_next->script, schema = m_next->schema] {
        promise->addResult(std::make_shared<const JudgedScript>(cache->judge(script, schema)));
        promise->finish();
    });
    m_next.reset();
}

} // namespace zandb
