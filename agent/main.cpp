// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdio>

int main()
{
    std::puts("zandb-agent " ZANDB_VERSION);
    return 0;
}
