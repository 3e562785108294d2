// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/runexecutor.h"

#include "app/headless/programkinds.h"
#include "app/platform/delivery.h"
#include "app/remote/agentpool.h"
#include "app/workflow/execution.h"

#include <QThreadPool>

#include <condition_variable>
#include <mutex>
#include <vector>

namespace zandb::console {

/// Between the GUI thread and the one that executes.
struct RunExecutor::Shared
{
    std::mutex mutex;
    std::condition_variable_any wake;
    struct Wanted
    {
        Uuid run;
        std::string consent;
    };
    std::vector<Wanted> wanted; ///< not yet taken on
    std::size_t underWay = 0;
    bool working = false;       ///< the thread will look at `wanted` once more
};

RunExecutor::RunExecutor(const Settings &settings, QObject *parent)
    : QObject(parent), m_settings(settings), m_name(workflow::executorName(settings.person)), m_shared(std::make_unique<Shared>())
{
}

RunExecutor::~RunExecutor() = default;

void RunExecutor::tryKey(std::function<void(std::optional<Error>)> then)
{
    struct Usable
    {
    };
    deliver<Usable>(
        this,
        [&](Answer<Usable> answer) {
            QThreadPool::globalInstance()->start([answer, ssh = m_settings.ssh] {
                const auto tried = remote::tryIdentity(ssh);
                answer(tried ? Result<Usable>(Usable{}) : Result<Usable>(fail(tried.error())));
            });
        },
        [then = std::move(then)](const Result<Usable> &result) { then(result ? std::nullopt : std::optional(result.error())); });
}

void RunExecutor::execute(const Uuid &run, const std::string &consent)
{
    {
        const std::lock_guard lock(m_shared->mutex);
        m_shared->wanted.push_back({run, consent});
        if (m_shared->working)
            return;
        m_shared->working = true;
    }
    // the thread before this one, if any, has nothing left to do but to return
    m_thread = std::jthread([this, settings = m_settings](const std::stop_token &stop) { work(stop, settings); });
}

std::size_t RunExecutor::active() const
{
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->wanted.size() + m_shared->underWay;
}

void RunExecutor::ended(const Uuid &run, const Error &error)
{
    QMetaObject::invokeMethod(this, [this, run, error] { Q_EMIT gaveUp(run, error); }, Qt::QueuedConnection);
}

void RunExecutor::work(const std::stop_token &stop, const Settings &settings)
{
    store::Session session(settings.store);
    session.setStopToken(stop);
    remote::AgentPool pool(settings.ssh);
    workflow::OwnRuns own(session, pool, headless::programKinds(), m_name);
    std::vector<Shared::Wanted> wanted;
    while (!stop.stop_requested()) {
        {
            const std::lock_guard lock(m_shared->mutex);
            wanted.insert(wanted.end(), m_shared->wanted.begin(), m_shared->wanted.end());
            m_shared->wanted.clear();
            m_shared->underWay = own.open() + wanted.size();
            if (wanted.empty() && own.finished()) {
                m_shared->working = false;
                return;
            }
        }
        bool away = false;
        std::erase_if(wanted, [&](const Shared::Wanted &one) {
            const Uuid &run = one.run;
            const auto taken = own.add(run, one.consent);
            away = away || (!taken && taken.error().isTransient());
            if (!taken && !taken.error().isTransient() && !taken.error().is(errors::cancelled))
                ended(run, taken.error());
            return taken || !taken.error().isTransient();
        });
        const auto done = own.round();
        for (const RunDetail &run : own.withheld()) {
            own.drop(run.run.id); // until the person has answered
            QMetaObject::invokeMethod(this, [this, run] { Q_EMIT consentNeeded(run); }, Qt::QueuedConnection);
        }
        // the window says itself that the store is away; what is under way goes on meanwhile, and is told of later
        if (away || !done) {
            std::unique_lock lock(m_shared->mutex);
            m_shared->wake.wait_for(lock, stop, std::chrono::seconds{1}, [] { return false; });
        }
    }
}

} // namespace zandb::console
