// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/privateserver.h"

#include "agent/backups/blame.h"
#include "agent/backups/containment.h"
#include "agent/backups/tools.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr const char *thisServer = "the private server";

// Settings that a data directory cannot be opened without.  They come from a manifest: none may bring a path.
Result<void> addSettings(std::vector<std::string> &argv, const PrivateServerOptions &options)
{
    for (const auto &[name, option] : {std::pair{"innodb_page_size", "--innodb-page-size="},
                                       std::pair{"innodb_data_file_path", "--innodb-data-file-path="},
                                       std::pair{"lower_case_table_names", "--lower-case-table-names="},
                                       std::pair{"character_set_server", "--character-set-server="},
                                       std::pair{"collation_server", "--collation-server="}}) {
        const auto it = options.settings.find(name);
        if (it == options.settings.end() || it->second.empty())
            continue;
        const bool isPath = std::string_view(name) == "innodb_data_file_path";
        auto value = isPath ? withoutDirectories(it->second) : Result<std::string>(it->second);
        if (!value)
            return fail(value.error());
        if (!isPath && value->find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != std::string::npos)
            return fail(errors::restoreHindered, {{"step", "settings"}, {"detail", std::string(name) + ": " + *value}});
        argv.push_back(option + *value);
    }
    return {};
}

Result<void> makeRunDirectory(const fs::path &run)
{
    // what an earlier server of this scratch directory left there is of no use
    std::error_code ec;
    fs::remove_all(run, ec);
    for (const auto &path : {run, run / "tmp", run / "files"}) {
        if (::mkdir(path.c_str(), 0700) != 0)
            return fail(ioError(path, errno));
    }
    return {};
}

// Where it reads and writes: every option that is a path, so that none comes from a file, a default or its data.
void addPaths(std::vector<std::string> &argv, const PrivateServerOptions &options)
{
    const std::string data = options.dataDirectory.string();
    const auto run = [&](const char *name) { return (options.run / name).string(); };
    argv.insert(argv.end(), {"--datadir=" + data, "--tmpdir=" + run("tmp"), "--pid-file=" + run("pid"),
                             "--log-error=" + options.errorLog.string(), "--general-log=0", "--general-log-file=" + run("general.log"),
                             "--slow-query-log=0", "--slow-query-log-file=" + run("slow.log"), "--log-output=NONE", "--skip-log-bin",
                             "--relay-log=" + run("relay"), "--innodb-data-home-dir=" + data, "--innodb-log-group-home-dir=" + data,
                             "--innodb-undo-directory=" + data, "--innodb-temp-data-file-path=ibtmp1:12M:autoextend",
                             "--innodb-tmpdir=" + run("tmp"), "--loose-skip-symbolic-links", "--local-infile=0"});
    if (options.mariaDb)
        // it knows no way to forbid all files, so there is a directory for them, which is empty
        argv.insert(argv.end(), {"--secure-file-priv=" + run("files"), "--aria-log-dir-path=" + data, "--slave-load-tmpdir=" + run("tmp")});
    else
        // SET PERSIST writes a file beside the data that would be read again before these options
        argv.insert(argv.end(), {"--secure-file-priv=NULL", "--persisted-globals-load=OFF", "--loose-innodb-directories=",
                                 "--loose-innodb-doublewrite-dir=" + data,
                                 "--loose-innodb-redo-log-archive-dirs="});
}

} // namespace

std::string logTail(const fs::path &path, std::size_t bytes)
{
    const auto text = readFile(path);
    if (!text)
        return {};
    return text->size() <= bytes ? *text : text->substr(text->size() - bytes);
}

Result<void> initialiseDataDirectory(const Config &config, const PrivateServerOptions &options, const std::stop_token &stop)
{
    auto tool = findTool(config, options.mariaDb, options.mariaDb ? "mariadb-install-db" : "mysqld");
    if (!tool)
        return fail(tool.error());
    if (auto made = makeRunDirectory(options.run); !made)
        return made;
    std::vector<std::string> argv{tool->string(), "--no-defaults"};
    if (options.mariaDb)
        // a shell script, which would take a path with a space apart: TMPDIR tells the server the rest
        argv.insert(argv.end(), {"--datadir=" + options.dataDirectory.string(), "--auth-root-authentication-method=socket",
                                 "--auth-root-socket-user=" + userName(), "--skip-test-db", "--force"}); // without asking for this host's name
    else
        argv.insert(argv.end(), {"--initialize-insecure", "--datadir=" + options.dataDirectory.string(), "--secure-file-priv=NULL",
                                 "--tmpdir=" + (options.run / "tmp").string(), "--log-error=" + options.errorLog.string()});
    if (::geteuid() == 0)
        argv.push_back("--user=root");
    if (auto added = addSettings(argv, options); !added)
        return added;
    auto done = capture(confined(config, argv, options.scratch), 300s, stop);
    if (!done)
        return fail(done.error());
    // Nothing of a backup was read yet.  MariaDB's tool is a shell script: a signal that ended its server shows only as status 1.
    if (done->status.signal != 0)
        return fail(toolError(tool->filename().string(), done->status, {}));
    if (!done->status.ok()) {
        // MariaDB's tool says on standard output what went wrong, with a page of advice behind it
        const std::string said = done->err + done->out.substr(0, 600) + logTail(options.errorLog);
        return fail(errors::restoreHindered, {{"step", "initialise"}, {"detail", tool->filename().string() + ": " + said}});
    }
    return {};
}

Result<std::unique_ptr<PrivateServer>> PrivateServer::start(const Config &config, const PrivateServerOptions &options,
                                                            const std::stop_token &stop)
{
    auto tool = findTool(config, options.mariaDb, options.mariaDb ? "mariadbd" : "mysqld");
    if (!tool)
        return fail(tool.error());
    if (auto made = makeRunDirectory(options.run); !made)
        return fail(made.error());
    std::unique_ptr<PrivateServer> server(new PrivateServer(config));
    server->m_options = options;
    server->m_account = options.mariaDb ? userName() : "root";
    server->m_run = FileDescriptor(::open(options.run.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!server->m_run)
        return fail(ioError(options.run, errno));

    // a socket's path may have 107 bytes, and the way to a scratch directory more: so it is told from the data directory, which
    // is the server's working directory, and clients are started beside it
    std::vector<std::string> argv{tool->string(), "--no-defaults",
                                  "--socket=" + (options.run.lexically_relative(options.dataDirectory) / socketName).string(),
                                  "--skip-networking", "--skip-slave-start", "--innodb-buffer-pool-size=128M",
                                  "--max-allowed-packet=1G"};
    addPaths(argv, options);
    if (options.mariaDb)
        argv.push_back("--innodb-log-file-size=100663296");
    else
        argv.insert(argv.end(), {"--mysqlx=OFF", "--gtid-mode=ON", "--enforce-gtid-consistency=ON"});
    if (options.grants)
        argv.push_back("--event-scheduler=OFF");
    else
        argv.push_back("--skip-grant-tables"); // switches the event scheduler off too
    if (::geteuid() == 0)
        argv.push_back("--user=root");
    if (auto added = addSettings(argv, options); !added)
        return fail(added.error());
    argv.insert(argv.end(), options.more.begin(), options.more.end());

    auto child = Child::start(confined(config, argv, options.scratch));
    if (!child)
        return fail(child.error());
    server->m_child = std::move(*child);
    const fs::path socket = options.run / socketName;
    const auto until = std::chrono::steady_clock::now() + 1h; // crash recovery may take its time
    while (std::chrono::steady_clock::now() < until) {
        if (stop.stop_requested())
            return fail(errors::cancelled);
        if (const auto ended = server->m_child->poll())
            return fail(blame("start", thisServer, *ended, logTail(options.errorLog)));
        if (::access(socket.c_str(), F_OK) == 0 && server->connect())
            return server;
        std::this_thread::sleep_for(50ms);
    }
    return fail(errors::restoreHindered, {{"step", "start"}, {"detail", "not ready after an hour"}});
}

PrivateServer::~PrivateServer()
{
    m_child.reset();
    std::error_code ec;
    fs::remove_all(m_options.run, ec);
}

Command PrivateServer::client(std::vector<std::string> argv) const
{
    Command command = confined(m_config, std::move(argv), m_options.scratch);
    command.directory = m_options.run;
    return command;
}

Result<std::unique_ptr<SqlClient>> PrivateServer::connect(const std::string &user)
{
    return SqlClient::connect(thisServer, "/proc/self/fd/" + std::to_string(m_run.get()) + '/' + socketName, user.empty() ? m_account : user, 5s, 24h);
}

Result<void> PrivateServer::shutdown()
{
    if (const auto early = m_child->poll())
        return fail(blame("shutdown", thisServer, *early, logTail(m_options.errorLog)));
    m_child->terminate();
    const auto status = m_child->wait(600s);
    if (!status)
        return fail(errors::restoreHindered, {{"step", "shutdown"}, {"detail", "not ended after ten minutes"}});
    if (!status->ok())
        return fail(blame("shutdown", thisServer, *status, logTail(m_options.errorLog)));
    return {};
}

std::optional<Error> PrivateServer::ended(const char *step)
{
    if (const auto status = m_child->wait(2s))
        return blame(step, thisServer, *status, logTail(m_options.errorLog));
    return std::nullopt;
}

Error PrivateServer::blameFor(const char *step, const std::string &what, const Error &error)
{
    if (error.is(errors::instanceDown)) {
        if (auto end = ended(step))
            return *end;
    }
    return blameStatement(step, what, error);
}

} // namespace zandb::agent
