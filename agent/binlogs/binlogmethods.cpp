// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/binlogs/binlogmethods.h"

#include "agent/binlogs/basebackups.h"
#include "agent/os/log.h"

#include <algorithm>
#include <set>

#include <malloc.h>

namespace zandb::agent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto pace = 5s;
constexpr auto wholeEvery = 6h;
/// An open file grows all the time; that is told this often, and a new file at once.
constexpr auto growthEvery = 30s;
/// Of what is read of an instance's files in one look.
constexpr std::int64_t bytesAtOnce = 64 << 20;
/// Of one batch; a frame holds 4 MiB.
constexpr std::size_t batchBytes = 1 << 20;

fs::path archivesFile(const Config &config) { return config.stateDirectory / "binlogs" / "archives.json"; }

std::string idOf(const wire::BinlogFile &file) { return file.repository + '/' + file.key; }

} // namespace

/// One instance, in the lane.
struct BinlogMethods::Watched
{
    std::unique_ptr<BinlogCatalogue> catalogue;
    std::unique_ptr<BinlogArchive> archive;
    std::unique_ptr<BaseBackups> bases;
};

/// What of an instance is in the spool.
struct BinlogMethods::Told
{
    wire::BinlogReport last;               ///< as it was found last; also for binlogs.state
    std::map<std::string, Json> files;     ///< as told, by repository and key
    Json rest;                             ///< all but files, time and what grows
    Clock::time_point wholeAt{}, grownAt{};
    bool isKeeping = false;
};

BinlogMethods::BinlogMethods(const Config &config, asio::io_context &io, CollectMethods &collect) : m_config(config), m_collect(collect), m_lane(io), m_timer(io)
{
    const auto text = readFile(archivesFile(config));
    const auto json = text ? parseJson(*text) : Result<Json>(fail(errors::internal));
    if (json && json->is_object()) {
        for (const auto &[instance, repository] : json->items()) {
            if (repository.is_string())
                m_archives[instance] = repository.get<std::string>();
        }
    }
}

BinlogMethods::~BinlogMethods() = default;

void BinlogMethods::addTo(Methods &methods)
{
    methods["binlogs.state"] = {Role::Viewer, true, [this](const ConnectionIdentity &, const Json &params, const Responder &responder) {
                                    const std::string wanted = params.value("instance", std::string());
                                    Json all = Json::array();
                                    for (const auto &[name, told] : m_told) {
                                        if (wanted.empty() || wanted == name) {
                                            wire::BinlogReport report = told->last;
                                            report.files.clear();
                                            all.push_back(report);
                                        }
                                    }
                                    responder.respond({{"instances", all}});
                                }};
    methods["binlogs.archive"] = {Role::Operator, true, [this](const ConnectionIdentity &identity, const Json &params, const Responder &responder) {
                                      archive(params, responder, identity.user);
                                  }};
}

void BinlogMethods::archive(const Json &params, const Responder &responder, const std::string &person)
{
    const std::string instance = params.at("instance").get<std::string>(), name = params.at("repository").get<std::string>();
    const RepositoryConfig *repository = m_config.repository(name);
    if (const auto known = findInstance(m_config, instance); !known)
        return responder.fail(known.error());
    if (!name.empty() && !repository)
        return responder.fail(makeError(errors::repositoryUnknown, {{"repository", name}}));
    if (!name.empty() && repository->path.empty())
        return responder.fail(makeError(errors::repositoryElsewhere, {{"repository", name}, {"remote", repository->remote}}));
    auto archives = m_archives;
    if (name.empty())
        archives.erase(instance);
    else
        archives[instance] = name;
    std::error_code ignored;
    fs::create_directories(archivesFile(m_config).parent_path(), ignored);
    if (const auto written = replaceFile(archivesFile(m_config), dumpJson(Json(archives))); !written)
        return responder.fail(written.error());
    m_archives = std::move(archives);
    logLine("binlogs.archive by " + person + ": " + instance + (name.empty() ? " no more" : " into " + name));
    wire::BinlogReport report;
    if (const auto told = m_told.find(instance); told != m_told.end())
        report = told->second->last;
    report.instance = instance;
    report.files.clear();
    report.archive.repository = name;
    responder.respond(Json(report));
    schedule(1ms);
}

void BinlogMethods::start() { schedule(1s); }

void BinlogMethods::stop()
{
    m_stopping = true;
    m_timer.cancel();
    (void)m_lane.post([this]() -> std::function<void()> {
        m_watched.clear(); // streams end
        return [] {};
    });
}

void BinlogMethods::schedule(std::chrono::milliseconds pause)
{
    if (m_stopping)
        return;
    m_timer.expires_after(pause);
    m_timer.async_wait([this](const std::error_code &error) {
        if (!error && !m_stopping)
            look();
    });
}

void BinlogMethods::look()
{
    if (!m_lane.isIdle())
        return schedule(pace);
    const bool taken = m_lane.post([this, archives = m_archives]() -> std::function<void()> {
        auto reports = std::make_shared<std::vector<wire::BinlogReport>>();
        bool more = false;
        std::set<std::string> there;
        for (const LocalInstance &instance : findInstances(m_config)) {
            there.insert(instance.name);
            auto &watched = m_watched[instance.name];
            if (!watched)
                watched = std::make_unique<Watched>();
            if (!watched->catalogue)
                watched->catalogue = std::make_unique<BinlogCatalogue>(m_config, instance.name);
            BinlogCatalogue::Look look = watched->catalogue->look(bytesAtOnce);
            more |= look.more;
            const auto wanted = archives.find(instance.name);
            const RepositoryConfig *repository = wanted == archives.end() ? nullptr : m_config.repository(wanted->second);
            if (watched->archive && (!repository || repository->name != watched->archive->state().repository))
                watched->archive.reset();
            if (repository && !watched->archive)
                watched->archive = std::make_unique<BinlogArchive>(m_config, instance.name, *repository);
            wire::BinlogReport report;
            report.instance = instance.name;
            report.at = systemNow();
            report.on = look.on;
            report.mariaDb = look.mariaDb;
            report.server = look.server;
            report.expireSeconds = look.expireSeconds;
            report.archive.state = "off";
            if (look.trouble)
                report.error = errorToJson(*look.trouble);
            if (!watched->bases)
                watched->bases = std::make_unique<BaseBackups>(m_config, instance.name);
            watched->bases->look(report);
            if (watched->archive)
                watched->archive->tick(look);
            report.files = std::move(look.files);
            if (watched->archive) {
                report.archive = watched->archive->state();
                std::ranges::move(watched->archive->files(), std::back_inserter(report.files));
            }
            reports->push_back(std::move(report));
        }
        std::erase_if(m_watched, [&](const auto &item) { return !there.contains(item.first); });
        return [this, reports, more] { looked(std::move(*reports), more); };
    });
    if (!taken)
        schedule(pace);
}

void BinlogMethods::looked(std::vector<wire::BinlogReport> reports, bool more)
{
    std::erase_if(m_told, [&](const auto &item) { return std::ranges::none_of(reports, [&](const auto &report) { return report.instance == item.first; }); });
    for (wire::BinlogReport &report : reports)
        keep(std::move(report));
    ::malloc_trim(0);
    schedule(more ? std::chrono::milliseconds(100) : std::chrono::milliseconds(pace));
}

/// Tells what changed.
void BinlogMethods::keep(wire::BinlogReport now)
{
    auto &told = m_told[now.instance];
    if (!told)
        told = std::make_unique<Told>();
    const bool failed = !now.error.is_null();
    if (failed) { // what it has nobody knows now; what is told stays
        now.files.clear();
        now.on = told->last.on;
        now.server = told->last.server;
        now.mariaDb = told->last.mariaDb;
        now.expireSeconds = told->last.expireSeconds;
    }
    told->last = now;
    told->last.files.clear();
    if (told->isKeeping || m_stopping)
        return;
    const auto clock = Clock::now();
    const bool whole = !failed && (told->wholeAt == Clock::time_point{} || clock - told->wholeAt > wholeEvery);
    const bool mayGrow = clock - told->grownAt > growthEvery;
    std::map<std::string, Json> files = failed ? told->files : std::map<std::string, Json>();
    wire::BinlogReport change = now;
    change.whole = whole;
    change.files.clear();
    bool matters = whole;
    for (const wire::BinlogFile &file : now.files) {
        const Json json(file);
        const auto known = told->files.find(idOf(file));
        if (whole || known == told->files.end() || known->second != json) {
            const bool grows = known != told->files.end() && known->second.value("state", "") == file.state && file.state == "open";
            if (!whole && grows && !mayGrow) {
                files[idOf(file)] = known->second;
                continue;
            }
            matters = true;
            change.files.push_back(file);
        }
        files[idOf(file)] = json;
    }
    for (const auto &[id, json] : told->files) {
        if (!files.contains(id)) {
            change.gone.push_back({json.value("repository", ""), json.value("key", "")});
            matters = true;
        }
    }
    Json rest(change);
    for (const char *name : {"files", "gone", "at", "whole"})
        rest.erase(name);
    if (rest != told->rest) {
        Json a = rest, b = told->rest;
        for (Json *one : {&a, &b}) {
            if (one->is_object() && one->contains("archive")) {
                for (const char *name : {"offset", "behindBytes", "behindSince"})
                    (*one)["archive"].erase(name);
            }
        }
        matters |= a != b || mayGrow;
    }
    if (!matters)
        return;
    told->isKeeping = true;
    const std::string source = std::string(wire::binlogsSourcePrefix) + now.instance;
    const auto failure = std::make_shared<bool>(false);
    std::vector<wire::BinlogFile> all = std::exchange(change.files, {});
    std::size_t bytes = 0;
    wire::BinlogReport part = change; // what does not fit into one batch goes ahead
    part.whole = false;
    part.gone.clear();
    for (wire::BinlogFile &file : all) {
        if (file.previousGtids.size() + file.endGtids.size() > batchBytes) {
            file.knowsGtids = false; // nobody's sets are that large
            file.previousGtids.clear();
            file.endGtids.clear();
        }
        const std::size_t more = 1000 + file.previousGtids.size() + file.endGtids.size();
        if (bytes + more > batchBytes && !change.files.empty()) {
            part.files = std::exchange(change.files, {});
            m_collect.add(source, Spool::Kind::Events, dumpJson(Json(part)), nullptr, [failure](const Result<std::int64_t> &kept) { *failure |= !kept; });
            bytes = 0;
        }
        bytes += more;
        change.files.push_back(std::move(file));
    }
    m_collect.add(source, Spool::Kind::Events, dumpJson(Json(change)), nullptr,
                  [this, instance = now.instance, files = std::move(files), rest, whole, clock, failure](const Result<std::int64_t> &kept) {
                      const auto found = m_told.find(instance);
                      if (found == m_told.end())
                          return;
                      Told &known = *found->second;
                      known.isKeeping = false;
                      if (!kept || *failure)
                          return; // told with the next look
                      known.files = files;
                      known.rest = rest;
                      known.grownAt = clock;
                      if (whole)
                          known.wholeAt = clock;
                  });
}

} // namespace zandb::agent
