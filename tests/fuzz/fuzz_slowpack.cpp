// SPDX-License-Identifier: GPL-3.0-or-later
// Packed figures of slow statements as the store holds them: the contents of the four columns, each behind two bytes with its length.  What can be read is
// packed and read again.
#include "models/common/packing.h"
#include "models/slowlog/slowpack.h"
#include "tests/fuzz/require.h"

using namespace zandb;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::string_view rest(reinterpret_cast<const char *>(data), size);
    slowpack::Blobs blobs;
    for (std::string *blob : {&blobs.totals, &blobs.detail, &blobs.people, &blobs.callers}) {
        if (rest.size() < 2)
            return 0;
        const std::size_t length = static_cast<std::size_t>(static_cast<unsigned char>(rest[0])) << 8 | static_cast<unsigned char>(rest[1]);
        rest.remove_prefix(2);
        // as zstd would hand it over: a fuzzer does not find its way through the compression
        *blob = packing::compress(rest.substr(0, length), 1).value();
        rest.remove_prefix(std::min(length, rest.size()));
    }
    (void)slowpack::unpackTotals(std::string_view(reinterpret_cast<const char *>(data), size));
    const auto slots = slowpack::unpack(blobs);
    if (!slots)
        return 0;
    SlowBlock all;
    for (const slowpack::Slot &slot : *slots) {
        require(slot.minute < slowpack::maxSlots);
        all.add(slot.block);
    }
    for (const auto &[digest, figures] : all.digests)
        (void)slowQuantileUs(figures, 0.95);
    const auto packed = slowpack::pack(*slots, 1, slots->size() <= 1);
    if (!packed)
        return 0;
    const auto again = slowpack::unpack(*packed);
    require(again && again->size() == slots->size());
    fold(all, {2, 1, 1});
    require(all.digests.size() <= 3);
    return 0;
}
