// SPDX-License-Identifier: GPL-3.0-or-later
// What backup tools write, as it passes: a stream of mariadb-backup and the text of a dump.  However the pipe cuts it,
// the same must be read from it.
#include "agent/backups/dumpscan.h"
#include "agent/fleet/tablenames.h"
#include "agent/backups/xbstream.h"
#include "tests/fuzz/require.h"

using namespace zandb::agent;
using zandb::fuzz::require;

namespace {

void feedPieces(StreamScanner &scanner, std::span<const char> bytes)
{
    for (std::size_t size = 1; !bytes.empty(); size = size % 13 + 1) {
        const std::size_t part = std::min(size, bytes.size());
        scanner.feed(bytes.subspan(0, part));
        bytes = bytes.subspan(part);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::span<const char> bytes(reinterpret_cast<const char *>(data), size);

    XbstreamScanner whole({"xtrabackup_binlog_info"});
    XbstreamScanner pieces({"xtrabackup_binlog_info"});
    whole.feed(bytes);
    feedPieces(pieces, bytes);
    require(whole.files() == pieces.files() && whole.problem() == pieces.problem());
    const std::string *info = whole.content("xtrabackup_binlog_info");
    const std::string *infoAgain = pieces.content("xtrabackup_binlog_info");
    require(!info == !infoAgain && (!info || *info == *infoAgain));
    for (const auto &[name, count] : whole.files()) {
        require(count >= 0 && static_cast<std::uint64_t>(count) <= size); // a stream cannot hold more than it is
        require(whole.isView(name) == pieces.isView(name));
    }

    DumpScanner dump;
    DumpScanner dumpPieces;
    dump.feed(bytes);
    feedPieces(dumpPieces, bytes);
    require(dump.schemas() == dumpPieces.schemas() && dump.tables() == dumpPieces.tables());
    require(dump.completed() == dumpPieces.completed());
    require(dump.binlogFile() == dumpPieces.binlogFile() && dump.binlogOffset() == dumpPieces.binlogOffset());
    require(dump.gtidSlavePos() == dumpPieces.gtidSlavePos());

    // names of files come from whoever may write into a data directory
    require(decodeName({bytes.data(), bytes.size()}).size() <= size);
    return 0;
}
