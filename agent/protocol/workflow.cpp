// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/workflow.h"

namespace zandb::wire {

void to_json(Json &j, const OrderStatus &status)
{
    j = Json{{"key", status.key},
             {"kind", status.kind},
             {"state", status.state},
             {"progress", status.progress},
             {"acceptedAt", status.acceptedAt},
             {"startedAt", status.startedAt},
             {"endedAt", status.endedAt},
             {"outcome", status.outcome},
             {"error", status.error ? errorToJson(*status.error) : Json()},
             {"data", status.data},
             {"logSize", status.logSize}};
    if (status.dataCutBytes > 0)
        j["dataCutBytes"] = status.dataCutBytes;
    if (status.items)
        j["items"] = *status.items;
    if (status.orderedBy)
        j["orderedBy"] = *status.orderedBy;
    if (status.order)
        j["order"] = *status.order;
}

void from_json(const Json &j, OrderStatus &status)
{
    const OrderStatus defaults;
    status.key = j.at("key").get<OrderKey>();
    status.kind = j.value("kind", defaults.kind);
    status.state = j.at("state").get<std::string>();
    status.progress = j.value("progress", defaults.progress);
    status.acceptedAt = j.value("acceptedAt", defaults.acceptedAt);
    status.startedAt = j.value("startedAt", defaults.startedAt);
    status.endedAt = j.value("endedAt", defaults.endedAt);
    status.outcome = j.value("outcome", defaults.outcome);
    if (const auto error = j.find("error"); error != j.end() && error->is_object())
        status.error = errorFromJson(*error);
    status.data = j.value("data", Json());
    status.dataCutBytes = j.value("dataCutBytes", defaults.dataCutBytes);
    status.items = j.value("items", defaults.items);
    status.logSize = j.value("logSize", defaults.logSize);
    if (const auto by = j.find("orderedBy"); by != j.end() && by->is_object())
        status.orderedBy = by->get<OrderedBy>();
    if (const auto order = j.find("order"); order != j.end() && order->is_object())
        status.order = order->get<Order>();
}

} // namespace zandb::wire
