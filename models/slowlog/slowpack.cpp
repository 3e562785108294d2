// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/slowlog/slowpack.h"

#include "models/common/packing.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>

namespace zandb::slowpack {
namespace {

using packing::putVarint;
using packing::Reader;
using packing::unzigzag;
using packing::zigzag;

void putNumber(std::string &out, std::int64_t value) { putVarint(out, static_cast<std::uint64_t>(value)); }
void putSigned(std::string &out, std::int64_t value) { putVarint(out, zigzag(static_cast<std::uint64_t>(value))); }

/// A number of at least 0.
std::optional<std::int64_t> number(Reader &reader)
{
    const auto value = reader.varint();
    return value && *value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) ? std::optional(static_cast<std::int64_t>(*value)) : std::nullopt;
}

std::optional<std::int64_t> signedNumber(Reader &reader)
{
    const auto value = reader.varint();
    return value ? std::optional(static_cast<std::int64_t>(unzigzag(*value))) : std::nullopt;
}

/// A count of things of which each takes at least one byte of what follows.
std::optional<std::size_t> countOf(Reader &reader, std::size_t most)
{
    const auto value = reader.varint();
    return value && *value <= most ? std::optional(static_cast<std::size_t>(*value)) : std::nullopt;
}

/// Reads one number of at least 0 for each of a list into a member.
template<class List, class Place>
bool readEach(Reader &reader, List &list, Place place)
{
    for (auto &one : list) {
        const auto value = number(reader);
        if (!value)
            return false;
        place(one) = *value;
    }
    return true;
}

template<class List>
bool readTotals(Reader &reader, List &list)
{
    return readEach(reader, list, [](auto &one) -> std::int64_t & { return one.totals.events; })
        && readEach(reader, list, [](auto &one) -> std::int64_t & { return one.totals.timeUs; })
        && readEach(reader, list, [](auto &one) -> std::int64_t & { return one.totals.examined; });
}

/// Names, each once.
class Names
{
public:
    std::uint64_t of(const std::string &name) { return m_numbers.try_emplace(name, m_numbers.size()).first->second; }
    void put(std::string &out) const
    {
        std::vector<const std::string *> names(m_numbers.size());
        for (const auto &[name, number] : m_numbers)
            names[number] = &name;
        putVarint(out, names.size());
        for (const std::string *name : names) {
            putVarint(out, name->size());
            out += *name;
        }
    }
    static std::optional<std::vector<std::string>> read(Reader &reader)
    {
        const auto count = countOf(reader, maxEntries);
        std::vector<std::string> names;
        for (std::size_t i = 0; count && i < *count; ++i) {
            const auto size = countOf(reader, 4096);
            const auto text = size ? reader.take(*size) : std::nullopt;
            if (!text)
                return std::nullopt;
            names.emplace_back(*text);
        }
        return count ? std::optional(std::move(names)) : std::nullopt;
    }

private:
    std::map<std::string, std::uint64_t> m_numbers;
};

std::optional<std::string> blobOf(const std::string &content, int level)
{
    if (content.size() > maxContent)
        return std::nullopt;
    auto blob = packing::compress(content, level);
    return blob && blob->size() <= maxBlob ? blob : std::nullopt;
}

struct Packed
{
    std::uint8_t minute;
    const SlowFigures *figures;
};

std::string detailOf(const std::vector<Packed> &entries)
{
    std::string out;
    const auto each = [&](const std::function<void(const SlowFigures &)> &put) {
        for (const Packed &entry : entries)
            put(*entry.figures);
    };
    const auto mean = [](const SlowSum &sum) { return sum.count > 0 ? sum.sum / sum.count : 0; };
    each([&](const SlowFigures &f) { putSigned(out, f.events - f.time.count); });
    each([&](const SlowFigures &f) { putSigned(out, mean(f.time) - f.time.least); });
    each([&](const SlowFigures &f) { putSigned(out, f.time.most - mean(f.time)); });
    for (const auto column : {&SlowFigures::lock, &SlowFigures::sent, &SlowFigures::examined, &SlowFigures::bytes}) {
        each([&](const SlowFigures &f) { putSigned(out, f.events - (f.*column).count); });
        if (column != &SlowFigures::examined)
            each([&](const SlowFigures &f) { putNumber(out, (f.*column).sum); });
    }
    each([&](const SlowFigures &f) { putVarint(out, f.times.size()); });
    each([&](const SlowFigures &f) {
        std::int64_t before = 0;
        for (const auto &[bucket, count] : f.times) {
            putSigned(out, bucket - before);
            before = bucket;
        }
    });
    each([&](const SlowFigures &f) {
        for (const auto &[bucket, count] : f.times)
            putNumber(out, count);
    });
    return out;
}

bool readTimes(Reader &reader, std::vector<SlowFigures> &all)
{
    std::size_t sum = 0;
    for (SlowFigures &figures : all) {
        const auto count = countOf(reader, 2048);
        if (!count || (sum += *count) > 8 * maxEntries)
            return false;
        figures.times.resize(*count);
    }
    for (SlowFigures &figures : all) {
        std::int64_t bucket = 0;
        bool isFirst = true;
        for (auto &[place, count] : figures.times) {
            const auto step = signedNumber(reader);
            if (!step || *step < -1000 || *step > 2000 || (!isFirst && *step <= 0))
                return false;
            isFirst = false;
            bucket += *step;
            if (bucket < -1000 || bucket > 1000)
                return false;
            place = static_cast<std::int16_t>(bucket);
        }
    }
    for (SlowFigures &figures : all) {
        if (!readEach(reader, figures.times, [](auto &one) -> std::int64_t & { return one.second; }))
            return false;
    }
    return true;
}

/// Differences of hostile numbers wrap around instead of overflowing.
std::int64_t minus(std::int64_t a, std::int64_t b)
{
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

} // namespace

std::optional<Blobs> pack(const std::vector<Slot> &slots, int level, bool withCallers)
{
    std::map<SlowChecksum, std::vector<Packed>> digests;
    std::size_t count = 0;
    for (const Slot &slot : slots) {
        if (slot.minute >= maxSlots)
            return std::nullopt;
        for (const auto &[digest, figures] : slot.block.digests) {
            digests[digest].push_back({slot.minute, &figures});
            ++count;
        }
    }
    if (count > maxEntries)
        return std::nullopt;
    std::vector<Packed> entries;
    std::string totals;
    putVarint(totals, digests.size());
    std::map<SlowChecksum, std::uint64_t> places;
    for (const auto &[digest, list] : digests) {
        places.emplace(digest, places.size());
        totals += digest.raw();
        entries.insert(entries.end(), list.begin(), list.end());
    }
    for (const auto &[digest, list] : digests)
        putVarint(totals, list.size());
    for (const auto &[digest, list] : digests) {
        int before = 0;
        for (const Packed &entry : list) {
            putNumber(totals, entry.minute - before);
            before = entry.minute;
        }
    }
    for (const Packed &entry : entries)
        putNumber(totals, entry.figures->events);
    for (const Packed &entry : entries)
        putNumber(totals, entry.figures->time.sum);
    for (const Packed &entry : entries)
        putNumber(totals, entry.figures->examined.sum);

    Names names;
    std::string people;
    std::vector<std::tuple<std::uint8_t, std::uint64_t, std::uint64_t, SlowTotals>> persons;
    for (const Slot &slot : slots) {
        for (const auto &[person, sums] : slot.block.people) {
            const auto user = names.of(person.user), schema = names.of(person.schema);
            persons.emplace_back(slot.minute, user, schema, sums);
        }
    }
    names.put(people);
    putVarint(people, persons.size());
    const auto putSums = [](std::string &out, const auto &list, auto sumsOf) {
        for (const auto &one : list)
            putNumber(out, sumsOf(one).events);
        for (const auto &one : list)
            putNumber(out, sumsOf(one).timeUs);
        for (const auto &one : list)
            putNumber(out, sumsOf(one).examined);
    };
    for (const auto &one : persons)
        putNumber(people, std::get<0>(one));
    for (const auto &one : persons)
        putVarint(people, std::get<1>(one));
    for (const auto &one : persons)
        putVarint(people, std::get<2>(one));
    putSums(people, persons, [](const auto &one) -> const SlowTotals & { return std::get<3>(one); });

    Blobs blobs;
    auto packedTotals = blobOf(totals, level), packedDetail = blobOf(detailOf(entries), level), packedPeople = blobOf(people, level);
    if (!packedTotals || !packedDetail || !packedPeople)
        return std::nullopt;
    blobs.totals = std::move(*packedTotals);
    blobs.detail = std::move(*packedDetail);
    blobs.people = std::move(*packedPeople);
    if (!withCallers)
        return blobs;

    Names all;
    std::vector<std::pair<const SlowCallerKey *, const SlowTotals *>> list;
    std::vector<std::array<std::uint64_t, 4>> keys;
    for (const Slot &slot : slots) {
        for (const auto &[caller, sums] : slot.block.callers) {
            const auto place = places.find(caller.digest);
            if (place == places.end())
                continue;
            list.emplace_back(&caller, &sums);
            keys.push_back({place->second, all.of(caller.user), all.of(caller.host), all.of(caller.schema)});
        }
    }
    if (list.size() > maxEntries)
        return std::nullopt;
    std::string callers;
    all.put(callers);
    putVarint(callers, list.size());
    for (std::size_t column = 0; column < 4; ++column) {
        for (const auto &key : keys)
            putVarint(callers, key[column]);
    }
    putSums(callers, list, [](const auto &one) -> const SlowTotals & { return *one.second; });
    auto packedCallers = blobOf(callers, level);
    if (!packedCallers)
        return std::nullopt;
    blobs.callers = std::move(*packedCallers);
    return blobs;
}

std::optional<Totals> unpackTotals(std::string_view blob)
{
    const auto content = packing::decompress(blob, maxContent);
    if (!content)
        return std::nullopt;
    Reader reader(*content);
    Totals result;
    const auto count = countOf(reader, maxEntries);
    if (!count)
        return std::nullopt;
    for (std::size_t i = 0; i < *count; ++i) {
        const auto bytes = reader.take(16);
        const auto digest = bytes ? SlowChecksum::fromBytes(*bytes) : std::nullopt;
        if (!digest || (i > 0 && *digest <= result.digests.back()))
            return std::nullopt;
        result.digests.push_back(*digest);
    }
    for (std::size_t i = 0; i < *count; ++i) {
        const auto slots = countOf(reader, maxSlots);
        if (!slots || *slots == 0 || result.entries.size() + *slots > maxEntries)
            return std::nullopt;
        result.entries.resize(result.entries.size() + *slots, {static_cast<std::uint32_t>(i), 0, {}});
    }
    for (std::size_t i = 0; i < result.entries.size(); ++i) {
        const auto step = countOf(reader, maxSlots - 1);
        const bool isFirst = i == 0 || result.entries[i].digest != result.entries[i - 1].digest;
        if (!step || (!isFirst && *step == 0))
            return std::nullopt;
        const std::size_t minute = *step + (isFirst ? 0u : result.entries[i - 1].minute);
        if (minute >= maxSlots)
            return std::nullopt;
        result.entries[i].minute = static_cast<std::uint8_t>(minute);
    }
    if (!readTotals(reader, result.entries) || !reader.isAtEnd())
        return std::nullopt;
    return result;
}

std::optional<std::vector<SlowFigures>> unpackDetail(std::string_view blob, const Totals &totals)
{
    const auto content = packing::decompress(blob, maxContent);
    if (!content)
        return std::nullopt;
    Reader reader(*content);
    std::vector<SlowFigures> all(totals.entries.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        const SlowTotals &sums = totals.entries[i].totals;
        all[i].events = sums.events;
        all[i].time.sum = sums.timeUs;
        all[i].examined.sum = sums.examined;
    }
    const auto each = [&](auto read) { return std::ranges::all_of(all, read); };
    const auto less = [&](SlowSum SlowFigures::*column) {
        return each([&](SlowFigures &f) {
            const auto fewer = signedNumber(reader);
            if (fewer)
                (f.*column).count = std::max<std::int64_t>(0, minus(f.events, *fewer));
            return fewer.has_value();
        });
    };
    const auto mean = [](const SlowSum &sum) { return sum.count > 0 ? sum.sum / sum.count : 0; };
    bool good = less(&SlowFigures::time);
    good = good && each([&](SlowFigures &f) {
        const auto value = signedNumber(reader);
        f.time.least = value ? minus(mean(f.time), *value) : 0;
        return value.has_value();
    });
    good = good && each([&](SlowFigures &f) {
        const auto value = signedNumber(reader);
        f.time.most = value ? static_cast<std::int64_t>(static_cast<std::uint64_t>(mean(f.time)) + static_cast<std::uint64_t>(*value)) : 0;
        return value.has_value();
    });
    for (const auto column : {&SlowFigures::lock, &SlowFigures::sent, &SlowFigures::examined, &SlowFigures::bytes}) {
        good = good && less(column)
            && (column == &SlowFigures::examined || readEach(reader, all, [&](SlowFigures &f) -> std::int64_t & { return (f.*column).sum; }));
    }
    if (!good || !readTimes(reader, all) || !reader.isAtEnd())
        return std::nullopt;
    return all;
}

std::optional<std::vector<PersonEntry>> unpackPeople(std::string_view blob)
{
    const auto content = packing::decompress(blob, maxContent);
    if (!content)
        return std::nullopt;
    Reader reader(*content);
    const auto names = Names::read(reader);
    const auto count = names ? countOf(reader, std::min(maxEntries, content->size())) : std::nullopt;
    if (!count)
        return std::nullopt;
    std::vector<PersonEntry> entries(*count);
    for (PersonEntry &entry : entries) {
        const auto minute = countOf(reader, maxSlots - 1);
        if (!minute)
            return std::nullopt;
        entry.minute = static_cast<std::uint8_t>(*minute);
    }
    for (const auto part : {&SlowPerson::user, &SlowPerson::schema}) {
        for (PersonEntry &entry : entries) {
            const auto name = reader.varint();
            if (!name || *name >= names->size())
                return std::nullopt;
            entry.person.*part = (*names)[*name];
        }
    }
    if (!readTotals(reader, entries) || !reader.isAtEnd())
        return std::nullopt;
    return entries;
}

std::optional<std::map<SlowCallerKey, SlowTotals>> unpackCallers(std::string_view blob, const Totals &totals)
{
    std::map<SlowCallerKey, SlowTotals> callers;
    if (blob.empty())
        return callers;
    const auto content = packing::decompress(blob, maxContent);
    if (!content)
        return std::nullopt;
    Reader reader(*content);
    const auto names = Names::read(reader);
    const auto count = names ? countOf(reader, std::min(maxEntries, content->size())) : std::nullopt;
    if (!count)
        return std::nullopt;
    struct Entry
    {
        SlowCallerKey key;
        SlowTotals totals;
    };
    std::vector<Entry> entries(*count);
    for (Entry &entry : entries) {
        const auto digest = reader.varint();
        if (!digest || *digest >= totals.digests.size())
            return std::nullopt;
        entry.key.digest = totals.digests[*digest];
    }
    for (const auto part : {&SlowCallerKey::user, &SlowCallerKey::host, &SlowCallerKey::schema}) {
        for (Entry &entry : entries) {
            const auto name = reader.varint();
            if (!name || *name >= names->size())
                return std::nullopt;
            entry.key.*part = (*names)[*name];
        }
    }
    if (!readTotals(reader, entries) || !reader.isAtEnd())
        return std::nullopt;
    for (Entry &entry : entries)
        callers[std::move(entry.key)].add(entry.totals);
    return callers;
}

std::optional<std::vector<Slot>> unpack(const Blobs &blobs)
{
    const auto totals = unpackTotals(blobs.totals);
    const auto detail = totals ? unpackDetail(blobs.detail, *totals) : std::nullopt;
    const auto people = unpackPeople(blobs.people);
    const auto callers = totals ? unpackCallers(blobs.callers, *totals) : std::nullopt;
    if (!detail || !people || !callers)
        return std::nullopt;
    std::map<std::uint8_t, SlowBlock> slots;
    for (std::size_t i = 0; i < totals->entries.size(); ++i) {
        const auto &entry = totals->entries[i];
        slots[entry.minute].digests.emplace(totals->digests[entry.digest], (*detail)[i]);
    }
    for (const PersonEntry &entry : *people)
        slots[entry.minute].people[entry.person].add(entry.totals);
    if (!callers->empty())
        slots[slots.empty() ? 0 : slots.begin()->first].callers = *callers;
    std::vector<Slot> result;
    for (auto &[minute, block] : slots)
        result.push_back({minute, std::move(block)});
    return result;
}

} // namespace zandb::slowpack
