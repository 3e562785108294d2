// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/language.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>

namespace zandb::console {

void Language::set(const QString &name)
{
    const QString wanted = !name.isEmpty() ? name : QLocale::system().language() == QLocale::Chinese ? QStringLiteral("zh_CN") : QStringLiteral("en");
    if (wanted == m_name)
        return;
    m_name = wanted;
    QLocale::setDefault(QLocale(wanted == QLatin1String("zh_CN") ? QLocale(QLocale::Chinese, QLocale::China) : QLocale(QLocale::English, QLocale::UnitedStates)));
    if (m_installed) {
        QCoreApplication::removeTranslator(&m_ours);
        QCoreApplication::removeTranslator(&m_qt);
    }
    // English has a file too: it holds the plurals
    const bool ours = m_ours.load(QStringLiteral(":/i18n/zandb_%1.qm").arg(wanted));
    const bool qt = m_qt.load(QStringLiteral("qtbase_%1").arg(wanted), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    m_installed = ours || qt;
    if (qt)
        QCoreApplication::installTranslator(&m_qt);
    if (ours)
        QCoreApplication::installTranslator(&m_ours);
}

} // namespace zandb::console
