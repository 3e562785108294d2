// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/fleet/location.h"

#include "models/common/text.h"

#include <QRegularExpression>
#include <QUrl>
#include <QUrlQuery>

namespace zandb {

Subject::Subject(QLatin1String whichKind, const Uuid &whichId) : kind(whichKind), id(qs(whichId.toString())) {}

Subject::Subject(Look look) : kind(stateSubject), id(lookName(look)) {}

std::optional<Uuid> Location::idOf(QLatin1String kind) const
{
    return subject && subject->kind == kind ? Uuid::parse(subject->id.toStdString()) : std::nullopt;
}

std::optional<Look> Location::look() const
{
    for (int look = 0; subject && subject->kind == stateSubject && look < lookCount; ++look) {
        if (subject->id == lookName(static_cast<Look>(look)))
            return static_cast<Look>(look);
    }
    return std::nullopt;
}

QString locationToText(const Fleet &fleet, const Location &location)
{
    QUrlQuery query;
    if (location.scope.kind != Scope::Kind::All)
        query.addQueryItem(QStringLiteral("scope"), scopeToText(fleet, location.scope));
    query.addQueryItem(QStringLiteral("range"), location.range.toText());
    if (location.subject)
        query.addQueryItem(QStringLiteral("subject"), location.subject->kind + QLatin1Char(':') + location.subject->id);
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
    static const QRegularExpression word(QStringLiteral("^[a-z][a-z-]{0,31}$"));
    if (!word.match(location.page).hasMatch())
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
    QString subject = item("subject");
    for (const QLatin1String kind : {stateSubject, taskSubject, runSubject}) {
        if (const QString id = item(kind.data()); !id.isEmpty())
            subject = kind + QLatin1Char(':') + id;
    }
    const auto colon = subject.indexOf(QLatin1Char(':'));
    if (colon > 0 && word.match(subject.left(colon)).hasMatch() && colon + 1 < subject.size())
        location.subject = Subject(subject.left(colon), subject.mid(colon + 1));
    return location;
}

} // namespace zandb
