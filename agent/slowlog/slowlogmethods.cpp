// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/slowlog/slowlogmethods.h"

#include "agent/os/log.h"
#include "agent/os/memory.h"
#include "agent/slowlog/slowlogparser.h"
#include "agent/slowlog/slowsource.h"

#include <algorithm>

#include <malloc.h>

namespace zandb::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto askPause = 30s;
constexpr auto readPause = 1000ms;
/// After a batch could not be kept.
constexpr auto trouble = 10s;
/// A log with more than this to read is "behind".
constexpr std::int64_t behindBytes = 16 << 20;
/// Of a raw entry.
constexpr std::int64_t rawBytes = 1 << 20;

/// The raw entry, and the statement in it with its schema.
Json entryJson(std::string_view text)
{
    Json json{{"text", bytesToJson(text)}, {"statement", Json()}, {"schema", ""}};
    SlowLogParser parser;
    SlowEvent event;
    bool found = false;
    while (!found && !text.empty()) {
        const std::span<char> space = parser.space();
        const std::size_t size = std::min(space.size(), text.size());
        std::copy_n(text.data(), size, space.data());
        parser.take(size);
        text.remove_prefix(size);
        found = parser.next(event);
    }
    parser.finish();
    if ((found || parser.next(event)) && event.hasStatement && !event.isCut) {
        json["statement"] = bytesToJson(event.statement);
        json["schema"] = bytesToJson(event.schema);
    }
    return json;
}

std::string sourceOf(const std::string &instance) { return std::string(wire::slowlogSourcePrefix) + instance; }

} // namespace

/// One instance.  Its follower is touched in the reading lane while a job has it there, else on the loop's thread.
struct SlowLogMethods::Followed
{
    std::string instance;
    wire::SlowSource source;
    bool inheritSchema = false;
    bool hasPosition = false; ///< the spool was asked
    bool isAsking = false;
    bool isKeeping = false;   ///< batches are on the way to the spool
    bool hasMore = false;
    Json durable;             ///< the position of the newest batch in the spool
    std::unique_ptr<SlowLogFollower> follower;
    std::chrono::steady_clock::time_point notBefore{};
};

struct SlowLogMethods::Read
{
    std::shared_ptr<Followed> followed;
    SlowLogFollower::Step step;
};

SlowLogMethods::SlowLogMethods(const Config &config, asio::io_context &io, CollectMethods &collect)
    : m_config(config), m_collect(collect), m_ask(io), m_read(io), m_askTimer(io), m_timer(io)
{}

SlowLogMethods::~SlowLogMethods() = default;

void SlowLogMethods::addTo(Methods &methods)
{
    methods["slowlog.source"] = {Role::Viewer, true, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
                                     const std::string wanted = params.value("instance", std::string());
                                     Json sources = Json::array();
                                     for (const auto &[name, followed] : m_followed) {
                                         if (wanted.empty() || name == wanted)
                                             sources.push_back(followed->source);
                                     }
                                     if (!wanted.empty() && sources.empty())
                                         responder.fail(makeError(errors::instanceUnknown, {{"instance", wanted}}));
                                     else
                                         responder.respond({{"sources", sources}});
                                 }};
    methods["slowlog.raw"] = {Role::Operator, false, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
                                  raw(params, responder, identity.user);
                              }};
}

void SlowLogMethods::start()
{
    ask();
    schedule(readPause);
}

void SlowLogMethods::stop()
{
    m_stopping = true;
    m_askTimer.cancel();
    m_timer.cancel();
}

void SlowLogMethods::ask()
{
    (void)m_ask.post([this]() -> std::function<void()> {
        std::vector<SlowSourceAnswer> answers;
        for (const LocalInstance &instance : findInstances(m_config))
            answers.push_back(askSlowSource(m_config, instance));
        return [this, answers = std::move(answers)] { asked(answers); };
    });
    m_askTimer.expires_after(askPause);
    m_askTimer.async_wait([this](const std::error_code &error) {
        if (!error && !m_stopping)
            ask();
    });
}

void SlowLogMethods::asked(const std::vector<SlowSourceAnswer> &answers)
{
    std::erase_if(m_followed, [&](const auto &known) {
        return std::ranges::none_of(answers, [&](const SlowSourceAnswer &answer) { return answer.source.instance == known.first; });
    });
    for (const SlowSourceAnswer &answer : answers) {
        auto &followed = m_followed[answer.source.instance];
        if (!followed) {
            followed = std::make_shared<Followed>();
            followed->instance = answer.source.instance;
        }
        wire::SlowSource source = answer.source;
        // a server that is down has its log all the same
        if (source.path.empty())
            source.path = followed->source.path;
        else
            followed->inheritSchema = !answer.isMariaDb;
        source.size = followed->source.size;
        source.offset = followed->source.offset;
        source.lastEvent = followed->source.lastEvent;
        if (source.state == "following" && !followed->source.state.empty() && followed->source.state != "no_source") {
            source.state = followed->source.state; // the reader knows better
            source.reason = followed->source.reason;
        }
        followed->source = source;
    }
}

void SlowLogMethods::schedule(std::chrono::milliseconds pause)
{
    if (m_stopping)
        return;
    m_timer.expires_after(pause);
    m_timer.async_wait([this](const std::error_code &error) {
        if (!error && !m_stopping)
            read();
    });
}

void SlowLogMethods::read()
{
    struct Ready
    {
        std::shared_ptr<Followed> followed;
        std::string path;
        bool inheritSchema;
    };
    std::vector<Ready> ready;
    for (const auto &[name, followed] : m_followed) {
        if (followed->isKeeping || followed->isAsking || followed->source.path.empty() || std::chrono::steady_clock::now() < followed->notBefore)
            continue;
        if (followed->hasPosition) {
            ready.push_back({followed, followed->source.path, followed->inheritSchema});
            continue;
        }
        followed->isAsking = true;
        m_collect.position(sourceOf(name), [followed](const Result<Json> &position) {
            followed->isAsking = false;
            followed->hasPosition = position.has_value();
            if (position)
                followed->durable = *position;
            else
                followed->notBefore = std::chrono::steady_clock::now() + trouble;
        });
    }
    m_reading = !ready.empty() && m_read.post([this, ready]() -> std::function<void()> {
        auto all = std::make_shared<std::vector<Read>>();
        for (const auto &[followed, path, inheritSchema] : ready) {
            const TimePoint now = systemNow();
            if (!followed->follower)
                followed->follower = std::make_unique<SlowLogFollower>(m_config, followed->instance, followed->durable);
            followed->follower->setPath(path, inheritSchema);
            all->push_back({followed, followed->follower->step(now)});
            if (!all->back().step.more && followed->follower->rest(now)) {
                ::malloc_trim(0);
                forgetUnusedCode();
            }
        }
        return [this, all] { wasRead(std::move(*all)); };
    });
    if (!m_reading)
        schedule(readPause);
}

void SlowLogMethods::tell(Followed &followed, const SlowLogFollower::Step &step)
{
    const std::string before = followed.source.state;
    followed.source.size = followed.follower->size();
    followed.source.offset = followed.follower->offset();
    followed.source.lastEvent = followed.follower->lastEvent();
    followed.hasMore = step.more;
    if (step.trouble) {
        const auto &fields = step.trouble->fields;
        const std::string reason = fields.contains("reason") ? fields.at("reason") : std::string();
        if (before != "no_source") {
            followed.source.state = reason == "missing" ? "missing" : "unreadable";
            followed.source.reason = reason.empty() ? "io_failed" : reason;
        }
    } else if (before != "no_source") {
        followed.source.state = followed.follower->bytesBehind() > behindBytes ? "behind" : "following";
        followed.source.reason.clear();
    }
    if (followed.source.state != before)
        logLine("slow log of " + followed.instance + ": " + followed.source.state + (followed.source.reason.empty() ? "" : " (" + followed.source.reason + ")") + ", " + followed.source.path);
}

void SlowLogMethods::wasRead(std::vector<Read> all)
{
    m_reading = false;
    bool more = false;
    for (Read &one : all) {
        tell(*one.followed, one.step);
        more |= one.step.more;
        if (!one.step.batches.empty())
            keep(one.followed, std::make_shared<std::vector<SlowLogFollower::Batch>>(std::move(one.step.batches)), 0);
    }
    schedule(more ? 1ms : readPause);
}

/// One batch after the other, so that their order is that of the log.
void SlowLogMethods::keep(const std::shared_ptr<Followed> &followed, std::shared_ptr<std::vector<SlowLogFollower::Batch>> batches, std::size_t next)
{
    followed->isKeeping = next < batches->size();
    if (!followed->isKeeping || m_stopping) {
        ::malloc_trim(0);
        return;
    }
    SlowLogFollower::Batch &batch = (*batches)[next];
    m_collect.add(sourceOf(followed->instance), Spool::Kind::Events, std::exchange(batch.minute, {}), batch.position, [this, followed, batches, next](const Result<std::int64_t> &kept) {
        if (kept) {
            followed->durable = (*batches)[next].position;
            keep(followed, batches, next + 1);
            return;
        }
        // read again from what the spool has
        followed->isKeeping = false;
        followed->follower.reset();
        followed->notBefore = std::chrono::steady_clock::now() + trouble;
    });
}

void SlowLogMethods::raw(const Json &params, const Responder &responder, const std::string &person)
{
    const std::string instance = params.at("instance").get<std::string>();
    const LogMark mark{params.at("device").get<std::int64_t>(), params.at("inode").get<std::int64_t>(), params.at("offset").get<std::int64_t>(), {}};
    const auto length = params.at("length").get<std::int64_t>();
    const auto followed = m_followed.find(instance);
    if (followed == m_followed.end() || mark.offset < 0 || length <= 0) {
        responder.fail(followed == m_followed.end() ? makeError(errors::instanceUnknown, {{"instance", instance}})
                                                    : makeError(errors::protocolBadParams, {{"method", "slowlog.raw"}, {"detail", "offset and length"}}));
        return;
    }
    logLine("slowlog.raw by " + person + ": " + instance + ", inode " + std::to_string(mark.inode) + ", offset " + std::to_string(mark.offset));
    const bool taken = m_ask.post([this, instance, path = followed->second->source.path, mark, size = std::min(length, rawBytes), responder]() -> std::function<void()> {
        LogFiles files(m_config, instance);
        files.setPath(path);
        Result<Json> answer = fail(errors::slowlogGone, {{"instance", instance}, {"path", path}});
        const auto take = [&](const OpenLog &log) {
            if (log.inode() != mark.inode || log.device() != mark.device)
                return;
            const auto reader = LogFiles::readerAt(log, mark.offset);
            std::string text(static_cast<std::size_t>(size), '\0');
            std::size_t have = 0;
            while (reader && have < text.size()) {
                const auto more = (*reader)->read(std::span(text).subspan(have));
                if (!more || *more == 0)
                    break;
                have += *more;
            }
            text.resize(have);
            if (text.starts_with("# ")) // what stands there now may be another entry's middle, where the log was truncated
                answer = entryJson(text);
        };
        if (const auto live = files.openLive())
            take(*live);
        if (!answer) {
            for (const OpenLog &log : files.rotated())
                take(log);
        }
        return [responder, answer = std::move(answer)] { responder.answer(answer); };
    });
    if (!taken)
        responder.fail(makeError(errors::agentBusy, {{"what", "slowlog.raw"}, {"limit", std::to_string(Lane::heldUpAfter.count()) + " s"}}));
}

} // namespace zandb::agent
