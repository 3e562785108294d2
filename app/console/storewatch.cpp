// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/storewatch.h"

#include "app/platform/errors.h"
#include "models/common/text.h"

namespace zandb::console {
namespace {

const QStringList everything{QStringLiteral("fleet"), QStringLiteral("fleet_state"), QStringLiteral("task"), QStringLiteral("run"), QStringLiteral("backup"),
                             QStringLiteral("run_progress"), QStringLiteral("member"), QStringLiteral("alert"), QStringLiteral("slow"), QStringLiteral("snapshot"), QStringLiteral("check"), QStringLiteral("binlog")};
constexpr std::chrono::minutes everythingEvery{5};
/// A store that takes 500 ms a query still answers twice in this time.
constexpr std::chrono::seconds longestSilence{5};

} // namespace

StoreWatch::StoreWatch(store::Executor &executor, QObject *parent) : QObject(parent), m_executor(executor), m_latest(this)
{
    m_timer.setInterval(1000);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        listen();
        poll();
    });
}

void StoreWatch::start()
{
    m_timer.start();
    poll();
}

void StoreWatch::refreshAll()
{
    m_before.reset();
    poll();
}

std::optional<Microseconds> StoreWatch::silence() const
{
    return m_answered.isStarted() ? std::optional(m_answered.passed()) : std::nullopt;
}

/// A network that swallows everything lets a query wait for a minute: nobody may take what is shown for the present
/// meanwhile.
void StoreWatch::listen()
{
    if (m_away || !m_answered.isStarted() || m_answered.passed() < longestSilence)
        return;
    m_away = true;
    Q_EMIT away(makeError(errors::timeout, {{"what", tr("The metadata store").toStdString()},
                                            {"seconds", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(longestSilence).count())}}));
}

void StoreWatch::poll()
{
    if (m_latest.busy()) // a slow store is asked again when it has answered
        return;
    ask<Beat>(
        m_executor, m_latest,
        [check = !m_schemaChecked, askRole = !m_schemaChecked || m_all.passed() >= everythingEvery](store::Session &session) -> Result<Beat> {
            if (check) {
                if (auto schema = session.checkSchema(); !schema)
                    return fail(schema.error());
            }
            Beat beat;
            const auto started = std::chrono::steady_clock::now();
            auto feed = store::loadFeed(session);
            if (!feed)
                return fail(feed.error());
            beat.milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - started).count();
            beat.feed = std::move(*feed);
            auto members = workflow::loadMembers(session);
            if (!members)
                return fail(members.error());
            beat.members = std::move(*members);
            if (askRole) {
                const auto role = store::roleOf(session);
                if (!role)
                    return fail(role.error());
                beat.role = *role;
            }
            return beat;
        },
        [this](Result<Beat> result) {
            if (!result) {
                m_away = true;
                m_schemaChecked = false;
                Q_EMIT away(result.error());
                return;
            }
            m_schemaChecked = true;
            m_answered.start();
            const auto alive = std::ranges::count_if(result->members.members, [&](const workflow::Member &m) { return result->members.alive(m.id); });
            std::optional<TimePoint> lastAlive;
            for (const workflow::Member &member : result->members.members) {
                if (member.expiresAt <= result->members.now)
                    lastAlive = std::max(lastAlive.value_or(member.expiresAt), member.expiresAt);
            }
            Q_EMIT beat(result->members.now, result->milliseconds, static_cast<int>(alive), lastAlive);
            if (result->role)
                Q_EMIT roleKnown(*result->role);
            QStringList topics;
            const bool all = !m_before || m_away || !m_all.isStarted() || m_all.passed() >= everythingEvery;
            if (all) {
                topics = everything;
                m_all.start();
            } else {
                for (const std::string &topic : store::changedTopics(*m_before, result->feed))
                    topics << qs(topic);
            }
            m_away = false;
            m_before = std::move(result->feed);
            if (!topics.isEmpty())
                Q_EMIT changed(topics, all);
        });
}

} // namespace zandb::console
