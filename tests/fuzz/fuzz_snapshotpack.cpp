// SPDX-License-Identifier: GPL-3.0-or-later
// Snapshots as the store holds them and as agents send them.  First byte 0: a line of JSON for each item; else the content of a part of tables.  What can be
// read is packed and read again.
#include "models/common/packing.h"
#include "models/snapshots/snapshotdiff.h"
#include "models/snapshots/snapshotpack.h"
#include "tests/fuzz/require.h"

#include <algorithm>
#include <tuple>

using namespace zandb;
using zandb::fuzz::require;

namespace {

void again(const Snapshot &snapshot)
{
    const auto parts = snapshotpack::pack(snapshot);
    if (!parts)
        return;
    const auto read = snapshotpack::unpack(*parts);
    require(read && read->tables == snapshot.tables && read->variables == snapshot.variables && read->accounts == snapshot.accounts);
    require(diffOf(snapshot, *read).isEmpty());
    (void)linesOf(snapshot);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    std::string_view rest(reinterpret_cast<const char *>(data), size);
    if (rest.empty())
        return 0;
    const bool isItems = rest.front() == '0';
    rest.remove_prefix(1);
    if (!isItems) {
        Snapshot snapshot;
        // as zstd would hand it over: a fuzzer does not find its way through the compression
        if (snapshotpack::unpackTables(packing::compress(rest, 1).value(), snapshot.tables)) {
            std::ranges::stable_sort(snapshot.tables, [](const SnapshotTable &a, const SnapshotTable &b) { return std::tie(a.schema, a.table) < std::tie(b.schema, b.table); });
            again(snapshot);
        }
        (void)snapshotpack::unpack({std::string(rest), std::string(rest)});
        return 0;
    }
    SnapshotBuilder builder{wire::SnapshotResult{}};
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        if (const auto item = parseJson(rest.substr(0, end)))
            (void)builder.add(*item);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (const auto snapshot = builder.take())
        again(*snapshot);
    return 0;
}
