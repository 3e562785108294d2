// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/location.h"

#include "models/common/text.h"

#include <QUrl>
#include <QUrlQuery>

namespace zandb {

QString locationToText(const Fleet &fleet, const Location &location)
{
    QUrlQuery query;
    if (location.scope.kind != Scope::Kind::All)
        query.addQueryItem(QStringLiteral("scope"), scopeToText(fleet, location.scope));
    query.addQueryItem(QStringLiteral("range"), location.range.toText());
    if (location.look)
        query.addQueryItem(QStringLiteral("state"), lookName(*location.look));
    if (location.task)
        query.addQueryItem(QStringLiteral("task"), qs(location.task->toString()));
    if (location.run)
        query.addQueryItem(QStringLiteral("run"), qs(location.run->toString()));
    return QStringLiteral("zandb:") + location.page + QLatin1Char('?') + query.toString(QUrl::FullyEncoded);
}

std::optional<Location> locationFromText(const Fleet &fleet, const QString &text)
{
    const QString line = text.trimmed();
    if (!line.startsWith(QLatin1String("zandb:")) || line.size() > 2000)
        return std::nullopt;
    const auto mark = line.indexOf(QLatin1Char('?'));
    Location location;
    location.page = line.mid(6, mark < 0 ? -1 : mark - 6);
    static const QStringList pages{QStringLiteral("today"), QStringLiteral("fleet"), QStringLiteral("backups"),
                                   QStringLiteral("runs"), QStringLiteral("run")};
    if (!pages.contains(location.page))
        return std::nullopt;
    const QUrlQuery query(mark < 0 ? QString() : line.mid(mark + 1));
    const auto item = [&](const char *name) {
        return query.queryItemValue(QString::fromLatin1(name), QUrl::FullyDecoded);
    };
    const auto scope = scopeFromText(fleet, item("scope"));
    if (!scope)
        return std::nullopt;
    location.scope = *scope;
    if (const auto range = TimeRange::parse(item("range")))
        location.range = *range;
    for (int look = 0; look < lookCount; ++look) {
        if (item("state") == lookName(static_cast<Look>(look)))
            location.look = static_cast<Look>(look);
    }
    location.task = Uuid::parse(item("task").toStdString());
    location.run = Uuid::parse(item("run").toStdString());
    if (location.page == QLatin1String("run") && !location.run)
        return std::nullopt;
    return location;
}

} // namespace zandb
