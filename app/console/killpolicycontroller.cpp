// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/killpolicycontroller.h"

#include "app/console/agentcalls.h"
#include "app/fleet/fleetrepository.h"
#include "app/killer/killedrepository.h"
#include "app/killer/policyrepository.h"
#include "models/common/errortext.h"
#include "models/common/text.h"

namespace zandb::console {

using namespace std::chrono_literals;

KillPolicyController::KillPolicyController(const Settings &settings, const Ui &ui, store::Executor &executor, ConsoleState &state, AgentCalls &calls, WithKey withKey,
                                           QWidget *window, QObject *parent)
    : QObject(parent), m_settings(settings), m_ui(ui), m_executor(executor), m_state(state), m_calls(calls), m_withKey(std::move(withKey)), m_window(window),
      m_rows(this), m_preview(this)
{
}

void KillPolicyController::ask()
{
    const Scope scope = m_state.location().scope;
    if (scope.kind == Scope::Kind::Host) {
        m_ui.dialogs.message(m_window, tr("Kill policies"), tr("Policies are for the whole fleet, a group or an instance: select one of these in the tree."));
        return;
    }
    m_kind = scope.kind == Scope::Kind::All ? KillScope::Fleet : scope.kind == Scope::Kind::Group ? KillScope::Group : KillScope::Instance;
    m_scope = m_kind == KillScope::Fleet ? Uuid{} : scope.id;
    zandb::console::ask<std::vector<KillPolicyRow>>(
        m_executor, m_rows, [](store::Session &session) { return killer::loadPolicies(session); },
        [this](Result<std::vector<KillPolicyRow>> rows) {
            if (rows)
                open(*rows);
            else
                m_ui.dialogs.message(m_window, tr("Kill policies"), errorText(rows.error()));
        });
}

void KillPolicyController::open(const std::vector<KillPolicyRow> &rows)
{
    const Fleet &fleet = *m_state.fleet();
    KillPolicyDialog::Question question;
    question.profile = qs(m_settings.profile);
    question.production = m_settings.production;
    question.place = qs(killScopePath(fleet, m_kind, m_scope));
    question.kind = m_kind;
    question.scope = m_scope;
    question.instances = static_cast<int>(instancesBelow(fleet, m_kind, m_scope).size());
    for (const KillPolicyRow &row : rows) {
        if (row.scope == m_scope)
            question.rows.push_back(row);
    }
    delete m_dialog;
    m_dialog = new KillPolicyDialog(question, m_window);
    connect(m_dialog, &KillPolicyDialog::previewRequested, this, &KillPolicyController::preview);
    connect(m_dialog, &KillPolicyDialog::saveRequested, this, [this, kind = m_kind, scope = m_scope](const wire::KillPolicy &policy, qint64 known) {
        carryOut(tr("Save policy %1").arg(qs(policy.name)),
                 [=](store::Session &session) { return killer::setPolicy(session, kind, scope, policy.name, policy, known); });
    });
    connect(m_dialog, &KillPolicyDialog::removeRequested, this, [this, scope = m_scope](const QString &name, qint64 known) {
        carryOut(tr("Remove policy %1").arg(name), [=](store::Session &session) { return killer::removePolicy(session, scope, name.toStdString(), known); });
    });
    m_dialog->open();
    m_dialog->requestPreview();
}

void KillPolicyController::preview(const wire::KillPolicy &policy)
{
    killer::KilledFilter filter;
    filter.instances = instancesBelow(*m_state.fleet(), m_kind, m_scope);
    filter.to = m_state.now() + 1s;
    filter.from = m_state.now() - 24h;
    zandb::console::ask<std::pair<std::int64_t, std::int64_t>>(
        m_executor, m_preview,
        [policy, filter](store::Session &session) -> Result<std::pair<std::int64_t, std::int64_t>> {
            const auto found = killer::previewPolicy(session, policy, filter, 0);
            if (!found)
                return fail(found.error());
            return std::pair{found->matching, found->looked};
        },
        [this](const Result<std::pair<std::int64_t, std::int64_t>> &found) {
            if (found && m_dialog)
                m_dialog->setPreview(found->first, found->second);
        });
}

void KillPolicyController::carryOut(const QString &what, Change change)
{
    m_withKey([this, what, change = std::move(change), kind = m_kind, scope = m_scope] {
        using Told = std::vector<killer::HandedOver>;
        std::erase_if(m_threads, [](const std::jthread &thread) { return !thread.joinable(); });
        deliver<Told>(
            this,
            [&](Answer<Told> answer) {
                m_threads.emplace_back([answer, change, kind, scope, store = m_settings.store, pool = m_calls.pool()](std::stop_token stop) {
                    store::Session session(store);
                    session.setStopToken(stop);
                    if (const auto written = change(session); !written) {
                        answer(fail(written.error()));
                        return;
                    }
                    const auto fleet = fleet::loadFleet(session);
                    if (!fleet) {
                        answer(fail(fleet.error()));
                        return;
                    }
                    answer(killer::handOver(session, *pool, *fleet, instancesBelow(*fleet, kind, scope), stop));
                });
            },
            [this, what](const Result<Told> &result) { told(what, result); });
    });
}

void KillPolicyController::told(const QString &what, const Result<std::vector<killer::HandedOver>> &result)
{
    if (!result) {
        m_ui.dialogs.message(m_window, tr("Not done"), what + QStringLiteral(":\n") + errorText(result.error()));
        return;
    }
    QStringList troubles;
    for (const auto &[instance, revision, state] : *result) {
        if (!state && troubles.size() < 10)
            troubles << qs(m_state.fleet()->pathOf(instance)) + QStringLiteral(": ") + errorText(state.error());
    }
    Q_EMIT accepted(what);
    if (!troubles.isEmpty())
        m_ui.dialogs.message(m_window, tr("Some agents were not told"),
                             tr("The store has the policy. These agents get it as a dry run from the headless instance, until an administrator saves it again:") + QLatin1Char('\n')
                                 + troubles.join(QLatin1Char('\n')));
}

} // namespace zandb::console
