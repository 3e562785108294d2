// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/asking.h"

#include "models/common/format.h"
#include "models/common/text.h"

#include <algorithm>
#include <set>

namespace zandb::console {

Asking::Asking(const Settings &settings, const Ui &ui, const ConsoleState &state, QWidget *window, FindRun findRun, QObject *parent)
    : QObject(parent), m_settings(settings), m_ui(ui), m_state(state), m_window(window), m_findRun(std::move(findRun))
{
}

void Asking::backUp(const std::vector<Uuid> &instances)
{
    const Fleet &fleet = *m_state.fleet();
    BackupDialog::Question question;
    question.profile = qs(m_settings.profile);
    question.production = m_settings.production;
    std::int64_t bytes = 0;
    for (const Uuid &id : instances) {
        const InstanceRecord *record = fleet.instance(id);
        if (!record)
            continue;
        const Host *host = fleet.host(record->instance.hostId);
        BackupDialog::Instance row{id, qs(fleet.pathOf(id)), host ? qs(host->name) : QString(), std::nullopt, std::nullopt};
        if (record->detail && record->detail->dataBytes) {
            row.bytes = *record->detail->dataBytes;
            bytes += *row.bytes;
        }
        if (const auto state = fleet.hostStates.find(record->instance.hostId); state != fleet.hostStates.end() && state->second.facts) {
            row.repositories = QStringList();
            for (const std::string &name : state->second.facts->repositories)
                *row.repositories << qs(name);
        }
        question.instances << row;
    }
    if (question.instances.isEmpty())
        return;
    const bool many = static_cast<std::size_t>(question.instances.size()) >= manyInstances || bytes >= manyBytes;
    if (m_settings.production && many)
        question.typeToConfirm = question.instances.size() == 1 ? question.instances.front().name : question.profile;
    auto *dialog = new BackupDialog(question, m_window);
    connect(dialog, &BackupDialog::backupRequested, this, &Asking::backupAgreed);
    dialog->open();
}

Asking::Extent Asking::extentOf(const std::vector<Uuid> &runs) const
{
    Extent extent;
    std::set<Uuid> hosts;
    std::set<Uuid> instances; // the data of one is counted once
    for (const Uuid &id : runs) {
        const auto row = m_findRun(id);
        extent.allNamed = extent.allNamed && row && !row->target.isEmpty();
        extent.names << (row && !row->target.isEmpty() ? row->target : qs(id.toString()));
        if (!row)
            continue;
        hosts.insert(row->run.hostId);
        if (!instances.insert(row->run.targetId).second)
            continue;
        const InstanceRecord *record = m_state.fleet()->instance(row->run.targetId);
        if (record && record->detail && record->detail->dataBytes)
            extent.bytes += *record->detail->dataBytes;
        else
            ++extent.sizeUnknown;
    }
    extent.names.removeDuplicates();
    extent.hosts = static_cast<int>(hosts.size());
    return extent;
}

QString Asking::whereText(const Extent &extent) const
{
    constexpr qsizetype most = 8;
    QString names = extent.names.mid(0, most).join(tr(", "));
    if (extent.names.size() > most)
        names = tr("%1 and %n more", nullptr, static_cast<int>(extent.names.size() - most)).arg(names);
    return extent.hosts > 1 ? tr("%1, on %n host(s)", nullptr, extent.hosts).arg(names) : names;
}

/// What must be typed; empty: nothing.
QString Asking::typed(const Extent &extent, bool always) const
{
    const bool many = static_cast<std::size_t>(extent.names.size()) >= manyInstances || extent.bytes >= manyBytes;
    if (!m_settings.production || (!always && !many))
        return {};
    return extent.names.size() == 1 ? extent.names.front() : qs(m_settings.profile);
}

void Asking::retry(const std::vector<Uuid> &runs)
{
    if (runs.size() < 2 && !m_settings.production) { // one is what one pointed at
        Q_EMIT retryAgreed(runs);
        return;
    }
    const Extent extent = extentOf(runs);
    const int count = static_cast<int>(runs.size());
    Dialogs::Question question;
    question.title = tr("Retry — %1").arg(qs(m_settings.profile));
    question.text = tr("%n run(s) get(s) one more attempt: %1.", nullptr, count).arg(whereText(extent));
    if (extent.bytes > 0)
        question.text += QLatin1Char(' ') + tr("The instances hold %1 of data.").arg(bytesText(extent.bytes));
    question.accept = count == 1 ? tr("Retry the run of %1").arg(extent.names.front()) : tr("Retry %n run(s)", nullptr, count);
    question.typeToConfirm = typed(extent, false);
    m_ui.dialogs.confirm(m_window, question, [this, runs] { Q_EMIT retryAgreed(runs); });
}

void Asking::verify(const std::vector<Backup> &backups)
{
    if (backups.size() < 2 && !m_settings.production) {
        Q_EMIT verifyAgreed(backups);
        return;
    }
    Extent extent;
    std::set<Uuid> hosts;
    for (const Backup &backup : backups) {
        extent.names << qs(m_state.fleet()->pathOf(backup.instanceId));
        extent.bytes += backup.bytes;
        hosts.insert(backup.hostId);
    }
    extent.names.removeDuplicates();
    extent.hosts = static_cast<int>(hosts.size());
    const int count = static_cast<int>(backups.size());
    Dialogs::Question question;
    question.title = tr("Verify by a restore — %1").arg(qs(m_settings.profile));
    question.text = tr("%n backup(s) of %1. Each is restored into a scratch directory of its host and removed again: %2 are written there in all.", nullptr,
                       count).arg(whereText(extent), bytesText(extent.bytes));
    question.accept = tr("Verify %n backup(s)", nullptr, count);
    question.typeToConfirm = typed(extent, false);
    m_ui.dialogs.confirm(m_window, question, [this, backups] { Q_EMIT verifyAgreed(backups); });
}

void Asking::askToEnd(Dialogs::Question question, const Extent &extent, std::function<void()> yes)
{
    if (m_settings.production && !extent.allNamed) { // what nobody can name nobody can confirm
        m_ui.dialogs.message(m_window, tr("Not done"), tr("Which instance this run is of is not known yet. Open the run and do it there."));
        return;
    }
    if (m_settings.production) {
        question.text += QLatin1Char(' ') + tr("This is production.");
        question.typeToConfirm = typed(extent, true);
    }
    m_ui.dialogs.confirm(m_window, question, std::move(yes));
}

void Asking::cancel(const std::vector<Uuid> &runs)
{
    const Extent extent = extentOf(runs);
    const int count = static_cast<int>(runs.size());
    Dialogs::Question question;
    question.title = tr("Cancel a run — %1").arg(qs(m_settings.profile));
    question.text = tr("The work on %1 is stopped, and what it has done so far is lost.").arg(whereText(extent));
    question.accept = count == 1 ? tr("Cancel the run of %1").arg(extent.names.front()) : tr("Cancel %n run(s)", nullptr, count);
    question.dismiss = tr("Keep it running");
    askToEnd(question, extent, [this, runs] { Q_EMIT cancelAgreed(runs); });
}

void Asking::giveUp(const std::vector<Uuid> &runs)
{
    const Extent extent = extentOf(runs);
    const int count = static_cast<int>(runs.size());
    Dialogs::Question question;
    question.title = tr("Give up waiting — %1").arg(qs(m_settings.profile));
    question.text = tr("How the run of %1 ended is unknown, because its host cannot be asked. The work may still be going on there, and may yet end "
                       "well: nothing on the host is stopped by this.\n\nFrom now on the run counts as failed, never as a success, and can be "
                       "retried. What the host may still tell of it one day is kept with the attempt.")
                        .arg(whereText(extent));
    question.accept = count == 1 ? tr("Count the run of %1 as failed").arg(extent.names.front()) : tr("Count %n run(s) as failed", nullptr, count);
    question.dismiss = tr("Keep waiting");
    askToEnd(question, extent, [this, runs] { Q_EMIT giveUpAgreed(runs); });
}

} // namespace zandb::console
