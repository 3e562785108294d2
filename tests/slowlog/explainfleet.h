// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/fleet/sqlclient.h"
#include "app/slowlog/slowstoring.h"
#include "tests/slowlog/slowbatches.h"
#include "tests/support/testfleet.h"

#include <QTest>

#include <fstream>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace zandb::test {

/// A fleet of one server that has written an UPDATE and an INSERT into its slow log, and a store that knows both with their places in that log.
struct ExplainFleet
{
    static constexpr const char *update = "update o set note = ? where note = ?";
    static constexpr const char *insert = "insert into o values(?+)";
    std::unique_ptr<TestFleet> fleet;

    std::string path() const { return fleet->host().path(); }

    void start()
    {
        std::string error;
        fleet = TestFleet::start({}, &error);
        QVERIFY2(fleet, error.c_str());
        auto &server = *fleet->host().servers[0];
        const std::string user = getpwuid(geteuid())->pw_name;
        QVERIFY2(server.exec({"CREATE ROLE `explain`", "GRANT SELECT, SHOW VIEW ON *.* TO `explain`", "GRANT `explain` TO `" + user + "`@localhost", "CREATE DATABASE trade",
                              "CREATE TABLE trade.o (id INT PRIMARY KEY, note VARCHAR(100), KEY note (note))", "INSERT INTO trade.o VALUES (1, 'a'), (2, 'b')", "CREATE USER app@localhost",
                              "GRANT ALL ON trade.* TO app@localhost", "SET GLOBAL slow_query_log_file = '" + (server.logDirectory() / "slow.log").string() + "'",
                              "SET GLOBAL log_output = 'FILE'", "SET GLOBAL long_query_time = 0", "SET GLOBAL slow_query_log = 1"}),
                 server.lastError().c_str());
        auto client = agent::SqlClient::connect(server.name(), server.socket(), "app");
        QVERIFY(client && (*client)->query("USE trade") && (*client)->query("UPDATE o SET note = 'secret' WHERE note = 'hidden'") && (*client)->query("INSERT INTO o VALUES (77, 'x')"));
        // a server answers before it writes into its log
        QTRY_VERIFY(textOf(server.logDirectory() / "slow.log").find("INSERT INTO o VALUES (77, 'x')") != std::string::npos);
        QVERIFY(server.exec("SET GLOBAL slow_query_log = 0"));
        // who stores holds the host's lease
        QVERIFY2(fleet->store().exec("REPLACE INTO zandb.lease (host_id, member_id, token, taken_us) SELECT id, id, 7, 1 FROM zandb.host"), fleet->store().lastError().c_str());
        store(update, "UPDATE o SET note = 'secret' WHERE note = 'hidden'");
        store(insert, "INSERT INTO o VALUES (77, 'x')");
    }

    static std::string textOf(const std::filesystem::path &file)
    {
        std::ifstream in(file, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    /// The digest as a headless instance would have stored it, with its place in the log.
    void store(const std::string &fingerprint, const std::string &statement)
    {
        auto &server = *fleet->host().servers[0];
        const auto log = server.logDirectory() / "slow.log";
        const std::string text = textOf(log);
        const auto place = text.find(statement);
        QVERIFY2(place != text.npos, text.c_str());
        const auto begin = text.rfind("# User@Host", place);
        QVERIFY(begin != text.npos);
        struct stat status{};
        QCOMPARE(::stat(log.c_str(), &status), 0);
        wire::SlowDigest digest = DigestEvents(fingerprint).event(2, 100).sample(systemNow() - std::chrono::minutes{1}, 2, 100);
        wire::SlowSample &sample = digest.samples.front();
        sample.device = static_cast<std::int64_t>(status.st_dev);
        sample.inode = static_cast<std::int64_t>(status.st_ino);
        sample.offset = static_cast<std::int64_t>(begin);
        sample.length = static_cast<std::int64_t>(place + statement.size() + 1 - begin);
        sample.schema = "trade";
        StoreSettings settings;
        settings.socket = fleet->store().socket();
        settings.user = "root";
        zandb::store::Session session(settings);
        const auto host = Uuid::parse(fleet->storeValue("SELECT LOWER(CONCAT(LEFT(HEX(id),8),'-',MID(HEX(id),9,4),'-',MID(HEX(id),13,4),'-',MID(HEX(id),17,4),'-',RIGHT(HEX(id),12))) FROM zandb.host"));
        QVERIFY(host.has_value());
        wire::SlowMinute minute;
        minute.instance = server.name();
        minute.minute = std::chrono::floor<std::chrono::minutes>(systemNow());
        minute.digests = {digest};
        static std::int64_t number = 0;
        static const Uuid spool = Uuid::v7();
        const auto stored = slowlog::storeBatches(session, {*host, 7, spool, "slowlog/" + server.name()}, {{++number, minute}});
        QVERIFY2(stored, stored ? "" : describe(stored.error()).c_str());
        QVERIFY(stored->stored);
    }
};

} // namespace zandb::test
