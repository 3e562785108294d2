// SPDX-License-Identifier: GPL-3.0-or-later
// Which alerts go where, what they say, and how secrets are sealed.
#include "app/alerts/gateways.h"
#include "app/alerts/outbox.h"
#include "app/platform/channelerrors.h"
#include "app/platform/sealing.h"
#include "tests/support/same.h"

using namespace zandb;
using namespace std::chrono_literals;

namespace {

const TimePoint noon = *fromIso("2026-03-01T12:00:00Z");

Channel channel(const std::string &name, const std::string &kind = "webhook")
{
    Channel one;
    one.id = Uuid::v7();
    one.name = name;
    one.kind = kind;
    one.settings.url = kind == "mail" ? "smtp://mail.example.com:587" : "https://hooks.example.com/x";
    return one;
}

AlertMessage message(const std::string &kind, const std::string &subject = "store", const std::string &event = "raised", Json detail = Json::object())
{
    AlertMessage one;
    one.id = Uuid::v7();
    one.event = event;
    one.kind = kind;
    one.subject = subject;
    one.detail = std::move(detail);
    one.at = noon;
    return one;
}

AlertRule rule(const std::string &name, std::vector<Uuid> channels)
{
    AlertRule one;
    one.name = name;
    one.channels = std::move(channels);
    return one;
}

} // namespace

class TestChannels : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aChannelWithoutRulesGetsWarningsAndWorse()
    {
        const std::vector<Channel> channels{channel("a"), channel("b")};
        SAME(route(message("replication.behind"), {}, channels, {}, noon).size(), 2u);
        SAME(route(message("replication.behind", "x", "cleared"), {}, channels, {}, noon).size(), 2u);
        SAME(route(message("x.y", "x", "raised", {{"severity", "info"}}), {}, channels, {}, noon).size(), 0u);
        // a rule for one of them changes nothing for the other
        AlertRule critical = rule("critical", {channels[0].id});
        critical.severity = "critical";
        SAME(route(message("replication.behind"), {}, channels, {critical}, noon).size(), 1u);
        SAME(route(message(std::string(clockBackAlert)), {}, channels, {critical}, noon).size(), 2u);
        std::vector<Channel> off = channels;
        off[1].enabled = false;
        SAME(route(message("replication.behind"), {}, off, {}, noon).size(), 1u);
    }

    void rulesGoBySeverityModuleAndGroup()
    {
        const Channel a = channel("a");
        const Uuid group = Uuid::v7();
        AlertRule only = rule("only", {a.id});
        only.modules = {"backup", "store"};
        only.groups = {group};
        SAME(route(message("backup.failed"), {group}, {a}, {only}, noon).size(), 1u);
        SAME(route(message("replication.behind"), {group}, {a}, {only}, noon).size(), 0u);
        SAME(route(message("backup.failed"), {Uuid::v7()}, {a}, {only}, noon).size(), 0u);
        SAME(route(message("backup.failed"), {}, {a}, {only}, noon).size(), 0u);
        only.recovery = false;
        SAME(route(message("backup.failed", "x", "cleared"), {group}, {a}, {only}, noon).size(), 0u);
    }

    void quietHoursWaitButNotForWhatIsCritical()
    {
        const Channel a = channel("a");
        AlertRule quiet = rule("night", {});
        quiet.quietFrom = "11:00";
        quiet.quietTo = "13:30";
        quiet.quietZone = "UTC";
        auto routed = route(message("replication.behind"), {}, {a}, {quiet}, noon);
        SAME(routed.size(), 1u);
        SAME(routed[0].notBefore, *fromIso("2026-03-01T13:30:00Z"));
        SAME(route(message(std::string(clockBackAlert)), {}, {a}, {quiet}, noon).at(0).notBefore, noon);
        quiet.quietExcept = "none";
        SAME(route(message(std::string(clockBackAlert)), {}, {a}, {quiet}, noon).at(0).notBefore, *fromIso("2026-03-01T13:30:00Z"));
        SAME(route(message("replication.behind"), {}, {a}, {quiet}, noon + 2h).at(0).notBefore, noon + 2h);
        // of two rules the earlier one counts
        SAME(route(message("replication.behind"), {}, {a}, {quiet, rule("always", {a.id})}, noon).at(0).notBefore, noon);
    }

    void aTestGoesToItsChannelAloneAndAFailingChannelIsToldByOthers()
    {
        std::vector<Channel> channels{channel("a"), channel("b")};
        channels[0].enabled = false;
        AlertMessage test = message(std::string(channelTestKind), "x", "test");
        test.channelId = channels[0].id;
        SAME(route(test, {}, channels, {}, noon).size(), 1u);
        channels[0].enabled = true;
        const auto routed = route(message(std::string(channelFailingAlert), channels[0].id.toString()), {}, channels, {}, noon);
        SAME(routed.size(), 1u);
        SAME(routed[0].channel, channels[1].id);
    }

    void wrongDefinitionsAreRefused()
    {
        Channel one = channel("a");
        QVERIFY(!problemOf(one));
        for (const char *url : {"http://hooks.example.com/x", "ftp://x/y", "file:///etc/passwd", "https://user:pw@x/", "https://", "x", "https://a b/", "http://127.0.0.1.evil.org/",
                                "gopher://x/", "smtp://x:25"}) {
            one.settings.url = url;
            QVERIFY2(problemOf(one), url);
        }
        for (const char *url : {"https://x/y?z=1", "http://127.0.0.1:8080/", "http://[::1]:80/x", "http://localhost/"}) {
            one.settings.url = url;
            QVERIFY2(!problemOf(one), url);
        }
        Channel mail = channel("m", "mail");
        QVERIFY(problemOf(mail)); // no addresses
        mail.settings.from = "zandb@example.com";
        mail.settings.to = {"dba@example.com"};
        QVERIFY(!problemOf(mail));
        mail.settings.to = {"dba@example.com>\r\nRCPT TO:<x"};
        QVERIFY(problemOf(mail));
        Channel sms = channel("s", "sms-twilio");
        sms.settings.account = "AC1";
        sms.settings.from = "+15550000";
        sms.settings.to = {"+8613800000000"};
        QVERIFY(!problemOf(sms));
        sms.settings.to = {"1;rm"};
        QVERIFY(problemOf(sms));
        QVERIFY(problemOf(channel("a b")));
        AlertRule quiet = rule("r", {});
        quiet.quietFrom = "25:00";
        quiet.quietTo = "07:00";
        quiet.quietZone = "UTC";
        QVERIFY(problemOf(quiet));
    }

    void textIsCutBetweenCharacters()
    {
        const std::string chinese = "数据库主机没有应答";
        for (std::size_t bytes = 0; bytes <= chinese.size() + 3; ++bytes) {
            const std::string cut = cutText(chinese, bytes);
            QVERIFY(cut.size() <= bytes || bytes >= chinese.size());
            QVERIFY2(QString::fromStdString(cut).toStdString() == cut, "whole characters");
        }
        SAME(cutText("abc", 3), "abc");
    }

    /// A dead switch: a thousand hosts in one message that fits, and all of them in what programs get.
    void aThousandAlertsAreOneText()
    {
        std::vector<AlertMessage> many;
        for (int i = 0; i < 1000; ++i)
            many.push_back(message("replication.behind", "x" + std::to_string(i), "raised", {{"name", "主机" + std::to_string(i)}}));
        many.push_back(message(std::string(clockBackAlert)));
        many.push_back(message("replication.behind", "z", "cleared", {{"name", "db-z"}}));
        const Digest digest = digestOf(many, {}, "production");
        SAME(digest.raised, std::int64_t{1001});
        SAME(digest.cleared, std::int64_t{1});
        SAME(digest.critical, std::int64_t{1});
        SAME(digest.lines.size(), 3u);
        QVERIFY2(digest.lines[0].starts_with("[critical] The store's clock went back"), digest.lines[0].c_str());
        QVERIFY2(digest.lines[1].find("主机4") != std::string::npos && digest.lines[1].find("995") != std::string::npos, digest.lines[1].c_str());
        QVERIFY2(digest.lines[2].starts_with("Ended: "), digest.lines[2].c_str());
        SAME(digest.alerts.size(), 1000u);
        SAME(digest.more, std::int64_t{2});
        for (const std::size_t limit : {40u, 100u, 300u, 2048u}) {
            const std::string text = plainText(digest, limit);
            QVERIFY(text.size() <= limit);
            QVERIFY(QString::fromStdString(text).toStdString() == text);
        }
        QVERIFY(plainText(digest, 2048).find("Ended: ") != std::string::npos);
        QVERIFY(plainText(digest, 200).size() <= 200);
    }

    void textFromOutsideCannotSteer()
    {
        const Digest digest = digestOf({message("replication.behind", "x", "raised", {{"name", "a\r\nBcc: x@y\x1b[31m"}})}, {}, "p\n");
        QVERIFY2(digest.title.find('\n') == std::string::npos && digest.lines[0].find_first_of("\r\n\x1b") == std::string::npos, digest.lines[0].c_str());
    }

    void secretsAreSealedToOneKey()
    {
        const auto keys = sealing::makeKeys();
        const auto other = sealing::makeKeys();
        QVERIFY(keys && other);
        SAME(*sealing::publicKeyOf(keys->privateKey), keys->publicKey);
        SAME(sealing::keyId(keys->publicKey).size(), 16u);
        const auto box = sealing::seal("s3cr\0t", keys->publicKey);
        QVERIFY(box && box->find("s3cr") == std::string::npos);
        QVERIFY(*box != *sealing::seal("s3cr\0t", keys->publicKey)); // nobody sees that two are the same
        SAME(*sealing::unseal(*box, keys->privateKey), "s3cr\0t");
        QVERIFY(!sealing::unseal(*box, other->privateKey));
        std::string changed = *box;
        changed[20] = changed[20] == 'A' ? 'B' : 'A';
        QVERIFY(!sealing::unseal(changed, keys->privateKey));
        for (const char *bad : {"", "AAAA", "not base64!"}) {
            QVERIFY(!sealing::unseal(bad, keys->privateKey));
            QVERIFY(!sealing::unseal(*box, bad));
            QVERIFY(!sealing::seal("x", bad));
        }
    }

    void waitsGrowAndObeyTheGateway()
    {
        const Error away = makeError(errors::httpUnreachable), refused = makeError(errors::gatewayRefused), slow = makeError(errors::httpTimeout);
        SAME(alerts::retryWait(1, away, {}), 15s);
        SAME(alerts::retryWait(3, away, {}), 60s);
        SAME(alerts::retryWait(60, away, {}), 600s);
        SAME(alerts::retryWait(1, refused, {}), 60s);
        SAME(alerts::retryWait(1, slow, {}), 60s); // an SMS that timed out may have been sent
        SAME(alerts::retryWait(99, refused, {}), 3600s);
        SAME(alerts::retryWait(1, away, 610s), 610s);
    }

    /// The example of Aliyun's documentation of its signatures (SendSms).
    void aliyunSignsAsDocumented()
    {
        const std::map<std::string, std::string> fields{
            {"AccessKeyId", "testId"}, {"Action", "SendSms"}, {"Format", "XML"}, {"OutId", "123"}, {"PhoneNumbers", "15300000001"}, {"RegionId", "cn-hangzhou"},
            {"SignName", "阿里云短信测试专用"}, {"SignatureMethod", "HMAC-SHA1"}, {"SignatureNonce", "45e25e9b-0a6f-4070-8c85-2956eda1b466"},
            {"SignatureVersion", "1.0"}, {"TemplateCode", "SMS_71390007"}, {"TemplateParam", "{\"customer\":\"test\"}"}, {"Timestamp", "2017-07-12T02:42:19Z"},
            {"Version", "2017-05-25"}};
        SAME(alerts::aliyunSignature("GET", fields, "testSecret"), "zJDF+Lrzhj/ThnlvIToysFRq6t4=");
    }

    void answersInsideTwoHundred_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("code"); // empty: taken
        const auto row = [](const char *kind, int status, const char *body, const char *code) {
            QTest::addRow("%s %d %s", kind, status, body) << QString::fromLatin1(kind) << status << QString::fromLatin1(body) << QString::fromLatin1(code);
        };
        row("wecom", 200, R"({"errcode":0,"errmsg":"ok"})", "");
        row("wecom", 200, R"({"errcode":93000,"errmsg":"invalid webhook url"})", "gateway.refused");
        row("wecom", 200, R"({"errcode":45009,"errmsg":"api freq out of limit"})", "gateway.busy");
        row("wecom", 200, "<html>", "gateway.nonsense");
        row("wecom", 200, "{}", "gateway.nonsense");
        row("wecom", 502, "", "gateway.busy");
        row("dingtalk", 200, R"({"errcode":0,"errmsg":"ok"})", "");
        row("dingtalk", 200, R"({"errcode":310000,"errmsg":"sign not match"})", "gateway.refused");
        row("dingtalk", 200, R"({"errcode":130101,"errmsg":"send too fast"})", "gateway.busy");
        row("feishu", 200, R"({"code":0,"msg":"success","data":{}})", "");
        row("feishu", 200, R"({"code":19021,"msg":"sign match fail"})", "gateway.refused");
        row("feishu", 200, R"({"code":11232,"msg":"frequency limited"})", "gateway.busy");
        row("sms-aliyun", 200, R"({"Message":"OK","RequestId":"x","BizId":"1^0","Code":"OK"})", "");
        row("sms-aliyun", 200, R"({"Message":"flow control","Code":"isv.BUSINESS_LIMIT_CONTROL"})", "gateway.busy");
        row("sms-aliyun", 400, R"({"Message":"no","Code":"InvalidAccessKeyId.NotFound"})", "gateway.refused");
        row("sms-twilio", 201, R"({"sid":"SM1","status":"queued","error_code":null})", "");
        row("sms-twilio", 401, R"({"code":20003,"message":"Authenticate","status":401})", "gateway.refused");
        row("sms-twilio", 429, R"({"code":20429})", "gateway.busy");
        row("sms-twilio", 200, "[]", "gateway.nonsense");
        row("webhook", 204, "", "");
        row("webhook", 302, "", "gateway.refused");
        row("webhook", 500, "x", "gateway.busy");
    }
    void answersInsideTwoHundred()
    {
        QFETCH(QString, kind);
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, code);
        const ChannelAnswer answer = alerts::answerOf(channel("a", kind.toStdString()), {status, body.toStdString(), {}});
        SAME(answer.error ? answer.error->code : std::string(), code.toStdString());
        if (kind == QLatin1String("dingtalk") && answer.error && answer.error->is(errors::gatewayBusy))
            QVERIFY(answer.retryAfter >= 600s);
    }
};

QTEST_GUILESS_MAIN(TestChannels)
#include "tst_channels.moc"
