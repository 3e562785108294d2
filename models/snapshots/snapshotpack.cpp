// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/snapshots/snapshotpack.h"

#include "models/common/packing.h"

#include <algorithm>
#include <array>
#include <limits>

namespace zandb::snapshotpack {
namespace {

using packing::putVarint;
using packing::Reader;

constexpr int level = 9;
constexpr std::size_t maxName = 4096;
constexpr std::array numbers{&SnapshotTable::file, &SnapshotTable::data, &SnapshotTable::index, &SnapshotTable::rows};

/// Names in the order of their first use.
class Names
{
public:
    std::size_t of(const std::string &name)
    {
        const auto [place, isNew] = m_numbers.try_emplace(name, m_names.size());
        if (isNew)
            m_names.push_back(name);
        return place->second;
    }
    void put(std::string &out) const
    {
        putVarint(out, m_names.size());
        for (const std::string &name : m_names) {
            putVarint(out, name.size());
            out += name;
        }
    }

private:
    std::map<std::string, std::size_t> m_numbers;
    std::vector<std::string> m_names;
};

std::optional<std::size_t> sizeIn(Reader &reader, std::size_t most)
{
    const auto value = reader.varint();
    return value && *value <= most ? std::optional(static_cast<std::size_t>(*value)) : std::nullopt;
}

std::optional<std::vector<std::string>> readNames(Reader &reader)
{
    const auto count = sizeIn(reader, tablesPerPart);
    std::vector<std::string> names;
    for (std::size_t i = 0; count && i < *count; ++i) {
        const auto size = sizeIn(reader, maxName);
        const auto text = size ? reader.take(*size) : std::nullopt;
        if (!text)
            return std::nullopt;
        names.emplace_back(*text);
    }
    return count ? std::optional(std::move(names)) : std::nullopt;
}

std::string contentOf(const SnapshotTable *begin, const SnapshotTable *end)
{
    Names schemas, engines;
    std::string places, lengths, texts, engineColumn, numberColumns;
    std::size_t lastSchema = 0;
    const SnapshotTable *before = nullptr;
    for (const SnapshotTable *table = begin; table != end; ++table) {
        const std::size_t schema = schemas.of(table->schema);
        putVarint(places, schema - lastSchema);
        std::size_t shared = 0;
        if (before && schema == lastSchema)
            shared = static_cast<std::size_t>(std::ranges::mismatch(table->table, before->table).in1 - table->table.begin());
        putVarint(lengths, shared);
        putVarint(lengths, table->table.size() - shared);
        texts.append(table->table, shared);
        putVarint(engineColumn, engines.of(table->engine));
        lastSchema = schema;
        before = table;
    }
    for (const auto number : numbers) {
        for (const SnapshotTable *table = begin; table != end; ++table)
            putVarint(numberColumns, table->*number ? static_cast<std::uint64_t>(*(table->*number)) + 1 : 0);
    }
    std::string out;
    putVarint(out, static_cast<std::uint64_t>(end - begin));
    schemas.put(out);
    engines.put(out);
    return out + places + lengths + texts + engineColumn + numberColumns;
}

Json factsOf(const Snapshot &snapshot)
{
    const auto orNull = [](const auto &value) { return value ? Json(*value) : Json(); };
    Json facts{{"taken_us", toMicros(snapshot.takenAt)}, {"version", snapshot.version}, {"flavour", snapshot.flavour}, {"variables", Json::object()},
               {"plugins", Json::array()}, {"accounts", Json()}, {"directories", Json::object()}, {"missing", snapshot.missing}};
    for (const auto &[name, text] : snapshot.variables)
        facts["variables"][name] = text;
    for (const SnapshotPlugin &plugin : snapshot.plugins)
        facts["plugins"].push_back({plugin.name, plugin.version, plugin.status});
    if (snapshot.accounts) {
        facts["accounts"] = Json::array();
        for (const SnapshotAccount &account : *snapshot.accounts)
            facts["accounts"].push_back({account.user, account.host, account.plugin, orNull(account.locked), orNull(account.hasPassword), account.isRole});
    }
    for (const auto &[name, bytes] : snapshot.directories)
        facts["directories"][name] = orNull(bytes);
    return facts;
}

} // namespace

std::optional<std::vector<std::string>> pack(const Snapshot &snapshot)
{
    std::vector<std::string> parts;
    const auto add = [&](const std::string &content) {
        auto blob = content.size() <= maxContent ? packing::compress(content, level) : std::nullopt;
        if (!blob || blob->size() > maxBlob)
            return false;
        parts.push_back(std::move(*blob));
        return true;
    };
    if (!add(dumpJson(factsOf(snapshot))))
        return std::nullopt;
    const SnapshotTable *all = snapshot.tables.data();
    for (std::size_t at = 0; at < snapshot.tables.size(); at += tablesPerPart) {
        if (!add(contentOf(all + at, all + std::min(at + tablesPerPart, snapshot.tables.size()))))
            return std::nullopt;
    }
    return parts;
}

bool unpackTables(std::string_view blob, std::vector<SnapshotTable> &tables)
{
    const auto content = packing::decompress(blob, maxContent);
    if (!content)
        return false;
    Reader reader(*content);
    const auto count = sizeIn(reader, tablesPerPart);
    const auto schemas = count ? readNames(reader) : std::nullopt;
    const auto engines = schemas ? readNames(reader) : std::nullopt;
    if (!engines)
        return false;
    std::vector<SnapshotTable> read(*count);
    std::vector<std::size_t> places(*count);
    std::size_t place = 0;
    for (std::size_t i = 0; i < *count; ++i) {
        const auto step = sizeIn(reader, schemas->size());
        if (!step || (place += *step) >= schemas->size())
            return false;
        places[i] = place;
        read[i].schema = schemas->at(place);
    }
    std::vector<std::pair<std::size_t, std::size_t>> lengths(*count);
    for (auto &[shared, own] : lengths) {
        const auto first = sizeIn(reader, maxName), second = sizeIn(reader, maxName);
        if (!first || !second)
            return false;
        std::tie(shared, own) = std::pair(*first, *second);
    }
    for (std::size_t i = 0; i < *count; ++i) {
        const auto text = reader.take(lengths[i].second);
        const bool hasBefore = i > 0 && places[i] == places[i - 1];
        if (!text || lengths[i].first > (hasBefore ? read[i - 1].table.size() : 0))
            return false;
        read[i].table = (hasBefore ? read[i - 1].table.substr(0, lengths[i].first) : std::string()).append(*text);
    }
    for (SnapshotTable &table : read) {
        const auto engine = sizeIn(reader, engines->size());
        if (!engine || *engine >= engines->size())
            return false;
        table.engine = engines->at(*engine);
    }
    for (const auto number : numbers) {
        for (SnapshotTable &table : read) {
            const auto value = reader.varint();
            if (!value || *value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
                return false;
            if (*value > 0)
                table.*number = static_cast<std::int64_t>(*value - 1);
        }
    }
    if (!reader.isAtEnd())
        return false;
    std::ranges::move(read, std::back_inserter(tables));
    return true;
}

std::optional<Snapshot> unpack(const std::vector<std::string> &parts)
{
    const auto content = parts.empty() ? std::nullopt : packing::decompress(parts.front(), maxContent);
    const auto facts = content ? parseJson(*content) : Result<Json>(fail(errors::protocolMalformed));
    if (!facts || !facts->is_object())
        return std::nullopt;
    wire::SnapshotResult taken;
    taken.takenAt = fromMicros(integerIn(facts->value("taken_us", Json()), firstJsonMicros, lastJsonMicros).value_or(0));
    SnapshotBuilder builder(taken);
    if (!builder.add({{"facts", *facts}}))
        return std::nullopt;
    auto snapshot = builder.take();
    for (std::size_t i = 1; snapshot && i < parts.size(); ++i) {
        if (!unpackTables(parts[i], snapshot->tables))
            return std::nullopt;
    }
    return snapshot;
}

} // namespace zandb::snapshotpack
