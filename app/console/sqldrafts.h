// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/batchsql/sqlwish.h"
#include "models/fleet/fleet.h"

#include <QThreadPool>

namespace zandb::console {

/// What the editors hold, on this computer's disk: one file for each and one that names them, so that a crash loses no more than the last second.  GUI thread;
/// writing happens on another one.
class SqlDrafts
{
public:
    struct Kept
    {
        std::vector<SqlDraft> drafts;
        int current = 0;
    };
    /// `directory` is made when it is not there.
    explicit SqlDrafts(const QString &directory);
    ~SqlDrafts() { m_files.waitForDone(); }
    /// Each file is on the disk before it takes the place of the one before.
    void keep(const Kept &kept);
    /// Targets that the fleet does not have are left out.
    Kept read(const Fleet &fleet) const;

    /// $XDG_STATE_HOME/zandb/PROFILE/sql, or below ~/.local/state.
    static QString directoryOf(const QString &profile);

private:
    const QString m_directory;
    QThreadPool m_files; ///< one thread: the newest is written last
};

} // namespace zandb::console
