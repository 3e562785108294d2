// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/result.h"
#include "agent/os/files.h"

#include <memory>
#include <span>
#include <string>

namespace zandb::agent {

/// The bytes of a log: plain, or what gzip or zstd made of it, which is told by the first bytes.  Several compressed pieces one after the other are read as one.
/// Not thread-safe; reading blocks.
class LogReader
{
public:
    /// "-" is standard input.  Errors: io.failed (with the path and the system's reason; also of a directory).
    static Result<std::unique_ptr<LogReader>> open(const std::string &path);
    /// The same of an open file, from `offset` of its unpacked bytes on.  Errors: io.failed; also when it has not so many.
    static Result<std::unique_ptr<LogReader>> of(FileDescriptor file, const std::string &path, std::int64_t offset = 0);
    virtual ~LogReader() = default;
    /// Some bytes; 0 at the end.  Errors: io.failed; a compressed file that is damaged or ends too early is one.
    virtual Result<std::size_t> read(std::span<char> into) = 0;
    virtual bool isPacked() const { return true; }
};

} // namespace zandb::agent
