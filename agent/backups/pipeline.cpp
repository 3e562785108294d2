// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/pipeline.h"

#include "agent/backups/spillqueue.h"
#include "agent/os/sha256.h"

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <zstd.h>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

constexpr std::size_t readSize = 1u << 20;
constexpr std::size_t blockSize = 512u << 10;
constexpr std::size_t memoryBytes = 32u << 20;

struct FreeContext
{
    void operator()(ZSTD_CCtx *context) const { ZSTD_freeCCtx(context); }
};

Error zstdError(std::size_t code)
{
    return makeError(errors::internal, {{"detail", std::string("zstd: ") + ZSTD_getErrorName(code)}});
}

// Turns input into blocks on the queue.
class Compressor
{
public:
    Compressor(const PipelineOptions &options, SpillQueue &queue) : m_options(options), m_queue(queue)
    {
        m_context.reset(ZSTD_createCCtx());
        if (!m_context)
            throw std::bad_alloc();
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_compressionLevel, options.level);
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_checksumFlag, 1);
        // without effect where libzstd was built for one thread
        ZSTD_CCtx_setParameter(m_context.get(), ZSTD_c_nbWorkers, options.threads);
    }

    Result<void> feed(std::span<const char> bytes, ZSTD_EndDirective directive)
    {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        for (;;) {
            if (m_block.capacity() == 0) {
                m_block = m_queue.buffer(blockSize);
                m_block.resize(blockSize);
                m_used = 0;
            }
            ZSTD_outBuffer out{m_block.data(), m_block.size(), m_used};
            const std::size_t left = ZSTD_compressStream2(m_context.get(), &out, &in, directive);
            if (ZSTD_isError(left))
                return fail(zstdError(left));
            m_used = out.pos;
            if (m_used == m_block.size() || (directive == ZSTD_e_end && left == 0)) {
                if (auto pushed = push(); !pushed)
                    return pushed;
            }
            if (directive == ZSTD_e_end ? left == 0 : in.pos == in.size)
                return {};
        }
    }

    std::int64_t written() const { return m_written; }

private:
    Result<void> push()
    {
        if (m_used == 0)
            return {};
        m_block.resize(m_used);
        m_written += static_cast<std::int64_t>(m_used);
        auto pushed = m_queue.push(std::exchange(m_block, {}));
        if (!pushed)
            return fail(pushed.error());
        if (!*pushed)
            return fail(errors::backupStagingFull, {{"repository", m_options.repository},
                                                    {"bytes", std::to_string(m_queue.fileUsed())},
                                                    {"limit", std::to_string(m_options.stagingBytes)}});
        return {};
    }

    const PipelineOptions &m_options;
    SpillQueue &m_queue;
    std::unique_ptr<ZSTD_CCtx, FreeContext> m_context;
    std::vector<char> m_block;
    std::size_t m_used = 0;
    std::int64_t m_written = 0;
};

} // namespace

Pipeline::Pipeline(PipelineOptions options, BackupSink &sink, StreamScanner *scanner)
    : m_options(std::move(options)), m_sink(sink), m_scanner(scanner)
{
}

Result<PipelineSummary> Pipeline::run(int input, const std::stop_token &stop,
                                      const std::function<Result<void>(std::int64_t)> &tick)
{
    SpillQueue queue(memoryBytes, m_options.stagingFile, m_options.stagingBytes);
    if (auto begun = m_sink.beginFile(m_options.fileName, false); !begun)
        return fail(begun.error());
    std::string digest;
    std::int64_t stored = 0;
    std::atomic<bool> written = false;
    const auto write = [&] {
        Sha256 sum;
        for (;;) {
            auto block = queue.pop();
            if (!block)
                return;
            if (block->empty())
                break;
            sum.update(block->data(), block->size());
            stored += static_cast<std::int64_t>(block->size());
            if (auto put = m_sink.write(*block); !put)
                return queue.abandon(put.error());
            block->resize(blockSize);
            queue.recycle(std::move(*block));
        }
        digest = sum.finish();
        if (auto ended = m_sink.endFile(digest, stored); !ended)
            queue.abandon(ended.error());
    };
    std::thread writer([&] {
        write();
        written = true;
    });

    PipelineSummary summary;
    const int flags = ::fcntl(input, F_GETFL);
    ::fcntl(input, F_SETFL, flags | O_NONBLOCK);
    const Result<void> read = [&]() -> Result<void> {
        Compressor compressor(m_options, queue);
        std::vector<char> buffer(readSize);
        auto next = std::chrono::steady_clock::now() + 250ms;
        for (;;) {
            const ssize_t got = ::read(input, buffer.data(), buffer.size());
            const bool dry = got < 0 && errno == EAGAIN;
            if (got < 0 && !dry && errno != EINTR)
                return fail(ioError("tool's output", errno));
            if (got > 0) {
                const std::span<const char> bytes(buffer.data(), static_cast<std::size_t>(got));
                summary.bytes += got;
                if (m_scanner)
                    m_scanner->feed(bytes);
                if (auto fed = compressor.feed(bytes, ZSTD_e_continue); !fed)
                    return fed;
            } else if (got == 0) {
                break;
            } else if (dry) {
                pollfd waiting{input, POLLIN, 0};
                (void)::poll(&waiting, 1, 200);
            }
            if (stop.stop_requested())
                return fail(errors::cancelled);
            if (const auto now = std::chrono::steady_clock::now(); now >= next) {
                next = now + 250ms;
                if (auto error = queue.abandoned())
                    return fail(*error);
                if (auto ticked = tick(summary.bytes); !ticked)
                    return ticked;
            }
        }
        return compressor.feed({}, ZSTD_e_end);
    }();

    if (read) {
        queue.close();
    } else {
        queue.abandon(read.error());
        m_sink.interrupt();
    }
    // a slow repository may still have much to take: neither a stop nor a full disk waits for it
    for (int round = 0; !written; ++round) {
        std::this_thread::sleep_for(5ms);
        auto going = stop.stop_requested() ? Result<void>(fail(errors::cancelled)) : Result<void>{};
        if (going && read && round % 50 == 49)
            going = tick(summary.bytes);
        if (!going) {
            queue.abandon(going.error());
            m_sink.interrupt();
        }
    }
    writer.join();
    if (!read)
        return fail(read.error());
    if (auto error = queue.abandoned())
        return fail(*error);
    summary.storedBytes = stored;
    summary.spilledBytes = queue.spilledBytes();
    summary.sha256 = digest;
    return summary;
}

} // namespace zandb::agent
