// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/places.h"
#include "tests/support/testserver.h"

#include <mysql.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <thread>

namespace fs = std::filesystem;

namespace zandb::test {
namespace {

std::string userName()
{
    const passwd *entry = getpwuid(geteuid());
    return entry ? entry->pw_name : std::to_string(geteuid());
}

std::string findProgram(std::initializer_list<const char *> candidates)
{
    for (const char *candidate : candidates) {
        if (access(candidate, X_OK) == 0)
            return candidate;
    }
    return {};
}

std::string mariaDbServer()
{
    return findProgram({"/usr/sbin/mariadbd", "/usr/libexec/mariadbd", "/usr/sbin/mysqld", "/usr/local/sbin/mariadbd"});
}

std::string mariaDbInstaller()
{
    return findProgram({"/usr/bin/mariadb-install-db", "/usr/local/bin/mariadb-install-db"});
}

std::string mysqlServer()
{
    const char *root = std::getenv("ZANDB_MYSQL_ROOT");
    return root && *root ? std::string(root) + "/bin.d/mysqld" : std::string();
}

/// Starts a program with its output appended to a file, as this user when it is not our own.
pid_t spawn(const std::vector<std::string> &command, const fs::path &output, const passwd *user = nullptr)
{
    std::vector<char *> argv;
    for (const std::string &word : command)
        argv.push_back(const_cast<char *>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid != 0)
        return pid;
    const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    if (user && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(127);
    prctl(PR_SET_PDEATHSIG, SIGKILL); // after the change of user, which clears it
    if (getppid() != parent)
        _exit(127);
    setpgid(0, 0); // a Ctrl+C meant for the test must not end the server before the test does
    const int in = open("/dev/null", O_RDONLY);
    dup2(in, 0);
    dup2(out, 1);
    dup2(out, 2);
    for (int fd = 3; fd < 256; ++fd)
        close(fd);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execv(argv[0], argv.data());
    _exit(127);
}

bool runToEnd(const std::vector<std::string> &command, const fs::path &output)
{
    const pid_t pid = spawn(command, output);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string tail(const fs::path &file, std::size_t bytes)
{
    std::ifstream in(file, std::ios::binary);
    std::string text((std::istreambuf_iterator<char>(in)), {});
    return text.size() > bytes ? text.substr(text.size() - bytes) : text;
}

int freePort()
{
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
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

/// An initialised data directory to copy; made once per build folder, user and server.  Empty on failure.
fs::path templateDirectory(Flavour flavour, std::string &error)
{
    const std::string program = flavour == Flavour::MariaDb ? mariaDbServer() : mysqlServer();
    struct stat info{};
    stat(program.c_str(), &info);
    const fs::path cache = fs::path(ZANDB_BINARY_DIR) / ("server-templates-" + std::to_string(geteuid()));
    // another server program means another template
    const std::string key = std::string(flavour == Flavour::MariaDb ? "mariadb-" : "mysql-") + std::to_string(info.st_size)
        + "-" + std::to_string(info.st_mtime);
    const fs::path ready = cache / key;
    fs::create_directories(cache);
    const int lock = open((cache / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    flock(lock, LOCK_EX);
    if (!fs::exists(ready)) {
        const fs::path making = cache / (key + ".making");
        const fs::path log = cache / (key + ".log");
        fs::remove_all(making);
        fs::remove(log);
        bool made = false;
        // a MariaDB that starts removes everybody's #sql* from its directory of temporary files
        const fs::path temporary = cache / (key + ".tmp");
        fs::create_directories(temporary);
        if (flavour == Flavour::MariaDb) {
            made = runToEnd({mariaDbInstaller(), "--no-defaults", "--tmpdir=" + temporary.string(), "--auth-root-authentication-method=normal", "--skip-test-db",
                             "--skip-name-resolve", "--innodb-log-file-size=16M", "--user=" + userName(),
                             "--datadir=" + making.string()},
                            log);
        } else {
            made = runToEnd({program, "--no-defaults", "--initialize-insecure", "--user=" + userName(),
                             "--innodb-redo-log-capacity=32M", "--datadir=" + making.string()},
                            log);
            fs::remove(making / "auto.cnf"); // each copy needs a server_uuid of its own
        }
        if (made)
            fs::rename(making, ready);
        else
            error = "cannot initialise a data directory:\n" + tail(log, 2000);
    }
    close(lock);
    return error.empty() ? ready : fs::path();
}

} // namespace

std::string TestServer::unavailable(Flavour flavour)
{
    if (flavour == Flavour::MariaDb) {
        if (mariaDbServer().empty() || mariaDbInstaller().empty())
            return "no MariaDB server is installed (package mariadb-server)";
        return {};
    }
    if (mysqlServer().empty())
        return "ZANDB_MYSQL_ROOT does not name an unpacked MySQL";
    if (access(mysqlServer().c_str(), X_OK) != 0)
        return "ZANDB_MYSQL_ROOT has no program " + mysqlServer();
    return {};
}

std::unique_ptr<TestServer> TestServer::start(const ServerOptions &options, std::string *error)
{
    std::string reason = unavailable(options.flavour);
    const auto failed = [&] {
        if (error)
            *error = reason;
        return nullptr;
    };
    if (!reason.empty())
        return failed();
    const fs::path from = templateDirectory(options.flavour, reason);
    if (from.empty())
        return failed();

    // a free port may be taken by somebody else before the server binds it
    for (int attempt = 0; attempt < 3; ++attempt) {
        std::unique_ptr<TestServer> server(new TestServer);
        server->m_options = options;
        server->m_base = options.base;
        if (server->m_base.empty()) {
            const char *tmp = std::getenv("TMPDIR");
            std::string name = std::string(tmp && *tmp ? tmp : "/tmp") + "/zandb-test-XXXXXX";
            if (!mkdtemp(name.data())) {
                reason = "cannot make a directory under " + name;
                return failed();
            }
            server->m_base = name;
            server->m_ownsBase = true;
        }
        server->m_port = options.port ? options.port : freePort();
        server->m_directory = server->m_base / server->name();
        std::error_code failure;
        fs::create_directories(server->m_directory / "log", failure);
        fs::create_directories(server->m_directory / "run", failure);
        fs::copy(from, server->dataDirectory(), fs::copy_options::recursive, failure);
        if (failure) {
            reason = "cannot copy the data directory: " + failure.message();
            return failed();
        }
        if (!options.user.empty() && !server->giveTo(options.user)) {
            reason = server->m_lastError;
            return failed();
        }
        std::ofstream cnf(server->myCnf());
        cnf << "[mysqld]\nuser=" << (options.user.empty() ? userName() : options.user) << "\nport=" << server->m_port << "\ndatadir=" << server->dataDirectory().string()
            << "\nsocket=" << server->socket().string() << "\npid-file=" << (server->m_directory / "run/mysqld.pid").string()
            << "\nlog-error=" << (server->logDirectory() / "error.log").string()
            << "\nslow-query-log-file=" << (server->logDirectory() / "slow.log").string() << "\ntmpdir=" << (server->m_directory / "run").string()
            << "\nserver-id=" << server->m_port << "\ninnodb-buffer-pool-size=32M\nskip-name-resolve\nsync-binlog=0\n"
            << (options.networking ? "bind-address=127.0.0.1\n" : "skip-networking\n");
        if (options.flavour == Flavour::MariaDb)
            cnf << "innodb-log-file-size=16M\ngtid-domain-id=0\n";
        else
            cnf << "innodb-redo-log-capacity=32M\nmysqlx=OFF\nsecure-file-priv=NULL\nplugin-load-add=auth_socket.so\n"
                   "performance-schema-digests-size=200\n";
        if (options.binlog && options.flavour == Flavour::MariaDb)
            cnf << "log-bin=" << (server->logDirectory() / "binlog").string() << "\nlog-slave-updates\n";
        else if (options.binlog)
            cnf << "log-bin=" << (server->logDirectory() / "binlog").string() << "\ngtid-mode=ON\nenforce-gtid-consistency=ON\n";
        else if (options.flavour == Flavour::MySql)
            cnf << "skip-log-bin\n";
        for (const std::string &line : options.myCnf)
            cnf << line << '\n';
        cnf.close();
        if (server->launch())
            return server;
        reason = server->m_lastError;
        if (options.port || reason.find("already in use") == std::string::npos)
            break;
    }
    return failed();
}

TestServer::~TestServer()
{
    stop();
    std::error_code ignored;
    fs::remove_all(m_ownsBase ? m_base : m_directory, ignored);
}

bool TestServer::giveTo(const std::string &user)
{
    const passwd *entry = getpwnam(user.c_str());
    m_lastError = entry ? "cannot give the directories to " + user : "there is no user " + user;
    if (!entry)
        return false;
    bool given = chmod(m_base.c_str(), 0755) == 0 && chmod(m_directory.c_str(), 0755) == 0;
    for (const char *name : {"data", "log", "run"}) {
        const fs::path top = m_directory / name;
        given = given && lchown(top.c_str(), entry->pw_uid, entry->pw_gid) == 0
            && chmod(top.c_str(), name == std::string("data") ? 0700 : 0755) == 0;
        for (const auto &file : fs::recursive_directory_iterator(top))
            given = given && lchown(file.path().c_str(), entry->pw_uid, entry->pw_gid) == 0;
    }
    return given;
}

bool TestServer::launch()
{
    std::vector<std::string> command{m_options.flavour == Flavour::MariaDb ? mariaDbServer() : mysqlServer(),
                                     "--defaults-file=" + myCnf().string()};
    m_pid = spawn(command, logDirectory() / "stderr.log", m_options.user.empty() ? nullptr : getpwnam(m_options.user.c_str()));
    if (m_pid > 0 && waitUntilReady())
        return true;
    m_lastError = "the server did not start:\n" + errorLogTail();
    kill();
    return false;
}

bool TestServer::waitUntilReady()
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (std::chrono::steady_clock::now() < deadline) {
        int status = 0;
        if (waitpid(m_pid, &status, WNOHANG) == m_pid) {
            m_pid = -1;
            return false;
        }
        if (run("DO 0", nullptr))
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    return false;
}

void TestServer::stop()
{
    if (m_pid <= 0)
        return;
    ::kill(m_pid, SIGCONT);
    ::kill(m_pid, SIGTERM);
    for (int i = 0; i < 3000; ++i) {
        if (waitpid(m_pid, nullptr, WNOHANG) == m_pid) {
            m_pid = -1;
            return;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
    kill();
}

void TestServer::kill()
{
    if (m_pid <= 0)
        return;
    ::kill(m_pid, SIGKILL);
    while (waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
    m_pid = -1;
}

bool TestServer::startAgain()
{
    return m_pid > 0 || launch();
}

void TestServer::freeze()
{
    if (m_pid <= 0)
        return;
    ::kill(m_pid, SIGSTOP);
    // the last thread may still be answering somebody
    while (waitpid(m_pid, nullptr, WUNTRACED) < 0 && errno == EINTR) { }
}

void TestServer::thaw()
{
    if (m_pid > 0)
        ::kill(m_pid, SIGCONT);
}

bool TestServer::exec(const std::string &sql)
{
    return run(sql, nullptr);
}

bool TestServer::exec(const std::vector<std::string> &statements)
{
    for (const std::string &sql : statements) {
        if (!run(sql, nullptr))
            return false;
    }
    return true;
}

std::optional<std::string> TestServer::value(const std::string &sql)
{
    std::optional<std::string> first;
    return run(sql, &first) ? first : std::nullopt;
}

bool TestServer::run(const std::string &sql, std::optional<std::string> *first)
{
    const std::unique_ptr<MYSQL, decltype(&mysql_close)> link(mysql_init(nullptr), &mysql_close);
    unsigned int timeout = 10;
    unsigned int readTimeout = 120;
    mysql_optionsv(link.get(), MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
    mysql_optionsv(link.get(), MYSQL_OPT_READ_TIMEOUT, &readTimeout);
    if (!mysql_real_connect(link.get(), "localhost", "root", "", nullptr, 0, socket().c_str(), 0)
        || mysql_real_query(link.get(), sql.c_str(), static_cast<unsigned long>(sql.size())) != 0) {
        m_lastError = std::to_string(mysql_errno(link.get())) + ": " + mysql_error(link.get()) + " in: " + sql.substr(0, 200);
        return false;
    }
    const std::unique_ptr<MYSQL_RES, decltype(&mysql_free_result)> result(mysql_store_result(link.get()), &mysql_free_result);
    if (!result || !first)
        return true;
    if (const MYSQL_ROW row = mysql_fetch_row(result.get()); row && row[0])
        *first = std::string(row[0], mysql_fetch_lengths(result.get())[0]);
    return true;
}

std::string TestServer::errorLogTail() const
{
    return tail(logDirectory() / "error.log", 1500) + tail(logDirectory() / "stderr.log", 500);
}

} // namespace zandb::test
