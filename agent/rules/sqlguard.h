// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The guard of batch SQL, rule G1: only statements of maintenance are let through, and what is not named is denied.  The agent decides;
/// consoles run the same code while one types.  Nothing here reads a clock, a file or a server, so that both come to one verdict.
/// All functions are reentrant.
namespace zandb::rules {

/// Whose statement it is, in rising order.
enum class GuardRole { Viewer, Operator, Admin };

/// Which server will get the statement.  Where it is not known, what is right on one of them may pass.
enum class GuardFlavour { Unknown, MariaDb, MySql };

struct GuardContext
{
    /// Nothing: the statement is judged as if the role sufficed, and the verdict says which one it needs.
    std::optional<GuardRole> role = {};
    GuardFlavour flavour = GuardFlavour::Unknown;
    std::string_view schema = {};          ///< the order's default schema: unqualified names mean it; "": none
    std::uint64_t hintMilliseconds = 3'600'000; ///< the most that MAX_EXECUTION_TIME(n) may ask for: the order's own limit
    bool wantsReads = false;       ///< the verdict lists the tables that a reading statement names
};

/// A statement has at most so many bytes; longer ones are denied.
inline constexpr std::size_t maxStatementBytes = 65'536;
/// A bounded UPDATE or DELETE changes at most so many rows.
inline constexpr std::uint64_t maxBoundedRows = 10'000;
inline constexpr std::size_t maxParentheses = 50;

/// Why a statement is denied.  `code` is stable and never renamed; `text` is plain English for the offline verb and for logs.
struct GuardReason
{
    std::string_view rule; ///< "G1.2", "G1.4D"
    std::string_view code; ///< "lexing.server_comment"
    std::string_view text; ///< "servers execute such comments"
};

/// A table as the statement names it, unquoted; schema is the default one where it names none ("" when there is no default either).
struct GuardTable
{
    std::string schema;
    std::string table;
    friend bool operator==(const GuardTable &, const GuardTable &) = default;
};

/// A table or view that a reading statement names, and the name that the statement calls it by.
struct GuardRead
{
    std::string schema; ///< the default one where the statement names none
    std::string table;
    std::string alias;  ///< the table's own name where there is no other
    friend bool operator==(const GuardRead &, const GuardRead &) = default;
};

/// One assignment of a SET of variables.
struct GuardAssignment
{
    enum class Scope { Session, Global, Persist, PersistOnly, Reset };
    Scope scope = Scope::Global;
    std::string name;  ///< in lower case
    std::string value; ///< as it is written; "" for Reset
};

/// An account as the statement names it, unquoted.  Without a host: '%' or a role.
struct GuardAccount
{
    std::string user;
    std::string host;
};

/// What a statement that is allowed is about, for the checks that only a running agent can do (rule 4b).
struct GuardSubject
{
    /// Of X: what is done to the table.
    enum class Action { AddIndex, AddUnique, AddFulltext, AddSpatial, DropIndex, RenameIndex, AlterIndex, Stats, Rebuild, Partition, PartitionRebuild };
    /// Of A.
    enum class AccountAct { None, Create, Alter, Drop, Grant, Revoke };

    std::vector<GuardTable> tables;          ///< of classes M, X, D and H: those it changes or checks
    std::vector<GuardRead> reads;            ///< of R, where the context wants them: each place where a table is named
    std::vector<GuardAssignment> assignments; ///< of V and T
    std::vector<GuardAccount> accounts;      ///< of A
    std::vector<std::string> privileges;     ///< of GRANT, in capitals
    std::vector<std::string> indexes;        ///< of X: those it drops
    std::vector<Action> actions;             ///< of X
    bool copies = false;                     ///< of X: ALGORITHM=COPY
    bool locksOut = false;                   ///< of X: LOCK=EXCLUSIVE or LOCK=SHARED
    bool excludes = false;                   ///< of X: LOCK=EXCLUSIVE
    bool isAlter = false;                    ///< of X: ALTER TABLE
    std::optional<std::size_t> onlineAt = {}; ///< of X: where ALGORITHM and LOCK can be added; nothing when it names them, is about partitions, or is DROP INDEX
    AccountAct accountAct = AccountAct::None; ///< of A
    bool unlocks = false;                    ///< of A: ACCOUNT UNLOCK
    bool locks = false;                      ///< of A: ACCOUNT LOCK
    std::uint64_t rows = 0;                  ///< D, and UPDATE and DELETE of H: the n of LIMIT n
    std::size_t where = 0;                   ///< the same: offset of WHERE
    std::size_t limitEnd = 0;                ///< the same: offset behind the n of LIMIT n, where nothing but ; and comments follow
    bool deletes = false;                    ///< the same: it is a DELETE
    std::vector<std::string> setColumns;     ///< the same, UPDATE: the columns that are set
    std::uint64_t thread = 0;                ///< of KILL
    bool purges = false;                     ///< of M: it removes binlogs
    bool resetsReplica = false;              ///< of T
    bool showsGrants = false;                ///< of R: its result holds hashes of passwords
};

struct Verdict
{
    bool allowed = false;
    /// R reads, M housekeeping, V variables, X indexes and partitions, D bounded DML, H tool tables, T replication, A accounts.  0 when
    /// the statement was denied before its class was known, or belongs to none.
    char statementClass = 0;
    GuardReason reason;      ///< where denied: why; where allowed: the rule that allows it
    std::string detail = {}; ///< the word the reason is about, printable ASCII; may be empty
    std::size_t at = 0;      ///< offset in bytes of the place; at most the text's size
    GuardRole leastRole = GuardRole::Admin; ///< where allowed: who may run it
    bool needsConfirmation = false;         ///< where allowed: a person types a confirmation first
    /// The statement is to be sent with LOCAL and does not have it: it belongs at this offset, with a space before it, so that a
    /// replica's GTID set does not change.
    std::optional<std::size_t> localAt = {};
    GuardSubject subject = {};

    /// "G1.2 servers execute such comments: /*!50000"
    std::string why() const;
};

/// Judges one item, which is one statement.
Verdict judge(std::string_view text, const GuardContext &context = {});

/// "viewer", "operator", "admin"; nothing for any other word.
std::optional<GuardRole> guardRoleFromString(std::string_view word);
/// "mysql", "mariadb"; nothing for any other word.
std::optional<GuardFlavour> guardFlavourFromString(std::string_view word);

} // namespace zandb::rules
