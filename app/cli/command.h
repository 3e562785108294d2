// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/args.h"
#include "app/cli/output.h"
#include "app/platform/settings.h"
#include "app/remote/agentpool.h"
#include "app/store/session.h"

#include <functional>
#include <memory>

namespace zandb::cli {

/// What a verb works with.  Store and agents are opened on first use.
class Context
{
public:
    Context(Settings settings, bool json) : m_settings(std::move(settings)), m_json(json) {}

    const Settings &settings() const { return m_settings; }
    bool json() const { return m_json; }
    store::Session &session();
    /// Knows the hosts given with the last setHosts(); none at first.
    remote::AgentPool &pool();
    Result<Fleet> fleet();
    /// The host, or not_found.
    Result<Host> host(const std::string &name);
    /// Prints one line of JSON, or does nothing without --json.
    void print(const Json &json) const;

private:
    Settings m_settings;
    bool m_json;
    std::unique_ptr<store::Session> m_session;
    std::unique_ptr<remote::AgentPool> m_pool;
};

/// Keeps the first `limit` of a list that was asked for one more, and says on standard error that there are others: a list
/// that is cut in silence looks like all there is.
template<class T>
void cutTo(std::vector<T> &list, std::size_t limit, const std::string &what)
{
    if (list.size() <= limit)
        return;
    list.resize(limit);
    warnLine("Only the newest " + std::to_string(limit) + " " + what + " are listed; --limit N lists more.");
}

/// One verb of one noun.
struct Verb
{
    std::string noun;
    std::string verb;    ///< empty: the noun alone ("overview")
    std::string usage;   ///< what follows noun and verb
    std::string summary;
    Args::Spec spec;
    /// The exit status (exitOk or exitFailed), or why it could not be done.
    std::function<Result<int>(Context &, const Args &)> run;
    std::size_t leastWords = 0; ///< how many words may follow noun and verb; run() refuses others
    std::size_t mostWords = 0;
    bool needsSettings = true;
    bool takesStore = false; ///< the store's place may be given by options (storeoptions.h)
};

/// Carries out --add and --remove of labels on a host or an instance, and prints what it has.
Result<int> changeLabels(Context &context, const Args &args, const Uuid &subject);

std::vector<Verb> storeVerbs();
std::vector<Verb> hostVerbs();
std::vector<Verb> groupVerbs();
std::vector<Verb> instanceVerbs();
std::vector<Verb> zabbixVerbs();
std::vector<Verb> keyVerbs();
std::vector<Verb> memberVerbs();
std::vector<Verb> taskVerbs();
std::vector<Verb> runVerbs();
std::vector<Verb> backupVerbs();
std::vector<Verb> overviewVerbs();
std::vector<Verb> alertVerbs();
std::vector<Verb> binlogVerbs();
std::vector<Verb> checkVerbs();
std::vector<Verb> consistencyVerbs();
std::vector<Verb> killerVerbs();
std::vector<Verb> killedVerbs();
std::vector<Verb> auditVerbs();
std::vector<Verb> explainVerbs();
std::vector<Verb> scheduleVerbs();
std::vector<Verb> scriptVerbs();
std::vector<Verb> sessionVerbs();
std::vector<Verb> slowVerbs();
std::vector<Verb> sqlVerbs();
std::vector<Verb> configVerbs();
std::vector<Verb> sqlUndoVerbs();
std::vector<Verb> sqlPlanVerbs();
std::vector<Verb> sqlShelfVerbs();
std::vector<Verb> sqlPreviewVerbs();
std::vector<Verb> driftVerbs();
std::vector<Verb> shardVerbs();

inline constexpr int exitOk = 0;
inline constexpr int exitFailed = 1;
inline constexpr int exitUsage = 2;
inline constexpr int exitUnreachable = 3;
/// Every verb there is but `serve`, which is a program of its own.
std::vector<Verb> allVerbs();
/// The exit status that stands for an error.
int exitStatus(const Error &error);

/// The whole program; `words` are the arguments without the program's name.  With --json an error is
/// {"error":{"code","class","fields","cause"}} on standard output.  Output that could not be written is a failure.
int run(const std::vector<std::string> &words);

} // namespace zandb::cli
