// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/rightscheck.h"

#include "agent/protocol/fleet.h"
#include "agent/protocol/printable.h"
#include "app/console/agentcalls.h"
#include "models/common/errortext.h"
#include "models/common/text.h"

namespace zandb::console {

RightsCheck::RightsCheck(const Ui &ui, ConsoleState &state, AgentCalls &calls, WithKey withKey, QWidget *window, QObject *parent)
    : QObject(parent), m_ui(ui), m_state(state), m_calls(calls), m_withKey(std::move(withKey)), m_window(window), m_latest(this)
{
}

void RightsCheck::ask(const Uuid &instance)
{
    const InstanceRecord *record = m_state.fleet()->instance(instance);
    if (!record)
        return;
    m_withKey([this, host = record->instance.hostId, name = record->instance.name, path = qs(m_state.fleet()->pathOf(instance))] {
        Q_EMIT busyChanged(true);
        m_calls.ask(m_latest, host, "fleet.preflight", Json{{"instance", name}}, [this, path](const Result<Json> &answer) {
            Q_EMIT busyChanged(false);
            told(path, answer);
        }, std::chrono::seconds{60});
    });
}

void RightsCheck::told(const QString &path, const Result<Json> &answer)
{
    const QString title = tr("Rights on %1").arg(path);
    const auto checks = answer ? decode<std::vector<wire::PreflightCheck>>(answer->is_object() ? answer->value("checks", Json()) : Json())
                               : Result<std::vector<wire::PreflightCheck>>(fail(answer.error()));
    if (!checks) {
        m_ui.dialogs.message(m_window, title, errorText(checks.error()));
        return;
    }
    QStringList missing;
    for (const wire::PreflightCheck &check : *checks) {
        if (check.ok)
            continue;
        missing << qs(printable(check.name)) + QStringLiteral(": ") + qs(printable(check.detail));
        if (!check.remedy.empty())
            missing << QStringLiteral("    ") + qs(printable(check.remedy, true));
    }
    const int all = static_cast<int>(checks->size());
    if (missing.isEmpty())
        m_ui.dialogs.message(m_window, title, tr("Nothing is missing: all %n checks of the agent passed.", nullptr, all));
    else
        m_ui.dialogs.message(m_window, title, tr("The agent lacks this, each with what gives it:") + QStringLiteral("\n\n") + missing.join(QLatin1Char('\n')));
}

} // namespace zandb::console
