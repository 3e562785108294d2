// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/privateserver.h"

#include "agent/backups/repository.h"
#include "agent/backups/tools.h"

#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// a socket's path may have 107 bytes, so it does not lie beside the data
constexpr const char *socketParent = "/tmp";
constexpr const char *socketPrefix = "zandb-private-";

tl::unexpected<Error> failed(const char *step, std::string detail)
{
    return fail(errors::restoreFailed, {{"step", step}, {"detail", std::move(detail)}});
}

// Settings that a data directory cannot be opened without.
void addSettings(std::vector<std::string> &argv, const PrivateServerOptions &options)
{
    for (const auto &[name, option] : {std::pair{"innodb_page_size", "--innodb-page-size="},
                                       std::pair{"innodb_data_file_path", "--innodb-data-file-path="},
                                       std::pair{"lower_case_table_names", "--lower-case-table-names="},
                                       std::pair{"character_set_server", "--character-set-server="},
                                       std::pair{"collation_server", "--collation-server="}}) {
        const auto it = options.settings.find(name);
        if (it != options.settings.end() && !it->second.empty())
            argv.push_back(option + it->second);
    }
}

} // namespace

std::string logTail(const fs::path &path, std::size_t bytes)
{
    const auto text = readWhole(path);
    if (!text)
        return {};
    return text->size() <= bytes ? *text : text->substr(text->size() - bytes);
}

Result<void> initialiseDataDirectory(const Config &config, const PrivateServerOptions &options, const std::stop_token &stop)
{
    auto tool = findTool(config, options.mariaDb, options.mariaDb ? "mariadb-install-db" : "mysqld");
    if (!tool)
        return fail(tool.error());
    std::vector<std::string> argv{tool->string(), "--no-defaults", "--datadir=" + options.dataDirectory.string()};
    if (options.mariaDb) {
        argv.insert(argv.end(), {"--auth-root-authentication-method=socket", "--auth-root-socket-user=" + userName(),
                                 "--skip-test-db"});
        if (::geteuid() == 0)
            argv.push_back("--user=root");
    } else {
        argv.insert(argv.end(), {"--initialize-insecure", "--secure-file-priv=NULL", "--log-error=" + options.errorLog.string()});
        if (::geteuid() == 0)
            argv.push_back("--user=root");
    }
    addSettings(argv, options);
    auto done = capture(argv, 300s, stop);
    if (!done)
        return fail(done.error());
    if (!done->status.ok())
        return failed("initialise", done->err + logTail(options.errorLog));
    return {};
}

Result<std::unique_ptr<PrivateServer>> PrivateServer::start(const Config &config, const PrivateServerOptions &options,
                                                            const std::stop_token &stop)
{
    auto tool = findTool(config, options.mariaDb, options.mariaDb ? "mariadbd" : "mysqld");
    if (!tool)
        return fail(tool.error());
    std::unique_ptr<PrivateServer> server(new PrivateServer);
    server->m_run = fs::path(socketParent) / (socketPrefix + Uuid::v7().toString());
    server->m_lock = lockScratch(server->m_run);
    if (!server->m_lock)
        return fail(fileError(server->m_run, errno));
    server->m_errorLog = options.errorLog;
    server->m_account = options.mariaDb ? userName() : "root";

    std::vector<std::string> argv{tool->string(),
                                  "--no-defaults",
                                  "--datadir=" + options.dataDirectory.string(),
                                  "--socket=" + server->socket().string(),
                                  "--pid-file=" + (server->m_run / "pid").string(),
                                  "--log-error=" + options.errorLog.string(),
                                  "--skip-networking",
                                  "--skip-slave-start",
                                  "--skip-log-bin",
                                  "--innodb-buffer-pool-size=128M",
                                  "--max-allowed-packet=1G"};
    if (options.mariaDb)
        argv.push_back("--innodb-log-file-size=100663296");
    else
        argv.insert(argv.end(), {"--mysqlx=OFF", "--secure-file-priv=NULL", "--gtid-mode=ON", "--enforce-gtid-consistency=ON"});
    if (options.grants)
        argv.push_back("--event-scheduler=OFF");
    else
        argv.push_back("--skip-grant-tables"); // switches the event scheduler off too
    if (::geteuid() == 0)
        argv.push_back("--user=root");
    addSettings(argv, options);
    argv.insert(argv.end(), options.more.begin(), options.more.end());

    Command command;
    command.argv = argv;
    auto child = Child::start(command);
    if (!child)
        return fail(child.error());
    server->m_child = std::move(*child);
    const auto until = std::chrono::steady_clock::now() + 1h; // crash recovery may take its time
    while (std::chrono::steady_clock::now() < until) {
        if (stop.stop_requested())
            return fail(errors::cancelled);
        if (const auto ended = server->m_child->poll())
            return failed("start", "status " + ended->text() + "\n" + logTail(options.errorLog));
        if (::access(server->socket().c_str(), F_OK) == 0 && server->connect())
            return server;
        std::this_thread::sleep_for(50ms);
    }
    return failed("start", "not ready after an hour");
}

PrivateServer::~PrivateServer()
{
    m_child.reset();
    std::error_code ec;
    fs::remove_all(m_run, ec);
}

std::vector<std::string> PrivateServer::removeStale() { return removeStaleScratch(socketParent, socketPrefix); }

Result<std::unique_ptr<SqlClient>> PrivateServer::connect()
{
    return SqlClient::connect("private server", socket(), m_account, 5s, 24h);
}

std::string PrivateServer::logEnd() const { return logTail(m_errorLog); }

Result<void> PrivateServer::shutdown()
{
    m_child->terminate();
    if (const auto status = m_child->wait(600s); !status || !status->ok())
        return failed("shutdown", (status ? "status " + status->text() : std::string("not ended")) + "\n" + logTail(m_errorLog));
    return {};
}

} // namespace zandb::agent
