// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <QKeySequence>
#include <QList>

class QGridLayout;
class QKeySequenceEdit;
class QLabel;
class QToolButton;

namespace zandb {

/// Lists the keys of all actions and lets one change them.  A key that another action has is refused in words.
class ShortcutsDialog final : public QDialog
{
    Q_OBJECT
public:
    struct Entry
    {
        QString id;
        QString text;
        QKeySequence keys;
        QKeySequence standard;
    };
    explicit ShortcutsDialog(const QList<Entry> &entries, QWidget *parent = nullptr);

Q_SIGNALS:
    void changed(const QString &id, const QKeySequence &keys);

private:
    void take(int row, QKeySequence keys);

    QList<Entry> m_entries;
    QList<QKeySequenceEdit *> m_edits;
    QList<QToolButton *> m_resets;
    QLabel *m_trouble;
};

} // namespace zandb
