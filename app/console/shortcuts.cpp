// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/shortcuts.h"

#include <QAction>
#include <QSettings>

namespace zandb::console {

Shortcuts::Shortcuts(QSettings &settings, QObject *parent) : QObject(parent), m_settings(settings) {}

void Shortcuts::add(const QString &id, QAction *action, const QKeySequence &standard)
{
    const QVariant kept = m_settings.value(QStringLiteral("shortcuts/") + id);
    action->setShortcut(kept.isValid() ? QKeySequence(kept.toString(), QKeySequence::PortableText) : standard);
    m_entries.push_back({id, action, standard});
}

QList<ShortcutsDialog::Entry> Shortcuts::entries() const
{
    QList<ShortcutsDialog::Entry> list;
    for (const Entry &entry : m_entries)
        list.push_back({entry.id, entry.action->text().remove(QLatin1Char('&')), entry.action->shortcut(), entry.standard});
    return list;
}

void Shortcuts::set(const QString &id, const QKeySequence &keys)
{
    for (const Entry &entry : m_entries) {
        if (entry.id != id)
            continue;
        entry.action->setShortcut(keys);
        if (keys == entry.standard)
            m_settings.remove(QStringLiteral("shortcuts/") + id);
        else
            m_settings.setValue(QStringLiteral("shortcuts/") + id, keys.toString(QKeySequence::PortableText));
        Q_EMIT changed();
    }
}

QString Shortcuts::hint(const QString &id) const
{
    for (const Entry &entry : m_entries) {
        if (entry.id == id && !entry.action->shortcut().isEmpty())
            return QStringLiteral(" (%1)").arg(entry.action->shortcut().toString(QKeySequence::NativeText));
    }
    return {};
}

} // namespace zandb::console
