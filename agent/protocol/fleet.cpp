// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/fleet.h"

namespace zandb::wire {

void to_json(Json &j, const InstanceState &state)
{
    j = Json{{"name", state.name},
             {"state", state.state},
             {"flavour", state.flavour},
             {"version", state.version},
             {"port", state.port},
             {"socket", state.socket},
             {"dataDirectory", state.dataDirectory},
             {"serverUuid", state.serverUuid},
             {"serverId", state.serverId},
             {"dataBytes", state.dataBytes},
             {"logBytes", state.logBytes},
             {"readOnly", state.readOnly},
             {"superReadOnly", state.superReadOnly},
             {"role", state.role},
             {"replication", state.replication},
             {"replicaCount", state.replicaCount},
             {"uptimeSeconds", state.uptimeSeconds},
             {"notPermitted", state.notPermitted},
             {"error", state.error ? errorToJson(*state.error) : Json()},
             {"sampledAt", state.sampledAt}};
}

void from_json(const Json &j, InstanceState &state)
{
    const InstanceState defaults;
    state.name = j.at("name").get<std::string>();
    state.state = j.value("state", defaults.state);
    state.flavour = j.value("flavour", defaults.flavour);
    state.version = j.value("version", defaults.version);
    state.port = j.value("port", defaults.port);
    state.socket = j.value("socket", defaults.socket);
    state.dataDirectory = j.value("dataDirectory", defaults.dataDirectory);
    state.serverUuid = j.value("serverUuid", defaults.serverUuid);
    state.serverId = j.value("serverId", defaults.serverId);
    state.dataBytes = j.value("dataBytes", defaults.dataBytes);
    state.logBytes = j.value("logBytes", defaults.logBytes);
    state.readOnly = j.value("readOnly", defaults.readOnly);
    state.superReadOnly = j.value("superReadOnly", defaults.superReadOnly);
    state.role = j.value("role", defaults.role);
    state.replication = j.value("replication", defaults.replication);
    state.replicaCount = j.value("replicaCount", defaults.replicaCount);
    state.uptimeSeconds = j.value("uptimeSeconds", defaults.uptimeSeconds);
    state.notPermitted = j.value("notPermitted", defaults.notPermitted);
    if (const auto error = j.find("error"); error != j.end() && error->is_object())
        state.error = errorFromJson(*error);
    state.sampledAt = j.value("sampledAt", defaults.sampledAt);
}

} // namespace zandb::wire
