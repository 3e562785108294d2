// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/sessions.h"
#include "agent/protocol/uuid.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace zandb {

/// What a session is doing, as far as it matters to others.
enum class SessionPart {
    Head,          ///< others wait for it, and it waits for nobody
    Waits,         ///< for another session
    InCircle,      ///< sessions wait for each other in a circle: the server ends one of them
    Active,        ///< runs a statement
    InTransaction, ///< does nothing, with a transaction open
    Idle,
};

/// A session as lists show it: with its place in the chain of who waits for whom.
struct SessionRow
{
    Uuid id; ///< made of instance and connection, so that it stays the same from one look to the next
    Uuid instance;
    QString path;            ///< "db1/my3306"
    wire::Session session;
    TimePoint at{};          ///< of the list it comes from, by the host's clock
    SessionPart part = SessionPart::Idle;
    int depth = 0;           ///< behind the head of its chain; 0: it waits for nobody
    std::int64_t head = 0;   ///< connection at the head of its chain; 0: it waits for nobody
    int rank = 0;            ///< in the order of chains: a head, those that wait for it, the next head, the others
    bool stale = false;      ///< the instance has not answered for a while
};

/// The rows of one instance's list in the order of their connections; `rank` is the order to show them in, from `firstRank` on.  Pure.
std::vector<SessionRow> sessionRows(const Uuid &instance, const QString &path, const wire::SessionList &list, int firstRank);

/// The id of the row of a connection.
Uuid sessionRowId(const Uuid &instance, std::int64_t connection);

/// What a person narrows the list to.
struct SessionFilter
{
    bool idle = false;        ///< also those that do nothing
    std::int64_t longerThan = 0; ///< seconds; those that block or wait are always shown
    QString user;             ///< empty: all
    bool operator==(const SessionFilter &) const = default;
    bool accepts(const SessionRow &row) const;
};

/// One line about all lists together.
struct SessionFacts
{
    /// What cannot be shown of an instance.
    struct Trouble
    {
        QString path;
        QString text;      ///< why
        bool old = false;  ///< what is shown of it is old
    };
    int instances = 0;
    int answered = 0;      ///< instances whose list is there
    int sessions = 0;      ///< in the lists
    int active = 0;
    int waiting = 0;
    int heads = 0;         ///< that others wait for and that wait for nobody, and circles
    std::int64_t idle = 0; ///< left out by the agents since nobody asked for them
    std::int64_t more = 0; ///< for which a list had no room
    QStringList users;     ///< sorted
    std::vector<Trouble> troubles;
    QStringList notPermitted; ///< "db1/my3306: row_locks"
    int everySeconds = 2;
};

} // namespace zandb
