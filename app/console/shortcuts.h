// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/common/shortcutsdialog.h"

#include <QObject>

class QAction;
class QSettings;

namespace zandb::console {

/// The keys of the window's actions, as this person has them: kept in the settings under "shortcuts/ID", only where
/// they differ from the standard.
class Shortcuts final : public QObject
{
    Q_OBJECT
public:
    explicit Shortcuts(QSettings &settings, QObject *parent = nullptr);
    /// `id` is stable; the action's text is what the list shows.
    void add(const QString &id, QAction *action, const QKeySequence &standard);
    QList<ShortcutsDialog::Entry> entries() const;
    void set(const QString &id, const QKeySequence &keys);
    /// " (Ctrl+K)", for tooltips; empty without a key.
    QString hint(const QString &id) const;

Q_SIGNALS:
    void changed();

private:
    struct Entry
    {
        QString id;
        QAction *action;
        QKeySequence standard;
    };
    QSettings &m_settings;
    QList<Entry> m_entries;
};

} // namespace zandb::console
