// SPDX-License-Identifier: GPL-3.0-or-later
// A program needs a file; this one only has its headers precompiled for the tests.
int main() {}
