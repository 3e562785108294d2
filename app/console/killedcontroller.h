// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "models/killer/killedmodels.h"

namespace zandb::console {

/// Keeps the Killed page at what the store says of the scope and the range.  GUI thread; the reading is done on the store's threads.
class KilledController final : public ListController
{
    Q_OBJECT
public:
    KilledController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent = nullptr);
    KilledDigestModel *digests() { return &m_digests; }
    KilledTableModel *statements() { return &m_statements; }
    /// Narrows the statements to one digest; empty: all.
    void chooseDigest(const QString &checksum);

Q_SIGNALS:
    void stepsChanged(const std::vector<zandb::KilledStep> &steps, zandb::TimePoint from, zandb::TimePoint until);
    void countersChanged(const zandb::KillCounters &counters);
    void rangeChanged(zandb::TimePoint from, zandb::TimePoint until);
    void digestChanged(const QString &checksum);

private:
    struct Question
    {
        std::shared_ptr<const Fleet> fleet;
        Scope scope;
        TimePoint from{};
        TimePoint until{};
        std::string digest;
    };
    struct Facts
    {
        TimePoint from{};
        TimePoint until{};
        std::vector<KilledRow> rows;
        std::vector<KilledDigest> digests;
        std::vector<KilledStep> steps;
        KillCounters counters;
        bool cut = false;
    };
    static Result<Facts> read(store::Session &session, const Question &question);
    Reading<Facts>::Job question() const;
    void show(Facts facts);

    Reading<Facts> m_list;
    KilledDigestModel m_digests;
    KilledTableModel m_statements;
    QString m_digest;
};

} // namespace zandb::console
