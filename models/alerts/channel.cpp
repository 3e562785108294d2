// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/alerts/channel.h"

#include "models/schedule/schedule.h"

#include <algorithm>

namespace zandb {
namespace {

const std::vector<ChannelKind> &kinds()
{
    static const std::vector<ChannelKind> all{
        {"wecom", "WeChat Work group robot", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", {"key"}, {}, {}, 2048, 4096},
        {"dingtalk", "DingTalk robot", "https://oapi.dingtalk.com/robot/send", {"token"}, {"secret"}, {}, 20'000, 20'000},
        {"feishu", "Feishu robot", "https://open.feishu.cn/open-apis/bot/v2/hook/", {"token"}, {"secret"}, {}, 20'000, 0},
        {"sms-aliyun", "SMS as Aliyun takes it", "https://dysmsapi.aliyuncs.com/", {"secret"}, {}, {"account", "signName", "templateCode", "to"}, 0, 0},
        {"sms-twilio", "SMS as Twilio takes it", "https://api.twilio.com", {"token"}, {}, {"account", "from", "to"}, 480, 0},
        {"mail", "e-mail", "", {}, {"password"}, {"url", "from", "to"}, 0, 0},
        {"webhook", "webhook", "", {"secret"}, {}, {"url"}, 0, 0},
        {"program", "program on the headless host", "", {}, {}, {"program"}, 0, 0},
    };
    return all;
}

bool isEmpty(const ChannelSettings &settings, std::string_view member)
{
    const Json json = settings;
    const auto found = json.find(std::string(member));
    return found == json.end() || found->empty() || *found == "";
}

/// The words of zandbctl's option.
std::string optionOf(std::string_view member)
{
    std::string option = "--";
    for (const char c : member) {
        if (c >= 'A' && c <= 'Z')
            option += {'-', static_cast<char>(c - 'A' + 'a')};
        else
            option += c;
    }
    return option;
}

bool isWord(const std::string &text, std::string_view more, std::size_t most)
{
    return !text.empty() && text.size() <= most && std::ranges::all_of(text, [&](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || more.find(c) != more.npos;
    });
}

bool isMailAddress(const std::string &text)
{
    const auto at = text.find('@');
    return at != text.npos && isWord(text.substr(0, at), ".!#$%&'*+/=?^_`{|}~-", 64) && isWord(text.substr(at + 1), ".-", 255);
}

bool isNumber(const std::string &text) { return isWord(text, "+", 20); }

} // namespace

std::span<const ChannelKind> channelKinds() { return kinds(); }

const ChannelKind *channelKind(std::string_view name)
{
    const auto found = std::ranges::find(kinds(), name, &ChannelKind::name);
    return found == kinds().end() ? nullptr : &*found;
}

bool isAllowedUrl(const std::string &url, bool mail)
{
    const auto scheme = url.find("://");
    if (scheme == url.npos || url.size() > 1000)
        return false;
    const std::string protocol = url.substr(0, scheme);
    const std::string rest = url.substr(scheme + 3);
    const std::string authority = rest.substr(0, rest.find_first_of("/?#"));
    const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 127 && c != '\\' && c != '"'; });
    if (!plain || authority.empty() || authority.find('@') != authority.npos)
        return false;
    if (mail)
        return protocol == "smtp" || protocol == "smtps";
    if (protocol == "https")
        return true;
    // what lies in the open is for this computer alone
    const std::string host = authority.starts_with('[') ? authority.substr(0, authority.find(']') + 1) : authority.substr(0, authority.find(':'));
    return protocol == "http" && (host == "localhost" || host == "127.0.0.1" || host == "[::1]");
}

std::optional<std::string> problemOf(const Channel &channel)
{
    const ChannelKind *kind = channelKind(channel.kind);
    if (!kind)
        return "there is no kind of channel \"" + channel.kind + '"';
    if (!isWord(channel.name, "._-", 64))
        return "a channel's name has at most 64 letters, digits, dots, underscores and hyphens";
    const ChannelSettings &settings = channel.settings;
    for (const std::string_view member : kind->needs) {
        if (isEmpty(settings, member))
            return optionOf(member) + " is missing";
    }
    const bool mail = channel.kind == "mail";
    if (!settings.url.empty() && !isAllowedUrl(settings.url, mail))
        return mail ? "--url is smtp://HOST:PORT (with STARTTLS) or smtps://HOST:PORT, without user and password"
                    : "--url begins with https:// (http:// only to 127.0.0.1, [::1] and localhost) and holds no user and password";
    if (settings.format != "text" && (settings.format != "markdown" || kind->maxMarkdown == 0))
        return kind->maxMarkdown ? "--format is text or markdown" : "--format is text for this kind";
    for (const std::string &to : settings.to) {
        if (mail ? !isMailAddress(to) : !isNumber(to))
            return "--to: \"" + to + "\" is no " + (mail ? "address of mail" : "telephone number");
    }
    if (settings.to.size() > 50)
        return "--to takes at most 50";
    if (mail && !isMailAddress(settings.from))
        return "--from is no address of mail";
    if (channel.kind == "sms-twilio" && (!isWord(settings.account, "", 64) || !isWord(settings.from, "+ ", 20)))
        return "--account is the account's SID, --from a number or name";
    if (!settings.program.empty() && !isWord(settings.program, "._-", 64))
        return "--program is a name of [channels.programs]";
    if (!settings.templateParam.empty()) {
        const auto json = parseJson(settings.templateParam);
        if (!json || !json->is_object())
            return "--template-param is a JSON object of texts, like {\"title\":\"${title}\"}";
        for (const auto &[key, value] : json->items()) {
            if (!value.is_string())
                return "--template-param is a JSON object of texts, like {\"title\":\"${title}\"}";
        }
    }
    if (settings.waitSeconds < 0 || settings.waitSeconds > 600 || settings.maxWaitSeconds < settings.waitSeconds || settings.maxWaitSeconds > 3600)
        return "--wait is 0 to 10 minutes and --max-wait from --wait to an hour";
    if (settings.perMinute < 1 || settings.perMinute > 20)
        return "--per-minute is 1 to 20";
    return std::nullopt;
}

std::optional<std::string> problemOf(const AlertRule &rule)
{
    if (!isWord(rule.name, "._-", 64))
        return "a rule's name has at most 64 letters, digits, dots, underscores and hyphens";
    if (!severityFromString(rule.severity))
        return "--severity is info, warning or critical";
    if (rule.quietExcept != "none" && !severityFromString(rule.quietExcept))
        return "--quiet-except is info, warning, critical or none";
    for (const std::string &module : rule.modules) {
        if (!isWord(module, "_-", 32))
            return "--module is the first word of a kind of alerts, like backup";
    }
    if (rule.quietFrom.empty() != rule.quietTo.empty())
        return "--quiet is FROM-TO, like 22:00-07:00";
    if (!rule.quietFrom.empty()) {
        if (const auto window = Window::make(rule.quietFrom, rule.quietTo, rule.quietZone); !window)
            return "--quiet is FROM-TO like 22:00-07:00 with a --zone like Asia/Shanghai";
    }
    return std::nullopt;
}

std::vector<Routed> route(const AlertMessage &message, const std::set<Uuid> &groups, const std::vector<Channel> &channels, const std::vector<AlertRule> &rules,
                          TimePoint now)
{
    std::vector<Routed> routed;
    if (message.event == "test") {
        // a person waits for it: also to a channel that is switched off
        for (const Channel &channel : channels) {
            if (channel.id == message.channelId)
                routed.push_back({channel.id, now});
        }
        return routed;
    }
    const Severity severity = message.severity();
    const auto names = [](const AlertRule &rule, const Uuid &channel) {
        return rule.channels.empty() || std::ranges::find(rule.channels, channel) != rule.channels.end();
    };
    for (const Channel &channel : channels) {
        // that a channel fails is told by the others
        if (!channel.enabled || (message.kind == channelFailingAlert && message.subject == channel.id.toString()))
            continue;
        std::optional<TimePoint> at;
        bool named = false;
        for (const AlertRule &rule : rules) {
            if (!names(rule, channel.id))
                continue;
            named = true;
            const bool module = rule.modules.empty() || std::ranges::find(rule.modules, moduleOf(message.kind)) != rule.modules.end();
            const bool group = rule.groups.empty() || std::ranges::any_of(rule.groups, [&](const Uuid &id) { return groups.contains(id); });
            if (severity < severityFromString(rule.severity).value_or(Severity::Warning) || !module || !group || (message.event == "cleared" && !rule.recovery))
                continue;
            TimePoint notBefore = now;
            const auto except = severityFromString(rule.quietExcept);
            if (!rule.quietFrom.empty() && (!except || severity < *except)) {
                if (const auto quiet = Window::make(rule.quietFrom, rule.quietTo, rule.quietZone))
                    notBefore = quiet->closesAfter(now).value_or(now);
            }
            at = std::min(at.value_or(notBefore), notBefore);
        }
        if (!named && severity >= Severity::Warning)
            at = now;
        if (at)
            routed.push_back({channel.id, *at});
    }
    return routed;
}

} // namespace zandb
