// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/errortext.h"

#include "agent/protocol/configerrors.h"
#include "agent/protocol/errors.h"
#include "models/common/format.h"
#include "models/common/text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace zandb {
namespace {

/// {name} stands for the error's field.  The codes of agent/protocol/errors.h and app/platform/errors.h by their
/// stable text; a test walks both lists.
struct Text
{
    std::string_view code;
    const char *what;
    const char *now;
};

constexpr Text texts[] = {
    // the wire
    {"protocol.malformed", QT_TRANSLATE_NOOP("Error", "The other side sent an invalid message: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check that the agent on the host and this program have compatible versions.")},
    {"protocol.too_large", QT_TRANSLATE_NOOP("Error", "A message of {bytes} exceeds the limit of {limit}."),
     QT_TRANSLATE_NOOP("Error", "Request less at once. If it happens again, report it together with the host's agent log.")},
    {"protocol.version", QT_TRANSLATE_NOOP("Error", "The agent uses protocol version {theirs}, this program uses {mine}."),
     QT_TRANSLATE_NOOP("Error", "Update the older of the two.")},
    {"protocol.unknown_method", QT_TRANSLATE_NOOP("Error", "The agent does not know the request “{method}”."), QT_TRANSLATE_NOOP("Error", "Update the agent on the host.")},
    {"protocol.bad_params", QT_TRANSLATE_NOOP("Error", "The request “{method}” was not understood: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Update the agent and this program to the same version.")},
    {"protocol.bad_params/without", QT_TRANSLATE_NOOP("Error", "What was said or stored was not understood: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Update the agent and this program to the same version.")},
    {"cancelled", QT_TRANSLATE_NOOP("Error", "Cancelled."), ""},
    // occurrences that made no run
    {"schedule.no_target", QT_TRANSLATE_NOOP("Error", "The task had no instance to work on."),
     QT_TRANSLATE_NOOP("Error", "Change what the task is for, or remove it.")},
    {"schedule.nothing_due", QT_TRANSLATE_NOOP("Error", "There was nothing to do: what the task is for was done lately."), ""},
    {"schedule.left_out", QT_TRANSLATE_NOOP("Error", "Skipped, since a person wanted this occurrence left out."), ""},
    {"schedule.overlap", QT_TRANSLATE_NOOP("Error", "Skipped, since the run before had not ended."),
     QT_TRANSLATE_NOOP("Error", "If it happens often, let the task run less often, or find out why its runs take so long.")},
    {"schedule.deadline", QT_TRANSLATE_NOOP("Error", "Missed: its start deadline had passed before it could begin."),
     QT_TRANSLATE_NOOP("Error", "Back up now, and look whether a headless instance was alive then.")},
    {"schedule.window", QT_TRANSLATE_NOOP("Error", "Missed: its window did not open before its start deadline."),
     QT_TRANSLATE_NOOP("Error", "Change the task's schedule, window or start deadline so that they fit together.")},
    {"schedule.catch_up", QT_TRANSLATE_NOOP("Error", "Missed: it was overdue, and the task makes up only for the last one or for none."), ""},
    {"schedule.unwritten", QT_TRANSLATE_NOOP("Error", "It was due, and nobody scheduled it."),
     QT_TRANSLATE_NOOP("Error", "Look whether a headless instance is alive and the store's clock is right; back up now if it is urgent.")},
    // messages about alerts
    {"seal.failed", QT_TRANSLATE_NOOP("Error", "A secret could not be sealed or opened: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check the channel key of the headless instance, and set the secrets of the channel again.")},
    {"http.unreachable", QT_TRANSLATE_NOOP("Error", "{host} cannot be reached: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check address, firewall and proxy of the headless instance's server.")},
    {"http.timeout", QT_TRANSLATE_NOOP("Error", "{host} gave no answer within {seconds} s; it may have taken the message all the same."),
     QT_TRANSLATE_NOOP("Error", "Check the way to it from the headless instance's server.")},
    {"http.tls", QT_TRANSLATE_NOOP("Error", "The connection to {host} is not trusted: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Name the authority that signed its certificate as tls_ca under [channels] or [zabbix] of the headless instance's settings file.")},
    {"http.refused", QT_TRANSLATE_NOOP("Error", "{host} refused the message: {detail}."), QT_TRANSLATE_NOOP("Error", "Check address, account and secrets of the channel.")},
    {"gateway.busy", QT_TRANSLATE_NOOP("Error", "{channel} takes no more messages for a while: {detail}."),
     QT_TRANSLATE_NOOP("Error", "If it happens often, let the channel send fewer messages a minute.")},
    {"gateway.refused", QT_TRANSLATE_NOOP("Error", "{channel} refused the message: {detail}."), QT_TRANSLATE_NOOP("Error", "Check the settings and secrets of the channel.")},
    {"gateway.nonsense", QT_TRANSLATE_NOOP("Error", "{channel} answered something that is no answer of its kind: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check its address; a proxy may have answered in its place.")},
    {"channel.invalid", QT_TRANSLATE_NOOP("Error", "The channel {channel} is not complete: {detail}."), QT_TRANSLATE_NOOP("Error", "Set what is missing with “zandbctl channel set”.")},
    {"channel.key_missing", QT_TRANSLATE_NOOP("Error", "Secrets of channels cannot be used: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Make the fleet's channel key with “zandbctl channel key” and give its private half to every headless instance.")},
    {"zabbix.refused", QT_TRANSLATE_NOOP("Error", "Zabbix at {host} refused the question: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check the API token of the headless instance, and that its user may read the hosts.")},
    {"zabbix.nonsense", QT_TRANSLATE_NOOP("Error", "What answers at {host} is not Zabbix: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check url under [zabbix] of the headless instance's settings file: it is where the frontend is, or its api_jsonrpc.php.")},
    {"program.failed", QT_TRANSLATE_NOOP("Error", "The program {program} failed: {detail}."), QT_TRANSLATE_NOOP("Error", "Run it by hand on the headless instance's server.")},
    {"internal", QT_TRANSLATE_NOOP("Error", "An internal error occurred: {detail}."), QT_TRANSLATE_NOOP("Error", "Report it together with the log.")},
    // who may do what
    {"access.denied", QT_TRANSLATE_NOOP("Error", "{user} with role {role} may not do this: {what}."),
     QT_TRANSLATE_NOOP("Error", "Ask an administrator for the role, or use another key.")},
    {"access.kind_not_allowed", QT_TRANSLATE_NOOP("Error", "The host does not accept work of kind “{kind}” from role {role}."),
     QT_TRANSLATE_NOOP("Error", "An administrator can allow it in the agent's configuration on the host ([dispatcher] kinds).")},
    {"access.unsigned", QT_TRANSLATE_NOOP("Error", "Work of kind “{kind}” needs a person's signature and this order has none."),
     QT_TRANSLATE_NOOP("Error", "Start it from a console with your own key.")},
    {"access.key_revoked", QT_TRANSLATE_NOOP("Error", "The key of {user} has been revoked."), QT_TRANSLATE_NOOP("Error", "Ask an administrator for a new key.")},
    // statements that run too long
    {"killer.policy", QT_TRANSLATE_NOOP("Error", "This is no valid kill policy: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check its name, its time (at least one second), its limits and its patterns.")},
    {"killer.older_revision", QT_TRANSLATE_NOOP("Error", "The agent holds revision {held} of the kill policies of {instance}, which is newer than {revision}."),
     QT_TRANSLATE_NOOP("Error", "Reload the policies and hand them over again.")},
    // orders
    {"order.fenced", QT_TRANSLATE_NOOP("Error", "The host refused an order with token {token} since it has seen the newer token {seen}."),
     QT_TRANSLATE_NOOP("Error", "Another headless instance has taken over this host; nothing needs to be done.")},
    {"order.epoch", QT_TRANSLATE_NOOP("Error", "The store says epoch {epoch}, but the host knows epoch {known}."),
     QT_TRANSLATE_NOOP("Error", "If the store was restored or reset, an administrator accepts the new epoch: zandbctl host accept-epoch.")},
    {"order.expired", QT_TRANSLATE_NOOP("Error", "The order could not start within {ttl_s} s and was dropped."),
     QT_TRANSLATE_NOOP("Error", "If it happens often, check the load of the host.")},
    {"order.tombstone", QT_TRANSLATE_NOOP("Error", "The order had been cancelled before it arrived."), ""},
    {"order.unknown", QT_TRANSLATE_NOOP("Error", "The host has no record of run {run_id}."),
     QT_TRANSLATE_NOOP("Error", "Whether it ran cannot be determined. Check the host, then retry or cancel by hand.")},
    {"order.args", QT_TRANSLATE_NOOP("Error", "The order's arguments are not valid: {detail}."), QT_TRANSLATE_NOOP("Error", "Correct what was given, and try again.")},
    {"order.args/task", QT_TRANSLATE_NOOP("Error", "The order's arguments are not valid: {detail}."), QT_TRANSLATE_NOOP("Error", "Correct the task and run it again.")},
    {"order.args_digest", QT_TRANSLATE_NOOP("Error", "The order's arguments do not match their checksum."),
     QT_TRANSLATE_NOOP("Error", "The store's row may have been changed by hand. Save the task again and retry.")},
    {"order.conflict", QT_TRANSLATE_NOOP("Error", "The host already holds another order under the same number (run {run_id})."),
     QT_TRANSLATE_NOOP("Error", "The store may have been restored. Start a new run instead of this one.")},
    {"order.interrupted", QT_TRANSLATE_NOOP("Error", "The work was interrupted before it could report a result: {detail}."),
     QT_TRANSLATE_NOOP("Error", "See the log for the last thing it did, and whether the host restarted. A backup can safely be retried.")},
    {"order.feed_aborted", QT_TRANSLATE_NOOP("Error", "The step that sent data to this one gave up: {detail}."),
     QT_TRANSLATE_NOOP("Error", "See the log of that step, then retry the run.")},
    {"order.feed_closed", QT_TRANSLATE_NOOP("Error", "The order takes no more data: {detail}."), QT_TRANSLATE_NOOP("Error", "See the order's result and log on the host.")},
    {"order.feed_gap", QT_TRANSLATE_NOOP("Error", "Item {number} was sent to the order, but item {expected} is the next one."),
     QT_TRANSLATE_NOOP("Error", "Send again from the item that is expected.")},
    {"order.feed_stalled", QT_TRANSLATE_NOOP("Error", "No data came from the other step for {seconds} s."),
     QT_TRANSLATE_NOOP("Error", "Check that a headless instance is alive and reaches both hosts, then retry the run.")},
    {"spool.full", QT_TRANSLATE_NOOP("Error", "The host's spool is full: {free} free, {reserved} reserved for results."),
     QT_TRANSLATE_NOOP("Error", "Free space on the file system of the agent's state directory.")},
    {"journal.damaged", QT_TRANSLATE_NOOP("Error", "The agent's journal {path} is damaged at offset {offset}."),
     QT_TRANSLATE_NOOP("Error", "The agent takes no orders until then: stop it, run zandb-agent repair-journal on the host, and start it again.")},
    // the host
    {"config.invalid", QT_TRANSLATE_NOOP("Error", "The configuration {path} is not valid in line {line}: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Correct it, then run zandb-agent check-config.")},
    {"instance.unknown", QT_TRANSLATE_NOOP("Error", "The host has no instance “{instance}”."),
     QT_TRANSLATE_NOOP("Error", "Check its name, or adopt it in the agent's configuration.")},
    {"instance.down", QT_TRANSLATE_NOOP("Error", "{instance} does not answer on {socket}: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check the server's error log and start the instance.")},
    {"instance.access", QT_TRANSLATE_NOOP("Error", "{instance} refused the login of the account “{account}”: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Create the agent's accounts: zandbctl instance preflight prints the statements.")},
    {"instance.not_permitted", QT_TRANSLATE_NOOP("Error", "The account “{account}” on {instance} lacks the right {right}."), QT_TRANSLATE_NOOP("Error", "Remedy: {remedy}")},
    {"sql.failed", QT_TRANSLATE_NOOP("Error", "{instance} refused a statement with error {errno}: {detail}."), QT_TRANSLATE_NOOP("Error", "Look the error up in the server's manual.")},
    {"sql.lock_wait", QT_TRANSLATE_NOOP("Error", "A statement on {instance} waited too long for a lock: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Look who holds the lock, then retry.")},
    {"sql.deadlock", QT_TRANSLATE_NOOP("Error", "A statement on {instance} was the victim of a deadlock; its transaction was rolled back."), QT_TRANSLATE_NOOP("Error", "Retry.")},
    {"sql.table_changed", QT_TRANSLATE_NOOP("Error", "A table on {instance} was changed by a DDL statement while the transaction ran: {detail}."), QT_TRANSLATE_NOOP("Error", "Retry.")},
    {"sql.connection_lost", QT_TRANSLATE_NOOP("Error", "The connection to {instance} was lost while a statement ran: {detail}."),
     QT_TRANSLATE_NOOP("Error", "If the statement writes, check what it has done before you retry.")},
    {"sql.timed_out", QT_TRANSLATE_NOOP("Error", "A statement on {instance} was ended after its limit of {seconds} s."),
     QT_TRANSLATE_NOOP("Error", "Allow more time, or look why it is slow.")},
    {"sql.refused", QT_TRANSLATE_NOOP("Error", "Statement {statement} was not sent to {instance}: {detail} ({rule}, {reason})."),
     QT_TRANSLATE_NOOP("Error", "Batch SQL lets only statements of maintenance through. Those before this one may have run, those behind it have not. zandb-agent check-sql tells of each statement.")},
    {"sql.refused/before", QT_TRANSLATE_NOOP("Error", "Statement {statement} would be refused on {instance}: {detail} ({rule}, {reason}). Nothing was run, on no instance."),
     QT_TRANSLATE_NOOP("Error", "Batch SQL lets only statements of maintenance through. “sql preview” tells of each statement.")},
    {"sql.statement_failed", QT_TRANSLATE_NOOP("Error", "Statement {statement} of {of} failed on {instance}; those behind it were not run."),
     QT_TRANSLATE_NOOP("Error", "Mend it and run the rest; those before it are done.")},
    {"sql.other_rows", QT_TRANSLATE_NOOP("Error", "A statement on {instance} would have changed other rows of {table} than those recorded before it, so it was taken back: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Others write to the same rows. Add ORDER BY with a unique column, or retry.")},
    {"sql.nothing_kept", QT_TRANSLATE_NOOP("Error", "The host of {instance} keeps no rows of the run {run} that could be put back."),
     QT_TRANSLATE_NOOP("Error", "Only bounded UPDATE and DELETE leave such rows, and they are kept for 30 days.")},
    {"sql.undo_incomplete", QT_TRANSLATE_NOOP("Error", "{restored} rows of {instance} are as before; {left} were left as they are."),
     QT_TRANSLATE_NOOP("Error", "Those rows were changed since, or the server refused them. The items of the run name each with its statement: decide by hand.")},
    {"sql.waves_stopped", QT_TRANSLATE_NOOP("Error", "{failed} of {of} instances failed, or nobody knows how they ended, so no further wave began."),
     QT_TRANSLATE_NOOP("Error", "Look at those runs. zandbctl sql resume goes on with the rest; with --retry-failed also with those that failed.")},
    {"sql.replicas_lag", QT_TRANSLATE_NOOP("Error", "{instance} is {seconds} s behind its source, more than {limit} s, so no further wave began."),
     QT_TRANSLATE_NOOP("Error", "Wait until it has caught up, then go on with zandbctl sql resume.")},
    {"sql.server_busy", QT_TRANSLATE_NOOP("Error", "{instance} runs {running} statements, more than {limit}, so no further wave began."),
     QT_TRANSLATE_NOOP("Error", "Look at its process list, then go on with zandbctl sql resume.")},
    {"sql.killed", QT_TRANSLATE_NOOP("Error", "Somebody or something else ended a statement on {instance}: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Look whether a person or a policy kills statements there.")},
    {"config.not_editable", QT_TRANSLATE_NOOP("Error", "{variable} cannot be changed in {where}: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Change the file by hand, or take the option off the server's command line; then read the configuration again.")},
    {"config.unknown_variable", QT_TRANSLATE_NOOP("Error", "{instance} has no variable {variable}."),
     QT_TRANSLATE_NOOP("Error", "Check the name; the server lists its variables with SHOW GLOBAL VARIABLES.")},
    {"config.not_dynamic", QT_TRANSLATE_NOOP("Error", "{variable} of {instance} cannot be changed while the server runs."),
     QT_TRANSLATE_NOOP("Error", "Change it on disk only (--disk); it takes effect after a restart.")},
    {"config.out_of_range", QT_TRANSLATE_NOOP("Error", "{variable} of {instance} cannot be {value}: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Give a value that the server takes.")},
    {"config.forbidden", QT_TRANSLATE_NOOP("Error", "{variable} of {instance} is not changed from here: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Change it by hand on the host, where such a variable belongs.")},
    // new instances
    {"provision.clash", QT_TRANSLATE_NOOP("Error", "{instance} cannot be made: {clashes}"),
     QT_TRANSLATE_NOOP("Error", "Nothing was touched. Do what is named for each clash, and try again.")},
    {"provision.foreign", QT_TRANSLATE_NOOP("Error", "{path} was not made by this run, so nothing of it was touched."),
     QT_TRANSLATE_NOOP("Error", "Choose another port, or move the directory away.")},
    {"provision.failed", QT_TRANSLATE_NOOP("Error", "{instance} could not be made (step “{step}”): {detail}"),
     QT_TRANSLATE_NOOP("Error", "Remove the cause and try the run again; it goes on from this step. To remove what was made, retry the run and cancel it while it works.")},
    {"provision.not_started", QT_TRANSLATE_NOOP("Error", "The new server {instance} did not start: {detail}"),
     QT_TRANSLATE_NOOP("Error", "Correct its my.cnf or what the words name, and try the run again.")},
    {"provision.no_backup", QT_TRANSLATE_NOOP("Error", "There is no backup of {instance} that a new instance could begin with."),
     QT_TRANSLATE_NOOP("Error", "Back it up first, or choose a backup.")},
    {"provision.template", QT_TRANSLATE_NOOP("Error", "The template {template} cannot be used: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Correct it, or choose another one.")},
    {"config.changed", QT_TRANSLATE_NOOP("Error", "{variable} of {instance} is {value} by now, not {expected}, so nothing was changed."),
     QT_TRANSLATE_NOOP("Error", "Read the configuration again, and decide again.")},
    {"config.trial_failed", QT_TRANSLATE_NOOP("Error", "A private server did not start with the new configuration of {instance}, so nothing was changed: {detail}"),
     QT_TRANSLATE_NOOP("Error", "Correct the value. The words are the server's own.")},
    {"config.rolled_back", QT_TRANSLATE_NOOP("Error", "The change of {instance} failed; memory and files are as they were before: {detail}"),
     QT_TRANSLATE_NOOP("Error", "Look at the cause and change again.")},
    {"config.not_rolled_back", QT_TRANSLATE_NOOP("Error", "The change of {instance} failed, and not all of it could be taken back yet: {detail}"),
     QT_TRANSLATE_NOOP("Error", "The agent tries again by itself. Compare memory and disk.")},
    {"session.gone", QT_TRANSLATE_NOOP("Error", "Session {id} of {instance} has ended already."), QT_TRANSLATE_NOOP("Error", "Look at the process list again.")},
    {"session.changed", QT_TRANSLATE_NOOP("Error", "Session {id} of {instance} does something else by now, so nothing was killed."),
     QT_TRANSLATE_NOOP("Error", "Look at the process list again, and decide again.")},
    {"session.protected", QT_TRANSLATE_NOOP("Error", "Session {id} of {instance} is not killed from here, since it belongs to: {reason}."),
     QT_TRANSLATE_NOOP("Error", "Replication is stopped with STOP REPLICA, the event scheduler by its variable, a backup by cancelling its run.")},
    {"slowlog.gone", QT_TRANSLATE_NOOP("Error", "The entry is no longer in the slow log of {instance}: the log was rotated away, removed or truncated."),
     QT_TRANSLATE_NOOP("Error", "Look at a newer example of this statement.")},
    {"explain.refused", QT_TRANSLATE_NOOP("Error", "{instance} was not asked for the plan of this statement: {detail} ({reason})."),
     QT_TRANSLATE_NOOP("Error", "Only what surely reads is explained. Take out what is named and give the rest with: zandbctl slow explain --sql")},
    {"script.unknown", QT_TRANSLATE_NOOP("Error", "{host} has no script “{script}” in its catalogue."),
     QT_TRANSLATE_NOOP("Error", "See what there is: zandbctl script list. The host's administrator adds one to agent.toml, as [[script]].")},
    {"script.parameter", QT_TRANSLATE_NOOP("Error", "The parameter {parameter} of the script “{script}” {detail}."), QT_TRANSLATE_NOOP("Error", "See what it takes: zandbctl script list")},
    {"script.not_allowed", QT_TRANSLATE_NOOP("Error", "The script “{script}” may not be run by the role {role}."),
     QT_TRANSLATE_NOOP("Error", "The host's administrator says who may: role and scheduled of its [[script]] in agent.toml.")},
    {"script.unusable", QT_TRANSLATE_NOOP("Error", "The script “{script}” was not started: {detail}."), QT_TRANSLATE_NOOP("Error", "Correct it on the host, then retry.")},
    {"script.failed", QT_TRANSLATE_NOOP("Error", "The script “{script}” ended with {status}: {detail}"), QT_TRANSLATE_NOOP("Error", "Read the end of the log below for the cause, then retry.")},
    {"script.temporary", QT_TRANSLATE_NOOP("Error", "The script “{script}” says that it cannot do its work now: {detail}"), QT_TRANSLATE_NOOP("Error", "Retry it later.")},
    {"script.timeout", QT_TRANSLATE_NOOP("Error", "The script “{script}” was ended, since it had not ended by itself after {limit}."),
     QT_TRANSLATE_NOOP("Error", "Look why it takes so long; timeout_seconds in agent.toml says how long it may.")},
    {"consistency.no_position", QT_TRANSLATE_NOOP("Error", "{instance} writes no binlog, so nobody can tell when its replica has read as far."),
     QT_TRANSLATE_NOOP("Error", "Compare the replica with a primary that writes one.")},
    {"consistency.replication", QT_TRANSLATE_NOOP("Error", "{instance} does not replicate: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Repair the replication, then check again; what the replica lacks until then is no difference.")},
    {"consistency.behind", QT_TRANSLATE_NOOP("Error", "{instance} did not reach its primary's position within {seconds} s."),
     QT_TRANSLATE_NOOP("Error", "Look at its lag and at what its applier waits for. A position of another source, or one that filters leave out, is never reached.")},
    {"consistency.no_primary", QT_TRANSLATE_NOOP("Error", "{instance} neither replicates from an instance of this fleet nor has a replica in it."),
     QT_TRANSLATE_NOOP("Error", "Name its primary: zandbctl consistency check HOST/INSTANCE --primary HOST/INSTANCE")},
    {"consistency.flavours", QT_TRANSLATE_NOOP("Error", "{instance} and {primary} are of different flavours, which write the same values differently."),
     QT_TRANSLATE_NOOP("Error", "Compare servers of one flavour.")},
    {"tool.missing", QT_TRANSLATE_NOOP("Error", "The tool “{tool}” is missing on the host."), QT_TRANSLATE_NOOP("Error", "Install the package {package} there.")},
    {"tool.failed", QT_TRANSLATE_NOOP("Error", "{tool} ended with {status}: {detail}."), QT_TRANSLATE_NOOP("Error", "Read the end of the log below for the cause, then retry.")},
    {"tool.killed", QT_TRANSLATE_NOOP("Error", "{tool} was ended by signal {signal}."),
     QT_TRANSLATE_NOOP("Error", "If it happens again, look whether the host ran out of memory.")},
    {"helper.unreachable", QT_TRANSLATE_NOOP("Error", "The privileged helper at {socket} cannot be reached: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Start it on the host: systemctl enable --now zandb-helper.socket")},
    {"helper.refused", QT_TRANSLATE_NOOP("Error", "The privileged helper refused “{verb}”: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Correct what it names on the host; zandb-agent check-config tells more.")},
    {"helper.file_changed", QT_TRANSLATE_NOOP("Error", "Somebody has changed {path} meanwhile, so it was left as it is."),
     QT_TRANSLATE_NOOP("Error", "Read it again, and make the change once more.")},
    {"io.failed", QT_TRANSLATE_NOOP("Error", "Reading or writing {path} failed: {detail}."), QT_TRANSLATE_NOOP("Error", "Check the file system, its mount and its rights.")},
    {"io.disk_full", QT_TRANSLATE_NOOP("Error", "No space left at {path}: {free} free, {needed} needed."),
     QT_TRANSLATE_NOOP("Error", "Free space or expire old backups, then retry.")},
    {"io.disk_full/without", QT_TRANSLATE_NOOP("Error", "No space left at {path}: {detail}."), QT_TRANSLATE_NOOP("Error", "Free space or expire old backups, then retry.")},
    // backups
    {"backup.repository_unknown", QT_TRANSLATE_NOOP("Error", "The host knows no backup repository “{repository}”."),
     QT_TRANSLATE_NOOP("Error", "Name it in the agent's configuration on the host, or choose another repository: in the task, or for a backup by hand as it is started.")},
    {"backup.repository_remote", QT_TRANSLATE_NOOP("Error", "The repository “{repository}” could not be written: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check the connection from this host to the repository's host.")},
    {"backup.repository_elsewhere", QT_TRANSLATE_NOOP("Error", "The repository “{repository}” is on another host ({remote}); from here it can only be written to."),
     QT_TRANSLATE_NOOP("Error", "Restore on the host that holds the repository, or copy the backup's directory to a repository of this host.")},
    {"backup.not_here", QT_TRANSLATE_NOOP("Error", "The backup {backup} is not in the repository “{repository}” of {where}."),
     QT_TRANSLATE_NOOP("Error", "Restore it on {host}, where it was taken, or on a host that reaches its repository. If it was looked for there, its directory has been removed.")},
    {"backup.elsewhere", QT_TRANSLATE_NOOP("Error", "{where} cannot read the backup {backup}: it is in the repository “{repository}” of {host}."),
     QT_TRANSLATE_NOOP("Error", "Restore it there: zandbctl backup restore {backup} --to {host}/DIRECTORY")},
    {"backup.place_unknown", QT_TRANSLATE_NOOP("Error", "It is not known on which host the backup {backup} is: {host}, where it was taken, is no longer in the fleet."),
     QT_TRANSLATE_NOOP("Error", "Restore it to a host that holds its repository “{repository}”: zandbctl backup restore {backup} --to HOST/DIRECTORY")},
    {"backup.repository_host_unknown", QT_TRANSLATE_NOOP("Error", "The backup {backup} lies in the repository “{name}” of {remote}, and no host of the fleet with that name or address is known to hold one."),
     QT_TRANSLATE_NOOP("Error", "Add that host with its agent (zandbctl host add), with a local repository “{name}” in its configuration. {host}, where the backup was taken, can only write it.")},
    {"backup.blocked", QT_TRANSLATE_NOOP("Error", "Connection {id} of {user}@{host} has been running a statement since {since}, longer than the {limit} s that are allowed, so no lock was asked for: {statement}"),
     QT_TRANSLATE_NOOP("Error", "To continue at once, end that statement, or run the backup at a quieter hour.")},
    {"backup.lock_held", QT_TRANSLATE_NOOP("Error", "The backup waited {seconds} s for a lock and gave up. Connection {id} of {user}@{host} holds it; since {since} its statement is: {statement}"),
     QT_TRANSLATE_NOOP("Error", "End that session or its lock (UNLOCK TABLES, KILL {id}), or run the backup at a quieter hour.")},
    {"backup.lock_unknown", QT_TRANSLATE_NOOP("Error", "The backup waited {seconds} s for a lock and gave up. The server does not tell which session holds it. Sessions: {sessions}. Tables in use: {tables}."),
     QT_TRANSLATE_NOOP("Error", "Look for LOCK TABLES. To be told the session the next time: INSTALL SONAME 'metadata_lock_info'.")},
    {"backup.definition_changed", QT_TRANSLATE_NOOP("Error", "The definition of {table} was changed while {tool} was reading; the backup was thrown away."),
     QT_TRANSLATE_NOOP("Error", "Run ALTER TABLE and logical backups at different hours, or use a physical backup.")},
    {"backup.held_up_others", QT_TRANSLATE_NOOP("Error", "The dump was stopped because it blocked other sessions for {seconds} s."),
     QT_TRANSLATE_NOOP("Error", "A physical backup, or one taken from a replica, avoids the lock.")},
    {"backup.method", QT_TRANSLATE_NOOP("Error", "The method “{method}” does not fit {flavour}: {reason}."), QT_TRANSLATE_NOOP("Error", "Choose another method, or “auto”: in the task, or for a backup by hand as it is started.")},
    {"backup.tool_loses", QT_TRANSLATE_NOOP("Error", "{tool} is known to lose without a word what these hold ({count}): {objects}."),
     QT_TRANSLATE_NOOP("Error", "Choose the method “physical”, in the task or for a backup by hand as it is started.")},
    {"backup.tool_loses/mydumper", QT_TRANSLATE_NOOP("Error", "{tool} is known to lose without a word what these hold ({count}): {objects}."),
     QT_TRANSLATE_NOOP("Error", "Choose another method, in the task or for a backup by hand as it is started: “physical”, or “logical” where it does not lose them.")},
    {"backup.non_innodb", QT_TRANSLATE_NOOP("Error", "A clone would silently leave out these non-InnoDB tables: {tables}."),
     QT_TRANSLATE_NOOP("Error", "Convert them to InnoDB, or use a logical backup for this instance.")},
    {"backup.coverage", QT_TRANSLATE_NOOP("Error", "The backup does not hold what the server holds. Missing: {missing}. Not expected: {extra}."),
     QT_TRANSLATE_NOOP("Error", "Most often the account lacks rights on a schema: run zandbctl instance preflight. The backup was thrown away.")},
    {"backup.no_end_marker", QT_TRANSLATE_NOOP("Error", "{tool} ended without its end marker, so the backup may be cut off; it was thrown away."),
     QT_TRANSLATE_NOOP("Error", "See the log.")},
    {"backup.no_position", QT_TRANSLATE_NOOP("Error", "{tool} recorded no binlog position although binlogs are on; the backup was thrown away."),
     QT_TRANSLATE_NOOP("Error", "Choose another method for this server's version.")},
    {"backup.no_quiet_moment", QT_TRANSLATE_NOOP("Error", "Transactions were committed so densely that in {seconds} s and {tries} tries no moment could be told between two of them."),
     QT_TRANSLATE_NOOP("Error", "Take the backup at a quieter hour, from a replica, or with a physical method.")},
    {"backup.server_restarted", QT_TRANSLATE_NOOP("Error", "{instance} restarted while it was being backed up; the backup was thrown away."),
     QT_TRANSLATE_NOOP("Error", "Find out why the server restarted.")},
    {"backup.staging_full", QT_TRANSLATE_NOOP("Error", "The repository “{repository}” was too slow: {bytes} waited for it, {limit} are allowed; the backup was given up."),
     QT_TRANSLATE_NOOP("Error", "Allow more staging space on the host, throttle the backup, or use a faster repository.")},
    {"binlog.off", QT_TRANSLATE_NOOP("Error", "{instance} writes no binlogs."), QT_TRANSLATE_NOOP("Error", "Switch log_bin on, or end the archive.")},
    {"binlog.gap", QT_TRANSLATE_NOOP("Error", "The binlogs have a hole: {next} does not follow {file}. Missing: {missing}"),
     QT_TRANSLATE_NOOP("Error", "Choose a target before the hole, or behind the next backup. “zandbctl binlog window” names both.")},
    {"binlog.damaged", QT_TRANSLATE_NOOP("Error", "The binlog {file} is not intact: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Nothing was restored. Choose a target before this file, and look after the disk of the repository.")},
    {"binlog.not_here", QT_TRANSLATE_NOOP("Error", "The binlog {file} is not in the repository {repository}."),
     QT_TRANSLATE_NOOP("Error", "Nothing was restored. Choose a target before this file, and find out who removed it.")},
    {"binlog.target", QT_TRANSLATE_NOOP("Error", "This moment cannot be restored: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Choose one that “zandbctl binlog window” names.")},
    {"binlog.encrypted", QT_TRANSLATE_NOOP("Error", "The binlogs of {instance} are encrypted: {file}. A stream of them would be plain text."),
     QT_TRANSLATE_NOOP("Error", "Encrypted servers are not archived.")},
    {"backup.invalid", QT_TRANSLATE_NOOP("Error", "The backup is not intact: {detail} ({path})."),
     QT_TRANSLATE_NOOP("Error", "Do not rely on it. Take a new backup and check the repository's disk.")},
    {"backup.replaced", QT_TRANSLATE_NOOP("Error", "This is not the backup that was catalogued: its SHA-256 is {found}, the catalogue says {expected} ({path})."),
     QT_TRANSLATE_NOOP("Error", "Somebody put other bytes in its place: do not restore it. Find out who can write to the repository, and use another backup.")},
    {"backup.id_used", QT_TRANSLATE_NOOP("Error", "The repository “{repository}” has had a backup {backup} before and takes no other one under its id."),
     QT_TRANSLATE_NOOP("Error", "A retry makes a backup with a new id. If nobody ran this one twice, find out who holds the key of this host.")},
    {"restore.target_not_empty", QT_TRANSLATE_NOOP("Error", "{path} is not empty."), QT_TRANSLATE_NOOP("Error", "Choose a directory that does not exist or is empty.")},
    {"restore.failed", QT_TRANSLATE_NOOP("Error", "The restore failed in step “{step}”: {detail}."), QT_TRANSLATE_NOOP("Error", "Read in the log what failed, then verify an older backup of the instance.")},
    {"restore.failed/load", QT_TRANSLATE_NOOP("Error", "The dump could not be loaded: {detail}."),
     QT_TRANSLATE_NOOP("Error", "An older dump of the same server most likely fails too: back the instance up with another method, and verify that.")},
    {"restore.hindered", QT_TRANSLATE_NOOP("Error", "Trouble of the host ended the restore in step “{step}”: {detail}. This says nothing about the backup."),
     QT_TRANSLATE_NOOP("Error", "Check memory, disk space, rights and limits of the host.")},
    {"restore.older_server", QT_TRANSLATE_NOOP("Error", "The backup is of a server {backup}, and the programs here are older: {here}. This says nothing about the backup."),
     QT_TRANSLATE_NOOP("Error", "Install the server's programs of the same series or a later one on this host, or use another host.")},
    // the app
    {"usage", QT_TRANSLATE_NOOP("Error", "Not understood: {detail}."), QT_TRANSLATE_NOOP("Error", "See --help.")},
    {"not_found", QT_TRANSLATE_NOOP("Error", "There is no {what} “{name}”."), QT_TRANSLATE_NOOP("Error", "It may have been removed or renamed; refresh and look again.")},
    {"already_exists", QT_TRANSLATE_NOOP("Error", "A {what} named “{name}” already exists."), QT_TRANSLATE_NOOP("Error", "Choose another name.")},
    {"settings.invalid", QT_TRANSLATE_NOOP("Error", "The settings {path} cannot be used: {detail}."), QT_TRANSLATE_NOOP("Error", "Correct the file and start again.")},
    {"timeout", QT_TRANSLATE_NOOP("Error", "{what} did not answer within {seconds} s."), QT_TRANSLATE_NOOP("Error", "Try again. If it persists, check the load and the network of the other side.")},
    {"store.unreachable", QT_TRANSLATE_NOOP("Error", "The metadata store {host}:{port} cannot be reached: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check that the server is running and reachable from here. The connection will be restored automatically.")},
    {"store.password", QT_TRANSLATE_NOOP("Error", "The metadata store on {host} refused the password of {user}."),
     QT_TRANSLATE_NOOP("Error", "Correct the password file or the password in the keychain.")},
    {"store.unknown_host", QT_TRANSLATE_NOOP("Error", "The name {host} of the metadata store cannot be resolved."), QT_TRANSLATE_NOOP("Error", "Correct the host in the settings, or fix the name service.")},
    {"store.tls", QT_TRANSLATE_NOOP("Error", "No verified TLS connection to the metadata store {host}: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Set the CA file in the settings (tls_ca), or have the server's certificate corrected.")},
    {"store.schema_missing", QT_TRANSLATE_NOOP("Error", "There is no ZanDB store in the schema “{schema}”."), QT_TRANSLATE_NOOP("Error", "An administrator creates it: zandbctl store migrate.")},
    {"store.schema_too_old", QT_TRANSLATE_NOOP("Error", "The store has version {version}, this program needs {needed}."),
     QT_TRANSLATE_NOOP("Error", "An administrator brings it up to date: zandbctl store migrate.")},
    {"store.schema_too_new", QT_TRANSLATE_NOOP("Error", "The store requires version {min_program} or newer of this program; this is {mine}."), QT_TRANSLATE_NOOP("Error", "Update this program.")},
    {"store.read_only", QT_TRANSLATE_NOOP("Error", "The metadata store is read-only."),
     QT_TRANSLATE_NOOP("Error", "You may be connected to a replica, or a switchover is in progress. Writes will be retried automatically.")},
    {"store.full", QT_TRANSLATE_NOOP("Error", "The metadata store has no space left."), QT_TRANSLATE_NOOP("Error", "Free space on the store's server.")},
    {"store.denied", QT_TRANSLATE_NOOP("Error", "Your account on the metadata store may not do this: {what}."), QT_TRANSLATE_NOOP("Error", "Ask an administrator for the role operator or admin.")},
    {"store.conflict", QT_TRANSLATE_NOOP("Error", "Somebody else has just changed this: {what}."), QT_TRANSLATE_NOOP("Error", "Look at the new state and decide again.")},
    {"store.sql", QT_TRANSLATE_NOOP("Error", "The metadata store refused a statement with error {errno}: {detail}."), QT_TRANSLATE_NOOP("Error", "Try again; if it persists, report it.")},
    {"store.backup_failed", QT_TRANSLATE_NOOP("Error", "The metadata store could not be dumped: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check directory and tools under [store_backup] in the settings file of the headless instance, and the rights of its account.")},
    {"ssh.unreachable", QT_TRANSLATE_NOOP("Error", "{host} cannot be reached at {address}: {detail}."),
     QT_TRANSLATE_NOOP("Error", "Check that the host is up, that its address and SSH port are right, and that no firewall blocks the way.")},
    {"ssh.hostkey.unknown", QT_TRANSLATE_NOOP("Error", "Nobody has accepted the host key of {host} yet ({fingerprint})."),
     QT_TRANSLATE_NOOP("Error", "Compare the fingerprint with the host's own, then accept it: zandbctl host accept {host}, or for a new host zandbctl host add {host} --accept-fingerprint {fingerprint}.")},
    {"ssh.hostkey.changed", QT_TRANSLATE_NOOP("Error", "{host} presented another host key ({fingerprint}) than the pinned one ({pinned})."),
     QT_TRANSLATE_NOOP("Error", "If the host was not reinstalled, somebody may stand in between: do not connect. Otherwise accept the new key: zandbctl host accept {host}.")},
    {"ssh.auth", QT_TRANSLATE_NOOP("Error", "{host} refused the login of {user} with key {identity}."), QT_TRANSLATE_NOOP("Error", "Add the key on the host: zandbctl key add.")},
    {"ssh.identity", QT_TRANSLATE_NOOP("Error", "The private key {path} cannot be used: {detail}."), QT_TRANSLATE_NOOP("Error", "Correct the path or the key in the settings.")},
    {"ssh.passphrase", QT_TRANSLATE_NOOP("Error", "The passphrase of the private key {path} is missing or wrong."), QT_TRANSLATE_NOOP("Error", "Store it in the keychain or load the key into ssh-agent.")},
    {"ssh.lost", QT_TRANSLATE_NOOP("Error", "The connection to {host} was lost: {detail}."), QT_TRANSLATE_NOOP("Error", "It will be restored automatically; work on the host continues meanwhile.")},
    {"ssh.login_shell", QT_TRANSLATE_NOOP("Error", "{host} lets us in, but its login shell did not come to the key's command within {seconds} s. Until then it said: “{noise}”."),
     QT_TRANSLATE_NOOP("Error", "Look at the login shell of that account and at what it reads when it begins (.profile, .bashrc): it must not wait for anybody.")},
    {"agent.missing", QT_TRANSLATE_NOOP("Error", "The login to {host} works, but no agent answers there. Output: {noise}"), QT_TRANSLATE_NOOP("Error", "Install and start zandb-agent on the host.")},
    {"agent.not_running", QT_TRANSLATE_NOOP("Error", "The agent on the host is not running ({socket}): {detail}."),
     QT_TRANSLATE_NOOP("Error", "Start it there: systemctl start zandb-agent. The connection is retried automatically.")},
    {"agent.busy", QT_TRANSLATE_NOOP("Error", "The agent on the host is at its limit ({what}: {limit})."),
     QT_TRANSLATE_NOOP("Error", "Close consoles that are not needed.")},
    {"agent.version", QT_TRANSLATE_NOOP("Error", "The agent on {host} has version {theirs}, which is not compatible with this program ({mine})."), QT_TRANSLATE_NOOP("Error", "Update the older of the two.")},
    {"agent.flood", QT_TRANSLATE_NOOP("Error", "{host} sent {bytes} where far less is allowed; the connection was closed."),
     QT_TRANSLATE_NOOP("Error", "Check the host: its agent may be damaged or not genuine.")},
    {"schedule.invalid", QT_TRANSLATE_NOOP("Error", "The schedule's field “{field}” is not valid: {detail}."), QT_TRANSLATE_NOOP("Error", "Correct the schedule.")},
    {"run.no_executor", QT_TRANSLATE_NOOP("Error", "This needs a headless instance, and none is running."), QT_TRANSLATE_NOOP("Error", "Start one: zandbctl serve.")},
    {"run.given_up", QT_TRANSLATE_NOOP("Error", "{person} gave up waiting for this run: its outcome could not be learnt."),
     QT_TRANSLATE_NOOP("Error", "Run it again. If the host answers one day after all, a backup that it made will be listed.")},
    {"run.not_unknown", QT_TRANSLATE_NOOP("Error", "The run {run} is {state}; only a run of state unknown can be given up."),
     QT_TRANSLATE_NOOP("Error", "Cancel it: zandbctl run cancel {run}.")},
    {"run.needs_consent", QT_TRANSLATE_NOOP("Error", "The run {run} ({kind}, requested by {author}) was not made by this program, which sends nothing of it with your key."),
     QT_TRANSLATE_NOOP("Error", "Look at its arguments. To execute it with your key: {command}")},
    {"run.host_gone", QT_TRANSLATE_NOOP("Error", "The host of this run was removed from the fleet before it had ended."),
     QT_TRANSLATE_NOOP("Error", "Add the host again (zandbctl host add) and begin a new run.")},
    {"host.open_runs", QT_TRANSLATE_NOOP("Error", "{host} has {count} runs that have not ended: {runs}."),
     QT_TRANSLATE_NOOP("Error", "Wait for them or cancel them; --force gives them up and removes the host.")},
    {"host.no_key", QT_TRANSLATE_NOOP("Error", "No host key of {host} has been accepted yet."), QT_TRANSLATE_NOOP("Error", "Accept it once: zandbctl host accept {host}.")},
};

const Text *find(std::string_view code)
{
    const auto it = std::ranges::find(texts, code, &Text::code);
    return it == std::end(texts) ? nullptr : it;
}

/// Some steps and some tools of one code have words of their own.
const Text *find(const Error &error)
{
    for (const char *field : {"step", "tool"}) {
        if (const auto value = error.fields.find(field); value != error.fields.end()) {
            if (const Text *text = find(error.code + '/' + value->second))
                return text;
        }
    }
    // what is not known is not spoken of
    for (const auto &[code, field] : {std::pair{errors::diskFull.text, "needed"}, std::pair{errors::protocolBadParams.text, "method"}}) {
        if (error.code == code && !error.fields.contains(field))
            return find(error.code + "/without");
    }
    return find(error.code);
}

/// A field's value as part of a sentence: one line, not endless, no full stop of its own.
QString shown(const std::string &value)
{
    QString text = qs(value).simplified();
    if (text.size() > 400)
        text = text.left(400) + QChar(0x2026);
    while (text.endsWith(QLatin1Char('.')) && !text.endsWith(QLatin1String("...")))
        text.chop(1);
    return text;
}

/// Whether a field is a count of bytes, which is shown in a unit that people read.
bool isSize(const std::string &code, const std::string &field)
{
    const bool limited = code == "protocol.too_large" || code == "backup.staging_full"; // other limits are times and counts
    return field == "bytes" || field == "free" || field == "needed" || field == "reserved" || (field == "limit" && limited);
}

QString valueOf(const Error &error, const std::string &name)
{
    const auto field = error.fields.find(name);
    if (field == error.fields.end())
        return {};
    bool number = false;
    if (error.code == errors::configChanged.text && field->second.empty() && (name == "value" || name == "expected"))
        return QCoreApplication::translate("Error", "its default"); // no line sets it
    const qlonglong bytes = isSize(error.code, name) ? qs(field->second).toLongLong(&number) : 0;
    return number ? bytesText(bytes) : shown(field->second);
}

QString filled(const char *pattern, const Error &error)
{
    if (!*pattern)
        return {};
    const QString text = QCoreApplication::translate("Error", pattern);
    QString out;
    qsizetype at = 0;
    while (at < text.size()) {
        const auto open = text.indexOf(QLatin1Char('{'), at);
        const auto close = open < 0 ? -1 : text.indexOf(QLatin1Char('}'), open);
        if (close < 0) {
            out += QStringView(text).mid(at);
            break;
        }
        out += QStringView(text).mid(at, open - at);
        const QString value = valueOf(error, text.mid(open + 1, close - open - 1).toStdString());
        out += value.isEmpty() ? QString(QChar(0x2013)) : value;
        at = close + 1;
    }
    return out;
}

} // namespace

QString errorSummary(const Error &error)
{
    if (const Text *text = find(error))
        return filled(text->what, error);
    Error bare = error;
    bare.cause.reset();
    return QCoreApplication::translate("Error", "An error that this version does not know: %1").arg(qs(describe(bare)));
}

QString errorAdvice(const Error &error)
{
    const Text *text = find(error);
    return text ? filled(text->now, error) : QCoreApplication::translate("Error", "Update this program: the host or the store may be newer.");
}

QString errorText(const Error &error, const QString &subject)
{
    QString out = subject.isEmpty() ? QString() : subject + QLatin1String(": ");
    out += errorSummary(error);
    const QString advice = errorAdvice(error);
    if (!advice.isEmpty())
        out += QLatin1Char(' ') + advice;
    int depth = 0;
    for (const Error *cause = error.cause.get(); cause && depth < 8; cause = cause->cause.get(), ++depth)
        out += QLatin1Char('\n') + QCoreApplication::translate("Error", "Cause: %1").arg(errorSummary(*cause));
    return out;
}

bool hasErrorText(std::string_view code)
{
    return find(code) != nullptr;
}

QString errorPattern(std::string_view code)
{
    const Text *text = find(code);
    return text ? QString::fromUtf8(text->what) + QLatin1Char(' ') + QString::fromUtf8(text->now) : QString();
}

} // namespace zandb
