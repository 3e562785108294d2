// SPDX-License-Identifier: GPL-3.0-or-later
// Included first in every test (zandb_test): how long it waits for what will come.
#pragma once

#include <QDeadlineTimer>
#include <QTest>

#include <algorithm>
#include <chrono>
#include <ctime>

namespace zandb::test {

/// A busy machine is no fault of the program's: QTRY_... waits for a minute at least, whatever a test names.  What comes soon costs no time
/// by that.  A promise about speed is measured by what a thread has worked (cpuTime()), not by the clock.
inline std::chrono::milliseconds patience(std::chrono::milliseconds named)
{
    return std::max(named, std::chrono::milliseconds{60'000});
}
inline std::chrono::milliseconds patience(qint64 named)
{
    return patience(std::chrono::milliseconds{named});
}

/// What the calling thread has worked so far, without what other programs took from the machine.
inline std::chrono::milliseconds cpuTime()
{
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return std::chrono::milliseconds{t.tv_sec * 1000 + t.tv_nsec / 1'000'000};
}

} // namespace zandb::test

// Qt's macros for waiting all end in this one.
#undef QTRY_IMPL
#define QTRY_IMPL(expr, timeout) \
    for (const QDeadlineTimer qt_test_until(zandb::test::patience(timeout)); \
         !QTest::currentTestFailed() && !(expr) && !qt_test_until.hasExpired();) \
        QTest::qWait(20);
