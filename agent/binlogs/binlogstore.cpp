// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/binlogstore.h"

#include "agent/binlogs/binlogarchive.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

namespace zandb::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t pieceBytes = 256 << 10;
constexpr int level = 3;

/// The next piece with the mark taken away; empty at the end.  False on failure.
bool readPiece(int fd, std::int64_t offset, std::string &piece, std::size_t most = pieceBytes)
{
    piece.resize(most);
    std::size_t have = 0;
    while (have < most) {
        const ssize_t got = ::pread(fd, piece.data() + have, most - have, offset + static_cast<std::int64_t>(have));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0)
            break;
        have += static_cast<std::size_t>(got);
    }
    piece.resize(have);
    clearInUse(piece.data(), piece.size(), offset);
    return true;
}

tl::unexpected<Error> damaged(const fs::path &file, const std::string &detail)
{
    return fail(errors::binlogDamaged, {{"file", file.filename().string()}, {"detail", detail}});
}

/// Hands what a compressed file holds to `sink` piece by piece, until that says false.
Result<void> decompress(const fs::path &file, Sha256 *stored, const std::function<Result<bool>(std::string_view)> &sink)
{
    const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!in)
        return errno == ENOENT ? fail(errors::binlogNotHere, {{"file", file.stem().string()}, {"repository", file.parent_path().string()}}) : fail(ioError(file, errno));
    const std::unique_ptr<ZSTD_DCtx, std::size_t (*)(ZSTD_DCtx *)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
    std::string packed(pieceBytes, '\0'), plain(pieceBytes, '\0');
    std::size_t expected = 1;
    for (;;) {
        const ssize_t got = ::read(in.get(), packed.data(), packed.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(ioError(file, errno));
        if (got == 0)
            return expected == 0 ? Result<void>() : damaged(file, "it ends too early");
        if (stored)
            stored->update(packed.data(), static_cast<std::size_t>(got));
        ZSTD_inBuffer from{packed.data(), static_cast<std::size_t>(got), 0};
        bool more = true;
        while (more) {
            ZSTD_outBuffer to{plain.data(), plain.size(), 0};
            expected = ZSTD_decompressStream(context.get(), &to, &from);
            if (ZSTD_isError(expected))
                return damaged(file, ZSTD_getErrorName(expected));
            const auto goOn = sink({plain.data(), to.pos});
            if (!goOn)
                return fail(goOn.error());
            if (!*goOn)
                return {};
            more = from.pos < from.size || to.pos == to.size;
        }
    }
}

} // namespace

fs::path binlogArchiveDirectory(const RepositoryConfig &repository, const std::string &host, const std::string &instance)
{
    return repository.path / host / instance / ".binlogs";
}

std::vector<wire::BinlogFile> readBinlogArchive(const fs::path &directory)
{
    std::vector<wire::BinlogFile> files;
    std::error_code ec;
    for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
        if (it->path().extension() != ".json")
            continue;
        const auto text = readFile(it->path(), 64 << 20);
        const auto json = text ? parseJson(*text) : Result<Json>(fail(errors::internal));
        auto file = json ? decode<wire::BinlogFile>(*json) : Result<wire::BinlogFile>(fail(errors::internal));
        if (file && file->key == it->path().stem().string())
            files.push_back(std::move(*file));
    }
    std::ranges::sort(files, {}, &wire::BinlogFile::key);
    return files;
}

Result<void> storeBinlog(const fs::path &from, const fs::path &directory, wire::BinlogFile &file, std::int64_t minFreeBytes)
{
    std::error_code ec;
    if (const auto space = fs::space(directory, ec); !ec && static_cast<std::int64_t>(space.available) < minFreeBytes)
        return fail(errors::diskFull, {{"path", directory.string()}, {"free", std::to_string(space.available)}, {"needed", std::to_string(minFreeBytes)}});
    const FileDescriptor in(::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    const fs::path final = directory / (file.key + ".zst"), temporary = directory / (file.key + ".tmp");
    const FileDescriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!in || !out)
        return fail(ioError(in ? temporary : from, errno));
    const std::unique_ptr<ZSTD_CCtx, std::size_t (*)(ZSTD_CCtx *)> context(ZSTD_createCCtx(), ZSTD_freeCCtx);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    Sha256 plain, stored;
    std::string piece, packed(ZSTD_CStreamOutSize(), '\0');
    std::int64_t done = 0;
    file.storedBytes = 0;
    for (bool last = false; !last;) {
        if (!readPiece(in.get(), done, piece))
            return fail(ioError(from, errno));
        last = piece.size() < pieceBytes;
        done += static_cast<std::int64_t>(piece.size());
        plain.update(piece.data(), piece.size());
        ZSTD_inBuffer data{piece.data(), piece.size(), 0};
        for (bool more = true; more;) {
            ZSTD_outBuffer to{packed.data(), packed.size(), 0};
            const std::size_t rest = ZSTD_compressStream2(context.get(), &to, &data, last ? ZSTD_e_end : ZSTD_e_continue);
            if (ZSTD_isError(rest))
                return fail(errors::ioFailed, {{"path", temporary.string()}, {"detail", ZSTD_getErrorName(rest)}});
            stored.update(packed.data(), to.pos);
            file.storedBytes += static_cast<std::int64_t>(to.pos);
            if (auto put = writeAll(out.get(), {packed.data(), to.pos}, temporary); !put) {
                fs::remove(temporary, ec);
                return put;
            }
            more = last ? rest != 0 : data.pos < data.size;
        }
    }
    const std::string sum = plain.finish();
    if (done != file.size || sum != file.sha256) {
        fs::remove(temporary, ec);
        return damaged(from, "it changed while it was read");
    }
    file.storedSha256 = stored.finish();
    if (::fsync(out.get()) != 0)
        return fail(ioError(temporary, errno));
    if (::rename(temporary.c_str(), final.c_str()) != 0)
        return fail(ioError(final, errno));
    return replaceFile(directory / (file.key + ".json"), dumpJson(Json(file)));
}

Result<void> unpackBinlog(const fs::path &directory, const wire::BinlogFile &file, const fs::path &to)
{
    const FileDescriptor out(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!out)
        return fail(ioError(to, errno));
    Sha256 plain, stored;
    std::int64_t bytes = 0;
    auto done = decompress(directory / (file.key + ".zst"), &stored, [&](std::string_view piece) -> Result<bool> {
        plain.update(piece.data(), piece.size());
        bytes += static_cast<std::int64_t>(piece.size());
        if (bytes > file.size)
            return damaged(file.key, "it is longer than it was");
        if (auto put = writeAll(out.get(), piece, to); !put)
            return fail(put.error());
        return true;
    });
    if (!done)
        return done;
    if (bytes != file.size || plain.finish() != file.sha256 || (!file.storedSha256.empty() && stored.finish() != file.storedSha256))
        return damaged(file.key, "its bytes are not those that were archived");
    return {};
}

Result<std::string> decompressedBegin(const fs::path &stored, std::int64_t bytes)
{
    Sha256 plain;
    std::int64_t left = bytes;
    auto done = decompress(stored, nullptr, [&](std::string_view piece) -> Result<bool> {
        const auto part = std::min<std::size_t>(piece.size(), static_cast<std::size_t>(left));
        plain.update(piece.data(), part);
        left -= static_cast<std::int64_t>(part);
        return left > 0;
    });
    if (!done)
        return fail(done.error());
    return left == 0 ? plain.finish() : std::string();
}

bool isPrefix(const fs::path &part, const fs::path &whole)
{
    const FileDescriptor a(::open(part.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)), b(::open(whole.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    std::string left, right;
    for (std::int64_t at = 0; a && b;) {
        if (!readPiece(a.get(), at, left) || !readPiece(b.get(), at, right, std::max<std::size_t>(left.size(), 1)))
            return false;
        if (left.empty())
            return true;
        if (left != right)
            return false;
        at += static_cast<std::int64_t>(left.size());
    }
    return false;
}

bool beginsWith(const fs::path &file, std::int64_t bytes, const std::string &sha256)
{
    const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    Sha256 sum;
    std::string piece;
    for (std::int64_t at = 0; in && at < bytes; at += static_cast<std::int64_t>(piece.size())) {
        if (!readPiece(in.get(), at, piece, static_cast<std::size_t>(std::min<std::int64_t>(bytes - at, pieceBytes))) || piece.empty())
            return false;
        sum.update(piece.data(), piece.size());
    }
    return in && sum.finish() == sha256;
}

} // namespace zandb::agent
