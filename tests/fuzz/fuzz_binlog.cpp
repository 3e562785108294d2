// SPDX-License-Identifier: GPL-3.0-or-later
// A binlog file as a server, a full disk or somebody with a grudge may have left it.
#include "agent/binlogs/binlogparser.h"
#include "tests/fuzz/require.h"

#include <vector>

using namespace zandb;
using namespace zandb::agent;
using zandb::fuzz::require;

namespace {

struct Read
{
    BinlogParser::State state{};
    std::int64_t transactions = 0, end = 0, committed = 0;
    std::string gtids, next;
    bool operator==(const Read &) const = default;
};

Read read(std::string_view text, std::size_t step)
{
    std::int64_t place = 0, heard = 0;
    BinlogParser parser([&](const BinlogTransaction &transaction) {
        require(transaction.offset >= place && transaction.end >= transaction.offset && transaction.end <= static_cast<std::int64_t>(text.size()));
        place = transaction.end;
        ++heard;
    });
    for (std::size_t at = 0; at < text.size(); at += step) {
        parser.feed(text.substr(at, step));
        require(parser.end() <= static_cast<std::int64_t>(text.size()) + 4 && parser.committed() <= parser.end());
    }
    require(parser.transactions() == heard);
    return {parser.state(), parser.transactions(), parser.end(), parser.committed(), parser.endGtids(), parser.nextFile()};
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    const Read whole = read(text, size + 1);
    // how the bytes come does not matter
    require(read(text, 1 + size % 61) == whole);
    if (size < 4096)
        require(read(text, 1) == whole);
    if (const auto set = GtidSet::parse(text.substr(0, 4096))) { // the same bytes as a text
        const auto again = GtidSet::parse(set->text());
        require(again && *again == *set && set->minus(*set).isEmpty());
    }
    if (const auto placed = GtidPlace::parse(text.substr(0, 4096)))
        require(GtidPlace::parse(placed->text()) == placed);
    return 0;
}
