// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/runtime/config.h"

#include <cstdint>
#include <map>
#include <set>
#include <string_view>

namespace zandb::agent {

/// What stands in a data directory's schemas, by the names of the file system.
struct DataFiles
{
    std::set<std::string> schemas;
    std::map<std::string, std::int64_t> files; ///< "schema/file" and its bytes
};

/// Reads the directory, all of it or nothing: a schema or file that goes away meanwhile is gone, whatever else cannot be read
/// is an error.  Errors: io.failed.
Result<DataFiles> readDataFiles(const std::filesystem::path &dataDirectory);
/// The same through the helper.  Errors: those of askHelper, protocol.malformed.
Result<DataFiles> dataFilesByHelper(const Config &config, const std::string &instance);

/// The helper's list, and what it means.  Names may hold anything but a zero byte.  Errors: protocol.malformed.
std::string encodeDataFiles(const DataFiles &files);
Result<DataFiles> decodeDataFiles(std::string_view list);

} // namespace zandb::agent
