// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/consistency/comparison.h"

#include "agent/protocol/errors.h"

#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <thread>

namespace zandb::consistency {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t mostRowsOfChunk = 1'000'000;
constexpr std::int64_t listedRows = 2000;      ///< whose digests are compared one by one
constexpr std::size_t settledAtOnce = 50;
constexpr int readingsThatProve = 3;
constexpr int mostReadings = 40;
constexpr int retries = 5;
constexpr int lockWaitTimeout = 1205, noSuchTable = 1146, queryInterrupted = 1317, maxStatementTime = 1969, maxExecutionTime = 3024;

int serverErrno(const Error &error)
{
    const auto found = error.fields.find("errno");
    return error.is(errors::sqlFailed) && found != error.fields.end() ? std::atoi(found->second.c_str()) : 0;
}

bool isTooSlow(const Error &error)
{
    const int number = serverErrno(error);
    return number == queryInterrupted || number == maxStatementTime || number == maxExecutionTime;
}

std::string nameOf(const wire::ConsistencyKey &key)
{
    return dumpJson(Json(key));
}

void sleep(std::chrono::milliseconds time, const std::stop_token &stop)
{
    const auto until = Clock::now() + time;
    while (Clock::now() < until && !stop.stop_requested())
        std::this_thread::sleep_for(std::min<Clock::duration>(until - Clock::now(), 50ms));
}

/// Bounds of a part of a table: rows behind `after` and not behind `upTo`.
struct Range
{
    wire::ConsistencyKey after;
    wire::ConsistencyKey upTo;
};

class Comparison
{
public:
    Comparison(const End &primary, const End &replica, const CompareOptions &options, const CompareSink &sink, const std::stop_token &stop)
        : m_primary(primary), m_replica(replica), m_options(options), m_sink(sink), m_stop(stop)
    {
    }

    Result<CheckSums> run()
    {
        auto here = list(m_primary), there = here ? list(m_replica) : Result<wire::ConsistencyTables>(fail(here.error()));
        if (!there)
            return fail(there.error());
        if (here->flavour != there->flavour)
            return fail(errors::consistencyFlavours, {{"instance", m_replica.instance}, {"primary", m_primary.instance}});
        m_sums.isCut = here->isCut || there->isCut;
        keepWanted(here->tables);
        keepWanted(there->tables);
        if (!m_sums.isCut) {
            if (auto found = findNamed(*here, *there); !found)
                return fail(found.error());
        }
        std::set<std::pair<std::string, std::string>> known;
        for (const auto &one : here->tables)
            known.emplace(one.schema, one.table);
        auto tables = here->tables;
        if (!m_sums.isCut) {
            for (const auto &one : there->tables) {
                if (!known.contains({one.schema, one.table}))
                    tables.push_back({one.schema, one.table, 0});
            }
        }
        m_progress.tables = static_cast<std::int64_t>(tables.size());
        for (const auto &one : here->tables)
            m_progress.rows += one.rows;
        m_begun = Clock::now();
        // a replica that stands still is told before anything is read
        if (auto may = mayGoOn(); !may)
            return fail(may.error());
        for (const auto &one : tables) {
            if (m_stop.stop_requested())
                return fail(errors::cancelled);
            if (auto done = checkTable(one); !done)
                return fail(done.error());
        }
        m_sums.pausedMs = m_progress.pausedMs;
        return m_sums;
    }

private:
    template<class Answer>
    Result<Answer> ask(const End &end, const std::string &method, const Json &params)
    {
        for (int attempt = 0;; ++attempt) {
            if (m_stop.stop_requested())
                return fail(errors::cancelled);
            auto answer = end.ask(method, params, m_stop);
            if (answer)
                return decode<Answer>(*answer);
            if (!answer.error().isTransient() || attempt == retries || m_stop.stop_requested())
                return fail(m_stop.stop_requested() ? makeError(errors::cancelled) : std::move(answer.error()));
            sleep(std::chrono::milliseconds(500 << attempt), m_stop); // asking twice does no harm
        }
    }

    Result<wire::ConsistencyTables> list(const End &end)
    {
        wire::ConsistencyTablesAsk params{end.instance, m_options.schemas};
        if (params.schemas.empty()) {
            for (const auto &[schema, table] : m_options.tables) {
                if (std::ranges::find(params.schemas, schema) == params.schemas.end())
                    params.schemas.push_back(schema);
            }
        }
        return ask<wire::ConsistencyTables>(end, "consistency.tables", Json(params));
    }

    void keepWanted(std::vector<wire::ConsistencyTableName> &tables) const
    {
        if (!m_options.tables.empty())
            std::erase_if(tables, [&](const auto &one) { return std::ranges::find(m_options.tables, std::pair(one.schema, one.table)) == m_options.tables.end(); });
    }

    /// What was asked for by its name must be there: nothing is equal to nothing.
    Result<void> findNamed(const wire::ConsistencyTables &here, const wire::ConsistencyTables &there) const
    {
        const auto has = [&](const auto &fits) { return std::ranges::any_of(here.tables, fits) || std::ranges::any_of(there.tables, fits); };
        for (const auto &[schema, table] : m_options.tables) {
            if (!has([&](const auto &one) { return one.schema == schema && one.table == table; }))
                return fail(errors::notFound, {{"what", "table"}, {"name", schema + '.' + table}});
        }
        for (const std::string &schema : m_options.schemas) {
            if (!has([&](const auto &one) { return one.schema == schema; }))
                return fail(errors::notFound, {{"what", "schema with tables"}, {"name", schema}});
        }
        return {};
    }

    /// Says how far it is; whoever hears it may wish that it ends, so it is said also while nothing happens.
    void tell()
    {
        const auto spent = Clock::now() - m_begun;
        m_progress.secondsLeft.reset();
        if (m_progress.rowsDone > 0 && m_progress.rows > m_progress.rowsDone && spent > 3s) {
            const double share = static_cast<double>(m_progress.rows - m_progress.rowsDone) / static_cast<double>(m_progress.rowsDone);
            m_progress.secondsLeft = static_cast<std::int64_t>(std::chrono::duration<double>(spent).count() * share) + 1;
        }
        m_sink.progress(m_progress);
    }

    /// Why the replica will not come to anything, if so; it may have been seen between two connections of its receiver, so once is not enough.
    Result<void> judge(const wire::ConsistencyState &state, int &seen) const
    {
        seen = state.isReplica && state.replicates ? 0 : seen + 1;
        if (seen < 3)
            return {};
        return fail(errors::consistencyReplication,
                    {{"instance", m_replica.instance}, {"detail", !state.trouble.empty() ? state.trouble : state.isReplica ? "its threads do not run" : "it is no replica"}});
    }

    /// Waits while the replica is behind or a server has much to do.
    Result<void> mayGoOn()
    {
        int broken = 0;
        for (bool first = true;; first = false) {
            const auto here = ask<wire::ConsistencyState>(m_primary, "consistency.state", Json(wire::ConsistencyStateAsk{m_primary.instance, {}}));
            const auto there = here ? ask<wire::ConsistencyState>(m_replica, "consistency.state", Json(wire::ConsistencyStateAsk{m_replica.instance, {}})) : here;
            if (!there)
                return fail(there.error());
            if (auto judged = judge(*there, broken); !judged)
                return judged;
            const std::string pause = broken > 0 || !there->lagSeconds || *there->lagSeconds > m_options.mostLagSeconds                ? "lag"
                : here->threadsRunning > m_options.mostThreads || there->threadsRunning > m_options.mostThreads ? "load"
                                                                                                                                      : "";
            m_progress.pause = pause;
            if (!pause.empty() || !first)
                tell();
            if (pause.empty())
                return {};
            const auto begun = Clock::now();
            sleep(500ms, m_stop);
            m_progress.pausedMs += std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
            if (m_stop.stop_requested())
                return fail(errors::cancelled);
        }
    }

    /// Whether the states that came with chunks ask for a pause.
    bool isTooMuch(const wire::ConsistencyState &here, const wire::ConsistencyState &there) const
    {
        return here.threadsRunning > m_options.mostThreads || there.threadsRunning > m_options.mostThreads || !there.replicates || !there.lagSeconds
            || *there.lagSeconds > m_options.mostLagSeconds;
    }

    /// The replica's answer once it has executed the position that stands in the params.
    template<class Answer, class Ask>
    Result<Answer> askReached(const std::string &method, Ask params)
    {
        const auto begun = Clock::now();
        int broken = 0;
        while (true) {
            params.moment.waitMs = 1000;
            auto answer = ask<Answer>(m_replica, method, Json(params));
            if (!answer || answer->state.reached)
                return answer;
            if (auto judged = judge(answer->state, broken); !judged)
                return fail(judged.error());
            const auto waited = Clock::now() - begun;
            if (waited > m_options.patience)
                return fail(errors::consistencyBehind, {{"instance", m_replica.instance}, {"seconds", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(waited).count())},
                                                        {"position", params.moment.position.substr(0, 1000)}});
            if (std::this_thread::get_id() == m_thread) {
                m_progress.pause = "lag";
                tell();
            }
            if (broken > 0)
                sleep(1s, m_stop);
        }
    }

    wire::ConsistencyChunkAsk chunkParams(const End &end, const Range &range, std::int64_t limit, bool withRows) const
    {
        wire::ConsistencyChunkAsk params;
        params.instance = end.instance;
        params.schema = m_verdict.schema;
        params.table = m_verdict.table;
        params.after = range.after;
        params.upTo = range.upTo;
        params.limit = limit;
        params.withRows = withRows;
        return params;
    }

    Result<wire::ConsistencyChunk> primaryChunk(const Range &range, std::int64_t limit, bool withRows)
    {
        auto params = chunkParams(m_primary, range, limit, withRows);
        params.moment.wantsPosition = true;
        return ask<wire::ConsistencyChunk>(m_primary, "consistency.chunk", Json(params));
    }

    Result<wire::ConsistencyChunk> replicaChunk(const Range &range, std::int64_t limit, bool withRows, const std::string &position)
    {
        auto params = chunkParams(m_replica, range, limit, withRows);
        params.moment.position = position;
        return askReached<wire::ConsistencyChunk>("consistency.chunk", params);
    }

    Result<void> checkTable(const wire::ConsistencyTableName &name)
    {
        m_verdict = TableVerdict();
        m_verdict.schema = name.schema;
        m_verdict.table = name.table;
        m_differences.clear();
        m_progress.table = name.schema + '.' + name.table;
        const std::int64_t doneBefore = m_progress.rowsDone;
        const auto begun = Clock::now();
        tell();
        Result<void> done;
        for (int attempt = 0;; ++attempt) { // a definition may change on its way
            m_why.clear();
            m_progress.rowsDone = doneBefore;
            m_verdict.rows = m_verdict.bytes = 0;
            m_differences.clear();
            m_verdict.differences = m_verdict.unsettled = 0;
            m_verdict.more = false;
            done = readTable();
            if (!done || m_why != "definition" || attempt == 3)
                break;
            sleep(500ms, m_stop);
        }
        if (!done) {
            const int number = serverErrno(done.error());
            if (!done.error().is(errors::sqlFailed) && !done.error().is(errors::protocolBadParams))
                return done;
            m_why = number == lockWaitTimeout ? "locked" : isTooSlow(done.error()) ? "slow" : "failed";
            const auto detail = done.error().fields.find("detail");
            m_verdict.detail = detail == done.error().fields.end() ? done.error().code : detail->second.substr(0, 500);
        }
        if (m_why == "gone") { // on both: it was dropped
            --m_progress.tables;
            return {};
        }
        m_verdict.why = m_why;
        const bool found = m_verdict.differences > 0 || m_verdict.more || m_why == "missing" || m_why == "extra";
        m_verdict.state = found ? "differs" : !m_why.empty() ? "unchecked" : m_verdict.unsettled > 0 ? "unsettled" : "equal";
        m_verdict.tookMs = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun).count();
        m_sums.add(m_verdict);
        ++m_progress.tablesDone;
        m_progress.rows += m_verdict.rows - std::max(name.rows, std::int64_t{0}); // the estimate gives way to what was counted
        m_progress.rowsDone = doneBefore + m_verdict.rows;
        m_progress.differences = m_sums.differences;
        auto taken = m_sink.table(m_verdict, m_differences);
        tell();
        return taken;
    }

    /// Whether the two answers are of tables that can be compared; sets m_why when not.
    bool areAlike(const wire::ConsistencyChunk &here, const wire::ConsistencyChunk &there)
    {
        if (here.why == "missing" || there.why == "missing")
            m_why = here.why == there.why ? "gone" : here.why == "missing" ? "extra" : "missing";
        else if (!here.why.empty())
            m_why = here.why;
        else if (!there.why.empty() || here.definition != there.definition)
            m_why = "definition";
        return m_why.empty();
    }

    Result<void> readTable()
    {
        struct Piece
        {
            Range range;
            wire::ConsistencyChunk here;
            std::future<Result<wire::ConsistencyChunk>> there;
        };
        std::optional<Piece> before;
        Range next;
        std::int64_t limit = m_options.firstRows;
        bool atEnd = false;
        while (true) {
            std::optional<Piece> piece;
            if (!atEnd) {
                auto here = primaryChunk(next, limit, false);
                if (!here && isTooSlow(here.error()) && limit > 100) {
                    limit = std::max<std::int64_t>(limit / 8, 100);
                    continue;
                }
                if (!here) {
                    if (before)
                        before->there.wait();
                    return fail(here.error());
                }
                atEnd = here->atEnd || !here->why.empty();
                piece = Piece{{next.after, atEnd ? wire::ConsistencyKey() : here->last}, std::move(*here), {}};
                next.after = piece->here.last;
                const auto ratio = m_options.chunkTime / std::max(std::chrono::milliseconds{piece->here.tookMs}, 1ms);
                limit = std::clamp(limit * std::clamp<std::int64_t>(ratio, 1, 4), std::int64_t{100}, mostRowsOfChunk);
                if (piece->here.tookMs > 2 * m_options.chunkTime.count())
                    limit = std::max<std::int64_t>(limit / 2, 100);
            }
            if (before) {
                while (before->there.wait_for(1s) != std::future_status::ready) {
                    m_progress.pause = "lag";
                    tell();
                }
                auto done = finish(before->range, before->here, before->there.get());
                if (!done || !m_why.empty())
                    return done;
            }
            if (!piece)
                return {};
            before = std::move(piece);
            before->there = std::async(std::launch::async, [this, range = before->range, rows = before->here.rows, position = before->here.state.position, why = before->here.why] {
                // one more would be seen, and a tail that grows is not read to its end
                return replicaChunk(range, why.empty() ? 2 * rows + 1000 : 1, false, position);
            });
        }
    }

    /// Compares a chunk, and locates what differs.
    Result<void> finish(const Range &range, const wire::ConsistencyChunk &here, Result<wire::ConsistencyChunk> there)
    {
        if (!there && !isTooSlow(there.error()))
            return fail(there.error());
        if (there && !areAlike(here, *there))
            return {};
        m_verdict.rows += here.rows;
        m_verdict.bytes += here.bytes;
        m_progress.rowsDone += here.rows;
        const bool equal = there && there->rows == here.rows && there->digest == here.digest;
        if (!equal) {
            if (auto done = locate(range, std::max(listedRows, here.rows / 16)); !done || !m_why.empty())
                return done;
        }
        if (m_stop.stop_requested())
            return fail(errors::cancelled);
        m_progress.pause.clear();
        if (there && isTooMuch(here.state, there->state))
            return mayGoOn();
        tell();
        return {};
    }

    /// Reads the range in smaller chunks, and those that differ row by row.
    Result<void> locate(const Range &whole, std::int64_t limit)
    {
        if (limit <= listedRows)
            return locateRows(whole);
        Range next = whole;
        while (!m_verdict.more) {
            const auto here = primaryChunk(next, limit, false);
            if (!here)
                return fail(here.error());
            const Range part{next.after, here->atEnd ? whole.upTo : here->last};
            const auto there = replicaChunk(part, 2 * here->rows + 1000, false, here->state.position);
            if (!there)
                return fail(there.error());
            if (!areAlike(*here, *there))
                return {};
            if (there->rows != here->rows || there->digest != here->digest) {
                if (auto done = locate(part, std::max(listedRows, limit / 16)); !done || !m_why.empty())
                    return done;
            }
            tell();
            if (here->atEnd)
                return {};
            next.after = here->last;
        }
        return {};
    }

    Result<void> locateRows(const Range &whole)
    {
        Range next = whole;
        while (!m_verdict.more) {
            auto here = primaryChunk(next, listedRows, true);
            if (!here)
                return fail(here.error());
            if (!here->why.empty()) {
                m_why = here->why == "missing" ? "definition" : here->why; // tried again, and then told
                return {};
            }
            bool atEnd = here->atEnd;
            Range part{next.after, atEnd ? whole.upTo : here->last};
            const auto there = replicaChunk(part, 2 * listedRows, true, here->state.position);
            if (!there)
                return fail(there.error());
            if (!areAlike(*here, *there))
                return {};
            if (!there->atEnd) { // the replica has many more rows: as far as it was read
                atEnd = false;
                part.upTo = there->last;
                here = primaryChunk(part, 4 * listedRows, true);
                if (!here)
                    return fail(here.error());
                if (!areAlike(*here, *there))
                    return {};
            }
            if (auto done = settle(suspects(*here, *there)); !done || !m_why.empty())
                return done;
            tell();
            if (atEnd)
                return {};
            next.after = part.upTo;
        }
        return {};
    }

    /// The keys of rows that are not the same in both.  Only a hint: the two were read at different times.
    static std::vector<wire::ConsistencyKey> suspects(const wire::ConsistencyChunk &here, const wire::ConsistencyChunk &there)
    {
        std::map<std::string, const wire::ConsistencyRow *> rows;
        for (const auto &row : here.list)
            rows.emplace(nameOf(row.key), &row);
        std::vector<wire::ConsistencyKey> keys;
        for (const auto &row : there.list) {
            const auto same = rows.find(nameOf(row.key));
            if (same == rows.end()) {
                keys.push_back(row.key);
                continue;
            }
            if (same->second->digest != row.digest)
                keys.push_back(row.key);
            rows.erase(same);
        }
        for (const auto &[name, row] : rows)
            keys.push_back(row->key);
        return keys;
    }

    Result<wire::ConsistencyRows> rowsOf(const End &end, const std::vector<wire::ConsistencyKey> &keys, const std::string &position, bool wantsPosition)
    {
        wire::ConsistencyRowsAsk params;
        params.instance = end.instance;
        params.schema = m_verdict.schema;
        params.table = m_verdict.table;
        params.keys = keys;
        params.moment.position = position;
        params.moment.wantsPosition = wantsPosition;
        auto rows = position.empty() ? ask<wire::ConsistencyRows>(end, "consistency.rows", Json(params)) : askReached<wire::ConsistencyRows>("consistency.rows", params);
        if (rows && rows->why.empty() && rows->rows.size() != keys.size())
            return fail(errors::protocolBadParams, {{"detail", "another number of rows than was asked for"}});
        return rows;
    }

    /// Reads rows again until each is the same, or is proved not to be.
    Result<void> settle(std::vector<wire::ConsistencyKey> keys)
    {
        m_verdict.moved += static_cast<std::int64_t>(keys.size());
        for (std::size_t from = 0; from < keys.size() && !m_verdict.more; from += settledAtOnce) {
            const std::size_t end = std::min(keys.size(), from + settledAtOnce);
            if (auto done = settleSome({keys.begin() + static_cast<std::ptrdiff_t>(from), keys.begin() + static_cast<std::ptrdiff_t>(end)}); !done || !m_why.empty())
                return done;
        }
        return {};
    }

    Result<void> settleSome(std::vector<wire::ConsistencyKey> keys)
    {
        std::map<std::string, int> proofs; // by key: on how many readings it differed
        for (int reading = 0; reading < mostReadings && !keys.empty(); ++reading) {
            if (reading > 0)
                sleep(std::min(20ms * reading, 500ms), m_stop);
            const auto first = rowsOf(m_primary, keys, {}, true);
            const auto there = first ? rowsOf(m_replica, keys, first->state.position, false) : first;
            const auto second = there ? rowsOf(m_primary, keys, {}, false) : there;
            if (!second)
                return fail(second.error());
            for (const auto *answer : {&*first, &*there, &*second}) {
                if (!answer->why.empty() || answer->definition != first->definition) {
                    m_why = "definition";
                    return {};
                }
            }
            std::vector<wire::ConsistencyKey> left;
            for (std::size_t i = 0; i < keys.size(); ++i) {
                const auto &a = first->rows[i], &b = there->rows[i], &c = second->rows[i];
                if (b.digest == a.digest || b.digest == c.digest)
                    continue;
                if (a.digest == c.digest && ++proofs[nameOf(keys[i])] >= readingsThatProve)
                    note(keys[i], *second, c, b);
                else
                    left.push_back(keys[i]);
            }
            keys = std::move(left);
        }
        m_verdict.unsettled += static_cast<std::int64_t>(keys.size());
        return {};
    }

    void note(const wire::ConsistencyKey &key, const wire::ConsistencyRows &rows, const wire::ConsistencyRow &here, const wire::ConsistencyRow &there)
    {
        if (static_cast<std::int64_t>(m_differences.size()) >= m_options.mostDifferences) {
            m_verdict.more = true;
            return;
        }
        RowDifference difference;
        difference.keyColumns = rows.key;
        difference.key = key;
        difference.kind = there.digest.empty() ? "missing" : here.digest.empty() ? "extra" : "differs";
        if (difference.kind == "differs") {
            for (std::size_t i = 0; i < std::min({rows.columns.size(), here.columns.size(), there.columns.size()}); ++i) {
                if (here.columns[i] != there.columns[i])
                    difference.columns.push_back(rows.columns[i]);
            }
        }
        m_differences.push_back(std::move(difference));
        ++m_verdict.differences;
        ++m_progress.differences;
    }

    const End &m_primary;
    const End &m_replica;
    const CompareOptions &m_options;
    const CompareSink &m_sink;
    const std::stop_token m_stop;
    const std::thread::id m_thread = std::this_thread::get_id(); ///< that which tells
    Clock::time_point m_begun{};
    CheckSums m_sums;
    CheckProgress m_progress;
    // of the table that is read
    TableVerdict m_verdict;
    std::vector<RowDifference> m_differences;
    std::string m_why;
};

} // namespace

Result<CheckSums> compare(const End &primary, const End &replica, const CompareOptions &options, const CompareSink &sink, const std::stop_token &stop)
{
    return Comparison(primary, replica, options, sink, stop).run();
}

} // namespace zandb::consistency
