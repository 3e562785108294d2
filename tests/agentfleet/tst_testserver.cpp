// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/testserver.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>

using namespace zandb::test;

/// The fixture other tests stand on: starts, answers, dies and comes back, and leaves nothing behind.
class TestTestServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void lives_data()
    {
        QTest::addColumn<int>("flavour");
        QTest::newRow("mariadb") << int(Flavour::MariaDb);
        QTest::newRow("mysql") << int(Flavour::MySql);
    }

    void lives()
    {
        QFETCH(int, flavour);
        if (const auto reason = TestServer::unavailable(Flavour(flavour)); !reason.empty())
            QSKIP(reason.c_str());
        ServerOptions options;
        options.flavour = Flavour(flavour);
        options.networking = true;
        options.myCnf = {"max-connections=77"};
        std::string error;
        QElapsedTimer clock;
        clock.start();
        auto server = TestServer::start(options, &error);
        QVERIFY2(server, error.c_str());
        qInfo("started in %lld ms (the first of a build folder initialises a template)", static_cast<long long>(clock.elapsed()));
        QCOMPARE(server->value("SELECT @@max_connections"), std::optional<std::string>("77"));
        QCOMPARE(server->value("SELECT @@port"), std::optional<std::string>(std::to_string(server->port())));
        QVERIFY(server->exec({"CREATE DATABASE a", "CREATE TABLE a.t (i INT PRIMARY KEY)", "INSERT INTO a.t VALUES (7)"}));
        QVERIFY(!server->exec("SELECT * FROM a.absent"));
        QVERIFY(server->lastError().find("absent") != std::string::npos);

        server->kill();
        QVERIFY(!server->exec("DO 0"));
        clock.restart();
        QVERIFY2(server->startAgain(), server->lastError().c_str());
        qInfo("started again in %lld ms", static_cast<long long>(clock.elapsed()));
        QCOMPARE(server->value("SELECT i FROM a.t"), std::optional<std::string>("7"));

        const auto base = server->base();
        const pid_t pid = server->pid();
        server.reset();
        QVERIFY(!std::filesystem::exists(base));
        QVERIFY(::kill(pid, 0) != 0);
    }
};

QTEST_APPLESS_MAIN(TestTestServer)
#include "tst_testserver.moc"
