// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/binlogscontroller.h"

#include "app/binlogs/binlogrepository.h"
#include "models/common/text.h"

#include <algorithm>

namespace zandb::console {
namespace {

const QLatin1String page("binlogs");

} // namespace

BinlogsController::BinlogsController(store::Executor &executor, ConsoleState &state, StoreWatch &watch, QObject *parent)
    : ListController(executor, state, watch, parent), m_list(this, [this] { return question(); }, [this](std::vector<BinlogRow> rows) { show(std::move(rows)); })
{
    wantOn({QStringLiteral("binlog"), QStringLiteral("backup")}, {&m_list});
    connect(&state, &ConsoleState::locationChanged, this, [this](const Location &before) {
        m_list.setActive(shows(page));
        if (before.scope == m_state.location().scope)
            return;
        Q_EMIT asked();
        m_list.restart();
    });
    connect(&state, &ConsoleState::fleetChanged, this, [this] {
        m_list.setActive(shows(page));
        m_list.want();
    });
    connect(&state, &ConsoleState::languageChanged, this, [this] { m_table.refreshTexts(); });
}

Reading<std::vector<BinlogRow>>::Job BinlogsController::question() const
{
    return [fleet = m_state.fleet(), scope = m_state.location().scope](store::Session &session) -> Result<std::vector<BinlogRow>> {
        const auto contents = contentsOf(*fleet, scope);
        const std::vector<Uuid> instances(contents.instances.begin(), contents.instances.end());
        auto windows = binlogs::windowsOf(session, instances);
        const auto sizes = binlogs::serverSizes(session, instances);
        if (!windows || !sizes)
            return fail(windows ? sizes.error() : windows.error());
        std::vector<BinlogRow> rows;
        for (binlogs::WindowOf &of : *windows) {
            BinlogRow row;
            row.instance = of.instance;
            row.name = qs(fleet->pathOf(of.instance));
            if (of.status) {
                row.report = std::move(of.status->report);
                row.at = of.status->at;
            }
            for (const BinlogBase &backup : of.backups)
                row.backups.emplace_back(backup.id, backup.endedAt);
            row.window = std::move(of.window);
            row.window.files.clear(); // the page shows none of them
            if (const auto size = sizes->find(of.instance); size != sizes->end()) {
                row.serverFiles = size->second.first;
                row.serverBytes = size->second.second;
            }
            rows.push_back(std::move(row));
        }
        std::ranges::sort(rows, {}, &BinlogRow::name);
        return rows;
    };
}

void BinlogsController::show(std::vector<BinlogRow> rows)
{
    m_table.setRows(std::move(rows));
    Q_EMIT nowChanged(m_state.now());
    Q_EMIT loaded();
}

} // namespace zandb::console
