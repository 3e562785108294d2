// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/reload.h"
#include "app/console/storewatch.h"

namespace zandb::console {

/// What the controllers of all pages share: when they read, and what they tell their page about it.  A controller names the topics of the change feed that
/// it follows and has a Reading for each answer it wants; ConsoleContext::connectList() does the page's side.  GUI thread.
class ListController : public QObject
{
    Q_OBJECT
Q_SIGNALS:
    void loaded();
    /// Another scope, range or subject is being read: what is shown is of the one before.
    void asked();
    /// It is tried again by itself.
    void failed(const zandb::Error &error);
    /// Only the newest `rows` are shown; 0: all.
    void cutTo(int rows);

protected:
    /// All outlive it.
    ListController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
        : QObject(parent), m_executor(executor), m_state(state), m_watch(watch)
    {
    }
    /// The window shows this page, and knows the fleet, without which lists could only show ids.
    bool shows(QLatin1String page) const { return m_state.fleetKnown() && m_state.location().page == page; }
    /// When one of these topics changes the readings are wanted; at once when the person asks for it or the store is back.
    void wantOn(const QStringList &topics, const std::vector<Reload *> &readings)
    {
        connect(&m_watch, &StoreWatch::changed, this, [topics, readings](const QStringList &changed, bool all) {
            if (!all && std::ranges::none_of(topics, [&](const QString &topic) { return changed.contains(topic); }))
                return;
            for (Reload *reading : readings)
                all ? reading->wantNow() : reading->want();
        });
    }

    template<class T> friend class Reading;
    store::Executor &m_executor;
    ConsoleState &m_state;
    StoreWatch &m_watch;
};

/// One answer of the store that a page shows: asked for when it is wanted (see Reload), the newest question wins, what failed is told and tried again.
template<class T>
class Reading final : public Reload
{
public:
    using Job = std::function<Result<T>(store::Session &)>;
    /// `question` makes what is run on a thread of the store, of what the window shows at that moment; an empty Job: there is nothing to ask.
    /// `answered` gets its result.  `failed`: besides the tries; without it the owner's signal failed() tells.
    Reading(ListController *owner, std::function<Job()> question, std::function<void(T)> answered, std::function<void(const Error &)> failed = {})
        : Reload([this] { load(); }, owner), m_owner(owner), m_question(std::move(question)), m_answered(std::move(answered)), m_failed(std::move(failed)), m_latest(owner)
    {
        setActive(false);
    }
    /// What is under way is of another place: its answer is not wanted any more.
    void stop() { m_latest.stop(); }

private:
    void load()
    {
        Job job = m_question();
        if (!job)
            return finished();
        ask<T>(m_owner->m_executor, m_latest, std::move(job), [this](Result<T> result) {
            if (result) {
                finished();
                m_answered(std::move(*result));
                return;
            }
            failed();
            if (m_failed)
                m_failed(result.error());
            else
                Q_EMIT m_owner->failed(result.error());
        });
    }

    ListController *m_owner;
    std::function<Job()> m_question;
    std::function<void(T)> m_answered;
    std::function<void(const Error &)> m_failed;
    Latest<T> m_latest;
};

} // namespace zandb::console
