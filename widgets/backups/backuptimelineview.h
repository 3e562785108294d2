// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/backups/backuptimelinemodel.h"
#include "models/common/timerange.h"
#include "models/schedule/timeaxis.h"

#include <QAbstractScrollArea>
#include <QPixmap>
#include <QStaticText>
#include <QTimer>

#include <map>
#include <optional>

namespace zandb {

/// Instances down, time across, a bar for each run in the colour and shape of its state.  Painted by hand: a chart
/// class is fifteen times slower at 2,000 bars.  Drag zooms, a double click goes back, arrow keys walk from bar to
/// bar, Enter opens.
class BackupTimelineView final : public QAbstractScrollArea
{
    Q_OBJECT
public:
    explicit BackupTimelineView(QWidget *parent = nullptr);

    void setModel(const BackupTimelineModel *model);
    /// What is shown across; `zone` decides where board days and nights lie.
    void setRange(TimePoint from, TimePoint until, const std::string &zone);
    /// The bar that is selected here and in the table below.
    void setCurrentRun(const std::optional<Uuid> &runId);
    std::optional<Uuid> currentRun() const { return m_current; }
    /// Where a run's bar is on the viewport; for tests.
    QRect barRect(const Uuid &runId) const;
    /// A row's name as it is painted; for tests.
    QString shownName(int row) const;
    /// A word of the axis and where its middle is; for tests and for painting.
    struct AxisLabel
    {
        QString text;
        double x = 0;
        bool day = false; ///< stands over the hours of its day
    };
    std::vector<AxisLabel> axisLabels() const;
    QSize sizeHint() const override;

Q_SIGNALS:
    void runSelected(const zandb::Uuid &runId);
    void runActivated(const zandb::Uuid &runId);
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    static constexpr int rowHeight = 28;
    static constexpr int barHeight = 14;
    static constexpr int axisHeight = 40;
    static constexpr int leastBarWidth = 4;
    using Bar = BackupTimelineModel::Bar;
    struct Place
    {
        int row = -1;
        int bar = -1;
        bool valid() const { return bar >= 0; }
    };
    QRect plot() const;
    int hourStep() const;
    double xOf(TimePoint at) const;
    TimePoint timeAt(double x) const;
    int rowTop(int row) const;
    QRectF rectOf(int row, const Bar &bar) const;
    int rowAt(const QPoint &point) const; ///< -1: none
    Place placeAt(const QPoint &point) const;
    Place placeOf(const Uuid &runId) const;
    void choose(Place place, bool tell);
    void zoom(TimePoint at, double factor);
    void layoutChanged();
    void layoutLabels();
    void paintGrid(QPainter &painter) const;
    void paintAxis(QPainter &painter) const;
    void paintBar(QPainter &painter, const QRectF &rect, const Bar &bar, bool dark) const;
    const QPixmap &mark(Look look) const;
    void paintHover(QPainter &painter) const;

    const BackupTimelineModel *m_model = nullptr;
    TimePoint m_from{};
    TimePoint m_until{};
    std::shared_ptr<const ZoneTable> m_zone = ZoneTable::find("UTC");
    std::vector<BoardDay> m_days;
    std::optional<Uuid> m_current;
    std::optional<QPoint> m_hover;
    std::optional<int> m_dragFrom;
    int m_labelWidth = 120;
    int m_phase = 0;
    QTimer m_animation;
    mutable std::map<Look, QPixmap> m_marks;
    QPixmap m_axis;                   ///< drawn once for a range: texts cost more than all bars
    std::vector<QStaticText> m_labels; ///< of the rows, shortened to their width
    QStringList m_titles;              ///< what m_labels were made of
    int m_labelRoom = 0;
    QFont m_labelFont;
};

} // namespace zandb
