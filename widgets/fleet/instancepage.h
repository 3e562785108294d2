// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleettables.h"
#include "models/fleet/historycharts.h"
#include "widgets/common/page.h"

#include <functional>
#include <vector>

class QLabel;
class QPushButton;
class QStackedWidget;
class QTabBar;

namespace zandb {

class HistoryView;

/// One instance in full: how it is, its figures over the window's time range, and other views of it as tabs.
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
    /// Another view of the instance, in a tab of its own; `title` makes its words in the language of now.
    void addView(const QString &name, QWidget *view, std::function<QString()> title);
    /// Brings a view to the front; "figures" are the first.
    void showView(const QString &name);
    /// The agent is asked for its rights, and has not answered yet.
    void setChecking(bool checking);

Q_SIGNALS:
    /// What the store or the agent would refuse is to be shown disabled with this reason; empty: nothing.
    void forbiddenChanged(const QString &why);
    /// What the agent may and may not do on the instance.
    void rightsRequested(const zandb::Uuid &instance);

protected:
    void changeEvent(QEvent *event) override;
    bool hasActs() const override { return false; }
    void showForbidden() override { Q_EMIT forbiddenChanged(forbidden()); }

private:
    void showHead();
    std::optional<InstanceRow> m_row;
    bool m_gone = false;
    bool m_checking = false;
    QLabel *m_name;
    QLabel *m_state;
    QLabel *m_facts;
    QPushButton *m_backups;
    QPushButton *m_runs;
    QPushButton *m_rights;
    HistoryView *m_history;
    QTabBar *m_tabs;
    QStackedWidget *m_views;
    std::vector<std::pair<QString, std::function<QString()>>> m_titles;
};

} // namespace zandb
