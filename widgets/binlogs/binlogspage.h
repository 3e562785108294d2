// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/binlogs/binlogmodels.h"
#include "widgets/common/page.h"
#include "widgets/common/ui.h"

class QLabel;

namespace zandb {

class Inspector;
class TablePane;
class WindowTimeline;

/// Binlogs of the scope: what is archived, and to which moments each instance can be brought.
class BinlogsPage final : public Page
{
    Q_OBJECT
public:
    BinlogsPage(const Ui &ui, BinlogTableModel *model, QWidget *parent = nullptr);
    QString title() const override;
    void setLoading(bool loading) override;
    void setAway(bool away) override;
    void focusFilter() override;
    bool escape() override;
    QString help() const override;
    void setNow(TimePoint now);

protected:
    void changeEvent(QEvent *event) override;

private:
    void retranslate();
    void showInspector();
    const BinlogRow *chosen() const;

    BinlogTableModel *m_model;
    QLabel *m_windowTitle;
    WindowTimeline *m_timeline;
    TablePane *m_pane;
    Inspector *m_inspector;
    TimePoint m_now{};
    bool m_loading = false;
};

} // namespace zandb
