// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// The agent's error codes: stable, never renamed, one line each.  The named fields stand behind each.
namespace zandb::errors {

using enum ErrorClass;

// the wire
inline constexpr ErrorCode protocolMalformed{"protocol.malformed", Permanent};           // detail
inline constexpr ErrorCode protocolTooLarge{"protocol.too_large", Permanent};            // bytes, limit
inline constexpr ErrorCode protocolVersion{"protocol.version", Permanent};               // mine, theirs
inline constexpr ErrorCode protocolUnknownMethod{"protocol.unknown_method", Permanent};  // method
inline constexpr ErrorCode protocolBadParams{"protocol.bad_params", Permanent};          // method, detail
inline constexpr ErrorCode cancelled{"cancelled", Permanent};                            //
inline constexpr ErrorCode internal{"internal", Unknown};                                // detail
inline constexpr ErrorCode agentNotRunning{"agent.not_running", Transient};              // socket, detail (said by zandb-attach)
inline constexpr ErrorCode agentBusy{"agent.busy", Transient};                           // what ("connections", "bytes", a method), limit

// who may do what
inline constexpr ErrorCode denied{"access.denied", Permanent};                           // user, role, what
inline constexpr ErrorCode kindNotAllowed{"access.kind_not_allowed", Permanent};         // kind, role
inline constexpr ErrorCode unsignedOrder{"access.unsigned", Permanent};                  // kind
inline constexpr ErrorCode keyRevoked{"access.key_revoked", Permanent};                  // user

// orders
inline constexpr ErrorCode orderFenced{"order.fenced", Permanent};                       // token, seen
inline constexpr ErrorCode orderEpoch{"order.epoch", Permanent};                         // epoch, known
inline constexpr ErrorCode orderExpired{"order.expired", Transient};                     // ttl_s
inline constexpr ErrorCode orderTombstone{"order.tombstone", Permanent};                 //
inline constexpr ErrorCode orderUnknown{"order.unknown", Unknown};                       // run_id
inline constexpr ErrorCode orderArgs{"order.args", Permanent};                           // detail
inline constexpr ErrorCode orderArgsDigest{"order.args_digest", Permanent};              //
inline constexpr ErrorCode orderConflict{"order.conflict", Permanent};                   // run_id (same key, other content)
inline constexpr ErrorCode interrupted{"order.interrupted", Transient};                  // detail
inline constexpr ErrorCode spoolFull{"spool.full", Transient};                           // free, reserved
inline constexpr ErrorCode journalDamaged{"journal.damaged", Permanent};                 // path, offset

// the host
inline constexpr ErrorCode configInvalid{"config.invalid", Permanent};                   // path, line, detail
inline constexpr ErrorCode instanceUnknown{"instance.unknown", Permanent};               // instance
inline constexpr ErrorCode instanceDown{"instance.down", Transient};                     // instance, socket, detail
inline constexpr ErrorCode instanceAccess{"instance.access", Permanent};                 // instance, account, detail
inline constexpr ErrorCode notPermitted{"instance.not_permitted", Permanent};            // instance, account, right, remedy
inline constexpr ErrorCode slowlogGone{"slowlog.gone", Permanent};                       // instance, path
inline constexpr ErrorCode sqlFailed{"sql.failed", Permanent};                           // instance, errno, detail
inline constexpr ErrorCode toolMissing{"tool.missing", Permanent};                       // tool, package
inline constexpr ErrorCode toolFailed{"tool.failed", Unknown};                           // tool, status, detail
inline constexpr ErrorCode toolKilled{"tool.killed", Transient};                         // tool, signal
inline constexpr ErrorCode ioFailed{"io.failed", Transient};                             // path, detail
inline constexpr ErrorCode helperUnreachable{"helper.unreachable", Transient};           // socket, detail
inline constexpr ErrorCode helperRefused{"helper.refused", Permanent};                   // verb, detail
inline constexpr ErrorCode helperFileChanged{"helper.file_changed", Transient};                  // path (somebody else has written it)
inline constexpr ErrorCode diskFull{"io.disk_full", Transient};                          // path, free, needed

// backups
inline constexpr ErrorCode repositoryUnknown{"backup.repository_unknown", Permanent};    // repository
inline constexpr ErrorCode repositoryRemote{"backup.repository_remote", Transient};      // repository, detail
inline constexpr ErrorCode repositoryElsewhere{"backup.repository_elsewhere", Permanent}; // repository, remote
inline constexpr ErrorCode backupNotHere{"backup.not_here", Permanent};                  // backup, repository, where (asked), host (of the backup)
inline constexpr ErrorCode backupBlocked{"backup.blocked", Transient};                   // seconds, limit, id, user, host, since, statement
inline constexpr ErrorCode backupLockHeld{"backup.lock_held", Transient};                // seconds, id, user, host, since, statement
inline constexpr ErrorCode backupLockUnknown{"backup.lock_unknown", Transient};          // seconds, sessions, tables
inline constexpr ErrorCode backupDefinitionChanged{"backup.definition_changed", Transient}; // table, tool
inline constexpr ErrorCode backupHeldUp{"backup.held_up_others", Transient};             // seconds
inline constexpr ErrorCode backupMethod{"backup.method", Permanent};                     // method, flavour, reason
inline constexpr ErrorCode backupToolLoses{"backup.tool_loses", Permanent};              // tool, objects, count
inline constexpr ErrorCode backupNonTransactional{"backup.non_innodb", Permanent};       // tables
inline constexpr ErrorCode backupCoverage{"backup.coverage", Permanent};                 // missing, extra
inline constexpr ErrorCode backupNoEndMarker{"backup.no_end_marker", Transient};         // tool
inline constexpr ErrorCode backupNoPosition{"backup.no_position", Permanent};            // tool
inline constexpr ErrorCode backupNoQuietMoment{"backup.no_quiet_moment", Transient};     // seconds, tries
inline constexpr ErrorCode backupServerRestarted{"backup.server_restarted", Transient};  // instance
inline constexpr ErrorCode backupStagingFull{"backup.staging_full", Transient};          // repository, bytes, limit
inline constexpr ErrorCode backupInvalid{"backup.invalid", Permanent};                   // path, detail
inline constexpr ErrorCode backupReplaced{"backup.replaced", Permanent};                 // path, expected, found
inline constexpr ErrorCode backupIdUsed{"backup.id_used", Permanent};                    // backup, repository
inline constexpr ErrorCode restoreTarget{"restore.target_not_empty", Permanent};         // path
inline constexpr ErrorCode restoreFailed{"restore.failed", Permanent};                   // step, detail (the backup's own fault)
inline constexpr ErrorCode restoreHindered{"restore.hindered", Transient};               // step, detail (says nothing of the backup)
inline constexpr ErrorCode restoreOlderServer{"restore.older_server", Permanent};        // backup, here (versions)

} // namespace zandb::errors
