// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/slowlog/slowregression.h"

#include "app/slowlog/slowspan.h"
#include "app/store/sqltext.h"
#include "models/slowlog/regression.h"

#include <algorithm>
#include <map>
#include <set>

namespace zandb::slowlog {
namespace {

using namespace std::chrono_literals;
using regression::Usual;
using store::Session;
using store::value;
using store::Value;

constexpr std::int64_t piecesAtOnce = 300;
constexpr std::size_t rowsPerStatement = 100;
constexpr Microseconds judgedUntil = 15min;   ///< older minutes are learnt from only
constexpr Microseconds forgottenAfter = 24h;  ///< a finding of a digest that is not sent any more, and a new digest that stays

Result<void> only(const Result<std::int64_t> &done) { return done ? Result<void>() : fail(done.error()); }

struct Remembered
{
    Usual usual;
    TimePoint first{};
    TimePoint last{};
    bool isNew = false; ///< on this instance
    bool changed = false;
};

/// One instance's share of what is judged together.
class Instance
{
public:
    Instance(Session &session, const Uuid &id, TimePoint now, Judged &done) : m_session(session), m_id(id), m_now(now), m_done(done) {}

    void add(TimePoint minute, std::map<SlowChecksum, SlowFigures> figures)
    {
        for (auto &[digest, some] : figures)
            m_minutes[minute][digest].add(some);
    }

    Result<void> judge()
    {
        for (const auto step : {&Instance::loadFindings, &Instance::loadUsual, &Instance::loadAccepted}) {
            if (auto done = (this->*step)(); !done)
                return done;
        }
        for (const auto &[minute, digests] : m_minutes) {
            m_newest = std::max(m_newest, minute);
            for (const auto &[digest, figures] : digests) {
                Remembered &one = m_known[digest];
                one.first = one.first == TimePoint{} ? minute : std::min(one.first, minute);
                one.last = std::max(one.last, minute);
                one.changed = true;
                regression::learn(one.usual, minute, figures, m_open.contains({digest, "slower"}) || m_open.contains({digest, "more"}));
            }
        }
        Remembered &self = m_known[slowOther];
        self.changed = true;
        self.first = self.first == TimePoint{} ? m_minutes.begin()->first : std::min(self.first, m_minutes.begin()->first);
        self.last = std::max(self.last, m_newest);
        self.usual = {};
        if (m_newest + judgedUntil >= m_now) {
            if (auto done = judgeNewest(); !done)
                return done;
            if (auto done = findNew(self.first); !done)
                return done;
        }
        return store();
    }

private:
    struct Open
    {
        Uuid id;
        std::optional<TimePoint> calm;
        TimePoint since{};
        SlowEvidence evidence;
    };

    Result<void> loadFindings()
    {
        const auto rows = m_session.query("SELECT id, checksum, kind, since_us, calm_us, evidence FROM slow_finding WHERE ended_us IS NULL AND instance_id = ?", {value(m_id)});
        if (!rows)
            return fail(rows.error());
        for (const auto &row : *rows)
            m_open[{row.uuid(1), row.text(2)}] = {row.uuid(0), row.optionalTime(4), row.time(3), decode<SlowEvidence>(row.json(5)).value_or(SlowEvidence{})};
        return {};
    }

    /// Of all digests of the minutes, and of those with an open finding.
    Result<void> loadUsual()
    {
        std::set<SlowChecksum> wanted{slowOther};
        for (const auto &[minute, digests] : m_minutes) {
            for (const auto &[digest, figures] : digests)
                wanted.insert(digest);
        }
        for (const auto &[of, open] : m_open)
            wanted.insert(of.first);
        const std::vector<SlowChecksum> all(wanted.begin(), wanted.end());
        for (std::size_t at = 0; at < all.size(); at += rowsPerStatement) {
            const std::size_t count = std::min(rowsPerStatement, all.size() - at);
            std::vector<Value> arguments{value(m_id)};
            for (std::size_t i = 0; i < count; ++i)
                arguments.push_back(value(all[at + i]));
            const auto rows = m_session.query("SELECT checksum, first_us, last_us, format, content FROM slow_usual WHERE instance_id = ? AND checksum IN (" + store::marks(count) + ')', arguments);
            if (!rows)
                return fail(rows.error());
            for (const auto &row : *rows) {
                auto usual = row.integer(3) == regression::format ? regression::unpack(row.text(4)) : std::nullopt;
                m_known[row.uuid(0)] = {std::move(usual).value_or(Usual{}), row.time(1), row.time(2), false, false};
            }
        }
        for (const SlowChecksum &digest : all) {
            if (!m_known.contains(digest))
                m_known[digest].isNew = true;
        }
        return {};
    }

    /// What somebody has accepted is usual from then on.
    Result<void> loadAccepted()
    {
        std::vector<SlowChecksum> all;
        for (const auto &[digest, one] : m_known)
            all.push_back(digest);
        for (std::size_t at = 0; at < all.size(); at += rowsPerStatement) {
            const std::size_t count = std::min(rowsPerStatement, all.size() - at);
            std::vector<Value> arguments;
            for (std::size_t i = 0; i < count; ++i)
                arguments.push_back(value(all[at + i]));
            const auto rows = m_session.query("SELECT checksum, first_seen_us, accepted_us FROM slow_digest WHERE checksum IN (" + store::marks(count) + ')', arguments);
            if (!rows)
                return fail(rows.error());
            for (const auto &row : *rows) {
                Remembered &one = m_known[row.uuid(0)];
                m_firstSeen[row.uuid(0)] = row.time(1);
                const auto accepted = row.optionalTime(2);
                if (!accepted)
                    continue;
                one.isNew = false;
                if (*accepted > one.usual.since && one.usual.since != TimePoint{})
                    regression::restart(one.usual, *accepted);
            }
        }
        return {};
    }

    Result<void> judgeNewest()
    {
        std::map<SlowChecksum, regression::Judgement> times;
        std::vector<double> ratios;
        for (const auto &[digest, one] : m_known) {
            if (digest == slowOther)
                continue;
            if (const auto judgement = regression::judgeTime(one.usual, m_newest)) {
                times[digest] = *judgement;
                if (judgement->median > 0)
                    ratios.push_back(judgement->now / judgement->median);
            }
        }
        const double common = regression::commonFactor(std::move(ratios));
        for (const auto &[digest, one] : m_known) {
            if (digest == slowOther)
                continue;
            const auto time = times.contains(digest) ? regression::judgeTime(one.usual, m_newest, common) : std::nullopt;
            const auto calls = regression::judgeCalls(one.usual, m_newest);
            if (time) {
                SlowEvidence evidence;
                evidence.p95BeforeUs = static_cast<std::int64_t>(time->median);
                evidence.p95LimitUs = static_cast<std::int64_t>(time->limit);
                evidence.p95Us = static_cast<std::int64_t>(time->now);
                evidence.calls = time->calls;
                evidence.timeUs = static_cast<std::int64_t>(time->extraUs);
                evidence.common = common;
                if (auto done = follow(digest, "slower", *time, evidence); !done)
                    return done;
            }
            if (calls) {
                SlowEvidence evidence;
                evidence.callsBefore = static_cast<std::int64_t>(calls->median);
                evidence.callsLimit = static_cast<std::int64_t>(calls->limit);
                evidence.calls = calls->calls;
                evidence.timeUs = static_cast<std::int64_t>(calls->extraUs);
                if (auto done = follow(digest, "more", *calls, evidence); !done)
                    return done;
            }
        }
        return {};
    }

    /// Opens, goes on with, or ends a finding.
    Result<void> follow(const SlowChecksum &digest, const char *kind, const regression::Judgement &judgement, const SlowEvidence &evidence)
    {
        const auto open = m_open.find({digest, kind});
        if (open == m_open.end())
            return judgement.isOut ? begin(digest, kind, evidence) : Result<void>();
        const Uuid &id = open->second.id;
        if (!judgement.isCalm)
            return judgement.isOut ? only(m_session.execute("UPDATE slow_finding SET seen_us = ?, calm_us = NULL, evidence = ? WHERE id = ? AND ended_us IS NULL",
                                                            {value(m_newest), value(Json(evidence)), value(id)}))
                                   : only(m_session.execute("UPDATE slow_finding SET calm_us = NULL WHERE id = ? AND ended_us IS NULL", {value(id)}));
        if (!open->second.calm)
            return only(m_session.execute("UPDATE slow_finding SET calm_us = ? WHERE id = ? AND ended_us IS NULL", {value(m_newest), value(id)}));
        if (m_newest - *open->second.calm < regression::calmFor)
            return {};
        ++m_done.ended;
        return only(m_session.execute("UPDATE slow_finding SET ended_us = ? WHERE id = ? AND ended_us IS NULL", {value(m_newest), value(id)}));
    }

    Result<void> begin(const SlowChecksum &digest, const std::string &kind, const SlowEvidence &evidence)
    {
        ++m_done.opened;
        return only(m_session.execute("INSERT INTO slow_finding (id, instance_id, checksum, kind, since_us, seen_us, evidence) VALUES (?,?,?,?,?,?,?)",
                                      {value(Uuid::v7()), value(m_id), value(digest), value(kind), value(m_newest), value(m_newest), value(Json(evidence))}));
    }

    /// Neither this instance nor another one of its group has sent it before.
    Result<void> findNew(TimePoint instanceSince)
    {
        std::vector<SlowChecksum> fresh;
        for (const auto &[digest, one] : m_known) {
            const auto seen = m_firstSeen.find(digest);
            const bool wasBefore = seen != m_firstSeen.end() && seen->second < instanceSince;
            if (digest != slowOther && one.isNew && !wasBefore && one.first - instanceSince >= regression::learning)
                fresh.push_back(digest);
        }
        for (std::size_t at = 0; at < fresh.size(); at += rowsPerStatement) {
            const std::size_t count = std::min(rowsPerStatement, fresh.size() - at);
            std::vector<Value> arguments;
            for (std::size_t i = 0; i < count; ++i)
                arguments.push_back(value(fresh[at + i]));
            arguments.push_back(value(m_id));
            arguments.push_back(value(m_id));
            const auto rows = m_session.query("SELECT DISTINCT u.checksum FROM slow_usual u JOIN instance i ON i.id = u.instance_id JOIN host h ON h.id = i.host_id WHERE u.checksum IN ("
                                                  + store::marks(count) + ") AND u.instance_id <> ? AND COALESCE(h.group_id, '') = COALESCE((SELECT g.group_id FROM instance j "
                                                  "JOIN host g ON g.id = j.host_id WHERE j.id = ?), '')", arguments);
            if (!rows)
                return fail(rows.error());
            std::set<SlowChecksum> elsewhere;
            for (const auto &row : *rows)
                elsewhere.insert(row.uuid(0));
            for (std::size_t i = at; i < at + count; ++i) {
                if (elsewhere.contains(fresh[i]))
                    continue;
                SlowEvidence evidence;
                for (const auto &[minute, digests] : m_minutes) {
                    if (const auto found = digests.find(fresh[i]); found != digests.end()) {
                        evidence.calls = addedUp(evidence.calls, found->second.events);
                        evidence.timeUs = addedUp(evidence.timeUs, found->second.time.sum);
                    }
                }
                if (auto done = begin(fresh[i], "new", evidence); !done)
                    return done;
            }
        }
        return {};
    }

    Result<void> store()
    {
        std::vector<std::pair<SlowChecksum, const Remembered *>> rows;
        for (const auto &[digest, one] : m_known) {
            if (one.changed)
                rows.emplace_back(digest, &one);
        }
        for (std::size_t at = 0; at < rows.size(); at += rowsPerStatement) {
            const std::size_t count = std::min(rowsPerStatement, rows.size() - at);
            std::vector<Value> arguments;
            for (std::size_t i = at; i < at + count; ++i) {
                const auto &[digest, one] = rows[i];
                store::append(arguments, {value(m_id), value(digest), value(one->first), value(one->last), value(regression::format), value(regression::pack(one->usual))});
            }
            const auto done = m_session.execute("INSERT INTO slow_usual (instance_id, checksum, first_us, last_us, format, content) VALUES " + store::markRows(count, 6)
                                                    + " ON DUPLICATE KEY UPDATE first_us = VALUES(first_us), last_us = VALUES(last_us), format = VALUES(format), content = VALUES(content)", arguments);
            if (!done)
                return fail(done.error());
        }
        return {};
    }

    Session &m_session;
    Uuid m_id;
    TimePoint m_now;
    Judged &m_done;
    TimePoint m_newest{};
    std::map<TimePoint, std::map<SlowChecksum, SlowFigures>> m_minutes;
    std::map<std::pair<SlowChecksum, std::string>, Open> m_open;
    std::map<SlowChecksum, Remembered> m_known;
    std::map<SlowChecksum, TimePoint> m_firstSeen;
};

std::map<SlowChecksum, SlowFigures> figuresOf(const std::string &totalsBlob, const std::string &detailBlob)
{
    std::map<SlowChecksum, SlowFigures> all;
    const auto totals = slowpack::unpackTotals(totalsBlob);
    const auto figures = totals ? slowpack::unpackDetail(detailBlob, *totals) : std::nullopt;
    for (std::size_t i = 0; figures && i < figures->size(); ++i)
        all[totals->digests[totals->entries[i].digest]].add((*figures)[i]);
    return all;
}

/// What nobody sends any more does not stay open, and what is new is new for a day.
Result<std::int64_t> endOld(Session &session, TimePoint now)
{
    return session.execute("UPDATE slow_finding SET ended_us = ? WHERE ended_us IS NULL AND ((kind <> 'new' AND seen_us < ?) OR (kind = 'new' AND since_us < ?))",
                           {value(now), value(now - forgottenAfter), value(now - forgottenAfter)});
}

} // namespace

Result<Judged> judgePieces(Session &session, const Uuid &leaseHost)
{
    Judged done;
    const auto now = session.now();
    if (!now)
        return fail(now.error());
    const auto judged = session.transaction([&]() -> Result<void> {
        done = {};
        const auto lease = session.query("SELECT token FROM lease WHERE host_id = ? FOR UPDATE", {value(leaseHost)});
        if (!lease || lease->empty())
            return lease ? Result<void>() : fail(lease.error());
        // a piece that is gone went with its host, or into its hour before somebody could judge it
        const auto rows = session.query("SELECT p.subject_id, p.t0_us, p.part, s.totals, s.detail FROM slow_pending p LEFT JOIN slow_span s ON s.subject_id = p.subject_id AND s.kind = 0 "
                                        "AND s.t0_us = p.t0_us AND s.part = p.part WHERE p.kind = 4 ORDER BY p.t0_us, p.subject_id, p.part LIMIT " + std::to_string(piecesAtOnce));
        if (!rows)
            return fail(rows.error());
        std::map<Uuid, Instance> instances;
        for (const auto &row : *rows) {
            const auto gone = session.execute("DELETE FROM slow_pending WHERE kind = 4 AND t0_us = ? AND subject_id = ? AND part = ?", {value(row.time(1)), value(row.uuid(0)), value(row.integer(2))});
            if (!gone)
                return fail(gone.error());
            if (auto figures = figuresOf(row.text(3), row.text(4)); !figures.empty())
                instances.try_emplace(row.uuid(0), session, row.uuid(0), *now, done).first->second.add(row.time(1), std::move(figures));
        }
        for (auto &[id, instance] : instances) {
            if (auto one = instance.judge(); !one)
                return one;
        }
        const auto ended = endOld(session, *now);
        if (!ended)
            return fail(ended.error());
        done.ended += *ended;
        done.pieces = static_cast<std::int64_t>(rows->size());
        done.more = done.pieces == piecesAtOnce;
        return done.opened + done.ended > 0 ? store::raiseFeed(session, "slow") : Result<void>();
    });
    return judged ? Result<Judged>(done) : fail(judged.error());
}

Result<std::vector<SlowFinding>> loadFindings(Session &session, const std::vector<Uuid> &instances, std::optional<TimePoint> ended)
{
    const auto read = [&](const std::string &where, std::vector<Value> arguments) { return session.query(
        "SELECT f.id, f.instance_id, f.checksum, f.kind, f.since_us, f.seen_us, f.ended_us, f.accepted_by, f.evidence, LEFT(d.fingerprint, 1000) FROM slow_finding f "
        "LEFT JOIN slow_digest d ON d.checksum = f.checksum WHERE " + where + " ORDER BY f.since_us DESC, f.id DESC LIMIT 1000", arguments); };
    auto rows = read("f.ended_us IS NULL", {});
    if (rows && ended) {
        auto more = read("f.ended_us >= ?", {value(*ended)});
        if (!more)
            return fail(more.error());
        rows->insert(rows->end(), more->begin(), more->end());
    }
    if (!rows)
        return fail(rows.error());
    const std::set<Uuid> wanted(instances.begin(), instances.end());
    std::vector<SlowFinding> findings;
    for (const auto &row : *rows) {
        if (wanted.empty() || wanted.contains(row.uuid(1)))
            findings.push_back({row.uuid(0), row.uuid(1), row.uuid(2), row.text(3), row.time(4), row.time(5), row.optionalTime(6), row.text(7),
                                decode<SlowEvidence>(row.json(8)).value_or(SlowEvidence{}), row.text(9)});
    }
    return findings;
}

} // namespace zandb::slowlog
