// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/receiver.h"

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include <unistd.h>

namespace zandb::agent {

using namespace receive;

namespace {

constexpr std::uint32_t maxControlBody = 64 * 1024;
constexpr std::int64_t maxBackupBytes = 1LL << 60; ///< of what a sender may say it needs; sums with it stay a number
constexpr std::int64_t maxKeep = 1'000'000;

tl::unexpected<Error> malformed(const std::string &detail)
{
    return fail(errors::protocolMalformed, {{"detail", detail.substr(0, 200)}});
}

bool readExactly(int in, char *data, std::size_t size)
{
    while (size > 0) {
        const ssize_t got = ::read(in, data, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        data += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool answer(int out, Kind kind, const Json &body)
{
    const std::string text = dumpJson(body);
    const std::string bytes = header(kind, text.size()) + text;
    return writeBytes(out, bytes) == 0;
}

} // namespace

Receiver::Receiver(RepositoryConfig repository, std::string pinnedHost)
    : m_repository(std::move(repository)), m_pinnedHost(std::move(pinnedHost)), m_sink(localSink(m_repository, true))
{
}

Result<Json> Receiver::handle(Kind kind, const std::string &body)
{
    auto done = kind == Kind::Data ? data(body) : control(kind, body);
    if (!done)
        m_stage = Stage::Failed;
    return done;
}

Result<Json> Receiver::data(const std::string &body)
{
    if (m_stage != Stage::InFile)
        return malformed("data outside a file");
    m_sum->update(body.data(), body.size());
    m_bytes += static_cast<std::int64_t>(body.size());
    return m_sink->write(body).map([] { return Json(); });
}

Result<Json> Receiver::control(Kind kind, const std::string &body)
{
    const auto json = parseJson(body);
    if (!json || !json->is_object())
        return malformed("not JSON");
    try {
        switch (kind) {
        case Kind::Open: return open(*json);
        case Kind::File: return beginFile(*json);
        case Kind::End: return endFile(*json);
        case Kind::Commit: return commit();
        case Kind::Keep: return keep(*json);
        case Kind::Expire: return expire();
        default: return malformed("unknown kind");
        }
    } catch (const std::exception &e) {
        return malformed(e.what());
    }
}

Result<Json> Receiver::open(const Json &j)
{
    if (m_stage != Stage::Closed)
        return malformed("opened twice");
    BackupPlace place;
    place.host = j.at("host").get<std::string>();
    place.instance = j.at("instance").get<std::string>();
    place.id = j.at("id").get<Uuid>();
    place.startedAt = j.at("started_us").get<TimePoint>();
    if (place.startedAt < TimePoint{})
        return malformed("impossible time");
    const std::int64_t need = std::clamp<std::int64_t>(j.at("need_bytes").get<std::int64_t>(), 0, maxBackupBytes);
    const bool accepted = std::ranges::find(m_repository.acceptFrom, place.host) != m_repository.acceptFrom.end();
    if (!accepted || (!m_pinnedHost.empty() && place.host != m_pinnedHost) || !isRepositoryName(place.host))
        return fail(errors::denied,
                    {{"user", place.host.substr(0, 100)}, {"role", "repository"}, {"what", "write to " + m_repository.name}});
    m_stage = Stage::Open;
    // the sink knows which names may be parts of a path
    return m_sink->open(place, need).and_then([&]() -> Result<Json> {
        m_id = place.id;
        m_received.emplace(m_repository, place.host, place.instance);
        return m_received->check(place.id).map([] { return Json::object(); });
    });
}

Result<Json> Receiver::beginFile(const Json &j)
{
    if (m_stage != Stage::Open)
        return malformed("a file out of turn");
    m_stage = Stage::InFile;
    m_bytes = 0;
    m_sum.emplace();
    return m_sink->beginFile(j.at("name").get<std::string>(), j.at("secret").get<bool>()).map([] { return Json::object(); });
}

Result<Json> Receiver::endFile(const Json &j)
{
    if (m_stage != Stage::InFile)
        return malformed("an end out of turn");
    m_stage = Stage::Open;
    ++m_files;
    const std::string sum = m_sum->finish();
    if (j.at("bytes").get<std::int64_t>() != m_bytes || j.at("sha256").get<std::string>() != sum)
        return fail(errors::ioFailed, {{"path", m_repository.name}, {"detail", "the bytes that arrived are not those that were sent"}});
    return m_sink->endFile(sum, m_bytes).map([] { return Json::object(); });
}

Result<Json> Receiver::commit()
{
    if (m_stage != Stage::Open || m_files == 0)
        return malformed("a commit out of turn");
    if (auto claimed = m_received->claim(m_id); !claimed)
        return fail(claimed.error());
    auto committed = m_sink->commit();
    m_received.reset(); // others of this instance need not wait any longer
    return committed.map([this](const std::string &path) {
        m_stage = Stage::Committed;
        m_isCommitted = true;
        return Json{{"path", path}};
    });
}

Result<Json> Receiver::keep(const Json &j)
{
    if (m_stage != Stage::Committed)
        return malformed("a keep out of turn");
    const auto keep = j.at("keep").get<std::int64_t>();
    if (keep < 1 || keep > maxKeep)
        return malformed("impossible keep");
    m_stage = Stage::Planned;
    const KeepPlan plan = m_sink->planKeep(j.at("task").get<Uuid>(), static_cast<int>(keep));
    Json log = Json::array(); // an answer is one frame, and the attempt's log need not hold more
    for (std::size_t i = 0; i < std::min<std::size_t>(plan.log.size(), 50); ++i)
        log.push_back(plan.log[i].substr(0, 1000));
    Json found = Json::array();
    for (std::size_t i = 0; i < std::min<std::size_t>(plan.found.size(), 20); ++i)
        found.push_back(plan.found[i]);
    return Json{{"expired", plan.expired}, {"found", std::move(found)}, {"log", std::move(log)}};
}

Result<Json> Receiver::expire()
{
    if (m_stage != Stage::Planned)
        return malformed("an expiry out of turn");
    m_stage = Stage::Failed; // nothing can follow
    return Json{{"log", m_sink->removeExpired()}};
}

bool receiveBackup(int in, int out, RepositoryConfig repository, const std::string &pinnedHost)
{
    if (writeBytes(out, preamble) != 0)
        return false;
    Receiver receiver(std::move(repository), pinnedHost);
    std::string body;
    for (;;) {
        char head[5];
        if (!readExactly(in, head, sizeof head))
            break;
        std::uint32_t size = 0;
        for (int i = 0; i < 4; ++i)
            size = size << 8 | static_cast<unsigned char>(head[i]);
        const auto kind = static_cast<Kind>(head[4]);
        if (size > maxBody || (kind != Kind::Data && size > maxControlBody)) {
            const std::uint32_t limit = kind == Kind::Data ? maxBody : maxControlBody;
            answer(out, Kind::Failed, errorToJson(makeError(errors::protocolTooLarge, {{"bytes", std::to_string(size)},
                                                                                       {"limit", std::to_string(limit)}})));
            break;
        }
        body.resize(size);
        if (!readExactly(in, body.data(), size))
            break;
        if (kind == Kind::Abort) {
            answer(out, Kind::Done, Json::object());
            break;
        }
        const auto done = receiver.handle(kind, body);
        if (!done) {
            answer(out, Kind::Failed, errorToJson(done.error()));
            break;
        }
        if (kind != Kind::Data && !answer(out, Kind::Done, *done))
            break;
    }
    // a sender that is gone by now does not unmake a committed backup
    return receiver.isCommitted();
}

} // namespace zandb::agent
