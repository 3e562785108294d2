// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/config/trial.h"

#include "agent/backups/containment.h"
#include "agent/backups/privateserver.h"
#include "agent/backups/tools.h"
#include "agent/protocol/configerrors.h"
#include "agent/rules/samevalue.h"

#include <algorithm>
#include <array>
#include <set>

#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr long long mostTrialBytes = 128LL << 20;

// What names this server, opens it, or belongs to its data; a private server has its own.
constexpr std::array<std::string_view, 34> ownOptions{
    "port", "bind_address", "socket", "server_id", "server_uuid", "report_host", "report_port", "report_user", "report_password", "user", "basedir", "datadir", "tmpdir",
    "pid_file", "extra_port", "mysqlx_port", "mysqlx_bind_address", "admin_port", "admin_address", "log_bin", "relay_log", "relay_log_info_file", "log_error", "init_connect",
    "init_file", "init_slave", "init_replica", "skip_grant_tables", "skip_networking", "innodb_page_size", "innodb_data_file_path", "innodb_temp_data_file_path",
    "lower_case_table_names", "log_output"};

// What needs the other servers, keys or plugins of the real one.
bool needsOthers(std::string_view name)
{
    for (const std::string_view start : {"plugin", "wsrep", "ssl", "tls", "admin_ssl", "admin_tls", "mysqlx_ssl", "group_replication", "clone_ssl", "keyring", "early_plugin", "file_key", "validate_password", "rpl_semi_sync", "replicate_",
                                         "innodb_undo", "innodb_directories", "innodb_encrypt", "innodb_default_encryption", "encrypt", "innodb_use_native_aio", "innodb_numa", "lc_messages", "large_pages", "memlock", "chroot", "caching_sha2",
                                         "sha256_password", "authentication_", "persisted_globals", "secure_", "slave_load", "replica_load", "thread_handling", "symbolic_links", "log_slave_updates", "log_replica_updates", "gtid_mode", "enforce_gtid"}) {
        if (name.starts_with(start))
            return true;
    }
    return false;
}

bool isMemorySize(std::string_view name)
{
    for (const std::string_view part : {"buffer_pool_size", "log_buffer_size", "log_file_size", "redo_log_capacity", "key_buffer_size", "pagecache_buffer_size", "query_cache_size", "sort_buffer_size",
                                        "innodb_buffer_pool_chunk_size", "join_buffer_size", "tmp_table_size", "max_heap_table_size", "key_cache", "temptable_max"}) {
        if (name.find(part) != name.npos)
            return true;
    }
    return false;
}

/// The lines of an error log that say why it did not start.
std::string errorsOf(const std::string &text)
{
    std::string found;
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        const auto mark = line.find("[ERROR]");
        if (mark == line.npos || line.find("Aborting") != line.npos || ++count > 4)
            continue;
        found += (found.empty() ? "" : "; ") + line.substr(mark + 8, 300);
    }
    return found;
}

tl::unexpected<Error> refused(const std::string &instance, const std::string &words)
{
    return fail(errors::configTrialFailed, {{"instance", instance}, {"detail", words.substr(0, 1000)}});
}

} // namespace

std::vector<std::string> trialOptions(const OptionFiles &files, std::vector<std::string> &unproven)
{
    std::vector<std::string> words;
    std::set<std::string> left;
    for (const OptionSetting &setting : files.settings()) {
        if (!setting.takesEffect || setting.file.empty()) // the command line of the real server is its own matter
            continue;
        const std::string &name = setting.variable;
        if (std::ranges::find(ownOptions, name) != ownOptions.end() || needsOthers(name) || rules::meaningOf(name).kind == rules::ValueKind::Path) {
            left.insert(name);
            continue;
        }
        std::string word = "--" + setting.name;
        if (setting.value) {
            std::string value = *setting.value;
            long long bytes = 0;
            if (isMemorySize(name) && rules::wholeNumber(value, bytes) && bytes > mostTrialBytes) {
                value = std::to_string(mostTrialBytes);
                left.insert(name);
            }
            word += '=' + value;
        }
        words.push_back(std::move(word));
    }
    unproven.assign(left.begin(), left.end());
    return words;
}

Result<TrialResult> tryOptions(const Config &config, const std::string &instance, const OptionFiles &files, bool mariaDb, const fs::path &scratch, const std::stop_token &stop)
{
    struct Removed
    {
        fs::path path;
        ~Removed()
        {
            std::error_code ec;
            fs::remove_all(path, ec);
        }
    } removed{scratch};
    TrialResult result;
    PrivateServerOptions options;
    options.mariaDb = mariaDb;
    options.scratch = scratch;
    options.dataDirectory = scratch / "data";
    options.run = scratch / "run";
    options.errorLog = scratch / "error.log";
    options.more = trialOptions(files, result.unproven);
    result.unproven.push_back("data");
    std::error_code ec;
    fs::create_directories(options.dataDirectory, ec);
    fs::create_directories(options.run / "tmp", ec); // for the first program; a server makes its own anew
    fs::permissions(scratch, fs::perms::owner_all, ec);
    if (ec)
        return fail(ioError(scratch, ec.value()));

    const auto tool = findTool(config, mariaDb, mariaDb ? "mariadbd" : "mysqld");
    if (!tool)
        return fail(tool.error());
    // what a server says of its options before it opens its error log; MariaDB has no other way to ask
    std::vector<std::string> argv{tool->string(), "--no-defaults", "--datadir=" + options.dataDirectory.string()};
    if (mariaDb)
        argv.insert(argv.end(), {"--help", "--verbose"});
    else
        argv.insert(argv.end(), {"--validate-config", "--secure-file-priv=NULL"});
    if (::geteuid() == 0)
        argv.push_back("--user=root");
    argv.insert(argv.end(), options.more.begin(), options.more.end());
    const auto checked = capture(confined(config, argv, scratch), 60s, stop);
    if (!checked)
        return fail(checked.error());
    if (const std::string words = errorsOf(checked->err); !checked->status.ok() || !words.empty())
        return refused(instance, words.empty() ? checked->err : words);
    if (auto made = initialiseDataDirectory(config, options, stop); !made)
        return fail(made.error());
    fs::remove(options.errorLog, ec);
    auto server = PrivateServer::start(config, options, stop);
    if (!server) {
        if (server.error().is(errors::cancelled))
            return fail(server.error());
        const std::string words = errorsOf(logTail(options.errorLog, 64 << 10));
        if (words.empty())
            return fail(server.error());
        return refused(instance, words);
    }
    return result;
}

} // namespace zandb::agent
