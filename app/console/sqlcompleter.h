// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/batchsql.h"
#include "app/console/agentcalls.h"
#include <QElapsedTimer>

#include <map>

namespace zandb::console {

/// Names of schemas, tables and columns of the instances in front, for completion: asked of their agents once in a while, kept per instance and schema, and never
/// waited for.  An instance that cannot be asked is left out, silently.  GUI thread.
class SqlCompleter final : public QObject
{
    Q_OBJECT
public:
    SqlCompleter(ConsoleState &state, AgentCalls &calls, QObject *parent = nullptr);
    /// The editor in front is for these.
    void setPlace(const std::vector<Uuid> &targets, const QString &schema);

Q_SIGNALS:
    /// "shop", "shop.product", "product.price"; without doubles.
    void namesKnown(const QStringList &names);

private:
    using Key = std::pair<Uuid, std::string>;
    struct Known
    {
        explicit Known(QObject *receiver) : asked(receiver) {}
        wire::SqlNames names;
        QElapsedTimer since; ///< it was asked
        Latest<Json> asked;
    };
    void tell();

    ConsoleState &m_state;
    AgentCalls &m_calls;
    std::map<Key, std::unique_ptr<Known>> m_known;
    std::vector<Key> m_front;
    QStringList m_told;
};

} // namespace zandb::console
