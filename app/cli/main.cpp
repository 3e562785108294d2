// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/protocol/coredump.h"
#include "app/cli/command.h"

int main(int argc, char **argv)
{
    zandb::protectMemory();
    return zandb::cli::run({argv + 1, argv + argc});
}
