// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleettables.h"
#include "models/fleet/historycharts.h"
#include "widgets/common/page.h"

class QLabel;
class QPushButton;

namespace zandb {

class HistoryView;

/// One instance in full: how it is, and its figures over the window's time range.
class InstancePage final : public Page
{
    Q_OBJECT
public:
    explicit InstancePage(QWidget *parent = nullptr);
    /// The instance's path once it is known.
    QString title() const override;
    QString help() const override;
    void setAway(bool away) override;
    void setInstance(const InstanceRow &row);
    /// The fleet has no such instance.
    void setGone();
    HistoryView *history() { return m_history; }

protected:
    void changeEvent(QEvent *event) override;
    bool hasActs() const override { return false; }

private:
    void showHead();
    std::optional<InstanceRow> m_row;
    bool m_gone = false;
    QLabel *m_name;
    QLabel *m_state;
    QLabel *m_facts;
    QPushButton *m_backups;
    QPushButton *m_runs;
    HistoryView *m_history;
};

} // namespace zandb
