// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/provision/check.h"

#include "agent/backups/repository.h"
#include "agent/backups/manifest.h"
#include "agent/backups/tools.h"
#include "agent/fleet/mycnf.h"
#include "agent/fleet/programs.h"
#include "agent/os/child.h"
#include "agent/protocol/provisionerrors.h"
#include "agent/rules/optiontext.h"
#include "agent/rules/samevalue.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

namespace zandb::agent {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t defaultPool = 128LL << 20;
constexpr std::int64_t emptyServerBytes = 512LL << 20; // system tablespaces, redo log, first binlogs

std::string megabytes(std::int64_t bytes)
{
    return std::to_string((bytes + (1 << 20) - 1) >> 20) + " MiB";
}

/// Whether somebody listens on this TCP port, at any address.
bool isListening(int port)
{
    for (const char *table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        const auto text = readFile(table);
        if (!text)
            continue;
        std::istringstream lines(*text);
        std::string line;
        std::getline(lines, line);
        while (std::getline(lines, line)) {
            std::istringstream words(line);
            std::string slot, local, remote, state;
            words >> slot >> local >> remote >> state;
            const auto colon = local.rfind(':');
            unsigned number = 0;
            if (colon != local.npos)
                std::from_chars(local.data() + colon + 1, local.data() + local.size(), number, 16);
            if (state == "0A" && number == static_cast<unsigned>(port))
                return true;
        }
    }
    return false;
}

std::int64_t poolOf(const MyCnf &cnf)
{
    long long bytes = 0;
    const auto text = cnf.server("innodb_buffer_pool_size");
    return text && rules::wholeNumber(*text, bytes) ? bytes : defaultPool;
}

class Checking
{
public:
    Checking(const Config &config, const wire::ProvisionArgs &args, std::string run, fs::path scratch, std::stop_token stop)
        : m_config(config), m_args(args), m_run(std::move(run)), m_scratch(std::move(scratch)), m_stop(std::move(stop))
    {
    }

    Result<ProvisionSeen> run()
    {
        if (m_args.port <= 0 || m_args.port > 65535 || portOfName(m_args.instance) != m_args.port)
            return fail(errors::orderArgs, {{"detail", "instance has to be called my and its port"}});
        if (m_args.serverId < 1 || m_args.serverId > 4294967295LL)
            return fail(errors::orderArgs, {{"detail", "server_id"}});
        m_directory = (m_config.base / m_args.instance).lexically_normal();
        m_seen.check.directory = m_directory.string();
        for (LocalInstance &one : findInstances(m_config)) {
            if (one.directory != m_directory)
                m_others.push_back(std::move(one));
        }
        checkStart();
        checkPort();
        checkDirectory();
        readBackup();
        checkSoftware();
        checkTemplate();
        checkServerId();
        checkMemory();
        checkDisk();
        checkFiles();
        if (m_stop.stop_requested())
            return fail(errors::cancelled);
        LocalInstance &instance = m_seen.plan.instance;
        instance = {m_args.instance, m_args.port, m_directory, m_directory / "data", m_directory / "log", m_directory / "run" / "mysqld.sock", m_directory / "my.cnf"};
        if (const auto socket = MyCnf::parse(m_seen.plan.myCnf).server("socket"))
            instance.socket = *socket;
        return std::move(m_seen);
    }

private:
    void add(std::string name, bool ok, std::string detail, std::string remedy)
    {
        m_seen.check.checks.push_back({std::move(name), ok, std::move(detail), ok ? std::string() : std::move(remedy)});
    }

    void checkStart()
    {
        const bool direct = m_config.startsDirectly;
        add("start", direct, direct ? "the agent starts servers itself" : "servers of this host are units of systemd, and new ones cannot be made for those yet",
            "on a host where the agent may start servers itself: start = \"direct\" under [provision] in " + m_config.file.string());
    }

    void checkPort()
    {
        const bool ours = isOurs();
        const bool listening = !ours && isListening(m_args.port);
        add("port.listening", !listening, "port " + std::to_string(m_args.port) + (listening ? ": somebody listens there" : " is free"), "choose another port");
        const auto same = std::ranges::find_if(m_others, [&](const LocalInstance &one) { return one.port == m_args.port; });
        add("port.configured", same == m_others.end(), same == m_others.end() ? "no instance of this host has it" : same->name + " is configured for it", "choose another port");
    }

    bool isOurs() const
    {
        const auto mark = readMark(m_directory);
        return mark && !m_run.empty() && mark->run == m_run;
    }

    void checkDirectory()
    {
        std::error_code ec;
        const auto status = fs::symlink_status(m_directory, ec);
        const bool absent = !fs::exists(status);
        const bool good = absent || isOurs() || (fs::is_directory(status) && fs::is_empty(m_directory, ec) && !ec);
        add("directory", good, m_directory.string() + (absent ? " is absent" : good ? " is empty" : " holds something"), "move it away, or choose another port");
        const bool writable = ::access(m_config.base.c_str(), W_OK | X_OK) == 0;
        add("directory.writable", writable, m_config.base.string() + (writable ? " can be written" : " cannot be written by the agent"), "let " + userName() + " write " + m_config.base.string());
    }

    /// What it begins with says flavour, version and size.
    void readBackup()
    {
        if (!m_args.backup)
            return;
        const RepositoryConfig *repository = m_config.repository(m_args.backup->repository);
        const std::string host = m_args.backup->host.empty() ? m_config.host : m_args.backup->host;
        const bool named = isRepositoryName(host) && isRepositoryName(m_args.backup->instance);
        const auto path = repository && !repository->path.empty() && named ? findBackup(*repository, host, m_args.backup->instance, m_args.backup->backupId)
                                                                          : Result<fs::path>(fail(errors::backupNotHere));
        const auto manifest = path ? readManifest(*path) : Result<Manifest>(fail(path.error()));
        add("backup", manifest.has_value(), manifest ? "backup " + m_args.backup->backupId.toString() + " of " + manifest->instance + " is here" : describe(manifest.error()),
            "choose a backup that lies on this host: zandbctl backup list");
        if (manifest)
            m_manifest = *manifest;
        if (manifest && m_args.source) {
            const bool known = !manifest->position.gtid.empty();
            add("backup.position", known, known ? "its position is " + manifest->position.gtid.substr(0, 200) : "the backup tells no GTID", "back the primary up anew once it has written a transaction with a GTID");
        }
    }

    void checkSoftware()
    {
        std::string flavour = m_manifest ? m_manifest->flavour : m_args.flavour;
        if (m_manifest && !m_args.flavour.empty() && m_args.flavour != flavour)
            add("flavour", false, "the backup is of " + flavour, "leave the flavour out");
        if (flavour.empty() && !m_args.templateName.empty()) {
            const auto like = std::ranges::find(m_others, m_args.templateName, &LocalInstance::name);
            const auto greeting = like == m_others.end() ? Result<Greeting>(fail(errors::instanceUnknown)) : greet(*like);
            if (greeting)
                flavour = greeting->isMariaDb() ? "mariadb" : "mysql";
        }
        if (flavour.empty())
            flavour = !findProgram(m_config, true, "mariadbd").empty() ? "mariadb" : "mysql";
        ProvisionPlan &plan = m_seen.plan;
        plan.mariaDb = flavour == "mariadb";
        m_seen.check.flavour = flavour;
        plan.program = findProgram(m_config, plan.mariaDb, plan.mariaDb ? "mariadbd" : "mysqld");
        auto version = plan.program.empty() ? Result<std::string>(fail(errors::toolMissing)) : programVersion(plan.program);
        bool good = version.has_value() && (version->find("MariaDB") != std::string::npos) == plan.mariaDb;
        std::string detail = !version ? "there is no server of " + flavour : *version;
        const std::string package = packageOf(plan.mariaDb, plan.mariaDb ? "mariadbd" : "mysqld");
        if (good && plan.mariaDb && findProgram(m_config, true, "mariadb-install-db").empty()) {
            good = false;
            detail += ", and no mariadb-install-db";
        }
        if (good && m_manifest && seriesNumbers(*version) < seriesNumbers(m_manifest->serverVersion)) {
            good = false;
            detail += ", and the backup is of " + m_manifest->serverVersion;
        }
        add("software", good, detail, "install " + (package.empty() ? flavour : package) + (m_manifest ? " of at least the backup's version" : "") + ", or name its directory under [tools]");
        if (good)
            m_seen.check.version = plan.version = *version;
        else
            plan.program.clear();
    }

    void checkTemplate()
    {
        TemplateValues values{m_args.port, m_args.serverId, m_args.bufferPoolBytes, m_directory, userName()};
        std::string name = "the built-in template";
        Result<std::string> text = m_args.templateText.empty() ? builtInTemplate(m_seen.plan.mariaDb) : m_args.templateText;
        if (!m_args.templateName.empty()) {
            name = m_args.templateName;
            const auto like = std::ranges::find(m_others, m_args.templateName, &LocalInstance::name);
            text = like == m_others.end() ? Result<std::string>(fail(errors::provisionTemplate, {{"template", name}, {"detail", "there is no instance of that name on this host"}})) : templateOf(*like);
        } else if (!m_args.templateText.empty()) {
            name = "the template";
        }
        auto rendered = text ? renderTemplate(*text, name, values) : Result<std::string>(fail(text.error()));
        if (!rendered) {
            const auto &fields = rendered.error().fields;
            const auto detail = fields.find("detail");
            add("template", false, name + ": " + (detail == fields.end() ? describe(rendered.error()) : detail->second), "correct the template or choose another one");
            return;
        }
        if (m_args.source) {
            // what was written to a replica alone would be lost to its primary, and stop it one day
            const std::string option = m_seen.plan.mariaDb ? "read-only" : "super-read-only";
            if (!MyCnf::parse(*rendered).server(rules::variableName(option)))
                *rendered = rules::withNewOption(*rendered, "mysqld", option, "ON");
        }
        m_seen.plan.myCnf = *rendered;
        m_seen.check.myCnf = withoutSecrets(*rendered);
        add("template", true, name, {});
        if (!m_seen.plan.program.empty())
            askServer(name);
    }

    /// The server itself reads the file.  It checks names and values, not whether they make sense.
    void askServer(const std::string &name)
    {
        struct Removed
        {
            fs::path path;
            ~Removed()
            {
                std::error_code ec;
                fs::remove_all(path, ec);
            }
        } removed{m_scratch};
        std::error_code ec;
        fs::create_directories(m_scratch / "data", ec);
        fs::permissions(m_scratch, fs::perms::owner_all, ec);
        const fs::path file = m_scratch / "my.cnf";
        if (const auto written = replaceFile(file, m_seen.plan.myCnf, false); !written)
            return add("template.accepted", false, describe(written.error()), "look at the agent's state directory");
        // its directories are not there yet
        std::vector<std::string> argv{m_seen.plan.program.string(), "--defaults-file=" + file.string(), "--datadir=" + (m_scratch / "data").string(), "--tmpdir=" + m_scratch.string(),
                                      "--log-error=" + (m_scratch / "error.log").string(), "--skip-log-bin"};
        if (m_seen.plan.mariaDb)
            argv.insert(argv.end(), {"--help", "--verbose"});
        else
            argv.push_back("--validate-config");
        const auto asked = capture(argv, 60s, m_stop);
        std::string words = asked ? asked->err : describe(asked.error());
        if (const auto log = readFile(m_scratch / "error.log"))
            words += *log;
        std::string found;
        std::istringstream lines(words);
        for (std::string line; std::getline(lines, line);) {
            if (line.find("[ERROR]") != line.npos && line.find("Aborting") == line.npos && found.size() < 1000)
                found += (found.empty() ? "" : "; ") + line.substr(line.find("[ERROR]") + 7, 300);
        }
        const bool good = asked && asked->status.ok() && found.empty();
        add("template.accepted", good, good ? "the server reads what " + name + " makes" : found.empty() ? words.substr(0, 500) : found, "correct the option in the template");
    }

    void checkServerId()
    {
        const auto same = std::ranges::find_if(m_others, [&](const LocalInstance &one) {
            long long id = 0;
            const auto text = MyCnf::read(one.myCnf).server("server_id");
            return text && rules::wholeNumber(*text, id) && id == m_args.serverId;
        });
        add("server_id", same == m_others.end(), std::to_string(m_args.serverId) + (same == m_others.end() ? " is free on this host" : " is the server_id of " + same->name), "choose another server_id");
    }

    void checkMemory()
    {
        const std::int64_t memory = static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES)) * ::sysconf(_SC_PAGESIZE);
        const std::int64_t budget = m_config.memoryBytes > 0 ? m_config.memoryBytes : memory / 5 * 4;
        std::int64_t used = 0;
        for (const LocalInstance &one : m_others)
            used += poolOf(MyCnf::read(one.myCnf));
        const std::int64_t mine = m_seen.plan.myCnf.empty() ? std::max(m_args.bufferPoolBytes, defaultPool) : poolOf(MyCnf::parse(m_seen.plan.myCnf));
        const bool fits = used + mine <= budget;
        add("memory", fits, std::to_string(m_others.size()) + " instances have buffer pools of " + megabytes(used) + ", this one " + megabytes(mine) + ", of a budget of " + megabytes(budget),
            fits ? std::string() : "at most --buffer-pool " + std::to_string(std::max<std::int64_t>(0, budget - used) >> 20) + "M, or raise memory_bytes under [provision]");
    }

    void checkDisk()
    {
        const std::int64_t need = (m_manifest ? 2 * m_manifest->uncompressedBytes : 0) + emptyServerBytes + reservedOnDisks;
        const auto free = freeBytes(m_directory);
        add("disk", free && *free >= need, free ? megabytes(*free) + " are free, " + megabytes(need) + " are needed" : describe(free.error()), "make room below " + m_config.base.string());
    }

    void checkFiles()
    {
        const MyCnf cnf = MyCnf::parse(m_seen.plan.myCnf);
        const auto number = [&](const char *name, long long otherwise) {
            long long value = 0;
            const auto text = cnf.server(name);
            return text && rules::wholeNumber(*text, value) && value >= 0 ? value : otherwise;
        };
        // what the servers themselves ask for
        const long long least = std::max(number("open_files_limit", 0), 10 + number("max_connections", 151) + 2 * number("table_open_cache", 2000));
        rlimit limit{};
        ::getrlimit(RLIMIT_NOFILE, &limit);
        const bool enough = limit.rlim_max == RLIM_INFINITY || limit.rlim_max >= static_cast<rlim_t>(least);
        add("files", enough, "the server wants " + std::to_string(least) + " open files, " + (limit.rlim_max == RLIM_INFINITY ? "any number" : std::to_string(limit.rlim_max)) + " are allowed",
            "raise LimitNOFILE of the agent's unit, or lower table_open_cache in the template");
    }

    const Config &m_config;
    const wire::ProvisionArgs &m_args;
    const std::string m_run;
    const fs::path m_scratch;
    const std::stop_token m_stop;
    fs::path m_directory;
    std::vector<LocalInstance> m_others;
    std::optional<Manifest> m_manifest;
    ProvisionSeen m_seen;
};

} // namespace

Result<ProvisionSeen> checkProvision(const Config &config, const wire::ProvisionArgs &args, const std::string &run, const fs::path &scratch, const std::stop_token &stop)
{
    return Checking(config, args, run, scratch, stop).run();
}

std::string clashesOf(const wire::ProvisionCheck &check)
{
    std::string text;
    for (const wire::PreflightCheck &one : check.checks) {
        if (!one.ok)
            text += (text.empty() ? "" : "; ") + one.name + ": " + one.detail + (one.remedy.empty() ? "" : " (" + one.remedy + ')');
    }
    return text;
}

std::optional<ProvisionMark> readMark(const fs::path &directory)
{
    const auto text = readFile(directory / provisionMarkName, 64u << 10);
    const auto json = text ? parseJson(*text) : Result<Json>(fail(text.error()));
    const auto mark = json ? decode<ProvisionMark>(*json) : Result<ProvisionMark>(fail(json.error()));
    return mark ? std::optional(*mark) : std::nullopt;
}

Result<void> writeMark(const fs::path &directory, const ProvisionMark &mark)
{
    return replaceFile(directory / provisionMarkName, dumpJson(Json(mark)) + '\n');
}

} // namespace zandb::agent
