// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/backups/commands.h"
#include "agent/backups/restore.h"
#include "agent/protocol/printable.h"

#include <csignal>
#include <cstdio>
#include <mutex>
#include <thread>

#include <unistd.h>

namespace zandb::agent {

namespace {

volatile std::sig_atomic_t stopAsked = 0;

// What a worker has, for somebody at a terminal.
class TerminalContext : public WorkContext
{
public:
    TerminalContext(Config config, std::filesystem::path directory)
        : m_config(std::move(config)), m_directory(std::move(directory))
    {
        std::signal(SIGINT, [](int) { stopAsked = 1; });
        std::signal(SIGTERM, [](int) { stopAsked = 1; });
        m_watch = std::jthread([this](std::stop_token done) {
            while (!done.stop_requested()) {
                if (stopAsked)
                    m_stop.request_stop();
                std::this_thread::sleep_for(std::chrono::milliseconds{100});
            }
        });
    }
    const Config &config() const override { return m_config; }
    const wire::Order &order() const override { return m_order; }
    std::optional<wire::OrderedBy> orderedBy() const override { return {}; }
    std::filesystem::path directory() const override { return m_directory; }
    void log(std::string_view line) override
    {
        std::lock_guard lock(m_mutex);
        std::fprintf(stderr, "%s\n", printable(line, true).c_str());
    }
    void progress(const wire::Progress &) override {}
    std::stop_token stopToken() const override { return m_stop.get_token(); }
    void afterSuccess(std::function<void()>) override {} // no result of its own is written
    bool item(const Json &) override { return false; }
    FeedReader &feed() override { return m_feed; }

private:
    const Config m_config;
    const std::filesystem::path m_directory;
    const wire::Order m_order;
    std::mutex m_mutex;
    std::stop_source m_stop;
    FeedReader m_feed{m_directory, m_stop.get_token()}; // that nobody writes
    std::jthread m_watch;
};

} // namespace

int restoreMain(std::span<const std::string> args)
{
    std::vector<std::string> places;
    std::string file;
    bool json = false;
    bool usage = false;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i] == "--json")
            json = true;
        else if (args[i] == "--config" && i + 1 < args.size())
            file = args[++i];
        else if (args[i].starts_with("-") || args[i].empty())
            usage = true;
        else
            places.push_back(args[i]);
    }
    if (usage || places.size() != 2) {
        std::fputs("usage: zandb-agent restore BACKUP DIR [--json] [--config FILE]\n", stderr);
        return 2;
    }
    Config config;
    // without any configuration the tools are looked for in PATH
    const std::string usual = "/etc/zandb/agent.toml";
    if (!file.empty() || ::access(usual.c_str(), R_OK) == 0) {
        auto loaded = loadConfig(file.empty() ? usual : file);
        if (!loaded) {
            std::fprintf(stderr, "%s\n", describe(loaded.error()).c_str());
            return 2;
        }
        config = std::move(*loaded);
    }
    std::error_code ec;
    const auto backup = std::filesystem::absolute(places[0], ec);
    const auto target = std::filesystem::absolute(places[1], ec);
    TerminalContext context(std::move(config), target.parent_path());
    const auto result = restoreBackup(context, backup, target);
    if (!result) {
        if (json)
            std::printf("%s\n", dumpJson({{"ok", false}, {"error", errorToJson(result.error())}}).c_str());
        else
            std::printf("failed: %s\n", printable(describe(result.error())).c_str());
        return 1;
    }
    Json out(*result);
    out["ok"] = true;
    if (json)
        std::printf("%s\n", dumpJson(out).c_str());
    else
        std::printf("good: level %d, %d tables checked, %.1f s: %s\n", result->level, result->tablesChecked,
                    result->durationSeconds, printable((std::filesystem::path(result->target) / "data").string()).c_str());
    return 0;
}

} // namespace zandb::agent
