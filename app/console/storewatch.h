// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/delivery.h"
#include "app/platform/elapsed.h"
#include "app/store/changefeed.h"
#include "app/store/executor.h"
#include "app/store/role.h"
#include "app/workflow/memberrepository.h"

#include <QStringList>
#include <QTimer>

namespace zandb::console {

/// Runs a store job on the executor and hands its result to `handle` on the receiver's thread; a newer one through
/// the same Latest stops it.
template<class T>
void ask(store::Executor &executor, Latest<T> &latest, std::function<Result<T>(store::Session &)> job,
         std::function<void(Result<T>)> handle)
{
    latest.ask(
        [&](Answer<T> answer, std::stop_token stop) {
            executor.post([answer, job = std::move(job)](store::Session &session) { answer(job(session)); }, stop);
        },
        std::move(handle));
}

/// Polls the change feed once a second and says what changed; everything every five minutes.  A store that refuses, or
/// has not answered for five seconds, is away: the watch says so and goes on trying.
class StoreWatch final : public QObject
{
    Q_OBJECT
public:
    StoreWatch(store::Executor &executor, QObject *parent = nullptr);
    void start();
    /// F5: everything now.
    void refreshAll();
    /// How long ago the store last answered.
    std::optional<Microseconds> silence() const;

Q_SIGNALS:
    /// `all`: not because of a change, but because the person asked, the store is back, or five minutes have gone.
    void changed(const QStringList &topics, bool all);
    /// `lastAlive`: until when a headless instance was last alive, where rows still tell.
    void beat(zandb::TimePoint storeNow, double milliseconds, int membersAlive, std::optional<zandb::TimePoint> lastAlive);
    /// After every connecting, and every five minutes.
    void roleKnown(zandb::StoreRole role);
    /// Again with each try that fails.
    void away(const zandb::Error &error);

private:
    struct Beat
    {
        store::FeedVersions feed;
        workflow::MemberView members;
        double milliseconds = 0;
        std::optional<StoreRole> role;
    };
    void poll();
    void listen();

    store::Executor &m_executor;
    Latest<Beat> m_latest;
    QTimer m_timer;
    std::optional<store::FeedVersions> m_before;
    Elapsed m_answered;
    Elapsed m_all;
    bool m_schemaChecked = false;
    bool m_away = false;
};

} // namespace zandb::console
