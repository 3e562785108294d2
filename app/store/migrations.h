// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

namespace zandb::store {

struct Migration
{
    int version = 0;
    std::string name;      ///< file name without number and suffix
    std::string sql;
    std::string sha256;
};

/// All migrations compiled into this program, by version.
std::vector<Migration> migrations();
/// The newest version this program knows; also its number against the store's min_program.
int programVersion();
/// Cuts a migration into statements at `;` line ends.  Ours only: no bodies, no delimiters.
std::vector<std::string> splitStatements(std::string_view sql);

struct StoreStatus
{
    int version = 0;           ///< 0: nothing there
    int newest = 0;            ///< what this program would migrate to
    int minProgram = 0;
    std::string serverVersion;
    std::string tlsCipher;     ///< empty: plain
    Uuid storeId;
    Uuid storeEpoch;
    std::optional<TimePoint> resumeFrom; ///< it was restored: results since then are asked for again (restored.h)
    double clockOffsetSeconds = 0; ///< the store's clock minus this computer's
};
Result<StoreStatus> status(Session &session);
/// The time zone of the board's days: a name the caller has checked.  Raises `fleet`, with which consoles read it.
Result<void> setBoardZone(Session &session, std::string_view zone);

/// An administrator's explicit act: creates the schema when it is missing, applies what is newer, statement by
/// statement; each statement can be repeated after a crash.  Also creates the roles viewer, operator and admin
/// with their grants per table where the account may, and takes from the roles what is not on that list.  Returns the versions applied.
/// `upTo` 0: the newest.  `notDone` receives what the account may not do and the store can do without: store.denied
/// with the server's detail and what = "roles", or what = "surplus": it may not see what the roles were granted beyond the list.  Errors: those of Session, store.schema_too_new.
Result<std::vector<int>> migrate(Session &session, int upTo = 0, std::vector<Error> *notDone = nullptr);

} // namespace zandb::store
