// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/commands.h"
#include "agent/backups/receiveprotocol.h"
#include "agent/backups/repository.h"
#include "agent/backups/sha256.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include <unistd.h>

namespace zandb::agent {

using namespace receive;

namespace {

bool readExactly(char *data, std::size_t size)
{
    while (size > 0) {
        const ssize_t got = ::read(STDIN_FILENO, data, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        data += got;
        size -= static_cast<std::size_t>(got);
    }
    return true;
}

bool answer(Kind kind, const Json &body)
{
    const std::string text = dumpJson(body);
    const std::string bytes = header(kind, text.size()) + text;
    return writeBytes(STDOUT_FILENO, bytes.data(), bytes.size()) == 0;
}

class Receiver
{
public:
    Receiver(RepositoryConfig repository, std::string pinnedHost)
        : m_repository(std::move(repository)), m_pinnedHost(std::move(pinnedHost)), m_sink(localSink(m_repository))
    {
    }

    // True to go on.
    Result<Json> handle(Kind kind, const std::string &body)
    {
        if (kind == Kind::Data) {
            if (!m_inFile)
                return malformed("data outside a file");
            m_sum->update(body.data(), body.size());
            m_bytes += static_cast<std::int64_t>(body.size());
            return m_sink->write(body).map([] { return Json(); });
        }
        auto json = parseJson(body);
        if (!json || !json->is_object())
            return malformed("not JSON");
        try {
            switch (kind) {
            case Kind::Open: return open(*json);
            case Kind::File: return beginFile(*json);
            case Kind::End: return endFile(*json);
            case Kind::Commit: return commit();
            default: return malformed("unknown kind");
            }
        } catch (const std::exception &e) {
            return malformed(e.what());
        }
    }
    bool finished() const { return m_committed; }

private:
    static tl::unexpected<Error> malformed(const std::string &detail)
    {
        return fail(errors::protocolMalformed, {{"detail", detail}});
    }
    Result<Json> open(const Json &j)
    {
        if (m_open)
            return malformed("opened twice");
        BackupPlace place;
        place.host = j.at("host").get<std::string>();
        place.instance = j.at("instance").get<std::string>();
        place.id = j.at("id").get<Uuid>();
        place.startedAt = j.at("started_us").get<TimePoint>();
        // UTC-ID has a fixed form; a year beyond 9999 would not
        if (toMicros(place.startedAt) < 0 || toMicros(place.startedAt) > 253402300799'000000)
            return malformed("impossible time");
        const bool accepted = std::ranges::find(m_repository.acceptFrom, place.host) != m_repository.acceptFrom.end();
        if (!accepted || (!m_pinnedHost.empty() && place.host != m_pinnedHost) || !isRepositoryName(place.host))
            return fail(errors::denied, {{"user", place.host}, {"role", "repository"}, {"what", "write to " + m_repository.name}});
        m_open = true;
        return m_sink->open(place, std::max<std::int64_t>(0, j.at("need_bytes").get<std::int64_t>())).map([] { return Json::object(); });
    }
    Result<Json> beginFile(const Json &j)
    {
        if (!m_open || m_inFile)
            return malformed("a file out of turn");
        m_inFile = true;
        m_bytes = 0;
        m_sum.emplace();
        return m_sink->beginFile(j.at("name").get<std::string>(), j.at("secret").get<bool>()).map([] { return Json::object(); });
    }
    Result<Json> endFile(const Json &j)
    {
        if (!m_inFile)
            return malformed("an end out of turn");
        m_inFile = false;
        ++m_files;
        const std::string sum = m_sum->finish();
        if (j.at("bytes").get<std::int64_t>() != m_bytes || j.at("sha256").get<std::string>() != sum)
            return fail(errors::ioFailed, {{"path", m_repository.name}, {"detail", "the bytes that arrived are not those that were sent"}});
        return m_sink->endFile(sum, m_bytes).map([] { return Json::object(); });
    }
    Result<Json> commit()
    {
        if (!m_open || m_inFile || m_files == 0)
            return malformed("a commit out of turn");
        return m_sink->commit().map([this](const std::string &path) {
            m_committed = true;
            return Json{{"path", path}};
        });
    }

    const RepositoryConfig m_repository;
    const std::string m_pinnedHost;
    std::unique_ptr<BackupSink> m_sink;
    std::optional<Sha256> m_sum;
    std::int64_t m_bytes = 0;
    int m_files = 0;
    bool m_open = false;
    bool m_inFile = false;
    bool m_committed = false;
};

int serve(RepositoryConfig repository, const std::string &pinnedHost)
{
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGHUP, SIG_IGN); // the end of stdin says it too, and then the partial directory is removed
    if (writeBytes(STDOUT_FILENO, preamble.data(), preamble.size()) != 0)
        return 1;
    Receiver receiver(std::move(repository), pinnedHost);
    std::string body;
    while (!receiver.finished()) {
        char head[5];
        if (!readExactly(head, sizeof head))
            return 1;
        std::uint32_t size = 0;
        for (int i = 0; i < 4; ++i)
            size = size << 8 | static_cast<unsigned char>(head[i]);
        const auto kind = static_cast<Kind>(head[4]);
        if (size > maxBody || (kind != Kind::Data && size > 65536)) {
            answer(Kind::Failed, errorToJson(makeError(errors::protocolTooLarge, {{"bytes", std::to_string(size)}})));
            return 1;
        }
        body.resize(size);
        if (!readExactly(body.data(), size))
            return 1;
        if (kind == Kind::Abort) {
            answer(Kind::Done, Json::object());
            return 1;
        }
        const auto done = receiver.handle(kind, body);
        if (!done) {
            answer(Kind::Failed, errorToJson(done.error()));
            return 1;
        }
        if (kind != Kind::Data && !answer(Kind::Done, *done))
            return receiver.finished() ? 0 : 1;
    }
    return 0;
}

} // namespace

int receiveMain(std::span<const std::string> args)
{
    std::string repo, host, file = "/etc/zandb/agent.toml";
    bool usage = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
        std::string *value = args[i] == "--repo" ? &repo : args[i] == "--host" ? &host : args[i] == "--config" ? &file : nullptr;
        if (!value || i + 1 == args.size())
            usage = true;
        else
            *value = args[++i];
    }
    if (usage || repo.empty()) {
        std::fputs("usage: zandb-agent receive --repo NAME [--host HOST] [--config FILE]\n", stderr);
        return 2;
    }
    const auto config = loadConfig(file);
    if (!config) {
        std::fprintf(stderr, "%s\n", describe(config.error()).c_str());
        return 1;
    }
    const RepositoryConfig *repository = config->repository(repo);
    if (!repository || !repository->remote.empty()) {
        std::fprintf(stderr, "no local repository %s in %s\n", repo.c_str(), file.c_str());
        return 1;
    }
    // whoever holds the key could else write as any host that may write here
    if (host.empty() && repository->acceptFrom.size() != 1) {
        std::fprintf(stderr, "give --host HOST in the key's forced command: accept_from of %s names not one host but %zu\n", repo.c_str(),
                     repository->acceptFrom.size());
        return 2;
    }
    return serve(*repository, host);
}

} // namespace zandb::agent
