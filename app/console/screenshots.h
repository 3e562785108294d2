// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/consolecontext.h"

#include <QSet>
#include <QTimer>

#include <functional>
#include <vector>

namespace zandb::console {

class Language;

struct Pictures
{
    QString directory;
    QSize size;
    TimeRange range;
};

/// Walks through the pages once their data has come, saves a picture of each in light, dark and Chinese, and ends the
/// program with 0; with 3 when the store does not answer within 30 s.
class Screenshots final : public QObject
{
    Q_OBJECT
public:
    Screenshots(ConsoleContext &context, Theme &theme, Language &language, const Pictures &wanted);

private:
    void next();
    void goTo(const QString &page);
    void save(const QString &name);

    ConsoleContext &m_context;
    Theme &m_theme;
    Language &m_language;
    QString m_directory;
    std::vector<std::function<void()>> m_steps;
    std::size_t m_at = 0;
    QTimer m_timer;
    QTimer m_limit;
    QSet<QString> m_seen; ///< pages that were shown
    QString m_waiting = QStringLiteral("backups");
};

} // namespace zandb::console
