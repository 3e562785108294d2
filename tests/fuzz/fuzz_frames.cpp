// SPDX-License-Identifier: GPL-3.0-or-later
// Everything that reads bytes of the wire before anybody is trusted: preamble, frames, JSON, messages.
#include "agent/protocol/fleet.h"
#include "agent/protocol/frame.h"
#include "agent/protocol/workflow.h"
#include "tests/fuzz/require.h"

using namespace zandb;
using zandb::fuzz::require;

namespace {

void readBody(const std::string &body)
{
    const auto json = parseJson(body);
    if (!json)
        return;
    // what was accepted can be written and read again
    require(parseJson(dumpJson(*json)).has_value());
    (void)decode<wire::Hello>(*json);
    (void)decode<wire::KeyLine>(*json);
    (void)decode<wire::OrderStatus>(*json);
    (void)decode<wire::InstanceState>(*json);
    (void)bytesFromJson(*json);
    (void)errorFromJson(*json);
    if (const auto order = decode<wire::Order>(*json)) {
        const auto again = decode<wire::Order>(parseJson(dumpJson(Json(*order)), 64).value());
        require(again && again->key == order->key && again->args == order->args);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    wire::PreambleReader preamble;
    (void)preamble.feed(bytes.substr(0, size / 2));
    (void)preamble.feed(bytes.substr(size / 2));
    require(preamble.noise().size() <= 300);

    wire::FrameReader whole;
    wire::FrameReader pieces;
    whole.feed(bytes);
    std::size_t fed = 0;
    for (;;) {
        const auto frame = whole.next();
        auto other = pieces.next();
        while (other && !*other && fed < size) {
            pieces.feed(bytes.substr(fed, 3));
            fed += std::min<std::size_t>(3, size - fed);
            other = pieces.next();
        }
        require(frame.has_value() == other.has_value());
        if (!frame)
            break;
        require(frame->has_value() == other->has_value());
        if (!*frame)
            break;
        require((*frame)->body == (*other)->body && (*frame)->id == (*other)->id);
        require(wire::encodeFrame((*frame)->kind, (*frame)->id, std::string_view((*frame)->body)).size()
                == (*frame)->body.size() + 9);
        readBody((*frame)->body);
    }
    readBody(std::string(bytes));
    return 0;
}
