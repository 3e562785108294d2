// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"

#include <cstddef>
#include <filesystem>
#include <istream>
#include <optional>
#include <string>

/// Input of people, with a limit: a device, a pipe or a file of the wrong kind must not fill the memory.
namespace zandb {

/// The whole file, of at most `most` bytes; also of a pipe.  Errors: settings.invalid (path, detail).
Result<std::string> readFile(const std::filesystem::path &file, std::size_t most);

struct InputLine
{
    std::string text;     ///< without its end; empty when it is too long
    bool tooLong = false; ///< it had more than `most` bytes, which were skipped
};
/// The next line; none at the end.
std::optional<InputLine> readLine(std::istream &in, std::size_t most);

} // namespace zandb
