// SPDX-License-Identifier: GPL-3.0-or-later
// What Zabbix says of hosts reaches the store: from a real Zabbix 6.0, and from servers that answer nonsense.
#include "app/fleet/zabbixclient.h"
#include "app/fleet/zabbixrepository.h"
#include "app/headless/zabbixasking.h"
#include "app/platform/channelerrors.h"
#include "app/platform/savesettings.h"
#include "tests/alerts/servers.h"
#include "tests/headless/zabbixserver.h"
#include "tests/store/repositorytest.h"

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

class TestZabbix : public RepositoryTest
{
    Q_OBJECT

    QTemporaryDir m_dir;
    QString m_unavailable;
    std::unique_ptr<ZabbixServer> m_zabbix;

    ZabbixSettings settingsFor(const std::string &url, const std::string &token)
    {
        ZabbixSettings settings;
        settings.url = url;
        settings.proxy = "none";
        settings.timeout = 5s;
        settings.tokenFile = m_dir.filePath(QStringLiteral("token")).toStdString();
        if (const auto saved = saveSecret(settings.tokenFile, token); !saved)
            qWarning("%s", describe(saved.error()).c_str());
        return settings;
    }
    std::unique_ptr<headless::StoreWork> start(const ZabbixSettings &settings)
    {
        auto work = std::make_unique<headless::StoreWork>([](const std::string &line) { qInfo("%s", line.c_str()); }, 50ms, headless::askingZabbix(m_settings, settings));
        work->setHeld(true);
        return work;
    }
    ZabbixRecord recordOf(const Host &host) { return fleet::findZabbix(*m_session, host.id).value().value_or(ZabbixRecord{}); }
    /// Asks and waits for the answer.
    ZabbixRecord ask(const Host &host, const std::optional<std::string> &chosen = {})
    {
        if (const auto asked = fleet::requestZabbix(*m_session, host.id, host.name, host.address, chosen); !asked)
            qWarning("%s", describe(asked.error()).c_str());
        if (!QTest::qWaitFor([&] { return !recordOf(host).isWaiting(); }, 60'000))
            qWarning("nobody answered");
        return recordOf(host);
    }
    static std::string codeOf(const ZabbixRecord &record) { return record.error ? record.error->code : record.state; }

private Q_SLOTS:
    void initTestCase_data() { bothFlavours(); }
    void initTestCase()
    {
        m_unavailable = ZabbixServer::unavailable();
        if (!m_unavailable.isEmpty())
            return;
        m_zabbix = std::make_unique<ZabbixServer>();
        QCOMPARE(m_zabbix->start(), QString());
        const std::string db1 = m_zabbix->addHost("db1", "127.0.1.1");
        QVERIFY2(!db1.empty(), m_zabbix->lastReply().c_str());
        for (const auto &[key, type] : {std::pair{"vm.memory.size[total]", 3}, {"vm.memory.size[available]", 3}, {"system.cpu.num", 3}, {"vfs.fs.size[/,total]", 3}, {"vfs.fs.size[/,pused]", 0}})
            QVERIFY2(m_zabbix->addItem(db1, key, type), m_zabbix->lastReply().c_str());
        QVERIFY(!m_zabbix->addHost("web1", "10.9.9.9").empty());
        QVERIFY(!m_zabbix->addHost("twin-a", "10.9.9.1", "twin.example").empty());
        QVERIFY(!m_zabbix->addHost("twin-b", "10.9.9.2", "twin.example").empty());
    }
    void init() { prepare(); }

    void realZabbix()
    {
        if (!m_zabbix)
            QSKIP(qPrintable(m_unavailable));
        auto settings = settingsFor(m_zabbix->url(), m_zabbix->token());
        settings.timeout = 60s;
        const Host db1 = addHost("db1");
        const auto work = start(settings);
        QTRY_VERIFY_WITH_TIMEOUT(recordOf(db1).state == "found", 90'000); // asked about once a day by itself
        QVERIFY(recordOf(db1).matches.size() == 1);
        // until the items have values their facts are none
        ZabbixRecord record;
        const bool isComplete = QTest::qWaitFor([&] {
            record = ask(db1);
            return record.facts && record.facts->cores && record.facts->memoryBytes && record.facts->memoryAvailableBytes && record.facts->disks.size() == 1 && record.facts->disks[0].freeBytes;
        }, 90'000);
        QVERIFY2(isComplete, (dumpJson(m_zabbix->call("item.get", {{"output", Json::array({"key_", "lastvalue", "state", "error"})}, {"host", "db1"}})) + m_zabbix->logs().toStdString()).c_str());
        QCOMPARE(*record.facts->cores, std::int64_t{sysconf(_SC_NPROCESSORS_ONLN)});
        const std::int64_t memory = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
        QVERIFY(std::abs(*record.facts->memoryBytes - memory) < memory / 50);
        QCOMPARE(record.facts->disks[0].mount, "/");
        QVERIFY(*record.facts->disks[0].freeBytes <= record.facts->disks[0].totalBytes);
        QVERIFY(record.facts->at > TimePoint{});

        Host nobody = addHost("nobody");
        nobody.address = "192.0.2.1";
        QCOMPARE(codeOf(ask(nobody)), "none");

        Host twin = addHost("twin");
        twin.address = "twin.example";
        record = ask(twin);
        QCOMPARE(record.state, "several");
        QCOMPARE(record.matches.size(), 2u);
        QVERIFY(!record.facts);
        record = ask(twin, record.matches[1].id);
        QCOMPARE(record.state, "found");
        QCOMPARE(record.chosen, record.matches[1].id);
        QCOMPARE(codeOf(ask(twin)), "found"); // the choice stays
        QCOMPARE(codeOf(ask(twin, "")), "several");
    }

    void wrongToken()
    {
        if (!m_zabbix)
            QSKIP(qPrintable(m_unavailable));
        auto settings = settingsFor(m_zabbix->url(), std::string(64, 'a'));
        settings.timeout = 60s;
        const auto work = start(settings);
        const Host db1 = addHost("db1");
        const ZabbixRecord record = ask(db1);
        QCOMPARE(codeOf(record), "zabbix.refused");
        QVERIFY(dumpJson(errorToJson(*record.error)).find("aaaa") == std::string::npos); // the token is no part of what is told
    }

    void noZabbix()
    {
        const auto work = start({});
        QCOMPARE(ask(addHost("db1")).state, "off");
        const Host other = addHost("db2");
        QCOMPARE(recordOf(other).state, ""); // nobody asked, so nothing is written
    }

    void badAnswers_data()
    {
        QTest::addColumn<QByteArray>("reply");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("an error page") << HttpServer::reply(500, "<html>oops</html>") << QByteArray("zabbix.nonsense");
        QTest::newRow("a login page") << HttpServer::reply(200, "<html>log in</html>") << QByteArray("zabbix.nonsense");
        QTest::newRow("no version") << HttpServer::reply(200, R"({"result":{"x":1}})") << QByteArray("zabbix.nonsense");
        QTest::newRow("no result") << HttpServer::reply(200, "[]") << QByteArray("zabbix.nonsense");
        QTest::newRow("deep") << HttpServer::reply(200, QByteArray(5000, '[')) << QByteArray("zabbix.nonsense");
        QTest::newRow("its own error") << HttpServer::reply(200, R"({"error":{"code":-32602,"message":"Invalid params.","data":"Not authorised."}})") << QByteArray("zabbix.refused");
        QTest::newRow("redirect") << HttpServer::reply(302, "", "Location: http://192.0.2.1/\r\n") << QByteArray("zabbix.nonsense");
        QTest::newRow("no HTTP") << QByteArray("220 mail.example.com ESMTP\r\n") << QByteArray("http.refused");
    }
    void badAnswers()
    {
        QFETCH(QByteArray, reply);
        QFETCH(QByteArray, code);
        HttpServer server;
        server.answer = [&](const HttpRequest &) { return reply; };
        const auto work = start(settingsFor(server.url(), "secret"));
        QCOMPARE(codeOf(ask(addHost("db1"))), code.toStdString());
    }

    /// Zabbix that hangs is asked about one host, not about each.
    void hangs()
    {
        HttpServer server; // takes and says nothing
        auto settings = settingsFor(server.url(), "secret");
        settings.timeout = 1s;
        const Host one = addHost("db1"), two = addHost("db2"), three = addHost("db3");
        const auto work = start(settings);
        QTRY_VERIFY_WITH_TIMEOUT(recordOf(one).state == "failed" && recordOf(two).state == "failed" && recordOf(three).state == "failed", 30'000);
        QCOMPARE(codeOf(recordOf(three)), "http.timeout");
        QCOMPARE(server.requests.size(), 1);
    }

    void newerOnesTakeTheTokenInAHeader_data()
    {
        QTest::addColumn<QByteArray>("version");
        QTest::addColumn<bool>("header");
        QTest::newRow("6.0") << QByteArray("6.0.14") << false;
        QTest::newRow("6.4") << QByteArray("6.4.0") << true;
        QTest::newRow("10.2") << QByteArray("10.2.1") << true;
    }
    void newerOnesTakeTheTokenInAHeader()
    {
        QFETCH(QByteArray, version);
        QFETCH(bool, header);
        HttpServer server;
        server.answer = [&](const HttpRequest &request) {
            return HttpServer::reply(200, request.body.contains("apiinfo.version") ? "{\"result\":\"" + version + "\"}" : QByteArray("{\"result\":[]}"));
        };
        const auto work = start(settingsFor(server.url("/zabbix"), "the-token"));
        QCOMPARE(codeOf(ask(addHost("db1"))), "none");
        QVERIFY(server.requests.size() >= 4);
        for (const HttpRequest &request : server.requests) {
            QCOMPARE(request.path, QByteArray("/zabbix/api_jsonrpc.php"));
            const bool asksVersion = request.body.contains("apiinfo.version");
            QCOMPARE(request.headers.value("authorization"), header && !asksVersion ? QByteArray("Bearer the-token") : QByteArray());
            QCOMPARE(request.body.contains("the-token"), !header && !asksVersion);
        }
    }

    void certificates()
    {
        const Certificates certificates;
        QVERIFY(certificates.good());
        const QSslConfiguration tls = certificates.server();
        HttpServer server(&tls);
        server.answer = [](const HttpRequest &request) { return HttpServer::reply(200, request.body.contains("apiinfo") ? R"({"result":"7.0.0"})" : R"({"result":[]})"); };
        auto settings = settingsFor(server.url("/", "https"), "secret");
        {
            const auto work = start(settings);
            QCOMPARE(codeOf(ask(addHost("db1"))), "http.tls");
        }
        settings.tlsCa = certificates.authority().toStdString();
        const auto work = start(settings);
        QCOMPARE(codeOf(ask(addHost("db2"))), "none");
    }

    /// The form that adds a host asks before there is one; what nobody added is forgotten.
    void beforeTheHostIsAdded()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &request) { return HttpServer::reply(200, request.body.contains("apiinfo") ? R"({"result":"7.0.0"})" : R"({"result":[]})"); };
        const auto work = start(settingsFor(server.url(), "secret"));
        Host host;
        host.id = Uuid::v7();
        host.name = "new1";
        host.address = "10.0.0.7";
        QCOMPARE(codeOf(ask(host)), "none");
        VERIFY_OK(fleet::removeStrayZabbix(*m_session, fromMicros(0)));
        QCOMPARE(recordOf(host).state, "none");
        VERIFY_OK(fleet::removeStrayZabbix(*m_session, m_session->now().value() + 1s));
        QCOMPARE(recordOf(host).state, "");
        const Host kept = addHost("db1");
        ask(kept);
        VERIFY_OK(fleet::removeStrayZabbix(*m_session, m_session->now().value() + 1s));
        QCOMPARE(recordOf(kept).state, "none");
        VERIFY_OK(fleet::removeHost(*m_session, kept.id));
        QCOMPARE(recordOf(kept).state, "");
    }
};

QTEST_GUILESS_MAIN(TestZabbix)
#include "tst_zabbix.moc"
