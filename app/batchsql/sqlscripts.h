// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"

/// Scripts that a team shares, as the store keeps them.  Who may write to the store as an operator may write them; whether one runs, the guard says each time.
namespace zandb::batchsql {

inline constexpr std::size_t savedScriptBytes = 1 << 20; ///< of one script
inline constexpr std::size_t savedScriptName = 100;      ///< characters of its name

struct SavedScript
{
    Uuid id;
    std::string name;       ///< unique
    std::string schema;
    std::string script;     ///< UTF-8
    std::int64_t revision = 0;
    std::string author;
    std::string changedBy;
    TimePoint createdAt{};
    TimePoint changedAt{};
};

/// By name; of each script at most `bytes`.  Errors: those of Session.
Result<std::vector<SavedScript>> listScripts(store::Session &session, std::size_t bytes = savedScriptBytes);
/// Nothing when there is none of this name.
Result<std::optional<SavedScript>> findScript(store::Session &session, const std::string &name);
/// Writes it under its name, audited ("sql.script.save").  `revision` is that of the one it replaces; 0: there is none.  Errors: store.conflict (somebody
/// else has written that name meanwhile), usage (its name or length), those of Session.
Result<void> saveScript(store::Session &session, const SavedScript &script);
/// Audited ("sql.script.remove").  Errors: not_found, those of Session.
Result<void> removeScript(store::Session &session, const std::string &name);

} // namespace zandb::batchsql
