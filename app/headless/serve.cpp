// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/headless/serve.h"

#include "app/alerts/alertrepository.h"
#include "app/headless/binlogalerts.h"
#include "app/headless/collecting.h"
#include "app/headless/housekeeping.h"
#include "app/headless/keyalerts.h"
#include "app/headless/killpolicies.h"
#include "app/headless/leases.h"
#include "app/headless/messenger.h"
#include "app/headless/regressions.h"
#include "app/headless/sampler.h"
#include "app/headless/snapshots.h"
#include "app/headless/storebackupwork.h"
#include "app/headless/watching.h"
#include "app/headless/zabbixasking.h"
#include "app/schedule/storeclock.h"
#include "app/store/changefeed.h"
#include "app/store/migrations.h"
#include "app/workflow/clockmarks.h"
#include "app/workflow/engine.h"
#include "app/workflow/retention.h"
#include "app/workflow/scheduler.h"
#include "agent/protocol/printable.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <pthread.h>
#include <unistd.h>

namespace zandb::headless {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

/// Nothing is scheduled for so long while hosts are asked what they did after the moment the store was restored to.
constexpr std::chrono::seconds learnAtMost{60};

std::string memberName()
{
    char host[256] = "";
    gethostname(host, sizeof host - 1);
    return std::string(host) + ":" + std::to_string(getpid());
}

/// Errors that waiting does not mend.
bool isFatal(const Error &error)
{
    return error.is(errors::storePassword) || error.is(errors::storeSchemaMissing) || error.is(errors::storeSchemaTooOld)
        || error.is(errors::storeSchemaTooNew) || error.is(errors::storeTls);
}

workflow::Engine::Options engineOptions(const ServeOptions &options)
{
    workflow::Engine::Options engine;
    engine.log = options.log;
    engine.kinds = options.kinds;
    return engine;
}

/// The composition root: one loop over one session; links and leases have threads of their own.
class Loop
{
public:
    Loop(const Settings &settings, const ServeOptions &options)
        : m_log(options.log), m_session(settings.store), m_pool(settings.ssh), m_mailbox(std::make_shared<workflow::Mailbox>()),
          m_engine(m_session, m_pool, m_mailbox, engineOptions(options)), m_scheduler(m_session, m_log, options.kinds),
          m_sampler(m_pool, m_mailbox), m_collecting(settings.store, m_pool, m_log), m_killPolicies(settings.store, m_pool, m_log),
          m_snapshots(settings.store, m_pool, m_log),
          m_removing(m_log, 1h, removingExpired(settings.store)), m_rollingUp(m_log, 15s, rollingUp(settings.store)), m_judging(m_log, 5s, findingRegressions(settings.store)),
          m_storeBackup(m_log, 10min, lookingAfterStoreBackup(settings)), m_keyAlerts(m_log, 1min, tellingOfFullKeys(settings.store)),
          m_binlogAlerts(m_log, 1min, tellingOfBinlogs(settings.store)),
          m_messenger(settings, options.channels, m_log), m_zabbix(m_log, 1s, askingZabbix(settings.store, options.zabbix)),
          m_watching(m_log, 10s, watching(settings.store)), m_following(m_log, 1s, following(settings.store, options.kinds)),
          m_leases(settings.store, options.name.empty() ? memberName() : options.name, m_log,
                   [mailbox = m_mailbox] { mailbox->wake(); })
    {
        m_session.setStatementLimit(15s); // a store that freezes must not hold the loop for a minute
    }
    ~Loop() { m_mailbox->close(); }

    void run(std::stop_token stop)
    {
        const std::stop_callback wake(stop, [mailbox = m_mailbox] { mailbox->wake(); });
        auto nextRound = Clock::now();
        while (!stop.stop_requested()) {
            const bool news = m_mailbox->waitAndRun(nextRound);
            const auto now = Clock::now();
            Result<void> done;
            bool asked = false;
            if (now >= nextRound) {
                asked = true;
                done = round();
                nextRound = std::max(nextRound + 1s, now + 200ms);
            } else if (news && m_clock.known() && !m_away && now - m_advanced > 50ms) {
                done = m_engine.advance(m_clock.estimate(now));
                m_advanced = now;
            }
            if (!done && !m_away)
                m_log("store: " + describe(done.error()) + "; going on when it answers");
            if (!done) {
                m_away = true;
                m_session.close();
                nextRound = std::max(nextRound, now + 1s);
            } else if (m_away && asked) {
                m_log("store: answers again");
                m_away = false;
                m_reload = true;
            }
        }
    }

private:
    /// Once a second: what the store has to say, then everybody's turn.
    Result<void> round()
    {
        const auto asked = Clock::now();
        const auto now = m_session.now();
        if (!now)
            return fail(now.error());
        const auto verdict = m_clock.observe(*now, asked);
        // while a jump ahead is not believed nobody acts on it: what waits must not be missed, what runs not be cancelled
        const TimePoint believed = verdict == schedule::StoreClock::Verdict::HoldForward ? m_clock.estimate(asked) : *now;
        if (verdict != m_verdict) {
            m_verdict = verdict;
            m_clockTold = false;
            if (verdict == schedule::StoreClock::Verdict::HoldBack)
                m_log("alert: the store's clock went back; holding until it has caught up");
            else if (verdict == schedule::StoreClock::Verdict::HoldForward)
                m_log("alert: the store's clock went forward; holding for 60 s");
            else
                m_log("the store's clock is believed again");
        }
        if (!m_clockTold) {
            // also at the start: an alert of one that was killed while it held would stand for ever
            if (const auto told = tellClock(); !told)
                m_log("the clock's alert could not be written: " + describe(told.error()));
            else
                m_clockTold = true;
            m_repaired = {};
        }
        if (const auto done = repairMarks(asked); !done)
            return done;
        if (const auto done = readChanges(asked); !done)
            return done;
        auto held = m_leases.held();
        const bool keepsStore = held.tokens.erase(workflow::storeHost) > 0 && m_verdict == schedule::StoreClock::Verdict::Go;
        m_removing.setHeld(keepsStore);
        m_rollingUp.setHeld(keepsStore);
        m_judging.setHeld(keepsStore);
        m_storeBackup.setHeld(keepsStore);
        m_keyAlerts.setHeld(keepsStore);
        m_binlogAlerts.setHeld(keepsStore);
        m_messenger.setHeld(keepsStore);
        m_zabbix.setHeld(keepsStore);
        m_watching.setHeld(keepsStore);
        m_following.setHeld(keepsStore);
        m_engine.setHosts(held.tokens, held.trusted);
        m_sampler.setHosts(held.tokens);
        m_collecting.setHosts(held.tokens);
        std::set<Uuid> hosts;
        for (const auto &[host, token] : held.tokens)
            hosts.insert(host);
        m_snapshots.setHosts(hosts);
        m_killPolicies.setHosts(std::move(hosts));
        if (held.members != m_members || held.self != m_self) {
            m_members = held.members;
            m_self = held.self;
            m_scheduler.setShare([members = m_members, self = m_self](const Uuid &task) {
                return !members.empty() && workflow::rendezvous(task, members) == self;
            });
            m_reload = true;
        }
        if (m_reload) {
            if (const auto done = m_scheduler.reload(believed); !done)
                return done;
            if (const auto done = m_engine.reload(); !done)
                return done;
            m_reload = false;
            m_reloaded = asked;
        }
        // a store that was restored learns first what was done after its backup: that must not be called missed
        const bool learning = m_engine.isResuming() && asked - m_epochAt < learnAtMost;
        if (m_learning && !learning) {
            if (const auto done = m_scheduler.reload(believed); !done)
                return done;
        }
        m_learning = learning;
        if (m_verdict == schedule::StoreClock::Verdict::Go && held.trusted && !learning) {
            const auto made = m_scheduler.tick(*now, *m_fleet);
            if (!made)
                return fail(made.error());
            if (*made) {
                if (const auto done = m_engine.reload(); !done)
                    return done;
            }
        }
        if (const auto done = m_engine.advance(believed); !done)
            return done;
        m_advanced = asked;
        m_sampler.tick();
        if (const auto samples = m_sampler.take(); !samples.empty()) {
            const auto stored = fleet::storeSamples(m_session, samples);
            if (!stored)
                return stored;
            reportStates(samples);
        }
        return {};
    }

    /// What a clock that was ahead wrote is taken back as soon as the clock is believed, and looked for once a minute after.
    Result<void> repairMarks(Clock::time_point asked)
    {
        if (m_verdict != schedule::StoreClock::Verdict::Go || (m_repaired != Clock::time_point{} && asked - m_repaired < 60s))
            return {};
        const auto repaired = workflow::repairFuture(m_session);
        if (!repaired)
            return fail(repaired.error());
        m_repaired = asked;
        if (*repaired == 0)
            return {};
        m_log("rows from the future were taken back: " + std::to_string(*repaired));
        m_reload = true;
        return {};
    }

    /// Tasks that cannot be read are alerts as long as they cannot.
    Result<void> tellUnreadable()
    {
        const auto &now = m_scheduler.unreadable();
        if (m_unreadableTold && *m_unreadableTold == now)
            return {};
        const auto known = alerts::list(m_session);
        if (!known)
            return fail(known.error());
        for (const Alert &alert : *known) {
            const auto id = Uuid::parse(alert.subject);
            if (alert.kind != taskUnreadableAlert || (id && now.contains(*id)))
                continue;
            if (const auto cleared = alerts::clear(m_session, alert.kind, alert.subject); !cleared)
                return cleared;
        }
        for (const auto &[id, what] : now) {
            const bool said = std::any_of(known->begin(), known->end(), [&](const Alert &alert) {
                return alert.kind == taskUnreadableAlert && alert.subject == id.toString() && alert.detail == what;
            });
            if (said)
                continue;
            if (const auto raised = alerts::raise(m_session, taskUnreadableAlert, id.toString(), what); !raised)
                return raised;
        }
        m_unreadableTold = now;
        return {};
    }

    /// The alerts say what the verdict is.
    Result<void> tellClock()
    {
        using Verdict = schedule::StoreClock::Verdict;
        for (const auto &[kind, holds] : {std::pair{clockBackAlert, m_verdict == Verdict::HoldBack},
                                          std::pair{clockForwardAlert, m_verdict == Verdict::HoldForward}}) {
            const auto told = holds ? alerts::raise(m_session, kind, "store") : alerts::clear(m_session, kind, "store");
            if (!told)
                return told;
        }
        return {};
    }

    Result<void> readChanges(Clock::time_point asked)
    {
        const auto feed = store::loadFeed(m_session);
        if (!feed)
            return fail(feed.error());
        const auto changed = store::changedTopics(m_feed, *feed);
        m_feed = *feed;
        const auto has = [&](std::string_view topic) {
            return std::find(changed.begin(), changed.end(), topic) != changed.end();
        };
        m_fleetStale = m_fleetStale || has("fleet");
        m_tasksStale = m_tasksStale || has("task");
        m_runsStale = m_runsStale || has("run");
        const bool everything = asked - m_reloaded > 60s;
        if (m_epoch.isNull()) {
            if (const auto fits = m_session.checkSchema(); !fits)
                return fits;
            const auto status = store::status(m_session);
            if (!status)
                return fail(status.error());
            if (m_epochAt == Clock::time_point{} || status->storeEpoch != m_knownEpoch)
                m_epochAt = asked;
            m_epoch = m_knownEpoch = status->storeEpoch;
            m_engine.setEpoch(m_epoch, status->resumeFrom);
        }
        if (m_away)
            m_epoch = Uuid{}; // it may have been restored meanwhile: asked again in the next round
        if (everything || has("fleet"))
            m_epoch = Uuid{}; // `store restored` raises it
        if (everything || !m_fleetRead || (m_fleetStale && asked - m_fleetReadAt > 2s)) {
            auto fleet = fleet::loadFleet(m_session);
            if (!fleet)
                return fail(fleet.error());
            m_fleet = std::make_shared<const Fleet>(std::move(*fleet));
            m_fleetRead = true;
            m_fleetReadAt = asked;
            m_fleetStale = false;
            m_engine.setFleet(m_fleet);
            std::vector<remote::HostAddress> addresses;
            std::vector<Uuid> ids;
            for (const Host &host : m_fleet->hosts) {
                addresses.push_back(remote::addressOf(host));
                ids.push_back(host.id);
            }
            ids.push_back(workflow::storeHost);
            std::sort(ids.begin(), ids.end());
            m_pool.setHosts(std::move(addresses));
            m_leases.setHosts(std::move(ids));
            // from now on this member makes no runs of hosts that are not there; those it made before are ended
            const auto ended = workflow::endRunsWithoutHost(m_session);
            if (!ended)
                return fail(ended.error());
            if (*ended > 0)
                m_log(std::to_string(*ended) + " runs ended: their hosts were removed");
        }
        if (m_tasksStale || everything) {
            const auto now = m_clock.estimate(Clock::now());
            if (const auto done = m_scheduler.reload(now); !done)
                return done;
            if (const auto told = tellUnreadable(); !told)
                return told;
            m_tasksStale = false;
        }
        if (m_runsStale || everything) {
            if (const auto done = m_engine.reload(); !done)
                return done;
            m_runsStale = false;
        }
        if (everything)
            m_reloaded = asked;
        return {};
    }

    /// One line per change of a host's state.
    void reportStates(const std::vector<fleet::HostSample> &samples)
    {
        for (const auto &sample : samples) {
            std::string &before = m_states[sample.hostId];
            const std::string now = sample.state + (sample.error ? " " + sample.error->code : "");
            if (now == before)
                continue;
            before = now;
            const Host *host = m_fleet->host(sample.hostId);
            m_log("host " + (host ? host->name : sample.hostId.toString()) + ": " + sample.state
                  + (sample.error ? ": " + describe(*sample.error) : ""));
        }
    }

    std::function<void(const std::string &)> m_log;
    store::Session m_session;
    remote::AgentPool m_pool;
    std::shared_ptr<workflow::Mailbox> m_mailbox;
    workflow::Engine m_engine;
    workflow::Scheduler m_scheduler;
    Sampler m_sampler;
    Collecting m_collecting;
    KillPolicies m_killPolicies;
    Snapshots m_snapshots;
    StoreWork m_removing;
    StoreWork m_rollingUp;
    StoreWork m_judging;
    StoreWork m_storeBackup;
    StoreWork m_keyAlerts;
    StoreWork m_binlogAlerts;
    Messenger m_messenger;
    StoreWork m_zabbix;
    StoreWork m_watching;
    StoreWork m_following;
    LeaseKeeper m_leases; ///< the last: its goodbye comes first
    schedule::StoreClock m_clock;
    schedule::StoreClock::Verdict m_verdict = schedule::StoreClock::Verdict::Go;
    bool m_clockTold = false;          ///< the alerts say it
    Clock::time_point m_repaired{};    ///< when rows from the future were last looked for
    std::optional<std::map<Uuid, Json>> m_unreadableTold; ///< none: not said yet
    store::FeedVersions m_feed;
    std::shared_ptr<const Fleet> m_fleet = std::make_shared<const Fleet>();
    std::map<Uuid, std::string> m_states;
    std::vector<Uuid> m_members;
    Uuid m_self;
    Uuid m_epoch;      ///< null: to be read again
    Uuid m_knownEpoch;
    Clock::time_point m_epochAt{}; ///< since when
    bool m_learning = false;
    bool m_fleetRead = false;
    bool m_fleetStale = true;
    bool m_tasksStale = true;
    bool m_runsStale = true;
    bool m_reload = true;
    bool m_away = false;
    Clock::time_point m_fleetReadAt{};
    Clock::time_point m_reloaded{};
    Clock::time_point m_advanced{};
};

} // namespace

void logLine(const std::string &line)
{
    // one write per line: lines of several threads do not mix
    const std::string text = toIso(std::chrono::floor<std::chrono::milliseconds>(systemNow())) + " " + printable(line) + "\n";
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

Result<void> serve(const Settings &settings, const ServeOptions &options, std::stop_token stop)
{
    {
        // a wrong password or schema is said at once; a store that is away is waited for
        store::Session session(settings.store);
        for (bool said = false; !stop.stop_requested();) {
            const auto fits = session.checkSchema();
            if (fits)
                break;
            if (isFatal(fits.error()))
                return fits;
            if (!said)
                options.log("store: " + describe(fits.error()) + "; waiting for it");
            said = true;
            for (int i = 0; i < 20 && !stop.stop_requested(); ++i)
                usleep(100'000);
        }
    }
    if (stop.stop_requested())
        return {};
    options.log("serving store " + settings.store.host + ":" + std::to_string(settings.store.port) + "/" + settings.store.schema);
    Loop loop(settings, options);
    loop.run(stop);
    options.log("stopped");
    return {};
}

int runServe(const std::vector<std::string> &args)
{
    std::filesystem::path config = defaultSettingsFile();
    ServeOptions options;
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (args[i] == "--config" && i + 1 < args.size()) {
            config = args[++i];
        } else if (args[i] == "--name" && i + 1 < args.size()) {
            options.name = args[++i];
        } else if (args[i] != "--headless") {
            std::fprintf(stderr, "zandbctl serve: what is \"%s\"? Usage: zandbctl serve [--config FILE] [--name NAME]\n", args[i].c_str());
            return 2;
        }
    }
    const auto settings = loadSettings(config);
    const auto channels = settings ? loadChannelsSettings(config) : fail(settings.error());
    const auto zabbix = channels ? loadZabbixSettings(config) : fail(channels.error());
    if (!zabbix) {
        std::fprintf(stderr, "zandbctl: %s\n", describe(zabbix.error()).c_str());
        return 2;
    }
    options.channels = *channels;
    options.zabbix = *zabbix;
    // signals go to one thread that waits for them; every other thread inherits the mask
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    std::stop_source source;
    std::jthread waiter([&](std::stop_token done) {
        while (!done.stop_requested()) {
            const timespec slice{0, 200'000'000};
            if (sigtimedwait(&signals, nullptr, &slice) > 0) {
                source.request_stop();
                return;
            }
        }
    });
    const auto served = serve(*settings, options, source.get_token());
    if (!served) {
        std::fprintf(stderr, "zandbctl: %s\n", describe(served.error()).c_str());
        return 3;
    }
    return 0;
}

} // namespace zandb::headless
