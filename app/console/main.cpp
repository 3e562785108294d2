// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/coredump.h"
#include "app/console/program.h"
#include "app/headless/serve.h"

#include <cstring>
#include <string>
#include <vector>

int main(int argc, char **argv)
{
    zandb::protectMemory();
    // before any Qt object: a server has no display
    for (int at = 1; at < argc; ++at) {
        if (std::strcmp(argv[at], "--headless") != 0)
            continue;
        std::vector<std::string> rest;
        for (int other = 1; other < argc; ++other) {
            if (other != at)
                rest.emplace_back(argv[other]);
        }
        return zandb::headless::runServe(rest);
    }
    return zandb::console::runConsole(argc, argv);
}
