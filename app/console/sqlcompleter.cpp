// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/sqlcompleter.h"

#include "app/batchsql/sqlnames.h"
#include "models/common/text.h"

#include <QSet>

#include <algorithm>

namespace zandb::console {
namespace {

constexpr std::size_t mostInstances = 5;   ///< of one script: the others have mostly the same names
constexpr std::size_t mostKept = 50;
constexpr int mostNames = 20'000;
constexpr qint64 freshMs = 10 * 60'000;
constexpr qint64 againMs = 60'000;         ///< after one that has told nothing

} // namespace

SqlCompleter::SqlCompleter(ConsoleState &state, AgentCalls &calls, QObject *parent) : QObject(parent), m_state(state), m_calls(calls) {}

void SqlCompleter::setPlace(const std::vector<Uuid> &targets, const QString &schema)
{
    m_front.clear();
    for (const Uuid &id : targets) {
        const InstanceRecord *record = m_state.fleet()->instance(id);
        if (!record || m_front.size() == mostInstances)
            continue;
        const Key &key = m_front.emplace_back(id, schema.toStdString());
        auto &known = m_known[key];
        if (!known)
            known = std::make_unique<Known>(this);
        if (known->asked.busy() || (known->since.isValid() && known->since.elapsed() < (known->names.schemas.empty() ? againMs : freshMs)))
            continue;
        known->since.start();
        m_calls.ask(known->asked, record->instance.hostId, batchsql::namesMethod, batchsql::namesParams(record->instance, key.second), [this, known = known.get()](Result<Json> answer) {
            if (auto names = batchsql::namesAnswer(std::move(answer))) {
                known->names = std::move(*names);
                tell();
            }
        });
    }
    while (m_known.size() > mostKept) {
        const auto old = std::ranges::find_if(m_known, [this](const auto &one) { return std::ranges::find(m_front, one.first) == m_front.end(); });
        if (old == m_known.end())
            break;
        m_known.erase(old);
    }
    tell();
}

void SqlCompleter::tell()
{
    QSet<QString> all;
    const auto add = [&](const std::string &name) {
        if (all.size() < mostNames)
            all.insert(qs(name));
    };
    for (const Key &key : m_front) {
        const wire::SqlNames &names = m_known.at(key)->names;
        for (const std::string &schema : names.schemas)
            add(schema);
        for (const wire::SqlNamedTable &table : names.tables)
            add(table.schema + "." + table.table);
        for (const wire::SqlNamedTable &table : names.tables) {
            for (const std::string &column : table.columns)
                add(table.table + "." + column);
        }
    }
    QStringList names(all.begin(), all.end());
    names.sort();
    if (names == m_told)
        return;
    m_told = names;
    Q_EMIT namesKnown(names);
}

} // namespace zandb::console
