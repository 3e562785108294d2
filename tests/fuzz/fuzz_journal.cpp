// SPDX-License-Identifier: GPL-3.0-or-later
// The agent's journal after any crash or damage: it opens to a prefix of its records or says what is wrong with it, and what
// it opened to is what it opens to again.
#include "agent/runtime/journal.h"
#include "tests/fuzz/require.h"

using namespace zandb;
using namespace zandb::agent;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static const fuzz::Directory directory;
    const auto file = directory.write("journal", std::string(reinterpret_cast<const char *>(data), size));
    std::vector<std::string> records;
    const auto collect = [](std::vector<std::string> &into) {
        return [&into](std::int64_t, const Json &record) { into.push_back(dumpJson(record)); };
    };
    {
        auto journal = Journal::open(file, collect(records));
        if (!journal) {
            require(fuzz::Directory::read(file).size() == size); // a damaged one is left as it is
            return 0;
        }
        require(journal->append({{"n", 1}}).has_value());
    }
    std::vector<std::string> again;
    const auto journal = Journal::open(file, collect(again));
    require(journal.has_value() && again.size() == records.size() + 1);
    again.pop_back();
    require(again == records);
    return 0;
}
