// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/hostscontroller.h"

#include "agent/protocol/printable.h"
#include "app/fleet/fleetrepository.h"
#include "app/fleet/grouprepository.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/scope.h"

#include <QFile>

#include <algorithm>

namespace zandb::console {
namespace {

QString shown(const std::vector<std::string> &names)
{
    constexpr std::size_t most = 8;
    QStringList parts;
    for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
        parts << qs(names[i]);
    if (names.size() > most)
        parts << QStringLiteral("\u2026");
    return parts.join(HostsController::tr(", "));
}

/// What the agent said, for people.
QString testText(const fleet::HostTest &test)
{
    QStringList lines{HostsController::tr("The agent answers: %1 on %2.").arg(qs(printable(test.agent.program)), qs(printable(test.facts.hostName))),
                      HostsController::tr("%1, %n core(s), %2 of memory.", nullptr, test.facts.cores).arg(qs(printable(test.facts.os)), bytesText(test.facts.memoryBytes))};
    for (const wire::InstanceState &instance : test.instances)
        lines << HostsController::tr("Instance %1: %2 %3, port %4").arg(qs(printable(instance.name)), qs(printable(instance.state)), qs(printable(instance.version))).arg(instance.port);
    if (test.instances.empty())
        lines << HostsController::tr("It knows no instance yet.");
    for (const fleet::InstancePreflight &preflight : test.preflights) {
        if (preflight.error)
            lines << QString() << HostsController::tr("Rights on %1: %2").arg(qs(printable(preflight.instance)), errorSummary(*preflight.error));
        for (const wire::PreflightCheck &check : preflight.checks) {
            if (check.ok)
                continue;
            lines << QString() << HostsController::tr("%1 lacks %2: %3").arg(qs(printable(preflight.instance)), qs(printable(check.name)), qs(printable(check.detail)));
            if (!check.remedy.empty())
                lines << QStringLiteral("    ") + qs(printable(check.remedy, true));
        }
    }
    lines << QString() << (test.ready() ? HostsController::tr("Nothing is missing.") : HostsController::tr("It can be added now; what is missing can be given later."));
    return lines.join(QLatin1Char('\n'));
}

} // namespace

HostsController::HostsController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, WithKey withKey, QWidget *window, QObject *parent)
    : QObject(parent), m_settings(settings), m_ui(ui), m_executor(executor), m_state(state), m_withKey(std::move(withKey)), m_window(window), m_key(this), m_test(this),
      m_dependents(this)
{
}

QStringList HostsController::groups() const
{
    QStringList paths;
    for (const Group &group : m_state.fleet()->groups)
        paths << groupPath(*m_state.fleet(), group.id);
    paths.sort();
    return paths;
}

/// Of the usual places; an administrator's own places are in packaging/HOST.md.
QString HostsController::keyLine() const
{
    const std::string &person = m_settings.person;
    const bool plain = !person.empty() && std::ranges::all_of(person, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-'; });
    QFile file(qs(m_settings.ssh.identity.string()) + QStringLiteral(".pub"));
    constexpr qint64 most = 16 * 1024;
    if (!plain || m_settings.ssh.identity.empty() || !file.open(QIODevice::ReadOnly))
        return {};
    const auto key = remote::parseHostKey(file.read(most).toStdString());
    if (!key)
        return {};
    return QStringLiteral("restrict,command=\"/usr/bin/zandb-attach --socket /run/zandb/agent.sock --user %1 --role admin --key %2\" %3").arg(qs(person), qs(key->fingerprint), qs(key->key));
}

void HostsController::add()
{
    QStringList taken;
    for (const Host &host : m_state.fleet()->hosts)
        taken << qs(host.name);
    delete m_dialog;
    m_dialog = new AddHostDialog(qs(m_settings.profile), groups(), taken, keyLine(), m_window);
    connect(m_dialog, &AddHostDialog::keyRequested, this, &HostsController::askKey);
    connect(m_dialog, &AddHostDialog::checkRequested, this, &HostsController::askAgent);
    connect(m_dialog, &AddHostDialog::addRequested, this, [this](const HostWish &wish) {
        write(tr("Host %1 added").arg(qs(wish.host.name)), [wish, person = m_settings.person](store::Session &session) -> Result<void> {
            Host host = wish.host;
            const auto group = fleet::ensureGroup(session, wish.group.toStdString());
            if (!group)
                return fail(group.error());
            host.groupId = *group;
            if (auto added = fleet::addHost(session, host); !added)
                return added;
            return wish.labels.empty() ? Result<void>{} : fleet::changeLabels(session, host.id, wish.labels, {}, person);
        });
    });
    m_dialog->open();
}

void HostsController::askKey(const QString &address, int port)
{
    std::erase_if(m_threads, [](const std::jthread &thread) { return !thread.joinable(); });
    m_key.ask(
        [&](Answer<remote::HostKey> answer, std::stop_token) {
            m_threads.emplace_back([answer, address = address.toStdString(), port] { answer(fleet::probeHost(address, port)); });
        },
        [this](const Result<remote::HostKey> &key) {
            if (!m_dialog)
                return;
            if (key)
                m_dialog->setKey(qs(key->key), qs(key->fingerprint), {});
            else
                m_dialog->setKey({}, {}, errorText(key.error()));
        });
}

void HostsController::askAgent(const HostWish &wish)
{
    m_withKey([this, wish] {
        SshSettings ssh = m_settings.ssh;
        if (!m_passphrase.empty())
            ssh.passphrase = m_passphrase;
        m_test.ask(
            [&](Answer<fleet::HostTest> answer, std::stop_token) {
                m_threads.emplace_back([answer, ssh, host = wish.host] {
                    remote::AgentPool pool(ssh);
                    pool.setHosts({remote::addressOf(host)});
                    answer(fleet::testHost(pool, host.id));
                });
            },
            [this](const Result<fleet::HostTest> &test) {
                if (!m_dialog)
                    return;
                if (test)
                    m_dialog->setChecked(testText(*test), test->ready(), true);
                else
                    m_dialog->setChecked(errorText(test.error()), false, false);
            });
    });
}

void HostsController::edit(const std::vector<Uuid> &ids)
{
    const Fleet &fleet = *m_state.fleet();
    std::vector<Host> hosts;
    std::optional<std::vector<std::string>> common;
    for (const Uuid &id : ids) {
        const Host *host = fleet.host(id);
        if (!host)
            continue;
        hosts.push_back(*host);
        const auto found = fleet.labels.find(id);
        const auto own = found == fleet.labels.end() ? std::vector<std::string>() : found->second;
        std::vector<std::string> both;
        if (common)
            std::ranges::set_intersection(*common, own, std::back_inserter(both));
        common = common ? both : own;
    }
    if (hosts.empty())
        return;
    const QString group = hosts.size() == 1 && hosts.front().groupId ? groupPath(fleet, *hosts.front().groupId) : QString();
    auto *dialog = new EditHostsDialog(qs(m_settings.profile), hosts, group, groups(), common.value_or(std::vector<std::string>()), m_window);
    connect(dialog, &EditHostsDialog::saveRequested, this, [this, hosts](const EditHostsDialog::Change &change) {
        const QString what = hosts.size() == 1 ? tr("Host %1 changed").arg(qs(hosts.front().name)) : tr("%n host(s) changed", nullptr, static_cast<int>(hosts.size()));
        write(what, [hosts, change, person = m_settings.person](store::Session &session) -> Result<void> {
            std::optional<std::optional<Uuid>> into;
            if (change.group) {
                const auto made = fleet::ensureGroup(session, change.group->toStdString());
                if (!made)
                    return fail(made.error());
                into = *made;
            }
            for (const Host &before : hosts) {
                Host host = before;
                if (into)
                    host.groupId = *into;
                if (change.name)
                    host.name = change.name->toStdString();
                if (change.address)
                    host.address = change.address->toStdString();
                if (change.user)
                    host.sshUser = change.user->toStdString();
                if (change.port)
                    host.sshPort = *change.port;
                const bool same = host.groupId == before.groupId && host.name == before.name && host.address == before.address && host.sshUser == before.sshUser
                    && host.sshPort == before.sshPort;
                if (!same) {
                    if (auto updated = fleet::updateHost(session, host); !updated)
                        return updated;
                }
                if (!change.addLabels.empty() || !change.removeLabels.empty()) {
                    if (auto labelled = fleet::changeLabels(session, host.id, change.addLabels, change.removeLabels, person); !labelled)
                        return labelled;
                }
            }
            return {};
        });
    });
    dialog->open();
}

void HostsController::retire(const Uuid &id)
{
    const Host *found = m_state.fleet()->host(id);
    if (!found)
        return;
    ask<workflow::HostDependents>(
        m_executor, m_dependents, [fleet = m_state.fleet(), id](store::Session &session) { return workflow::dependentsOf(session, *fleet, id); },
        [this, host = *found](const Result<workflow::HostDependents> &dependents) {
            const QString name = qs(host.name);
            if (!dependents)
                return m_ui.dialogs.message(m_window, tr("Not done"), errorText(dependents.error()));
            QStringList text{tr("%1 leaves the fleet: nothing is asked of its agent any more, and its figures go. Its runs and backups stay, and on the host itself nothing is changed.").arg(name)};
            if (!dependents->instances.empty())
                text << tr("Its instances: %1.").arg(shown(dependents->instances));
            if (!dependents->tasks.empty())
                text << tr("Tasks that work on it now: %1.").arg(shown(dependents->tasks));
            if (!dependents->named.empty())
                text << tr("Tasks that name it, and may have no target then: %1.").arg(shown(dependents->named));
            if (!dependents->replicas.empty())
                text << tr("Replicas elsewhere read from it: %1.").arg(shown(dependents->replicas));
            if (!dependents->openRuns.empty())
                text << tr("%n run(s) on it have not ended; they are given up.", nullptr, static_cast<int>(dependents->openRuns.size()));
            Dialogs::Question question;
            question.title = tr("Retire a host — %1").arg(qs(m_settings.profile));
            question.text = text.join(QStringLiteral("\n\n"));
            question.accept = tr("Retire %1").arg(name);
            question.typeToConfirm = name;
            m_ui.dialogs.confirm(m_window, question, [this, host, name, force = !dependents->openRuns.empty()] {
                write(tr("Host %1 retired").arg(name), [host, force, person = m_settings.person](store::Session &session) -> Result<void> {
                    const auto done = workflow::retireHost(session, host, person, force);
                    return done ? Result<void>{} : fail(done.error());
                });
            });
        });
}

void HostsController::write(const QString &what, std::function<Result<void>(store::Session &)> job)
{
    deliver<bool>(
        this,
        [&](Answer<bool> answer) {
            m_executor.post([answer, job = std::move(job)](store::Session &session) {
                const auto done = job(session);
                answer(done ? Result<bool>(true) : fail(done.error()));
            });
        },
        [this, what](const Result<bool> &done) {
            if (!done)
                return m_ui.dialogs.message(m_window, tr("Not done"), what + QStringLiteral(":\n") + errorText(done.error()));
            Q_EMIT accepted(what);
        });
}

} // namespace zandb::console
