// SPDX-License-Identifier: GPL-3.0-or-later
// The far end of the tests: speaks the wire on its standard input and output as zandb-attach would, and misbehaves on
// request.  testagent [--version N] [--hello-after MS] [--pending N] [--told N] [--samples N]
#include "agent/protocol/collected.h"
#include "agent/protocol/frame.h"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <thread>

#include <poll.h>
#include <unistd.h>

using namespace zandb;
using wire::FrameKind;

namespace {

void writeAll(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            _exit(0);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
}

struct Stream
{
    std::int64_t left = 0;
    std::size_t size = 0;
    std::int64_t credit = wire::creditWindow;
    std::int64_t sent = 0;
};

std::map<std::uint32_t, Stream> streams;
// orders that ended: how many of them results.pending has, and how many orders.watch tells of
int pendingResults = 0;
int toldResults = 0;
std::set<std::string> acknowledged;
std::vector<std::chrono::steady_clock::time_point> pendingAsked;

/// The i-th order that ended; tests know its run's id.
Json resultNumber(int i)
{
    char id[40];
    std::snprintf(id, sizeof id, "00000000-0000-7000-8000-%012d", i);
    return {{"key", {{"runId", id}, {"step", 1}, {"attempt", 1}}}, {"kind", "backup"}, {"state", "finished"}, {"outcome", "failed"},
            {"acceptedAt", 1'700'000'000'000'000}, {"startedAt", 1'700'000'000'000'000}, {"endedAt", 1'700'000'001'000'000}};
}
int cancels = 0;
int pings = 0;

/// With --samples N: each of N instances, my0 to my(N-1), is read once a second, in a batch of its own.
int sampledInstances = 0;
std::uint32_t samplesStream = 0; ///< the request that gets them; 0: nobody asked
std::int64_t samplesCredit = 0;
std::int64_t samplesNumber = 0;
const Uuid spool = Uuid::v7();

void sampleNext()
{
    wire::CollectedBatch batch{std::string(wire::samplesSource), spool, samplesNumber + 1, {}};
    wire::SamplesPayload payload;
    payload.at = std::chrono::floor<std::chrono::seconds>(systemNow());
    payload.stepMs = 1000;
    payload.columns.assign(wire::instanceFigures.begin(), wire::instanceFigures.end());
    std::vector<std::optional<std::int64_t>> figures;
    for (std::size_t column = 0; column < payload.columns.size(); ++column)
        figures.emplace_back(1'000'000 * static_cast<std::int64_t>(column + 1) + samplesNumber * 977 % 5000);
    payload.instances = {{"my" + std::to_string(samplesNumber % sampledInstances), std::move(figures)}};
    batch.payload = Json(payload);
    const std::string frame = wire::encodeFrame(FrameKind::Item, samplesStream, Json(batch));
    if (samplesCredit < static_cast<std::int64_t>(frame.size()))
        return;
    samplesCredit -= static_cast<std::int64_t>(frame.size());
    ++samplesNumber;
    writeAll(frame);
}

std::string itemBody(std::size_t size)
{
    const std::string frame = dumpJson(Json{{"text", ""}});
    return dumpJson(Json{{"text", std::string(size > frame.size() ? size - frame.size() : 0, 'x')}});
}

void pump()
{
    for (auto at = streams.begin(); at != streams.end();) {
        Stream &stream = at->second;
        while (stream.left > 0 && stream.credit >= static_cast<std::int64_t>(stream.size)) {
            writeAll(wire::encodeFrame(FrameKind::Item, at->first, std::string_view(itemBody(stream.size))));
            stream.credit -= static_cast<std::int64_t>(stream.size);
            ++stream.sent;
            --stream.left;
        }
        if (stream.left == 0) {
            writeAll(wire::encodeFrame(FrameKind::Response, at->first, Json{{"sent", stream.sent}}));
            at = streams.erase(at);
        } else {
            ++at;
        }
    }
}

void flood(FrameKind kind, std::uint32_t id)
{
    const std::string frame = wire::encodeFrame(kind, id, std::string_view(itemBody(60000)));
    for (;;)
        writeAll(frame);
}

void request(std::uint32_t id, const std::string &method, const Json &params)
{
    const auto answer = [&](const Json &body) { writeAll(wire::encodeFrame(FrameKind::Response, id, body)); };
    if (method == "echo") {
        answer(params);
    } else if (method == "pid") {
        answer({{"pid", getpid()}});
    } else if (method == "stream") {
        streams[id] = Stream{params.value("items", 0), params.value("size", std::size_t{0})};
    } else if (method == "fail") {
        writeAll(wire::encodeFrame(FrameKind::Failure, id,
                                   errorToJson(makeError(errors::denied, {{"user", "ann"}, {"role", "viewer"}, {"what", "fail"}}))));
    } else if (method == "counts") {
        answer({{"cancels", cancels}, {"pings", pings}});
    } else if (method == "orders.watch") {
        // without waiting for credit: it is within what a client lets pass, and it has no end
        for (int i = 1; i <= toldResults; ++i)
            writeAll(wire::encodeFrame(FrameKind::Item, id, resultNumber(i)));
    } else if (method == "results.pending") {
        pendingAsked.push_back(std::chrono::steady_clock::now());
        Json page = Json::array();
        bool more = false;
        for (int i = 1; i <= pendingResults && !more; ++i) {
            const Json result = resultNumber(i);
            if (acknowledged.contains(result["key"]["runId"].get<std::string>()))
                continue;
            more = page.size() >= params["limit"].get<std::size_t>();
            if (!more)
                page.push_back(result);
        }
        answer({{"results", page}, {"more", more}});
    } else if (method == "results.ack") {
        for (const Json &key : params["keys"])
            acknowledged.insert(key["runId"].get<std::string>());
        answer(Json::object());
    } else if (method == "orderCounts") {
        const auto gap = pendingAsked.size() < 2 ? std::chrono::steady_clock::duration{} : pendingAsked[1] - pendingAsked[0];
        answer({{"acknowledged", acknowledged.size()}, {"asked", pendingAsked.size()},
                {"gapMs", std::chrono::duration_cast<std::chrono::milliseconds>(gap).count()}});
    } else if (method == "collected.watch" && sampledInstances > 0) {
        samplesStream = id;
        samplesCredit = wire::creditWindow;
    } else if (method == "collected.ack" || method == "slowlog.source") {
        answer(Json::object());
    } else if (method == "hang") {
        // answered when cancelled
    } else if (method == "mute") {
        std::this_thread::sleep_for(std::chrono::seconds(20)); // well beyond what the test waits for
        _exit(0);
    } else if (method == "revoke") {
        writeAll(wire::encodeFrame(FrameKind::Failure, 0, errorToJson(makeError(errors::keyRevoked, {{"user", "ann"}}))));
        _exit(0);
    } else if (method == "exit") {
        _exit(3);
    } else if (method == "floodStream") {
        flood(FrameKind::Item, id);
    } else if (method == "floodUnknown") {
        flood(FrameKind::Item, id + 1000);
    } else if (method == "floodPings") {
        flood(FrameKind::Ping, 1);
    } else if (method == "floodErrors") {
        const std::string line(8192, 'e');
        while (write(STDERR_FILENO, line.data(), line.size()) > 0) {
        }
        _exit(0);
    } else if (method == "hugeFrame") {
        writeAll(std::string("\xff\xff\xff\xf0\x02", 5));
    } else if (method == "badJson") {
        writeAll(wire::encodeFrame(FrameKind::Response, id, std::string_view("{\"a\":")));
    } else if (method == "deepJson") {
        writeAll(wire::encodeFrame(FrameKind::Response, id, std::string_view(std::string(100000, '['))));
    } else {
        writeAll(wire::encodeFrame(FrameKind::Failure, id, errorToJson(makeError(errors::protocolUnknownMethod, {{"method", method}}))));
    }
}

} // namespace

int main(int argc, char **argv)
{
    wire::Hello hello;
    hello.program = "testagent";
    hello.host = "test";
    hello.features = {"echo"};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--version") == 0)
            hello.protocol = std::atoi(argv[i + 1]);
        else if (std::strcmp(argv[i], "--hello-after") == 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(argv[i + 1])));
        else if (std::strcmp(argv[i], "--pending") == 0)
            pendingResults = std::atoi(argv[i + 1]);
        else if (std::strcmp(argv[i], "--told") == 0)
            toldResults = std::atoi(argv[i + 1]);
        else if (std::strcmp(argv[i], "--samples") == 0)
            sampledInstances = std::atoi(argv[i + 1]);
    }
    writeAll(wire::preamble);
    writeAll(wire::encodeFrame(FrameKind::Hello, 0, Json(hello)));

    wire::FrameReader frames;
    char buffer[65536];
    bool greeted = false;
    auto nextSample = std::chrono::steady_clock::now();
    for (;;) {
        pollfd input{STDIN_FILENO, POLLIN, 0};
        while (samplesStream != 0 && poll(&input, 1, 1000 / sampledInstances / 2 + 1) == 0) {
            for (; nextSample <= std::chrono::steady_clock::now(); nextSample += std::chrono::microseconds(1'000'000 / sampledInstances))
                sampleNext();
        }
        const auto got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got <= 0)
            return 0;
        frames.feed(std::string_view(buffer, static_cast<std::size_t>(got)));
        for (;;) {
            auto frame = frames.next();
            if (!frame)
                return 1;
            if (!*frame)
                break;
            const auto body = parseJson((*frame)->body);
            if (!body)
                return 1;
            const std::uint32_t id = (*frame)->id;
            if (!greeted && (*frame)->kind != FrameKind::Hello)
                return 2;
            switch ((*frame)->kind) {
            case FrameKind::Hello: greeted = true; break;
            case FrameKind::Request: request(id, body->at("method").get<std::string>(), body->at("params")); break;
            case FrameKind::Ping:
                ++pings;
                writeAll(wire::encodeFrame(FrameKind::Pong, id, std::string_view("{}")));
                break;
            case FrameKind::Credit:
                if (const auto stream = streams.find(id); stream != streams.end())
                    stream->second.credit += body->at("bytes").get<std::int64_t>();
                else if (id == samplesStream)
                    samplesCredit += body->at("bytes").get<std::int64_t>();
                break;
            case FrameKind::Cancel:
                ++cancels;
                streams.erase(id);
                samplesStream = id == samplesStream ? 0 : samplesStream;
                writeAll(wire::encodeFrame(FrameKind::Failure, id, errorToJson(makeError(errors::cancelled))));
                break;
            default: break;
            }
            pump();
        }
    }
}
