// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/storewatch.h"

#include <QObject>

namespace zandb::console {

/// What people ask for, handed to the store.  No answer travels back into a page: what comes of it shows as a change
/// of the run; only what the store refuses is said.
class Actions final : public QObject
{
    Q_OBJECT
public:
    Actions(store::Executor &executor, ConsoleState &state, std::string person, QObject *parent = nullptr);
    void retry(const Uuid &runId);
    void cancel(const Uuid &runId);
    void backUp(const std::vector<Uuid> &instances);
    /// Asked for, and not yet in the store: lost when the program ends now.
    int pending() const { return m_pending; }

Q_SIGNALS:
    void refused(const QString &what, const zandb::Error &error);
    void accepted(const QString &what);

private:
    void act(const QString &what, std::function<Result<void>(store::Session &)> job);

    store::Executor &m_executor;
    ConsoleState &m_state;
    std::string m_person;
    int m_pending = 0;
};

} // namespace zandb::console
