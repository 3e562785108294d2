// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/timerange.h"

#include <QWidget>

class QToolButton;

namespace zandb {

/// The range of time all pages share: presets, earlier and later.
class TimeRangeBar final : public QWidget
{
    Q_OBJECT
public:
    explicit TimeRangeBar(QWidget *parent = nullptr);
    void setRange(const TimeRange &range);

Q_SIGNALS:
    void rangeChosen(const zandb::TimeRange &range);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    TimeRange m_range;
    QToolButton *m_earlier;
    QToolButton *m_choice;
    QToolButton *m_later;
};

} // namespace zandb
