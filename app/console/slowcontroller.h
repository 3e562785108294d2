// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/listcontroller.h"
#include "models/killer/killed.h"
#include "models/slowlog/finding.h"
#include "models/slowlog/slowdetailmodels.h"
#include "models/slowlog/slowdigestmodel.h"

namespace zandb::console {

/// Keeps the Slow queries page, and the digest that is shown in full, at what the store says of the scope and the range.  Chart, table and sources are read side by side on
/// the store's threads, so that the chart does not wait for the table.  GUI thread.
class SlowController final : public ListController
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
    void topShown(const zandb::SlowTop &top);
    void overTimeShown(const zandb::SlowOverTime &overTime);
    void sourcesShown(const zandb::console::SlowController::Sources &sources);
    /// So many digests of the scope are slower or more frequent than usual now.
    void regressedCounted(int digests);
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
    /// A digest in full, and what was killed of it.
    struct Shown
    {
        std::optional<SlowDigestDetail> detail;
        std::optional<KilledDigest> killed;
    };
    void follow();
    Reading<SlowOverTime>::Job chartQuestion() const;
    Reading<SlowTop>::Job topQuestion() const;
    Reading<Sources>::Job sourcesQuestion() const;
    Reading<Shown>::Job digestQuestion() const;
    void showDigest(const Shown &shown);
    void countRegressed(const std::vector<SlowFinding> &findings);
    QString place() const;

    const std::string m_person;
    Latest<bool> m_latestAccept;
    Reading<SlowOverTime> m_chart;
    Reading<SlowTop> m_top;
    Reading<Sources> m_sources;
    Reading<std::vector<SlowFinding>> m_findings;
    Reading<Shown> m_digest;
    SlowDigestModel m_table;
    SlowCallerModel m_callers;
    SlowExampleModel m_examples;
    SlowBy m_by = SlowBy::Digest;
    Location m_at;
};

} // namespace zandb::console
