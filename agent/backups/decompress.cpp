// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/dumprewriter.h"
#include "agent/backups/restore.h"
#include "agent/os/child.h"

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <zstd.h>

namespace zandb::agent {

namespace {

tl::unexpected<Error> unpackFailed(const std::string &detail)
{
    return fail(errors::restoreFailed, {{"step", "unpack"}, {"detail", detail}});
}

// The reader may be slow (a client loading rows), so a stop must be noticed while waiting for it.
Result<void> writePatiently(int fd, const char *data, std::size_t size, const std::stop_token &stop)
{
    while (size > 0) {
        if (stop.stop_requested())
            return fail(errors::cancelled);
        const ssize_t put = ::write(fd, data, size);
        if (put >= 0) {
            data += put;
            size -= static_cast<std::size_t>(put);
        } else if (errno == EAGAIN) {
            pollfd waiting{fd, POLLOUT, 0};
            (void)::poll(&waiting, 1, 200);
        } else if (errno != EINTR) {
            return unpackFailed("the unpacking program: " + errnoText(errno));
        }
    }
    return {};
}

} // namespace

Result<void> decompressTo(const std::filesystem::path &file, int fd, const std::stop_token &stop,
                          const std::function<void(std::int64_t)> &progress, DumpRewriter *rewriter)
{
    const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!in)
        return fail(ioError(file, errno));
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx *)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    std::vector<char> packed(1u << 20);
    std::vector<char> plain(1u << 20);
    std::string changed;
    std::int64_t done = 0;
    std::size_t expected = 1;
    for (;;) {
        const ssize_t got = ::read(in.get(), packed.data(), packed.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ioError(file, errno));
        if (got == 0)
            break;
        done += got;
        ZSTD_inBuffer from{packed.data(), static_cast<std::size_t>(got), 0};
        bool more = true;
        while (more) {
            ZSTD_outBuffer to{plain.data(), plain.size(), 0};
            expected = ZSTD_decompressStream(context.get(), &to, &from);
            if (ZSTD_isError(expected))
                return unpackFailed(std::string("zstd: ") + ZSTD_getErrorName(expected));
            std::span<const char> bytes(plain.data(), to.pos);
            if (rewriter) {
                changed.clear();
                rewriter->feed(bytes, changed);
                bytes = changed;
            }
            if (auto put = writePatiently(fd, bytes.data(), bytes.size(), stop); !put)
                return put;
            more = from.pos < from.size || to.pos == to.size;
        }
        if (progress)
            progress(done);
    }
    if (expected != 0)
        return unpackFailed("zstd: ends too early");
    if (rewriter) {
        changed.clear();
        rewriter->finish(changed);
        return writePatiently(fd, changed.data(), changed.size(), stop);
    }
    return {};
}

} // namespace zandb::agent
