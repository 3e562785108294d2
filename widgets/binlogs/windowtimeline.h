// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/binlogs/binlogmodels.h"

#include <QWidget>

namespace zandb {

/// The restorable window of one instance over time: what can be restored as bars, holes hatched, backups as marks.
class WindowTimeline final : public QWidget
{
    Q_OBJECT
public:
    explicit WindowTimeline(QWidget *parent = nullptr);
    /// Nothing to show without a row.
    void setRow(const BinlogRow *row, TimePoint now);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    QRectF plot() const;
    double xOf(TimePoint at) const;
    TimePoint timeAt(double x) const;

    std::optional<BinlogRow> m_row;
    TimePoint m_from{};
    TimePoint m_until{};
};

} // namespace zandb
