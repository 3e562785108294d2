// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/places.h"
#include "tests/support/testfleet.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <thread>

namespace zandb::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

const fs::path bin = fs::path(ZANDB_BINARY_DIR) / "bin";

int freePort()
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    int port = 0;
    if (bind(fd, reinterpret_cast<sockaddr *>(&address), size) == 0
        && getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size) == 0)
        port = ntohs(address.sin_port);
    close(fd);
    return port;
}

bool answers(int port)
{
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool ok = connect(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) == 0;
    close(fd);
    return ok;
}

void writeFile(const fs::path &path, const std::string &text, mode_t mode = 0600)
{
    std::ofstream(path, std::ios::binary) << text;
    chmod(path.c_str(), mode);
}

std::string readFile(const fs::path &path)
{
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string tail(const std::string &text, std::size_t bytes = 2500)
{
    return text.size() > bytes ? text.substr(text.size() - bytes) : text;
}

std::vector<char *> pointers(const std::vector<std::string> &words)
{
    std::vector<char *> argv;
    for (const std::string &word : words)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    return argv;
}

std::vector<pid_t> childrenOf(pid_t parent)
{
    std::vector<pid_t> found;
    for (const auto &entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        const std::string stat = readFile(entry.path() / "stat");
        const auto close = stat.rfind(')');
        if (close == std::string::npos)
            continue;
        std::istringstream rest(stat.substr(close + 2));
        char state = 0;
        pid_t ppid = 0;
        rest >> state >> ppid;
        if (ppid == parent && state != 'Z')
            found.push_back(std::stoi(name));
    }
    return found;
}

void killTree(pid_t pid, int signal)
{
    for (const pid_t child : childrenOf(pid))
        killTree(child, signal);
    ::kill(pid, signal);
}

} // namespace

pid_t startProgram(const std::vector<std::string> &words, const fs::path &log)
{
    auto argv = pointers(words);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(126);
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, 0);
    dup2(out, 1);
    dup2(out, 2);
    execv(argv[0], argv.data());
    _exit(127);
}

void endProgram(pid_t pid, int signal)
{
    if (pid <= 0)
        return;
    ::kill(pid, signal);
    const auto until = Clock::now() + 15s;
    while (Clock::now() < until) {
        if (waitpid(pid, nullptr, WNOHANG) != 0)
            return;
        std::this_thread::sleep_for(20ms);
    }
    ::kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
}

std::vector<pid_t> processesWith(const std::vector<std::string> &words)
{
    std::vector<pid_t> found;
    for (const auto &entry : fs::directory_iterator("/proc")) {
        const std::string name = entry.path().filename();
        if (name.find_first_not_of("0123456789") != std::string::npos)
            continue;
        std::string line = readFile(entry.path() / "cmdline");
        std::replace(line.begin(), line.end(), '\0', ' ');
        if (std::all_of(words.begin(), words.end(), [&](const std::string &word) { return line.find(word) != std::string::npos; }))
            found.push_back(std::stoi(name));
    }
    return found;
}

Output runProgram(const std::vector<std::string> &words, std::chrono::seconds limit, const std::string &input)
{
    Output result;
    int in[2], out[2], err[2];
    if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
        return result;
    auto argv = pointers(words);
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(in[0], 0);
        dup2(out[1], 1);
        dup2(err[1], 2);
        execv(argv[0], argv.data());
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    close(err[1]);
    std::thread writer([&] {
        for (std::size_t at = 0; at < input.size();) {
            const auto n = write(in[1], input.data() + at, input.size() - at);
            if (n <= 0)
                break;
            at += static_cast<std::size_t>(n);
        }
        close(in[1]);
    });
    const auto until = Clock::now() + limit;
    bool late = false;
    pollfd fds[2] = {{out[0], POLLIN, 0}, {err[0], POLLIN, 0}};
    while (fds[0].fd >= 0 || fds[1].fd >= 0) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) {
            late = true;
            ::kill(pid, SIGKILL);
            break;
        }
        poll(fds, 2, static_cast<int>(std::min<long>(left, 1000)));
        for (int i = 0; i < 2; ++i) {
            if (fds[i].fd < 0 || !(fds[i].revents & (POLLIN | POLLHUP)))
                continue;
            char buffer[65536];
            const auto n = read(fds[i].fd, buffer, sizeof buffer);
            if (n <= 0)
                fds[i].fd = -1;
            else
                (i == 0 ? result.out : result.err).append(buffer, static_cast<std::size_t>(n));
        }
    }
    int status = 0;
    waitpid(pid, &status, 0);
    writer.join();
    close(out[0]);
    close(err[0]);
    if (!late && WIFEXITED(status))
        result.status = WEXITSTATUS(status);
    if (late)
        result.err += "\n(killed at the test's time limit)";
    return result;
}

std::string TestFleet::unavailable()
{
    if (const auto why = TestServer::unavailable(Flavour::MariaDb); !why.empty())
        return why;
    if (!fs::exists("/usr/sbin/sshd"))
        return "/usr/sbin/sshd is not installed (package openssh-server)";
    for (const char *program : {"zandbctl", "zandb-agent", "zandb-attach"}) {
        if (!fs::exists(bin / program))
            return (bin / program).string() + " is not built";
    }
    return {};
}

std::unique_ptr<TestFleet> TestFleet::start(const FleetOptions &options, std::string *error)
{
    std::unique_ptr<TestFleet> fleet(new TestFleet);
    std::string why;
    if (!fleet->prepare(options, &why)) {
        if (error)
            *error = why + "\n" + fleet->describe();
        return nullptr;
    }
    return fleet;
}

TestFleet::~TestFleet()
{
    for (const pid_t pid : m_headless)
        endProgram(pid, SIGKILL);
    for (Host &host : m_hosts) {
        for (const pid_t worker : workers(host))
            killTree(worker, SIGKILL);
        cutSsh(host);
        killAgent(host);
        host.servers.clear();
    }
    m_store.reset();
    std::error_code ignored;
    if (!m_directory.empty() && !getenv("ZANDB_TEST_KEEP"))
        fs::remove_all(m_directory, ignored);
}

void TestFleet::writeConfig(const std::string &file, const std::string &identity, const std::string &person) const
{
    writeFile(m_directory / file, "[profile]\nname = \"test\"\nperson = \"" + person + "\"\n"
                                  "[store]\nhost = \"127.0.0.1\"\nport = " + std::to_string(m_store->port())
                                      + "\nuser = \"zandb\"\npassword_file = \"" + (m_directory / "password").string()
                                      + "\"\nschema = \"zandb\"\ntls = \"off\"\n[ssh]\nidentity = \""
                                      + (m_directory / identity).string() + "\"\n");
}

bool TestFleet::prepare(const FleetOptions &options, std::string *error)
{
    char pattern[] = "/tmp/zandb-fleet-XXXXXX";
    if (!mkdtemp(pattern)) {
        *error = "no temporary directory";
        return false;
    }
    m_directory = pattern;
    m_testAgent = options.testAgent;
    if (geteuid() == 0)
        fs::create_directories("/run/sshd");
    for (const char *key : {"person", "dispatcher", "hostkey"}) {
        if (runProgram({"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", (m_directory / key).string()}).status != 0) {
            *error = "ssh-keygen failed";
            return false;
        }
    }
    ServerOptions store;
    store.networking = true;
    store.binlog = false;
    m_store = TestServer::start(store, error);
    if (!m_store)
        return false;
    if (!m_store->exec(std::vector<std::string>{"CREATE USER zandb@'127.0.0.1' IDENTIFIED BY 'secret'",
                                                "GRANT ALL ON *.* TO zandb@'127.0.0.1' WITH GRANT OPTION",
                                                "CREATE USER zandb@localhost IDENTIFIED BY 'secret'",
                                                "GRANT ALL ON *.* TO zandb@localhost WITH GRANT OPTION"})) {
        *error = m_store->lastError();
        return false;
    }
    writeFile(m_directory / "password", "secret\n");
    writeConfig("zandb.toml", "person", "tester");
    writeConfig("headless.toml", "dispatcher", "headless");
    const Output migrated = ctl({"store", "migrate"});
    if (migrated.status != 0) {
        *error = "store migrate: " + migrated.err;
        return false;
    }
    if (options.serve)
        startHeadless();
    m_hosts.resize(static_cast<std::size_t>(options.hosts));
    for (std::size_t i = 0; i < m_hosts.size(); ++i) {
        m_hosts[i].name = "db" + std::to_string(i + 1);
        if (!prepareHost(m_hosts[i], options, error))
            return false;
    }
    return true;
}

bool TestFleet::prepareHost(Host &host, const FleetOptions &options, std::string *error)
{
    host.directory = m_directory / host.name;
    for (const char *sub : {"base", "state", "backups"})
        fs::create_directories(host.directory / sub);
    for (int i = 0; i < options.instancesPerHost; ++i) {
        ServerOptions server;
        server.base = host.directory / "base";
        server.networking = true;
        auto started = TestServer::start(server, error);
        if (!started)
            return false;
        const bool filled = started->exec(std::vector<std::string>{
            "CREATE DATABASE shop", "CREATE TABLE shop.orders (id INT PRIMARY KEY AUTO_INCREMENT, note VARCHAR(200)) ENGINE=InnoDB",
            "INSERT INTO shop.orders (note) SELECT REPEAT('x', 150) FROM shop.seq_1_to_5000"});
        if (!filled) {
            *error = started->lastError();
            return false;
        }
        host.servers.push_back(std::move(started));
    }
    std::string keys;
    for (const auto &[name, user, role] : {std::tuple{"person", "tester", "admin"}, std::tuple{"dispatcher", "headless", "dispatcher"}}) {
        const std::string line = readFile(m_directory / (std::string(name) + ".pub"));
        const Output print = runProgram({"/usr/bin/ssh-keygen", "-lf", (m_directory / (std::string(name) + ".pub")).string()});
        const auto from = print.out.find("SHA256:");
        const std::string fingerprint = print.out.substr(from, print.out.find(' ', from) - from);
        keys += "restrict,command=\"" + (bin / "zandb-attach").string() + " --socket " + (host.directory / "agent.sock").string() + " --user "
            + user + " --role " + role + " --key " + fingerprint + "\" " + line;
    }
    writeFile(host.directory / "authorized_keys", keys, 0644);
    writeFile(host.directory / "agent.toml",
              "[agent]\nhost = \"" + host.name + "\"\nbase = \"" + (host.directory / "base").string() + "\"\nstate_directory = \""
                  + (host.directory / "state").string() + "\"\nsocket = \"" + (host.directory / "agent.sock").string()
                  + "\"\nauthorized_keys = \"" + (host.directory / "authorized_keys").string() + "\"\nattach = \""
                  + (bin / "zandb-attach").string()
                  + "\"\n[accounts]\nmariadb = \"root\"\n[limits]\nnice = 0\nionice = \"none\"\n" + options.agentToml
                  + "\n[[repository]]\nname = \"local\"\npath = \"" + host.repository().string() + "\"\nmin_free_bytes = 1048576\n",
              0644);
    host.sshPort = freePort();
    writeFile(host.directory / "sshd_config",
              "ListenAddress 127.0.0.1\nPort " + std::to_string(host.sshPort) + "\nAuthorizedKeysFile "
                  + (host.directory / "authorized_keys").string() + "\nHostKey " + (m_directory / "hostkey").string() + "\n"
                  + readFile(ZANDB_SOURCE_DIR "/packaging/sandbox.d/sshd_config"));
    if (!startAgent(host) || !startSsh(host)) {
        *error = "agent or sshd of " + host.name + " did not start";
        return false;
    }
    const char *user = getenv("USER");
    const std::string login = geteuid() == 0 ? "root" : user ? user : "root";
    const Output added = ctl({"host", "add", host.name, "--address", "127.0.0.1", "--port", std::to_string(host.sshPort), "--user", login, "--accept-new"});
    if (added.status != 0)
        *error = "host add: " + added.err;
    return added.status == 0;
}

std::vector<std::string> TestFleet::ctlWords(const std::vector<std::string> &words) const
{
    std::vector<std::string> all{(bin / "zandbctl").string(), "--config", (m_directory / "zandb.toml").string()};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

Output TestFleet::ctl(const std::vector<std::string> &words, std::chrono::seconds limit) const
{
    return runProgram(ctlWords(words), limit);
}

pid_t TestFleet::startHeadless(const std::string &name)
{
    const pid_t pid = startProgram({(bin / "zandbctl").string(), "--config", (m_directory / "headless.toml").string(), "serve", "--name", name},
                                   m_directory / ("headless-" + name + ".log"));
    m_headless.push_back(pid);
    return pid;
}

void TestFleet::killHeadless(pid_t pid, int signal)
{
    endProgram(pid, signal);
    std::erase(m_headless, pid);
}

std::string TestFleet::headlessLog(const std::string &name) const
{
    return readFile(m_directory / ("headless-" + name + ".log"));
}

void TestFleet::cutSsh(Host &host)
{
    if (host.sshd <= 0)
        return;
    killTree(host.sshd, SIGKILL);
    waitpid(host.sshd, nullptr, 0);
    host.sshd = -1;
    // sessions of other users are re-parented; the forced command names the host's own socket
    for (const pid_t pid : processesWith({"zandb-attach", (host.directory / "agent.sock").string()}))
        ::kill(pid, SIGKILL);
}

bool TestFleet::startSsh(Host &host)
{
    host.sshd = startProgram({"/usr/sbin/sshd", "-D", "-e", "-f", (host.directory / "sshd_config").string()}, host.directory / "sshd.log");
    for (int i = 0; i < 200; ++i) {
        if (answers(host.sshPort))
            return true;
        std::this_thread::sleep_for(50ms);
    }
    return false;
}

void TestFleet::killAgent(Host &host)
{
    endProgram(host.agent, SIGKILL);
    host.agent = -1;
    std::error_code ignored;
    fs::remove(host.directory / "agent.sock", ignored); // so that startAgent() sees the new one
}

bool TestFleet::startAgent(Host &host)
{
    const std::string config = (host.directory / "agent.toml").string();
    const std::vector<std::string> words = m_testAgent
        ? std::vector<std::string>{(bin.parent_path() / "tests" / "zandb-testagent").string(), "serve", config, "2000", "20000", "60000"}
        : std::vector<std::string>{(bin / "zandb-agent").string(), "serve", "--config", config};
    host.agent = startProgram(words, host.directory / "agent.log");
    for (int i = 0; i < 200; ++i) {
        if (fs::exists(host.directory / "agent.sock"))
            return true;
        if (waitpid(host.agent, nullptr, WNOHANG) == host.agent) {
            host.agent = -1;
            return false;
        }
        std::this_thread::sleep_for(50ms);
    }
    return false;
}

std::vector<pid_t> TestFleet::workers(const Host &host) const
{
    std::vector<pid_t> found;
    for (const pid_t pid : processesWith({"agent", "work", (host.directory / "state").string()}))
        found.push_back(pid);
    return found;
}

std::vector<pid_t> TestFleet::toolsOf(pid_t worker) const
{
    return childrenOf(worker);
}

std::string TestFleet::storeValue(const std::string &sql)
{
    return m_store->value(sql).value_or("");
}

std::string TestFleet::describe() const
{
    std::string text;
    if (m_directory.empty() || !fs::exists(m_directory))
        return text;
    for (const auto &entry : fs::directory_iterator(m_directory)) {
        if (entry.path().extension() == ".log")
            text += "--- " + entry.path().filename().string() + "\n" + tail(readFile(entry.path())) + "\n";
    }
    for (const Host &host : m_hosts) {
        for (const char *log : {"agent.log", "sshd.log"})
            text += "--- " + host.name + " " + log + "\n" + tail(readFile(host.directory / log), 1500) + "\n";
    }
    return text;
}

} // namespace zandb::test
