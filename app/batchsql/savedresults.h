// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/platform/errors.h"
#include "models/fleet/fleet.h"

#include <filesystem>
#include <fstream>
#include <map>

namespace zandb::batchsql {

/// So much of one result may go to a file.
inline constexpr std::int64_t savedBytes = 64LL << 30;
inline constexpr std::int64_t savedRows = 10'000'000;

/// Results as files of CSV, one for each instance and statement ("2-db1_my3306-1.csv"), written while they come: none of it is kept in memory.
/// For one thread at a time.
class SavedResults
{
public:
    SavedResults(std::filesystem::path directory, const Fleet &fleet, const std::vector<Uuid> &instances);
    /// `at`: of the instances.
    void take(std::size_t at, const Json &item);
    /// Why something could not be written; what comes after it is dropped.
    const std::optional<Error> &problem() const { return m_problem; }

private:
    const std::filesystem::path m_directory;
    std::vector<std::string> m_names;
    std::map<std::pair<std::size_t, std::int64_t>, std::ofstream> m_files;
    std::optional<Error> m_problem;
};

} // namespace zandb::batchsql
