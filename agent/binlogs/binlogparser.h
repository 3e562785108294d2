// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/time.h"
#include "agent/rules/gtidset.h"

#include <functional>
#include <string>
#include <string_view>

namespace zandb::agent {

/// One transaction of a binlog.
struct BinlogTransaction
{
    std::int64_t offset = 0; ///< of its GTID event
    std::int64_t end = 0;    ///< behind its last event
    std::string gtid;        ///< "UUID:5", "0-77-3"; empty: anonymous
    TimePoint at{};          ///< when it was committed: MySQL to the microsecond, MariaDB in whole seconds
};

/// What a binlog file says, read as its bytes come in pieces of any size.  MySQL since 5.7 and MariaDB since 10.0.  Bodies of rows are passed over, so
/// memory is bounded by the largest set of GTIDs.  Never trusts a length.  Not thread-safe.
class BinlogParser
{
public:
    enum class State {
        Reading,   ///< so far everything is a binlog
        NoBinlog,  ///< the first bytes are something else
        Encrypted, ///< nobody but the server can read it
        Damaged    ///< see detail()
    };
    using Listener = std::function<void(const BinlogTransaction &)>;

    /// `heard` is told of each transaction once it is complete.
    explicit BinlogParser(Listener heard = {}) : m_heard(std::move(heard)) {}

    /// The next bytes.  After another state than Reading nothing more is looked at.
    void feed(std::string_view bytes);

    State state() const { return m_state; }
    const std::string &detail() const { return m_detail; }
    bool hasHead() const { return m_hasHead; }          ///< the description at the begin was read: created() and so on are known
    bool isMariaDb() const { return m_mariaDb; }
    const std::string &serverVersion() const { return m_version; }
    std::uint32_t serverId() const { return m_serverId; } ///< of the server that wrote the file
    TimePoint created() const { return m_created; }       ///< of the file, in whole seconds
    /// Whether the GTIDs before this file stand in it, and all in it are known.
    bool knowsGtids() const { return m_hasPrevious && !m_strangeGtids; }
    const std::string &previousGtids() const { return m_previous; }
    std::string endGtids() const { return m_mariaDb ? m_place.text() : m_set.text(); }
    std::int64_t transactions() const { return m_transactions; }
    const BinlogTransaction &first() const { return m_first; } ///< transactions() > 0
    const BinlogTransaction &last() const { return m_last; }
    bool wentBack() const { return m_wentBack; }          ///< a transaction says that it was committed earlier than one before it
    bool isClosed() const { return m_closed; }            ///< the server has ended it: rotated or stopped
    const std::string &nextFile() const { return m_next; } ///< where it was rotated to; empty: stopped, or still open
    std::int64_t end() const { return m_end; }             ///< behind the last whole event
    std::int64_t committed() const { return m_committed; } ///< behind the last whole transaction, or the events at the begin

private:
    struct Group
    {
        BinlogTransaction transaction;
        std::string source; ///< of MySQL's GTID; empty: anonymous
        std::uint64_t number = 0;
        std::uint32_t domain = 0, server = 0;
        bool begun = false;    ///< it goes on to a COMMIT; else one statement is all of it
    };
    void headRead();
    void eventRead();
    void description(std::string_view body);
    void previousGtids(std::string_view body);
    void gtidList(std::string_view body);
    void gtid(std::string_view body);
    void taggedGtid();
    void mariaGtid(std::string_view body);
    void query(std::string_view body);
    void open(Group group);
    void complete(std::int64_t end);
    void damaged(std::string detail);

    Listener m_heard;
    State m_state = State::Reading;
    std::string m_detail;
    std::string m_buffer;       ///< the begin of the event that is being read
    std::size_t m_wanted = 4;   ///< bytes of it to hold
    std::int64_t m_skip = 0;    ///< bytes of it to pass over afterwards
    bool m_inHead = true;
    bool m_magic = false;
    std::int64_t m_offset = 0;  ///< of that event
    std::uint32_t m_timestamp = 0, m_eventServer = 0, m_size = 0;
    std::uint8_t m_type = 0;
    std::uint32_t m_crc = 0;
    std::string m_tail;         ///< the last four bytes seen of the event: its checksum
    bool m_checksums = false;
    bool m_hasHead = false, m_mariaDb = false, m_hasPrevious = false, m_strangeGtids = false, m_wentBack = false, m_closed = false;
    std::string m_version, m_previous, m_next;
    std::uint32_t m_serverId = 0;
    TimePoint m_created{}, m_newest{};
    GtidSet m_set;
    GtidPlace m_place;
    std::int64_t m_transactions = 0, m_end = 0, m_committed = 0;
    BinlogTransaction m_first, m_last;
    std::optional<Group> m_group;
};

} // namespace zandb::agent
