// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqlpreviewer.h"

#include "app/batchsql/sqlpreview.h"
#include "models/common/errortext.h"
#include "models/common/text.h"
#include "models/workflow/runid.h"

namespace zandb::console {

SqlPreviewer::SqlPreviewer(ConsoleState &state, AgentCalls &calls, QObject *parent) : QObject(parent), m_state(state), m_calls(calls) {}

void SqlPreviewer::ask(const SqlWish &wish)
{
    m_model.setRows({});
    m_asked.clear();
    m_answered = 0;
    m_refused = 0;
    for (const Uuid &id : wish.targets) {
        const InstanceRecord *record = m_state.fleet()->instance(id);
        if (!record)
            continue;
        m_asked.push_back(std::make_unique<Latest<Json>>(this));
        m_calls.ask(*m_asked.back(), record->instance.hostId, batchsql::previewMethod, batchsql::previewParams(record->instance, wish.schema.toStdString(), wish.statements),
                    [this, id, statements = wish.statements](Result<Json> answer) { answered(id, statements, std::move(answer)); });
    }
    Q_EMIT moved(0, static_cast<int>(m_asked.size()), 0);
}

void SqlPreviewer::answered(const Uuid &id, const std::vector<std::string> &statements, Result<Json> answer)
{
    ++m_answered;
    const QString path = qs(m_state.fleet()->pathOf(id));
    auto found = batchsql::previewAnswer(std::move(answer));
    bool refused = !found;
    std::vector<SqlPreviewRow> rows = m_model.rows();
    if (!found) {
        SqlPreviewRow &row = rows.emplace_back();
        row.id = uuidV5(id, "preview");
        row.instance = path;
        row.error = errorText(found.error());
    }
    for (std::size_t at = 0; found && at < found->statements.size(); ++at) {
        SqlPreviewRow row;
        row.statement = std::move(found->statements[at]);
        const auto number = static_cast<std::size_t>(std::max(1, row.statement.statement));
        row.id = uuidV5(id, "preview|" + std::to_string(number));
        row.instance = path;
        row.sql = number <= statements.size() ? qs(statements[number - 1].substr(0, 4000)) : QString();
        row.role = qs(found->role);
        row.lagSeconds = found->lagSeconds;
        row.replicas = found->replicas;
        row.blockers = found->blockers;
        refused = refused || !row.statement.allowed || !row.statement.refusal.empty();
        rows.push_back(std::move(row));
    }
    m_refused += refused;
    m_model.setRows(std::move(rows));
    Q_EMIT moved(m_answered, static_cast<int>(m_asked.size()), m_refused);
}

} // namespace zandb::console
