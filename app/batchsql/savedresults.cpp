// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/batchsql/savedresults.h"

#include "app/batchsql/sqlrun.h"

#include <cctype>

namespace zandb::batchsql {
namespace {

/// Names of hosts and instances come from the store: nothing of them is a path.
std::string fileName(const std::string &path)
{
    std::string name;
    for (const char c : path.substr(0, 100))
        name += std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' ? c : '_';
    return name;
}

} // namespace

SavedResults::SavedResults(std::filesystem::path directory, const Fleet &fleet, const std::vector<Uuid> &instances) : m_directory(std::move(directory))
{
    for (const Uuid &id : instances)
        m_names.push_back(fileName(fleet.pathOf(id)));
}

void SavedResults::take(std::size_t at, const Json &item)
{
    const auto number = item.is_object() && item.contains("statement") ? integerIn(item.at("statement"), 1, 1'000'000) : std::nullopt;
    if (!number || !item.contains("rows") || !item.at("rows").is_array() || m_problem)
        return;
    auto &file = m_files[{at, *number}];
    if (!file.is_open()) {
        const auto path = m_directory / (std::to_string(at + 1) + '-' + m_names.at(at) + '-' + std::to_string(*number) + ".csv");
        file.open(path, std::ios::binary | std::ios::trunc);
        std::vector<Json> heads;
        for (const Json &column : item.value("cols", Json::array()))
            heads.push_back(column.is_object() ? column.value("name", Json("")) : Json(""));
        file << csvLine(heads) << '\n';
    }
    for (const Json &row : item.at("rows")) {
        if (row.is_array())
            file << csvLine({row.begin(), row.end()}) << '\n';
    }
    if (!file.flush())
        m_problem = makeError(errors::ioFailed, {{"path", m_directory.string()}, {"detail", "the results cannot be written there"}});
}

} // namespace zandb::batchsql
