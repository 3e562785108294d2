// SPDX-License-Identifier: GPL-3.0-or-later
// Packed series as the store holds them: two bytes for the number of points, then the blob.  What can be read is packed and read again.
#include "models/common/series.h"
#include "tests/fuzz/require.h"

#include <zstd.h>

using namespace zandb;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    Series series;
    series.step = std::chrono::seconds(10);
    series.points = static_cast<std::size_t>(data[0]) << 8 | data[1];
    const std::string_view rest(reinterpret_cast<const char *>(data) + 2, size - 2);
    (void)series::unpack(rest, series);

    // the content as zstd would hand it over: a fuzzer does not find its way through the compression
    std::string blob(ZSTD_compressBound(rest.size()), '\0');
    blob.resize(ZSTD_compress(blob.data(), blob.size(), rest.data(), rest.size(), 1));
    if (!series::unpack(blob, series))
        return 0;
    require(series.points <= series::maxPoints && series.columns.size() <= series::maxColumns);
    for (const auto &column : series.columns)
        require(column.size() == series.points);
    const auto packed = series::pack(series);
    if (!packed)
        return 0; // longer than a blob may be
    Series again = series;
    require(series::unpack(*packed, again) && again == series);
    return 0;
}
