// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/rotation/compress.h"

#include "agent/os/files.h"

#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace zandb::agent {
namespace {

constexpr std::size_t piece = 256u << 10;

/// Turns pieces of the file into pieces of the compressed one.
using Encoder = std::function<Result<void>(std::string_view bytes, bool last, const std::function<Result<void>(std::string_view)> &write)>;

Error broken(const std::filesystem::path &path, const char *why)
{
    return makeError(errors::ioFailed, {{"path", path.string()}, {"detail", why}});
}

Encoder zstdEncoder(const std::filesystem::path &path)
{
    std::shared_ptr<ZSTD_CCtx> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, 3);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    return [context, path](std::string_view bytes, bool last, const auto &write) -> Result<void> {
        std::vector<char> out(ZSTD_CStreamOutSize());
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        for (;;) {
            ZSTD_outBuffer to{out.data(), out.size(), 0};
            const std::size_t left = ZSTD_compressStream2(context.get(), &to, &in, last ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(left))
                return fail(broken(path, ZSTD_getErrorName(left)));
            if (auto written = write({out.data(), to.pos}); !written)
                return written;
            if (last ? left == 0 : in.pos == in.size)
                return {};
        }
    };
}

Encoder gzipEncoder(const std::filesystem::path &path)
{
    const auto end = [](z_stream *stream) {
        ::deflateEnd(stream);
        delete stream;
    };
    std::shared_ptr<z_stream> stream(new z_stream{}, end);
    const bool ready = ::deflateInit2(stream.get(), 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK; // 16: with gzip's head
    return [stream, ready, path](std::string_view bytes, bool last, const auto &write) -> Result<void> {
        if (!ready)
            return fail(broken(path, "zlib cannot begin"));
        std::vector<unsigned char> out(piece);
        stream->next_in = reinterpret_cast<unsigned char *>(const_cast<char *>(bytes.data()));
        stream->avail_in = static_cast<unsigned int>(bytes.size());
        for (;;) {
            stream->next_out = out.data();
            stream->avail_out = static_cast<unsigned int>(out.size());
            const int state = ::deflate(stream.get(), last ? Z_FINISH : Z_NO_FLUSH);
            if (state == Z_STREAM_ERROR)
                return fail(broken(path, "zlib cannot go on"));
            if (auto written = write({reinterpret_cast<char *>(out.data()), out.size() - stream->avail_out}); !written)
                return written;
            if (last ? state == Z_STREAM_END : stream->avail_in == 0)
                return {};
        }
    };
}

Result<void> encode(int from, int to, const std::filesystem::path &path, const std::filesystem::path &target, const Encoder &encoder, const std::stop_token &stop)
{
    std::vector<char> buffer(piece);
    const auto write = [&](std::string_view bytes) { return writeAll(to, bytes, target); };
    for (;;) {
        if (stop.stop_requested())
            return fail(errors::cancelled);
        const ssize_t n = ::read(from, buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(ioError(path, errno));
        if (auto done = encoder({buffer.data(), static_cast<std::size_t>(n)}, n == 0, write); !done)
            return done;
        if (n == 0)
            return ::fsync(to) == 0 ? Result<void>() : fail(ioError(target, errno));
    }
}

} // namespace

std::string suffixOf(Compression compression)
{
    return compression == Compression::Gzip ? ".gz" : compression == Compression::Zstd ? ".zst" : "";
}

Result<std::filesystem::path> compressFile(const std::filesystem::path &path, Compression compression, const std::stop_token &stop)
{
    const std::filesystem::path target = path.string() + suffixOf(compression), making = target.string() + ".part";
    const FileDescriptor from(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    struct stat info{};
    if (!from || ::fstat(from.get(), &info) != 0)
        return fail(ioError(path, errno));
    if (!S_ISREG(info.st_mode))
        return fail(broken(path, "not a plain file"));
    ::unlink(making.c_str()); // of an attempt that was killed
    const FileDescriptor to(::open(making.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640));
    if (!to)
        return fail(ioError(making, errno));
    const auto encoded = encode(from.get(), to.get(), path, making, compression == Compression::Gzip ? gzipEncoder(path) : zstdEncoder(path), stop);
    if (!encoded || ::rename(making.c_str(), target.c_str()) != 0) {
        const Error error = encoded ? ioError(target, errno) : encoded.error();
        ::unlink(making.c_str());
        return fail(error);
    }
    if (auto synced = syncDirectory(target.parent_path()); !synced)
        return fail(synced.error());
    if (::unlink(path.c_str()) != 0)
        return fail(ioError(path, errno));
    return target;
}

} // namespace zandb::agent
