// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/servefixture.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace zandb;
using namespace zandb::agent;
using wire::Frame;
using wire::FrameKind;
using namespace zandb::test;
namespace fs = std::filesystem;

class TestServe : public QObject, private ServeFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init() { startFresh(); }
    void cleanup() { end(); }

    void socketIsPrivateAndFactsAnswer()
    {
        struct stat info{};
        QCOMPARE(::stat(m_socket.c_str(), &info), 0);
        QCOMPARE(info.st_mode & 0777u, 0600u);
        const auto client = enter("viewer");
        QVERIFY(client);
        QCOMPARE(client->call("fleet.facts")->at("hostName").get<std::string>(), std::string("t"));
        QVERIFY(client->call("fleet.instances")->at("instances").empty());
        QCOMPARE(client->errorOf("fleet.preflight", {{"instance", "my1"}}), std::string("instance.unknown"));
        QCOMPARE(client->errorOf("fleet.preflight"), std::string("protocol.bad_params"));
        QCOMPARE(client->errorOf("no.such"), std::string("protocol.unknown_method"));
    }

    void rolesAreHeld()
    {
        const auto viewer = enter("viewer");
        QCOMPARE(viewer->errorOf("orders.submit", order({})), std::string("access.denied"));
        QCOMPARE(viewer->errorOf("orders.cancel", order({}).at("key")), std::string("access.denied"));
        QCOMPARE(viewer->errorOf("results.ack", {{"keys", Json::array()}}), std::string("access.denied"));
        QCOMPARE(viewer->errorOf("keys.revoke", {{"user", "ann"}}), std::string("access.denied"));
        QCOMPARE(viewer->errorOf("results.pending"), std::string());

        const auto worker = enter("operator");
        QCOMPARE(worker->errorOf("orders.submit", order({})), std::string());
        QCOMPARE(worker->errorOf("orders.submit", order({}, "restore")), std::string());
        QCOMPARE(worker->errorOf("orders.submit", order({}, "config")), std::string("access.kind_not_allowed"));
        QCOMPARE(worker->errorOf("epoch.accept", {{"store_epoch", Uuid::v7()}}), std::string("access.denied"));

        const auto dispatcher = enter("dispatcher");
        QCOMPARE(dispatcher->errorOf("orders.submit", order({}, "backup")), std::string());
        QCOMPARE(dispatcher->errorOf("orders.submit", order({}, "restore")), std::string("access.kind_not_allowed"));
        QCOMPARE(dispatcher->errorOf("orders.submit", order({}, "config")), std::string("access.unsigned"));
        QCOMPARE(dispatcher->errorOf("orders.submit", order({}, "glance")), std::string("access.kind_not_allowed"));
        Json signedOrder = order({}, "config");
        signedOrder["signer"] = "ann";
        signedOrder["signature"] = "made up"; // nothing verifies it, so it is worth nothing
        QCOMPARE(dispatcher->errorOf("orders.submit", signedOrder), std::string("access.unsigned"));
        QCOMPARE(dispatcher->errorOf("keys.add", {{"user", "eve"}}), std::string("access.denied"));
        QCOMPARE(dispatcher->errorOf("epoch.accept", {{"store_epoch", Uuid::v7()}}), std::string("access.denied"));

        const auto admin = enter("admin");
        QCOMPARE(admin->errorOf("orders.submit", order({}, "config")), std::string());
        QCOMPARE(admin->errorOf("epoch.accept", {{"store_epoch", "nonsense"}}), std::string("protocol.bad_params"));

        Client stranger(m_socket);
        QCOMPARE(stranger.enter("ann", "viewer", m_print), std::string("access.key_revoked")); // ann is admin now
        Client nobody(m_socket);
        QCOMPARE(nobody.enter("ann", "emperor", m_print), std::string("access.denied"));
    }

    void revokedKeyEndsItsConnection()
    {
        addKey("bob", "viewer", otherKey);
        const std::string bobsPrint = m_print;
        Client bob(m_socket);
        QCOMPARE(bob.enter("bob", "viewer", bobsPrint), std::string());
        const auto ann = enter("operator");
        QVERIFY(ann);
        QVERIFY(bob.call("fleet.facts"));
        QCOMPARE(KeysFile(m_config).revoke("bob").value(), 1); // by another program
        const auto frame = bob.receive(30'000);
        QVERIFY(frame && frame->kind == FrameKind::Failure);
        QCOMPARE(parseJson(frame->body)->at("code").get<std::string>(), std::string("access.key_revoked"));
        QVERIFY(bob.isClosed());
        QVERIFY(ann->call("fleet.facts"));
    }

    void keysThatCannotBeReadForAMoment()
    {
        const auto client = enter("operator");
        QVERIFY(client);
        const fs::path keys = m_config.authorizedKeys;
        const fs::path away = keys.string() + ".away";
        fs::rename(keys, away);
        fs::create_directory(keys); // opens, and cannot be read
        QTest::qWait(600);          // three looks
        QVERIFY(client->call("fleet.facts"));
        Client late(m_socket);
        QCOMPARE(late.enter("ann", "operator", m_print), std::string("io.failed")); // nobody comes in meanwhile
        fs::remove(keys);
        fs::rename(away, keys);
        QTest::qWait(2500);
        QVERIFY(client->call("fleet.facts"));

        fs::rename(keys, away);
        fs::create_directory(keys);
        const auto frame = client->receive(30'000);
        QVERIFY(frame && frame->kind == FrameKind::Failure);
        QCOMPARE(parseJson(frame->body)->at("code").get<std::string>(), std::string("io.failed"));
        fs::remove(keys);
        fs::rename(away, keys);
    }

    void workerSurvivesKilledServe()
    {
        const fs::path file = m_root / "runs";
        const fs::path hold = m_root / "hold";
        std::ofstream(hold).flush();
        auto client = enter("operator");
        const Json longer = order({{"while", hold.string()}, {"file", file.string()}});
        const Json shorter = order({{"ms", 200}, {"file", file.string()}}, "backup");
        QCOMPARE(client->errorOf("orders.submit", longer), std::string());
        QCOMPARE(client->errorOf("orders.submit", shorter), std::string());
        killServe();
        QTest::qWait(600);
        startServe();
        client = enter("operator");
        QCOMPARE(stateOf(*client, longer), std::string("started"));
        fs::remove(hold);
        for (const Json &each : {longer, shorter})
            QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, each), std::string("finished"), 30'000);
        const Json results = client->call("results.pending")->at("results");
        QCOMPARE(results.size(), std::size_t{2});
        for (const Json &result : results)
            QCOMPARE(result.at("outcome").get<std::string>(), std::string("succeeded"));
        QCOMPARE(client->errorOf("orders.submit", longer), std::string());
        std::ifstream in(file);
        int lines = 0;
        for (std::string line; std::getline(in, line);)
            ++lines;
        QCOMPARE(lines, 2);
    }

    void whoOrderedIsWhoeverTheKeyNames()
    {
        auto client = enter("operator");
        Json o = order(Json::object());
        o["author"] = "bob";
        o["orderedBy"] = {{"user", "root"}, {"role", "admin"}, {"key", "SHA256:made-up"}}; // what a sender says of itself is not heard
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, o), std::string("finished"), 30'000);
        killServe();
        startServe();
        client = enter("operator");
        const wire::OrderedBy ann{"ann", "operator", m_print};
        const auto status = decode<wire::OrderStatus>(*client->call("orders.status", o.at("key")));
        QVERIFY(status && status->orderedBy == ann);
        QVERIFY(status->data.at("orderedBy").get<wire::OrderedBy>() == ann);
        const Json results = client->call("results.since", Json{{"at", TimePoint{}}})->at("results");
        QCOMPARE(results.size(), std::size_t{1});
        QVERIFY(results[0].at("orderedBy").get<wire::OrderedBy>() == ann);
        QCOMPARE(results[0].at("order").at("author").get<std::string>(), std::string("bob"));
    }

    void stopLeavesWorkersAlone()
    {
        auto client = enter("operator");
        const Json o = order({{"ms", 1200}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        m_serve.terminate();
        QVERIFY(m_serve.waitForFinished(30'000));
        QCOMPARE(m_serve.exitStatus(), QProcess::NormalExit);
        QCOMPARE(m_serve.exitCode(), 0);
        QVERIFY(!fs::exists(m_socket));
        startServe();
        client = enter("operator");
        QTRY_COMPARE_WITH_TIMEOUT(stateOf(*client, o), std::string("finished"), 30'000);
        QCOMPARE(client->call("orders.status", o.at("key"))->at("outcome").get<std::string>(), std::string("succeeded"));
    }

    void onlyOneServePerState()
    {
        QProcess second;
        second.start(m_serve.program(), m_serve.arguments());
        QVERIFY(second.waitForFinished(30'000));
        QCOMPARE(second.exitCode(), 1);
        QVERIFY(Client(m_socket).isConnected());
    }

    /// Whoever may write it gives himself any role and kind.
    void configurationOfOthersIsRefused()
    {
        killServe();
        for (const fs::path &path : {m_config.file, m_root}) {
            struct stat before{};
            QCOMPARE(::stat(path.c_str(), &before), 0);
            QCOMPARE(::chmod(path.c_str(), before.st_mode | 0002), 0);
            QProcess refused;
            refused.start(m_serve.program(), m_serve.arguments());
            QVERIFY(refused.waitForFinished(30'000));
            QCOMPARE(refused.exitCode(), 1);
            QVERIFY(refused.readAllStandardError().contains("config.invalid"));
            QCOMPARE(::chmod(path.c_str(), before.st_mode & 07777), 0);
        }
        startServe();
    }

    void watchTellsEveryState()
    {
        const auto client = enter("operator");
        const Json o = order({{"ms", 700}});
        QCOMPARE(client->errorOf("orders.submit", o), std::string());
        std::vector<std::string> states;
        int progresses = 0;
        QVERIFY(client->send(FrameKind::Request, 78, {{"method", "orders.watch"}}));
        while (states.empty() || states.back() != "finished") {
            const auto frame = client->receive();
            QVERIFY(frame && frame->kind == FrameKind::Item && frame->id == 78);
            const Json status = parseJson(frame->body).value();
            states.push_back(status.at("state").get<std::string>());
            progresses += status.at("progress").at("bytesDone").get<int>() > 0 ? 1 : 0;
        }
        QCOMPARE(states.front(), std::string("started"));
        QVERIFY(progresses >= 1 && progresses <= 4);
        QVERIFY(client->send(FrameKind::Cancel, 78, Json::object()));
        const auto end = client->receive();
        QVERIFY(end && end->kind == FrameKind::Failure && end->id == 78);
    }

    /// A client that returns credit in portions gets items larger than what is left of it, and than the window.
    void largeItemsOfAStream()
    {
        const auto client = enter("operator");
        QVERIFY(client->send(FrameKind::Request, 78, {{"method", "orders.watch"}}));
        std::int64_t consumed = 0;
        for (const std::size_t size : {200u * 1024, 300u * 1024, 200u * 1024, 300u * 1024}) {
            QVERIFY(client->send(FrameKind::Request, 100, {{"method", "orders.submit"}, {"params", order({{"bytes", size}})}}));
            for (bool whole = false; !whole;) {
                const auto frame = client->receive();
                QVERIFY2(frame, qPrintable(QString::number(size)));
                if (frame->kind != FrameKind::Item)
                    continue;
                whole = frame->body.size() > size;
                consumed += static_cast<std::int64_t>(frame->body.size());
                if (consumed >= wire::creditWindow / 4)
                    QVERIFY(client->send(FrameKind::Credit, 78, {{"bytes", std::exchange(consumed, 0)}}));
            }
        }
    }

    void malformedFramesEndTheConnection_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        const auto row = [](const char *name, const std::string &bytes) {
            QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size()));
        };
        row("too long", std::string("\xff\xff\xff\xff", 4));
        row("too short", std::string("\0\0\0\1", 4));
        row("unknown kind", std::string("\0\0\0\7\x63\0\0\0\1{}", 11));
        row("no json", wire::encodeFrame(FrameKind::Request, 1, std::string_view("{nonsense")));
        row("too deep", wire::encodeFrame(FrameKind::Request, 1, std::string_view(std::string(50'000, '['))));
        row("id 0", wire::encodeFrame(FrameKind::Request, 0, std::string_view("{}")));
        row("attach again", wire::encodeFrame(FrameKind::Attach, 0, std::string_view("{}")));
        row("a response", wire::encodeFrame(FrameKind::Response, 1, std::string_view("{}")));
        row("bad credit", wire::encodeFrame(FrameKind::Credit, 1, std::string_view("{\"bytes\":\"x\"}")));
    }
    void malformedFramesEndTheConnection()
    {
        QFETCH(QByteArray, bytes);
        const auto client = enter("viewer");
        QVERIFY(client->raw({bytes.constData(), static_cast<std::size_t>(bytes.size())}));
        const auto frame = client->receive();
        QVERIFY(frame && frame->kind == FrameKind::Failure && frame->id == 0);
        QVERIFY(parseJson(frame->body)->at("code").get<std::string>().starts_with("protocol."));
        QVERIFY(client->isClosed());
        QVERIFY(enter("viewer"));
    }

    void requestBeforeHelloIsRefused()
    {
        addKey("ann", "viewer");
        Client early(m_socket);
        early.send(FrameKind::Request, 1, {{"method", "fleet.facts"}});
        const auto frame = early.receive();
        QVERIFY(frame && frame->kind == FrameKind::Failure);
        Client future(m_socket);
        future.send(FrameKind::Attach, 0, {{"user", "ann"}, {"role", "viewer"}, {"key", m_print}});
        future.send(FrameKind::Hello, 0, {{"protocol", 9}});
        QCOMPARE(future.receive()->kind, FrameKind::Hello);
        QCOMPARE(parseJson(future.receive()->body)->at("code").get<std::string>(), std::string("protocol.version"));
    }

    /// Its own requests stop being read, memory stays small, others are served, and in the end it is thrown out.
    void clientThatNeverReads()
    {
        const auto deaf = enter("viewer");
        int small = 4096;
        ::setsockopt(deaf->fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        const std::string request = wire::encodeFrame(FrameKind::Ping, 9, std::string_view("{}"));
        std::string many;
        while (many.size() < 64 * 1024)
            many += request;
        std::size_t sent = 0;
        for (int i = 0; i < 2000; ++i) {
            const ssize_t n = ::send(deaf->fd(), many.data(), many.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n > 0)
                sent += static_cast<std::size_t>(n);
            else
                ::usleep(500);
        }
        QVERIFY(sent > 64 * 1024);
        QVERIFY2(sent < 8 * 1024 * 1024, qPrintable(QString::number(sent)));
        addKey("bob", "viewer", otherKey);
        Client other(m_socket);
        QCOMPARE(other.enter("bob", "viewer", m_print), std::string());
        QVERIFY(other.call("fleet.facts"));
        const std::string rollup =
            readFile("/proc/" + std::to_string(m_serve.processId()) + "/smaps_rollup", 10'000).value();
        const long pss = std::atol(rollup.c_str() + rollup.find("Pss:") + 4);
#ifdef __SANITIZE_ADDRESS__
        constexpr long limit = 200'000; // what was freed is kept apart for a while there
#else
        constexpr long limit = 40'000;
#endif
        QVERIFY2(pss < limit, qPrintable(QString::number(pss))); // kB
        QTRY_VERIFY_WITH_TIMEOUT(::send(deaf->fd(), "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 && errno == EPIPE, 30'000);
    }

    void attachJoinsStdioAndSocket()
    {
        addKey("ann", "viewer");
        QProcess attach;
        const QStringList arguments{QStringLiteral("--socket"), QString::fromStdString(m_socket.string()),
                                    QStringLiteral("--user"),   QStringLiteral("ann"),
                                    QStringLiteral("--role"),   QStringLiteral("viewer"),
                                    QStringLiteral("--key"),    QString::fromStdString(m_print)};
        attach.start(besides("../bin/zandb-attach"), arguments);
        QVERIFY(attach.waitForStarted());
        const auto write = [&](const std::string &bytes) { attach.write(bytes.data(), static_cast<qint64>(bytes.size())); };
        write(wire::encodeFrame(FrameKind::Hello, 0, Json(wire::Hello{})));
        write(wire::encodeFrame(FrameKind::Request, 5, Json{{"method", "fleet.facts"}}));
        wire::PreambleReader preamble;
        wire::FrameReader reader;
        std::vector<Frame> frames;
        QTRY_VERIFY_WITH_TIMEOUT([&] {
            const QByteArray bytes = attach.readAllStandardOutput();
            if (preamble.feed({bytes.constData(), static_cast<std::size_t>(bytes.size())}).value_or(false))
                reader.feed(preamble.takeRest());
            while (const auto frame = reader.next().value())
                frames.push_back(*frame);
            return frames.size() == 2;
        }(), 5000);
        QCOMPARE(frames[0].kind, FrameKind::Hello);
        QCOMPARE(frames[1].kind, FrameKind::Response);
        QCOMPARE(frames[1].id, 5u);
        attach.closeWriteChannel();
        QVERIFY(attach.waitForFinished(30'000));
        QCOMPARE(attach.exitCode(), 0);

        killServe();
        attach.start(besides("../bin/zandb-attach"), arguments);
        QVERIFY(attach.waitForFinished(30'000));
        QCOMPARE(attach.exitCode(), 1);
        const QByteArray out = attach.readAllStandardOutput();
        QVERIFY(out.startsWith(QByteArray(wire::preamble.data(), 16)));
        QVERIFY(out.contains("agent.not_running"));
    }
};

QTEST_GUILESS_MAIN(TestServe)
#include "tst_serve.moc"
