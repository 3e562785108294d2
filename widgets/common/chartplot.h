// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/chartdata.h"
#include "models/common/timerange.h"

#include <QPixmap>
#include <QWidget>

#include <functional>

namespace zandb {

/// How a chart draws its lines.
struct ChartShape
{
    enum class Form {
        Lines, ///< each from its least to its greatest value as a band, with its mean as a line
        Areas, ///< means, one on top of the other
        Bars,  ///< the same as bars
    };
    Form form = Form::Lines;
    ChartUnit unit = ChartUnit::Count;
    bool fromZero = true; ///< false: the axis begins near the least value, and says so
};

/// The drawn part of a chart over time: axes, lines, crosshair, and what mouse and keyboard do on it.  It draws itself instead of using Qt Charts: there, each
/// stretch between two gaps is a series of its own with an item, and a hundred instances with gaps take seconds.  GUI thread.
///
/// Drag: zoom.  Double click: back.  Left and right: the crosshair, with Shift ten columns; plus: zoom in around it; minus or Backspace: back.
class ChartPlot final : public QWidget
{
    Q_OBJECT
public:
    explicit ChartPlot(QWidget *parent = nullptr);
    void setShape(const ChartShape &shape);
    /// The range becomes that of the data.
    void setData(const ChartData &data);
    const ChartData &data() const { return m_data; }
    /// Shows another range of the data that are there, until others come.
    void setRange(TimePoint from, TimePoint until);
    /// One entry a line.
    void setShown(const std::vector<bool> &shown);
    const std::vector<bool> &shown() const { return m_shown; }
    /// Stands in the middle while nothing is known.
    void setEmptyText(const QString &text);
    void setAway(bool away);
    QColor colourOf(std::size_t line) const;

    /// Moves the crosshair to the column at this time; none: it goes.
    void showCross(std::optional<TimePoint> at);
    std::optional<TimePoint> cross() const { return m_cross; }
    /// The values of all shown lines under the crosshair, one `line` each: `mark` gets the colour.  Empty without a crosshair.
    QString crossText(const std::function<QString(const QColor &colour, const QString &name, const QString &value)> &line) const;
    /// Where the lines are drawn, in this widget's coordinates.
    QRect plotRect() const;
    QSize minimumSizeHint() const override { return {160, 72}; }
    QSize sizeHint() const override { return {400, 140}; }

Q_SIGNALS:
    void crossMoved(std::optional<zandb::TimePoint> at); ///< by mouse or keyboard
    void crossChanged();                                   ///< by whomever
    void rangeRequested(const zandb::TimeRange &range);
    void rangeBackRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void focusOutEvent(QFocusEvent *event) override;

private:
    struct Drawn
    {
        std::size_t line;
        Spreads columns;
    };
    void redraw();
    void layOut();
    /// What is asked for between two paintings is of the newest data, too.
    void ensureLaidOut() const;
    std::vector<Drawn> stacked() const;
    void drawAxes(QPainter &painter) const;
    void drawLine(QPainter &painter, const Drawn &drawn) const;
    void drawArea(QPainter &painter, const Drawn &drawn) const;
    void drawBars(QPainter &painter, const Drawn &drawn) const;
    void drawCross(QPainter &painter) const;
    void moveCross(std::optional<TimePoint> at);
    void walk(int columns);
    void askRange(TimePoint from, TimePoint until);
    void eachRun(const Spreads &columns, const std::function<void(std::size_t begin, std::size_t end)> &run) const;
    double xOf(TimePoint at) const;
    double xOfColumn(double column) const;
    double yOf(double value) const;
    TimePoint timeAt(double x) const;
    TimePoint columnTime(std::size_t column) const;
    std::optional<std::size_t> columnAt(TimePoint at) const;
    QFont smallFont() const;

    ChartShape m_shape;
    ChartData m_data;
    TimePoint m_from{};
    TimePoint m_until{};
    std::vector<bool> m_shown;
    QString m_emptyText;
    bool m_away = false;
    std::optional<TimePoint> m_cross;
    std::optional<int> m_dragFrom;
    int m_dragTo = 0;

    // what is drawn, and worked out once for it
    QPixmap m_picture;
    bool m_stale = true;     ///< what follows
    bool m_undrawn = true;   ///< the picture
    ChartColumns m_columns;
    std::vector<Drawn> m_drawn; ///< Areas and Bars: `low` is the bottom and `mean` the top of each part
    ValueAxis m_axis;
    QRect m_plot;
};

} // namespace zandb
