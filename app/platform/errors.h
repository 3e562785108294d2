// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

/// The app's own error codes: stable, never renamed.  The named fields stand behind each.
namespace zandb::errors {

using enum ErrorClass;

inline constexpr ErrorCode usage{"usage", Permanent};                                    // detail
inline constexpr ErrorCode notFound{"not_found", Permanent};                             // what, name
inline constexpr ErrorCode alreadyExists{"already_exists", Permanent};                   // what, name
inline constexpr ErrorCode settingsInvalid{"settings.invalid", Permanent};               // path, detail
inline constexpr ErrorCode timeout{"timeout", Unknown};                                  // what, seconds

inline constexpr ErrorCode storeUnreachable{"store.unreachable", Transient};             // host, port, detail
inline constexpr ErrorCode storePassword{"store.password", Permanent};                   // user, host
inline constexpr ErrorCode storeUnknownHost{"store.unknown_host", Permanent};            // host
inline constexpr ErrorCode storeTls{"store.tls", Permanent};                             // host, detail
inline constexpr ErrorCode storeSchemaMissing{"store.schema_missing", Permanent};        // schema
inline constexpr ErrorCode storeSchemaTooOld{"store.schema_too_old", Permanent};         // version, needed
inline constexpr ErrorCode storeSchemaTooNew{"store.schema_too_new", Permanent};         // min_program, mine
inline constexpr ErrorCode storeReadOnly{"store.read_only", Transient};                  //
inline constexpr ErrorCode storeFull{"store.full", Transient};                           //
inline constexpr ErrorCode storeDenied{"store.denied", Permanent};                       // what
inline constexpr ErrorCode storeConflict{"store.conflict", Transient};                   // what (somebody else changed the row)
inline constexpr ErrorCode storeSql{"store.sql", Unknown};                               // errno, detail
inline constexpr ErrorCode storeBackupFailed{"store.backup_failed", Transient};          // detail

inline constexpr ErrorCode sshUnreachable{"ssh.unreachable", Transient};                 // host, address, detail
inline constexpr ErrorCode sshHostKeyUnknown{"ssh.hostkey.unknown", Permanent};          // host, fingerprint, key
inline constexpr ErrorCode sshHostKeyChanged{"ssh.hostkey.changed", Permanent};          // host, fingerprint, pinned
inline constexpr ErrorCode sshAuthentication{"ssh.auth", Permanent};                     // host, user, identity
inline constexpr ErrorCode sshIdentity{"ssh.identity", Permanent};                       // path, detail
inline constexpr ErrorCode sshPassphrase{"ssh.passphrase", Permanent};                   // path
inline constexpr ErrorCode sshLost{"ssh.lost", Transient};                               // host, detail
inline constexpr ErrorCode sshLoginShell{"ssh.login_shell", Transient};                  // host, seconds, noise (the key's command does not begin)
inline constexpr ErrorCode agentMissing{"agent.missing", Permanent};                     // host, noise
inline constexpr ErrorCode agentVersion{"agent.version", Permanent};                     // host, mine, theirs
inline constexpr ErrorCode agentFlood{"agent.flood", Transient};                         // host, bytes (a host that sends too much)

inline constexpr ErrorCode noExecutor{"run.no_executor", Transient};                     //
inline constexpr ErrorCode runGivenUp{"run.given_up", Permanent};                        // person
inline constexpr ErrorCode runNotUnknown{"run.not_unknown", Permanent};                  // run, state
inline constexpr ErrorCode runNeedsConsent{"run.needs_consent", Permanent};              // run, author, kind, steps, digest, command
inline constexpr ErrorCode runHostGone{"run.host_gone", Permanent};                      //
inline constexpr ErrorCode hostOpenRuns{"host.open_runs", Permanent};                    // host, count, runs
inline constexpr ErrorCode hostHasNoKey{"host.no_key", Permanent};                       // host
inline constexpr ErrorCode backupElsewhere{"backup.elsewhere", Permanent};               // backup, repository, host (that holds it), where (asked)
inline constexpr ErrorCode backupPlaceUnknown{"backup.place_unknown", Permanent};        // backup, repository, host (it was taken on)
inline constexpr ErrorCode repositoryHostUnknown{"backup.repository_host_unknown", Permanent}; // backup, repository, host, remote, name (there)

} // namespace zandb::errors
