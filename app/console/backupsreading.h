// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/console/runnames.h"
#include "app/store/session.h"
#include "app/workflow/runrepository.h"
#include "models/backups/backuptablemodel.h"
#include "models/common/timerange.h"
#include "models/fleet/scope.h"
#include "models/workflow/unrun.h"

#include <memory>
#include <utility>
#include <vector>

namespace zandb::console {

/// What is asked of the store for the Backups and the Today page: everything a reading thread needs, by value.
struct BackupsQuestion
{
    std::shared_ptr<const Fleet> fleet;
    std::map<Uuid, QString> tasks;
    Scope scope;
    TimeRange range;
    std::string zone;
    TimePoint now;
};

/// The runs and backups of spans of time in the question's scope, with the names lists show.  Lives for one job of one
/// thread; `session` and `question` outlive it.
class BackupsReading
{
public:
    BackupsReading(store::Session &session, const BackupsQuestion &question);
    /// The scope's instances with their paths.
    const std::vector<std::pair<Uuid, QString>> &instances() const { return m_instances; }

    struct Span
    {
        std::vector<BackupRow> rows;  ///< newest first
        std::vector<Unrun> unrun;     ///< the occurrences that made no runs, of all scopes; `rows` holds those of this one
        std::optional<TimePoint> cut; ///< there are more before this one
    };
    /// Runs due in [from, until) and open ones from before; without `until` all from there on.
    Result<Span> span(TimePoint from, std::optional<TimePoint> until);
    /// A line about each task that lately had nobody to work on: its last such occurrence in the span.
    static std::vector<Unrun> withoutTarget(const Span &span);
    /// What of a span is due in [from, until), by the board's rules.
    BoardCounts count(const Span &span, TimePoint from, TimePoint until) const;
    /// The scope's backups of any age that were found bad and have not expired.
    Result<std::vector<Backup>> foundBad();

private:
    bool whole() const { return m_question.scope.kind == Scope::Kind::All; }
    std::optional<Microseconds> medianOf(const Run &run) const;
    /// The occurrences of the scope's instances that made no runs, among the others by time.
    void addUnrun(const Span &span, std::vector<RunRow> &rows) const;

    store::Session &m_session;
    const BackupsQuestion &m_question;
    ScopeContents m_contents;
    RunNames m_names;
    std::vector<std::pair<Uuid, QString>> m_instances;
    Medians m_medians;
};

} // namespace zandb::console
