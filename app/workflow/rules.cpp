// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workflow/rules.h"

#include "app/platform/errors.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

namespace zandb::workflow {

Microseconds retryDelay(int failedAttempts, double random)
{
    const int doublings = std::clamp(failedAttempts - 1, 0, 12);
    const double seconds = std::min(3600.0, 60.0 * std::pow(2.0, doublings)) * (0.5 + std::clamp(random, 0.0, 1.0));
    return Microseconds{static_cast<std::int64_t>(seconds * 1e6)};
}

bool retriesByItself(const Run &run, int attemptsOfStep, const Error &error, int most)
{
    if (!error.isTransient() || run.cancelRequested)
        return false;
    return attemptsOfStep <= std::clamp(run.policies.maxRetries, 0, std::clamp(most, 0, maxAutomaticRetries));
}

std::vector<int> dependenciesOf(const Step &step)
{
    std::vector<int> numbers;
    std::string_view rest = step.dependsOn;
    while (!rest.empty()) {
        const auto comma = rest.find(',');
        std::string_view word = rest.substr(0, comma);
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        while (!word.empty() && word.front() == ' ')
            word.remove_prefix(1);
        int number = 0;
        if (std::from_chars(word.data(), word.data() + word.size(), number).ec == std::errc{})
            numbers.push_back(number);
    }
    return numbers;
}

const Step *stepNumbered(const RunDetail &run, int number)
{
    const auto found = std::find_if(run.steps.begin(), run.steps.end(), [&](const Step &step) { return step.step == number; });
    return found == run.steps.end() ? nullptr : &*found;
}

Step *stepNumbered(RunDetail &run, int number)
{
    return const_cast<Step *>(stepNumbered(std::as_const(run), number));
}

namespace {

bool isOut(const RunDetail &run, const Step &step)
{
    const Attempt *attempt = lastAttempt(run, step.step);
    return attempt && !attempt->endedAt;
}

/// Not succeeded, and nothing is out for it.  A failed step is pending again when its run was asked to be tried again.
bool isOpen(const RunDetail &run, const Step &step)
{
    const bool mayBegin = step.state == RunState::Pending || step.state == RunState::Failed || step.state == RunState::Cancelled
        || step.state == RunState::Unknown;
    return mayBegin && !isOut(run, step);
}

/// What has succeeded last is undone first, one after the other.
const Step *nextCompensation(const RunDetail &run)
{
    const Step *next = nullptr;
    std::optional<TimePoint> newest;
    for (const Step &step : run.steps) {
        const Step *undone = isCompensation(step) ? stepNumbered(run, step.step - firstCompensation) : nullptr;
        if (!undone || undone->state != RunState::Succeeded || step.state == RunState::Succeeded)
            continue;
        const TimePoint ended = undone->endedAt.value_or(TimePoint{});
        if (!next || ended > *newest || (ended == *newest && step.step > next->step)) {
            next = &step;
            newest = ended;
        }
    }
    return next;
}

} // namespace

std::vector<const Step *> readySteps(const RunDetail &run)
{
    const bool anyOut = runningStep(run) != nullptr;
    std::vector<const Step *> ready;
    if (run.run.cancelRequested) {
        if (const Step *next = anyOut ? nullptr : nextCompensation(run))
            ready.push_back(next);
        return ready;
    }
    const bool ends = anyOut && std::ranges::any_of(run.steps, [&](const Step &step) {
        return !isCompensation(step) && (step.state == RunState::Failed || step.state == RunState::Cancelled) && !isOut(run, step);
    });
    if (ends)
        return ready;
    const auto succeeded = [&](int number) {
        const Step *found = stepNumbered(run, number);
        return found && found->state == RunState::Succeeded;
    };
    for (const Step &step : run.steps) {
        if (isCompensation(step) || !isOpen(run, step))
            continue;
        const auto needs = dependenciesOf(step);
        if (std::ranges::all_of(needs, succeeded))
            ready.push_back(&step);
    }
    return ready;
}

const Step *nextStep(const RunDetail &run)
{
    const auto ready = readySteps(run);
    return ready.empty() ? nullptr : ready.front();
}

std::vector<const Step *> stepsOut(const RunDetail &run)
{
    std::vector<const Step *> out;
    for (const Step &step : run.steps) {
        if (isOut(run, step))
            out.push_back(&step);
    }
    return out;
}

const Step *runningStep(const RunDetail &run)
{
    const auto found = std::ranges::find_if(run.steps, [&](const Step &step) { return isOut(run, step); });
    return found == run.steps.end() ? nullptr : &*found;
}

std::set<Uuid> hostsOut(const RunDetail &run)
{
    std::set<Uuid> hosts;
    for (const Attempt &attempt : run.attempts) {
        if (!attempt.endedAt)
            hosts.insert(attempt.hostId);
    }
    return hosts;
}

const Attempt *lastAttempt(const RunDetail &run, int step)
{
    const Attempt *newest = nullptr;
    for (const Attempt &attempt : run.attempts) {
        if (attempt.step == step && (!newest || attempt.attempt > newest->attempt))
            newest = &attempt;
    }
    return newest;
}

RunState stateAfterStep(const RunDetail &run, int step, RunState ended)
{
    if (std::ranges::any_of(run.steps, [&](const Step &s) { return s.step != step && isOut(run, s); }))
        return RunState::Running;
    if (ended != RunState::Succeeded)
        return ended;
    if (step >= firstCompensation) {
        RunDetail undone = run;
        stepNumbered(undone, step)->state = ended;
        return nextCompensation(undone) ? RunState::Pending : RunState::Cancelled;
    }
    RunState state = RunState::Succeeded;
    for (const Step &s : run.steps) {
        if (s.step == step || isCompensation(s) || s.state == RunState::Succeeded)
            continue;
        // beside this one, which was out with it, another has failed for good
        if (s.state == RunState::Failed || s.state == RunState::Cancelled)
            return s.state;
        state = RunState::Pending;
    }
    return state;
}

bool neverSent(const Error &error)
{
    return error.is(errors::sshUnreachable) || error.is(errors::sshHostKeyUnknown) || error.is(errors::sshHostKeyChanged)
        || error.is(errors::sshAuthentication) || error.is(errors::sshIdentity) || error.is(errors::sshPassphrase)
        || error.is(errors::sshLoginShell) || error.is(errors::agentMissing) || error.is(errors::agentVersion) || error.is(errors::agentNotRunning)
        || error.is(errors::agentBusy) || error.is(errors::hostHasNoKey);
}

bool isLinkError(const Error &error)
{
    return neverSent(error) || error.is(errors::sshLost) || error.is(errors::timeout) || error.is(errors::agentFlood)
        || error.is(errors::cancelled) || error.is(errors::protocolMalformed) || error.is(errors::protocolTooLarge);
}

std::string hostStateOf(const Error &error)
{
    if (error.is(errors::sshLoginShell) || error.is(errors::agentMissing) || error.is(errors::agentVersion) || error.is(errors::agentNotRunning)
        || error.is(errors::protocolVersion))
        return "no_agent";
    if (error.is(errors::sshUnreachable) || error.is(errors::sshLost) || error.is(errors::timeout) || error.is(errors::agentBusy)
        || error.is(errors::agentFlood) || error.is(errors::protocolMalformed) || error.is(errors::protocolTooLarge))
        return "unreachable";
    return "refused";
}

std::string Tokens::repositoryOf(const Run &run)
{
    return run.args.is_object() ? run.args.value("repository", Json("")).is_string()
            ? run.args.value("repository", std::string{})
            : std::string{}
                                : std::string{};
}

void Tokens::take(const Run &run, const std::set<Uuid> &hosts)
{
    if (run.taskId)
        m_perTask[*run.taskId].insert(run.id);
    for (const Uuid &host : hosts.empty() ? std::set<Uuid>{run.hostId} : hosts)
        m_perHost[host].insert(run.id);
    if (const auto repository = repositoryOf(run); !repository.empty())
        m_perRepository[repository].insert(run.id);
}

bool Tokens::free(const Run &run, const Uuid &host) const
{
    const auto hasRoom = [&](int limit, const auto &map, const auto &key) {
        const auto found = map.find(key);
        return limit <= 0 || found == map.end() || found->second.contains(run.id) || std::ssize(found->second) < limit;
    };
    const Policies &p = run.policies;
    if (run.taskId && !hasRoom(p.perTask, m_perTask, *run.taskId))
        return false;
    if (!hasRoom(p.perHost, m_perHost, host))
        return false;
    const auto repository = repositoryOf(run);
    return repository.empty() || hasRoom(p.perRepository, m_perRepository, repository);
}

namespace {

/// Of a step that has an attempt out.
Move moveOfStepOut(const RunDetail &detail, const Step &step, const Circumstances &facts)
{
    const Run &run = detail.run;
    const auto out = stepsOut(detail);
    const bool othersUnknown = std::ranges::any_of(out, [&](const Step *s) { return s != &step && s->state == RunState::Unknown; });
    if (!facts.reachable && facts.silentFor >= unknownAfter) {
        // pending with an attempt out: a person asked to try again what was unknown
        if (run.state != RunState::Unknown || (out.size() > 1 && step.state == RunState::Running))
            return Move::MarkUnknown;
    }
    if (facts.reachable && (step.state == RunState::Unknown || (run.state != RunState::Running && !othersUnknown)))
        return Move::MarkRunning;
    if (run.cancelRequested && !isCompensation(step))
        return facts.reachable ? Move::OrderCancel : Move::Wait;
    if (!facts.windowOpen && run.policies.atWindowEnd == "cancel" && run.taskId && !run.cancelRequested)
        return Move::CancelAtWindowEnd;
    return Move::Wait;
}

} // namespace

Move nextMove(const RunDetail &detail, const Circumstances &facts, const Step *step)
{
    const Run &run = detail.run;
    if (isFinal(run.state))
        return Move::Wait;
    const Step *out = runningStep(detail);
    if (!step)
        step = out ? out : nextStep(detail);
    if (step && isOut(detail, *step))
        return moveOfStepOut(detail, *step, facts);
    const bool again = !step || step->attempts > 0 || !out;
    const bool waits = run.nextTry && facts.now < *run.nextTry && !run.retryRequested && again;
    if (run.cancelRequested) {
        if (step && isCompensation(*step))
            return facts.mayOrder && !waits ? Move::Start : Move::Wait;
        return out ? Move::Wait : Move::EndCancelled;
    }
    // never tried and too late: it is missed, whether tokens, a window or a dead host kept it
    if (run.attempts == 0 && !run.retryRequested && facts.startDeadline && facts.now > *facts.startDeadline
        && facts.now > run.due)
        return Move::EndMissed;
    if (facts.now < run.due || waits || run.state == RunState::Unknown)
        return Move::Wait;
    if (!facts.mayOrder || !facts.windowOpen || !facts.tokensFree || facts.overlapped || !step)
        return Move::Wait;
    return Move::Start;
}

} // namespace zandb::workflow
