// SPDX-License-Identifier: GPL-3.0-or-later
// A slow log as a server, its clients and a full disk may have left it.
#include "agent/slowlog/digest.h"
#include "agent/slowlog/slowlogparser.h"
#include "tests/fuzz/require.h"

#include <algorithm>
#include <cstring>

using namespace zandb;
using namespace zandb::agent;
using zandb::fuzz::require;

namespace {

struct Found
{
    std::int64_t offset, end;
    std::string statement;
    bool operator==(const Found &) const = default;
};

std::vector<Found> parse(std::string_view text, std::size_t step, SlowDigest *digest)
{
    // small limits, so that what is too long comes up in small inputs
    SlowLogParser parser({.statementBytes = 4096, .literalBytes = 8192});
    SlowEvent event;
    std::vector<Found> found;
    std::int64_t place = 0;
    const auto drain = [&] {
        while (parser.next(event)) {
            require(event.offset >= place && event.end >= event.offset && event.end <= static_cast<std::int64_t>(text.size()));
            place = event.end;
            require(event.statement.size() <= text.size());
            found.push_back({event.offset, event.end, std::string(event.statement)});
            if (digest)
                digest->add(event);
        }
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto space = parser.space();
        const std::size_t size = std::min({step, text.size() - at, space.size()});
        std::memcpy(space.data(), text.data() + at, size);
        parser.take(size);
        at += size;
        drain();
        require(parser.position() >= place && parser.position() <= parser.taken() && parser.taken() == static_cast<std::int64_t>(at));
    }
    parser.finish();
    drain();
    require(found.size() <= text.size());
    return found;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    SlowDigest digest;
    const auto whole = parse(text, size + 1, &digest);
    std::int64_t counted = 0;
    for (const SlowClass &of : digest.classes())
        counted += of.events;
    require(counted == digest.events() && counted == static_cast<std::int64_t>(whole.size()));
    // how the bytes come does not matter, while nothing is too long
    if (size < 4096)
        require(parse(text, 1 + size % 97, nullptr) == whole);
    else
        parse(text, 977, nullptr);
    return 0;
}
