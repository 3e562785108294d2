// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/workflow/taskplan.h"

#include <QWidget>

namespace zandb {

/// What comes in the next hours: hosts down, hours across, darker where more is to be done.  Names the tasks of the cell under the pointer.
class TaskCalendarView final : public QWidget
{
    Q_OBJECT
public:
    explicit TaskCalendarView(QWidget *parent = nullptr);
    void setCalendar(const TaskCalendar &calendar);
    /// For tests and screen readers: what stands in a cell.
    QString cellText(int row, int hour) const;
    const TaskCalendar &calendar() const { return m_calendar; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    bool event(QEvent *event) override;

private:
    int shownRows() const;
    QRect cellRect(int row, int hour) const;
    int nameWidth() const;

    TaskCalendar m_calendar;
};

} // namespace zandb
