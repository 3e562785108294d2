// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/fleet.h"

#include <QColor>
#include <QDialog>

class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace zandb {

/// Chooses instances: in the tree, by a pattern of names, or from a pasted list.
class TargetDialog final : public QDialog
{
    Q_OBJECT
public:
    TargetDialog(const Fleet &fleet, const std::vector<Uuid> &chosen, const QString &profile, const QColor &colour, QWidget *parent = nullptr);
    std::vector<Uuid> chosen() const;

Q_SIGNALS:
    void targetsChosen(const std::vector<zandb::Uuid> &instances);

private:
    void fill(const Fleet &fleet, const std::vector<Uuid> &chosen);
    void filter(const QString &pattern);
    void tickShown(bool on);
    void tickPasted();
    void showCount();

    QLineEdit *m_pattern;
    QTreeWidget *m_tree;
    QPlainTextEdit *m_list;
    QLabel *m_unknown;
    QPushButton *m_accept;
    std::vector<std::pair<QTreeWidgetItem *, Uuid>> m_instances;
};

} // namespace zandb
