// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/restorecontroller.h"

#include "app/backups/proof.h"
#include "app/console/credentials.h"
#include "app/console/runexecutor.h"
#include "app/platform/errors.h"
#include "models/common/errortext.h"
#include "models/common/format.h"
#include "models/common/text.h"
#include "models/fleet/statetext.h"
#include "widgets/backups/restoredialog.h"


namespace zandb::console {
namespace {

const QString passphraseName = QStringLiteral("ssh-passphrase");

} // namespace

RestoreController::RestoreController(const Settings &settings, const Ui &ui, const ConsoleState &state, RunExecutor &executor,
                                     QWidget *window, QObject *parent)
    : QObject(parent), m_settings(settings), m_ui(ui), m_state(state), m_executor(executor), m_window(window)
{
}

void RestoreController::ask(const Backup &backup)
{
    const Fleet &fleet = *m_state.fleet();
    RestoreDialog::Question question;
    question.profile = qs(m_settings.profile);
    question.production = m_settings.production;
    question.backupId = backup.id;
    question.instance = qs(fleet.pathOf(backup.instanceId));
    question.summary = tr("Taken %1 by %2: %3, %4 stored in “%5”.")
                           .arg(localTimeText(backup.startedAt), qs(backup.method), bytesText(backup.bytes), bytesText(backup.storedBytes),
                                qs(backup.repository));
    if (backup.finding)
        question.summary += QLatin1Char('\n') + tr("It was found bad: %1 Choose another backup unless you know why.").arg(errorSummary(*backup.finding));
    question.bytes = backup.bytes;
    const auto place = backups::placeOf(backup, fleet);
    question.hostId = place ? place->hostId : backup.hostId;
    // the time in it, so that the second restore of an instance does not meet the first one's directory
    question.directory = QStringLiteral("/var/tmp/restore-%1-%2")
                             .arg(qs(backup.detail.instance), localTimeText(m_state.now()).remove(QLatin1Char('-')).remove(QLatin1Char(':')).replace(QLatin1Char(' '), QLatin1Char('-')));
    question.repository = qs(backup.repository);
    for (const Host &host : fleet.hosts) {
        const Condition condition = hostCondition(fleet, host, m_state.now());
        RestoreDialog::Host row{host.id, qs(host.name), condition.look == Look::Ok ? QString() : condition.text, {}};
        if (const auto state = fleet.hostStates.find(host.id); state != fleet.hostStates.end()) {
            const wire::HostFacts facts = state->second.facts.value_or(wire::HostFacts{});
            for (const wire::Disk &disk : facts.disks)
                row.disks.push_back({qs(disk.mount), disk.freeBytes});
            if (state->second.facts && !backups::repositoryOn(host.id, backup, fleet))
                row.trouble = tr("cannot read the repository “%1”").arg(qs(backup.repository));
        }
        question.hosts.push_back(row);
    }
    auto *dialog = new RestoreDialog(question, m_window);
    connect(dialog, &RestoreDialog::restoreRequested, this, [this, backup](const RestoreRequest &request) {
        withKey([this, backup, request] { Q_EMIT restoreRequested(backup, request); });
    });
    dialog->open();
}

void RestoreController::withKey(std::function<void()> then)
{
    m_executor.tryKey([this, then = std::move(then)](const std::optional<Error> &trouble) {
        if (!trouble) {
            then();
        } else if (!trouble->is(errors::sshPassphrase) || !m_settings.ssh.passphraseFile.empty()) {
            m_ui.dialogs.message(m_window, tr("Your key cannot be used"), errorText(*trouble));
        } else if (!m_keychainTried) {
            m_keychainTried = true;
            withSecret(m_settings, passphraseName, this, [this, then](const QString &passphrase, const QString &) {
                m_executor.setPassphrase(passphrase.toStdString());
                withKey(then);
            });
        } else {
            askPassphrase(false, then);
        }
    });
}

void RestoreController::askPassphrase(bool again, std::function<void()> then)
{
    Dialogs::SecretQuestion question;
    question.title = tr("Passphrase — %1").arg(qs(m_settings.profile));
    const QString key = qs(m_settings.ssh.identity.string());
    question.text = again ? tr("That is not the passphrase of %1. Try again:").arg(key) : tr("The key %1 is encrypted. Its passphrase:").arg(key);
    question.accept = tr("Use the key");
    question.keep = tr("Save it in the keychain");
    m_ui.dialogs.askSecret(m_window, question, [this, then = std::move(then)](const QString &passphrase, bool keep) {
        m_executor.setPassphrase(passphrase.toStdString());
        m_executor.tryKey([this, then, passphrase, keep](const std::optional<Error> &trouble) {
            if (!trouble && keep) {
                keepSecret(m_settings, passphraseName, passphrase, this, [this](const QString &problem) {
                    if (!problem.isEmpty())
                        m_ui.dialogs.message(m_window, tr("Not saved"), tr("The keychain could not save the passphrase: %1").arg(problem));
                });
            }
            if (trouble && trouble->is(errors::sshPassphrase))
                askPassphrase(true, then);
            else if (trouble)
                m_ui.dialogs.message(m_window, tr("Your key cannot be used"), errorText(*trouble));
            else
                then();
        });
    });
}

} // namespace zandb::console
