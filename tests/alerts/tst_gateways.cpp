// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of channel puts on the wire, against real HTTP and SMTP servers on loopback that check it as the gateway's documentation gives it, and that
// fail, hang and answer nonsense.  The vendors' own ends are not reached.
#include "app/alerts/gateways.h"
#include "app/platform/channelerrors.h"
#include "tests/alerts/servers.h"
#include "tests/support/same.h"

#include <QMessageAuthenticationCode>
#include <QUrlQuery>

#include <future>

using namespace zandb;
using namespace zandb::test;
using namespace std::chrono_literals;

namespace {

const TimePoint noon = *fromIso("2026-03-01T12:00:00Z");

QByteArray hmac(const QByteArray &message, const QByteArray &key) { return QMessageAuthenticationCode::hash(message, key, QCryptographicHash::Sha256); }

} // namespace

class TestGateways : public QObject
{
    Q_OBJECT

    ChannelsSettings m_settings;
    std::unique_ptr<Certificates> m_certificates;
    QSslConfiguration m_tls;

    static alerts::OpenChannel open(const char *kind, const std::string &url, std::map<std::string, std::string> secrets)
    {
        alerts::OpenChannel one;
        one.channel.id = Uuid::v7();
        one.channel.name = "c";
        one.channel.kind = kind;
        one.channel.settings.url = url;
        one.secrets = std::move(secrets);
        return one;
    }
    static Digest digest(int count = 2)
    {
        std::vector<AlertMessage> messages;
        for (int i = 0; i < count; ++i) {
            AlertMessage one;
            one.id = Uuid::v7();
            one.event = "raised";
            one.kind = "kind" + std::to_string(i) + ".x";
            one.subject = "store";
            one.detail = {{"name", "主机<" + std::to_string(i) + ">"}};
            one.at = noon;
            messages.push_back(one);
        }
        return digestOf(messages, {}, "production");
    }
    static Delivery delivery()
    {
        Delivery one;
        one.id = Uuid::v7();
        return one;
    }
    /// Sends in another thread, as the product does, while the servers answer here.
    ChannelAnswer send(const alerts::OpenChannel &channel, const Digest &what, const Delivery &as = delivery(), TimePoint now = noon)
    {
        auto future = std::async(std::launch::async, [&, settings = m_settings] { return alerts::sendTo(channel, as, what, now, settings, {}); });
        bool ready = false;
        [&] { QTRY_VERIFY((ready = future.wait_for(0s) == std::future_status::ready)); }();
        return future.get();
    }
    static std::string codeOf(const ChannelAnswer &answer) { return answer.error ? answer.error->code : std::string(); }
    static Json jsonOf(const HttpRequest &request) { return parseJson(request.body.toStdString()).value_or(Json()); }

private Q_SLOTS:
    void initTestCase()
    {
        m_certificates = std::make_unique<Certificates>();
        QVERIFY2(m_certificates->good(), "openssl");
        m_tls = m_certificates->server();
    }
    void init()
    {
        m_settings = {};
        m_settings.timeout = 2s;
        m_settings.proxy = "none";
        m_settings.tlsCa = m_certificates->authority().toStdString();
    }

    void wecom()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &) { return HttpServer::reply(200, R"({"errcode":0,"errmsg":"ok"})"); };
        auto channel = open("wecom", server.url("/cgi-bin/webhook/send"), {{"key", "693a91f6-7xxx"}});
        const ChannelAnswer answer = send(channel, digest(900));
        SAME(codeOf(answer), "");
        SAME(answer.text, R"({"errcode":0,"errmsg":"ok"})");
        const HttpRequest first = server.requests.at(0);
        QCOMPARE(first.method, QByteArray("POST"));
        QCOMPARE(first.path, QByteArray("/cgi-bin/webhook/send?key=693a91f6-7xxx"));
        QVERIFY(first.headers.value("content-type").startsWith("application/json"));
        Json body = jsonOf(first);
        SAME(body["msgtype"], "text");
        QVERIFY(body["text"]["content"].get<std::string>().size() <= 2048);
        QVERIFY(body["text"]["content"].get<std::string>().size() > 1900);
        channel.channel.settings.format = "markdown";
        SAME(codeOf(send(channel, digest(900))), "");
        body = jsonOf(server.requests.at(1));
        SAME(body["msgtype"], "markdown");
        const auto content = body["markdown"]["content"].get<std::string>();
        QVERIFY(content.size() <= 4096 && content.size() > 3900);
        QVERIFY(content.find('<') == std::string::npos);
    }

    void dingtalk()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &request) {
            // as its documentation has it: HMAC-SHA256 of "timestamp\nsecret" with the secret, base64, as part of a URL
            const QUrlQuery query(QString::fromLatin1(request.path.mid(request.path.indexOf('?') + 1)));
            const QByteArray stamp = query.queryItemValue(QStringLiteral("timestamp")).toLatin1();
            const QByteArray sign = QByteArray::fromPercentEncoding(query.queryItemValue(QStringLiteral("sign"), QUrl::FullyEncoded).toLatin1());
            const bool good = query.queryItemValue(QStringLiteral("access_token")) == QLatin1String("tok") && sign == hmac(stamp + "\nSECabc", "SECabc").toBase64()
                && stamp == QByteArray::number(toMicros(noon) / 1000);
            return HttpServer::reply(200, good ? R"({"errcode":0,"errmsg":"ok"})" : R"({"errcode":310000,"errmsg":"sign not match"})");
        };
        auto channel = open("dingtalk", server.url("/robot/send"), {{"token", "tok"}, {"secret", "SECabc"}});
        SAME(codeOf(send(channel, digest())), "");
        SAME(jsonOf(server.requests.at(0))["msgtype"], "text");
        channel.channel.settings.format = "markdown";
        SAME(codeOf(send(channel, digest())), "");
        QVERIFY(jsonOf(server.requests.at(1))["markdown"]["title"].get<std::string>().starts_with("ZanDB production: "));
        channel.secrets["secret"] = "SECxyz";
        const ChannelAnswer refused = send(channel, digest());
        SAME(codeOf(refused), "gateway.refused");
        QVERIFY(refused.error->fields.at("detail").find("310000") != std::string::npos);
    }

    void feishu()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &request) {
            const Json body = jsonOf(request);
            const QByteArray key = QByteArray::fromStdString(body["timestamp"].get<std::string>()) + "\nsec";
            const bool good = request.path == "/open-apis/bot/v2/hook/tok-1" && body["sign"] == hmac({}, key).toBase64().toStdString() && body["msg_type"] == "text"
                && body["timestamp"] == std::to_string(toMicros(noon) / 1'000'000) && body["content"]["text"].is_string();
            return HttpServer::reply(200, good ? R"({"code":0,"msg":"success","data":{}})" : R"({"code":19021,"msg":"sign match fail or timestamp is not within one hour"})");
        };
        SAME(codeOf(send(open("feishu", server.url("/open-apis/bot/v2/hook"), {{"token", "tok-1"}, {"secret", "sec"}}), digest())), "");
        SAME(codeOf(send(open("feishu", server.url("/open-apis/bot/v2/hook"), {{"token", "tok-1"}, {"secret", "sec2"}}), digest())), "gateway.refused");
    }

    void smsAsAliyunTakesIt()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &request) {
            const QUrlQuery query(QString::fromLatin1(QByteArray(request.body).replace('+', "%2B")));
            QMap<QByteArray, QByteArray> sorted; // by bytes
            for (const auto &[name, value] : query.queryItems(QUrl::FullyDecoded))
                sorted.insert(name.toUtf8(), value.toUtf8());
            const QByteArray signature = sorted.take("Signature");
            QByteArray canonical;
            for (auto it = sorted.cbegin(); it != sorted.cend(); ++it)
                canonical += (canonical.isEmpty() ? "" : "&") + it.key().toPercentEncoding() + '=' + it.value().toPercentEncoding();
            const QByteArray wanted = QMessageAuthenticationCode::hash("POST&%2F&" + canonical.toPercentEncoding(), "sk&", QCryptographicHash::Sha1).toBase64();
            const bool good = signature == wanted && sorted["Action"] == "SendSms" && sorted["Version"] == "2017-05-25" && sorted["SignatureVersion"] == "1.0"
                && sorted["PhoneNumbers"] == "13800000000,13900000000" && sorted["SignName"] == "阿里云" && sorted["Timestamp"] == "2026-03-01T12:00:00Z"
                && sorted["TemplateParam"] == R"({"n":"2","what":"2 alerts"})";
            return HttpServer::reply(good ? 200 : 400, good ? R"({"Code":"OK","Message":"OK","BizId":"9^0","RequestId":"R"})" : R"({"Code":"SignatureDoesNotMatch","Message":"x"})");
        };
        auto channel = open("sms-aliyun", server.url(), {{"secret", "sk"}});
        channel.channel.settings.account = "ak";
        channel.channel.settings.signName = "阿里云";
        channel.channel.settings.templateCode = "SMS_1";
        channel.channel.settings.templateParam = R"({"what":"${title}","n":"${count}"})";
        channel.channel.settings.to = {"13800000000", "13900000000"};
        const ChannelAnswer answer = send(channel, digest());
        QVERIFY2(!answer.error, answer.text.c_str());
        channel.secrets["secret"] = "other";
        SAME(codeOf(send(channel, digest())), "gateway.refused");
    }

    void smsAsTwilioTakesIt()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &request) {
            const QUrlQuery query(QString::fromLatin1(request.body));
            const bool good = request.path == "/2010-04-01/Accounts/AC1/Messages.json" && request.headers["authorization"] == "Basic " + QByteArray("AC1:tk").toBase64()
                && request.headers["content-type"] == "application/x-www-form-urlencoded" && query.queryItemValue(QStringLiteral("From"), QUrl::FullyDecoded) == QLatin1String("+15550000")
                && query.hasQueryItem(QStringLiteral("Body"));
            return HttpServer::reply(good ? 201 : 401, good ? R"({"sid":"SM1","status":"queued","error_code":null})" : R"({"code":20003,"message":"Authenticate"})");
        };
        auto channel = open("sms-twilio", server.url(), {{"token", "tk"}});
        channel.channel.settings.account = "AC1";
        channel.channel.settings.from = "+15550000";
        channel.channel.settings.to = {"+8613800000000", "+8613900000000"};
        const ChannelAnswer answer = send(channel, digest());
        QVERIFY2(!answer.error, answer.text.c_str());
        QCOMPARE(server.requests.size(), 2); // one for each number
        QVERIFY(server.requests.at(1).body.contains("To=%2B8613900000000"));
    }

    void webhookIsSigned()
    {
        HttpServer server;
        server.answer = [](const HttpRequest &request) {
            const QByteArray wanted = "sha256=" + hmac(request.headers["x-zandb-timestamp"] + '.' + request.body, "whsec").toHex();
            return HttpServer::reply(request.headers["x-zandb-signature"] == wanted ? 200 : 403, "{}");
        };
        const Delivery as = delivery();
        SAME(codeOf(send(open("webhook", server.url("/in?a=b"), {{"secret", "whsec"}}), digest(), as)), "");
        const HttpRequest &request = server.requests.first();
        QCOMPARE(request.path, QByteArray("/in?a=b"));
        QCOMPARE(request.headers["idempotency-key"], QByteArray::fromStdString(as.id.toString()));
        const Json body = jsonOf(request);
        SAME(body["id"], as.id.toString());
        SAME(body["counts"]["raised"], 2);
        SAME(body["alerts"].size(), 2u);
        SAME(body["alerts"][0]["severity"], "warning");
        SAME(codeOf(send(open("webhook", server.url(), {{"secret", "wrong"}}), digest())), "gateway.refused");
    }

    void faults()
    {
        HttpServer server;
        const auto channel = open("webhook", server.url(), {{"secret", "s"}});
        // it hangs
        const ChannelAnswer hung = send(channel, digest());
        SAME(codeOf(hung), "http.timeout");
        SAME(hung.error->errorClass, ErrorClass::Unknown);
        // redirects are no way to another server
        HttpServer other;
        server.answer = [&](const HttpRequest &) { return HttpServer::reply(307, "", "Location: " + QByteArray::fromStdString(other.url()) + "\r\n"); };
        SAME(codeOf(send(channel, digest())), "gateway.refused");
        QCOMPARE(other.requests.size(), 0);
        // nonsense, and more than anybody reads
        server.answer = [](const HttpRequest &) { return QByteArray("SSH-2.0-OpenSSH_9.2\r\n"); };
        QVERIFY(send(channel, digest()).error);
        server.answer = [](const HttpRequest &) { return HttpServer::reply(200, QByteArray(5 << 20, 'x')); };
        const ChannelAnswer large = send(channel, digest());
        SAME(codeOf(large), "");
        QVERIFY(large.text.size() <= 500);
        server.answer = [](const HttpRequest &) { return HttpServer::reply(503, "", "Retry-After: 120\r\n"); };
        const ChannelAnswer busy = send(channel, digest());
        SAME(codeOf(busy), "gateway.busy");
        QVERIFY(busy.retryAfter == 120s);
        // nobody there
        int gone = 0;
        {
            HttpServer short_;
            gone = short_.port();
        }
        const ChannelAnswer away = send(open("webhook", "http://127.0.0.1:" + std::to_string(gone) + "/secret-path", {{"secret", "s"}}), digest());
        SAME(codeOf(away), "http.unreachable");
        QVERIFY(describe(*away.error).find("secret-path") == std::string::npos);
        SAME(codeOf(send(open("webhook", "file:///etc/passwd", {{"secret", "s"}}), digest())), "http.refused");
    }

    void tlsIsVerified()
    {
        HttpServer server(&m_tls);
        server.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{}"); };
        const auto channel = open("webhook", server.url("/", "https"), {{"secret", "s"}});
        SAME(codeOf(send(channel, digest())), "");
        m_settings.tlsCa.clear();
        SAME(codeOf(send(channel, digest())), "http.tls");
        QCOMPARE(server.requests.size(), 1);
    }

    void theProxyIsUsed()
    {
        HttpServer proxy;
        proxy.answer = [](const HttpRequest &) { return HttpServer::reply(200, "{}"); };
        m_settings.proxy = proxy.url("");
        SAME(codeOf(send(open("webhook", "http://localhost:9/x", {{"secret", "s"}}), digest())), "");
        QCOMPARE(proxy.requests.first().path, QByteArray("http://localhost:9/x"));
    }

    void mailByStartTls()
    {
        SmtpServer server(m_tls);
        auto channel = open("mail", server.url(), {{"password", "pass word"}});
        channel.channel.settings.user = "dba";
        channel.channel.settings.from = "zandb@example.com";
        channel.channel.settings.to = {"a@example.com", "b@example.com"};
        const Delivery as = delivery();
        const ChannelAnswer answer = send(channel, digest(), as);
        QVERIFY2(!answer.error, answer.error ? describe(*answer.error).c_str() : "");
        QVERIFY2(answer.text.find("250") != std::string::npos || answer.status == 250 || answer.status == 221, answer.text.c_str());
        QVERIFY(server.encrypted);
        QCOMPARE(server.login, QByteArray("\0dba\0pass word", 14));
        QVERIFY(server.sender.startsWith("MAIL FROM:<zandb@example.com>"));
        QCOMPARE(server.recipients, (QList<QByteArray>{"RCPT TO:<a@example.com>", "RCPT TO:<b@example.com>"}));
        QVERIFY(server.message.contains("Message-ID: <" + QByteArray::fromStdString(as.id.toString()) + "@example.com>"));
        QVERIFY(server.message.contains("Date: Sun, 01 Mar 2026 12:00:00 +0000"));
        const QByteArray body = QByteArray::fromBase64(server.message.mid(server.message.indexOf("\r\n\r\n") + 4).replace("\r\n", ""));
        QVERIFY2(body.contains("主机<1>"), body.constData());

        channel.secrets["password"] = "wrong";
        const ChannelAnswer refused = send(channel, digest());
        QVERIFY(refused.error && refused.error->errorClass == ErrorClass::Permanent);
        channel.secrets["password"] = "pass word";
        server.toData = "451 4.3.0 try later";
        QVERIFY(send(channel, digest()).error->errorClass == ErrorClass::Transient);
        server.toRecipient = "550 5.1.1 no such user";
        const ChannelAnswer unknown = send(channel, digest());
        SAME(codeOf(unknown), "http.refused");
        QVERIFY2(unknown.error->fields.at("detail").find("5.1.1") != std::string::npos, unknown.error->fields.at("detail").c_str());
    }

    void mailNeverGoesInTheOpen()
    {
        SmtpServer server(m_tls);
        server.offersTls = false;
        auto channel = open("mail", server.url(), {{"password", "pass word"}});
        channel.channel.settings.user = "dba";
        channel.channel.settings.from = "z@example.com";
        channel.channel.settings.to = {"a@example.com"};
        SAME(codeOf(send(channel, digest())), "http.tls");
        QVERIFY(server.login.isEmpty() && server.message.isEmpty());
        server.offersTls = true;
        m_settings.tlsCa.clear(); // an authority nobody knows
        SAME(codeOf(send(channel, digest())), "http.tls");
        QVERIFY(server.login.isEmpty() && server.message.isEmpty());
        m_settings.tlsCa = m_certificates->authority().toStdString();
        server.hangs = true;
        SAME(codeOf(send(channel, digest())), "http.timeout");
    }

    void programWithoutShell()
    {
        QTemporaryDir dir;
        const QString file = dir.filePath(QStringLiteral("tell; true"));
        const auto write = [&](const QByteArray &script) {
            QFile program(file);
            if (!program.open(QFile::WriteOnly | QFile::Truncate))
                qFatal("no program");
            program.write("#!/bin/sh\n" + script);
            program.close();
            program.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        };
        m_settings.programs = {{"pager", file.toStdString()}};
        auto channel = open("program", "", {});
        channel.channel.settings.program = "pager";
        qputenv("ZANDB_TEST_SECRET", "x");
        write("cat > " + dir.filePath(QStringLiteral("out")).toUtf8() + "; echo \"taken $# ${ZANDB_TEST_SECRET-none}\"\n");
        const ChannelAnswer answer = send(channel, digest());
        SAME(codeOf(answer), "");
        SAME(answer.text, "taken 0 none ");
        QFile out(dir.filePath(QStringLiteral("out")));
        QVERIFY(out.open(QFile::ReadOnly));
        SAME((*parseJson(out.readAll().toStdString()))["counts"]["raised"], 2);
        write("echo no >&2; exit 3\n");
        const ChannelAnswer failed = send(channel, digest());
        SAME(codeOf(failed), "program.failed");
        SAME(failed.status, 3);
        write("exec sleep 60\n");
        SAME(codeOf(send(channel, digest())), "program.failed");
        channel.channel.settings.program = "other";
        SAME(codeOf(send(channel, digest())), "channel.invalid");
    }
};

QTEST_GUILESS_MAIN(TestGateways)
#include "tst_gateways.moc"
