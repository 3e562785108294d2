// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/config/configwaves.h"

#include "app/config/configservice.h"
#include "app/platform/errors.h"
#include "app/workflow/consent.h"
#include "app/workflow/execution.h"
#include "app/workflow/runrepository.h"

#include <algorithm>
#include <thread>

namespace zandb::config {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr auto storePatience = 120s;

std::string stateOf(const Run &run)
{
    switch (run.state) {
    case RunState::Succeeded:
        return "succeeded";
    case RunState::Cancelled:
        return "cancelled";
    case RunState::Unknown:
        return "unknown";
    default:
        return run.error && run.error->errorClass == ErrorClass::Unknown ? "unknown" : "failed";
    }
}

class Waves
{
public:
    Waves(store::Session &session, remote::AgentPool &pool, std::vector<ConfigTarget> &targets, const WaveOptions &options)
        : m_session(session), m_pool(pool), m_targets(targets), m_options(options)
    {
    }

    std::optional<Error> run()
    {
        std::vector<Uuid> instances;
        for (const ConfigTarget &target : m_targets)
            instances.push_back(target.instance);
        m_plan = workflow::planWaves(instances, m_options.policy);
        for (workflow::PlanTarget &planned : m_plan)
            at(planned).wave = planned.wave;
        const int waves = m_plan.empty() ? 0 : m_plan.back().wave + 1;
        for (int wave = 0; wave < waves; ++wave) {
            if (auto trouble = pause(wave == 0 ? 0 : m_options.policy.pauseSeconds))
                return trouble;
            if (auto trouble = runWave(wave))
                return trouble;
            if (m_options.cancel.stop_requested())
                return makeError(errors::cancelled);
            if (workflow::hasFailedTooOften(m_plan, m_options.policy))
                break;
        }
        return std::nullopt;
    }

private:
    ConfigTarget &at(const workflow::PlanTarget &planned) { return *std::ranges::find(m_targets, planned.instance, &ConfigTarget::instance); }

    void changed(ConfigTarget &target)
    {
        if (m_options.changed)
            m_options.changed(static_cast<std::size_t>(&target - m_targets.data()));
    }

    bool isEnding() const { return m_options.cancel.stop_requested() || m_options.stop.stop_requested(); }

    std::optional<Error> pause(std::int64_t seconds)
    {
        const auto until = Clock::now() + std::chrono::seconds(seconds);
        while (Clock::now() < until && !isEnding())
            std::this_thread::sleep_for(std::min<Clock::duration>(100ms, until - Clock::now()));
        return isEnding() ? std::optional(makeError(errors::cancelled)) : std::nullopt;
    }

    void end(workflow::PlanTarget &planned, const std::string &state, std::optional<Error> error)
    {
        planned.state = state;
        ConfigTarget &target = at(planned);
        target.state = state;
        target.error = std::move(error);
        changed(target);
    }

    std::optional<Error> begin(workflow::PlanTarget &planned, workflow::OwnRuns &own)
    {
        ConfigTarget &target = at(planned);
        const InstanceRecord *record = m_options.fleet.instance(target.instance);
        if (!record) {
            end(planned, "failed", makeError(errors::notFound, {{"what", "instance"}, {"name", target.instance.toString()}}));
            return std::nullopt;
        }
        const auto begun = workflow::beginByHand(m_session, m_options.kinds, makeConfigRun(record->instance, target.args, m_options.person, m_options.fleet.readAt), m_options.executor);
        if (!begun) {
            end(planned, "failed", begun.error()); // no row of it was written
            return begun.error();
        }
        planned.runId = target.runId = begun->run.id;
        planned.state = "ordered";
        target.state = "running";
        changed(target);
        const auto added = own.add(begun->run.id, workflow::consentDigest(*begun, m_options.fleet));
        return added ? std::nullopt : std::optional(added.error());
    }

    std::optional<Error> runWave(int wave)
    {
        workflow::OwnRuns own(m_session, m_pool, m_options.kinds, m_options.executor);
        std::optional<Error> trouble;
        for (workflow::PlanTarget &planned : m_plan) {
            if (planned.wave == wave && !trouble)
                trouble = begin(planned, own);
        }
        const auto isOpen = [&](const workflow::PlanTarget &planned) { return planned.wave == wave && planned.runId && !planned.hasEnded(); };
        auto away = Clock::time_point::max();
        bool cancelled = false;
        while (std::ranges::any_of(m_plan, isOpen) && !m_options.stop.stop_requested()) {
            if (m_options.cancel.stop_requested() && !cancelled) {
                cancelled = true;
                for (const workflow::PlanTarget &planned : m_plan) {
                    if (isOpen(planned))
                        (void)workflow::requestCancel(m_session, *planned.runId, m_options.person);
                }
            }
            auto done = own.round();
            for (workflow::PlanTarget &planned : m_plan) {
                if (done && isOpen(planned))
                    done = look(planned);
            }
            if (done) {
                away = Clock::time_point::max();
                continue;
            }
            // the work goes on without us
            away = std::min(away, Clock::now());
            if (Clock::now() - away > storePatience)
                return done.error();
            std::this_thread::sleep_for(500ms);
        }
        for (int i = 0; i < 20 && !own.finished() && !m_options.stop.stop_requested(); ++i)
            (void)own.round();
        if (!trouble && m_options.stop.stop_requested())
            trouble = makeError(errors::cancelled);
        return trouble;
    }

    Result<void> look(workflow::PlanTarget &planned)
    {
        const auto found = workflow::findRun(m_session, *planned.runId);
        if (!found)
            return fail(found.error());
        if (!*found || !isFinal((*found)->state))
            return {};
        const auto detail = workflow::loadRun(m_session, *planned.runId);
        if (!detail)
            return fail(detail.error());
        if (*detail && !(*detail)->attempts.empty()) {
            if (auto result = decode<wire::ConfigResult>((*detail)->attempts.back().result); result && (*found)->state == RunState::Succeeded)
                at(planned).result = std::move(*result);
        }
        end(planned, stateOf(**found), (*found)->error);
        return {};
    }

    store::Session &m_session;
    remote::AgentPool &m_pool;
    std::vector<ConfigTarget> &m_targets;
    const WaveOptions &m_options;
    std::vector<workflow::PlanTarget> m_plan;
};

} // namespace

std::optional<Error> changeInWaves(store::Session &session, remote::AgentPool &pool, std::vector<ConfigTarget> &targets, const WaveOptions &options)
{
    return Waves(session, pool, targets, options).run();
}

} // namespace zandb::config
