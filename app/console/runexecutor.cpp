// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/runexecutor.h"

#include "app/platform/delivery.h"
#include "app/remote/agentpool.h"
#include "app/workflow/execution.h"

#include <QThreadPool>

namespace zandb::console {

RunExecutor::RunExecutor(const Settings &settings, QObject *parent)
    : QObject(parent), m_settings(settings), m_name(workflow::executorName(settings.person))
{
}

RunExecutor::~RunExecutor()
{
    for (auto &[run, thread] : m_threads)
        thread.request_stop(); // all at once; joining them one by one comes after
}

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

void RunExecutor::execute(const Uuid &run)
{
    if (m_threads.contains(run))
        return;
    deliver<RunDetail>(
        this,
        [&](Answer<RunDetail> answer) {
            m_threads[run] = std::jthread([answer, run, settings = m_settings, name = m_name](const std::stop_token &stop) {
                // links and connection are gone before the answer: the GUI thread, which joins this one, waits for neither
                const auto ended = [&] {
                    store::Session session(settings.store);
                    session.setStopToken(stop);
                    remote::AgentPool pool(settings.ssh);
                    workflow::FollowOptions options;
                    options.executor = name;
                    options.pool = [&]() -> remote::AgentPool & { return pool; };
                    options.stop = stop;
                    return workflow::followRun(session, run, options);
                }();
                answer(ended);
            });
        },
        [this, run](const Result<RunDetail> &result) {
            m_threads.erase(run);
            if (!result && !result.error().is(errors::cancelled))
                Q_EMIT gaveUp(run, result.error());
        });
}

} // namespace zandb::console
