// SPDX-License-Identifier: GPL-3.0-or-later
// Text of a database host that others write: option files, public keys, SHOW GRANTS, versions of programs.
#include "agent/fleet/grants.h"
#include "agent/fleet/keys.h"
#include "agent/fleet/mycnf.h"
#include "agent/fleet/programs.h"
#include "tests/fuzz/require.h"

using namespace zandb::agent;
using zandb::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    const MyCnf cnf = MyCnf::parse(text);
    for (const char *name : {"datadir", "socket", "port", "log_error"}) {
        const auto value = cnf.server(name);
        require(!value || value->size() <= size); // nothing is made up
        // what stands behind everything else wins
        const auto changed = MyCnf::parse(text + "\n[mysqld]\n" + name + "=\"last\"\n").server(name);
        require(size > 1'000'000 || changed == "last");
    }
    if (const auto print = KeysFile::fingerprint(text))
        require(print->size() == 7 + 43);
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        lines.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    const Grants grants = Grants::parse(lines);
    (void)grants.has("PROCESS");
    (void)grants.revokedOn("SELECT");
    require(versionSeries(text).size() <= size);
    return 0;
}
