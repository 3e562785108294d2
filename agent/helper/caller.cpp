// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/helper/caller.h"

#include "agent/helper/trust.h"

#include <charconv>
#include <fstream>
#include <sstream>

#include <poll.h>
#include <sys/stat.h>

namespace zandb::agent {

using namespace std::chrono_literals;

namespace {

constexpr int sliceMs = 100;

constexpr const char *agentUnit = "zandb-agent.service"; // packaging/systemd

Result<pid_t> mainProcessOf(const char *unit)
{
    const auto said = capture({"/usr/bin/systemctl", "--no-ask-password", "--no-pager", "show", "--property=MainPID", "--value", "--", unit}, 10s);
    if (!said)
        return fail(said.error());
    pid_t pid = 0;
    std::from_chars(said->out.data(), said->out.data() + said->out.size(), pid);
    return pid;
}

/// Whether the process has locked the file.  A line is "1: FLOCK ADVISORY WRITE 2390 fe:00:10986515 0 EOF"; the device in it is not
/// that of stat() on every file system.
bool holdsLock(pid_t process, const std::filesystem::path &file)
{
    struct stat info{};
    if (process <= 0 || ::lstat(file.c_str(), &info) != 0)
        return false;
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);) {
        std::istringstream words(line);
        std::string number, type, kind, access, place;
        pid_t pid = 0;
        if ((words >> number >> type >> kind >> access >> pid >> place) && type == "FLOCK" && access == "WRITE" && pid == process
            && place.substr(place.rfind(':') + 1) == std::to_string(info.st_ino))
            return true;
    }
    return false;
}

bool endsWithin(int connection, int milliseconds)
{
    pollfd end{connection, POLLIN | POLLRDHUP, 0};
    return ::poll(&end, 1, milliseconds) > 0;
}

} // namespace

bool isCallerGone(int connection)
{
    return endsWithin(connection, 0);
}

ExitStatus watchFor(int connection, Child &tool)
{
    for (;;) {
        if (const auto status = tool.poll())
            return *status;
        if (endsWithin(connection, sliceMs))
            return tool.end(0ms);
    }
}

Result<void> checkIsServe(pid_t caller, const Config &config, bool bySystemd)
{
    bool isServe = false;
    if (bySystemd) {
        const auto serve = mainProcessOf(agentUnit);
        if (!serve)
            return fail(serve.error());
        isServe = caller > 0 && *serve == caller;
    } else {
        isServe = holdsLock(caller, config.stateDirectory / "serve.lock");
    }
    if (!isServe)
        return refused("only zandb-agent serve may ask for that, not the process " + std::to_string(caller));
    return {};
}

CallerStop::CallerStop(int connection)
    : m_thread([this, connection](const std::stop_token &over) {
          while (!over.stop_requested() && !m_stop.stop_requested()) {
              if (endsWithin(connection, sliceMs))
                  m_stop.request_stop();
          }
      })
{
}

} // namespace zandb::agent
