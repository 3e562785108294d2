// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/feedfile.h"

#include "agent/protocol/feederrors.h"
#include "agent/runtime/itemsfile.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t readBytes = 64u << 10;
constexpr std::int64_t lineBytes = static_cast<std::int64_t>(maxItemBytes) + 256; ///< a line is not longer
constexpr std::int64_t noteEvery = feedWindow / 4;
constexpr std::int64_t freeEvery = 4 * feedWindow;
constexpr auto lookInterval = 10ms;

fs::path feedFile(const fs::path &directory)
{
    return directory / "feed";
}

fs::path readMark(const fs::path &directory)
{
    return directory / "feed.read";
}

/// How far the worker has come, in bytes of the file.
std::int64_t readSoFar(const fs::path &directory)
{
    const auto text = readFile(readMark(directory), 64);
    std::int64_t offset = 0;
    if (text)
        std::from_chars(text->data(), text->data() + text->size(), offset);
    return std::max<std::int64_t>(0, offset);
}

/// The end of the file: what of it is whole, and what its last line says.
struct Tail
{
    std::int64_t size = 0;
    FeedState state;
};

Result<Tail> tailOf(int fd, const fs::path &file)
{
    struct stat info{};
    if (::fstat(fd, &info) != 0)
        return fail(ioError(file, errno));
    Tail tail;
    // the last whole line, whatever torn one stands behind it
    const std::int64_t from = std::max<std::int64_t>(0, info.st_size - 2 * lineBytes);
    std::string bytes(static_cast<std::size_t>(info.st_size - from), '\0');
    for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t n = ::pread(fd, bytes.data() + done, bytes.size() - done, from + static_cast<std::int64_t>(done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return fail(ioError(file, n < 0 ? errno : EIO));
        done += static_cast<std::size_t>(n);
    }
    const auto end = bytes.rfind('\n');
    if (end == bytes.npos)
        return tail;
    tail.size = from + static_cast<std::int64_t>(end) + 1;
    const auto begin = end == 0 ? bytes.npos : bytes.rfind('\n', end - 1);
    const auto line = parseJson(std::string_view(bytes).substr(begin == bytes.npos ? 0 : begin + 1, end - (begin == bytes.npos ? 0 : begin + 1)), 64);
    const auto number = line && line->is_object()
        ? integerIn(line->value("n", Json()), 0, std::numeric_limits<std::int64_t>::max()) : std::nullopt;
    if (!number)
        return fail(errors::ioFailed, {{"path", file.string()}, {"detail", "its last line is none of a feed"}});
    tail.state.acknowledged = *number;
    tail.state.ended = !line->contains("item");
    return tail;
}

} // namespace

Result<FeedState> appendToFeed(const fs::path &directory, const FeedPiece &piece)
{
    const fs::path file = feedFile(directory);
    const FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd)
        return fail(ioError(file, errno));
    auto tail = tailOf(fd.get(), file);
    if (!tail)
        return fail(tail.error());
    FeedState &state = tail->state;
    const std::int64_t last = piece.from + static_cast<std::int64_t>(piece.items.size()) - 1;
    if (piece.from > state.acknowledged + 1)
        return fail(errors::orderFeedGap, {{"expected", std::to_string(state.acknowledged + 1)}, {"number", std::to_string(piece.from)}});
    if (state.ended && last > state.acknowledged)
        return fail(errors::orderFeedClosed, {{"detail", "its end was sent before"}});
    if (::ftruncate(fd.get(), tail->size) != 0) // half a line of a serve that was killed
        return fail(ioError(file, errno));

    std::int64_t size = tail->size;
    const std::int64_t read = readSoFar(directory);
    std::string lines;
    for (std::int64_t number = state.acknowledged + 1; number <= last && size - read < feedWindow; ++number) {
        const std::string line = dumpJson(Json{{"n", number}, {"item", piece.items[static_cast<std::size_t>(number - piece.from)]}}) + '\n';
        if (static_cast<std::int64_t>(line.size()) > lineBytes)
            return fail(errors::protocolTooLarge, {{"bytes", std::to_string(line.size())}, {"limit", std::to_string(maxItemBytes)}});
        lines += line;
        size += static_cast<std::int64_t>(line.size());
        state.acknowledged = number;
    }
    if ((piece.end || piece.abort) && !state.ended && state.acknowledged == last) {
        Json line{{"n", last}};
        piece.abort ? line["abort"] = piece.abort->substr(0, 1000) : line["end"] = true;
        lines += dumpJson(line) + '\n';
        state.ended = true;
    }
    if (::lseek(fd.get(), tail->size, SEEK_SET) < 0)
        return fail(ioError(file, errno));
    if (auto written = writeAll(fd.get(), lines, file); !written)
        return fail(written.error());
    state.credit = std::max<std::int64_t>(0, feedWindow - (size - read));
    return state;
}

FeedReader::FeedReader(fs::path directory, std::stop_token stop, std::chrono::milliseconds patience)
    : m_directory(std::move(directory)), m_stop(std::move(stop)), m_patience(patience)
{}

Result<std::optional<Json>> FeedReader::next()
{
    if (m_ended)
        return m_aborted ? Result<std::optional<Json>>(fail(*m_aborted)) : std::optional<Json>{};
    const auto until = Clock::now() + m_patience;
    for (;;) {
        if (m_stop.stop_requested())
            return fail(errors::cancelled);
        auto text = line();
        if (!text)
            return fail(text.error());
        if (*text) {
            noteProgress(false);
            auto json = parseJson(**text, 64);
            if (!json || !json->is_object())
                return fail(errors::ioFailed, {{"path", feedFile(m_directory).string()}, {"detail", "a line that is none of a feed"}});
            if (const auto item = json->find("item"); item != json->end())
                return std::optional<Json>(std::move(*item));
            m_ended = true;
            if (!json->contains("abort"))
                return std::optional<Json>{};
            m_aborted = makeError(errors::orderFeedAborted, {{"detail", json->value("abort", std::string())}});
            return fail(*m_aborted);
        }
        noteProgress(true);
        if (Clock::now() > until)
            return fail(errors::orderFeedStalled, {{"seconds", std::to_string(std::chrono::ceil<std::chrono::seconds>(m_patience).count())}});
        std::this_thread::sleep_for(lookInterval);
    }
}

Result<std::optional<std::string>> FeedReader::line()
{
    const fs::path file = feedFile(m_directory);
    if (!m_fd) {
        m_fd.reset(::open(file.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        if (!m_fd)
            return errno == ENOENT ? Result<std::optional<std::string>>(std::nullopt) : fail(ioError(file, errno));
    }
    for (;;) {
        if (const auto end = m_buffer.find('\n', m_used); end != m_buffer.npos) {
            std::string line = m_buffer.substr(m_used, end - m_used);
            m_used = end + 1;
            return std::optional<std::string>(std::move(line));
        }
        m_buffer.erase(0, m_used);
        m_used = 0;
        if (static_cast<std::int64_t>(m_buffer.size()) > lineBytes)
            return fail(errors::ioFailed, {{"path", file.string()}, {"detail", "a line longer than an item may be"}});
        const std::size_t had = m_buffer.size();
        m_buffer.resize(had + readBytes);
        const ssize_t n = ::pread(m_fd.get(), m_buffer.data() + had, readBytes, m_offset);
        const int error = errno;
        m_buffer.resize(had + static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        if (n < 0 && error != EINTR)
            return fail(ioError(file, error));
        if (n == 0) {
            // half a line may be cut off again by the next serve, so it is read once more
            m_offset -= static_cast<std::int64_t>(m_buffer.size());
            m_buffer.clear();
            return std::optional<std::string>{};
        }
        m_offset += std::max<ssize_t>(n, 0);
    }
}

void FeedReader::noteProgress(bool nothingWaits)
{
    const std::int64_t done = m_offset - static_cast<std::int64_t>(m_buffer.size() - m_used);
    if (done == m_noted || (!nothingWaits && done - m_noted < noteEvery))
        return;
    m_noted = done;
    (void)replaceFile(readMark(m_directory), std::to_string(done), false);
    // the last line stays for whoever looks where the feed stands
    const std::int64_t end = done - 2 * lineBytes;
    if (end - m_freed >= freeEvery) {
        (void)::fallocate(m_fd.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, m_freed, end - m_freed);
        m_freed = end;
    }
}

} // namespace zandb::agent
