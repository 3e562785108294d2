// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/backups/repository.h"

#include <functional>
#include <span>
#include <stop_token>

namespace zandb::agent {

/// Looks at a payload's bytes as they pass, before compression.
class StreamScanner
{
public:
    virtual ~StreamScanner() = default;
    /// Called in order from the thread that runs the pipeline; must be cheap.
    virtual void feed(std::span<const char> bytes) = 0;
};

struct PipelineOptions
{
    std::string fileName;                ///< of the payload in the repository
    int level = 3;
    int threads = 1;                     ///< 0: on the reading thread
    std::string repository;              ///< its name, for errors
    std::filesystem::path stagingFile;   ///< where a slow repository's bytes wait; has no name once it is open
    std::int64_t stagingBytes = 1 << 30; ///< bound of that file
};

struct PipelineSummary
{
    std::int64_t bytes = 0;       ///< before compression
    std::int64_t storedBytes = 0;
    std::int64_t spilledBytes = 0; ///< how many went through the staging file
    std::string sha256;           ///< of the stored bytes
};

/// What a tool writes -> scanner -> zstd -> SHA-256 -> one file of the sink.
///
/// Reads and compresses on the calling thread (and zstd's own), hashes and writes on another.  A sink that is slower
/// than the tool never holds the tool back: what it cannot take yet waits in memory, then in the staging file; when
/// that is full the run fails with backup.staging_full.
class Pipeline
{
public:
    Pipeline(PipelineOptions options, BackupSink &sink, StreamScanner *scanner);
    /// Runs until the end of `input`.  On the first failure or stop it returns early; the caller then ends the tool.
    /// `tick` is called about four times a second with the bytes read so far; an Error from it ends the run.
    /// Errors: those of the sink and of tick, backup.staging_full, cancelled.
    Result<PipelineSummary> run(int input, const std::stop_token &stop,
                                const std::function<Result<void>(std::int64_t bytes)> &tick);

private:
    PipelineOptions m_options;
    BackupSink &m_sink;
    StreamScanner *m_scanner;
};

} // namespace zandb::agent
