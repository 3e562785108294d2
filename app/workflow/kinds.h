// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/session.h"
#include "models/fleet/fleet.h"
#include "models/workflow/run.h"

#include <functional>
#include <map>
#include <string>

namespace zandb::workflow {

/// What an attempt's end means beyond its run; called in the transaction that ends the attempt, once for each attempt that is recorded, but
/// again when that transaction is repeated.  `attempt` is as it is written.  Errors: those of Session; they end the transaction.
using Recorder = std::function<Result<void>(store::Session &session, const Attempt &attempt)>;

/// An attempt that its agent says has ended.
struct Ended
{
    const Run &run;
    const wire::Order &order;       ///< as it was sent, but for its fence
    const Attempt &attempt;         ///< with state and error
    const wire::OrderStatus &status; ///< the agent's word; its data is not bounded
    std::string agentHost;          ///< what the agent calls its host
};

/// One target of an occurrence, where its kind chooses them (Kind::choose).
struct Chosen
{
    Uuid target;
    Uuid host;
    Json args = Json::object(); ///< of its run
};

/// What a run was, of which a restored store has no row.
struct LostRun
{
    Uuid targetId;
    Json args = Json::object();     ///< as the run's rows would have them
    int keep = 0;
    std::optional<Uuid> taskId;
};

enum class Lock {
    None,
    Instance ///< from its first step to its last the run keeps every other such run off its instance
};

/// All that this side knows of one kind of work, a run's or a step's.  The noun that it belongs to registers it
/// (app/<noun>/kinds.h); no other file knows a kind by its name.  What is not set holds for kinds that nobody registered.
struct Kind
{
    bool needsPerson = true;        ///< only a person's key may order it by default
    Lock lock = Lock::None;         ///< of a run of this kind
    bool mayBeScheduled = false;    ///< a task may be of this kind
    bool eachInstance = false;      ///< such a task is for each instance it names, and not for one of those that replicate each other
    int automaticRetries = 3;       ///< of an attempt that failed with a transient error, at most; 0: a person decides
    /// The kind that undoes a step of this one, "" for none.  When its run is cancelled, each step that has succeeded is undone by an order
    /// of that kind with the same arguments to the same host, the last one first.
    std::string compensation = {};
    /// Chooses what an occurrence of such a task works on, of the instances its selector names; not set: each of them, on its own host.  None is no
    /// trouble: there was nothing to do.  Called on the scheduler's thread.  Errors: those of Session.
    std::function<Result<std::vector<Chosen>>(store::Session &session, const Task &task, const std::vector<Uuid> &instances, const Fleet &fleet, TimePoint now)> choose = {};
    /// Adds to the arguments of an attempt's order what the step's row does not say.  The same attempt always makes the same ones.
    std::function<void(const Run &run, const Step &step, int attempt, const Fleet &fleet, Json &args)> makeArgs = {};
    /// What is to be written of the attempt beside its rows; an empty Recorder for nothing.  An agent is believed about what it was
    /// ordered and about nothing else: an error makes a success a failure with that error.  Pure.
    std::function<Result<Recorder>(const Ended &ended)> record = {};
    /// Makes a run of an order that a restored store does not know; nothing when the run need not be known, or cannot.
    std::function<std::optional<LostRun>(const wire::Order &order, const Uuid &hostId, const Fleet &fleet)> lostRun = {};
};

/// By name.  Filled by the composition root (app/headless/programkinds.h) and never changed afterwards.
using Kinds = std::map<std::string, Kind, std::less<>>;

/// What is registered of the kind.  Of one that is not, as another version may have written, the strictest.  The reference is valid as long
/// as `kinds`.
const Kind &kindNamed(const Kinds &kinds, std::string_view name);

/// Adds the kinds that need nothing but the host: `facts`.
void addHostKinds(Kinds &kinds);

} // namespace zandb::workflow
