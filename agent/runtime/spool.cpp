// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/runtime/spool.h"

#include "agent/os/log.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".segment";
constexpr std::size_t numberDigits = 19;
constexpr int smallSegmentShare = 8; ///< a segment of which nothing waits is left behind at an eighth of its size

/// Names of sources hold names of instances, which may be anything: only what is harmless in a file's name stays.
std::string escaped(std::string_view name)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-')
            text += c;
        else
            text.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return text;
}

std::optional<std::string> unescaped(std::string_view text)
{
    std::string name;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            name += text[i];
            continue;
        }
        unsigned byte = 0;
        if (i + 2 >= text.size() || std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr != text.data() + i + 3)
            return std::nullopt;
        name += static_cast<char>(byte);
        i += 2;
    }
    return name;
}

/// Source and first number of a segment's file; none when it is no segment.
std::optional<std::pair<std::string, std::int64_t>> parseName(std::string file)
{
    if (!file.ends_with(suffix))
        return std::nullopt;
    file.resize(file.size() - suffix.size());
    const auto dot = file.rfind('.');
    std::int64_t first = 0;
    if (dot == std::string::npos)
        return std::nullopt;
    const char *end = file.data() + file.size();
    if (std::from_chars(file.data() + dot + 1, end, first).ptr != end || first < 1)
        return std::nullopt;
    auto name = unescaped(std::string_view(file).substr(0, dot));
    return name ? std::optional(std::pair{std::move(*name), first}) : std::nullopt;
}

Result<Uuid> idOf(const fs::path &directory)
{
    const fs::path file = directory / "id";
    std::error_code ec;
    if (fs::exists(file, ec) || ec) {
        const auto text = readFile(file, 64);
        if (!text)
            return fail(text.error()); // for a moment perhaps: a new id would make known batches come as new ones
        if (const auto id = Uuid::parse(*text))
            return *id;
    }
    // numbers begin again with 1 under a new id, so the store does not take them for old ones
    const Uuid id = Uuid::v7();
    if (auto written = replaceFile(file, id.toString()); !written)
        return fail(written.error());
    return id;
}

/// 0 for a segment's head, which has none.
std::int64_t numberOf(const Json &record)
{
    const auto number = record.find("number");
    return number == record.end() ? 0 : integerIn(*number, 1, std::numeric_limits<std::int64_t>::max() - 1).value_or(0);
}

const char *wordOf(Spool::Kind kind) { return kind == Spool::Kind::Samples ? "samples" : "events"; }

std::int64_t fileBytes(const fs::path &path)
{
    std::error_code ec;
    const auto bytes = fs::file_size(path, ec);
    return ec ? 0 : static_cast<std::int64_t>(bytes);
}

/// What is whole in a damaged segment becomes a segment again; the damaged file is kept beside it.  Returns how many records may
/// be lost at the most.
Result<std::int64_t> mendSegment(const fs::path &path)
{
    constexpr std::int64_t smallestRecord = 8;
    const auto salvage = Journal::salvage(path);
    if (!salvage)
        return fail(salvage.error());
    // whole before it takes the name: after a crash either file is there
    const fs::path mended = path.string() + ".mended";
    const fs::path kept = path.string() + ".damaged";
    std::error_code ec;
    fs::remove(mended, ec);
    fs::remove(kept, ec);
    auto journal = Journal::open(mended, [](std::int64_t, const Json &) {});
    if (!journal)
        return fail(journal.error());
    const auto written = journal->rewrite([&](Journal::Rewriter &out) -> Result<void> {
        for (const Json &record : salvage->records) {
            if (const auto done = out.add(record); !done)
                return fail(done.error());
        }
        return {};
    });
    if (!written)
        return fail(written.error());
    fs::create_hard_link(path, kept, ec);
    if (!ec)
        fs::rename(mended, path, ec);
    if (ec)
        return fail(ioError(path, ec.value()));
    if (auto synced = syncDirectory(path.parent_path()); !synced)
        return fail(synced.error());
    logLine("spool: " + path.string() + " is damaged: " + std::to_string(salvage->lostBytes) + " bytes are lost (kept in "
            + kept.string() + ")");
    return salvage->lostBytes / smallestRecord + 1;
}

} // namespace

Result<std::unique_ptr<Spool>> Spool::open(fs::path directory, Limits limits)
{
    std::error_code ec;
    fs::create_directories(directory, ec);
    if (ec)
        return fail(ioError(directory, ec.value()));
    std::unique_ptr<Spool> spool(new Spool(std::move(directory), limits));
    if (auto loaded = spool->load(); !loaded)
        return fail(loaded.error());
    return spool;
}

Result<void> Spool::load()
{
    auto id = idOf(m_directory);
    if (!id)
        return fail(id.error());
    m_id = *id;
    std::map<std::string, std::vector<Segment>> found;
    std::error_code ec;
    for (fs::directory_iterator it(m_directory, ec), end; !ec && it != end; it.increment(ec)) {
        if (auto name = parseName(it->path().filename().string()))
            found[name->first].push_back({it->path(), name->second, fileBytes(it->path())});
    }
    if (ec)
        return fail(ioError(m_directory, ec.value()));
    for (auto &[name, segments] : found) {
        std::ranges::sort(segments, {}, &Segment::first);
        if (auto done = loadSource(name, std::move(segments)); !done)
            return done;
    }
    return {};
}

Result<void> Spool::loadSource(const std::string &name, std::vector<Segment> segments)
{
    Source source;
    std::int64_t unused = 1; // no batch had this number or a greater one
    while (!segments.empty() && !source.open) {
        const Segment newest = segments.back();
        segments.pop_back();
        source = {};
        source.openFirst = source.next = newest.first;
        const auto holds = openNewest(source, newest.path);
        if (!holds)
            return fail(holds.error());
        unused = std::max(unused, source.next);
        if (*holds)
            break;
        source.open.reset();
        std::error_code ignored;
        fs::remove(newest.path, ignored);
    }
    source.next = unused;
    if (source.open)
        m_bytes += source.open->bytes();
    for (const Segment &segment : segments)
        m_bytes += segment.bytes;
    source.closed = std::move(segments);
    // what was acknowledged before is not known: it is sent again, and ignored by whoever has it
    source.acknowledged = (source.closed.empty() ? source.openFirst : source.closed.front().first) - 1;
    m_sources.emplace(name, std::move(source));
    return {};
}

Result<bool> Spool::openNewest(Source &source, const fs::path &path)
{
    std::int64_t lost = 0;
    for (;;) {
        source.places.clear();
        bool holds = false;
        auto journal = Journal::open(path, [&](std::int64_t place, const Json &record) {
            holds = true;
            const auto kind = record.find("kind");
            source.kind = kind != record.end() && *kind == wordOf(Kind::Events) ? Kind::Events : Kind::Samples;
            source.position = record.value("position", Json());
            const std::int64_t number = numberOf(record);
            if (number < source.next)
                return; // the head
            source.places.emplace_back(number, place);
            source.next = number + 1;
        });
        if (journal) {
            source.open = std::move(*journal);
            source.next += lost; // a number that somebody has seen is never given to another batch
            return holds;
        }
        if (!journal.error().is(errors::journalDamaged) || lost > 0)
            return fail(journal.error());
        const auto mended = mendSegment(path);
        if (!mended)
            return fail(mended.error());
        lost = *mended;
    }
}

fs::path Spool::pathOf(const std::string &name, std::int64_t first) const
{
    const std::string number = std::to_string(first);
    return m_directory / (escaped(name) + '.' + std::string(numberDigits - std::min(numberDigits, number.size()), '0') + number + std::string(suffix));
}

Result<void> Spool::beginSegment(const std::string &name, Source &source)
{
    const fs::path path = pathOf(name, source.next);
    auto journal = Journal::open(path, [](std::int64_t, const Json &) {});
    if (!journal)
        return fail(journal.error());
    // the position goes with it: the segments before it may all be taken away
    if (auto head = journal->append({{"kind", wordOf(source.kind)}, {"position", source.position}}); !head) {
        std::error_code ignored;
        fs::remove(path, ignored);
        return fail(head.error());
    }
    m_bytes += journal->bytes();
    if (source.open && source.openFirst < source.next)
        source.closed.push_back({source.open->file(), source.openFirst, source.open->bytes()});
    else if (source.open)
        m_bytes -= source.open->bytes(); // it held no batch, and is the same file
    source.open = std::move(*journal);
    source.openFirst = source.next;
    source.places.clear();
    removeAcknowledged(source);
    return {};
}

Result<std::int64_t> Spool::appendText(const std::string &name, Kind kind, std::string_view payload, const Json &position)
{
    Source &source = m_sources[name];
    source.kind = kind;
    const std::string begin = "{\"kind\":\"" + std::string(wordOf(kind)) + "\",\"number\":" + std::to_string(source.next) + ",\"payload\":";
    const std::string end = ",\"position\":" + dumpJson(position) + "}";
    if (auto room = makeRoom(static_cast<std::int64_t>(begin.size() + payload.size() + end.size())); !room)
        return fail(room.error());
    const std::int64_t filled = source.open ? source.open->bytes() : 0;
    const bool nothingWaits = source.acknowledged + 1 >= source.next;
    const bool holdsBatches = source.next > source.openFirst; // a head alone would be left for a file of the same name
    if (!source.open || !source.open->isUsable()
        || (holdsBatches && (filled > m_limits.segmentBytes || (nothingWaits && filled > m_limits.segmentBytes / smallSegmentShare)))) {
        if (auto begun = beginSegment(name, source); !begun)
            return fail(begun.error());
    }
    const std::int64_t before = source.open->bytes();
    const auto place = source.open->appendText({begin, payload, end});
    if (!place)
        return fail(place.error());
    m_bytes += source.open->bytes() - before;
    source.places.emplace_back(source.next, *place);
    source.position = position;
    return source.next++;
}

Result<void> Spool::makeRoom(std::int64_t wanted)
{
    while (m_bytes + wanted > m_limits.bytes) {
        if (!dropOldestSamples())
            return fail(errors::spoolFull, {{"free", std::to_string(std::max<std::int64_t>(0, m_limits.bytes - m_bytes))}, {"reserved", "0"}});
    }
    return {};
}

bool Spool::dropOldestSamples()
{
    // the source that holds most loses its oldest segment: no source of samples starves another one
    Source *largest = nullptr;
    for (auto &[name, source] : m_sources) {
        if (source.kind == Kind::Samples && !source.closed.empty() && (!largest || source.closed.size() > largest->closed.size()))
            largest = &source;
    }
    if (!largest)
        return false;
    removeFirst(*largest);
    return true;
}

void Spool::removeFirst(Source &source)
{
    const Segment &segment = source.closed.front();
    std::error_code ignored;
    fs::remove(segment.path, ignored);
    m_bytes -= segment.bytes;
    source.closed.erase(source.closed.begin());
}

void Spool::removeAcknowledged(Source &source)
{
    while (!source.closed.empty()) {
        const std::int64_t behind = source.closed.size() > 1 ? source.closed[1].first : source.openFirst;
        if (behind - 1 > source.acknowledged)
            return;
        removeFirst(source);
    }
}

Json Spool::position(const std::string &source) const
{
    const auto found = m_sources.find(source);
    return found == m_sources.end() ? Json() : found->second.position;
}

Result<std::optional<wire::CollectedBatch>> Spool::next(const std::string &name, std::int64_t after)
{
    const auto found = m_sources.find(name);
    if (found == m_sources.end() || !found->second.open)
        return std::nullopt;
    Source &source = found->second;
    const std::int64_t oldest = source.closed.empty() ? source.openFirst : source.closed.front().first;
    const std::int64_t number = std::max({after + 1, source.acknowledged + 1, oldest});
    if (number >= source.next)
        return std::nullopt;

    Json record;
    if (number >= source.openFirst) {
        const auto place = std::ranges::lower_bound(source.places, number, {}, &std::pair<std::int64_t, std::int64_t>::first);
        if (place == source.places.end())
            return std::nullopt;
        auto read = source.open->read(place->second);
        if (!read)
            return fail(read.error());
        record = std::move(*read);
    } else {
        const auto segment = std::prev(std::ranges::upper_bound(source.closed, number, {}, &Segment::first));
        if (m_loaded.path != segment->path) {
            auto salvage = Journal::salvage(segment->path);
            if (!salvage) // what cannot be read holds up nothing: the gap in the numbers tells of it
                logLine("spool: " + segment->path.string() + " cannot be read: " + describe(salvage.error()));
            m_loaded = {segment->path, salvage ? std::move(salvage->records) : std::vector<Json>{}};
        }
        const auto wanted = std::ranges::find_if(m_loaded.records, [&](const Json &entry) {
            return numberOf(entry) >= number;
        });
        if (wanted == m_loaded.records.end()) // the rest of the segment could not be read
            return next(name, (segment + 1 == source.closed.end() ? source.openFirst : (segment + 1)->first) - 1);
        record = *wanted;
    }
    wire::CollectedBatch batch;
    batch.source = name;
    batch.spool = m_id;
    batch.number = numberOf(record);
    batch.payload = record.value("payload", Json());
    return batch;
}

void Spool::acknowledge(const wire::CollectedMark &mark)
{
    const auto found = m_sources.find(mark.source);
    if (mark.spool != m_id || found == m_sources.end())
        return;
    Source &source = found->second;
    source.acknowledged = std::clamp(mark.number, source.acknowledged, source.next - 1);
    removeAcknowledged(source);
    if (source.closed.empty())
        m_loaded = {}; // the backlog is done with: its memory goes back
}

std::vector<std::string> Spool::sources() const
{
    std::vector<std::string> names;
    for (const auto &[name, source] : m_sources)
        names.push_back(name);
    return names;
}

} // namespace zandb::agent
