// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/recoveryplan.h"

#include <algorithm>
#include <cerrno>
#include <stop_token>

#include <fcntl.h>

namespace zandb::agent {
namespace {

constexpr std::int64_t pieceBytes = 8 << 20;

bool sameGtid(const wire::RecoverTarget &target, const BinlogTransaction &transaction)
{
    if (transaction.gtid.empty())
        return false;
    const auto one = GtidSet::parse(target.gtid), other = GtidSet::parse(transaction.gtid);
    return one && other ? *one == *other : target.gtid == transaction.gtid;
}

class Plan
{
public:
    Plan(std::vector<PlayableBinlog> &files, const wire::BackupPosition &position, const wire::RecoverTarget &target, const std::stop_token &stop)
        : m_files(files), m_position(position), m_target(target), m_stop(stop)
    {}

    Result<wire::RecoverResult> make()
    {
        if (m_files.empty() || m_files[0].file.name != m_position.file)
            return fail(errors::binlogTarget, {{"detail", "the files do not begin with that of the backup, " + m_position.file}});
        std::size_t read = 0;
        for (; read < m_files.size() && !m_result.firstLost; ++read) {
            m_at = read;
            if (auto done = readFile(m_files[read]); !done)
                return fail(done.error());
        }
        if (!m_found)
            return fail(errors::binlogTarget, {{"detail", targetText()}});
        const std::size_t last = m_stopFile.value_or(0);
        m_result.startFile = m_position.file;
        m_result.startOffset = m_position.offset;
        m_result.stopFile = m_files[last].file.name;
        m_result.stopOffset = m_stopFile ? m_stopOffset : m_position.offset;
        m_files.resize(last + 1);
        for (std::size_t i = 0; i <= last; ++i) {
            m_result.files.push_back(m_files[i].file.name);
            m_result.bytes += (i == last ? m_result.stopOffset : m_files[i].file.size) - (i == 0 ? m_position.offset : 0);
        }
        return std::move(m_result);
    }

private:
    std::string targetText() const
    {
        if (m_target.kind == "gtid" || m_target.kind == "before_gtid")
            return m_target.gtid + " is not in the binlogs behind the backup";
        return m_target.key + " with offset " + std::to_string(m_target.offset) + " is not in the binlogs behind the backup";
    }

    Result<void> readFile(PlayableBinlog &playable)
    {
        FileDescriptor fd(::open(playable.path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!fd)
            return fail(ioError(playable.path, errno));
        BinlogReader reader(std::move(fd), [this](const BinlogTransaction &transaction) { take(transaction); });
        for (;;) {
            if (m_stop.stop_requested())
                return fail(errors::cancelled);
            const auto done = reader.read(pieceBytes, playable.path);
            if (!done)
                return fail(done.error());
            if (*done == 0 || reader.parser().state() != BinlogParser::State::Reading)
                break;
        }
        const BinlogParser &parser = reader.parser();
        if (parser.state() != BinlogParser::State::Reading || !parser.hasHead())
            return fail(errors::binlogDamaged, {{"file", playable.file.name}, {"detail", parser.state() == BinlogParser::State::Encrypted ? "it is encrypted" : parser.detail()}});
        if (m_before) {
            const bool knows = m_beforeKnows && parser.knowsGtids();
            const std::int64_t number = binlogNumber(playable.file.name);
            const bool follows = number == binlogNumber(m_before->name) + 1;
            const std::string missing = knows ? missingBetween(m_beforeEnd, parser.previousGtids(), parser.isMariaDb()) : std::string();
            if (!m_beforeClosed || (knows ? m_beforeEnd != parser.previousGtids() || (!follows && m_beforeEnd.empty()) : !follows))
                return fail(errors::binlogGap, {{"file", m_before->name}, {"next", playable.file.name}, {"missing", missing}});
        }
        if (m_at == 0 && !m_isPlace && m_position.offset != parser.end() && m_position.offset != parser.committed())
            return fail(errors::binlogTarget, {{"detail", "no transaction begins at the backup's position, " + m_position.file + ':' + std::to_string(m_position.offset)}});
        m_before = playable.file;
        m_beforeKnows = parser.knowsGtids();
        m_beforeEnd = parser.endGtids();
        m_beforeClosed = playable.file.state == "closed";
        m_found |= m_target.kind == "end" || m_target.kind == "time";
        if (m_target.kind == "position" && playable.file.key == m_target.key && m_target.offset <= parser.committed())
            m_found = true;
        // a file that is still written may end in the middle of a transaction
        if (!m_result.firstLost && (m_at > 0 || parser.committed() >= m_position.offset) && wantsMore(playable))
            stopAt(m_at, parser.committed());
        return {};
    }

    /// Whether all of this file is to be played, so far as was seen.
    bool wantsMore(const PlayableBinlog &playable) const
    {
        if (m_target.kind == "position")
            return playable.file.key != m_target.key && !m_isPast;
        if (m_target.kind == "gtid" || m_target.kind == "before_gtid")
            return !m_isPast;
        return true;
    }

    void stopAt(std::size_t file, std::int64_t offset)
    {
        m_stopFile = file;
        m_stopOffset = offset;
    }

    void take(const BinlogTransaction &transaction)
    {
        if (m_at == 0) {
            m_isPlace |= transaction.offset == m_position.offset || transaction.end == m_position.offset;
            if (transaction.offset < m_position.offset)
                return; // in the backup already
        }
        if (m_result.firstLost)
            return;
        const wire::BinlogFile &file = m_files[m_at].file;
        const wire::RecoverMark mark{file.key, file.name, transaction.offset, transaction.end, transaction.gtid, transaction.at};
        bool keep = true;
        if (m_isPast) {
            keep = false;
        } else if (m_target.kind == "time") {
            keep = transaction.at <= m_target.at;
        } else if (m_target.kind == "position") {
            keep = file.key != m_target.key || transaction.end <= m_target.offset;
            m_found |= !keep;
        } else if (m_target.kind == "gtid") {
            m_isPast = sameGtid(m_target, transaction);
            m_found |= m_isPast;
        } else if (m_target.kind == "before_gtid") {
            keep = !sameGtid(m_target, transaction);
            m_found |= !keep;
        }
        if (!keep) {
            m_result.firstLost = mark;
            return;
        }
        m_result.lastKept = mark;
        ++m_result.transactions;
        stopAt(m_at, transaction.end);
    }

    std::vector<PlayableBinlog> &m_files;
    const wire::BackupPosition &m_position;
    const wire::RecoverTarget &m_target;
    const std::stop_token &m_stop;
    wire::RecoverResult m_result;
    std::size_t m_at = 0;
    bool m_found = false, m_isPast = false, m_isPlace = false;
    std::optional<std::size_t> m_stopFile;
    std::int64_t m_stopOffset = 0;
    std::optional<wire::BinlogFile> m_before;
    bool m_beforeKnows = false, m_beforeClosed = false;
    std::string m_beforeEnd;
};

} // namespace

Result<wire::RecoverResult> planRecovery(std::vector<PlayableBinlog> &files, const wire::BackupPosition &position, const wire::RecoverTarget &target, const std::stop_token &stop)
{
    return Plan(files, position, target, stop).make();
}

} // namespace zandb::agent
