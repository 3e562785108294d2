// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/consistency/rowdigest.h"

#define XXH_INLINE_ALL // compiled in: no library at run time
#include <xxhash.h>

namespace zandb::agent {

std::string digestText(const Digest128 &digest)
{
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint64_t half : digest) {
        for (int shift = 60; shift >= 0; shift -= 4)
            text += digits[(half >> shift) & 15];
    }
    return text;
}

Digest128 digest128Of(std::string_view bytes)
{
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return {hash.high64, hash.low64};
}

void RowDigest::addNull()
{
    m_bytes += '\xff';
}

void RowDigest::add(std::string_view value)
{
    // a first byte up to 250 is the length, 251 says that eight bytes of it follow, and 255 is NULL
    if (value.size() <= 250) {
        m_bytes += static_cast<char>(value.size());
    } else {
        m_bytes += '\xfb';
        std::uint64_t size = value.size();
        for (int i = 0; i < 8; ++i, size >>= 8)
            m_bytes += static_cast<char>(size & 0xff);
    }
    m_bytes += value;
}

struct ChunkDigest::State
{
    XXH3_state_t hash;
};

ChunkDigest::ChunkDigest() : m_state(std::make_unique<State>())
{
    XXH3_128bits_reset(&m_state->hash);
}

ChunkDigest::~ChunkDigest() = default;

void ChunkDigest::add(const Digest128 &row)
{
    XXH3_128bits_update(&m_state->hash, row.data(), sizeof row);
}

Digest128 ChunkDigest::digest() const
{
    const XXH128_hash_t hash = XXH3_128bits_digest(&m_state->hash);
    return {hash.high64, hash.low64};
}

} // namespace zandb::agent
