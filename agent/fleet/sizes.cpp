// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/fleet/sizes.h"

#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <functional>
#include <set>

namespace fs = std::filesystem;

namespace zandb::agent {
namespace {

constexpr std::size_t maxFiles = 500'000; // of one directory; nobody should wait for more

std::int64_t toNumber(std::string_view text)
{
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Adds up sizes of files, each once however many names lead to it.
class Files
{
public:
    /// Regular files directly in a directory that `take` accepts.  False when the directory cannot be read.
    bool add(const fs::path &directory, const std::function<bool(std::string_view)> &take = {})
    {
        DIR *handle = opendir(directory.c_str());
        if (!handle)
            return errno == ENOENT; // what is not there has no size
        bool complete = true;
        std::size_t count = 0;
        while (const dirent *entry = readdir(handle)) {
            if (entry->d_type != DT_REG && entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
                continue;
            if (++count > maxFiles) {
                complete = false;
                break;
            }
            struct stat info{};
            if ((take && !take(entry->d_name)) || fstatat(dirfd(handle), entry->d_name, &info, 0) != 0 || !S_ISREG(info.st_mode))
                continue;
            if (m_seen.emplace(info.st_dev, info.st_ino).second)
                m_bytes += info.st_size;
        }
        closedir(handle);
        return complete;
    }
    std::int64_t bytes() const { return m_bytes; }

private:
    std::int64_t m_bytes = 0;
    std::set<std::pair<dev_t, ino_t>> m_seen;
};

/// The directory can be listed and its files be asked for their size.
bool isReadable(const fs::path &directory)
{
    return faccessat(AT_FDCWD, directory.c_str(), R_OK | X_OK, AT_EACCESS) == 0;
}

bool isRedo(std::string_view name)
{
    return name.starts_with("ib_logfile");
}

bool isUndo(std::string_view name)
{
    return name.starts_with("undo") && name != "undo_trunc.log";
}

bool isSystemTablespace(std::string_view name)
{
    return name.starts_with("ibdata") || name == "mysql.ibd";
}

/// One measuring.
class Sizes
{
public:
    Sizes(SqlClient &client, const LocalInstance &instance) : m_client(client), m_instance(instance) { }

    Result<InstanceSizes> measure()
    {
        m_mariaDb = m_client.isMariaDb();
        for (const auto step : {&Sizes::readPaths, &Sizes::measureData, &Sizes::measureLogs}) {
            if (auto done = (this->*step)(); !done)
                return fail(std::move(done.error()));
        }
        return std::move(m_sizes);
    }

private:
    fs::path path(const char *variable) const
    {
        const std::string text = m_paths.value(0, variable).value_or("");
        if (text.empty())
            return {};
        const fs::path file(text);
        return (file.is_absolute() ? file : m_data / file).lexically_normal();
    }
    void missing(const char *name) { m_sizes.notPermitted.emplace_back(name); }
    static bool isDown(const Error &error) { return error.is(errors::instanceDown); }

    Result<void> readPaths()
    {
        auto result = m_client.query("SELECT @@datadir p_data, @@innodb_log_group_home_dir p_redo, @@innodb_undo_directory p_undo, "
                                     "@@log_bin_basename p_binlog, @@relay_log_basename p_relay, @@log_error p_error, "
                                     "@@slow_query_log_file p_slow, @@general_log_file p_general");
        if (!result)
            return fail(std::move(result.error()));
        m_paths = std::move(*result);
        m_data = fs::path(m_paths.value(0, "p_data").value_or(m_instance.dataDirectory.string())).lexically_normal();
        if (!m_data.has_filename())
            m_data = m_data.parent_path();
        m_dataReadable = isReadable(m_data);
        return {};
    }

    Result<void> measureData()
    {
        // undo tablespaces are logs, and what is temporary is nobody's data
        auto tablespaces = m_client.query(
            m_mariaDb ? "SELECT SUM(IF(NAME LIKE 'innodb_undo%', 0, FILE_SIZE)), SUM(IF(NAME LIKE 'innodb_undo%', FILE_SIZE, 0)) "
                        "FROM information_schema.INNODB_SYS_TABLESPACES WHERE NAME <> 'innodb_temporary'"
                      : "SELECT SUM(IF(SPACE_TYPE = 'Undo', 0, FILE_SIZE)), SUM(IF(SPACE_TYPE = 'Undo', FILE_SIZE, 0)) "
                        "FROM information_schema.INNODB_TABLESPACES WHERE NAME <> 'innodb_temporary'");
        if (!tablespaces && isDown(tablespaces.error()))
            return fail(std::move(tablespaces.error()));

        // files of other engines, and of InnoDB where the server does not say
        Files innodb, others;
        bool complete = m_dataReadable;
        const auto isInnodb = [](std::string_view name) { return name.ends_with(".ibd"); };
        if (m_dataReadable) {
            innodb.add(m_data, isSystemTablespace);
            std::error_code failure;
            for (fs::directory_iterator it(m_data, failure), end; !failure && it != end; it.increment(failure)) {
                std::error_code ignored;
                const std::string name = it->path().filename().string();
                if (!it->is_directory(ignored) || name.starts_with('#'))
                    continue;
                if (!tablespaces)
                    innodb.add(it->path(), isInnodb);
                complete = others.add(it->path(), [&](std::string_view file) { return !isInnodb(file); }) && complete;
            }
            complete = complete && !failure;
        }
        if (tablespaces && !tablespaces->rows.empty()) {
            m_sizes.dataBytes = toNumber(tablespaces->rows[0][0].value_or("0")) + others.bytes();
            // MySQL's table lists mysql.ibd but not ibdata1
            if (!m_mariaDb && m_dataReadable) {
                Files system;
                system.add(m_data, [](std::string_view name) { return name.starts_with("ibdata"); });
                *m_sizes.dataBytes += system.bytes();
            }
            m_undoBytes = toNumber(tablespaces->rows[0][1].value_or("0"));
            if (!complete)
                missing("data_bytes.non_innodb");
        } else if (complete) {
            m_sizes.dataBytes = innodb.bytes() + others.bytes();
        } else {
            missing("data_bytes");
        }
        return {};
    }

    Result<void> measureLogs()
    {
        Files files;
        bool anything = false;
        std::set<fs::path> whole; // directories of which everything was counted
        if (!m_instance.logDirectory.empty() && m_instance.logDirectory.lexically_normal() != m_data
            && isReadable(m_instance.logDirectory) && files.add(m_instance.logDirectory)) {
            whole.insert(m_instance.logDirectory.lexically_normal());
            anything = true;
        }
        // BASENAME.000001, BASENAME.index ...; true when the files could be seen
        const auto addSeries = [&](const fs::path &basename) {
            if (basename.empty() || whole.contains(basename.parent_path()))
                return true;
            if (!isReadable(basename.parent_path()))
                return false;
            const std::string prefix = basename.filename().string() + ".";
            anything = true;
            return files.add(basename.parent_path(), [&](std::string_view name) { return name.starts_with(prefix); });
        };
        const auto addFile = [&](const fs::path &file) {
            struct stat info{};
            if (!file.empty() && !whole.contains(file.parent_path()) && stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode))
                files.add(file.parent_path(), [&](std::string_view name) { return name == file.filename().native(); });
        };
        std::int64_t asked = 0;
        if (!addSeries(path("p_binlog"))) {
            auto logs = m_client.query("SHOW BINARY LOGS");
            if (!logs && isDown(logs.error()))
                return fail(std::move(logs.error()));
            if (!logs)
                missing("log_bytes.binlogs");
            for (std::size_t row = 0; logs && row < logs->rows.size(); ++row) {
                asked += toNumber(logs->value(row, "File_size").value_or("0"));
                anything = true;
            }
        }
        if (!addSeries(path("p_relay")))
            missing("log_bytes.relay");
        for (const char *log : {"p_error", "p_slow", "p_general"})
            addFile(path(log));
        if (auto redo = measureRedo(files, asked, anything); !redo)
            return redo;
        asked += m_undoBytes;
        if (m_undoBytes == 0 && isReadable(path("p_undo")))
            files.add(path("p_undo"), isUndo);
        if (anything)
            m_sizes.logBytes = files.bytes() + asked;
        else
            m_sizes.notPermitted = withLogBytesWhole();
        return {};
    }

    Result<void> measureRedo(Files &files, std::int64_t &asked, bool &anything)
    {
        const fs::path home = path("p_redo");
        const fs::path modern = home / "#innodb_redo"; // MySQL 8.0.30 and later
        std::error_code failure;
        const bool isModern = !m_mariaDb && m_client.versionNumber() >= 80030;
        if (isReadable(isModern ? modern : home)) {
            isModern ? files.add(modern) : files.add(home, isRedo);
            anything = true;
            return {};
        }
        auto size = m_client.value(isModern ? "SELECT SUM(SIZE_IN_BYTES) FROM performance_schema.innodb_redo_log_files"
                                            : m_mariaDb ? "SELECT @@innodb_log_file_size" // one file, allocated at once
                                                        : "SELECT @@innodb_log_file_size * @@innodb_log_files_in_group");
        if (!size && isDown(size.error()))
            return fail(std::move(size.error()));
        if (size && *size) {
            asked += toNumber(**size);
            anything = true;
        } else {
            missing("log_bytes.redo");
        }
        return {};
    }

    /// When nothing could be seen at all the parts need no names of their own.
    std::vector<std::string> withLogBytesWhole() const
    {
        std::vector<std::string> names;
        std::ranges::copy_if(m_sizes.notPermitted, std::back_inserter(names), [](const std::string &name) { return !name.starts_with("log_bytes"); });
        names.emplace_back("log_bytes");
        return names;
    }

    SqlClient &m_client;
    const LocalInstance &m_instance;
    bool m_mariaDb = false;
    SqlResult m_paths;
    fs::path m_data;
    bool m_dataReadable = false;
    std::int64_t m_undoBytes = 0;
    InstanceSizes m_sizes;
};

} // namespace

Result<InstanceSizes> measureSizes(SqlClient &client, const LocalInstance &instance)
{
    return Sizes(client, instance).measure();
}

} // namespace zandb::agent
