// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

/// What zandb-attach needs of the wire; apart from frame.h so that it stays free of any JSON library.
namespace zandb::wire {

/// What zandb-attach writes before anything else, so that a login shell's noise can be told from the agent.
inline constexpr std::string_view preamble{"\0ZANDB-AGENT/1\n\0", 16};

enum class FrameKind : std::uint8_t {
    Hello = 0,    ///< both ways, first: {"protocol":1,"program":"zandb-agent 0.1.0","features":[...]}
    Request = 1,  ///< {"method":"orders.submit","params":{...}}
    Response = 2, ///< the result object; ends the request
    Failure = 3,  ///< an Error; ends the request
    Item = 4,     ///< one item of a stream; the request stays open until Response or Failure
    Credit = 5,   ///< receiver of a stream grants more bytes: {"bytes":n}
    Cancel = 6,   ///< ends a request early: {}
    Ping = 7,     ///< {} ; answered by Pong with the same id, before anything queued
    Pong = 8,
    Attach = 9,   ///< zandb-attach to the agent only, before Hello: {"user","role","key"}
};

} // namespace zandb::wire
