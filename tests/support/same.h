// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>

/// QCOMPARE for values Qt Test cannot print (Qt 6.4 takes our toString() for its own).
#define SAME(actual, expected) QVERIFY2((actual) == (expected), #actual " is not " #expected)
