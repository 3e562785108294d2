// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/journal.h"

#include "agent/os/log.h"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace zandb::agent {
namespace {

constexpr std::string_view magic = "ZANDB-JOURNAL/1\n";
constexpr std::size_t headBytes = 8;
constexpr std::uint32_t maxBody = 4u * 1024 * 1024;
constexpr std::size_t maxJournal = std::size_t{4} << 30;
constexpr int maxNesting = 64; // what came by wire (32) and our own record around it

void putBigEndian(std::string &out, std::uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
}

std::uint32_t getBigEndian(std::string_view bytes)
{
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// What stands before a record's body.
std::string headOf(std::initializer_list<std::string_view> pieces)
{
    std::size_t size = 0;
    for (const std::string_view piece : pieces)
        size += piece.size();
    std::string head;
    putBigEndian(head, static_cast<std::uint32_t>(size));
    std::uint32_t sum = crc32c(head);
    for (const std::string_view piece : pieces)
        sum = crc32c(piece, sum);
    putBigEndian(head, sum);
    return head;
}

std::string encode(const Json &record)
{
    const std::string body = dumpJson(record);
    return headOf({body}) + body;
}

/// The body of the record that begins here; nullopt when there is no whole, right one.
std::optional<std::string_view> recordAt(std::string_view bytes)
{
    if (bytes.size() < headBytes + 2)
        return std::nullopt;
    const std::uint32_t length = getBigEndian(bytes);
    if (length < 2 || length > maxBody || bytes.size() - headBytes < length || bytes[headBytes] != '{')
        return std::nullopt;
    const std::string_view body = bytes.substr(headBytes, length);
    if (getBigEndian(bytes.substr(4)) != crc32c(body, crc32c(bytes.substr(0, 4))))
        return std::nullopt;
    return body;
}

bool hasRecordAfter(std::string_view bytes)
{
    for (std::size_t at = 1; at + headBytes < bytes.size(); ++at) {
        if (recordAt(bytes.substr(at)))
            return true;
    }
    return false;
}

tl::unexpected<Error> damaged(const std::filesystem::path &file, std::size_t offset, std::string detail)
{
    return fail(errors::journalDamaged,
                {{"path", file.string()}, {"offset", std::to_string(offset)}, {"detail", std::move(detail)}});
}

Result<void> begin(int fd, const std::filesystem::path &file)
{
    if (::ftruncate(fd, 0) != 0 || ::lseek(fd, 0, SEEK_SET) != 0)
        return fail(ioError(file, errno));
    if (auto done = writeAll(fd, magic, file); !done)
        return done;
    if (::fsync(fd) != 0)
        return fail(ioError(file, errno));
    return syncDirectory(file.parent_path());
}

Result<void> cutTail(int fd, const std::filesystem::path &file, std::size_t at, std::string_view torn)
{
    const std::string saved = file.string() + ".cut";
    const auto kept = replaceFile(saved, torn);
    // on a full disk what was torn is given up, since the orders of this host wait for the journal
    if (!kept && !kept.error().is(errors::diskFull))
        return kept;
    if (::ftruncate(fd, static_cast<off_t>(at)) != 0 || ::fsync(fd) != 0)
        return fail(ioError(file, errno));
    logLine("journal " + file.string() + ": cut " + std::to_string(torn.size()) + " bytes of a torn record at offset "
            + std::to_string(at) + (kept ? " (kept in " + saved + ")" : " (not kept: " + describe(kept.error()) + ")"));
    return {};
}

} // namespace

Journal::Journal(std::filesystem::path file, FileDescriptor fd, std::int64_t end)
    : m_file(std::move(file)), m_fd(std::move(fd)), m_end(end)
{}

Result<Journal> Journal::open(const std::filesystem::path &file, const Visitor &visitor)
{
    FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd)
        return fail(ioError(file, errno));
    const auto content = readFile(file, maxJournal);
    if (!content)
        return fail(content.error());
    const std::string_view bytes = *content;

    // a crash while the file was made leaves a part of its head and nothing else
    if (bytes.size() < magic.size() && magic.substr(0, bytes.size()) == bytes) {
        if (auto done = begin(fd.get(), file); !done)
            return fail(done.error());
        return Journal(file, std::move(fd), static_cast<std::int64_t>(magic.size()));
    }
    if (!bytes.starts_with(magic))
        return damaged(file, 0, "not a journal of this program");

    std::size_t at = magic.size();
    while (at < bytes.size()) {
        const std::string_view rest = bytes.substr(at);
        const auto body = recordAt(rest);
        if (!body) {
            if (hasRecordAfter(rest))
                return damaged(file, at, "a record is bad and good ones follow it");
            if (auto done = cutTail(fd.get(), file, at, rest); !done)
                return fail(done.error());
            break;
        }
        const auto record = parseJson(*body, maxNesting);
        if (!record)
            return damaged(file, at, "a record is no JSON");
        visitor(static_cast<std::int64_t>(at), *record);
        at += headBytes + body->size();
    }
    return Journal(file, std::move(fd), static_cast<std::int64_t>(at));
}

Result<Journal::Salvage> Journal::salvage(const std::filesystem::path &file)
{
    const auto content = readFile(file, maxJournal);
    if (!content)
        return fail(content.error());
    const std::string_view bytes = *content;
    Salvage result;
    std::size_t at = bytes.starts_with(magic) ? magic.size() : 0;
    while (at < bytes.size()) {
        const auto body = recordAt(bytes.substr(at));
        auto record = body ? parseJson(*body, maxNesting) : Result<Json>(fail(errors::journalDamaged));
        if (record) {
            result.records.push_back(std::move(*record));
            at += headBytes + body->size();
        } else {
            ++at;
            ++result.lostBytes;
        }
    }
    return result;
}

Result<std::int64_t> Journal::appendText(std::initializer_list<std::string_view> pieces)
{
    if (m_broken)
        return fail(errors::ioFailed, {{"path", m_file.string()}, {"detail", "an earlier write could not be undone"}});
    std::size_t size = headBytes;
    for (const std::string_view piece : pieces)
        size += piece.size();
    if (size > headBytes + maxBody)
        return fail(errors::internal, {{"detail", "record of " + std::to_string(size) + " bytes"}});
    if (::lseek(m_fd.get(), m_end, SEEK_SET) < 0)
        return fail(ioError(m_file, errno));
    Result<void> written = writeAll(m_fd.get(), headOf(pieces), m_file);
    for (const std::string_view piece : pieces) {
        if (written)
            written = writeAll(m_fd.get(), piece, m_file);
    }
    if (!written) {
        // half a record must not stand before the next one
        m_broken = ::ftruncate(m_fd.get(), m_end) != 0;
        return fail(written.error());
    }
    if (::fdatasync(m_fd.get()) != 0) {
        m_broken = true;
        return fail(ioError(m_file, errno));
    }
    const std::int64_t place = m_end;
    m_end += static_cast<std::int64_t>(size);
    return place;
}

/// A whole record, with its head.
Result<std::string> Journal::bytesAt(std::int64_t place) const
{
    const auto readAt = [&](std::size_t size) -> Result<std::string> {
        std::string bytes(size, '\0');
        std::size_t done = 0;
        while (done < size) {
            const ssize_t n = ::pread(m_fd.get(), bytes.data() + done, size - done,
                                      static_cast<off_t>(place) + static_cast<off_t>(done));
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return fail(ioError(m_file, errno));
            if (n == 0)
                break;
            done += static_cast<std::size_t>(n);
        }
        bytes.resize(done);
        return bytes;
    };
    const auto head = readAt(headBytes);
    if (!head)
        return fail(head.error());
    if (head->size() < headBytes || getBigEndian(*head) > maxBody)
        return damaged(m_file, static_cast<std::size_t>(place), "a record changed");
    auto bytes = readAt(headBytes + getBigEndian(*head));
    if (bytes && !recordAt(*bytes))
        return damaged(m_file, static_cast<std::size_t>(place), "a record changed");
    return bytes;
}

Result<Json> Journal::read(std::int64_t place) const
{
    const auto bytes = bytesAt(place);
    return bytes ? parseJson(std::string_view(*bytes).substr(headBytes), maxNesting) : fail(bytes.error());
}

Result<std::int64_t> Journal::Rewriter::write(const std::string &bytes)
{
    const std::int64_t place = m_end;
    if (auto written = writeAll(m_fd, bytes, m_file); !written)
        return fail(written.error());
    m_end += static_cast<std::int64_t>(bytes.size());
    return place;
}

Result<std::int64_t> Journal::Rewriter::add(const Json &record)
{
    return write(encode(record));
}

Result<std::int64_t> Journal::Rewriter::copy(std::int64_t place)
{
    const auto bytes = m_from.bytesAt(place);
    return bytes ? write(*bytes) : fail(bytes.error());
}

Result<void> Journal::rewrite(const std::function<Result<void>(Rewriter &)> &fill)
{
    const std::filesystem::path temporary = m_file.string() + ".new";
    FileDescriptor fresh(::open(temporary.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fresh)
        return fail(ioError(temporary, errno));
    Rewriter to(*this, temporary, fresh.get());
    Result<void> done = to.write(std::string(magic)).and_then([&](std::int64_t) { return fill(to); });
    if (done && ::fsync(fresh.get()) != 0)
        done = fail(ioError(temporary, errno));
    if (done && ::rename(temporary.c_str(), m_file.c_str()) != 0)
        done = fail(ioError(m_file, errno));
    if (!done) {
        ::unlink(temporary.c_str());
        return done;
    }
    m_fd = std::move(fresh);
    m_end = to.m_end;
    m_broken = false;
    if (auto synced = syncDirectory(m_file.parent_path()); !synced) {
        m_broken = true; // nobody knows which of the two a crash would leave
        return synced;
    }
    return {};
}

} // namespace zandb::agent
