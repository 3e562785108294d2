// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/digest.h"

#include "agent/rules/masking.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace zandb::agent {

std::string slowChecksum(std::string_view fingerprint)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    EVP_Digest(fingerprint.data(), fingerprint.size(), bytes.data(), &size, EVP_md5(), nullptr);
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
        text += "0123456789ABCDEF"[bytes[i] >> 4];
        text += "0123456789ABCDEF"[bytes[i] & 15];
    }
    return text;
}

std::uint64_t slowHash(std::string_view text)
{
    // sixteen bytes at a time, multiplied into 128 bits whose halves are mixed
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15, other = 0xD6E8FEB86659FD93;
    const auto mix = [](std::uint64_t a, std::uint64_t b) {
        __extension__ using Wide = unsigned __int128;
        const Wide product = static_cast<Wide>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    std::uint64_t hash = text.size() * odd;
    const char *p = text.data();
    std::size_t left = text.size();
    for (; left >= 16; p += 16, left -= 16) {
        std::uint64_t word = 0, next = 0;
        std::memcpy(&word, p, 8);
        std::memcpy(&next, p + 8, 8);
        hash = mix(hash ^ word ^ other, next ^ odd);
    }
    if (left >= 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, p, 8);
        hash = mix(hash ^ word ^ other, odd);
        p += 8;
        left -= 8;
    }
    std::uint64_t word = 0;
    if (left)
        std::memcpy(&word, p, left);
    return mix(hash ^ word, other) | 1;
}

std::uint32_t SlowNames::idOf(std::string_view name)
{
    if (m_last < m_names.size() && m_names[m_last] == name)
        return m_last;
    if (m_names.size() * 2 >= m_table.size())
        grow();
    std::size_t at = slowHash(name) & (m_table.size() - 1);
    for (; m_table[at]; at = (at + 1) & (m_table.size() - 1)) {
        if (m_names[m_table[at] - 1] == name)
            return m_last = m_table[at] - 1;
    }
    m_names.emplace_back(name);
    m_table[at] = static_cast<std::uint32_t>(m_names.size());
    return m_last = m_table[at] - 1;
}

void SlowNames::grow()
{
    const std::size_t size = std::max<std::size_t>(64, m_table.size() * 2);
    m_table.assign(size, 0);
    for (std::size_t i = 0; i < m_names.size(); ++i) {
        std::size_t at = slowHash(m_names[i]) & (size - 1);
        while (m_table[at])
            at = (at + 1) & (size - 1);
        m_table[at] = static_cast<std::uint32_t>(i + 1);
    }
}

void SlowDigest::grow()
{
    const std::size_t size = std::max<std::size_t>(1024, m_table.size() * 2);
    m_table.assign(size, 0);
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        std::size_t at = m_classes[i].hash & (size - 1);
        while (m_table[at])
            at = (at + 1) & (size - 1);
        m_table[at] = static_cast<std::uint32_t>(i + 1);
    }
}

SlowClass &SlowDigest::classOf(std::string_view fingerprint)
{
    if (m_classes.size() * 2 >= m_table.size())
        grow();
    const std::uint64_t hash = slowHash(fingerprint);
    std::size_t at = hash & (m_table.size() - 1);
    for (; m_table[at]; at = (at + 1) & (m_table.size() - 1)) {
        SlowClass &found = m_classes[m_table[at] - 1];
        if (found.hash == hash && found.fingerprint == fingerprint)
            return found;
    }
    SlowClass &made = m_classes.emplace_back();
    made.fingerprint = fingerprint;
    made.hash = hash;
    m_table[at] = static_cast<std::uint32_t>(m_classes.size());
    return made;
}

void SlowDigest::addName(std::vector<std::uint32_t> &ids, SlowNames &names, std::string_view name)
{
    if (name.empty())
        return;
    const std::uint32_t id = names.idOf(name);
    const auto place = std::lower_bound(ids.begin(), ids.end(), id);
    if ((place == ids.end() || *place != id) && ids.size() < mostNames)
        ids.insert(place, id);
}

void SlowDigest::keepSample(SlowClass &of, const SlowEvent &event)
{
    if (of.hasSample && !(event.querySeconds && (!of.sampleSeconds || *event.querySeconds > *of.sampleSeconds)))
        return;
    const std::size_t room = m_sampleBytes > samplesBytes ? 1024 : sampleBytes;
    m_sampleBytes -= of.sample.size();
    // a password that is cut in two is not closed, and then hidden to its end
    of.sample = event.hasStatement ? maskPasswords(event.statement.substr(0, room)) : std::string();
    m_sampleBytes += of.sample.size();
    of.sampleIsCut = event.isCut || event.statement.size() > room;
    of.sampleSeconds = event.querySeconds;
    of.sampleAt = event.at;
    of.hasSample = true;
}

void SlowDigest::add(const SlowEvent &event)
{
    SlowClass &of = classOf(event.hasStatement ? m_fingerprint(event.statement) : slowNoStatement);
    ++m_events;
    ++of.events;
    if (event.querySeconds)
        of.query.add(*event.querySeconds);
    if (event.lockSeconds)
        of.lock.add(*event.lockSeconds);
    // MySQL leaves the counters of the statement before in the entry of a command; pt-query-digest too takes them for 0
    const bool isCommand = event.statement.starts_with("administrator");
    if (event.rowsSent)
        of.sent.add(isCommand ? 0 : *event.rowsSent);
    if (event.rowsExamined)
        of.examined.add(isCommand ? 0 : *event.rowsExamined);
    if (event.bytesSent)
        of.bytes.add(*event.bytesSent);
    addName(of.databases, m_databases, event.schema);
    addName(of.users, m_users, event.user);
    addName(of.hosts, m_hosts, event.host);
    if (event.at) {
        of.first = of.first ? std::min(*of.first, *event.at) : *event.at;
        of.last = of.last ? std::max(*of.last, *event.at) : *event.at;
        m_first = m_first ? std::min(*m_first, *event.at) : *event.at;
        m_last = m_last ? std::max(*m_last, *event.at) : *event.at;
    }
    keepSample(of, event);
}

} // namespace zandb::agent
