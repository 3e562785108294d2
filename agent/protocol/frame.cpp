// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/frame.h"

namespace zandb::wire {
namespace {

void putBigEndian(std::string &out, std::uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(value >> shift & 0xff);
}

std::uint32_t getBigEndian(const char *at)
{
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i)
        value = value << 8 | static_cast<unsigned char>(at[i]);
    return value;
}

} // namespace

std::string encodeFrame(FrameKind kind, std::uint32_t id, std::string_view body)
{
    std::string out;
    out.reserve(body.size() + 9);
    putBigEndian(out, static_cast<std::uint32_t>(body.size() + 5));
    out += static_cast<char>(kind);
    putBigEndian(out, id);
    out += body;
    return out;
}

void FrameReader::feed(std::string_view bytes)
{
    if (m_read > 0 && (m_read == m_buffer.size() || m_read > usualFrame)) {
        m_buffer.erase(0, m_read);
        m_read = 0;
    }
    m_buffer += bytes;
}

Result<std::optional<Frame>> FrameReader::next()
{
    const std::size_t available = m_buffer.size() - m_read;
    if (available < 4)
        return std::optional<Frame>{};
    const char *at = m_buffer.data() + m_read;
    const std::uint32_t length = getBigEndian(at);
    if (length > m_limit)
        return fail(errors::protocolTooLarge, {{"bytes", std::to_string(length)}, {"limit", std::to_string(m_limit)}});
    if (length < 5)
        return fail(errors::protocolMalformed, {{"detail", "frame of " + std::to_string(length) + " bytes"}});
    if (available < 5)
        return std::optional<Frame>{};
    const auto kind = static_cast<std::uint8_t>(at[4]);
    if (kind > static_cast<std::uint8_t>(FrameKind::Attach))
        return fail(errors::protocolMalformed, {{"detail", "frame kind " + std::to_string(kind)}});
    if (available < 4u + length)
        return std::optional<Frame>{};
    Frame frame;
    frame.kind = static_cast<FrameKind>(kind);
    frame.id = getBigEndian(at + 5);
    frame.body.assign(at + 9, length - 5);
    m_read += 4u + length;
    return std::optional<Frame>(std::move(frame));
}

Result<bool> PreambleReader::feed(std::string_view bytes)
{
    if (m_seen) {
        m_rest += bytes;
        return true;
    }
    m_buffer += bytes;
    if (const auto at = m_buffer.find(preamble); at != std::string::npos && at <= maxNoise) {
        m_seen = true;
        m_rest = m_buffer.substr(at + preamble.size());
        m_buffer.resize(at);
        return true;
    }
    if (m_buffer.size() > maxNoise + preamble.size())
        return fail(errors::protocolMalformed, {{"detail", "no agent behind the login"}, {"noise", noise()}});
    return false;
}

std::string PreambleReader::noise() const
{
    std::string text = m_buffer.substr(0, 300);
    for (char &c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f)
            c = ' ';
    }
    return text;
}

} // namespace zandb::wire
