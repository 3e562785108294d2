// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/chartdata.h"
#include "models/common/tablemodel.h"
#include "models/slowlog/slowreport.h"
#include "models/workflow/runtext.h"

namespace zandb {

/// A digest as the table lists it.
struct SlowDigestCells
{
    SlowDigestRow row;
    int rank = 0;            ///< from 1, by the metric that is shown
    std::int64_t allUs = 0;  ///< query time of all digests together
    TimePoint from{};        ///< of the range: what was seen first after it is new
};

/// The digests of a scope and a range.
class SlowDigestModel final : public TableModel<SlowDigestCells, Uuid>
{
    Q_OBJECT
public:
    enum Column { Rank, Digest, Share, Calls, Total, Mean, P95, Ratio, Examined, Trend, Change, FirstSeen, Note, Checksum, ColumnCount };
    explicit SlowDigestModel(QObject *parent = nullptr);
    /// Ranked by a metric.
    void setTop(const SlowTop &top, SlowMetric metric);

    Uuid key(const SlowDigestCells &row) const override { return row.row.checksum; }
    bool same(const SlowDigestCells &a, const SlowDigestCells &b) const override;

protected:
    QVariant cell(const SlowDigestCells &row, int column, int role) const override;
    QVariant header(int column, int role) const override;
};

/// The text of a digest for one line; what stands for the folded tail or an unknown text is said in words.
QString digestLine(const SlowDigestRow &row);
/// "+18 %", "new", or nothing.
QString changeText(double now, double before);
/// A metric's words: "Total time", "Count", "Rows examined"; what a chart splits by: "Digest", "User", ...
QString metricText(SlowMetric metric);
QString byText(SlowBy by);
/// The line of a legend.
QString lineText(const SlowLine &line, SlowBy by);

/// Lines for a chart: per second of the bucket (query seconds, statements or rows each second).
ChartData slowChart(const SlowOverTime &overTime, SlowMetric metric, std::size_t lines);
ChartUnit slowChartUnit(SlowMetric metric);

/// What an inspector says.
QList<Fact> factsOf(const SlowDigestRow &row, std::int64_t allUs);
/// For a ticket: plain text with what was measured, when and where.  `place`: "production, last 24 hours"; `detail`: none: callers and examples are left out.
QString ticketText(const SlowDigestRow &row, std::int64_t allUs, const QString &place, const SlowDigestDetail *detail = nullptr);

} // namespace zandb
