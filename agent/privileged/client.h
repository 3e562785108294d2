// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/os/child.h"
#include "agent/os/files.h"
#include "agent/privileged/request.h"
#include "agent/runtime/config.h"

namespace zandb::agent {

/// Whether there is a helper to ask: the configuration names one and this process is not root, who needs none.
bool hasHelper(const Config &config);
/// Whether the helper has to act for this directory: there is one, and the directory is another user's.
bool needsHelper(const Config &config, const std::filesystem::path &directory);

/// One request to the helper.  Destroying it before the answer cancels it.  cancel() may be called from any thread; the
/// rest only from one.
class HelperCall
{
public:
    /// Connects and sends; the descriptors stay the caller's.  Errors: helper.unreachable.
    static Result<std::unique_ptr<HelperCall>> start(const Config &config, const HelperRequest &request,
                                                     std::initializer_list<int> descriptors = {});
    /// Its answer, once there; nullptr when `limit` has passed or a stop was asked for before.  An answer of the helper
    /// that says no has that error; its end without an answer is helper.unreachable.
    const Result<Json> *wait(std::chrono::milliseconds limit, const std::stop_token &stop = {});
    /// What came with the answer; none when nothing did.  Once.
    FileDescriptor takeDescriptor() { return std::move(m_descriptor); }
    /// Asks it to stop; the answer still comes, when what ran has ended.
    void cancel();

private:
    HelperCall(int fd, std::filesystem::path socket) : m_socket(std::move(socket)), m_fd(fd) {}
    Result<Json> read();
    std::filesystem::path m_socket;
    FileDescriptor m_fd;
    std::string m_received;
    FileDescriptor m_descriptor;
    std::optional<Result<Json>> m_answer;
};

/// For verbs that end soon.  Errors: those of the verb, helper.unreachable (also after `limit`).
Result<Json> askHelper(const Config &config, const HelperRequest &request, std::initializer_list<int> descriptors = {},
                       std::chrono::seconds limit = std::chrono::seconds{60});

/// Has the helper open a log of the instance that the agent may not read itself: "slow" or "error"; number 0 is what the server writes,
/// N is NAME.N.  Errors: those of the verb log-open, helper.unreachable.
Result<FileDescriptor> openLogByHelper(const Config &config, const std::string &instance, const std::string &log, int number = 0);

/// Has the helper replace an option file of the instance: 0 is its my.cnf, N the N-th of its option_files.  `oldSha256` is of the content
/// that the new one was made from.  Returns the SHA-256 of the new content.  Errors: helper.file_changed (somebody has written it since;
/// read it again), those of the verb option-file-write, io.failed (the content is too long for a pipe), helper.unreachable.
Result<std::string> writeOptionFileByHelper(const Config &config, const std::string &instance, int number, const std::string &oldSha256,
                                            std::string_view content);

/// Has the helper start a physical backup whose stdout and stderr are the given pipes, and which is throttled until the
/// other end of `pace` is closed.
Result<std::unique_ptr<ToolRun>> startHelperTool(const Config &config, const HelperRequest &request, int out, int err, int pace);

} // namespace zandb::agent
