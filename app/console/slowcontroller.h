// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolestate.h"
#include "app/console/reload.h"
#include "app/console/storewatch.h"
#include "models/killer/killed.h"
#include "models/slowlog/slowdetailmodels.h"
#include "models/slowlog/slowdigestmodel.h"

namespace zandb::console {

/// Keeps the Slow queries page, and the digest that is shown in full, at what the store says of the scope and the range.  Chart, table and sources are read side by side on
/// the store's threads, so that the chart does not wait for the table.  GUI thread.
class SlowController final : public QObject
{
    Q_OBJECT
public:
    using Sources = std::vector<std::pair<QString, SlowSourceRow>>;
    SlowController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, std::string person, QObject *parent = nullptr);
    SlowDigestModel *table() { return &m_table; }
    SlowCallerModel *callers() { return &m_callers; }
    SlowExampleModel *examples() { return &m_examples; }

    /// The chart is split by something else.
    void setBy(SlowBy by);
    void accept(const std::vector<Uuid> &digests, bool accepted);

Q_SIGNALS:
    /// The table has come.
    void loaded();
    /// Another scope or range is being read: what is shown is of the one before.
    void asked();
    /// It is tried again by itself.
    void failed(const zandb::Error &error);
    void topShown(const zandb::SlowTop &top);
    void overTimeShown(const zandb::SlowOverTime &overTime);
    void sourcesShown(const zandb::console::SlowController::Sources &sources);
    void rangeChanged(zandb::TimePoint from, zandb::TimePoint until);
    /// "production, last 5 days"
    void placeChanged(const QString &place);

    void digestAsked();
    void digestShown(const zandb::SlowDigestDetail &detail);
    void digestGone();
    /// What was killed of the digest in the range; comes before digestShown().
    void killedShown(const std::optional<zandb::KilledDigest> &killed);
    void digestFailed(const zandb::Error &error);
    /// Marking a digest did not work.
    void refused(const zandb::Error &error);

private:
    void follow();
    void loadChart();
    void loadTop();
    void loadDigest();
    QString place() const;

    store::Executor &m_executor;
    ConsoleState &m_state;
    const std::string m_person;
    Latest<SlowOverTime> m_latestChart;
    Latest<SlowTop> m_latestTop;
    Latest<Sources> m_latestSources;
    struct Shown
    {
        std::optional<SlowDigestDetail> detail;
        std::optional<KilledDigest> killed;
    };
    Latest<Shown> m_latestDigest;
    Latest<bool> m_latestAccept;
    Reload m_reloadChart;
    Reload m_reloadTop;
    Reload m_reloadDigest;
    SlowDigestModel m_table;
    SlowCallerModel m_callers;
    SlowExampleModel m_examples;
    SlowBy m_by = SlowBy::Digest;
    Location m_at;
};

} // namespace zandb::console
