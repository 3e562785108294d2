// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/common/look.h"
#include "models/common/timerange.h"
#include "models/fleet/scope.h"

namespace zandb {

/// Kinds of subjects.
inline constexpr QLatin1String runSubject{"run"};
inline constexpr QLatin1String taskSubject{"task"};
inline constexpr QLatin1String instanceSubject{"instance"};
inline constexpr QLatin1String digestSubject{"digest"}; ///< its id is the checksum of a fingerprint, written as a UUID
inline constexpr QLatin1String stateSubject{"state"}; ///< its id is the name of a look: "failed"

/// What a page shows in full, or what a list is narrowed to.
struct Subject
{
    QString kind; ///< stable: one of those above
    QString id;   ///< a UUID, unless the kind says otherwise

    Subject() = default;
    Subject(const QString &whichKind, const QString &whichId) : kind(whichKind), id(whichId) {}
    Subject(QLatin1String whichKind, const Uuid &whichId);
    /// A state that a list is narrowed to.
    explicit Subject(Look look);
    bool operator==(const Subject &) const = default;
};

/// Where one is in the console: page, scope, range and subject.  Back and forward go through these; one can be passed on as a line of text.
struct Location
{
    QString page = QStringLiteral("today"); ///< stable: the name of a page of the window
    Scope scope;
    TimeRange range;
    std::optional<Subject> subject;

    /// The subject's id when it is of this kind and has one.
    std::optional<Uuid> idOf(QLatin1String kind) const;
    /// The state a list is narrowed to.
    std::optional<Look> look() const;

    bool operator==(const Location &) const = default;
};

/// "zandb:backups?scope=db1/my3306&range=5d&subject=state:failed"
QString locationToText(const Fleet &fleet, const Location &location);
/// Nothing when it is not such a line or names a scope this fleet does not have.  Whether the window has the page is for it to say.
/// "state=failed", "task=ID" and "run=ID" are read too: so older windows wrote a subject.
std::optional<Location> locationFromText(const Fleet &fleet, const QString &text);

} // namespace zandb
