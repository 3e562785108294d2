// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/alerts/gateways.h"

#include "agent/protocol/printable.h"
#include "app/alerts/program.h"
#include "app/platform/channelerrors.h"
#include "models/common/text.h"

#include <QDateTime>
#include <QMessageAuthenticationCode>
#include <QUrl>

#include <algorithm>

namespace zandb::alerts {
namespace {

using namespace std::chrono_literals;

QByteArray hmac(const QByteArray &message, const QByteArray &key, QCryptographicHash::Algorithm algorithm = QCryptographicHash::Sha256)
{
    return QMessageAuthenticationCode::hash(message, key, algorithm);
}

/// RFC 3986: all but unreserved characters as %XX.
std::string encoded(const std::string &text) { return QUrl::toPercentEncoding(qs(text)).toStdString(); }

std::string form(const std::map<std::string, std::string> &fields)
{
    std::string all;
    for (const auto &[key, field] : fields)
        all += (all.empty() ? "" : "&") + encoded(key) + '=' + encoded(field);
    return all;
}

const std::string &secretOf(const OpenChannel &open, const std::string &name)
{
    static const std::string none;
    const auto found = open.secrets.find(name);
    return found == open.secrets.end() ? none : found->second;
}

std::string addressOf(const Channel &channel)
{
    return channel.settings.url.empty() ? std::string(channelKind(channel.kind)->address) : channel.settings.url;
}

http::Request jsonRequest(std::string url, const Json &body)
{
    return {.url = std::move(url), .body = dumpJson(body), .headers = {"Content-Type: application/json; charset=utf-8"}};
}

/// What stands between < and > would be markup.
std::string markdownSafe(std::string text)
{
    std::replace(text.begin(), text.end(), '<', '(');
    std::replace(text.begin(), text.end(), '>', ')');
    return text;
}

std::string contentOf(const Channel &channel, const Digest &digest)
{
    const ChannelKind &kind = *channelKind(channel.kind);
    if (channel.settings.format != "markdown")
        return plainText(digest, kind.maxText);
    std::string text = markdownSafe(plainText(digest, kind.maxMarkdown - 8));
    const auto end = std::min(text.find('\n'), text.size());
    return "**" + text.substr(0, end) + "**" + text.substr(end);
}

http::Request wecom(const OpenChannel &open, const Digest &digest)
{
    const std::string type = open.channel.settings.format;
    return jsonRequest(addressOf(open.channel) + "?key=" + encoded(secretOf(open, "key")), {{"msgtype", type}, {type, {{"content", contentOf(open.channel, digest)}}}});
}

http::Request dingtalk(const OpenChannel &open, const Digest &digest, TimePoint now)
{
    std::string url = addressOf(open.channel) + "?access_token=" + encoded(secretOf(open, "token"));
    if (const std::string &secret = secretOf(open, "secret"); !secret.empty()) {
        const std::string stamp = std::to_string(toMicros(now) / 1000);
        const QByteArray sign = hmac(QByteArray::fromStdString(stamp + '\n' + secret), QByteArray::fromStdString(secret)).toBase64();
        url += "&timestamp=" + stamp + "&sign=" + encoded(sign.toStdString());
    }
    const std::string content = contentOf(open.channel, digest);
    if (open.channel.settings.format == "markdown")
        return jsonRequest(url, {{"msgtype", "markdown"}, {"markdown", {{"title", digest.title}, {"text", content}}}});
    return jsonRequest(url, {{"msgtype", "text"}, {"text", {{"content", content}}}});
}

http::Request feishu(const OpenChannel &open, const Digest &digest, TimePoint now)
{
    Json body{{"msg_type", "text"}, {"content", {{"text", contentOf(open.channel, digest)}}}};
    if (const std::string &secret = secretOf(open, "secret"); !secret.empty()) {
        // the text to be signed is the key, and the message is empty
        const std::string stamp = std::to_string(toMicros(now) / 1'000'000);
        body["timestamp"] = stamp;
        body["sign"] = hmac({}, QByteArray::fromStdString(stamp + '\n' + secret)).toBase64().toStdString();
    }
    std::string url = addressOf(open.channel);
    if (!url.ends_with('/'))
        url += '/';
    return jsonRequest(url + encoded(secretOf(open, "token")), body);
}

std::string replaced(std::string text, const Digest &digest)
{
    const std::pair<std::string, std::string> values[] = {{"${title}", digest.headline},
                                                          {"${count}", std::to_string(digest.raised)},
                                                          {"${critical}", std::to_string(digest.critical)},
                                                          {"${first}", digest.lines.empty() ? std::string() : digest.lines.front()}};
    for (const auto &[mark, with] : values) {
        for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + with.size()))
            text.replace(at, mark.size(), with);
    }
    QString cut = qs(text);
    if (cut.size() > 35) // of one variable of a template
        cut = cut.left(34) + QChar(0x2026);
    return cut.toStdString();
}

/// The RPC style: all parameters in alphabetical order, signed with HMAC-SHA1.
http::Request aliyun(const OpenChannel &open, const Digest &digest, TimePoint now, const std::string &nonce)
{
    const ChannelSettings &settings = open.channel.settings;
    const Json param = parseJson(settings.templateParam.empty() ? "{\"title\":\"${title}\"}" : settings.templateParam).value_or(Json());
    Json values = Json::object();
    for (const auto &[key, text] : param.items()) {
        if (text.is_string())
            values[key] = replaced(text.get<std::string>(), digest);
    }
    std::string numbers;
    for (const std::string &to : settings.to)
        numbers += (numbers.empty() ? "" : ",") + to;
    std::map<std::string, std::string> fields{{"AccessKeyId", settings.account}, {"Action", "SendSms"}, {"Format", "JSON"}, {"PhoneNumbers", numbers},
                                              {"SignName", settings.signName}, {"SignatureMethod", "HMAC-SHA1"}, {"SignatureNonce", nonce},
                                              {"SignatureVersion", "1.0"}, {"TemplateCode", settings.templateCode}, {"TemplateParam", dumpJson(values)},
                                              {"Timestamp", toIso(std::chrono::floor<std::chrono::seconds>(now))}, {"Version", "2017-05-25"}};
    fields["Signature"] = aliyunSignature("POST", fields, secretOf(open, "secret"));
    return {.url = addressOf(open.channel), .body = form(fields), .headers = {"Content-Type: application/x-www-form-urlencoded"}};
}

std::vector<http::Request> twilio(const OpenChannel &open, const Digest &digest)
{
    const ChannelSettings &settings = open.channel.settings;
    std::string base = addressOf(open.channel);
    while (base.ends_with('/'))
        base.pop_back();
    std::vector<http::Request> requests;
    for (const std::string &to : settings.to) {
        requests.push_back({.url = base + "/2010-04-01/Accounts/" + encoded(settings.account) + "/Messages.json",
                            .body = form({{"To", to}, {"From", settings.from}, {"Body", plainText(digest, channelKind("sms-twilio")->maxText)}}),
                            .headers = {"Content-Type: application/x-www-form-urlencoded"},
                            .user = settings.account,
                            .password = secretOf(open, "token")});
    }
    return requests;
}

http::Request webhook(const OpenChannel &open, const Delivery &delivery, const Digest &digest, TimePoint now)
{
    http::Request request = jsonRequest(open.channel.settings.url, documentOf(delivery, digest, now));
    const std::string stamp = std::to_string(toMicros(now) / 1'000'000);
    const QByteArray signature = hmac(QByteArray::fromStdString(stamp + '.' + request.body), QByteArray::fromStdString(secretOf(open, "secret"))).toHex();
    request.headers.push_back("X-ZanDB-Timestamp: " + stamp);
    request.headers.push_back("X-ZanDB-Signature: sha256=" + signature.toStdString());
    request.headers.push_back("Idempotency-Key: " + delivery.id.toString());
    return request;
}

std::string wordOf(const Json &json, const char *name)
{
    const auto found = json.find(name);
    return found == json.end() ? std::string() : found->is_string() ? found->get<std::string>() : dumpJson(*found);
}

/// "=?UTF-8?B?...?=" in words of at most 75 characters; a header has no other way for other than ASCII.
std::string mailWords(const std::string &text)
{
    if (std::ranges::all_of(text, [](char c) { return c >= ' ' && c < 127; }) && text.size() < 60)
        return text;
    std::string words, rest = text;
    while (!rest.empty()) {
        std::size_t end = std::min<std::size_t>(42, rest.size());
        while (end < rest.size() && end > 0 && (static_cast<unsigned char>(rest[end]) & 0xc0) == 0x80)
            --end;
        words += (words.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + QByteArray::fromStdString(rest.substr(0, end)).toBase64().toStdString() + "?=";
        rest.erase(0, end);
    }
    return words;
}

ChannelAnswer failed(Error error, const http::Reply &reply = {})
{
    return {std::move(error), reply.status, cutText(printable(reply.body), 500), reply.retryAfter};
}

} // namespace

std::string aliyunSignature(const std::string &method, const std::map<std::string, std::string> &fields, const std::string &secret)
{
    const std::string toSign = method + '&' + encoded("/") + '&' + encoded(form(fields));
    return hmac(QByteArray::fromStdString(toSign), QByteArray::fromStdString(secret + '&'), QCryptographicHash::Sha1).toBase64().toStdString();
}

Json documentOf(const Delivery &delivery, const Digest &digest, TimePoint now)
{
    return {{"id", delivery.id.toString()}, {"title", digest.title}, {"at", toIso(now)},
            {"counts", {{"raised", digest.raised}, {"cleared", digest.cleared}, {"critical", digest.critical}}},
            {"alerts", digest.alerts}, {"more", digest.more}};
}

std::vector<http::Request> requestsOf(const OpenChannel &open, const Delivery &delivery, const Digest &digest, TimePoint now, const std::string &nonce)
{
    const std::string &kind = open.channel.kind;
    if (kind == "wecom")
        return {wecom(open, digest)};
    if (kind == "dingtalk")
        return {dingtalk(open, digest, now)};
    if (kind == "feishu")
        return {feishu(open, digest, now)};
    if (kind == "sms-aliyun")
        return {aliyun(open, digest, now, nonce)};
    if (kind == "sms-twilio")
        return twilio(open, digest);
    if (kind == "webhook")
        return {webhook(open, delivery, digest, now)};
    return {};
}

http::Mail mailOf(const OpenChannel &open, const Delivery &delivery, const Digest &digest, TimePoint now)
{
    const ChannelSettings &settings = open.channel.settings;
    http::Mail mail{settings.url, settings.user, secretOf(open, "password"), settings.from, settings.to, {}};
    std::string to;
    for (const std::string &one : settings.to)
        to += (to.empty() ? "" : ",\r\n ") + one;
    std::string body = digest.title + "\n\n";
    for (const std::string &line : digest.all)
        body += line + '\n';
    if (digest.more > 0)
        body += "… " + std::to_string(digest.more) + '\n';
    const QDateTime date = QDateTime::fromMSecsSinceEpoch(toMicros(now) / 1000, Qt::UTC);
    const std::string domain = settings.from.substr(settings.from.find('@') + 1);
    mail.text = "From: " + settings.from + "\r\nTo: " + to + "\r\nSubject: " + mailWords(digest.title) + "\r\nDate: "
        + QLocale::c().toString(date, QStringLiteral("ddd, dd MMM yyyy HH:mm:ss")).toStdString() + " +0000\r\nMessage-ID: <" + delivery.id.toString() + '@'
        + domain + ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    const std::string coded = QByteArray::fromStdString(body).toBase64().toStdString();
    for (std::size_t at = 0; at < coded.size(); at += 76)
        mail.text += coded.substr(at, 76) + "\r\n";
    return mail;
}

ChannelAnswer answerOf(const Channel &channel, const http::Reply &reply)
{
    const auto refused = [&](const std::string &detail) { return failed(makeError(errors::gatewayRefused, {{"channel", channel.name}, {"detail", printable(detail)}}), reply); };
    const auto busy = [&](const std::string &detail, std::chrono::seconds wait) {
        ChannelAnswer answer = failed(makeError(errors::gatewayBusy, {{"channel", channel.name}, {"detail", printable(detail)}}), reply);
        answer.retryAfter = std::max(answer.retryAfter.value_or(0s), wait);
        return answer;
    };
    const auto nonsense = [&](const std::string &detail) {
        return failed(makeError(errors::gatewayNonsense, {{"channel", channel.name}, {"detail", detail}}), reply);
    };
    if (reply.status == 429)
        return busy("HTTP 429", 60s);
    if (reply.status >= 500)
        return failed(makeError(errors::gatewayBusy, {{"channel", channel.name}, {"detail", "HTTP " + std::to_string(reply.status)}}), reply);
    const bool taken = reply.status >= 200 && reply.status < 300;
    if (channel.kind == "webhook")
        return taken ? ChannelAnswer{{}, reply.status, cutText(printable(reply.body), 500), {}} : refused("HTTP " + std::to_string(reply.status));
    const auto json = parseJson(reply.body);
    if (!json || !json->is_object())
        return taken ? nonsense("no JSON object") : refused("HTTP " + std::to_string(reply.status));
    // the members by which each says whether it took it
    const bool aliyun = channel.kind == "sms-aliyun", twilio = channel.kind == "sms-twilio";
    const char *codeName = aliyun ? "Code" : twilio ? (taken ? "error_code" : "code") : channel.kind == "feishu" ? "code" : "errcode";
    const char *textName = aliyun ? "Message" : twilio ? "message" : channel.kind == "feishu" ? "msg" : "errmsg";
    const std::string code = wordOf(*json, codeName);
    const std::string detail = code + (code.empty() ? "" : ": ") + wordOf(*json, textName);
    if (twilio && taken && json->contains("sid") && (code.empty() || code == "null" || code == "0"))
        return {{}, reply.status, cutText(printable(reply.body), 500), {}};
    if (code.empty() || (twilio && taken && !json->contains("sid")))
        return taken ? nonsense(std::string("without ") + codeName) : refused("HTTP " + std::to_string(reply.status));
    if (taken && code == (aliyun ? "OK" : "0"))
        return {{}, reply.status, cutText(printable(reply.body), 500), {}};
    // DingTalk is silent for ten minutes after more than twenty a minute
    if (channel.kind == "wecom" && code == "45009")
        return busy(detail, 60s);
    if (channel.kind == "dingtalk" && (code == "130101" || code == "660026"))
        return busy(detail, 610s);
    if (channel.kind == "feishu" && (code == "11232" || code == "9499"))
        return code == "11232" ? busy(detail, 60s) : refused(detail);
    if (aliyun && (code == "isv.BUSINESS_LIMIT_CONTROL" || code.starts_with("Throttling")))
        return busy(detail, 60s);
    if (twilio && code == "20429")
        return busy(detail, 60s);
    return refused(detail);
}

ChannelAnswer sendTo(const OpenChannel &open, const Delivery &delivery, const Digest &digest, TimePoint now, const ChannelsSettings &settings, std::stop_token stop)
{
    const Channel &channel = open.channel;
    if (channel.kind == "program") {
        const auto program = settings.programs.find(channel.settings.program);
        if (program == settings.programs.end())
            return failed(makeError(errors::channelInvalid, {{"channel", channel.name},
                                                             {"detail", "the headless instance's settings file names no program " + channel.settings.program}}));
        return runProgram(program->second, dumpJson(documentOf(delivery, digest, now)) + '\n', settings.timeout, stop);
    }
    const http::Options options{settings.proxy, settings.tlsCa, settings.timeout, stop};
    if (channel.kind == "mail") {
        const auto reply = http::send(mailOf(open, delivery, digest, now), options);
        return reply ? ChannelAnswer{{}, reply->status, cutText(printable(reply->body), 500), {}} : failed(reply.error());
    }
    ChannelAnswer last = failed(makeError(errors::channelInvalid, {{"channel", channel.name}, {"detail", "its kind is not known here"}}));
    for (const http::Request &request : requestsOf(open, delivery, digest, now, Uuid::v7().toString())) {
        const auto reply = http::send(request, options);
        last = reply ? answerOf(channel, *reply) : failed(reply.error());
        if (last.error)
            break;
    }
    return last;
}

} // namespace zandb::alerts
