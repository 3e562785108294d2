// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/fleet/location.h"

#include <QDialog>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListWidget;

namespace zandb::console {

/// Ctrl+K: type a part of a name, Enter goes there or does it.
class GoToBox final : public QDialog
{
    Q_OBJECT
public:
    struct Entry
    {
        QString icon;
        QString text;
        QString kind;
        Location to;
        std::function<void()> act; ///< what it does instead of leading anywhere
    };
    GoToBox(std::vector<Entry> entries, QWidget *parent);

Q_SIGNALS:
    void chosen(const zandb::Location &to);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void fill();
    void take();
    std::vector<Entry> m_entries;
    QLineEdit *m_edit;
    QListWidget *m_list;
    QLabel *m_nothing;
};

} // namespace zandb::console
