// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/binlogparser.h"

#include "agent/protocol/uuid.h"

#include <algorithm>
#include <array>
#include <limits>

#include <zlib.h>

namespace zandb::agent {
namespace {

constexpr std::size_t headSize = 19;
constexpr std::size_t mostPrevious = 32u << 20; ///< of a set of GTIDs
constexpr std::uint32_t mostEvent = 0x7fff'ffff;

enum Type : std::uint8_t {
    Query = 2,
    Stop = 3,
    Rotate = 4,
    Description = 15,
    Xid = 16,
    Gtid = 33,
    AnonymousGtid = 34,
    PreviousGtids = 35,
    XaPrepare = 38,
    Payload = 40,
    TaggedGtid = 42,
    MariaGtid = 162,
    MariaGtidList = 163,
    MariaEncryption = 164,
    MariaQueryCompressed = 165
};

template<class Number>
Number little(std::string_view bytes, std::size_t at)
{
    Number number = 0;
    for (std::size_t i = 0; i < sizeof(Number) && at + i < bytes.size(); ++i)
        number |= static_cast<Number>(static_cast<Number>(static_cast<unsigned char>(bytes[at + i])) << (8 * i));
    return number;
}

std::string uuidText(std::string_view bytes)
{
    static const char *digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < 16; ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        text += digits[byte >> 4];
        text += digits[byte & 15];
        if (i == 3 || i == 5 || i == 7 || i == 9)
            text += '-';
    }
    return text;
}

/// How much of an event's body is looked at.
std::size_t wantedOf(std::uint8_t type, std::size_t body)
{
    switch (type) {
    case PreviousGtids:
    case MariaGtidList: return std::min(body, mostPrevious);
    case Description: return std::min<std::size_t>(body, 4096);
    case Rotate: return std::min<std::size_t>(body, 600);
    case Gtid:
    case AnonymousGtid:
    case MariaGtid: return std::min<std::size_t>(body, 128);
    case Query: return std::min<std::size_t>(body, 70'000); // the words begin behind at most 65 KiB
    default: return 0;
    }
}

} // namespace

void BinlogParser::damaged(std::string detail)
{
    m_state = State::Damaged;
    m_detail = std::move(detail) + " at " + std::to_string(m_offset);
}

void BinlogParser::feed(std::string_view bytes)
{
    while (!bytes.empty() && m_state == State::Reading) {
        if (m_buffer.size() < m_wanted) {
            const std::size_t more = std::min(m_wanted - m_buffer.size(), bytes.size());
            m_buffer.append(bytes.substr(0, more));
            bytes.remove_prefix(more);
            if (m_buffer.size() < m_wanted)
                return;
            if (m_inHead)
                headRead();
        }
        if (m_inHead || m_state != State::Reading)
            continue;
        if (m_buffer.size() < m_wanted)
            continue;
        if (m_skip > 0) {
            const auto more = static_cast<std::size_t>(std::min<std::int64_t>(m_skip, static_cast<std::int64_t>(bytes.size())));
            if (more == 0)
                return;
            if (m_checksums) {
                // the checksum itself is not summed
                const std::string_view part = bytes.substr(0, more);
                m_tail.append(part.size() > 4 ? part.substr(part.size() - 4) : part);
                const auto summed = std::max<std::int64_t>(0, std::min<std::int64_t>(static_cast<std::int64_t>(more), m_skip - 4));
                if (summed > 0)
                    m_crc = static_cast<std::uint32_t>(::crc32(m_crc, reinterpret_cast<const Bytef *>(part.data()), static_cast<uInt>(summed)));
                if (m_tail.size() > 4)
                    m_tail.erase(0, m_tail.size() - 4);
            }
            m_skip -= static_cast<std::int64_t>(more);
            bytes.remove_prefix(more);
        }
        if (m_skip == 0)
            eventRead();
    }
}

void BinlogParser::headRead()
{
    if (!m_magic) {
        m_magic = true;
        if (m_buffer == std::string_view("\xfd" "bin", 4))
            m_state = State::Encrypted;
        else if (m_buffer != std::string_view("\xfe" "bin", 4))
            m_state = State::NoBinlog;
        m_buffer.clear();
        m_offset = m_end = m_committed = 4;
        m_wanted = headSize;
        return;
    }
    m_timestamp = little<std::uint32_t>(m_buffer, 0);
    m_type = static_cast<std::uint8_t>(m_buffer[4]);
    m_eventServer = little<std::uint32_t>(m_buffer, 5);
    m_size = little<std::uint32_t>(m_buffer, 9);
    const auto next = little<std::uint32_t>(m_buffer, 13);
    if (m_size < headSize || m_size > mostEvent)
        return damaged("an event of " + std::to_string(m_size) + " bytes");
    if (next != 0 && next != static_cast<std::uint32_t>(m_offset + m_size))
        return damaged("an event says that it ends at " + std::to_string(next));
    if (!m_hasHead && m_type != Description)
        return damaged("no description at the begin");
    const std::size_t body = m_size - headSize;
    m_inHead = false;
    m_wanted = headSize + wantedOf(m_type, body);
    m_skip = static_cast<std::int64_t>(m_size) - static_cast<std::int64_t>(m_wanted);
    m_tail.clear();
    if (m_checksums && m_skip < 4) { // the whole of it is held, with its checksum
        m_wanted = m_size;
        m_skip = 0;
    }
    if (m_checksums && m_skip > 0 && m_wanted == headSize)
        m_crc = static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef *>(m_buffer.data()), headSize));
}

void BinlogParser::eventRead()
{
    // what is held was not summed yet, unless nothing but the head is
    const std::string_view held(m_buffer);
    if (m_checksums) {
        if (m_size < headSize + 4)
            return damaged("an event without a checksum");
        const bool whole = held.size() == m_size;
        std::uint32_t crc = m_crc;
        if (whole)
            crc = static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef *>(held.data()), static_cast<uInt>(held.size() - 4)));
        const bool summed = whole || held.size() == headSize;
        if (summed && crc != little<std::uint32_t>(whole ? held.substr(held.size() - 4) : std::string_view(m_tail), 0))
            return damaged("a wrong checksum");
    }
    std::string_view body = held.substr(headSize);
    if (m_checksums && held.size() == m_size)
        body.remove_suffix(4);
    const std::int64_t end = m_offset + m_size;
    switch (m_type) {
    case Description: description(body); break;
    case PreviousGtids: previousGtids(body); break;
    case MariaGtidList: gtidList(body); break;
    case Gtid:
    case AnonymousGtid: gtid(body); break;
    case TaggedGtid:
        taggedGtid();
        break;
    case MariaGtid: mariaGtid(body); break;
    case MariaEncryption: m_state = State::Encrypted; return;
    case Query:
    case MariaQueryCompressed: query(m_type == Query ? body : std::string_view()); break;
    case Xid:
    case XaPrepare:
    case Payload: complete(end); break;
    case Rotate:
        complete(m_offset);
        m_closed = true;
        m_next = body.size() > 8 ? std::string(body.substr(8, 512)) : std::string();
        break;
    case Stop:
        complete(m_offset);
        m_closed = true;
        break;
    default: break;
    }
    if (m_state != State::Reading)
        return;
    m_end = end;
    if (!m_group)
        m_committed = end;
    m_offset = end;
    m_buffer.clear();
    m_wanted = headSize;
    m_inHead = true;
}

void BinlogParser::description(std::string_view body)
{
    // version, server's version, creation, length of heads, lengths of each type, kind of checksum and a checksum
    if (body.size() < 57 + 5 || little<std::uint16_t>(body, 0) != 4)
        return damaged("a description that is not of version 4");
    if (m_hasHead)
        return; // a second one says nothing new
    m_version = std::string(body.substr(2, 50));
    m_version.resize(std::min(m_version.find('\0'), m_version.size()));
    m_mariaDb = m_version.find("MariaDB") != std::string::npos;
    m_serverId = m_eventServer;
    m_created = fromMicros(std::int64_t{m_timestamp} * 1'000'000);
    const auto kind = static_cast<unsigned char>(body[body.size() - 5]);
    if (kind > 1)
        return damaged("an unknown kind of checksum");
    m_checksums = kind == 1;
    m_hasHead = true;
}

void BinlogParser::previousGtids(std::string_view body)
{
    // with tags the first byte counts differently, and the rest is in another form
    const auto sources = little<std::uint64_t>(body, 0);
    std::size_t at = 8;
    GtidSet set;
    if (body.size() < 8 || sources > body.size() / 24) {
        m_strangeGtids = true;
        return;
    }
    for (std::uint64_t i = 0; i < sources; ++i) {
        if (at + 24 > body.size())
            return damaged("a list of GTIDs that is cut");
        const std::string source = uuidText(body.substr(at, 16));
        const auto intervals = little<std::uint64_t>(body, at + 16);
        at += 24;
        if (intervals > (body.size() - at) / 16 || set.intervals() + intervals > GtidSet::maxIntervals)
            return damaged("a list of GTIDs that is cut");
        for (std::uint64_t k = 0; k < intervals; ++k, at += 16) {
            const auto first = little<std::uint64_t>(body, at), last = little<std::uint64_t>(body, at + 8);
            if (first == 0 || last <= first || last > (std::numeric_limits<std::uint64_t>::max() >> 1))
                return damaged("a list of GTIDs that is none");
            set.add(source, first, last - 1);
        }
    }
    m_set = std::move(set);
    m_previous = m_set.text();
    m_hasPrevious = true;
}

void BinlogParser::gtidList(std::string_view body)
{
    const std::uint32_t count = little<std::uint32_t>(body, 0) & 0x0fff'ffffU;
    if (body.size() < 4 || count > (body.size() - 4) / 16)
        return damaged("a list of GTIDs that is cut");
    if (m_hasPrevious)
        return;
    for (std::size_t i = 0; i < count; ++i) // of one domain the last one counts
        m_place.set(little<std::uint32_t>(body, 4 + 16 * i), little<std::uint32_t>(body, 8 + 16 * i), little<std::uint64_t>(body, 12 + 16 * i));
    m_previous = m_place.text();
    m_hasPrevious = true;
}

void BinlogParser::gtid(std::string_view body)
{
    // flags 1, source 16, number 8, kind of clock 1, two clocks of 8, time of the commit 7
    Group group;
    group.transaction.offset = m_offset;
    group.transaction.at = fromMicros(std::int64_t{m_timestamp} * 1'000'000);
    if (body.size() < 25)
        return damaged("a GTID that is cut");
    if (body.size() >= 49) {
        std::uint64_t at = 0;
        for (std::size_t i = 0; i < 7; ++i)
            at |= static_cast<std::uint64_t>(static_cast<unsigned char>(body[42 + i])) << (8 * i);
        at &= (std::uint64_t{1} << 55) - 1; // the highest bit says that another time follows
        if (at > 0)
            group.transaction.at = fromMicros(static_cast<std::int64_t>(at));
    }
    if (m_type == Gtid) {
        group.source = uuidText(body.substr(1, 16));
        group.number = little<std::uint64_t>(body, 17);
        if (group.number == 0 || group.number > (std::numeric_limits<std::uint64_t>::max() >> 1))
            return damaged("a GTID that is none");
        group.transaction.gtid = group.source + ':' + std::to_string(group.number);
    }
    open(std::move(group));
}

/// One with a tag is written in another form, which is not read: its file's GTIDs are not known.
void BinlogParser::taggedGtid()
{
    m_strangeGtids = true;
    Group group;
    group.transaction.offset = m_offset;
    group.transaction.at = fromMicros(std::int64_t{m_timestamp} * 1'000'000);
    open(std::move(group));
}

void BinlogParser::mariaGtid(std::string_view body)
{
    if (body.size() < 13)
        return damaged("a GTID that is cut");
    Group group;
    group.number = little<std::uint64_t>(body, 0);
    group.domain = little<std::uint32_t>(body, 8);
    group.server = m_eventServer;
    group.begun = (static_cast<unsigned char>(body[12]) & 1) == 0; // else it is one statement
    group.transaction.offset = m_offset;
    group.transaction.gtid = std::to_string(group.domain) + '-' + std::to_string(group.server) + '-' + std::to_string(group.number);
    group.transaction.at = fromMicros(std::int64_t{m_timestamp} * 1'000'000);
    open(std::move(group));
}

void BinlogParser::query(std::string_view body)
{
    if (!m_group)
        return;
    std::string_view words;
    if (body.size() >= 13) {
        const std::size_t skip = 13 + little<std::uint16_t>(body, 11) + static_cast<unsigned char>(body[8]) + std::size_t{1};
        words = skip <= body.size() ? body.substr(skip) : std::string_view();
    }
    const std::int64_t end = m_offset + m_size;
    if (m_group->begun) {
        if (words == "COMMIT" || words == "ROLLBACK")
            complete(end);
        return;
    }
    if (words == "BEGIN" || words.starts_with("XA START") || words.starts_with("XA BEGIN"))
        m_group->begun = true;
    else
        complete(end);
}

void BinlogParser::open(Group group)
{
    complete(m_offset); // whatever the one before was, here it is over
    m_group = std::move(group);
}

void BinlogParser::complete(std::int64_t end)
{
    if (!m_group)
        return;
    Group group = std::move(*m_group);
    m_group.reset();
    group.transaction.end = end;
    if (m_mariaDb)
        m_place.set(group.domain, group.server, group.number);
    else if (!group.source.empty())
        m_set.add(group.source, group.number, group.number);
    m_wentBack |= m_transactions > 0 && group.transaction.at < m_newest;
    m_newest = std::max(m_newest, group.transaction.at);
    if (m_transactions++ == 0)
        m_first = group.transaction;
    m_last = group.transaction;
    m_committed = end;
    if (m_heard)
        m_heard(m_last);
}

} // namespace zandb::agent
