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
    /// Why nothing may be begun from here now; empty: it may.
    void setForbidden(const QString &why) { m_forbidden = why; }

Q_SIGNALS:
    void scopeSelected(const zandb::Scope &scope);
    /// Wants to see that page of the scope.
    void pageRequested(const zandb::Scope &scope, const QString &page);
    /// Wants what the scope holds backed up.
    void backupRequested(const zandb::Scope &scope);

protected:
    void changeEvent(QEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void retranslate();
    void showScope();
    void showMenu(const QPoint &at);
    void goToFound();

    FleetTreeModel *m_model;
    QTreeView *m_view;
    QLineEdit *m_filter;
    QToolButton *m_all;
    QWidget *m_empty;
    Scope m_scope;
    QString m_forbidden;
    bool m_showing = false;
    bool m_rebuilding = false;
};

} // namespace zandb
