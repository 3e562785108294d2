// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

/// Digests of rows: 128 bits of XXH3 over the bytes of all values, each with its length before it, so that no value can be taken for another's end and NULL
/// is not ''.  They are not linear: equal changes of several rows do not cancel out, as they do in an XOR of CRC32.  They guard against accidents, not against
/// somebody who makes collisions.
namespace zandb::agent {

using Digest128 = std::array<std::uint64_t, 2>;
std::string digestText(const Digest128 &digest); ///< 32 hex digits

Digest128 digest128Of(std::string_view bytes);

/// The values of one row after the other.  Keeps its memory from row to row.
class RowDigest
{
public:
    void clear() { m_bytes.clear(); }
    void addNull();
    void add(std::string_view value);
    Digest128 digest() const { return digest128Of(m_bytes); }

private:
    std::string m_bytes;
};

/// Of rows in their order.
class ChunkDigest
{
public:
    ChunkDigest();
    ~ChunkDigest();
    void add(const Digest128 &row);
    Digest128 digest() const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace zandb::agent
