// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/configjob.h"

#include "app/headless/programkinds.h"

namespace zandb::console {

ConfigJob::ConfigJob(Order order, Told told)
    : m_thread([order = std::move(order), told = std::move(told), cancel = m_cancel.get_token()](const std::stop_token &stop) mutable {
          store::Session session(order.settings.store);
          session.setStopToken(stop);
          remote::AgentPool pool(order.key);
          config::WaveOptions options{*order.fleet, headless::programKinds(), order.executor, order.settings.person, order.policy, {}, cancel, stop};
          options.changed = [&](std::size_t at) { told.changed(at, order.targets[at]); };
          told.finished(config::changeInWaves(session, pool, order.targets, options));
      })
{
}

} // namespace zandb::console
