// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTranslator>

namespace zandb::console {

/// English is in the sources; others come from compiled-in translations.  Changing needs no restart.
class Language final : public QObject
{
    Q_OBJECT
public:
    explicit Language(QObject *parent = nullptr) : QObject(parent) {}
    /// "en", "zh_CN"; empty: the system's.
    void set(const QString &name);
    const QString &name() const { return m_name; }

private:
    QString m_name;
    QTranslator m_ours;
    QTranslator m_qt;
    bool m_installed = false;
};

} // namespace zandb::console
