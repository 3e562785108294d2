// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/privileged/client.h"

#include "agent/os/descriptors.h"

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

namespace zandb::agent {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

/// A tool that runs in the helper's hands.
class HelperTool final : public ToolRun
{
public:
    explicit HelperTool(std::unique_ptr<HelperCall> call) : m_call(std::move(call)) {}

    void kill() override { m_call->cancel(); }
    std::optional<ExitStatus> wait(std::chrono::milliseconds limit, const std::stop_token &stop) override
    {
        const Result<Json> *answer = m_call->wait(limit, stop);
        if (!answer)
            return std::nullopt;
        if (!*answer) {
            m_problem = answer->error();
            return ExitStatus{};
        }
        ExitStatus status;
        status.code = (*answer)->value("status", -1);
        status.signal = (*answer)->value("signal", 0);
        return status;
    }
    ExitStatus end(std::chrono::milliseconds) override
    {
        m_call->cancel();
        // the helper kills at once, so this is only about a host that hardly moves
        if (const auto status = wait(30s, {}))
            return *status;
        m_problem = makeError(errors::helperUnreachable, {{"socket", ""}, {"detail", "it does not end the tool"}});
        return {};
    }
    std::string description() const override { return "in the hands of the helper"; }
    std::optional<Error> problem() const override { return m_problem; }

private:
    std::unique_ptr<HelperCall> m_call;
    std::optional<Error> m_problem;
};

} // namespace

bool hasHelper(const Config &config)
{
    return !config.helperSocket.empty() && ::geteuid() != 0;
}

bool needsHelper(const Config &config, const std::filesystem::path &directory)
{
    struct stat info{};
    return hasHelper(config) && ::stat(directory.c_str(), &info) == 0 && info.st_uid != ::geteuid();
}

Result<std::unique_ptr<HelperCall>> HelperCall::start(const Config &config, const HelperRequest &request,
                                                      std::initializer_list<int> descriptors)
{
    const auto unreachable = [&](int number) {
        return fail(errors::helperUnreachable, {{"socket", config.helperSocket.string()}, {"detail", errnoText(number)}});
    };
    const int fd = connectToSocket(config.helperSocket.native());
    if (fd < 0)
        return unreachable(errno);
    std::unique_ptr<HelperCall> call(new HelperCall(fd, config.helperSocket));
    const std::string line = encodeHelperRequest(request);
    const ssize_t sent = sendWithDescriptors(fd, line, std::span(descriptors.begin(), descriptors.size()));
    if (sent < 0)
        return unreachable(errno);
    for (std::size_t done = static_cast<std::size_t>(sent); done < line.size();) {
        const ssize_t n = ::send(fd, line.data() + done, line.size() - done, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return unreachable(errno);
        done += n > 0 ? static_cast<std::size_t>(n) : 0;
    }
    return call;
}

const Result<Json> *HelperCall::wait(std::chrono::milliseconds limit, const std::stop_token &stop)
{
    const auto until = Clock::now() + limit;
    while (!m_answer) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        pollfd end{m_fd.get(), POLLIN, 0};
        // in slices, so that a stop is heard
        const int ready = ::poll(&end, 1, static_cast<int>(std::clamp(left, 0ms, 100ms).count()));
        if (ready > 0) {
            char buffer[4096];
            const ssize_t n = receiveWithDescriptors(m_fd.get(), buffer, [&](int fd) { m_descriptor.reset(fd); });
            if (n < 0 && (errno == EINTR || errno == EAGAIN))
                continue;
            if (n > 0)
                m_received.append(buffer, static_cast<std::size_t>(n));
            if (n <= 0 || m_received.ends_with('\n') || m_received.size() > maxHelperAnswer)
                m_answer = read();
        } else if (left <= 0ms || stop.stop_requested()) {
            return nullptr;
        }
    }
    return &*m_answer;
}

Result<Json> HelperCall::read()
{
    const auto json = parseJson(m_received);
    if (m_received.empty() || !json || !json->is_object() || !json->contains("ok"))
        return fail(errors::helperUnreachable, {{"socket", m_socket.string()}, {"detail", "it ended without an answer"}});
    if ((*json)["ok"] == true)
        return json->value("data", Json::object());
    return fail(errorFromJson(json->value("error", Json())));
}

void HelperCall::cancel()
{
    ::shutdown(m_fd.get(), SHUT_WR);
}

Result<Json> askHelper(const Config &config, const HelperRequest &request, std::initializer_list<int> descriptors,
                       std::chrono::seconds limit)
{
    auto call = HelperCall::start(config, request, descriptors);
    if (!call)
        return fail(call.error());
    if (const Result<Json> *answer = (*call)->wait(limit))
        return *answer;
    return fail(errors::helperUnreachable, {{"socket", config.helperSocket.string()},
                                            {"detail", "no answer within " + std::to_string(limit.count()) + " s"}});
}

Result<FileDescriptor> openLogByHelper(const Config &config, const std::string &instance, const std::string &log, int number)
{
    auto call = HelperCall::start(config, {"log-open", {{"instance", instance}, {"log", log}, {"number", number}}});
    if (!call)
        return fail(call.error());
    const Result<Json> *answer = (*call)->wait(30s);
    if (answer && !*answer)
        return fail(answer->error());
    auto file = (*call)->takeDescriptor();
    if (!answer || !file)
        return fail(errors::helperUnreachable, {{"socket", config.helperSocket.string()}, {"detail", "no log came"}});
    return file;
}

Result<std::string> writeOptionFileByHelper(const Config &config, const std::string &instance, int number, const std::string &oldSha256,
                                            std::string_view content)
{
    // written before the helper is asked, so that nobody waits for anybody: the pipe has to hold all of it
    auto pipe = makePipe(static_cast<int>(content.size()));
    if (!pipe)
        return fail(pipe.error());
    if (::fcntl(pipe->write.get(), F_GETPIPE_SZ) < static_cast<int>(content.size()))
        return fail(ioError("pipe", EFBIG));
    if (auto written = writeAll(pipe->write.get(), content, "pipe"); !written)
        return fail(written.error());
    pipe->write.reset();
    const auto answer = askHelper(config,
                                  {"option-file-write", {{"instance", instance}, {"number", number}, {"old_sha256", oldSha256}, {"bytes", content.size()}}},
                                  {pipe->read.get()});
    if (!answer)
        return fail(answer.error());
    return answer->value("sha256", std::string());
}

Result<std::unique_ptr<ToolRun>> startHelperTool(const Config &config, const HelperRequest &request, int out, int err, int pace)
{
    auto call = HelperCall::start(config, request, {out, err, pace});
    if (!call)
        return fail(call.error());
    return std::make_unique<HelperTool>(std::move(*call));
}

} // namespace zandb::agent
