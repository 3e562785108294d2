// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/alerts/severity.h"

#include <array>
#include <map>
#include <set>
#include <span>
#include <vector>

/// Where messages about alerts go, and which.  Values and their pure rules.
namespace zandb {

/// Messages to this channel cannot be delivered for a while.  Subject: its id; detail: name, error.
inline constexpr std::string_view channelFailingAlert = "channel.failing";
/// Not an alert but a message that tries a channel.
inline constexpr std::string_view channelTestKind = "channel.test";

/// What a channel is told besides its secrets.  Every kind reads the members it needs; channelKinds() says which.
struct ChannelSettings
{
    std::string url;                    ///< empty: the vendor's own address
    std::string format = "text";        ///< "text" or "markdown"
    std::vector<std::string> to;        ///< addresses of mail, or telephone numbers
    std::string from;                   ///< sender's address or number
    std::string user;                   ///< login of SMTP
    std::string account;                ///< Twilio's account SID, Aliyun's access key id
    std::string signName;               ///< Aliyun: the name messages are signed with
    std::string templateCode;           ///< Aliyun: which approved template
    std::string templateParam;          ///< Aliyun: its parameters as JSON with ${title}, ${count}, ${critical}, ${first}
    std::string program;                ///< a name of [channels.programs] in the headless instance's settings file
    int waitSeconds = 10;               ///< so long it must be quiet before what gathered is sent as one message
    int maxWaitSeconds = 90;            ///< but no alert waits longer
    int perMinute = 6;                  ///< messages, at most
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(ChannelSettings, url, format, to, from, user, account, signName, templateCode, templateParam, program,
                                                waitSeconds, maxWaitSeconds, perMinute)
};

/// A kind of channel and what it takes.
struct ChannelKind
{
    std::string_view name;               ///< "wecom"
    std::string_view title;              ///< for people, not translated: names of products
    std::string_view address;            ///< where its vendor listens; empty: `url` must be given, or none is needed
    std::vector<std::string_view> secrets; ///< that must be set
    std::vector<std::string_view> optionalSecrets;
    std::vector<std::string_view> needs; ///< members of ChannelSettings that must not be empty
    std::size_t maxText = 0;             ///< bytes of UTF-8 of a text; 0: no limit that matters
    std::size_t maxMarkdown = 0;         ///< the same of Markdown; 0: there is none
};
std::span<const ChannelKind> channelKinds();
/// Null for a name nobody knows.
const ChannelKind *channelKind(std::string_view name);

struct Channel
{
    Uuid id;
    std::string name;
    std::string kind;
    bool enabled = true;
    ChannelSettings settings;
    std::map<std::string, std::string> sealed; ///< secrets by name, sealed to the fleet's key; base64
    std::string keyId;                  ///< of that key
    std::int64_t revision = 0;
    std::string editor;
    TimePoint editedAt{};
};

/// What is wrong with a channel as a person defined it; none: nothing.  Plain words for the option's place.
std::optional<std::string> problemOf(const Channel &channel);
/// "https://HOST/..." of vendors and webhooks, http only to this computer; smtp and smtps of mail.  No user or password in it.
bool isAllowedUrl(const std::string &url, bool mail);

/// Which alerts go where.  A channel that no rule names gets every alert that is at least a warning.
struct AlertRule
{
    std::string name;
    std::string severity = "warning";   ///< the least
    std::vector<std::string> modules;   ///< empty: all
    std::vector<Uuid> groups;           ///< and those below them; empty: all, also what is of no group
    std::vector<Uuid> channels;         ///< empty: all
    std::string quietFrom;              ///< "22:00"; empty: no quiet hours
    std::string quietTo;
    std::string quietZone;
    std::string quietExcept = "critical"; ///< of this severity and above is told at once all the same; "none": nothing is
    bool recovery = true;               ///< also tells when it has ended
    std::int64_t revision = 0;
    std::string editor;
    NLOHMANN_DEFINE_TYPE_INTRUSIVE_WITH_DEFAULT(AlertRule, severity, modules, groups, channels, quietFrom, quietTo, quietZone, quietExcept, recovery)
};
std::optional<std::string> problemOf(const AlertRule &rule);

/// One row of the outbox: that an alert began or ended, or a test.
struct AlertMessage
{
    Uuid id;
    Uuid alertId;
    std::string event;                  ///< "raised", "cleared", "test"
    std::string kind;
    std::string subject;
    Json detail = Json::object();
    std::optional<Uuid> channelId;      ///< of a test
    TimePoint at{};
    Severity severity() const { return severityOf(kind, detail); }
};

/// A channel that is to tell a message, not before an instant.
struct Routed
{
    Uuid channel;
    TimePoint notBefore{};
};
/// Which channels tell it.  `groups`: the group of what it is about and those above it.  Pure.
std::vector<Routed> route(const AlertMessage &message, const std::set<Uuid> &groups, const std::vector<Channel> &channels, const std::vector<AlertRule> &rules,
                          TimePoint now);

/// What one try of a channel ended with.
struct ChannelAnswer
{
    std::optional<Error> error;         ///< none: it was taken
    int status = 0;                     ///< HTTP or SMTP; exit status of a program
    std::string text;                   ///< what it said, printable, at most 500 bytes
    std::optional<std::chrono::seconds> retryAfter; ///< it asks to be left alone for so long
};

/// A message to one channel, with all that gathered.
struct Delivery
{
    Uuid id;                            ///< also the idempotency key
    Uuid channelId;
    std::string channel;                ///< its name then
    std::string state;                  ///< "open", "sent", "failed" (given up)
    std::int64_t messages = 0;          ///< of the outbox in it
    std::string title;
    TimePoint createdAt{};
    int attempts = 0;
    std::optional<TimePoint> nextTry;
    std::optional<TimePoint> endedAt;
    std::optional<Error> error;         ///< of the last try
    int status = 0;
    std::string answer;
};

} // namespace zandb
