// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/common/errortext.h"

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

#define T(text) QT_TRANSLATE_NOOP("Error", text)
constexpr Text texts[] = {
    // the wire
    {"protocol.malformed", T("The other side sent something that is not a message: {detail}."),
     T("Check that the agent on the host and this program have versions that fit together.")},
    {"protocol.too_large", T("A message of {bytes} bytes exceeds the limit of {limit}."),
     T("Ask for less at once; if it happens again, report it with the host's agent log.")},
    {"protocol.version", T("The agent speaks protocol {theirs}, this program speaks {mine}."),
     T("Update the older of the two.")},
    {"protocol.unknown_method", T("The agent does not know the request “{method}”."), T("Update the agent on the host.")},
    {"protocol.bad_params", T("The request “{method}” was not understood: {detail}."),
     T("Update the agent and this program to the same version.")},
    {"cancelled", T("Cancelled."), ""},
    {"internal", T("An internal error occurred: {detail}."), T("Please report it together with the log.")},
    // who may do what
    {"access.denied", T("{user} with role {role} may not do this: {what}."),
     T("Ask an administrator for the role, or use another key.")},
    {"access.kind_not_allowed", T("The host does not accept work of kind “{kind}” from role {role}."),
     T("An administrator can allow it in the agent's configuration on the host (dispatcher_kinds).")},
    {"access.unsigned", T("Work of kind “{kind}” needs a person's signature and this order has none."),
     T("Start it from a console with your own key.")},
    {"access.key_revoked", T("The key of {user} has been revoked."), T("Ask an administrator for a new key.")},
    // orders
    {"order.fenced", T("The host refused an order with token {token} since it has seen the newer token {seen}."),
     T("Another headless instance has taken over this host; nothing needs to be done.")},
    {"order.epoch", T("The store says epoch {epoch}, but the host knows epoch {known}."),
     T("If the store was restored or reset, an administrator accepts the new epoch: zandbctl host accept-epoch.")},
    {"order.expired", T("The order could not start within {ttl_s} s and was given up."),
     T("It is tried again by itself. If it happens often, look at the load of the host.")},
    {"order.tombstone", T("The order had been cancelled before it arrived."), ""},
    {"order.unknown", T("The host knows nothing of run {run_id}."),
     T("Nobody can say whether it ran. Look at the host, then retry or cancel by hand.")},
    {"order.args", T("The order's arguments are not valid: {detail}."), T("Correct the task and run it again.")},
    {"order.args_digest", T("The order's arguments do not match their checksum."),
     T("The store's row may have been changed by hand. Save the task again and retry.")},
    {"order.conflict", T("The host already holds another order under the same number (run {run_id})."),
     T("The store may have been restored. Start a new run instead of this one.")},
    {"order.interrupted", T("The work was interrupted before it could report a result: {detail}."),
     T("See the log for the last thing it did, and whether the host restarted. A backup can safely be retried.")},
    {"spool.full", T("The host's spool is full: {free} bytes free, {reserved} reserved for results."),
     T("Free space on the file system of the agent's state directory.")},
    {"journal.damaged", T("The agent's journal {path} is damaged at offset {offset}."),
     T("The agent sends nothing until someone has looked: see “Damaged journal” in the agent's manual.")},
    // the host
    {"config.invalid", T("The configuration {path} is not valid in line {line}: {detail}."),
     T("Correct it, then run zandb-agent check-config.")},
    {"instance.unknown", T("The host has no instance “{instance}”."),
     T("Check its name, or adopt it in the agent's configuration.")},
    {"instance.down", T("{instance} does not answer on {socket}: {detail}."),
     T("Look at the server's error log and start the instance.")},
    {"instance.access", T("{instance} does not let the account “{account}” in: {detail}."),
     T("Create the agent's accounts: zandbctl instance preflight prints the statements.")},
    {"instance.not_permitted", T("The account “{account}” on {instance} lacks the right {right}."), T("Remedy: {remedy}")},
    {"sql.failed", T("{instance} refused a statement with error {errno}: {detail}."), T("Look the error up in the server's manual.")},
    {"tool.missing", T("The tool “{tool}” is missing on the host."), T("Install the package {package} there.")},
    {"tool.failed", T("{tool} ended with {status}: {detail}."), T("Read the end of the log below for the cause, then retry.")},
    {"io.failed", T("Reading or writing {path} failed: {detail}."), T("Check the file system, its mount and its rights.")},
    {"io.disk_full", T("No space left at {path}: {free} bytes free, {needed} needed."),
     T("Free space or expire old backups, then retry.")},
    // backups
    {"backup.repository_unknown", T("The host knows no backup repository “{repository}”."),
     T("Name it in the agent's configuration on the host, or choose another repository in the task.")},
    {"backup.repository_remote", T("The repository “{repository}” could not be written: {detail}."),
     T("Check the way from this host to the repository's host; it is tried again by itself.")},
    {"backup.blocked", T("A statement older than {limit} s was still running after {seconds} s, so no lock was asked for: {statement}"),
     T("It is tried again by itself. To go on at once, end that statement or run the backup at a quieter hour.")},
    {"backup.held_up_others", T("The dump was ended since it held up other sessions for {seconds} s."),
     T("It is tried again by itself. A physical backup, or one taken from a replica, avoids the lock.")},
    {"backup.method", T("The method “{method}” does not fit {flavour}: {reason}."), T("Choose another method, or “auto”, in the task.")},
    {"backup.non_innodb", T("A clone would silently leave out these tables that are not InnoDB: {tables}."),
     T("Convert them to InnoDB, or use a logical backup for this instance.")},
    {"backup.coverage", T("The backup does not hold what the server holds. Missing: {missing}. Not expected: {extra}."),
     T("Most often the account lacks rights on a schema: run zandbctl instance preflight. The backup was thrown away.")},
    {"backup.no_end_marker", T("{tool} ended without its end marker, so the backup may be cut off; it was thrown away."),
     T("It is tried again by itself. See the log.")},
    {"backup.no_position", T("{tool} recorded no binlog position although binlogs are on; the backup was thrown away."),
     T("Choose another method for this server's version.")},
    {"backup.server_restarted", T("{instance} restarted while it was being backed up; the backup was thrown away."),
     T("It is tried again by itself. Find out why the server restarted.")},
    {"backup.invalid", T("The backup {path} is not intact: {detail}."),
     T("Do not rely on it. Take a new backup and check the repository's disk.")},
    {"restore.target_not_empty", T("{path} is not empty."), T("Choose a directory that does not exist or is empty.")},
    {"restore.failed", T("The restore failed in step “{step}”: {detail}."), T("Try an older backup, and verify this one.")},
    // the app
    {"usage", T("Not understood: {detail}."), T("See --help.")},
    {"not_found", T("There is no {what} “{name}”."), T("It may have been removed or renamed; refresh and look again.")},
    {"already_exists", T("A {what} named “{name}” already exists."), T("Choose another name.")},
    {"settings.invalid", T("The settings {path} cannot be used: {detail}."), T("Correct the file and start again.")},
    {"timeout", T("{what} gave no answer within {seconds} s."), T("Try again; if it persists, look at the load and the network of the other side.")},
    {"store.unreachable", T("The metadata store {host}:{port} cannot be reached: {detail}."),
     T("Check that the server runs and the network lets you through; the connection comes back by itself.")},
    {"store.password", T("The metadata store on {host} refused the password of {user}."),
     T("Correct the password file or the password in the keychain.")},
    {"store.unknown_host", T("The name {host} of the metadata store cannot be resolved."), T("Correct the host in the settings, or the name service.")},
    {"store.tls", T("No verified TLS connection to the metadata store {host}: {detail}."),
     T("Set the CA file in the settings (tls_ca), or have the server's certificate corrected.")},
    {"store.schema_missing", T("There is no ZanDB store in the schema “{schema}”."), T("An administrator creates it: zandbctl store migrate.")},
    {"store.schema_too_old", T("The store has version {version}, this program needs {needed}."),
     T("An administrator brings it up to date: zandbctl store migrate.")},
    {"store.schema_too_new", T("The store asks for programs of version {min_program} or newer; this one has {mine}."), T("Update this program.")},
    {"store.read_only", T("The metadata store is read-only."),
     T("Perhaps you are connected to a replica, or a switchover is under way; writes are tried again by themselves.")},
    {"store.full", T("The metadata store has no space left."), T("Free space on the store's server.")},
    {"store.denied", T("Your account on the metadata store may not do this: {what}."), T("Ask an administrator for the role operator or admin.")},
    {"store.conflict", T("Somebody else has just changed this: {what}."), T("Look at the new state and decide again.")},
    {"store.sql", T("The metadata store refused a statement with error {errno}: {detail}."), T("Try again; if it persists, report it.")},
    {"ssh.unreachable", T("{host} cannot be reached at {address}: {detail}."),
     T("Check that the host is up, its address and SSH port are right and nothing in between blocks it.")},
    {"ssh.hostkey.unknown", T("Nobody has accepted the host key of {host} yet ({fingerprint})."),
     T("Compare the fingerprint with the host's own, then accept it: zandbctl host accept-key.")},
    {"ssh.hostkey.changed", T("{host} showed another host key ({fingerprint}) than the pinned one ({pinned})."),
     T("If the host was not reinstalled, somebody may stand in between: do not connect. Otherwise accept the new key.")},
    {"ssh.auth", T("{host} refused the login of {user} with key {identity}."), T("Add the key on the host: zandbctl key add.")},
    {"ssh.identity", T("The private key {path} cannot be used: {detail}."), T("Correct the path or the key in the settings.")},
    {"ssh.passphrase", T("The passphrase of the private key {path} is missing or wrong."), T("Store it in the keychain or load the key into ssh-agent.")},
    {"ssh.lost", T("The connection to {host} was lost: {detail}."), T("It comes back by itself; work on the host goes on meanwhile.")},
    {"agent.missing", T("{host} lets us in, but no agent answers. It said: {noise}"), T("Install and start zandb-agent on the host.")},
    {"agent.version", T("The agent on {host} has version {theirs}, which does not fit ours ({mine})."), T("Update the older of the two.")},
    {"agent.flood", T("{host} sent {bytes} bytes where far less is allowed; the connection was closed."),
     T("Look at the host: its agent may be damaged or not genuine.")},
    {"schedule.invalid", T("The schedule's field “{field}” is not valid: {detail}."), T("Correct the schedule.")},
    {"run.no_executor", T("No headless instance is running, so nobody can do this."), T("Start one: zandbctl serve.")},
    {"host.no_key", T("No host key of {host} has been accepted yet."), T("Accept it once: zandbctl host accept-key.")},
};
#undef T

const Text *find(std::string_view code)
{
    const auto it = std::ranges::find(texts, code, &Text::code);
    return it == std::end(texts) ? nullptr : it;
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
        const auto field = error.fields.find(text.mid(open + 1, close - open - 1).toStdString());
        const QString value = field == error.fields.end() ? QString() : shown(field->second);
        out += value.isEmpty() ? QString(QChar(0x2013)) : value;
        at = close + 1;
    }
    return out;
}

} // namespace

QString errorSummary(const Error &error)
{
    if (const Text *text = find(error.code))
        return filled(text->what, error);
    Error bare = error;
    bare.cause.reset();
    return QCoreApplication::translate("Error", "An error this program has no words for: %1").arg(qs(describe(bare)));
}

QString errorAdvice(const Error &error)
{
    const Text *text = find(error.code);
    return text ? filled(text->now, error) : QString();
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
