// SPDX-License-Identifier: GPL-3.0-or-later
// Alerts of a real store reach real HTTP servers on loopback through the thread of a headless instance.
#include "app/alerts/alertrepository.h"
#include "app/alerts/channelrepository.h"
#include "app/alerts/outbox.h"
#include "app/headless/messenger.h"
#include "app/platform/channelerrors.h"
#include "app/platform/savesettings.h"
#include "app/platform/sealing.h"
#include "tests/alerts/servers.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;
using store::value;

class TestMessenger : public RepositoryTest
{
    Q_OBJECT

    std::unique_ptr<QTemporaryDir> m_dir;
    Settings m_headless;
    ChannelsSettings m_channels;

    Channel addChannel(const std::string &name, const std::string &url, int wait = 0)
    {
        Channel channel;
        channel.id = Uuid::v7();
        channel.name = name;
        channel.kind = "webhook";
        channel.settings.url = url;
        channel.settings.waitSeconds = wait;
        channel.settings.maxWaitSeconds = std::max(90, wait);
        channel.settings.perMinute = 20;
        const auto sealed = alerts::sealInto(*m_session, channel, "secret", "hush-" + name);
        const auto set = sealed ? alerts::setChannel(*m_session, channel, 0) : fail(sealed.error());
        if (!set)
            qFatal("%s", describe(set.error()).c_str());
        return channel;
    }
    std::unique_ptr<headless::Messenger> start()
    {
        auto messenger = std::make_unique<headless::Messenger>(m_headless, m_channels, [this](const std::string &line) {
            const std::lock_guard lock(m_mutex);
            m_lines += line + '\n';
        }, 50ms);
        messenger->setHeld(true);
        return messenger;
    }
    std::string lines()
    {
        const std::lock_guard lock(m_mutex);
        return m_lines;
    }
    std::vector<Delivery> deliveries(const Channel &channel) { return alerts::loadDeliveries(*m_session, {.channel = channel.id}).value(); }
    /// The gateway's limit of messages a minute and waits after failures, without waiting.
    void timePasses()
    {
        VERIFY_OK(m_session->execute("UPDATE delivery SET created_us = created_us - 60000000, next_try_us = next_try_us - 3600000000"));
    }
    static Json bodyOf(const HttpServer &server, int at) { return parseJson(server.requests.at(at).body.toStdString()).value_or(Json()); }

    struct Store
    {
        std::unique_ptr<store::Session> session;
        StoreSettings settings;
    };
    Store m_stores[2]; ///< one of each flavour for all functions: to make one takes longer than most of them
    std::mutex m_mutex;
    std::string m_lines;

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase() {}
    void init()
    {
        QFETCH_GLOBAL(bool, mySql);
        const std::string account = "headless_m";
        Store &kept = m_stores[mySql];
        m_session = std::move(kept.session);
        m_settings = kept.settings;
        if (!m_session) {
            prepare();
            if (QTest::currentTestFailed() || !m_session)
                return;
            std::string why;
            bool skip = false;
            TestServer *server = m_servers.get(mySql, {}, {}, why, skip);
            QVERIFY2(server && server->exec({"CREATE USER " + account + "@localhost IDENTIFIED BY 'pw'", "GRANT zandb_dispatcher TO " + account + "@localhost"}), why.c_str());
            kept.settings = m_settings;
        }
        for (const char *table : {"alert", "alert_message", "channel_message", "delivery", "delivery_try", "channel"})
            VERIFY_OK(m_session->execute(std::string("DELETE FROM ") + table));
        m_lines.clear();
        m_dir = std::make_unique<QTemporaryDir>();
        const auto keys = sealing::makeKeys();
        VERIFY_OK(keys);
        VERIFY_OK(alerts::setPublicKey(*m_session, keys->publicKey));
        m_headless = {};
        m_channels = {};
        m_headless.profile = "test";
        m_headless.store = m_settings;
        m_headless.store.user = account;
        m_headless.store.password = "pw";
        m_channels.keyFile = m_dir->filePath(QStringLiteral("key")).toStdString();
        m_channels.proxy = "none";
        m_channels.timeout = 2s;
        VERIFY_OK(saveSecret(m_channels.keyFile, keys->privateKey));
    }

    void cleanup()
    {
        QFETCH_GLOBAL(bool, mySql);
        m_stores[mySql].session = std::move(m_session);
    }

    /// The figure of the dead switch: a thousand failures within a minute are one message in each channel, nothing is lost, and that it is over is said.
    void aDeadSwitchIsOneMessage()
    {
        HttpServer one, two;
        one.answer = two.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{}"); };
        const Channel first = addChannel("one", one.url(), 3), second = addChannel("two", two.url(), 3);
        const auto messenger = start();
        std::vector<alerts::Change> failures;
        for (int i = 0; i < 1000; ++i)
            failures.push_back({"host.away", Uuid::v7().toString(), true, {{"name", "db" + std::to_string(i)}}});
        VERIFY_OK(alerts::apply(*m_session, failures));
        QTRY_VERIFY(one.requests.size() >= 1 && two.requests.size() >= 1);
        QTRY_VERIFY(deliveries(first).at(0).state == "sent" && deliveries(second).at(0).state == "sent");
        QCOMPARE(deliveries(first).size(), 1u);
        QCOMPARE(deliveries(first).at(0).messages, 1000);
        QCOMPARE(deliveries(second).at(0).messages, 1000);
        QCOMPARE(one.requests.size(), 1);
        std::set<std::string> names;
        const Json body = bodyOf(one, 0);
        for (const Json &alert : body["alerts"])
            names.insert(alert["name"].get<std::string>());
        QCOMPARE(names.size(), 1000u);
        // and it is over
        timePasses();
        for (alerts::Change &failure : failures)
            failure.holds = false;
        VERIFY_OK(alerts::apply(*m_session, failures));
        QTRY_COMPARE(one.requests.size(), 2);
        QCOMPARE(bodyOf(one, 1)["counts"]["cleared"].dump(), std::string("1000"));
        QTRY_COMPARE(deliveries(first).size(), 2u);
        QVERIFY(alerts::waitingMessages(*m_session).value().empty());
    }

    void raisedAgainWhileItHoldsIsNoNewMessage()
    {
        for (int i = 0; i < 3; ++i)
            VERIFY_OK(alerts::raise(*m_session, "late", "x"));
        VERIFY_OK(alerts::clear(*m_session, "late", "x"));
        VERIFY_OK(alerts::clear(*m_session, "late", "x"));
        VERIFY_OK(alerts::raise(*m_session, "late", "x"));
        const auto rows = m_session->query("SELECT event FROM alert_message ORDER BY id").value();
        std::string events;
        for (const store::Row &row : rows)
            events += row.text(0) + ' ';
        QCOMPARE(events, std::string("raised cleared raised "));
    }

    /// What was raised in a transaction that was rolled back is told to nobody.
    void theOutboxIsPartOfTheTransaction()
    {
        const auto undone = m_session->transaction([&]() -> Result<void> {
            if (auto put = alerts::putMessage(*m_session, {.id = Uuid::v7(), .alertId = {}, .event = "raised", .kind = "x", .subject = "y", .channelId = {}, .at = {}}); !put)
                return put;
            return fail(errors::internal, {{"detail", "no"}});
        });
        QVERIFY(!undone);
        QCOMPARE(m_session->query("SELECT COUNT(*) FROM alert_message").value().front().integer(0), 0);
    }

    void aGatewayThatFailsIsTriedAgainWithTheSameKeyAndNothingIsLost()
    {
        HttpServer server, healthy;
        int answers = 0;
        server.answer = [&](const HttpRequest &) { return ++answers < 3 ? HttpServer::reply(500, "down") : HttpServer::reply(200, "{\"ok\":1}"); };
        healthy.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{}"); };
        const Channel channel = addChannel("a", server.url());
        addChannel("b", healthy.url());
        const auto messenger = start();
        VERIFY_OK(alerts::raise(*m_session, "host.away", "x", {{"name", "db1"}}));
        QTRY_COMPARE(server.requests.size(), 1);
        QTRY_COMPARE(healthy.requests.size(), 1);
        QTRY_VERIFY(deliveries(channel).at(0).attempts == 1);
        QVERIFY(deliveries(channel).at(0).nextTry && deliveries(channel).at(0).error->is(errors::gatewayBusy));
        // what comes meanwhile waits behind it
        VERIFY_OK(alerts::raise(*m_session, "host.away", "y", {{"name", "db2"}}));
        timePasses();
        QTRY_COMPARE(server.requests.size(), 2);
        QTRY_VERIFY(deliveries(channel).at(0).attempts == 2);
        timePasses();
        QTRY_VERIFY(server.requests.size() >= 3);
        QTRY_VERIFY(deliveries(channel).back().state == "sent");
        timePasses();
        QTRY_COMPARE(server.requests.size(), 4);
        const QByteArray key = server.requests.at(0).headers["idempotency-key"];
        QCOMPARE(server.requests.at(2).headers["idempotency-key"], key);
        QVERIFY(server.requests.at(3).headers["idempotency-key"] != key);
        QTRY_VERIFY(deliveries(channel).front().state == "sent");
        QCOMPARE(deliveries(channel).front().answer, std::string("{\"ok\":1}"));
        const auto tries = alerts::loadTries(*m_session, deliveries(channel).back().id).value();
        QCOMPARE(tries.size(), 3u);
        QCOMPARE(tries.back().status, 500);
        QCOMPARE(tries.back().answer, std::string("down"));
        QVERIFY2(lines().find("hush") == std::string::npos, lines().c_str());
    }

    /// One that hangs holds up no other.
    void aGatewayThatHangsHoldsUpNobody()
    {
        HttpServer hung, healthy;
        healthy.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{}"); };
        const Channel channel = addChannel("a", hung.url());
        addChannel("b", healthy.url());
        const auto messenger = start();
        VERIFY_OK(alerts::raise(*m_session, "host.away", "x"));
        QTRY_COMPARE(hung.requests.size(), 1);
        QTRY_COMPARE(healthy.requests.size(), 1);
        QCOMPARE(deliveries(channel).at(0).attempts, 0);
        QTRY_VERIFY(deliveries(channel).at(0).attempts == 1);
        QVERIFY(deliveries(channel).at(0).error->is(errors::httpTimeout));
    }

    void aTestAnswersAtOnceAlsoWhenSwitchedOff()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{\"errcode\":0}"); };
        Channel channel = addChannel("a", server.url(), 600);
        channel.settings.maxWaitSeconds = 600;
        channel.enabled = false;
        VERIFY_OK(alerts::setChannel(*m_session, channel, 1));
        const auto messenger = start();
        const auto asked = alerts::askForTest(*m_session, channel);
        VERIFY_OK(asked);
        QTRY_COMPARE(server.requests.size(), 1);
        QTRY_VERIFY(!alerts::loadDeliveries(*m_session, {.message = *asked}).value().empty());
        QTRY_COMPARE(alerts::loadDeliveries(*m_session, {.message = *asked}).value().at(0).state, std::string("sent"));
    }

    /// A secret that only the fleet's key opens; with another key the channel says what is wrong.
    void withoutTheKeyNothingIsSent()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{}"); };
        const Channel channel = addChannel("a", server.url());
        const auto stored = m_session->query("SELECT CONCAT(settings, sealed) FROM channel").value().front().text(0);
        QVERIFY2(stored.find("hush") == std::string::npos, stored.c_str());
        QVERIFY(std::filesystem::remove(m_channels.keyFile));
        VERIFY_OK(saveSecret(m_channels.keyFile, sealing::makeKeys()->privateKey));
        const auto messenger = start();
        VERIFY_OK(alerts::raise(*m_session, "host.away", "x"));
        QTRY_VERIFY(!deliveries(channel).empty() && deliveries(channel).at(0).attempts == 1);
        QVERIFY(deliveries(channel).at(0).error->is(errors::sealFailed));
        QCOMPARE(server.requests.size(), 0);
    }

    void onlyTheHolderOfTheLeaseSends()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{}"); };
        addChannel("a", server.url());
        const auto messenger = start(), other = start();
        other->setHeld(false);
        VERIFY_OK(alerts::raise(*m_session, "host.away", "x"));
        QTRY_COMPARE(server.requests.size(), 1);
        // taking over sends nothing twice
        messenger->setHeld(false);
        other->setHeld(true);
        timePasses();
        VERIFY_OK(alerts::raise(*m_session, "host.away", "y"));
        QTRY_COMPARE(server.requests.size(), 2);
        QVERIFY(bodyOf(server, 1)["alerts"].size() == 1);
    }

    /// Consoles and headless instances may not say where messages go.
    void onlyAdministratorsDefine()
    {
        store::Session session(m_headless.store);
        Channel channel;
        channel.id = Uuid::v7();
        channel.name = "evil";
        channel.kind = "webhook";
        channel.settings.url = "https://evil.example.com/";
        COMPARE_CODE(alerts::setChannel(session, channel, 0), errors::storeDenied);
        COMPARE_CODE(alerts::setPublicKey(session, "x"), errors::storeDenied);
        AlertRule rule;
        rule.name = "r";
        COMPARE_CODE(alerts::setRule(session, rule), errors::storeDenied);
    }
};

QTEST_GUILESS_MAIN(TestMessenger)
#include "tst_messenger.moc"
