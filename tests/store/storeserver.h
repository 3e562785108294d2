// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/migrations.h"
#include "app/store/session.h"
#include "models/workflow/run.h"
#include "tests/support/testserver.h"

#include <QTest>

/// What the tests of the store share: a server per test program, and settings to reach it.
namespace zandb::test {

/// Settings of root over the server's socket.
inline StoreSettings rootSettings(const TestServer &server, std::string schema = "zandb_test")
{
    StoreSettings settings;
    settings.socket = server.socket();
    settings.user = "root";
    settings.schema = std::move(schema);
    return settings;
}

inline std::string textOf(const Error &error)
{
    return describe(error);
}

/// Fails the test with the error's words.
#define VERIFY_OK(result) \
    do { \
        const auto &verified = (result); \
        QVERIFY2(verified.has_value(), verified ? "" : zandb::describe(verified.error()).c_str()); \
    } while (false)
/// The result is this error code.
#define COMPARE_CODE(result, errorCode) \
    do { \
        const auto &compared = (result); \
        QVERIFY2(!compared.has_value(), "no error at all"); \
        QCOMPARE(compared.error().code, std::string((errorCode).text)); \
    } while (false)

/// A pending backup run with its one step.
inline RunDetail makeRun(const Uuid &hostId, const Uuid &targetId, TimePoint occurrence, std::optional<Uuid> taskId = {})
{
    RunDetail detail;
    Run &run = detail.run;
    run.id = Uuid::v7();
    run.taskId = taskId;
    run.occurrence = run.due = occurrence;
    run.kind = "backup";
    run.hostId = hostId;
    run.targetId = targetId;
    run.author = "ann";
    run.revision = 1;
    Step step;
    step.runId = run.id;
    step.name = "backup";
    step.kind = "backup";
    step.hostId = hostId;
    step.revision = 1;
    detail.steps.push_back(step);
    return detail;
}

} // namespace zandb::test
