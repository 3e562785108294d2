// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleettreemodel.h"

#include <QWidget>

class QLineEdit;
class QToolButton;
class QTreeView;

namespace zandb {

class EmptyState;

/// The scope: groups, hosts and instances with their states.
class FleetTree final : public QWidget
{
    Q_OBJECT
public:
    explicit FleetTree(FleetTreeModel *model, QWidget *parent = nullptr);
    /// Selects without telling.
    void setScope(const Scope &scope);
    void focusFilter();

Q_SIGNALS:
    void scopeSelected(const zandb::Scope &scope);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void retranslate();
    void showScope();

    FleetTreeModel *m_model;
    QTreeView *m_view;
    QLineEdit *m_filter;
    QToolButton *m_all;
    QWidget *m_empty;
    Scope m_scope;
    bool m_showing = false;
    bool m_rebuilding = false;
};

} // namespace zandb
