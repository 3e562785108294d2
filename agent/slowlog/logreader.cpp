// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/logreader.h"

#include "agent/os/files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

namespace zandb::agent {
namespace {

constexpr std::size_t inputBytes = 128u << 10;

tl::unexpected<Error> failure(const std::string &path, const std::string &why) { return fail(errors::ioFailed, {{"path", path}, {"detail", why}}); }

/// Bytes of a file; those that were looked at first come first.
class Plain : public LogReader
{
public:
    Plain(FileDescriptor file, std::string path) : m_file(std::move(file)), m_path(std::move(path)) {}

    Result<std::size_t> read(std::span<char> into) override
    {
        if (m_ahead.size() > m_given) {
            const std::size_t size = std::min(into.size(), m_ahead.size() - m_given);
            std::memcpy(into.data(), m_ahead.data() + m_given, size);
            m_given += size;
            return size;
        }
        for (;;) {
            const ssize_t size = ::read(m_file.get(), into.data(), into.size());
            if (size >= 0)
                return static_cast<std::size_t>(size);
            if (errno != EINTR)
                return failure(m_path, std::strerror(errno));
        }
    }
    /// The first bytes; they are read again.
    Result<std::string_view> begin()
    {
        while (m_ahead.size() < 4) {
            std::array<char, 4> bytes{};
            const auto size = read(std::span(bytes).first(4 - m_ahead.size()));
            if (!size)
                return fail(size.error());
            if (*size == 0)
                break;
            m_ahead.append(bytes.data(), *size);
            m_given = m_ahead.size();
        }
        m_given = 0;
        return std::string_view(m_ahead);
    }
    bool isPacked() const override { return false; }
    void forgetBegin() { m_ahead.clear(); }
    const std::string &path() const { return m_path; }

private:
    FileDescriptor m_file;
    std::string m_path;
    std::string m_ahead;
    std::size_t m_given = 0;
};

class Gzip : public LogReader
{
public:
    explicit Gzip(std::unique_ptr<Plain> file) : m_file(std::move(file))
    {
        m_isReady = inflateInit2(&m_stream, 15 + 16) == Z_OK;
    }
    ~Gzip() override { inflateEnd(&m_stream); }
    Gzip(const Gzip &) = delete;
    Gzip &operator=(const Gzip &) = delete;

    Result<std::size_t> read(std::span<char> into) override
    {
        if (!m_isReady)
            return failure(m_file->path(), "zlib cannot start");
        m_stream.next_out = reinterpret_cast<Bytef *>(into.data());
        m_stream.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1u << 30));
        const uInt room = m_stream.avail_out;
        while (m_stream.avail_out == room) {
            if (m_stream.avail_in == 0) {
                const auto size = m_file->read(m_input);
                if (!size)
                    return size;
                if (*size == 0)
                    return m_isBetween ? Result<std::size_t>(std::size_t{0}) : failure(m_file->path(), "the gzip file ends too early");
                m_stream.next_in = reinterpret_cast<Bytef *>(m_input.data());
                m_stream.avail_in = static_cast<uInt>(*size);
            }
            if (m_isBetween && *m_stream.next_in == 0) { // what pads a tape
                ++m_stream.next_in;
                --m_stream.avail_in;
                continue;
            }
            m_isBetween = false;
            const int answer = inflate(&m_stream, Z_NO_FLUSH);
            if (answer == Z_STREAM_END) {
                m_isBetween = true;
                if (inflateReset(&m_stream) != Z_OK)
                    return failure(m_file->path(), "zlib cannot go on");
            } else if (answer != Z_OK && answer != Z_BUF_ERROR) {
                return failure(m_file->path(), "the gzip file is damaged");
            }
        }
        return static_cast<std::size_t>(room - m_stream.avail_out);
    }

private:
    std::unique_ptr<Plain> m_file;
    std::array<char, inputBytes> m_input{};
    z_stream m_stream{};
    bool m_isReady = false;
    bool m_isBetween = false; ///< behind a complete piece
};

class Zstd : public LogReader
{
public:
    explicit Zstd(std::unique_ptr<Plain> file) : m_file(std::move(file)), m_stream(ZSTD_createDStream())
    {
        ZSTD_initDStream(m_stream);
        ZSTD_DCtx_setParameter(m_stream, ZSTD_d_windowLogMax, 27);
    }
    ~Zstd() override { ZSTD_freeDStream(m_stream); }
    Zstd(const Zstd &) = delete;
    Zstd &operator=(const Zstd &) = delete;

    Result<std::size_t> read(std::span<char> into) override
    {
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (out.pos == 0) {
            if (m_in.pos == m_in.size && !m_hasMore) {
                const auto size = m_file->read(m_input);
                if (!size)
                    return size;
                if (*size == 0)
                    return m_left == 0 ? Result<std::size_t>(std::size_t{0}) : failure(m_file->path(), "the zstd file ends too early");
                m_in = {m_input.data(), *size, 0};
            }
            m_left = ZSTD_decompressStream(m_stream, &out, &m_in);
            if (ZSTD_isError(m_left))
                return failure(m_file->path(), std::string("the zstd file is damaged: ") + ZSTD_getErrorName(m_left));
            m_hasMore = out.pos == out.size; // there may be more inside
        }
        return out.pos;
    }

private:
    std::unique_ptr<Plain> m_file;
    ZSTD_DStream *m_stream;
    std::array<char, inputBytes> m_input{};
    ZSTD_inBuffer m_in{m_input.data(), 0, 0};
    std::size_t m_left = 0; ///< 0 behind a complete piece
    bool m_hasMore = false;
};

} // namespace

Result<std::unique_ptr<LogReader>> LogReader::open(const std::string &path)
{
    FileDescriptor file(path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (file.get() < 0)
        return failure(path, std::strerror(errno));
    return of(std::move(file), path);
}

Result<std::unique_ptr<LogReader>> LogReader::of(FileDescriptor file, const std::string &path, std::int64_t offset)
{
    struct stat status{};
    if (::fstat(file.get(), &status) != 0)
        return failure(path, std::strerror(errno));
    if (S_ISDIR(status.st_mode))
        return failure(path, std::strerror(EISDIR));
    ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    const int descriptor = file.get();
    auto plain = std::make_unique<Plain>(std::move(file), path);
    const auto begin = plain->begin();
    if (!begin)
        return fail(begin.error());
    std::unique_ptr<LogReader> reader;
    if (begin->starts_with("\x1f\x8b")) {
        reader = std::make_unique<Gzip>(std::move(plain));
    } else if (*begin == "\x28\xb5\x2f\xfd") {
        reader = std::make_unique<Zstd>(std::move(plain));
    } else {
        if (offset > 0) {
            if (offset > status.st_size || ::lseek(descriptor, offset, SEEK_SET) != offset)
                return failure(path, "it is shorter than what was read of it");
            plain->forgetBegin();
        }
        return plain;
    }
    std::vector<char> skipped(inputBytes);
    while (offset > 0) {
        const auto size = reader->read(std::span(skipped).first(static_cast<std::size_t>(std::min<std::int64_t>(offset, inputBytes))));
        if (!size)
            return fail(size.error());
        if (*size == 0)
            return failure(path, "it is shorter than what was read of it");
        offset -= static_cast<std::int64_t>(*size);
    }
    return reader;
}

} // namespace zandb::agent
