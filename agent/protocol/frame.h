// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/protocol/json.h"
#include "agent/protocol/preamble.h"

#include <cstdint>
#include <string>
#include <string_view>

/// The outermost layer of the wire; README.md beside this file is its specification.
namespace zandb::wire {

inline constexpr int protocolVersion = 1;
inline constexpr std::size_t maxNoise = 64 * 1024;          ///< bytes a client discards before the preamble
inline constexpr std::uint32_t maxFrame = 4u * 1024 * 1024; ///< length field's cap: kind + id + body
inline constexpr std::uint32_t usualFrame = 64 * 1024;      ///< all but batches stay below this
inline constexpr std::int64_t creditWindow = 256 * 1024;    ///< bytes of stream bodies in flight per request

struct Frame
{
    FrameKind kind = FrameKind::Ping;
    std::uint32_t id = 0; ///< request id, chosen by the client, unique among its open requests; 0 for Hello and Attach
    std::string body;     ///< UTF-8 JSON
};

/// u32 big-endian length of what follows (kind, id, body), u8 kind, u32 big-endian id, body.
std::string encodeFrame(FrameKind kind, std::uint32_t id, std::string_view body);
inline std::string encodeFrame(FrameKind kind, std::uint32_t id, const Json &body) { return encodeFrame(kind, id, std::string_view(dumpJson(body))); }

/// Cuts a byte stream into frames.  Not thread-safe; one per direction and connection.  Holds at most one frame's
/// bytes plus what was fed; never allocates for a length it has not yet accepted.
class FrameReader
{
public:
    /// What a frame's length may be from the next one on: of one that is not trusted yet, or only reads, less.
    void setLimit(std::uint32_t limit) { m_limit = limit; }
    /// Bytes fed that next() has not given out.
    std::size_t bufferedBytes() const { return m_buffer.size() - m_read; }
    /// Adds bytes as they came from the socket.
    void feed(std::string_view bytes);
    /// The next whole frame; nullopt when more bytes are needed.  Errors (final, the connection must be closed):
    /// protocol.too_large, protocol.malformed (unknown kind, length below 5).
    Result<std::optional<Frame>> next();

private:
    std::string m_buffer;
    std::size_t m_read = 0;
    std::uint32_t m_limit = maxFrame;
};

/// Waits for the preamble within a stream that may begin with a login shell's output.
class PreambleReader
{
public:
    /// Feeds bytes.  True once the preamble was seen; what followed it is in rest().  Errors: protocol.malformed
    /// with field `noise` (the first 300 bytes, printable) once maxNoise bytes came without it.
    Result<bool> feed(std::string_view bytes);
    std::string takeRest() { return std::move(m_rest); }
    /// What was discarded, made printable and cut to 300 bytes, for an error message.
    std::string noise() const;

private:
    std::string m_buffer;
    std::string m_rest;
    bool m_seen = false;
};

/// The body of Hello.
struct Hello
{
    int protocol = protocolVersion;
    std::string program;                ///< name and version, e.g. "zandb-agent 0.1.0"
    std::vector<std::string> features;  ///< e.g. "orders", "backups"
    std::string host;                   ///< agent only: its configured host name
    std::string bootId;                 ///< agent only: changes when the host was restarted
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(Hello, protocol, program, features, host, bootId)
};

} // namespace zandb::wire
