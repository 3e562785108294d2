// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabWidget>

namespace zandb {

/// Tabs without a frame: Qt draws a line beside a corner's widget, which ends at the tabs.
class PlainTabs final : public QTabWidget
{
public:
    using QTabWidget::QTabWidget;

protected:
    void paintEvent(QPaintEvent *) override {}
};

} // namespace zandb
