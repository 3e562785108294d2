// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/store/migrations.h"
#include "app/store/session.h"
#include "models/workflow/run.h"
#include "tests/support/testserver.h"

#include <QTest>

#include <memory>
#include <string>
#include <vector>

/// What the tests of the store share: a server per test program, and settings to reach it.
namespace zandb::test {

/// One server of each flavour for a whole test program, started when it is first asked for.
class FlavourServers
{
public:
    /// Null when that flavour cannot be had here (the test is to be skipped) or does not start; `why` says it.
    /// `prepare` runs once, on the new server.
    TestServer *get(bool mySql, ServerOptions options, const std::vector<std::string> &prepare, std::string &why, bool &skip)
    {
        options.flavour = mySql ? Flavour::MySql : Flavour::MariaDb;
        options.binlog = true; // its bytes are what a round of samples costs
        why = TestServer::unavailable(options.flavour);
        skip = !why.empty();
        auto &server = mySql ? m_mySql : m_mariaDb;
        if (!skip && !server) {
            server = TestServer::start(options, &why);
            if (server && !server->exec(prepare)) {
                why = server->lastError();
                server.reset();
            }
        }
        return skip ? nullptr : server.get();
    }

private:
    std::unique_ptr<TestServer> m_mariaDb;
    std::unique_ptr<TestServer> m_mySql;
};

/// The global data of tests that run once for each flavour.
inline void bothFlavours()
{
    QTest::addColumn<bool>("mySql");
    QTest::newRow("MariaDB") << false;
    QTest::newRow("MySQL") << true;
}

/// Sets `server` to the server of the flavour in the global data `mySql`, or skips or fails the test.
#define SERVER_OF_FLAVOUR(server, servers, options, prepare) \
    do { \
        QFETCH_GLOBAL(bool, mySql); \
        std::string why; \
        bool skip = false; \
        (server) = (servers).get(mySql, options, prepare, why, skip); \
        if (skip) \
            QSKIP(why.c_str()); \
        QVERIFY2(server, why.c_str()); \
    } while (false)

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
