// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/storeoptions.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace zandb::cli {
namespace {

volatile std::sig_atomic_t interrupted = 0;

/// The terminal as it was, whatever happens.
class QuietTerminal
{
public:
    explicit QuietTerminal(int fd) : m_fd(fd)
    {
        m_known = ::tcgetattr(fd, &m_before) == 0;
        termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        if (m_known)
            ::tcsetattr(fd, TCSAFLUSH, &quiet);
        struct sigaction act = {};
        act.sa_handler = [](int) { interrupted = 1; };
        ::sigaction(SIGINT, &act, &m_interrupt); // without SA_RESTART: it ends the reading
    }
    ~QuietTerminal()
    {
        if (m_known)
            ::tcsetattr(m_fd, TCSAFLUSH, &m_before);
        ::sigaction(SIGINT, &m_interrupt, nullptr);
    }
    QuietTerminal(const QuietTerminal &) = delete;

private:
    int m_fd;
    bool m_known = false;
    termios m_before = {};
    struct sigaction m_interrupt = {};
};

void say(int fd, const std::string &text)
{
    if (::write(fd, text.data(), text.size()) < 0) // nobody is there to read it
        return;
}

} // namespace

Result<std::string> askPassword(const std::string &prompt)
{
    const int fd = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return fail(usageError("there is no terminal to ask for the password at; give --password-file"));
    interrupted = 0;
    std::string line;
    {
        const QuietTerminal quiet(fd);
        say(fd, prompt);
        char c = 0;
        constexpr std::size_t most = 1024;
        while (line.size() < most) {
            const auto got = ::read(fd, &c, 1);
            if (got < 0 && errno == EINTR && !interrupted)
                continue;
            if (got <= 0 || c == '\n')
                break;
            line += c;
        }
        say(fd, "\n");
    }
    ::close(fd);
    if (interrupted)
        return fail(errors::cancelled, {});
    return line;
}

std::set<std::string> storeOptions()
{
    return {"host", "port", "socket", "user", "password-file", "schema", "tls", "tls-ca"};
}

std::string storeOptionsUsage()
{
    return "[--host HOST] [--port N] [--socket FILE] [--user USER] [--password-file FILE] [--schema NAME] [--tls auto|required|off] [--tls-ca FILE]";
}

bool hasStoreOptions(const Args &args)
{
    return std::ranges::any_of(storeOptions(), [&](const std::string &name) { return args.has(name); });
}

Result<Settings> settingsByOptions(const std::filesystem::path &file, const Args &args)
{
    Settings settings;
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored)) {
        auto loaded = loadSettings(file);
        if (!loaded)
            return loaded;
        settings = std::move(*loaded);
    }
    StoreSettings &store = settings.store;
    if (args.has("host") && args.has("socket"))
        return fail(usageError("--host and --socket exclude each other"));
    if (args.has("host")) {
        store.host = args.option("host");
        store.socket.clear();
    }
    if (args.has("socket"))
        store.socket = std::filesystem::absolute(args.option("socket"));
    const auto port = args.number("port", store.port, 1, 65535);
    if (!port)
        return fail(port.error());
    store.port = static_cast<int>(*port);
    store.schema = args.option("schema", store.schema);
    if (store.schema.empty() || store.schema.size() > 64)
        return fail(usageError("--schema must have 1 to 64 characters"));
    store.tls = args.option("tls", store.tls);
    if (store.tls != "auto" && store.tls != "required" && store.tls != "off")
        return fail(usageError("--tls is one of auto, required, off"));
    if (args.has("tls-ca"))
        store.tlsCa = std::filesystem::absolute(args.option("tls-ca"));
    if (args.has("user")) { // another account than the file's has another password
        store.user = args.option("user");
        store.passwordFile.clear();
    }
    if (store.user.empty())
        return fail(usageError("--user is missing: the account that may make the schema"));
    if (args.has("password-file"))
        store.passwordFile = std::filesystem::absolute(args.option("password-file"));
    if (store.passwordFile.empty()) {
        const std::string where = store.socket.empty() ? store.host + ":" + std::to_string(store.port) : store.socket.string();
        auto password = askPassword("Password of " + store.user + " at " + where + ": ");
        if (!password)
            return fail(password.error());
        store.password = std::move(*password);
    }
    return settings;
}

} // namespace zandb::cli
