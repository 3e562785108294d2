// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/sharding/shard.h"

#include "models/common/text.h"
#include "models/workflow/runid.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <tuple>

namespace zandb {
namespace {

const Uuid shardIds = *Uuid::parse("3f9d0f6e-52a7-5d5c-8a3e-7c0a8b1f4d22");
constexpr std::size_t mostPlaces = 10;

std::optional<std::int64_t> numberOfText(std::string_view text)
{
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > mostShardNumber)
        return std::nullopt;
    return number;
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

auto placeKey(const Shard &shard) { return std::tie(shard.database, shard.number, shard.owner, shard.schema, shard.id); }
auto numberKey(const Shard &shard) { return std::tie(shard.database, shard.number); }

void replaceAll(std::string &text, std::string_view what, const std::string &with)
{
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
        text.replace(at, what.size(), with);
}

} // namespace

Uuid shardId(const Shard &shard)
{
    // lengths, since names may hold any character
    return uuidV5(shardIds, std::to_string(shard.database.size()) + ':' + shard.database + std::to_string(shard.number) + '|' + std::to_string(shard.schema.size()) + ':' + shard.schema
                                + (shard.instance ? shard.instance->toString() : shard.owner));
}

bool sameShard(const Shard &a, const Shard &b)
{
    const auto all = [](const Shard &s) { return std::tie(s.id, s.database, s.number, s.count, s.instance, s.owner, s.schema, s.dsn, s.rule); };
    return all(a) == all(b);
}

std::string_view problemOf(const ShardRule &rule)
{
    if (rule.database.empty() || qs(rule.database).size() > 128)
        return "database";
    if (qs(rule.pattern).size() > 255 || !ShardPattern(rule.pattern).isValid())
        return "pattern";
    if (rule.count < 0 || rule.count > mostShardNumber)
        return "count";
    if (qs(rule.dsn).size() > 255 || holdsPassword(rule.dsn))
        return "dsn";
    return {};
}

bool holdsPassword(std::string_view dsn)
{
    std::string text;
    for (const char c : dsn)
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    for (const char *name : {"password=", "passwd=", "pwd=", "password:"}) {
        const auto at = text.find(name);
        if (at != std::string::npos)
            return true;
    }
    // SCHEME://USER:PASSWORD@HOST, and USER:PASSWORD@tcp(HOST)/NAME
    const auto at = text.find('@');
    if (at == std::string::npos)
        return false;
    const auto begin = text.find("://");
    const std::size_t from = begin == std::string::npos || begin > at ? 0 : begin + 3;
    return text.substr(from, at - from).find(':') != std::string::npos;
}

std::string filledDsn(const std::string &form, const std::string &host, int port, const std::string &instance, const std::string &schema, std::int64_t number)
{
    std::string dsn = form.empty() ? std::string(usualDsn) : form;
    replaceAll(dsn, "{host}", host.find(':') == std::string::npos ? host : '[' + host + ']');
    replaceAll(dsn, "{port}", std::to_string(port));
    replaceAll(dsn, "{instance}", instance);
    replaceAll(dsn, "{number}", std::to_string(number));
    replaceAll(dsn, "{schema}", schema);
    return dsn;
}

// The limit holds for patterns that try the same text in very many ways.
ShardPattern::ShardPattern(const std::string &pattern)
    : m_expression(QStringLiteral("(*LIMIT_MATCH=20000)\\A(?:") + qs(pattern) + QStringLiteral(")\\z")),
      m_valid(!pattern.empty() && m_expression.isValid() && m_expression.captureCount() == 1)
{
}

std::optional<std::int64_t> ShardPattern::numberOf(const std::string &schema) const
{
    if (!m_valid)
        return std::nullopt;
    const auto match = m_expression.match(qs(schema));
    return match.hasMatch() ? numberOfText(match.captured(1).toStdString()) : std::nullopt;
}

ShardQuery parseShardQuery(std::string_view text)
{
    constexpr std::size_t mostWords = 8;
    ShardQuery query;
    const std::string lower = qs(text.substr(0, 400)).toLower().toStdString();
    for (std::size_t at = 0; at < lower.size() && query.words.size() < mostWords;) {
        const std::size_t begin = lower.find_first_not_of(" \t", at);
        if (begin == std::string::npos)
            break;
        const std::size_t end = std::min(lower.find_first_of(" \t", begin), lower.size());
        query.words.push_back(lower.substr(begin, end - begin));
        at = end;
    }
    for (const std::string &word : query.words) {
        std::size_t digits = word.size();
        while (digits > 0 && isDigit(word[digits - 1]))
            --digits;
        const auto number = query.number ? std::nullopt : numberOfText(std::string_view(word).substr(digits));
        if (number)
            query.number = number;
        const std::string name = number ? word.substr(0, digits) : word;
        if (!name.empty())
            query.names.push_back(name);
    }
    return query;
}

std::string shardSearchText(const Shard &shard)
{
    return qs(shard.database + ' ' + shard.schema).toLower().left(200).toStdString();
}

std::vector<ShardChange> shardChanges(std::vector<Shard> have, std::vector<Shard> wanted)
{
    std::set<Uuid> seen;
    std::erase_if(wanted, [&](const Shard &shard) { return !seen.insert(shard.id).second; });
    std::ranges::sort(have, {}, placeKey);
    std::ranges::sort(wanted, {}, placeKey);
    std::vector<ShardChange> changes;
    std::size_t h = 0, w = 0;
    while (h < have.size() || w < wanted.size()) {
        // all of the least database and number on both sides
        const Shard &least = h == have.size() || (w < wanted.size() && numberKey(wanted[w]) < numberKey(have[h])) ? wanted[w] : have[h];
        const std::string database = least.database;
        const std::int64_t number = least.number;
        const auto isOf = [&](const Shard &shard) { return shard.number == number && shard.database == database; };
        std::vector<Shard *> before, after;
        for (; h < have.size() && isOf(have[h]); ++h)
            before.push_back(&have[h]);
        for (; w < wanted.size() && isOf(wanted[w]); ++w)
            after.push_back(&wanted[w]);
        // the same place first; then the one that is left on each side has moved
        for (auto it = after.begin(); it != after.end();) {
            const auto old = std::ranges::find_if(before, [&](const Shard *shard) { return shard->id == (*it)->id; });
            if (old == before.end()) {
                ++it;
                continue;
            }
            if (!sameShard(**old, **it))
                changes.push_back({**old, std::move(**it)});
            before.erase(old);
            it = after.erase(it);
        }
        if (before.size() == 1 && after.size() == 1) {
            changes.push_back({std::move(*before.front()), std::move(*after.front())});
            continue;
        }
        for (Shard *shard : before)
            changes.push_back({std::move(*shard), std::nullopt});
        for (Shard *shard : after)
            changes.push_back({std::nullopt, std::move(*shard)});
    }
    return changes;
}

ShardCounts countsOf(const std::vector<ShardChange> &changes)
{
    ShardCounts counts;
    for (const ShardChange &change : changes)
        ++(!change.before ? counts.added : !change.after ? counts.removed : counts.changed);
    return counts;
}

std::string placeOf(const Shard &shard) { return shard.owner + (shard.schema.empty() ? "" : ' ' + shard.schema); }

namespace {

/// The shards of one database, sorted.
class DatabaseAudit
{
public:
    DatabaseAudit(std::span<const Shard> shards, const ShardAudit &audit, std::vector<ShardFinding> &findings) : m_shards(shards), m_audit(audit), m_findings(findings) {}

    void run()
    {
        std::set<std::int64_t> counts;
        for (const Shard &shard : m_shards) {
            if (shard.count > 0)
                counts.insert(shard.count);
        }
        if (counts.size() > 1) {
            ShardFinding finding = of("two_counts", -1);
            for (const std::int64_t count : counts) {
                if (finding.where.size() < mostPlaces)
                    finding.where.push_back(std::to_string(count));
            }
            add(std::move(finding));
        }
        const std::int64_t count = counts.empty() ? 0 : *counts.rbegin();
        const std::int64_t least = m_shards.front().number, most = m_shards.back().number;
        const std::int64_t first = count > 0 && least >= count ? least : std::min<std::int64_t>(least, 1);
        const std::int64_t last = count > 0 ? first + count - 1 : most;
        std::int64_t next = first;
        for (std::size_t k = 0; k < m_shards.size();) {
            std::size_t end = k;
            while (end < m_shards.size() && m_shards[end].number == m_shards[k].number)
                ++end;
            const std::int64_t number = m_shards[k].number;
            missing(next, std::min(number - 1, last));
            next = std::max(next, number + 1);
            ofNumber(m_shards.subspan(k, end - k), number > last);
            k = end;
        }
        missing(next, last);
    }

private:
    ShardFinding of(const char *kind, std::int64_t number) const { return {kind, m_shards.front().database, number, number, {}, {}}; }
    void add(ShardFinding finding)
    {
        if (m_findings.size() < mostShardFindings)
            m_findings.push_back(std::move(finding));
    }
    void missing(std::int64_t first, std::int64_t last)
    {
        if (first > last)
            return;
        ShardFinding finding = of("missing", first);
        finding.last = last;
        add(std::move(finding));
    }
    void ofNumber(std::span<const Shard> same, bool isBeyond)
    {
        ShardFinding all = of("duplicate", same.front().number);
        std::set<std::string> owners;
        for (const Shard &shard : same) {
            owners.insert(shard.instance ? shard.instance->toString() : shard.owner);
            if (all.where.size() < mostPlaces)
                all.where.push_back(placeOf(shard));
        }
        if (owners.size() > 1)
            all.kind = "two_owners";
        if (same.size() > 1)
            add(all);
        if (isBeyond) {
            all.kind = "beyond_count";
            add(std::move(all));
        }
        for (const Shard &shard : same) {
            ShardFinding one = of("unknown_owner", shard.number);
            one.where = {placeOf(shard)};
            if (!shard.instance || !m_audit.instances.contains(*shard.instance)) {
                add(std::move(one));
                continue;
            }
            const auto schemas = m_audit.schemas.find(*shard.instance);
            if (schemas == m_audit.schemas.end() || shard.schema.empty() || schemas->second.contains(shard.schema))
                continue;
            one.kind = "schema_gone";
            add(std::move(one));
        }
    }

    std::span<const Shard> m_shards;
    const ShardAudit &m_audit;
    std::vector<ShardFinding> &m_findings;
};

} // namespace

std::vector<ShardFinding> auditShards(ShardAudit audit)
{
    std::ranges::sort(audit.shards, {}, placeKey);
    std::map<std::string, std::vector<ShardChange>> stale;
    for (ShardChange &change : audit.stale)
        stale[change.shard().database].push_back(std::move(change));
    std::vector<ShardFinding> findings;
    const std::span<const Shard> all(audit.shards);
    for (std::size_t i = 0; i < all.size();) {
        std::size_t end = i;
        while (end < all.size() && all[end].database == all[i].database)
            ++end;
        DatabaseAudit(all.subspan(i, end - i), audit, findings).run();
        i = end;
    }
    for (const auto &[database, changes] : stale)
        findings.push_back({"stale", database, -1, -1, {}, countsOf(changes)});
    std::ranges::stable_sort(findings, {}, [](const ShardFinding &finding) { return std::tie(finding.database, finding.number); });
    return findings;
}

} // namespace zandb
