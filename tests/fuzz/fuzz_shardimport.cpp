// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever a file holds: each fault has a line of it, no password is taken, and what was taken comes back from a file of our own.
#include "models/sharding/shardimport.h"
#include "tests/fuzz/require.h"

#include <algorithm>

using namespace zandb;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    for (const ShardFormat format : {ShardFormat::CsvFile, ShardFormat::JsonFile}) {
        const ShardImport import = parseShards(text, format);
        require(import.faults.empty() == (import.faultCount == 0) && import.faults.size() <= import.faultCount);
        for (const ShardImportFault &fault : import.faults)
            require(fault.line >= 1 && fault.line <= lines && !shardFaultText(fault).isEmpty());
        for (const Shard &shard : import.shards)
            require(!shard.database.empty() && !shard.owner.empty() && shard.number >= 0 && shard.count >= 0 && !holdsPassword(shard.dsn));
        for (const ShardFormat other : {ShardFormat::CsvFile, ShardFormat::JsonFile}) {
            const ShardImport again = parseShards(writeShards(import.shards, other), other);
            require(again.faultCount == 0 && std::ranges::equal(again.shards, import.shards, sameShard));
        }
    }
    const ShardQuery query = parseShardQuery(text);
    require(query.words.size() <= 8 && query.names.size() <= query.words.size());
    (void)ShardPattern(std::string(text.substr(0, 64))).numberOf(std::string(text.substr(0, 64)));
    return 0;
}
